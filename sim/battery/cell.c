/*
 * cell.c — lines, steps and wear of cells. The model is in cell.h.
 */
#include "sim/battery/cell.h"

#include <assert.h>
#include <stdlib.h>

#include "sim/exponent.h"
#include "sim/number.h"

enum { CELL_ARRAYS = 31 + SIM_TRAITS, CELL_LINE = 8, CELL_CHUNK = 64 };

#define CELL_KELVIN    273.15
#define CELL_LN_10     2.30258509299404568402
#define CELL_LOG2_10   3.32192809488736234787
#define CELL_REFERENCE 25.0 /* degC */
/* Below this the resistance grows no further: 1 + a 24, what a flat battery shows. */
#define CELL_NEAR_LEAST 0.04
/* A near well below this part has next to nothing left. What is forced out of it all the same
 * reverses the cell: its plates come to stand a little below 0 V, at once and whatever the current,
 * from about a hundredth of its capacity an hour on. */
#define CELL_NEAR_EMPTY   0.01
#define CELL_REVERSED_V   0.2
#define CELL_REVERSING_PH 0.01
/* Electrolysis: 0.336 g an Ah, of about 9 g of water an Ah of capacity. */
#define CELL_WATER_G_AH    9.0
#define CELL_WATER_PART_AH (0.336 / CELL_WATER_G_AH)
/*
 * Oxygen finds its way through the separator to the other plate no faster than a tenth of C10, and
 * where it is hot the valve opens before: from 60 degC on, and all is lost among steam (Berndt).
 */
#define CELL_RECOMBINES_PER_H 0.1
#define CELL_VALVE_DEGC       60.0
#define CELL_STEAM_DEGC       100.0
/*
 * Acid of 38 % boils at 112 degC (safety sheet of Tripp Lite BC500: 104 to 114 for 20 to 40 %), of
 * 50 % at 124, of 60 % at 140: about so much more, by the square of the water lost. The lye of
 * nickel cells begins alike. That is a runaway's upper limit until the water is gone (Concorde,
 * Lifeline manual, 6.4). Steam takes 2.23 kJ a gram.
 */
#define CELL_BOILS_DEGC    112.0
#define CELL_BOILS_LATER_K 80.0
#define CELL_STEAM_J_G     2230.0
/* No acid is hotter: what is has boiled dry, and doubles its float current no further. */
#define CELL_FLOAT_ABOVE_K (CELL_BOILS_DEGC + CELL_BOILS_LATER_K - CELL_REFERENCE)
/*
 * Gas leaves as moist as the acid lets it: 0.39 of vapour to 1 of gas at 80 degC, 0.75 at 90, 1.8
 * at 100 (steam tables, and 0.6 to 0.66 of that over acid); below 60 the closed valve keeps it in.
 * Electrolysis makes 1.5 of gas of each water: 0.316 V a coulomb is the heat of as much vapour.
 */
#define CELL_VAPOUR          0.55
#define CELL_VAPOUR_V        0.316
#define CELL_GAS_PARTS_WATER 1.5
/* From here on what is left of the water wets ever less of the plates, and at the last nothing. */
#define CELL_DRY_FROM  0.4
#define CELL_DRY_AT    0.8
#define CELL_WET_LEAST 0.01
/* Acid grows denser as water goes, and thinner as sulphate stays. */
#define CELL_WATER_EMF_V    0.1
#define CELL_SULPHATE_EMF_V 0.18
/* Left empty, a hundredth of the capacity a day sulphates; above four fifths nothing does. */
#define CELL_SULPHATE_PER_H (0.01 / 24)
#define CELL_SULPHATE_BELOW 0.8
/* Ageing doubles with each so much above the float voltage (battery engineers' rule of thumb). */
#define CELL_AGE_DOUBLES_V 0.08

/* The arrays of a loop are different ones: several cells at a time. */
#if defined(__GNUC__) && !defined(__clang__)
#define CELL_APART _Pragma("GCC ivdep")
#else
#define CELL_APART
#endif

