/*
 * oracle_string.c — what the judge holds of strings: voltages, heat, discharge, breakers. They are
 * judged when a round ends, from what its visits told.
 */
#include <stddef.h>

#include "oracle_parts.h"

enum {
    US_PER_S = 1000000,
    /* Decision B10. */
    DISCHARGE_HOLD_S = 5,
    STOPPED_S = 300,
    CURRENT_MA_MIN = 1000,
    CAPACITY_DIVISOR = 100,
    /* Decision B15. */
    HEAT_CLEAR_MDEGC = 2000,
    HOUR_S = 3600,
    DAY_HOURS = 24,
    /* Means of whole mdegC on both sides of a difference. */
    ROUNDING_MDEGC = 3,
};

enum oracle_shown { SHOWN_NOT, SHOWN_MAYBE, SHOWN };

/* Below this a lead, NiCd, NiMH, LFP cell is being discharged (decision B10). */
static const int32_t discharge_mV[] = {2080, 1280, 1280, 3200};

void oracle_strings_open(struct oracle *oracle)
{
    oracle->stopped_us = ORACLE_NEVER;
    for (int32_t i = 0; i < WM_STRINGS_MAX; i++) {
        struct oracle_string *string = &oracle->string[i];
        string->differs_us = ORACLE_NEVER;
        string->day.low_mdegC[0] = INT32_MAX;
        string->day.high_mdegC[0] = INT32_MIN;
        for (int k = 0; k < STRING_RULES; k++) {
            string->rule[k].may_us = ORACLE_NEVER;
            for (int c = 0; c < CERTAINTIES; c++) {
                string->rule[k].since_us[c] = ORACLE_NEVER;
            }
        }
    }
}

/* ---- sums ------------------------------------------------------------------------------- */

/* Of the modules that count; is_certain is false while it is not sure which do. */
struct sums {
    bool is_certain;
    int32_t count;
    int64_t low_mV, high_mV;
    int64_t low_mdegC, high_mdegC;
};

static int32_t string_modules(const struct oracle *oracle)
{
    return oracle->settings.value[wm_setting_bank_modules] /
           oracle->settings.value[wm_setting_bank_strings];
}

static bool counts_for_certain(const struct oracle_module *module, bool *counts)
{
    *counts = module->is_present;
    if (!module->is_known || module->truth.device.presence != module->device.presence) {
        return module->is_known && module->device.presence == SIM_SILENT && !module->is_present;
    }
    return module->is_present ? module->device.presence != SIM_SILENT
                              : module->device.is_lost && module->device.presence == SIM_SILENT;
}

static struct sums string_sums(const struct oracle *oracle, int32_t index)
{
    struct sums sums = {.is_certain = true};
    const int32_t modules = string_modules(oracle);
    for (int32_t m = index * modules; m < (index + 1) * modules; m++) {
        const struct oracle_module *module = &oracle->module[m];
        bool counts;
        if (!counts_for_certain(module, &counts)) {
            return (struct sums){.is_certain = false};
        }
        if (counts) {
            sums.count++;
            sums.low_mV += module->truth.voltage_mV.low;
            sums.high_mV += module->truth.voltage_mV.high;
            sums.low_mdegC += module->truth.temperature_mdegC.low;
            sums.high_mdegC += module->truth.temperature_mdegC.high;
        }
    }
    sums.is_certain = sums.count > 0;
    return sums;
}

/* ---- certainties ------------------------------------------------------------------------ */

struct certain {
    bool holds[CERTAINTIES];
};

static struct certain volts_judge(const struct oracle *oracle, int limit, const struct sums *sums)
{
    const struct oracle_level *level = &oracle->level[MODULE_LIMITS + limit];
    const int sign = oracle_limits[MODULE_LIMITS + limit].sign;
    const int32_t modules = string_modules(oracle);
    /* Decision M8: the average of those that count, times the configured ones. */
    const int64_t one_mV = sign * wm_divide_rounded(sums->low_mV * modules, sums->count);
    const int64_t other_mV = sign * wm_divide_rounded(sums->high_mV * modules, sums->count);
    const int64_t low = one_mV < other_mV ? one_mV : other_mV;
    const int64_t high = one_mV < other_mV ? other_mV : one_mV;
    return (struct certain){{
        [CERTAIN_BEYOND] = level->is_on && low > level->above,
        [CERTAIN_NOT_BEYOND] = !level->is_on || high <= level->above,
        [CERTAIN_INSIDE] = !level->is_on || high <= level->clear,
        [CERTAIN_OUTSIDE] = level->is_on && low > level->clear,
    }};
}

