/*
 * com2.h — what hangs on COM2: a line of its own, 9,600 Bd 8N1, and at its end nothing or one
 * device written in Lua (lua/temperature_humidity.lua, lua/sensormanager.lua).
 *
 * A device is a table: what it senses as fields that scenarios push, and a function for each
 * message it knows, from the question's fields to the answer's. Frames, plug, mute, latency and
 * the rounding to a message's fields are done here, for every device alike.
 *
 * Always true: an unplugged device neither hears nor answers; a muted one does what it is asked
 * and does not answer; a device without a function for a message is silent.
 */
#ifndef SIM_PLANT_COM2_H
#define SIM_PLANT_COM2_H

#include <lua.h>
#include <stdbool.h>
#include <stdint.h>

#include "sim/bus/wire.h"
#include "sim/devices/device.h"
#include "sim/world.h"

/* Decision B21. */
#define SIM_COM2_BAUD 9600
/* Ports of a sensormanager, and what each has (guide, "Connect Sensormanager"). */
#define SIM_COM2_PORTS        4
#define SIM_COM2_PORT_ANALOGS 2

typedef void sim_com2_tap_fn(void *context, int64_t time_us, bool is_answer, const uint8_t *bytes,
                             size_t size);

struct sim_com2 {
    struct sim_world *world;
    lua_State *lua; /* that the device's functions run in */
    int device_ref; /* LUA_NOREF: nothing hangs there */
    bool is_attached;
    bool is_sensormanager;
    struct sim_wire wire;
    sim_com2_tap_fn *tap;
    void *tap_context;
    struct sim_device device; /* rw: plug, mute, latency */
    /* A function of the device failed. */
    void (*failed)(void *context, const char *why);
    void *context;
};

/* com2 is zero-initialised by the caller; the line is there, and nothing on it. */
void sim_com2_init(struct sim_com2 *com2, struct sim_world *world, lua_State *lua);
void sim_com2_close(struct sim_com2 *com2);

/* The webmanager's end. */
struct wm_bus sim_com2_bus(struct sim_com2 *com2);

/* Told of all bytes that pass it, question or answer, at the instant they do. */
void sim_com2_tap(struct sim_com2 *com2, sim_com2_tap_fn *tap, void *context);

/* Hangs the device on it that stands on top of the stack, and pops it. */
void sim_com2_attach(struct sim_com2 *com2, lua_State *lua, bool is_sensormanager);

/* A number field of the device, or with number > 0 of its list of that name; false if absent. */
bool sim_com2_get(const struct sim_com2 *com2, const char *field, int32_t number, double *value);

/* Sets it, and lets the device follow. It must be there. */
void sim_com2_set(struct sim_com2 *com2, const char *field, int32_t number, double value);

#endif
