/*
 * test_discharge.c — what counts as a discharge, how often, and over a restart (decision B12).
 */
#include <criterion/criterion.h>
#include <string.h>

#include "fake_bus.h"
#include "firmware/core/discharge.h"

static struct wm_state state;
static struct wm_discharges discharges;
static struct bench bench;

static void setup(void)
{
    wm_state_init(&state);
    memset(&discharges, 0, sizeof discharges);
}

/* A string's discharge was first seen then, and is one now. */
static void string_falls(int32_t index, wm_ms since_ms)
{
    state.string[index].flow = WM_FLOW_DISCHARGE;
    state.string[index].falling_since_ms = since_ms;
    state.flow = WM_FLOW_DISCHARGE;
}

static void all_rest(void)
{
    for (int i = 0; i < WM_STRINGS_MAX; i++) {
        state.string[i].flow = WM_FLOW_FLOAT;
    }
    state.flow = WM_FLOW_FLOAT;
}

Test(discharge, it_counts_once_ten_seconds_after_its_first_reading, .init = setup)
{
    string_falls(1, 1000);
    cr_assert_not(wm_discharges_step(&discharges, &state, 2, 6000));
    cr_assert_not(wm_discharges_step(&discharges, &state, 2, 10999));
    cr_assert(wm_discharges_step(&discharges, &state, 2, 11000));
    cr_assert_not(wm_discharges_step(&discharges, &state, 2, 3600000), "once");
    cr_assert_eq(discharges.count, 1);
    all_rest();
    cr_assert_not(wm_discharges_step(&discharges, &state, 2, 3601000));
    string_falls(0, 3602000);
    cr_assert_not(wm_discharges_step(&discharges, &state, 2, 3611999));
    all_rest();
    cr_assert_not(wm_discharges_step(&discharges, &state, 2, 3612000), "a short one is none");
    string_falls(0, 3613000);
    cr_assert_not(wm_discharges_step(&discharges, &state, 2, 3620000));
    cr_assert(wm_discharges_step(&discharges, &state, 2, 3623000));
    cr_assert_eq(discharges.count, 2);
}

Test(discharge, strings_that_take_turns_discharge_the_bank_once, .init = setup)
{
    string_falls(0, 0);
    cr_assert(wm_discharges_step(&discharges, &state, 2, 10000));
    string_falls(1, 11000);
    state.string[0].flow = WM_FLOW_FLOAT;
    cr_assert_not(wm_discharges_step(&discharges, &state, 2, 30000));
    cr_assert_eq(discharges.count, 1);
}

Test(discharge, the_core_counts_tells_shows_and_keeps)
{
    bench_settings(&bench, 2, 3);
    bench_ready(&bench);
    for (int i = 1; i <= 3; i++) {
        bench.bus.sensor[0].current_mA = -5000;
        bench_run(&bench, 9000);
        cr_assert_eq(bench.core.view.system.discharges_count, i - 1);
        bench_run(&bench, 3000);
        cr_assert_eq(bench.core.view.system.discharges_count, i);
        cr_assert(bench_told(&bench, wm_event_discharge_counted, i));
        bench.bus.sensor[0].current_mA = 0;
        bench_run(&bench, 5000);
    }
    bench.bus.sensor[0].current_mA = -5000;
    bench_run(&bench, 7000);
    bench.bus.sensor[0].current_mA = 0;
    bench_run(&bench, 5000);
    bench_start(&bench);
    bench_run(&bench, 3000);
    cr_assert_eq(bench.core.view.system.discharges_count, 3, "kept over a restart");
}

Test(discharge, a_damaged_count_is_told_and_begins_at_zero)
{
    bench_settings(&bench, 2, 3);
    bench_ready(&bench);
    bench.bus.sensor[0].current_mA = -5000;
    bench_run(&bench, 13000);
    bench.bus.sensor[0].current_mA = 0;
    bench_record(&bench, "discharges")->bytes[3] ^= 0x04;
    bench.events = 0;
    bench_start(&bench);
    bench_run(&bench, 3000);
    cr_assert(bench_has_row(&bench, 1), "SystemError");
    cr_assert_eq(bench.core.view.system.status_flags & 0x0100, 0x0100);
    cr_assert(bench_told(&bench, wm_event_store_damaged, 0));
    cr_assert_eq(bench.core.view.system.discharges_count, 0);
    bench_start(&bench);
    bench_run(&bench, 3000);
    cr_assert_not(bench_has_row(&bench, 1), "what was written anew is good");
}
