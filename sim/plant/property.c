/*
 * property.c — what scenarios may look at and push, one row each: name, range, unit, and how.
 */
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/plant/parts.h"

/* ---- modules ---------------------------------------------------------------------------- */

static bool get_voltage(const struct sim_plant *plant, int32_t number, double *value)
{
    *value = sim_devices_voltage_V(&plant->devices, number - 1);
    return true;
}

static bool get_temperature(const struct sim_plant *plant, int32_t number, double *value)
{
    *value = sim_devices_temperature_degC(&plant->devices, number - 1);
    return true;
}

static bool get_resistance(const struct sim_plant *plant, int32_t number, double *value)
{
    *value = sim_devices_resistance_Ohm(&plant->devices, number - 1) * 1000;
    return true;
}

static bool get_state_of_charge(const struct sim_plant *plant, int32_t number, double *value)
{
    *value = sim_battery_charge(&plant->battery, number - 1, -1) * 100;
    return true;
}

static bool get_float_current(const struct sim_plant *plant, int32_t number, double *value)
{
    *value = sim_battery_trait(&plant->battery, number - 1, -1, SIM_TRAIT_FLOAT) * 100;
    return true;
}

static void set_float_current(struct sim_plant *plant, int32_t number, double value)
{
    sim_battery_set_trait(&plant->battery, number - 1, -1, SIM_TRAIT_FLOAT, value / 100);
}

static bool get_bypass(const struct sim_plant *plant, int32_t number, double *value)
{
    *value = sim_devices_bypass_permille(&plant->devices, number - 1) / 10.0;
    return true;
}

static bool get_position(const struct sim_plant *plant, int32_t number, double *value)
{
    (void)plant;
    *value = number - 1;
    return true;
}

static bool get_led(const struct sim_plant *plant, int32_t number, double *value)
{
    const int32_t place = sim_item_place(SIM_ITEM_MODULE, number);
    const bool hears = sim_device_is_up(&plant->devices.device[place]) &&
                       sim_topology_loss(&plant->topology, place) < 1;
    *value = sim_devices_led(&plant->devices, number - 1, hears);
    return true;
}

static bool get_address(const struct sim_plant *plant, int32_t number, double *value)
{
    *value = plant->devices.module[number - 1].address;
    return true;
}

static void set_address(struct sim_plant *plant, int32_t number, double value)
{
    sim_devices_set_address(&plant->devices, number - 1, (int32_t)value);
}

static void set_voltage(struct sim_plant *plant, int32_t number, double value)
{
    sim_battery_pin(&plant->battery, number - 1, SIM_PIN_VOLTAGE, value);
}

static void set_temperature(struct sim_plant *plant, int32_t number, double value)
{
    sim_battery_pin(&plant->battery, number - 1, SIM_PIN_TEMPERATURE, value);
}

static void set_resistance(struct sim_plant *plant, int32_t number, double value)
{
    sim_battery_pin(&plant->battery, number - 1, SIM_PIN_RESISTANCE, value / 1000);
}

static void set_state_of_charge(struct sim_plant *plant, int32_t number, double value)
{
    sim_battery_set_charge(&plant->battery, number - 1, -1, value / 100);
}

static void set_bypass(struct sim_plant *plant, int32_t number, double value)
{
    sim_devices_pin_bypass(&plant->devices, number - 1, (int32_t)(value * 10 + 0.5));
}

static void release_bypass(struct sim_plant *plant, int32_t number)
{
    sim_devices_pin_bypass(&plant->devices, number - 1, -1);
}

static void release_voltage(struct sim_plant *plant, int32_t number)
{
    sim_battery_release(&plant->battery, number - 1, SIM_PIN_VOLTAGE);
}

static void release_temperature(struct sim_plant *plant, int32_t number)
{
    sim_battery_release(&plant->battery, number - 1, SIM_PIN_TEMPERATURE);
}

