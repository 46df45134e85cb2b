/*
 * rules.c — see rules.h.
 */
#include "rules.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

/* Deviations are judged while the bank carries so much a string, either way (decision B17). */
enum { DEVIATION_MA_LEAST = 1000 };

/* In the place of a level that a row does not have. */
#define NO_SETTING wm_setting_count
#define NO_ALARM   wm_alarm_count

struct watch_row {
    int32_t sign; /* 1: a high side, -1: a low side */
    bool is_delayed;
    bool is_permille; /* the hysteresis is a part of the limit */
    enum wm_setting alarm_setting;
    enum wm_setting warning_setting;
    enum wm_setting hysteresis_setting;
    enum wm_alarm alarm;
    enum wm_alarm warning;
};

static const struct watch_row rows[WM_WATCHES] = {
    [WM_WATCH_VOLTAGE_HIGH] = {1, true, false, wm_setting_voltage_high_alarm,
                               wm_setting_voltage_high_warn, wm_setting_voltage_hysteresis,
                               wm_alarm_voltage_high, wm_alarm_voltage_warn_high},
    [WM_WATCH_VOLTAGE_LOW] = {-1, true, false, wm_setting_voltage_low_alarm,
                              wm_setting_voltage_low_warn, wm_setting_voltage_hysteresis,
                              wm_alarm_voltage_low, wm_alarm_voltage_warn_low},
    [WM_WATCH_TEMPERATURE_HIGH] = {1, false, false, wm_setting_temperature_high_alarm,
                                   wm_setting_temperature_high_warn,
                                   wm_setting_temperature_hysteresis, wm_alarm_temperature_high,
                                   wm_alarm_temperature_warn_high},
    [WM_WATCH_TEMPERATURE_LOW] = {-1, false, false, wm_setting_temperature_low_alarm,
                                  wm_setting_temperature_low_warn,
                                  wm_setting_temperature_hysteresis, wm_alarm_temperature_low,
                                  wm_alarm_temperature_warn_low},
    [WM_WATCH_RESISTANCE_HIGH] = {1, false, true, wm_setting_impedance_high_alarm,
                                  wm_setting_impedance_high_warn, wm_setting_impedance_hysteresis,
                                  wm_alarm_resist_alarm_high, wm_alarm_resist_warn_high},
    [WM_WATCH_RESISTANCE_LOW] = {-1, false, true, wm_setting_impedance_low_alarm,
                                 wm_setting_impedance_low_warn, wm_setting_impedance_hysteresis,
                                 wm_alarm_resist_alarm_low, wm_alarm_resist_warn_low},
    [WM_WATCH_STRING_HIGH] = {1, true, false, wm_setting_string_voltage_high_alarm,
                              wm_setting_string_voltage_high_warn,
                              wm_setting_string_voltage_hysteresis, wm_alarm_string_volt_high,
                              wm_alarm_string_volt_high_warn},
    [WM_WATCH_STRING_LOW] = {-1, true, false, wm_setting_string_voltage_low_alarm,
                             wm_setting_string_voltage_low_warn,
                             wm_setting_string_voltage_hysteresis, wm_alarm_string_volt_low,
                             wm_alarm_string_volt_low_warn},
    [WM_WATCH_CURRENT_HIGH] = {1, false, false, wm_setting_string_current_high_alarm,
                               wm_setting_string_current_high_warn,
                               wm_setting_string_current_hysteresis, wm_alarm_string_current_high,
                               wm_alarm_string_current_high_warn},
    [WM_WATCH_CURRENT_LOW] = {-1, false, false, wm_setting_string_current_low_alarm,
                              wm_setting_string_current_low_warn,
                              wm_setting_string_current_hysteresis, wm_alarm_string_current_low,
                              wm_alarm_string_current_low_warn},
    [WM_WATCH_DEVIATION_CHARGE] = {1, false, false, wm_setting_current_deviation_charge_alarm,
                                   wm_setting_current_deviation_charge_warn,
                                   wm_setting_string_current_hysteresis,
                                   wm_alarm_string_curr_deviation_charge,
                                   wm_alarm_string_curr_deviation_charge_warn},
    [WM_WATCH_DEVIATION_DISCHARGE] = {1, false, false, wm_setting_current_deviation_discharge_alarm,
                                      wm_setting_current_deviation_discharge_warn,
                                      wm_setting_string_current_hysteresis,
                                      wm_alarm_string_curr_deviation_discharge,
                                      wm_alarm_string_curr_deviation_discharge_warn},
    [WM_WATCH_DIFFERENCE] = {1, true, false, wm_setting_voltage_max_difference, NO_SETTING,
                             wm_setting_voltage_hysteresis, wm_alarm_max_voltage_diff, NO_ALARM},
};

