/*
 * host.c — time, plant and windows for the language of scenarios.
 *
 * A window that gives no answer is no Lua error: the function returns nil and the reason, and the
 * expectation fails with it. A plant or a probe that broke is one: the webmanager is not to blame.
 */
#include "harness/stage/host.h"

#include <stdio.h>

#include "harness/board/board_spec.h"
#include "harness/record/record.h"
#include "harness/run/guard.h"
#include "harness/run/verdict.h"
#include "harness/stage/host_internal.h"
#include "sim/builtin.h"

/* Steps of Lua that a typed line may take: some milliseconds. */
#define TYPED_STEPS_MAX 500000
#define SETTLE_S        600

struct hx_stage *hx_host_stage(lua_State *lua)
{
    return lua_touserdata(lua, lua_upvalueindex(1));
}

/* The stage while a scenario runs, one of its hooks included. */
static struct hx_stage *host_running(lua_State *lua)
{
    struct hx_stage *stage = hx_host_stage(lua);
    if (stage->plant == NULL) {
        lua_pushstring(lua, "this word belongs inside a scenario's run = function(plant)");
        hx_guard_raise(lua);
    }
    return stage;
}

struct hx_stage *hx_host_playing(lua_State *lua)
{
    struct hx_stage *stage = host_running(lua);
    if (sim_plant_is_hooked(stage->plant)) {
        lua_pushstring(lua,
                       "a hook takes no time and looks at nothing from outside: push the plant "
                       "in it, keep what it finds in a local, and expect that in run");
        hx_guard_raise(lua);
    }
    return stage;
}

/* ---- time ------------------------------------------------------------------------------- */

static int lw_now_us(lua_State *lua)
{
    struct hx_stage *stage = hx_host_stage(lua);
    lua_pushinteger(lua, stage->target != NULL ? stage->target->now_us(stage) : 0);
    return 1;
}

/*
 * advance(until_us, stops_at_views): runs the world until then, or until a view is published. An
 * error where the plant broke; the real-time limit, in seconds, where that has passed.
 */
static int lw_advance(lua_State *lua)
{
    struct hx_stage *stage = hx_host_playing(lua);
    int64_t until_us = luaL_checkinteger(lua, 1);
    stage->stops_at_views = lua_toboolean(lua, 2) != 0;
    (void)stage->target->run(stage, until_us);
    stage->stops_at_views = false;
    stage->trace->now_us = sim_world_now_us(stage->world);
    bool is_late = hx_guard_has_fired();
    if (is_late) {
        hx_guard_hush();
    }
    const char *failure = sim_plant_failure(stage->plant);
    if (failure != NULL) {
        lua_pushstring(lua, failure); /* it names its own place */
        return lua_error(lua);
    }
    lua_pushnumber(lua, hx_guard_limit_s());
    return is_late ? 1 : 0;
}

/* grace_us(): how long an expectation may take to hold. */
static int lw_grace_us(lua_State *lua)
{
    const struct hx_stage *stage = hx_host_playing(lua);
    lua_pushinteger(lua, stage->target->grace_us(stage));
    return 1;
}

static int lw_rounds(lua_State *lua)
{
    struct hx_stage *stage = hx_host_playing(lua);
    lua_pushinteger(lua, stage->target->rounds(stage));
    return 1;
}

static int lw_generation(lua_State *lua)
{
    const struct hx_stage *stage = hx_host_playing(lua);
    lua_pushinteger(lua, stage->target->generation(stage));
    return 1;
}

static int lw_is_complete(lua_State *lua)
{
    struct hx_stage *stage = hx_host_playing(lua);
    lua_pushboolean(lua, stage->target->is_complete(stage));
    return 1;
}

/* is_on(): has the webmanager power? boots(): how often has it come on? */
static int lw_is_on(lua_State *lua)
{
    const struct hx_stage *stage = hx_host_playing(lua);
    lua_pushboolean(lua, stage->target->is_on(stage));
    return 1;
}

static int lw_boots(lua_State *lua)
{
    lua_pushinteger(lua, hx_host_stage(lua)->boots);
    return 1;
}

/* uptime_ms(): of the first webmanager as the scenario began */
static int lw_uptime_ms(lua_State *lua)
{
    lua_pushinteger(lua, hx_host_stage(lua)->uptime_ms);
    return 1;
}

/* verdict(): what the board's judges want of the webmanager, and what they saw; or nothing. */
static int lw_verdict(lua_State *lua)
{
    struct hx_judgement judgement;
    const struct hx_stage *stage = hx_host_playing(lua);
    if (!stage->target->judged(stage, &judgement)) {
        return 0;
    }
    lua_pushstring(lua, judgement.promise);
    lua_pushfstring(lua, "%s %s", judgement.who, judgement.text);
    return 2;
}

