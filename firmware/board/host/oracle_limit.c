/*
 * oracle_limit.c — the limits of modules, one row each: since when they are certainly crossed, what
 * the webmanager was told of it, and what it shows.
 */
#include <assert.h>
#include <stdio.h>

#include "oracle_parts.h"

enum { US_PER_MS = 1000, US_PER_S = 1000000 };

#define NO_DELAY wm_setting_count
#define LIMIT(name, over, quantity, sign, level, hysteresis, is_permille, delay)                   \
    {                                                                                              \
        wm_alarm_##name, wm_alarm_##over, QUANTITY_##quantity, sign, wm_setting_##level,           \
            wm_setting_##hysteresis, is_permille, delay                                            \
    }

const struct oracle_limit oracle_limits[LIMITS] = {
    LIMIT(voltage_high, voltage_high, VOLTAGE, 1, voltage_high_alarm, voltage_hysteresis, false,
          wm_setting_voltage_delay),
    LIMIT(voltage_low, voltage_low, VOLTAGE, -1, voltage_low_alarm, voltage_hysteresis, false,
          wm_setting_voltage_delay),
    LIMIT(temperature_high, temperature_high, TEMPERATURE, 1, temperature_high_alarm,
          temperature_hysteresis, false, NO_DELAY),
    LIMIT(temperature_low, temperature_low, TEMPERATURE, -1, temperature_low_alarm,
          temperature_hysteresis, false, NO_DELAY),
    LIMIT(resist_alarm_high, resist_alarm_high, RESISTANCE, 1, impedance_high_alarm,
          impedance_hysteresis, true, NO_DELAY),
    LIMIT(resist_alarm_low, resist_alarm_low, RESISTANCE, -1, impedance_low_alarm,
          impedance_hysteresis, true, NO_DELAY),
    LIMIT(voltage_warn_high, voltage_high, VOLTAGE, 1, voltage_high_warn, voltage_hysteresis, false,
          wm_setting_voltage_delay),
    LIMIT(voltage_warn_low, voltage_low, VOLTAGE, -1, voltage_low_warn, voltage_hysteresis, false,
          wm_setting_voltage_delay),
    LIMIT(temperature_warn_high, temperature_high, TEMPERATURE, 1, temperature_high_warn,
          temperature_hysteresis, false, NO_DELAY),
    LIMIT(temperature_warn_low, temperature_low, TEMPERATURE, -1, temperature_low_warn,
          temperature_hysteresis, false, NO_DELAY),
    LIMIT(resist_warn_high, resist_alarm_high, RESISTANCE, 1, impedance_high_warn,
          impedance_hysteresis, true, NO_DELAY),
    LIMIT(resist_warn_low, resist_alarm_low, RESISTANCE, -1, impedance_low_warn,
          impedance_hysteresis, true, NO_DELAY),
    LIMIT(string_volt_high, string_volt_high, VOLTAGE, 1, string_voltage_high_alarm,
          string_voltage_hysteresis, false, wm_setting_voltage_delay),
    LIMIT(string_volt_low, string_volt_low, VOLTAGE, -1, string_voltage_low_alarm,
          string_voltage_hysteresis, false, wm_setting_voltage_delay),
    LIMIT(string_volt_high_warn, string_volt_high, VOLTAGE, 1, string_voltage_high_warn,
          string_voltage_hysteresis, false, wm_setting_voltage_delay),
    LIMIT(string_volt_low_warn, string_volt_low, VOLTAGE, -1, string_voltage_low_warn,
          string_voltage_hysteresis, false, wm_setting_voltage_delay),
    LIMIT(string_current_high, string_current_high, CURRENT, 1, string_current_high_alarm,
          string_current_hysteresis, false, NO_DELAY),
    LIMIT(string_current_low, string_current_low, CURRENT, -1, string_current_low_alarm,
          string_current_hysteresis, false, NO_DELAY),
    LIMIT(string_current_high_warn, string_current_high, CURRENT, 1, string_current_high_warn,
          string_current_hysteresis, false, NO_DELAY),
    LIMIT(string_current_low_warn, string_current_low, CURRENT, -1, string_current_low_warn,
          string_current_hysteresis, false, NO_DELAY),
    LIMIT(string_curr_deviation_charge, string_curr_deviation_charge, CURRENT, 1,
          current_deviation_charge_alarm, string_current_hysteresis, false, NO_DELAY),
    LIMIT(string_curr_deviation_discharge, string_curr_deviation_discharge, CURRENT, 1,
          current_deviation_discharge_alarm, string_current_hysteresis, false, NO_DELAY),
    LIMIT(string_curr_deviation_charge_warn, string_curr_deviation_charge, CURRENT, 1,
          current_deviation_charge_warn, string_current_hysteresis, false, NO_DELAY),
    LIMIT(string_curr_deviation_discharge_warn, string_curr_deviation_discharge, CURRENT, 1,
          current_deviation_discharge_warn, string_current_hysteresis, false, NO_DELAY),
    LIMIT(max_voltage_diff, max_voltage_diff, VOLTAGE, 1, voltage_max_difference,
          voltage_hysteresis, false, wm_setting_voltage_delay),
};

