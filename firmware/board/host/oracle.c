/*
 * oracle.c — the judge's ears: truth, questions, answers and views, and what follows for devices
 * and for the limits of modules. See oracle.h.
 */
#include "oracle.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "oracle_parts.h"

enum {
    US_PER_MS = 1000,
    US_PER_S = 1000000,
    MDEGC_PER_DDEGC = 100,
    /* Decision B24: beyond these an answer is none. */
    VOLTAGE_PERMILLE_MAX = 1300,
    TEMPERATURE_MDEGC_MIN = -40000,
    TEMPERATURE_MDEGC_MAX = 125000,
    /* Around bus.answer_timeout: an answer that begins then may be in time or not. */
    LATENCY_DOUBT_US = 2000,
    BITS_PER_BYTE = 10,
};

/* ---- the report ------------------------------------------------------------------------- */

static void verdict_write(struct oracle *oracle, const char *subject, const char *item,
                          int32_t number, int64_t now_us, const char *format, va_list arguments)
{
    if (oracle->verdict[0] != '\0') {
        return;
    }
    char text[600];
    char place[32] = "";
    (void)vsnprintf(text, sizeof text, format, arguments);
    if (number > 0) {
        (void)snprintf(place, sizeof place, " of %s %d", item, (int)number);
    }
    const int64_t *end_us = oracle->round_us;
    (void)snprintf(oracle->verdict, sizeof oracle->verdict,
                   "%s%s: %s; seen at %.3f s, after rounds that ended at %.3f, %.3f, %.3f and "
                   "%.3f s",
                   subject, place, text, (double)now_us / US_PER_S, (double)end_us[3] / US_PER_S,
                   (double)end_us[2] / US_PER_S, (double)end_us[1] / US_PER_S,
                   (double)end_us[0] / US_PER_S);
}

void oracle_report(struct oracle *oracle, enum wm_alarm alarm, const char *item, int32_t number,
                   int64_t now_us, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    verdict_write(oracle, wm_alarm(alarm)->name, item, number, now_us, format, arguments);
    va_end(arguments);
}

void oracle_accuse(struct oracle *oracle, const char *subject, const char *item, int32_t number,
                   int64_t now_us, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    verdict_write(oracle, subject, item, number, now_us, format, arguments);
    va_end(arguments);
}

/* What the i-th newest round took, in us; of one that runs as much as the one before. */
static int64_t round_length_us(const struct oracle *oracle, int i)
{
    const int64_t *end_us = oracle->round_us;
    const int newer = i > 0 ? i - 1 : 0;
    return end_us[newer + 1] > 0 ? oracle_later(end_us[newer] - end_us[newer + 1], 1) : INT64_MAX;
}

/* The rounds from then till now, in thousandths, each as long as it really ran. */
static int64_t rounds_milli(const struct oracle *oracle, int64_t then_us, int64_t now_us)
{
    int64_t milli = 0;
    int64_t until_us = now_us;
    int i = 0;
    for (; i < ORACLE_ROUNDS && oracle->round_us[i] > then_us; i++) {
        milli += (until_us - oracle->round_us[i]) * 1000 / round_length_us(oracle, i);
        until_us = oracle->round_us[i];
    }
    return milli + oracle_later(until_us - then_us, 0) * 1000 / round_length_us(oracle, i);
}

void oracle_measure(struct oracle *oracle, enum wm_alarm alarm, bool is_clear, int64_t due_us,
                    int64_t now_us)
{
    struct board_latency *latency = &oracle->latency[alarm];
    const int64_t late_us = oracle_later(now_us - due_us, 0);
    const int64_t milli = rounds_milli(oracle, due_us, now_us);
    int64_t *worst_ms = is_clear ? &latency->clear_ms : &latency->raise_ms;
    int32_t *worst_milli = is_clear ? &latency->clear_rounds_milli : &latency->raise_rounds_milli;
    *(is_clear ? &latency->clears : &latency->raises) += 1;
    *worst_ms = oracle_later(*worst_ms, late_us / US_PER_MS);
    *worst_milli = (int32_t)oracle_later(*worst_milli, milli < INT32_MAX ? milli : INT32_MAX);
    struct oracle_dated *dated = &oracle->dated[alarm][is_clear ? 1 : 0];
    dated->first_us = dated->is_dated && dated->first_us < due_us ? dated->first_us : due_us;
    dated->last_us = dated->is_dated ? oracle_later(dated->last_us, due_us) : due_us;
    dated->is_dated = true;
}