bool sim_cells_open(struct sim_cells *cells, int32_t count,
                    const struct sim_cell_constants *constants)
{
    /* Arrays of a power of two would share one cache set; the line between them mends that. */
    size_t stride = ((size_t)count + CELL_LINE - 1) / CELL_LINE * CELL_LINE + CELL_LINE;
    cells->storage = calloc(stride * CELL_ARRAYS, sizeof *cells->storage);
    if (cells->storage == NULL) {
        return false;
    }
    double **arrays[] = {
        &cells->charge,      &cells->gradient,    &cells->polarisation_V, &cells->around_A,
        &cells->capacity_Ah, &cells->rest_Ohm,    &cells->float_A,        &cells->emf_shift_V,
        &cells->accept_S,    &cells->charging_V,  &cells->charging_Ohm,   &cells->giving_V,
        &cells->giving_Ohm,  &cells->threshold_A, &cells->resistance_Ohm, &cells->inner_V,
        &cells->aside_A,     &cells->aside_S,     &cells->heat_W,         &cells->through_Ah,
        &cells->aside_Ah,    &cells->reversed_Ah, &cells->moved_Ah,       &cells->taken_Ah,
        &cells->in_J,        &cells->out_J,       &cells->taken_J,        &cells->moved_J,
        &cells->empty,       &cells->recombines,  &cells->vapour,
    };
    _Static_assert(sizeof arrays / sizeof arrays[0] + SIM_TRAITS == CELL_ARRAYS, "one each");
    size_t at = 0;
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++) {
        *arrays[i] = cells->storage + stride * at++;
    }
    for (size_t i = 0; i < SIM_TRAITS; i++) {
        cells->trait[i] = cells->storage + stride * at++;
    }
    cells->count = count;
    cells->constants = constants;
    for (int32_t k = 0; k < count; k++) {
        cells->charge[k] = 1;
        cells->trait[SIM_TRAIT_CAPACITY][k] = 1;
        cells->trait[SIM_TRAIT_FLOAT][k] = 1;
    }
    sim_cells_refresh(cells, 0, count, CELL_REFERENCE);
    sim_cells_begin(cells, 0);
    sim_cells_line(cells, 0, count);
    return true;
}

void sim_cells_close(struct sim_cells *cells)
{
    free(cells->storage);
    cells->storage = NULL;
}

static double held_Ah(const struct sim_cells *cells, int32_t k)
{
    return cells->charge[k] * cells->capacity_Ah[k] +
           cells->polarisation_V[k] * cells->constants->polarisation_F / 3600;
}

/* The energy of an ampere-hour's worth of well that is filled to `part`, Wh: the integral of emf.
 */
static double well_Wh(const struct sim_cell_constants *type, double shift_V, double part)
{
    const double below = type->knee > 0 ? at_least(type->knee - part, 0) / type->knee : 0;
    const double knee_V = type->knee_V * type->knee / 3 * (1 - below * below * below);
    /* The reversible heat comes from here too. */
    const double full_V =
        type->emf_full_V + shift_V - (CELL_KELVIN + CELL_REFERENCE) * type->emf_V_K;
    return full_V * part - type->emf_slope_V * (part - part * part / 2) - knee_V;
}

static double held_J(const struct sim_cells *cells, int32_t k)
{
    const struct sim_cell_constants *type = cells->constants;
    const double near = cells->charge[k] - (1 - type->available) * cells->gradient[k];
    const double far = cells->charge[k] + type->available * cells->gradient[k];
    const double shift_V = cells->emf_shift_V[k], vp = cells->polarisation_V[k];
    const double wells_Wh = type->available * well_Wh(type, shift_V, near) +
                            (1 - type->available) * well_Wh(type, shift_V, far);
    /* The charge of Cp passes the emf, too. */
    return wells_Wh * cells->capacity_Ah[k] * 3600 +
           type->polarisation_F * vp * (type->emf_full_V + shift_V + vp / 2);
}

/* Part of the capacity of 25 degC: lead by makers' sheets (Leoch, Panasonic, Sunnyway), LFP by
 * Victron's, nickel by handbooks of pocket plates. */
static double capacity_factor(enum sim_cold cold, double temperature_degC)
{
    enum { POINTS = 7 };
    static const double points[][POINTS][2] = {
        [SIM_COLD_LEAD] =
            {{-40, 0.35}, {-15, 0.65}, {-10, 0.74}, {0, 0.85}, {10, 0.91}, {25, 1}, {40, 1.02}},
        [SIM_COLD_NICKEL] =
            {{-40, 0.45}, {-30, 0.62}, {-20, 0.75}, {0, 0.90}, {10, 0.95}, {25, 1}, {40, 1}},
        [SIM_COLD_LFP] =
            {{-40, 0.20}, {-20, 0.50}, {-10, 0.65}, {0, 0.80}, {10, 0.90}, {25, 1}, {40, 1}},
    };
    const double(*curve)[2] = points[cold];
    if (temperature_degC <= curve[0][0]) {
        return curve[0][1];
    }
    for (size_t i = 1; i < POINTS; i++) {
        if (temperature_degC < curve[i][0]) {
            double way = (temperature_degC - curve[i - 1][0]) / (curve[i][0] - curve[i - 1][0]);
            return curve[i - 1][1] + way * (curve[i][1] - curve[i - 1][1]);
        }
    }
    return curve[POINTS - 1][1];
}

