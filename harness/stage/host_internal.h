/*
 * host_internal.h — what the files of host functions share.
 */
#ifndef HX_STAGE_HOST_INTERNAL_H
#define HX_STAGE_HOST_INTERNAL_H

#include <lauxlib.h>
#include <lua.h>
#include <stdbool.h>

#include "harness/probe/probe.h"
#include "harness/stage/stage.h"

/* The stage, which is the upvalue of every host function. */
struct hx_stage *hx_host_stage(lua_State *lua);
/* With a webmanager on it; outside a scenario's run there is none, which is an error. */
struct hx_stage *hx_host_playing(lua_State *lua);

/* Room for one question and its answer; a process plays one scenario at a time. */
extern struct hx_question hx_host_question;
extern struct hx_answer hx_host_answer;

/* Asks; false where there is no answer. */
bool hx_host_ask(lua_State *lua);
/* Nil and why; a probe that is gone is an error. */
int hx_host_push_no_answer(lua_State *lua);

/* Into the table on top of the stack. */
void hx_host_set_integer(lua_State *lua, const char *name, lua_Integer value);
void hx_host_set_string(lua_State *lua, const char *name, const char *value);
/* Pushes it, and frees it; 1, for what returns it. */
int hx_host_push_text(lua_State *lua, struct hx_text *text);

/* Points, settings, faults, and what was looked at of them: host_tables.c. */
extern const luaL_Reg hx_host_tables[];
/* The lists `points`, `alarms_known` and `settings` into the table on top of the stack. */
void hx_host_push_tables(lua_State *lua);

/* Objects, alarms, requests, traps: host_snmp.c. */
extern const luaL_Reg hx_host_snmp[];
/* The lists `texts` and `standard` into the table on top of the stack. */
void hx_host_push_snmp(lua_State *lua);

#endif
