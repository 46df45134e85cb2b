/*
 * loader.c — runs lua/plant.lua, which is built into this program, and does what it asks.
 *
 * Always true: the functions below refuse by returning a text, and never raise for what a plant
 * file says; only lua/plant.lua knows where in the file it was said.
 */
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/battery/load.h"
#include "sim/builtin.h"
#include "sim/plant/hooks.h"
#include "sim/plant/own_verbs.h"
#include "sim/plant/parts.h"

static struct sim_plant *loading(lua_State *lua)
{
    return lua_touserdata(lua, lua_upvalueindex(1));
}

/* setting(name, text) */
static int lw_setting(lua_State *lua)
{
    char error[256];
    if (sim_plant_add_setting(loading(lua), luaL_checkstring(lua, 1), luaL_checkstring(lua, 2),
                              error, sizeof error)) {
        return 0;
    }
    lua_pushstring(lua, error);
    return 1;
}

static lua_Number field_number(lua_State *lua, const char *name)
{
    lua_getfield(lua, 1, name);
    lua_Number value = luaL_checknumber(lua, -1);
    lua_pop(lua, 1);
    return value;
}

static bool field_bool(lua_State *lua, const char *name)
{
    lua_getfield(lua, 1, name);
    bool value = lua_toboolean(lua, -1);
    lua_pop(lua, 1);
    return value;
}

/* The code of a choice that lw_setting has accepted. */
static int32_t field_choice(lua_State *lua, const char *name, enum wm_setting setting)
{
    lua_getfield(lua, 1, name);
    int32_t code = 0;
    char error[160];
    if (wm_setting_parse(setting, luaL_checkstring(lua, -1), &code, error, sizeof error) != WM_OK) {
        luaL_error(lua, "%s", error);
    }
    lua_pop(lua, 1);
    return code;
}

/* The addresses of one kind in shape.dip, as many as there are. */
static void field_dip(lua_State *lua, const char *kind, int32_t *address, int max)
{
    lua_getfield(lua, 1, "dip");
    lua_getfield(lua, -1, kind);
    for (int i = 0; i < max && lua_rawgeti(lua, -1, i + 1) == LUA_TNUMBER; i++) {
        address[i] = (int32_t)lua_tointeger(lua, -1);
        lua_pop(lua, 1);
    }
}

/* What a charger holds a cell at, by battery.chemistry; a class means the first with its name. */
static const struct {
    const char *name;
    enum sim_battery_class battery_class;
    double float_V;
} chemistries[] = {{"lead", SIM_CLASS_AGM, 2.25},
                   {"nicd", SIM_CLASS_NICD, 1.41},
                   {"nimh", SIM_CLASS_NIMH, 1.41},
                   {"lfp", SIM_CLASS_LFP, 3.375}};

static const char *chemistry_of(enum sim_battery_class battery_class)
{
    for (size_t i = 0; i < sizeof chemistries / sizeof chemistries[0]; i++) {
        if (chemistries[i].battery_class == battery_class) {
            return chemistries[i].name;
        }
    }
    return chemistries[0].name; /* gel and vented cells are lead, too */
}

/*
 * battery_type(word): loads the type, which build() then takes, and gives what the plant has to
 * know of it, as { capacity, cells, chemistry }; or nil and what is wrong.
 */
static int lw_battery_type(lua_State *lua)
{
    struct sim_plant *plant = loading(lua);
    struct sim_battery_type type;
    char error[1000];
    if (!sim_battery_type_load(&type, luaL_checkstring(lua, 1), error, sizeof error)) {
        lua_pushnil(lua);
        lua_pushstring(lua, error);
        return 2;
    }
    plant->has_type = true;
    plant->cell = type.constants;
    lua_createtable(lua, 0, 3);
    /* A tenth of an ampere-hour is what a name plate tells. */
    lua_pushnumber(lua, floor(type.constants.rated_Ah * 10 + 0.5) / 10);
    lua_setfield(lua, -2, "capacity");
    lua_pushinteger(lua, type.plate.cells);
    lua_setfield(lua, -2, "cells");
    lua_pushstring(lua, chemistry_of(type.plate.battery_class));
    lua_setfield(lua, -2, "chemistry");
    return 1;
}

