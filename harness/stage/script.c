/*
 * script.c — opening a Lua state, loading a scenario file, playing one of its scenarios.
 *
 * The registry holds the language table under its own key; scripts cannot reach it.
 */
#include "harness/stage/script.h"

#include <errno.h>
#include <lauxlib.h>
#include <lualib.h>
#include <stdlib.h>
#include <string.h>

#include "harness/stage/host.h"
#include "harness_lua.h"
#include "sim/builtin.h"

/* A script that asks for more gets Lua's "not enough memory", not the machine's. */
#define MEMORY_MAX ((size_t)512 << 20)

static const char language_key = 0;

void hx_scenarios_free(struct hx_scenarios *list)
{
    for (size_t i = 0; i < list->count; ++i) {
        struct hx_scenario *scenario = &list->item[i];
        free(scenario->file);
        free(scenario->name);
        free(scenario->plant);
        free(scenario->plant_file);
        free(scenario->where);
        free(scenario->tags);
        free(scenario->skip);
        free(scenario->allow);
        free(scenario->log_folder);
        free(scenario->record_file);
        hx_assignments_free(&scenario->settings);
        hx_assignments_free(&scenario->plant_settings);
    }
    free(list->item);
    *list = (struct hx_scenarios){0};
}

/* ---- opening ---------------------------------------------------------------------------- */

static int panic(lua_State *lua)
{
    const char *message = lua_tostring(lua, -1);
    hx_complain("Lua: %s", message != NULL ? message : "an error without a message");
    return 0;
}

void hx_script_push_part(lua_State *lua, const char *name)
{
    for (size_t i = 0; i < harness_lua_count; ++i) {
        const struct embedded_lua *file = &harness_lua[i];
        if (strcmp(file->name, name) == 0) {
            lua_pushfstring(lua, "=language/%s", name);
            int status =
                luaL_loadbuffer(lua, (const char *)file->bytes, file->size, lua_tostring(lua, -1));
            if (status != LUA_OK) {
                lua_error(lua);
            }
            lua_replace(lua, -2);
            return;
        }
    }
    luaL_error(lua, "%s is not in this program", name);
}

/* Runs an embedded file with the `arguments` values on top of the stack; leaves its result. */
static void run_embedded(lua_State *lua, const char *name, int arguments)
{
    hx_script_push_part(lua, name);
    lua_insert(lua, -1 - arguments);
    lua_call(lua, arguments, 1);
}

static void open_libraries(lua_State *lua)
{
    static const luaL_Reg libraries[] = {
        {LUA_GNAME, luaopen_base},        {LUA_TABLIBNAME, luaopen_table},
        {LUA_STRLIBNAME, luaopen_string}, {LUA_MATHLIBNAME, luaopen_math},
        {LUA_UTF8LIBNAME, luaopen_utf8},  {LUA_DBLIBNAME, luaopen_debug},
    };
    for (size_t i = 0; i < sizeof libraries / sizeof libraries[0]; ++i) {
        luaL_requiref(lua, libraries[i].name, libraries[i].func, 1);
        lua_pop(lua, 1);
    }
}

/* math.random from the seed of the run: Lua's own differs every time. */
static void seed_random(lua_State *lua, uint64_t seed)
{
    lua_getglobal(lua, "math");
    lua_getfield(lua, -1, "randomseed");
    lua_pushinteger(lua, (lua_Integer)seed);
    lua_call(lua, 1, 0);
    lua_pop(lua, 1);
}

/*
 * The files of the language in their order; each is given what those before it gave, by number. The
 * host table is on the stack, as number 1; the last one's is left on top.
 */
