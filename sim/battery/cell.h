/*
 * cell.h — the chemistry of cells, as arrays: what each opposes to a current, and what the current
 * makes of it. No circuit, no clock: those are in battery.h.
 *
 * A cell is two wells of charge (KiBaM: Manwell and McGowan 1993; NREL's SSC documents it), an
 * electromotive force that follows the near well, a resistance that follows charge, temperature
 * and health, an activation step, one RC, and a float branch beside the wells:
 *
 *     terminal = emf(h1) + vp + I R + A0 asinh(I / I0) + v1
 *     Cp dvp/dt = I - Im - If(emf + vp) - leak,    Im = vp (1 - h1) / b while vp > 0
 *
 * where Im charges the wells (h1 near, h2 far) and what the float branch takes does not. While vp
 * is spent, the wells give or take all: Im = I - If - leak. Full wells take nothing, so that under
 * a constant voltage vp settles where the float branch takes the whole current.
 *
 * A cell whose near well is empty is reversed by whatever is forced through it, and leaks nothing.
 *
 * A step is implicit: for a step of dt, the inner voltage emf + vp of each cell at its end is a
 * line in the current of its string, so the circuit is solved first and exactly, and no step is
 * too long to be stable.
 *
 * Always true: currents above 0 charge (decision B9); charge and gradient give wells within 0..1;
 * what went in is found again: in the wells, in vp, or in the ledger of struct sim_cells.
 */
#ifndef SIM_BATTERY_CELL_H
#define SIM_BATTERY_CELL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sim_cold { SIM_COLD_LEAD, SIM_COLD_NICKEL, SIM_COLD_LFP };

/* All that makes a type of cell; of one cell, in its size (not per ampere-hour). */
struct sim_cell_constants {
    double rated_Ah;       /* its C10: what rates and float currents are counted on */
    double capacity_Ah;    /* both wells at 25 degC, new: what endless patience would get */
    double available;      /* c: part of the near well, 0..1 */
    double exchange_per_h; /* k */
    double emf_full_V;     /* at h1 = 1, 25 degC */
    double emf_slope_V;    /* less at h1 = 0 */
    double emf_V_K;
    double knee;             /* below this h1 the emf falls off ... */
    double knee_V;           /* ... by so much at 0 */
    double resistance_Ohm;   /* full, new, 25 degC */
    double resistance_empty; /* a: R grows by a (1/h1 - 1) */
    double resistance_slow;  /* R1 / R */
    double slow_s;           /* of R1 and its capacitor */
    double activation_V;     /* A0 */
    double activation_A;     /* I0 */
    double acceptance_Ohm;   /* b */
    double polarisation_F;   /* Cp */
    double float_A;          /* i0: at float_V, 25 degC, new; 0: no float branch */
    double float_V;
    double decade_above_V; /* for ten times the float current, above float_V ... */
    double decade_below_V; /* ... and below */
    double
        recombination; /* eta: 1 all overcharge stays as heat, 0 all is gassed off; less when hot */
    double drying;     /* wc: float current grows e-fold for so much lost water; 0: not */
    double gas_V; /* what gassed-off overcharge carries away a coulomb (1.48, H2O); 0: no water */
    double heat_J_K;
    double cooling_W_K; /* to the ambient */
    double life_h;      /* at 25 degC and float_V to an age of 1 */
    enum sim_cold cold; /* what the cold leaves of its capacity */
    bool is_lead;       /* sulphates when left discharged */
};

/* What a cell has that others of its type have not. */
enum sim_trait {
    SIM_TRAIT_WATER_LOST, /* w: part of it, 0..1; follows the float current by itself */
    SIM_TRAIT_AGE,        /* A: 0 new, 1 at 80 % capacity; grows by itself */
    SIM_TRAIT_SULPHATE,   /* S: part of the capacity, 0..0.95; grows while left discharged */
    SIM_TRAIT_CAPACITY,   /* factor, 1 */
    SIM_TRAIT_FLOAT,      /* factor on its float current, 1 */
    SIM_TRAIT_LEAK,       /* S: conductance across it, 0 */
    SIM_TRAIT_SERIES,     /* Ohm: beside its own resistance, 0 */
    SIM_TRAIT_SHORTED,    /* 0, 1: plates that touch; its charge is gone */
    SIM_TRAITS
};

