/*
 * message.c — the table of bus messages, and the walk between field values and payload bytes.
 */
#include "wm/message.h"

#include <assert.h>

/* Counts, sizes and rows come from the same columns, read once each. */
#define NOTHING
#define u8_size  1
#define u16_size 2
#define s16_size 2
#define u32_size 4
#define s32_size 4

enum {
#define Q(message, type, field) +type##_size
#define A(message, type, field) +type##_size
#define MESSAGE(name, command, classes, is_answered, text, question, answer)                       \
    question_size_##name = 0 question, answer_size_##name = 0 answer,
#include "wm/messages.def"
#undef MESSAGE
#undef A
#undef Q
};

#define BROADCAST (1 << WM_CLASS_BROADCAST)
#define MODULE    (1 << WM_CLASS_MODULE)
#define SENSOR    (1 << WM_CLASS_SENSOR)
#define AUX       (1 << WM_CLASS_AUX)
#define COM2      (1 << WM_CLASS_COM2)

static const struct wm_message_row rows[wm_message_count] = {
#define Q(message, type, field) {WM_FIELD_##type, #field},
#define A(message, type, field) {WM_FIELD_##type, #field},
#define MESSAGE(name, command, classes, is_answered, text, question, answer)                       \
    [wm_message_##name] = {#name,                                                                  \
                           text,                                                                   \
                           command,                                                                \
                           classes,                                                                \
                           is_answered,                                                            \
                           {wm_question_##name##_fields, wm_answer_##name##_fields},               \
                           {question_size_##name, answer_size_##name},                             \
                           {{question{WM_FIELD_NONE, NULL}}, {answer{WM_FIELD_NONE, NULL}}}},
#include "wm/messages.def"
#undef MESSAGE
#undef A
#undef Q
};

#define MESSAGE(name, ...)                                                                         \
    static_assert(question_size_##name <= WM_PAYLOAD_MAX, "payload");                              \
    static_assert(answer_size_##name <= WM_PAYLOAD_MAX, "payload");
#include "wm/messages.def"
#undef MESSAGE

const struct wm_message_row *wm_message(enum wm_message_id id)
{
    assert((unsigned)id < wm_message_count);
    return &rows[id];
}

enum wm_message_id wm_message_find(uint8_t command)
{
    for (unsigned i = 0; i < wm_message_count; i++) {
        if (rows[i].command == command) {
            return (enum wm_message_id)i;
        }
    }
    return wm_message_count;
}

static const uint8_t field_size[] = {
    [WM_FIELD_NONE] = 0, [WM_FIELD_u8] = 1,  [WM_FIELD_u16] = 2,
    [WM_FIELD_s16] = 2,  [WM_FIELD_u32] = 4, [WM_FIELD_s32] = 4,
};

void wm_message_pack(enum wm_message_id id, enum wm_direction direction, const int32_t *values,
                     uint8_t *bytes)
{
    const struct wm_field_row *field = wm_message(id)->field[direction];
    for (; field->type != WM_FIELD_NONE; field++) {
        uint32_t value = (uint32_t)*values++;
        for (unsigned i = 0; i < field_size[field->type]; i++, value >>= 8) {
            *bytes++ = (uint8_t)value;
        }
    }
}

void wm_message_unpack(enum wm_message_id id, enum wm_direction direction, const uint8_t *bytes,
                       int32_t *values)
{
    const struct wm_field_row *field = wm_message(id)->field[direction];
    for (; field->type != WM_FIELD_NONE; field++) {
        uint32_t value = 0;
        for (unsigned i = 0; i < field_size[field->type]; i++) {
            value |= (uint32_t)*bytes++ << (8 * i);
        }
        *values++ = field->type == WM_FIELD_s16 ? (int16_t)value : (int32_t)value;
    }
}
