/*
 * test_frame.c — the device's codec: vectors, and every burst that the checksum promises to catch.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "sim/bus/frame.h"
#include "tests/vectors/vectors.h"

Test(frame, the_checksum_has_its_check_value)
{
    cr_assert_eq(sim_frame_crc((const uint8_t *)"123456789", 9), 0x906E);
    cr_assert_eq(sim_frame_crc(NULL, 0), 0x0000);
}

Test(frame, every_vector_is_encoded_and_decoded_as_written)
{
    struct vectors *vectors = vectors_open("tests/vectors/frames.data");
    cr_assert_not_null(vectors);
    struct vector vector;
    int good = 0, bad = 0;
    bool has_met[wm_message_count][WM_DIRECTIONS] = {{false}};
    while (vectors_next(vectors, &vector)) {
        struct sim_frame frame;
        bool is_frame = sim_frame_decode(vector.bytes, vector.size, vector.direction, &frame);
        cr_assert_eq(is_frame, !vector.is_bad, "%s", vector.name);
        if (vector.is_bad) {
            bad++;
            continue;
        }
        cr_assert_eq(frame.message, vector.message, "%s", vector.name);
        cr_assert_eq(frame.address_class, vector.class, "%s", vector.name);
        cr_assert_eq(frame.address, vector.address, "%s", vector.name);
        cr_assert_eq(frame.sequence, vector.sequence, "%s", vector.name);
        int fields = wm_message(frame.message)->fields[vector.direction];
        for (int i = 0; i < fields; i++) {
            cr_assert_eq(frame.values[i], vector.value[i], "%s: value %d", vector.name, i);
        }
        uint8_t bytes[WM_FRAME_SIZE_MAX];
        cr_assert_eq(sim_frame_encode(&frame, bytes), vector.size, "%s", vector.name);
        cr_assert_arr_eq(bytes, vector.bytes, vector.size, "%s", vector.name);
        has_met[frame.message][frame.direction] = true;
        good++;
    }
    vectors_close(vectors);
    cr_assert_geq(bad, 20);
    for (int message = 0; message < wm_message_count; message++) {
        const struct wm_message_row *row = wm_message((enum wm_message_id)message);
        cr_assert(has_met[message][WM_QUESTION], "no question %s in %d rows", row->name, good);
        cr_assert_eq(has_met[message][WM_ANSWER], row->is_answered, "answer %s", row->name);
    }
}

static size_t sample(enum wm_message_id message, enum wm_direction direction, uint8_t *bytes)
{
    const struct wm_message_row *row = wm_message(message);
    struct sim_frame frame = {.message = message, .direction = direction, .sequence = 0xA5};
    bool is_broadcast = (row->classes & 1) != 0;
    frame.address_class = is_broadcast && direction == WM_QUESTION  ? WM_CLASS_BROADCAST
                          : (row->classes & 2) != 0 || is_broadcast ? WM_CLASS_MODULE
                          : (row->classes & 4) != 0                 ? WM_CLASS_SENSOR
                          : (row->classes & 8) != 0                 ? WM_CLASS_AUX
                                                                    : WM_CLASS_COM2;
    frame.address = frame.address_class == WM_CLASS_BROADCAST ? 0 : 2;
    for (int i = 0; i < row->fields[direction]; i++) {
        frame.values[i] = 0x31 + i;
    }
    return sim_frame_encode(&frame, bytes);
}

/* Every burst of at most 16 bits, at every place, in every message: 2^15 shapes are enough. */
static void try_bursts(const uint8_t *good, size_t size, enum wm_direction direction)
{
    for (size_t first = 0; first < size * 8; first++) {
        for (uint32_t shape = 1; shape < 0x10000; shape += 2) {
            uint8_t bytes[WM_FRAME_SIZE_MAX];
            memcpy(bytes, good, size);
            bool fits = true;
            for (uint32_t bit = 0; bit < 16; bit++) {
                size_t place = first + bit;
                if ((shape >> bit & 1) != 0) {
                    fits = fits && place < size * 8;
                    if (fits) {
                        bytes[place / 8] ^= (uint8_t)(1u << place % 8);
                    }
                }
            }
            struct sim_frame frame;
            if (fits && sim_frame_decode(bytes, size, direction, &frame)) {
                cr_assert_fail("burst %04X at bit %zu of %zu bytes got through", shape, first,
                               size);
            }
        }
    }
}

Test(frame, every_burst_of_at_most_16_bits_is_caught)
{
    for (int message = 0; message < wm_message_count; message++) {
        for (int direction = 0; direction < WM_DIRECTIONS; direction++) {
            const struct wm_message_row *row = wm_message((enum wm_message_id)message);
            if (direction == WM_QUESTION || row->is_answered) {
                uint8_t bytes[WM_FRAME_SIZE_MAX];
                size_t size =
                    sample((enum wm_message_id)message, (enum wm_direction)direction, bytes);
                struct sim_frame frame;
                cr_assert(sim_frame_decode(bytes, size, (enum wm_direction)direction, &frame));
                try_bursts(bytes, size, (enum wm_direction)direction);
            }
        }
    }
}

Test(frame, a_frame_cut_anywhere_is_none)
{
    uint8_t bytes[WM_FRAME_SIZE_MAX];
    size_t size = sample(wm_message_measure, WM_ANSWER, bytes);
    for (size_t kept = 0; kept < size; kept++) {
        struct sim_frame frame;
        cr_assert_not(sim_frame_decode(bytes, kept, WM_ANSWER, &frame));
        cr_assert_not(sim_frame_decode(bytes + kept + 1, size - kept - 1, WM_ANSWER, &frame));
    }
}

Test(frame, a_frame_is_partial_until_its_last_byte_and_junk_never_is)
{
    static const uint8_t longest[WM_FRAME_SIZE_MAX] = {0xA5, WM_FRAME_SIZE_MAX};
    static const uint8_t too_long[] = {0xA5, WM_FRAME_SIZE_MAX + 1, 0x10};
    static const uint8_t junk[] = {0x5A, 8, 0x10};
    for (size_t size = 1; size <= sizeof longest; size++) {
        cr_assert_eq(sim_frame_is_partial(longest, size), size < sizeof longest, "%zu", size);
    }
    cr_assert(sim_frame_is_partial(too_long, 1), "it may still become one");
    cr_assert_not(sim_frame_is_partial(too_long, 2));
    cr_assert_not(sim_frame_is_partial(junk, 1));
    cr_assert_not(sim_frame_is_partial(junk, 3));
}
