/*
 * plant.c — puts battery, devices, wire and faults together, and answers for the whole.
 *
 * Always true: the webmanager's end of the bus is the wire with the faults laid over it; contacts
 * decide which strings are isolated, at the instant they move.
 */
#include "sim/plant/plant.h"

#include <lauxlib.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/plant/hooks.h"
#include "sim/plant/own_verbs.h"
#include "sim/plant/parts.h"

enum { PLANT_STREAM_FAULTS = 103, PLANT_STREAM_WIRING = 104, PLANT_STREAM_CATALOGUE = 105 };

/* ---- functions of the plant file -------------------------------------------------------- */

/* A firmware that sees a broken plant proves nothing. */
static void plant_fail(struct sim_plant *plant, int32_t module_number, const char *why)
{
    char what[24];
    (void)snprintf(what, sizeof what, "module %d", (int)module_number);
    sim_hooks_fail(plant, plant->script_ref[module_number - 1], why, what);
}

/* A result in its place, or the value kept where the function gives nil. */
static bool script_result(lua_State *lua, int index, double high, double low, double *value)
{
    if (lua_isnil(lua, index)) {
        return true;
    }
    int is_number = 0;
    double result = lua_tonumberx(lua, index, &is_number);
    if (!is_number || !(result >= low && result <= high)) {
        return false;
    }
    *value = result;
    return true;
}

static bool plant_script(void *context, struct sim_script_call *call)
{
    struct sim_plant *plant = context;
    lua_State *lua = plant->lua;
    const int top = lua_gettop(lua);
    if (plant->failure[0] != '\0') {
        sim_world_stop(plant->world);
        return false;
    }
    lua_rawgeti(lua, LUA_REGISTRYINDEX, plant->script_ref[call->module_number - 1]);
    lua_pushinteger(lua, call->module_number);
    lua_pushnumber(lua, call->now_s);
    lua_pushnumber(lua, call->current_A);
    lua_pushnumber(lua, call->voltage_V);
    lua_pushnumber(lua, call->temperature_degC);
    lua_pushnumber(lua, call->resistance_mOhm);
    if (lua_pcall(lua, 6, 3, 0) != LUA_OK) {
        const char *why = lua_tostring(lua, -1);
        plant_fail(plant, call->module_number,
                   why != NULL ? why : "the battery function raised an error without a message");
        lua_settop(lua, top);
        return false;
    }
    bool is_sound = script_result(lua, -3, 65.535, 0, &call->voltage_V) &&
                    script_result(lua, -2, 200, -60, &call->temperature_degC) &&
                    script_result(lua, -1, 100000, 0, &call->resistance_mOhm);
    lua_settop(lua, top);
    if (!is_sound) {
        plant_fail(plant, call->module_number,
                   "a battery function returns voltage 0 to 65.535 V, temperature -60 to 200 "
                   "degC, resistance 0 to 100000 mOhm, or nil for each");
    }
    return is_sound;
}

/* ---- breakers --------------------------------------------------------------------------- */

bool sim_plant_contact(const struct sim_plant *plant, int32_t number)
{
    if (number < 1 || number > plant->devices.aux * WM_AUX_LINES) {
        return false;
    }
    int32_t line = number - 1;
    return (plant->devices.aux_outputs[line / WM_AUX_LINES] >> line % WM_AUX_LINES & 1) != 0;
}

void sim_plant_follow_breakers(void *context)
{
    struct sim_plant *plant = context;
    sim_battery_reach(&plant->battery);
    for (int32_t s = 0; s < plant->battery.shape.strings; s++) {
        const struct sim_breaker *breaker = &plant->breaker[s];
        bool is_open =
            breaker->output > 0 && sim_plant_contact(plant, breaker->output) != breaker->is_nc;
        sim_battery_isolate(&plant->battery, s, is_open);
    }
    sim_battery_touch(&plant->battery);
}

/* The first failure stays. */
__attribute__((format(printf, 2, 3))) static void plant_end(struct sim_plant *plant,
                                                            const char *format, ...)
{
    if (plant->failure[0] == '\0') {
        va_list list;
        va_start(list, format);
        (void)vsnprintf(plant->failure, sizeof plant->failure, format, list);
        va_end(list);
    }
    sim_world_stop(plant->world);
}

