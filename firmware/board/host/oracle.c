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

#define NO_DELAY wm_setting_count
#define LIMIT(name, over, quantity, sign, level, hysteresis, is_permille, delay)                   \
    {                                                                                              \
        wm_alarm_##name, wm_alarm_##over, QUANTITY_##quantity, sign, wm_setting_##level,           \
            wm_setting_##hysteresis, is_permille, delay                                            \
    }

const struct oracle_limit oracle_limits[LIMITS] = {
    LIMIT(voltage_high, voltage_high, VOLTAGE, 1, voltage_high_alarm, voltage_hysteresis, false,
          wm_setting_voltage_delay),
    LIMIT(voltage_low, voltage_low, VOLTAGE, -1, voltage_low_alarm, voltage_hysteresis, false,
          wm_setting_voltage_delay),
    LIMIT(temperature_high, temperature_high, TEMPERATURE, 1, temperature_high_alarm,
          temperature_hysteresis, false, NO_DELAY),
    LIMIT(temperature_low, temperature_low, TEMPERATURE, -1, temperature_low_alarm,
          temperature_hysteresis, false, NO_DELAY),
    LIMIT(resist_alarm_high, resist_alarm_high, RESISTANCE, 1, impedance_high_alarm,
          impedance_hysteresis, true, NO_DELAY),
    LIMIT(resist_alarm_low, resist_alarm_low, RESISTANCE, -1, impedance_low_alarm,
          impedance_hysteresis, true, NO_DELAY),
    LIMIT(voltage_warn_high, voltage_high, VOLTAGE, 1, voltage_high_warn, voltage_hysteresis, false,
          wm_setting_voltage_delay),
    LIMIT(voltage_warn_low, voltage_low, VOLTAGE, -1, voltage_low_warn, voltage_hysteresis, false,
          wm_setting_voltage_delay),
    LIMIT(temperature_warn_high, temperature_high, TEMPERATURE, 1, temperature_high_warn,
          temperature_hysteresis, false, NO_DELAY),
    LIMIT(temperature_warn_low, temperature_low, TEMPERATURE, -1, temperature_low_warn,
          temperature_hysteresis, false, NO_DELAY),
    LIMIT(resist_warn_high, resist_alarm_high, RESISTANCE, 1, impedance_high_warn,
          impedance_hysteresis, true, NO_DELAY),
    LIMIT(resist_warn_low, resist_alarm_low, RESISTANCE, -1, impedance_low_warn,
          impedance_hysteresis, true, NO_DELAY),
    LIMIT(string_volt_high, string_volt_high, VOLTAGE, 1, string_voltage_high_alarm,
          string_voltage_hysteresis, false, wm_setting_voltage_delay),
    LIMIT(string_volt_low, string_volt_low, VOLTAGE, -1, string_voltage_low_alarm,
          string_voltage_hysteresis, false, wm_setting_voltage_delay),
    LIMIT(string_volt_high_warn, string_volt_high, VOLTAGE, 1, string_voltage_high_warn,
          string_voltage_hysteresis, false, wm_setting_voltage_delay),
    LIMIT(string_volt_low_warn, string_volt_low, VOLTAGE, -1, string_voltage_low_warn,
          string_voltage_hysteresis, false, wm_setting_voltage_delay),
};

/* ---- the report ------------------------------------------------------------------------- */

void oracle_report(struct oracle *oracle, enum wm_alarm alarm, const char *item, int32_t number,
                   int64_t now_us, const char *format, ...)
{
    if (oracle->verdict[0] != '\0') {
        return;
    }
    char text[600];
    char place[32] = "";
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (number > 0) {
        (void)snprintf(place, sizeof place, " of %s %d", item, (int)number);
    }
    const int64_t *end_us = oracle->round_us;
    (void)snprintf(oracle->verdict, sizeof oracle->verdict,
                   "%s%s: %s; seen at %.3f s, after rounds that ended at %.3f, %.3f, %.3f and "
                   "%.3f s",
                   wm_alarm(alarm)->name, place, text, (double)now_us / US_PER_S,
                   (double)end_us[3] / US_PER_S, (double)end_us[2] / US_PER_S,
                   (double)end_us[1] / US_PER_S, (double)end_us[0] / US_PER_S);
}

