/*
 * test_rules.c — every limit, both sides, both levels: strictly beyond, twice, held, hysteresis.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "firmware/core/rules.h"
#include "firmware/core/settings.h"

static struct wm_settings settings;
static struct wm_bank bank;
static struct wm_rules rules;
static struct wm_alarms alarms;

static void setup(void)
{
    wm_settings_reset(&settings);
    settings.value[wm_setting_bank_modules] = 9;
    wm_settings_derive(&settings);
    wm_bank_init(&bank, &settings);
    wm_rules_init(&rules, &settings);
    wm_alarms_init(&alarms);
    bank.module[0].voltage_mV = 13500;
    bank.module[0].temperature_mdegC = 24000;
    bank.module[0].resistance_uOhm = 4600;
}

enum quantity { VOLTAGE, TEMPERATURE, RESISTANCE };

/* Gives module 1 one reading; true if it is to be asked again. */
static bool read_value(enum quantity quantity, int32_t value, wm_ms now_ms)
{
    int32_t *const place[] = {&bank.module[0].voltage_mV, &bank.module[0].temperature_mdegC,
                              &bank.module[0].resistance_uOhm};
    *place[quantity] = value;
    const unsigned judgement =
        wm_rules_module(&rules, &alarms, &bank, 0,
                        quantity == RESISTANCE ? wm_message_impedance : wm_message_measure, now_ms);
    return (judgement & WM_JUDGED_AGAIN) != 0;
}

/* Default limits of a C20 (decision B4), one step of the bus around each. */
static const struct {
    enum quantity quantity;
    enum wm_alarm alarm;
    int32_t limit;
    int32_t step; /* outwards */
    int32_t hysteresis;
    bool is_hidden; /* the other level of the same side has the same limit and wins */
} cases[] = {
    {VOLTAGE, wm_alarm_voltage_high, 15500, 1, 50, false},
    {VOLTAGE, wm_alarm_voltage_warn_high, 14100, 1, 50, false},
    {VOLTAGE, wm_alarm_voltage_low, 12000, -1, 50, false},
    {VOLTAGE, wm_alarm_voltage_warn_low, 12000, -1, 50, true},
    {TEMPERATURE, wm_alarm_temperature_high, 35000, 100, 500, false},
    {TEMPERATURE, wm_alarm_temperature_warn_high, 30000, 100, 500, false},
    {TEMPERATURE, wm_alarm_temperature_low, 5000, -100, 500, false},
    {TEMPERATURE, wm_alarm_temperature_warn_low, 10000, -100, 500, false},
    {RESISTANCE, wm_alarm_resist_alarm_high, 50000, 10, 500, false},
    {RESISTANCE, wm_alarm_resist_warn_high, 40000, 10, 400, false},
    {RESISTANCE, wm_alarm_resist_alarm_low, 1100, -10, 11, false},
    {RESISTANCE, wm_alarm_resist_warn_low, 1200, -10, 12, false},
};

Test(rules, every_limit_raises_strictly_beyond_on_the_second_reading_and_clears_inside)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        setup();
        const char *name = wm_alarm(cases[i].alarm)->name;
        const enum quantity quantity = cases[i].quantity;
        const int32_t limit = cases[i].limit;
        const int32_t inwards = cases[i].step > 0 ? -1 : 1;
        (void)read_value(quantity, limit, 0);
        (void)read_value(quantity, limit, 0);
        cr_assert_not(wm_alarms_holds(&alarms, cases[i].alarm), "%s: on it is inside", name);
        cr_assert(read_value(quantity, limit + cases[i].step, 1), "%s: asked again", name);
        cr_assert_not(wm_alarms_holds(&alarms, cases[i].alarm), "%s: once is not enough", name);
        cr_assert_not(read_value(quantity, limit + cases[i].step, 2));
        cr_assert_eq(wm_alarms_holds(&alarms, cases[i].alarm), !cases[i].is_hidden, "%s", name);
        (void)read_value(quantity, limit + inwards * (cases[i].hysteresis - 1), 3);
        cr_assert_eq(wm_alarms_holds(&alarms, cases[i].alarm), !cases[i].is_hidden,
                     "%s: not yet back inside by the hysteresis", name);
        (void)read_value(quantity, limit + inwards * cases[i].hysteresis, 4);
        cr_assert_not(wm_alarms_holds(&alarms, cases[i].alarm), "%s: back inside", name);
    }
}

