/*
 * load.c — runs lua/battery.lua, which is built into this program, on a type's file.
 */
#include "sim/battery/load.h"

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/builtin.h"
#include "sim_batteries.h"

/* A type file that takes more Lua instructions than this goes round in circles. */
enum { LOAD_INSTRUCTIONS_MAX = 10000000 };

/* What a fit's figures may be, beside the keys of a plate. */
static const struct sim_battery_range fit_ranges[] = {
    {"fit.capacity_Ah", 1e-4, 1e6, false},    {"fit.available", 0.02, 0.995, false},
    {"fit.exchange_per_h", 0.01, 100, false}, {"fit.resistance_empty", 1e-4, 10, false},
    {"fit.losses_mOhm", 1e-6, 100000, false}, {"fit.slope_V", 1e-4, 2, false},
};

static void range_push(lua_State *lua, const struct sim_battery_range *range)
{
    lua_createtable(lua, 0, 3);
    lua_pushnumber(lua, range->low);
    lua_setfield(lua, -2, "low");
    lua_pushnumber(lua, range->high);
    lua_setfield(lua, -2, "high");
    lua_pushboolean(lua, range->is_whole);
    lua_setfield(lua, -2, "whole");
    lua_setfield(lua, -2, range->key);
}

static void ranges_push(lua_State *lua)
{
    static const char *const keys[] = {"cells",           "capacity_Ah", "at_hours",
                                       "resistance_mOhm", "mass_kg",     "temperature_C"};
    lua_newtable(lua);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        range_push(lua, sim_battery_range(keys[i]));
    }
    for (size_t i = 0; i < sizeof fit_ranges / sizeof fit_ranges[0]; i++) {
        range_push(lua, &fit_ranges[i]);
    }
    lua_pushinteger(lua, SIM_RATES_MAX);
    lua_setfield(lua, -2, "rates_max");
}

static void classes_push(lua_State *lua)
{
    lua_newtable(lua);
    for (int i = 0; i < SIM_CLASSES; i++) {
        lua_pushinteger(lua, i);
        lua_setfield(lua, -2, sim_battery_class_name((enum sim_battery_class)i));
    }
}

/* Of the table on top; otherwise where there is none. */
static double field_number(lua_State *lua, const char *key, double otherwise)
{
    double value = lua_getfield(lua, -1, key) == LUA_TNUMBER ? lua_tonumber(lua, -1) : otherwise;
    lua_pop(lua, 1);
    return value;
}

static void field_text(lua_State *lua, const char *key, char *text, size_t size)
{
    lua_getfield(lua, -1, key);
    (void)snprintf(text, size, "%s", luaL_checkstring(lua, -1));
    lua_pop(lua, 1);
}

static void plate_take(lua_State *lua, struct sim_battery_plate *plate)
{
    char name[16];
    field_text(lua, "class", name, sizeof name);
    if (!sim_battery_class_find(name, &plate->battery_class)) {
        luaL_error(lua, "no class %s", name);
    }
    plate->cells = (int32_t)field_number(lua, "cells", 0);
    plate->resistance_Ohm = field_number(lua, "resistance_mOhm", NAN) / 1000;
    plate->mass_kg = field_number(lua, "mass_kg", NAN);
    plate->warmer_K = field_number(lua, "temperature_C", 25) - 25;
    lua_getfield(lua, -1, "rates");
    plate->rates = (int32_t)lua_rawlen(lua, -1);
    for (int32_t i = 0; i < plate->rates; i++) {
        lua_rawgeti(lua, -1, i + 1);
        lua_rawgeti(lua, -1, 1);
        lua_rawgeti(lua, -2, 2);
        plate->rate[i].capacity_Ah = lua_tonumber(lua, -2);
        plate->rate[i].at_hours = lua_tonumber(lua, -1);
        lua_pop(lua, 3);
    }
    lua_pop(lua, 1);
}

