/*
 * battery_type.c — the classes, and how a plate becomes constants.
 *
 * Sources: emf, slope, a, activation, float current and thermal figures from makers' handbooks and
 * the literature on stationary lead batteries (D. Berndt, Maintenance-Free Batteries; Manwell and
 * McGowan 1993 for c and k), as collected in the class table; what they leave open was fitted to
 * makers' discharge tables.
 */
#include "sim/battery_type.h"

#include <math.h>
#include <string.h>

#include "sim/exponent.h"

struct class_row {
    const char *name;
    double end_V; /* a cell, that capacities are counted to */
    double emf_full_V, emf_slope_V, emf_V_K, knee, knee_V;
    double resistance_empty;
    double available, exchange_per_h;
    double activation_V, activation_h; /* I0 = activation_h x C10 */
    double resistance_slow, slow_s;
    double acceptance_Ohm_Ah;
    double polarisation_F_Ah;
    double float_A_Ah, float_V, decade_above_V, decade_below_V;
    double recombination, drying, gas_V;
    double heat_J_kgK;
    double mass_kg_Ah;  /* a cell */
    double cooling_W_K; /* of 600 Ah cells together (12 V 100 Ah), grows with size^(2/3) */
    double life_h;
    bool is_lead;
};

static const struct class_row classes[SIM_CLASSES] = {
    [SIM_CLASS_AGM] = {"agm", 1.80, 2.135, 0.18, 0.0002, 0.06, 2.2,        0.4,  0.51, 1.5,
                       0.004, 0.5,  0.5,   60,   0.20,   60,   0.0006,     2.27, 0.21, 0.11,
                       0.95,  0.09, 1.48,  830,  0.056,  1.35, 7 * 8766.0, true},
    [SIM_CLASS_GEL] = {"gel", 1.80, 2.10, 0.17, 0.0002, 0.06, 2.2,         0.25, 0.51, 0.75,
                       0.004, 0.5,  0.5,  60,   0.25,   60,   0.0003,      2.27, 0.21, 0.11,
                       0.95,  0.15, 1.48, 830,  0.075,  8,    12 * 8766.0, true},
    [SIM_CLASS_VENTED] = {"vented", 1.80, 2.085, 0.18, 0.0002, 0.06, 2.2,         0.7,  0.51, 1.1,
                          0.007,    0.02, 0.5,   60,   0.20,   60,   0.0003,      2.27, 0.21, 0.11,
                          0,        0,    1.48,  900,  0.075,  8,    15 * 8766.0, true},
    [SIM_CLASS_NICD] = {"nicd", 1.00, 1.33, 0.10, -0.0003, 0.06, 1.3,         0.15, 0.85, 1.5,
                        0.008,  0.2,  0.4,  40,   0.06,    40,   0.0008,      1.41, 0.10, 0.06,
                        0,      0,    1.48, 900,  0.05,    4,    20 * 8766.0, false},
    [SIM_CLASS_NIMH] = {"nimh", 1.00, 1.33, 0.10, -0.0003, 0.06, 1.3,        0.15, 0.90, 2.0,
                        0.008,  0.3,  0.4,  40,   0.06,    40,   0.001,      1.41, 0.10, 0.06,
                        1,      0,    1.48, 900,  0.02,    2,    8 * 8766.0, false},
    [SIM_CLASS_LFP] = {"lfp", 2.80, 3.33, 0.08, 0,    0.06, 0.9,         0.05, 0.95, 4.0,
                       0.010, 0.3,  0.6,  30,   0.02, 40,   0,           3.45, 0.10, 0.10,
                       1,     0,    0,    1000, 0.03, 1.5,  12 * 8766.0, false},
};

const char *sim_battery_class_name(enum sim_battery_class battery_class)
{
    return (unsigned)battery_class < SIM_CLASSES ? classes[battery_class].name : NULL;
}

bool sim_battery_class_find(const char *name, enum sim_battery_class *battery_class)
{
    for (int i = 0; i < SIM_CLASSES; i++) {
        if (strcmp(classes[i].name, name) == 0) {
            *battery_class = (enum sim_battery_class)i;
            return true;
        }
    }
    return false;
}

double sim_battery_class_end_V(enum sim_battery_class battery_class)
{
    return classes[battery_class].end_V;
}

/* R x C of a cell, by class and size, Ohm Ah. */
static double resistance_Ohm_Ah(enum sim_battery_class battery_class, double rated_Ah)
{
    switch (battery_class) {
    case SIM_CLASS_AGM: {
        /* 27 mOhm Ah below 30 Ah, 85 from 65 Ah on. */
        double way = (rated_Ah - 30) / 35;
        way = way < 0 ? 0 : way > 1 ? 1 : way;
        return 0.027 + way * 0.058;
    }
    case SIM_CLASS_GEL:
        return 0.280;
    case SIM_CLASS_VENTED:
        return 0.085;
    case SIM_CLASS_NICD:
        return 0.060;
    case SIM_CLASS_NIMH:
        return 0.020;
    case SIM_CLASS_LFP:
        return 0.060;
    case SIM_CLASSES:
        break;
    }
    return 0.085;
}