Test(rules, a_single_wild_reading_raises_nothing)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        setup();
        const enum quantity quantity = cases[i].quantity;
        static const int32_t normal[] = {13500, 24000, 4600};
        for (wm_ms now_ms = 0; now_ms < 10; now_ms += 2) {
            cr_assert(read_value(quantity, cases[i].limit + cases[i].step, now_ms));
            cr_assert_not(read_value(quantity, normal[quantity], now_ms + 1));
        }
        for (int alarm = 0; alarm < wm_alarm_count; alarm++) {
            cr_assert_not(wm_alarms_holds(&alarms, (enum wm_alarm)alarm));
        }
    }
}

Test(rules, zero_switches_a_limit_off_and_clears_what_it_had_raised, .init = setup)
{
    (void)read_value(VOLTAGE, 16000, 0);
    (void)read_value(VOLTAGE, 16000, 1);
    cr_assert(wm_alarms_holds(&alarms, wm_alarm_voltage_high));
    settings.value[wm_setting_voltage_high_alarm] = 0;
    wm_rules_configure(&rules, &settings);
    (void)read_value(VOLTAGE, 16000, 2);
    cr_assert_not(wm_alarms_holds(&alarms, wm_alarm_voltage_high));
    cr_assert(wm_alarms_holds(&alarms, wm_alarm_voltage_warn_high));
}

Test(rules, the_voltage_delay_runs_from_the_second_reading_without_break, .init = setup)
{
    settings.value[wm_setting_voltage_delay] = 10;
    wm_rules_configure(&rules, &settings);
    (void)read_value(VOLTAGE, 16000, 0);
    (void)read_value(VOLTAGE, 16000, 1000);
    (void)read_value(VOLTAGE, 16000, 10999);
    cr_assert_not(wm_alarms_holds(&alarms, wm_alarm_voltage_high));
    (void)read_value(VOLTAGE, 15500, 11000);
    (void)read_value(VOLTAGE, 16000, 12000);
    (void)read_value(VOLTAGE, 16000, 13000);
    cr_assert(wm_alarms_holds(&alarms, wm_alarm_voltage_warn_high), "it held all the time");
    (void)read_value(VOLTAGE, 16000, 22999);
    cr_assert_not(wm_alarms_holds(&alarms, wm_alarm_voltage_high));
    (void)read_value(VOLTAGE, 16000, 23000);
    cr_assert(wm_alarms_holds(&alarms, wm_alarm_voltage_high));
    cr_assert_not(wm_alarms_holds(&alarms, wm_alarm_voltage_warn_high), "alarm only");
}

Test(rules, a_loss_breaks_what_was_on_its_way_and_keeps_what_is_raised, .init = setup)
{
    settings.value[wm_setting_voltage_delay] = 10;
    wm_rules_configure(&rules, &settings);
    (void)read_value(VOLTAGE, 16000, 0);
    (void)read_value(VOLTAGE, 16000, 1000);
    (void)read_value(TEMPERATURE, 36000, 1000);
    (void)read_value(TEMPERATURE, 36000, 1000);
    wm_rules_module_lost(&rules, 0);
    cr_assert(wm_alarms_holds(&alarms, wm_alarm_temperature_high));
    cr_assert(read_value(VOLTAGE, 16000, 60000), "the first reading anew");
    (void)read_value(VOLTAGE, 16000, 61000);
    (void)read_value(VOLTAGE, 16000, 70999);
    cr_assert_not(wm_alarms_holds(&alarms, wm_alarm_voltage_high));
    (void)read_value(VOLTAGE, 16000, 71000);
    cr_assert(wm_alarms_holds(&alarms, wm_alarm_voltage_high));
}