/*
 * A warning does not show where its alarm does (decision B6). What the alarm has hidden comes to
 * light with its end, beyond the limit or not, unless it is back inside.
 */
static void warning_hide(struct oracle_string *string, int limit, struct certain *warning,
                         const struct certain *alarm)
{
    const uint8_t shows = string->rule[limit - STRING_LIMITS / 2].shows;
    const bool is_bare = shows == SHOWN_NOT && alarm->holds[CERTAIN_NOT_BEYOND];
    struct oracle_rule *rule = &string->rule[limit];
    rule->was_hidden = shows != SHOWN_NOT || (rule->was_hidden && !warning->holds[CERTAIN_INSIDE]);
    warning->holds[CERTAIN_BEYOND] = warning->holds[CERTAIN_BEYOND] && is_bare;
    warning->holds[CERTAIN_OUTSIDE] = warning->holds[CERTAIN_OUTSIDE] && is_bare;
    warning->holds[CERTAIN_INSIDE] = warning->holds[CERTAIN_INSIDE] || shows == SHOWN;
}

/* The band of a string's current; false when it is not certain, or not measured at all. */
enum current { CURRENT_DOUBTFUL, CURRENT_NONE, CURRENT_MEASURED };
static enum current string_current(const struct oracle *oracle, int32_t index,
                                   struct sim_band *band_mA)
{
    const bool is_for_all = oracle->settings.value[wm_setting_bank_sensor_for_all] != 0;
    const int32_t shares = is_for_all ? oracle->settings.value[wm_setting_bank_strings] : 1;
    const int32_t place = is_for_all ? 0 : index;
    const struct oracle_device *sensor = &oracle->sensor[place];
    if (place >= oracle->settings.value[wm_setting_bank_current_sensors]) {
        return CURRENT_NONE;
    }
    if (sensor->is_lost) {
        return sensor->presence == SIM_SILENT ? CURRENT_NONE : CURRENT_DOUBTFUL;
    }
    if (sensor->presence == SIM_SILENT) {
        return CURRENT_DOUBTFUL;
    }
    band_mA->low = oracle->current_mA[place].low / shares;
    band_mA->high = oracle->current_mA[place].high / shares;
    return CURRENT_MEASURED;
}

static struct certain falls_judge(const struct oracle *oracle, int32_t index,
                                  const struct sums *sums)
{
    struct sim_band band;
    const int32_t *value = oracle->settings.value;
    int32_t least_mA = value[wm_setting_battery_capacity] / CAPACITY_DIVISOR;
    least_mA = least_mA < CURRENT_MA_MIN ? CURRENT_MA_MIN : least_mA;
    bool falls = false;
    bool falls_not = false;
    switch (string_current(oracle, index, &band)) {
    case CURRENT_MEASURED:
        falls = band.high <= -least_mA;
        falls_not = band.low > -least_mA;
        break;
    case CURRENT_NONE: {
        const int64_t limit_mV = discharge_mV[value[wm_setting_battery_chemistry]] *
                                 (int64_t)value[wm_setting_battery_cells] * sums->count;
        falls = sums->is_certain && sums->high_mV < limit_mV;
        falls_not = sums->is_certain && sums->low_mV >= limit_mV;
        break;
    }
    case CURRENT_DOUBTFUL:
        break;
    }
    return (struct certain){{
        [CERTAIN_BEYOND] = falls,
        [CERTAIN_NOT_BEYOND] = falls_not,
        [CERTAIN_INSIDE] = falls_not,
        [CERTAIN_OUTSIDE] = falls,
    }};
}

/* ---- heat (decision B15) ---------------------------------------------------------------- */

