/*
 * builtin.h — the Lua files that are built into this program (lua/).
 */
#ifndef SIM_BUILTIN_H
#define SIM_BUILTIN_H

#include <lua.h>
#include <stddef.h>

/* Pushes what the file compiles to; raises where there is none such. */
void sim_builtin_push(lua_State *lua, const char *name);

/* Calls it without arguments, and leaves the one value that it returns. */
void sim_builtin_call(lua_State *lua, const char *name);

/* Pushes the table of definition.lua, which reads files that define one thing. */
void sim_builtin_definition(lua_State *lua);

/*
 * After so many instructions from now on the state raises that a `what` file ("board") goes round
 * in circles, at its line.
 */
void sim_builtin_bound(lua_State *lua, const char *what, int instructions);

/* What a file that defines one thing may take, in bytes: a thousand times what one needs. */
#define SIM_BUILTIN_FILE_MEMORY ((size_t)64 << 20)

/* Bytes; `used` is 0 at first. Outlives the states that are opened with it. */
struct sim_builtin_memory {
    size_t most;
    size_t used;
};

/*
 * A state without libraries that says "not enough memory" where its memory would be more than the
 * most; null: there is none for the state itself. The caller closes it.
 */
lua_State *sim_builtin_open(struct sim_builtin_memory *memory);

#endif