Test(rules, the_delay_is_for_voltages_alone, .init = setup)
{
    settings.value[wm_setting_voltage_delay] = 3600;
    wm_rules_configure(&rules, &settings);
    (void)read_value(TEMPERATURE, 36000, 0);
    (void)read_value(TEMPERATURE, 36000, 1);
    cr_assert(wm_alarms_holds(&alarms, wm_alarm_temperature_high));
}

Test(rules, alarm_flags_show_alarms_and_never_warnings, .init = setup)
{
    (void)read_value(TEMPERATURE, 31000, 0);
    (void)read_value(TEMPERATURE, 31000, 1);
    cr_assert_eq(wm_rules_module_flags(&rules, 0), 0);
    cr_assert(wm_rules_module_shows(&rules, 0, WM_LEVEL_WARNING));
    (void)read_value(VOLTAGE, 11000, 2);
    (void)read_value(VOLTAGE, 11000, 3);
    cr_assert_eq(wm_rules_module_flags(&rules, 0), 0x0008);
    (void)read_value(RESISTANCE, 900, 4);
    (void)read_value(RESISTANCE, 900, 5);
    cr_assert_eq(wm_rules_module_flags(&rules, 0), 0x0088);
    cr_assert_eq(wm_rules_module_flags(&rules, 1), 0);
}

Test(rules, a_string_is_judged_by_its_valid_modules_scaled_to_all, .init = setup)
{
    bank.string[0] = (struct wm_string_sums){.valid_count = 6, .voltage_sum_mV = 6 * 13900};
    (void)wm_rules_string(&rules, &alarms, &bank, 0, 0);
    (void)wm_rules_string(&rules, &alarms, &bank, 0, 1);
    cr_assert(wm_alarms_holds(&alarms, wm_alarm_string_volt_high_warn), "9 x 13.9 V = 125.1 V");
    cr_assert_eq(wm_rules_string_flags(&rules, 0), 0);
    bank.string[0].voltage_sum_mV = 6 * 15001;
    (void)wm_rules_string(&rules, &alarms, &bank, 0, 2);
    (void)wm_rules_string(&rules, &alarms, &bank, 0, 3);
    cr_assert(wm_alarms_holds(&alarms, wm_alarm_string_volt_high));
    cr_assert_eq(wm_rules_string_flags(&rules, 0), 0x0004);
    bank.string[0].valid_count = 0;
    bank.string[0].voltage_sum_mV = 0;
    (void)wm_rules_string(&rules, &alarms, &bank, 0, 4);
    cr_assert(wm_alarms_holds(&alarms, wm_alarm_string_volt_high), "nothing valid, no judgement");
}

Test(rules, a_low_string_is_judged_alike, .init = setup)
{
    bank.string[0] = (struct wm_string_sums){.valid_count = 9, .voltage_sum_mV = 104999};
    (void)wm_rules_string(&rules, &alarms, &bank, 0, 0);
    cr_assert_not(wm_alarms_holds(&alarms, wm_alarm_string_volt_low));
    (void)wm_rules_string(&rules, &alarms, &bank, 0, 1);
    cr_assert(wm_alarms_holds(&alarms, wm_alarm_string_volt_low));
    cr_assert_eq(wm_rules_string_flags(&rules, 0), 0x0008);
    bank.string[0].voltage_sum_mV = 105500;
    (void)wm_rules_string(&rules, &alarms, &bank, 0, 2);
    cr_assert_not(wm_alarms_holds(&alarms, wm_alarm_string_volt_low));
    cr_assert(wm_alarms_holds(&alarms, wm_alarm_string_volt_low_warn));
}

/* ---- what is made of several values: string voltages, currents, deviations, differences -- */

