/*
 * text.c — growing text, complaints and the spelling of a virtual instant.
 */
#include "harness/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *hx_realloc(void *old, size_t size)
{
    void *memory = realloc(old, size > 0 ? size : 1);
    if (memory == NULL) {
        fputs("gbms-bench: out of memory\n", stderr);
        exit(2);
    }
    return memory;
}

char *hx_strdup(const char *string)
{
    size_t size = strlen(string) + 1;
    return memcpy(hx_realloc(NULL, size), string, size);
}

void hx_text_add_bytes(struct hx_text *text, const char *bytes, size_t size)
{
    if (text->size + size + 1 > text->room) {
        text->room = (text->size + size + 1) * 2;
        text->bytes = hx_realloc(text->bytes, text->room);
    }
    memcpy(text->bytes + text->size, bytes, size);
    text->size += size;
    text->bytes[text->size] = '\0';
}

void hx_text_add(struct hx_text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    va_list again;
    va_copy(again, arguments);
    int size = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (size > 0) {
        char *line = hx_realloc(NULL, (size_t)size + 1);
        vsnprintf(line, (size_t)size + 1, format, again);
        hx_text_add_bytes(text, line, (size_t)size);
        free(line);
    }
    va_end(again);
}

void hx_text_add_quoted(struct hx_text *text, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789_./:=,+-@%";
    if (word[0] != '\0' && word[strspn(word, plain)] == '\0') {
        hx_text_add_bytes(text, word, strlen(word));
        return;
    }
    hx_text_add_bytes(text, "'", 1);
    for (const char *c = word; *c != '\0'; ++c) {
        if (*c == '\'') {
            hx_text_add_bytes(text, "'\\''", 4);
        } else {
            hx_text_add_bytes(text, c, 1);
        }
    }
    hx_text_add_bytes(text, "'", 1);
}

void hx_text_cut(struct hx_text *text, size_t size)
{
    text->size = size;
    if (text->bytes != NULL) {
        text->bytes[size] = '\0';
    }
}

void hx_text_free(struct hx_text *text)
{
    free(text->bytes);
    *text = (struct hx_text){0};
}

const char *hx_text_string(const struct hx_text *text)
{
    return text->bytes != NULL ? text->bytes : "";
}

void hx_complain(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fflush(stdout);
    fputs("gbms-bench: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
}

const char *hx_clock(long long time_us, char buffer[HX_CLOCK_SIZE])
{
    long long ms = time_us / 1000;
    long long day = ms / 86400000;
    char days[24] = "";
    char fraction[8] = "";
    if (day > 0) {
        snprintf(days, sizeof days, "%lld d ", day);
    }
    if (ms % 1000 != 0) {
        snprintf(fraction, sizeof fraction, ".%03d", (int)(ms % 1000));
    }
    snprintf(buffer, HX_CLOCK_SIZE, "%s%02d:%02d:%02d%s", days, (int)(ms / 3600000 % 24),
             (int)(ms / 60000 % 60), (int)(ms / 1000 % 60), fraction);
    return buffer;
}
