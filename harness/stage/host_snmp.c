/*
 * host_snmp.c — SNMP for the language of scenarios: objects, alarms, requests of anybody, and the
 * trap receivers that the bench plays.
 */
#include <stdio.h>
#include <string.h>

#include "harness/stage/host_internal.h"
#include "harness/stage/outsider.h"
#include "harness/stage/standard.h"

static struct hx_question *const question = &hx_host_question;
static const struct hx_answer *const answer = &hx_host_answer;

/* ---- objects ---------------------------------------------------------------------------- */

/* "1.3.6.1" into arcs; false when it is no OID. */
static bool oid_parse(const char *text, struct hx_oid *oid)
{
    oid->length = 0;
    while (oid->length < HX_OID_MAX) {
        uint64_t arc = 0;
        int digits = 0;
        for (; *text >= '0' && *text <= '9' && digits < 11; ++text, ++digits) {
            arc = arc * 10 + (uint64_t)(*text - '0');
        }
        if (digits == 0 || arc > UINT32_MAX) {
            return false;
        }
        oid->arc[oid->length++] = (uint32_t)arc;
        if (*text == '\0') {
            return oid->length >= 2 && oid->arc[0] <= 2 && oid->arc[1] < 40;
        }
        if (*text++ != '.') {
            return false;
        }
    }
    return false;
}

static void push_value(lua_State *lua, const struct hx_value *value)
{
    if (value->kind == HX_VALUE_INTEGER) {
        lua_pushinteger(lua, value->number);
    } else {
        lua_pushstring(lua, value->text);
    }
}

/* objects(oids): their values in order. */
static int lw_objects(lua_State *lua)
{
    luaL_checktype(lua, 1, LUA_TTABLE);
    question->kind = HX_ASK_OBJECTS;
    question->count = 0;
    for (lua_Integer i = 1; lua_rawgeti(lua, 1, i) != LUA_TNIL; ++i) {
        if (question->count >= HX_OBJECTS_MAX ||
            !oid_parse(luaL_checkstring(lua, -1), &question->object[question->count])) {
            lua_pushnil(lua);
            lua_pushfstring(lua, "'%s' is no OID", lua_tostring(lua, -2));
            return 2;
        }
        ++question->count;
        lua_pop(lua, 1);
    }
    if (!hx_host_ask(lua)) {
        return hx_host_push_no_answer(lua);
    }
    lua_createtable(lua, answer->count, 0);
    for (int32_t i = 0; i < answer->count; ++i) {
        push_value(lua, &answer->is.value[i]);
        lua_rawseti(lua, -2, i + 1);
    }
    return 1;
}

static int lw_alarms(lua_State *lua)
{
    question->kind = HX_ASK_ALARMS;
    if (!hx_host_ask(lua)) {
        return hx_host_push_no_answer(lua);
    }
    lua_createtable(lua, answer->count, 0);
    for (int32_t i = 0; i < answer->count; ++i) {
        lua_createtable(lua, 0, 3);
        hx_host_set_integer(lua, "id", answer->is.alarm[i].id);
        hx_host_set_integer(lua, "number", answer->is.alarm[i].number);
        hx_host_set_integer(lua, "time", answer->is.alarm[i].time);
        lua_rawseti(lua, -2, i + 1);
    }
    return 1;
}

static void push_oid(lua_State *lua, const struct hx_oid *oid)
{
    char text[HX_OID_MAX * 11 + 1] = "";
    size_t used = 0;
    for (uint32_t i = 0; i < oid->length; ++i) {
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%lu", i > 0 ? "." : "",
                                 (unsigned long)oid->arc[i]);
    }
    lua_pushstring(lua, text);
}

/* ---- requests of anybody ---------------------------------------------------------------- */

