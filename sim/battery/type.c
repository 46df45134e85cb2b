/*
 * type.c — the classes, and how a plate and a fit become constants.
 *
 * Sources: emf, activation, float current and thermal figures from makers' handbooks and the
 * literature on stationary batteries (D. Berndt, Maintenance-Free Batteries; Manwell and McGowan
 * 1993 for c and k; EN 60896 and makers' sheets for float currents and self-discharge). What a
 * discharge shows (usual and scatter below) was fitted to the tables of the sheets that
 * batteries/README.md names: for AGM to 60 of them, for the other classes to one to three.
 */
#include "sim/battery/type.h"

#include <math.h>
#include <string.h>

#include "sim/exponent.h"

struct class_row {
    const char *name;
    double float_charge_V, charge_V, least_V; /* of a charger, of a charger in a hurry; of an end */
    double emf_full_V, emf_V_K, knee, knee_V;
    double activation_V, activation_h; /* I0 = activation_h x C10 */
    double slow_s;
    double acceptance_Ohm_Ah;
    double polarisation_F_Ah;
    double float_A_Ah, float_V, decade_above_V, decade_below_V;
    double recombination, drying, gas_V;
    double heat_J_kgK;
    double mass_kg_Ah;  /* a cell */
    double cooling_W_K; /* of 600 Ah cells together (12 V 100 Ah), grows with size^(2/3) */
    double life_h;
    enum sim_cold cold;
    bool is_lead;
};

