/*
 * fit.c — the likeliest block with a plate and the rows of a sheet (type.h).
 *
 * Unknown are the six figures of struct sim_battery_fit, as logarithms. Wanted is the least sum of
 * squares of what each is off the class's usual value, in units of its scatter, and of what each
 * discharge takes too long or too short by, in units of what sheets and plates are good for. The
 * steps are those of Levenberg and Marquardt: the same on every machine.
 */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/battery/type.h"
#include "sim/exponent.h"

enum { UNKNOWNS = 6, LOOKS_MAX = SIM_RATES_MAX + SIM_SHEET_ROWS_MAX };
enum { U_CAPACITY, U_AVAILABLE, U_EXCHANGE, U_EMPTY, U_LOSSES, U_SLOPE };

enum { DISCHARGE_STEPS = 100, FIT_STEPS = 24, FIT_TRIES = 6 };

/* Cells are told of a new temperature when it differs by so much. */
#define DISCHARGE_TELL_K 0.1
/* What the plate's rates and a sheet's rows are good for, as a part of the time. */
#define RATE_SCATTER 0.042
#define ROW_SCATTER  0.05
/* Printed resistances are of an instant and scatter widely: what they tell of the losses. */
#define PRINTED_WEIGHT 0.22
/* Losses x capacity grow a little with the block: straps and plates grow longer. */
#define LOSSES_POWER 0.083
#define LOSSES_AT_AH 30

/*
 * The usual block of a class and the scatter of its makers, as logarithms: capacity of both wells
 * / C10, c / (1 - c), k, a, losses x C10 in Ohm Ah, slope in V.
 */
static const struct {
    double usual[UNKNOWNS];
    double scatter[UNKNOWNS];
} priors[SIM_CLASSES] = {
    [SIM_CLASS_AGM] = {{0.109, -0.05, 0.215, -1.144, -2.868, -1.37},
                       {0.2, 0.6, 0.05, 0.12, 0.22, 0.14}},
    [SIM_CLASS_GEL] = {{0.16, -0.12, 0.2, -1.2, -2.50, -1.35}, {0.2, 0.6, 0.1, 0.2, 0.3, 0.14}},
    [SIM_CLASS_VENTED] = {{0.22, -0.2, -0.15, -1.2, -2.45, -1.37}, {0.2, 0.6, 0.1, 0.2, 0.3, 0.14}},
    [SIM_CLASS_NICD] = {{0.05, 0.45, -0.2, -0.95, -2.0, -2.12}, {0.2, 0.4, 0.2, 0.3, 0.4, 0.2}},
    [SIM_CLASS_NIMH] = {{0.02, 2.20, 0.70, -1.90, -3.00, -2.30}, {0.2, 0.4, 0.2, 0.3, 0.4, 0.2}},
    [SIM_CLASS_LFP] = {{0.02, 2.90, 1.40, -3.00, -2.70, -2.50}, {0.2, 0.4, 0.2, 0.3, 0.4, 0.2}},
};

/* ---- one discharge ---------------------------------------------------------------------- */

/* One cell on a load. */
struct rig {
    struct sim_cells cells;
    const struct sim_cell_constants *constants;
    double room_degC, degC, told_degC;
    double slow_A, current_A;
    double beside_V; /* activation and RC */
};

static void rig_fill(struct rig *rig, const struct sim_cell_constants *constants, double degC)
{
    rig->constants = constants;
    rig->cells.constants = constants;
    rig->room_degC = rig->degC = rig->told_degC = degC;
    rig->slow_A = 0;
    rig->cells.trait[SIM_TRAIT_WATER_LOST][0] = 0;
    sim_cells_refresh(&rig->cells, 0, 1, degC);
    sim_cells_set_charge(&rig->cells, 0, 1);
}

/* The voltage now; settles the current that the load draws. */
static double rig_face(struct rig *rig, double load, bool is_watts)
{
    sim_cells_begin(&rig->cells, 0);
    sim_cells_line(&rig->cells, 0, 1);
    const double resistance_Ohm = rig->cells.resistance_Ohm[0];
    double volts = 0, slope_Ohm;
    for (int i = 0; i < (is_watts ? 4 : 1); i++) {
        if (!is_watts) {
            rig->current_A = load;
        } else if (i > 0) {
            /* Below a third of a volt a cell is flat, whatever the load. */
            rig->current_A = load / (volts > 0.3 ? volts : 0.3);
        }
        rig->beside_V = resistance_Ohm * rig->constants->resistance_slow * rig->slow_A -
                        sim_cell_activation_V(rig->constants, -rig->current_A, &slope_Ohm);
        volts = rig->cells.inner_V[0] - rig->beside_V - resistance_Ohm * rig->current_A;
    }
    return volts;
}

