/*
 * type.h — from a name plate, and the rows of a data sheet, to the constants of a cell.
 *
 * A class gives what its batteries have in common (type.c names the literature). What
 * differs from maker to maker is struct sim_battery_fit: six figures, of which the class tells the
 * usual one and how much it scatters. What is known of a block (capacities at rates, its
 * resistance, rows of its sheet) moves them from there, each as far as it weighs: so a plate with
 * one rate gives a usual block of that size, four rates a better one, a sheet the block itself.
 */
#ifndef SIM_BATTERY_TYPE_H
#define SIM_BATTERY_TYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/battery/cell.h"

enum sim_battery_class {
    SIM_CLASS_AGM,
    SIM_CLASS_GEL,
    SIM_CLASS_VENTED,
    SIM_CLASS_NICD,
    SIM_CLASS_NIMH,
    SIM_CLASS_LFP,
    SIM_CLASSES
};

enum { SIM_RATES_MAX = 8, SIM_BATTERY_CELLS_MAX = 24, SIM_SHEET_ROWS_MAX = 400 };

/* What is printed on a block. */
struct sim_battery_plate {
    enum sim_battery_class battery_class;
    int32_t cells; /* a block, 1..SIM_BATTERY_CELLS_MAX */
    int32_t rates; /* 1..SIM_RATES_MAX */
    struct {
        double capacity_Ah;
        double at_hours; /* to the end voltage that is usual for such a time */
    } rate[SIM_RATES_MAX];
    double resistance_Ohm; /* of the block, full, 25 degC; NAN: the class's */
    double mass_kg;        /* of the block; NAN: the class's */
    double warmer_K;       /* its capacities are meant at 25 degC and so much more */
};

/* One row of a data sheet: values of the block, the end voltage a cell. */
struct sim_battery_row {
    double load; /* A, or W */
    bool is_watts;
    double end_V;
    double minutes;
};

/* What differs from maker to maker; of one cell. */
struct sim_battery_fit {
    double capacity_Ah;      /* both wells */
    double available;        /* c */
    double exchange_per_h;   /* k */
    double resistance_empty; /* a */
    double losses_Ohm;       /* R (1 + R1 / R), full: what a discharge of minutes feels */
    double slope_V;          /* of the emf from full to empty */
};

/* "agm", ...; null beyond. And back: false for none such. */
const char *sim_battery_class_name(enum sim_battery_class battery_class);
bool sim_battery_class_find(const char *name, enum sim_battery_class *battery_class);

/* What the class tells of one cell at 25 degC, V. */
double sim_battery_class_float_V(enum sim_battery_class battery_class);
double sim_battery_class_charge_V(enum sim_battery_class battery_class); /* the usual fast charge */
double sim_battery_class_least_V(enum sim_battery_class battery_class);  /* no end is below it */
double sim_battery_class_full_V(enum sim_battery_class battery_class);   /* at rest */

/* The end voltage a capacity is usually counted to, V a cell: makers let short discharges go lower.
 */
double sim_battery_end_V(enum sim_battery_class battery_class, double hours);

/* About the capacity in ten hours, Ah; and the resistance of a cell of such a class and size. */
double sim_battery_rated_Ah(const struct sim_battery_plate *plate);
double sim_battery_usual_Ohm(const struct sim_battery_plate *plate);

/* The likeliest block with this plate, and these rows (count may be 0). False without memory. */
bool sim_battery_estimate(const struct sim_battery_plate *plate, const struct sim_battery_row *rows,
                          size_t count, struct sim_battery_fit *fit);

/* The constants of one cell of it. */
void sim_battery_constants(const struct sim_battery_plate *plate, const struct sim_battery_fit *fit,
                           struct sim_cell_constants *constants);

/* The constants of the likeliest block with this plate alone. False without memory. */
bool sim_battery_by_plate(const struct sim_battery_plate *plate,
                          struct sim_cell_constants *constants);

/* A discharge of one full cell at degC around and inside: hours until end_V; 0 if it starts below,
 * or without memory. */
double sim_battery_discharge_h(const struct sim_cell_constants *constants, double load,
                               bool is_watts, double end_V, double temperature_degC);

/* How far the constants are from the rows, each as a part of what the sheet says. */
struct sim_battery_error {
    double rms_all;
    double rms_usual; /* of the rows from 10 minutes to 20 hours */
    double worst;     /* with its sign */
    size_t worst_row;
    size_t usual_rows;
};
struct sim_battery_error sim_battery_compare(const struct sim_battery_plate *plate,
                                             const struct sim_battery_fit *fit,
                                             const struct sim_battery_row *rows, size_t count);

#endif
