/*
 * own_verbs.c — see own_verbs.h. Each list is a table of tables in the registry: functions by item
 * and name.
 */
#include "sim/plant/own_verbs.h"

#include <lauxlib.h>
#include <string.h>

#include "sim/plant/parts.h"

static const char state_key = 0;

/* Pushes one of the two lists; false, and nothing pushed, where nothing is defined. */
static bool push_list(lua_State *lua, const struct sim_plant *plant)
{
    const int type = plant != NULL ? lua_rawgeti(lua, LUA_REGISTRYINDEX, plant->verbs_ref)
                                   : lua_rawgetp(lua, LUA_REGISTRYINDEX, &state_key);
    if (type == LUA_TTABLE) {
        return true;
    }
    lua_pop(lua, 1);
    return false;
}

/* Pushes a list's table of an item, made where it is missing. */
static void push_verbs(lua_State *lua, struct sim_plant *plant, const char *item)
{
    if (!push_list(lua, plant)) {
        lua_newtable(lua);
        lua_pushvalue(lua, -1);
        if (plant != NULL) {
            plant->verbs_ref = luaL_ref(lua, LUA_REGISTRYINDEX);
        } else {
            lua_rawsetp(lua, LUA_REGISTRYINDEX, &state_key);
        }
    }
    if (lua_getfield(lua, -1, item) != LUA_TTABLE) {
        lua_pop(lua, 1);
        lua_newtable(lua);
        lua_pushvalue(lua, -1);
        lua_setfield(lua, -3, item);
    }
    lua_remove(lua, -2);
}

static bool push_one(lua_State *lua, const struct sim_plant *plant, const char *item,
                     const char *name)
{
    const int top = lua_gettop(lua);
    const bool is_there = push_list(lua, plant) && lua_getfield(lua, -1, item) == LUA_TTABLE &&
                          lua_getfield(lua, -1, name) == LUA_TFUNCTION;
    if (is_there) {
        lua_insert(lua, top + 1);
    }
    lua_settop(lua, is_there ? top + 1 : top);
    return is_there;
}

bool sim_own_verb_push(lua_State *lua, const struct sim_plant *plant, const char *item,
                       const char *name)
{
    return (plant != NULL && push_one(lua, plant, item, name)) || push_one(lua, NULL, item, name);
}

static void list_one(lua_State *lua, const struct sim_plant *plant, const char *item,
                     void (*take)(void *context, const char *name), void *context)
{
    const int top = lua_gettop(lua);
    if (push_list(lua, plant) && lua_getfield(lua, -1, item) == LUA_TTABLE) {
        for (lua_pushnil(lua); lua_next(lua, -2) != 0; lua_pop(lua, 1)) {
            take(context, lua_tostring(lua, -2));
        }
    }
    lua_settop(lua, top);
}

void sim_own_verbs_list(lua_State *lua, const struct sim_plant *plant, const char *item,
                        void (*take)(void *context, const char *name), void *context)
{
    if (plant != NULL) {
        list_one(lua, plant, item, take, context);
    }
    list_one(lua, NULL, item, take, context);
}

/* ---- defining --------------------------------------------------------------------------- */

/* The first item with that word; SIM_ITEMS: none. */
static int item_of(const char *word)
{
    int item = 0;
    while (item < SIM_ITEMS && strcmp(sim_item_word(item), word) != 0) {
        item++;
    }
    return item;
}

static const char *unknown_item(lua_State *lua, const char *word)
{
    luaL_Buffer buffer;
    luaL_buffinit(lua, &buffer);
    luaL_addstring(&buffer, "there is no item \"");
    luaL_addstring(&buffer, word);
    luaL_addstring(&buffer, "\"; there are: ");
    for (int item = 0; item < SIM_ITEMS; item++) {
        if (item_of(sim_item_word(item)) == item) {
            luaL_addstring(&buffer, item > 0 ? ", " : "");
            luaL_addstring(&buffer, sim_item_word(item));
        }
    }
    luaL_pushresult(&buffer);
    return lua_tostring(lua, -1);
}

/* As Lua writes a name after a colon. */
static bool is_name(const char *text)
{
    static const char letters[] = "0123456789_abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    return text[0] != '\0' && text[strspn(text, letters)] == '\0' &&
           strspn(text, "0123456789") == 0;
}

/* Whether one of the items with that word knows the name. */
static bool is_known(const char *word, const char *name)
{
    for (int item = 0; item < SIM_ITEMS; item++) {
        if (strcmp(sim_item_word(item), word) == 0 && sim_puppet_knows(item, name)) {
            return true;
        }
    }
    return false;
}

const char *sim_own_verb_define(lua_State *lua, struct sim_plant *plant)
{
    lua_settop(lua, 3);
    if (lua_type(lua, 1) != LUA_TSTRING || lua_type(lua, 2) != LUA_TSTRING ||
        !lua_isfunction(lua, 3)) {
        return "define_verb takes an item, a name and a function, as in "
               "define_verb(\"module\", \"overheat\", function(module, options) ... end)";
    }
    const char *item = lua_tostring(lua, 1);
    const char *name = lua_tostring(lua, 2);
    if (item_of(item) == SIM_ITEMS) {
        return unknown_item(lua, item);
    }
    if (!is_name(name)) {
        return lua_pushfstring(lua, "a verb is named as a variable is, not \"%s\"", name);
    }
    if (is_known(item, name)) {
        return lua_pushfstring(lua, "%s knows \"%s\" already; give the verb another name", item,
                               name);
    }
    if (sim_own_verb_push(lua, plant, item, name)) {
        lua_Debug function;
        (void)lua_getinfo(lua, ">S", &function);
        return lua_pushfstring(lua, "%s:%s is defined already, at %s:%d", item, name,
                               function.source[0] == '@' ? function.source + 1 : function.short_src,
                               function.linedefined);
    }
    push_verbs(lua, plant, item);
    lua_pushvalue(lua, 3);
    lua_setfield(lua, -2, name);
    return NULL;
}
