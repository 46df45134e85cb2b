/*
 * test_alarm.c — causes, rows and ids.
 */
#include <criterion/criterion.h>

#include "firmware/core/alarm.h"

static struct wm_event told[32];
static int tells;

static void tell(void *self, const struct wm_event *event)
{
    (void)self;
    told[tells++] = *event;
}

static const struct wm_journal journal = {tell, NULL};
static struct wm_alarms alarms;

static void setup(void)
{
    tells = 0;
    wm_alarms_init(&alarms);
}

Test(alarm, one_row_however_many_causes_and_it_goes_with_the_last, .init = setup)
{
    for (int i = 0; i < 3; i++) {
        wm_alarms_raise(&alarms, wm_alarm_thermal_runaway);
        cr_assert_eq(wm_alarms_update(&alarms, i, &journal), i == 0);
    }
    cr_assert_eq(alarms.rows, 1);
    cr_assert_eq(alarms.row[0].detected_ms, 0);
    for (int i = 0; i < 3; i++) {
        cr_assert_eq(alarms.rows, 1);
        wm_alarms_drop(&alarms, wm_alarm_thermal_runaway);
        cr_assert_eq(wm_alarms_update(&alarms, 9, &journal), i == 2);
    }
    cr_assert_eq(alarms.rows, 0);
    cr_assert_eq(tells, 2);
}

Test(alarm, a_cause_that_comes_as_another_goes_is_raised_and_moves_no_row, .init = setup)
{
    const uint32_t *raises = &alarms.raises[wm_alarm_environment];
    wm_alarms_follow(&alarms, wm_alarm_environment, 0, 0x80000001);
    cr_assert_eq(*raises, 2);
    cr_assert(wm_alarms_update(&alarms, 0, &journal));
    wm_alarms_follow(&alarms, wm_alarm_environment, 0x80000001, 0x00000006);
    cr_assert_eq(*raises, 4);
    cr_assert_eq(alarms.causes[wm_alarm_environment], 2);
    wm_alarms_follow(&alarms, wm_alarm_environment, 0x00000006, 0x00000004);
    cr_assert_eq(*raises, 4, "one that goes is none that comes");
    cr_assert_not(wm_alarms_update(&alarms, 1, &journal));
    wm_alarms_count(&alarms, wm_alarm_system_error, 1);
    wm_alarms_renew(&alarms, wm_alarm_system_error);
    wm_alarms_count(&alarms, wm_alarm_system_error, 1);
    cr_assert_eq(alarms.raises[wm_alarm_system_error], 2);
    cr_assert_eq(alarms.causes[wm_alarm_system_error], 1);
}

Test(alarm, ids_count_up_and_are_not_used_again, .init = setup)
{
    for (uint32_t id = 1; id <= 5; id++) {
        wm_alarms_set(&alarms, wm_alarm_discharging, true);
        cr_assert(wm_alarms_update(&alarms, 7, &journal));
        cr_assert_eq(alarms.row[0].id, id);
        wm_alarms_set(&alarms, wm_alarm_discharging, false);
        cr_assert(wm_alarms_update(&alarms, 8, &journal));
    }
}

Test(alarm, a_kind_brings_its_summary_row_and_takes_it_away, .init = setup)
{
    static const struct {
        enum wm_alarm alarm;
        enum wm_alarm summary;
    } pairs[] = {
        {wm_alarm_voltage_high, wm_alarm_voltage},
        {wm_alarm_voltage_low, wm_alarm_voltage},
        {wm_alarm_temperature_high, wm_alarm_temperature},
        {wm_alarm_temperature_low, wm_alarm_temperature},
        {wm_alarm_resist_alarm_high, wm_alarm_resist_alarm},
        {wm_alarm_resist_warn_high, wm_alarm_resist_warn},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        wm_alarms_raise(&alarms, pairs[i].alarm);
        cr_assert(wm_alarms_update(&alarms, 0, &journal));
        cr_assert_eq(alarms.rows, 2);
        cr_assert(wm_alarms_holds(&alarms, pairs[i].summary));
        wm_alarms_drop(&alarms, pairs[i].alarm);
        cr_assert(wm_alarms_update(&alarms, 0, &journal));
        cr_assert_eq(alarms.rows, 0);
    }
    wm_alarms_raise(&alarms, wm_alarm_resist_alarm_low);
    cr_assert(wm_alarms_update(&alarms, 0, &journal));
    cr_assert_eq(alarms.rows, 1, "a low resistance has no summary (decision S14)");
}

