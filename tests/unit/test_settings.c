/*
 * test_settings.c — defaults that fit the plant (decision B4), ranges and contradictions (S9, M6).
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "firmware/core/settings.h"

static struct wm_settings settings;

static int32_t of(enum wm_setting setting)
{
    return settings.value[setting];
}

static void plant(int32_t type, int32_t strings, int32_t modules, int32_t capacity_mAh)
{
    wm_settings_reset(&settings);
    settings.value[wm_setting_bank_module_type] = type;
    settings.value[wm_setting_bank_strings] = strings;
    settings.value[wm_setting_bank_modules] = modules;
    settings.value[wm_setting_battery_capacity] = capacity_mAh;
    wm_settings_derive(&settings);
}

Test(settings, a_c20_of_108_volts_has_the_printed_defaults)
{
    plant(0, 2, 18, 50000);
    cr_assert_eq(of(wm_setting_voltage_high_alarm), 15500);
    cr_assert_eq(of(wm_setting_voltage_hysteresis), 50);
    cr_assert_eq(of(wm_setting_string_voltage_low_alarm), 105000);
    cr_assert_eq(of(wm_setting_string_voltage_hysteresis), 500);
    cr_assert_eq(of(wm_setting_impedance_high_alarm), 50000);
    cr_assert_eq(of(wm_setting_current_deviation_charge_warn), 5000);
    cr_assert_eq(of(wm_setting_runaway_current), 250);
}

Test(settings, other_blocks_scale_with_nominal_voltage_and_stay_in_range)
{
    static const struct {
        int32_t type;
        int32_t low_mV;
        int32_t high_mV;
        int32_t hysteresis_mV;
    } cases[] = {
        {2, 16000, 20667, 67}, /* C23: 15.5 x 16 / 12 */
        {10, 6000, 7750, 25},  /* C30 */
        {20, 2000, 2583, 8},   /* C40 */
        {21, 4000, 4967, 17},  /* C41: 5.167 V is beyond 5.0 V - 0.033 V */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        plant(cases[i].type, 1, 24, 100000);
        cr_assert_eq(of(wm_setting_voltage_low_alarm), cases[i].low_mV);
        cr_assert_eq(of(wm_setting_voltage_high_alarm), cases[i].high_mV, "%d",
                     of(wm_setting_voltage_high_alarm));
        cr_assert_eq(of(wm_setting_voltage_hysteresis), cases[i].hysteresis_mV);
        cr_assert_eq(of(wm_setting_impedance_high_alarm), 0, "off without a reference");
        cr_assert_eq(of(wm_setting_runaway_current), 500);
        const char *why;
        cr_assert_eq(wm_settings_check(&settings, &why), WM_OK);
    }
}

Test(settings, a_reference_sets_the_four_resistance_levels_around_it)
{
    plant(20, 1, 24, 100000);
    cr_assert_eq(wm_settings_set(&settings, wm_setting_impedance_reference, 500), WM_OK);
    cr_assert_eq(of(wm_setting_impedance_low_alarm), 250);
    cr_assert_eq(of(wm_setting_impedance_low_warn), 300);
    cr_assert_eq(of(wm_setting_impedance_high_warn), 650);
    cr_assert_eq(of(wm_setting_impedance_high_alarm), 750);
}

Test(settings, outside_its_range_a_value_is_refused_and_nothing_changes)
{
    for (int i = 0; i < wm_setting_count; i++) {
        plant(0, 2, 18, 50000);
        const enum wm_setting setting = (enum wm_setting)i;
        const struct wm_setting_row *row = wm_setting(setting);
        const int32_t before = of(setting);
        cr_assert_eq(wm_settings_set(&settings, setting, row->min), WM_OK, "%s", row->name);
        cr_assert_eq(wm_settings_set(&settings, setting, row->max), WM_OK, "%s", row->name);
        cr_assert_eq(wm_settings_set(&settings, setting, before), WM_OK, "%s", row->name);
        cr_assert_eq(wm_settings_set(&settings, setting, row->min - 1), WM_RANGE, "%s", row->name);
        cr_assert_eq(wm_settings_set(&settings, setting, row->max + 1), WM_RANGE, "%s", row->name);
        cr_assert_eq(of(setting), before);
    }
    cr_assert_eq(wm_settings_set(&settings, wm_setting_bank_module_type, 5), WM_RANGE,
                 "no such module type");
    cr_assert_eq(wm_settings_set(&settings, wm_setting_modbus_string_factor, 50), WM_RANGE,
                 "1, 10 or 100");
}

/* What wm_settings_check says after one more setting. */
static enum wm_status with(enum wm_setting setting, int32_t value)
{
    const char *why = NULL;
    settings.value[setting] = value;
    const enum wm_status status = wm_settings_check(&settings, &why);
    cr_assert_eq(status == WM_OK, why == NULL, "a conflict says why");
    return status;
}

