/*
 * host.c — time, windows and tables for the language of scenarios.
 *
 * A window that gives no answer is no Lua error: the function returns nil and the reason, and the
 * expectation fails with it. A plant or a probe that broke is one: the webmanager is not to blame.
 */
#include "harness/stage/host.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/board/board_spec.h"
#include "harness/record/record.h"
#include "harness/run/guard.h"
#include "harness/run/verdict.h"
#include "harness/stage/host_internal.h"
#include "harness/stage/outsider.h"
#include "sim/catalogue/catalogue.h"

/* Steps of Lua that a typed line may take: some milliseconds. */
#define TYPED_STEPS_MAX 500000
#define SETTLE_S        600

struct hx_stage *hx_host_stage(lua_State *lua)
{
    return lua_touserdata(lua, lua_upvalueindex(1));
}

/* The stage with a plant on it; outside a scenario's run there is none. */
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

static int push_text(lua_State *lua, struct hx_text *text)
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
    return push_text(lua, &text);
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
    return push_text(lua, &said);
}

/* ---- tables ----------------------------------------------------------------------------- */

static void push_encoding(lua_State *lua, struct wm_encoding encoding, const char *name)
{
    static const char *const kinds[] = {
        [WM_ENCODE_NOT_SHOWN] = "not_shown",
        [WM_ENCODE_U16] = "u16",
        [WM_ENCODE_S16] = "s16",
        [WM_ENCODE_STRING_FACTOR] = "string_factor",
        [WM_ENCODE_HALF_DEGREE] = "half_degree",
        [WM_ENCODE_INTEGER] = "integer",
        [WM_ENCODE_GAUGE] = "gauge",
        [WM_ENCODE_LINEAR] = "linear",
        [WM_ENCODE_TEMPERATURE] = "temperature",
    };
    lua_createtable(lua, 0, 4);
    hx_host_set_string(lua, "kind", kinds[encoding.kind]);
    hx_host_set_integer(lua, "divisor", encoding.divisor);
    hx_host_set_string(lua, "name", name);
}

/* A type of module goes by the name that its setting has. */
static const char *value_name(enum wm_point point, int32_t value)
{
    return wm_point(point)->unit == wm_unit_code
               ? wm_choice_name(wm_setting_bank_module_type, value)
               : wm_state_name(point, value);
}

/* Fields of a point that is a choice; states: its names in order, names: name -> value. */
static void push_states(lua_State *lua, enum wm_point point)
{
    enum { VALUES_MAX = 64 };
    lua_Integer count = 0;
    lua_newtable(lua);
    lua_newtable(lua);
    for (int32_t value = 0; value < VALUES_MAX; ++value) {
        const char *name = value_name(point, value);
        if (name != NULL) {
            lua_pushstring(lua, name);
            lua_rawseti(lua, -3, ++count);
            hx_host_set_integer(lua, name, value);
        }
    }
    lua_setfield(lua, -3, "names");
    lua_setfield(lua, -2, "states");
}

static void push_points(lua_State *lua)
{
    lua_createtable(lua, wm_point_count, 0);
    for (int i = 0; i < wm_point_count; ++i) {
        const struct wm_point_row *row = wm_point((enum wm_point)i);
        lua_createtable(lua, 0, 10);
        hx_host_set_integer(lua, "id", i);
        hx_host_set_string(lua, "scope", wm_scope_name(row->scope));
        hx_host_set_string(lua, "name", row->name);
        hx_host_set_string(lua, "unit", wm_unit(row->unit)->name);
        hx_host_set_string(lua, "natural", wm_unit(row->unit)->natural_name);
        hx_host_set_integer(lua, "per_natural", wm_unit(row->unit)->per_natural);
        push_encoding(lua, row->register_encoding, row->register_name);
        lua_setfield(lua, -2, "modbus");
        push_encoding(lua, row->snmp_encoding, row->snmp_name);
        lua_setfield(lua, -2, "snmp");
        push_states(lua, (enum wm_point)i);
        lua_rawseti(lua, -2, i + 1);
    }
}