static void rig_step(struct rig *rig, double seconds)
{
    const struct sim_cell_constants *type = rig->constants;
    sim_cells_begin(&rig->cells, seconds);
    sim_cells_line(&rig->cells, 0, 1);
    sim_cells_move(&rig->cells, 0, 1, -rig->current_A, rig->beside_V);
    const double slow = seconds / type->slow_s;
    rig->slow_A = (rig->slow_A + slow * rig->current_A) / (1 + slow);
    const double per_J = seconds / type->heat_J_K;
    rig->degC = (rig->degC + per_J * (rig->cells.heat_W[0] + type->cooling_W_K * rig->room_degC)) /
                (1 + per_J * type->cooling_W_K);
    if (fabs(rig->degC - rig->told_degC) > DISCHARGE_TELL_K) {
        rig->told_degC = rig->degC;
        sim_cells_refresh(&rig->cells, 0, 1, rig->degC);
    }
}

static double rig_discharge_h(struct rig *rig, double load, bool is_watts, double end_V)
{
    rig->current_A = is_watts ? load / rig->constants->emf_full_V : load;
    const double step_h = rig->constants->capacity_Ah / rig->current_A / DISCHARGE_STEPS;
    double before_V = rig_face(rig, load, is_watts);
    if (before_V < end_V) {
        return 0;
    }
    for (int i = 0; i < 2 * DISCHARGE_STEPS; i++) {
        rig_step(rig, step_h * 3600);
        const double volts = rig_face(rig, load, is_watts);
        if (volts < end_V) {
            /* The line between the last two points. */
            return step_h * (i + (before_V - end_V) / (before_V - volts));
        }
        before_V = volts;
    }
    return step_h * 2 * DISCHARGE_STEPS;
}

static bool rig_open(struct rig *rig, const struct sim_cell_constants *constants)
{
    *rig = (struct rig){0};
    return sim_cells_open(&rig->cells, 1, constants);
}

double sim_battery_discharge_h(const struct sim_cell_constants *constants, double load,
                               bool is_watts, double end_V, double temperature_degC)
{
    struct rig rig;
    if (!rig_open(&rig, constants)) {
        return 0;
    }
    rig_fill(&rig, constants, temperature_degC);
    const double hours = rig_discharge_h(&rig, load, is_watts, end_V);
    sim_cells_close(&rig.cells);
    return hours;
}

/* ---- what is looked at ------------------------------------------------------------------ */

struct look {
    double load; /* A or W, of one cell */
    bool is_watts;
    double end_V;
    double hours;
    double weight; /* 1 / scatter */
};

struct problem {
    const struct sim_battery_plate *plate;
    double usual[UNKNOWNS], scatter[UNKNOWNS];
    double degC;
    size_t looks;
    struct look look[LOOKS_MAX];
    struct rig rig;
};

static double between(double value, double low, double high)
{
    return value < low ? low : value > high ? high : value;
}

/* Within what a type's file may say, whatever nonsense is to be fitted. */
static void fit_of(const struct problem *problem, const double *unknown,
                   struct sim_battery_fit *fit)
{
    const double rated_Ah = sim_battery_rated_Ah(problem->plate);
    const double odds = sim_exp(unknown[U_AVAILABLE]);
    *fit = (struct sim_battery_fit){
        .capacity_Ah = rated_Ah * sim_exp(unknown[U_CAPACITY]),
        .available = between(odds / (1 + odds), 0.05, 0.99),
        .exchange_per_h = between(sim_exp(unknown[U_EXCHANGE]), 0.02, 50),
        .resistance_empty = between(sim_exp(unknown[U_EMPTY]), 1e-3, 5),
        .losses_Ohm = sim_exp(unknown[U_LOSSES]) / rated_Ah,
        .slope_V = between(sim_exp(unknown[U_SLOPE]), 1e-3, 1),
    };
}