/* The batteries of a shape: of the type that was loaded, or by name plate alone. */
static struct sim_battery_shape field_battery(lua_State *lua, const struct sim_plant *plant)
{
    const int32_t chemistry = field_choice(lua, "chemistry", wm_setting_battery_chemistry);
    const struct sim_battery_plate plate = {
        .battery_class = chemistries[chemistry].battery_class,
        .cells = (int32_t)field_number(lua, "cells"),
        .rates = 1,
        .rate = {{field_number(lua, "capacity"), 10}},
        .resistance_Ohm = NAN,
        .mass_kg = NAN,
    };
    struct sim_battery_shape shape = {
        .modules = (int32_t)field_number(lua, "modules"),
        .strings = (int32_t)field_number(lua, "strings"),
        .cells = plate.cells,
        .float_V = chemistries[chemistry].float_V,
        .boost_V = sim_battery_class_charge_V(plate.battery_class),
        .ambient_degC = field_number(lua, "ambient"),
    };
    if (plant->has_type) {
        shape.cell = plant->cell;
    } else if (!sim_battery_by_plate(&plate, &shape.cell)) {
        luaL_error(lua, "no memory for its batteries");
    }
    return shape;
}

/* build(shape) */
static int lw_build(lua_State *lua)
{
    struct sim_plant *plant = loading(lua);
    luaL_checktype(lua, 1, LUA_TTABLE);
    struct sim_plant_shape shape = {
        .battery = field_battery(lua, plant),
        .devices =
            {
                .type =
                    wm_module_type(field_choice(lua, "module_type", wm_setting_bank_module_type)),
                .is_exact = field_bool(lua, "exact"),
                .sensors = (int32_t)field_number(lua, "current_sensors"),
                .aux = (int32_t)field_number(lua, "gx_r_aux"),
                .sensor_for_all = field_bool(lua, "sensor_for_all"),
                .sensor_range_A = field_number(lua, "sensor_range"),
            },
        .baud = (int32_t)field_number(lua, "baud"),
    };
    field_dip(lua, "current_sensor", shape.devices.sensor_address, WM_SENSORS_MAX);
    field_dip(lua, "gx_r_aux", shape.devices.aux_address, WM_AUX_MAX);
    if (!sim_plant_build(plant, &shape)) {
        lua_pushliteral(lua, "no memory for its batteries");
        return 1;
    }
    return 0;
}

/* breaker(string, output, is_nc): it begins closed, whatever its wiring. */
static int lw_breaker(lua_State *lua)
{
    struct sim_plant *plant = loading(lua);
    int32_t output = (int32_t)luaL_checkinteger(lua, 2);
    bool is_nc = lua_toboolean(lua, 3);
    plant->breaker[luaL_checkinteger(lua, 1) - 1] = (struct sim_breaker){output, is_nc};
    if (is_nc) {
        uint8_t *outputs = &plant->devices.aux_outputs[(output - 1) / WM_AUX_LINES];
        *outputs |= (uint8_t)(1u << (output - 1) % WM_AUX_LINES);
    }
    return 0;
}

static int item_of(const char *word)
{
    for (int item = 0; item < SIM_ITEMS; item++) {
        if (strcmp(sim_item_word(item), word) == 0) {
            return item;
        }
    }
    return SIM_ITEMS;
}

/* Which states there are, as a refusal. */
static int push_states(lua_State *lua, const struct sim_property *property)
{
    luaL_Buffer buffer;
    luaL_buffinit(lua, &buffer);
    luaL_addstring(&buffer, property->name);
    for (int32_t i = 0; sim_property_state(property, i) != NULL; i++) {
        luaL_addstring(&buffer, i == 0 ? " is one of these texts: " : ", ");
        luaL_addstring(&buffer, sim_property_state(property, i));
    }
    luaL_pushresult(&buffer);
    return 1;
}

