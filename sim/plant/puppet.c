/*
 * puppet.c — the Lua values of a plant: items with strict properties, lists of items, and
 * references to one property, which behave like the number they name.
 *
 * Always true: a value never touches a plant that is gone; a word that an item doesn't know is an
 * error at the caller's line that lists, in order, the words it knows.
 */
#include "sim/plant/puppet.h"

#include <lauxlib.h>
#include <lua.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/plant/hooks.h"
#include "sim/plant/own_verbs.h"
#include "sim/plant/parts.h"
#include "sim/plant/verbs.h"
#include "sim/plant/words.h"

static const char puppet_type[] = "sim.puppet";

/* ---- values ----------------------------------------------------------------------------- */

static struct sim_plant *puppet_plant(lua_State *lua, const struct sim_puppet *puppet)
{
    if (puppet->box->plant == NULL) {
        luaL_error(lua, "this plant is gone: its scenario has ended");
    }
    return puppet->box->plant;
}

/* Pushes a value of the plant whose box stands at box_index. */
static struct sim_puppet *puppet_new(lua_State *lua, int box_index, enum sim_puppet_kind kind,
                                     int item, int32_t number)
{
    box_index = lua_absindex(lua, box_index);
    struct sim_puppet *puppet = lua_newuserdatauv(lua, sizeof *puppet, 1);
    *puppet = (struct sim_puppet){
        .box = lua_touserdata(lua, box_index), .kind = kind, .item = item, .number = number};
    lua_pushvalue(lua, box_index);
    lua_setiuservalue(lua, -2, 1);
    luaL_setmetatable(lua, puppet_type);
    return puppet;
}

/* Pushes another value of the plant of the value at index. */
static struct sim_puppet *puppet_sibling(lua_State *lua, int index, enum sim_puppet_kind kind,
                                         int item, int32_t number)
{
    lua_getiuservalue(lua, index, 1);
    struct sim_puppet *puppet = puppet_new(lua, -1, kind, item, number);
    lua_remove(lua, -2);
    return puppet;
}

static void puppet_name(const struct sim_plant *plant, const struct sim_puppet *puppet, char *name,
                        size_t size)
{
    char item[40];
    sim_item_name(plant, puppet->item, puppet->number, item, sizeof item);
    if (puppet->kind == SIM_PUPPET_REFERENCE && puppet->item == SIM_ITEM_PLANT) {
        (void)snprintf(name, size, "%s", puppet->property_name);
    } else if (puppet->kind == SIM_PUPPET_REFERENCE) {
        (void)snprintf(name, size, "%s.%s", item, puppet->property_name);
    } else {
        (void)snprintf(name, size, "%s", item);
    }
}

bool sim_plant_reference(lua_State *lua, int index, struct sim_reference *reference)
{
    const struct sim_puppet *puppet = luaL_testudata(lua, index, puppet_type);
    if (puppet == NULL || puppet->kind == SIM_PUPPET_LIST || puppet->item >= SIM_ITEMS_SHOWN ||
        puppet->box->plant == NULL) {
        return false;
    }
    reference->item = (enum sim_item)puppet->item;
    reference->number = puppet->number;
    reference->property = puppet->kind == SIM_PUPPET_REFERENCE ? puppet->property_name : NULL;
    puppet_name(puppet->box->plant, puppet, reference->name, sizeof reference->name);
    return true;
}

/* ---- the words an item knows ------------------------------------------------------------ */

/* What hangs below an item: word, item, and how many times it is there for each. */
struct child {
    int item;
    int below;
    bool is_list;
};