/* Least and most that the hottest module can be above the mean of the others. */
static void spread_of(const struct oracle *oracle, int32_t index, const struct sums *sums,
                      int64_t *low, int64_t *high)
{
    const int32_t modules = string_modules(oracle);
    const int32_t others = sums->count - 1;
    *low = others < 1 ? 0 : INT32_MIN;
    *high = *low;
    for (int32_t m = index * modules; m < (index + 1) * modules && others > 0; m++) {
        const struct sim_band *band = &oracle->module[m].truth.temperature_mdegC;
        if (oracle->module[m].is_present) {
            *low = oracle_later(*low, band->low - (sums->high_mdegC - band->high) / others);
            *high = oracle_later(*high, band->high - (sums->low_mdegC - band->low) / others);
        }
    }
}

/* Takes the mean in; a mean that nobody knows spoils its hour. */
static void day_take(struct oracle_day *day, const struct sums *sums, int64_t now_us)
{
    const int64_t block = now_us / US_PER_S / HOUR_S;
    const int64_t low = sums->is_certain ? sums->low_mdegC / sums->count : INT32_MIN;
    const int64_t high = sums->is_certain ? sums->high_mdegC / sums->count : INT32_MAX;
    if (block - day->block > ORACLE_BLOCKS) {
        day->block = block - ORACLE_BLOCKS;
    }
    while (day->block < block) {
        /* Nothing was told in between: nothing has changed. */
        day->block++;
        day->low_mdegC[day->block % ORACLE_BLOCKS] = day->last_low;
        day->high_mdegC[day->block % ORACLE_BLOCKS] = day->last_high;
    }
    day->last_low = low;
    day->last_high = high;
    int64_t *lowest = &day->low_mdegC[block % ORACLE_BLOCKS];
    int64_t *highest = &day->high_mdegC[block % ORACLE_BLOCKS];
    *lowest = low < *lowest ? low : *lowest;
    *highest = oracle_later(*highest, high);
}

/*
 * Between what the lowest hourly average of the last 24 h lies. An hour of the webmanager lies in
 * two of ours, whenever its own begins; before the first one whole it takes the one that runs.
 */
static void coolest_of(const struct oracle_day *day, int64_t *low, int64_t *high)
{
    const int64_t blocks = day->block < ORACLE_BLOCKS ? day->block + 1 : ORACLE_BLOCKS;
    *low = INT32_MAX;
    *high = INT32_MAX;
    for (int64_t i = 0; i < blocks; i++) {
        const int64_t at = (day->block - i) % ORACLE_BLOCKS;
        *low = day->low_mdegC[at] < *low ? day->low_mdegC[at] : *low;
        if (i > 0 && i + 1 < blocks && i + 1 < DAY_HOURS) {
            const int64_t before = (day->block - i - 1) % ORACLE_BLOCKS;
            const int64_t most = oracle_later(day->high_mdegC[at], day->high_mdegC[before]);
            *high = most < *high ? most : *high;
        }
    }
}

static struct certain heat_judge(const struct oracle *oracle, int32_t index,
                                 const struct sums *sums)
{
    const int32_t *value = oracle->settings.value;
    const int64_t delta = value[wm_setting_runaway_delta];
    const int64_t rise = value[wm_setting_runaway_rise];
    int64_t spread_low, spread_high, coolest_low, coolest_high;
    struct sim_band band;
    const enum current current = string_current(oracle, index, &band);
    const bool is_charged =
        current == CURRENT_MEASURED && band.low > value[wm_setting_runaway_current];
    const bool is_idle =
        current == CURRENT_NONE ||
        (current == CURRENT_MEASURED && band.high <= value[wm_setting_runaway_current]);
    if (!sums->is_certain) {
        return (struct certain){.holds[CERTAIN_NOT_BEYOND] = is_idle};
    }
    spread_of(oracle, index, sums, &spread_low, &spread_high);
    coolest_of(&oracle->string[index].day, &coolest_low, &coolest_high);
    const int64_t rise_low = sums->low_mdegC / sums->count - coolest_high - ROUNDING_MDEGC;
    const int64_t rise_high = sums->high_mdegC / sums->count - coolest_low + ROUNDING_MDEGC;
    spread_low -= ROUNDING_MDEGC;
    spread_high += ROUNDING_MDEGC;
    const bool is_hot = spread_low > delta || rise_low > rise;
    const bool is_cool = spread_high <= delta && rise_high <= rise;
    return (struct certain){{
        [CERTAIN_BEYOND] = is_hot && is_charged,
        [CERTAIN_NOT_BEYOND] = is_cool || is_idle,
        [CERTAIN_INSIDE] =
            spread_high < delta - HEAT_CLEAR_MDEGC && rise_high < rise - HEAT_CLEAR_MDEGC,
        [CERTAIN_OUTSIDE] =
            spread_low >= delta - HEAT_CLEAR_MDEGC || rise_low >= rise - HEAT_CLEAR_MDEGC,
    }};
}