static void strings_setup(void)
{
    setup();
    settings.value[wm_setting_bank_strings] = 3;
    settings.value[wm_setting_bank_current_sensors] = 3;
    wm_settings_derive(&settings);
    settings.value[wm_setting_string_current_low_alarm] = -20000;
    settings.value[wm_setting_string_current_low_warn] = -15000;
    settings.value[wm_setting_string_current_high_warn] = 15000;
    settings.value[wm_setting_string_current_high_alarm] = 20000;
    settings.value[wm_setting_voltage_max_difference] = 300;
    wm_bank_init(&bank, &settings);
    wm_rules_init(&rules, &settings);
    memset(bank.is_isolated, 0, sizeof bank.is_isolated);
    for (int i = 0; i < 3; i++) {
        bank.sensor[i].link.state = WM_LINK_PRESENT;
        bank.sensor[i].is_measured = true;
    }
    for (int i = 0; i < 9; i++) {
        bank.module[i].link.state = WM_LINK_PRESENT;
        bank.module[i].is_measured = true;
        bank.module[i].voltage_mV = 13500;
    }
    wm_bank_aggregate(&bank);
}

static bool read_current(int32_t current_mA, wm_ms now_ms)
{
    bank.sensor[0].current_mA = current_mA;
    return wm_rules_current(&rules, &alarms, &bank, 0, now_ms) & WM_JUDGED_AGAIN;
}

static bool read_string(int32_t voltage_mV, wm_ms now_ms)
{
    bank.string[0].valid_count = 3;
    bank.string[0].voltage_sum_mV = voltage_mV;
    return wm_rules_string(&rules, &alarms, &bank, 0, now_ms) & WM_JUDGED_AGAIN;
}

static bool read_currents(int32_t one_mA, int32_t two_mA, int32_t three_mA, wm_ms now_ms)
{
    bank.sensor[0].current_mA = one_mA;
    bank.sensor[1].current_mA = two_mA;
    bank.sensor[2].current_mA = three_mA;
    return wm_rules_deviations(&rules, &alarms, &bank, now_ms) & WM_JUDGED_AGAIN;
}

/* A mean of 20 A: string 1 deviates by twice this much, the others by this much the other way. */
static bool read_charge(int32_t half_mA, wm_ms now_ms)
{
    return read_currents(20000 + 2 * half_mA, 20000 - half_mA, 20000 - half_mA, now_ms);
}

static bool read_discharge(int32_t half_mA, wm_ms now_ms)
{
    return read_currents(-20000 - 2 * half_mA, -20000 + half_mA, -20000 + half_mA, now_ms);
}

static bool read_difference(int32_t difference_mV, wm_ms now_ms)
{
    /* Of three, one differs by d and the others by half of it the other way. */
    bank.module[0].voltage_mV = 13500 + difference_mV;
    bank.module[1].voltage_mV = 13500 - difference_mV / 2;
    bank.module[2].voltage_mV = 13500 - (difference_mV - difference_mV / 2);
    wm_bank_aggregate(&bank);
    return wm_rules_differences(&rules, &alarms, &bank, 0, now_ms) & WM_JUDGED_AGAIN;
}

static const struct {
    bool (*read)(int32_t value, wm_ms now_ms);
    enum wm_alarm alarm;
    int32_t limit; /* in what `read` takes */
    int32_t step;
    int32_t hysteresis;
} string_cases[] = {
    /* Three blocks of 12 V: a third of the printed levels (decision B4). */
    {read_string, wm_alarm_string_volt_high, 45000, 1, 167},
    {read_string, wm_alarm_string_volt_high_warn, 41667, 1, 167},
    {read_string, wm_alarm_string_volt_low, 35000, -1, 167},
    {read_string, wm_alarm_string_volt_low_warn, 36667, -1, 167},
    {read_current, wm_alarm_string_current_high, 20000, 1, 500},
    {read_current, wm_alarm_string_current_high_warn, 15000, 1, 500},
    {read_current, wm_alarm_string_current_low, -20000, -1, 500},
    {read_current, wm_alarm_string_current_low_warn, -15000, -1, 500},
    /* Half of the first string's deviation: 10 A and 5 A, and half an ampere back. */
    {read_charge, wm_alarm_string_curr_deviation_charge, 5000, 1, 250},
    {read_charge, wm_alarm_string_curr_deviation_charge_warn, 2500, 1, 250},
    {read_discharge, wm_alarm_string_curr_deviation_discharge, 5000, 1, 250},
    {read_discharge, wm_alarm_string_curr_deviation_discharge_warn, 2500, 1, 250},
    {read_difference, wm_alarm_max_voltage_diff, 300, 1, 50},
    {read_difference, wm_alarm_max_voltage_diff, -300, -1, 50},
};

