/*
 * battery.h — the batteries under the modules: charge, heat and the string circuits, as C arrays.
 *
 * Per block: an open-circuit voltage that follows the charge, a resistance that follows charge and
 * temperature, an overvoltage that grows while current is pushed into a full block, and one heat
 * capacity cooled by the ambient. Per string: a series circuit on a bus with one charger and one
 * load, or a current that a scenario pinned. Enough for voltages that sag and recover, a charge
 * that tapers, and heat; ageing and single cells are not in it.
 *
 * What a full block holds beyond its capacity, by overcharge, is its surplus: it raises the block's
 * voltage among its neighbours, who all carry the same current, and nothing but a bypass takes it
 * away. A bypass leads a current around the block: while it is full its surplus falls, below zero
 * too; else it is charged by that much less. The charger holds the string's sum, so that as one
 * block falls the others rise.
 *
 * Always true: a pinned value is exactly what was pinned until released, whatever the circuit
 * says; an isolated string carries no current, over any pin (decision B16); only + - * / and
 * comparisons make state, so the same run gives the same doubles on every processor; positive
 * current charges (decision B9).
 */
#ifndef SIM_BATTERY_H
#define SIM_BATTERY_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/world.h"
#include "wm/limits.h"

enum sim_pin { SIM_PIN_VOLTAGE, SIM_PIN_TEMPERATURE, SIM_PIN_RESISTANCE, SIM_PINS };

/* What the name plate says; the values follow battery.chemistry and battery.capacity. */
struct sim_battery_plate {
    int32_t modules;
    int32_t strings; /* divides modules */
    double capacity_Ah;
    int32_t cells;     /* a block */
    int32_t chemistry; /* battery.chemistry: 0 lead, 1 nicd, 2 nimh, 3 lfp */
    double ambient_degC;
};

struct sim_string {
    double current_A;       /* ro: positive charges */
    double current_pin_A;   /* ro */
    double current_ac_A;    /* rw: ripple, while the string is not isolated */
    bool is_pinned;         /* ro */
    bool is_open;           /* ro: its breaker isolates it */
    bool has_module_pins;   /* private */
    bool has_bypass;        /* private: one of its blocks at least may be bypassed */
    double emf_sum_V;       /* private: of its blocks, what they oppose to the bus */
    double chord_sum_Ohm;   /* private: what they add for each ampere, at this current */
    double resting_sum_Ohm; /* private: the same while discharging */
};

/* Chemistry and size of one block, in the terms of the step. */
struct sim_battery_block {
    double emf_full_V;
    double emf_slope_V;    /* from full to empty */
    double knee_V;         /* what the last tenth adds to it */
    double overvoltage_V;  /* most that a charging current can add */
    double taper_A;        /* current that adds half of it to a full block */
    double resistance_Ohm; /* full, 25 degC */
    double heat_J_K;
    double cooling_W_K;
    double float_V;
    double surplus_V_Ah; /* what each Ah of surplus adds */
};

struct sim_battery {
    struct sim_world *world;
    struct sim_battery_plate plate;
    struct sim_battery_block block;
    int32_t modules_per_string;
    /* One entry a module, in one allocation, a cache line of padding between the arrays. */
    double *storage;
    double *charge_Ah;        /* ro */
    double *temperature_degC; /* ro */
    double *voltage_V;        /* ro */
    double *resistance_Ohm;   /* ro */
    double *emf_V;            /* private */
    double *chord_Ohm;        /* private: overvoltage for each ampere */
    double *surplus_Ah;       /* ro */
    double *bypass_A;         /* private: around the block ...        */
    int64_t *bypass_until_us; /* private: ... until then, at most     */
    double *pin[SIM_PINS];    /* private */
    uint8_t *pins;            /* ro: bit 1 << enum sim_pin */
    struct sim_string string[WM_STRINGS_MAX];
    double ambient_degC;    /* rw, then sim_battery_touch */
    double charger_V;       /* rw: set point of the bus, then sim_battery_touch */
    double charger_limit_A; /* rw */
    bool charger_is_on;     /* rw */
    double load_A;          /* rw: what the load draws, 0 or above */
    bool moves;             /* private: something changed in the last tick */
    bool is_slow;           /* private: only by bypasses, hardly */
    int64_t stepped_us;     /* private: state is that of this instant */
    struct sim_event tick;  /* private */
    /* Called before each step, at the instant of it; true while values are still being moved. */
    bool (*drift)(void *context);
    /* Called after each step and each solving; may be null. */
    void (*moved)(void *context);
    void *context;
};

/*
 * Full blocks at ambient temperature, floating. False without memory; battery is then unusable.
 * battery is zero-initialised by the caller; drift and context may be set before or after.
 */
bool sim_battery_open(struct sim_battery *battery, struct sim_world *world,
                      const struct sim_battery_plate *plate);
void sim_battery_close(struct sim_battery *battery);

/* Something a scenario can push has changed: the circuits are solved anew, at this instant. */
void sim_battery_touch(struct sim_battery *battery);

/*
 * module and string are 0-based below. Each needs sim_battery_touch after it. A charge is a part of
 * the capacity, above 1 with a surplus.
 */
void sim_battery_pin(struct sim_battery *battery, int32_t module, enum sim_pin pin, double value);
void sim_battery_release(struct sim_battery *battery, int32_t module, enum sim_pin pin);
void sim_battery_set_charge(struct sim_battery *battery, int32_t module, double part);
double sim_battery_charge(const struct sim_battery *battery, int32_t module);
/*
 * From now on current_A goes around the block, until until_us or another call. The present tick,
 * a second or, while nothing else moves, ten, counts as a whole; nothing has to be touched.
 */
void sim_battery_bypass(struct sim_battery *battery, int32_t module, double current_A,
                        int64_t until_us);
void sim_battery_pin_current(struct sim_battery *battery, int32_t string, double current_A);
void sim_battery_release_current(struct sim_battery *battery, int32_t string);
void sim_battery_isolate(struct sim_battery *battery, int32_t string, bool is_open);

/* One second of a running battery, whatever the tick does: for tests and benchmarks. */
void sim_battery_step(struct sim_battery *battery, double seconds);

#endif