Test(alarm, rows_stand_in_order_of_id_when_one_in_the_middle_goes, .init = setup)
{
    wm_alarms_set(&alarms, wm_alarm_string_volt_high, true);
    (void)wm_alarms_update(&alarms, 1, &journal);
    wm_alarms_set(&alarms, wm_alarm_discharging, true);
    (void)wm_alarms_update(&alarms, 2, &journal);
    wm_alarms_set(&alarms, wm_alarm_system_error, true);
    (void)wm_alarms_update(&alarms, 3, &journal);
    wm_alarms_set(&alarms, wm_alarm_discharging, false);
    (void)wm_alarms_update(&alarms, 4, &journal);
    cr_assert_eq(alarms.rows, 2);
    cr_assert_eq(alarms.row[0].id, 1);
    cr_assert_eq(alarms.row[1].id, 3);
    cr_assert_eq(alarms.row[2].id, 0, "nothing is left behind");
}

Test(alarm, in_one_update_rows_go_before_rows_come, .init = setup)
{
    wm_alarms_set(&alarms, wm_alarm_voltage_warn_high, true);
    (void)wm_alarms_update(&alarms, 1, &journal);
    wm_alarms_set(&alarms, wm_alarm_voltage_warn_high, false);
    wm_alarms_set(&alarms, wm_alarm_voltage_high, true);
    (void)wm_alarms_update(&alarms, 2, &journal);
    cr_assert_eq(told[1].kind, wm_event_alarm_removed);
    cr_assert_eq(told[1].number, 13);
    cr_assert_eq(told[2].kind, wm_event_alarm_added);
    cr_assert_eq(told[2].number, 4);
    cr_assert_eq(told[3].number, 6);
}

Test(alarm, a_lost_module_is_an_edge_but_no_row, .init = setup)
{
    wm_alarms_raise(&alarms, wm_alarm_module_lost);
    cr_assert(wm_alarms_update(&alarms, 1, &journal));
    cr_assert_eq(alarms.rows, 0);
}

Test(alarm, the_general_alarm_has_exactly_its_causes, .init = setup)
{
    /* Decision B7, spelled out on purpose beside the table. */
    static const enum wm_alarm causes[] = {
        wm_alarm_module_lost,       wm_alarm_system_error,     wm_alarm_voltage_high,
        wm_alarm_voltage_low,       wm_alarm_temperature_high, wm_alarm_temperature_low,
        wm_alarm_resist_alarm_high, wm_alarm_resist_alarm_low, wm_alarm_equalizing,
        wm_alarm_thermal_runaway,   wm_alarm_string_volt_high, wm_alarm_string_volt_low,
    };
    struct wm_settings settings = {.value = {0}};
    for (int i = 0; i < wm_alarm_count; i++) {
        bool is_cause = false;
        for (size_t k = 0; k < sizeof causes / sizeof causes[0]; k++) {
            is_cause |= causes[k] == (enum wm_alarm)i;
        }
        wm_alarms_set(&alarms, (enum wm_alarm)i, true);
        cr_assert_eq(wm_alarms_is_general(&alarms, &settings), is_cause, "%s",
                     wm_alarm((enum wm_alarm)i)->name);
        wm_alarms_set(&alarms, (enum wm_alarm)i, false);
    }
}

Test(alarm, a_lost_sensor_is_general_if_set_so_or_if_a_runaway_acts, .init = setup)
{
    static const int32_t cases[][3] = {/* choice, action, general */
                                       {0, 1, 0},
                                       {1, 0, 1},
                                       {2, 0, 0},
                                       {2, 1, 1}};
    struct wm_settings settings = {.value = {0}};
    wm_alarms_raise(&alarms, wm_alarm_sensor_communication_lost);
    for (size_t i = 0; i < 4; i++) {
        settings.value[wm_setting_alarm_sensor_lost_is_general] = cases[i][0];
        settings.value[wm_setting_runaway_action] = cases[i][1];
        cr_assert_eq(wm_alarms_is_general(&alarms, &settings), cases[i][2]);
    }
}
