/*
 * verbs.c — the verbs of a plant's items: what a hand can do to them that is no value.
 *
 * Always true: nothing has changed where a word or a value of the options is wrong; a plant that
 * would answer otherwise is told to whoever watches.
 */
#include "sim/plant/verbs.h"

#include <lauxlib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/plant/hooks.h"
#include "sim/plant/parts.h"
#include "sim/plant/puppet.h"
#include "sim/plant/words.h"

#define IS(item) (1u << (item))
#define DEVICES  (IS(SIM_ITEM_MODULE) | IS(SIM_ITEM_SENSOR) | IS(SIM_ITEM_AUX))
#define PLUGGED  (DEVICES | IS(SIM_ITEM_COM2) | IS(SIM_ITEM_REPEATER))
#define MEMORIES (IS(SIM_ITEM_STORE) | IS(SIM_ITEM_LOG))
#define DRIFTERS                                                                                   \
    (IS(SIM_ITEM_MODULE) | IS(SIM_ITEM_STRING) | IS(SIM_ITEM_PLANT) | IS(SIM_ITEM_CHARGER) |       \
     IS(SIM_ITEM_LOAD) | IS(SIM_ITEM_COM2) | IS(SIM_ITEM_COM2_ANALOG))

/* ---- options ---------------------------------------------------------------------------- */

/* An option of the table at 2, or the fallback. */
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
            struct sim_words words = {0};
            for (size_t i = 0; i < count; i++) {
                sim_words_add(&words, known[i]);
            }
            sim_words_push(lua, &words);
            const char *word = luaL_tolstring(lua, -3, NULL);
            luaL_error(lua, "%s has no option \"%s\"; it has: %s", verb, word,
                       lua_tostring(lua, -2));
        }
    }
}

#define CHECK_OPTIONS(lua, verb, known)                                                            \
    check_options(lua, verb, known, sizeof(known) / sizeof((known)[0]))

static struct sim_device *device_of(const struct sim_puppet *puppet)
{
    struct sim_plant *plant = puppet->box->plant;
    return puppet->item == SIM_ITEM_COM2
               ? &plant->com2.device
               : &plant->devices.device[sim_item_place(puppet->item, puppet->number)];
}

/* A verb has changed what its plant would answer. */
static void told_changed(const struct sim_puppet *puppet)
{
    sim_truth_changed(puppet->box->plant);
}

/* ---- devices ---------------------------------------------------------------------------- */

/* With its plug goes the repeater's power. A device that is in again is well: speaks, too. */
static void plug(const struct sim_puppet *puppet, bool is_plugged)
{
    if (puppet->item == SIM_ITEM_REPEATER) {
        sim_topology_plug_repeater(&puppet->box->plant->topology, is_plugged);
    } else if (is_plugged) {
        device_of(puppet)->is_plugged = true;
        device_of(puppet)->mute_left = 0;
    } else {
        struct sim_device *device = device_of(puppet);
        device->unplug_is_idle = device->unplug_is_idle || device->is_plugged;
        device->is_plugged = false;
    }
    told_changed(puppet);
}

static int lw_unplug(lua_State *lua)
{
    plug(sim_puppet_item(lua, "unplug", PLUGGED), false);
    return 0;
}

static int lw_plug(lua_State *lua)
{
    plug(sim_puppet_item(lua, "plug", PLUGGED), true);
    return 0;
}

static int lw_mute(lua_State *lua)
{
    static const char *const known[] = {"answers"};
    const struct sim_puppet *puppet = sim_puppet_item(lua, "mute", DEVICES | IS(SIM_ITEM_COM2));
    struct sim_device *device = device_of(puppet);
    CHECK_OPTIONS(lua, "mute", known);
    double answers = option_number(lua, "mute", "answers", HUGE_VAL);
    bool is_forever = isinf(answers);
    if (!is_forever && !(answers >= 1 && answers <= 1e9 && floor(answers) == answers)) {
        return luaL_error(lua, "mute: answers is a whole number from 1, how many it keeps to "
                               "itself; none is for all");
    }
    device->mute_left = is_forever ? -1 : (int64_t)answers;
    device->mute_is_idle = true;
    told_changed(puppet);
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
    const struct sim_puppet *puppet = sim_puppet_item(lua, "replace", DEVICES);
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
    told_changed(puppet);
    return 0;
}