bool oracle_shows(const struct oracle *oracle, enum wm_alarm alarm)
{
    return (oracle->shown >> wm_alarm(alarm)->number & 1) != 0;
}

/* ---- truth ------------------------------------------------------------------------------ */

/* What its latency makes of a device that answers. */
static enum sim_presence presence_of(const struct oracle *oracle, const struct sim_truth *truth)
{
    const int64_t baud = oracle->settings.value[wm_setting_bus_baud];
    const int64_t timeout_us =
        oracle->settings.value[wm_setting_bus_answer_timeout] * INT64_C(1000);
    if (truth->presence != SIM_ANSWERS || baud == 0) {
        return truth->presence;
    }
    const int64_t byte_us = BITS_PER_BYTE * INT64_C(1000000) / baud;
    if (truth->latency_us + byte_us <= timeout_us) {
        return SIM_ANSWERS;
    }
    return truth->latency_us > timeout_us + byte_us + LATENCY_DOUBT_US ? SIM_SILENT : SIM_UNSURE;
}

static void presence_step(struct oracle_device *device, enum sim_presence presence, int64_t now_us)
{
    if (device->presence != presence) {
        device->presence = presence;
        device->presence_us = now_us;
    }
}

static int32_t voltage_mV_max(const struct oracle *oracle)
{
    const struct wm_module_type *type =
        wm_module_type(oracle->settings.value[wm_setting_bank_module_type]);
    assert(type != NULL);
    return (int32_t)((int64_t)type->voltage_mV_high * VOLTAGE_PERMILLE_MAX / 1000);
}

/* A reading that no block can have is no answer (decision B24). */
static enum sim_presence module_presence(const struct oracle *oracle,
                                         const struct sim_truth_module *truth)
{
    const enum sim_presence presence = presence_of(oracle, &truth->device);
    const int32_t mV_max = voltage_mV_max(oracle);
    if (presence != SIM_ANSWERS) {
        return presence;
    }
    if (truth->voltage_mV.low > mV_max || truth->temperature_mdegC.high < TEMPERATURE_MDEGC_MIN ||
        truth->temperature_mdegC.low > TEMPERATURE_MDEGC_MAX) {
        return SIM_SILENT;
    }
    const bool is_sure = truth->voltage_mV.high <= mV_max &&
                         truth->temperature_mdegC.low >= TEMPERATURE_MDEGC_MIN &&
                         truth->temperature_mdegC.high <= TEMPERATURE_MDEGC_MAX;
    return is_sure ? SIM_ANSWERS : SIM_UNSURE;
}

static void module_step(struct oracle *oracle, struct oracle_module *module, int64_t now_us)
{
    presence_step(&module->device, module_presence(oracle, &module->truth), now_us);
    oracle_limits_step(oracle, module, now_us);
}

void oracle_module(struct oracle *oracle, int32_t index, const struct sim_truth_module *truth,
                   int64_t now_us)
{
    struct oracle_module *module = &oracle->module[index];
    module->truth = *truth;
    module->is_known = true;
    if (oracle->has_settings) {
        module_step(oracle, module, now_us);
        const int32_t string = index * oracle->settings.value[wm_setting_bank_strings] /
                               oracle->settings.value[wm_setting_bank_modules];
        if (string < WM_STRINGS_MAX) {
            oracle->string[string].is_dirty = true;
        }
    }
}

void oracle_sensor(struct oracle *oracle, int32_t index, const struct sim_truth_sensor *truth,
                   int64_t now_us)
{
    presence_step(&oracle->sensor[index], presence_of(oracle, &truth->device), now_us);
    oracle->current_mA[index] = truth->current_mA;
    for (int32_t i = 0; i < WM_STRINGS_MAX; i++) {
        oracle->string[i].is_dirty = true;
    }
}

void oracle_aux(struct oracle *oracle, int32_t index, const struct sim_truth_aux *truth,
                int64_t now_us)
{
    presence_step(&oracle->aux[index], presence_of(oracle, &truth->device), now_us);
    oracle->outputs[index] = truth->outputs;
}

