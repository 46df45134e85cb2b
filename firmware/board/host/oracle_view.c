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
}