void wm_rules_init(struct wm_rules *rules, const struct wm_settings *settings)
{
    memset(rules, 0, sizeof *rules);
    wm_rules_configure(rules, settings);
}

static struct wm_limit limit_of(const struct watch_row *row, enum wm_setting setting,
                                const struct wm_settings *settings)
{
    if (setting == NO_SETTING) {
        return (struct wm_limit){.is_on = false};
    }
    const int32_t level = settings->value[setting];
    int32_t hysteresis = settings->value[row->hysteresis_setting];
    if (row->is_permille) {
        hysteresis = (int32_t)wm_divide_rounded((int64_t)level * hysteresis, 1000);
    }
    return (struct wm_limit){
        .is_on = level != 0,
        .above = row->sign * level,
        .clear = row->sign * level - hysteresis,
    };
}

void wm_rules_configure(struct wm_rules *rules, const struct wm_settings *settings)
{
    for (int i = 0; i < WM_WATCHES; i++) {
        const struct watch_row *row = &rows[i];
        rules->delay_ms[i] =
            row->is_delayed ? settings->value[wm_setting_voltage_delay] * INT64_C(1000) : 0;
        rules->alarm[i] = limit_of(row, row->alarm_setting, settings);
        rules->warning[i] = limit_of(row, row->warning_setting, settings);
    }
}

/* One level meets one value (already signed). */
static void hold_step(struct wm_hold *hold, const struct wm_limit *limit, int32_t value,
                      wm_ms delay_ms, wm_ms now_ms)
{
    const bool is_beyond = limit->is_on && value > limit->above;
    switch (hold->phase) {
    case WM_PHASE_CLEAR:
        if (is_beyond) {
            hold->phase = WM_PHASE_SUSPECT;
        }
        break;
    case WM_PHASE_SUSPECT:
        hold->phase = is_beyond ? WM_PHASE_HOLDING : WM_PHASE_CLEAR;
        hold->since_ms = now_ms;
        break;
    case WM_PHASE_HOLDING:
        if (!is_beyond) {
            hold->phase = WM_PHASE_CLEAR;
        }
        break;
    case WM_PHASE_RAISED:
        if (!limit->is_on || value <= limit->clear) {
            hold->phase = WM_PHASE_CLEAR;
        }
        break;
    }
    if (hold->phase == WM_PHASE_HOLDING && now_ms - hold->since_ms >= delay_ms) {
        hold->phase = WM_PHASE_RAISED;
    }
}

static enum wm_level level_of(const struct wm_watch *watch)
{
    if (watch->alarm.phase == WM_PHASE_RAISED) {
        return WM_LEVEL_ALARM;
    }
    return watch->warning.phase == WM_PHASE_RAISED ? WM_LEVEL_WARNING : WM_LEVEL_STATE;
}

static void cause_change(struct wm_alarms *alarms, const struct watch_row *row,
                         enum wm_level before, enum wm_level after)
{
    const enum wm_alarm alarm_of[] = {
        [WM_LEVEL_WARNING] = row->warning,
        [WM_LEVEL_ALARM] = row->alarm,
    };
    if (before != WM_LEVEL_STATE) {
        wm_alarms_drop(alarms, alarm_of[before]);
    }
    if (after != WM_LEVEL_STATE) {
        wm_alarms_raise(alarms, alarm_of[after]);
    }
}