void oracle_looked(struct oracle *oracle, int64_t now_us)
{
    oracle_strings_step(oracle, false, now_us);
}

/* ---- visits ----------------------------------------------------------------------------- */

static struct oracle_device *device_of(struct oracle *oracle, enum wm_class class, int32_t index)
{
    if (index < 0) {
        return NULL; /* the factory address: of no place in the plant */
    }
    switch (class) {
    case WM_CLASS_MODULE:
        return index < WM_MODULES_MAX ? &oracle->module[index].device : NULL;
    case WM_CLASS_SENSOR:
        return index < WM_SENSORS_MAX ? &oracle->sensor[index] : NULL;
    case WM_CLASS_AUX:
        return index < WM_AUX_MAX ? &oracle->aux[index] : NULL;
    case WM_CLASS_BROADCAST:
    case WM_CLASS_COM2: /* on a bus of its own */
    case WM_CLASSES:
        break;
    }
    return NULL;
}

/* A round counts once, however often it asks: by the latest. */
static void visit_count(int64_t *sent_us, uint32_t *counted, uint32_t round, int64_t now_us)
{
    if (*counted != round) {
        memmove(sent_us + 1, sent_us, (ORACLE_ROUNDS - 1) * sizeof *sent_us);
        *counted = round;
    }
    sent_us[0] = now_us;
}

bool oracle_is_told(const struct oracle_device *device, int64_t due_us)
{
    const int64_t from_us = oracle_later(due_us, device->failed_us);
    return device->answered_us[ORACLE_ROUNDS - 1] >= from_us;
}

static bool is_asked(const struct oracle_device *device, int64_t due_us)
{
    return device->asked_us[ORACLE_ROUNDS - 1] >= due_us;
}

void oracle_late_set(struct oracle *oracle, struct oracle_device *device, enum wm_alarm alarm,
                     bool is_clear, int64_t now_us)
{
    oracle->late += device->late == 0;
    device->late = (int)alarm + 1;
    device->late_is_clear = is_clear;
    device->late_us = now_us;
}

static void presence_check(struct oracle *oracle, struct oracle_device *device, enum wm_alarm alarm,
                           int64_t now_us)
{
    const bool shows = device->is_lost;
    const int64_t since_us = oracle_later(device->presence_us, oracle->started_us);
    const bool is_silent = device->presence == SIM_SILENT && is_asked(device, since_us);
    const bool answers = device->presence == SIM_ANSWERS && is_asked(device, since_us);
    if (!shows && (is_silent || device->failed_run >= ORACLE_ROUNDS)) {
        oracle_late_set(oracle, device, alarm, false, now_us);
    }
    if (shows && (answers || oracle_is_told(device, oracle->started_us))) {
        oracle_late_set(oracle, device, alarm, true, now_us);
    }
}

static void visit_close(struct oracle *oracle, int64_t now_us)
{
    struct oracle_device *device = oracle->open;
    if (device == NULL) {
        return;
    }
    oracle->open = NULL;
    visit_count(device->asked_us, &device->asked_round, oracle->round + 1, device->sent_us);
    if (device->is_answered) {
        visit_count(device->answered_us, &device->answered_round, oracle->round + 1,
                    device->sent_us);
        device->failed_run = 0;
    } else {
        device->failed_run += device->failed_round != oracle->round + 1;
        device->failed_round = oracle->round + 1;
        device->failed_us = now_us;
    }
    /* What an earlier visit of this round was late by, a second look is not blamed for. */
    oracle->late -= device->late != 0;
    device->late = 0;
    if (!oracle->is_running) {
        return;
    }
    if (device >= &oracle->module[0].device &&
        device <= &oracle->module[WM_MODULES_MAX - 1].device) {
        struct oracle_module *module = (struct oracle_module *)(void *)device;
        presence_check(oracle, device, wm_alarm_module_lost, now_us);
        if (device->is_answered) {
            oracle_limits_check(oracle, module, now_us);
        }
    } else {
        presence_check(oracle, device, wm_alarm_sensor_communication_lost, now_us);
    }
}

