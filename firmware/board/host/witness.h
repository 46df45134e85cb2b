/*
 * witness.h — lets the judge (oracle.h) see and hear: the plant's truth whenever it changes, what
 * passes the webmanager's end of the bus, both ways, as the webmanager sends and gets it, and how
 * its store takes what is to be kept.
 *
 * Always true: it changes nothing; the ports behind it are the ports before it.
 */
#ifndef BOARD_WITNESS_H
#define BOARD_WITNESS_H

#include "oracle.h"
#include "sim/plant/plant.h"
#include "sim/world.h"
#include "wm/bus.h"
#include "wm/store.h"

struct witness;

/* All are borrowed; the view is where each one is published. Null without memory. */
struct witness *witness_open(struct sim_plant *plant, struct sim_world *world, struct wm_bus bus,
                             const struct wm_view *view);
void witness_close(struct witness *witness);

/* The bus for the webmanager, and the judge who is told. Both live with the witness. */
struct wm_bus witness_bus(struct witness *witness);
struct oracle *witness_oracle(struct witness *witness);

/* The store for the webmanager, over a borrowed one. Once; it lives with the witness. */
struct wm_store witness_store(struct witness *witness, struct wm_store store);

/* As board_verdict: on an alarm, else on a value. */
const char *witness_verdict(const struct witness *witness);

/*
 * Looks whether a new view is there. A step publishes before it asks: the witness looks by itself
 * at each question, the board after each step.
 */
void witness_look(struct witness *witness);

#endif