static void push_alarms(lua_State *lua)
{
    lua_createtable(lua, wm_alarm_count, 0);
    for (int i = 0; i < wm_alarm_count; ++i) {
        const struct wm_alarm_row *row = wm_alarm((enum wm_alarm)i);
        lua_createtable(lua, 0, 7);
        hx_host_set_string(lua, "name", row->name);
        hx_host_set_integer(lua, "number", row->number);
        hx_host_set_string(lua, "scope", wm_scope_name(row->scope));
        hx_host_set_integer(lua, "alarm_flag", row->alarm_flag);
        hx_host_set_integer(lua, "string_flag", row->string_flag);
        hx_host_set_integer(lua, "status_flag", row->status_flag);
        hx_host_set_integer(lua, "battery_flag", row->battery_flag);
        lua_rawseti(lua, -2, i + 1);
    }
}

/* name -> value of a setting that is a choice. */
static void push_choices(lua_State *lua, enum wm_setting setting)
{
    const struct wm_setting_row *row = wm_setting(setting);
    lua_newtable(lua);
    for (int32_t value = row->min; row->unit == wm_unit_choice && value <= row->max; ++value) {
        if (wm_choice_name(setting, value) != NULL) {
            hx_host_set_integer(lua, wm_choice_name(setting, value), value);
        }
    }
}

static void push_settings(lua_State *lua)
{
    lua_createtable(lua, wm_setting_count, 0);
    for (int i = 0; i < wm_setting_count; ++i) {
        const struct wm_setting_row *row = wm_setting((enum wm_setting)i);
        lua_createtable(lua, 0, 10);
        hx_host_set_string(lua, "name", row->name);
        hx_host_set_integer(lua, "value_default", row->value_default);
        hx_host_set_integer(lua, "min", row->min);
        hx_host_set_integer(lua, "max", row->max);
        hx_host_set_string(lua, "unit", wm_unit(row->unit)->name);
        hx_host_set_string(lua, "natural", wm_unit(row->unit)->natural_name);
        hx_host_set_integer(lua, "per_natural", wm_unit(row->unit)->per_natural);
        push_choices(lua, (enum wm_setting)i);
        lua_setfield(lua, -2, "names");
        if (row->snmp_leaf != WM_NO_OBJECT) {
            hx_host_set_string(lua, "snmp_name", row->snmp_name);
            hx_host_set_integer(lua, "snmp_leaf", row->snmp_leaf);
            push_encoding(lua, row->snmp_encoding, row->snmp_name);
            lua_setfield(lua, -2, "snmp");
        }
        lua_rawseti(lua, -2, i + 1);
    }
}

static enum wm_point check_point(lua_State *lua)
{
    lua_Integer id = luaL_checkinteger(lua, 1);
    luaL_argcheck(lua, id >= 0 && id < wm_point_count, 1, "no point");
    return (enum wm_point)id;
}

/* point_register(id, number): the register, or nothing. */
static int lw_point_register(lua_State *lua)
{
    int32_t place = wm_point_register(check_point(lua), (int32_t)luaL_checkinteger(lua, 2));
    if (place == WM_NO_REGISTER) {
        return 0;
    }
    lua_pushinteger(lua, place);
    return 1;
}

/* point_oid(id, number): the OID as text, or nothing. */
static int lw_point_oid(lua_State *lua)
{
    uint32_t oid[WM_OID_MAX];
    size_t length = wm_point_oid(check_point(lua), (int32_t)luaL_checkinteger(lua, 2), oid);
    if (length == 0) {
        return 0;
    }
    struct hx_text text = {0};
    for (size_t i = 0; i < length; ++i) {
        hx_text_add(&text, "%s%lu", i > 0 ? "." : "", (unsigned long)oid[i]);
    }
    return push_text(lua, &text);
}

/* has_sensor(string): does a current sensor measure it, or all strings? */
static int lw_has_sensor(lua_State *lua)
{
    const int32_t *value = hx_host_playing(lua)->settings.value;
    lua_Integer sensors = value[wm_setting_bank_current_sensors];
    bool is_for_all = value[wm_setting_bank_sensor_for_all] != 0;
    lua_pushboolean(lua, luaL_checkinteger(lua, 1) <= sensors || (is_for_all && sensors > 0));
    return 1;
}

