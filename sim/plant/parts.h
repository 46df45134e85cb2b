/*
 * parts.h — what a plant is made of; for the files of the plant only, never for those who use one.
 */
#ifndef SIM_PLANT_PARTS_H
#define SIM_PLANT_PARTS_H

#include "sim/battery/battery.h"
#include "sim/bus/faults.h"
#include "sim/bus/wire.h"
#include "sim/catalogue/catalogue.h"
#include "sim/devices/device.h"
#include "sim/devices/topology.h"
#include "sim/plant/com2.h"
#include "sim/plant/memory.h"
#include "sim/plant/panel.h"
#include "sim/plant/plant.h"
#include "sim/plant/supply.h"
#include "sim/plant/truth.h"

/* Structural settings, two a breaker, and as many as there are settings for a plant to name. */
#define SIM_PLANT_SETTINGS_MAX (12 + 2 * WM_STRINGS_MAX + wm_setting_count + wm_text_count)

struct sim_property;
struct sim_hooks;

/* A value on its way, linear in time. */
struct sim_drift {
    const struct sim_property *property;
    int32_t number;
    double from, to;
    int64_t begins_us, ends_us;
    bool has_moved;
};

struct sim_breaker {
    int32_t output; /* 1..16 over all units; 0: the string has none */
    bool is_nc;     /* output off = open */
};

/* The Lua values outlive the plant: they hold this, and find it empty then. */
struct sim_plant_box {
    struct sim_plant *plant;
};

struct sim_plant {
    struct sim_world *world;
    lua_State *lua; /* a thread of our own, for the functions of the plant file */
    int thread_ref; /* keeps it */
    int box_ref;    /* struct sim_plant_box, a userdata */
    int script_ref[WM_MODULES_MAX];
    bool is_built;                  /* battery, devices, wire and faults are open */
    bool is_loaded;                 /* the scenario may push now: circuits follow every push */
    bool has_type;                  /* the plant file names a battery type: ... */
    struct sim_cell_constants cell; /* ... its cell */
    struct sim_battery battery;
    struct sim_devices devices;
    struct sim_topology topology;
    struct sim_wire wire;
    struct sim_faults faults;
    struct sim_panel panel;
    struct sim_memory memory;
    struct sim_supply supply;
    struct sim_com2 com2;
    struct sim_catalogue catalogue;
    int32_t baud;
    bool is_on_line; /* its webmanager is a real one, behind a wire */
    struct sim_breaker breaker[WM_STRINGS_MAX];
    struct sim_drift *drifts;
    size_t drifts_count;
    size_t drifts_capacity;
    struct sim_drift idle_drift; /* the first that time passed for and that never moved, if any */
    size_t settings_count;
    struct sim_plant_setting settings[SIM_PLANT_SETTINGS_MAX];
    void (*watched)(void *context); /* sim_truth_watch; null: nobody does */
    void *watch_context;
    struct sim_hooks *hooks; /* null: nothing is hooked */
    int verbs_ref;           /* of the plant file's own; LUA_NOREF: none */
    char failure[400];       /* what a function of the plant file did wrong; "" if nothing */
};

/* ---- truth.c ---------------------------------------------------------------------------- */

/* Tells who watches; plant is a struct sim_plant *. */
void sim_truth_changed(void *plant);

/* ---- items.c ---------------------------------------------------------------------------- */

/* Items that only the puppet face knows, beyond enum sim_item. */
enum {
    SIM_ITEM_CHARGER = SIM_ITEMS_SHOWN,
    SIM_ITEM_LOAD,
    SIM_ITEM_REPEATER,
    SIM_ITEM_COM2_PORT,
    SIM_ITEM_MUTE,  /* the button of the webmanager */
    SIM_ITEM_STORE, /* where it keeps what survives a power cut */
    SIM_ITEM_LOG,   /* where it appends */
    SIM_ITEM_CABLE, /* number: its place in the topology, from 1 */
    SIM_ITEMS
};

/* "module", "string", ... */
const char *sim_item_word(int item);

/* How many the plant has of an item. */
int32_t sim_item_count(const struct sim_plant *plant, int item);

