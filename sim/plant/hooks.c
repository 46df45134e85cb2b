/*
 * hooks.c — see hooks.h.
 */
#include "sim/plant/hooks.h"

#include <assert.h>
#include <lauxlib.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/plant/fields.h"
#include "sim/plant/parts.h"

static const char handle_type[] = "sim.hook";

/* What Lua holds of a hook; user value 1 keeps the box. */
struct handle {
    struct sim_plant_box *box;
    struct sim_hook *hook;
};

/* ---- failures --------------------------------------------------------------------------- */

/* The function's whole file name, which Lua shortens in what it says, and its line. */
static void function_place(lua_State *lua, int function_ref, lua_Debug *function)
{
    lua_rawgeti(lua, LUA_REGISTRYINDEX, function_ref);
    (void)lua_getinfo(lua, ">S", function);
}

static const char *whole_name(const lua_Debug *function)
{
    return function->source[0] == '@' ? function->source + 1 : function->short_src;
}

void sim_hooks_fail(struct sim_plant *plant, int function_ref, const char *why, const char *what)
{
    lua_Debug function;
    const size_t size = sizeof plant->failure;
    sim_world_stop(plant->world);
    if (plant->failure[0] != '\0') {
        return;
    }
    function_place(plant->lua, function_ref, &function);
    const char *file = whole_name(&function);
    const size_t shortened = strlen(function.short_src);
    if (strncmp(why, file, strlen(file)) == 0) {
        (void)snprintf(plant->failure, size, "%.300s (%s)", why, what);
    } else if (strncmp(why, function.short_src, shortened) == 0) {
        (void)snprintf(plant->failure, size, "%s%.200s (%s)", file, why + shortened, what);
    } else {
        (void)snprintf(plant->failure, size, "%s:%d: %.200s (%s)", file, function.linedefined, why,
                       what);
    }
}

/* "plant:on_step", "string[1].module[2]:behave, measure" */
static void hook_name(const struct sim_plant *plant, const struct sim_hook *hook, char *name,
                      size_t size)
{
    char item[40];
    if (hook->kind != SIM_HOOK_DEVICE) {
        (void)snprintf(name, size, "plant:%s",
                       hook->kind == SIM_HOOK_STEP ? "on_step" : "on_frame");
        return;
    }
    sim_item_name(plant, hook->item, hook->number, item, sizeof item);
    (void)snprintf(name, size, "%s:behave, %s", item, wm_message(hook->message)->name);
}

void sim_hooks_blame(struct sim_plant *plant, const struct sim_hook *hook, const char *why)
{
    char name[80];
    hook_name(plant, hook, name, sizeof name);
    sim_hooks_fail(plant, hook->function_ref, why, name);
}

bool sim_hooks_call(struct sim_plant *plant, struct sim_hook *hook, int given, int wanted)
{
    lua_State *lua = plant->lua;
    struct sim_hooks *hooks = plant->hooks;
    if (plant->failure[0] != '\0') {
        sim_world_stop(plant->world);
        lua_pop(lua, given);
        return false;
    }
    lua_rawgeti(lua, LUA_REGISTRYINDEX, hook->function_ref);
    lua_insert(lua, -1 - given);
    const int top = lua_gettop(lua) - given; /* where a result, or the error, will stand */
    const bool is_on_line = hook->kind != SIM_HOOK_STEP;
    hook->calls++;
    hooks->depth++;
    hooks->line_depth += is_on_line;
    const int status = lua_pcall(lua, given, wanted, 0);
    hooks->line_depth -= is_on_line;
    hooks->depth--;
    if (status != LUA_OK) {
        const bool is_text = lua_type(lua, -1) == LUA_TSTRING ||
                             luaL_getmetafield(lua, -1, "__tostring") != LUA_TNIL;
        const char *why = is_text ? luaL_tolstring(lua, top, NULL) : NULL;
        sim_hooks_blame(plant, hook, why != NULL ? why : "it raised an error without a message");
        lua_settop(lua, top - 1);
    } else if (plant->failure[0] != '\0') { /* of another function that it made run */
        lua_pop(lua, wanted);
    }
    return status == LUA_OK && plant->failure[0] == '\0';
}

