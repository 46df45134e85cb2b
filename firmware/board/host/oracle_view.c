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

void oracle_summaries_see(struct oracle *oracle, const struct wm_view *view, int64_t now_us)
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
}
