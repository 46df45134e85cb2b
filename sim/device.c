/*
 * device.c — the bus face of all devices. What is always true stands in device.h.
 */
#include "sim/device.h"

#include <assert.h>

/* Streams of the world's seed. */
enum { DEVICE_STREAM_GAIN = 101, DEVICE_STREAM_NOISE = 102 };

/* Largest gain errors: at most the printed accuracy (guide, "Technical Data"; decision B25). */
#define DEVICE_VOLTAGE_GAIN     0.0025
#define DEVICE_TEMPERATURE_GAIN 0.002
#define DEVICE_RESISTANCE_GAIN  0.01
#define DEVICE_CURRENT_GAIN     0.005
/* Largest noise. */
#define DEVICE_VOLTAGE_NOISE_V        0.0015
#define DEVICE_TEMPERATURE_NOISE_K    0.05
#define DEVICE_RESISTANCE_NOISE       0.003
#define DEVICE_CURRENT_NOISE_OF_RANGE 0.0002

/* -1..1 */
static double random_both_ways(struct sim_random *random)
{
    return 2 * sim_random_unit(random) - 1;
}

/* Half away from zero, saturated to what the field holds. */
static int32_t quantise(double value, double per_unit, int32_t low, int32_t high)
{
    double scaled = value * per_unit;
    if (!(scaled > low)) {
        return low;
    }
    if (scaled >= high) {
        return high;
    }
    return scaled < 0 ? -(int32_t)(0.5 - scaled) : (int32_t)(scaled + 0.5);
}

/* ---- truth ------------------------------------------------------------------------------ */

double sim_devices_voltage_V(const struct sim_devices *devices, int32_t module)
{
    const struct sim_module *it = &devices->module[module];
    return it->is_scripted ? it->scripted_V : devices->battery->voltage_V[module];
}

double sim_devices_temperature_degC(const struct sim_devices *devices, int32_t module)
{
    const struct sim_module *it = &devices->module[module];
    return it->is_scripted ? it->scripted_degC : devices->battery->temperature_degC[module];
}

double sim_devices_resistance_Ohm(const struct sim_devices *devices, int32_t module)
{
    const struct sim_module *it = &devices->module[module];
    return it->is_scripted ? it->scripted_Ohm : devices->battery->resistance_Ohm[module];
}

int32_t sim_devices_bypass_permille(const struct sim_devices *devices, int32_t module)
{
    const struct sim_module *it = &devices->module[module];
    if (it->is_bypass_pinned) {
        return it->bypass_pin_permille;
    }
    int64_t silent_us = sim_world_now_us(devices->world) - it->asked_us;
    return silent_us > SIM_BYPASS_HOLD_US ? 0 : it->bypass_permille;
}

/* Tells the battery what goes around the block from now on. */
static void bypass_flow(struct sim_devices *devices, int32_t m)
{
    const struct sim_module *module = &devices->module[m];
    int64_t until_us = module->is_bypass_pinned ? INT64_MAX : module->asked_us + SIM_BYPASS_HOLD_US;
    sim_battery_bypass(
        devices->battery, m,
        sim_devices_bypass_permille(devices, m) * 1e-6 * devices->type->equalizing_mA, until_us);
}

void sim_devices_pin_bypass(struct sim_devices *devices, int32_t module, int32_t permille)
{
    devices->module[module].is_bypass_pinned = permille >= 0;
    devices->module[module].bypass_pin_permille = permille;
    bypass_flow(devices, module);
}

double sim_devices_sensor_A(const struct sim_devices *devices, int32_t sensor)
{
    const struct sim_battery *battery = devices->battery;
    if (!devices->sensor_for_all) {
        return battery->string[sensor].current_A;
    }
    double sum_A = 0;
    for (int32_t s = 0; s < battery->shape.strings; s++) {
        sum_A += battery->string[s].current_A;
    }
    return sum_A;
}

double sim_devices_sensor_ac_A(const struct sim_devices *devices, int32_t sensor)
{
    const struct sim_battery *battery = devices->battery;
    double sum_A = 0;
    for (int32_t s = 0; s < battery->shape.strings; s++) {
        if ((devices->sensor_for_all || s == sensor) && !battery->string[s].is_open) {
            sum_A += battery->string[s].current_ac_A;
        }
    }
    return sum_A;
}

