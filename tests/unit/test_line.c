/*
 * test_line.c — one question at a time: its repeats, its time-outs to the millisecond, its end
 * (decision B3).
 */
#include <criterion/criterion.h>
#include <string.h>

#include "fake_bus.h"
#include "firmware/core/line.h"

static struct fake_bus fake;
static struct wm_line line;
static struct wm_frame answer;
/* 8 bytes take 4.17 ms at this speed, 9 bytes 4.69 ms. */
static const struct wm_line_timing timing = {.baud = 19200, .answer_timeout_ms = 30};

/* Of a question of 8 bytes: 5 ms for it, 30 ms, and one because time is cut. */
enum { SILENCE_MS = 36 };

static void setup(void)
{
    fake_bus_init(&fake);
    memset(&line, 0, sizeof line);
    wm_line_init(&line, fake_bus_port(&fake));
}

TestSuite(line, .init = setup);

static void ask(enum wm_class class, uint16_t address, enum wm_message_id message, uint8_t retries)
{
    const struct wm_frame question = {.class = class, .address = address, .message = message};
    wm_line_ask(&line, &question, retries);
    wm_line_transmit(&line, &timing, 0);
}

static enum wm_line_result receive(wm_ms now_ms)
{
    return wm_line_receive(&line, &timing, now_ms, &answer);
}

Test(line, an_answer_ends_its_question_when_it_is_accepted)
{
    cr_assert_eq(wm_line_deadline_ms(&line, 7), WM_NEVER, "idle");
    ask(WM_CLASS_MODULE, 3, wm_message_identify, 2);
    cr_assert_eq(receive(1), WM_LINE_ANSWERED);
    cr_assert_eq(answer.address, 3);
    cr_assert(line.has_question);
    wm_line_accept(&line);
    cr_assert_not(line.has_question);
    cr_assert_not(line.is_garbled);
    cr_assert_eq(receive(2), WM_LINE_NONE, "nothing is waited for");
}

Test(line, silence_is_judged_at_the_deadline_and_not_a_millisecond_before)
{
    fake.module[2].is_silent = true;
    ask(WM_CLASS_MODULE, 3, wm_message_identify, 0);
    cr_assert_eq(wm_line_deadline_ms(&line, 0), SILENCE_MS);
    cr_assert_eq(receive(SILENCE_MS - 1), WM_LINE_NONE);
    cr_assert_eq(receive(SILENCE_MS), WM_LINE_SILENT);
    cr_assert_not(line.has_question);
    cr_assert_not(line.is_garbled);
}

Test(line, retries_are_counted_to_the_last)
{
    fake.module[2].is_silent = true;
    ask(WM_CLASS_MODULE, 3, wm_message_identify, WM_LINE_RETRIES);
    wm_ms now_ms = 0;
    for (int i = 0; i < WM_LINE_RETRIES; i++) {
        now_ms += SILENCE_MS;
        cr_assert_eq(receive(now_ms), WM_LINE_NONE, "retry %d is left", i + 1);
        cr_assert(line.has_question);
        cr_assert_eq(wm_line_deadline_ms(&line, now_ms), now_ms, "again at once");
        wm_line_transmit(&line, &timing, now_ms);
    }
    now_ms += SILENCE_MS;
    cr_assert_eq(receive(now_ms), WM_LINE_SILENT);
    cr_assert_eq(fake.questions, 3);
    cr_assert_eq(fake.asked[1].sequence, (uint8_t)(fake.asked[0].sequence + 1));
}

Test(line, a_question_on_the_line_is_not_sent_twice)
{
    ask(WM_CLASS_MODULE, 3, wm_message_identify, 0);
    wm_line_transmit(&line, &timing, 1);
    cr_assert_eq(fake.questions, 1);
}

Test(line, a_broadcast_that_nobody_answers_ends_with_its_last_bit)
{
    ask(WM_CLASS_BROADCAST, 0, wm_message_reset_address, 0);
    cr_assert_eq(wm_line_deadline_ms(&line, 0), SILENCE_MS - 30);
    cr_assert_eq(receive(SILENCE_MS - 31), WM_LINE_NONE);
    cr_assert_eq(receive(SILENCE_MS - 30), WM_LINE_SILENT);
    cr_assert_not(line.is_garbled);
}

Test(line, an_unanswered_broadcast_is_repeated_like_any_question)
{
    ask(WM_CLASS_BROADCAST, 0, wm_message_reset_address, WM_LINE_RETRIES);
    wm_ms now_ms = 0;
    enum wm_line_result result = WM_LINE_NONE;
    while (result == WM_LINE_NONE) {
        now_ms = wm_line_deadline_ms(&line, now_ms);
        result = receive(now_ms);
        wm_line_transmit(&line, &timing, now_ms);
    }
    cr_assert_eq(fake.questions, 3);
}

Test(line, a_registration_is_answered_from_the_address_that_was_offered)
{
    const struct wm_frame offer = {
        .class = WM_CLASS_BROADCAST, .message = wm_message_register_address, .value = {300}};
    fake.is_programming = true;
    fake.module[8].is_pressed = true;
    wm_line_ask(&line, &offer, 0);
    wm_line_transmit(&line, &timing, 0);
    cr_assert_eq(receive(1), WM_LINE_ANSWERED);
    cr_assert_eq(answer.address, 300);
    cr_assert_eq(answer.value[wm_answer_register_address_serial_number], 9);
}

