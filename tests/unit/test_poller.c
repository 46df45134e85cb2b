/*
 * test_poller.c — order, retries, time-outs and what is never taken for an answer (decision B3).
 */
#include <criterion/criterion.h>
#include <string.h>

#include "fake_bus.h"

static struct bench bench;
static const char *why;

static void setup(void)
{
    bench_settings(&bench, 1, 3);
    bench_ready(&bench);
}

Test(poller, asks_in_turn_and_a_round_starts_no_sooner_than_its_period, .init = setup)
{
    static const struct {
        enum wm_class class;
        int address;
    } turn[] = {{WM_CLASS_MODULE, 1},
                {WM_CLASS_MODULE, 2},
                {WM_CLASS_MODULE, 3},
                {WM_CLASS_SENSOR, 1},
                {WM_CLASS_AUX, 1}};
    bench_run(&bench, 10000);
    cr_assert_eq(bench.bus.questions, 50);
    for (int i = 0; i < bench.bus.questions; i++) {
        cr_assert_eq(bench.bus.asked[i].class, turn[i % 5].class);
        cr_assert_eq(bench.bus.asked[i].address, turn[i % 5].address);
    }
}

Test(poller, without_a_period_rounds_follow_at_once)
{
    bench_settings(&bench, 1, 3);
    bench.settings.value[wm_setting_bus_round_period] = 0;
    bench.bus.answer_bytes_max = 4; /* a byte takes its time: an answer some milliseconds */
    bench_ready(&bench);
    bench_run(&bench, 1000);
    cr_assert_gt(bench.core.view.rounds, 30);
}

Test(poller, two_retries_at_once_then_the_round_goes_on, .init = setup)
{
    bench.bus.module[1].is_silent = true;
    bench_run(&bench, 1500);
    cr_assert_eq(fake_bus_asked(&bench.bus, wm_message_measure, 2), 3);
    cr_assert_eq(fake_bus_asked(&bench.bus, wm_message_measure, 3), 1);
}

Test(poller, a_retry_that_is_answered_is_as_good_as_the_first, .init = setup)
{
    bench.bus.lose_answers = 2;
    bench_run(&bench, 1000);
    cr_assert_eq(fake_bus_asked(&bench.bus, wm_message_measure, 1), 3);
    cr_assert_eq(bench.core.bank.module[0].link.rounds_failed, 0);
}

Test(poller, every_try_has_a_sequence_number_of_its_own, .init = setup)
{
    bench.bus.module[1].is_silent = true;
    bench_run(&bench, 3000);
    for (int i = 1; i < bench.bus.questions; i++) {
        cr_assert_eq(bench.bus.asked[i].sequence, (uint8_t)(bench.bus.asked[i - 1].sequence + 1));
    }
}

Test(poller, a_late_answer_is_never_taken_for_a_current_one, .init = setup)
{
    bench.bus.module[0].voltage_mV = 12345;
    bench.bus.late_answers = 3;
    bench_run(&bench, 1000);
    cr_assert_eq(fake_bus_asked(&bench.bus, wm_message_measure, 1), 3);
    cr_assert_eq(bench.core.bank.module[0].voltage_mV, 13500);
    bench_run(&bench, 1000);
    cr_assert_eq(bench.core.bank.module[0].voltage_mV, 12345);
}

Test(poller, a_late_answer_does_not_shorten_the_time_out_of_the_true_one, .init = setup)
{
    while (bench.core.poller.is_in_round || bench.next_ms <= bench.now_ms) {
        bench_run(&bench, 1);
    }
    bench.bus.late_answers = 1;
    fake_bus_forget(&bench.bus);
    while (bench.bus.questions == 0) {
        bench_run(&bench, 1);
    }
    bench_run(&bench, 30);
    cr_assert_eq(bench.bus.questions, 1, "34 ms from the question's begin, not 7");
    bench_run(&bench, 10);
    cr_assert_gt(bench.bus.questions, 1);
}

Test(poller, a_garbled_answer_is_asked_again, .init = setup)
{
    bench.bus.garble_answers = 2;
    bench_run(&bench, 1000);
    cr_assert_eq(fake_bus_asked(&bench.bus, wm_message_measure, 1), 3);
    cr_assert_eq(bench.core.bank.module[0].link.rounds_failed, 0);
}