int hx_host_push_text(lua_State *lua, struct hx_text *text)
{
    lua_pushlstring(lua, hx_text_string(text), text->size);
    hx_text_free(text);
    return 1;
}

static int lw_missing(lua_State *lua)
{
    struct hx_text text = {0};
    struct hx_stage *stage = hx_host_playing(lua);
    stage->target->missing(stage, &text);
    return hx_host_push_text(lua, &text);
}

static int lw_clock(lua_State *lua)
{
    char clock[HX_CLOCK_SIZE];
    lua_pushstring(lua, hx_clock(luaL_checkinteger(lua, 1), clock));
    return 1;
}

static int lw_note(lua_State *lua)
{
    struct hx_stage *stage = host_running(lua);
    stage->trace->now_us = sim_world_now_us(stage->world);
    hx_trace_note(stage->trace, luaL_checkstring(lua, 1));
    if (stage->is_verbose) {
        printf("%s\n", stage->trace->note);
    }
    return 0;
}

/* mark("FILE:LINE WORD"): the script is there; of a run that is recorded. */
static int lw_mark(lua_State *lua)
{
    const struct hx_stage *stage = host_running(lua);
    hx_recorder_mark(stage->recorder, luaL_checkstring(lua, 1));
    return 0;
}

static void steps_spent(lua_State *lua, lua_Debug *record)
{
    (void)record;
    lua_sethook(lua, NULL, 0, 0);
    luaL_error(lua, "no end within %d steps; a typed line is a short one", TYPED_STEPS_MAX);
}

/* limit_steps(is_on): Lua's own steps from here on, for a typed line. */
static int lw_limit_steps(lua_State *lua)
{
    if (lua_toboolean(lua, 1)) {
        lua_sethook(lua, steps_spent, LUA_MASKCOUNT, TYPED_STEPS_MAX);
    } else {
        lua_sethook(lua, NULL, 0, 0);
    }
    return 0;
}

/* ---- plant ------------------------------------------------------------------------------ */

/* reference(value): kind, number, property or nil, name; or nothing. */
static int lw_reference(lua_State *lua)
{
    static const char *const kinds[] = {
        [SIM_ITEM_PLANT] = "plant",
        [SIM_ITEM_STRING] = "string",
        [SIM_ITEM_MODULE] = "module",
        [SIM_ITEM_SENSOR] = "current_sensor",
        [SIM_ITEM_AUX] = "gx_r_aux",
        [SIM_ITEM_AUX_INPUT] = "aux_input",
        [SIM_ITEM_AUX_OUTPUT] = "aux_output",
        [SIM_ITEM_BUS] = "bus",
        [SIM_ITEM_WEBMANAGER] = "webmanager",
        [SIM_ITEM_COM2] = "com2",
        [SIM_ITEM_COM2_ANALOG] = "com2_analog",
        [SIM_ITEM_COM2_INPUT] = "com2_input",
        [SIM_ITEM_COM2_OUTPUT] = "com2_output",
    };
    struct sim_reference reference;
    if (!sim_plant_reference(lua, 1, &reference)) {
        return 0;
    }
    lua_pushstring(lua, kinds[reference.item]);
    lua_pushinteger(lua, reference.number);
    lua_pushstring(lua, reference.property);
    lua_pushstring(lua, reference.name);
    return 4;
}

static int lw_contact(lua_State *lua)
{
    int32_t number = (int32_t)luaL_checkinteger(lua, 1);
    lua_pushboolean(lua, sim_plant_contact(hx_host_playing(lua)->plant, number));
    return 1;
}

/* define_verb(item, name, function): why not, or nothing. */
static int lw_define_verb(lua_State *lua)
{
    const char *why = sim_plant_define_verb(lua);
    if (why != NULL) {
        lua_pushstring(lua, why);
    }
    return why != NULL;
}

/* ---- windows ---------------------------------------------------------------------------- */

struct hx_question hx_host_question;
struct hx_answer hx_host_answer;
static struct hx_question *const question = &hx_host_question;
static const struct hx_answer *const answer = &hx_host_answer;

bool hx_host_ask(lua_State *lua)
{
    struct hx_stage *stage = hx_host_playing(lua);
    stage->target->ask(stage, &hx_host_question, &hx_host_answer);
    return answer->is_ok;
}

int hx_host_push_no_answer(lua_State *lua)
{
    if (answer->is_gone) {
        return luaL_error(lua, "%s", answer->error);
    }
    lua_pushnil(lua);
    lua_pushstring(lua, answer->error);
    return 2;
}

