/*
 * reading.c — what a device reads of what is: its own error, and leads, probes and clamps that may
 * be wrong. Answers and the judge's bands are both made of this, so that they agree.
 *
 * Always true: a reading is off by no more than its noise; only + - * / and comparisons make it, so
 * the same run gives the same doubles on every processor.
 */
#include "sim/devices/device.h"
#include "sim/number.h"

enum { READING_STREAM_GAIN = 101 };

/* Of a current sensor: largest gain error and drift, and largest noise as a part of its range. The
 * guide prints 10 %. */
#define CURRENT_GAIN           0.005
#define CURRENT_DRIFT          0.0005
#define CURRENT_NOISE_OF_RANGE 0.0002

/* Errors come and go once in so long, in steps. */
#define DRIFT_PERIOD_US INT64_C(259200000000)
#define DRIFT_STEP_US   INT64_C(600000000)

/* Guide: the range in which a temperature is used (decision B24); a probe that is open or shorted
 * reads an end of it. */
#define PROBE_OPEN_DEGC    (-40.0)
#define PROBE_SHORTED_DEGC 125.0

int32_t sim_reading_mV(double voltage_V)
{
    return quantise(voltage_V, 1000, INT16_MIN, UINT16_MAX) & UINT16_MAX;
}

int32_t sim_reading_ddegC(double temperature_degC)
{
    return quantise(temperature_degC, 10, INT16_MIN, INT16_MAX);
}

int32_t sim_reading_uOhm(const struct sim_devices *devices, double resistance_Ohm)
{
    const int32_t step_uOhm = devices->type->resistance_uOhm_step;
    return quantise(resistance_Ohm, 1e6 / step_uOhm, 0, 100000000) * step_uOhm;
}

/* ---- leads and probes ------------------------------------------------------------------- */

int32_t sim_devices_neighbour(const struct sim_devices *devices, int32_t module)
{
    const int32_t per_string = devices->battery->modules_per_string;
    const bool is_last = module % per_string == per_string - 1;
    return per_string == 1 ? -1 : is_last ? module - 1 : module + 1;
}

/* The lead of a neighbour is on this block's pole, so that both of its own are on one. */
static bool is_shared(const struct sim_devices *devices, int32_t module)
{
    for (int32_t m = module - 1; m <= module + 1; m += 2) {
        if (m >= 0 && m < devices->modules && devices->module[m].leads.is_swapped &&
            sim_devices_neighbour(devices, m) == module) {
            return true;
        }
    }
    return false;
}

/* What lies between the ends of a module's leads, by one of the truths. */
static double between(const struct sim_devices *devices, int32_t module,
                      double (*truth)(const struct sim_devices *, int32_t))
{
    if (devices->module[module].leads.is_swapped) {
        return truth(devices, module) + truth(devices, sim_devices_neighbour(devices, module));
    }
    return is_shared(devices, module) ? 0 : truth(devices, module);
}

/* Its own supply current flows through the lead, too. */
static double lead_voltage_V(const struct sim_devices *devices, int32_t module)
{
    const struct sim_leads *leads = &devices->module[module].leads;
    if (leads->is_open) {
        return 0;
    }
    const double drop_V = leads->contact_Ohm * devices->type->draw_mA * 1e-3;
    double voltage_V = between(devices, module, sim_devices_voltage_V) - drop_V;
    voltage_V = voltage_V < 0 ? 0 : voltage_V;
    return leads->is_reversed ? -voltage_V : voltage_V;
}

static double probe_degC(const struct sim_devices *devices, int32_t module)
{
    const struct sim_leads *leads = &devices->module[module].leads;
    const int32_t at = leads->probe_at > 0 ? leads->probe_at - 1 : module;
    const double block_degC = sim_devices_temperature_degC(devices, at);
    return leads->probe_off_part > 0 ? block_degC + (devices->battery->ambient_degC +
                                                     devices->battery->uncooled_K - block_degC) *
                                                        leads->probe_off_part
                                     : block_degC;
}

/* Open leads read the end of the scale. */
static double lead_resistance_Ohm(const struct sim_devices *devices, int32_t module)
{
    const struct sim_leads *leads = &devices->module[module].leads;
    return leads->is_open
               ? 1e3
               : between(devices, module, sim_devices_resistance_Ohm) + leads->contact_Ohm;
}

static double scatter_part(const struct sim_devices *devices, int32_t module)
{
    const struct sim_battery *battery = devices->battery;
    const double part = devices->module[module].leads.scatter_part;
    if (!(part > 0)) {
        return 0;
    }
    const double ripple_A = sim_battery_ripple_A(battery, module / battery->modules_per_string);
    return part * ripple_A * 10 / battery->shape.cell.rated_Ah;
}

/* ---- readings --------------------------------------------------------------------------- */