static bool fit_take(lua_State *lua, struct sim_battery_type *type)
{
    bool has_fit = lua_getfield(lua, -1, "fit") == LUA_TTABLE;
    if (has_fit) {
        type->fit = (struct sim_battery_fit){
            .capacity_Ah = field_number(lua, "capacity_Ah", 0),
            .available = field_number(lua, "available", 0),
            .exchange_per_h = field_number(lua, "exchange_per_h", 0),
            .resistance_empty = field_number(lua, "resistance_empty", 0),
            .losses_Ohm = field_number(lua, "losses_mOhm", 0) / 1000 / type->plate.cells,
            .slope_V = field_number(lua, "slope_V", 0),
        };
    }
    lua_pop(lua, 1);
    return has_fit;
}

struct loading {
    struct sim_battery_type *type;
    const char *file;
    const char *text; /* null: read the file */
    size_t size;
};

/* Leaves nothing, or why not. */
static int type_load(lua_State *lua)
{
    struct loading *loading = lua_touserdata(lua, 1);
    luaL_openlibs(lua);
    sim_builtin_bound(lua, "battery", LOAD_INSTRUCTIONS_MAX);
    sim_builtin_push(lua, "battery.lua");
    sim_builtin_definition(lua);
    ranges_push(lua);
    classes_push(lua);
    lua_pushstring(lua, loading->file);
    if (loading->text != NULL) {
        lua_pushlstring(lua, loading->text, loading->size);
    } else {
        lua_pushnil(lua);
    }
    lua_call(lua, 5, 2);
    if (lua_isnil(lua, -2)) {
        return 1;
    }
    lua_pop(lua, 1);
    struct sim_battery_type *type = loading->type;
    field_text(lua, "name", type->name, sizeof type->name);
    field_text(lua, "source", type->source, sizeof type->source);
    plate_take(lua, &type->plate);
    type->is_fitted = fit_take(lua, type);
    char why[200];
    if (!sim_battery_plate_check(&type->plate, why, sizeof why)) {
        lua_pushfstring(lua, "%s: %s", loading->file, why);
        return 1;
    }
    if (!type->is_fitted && !sim_battery_estimate(&type->plate, NULL, 0, &type->fit)) {
        lua_pushliteral(lua, "no memory for a battery");
        return 1;
    }
    sim_battery_constants(&type->plate, &type->fit, &type->constants);
    return 0;
}

static bool lua_run(struct loading *loading, char *error, size_t error_size)
{
    struct sim_builtin_memory memory = {.most = SIM_BUILTIN_FILE_MEMORY};
    lua_State *lua = sim_builtin_open(&memory);
    if (lua == NULL) {
        (void)snprintf(error, error_size, "%s: no memory to read it", loading->file);
        return false;
    }
    lua_pushcfunction(lua, type_load);
    lua_pushlightuserdata(lua, loading);
    const int status = lua_pcall(lua, 1, 1, 0);
    const char *why = lua_tostring(lua, -1);
    const bool is_good = status == LUA_OK && why == NULL;
    if (!is_good) {
        (void)snprintf(error, error_size, "%s", why != NULL ? why : "the battery file failed");
    }
    lua_close(lua);
    return is_good;
}

bool sim_battery_type_name(size_t index, char name[SIM_BATTERY_NAME_MAX])
{
    if (index >= sim_batteries_count) {
        return false;
    }
    const char *file = sim_batteries[index].name;
    (void)snprintf(name, SIM_BATTERY_NAME_MAX, "%.*s", (int)(strlen(file) - strlen(".lua")), file);
    return true;
}

/* Which names there are, as a refusal. */
static void name_refuse(const char *word, char *error, size_t error_size)
{
    size_t size = (size_t)snprintf(error, error_size,
                                   "no battery '%.60s'; a file ends in .lua, and "
                                   "known are:",
                                   word);
    char name[SIM_BATTERY_NAME_MAX];
    for (size_t i = 0; sim_battery_type_name(i, name) && size < error_size; i++) {
        size += (size_t)snprintf(error + size, error_size - size, "%s %s", i > 0 ? "," : "", name);
    }
}