enum { DISCHARGE_STEPS = 240 };

double sim_battery_discharge_h(const struct sim_cell_constants *constants, double current_A,
                               double end_V, double temperature_degC)
{
    struct sim_cells cells = {0};
    if (!sim_cells_open(&cells, 1, constants)) {
        return 0;
    }
    sim_cells_refresh(&cells, 0, 1, temperature_degC);
    double slope_Ohm;
    const double activation_V = sim_cell_activation_V(constants, -current_A, &slope_Ohm);
    const double step_h = constants->capacity_Ah / current_A / DISCHARGE_STEPS;
    double slow_A = 0, hours = 0, before_V = NAN;
    for (int i = 0; i < 2 * DISCHARGE_STEPS; i++) {
        sim_cells_begin(&cells, 0);
        sim_cells_line(&cells, 0, 1);
        const double volts =
            cells.inner_V[0] + activation_V -
            cells.resistance_Ohm[0] * (current_A + constants->resistance_slow * -slow_A);
        if (volts < end_V && i > 2) {
            /* The line between the last two points. */
            hours -= before_V > end_V ? step_h * (end_V - volts) / (before_V - volts) : 0;
            break;
        }
        before_V = volts;
        sim_cells_begin(&cells, step_h * 3600);
        sim_cells_line(&cells, 0, 1);
        sim_cells_move(&cells, 0, 1, -current_A, activation_V);
        const double part = step_h * 3600 / constants->slow_s;
        slow_A = (slow_A - part * current_A) / (1 + part);
        hours += step_h;
    }
    sim_cells_close(&cells);
    return hours;
}

static double or_else(double value, double otherwise)
{
    return isnan(value) ? otherwise : value;
}

/* The plate's rate nearest to ten hours. */
static int32_t rate_of_ten_hours(const struct sim_battery_plate *plate)
{
    int32_t best = 0;
    for (int32_t i = 1; i < plate->rates; i++) {
        if (fabs(sim_log(plate->rate[i].at_hours / 10)) <
            fabs(sim_log(plate->rate[best].at_hours / 10))) {
            best = i;
        }
    }
    return best;
}

void sim_battery_constants(const struct sim_battery_plate *plate, const struct sim_battery_fit *fit,
                           struct sim_cell_constants *constants)
{
    const struct class_row *row = &classes[plate->battery_class];
    const int32_t rate = rate_of_ten_hours(plate);
    const double plate_Ah = plate->rate[rate].capacity_Ah;
    const double plate_h = plate->rate[rate].at_hours;
    /* Peukert's exponent of 1.1 is near enough for what only scales other figures. */
    const double rated_Ah = plate_Ah * sim_exp(0.09 * sim_log(10 / plate_h));
    const double cells = plate->cells;
    const double mass_kg = or_else(plate->mass_kg, row->mass_kg_Ah * cells * rated_Ah) / cells;
    const double resistance_Ohm =
        or_else(plate->resistance_Ohm / cells,
                resistance_Ohm_Ah(plate->battery_class, rated_Ah) / rated_Ah);
    *constants = (struct sim_cell_constants){
        .rated_Ah = rated_Ah,
        .capacity_Ah = plate_Ah * 1.1,
        .available = or_else(fit->available, row->available),
        .exchange_per_h = or_else(fit->exchange_per_h, row->exchange_per_h),
        .emf_full_V = row->emf_full_V,
        .emf_slope_V = row->emf_slope_V,
        .emf_V_K = row->emf_V_K,
        .knee = row->knee,
        .knee_V = row->knee_V,
        .resistance_Ohm = resistance_Ohm * or_else(fit->resistance_factor, 1),
        .resistance_empty = or_else(fit->resistance_empty, row->resistance_empty),
        .resistance_slow = row->resistance_slow,
        .slow_s = row->slow_s,
        .activation_V = row->activation_V,
        .activation_A = row->activation_h * rated_Ah,
        .acceptance_Ohm = row->acceptance_Ohm_Ah / rated_Ah,
        .polarisation_F = row->polarisation_F_Ah * rated_Ah,
        .float_A = row->float_A_Ah * rated_Ah,
        .float_V = row->float_V,
        .decade_above_V = row->decade_above_V,
        .decade_below_V = row->decade_below_V,
        .recombination = row->recombination,
        .drying = row->drying,
        .gas_V = row->gas_V,
        .heat_J_K = row->heat_J_kgK * mass_kg,
        .cooling_W_K =
            row->cooling_W_K * sim_exp(2.0 / 3 * sim_log(cells * rated_Ah / 600)) / cells,
        .life_h = row->life_h,
        .is_lead = row->is_lead,
    };
    /* What gives the plate's capacity at its rate: a few secant steps, for it is nearly a line. */
    for (int i = 0; i < 6; i++) {
        const double hours = sim_battery_discharge_h(constants, plate_Ah / plate_h, row->end_V, 25);
        const double ratio = hours > 0 ? plate_h / hours : 2;
        constants->capacity_Ah *= ratio < 0.5 ? 0.5 : ratio > 2 ? 2 : ratio;
    }
    constants->capacity_Ah *= or_else(fit->capacity_factor, 1);
}