static const struct child children[] = {
    {SIM_ITEM_PLANT, SIM_ITEM_STRING, true},
    {SIM_ITEM_PLANT, SIM_ITEM_MODULE, true},
    {SIM_ITEM_PLANT, SIM_ITEM_SENSOR, true},
    {SIM_ITEM_PLANT, SIM_ITEM_AUX, true},
    {SIM_ITEM_PLANT, SIM_ITEM_CHARGER, false},
    {SIM_ITEM_PLANT, SIM_ITEM_LOAD, false},
    {SIM_ITEM_PLANT, SIM_ITEM_WEBMANAGER, false},
    {SIM_ITEM_PLANT, SIM_ITEM_BUS, false},
    {SIM_ITEM_STRING, SIM_ITEM_MODULE, true},
    {SIM_ITEM_PLANT, SIM_ITEM_REPEATER, false},
    {SIM_ITEM_AUX, SIM_ITEM_AUX_INPUT, true},
    {SIM_ITEM_AUX, SIM_ITEM_AUX_OUTPUT, true},
    {SIM_ITEM_WEBMANAGER, SIM_ITEM_MUTE, false},
    {SIM_ITEM_WEBMANAGER, SIM_ITEM_STORE, false},
    {SIM_ITEM_WEBMANAGER, SIM_ITEM_LOG, false},
    {SIM_ITEM_PLANT, SIM_ITEM_COM2, false},
    {SIM_ITEM_COM2, SIM_ITEM_COM2_PORT, true},
    {SIM_ITEM_COM2_PORT, SIM_ITEM_COM2_ANALOG, true},
    {SIM_ITEM_COM2_PORT, SIM_ITEM_COM2_INPUT, false},
    {SIM_ITEM_COM2_PORT, SIM_ITEM_COM2_OUTPUT, false},
};

/* The scopes whose points are properties of an item, the first before the next. */
enum { ITEM_SCOPES_MAX = 3 };
static size_t scopes_of(int item, enum wm_scope scopes[ITEM_SCOPES_MAX])
{
    static const struct {
        int item;
        size_t count;
        enum wm_scope scopes[ITEM_SCOPES_MAX];
    } rows[] = {
        {SIM_ITEM_PLANT, 1, {wm_scope_system}},
        {SIM_ITEM_STRING, 1, {wm_scope_string}},
        {SIM_ITEM_MODULE, 1, {wm_scope_module}},
        {SIM_ITEM_SENSOR, 1, {wm_scope_sensor}},
        {SIM_ITEM_AUX, 1, {wm_scope_aux}},
        {SIM_ITEM_AUX_INPUT, 1, {wm_scope_aux_input}},
        {SIM_ITEM_AUX_OUTPUT, 1, {wm_scope_aux_output}},
        {SIM_ITEM_COM2, 1, {wm_scope_com2}},
        {SIM_ITEM_COM2_ANALOG, 1, {wm_scope_com2_analog}},
        {SIM_ITEM_COM2_INPUT, 1, {wm_scope_com2_input}},
        {SIM_ITEM_COM2_OUTPUT, 1, {wm_scope_com2_output}},
        {SIM_ITEM_WEBMANAGER, 3, {wm_scope_panel, wm_scope_programmer, wm_scope_system}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].item == item) {
            memcpy(scopes, rows[i].scopes, sizeof rows[i].scopes);
            return rows[i].count;
        }
    }
    return 0;
}

/* The published point that is a property of an item by this name, or null. */
static const struct wm_point_row *point_of(int item, const char *name)
{
    enum wm_scope scopes[ITEM_SCOPES_MAX];
    enum wm_point point;
    const size_t count = scopes_of(item, scopes);
    for (size_t i = 0; i < count; i++) {
        if (wm_point_find(scopes[i], name, &point)) {
            return wm_point(point);
        }
    }
    return NULL;
}

static void words_properties(struct sim_words *words, int item, bool only_pushed)
{
    size_t count;
    const struct sim_property *rows = sim_properties(&count);
    for (size_t i = 0; i < count; i++) {
        if (rows[i].item == item && (rows[i].set != NULL || !only_pushed)) {
            sim_words_add(words, rows[i].name);
        }
    }
    enum wm_scope scopes[ITEM_SCOPES_MAX];
    const size_t scopes_count = only_pushed ? 0 : scopes_of(item, scopes);
    for (size_t i = 0; i < scopes_count; i++) {
        for (int point = 0; point < wm_point_count; point++) {
            if (wm_point((enum wm_point)point)->scope == scopes[i]) {
                sim_words_add(words, wm_point((enum wm_point)point)->name);
            }
        }
    }
}

static void take_word(void *words, const char *word)
{
    sim_words_add(words, word);
}

