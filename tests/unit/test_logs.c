/*
 * test_logs.c — what is written to the log rings, and when (decision B20).
 */
#include <criterion/criterion.h>
#include <string.h>

#include "fake_bus.h"
#include "wm/log_record.h"

static struct bench bench;
static const char *why;

enum { MODULES = 3 };

static void setup(void)
{
    bench_settings(&bench, 1, MODULES);
    bench.power_up.wall_ms = 1590969600000;
    bench_ready(&bench);
}

static struct wm_log_event event_of(int place)
{
    struct wm_log_event event;
    cr_assert_eq(wm_log_event_unpack(bench.log[WM_LOG_EVENTS].record[place],
                                     bench.log[WM_LOG_EVENTS].size, &event),
                 WM_OK);
    return event;
}

static struct wm_log_measurement measurement_of(enum wm_log_ring ring, int place)
{
    struct wm_log_measurement measurement;
    cr_assert_eq(wm_log_measurement_unpack(bench.log[ring].record[place], bench.log[ring].size,
                                           &measurement),
                 WM_OK);
    return measurement;
}

static void command(enum wm_command_kind kind, enum wm_setting setting, int32_t value,
                    wm_ms wall_ms)
{
    const struct wm_command wish = {
        .kind = kind, .setting = setting, .value = value, .wall_ms = wall_ms};
    cr_assert_eq(wm_core_command(&bench.core, &wish, &why), WM_OK, "%s", why);
    bench.next_ms = bench.now_ms;
    bench_run(&bench, 0);
}

static int records(enum wm_log_ring ring)
{
    return bench.log[ring].count;
}

/* ---- events ----------------------------------------------------------------------------- */

Test(logs, every_event_told_is_a_record_in_the_same_order)
{
    bench_settings(&bench, 1, MODULES);
    bench.power_up.wall_ms = 1590969600000;
    bench_start(&bench);
    bench_run(&bench, 2000);
    bench.bus.module[1].voltage_mV = 16000;
    bench_run(&bench, 3000);
    cr_assert_gt(bench.events, 4);
    cr_assert_eq(records(WM_LOG_EVENTS), bench.events);
    for (int i = 0; i < bench.events; i++) {
        const struct wm_log_event record = event_of(i);
        cr_assert_eq(record.kind, (int32_t)bench.event[i].kind);
        cr_assert_eq(record.number, bench.event[i].number);
        cr_assert_eq(record.value, bench.event[i].value);
        cr_assert_eq(record.uptime_ms, bench.event[i].time_ms);
        cr_assert_eq(record.wall_ms, 1590969600000 + bench.event[i].time_ms);
    }
    cr_assert_eq(event_of(0).kind, wm_event_started);
}

Test(logs, after_the_clock_was_set_back_records_go_on_with_its_time, .init = setup)
{
    const int before = records(WM_LOG_EVENTS);
    command(WM_COMMAND_CLOCK, wm_setting_bus_baud, 0, 1000000);
    bench_run(&bench, 5000);
    command(WM_COMMAND_SET, wm_setting_voltage_delay, 5, 0);
    cr_assert_eq(records(WM_LOG_EVENTS), before + 2);
    cr_assert_eq(event_of(before).kind, wm_event_clock_set);
    cr_assert_eq(event_of(before).wall_ms, 1000000);
    cr_assert_eq(event_of(before + 1).kind, wm_event_setting_changed);
    cr_assert_eq(event_of(before + 1).number, wm_setting_voltage_delay);
    cr_assert_eq(event_of(before + 1).wall_ms, 1005000);
    cr_assert_gt(event_of(before + 1).uptime_ms, event_of(before).uptime_ms);
}

Test(logs, a_clock_that_records_cannot_hold_is_refused, .init = setup)
{
    struct wm_command clock = {.kind = WM_COMMAND_CLOCK, .wall_ms = -1};
    cr_assert_eq(wm_core_command(&bench.core, &clock, &why), WM_RANGE);
    clock.wall_ms = WM_WALL_MS_MAX + 1;
    cr_assert_eq(wm_core_command(&bench.core, &clock, &why), WM_RANGE);
    clock.wall_ms = WM_WALL_MS_MAX;
    cr_assert_eq(wm_core_command(&bench.core, &clock, &why), WM_OK);
    clock.wall_ms = 0;
    cr_assert_eq(wm_core_command(&bench.core, &clock, &why), WM_OK);
}

/* ---- when measurements are written ------------------------------------------------------ */

