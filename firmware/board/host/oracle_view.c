/*
 * oracle_view.c — what a view must say all at once: rows and flags that stand for others.
 */
#include <stddef.h>

#include "oracle_parts.h"

void oracle_stands_for(struct oracle *oracle, enum wm_alarm alarm, bool holds, int64_t now_us)
{
    if (oracle_shows(oracle, alarm) != holds) {
        oracle_report(oracle, alarm, "", 0, now_us, "%s",
                      holds ? "not shown, though what it stands for is"
                            : "shown, though nothing of what it stands for is");
    }
}

/* ---- views: what stands for others ------------------------------------------------------ */

/* The rows that follow from flags of modules (decision S14). */
static const struct {
    enum wm_alarm alarm;
    int32_t flags;
} summaries[] = {
    {wm_alarm_voltage, wm_flag_alarm_voltage_high | wm_flag_alarm_voltage_low},
    {wm_alarm_temperature, wm_flag_alarm_temperature_high | wm_flag_alarm_temperature_low},
    {wm_alarm_resist_alarm, wm_flag_alarm_resistance_high},
    {wm_alarm_voltage_high, wm_flag_alarm_voltage_high},
    {wm_alarm_voltage_low, wm_flag_alarm_voltage_low},
    {wm_alarm_temperature_high, wm_flag_alarm_temperature_high},
    {wm_alarm_temperature_low, wm_flag_alarm_temperature_low},
    {wm_alarm_resist_alarm_high, wm_flag_alarm_resistance_high},
    {wm_alarm_resist_alarm_low, wm_flag_alarm_resistance_low},
};

/* Rows whose latency is that of what they stand for, raised or cleared in the same view. */
static const struct {
    enum wm_alarm alarm;
    enum wm_alarm cause;
    bool is_all; /* stands for all items of its cause together, else for any */
} followers[] = {
    {wm_alarm_voltage, wm_alarm_voltage_high, false},
    {wm_alarm_voltage, wm_alarm_voltage_low, false},
    {wm_alarm_temperature, wm_alarm_temperature_high, false},
    {wm_alarm_temperature, wm_alarm_temperature_low, false},
    {wm_alarm_resist_alarm, wm_alarm_resist_alarm_high, false},
    {wm_alarm_resist_warn, wm_alarm_resist_warn_high, false},
    {wm_alarm_system_error, wm_alarm_module_lost, false},
    {wm_alarm_communication_lost, wm_alarm_module_lost, true},
};

static void followers_measure(struct oracle *oracle, uint64_t before, int64_t now_us)
{
    for (size_t i = 0; i < sizeof followers / sizeof followers[0]; i++) {
        const uint64_t bit = UINT64_C(1) << wm_alarm(followers[i].alarm)->number;
        const bool is_clear = (oracle->shown & bit) == 0;
        const struct oracle_dated *cause = &oracle->dated[followers[i].cause][is_clear ? 1 : 0];
        if (((oracle->shown ^ before) & bit) != 0 && cause->is_dated) {
            /* Any of them raises it, and the last one clears it. */
            const bool is_last = is_clear != followers[i].is_all;
            oracle_measure(oracle, followers[i].alarm, is_clear,
                           is_last ? cause->last_us : cause->first_us, now_us);
        }
    }
}

/* ---- equalizing (decision B13) ---------------------------------------------------------- */

enum {
    BYPASS_PERMILLE_OFF = 20, /* a report further from the order disobeys it */
    ROUNDS_OFF = 3,           /* so many of them are the error */
    /* After a minute without a question a module drops its bypass; less what an answer takes. */
    BYPASS_HOLD_US = 59000000,
};

void oracle_bypass_told(struct oracle *oracle, struct oracle_module *module,
                        enum wm_message_id message, int32_t permille, int64_t now_us)
{
    const int32_t off = permille - module->bypass_permille;
    const bool may_have_dropped = now_us - module->bypass_us >= BYPASS_HOLD_US;
    const bool was_error = module->disobeyed >= ROUNDS_OFF;
    /* A round without a report breaks the row; so many of them, and it counted as lost. */
    const uint32_t unheard = oracle->round + 1 - module->disobeyed_round;
    if (message == wm_message_measure && unheard > (was_error ? ORACLE_ROUNDS : 1)) {
        module->disobeyed = 0;
    }
    module->bypass_us = now_us;
    if (message == wm_message_set_bypass) {
        module->bypass_permille = permille;
        return;
    }
    if (may_have_dropped) {
        module->disobeyed = 0;
        module->bypass_permille = permille;
    } else if (off <= BYPASS_PERMILLE_OFF && off >= -BYPASS_PERMILLE_OFF) {
        module->disobeyed = 0;
    } else if (module->disobeyed_round != oracle->round + 1) {
        module->disobeyed++;
    }
    module->disobeyed_round = oracle->round + 1;
    const bool is_error = module->disobeyed >= ROUNDS_OFF;
    if (is_error != was_error) {
        *(is_error ? &module->error_us : &module->obeys_us) = now_us;
    }
}