/* ---- truth as it is measured ------------------------------------------------------------ */

#define MDEGC_PER_DDEGC 100

/* Of a value that is measured with an error of at most `noise`, both in units. */
static struct sim_band band_of(double value, double noise, int32_t low, int32_t high)
{
    return (struct sim_band){quantise(value - noise, 1, low, high),
                             quantise(value + noise, 1, low, high)};
}

void sim_devices_module_bands(const struct sim_devices *devices, int32_t module,
                              struct sim_truth_module *truth)
{
    const struct sim_module *it = &devices->module[module];
    const double noise = devices->is_exact ? 0 : 1;
    const double voltage_gain = devices->is_exact ? 1 : it->voltage_gain;
    const double temperature_gain = devices->is_exact ? 1 : it->temperature_gain;
    const double resistance_gain = devices->is_exact ? 1 : it->resistance_gain;
    const int32_t step_uOhm = devices->type->resistance_uOhm_step;
    truth->voltage_mV = band_of(sim_devices_voltage_V(devices, module) * voltage_gain * 1000,
                                noise * DEVICE_VOLTAGE_NOISE_V * 1000, 0, UINT16_MAX);
    const double resistance_steps = sim_devices_resistance_Ohm(devices, module) * (1e6 / step_uOhm);
    truth->resistance_uOhm =
        band_of(resistance_steps * resistance_gain,
                noise * resistance_steps * DEVICE_RESISTANCE_NOISE, 0, 100000000);
    truth->resistance_uOhm.low *= step_uOhm;
    truth->resistance_uOhm.high *= step_uOhm;
    const struct sim_band ddegC =
        band_of(sim_devices_temperature_degC(devices, module) * temperature_gain * 10,
                noise * DEVICE_TEMPERATURE_NOISE_K * 10, INT16_MIN, INT16_MAX);
    truth->temperature_mdegC.low = ddegC.low * MDEGC_PER_DDEGC;
    truth->temperature_mdegC.high = ddegC.high * MDEGC_PER_DDEGC;
    truth->bypass_permille = sim_devices_bypass_permille(devices, module);
}

struct sim_band sim_devices_current_band_mA(const struct sim_devices *devices, int32_t sensor)
{
    const double gain = devices->is_exact ? 1 : devices->sensor_gain[sensor];
    const double noise_mA =
        devices->is_exact ? 0 : DEVICE_CURRENT_NOISE_OF_RANGE * devices->sensor_range_A * 1000;
    const int32_t range_mA = quantise(devices->sensor_range_A, 1000, 0, INT32_MAX);
    return band_of(sim_devices_sensor_A(devices, sensor) * gain * 1000, noise_mA, -range_mA,
                   range_mA);
}

struct sim_band sim_devices_current_ac_band_mA(const struct sim_devices *devices, int32_t sensor)
{
    const double gain = devices->is_exact ? 1 : devices->sensor_gain[sensor];
    const int32_t range_mA = quantise(devices->sensor_range_A, 1000, 0, INT32_MAX);
    return band_of(sim_devices_sensor_ac_A(devices, sensor) * gain * 1000, 0, 0, range_mA);
}

/* ---- addresses -------------------------------------------------------------------------- */

void sim_devices_set_address(struct sim_devices *devices, int32_t module, int32_t address)
{
    int32_t *link = &devices->by_address[devices->module[module].address];
    while (*link != module) {
        link = &devices->module[*link].next;
    }
    *link = devices->module[module].next;
    devices->module[module].address = address;
    /* In order of place: who answers first does not depend on history. */
    link = &devices->by_address[address];
    while (*link >= 0 && *link < module) {
        link = &devices->module[*link].next;
    }
    devices->module[module].next = *link;
    *link = module;
}

/* ---- button and LED --------------------------------------------------------------------- */

static bool module_is_pressed(const struct sim_devices *devices, int32_t module)
{
    const struct sim_module *it = &devices->module[module];
    return it->is_held || it->pressed_until_us > sim_world_now_us(devices->world);
}