/* Whom the bench asks as, and which users its trap receivers know, follow what is set. */
static void outsider_follow(lua_State *lua)
{
    question->kind = HX_ASK_AS;
    hx_outsider_fill(&hx_host_playing(lua)->settings, question);
    if (!hx_host_ask(lua)) {
        luaL_error(lua, "%s", answer->error);
    }
}

static void setting_follow(lua_State *lua, enum wm_setting setting, int32_t value)
{
    hx_host_playing(lua)->settings.value[setting] = value;
    if (setting == wm_setting_com2_use) {
        hx_host_playing(lua)->hands |= HX_HAND_TCP; /* COM2 alone might be taken from it */
    }
    if (setting == wm_setting_modbus_unit_id) {
        question->kind = HX_ASK_AS_UNIT;
        question->modbus_unit = value;
        if (!hx_host_ask(lua)) {
            luaL_error(lua, "%s", answer->error);
        }
    }
}

/*
 * setting_is(name, text): it was set while the scenario ran, as an operator types it, or to a
 * number in its row's unit. Those who look from outside follow: encodings by the settings they
 * hang on, the probe's unit identifier, and who asks by SNMP.
 */
static int lw_setting_is(lua_State *lua)
{
    struct wm_change set;
    struct hx_text why = {0};
    const char *name = luaL_checkstring(lua, 1);
    if (lua_isinteger(lua, 2) && wm_setting_find(name, &set.setting)) {
        setting_follow(lua, set.setting, (int32_t)lua_tointeger(lua, 2));
        return 0;
    }
    bool is_right = hx_setting_check(name, luaL_checkstring(lua, 2), &set, &why);
    hx_text_free(&why);
    if (!is_right) {
        return 0;
    }
    if (set.string == NULL) {
        setting_follow(lua, set.setting, set.value);
    } else if (wm_text_set(&hx_host_playing(lua)->settings, set.text, set.string) == WM_OK) {
        outsider_follow(lua);
    }
    return 0;
}

/* setting(name): its value in the row's unit, as the webmanager was given it. */
static int lw_setting(lua_State *lua)
{
    enum wm_setting setting;
    if (!wm_setting_find(luaL_checkstring(lua, 1), &setting)) {
        return luaL_error(lua, "no setting '%s'", lua_tostring(lua, 1));
    }
    lua_pushinteger(lua, hx_host_stage(lua)->settings.value[setting]);
    return 1;
}

/* text(name): of a setting that is one, as the webmanager was given it. */
static int lw_text(lua_State *lua)
{
    enum wm_text text;
    if (!wm_text_find(luaL_checkstring(lua, 1), &text)) {
        return luaL_error(lua, "no text '%s'", lua_tostring(lua, 1));
    }
    lua_pushstring(lua, wm_text_value(&hx_host_stage(lua)->settings, text));
    return 1;
}

/* check_setting(name, text, place): an error that starts with the place, or nothing. */
static int lw_check_setting(lua_State *lua)
{
    struct hx_text why = {0};
    if (hx_setting_check_given(luaL_checkstring(lua, 1), luaL_checkstring(lua, 2), &why)) {
        hx_text_free(&why);
        return 0;
    }
    lua_pushfstring(lua, "%s: ", luaL_checkstring(lua, 3));
    push_text(lua, &why);
    lua_concat(lua, 2);
    return lua_error(lua);
}

/* ---- ledger ----------------------------------------------------------------------------- */

static enum hx_kind check_kind(lua_State *lua)
{
    enum hx_kind kind = HX_KINDS;
    luaL_argcheck(lua, hx_kind_find(luaL_checkstring(lua, 1), &kind), 1, "no kind of thing");
    return kind;
}

/* The number of a thing, or nothing where there is nothing to cover. */
static int push_thing(lua_State *lua, int thing)
{
    if (thing == HX_NO_THING) {
        return 0;
    }
    lua_pushinteger(lua, thing);
    return 1;
}

