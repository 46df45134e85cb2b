/*
 * core.c — the pipeline, written in the order data flows. See core.h.
 */
#include "core.h"

#include <assert.h>
#include <string.h>

#include "measure.h"
#include "publish.h"
#include "settings.h"

static void tell(struct wm_core *core, wm_ms now_ms, enum wm_event_kind kind, int32_t number,
                 int32_t value)
{
    const struct wm_event event = {now_ms - core->started_ms, kind, number, value};
    core->ports.journal.tell(core->ports.journal.self, &event);
}

void wm_core_init(struct wm_core *core, const struct wm_ports *ports,
                  const struct wm_settings *settings, const struct wm_power_up *power_up,
                  wm_ms now_ms)
{
    const char *why;
    assert(wm_settings_check(settings, &why) == WM_OK);
    memset(core, 0, sizeof *core);
    core->ports = *ports;
    core->settings = *settings;
    const bool is_kept_whole = wm_keep_init(&core->keep, &core->settings, &ports->store) == WM_OK;
    core->started_ms = now_ms;
    wm_logs_init(&core->logs, ports, power_up->wall_ms);
    core->ports.journal = wm_logs_journal(&core->logs);
    tell(core, now_ms, wm_event_started, 0, 0);
    wm_poller_init(&core->poller, ports->bus, now_ms);
    wm_bank_init(&core->bank, &core->settings);
    wm_rules_init(&core->rules, &core->settings);
    wm_alarms_init(&core->alarms);
    wm_panel_init(&core->panel, power_up->slide_switch);
    wm_com2_init(&core->com2, ports->com2, &core->ports.journal, &core->settings, now_ms);
    wm_state_init(&core->state);
    wm_equalizer_init(&core->equalizer);
    wm_programmer_init(&core->programmer, core->bank.modules_count);
    core->is_store_damaged =
        wm_breakers_init(&core->breakers, &core->settings, &core->ports.store) != WM_OK;
    core->is_store_damaged |= wm_discharges_init(&core->discharges, &core->ports.store) != WM_OK;
    if (core->is_store_damaged || !is_kept_whole) {
        tell(core, now_ms, wm_event_store_damaged, 0, 0);
    }
    (void)wm_panel_step(&core->panel, &core->alarms, &core->settings, false, 0);
    wm_publish(core, now_ms);
}

/* ---- wishes ----------------------------------------------------------------------------- */

/* A wish for a setting, against the settings as they stand. */
static enum wm_status set_check(const struct wm_settings *settings,
                                const struct wm_command *command, struct wm_settings *wished,
                                const char **why)
{
    *wished = *settings;
    if (wm_setting_is_structural(command->setting)) {
        *why = "it says what the plant is, and is set when the plant is set up";
        return WM_RANGE;
    }
    if (wm_settings_set(wished, command->setting, command->value) != WM_OK) {
        *why = "the value is outside the setting's range";
        return WM_RANGE;
    }
    return wm_settings_check(wished, why);
}

static enum wm_status breaker_check(const struct wm_core *core, const struct wm_command *command,
                                    const char **why)
{
    int32_t output;
    bool is_normally_closed;
    if (command->number < 1 || command->number > core->bank.strings_count) {
        *why = "there is no such string";
        return WM_RANGE;
    }
    if (!wm_settings_breaker(&core->settings, command->number - 1, &output, &is_normally_closed)) {
        *why = "no output is wired as the breaker of this string";
        return WM_RANGE;
    }
    return WM_OK;
}

/* Something has to be there to be asked (decision B21). */
static bool com2_can(const struct wm_core *core, int32_t use)
{
    return core->ports.com2.ops != NULL || use == WM_COM2_NONE || use == WM_COM2_MODBUS_RTU;
}

static enum wm_status mute_check(const struct wm_core *core, const char **why)
{
    if (!wm_alarms_is_general(&core->alarms, &core->settings)) {
        *why = "there is no common alarm to acknowledge";
        return WM_CONFLICT;
    }
    return WM_OK;
}

