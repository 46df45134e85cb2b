/*
 * message.h — ids, field places and the const table of messages.def.
 *
 * A payload travels as an array of int32_t, one a field, in the order of the table; the walk
 * between that array and bytes is the same for both ends. Framing is not: master and device
 * each have their own (firmware/core/frame.h, sim/bus/frame.h), so that they hold each other.
 */
#ifndef WM_MESSAGE_H
#define WM_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wm/limits.h"

/* Address classes; addresses are 1-based: 1..512, 1..16, 1..4, and 0 for broadcast. */
enum wm_class {
    WM_CLASS_BROADCAST = 0,
    WM_CLASS_MODULE = 1,
    WM_CLASS_SENSOR = 2,
    WM_CLASS_AUX = 3,
    WM_CLASS_COM2 = 4, /* on the bus of COM2, address 1 */
    WM_CLASSES
};

enum wm_direction { WM_QUESTION, WM_ANSWER, WM_DIRECTIONS };

/* wm_message_measure, ... */
enum wm_message_id {
#define MESSAGE(name, ...) wm_message_##name,
#include "wm/messages.def"
#undef MESSAGE
    wm_message_count
};

/* Places in an array of field values: wm_answer_measure_voltage_mV, wm_question_show_is_on, ... */
#define NOTHING
#define Q(message, type, field) wm_question_##message##_##field,
#define A(message, type, field) wm_answer_##message##_##field,
#define MESSAGE(name, command, classes, is_answered, text, question, answer)                       \
    enum { question wm_question_##name##_fields };                                                 \
    enum { answer wm_answer_##name##_fields };
#include "wm/messages.def"
#undef MESSAGE
#undef A
#undef Q
#undef NOTHING

enum wm_field_type {
    WM_FIELD_NONE,
    WM_FIELD_u8,
    WM_FIELD_u16,
    WM_FIELD_s16,
    WM_FIELD_u32,
    WM_FIELD_s32
};

struct wm_field_row {
    enum wm_field_type type;
    const char *name;
};

struct wm_message_row {
    const char *name;
    const char *text;
    uint8_t command; /* 0x01..0x7F; an answer carries it with 0x80 added */
    uint8_t classes; /* bits 1 << enum wm_class                          */
    bool is_answered;
    uint8_t fields[WM_DIRECTIONS];       /* how many                     */
    uint8_t payload_size[WM_DIRECTIONS]; /* in bytes                     */
    struct wm_field_row field[WM_DIRECTIONS][WM_FIELDS_MAX];
};

/* The row of a message; never null. */
const struct wm_message_row *wm_message(enum wm_message_id id);

/* The message of a command byte (without 0x80), or wm_message_count. */
enum wm_message_id wm_message_find(uint8_t command);

/* Writes the fields of one direction to bytes (payload_size of them). Values are truncated. */
void wm_message_pack(enum wm_message_id id, enum wm_direction direction, const int32_t *values,
                     uint8_t *bytes);

/* The reverse: sets as many values as the direction has fields. */
void wm_message_unpack(enum wm_message_id id, enum wm_direction direction, const uint8_t *bytes,
                       int32_t *values);

#endif