static bool module_is_programming(const struct sim_devices *devices, int32_t module)
{
    return devices->module[module].programming_until_us > sim_world_now_us(devices->world);
}

/* Whether it takes an address that is offered now: once a press. */
static bool module_registers(const struct sim_devices *devices, int32_t module)
{
    return module_is_programming(devices, module) && module_is_pressed(devices, module) &&
           !devices->module[module].press_is_used;
}

void sim_devices_press(struct sim_devices *devices, int32_t module, bool is_held)
{
    struct sim_module *it = &devices->module[module];
    it->is_held = is_held;
    it->pressed_until_us = sim_world_now_us(devices->world) + SIM_PRESS_US;
    it->press_is_used = false;
    it->is_showing = false;
    devices->device[SIM_DEVICE_MODULE + module].press_is_idle = true;
}

void sim_devices_let_go(struct sim_devices *devices, int32_t module)
{
    devices->module[module].is_held = false;
    devices->module[module].pressed_until_us = 0;
}

enum sim_led sim_devices_led(const struct sim_devices *devices, int32_t module, bool hears)
{
    const struct sim_module *it = &devices->module[module];
    const int64_t now_us = sim_world_now_us(devices->world);
    if (now_us - (hears ? devices->heard_us : it->asked_us) > SIM_SLEEP_US) {
        return SIM_LED_OFF;
    }
    if (it->is_showing) {
        return SIM_LED_ALTERNATING;
    }
    if (module_is_programming(devices, module)) {
        return it->is_registered ? SIM_LED_FLASHING_GREEN : SIM_LED_FAST_FLASHING_RED;
    }
    if (it->address == SIM_ADDRESS_FACTORY) {
        return SIM_LED_FLASHING_RED;
    }
    if (now_us - it->asked_us > SIM_BYPASS_HOLD_US) {
        return SIM_LED_FLASHING_GREEN;
    }
    return it->is_alarm ? SIM_LED_RED : SIM_LED_GREEN;
}

const char *sim_led_word(enum sim_led led)
{
    static const char *const words[SIM_LEDS] = {
        [SIM_LED_OFF] = "off",
        [SIM_LED_GREEN] = "green",
        [SIM_LED_FLASHING_GREEN] = "flashing_green",
        [SIM_LED_ALTERNATING] = "alternating",
        [SIM_LED_RED] = "red",
        [SIM_LED_FLASHING_RED] = "flashing_red",
        [SIM_LED_FAST_FLASHING_RED] = "fast_flashing_red",
    };
    assert(led < SIM_LEDS);
    return words[led];
}

/* ---- who reacts ------------------------------------------------------------------------- */

/* Whether a question gets to the device; asked once for each question and device. */
static bool way_is_open(const struct sim_devices *devices, int32_t place)
{
    const struct sim_way *way = devices->way;
    return way == NULL || way->hears(way->self, place);
}

/* Orders of a scenario that want a question to meet them (decision H3). */
static void meet_orders(struct sim_devices *devices, int32_t place)
{
    struct sim_device *device = &devices->device[place];
    device->unplug_is_idle = device->unplug_is_idle && device->is_plugged;
    if (device->press_is_idle && device->is_plugged && module_is_pressed(devices, place)) {
        device->press_is_idle = false;
    }
}

static int hear_device(struct sim_devices *devices, int32_t place, size_t size,
                       struct sim_talk *talks, int count, int max)
{
    struct sim_device *device = &devices->device[place];
    device->asked++;
    if (device->unplug_is_idle || device->press_is_idle) {
        meet_orders(devices, place);
    }
    if (way_is_open(devices, place) && count < max && device->is_plugged) {
        talks[count] = (struct sim_talk){place, device->latency_us, size};
        count++;
    }
    return count;
}

static int hear_broadcast(struct sim_devices *devices, const struct sim_frame *question,
                          size_t size, struct sim_talk *talks, int max)
{
    if (question->message != wm_message_register_address) {
        talks[0] = (struct sim_talk){SIM_DEVICE_ALL_MODULES, SIM_LATENCY_US, 0};
        return 1;
    }
    int count = 0;
    for (int32_t m = 0; m < devices->modules; m++) {
        if (module_registers(devices, m)) {
            count = hear_device(devices, SIM_DEVICE_MODULE + m, size, talks, count, max);
        }
    }
    return count;
}

