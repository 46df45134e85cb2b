/*
 * settings.c — see settings.h.
 */
#include "settings.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "wm/limits.h"
#include "wm/units.h"

/* What the scaled rows of settings.def are printed for. */
enum {
    NOMINAL_MV = 12000,
    NOMINAL_STRING_MV = 108000,
    NOMINAL_CAPACITY_MAH = 50000,
    /* The default high alarm stays below the module's range by this, for a 12 V block (B4). */
    RANGE_MARGIN_MV = 100,
};

void wm_settings_reset(struct wm_settings *settings)
{
    memset(settings, 0, sizeof *settings);
    for (int i = 0; i < wm_text_count; i++) {
        const enum wm_status status =
            wm_text_set(settings, (enum wm_text)i, wm_text((enum wm_text)i)->value_default);
        assert(status == WM_OK);
        (void)status;
    }
    for (int i = 0; i < wm_setting_count; i++) {
        settings->value[i] = wm_setting((enum wm_setting)i)->value_default;
    }
}

static int32_t scaled(int32_t value, int64_t actual, int64_t printed_for)
{
    return (int32_t)wm_divide_rounded(value * actual, printed_for);
}

void wm_settings_derive(struct wm_settings *settings)
{
    int32_t *value = settings->value;
    const struct wm_module_type *type = wm_module_type(value[wm_setting_bank_module_type]);
    assert(type != NULL);
    const int64_t string_mV =
        (int64_t)type->nominal_mV * value[wm_setting_bank_modules] / value[wm_setting_bank_strings];
    for (int i = 0; i < wm_setting_count; i++) {
        const struct wm_setting_row *row = wm_setting((enum wm_setting)i);
        if (wm_setting_is_structural((enum wm_setting)i)) {
            continue;
        }
        int32_t chosen = row->value_default;
        if (row->scaling == WM_SCALE_NOMINAL) {
            chosen = scaled(chosen, type->nominal_mV, NOMINAL_MV);
        } else if (row->scaling == WM_SCALE_STRING) {
            chosen = scaled(chosen, string_mV, NOMINAL_STRING_MV);
        } else if (row->scaling == WM_SCALE_CAPACITY) {
            chosen = scaled(chosen, value[wm_setting_battery_capacity], NOMINAL_CAPACITY_MAH);
        }
        value[i] = wm_clamp(chosen, row->min, row->max);
    }
    const int32_t high_mV =
        type->voltage_mV_high - scaled(RANGE_MARGIN_MV, type->nominal_mV, NOMINAL_MV);
    if (value[wm_setting_voltage_high_alarm] > high_mV) {
        value[wm_setting_voltage_high_alarm] = high_mV;
    }
    if (type->code != wm_setting(wm_setting_bank_module_type)->value_default) {
        /* The printed resistance levels are the C20's; others wait for a reference (B4). */
        value[wm_setting_impedance_low_alarm] = 0;
        value[wm_setting_impedance_low_warn] = 0;
        value[wm_setting_impedance_high_warn] = 0;
        value[wm_setting_impedance_high_alarm] = 0;
    }
}

/* The resistance levels around a reference (decision B4). */
static const struct {
    enum wm_setting setting;
    int32_t permille;
} levels[] = {
    {wm_setting_impedance_low_alarm, 500},
    {wm_setting_impedance_low_warn, 600},
    {wm_setting_impedance_high_warn, 1300},
    {wm_setting_impedance_high_alarm, 1500},
};

bool wm_setting_follows(enum wm_setting setting, enum wm_setting leader)
{
    bool is_level = false;
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        is_level = is_level || levels[i].setting == setting;
    }
    return is_level && leader == wm_setting_impedance_reference;
}

static void reference_apply(int32_t *value)
{
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        value[levels[i].setting] =
            wm_clamp(wm_divide_rounded(
                         (int64_t)value[wm_setting_impedance_reference] * levels[i].permille, 1000),
                     0, wm_setting(levels[i].setting)->max);
    }
}

enum wm_status wm_settings_set(struct wm_settings *settings, enum wm_setting setting, int32_t value)
{
    if (!wm_setting_fits(setting, value)) {
        return WM_RANGE;
    }
    settings->value[setting] = value;
    if (setting == wm_setting_impedance_reference && value != 0) {
        reference_apply(settings->value);
    }
    return WM_OK;
}

