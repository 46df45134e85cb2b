/*
 * faults.h — misbehaviour laid over any bus port; the port beneath and the core above don't know.
 *
 * Fault model. On the way the bytes of a question or of an answer may be
 *   dropped     none of them comes through: the other end hears silence;
 *   delayed     an answer is held back, whole, and let go later: it may meet the next question's
 *               time, which is why answers carry a sequence number;
 *   corrupted   a burst of bits is flipped. The first and the last bit of the burst are flipped,
 *               those between by chance, and it is at most 16 bits long unless asked otherwise,
 *               so that the checksum always catches it (decision H10; sim/BUS.md says in which
 *               order the bits count);
 *   duplicated  the same bytes come a second time, right behind;
 *   cut         only the first bytes come through.
 * A real line does all of these: loose contacts, noise, echoes, brown-outs, slow devices. The
 * webmanager must survive every one of them without a false value and without a false alarm.
 *
 * Always true: an answer means what is received after one question and before the next; a fault
 * strikes an answer where it is received, so a partial fetch is struck in that part. What a fault
 * does follows from the world's seed and from what has passed before, from nothing else.
 */
#ifndef SIM_BUS_FAULTS_H
#define SIM_BUS_FAULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/world.h"
#include "wm/bus.h"
#include "wm/limits.h"

enum sim_fault_kind {
    SIM_FAULT_DROP,
    SIM_FAULT_DELAY, /* answers only */
    SIM_FAULT_CORRUPT,
    SIM_FAULT_DUPLICATE, /* answers only */
    SIM_FAULT_CUT,
    SIM_FAULT_KINDS
};

/* One order. Exactly one of percent, nth and next is above 0. */
struct sim_fault {
    enum sim_fault_kind kind;
    bool is_question; /* strikes questions, not answers                        */
    double percent;   /* every one with this chance, until healed; 0..100      */
    int64_t nth;      /* only the n-th from now, 1-based                       */
    int64_t next;     /* the next so many                                      */
    int64_t delay_us; /* DELAY                                                 */
    int64_t bits;     /* CORRUPT: longest burst, 1..64                         */
    int64_t bytes;    /* CUT: how many come through; 0: chance, at least one   */
};

/* Orders one bus can have; those that are over and have struck make room. */
#define SIM_FAULTS_MAX 64
/* Bytes on the way to the webmanager, held back or let go. */
#define SIM_BUS_FAULTS_HELD_MAX ((size_t)8 * WM_FRAME_SIZE_MAX)
#define SIM_FAULT_BITS_DEFAULT  16
#define SIM_FAULT_BITS_MAX      64

typedef void sim_faults_tap_fn(void *context, int64_t time_us, bool is_answer, const uint8_t *bytes,
                               size_t size);

struct sim_fault_order {
    struct sim_fault fault;
    bool is_used;
    bool is_over;
    int64_t met; /* questions seen since it was ordered */
    int64_t fired;
};

struct sim_faults_held {
    size_t size;
    uint8_t bytes[SIM_BUS_FAULTS_HELD_MAX];
};

/* All private. Zero-initialised, then sim_faults_init. */
struct sim_faults {
    struct sim_world *world;
    struct wm_bus inner;
    struct sim_random random;
    int orders;    /* slots in use or once used */
    bool is_clear; /* no order is in force, none strikes, nothing is held */
    struct sim_fault_order order[SIM_FAULTS_MAX];
    struct sim_fault_order *strike[SIM_FAULT_KINDS]; /* on the answer to come */
    bool has_struck[SIM_FAULT_KINDS];                /* and did, on this one  */
    struct sim_event let_go;
    struct sim_faults_held held;  /* until let_go */
    struct sim_faults_held ready; /* let go, not fetched */
    void (*heard)(void *context);
    void *context;
    sim_faults_tap_fn *tap;
    void *tap_context;
    char sentence[128];
};

/* Lays faults over inner (borrowed). stream: the random stream of this bus. */
void sim_faults_init(struct sim_faults *faults, struct sim_world *world, struct wm_bus inner,
                     uint64_t stream);
void sim_faults_close(struct sim_faults *faults);

struct wm_bus sim_faults_bus(struct sim_faults *faults);

/* heard: something can be fetched that came by no other event. */
void sim_faults_listen(struct sim_faults *faults, void (*heard)(void *context), void *context);

/* Told of all bytes that get through, question or answer, at the instant they do. */
void sim_faults_tap(struct sim_faults *faults, sim_faults_tap_fn *tap, void *context);

/* Flips a burst of 1 to bits_max bits somewhere in size bytes (1 or more), as `corrupted` says. */
void sim_faults_burst(struct sim_random *random, int64_t bits_max, uint8_t *bytes, size_t size);

/* Null, or why the order is none: a sentence that says what would be right. */
const char *sim_faults_add(struct sim_faults *faults, const struct sim_fault *fault);

/* Ends every order. One that never struck stays to be told of. */
void sim_faults_heal(struct sim_faults *faults);

/* A fault that was ordered and never struck, as a sentence; null if none. Valid until asked again.
 */
const char *sim_faults_idle(struct sim_faults *faults);

#endif