/* ---- the list --------------------------------------------------------------------------- */

static void steps_run(void *self);

struct sim_hooks *sim_hooks_of(struct sim_plant *plant)
{
    if (plant->hooks == NULL) {
        plant->hooks = calloc(1, sizeof *plant->hooks);
        if (plant->hooks == NULL) {
            (void)fputs("simulation: no memory for hooks\n", stderr);
            abort();
        }
        plant->hooks->built_in_ref = LUA_NOREF;
        plant->hooks->moved_us = -1;
        plant->hooks->step =
            (struct sim_event){.run = steps_run, .self = plant, .priority = SIM_PRIORITY_PHYSICS};
    }
    return plant->hooks;
}

void sim_hooks_close(struct sim_plant *plant)
{
    struct sim_hooks *hooks = plant->hooks;
    if (hooks == NULL) {
        return;
    }
    sim_own_close(plant);
    sim_world_cancel(plant->world, &hooks->step);
    for (int kind = 0; kind < SIM_HOOK_KINDS; kind++) {
        while (hooks->first[kind] != NULL) {
            struct sim_hook *hook = hooks->first[kind];
            hooks->first[kind] = hook->next;
            luaL_unref(plant->lua, LUA_REGISTRYINDEX, hook->function_ref);
            free(hook);
        }
    }
    free(hooks);
    plant->hooks = NULL;
}

struct sim_hook *sim_hooks_add(struct sim_plant *plant, lua_State *lua, int index,
                               enum sim_hook_kind kind)
{
    struct sim_hooks *hooks = sim_hooks_of(plant);
    struct sim_hook *hook = calloc(1, sizeof *hook);
    if (hook == NULL) {
        (void)fputs("simulation: no memory for a hook\n", stderr);
        abort();
    }
    hook->kind = kind;
    lua_pushvalue(lua, index);
    hook->function_ref = luaL_ref(lua, LUA_REGISTRYINDEX);
    hook->is_of_plant = !plant->is_loaded;
    if (hooks->last[kind] != NULL) {
        hooks->last[kind]->next = hook;
    } else {
        hooks->first[kind] = hook;
    }
    hooks->last[kind] = hook;
    return hook;
}

const char *sim_hooks_idle(struct sim_plant *plant)
{
    struct sim_hooks *hooks = plant->hooks;
    for (int kind = 0; hooks != NULL && kind < SIM_HOOK_KINDS; kind++) {
        for (const struct sim_hook *hook = hooks->first[kind]; hook != NULL; hook = hook->next) {
            if (hook->calls == 0 && !hook->is_of_plant) {
                char name[80];
                lua_Debug function;
                hook_name(plant, hook, name, sizeof name);
                function_place(plant->lua, hook->function_ref, &function);
                (void)snprintf(hooks->sentence, sizeof hooks->sentence,
                               "%s was asked for and never called: the function at %s:%d", name,
                               whole_name(&function), function.linedefined);
                return hooks->sentence;
            }
        }
    }
    return NULL;
}

bool sim_hooks_run(const struct sim_plant *plant)
{
    return plant->hooks != NULL && plant->hooks->depth > 0;
}

bool sim_hooks_run_on_line(const struct sim_plant *plant)
{
    return plant->hooks != NULL && plant->hooks->line_depth > 0;
}

/* ---- steps ------------------------------------------------------------------------------ */

static bool step_is_due(const struct sim_hook *hook, bool has_moved, int64_t now_us)
{
    return !hook->is_removed && (hook->every_us > 0 ? hook->due_us <= now_us : has_moved);
}