static enum wm_status switch_check(const struct wm_command *command, const char **why)
{
    if (wm_state_name(wm_point_panel_slide_switch, command->value) == NULL) {
        *why = "the slide switch stands left, middle or right";
        return WM_RANGE;
    }
    return WM_OK;
}

enum wm_status wm_core_command(struct wm_core *core, const struct wm_command *command,
                               const char **why)
{
    struct wm_settings wished;
    enum wm_status status = WM_OK;
    *why = "";
    switch (command->kind) {
    case WM_COMMAND_SET:
        status = set_check(&core->settings, command, &wished, why);
        if (status == WM_OK && !com2_can(core, wished.value[wm_setting_com2_use])) {
            *why = "this webmanager has no COM2 that sensors could hang on";
            status = WM_CONFLICT;
        }
        break;
    case WM_COMMAND_BREAKER:
        status = breaker_check(core, command, why);
        break;
    case WM_COMMAND_MUTE:
        status = mute_check(core, why);
        break;
    case WM_COMMAND_SWITCH:
        status = switch_check(command, why);
        break;
    case WM_COMMAND_SAVE:
        break;
    case WM_COMMAND_CLOCK:
        if (command->wall_ms < 0 || command->wall_ms > WM_WALL_MS_MAX) {
            *why = "the clock goes from 1970 to 2106";
            return WM_RANGE;
        }
        break;
    case WM_COMMAND_PROGRAMMER_MODE:
    case WM_COMMAND_PROGRAMMER_RANGE:
    case WM_COMMAND_PROGRAMMER_STOP:
    case WM_COMMAND_PROGRAMMER_SINGLE:
    case WM_COMMAND_PROGRAMMER_SHOW:
    case WM_COMMAND_PROGRAMMER_QUERY:
    case WM_COMMAND_PROGRAMMER_RESET:
        status = wm_programmer_check(&core->programmer, command, why);
        break;
    default:
        *why = "the firmware has no such wish";
        return WM_RANGE;
    }
    if (status == WM_OK) {
        status = wm_inbox_put(&core->inbox, command);
        *why = status == WM_OK ? "" : "too many wishes are waiting; try again";
    }
    return status;
}

bool wm_core_is_kept(const struct wm_core *core)
{
    return !core->is_store_failing;
}

static void breaker_move(struct wm_core *core, int32_t string_index, bool is_open, wm_ms now_ms)
{
    if (wm_breakers_move(&core->breakers, &core->settings, string_index, is_open)) {
        tell(core, now_ms, wm_event_breaker, string_index + 1, is_open);
        core->is_to_be_published = true;
    }
}

/* Changed levels are judged by fresh values: resistances would else wait for their slot. */
static void resistances_ask(struct wm_core *core, enum wm_setting setting)
{
    static const enum wm_setting levels[] = {
        wm_setting_impedance_low_alarm,  wm_setting_impedance_low_warn,
        wm_setting_impedance_high_warn,  wm_setting_impedance_high_alarm,
        wm_setting_impedance_hysteresis, wm_setting_impedance_reference,
    };
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        for (int32_t k = 0; setting == levels[i] && k < core->bank.modules_count; k++) {
            core->bank.module[k].wants |= WM_WANT_RESISTANCE;
        }
    }
}

static void set_apply(struct wm_core *core, const struct wm_command *command, wm_ms now_ms)
{
    /* Two wishes that were fine one by one may contradict each other by now. */
    struct wm_settings wished;
    const char *why;
    if (set_check(&core->settings, command, &wished, &why) == WM_OK) {
        core->settings = wished;
        wm_rules_configure(&core->rules, &core->settings);
        wm_com2_configure(&core->com2, &core->settings, now_ms);
        resistances_ask(core, command->setting);
        wm_keep_note(&core->keep, command->setting);
        tell(core, now_ms, wm_event_setting_changed, (int32_t)command->setting, command->value);
        core->is_to_be_published = true;
    }
}

