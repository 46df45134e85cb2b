/*
 * judge.c — bank to alarms: who is judged when, and what follows from the whole.
 */
#include "stages.h"

static void module_judge(struct wm_core *core, wm_ms now_ms)
{
    const struct wm_measurement *taken = &core->measurement;
    if (core->exchange.result != WM_EXCHANGE_ANSWERED || taken->device.class != WM_CLASS_MODULE ||
        (taken->message != wm_message_measure && taken->message != wm_message_impedance)) {
        return;
    }
    const int32_t index = taken->device.index;
    const unsigned judgement =
        wm_rules_module(&core->rules, &core->alarms, &core->bank, index, taken->message, now_ms);
    core->is_to_be_published |= (judgement & WM_JUDGED_CHANGED) != 0;
    if (judgement & WM_JUDGED_AGAIN) {
        core->bank.module[index].wants |= taken->message == wm_message_impedance
                                              ? WM_WANT_SECOND_RESISTANCE
                                              : WM_WANT_SECOND_MEASURE;
    }
}

static void sensor_judge(struct wm_core *core, wm_ms now_ms)
{
    const struct wm_measurement *taken = &core->measurement;
    if (core->exchange.result != WM_EXCHANGE_ANSWERED || taken->device.class != WM_CLASS_SENSOR) {
        return;
    }
    int32_t first;
    int32_t last;
    unsigned judgement = 0;
    wm_core_sensor_strings(core, taken->device.index, &first, &last);
    for (int32_t i = first; i < last; i++) {
        judgement |= wm_rules_current(&core->rules, &core->alarms, &core->bank, i, now_ms);
    }
    core->is_to_be_published |= (judgement & WM_JUDGED_CHANGED) != 0;
    if (judgement & WM_JUDGED_AGAIN) {
        core->bank.sensor[taken->device.index].wants |= WM_WANT_SECOND_MEASURE;
    }
}

static void life_enter(struct wm_core *core, enum wm_phase_of_life life, wm_ms now_ms)
{
    core->state.life = life;
    core->is_to_be_published = true;
    wm_core_tell(core, now_ms, wm_event_state, wm_state_flags(&core->state, now_ms), 0);
}

static void string_judge(struct wm_core *core, int32_t index, wm_ms now_ms)
{
    int32_t current_mA;
    int32_t current_ac_mA;
    struct wm_runaway *runaway = &core->runaway[index];
    const bool was_raised = runaway->is_raised;
    const bool is_measured = wm_bank_current(&core->bank, index, &current_mA, &current_ac_mA);
    const bool has_held = wm_runaway_step(runaway, &core->bank.string[index], is_measured,
                                          current_mA, &core->settings, now_ms);
    if (!was_raised && runaway->is_raised) {
        wm_alarms_raise(&core->alarms, wm_alarm_thermal_runaway);
    } else if (was_raised && !runaway->is_raised) {
        wm_alarms_drop(&core->alarms, wm_alarm_thermal_runaway);
    }
    if (has_held && core->settings.value[wm_setting_runaway_action] != 0) {
        wm_core_breaker_move(core, index, true, now_ms);
    }
}

/* Asks all valid modules of a string once more. */
static void string_ask(struct wm_bank *bank, int32_t index)
{
    for (int32_t k = index * bank->string_modules; k < (index + 1) * bank->string_modules; k++) {
        if (wm_module_is_valid(&bank->module[k])) {
            bank->module[k].wants |= WM_WANT_SECOND_MEASURE;
        }
    }
}

/*
 * Judges what is made of several devices' values. True if any of it is to be asked again: those
 * devices are then marked.
 */
static bool strings_judge(struct wm_core *core, wm_ms now_ms)
{
    struct wm_bank *bank = &core->bank;
    bool is_suspect = false;
    for (int32_t i = 0; i < bank->strings_count; i++) {
        const unsigned judgement =
            wm_rules_string(&core->rules, &core->alarms, bank, i, now_ms) |
            wm_rules_differences(&core->rules, &core->alarms, bank, i, now_ms);
        if (judgement & WM_JUDGED_AGAIN) {
            is_suspect = true;
            string_ask(bank, i);
        }
    }
    if (wm_rules_deviations(&core->rules, &core->alarms, bank, now_ms) & WM_JUDGED_AGAIN) {
        is_suspect = true;
        for (int32_t i = 0; i < bank->sensors_count; i++) {
            bank->sensor[i].wants |= WM_WANT_SECOND_MEASURE;
        }
    }
    return is_suspect;
}

