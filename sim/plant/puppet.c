/*
 * puppet.c — the Lua values of a plant: items with strict properties and verbs, lists of items,
 * and references to one property, which behave like the number they name.
 *
 * Always true: a value never touches a plant that is gone; a word that an item doesn't know is an
 * error at the caller's line that lists, in order, the words it knows.
 */
#include <lauxlib.h>
#include <lua.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/plant/hooks.h"
#include "sim/plant/own_verbs.h"
#include "sim/plant/parts.h"

static const char puppet_type[] = "sim.puppet";

enum puppet_kind { PUPPET_ITEM, PUPPET_LIST, PUPPET_REFERENCE };

struct puppet {
    struct sim_plant_box *box; /* held by user value 1 */
    enum puppet_kind kind;
    int item;
    int32_t number;                      /* of the item; of a list: the first */
    int32_t count;                       /* of a list */
    const struct sim_property *property; /* of a reference; null: a published point only */
    const char *property_name;
};

typedef int verb_fn(lua_State *lua);
struct verb {
    const char *name;
    unsigned items; /* bits 1 << item */
    verb_fn *run;
};

#define IS(item) (1u << (item))
#define DEVICES  (IS(SIM_ITEM_MODULE) | IS(SIM_ITEM_SENSOR) | IS(SIM_ITEM_AUX))

/* ---- values ----------------------------------------------------------------------------- */

static struct sim_plant *puppet_plant(lua_State *lua, const struct puppet *puppet)
{
    if (puppet->box->plant == NULL) {
        luaL_error(lua, "this plant is gone: its scenario has ended");
    }
    return puppet->box->plant;
}

/* Pushes a value of the plant whose box stands at box_index. */
static struct puppet *puppet_new(lua_State *lua, int box_index, enum puppet_kind kind, int item,
                                 int32_t number)
{
    box_index = lua_absindex(lua, box_index);
    struct puppet *puppet = lua_newuserdatauv(lua, sizeof *puppet, 1);
    *puppet = (struct puppet){
        .box = lua_touserdata(lua, box_index), .kind = kind, .item = item, .number = number};
    lua_pushvalue(lua, box_index);
    lua_setiuservalue(lua, -2, 1);
    luaL_setmetatable(lua, puppet_type);
    return puppet;
}

/* Pushes another value of the plant of the value at index. */
static struct puppet *puppet_sibling(lua_State *lua, int index, enum puppet_kind kind, int item,
                                     int32_t number)
{
    lua_getiuservalue(lua, index, 1);
    struct puppet *puppet = puppet_new(lua, -1, kind, item, number);
    lua_remove(lua, -2);
    return puppet;
}

static void puppet_name(const struct sim_plant *plant, const struct puppet *puppet, char *name,
                        size_t size)
{
    char item[40];
    sim_item_name(plant, puppet->item, puppet->number, item, sizeof item);
    if (puppet->kind == PUPPET_REFERENCE && puppet->item == SIM_ITEM_PLANT) {
        (void)snprintf(name, size, "%s", puppet->property_name);
    } else if (puppet->kind == PUPPET_REFERENCE) {
        (void)snprintf(name, size, "%s.%s", item, puppet->property_name);
    } else {
        (void)snprintf(name, size, "%s", item);
    }
}