static double resistance_factor(double temperature_degC)
{
    return temperature_degC > 0 ? at_least(1 - 0.007 * (temperature_degC - CELL_REFERENCE), 0.5)
                                : at_most(1.175 - 0.02125 * temperature_degC, 2.5);
}

/* Of the plates. */
static double wet_part(double water_lost)
{
    const double dry =
        at_least(water_lost - CELL_DRY_FROM, 0) * (1 / (CELL_DRY_AT - CELL_DRY_FROM));
    return at_least(1 - dry * dry, CELL_WET_LEAST);
}

static double boils_degC(double water_lost)
{
    return CELL_BOILS_DEGC + CELL_BOILS_LATER_K * water_lost * water_lost;
}

/* To one of gas, up to a kelvin below boiling; none where no water is left. */
static double vapour_part(double water_lost, double temperature_degC)
{
    const double boils_at_degC = boils_degC(water_lost);
    const double degC = at_most(temperature_degC, boils_at_degC - 1);
    return water_lost < 1
               ? CELL_VAPOUR * at_least(degC - CELL_VALVE_DEGC, 0) / (boils_at_degC - degC)
               : 0;
}

void sim_cells_refresh(struct sim_cells *cells, int32_t first, int32_t count,
                       double temperature_degC)
{
    const struct sim_cell_constants *type = cells->constants;
    const double above_K = temperature_degC - CELL_REFERENCE;
    const double capacity_Ah = type->capacity_Ah * capacity_factor(type->cold, temperature_degC);
    const double rest_Ohm = type->resistance_Ohm * resistance_factor(temperature_degC);
    const double float_A = type->float_A * sim_exp2(at_most(above_K, CELL_FLOAT_ABOVE_K) * 0.1);
    const double shut = at_most(
        (CELL_STEAM_DEGC - temperature_degC) * (1 / (CELL_STEAM_DEGC - CELL_VALVE_DEGC)), 1);
    cells->faced = 0;
    for (int32_t k = first; k < first + count; k++) {
        const double water = cells->trait[SIM_TRAIT_WATER_LOST][k];
        const double age = cells->trait[SIM_TRAIT_AGE][k];
        const double sulphate = cells->trait[SIM_TRAIT_SULPHATE][k];
        const double wet = wet_part(water);
        const double before_Ah = held_Ah(cells, k), before_J = held_J(cells, k);
        cells->recombines[k] = type->recombination * at_least(shut, 0);
        cells->vapour[k] = type->gas_V > 0 ? vapour_part(water, temperature_degC) : 0;
        cells->capacity_Ah[k] = capacity_Ah * (1 - sulphate) *
                                at_least(1 - 0.2 * age * age * age, 0.05) *
                                cells->trait[SIM_TRAIT_CAPACITY][k];
        cells->rest_Ohm[k] =
            rest_Ohm * (1 + 0.5 * age * age) * (1 + 3 * water) * (1 + 2 * sulphate) / wet;
        cells->float_A[k] = float_A * cells->trait[SIM_TRAIT_FLOAT][k] * wet *
                            (type->drying > 0 ? sim_exp(water / type->drying) : 1);
        cells->emf_shift_V[k] =
            type->emf_V_K * above_K + CELL_WATER_EMF_V * water - CELL_SULPHATE_EMF_V * sulphate;
        const double active = 1 - sulphate;
        cells->accept_S[k] = active * active * active / type->acceptance_Ohm;
        /* What the cold withholds, or warmth gives back, is nobody's current. */
        cells->taken_Ah[k] += held_Ah(cells, k) - before_Ah;
        cells->taken_J[k] += held_J(cells, k) - before_J;
    }
}

static void cell_put(struct sim_cells *cells, int32_t cell, double part)
{
    const double before_Ah = held_Ah(cells, cell), before_J = held_J(cells, cell);
    cells->faced = 0;
    cells->charge[cell] = part;
    cells->gradient[cell] = 0;
    cells->polarisation_V[cell] = 0;
    cells->taken_Ah[cell] += held_Ah(cells, cell) - before_Ah;
    cells->taken_J[cell] += held_J(cells, cell) - before_J;
}

void sim_cells_set_charge(struct sim_cells *cells, int32_t cell, double part)
{
    cell_put(cells, cell, cells->trait[SIM_TRAIT_SHORTED][cell] > 0 ? 0 : part);
}

