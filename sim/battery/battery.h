/*
 * battery.h — the batteries under the modules: cells in blocks, blocks in strings, strings on a bus
 * with one charger and one load, and the heat between blocks and room. The cells are in cell.h.
 *
 * Per string: a series circuit of blocks and the links between them. On the bus: a charger with a
 * set point, a current limit and a temperature compensation, which takes nothing back; a load of
 * amperes, watts and ohms; the strings that are neither isolated nor blown. Per block: one
 * temperature, warmed by its cells and its links, cooled by its surroundings and its neighbours,
 * and held by boiling while its cells have water.
 *
 * A step first solves the circuits for its own end (each cell is a line in the current), then moves
 * the cells by what flows there. Its length follows how bent the voltages and temperatures are:
 * a second after a push, up to a minute on float.
 *
 * A bypass leads a current around a block; the charger holds the string's sum, so that as one
 * block falls the others rise.
 *
 * Always true: a pinned value is exactly what was pinned until released, whatever the circuit
 * says; an isolated string carries no current, over any pin (decision B16), and through a broken
 * strap goes neither a pinned current nor ripple; only + - * /, square roots and comparisons make
 * state, so the same run gives the same doubles on every processor; positive current charges
 * (decision B9); a state that no block can be in ends everything (sim_battery_failure).
 */
#ifndef SIM_BATTERY_BATTERY_H
#define SIM_BATTERY_BATTERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/battery/cell.h"
#include "sim/world.h"
#include "wm/limits.h"

enum sim_pin { SIM_PIN_VOLTAGE, SIM_PIN_TEMPERATURE, SIM_PIN_RESISTANCE, SIM_PINS };

struct sim_battery_shape {
    int32_t modules;
    int32_t strings; /* divides modules */
    int32_t cells;   /* a block */
    struct sim_cell_constants cell;
    double float_V; /* the charger's set point, a cell; and while it boosts */
    double boost_V;
    double ambient_degC;
};

struct sim_charger {
    double voltage_V;        /* rw: set point of the bus, at 25 degC */
    double boost_V;          /* rw: the same, ... */
    bool is_boosting;        /* rw: ... while it boosts */
    double high_V, low_V;    /* rw: what it is off by, above and below */
    bool has_failed;         /* rw: gives nothing, whatever is_on says */
    bool has_lost_probe;     /* rw: compensates nothing */
    double compensation_V_K; /* rw: on the bus, for each kelvin that the blocks are above 25 */
    double limit_A;          /* rw */
    bool is_on;              /* rw */
    double ripple_A;         /* rw: alternating, in each string, while it gives */
    double switched_s;       /* ro: for so long it was switched on, ... */
    double giving_s;         /* ro: ... gave to a string that conducts, ... */
    double holding_s;        /* ro: ... and its set point made a string's current */
};

struct sim_load {
    double current_A;     /* rw: 0 or above, all three together */
    double power_W;       /* rw */
    double conductance_S; /* rw */
};

struct sim_string {
    double current_A;     /* ro: positive charges */
    double current_pin_A; /* ro */
    double current_ac_A;  /* rw: alternating, beside the charger's (sim_battery_ripple_A) */
    bool is_pinned;       /* ro */
    bool is_open;         /* ro: its breaker isolates it */
    bool is_blown;        /* rw: its fuse */
    bool is_broken;       /* private: a strap of one of its cells, SIM_TRAIT_SERIES */
    double cable_Ohm;     /* rw: between its blocks and the bus */
    double on_bus_s;      /* ro: for so long the bus made its current */
    double slow_A;        /* private: through the slow resistance of its cells */
    double volts, ohms;   /* private: its line, volts + ohms x current */
    bool has_module_pins; /* private */
    bool has_bypass;      /* private: one of its blocks at least may be bypassed */
};