/* ---- clocks ----------------------------------------------------------------------------- */

static void clock_stop(struct oracle_clock *clock)
{
    for (int i = 0; i < CERTAINTIES; i++) {
        clock->since_us[i] = ORACLE_NEVER;
    }
}

static void clock_step(struct oracle_clock *clock, const struct oracle_level *level, int sign,
                       struct sim_band band, int64_t now_us)
{
    const int64_t low = sign > 0 ? band.low : -(int64_t)band.high;
    const int64_t high = sign > 0 ? band.high : -(int64_t)band.low;
    const bool holds[CERTAINTIES] = {
        [CERTAIN_BEYOND] = level->is_on && low > level->above,
        [CERTAIN_NOT_BEYOND] = !level->is_on || high <= level->above,
        [CERTAIN_INSIDE] = !level->is_on || high <= level->clear,
        [CERTAIN_OUTSIDE] = level->is_on && low > level->clear,
    };
    for (int i = 0; i < CERTAINTIES; i++) {
        if (!holds[i]) {
            clock->since_us[i] = ORACLE_NEVER;
        } else if (clock->since_us[i] == ORACLE_NEVER) {
            clock->since_us[i] = now_us;
        }
    }
}

/* Told twice, and then for the delay; in the webmanager's milliseconds (decision B5). */
static bool is_confirmed(const struct oracle_clock *clock, const struct oracle_level *level,
                         int64_t now_us)
{
    return clock->beyond == 2 &&
           now_us / US_PER_MS - clock->second_us / US_PER_MS >= level->delay_us / US_PER_MS;
}

/* A reading that the webmanager was given. */
static void clock_told(struct oracle_clock *clock, const struct oracle_level *level, int sign,
                       int32_t value, uint32_t round, int64_t now_us)
{
    const int64_t signed_value = sign * (int64_t)value;
    if (!level->is_on || signed_value <= level->above) {
        clock->beyond = 0;
    } else {
        clock->first_round = clock->beyond == 0 ? round : clock->first_round;
        clock->second_us = clock->beyond == 1 ? now_us : clock->second_us;
        clock->beyond = (uint8_t)(clock->beyond < 2 ? clock->beyond + 1 : 2);
    }
    clock->is_whole = clock->is_whole || clock->beyond == 0;
    clock->is_latched = clock->is_latched || is_confirmed(clock, level, now_us);
    if (level->is_on && signed_value > level->clear) {
        clock->is_inside = false;
    } else {
        clock->inside_round = clock->is_inside ? clock->inside_round : round;
        clock->is_inside = true;
        clock->is_latched = false;
    }
}

/* What is not raised yet begins anew: for the webmanager (is_whole), or only for the judge. */
void oracle_clock_forget(struct oracle_clock *clock, bool is_whole)
{
    clock->beyond = 0;
    clock->is_whole = is_whole;
    clock->is_latched = clock->is_latched && is_whole;
    clock->is_inside = false;
}

void oracle_levels_make(struct oracle *oracle)
{
    const int32_t *value = oracle->settings.value;
    for (int i = 0; i < LIMITS; i++) {
        const struct oracle_limit *limit = &oracle_limits[i];
        const int64_t level = value[limit->level];
        int64_t hysteresis = value[limit->hysteresis];
        if (limit->is_permille) {
            hysteresis = (level * hysteresis + 500) / 1000;
        }
        oracle->level[i] = (struct oracle_level){
            .is_on = level != 0,
            .above = limit->sign * level,
            .clear = limit->sign * level - hysteresis,
            .delay_us = limit->delay == NO_DELAY ? 0 : value[limit->delay] * INT64_C(1000000),
        };
    }
}

