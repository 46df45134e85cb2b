/*
 * battery_type.h — from a name plate to the constants of a cell.
 *
 * A class gives what its batteries have in common (public literature, battery_type.c names it); the
 * plate gives capacity, size and, where it says so, resistance and mass; a data sheet's fit gives
 * the rest. What is not given is NAN and follows the class.
 */
#ifndef SIM_BATTERY_TYPE_H
#define SIM_BATTERY_TYPE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/cell.h"

enum sim_battery_class {
    SIM_CLASS_AGM,
    SIM_CLASS_GEL,
    SIM_CLASS_VENTED,
    SIM_CLASS_NICD,
    SIM_CLASS_NIMH,
    SIM_CLASS_LFP,
    SIM_CLASSES
};

enum { SIM_RATES_MAX = 8 };

/* What is printed on a block. */
struct sim_battery_plate {
    enum sim_battery_class battery_class;
    int32_t cells; /* a block, 1..24 */
    int32_t rates; /* 1..SIM_RATES_MAX */
    struct {
        double capacity_Ah;
        double at_hours; /* to the class's end voltage */
    } rate[SIM_RATES_MAX];
    double resistance_Ohm; /* of the block, full, 25 degC; NAN */
    double mass_kg;        /* of the block; NAN */
};

/* What a fit adds; each NAN: the class's. */
struct sim_battery_fit {
    double available;
    double exchange_per_h;
    double resistance_empty;
    double capacity_factor; /* on capacity_Ah as the plate has it */
    double resistance_factor;
};

/* "agm", ...; null beyond. And back: false for none such. */
const char *sim_battery_class_name(enum sim_battery_class battery_class);
bool sim_battery_class_find(const char *name, enum sim_battery_class *battery_class);

/* Whose end voltage a plate's capacity is counted to, V a cell. */
double sim_battery_class_end_V(enum sim_battery_class battery_class);

/*
 * The constants of one cell of that block. The capacity is that which the model gives at the
 * plate's rate; with several rates, at their C10 or nearest to it.
 */
void sim_battery_constants(const struct sim_battery_plate *plate, const struct sim_battery_fit *fit,
                           struct sim_cell_constants *constants);

/* A constant current out of one full cell, to end_V: hours; 0 if it starts below. current_A > 0. */
double sim_battery_discharge_h(const struct sim_cell_constants *constants, double current_A,
                               double end_V, double temperature_degC);

#endif