static void parts_run(lua_State *lua)
{
    enum { HOST = 1, FAILURE, CONSOLE, WINDOWS, TRAPS, MANAGER, LEDGER, EXPECT };
    static const struct {
        const char *name;
        int given[8]; /* up to a 0 */
    } parts[] = {
        {"failure.lua", {HOST}},
        {"console.lua", {HOST, FAILURE}},
        {"windows.lua", {HOST, CONSOLE}},
        {"traps.lua", {HOST, WINDOWS, FAILURE, CONSOLE}},
        {"manager.lua", {HOST, WINDOWS, FAILURE, CONSOLE}},
        {"ledger.lua", {HOST, WINDOWS}},
        {"expect.lua", {HOST, WINDOWS, FAILURE, LEDGER, CONSOLE}},
        {"expect_snmp.lua", {HOST, WINDOWS, FAILURE, LEDGER, EXPECT, TRAPS, MANAGER}},
        {"expect_rtu.lua", {HOST, FAILURE, EXPECT}},
        {"language.lua", {HOST, FAILURE, EXPECT, CONSOLE, TRAPS, MANAGER}},
    };
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; ++i) {
        int arguments = 0;
        while (parts[i].given[arguments] != 0) {
            lua_pushvalue(lua, parts[i].given[arguments++]);
        }
        run_embedded(lua, parts[i].name, arguments);
    }
}

lua_State *hx_script_open(struct hx_stage *stage, uint64_t seed)
{
    static struct sim_builtin_memory memory = {.most = MEMORY_MAX};
    lua_State *lua = sim_builtin_open(&memory);
    if (lua == NULL) {
        hx_complain("out of memory");
        exit(2);
    }
    lua_atpanic(lua, panic);
    open_libraries(lua);
    seed_random(lua, seed);
    hx_host_push(lua, stage);
    parts_run(lua);
    lua_rawsetp(lua, LUA_REGISTRYINDEX, &language_key);
    lua_settop(lua, 0);
    stage->lua = lua;
    return lua;
}

/* Pushes a function of the language. */
static void push_word(lua_State *lua, const char *name)
{
    lua_rawgetp(lua, LUA_REGISTRYINDEX, &language_key);
    lua_getfield(lua, -1, name);
    lua_replace(lua, -2);
}

/* ---- loading ---------------------------------------------------------------------------- */

char *hx_script_text(lua_State *lua, const char *name)
{
    lua_getfield(lua, -1, name);
    const char *text = lua_tostring(lua, -1);
    char *copy = text != NULL ? hx_strdup(text) : NULL;
    lua_pop(lua, 1);
    return copy;
}

static char *field_list(lua_State *lua, const char *name)
{
    struct hx_text text = {0};
    lua_getfield(lua, -1, name);
    lua_Integer count = luaL_len(lua, -1);
    for (lua_Integer i = 1; i <= count; ++i) {
        lua_rawgeti(lua, -1, i);
        hx_text_add(&text, "%s%s", i > 1 ? ", " : "", lua_tostring(lua, -1));
        lua_pop(lua, 1);
    }
    lua_pop(lua, 1);
    char *copy = hx_strdup(hx_text_string(&text));
    hx_text_free(&text);
    return copy;
}

void hx_script_take_settings(lua_State *lua, struct hx_assignments *settings)
{
    lua_getfield(lua, -1, "settings");
    for (lua_Integer i = 1; lua_rawgeti(lua, -1, i) == LUA_TTABLE; ++i) {
        char *name = hx_script_text(lua, "name");
        char *text = hx_script_text(lua, "text");
        hx_assignments_add(settings, name, text);
        free(name);
        free(text);
        lua_pop(lua, 1);
    }
    lua_pop(lua, 2);
}

/* The scenario's table is on top of the stack. */
static void scenario_take(lua_State *lua, struct hx_scenario *scenario)
{
    scenario->name = hx_script_text(lua, "name");
    scenario->plant = hx_script_text(lua, "plant");
    scenario->where = hx_script_text(lua, "where");
    scenario->skip = hx_script_text(lua, "skip");
    lua_getfield(lua, -1, "needs_board");
    scenario->needs_board = lua_toboolean(lua, -1);
    lua_pop(lua, 1);
    lua_getfield(lua, -1, "is_ip6");
    scenario->is_ip6 = lua_toboolean(lua, -1);
    lua_pop(lua, 1);
    lua_getfield(lua, -1, "uptime_ms");
    scenario->uptime_ms = lua_tointeger(lua, -1);
    lua_pop(lua, 1);
    scenario->tags = field_list(lua, "tags");
    scenario->allow = field_list(lua, "allow");
    hx_script_take_settings(lua, &scenario->settings);
}