static void release_resistance(struct sim_plant *plant, int32_t number)
{
    sim_battery_release(&plant->battery, number - 1, SIM_PIN_RESISTANCE);
}

/* ---- strings and sensors ---------------------------------------------------------------- */

static bool get_string_current(const struct sim_plant *plant, int32_t number, double *value)
{
    *value = plant->battery.string[number - 1].current_A;
    return true;
}

static bool get_string_current_ac(const struct sim_plant *plant, int32_t number, double *value)
{
    *value = sim_battery_ripple_A(&plant->battery, number - 1);
    return true;
}

static void set_string_current(struct sim_plant *plant, int32_t number, double value)
{
    sim_battery_pin_current(&plant->battery, number - 1, value);
}

static void set_string_current_ac(struct sim_plant *plant, int32_t number, double value)
{
    plant->battery.string[number - 1].current_ac_A = value;
}

static bool get_string_cable(const struct sim_plant *plant, int32_t number, double *value)
{
    *value = plant->battery.string[number - 1].cable_Ohm * 1000;
    return true;
}

static void set_string_cable(struct sim_plant *plant, int32_t number, double value)
{
    plant->battery.string[number - 1].cable_Ohm = value / 1000;
}

static void release_string_current(struct sim_plant *plant, int32_t number)
{
    sim_battery_release_current(&plant->battery, number - 1);
}

static bool get_sensor_current(const struct sim_plant *plant, int32_t number, double *value)
{
    *value = sim_devices_sensor_A(&plant->devices, number - 1);
    return true;
}

static bool get_sensor_current_ac(const struct sim_plant *plant, int32_t number, double *value)
{
    *value = sim_devices_sensor_ac_A(&plant->devices, number - 1);
    return true;
}

/* Sum of what is plugged in, with a cable, of the modules first..last - 1; false if none is. */
static bool sum_voltage(const struct sim_plant *plant, int32_t first, int32_t last, double *sum_V,
                        int32_t *plugged)
{
    *sum_V = 0;
    *plugged = 0;
    for (int32_t m = first; m < last; m++) {
        if (sim_device_is_up(&plant->devices.device[SIM_DEVICE_MODULE + m]) &&
            sim_topology_loss(&plant->topology, SIM_DEVICE_MODULE + m) < 1) {
            *sum_V += sim_devices_voltage_V(&plant->devices, m);
            ++*plugged;
        }
    }
    return *plugged > 0;
}

static bool get_string_sum(const struct sim_plant *plant, int32_t number, double *value)
{
    int32_t per_string = plant->battery.modules_per_string;
    int32_t plugged;
    return sum_voltage(plant, (number - 1) * per_string, number * per_string, value, &plugged);
}

static bool get_string_average(const struct sim_plant *plant, int32_t number, double *value)
{
    int32_t per_string = plant->battery.modules_per_string;
    int32_t plugged;
    if (!sum_voltage(plant, (number - 1) * per_string, number * per_string, value, &plugged)) {
        return false;
    }
    *value /= plugged;
    return true;
}

/* ---- plant, charger, load --------------------------------------------------------------- */

static bool get_plant_sum(const struct sim_plant *plant, int32_t number, double *value)
{
    (void)number;
    int32_t plugged;
    return sum_voltage(plant, 0, plant->devices.modules, value, &plugged);
}

static bool get_plant_average(const struct sim_plant *plant, int32_t number, double *value)
{
    (void)number;
    int32_t plugged;
    if (!sum_voltage(plant, 0, plant->devices.modules, value, &plugged)) {
        return false;
    }
    *value /= plugged;
    return true;
}

static bool get_plant_strings(const struct sim_plant *plant, int32_t number, double *value)
{
    (void)number;
    *value = plant->battery.shape.strings;
    return true;
}

static bool get_plant_modules(const struct sim_plant *plant, int32_t number, double *value)
{
    (void)number;
    *value = plant->devices.modules;
    return true;
}