/* All that should be 0: looks first, then unknowns. Returns the sum of squares. */
static double problem_rest(struct problem *problem, const double *unknown, double *rest)
{
    struct sim_battery_fit fit;
    struct sim_cell_constants constants;
    fit_of(problem, unknown, &fit);
    sim_battery_constants(problem->plate, &fit, &constants);
    double sum = 0;
    for (size_t i = 0; i < problem->looks; i++) {
        const struct look *look = &problem->look[i];
        rig_fill(&problem->rig, &constants, problem->degC);
        const double hours =
            rig_discharge_h(&problem->rig, look->load, look->is_watts, look->end_V);
        /* One twentieth is as bad as nothing. */
        const double part = hours / look->hours;
        rest[i] = look->weight * sim_log(part > 0.05 ? part : 0.05);
        sum += rest[i] * rest[i];
    }
    for (int u = 0; u < UNKNOWNS; u++) {
        const double off = (unknown[u] - problem->usual[u]) / problem->scatter[u];
        rest[problem->looks + (size_t)u] = off;
        sum += off * off;
    }
    return sum;
}

/* ---- least squares ---------------------------------------------------------------------- */

/* By elimination; the matrix is symmetric and positive, so its diagonal serves as it comes. */
static void solve(double matrix[UNKNOWNS][UNKNOWNS + 1], double *result)
{
    for (int row = 0; row < UNKNOWNS; row++) {
        for (int below = row + 1; below < UNKNOWNS; below++) {
            const double factor = matrix[below][row] / matrix[row][row];
            for (int column = row; column <= UNKNOWNS; column++) {
                matrix[below][column] -= factor * matrix[row][column];
            }
        }
    }
    for (int row = UNKNOWNS - 1; row >= 0; row--) {
        double sum = matrix[row][UNKNOWNS];
        for (int column = row + 1; column < UNKNOWNS; column++) {
            sum -= matrix[row][column] * result[column];
        }
        result[row] = sum / matrix[row][row];
    }
}

/* How what should be 0 changes with each unknown; one row of slopes an unknown. */
static void slopes_find(struct problem *problem, const double *unknown, const double *rest,
                        double *scratch, double *slopes)
{
    const size_t count = problem->looks + UNKNOWNS;
    for (int u = 0; u < UNKNOWNS; u++) {
        double moved[UNKNOWNS];
        memcpy(moved, unknown, sizeof moved);
        const double by = 0.02 * problem->scatter[u] + 1e-4;
        moved[u] += by;
        (void)problem_rest(problem, moved, scratch);
        for (size_t i = 0; i < count; i++) {
            slopes[(size_t)u * count + i] = (scratch[i] - rest[i]) / by;
        }
    }
}

/* The step that would be right if all were lines, held back by damping. */
static void step_find(const struct problem *problem, const double *rest, const double *slopes,
                      double damping, double *step)
{
    const size_t count = problem->looks + UNKNOWNS;
    double matrix[UNKNOWNS][UNKNOWNS + 1];
    for (size_t u = 0; u < UNKNOWNS; u++) {
        for (size_t v = 0; v <= UNKNOWNS; v++) {
            const double *other = v < UNKNOWNS ? slopes + v * count : rest;
            double sum = 0;
            for (size_t i = 0; i < count; i++) {
                sum += slopes[u * count + i] * other[i];
            }
            matrix[u][v] = v < UNKNOWNS ? sum : -sum;
        }
        matrix[u][u] *= 1 + damping;
    }
    solve(matrix, step);
    for (int u = 0; u < UNKNOWNS; u++) {
        const double most = 1.5 * problem->scatter[u];
        step[u] = step[u] > most ? most : step[u] < -most ? -most : step[u];
    }
}

static void problem_solve(struct problem *problem, double *memory, double *unknown)
{
    const size_t count = problem->looks + UNKNOWNS;
    double *rest = memory, *other = memory + count, *slopes = memory + 2 * count;
    double damping = 0.01, sum = problem_rest(problem, unknown, rest);
    for (int round = 0; round < FIT_STEPS; round++) {
        slopes_find(problem, unknown, rest, other, slopes);
        double gained = 0;
        for (int tries = 0; tries < FIT_TRIES && gained <= 0; tries++) {
            double step[UNKNOWNS], moved[UNKNOWNS];
            step_find(problem, rest, slopes, damping, step);
            for (int u = 0; u < UNKNOWNS; u++) {
                moved[u] = unknown[u] + step[u];
            }
            const double moved_sum = problem_rest(problem, moved, other);
            gained = sum - moved_sum;
            damping = gained > 0 ? damping * 0.3 : damping * 5 + 0.001;
            if (gained > 0) {
                memcpy(unknown, moved, sizeof moved);
                memcpy(rest, other, count * sizeof *rest);
                sum = moved_sum;
            }
        }
        if (gained <= 1e-4 * sum) {
            break;
        }
    }
}