void sim_cells_short(struct sim_cells *cells, int32_t cell, bool is_shorted)
{
    if (is_shorted != (cells->trait[SIM_TRAIT_SHORTED][cell] > 0)) {
        cells->trait[SIM_TRAIT_SHORTED][cell] = is_shorted;
        cell_put(cells, cell, 0);
    }
}

void sim_cells_begin(struct sim_cells *cells, double seconds)
{
    const double k_per_h = cells->constants->exchange_per_h;
    cells->step_h = seconds / 3600;
    cells->decay = sim_exp(-k_per_h * cells->step_h);
    cells->decay_h = (1 - cells->decay) / k_per_h;
    cells->capacitor_S = seconds > 0 ? cells->constants->polarisation_F / seconds : 0;
}

/* Of a well filled to `part`, without what temperature and health add. */
static inline double emf_of(const struct sim_cell_constants *type, double per_knee, double part)
{
    const double below = at_least(type->knee - part, 0) * per_knee;
    return type->emf_full_V - type->emf_slope_V * (1 - part) - type->knee_V * below * below;
}

/* The inner voltages of this instant, and the resistances. */
static void cells_face(struct sim_cells *cells, int32_t first, int32_t count)
{
    const struct sim_cell_constants type = *cells->constants;
    const double per_knee = type.knee > 0 ? 1 / type.knee : 0;
    const double *restrict charge = cells->charge + first;
    const double *restrict gradient = cells->gradient + first;
    const double *restrict polarisation_V = cells->polarisation_V + first;
    const double *restrict emf_shift_V = cells->emf_shift_V + first;
    const double *restrict rest_Ohm = cells->rest_Ohm + first;
    const double *restrict series_Ohm = cells->trait[SIM_TRAIT_SERIES] + first;
    const double *restrict shorted = cells->trait[SIM_TRAIT_SHORTED] + first;
    double *restrict inner_V = cells->inner_V + first;
    double *restrict resistance_Ohm = cells->resistance_Ohm + first;
    double *restrict empty = cells->empty + first;
    CELL_APART
    for (int32_t k = 0; k < count; k++) {
        const double near = charge[k] - (1 - type.available) * gradient[k];
        const double emf_V = emf_of(&type, per_knee, near) + emf_shift_V[k];
        inner_V[k] = (emf_V + polarisation_V[k]) * (1 - shorted[k]);
        empty[k] = at_least(1 - near * (1 / CELL_NEAR_EMPTY), 0) * (1 - shorted[k]);
        resistance_Ohm[k] =
            rest_Ohm[k] * (1 - type.resistance_empty +
                           type.resistance_empty / at_least(near, CELL_NEAR_LEAST)) +
            series_Ohm[k];
    }
}

/* What goes into float branch and leak at the inner voltages, and how that grows. */
static void cells_aside(struct sim_cells *cells, int32_t first, int32_t count)
{
    const struct sim_cell_constants type = *cells->constants;
    const double above = CELL_LOG2_10 / type.decade_above_V;
    const double below = CELL_LOG2_10 / type.decade_below_V;
    const double *restrict inner_V = cells->inner_V + first;
    const double *restrict float_A = cells->float_A + first;
    const double *restrict trait_S = cells->trait[SIM_TRAIT_LEAK] + first;
    const double *restrict empty = cells->empty + first;
    double *restrict aside_A = cells->aside_A + first;
    double *restrict aside_S = cells->aside_S + first;
    CELL_APART
    for (int32_t k = 0; k < count; k++) {
        const double over_V = inner_V[k] - type.float_V;
        const double per_V = over_V > 0 ? above : below;
        /* Nothing gasses or leaks from nothing. */
        const double branch_A = float_A[k] * sim_exp2(over_V * per_V) * (1 - empty[k]);
        const double leak_S = trait_S[k] * (1 - empty[k]);
        aside_A[k] = branch_A + leak_S * inner_V[k];
        aside_S[k] = branch_A * (per_V * (CELL_LN_10 / CELL_LOG2_10)) + leak_S;
    }
}

/* At an instant: what there is, whatever flows. */
static void cells_line_now(struct sim_cells *cells, int32_t first, int32_t count)
{
    for (int32_t k = first; k < first + count; k++) {
        cells->charging_V[k] = cells->giving_V[k] = cells->inner_V[k];
        cells->charging_Ohm[k] = cells->giving_Ohm[k] = 0;
        cells->threshold_A[k] = 0;
    }
}

