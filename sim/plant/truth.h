/*
 * truth.h — what the devices of a plant would answer at this instant, for a judge who compares it
 * with what the webmanager publishes.
 *
 * Always true: an answer measured now lies within its band; on an exact plant the band is one
 * value, else it is as wide as the device's noise. Where a function of somebody's own answers
 * (sim/plant/hooks.h) the band is what it answered last, exactly, and silence is silence until it
 * answers again. A look changes nothing, calls no function and draws no number.
 */
#ifndef SIM_PLANT_TRUTH_H
#define SIM_PLANT_TRUTH_H

#include <stdint.h>

#include "sim/devices/band.h"

struct sim_plant;

/* How many devices the plant has; addresses without one are silent. */
void sim_truth_counts(const struct sim_plant *plant, int32_t *modules, int32_t *sensors,
                      int32_t *aux);

int32_t sim_truth_strings(const struct sim_plant *plant);

/* Numbers are addresses on the bus, from 1. */
struct sim_truth_module sim_truth_module(const struct sim_plant *plant, int32_t number);
struct sim_truth_sensor sim_truth_sensor(const struct sim_plant *plant, int32_t number);
struct sim_truth_aux sim_truth_aux(const struct sim_plant *plant, int32_t number);

/*
 * Tells, at once, that something of this may have changed: the batteries moved, or somebody pushed
 * the plant. What a device does by itself while it is asked (the last answer it was muted for, a
 * battery function) is told by the next look.
 */
void sim_truth_watch(struct sim_plant *plant, void (*changed)(void *context), void *context);

#endif