struct sim_cells {
    int32_t count;
    const struct sim_cell_constants *constants; /* borrowed */
    double *storage;                            /* of all arrays below, one entry a cell */
    /* State. */
    double *charge;            /* ro: of both wells, 0..1 */
    double *gradient;          /* private: h2 - h1 */
    double *polarisation_V;    /* ro: vp */
    double *trait[SIM_TRAITS]; /* rw, then sim_cells_refresh */
    double *around_A;          /* rw: what goes around each, a bypass */
    /* Private: what temperature and traits make of the constants (sim_cells_refresh). */
    double *capacity_Ah, *rest_Ohm, *float_A, *emf_shift_V, *accept_S, *recombines, *vapour;
    /* Private: the line of the step. Above threshold_A the inner voltage is charging_V +
     * charging_Ohm I, else giving_V + giving_Ohm I. */
    double *charging_V, *charging_Ohm, *giving_V, *giving_Ohm, *threshold_A;
    double *resistance_Ohm; /* ro: as charged and as warm as it is */
    double *inner_V;        /* ro: emf + vp */
    double *aside_A;        /* private: into float branch and leak, at inner_V ... */
    double *aside_S;        /* private: ... and its slope there */
    double *empty;          /* private: 0; up to 1 as the last of the near well goes */
    double *heat_W;         /* ro: of the last step */
    /* The ledger since sim_cells_open. */
    double *through_Ah;  /* what the terminals carried, less what went around */
    double *aside_Ah;    /* what float branch and leak took, and what full wells refused */
    double *reversed_Ah; /* what was forced through empty wells, above 0 */
    double *moved_Ah;    /* the sizes of all that: what a difference is measured by */
    double *taken_Ah;    /* what was put there or taken away by decree */
    double *in_J, *out_J, *taken_J, *moved_J; /* likewise; out: heat and gas */
    /* Private, of the present step: e^(-k dt), its integral, Cp / dt. */
    double step_h, decay, decay_h, capacitor_S;
    bool keeps_water; /* rw: what is gassed off leaves no cell drier */
    int32_t faced;    /* private: of the first so many, inner_V and the like are up to date */
};

/* count cells, full, rested and new, 25 degC. False without memory. cells is zero-initialised. */
bool sim_cells_open(struct sim_cells *cells, int32_t count,
                    const struct sim_cell_constants *constants);
void sim_cells_close(struct sim_cells *cells);

/* The traits or the temperature of these cells have changed. */
void sim_cells_refresh(struct sim_cells *cells, int32_t first, int32_t count,
                       double temperature_degC);

/* By decree, 0..1, at rest, without polarisation; a shorted cell stays empty. */
void sim_cells_set_charge(struct sim_cells *cells, int32_t cell, double part);

/* The plates touch, and what it held is gone; or they no longer do. */
void sim_cells_short(struct sim_cells *cells, int32_t cell, bool is_shorted);

/* The step to come takes so long, 0 or above; 0 is the instant. */
void sim_cells_begin(struct sim_cells *cells, double seconds);

/* The lines of these cells for the step begun, and their resistances. */
void sim_cells_line(struct sim_cells *cells, int32_t first, int32_t count);

/*
 * Their sum near current_A, current of the string: inner voltages and I R together are
 * volts + ohms x current there; own_Ohm is R alone, without what lies in series with it.
 */
struct sim_line_sum {
    double volts;
    double ohms;
    double own_Ohm;
};
struct sim_line_sum sim_cells_sum(const struct sim_cells *cells, int32_t first, int32_t count,
                                  double current_A);

/* What those of them that are empty add at a current below 0: they are reversed. */
double sim_cells_reversal_V(const struct sim_cells *cells, int32_t first, int32_t count,
                            double current_A);

/* What the activation of one cell adds at a current, and its slope there. */
double sim_cell_activation_V(const struct sim_cell_constants *constants, double current_A,
                             double *slope_Ohm);

/*
 * Ends the step begun, above 0, with the current that flows at its end. beside_V: what activation
 * and RC add to each cell then, for their heat.
 */
void sim_cells_move(struct sim_cells *cells, int32_t first, int32_t count, double current_A,
                    double beside_V);

/*
 * Cells of one block that would be at degC, and take heat_J_K for a kelvin, if nothing boiled: what
 * is above boiling makes steam of their water while there is any. Returns where that leaves them.
 */
double sim_cells_boil(struct sim_cells *cells, int32_t first, int32_t count, double degC,
                      double heat_J_K);

/* Age and sulphate over some hours in which nothing else moved much. */
void sim_cells_wear(struct sim_cells *cells, int32_t first, int32_t count, double temperature_degC,
                    double hours);

/*
 * What a cell has lost or made from nothing, as a part of all that moved in it since it was opened:
 * of charge nothing but rounding, of energy what the steps were too long by.
 */
struct sim_imbalance {
    double charge;
    double energy;
};
struct sim_imbalance sim_cells_imbalance(const struct sim_cells *cells, int32_t cell);

#endif