/* Without a branch: several at a time. A shorted cell is a line of 0 V and 0 Ohm. */
static void cells_line_step(struct sim_cells *cells, int32_t first, int32_t count)
{
    const struct sim_cell_constants type = *cells->constants;
    const double capacitor_S = cells->capacitor_S, far = 1 - type.available;
    const double decay = cells->decay, per_knee = type.knee > 0 ? 1 / type.knee : 0;
    const double part_h = cells->step_h + far / type.available * cells->decay_h;
    const double *restrict charge = cells->charge + first;
    const double *restrict gradient = cells->gradient + first;
    const double *restrict polarisation_V = cells->polarisation_V + first;
    const double *restrict emf_shift_V = cells->emf_shift_V + first;
    const double *restrict capacity_Ah = cells->capacity_Ah + first;
    const double *restrict accepts_S = cells->accept_S + first;
    const double *restrict aside_A = cells->aside_A + first;
    const double *restrict aside_S = cells->aside_S + first;
    const double *restrict shorted = cells->trait[SIM_TRAIT_SHORTED] + first;
    double *restrict charging_V = cells->charging_V + first;
    double *restrict charging_Ohm = cells->charging_Ohm + first;
    double *restrict giving_V = cells->giving_V + first;
    double *restrict giving_Ohm = cells->giving_Ohm + first;
    double *restrict threshold_A = cells->threshold_A + first;
    CELL_APART
    for (int32_t k = 0; k < count; k++) {
        const double vp = polarisation_V[k], sound = 1 - shorted[k];
        /* Where the near well relaxes to without a current, and the emf there. */
        const double near = charge[k] - far * gradient[k];
        const double relaxed = charge[k] - far * gradient[k] * decay;
        const double below = at_least(type.knee - relaxed, 0) * per_knee;
        const double slope_V = type.emf_slope_V + 2 * type.knee_V * per_knee * below;
        const double emf_V = emf_of(&type, per_knee, relaxed) + emf_shift_V[k];
        const double emf_Ohm = slope_V * part_h / capacity_Ah[k];
        const double accept_S = at_least(1 - near, 0) * accepts_S[k];
        const double all_S = capacitor_S + accept_S + aside_S[k];
        const double rising = 1 + emf_Ohm * accept_S;
        const double still_V = vp - (aside_A[k] + accept_S * vp) / all_S;
        charging_V[k] = (emf_V + rising * still_V) * sound;
        charging_Ohm[k] = rising / all_S * sound;
        giving_V[k] = (emf_V + emf_Ohm * (capacitor_S * vp - aside_A[k])) * sound;
        giving_Ohm[k] = emf_Ohm * sound;
        threshold_A[k] = -still_V * all_S * sound;
    }
}

void sim_cells_line(struct sim_cells *cells, int32_t first, int32_t count)
{
    if (cells->faced != count || first != 0) {
        cells_face(cells, first, count);
        cells_aside(cells, first, count);
        cells->faced = first == 0 ? count : 0;
    }
    if (cells->step_h <= 0) {
        cells_line_now(cells, first, count);
    } else {
        cells_line_step(cells, first, count);
    }
}

/* What an empty cell opposes to a current below 0, above it nothing. As a chord, not a tangent:
 * that finds the current from anywhere, though the voltage hardly grows with it. */
static double reversal_Ohm(const struct sim_cell_constants *type, double current_A)
{
    const double half_A = CELL_REVERSING_PH * type->rated_Ah;
    return current_A < 0 ? (type->emf_full_V + CELL_REVERSED_V) / (half_A - current_A) : 0;
}

double sim_cells_reversal_V(const struct sim_cells *cells, int32_t first, int32_t count,
                            double current_A)
{
    double empty = 0;
    for (int32_t k = first; k < first + count; k++) {
        empty += cells->empty[k];
    }
    return empty * reversal_Ohm(cells->constants, current_A) * current_A;
}

struct sim_line_sum sim_cells_sum(const struct sim_cells *cells, int32_t first, int32_t count,
                                  double current_A)
{
    const double *restrict charging_V = cells->charging_V + first;
    const double *restrict charging_Ohm = cells->charging_Ohm + first;
    const double *restrict giving_V = cells->giving_V + first;
    const double *restrict giving_Ohm = cells->giving_Ohm + first;
    const double *restrict threshold_A = cells->threshold_A + first;
    const double *restrict resistance_Ohm = cells->resistance_Ohm + first;
    const double *restrict around_A = cells->around_A + first;
    const double *restrict series_Ohm = cells->trait[SIM_TRAIT_SERIES] + first;
    const double *restrict empty = cells->empty + first;
    struct sim_line_sum sum = {0};
    double empties = 0;
    for (int32_t k = 0; k < count; k++) {
        const bool charges = current_A - around_A[k] > threshold_A[k];
        const double ohms = (charges ? charging_Ohm[k] : giving_Ohm[k]) + resistance_Ohm[k];
        sum.volts += (charges ? charging_V[k] : giving_V[k]) - ohms * around_A[k];
        sum.ohms += ohms;
        sum.own_Ohm += resistance_Ohm[k] - series_Ohm[k];
        empties += empty[k];
    }
    sum.ohms += empties * reversal_Ohm(cells->constants, current_A);
    return sum;
}

