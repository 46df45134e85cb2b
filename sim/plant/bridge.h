/*
 * bridge.h — joins a plant to a line that a real webmanager asks on: its bytes become questions,
 * and answers bytes for it. Opens nothing and waits for nothing; whoever has the line does.
 *
 * Always true: a question reaches the devices whole, as one transmission, or as the junk that it
 * is; who has sent half a frame and then nothing for SIM_BRIDGE_GAP_US has sent junk; what the
 * adapter echoes of the answers is dropped.
 */
#ifndef SIM_PLANT_BRIDGE_H
#define SIM_PLANT_BRIDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/plant/plant.h"
#include "sim/world.h"
#include "wm/limits.h"

/* Longer than an operating system keeps the bytes of one frame apart, shorter than a time-out. */
#define SIM_BRIDGE_GAP_US 20000
/* More that waits here than this is the talk of a line gone mad, and is counted and dropped. */
#define SIM_BRIDGE_INPUT_MAX 512

/* Bytes of an answer are let go in pieces: a webmanager waits so long between two, and longer. */
#define SIM_BRIDGE_PIECE_US 2000

/* Zero-initialised, then sim_bridge_init. */
struct sim_bridge {
    uint64_t questions; /* ro: frames that came and were questions                 */
    uint64_t others;    /* ro: answers of real devices on the same line            */
    uint64_t junk;      /* ro: bytes that were no frame                            */
    int32_t doubled;    /* ro: a module that the plant plays, and another answered for; 0: none */
    int64_t asked_us;   /* ro: when the last question came; below 0: none has      */
    /* private */
    struct sim_world *world;
    const struct sim_plant *plant;
    struct wm_bus bus; /* the plant's */
    bool has_echo;
    size_t size;
    int64_t came_us; /* the last bytes */
    uint8_t bytes[SIM_BRIDGE_INPUT_MAX];
    size_t echo_size;
    uint8_t echo[SIM_BRIDGE_INPUT_MAX]; /* given, and to be heard again */
};

/* has_echo: the adapter hears what it sends. The plant is borrowed. */
void sim_bridge_init(struct sim_bridge *bridge, struct sim_world *world, struct sim_plant *plant,
                     bool has_echo);

/* Bytes have come from the line, at the world's present instant; as many as there were. */
void sim_bridge_take(struct sim_bridge *bridge, const uint8_t *bytes, size_t size);

/*
 * Hands on what is whole. To be called whenever the world has gone on; returns when it is to be
 * called again at the latest, INT64_MAX: nothing waits.
 */
int64_t sim_bridge_go(struct sim_bridge *bridge);

/* Bytes for the line; returns how many, at most size_max. */
size_t sim_bridge_give(struct sim_bridge *bridge, uint8_t *bytes, size_t size_max);

/* The line was pulled: half a question is forgotten. */
void sim_bridge_forget(struct sim_bridge *bridge);

#endif
