/*
 * fields.c — see fields.h.
 */
#include "sim/plant/fields.h"

#include <lauxlib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { FIELD_NAME_SIZE = 32 };

/* A field as Lua sees it. */
struct field {
    char name[FIELD_NAME_SIZE];
    double per_natural; /* 0: a whole number */
    bool is_flag;
    double low, high; /* in wire units */
};

static struct field field_of(const struct wm_field_row *row)
{
    static const struct {
        const char *suffix;
        double per_natural;
    } units[] = {
        {"_mV", 1000}, {"_ddegC", 10}, {"_permille", 10}, {"_uOhm", 1000}, {"_mA", 1000},
    };
    struct field field = {
        .is_flag = strncmp(row->name, "is_", 3) == 0,
        .low = row->type == WM_FIELD_s16   ? INT16_MIN
               : row->type == WM_FIELD_s32 ? INT32_MIN
                                           : 0,
        .high = row->type == WM_FIELD_u8    ? UINT8_MAX
                : row->type == WM_FIELD_u16 ? UINT16_MAX
                : row->type == WM_FIELD_s16 ? INT16_MAX
                                            : INT32_MAX,
    };
    int length = (int)strlen(row->name);
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        const int unit = (int)strlen(units[i].suffix);
        if (length > unit && strcmp(row->name + length - unit, units[i].suffix) == 0) {
            field.per_natural = units[i].per_natural;
            length -= unit;
            break;
        }
    }
    (void)snprintf(field.name, sizeof field.name, "%.*s", length, row->name);
    return field;
}

void sim_fields_push(lua_State *lua, enum wm_message_id message, enum wm_direction direction,
                     const int32_t *values)
{
    const struct wm_message_row *row = wm_message(message);
    lua_createtable(lua, 0, row->fields[direction]);
    for (int i = 0; i < row->fields[direction]; i++) {
        const struct field field = field_of(&row->field[direction][i]);
        if (field.is_flag) {
            lua_pushboolean(lua, values[i] != 0);
        } else if (field.per_natural > 0) {
            lua_pushnumber(lua, values[i] / field.per_natural);
        } else {
            lua_pushinteger(lua, values[i]);
        }
        lua_setfield(lua, -2, field.name);
    }
}

/* The value on top of the stack; false with why. */
static bool field_take(lua_State *lua, const struct field *field, int32_t *value, char *why,
                       size_t size)
{
    const double per = field->per_natural > 0 ? field->per_natural : 1;
    if (field->is_flag) {
        *value = lua_toboolean(lua, -1);
        (void)snprintf(why, size, "%s is true or false, not a %s", field->name,
                       luaL_typename(lua, -1));
        return lua_isboolean(lua, -1);
    }
    const double number = lua_type(lua, -1) == LUA_TNUMBER ? lua_tonumber(lua, -1) * per : NAN;
    const bool is_sound = number >= field->low && number <= field->high &&
                          (field->per_natural > 0 || floor(number) >= number);
    if (is_sound) {
        *value = (int32_t)(number < 0 ? ceil(number - 0.5) : floor(number + 0.5));
        return true;
    }
    (void)snprintf(why, size, "%s is a %s from %.10g to %.10g, not ", field->name,
                   field->per_natural > 0 ? "number" : "whole number", field->low / per,
                   field->high / per);
    const size_t used = strlen(why);
    if (lua_type(lua, -1) == LUA_TNUMBER) {
        (void)snprintf(why + used, size - used, "%.10g", lua_tonumber(lua, -1));
    } else {
        (void)snprintf(why + used, size - used, "a %s", luaL_typename(lua, -1));
    }
    return false;
}

/* Whether the message has each word of the table at index; else why lists what it has. */
static bool words_are_known(lua_State *lua, int index, const struct wm_message_row *row,
                            enum wm_direction direction, char *why, size_t size)
{
    for (lua_pushnil(lua); lua_next(lua, index) != 0; lua_pop(lua, 1)) {
        const char *word = lua_type(lua, -2) == LUA_TSTRING ? lua_tostring(lua, -2) : "a number";
        size_t used =
            (size_t)snprintf(why, size, "%s has no field \"%.40s\"; it has:", row->name, word);
        bool is_known = false;
        for (int i = 0; i < row->fields[direction]; i++) {
            const struct field field = field_of(&row->field[direction][i]);
            is_known = is_known || strcmp(field.name, word) == 0;
            used += used < size ? (size_t)snprintf(why + used, size - used, "%s %s",
                                                   i > 0 ? "," : "", field.name)
                                : 0;
        }
        if (!is_known) {
            lua_pop(lua, 2);
            return false;
        }
    }
    return true;
}

bool sim_fields_take(lua_State *lua, int index, enum wm_message_id message,
                     enum wm_direction direction, bool is_whole, int32_t *values, char *why,
                     size_t size)
{
    const struct wm_message_row *row = wm_message(message);
    index = lua_absindex(lua, index);
    if (!words_are_known(lua, index, row, direction, why, size)) {
        return false;
    }
    for (int i = 0; i < row->fields[direction]; i++) {
        const struct field field = field_of(&row->field[direction][i]);
        lua_pushstring(lua, field.name);
        const bool is_given = lua_rawget(lua, index) != LUA_TNIL;
        if (!is_given && is_whole) {
            (void)snprintf(why, size,
                           "%s leaves out %s; give every field, or ask built_in() for "
                           "the rest",
                           row->name, field.name);
        }
        const bool is_taken = is_given ? field_take(lua, &field, &values[i], why, size) : !is_whole;
        lua_pop(lua, 1);
        if (!is_taken) {
            return false;
        }
    }
    return true;
}