static const struct class_row classes[SIM_CLASSES] = {
    [SIM_CLASS_AGM] =
        {
            .name = "agm",
            .float_charge_V = 2.27,
            .charge_V = 2.40,
            .least_V = 1.00,
            .emf_full_V = 2.142,
            .emf_V_K = 0.0002,
            .knee = 0.065,
            .knee_V = 0.665,
            .activation_V = 0.004,
            .activation_h = 0.5,
            .slow_s = 60,
            .acceptance_Ohm_Ah = 0.22,
            .polarisation_F_Ah = 60,
            .float_A_Ah = 0.0006,
            .float_V = 2.27,
            .decade_above_V = 0.21,
            .decade_below_V = 0.11,
            .recombination = 0.95,
            .drying = 0.09,
            .gas_V = 1.48,
            .heat_J_kgK = 830,
            .mass_kg_Ah = 0.056,
            .cooling_W_K = 1.35,
            .life_h = 7 * 8766.0,
            .cold = SIM_COLD_LEAD,
            .is_lead = true,
        },
    [SIM_CLASS_GEL] =
        {
            .name = "gel",
            .float_charge_V = 2.25,
            .charge_V = 2.35,
            .least_V = 1.00,
            .emf_full_V = 2.125,
            .emf_V_K = 0.0002,
            .knee = 0.065,
            .knee_V = 0.665,
            .activation_V = 0.004,
            .activation_h = 0.5,
            .slow_s = 60,
            .acceptance_Ohm_Ah = 0.25,
            .polarisation_F_Ah = 60,
            .float_A_Ah = 0.0003,
            .float_V = 2.27,
            .decade_above_V = 0.21,
            .decade_below_V = 0.11,
            .recombination = 0.95,
            .drying = 0.15,
            .gas_V = 1.48,
            .heat_J_kgK = 830,
            .mass_kg_Ah = 0.075,
            .cooling_W_K = 8,
            .life_h = 12 * 8766.0,
            .cold = SIM_COLD_LEAD,
            .is_lead = true,
        },
    [SIM_CLASS_VENTED] =
        {
            .name = "vented",
            .float_charge_V = 2.23,
            .charge_V = 2.40,
            .least_V = 1.00,
            .emf_full_V = 2.10,
            .emf_V_K = 0.0002,
            .knee = 0.065,
            .knee_V = 0.665,
            .activation_V = 0.007,
            .activation_h = 0.02,
            .slow_s = 60,
            .acceptance_Ohm_Ah = 0.20,
            .polarisation_F_Ah = 60,
            .float_A_Ah = 0.0003,
            .float_V = 2.27,
            .decade_above_V = 0.21,
            .decade_below_V = 0.11,
            .recombination = 0,
            .drying = 0,
            .gas_V = 1.48,
            .heat_J_kgK = 900,
            .mass_kg_Ah = 0.075,
            .cooling_W_K = 8,
            .life_h = 15 * 8766.0,
            .cold = SIM_COLD_LEAD,
            .is_lead = true,
        },
    [SIM_CLASS_NICD] =
        {
            .name = "nicd",
            .float_charge_V = 1.41,
            .charge_V = 1.50,
            .least_V = 0.50,
            .emf_full_V = 1.33,
            .emf_V_K = -0.0003,
            .knee = 0.06,
            .knee_V = 1.3,
            .activation_V = 0.008,
            .activation_h = 0.2,
            .slow_s = 40,
            .acceptance_Ohm_Ah = 0.06,
            .polarisation_F_Ah = 40,
            .float_A_Ah = 0.0008,
            .float_V = 1.41,
            .decade_above_V = 0.10,
            .decade_below_V = 0.06,
            .recombination = 0,
            .drying = 0,
            .gas_V = 1.48,
            .heat_J_kgK = 900,
            .mass_kg_Ah = 0.05,
            .cooling_W_K = 4,
            .life_h = 20 * 8766.0,
            .cold = SIM_COLD_NICKEL,
            .is_lead = false,
        },
    [SIM_CLASS_NIMH] =
        {
            .name = "nimh",
            .float_charge_V = 1.41,
            .charge_V = 1.48,
            .least_V = 0.50,
            .emf_full_V = 1.33,
            .emf_V_K = -0.0003,
            .knee = 0.06,
            .knee_V = 1.3,
            .activation_V = 0.008,
            .activation_h = 0.3,
            .slow_s = 40,
            .acceptance_Ohm_Ah = 0.06,
            .polarisation_F_Ah = 40,
            .float_A_Ah = 0.001,
            .float_V = 1.41,
            .decade_above_V = 0.10,
            .decade_below_V = 0.06,
            .recombination = 1,
            .drying = 0,
            .gas_V = 1.48,
            .heat_J_kgK = 900,
            .mass_kg_Ah = 0.02,
            .cooling_W_K = 2,
            .life_h = 8 * 8766.0,
            .cold = SIM_COLD_NICKEL,
            .is_lead = false,
        },
    [SIM_CLASS_LFP] =
        {
            .name = "lfp",
            .float_charge_V = 3.375,
            .charge_V = 3.55,
            .least_V = 1.50,
            .emf_full_V = 3.33,
            .emf_V_K = 0,
            .knee = 0.06,
            .knee_V = 0.9,
            .activation_V = 0.010,
            .activation_h = 0.3,
            .slow_s = 30,
            .acceptance_Ohm_Ah = 0.02,
            .polarisation_F_Ah = 40,
            .float_A_Ah = 0,
            .float_V = 3.45,
            .decade_above_V = 0.10,
            .decade_below_V = 0.10,
            .recombination = 1,
            .drying = 0,
            .gas_V = 0,
            .heat_J_kgK = 1000,
            .mass_kg_Ah = 0.03,
            .cooling_W_K = 1.5,
            .life_h = 12 * 8766.0,
            .cold = SIM_COLD_LFP,
            .is_lead = false,
        },
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

double sim_battery_class_float_V(enum sim_battery_class battery_class)
{
    return classes[battery_class].float_charge_V;
}

double sim_battery_class_charge_V(enum sim_battery_class battery_class)
{
    return classes[battery_class].charge_V;
}

double sim_battery_class_least_V(enum sim_battery_class battery_class)
{
    return classes[battery_class].least_V;
}

double sim_battery_class_full_V(enum sim_battery_class battery_class)
{
    return classes[battery_class].emf_full_V;
}

double sim_battery_end_V(enum sim_battery_class battery_class, double hours)
{
    static const double lead[][2] = {{1, 1.60}, {3, 1.72}, {5, 1.75}, {10, 1.80}, {20, 1.77}};
    enum { POINTS = sizeof lead / sizeof lead[0] };
    if (battery_class == SIM_CLASS_LFP) {
        return 2.80;
    }
    if (!classes[battery_class].is_lead) {
        return 1.00;
    }
    for (int i = 0; i < POINTS; i++) {
        if (hours < lead[i][0]) {
            const double way =
                i == 0 ? 0 : sim_log(hours / lead[i - 1][0]) / sim_log(lead[i][0] / lead[i - 1][0]);
            const double from_V = lead[i == 0 ? 0 : i - 1][1];
            return from_V + way * (lead[i][1] - from_V);
        }
    }
    return lead[POINTS - 1][1];
}

double sim_battery_rated_Ah(const struct sim_battery_plate *plate)
{
    /* By the rate nearest to ten hours. */
    int32_t best = 0;
    for (int32_t i = 1; i < plate->rates; i++) {
        if (fabs(sim_log(plate->rate[i].at_hours / 10)) <
            fabs(sim_log(plate->rate[best].at_hours / 10))) {
            best = i;
        }
    }
    /* Peukert's exponent of 1.1 is near enough for what only scales other figures. */
    return plate->rate[best].capacity_Ah * sim_exp(0.09 * sim_log(10 / plate->rate[best].at_hours));
}

double sim_battery_usual_Ohm(const struct sim_battery_plate *plate)
{
    static const double per_Ah[SIM_CLASSES] = {
        [SIM_CLASS_GEL] = 0.280,  [SIM_CLASS_VENTED] = 0.085, [SIM_CLASS_NICD] = 0.060,
        [SIM_CLASS_NIMH] = 0.020, [SIM_CLASS_LFP] = 0.060,
    };
    const double rated_Ah = sim_battery_rated_Ah(plate);
    if (plate->battery_class != SIM_CLASS_AGM) {
        return per_Ah[plate->battery_class] / rated_Ah;
    }
    /* 27 mOhm Ah up to 10 Ah, 80 from 100 Ah on: what makers print, at 1 kHz. */
    double way = sim_log(rated_Ah / 10) / sim_log(10);
    way = way < 0 ? 0 : way > 1 ? 1 : way;
    return (0.027 + way * 0.053) / rated_Ah;
}

static double or_else(double value, double otherwise)
{
    return isnan(value) ? otherwise : value;
}

void sim_battery_constants(const struct sim_battery_plate *plate, const struct sim_battery_fit *fit,
                           struct sim_cell_constants *constants)
{
    const struct class_row *row = &classes[plate->battery_class];
    const double rated_Ah = sim_battery_rated_Ah(plate);
    const double cells = plate->cells;
    const double mass_kg = or_else(plate->mass_kg / cells, row->mass_kg_Ah * rated_Ah);
    const double resistance_Ohm =
        or_else(plate->resistance_Ohm / cells, sim_battery_usual_Ohm(plate));
    /* The printed resistance is that of an instant, usually; where it is above all losses, what
     * is lost slowly goes to almost nothing, and smoothly, for whoever looks for the losses. */
    const double more = fit->losses_Ohm / resistance_Ohm - 1;
    *constants = (struct sim_cell_constants){
        .rated_Ah = rated_Ah,
        .capacity_Ah = fit->capacity_Ah,
        .available = fit->available,
        .exchange_per_h = fit->exchange_per_h,
        .emf_full_V = row->emf_full_V,
        .emf_slope_V = fit->slope_V,
        .emf_V_K = row->emf_V_K,
        .knee = row->knee,
        .knee_V = row->knee_V,
        .resistance_Ohm = resistance_Ohm,
        .resistance_empty = fit->resistance_empty,
        .resistance_slow = 0.02 + 0.5 * (more + sqrt(more * more + 0.04)),
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
        .cold = row->cold,
        .is_lead = row->is_lead,
    };
}