static int unknown_word(lua_State *lua, const struct sim_plant *plant, int item, const char *word)
{
    struct sim_words words = {0};
    words_properties(&words, item, false);
    for (size_t i = 0; i < sizeof children / sizeof children[0]; i++) {
        if (children[i].item == item) {
            sim_words_add(&words, sim_item_word(children[i].below));
        }
    }
    sim_words_push(lua, &words);
    struct sim_words does = {0};
    sim_verbs_list(item, take_word, &does);
    sim_own_verbs_list(lua, plant, sim_item_word(item), take_word, &does);
    sim_words_push(lua, &does);
    bool has = lua_rawlen(lua, -2) > 0, can = lua_rawlen(lua, -1) > 0;
    return luaL_error(lua, "%s has no property \"%s\"%s%s%s%s", sim_item_word(item), word,
                      has ? "; it has: " : "", lua_tostring(lua, -2), can ? "; it can: " : "",
                      lua_tostring(lua, -1));
}

/* ---- reading ---------------------------------------------------------------------------- */

static bool reference_value(const struct sim_plant *plant, const struct sim_puppet *puppet,
                            double *value)
{
    return puppet->property != NULL && puppet->property->get(plant, puppet->number, value);
}

static int push_value(lua_State *lua, const struct sim_puppet *puppet)
{
    double value;
    if (!reference_value(puppet_plant(lua, puppet), puppet, &value)) {
        lua_pushnil(lua);
    } else if (puppet->property->kind == SIM_SWITCH) {
        lua_pushboolean(lua, value > 0);
    } else if (puppet->property->kind == SIM_LEVEL) {
        lua_pushstring(lua, value > 0 ? "normal" : "alarm");
    } else if (puppet->property->kind == SIM_CONTACT) {
        lua_pushstring(lua, value > 0 ? "on" : "off");
    } else if (puppet->property->kind == SIM_STATE) {
        lua_pushstring(lua, sim_property_state(puppet->property, (int32_t)value));
    } else if (puppet->property->kind == SIM_LED) {
        lua_pushstring(lua, sim_led_word((enum sim_led)value));
    } else if (puppet->property->kind == SIM_COUNT) {
        lua_pushinteger(lua, (lua_Integer)value);
    } else {
        lua_pushnumber(lua, value);
    }
    return 1;
}

static int index_list(lua_State *lua, const struct sim_puppet *list)
{
    const struct sim_plant *plant = puppet_plant(lua, list);
    if (!lua_isinteger(lua, 2)) {
        return luaL_error(lua, "%s is a list of %d: give a number, as in %s[1]",
                          sim_item_word(list->item), (int)list->count, sim_item_word(list->item));
    }
    lua_Integer index = lua_tointeger(lua, 2);
    if (index >= 1 && index <= list->count) {
        puppet_sibling(lua, 1, SIM_PUPPET_ITEM, list->item, list->number + (int32_t)index - 1);
        return 1;
    }
    /* ipairs asks one too far on purpose, and is no Lua function. */
    lua_Debug caller;
    if (lua_getstack(lua, 1, &caller) && lua_getinfo(lua, "S", &caller) &&
        strcmp(caller.what, "C") == 0) {
        lua_pushnil(lua);
        return 1;
    }
    int total = (int)sim_item_count(plant, list->item);
    if (total == 0) {
        return luaL_error(lua, "this plant has no %s", sim_item_word(list->item));
    }
    return luaL_error(lua, "%s[%d] is not there: it has %d", sim_item_word(list->item), (int)index,
                      (int)list->count);
}

static bool push_child(lua_State *lua, const struct sim_puppet *puppet, const char *word)
{
    const struct sim_plant *plant = puppet_plant(lua, puppet);
    for (size_t i = 0; i < sizeof children / sizeof children[0]; i++) {
        const struct child *child = &children[i];
        if (child->item != puppet->item || strcmp(sim_item_word(child->below), word) != 0) {
            continue;
        }
        if (!child->is_list) {
            if (sim_item_count(plant, child->below) == 0) {
                luaL_error(lua, "this plant has no %s", word);
            }
            puppet_sibling(lua, 1, SIM_PUPPET_ITEM, child->below, puppet->number);
            return true;
        }
        const bool is_only = puppet->number == 0;
        int32_t parents = is_only ? 1 : sim_item_count(plant, puppet->item);
        int32_t index = is_only ? 0 : puppet->number - 1;
        int32_t each = sim_item_count(plant, child->below) / parents;
        puppet_sibling(lua, 1, SIM_PUPPET_LIST, child->below, index * each + 1)->count = each;
        return true;
    }
    return false;
}