static void scenarios_take(lua_State *lua, const char *file, struct hx_scenarios *list)
{
    lua_Integer count = luaL_len(lua, -1);
    for (lua_Integer i = 1; i <= count; ++i) {
        list->item = hx_realloc(list->item, (list->count + 1) * sizeof *list->item);
        struct hx_scenario *scenario = &list->item[list->count++];
        *scenario = (struct hx_scenario){.file = hx_strdup(file), .number = (int)i};
        lua_rawgeti(lua, -1, i);
        scenario_take(lua, scenario);
        lua_pop(lua, 1);
    }
}

/* Lua shortens a long file name in its message; the place is put back whole. */
static void syntax_error_add(struct hx_text *error, const char *file, const char *message)
{
    const char *line = strstr(message, ".lua:");
    if (line != NULL && strstr(message, file) != message) {
        hx_text_add(error, "%s%s", file, line + 4);
    } else {
        /* What is no text has no line. */
        bool has_file = strstr(message, file) == message;
        hx_text_add(error, "%s%s%s", has_file ? "" : file, has_file ? "" : ": ", message);
    }
}

bool hx_script_load(lua_State *lua, const char *file, struct hx_scenarios *list,
                    struct hx_text *error)
{
    int status = luaL_loadfilex(lua, file, "t");
    if (status != LUA_OK) {
        const char *message = lua_tostring(lua, -1);
        if (status == LUA_ERRFILE) {
            hx_text_add(error, "%s: cannot be read: %s; name a scenario file or a folder", file,
                        strerror(errno));
        } else {
            syntax_error_add(error, file, message);
        }
        lua_settop(lua, 0);
        return false;
    }
    push_word(lua, "environment");
    lua_setupvalue(lua, -2, 1);
    push_word(lua, "load");
    lua_insert(lua, -2);
    if (lua_pcall(lua, 1, 2, 0) != LUA_OK || !lua_toboolean(lua, -2)) {
        const char *message = lua_tostring(lua, -1);
        message = message != NULL ? message : "an error without a message";
        /* Out of memory Lua has no place to name. */
        bool has_file = strstr(message, ".lua:") != NULL;
        hx_text_add(error, "%s%s%s", has_file ? "" : file, has_file ? "" : ": ", message);
        lua_settop(lua, 0);
        return false;
    }
    if (list != NULL) {
        scenarios_take(lua, file, list);
    }
    lua_settop(lua, 0);
    return true;
}

/* ---- playing ---------------------------------------------------------------------------- */

struct hx_play hx_script_play(lua_State *lua, int number, struct sim_plant *plant)
{
    struct hx_play play = {
        .outcome = "error", .message = "an error without a message", .report = ""};
    push_word(lua, "play");
    lua_pushinteger(lua, number);
    sim_plant_push(plant, lua);
    int status = lua_pcall(lua, 2, 3, 0);
    /* What play returns stays on the stack, and so alive. */
    if (status == LUA_OK) {
        play.outcome = lua_tostring(lua, -3);
        play.message = lua_tostring(lua, -2);
        play.report = lua_tostring(lua, -1);
        if (play.report == NULL) {
            play.outcome = lua_tostring(lua, -3);
            play.report = "";
        }
    } else if (lua_tostring(lua, -1) != NULL) {
        play.message = lua_tostring(lua, -1);
    }
    push_word(lua, "count");
    if (lua_pcall(lua, 0, 1, 0) == LUA_OK) {
        play.expectations = (uint32_t)lua_tointeger(lua, -1);
    }
    return play;
}

bool hx_script_typed(lua_State *lua, const char *line, struct sim_plant *plant,
                     struct hx_text *text)
{
    push_word(lua, "typed");
    lua_pushstring(lua, line);
    sim_plant_push(plant, lua);
    bool is_good = lua_pcall(lua, 2, 2, 0) == LUA_OK;
    const char *result = lua_tostring(lua, -1);
    hx_text_add(text, "%s", result != NULL ? result : "an error without a message");
    is_good = is_good && lua_toboolean(lua, -2) != 0;
    lua_settop(lua, 0);
    return is_good;
}