/* What the battery has one of; is: the value as the field keeps it. */
#define BATTERY(name, field, is)                                                                   \
    static bool get_##name(const struct sim_plant *plant, int32_t number, double *value)           \
    {                                                                                              \
        (void)number;                                                                              \
        *value = plant->battery.field;                                                             \
        return true;                                                                               \
    }                                                                                              \
    static void set_##name(struct sim_plant *plant, int32_t number, double value)                  \
    {                                                                                              \
        (void)number;                                                                              \
        plant->battery.field = is;                                                                 \
    }
BATTERY(ambient, ambient_degC, value)
BATTERY(charger_voltage, charger.voltage_V, value)
BATTERY(charger_boost, charger.boost_V, value)
BATTERY(charger_boosting, charger.is_boosting, value > 0)
BATTERY(charger_limit, charger.limit_A, value)
BATTERY(charger_on, charger.is_on, value > 0)
BATTERY(load_current, load.current_A, value)
BATTERY(load_power, load.power_W, value)

/* Of one cell, in mV/K: what the bus adds up over a string. */
static double compensation_cells(const struct sim_plant *plant)
{
    return plant->battery.modules_per_string * plant->battery.shape.cells / 1000.0;
}

static bool get_charger_compensation(const struct sim_plant *plant, int32_t number, double *value)
{
    (void)number;
    *value = plant->battery.charger.compensation_V_K / compensation_cells(plant);
    return true;
}

static void set_charger_compensation(struct sim_plant *plant, int32_t number, double value)
{
    (void)number;
    plant->battery.charger.compensation_V_K = value * compensation_cells(plant);
}

static bool get_load_resistance(const struct sim_plant *plant, int32_t number, double *value)
{
    (void)number;
    const double conductance_S = plant->battery.load.conductance_S;
    *value = conductance_S > 0 ? 1 / conductance_S : 0;
    return true;
}

static void set_load_resistance(struct sim_plant *plant, int32_t number, double value)
{
    (void)number;
    plant->battery.load.conductance_S = value > 0 ? 1 / value : 0;
}

/* ---- aux and latencies ------------------------------------------------------------------ */

static bool get_input(const struct sim_plant *plant, int32_t number, double *value)
{
    int32_t line = number - 1;
    *value = plant->devices.aux_inputs[line / WM_AUX_LINES] >> line % WM_AUX_LINES & 1;
    return true;
}

static void set_input(struct sim_plant *plant, int32_t number, double value)
{
    int32_t line = number - 1;
    uint8_t bit = (uint8_t)(1u << line % WM_AUX_LINES);
    uint8_t *inputs = &plant->devices.aux_inputs[line / WM_AUX_LINES];
    *inputs = (uint8_t)(value > 0 ? *inputs | bit : *inputs & ~bit);
}

static bool get_output(const struct sim_plant *plant, int32_t number, double *value)
{
    *value = sim_plant_contact(plant, number);
    return true;
}

static bool get_latency(const struct sim_plant *plant, int32_t place, double *value)
{
    *value = (double)plant->devices.device[place].latency_us * 1e-6;
    return true;
}

static void set_latency(struct sim_plant *plant, int32_t place, double value)
{
    plant->devices.device[place].latency_us = (int64_t)(value * 1e6 + 0.5);
}

#define LATENCY(item)                                                                              \
    static bool get_latency_##item(const struct sim_plant *plant, int32_t number, double *value)   \
    {                                                                                              \
        return get_latency(plant, sim_item_place(item, number), value);                            \
    }                                                                                              \
    static void set_latency_##item(struct sim_plant *plant, int32_t number, double value)          \
    {                                                                                              \
        set_latency(plant, sim_item_place(item, number), value);                                   \
    }
LATENCY(SIM_ITEM_MODULE)
LATENCY(SIM_ITEM_SENSOR)
LATENCY(SIM_ITEM_AUX)