bool sim_plant_reference(lua_State *lua, int index, struct sim_reference *reference)
{
    const struct puppet *puppet = luaL_testudata(lua, index, puppet_type);
    if (puppet == NULL || puppet->kind == PUPPET_LIST || puppet->item >= SIM_ITEMS_SHOWN ||
        puppet->box->plant == NULL) {
        return false;
    }
    reference->item = (enum sim_item)puppet->item;
    reference->number = puppet->number;
    reference->property = puppet->kind == PUPPET_REFERENCE ? puppet->property_name : NULL;
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

static const struct verb *verbs_all(size_t *count);
static bool push_defect(lua_State *lua, int item, const char *word);

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

static int compare_words(const void *one, const void *other)
{
    return strcmp(*(const char *const *)one, *(const char *const *)other);
}

enum { WORDS_MAX = 128 };
struct words {
    size_t count;
    const char *word[WORDS_MAX];
};

static void words_add(struct words *words, const char *word)
{
    for (size_t i = 0; i < words->count; i++) {
        if (strcmp(words->word[i], word) == 0) {
            return;
        }
    }
    if (words->count < WORDS_MAX) {
        words->word[words->count++] = word;
    }
}

static void words_push(lua_State *lua, struct words *words)
{
    qsort(words->word, words->count, sizeof words->word[0], compare_words);
    luaL_Buffer buffer;
    luaL_buffinit(lua, &buffer);
    for (size_t i = 0; i < words->count; i++) {
        luaL_addstring(&buffer, i > 0 ? ", " : "");
        luaL_addstring(&buffer, words->word[i]);
    }
    luaL_pushresult(&buffer);
}

static void words_properties(struct words *words, int item, bool only_pushed)
{
    size_t count;
    const struct sim_property *rows = sim_properties(&count);
    for (size_t i = 0; i < count; i++) {
        if (rows[i].item == item && (rows[i].set != NULL || !only_pushed)) {
            words_add(words, rows[i].name);
        }
    }
    enum wm_scope scopes[ITEM_SCOPES_MAX];
    const size_t scopes_count = only_pushed ? 0 : scopes_of(item, scopes);
    for (size_t i = 0; i < scopes_count; i++) {
        for (int point = 0; point < wm_point_count; point++) {
            if (wm_point((enum wm_point)point)->scope == scopes[i]) {
                words_add(words, wm_point((enum wm_point)point)->name);
            }
        }
    }
}

static void words_defects(struct words *words, int item);

static void take_word(void *words, const char *word)
{
    words_add(words, word);
}

static int unknown_word(lua_State *lua, const struct sim_plant *plant, int item, const char *word)
{
    struct words words = {0};
    words_properties(&words, item, false);
    for (size_t i = 0; i < sizeof children / sizeof children[0]; i++) {
        if (children[i].item == item) {
            words_add(&words, sim_item_word(children[i].below));
        }
    }
    words_push(lua, &words);
    struct words does = {0};
    size_t count;
    const struct verb *verbs = verbs_all(&count);
    for (size_t i = 0; i < count; i++) {
        if ((verbs[i].items & IS(item)) != 0) {
            words_add(&does, verbs[i].name);
        }
    }
    words_defects(&does, item);
    sim_own_verbs_list(lua, plant, sim_item_word(item), take_word, &does);
    words_push(lua, &does);
    bool has = lua_rawlen(lua, -2) > 0, can = lua_rawlen(lua, -1) > 0;
    return luaL_error(lua, "%s has no property \"%s\"%s%s%s%s", sim_item_word(item), word,
                      has ? "; it has: " : "", lua_tostring(lua, -2), can ? "; it can: " : "",
                      lua_tostring(lua, -1));
}

/* ---- reading ---------------------------------------------------------------------------- */

static bool reference_value(const struct sim_plant *plant, const struct puppet *puppet,
                            double *value)
{
    return puppet->property != NULL && puppet->property->get(plant, puppet->number, value);
}

static int push_value(lua_State *lua, const struct puppet *puppet)
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

static int index_list(lua_State *lua, const struct puppet *list)
{
    const struct sim_plant *plant = puppet_plant(lua, list);
    if (!lua_isinteger(lua, 2)) {
        return luaL_error(lua, "%s is a list of %d: give a number, as in %s[1]",
                          sim_item_word(list->item), (int)list->count, sim_item_word(list->item));
    }
    lua_Integer index = lua_tointeger(lua, 2);
    if (index >= 1 && index <= list->count) {
        puppet_sibling(lua, 1, PUPPET_ITEM, list->item, list->number + (int32_t)index - 1);
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

static bool push_child(lua_State *lua, const struct puppet *puppet, const char *word)
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
            puppet_sibling(lua, 1, PUPPET_ITEM, child->below, puppet->number);
            return true;
        }
        const bool is_only = puppet->number == 0;
        int32_t parents = is_only ? 1 : sim_item_count(plant, puppet->item);
        int32_t index = is_only ? 0 : puppet->number - 1;
        int32_t each = sim_item_count(plant, child->below) / parents;
        puppet_sibling(lua, 1, PUPPET_LIST, child->below, index * each + 1)->count = each;
        return true;
    }
    return false;
}

static bool push_reference(lua_State *lua, const struct puppet *puppet, const char *word)
{
    const struct sim_property *property = sim_property_find(puppet->item, word);
    const char *name = property != NULL ? property->name : NULL;
    if (name == NULL && point_of(puppet->item, word) != NULL) {
        name = point_of(puppet->item, word)->name;
    }
    if (name == NULL) {
        return false;
    }
    struct puppet *made = puppet_sibling(lua, 1, PUPPET_REFERENCE, puppet->item, puppet->number);
    made->property = property;
    made->property_name = name;
    return true;
}

bool sim_puppet_knows(int item, const char *word)
{
    size_t count;
    const struct verb *verbs = verbs_all(&count);
    bool is_known = sim_property_find(item, word) != NULL || point_of(item, word) != NULL ||
                    sim_defect_find(item, word) != NULL;
    for (size_t i = 0; i < sizeof children / sizeof children[0]; i++) {
        is_known |= children[i].item == item && strcmp(sim_item_word(children[i].below), word) == 0;
    }
    for (size_t i = 0; i < count; i++) {
        is_known |= (verbs[i].items & IS(item)) != 0 && strcmp(verbs[i].name, word) == 0;
    }
    return is_known;
}

static int puppet_index(lua_State *lua)
{
    const struct puppet *puppet = luaL_checkudata(lua, 1, puppet_type);
    (void)puppet_plant(lua, puppet);
    if (puppet->kind == PUPPET_LIST) {
        return index_list(lua, puppet);
    }
    if (puppet->kind == PUPPET_ITEM && lua_type(lua, 2) != LUA_TSTRING) {
        return luaL_error(lua, "%s is no list: give a name, not a %s", sim_item_word(puppet->item),
                          luaL_typename(lua, 2));
    }
    const char *word = luaL_tolstring(lua, 2, NULL);
    if (puppet->kind == PUPPET_REFERENCE) {
        if (strcmp(word, "value") == 0) {
            return push_value(lua, puppet);
        }
        return luaL_error(lua, "%s.%s has no property \"%s\"; it has: value",
                          sim_item_word(puppet->item), puppet->property_name, word);
    }
    if (push_child(lua, puppet, word) || push_reference(lua, puppet, word)) {
        return 1;
    }
    size_t count;
    const struct verb *verbs = verbs_all(&count);
    for (size_t i = 0; i < count; i++) {
        if ((verbs[i].items & IS(puppet->item)) != 0 && strcmp(verbs[i].name, word) == 0) {
            lua_pushcfunction(lua, verbs[i].run);
            return 1;
        }
    }
    if (sim_own_verb_push(lua, puppet->box->plant, sim_item_word(puppet->item), word)) {
        return 1;
    }
    return push_defect(lua, puppet->item, word)
               ? 1
               : unknown_word(lua, puppet->box->plant, puppet->item, word);
}

