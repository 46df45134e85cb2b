/*
 * own_device.c — devices of a plant file's or a scenario's own: Lua functions that answer in a
 * built-in device's place.
 *
 * Always true: the built-in device is asked at most once for a question, and only when a function
 * asks it or leaves the question to it; a device pulled or muted is so whoever answers for it.
 */
#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/plant/fields.h"
#include "sim/plant/hooks.h"
#include "sim/plant/parts.h"

/* One question on its way through a function. */
struct sim_own_call {
    const struct sim_hook *hook;
    int32_t place;
    const struct sim_frame *question;
    struct sim_frame *answer; /* what the built-in device says */
    bool is_asked;
    bool is_answered;
};

/* ---- acting ----------------------------------------------------------------------------- */

static const struct sim_own_device *own_at(const struct sim_hooks *hooks, int32_t place)
{
    return hooks->own[place] != NULL ? hooks->own[place] : hooks->own_of_plant[place];
}

bool sim_own_answers(const struct sim_hooks *hooks, int32_t place, enum wm_message_id message)
{
    const struct sim_own_device *own = own_at(hooks, place);
    return own != NULL && own->answers[message] != NULL;
}

static bool ask_built_in(struct sim_plant *plant, struct sim_own_call *call,
                         const struct sim_frame *question)
{
    call->is_asked = true;
    call->is_answered = sim_devices_act(&plant->devices, call->place, question, call->answer);
    return call->is_answered;
}

/* built_in(fields): asks the built-in device, with the question's own fields unless others are
 * given; nil where it is silent. */
static int lw_built_in(lua_State *lua)
{
    struct sim_plant *plant = lua_touserdata(lua, lua_upvalueindex(1));
    struct sim_own_call *call = plant->hooks->call;
    char why[200];
    if (call == NULL) {
        return luaL_error(lua, "built_in belongs inside the function that it was given to");
    }
    if (call->is_asked) {
        return luaL_error(lua, "built_in is asked once for a question: keep what it answered");
    }
    struct sim_frame question = *call->question;
    if (!lua_isnoneornil(lua, 1)) {
        luaL_checktype(lua, 1, LUA_TTABLE);
        if (!sim_fields_take(lua, 1, question.message, WM_QUESTION, false, question.values, why,
                             sizeof why)) {
            return luaL_error(lua, "built_in: %s", why);
        }
    }
    /* Empties the stack, where a battery function runs. */
    if (!ask_built_in(plant, call, &question)) {
        lua_pushnil(lua);
        return 1;
    }
    sim_fields_push(lua, question.message, WM_ANSWER, call->answer->values);
    return 1;
}

static void push_built_in(struct sim_plant *plant)
{
    struct sim_hooks *hooks = plant->hooks;
    if (hooks->built_in_ref == LUA_NOREF) {
        lua_pushlightuserdata(plant->lua, plant);
        lua_pushcclosure(plant->lua, lw_built_in, 1);
        hooks->built_in_ref = luaL_ref(plant->lua, LUA_REGISTRYINDEX);
    }
    lua_rawgeti(plant->lua, LUA_REGISTRYINDEX, hooks->built_in_ref);
}

/* What the function gave, on top of the stack and popped: whether that is an answer. */
static bool take_answer(struct sim_plant *plant, struct sim_own_call *call)
{
    lua_State *lua = plant->lua;
    const enum wm_message_id message = call->question->message;
    char why[200] = "it returns the answer's fields, nil to answer as built in, or false for "
                    "silence";
    bool answers = false;
    bool is_sound = true;
    if (lua_istable(lua, -1)) {
        /* A question that the built-in device would not answer leaves nothing to keep. */
        answers = is_sound = sim_fields_take(lua, -1, message, WM_ANSWER, !call->is_answered,
                                             call->answer->values, why, sizeof why);
    } else if (lua_isnil(lua, -1)) {
        answers = call->is_asked ? call->is_answered : ask_built_in(plant, call, call->question);
    } else {
        is_sound = lua_isboolean(lua, -1) && !lua_toboolean(lua, -1);
    }
    lua_pop(lua, 1);
    if (!is_sound) {
        sim_hooks_blame(plant, call->hook, why);
    }
    return answers;
}

bool sim_own_acts(void *context, int32_t place, const struct sim_frame *question,
                  struct sim_frame *answer)
{
    struct sim_plant *plant = context;
    struct sim_hooks *hooks = plant->hooks;
    struct sim_told *told = &hooks->told[place];
    const struct sim_own_device *own = own_at(hooks, place);
    if (own == NULL || own->answers[question->message] == NULL) {
        const bool answers = sim_devices_act(&plant->devices, place, question, answer);
        if (answers) {
            told->is_silent = false;
            sim_told_forget(told, question->message);
        }
        return answers;
    }
    struct sim_own_call call = {
        .hook = own->answers[question->message],
        .place = place,
        .question = question,
        .answer = answer,
    };
    hooks->call = &call;
    sim_fields_push(plant->lua, question->message, WM_QUESTION, question->values);
    push_built_in(plant);
    lua_rawgeti(plant->lua, LUA_REGISTRYINDEX, own->item_ref);
    const bool is_called = sim_hooks_call(plant, own->answers[question->message], 3, 1);
    hooks->call = NULL;
    const bool answers = is_called && take_answer(plant, &call);
    told->is_silent = !answers;
    if (answers) {
        sim_told_take(told, question->message, answer->values);
    }
    return answers;
}