Test(poller, junk_before_an_answer_does_no_harm, .init = setup)
{
    for (bench.bus.junk_bytes = 0; bench.bus.junk_bytes < 20; bench.bus.junk_bytes++) {
        fake_bus_forget(&bench.bus);
        bench_run(&bench, 1000);
        cr_assert_eq(bench.bus.questions, 5, "%d bytes of junk", bench.bus.junk_bytes);
    }
}

Test(poller, an_answer_byte_by_byte_is_an_answer, .init = setup)
{
    bench.bus.answer_bytes_max = 1;
    bench_run(&bench, 2000);
    cr_assert_eq(bench.core.bank.module[2].link.rounds_failed, 0);
    cr_assert_eq(fake_bus_asked(&bench.bus, wm_message_measure, 3), 2);
}

Test(poller, a_value_out_of_range_counts_as_no_answer, .init = setup)
{
    bench.bus.module[0].voltage_mV = 22101;
    bench_run(&bench, 1000);
    cr_assert_eq(fake_bus_asked(&bench.bus, wm_message_measure, 1), 3);
    cr_assert_eq(bench.core.bank.module[0].voltage_mV, 13500);
    bench_run(&bench, 2500);
    cr_assert_eq(bench.core.view.module[0].alarm_flags, 0x0003);
}

Test(poller, silence_is_judged_after_question_and_timeout_and_not_before, .init = setup)
{
    /* 8 bytes at 19,200 baud are 4.2 ms; the time-out is 30 ms. */
    while (bench.core.poller.is_in_round || bench.next_ms <= bench.now_ms) {
        bench_run(&bench, 1);
    }
    bench.bus.module[0].is_silent = true;
    fake_bus_forget(&bench.bus);
    while (bench.bus.questions == 0) {
        bench_run(&bench, 1);
    }
    bench_run(&bench, 34);
    cr_assert_eq(bench.bus.questions, 1);
    bench_run(&bench, 3);
    cr_assert_eq(bench.bus.questions, 2);
}

/* A line that never falls silent. */
static enum wm_status babble_transmit(void *self, const uint8_t *bytes, size_t size)
{
    (void)bytes;
    (void)size;
    (*(int *)self)++;
    return WM_OK;
}

static int babble_receive(void *self, uint8_t *bytes, size_t size_max)
{
    (void)self;
    memset(bytes, 0xA5, size_max);
    return (int)size_max;
}

Test(poller, a_babbling_line_ends_every_question_in_bounded_time, .init = setup)
{
    static const struct wm_bus_ops ops = {babble_transmit, babble_receive};
    int questions = 0;
    bench.core.poller.line.bus = (struct wm_bus){&ops, &questions};
    wm_ms last_ms = 0;
    for (; bench.now_ms < 60000; bench.now_ms++) {
        const int before = questions;
        (void)wm_core_step(&bench.core, bench.now_ms);
        if (questions != before) {
            cr_assert_leq(bench.now_ms - last_ms, 3000);
            last_ms = bench.now_ms;
        }
    }
    cr_assert_eq(bench.core.bank.modules_lost, 3);
}

Test(poller, a_busy_line_is_tried_again, .init = setup)
{
    bench.bus.is_busy = true;
    bench_run(&bench, 2000);
    cr_assert_eq(bench.bus.questions, 0);
    bench.bus.is_busy = false;
    bench_run(&bench, 1000);
    cr_assert_gt(bench.bus.questions, 0);
    cr_assert_eq(bench.core.bank.modules_lost, 0);
}

Test(poller, each_resistance_is_asked_once_in_the_poll_rate)
{
    bench_settings(&bench, 1, 12);
    bench.settings.value[wm_setting_impedance_poll_rate] = 2;
    bench_ready(&bench);
    bench_run(&bench, 60000);
    fake_bus_forget(&bench.bus);
    bench_run(&bench, 120000);
    for (int address = 1; address <= 12; address++) {
        cr_assert_eq(fake_bus_asked(&bench.bus, wm_message_impedance, address), 1);
    }
}