/* thing(kind, name) */
static int lw_thing(lua_State *lua)
{
    return push_thing(lua, hx_thing_find(check_kind(lua), luaL_checkstring(lua, 2)));
}

/* thing_of_point(kind, point id, number) */
static int lw_thing_of_point(lua_State *lua)
{
    return push_thing(lua,
                      hx_thing_of_point(check_kind(lua), (enum wm_point)luaL_checkinteger(lua, 2),
                                        (int32_t)luaL_checkinteger(lua, 3)));
}

/* thing_of_flag(point id, bit) */
static int lw_thing_of_flag(lua_State *lua)
{
    return push_thing(lua, hx_thing_of_flag(check_point(lua), (uint16_t)luaL_checkinteger(lua, 2)));
}

static int check_thing(lua_State *lua)
{
    size_t count = 0;
    lua_Integer thing = luaL_checkinteger(lua, 1);
    hx_things(&count);
    luaL_argcheck(lua, thing >= 0 && (size_t)thing < count, 1, "no thing");
    return (int)thing;
}

/* exercised(thing), asserted(thing) */
static int lw_exercised(lua_State *lua)
{
    hx_ledger_exercise(hx_host_stage(lua)->ledger, check_thing(lua));
    return 0;
}

static int lw_asserted(lua_State *lua)
{
    hx_ledger_assert(hx_host_stage(lua)->ledger, check_thing(lua));
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

/* define_verb(item, name, function): why not, or nothing. */
static int lw_define_verb(lua_State *lua)
{
    const char *why = sim_plant_define_verb(lua);
    if (why != NULL) {
        lua_pushstring(lua, why);
    }
    return why != NULL;
}

static void push_field(lua_State *lua, const char *name, double value)
{
    lua_pushnumber(lua, value);
    lua_setfield(lua, -2, name);
}

/*
 * faults(): the catalogue, a table a row: item, verb, and of a size its name, unit, low, high,
 * neutral, is_whole and, where there is one, usual.
 */
static int lw_faults(lua_State *lua)
{
    const struct sim_defect_row *row;
    lua_newtable(lua);
    for (size_t i = 0; (row = sim_defect_row(i)) != NULL; i++) {
        lua_createtable(lua, 0, 9);
        lua_pushstring(lua, sim_defect_item(row));
        lua_setfield(lua, -2, "item");
        lua_pushstring(lua, row->verb);
        lua_setfield(lua, -2, "verb");
        if (row->size.name != NULL) {
            lua_pushstring(lua, row->size.name);
            lua_setfield(lua, -2, "size");
            lua_pushstring(lua, row->size.unit);
            lua_setfield(lua, -2, "unit");
            push_field(lua, "low", row->size.low);
            push_field(lua, "high", row->size.high);
            push_field(lua, "neutral", row->neutral);
            lua_pushboolean(lua, row->size.is_whole);
            lua_setfield(lua, -2, "is_whole");
        }
        if (row->size.name != NULL && !isnan(row->size.usual)) {
            push_field(lua, "usual", row->size.usual);
        }
        lua_rawseti(lua, -2, (lua_Integer)i + 1);
    }
    return 1;
}

static const luaL_Reg functions[] = {
    {"faults", lw_faults},
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
    {"point_register", lw_point_register},
    {"point_oid", lw_point_oid},
    {"has_sensor", lw_has_sensor},
    {"setting", lw_setting},
    {"text", lw_text},
    {"setting_is", lw_setting_is},
    {"check_setting", lw_check_setting},
    {"thing", lw_thing},
    {"thing_of_point", lw_thing_of_point},
    {"thing_of_flag", lw_thing_of_flag},
    {"exercised", lw_exercised},
    {"asserted", lw_asserted},
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
    push_points(lua);
    lua_setfield(lua, -2, "points");
    push_alarms(lua);
    lua_setfield(lua, -2, "alarms_known");
    push_settings(lua);
    lua_setfield(lua, -2, "settings");
    hx_host_push_snmp(lua);
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