/* Sets the event to the next instant that a hook wants. */
static void steps_schedule(struct sim_plant *plant)
{
    struct sim_hooks *hooks = plant->hooks;
    int64_t next_us = INT64_MAX;
    for (const struct sim_hook *hook = hooks->first[SIM_HOOK_STEP]; hook != NULL;
         hook = hook->next) {
        if (!hook->is_removed && hook->every_us > 0 && hook->due_us < next_us) {
            next_us = hook->due_us;
        }
    }
    next_us = hooks->is_moved ? hooks->moved_us : next_us;
    if (next_us < INT64_MAX) {
        sim_world_schedule(plant->world, &hooks->step, next_us);
    } else {
        sim_world_cancel(plant->world, &hooks->step);
    }
}

static void steps_run(void *self)
{
    struct sim_plant *plant = self;
    struct sim_hooks *hooks = plant->hooks;
    const int64_t now_us = sim_world_now_us(plant->world);
    if (!hooks->has_yielded) { /* the batteries may be about to move: all are called together */
        hooks->has_yielded = true;
        sim_world_schedule(plant->world, &hooks->step, now_us);
        return;
    }
    const bool has_moved = hooks->is_moved;
    hooks->has_yielded = hooks->is_moved = false;
    const struct sim_hook *last = hooks->last[SIM_HOOK_STEP];
    for (struct sim_hook *hook = hooks->first[SIM_HOOK_STEP]; hook != NULL; hook = hook->next) {
        if (step_is_due(hook, has_moved, now_us)) {
            hook->due_us = now_us + hook->every_us;
            lua_pushnumber(plant->lua, (double)now_us * 1e-6);
            sim_puppet_push(plant->lua, plant);
            if (!sim_hooks_call(plant, hook, 2, 0)) {
                return;
            }
        }
        if (hook == last) {
            break; /* what was asked for just now is for the next time */
        }
    }
    steps_schedule(plant);
}

void sim_hooks_moved(struct sim_plant *plant)
{
    struct sim_hooks *hooks = plant->hooks;
    const int64_t now_us = sim_world_now_us(plant->world);
    if (hooks->moved_us == now_us) {
        return; /* told already: what a hook pushes does not call it again */
    }
    for (const struct sim_hook *hook = hooks->first[SIM_HOOK_STEP]; hook != NULL;
         hook = hook->next) {
        if (!hook->is_removed && hook->every_us == 0) {
            hooks->moved_us = now_us;
            hooks->is_moved = true;
            sim_world_schedule(plant->world, &hooks->step, now_us);
            return;
        }
    }
}

struct sim_hook *sim_hooks_add_step(struct sim_plant *plant, lua_State *lua, int index,
                                    int64_t every_us)
{
    struct sim_hook *hook = sim_hooks_add(plant, lua, index, SIM_HOOK_STEP);
    hook->every_us = every_us;
    hook->due_us = sim_world_now_us(plant->world) + every_us;
    if (every_us > 0 &&
        (!sim_event_is_pending(&plant->hooks->step) || plant->hooks->step.time_us > hook->due_us)) {
        sim_world_schedule(plant->world, &plant->hooks->step, hook->due_us);
    }
    return hook;
}

/* ---- frames ----------------------------------------------------------------------------- */

static int item_of_class(enum wm_class class)
{
    return class == WM_CLASS_MODULE   ? SIM_ITEM_MODULE
           : class == WM_CLASS_SENSOR ? SIM_ITEM_SENSOR
           : class == WM_CLASS_AUX    ? SIM_ITEM_AUX
           : class == WM_CLASS_COM2   ? SIM_ITEM_COM2
                                      : SIM_ITEMS;
}

/* The next device that has the frame's address; -1: none more. before: the one before it, or -1. */
static int32_t place_of(const struct sim_devices *devices, const struct sim_frame *frame,
                        int32_t before)
{
    if (frame->address_class == WM_CLASS_MODULE && frame->address <= WM_MODULES_MAX) {
        return before < 0 ? devices->by_address[frame->address] : devices->module[before].next;
    }
    for (int32_t n = 0; frame->address_class == WM_CLASS_SENSOR && n < devices->sensors; n++) {
        if (devices->sensor_address[n] == frame->address && SIM_DEVICE_SENSOR + n > before) {
            return SIM_DEVICE_SENSOR + n;
        }
    }
    for (int32_t u = 0; frame->address_class == WM_CLASS_AUX && u < devices->aux; u++) {
        if (devices->aux_address[u] == frame->address && SIM_DEVICE_AUX + u > before) {
            return SIM_DEVICE_AUX + u;
        }
    }
    return -1;
}