void oracle_measure(struct oracle *oracle, enum wm_alarm alarm, bool is_clear, int64_t due_us,
                    int64_t now_us)
{
    struct board_latency *latency = &oracle->latency[alarm];
    const int64_t late_us = oracle_later(now_us - due_us, 0);
    /* The rounds that ran meanwhile, and of the one that was cut its part. */
    const int64_t round_us = oracle_later(oracle->round_us[0] - oracle->round_us[1], 1);
    const int64_t milli = late_us * 1000 / round_us;
    int64_t *worst_ms = is_clear ? &latency->clear_ms : &latency->raise_ms;
    int32_t *worst_milli = is_clear ? &latency->clear_rounds_milli : &latency->raise_rounds_milli;
    *(is_clear ? &latency->clears : &latency->raises) += 1;
    *worst_ms = oracle_later(*worst_ms, late_us / US_PER_MS);
    *worst_milli = (int32_t)oracle_later(*worst_milli, milli < INT32_MAX ? milli : INT32_MAX);
}

bool oracle_shows(const struct oracle *oracle, enum wm_alarm alarm)
{
    return (oracle->shown >> wm_alarm(alarm)->number & 1) != 0;
}

/* ---- clocks ----------------------------------------------------------------------------- */

static void clock_stop(struct oracle_clock *clock)
{
    for (int i = 0; i < CERTAINTIES; i++) {
        clock->since_us[i] = ORACLE_NEVER;
    }
}

static void clock_step(struct oracle_clock *clock, const struct oracle_level *level, int sign,
                       struct sim_band band, int64_t now_us)
{
    const int64_t low = sign > 0 ? band.low : -(int64_t)band.high;
    const int64_t high = sign > 0 ? band.high : -(int64_t)band.low;
    const bool holds[CERTAINTIES] = {
        [CERTAIN_BEYOND] = level->is_on && low > level->above,
        [CERTAIN_NOT_BEYOND] = !level->is_on || high <= level->above,
        [CERTAIN_INSIDE] = !level->is_on || high <= level->clear,
        [CERTAIN_OUTSIDE] = level->is_on && low > level->clear,
    };
    for (int i = 0; i < CERTAINTIES; i++) {
        if (!holds[i]) {
            clock->since_us[i] = ORACLE_NEVER;
        } else if (clock->since_us[i] == ORACLE_NEVER) {
            clock->since_us[i] = now_us;
        }
    }
}

/* Told twice, and then for the delay; in the webmanager's milliseconds (decision B5). */
static bool is_confirmed(const struct oracle_clock *clock, const struct oracle_level *level,
                         int64_t now_us)
{
    return clock->beyond == 2 &&
           now_us / US_PER_MS - clock->second_us / US_PER_MS >= level->delay_us / US_PER_MS;
}

/* A reading that the webmanager was given. */
static void clock_told(struct oracle_clock *clock, const struct oracle_level *level, int sign,
                       int32_t value, uint32_t round, int64_t now_us)
{
    const int64_t signed_value = sign * (int64_t)value;
    if (!level->is_on || signed_value <= level->above) {
        clock->beyond = 0;
    } else {
        clock->first_round = clock->beyond == 0 ? round : clock->first_round;
        clock->second_us = clock->beyond == 1 ? now_us : clock->second_us;
        clock->beyond = (uint8_t)(clock->beyond < 2 ? clock->beyond + 1 : 2);
    }
    clock->is_whole = clock->is_whole || clock->beyond == 0;
    clock->is_latched = clock->is_latched || is_confirmed(clock, level, now_us);
    if (level->is_on && signed_value > level->clear) {
        clock->is_inside = false;
    } else {
        clock->inside_round = clock->is_inside ? clock->inside_round : round;
        clock->is_inside = true;
        clock->is_latched = false;
    }
}