/* ---- rules ------------------------------------------------------------------------------ */

static enum wm_alarm rule_alarm(int rule)
{
    return rule < STRING_LIMITS ? oracle_limits[MODULE_LIMITS + rule].alarm
           : rule == RULE_HEAT  ? wm_alarm_thermal_runaway
                                : wm_alarm_discharging;
}

static int64_t rule_hold_us(const struct oracle *oracle, int rule)
{
    return rule < STRING_LIMITS ? oracle->level[MODULE_LIMITS + rule].delay_us
           : rule == RULE_HEAT  ? oracle->settings.value[wm_setting_runaway_hold] * INT64_C(1000000)
                                : INT64_C(1000000) * DISCHARGE_HOLD_S;
}

static void rule_step(struct oracle_rule *rule, const struct certain *certain, int64_t now_us)
{
    for (int i = 0; i < CERTAINTIES; i++) {
        if (!certain->holds[i]) {
            rule->since_us[i] = ORACLE_NEVER;
        } else if (rule->since_us[i] == ORACLE_NEVER) {
            rule->since_us[i] = now_us;
        }
    }
    if (certain->holds[CERTAIN_NOT_BEYOND]) {
        rule->may_us = ORACLE_NEVER;
    } else if (rule->may_us == ORACLE_NEVER) {
        rule->may_us = now_us;
    }
    rule->is_latched = rule->is_latched && certain->holds[CERTAIN_OUTSIDE];
}

static void string_step(struct oracle *oracle, int32_t index, int64_t now_us)
{
    struct oracle_string *string = &oracle->string[index];
    const struct sums sums = string_sums(oracle, index);
    struct certain certain[STRING_RULES] = {{{false}}};
    for (int i = 0; i < STRING_LIMITS && sums.is_certain; i++) {
        certain[i] = volts_judge(oracle, i, &sums);
    }
    for (int i = STRING_LIMITS / 2; i < STRING_LIMITS; i++) {
        warning_hide(string, i, &certain[i], &certain[i - STRING_LIMITS / 2]);
    }
    day_take(&string->day, &sums, now_us);
    certain[RULE_HEAT] = heat_judge(oracle, index, &sums);
    certain[RULE_FALLS] = falls_judge(oracle, index, &sums);
    for (int i = 0; i < STRING_RULES; i++) {
        rule_step(&string->rule[i], &certain[i], now_us);
    }
    string->is_dirty = false;
}

/* The contact against what is published (decision B16); not while its unit is not heard. */
static void breaker_step(struct oracle *oracle, int32_t index, int64_t now_us)
{
    struct oracle_string *string = &oracle->string[index];
    const int32_t *value = oracle->settings.value;
    const int32_t output = value[wm_setting_breaker_output_1 + 2 * index];
    const bool is_closing = value[wm_setting_breaker_wiring_1 + 2 * index] != 0;
    const int32_t aux = (output - 1) / WM_AUX_LINES;
    if (output == 0 || oracle->aux[aux].presence != SIM_ANSWERS || oracle->aux[aux].is_lost) {
        string->differs_us = ORACLE_NEVER;
        return;
    }
    const bool is_on = (oracle->outputs[aux] >> (output - 1) % WM_AUX_LINES & 1) != 0;
    if ((is_on != is_closing) != string->is_open) {
        string->differs_us = string->differs_us == ORACLE_NEVER ? now_us : string->differs_us;
    } else if (string->differs_us != ORACLE_NEVER) {
        if (string->differs_us >= oracle->started_us && oracle->is_running) {
            oracle_measure(oracle, wm_alarm_battery_breaker_open, !string->is_open,
                           string->differs_us, now_us);
        }
        string->differs_us = ORACLE_NEVER;
    }
}

void oracle_strings_step(struct oracle *oracle, bool all, int64_t now_us)
{
    if (!oracle->has_settings) {
        return;
    }
    for (int32_t i = 0; i < oracle->settings.value[wm_setting_bank_strings]; i++) {
        if (all || oracle->string[i].is_dirty) {
            string_step(oracle, i, now_us);
        }
        breaker_step(oracle, i, now_us);
    }
}