Test(rules, every_limit_of_a_string_raises_strictly_beyond_on_the_second_reading)
{
    for (size_t i = 0; i < sizeof string_cases / sizeof string_cases[0]; i++) {
        strings_setup();
        const enum wm_alarm alarm = string_cases[i].alarm;
        const char *name = wm_alarm(alarm)->name;
        bool (*const read)(int32_t, wm_ms) = string_cases[i].read;
        const int32_t limit = string_cases[i].limit;
        const int32_t inwards = string_cases[i].step > 0 ? -1 : 1;
        (void)read(limit - string_cases[i].step, 0);
        (void)read(limit, 0);
        (void)read(limit, 0);
        cr_assert_not(wm_alarms_holds(&alarms, alarm), "%s: on it is inside", name);
        cr_assert(read(limit + string_cases[i].step, 1), "%s: asked again", name);
        cr_assert_not(wm_alarms_holds(&alarms, alarm), "%s: once is not enough", name);
        (void)read(limit + string_cases[i].step, 2);
        cr_assert(wm_alarms_holds(&alarms, alarm), "%s", name);
        (void)read(limit + inwards * (string_cases[i].hysteresis - 1), 3);
        cr_assert(wm_alarms_holds(&alarms, alarm), "%s: not yet back inside", name);
        (void)read(limit + inwards * string_cases[i].hysteresis, 4);
        cr_assert_not(wm_alarms_holds(&alarms, alarm), "%s: back inside", name);
    }
}

Test(rules, alarm2_shows_alarms_and_warnings_of_currents, .init = strings_setup)
{
    (void)read_current(16000, 0);
    (void)read_current(16000, 1);
    cr_assert_eq(wm_rules_string_flags2(&rules, 0), 0x0004);
    (void)read_current(21000, 2);
    (void)read_current(21000, 3);
    cr_assert_eq(wm_rules_string_flags2(&rules, 0), 0x0001, "the alarm hides its warning");
    cr_assert_eq(wm_rules_string_flags(&rules, 0), 0, "never the alarm word");
    (void)read_current(-16000, 4);
    (void)read_current(-16000, 5);
    cr_assert_eq(wm_rules_string_flags2(&rules, 0), 0x0008);
    (void)read_current(-21000, 6);
    (void)read_current(-21000, 7);
    cr_assert_eq(wm_rules_string_flags2(&rules, 0), 0x0002);
    (void)read_current(0, 8);
    (void)read_charge(3000, 9);
    (void)read_charge(3000, 10);
    cr_assert_eq(wm_rules_string_flags2(&rules, 0), 0x1000);
    (void)read_charge(6000, 11);
    (void)read_charge(6000, 12);
    cr_assert_eq(wm_rules_string_flags2(&rules, 0), 0x0040);
    cr_assert_eq(wm_rules_string_flags2(&rules, 1), 0x1000, "6 A off the other way");
    (void)read_discharge(3000, 13);
    (void)read_discharge(3000, 14);
    cr_assert_eq(wm_rules_string_flags2(&rules, 0), 0x0080, "a charge is not compared any more");
    (void)read_discharge(6000, 15);
    (void)read_discharge(6000, 16);
    cr_assert_eq(wm_rules_string_flags2(&rules, 0), 0x0020);
}