void oracle_asked(struct oracle *oracle, enum wm_class class, int32_t index,
                  enum wm_message_id message, int64_t now_us)
{
    struct oracle_device *device = device_of(oracle, class, index);
    if (oracle->is_paused) {
        oracle->question.is_pending = false; /* it measures nothing */
        return;
    }
    const bool is_repeated = oracle->question.is_pending && oracle->question.class == class &&
                             oracle->question.index == index && oracle->question.message == message;
    if (oracle->question.is_pending && oracle->question.message == wm_message_impedance &&
        !is_repeated) {
        /* A resistance that was not given: what was told of it begins anew. */
        for (int i = 0; i < MODULE_LIMITS; i++) {
            if (oracle_limits[i].quantity == QUANTITY_RESISTANCE) {
                oracle->module[oracle->question.index].clock[i].first_round = oracle->round + 2;
            }
        }
    }
    oracle->question.is_pending = true;
    oracle->question.class = class;
    oracle->question.index = index;
    oracle->question.message = message;
    oracle->question.sent_us = now_us;
    if (device != NULL && message != wm_message_set_outputs) {
        oracle_poll_asked(oracle, now_us);
    }
    if (message == wm_message_set_outputs || device == NULL || device == oracle->open) {
        return; /* an order comes between */
    }
    visit_close(oracle, now_us);
    if (message == wm_message_measure || message == wm_message_read_sensor ||
        message == wm_message_read_aux) {
        oracle_poll_visit(oracle, device, class, index);
        oracle->open = device;
        device->is_answered = false;
        device->sent_us = now_us;
    }
}

static bool measure_is_valid(const struct oracle *oracle, const int32_t *values)
{
    const int32_t mdegC = values[wm_answer_measure_temperature_ddegC] * MDEGC_PER_DDEGC;
    return values[wm_answer_measure_voltage_mV] <= voltage_mV_max(oracle) &&
           mdegC >= TEMPERATURE_MDEGC_MIN && mdegC <= TEMPERATURE_MDEGC_MAX;
}

void oracle_answered(struct oracle *oracle, const int32_t *values, int64_t now_us)
{
    const enum wm_class class = oracle->question.class;
    const int32_t index = oracle->question.index;
    struct oracle_device *device = device_of(oracle, class, index);
    const enum wm_message_id message = oracle->question.message;
    if (device == NULL || !oracle->question.is_pending || !oracle->has_settings) {
        return;
    }
    if (message == wm_message_measure && !measure_is_valid(oracle, values)) {
        return;
    }
    oracle->question.is_pending = false;
    if (message == wm_message_measure) {
        struct oracle_module *module = &oracle->module[index];
        oracle_limits_told(oracle, module, QUANTITY_VOLTAGE, values[wm_answer_measure_voltage_mV],
                           now_us);
        oracle_limits_told(oracle, module, QUANTITY_TEMPERATURE,
                           values[wm_answer_measure_temperature_ddegC] * MDEGC_PER_DDEGC, now_us);
        if (device == oracle->open && !device->is_answered) {
            oracle_bypass_told(oracle, module, message, values[wm_answer_measure_bypass_permille],
                               now_us);
        }
    } else if (message == wm_message_set_bypass) {
        oracle_bypass_told(oracle, &oracle->module[index], message,
                           values[wm_answer_set_bypass_bypass_permille], now_us);
    } else if (message == wm_message_impedance) {
        const struct wm_module_type *type =
            wm_module_type(oracle->settings.value[wm_setting_bank_module_type]);
        oracle_limits_told(oracle, &oracle->module[index], QUANTITY_RESISTANCE,
                           wm_clamp((uint32_t)values[wm_answer_impedance_resistance_uOhm],
                                    type->resistance_uOhm_low, type->resistance_uOhm_high),
                           now_us);
    }
    if (message == wm_message_read_sensor) {
        oracle->told_mA[index] = values[wm_answer_read_sensor_current_mA];
        oracle->has_told[index] = true;
    }
    if (message == wm_message_read_aux || message == wm_message_set_outputs) {
        const bool is_order = message == wm_message_set_outputs;
        oracle->told_outputs[index] =
            (uint8_t)values[is_order ? wm_answer_set_outputs_outputs : wm_answer_read_aux_outputs];
        oracle->has_told_outputs[index] = true;
        oracle_isolation_follow(oracle);
    }
    if (device == oracle->open &&
        (message == wm_message_measure || message == wm_message_read_sensor ||
         message == wm_message_read_aux)) {
        device->is_answered = true;
    }
}

