/*
 * test_frame.c — questions to bytes, bytes to answers, and what is never an answer.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "firmware/core/frame.h"
#include "tests/vectors/vectors.h"

static size_t feed(struct wm_frame_reader *reader, const uint8_t *bytes, size_t size)
{
    memcpy(reader->bytes + reader->size, bytes, size);
    return reader->size += size;
}

/* 13.5 V, 24.0 degC from module 300, sequence 7: checked by hand against sim/BUS.md. */
static const struct wm_frame measured = {
    .class = WM_CLASS_MODULE,
    .address = 300,
    .sequence = 7,
    .message = wm_message_measure,
    .value = {13500, 240, 0, 0},
};

/* Bit by bit, another way than the core's table. */
static uint16_t crc16_bitwise(const uint8_t *bytes, size_t size)
{
    uint16_t crc = 0xFFFF;
    for (size_t i = 0; i < size * 8; i++) {
        const unsigned bit = (unsigned)bytes[i / 8] >> i % 8 & 1U;
        crc = (uint16_t)((crc & 1U) != bit ? crc >> 1 ^ 0x8408 : crc >> 1);
    }
    return (uint16_t)~crc;
}

static size_t answer_bytes(const struct wm_frame *answer, uint8_t *bytes)
{
    const struct wm_message_row *row = wm_message(answer->message);
    const size_t size = (size_t)row->payload_size[WM_ANSWER] + WM_FRAME_OVERHEAD;
    bytes[0] = 0xA5;
    bytes[1] = (uint8_t)size;
    bytes[2] = (uint8_t)((unsigned)answer->class << 4 | answer->address >> 8);
    bytes[3] = (uint8_t)answer->address;
    bytes[4] = answer->sequence;
    bytes[5] = (uint8_t)(row->command | 0x80);
    wm_message_pack(answer->message, WM_ANSWER, answer->value, bytes + 6);
    const uint16_t crc = crc16_bitwise(bytes + 1, size - 3);
    bytes[size - 2] = (uint8_t)crc;
    bytes[size - 1] = (uint8_t)(crc >> 8);
    return size;
}

Test(frame, every_vector_is_encoded_or_decoded_as_written)
{
    struct vector vector;
    struct vectors *vectors = vectors_open("tests/vectors/frames.data");
    cr_assert_not_null(vectors);
    int questions = 0;
    int answers = 0;
    int bad = 0;
    while (vectors_next(vectors, &vector)) {
        struct wm_frame frame = {0};
        struct wm_frame_reader reader = {.size = 0};
        if (vector.direction == WM_QUESTION) {
            if (vector.is_bad) {
                continue; /* a device's business */
            }
            uint8_t bytes[WM_FRAME_SIZE_MAX];
            frame.class = vector.class;
            frame.address = vector.address;
            frame.sequence = vector.sequence;
            frame.message = vector.message;
            memcpy(frame.value, vector.value, sizeof frame.value);
            cr_assert_eq(wm_frame_encode(&frame, bytes), vector.size, "%s", vector.name);
            cr_assert_arr_eq(bytes, vector.bytes, vector.size, "%s", vector.name);
            questions++;
            continue;
        }
        (void)feed(&reader, vector.bytes, vector.size);
        cr_assert_eq(wm_frame_read(&reader, &frame), !vector.is_bad, "%s", vector.name);
        if (vector.is_bad) {
            bad++;
            continue;
        }
        cr_assert_eq(frame.class, vector.class, "%s", vector.name);
        cr_assert_eq(frame.address, vector.address, "%s", vector.name);
        cr_assert_eq(frame.sequence, vector.sequence, "%s", vector.name);
        cr_assert_eq(frame.message, vector.message, "%s", vector.name);
        for (int i = 0; i < wm_message(frame.message)->fields[WM_ANSWER]; i++) {
            cr_assert_eq(frame.value[i], vector.value[i], "%s", vector.name);
        }
        answers++;
    }
    vectors_close(vectors);
    cr_assert_gt(questions, 5);
    cr_assert_gt(answers, 5);
    cr_assert_gt(bad, 2);
}

Test(frame, bytes_may_come_one_at_a_time_and_after_any_junk)
{
    uint8_t bytes[WM_FRAME_SIZE_MAX];
    const size_t size = answer_bytes(&measured, bytes);
    for (int junk = 0; junk < 256; junk++) {
        struct wm_frame_reader reader = {.size = 0};
        struct wm_frame answer;
        const uint8_t byte = (uint8_t)junk;
        (void)feed(&reader, &byte, 1);
        (void)feed(&reader, &byte, 1);
        for (size_t i = 0; i < size; i++) {
            cr_assert_not(wm_frame_read(&reader, &answer), "junk %02X", junk);
            (void)feed(&reader, bytes + i, 1);
        }
        cr_assert(wm_frame_read(&reader, &answer), "junk %02X", junk);
        cr_assert_eq(answer.value[0], 13500);
        cr_assert_eq(reader.size, 0);
    }
}

Test(frame, two_answers_in_a_row_are_two_answers)
{
    uint8_t bytes[WM_FRAME_SIZE_MAX];
    struct wm_frame_reader reader = {.size = 0};
    struct wm_frame answer;
    const size_t size = answer_bytes(&measured, bytes);
    (void)feed(&reader, bytes, size);
    (void)feed(&reader, bytes, size);
    cr_assert(wm_frame_read(&reader, &answer));
    cr_assert(wm_frame_read(&reader, &answer));
    cr_assert_not(wm_frame_read(&reader, &answer));
}

Test(frame, junk_never_fills_the_reader_for_good)
{
    struct wm_frame_reader reader = {.size = 0};
    struct wm_frame answer;
    uint32_t random = 1;
    for (int i = 0; i < 200000; i++) {
        random = random * 1664525 + 1013904223;
        const uint8_t byte = (uint8_t)(i % 3 == 0 ? 0xA5 : random >> 24);
        cr_assert_leq(feed(&reader, &byte, 1), sizeof reader.bytes);
        (void)wm_frame_read(&reader, &answer);
        cr_assert_lt(reader.size, WM_FRAME_SIZE_MAX);
    }
}

/* Decision H10: a burst of at most 16 bits is always caught, wherever it falls. */
Test(frame, every_burst_of_up_to_16_bits_is_caught)
{
    uint8_t bytes[WM_FRAME_SIZE_MAX];
    const size_t size = answer_bytes(&measured, bytes);
    for (size_t start = 0; start < size * 8; start++) {
        for (uint32_t pattern = 1; pattern <= 0xFFFF; pattern += 2) {
            struct wm_frame_reader reader = {.size = 0};
            struct wm_frame answer;
            (void)feed(&reader, bytes, size);
            for (size_t bit = start; bit < start + 16 && bit < size * 8; bit++) {
                const unsigned flip = pattern >> (bit - start) & 1U;
                reader.bytes[bit / 8] ^= (uint8_t)(flip << bit % 8);
            }
            cr_assert_not(wm_frame_read(&reader, &answer), "bit %zu, pattern %04X", start, pattern);
        }
    }
}
