/*
 * wire.h — the half-duplex line between webmanager and devices: it takes the line's time.
 *
 * A question of n bytes keeps the line for 10 n bits; then whoever was asked acts after its
 * latency, and the bytes of its answer arrive one by one. One world event stands for each answer,
 * at the arrival of its last byte. Silence costs nothing.
 *
 * Always true: byte i of what began at t has arrived at t + 10 (i + 1) bits, computed from t, so
 * nothing drifts; what overlaps in time on the line is garbled (the line is a wired AND); what
 * arrives while the webmanager sends is not heard by it; a question heard garbled is not answered.
 */
#ifndef SIM_BUS_WIRE_H
#define SIM_BUS_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/bus/frame.h"
#include "sim/world.h"
#include "wm/bus.h"
#include "wm/limits.h"

/* Answers under way at one time; one above it is lost in the noise of the others. */
#define SIM_WIRE_TALKS_MAX 4

/* One device's reaction to one question. */
struct sim_talk {
    int32_t device;     /* the line's own name for it */
    int64_t latency_us; /* from the question's last bit to the answer's first, or to the deed */
    size_t size;        /* of the answer; 0: it acts, and says nothing */
};

/* Who hangs on the line. */
struct sim_line {
    void *self;
    /*
     * A transmission of size bytes has begun: says who will react, at most `max` of them. question
     * is filled when the return value is above 0.
     */
    int (*hear)(void *self, const uint8_t *bytes, size_t size, struct sim_frame *question,
                struct sim_talk *talks, int max);
    /*
     * The instant has come: the device does what it was asked and writes its answer. Returns the
     * answer's size, at most what `hear` announced, or 0 for silence.
     */
    size_t (*act)(void *self, int32_t device, const struct sim_frame *question, uint8_t *bytes);
};

/* Who looks at what is on the line, and may spoil it in place. */
struct sim_wire_hook {
    void *self;
    /* Return how many bytes pass, at most size: 0, none do. */
    size_t (*asked)(void *self, uint8_t *bytes, size_t size);
    size_t (*answered)(void *self, int32_t device, const struct sim_frame *question, uint8_t *bytes,
                       size_t size);
};

struct sim_wire_talk {
    struct sim_event event; /* the last byte, or the deed of who says nothing */
    struct sim_wire *wire;
    struct sim_frame question;
    int32_t device;
    int64_t heard_us; /* the question's last bit */
    int64_t begins_us;
    int64_t ends_us;
    size_t size;
    size_t fetched;
    bool has_acted;
    uint8_t bytes[WM_FRAME_SIZE_MAX];
};

/* The wire of a plant. Zero-initialised, then sim_wire_init. Private but for `hook`. */
struct sim_wire {
    struct sim_world *world;
    struct sim_line line;
    int64_t baud;
    int64_t deaf_until_us; /* the webmanager is sending until then */
    void (*heard)(void *context);
    void *context;
    const struct sim_wire_hook *hook; /* rw: borrowed; null: nobody looks */
    struct sim_wire_talk talks[SIM_WIRE_TALKS_MAX];
};

/* baud in bits a second. The line is borrowed. */
void sim_wire_init(struct sim_wire *wire, struct sim_world *world, int32_t baud,
                   struct sim_line line);

/*
 * The webmanager has lost its power: what it has not sent yet stays unsent, and nobody reacts to
 * half a question. Answers under way come in.
 */
void sim_wire_hush(struct sim_wire *wire);

/* Somebody talks unasked, from now on: what is on the line meanwhile is garbled. */
void sim_wire_babble(struct sim_wire *wire, const uint8_t *bytes, size_t size);

/* Takes all pending events out of the world. */
void sim_wire_close(struct sim_wire *wire);

/* The webmanager's end. */
struct wm_bus sim_wire_bus(struct sim_wire *wire);

/* When the next byte of an answer arrives; INT64_MAX: none is on its way. */
int64_t sim_wire_next_byte_us(const struct sim_wire *wire);

/* Called from a world event at the arrival of an answer's last byte. */
void sim_wire_listen(struct sim_wire *wire, void (*heard)(void *context), void *context);

/* The time that bytes take on a line, rounded up to whole microseconds. */
int64_t sim_wire_time_us(int32_t baud, size_t bytes);

#endif