static int32_t number_at(int32_t place)
{
    return 1 + place -
           (place >= SIM_DEVICE_AUX      ? SIM_DEVICE_AUX
            : place >= SIM_DEVICE_SENSOR ? SIM_DEVICE_SENSOR
                                         : SIM_DEVICE_MODULE);
}

/* What the devices that a question is for are made to tell. */
static void told_question(struct sim_plant *plant, const struct sim_frame *question, bool is_silent)
{
    for (int32_t place = place_of(&plant->devices, question, -1); place >= 0;
         place = place_of(&plant->devices, question, place)) {
        plant->hooks->told[place].is_silent = is_silent;
    }
}

/* Pushes the table that a hook gets. place: who answers; -1: whoever has the address. */
static void push_frame(struct sim_plant *plant, enum wm_direction direction, int32_t place,
                       const uint8_t *bytes, size_t size)
{
    lua_State *lua = plant->lua;
    struct sim_frame frame;
    lua_createtable(lua, 0, 6);
    lua_pushstring(lua, direction == WM_QUESTION ? "question" : "answer");
    lua_setfield(lua, -2, "direction");
    lua_pushlstring(lua, (const char *)bytes, size);
    lua_setfield(lua, -2, "bytes");
    lua_pushnumber(lua, (double)sim_world_now_us(plant->world) * 1e-6);
    lua_setfield(lua, -2, "time");
    if (!sim_frame_decode(bytes, size, direction, &frame)) {
        return;
    }
    lua_pushstring(lua, wm_message(frame.message)->name);
    lua_setfield(lua, -2, "message");
    lua_pushinteger(lua, frame.address);
    lua_setfield(lua, -2, "address");
    sim_fields_push(lua, frame.message, direction, frame.values);
    lua_setfield(lua, -2, "fields");
    const int item = item_of_class(frame.address_class);
    place = place >= 0 ? place : place_of(&plant->devices, &frame, -1);
    if (item == SIM_ITEM_COM2 ? plant->com2.is_attached : item < SIM_ITEMS && place >= 0) {
        sim_puppet_push_item(lua, plant, item, item == SIM_ITEM_COM2 ? 0 : number_at(place));
        lua_setfield(lua, -2, "device");
    }
}

/* What the hook leaves of the bytes: nil all, false nothing, a text these. */
static size_t take_bytes(struct sim_plant *plant, const struct sim_hook *hook, uint8_t *bytes,
                         size_t size)
{
    lua_State *lua = plant->lua;
    size_t left = size;
    if (lua_type(lua, -1) == LUA_TSTRING) {
        const char *given = lua_tolstring(lua, -1, &left);
        if (left >= 1 && left <= size) {
            memcpy(bytes, given, left);
        }
    } else if (lua_isboolean(lua, -1) && !lua_toboolean(lua, -1)) {
        left = 0;
    } else if (!lua_isnil(lua, -1)) {
        left = size + 1;
    }
    if (left > size || (left == 0 && lua_isstring(lua, -1))) {
        sim_hooks_blame(plant, hook,
                        "a hook of frames returns nothing, false to drop the frame, or other "
                        "bytes for it, no more than it has");
        left = 0;
    }
    lua_pop(lua, 1);
    return left;
}