/* low alarm <= low warning < high warning <= high alarm, where 0 is off (decision S9). */
static bool levels_are_ordered(const int32_t *value, enum wm_setting low_alarm,
                               enum wm_setting low_warn, enum wm_setting high_warn,
                               enum wm_setting high_alarm)
{
    const int32_t level[4] = {value[low_alarm], value[low_warn], value[high_warn],
                              value[high_alarm]};
    for (int lower = 0; lower < 4; lower++) {
        for (int upper = lower + 1; upper < 4; upper++) {
            /* Only the two of one side may be equal. */
            const bool may_be_equal = lower / 2 == upper / 2;
            const bool is_wrong =
                level[lower] > level[upper] || (level[lower] == level[upper] && !may_be_equal);
            if (level[lower] != 0 && level[upper] != 0 && is_wrong) {
                return false;
            }
        }
    }
    return true;
}

/* low < high, where 0 is off. */
static bool limits_are_ordered(int32_t low, int32_t high)
{
    return low == 0 || high == 0 || low < high;
}

static bool com2_limits_are_ordered(const int32_t *value)
{
    bool are = limits_are_ordered(value[wm_setting_com2_temperature_low],
                                  value[wm_setting_com2_temperature_high]) &&
               limits_are_ordered(value[wm_setting_com2_humidity_low],
                                  value[wm_setting_com2_humidity_high]);
    for (int32_t i = 0; i < WM_COM2_ANALOGS_MAX; i++) {
        /* ANALOG(n) of settings.def makes three rows a channel: kind, low, high. */
        const int32_t *row = &value[wm_setting_com2_analog_1_kind + 3 * i];
        are = are && limits_are_ordered(row[1], row[2]);
    }
    return are;
}

#define LEVELS(group)                                                                              \
    wm_setting_##group##_low_alarm, wm_setting_##group##_low_warn, wm_setting_##group##_high_warn, \
        wm_setting_##group##_high_alarm

/* A warning comes no later than its alarm; 0 is off. */
static bool is_warned_first(const int32_t *value, enum wm_setting warn, enum wm_setting alarm)
{
    return value[warn] == 0 || value[alarm] == 0 || value[warn] <= value[alarm];
}

static enum wm_status levels_check(const int32_t *value, const char **why)
{
    if (!levels_are_ordered(value, LEVELS(voltage))) {
        *why = "voltage levels must rise: low_alarm <= low_warn < high_warn <= high_alarm";
        return WM_CONFLICT;
    }
    if (!levels_are_ordered(value, LEVELS(string_voltage))) {
        *why = "string_voltage levels must rise: low_alarm <= low_warn < high_warn <= high_alarm";
        return WM_CONFLICT;
    }
    if (!levels_are_ordered(value, LEVELS(temperature))) {
        *why = "temperature levels must rise: low_alarm <= low_warn < high_warn <= high_alarm";
        return WM_CONFLICT;
    }
    if (!levels_are_ordered(value, LEVELS(impedance))) {
        *why = "impedance levels must rise: low_alarm <= low_warn < high_warn <= high_alarm";
        return WM_CONFLICT;
    }
    if (!levels_are_ordered(value, LEVELS(string_current))) {
        *why = "string_current levels must rise: low_alarm <= low_warn < high_warn <= high_alarm";
        return WM_CONFLICT;
    }
    if (!is_warned_first(value, wm_setting_current_deviation_charge_warn,
                         wm_setting_current_deviation_charge_alarm) ||
        !is_warned_first(value, wm_setting_current_deviation_discharge_warn,
                         wm_setting_current_deviation_discharge_alarm)) {
        *why = "current_deviation: a warning must not be above its alarm";
        return WM_CONFLICT;
    }
    return WM_OK;
}

static enum wm_status equalizing_check(const int32_t *value, const char **why)
{
    if (value[wm_setting_equalizing_low] >= value[wm_setting_equalizing_high]) {
        *why = "equalizing.low must be below equalizing.high";
        return WM_CONFLICT;
    }
    if (value[wm_setting_equalizing_start] >= value[wm_setting_equalizing_full]) {
        *why = "equalizing.start must be below equalizing.full";
        return WM_CONFLICT;
    }
    return WM_OK;
}

/* ---- SNMP ------------------------------------------------------------------------------- */

static enum wm_status users_check(const struct wm_settings *settings, const char **why)
{
    const int32_t level = settings->value[wm_setting_snmp_v3_level];
    for (int32_t number = 1; number <= WM_SNMP_USERS; number++) {
        const struct wm_snmp_user user = wm_snmp_user(settings, number);
        const bool has_auth = user.auth[0] != '\0';
        const bool has_priv = user.priv[0] != '\0';
        if (user.name[0] == '\0') {
            continue;
        }
        if ((level >= WM_SNMP_AUTH && !has_auth) || (level >= WM_SNMP_PRIV && !has_priv)) {
            *why = "a user of SNMP v3 lacks a passphrase that snmp.v3_level asks for; set them "
                   "before its name";
            return WM_CONFLICT;
        }
        if (has_priv && !has_auth) {
            *why = "a user of SNMP v3 has a privacy passphrase and none for authentication";
            return WM_CONFLICT;
        }
        for (int32_t other = 1; other < number; other++) {
            if (strcmp(user.name, wm_snmp_user(settings, other).name) == 0) {
                *why = "two users of SNMP v3 have one name";
                return WM_CONFLICT;
            }
        }
    }
    return WM_OK;
}