Test(logs, one_record_a_module_at_the_start_and_then_every_twenty_minutes, .init = setup)
{
    bench_run(&bench, 2000);
    cr_assert_eq(records(WM_LOG_NORMAL), MODULES);
    const wm_ms first_ms = bench.core.logs.normal.begun_ms;
    bench_run(&bench, first_ms + 1199999 - bench.now_ms);
    cr_assert_eq(records(WM_LOG_NORMAL), MODULES);
    bench_run(&bench, 1);
    cr_assert_eq(records(WM_LOG_NORMAL), 2 * MODULES, "a round that ends just then is not early");
    bench_run(&bench, 1000);
    bench_run(&bench, 1200000 * 10);
    cr_assert_eq(records(WM_LOG_NORMAL), 12 * MODULES, "rounds that come late do not add up");
    cr_assert_eq(records(WM_LOG_FLOW), 0, "nothing flows");
}

Test(logs, while_current_flows_a_record_a_module_each_minute_and_never_more, .init = setup)
{
    bench.bus.sensor[0].current_mA = 5000;
    bench_run(&bench, 2000);
    cr_assert_eq(records(WM_LOG_FLOW), MODULES, "at once");
    bench_run(&bench, 600000);
    cr_assert_eq(records(WM_LOG_FLOW), 11 * MODULES);
    for (int i = 0; i < 30; i++) {
        bench.bus.sensor[0].current_mA = i % 2 == 0 ? 0 : 5000;
        bench_run(&bench, 2000);
    }
    cr_assert_eq(records(WM_LOG_FLOW), 12 * MODULES, "a charge that comes and goes");
    bench.bus.sensor[0].current_mA = 0;
    bench_run(&bench, 600000);
    const int idle = records(WM_LOG_FLOW);
    cr_assert_leq(idle, 13 * MODULES);
    bench.bus.sensor[0].current_mA = -5000;
    bench_run(&bench, 8000);
    cr_assert_eq(records(WM_LOG_FLOW), idle + MODULES, "what was not written is not made up");
    bench_run(&bench, 50000);
    cr_assert_eq(records(WM_LOG_FLOW), idle + MODULES);
}

Test(logs, a_period_shorter_than_the_round_is_written_once_a_round)
{
    bench_settings(&bench, 1, MODULES);
    bench.settings.value[wm_setting_log_rate_normal] = 60;
    bench.settings.value[wm_setting_bus_round_period] = 3600000;
    bench_ready(&bench);
    bench_run(&bench, 1000); /* the rest of the first sweep */
    const int first = records(WM_LOG_NORMAL);
    bench_run(&bench, 3600000 * 5);
    cr_assert_eq(records(WM_LOG_NORMAL), first + 5 * MODULES);
}

Test(logs, another_period_counts_from_the_record_before, .init = setup)
{
    bench_run(&bench, 100000);
    command(WM_COMMAND_SET, wm_setting_log_rate_normal, 60, 0);
    bench_run(&bench, 2000);
    cr_assert_eq(records(WM_LOG_NORMAL), 2 * MODULES, "a minute has passed already");
    bench_run(&bench, 15000);
    cr_assert_eq(records(WM_LOG_NORMAL), 2 * MODULES);
    bench_run(&bench, 5000);
    cr_assert_eq(records(WM_LOG_NORMAL), 3 * MODULES);
}

Test(logs, nothing_is_written_before_the_webmanager_runs)
{
    bench_settings(&bench, 1, MODULES);
    for (int i = 0; i < MODULES; i++) {
        bench.bus.module[i].is_silent = true;
    }
    bench_start(&bench);
    while (bench.core.state.life != WM_RUNNING) {
        cr_assert_eq(records(WM_LOG_NORMAL), 0);
        bench_run(&bench, 100);
    }
    bench_run(&bench, 1000);
    cr_assert_eq(records(WM_LOG_NORMAL), MODULES);
    cr_assert_eq(measurement_of(WM_LOG_NORMAL, 0).flags & ~WM_LOG_HAS_CURRENT, WM_LOG_IS_LOST);
}

Test(logs, a_full_bank_is_written_some_at_a_time_while_polling_goes_on)
{
    bench_settings(&bench, 16, 32);
    bench_start(&bench);
    int most = 0;
    int steps = 0;
    while (records(WM_LOG_NORMAL) < 512 && steps++ < 100000) {
        const int before = records(WM_LOG_NORMAL);
        bench.now_ms = bench.next_ms;
        bench.next_ms = wm_core_step(&bench.core, bench.now_ms);
        if (bench.bus.answer_fetched < bench.bus.answer_size) {
            bench.next_ms = bench.now_ms;
        }
        const int written = records(WM_LOG_NORMAL) - before;
        most = written > most ? written : most;
        fake_bus_forget(&bench.bus);
    }
    cr_assert_eq(records(WM_LOG_NORMAL), 512);
    cr_assert_eq(most, 32);
    for (int i = 0; i < 512; i++) {
        const struct wm_log_measurement record = measurement_of(WM_LOG_NORMAL, i);
        cr_assert_eq(record.module, i + 1);
        cr_assert_eq(record.wall_s, measurement_of(WM_LOG_NORMAL, 0).wall_s);
    }
}

