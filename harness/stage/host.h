/*
 * host.h — the C functions the language of scenarios is made of (harness/lua), as one Lua table.
 */
#ifndef HX_STAGE_HOST_H
#define HX_STAGE_HOST_H

#include <lua.h>

#include "harness/stage/stage.h"

/* Pushes the table; its functions act on this stage, which outlives the state. */
void hx_host_push(lua_State *lua, struct hx_stage *stage);

#endif