bool sim_battery_type_load(struct sim_battery_type *type, const char *word, char *error,
                           size_t error_size)
{
    *type = (struct sim_battery_type){0};
    struct loading loading = {.type = type, .file = word};
    const size_t size = strlen(word);
    if (strchr(word, '/') != NULL || (size > 4 && strcmp(word + size - 4, ".lua") == 0)) {
        return lua_run(&loading, error, error_size);
    }
    char name[SIM_BATTERY_NAME_MAX];
    for (size_t i = 0; sim_battery_type_name(i, name); i++) {
        if (strcmp(name, word) == 0) {
            loading.file = sim_batteries[i].name;
            loading.text = (const char *)sim_batteries[i].bytes;
            loading.size = sim_batteries[i].size;
            return lua_run(&loading, error, error_size);
        }
    }
    name_refuse(word, error, error_size);
    return false;
}

/* ---- writing ---------------------------------------------------------------------------- */

/* A text as Lua reads it back, on lines of a length to be read; what is before it is `column`. */
static void quoted_write(FILE *file, const char *text, int column)
{
    enum { COLUMNS = 88 };
    (void)fputc('"', file);
    for (; *text != '\0'; text++, column++) {
        const unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\') {
            (void)fprintf(file, "\\%c", c);
        } else if (c < ' ') {
            (void)fprintf(file, "\\%03d", c);
        } else {
            (void)fputc(c, file);
        }
        const bool is_end = text[1] == '\0';
        if (!is_end && (c == ' ' || c == '/') && column + (int)strcspn(text + 1, " /") > COLUMNS) {
            (void)fprintf(file, "\" ..\n    \"");
            column = 4;
        }
    }
    (void)fputc('"', file);
}

static void plate_write(const struct sim_battery_plate *plate, FILE *file)
{
    (void)fprintf(file, "  class = \"%s\",\n  cells = %d,\n",
                  sim_battery_class_name(plate->battery_class), (int)plate->cells);
    (void)fprintf(file, "  capacity_Ah = {");
    for (int32_t i = 0; i < plate->rates; i++) {
        (void)fprintf(file, "%s [%.10g] = %.10g", i > 0 ? "," : "", plate->rate[i].at_hours,
                      plate->rate[i].capacity_Ah);
    }
    (void)fprintf(file, " }, -- by hours\n");
    if (!isnan(plate->resistance_Ohm)) {
        (void)fprintf(file, "  resistance_mOhm = %.10g,\n", plate->resistance_Ohm * 1000);
    }
    if (!isnan(plate->mass_kg)) {
        (void)fprintf(file, "  mass_kg = %.10g,\n", plate->mass_kg);
    }
    (void)fprintf(file, "  temperature_C = %.10g,\n", 25 + plate->warmer_K);
}

bool sim_battery_type_write(const struct sim_battery_type *type, const char *fitted, FILE *file)
{
    const struct sim_battery_fit *fit = &type->fit;
    (void)fprintf(file, "battery ");
    quoted_write(file, type->name, 8);
    (void)fprintf(file, " {\n");
    plate_write(&type->plate, file);
    (void)fprintf(file, "  source = ");
    quoted_write(file, type->source, 12);
    (void)fprintf(file, ",\n");
    if (type->is_fitted) {
        (void)fprintf(file, "  fitted = ");
        quoted_write(file, fitted, 12);
        (void)fprintf(file,
                      ",\n  fit = {\n    capacity_Ah = %.6g,\n    available = %.6g,\n"
                      "    exchange_per_h = %.6g,\n    resistance_empty = %.6g,\n"
                      "    losses_mOhm = %.6g,\n    slope_V = %.6g,\n  },\n",
                      fit->capacity_Ah, fit->available, fit->exchange_per_h, fit->resistance_empty,
                      fit->losses_Ohm * 1000 * type->plate.cells, fit->slope_V);
    }
    (void)fprintf(file, "}\n");
    return ferror(file) == 0;
}