/* ---- the webmanager's front ------------------------------------------------------------- */

#define PANEL(part)                                                                                \
    static bool get_panel_##part(const struct sim_plant *plant, int32_t number, double *value)     \
    {                                                                                              \
        (void)number;                                                                              \
        *value = plant->panel.part;                                                                \
        return true;                                                                               \
    }
PANEL(alarm_led)
PANEL(red_led)
PANEL(green_led)
PANEL(buzzer)
PANEL(relay)
PANEL(slide_switch)

static void set_panel_slide_switch(struct sim_plant *plant, int32_t number, double value)
{
    (void)number;
    sim_panel_move_switch(&plant->panel, (int32_t)value);
}

/* ---- COM2 ------------------------------------------------------------------------------- */

/* A field of the device, or an entry of its list of that name. */
#define COM2(name, field, is_list)                                                                 \
    static bool get_com2_##name(const struct sim_plant *plant, int32_t number, double *value)      \
    {                                                                                              \
        return sim_com2_get(&plant->com2, field, (is_list) ? number : 0, value);                   \
    }                                                                                              \
    static void set_com2_##name(struct sim_plant *plant, int32_t number, double value)             \
    {                                                                                              \
        sim_com2_set(&plant->com2, field, (is_list) ? number : 0, value);                          \
    }
COM2(temperature, "temperature", false)
COM2(humidity, "humidity", false)
COM2(hydrogen, "hydrogen", false)
COM2(analog, "analog", true)
COM2(input, "input", true)

static bool get_com2_output(const struct sim_plant *plant, int32_t number, double *value)
{
    return sim_com2_get(&plant->com2, "output", number, value);
}

static bool get_com2_latency(const struct sim_plant *plant, int32_t number, double *value)
{
    (void)number;
    *value = (double)plant->com2.device.latency_us * 1e-6;
    return true;
}

static void set_com2_latency(struct sim_plant *plant, int32_t number, double value)
{
    (void)number;
    plant->com2.device.latency_us = (int64_t)(value * 1e6 + 0.5);
}

/* ---- the rows --------------------------------------------------------------------------- */

#define AMPERES_MAX 10000
#define VOLTS_MAX   13000
#define LATENCY_ROW(item)                                                                          \
    {                                                                                              \
        item, "latency", SIM_NUMBER, "s", 0, 10, get_latency_##item, set_latency_##item, NULL      \
    }
#define SHOWN(item, name, unit, get)                                                               \
    {                                                                                              \
        item, name, SIM_NUMBER, unit, 0, 0, get, NULL, NULL                                        \
    }
#define PUSHED(item, name, unit, low, high, what)                                                  \
    {                                                                                              \
        item, name, SIM_NUMBER, unit, low, high, get_##what, set_##what, NULL                      \
    }
#define LAMP(name)                                                                                 \
    {                                                                                              \
        SIM_ITEM_WEBMANAGER, #name, SIM_STATE, "", 0, 0, get_panel_##name, NULL, NULL              \
    }
#define PINNED(item, name, unit, low, high, what)                                                  \
    {                                                                                              \
        item, name, SIM_NUMBER, unit, low, high, get_##what, set_##what, release_##what            \
    }