struct sim_readings sim_devices_read(const struct sim_devices *devices, int32_t module)
{
    const struct sim_module *it = &devices->module[module];
    const struct wm_module_type *type = devices->type;
    struct sim_readings readings = {
        .voltage_V.value = lead_voltage_V(devices, module),
        .temperature_degC.value = probe_degC(devices, module),
        .resistance_Ohm.value = lead_resistance_Ohm(devices, module),
    };
    double noise_part = scatter_part(devices, module);
    if (!devices->is_exact) {
        readings.voltage_V.value *= it->voltage_error.now;
        readings.temperature_degC.value *= it->temperature_error.now;
        readings.resistance_Ohm.value *= it->resistance_error.now;
        readings.voltage_V.noise = type->voltage.noise * 1e-6;
        readings.temperature_degC.noise = type->temperature.noise * 1e-3;
        noise_part += type->resistance.noise * 1e-6;
    }
    readings.resistance_Ohm.noise = readings.resistance_Ohm.value * noise_part;
    if (!it->leads.is_reversed && readings.voltage_V.value < readings.voltage_V.noise) {
        readings.voltage_V.noise = readings.voltage_V.value; /* it reads nothing below 0 */
    }
    if (it->leads.probe_is_open || it->leads.probe_is_shorted) {
        readings.temperature_degC = (struct sim_reading){
            .value = it->leads.probe_is_open ? PROBE_OPEN_DEGC : PROBE_SHORTED_DEGC};
    }
    return readings;
}

struct sim_reading sim_devices_read_A(const struct sim_devices *devices, int32_t sensor)
{
    const struct sim_clamp *clamp = &devices->clamp[sensor];
    double current_A = sim_devices_sensor_A(devices, sensor);
    struct sim_reading reading = {0};
    if (!devices->is_exact) {
        current_A *= devices->sensor_error[sensor].now;
        reading.noise = CURRENT_NOISE_OF_RANGE * devices->sensor_range_A;
    }
    current_A *= 1 + clamp->gain_part;
    reading.value = (clamp->is_reversed ? -current_A : current_A) + clamp->zero_A;
    return reading;
}

struct sim_reading sim_devices_read_ac_A(const struct sim_devices *devices, int32_t sensor)
{
    const double error = devices->is_exact ? 1 : devices->sensor_error[sensor].now;
    return (struct sim_reading){.value = sim_devices_sensor_ac_A(devices, sensor) * error *
                                         (1 + devices->clamp[sensor].gain_part)};
}

/* ---- errors ----------------------------------------------------------------------------- */

/* -1..1, evenly up and down once a period. */
static double wave(double phase)
{
    const double part = phase - (double)(int64_t)phase;
    return part < 0.5 ? 4 * part - 1 : 3 - 4 * part;
}

static void error_drift(struct sim_error *error, double drift, double periods)
{
    error->now = error->gain + drift * wave(error->phase + periods);
}

static void devices_drift(void *self)
{
    struct sim_devices *devices = self;
    const struct wm_module_type *type = devices->type;
    const int64_t now_us = sim_world_now_us(devices->world);
    const double periods = (double)(now_us % DRIFT_PERIOD_US) / (double)DRIFT_PERIOD_US;
    for (int32_t m = 0; m < devices->modules; m++) {
        struct sim_module *it = &devices->module[m];
        error_drift(&it->voltage_error, type->voltage.drift_ppm * 1e-6, periods);
        error_drift(&it->temperature_error, type->temperature.drift_ppm * 1e-6, periods);
        error_drift(&it->resistance_error, type->resistance.drift_ppm * 1e-6, periods);
    }
    for (int32_t n = 0; n < devices->sensors; n++) {
        error_drift(&devices->sensor_error[n], CURRENT_DRIFT, periods);
    }
    sim_world_schedule(devices->world, &devices->drift, now_us + DRIFT_STEP_US);
    if (devices->drifted != NULL) {
        devices->drifted(devices->context);
    }
}

static void error_draw(struct sim_error *error, struct sim_random *random, double gain)
{
    error->gain = 1 + sim_random_both_ways(random) * gain;
}

void sim_devices_calibrate(struct sim_devices *devices)
{
    struct sim_random gains = sim_random_stream(devices->world, READING_STREAM_GAIN);
    const struct wm_module_type *type = devices->type;
    for (int32_t m = 0; m < WM_MODULES_MAX; m++) {
        struct sim_module *module = &devices->module[m];
        error_draw(&module->voltage_error, &gains, type->voltage.gain_ppm * 1e-6);
        error_draw(&module->temperature_error, &gains, type->temperature.gain_ppm * 1e-6);
        error_draw(&module->resistance_error, &gains, type->resistance.gain_ppm * 1e-6);
    }
    for (int32_t n = 0; n < WM_SENSORS_MAX; n++) {
        error_draw(&devices->sensor_error[n], &gains, CURRENT_GAIN);
    }
    for (int32_t m = 0; m < WM_MODULES_MAX; m++) {
        struct sim_module *module = &devices->module[m];
        module->voltage_error.phase = sim_random_unit(&gains);
        module->temperature_error.phase = sim_random_unit(&gains);
        module->resistance_error.phase = sim_random_unit(&gains);
    }
    for (int32_t n = 0; n < WM_SENSORS_MAX; n++) {
        devices->sensor_error[n].phase = sim_random_unit(&gains);
    }
    devices->drift = (struct sim_event){.run = devices_drift, .self = devices};
    if (!devices->is_exact) {
        devices_drift(devices);
    }
}