struct sim_battery {
    struct sim_world *world;
    struct sim_battery_shape shape;
    int32_t modules_per_string;
    struct sim_cells cells;       /* shape.cells a module, in order */
    double *storage;              /* of the arrays below, one entry a module */
    double *temperature_degC;     /* ro */
    double *voltage_V;            /* ro */
    double *resistance_Ohm;       /* ro: with its link */
    double *link_Ohm;             /* rw: of the joint at its post, beyond a good one */
    double *surroundings_K;       /* rw: above the ambient, where it stands */
    double *pin[SIM_PINS];        /* private */
    double *bypass_A;             /* private: around the block ... */
    int64_t *bypass_until_us;     /* private: ... until then, at most ... */
    int64_t *bypass_since_us;     /* private: ... and counted until then: */
    double *bypass_C;             /* private: this, since the last step */
    double *stray_A;              /* private: around the block, by a second earth */
    double *fresh_degC;           /* private: its cells know this temperature */
    double *before_V, *slope_V_s; /* private: of the step before */
    uint8_t *pins;                /* ro: bit 1 << enum sim_pin */
    struct sim_string string[WM_STRINGS_MAX];
    struct sim_charger charger; /* rw, then sim_battery_touch */
    struct sim_load load;       /* rw, then sim_battery_touch */
    double ambient_degC;        /* rw, then sim_battery_touch */
    double uncooled_K;          /* rw, then sim_battery_touch: the room is above that */
    double bus_V;               /* ro */
    double step_s;              /* private: of the step to come */
    double warmed_K;            /* private: most of any block in the last step */
    double unworn_h;            /* private: since age and sulphate were looked at */
    int64_t stepped_us;         /* private: state is that of this instant */
    int32_t failed_module;      /* private: 0-based ... */
    bool has_failed;            /* private: ... its state is none of a block: nothing moves on */
    struct sim_event tick;      /* private */
    /* Called before each step, at the instant of it; true while values are still being moved. */
    bool (*drift)(void *context);
    /* Called after each step and each solving; may be null. */
    void (*moved)(void *context);
    void *context;
};

/*
 * Full blocks that have long been floating at ambient temperature. False without memory; battery is
 * then unusable. battery is zero-initialised by the caller; drift and context may be set before or
 * after.
 */
bool sim_battery_open(struct sim_battery *battery, struct sim_world *world,
                      const struct sim_battery_shape *shape);
void sim_battery_close(struct sim_battery *battery);

/* Something a scenario can push is about to change: what was, was until this instant. */
void sim_battery_reach(struct sim_battery *battery);

/* It has changed: the circuits are solved anew, at this instant. */
void sim_battery_touch(struct sim_battery *battery);

/*
 * As if it had been standing like this for days, without growing older or drier: full, on its
 * charger. Where blocks would never come to rest, hot and on a high set point, they are as warm as
 * where they stand. Does nothing where a load, an open charger or a pinned current would make that
 * a lie.
 */
void sim_battery_settle(struct sim_battery *battery);

/* Through this string (0-based), A: none through what is open, blown or broken. */
double sim_battery_ripple_A(const struct sim_battery *battery, int32_t string);

/*
 * Null, or why there is no battery any more: a block that is hotter than any stands, or a value
 * that is no number. The module (0-based) is in *module, the rest of the sentence in text.
 */
const char *sim_battery_failure(const struct sim_battery *battery, int32_t *module, char *text,
                                size_t size);

/* module and string are 0-based below. Each needs sim_battery_touch after it. */
void sim_battery_pin(struct sim_battery *battery, int32_t module, enum sim_pin pin, double value);
void sim_battery_release(struct sim_battery *battery, int32_t module, enum sim_pin pin);
static inline bool sim_battery_is_pinned(const struct sim_battery *battery, int32_t module,
                                         enum sim_pin pin)
{
    return (battery->pins[module] & 1u << pin) != 0;
}
void sim_battery_pin_current(struct sim_battery *battery, int32_t string, double current_A);
void sim_battery_release_current(struct sim_battery *battery, int32_t string);
void sim_battery_isolate(struct sim_battery *battery, int32_t string, bool is_open);

/* The charge of one cell (0-based), or of all of a block (-1), 0..1, by decree; and of one, or the
 * mean of all. */
void sim_battery_set_charge(struct sim_battery *battery, int32_t module, int32_t cell, double part);
double sim_battery_charge(const struct sim_battery *battery, int32_t module, int32_t cell);

/* A trait, likewise. */
void sim_battery_set_trait(struct sim_battery *battery, int32_t module, int32_t cell,
                           enum sim_trait trait, double value);
double sim_battery_trait(const struct sim_battery *battery, int32_t module, int32_t cell,
                         enum sim_trait trait);

/*
 * From now on current_A goes around the block, until until_us or another call. Nothing has to be
 * touched: the charge is counted exactly, the voltage follows with the next step.
 */
void sim_battery_bypass(struct sim_battery *battery, int32_t module, double current_A,
                        int64_t until_us);

/* So much goes around the block, always, until the next call; then sim_battery_touch. */
void sim_battery_stray(struct sim_battery *battery, int32_t module, double current_A);

/* One step, whatever the tick does: for tests, benchmarks and whoever has no world running. */
void sim_battery_step(struct sim_battery *battery, double seconds);

/* The worst imbalance of all cells (cell.h). */
struct sim_imbalance sim_battery_imbalance(const struct sim_battery *battery);

#endif