/* Of the batteries themselves. */
static void plant_judge(struct sim_plant *plant)
{
    int32_t module;
    char why[200], name[48];
    if (sim_battery_failure(&plant->battery, &module, why, sizeof why) == NULL) {
        return;
    }
    sim_item_name(plant, SIM_ITEM_MODULE, module + 1, name, sizeof name);
    plant_end(plant, "%s %s", name, why);
}

static void plant_moved(void *context)
{
    struct sim_plant *plant = context;
    plant_judge(plant);
    sim_truth_changed(plant);
    if (plant->hooks != NULL) {
        sim_hooks_moved(plant);
    }
}

static void plant_com2_failed(void *context, const char *why)
{
    plant_end(context, "%.300s (COM2)", why);
}

static void plant_supply_failed(void *context, const char *why)
{
    plant_end(context, "webmanager:restart: %.300s", why);
}

/* ---- from nothing to a plant and back --------------------------------------------------- */

bool sim_plant_build(struct sim_plant *plant, const struct sim_plant_shape *shape)
{
    plant->is_built = true;
    plant->baud = shape->baud;
    plant->battery.drift = sim_property_move_all;
    plant->battery.moved = plant_moved;
    plant->battery.context = plant;
    if (!sim_battery_open(&plant->battery, plant->world, &shape->battery)) {
        return false;
    }
    plant->devices.script = plant_script;
    plant->devices.outputs_ordered = sim_plant_follow_breakers;
    plant->devices.drifted = sim_truth_changed;
    plant->devices.context = plant;
    sim_devices_init(&plant->devices, plant->world, &plant->battery, &shape->devices);
    sim_topology_init(&plant->topology, &plant->devices, PLANT_STREAM_WIRING);
    sim_wire_init(&plant->wire, plant->world, shape->baud, sim_devices_line(&plant->devices));
    sim_faults_init(&plant->faults, plant->world, sim_wire_bus(&plant->wire), PLANT_STREAM_FAULTS);
    plant->catalogue.random = sim_random_stream(plant->world, PLANT_STREAM_CATALOGUE);
    plant->com2.failed = plant_com2_failed;
    plant->com2.context = plant;
    sim_com2_init(&plant->com2, plant->world, plant->lua);
    sim_supply_init(&plant->supply, plant->world, plant_supply_failed, plant);
    return true;
}

struct sim_plant *sim_plant_load(struct sim_world *world, lua_State *lua, const char *file,
                                 const char *allow, char *error, size_t error_size)
{
    struct sim_plant *plant = calloc(1, sizeof *plant);
    if (plant == NULL) {
        (void)snprintf(error, error_size, "%s: no memory for a plant", file);
        return NULL;
    }
    plant->world = world;
    plant->verbs_ref = LUA_NOREF;
    for (int i = 0; i < WM_MODULES_MAX; i++) {
        plant->script_ref[i] = LUA_NOREF;
    }
    plant->lua = lua_newthread(lua);
    plant->thread_ref = luaL_ref(lua, LUA_REGISTRYINDEX);
    sim_puppet_open(lua, plant);
    plant->box_ref = luaL_ref(lua, LUA_REGISTRYINDEX);
    if (!sim_loader_load(plant, lua, file, allow, error, error_size)) {
        sim_plant_destroy(plant);
        return NULL;
    }
    plant->is_loaded = true;
    sim_plant_follow_breakers(plant);
    sim_battery_settle(&plant->battery);
    return plant;
}

void sim_plant_destroy(struct sim_plant *plant)
{
    if (plant == NULL) {
        return;
    }
    lua_State *lua = plant->lua;
    lua_settop(lua, 0);
    lua_rawgeti(lua, LUA_REGISTRYINDEX, plant->box_ref);
    struct sim_plant_box *box = lua_touserdata(lua, -1);
    box->plant = NULL;
    lua_pop(lua, 1);
    luaL_unref(lua, LUA_REGISTRYINDEX, plant->box_ref);
    luaL_unref(lua, LUA_REGISTRYINDEX, plant->verbs_ref);
    sim_hooks_close(plant);
    for (int i = 0; i < WM_MODULES_MAX; i++) {
        luaL_unref(lua, LUA_REGISTRYINDEX, plant->script_ref[i]);
    }
    luaL_unref(lua, LUA_REGISTRYINDEX, plant->thread_ref);
    sim_defect_close(plant);
    if (plant->is_built) {
        sim_battery_close(&plant->battery);
        sim_devices_close(&plant->devices);
        if (plant->wire.world != NULL) {
            sim_wire_close(&plant->wire);
            sim_faults_close(&plant->faults);
            sim_com2_close(&plant->com2);
            sim_supply_close(&plant->supply);
        }
    }
    free(plant->drifts);
    free(plant);
}