static bool push_reference(lua_State *lua, const struct sim_puppet *puppet, const char *word)
{
    const struct sim_property *property = sim_property_find(puppet->item, word);
    const char *name = property != NULL ? property->name : NULL;
    if (name == NULL && point_of(puppet->item, word) != NULL) {
        name = point_of(puppet->item, word)->name;
    }
    if (name == NULL) {
        return false;
    }
    struct sim_puppet *made =
        puppet_sibling(lua, 1, SIM_PUPPET_REFERENCE, puppet->item, puppet->number);
    made->property = property;
    made->property_name = name;
    return true;
}

bool sim_puppet_knows(int item, const char *word)
{
    bool is_known = sim_property_find(item, word) != NULL || point_of(item, word) != NULL ||
                    sim_verb_is_known(item, word);
    for (size_t i = 0; i < sizeof children / sizeof children[0]; i++) {
        is_known |= children[i].item == item && strcmp(sim_item_word(children[i].below), word) == 0;
    }
    return is_known;
}

static int puppet_index(lua_State *lua)
{
    const struct sim_puppet *puppet = luaL_checkudata(lua, 1, puppet_type);
    (void)puppet_plant(lua, puppet);
    if (puppet->kind == SIM_PUPPET_LIST) {
        return index_list(lua, puppet);
    }
    if (puppet->kind == SIM_PUPPET_ITEM && lua_type(lua, 2) != LUA_TSTRING) {
        return luaL_error(lua, "%s is no list: give a name, not a %s", sim_item_word(puppet->item),
                          luaL_typename(lua, 2));
    }
    const char *word = luaL_tolstring(lua, 2, NULL);
    if (puppet->kind == SIM_PUPPET_REFERENCE) {
        if (strcmp(word, "value") == 0) {
            return push_value(lua, puppet);
        }
        return luaL_error(lua, "%s.%s has no property \"%s\"; it has: value",
                          sim_item_word(puppet->item), puppet->property_name, word);
    }
    if (push_child(lua, puppet, word) || push_reference(lua, puppet, word)) {
        return 1;
    }
    return sim_verb_push(lua, puppet->item, word) ||
                   sim_own_verb_push(lua, puppet->box->plant, sim_item_word(puppet->item), word)
               ? 1
               : unknown_word(lua, puppet->box->plant, puppet->item, word);
}

static int puppet_length(lua_State *lua)
{
    const struct sim_puppet *puppet = luaL_checkudata(lua, 1, puppet_type);
    if (puppet->kind != SIM_PUPPET_LIST) {
        return luaL_error(lua, "%s is no list", sim_item_word(puppet->item));
    }
    lua_pushinteger(lua, puppet->count);
    return 1;
}

static int puppet_tostring(lua_State *lua)
{
    const struct sim_puppet *puppet = luaL_checkudata(lua, 1, puppet_type);
    if (puppet->kind == SIM_PUPPET_REFERENCE && puppet->box->plant != NULL) {
        push_value(lua, puppet);
        if (!lua_isnil(lua, -1)) {
            (void)luaL_tolstring(lua, -1, NULL);
            return 1;
        }
    }
    if (puppet->box->plant == NULL) {
        lua_pushliteral(lua, "a plant that is gone");
        return 1;
    }
    char name[64];
    puppet_name(puppet->box->plant, puppet, name, sizeof name);
    lua_pushstring(lua, name);
    return 1;
}

/* ---- references as numbers -------------------------------------------------------------- */

/* Replaces the value at index by what it stands for. */
static void take_value(lua_State *lua, int index)
{
    const struct sim_puppet *puppet = luaL_testudata(lua, index, puppet_type);
    if (puppet == NULL) {
        return;
    }
    if (puppet->kind != SIM_PUPPET_REFERENCE) {
        luaL_error(lua, "%s is an item, not a number; name one of its properties",
                   sim_item_word(puppet->item));
    }
    push_value(lua, puppet);
    if (lua_isnil(lua, -1)) {
        luaL_error(lua, "%s.%s has no value in the plant: only the webmanager shows it",
                   sim_item_word(puppet->item), puppet->property_name);
    }
    lua_replace(lua, index);
}

#define ARITHMETIC(name, operation)                                                                \
    static int puppet_##name(lua_State *lua)                                                       \
    {                                                                                              \
        lua_settop(lua, 2);                                                                        \
        take_value(lua, 1);                                                                        \
        take_value(lua, 2);                                                                        \
        lua_arith(lua, operation);                                                                 \
        return 1;                                                                                  \
    }
