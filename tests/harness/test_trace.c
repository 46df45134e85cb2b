/*
 * test_trace.c — what the number of a run covers, and the last frames of each line.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "harness/stage/trace.h"
#include "sim/bus/frame.h"

static struct hx_trace trace;
static uint8_t bytes[WM_FRAME_SIZE_MAX];

static void start(void)
{
    hx_trace_start(&trace);
}

TestSuite(trace, .init = start);

static size_t frame_of(enum wm_class class, enum wm_direction direction, int32_t value)
{
    const struct sim_frame frame = {
        .message = class == WM_CLASS_COM2 ? wm_message_read_environment : wm_message_measure,
        .direction = direction,
        .address_class = class,
        .address = 1,
        .values = {value},
    };
    return sim_frame_encode(&frame, bytes);
}

static void passes(enum wm_class class, int64_t time_us, enum wm_direction direction, int32_t value)
{
    const size_t size = frame_of(class, direction, value);
    (class == WM_CLASS_COM2 ? hx_trace_com2 : hx_trace_bus)(&trace, time_us, direction == WM_ANSWER,
                                                            bytes, size);
}

static int count(const char *text, const char *word)
{
    int found = 0;
    while ((text = strstr(text, word)) != NULL) {
        text += strlen(word);
        found++;
    }
    return found;
}

static uint64_t hash_of(void (*tap)(void *, int64_t, bool, const uint8_t *, size_t),
                        int64_t time_us, bool is_answer, const char *text)
{
    start();
    tap(&trace, time_us, is_answer, (const uint8_t *)text, strlen(text));
    return trace.hash;
}

Test(trace, bytes_time_direction_and_line_are_in_the_number)
{
    const uint64_t hashes[] = {
        trace.hash,
        hash_of(hx_trace_bus, 5, false, "ab"),
        hash_of(hx_trace_bus, 6, false, "ab"),
        hash_of(hx_trace_bus, 5, true, "ab"),
        hash_of(hx_trace_bus, 5, false, "ac"),
        hash_of(hx_trace_com2, 5, false, "ab"),
        hash_of(hx_trace_com2, 6, false, "ab"),
        hash_of(hx_trace_com2, 5, true, "ab"),
        hash_of(hx_trace_com2, 5, false, "ac"),
    };
    for (size_t i = 0; i < sizeof hashes / sizeof hashes[0]; i++) {
        for (size_t k = 0; k < i; k++) {
            cr_assert_neq(hashes[i], hashes[k], "%zu and %zu", i, k);
        }
    }
    cr_assert_eq(hash_of(hx_trace_com2, 5, false, "ac"), hashes[8]);
}

Test(trace, each_line_keeps_its_last_eight_frames_oldest_first)
{
    struct hx_text text = {0};
    passes(WM_CLASS_COM2, 1000000, WM_QUESTION, 0);
    for (int i = 0; i < 100; i++) {
        passes(WM_CLASS_MODULE, (2 + i) * 1000000, WM_QUESTION, i % 2);
    }
    cr_assert_eq(trace.now_us, 101000000);
    hx_trace_print(&trace, &text);
    const char *com2 = strstr(text.bytes, "\ncom2 00:00:01 > com2 1 read_environment  [");
    cr_assert_not_null(com2, "%s", text.bytes);
    cr_assert_eq(count(com2 + 1, "\n"), 1, "it comes last");
    cr_assert_eq(strncmp(text.bytes, "bus  00:01:34 > module 1 measure is_alarm=0  [", 45), 0, "%s",
                 text.bytes);
    cr_assert_eq(count(text.bytes, "module 1 measure"), HX_TRACE_FRAMES);
    cr_assert_not_null(strstr(text.bytes, "\n     00:01:41 > module 1 measure is_alarm=1  ["));
    hx_text_free(&text);
}

Test(trace, an_answer_in_pieces_is_one_frame_of_its_last_instant)
{
    struct hx_text text = {0};
    const size_t size = frame_of(WM_CLASS_COM2, WM_ANSWER, 215);
    for (size_t i = 0; i < size; i++) {
        hx_trace_com2(&trace, 2000000 + (int64_t)i * 1000000, true, &bytes[i], 1);
    }
    cr_assert_eq(trace.com2.frames, 1);
    hx_trace_com2(&trace, 90000000, true, bytes, size);
    cr_assert_eq(trace.com2.frames, 2, "the next is another");
    hx_trace_print(&trace, &text);
    cr_assert_eq(
        strncmp(text.bytes, "com2 00:00:13 < com2 1 read_environment temperature_ddegC=215", 61), 0,
        "%s", text.bytes);
    hx_text_free(&text);
}

Test(trace, what_was_cut_short_takes_nothing_from_what_follows)
{
    size_t size = frame_of(WM_CLASS_MODULE, WM_ANSWER, 13500);
    hx_trace_bus(&trace, 0, true, bytes, 3);
    passes(WM_CLASS_MODULE, 1, WM_QUESTION, 0);
    hx_trace_bus(&trace, 2, true, bytes, 4);
    cr_assert_eq(trace.bus.frames, 3, "a question between them");
    size = frame_of(WM_CLASS_MODULE, WM_ANSWER, 13500);
    for (int i = 0; i < 2; i++) {
        hx_trace_bus(&trace, 3, true, bytes, size);
    }
    cr_assert_eq(trace.bus.frames, 4, "behind the piece, as they came");
    cr_assert_eq(trace.bus.last[2].size, 4 + size);
    hx_trace_bus(&trace, 5, false, bytes, 3);
    hx_trace_bus(&trace, 6, true, bytes, 3);
    cr_assert_eq(trace.bus.frames, 6, "a question that was cut is not answered by its rest");
    passes(WM_CLASS_MODULE, 7, WM_QUESTION, 0);
    bytes[0] = 0;
    hx_trace_bus(&trace, 8, true, bytes, 3);
    hx_trace_bus(&trace, 9, true, bytes, 3);
    cr_assert_eq(trace.bus.frames, 9, "junk is no beginning");
}