/* A resistance beyond the range is shown as the range's end (decision B24). */
static struct sim_band band_of(const struct oracle *oracle, const struct sim_truth_module *truth,
                               enum oracle_quantity quantity)
{
    const struct wm_module_type *type =
        wm_module_type(oracle->settings.value[wm_setting_bank_module_type]);
    if (quantity == QUANTITY_VOLTAGE) {
        return truth->voltage_mV;
    }
    if (quantity == QUANTITY_TEMPERATURE) {
        return truth->temperature_mdegC;
    }
    return (struct sim_band){
        wm_clamp(truth->resistance_uOhm.low, type->resistance_uOhm_low, type->resistance_uOhm_high),
        wm_clamp(truth->resistance_uOhm.high, type->resistance_uOhm_low,
                 type->resistance_uOhm_high),
    };
}

void oracle_limits_step(struct oracle *oracle, struct oracle_module *module, int64_t now_us)
{
    for (int i = 0; i < MODULE_LIMITS; i++) {
        const struct oracle_limit *limit = &oracle_limits[i];
        if (module->device.presence == SIM_SILENT) {
            clock_stop(&module->clock[i]);
        } else {
            clock_step(&module->clock[i], &oracle->level[i], limit->sign,
                       band_of(oracle, &module->truth, limit->quantity), now_us);
        }
    }
}

void oracle_limits_open(struct oracle_module *module)
{
    for (int i = 0; i < MODULE_LIMITS; i++) {
        clock_stop(&module->clock[i]);
    }
}

void oracle_limits_told(struct oracle *oracle, struct oracle_module *module,
                        enum oracle_quantity quantity, int32_t value, int64_t now_us)
{
    for (int i = 0; i < MODULE_LIMITS; i++) {
        if (oracle_limits[i].quantity == quantity) {
            clock_told(&module->clock[i], &oracle->level[i], oracle_limits[i].sign, value,
                       oracle->round + 1, now_us);
        }
    }
}

/* ---- visits ----------------------------------------------------------------------------- */

/* When a limit of a module must have come; ORACLE_NEVER: it need not. */
static int64_t raise_due_us(const struct oracle *oracle, const struct oracle_module *module,
                            int limit)
{
    const struct oracle_limit *row = &oracle_limits[limit];
    const int64_t since_us = module->clock[limit].since_us[CERTAIN_BEYOND];
    if (since_us == ORACLE_NEVER) {
        return ORACLE_NEVER;
    }
    const int64_t due_us =
        oracle_later(since_us, module->device.failed_us) + oracle->level[limit].delay_us;
    if (row->hidden_by == row->alarm) {
        return oracle_later(due_us, oracle->started_us);
    }
    /* A warning shows while its alarm does not: neither as published nor by the value. */
    const int alarm = limit - MODULE_LIMITS / 2;
    const int64_t not_us = module->clock[alarm].since_us[CERTAIN_NOT_BEYOND];
    if (not_us == ORACLE_NEVER || (module->flags & wm_alarm(row->hidden_by)->alarm_flag) != 0) {
        return ORACLE_NEVER;
    }
    return oracle_later(oracle_later(due_us, oracle->started_us),
                        oracle_later(not_us, module->flags_us));
}

/* A resistance is late a round after the one that told it, where nothing else is told since. */
static bool resistance_is_late(const struct oracle *oracle, const struct oracle_clock *clock,
                               bool is_clear)
{
    if ((oracle->status_flags & wm_flag_general_status_discharging) != 0) {
        return false;
    }
    return is_clear ? clock->is_inside && oracle->round >= clock->inside_round
                    : clock->beyond > 0 && oracle->round >= clock->first_round;
}

static bool limit_shows(const struct oracle *oracle, const struct oracle_module *module, int limit)
{
    const struct oracle_limit *row = &oracle_limits[limit];
    return row->hidden_by == row->alarm ? (module->flags & wm_alarm(row->alarm)->alarm_flag) != 0
                                        : oracle_shows(oracle, row->alarm);
}