static int devices_hear(void *self, const uint8_t *bytes, size_t size, struct sim_frame *question,
                        struct sim_talk *talks, int max)
{
    struct sim_devices *devices = self;
    if (!sim_frame_decode(bytes, size, WM_QUESTION, question)) {
        return 0;
    }
    const struct wm_message_row *row = wm_message(question->message);
    size_t answer = row->is_answered ? (size_t)row->payload_size[WM_ANSWER] + WM_FRAME_OVERHEAD : 0;
    int32_t address = question->address;
    int count = 0;
    devices->heard_us = sim_world_now_us(devices->world);
    switch (question->address_class) {
    case WM_CLASS_MODULE:
        if (address > WM_MODULES_MAX) {
            return 0;
        }
        for (int32_t m = devices->by_address[address]; m >= 0; m = devices->module[m].next) {
            count = hear_device(devices, SIM_DEVICE_MODULE + m, answer, talks, count, max);
        }
        return count;
    case WM_CLASS_SENSOR:
        for (int32_t n = 0; n < devices->sensors; n++) {
            if (devices->sensor_address[n] == address) {
                count = hear_device(devices, SIM_DEVICE_SENSOR + n, answer, talks, count, max);
            }
        }
        return count;
    case WM_CLASS_AUX:
        for (int32_t u = 0; u < devices->aux; u++) {
            if (devices->aux_address[u] == address) {
                count = hear_device(devices, SIM_DEVICE_AUX + u, answer, talks, count, max);
            }
        }
        return count;
    case WM_CLASS_BROADCAST:
    case WM_CLASS_COM2:
    case WM_CLASSES:
        break;
    }
    return address == 0 ? hear_broadcast(devices, question, answer, talks, max) : 0;
}

/* ---- what they do ----------------------------------------------------------------------- */

static bool module_run_script(struct sim_devices *devices, int32_t m)
{
    struct sim_module *module = &devices->module[m];
    const struct sim_battery *battery = devices->battery;
    struct sim_script_call call = {
        .module_number = m + 1,
        .now_s = (double)sim_world_now_us(devices->world) * 1e-6,
        .current_A = battery->string[m / battery->modules_per_string].current_A,
        .voltage_V = battery->voltage_V[m],
        .temperature_degC = battery->temperature_degC[m],
        .resistance_mOhm = battery->resistance_Ohm[m] * 1000,
    };
    if (!devices->script(devices->context, &call)) {
        return false;
    }
    module->is_scripted = true;
    module->scripted_V = call.voltage_V;
    module->scripted_degC = call.temperature_degC;
    module->scripted_Ohm = call.resistance_mOhm / 1000;
    return true;
}

static bool module_measure(struct sim_devices *devices, int32_t m, int32_t *values)
{
    const struct sim_module *module = &devices->module[m];
    if (module->has_script && !module_run_script(devices, m)) {
        return false;
    }
    double voltage_V = sim_devices_voltage_V(devices, m);
    double temperature_degC = sim_devices_temperature_degC(devices, m);
    if (!devices->is_exact) {
        voltage_V = voltage_V * module->voltage_gain +
                    random_both_ways(&devices->noise) * DEVICE_VOLTAGE_NOISE_V;
        temperature_degC = temperature_degC * module->temperature_gain +
                           random_both_ways(&devices->noise) * DEVICE_TEMPERATURE_NOISE_K;
    }
    int32_t bypass_permille = sim_devices_bypass_permille(devices, m);
    int32_t state = bypass_permille > 0 ? SIM_STATE_BYPASS : 0;
    state |= module->is_showing ? SIM_STATE_SHOWING : 0;
    state |= module_is_pressed(devices, m) ? SIM_STATE_PRESSED : 0;
    values[wm_answer_measure_voltage_mV] = quantise(voltage_V, 1000, 0, UINT16_MAX);
    values[wm_answer_measure_temperature_ddegC] =
        quantise(temperature_degC, 10, INT16_MIN, INT16_MAX);
    values[wm_answer_measure_bypass_permille] = bypass_permille;
    values[wm_answer_measure_state] = state;
    return true;
}