/* clang-format off */
static const struct sim_property properties[] = {
    /* 65.535 V is what a measure answer can carry; the temperatures are beyond any module. */
    PINNED(SIM_ITEM_MODULE, "voltage", "V", 0, 65.535, voltage),
    PINNED(SIM_ITEM_MODULE, "temperature", "degC", -60, 200, temperature),
    PINNED(SIM_ITEM_MODULE, "resistance", "mOhm", 0, 100000, resistance),
    PUSHED(SIM_ITEM_MODULE, "state_of_charge", "%", 0, 100, state_of_charge),
    /* Of its type's: blocks that take less stand higher than their neighbours on float. */
    PUSHED(SIM_ITEM_MODULE, "float_current", "%", 1, 10000, float_current),
    LATENCY_ROW(SIM_ITEM_MODULE),
    PINNED(SIM_ITEM_MODULE, "bypass", "%", 0, 100, bypass),
    SHOWN(SIM_ITEM_MODULE, "position", "", get_position),
    {SIM_ITEM_MODULE, "address", SIM_COUNT, "(0: the factory's)", 0, WM_MODULES_MAX, get_address,
     set_address, NULL},
    {SIM_ITEM_MODULE, "led", SIM_LED, "", 0, SIM_LEDS - 1, get_led, NULL, NULL},
    PINNED(SIM_ITEM_STRING, "current", "A", -AMPERES_MAX, AMPERES_MAX, string_current),
    PUSHED(SIM_ITEM_STRING, "current_ac", "A", 0, AMPERES_MAX, string_current_ac),
    PUSHED(SIM_ITEM_STRING, "cable", "mOhm", 0, 1000, string_cable),
    SHOWN(SIM_ITEM_STRING, "voltage_sum", "V", get_string_sum),
    SHOWN(SIM_ITEM_STRING, "voltage_average", "V", get_string_average),
    SHOWN(SIM_ITEM_STRING, "position", "", get_position),
    SHOWN(SIM_ITEM_SENSOR, "current", "A", get_sensor_current),
    SHOWN(SIM_ITEM_SENSOR, "current_ac", "A", get_sensor_current_ac),
    LATENCY_ROW(SIM_ITEM_SENSOR),
    LATENCY_ROW(SIM_ITEM_AUX),
    {SIM_ITEM_AUX_INPUT, "level", SIM_LEVEL, "", 0, 1, get_input, set_input, NULL},
    {SIM_ITEM_AUX_OUTPUT, "level", SIM_CONTACT, "", 0, 1, get_output, NULL, NULL},
    PUSHED(SIM_ITEM_PLANT, "ambient", "degC", -60, 100, ambient),
    SHOWN(SIM_ITEM_PLANT, "strings", "", get_plant_strings),
    SHOWN(SIM_ITEM_PLANT, "modules", "", get_plant_modules),
    SHOWN(SIM_ITEM_PLANT, "voltage_sum", "V", get_plant_sum),
    SHOWN(SIM_ITEM_PLANT, "voltage_average", "V", get_plant_average),
    PUSHED(SIM_ITEM_CHARGER, "voltage", "V", 0, VOLTS_MAX, charger_voltage),
    PUSHED(SIM_ITEM_CHARGER, "limit", "A", 0, AMPERES_MAX, charger_limit),
    {SIM_ITEM_CHARGER, "on", SIM_SWITCH, "", 0, 1, get_charger_on, set_charger_on, NULL},
    PUSHED(SIM_ITEM_CHARGER, "boost", "V", 0, VOLTS_MAX, charger_boost),
    {SIM_ITEM_CHARGER, "boosting", SIM_SWITCH, "", 0, 1, get_charger_boosting,
     set_charger_boosting, NULL},
    PUSHED(SIM_ITEM_CHARGER, "compensation", "mV/K a cell", -20, 0, charger_compensation),
    PUSHED(SIM_ITEM_LOAD, "current", "A", 0, AMPERES_MAX, load_current),
    PUSHED(SIM_ITEM_LOAD, "power", "W", 0, 1e7, load_power),
    PUSHED(SIM_ITEM_LOAD, "resistance", "Ohm (0: none)", 0, 1e6, load_resistance),
    /* The temperatures and humidities are beyond any sensor, the rest what the field carries. */
    PUSHED(SIM_ITEM_COM2, "temperature", "degC", -60, 200, com2_temperature),
    PUSHED(SIM_ITEM_COM2, "humidity", "%", 0, 200, com2_humidity),
    PUSHED(SIM_ITEM_COM2, "hydrogen", "% LEL", 0, 100, com2_hydrogen),
    PUSHED(SIM_ITEM_COM2, "latency", "s", 0, 10, com2_latency),
    PUSHED(SIM_ITEM_COM2_ANALOG, "value", "degC, % or A", -3276.8, 3276.7, com2_analog),
    {SIM_ITEM_COM2_INPUT, "level", SIM_LEVEL, "", 0, 1, get_com2_input, set_com2_input, NULL},
    {SIM_ITEM_COM2_OUTPUT, "level", SIM_CONTACT, "", 0, 1, get_com2_output, NULL, NULL},
    LAMP(alarm_led),
    LAMP(red_led),
    LAMP(green_led),
    LAMP(buzzer),
    LAMP(relay),
    {SIM_ITEM_WEBMANAGER, "slide_switch", SIM_STATE, "", 0, 2, get_panel_slide_switch,
     set_panel_slide_switch, NULL},
};
/* clang-format on */