static enum wm_status receivers_check(const struct wm_settings *settings, const char **why)
{
    for (int32_t number = 1; number <= WM_TRAP_RECEIVERS_MAX; number++) {
        const struct wm_snmp_receiver receiver = wm_snmp_receiver(settings, number);
        const bool is_v3 = receiver.version == WM_SNMP_V3;
        if (receiver.address[0] == '\0') {
            continue;
        }
        if (is_v3 && wm_snmp_user(settings, receiver.user).name[0] == '\0') {
            *why = "a trap receiver of SNMP v3 has a user without a name";
            return WM_CONFLICT;
        }
        if (receiver.version == WM_SNMP_V1 && receiver.is_inform) {
            *why = "a trap receiver of SNMP v1 takes no informs; choose v2c or v3";
            return WM_CONFLICT;
        }
        if (!is_v3 && receiver.community[0] == '\0') {
            *why = "a trap receiver of SNMP v1 or v2c has no community";
            return WM_CONFLICT;
        }
    }
    return WM_OK;
}

static enum wm_status snmp_check(const struct wm_settings *settings, const char **why)
{
    const char *read = settings->text.snmp_read_community;
    if (read[0] != '\0' && strcmp(read, settings->text.snmp_write_community) == 0) {
        *why = "snmp.read_community and snmp.write_community must differ";
        return WM_CONFLICT;
    }
    if (settings->text.snmp_engine[0] == '\0') {
        *why = "snmp.engine must not be empty: managers know the webmanager by it";
        return WM_CONFLICT;
    }
    return users_check(settings, why) != WM_OK || receivers_check(settings, why) != WM_OK
               ? WM_CONFLICT
               : WM_OK;
}

/* ---- all of them ------------------------------------------------------------------------ */

static enum wm_status breakers_check(const struct wm_settings *settings, const char **why)
{
    const int32_t *value = settings->value;
    int32_t taken = 0; /* bits: outputs from 1 */
    for (int32_t i = 0; i < value[wm_setting_bank_strings]; i++) {
        int32_t output;
        bool is_normally_closed;
        if (!wm_settings_breaker(settings, i, &output, &is_normally_closed)) {
            continue;
        }
        if (output > value[wm_setting_bank_aux_units] * WM_AUX_LINES) {
            *why = "a breaker is wired to an output of an aux unit that is not configured";
            return WM_CONFLICT;
        }
        if ((taken >> output & 1) != 0) {
            *why = "two strings have one output for their breakers; each needs its own";
            return WM_CONFLICT;
        }
        taken |= INT32_C(1) << output;
    }
    return WM_OK;
}

enum wm_status wm_settings_check(const struct wm_settings *settings, const char **why)
{
    const int32_t *value = settings->value;
    if (value[wm_setting_bank_modules] % value[wm_setting_bank_strings] != 0) {
        *why = "bank.modules must divide evenly into bank.strings";
        return WM_CONFLICT;
    }
    if (levels_check(value, why) != WM_OK || equalizing_check(value, why) != WM_OK) {
        return WM_CONFLICT;
    }
    if (snmp_check(settings, why) != WM_OK) {
        return WM_CONFLICT;
    }
    if (!com2_limits_are_ordered(value)) {
        *why = "a limit of COM2 below must be lower than the limit above";
        return WM_CONFLICT;
    }
    const int64_t factor = value[wm_setting_modbus_string_factor];
    const int64_t largest_thousandths = INT16_MAX * INT64_C(1000);
    if (value[wm_setting_string_voltage_high_alarm] * factor > largest_thousandths ||
        (value[wm_setting_bank_current_sensors] > 0 &&
         value[wm_setting_bank_sensor_range] * factor > largest_thousandths)) {
        *why = "modbus.string_factor is too large: a string register would saturate";
        return WM_CONFLICT;
    }
    return breakers_check(settings, why);
}

bool wm_settings_breaker(const struct wm_settings *settings, int32_t string_index, int32_t *output,
                         bool *is_normally_closed)
{
    assert(string_index >= 0 && string_index < WM_STRINGS_MAX);
    /* BREAKER(n) of settings.def makes two rows a string. */
    const int32_t *row = &settings->value[wm_setting_breaker_output_1 + 2 * string_index];
    *output = row[0];
    *is_normally_closed = row[1] != 0;
    return *output != 0;
}