/* ---- views ------------------------------------------------------------------------------ */

/* Whether the rule shows of this very string. */
static enum oracle_shown rule_shown(const struct oracle *oracle, int32_t index, int rule)
{
    const struct oracle_string *string = &oracle->string[index];
    const enum wm_alarm alarm = rule_alarm(rule);
    const int32_t flag = wm_alarm(alarm)->alarm_flag;
    if (rule == RULE_FALLS) {
        return string->flow == wm_state_string_flow_discharge && oracle_shows(oracle, alarm)
                   ? SHOWN
                   : SHOWN_NOT;
    }
    if (!oracle_shows(oracle, alarm) || (flag != 0 && (string->alarm_flags & flag) == 0)) {
        return SHOWN_NOT;
    }
    if (flag == 0) {
        return oracle->settings.value[wm_setting_bank_strings] == 1 ? SHOWN : SHOWN_MAYBE;
    }
    /* The word of a string has the bits of its modules, too. */
    const int32_t modules = string_modules(oracle);
    for (int32_t m = index * modules; m < (index + 1) * modules; m++) {
        if ((oracle->module[m].flags & flag) != 0) {
            return SHOWN_MAYBE;
        }
    }
    return SHOWN;
}

/* Certain that it was not the reason: not for three rounds, or not for its hold. */
static bool cannot_be(const struct oracle *oracle, const struct oracle_string *string, int rule,
                      int64_t now_us)
{
    const struct oracle_rule *it = &string->rule[rule];
    const int64_t not_us = it->since_us[CERTAIN_NOT_BEYOND];
    if (it->was_hidden || oracle->started_us > oracle->round_us[ORACLE_ROUNDS - 1]) {
        return false;
    }
    if (not_us != ORACLE_NEVER) {
        return oracle->round_us[ORACLE_ROUNDS - 1] >= oracle_later(not_us, string->failed_us);
    }
    return it->may_us != ORACLE_NEVER && it->may_us >= oracle->started_us &&
           now_us - it->may_us < rule_hold_us(oracle, rule);
}

static void rule_raised(struct oracle *oracle, int rule, int32_t index, int64_t now_us)
{
    const int32_t strings = oracle->settings.value[wm_setting_bank_strings];
    const int32_t first = index >= 0 ? index : 0;
    const int32_t last = index >= 0 ? index + 1 : strings;
    int64_t since_us = ORACLE_NEVER;
    int possible = 0;
    struct oracle_rule *culprit = NULL;
    for (int32_t i = first; i < last; i++) {
        struct oracle_rule *it = &oracle->string[i].rule[rule];
        if (!cannot_be(oracle, &oracle->string[i], rule, now_us)) {
            possible++;
            culprit = it;
        }
        if (it->since_us[CERTAIN_BEYOND] < since_us) {
            since_us = it->since_us[CERTAIN_BEYOND];
        }
    }
    if (possible == 1) {
        culprit->is_latched = culprit->since_us[CERTAIN_OUTSIDE] != ORACLE_NEVER;
    }
    if (possible == 0) {
        oracle_report(oracle, rule_alarm(rule), "string", index + 1, now_us,
                      "raised, and its reason has certainly not been there, or not for its %d s",
                      (int)(rule_hold_us(oracle, rule) / US_PER_S));
    }
    if (since_us != ORACLE_NEVER && since_us >= oracle->started_us) {
        oracle_measure(oracle, rule_alarm(rule), false, since_us + rule_hold_us(oracle, rule),
                       now_us);
    }
}

static void rule_cleared(struct oracle *oracle, int rule, int32_t index, int64_t now_us)
{
    const int32_t strings = oracle->settings.value[wm_setting_bank_strings];
    const int32_t first = index >= 0 ? index : 0;
    const int32_t last = index >= 0 ? index + 1 : strings;
    int64_t since_us = 0;
    for (int32_t i = first; i < last; i++) {
        const struct oracle_rule *it = &oracle->string[i].rule[rule];
        if (it->is_latched) {
            oracle_report(oracle, rule_alarm(rule), "string", i + 1, now_us,
                          "cleared, and its reason has certainly been there since %.3f s",
                          (double)it->since_us[CERTAIN_OUTSIDE] / US_PER_S);
        }
        since_us = oracle_later(since_us, it->since_us[CERTAIN_INSIDE]);
    }
    if (since_us != ORACLE_NEVER && since_us >= oracle->started_us) {
        oracle_measure(oracle, rule_alarm(rule), true, since_us, now_us);
    }
}