/* The registers that were asked for. */
static int push_registers(lua_State *lua)
{
    question->first = (int32_t)luaL_checkinteger(lua, 1);
    question->count = (int32_t)luaL_checkinteger(lua, 2);
    luaL_argcheck(lua, question->count >= 1 && question->count <= HX_REGISTERS_MAX, 2, "count");
    if (!hx_host_ask(lua)) {
        return hx_host_push_no_answer(lua);
    }
    lua_createtable(lua, answer->count, 0);
    for (int32_t i = 0; i < answer->count; ++i) {
        lua_pushinteger(lua, answer->is.registers[i]);
        lua_rawseti(lua, -2, i + 1);
    }
    return 1;
}

/* registers(first, count) */
static int lw_registers(lua_State *lua)
{
    question->kind = HX_ASK_REGISTERS;
    return push_registers(lua);
}

/* Remembers that a script asks this, and raises why where its board has none. */
static struct hx_stage *stage_with(lua_State *lua, unsigned hand, bool is_there, const char *why)
{
    struct hx_stage *stage = hx_host_playing(lua);
    stage->hands |= hand;
    if (!is_there) {
        lua_pushstring(lua, why);
        hx_guard_raise(lua);
    }
    return stage;
}

/* Nil and why: COM2 is no Modbus RTU server now. */
static int push_no_line(lua_State *lua, const struct hx_stage *stage)
{
    const bool is_on = stage->target->is_on(stage);
    lua_pushnil(lua);
    lua_pushstring(lua, is_on ? "com2.use is not modbus_rtu" : HX_IS_OFF);
    return 2;
}

/* rtu_registers(first, count): the same over COM2. */
static int lw_rtu_registers(lua_State *lua)
{
    const struct hx_board_spec *spec = hx_host_playing(lua)->spec;
    const struct hx_stage *stage =
        stage_with(lua, HX_HAND_RTU, spec == NULL || spec->modbus_rtu != NULL,
                   "the board's file has no modbus_rtu; name a tty at its COM2 there");
    const char *path = stage->target->rtu_path(stage);
    if (path == NULL) {
        return push_no_line(lua, stage);
    }
    question->kind = HX_ASK_RTU;
    hx_question_take_line(question, stage, path);
    return push_registers(lua);
}

/* rtu_say{ { silence in thousandths of a character, bytes }, ... }: the answer; us it took. */
static int lw_rtu_say(lua_State *lua)
{
    enum { PARTS_MAX = 64 };
    struct board_rtu_part part[PARTS_MAX];
    struct board_rtu_heard heard;
    const struct hx_stage *stage = stage_with(
        lua, HX_HAND_RTU_FRAMES, hx_host_playing(lua)->target->rtu_say != NULL,
        "frames are put on COM2 in exact time; what does so needs = { \"virtual_time\" }");
    luaL_checktype(lua, 1, LUA_TTABLE);
    const lua_Integer parts = luaL_len(lua, 1);
    luaL_argcheck(lua, parts <= PARTS_MAX, 1, "too many silences");
    for (lua_Integer i = 0; i < parts; ++i) {
        lua_rawgeti(lua, 1, i + 1);
        lua_rawgeti(lua, -1, 1);
        lua_rawgeti(lua, -2, 2);
        part[i].silence_milli = (int32_t)luaL_checkinteger(lua, -2);
        /* The table keeps the text. */
        part[i].bytes = (const uint8_t *)luaL_checklstring(lua, -1, &part[i].size);
        lua_pop(lua, 3);
    }
    if (!stage->target->rtu_say(stage, part, (size_t)parts, &heard)) {
        return push_no_line(lua, stage);
    }
    lua_pushlstring(lua, (const char *)heard.bytes, heard.size);
    lua_pushinteger(lua, heard.took_us);
    return 2;
}

/* How many were answered, by a question that tells in `count`. */
static int push_count(lua_State *lua)
{
    if (!hx_host_ask(lua)) {
        return hx_host_push_no_answer(lua);
    }
    lua_pushinteger(lua, answer->count);
    return 1;
}

/* The registers are asked over TCP, where there are units and clients. */
static void tcp_want(lua_State *lua)
{
    const struct hx_board_spec *spec = hx_host_playing(lua)->spec;
    (void)stage_with(lua, HX_HAND_TCP, spec == NULL || !hx_board_spec_is_rtu(spec),
                     "the board's file has no modbus, and Modbus RTU has no such thing");
}

