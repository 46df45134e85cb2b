/*
 * plant.h — a plant from a Lua file: batteries, devices, bus, and the puppet strings on them.
 *
 * The plant is what scenarios push. Its bus face speaks bytes to the webmanager; its puppet face
 * is Lua values with strict property names.
 */
#ifndef SIM_PLANT_PLANT_H
#define SIM_PLANT_PLANT_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/plant/memory.h"
#include "sim/plant/panel.h"
#include "sim/plant/supply.h"
#include "sim/world.h"
#include "wm/bus.h"
#include "wm/catalog.h"

struct sim_plant;

/* A setting of the webmanager that the plant file implies or names, as typed by a person. */
struct sim_plant_setting {
    const char *name; /* "bank.strings" */
    char text[256];   /* "2", "open_breaker" */
};

/*
 * Loads the plant file and lays its devices on a bus of the plant's baud rate. The state is the
 * scenario's; it outlives the plant. Null, with "FILE:LINE: what is wrong; what would be right"
 * in error, on a Lua error, an unknown word, or a plant that breaks a limit. allow: wiring rules
 * that the plant may and must break, beyond those it names itself, "E, line"; null for none.
 */
struct sim_plant *sim_plant_load(struct sim_world *world, lua_State *lua, const char *file,
                                 const char *allow, char *error, size_t error_size);
void sim_plant_destroy(struct sim_plant *plant);

/* Pushes the Lua value scenarios call `plant`. */
void sim_plant_push(struct sim_plant *plant, lua_State *lua);

/* The webmanager's end of the bus, the plant's bus faults laid over it. Valid with the plant. */
struct wm_bus sim_plant_bus(struct sim_plant *plant);

/* The webmanager's end of COM2. Valid with the plant. */
struct wm_bus sim_plant_com2(struct sim_plant *plant);

/* When the next byte of an answer reaches it; INT64_MAX: none is on its way. */
int64_t sim_plant_next_byte_us(const struct sim_plant *plant);

/* Called from a world event whenever an answer has arrived whole, or held back bytes are let go. */
void sim_plant_listen(struct sim_plant *plant, void (*heard)(void *context), void *context);

/* What passes the bus, or COM2, in both directions, as it passes (after faults). */
typedef void sim_tap_fn(void *context, int64_t time_us, bool is_answer, const uint8_t *bytes,
                        size_t size);
void sim_plant_tap(struct sim_plant *plant, sim_tap_fn *tap, void *context);
void sim_plant_tap_com2(struct sim_plant *plant, sim_tap_fn *tap, void *context);

/* The webmanager's settings that follow from this plant, structural ones first. */
const struct sim_plant_setting *sim_plant_settings(const struct sim_plant *plant, size_t *count);

/* What a Lua value of the puppet face names. */
enum sim_item {
    SIM_ITEM_PLANT,
    SIM_ITEM_STRING,
    SIM_ITEM_MODULE,
    SIM_ITEM_SENSOR,
    SIM_ITEM_AUX,
    SIM_ITEM_AUX_INPUT,
    SIM_ITEM_AUX_OUTPUT,
    SIM_ITEM_BUS,
    SIM_ITEM_WEBMANAGER, /* what only it has: its panel, its programmer */
    SIM_ITEM_COM2,
    SIM_ITEM_COM2_ANALOG, /* of the sensormanager: 1..8 */
    SIM_ITEM_COM2_INPUT,
    SIM_ITEM_COM2_OUTPUT,
    SIM_ITEMS_SHOWN,
};
struct sim_reference {
    enum sim_item item;
    int32_t number;       /* 1-based over the plant, as in the register map; 0: there is one */
    const char *property; /* null: the item itself; "voltage": module.voltage */
    char name[48];        /* as in a scenario: "string[1].module[7].voltage" */
};
/* False if the value at index is no such value. */
bool sim_plant_reference(lua_State *lua, int index, struct sim_reference *reference);

/* The front of the webmanager, for the board to drive. Valid with the plant. */
struct sim_panel *sim_plant_panel(struct sim_plant *plant);

/* The faults of the webmanager's store and log, for the board to lay over its own. Valid with the
 * plant. */
struct sim_memory *sim_plant_memory(struct sim_plant *plant);

/* The webmanager's power, for whoever plays it to connect to. Valid with the plant. */
struct sim_supply *sim_plant_supply(struct sim_plant *plant);

/* The webmanager has lost its power: what it has not sent yet, on the bus or on COM2, is not sent.
 */
void sim_plant_hush(struct sim_plant *plant);

/*
 * The plant is on a real line, and its webmanager a real one, whose panel, flash and COM2 no script
 * has a hand on: what tries to is an error from now on. paces_itself: its bytes take their time
 * there, so that they are to take none here.
 */
void sim_plant_meet_line(struct sim_plant *plant, bool paces_itself);

/* A real module has this one's place on the line (1-based): nobody answers for it here. False:
 * there is no such module. */
bool sim_plant_leave(struct sim_plant *plant, int32_t module);

/* Is an answer of a module of this address this plant's to give? */
bool sim_plant_plays(const struct sim_plant *plant, int32_t address);

/* What somebody has laid hands on that only a webmanager in a simulator lets one: bits. */
enum {
    SIM_HAND_PANEL = 1,  /* button or switch of its front                       */
    SIM_HAND_POWER = 2,  /* its power                                           */
    SIM_HAND_MEMORY = 4, /* its flash: a failing write, a spoiled record, a cut */
    SIM_HAND_COM2 = 8,   /* a sensor, sensormanager or master hangs on COM2     */
};
unsigned sim_plant_hands(const struct sim_plant *plant);

/* The contact of an aux output (1..16) as the outside circuit feels it: true = on. */
bool sim_plant_contact(const struct sim_plant *plant, int32_t number);

/*
 * What must fail the scenario at its end, as a sentence; null if nothing: a fault that was asked
 * for but never happened (decision H3). Valid until asked again.
 */
const char *sim_plant_idle_fault(const struct sim_plant *plant);

/*
 * A function of the plant file or a hook that failed, "FILE:LINE: why (what)"; null if none did.
 * The world stops (sim_world_stop) at the instant it fails, and again at each later call of one:
 * what follows tells nothing about the firmware. Valid with the plant; the first failure stays.
 */
const char *sim_plant_failure(const struct sim_plant *plant);

/* Does a hook (plant:on_step, plant:on_frame, item:behave) run now? It may push, and wait for
 * nothing. */
bool sim_plant_is_hooked(const struct sim_plant *plant);

/*
 * Defines a verb for the items of every plant of the state, from an item's word, a name and a
 * function at 1, 2 and 3. Null, or why not; valid while the stack is left alone.
 */
const char *sim_plant_define_verb(lua_State *lua);

/* The Lua thread that functions of the plant file and hooks run in: what a watchdog puts its hook
 * on. */
lua_State *sim_plant_thread(const struct sim_plant *plant);

#endif