ARITHMETIC(add, LUA_OPADD)
ARITHMETIC(sub, LUA_OPSUB)
ARITHMETIC(mul, LUA_OPMUL)
ARITHMETIC(div, LUA_OPDIV)
ARITHMETIC(mod, LUA_OPMOD)
ARITHMETIC(pow, LUA_OPPOW)

static int puppet_negate(lua_State *lua)
{
    lua_settop(lua, 1);
    take_value(lua, 1);
    lua_arith(lua, LUA_OPUNM);
    return 1;
}

static int puppet_compare(lua_State *lua, int operation)
{
    lua_settop(lua, 2);
    take_value(lua, 1);
    take_value(lua, 2);
    lua_pushboolean(lua, lua_compare(lua, 1, 2, operation));
    return 1;
}

static int puppet_less(lua_State *lua)
{
    return puppet_compare(lua, LUA_OPLT);
}

static int puppet_less_or_equal(lua_State *lua)
{
    return puppet_compare(lua, LUA_OPLE);
}

static int puppet_equal(lua_State *lua)
{
    const struct sim_puppet *one = luaL_testudata(lua, 1, puppet_type);
    const struct sim_puppet *other = luaL_testudata(lua, 2, puppet_type);
    if (one == NULL || other == NULL) {
        lua_pushboolean(lua, false);
        return 1;
    }
    if (one->kind == SIM_PUPPET_REFERENCE && other->kind == SIM_PUPPET_REFERENCE) {
        return puppet_compare(lua, LUA_OPEQ);
    }
    lua_pushboolean(lua, one->kind == other->kind && one->item == other->item &&
                             one->number == other->number && one->count == other->count &&
                             one->box == other->box);
    return 1;
}

static int puppet_concat(lua_State *lua)
{
    lua_settop(lua, 2);
    (void)luaL_tolstring(lua, 1, NULL);
    (void)luaL_tolstring(lua, 2, NULL);
    lua_concat(lua, 2);
    return 1;
}

/* ---- pushing ---------------------------------------------------------------------------- */

/* The value of the state that the text at index names. */
static double check_state(lua_State *lua, int index, const struct sim_property *property)
{
    double value = 0;
    const char *name = lua_type(lua, index) == LUA_TSTRING ? lua_tostring(lua, index) : "";
    if (!sim_property_state_find(property, name, &value)) {
        struct sim_words words = {0};
        for (int32_t i = 0; sim_property_state(property, i) != NULL; i++) {
            sim_words_add(&words, sim_property_state(property, i));
        }
        sim_words_push(lua, &words);
        luaL_error(lua, "%s.%s is one of these texts: %s", sim_item_word(property->item),
                   property->name, lua_tostring(lua, -1));
    }
    return value;
}

double sim_puppet_value(lua_State *lua, int index, const struct sim_property *property)
{
    const char *word = sim_item_word(property->item);
    take_value(lua, index);
    if (property->kind == SIM_SWITCH) {
        if (!lua_isboolean(lua, index)) {
            luaL_error(lua, "%s.%s is true or false, not a %s", word, property->name,
                       luaL_typename(lua, index));
        }
        return lua_toboolean(lua, index);
    }
    if (property->kind == SIM_LEVEL) {
        const char *level = lua_type(lua, index) == LUA_TSTRING ? lua_tostring(lua, index) : "";
        if (strcmp(level, "normal") != 0 && strcmp(level, "alarm") != 0) {
            luaL_error(lua, "%s.%s is \"alarm\" or \"normal\"", word, property->name);
        }
        return strcmp(level, "normal") == 0;
    }
    if (property->kind == SIM_STATE) {
        return check_state(lua, index, property);
    }
    if (lua_type(lua, index) != LUA_TNUMBER) {
        luaL_error(lua, "%s.%s is a number (%s), not a %s", word, property->name, property->unit,
                   luaL_typename(lua, index));
    }
    return lua_tonumber(lua, index);
}

const struct sim_property *sim_puppet_pushed(lua_State *lua, int item, const char *word)
{
    const struct sim_property *property = sim_property_find(item, word);
    if (property != NULL && property->set != NULL) {
        return property;
    }
    struct sim_words words = {0};
    words_properties(&words, item, true);
    sim_words_push(lua, &words);
    const bool is_shown = property != NULL || point_of(item, word) != NULL;
    luaL_error(lua, "%s %s \"%s\"%s; it has: %s", sim_item_word(item),
               is_shown ? "only shows" : "has no property", word,
               is_shown ? ", it can't be pushed" : "", lua_tostring(lua, -1));
    return NULL;
}