static void mute_apply(struct wm_core *core, wm_ms now_ms)
{
    if (wm_panel_mute(&core->panel, &core->alarms, &core->settings)) {
        tell(core, now_ms, wm_event_muted, 0, 0);
        core->is_to_be_published = true;
    }
}

/* What the programmer has to say. */
static void programmer_tell(struct wm_core *core, wm_ms now_ms)
{
    struct wm_event event;
    while (wm_programmer_told(&core->programmer, &event)) {
        tell(core, now_ms, event.kind, event.number, event.value);
    }
    core->is_to_be_published |= core->programmer.is_changed;
    core->programmer.is_changed = false;
}

static void programmer_order(struct wm_core *core, const struct wm_command *command, wm_ms now_ms)
{
    /* One of two wishes that were fine one by one may come too late by now: it is then forgotten.
     */
    const char *why;
    if (wm_programmer_order(&core->programmer, command, now_ms, &why) == WM_OK) {
        programmer_tell(core, now_ms);
    }
}

static wm_ms programmer_idle_ms(const struct wm_core *core)
{
    return core->settings.value[wm_setting_programmer_idle_limit] * INT64_C(1000);
}

/* Hands the bus over (decision B19): no delay runs on what nobody measures. */
static void programmer_update(struct wm_core *core, wm_ms now_ms)
{
    wm_programmer_idle(&core->programmer, programmer_idle_ms(core), now_ms);
    programmer_tell(core, now_ms);
    const bool has_bus = wm_programmer_has_bus(&core->programmer);
    if (has_bus != core->poller.is_paused) {
        wm_equalizer_pause(&core->equalizer, &core->bank);
    }
    if (has_bus) {
        wm_poller_pause(&core->poller);
    } else if (core->poller.is_paused) {
        wm_poller_resume(&core->poller, now_ms);
        wm_bank_resume(&core->bank);
        wm_rules_pause(&core->rules);
        wm_state_pause(&core->state);
        for (int32_t i = 0; i < core->bank.strings_count; i++) {
            wm_runaway_pause(&core->runaway[i]);
        }
    }
}

static void commands_apply(struct wm_core *core, wm_ms now_ms)
{
    struct wm_command command;
    core->has_wish = false;
    while (wm_inbox_take(&core->inbox, &command)) {
        core->has_wish = true;
        switch (command.kind) {
        case WM_COMMAND_SET:
            set_apply(core, &command, now_ms);
            break;
        case WM_COMMAND_SAVE:
            core->keep.is_changed = true;
            core->breakers.is_changed = true;
            core->is_save_wished = true;
            break;
        case WM_COMMAND_BREAKER:
            breaker_move(core, command.number - 1, command.value != 0, now_ms);
            break;
        case WM_COMMAND_MUTE:
            mute_apply(core, now_ms);
            break;
        case WM_COMMAND_SWITCH:
            wm_panel_switch(&core->panel, command.value);
            core->is_to_be_published = true;
            break;
        case WM_COMMAND_CLOCK:
            wm_logs_clock(&core->logs, command.wall_ms - (now_ms - core->started_ms));
            tell(core, now_ms, wm_event_clock_set, 0, 0);
            core->is_to_be_published = true;
            break;
        default:
            programmer_order(core, &command, now_ms); /* wm_core_command let nothing else through */
            break;
        }
    }
}

/* ---- bytes to bank ---------------------------------------------------------------------- */

static void bytes_receive(struct wm_core *core, wm_ms now_ms)
{
    if (core->programmer.is_asking) {
        const struct wm_line_timing timing = wm_poller_timing(&core->settings);
        core->exchange.result = WM_EXCHANGE_NONE;
        wm_programmer_receive(&core->programmer, &core->poller.line, &timing, now_ms);
        programmer_tell(core, now_ms);
        return;
    }
    wm_poller_receive(&core->poller, &core->bank, &core->settings, now_ms, &core->exchange);
}

/* Told once, until a value can be believed again. */
static void value_refused(struct wm_core *core, struct wm_device device, wm_ms now_ms)
{
    struct wm_module *module = &core->bank.module[device.index];
    if (device.class == WM_CLASS_MODULE && !module->is_refused) {
        module->is_refused = true;
        tell(core, now_ms, wm_event_value_refused, device.index + 1, 0);
    }
}

