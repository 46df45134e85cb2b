/*
 * device.c — the bus face of all devices. What is always true stands in device.h.
 */
#include "sim/devices/device.h"

#include <assert.h>
#include <math.h>

#include "sim/number.h"

/* Streams of the world's seed. */
enum { DEVICE_STREAM_NOISE = 102 };

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
        if (devices->sensor_for_all || s == sensor) {
            sum_A += sim_battery_ripple_A(battery, s);
        }
    }
    return sum_A;
}

/* ---- truth as it is measured ------------------------------------------------------------ */

#define MDEGC_PER_DDEGC 100

/* Below 0 V the field wraps: a reading that may be on either side may be anything. */
static struct sim_band voltage_band(const struct sim_reading *reading)
{
    const double low_V = reading->value - reading->noise;
    const double high_V = reading->value + reading->noise;
    const struct sim_band band = {sim_reading_mV(low_V), sim_reading_mV(high_V)};
    return band.low <= band.high ? band : (struct sim_band){0, UINT16_MAX};
}

void sim_devices_module_bands(const struct sim_devices *devices, int32_t module,
                              struct sim_truth_module *truth)
{
    const struct sim_module *it = &devices->module[module];
    const struct sim_readings read = sim_devices_read(devices, module);
    truth->bypass_permille = sim_devices_bypass_permille(devices, module);
    if (it->is_stuck) {
        const int32_t mdegC = it->stuck_ddegC * MDEGC_PER_DDEGC;
        truth->voltage_mV = (struct sim_band){it->stuck_mV, it->stuck_mV};
        truth->resistance_uOhm = (struct sim_band){it->stuck_uOhm, it->stuck_uOhm};
        truth->temperature_mdegC = (struct sim_band){mdegC, mdegC};
        return;
    }
    const struct sim_reading *ohm = &read.resistance_Ohm;
    const struct sim_reading *degC = &read.temperature_degC;
    truth->voltage_mV = voltage_band(&read.voltage_V);
    truth->resistance_uOhm.low = sim_reading_uOhm(devices, ohm->value - ohm->noise);
    truth->resistance_uOhm.high = sim_reading_uOhm(devices, ohm->value + ohm->noise);
    truth->temperature_mdegC.low = sim_reading_ddegC(degC->value - degC->noise) * MDEGC_PER_DDEGC;
    truth->temperature_mdegC.high = sim_reading_ddegC(degC->value + degC->noise) * MDEGC_PER_DDEGC;
}

static int32_t range_mA(const struct sim_devices *devices)
{
    return quantise(devices->sensor_range_A, 1000, 0, INT32_MAX);
}

static struct sim_band band_mA(const struct sim_reading *reading, int32_t low, int32_t high)
{
    return (struct sim_band){quantise(reading->value - reading->noise, 1000, low, high),
                             quantise(reading->value + reading->noise, 1000, low, high)};
}

struct sim_band sim_devices_current_band_mA(const struct sim_devices *devices, int32_t sensor)
{
    const struct sim_reading reading = sim_devices_read_A(devices, sensor);
    return band_mA(&reading, -range_mA(devices), range_mA(devices));
}

