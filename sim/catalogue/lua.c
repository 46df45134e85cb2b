/*
 * lua.c — the verbs of the catalogue as a scenario says them. An error names the verb,
 * the option, its unit and its range.
 */
#include <lauxlib.h>
#include <lua.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/catalogue/catalogue.h"
#include "sim/plant/parts.h"

#define SECONDS_MAX 1e9

static const struct sim_defect_option at_option = {
    .name = "at", .unit = "s from now", .low = 0, .high = SECONDS_MAX, .usual = 0};
static const struct sim_defect_option over_option = {
    .name = "over", .unit = "s", .low = 0, .high = SECONDS_MAX, .usual = 0};

/* An option of the table at 2, or what is usual. */
static double option_value(lua_State *lua, const char *verb, const struct sim_defect_option *option)
{
    char range[96];
    double value = option->usual;
    bool is_number = !isnan(value);
    if (lua_istable(lua, 2)) {
        const int type = lua_getfield(lua, 2, option->name);
        if (type == LUA_TNUMBER) {
            value = lua_tonumber(lua, -1);
            is_number = value >= option->low && value <= option->high &&
                        !(option->is_whole && floor(value) < value);
        } else if (type != LUA_TNIL) {
            is_number = false;
        }
        if (!is_number && type != LUA_TNIL) {
            luaL_error(lua, "%s: %s is %s, not %s", verb, option->name,
                       sim_defect_range(option, range, sizeof range),
                       luaL_tolstring(lua, -1, NULL));
        }
        lua_pop(lua, 1);
    }
    if (!is_number) {
        luaL_error(lua, "%s needs %s: %s", verb, option->name,
                   sim_defect_range(option, range, sizeof range));
    }
    return value;
}

/* The options of a row, its size first; how many. */
static size_t row_options(const struct sim_defect_row *row,
                          const struct sim_defect_option *options[SIM_DEFECT_OPTIONS_MAX + 3])
{
    size_t count = 0;
    if (row->size.name != NULL) {
        options[count++] = &row->size;
    }
    for (int i = 0; i < SIM_DEFECT_OPTIONS_MAX && row->option[i].name != NULL; i++) {
        options[count++] = &row->option[i];
    }
    options[count++] = &at_option;
    if (row->size.name != NULL && !row->size.is_whole) {
        options[count++] = &over_option;
    }
    return count;
}

static void check_words(lua_State *lua, const struct sim_defect_row *row)
{
    const struct sim_defect_option *options[SIM_DEFECT_OPTIONS_MAX + 3];
    const size_t count = row_options(row, options);
    for (lua_pushnil(lua); lua_next(lua, 2) != 0; lua_pop(lua, 1)) {
        bool is_known = false;
        const char *word = lua_type(lua, -2) == LUA_TSTRING ? lua_tostring(lua, -2) : NULL;
        for (size_t i = 0; i < count && word != NULL; i++) {
            is_known = is_known || strcmp(word, options[i]->name) == 0;
        }
        if (is_known) {
            continue;
        }
        if (word != NULL && strcmp(word, over_option.name) == 0) {
            luaL_error(lua, "%s does not take over: it is there or it is not, it can't grow",
                       row->verb);
        }
        luaL_Buffer known;
        luaL_buffinit(lua, &known);
        for (size_t i = 0; i < count; i++) {
            luaL_addstring(&known, i > 0 ? ", " : "");
            luaL_addstring(&known, options[i]->name);
        }
        luaL_pushresult(&known);
        word = luaL_tolstring(lua, -3, NULL);
        luaL_error(lua, "%s has no option \"%s\"; it has: %s", row->verb, word,
                   lua_tostring(lua, -2));
    }
}

int sim_defect_lua(lua_State *lua, struct sim_plant *plant, const struct sim_defect_row *row,
                   int32_t number)
{
    if (lua_istable(lua, 2)) {
        check_words(lua, row);
    } else if (!lua_isnoneornil(lua, 2)) {
        return luaL_error(lua, "%s takes a table, as in %s{%s=1}", row->verb, row->verb,
                          row->size.name != NULL ? row->size.name : at_option.name);
    }
    struct sim_defect_at at = {.number = number};
    const double size = row->size.name != NULL ? option_value(lua, row->verb, &row->size) : 1;
    for (int i = 0; i < SIM_DEFECT_OPTIONS_MAX && row->option[i].name != NULL; i++) {
        at.option[i] = option_value(lua, row->verb, &row->option[i]);
    }
    const double after_s = option_value(lua, row->verb, &at_option);
    const double over_s = option_value(lua, row->verb, &over_option);
    const char *why = sim_defect_start(plant, row, &at, size, after_s, over_s);
    return why == NULL ? 0 : luaL_error(lua, "%s %s", row->verb, why);
}

int sim_defect_heal_lua(lua_State *lua, struct sim_plant *plant, int item, int32_t number)
{
    if (lua_isnoneornil(lua, 2)) {
        (void)sim_defect_heal(plant, item, number, NULL);
        return 0;
    }
    const char *verb = lua_type(lua, 2) == LUA_TSTRING ? lua_tostring(lua, 2) : "";
    const struct sim_defect_row *row = sim_defect_find(item, verb);
    if (row == NULL) {
        luaL_Buffer known;
        luaL_buffinit(lua, &known);
        const char *separator = "";
        for (size_t i = 0; (row = sim_defect_row(i)) != NULL; i++) {
            if (row->item == item) {
                luaL_addstring(&known, separator);
                luaL_addstring(&known, row->verb);
                separator = ", ";
            }
        }
        luaL_pushresult(&known);
        return luaL_error(lua, "heal takes the name of a fault of %s, or nothing for all: %s",
                          sim_item_word(item), lua_tostring(lua, -1));
    }
    if (sim_defect_heal(plant, item, number, row) == 0) {
        char name[48];
        sim_item_name(plant, item, number, name, sizeof name);
        return luaL_error(lua, "heal: %s has no %s that could be healed", name, verb);
    }
    return 0;
}