double sim_cell_activation_V(const struct sim_cell_constants *constants, double current_A,
                             double *slope_Ohm)
{
    const double part = current_A / constants->activation_A;
    *slope_Ohm = constants->activation_V / (constants->activation_A * sqrt(part * part + 1));
    return constants->activation_V * sim_asinh(part);
}

/* What one step does to some cells. */
struct cells_flow {
    double polarisation_V[CELL_CHUNK];
    double wells_A[CELL_CHUNK];
    double aside_A[CELL_CHUNK];
    double reversed_A[CELL_CHUNK];
};

/* Both without a branch, several cells at a time; a shorted one stays as it is. */
static void cells_flow(const struct sim_cells *cells, int32_t first, int32_t count,
                       double current_A, struct cells_flow *restrict flow)
{
    const double capacitor_S = cells->capacitor_S, decay = cells->decay;
    const double available = cells->constants->available, far = 1 - available;
    const double part_h = cells->step_h + far / available * cells->decay_h;
    const double *restrict charge = cells->charge + first;
    const double *restrict gradient = cells->gradient + first;
    const double *restrict polarisation_V = cells->polarisation_V + first;
    const double *restrict capacity_Ah = cells->capacity_Ah + first;
    const double *restrict accepts_S = cells->accept_S + first;
    const double *restrict still_A = cells->aside_A + first;
    const double *restrict aside_S = cells->aside_S + first;
    const double *restrict threshold_A = cells->threshold_A + first;
    const double *restrict around_A = cells->around_A + first;
    const double *restrict shorted = cells->trait[SIM_TRAIT_SHORTED] + first;
    CELL_APART
    for (int32_t k = 0; k < count; k++) {
        const double own_A = current_A - around_A[k], sound = 1 - shorted[k];
        const double vp = polarisation_V[k];
        const double accept_S = at_least(1 - charge[k] + far * gradient[k], 0) * accepts_S[k];
        const double all_S = capacitor_S + accept_S + aside_S[k];
        const double charged_V = vp + (own_A - still_A[k] - accept_S * vp) / all_S;
        const double charged_A = own_A - accept_S * charged_V - capacitor_S * (charged_V - vp);
        const double given_A = own_A - still_A[k] + capacitor_S * vp;
        const bool charges = own_A > threshold_A[k];
        const double wells_A = charges ? accept_S * charged_V : given_A;
        const double aside_A = charges ? charged_A : still_A[k];
        /* The near well stays within 0..1: how much of the current that allows. */
        const double relaxed = charge[k] - far * gradient[k] * decay;
        const double most_A = at_least((1 - relaxed) * capacity_Ah[k] / part_h, 0);
        const double least_A = at_most(-relaxed * capacity_Ah[k] / part_h, 0);
        flow->polarisation_V[k] = charges ? charged_V * sound : 0;
        flow->wells_A[k] = at_most(at_least(wells_A, least_A), most_A) * sound;
        flow->aside_A[k] = (aside_A + at_least(wells_A - most_A, 0)) * sound;
        flow->reversed_A[k] = at_least(least_A - wells_A, 0) * sound;
    }
}

/* The ledger of charge. */
static void cells_book(struct sim_cells *cells, int32_t first, int32_t count, double current_A,
                       const struct cells_flow *restrict flow)
{
    const double hours = cells->step_h;
    const double *restrict around_A = cells->around_A + first;
    const double *restrict shorted = cells->trait[SIM_TRAIT_SHORTED] + first;
    double *restrict through_Ah = cells->through_Ah + first;
    double *restrict aside_Ah = cells->aside_Ah + first;
    double *restrict reversed_Ah = cells->reversed_Ah + first;
    double *restrict moved_Ah = cells->moved_Ah + first;
    CELL_APART
    for (int32_t k = 0; k < count; k++) {
        const double own_A = (current_A - around_A[k]) * (1 - shorted[k]);
        through_Ah[k] += own_A * hours;
        aside_Ah[k] += flow->aside_A[k] * hours;
        reversed_Ah[k] += flow->reversed_A[k] * hours;
        moved_Ah[k] += (fabs(own_A) + fabs(flow->aside_A[k])) * hours;
    }
}