/* One string by itself where that shows, else all of them by the row. */
static void rule_see(struct oracle *oracle, int rule, uint64_t before, int64_t now_us)
{
    const uint64_t bit = UINT64_C(1) << wm_alarm(rule_alarm(rule))->number;
    const bool is_row = (oracle->shown & bit) != 0;
    const bool was_row = (before & bit) != 0;
    bool is_told = false;
    for (int32_t i = 0; i < oracle->settings.value[wm_setting_bank_strings]; i++) {
        struct oracle_rule *it = &oracle->string[i].rule[rule];
        const uint8_t shows = (uint8_t)rule_shown(oracle, i, rule);
        const uint8_t showed = it->shows;
        it->shows = shows;
        if (oracle->is_running && shows == SHOWN && showed == SHOWN_NOT) {
            rule_raised(oracle, rule, i, now_us);
            is_told = true;
        } else if (oracle->is_running && shows == SHOWN_NOT && showed == SHOWN) {
            rule_cleared(oracle, rule, i, now_us);
            is_told = true;
        }
    }
    if (is_row != was_row && !is_told && oracle->is_running) {
        if (is_row) {
            rule_raised(oracle, rule, -1, now_us);
        } else {
            rule_cleared(oracle, rule, -1, now_us);
        }
    }
}

/* DISCHARGING_STOPPED: from the end of the discharge for 300 s, and never else (B10). */
static void stopped_see(struct oracle *oracle, uint64_t before, int64_t now_us)
{
    const uint64_t bit = UINT64_C(1) << wm_alarm(wm_alarm_discharging)->number;
    const bool discharges = (oracle->shown & bit) != 0;
    const bool shows = oracle_shows(oracle, wm_alarm_discharging_stopped);
    const bool showed = (before >> wm_alarm(wm_alarm_discharging_stopped)->number & 1) != 0;
    if (!oracle->is_running) {
        oracle->stopped_us = ORACLE_NEVER;
        return;
    }
    if ((before & bit) != 0 && !discharges) {
        oracle->stopped_us = now_us;
    }
    if (oracle->stopped_us == ORACLE_NEVER) {
        return; /* it may have ended before the start was over */
    }
    /* In the webmanager's milliseconds. */
    const int64_t until_ms = oracle->stopped_us / 1000 + STOPPED_S * INT64_C(1000);
    const bool is_due = !discharges && now_us / 1000 < until_ms;
    if (shows != is_due) {
        oracle_report(oracle, wm_alarm_discharging_stopped, "", 0, now_us,
                      "%s, and the last discharge ended at %.3f s", shows ? "shown" : "not shown",
                      (double)oracle->stopped_us / US_PER_S);
    }
    if (shows != showed) {
        const int64_t due_us =
            shows ? oracle->stopped_us : oracle->stopped_us + STOPPED_S * INT64_C(1000000);
        oracle_measure(oracle, wm_alarm_discharging_stopped, !shows, due_us, now_us);
    }
}

void oracle_strings_see(struct oracle *oracle, const struct wm_view *view, uint64_t before,
                        int64_t now_us)
{
    bool is_any_open = false;
    for (int32_t i = 0; i < oracle->settings.value[wm_setting_bank_strings]; i++) {
        struct oracle_string *string = &oracle->string[i];
        string->alarm_flags = view->string[i].alarm_flags;
        string->alarm2_flags = view->string[i].alarm2_flags;
        string->flow = view->string[i].flow_choice;
        string->is_open = view->string[i].breaker_choice == wm_state_string_breaker_open;
        is_any_open = is_any_open || string->is_open;
    }
    for (int i = 0; i < STRING_RULES; i++) {
        rule_see(oracle, i, before, now_us);
    }
    oracle_strings_step(oracle, true, now_us);
    stopped_see(oracle, before, now_us);
    if (is_any_open != oracle_shows(oracle, wm_alarm_battery_breaker_open)) {
        oracle_report(oracle, wm_alarm_battery_breaker_open, "", 0, now_us,
                      "%s a breaker of a string that is open",
                      is_any_open ? "not shown with" : "shown without");
    }
}

