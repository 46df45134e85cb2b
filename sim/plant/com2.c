/*
 * com2.c — see com2.h.
 */
#include "sim/plant/com2.h"

#include <lauxlib.h>
#include <string.h>

/* Pushes the device; false, and nothing pushed, where none hangs. */
static bool push_device(const struct sim_com2 *com2)
{
    if (com2->device_ref == LUA_NOREF) {
        return false;
    }
    lua_rawgeti(com2->lua, LUA_REGISTRYINDEX, com2->device_ref);
    return true;
}

/* ---- what it senses --------------------------------------------------------------------- */

/* Pushes the table that a field or an entry of a list stands in; false: there is none. */
static bool push_holder(const struct sim_com2 *com2, const char *field, int32_t number)
{
    if (!push_device(com2)) {
        return false;
    }
    if (number > 0) {
        const bool is_list = lua_getfield(com2->lua, -1, field) == LUA_TTABLE;
        lua_remove(com2->lua, -2);
        if (!is_list) {
            lua_pop(com2->lua, 1);
            return false;
        }
    }
    return true;
}

bool sim_com2_get(const struct sim_com2 *com2, const char *field, int32_t number, double *value)
{
    lua_State *lua = com2->lua;
    if (!push_holder(com2, field, number)) {
        return false;
    }
    const int type = number > 0 ? lua_rawgeti(lua, -1, number) : lua_getfield(lua, -1, field);
    *value = lua_tonumber(lua, -1);
    lua_pop(lua, 2);
    return type == LUA_TNUMBER;
}

/* Calls a function of the device with `given` values on top; true with `wanted` results there. */
static bool call(struct sim_com2 *com2, int given, int wanted)
{
    if (lua_pcall(com2->lua, given, wanted, 0) == LUA_OK) {
        return true;
    }
    const char *why = lua_tostring(com2->lua, -1);
    com2->failed(com2->context, why != NULL ? why : "a device on COM2 failed without a message");
    lua_pop(com2->lua, 1);
    return false;
}

void sim_com2_set(struct sim_com2 *com2, const char *field, int32_t number, double value)
{
    lua_State *lua = com2->lua;
    if (!push_holder(com2, field, number)) {
        return;
    }
    lua_pushnumber(lua, value);
    if (number > 0) {
        lua_rawseti(lua, -2, number);
    } else {
        lua_setfield(lua, -2, field);
    }
    lua_pop(lua, 1);
    (void)push_device(com2);
    if (lua_getfield(lua, -1, "pushed") == LUA_TFUNCTION) {
        lua_pushvalue(lua, -2);
        (void)call(com2, 1, 0);
    } else {
        lua_pop(lua, 1);
    }
    lua_pop(lua, 1);
}

/* ---- what it is asked ------------------------------------------------------------------- */

/* Pushes the device's function for a message; false, and nothing pushed, if it has none. */
static bool push_function(struct sim_com2 *com2, enum wm_message_id message)
{
    lua_State *lua = com2->lua;
    if (!push_device(com2)) {
        return false;
    }
    const bool is_known = lua_getfield(lua, -1, "bus") == LUA_TTABLE &&
                          lua_getfield(lua, -1, wm_message(message)->name) == LUA_TFUNCTION;
    lua_replace(lua, -3);
    lua_pop(lua, 1);
    if (!is_known) {
        lua_pop(lua, 1);
    }
    return is_known;
}

static int com2_hear(void *self, const uint8_t *bytes, size_t size, struct sim_frame *question,
                     struct sim_talk *talks, int max)
{
    struct sim_com2 *com2 = self;
    struct sim_device *device = &com2->device;
    if (!sim_frame_decode(bytes, size, WM_QUESTION, question) ||
        question->address_class != WM_CLASS_COM2 || question->address != 1 || max < 1 ||
        !push_function(com2, question->message)) {
        return 0;
    }
    lua_pop(com2->lua, 1);
    device->unplug_is_idle = device->unplug_is_idle && device->is_plugged;
    if (!device->is_plugged) {
        return 0;
    }
    const size_t answer =
        (size_t)wm_message(question->message)->payload_size[WM_ANSWER] + WM_FRAME_OVERHEAD;
    talks[0] = (struct sim_talk){0, device->latency_us, answer};
    return 1;
}

/* Half away from zero, saturated to what the field holds. */
static int32_t field_value(enum wm_field_type type, double value)
{
    const double low = type == WM_FIELD_s16 ? INT16_MIN : type == WM_FIELD_s32 ? INT32_MIN : 0;
    const double high = type == WM_FIELD_u8    ? UINT8_MAX
                        : type == WM_FIELD_u16 ? UINT16_MAX
                        : type == WM_FIELD_s16 ? INT16_MAX
                                               : INT32_MAX;
    if (!(value > low)) {
        return (int32_t)low;
    }
    if (value >= high) {
        return (int32_t)high;
    }
    return value < 0 ? -(int32_t)(0.5 - value) : (int32_t)(value + 0.5);
}

