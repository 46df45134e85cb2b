/*
 * builtin.h — the Lua files that are built into this program (lua/).
 */
#ifndef SIM_BUILTIN_H
#define SIM_BUILTIN_H

#include <lua.h>

/* Pushes what the file compiles to; raises where there is none such. */
void sim_builtin_push(lua_State *lua, const char *name);

/* Calls it without arguments, and leaves the one value that it returns. */
void sim_builtin_call(lua_State *lua, const char *name);

/*
 * After so many instructions from now on the state raises that a `what` file ("board") goes round
 * in circles, at its line.
 */
void sim_builtin_bound(lua_State *lua, const char *what, int instructions);

#endif