/* ---- what a plant is asked -------------------------------------------------------------- */

void sim_plant_push(struct sim_plant *plant, lua_State *lua)
{
    sim_puppet_push(lua, plant);
}

struct wm_bus sim_plant_bus(struct sim_plant *plant)
{
    return sim_faults_bus(&plant->faults);
}

int64_t sim_plant_next_byte_us(const struct sim_plant *plant)
{
    return sim_wire_next_byte_us(&plant->wire);
}

void sim_plant_meet_line(struct sim_plant *plant, bool paces_itself)
{
    enum { NO_TIME_BAUD = 1000000000 };
    plant->is_on_line = true;
    plant->wire.baud = paces_itself ? NO_TIME_BAUD : plant->baud;
}

bool sim_plant_leave(struct sim_plant *plant, int32_t module)
{
    if (module < 1 || module > plant->devices.modules) {
        return false;
    }
    plant->devices.device[SIM_DEVICE_MODULE + module - 1].is_elsewhere = true;
    return true;
}

bool sim_plant_plays(const struct sim_plant *plant, int32_t address)
{
    return address >= 1 && address <= WM_MODULES_MAX && sim_devices_play(&plant->devices, address);
}

unsigned sim_plant_hands(const struct sim_plant *plant)
{
    const struct sim_supply *supply = &plant->supply;
    const struct sim_panel *panel = &plant->panel;
    const bool is_held = panel->is_touched || panel->slide_switch != 0;
    return (is_held ? SIM_HAND_PANEL : 0u) | (supply->is_switched ? SIM_HAND_POWER : 0u) |
           (supply->is_tampered || plant->memory.is_touched ? SIM_HAND_MEMORY : 0u) |
           (plant->com2.is_attached ? SIM_HAND_COM2 : 0u);
}

void sim_plant_listen(struct sim_plant *plant, void (*heard)(void *context), void *context)
{
    sim_wire_listen(&plant->wire, heard, context);
    sim_faults_listen(&plant->faults, heard, context);
    sim_wire_listen(&plant->com2.wire, heard, context);
}

void sim_plant_tap(struct sim_plant *plant, sim_tap_fn *tap, void *context)
{
    sim_faults_tap(&plant->faults, tap, context);
}

void sim_plant_tap_com2(struct sim_plant *plant, sim_tap_fn *tap, void *context)
{
    sim_com2_tap(&plant->com2, tap, context);
}

struct wm_bus sim_plant_com2(struct sim_plant *plant)
{
    return sim_com2_bus(&plant->com2);
}

struct sim_panel *sim_plant_panel(struct sim_plant *plant)
{
    return &plant->panel;
}

struct sim_memory *sim_plant_memory(struct sim_plant *plant)
{
    return &plant->memory;
}

struct sim_supply *sim_plant_supply(struct sim_plant *plant)
{
    return &plant->supply;
}

void sim_plant_hush(struct sim_plant *plant)
{
    sim_wire_hush(&plant->wire);
    sim_wire_hush(&plant->com2.wire);
}

const struct sim_plant_setting *sim_plant_settings(const struct sim_plant *plant, size_t *count)
{
    *count = plant->settings_count;
    return plant->settings;
}

