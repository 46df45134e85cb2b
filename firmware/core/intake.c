/*
 * intake.c — bytes to bank: what was answered, by whom, and who is lost or back.
 */
#include "stages.h"

#include "measure.h"

void wm_core_bytes_receive(struct wm_core *core, wm_ms now_ms)
{
    if (core->programmer.is_asking) {
        const struct wm_line_timing timing = wm_poller_timing(&core->settings);
        core->exchange.result = WM_EXCHANGE_NONE;
        wm_programmer_receive(&core->programmer, &core->poller.line, &timing, now_ms);
        wm_core_programmer_tell(core, now_ms);
        return;
    }
    wm_poller_receive(&core->poller, &core->bank, &core->settings, now_ms, &core->exchange);
}

/* Told once, until a value can be believed again; all that an aux unit says can be. */
static void value_judge(struct wm_core *core, bool is_refused, wm_ms now_ms)
{
    const struct wm_device device = core->exchange.device;
    bool *was_refused;
    if (core->exchange.message == wm_message_measure) {
        was_refused = &core->bank.module[device.index].is_refused;
    } else if (core->exchange.message == wm_message_read_sensor) {
        was_refused = &core->bank.sensor[device.index].is_refused;
    } else {
        return;
    }
    if (is_refused && !*was_refused) {
        wm_core_tell(core, now_ms, wm_event_value_refused, device.index + 1, (int32_t)device.class);
    }
    *was_refused = is_refused;
}

void wm_core_measure_take(struct wm_core *core, wm_ms now_ms)
{
    struct wm_exchange *exchange = &core->exchange;
    if (exchange->result != WM_EXCHANGE_ANSWERED) {
        return;
    }
    const bool is_good = wm_measure(&exchange->answer, exchange->device, core->bank.type,
                                    &core->measurement) == WM_OK;
    value_judge(core, !is_good, now_ms);
    if (is_good) {
        wm_poller_accept(&core->poller);
    } else {
        wm_poller_refuse(&core->poller, exchange);
    }
}

void wm_core_compare(struct wm_core *core, wm_ms now_ms)
{
    wm_bank_compare(&core->bank);
    for (int32_t i = 0; i < core->bank.modules_count; i++) {
        struct wm_module *module = &core->bank.module[i];
        if (module->is_mismatched && !module->is_mismatch_told) {
            wm_core_tell(core, now_ms, wm_event_module_mismatched, i + 1, 0);
            wm_alarms_renew(&core->alarms, wm_alarm_system_error);
        }
        module->is_mismatch_told = module->is_mismatched;
    }
}

/* Two devices with one address: their answers are garbled, round by round. */
static void collision_look(struct wm_core *core, wm_ms now_ms)
{
    const struct wm_exchange *exchange = &core->exchange;
    if (exchange->is_second || (exchange->message != wm_message_identify &&
                                !wm_message_tells_presence(exchange->message))) {
        return;
    }
    if (wm_bank_collides(&core->bank, exchange->device, exchange->message, exchange->is_garbled)) {
        wm_core_tell(core, now_ms, wm_event_collision, exchange->device.index + 1,
                     (int32_t)exchange->device.class);
    }
}

void wm_core_sensor_strings(const struct wm_core *core, int32_t sensor, int32_t *first,
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
    wm_core_tell(core, now_ms, wm_event_module_lost, index + 1, 0);
}

/* A current sensor or an aux unit. */
static void sensor_lost(struct wm_core *core, struct wm_device device, wm_ms now_ms)
{
    const bool is_sensor = device.class == WM_CLASS_SENSOR;
    int32_t first;
    int32_t last;
    wm_core_sensor_strings(core, device.index, &first, &last);
    for (int32_t i = first; is_sensor && i < last; i++) {
        wm_rules_sensor_lost(&core->rules, i);
    }
    wm_alarms_raise(&core->alarms, wm_alarm_sensor_communication_lost);
    wm_core_tell(core, now_ms, is_sensor ? wm_event_sensor_lost : wm_event_aux_lost,
                 device.index + 1, 0);
}

static void device_missed(struct wm_core *core, wm_ms now_ms)
{
    const struct wm_exchange *exchange = &core->exchange;
    collision_look(core, now_ms);
    if (exchange->message == wm_message_set_outputs) {
        wm_breakers_missed(&core->breakers, exchange->device.index, now_ms);
    }
    if (exchange->is_second || !wm_message_tells_presence(exchange->message)) {
        return;
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
    wm_core_tell(core, now_ms,
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
            wm_core_tell(core, now_ms, wm_event_aux_input, aux_index * WM_AUX_LINES + line + 1,
                         inputs >> line & 1);
        }
    }
}

static void aux_heard(struct wm_core *core, int32_t index, const struct wm_aux *before,
                      wm_ms now_ms)
{
    inputs_compare(core, index, before, now_ms);
    wm_breakers_heard(&core->breakers, &core->settings, &core->bank, index);
    wm_breakers_isolate(&core->breakers, &core->settings, &core->bank);
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
        wm_core_compare(core, now_ms);
    }
}

void wm_core_bank_update(struct wm_core *core, wm_ms now_ms)
{
    if (core->exchange.result == WM_EXCHANGE_ANSWERED) {
        device_heard(core, now_ms);
    } else if (core->exchange.result == WM_EXCHANGE_SILENT) {
        device_missed(core, now_ms);
    }
}
