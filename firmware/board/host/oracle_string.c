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
};

static void rule_open(struct oracle_rule *rule)
{
    rule->may_us = ORACLE_NEVER;
    for (int i = 0; i < CERTAINTIES; i++) {
        rule->since_us[i] = ORACLE_NEVER;
    }
}

void oracle_strings_open(struct oracle *oracle)
{
    oracle->stopped_us = ORACLE_NEVER;
    for (int32_t i = 0; i < WM_STRINGS_MAX; i++) {
        struct oracle_string *string = &oracle->string[i];
        string->differs_us = ORACLE_NEVER;
        string->day.low_mdegC[0] = INT32_MAX;
        string->day.high_mdegC[0] = INT32_MIN;
        for (int k = 0; k < STRING_RULES; k++) {
            rule_open(&string->rule[k]);
        }
    }
    for (int32_t m = 0; m < WM_MODULES_MAX; m++) {
        rule_open(&oracle->module[m].difference);
    }
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

/* Whom the rule is about: strings, or modules. */
static int32_t rule_items(const struct oracle *oracle, int rule)
{
    return oracle->settings
        .value[rule == RULE_DIFFERENCE ? wm_setting_bank_modules : wm_setting_bank_strings];
}

static const char *rule_word(int rule)
{
    return rule == RULE_DIFFERENCE ? "module" : "string";
}

static struct oracle_rule *rule_of(struct oracle *oracle, int rule, int32_t item)
{
    return rule == RULE_DIFFERENCE ? &oracle->module[item].difference
                                   : &oracle->string[item].rule[rule];
}

/* The last visit that told nothing of what the rule is made of. */
static int64_t rule_failed_us(const struct oracle *oracle, int rule, int32_t item)
{
    int64_t failed_us = 0;
    if (rule == RULE_DIFFERENCE) {
        return oracle->string[item / oracle_string_modules(oracle)].failed_us;
    }
    if (rule < RULE_DEVIATION || rule >= STRING_LIMITS) {
        return oracle->string[item].failed_us;
    }
    for (int32_t i = 0; i < oracle->settings.value[wm_setting_bank_strings]; i++) {
        failed_us = oracle_later(failed_us, oracle->string[i].failed_us);
    }
    return failed_us;
}

static void rule_step(struct oracle_rule *rule, const struct oracle_certain *certain,
                      int64_t now_us)
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
    const int32_t modules = oracle_string_modules(oracle);
    const struct oracle_sums sums = oracle_string_sums(oracle, index);
    struct oracle_certain certain[STRING_RULES];
    oracle_day_take(&string->day, &sums, now_us);
    oracle_string_certain(oracle, index, &sums, certain);
    for (int i = 0; i < STRING_RULES; i++) {
        if (i != RULE_DIFFERENCE) {
            rule_step(&string->rule[i], &certain[i], now_us);
        }
    }
    for (int32_t m = index * modules; m < (index + 1) * modules; m++) {
        const struct oracle_certain difference = oracle_difference_certain(oracle, m, &sums);
        rule_step(&oracle->module[m].difference, &difference, now_us);
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

void oracle_isolation_follow(struct oracle *oracle)
{
    const int32_t *value = oracle->settings.value;
    bool has_changed = false;
    for (int32_t i = 0; i < value[wm_setting_bank_strings]; i++) {
        struct oracle_string *string = &oracle->string[i];
        const int32_t output = value[wm_setting_breaker_output_1 + 2 * i];
        const int32_t aux = (output - 1) / WM_AUX_LINES;
        const bool is_closing = value[wm_setting_breaker_wiring_1 + 2 * i] != 0;
        const bool was_isolated = string->is_isolated;
        string->is_isolated =
            string->is_open && output > 0 && oracle->has_told_outputs[aux] &&
            (oracle->told_outputs[aux] >> (output - 1) % WM_AUX_LINES & 1) == !is_closing;
        has_changed = has_changed || string->is_isolated != was_isolated;
    }
    for (int32_t i = 0; has_changed && i < WM_STRINGS_MAX; i++) {
        oracle->string[i].is_dirty = true; /* of one sensor for all each has another share */
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

/* Whether the rule shows of this very item. */
static enum oracle_shown rule_shown(const struct oracle *oracle, int rule, int32_t item)
{
    const struct wm_alarm_row *row = wm_alarm(rule_alarm(rule));
    if (!oracle_shows(oracle, rule_alarm(rule))) {
        return SHOWN_NOT;
    }
    if (rule == RULE_DIFFERENCE || (row->alarm_flag == 0 && row->string_flag == 0)) {
        const bool is_flow = rule == RULE_FALLS;
        const int32_t flow = is_flow ? oracle->string[item].flow : 0;
        return is_flow ? (flow == wm_state_string_flow_discharge ? SHOWN : SHOWN_NOT)
               : rule_items(oracle, rule) == 1 ? SHOWN
                                               : SHOWN_MAYBE;
    }
    const struct oracle_string *string = &oracle->string[item];
    if (row->string_flag != 0) {
        return (string->alarm2_flags & row->string_flag) != 0 ? SHOWN : SHOWN_NOT;
    }
    if ((string->alarm_flags & row->alarm_flag) == 0) {
        return SHOWN_NOT;
    }
    /* The word of a string has the bits of its modules, too. */
    const int32_t modules = oracle_string_modules(oracle);
    for (int32_t m = item * modules; m < (item + 1) * modules; m++) {
        if ((oracle->module[m].flags & row->alarm_flag) != 0) {
            return SHOWN_MAYBE;
        }
    }
    return SHOWN;
}

/* Certain that it was not the reason: not for three rounds, or not for its hold. */
static bool cannot_be(struct oracle *oracle, int rule, int32_t item, int64_t now_us)
{
    const struct oracle_rule *it = rule_of(oracle, rule, item);
    const int64_t not_us = it->since_us[CERTAIN_NOT_BEYOND];
    if (it->was_hidden || oracle->started_us > oracle->round_us[ORACLE_ROUNDS - 1]) {
        return false;
    }
    if (not_us != ORACLE_NEVER) {
        return oracle->round_us[ORACLE_ROUNDS - 1] >=
               oracle_later(not_us, rule_failed_us(oracle, rule, item));
    }
    return it->may_us != ORACLE_NEVER && it->may_us >= oracle->started_us &&
           now_us - it->may_us < rule_hold_us(oracle, rule);
}

static void rule_raised(struct oracle *oracle, int rule, int32_t item, int64_t now_us)
{
    const int32_t first = item >= 0 ? item : 0;
    const int32_t last = item >= 0 ? item + 1 : rule_items(oracle, rule);
    int64_t since_us = ORACLE_NEVER;
    int possible = 0;
    struct oracle_rule *culprit = NULL;
    for (int32_t i = first; i < last; i++) {
        struct oracle_rule *it = rule_of(oracle, rule, i);
        if (!cannot_be(oracle, rule, i, now_us)) {
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
        oracle_report(oracle, rule_alarm(rule), rule_word(rule), item + 1, now_us,
                      "raised, and its reason has certainly not been there, or not for its %d s",
                      (int)(rule_hold_us(oracle, rule) / US_PER_S));
    }
    if (since_us != ORACLE_NEVER && since_us >= oracle->started_us) {
        oracle_measure(oracle, rule_alarm(rule), false, since_us + rule_hold_us(oracle, rule),
                       now_us);
    }
}

static void rule_cleared(struct oracle *oracle, int rule, int32_t item, int64_t now_us)
{
    const int32_t first = item >= 0 ? item : 0;
    const int32_t last = item >= 0 ? item + 1 : rule_items(oracle, rule);
    int64_t since_us = 0;
    for (int32_t i = first; i < last; i++) {
        const struct oracle_rule *it = rule_of(oracle, rule, i);
        if (it->is_latched) {
            oracle_report(oracle, rule_alarm(rule), rule_word(rule), i + 1, now_us,
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
    for (int32_t i = 0; i < rule_items(oracle, rule); i++) {
        struct oracle_rule *it = rule_of(oracle, rule, i);
        const uint8_t shows = (uint8_t)rule_shown(oracle, rule, i);
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
        string->open_until_round = string->is_open ? oracle->round + 2 : string->open_until_round;
    }
    oracle_isolation_follow(oracle);
    oracle_strings_step(oracle, false, now_us);
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
    const int32_t modules = oracle_string_modules(oracle);
    struct sim_band band;
    string->failed_us = 0;
    for (int32_t m = index * modules; m < (index + 1) * modules; m++) {
        if (oracle->module[m].is_present) {
            string->failed_us = oracle_later(string->failed_us, oracle->module[m].device.failed_us);
        }
    }
    if (oracle_string_current(oracle, index, &band) != CURRENT_NONE) {
        const bool is_for_all = oracle->settings.value[wm_setting_bank_sensor_for_all] != 0;
        string->failed_us =
            oracle_later(string->failed_us, oracle->sensor[is_for_all ? 0 : index].failed_us);
    }
}

static bool has_passed(const struct oracle *oracle, int64_t due_us)
{
    return oracle->round_us[ORACLE_ROUNDS - 1] >= oracle_later(due_us, oracle->started_us);
}

/* True if the item must have let go of the rule by now. */
static bool is_over(struct oracle *oracle, int rule, int32_t item)
{
    const int64_t since_us = rule_of(oracle, rule, item)->since_us[CERTAIN_INSIDE];
    return since_us != ORACLE_NEVER &&
           has_passed(oracle, oracle_later(since_us, rule_failed_us(oracle, rule, item)));
}

static void rule_check(struct oracle *oracle, int rule, int64_t now_us)
{
    const int64_t hold_us = rule_hold_us(oracle, rule);
    const char *late = "not %s, certainly due since %.3f s (and then its %.3f s)";
    bool are_over = true;
    for (int32_t i = 0; i < rule_items(oracle, rule); i++) {
        struct oracle_rule *it = rule_of(oracle, rule, i);
        const int64_t since_us = it->since_us[CERTAIN_BEYOND];
        const int64_t failed_us = rule_failed_us(oracle, rule, i);
        const bool is_due = since_us != ORACLE_NEVER &&
                            has_passed(oracle, oracle_later(since_us, failed_us) + hold_us);
        if (is_due && it->shows == SHOWN_NOT) {
            oracle_report(oracle, rule_alarm(rule), rule_word(rule), i + 1, now_us, late, "raised",
                          (double)since_us / US_PER_S, (double)hold_us / US_PER_S);
        }
        it->is_latched = it->is_latched || is_due;
        are_over = are_over && is_over(oracle, rule, i);
        if (it->shows == SHOWN && is_over(oracle, rule, i)) {
            oracle_report(oracle, rule_alarm(rule), rule_word(rule), i + 1, now_us, late, "cleared",
                          (double)it->since_us[CERTAIN_INSIDE] / US_PER_S, 0.);
        }
    }
    if (are_over && oracle_shows(oracle, rule_alarm(rule))) {
        oracle_report(oracle, rule_alarm(rule), "", 0, now_us,
                      "not cleared, and nothing has been its reason for three rounds");
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