/* A runaway clears two kelvin below its limits (decision B15): they leave room for that. */
Test(settings, the_limits_of_a_runaway_begin_at_three_kelvin)
{
    static const enum wm_setting levels[] = {wm_setting_runaway_delta, wm_setting_runaway_rise};
    plant(0, 2, 18, 50000);
    for (int i = 0; i < 2; i++) {
        cr_assert_eq(wm_settings_set(&settings, levels[i], 2999), WM_RANGE);
        cr_assert_eq(wm_settings_set(&settings, levels[i], 3000), WM_OK);
        cr_assert_eq(of(levels[i]), 3000);
    }
}

Test(settings, levels_must_rise_but_alarm_and_warning_may_be_equal)
{
    plant(0, 2, 18, 50000);
    cr_assert_eq(with(wm_setting_voltage_high_warn, 15500), WM_OK);
    cr_assert_eq(with(wm_setting_voltage_high_warn, 15501), WM_CONFLICT);
    cr_assert_eq(with(wm_setting_voltage_high_alarm, 0), WM_OK, "off is not compared");
    cr_assert_eq(with(wm_setting_voltage_high_warn, 12000), WM_CONFLICT, "low < high");
    cr_assert_eq(with(wm_setting_voltage_high_warn, 12001), WM_OK);
    cr_assert_eq(with(wm_setting_temperature_low_alarm, 10001), WM_CONFLICT);
    cr_assert_eq(with(wm_setting_temperature_low_alarm, -20000), WM_OK);
    cr_assert_eq(with(wm_setting_impedance_low_warn, 40000), WM_CONFLICT);
    cr_assert_eq(with(wm_setting_impedance_low_warn, 0), WM_OK);
    cr_assert_eq(with(wm_setting_string_voltage_low_warn, 104999), WM_CONFLICT);
}

Test(settings, a_string_factor_that_would_saturate_is_refused)
{
    plant(0, 2, 18, 50000);
    cr_assert_eq(with(wm_setting_modbus_string_factor, 100), WM_OK);
    cr_assert_eq(with(wm_setting_string_voltage_high_alarm, 327671), WM_CONFLICT);
    cr_assert_eq(with(wm_setting_string_voltage_high_alarm, 327670), WM_OK);
    cr_assert_eq(with(wm_setting_bank_sensor_range, 400000), WM_OK, "of no sensor");
    settings.value[wm_setting_bank_current_sensors] = 2;
    cr_assert_eq(with(wm_setting_bank_sensor_range, 400000), WM_CONFLICT);
    cr_assert_eq(with(wm_setting_modbus_string_factor, 10), WM_OK);
}

Test(settings, modules_divide_evenly_and_breakers_have_their_aux)
{
    plant(0, 2, 18, 50000);
    cr_assert_eq(with(wm_setting_bank_modules, 19), WM_CONFLICT);
    cr_assert_eq(with(wm_setting_bank_modules, 18), WM_OK);
    cr_assert_eq(with(wm_setting_breaker_output_2, 4), WM_CONFLICT, "no aux is configured");
    cr_assert_eq(with(wm_setting_bank_aux_units, 1), WM_OK);
    cr_assert_eq(with(wm_setting_breaker_output_2, 5), WM_CONFLICT, "that is unit 2");
    cr_assert_eq(with(wm_setting_breaker_output_2, 4), WM_OK);
    cr_assert_eq(with(wm_setting_breaker_output_1, 4), WM_CONFLICT, "one output, two breakers");
    cr_assert_eq(with(wm_setting_breaker_output_1, 3), WM_OK);
}

Test(settings, each_string_finds_its_own_breaker)
{
    plant(0, 16, 32, 50000);
    for (int32_t i = 0; i < 16; i++) {
        int32_t output;
        bool is_normally_closed;
        char name[32];
        enum wm_setting setting;
        (void)snprintf(name, sizeof name, "breaker.output_%d", i + 1);
        cr_assert(wm_setting_find(name, &setting));
        cr_assert_not(wm_settings_breaker(&settings, i, &output, &is_normally_closed));
        settings.value[setting] = 16 - i;
        (void)snprintf(name, sizeof name, "breaker.wiring_%d", i + 1);
        cr_assert(wm_setting_find(name, &setting));
        settings.value[setting] = i % 2;
        cr_assert(wm_settings_breaker(&settings, i, &output, &is_normally_closed));
        cr_assert_eq(output, 16 - i);
        cr_assert_eq(is_normally_closed, i % 2 == 1);
    }
}

