/*
 * vectors.h — reads frames.data: frames of the BACS bus as fields and as bytes.
 *
 * Each line: name, message or `bad`, direction, class, address, sequence, values, bytes in hex;
 * columns apart by blanks, values by commas, `-` for what a row has not. `#` begins a comment.
 * A bad row has bytes that are no frame of its direction.
 */
#ifndef TESTS_VECTORS_H
#define TESTS_VECTORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wm/message.h"

struct vectors;

#define VECTOR_SIZE_MAX 32

struct vector {
    char name[48];
    bool is_bad; /* then only direction, bytes and size are set */
    enum wm_message_id message;
    enum wm_direction direction;
    enum wm_class class;
    uint16_t address;
    uint8_t sequence;
    int32_t value[WM_FIELDS_MAX];
    uint8_t bytes[VECTOR_SIZE_MAX];
    size_t size;
};

/* Null when the file can't be read. */
struct vectors *vectors_open(const char *path);
void vectors_close(struct vectors *vectors);

/* False at the end. A line that says no vector ends the test program with file and line. */
bool vectors_next(struct vectors *vectors, struct vector *vector);

#endif