void oracle_limits_check(struct oracle *oracle, struct oracle_module *module, int64_t now_us)
{
    for (int i = 0; i < MODULE_LIMITS; i++) {
        const struct oracle_limit *row = &oracle_limits[i];
        const struct oracle_clock *clock = &module->clock[i];
        const bool shows = limit_shows(oracle, module, i);
        const bool is_alarm = row->hidden_by == row->alarm;
        if (!shows) {
            const int64_t due_us = raise_due_us(oracle, module, i);
            if (due_us != ORACLE_NEVER &&
                (row->quantity == QUANTITY_RESISTANCE ? resistance_is_late(oracle, clock, false)
                                                      : oracle_is_told(&module->device, due_us))) {
                oracle_late_set(oracle, &module->device, row->alarm, false, now_us);
            }
        } else if (is_alarm && clock->since_us[CERTAIN_INSIDE] != ORACLE_NEVER) {
            const int64_t due_us =
                oracle_later(clock->since_us[CERTAIN_INSIDE], oracle->started_us);
            if (row->quantity == QUANTITY_RESISTANCE ? resistance_is_late(oracle, clock, true)
                                                     : oracle_is_told(&module->device, due_us)) {
                oracle_late_set(oracle, &module->device, row->alarm, true, now_us);
            }
        }
    }
}

/* ---- views ------------------------------------------------------------------------------ */

const char *oracle_limit_text(const struct oracle *oracle, int limit, char *text, size_t size)
{
    const struct oracle_limit *row = &oracle_limits[limit];
    const struct wm_setting_row *level = wm_setting(row->level);
    (void)snprintf(text, size, "%s = %d, %s = %d, delay %d s", level->name,
                   (int)oracle->settings.value[row->level], wm_setting(row->hysteresis)->name,
                   (int)oracle->settings.value[row->hysteresis],
                   (int)(oracle->level[limit].delay_us / US_PER_S));
    return text;
}

void oracle_flag_edge(struct oracle *oracle, struct oracle_module *module, int32_t number,
                      int limit, bool is_raised, int64_t now_us)
{
    char text[200];
    const struct oracle_limit *row = &oracle_limits[limit];
    const struct oracle_clock *clock = &module->clock[limit];
    const struct oracle_level *level = &oracle->level[limit];
    if (is_raised && clock->is_whole && !is_confirmed(clock, level, now_us)) {
        oracle_report(oracle, row->alarm, "module", number, now_us,
                      "raised after %d readings beyond in a row, %.3f s after the second; %s",
                      clock->beyond,
                      clock->beyond < 2 ? 0 : (double)(now_us - clock->second_us) / US_PER_S,
                      oracle_limit_text(oracle, limit, text, sizeof text));
    }
    if (!is_raised && !clock->is_inside) {
        oracle_report(oracle, row->alarm, "module", number, now_us,
                      "cleared, and the last reading is not back inside by the hysteresis; %s",
                      oracle_limit_text(oracle, limit, text, sizeof text));
    }
    const int64_t since_us = clock->since_us[is_raised ? CERTAIN_BEYOND : CERTAIN_INSIDE];
    if (since_us == ORACLE_NEVER || since_us < oracle->started_us) {
        return;
    }
    if (row->quantity == QUANTITY_RESISTANCE) {
        /* Counted from the measurement: its question is in this very visit, or in the last. */
        oracle_measure(oracle, row->alarm, !is_raised, oracle->question.sent_us, now_us);
    } else {
        oracle_measure(oracle, row->alarm, !is_raised, since_us + (is_raised ? level->delay_us : 0),
                       now_us);
    }
}

/* ---- views: rows ------------------------------------------------------------------------ */

/* A module shows a warning by what it was told: its alarm does not hide it. */
static bool warns(const struct oracle_module *module, int limit)
{
    const int32_t flag = wm_alarm(oracle_limits[limit].hidden_by)->alarm_flag;
    return module->clock[limit].is_latched && (module->flags & flag) == 0;
}

/* Since when a module's warning is certainly due: not while its alarm hid it. */
static int64_t warning_since_us(const struct oracle_module *module, int limit)
{
    int64_t since_us = module->clock[limit].since_us[CERTAIN_BEYOND];
    for (int i = 0; i < MODULE_LIMITS; i++) {
        if (oracle_limits[i].alarm == oracle_limits[limit].hidden_by) {
            since_us = oracle_later(since_us, module->clock[i].since_us[CERTAIN_INSIDE]);
        }
    }
    return since_us;
}

