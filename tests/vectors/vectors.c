/*
 * vectors.c — the reader of frames.data.
 */
#include "tests/vectors/vectors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct vectors {
    FILE *file;
    int line;
    char path[200];
};

enum { COLUMNS = 8 };

struct vectors *vectors_open(const char *path)
{
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        return NULL;
    }
    struct vectors *vectors = calloc(1, sizeof *vectors);
    if (vectors == NULL) {
        fclose(file);
        return NULL;
    }
    vectors->file = file;
    (void)snprintf(vectors->path, sizeof vectors->path, "%s", path);
    return vectors;
}

void vectors_close(struct vectors *vectors)
{
    fclose(vectors->file);
    free(vectors);
}

static void require(const struct vectors *vectors, bool holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "%s:%d: %s\n", vectors->path, vectors->line, what);
        exit(2);
    }
}

/* The place of a word in a list, or the list's length. */
static int place_of(const char *word, const char *const *words, int count)
{
    int place = 0;
    while (place < count && strcmp(word, words[place]) != 0) {
        place++;
    }
    return place;
}

static int32_t number_of(const struct vectors *vectors, const char *text)
{
    char *end;
    long long number = strtoll(text, &end, 10);
    require(vectors, end != text && (*end == '\0' || *end == ','), "not a number");
    require(vectors, number >= INT32_MIN && number <= INT32_MAX, "a number beyond 32 bits");
    return (int32_t)number;
}

static void read_message(const struct vectors *vectors, char *const *column, struct vector *vector)
{
    static const char *const classes[] = {"broadcast", "module", "sensor", "aux", "com2"};
    int message = 0;
    while (message < wm_message_count &&
           strcmp(column[1], wm_message((enum wm_message_id)message)->name) != 0) {
        message++;
    }
    require(vectors, message < wm_message_count, "no such message");
    vector->message = (enum wm_message_id)message;
    int class = place_of(column[3], classes, WM_CLASSES);
    require(vectors, class < WM_CLASSES, "class is broadcast, module, sensor, aux or com2");
    vector->class = (enum wm_class) class;
    vector->address = (uint16_t)number_of(vectors, column[4]);
    vector->sequence = (uint8_t)number_of(vectors, column[5]);
    int fields = wm_message(vector->message)->fields[vector->direction];
    const char *at = strcmp(column[6], "-") == 0 ? NULL : column[6];
    for (int i = 0; i < fields; i++) {
        require(vectors, at != NULL, "too few values");
        vector->value[i] = number_of(vectors, at);
        at = strchr(at, ',');
        at = at != NULL ? at + 1 : NULL;
    }
    require(vectors, at == NULL, "too many values");
}

static void read_bytes(const struct vectors *vectors, const char *hex, struct vector *vector)
{
    for (; *hex != '\0'; hex += 2) {
        unsigned byte;
        require(vectors,
                vector->size < VECTOR_SIZE_MAX && sscanf(hex, "%2x", &byte) == 1 && hex[1] != '\0',
                "not bytes in hex");
        vector->bytes[vector->size++] = (uint8_t)byte;
    }
}

bool vectors_next(struct vectors *vectors, struct vector *vector)
{
    char line[400];
    while (fgets(line, sizeof line, vectors->file) != NULL) {
        vectors->line++;
        char *column[COLUMNS] = {NULL};
        int columns = 0;
        for (char *word = strtok(line, " \t\n"); word != NULL; word = strtok(NULL, " \t\n")) {
            if (columns < COLUMNS) {
                column[columns] = word;
            }
            columns++;
        }
        if (columns == 0 || column[0][0] == '#') {
            continue;
        }
        require(vectors, columns == COLUMNS, "a row has eight columns");
        *vector = (struct vector){.is_bad = strcmp(column[1], "bad") == 0};
        (void)snprintf(vector->name, sizeof vector->name, "%s", column[0]);
        static const char *const directions[] = {"question", "answer"};
        int direction = place_of(column[2], directions, WM_DIRECTIONS);
        require(vectors, direction < WM_DIRECTIONS, "direction is question or answer");
        vector->direction = (enum wm_direction)direction;
        if (!vector->is_bad) {
            read_message(vectors, column, vector);
        }
        read_bytes(vectors, column[7], vector);
        return true;
    }
    return false;
}