/* What is not raised yet needs an unbroken row of readings (decision B5). */
static void watch_break(struct wm_watch *watch, int count)
{
    for (int i = 0; i < count; i++) {
        struct wm_hold *const holds[] = {&watch[i].alarm, &watch[i].warning};
        for (int level = 0; level < 2; level++) {
            if (holds[level]->phase != WM_PHASE_RAISED) {
                holds[level]->phase = WM_PHASE_CLEAR;
            }
        }
    }
}

static unsigned watch_step(struct wm_rules *rules, enum wm_watch_id id, struct wm_watch *watch,
                           struct wm_alarms *alarms, int32_t value, wm_ms now_ms)
{
    const struct watch_row *row = &rows[id];
    const int32_t signed_value = row->sign * value;
    hold_step(&watch->alarm, &rules->alarm[id], signed_value, rules->delay_ms[id], now_ms);
    hold_step(&watch->warning, &rules->warning[id], signed_value, rules->delay_ms[id], now_ms);
    const enum wm_level level = level_of(watch);
    unsigned judgement = 0;
    if (level != watch->shown) {
        cause_change(alarms, row, watch->shown, level);
        watch->shown = level;
        judgement |= WM_JUDGED_CHANGED;
    }
    if (watch->alarm.phase == WM_PHASE_SUSPECT || watch->warning.phase == WM_PHASE_SUSPECT) {
        judgement |= WM_JUDGED_AGAIN;
    }
    return judgement;
}

/* Its cause is no longer judged at all. */
static unsigned watch_end(struct wm_watch *watch, enum wm_watch_id id, struct wm_alarms *alarms)
{
    const bool was_shown = watch->shown != WM_LEVEL_STATE;
    if (was_shown) {
        cause_change(alarms, &rows[id], watch->shown, WM_LEVEL_STATE);
    }
    *watch = (struct wm_watch){.shown = WM_LEVEL_STATE};
    return was_shown ? WM_JUDGED_CHANGED : 0;
}

void wm_rules_module_lost(struct wm_rules *rules, int32_t index)
{
    watch_break(rules->module[index], WM_MODULE_WATCHES);
    watch_break(&rules->difference[index], 1);
}

void wm_rules_pause(struct wm_rules *rules)
{
    for (int32_t i = 0; i < WM_MODULES_MAX; i++) {
        watch_break(rules->module[i], WM_MODULE_WATCHES);
        watch_break(&rules->difference[i], 1);
    }
    for (int32_t i = 0; i < WM_STRINGS_MAX; i++) {
        watch_break(rules->string[i], WM_STRING_WATCHES);
    }
}

unsigned wm_rules_module(struct wm_rules *rules, struct wm_alarms *alarms,
                         const struct wm_bank *bank, int32_t index, enum wm_message_id message,
                         wm_ms now_ms)
{
    const struct wm_module *module = &bank->module[index];
    struct wm_watch *watch = rules->module[index];
    const int32_t value[WM_MODULE_WATCHES] = {
        [WM_WATCH_VOLTAGE_HIGH] = module->voltage_mV,
        [WM_WATCH_VOLTAGE_LOW] = module->voltage_mV,
        [WM_WATCH_TEMPERATURE_HIGH] = module->temperature_mdegC,
        [WM_WATCH_TEMPERATURE_LOW] = module->temperature_mdegC,
        [WM_WATCH_RESISTANCE_HIGH] = module->resistance_uOhm,
        [WM_WATCH_RESISTANCE_LOW] = module->resistance_uOhm,
    };
    const bool is_resistance = message == wm_message_impedance;
    const int first = is_resistance ? WM_WATCH_RESISTANCE_HIGH : WM_WATCH_VOLTAGE_HIGH;
    const int last = is_resistance ? WM_WATCH_RESISTANCE_LOW : WM_WATCH_TEMPERATURE_LOW;
    unsigned judgement = 0;
    for (int i = first; i <= last; i++) {
        const enum wm_watch_id id = (enum wm_watch_id)i;
        judgement |= watch_step(rules, id, &watch[i], alarms, value[i], now_ms);
    }
    return judgement;
}