static void round_judge(struct wm_core *core, wm_ms now_ms)
{
    if (core->state.life == WM_INITIALIZING) {
        wm_bank_start_round(&core->bank);
        if (wm_bank_is_started(&core->bank)) {
            wm_core_compare(core, now_ms);
        }
    }
    wm_bank_aggregate(&core->bank);
    wm_state_flow(&core->state, &core->bank, &core->settings, now_ms);
    if (wm_discharges_step(&core->discharges, &core->state, core->bank.strings_count, now_ms)) {
        wm_core_tell(core, now_ms, wm_event_discharge_counted, core->discharges.count, 0);
    }
    if (strings_judge(core, now_ms)) {
        wm_poller_look_again(&core->poller);
    }
    for (int32_t i = 0; i < core->bank.strings_count; i++) {
        string_judge(core, i, now_ms);
    }
    wm_equalizer_plan(&core->equalizer, &core->bank, &core->settings, &core->state,
                      core->state.life == WM_RUNNING && !wm_programmer_has_bus(&core->programmer));
    wm_poller_plan(&core->poller, &core->bank, &core->settings,
                   core->state.flow == WM_FLOW_DISCHARGE, now_ms);
    core->is_complete = core->is_complete || (wm_bank_is_complete(&core->bank) &&
                                              wm_com2_is_complete(&core->com2, &core->settings));
    core->is_to_be_published = true;
}

/* The alarms that follow from the state as a whole (decision S14). */
static void causes_set(struct wm_core *core, wm_ms now_ms)
{
    struct wm_alarms *alarms = &core->alarms;
    const struct wm_bank *bank = &core->bank;
    const uint16_t flags = wm_state_flags(&core->state, now_ms);
    int32_t open = 0;
    for (int32_t i = 0; i < bank->strings_count; i++) {
        open += wm_breakers_is_open(&core->breakers, &core->settings, i);
    }
    wm_alarms_count(alarms, wm_alarm_equalizing, core->equalizer.errors);
    wm_alarms_count(alarms, wm_alarm_string_equalizing_disabled, core->equalizer.strings_cut_off);
    wm_alarms_set(alarms, wm_alarm_battery_breaker_open, open > 0);
    wm_alarms_count(alarms, wm_alarm_system_error,
                    bank->modules_lost + bank->modules_mismatched + !wm_core_store_is_sound(core));
    wm_alarms_set(alarms, wm_alarm_communication_lost, bank->modules_lost == bank->modules_count);
    wm_alarms_set(alarms, wm_alarm_initializing, core->state.life == WM_INITIALIZING);
    wm_alarms_set(alarms, wm_alarm_discharging, (flags & wm_flag_general_status_discharging) != 0);
    wm_alarms_set(alarms, wm_alarm_discharging_stopped,
                  (flags & wm_flag_general_status_discharging_stopped) != 0);
}

void wm_core_system_judge(struct wm_core *core, wm_ms now_ms)
{
    causes_set(core, now_ms);
    core->is_to_be_published |=
        wm_alarms_update(&core->alarms, now_ms - core->started_ms, &core->ports.journal);
}

/* Judges what has ended, if anything has. True if the start is over with it. */
static bool end_judge(struct wm_core *core, wm_ms now_ms)
{
    core->has_round_ended = false;
    switch (wm_poller_ended(&core->poller)) {
    case WM_POLLER_ROUND_ENDED:
        core->has_round_ended = true;
        round_judge(core, now_ms);
        break;
    case WM_POLLER_LOOKED_AGAIN:
        wm_bank_aggregate(&core->bank);
        (void)strings_judge(core, now_ms); /* what is suspect only now waits its turn */
        core->is_to_be_published = true;
        break;
    case WM_POLLER_GOES_ON:
        return false;
    }
    /* A second look that is under way belongs to the start: what it finds was there before. */
    return core->state.life == WM_INITIALIZING && !core->poller.is_looking_again &&
           wm_bank_is_started(&core->bank);
}

void wm_core_alarm_update(struct wm_core *core, wm_ms now_ms)
{
    module_judge(core, now_ms);
    sensor_judge(core, now_ms);
    if (core->state.life == WM_CONNECTED) {
        life_enter(core, WM_INITIALIZING, now_ms);
    }
    const bool is_started = end_judge(core, now_ms);
    if (is_started) {
        life_enter(core, WM_RUNNING, now_ms);
    }
    wm_core_system_judge(core, now_ms);
    if (is_started) {
        wm_alarms_started(&core->alarms);
    }
}