/* A text of the table at `index` into size bytes; false where it is too long. */
static bool field_take(lua_State *lua, int index, const char *name, char *text, size_t size)
{
    lua_getfield(lua, index, name);
    const char *value = lua_tostring(lua, -1);
    const int length = snprintf(text, size, "%s", value != NULL ? value : "");
    lua_pop(lua, 1);
    return length >= 0 && (size_t)length < size;
}

static lua_Integer field_number(lua_State *lua, int index, const char *name)
{
    lua_getfield(lua, index, name);
    const lua_Integer number = lua_tointeger(lua, -1);
    lua_pop(lua, 1);
    return number;
}

/* { version, level, community, user, auth, priv, from }, numbers as in probe.h. */
static void asker_take(lua_State *lua, int index, struct hx_asker *asker)
{
    *asker = (struct hx_asker){
        .version = (enum wm_snmp_version)field_number(lua, index, "version"),
        .user.level = (enum wm_snmp_level)field_number(lua, index, "level"),
    };
    const bool is_whole =
        field_take(lua, index, "community", asker->community, sizeof asker->community) &&
        field_take(lua, index, "user", asker->user.name, sizeof asker->user.name) &&
        field_take(lua, index, "auth", asker->user.auth, sizeof asker->user.auth) &&
        field_take(lua, index, "priv", asker->user.priv, sizeof asker->user.priv) &&
        field_take(lua, index, "from", asker->from, sizeof asker->from);
    luaL_argcheck(lua, is_whole, index, "a text is longer than any setting can be");
}

/* The fields value and type of the table on top of the stack. */
static bool value_take(lua_State *lua, struct hx_value *value)
{
    static const char *const kinds[] = {
        [HX_VALUE_INTEGER] = "integer", [HX_VALUE_TEXT] = "octets", [HX_VALUE_GAUGE] = "gauge",
        [HX_VALUE_COUNTER] = "counter", [HX_VALUE_TICKS] = "ticks", [HX_VALUE_ADDRESS] = "address",
        [HX_VALUE_OID] = "oid",         [HX_VALUE_NULL] = "null",
    };
    char kind[16];
    size_t size = 0;
    bool is_known = false;
    bool is_there = field_take(lua, -1, "type", kind, sizeof kind);
    *value = (struct hx_value){.kind = HX_VALUE_INTEGER};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; ++i) {
        if (strcmp(kinds[i], kind) == 0) {
            value->kind = (enum hx_value_kind)i;
            is_known = true;
        }
    }
    lua_getfield(lua, -1, "value");
    value->number = lua_tointeger(lua, -1);
    const char *text = lua_tolstring(lua, -1, &size);
    is_there = is_there && is_known && size < sizeof value->text;
    if (is_there && text != NULL) {
        memcpy(value->text, text, size);
        value->size = size;
    }
    lua_pop(lua, 1);
    return is_there;
}

static void bindings_take(lua_State *lua, int index)
{
    question->count = 0;
    for (lua_Integer i = 1; lua_rawgeti(lua, index, i) == LUA_TTABLE; ++i) {
        luaL_argcheck(lua, question->count < HX_OBJECTS_MAX, index, "too many objects");
        struct hx_binding *binding = &question->binding[question->count++];
        lua_getfield(lua, -1, "oid");
        const char *oid = lua_tostring(lua, -1);
        luaL_argcheck(lua, oid != NULL && oid_parse(oid, &binding->object), index, "no OID");
        lua_pop(lua, 1);
        luaL_argcheck(lua, value_take(lua, &binding->value), index, "no value");
        lua_pop(lua, 1);
    }
    lua_pop(lua, 1);
}

/*
 * request(asker, kind, { { oid, type, value } ... }), kind "get", "next" or "set": what became of
 * it: { code, index, oids, and the values }. asker nil: the write community; nothing where there
 * is none.
 */