static int lw_press(lua_State *lua)
{
    const struct sim_puppet *puppet =
        sim_puppet_item(lua, "press", IS(SIM_ITEM_MODULE) | IS(SIM_ITEM_MUTE));
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
    const struct sim_puppet *puppet = sim_puppet_item(lua, "hold", IS(SIM_ITEM_MODULE));
    sim_devices_press(&puppet->box->plant->devices, puppet->number - 1, true);
    return 0;
}

static int lw_let_go(lua_State *lua)
{
    const struct sim_puppet *puppet = sim_puppet_item(lua, "let_go", IS(SIM_ITEM_MODULE));
    sim_devices_let_go(&puppet->box->plant->devices, puppet->number - 1);
    return 0;
}

static int lw_release(lua_State *lua)
{
    const struct sim_puppet *puppet =
        sim_puppet_item(lua, "release", IS(SIM_ITEM_MODULE) | IS(SIM_ITEM_STRING));
    const char *word = lua_type(lua, 2) == LUA_TSTRING ? lua_tostring(lua, 2) : "";
    const struct sim_property *property = sim_property_find(puppet->item, word);
    if (property == NULL || property->release == NULL) {
        struct sim_words words = {0};
        size_t count;
        const struct sim_property *rows = sim_properties(&count);
        for (size_t i = 0; i < count; i++) {
            if (rows[i].item == puppet->item && rows[i].release != NULL) {
                sim_words_add(&words, rows[i].name);
            }
        }
        sim_words_push(lua, &words);
        return luaL_error(lua, "release takes the name of what %s can pin: %s",
                          sim_item_word(puppet->item), lua_tostring(lua, -1));
    }
    sim_property_release(puppet->box->plant, property, puppet->number);
    return 0;
}