/* unit(id): 1 if the unit identifier is answered, 0 if not. */
static int lw_unit(lua_State *lua)
{
    tcp_want(lua);
    question->kind = HX_ASK_UNIT;
    question->modbus_unit = (int32_t)luaL_checkinteger(lua, 1);
    return push_count(lua);
}

/* clients(count): how many of so many Modbus clients at once are served. */
static int lw_clients(lua_State *lua)
{
    tcp_want(lua);
    question->kind = HX_ASK_CLIENTS;
    question->count = (int32_t)luaL_checkinteger(lua, 1);
    return push_count(lua);
}

void hx_host_set_integer(lua_State *lua, const char *name, lua_Integer value)
{
    lua_pushinteger(lua, value);
    lua_setfield(lua, -2, name);
}

void hx_host_set_string(lua_State *lua, const char *name, const char *value)
{
    lua_pushstring(lua, value);
    lua_setfield(lua, -2, name);
}

/* presence(): are Modbus and SNMP there? Asks the wires, whatever the power is. */
static int lw_presence(lua_State *lua)
{
    question->kind = HX_ASK_PRESENCE;
    if (!hx_host_ask(lua)) {
        return hx_host_push_no_answer(lua);
    }
    lua_pushboolean(lua, (answer->count & HX_PRESENT_MODBUS) != 0);
    lua_pushboolean(lua, (answer->count & HX_PRESENT_SNMP) != 0);
    return 2;
}

/* console(bytes): types them at the service port; what the webmanager says. */
static int lw_console(lua_State *lua)
{
    struct hx_stage *stage = hx_host_playing(lua);
    struct hx_text said = {0};
    size_t size = 0;
    const char *bytes = luaL_checklstring(lua, 1, &size);
    if (!stage->target->type(stage, bytes, size, &said)) {
        hx_text_free(&said);
        lua_pushnil(lua);
        lua_pushstring(lua, HX_IS_OFF);
        return 2;
    }
    return hx_host_push_text(lua, &said);
}

/* ---- all of them ------------------------------------------------------------------------ */

static const luaL_Reg functions[] = {
    {"define_verb", lw_define_verb},
    {"limit_steps", lw_limit_steps},
    {"now_us", lw_now_us},
    {"advance", lw_advance},
    {"grace_us", lw_grace_us},
    {"rounds", lw_rounds},
    {"generation", lw_generation},
    {"is_complete", lw_is_complete},
    {"missing", lw_missing},
    {"is_on", lw_is_on},
    {"boots", lw_boots},
    {"uptime_ms", lw_uptime_ms},
    {"verdict", lw_verdict},
    {"clock", lw_clock},
    {"note", lw_note},
    {"mark", lw_mark},
    {"reference", lw_reference},
    {"contact", lw_contact},
    {"registers", lw_registers},
    {"rtu_registers", lw_rtu_registers},
    {"rtu_say", lw_rtu_say},
    {"unit", lw_unit},
    {"clients", lw_clients},
    {"presence", lw_presence},
    {"console", lw_console},
    {NULL, NULL},
};

/* Is COM2 a window beside that of Modbus TCP? */
static bool has_second_line(const struct hx_board_spec *spec)
{
    return spec == NULL || (spec->modbus_rtu != NULL && spec->modbus.port != 0);
}

/* What settle() may take, in s. A board that takes longer than a scenario may is not there. */
static double settle_s(const struct hx_board_spec *spec)
{
    return spec != NULL && spec->longest_s < SETTLE_S ? spec->longest_s : SETTLE_S;
}

void hx_host_push(lua_State *lua, struct hx_stage *stage)
{
    luaL_newlibtable(lua, functions);
    lua_pushlightuserdata(lua, stage);
    luaL_setfuncs(lua, functions, 1);
    lua_pushlightuserdata(lua, stage);
    luaL_setfuncs(lua, hx_host_snmp, 1);
    lua_pushlightuserdata(lua, stage);
    luaL_setfuncs(lua, hx_host_tables, 1);
    hx_host_push_tables(lua);
    hx_host_push_snmp(lua);
    sim_builtin_call(lua, "order.lua");
    lua_setfield(lua, -2, "order");
    lua_pushboolean(lua, stage->ledger != NULL);
    lua_setfield(lua, -2, "is_covering");
    lua_pushboolean(lua, stage->recorder != NULL);
    lua_setfield(lua, -2, "is_recording");
    lua_pushboolean(lua, stage->spec != NULL);
    lua_setfield(lua, -2, "is_on_board");
    lua_pushboolean(lua, has_second_line(stage->spec));
    lua_setfield(lua, -2, "has_rtu");
    lua_pushnumber(lua, settle_s(stage->spec));
    lua_setfield(lua, -2, "settle_s");
}