static int lw_request(lua_State *lua)
{
    static const char *const requests[] = {
        [HX_GET] = "get", [HX_GET_NEXT] = "next", [HX_SET] = "set", NULL};
    if (lua_isnil(lua, 1)) {
        if (!hx_outsider_writer(&hx_host_playing(lua)->settings, &question->asker)) {
            return 0;
        }
    } else {
        asker_take(lua, 1, &question->asker);
    }
    question->request = (enum hx_request)luaL_checkoption(lua, 2, NULL, requests);
    bindings_take(lua, 3);
    question->kind = HX_ASK_REQUEST;
    if (!hx_host_ask(lua)) {
        return luaL_error(lua, "SNMP: %s", answer->error);
    }
    lua_createtable(lua, answer->count, 3);
    hx_host_set_string(lua, "code", answer->is.reply.code);
    hx_host_set_integer(lua, "index", answer->is.reply.index);
    lua_createtable(lua, answer->count, 0);
    for (int32_t i = 0; i < answer->count; ++i) {
        push_value(lua, &answer->is.reply.binding[i].value);
        lua_rawseti(lua, -3, i + 1);
        push_oid(lua, &answer->is.reply.binding[i].object);
        lua_rawseti(lua, -2, i + 1);
    }
    lua_setfield(lua, -2, "oids");
    return 1;
}

/* datagram(bytes): whether anything came back. */
static int lw_datagram(lua_State *lua)
{
    size_t size = 0;
    const char *bytes = luaL_checklstring(lua, 1, &size);
    luaL_argcheck(lua, size > 0 && size <= HX_DATAGRAM_MAX, 1, "1 to 8000 bytes");
    question->kind = HX_ASK_DATAGRAM;
    question->size = size;
    memcpy(question->datagram, bytes, size);
    if (!hx_host_ask(lua)) {
        return luaL_error(lua, "SNMP: %s", answer->error);
    }
    lua_pushboolean(lua, answer->count > 0);
    return 1;
}

/* ---- traps ------------------------------------------------------------------------------ */

static void push_trap(lua_State *lua, const struct hx_trap *trap)
{
    static const char *const versions[] = {
        [WM_SNMP_V1] = "v1", [WM_SNMP_V2C] = "v2c", [WM_SNMP_V3] = "v3"};
    static const char *const levels[] = {
        [WM_SNMP_NO_AUTH] = "no_auth", [WM_SNMP_AUTH] = "auth", [WM_SNMP_PRIV] = "priv"};
    lua_createtable(lua, 0, 11);
    hx_host_set_string(lua, "kind", hx_trap_kind_name(trap->kind));
    hx_host_set_integer(lua, "id", trap->id);
    hx_host_set_integer(lua, "number", trap->number);
    hx_host_set_integer(lua, "uptime", trap->uptime);
    hx_host_set_integer(lua, "receiver", trap->sink);
    hx_host_set_string(lua, "version", versions[trap->version]);
    hx_host_set_string(lua, "level", levels[trap->level]);
    hx_host_set_string(lua, "who", trap->who);
    lua_pushboolean(lua, trap->is_inform);
    lua_setfield(lua, -2, "is_inform");
    lua_pushboolean(lua, trap->is_repeat);
    lua_setfield(lua, -2, "is_repeat");
    lua_pushboolean(lua, trap->is_unheard);
    lua_setfield(lua, -2, "is_unheard");
}

/* traps(wait_s): what came in, and how many datagrams could not be read. */
static int lw_traps(lua_State *lua)
{
    lua_Integer count = 0;
    lua_Integer unreadable = 0;
    question->wait_ms = (int32_t)(luaL_optnumber(lua, 1, 0) * 1000);
    lua_newtable(lua);
    do {
        question->kind = HX_ASK_TRAPS;
        if (!hx_host_ask(lua)) {
            return luaL_error(lua, "trap sink: %s", answer->error);
        }
        for (int32_t i = 0; i < answer->count; ++i) {
            push_trap(lua, &answer->is.trap[i]);
            lua_rawseti(lua, -2, ++count);
        }
        unreadable += answer->unreadable;
        question->wait_ms = 0;
    } while (answer->has_more);
    lua_pushinteger(lua, unreadable);
    return 2;
}