/* push(item, number, property, value) */
static int lw_push(lua_State *lua)
{
    const struct sim_property *property =
        sim_property_find(item_of(luaL_checkstring(lua, 1)), luaL_checkstring(lua, 3));
    if (property == NULL) {
        return luaL_error(lua, "no property %s", lua_tostring(lua, 3));
    }
    int wanted = property->kind == SIM_SWITCH  ? LUA_TBOOLEAN
                 : property->kind == SIM_STATE ? LUA_TSTRING
                                               : LUA_TNUMBER;
    if (lua_type(lua, 4) != wanted) {
        lua_pushfstring(lua, "%s is a %s, not a %s", property->name, lua_typename(lua, wanted),
                        luaL_typename(lua, 4));
        return 1;
    }
    double value = wanted == LUA_TBOOLEAN ? lua_toboolean(lua, 4) : lua_tonumber(lua, 4);
    if (wanted == LUA_TSTRING && !sim_property_state_find(property, lua_tostring(lua, 4), &value)) {
        return push_states(lua, property);
    }
    char error[160];
    if (sim_property_push(loading(lua), property, (int32_t)luaL_checkinteger(lua, 2), value, error,
                          sizeof error)) {
        return 0;
    }
    lua_pushstring(lua, error);
    return 1;
}

/* script(module number, function) */
static int lw_script(lua_State *lua)
{
    struct sim_plant *plant = loading(lua);
    lua_Integer index = luaL_checkinteger(lua, 1) - 1;
    luaL_checktype(lua, 2, LUA_TFUNCTION);
    luaL_unref(lua, LUA_REGISTRYINDEX, plant->script_ref[index]);
    lua_pushvalue(lua, 2);
    plant->script_ref[index] = luaL_ref(lua, LUA_REGISTRYINDEX);
    plant->devices.module[index].has_script = true;
    return 0;
}

/* behave(item, number, functions) */
static int lw_behave(lua_State *lua)
{
    char why[300];
    const int item = item_of(luaL_checkstring(lua, 1));
    const int32_t number = (int32_t)luaL_checkinteger(lua, 2);
    luaL_checktype(lua, 3, LUA_TTABLE);
    if (sim_own_attach(loading(lua), lua, 3, item, number, true, why, sizeof why)) {
        return 0;
    }
    lua_pushstring(lua, why);
    return 1;
}

/* on_step(function, seconds between its calls; 0: at every step) */
static int lw_on_step(lua_State *lua)
{
    luaL_checktype(lua, 1, LUA_TFUNCTION);
    sim_hooks_add_step(loading(lua), lua, 1, (int64_t)(luaL_checknumber(lua, 2) * 1e6 + 0.5));
    return 0;
}

/* on_frame(function) */
static int lw_on_frame(lua_State *lua)
{
    luaL_checktype(lua, 1, LUA_TFUNCTION);
    sim_hooks_add_frame(loading(lua), lua, 1);
    return 0;
}

/* define_verb(item, name, function) */
static int lw_define_verb(lua_State *lua)
{
    const char *why = sim_own_verb_define(lua, loading(lua));
    if (why != NULL) {
        lua_pushstring(lua, why);
    }
    return why != NULL;
}

/* com2(device, is_sensormanager) */
static int lw_com2(lua_State *lua)
{
    luaL_checktype(lua, 1, LUA_TTABLE);
    bool is_sensormanager = lua_toboolean(lua, 2);
    lua_settop(lua, 1);
    sim_com2_attach(&loading(lua)->com2, lua, is_sensormanager);
    return 0;
}

/* cable(near, far): names of nodes that wiring.lua has checked. */
static int lw_cable(lua_State *lua)
{
    int32_t near = sim_topology_node(luaL_checkstring(lua, 1));
    int32_t far = sim_topology_node(luaL_checkstring(lua, 2));
    luaL_argcheck(lua, near >= 0, 1, "no node");
    luaL_argcheck(lua, far >= 0, 2, "no node");
    if (!sim_topology_join(&loading(lua)->topology, near, far)) {
        return luaL_error(lua, "too many cables");
    }
    return 0;
}

/* disturb(name, chance) */
static int lw_disturb(lua_State *lua)
{
    int32_t node = sim_topology_node(luaL_checkstring(lua, 1));
    luaL_argcheck(lua, node >= 0, 1, "no node");
    sim_topology_disturb(&loading(lua)->topology, node, luaL_checknumber(lua, 2));
    return 0;
}