/* Lets each hook look; returns how many bytes pass. */
static size_t frame_pass(struct sim_plant *plant, enum wm_direction direction, int32_t place,
                         uint8_t *bytes, size_t size)
{
    struct sim_hooks *hooks = plant->hooks;
    const struct sim_hook *last = hooks->last[SIM_HOOK_FRAME];
    for (struct sim_hook *hook = hooks->first[SIM_HOOK_FRAME]; hook != NULL && size > 0;
         hook = hook->next) {
        if (!hook->is_removed) {
            push_frame(plant, direction, place, bytes, size);
            sim_puppet_push(plant->lua, plant);
            if (!sim_hooks_call(plant, hook, 2, 1)) {
                return 0;
            }
            size = take_bytes(plant, hook, bytes, size);
        }
        if (hook == last) {
            break;
        }
    }
    return size;
}

/* Is the frame still what the other end waits for? */
static bool is_same(const struct sim_frame *one, const struct sim_frame *other)
{
    return one->message == other->message && one->address_class == other->address_class &&
           one->address == other->address && one->sequence == other->sequence;
}

static size_t line_asked(void *self, uint8_t *bytes, size_t size)
{
    const struct sim_hook_line *line = self;
    struct sim_frame before, after;
    const bool was_sound = sim_frame_decode(bytes, size, WM_QUESTION, &before);
    const size_t left = frame_pass(line->plant, WM_QUESTION, -1, bytes, size);
    const bool is_sound =
        was_sound && sim_frame_decode(bytes, left, WM_QUESTION, &after) && is_same(&before, &after);
    if (was_sound && !is_sound && !line->is_com2) {
        told_question(line->plant, &before, true);
    }
    return left;
}

static size_t line_answered(void *self, int32_t place, const struct sim_frame *question,
                            uint8_t *bytes, size_t size)
{
    const struct sim_hook_line *line = self;
    uint8_t before[WM_FRAME_SIZE_MAX];
    struct sim_frame answer;
    memcpy(before, bytes, size);
    if (line->is_com2) {
        return frame_pass(line->plant, WM_ANSWER, -1, bytes, size);
    }
    const size_t left = frame_pass(line->plant, WM_ANSWER, place, bytes, size);
    struct sim_told *told = &line->plant->hooks->told[place];
    const bool is_changed = left != size || memcmp(before, bytes, size) != 0;
    if (is_changed) {
        told->is_silent =
            !(sim_frame_decode(bytes, left, WM_ANSWER, &answer) && is_same(question, &answer));
        if (!told->is_silent) {
            sim_told_take(told, answer.message, answer.values);
        }
    } else if (!sim_own_answers(line->plant->hooks, place, question->message)) {
        told->is_silent = false;
        sim_told_forget(told, question->message);
    }
    return left;
}

static void line_hook(struct sim_plant *plant, struct sim_hook_line *line, struct sim_wire *wire,
                      bool is_com2)
{
    *line = (struct sim_hook_line){
        .plant = plant, .hook = {line, line_asked, line_answered}, .is_com2 = is_com2};
    wire->hook = &line->hook;
}

struct sim_hook *sim_hooks_add_frame(struct sim_plant *plant, lua_State *lua, int index)
{
    struct sim_hook *hook = sim_hooks_add(plant, lua, index, SIM_HOOK_FRAME);
    line_hook(plant, &plant->hooks->line, &plant->wire, false);
    line_hook(plant, &plant->hooks->line_com2, &plant->com2.wire, true);
    return hook;
}

/* The last hook of frames is gone: the devices are heard as they speak. */
static void lines_free(struct sim_plant *plant)
{
    struct sim_hooks *hooks = plant->hooks;
    for (const struct sim_hook *hook = hooks->first[SIM_HOOK_FRAME]; hook != NULL;
         hook = hook->next) {
        if (!hook->is_removed) {
            return;
        }
    }
    plant->wire.hook = plant->com2.wire.hook = NULL;
    for (int32_t place = 0; place < SIM_DEVICES; place++) {
        if (hooks->own[place] == NULL && hooks->own_of_plant[place] == NULL) {
            hooks->told[place] = (struct sim_told){0};
        }
    }
    sim_truth_changed(plant);
}