/* ---- views: modules --------------------------------------------------------------------- */

/* Rounds in a row without an answer, the visit that is under way included. */
static int32_t failed_rounds(const struct oracle *oracle, const struct oracle_device *device)
{
    if (oracle->open != device) {
        return device->failed_run;
    }
    if (device->is_answered) {
        return 0;
    }
    return device->failed_run + (device->failed_round != oracle->round + 1);
}

static void lost_edge(struct oracle *oracle, struct oracle_device *device, enum wm_alarm alarm,
                      const char *item, int32_t number, bool is_lost, int64_t now_us)
{
    const int32_t failed = failed_rounds(oracle, device);
    if (device->is_lost == is_lost) {
        return;
    }
    device->is_lost = is_lost;
    if (is_lost && failed < ORACLE_ROUNDS) {
        oracle_report(oracle, alarm, item, number, now_us,
                      "raised after %d rounds without an answer, not after %d", (int)failed,
                      (int)ORACLE_ROUNDS);
    }
    if (!is_lost && failed > 0) {
        oracle_report(oracle, alarm, item, number, now_us,
                      "cleared without an answer, the last %d rounds had none", (int)failed);
    }
    const enum sim_presence want = is_lost ? SIM_SILENT : SIM_ANSWERS;
    if (device->presence == want && device->presence_us >= oracle->started_us) {
        oracle_measure(oracle, alarm, !is_lost, device->presence_us, now_us);
    }
}

static void modules_see(struct oracle *oracle, const struct wm_view *view, int64_t now_us)
{
    const int32_t count = oracle->settings.value[wm_setting_bank_modules];
    for (int32_t m = 0; m < count; m++) {
        struct oracle_module *module = &oracle->module[m];
        const int32_t flags = view->module[m].alarm_flags;
        const int32_t changed = flags ^ module->flags;
        module->is_present = view->module[m].link_choice == wm_state_module_link_present;
        if (changed == 0) {
            continue;
        }
        for (int i = 0; i < MODULE_LIMITS / 2; i++) {
            const int32_t flag = wm_alarm(oracle_limits[i].alarm)->alarm_flag;
            if ((changed & flag) != 0) {
                oracle_flag_edge(oracle, module, m + 1, i, (flags & flag) != 0, now_us);
            }
        }
        const bool is_lost = (flags & wm_flag_alarm_communication_lost) != 0;
        for (int i = 0; i < MODULE_LIMITS && is_lost && !module->device.is_lost; i++) {
            const bool is_latched = module->clock[i].is_latched;
            oracle_clock_forget(&module->clock[i], true);
            module->clock[i].is_latched = is_latched;
        }
        lost_edge(oracle, &module->device, wm_alarm_module_lost, "module", m + 1, is_lost, now_us);
        module->flags = flags;
        module->flags_us = now_us;
    }
}

static void sensors_see(struct oracle *oracle, const struct wm_view *view, int64_t now_us)
{
    const enum wm_alarm alarm = wm_alarm_sensor_communication_lost;
    bool is_any_lost = view->com2.link_choice == wm_state_com2_link_lost;
    for (int32_t i = 0; i < oracle->settings.value[wm_setting_bank_current_sensors]; i++) {
        const bool is_lost = view->sensor[i].link_choice == wm_state_sensor_link_lost;
        is_any_lost = is_any_lost || is_lost;
        lost_edge(oracle, &oracle->sensor[i], alarm, "current sensor", i + 1, is_lost, now_us);
    }
    for (int32_t i = 0; i < oracle->settings.value[wm_setting_bank_aux_units]; i++) {
        const bool is_lost = view->aux[i].link_choice == wm_state_aux_link_lost;
        is_any_lost = is_any_lost || is_lost;
        lost_edge(oracle, &oracle->aux[i], alarm, "aux", i + 1, is_lost, now_us);
    }
    oracle_stands_for(oracle, alarm, is_any_lost, now_us);
}