void oracle_equalizing_check(struct oracle *oracle, const struct wm_view *view, int64_t now_us)
{
    const bool is_settled = oracle->round_us[ORACLE_ROUNDS - 1] >= oracle->started_us;
    for (int32_t m = 0; m < oracle->settings.value[wm_setting_bank_modules]; m++) {
        const struct oracle_module *module = &oracle->module[m];
        if (module->disobeyed >= ROUNDS_OFF + ORACLE_ROUNDS && module->is_present && is_settled &&
            !oracle_shows(oracle, wm_alarm_equalizing)) {
            oracle_report(oracle, wm_alarm_equalizing, "module", m + 1, now_us,
                          "not raised, and for %d rounds it has reported something else than the "
                          "bypass of %d permille that it acknowledged",
                          (int)module->disobeyed, (int)module->bypass_permille);
        }
    }
    for (int32_t i = 0; i < oracle->settings.value[wm_setting_bank_strings]; i++) {
        const bool is_off = oracle->settings.value[wm_setting_equalizing_enabled_1 + i] == 0;
        const bool shows =
            (view->string[i].alarm2_flags & wm_flag_string_alarm_equalizing_cut_off) != 0;
        if (is_off && !shows && is_settled) {
            oracle_report(oracle, wm_alarm_string_equalizing_disabled, "string", i + 1, now_us,
                          "not raised, and it is disabled by its setting for three rounds");
        }
    }
}

/* Raised since the first module's disobeying is the error, cleared since the last one obeys. */
static void equalizing_measure(struct oracle *oracle, uint64_t before, int64_t now_us)
{
    const bool shows = oracle_shows(oracle, wm_alarm_equalizing);
    int64_t error_us = ORACLE_NEVER;
    int64_t obeys_us = 0;
    if (shows == ((before >> wm_alarm(wm_alarm_equalizing)->number & 1) != 0)) {
        return;
    }
    for (int32_t m = 0; m < oracle->settings.value[wm_setting_bank_modules]; m++) {
        const struct oracle_module *module = &oracle->module[m];
        if (module->disobeyed >= ROUNDS_OFF && module->error_us < error_us) {
            error_us = module->error_us;
        }
        obeys_us = oracle_later(obeys_us, module->obeys_us);
    }
    const int64_t due_us = shows ? error_us : obeys_us;
    if (due_us != ORACLE_NEVER && due_us > 0 && due_us >= oracle->started_us) {
        oracle_measure(oracle, wm_alarm_equalizing, !shows, due_us, now_us);
    }
}

static void equalizing_see(struct oracle *oracle, const struct wm_view *view, int64_t now_us)
{
    bool is_any_cut_off = false;
    for (int32_t i = 0; i < oracle->settings.value[wm_setting_bank_strings]; i++) {
        const int32_t choice = view->string[i].equalizing_choice;
        const bool is_cut_off = choice == wm_state_string_equalizing_disabled ||
                                choice == wm_state_string_equalizing_cut_off;
        is_any_cut_off = is_any_cut_off || is_cut_off;
    }
    oracle_stands_for(oracle, wm_alarm_string_equalizing_disabled, is_any_cut_off, now_us);
}

/* ---- all of them ------------------------------------------------------------------------ */

void oracle_summaries_see(struct oracle *oracle, const struct wm_view *view, uint64_t before,
                          int64_t now_us)
{
    const int32_t count = oracle->settings.value[wm_setting_bank_modules];
    const int32_t status = view->system.status_flags;
    int32_t any = 0;
    int32_t all = ~0;
    for (int32_t m = 0; m < count; m++) {
        any |= oracle->module[m].flags;
        all &= oracle->module[m].flags;
    }
    for (size_t i = 0; i < sizeof summaries / sizeof summaries[0]; i++) {
        oracle_stands_for(oracle, summaries[i].alarm, (any & summaries[i].flags) != 0, now_us);
    }
    oracle_stands_for(oracle, wm_alarm_resist_warn, oracle_shows(oracle, wm_alarm_resist_warn_high),
                      now_us);
    oracle_stands_for(oracle, wm_alarm_communication_lost,
                      (all & wm_flag_alarm_communication_lost) != 0, now_us);
    oracle_stands_for(oracle, wm_alarm_system_error,
                      (any & wm_flag_alarm_communication_lost) != 0 ||
                          (status & wm_flag_general_status_system_failure) != 0,
                      now_us);
    oracle_stands_for(oracle, wm_alarm_initializing,
                      (status & wm_flag_general_status_module_initializing) != 0, now_us);
    equalizing_see(oracle, view, now_us);
    followers_measure(oracle, before, now_us);
    equalizing_measure(oracle, before, now_us);
}