Test(settings, every_type_has_its_whole_row_of_defaults)
{
    static const struct {
        int32_t type;
        int32_t voltage[5];    /* low alarm, low and high warning, high alarm, hysteresis */
        int32_t impedance[4];  /* low alarm, low and high warning, high alarm             */
        int32_t equalizing[4]; /* low, high, start, full                                  */
        int32_t equalizing_mA;
    } rows[] = {
        {0,
         {12000, 12000, 14100, 15500, 50},
         {1100, 1200, 40000, 50000},
         {12495, 14700, 10, 250},
         150},
        {1, {12000, 12000, 14100, 15500, 50}, {0, 0, 0, 0}, {12495, 14700, 10, 250}, 150},
        {2, {16000, 16000, 18800, 20667, 67}, {0, 0, 0, 0}, {16660, 19600, 13, 333}, 120},
        {10, {6000, 6000, 7050, 7750, 25}, {0, 0, 0, 0}, {6248, 7350, 5, 125}, 300},
        {20, {2000, 2000, 2350, 2583, 8}, {0, 0, 0, 0}, {2083, 2450, 2, 42}, 900},
        /* 15.5 V scaled is 5.167 V: beyond 5 V less 0.1 V x 4 / 12. */
        {21, {4000, 4000, 4700, 4967, 17}, {0, 0, 0, 0}, {4165, 4900, 3, 83}, 300},
    };
    static const enum wm_setting voltage[] = {
        wm_setting_voltage_low_alarm, wm_setting_voltage_low_warn, wm_setting_voltage_high_warn,
        wm_setting_voltage_high_alarm, wm_setting_voltage_hysteresis};
    static const enum wm_setting impedance[] = {
        wm_setting_impedance_low_alarm, wm_setting_impedance_low_warn,
        wm_setting_impedance_high_warn, wm_setting_impedance_high_alarm};
    static const enum wm_setting equalizing[] = {
        wm_setting_equalizing_low, wm_setting_equalizing_high, wm_setting_equalizing_start,
        wm_setting_equalizing_full};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *why;
        plant(rows[i].type, 1, 9, 50000);
        for (int k = 0; k < 5; k++) {
            cr_assert_eq(of(voltage[k]), rows[i].voltage[k], "type %d: %s is %d", (int)rows[i].type,
                         wm_setting(voltage[k])->name, (int)of(voltage[k]));
        }
        for (int k = 0; k < 4; k++) {
            cr_assert_eq(of(impedance[k]), rows[i].impedance[k]);
            cr_assert_eq(of(equalizing[k]), rows[i].equalizing[k], "type %d: %s is %d",
                         (int)rows[i].type, wm_setting(equalizing[k])->name,
                         (int)of(equalizing[k]));
        }
        cr_assert_eq(of(wm_setting_voltage_max_difference), 0, "an option");
        cr_assert_eq(wm_module_type(rows[i].type)->equalizing_mA, rows[i].equalizing_mA);
        cr_assert_eq(wm_settings_check(&settings, &why), WM_OK);
    }
}

/* Whether the two values go together. */
static bool agree(enum wm_setting one, int32_t value, enum wm_setting other, int32_t other_value)
{
    const char *why;
    plant(0, 2, 18, 50000);
    cr_assert_eq(wm_settings_set(&settings, one, value), WM_OK);
    cr_assert_eq(wm_settings_set(&settings, other, other_value), WM_OK);
    return wm_settings_check(&settings, &why) == WM_OK;
}

Test(settings, levels_of_currents_rise_with_their_sign_and_zero_is_off)
{
    const enum wm_setting low_alarm = wm_setting_string_current_low_alarm;
    const enum wm_setting low_warn = wm_setting_string_current_low_warn;
    const enum wm_setting high_warn = wm_setting_string_current_high_warn;
    const enum wm_setting high_alarm = wm_setting_string_current_high_alarm;
    cr_assert(agree(low_alarm, -20000, low_warn, -15000));
    cr_assert(agree(low_alarm, -20000, low_warn, -20000), "an empty warning band");
    cr_assert_not(agree(low_alarm, -20000, low_warn, -20001));
    cr_assert(agree(high_warn, 15000, high_alarm, 15000));
    cr_assert_not(agree(high_warn, 15000, high_alarm, 14999));
    cr_assert_not(agree(low_warn, 5000, high_warn, 5000), "a low one is below a high one");
    cr_assert(agree(low_warn, 4999, high_warn, 5000));
    cr_assert(agree(low_warn, 5000, high_warn, 0), "0 is off, not a level");
    cr_assert(agree(low_alarm, -2000000, high_alarm, 2000000));
    cr_assert_eq(wm_settings_set(&settings, high_alarm, 2000001), WM_RANGE);
    cr_assert_eq(wm_settings_set(&settings, low_alarm, -2000001), WM_RANGE);
}