/* The answer's fields from the table on top, which is popped; false if it gives none. */
static bool take_answer(struct sim_com2 *com2, struct sim_frame *answer)
{
    lua_State *lua = com2->lua;
    const struct wm_field_row *field = wm_message(answer->message)->field[WM_ANSWER];
    const bool is_answer = lua_istable(lua, -1);
    for (int i = 0; is_answer && field[i].type != WM_FIELD_NONE; i++) {
        lua_getfield(lua, -1, field[i].name);
        answer->values[i] = field_value(field[i].type, lua_tonumber(lua, -1));
        lua_pop(lua, 1);
    }
    lua_pop(lua, 1);
    return is_answer;
}

static bool ask(struct sim_com2 *com2, const struct sim_frame *question, struct sim_frame *answer)
{
    lua_State *lua = com2->lua;
    const struct wm_field_row *field = wm_message(question->message)->field[WM_QUESTION];
    if (!push_function(com2, question->message)) {
        return false;
    }
    (void)push_device(com2);
    lua_newtable(lua);
    for (int i = 0; field[i].type != WM_FIELD_NONE; i++) {
        lua_pushinteger(lua, question->values[i]);
        lua_setfield(lua, -2, field[i].name);
    }
    return call(com2, 2, 1) && take_answer(com2, answer);
}

static size_t com2_act(void *self, int32_t place, const struct sim_frame *question, uint8_t *bytes)
{
    struct sim_com2 *com2 = self;
    struct sim_device *device = &com2->device;
    struct sim_frame answer = *question;
    (void)place;
    answer.direction = WM_ANSWER;
    if (!device->is_plugged || !ask(com2, question, &answer)) {
        return 0;
    }
    if (sim_device_swallows(device)) {
        return 0;
    }
    return sim_frame_encode(&answer, bytes);
}

/* ---- the webmanager's end ----------------------------------------------------------------- */

static void tell_tap(const struct sim_com2 *com2, bool is_answer, const uint8_t *bytes, size_t size)
{
    if (com2->tap != NULL) {
        com2->tap(com2->tap_context, sim_world_now_us(com2->world), is_answer, bytes, size);
    }
}

static enum wm_status com2_transmit(void *self, const uint8_t *bytes, size_t size)
{
    struct sim_com2 *com2 = self;
    const struct wm_bus wire = sim_wire_bus(&com2->wire);
    const enum wm_status status = wire.ops->transmit(wire.self, bytes, size);
    if (status == WM_OK) {
        tell_tap(com2, false, bytes, size);
    }
    return status;
}

static int com2_receive(void *self, uint8_t *bytes, size_t size_max)
{
    struct sim_com2 *com2 = self;
    const struct wm_bus wire = sim_wire_bus(&com2->wire);
    const int count = wire.ops->receive(wire.self, bytes, size_max);
    if (count > 0) {
        tell_tap(com2, true, bytes, (size_t)count);
    }
    return count;
}

struct wm_bus sim_com2_bus(struct sim_com2 *com2)
{
    static const struct wm_bus_ops ops = {com2_transmit, com2_receive};
    return (struct wm_bus){&ops, com2};
}

void sim_com2_tap(struct sim_com2 *com2, sim_com2_tap_fn *tap, void *context)
{
    com2->tap = tap;
    com2->tap_context = context;
}

/* ---- set-up ----------------------------------------------------------------------------- */

void sim_com2_init(struct sim_com2 *com2, struct sim_world *world, lua_State *lua)
{
    com2->world = world;
    com2->lua = lua;
    com2->device_ref = LUA_NOREF;
    com2->device = (struct sim_device){.latency_us = SIM_LATENCY_US, .is_plugged = true};
    sim_wire_init(&com2->wire, world, SIM_COM2_BAUD, (struct sim_line){com2, com2_hear, com2_act});
}

void sim_com2_close(struct sim_com2 *com2)
{
    if (com2->world != NULL) {
        sim_wire_close(&com2->wire);
        luaL_unref(com2->lua, LUA_REGISTRYINDEX, com2->device_ref);
    }
}

void sim_com2_attach(struct sim_com2 *com2, lua_State *lua, bool is_sensormanager)
{
    luaL_unref(lua, LUA_REGISTRYINDEX, com2->device_ref);
    com2->device_ref = luaL_ref(lua, LUA_REGISTRYINDEX);
    com2->is_attached = true;
    com2->is_sensormanager = is_sensormanager;
}
