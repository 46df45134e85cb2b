/*
 * test_decisions.c — the numbers this project decided on, typed a second time from the decisions.
 */
#include <criterion/criterion.h>

#include "wm/catalog.h"

static const struct {
    enum wm_setting setting;
    int32_t min;
    int32_t max;
    int32_t value_default;
    const char *decision;
} decided[] = {
    {wm_setting_modbus_unit_id, 1, 247, 1, "M9"},
    {wm_setting_modbus_clients_max, 1, 64, 16, "M11"},
    {wm_setting_modbus_string_factor, 1, 100, 1, "M6"},
    {wm_setting_bus_round_period, 0, 3600000, 1000, "B3"},
    {wm_setting_bus_answer_timeout, 10, 500, 30, "B3"},
    {wm_setting_impedance_poll_rate, 1, 43200, 720, "S6"},
    {wm_setting_voltage_delay, 0, 3600, 0, "B5"},
    {wm_setting_temperature_low_alarm, -25000, 100000, 5000, "S6"},
    {wm_setting_temperature_high_alarm, -25000, 100000, 35000, "S6"},
    {wm_setting_temperature_low_warn, -25000, 100000, 10000, "S6"},
    {wm_setting_temperature_high_warn, -25000, 100000, 30000, "S6"},
    {wm_setting_voltage_low_alarm, 0, 21000, 12000, "S6: a C23"},
    {wm_setting_voltage_high_alarm, 0, 21000, 15500, "S6: a C23"},
    {wm_setting_voltage_low_warn, 0, 21000, 12000, "S6: a C23"},
    {wm_setting_voltage_high_warn, 0, 21000, 14100, "S6: a C23"},
    {wm_setting_string_voltage_low_alarm, 0, 512 * 21000, 105000, "S6"},
    {wm_setting_string_voltage_high_alarm, 0, 512 * 21000, 135000, "S6"},
    {wm_setting_string_voltage_low_warn, 0, 512 * 21000, 110000, "S6"},
    {wm_setting_string_voltage_high_warn, 0, 512 * 21000, 125000, "S6"},
    {wm_setting_impedance_low_alarm, 0, 60000, 1100, "S6: a C20"},
    {wm_setting_impedance_high_alarm, 0, 60000, 50000, "S6: a C20"},
    {wm_setting_impedance_low_warn, 0, 60000, 1200, "S6: a C20"},
    {wm_setting_impedance_high_warn, 0, 60000, 40000, "S6: a C20"},
    {wm_setting_current_deviation_charge_alarm, 0, 2000000, 10000, "B17"},
    {wm_setting_current_deviation_charge_warn, 0, 2000000, 5000, "B17"},
    {wm_setting_current_deviation_discharge_alarm, 0, 2000000, 10000, "B17"},
    {wm_setting_current_deviation_discharge_warn, 0, 2000000, 5000, "B17"},
    {wm_setting_log_rate_normal, 60, 86400, 1200, "B20"},
};

/* Where the range is the type's own and only the default was decided. */
static const struct {
    enum wm_setting setting;
    int32_t value_default;
    const char *decision;
} defaults[] = {
    {wm_setting_voltage_low_alarm, 12000, "B4: the guide's column for C20"},
    {wm_setting_voltage_low_warn, 12000, "B4: the guide's column for C20"},
    {wm_setting_voltage_high_warn, 14100, "B4: the guide's column for C20"},
    {wm_setting_voltage_high_alarm, 15500, "B4: the guide's column for C20"},
    {wm_setting_temperature_low_alarm, 5000, "B4: the guide's column for C20"},
    {wm_setting_temperature_low_warn, 10000, "B4: the guide's column for C20"},
    {wm_setting_temperature_high_warn, 30000, "B4: the guide's column for C20"},
    {wm_setting_temperature_high_alarm, 35000, "B4: the guide's column for C20"},
    {wm_setting_impedance_low_alarm, 1100, "B4: the guide's column for C20"},
    {wm_setting_impedance_low_warn, 1200, "B4: the guide's column for C20"},
    {wm_setting_impedance_high_warn, 40000, "B4: the guide's column for C20"},
    {wm_setting_impedance_high_alarm, 50000, "B4: the guide's column for C20"},
    {wm_setting_string_voltage_low_alarm, 105000, "B4"},
    {wm_setting_string_voltage_high_alarm, 135000, "B4"},
    {wm_setting_string_voltage_low_warn, 110000, "B4"},
    {wm_setting_string_voltage_high_warn, 125000, "B4"},
    {wm_setting_voltage_hysteresis, 50, "B4"},
    {wm_setting_string_voltage_hysteresis, 500, "B4"},
    {wm_setting_temperature_hysteresis, 500, "B4"},
    {wm_setting_impedance_hysteresis, 10, "B4"},
    {wm_setting_impedance_reference, 0, "B4"},
    {wm_setting_runaway_delta, 10000, "B15"},
    {wm_setting_runaway_rise, 15000, "B15"},
    {wm_setting_runaway_current, 250, "B15: 0.5 % of 50 Ah"},
    {wm_setting_runaway_hold, 600, "B15"},
    {wm_setting_runaway_action, 0, "B15: none"},
    {wm_setting_bus_baud, 19200, "design, section 4"},
};

Test(decisions, ranges_and_defaults_are_as_decided)
{
    for (size_t i = 0; i < sizeof decided / sizeof decided[0]; i++) {
        const struct wm_setting_row *row = wm_setting(decided[i].setting);
        cr_assert_eq(row->min, decided[i].min, "%s: decision %s", row->name, decided[i].decision);
        cr_assert_eq(row->max, decided[i].max, "%s: decision %s", row->name, decided[i].decision);
        cr_assert_eq(row->value_default, decided[i].value_default, "%s: decision %s", row->name,
                     decided[i].decision);
    }
    for (size_t i = 0; i < sizeof defaults / sizeof defaults[0]; i++) {
        const struct wm_setting_row *row = wm_setting(defaults[i].setting);
        cr_assert_eq(row->value_default, defaults[i].value_default, "%s: decision %s", row->name,
                     defaults[i].decision);
    }
}

static void check_order(enum wm_setting low_alarm, enum wm_setting low_warn,
                        enum wm_setting high_warn, enum wm_setting high_alarm)
{
    const int32_t a = wm_setting(low_alarm)->value_default;
    const int32_t b = wm_setting(low_warn)->value_default;
    const int32_t c = wm_setting(high_warn)->value_default;
    const int32_t d = wm_setting(high_alarm)->value_default;
    cr_assert(a <= b && b < c && c <= d, "%s: %d, %d, %d, %d", wm_setting(low_alarm)->name, a, b, c,
              d);
}

Test(decisions, default_thresholds_are_in_the_order_of_decision_S9)
{
    check_order(wm_setting_voltage_low_alarm, wm_setting_voltage_low_warn,
                wm_setting_voltage_high_warn, wm_setting_voltage_high_alarm);
    check_order(wm_setting_temperature_low_alarm, wm_setting_temperature_low_warn,
                wm_setting_temperature_high_warn, wm_setting_temperature_high_alarm);
    check_order(wm_setting_impedance_low_alarm, wm_setting_impedance_low_warn,
                wm_setting_impedance_high_warn, wm_setting_impedance_high_alarm);
    check_order(wm_setting_string_voltage_low_alarm, wm_setting_string_voltage_low_warn,
                wm_setting_string_voltage_high_warn, wm_setting_string_voltage_high_alarm);
}
