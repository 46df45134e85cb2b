/*
 * test_refusals.c — what is refused is told once, a flood in few words, and nothing else changes.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "fake_bus.h"
#include "firmware/core/refusals.h"

enum { PERIOD_MS = WM_REFUSALS_PERIOD_MS };

static struct wm_refusals refusals;
static enum wm_refusal reason;
static int32_t count;

/* Notes one; true if it is told at this instant. */
static bool told(enum wm_refusal of, wm_ms now_ms)
{
    wm_refusals_note(&refusals, of);
    return wm_refusals_take(&refusals, now_ms, &reason, &count);
}

static void flood(wm_ms now_ms)
{
    for (int i = 0; i < WM_REFUSALS_MAX; i++) {
        cr_assert(told(wm_refusal_syntax, now_ms), "%d", i);
        cr_assert_eq(count, 1);
    }
}

Test(refusals, each_is_told_at_once_with_its_reason)
{
    cr_assert_not(wm_refusals_take(&refusals, 0, &reason, &count), "there is none");
    cr_assert_eq(wm_refusals_deadline_ms(&refusals), WM_NEVER);
    cr_assert(told(wm_refusal_range, 0));
    cr_assert_eq(reason, wm_refusal_range);
    cr_assert_eq(count, 1);
    cr_assert_not(wm_refusals_take(&refusals, 0, &reason, &count), "it has been told");
    cr_assert_eq(wm_refusals_deadline_ms(&refusals), WM_NEVER);
}

Test(refusals, those_of_one_step_are_told_together_by_the_last)
{
    wm_refusals_note(&refusals, wm_refusal_range);
    wm_refusals_note(&refusals, wm_refusal_conflict);
    cr_assert(wm_refusals_take(&refusals, 5, &reason, &count));
    cr_assert_eq(reason, wm_refusal_conflict);
    cr_assert_eq(count, 2);
}

Test(refusals, after_a_flood_the_rest_is_told_a_period_later_and_not_a_millisecond_before)
{
    const wm_ms now_ms = 12345;
    flood(now_ms);
    for (int i = 0; i < 1000; i++) {
        cr_assert_not(told(wm_refusal_unknown, now_ms + i));
    }
    cr_assert_not(told(wm_refusal_too_long, now_ms + PERIOD_MS - 1));
    cr_assert_eq(wm_refusals_deadline_ms(&refusals), now_ms + PERIOD_MS);
    cr_assert(wm_refusals_take(&refusals, now_ms + PERIOD_MS, &reason, &count));
    cr_assert_eq(reason, wm_refusal_too_long);
    cr_assert_eq(count, 1001);
    cr_assert_eq(wm_refusals_deadline_ms(&refusals), WM_NEVER);
    cr_assert_not(told(wm_refusal_unknown, now_ms + PERIOD_MS));
    cr_assert_eq(wm_refusals_deadline_ms(&refusals), now_ms + 2 * (wm_ms)PERIOD_MS);
}

Test(refusals, quiet_makes_up_for_a_flood_and_for_no_more_than_one)
{
    flood(0);
    const wm_ms quiet_ms = (wm_ms)PERIOD_MS * WM_REFUSALS_MAX;
    flood(quiet_ms);
    cr_assert_not(told(wm_refusal_syntax, quiet_ms));
    cr_assert(wm_refusals_take(&refusals, 10 * quiet_ms, &reason, &count));
    for (int i = 1; i < WM_REFUSALS_MAX; i++) {
        cr_assert(told(wm_refusal_syntax, 10 * quiet_ms));
    }
    cr_assert_not(told(wm_refusal_syntax, 10 * quiet_ms));
}

Test(refusals, the_count_stops_at_its_end)
{
    flood(0);
    refusals.waiting = INT32_MAX - 1;
    cr_assert_not(told(wm_refusal_syntax, 0));
    cr_assert_not(told(wm_refusal_syntax, 0));
    cr_assert_eq(refusals.waiting, INT32_MAX);
}

/* ---- in the core ------------------------------------------------------------------------ */

static struct bench bench;
static const char *why;

static void setup(void)
{
    bench_settings(&bench, 1, 3);
    bench_ready(&bench);
    bench.events = 0;
}

static enum wm_status put(struct wm_command command)
{
    return wm_core_command(&bench.core, &command, &why);
}

static void step(void)
{
    bench.next_ms = bench.now_ms;
    bench_run(&bench, 0);
}

static void expect_told(enum wm_refusal of, int32_t times)
{
    cr_assert_eq(bench.events, 1);
    cr_assert_eq(bench.event[0].kind, wm_event_request_refused);
    cr_assert_eq(bench.event[0].number, (int32_t)of);
    cr_assert_eq(bench.event[0].value, times);
    cr_assert_eq(bench.event[0].time_ms, bench.now_ms - bench.core.started_ms);
    bench.events = 0;
}