/* "string[1].module[7]", as a scenario would write it after `plant.`. */
void sim_item_name(const struct sim_plant *plant, int item, int32_t number, char *name,
                   size_t size);

/* The place of a module, sensor or aux in devices.device[]. */
int32_t sim_item_place(int item, int32_t number);

/*
 * Null, or why no hand of a script reaches the item, as the end of a sentence: it belongs to a real
 * webmanager, which has neither its panel nor its flash nor its COM2 here.
 */
const char *sim_item_refusal(const struct sim_plant *plant, int item);

/* ---- property.c ------------------------------------------------------------------------- */

enum sim_property_kind {
    SIM_NUMBER,
    SIM_COUNT,  /* a whole number */
    SIM_SWITCH, /* true, false */
    SIM_LEVEL,
    SIM_CONTACT,
    SIM_STATE, /* of the point of the same name (states.def) */
    SIM_LED,   /* enum sim_led */
};

struct sim_property {
    int item;
    const char *name;
    enum sim_property_kind kind;
    const char *unit;
    double low, high;
    /* The truth; false if there is none at present. */
    bool (*get)(const struct sim_plant *plant, int32_t number, double *value);
    /* Null: can only be looked at. */
    void (*set)(struct sim_plant *plant, int32_t number, double value);
    /* Null: nothing is pinned. */
    void (*release)(struct sim_plant *plant, int32_t number);
};

const struct sim_property *sim_properties(size_t *count);
const struct sim_property *sim_property_find(int item, const char *name);

/* The name of a SIM_STATE's value, null if it has none; and the reverse. */
const char *sim_property_state(const struct sim_property *property, int32_t value);
bool sim_property_state_find(const struct sim_property *property, const char *name, double *value);

/* Sets a value in range; ends a drift of it. Out of range: false, with the range in error. */
bool sim_property_push(struct sim_plant *plant, const struct sim_property *property, int32_t number,
                       double value, char *error, size_t size);

/* Lets a value move to `to` in seconds; the same refusals. */
bool sim_property_drift(struct sim_plant *plant, const struct sim_property *property,
                        int32_t number, double to, double seconds, char *error, size_t size);

void sim_property_release(struct sim_plant *plant, const struct sim_property *property,
                          int32_t number);

/* The battery's drift hook; context is the plant. */
bool sim_property_move_all(void *context);

/* ---- puppet.c --------------------------------------------------------------------------- */

/* Pushes a new box for the plant, and makes the metatables known. */
void sim_puppet_open(lua_State *lua, struct sim_plant *plant);

/* Pushes the value `plant`, or one item of it. */
void sim_puppet_push(lua_State *lua, struct sim_plant *plant);
void sim_puppet_push_item(lua_State *lua, struct sim_plant *plant, int item, int32_t number);

/* Whether an item has a property, a part or a verb of that name. */
bool sim_puppet_knows(int item, const char *word);

/*
 * The plant of the item at 1 that a verb is called on, and what it names (or null); an error if it
 * is none of the items, bits 1 << item.
 */
struct sim_plant *sim_puppet_check(lua_State *lua, const char *verb, unsigned items,
                                   struct sim_reference *reference);

/* ---- loader.c --------------------------------------------------------------------------- */

/* Runs the plant file and builds the plant from it; false with error filled. allow: as in
 * sim_plant_load. */
bool sim_loader_load(struct sim_plant *plant, lua_State *lua, const char *file, const char *allow,
                     char *error, size_t error_size);

/* ---- plant.c ---------------------------------------------------------------------------- */

struct sim_plant_shape {
    struct sim_battery_shape battery;
    struct sim_devices_options devices;
    int32_t baud;
};

/* Opens battery, devices, wire and faults; false without memory. */
bool sim_plant_build(struct sim_plant *plant, const struct sim_plant_shape *shape);

/* Isolates the strings whose breakers are open by their contacts. */
void sim_plant_follow_breakers(void *plant);

/* Adds a setting of the webmanager; false with error when there is none such or it refuses. */
bool sim_plant_add_setting(struct sim_plant *plant, const char *name, const char *text, char *error,
                           size_t size);

#endif