static void measure_take(struct wm_core *core, wm_ms now_ms)
{
    struct wm_exchange *exchange = &core->exchange;
    if (exchange->result != WM_EXCHANGE_ANSWERED) {
        return;
    }
    if (wm_measure(&exchange->answer, exchange->device, core->bank.type, &core->measurement) ==
        WM_OK) {
        wm_poller_accept(&core->poller);
        if (exchange->message == wm_message_measure) {
            core->bank.module[exchange->device.index].is_refused = false;
        }
    } else {
        value_refused(core, exchange->device, now_ms);
        wm_poller_refuse(&core->poller, exchange);
    }
}

/* Two devices with one address: their answers are garbled, round by round. */
static void collision_look(struct wm_core *core, wm_ms now_ms)
{
    const struct wm_exchange *exchange = &core->exchange;
    if (exchange->message == wm_message_impedance || exchange->message == wm_message_set_bypass ||
        exchange->message == wm_message_set_outputs || exchange->is_second) {
        return; /* not asked in every round */
    }
    if (wm_bank_collides(&core->bank, exchange->device, exchange->message, exchange->is_garbled)) {
        tell(core, now_ms, wm_event_collision, exchange->device.index + 1,
             (int32_t)exchange->device.class);
    }
}

/* Strings first..last - 1 are measured by the sensor. */
static void sensor_strings(const struct wm_core *core, int32_t sensor, int32_t *first,
                           int32_t *last)
{
    *first = core->bank.is_sensor_for_all ? 0 : sensor;
    *last = core->bank.is_sensor_for_all ? core->bank.strings_count : sensor + 1;
    if (*last > core->bank.strings_count) {
        *last = core->bank.strings_count; /* a sensor too many measures none */
    }
}

static void module_lost(struct wm_core *core, int32_t index, wm_ms now_ms)
{
    wm_rules_module_lost(&core->rules, index);
    wm_equalizer_lost(&core->equalizer, &core->bank, index);
    wm_alarms_raise(&core->alarms, wm_alarm_module_lost);
    tell(core, now_ms, wm_event_module_lost, index + 1, 0);
}

/* A current sensor or an aux unit. */
static void sensor_lost(struct wm_core *core, struct wm_device device, wm_ms now_ms)
{
    const bool is_sensor = device.class == WM_CLASS_SENSOR;
    int32_t first;
    int32_t last;
    sensor_strings(core, device.index, &first, &last);
    for (int32_t i = first; is_sensor && i < last; i++) {
        wm_rules_sensor_lost(&core->rules, i);
    }
    wm_alarms_raise(&core->alarms, wm_alarm_sensor_communication_lost);
    tell(core, now_ms, is_sensor ? wm_event_sensor_lost : wm_event_aux_lost, device.index + 1, 0);
}

static void device_missed(struct wm_core *core, wm_ms now_ms)
{
    const struct wm_exchange *exchange = &core->exchange;
    collision_look(core, now_ms);
    if (exchange->message == wm_message_identify || exchange->message == wm_message_impedance ||
        exchange->message == wm_message_set_bypass || exchange->message == wm_message_set_outputs ||
        exchange->is_second) {
        return; /* presence is judged by the question that every round asks first */
    }
    if (wm_bank_miss(&core->bank, exchange->device) == WM_BANK_LOST) {
        core->is_to_be_published = true;
        if (exchange->device.class == WM_CLASS_MODULE) {
            module_lost(core, exchange->device.index, now_ms);
        } else {
            sensor_lost(core, exchange->device, now_ms);
        }
    }
}