Test(rules, currents_are_compared_from_an_ampere_a_string_on, .init = strings_setup)
{
    settings.value[wm_setting_current_deviation_charge_warn] = 1;
    settings.value[wm_setting_current_deviation_discharge_warn] = 1;
    wm_rules_configure(&rules, &settings);
    for (int32_t sign = -1; sign <= 1; sign += 2) {
        const enum wm_alarm alarm = sign > 0 ? wm_alarm_string_curr_deviation_charge_warn
                                             : wm_alarm_string_curr_deviation_discharge_warn;
        cr_assert_not(read_currents(sign * 2999, 0, 0, 0), "999.67 mA a string is rest");
        (void)read_currents(sign * 2999, 0, 0, 1);
        cr_assert_not(wm_alarms_holds(&alarms, alarm));
        cr_assert(read_currents(sign * 3000, 0, 0, 2));
        (void)read_currents(sign * 3000, 0, 0, 3);
        cr_assert_eq(alarms.causes[alarm], 3);
        (void)read_currents(sign * 2999, 0, 0, 4);
        cr_assert_not(wm_alarms_holds(&alarms, alarm), "at rest nothing deviates");
    }
}

Test(rules, strings_that_are_isolated_or_not_measured_are_left_out_of_deviation,
     .init = strings_setup)
{
    bank.is_isolated[1] = true;
    cr_assert_not(read_currents(20000, 0, 20000, 0), "the mean is 20 A, not 13.3 A");
    bank.is_isolated[1] = false;
    (void)read_currents(20000, 0, 20000, 2);
    (void)read_currents(20000, 0, 20000, 3);
    cr_assert(wm_alarms_holds(&alarms, wm_alarm_string_curr_deviation_charge));
    bank.is_isolated[1] = true;
    (void)read_currents(20000, 0, 20000, 4);
    cr_assert_not(wm_alarms_holds(&alarms, wm_alarm_string_curr_deviation_charge));
    bank.is_isolated[2] = true;
    cr_assert_not(read_currents(40000, 0, 0, 5), "one alone has nobody to differ from");
    bank.is_isolated[1] = bank.is_isolated[2] = false;
    settings.value[wm_setting_bank_current_sensors] = 2;
    wm_bank_init(&bank, &settings);
    bank.sensor[0].link.state = bank.sensor[1].link.state = WM_LINK_PRESENT;
    cr_assert_not(read_currents(20000, 20000, 0, 6), "the third is not measured");
    settings.value[wm_setting_bank_sensor_for_all] = 1;
    wm_bank_init(&bank, &settings);
    bank.sensor[0].link.state = WM_LINK_PRESENT;
    cr_assert_not(read_currents(60000, 0, 0, 7), "an equal share deviates from nothing");
}

/* How many strings show it. */
static int32_t deviating(enum wm_alarm alarm)
{
    return alarms.causes[alarm];
}

Test(rules, a_lost_sensor_keeps_the_deviation_of_its_string, .init = strings_setup)
{
    for (int32_t sign = -1; sign <= 1; sign += 2) {
        const enum wm_alarm alarm = sign > 0 ? wm_alarm_string_curr_deviation_charge
                                             : wm_alarm_string_curr_deviation_discharge;
        const enum wm_alarm warning = sign > 0 ? wm_alarm_string_curr_deviation_charge_warn
                                               : wm_alarm_string_curr_deviation_discharge_warn;
        (void)read_currents(sign * 20000, 0, sign * 20000, 0);
        (void)read_currents(sign * 20000, 0, sign * 20000, 1);
        cr_assert_eq(deviating(alarm), 1);
        cr_assert_eq(deviating(warning), 2);
        wm_rules_sensor_lost(&rules, 1);
        bank.sensor[1].link.state = WM_LINK_LOST;
        cr_assert_not(read_currents(sign * 20000, 0, sign * 20000, 2));
        cr_assert_eq(deviating(alarm), 1, "kept");
        cr_assert_eq(deviating(warning), 0, "the others are as one");
        (void)read_currents(sign * 500, 0, sign * 500, 3);
        cr_assert_eq(deviating(alarm), 1, "nor by a bank at rest: its own current is not known");
        (void)read_currents(-sign * 20000, 0, -sign * 20000, 4);
        cr_assert_eq(deviating(alarm), 1);
        bank.sensor[1].link.state = WM_LINK_PRESENT;
        (void)read_currents(sign * 20000, sign * 20000, sign * 20000, 5);
        cr_assert_eq(deviating(alarm), 0, "a good value clears it");
    }
}