const struct sim_property *sim_properties(size_t *count)
{
    *count = sizeof properties / sizeof properties[0];
    return properties;
}

const struct sim_property *sim_property_find(int item, const char *name)
{
    for (size_t i = 0; i < sizeof properties / sizeof properties[0]; i++) {
        if (properties[i].item == item && strcmp(properties[i].name, name) == 0) {
            return &properties[i];
        }
    }
    return NULL;
}

/* ---- states ----------------------------------------------------------------------------- */

/* What has states is on the webmanager's front. */
static bool property_point(const struct sim_property *property, enum wm_point *point)
{
    return property->kind == SIM_STATE && wm_point_find(wm_scope_panel, property->name, point);
}

const char *sim_property_state(const struct sim_property *property, int32_t value)
{
    enum wm_point point;
    return property_point(property, &point) ? wm_state_name(point, value) : NULL;
}

bool sim_property_state_find(const struct sim_property *property, const char *name, double *value)
{
    const char *known;
    for (int32_t i = 0; (known = sim_property_state(property, i)) != NULL; i++) {
        if (strcmp(known, name) == 0) {
            *value = i;
            return true;
        }
    }
    return false;
}

/* ---- pushing ---------------------------------------------------------------------------- */

static bool property_accepts(const struct sim_plant *plant, const struct sim_property *property,
                             int32_t number, double value, char *error, size_t size)
{
    double present;
    if (property->set == NULL) {
        (void)snprintf(error, size, "%s.%s is only shown, it can't be pushed",
                       sim_item_word(property->item), property->name);
        return false;
    }
    const char *refusal = sim_item_refusal(plant, property->item);
    if (refusal != NULL) {
        (void)snprintf(error, size, "%s: %s", property->name, refusal);
        return false;
    }
    const bool is_on_com2 = property->item >= SIM_ITEM_COM2 && property->item < SIM_ITEMS_SHOWN;
    if (is_on_com2 && !property->get(plant, number, &present)) {
        char name[48];
        sim_item_name(plant, property->item, number, name, sizeof name);
        (void)snprintf(error, size, "%s has no %s: the plant hangs no such sensor there", name,
                       property->name);
        return false;
    }
    /* Written so that a NaN is refused too. */
    if (!(value >= property->low && value <= property->high)) {
        (void)snprintf(error, size, "%s.%s is a number from %.6g to %.6g %s, not %.6g",
                       sim_item_word(property->item), property->name, property->low, property->high,
                       property->unit, value);
        return false;
    }
    if (property->kind == SIM_COUNT && floor(value) < value) {
        (void)snprintf(error, size, "%s.%s is a whole number, not %.6g",
                       sim_item_word(property->item), property->name, value);
        return false;
    }
    return true;
}