static int32_t module_resistance_uOhm(struct sim_devices *devices, int32_t m)
{
    double resistance_Ohm = sim_devices_resistance_Ohm(devices, m);
    if (!devices->is_exact) {
        resistance_Ohm *= devices->module[m].resistance_gain +
                          random_both_ways(&devices->noise) * DEVICE_RESISTANCE_NOISE;
    }
    int32_t step_uOhm = devices->type->resistance_uOhm_step;
    return quantise(resistance_Ohm, 1e6 / step_uOhm, 0, 100000000) * step_uOhm;
}

/* A question: what was dropped in the silence before it stays dropped, the rest holds on. */
static void module_wake(struct sim_devices *devices, int32_t m)
{
    struct sim_module *module = &devices->module[m];
    int64_t now_us = sim_world_now_us(devices->world);
    if (now_us - module->asked_us > SIM_BYPASS_HOLD_US) {
        module->bypass_permille = 0;
    }
    module->asked_us = now_us;
    bypass_flow(devices, m);
}

static bool module_act(struct sim_devices *devices, int32_t m, const struct sim_frame *question,
                       int32_t *values)
{
    struct sim_module *module = &devices->module[m];
    module_wake(devices, m);
    switch (question->message) {
    case wm_message_measure:
        module->is_alarm = question->values[wm_question_measure_is_alarm] != 0;
        return module_measure(devices, m, values);
    case wm_message_impedance:
        values[wm_answer_impedance_resistance_uOhm] = module_resistance_uOhm(devices, m);
        return true;
    case wm_message_set_bypass: {
        int32_t wanted = question->values[wm_question_set_bypass_bypass_permille];
        module->bypass_permille = wanted > 1000 ? 1000 : wanted;
        bypass_flow(devices, m);
        values[wm_answer_set_bypass_bypass_permille] = module->bypass_permille;
        return true;
    }
    case wm_message_show:
        module->is_showing = question->values[wm_question_show_is_on] != 0;
        values[wm_answer_show_is_on] = module->is_showing;
        return true;
    case wm_message_set_address: {
        int32_t address = question->values[wm_question_set_address_address];
        if (address < 1 || address > WM_MODULES_MAX) {
            return false;
        }
        sim_devices_set_address(devices, m, address);
        values[wm_answer_set_address_address] = address;
        return true;
    }
    default:
        return false;
    }
}

static bool sensor_act(struct sim_devices *devices, int32_t sensor, int32_t *values)
{
    double range_A = devices->sensor_range_A;
    double current_A = sim_devices_sensor_A(devices, sensor);
    double current_ac_A = sim_devices_sensor_ac_A(devices, sensor);
    if (!devices->is_exact) {
        current_A = current_A * devices->sensor_gain[sensor] +
                    random_both_ways(&devices->noise) * DEVICE_CURRENT_NOISE_OF_RANGE * range_A;
        current_ac_A *= devices->sensor_gain[sensor];
    }
    int32_t range_mA = quantise(range_A, 1000, 0, INT32_MAX);
    values[wm_answer_read_sensor_current_mA] = quantise(current_A, 1000, -range_mA, range_mA);
    values[wm_answer_read_sensor_current_ac_mA] = quantise(current_ac_A, 1000, 0, range_mA);
    return true;
}

static bool aux_act(struct sim_devices *devices, int32_t aux, const struct sim_frame *question,
                    int32_t *values)
{
    if (question->message == wm_message_read_aux) {
        values[wm_answer_read_aux_inputs] = devices->aux_inputs[aux];
        values[wm_answer_read_aux_outputs] = devices->aux_outputs[aux];
        return true;
    }
    uint8_t outputs = (uint8_t)(question->values[wm_question_set_outputs_outputs] & 0x0F);
    if (devices->aux_outputs[aux] != outputs) {
        devices->aux_outputs[aux] = outputs;
        if (devices->outputs_ordered != NULL) {
            devices->outputs_ordered(devices->context);
        }
    }
    values[wm_answer_set_outputs_outputs] = outputs;
    return true;
}