/* Pushes the wiring rules, in order, as tables with the names of their columns. */
static void push_rules(lua_State *lua)
{
    size_t count;
    const struct sim_wiring_rule *rules = sim_wiring_rules(&count);
    lua_createtable(lua, (int)count, 0);
    for (size_t i = 0; i < count; i++) {
        lua_createtable(lua, 0, 5);
        lua_pushstring(lua, rules[i].name);
        lua_setfield(lua, -2, "name");
        lua_pushnumber(lua, rules[i].limit);
        lua_setfield(lua, -2, "limit");
        lua_pushstring(lua, rules[i].unit);
        lua_setfield(lua, -2, "unit");
        lua_pushstring(lua, rules[i].meaning);
        lua_setfield(lua, -2, "meaning");
        lua_pushstring(lua, rules[i].cure);
        lua_setfield(lua, -2, "cure");
        lua_rawseti(lua, -2, (lua_Integer)i + 1);
    }
}

/* Pushes what builds each device that is written in Lua, by its name. */
static void push_devices(lua_State *lua)
{
    static const char *const names[] = {"sensormanager", "temperature_humidity"};
    lua_newtable(lua);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char file[32];
        (void)snprintf(file, sizeof file, "%s.lua", names[i]);
        sim_builtin_call(lua, file);
        lua_setfield(lua, -2, names[i]);
    }
}

static int run_plant_lua(lua_State *lua)
{
    static const luaL_Reg functions[] = {
        {"setting", lw_setting},
        {"build", lw_build},
        {"breaker", lw_breaker},
        {"push", lw_push},
        {"com2", lw_com2},
        {"script", lw_script},
        {"cable", lw_cable},
        {"battery_type", lw_battery_type},
        {"disturb", lw_disturb},
        {"behave", lw_behave},
        {"on_step", lw_on_step},
        {"on_frame", lw_on_frame},
        {"define_verb", lw_define_verb},
        {NULL, NULL},
    };
    static const struct {
        const char *name;
        int value;
    } limits[] = {
        {"strings_max", WM_STRINGS_MAX}, {"modules_max", WM_MODULES_MAX}, {"aux_max", WM_AUX_MAX},
        {"aux_lines", WM_AUX_LINES},     {"boxes_max", SIM_BOXES_MAX},
    };
    void *plant = lua_touserdata(lua, 1);
    const char *file = lua_touserdata(lua, 2);
    const char *allow = lua_touserdata(lua, 3);
    sim_builtin_push(lua, "plant.lua");
    lua_newtable(lua);
    lua_pushlightuserdata(lua, plant);
    luaL_setfuncs(lua, functions, 1);
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        lua_pushinteger(lua, limits[i].value);
        lua_setfield(lua, -2, limits[i].name);
    }
    push_rules(lua);
    lua_setfield(lua, -2, "rules");
    sim_builtin_push(lua, "wiring.lua");
    lua_setfield(lua, -2, "wiring");
    push_devices(lua);
    lua_setfield(lua, -2, "devices");
    sim_builtin_definition(lua);
    lua_pushstring(lua, file);
    lua_pushstring(lua, allow);
    lua_call(lua, 4, 1);
    return 1;
}

bool sim_loader_load(struct sim_plant *plant, lua_State *lua, const char *file, const char *allow,
                     char *error, size_t error_size)
{
    int top = lua_gettop(lua);
    lua_pushcfunction(lua, run_plant_lua);
    lua_pushlightuserdata(lua, plant);
    lua_pushlightuserdata(lua, (void *)(uintptr_t)file);
    lua_pushlightuserdata(lua, (void *)(uintptr_t)(allow != NULL ? allow : ""));
    int status = lua_pcall(lua, 3, 1, 0);
    const char *why = lua_tostring(lua, -1);
    bool is_loaded = status == LUA_OK && why == NULL;
    if (!is_loaded) {
        /* Lua itself has no place for want of memory, nor for what is no text. */
        const bool has_place = why != NULL && strstr(why, file) != NULL;
        (void)snprintf(error, error_size, "%s%s%s", has_place ? "" : file, has_place ? "" : ": ",
                       why != NULL ? why : "the plant file failed");
    }
    lua_settop(lua, top);
    return is_loaded;
}