/* ---- what a record says ----------------------------------------------------------------- */

Test(logs, a_record_says_what_the_windows_show)
{
    bench_settings(&bench, 2, 2);
    bench.power_up.wall_ms = 1590969600000;
    bench.settings.value[wm_setting_log_rate_normal] = 60;
    bench.bus.sensor[1].current_mA = -700;
    bench.bus.module[3].bypass_permille = 0;
    bench.bus.module[3].voltage_mV = 16000;
    bench.bus.module[3].temperature_ddegC = -123;
    bench_ready(&bench);
    bench.bus.module[0].is_silent = true;
    bench.bus.sensor[0].is_silent = true;
    bench_run(&bench, 62000);
    cr_assert_eq(records(WM_LOG_NORMAL), 8);
    const struct wm_log_measurement lost = measurement_of(WM_LOG_NORMAL, 4);
    cr_assert_eq(lost.flags, WM_LOG_IS_LOST, "nothing of it is valid");
    cr_assert_eq(lost.alarm_flags, 0x0003);
    cr_assert_eq(lost.voltage_mV, 0);
    const struct wm_log_measurement hot = measurement_of(WM_LOG_NORMAL, 7);
    cr_assert_eq(hot.module, 4);
    cr_assert_eq(hot.flags, WM_LOG_HAS_VALUES | WM_LOG_HAS_RESISTANCE | WM_LOG_HAS_CURRENT);
    cr_assert_eq(hot.voltage_mV, 16000);
    cr_assert_eq(hot.temperature_mdegC, -12300);
    cr_assert_eq(hot.resistance_uOhm, 4600);
    cr_assert_eq(hot.bypass_permille, 0);
    cr_assert_eq(hot.current_mA, -700);
    cr_assert_eq(hot.alarm_flags, bench.core.view.module[3].alarm_flags);
    const wm_ms wall_ms = 1590969600000 + bench.core.logs.normal.begun_ms;
    cr_assert_leq(wall_ms / 1000, (wm_ms)hot.wall_s);
    cr_assert_leq((wm_ms)hot.wall_s, wall_ms / 1000 + 2);
}

/* ---- a log that fails ------------------------------------------------------------------- */

static int told(enum wm_event_kind kind, int32_t number)
{
    int count = 0;
    for (int i = 0; i < bench.events; i++) {
        count += bench.event[i].kind == kind && bench.event[i].number == number;
    }
    return count;
}

Test(logs, a_ring_that_fails_is_told_once_an_episode_and_stops_nothing, .init = setup)
{
    bench_run(&bench, 2000);
    bench.log[WM_LOG_NORMAL].is_broken = true;
    bench_run(&bench, 1200000 * 3);
    cr_assert_eq(told(wm_event_log_failed, WM_LOG_NORMAL), 1);
    cr_assert_eq(records(WM_LOG_NORMAL), MODULES);
    cr_assert_eq(bench.log[WM_LOG_NORMAL].tried, 4 * MODULES, "each record is tried once");
    cr_assert(bench.core.view.rounds > 3000, "polling goes on");
    bench.log[WM_LOG_NORMAL].is_broken = false;
    bench_run(&bench, 1200000);
    cr_assert_eq(records(WM_LOG_NORMAL), 2 * MODULES);
    bench.log[WM_LOG_NORMAL].is_broken = true;
    bench_run(&bench, 1200000);
    cr_assert_eq(told(wm_event_log_failed, WM_LOG_NORMAL), 2, "another episode");
}

Test(logs, an_event_log_that_fails_still_tells_the_journal, .init = setup)
{
    bench.log[WM_LOG_EVENTS].is_broken = true;
    command(WM_COMMAND_SET, wm_setting_voltage_delay, 5, 0);
    command(WM_COMMAND_SET, wm_setting_voltage_delay, 6, 0);
    cr_assert_eq(told(wm_event_setting_changed, wm_setting_voltage_delay), 2);
    cr_assert_eq(told(wm_event_log_failed, WM_LOG_EVENTS), 1);
}