static void drift_end(struct sim_plant *plant, const struct sim_property *property, int32_t number)
{
    for (size_t i = 0; i < plant->drifts_count; i++) {
        if (plant->drifts[i].property == property && plant->drifts[i].number == number) {
            /* What is pushed anew in the same breath was never meant to move. */
            const struct sim_drift *drift = &plant->drifts[i];
            if (!drift->has_moved && drift->begins_us < sim_world_now_us(plant->world) &&
                plant->idle_drift.property == NULL) {
                plant->idle_drift = *drift;
            }
            plant->drifts[i] = plant->drifts[--plant->drifts_count];
            return;
        }
    }
}

/* What is pushed counts from now on, and not from the battery's last step. */
static void plant_reach(struct sim_plant *plant)
{
    if (plant->is_loaded) {
        sim_battery_reach(&plant->battery);
    }
}

static void plant_touch(struct sim_plant *plant)
{
    if (plant->is_loaded) {
        sim_battery_touch(&plant->battery);
    }
}

bool sim_property_push(struct sim_plant *plant, const struct sim_property *property, int32_t number,
                       double value, char *error, size_t size)
{
    if (!property_accepts(plant, property, number, value, error, size)) {
        return false;
    }
    drift_end(plant, property, number);
    plant_reach(plant);
    property->set(plant, number, value);
    sim_defect_pushed(plant, property->item, number, property->name);
    plant_touch(plant);
    return true;
}

bool sim_property_drift(struct sim_plant *plant, const struct sim_property *property,
                        int32_t number, double to, double seconds, char *error, size_t size)
{
    double from = 0;
    if (!property_accepts(plant, property, number, to, error, size)) {
        return false;
    }
    plant_reach(plant);
    if (property->kind != SIM_NUMBER || !property->get(plant, number, &from)) {
        (void)snprintf(error, size, "%s.%s can't drift; assign it", sim_item_word(property->item),
                       property->name);
        return false;
    }
    drift_end(plant, property, number);
    if (plant->drifts_count == plant->drifts_capacity) {
        size_t capacity = plant->drifts_capacity == 0 ? 16 : plant->drifts_capacity * 2;
        struct sim_drift *drifts = realloc(plant->drifts, capacity * sizeof *drifts);
        if (drifts == NULL) {
            (void)snprintf(error, size, "no memory for another drift");
            return false;
        }
        plant->drifts = drifts;
        plant->drifts_capacity = capacity;
    }
    int64_t now_us = sim_world_now_us(plant->world);
    plant->drifts[plant->drifts_count++] = (struct sim_drift){
        .property = property,
        .number = number,
        .from = from,
        .to = to,
        .begins_us = now_us,
        .ends_us = now_us + (int64_t)(seconds * 1e6 + 0.5),
    };
    property->set(plant, number, from);
    sim_defect_pushed(plant, property->item, number, property->name);
    plant_touch(plant);
    return true;
}

void sim_property_release(struct sim_plant *plant, const struct sim_property *property,
                          int32_t number)
{
    assert(property->release != NULL);
    drift_end(plant, property, number);
    plant_reach(plant);
    property->release(plant, number);
    sim_defect_pushed(plant, property->item, number, property->name);
    plant_touch(plant);
}

static void drift_move(struct sim_plant *plant, struct sim_drift *drift, double value)
{
    drift->has_moved = true;
    drift->property->set(plant, drift->number, value);
    sim_defect_pushed(plant, drift->property->item, drift->number, drift->property->name);
}

bool sim_property_move_all(void *context)
{
    struct sim_plant *plant = context;
    const int64_t now_us = sim_world_now_us(plant->world);
    const bool moved = plant->drifts_count > 0;
    for (size_t i = 0; i < plant->drifts_count;) {
        struct sim_drift *drift = &plant->drifts[i];
        if (now_us >= drift->ends_us) {
            drift_move(plant, drift, drift->to);
            *drift = plant->drifts[--plant->drifts_count];
            continue;
        }
        const double part =
            (double)(now_us - drift->begins_us) / (double)(drift->ends_us - drift->begins_us);
        drift_move(plant, drift, drift->from + (drift->to - drift->from) * part);
        i++;
    }
    return moved;
}