static int32_t check_receiver(lua_State *lua)
{
    const lua_Integer number = luaL_checkinteger(lua, 1);
    luaL_argcheck(lua, number >= 0 && number < HX_SINKS, 1, "no receiver");
    return (int32_t)number;
}

/* receiver(number, is_unplugged, latency_s) */
static int lw_receiver(lua_State *lua)
{
    question->kind = HX_ASK_SINK;
    question->sink.number = check_receiver(lua);
    question->sink.is_unplugged = lua_toboolean(lua, 2) != 0;
    question->sink.latency_ms = (int32_t)(luaL_checknumber(lua, 3) * 1000);
    if (!hx_host_ask(lua)) {
        return luaL_error(lua, "%s", answer->error);
    }
    return 0;
}

/* receiver_address(number): where it listens; before there is a probe, what stands for that. */
static int lw_receiver_address(lua_State *lua)
{
    const int32_t number = check_receiver(lua);
    const struct hx_stage *stage = hx_host_stage(lua);
    if (stage->probe == NULL) {
        lua_pushfstring(lua, HX_RECEIVER_PLACE, (int)number);
    } else {
        lua_pushfstring(lua, "%s:%d", stage->probe->sink_host,
                        (int)stage->probe->sink_port[number]);
    }
    return 1;
}

/* ---- tables ----------------------------------------------------------------------------- */

static void push_texts(lua_State *lua)
{
    lua_createtable(lua, wm_text_count, 0);
    for (int i = 0; i < wm_text_count; ++i) {
        const struct wm_text_row *row = wm_text((enum wm_text)i);
        lua_createtable(lua, 0, 3);
        hx_host_set_string(lua, "name", row->name);
        hx_host_set_string(lua, "value_default", row->value_default);
        lua_pushboolean(lua, row->is_secret);
        lua_setfield(lua, -2, "is_secret");
        lua_rawseti(lua, -2, i + 1);
    }
}

static void push_standard(lua_State *lua)
{
    static const char *const kinds[] = {
        [HX_STANDARD_TEXT] = "text",     [HX_STANDARD_CONSTANT] = "constant",
        [HX_STANDARD_UPTIME] = "uptime", [HX_STANDARD_COUNTER] = "counter",
        [HX_STANDARD_IDLE] = "idle",     [HX_STANDARD_SETTING] = "setting",
    };
    size_t count = 0;
    const struct hx_standard_row *row = hx_standard_rows(&count);
    lua_createtable(lua, (int)count, 0);
    for (size_t i = 0; i < count; ++i) {
        lua_createtable(lua, 0, 4);
        hx_host_set_string(lua, "name", row[i].name);
        hx_host_set_string(lua, "kind", kinds[row[i].kind]);
        lua_pushfstring(lua, "1.3.6.1.2.1.%d.%d.0", (int)row[i].group, (int)row[i].leaf);
        lua_setfield(lua, -2, "oid");
        if (row[i].kind == HX_STANDARD_TEXT) {
            hx_host_set_string(lua, "text", wm_text(row[i].text)->name);
        }
        lua_rawseti(lua, -2, (lua_Integer)i + 1);
    }
}

void hx_host_push_snmp(lua_State *lua)
{
    push_texts(lua);
    lua_setfield(lua, -2, "texts");
    push_standard(lua);
    lua_setfield(lua, -2, "standard");
    lua_pushboolean(lua, hx_has_ip6());
    lua_setfield(lua, -2, "has_ip6");
}

const luaL_Reg hx_host_snmp[] = {
    {"objects", lw_objects},
    {"alarms", lw_alarms},
    {"request", lw_request},
    {"datagram", lw_datagram},
    {"traps", lw_traps},
    {"receiver", lw_receiver},
    {"receiver_address", lw_receiver_address},
    {NULL, NULL},
};