Test(settings, a_deviation_warns_no_later_than_it_alarms)
{
    static const enum wm_setting pairs[2][2] = {
        {wm_setting_current_deviation_charge_warn, wm_setting_current_deviation_charge_alarm},
        {wm_setting_current_deviation_discharge_warn, wm_setting_current_deviation_discharge_alarm},
    };
    for (int i = 0; i < 2; i++) {
        cr_assert(agree(pairs[i][0], 7000, pairs[i][1], 7000));
        cr_assert_not(agree(pairs[i][0], 7001, pairs[i][1], 7000));
        cr_assert(agree(pairs[i][0], 7001, pairs[i][1], 0));
        cr_assert(agree(pairs[i][0], 0, pairs[i][1], 7000));
    }
}

Test(settings, equalizing_has_a_range_and_a_ramp)
{
    cr_assert(agree(wm_setting_equalizing_low, 13000, wm_setting_equalizing_high, 13001));
    cr_assert_not(agree(wm_setting_equalizing_low, 13000, wm_setting_equalizing_high, 13000));
    cr_assert(agree(wm_setting_equalizing_start, 249, wm_setting_equalizing_full, 250));
    cr_assert_not(agree(wm_setting_equalizing_start, 250, wm_setting_equalizing_full, 250));
}

/* ---- SNMP ------------------------------------------------------------------------------- */

static void put(enum wm_text text, const char *string)
{
    cr_assert_eq(wm_text_set(&settings, text, string), WM_OK, "%s", string);
}

static bool is_legal(void)
{
    const char *why = "";
    return wm_settings_check(&settings, &why) == WM_OK;
}

Test(settings, a_user_of_v3_has_the_passphrases_that_the_level_asks_for)
{
    static const struct {
        int32_t level;
        const char *auth;
        const char *priv;
        bool is_legal;
    } cases[] = {
        {0, "", "", true},          {0, "authauth", "", true},
        {0, "", "privpriv", false}, {1, "", "", false},
        {1, "authauth", "", true},  {1, "authauth", "privpriv", true},
        {2, "authauth", "", false}, {2, "authauth", "privpriv", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        plant(0, 2, 18, 50000);
        settings.value[wm_setting_snmp_v3_level] = cases[i].level;
        put(wm_text_snmp_user_4_auth, cases[i].auth);
        put(wm_text_snmp_user_4_priv, cases[i].priv);
        cr_assert(is_legal(), "%zu: without a name there is no user", i);
        put(wm_text_snmp_user_4_name, "joe");
        cr_assert_eq(is_legal(), cases[i].is_legal, "%zu", i);
    }
}

Test(settings, two_users_or_communities_of_one_name_contradict_each_other)
{
    plant(0, 2, 18, 50000);
    settings.value[wm_setting_snmp_v3_level] = 0;
    put(wm_text_snmp_user_1_name, "joe");
    put(wm_text_snmp_user_3_name, "ann");
    cr_assert(is_legal());
    put(wm_text_snmp_user_3_name, "joe");
    cr_assert_not(is_legal());
    plant(0, 2, 18, 50000);
    put(wm_text_snmp_write_community, "private");
    cr_assert(is_legal());
    put(wm_text_snmp_write_community, "public");
    cr_assert_not(is_legal());
    put(wm_text_snmp_write_community, "");
    put(wm_text_snmp_read_community, "");
    cr_assert(is_legal(), "nothing twice is no community at all");
}

Test(settings, a_receiver_has_what_its_version_asks_for)
{
    enum { V1, V2C, V3, TRAP = 0, INFORM = 1 };
    plant(0, 2, 18, 50000);
    settings.value[wm_setting_snmp_v3_level] = 0;
    settings.value[wm_setting_snmp_receiver_8_version] = V3;
    settings.value[wm_setting_snmp_receiver_8_user] = 2;
    cr_assert(is_legal(), "nobody is told");
    put(wm_text_snmp_receiver_8_address, "192.0.2.1:162");
    cr_assert_not(is_legal(), "user 2 has no name");
    put(wm_text_snmp_user_1_name, "joe");
    cr_assert_not(is_legal(), "nor is it this one");
    put(wm_text_snmp_user_2_name, "ann");
    cr_assert(is_legal());
    settings.value[wm_setting_snmp_receiver_8_version] = V1;
    cr_assert(is_legal());
    settings.value[wm_setting_snmp_receiver_8_kind] = INFORM;
    cr_assert_not(is_legal(), "v1 has no informs");
    settings.value[wm_setting_snmp_receiver_8_version] = V2C;
    cr_assert(is_legal());
    put(wm_text_snmp_receiver_8_community, "");
    cr_assert_not(is_legal());
    settings.value[wm_setting_snmp_receiver_8_kind] = TRAP;
    cr_assert_not(is_legal());
}