static void rows_see(struct oracle *oracle, const struct wm_view *view, int64_t now_us)
{
    uint64_t shown = 0;
    for (int32_t i = 0; i < view->alarm_rows; i++) {
        shown |= UINT64_C(1) << view->alarm[i].number;
    }
    const uint64_t changed = shown ^ oracle->shown;
    oracle->shown = shown;
    if (changed == 0) {
        return;
    }
    for (int i = MODULE_LIMITS / 2; i < MODULE_LIMITS; i++) {
        if ((changed >> wm_alarm(oracle_limits[i].alarm)->number & 1) != 0) {
            oracle_warning_edge(oracle, i, oracle_shows(oracle, oracle_limits[i].alarm), now_us);
        }
    }
}

/* ---- views: rounds ---------------------------------------------------------------------- */

static void late_report(struct oracle *oracle, struct oracle_device *device, const char *item,
                        int32_t number)
{
    char text[200] = "";
    const enum wm_alarm alarm = (enum wm_alarm)(device->late - 1);
    int64_t since_us = device->presence_us;
    for (int i = 0; i < MODULE_LIMITS; i++) {
        if (oracle_limits[i].alarm == alarm) {
            since_us = oracle->module[number - 1]
                           .clock[i]
                           .since_us[device->late_is_clear ? CERTAIN_INSIDE : CERTAIN_BEYOND];
            (void)oracle_limit_text(oracle, i, text, sizeof text);
        }
    }
    oracle_report(oracle, alarm, item, number, device->late_us,
                  "not %s, certainly due since %.3f s; its last visits began at %.3f, %.3f and "
                  "%.3f s, %d rounds in a row went without an answer; %s",
                  device->late_is_clear ? "cleared" : "raised", (double)since_us / US_PER_S,
                  (double)device->asked_us[2] / US_PER_S, (double)device->asked_us[1] / US_PER_S,
                  (double)device->asked_us[0] / US_PER_S, (int)device->failed_run, text);
}

static void lates_report(struct oracle *oracle)
{
    for (int32_t m = 0; m < WM_MODULES_MAX && oracle->late > 0; m++) {
        if (oracle->module[m].device.late != 0) {
            late_report(oracle, &oracle->module[m].device, "module", m + 1);
        }
    }
    for (int32_t i = 0; i < WM_SENSORS_MAX && oracle->late > 0; i++) {
        if (oracle->sensor[i].late != 0) {
            late_report(oracle, &oracle->sensor[i], "current sensor", i + 1);
        }
    }
    for (int32_t i = 0; i < WM_AUX_MAX && oracle->late > 0; i++) {
        if (oracle->aux[i].late != 0) {
            late_report(oracle, &oracle->aux[i], "aux", i + 1);
        }
    }
}

static void round_end(struct oracle *oracle, uint32_t round, int64_t now_us)
{
    visit_close(oracle, now_us);
    oracle_poll_round(oracle, now_us);
    lates_report(oracle);
    memmove(oracle->round_us + 1, oracle->round_us, ORACLE_ROUNDS * sizeof oracle->round_us[0]);
    oracle->round_us[0] = now_us;
    oracle->round = round;
    if (!oracle->is_running) {
        return;
    }
    for (int i = MODULE_LIMITS / 2; i < MODULE_LIMITS; i++) {
        if (oracle_shows(oracle, oracle_limits[i].alarm)) {
            oracle_warning_check(oracle, i, now_us);
        }
    }
    oracle_strings_check(oracle, now_us);
}

static void settings_see(struct oracle *oracle, const struct wm_settings *settings, int64_t now_us)
{
    if (oracle->has_settings && memcmp(&oracle->settings, settings, sizeof *settings) == 0) {
        return;
    }
    const bool is_first = !oracle->has_settings;
    oracle->settings = *settings;
    oracle->has_settings = true;
    if (is_first) {
        oracle_poll_resume(oracle, now_us);
    }
    oracle->started_us = now_us;
    oracle_levels_make(oracle);
    for (int32_t m = 0; m < WM_MODULES_MAX; m++) {
        for (int i = 0; i < MODULE_LIMITS; i++) {
            oracle_clock_forget(&oracle->module[m].clock[i], is_first);
        }
        if (oracle->module[m].is_known) {
            module_step(oracle, &oracle->module[m], now_us);
        }
    }
}