static int puppet_length(lua_State *lua)
{
    const struct puppet *puppet = luaL_checkudata(lua, 1, puppet_type);
    if (puppet->kind != PUPPET_LIST) {
        return luaL_error(lua, "%s is no list", sim_item_word(puppet->item));
    }
    lua_pushinteger(lua, puppet->count);
    return 1;
}

static int puppet_tostring(lua_State *lua)
{
    const struct puppet *puppet = luaL_checkudata(lua, 1, puppet_type);
    if (puppet->kind == PUPPET_REFERENCE && puppet->box->plant != NULL) {
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
    const struct puppet *puppet = luaL_testudata(lua, index, puppet_type);
    if (puppet == NULL) {
        return;
    }
    if (puppet->kind != PUPPET_REFERENCE) {
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
    const struct puppet *one = luaL_testudata(lua, 1, puppet_type);
    const struct puppet *other = luaL_testudata(lua, 2, puppet_type);
    if (one == NULL || other == NULL) {
        lua_pushboolean(lua, false);
        return 1;
    }
    if (one->kind == PUPPET_REFERENCE && other->kind == PUPPET_REFERENCE) {
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
        struct words words = {0};
        for (int32_t i = 0; sim_property_state(property, i) != NULL; i++) {
            words_add(&words, sim_property_state(property, i));
        }
        words_push(lua, &words);
        luaL_error(lua, "%s.%s is one of these texts: %s", sim_item_word(property->item),
                   property->name, lua_tostring(lua, -1));
    }
    return value;
}

/* The number that the value at index means for a property. */
static double check_value(lua_State *lua, int index, const struct sim_property *property)
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

/* The property of an item that can be pushed; an error lists those that can. */
static const struct sim_property *check_pushed(lua_State *lua, int item, const char *word)
{
    const struct sim_property *property = sim_property_find(item, word);
    if (property != NULL && property->set != NULL) {
        return property;
    }
    struct words words = {0};
    words_properties(&words, item, true);
    words_push(lua, &words);
    const bool is_shown = property != NULL || point_of(item, word) != NULL;
    luaL_error(lua, "%s %s \"%s\"%s; it has: %s", sim_item_word(item),
               is_shown ? "only shows" : "has no property", word,
               is_shown ? ", it can't be pushed" : "", lua_tostring(lua, -1));
    return NULL;
}

static int puppet_newindex(lua_State *lua)
{
    struct puppet *puppet = luaL_checkudata(lua, 1, puppet_type);
    struct sim_plant *plant = puppet_plant(lua, puppet);
    if (puppet->kind != PUPPET_ITEM || lua_type(lua, 2) != LUA_TSTRING) {
        return luaL_error(lua, "%s: assign to a property by its name, as in %s.property = 1",
                          sim_item_word(puppet->item), sim_item_word(puppet->item));
    }
    const struct sim_property *property = check_pushed(lua, puppet->item, lua_tostring(lua, 2));
    double value = check_value(lua, 3, property);
    char error[160];
    if (!sim_property_push(plant, property, puppet->number, value, error, sizeof error)) {
        return luaL_error(lua, "%s", error);
    }
    return 0;
}

/* ---- verbs ------------------------------------------------------------------------------ */

static struct puppet *check_item(lua_State *lua, const char *verb, unsigned items)
{
    struct puppet *puppet = luaL_testudata(lua, 1, puppet_type);
    if (puppet == NULL || puppet->kind != PUPPET_ITEM || (items & IS(puppet->item)) == 0) {
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
    struct sim_plant *plant = check_item(lua, verb, items)->box->plant;
    if (reference != NULL) {
        (void)sim_plant_reference(lua, 1, reference);
    }
    return plant;
}

/* An option of the table at 2, or the fallback; marks nothing. */
static double option_number(lua_State *lua, const char *verb, const char *name, double fallback)
{
    if (!lua_istable(lua, 2)) {
        return fallback;
    }
    lua_getfield(lua, 2, name);
    if (!lua_isnil(lua, -1)) {
        if (lua_type(lua, -1) != LUA_TNUMBER) {
            luaL_error(lua, "%s: %s is a number, not a %s", verb, name, luaL_typename(lua, -1));
        }
        fallback = lua_tonumber(lua, -1);
    }
    lua_pop(lua, 1);
    return fallback;
}

/* An option as a count; what is none, or far out of every range, becomes 0. */
static int64_t option_count(lua_State *lua, const char *verb, const char *name, double scale,
                            int32_t fallback)
{
    double value = option_number(lua, verb, name, fallback) * scale;
    if (value > 0 && value < 1e15 && !(scale > 1) && floor(value) < value) {
        luaL_error(lua, "%s: %s is a whole number, not %f", verb, name, value);
    }
    return value >= 0 && value <= 1e15 ? (int64_t)(value + 0.5) : 0;
}

/* Refuses a table with words that a verb does not know; `known` is a sorted list. */
static void check_options(lua_State *lua, const char *verb, const char *const *known, size_t count)
{
    if (lua_isnoneornil(lua, 2)) {
        return;
    }
    if (!lua_istable(lua, 2)) {
        luaL_error(lua, "%s takes a table, as in %s{%s=1}", verb, verb, known[0]);
    }
    for (lua_pushnil(lua); lua_next(lua, 2) != 0; lua_pop(lua, 1)) {
        bool is_known = false;
        for (size_t i = 0; i < count && lua_type(lua, -2) == LUA_TSTRING; i++) {
            is_known = is_known || strcmp(lua_tostring(lua, -2), known[i]) == 0;
        }
        if (!is_known) {
            struct words words = {0};
            for (size_t i = 0; i < count; i++) {
                words_add(&words, known[i]);
            }
            words_push(lua, &words);
            const char *word = luaL_tolstring(lua, -3, NULL);
            luaL_error(lua, "%s has no option \"%s\"; it has: %s", verb, word,
                       lua_tostring(lua, -2));
        }
    }
}

#define CHECK_OPTIONS(lua, verb, known)                                                            \
    check_options(lua, verb, known, sizeof(known) / sizeof((known)[0]))

static struct sim_device *check_device(lua_State *lua, const char *verb)
{
    const struct puppet *puppet = check_item(lua, verb, DEVICES | IS(SIM_ITEM_COM2));
    if (puppet->item == SIM_ITEM_COM2) {
        return &puppet->box->plant->com2.device;
    }
    return &puppet->box->plant->devices.device[sim_item_place(puppet->item, puppet->number)];
}

/* A verb has changed what its plant would answer. */
static void told_changed(lua_State *lua)
{
    const struct puppet *puppet = lua_touserdata(lua, 1);
    sim_truth_changed(puppet->box->plant);
}

/* The repeater takes these verbs too: with its plug goes its power. */
static bool plugs_repeater(lua_State *lua, bool is_plugged)
{
    const struct puppet *puppet = luaL_testudata(lua, 1, puppet_type);
    if (puppet == NULL || puppet->kind != PUPPET_ITEM || puppet->item != SIM_ITEM_REPEATER) {
        return false;
    }
    sim_topology_plug_repeater(&puppet_plant(lua, puppet)->topology, is_plugged);
    told_changed(lua);
    return true;
}

static int lw_unplug(lua_State *lua)
{
    if (plugs_repeater(lua, false)) {
        return 0;
    }
    struct sim_device *device = check_device(lua, "unplug");
    device->unplug_is_idle = device->unplug_is_idle || device->is_plugged;
    device->is_plugged = false;
    told_changed(lua);
    return 0;
}

/* In again, and well: speaks, too. */
static int lw_plug(lua_State *lua)
{
    if (plugs_repeater(lua, true)) {
        return 0;
    }
    struct sim_device *device = check_device(lua, "plug");
    device->is_plugged = true;
    device->mute_left = 0;
    told_changed(lua);
    return 0;
}

static int lw_mute(lua_State *lua)
{
    static const char *const known[] = {"answers"};
    struct sim_device *device = check_device(lua, "mute");
    CHECK_OPTIONS(lua, "mute", known);
    double answers = option_number(lua, "mute", "answers", HUGE_VAL);
    bool is_forever = isinf(answers);
    if (!is_forever && !(answers >= 1 && answers <= 1e9 && floor(answers) == answers)) {
        return luaL_error(lua, "mute: answers is a whole number from 1, how many it keeps to "
                               "itself; none is for all");
    }
    device->mute_left = is_forever ? -1 : (int64_t)answers;
    device->mute_is_idle = true;
    told_changed(lua);
    return 0;
}

/* "03.05.00" as 0x030500, a number as it is. */
static uint32_t check_revision(lua_State *lua, const char *name, uint32_t high, uint32_t fallback)
{
    lua_getfield(lua, 2, name);
    uint32_t revision = 0;
    bool is_sound = true;
    if (lua_isnil(lua, -1)) {
        revision = fallback;
    } else if (lua_isinteger(lua, -1)) {
        lua_Integer number = lua_tointeger(lua, -1);
        is_sound = number >= 0 && number <= (lua_Integer)high;
        revision = (uint32_t)number;
    } else if (lua_type(lua, -1) == LUA_TSTRING) {
        for (const char *at = lua_tostring(lua, -1); is_sound && *at != '\0';) {
            char *end;
            unsigned long part = strtoul(at, &end, 16);
            is_sound =
                end != at && part <= 0xFF && revision <= high >> 8 && (*end == '\0' || *end == '.');
            revision = revision << 8 | (uint32_t)(part & 0xFF);
            at = *end == '.' ? end + 1 : end;
        }
    } else {
        is_sound = false;
    }
    if (!is_sound || revision > high) {
        luaL_error(lua, "replace: %s is a number up to %I, or written as \"03.04\"", name,
                   (LUAI_UACINT)high);
    }
    lua_pop(lua, 1);
    return revision;
}

static uint8_t check_type(lua_State *lua, uint8_t fallback)
{
    lua_getfield(lua, 2, "type");
    uint8_t code = fallback;
    if (!lua_isnil(lua, -1)) {
        const char *name = lua_type(lua, -1) == LUA_TSTRING ? lua_tostring(lua, -1) : "";
        int32_t value;
        char error[160];
        if (wm_setting_parse(wm_setting_bank_module_type, name, &value, error, sizeof error) !=
            WM_OK) {
            luaL_error(lua, "replace: type as in %s", error);
        }
        code = (uint8_t)value;
    }
    lua_pop(lua, 1);
    return code;
}

static int lw_replace(lua_State *lua)
{
    static const char *const known[] = {"hardware_revision", "software_revision", "type"};
    const struct puppet *puppet = check_item(lua, "replace", DEVICES);
    CHECK_OPTIONS(lua, "replace", known);
    struct sim_devices *devices = &puppet->box->plant->devices;
    int32_t place = sim_item_place(puppet->item, puppet->number);
    struct sim_device fresh = {.type_code = devices->device[place].type_code};
    bool has_options = lua_istable(lua, 2);
    if (has_options) {
        fresh.hardware_revision =
            (uint16_t)check_revision(lua, "hardware_revision", 0xFFFF, SIM_HARDWARE_REVISION);
        fresh.software_revision =
            check_revision(lua, "software_revision", 0x7FFFFFFF, SIM_SOFTWARE_REVISION);
        fresh.type_code = check_type(lua, fresh.type_code);
    }
    sim_devices_replace(devices, place);
    if (has_options) {
        devices->device[place].hardware_revision = fresh.hardware_revision;
        devices->device[place].software_revision = fresh.software_revision;
        devices->device[place].type_code = fresh.type_code;
    }
    told_changed(lua);
    return 0;
}

static int lw_press(lua_State *lua)
{
    const struct puppet *puppet = check_item(lua, "press", IS(SIM_ITEM_MODULE) | IS(SIM_ITEM_MUTE));
    struct sim_plant *plant = puppet->box->plant;
    if (puppet->item == SIM_ITEM_MUTE) {
        sim_panel_press_mute(&plant->panel);
        return 0;
    }
    sim_devices_press(&plant->devices, puppet->number - 1, false);
    return 0;
}

static int lw_hold(lua_State *lua)
{
    const struct puppet *puppet = check_item(lua, "hold", IS(SIM_ITEM_MODULE));
    sim_devices_press(&puppet->box->plant->devices, puppet->number - 1, true);
    return 0;
}

static int lw_let_go(lua_State *lua)
{
    const struct puppet *puppet = check_item(lua, "let_go", IS(SIM_ITEM_MODULE));
    sim_devices_let_go(&puppet->box->plant->devices, puppet->number - 1);
    return 0;
}

static int lw_release(lua_State *lua)
{
    const struct puppet *puppet =
        check_item(lua, "release", IS(SIM_ITEM_MODULE) | IS(SIM_ITEM_STRING));
    const char *word = lua_type(lua, 2) == LUA_TSTRING ? lua_tostring(lua, 2) : "";
    const struct sim_property *property = sim_property_find(puppet->item, word);
    if (property == NULL || property->release == NULL) {
        struct words words = {0};
        size_t count;
        const struct sim_property *rows = sim_properties(&count);
        for (size_t i = 0; i < count; i++) {
            if (rows[i].item == puppet->item && rows[i].release != NULL) {
                words_add(&words, rows[i].name);
            }
        }
        words_push(lua, &words);
        return luaL_error(lua, "release takes the name of what %s can pin: %s",
                          sim_item_word(puppet->item), lua_tostring(lua, -1));
    }
    sim_property_release(puppet->box->plant, property, puppet->number);
    return 0;
}

/* Two looks at the table: nothing drifts when one of its words is wrong. */
static int lw_drift(lua_State *lua)
{
    const struct puppet *puppet = check_item(
        lua, "drift",
        IS(SIM_ITEM_MODULE) | IS(SIM_ITEM_STRING) | IS(SIM_ITEM_PLANT) | IS(SIM_ITEM_CHARGER) |
            IS(SIM_ITEM_LOAD) | IS(SIM_ITEM_COM2) | IS(SIM_ITEM_COM2_ANALOG));
    if (!lua_istable(lua, 2)) {
        return luaL_error(lua, "drift takes a table, as in drift{temperature=52, over=60}");
    }
    double seconds = option_number(lua, "drift", "over", -1);
    if (!(seconds > 0 && seconds <= 1e9)) {
        return luaL_error(lua, "drift needs over: the seconds it takes, above 0");
    }
    size_t drifts = 0;
    size_t count;
    const struct sim_property *rows = sim_properties(&count);
    for (lua_pushnil(lua); lua_next(lua, 2) != 0; lua_pop(lua, 1)) {
        const char *word = lua_type(lua, -2) == LUA_TSTRING ? lua_tostring(lua, -2) : "";
        if (strcmp(word, "over") != 0) {
            const struct sim_property *property = check_pushed(lua, puppet->item, word);
            (void)check_value(lua, lua_gettop(lua), property);
            drifts++;
        }
    }
    if (drifts == 0) {
        return luaL_error(lua, "drift names no property, as in drift{temperature=52, over=60}");
    }
    /* In the order of the rows: that of a Lua table is by chance. */
    for (size_t i = 0; i < count; i++) {
        if (rows[i].item != puppet->item || lua_getfield(lua, 2, rows[i].name) == LUA_TNIL) {
            continue;
        }
        char error[160];
        double to = check_value(lua, lua_gettop(lua), &rows[i]);
        if (!sim_property_drift(puppet->box->plant, &rows[i], puppet->number, to, seconds, error,
                                sizeof error)) {
            return luaL_error(lua, "%s", error);
        }
    }
    return 0;
}

/* ---- cables ----------------------------------------------------------------------------- */

/* The node that a cable's end names: an item that hangs on the bus, or a text. */
static int32_t check_end(lua_State *lua, int index)
{
    const struct puppet *puppet = luaL_testudata(lua, index, puppet_type);
    if (puppet != NULL && puppet->kind == PUPPET_ITEM && (IS(puppet->item) & DEVICES) != 0) {
        return sim_item_place(puppet->item, puppet->number);
    }
    if (puppet != NULL && puppet->kind == PUPPET_ITEM && puppet->item == SIM_ITEM_REPEATER) {
        return SIM_NODE_REPEATER;
    }
    int32_t node =
        lua_type(lua, index) == LUA_TSTRING ? sim_topology_node(lua_tostring(lua, index)) : -1;
    if (node < 0) {
        luaL_error(
            lua, "cable takes two ends, as in plant:cable(\"box[1]\", plant.module[7]): "
                 "\"webmanager\", \"repeater\", \"box[1]\", \"com2\", or a module, current_sensor "
                 "or gx_r_aux");
    }
    return node;
}

/* Pushes the other ends of all cables at a node. */
static void push_neighbours(lua_State *lua, const struct sim_topology *topology, int32_t node)
{
    luaL_Buffer buffer;
    luaL_buffinit(lua, &buffer);
    int count = 0;
    for (int32_t i = 0; i < topology->cables; i++) {
        const struct sim_cable *cable = &topology->cable[i];
        if (cable->near == node || cable->far == node) {
            char name[32];
            sim_topology_node_name(cable->near == node ? cable->far : cable->near, name,
                                   sizeof name);
            luaL_addstring(&buffer, count++ > 0 ? ", " : "");
            luaL_addstring(&buffer, name);
        }
    }
    luaL_addstring(&buffer, count == 0 ? "nothing: the plant has none such" : "");
    luaL_pushresult(&buffer);
}

static int lw_cable(lua_State *lua)
{
    const struct puppet *puppet = check_item(lua, "cable", IS(SIM_ITEM_PLANT));
    const struct sim_topology *topology = &puppet->box->plant->topology;
    int32_t one = check_end(lua, 2);
    int32_t other = check_end(lua, 3);
    int32_t cable = sim_topology_cable(topology, one, other);
    if (cable < 0) {
        char name[2][32];
        sim_topology_node_name(one, name[0], sizeof name[0]);
        sim_topology_node_name(other, name[1], sizeof name[1]);
        push_neighbours(lua, topology, one);
        return luaL_error(lua, "no cable joins %s and %s; from %s a cable goes to %s", name[0],
                          name[1], name[0], lua_tostring(lua, -1));
    }
    puppet_sibling(lua, 1, PUPPET_ITEM, SIM_ITEM_CABLE, cable + 1);
    return 1;
}

static int lw_mend(lua_State *lua)
{
    const struct puppet *puppet = check_item(lua, "mend", IS(SIM_ITEM_CABLE));
    struct sim_plant *plant = puppet->box->plant;
    (void)sim_defect_heal(plant, SIM_ITEM_CABLE, puppet->number,
                          sim_defect_find(SIM_ITEM_CABLE, "cut"));
    return 0;
}

/* ---- store and log ---------------------------------------------------------------------- */

#define MEMORIES (IS(SIM_ITEM_STORE) | IS(SIM_ITEM_LOG))

/* What the verb is about: the store, the ring that it names, or all rings. */
static int check_part(lua_State *lua, const char *verb, struct sim_memory **memory)
{
    static const char *const known[] = {"ring"};
    const struct puppet *puppet = check_item(lua, verb, MEMORIES);
    const bool is_log = puppet->item == SIM_ITEM_LOG;
    *memory = &puppet->box->plant->memory;
    if (!is_log && !lua_isnoneornil(lua, 2)) {
        luaL_error(lua, "store:%s() takes nothing", verb);
    }
    CHECK_OPTIONS(lua, verb, known);
    if (!is_log || !lua_istable(lua, 2) || lua_getfield(lua, 2, "ring") == LUA_TNIL) {
        return is_log ? SIM_MEMORY_LOG : SIM_MEMORY_STORE;
    }
    const int ring = lua_type(lua, -1) == LUA_TSTRING ? sim_memory_ring(lua_tostring(lua, -1)) : -1;
    if (ring < 0) {
        struct words words = {0};
        for (int i = 0; i < WM_LOG_RINGS; i++) {
            words_add(&words, sim_memory_ring_name(i));
        }
        words_push(lua, &words);
        luaL_error(lua, "log:%s: ring is one of these texts: %s; none is for all", verb,
                   lua_tostring(lua, -1));
    }
    return ring;
}

static int lw_fail(lua_State *lua)
{
    struct sim_memory *memory;
    const int part = check_part(lua, "fail", &memory);
    sim_memory_fail(memory, part);
    return 0;
}

static int lw_mend_memory(lua_State *lua)
{
    struct sim_memory *memory;
    const int part = check_part(lua, "mend", &memory);
    sim_memory_mend(memory, part);
    return 0;
}

/* ---- the bus ---------------------------------------------------------------------------- */

static int order_fault(lua_State *lua, const char *verb, enum sim_fault_kind kind,
                       const char *own_option)
{
    const char *known[] = {"count", "nth", "percent", "question", own_option};
    const struct puppet *puppet = check_item(lua, verb, IS(SIM_ITEM_BUS));
    check_options(lua, verb, known, own_option == NULL ? 4 : 5);
    struct sim_fault fault = {
        .kind = kind,
        .percent = option_number(lua, verb, "percent", 0),
        .nth = option_count(lua, verb, "nth", 1, 0),
        .next = option_count(lua, verb, "count", 1, 0),
        .delay_us = option_count(lua, verb, "seconds", 1e6, 0),
        .bits = option_count(lua, verb, "bits", 1, SIM_FAULT_BITS_DEFAULT),
        .bytes = option_count(lua, verb, "bytes", 1, 0),
    };
    if (lua_istable(lua, 2)) {
        lua_getfield(lua, 2, "question");
        fault.is_question = lua_toboolean(lua, -1);
    }
    const char *refusal = sim_faults_add(&puppet->box->plant->faults, &fault);
    if (refusal != NULL) {
        return luaL_error(lua, "bus:%s %s", verb, refusal);
    }
    told_changed(lua);
    return 0;
}

static int lw_drop(lua_State *lua)
{
    return order_fault(lua, "drop", SIM_FAULT_DROP, NULL);
}

static int lw_delay(lua_State *lua)
{
    return order_fault(lua, "delay", SIM_FAULT_DELAY, "seconds");
}

static int lw_corrupt(lua_State *lua)
{
    return order_fault(lua, "corrupt", SIM_FAULT_CORRUPT, "bits");
}

static int lw_duplicate(lua_State *lua)
{
    return order_fault(lua, "duplicate", SIM_FAULT_DUPLICATE, NULL);
}

static int lw_cut(lua_State *lua)
{
    return order_fault(lua, "cut", SIM_FAULT_CUT, "bytes");
}

/* ---- the catalogue ---------------------------------------------------------------------- */

/* The verb of the row that upvalue 1 points to. */
static int lw_defect(lua_State *lua)
{
    const struct sim_defect_row *row = lua_touserdata(lua, lua_upvalueindex(1));
    const struct puppet *puppet = check_item(lua, row->verb, IS(row->item));
    return sim_defect_lua(lua, puppet->box->plant, row, puppet->number);
}

static int lw_heal(lua_State *lua)
{
    const struct puppet *puppet = check_item(lua, "heal", ~0u);
    struct sim_plant *plant = puppet->box->plant;
    if (puppet->item == SIM_ITEM_BUS && lua_isnoneornil(lua, 2)) {
        sim_faults_heal(&plant->faults);
        told_changed(lua);
    }
    return sim_defect_heal_lua(lua, plant, puppet->item, puppet->number);
}

static bool can_heal(int item)
{
    return item == SIM_ITEM_BUS || sim_defect_has_rows(item);
}

/* Pushes the verb that the catalogue gives an item by this word. */
static bool push_defect(lua_State *lua, int item, const char *word)
{
    if (can_heal(item) && strcmp(word, "heal") == 0) {
        lua_pushcfunction(lua, lw_heal);
        return true;
    }
    const struct sim_defect_row *row = sim_defect_find(item, word);
    if (row == NULL) {
        return false;
    }
    lua_pushlightuserdata(lua, (void *)(uintptr_t)row);
    lua_pushcclosure(lua, lw_defect, 1);
    return true;
}

static void words_defects(struct words *words, int item)
{
    const struct sim_defect_row *row;
    for (size_t i = 0; (row = sim_defect_row(i)) != NULL; i++) {
        if (row->item == item) {
            words_add(words, row->verb);
        }
    }
    if (can_heal(item)) {
        words_add(words, "heal");
    }
}

/* ---- the webmanager's power ------------------------------------------------------------- */

static struct sim_supply *check_supply(lua_State *lua, const char *verb, int item)
{
    struct sim_plant *plant = check_item(lua, verb, IS(item))->box->plant;
    if (sim_hooks_run_on_line(plant)) {
        luaL_error(lua,
                   "%s: not while a frame passes, the webmanager is at work; do it in the "
                   "scenario or in on_step",
                   verb);
    }
    return &plant->supply;
}

static int refused(lua_State *lua, const char *verb, const char *why)
{
    return why == NULL ? 0 : luaL_error(lua, "%s: %s", verb, why);
}

static int lw_power_off(lua_State *lua)
{
    struct sim_supply *supply = check_supply(lua, "power_off", SIM_ITEM_WEBMANAGER);
    return refused(lua, "power_off", sim_supply_off(supply));
}

static int lw_power_on(lua_State *lua)
{
    struct sim_supply *supply = check_supply(lua, "power_on", SIM_ITEM_WEBMANAGER);
    return refused(lua, "power_on", sim_supply_on(supply));
}

static int lw_restart(lua_State *lua)
{
    static const char *const known[] = {"after"};
    struct sim_supply *supply = check_supply(lua, "restart", SIM_ITEM_WEBMANAGER);
    CHECK_OPTIONS(lua, "restart", known);
    const double after_s = option_number(lua, "restart", "after", 0);
    if (!(after_s >= 0 && after_s <= 1e9)) {
        return luaL_error(lua, "restart: after is the seconds without power, from 0");
    }
    return refused(lua, "restart", sim_supply_restart(supply, (int64_t)(after_s * 1e6 + 0.5)));
}

static int lw_cut_power(lua_State *lua)
{
    static const char *const known[] = {"nth_write"};
    struct sim_supply *supply = check_supply(lua, "cut_power", SIM_ITEM_WEBMANAGER);
    CHECK_OPTIONS(lua, "cut_power", known);
    const double nth = option_number(lua, "cut_power", "nth_write", 0);
    if (!(nth >= 1 && nth <= 1e6 && floor(nth) == nth)) {
        return luaL_error(lua, "cut_power needs nth_write: which write or erase of its store from "
                               "now on, a whole number from 1");
    }
    const struct puppet *puppet = lua_touserdata(lua, 1);
    const char *refusal = sim_item_refusal(puppet->box->plant, SIM_ITEM_STORE);
    return refused(lua, "cut_power",
                   refusal != NULL ? refusal : sim_supply_cut(supply, (uint32_t)nth));
}

/* The record that a table names; null: none. */
static const char *option_record(lua_State *lua, const char *verb)
{
    const char *record = NULL;
    if (lua_istable(lua, 2) && lua_getfield(lua, 2, "record") != LUA_TNIL) {
        record = lua_type(lua, -1) == LUA_TSTRING ? lua_tostring(lua, -1) : "";
        if (record[0] == '\0') {
            luaL_error(lua, "%s: record is a text, as in record = \"settings\"", verb);
        }
    }
    return record;
}

static int lw_damage(lua_State *lua)
{
    static const char *const known[] = {"record"};
    struct sim_supply *supply = check_supply(lua, "damage", SIM_ITEM_STORE);
    CHECK_OPTIONS(lua, "damage", known);
    return refused(lua, "damage", sim_supply_damage(supply, option_record(lua, "damage")));
}

static int lw_restamp(lua_State *lua)
{
    static const char *const known[] = {"record", "version"};
    struct sim_supply *supply = check_supply(lua, "restamp", SIM_ITEM_STORE);
    CHECK_OPTIONS(lua, "restamp", known);
    const double version = option_number(lua, "restamp", "version", -1);
    const char *record = option_record(lua, "restamp");
    if (record == NULL || !(version >= 0 && version <= UINT8_MAX && floor(version) == version)) {
        return luaL_error(lua, "restamp takes record and version (0 to 255), as in "
                               "restamp{record=\"settings\", version=0}");
    }
    return refused(lua, "restamp", sim_supply_restamp(supply, record, (uint8_t)version));
}

static const struct verb *verbs_all(size_t *count)
{
    static const struct verb verbs[] = {
        {"unplug", DEVICES | IS(SIM_ITEM_COM2) | IS(SIM_ITEM_REPEATER), lw_unplug},
        {"plug", DEVICES | IS(SIM_ITEM_COM2) | IS(SIM_ITEM_REPEATER), lw_plug},
        {"mute", DEVICES | IS(SIM_ITEM_COM2), lw_mute},
        {"replace", DEVICES, lw_replace},
        {"press", IS(SIM_ITEM_MODULE) | IS(SIM_ITEM_MUTE), lw_press},
        {"hold", IS(SIM_ITEM_MODULE), lw_hold},
        {"let_go", IS(SIM_ITEM_MODULE), lw_let_go},
        {"release", IS(SIM_ITEM_MODULE) | IS(SIM_ITEM_STRING), lw_release},
        {"drift",
         IS(SIM_ITEM_MODULE) | IS(SIM_ITEM_STRING) | IS(SIM_ITEM_PLANT) | IS(SIM_ITEM_CHARGER) |
             IS(SIM_ITEM_LOAD) | IS(SIM_ITEM_COM2) | IS(SIM_ITEM_COM2_ANALOG),
         lw_drift},
        {"drop", IS(SIM_ITEM_BUS), lw_drop},
        {"delay", IS(SIM_ITEM_BUS), lw_delay},
        {"corrupt", IS(SIM_ITEM_BUS), lw_corrupt},
        {"duplicate", IS(SIM_ITEM_BUS), lw_duplicate},
        {"cut", IS(SIM_ITEM_BUS), lw_cut},
        {"cable", IS(SIM_ITEM_PLANT), lw_cable},
        {"mend", IS(SIM_ITEM_CABLE), lw_mend},
        {"fail", MEMORIES, lw_fail},
        {"mend", MEMORIES, lw_mend_memory},
        {"power_off", IS(SIM_ITEM_WEBMANAGER), lw_power_off},
        {"power_on", IS(SIM_ITEM_WEBMANAGER), lw_power_on},
        {"restart", IS(SIM_ITEM_WEBMANAGER), lw_restart},
        {"cut_power", IS(SIM_ITEM_WEBMANAGER), lw_cut_power},
        {"damage", IS(SIM_ITEM_STORE), lw_damage},
        {"restamp", IS(SIM_ITEM_STORE), lw_restamp},
        {"behave", DEVICES, sim_own_behave},
        {"on_step", IS(SIM_ITEM_PLANT), sim_hooks_on_step},
        {"on_frame", IS(SIM_ITEM_PLANT), sim_hooks_on_frame},
    };
    *count = sizeof verbs / sizeof verbs[0];
    return verbs;
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
    puppet_new(lua, -1, PUPPET_ITEM, item, number);
    lua_remove(lua, -2);
}

void sim_puppet_push(lua_State *lua, struct sim_plant *plant)
{
    sim_puppet_push_item(lua, plant, SIM_ITEM_PLANT, 0);
}