static const struct wm_command wrong_value = {
    .kind = WM_COMMAND_SET, .setting = wm_setting_voltage_delay, .value = 3601};
static const struct wm_command note = {.kind = WM_COMMAND_NOTE, .number = wm_refusal_syntax};

Test(refusals, what_the_core_refuses_is_told_by_the_next_step_and_nothing_else_changes,
     .init = setup)
{
    const struct wm_settings settings = bench.core.settings;
    const uint32_t generation = bench.core.view.generation;
    const int saves = bench.saves;
    cr_assert_eq(put(wrong_value), WM_RANGE);
    step();
    expect_told(wm_refusal_range, 1);
    cr_assert_eq(put((struct wm_command){.kind = WM_COMMAND_MUTE}), WM_CONFLICT);
    step();
    expect_told(wm_refusal_conflict, 1);
    cr_assert_eq(memcmp(&settings, &bench.core.settings, sizeof settings), 0);
    cr_assert_eq(bench.core.view.generation, generation);
    cr_assert_eq(bench.saves, saves);
    step();
    cr_assert_eq(bench.events, 0, "once");
}

Test(refusals, what_a_service_notes_is_told_the_same_way, .init = setup)
{
    const uint32_t generation = bench.core.view.generation;
    cr_assert_eq(put(note), WM_OK);
    cr_assert_str_eq(why, "");
    step();
    expect_told(wm_refusal_syntax, 1);
    cr_assert_eq(bench.core.view.generation, generation);
    cr_assert_eq(put((struct wm_command){.kind = WM_COMMAND_NOTE, .number = 99}), WM_RANGE);
    step();
    expect_told(wm_refusal_range, 1);
}

Test(refusals, nonsense_takes_no_place_in_the_inbox, .init = setup)
{
    const struct wm_command save = {.kind = WM_COMMAND_SAVE};
    for (int i = 0; i < 2 * WM_COMMANDS_MAX; i++) {
        cr_assert_eq(put(i % 2 == 0 ? note : wrong_value), i % 2 == 0 ? WM_OK : WM_RANGE);
    }
    for (int i = 0; i < WM_COMMANDS_MAX; i++) {
        cr_assert_eq(put(save), WM_OK, "%d", i);
    }
    cr_assert_eq(put(save), WM_BUSY);
    cr_assert_eq(put(note), WM_OK, "an inbox that is full hinders no note");
    step();
    expect_told(wm_refusal_syntax, 2 * WM_COMMANDS_MAX + 2);
}

Test(refusals, a_note_alone_does_not_try_a_failing_store_again, .init = setup)
{
    bench.is_store_broken = true;
    cr_assert_eq(put((struct wm_command){.kind = WM_COMMAND_SAVE}), WM_OK);
    step();
    const int saves = bench.saves;
    cr_assert_eq(put(note), WM_OK);
    step();
    cr_assert_eq(bench.saves, saves);
    cr_assert_eq(put((struct wm_command){.kind = WM_COMMAND_SAVE}), WM_OK);
    step();
    cr_assert_gt(bench.saves, saves);
}

Test(refusals, of_two_wishes_that_contradict_each_other_the_second_is_told_as_refused,
     .init = setup)
{
    struct wm_command high = {
        .kind = WM_COMMAND_SET, .setting = wm_setting_voltage_high_alarm, .value = 14200};
    struct wm_command warn = {
        .kind = WM_COMMAND_SET, .setting = wm_setting_voltage_high_warn, .value = 14300};
    cr_assert_eq(put(high), WM_OK);
    cr_assert_eq(put(warn), WM_CONFLICT, "at the door");
    step();
    cr_assert_eq(bench.events, 2);
    cr_assert_eq(bench.event[0].kind, wm_event_setting_changed);
    cr_assert_eq(bench.event[1].kind, wm_event_request_refused);
    cr_assert_eq(bench.event[1].number, wm_refusal_conflict);
}

Test(refusals, what_waits_after_a_flood_is_told_at_its_instant, .init = setup)
{
    /* Rounds far apart: nothing else wakes the core. */
    bench.core.settings.value[wm_setting_bus_round_period] = 3600000;
    bench_run(&bench, 60000);
    bench.events = 0;
    for (int i = 0; i < WM_REFUSALS_MAX + 7; i++) {
        cr_assert_eq(put(note), WM_OK);
        step();
    }
    cr_assert_eq(bench.events, WM_REFUSALS_MAX);
    bench.events = 0;
    bench_run(&bench, PERIOD_MS - 1);
    cr_assert_eq(bench.events, 0);
    bench_run(&bench, 1);
    expect_told(wm_refusal_syntax, 7);
}
