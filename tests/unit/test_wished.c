/*
 * test_wished.c — new settings gather until the next step, and come into force whole or not at all.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "fake_bus.h"

static struct bench bench;
static const char *why;

static void setup(void)
{
    bench_settings(&bench, 2, 9);
    bench_ready(&bench);
}

#define TO(setting_, value_)                                                                       \
    {                                                                                              \
        .setting = wm_setting_##setting_, .value = (value_)                                        \
    }

static enum wm_status wish(const struct wm_change *change, size_t changes)
{
    const struct wm_command command = {
        .kind = WM_COMMAND_CHANGE, .change = change, .changes = changes};
    return wm_core_command(&bench.core, &command, &why);
}

static void step(void)
{
    bench.next_ms = bench.now_ms;
    bench_run(&bench, 0);
}

static int32_t of(enum wm_setting setting)
{
    return bench.core.settings.value[setting];
}

Test(wished, what_only_agrees_together_can_be_set_together, .init = setup)
{
    const struct wm_change both[] = {TO(voltage_high_warn, 16000), TO(voltage_high_alarm, 16500)};
    cr_assert_eq(wish(&both[0], 1), WM_CONFLICT);
    cr_assert_eq(wish(both, 2), WM_OK, "%s", why);
    cr_assert_eq(of(wm_setting_voltage_high_warn), 14100, "not before the step");
    step();
    cr_assert_eq(of(wm_setting_voltage_high_warn), 16000);
    cr_assert_eq(of(wm_setting_voltage_high_alarm), 16500);
}

Test(wished, one_that_cannot_be_leaves_the_others_out, .init = setup)
{
    const struct wm_change cases[][2] = {
        {TO(voltage_delay, 5), TO(voltage_low_alarm, 14500)},
        {TO(voltage_delay, 5), TO(voltage_delay, 3601)},
        {TO(voltage_delay, 5), TO(bank_modules, 4)},
        {TO(voltage_delay, 5), {.text = wm_text_system_name, .string = "two words"}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cr_assert_neq(wish(cases[i], 2), WM_OK, "%zu", i);
        cr_assert_gt(strlen(why), 10, "%zu", i);
        step();
        cr_assert_eq(of(wm_setting_voltage_delay), 0, "%zu", i);
    }
}

Test(wished, a_wish_is_judged_with_those_that_wait, .init = setup)
{
    const struct wm_change alarm = TO(voltage_high_alarm, 14200);
    const struct wm_change warn = TO(voltage_high_warn, 14300);
    cr_assert_eq(wish(&alarm, 1), WM_OK);
    cr_assert_eq(wish(&warn, 1), WM_CONFLICT, "fine with what is in force, not with what will be");
    step();
    cr_assert_eq(of(wm_setting_voltage_high_alarm), 14200);
    cr_assert_eq(of(wm_setting_voltage_high_warn), 14100);
}

Test(wished, each_is_told_once_and_a_text_without_its_words, .init = setup)
{
    const struct wm_change changes[] = {
        TO(voltage_delay, 5),
        TO(voltage_delay, 6),
        {.text = wm_text_snmp_write_community, .string = "hunter2"},
    };
    bench.events = 0;
    cr_assert_eq(wish(changes, 3), WM_OK);
    step();
    int told = 0;
    for (int i = 0; i < bench.events; i++) {
        const struct wm_event *event = &bench.event[i];
        told += event->kind == wm_event_setting_changed || event->kind == wm_event_text_changed;
        cr_assert(event->kind != wm_event_setting_changed || event->value == 6);
        cr_assert(event->kind != wm_event_text_changed || event->value == 0);
    }
    cr_assert_eq(told, 2);
    cr_assert_str_eq(bench.core.settings.text.snmp_write_community, "hunter2");
}

Test(wished, a_full_inbox_takes_no_part_of_a_wish, .init = setup)
{
    const struct wm_command save = {.kind = WM_COMMAND_SAVE};
    const struct wm_change change = TO(voltage_delay, 5);
    for (int i = 0; i < WM_COMMANDS_MAX; i++) {
        cr_assert_eq(wm_core_command(&bench.core, &save, &why), WM_OK);
    }
    cr_assert_eq(wish(&change, 1), WM_BUSY);
    step();
    cr_assert_eq(of(wm_setting_voltage_delay), 0);
    cr_assert_eq(wish(&change, 1), WM_OK);
    step();
    cr_assert_eq(of(wm_setting_voltage_delay), 5);
}
