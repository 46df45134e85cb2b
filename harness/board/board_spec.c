/*
 * board_spec.c — see board_spec.h; lua/board_spec.lua checks every word.
 */
#include "harness/board/board_spec.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/options.h"
#include "harness/run/guard.h"
#include "harness/stage/script.h"
#include "sim/builtin.h"

/* A file of a dozen lines needs some hundreds. */
enum { LOAD_INSTRUCTIONS_MAX = 1000000 };

static double number_of(lua_State *lua, const char *key)
{
    lua_getfield(lua, -1, key);
    const double value = lua_tonumber(lua, -1);
    lua_pop(lua, 1);
    return value;
}

static struct hx_place place_of(lua_State *lua, const char *key)
{
    struct hx_place place = {0};
    if (lua_getfield(lua, -1, key) == LUA_TTABLE) {
        char *host = hx_script_text(lua, "host");
        (void)snprintf(place.host, sizeof place.host, "%s", host);
        place.port = (int32_t)number_of(lua, "port");
        free(host);
    }
    lua_pop(lua, 1);
    return place;
}

static void modules_take(lua_State *lua, struct hx_board_spec *spec)
{
    lua_getfield(lua, -1, "real_modules");
    const lua_Integer count = luaL_len(lua, -1);
    for (lua_Integer i = 1; i <= count && i <= WM_MODULES_MAX; ++i) {
        lua_rawgeti(lua, -1, i);
        spec->real_module[spec->real_modules++] = (int32_t)lua_tointeger(lua, -1);
        lua_pop(lua, 1);
    }
    lua_pop(lua, 1);
}

static void spec_take(lua_State *lua, struct hx_board_spec *spec)
{
    spec->name = hx_script_text(lua, "name");
    spec->line = hx_script_text(lua, "line");
    lua_getfield(lua, -1, "echo");
    spec->has_echo = lua_toboolean(lua, -1) != 0;
    lua_pop(lua, 1);
    spec->console = hx_script_text(lua, "console");
    spec->modbus = place_of(lua, "modbus");
    spec->modbus_rtu = hx_script_text(lua, "modbus_rtu");
    spec->snmp = place_of(lua, "snmp");
    spec->bench_address = hx_script_text(lua, "bench_address");
    spec->longest_s = number_of(lua, "longest");
    spec->set_up = hx_script_text(lua, "set_up");
    spec->start = hx_script_text(lua, "start");
    spec->power_off = hx_script_text(lua, "power_off");
    spec->power_on = hx_script_text(lua, "power_on");
    modules_take(lua, spec);
    hx_script_take_settings(lua, &spec->settings);
}

struct loading {
    struct hx_board_spec *spec;
    const char *file;
};

/* Leaves nothing, or why not. */
static int spec_load(lua_State *lua)
{
    const struct loading *loading = lua_touserdata(lua, 1);
    luaL_openlibs(lua);
    sim_builtin_bound(lua, "board", LOAD_INSTRUCTIONS_MAX);
    hx_script_push_part(lua, "board_spec.lua");
    sim_builtin_definition(lua);
    lua_pushstring(lua, loading->file);
    lua_call(lua, 2, 2);
    if (lua_isnil(lua, -2)) {
        return 1;
    }
    lua_pop(lua, 1);
    spec_take(lua, loading->spec);
    return 0;
}

static bool settings_check(const struct hx_board_spec *spec, const char *file,
                           struct hx_text *error)
{
    for (size_t i = 0; i < spec->settings.count; ++i) {
        struct hx_text why = {0};
        const struct hx_assignment *each = &spec->settings.item[i];
        const bool is_right = hx_setting_check_given(each->name, each->text, &why);
        if (!is_right) {
            hx_text_add(error, "%s: %s", file, hx_text_string(&why));
        }
        hx_text_free(&why);
        if (!is_right) {
            return false;
        }
    }
    return true;
}

bool hx_board_spec_load(struct hx_board_spec *spec, const char *file, struct hx_text *error)
{
    struct loading loading = {spec, file};
    *spec = (struct hx_board_spec){0};
    struct sim_builtin_memory memory = {.most = SIM_BUILTIN_FILE_MEMORY};
    lua_State *lua = sim_builtin_open(&memory);
    if (lua == NULL) {
        hx_text_add(error, "%s: no memory to read it", file);
        return false;
    }
    lua_pushcfunction(lua, spec_load);
    lua_pushlightuserdata(lua, &loading);
    hx_guard_name(file);
    hx_guard_start(NULL, HX_FILE_LIMIT_S, HX_EXIT_USAGE);
    const int status = lua_pcall(lua, 1, 1, 0);
    hx_guard_stop();
    hx_guard_name(NULL);
    const char *why = lua_tostring(lua, -1);
    const bool is_read = status == LUA_OK && why == NULL;
    if (!is_read) {
        hx_text_add(error, "%s", why != NULL ? why : "the board file failed");
    }
    lua_close(lua);
    return is_read && settings_check(spec, file, error);
}

void hx_board_spec_free(struct hx_board_spec *spec)
{
    char **text[] = {&spec->name,       &spec->line,          &spec->console,
                     &spec->modbus_rtu, &spec->bench_address, &spec->start,
                     &spec->set_up,     &spec->power_off,     &spec->power_on};
    for (size_t i = 0; i < sizeof text / sizeof text[0]; ++i) {
        free(*text[i]);
        *text[i] = NULL;
    }
    hx_assignments_free(&spec->settings);
}

bool hx_board_spec_is_rtu(const struct hx_board_spec *spec)
{
    return spec->modbus_rtu != NULL && spec->modbus.port == 0;
}