/* The watches first..last of a string, which all look at one value. */
static unsigned string_step(struct wm_rules *rules, struct wm_alarms *alarms, int32_t index,
                            enum wm_watch_id first, enum wm_watch_id last, int32_t value,
                            wm_ms now_ms)
{
    unsigned judgement = 0;
    for (int i = (int)first; i <= (int)last; i++) {
        judgement |=
            watch_step(rules, (enum wm_watch_id)i, &rules->string[index][i - WM_MODULE_WATCHES],
                       alarms, value, now_ms);
    }
    return judgement;
}

static struct wm_watch *string_watch(struct wm_rules *rules, int32_t index, enum wm_watch_id id)
{
    return &rules->string[index][id - WM_MODULE_WATCHES];
}

unsigned wm_rules_string(struct wm_rules *rules, struct wm_alarms *alarms,
                         const struct wm_bank *bank, int32_t index, wm_ms now_ms)
{
    const struct wm_string_sums *sums = &bank->string[index];
    if (sums->valid_count == 0) {
        watch_break(string_watch(rules, index, WM_WATCH_STRING_HIGH), 1);
        watch_break(string_watch(rules, index, WM_WATCH_STRING_LOW), 1);
        return 0;
    }
    const int32_t voltage_mV = (int32_t)wm_divide_rounded(
        (int64_t)sums->voltage_sum_mV * bank->string_modules, sums->valid_count);
    return string_step(rules, alarms, index, WM_WATCH_STRING_HIGH, WM_WATCH_STRING_LOW, voltage_mV,
                       now_ms);
}

/* How far off, either way. Rounded up, it is above a limit exactly if the true quotient is. */
static int32_t parts_rounded_up(int64_t dividend, int32_t divisor)
{
    return (int32_t)(((dividend < 0 ? -dividend : dividend) + divisor - 1) / divisor);
}

unsigned wm_rules_differences(struct wm_rules *rules, struct wm_alarms *alarms,
                              const struct wm_bank *bank, int32_t index, wm_ms now_ms)
{
    const int64_t average_uV = bank->string[index].voltage_average_uV;
    unsigned judgement = 0;
    for (int32_t k = index * bank->string_modules; k < (index + 1) * bank->string_modules; k++) {
        const struct wm_module *module = &bank->module[k];
        if (!wm_module_is_valid(module)) {
            continue;
        }
        const int64_t above_uV = module->voltage_mV * INT64_C(1000) - average_uV;
        const int32_t difference_mV = parts_rounded_up(above_uV, 1000);
        judgement |= watch_step(rules, WM_WATCH_DIFFERENCE, &rules->difference[k], alarms,
                                difference_mV, now_ms);
    }
    return judgement;
}

unsigned wm_rules_current(struct wm_rules *rules, struct wm_alarms *alarms,
                          const struct wm_bank *bank, int32_t index, wm_ms now_ms)
{
    int32_t current_mA;
    int32_t current_ac_mA;
    if (!wm_bank_current(bank, index, &current_mA, &current_ac_mA)) {
        return 0;
    }
    return string_step(rules, alarms, index, WM_WATCH_CURRENT_HIGH, WM_WATCH_CURRENT_LOW,
                       current_mA, now_ms);
}

void wm_rules_sensor_lost(struct wm_rules *rules, int32_t index)
{
    watch_break(string_watch(rules, index, WM_WATCH_CURRENT_HIGH), 1);
    watch_break(string_watch(rules, index, WM_WATCH_CURRENT_LOW), 1);
}

/* Who is compared: strings of a sensor of their own that answers, and that are not isolated. */
struct comparison {
    int32_t count;
    int64_t sum_mA;
    bool is_any_lost; /* a string would be compared, and its sensor tells nothing */
    int32_t current_mA[WM_STRINGS_MAX];
    bool takes_part[WM_STRINGS_MAX];
    bool is_lost[WM_STRINGS_MAX];
};

