/*
 * builtin.c — finds and compiles what cmake/embed.cmake has built in.
 */
#include "sim/builtin.h"

#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim_lua.h"

/* Whose file goes round in circles, in the registry. */
#define BOUND_KEY "sim.bound"

void sim_builtin_push(lua_State *lua, const char *name)
{
    for (size_t i = 0; i < sim_lua_count; i++) {
        if (strcmp(sim_lua[i].name, name) == 0) {
            char chunk_name[32];
            (void)snprintf(chunk_name, sizeof chunk_name, "=%s", name);
            if (luaL_loadbufferx(lua, (const char *)sim_lua[i].bytes, sim_lua[i].size, chunk_name,
                                 "t") != LUA_OK) {
                (void)lua_error(lua);
            }
            return;
        }
    }
    luaL_error(lua, "%s is not built in", name);
}

void sim_builtin_call(lua_State *lua, const char *name)
{
    sim_builtin_push(lua, name);
    lua_call(lua, 0, 1);
}

void sim_builtin_definition(lua_State *lua)
{
    sim_builtin_push(lua, "definition.lua");
    sim_builtin_call(lua, "order.lua");
    lua_call(lua, 1, 1);
}

static void stop_circles(lua_State *lua, lua_Debug *unused)
{
    (void)unused;
    luaL_where(lua, 0);
    lua_getfield(lua, LUA_REGISTRYINDEX, BOUND_KEY);
    lua_pushfstring(lua, "this goes round in circles; a %s file ends at once",
                    lua_tostring(lua, -1));
    lua_remove(lua, -2);
    lua_concat(lua, 2);
    (void)lua_error(lua);
}

void sim_builtin_bound(lua_State *lua, const char *what, int instructions)
{
    lua_pushstring(lua, what);
    lua_setfield(lua, LUA_REGISTRYINDEX, BOUND_KEY);
    lua_sethook(lua, stop_circles, LUA_MASKCOUNT, instructions);
}

static void *allocate(void *context, void *block, size_t size_old, size_t size_new)
{
    struct sim_builtin_memory *memory = context;
    const size_t others = memory->used - (block != NULL ? size_old : 0);
    if (size_new == 0) {
        free(block);
        memory->used = others;
        return NULL;
    }
    void *moved = size_new <= memory->most - others ? realloc(block, size_new) : NULL;
    if (moved != NULL) {
        memory->used = others + size_new;
    }
    return moved;
}

lua_State *sim_builtin_open(struct sim_builtin_memory *memory)
{
    return lua_newstate(allocate, memory);
}
