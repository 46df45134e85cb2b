/*
 * hooks.h — functions that a plant file or a scenario has called by the simulation: after each step
 * of the batteries or every so often, for each frame on a line, in a device's place.
 *
 * For the files of the plant only. A plant without hooks has none of this: plant->hooks is null
 * until the first one, and then only what was asked for is called.
 *
 * Always true: hooks of one kind are called in the order in which they were asked for, one that is
 * asked for by another at the earliest the next time; a hook that fails ends the scenario, and
 * nothing is called after it; what a device answers by its own functions, or what a hook leaves of
 * its answer, is what sim/plant/truth.h tells of it until it answers otherwise.
 */
#ifndef SIM_PLANT_HOOKS_H
#define SIM_PLANT_HOOKS_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/bus/frame.h"
#include "sim/bus/wire.h"
#include "sim/devices/device.h"
#include "sim/plant/truth.h"
#include "sim/world.h"

struct sim_plant;

enum sim_hook_kind { SIM_HOOK_STEP, SIM_HOOK_FRAME, SIM_HOOK_DEVICE, SIM_HOOK_KINDS };

/* One function. Lives as long as its plant, so that what was never called can be told. */
struct sim_hook {
    struct sim_hook *next; /* of its kind */
    enum sim_hook_kind kind;
    int function_ref;
    bool is_of_plant; /* the plant file says so: nobody asked for it today */
    bool is_removed;
    int64_t calls;
    int64_t every_us;           /* STEP: 0: whenever the batteries have moved */
    int64_t due_us;             /* STEP, if every */
    int item;                   /* DEVICE */
    int32_t number;             /* DEVICE */
    enum wm_message_id message; /* DEVICE */
};

/* What a device was made to answer, in the units of messages.def. */
enum sim_told_field {
    SIM_TOLD_VOLTAGE,
    SIM_TOLD_TEMPERATURE,
    SIM_TOLD_BYPASS,
    SIM_TOLD_RESISTANCE,
    SIM_TOLD_CURRENT,
    SIM_TOLD_RIPPLE,
    SIM_TOLD_INPUTS,
    SIM_TOLD_OUTPUTS,
    SIM_TOLD_FIELDS
};
struct sim_told {
    bool is_silent; /* the last question to it stayed without an answer by a hook */
    unsigned known; /* bits 1 << enum sim_told_field */
    int32_t value[SIM_TOLD_FIELDS];
};

/* A device of somebody's own: a function for each message that it answers by itself. */
struct sim_own_device {
    struct sim_hook *answers[wm_message_count];
    int item_ref; /* the item, as the functions are given it */
};

struct sim_own_call;

/* A line that frame hooks look at. */
struct sim_hook_line {
    struct sim_plant *plant;
    struct sim_wire_hook hook;
    bool is_com2;
};

/* All private to hooks.c and own_device.c. */
struct sim_hooks {
    struct sim_hook *first[SIM_HOOK_KINDS], *last[SIM_HOOK_KINDS];
    int depth;      /* hooks that run now */
    int line_depth; /* of them, those that run while a frame passes */
    struct sim_event step;
    bool has_yielded; /* this instant, to what else moves the plant in it */
    int64_t moved_us; /* when the batteries moved last, if it is asked for ... */
    bool is_moved;    /* ... and that is not told yet */
    struct sim_hook_line line, line_com2;
    struct sim_own_device *own[SIM_DEVICES];          /* of the scenario; null: none */
    struct sim_own_device *own_of_plant[SIM_DEVICES]; /* of the plant file; null: none */
    struct sim_own_call *call;                        /* the device that is asked now; null: none */
    int built_in_ref;
    struct sim_told told[SIM_DEVICES];
    char sentence[400];
};

/* The plant's hooks, made if there are none yet. */
struct sim_hooks *sim_hooks_of(struct sim_plant *plant);
void sim_hooks_close(struct sim_plant *plant);

/* ---- for those who hook ----------------------------------------------------------------- */

/* A new hook, behind all of its kind, with the function at index. */
struct sim_hook *sim_hooks_add(struct sim_plant *plant, lua_State *lua, int index,
                               enum sim_hook_kind kind);
/* every_us 0: whenever the batteries have moved. */
struct sim_hook *sim_hooks_add_step(struct sim_plant *plant, lua_State *lua, int index,
                                    int64_t every_us);
struct sim_hook *sim_hooks_add_frame(struct sim_plant *plant, lua_State *lua, int index);
void sim_hooks_remove(struct sim_plant *plant, struct sim_hook *hook);

/* An error where a typed line asks, which may not keep the service from its clients. */
void sim_hooks_refuse_typed(lua_State *lua, const char *verb);

/* Verbs of the plant: plant:on_step(fn, { every = s }), plant:on_frame(fn). */
int sim_hooks_on_step(lua_State *lua);
int sim_hooks_on_frame(lua_State *lua);

/*
 * Calls the hook's function with the `given` values on top of the plant's thread; true with
 * `wanted` results there. False, and nothing left there, after a failure or a hook that failed.
 */
bool sim_hooks_call(struct sim_plant *plant, struct sim_hook *hook, int given, int wanted);

/* The hook did wrong: FILE:LINE of its function, why, and what it was. */
void sim_hooks_blame(struct sim_plant *plant, const struct sim_hook *hook, const char *why);

/* Keeps a failure of a function of the plant, FILE:LINE: why (what), and stops the world. */
void sim_hooks_fail(struct sim_plant *plant, int function_ref, const char *why, const char *what);

/* ---- for the plant ---------------------------------------------------------------------- */

/* The batteries have moved. */
void sim_hooks_moved(struct sim_plant *plant);

/* Does a hook run now; does one while a frame passes, with the firmware waiting for it? */
bool sim_hooks_run(const struct sim_plant *plant);
bool sim_hooks_run_on_line(const struct sim_plant *plant);

/* A hook of the scenario that was never called (decision H3), as a sentence; null: none. */
const char *sim_hooks_idle(struct sim_plant *plant);

/* ---- what a device was made to tell ----------------------------------------------------- */

void sim_told_take(struct sim_told *told, enum wm_message_id message, const int32_t *values);
/* It answers this message by itself again. */
void sim_told_forget(struct sim_told *told, enum wm_message_id message);

/* Lays it over what the built-in device would answer. */
void sim_told_module(const struct sim_told *told, struct sim_truth_module *truth);
void sim_told_sensor(const struct sim_told *told, struct sim_truth_sensor *truth);
void sim_told_aux(const struct sim_told *told, struct sim_truth_aux *truth);

/* ---- own_device.c ----------------------------------------------------------------------- */

/*
 * Puts the device that the table at index describes in the place of item and number, for the plant
 * file or for a scenario; nil takes the scenario's away. False with why as a sentence.
 */
bool sim_own_attach(struct sim_plant *plant, lua_State *lua, int index, int item, int32_t number,
                    bool is_of_plant, char *why, size_t size);

/* The verb: item:behave { measure = function(question, built_in, item) ... }. */
int sim_own_behave(lua_State *lua);

/* Of struct sim_devices: acts in the place of the built-in device. */
bool sim_own_acts(void *plant, int32_t place, const struct sim_frame *question,
                  struct sim_frame *answer);

/* Does a function of its own answer this? */
bool sim_own_answers(const struct sim_hooks *hooks, int32_t place, enum wm_message_id message);

void sim_own_close(struct sim_plant *plant);

#endif