static struct comparison compare(const struct wm_bank *bank)
{
    struct comparison all = {0};
    for (int32_t i = 0; i < bank->strings_count; i++) {
        int32_t current_ac_mA;
        const bool has_sensor = wm_bank_sensor(bank, i) != NULL && !bank->is_sensor_for_all;
        const bool is_told = wm_bank_current(bank, i, &all.current_mA[i], &current_ac_mA);
        all.takes_part[i] = has_sensor && !bank->is_isolated[i] && is_told;
        all.is_lost[i] = has_sensor && !bank->is_isolated[i] && !is_told;
        all.is_any_lost |= all.is_lost[i];
        all.count += all.takes_part[i];
        all.sum_mA += all.takes_part[i] ? all.current_mA[i] : 0;
    }
    return all;
}

unsigned wm_rules_deviations(struct wm_rules *rules, struct wm_alarms *alarms,
                             const struct wm_bank *bank, wm_ms now_ms)
{
    const struct comparison all = compare(bank);
    const int64_t least_mA = (int64_t)all.count * DEVIATION_MA_LEAST;
    /* On charge, on discharge. */
    const bool is_flowing[] = {all.sum_mA >= least_mA, all.sum_mA <= -least_mA};
    unsigned judgement = 0;
    for (int32_t i = 0; i < bank->strings_count; i++) {
        /* Nothing is judged of a sensor that is lost, nor of the only one that is not. */
        const bool is_kept =
            all.is_lost[i] || (all.takes_part[i] && all.count < 2 && all.is_any_lost);
        for (int k = 0; k < 2; k++) {
            const enum wm_watch_id id = (enum wm_watch_id)(WM_WATCH_DEVIATION_CHARGE + k);
            struct wm_watch *watch = string_watch(rules, i, id);
            if (is_kept) {
                watch_break(watch, 1);
            } else if (!all.takes_part[i] || all.count < 2 || !is_flowing[k]) {
                judgement |= watch_end(watch, id, alarms);
            } else {
                const int32_t deviation_mA = parts_rounded_up(
                    (int64_t)all.current_mA[i] * all.count - all.sum_mA, all.count);
                judgement |= watch_step(rules, id, watch, alarms, deviation_mA, now_ms);
            }
        }
    }
    return judgement;
}

static uint16_t flags_of(const struct wm_watch *watch, const struct watch_row *row, int count)
{
    uint16_t flags = 0;
    for (int i = 0; i < count; i++) {
        if (watch[i].shown == WM_LEVEL_ALARM) {
            flags |= wm_alarm(row[i].alarm)->alarm_flag;
        }
    }
    return flags;
}

uint16_t wm_rules_module_flags(const struct wm_rules *rules, int32_t index)
{
    return flags_of(rules->module[index], rows, WM_MODULE_WATCHES);
}

uint16_t wm_rules_string_flags(const struct wm_rules *rules, int32_t index)
{
    return flags_of(rules->string[index], rows + WM_MODULE_WATCHES, WM_STRING_WATCHES);
}

uint16_t wm_rules_string_flags2(const struct wm_rules *rules, int32_t index)
{
    uint16_t flags = 0;
    for (int i = 0; i < WM_STRING_WATCHES; i++) {
        const struct watch_row *row = &rows[WM_MODULE_WATCHES + i];
        const enum wm_level shown = rules->string[index][i].shown;
        if (shown == WM_LEVEL_ALARM) {
            flags |= wm_alarm(row->alarm)->string_flag;
        } else if (shown == WM_LEVEL_WARNING) {
            flags |= wm_alarm(row->warning)->string_flag;
        }
    }
    return flags;
}

bool wm_rules_module_shows(const struct wm_rules *rules, int32_t index, enum wm_level level)
{
    for (int i = 0; i < WM_MODULE_WATCHES; i++) {
        if (rules->module[index][i].shown == level) {
            return true;
        }
    }
    return false;
}