/* ---- rounds ----------------------------------------------------------------------------- */

/* The last visit of one of its devices that told nothing. */
static void failed_take(struct oracle *oracle, int32_t index)
{
    struct oracle_string *string = &oracle->string[index];
    const int32_t modules = string_modules(oracle);
    struct sim_band band;
    string->failed_us = 0;
    for (int32_t m = index * modules; m < (index + 1) * modules; m++) {
        if (oracle->module[m].is_present) {
            string->failed_us = oracle_later(string->failed_us, oracle->module[m].device.failed_us);
        }
    }
    if (string_current(oracle, index, &band) != CURRENT_NONE) {
        const bool is_for_all = oracle->settings.value[wm_setting_bank_sensor_for_all] != 0;
        string->failed_us =
            oracle_later(string->failed_us, oracle->sensor[is_for_all ? 0 : index].failed_us);
    }
}

static bool has_passed(const struct oracle *oracle, int64_t due_us)
{
    return oracle->round_us[ORACLE_ROUNDS - 1] >= oracle_later(due_us, oracle->started_us);
}

/* True if the string must have let go of the rule by now. */
static bool is_over(const struct oracle *oracle, const struct oracle_string *string, int rule)
{
    const int64_t since_us = string->rule[rule].since_us[CERTAIN_INSIDE];
    return since_us != ORACLE_NEVER &&
           has_passed(oracle, oracle_later(since_us, string->failed_us));
}

static void rule_check(struct oracle *oracle, int rule, int64_t now_us)
{
    const int32_t strings = oracle->settings.value[wm_setting_bank_strings];
    const int64_t hold_us = rule_hold_us(oracle, rule);
    const char *late = "not %s, certainly due since %.3f s (and then its %.3f s)";
    bool are_over = true;
    for (int32_t i = 0; i < strings; i++) {
        struct oracle_string *string = &oracle->string[i];
        struct oracle_rule *it = &string->rule[rule];
        const int64_t since_us = it->since_us[CERTAIN_BEYOND];
        const bool is_due = since_us != ORACLE_NEVER &&
                            has_passed(oracle, oracle_later(since_us, string->failed_us) + hold_us);
        if (is_due && it->shows == SHOWN_NOT) {
            oracle_report(oracle, rule_alarm(rule), "string", i + 1, now_us, late, "raised",
                          (double)since_us / US_PER_S, (double)hold_us / US_PER_S);
        }
        it->is_latched = it->is_latched || is_due;
        are_over = are_over && is_over(oracle, string, rule);
        if (it->shows == SHOWN && is_over(oracle, string, rule)) {
            oracle_report(oracle, rule_alarm(rule), "string", i + 1, now_us, late, "cleared",
                          (double)it->since_us[CERTAIN_INSIDE] / US_PER_S, 0.);
        }
    }
    if (are_over && oracle_shows(oracle, rule_alarm(rule))) {
        oracle_report(oracle, rule_alarm(rule), "", 0, now_us,
                      "not cleared, and no string has been its reason for three rounds");
    }
}

static void breaker_check(struct oracle *oracle, int32_t index, int64_t now_us)
{
    const struct oracle_string *string = &oracle->string[index];
    const int32_t output = oracle->settings.value[wm_setting_breaker_output_1 + 2 * index];
    if (string->differs_us != ORACLE_NEVER &&
        has_passed(oracle, oracle_later(string->differs_us,
                                        oracle->aux[(output - 1) / WM_AUX_LINES].failed_us))) {
        oracle_report(oracle, wm_alarm_battery_breaker_open, "string", index + 1, now_us,
                      "%s, and its contact says otherwise since %.3f s",
                      string->is_open ? "shown" : "not shown",
                      (double)string->differs_us / US_PER_S);
    }
}

void oracle_strings_check(struct oracle *oracle, int64_t now_us)
{
    for (int32_t i = 0; i < oracle->settings.value[wm_setting_bank_strings]; i++) {
        failed_take(oracle, i);
        breaker_check(oracle, i, now_us);
    }
    for (int i = 0; i < STRING_RULES; i++) {
        rule_check(oracle, i, now_us);
    }
}
