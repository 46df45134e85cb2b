/*
 * builtin.c — finds and compiles what cmake/embed.cmake has built in.
 */
#include "sim/builtin.h"

#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

#include "sim_lua.h"

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