void oracle_published(struct oracle *oracle, const struct wm_view *view, int64_t now_us)
{
    memset(oracle->dated, 0, sizeof oracle->dated);
    settings_see(oracle, &view->settings, now_us);
    if (oracle->is_running != (view->is_initializing == 0)) {
        oracle->is_running = view->is_initializing == 0;
        oracle->started_us = now_us;
    }
    oracle_programmer_see(oracle, view->programmer.mode_choice == wm_state_programmer_mode_on,
                          now_us);
    oracle->status_flags = view->system.status_flags;
    const uint64_t before = oracle->shown;
    modules_see(oracle, view, now_us);
    rows_see(oracle, view, now_us);
    sensors_see(oracle, view, now_us);
    oracle_strings_see(oracle, view, before, now_us);
    oracle_summaries_see(oracle, view, before, now_us);
    oracle_status_see(oracle, view, now_us);
    if (view->rounds != oracle->round) {
        round_end(oracle, view->rounds, now_us);
        if (oracle->is_running) {
            oracle_equalizing_check(oracle, view, now_us);
        }
    }
}

/* ---- from nothing to a judge ------------------------------------------------------------ */

struct oracle *oracle_open(void)
{
    struct oracle *oracle = calloc(1, sizeof *oracle);
    if (oracle == NULL) {
        return NULL;
    }
    for (int32_t m = 0; m < WM_MODULES_MAX; m++) {
        oracle_limits_open(&oracle->module[m]);
    }
    oracle_strings_open(oracle);
    return oracle;
}

void oracle_close(struct oracle *oracle)
{
    free(oracle);
}

const char *oracle_verdict(struct oracle *oracle, int64_t now_us)
{
    oracle_poll_check(oracle, now_us);
    return oracle->verdict[0] != '\0' ? oracle->verdict : NULL;
}

/* ---- what is judged --------------------------------------------------------------------- */

bool oracle_latency(const struct oracle *oracle, enum wm_alarm alarm, struct board_latency *latency)
{
    *latency = oracle->latency[alarm];
    return oracle_unjudged(alarm) == NULL;
}

#define JUDGED(name) [wm_alarm_##name] = judged

static const char judged[] = "judged";
static const char *const how[wm_alarm_count] = {
    JUDGED(module_lost),
    JUDGED(system_error),
    JUDGED(resist_warn),
    JUDGED(resist_alarm),
    JUDGED(voltage),
    JUDGED(temperature),
    JUDGED(voltage_high),
    JUDGED(voltage_low),
    JUDGED(temperature_high),
    JUDGED(temperature_low),
    JUDGED(resist_alarm_high),
    JUDGED(resist_alarm_low),
    JUDGED(voltage_warn_high),
    JUDGED(voltage_warn_low),
    JUDGED(temperature_warn_high),
    JUDGED(temperature_warn_low),
    JUDGED(resist_warn_high),
    JUDGED(resist_warn_low),
    JUDGED(initializing),
    JUDGED(communication_lost),
    JUDGED(sensor_communication_lost),
    JUDGED(equalizing),
    JUDGED(max_voltage_diff),
    JUDGED(string_current_high),
    JUDGED(string_current_low),
    JUDGED(string_current_high_warn),
    JUDGED(string_current_low_warn),
    JUDGED(string_equalizing_disabled),
    JUDGED(string_curr_deviation_charge),
    JUDGED(string_curr_deviation_discharge),
    JUDGED(string_curr_deviation_charge_warn),
    JUDGED(string_curr_deviation_discharge_warn),
    [wm_alarm_environment] = "what hangs on COM2 is judged by its scenarios",
    JUDGED(battery_breaker_open),
    JUDGED(thermal_runaway),
    JUDGED(discharging),
    JUDGED(discharging_stopped),
    JUDGED(string_volt_high),
    JUDGED(string_volt_low),
    JUDGED(string_volt_high_warn),
    JUDGED(string_volt_low_warn),
};

const char *oracle_unjudged(enum wm_alarm alarm)
{
    return how[alarm] == judged ? NULL : how[alarm] != NULL ? how[alarm] : "";
}

const char *oracle_undated(enum wm_alarm alarm)
{
    switch (alarm) {
    case wm_alarm_initializing:
        return "with its state, in the same view";
    case wm_alarm_string_equalizing_disabled:
        return "by its setting, within three rounds";
    case wm_alarm_environment:
        return how[wm_alarm_environment];
    default:
        return NULL;
    }
}