/* Since when no module has been a reason, for certain; never, if an alarm may have hidden one. */
static int64_t warning_over_us(const struct oracle *oracle, int limit)
{
    const int32_t flag = wm_alarm(oracle_limits[limit].hidden_by)->alarm_flag;
    int64_t over_us = 0;
    for (int32_t m = 0; m < oracle->settings.value[wm_setting_bank_modules]; m++) {
        const struct oracle_module *module = &oracle->module[m];
        if ((module->flags & flag) != 0) {
            return ORACLE_NEVER;
        }
        over_us = oracle_later(over_us, module->clock[limit].since_us[CERTAIN_INSIDE]);
    }
    return over_us;
}

/* Counted from the measurement, if it is one of resistances: it is the last question. */
static void warning_measure(struct oracle *oracle, int limit, bool is_raised, int64_t due_us,
                            int64_t now_us)
{
    const struct oracle_limit *row = &oracle_limits[limit];
    if (due_us == ORACLE_NEVER || due_us < oracle->started_us) {
        return;
    }
    if (row->quantity != QUANTITY_RESISTANCE) {
        due_us += is_raised ? oracle->level[limit].delay_us : 0;
    } else if (oracle->question.message == wm_message_impedance) {
        due_us = oracle->question.sent_us;
    } else {
        return;
    }
    oracle_measure(oracle, row->alarm, !is_raised, due_us, now_us);
}

void oracle_warning_edge(struct oracle *oracle, int limit, bool is_raised, int64_t now_us)
{
    char text[200];
    const struct oracle_limit *row = &oracle_limits[limit];
    const int32_t count = oracle->settings.value[wm_setting_bank_modules];
    int64_t due_us = ORACLE_NEVER;
    bool may_warn = false;
    for (int32_t m = 0; m < count; m++) {
        const struct oracle_module *module = &oracle->module[m];
        const struct oracle_clock *clock = &module->clock[limit];
        const bool is_told = warns(module, limit);
        may_warn = may_warn || is_told || !clock->is_whole;
        if (!is_raised && is_told) {
            oracle_report(oracle, row->alarm, "module", m + 1, now_us,
                          "cleared, and its last reading is not back inside by the hysteresis; %s",
                          oracle_limit_text(oracle, limit, text, sizeof text));
        }
        const int64_t since_us = warning_since_us(module, limit);
        if (is_told && since_us != ORACLE_NEVER && since_us < due_us) {
            due_us = since_us;
        }
    }
    if (is_raised && !may_warn) {
        oracle_report(oracle, row->alarm, "", 0, now_us,
                      "raised, and no module has a reading beyond it, told twice and held; %s",
                      oracle_limit_text(oracle, limit, text, sizeof text));
    }
    warning_measure(oracle, limit, is_raised, is_raised ? due_us : warning_over_us(oracle, limit),
                    now_us);
}

/* The row must go when no module can be the reason any more. */
void oracle_warning_check(struct oracle *oracle, int limit, int64_t now_us)
{
    char text[200];
    const struct oracle_limit *row = &oracle_limits[limit];
    const int32_t count = oracle->settings.value[wm_setting_bank_modules];
    for (int32_t m = 0; m < count; m++) {
        const struct oracle_module *module = &oracle->module[m];
        const struct oracle_clock *clock = &module->clock[limit];
        const int32_t flag = wm_alarm(row->hidden_by)->alarm_flag;
        const int64_t since_us = clock->since_us[CERTAIN_INSIDE];
        const bool is_hidden = (module->flags & flag) != 0;
        const bool is_over =
            since_us != ORACLE_NEVER &&
            (row->quantity == QUANTITY_RESISTANCE
                 ? resistance_is_late(oracle, clock, true)
                 : oracle_is_told(&module->device, oracle_later(since_us, oracle->started_us)));
        if (!is_hidden && !is_over) {
            return;
        }
    }
    oracle_report(oracle, row->alarm, "", 0, now_us,
                  "not cleared, and every module is back inside for three rounds; %s",
                  oracle_limit_text(oracle, limit, text, sizeof text));
}