static void device_back(struct wm_core *core, struct wm_device device, wm_ms now_ms)
{
    const bool is_module = device.class == WM_CLASS_MODULE;
    core->is_to_be_published = true;
    wm_alarms_drop(&core->alarms,
                   is_module ? wm_alarm_module_lost : wm_alarm_sensor_communication_lost);
    tell(core, now_ms,
         is_module                         ? wm_event_module_back
         : device.class == WM_CLASS_SENSOR ? wm_event_sensor_back
                                           : wm_event_aux_back,
         device.index + 1, 0);
}

/* Tells each input that is not what it was; the first reading changes nothing. */
static void inputs_compare(struct wm_core *core, int32_t aux_index, const struct wm_aux *before,
                           wm_ms now_ms)
{
    const uint8_t inputs = core->bank.aux[aux_index].inputs;
    for (int line = 0; before->is_measured && line < WM_AUX_LINES; line++) {
        if ((inputs ^ before->inputs) >> line & 1) {
            tell(core, now_ms, wm_event_aux_input, aux_index * WM_AUX_LINES + line + 1,
                 inputs >> line & 1);
        }
    }
}

static void aux_heard(struct wm_core *core, int32_t index, const struct wm_aux *before,
                      wm_ms now_ms)
{
    inputs_compare(core, index, before, now_ms);
    wm_breakers_heard(&core->breakers, &core->settings, &core->bank, index);
}

static void device_heard(struct wm_core *core, wm_ms now_ms)
{
    const struct wm_measurement *taken = &core->measurement;
    const bool is_module = taken->device.class == WM_CLASS_MODULE;
    const bool is_aux = taken->device.class == WM_CLASS_AUX;
    const struct wm_aux aux_before = core->bank.aux[is_aux ? taken->device.index : 0];
    if (wm_bank_take(&core->bank, taken) == WM_BANK_BACK) {
        device_back(core, taken->device, now_ms);
    }
    if (taken->message == wm_message_set_outputs) {
        core->is_to_be_published = true; /* in programmer mode no round's end will do it */
    }
    if (is_module) {
        wm_equalizer_heard(&core->equalizer, &core->bank, taken->device.index, taken->message,
                           core->exchange.is_second, now_ms);
    }
    if (is_aux) {
        aux_heard(core, taken->device.index, &aux_before, now_ms);
    }
    if (taken->message == wm_message_identify && core->state.life == WM_RUNNING) {
        wm_bank_compare(&core->bank);
    }
}

static void bank_update(struct wm_core *core, wm_ms now_ms)
{
    if (core->exchange.result == WM_EXCHANGE_ANSWERED) {
        device_heard(core, now_ms);
    } else if (core->exchange.result == WM_EXCHANGE_SILENT) {
        device_missed(core, now_ms);
    }
}

/* ---- bank to alarms --------------------------------------------------------------------- */

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
    sensor_strings(core, taken->device.index, &first, &last);
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
    tell(core, now_ms, wm_event_state, wm_state_flags(&core->state, now_ms), 0);
}