Test(line, garbled_and_silent_are_told_apart)
{
    fake.garble_answers = 1;
    ask(WM_CLASS_MODULE, 3, wm_message_identify, 0);
    enum wm_line_result result = WM_LINE_NONE;
    for (wm_ms now_ms = 1; result == WM_LINE_NONE; now_ms++) {
        result = receive(now_ms);
        cr_assert_leq(now_ms, SILENCE_MS + 200);
    }
    cr_assert_eq(result, WM_LINE_SILENT);
    cr_assert(line.is_garbled);
    fake.module[2].is_silent = true;
    ask(WM_CLASS_MODULE, 3, wm_message_identify, 0);
    cr_assert_not(line.is_garbled, "a new question, a new verdict");
}

Test(line, one_garbled_try_marks_the_question)
{
    fake.garble_answers = 1;
    ask(WM_CLASS_MODULE, 3, wm_message_identify, 1);
    wm_ms now_ms = 0;
    while (line.is_waiting) {
        (void)receive(++now_ms);
    }
    fake.module[2].is_silent = true;
    wm_line_transmit(&line, &timing, now_ms);
    cr_assert_eq(receive(now_ms + SILENCE_MS), WM_LINE_SILENT);
    cr_assert(line.is_garbled);
}

Test(line, each_byte_of_an_answer_may_take_its_gap_and_no_more)
{
    fake.answer_bytes_max = 1;
    ask(WM_CLASS_MODULE, 3, wm_message_identify, 0);
    cr_assert_eq(receive(SILENCE_MS - 1), WM_LINE_NONE, "the first byte, just in time");
    /* 5 ms of gap, 0.52 ms of byte, and one because time is cut. */
    cr_assert_eq(wm_line_deadline_ms(&line, SILENCE_MS - 1), SILENCE_MS - 1 + 7);
    fake.answer_size = 1;
    cr_assert_eq(receive(SILENCE_MS - 1 + 6), WM_LINE_NONE);
    cr_assert_eq(receive(SILENCE_MS - 1 + 7), WM_LINE_SILENT);
    cr_assert(line.is_garbled);
}

/* A line that never falls silent. */
static int babble_receive(void *self, uint8_t *bytes, size_t size_max)
{
    (void)self;
    memset(bytes, 0xA5, size_max);
    return (int)size_max;
}

static enum wm_status babble_transmit(void *self, const uint8_t *bytes, size_t size)
{
    (void)self;
    (void)bytes;
    (void)size;
    return WM_OK;
}

Test(line, babble_is_given_up_when_the_longest_answer_would_be_over)
{
    static const struct wm_bus_ops ops = {babble_transmit, babble_receive};
    wm_line_init(&line, (struct wm_bus){&ops, NULL});
    ask(WM_CLASS_MODULE, 3, wm_message_identify, 0);
    /* 24 bytes of 0.52 ms and 24 gaps of 5 ms after the time-out. */
    const wm_ms give_up_ms = SILENCE_MS + 13 + 120;
    for (wm_ms now_ms = 1; now_ms < give_up_ms; now_ms++) {
        cr_assert_eq(receive(now_ms), WM_LINE_NONE, "at %d ms", (int)now_ms);
    }
    cr_assert_eq(receive(give_up_ms), WM_LINE_SILENT);
    cr_assert(line.is_garbled);
}

Test(line, a_refused_answer_is_asked_again_and_is_not_garbled)
{
    ask(WM_CLASS_MODULE, 3, wm_message_identify, 1);
    cr_assert_eq(receive(1), WM_LINE_ANSWERED);
    cr_assert_eq(wm_line_refuse(&line), WM_LINE_NONE);
    wm_line_transmit(&line, &timing, 2);
    cr_assert_eq(receive(3), WM_LINE_ANSWERED);
    cr_assert_eq(wm_line_refuse(&line), WM_LINE_SILENT);
    cr_assert_not(line.is_garbled);
    cr_assert_not(line.has_question);
}

Test(line, a_busy_line_is_tried_a_millisecond_later)
{
    fake.is_busy = true;
    ask(WM_CLASS_MODULE, 3, wm_message_identify, 0);
    cr_assert_not(line.is_waiting);
    cr_assert_eq(wm_line_deadline_ms(&line, 0), 1);
    fake.is_busy = false;
    wm_line_transmit(&line, &timing, 1);
    cr_assert_eq(receive(2), WM_LINE_ANSWERED);
}

Test(line, an_answer_of_another_is_no_answer)
{
    fake.late_answers = 1;
    ask(WM_CLASS_MODULE, 3, wm_message_identify, 0);
    cr_assert_eq(receive(1), WM_LINE_NONE);
    cr_assert_eq(receive(SILENCE_MS - 1), WM_LINE_NONE);
    cr_assert_eq(receive(SILENCE_MS), WM_LINE_SILENT);
}