/* ---- attaching -------------------------------------------------------------------------- */

static unsigned class_bit_of(int item)
{
    return 1u << (item == SIM_ITEM_MODULE   ? WM_CLASS_MODULE
                  : item == SIM_ITEM_SENSOR ? WM_CLASS_SENSOR
                                            : WM_CLASS_AUX);
}

static enum wm_message_id message_of(int item, const char *name)
{
    int message = 0;
    while (message < wm_message_count &&
           ((wm_message((enum wm_message_id)message)->classes & class_bit_of(item)) == 0 ||
            strcmp(wm_message((enum wm_message_id)message)->name, name) != 0)) {
        message++;
    }
    return (enum wm_message_id)message;
}

static void list_messages(int item, const char *word, char *why, size_t size)
{
    int used =
        snprintf(why, size, "%s is asked no \"%.40s\"; it is asked:", sim_item_word(item), word);
    for (int message = 0; message < wm_message_count; message++) {
        const struct wm_message_row *row = wm_message((enum wm_message_id)message);
        if ((row->classes & class_bit_of(item)) != 0 && (size_t)used < size) {
            used += snprintf(why + used, size - (size_t)used, " %s", row->name);
        }
    }
}

/* Whether the table at index is functions by the names of messages. */
static bool check_functions(lua_State *lua, int index, int item, char *why, size_t size)
{
    int functions = 0;
    for (lua_pushnil(lua); lua_next(lua, index) != 0; lua_pop(lua, 1)) {
        const char *word = lua_type(lua, -2) == LUA_TSTRING ? lua_tostring(lua, -2) : "";
        if (message_of(item, word) == wm_message_count) {
            list_messages(item, word, why, size);
        } else if (!lua_isfunction(lua, -1)) {
            (void)snprintf(why, size, "%s is a function of the question's fields, not a %s", word,
                           luaL_typename(lua, -1));
        } else {
            functions++;
            continue;
        }
        lua_pop(lua, 2);
        return false;
    }
    (void)snprintf(why, size,
                   "a device of one's own has a function for one message at least, as "
                   "in { identify = function(question, built_in) ... end }");
    return functions > 0;
}

static void own_free(struct sim_plant *plant, struct sim_own_device **slot)
{
    struct sim_own_device *own = *slot;
    *slot = NULL;
    for (int message = 0; own != NULL && message < wm_message_count; message++) {
        if (own->answers[message] != NULL) {
            sim_hooks_remove(plant, own->answers[message]);
        }
    }
    if (own != NULL) {
        luaL_unref(plant->lua, LUA_REGISTRYINDEX, own->item_ref);
        free(own);
    }
}

bool sim_own_attach(struct sim_plant *plant, lua_State *lua, int index, int item, int32_t number,
                    bool is_of_plant, char *why, size_t size)
{
    struct sim_hooks *hooks = sim_hooks_of(plant);
    const int32_t place = sim_item_place(item, number);
    struct sim_own_device **slot = is_of_plant ? &hooks->own_of_plant[place] : &hooks->own[place];
    const bool is_there = !lua_isnil(lua, index);
    index = lua_absindex(lua, index);
    if (is_there && !check_functions(lua, index, item, why, size)) {
        return false;
    }
    own_free(plant, slot);
    hooks->told[place] = (struct sim_told){0};
    plant->devices.own = sim_own_acts;
    if (!is_there) {
        return true;
    }
    struct sim_own_device *own = calloc(1, sizeof *own);
    if (own == NULL) {
        (void)snprintf(why, size, "no memory for a device");
        return false;
    }
    sim_puppet_push_item(lua, plant, item, number);
    own->item_ref = luaL_ref(lua, LUA_REGISTRYINDEX);
    /* In the order of the messages: that of a Lua table is by chance. */
    for (int message = 0; message < wm_message_count; message++) {
        lua_pushstring(lua, wm_message((enum wm_message_id)message)->name);
        if (lua_rawget(lua, index) == LUA_TFUNCTION) {
            struct sim_hook *hook = sim_hooks_add(plant, lua, -1, SIM_HOOK_DEVICE);
            hook->item = item;
            hook->number = number;
            hook->message = (enum wm_message_id)message;
            own->answers[message] = hook;
        }
        lua_pop(lua, 1);
    }
    *slot = own;
    return true;
}

int sim_own_behave(lua_State *lua)
{
    struct sim_reference reference;
    struct sim_plant *plant = sim_puppet_check(
        lua, "behave", 1u << SIM_ITEM_MODULE | 1u << SIM_ITEM_SENSOR | 1u << SIM_ITEM_AUX,
        &reference);
    char why[300];
    lua_settop(lua, 2);
    sim_hooks_refuse_typed(lua, "behave");
    if (!lua_isnil(lua, 2) && !lua_istable(lua, 2)) {
        return luaL_error(lua, "behave takes a table of functions by the names of messages, or "
                               "nil to end that");
    }
    if (!sim_own_attach(plant, lua, 2, reference.item, reference.number, false, why, sizeof why)) {
        return luaL_error(lua, "behave: %s", why);
    }
    sim_truth_changed(plant);
    return 0;
}

void sim_own_close(struct sim_plant *plant)
{
    for (int32_t place = 0; place < SIM_DEVICES; place++) {
        own_free(plant, &plant->hooks->own[place]);
        own_free(plant, &plant->hooks->own_of_plant[place]);
    }
    luaL_unref(plant->lua, LUA_REGISTRYINDEX, plant->hooks->built_in_ref);
}
