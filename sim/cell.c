/*
 * cell.c — lines, steps and wear of cells. The model is in cell.h.
 */
#include "sim/cell.h"

#include <assert.h>
#include <stdlib.h>

#include "sim/exponent.h"

enum { CELL_ARRAYS = 29 + SIM_TRAITS, CELL_LINE = 8 };

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
#define CELL_WATER_PART_AH (0.336 / 9)
/* Acid grows denser as water goes, and thinner as sulphate stays. */
#define CELL_WATER_EMF_V    0.1
#define CELL_SULPHATE_EMF_V 0.18
/* Left empty, a hundredth of the capacity a day sulphates; above four fifths nothing does. */
#define CELL_SULPHATE_PER_H (0.01 / 24)
#define CELL_SULPHATE_BELOW 0.8
/* Ageing doubles with each so much above the float voltage (battery engineers' rule of thumb). */
#define CELL_AGE_DOUBLES_V 0.08

static inline double at_least(double value, double low)
{
    return value > low ? value : low;
}

static inline double at_most(double value, double high)
{
    return value < high ? value : high;
}

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
        &cells->empty,
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

/* Part of the capacity of 25 degC that lead gives (manufacturers' curves, see cell.h). */
static double capacity_factor(double temperature_degC)
{
    static const double points[][2] = {
        {-40, 0.35}, {-15, 0.65}, {-10, 0.74}, {0, 0.85}, {10, 0.91}, {25, 1}, {40, 1.02},
    };
    const size_t count = sizeof points / sizeof points[0];
    if (temperature_degC <= points[0][0]) {
        return points[0][1];
    }
    for (size_t i = 1; i < count; i++) {
        if (temperature_degC < points[i][0]) {
            double way = (temperature_degC - points[i - 1][0]) / (points[i][0] - points[i - 1][0]);
            return points[i - 1][1] + way * (points[i][1] - points[i - 1][1]);
        }
    }
    return points[count - 1][1];
}

static double resistance_factor(double temperature_degC)
{
    return temperature_degC > 0 ? at_least(1 - 0.007 * (temperature_degC - CELL_REFERENCE), 0.5)
                                : at_most(1.175 - 0.02125 * temperature_degC, 2.5);
}