static void string_judge(struct wm_core *core, int32_t index, wm_ms now_ms)
{
    int32_t current_mA;
    int32_t current_ac_mA;
    struct wm_runaway *runaway = &core->runaway[index];
    const bool was_raised = runaway->is_raised;
    const bool is_measured = wm_bank_current(&core->bank, index, &current_mA, &current_ac_mA);
    if (wm_runaway_step(runaway, &core->bank.string[index], is_measured, current_mA,
                        &core->settings, now_ms)) {
        wm_alarms_raise(&core->alarms, wm_alarm_thermal_runaway);
        if (core->settings.value[wm_setting_runaway_action] != 0) {
            breaker_move(core, index, true, now_ms);
        }
    } else if (was_raised && !runaway->is_raised) {
        wm_alarms_drop(&core->alarms, wm_alarm_thermal_runaway);
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
    if (wm_rules_deviations(&core->rules, &core->alarms, bank, core->breakers.is_open, now_ms) &
        WM_JUDGED_AGAIN) {
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
            wm_bank_compare(&core->bank);
        }
    }
    wm_bank_aggregate(&core->bank);
    wm_state_flow(&core->state, &core->bank, &core->settings, now_ms);
    if (wm_discharges_step(&core->discharges, &core->state, core->bank.strings_count, now_ms)) {
        tell(core, now_ms, wm_event_discharge_counted, core->discharges.count, 0);
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
static void system_judge(struct wm_core *core, wm_ms now_ms)
{
    struct wm_alarms *alarms = &core->alarms;
    const struct wm_bank *bank = &core->bank;
    const uint16_t flags = wm_state_flags(&core->state, now_ms);
    int32_t open = 0;
    for (int32_t i = 0; i < bank->strings_count; i++) {
        open += core->breakers.is_open[i];
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

static void alarm_update(struct wm_core *core, wm_ms now_ms)
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
    system_judge(core, now_ms);
    core->is_to_be_published |=
        wm_alarms_update(&core->alarms, now_ms - core->started_ms, &core->ports.journal);
    if (is_started) {
        wm_alarms_started(&core->alarms);
    }
}

/* ---- alarms to relays, view and bus ----------------------------------------------------- */

static void breaker_update(struct wm_core *core)
{
    uint8_t outputs = 0;
    const int32_t aux = wm_breakers_due(&core->breakers, &core->bank, &outputs);
    if (aux >= 0 && wm_poller_order(&core->poller, aux, outputs)) {
        core->breakers.is_due[aux] = false;
    }
}

/*
 * Saves what is to be saved, before any service can answer (decision H5). A store that fails is
 * tried again once a round, and when an operator wishes something.
 */
static void records_save(struct wm_core *core, wm_ms now_ms)
{
    const struct wm_store *store = &core->ports.store;
    const bool was_failing = core->is_store_failing;
    const bool was_sound = wm_core_store_is_sound(core);
    if (was_failing && !core->has_round_ended && !core->has_wish) {
        return;
    }
    const bool are_settings_kept = wm_keep_save(&core->keep, &core->settings, store) == WM_OK;
    const bool are_breakers_kept = wm_breakers_save(&core->breakers, store) == WM_OK;
    const bool are_discharges_kept = wm_discharges_save(&core->discharges, store) == WM_OK;
    core->is_store_failing = !are_settings_kept || !are_breakers_kept || !are_discharges_kept;
    if (core->is_store_failing && !was_failing) {
        tell(core, now_ms, wm_event_store_failed, 0, 0);
    }
    if (core->is_save_wished && !core->is_store_failing) {
        core->is_save_wished = false;
        core->is_store_damaged = false;
    }
    core->is_to_be_published |= wm_core_store_is_sound(core) != was_sound;
}

/* COM2 has a line and a period of its own; what it finds are causes like others. */
static void com2_update(struct wm_core *core, wm_ms now_ms)
{
    core->is_to_be_published |= wm_com2_receive(&core->com2, &core->settings, now_ms);
    const int32_t lost = wm_com2_lost(&core->com2);
    for (; core->com2_lost < lost; core->com2_lost++) {
        wm_alarms_raise(&core->alarms, wm_alarm_sensor_communication_lost);
    }
    for (; core->com2_lost > lost; core->com2_lost--) {
        wm_alarms_drop(&core->alarms, wm_alarm_sensor_communication_lost);
    }
    wm_alarms_count(&core->alarms, wm_alarm_environment,
                    wm_com2_causes(&core->com2, &core->settings));
}

/* What sounds and flashes in the room follows the panel. */
static void room_update(struct wm_core *core)
{
    const struct wm_view_panel *shown = &core->panel.shown;
    wm_com2_order(&core->com2, &core->settings, shown->buzzer_choice == wm_state_panel_buzzer_on,
                  shown->alarm_led_choice == wm_state_panel_alarm_led_red ||
                      shown->alarm_led_choice == wm_state_panel_alarm_led_yellow);
}

static void panel_update(struct wm_core *core, wm_ms now_ms)
{
    const wm_ms uptime_ms = now_ms - core->started_ms;
    /* Whatever moves an alarm or a link is to be published: else there is nothing to follow. */
    if (core->is_to_be_published ||
        uptime_ms >= wm_panel_deadline_ms(&core->panel, &core->settings)) {
        core->is_to_be_published |= wm_panel_step(&core->panel, &core->alarms, &core->settings,
                                                  core->state.life == WM_RUNNING, uptime_ms);
    }
}

/* The LED of a module shows what its word shows, from its next question on. */
static void lamps_follow(struct wm_core *core)
{
    for (int32_t i = 0; i < core->bank.modules_count; i++) {
        core->bank.module[i].is_alarm = core->view.module[i].alarm_flags != 0;
    }
}

static void publish(struct wm_core *core, wm_ms now_ms)
{
    if (core->is_to_be_published) {
        core->is_to_be_published = false;
        wm_bank_aggregate(&core->bank);
        wm_publish(core, now_ms);
        lamps_follow(core);
    }
}

static void logs_write(struct wm_core *core, wm_ms now_ms)
{
    const wm_ms uptime_ms = now_ms - core->started_ms;
    if (core->has_round_ended && core->state.life == WM_RUNNING) {
        const enum wm_flow flow = core->state.flow;
        wm_logs_round(&core->logs, &core->settings,
                      flow == WM_FLOW_CHARGE || flow == WM_FLOW_DISCHARGE, uptime_ms);
    }
    wm_logs_step(&core->logs, &core->view, uptime_ms);
}

static void question_transmit(struct wm_core *core, wm_ms now_ms)
{
    if (core->poller.order_aux < 0) {
        wm_programmer_ask(&core->programmer, &core->poller.line, now_ms);
    }
    wm_poller_transmit(&core->poller, &core->bank, &core->settings, now_ms);
}

static wm_ms panel_deadline_ms(const struct wm_core *core)
{
    const wm_ms uptime_ms = wm_panel_deadline_ms(&core->panel, &core->settings);
    return uptime_ms == WM_NEVER ? WM_NEVER : core->started_ms + uptime_ms;
}

wm_ms wm_core_step(struct wm_core *core, wm_ms now_ms)
{
    assert(now_ms >= core->started_ms + core->view.published_ms);
    const bool was_sound = wm_core_store_is_sound(core);
    commands_apply(core, now_ms);    /* wishes from outside                 */
    bytes_receive(core, now_ms);     /* bytes       -> frame, or silence    */
    programmer_update(core, now_ms); /* who has the bus                     */
    measure_take(core, now_ms);      /* frame       -> measurement          */
    bank_update(core, now_ms);       /* measurement -> modules and strings  */
    com2_update(core, now_ms);       /* the same, on COM2                   */
    alarm_update(core, now_ms);      /* bank        -> alarms               */
    breaker_update(core);            /* alarms      -> relay orders         */
    records_save(core, now_ms);      /* what survives a power cut           */
    panel_update(core, now_ms);      /* alarms      -> lamps and buzzer     */
    room_update(core);               /* panel       -> orders on COM2       */
    publish(core, now_ms);           /* bank, alarms -> view                */
    question_transmit(core, now_ms); /* orders, then the next question      */
    wm_com2_transmit(&core->com2, &core->settings, now_ms);
    logs_write(core, now_ms); /* view        -> log rings            */
    if (wm_core_store_is_sound(core) != was_sound) {
        return now_ms; /* SystemError comes or goes without waiting */
    }
    const wm_ms deadlines_ms[] = {
        wm_poller_deadline_ms(&core->poller, now_ms),
        wm_state_deadline_ms(&core->state, now_ms),
        panel_deadline_ms(core),
        wm_logs_deadline_ms(&core->logs, now_ms),
        wm_programmer_deadline_ms(&core->programmer, &core->poller.line, programmer_idle_ms(core),
                                  now_ms),
        wm_com2_deadline_ms(&core->com2, now_ms),
    };
    wm_ms next_ms = WM_NEVER;
    for (size_t i = 0; i < sizeof deadlines_ms / sizeof deadlines_ms[0]; i++) {
        next_ms = deadlines_ms[i] < next_ms ? deadlines_ms[i] : next_ms;
    }
    return next_ms;
}