static bool identify(const struct sim_device *device, int32_t *values)
{
    values[wm_answer_identify_type_code] = device->type_code;
    values[wm_answer_identify_hardware_revision] = device->hardware_revision;
    values[wm_answer_identify_software_revision] = (int32_t)device->software_revision;
    values[wm_answer_identify_serial_number] = (int32_t)device->serial_number;
    return true;
}

/* Begins, goes on or ends; a bypass of before is put off with the first. */
static void module_program(struct sim_devices *devices, int32_t m, bool is_on)
{
    struct sim_module *module = &devices->module[m];
    if (is_on && !module_is_programming(devices, m)) {
        module->is_registered = false;
    }
    module->bypass_permille = 0;
    bypass_flow(devices, m);
    module->programming_until_us =
        is_on ? sim_world_now_us(devices->world) + SIM_PROGRAMMING_HOLD_US : 0;
}

/* What all modules do and nobody answers. */
static void all_modules_act(struct sim_devices *devices, const struct sim_frame *question)
{
    for (int32_t m = 0; m < devices->modules; m++) {
        if (!way_is_open(devices, SIM_DEVICE_MODULE + m) ||
            !devices->device[SIM_DEVICE_MODULE + m].is_plugged) {
            continue;
        }
        if (question->message == wm_message_reset_address) {
            sim_devices_set_address(devices, m, SIM_ADDRESS_FACTORY);
        } else {
            module_program(devices, m, question->values[wm_question_programming_is_on] != 0);
        }
    }
}

/* The module whose button is pressed takes the address; 0 only asks who would. */
static bool register_address(struct sim_devices *devices, int32_t m, struct sim_frame *answer,
                             const struct sim_frame *question)
{
    struct sim_module *module = &devices->module[m];
    int32_t address = question->values[wm_question_register_address_address];
    if (address > WM_MODULES_MAX || !module_registers(devices, m)) {
        return false;
    }
    if (address != SIM_ADDRESS_FACTORY) {
        sim_devices_set_address(devices, m, address);
        module->press_is_used = true;
        module->pressed_until_us = 0;
        module->is_registered = true;
    }
    answer->address_class = WM_CLASS_MODULE;
    answer->address = address;
    answer->values[wm_answer_register_address_address] = address;
    answer->values[wm_answer_register_address_serial_number] =
        (int32_t)devices->device[m].serial_number;
    return true;
}

static bool device_act(struct sim_devices *devices, int32_t place, const struct sim_frame *question,
                       struct sim_frame *answer)
{
    if (question->message == wm_message_identify) {
        if (place < SIM_DEVICE_SENSOR) {
            module_wake(devices, place);
        }
        return identify(&devices->device[place], answer->values);
    }
    if (place >= SIM_DEVICE_AUX) {
        return aux_act(devices, place - SIM_DEVICE_AUX, question, answer->values);
    }
    if (place >= SIM_DEVICE_SENSOR) {
        return sensor_act(devices, place - SIM_DEVICE_SENSOR, answer->values);
    }
    if (question->message == wm_message_register_address) {
        return register_address(devices, place, answer, question);
    }
    return module_act(devices, place, question, answer->values);
}

static size_t devices_act(void *self, int32_t place, const struct sim_frame *question,
                          uint8_t *bytes)
{
    struct sim_devices *devices = self;
    if (place == SIM_DEVICE_ALL_MODULES) {
        all_modules_act(devices, question);
        return 0;
    }
    struct sim_device *device = &devices->device[place];
    if (!device->is_plugged) {
        return 0; /* pulled since it heard the question */
    }
    struct sim_frame answer;
    answer.message = question->message;
    answer.direction = WM_ANSWER;
    answer.address_class = question->address_class;
    answer.address = question->address;
    answer.sequence = question->sequence;
    if (!device_act(devices, place, question, &answer)) {
        return 0;
    }
    if (device->mute_left != 0) {
        device->mute_left -= device->mute_left > 0;
        device->muted++;
        device->mute_is_idle = false;
        return 0;
    }
    size_t size = sim_frame_encode(&answer, bytes);
    const struct sim_way *way = devices->way;
    return way == NULL ? size : way->answers(way->self, place, bytes, size);
}