void sim_hooks_remove(struct sim_plant *plant, struct sim_hook *hook)
{
    if (hook->is_removed) {
        return;
    }
    hook->is_removed = true;
    if (hook->kind == SIM_HOOK_FRAME) {
        lines_free(plant);
    } else if (hook->kind == SIM_HOOK_STEP && !sim_hooks_run(plant)) {
        steps_schedule(plant);
    }
}

/* ---- verbs ------------------------------------------------------------------------------ */

static int handle_remove(lua_State *lua)
{
    const struct handle *handle = luaL_checkudata(lua, 1, handle_type);
    if (handle->box->plant != NULL) {
        sim_hooks_remove(handle->box->plant, handle->hook);
    }
    return 0;
}

static int handle_index(lua_State *lua)
{
    const char *word = luaL_tolstring(lua, 2, NULL);
    if (strcmp(word, "remove") != 0) {
        return luaL_error(lua, "a hook has no property \"%s\"; it can: remove", word);
    }
    lua_pushcfunction(lua, handle_remove);
    return 1;
}

/* Pushes what takes the hook away again. */
static int push_handle(lua_State *lua, struct sim_plant *plant, struct sim_hook *hook)
{
    struct handle *handle = lua_newuserdatauv(lua, sizeof *handle, 1);
    lua_rawgeti(lua, LUA_REGISTRYINDEX, plant->box_ref);
    *handle = (struct handle){.box = lua_touserdata(lua, -1), .hook = hook};
    lua_setiuservalue(lua, -2, 1);
    if (luaL_newmetatable(lua, handle_type)) {
        lua_pushcfunction(lua, handle_index);
        lua_setfield(lua, -2, "__index");
        lua_pushliteral(lua, "hook");
        lua_setfield(lua, -2, "__metatable");
    }
    lua_setmetatable(lua, -2);
    return 1;
}

/* A line typed at a service that clients rely on is stopped by a count; what it hooks were not. */
void sim_hooks_refuse_typed(lua_State *lua, const char *verb)
{
    if ((lua_gethookmask(lua) & LUA_MASKCOUNT) != 0) {
        luaL_error(lua, "%s is for a plant file or a scenario, not for a typed line", verb);
    }
}

int sim_hooks_on_step(lua_State *lua)
{
    struct sim_plant *plant = sim_puppet_check(lua, "on_step", 1u << SIM_ITEM_PLANT, NULL);
    double every_s = 0;
    sim_hooks_refuse_typed(lua, "on_step");
    if (!lua_isfunction(lua, 2)) {
        return luaL_error(lua, "on_step takes a function of the time and the plant, as in "
                               "plant:on_step(function(now) ... end, { every = seconds(10) })");
    }
    if (!lua_isnoneornil(lua, 3)) {
        lua_pushnil(lua);
        const bool has_one = lua_istable(lua, 3) && lua_next(lua, 3) != 0 &&
                             lua_type(lua, -2) == LUA_TSTRING &&
                             strcmp(lua_tostring(lua, -2), "every") == 0;
        every_s = has_one ? lua_tonumber(lua, -1) : 0;
        lua_settop(lua, 3);
        lua_pushliteral(lua, "every");
        if (!(every_s >= 1e-3 && every_s <= 1e9) || lua_next(lua, 3) != 0) {
            return luaL_error(lua, "on_step: its options are { every = seconds }, from 0.001");
        }
    }
    return push_handle(lua, plant,
                       sim_hooks_add_step(plant, lua, 2, (int64_t)(every_s * 1e6 + 0.5)));
}

int sim_hooks_on_frame(lua_State *lua)
{
    struct sim_plant *plant = sim_puppet_check(lua, "on_frame", 1u << SIM_ITEM_PLANT, NULL);
    sim_hooks_refuse_typed(lua, "on_frame");
    if (!lua_isfunction(lua, 2)) {
        return luaL_error(lua, "on_frame takes a function of a frame and the plant, as in "
                               "plant:on_frame(function(frame) ... end)");
    }
    return push_handle(lua, plant, sim_hooks_add_frame(plant, lua, 2));
}