static int puppet_newindex(lua_State *lua)
{
    struct sim_puppet *puppet = luaL_checkudata(lua, 1, puppet_type);
    struct sim_plant *plant = puppet_plant(lua, puppet);
    if (puppet->kind != SIM_PUPPET_ITEM || lua_type(lua, 2) != LUA_TSTRING) {
        return luaL_error(lua, "%s: assign to a property by its name, as in %s.property = 1",
                          sim_item_word(puppet->item), sim_item_word(puppet->item));
    }
    const struct sim_property *property =
        sim_puppet_pushed(lua, puppet->item, lua_tostring(lua, 2));
    double value = sim_puppet_value(lua, 3, property);
    char error[160];
    if (!sim_property_push(plant, property, puppet->number, value, error, sizeof error)) {
        return luaL_error(lua, "%s", error);
    }
    return 0;
}

/* ---- for the verbs ---------------------------------------------------------------------- */

const struct sim_puppet *sim_puppet_at(lua_State *lua, int index)
{
    const struct sim_puppet *puppet = luaL_testudata(lua, index, puppet_type);
    return puppet != NULL && puppet->kind == SIM_PUPPET_ITEM ? puppet : NULL;
}

const struct sim_puppet *sim_puppet_item(lua_State *lua, const char *verb, unsigned items)
{
    const struct sim_puppet *puppet = sim_puppet_at(lua, 1);
    if (puppet == NULL || (items & 1u << puppet->item) == 0) {
        luaL_error(lua, "%s is called with a colon, as in item:%s()", verb, verb);
    }
    const char *refusal = sim_item_refusal(puppet_plant(lua, puppet), puppet->item);
    /* The power of any webmanager has a switch. */
    if (refusal != NULL && puppet->item != SIM_ITEM_WEBMANAGER) {
        luaL_error(lua, "%s: %s", verb, refusal);
    }
    return puppet;
}

struct sim_plant *sim_puppet_check(lua_State *lua, const char *verb, unsigned items,
                                   struct sim_reference *reference)
{
    struct sim_plant *plant = sim_puppet_item(lua, verb, items)->box->plant;
    if (reference != NULL) {
        (void)sim_plant_reference(lua, 1, reference);
    }
    return plant;
}

/* ---- set-up ----------------------------------------------------------------------------- */

void sim_puppet_open(lua_State *lua, struct sim_plant *plant)
{
    static const luaL_Reg methods[] = {
        {"__index", puppet_index},      {"__newindex", puppet_newindex},
        {"__len", puppet_length},       {"__tostring", puppet_tostring},
        {"__add", puppet_add},          {"__sub", puppet_sub},
        {"__mul", puppet_mul},          {"__div", puppet_div},
        {"__mod", puppet_mod},          {"__pow", puppet_pow},
        {"__unm", puppet_negate},       {"__lt", puppet_less},
        {"__le", puppet_less_or_equal}, {"__eq", puppet_equal},
        {"__concat", puppet_concat},    {NULL, NULL},
    };
    if (luaL_newmetatable(lua, puppet_type)) {
        luaL_setfuncs(lua, methods, 0);
        lua_pushliteral(lua, "plant value");
        lua_setfield(lua, -2, "__metatable");
        /* What Lua's own functions say they got, where they want a number. */
        lua_pushliteral(lua, "a plant value: say .value");
        lua_setfield(lua, -2, "__name");
    }
    lua_pop(lua, 1);
    struct sim_plant_box *box = lua_newuserdatauv(lua, sizeof *box, 0);
    box->plant = plant;
}

void sim_puppet_push_item(lua_State *lua, struct sim_plant *plant, int item, int32_t number)
{
    lua_rawgeti(lua, LUA_REGISTRYINDEX, plant->box_ref);
    puppet_new(lua, -1, SIM_PUPPET_ITEM, item, number);
    lua_remove(lua, -2);
}

void sim_puppet_push(lua_State *lua, struct sim_plant *plant)
{
    sim_puppet_push_item(lua, plant, SIM_ITEM_PLANT, 0);
}