Test(rules, isolating_a_string_ends_its_deviation_though_its_sensor_is_lost, .init = strings_setup)
{
    (void)read_currents(20000, 0, 20000, 0);
    (void)read_currents(20000, 0, 20000, 1);
    bank.sensor[1].link.state = WM_LINK_LOST;
    (void)read_currents(20000, 0, 20000, 2);
    bank.is_isolated[1] = true;
    (void)read_currents(20000, 0, 20000, 3);
    cr_assert_eq(deviating(wm_alarm_string_curr_deviation_charge), 0);
}

Test(rules, the_only_string_that_is_left_keeps_its_deviation_too, .init = strings_setup)
{
    (void)read_currents(40000, 10000, 10000, 0);
    (void)read_currents(40000, 10000, 10000, 1);
    cr_assert_eq(deviating(wm_alarm_string_curr_deviation_charge), 1);
    bank.sensor[1].link.state = WM_LINK_LOST;
    bank.sensor[2].link.state = WM_LINK_LOST;
    (void)read_currents(20000, 0, 0, 2);
    (void)read_currents(0, 0, 0, 3);
    cr_assert_eq(deviating(wm_alarm_string_curr_deviation_charge), 1, "nobody to compare it with");
    bank.is_isolated[1] = bank.is_isolated[2] = true;
    (void)read_currents(20000, 0, 0, 4);
    cr_assert_eq(deviating(wm_alarm_string_curr_deviation_charge), 0, "nobody to differ from");
}

Test(rules, a_lost_sensor_makes_no_deviation, .init = strings_setup)
{
    (void)read_currents(20000, 20000, 20000, 0);
    bank.sensor[1].link.state = WM_LINK_LOST;
    for (wm_ms now_ms = 1; now_ms < 5; now_ms++) {
        cr_assert_not(read_currents(20000, 0, 20000, now_ms), "its 0 was never measured");
    }
    cr_assert_eq(deviating(wm_alarm_string_curr_deviation_charge), 0);
    cr_assert_eq(deviating(wm_alarm_string_curr_deviation_charge_warn), 0);
}

Test(rules, a_deviation_on_its_way_begins_anew_after_a_loss, .init = strings_setup)
{
    cr_assert(read_currents(20000, 0, 20000, 0));
    bank.sensor[1].link.state = WM_LINK_LOST;
    cr_assert_not(read_currents(20000, 0, 20000, 1));
    bank.sensor[1].link.state = WM_LINK_PRESENT;
    cr_assert(read_currents(20000, 0, 20000, 2), "the first reading anew");
    cr_assert_eq(deviating(wm_alarm_string_curr_deviation_charge), 0);
    (void)read_currents(20000, 0, 20000, 3);
    cr_assert_eq(deviating(wm_alarm_string_curr_deviation_charge), 1);
}

Test(rules, a_third_of_a_milliampere_beyond_is_beyond, .init = strings_setup)
{
    cr_assert(read_currents(25001, 20000, 15001, 0), "5000.33 mA from the mean");
    strings_setup();
    cr_assert_not(read_currents(25000, 20000, 15000, 0));
    bank.module[0].voltage_mV = 13951;
    bank.module[1].voltage_mV = 13500;
    bank.module[2].voltage_mV = 13500;
    wm_bank_aggregate(&bank);
    cr_assert(wm_rules_differences(&rules, &alarms, &bank, 0, 1) & WM_JUDGED_AGAIN, "300.67 mV");
}