struct sim_band sim_devices_current_ac_band_mA(const struct sim_devices *devices, int32_t sensor)
{
    const struct sim_reading reading = sim_devices_read_ac_A(devices, sensor);
    return band_mA(&reading, 0, range_mA(devices));
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
    if (devices->device[SIM_DEVICE_MODULE + module].down != 0) {
        return SIM_LED_OFF;
    }
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

bool sim_devices_play(const struct sim_devices *devices, int32_t address)
{
    for (int32_t m = devices->by_address[address]; m >= 0; m = devices->module[m].next) {
        if (!devices->device[SIM_DEVICE_MODULE + m].is_elsewhere) {
            return true;
        }
    }
    return false;
}

/* ---- power ------------------------------------------------------------------------------ */

bool sim_device_is_up(const struct sim_device *device)
{
    return device->is_plugged && device->down == 0 && !device->is_elsewhere;
}

/* What a module does not know any more when its power comes back. */
static void module_forget(struct sim_devices *devices, int32_t m)
{
    struct sim_module *module = &devices->module[m];
    module->bypass_permille = 0;
    module->asked_us = -SIM_SLEEP_US - 1;
    module->programming_until_us = 0;
    module->is_alarm = false;
    module->is_showing = false;
    bypass_flow(devices, m);
}

void sim_devices_down(struct sim_devices *devices, int32_t place, enum sim_down why, bool is_down)
{
    struct sim_device *device = &devices->device[place];
    device->down = (uint8_t)(is_down ? device->down | why : device->down & ~(unsigned)why);
    if (is_down && place < devices->modules) {
        module_forget(devices, place);
    }
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
    device->missed_rebooting += (device->down & SIM_DOWN_REBOOTS) != 0;
    device->missed_brown_out += (device->down & SIM_DOWN_BROWN_OUT) != 0;
    if (device->unplug_is_idle || device->press_is_idle) {
        meet_orders(devices, place);
    }
    if (way_is_open(devices, place) && count < max && sim_device_is_up(device)) {
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
        devices->unheard += devices->by_address[address] < 0;
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

/* A reading as it comes out this time. */
static double noisy(struct sim_devices *devices, const struct sim_reading *reading)
{
    return devices->is_exact && !(reading->noise > 0)
               ? reading->value
               : reading->value + sim_random_both_ways(&devices->noise) * reading->noise;
}

static bool are_sound(const struct sim_leads *leads)
{
    return !leads->is_open && !leads->is_reversed && !leads->is_swapped && leads->probe_at == 0 &&
           !leads->probe_is_open && !leads->probe_is_shorted && !(leads->contact_Ohm > 0) &&
           !(leads->probe_off_part > 0) && !(leads->scatter_part > 0);
}

/* What it would read with nothing wrong about its leads and its probe; false: nothing is. */
static bool read_soundly(struct sim_devices *devices, int32_t m, struct sim_readings *sound)
{
    struct sim_leads *leads = &devices->module[m].leads;
    const struct sim_leads kept = *leads;
    if (are_sound(leads)) {
        return false;
    }
    *leads = (struct sim_leads){0};
    *sound = sim_devices_read(devices, m);
    *leads = kept;
    return true;
}

static void misread_count(struct sim_devices *devices, int32_t m, const struct sim_readings *read)
{
    struct sim_module *module = &devices->module[m];
    struct sim_readings sound;
    if (!read_soundly(devices, m, &sound)) {
        return;
    }
    module->misread_leads +=
        sim_reading_mV(sound.voltage_V.value) != sim_reading_mV(read->voltage_V.value);
    module->misread_probe += sim_reading_ddegC(sound.temperature_degC.value) !=
                             sim_reading_ddegC(read->temperature_degC.value);
}

static bool module_measure(struct sim_devices *devices, int32_t m, int32_t *values)
{
    struct sim_module *module = &devices->module[m];
    if (module->has_script && !module_run_script(devices, m)) {
        return false;
    }
    const struct sim_readings read = sim_devices_read(devices, m);
    misread_count(devices, m, &read);
    int32_t mV = sim_reading_mV(noisy(devices, &read.voltage_V));
    int32_t ddegC = sim_reading_ddegC(noisy(devices, &read.temperature_degC));
    if (module->is_stuck) {
        module->stuck_answers += mV != module->stuck_mV || ddegC != module->stuck_ddegC;
        mV = module->stuck_mV;
        ddegC = module->stuck_ddegC;
    }
    int32_t bypass_permille = sim_devices_bypass_permille(devices, m);
    module->disobeyed += module->is_bypass_pinned && bypass_permille != module->bypass_permille;
    int32_t state = bypass_permille > 0 ? SIM_STATE_BYPASS : 0;
    state |= module->is_showing ? SIM_STATE_SHOWING : 0;
    state |= module_is_pressed(devices, m) ? SIM_STATE_PRESSED : 0;
    values[wm_answer_measure_voltage_mV] = mV;
    values[wm_answer_measure_temperature_ddegC] = ddegC;
    values[wm_answer_measure_bypass_permille] = bypass_permille;
    values[wm_answer_measure_state] = state;
    return true;
}

static void misread_count_Ohm(struct sim_devices *devices, int32_t m,
                              const struct sim_readings *read)
{
    struct sim_module *module = &devices->module[m];
    struct sim_readings sound;
    if (!read_soundly(devices, m, &sound)) {
        return;
    }
    module->misread_leads += sim_reading_uOhm(devices, sound.resistance_Ohm.value) !=
                             sim_reading_uOhm(devices, read->resistance_Ohm.value);
    module->misread_scatter += read->resistance_Ohm.noise > sound.resistance_Ohm.noise;
}

static int32_t module_resistance_uOhm(struct sim_devices *devices, int32_t m)
{
    struct sim_module *module = &devices->module[m];
    const struct sim_readings read = sim_devices_read(devices, m);
    const int32_t uOhm = sim_reading_uOhm(devices, noisy(devices, &read.resistance_Ohm));
    misread_count_Ohm(devices, m, &read);
    if (!module->is_stuck) {
        return uOhm;
    }
    module->stuck_answers += uOhm != module->stuck_uOhm;
    return module->stuck_uOhm;
}

void sim_devices_stick(struct sim_devices *devices, int32_t m, bool is_stuck)
{
    struct sim_module *module = &devices->module[m];
    if (is_stuck && !module->is_stuck) {
        const struct sim_readings read = sim_devices_read(devices, m);
        module->stuck_mV = sim_reading_mV(read.voltage_V.value);
        module->stuck_ddegC = sim_reading_ddegC(read.temperature_degC.value);
        module->stuck_uOhm = sim_reading_uOhm(devices, read.resistance_Ohm.value);
    }
    module->is_stuck = is_stuck;
}

size_t sim_devices_unasked(const struct sim_devices *devices, int32_t m, uint8_t sequence,
                           uint8_t *bytes)
{
    const struct sim_module *module = &devices->module[m];
    const struct sim_readings read = sim_devices_read(devices, m);
    struct sim_frame answer = {
        .message = wm_message_measure,
        .direction = WM_ANSWER,
        .address_class = WM_CLASS_MODULE,
        .address = module->address,
        .sequence = sequence,
    };
    answer.values[wm_answer_measure_voltage_mV] =
        module->is_stuck ? module->stuck_mV : sim_reading_mV(read.voltage_V.value);
    answer.values[wm_answer_measure_temperature_ddegC] =
        module->is_stuck ? module->stuck_ddegC : sim_reading_ddegC(read.temperature_degC.value);
    answer.values[wm_answer_measure_bypass_permille] = sim_devices_bypass_permille(devices, m);
    return sim_frame_encode(&answer, bytes);
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

static int32_t reading_mA(const struct sim_reading *reading)
{
    return quantise(reading->value, 1000, INT32_MIN, INT32_MAX);
}

static void misread_count_A(struct sim_devices *devices, int32_t sensor,
                            const struct sim_reading *current_A,
                            const struct sim_reading *current_ac_A)
{
    const struct sim_clamp kept = devices->clamp[sensor];
    if (!kept.is_reversed && !(fabs(kept.zero_A) > 0) && !(fabs(kept.gain_part) > 0)) {
        return;
    }
    devices->clamp[sensor] = (struct sim_clamp){0};
    const struct sim_reading sound_A = sim_devices_read_A(devices, sensor);
    const struct sim_reading sound_ac_A = sim_devices_read_ac_A(devices, sensor);
    devices->clamp[sensor] = kept;
    devices->misread_clamp[sensor] += reading_mA(&sound_A) != reading_mA(current_A) ||
                                      reading_mA(&sound_ac_A) != reading_mA(current_ac_A);
}

static bool sensor_act(struct sim_devices *devices, int32_t sensor, int32_t *values)
{
    const struct sim_reading current_A = sim_devices_read_A(devices, sensor);
    const struct sim_reading current_ac_A = sim_devices_read_ac_A(devices, sensor);
    const int32_t high_mA = range_mA(devices);
    misread_count_A(devices, sensor, &current_A, &current_ac_A);
    values[wm_answer_read_sensor_current_mA] =
        quantise(noisy(devices, &current_A), 1000, -high_mA, high_mA);
    values[wm_answer_read_sensor_current_ac_mA] = quantise(current_ac_A.value, 1000, 0, high_mA);
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

static bool identify(struct sim_device *device, int32_t *values)
{
    device->identified++;
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
            !sim_device_is_up(&devices->device[SIM_DEVICE_MODULE + m])) {
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

bool sim_devices_act(struct sim_devices *devices, int32_t place, const struct sim_frame *question,
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

bool sim_device_swallows(struct sim_device *device)
{
    const bool is_muted = device->mute_left != 0;
    if (is_muted) {
        device->mute_left -= device->mute_left > 0;
        device->muted++;
        device->mute_is_idle = false;
    }
    return is_muted;
}

static size_t device_act(struct sim_devices *devices, int32_t place,
                         const struct sim_frame *question, uint8_t *bytes)
{
    struct sim_device *device = &devices->device[place];
    if (!sim_device_is_up(device)) {
        return 0; /* pulled since it heard the question */
    }
    struct sim_frame answer;
    answer.message = question->message;
    answer.direction = WM_ANSWER;
    answer.address_class = question->address_class;
    answer.address = question->address;
    answer.sequence = question->sequence;
    if (!(devices->own != NULL ? devices->own(devices->context, place, question, &answer)
                               : sim_devices_act(devices, place, question, &answer))) {
        return 0;
    }
    if (sim_device_swallows(device)) {
        return 0;
    }
    size_t size = sim_frame_encode(&answer, bytes);
    const struct sim_way *way = devices->way;
    return way == NULL ? size : way->answers(way->self, place, bytes, size);
}

static size_t devices_act(void *self, int32_t place, const struct sim_frame *question,
                          uint8_t *bytes)
{
    struct sim_devices *devices = self;
    if (place == SIM_DEVICE_ALL_MODULES) {
        all_modules_act(devices, question);
        return 0;
    }
    if (place >= SIM_DEVICE_SENSOR) {
        return device_act(devices, place, question, bytes);
    }
    struct sim_module *module = &devices->module[place];
    const int64_t stuck_answers = module->stuck_answers;
    const size_t size = device_act(devices, place, question, bytes);
    if (size == 0) {
        module->stuck_answers = stuck_answers; /* it told nobody */
    }
    return size;
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
    const struct sim_device old = devices->device[place];
    devices->device[place] = (struct sim_device){
        .latency_us = SIM_LATENCY_US,
        .is_plugged = true,
        /* What was asked of its place, and whom a fault has met, is no matter of the device. */
        .asked = old.asked,
        .missed_rebooting = old.missed_rebooting,
        .missed_brown_out = old.missed_brown_out,
        .identified = old.identified,
        .muted = old.muted,
        .mute_is_idle = old.mute_is_idle,
        .unplug_is_idle = old.unplug_is_idle,
        .press_is_idle = old.press_is_idle,
        .is_elsewhere = old.is_elsewhere,
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
    sim_devices_calibrate(devices);
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

void sim_devices_close(struct sim_devices *devices)
{
    if (devices->world != NULL) {
        sim_world_cancel(devices->world, &devices->drift);
    }
}