/* What is not raised yet begins anew: for the webmanager (is_whole), or only for the judge. */
static void clock_forget(struct oracle_clock *clock, bool is_whole)
{
    clock->beyond = 0;
    clock->is_whole = is_whole;
    clock->is_latched = clock->is_latched && is_whole;
    clock->is_inside = false;
}

static void levels_make(struct oracle *oracle)
{
    const int32_t *value = oracle->settings.value;
    for (int i = 0; i < LIMITS; i++) {
        const struct oracle_limit *limit = &oracle_limits[i];
        const int64_t level = value[limit->level];
        int64_t hysteresis = value[limit->hysteresis];
        if (limit->is_permille) {
            hysteresis = (level * hysteresis + 500) / 1000;
        }
        oracle->level[i] = (struct oracle_level){
            .is_on = level != 0,
            .above = limit->sign * level,
            .clear = limit->sign * level - hysteresis,
            .delay_us = limit->delay == NO_DELAY ? 0 : value[limit->delay] * INT64_C(1000000),
        };
    }
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

/* A resistance beyond the range is shown as the range's end (decision B24). */
static struct sim_band band_of(const struct oracle *oracle, const struct sim_truth_module *truth,
                               enum oracle_quantity quantity)
{
    const struct wm_module_type *type =
        wm_module_type(oracle->settings.value[wm_setting_bank_module_type]);
    if (quantity == QUANTITY_VOLTAGE) {
        return truth->voltage_mV;
    }
    if (quantity == QUANTITY_TEMPERATURE) {
        return truth->temperature_mdegC;
    }
    return (struct sim_band){
        wm_clamp(truth->resistance_uOhm.low, type->resistance_uOhm_low, type->resistance_uOhm_high),
        wm_clamp(truth->resistance_uOhm.high, type->resistance_uOhm_low,
                 type->resistance_uOhm_high),
    };
}

static void module_step(struct oracle *oracle, struct oracle_module *module, int64_t now_us)
{
    presence_step(&module->device, module_presence(oracle, &module->truth), now_us);
    for (int i = 0; i < MODULE_LIMITS; i++) {
        const struct oracle_limit *limit = &oracle_limits[i];
        if (module->device.presence == SIM_SILENT) {
            clock_stop(&module->clock[i]);
        } else {
            clock_step(&module->clock[i], &oracle->level[i], limit->sign,
                       band_of(oracle, &module->truth, limit->quantity), now_us);
        }
    }
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

static void late_set(struct oracle *oracle, struct oracle_device *device, enum wm_alarm alarm,
                     bool is_clear, int64_t now_us)
{
    oracle->late += device->late == 0;
    device->late = (int)alarm + 1;
    device->late_is_clear = is_clear;
    device->late_us = now_us;
}

/* When a limit of a module must have come; ORACLE_NEVER: it need not. */
static int64_t raise_due_us(const struct oracle *oracle, const struct oracle_module *module,
                            int limit)
{
    const struct oracle_limit *row = &oracle_limits[limit];
    const int64_t since_us = module->clock[limit].since_us[CERTAIN_BEYOND];
    if (since_us == ORACLE_NEVER) {
        return ORACLE_NEVER;
    }
    const int64_t due_us =
        oracle_later(since_us, module->device.failed_us) + oracle->level[limit].delay_us;
    if (row->hidden_by == row->alarm) {
        return oracle_later(due_us, oracle->started_us);
    }
    /* A warning shows while its alarm does not: neither as published nor by the value. */
    const int alarm = limit - MODULE_LIMITS / 2;
    const int64_t not_us = module->clock[alarm].since_us[CERTAIN_NOT_BEYOND];
    if (not_us == ORACLE_NEVER || (module->flags & wm_alarm(row->hidden_by)->alarm_flag) != 0) {
        return ORACLE_NEVER;
    }
    return oracle_later(oracle_later(due_us, oracle->started_us),
                        oracle_later(not_us, module->flags_us));
}

/* A resistance is late a round after the one that told it, where nothing else is told since. */
static bool resistance_is_late(const struct oracle *oracle, const struct oracle_clock *clock,
                               bool is_clear)
{
    if ((oracle->status_flags & wm_flag_general_status_discharging) != 0) {
        return false;
    }
    return is_clear ? clock->is_inside && oracle->round >= clock->inside_round
                    : clock->beyond > 0 && oracle->round >= clock->first_round;
}

static bool limit_shows(const struct oracle *oracle, const struct oracle_module *module, int limit)
{
    const struct oracle_limit *row = &oracle_limits[limit];
    return row->hidden_by == row->alarm ? (module->flags & wm_alarm(row->alarm)->alarm_flag) != 0
                                        : oracle_shows(oracle, row->alarm);
}

static void module_limits_check(struct oracle *oracle, struct oracle_module *module, int64_t now_us)
{
    for (int i = 0; i < MODULE_LIMITS; i++) {
        const struct oracle_limit *row = &oracle_limits[i];
        const struct oracle_clock *clock = &module->clock[i];
        const bool shows = limit_shows(oracle, module, i);
        const bool is_alarm = row->hidden_by == row->alarm;
        if (!shows) {
            const int64_t due_us = raise_due_us(oracle, module, i);
            if (due_us != ORACLE_NEVER &&
                (row->quantity == QUANTITY_RESISTANCE ? resistance_is_late(oracle, clock, false)
                                                      : oracle_is_told(&module->device, due_us))) {
                late_set(oracle, &module->device, row->alarm, false, now_us);
            }
        } else if (is_alarm && clock->since_us[CERTAIN_INSIDE] != ORACLE_NEVER) {
            const int64_t due_us =
                oracle_later(clock->since_us[CERTAIN_INSIDE], oracle->started_us);
            if (row->quantity == QUANTITY_RESISTANCE ? resistance_is_late(oracle, clock, true)
                                                     : oracle_is_told(&module->device, due_us)) {
                late_set(oracle, &module->device, row->alarm, true, now_us);
            }
        }
    }
}

static void presence_check(struct oracle *oracle, struct oracle_device *device, enum wm_alarm alarm,
                           int64_t now_us)
{
    const bool shows = device->is_lost;
    const int64_t since_us = oracle_later(device->presence_us, oracle->started_us);
    const bool is_silent = device->presence == SIM_SILENT && is_asked(device, since_us);
    const bool answers = device->presence == SIM_ANSWERS && is_asked(device, since_us);
    if (!shows && (is_silent || device->failed_run >= ORACLE_ROUNDS)) {
        late_set(oracle, device, alarm, false, now_us);
    }
    if (shows && (answers || oracle_is_told(device, oracle->started_us))) {
        late_set(oracle, device, alarm, true, now_us);
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
            module_limits_check(oracle, module, now_us);
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
    if (message == wm_message_set_outputs || device == NULL || device == oracle->open) {
        return; /* an order comes between */
    }
    visit_close(oracle, now_us);
    if (message == wm_message_measure || message == wm_message_read_sensor ||
        message == wm_message_read_aux) {
        oracle->open = device;
        device->is_answered = false;
        device->sent_us = now_us;
    }
}

static void module_told(struct oracle *oracle, struct oracle_module *module,
                        enum oracle_quantity quantity, int32_t value, int64_t now_us)
{
    for (int i = 0; i < MODULE_LIMITS; i++) {
        if (oracle_limits[i].quantity == quantity) {
            clock_told(&module->clock[i], &oracle->level[i], oracle_limits[i].sign, value,
                       oracle->round + 1, now_us);
        }
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
        module_told(oracle, module, QUANTITY_VOLTAGE, values[wm_answer_measure_voltage_mV], now_us);
        module_told(oracle, module, QUANTITY_TEMPERATURE,
                    values[wm_answer_measure_temperature_ddegC] * MDEGC_PER_DDEGC, now_us);
    } else if (message == wm_message_impedance) {
        const struct wm_module_type *type =
            wm_module_type(oracle->settings.value[wm_setting_bank_module_type]);
        module_told(oracle, &oracle->module[index], QUANTITY_RESISTANCE,
                    wm_clamp((uint32_t)values[wm_answer_impedance_resistance_uOhm],
                             type->resistance_uOhm_low, type->resistance_uOhm_high),
                    now_us);
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

static const char *limit_text(const struct oracle *oracle, int limit, char *text, size_t size)
{
    const struct oracle_limit *row = &oracle_limits[limit];
    const struct wm_setting_row *level = wm_setting(row->level);
    (void)snprintf(text, size, "%s = %d, %s = %d, delay %d s", level->name,
                   (int)oracle->settings.value[row->level], wm_setting(row->hysteresis)->name,
                   (int)oracle->settings.value[row->hysteresis],
                   (int)(oracle->level[limit].delay_us / US_PER_S));
    return text;
}

static void flag_edge(struct oracle *oracle, struct oracle_module *module, int32_t number,
                      int limit, bool is_raised, int64_t now_us)
{
    char text[200];
    const struct oracle_limit *row = &oracle_limits[limit];
    const struct oracle_clock *clock = &module->clock[limit];
    const struct oracle_level *level = &oracle->level[limit];
    if (is_raised && clock->is_whole && !is_confirmed(clock, level, now_us)) {
        oracle_report(oracle, row->alarm, "module", number, now_us,
                      "raised after %d readings beyond in a row, %.3f s after the second; %s",
                      clock->beyond,
                      clock->beyond < 2 ? 0 : (double)(now_us - clock->second_us) / US_PER_S,
                      limit_text(oracle, limit, text, sizeof text));
    }
    if (!is_raised && !clock->is_inside) {
        oracle_report(oracle, row->alarm, "module", number, now_us,
                      "cleared, and the last reading is not back inside by the hysteresis; %s",
                      limit_text(oracle, limit, text, sizeof text));
    }
    const int64_t since_us = clock->since_us[is_raised ? CERTAIN_BEYOND : CERTAIN_INSIDE];
    if (since_us == ORACLE_NEVER || since_us < oracle->started_us) {
        return;
    }
    if (row->quantity == QUANTITY_RESISTANCE) {
        /* Counted from the measurement: its question is in this very visit, or in the last. */
        oracle_measure(oracle, row->alarm, !is_raised, oracle->question.sent_us, now_us);
    } else {
        oracle_measure(oracle, row->alarm, !is_raised, since_us + (is_raised ? level->delay_us : 0),
                       now_us);
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
                flag_edge(oracle, module, m + 1, i, (flags & flag) != 0, now_us);
            }
        }
        const bool is_lost = (flags & wm_flag_alarm_communication_lost) != 0;
        for (int i = 0; i < MODULE_LIMITS && is_lost && !module->device.is_lost; i++) {
            const bool is_latched = module->clock[i].is_latched;
            clock_forget(&module->clock[i], true);
            module->clock[i].is_latched = is_latched;
        }
        lost_edge(oracle, &module->device, wm_alarm_module_lost, "module", m + 1, is_lost, now_us);
        module->flags = flags;
        module->flags_us = now_us;
    }
}

static void stands_for(struct oracle *oracle, enum wm_alarm alarm, bool holds, int64_t now_us)
{
    if (oracle_shows(oracle, alarm) != holds) {
        oracle_report(oracle, alarm, "", 0, now_us, "%s",
                      holds ? "not shown, though what it stands for is"
                            : "shown, though nothing of what it stands for is");
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
    stands_for(oracle, alarm, is_any_lost, now_us);
}

/* ---- views: rows ------------------------------------------------------------------------ */

/* A module shows a warning by what it was told: its alarm does not hide it. */
static bool warns(const struct oracle_module *module, int limit)
{
    const int32_t flag = wm_alarm(oracle_limits[limit].hidden_by)->alarm_flag;
    return module->clock[limit].is_latched && (module->flags & flag) == 0;
}

static void warning_edge(struct oracle *oracle, int limit, bool is_raised, int64_t now_us)
{
    char text[200];
    const struct oracle_limit *row = &oracle_limits[limit];
    const int32_t count = oracle->settings.value[wm_setting_bank_modules];
    int64_t due_us = ORACLE_NEVER;
    bool may_warn = false;
    for (int32_t m = 0; m < count; m++) {
        const struct oracle_module *module = &oracle->module[m];
        const struct oracle_clock *clock = &module->clock[limit];
        const bool is_told = warns(module, limit);
        may_warn = may_warn || is_told || !clock->is_whole;
        if (!is_raised && is_told) {
            oracle_report(oracle, row->alarm, "module", m + 1, now_us,
                          "cleared, and its last reading is not back inside by the hysteresis; %s",
                          limit_text(oracle, limit, text, sizeof text));
        }
        const int64_t since_us = clock->since_us[is_raised ? CERTAIN_BEYOND : CERTAIN_INSIDE];
        if (is_told && since_us != ORACLE_NEVER && since_us < due_us) {
            due_us = since_us;
        }
    }
    if (is_raised && !may_warn) {
        oracle_report(oracle, row->alarm, "", 0, now_us,
                      "raised, and no module has a reading beyond it, told twice and held; %s",
                      limit_text(oracle, limit, text, sizeof text));
    }
    if (is_raised && row->quantity != QUANTITY_RESISTANCE && due_us != ORACLE_NEVER &&
        due_us >= oracle->started_us) {
        oracle_measure(oracle, row->alarm, false, due_us + oracle->level[limit].delay_us, now_us);
    }
}

/* The row must go when no module can be the reason any more. */
static void warning_check(struct oracle *oracle, int limit, int64_t now_us)
{
    char text[200];
    const struct oracle_limit *row = &oracle_limits[limit];
    const int32_t count = oracle->settings.value[wm_setting_bank_modules];
    for (int32_t m = 0; m < count; m++) {
        const struct oracle_module *module = &oracle->module[m];
        const struct oracle_clock *clock = &module->clock[limit];
        const int32_t flag = wm_alarm(row->hidden_by)->alarm_flag;
        const int64_t since_us = clock->since_us[CERTAIN_INSIDE];
        const bool is_hidden = (module->flags & flag) != 0;
        const bool is_over =
            since_us != ORACLE_NEVER &&
            (row->quantity == QUANTITY_RESISTANCE
                 ? resistance_is_late(oracle, clock, true)
                 : oracle_is_told(&module->device, oracle_later(since_us, oracle->started_us)));
        if (!is_hidden && !is_over) {
            return;
        }
    }
    oracle_report(oracle, row->alarm, "", 0, now_us,
                  "not cleared, and every module is back inside for three rounds; %s",
                  limit_text(oracle, limit, text, sizeof text));
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

static void summaries_see(struct oracle *oracle, const struct wm_view *view, int64_t now_us)
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
        stands_for(oracle, summaries[i].alarm, (any & summaries[i].flags) != 0, now_us);
    }
    stands_for(oracle, wm_alarm_resist_warn, oracle_shows(oracle, wm_alarm_resist_warn_high),
               now_us);
    stands_for(oracle, wm_alarm_communication_lost, (all & wm_flag_alarm_communication_lost) != 0,
               now_us);
    stands_for(oracle, wm_alarm_system_error,
               (any & wm_flag_alarm_communication_lost) != 0 ||
                   (status & wm_flag_general_status_system_failure) != 0,
               now_us);
    stands_for(oracle, wm_alarm_initializing,
               (status & wm_flag_general_status_module_initializing) != 0, now_us);
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
            warning_edge(oracle, i, oracle_shows(oracle, oracle_limits[i].alarm), now_us);
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
            (void)limit_text(oracle, i, text, sizeof text);
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
    lates_report(oracle);
    memmove(oracle->round_us + 1, oracle->round_us, ORACLE_ROUNDS * sizeof oracle->round_us[0]);
    oracle->round_us[0] = now_us;
    oracle->round = round;
    if (!oracle->is_running) {
        return;
    }
    for (int i = MODULE_LIMITS / 2; i < MODULE_LIMITS; i++) {
        if (oracle_shows(oracle, oracle_limits[i].alarm)) {
            warning_check(oracle, i, now_us);
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
    oracle->started_us = now_us;
    levels_make(oracle);
    for (int32_t m = 0; m < WM_MODULES_MAX; m++) {
        for (int i = 0; i < MODULE_LIMITS; i++) {
            clock_forget(&oracle->module[m].clock[i], is_first);
        }
        if (oracle->module[m].is_known) {
            module_step(oracle, &oracle->module[m], now_us);
        }
    }
}

/* Rounds in a row that a pause has broken off. */
static void device_resume(struct oracle_device *device)
{
    device->failed_run = device->failed_run < ORACLE_ROUNDS ? 0 : device->failed_run;
    device->failed_round = 0;
}

/* Nothing is measured in programmer mode (decision B19): what was not raised yet begins anew. */
static void programmer_see(struct oracle *oracle, bool is_paused, int64_t now_us)
{
    if (oracle->is_paused == is_paused) {
        return;
    }
    oracle->is_paused = is_paused;
    oracle->open = NULL;
    oracle->started_us = now_us;
    for (int32_t m = 0; m < WM_MODULES_MAX; m++) {
        device_resume(&oracle->module[m].device);
        for (int i = 0; i < MODULE_LIMITS; i++) {
            const bool is_latched = oracle->module[m].clock[i].is_latched;
            clock_forget(&oracle->module[m].clock[i], true);
            oracle->module[m].clock[i].is_latched = is_latched;
        }
    }
    for (int32_t i = 0; i < WM_SENSORS_MAX; i++) {
        device_resume(&oracle->sensor[i]);
    }
    for (int32_t i = 0; i < WM_AUX_MAX; i++) {
        device_resume(&oracle->aux[i]);
    }
}

void oracle_published(struct oracle *oracle, const struct wm_view *view, int64_t now_us)
{
    settings_see(oracle, &view->settings, now_us);
    if (oracle->is_running != (view->is_initializing == 0)) {
        oracle->is_running = view->is_initializing == 0;
        oracle->started_us = now_us;
    }
    programmer_see(oracle, view->programmer.mode_choice == wm_state_programmer_mode_on, now_us);
    oracle->status_flags = view->system.status_flags;
    const uint64_t before = oracle->shown;
    modules_see(oracle, view, now_us);
    rows_see(oracle, view, now_us);
    sensors_see(oracle, view, now_us);
    oracle_strings_see(oracle, view, before, now_us);
    summaries_see(oracle, view, now_us);
    if (view->rounds != oracle->round) {
        round_end(oracle, view->rounds, now_us);
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
        for (int i = 0; i < MODULE_LIMITS; i++) {
            clock_stop(&oracle->module[m].clock[i]);
        }
    }
    oracle_strings_open(oracle);
    return oracle;
}

void oracle_close(struct oracle *oracle)
{
    free(oracle);
}

const char *oracle_verdict(const struct oracle *oracle)
{
    return oracle->verdict[0] != '\0' ? oracle->verdict : NULL;
}

/* ---- what is judged --------------------------------------------------------------------- */

bool oracle_latency(const struct oracle *oracle, enum wm_alarm alarm, struct board_latency *latency)
{
    *latency = oracle->latency[alarm];
    return oracle_unjudged(alarm) == NULL;
}

#define JUDGED(name)  [wm_alarm_##name] = judged
#define UNBUILT(name) [wm_alarm_##name] = "no rule for it is built yet"

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
    UNBUILT(equalizing),
    UNBUILT(max_voltage_diff),
    UNBUILT(string_current_high),
    UNBUILT(string_current_low),
    UNBUILT(string_current_high_warn),
    UNBUILT(string_current_low_warn),
    UNBUILT(string_equalizing_disabled),
    UNBUILT(string_curr_deviation_charge),
    UNBUILT(string_curr_deviation_discharge),
    UNBUILT(string_curr_deviation_charge_warn),
    UNBUILT(string_curr_deviation_discharge_warn),
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