Test(rules, a_lost_sensor_keeps_what_its_current_raised, .init = strings_setup)
{
    (void)read_current(21000, 0);
    (void)read_current(21000, 1);
    wm_rules_sensor_lost(&rules, 0);
    bank.sensor[0].link.state = WM_LINK_LOST;
    cr_assert_not(read_current(0, 2), "nothing is judged from a value that is not there");
    cr_assert(wm_alarms_holds(&alarms, wm_alarm_string_current_high));
    bank.sensor[0].link.state = WM_LINK_PRESENT;
    (void)read_current(0, 3);
    cr_assert_not(wm_alarms_holds(&alarms, wm_alarm_string_current_high));
    cr_assert(read_current(-21000, 4));
    wm_rules_sensor_lost(&rules, 0);
    cr_assert(read_current(-21000, 5), "what was only on its way begins anew");
    cr_assert_not(wm_alarms_holds(&alarms, wm_alarm_string_current_low));
}

Test(rules, the_difference_is_an_option_with_the_delay_of_voltages, .init = strings_setup)
{
    settings.value[wm_setting_voltage_max_difference] = 0;
    wm_rules_configure(&rules, &settings);
    cr_assert_not(read_difference(3000, 0), "off by default");
    settings.value[wm_setting_voltage_max_difference] = 300;
    settings.value[wm_setting_voltage_delay] = 10;
    wm_rules_configure(&rules, &settings);
    (void)read_difference(301, 1000);
    (void)read_difference(301, 2000);
    (void)read_difference(301, 11999);
    cr_assert_not(wm_alarms_holds(&alarms, wm_alarm_max_voltage_diff));
    (void)read_difference(301, 12000);
    cr_assert(wm_alarms_holds(&alarms, wm_alarm_max_voltage_diff));
    cr_assert_eq(wm_rules_module_flags(&rules, 0), 0, "no module flag says so");
    bank.module[0].link.state = WM_LINK_LOST;
    (void)read_difference(0, 13000);
    cr_assert(wm_alarms_holds(&alarms, wm_alarm_max_voltage_diff), "lost: it keeps what it had");
}

static void pause(void)
{
    wm_rules_pause(&rules);
}

static void module_lost(void)
{
    wm_rules_module_lost(&rules, 0);
}

static void sensor_lost(void)
{
    wm_rules_sensor_lost(&rules, 0);
}

Test(rules, what_breaks_off_measuring_breaks_all_that_was_on_its_way)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        void (*const breaks[])(void) = {pause, module_lost};
        for (size_t k = 0; k < sizeof breaks / sizeof breaks[0]; k++) {
            setup();
            const int32_t beyond = cases[i].limit + cases[i].step;
            cr_assert(read_value(cases[i].quantity, beyond, 0));
            breaks[k]();
            cr_assert(read_value(cases[i].quantity, beyond, 1), "%s: the first reading anew",
                      wm_alarm(cases[i].alarm)->name);
        }
    }
    for (size_t i = 0; i < sizeof string_cases / sizeof string_cases[0]; i++) {
        bool (*const read)(int32_t, wm_ms) = string_cases[i].read;
        void (*const breaks[])(void) = {pause, read == read_difference ? module_lost
                                               : read == read_current  ? sensor_lost
                                                                       : pause};
        for (size_t k = 0; k < sizeof breaks / sizeof breaks[0]; k++) {
            strings_setup();
            const int32_t beyond = string_cases[i].limit + string_cases[i].step;
            cr_assert(read(beyond, 0));
            breaks[k]();
            cr_assert(read(beyond, 1), "%s: the first reading anew",
                      wm_alarm(string_cases[i].alarm)->name);
        }
    }
}