Test(poller, what_a_slow_round_had_no_time_for_is_not_made_up)
{
    bench_settings(&bench, 1, 3);
    bench.settings.value[wm_setting_impedance_poll_rate] = 1;
    bench.settings.value[wm_setting_bus_round_period] = 3600 * 1000;
    bench_ready(&bench);
    bench_run(&bench, 4 * 3600 * 1000);
    const struct wm_command set = {
        .kind = WM_COMMAND_SET, .setting = wm_setting_bus_round_period, .value = 1000};
    cr_assert_eq(wm_core_command(&bench.core, &set, &why), WM_OK);
    const uint32_t rounds = bench.core.view.rounds;
    while (bench.core.view.rounds == rounds) {
        bench_run(&bench, 1000);
    }
    fake_bus_forget(&bench.bus);
    bench_run(&bench, 60 * 1000);
    for (int address = 1; address <= 3; address++) {
        /* What that round has planned, and the minute's own. */
        cr_assert_leq(fake_bus_asked(&bench.bus, wm_message_impedance, address), 2);
    }
}

Test(poller, no_resistance_is_asked_during_a_discharge)
{
    bench_settings(&bench, 1, 3);
    bench.settings.value[wm_setting_impedance_poll_rate] = 1;
    bench_ready(&bench);
    bench.bus.sensor[0].current_mA = -9000;
    bench_run(&bench, 8000);
    fake_bus_forget(&bench.bus);
    bench_run(&bench, 120000);
    for (int address = 1; address <= 3; address++) {
        cr_assert_eq(fake_bus_asked(&bench.bus, wm_message_impedance, address), 0);
    }
}

Test(poller, a_busy_line_with_an_order_waiting_is_no_endless_step, .init = setup)
{
    cr_assert(wm_poller_order(&bench.core.poller, 0, 0x01));
    bench.bus.is_busy = true;
    for (int i = 0; i < 100; i++) {
        const wm_ms next_ms = wm_core_step(&bench.core, bench.now_ms);
        cr_assert_gt(next_ms, bench.now_ms);
        bench.now_ms = next_ms;
    }
    bench.bus.is_busy = false;
    bench.next_ms = bench.now_ms;
    bench_run(&bench, 100);
    cr_assert_eq(fake_bus_asked(&bench.bus, wm_message_set_outputs, 1), 1);
}

Test(poller, a_silent_second_reading_is_no_failed_round, .init = setup)
{
    bench_run(&bench, 800);
    bench.bus.module[0].temperature_ddegC = 360;
    bench.bus.is_limited = true;
    bench.bus.answers_left = 1;
    bench_run(&bench, 1000);
    cr_assert_eq(fake_bus_asked(&bench.bus, wm_message_measure, 1), 4, "the first, and thrice");
    cr_assert_eq(bench.core.bank.module[0].link.rounds_failed, 0);
    bench.bus.is_limited = false;
    bench_run(&bench, 1000);
    cr_assert(bench_has_row(&bench, 8), "the next round's reading is the second");
}

Test(poller, a_period_set_shorter_counts_at_once)
{
    bench_settings(&bench, 1, 3);
    bench.settings.value[wm_setting_bus_round_period] = 3600000;
    bench_ready(&bench);
    fake_bus_forget(&bench.bus);
    const struct wm_command set = {
        .kind = WM_COMMAND_SET, .setting = wm_setting_bus_round_period, .value = 2000};
    cr_assert_eq(wm_core_command(&bench.core, &set, &why), WM_OK);
    bench.next_ms = bench.now_ms; /* whoever sends a command wakes the core */
    bench_run(&bench, 1900);
    cr_assert_eq(fake_bus_asked(&bench.bus, wm_message_measure, 1), 0, "no sooner than it says");
    bench_run(&bench, 200);
    cr_assert_eq(fake_bus_asked(&bench.bus, wm_message_measure, 1), 1);
}

Test(poller, a_rate_set_shorter_counts_at_once)
{
    bench_settings(&bench, 1, 3);
    bench.settings.value[wm_setting_impedance_poll_rate] = 43200;
    bench_ready(&bench);
    const struct wm_command set = {
        .kind = WM_COMMAND_SET, .setting = wm_setting_impedance_poll_rate, .value = 1};
    cr_assert_eq(wm_core_command(&bench.core, &set, &why), WM_OK);
    bench_run(&bench, 62000);
    for (int address = 1; address <= 3; address++) {
        cr_assert_geq(fake_bus_asked(&bench.bus, wm_message_impedance, address), 1);
    }
}
