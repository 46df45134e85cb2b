/*
 * test_rules.c — every limit, both sides, both levels: strictly beyond, twice, held, hysteresis.
 */
#include <criterion/criterion.h>

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