/* Two looks at the table: nothing drifts when one of its words is wrong. */
static int lw_drift(lua_State *lua)
{
    const struct sim_puppet *puppet = sim_puppet_item(lua, "drift", DRIFTERS);
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
            const struct sim_property *property = sim_puppet_pushed(lua, puppet->item, word);
            (void)sim_puppet_value(lua, lua_gettop(lua), property);
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
        double to = sim_puppet_value(lua, lua_gettop(lua), &rows[i]);
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
    const struct sim_puppet *puppet = sim_puppet_at(lua, index);
    if (puppet != NULL && (IS(puppet->item) & DEVICES) != 0) {
        return sim_item_place(puppet->item, puppet->number);
    }
    if (puppet != NULL && puppet->item == SIM_ITEM_REPEATER) {
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
    const struct sim_puppet *puppet = sim_puppet_item(lua, "cable", IS(SIM_ITEM_PLANT));
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
    sim_puppet_push_item(lua, puppet->box->plant, SIM_ITEM_CABLE, cable + 1);
    return 1;
}

static int lw_mend(lua_State *lua)
{
    const struct sim_puppet *puppet = sim_puppet_item(lua, "mend", IS(SIM_ITEM_CABLE));
    struct sim_plant *plant = puppet->box->plant;
    (void)sim_defect_heal(plant, SIM_ITEM_CABLE, puppet->number,
                          sim_defect_find(SIM_ITEM_CABLE, "cut"));
    return 0;
}

/* ---- store and log ---------------------------------------------------------------------- */

/* What the verb is about: the store, the ring that it names, or all rings. */
static int check_part(lua_State *lua, const char *verb, struct sim_memory **memory)
{
    static const char *const known[] = {"ring"};
    const struct sim_puppet *puppet = sim_puppet_item(lua, verb, MEMORIES);
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
        struct sim_words words = {0};
        for (int i = 0; i < WM_LOG_RINGS; i++) {
            sim_words_add(&words, sim_memory_ring_name(i));
        }
        sim_words_push(lua, &words);
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
    const struct sim_puppet *puppet = sim_puppet_item(lua, verb, IS(SIM_ITEM_BUS));
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
    told_changed(puppet);
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
    const struct sim_puppet *puppet = sim_puppet_item(lua, row->verb, IS(row->item));
    return sim_defect_lua(lua, puppet->box->plant, row, puppet->number);
}

static int lw_heal(lua_State *lua)
{
    const struct sim_puppet *puppet = sim_puppet_item(lua, "heal", ~0u);
    struct sim_plant *plant = puppet->box->plant;
    if (puppet->item == SIM_ITEM_BUS && lua_isnoneornil(lua, 2)) {
        sim_faults_heal(&plant->faults);
        told_changed(puppet);
    }
    return sim_defect_heal_lua(lua, plant, puppet->item, puppet->number);
}

static bool can_heal(int item)
{
    return item == SIM_ITEM_BUS || sim_defect_has_rows(item);
}

/* ---- the webmanager's power ------------------------------------------------------------- */

static struct sim_supply *check_supply(lua_State *lua, const char *verb, int item)
{
    struct sim_plant *plant = sim_puppet_item(lua, verb, IS(item))->box->plant;
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
    const struct sim_puppet *puppet = lua_touserdata(lua, 1);
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

/* ---- all of them ------------------------------------------------------------------------ */

static const struct {
    const char *name;
    unsigned items; /* bits 1 << item */
    lua_CFunction run;
} verbs[] = {
    {"unplug", PLUGGED, lw_unplug},
    {"plug", PLUGGED, lw_plug},
    {"mute", DEVICES | IS(SIM_ITEM_COM2), lw_mute},
    {"replace", DEVICES, lw_replace},
    {"press", IS(SIM_ITEM_MODULE) | IS(SIM_ITEM_MUTE), lw_press},
    {"hold", IS(SIM_ITEM_MODULE), lw_hold},
    {"let_go", IS(SIM_ITEM_MODULE), lw_let_go},
    {"release", IS(SIM_ITEM_MODULE) | IS(SIM_ITEM_STRING), lw_release},
    {"drift", DRIFTERS, lw_drift},
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

enum { VERBS = sizeof verbs / sizeof verbs[0] };

/* Of the built-in ones; null: the item knows none such. */
static lua_CFunction built_in(int item, const char *word)
{
    for (size_t i = 0; i < VERBS; i++) {
        if ((verbs[i].items & IS(item)) != 0 && strcmp(verbs[i].name, word) == 0) {
            return verbs[i].run;
        }
    }
    return can_heal(item) && strcmp(word, "heal") == 0 ? lw_heal : NULL;
}

bool sim_verb_is_known(int item, const char *word)
{
    return built_in(item, word) != NULL || sim_defect_find(item, word) != NULL;
}

bool sim_verb_push(lua_State *lua, int item, const char *word)
{
    const lua_CFunction function = built_in(item, word);
    const struct sim_defect_row *row = sim_defect_find(item, word);
    if (function != NULL) {
        lua_pushcfunction(lua, function);
    } else if (row != NULL) {
        lua_pushlightuserdata(lua, (void *)(uintptr_t)row);
        lua_pushcclosure(lua, lw_defect, 1);
    }
    return function != NULL || row != NULL;
}

void sim_verbs_list(int item, void (*take)(void *context, const char *name), void *context)
{
    const struct sim_defect_row *row;
    for (size_t i = 0; i < VERBS; i++) {
        if ((verbs[i].items & IS(item)) != 0) {
            take(context, verbs[i].name);
        }
    }
    for (size_t i = 0; (row = sim_defect_row(i)) != NULL; i++) {
        if (row->item == item) {
            take(context, row->verb);
        }
    }
    if (can_heal(item)) {
        take(context, "heal");
    }
}