/* ---- what a device was made to tell ----------------------------------------------------- */

/* The fields of a message's answer that a window shows, by their place in it. */
static const struct {
    enum wm_message_id message;
    int place;
    enum sim_told_field field;
} told_rows[] = {
    {wm_message_measure, wm_answer_measure_voltage_mV, SIM_TOLD_VOLTAGE},
    {wm_message_measure, wm_answer_measure_temperature_ddegC, SIM_TOLD_TEMPERATURE},
    {wm_message_measure, wm_answer_measure_bypass_permille, SIM_TOLD_BYPASS},
    {wm_message_impedance, wm_answer_impedance_resistance_uOhm, SIM_TOLD_RESISTANCE},
    {wm_message_read_sensor, wm_answer_read_sensor_current_mA, SIM_TOLD_CURRENT},
    {wm_message_read_sensor, wm_answer_read_sensor_current_ac_mA, SIM_TOLD_RIPPLE},
    {wm_message_read_aux, wm_answer_read_aux_inputs, SIM_TOLD_INPUTS},
    {wm_message_read_aux, wm_answer_read_aux_outputs, SIM_TOLD_OUTPUTS},
    {wm_message_set_outputs, wm_answer_set_outputs_outputs, SIM_TOLD_OUTPUTS},
};
#define TOLD_ROWS (sizeof told_rows / sizeof told_rows[0])

void sim_told_take(struct sim_told *told, enum wm_message_id message, const int32_t *values)
{
    for (size_t i = 0; i < TOLD_ROWS; i++) {
        if (told_rows[i].message == message) {
            told->value[told_rows[i].field] = values[told_rows[i].place];
            told->known |= 1u << told_rows[i].field;
        }
    }
}

void sim_told_forget(struct sim_told *told, enum wm_message_id message)
{
    for (size_t i = 0; i < TOLD_ROWS; i++) {
        if (told_rows[i].message == message) {
            told->known &= ~(1u << told_rows[i].field);
        }
    }
}

/* The band of what was told, if it was. */
static void told_band(const struct sim_told *told, enum sim_told_field field, int32_t scale,
                      struct sim_band *band)
{
    if ((told->known >> field & 1) != 0) {
        *band = (struct sim_band){told->value[field] * scale, told->value[field] * scale};
    }
}

static void told_presence(const struct sim_told *told, struct sim_truth *truth)
{
    if (told->is_silent) {
        truth->presence = SIM_SILENT;
    }
}

void sim_told_module(const struct sim_told *told, struct sim_truth_module *truth)
{
    enum { MDEGC_PER_DDEGC = 100 };
    told_presence(told, &truth->device);
    told_band(told, SIM_TOLD_VOLTAGE, 1, &truth->voltage_mV);
    told_band(told, SIM_TOLD_TEMPERATURE, MDEGC_PER_DDEGC, &truth->temperature_mdegC);
    told_band(told, SIM_TOLD_RESISTANCE, 1, &truth->resistance_uOhm);
    if ((told->known >> SIM_TOLD_BYPASS & 1) != 0) {
        truth->bypass_permille = told->value[SIM_TOLD_BYPASS];
    }
}

void sim_told_sensor(const struct sim_told *told, struct sim_truth_sensor *truth)
{
    told_presence(told, &truth->device);
    told_band(told, SIM_TOLD_CURRENT, 1, &truth->current_mA);
    told_band(told, SIM_TOLD_RIPPLE, 1, &truth->current_ac_mA);
}

void sim_told_aux(const struct sim_told *told, struct sim_truth_aux *truth)
{
    told_presence(told, &truth->device);
    if ((told->known >> SIM_TOLD_INPUTS & 1) != 0) {
        truth->inputs = (uint8_t)told->value[SIM_TOLD_INPUTS];
    }
    if ((told->known >> SIM_TOLD_OUTPUTS & 1) != 0) {
        truth->outputs = (uint8_t)told->value[SIM_TOLD_OUTPUTS];
    }
}