/* Its mean on the way from one filling to another (Simpson: exact but where the knee begins). */
static inline double emf_between(const struct sim_cell_constants *type, double per_knee,
                                 double before, double after)
{
    return (emf_of(type, per_knee, before) + emf_of(type, per_knee, after) +
            4 * emf_of(type, per_knee, 0.5 * (before + after))) *
           (1.0 / 6);
}

/*
 * The wells, and the emf that the charge passed; even_J: what the wells evened out among
 * themselves.
 */
static void cells_fill(struct sim_cells *cells, int32_t first, int32_t count,
                       const struct cells_flow *restrict flow, double *restrict emf_V,
                       double *restrict even_J)
{
    const struct sim_cell_constants type = *cells->constants;
    const double per_knee = type.knee > 0 ? 1 / type.knee : 0, far = 1 - type.available;
    const double hours = cells->step_h, decay = cells->decay, decay_h = cells->decay_h;
    const double *restrict capacity_Ah = cells->capacity_Ah + first;
    const double *restrict emf_shift_V = cells->emf_shift_V + first;
    double *restrict charge = cells->charge + first;
    double *restrict gradient = cells->gradient + first;
    CELL_APART
    for (int32_t k = 0; k < count; k++) {
        const double near = charge[k] - far * gradient[k];
        const double away = charge[k] + type.available * gradient[k];
        charge[k] += flow->wells_A[k] * hours / capacity_Ah[k];
        gradient[k] =
            gradient[k] * decay - flow->wells_A[k] * decay_h / (type.available * capacity_Ah[k]);
        const double now_away = charge[k] + type.available * gradient[k];
        const double near_V = emf_between(&type, per_knee, near, charge[k] - far * gradient[k]);
        const double away_V = emf_between(&type, per_knee, away, now_away);
        even_J[k] = far * capacity_Ah[k] * (away - now_away) * 3600 * (away_V - near_V);
        emf_V[k] = near_V + emf_shift_V[k];
    }
}

/*
 * What R, RC and activation make of the current. To it comes what the float branch and the leak
 * took but did not gas off, what vp opposes to the current of the wells, what is forced through
 * empty wells, what the wells even out, and the reversible heat.
 */
static void cells_heat(struct sim_cells *cells, int32_t first, int32_t count, double current_A,
                       double beside_V, const struct cells_flow *restrict flow,
                       const double *restrict emf_V, const double *restrict even_J)
{
    const struct sim_cell_constants type = *cells->constants;
    const double seconds = cells->step_h * 3600, per_s = 1 / seconds;
    const double capacitor_S = cells->capacitor_S;
    const double most_A = type.rated_Ah * CELL_RECOMBINES_PER_H;
    const double reversible_V = (CELL_KELVIN + CELL_REFERENCE) * type.emf_V_K;
    const double water_A =
        cells->keeps_water ? 0 : cells->step_h * CELL_WATER_PART_AH / type.rated_Ah;
    const double *restrict around_A = cells->around_A + first;
    const double *restrict resistance_Ohm = cells->resistance_Ohm + first;
    const double *restrict shorted = cells->trait[SIM_TRAIT_SHORTED] + first;
    const double *restrict leak_S = cells->trait[SIM_TRAIT_LEAK] + first;
    const double *restrict empty = cells->empty + first;
    const double *restrict inner_V = cells->inner_V + first;
    const double *restrict emf_shift_V = cells->emf_shift_V + first;
    const double *restrict recombines = cells->recombines + first;
    const double *restrict vapour = cells->vapour + first;
    double *restrict polarisation_V = cells->polarisation_V + first;
    double *restrict water = cells->trait[SIM_TRAIT_WATER_LOST] + first;
    double *restrict in_J = cells->in_J + first;
    double *restrict out_J = cells->out_J + first;
    double *restrict moved_J = cells->moved_J + first;
    double *restrict heat_W = cells->heat_W + first;
    CELL_APART
    for (int32_t k = 0; k < count; k++) {
        const double own_A = current_A - around_A[k], sound = 1 - shorted[k];
        const double ohms = resistance_Ohm[k] + empty[k] * reversal_Ohm(&type, own_A);
        const double loss_W = own_A * own_A * ohms + fabs(own_A * beside_V);
        const double vp = flow->polarisation_V[k], change_V = vp - polarisation_V[k];
        const double branch_A =
            at_least(flow->aside_A[k] - leak_S[k] * (1 - empty[k]) * inner_V[k], 0);
        const double kept_A = branch_A * recombines[k];
        const double gassed_A = branch_A - kept_A + at_least(kept_A - most_A, 0);
        const double gas_W = gassed_A * (type.gas_V + CELL_VAPOUR_V * vapour[k]);
        const double power_W = (emf_V[k] + vp) * own_A * sound;
        const double full_V = type.emf_full_V + emf_shift_V[k];
        heat_W[k] = loss_W + (emf_V[k] + vp) * (flow->aside_A[k] - flow->reversed_A[k]) +
                    vp * flow->wells_A[k] + reversible_V * flow->wells_A[k] + even_J[k] * per_s +
                    capacitor_S * change_V * (0.5 * change_V + emf_V[k] - full_V) - gas_W;
        in_J[k] += (power_W + loss_W * sound) * seconds;
        out_J[k] += (heat_W[k] + gas_W) * sound * seconds;
        moved_J[k] += (fabs(power_W) + fabs(heat_W[k]) + gas_W) * sound * seconds;
        water[k] =
            at_most(water[k] + gassed_A * water_A * (1 + CELL_GAS_PARTS_WATER * vapour[k]), 1);
        polarisation_V[k] = vp;
    }
}

