/*
 * host_tables.c — the tables of the contract for the language of scenarios, the settings as they
 * are, and the ledger of what was looked at.
 */
#include <math.h>

#include "harness/run/verdict.h"
#include "harness/stage/host_internal.h"
#include "harness/stage/outsider.h"
#include "sim/catalogue/catalogue.h"

static struct hx_question *const question = &hx_host_question;
static const struct hx_answer *const answer = &hx_host_answer;

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
    return hx_host_push_text(lua, &text);
}

/* ---- settings -------------------------------------------------------------------------------- */

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
    hx_host_push_text(lua, &why);
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

/* ---- all of them ----------------------------------------------------------------------------- */

const luaL_Reg hx_host_tables[] = {
    {"faults", lw_faults},
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

void hx_host_push_tables(lua_State *lua)
{
    push_points(lua);
    lua_setfield(lua, -2, "points");
    push_alarms(lua);
    lua_setfield(lua, -2, "alarms_known");
    push_settings(lua);
    lua_setfield(lua, -2, "settings");
}