static void problem_pose(struct problem *problem, const struct sim_battery_plate *plate,
                         const struct sim_battery_row *rows, size_t count)
{
    const enum sim_battery_class battery_class = plate->battery_class;
    problem->plate = plate;
    problem->degC = 25 + plate->warmer_K;
    memcpy(problem->usual, priors[battery_class].usual, sizeof problem->usual);
    memcpy(problem->scatter, priors[battery_class].scatter, sizeof problem->scatter);
    if (plate->battery_class == SIM_CLASS_AGM) {
        problem->usual[U_LOSSES] +=
            LOSSES_POWER * sim_log(sim_battery_rated_Ah(plate) / LOSSES_AT_AH);
    }
    if (!isnan(plate->resistance_Ohm)) {
        const double printed =
            sim_log(plate->resistance_Ohm / plate->cells * sim_battery_rated_Ah(plate));
        problem->usual[U_LOSSES] += PRINTED_WEIGHT * (printed - problem->usual[U_LOSSES]);
    }
    for (int32_t i = 0; i < plate->rates; i++) {
        const double hours = plate->rate[i].at_hours;
        problem->look[problem->looks++] = (struct look){
            .load = plate->rate[i].capacity_Ah / hours,
            .end_V = sim_battery_end_V(battery_class, hours),
            .hours = hours,
            .weight = 1 / RATE_SCATTER,
        };
    }
    for (size_t i = 0; i < count; i++) {
        problem->look[problem->looks++] = (struct look){
            .load = rows[i].is_watts ? rows[i].load / plate->cells : rows[i].load,
            .is_watts = rows[i].is_watts,
            .end_V = rows[i].end_V,
            .hours = rows[i].minutes / 60,
            .weight = 1 / ROW_SCATTER,
        };
    }
}

bool sim_battery_estimate(const struct sim_battery_plate *plate, const struct sim_battery_row *rows,
                          size_t count, struct sim_battery_fit *fit)
{
    assert(plate->rates >= 1 && plate->rates <= SIM_RATES_MAX);
    assert(count <= SIM_SHEET_ROWS_MAX);
    struct problem *problem = calloc(1, sizeof *problem);
    const size_t looks = (size_t)plate->rates + count;
    double *memory = calloc((looks + UNKNOWNS) * (2 + UNKNOWNS), sizeof *memory);
    struct sim_cell_constants any = {.capacity_Ah = 1, .exchange_per_h = 1, .acceptance_Ohm = 1};
    const bool is_good =
        problem != NULL && memory != NULL && sim_cells_open(&problem->rig.cells, 1, &any);
    if (is_good) {
        double unknown[UNKNOWNS];
        problem_pose(problem, plate, rows, count);
        memcpy(unknown, problem->usual, sizeof unknown);
        problem_solve(problem, memory, unknown);
        fit_of(problem, unknown, fit);
        sim_cells_close(&problem->rig.cells);
    }
    free(memory);
    free(problem);
    return is_good;
}

bool sim_battery_by_plate(const struct sim_battery_plate *plate,
                          struct sim_cell_constants *constants)
{
    struct sim_battery_fit fit;
    if (!sim_battery_estimate(plate, NULL, 0, &fit)) {
        return false;
    }
    sim_battery_constants(plate, &fit, constants);
    return true;
}

struct sim_battery_error sim_battery_compare(const struct sim_battery_plate *plate,
                                             const struct sim_battery_fit *fit,
                                             const struct sim_battery_row *rows, size_t count)
{
    struct sim_battery_error error = {0};
    struct sim_cell_constants constants;
    sim_battery_constants(plate, fit, &constants);
    double all = 0, usual = 0;
    for (size_t i = 0; i < count; i++) {
        const double load = rows[i].is_watts ? rows[i].load / plate->cells : rows[i].load;
        const double minutes = 60 * sim_battery_discharge_h(&constants, load, rows[i].is_watts,
                                                            rows[i].end_V, 25 + plate->warmer_K);
        const double off = minutes / rows[i].minutes - 1;
        all += off * off;
        if (rows[i].minutes >= 10 && rows[i].minutes <= 1200) {
            usual += off * off;
            error.usual_rows++;
        }
        if (fabs(off) > fabs(error.worst)) {
            error.worst = off;
            error.worst_row = i;
        }
    }
    error.rms_all = count > 0 ? sqrt(all / (double)count) : 0;
    error.rms_usual = error.usual_rows > 0 ? sqrt(usual / (double)error.usual_rows) : 0;
    return error;
}