struct sim_line sim_devices_line(struct sim_devices *devices)
{
    return (struct sim_line){devices, devices_hear, devices_act};
}

/* ---- set-up ----------------------------------------------------------------------------- */

static uint8_t type_code_of(const struct sim_devices *devices, int32_t place)
{
    if (place >= SIM_DEVICE_AUX) {
        return SIM_TYPE_AUX;
    }
    if (place < SIM_DEVICE_SENSOR) {
        return (uint8_t)devices->type->code;
    }
    static const double ranges_A[] = {50, 200, 400, 1000, 2000};
    uint8_t code = 0;
    while (code < 4 && ranges_A[code] < devices->sensor_range_A) {
        code++;
    }
    return (uint8_t)(SIM_TYPE_SENSOR_50_A + code);
}

void sim_devices_replace(struct sim_devices *devices, int32_t place)
{
    assert(place >= 0 && place < SIM_DEVICES);
    devices->device[place] = (struct sim_device){
        .latency_us = SIM_LATENCY_US,
        .is_plugged = true,
        .type_code = type_code_of(devices, place),
        .hardware_revision = SIM_HARDWARE_REVISION,
        .software_revision = SIM_SOFTWARE_REVISION,
        .serial_number = ++devices->serial_number_next,
    };
    if (place < SIM_DEVICE_SENSOR) {
        struct sim_module *module = &devices->module[place];
        module->bypass_permille = 0;
        module->is_bypass_pinned = false;
        module->asked_us = -SIM_SLEEP_US - 1;
        module->pressed_until_us = 0;
        module->is_held = false;
        module->programming_until_us = 0;
        module->is_alarm = false;
        module->is_showing = false;
        if (place < devices->modules) {
            bypass_flow(devices, place);
        }
    }
}

static void devices_calibrate(struct sim_devices *devices)
{
    struct sim_random gains = sim_random_stream(devices->world, DEVICE_STREAM_GAIN);
    for (int32_t m = 0; m < WM_MODULES_MAX; m++) {
        struct sim_module *module = &devices->module[m];
        module->voltage_gain = 1 + random_both_ways(&gains) * DEVICE_VOLTAGE_GAIN;
        module->temperature_gain = 1 + random_both_ways(&gains) * DEVICE_TEMPERATURE_GAIN;
        module->resistance_gain = 1 + random_both_ways(&gains) * DEVICE_RESISTANCE_GAIN;
    }
    for (int32_t n = 0; n < WM_SENSORS_MAX; n++) {
        devices->sensor_gain[n] = 1 + random_both_ways(&gains) * DEVICE_CURRENT_GAIN;
    }
}

void sim_devices_init(struct sim_devices *devices, struct sim_world *world,
                      struct sim_battery *battery, const struct sim_devices_options *options)
{
    devices->world = world;
    devices->battery = battery;
    devices->noise = sim_random_stream(world, DEVICE_STREAM_NOISE);
    devices->type = options->type;
    devices->is_exact = options->is_exact;
    devices->modules = battery->shape.modules;
    devices->sensors = options->sensors;
    devices->aux = options->aux;
    devices->sensor_for_all = options->sensor_for_all;
    devices->sensor_range_A = options->sensor_range_A;
    for (int32_t place = 0; place < SIM_DEVICES; place++) {
        sim_devices_replace(devices, place);
    }
    devices_calibrate(devices);
    for (int32_t a = 0; a <= WM_MODULES_MAX; a++) {
        devices->by_address[a] = -1;
    }
    for (int32_t m = 0; m < devices->modules; m++) {
        devices->module[m].address = m + 1;
        devices->module[m].next = -1;
        devices->by_address[m + 1] = m;
    }
    for (int32_t n = 0; n < WM_SENSORS_MAX; n++) {
        const int32_t address = options->sensor_address[n];
        devices->sensor_address[n] = address > 0 ? address : n + 1;
    }
    for (int32_t u = 0; u < WM_AUX_MAX; u++) {
        devices->aux_address[u] = options->aux_address[u] > 0 ? options->aux_address[u] : u + 1;
        devices->aux_inputs[u] = 0x0F;
    }
}