bool sim_plant_add_setting(struct sim_plant *plant, const char *name, const char *text, char *error,
                           size_t size)
{
    enum wm_setting setting = 0;
    enum wm_text is_text = 0;
    int32_t value;
    const bool is_setting = wm_setting_find(name, &setting);
    if (!is_setting && !wm_text_find(name, &is_text)) {
        (void)snprintf(error, size,
                       "the webmanager has no setting \"%s\"; `gbms-bench list settings` names "
                       "them all",
                       name);
        return false;
    }
    if ((is_setting ? wm_setting_parse(setting, text, &value, error, size)
                    : wm_text_check(is_text, text, error, size)) != WM_OK) {
        return false;
    }
    struct sim_plant_setting *added = &plant->settings[plant->settings_count];
    if (plant->settings_count == SIM_PLANT_SETTINGS_MAX || strlen(text) >= sizeof added->text) {
        (void)snprintf(error, size, "%s is more than a plant can carry", name);
        return false;
    }
    added->name = is_setting ? wm_setting(setting)->name : wm_text(is_text)->name;
    (void)snprintf(added->text, sizeof added->text, "%s", text);
    plant->settings_count++;
    return true;
}

/* An order that the device never met, as a sentence's end; null if none. */
static const char *device_idle(const struct sim_device *device)
{
    if (device->mute_is_idle) {
        return "mute{} was asked for and it was never asked anything";
    }
    if (device->unplug_is_idle) {
        return "unplug() was asked for and nobody asked it since";
    }
    return device->press_is_idle
               ? "press() or hold() was asked for and nobody asked it while pressed"
               : NULL;
}

static const struct sim_drift *plant_idle_drift(const struct sim_plant *plant)
{
    for (size_t i = 0; i < plant->drifts_count; i++) {
        if (!plant->drifts[i].has_moved) {
            return &plant->drifts[i];
        }
    }
    return plant->idle_drift.property != NULL ? &plant->idle_drift : NULL;
}

const char *sim_plant_idle_fault(const struct sim_plant *constant)
{
    /* The sentence is made on demand, in room that the plant keeps for it. */
    struct sim_plant *plant = (struct sim_plant *)(uintptr_t)constant;
    char name[48];
    for (int item = SIM_ITEM_MODULE; item <= SIM_ITEM_AUX; item++) {
        for (int32_t number = 1; number <= sim_item_count(plant, item); number++) {
            const struct sim_device *device = &plant->devices.device[sim_item_place(item, number)];
            const char *what = device_idle(device);
            if (what != NULL) {
                sim_item_name(plant, item, number, name, sizeof name);
                (void)snprintf(plant->faults.sentence, sizeof plant->faults.sentence, "%s:%s", name,
                               what);
                return plant->faults.sentence;
            }
        }
    }
    if (device_idle(&plant->com2.device) != NULL) {
        (void)snprintf(plant->faults.sentence, sizeof plant->faults.sentence, "com2:%s",
                       device_idle(&plant->com2.device));
        return plant->faults.sentence;
    }
    if (sim_topology_idle(&plant->topology, plant->faults.sentence,
                          sizeof plant->faults.sentence) ||
        sim_memory_idle(&plant->memory, plant->faults.sentence, sizeof plant->faults.sentence)) {
        return plant->faults.sentence;
    }
    const struct sim_drift *drift = plant_idle_drift(plant);
    if (drift != NULL) {
        sim_item_name(plant, drift->property->item, drift->number, name, sizeof name);
        (void)snprintf(plant->faults.sentence, sizeof plant->faults.sentence,
                       "%s:drift{%s=%.6g} was asked for and never moved", name,
                       drift->property->name, drift->to);
        return plant->faults.sentence;
    }
    const char *defect = sim_defect_idle(plant);
    if (defect != NULL) {
        return defect;
    }
    if (sim_hooks_idle(plant) != NULL) {
        return sim_hooks_idle(plant);
    }
    const char *supply = sim_supply_idle(&plant->supply);
    return supply != NULL ? supply : sim_faults_idle(&plant->faults);
}

const char *sim_plant_failure(const struct sim_plant *plant)
{
    return plant->failure[0] != '\0' ? plant->failure : NULL;
}

bool sim_plant_is_hooked(const struct sim_plant *plant)
{
    return sim_hooks_run(plant);
}

const char *sim_plant_define_verb(lua_State *lua)
{
    return sim_own_verb_define(lua, NULL);
}

lua_State *sim_plant_thread(const struct sim_plant *plant)
{
    return plant->lua;
}