void sim_cells_move(struct sim_cells *cells, int32_t first, int32_t count, double current_A,
                    double beside_V)
{
    struct cells_flow flow;
    double emf_V[CELL_CHUNK], even_J[CELL_CHUNK];
    cells->faced = 0;
    for (int32_t k = first; k < first + count; k += CELL_CHUNK) {
        const int32_t some = first + count - k < CELL_CHUNK ? first + count - k : CELL_CHUNK;
        cells_flow(cells, k, some, current_A, &flow);
        cells_book(cells, k, some, current_A, &flow);
        cells_fill(cells, k, some, &flow, emf_V, even_J);
        cells_heat(cells, k, some, current_A, beside_V, &flow, emf_V, even_J);
    }
}

double sim_cells_boil(struct sim_cells *cells, int32_t first, int32_t count, double degC,
                      double heat_J_K)
{
    const struct sim_cell_constants *type = cells->constants;
    if (degC <= CELL_BOILS_DEGC || type->gas_V <= 0) {
        return degC;
    }
    if (cells->keeps_water) {
        return CELL_BOILS_DEGC;
    }
    double *water = cells->trait[SIM_TRAIT_WATER_LOST];
    double least_lost = 1, left = 0;
    for (int32_t k = first; k < first + count; k++) {
        least_lost = at_most(least_lost, water[k]);
        left += 1 - water[k];
    }
    /* They share their heat: the wettest boils first, and each loses by what it has. */
    const double water_J = CELL_STEAM_J_G * CELL_WATER_G_AH * type->rated_Ah;
    const double steam_J =
        at_most(at_least(degC - boils_degC(least_lost), 0) * heat_J_K, left * water_J);
    for (int32_t k = first; k < first + count && steam_J > 0; k++) {
        water[k] = at_most(water[k] + (1 - water[k]) * steam_J / (left * water_J), 1);
    }
    return degC - steam_J / heat_J_K;
}

void sim_cells_wear(struct sim_cells *cells, int32_t first, int32_t count, double temperature_degC,
                    double hours)
{
    const struct sim_cell_constants *type = cells->constants;
    const double warm = (temperature_degC - CELL_REFERENCE) * 0.1;
    const double per_life = hours / type->life_h;
    for (int32_t k = first; k < first + count; k++) {
        const double over = at_least(cells->inner_V[k] - type->float_V, 0) / CELL_AGE_DOUBLES_V;
        cells->trait[SIM_TRAIT_AGE][k] =
            at_most(cells->trait[SIM_TRAIT_AGE][k] + per_life * sim_exp2(warm + over), 1.6);
        if (type->is_lead && cells->charge[k] < CELL_SULPHATE_BELOW) {
            const double lack = 1 - cells->charge[k] / CELL_SULPHATE_BELOW;
            cells->trait[SIM_TRAIT_SULPHATE][k] = at_most(
                cells->trait[SIM_TRAIT_SULPHATE][k] + hours * CELL_SULPHATE_PER_H * lack, 0.95);
        }
    }
}

struct sim_imbalance sim_cells_imbalance(const struct sim_cells *cells, int32_t cell)
{
    const double charge_Ah = held_Ah(cells, cell) - cells->taken_Ah[cell] -
                             cells->through_Ah[cell] + cells->aside_Ah[cell] -
                             cells->reversed_Ah[cell];
    const double energy_J =
        held_J(cells, cell) - cells->taken_J[cell] - cells->in_J[cell] + cells->out_J[cell];
    return (struct sim_imbalance){
        .charge = fabs(charge_Ah) / at_least(cells->moved_Ah[cell], cells->constants->rated_Ah),
        .energy = fabs(energy_J) /
                  at_least(cells->moved_J[cell],
                           cells->constants->rated_Ah * 3600 * cells->constants->emf_full_V),
    };
}