void sim_cells_refresh(struct sim_cells *cells, int32_t first, int32_t count,
                       double temperature_degC)
{
    const struct sim_cell_constants *type = cells->constants;
    const double above_K = temperature_degC - CELL_REFERENCE;
    const double capacity_Ah = type->capacity_Ah * capacity_factor(temperature_degC);
    const double rest_Ohm = type->resistance_Ohm * resistance_factor(temperature_degC);
    const double float_A = type->float_A * sim_exp2(above_K * 0.1);
    for (int32_t k = first; k < first + count; k++) {
        const double water = cells->trait[SIM_TRAIT_WATER_LOST][k];
        const double age = cells->trait[SIM_TRAIT_AGE][k];
        const double sulphate = cells->trait[SIM_TRAIT_SULPHATE][k];
        const double before_Ah = held_Ah(cells, k), before_J = held_J(cells, k);
        cells->capacity_Ah[k] = capacity_Ah * (1 - sulphate) *
                                at_least(1 - 0.2 * age * age * age, 0.05) *
                                cells->trait[SIM_TRAIT_CAPACITY][k];
        cells->rest_Ohm[k] =
            rest_Ohm * (1 + 0.5 * age * age) * (1 + 3 * water) * (1 + 2 * sulphate);
        cells->float_A[k] = float_A * cells->trait[SIM_TRAIT_FLOAT][k] *
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
    for (int32_t k = 0; k < count; k++) {
        const double near = charge[k] - (1 - type.available) * gradient[k];
        const double below = at_least(type.knee - near, 0) * per_knee;
        const double emf_V = type.emf_full_V - type.emf_slope_V * (1 - near) -
                             type.knee_V * below * below + emf_shift_V[k];
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
    for (int32_t k = 0; k < count; k++) {
        const double over_V = inner_V[k] - type.float_V;
        const double per_V = over_V > 0 ? above : below;
        const double branch_A = float_A[k] * sim_exp2(over_V * per_V);
        const double leak_S = trait_S[k] * (1 - empty[k]); /* nothing leaks from nothing */
        aside_A[k] = branch_A + leak_S * inner_V[k];
        aside_S[k] = branch_A * (per_V * (CELL_LN_10 / CELL_LOG2_10)) + leak_S;
    }
}

void sim_cells_line(struct sim_cells *cells, int32_t first, int32_t count)
{
    cells_face(cells, first, count);
    cells_aside(cells, first, count);
    const struct sim_cell_constants type = *cells->constants;
    const double capacitor_S = cells->capacitor_S, far = 1 - type.available;
    const double per_knee = type.knee > 0 ? 1 / type.knee : 0;
    const double part_h = cells->step_h + far / type.available * cells->decay_h;
    const bool is_instant = cells->step_h <= 0;
    for (int32_t k = first; k < first + count; k++) {
        if (is_instant || cells->trait[SIM_TRAIT_SHORTED][k] > 0) {
            cells->charging_V[k] = cells->giving_V[k] = cells->inner_V[k];
            cells->charging_Ohm[k] = cells->giving_Ohm[k] = 0;
            cells->threshold_A[k] = 0;
            continue;
        }
        const double vp = cells->polarisation_V[k];
        const double aside_A = cells->aside_A[k];
        /* Where the near well relaxes to without a current, and the emf there. */
        const double near = cells->charge[k] - far * cells->gradient[k];
        const double relaxed = cells->charge[k] - far * cells->gradient[k] * cells->decay;
        const double below = at_least(type.knee - relaxed, 0) * per_knee;
        const double slope_V = type.emf_slope_V + 2 * type.knee_V * per_knee * below;
        const double emf_V = type.emf_full_V - type.emf_slope_V * (1 - relaxed) -
                             type.knee_V * below * below + cells->emf_shift_V[k];
        const double emf_Ohm = slope_V * part_h / cells->capacity_Ah[k];
        const double accept_S = at_least(1 - near, 0) * cells->accept_S[k];
        const double all_S = capacitor_S + accept_S + cells->aside_S[k];
        const double rising = 1 + emf_Ohm * accept_S;
        const double still_V = vp - (aside_A + accept_S * vp) / all_S;
        cells->charging_V[k] = emf_V + rising * still_V;
        cells->charging_Ohm[k] = rising / all_S;
        cells->giving_V[k] = emf_V + emf_Ohm * (capacitor_S * vp - aside_A);
        cells->giving_Ohm[k] = emf_Ohm;
        cells->threshold_A[k] = -still_V * all_S;
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

/* What one step did to one cell. */
struct cell_moves {
    double polarisation_V;
    double wells_A;
    double aside_A;
    double reversed_A;
};

static struct cell_moves cell_step(const struct sim_cells *cells, int32_t k, double current_A)
{
    const struct sim_cell_constants *type = cells->constants;
    const double capacitor_S = cells->capacitor_S, far = 1 - type->available;
    const double vp = cells->polarisation_V[k];
    const double near = cells->charge[k] - far * cells->gradient[k];
    const double accept_S = at_least(1 - near, 0) * cells->accept_S[k];
    struct cell_moves to = {0};
    if (current_A > cells->threshold_A[k]) {
        const double all_S = capacitor_S + accept_S + cells->aside_S[k];
        to.polarisation_V = vp + (current_A - cells->aside_A[k] - accept_S * vp) / all_S;
        to.wells_A = accept_S * to.polarisation_V;
        to.aside_A = current_A - to.wells_A - capacitor_S * (to.polarisation_V - vp);
    } else {
        to.aside_A = cells->aside_A[k];
        to.wells_A = current_A - to.aside_A + capacitor_S * vp;
    }
    /* The near well stays within 0..1: how much of the current that allows. */
    const double capacity_Ah = cells->capacity_Ah[k];
    const double part_h = cells->step_h + far / type->available * cells->decay_h;
    const double relaxed = cells->charge[k] - far * cells->gradient[k] * cells->decay;
    const double most_A = at_least((1 - relaxed) * capacity_Ah / part_h, 0);
    const double least_A = at_most(-relaxed * capacity_Ah / part_h, 0);
    if (to.wells_A > most_A) {
        to.aside_A += to.wells_A - most_A;
        to.wells_A = most_A;
    } else if (to.wells_A < least_A) {
        to.reversed_A = least_A - to.wells_A;
        to.wells_A = least_A;
    }
    return to;
}

/* The ledger and the wells of one cell after a step. */
static void cell_book(struct sim_cells *cells, int32_t k, double current_A,
                      const struct cell_moves *to)
{
    const struct sim_cell_constants *type = cells->constants;
    const double hours = cells->step_h, capacity_Ah = cells->capacity_Ah[k];
    cells->through_Ah[k] += current_A * hours;
    cells->aside_Ah[k] += to->aside_A * hours;
    cells->reversed_Ah[k] += to->reversed_A * hours;
    cells->moved_Ah[k] += (fabs(current_A) + fabs(to->aside_A)) * hours;
    cells->charge[k] += to->wells_A * hours / capacity_Ah;
    cells->gradient[k] = cells->gradient[k] * cells->decay -
                         to->wells_A * cells->decay_h / (type->available * capacity_Ah);
    cells->polarisation_V[k] = to->polarisation_V;
}

static double near_of(const struct sim_cells *cells, int32_t k)
{
    return cells->charge[k] - (1 - cells->constants->available) * cells->gradient[k];
}

static double far_of(const struct sim_cells *cells, int32_t k)
{
    return cells->charge[k] + cells->constants->available * cells->gradient[k];
}

/* Of a well filled to `part`, without what temperature and health add. */
static double emf_of(const struct sim_cell_constants *type, double part)
{
    const double below = type->knee > 0 ? at_least(type->knee - part, 0) / type->knee : 0;
    return type->emf_full_V - type->emf_slope_V * (1 - part) - type->knee_V * below * below;
}

/* Wells, ledger and water after a step; returns the emf that the charge passed, and in *even_J what
 * the wells evened out among themselves. */
static double cell_fill(struct sim_cells *cells, int32_t k, double current_A,
                        const struct cell_moves *to, double *even_J)
{
    const struct sim_cell_constants *type = cells->constants;
    const double near = near_of(cells, k), far = far_of(cells, k);
    cell_book(cells, k, current_A, to);
    const double emf_V = emf_of(type, near);
    *even_J = 0;
    if (fabs(to->wells_A) <= 0 && fabs(far - near) <= 0) {
        return emf_V + cells->emf_shift_V[k]; /* full, on float: nothing moves */
    }
    const double after_V = emf_of(type, near_of(cells, k)), now_far = far_of(cells, k);
    const double even_Ah = (1 - type->available) * cells->capacity_Ah[k] * (far - now_far);
    *even_J = even_Ah * 1800 * (emf_of(type, far) - emf_V + emf_of(type, now_far) - after_V);
    return 0.5 * (emf_V + after_V) + cells->emf_shift_V[k];
}

/*
 * Of one cell that is not shorted; heat_W begins as that of R, RC and activation. To it comes what
 * the float branch and the leak took but did not gas off, what vp opposes to the current of the
 * wells, what is forced through empty wells, what the wells even out, and the reversible heat.
 */
static void cell_move(struct sim_cells *cells, int32_t k, double current_A, double heat_W)
{
    const struct sim_cell_constants *type = cells->constants;
    const struct cell_moves to = cell_step(cells, k, current_A);
    const double leak_A =
        cells->trait[SIM_TRAIT_LEAK][k] * (1 - cells->empty[k]) * cells->inner_V[k];
    const double branch_A = at_least(to.aside_A - leak_A, 0);
    const double gas_W = branch_A * (1 - type->recombination) * type->gas_V;
    const double change_V = to.polarisation_V - cells->polarisation_V[k];
    const double seconds = cells->step_h * 3600;
    double even_J;
    const double emf_V = cell_fill(cells, k, current_A, &to, &even_J);
    const double inner_V = emf_V + to.polarisation_V;
    const double full_V = type->emf_full_V + cells->emf_shift_V[k];
    cells->in_J[k] += (inner_V * current_A + heat_W) * seconds;
    heat_W += inner_V * (to.aside_A - to.reversed_A) + to.polarisation_V * to.wells_A +
              (CELL_KELVIN + CELL_REFERENCE) * type->emf_V_K * to.wells_A + even_J / seconds +
              cells->capacitor_S * change_V * (0.5 * change_V + emf_V - full_V) - gas_W;
    cells->out_J[k] += (heat_W + gas_W) * seconds;
    cells->moved_J[k] += (fabs(inner_V * current_A) + fabs(heat_W)) * seconds;
    cells->heat_W[k] = heat_W;
    cells->trait[SIM_TRAIT_WATER_LOST][k] =
        at_most(cells->trait[SIM_TRAIT_WATER_LOST][k] + branch_A * cells->step_h *
                                                            (1 - type->recombination) *
                                                            CELL_WATER_PART_AH / type->rated_Ah,
                1);
}

void sim_cells_move(struct sim_cells *cells, int32_t first, int32_t count, double current_A,
                    double beside_V)
{
    for (int32_t k = first; k < first + count; k++) {
        const double own_A = current_A - cells->around_A[k];
        const double ohms =
            cells->resistance_Ohm[k] + cells->empty[k] * reversal_Ohm(cells->constants, own_A);
        const double heat_W = own_A * own_A * ohms + fabs(own_A * beside_V);
        if (cells->trait[SIM_TRAIT_SHORTED][k] > 0) {
            cells->heat_W[k] = heat_W;
        } else {
            cell_move(cells, k, own_A, heat_W);
        }
    }
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
