/*
 * battery.c — circuits, heat and steps of all blocks. The model is in battery.h.
 */
#include "sim/battery/battery.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/number.h"

enum { BATTERY_ARRAYS = 11 + SIM_PINS, BATTERY_LINE = 8, BATTERY_LOOKS = 12 };

#define BATTERY_STEP_LEAST_S 1.0
#define BATTERY_STEP_MOST_S  300.0
/* What a step may be wrong by, and what a value may move in it: below what a module can tell. */
#define BATTERY_ERROR_V 0.001
#define BATTERY_MOVE_V  0.010
#define BATTERY_MOVE_K  0.05
/* What the asan build lets nothing be wrong by: of charge and energy, and of a full well. */
#define BATTERY_IMBALANCE 0.001
#define BATTERY_ROUNDING  1e-9
/* Cells are told of a new temperature when it differs by so much: 0.1 % of the float current. From
 * where valves open on they are told in each step: there it is their water that goes. */
#define BATTERY_TELL_K     0.02
#define BATTERY_DRIES_DEGC 60.0
/* Heat from block to block beside it, as a part of what goes to the room. */
#define BATTERY_NEIGHBOUR    0.5
#define BATTERY_STILL_A      1e-9
#define BATTERY_SETTLE_STEPS 64
/* Float warms a block by less than one; from here on it is overcharge that nobody left for days. */
#define BATTERY_FLOATS_K 5.0
/* The last acid boils at 192 degC (cell.c), and cases have melted by then: what is hotter was
 * pushed there. */
#define BATTERY_HOTTEST_DEGC 200.0

static int32_t cells_per_string(const struct sim_battery *battery)
{
    return battery->modules_per_string * battery->shape.cells;
}

/* ---- the circuits ----------------------------------------------------------------------- */

static bool string_is_cut(const struct sim_string *string)
{
    return string->is_open || string->is_blown;
}

/* With a sound strap in each cell, too. */
static bool string_conducts(const struct sim_string *string)
{
    return !string_is_cut(string) && !string->is_broken;
}

/* A current is not pinned through a broken strap. */
static bool string_is_on_bus(const struct sim_string *string)
{
    return !string_is_cut(string) && (!string->is_pinned || string->is_broken);
}

static bool charger_gives(const struct sim_charger *charger)
{
    return charger->is_on && !charger->has_failed;
}

double sim_battery_ripple_A(const struct sim_battery *battery, int32_t string)
{
    const struct sim_string *it = &battery->string[string];
    const double charger_A = charger_gives(&battery->charger) ? battery->charger.ripple_A : 0;
    return string_conducts(it) ? it->current_ac_A + charger_A : 0;
}

/* Of its cells and its link, whatever is pinned. */
static double block_resistance(const struct sim_battery *battery, int32_t m)
{
    double ohms = battery->link_Ohm[m];
    for (int32_t k = m * battery->shape.cells; k < (m + 1) * battery->shape.cells; k++) {
        ohms += battery->cells.resistance_Ohm[k];
    }
    return ohms;
}

/* The line of a string near the current it carries now, with all that lies in series. */
static void string_line(struct sim_battery *battery, int32_t s, double slow_part)
{
    struct sim_string *string = &battery->string[s];
    const struct sim_cell_constants *cell = &battery->shape.cell;
    const int32_t count = cells_per_string(battery);
    const struct sim_line_sum sum =
        sim_cells_sum(&battery->cells, s * count, count, string->current_A);
    double slope_Ohm;
    const double activation_V = sim_cell_activation_V(cell, string->current_A, &slope_Ohm);
    /* The slow current at the step's end is slow_A + slow_part (I - slow_A). */
    const double slow_Ohm = sum.own_Ohm * cell->resistance_slow;
    string->volts = sum.volts + count * (activation_V - slope_Ohm * string->current_A) +
                    slow_Ohm * (1 - slow_part) * string->slow_A;
    string->ohms = sum.ohms + count * slope_Ohm + slow_Ohm * slow_part + string->cable_Ohm;
    const int32_t first = s * battery->modules_per_string;
    for (int32_t m = first; m < first + battery->modules_per_string; m++) {
        string->ohms += battery->link_Ohm[m];
        if (string->has_module_pins && sim_battery_is_pinned(battery, m, SIM_PIN_RESISTANCE)) {
            string->ohms += battery->pin[SIM_PIN_RESISTANCE][m] - block_resistance(battery, m);
        }
    }
    /* Resistances pinned to 0 make a stiff source, not an infinite one. */
    string->ohms = at_least(string->ohms, 1e-3);
}

/* The bus voltage at which the strings on it take together_A and a conductance takes the rest. */
static double bus_voltage(const struct sim_battery *battery, double together_A,
                          double conductance_S)
{
    double own_S = conductance_S, short_A = 0;
    for (int32_t s = 0; s < battery->shape.strings; s++) {
        const struct sim_string *string = &battery->string[s];
        if (string_is_on_bus(string)) {
            const double each_S = 1 / string->ohms;
            own_S += each_S;
            short_A += string->volts * each_S;
        }
    }
    return own_S > 0 ? at_least((together_A + short_A) / own_S, 0) : 0;
}

static double charger_voltage(const struct sim_battery *battery)
{
    const struct sim_charger *charger = &battery->charger;
    double warm_K = 0;
    const bool compensates = charger->compensation_V_K < 0 && !charger->has_lost_probe;
    for (int32_t m = 0; compensates && m < battery->shape.modules; m++) {
        warm_K += battery->temperature_degC[m] - 25;
    }
    const double set_V = charger->is_boosting ? charger->boost_V : charger->voltage_V;
    return set_V + charger->high_V - charger->low_V +
           charger->compensation_V_K * warm_K / battery->shape.modules;
}

/* Of the lines as they are. */
static void bus_solve(struct sim_battery *battery, double charger_V)
{
    const struct sim_load *load = &battery->load;
    const double least_V = battery->shape.float_V * cells_per_string(battery) / 2;
    /* Watts are a line near the bus voltage of before: 2 P/V0 less P/V0^2 a volt. */
    const double about_V = at_least(battery->bus_V, least_V);
    const double load_A = load->current_A + 2 * load->power_W / about_V;
    const double load_S = load->conductance_S - load->power_W / (about_V * about_V);
    const bool is_charging = charger_gives(&battery->charger);
    const double limit_A = is_charging ? battery->charger.limit_A : 0;
    double bus_V = bus_voltage(battery, limit_A - load_A, load_S);
    if (is_charging && bus_V > charger_V) {
        /* Below its limit it holds the set point, but takes nothing back. */
        bus_V = at_least(charger_V, bus_voltage(battery, -load_A, load_S));
    }
    battery->bus_V = bus_V;
}

/* The currents of all strings at the end of the step begun. */
static void battery_solve(struct sim_battery *battery, double seconds)
{
    const double slow = seconds / battery->shape.cell.slow_s;
    const double charger_V = charger_voltage(battery);
    for (int look = 0; look < BATTERY_LOOKS; look++) {
        for (int32_t s = 0; s < battery->shape.strings; s++) {
            string_line(battery, s, slow / (1 + slow));
        }
        const double before_V = battery->bus_V;
        bus_solve(battery, charger_V);
        double largest_A = 0;
        for (int32_t s = 0; s < battery->shape.strings; s++) {
            struct sim_string *string = &battery->string[s];
            const double before_A = string->current_A;
            string->current_A = string_is_on_bus(string)
                                    ? (battery->bus_V - string->volts) / string->ohms
                                : string_is_cut(string) ? 0
                                                        : string->current_pin_A;
            largest_A = at_least(largest_A, fabs(string->current_A - before_A));
        }
        if (largest_A <= BATTERY_STILL_A * battery->shape.cell.rated_Ah &&
            fabs(battery->bus_V - before_V) <= 1e-9 * battery->bus_V) {
            break;
        }
    }
}

/* ---- what modules see ------------------------------------------------------------------- */

/* Over what was computed for a block: what was pinned. */
static void block_pins(struct sim_battery *battery, int32_t m, double current_A)
{
    if (sim_battery_is_pinned(battery, m, SIM_PIN_RESISTANCE)) {
        const double pinned_Ohm = battery->pin[SIM_PIN_RESISTANCE][m];
        battery->voltage_V[m] += current_A * (pinned_Ohm - battery->resistance_Ohm[m]);
        battery->resistance_Ohm[m] = pinned_Ohm;
    }
    if (sim_battery_is_pinned(battery, m, SIM_PIN_VOLTAGE)) {
        battery->voltage_V[m] = battery->pin[SIM_PIN_VOLTAGE][m];
    }
}

/* Terminal voltages and resistances of a string for the current just found. */
static void string_face(struct sim_battery *battery, int32_t s)
{
    const struct sim_cell_constants *cell = &battery->shape.cell;
    const struct sim_string *string = &battery->string[s];
    const struct sim_cells *cells = &battery->cells;
    const int32_t per_block = battery->shape.cells;
    double slope_Ohm;
    const double activation_V =
        per_block * sim_cell_activation_V(cell, string->current_A, &slope_Ohm);
    const double slow_A = cell->resistance_slow * string->slow_A;
    const int32_t first = s * battery->modules_per_string;
    for (int32_t m = first; m < first + battery->modules_per_string; m++) {
        double inner_V = 0, ohms = 0, around_V = 0, series_Ohm = 0;
        for (int32_t k = m * per_block; k < (m + 1) * per_block; k++) {
            inner_V += cells->inner_V[k];
            ohms += cells->resistance_Ohm[k];
            series_Ohm += cells->trait[SIM_TRAIT_SERIES][k];
            around_V += cells->resistance_Ohm[k] * cells->around_A[k];
        }
        battery->resistance_Ohm[m] = ohms + battery->link_Ohm[m];
        battery->voltage_V[m] =
            inner_V + activation_V + (ohms - series_Ohm) * slow_A - around_V +
            string->current_A * battery->resistance_Ohm[m] +
            sim_cells_reversal_V(cells, m * per_block, per_block, string->current_A);
        if (string->has_module_pins) {
            block_pins(battery, m, string->current_A);
        }
        /* A module is fed by its block, and shows nothing below 0 V; what is no number stays. */
        battery->voltage_V[m] = battery->voltage_V[m] < 0 ? 0 : battery->voltage_V[m];
    }
}

/* Whether each block still is one; what is no number spreads to these of its block. */
static void battery_judge(struct sim_battery *battery)
{
    for (int32_t m = 0; m < battery->shape.modules; m++) {
        const bool is_sane = fabs(battery->voltage_V[m]) < 1e9 &&
                             fabs(battery->temperature_degC[m]) < BATTERY_HOTTEST_DEGC;
        if (!is_sane && !battery->has_failed) {
            battery->has_failed = true;
            battery->failed_module = m;
        }
    }
}

const char *sim_battery_failure(const struct sim_battery *battery, int32_t *module, char *text,
                                size_t size)
{
    if (!battery->has_failed) {
        return NULL;
    }
    const int32_t m = *module = battery->failed_module;
    const double own_A = battery->string[m / battery->modules_per_string].current_A -
                         battery->cells.around_A[m * battery->shape.cells];
    (void)snprintf(
        text, size,
        "is at %.6g degC, %.6g V, %.6g A and %.6g A of ripple, which no block is (at most %.0f "
        "degC); push less current, voltage or resistance there",
        battery->temperature_degC[m], battery->voltage_V[m], own_A,
        sim_battery_ripple_A(battery, m / battery->modules_per_string), BATTERY_HOTTEST_DEGC);
    return text;
}

/* Circuits, voltages and resistances of this instant. */
static void battery_face(struct sim_battery *battery)
{
    sim_cells_begin(&battery->cells, 0);
    sim_cells_line(&battery->cells, 0, battery->cells.count);
    battery_solve(battery, 0);
    for (int32_t s = 0; s < battery->shape.strings; s++) {
        string_face(battery, s);
    }
    battery_judge(battery);
}

/* ---- a step ----------------------------------------------------------------------------- */

/* Counts what has gone around a block until now. */
static void bypass_count(struct sim_battery *battery, int32_t m, int64_t now_us)
{
    const int64_t until_us =
        battery->bypass_until_us[m] < now_us ? battery->bypass_until_us[m] : now_us;
    const int64_t since_us = battery->bypass_since_us[m];
    if (until_us > since_us) {
        battery->bypass_C[m] += battery->bypass_A[m] * ((double)(until_us - since_us) * 1e-6);
    }
    battery->bypass_since_us[m] = now_us;
}

/* What has gone around the cells, on average of the step that ends at now_us. */
static void bypass_flow(struct sim_battery *battery, double seconds, int64_t now_us)
{
    for (int32_t s = 0; s < battery->shape.strings; s++) {
        if (!battery->string[s].has_bypass) {
            continue;
        }
        battery->string[s].has_bypass = false;
        const int32_t first = s * battery->modules_per_string;
        for (int32_t m = first; m < first + battery->modules_per_string; m++) {
            bypass_count(battery, m, now_us);
            const double around_A = battery->bypass_C[m] / seconds + battery->stray_A[m];
            battery->bypass_C[m] = 0;
            for (int32_t k = m * battery->shape.cells; k < (m + 1) * battery->shape.cells; k++) {
                battery->cells.around_A[k] = around_A;
            }
            battery->string[s].has_bypass |=
                around_A > 0 || (battery->bypass_A[m] > 0 && battery->bypass_until_us[m] > now_us);
        }
    }
}

void sim_battery_bypass(struct sim_battery *battery, int32_t module, double current_A,
                        int64_t until_us)
{
    if (current_A <= 0 && battery->bypass_A[module] <= 0) {
        return;
    }
    bypass_count(battery, module, sim_world_now_us(battery->world));
    battery->bypass_A[module] = current_A;
    battery->bypass_until_us[module] = until_us;
    battery->string[module / battery->modules_per_string].has_bypass = true;
}

void sim_battery_stray(struct sim_battery *battery, int32_t module, double current_A)
{
    battery->stray_A[module] = current_A;
    battery->string[module / battery->modules_per_string].has_bypass = true;
}

/* The heat of a block, with that of its link and of the ripple. */
static double block_heat_W(const struct sim_battery *battery, int32_t m, double current_A,
                           double ripple_A)
{
    const double ohms = block_resistance(battery, m);
    double heat_W = 0;
    for (int32_t k = m * battery->shape.cells; k < (m + 1) * battery->shape.cells; k++) {
        heat_W += battery->cells.heat_W[k];
    }
    if (sim_battery_is_pinned(battery, m, SIM_PIN_RESISTANCE)) {
        heat_W += current_A * current_A * (battery->pin[SIM_PIN_RESISTANCE][m] - ohms);
    }
    return heat_W + current_A * current_A * battery->link_Ohm[m] + ripple_A * ripple_A * ohms;
}

static double place_degC(const struct sim_battery *battery, int32_t m)
{
    return battery->ambient_degC + battery->uncooled_K + battery->surroundings_K[m];
}

/* Temperatures of a string at the step's end; its neighbours' are those of its begin. */
static void string_warm(struct sim_battery *battery, int32_t s, double seconds)
{
    const double current_A = battery->string[s].current_A;
    const double ripple_A = sim_battery_ripple_A(battery, s);
    const double block_J_K = battery->shape.cell.heat_J_K * battery->shape.cells;
    const double room_W_K = battery->shape.cell.cooling_W_K * battery->shape.cells;
    const double beside_W_K = room_W_K * BATTERY_NEIGHBOUR;
    const int32_t first = s * battery->modules_per_string;
    const int32_t last = first + battery->modules_per_string;
    double left_degC = battery->temperature_degC[first];
    for (int32_t m = first; m < last; m++) {
        const double own_degC = battery->temperature_degC[m];
        const double right_degC = m + 1 < last ? battery->temperature_degC[m + 1] : own_degC;
        const double room_degC = place_degC(battery, m);
        const double beside_K = left_degC + right_degC - 2 * own_degC;
        const double heat_W = block_heat_W(battery, m, current_A, ripple_A) + beside_W_K * beside_K;
        const double per_J = seconds / block_J_K;
        /* Of what a kelvin takes, a part goes to the room and the neighbours in the same step. */
        const double eased = 1 + per_J * (room_W_K + 2 * beside_W_K);
        const double dry_degC = (own_degC + per_J * (heat_W + room_W_K * room_degC) +
                                 per_J * 2 * beside_W_K * own_degC) /
                                eased;
        left_degC = own_degC;
        battery->temperature_degC[m] =
            sim_battery_is_pinned(battery, m, SIM_PIN_TEMPERATURE)
                ? battery->pin[SIM_PIN_TEMPERATURE][m]
                : sim_cells_boil(&battery->cells, m * battery->shape.cells, battery->shape.cells,
                                 dry_degC, block_J_K * eased);
        battery->warmed_K =
            at_least(battery->warmed_K, fabs(battery->temperature_degC[m] - own_degC));
    }
}

static void battery_tell_cells(struct sim_battery *battery, bool all)
{
    for (int32_t m = 0; m < battery->shape.modules; m++) {
        const double degC = battery->temperature_degC[m];
        if (all || fabs(degC - battery->fresh_degC[m]) > BATTERY_TELL_K ||
            degC > BATTERY_DRIES_DEGC) {
            sim_cells_refresh(&battery->cells, m * battery->shape.cells, battery->shape.cells,
                              degC);
            battery->fresh_degC[m] = degC;
        }
    }
}

/* Age and sulphate, once an hour: they take years and weeks. */
static void battery_wear(struct sim_battery *battery, double seconds)
{
    battery->unworn_h += seconds / 3600;
    const bool is_due = battery->unworn_h >= 1;
    for (int32_t m = 0; m < battery->shape.modules && is_due; m++) {
        sim_cells_wear(&battery->cells, m * battery->shape.cells, battery->shape.cells,
                       battery->temperature_degC[m], battery->unworn_h);
    }
    battery->unworn_h = is_due ? 0 : battery->unworn_h;
    battery_tell_cells(battery, is_due);
}

/* Cells, RC and heat over some seconds: all but what modules see and what wears. */
static void battery_move(struct sim_battery *battery, double seconds, int64_t now_us)
{
    struct sim_cells *cells = &battery->cells;
    const struct sim_cell_constants *cell = &battery->shape.cell;
    const int32_t count = cells_per_string(battery);
    const double slow = seconds / cell->slow_s;
    battery->warmed_K = 0;
    bypass_flow(battery, seconds, now_us);
    sim_cells_begin(cells, seconds);
    sim_cells_line(cells, 0, cells->count);
    battery_solve(battery, seconds);
    for (int32_t s = 0; s < battery->shape.strings; s++) {
        struct sim_string *string = &battery->string[s];
        double slope_Ohm;
        string->slow_A = (string->slow_A + slow * string->current_A) / (1 + slow);
        const double beside_V = fabs(sim_cell_activation_V(cell, string->current_A, &slope_Ohm)) +
                                fabs(cell->resistance_Ohm * cell->resistance_slow * string->slow_A);
        sim_cells_move(cells, s * count, count, string->current_A, beside_V);
        string_warm(battery, s, seconds);
    }
}

/* How long the next step may be: by what this one showed of every block. */
static void battery_choose_step(struct sim_battery *battery, double seconds)
{
    double worst = at_least(battery->warmed_K * (1 / BATTERY_MOVE_K), 1e-6);
    for (int32_t m = 0; m < battery->shape.modules; m++) {
        const double moved_V = battery->voltage_V[m] - battery->before_V[m];
        const double error_V = 0.5 * fabs(moved_V - battery->slope_V_s[m] * seconds);
        worst = at_least(worst, sqrt(error_V * (1 / BATTERY_ERROR_V)));
        worst = at_least(worst, fabs(moved_V) * (1 / BATTERY_MOVE_V));
        battery->slope_V_s[m] = moved_V / seconds;
        battery->before_V[m] = battery->voltage_V[m];
    }
    const double factor = at_most(0.9 / worst, 2);
    battery->step_s =
        at_most(at_least(seconds * factor, BATTERY_STEP_LEAST_S), BATTERY_STEP_MOST_S);
}

#if defined(__SANITIZE_ADDRESS__)
/* In every step of every run: charge and energy are where they went, wells are neither below
 * empty nor above full, and nothing is no number (which no comparison holds of). */
static void battery_check(const struct sim_battery *battery)
{
    const struct sim_cells *cells = &battery->cells;
    const struct sim_imbalance worst = sim_battery_imbalance(battery);
    assert(worst.charge < BATTERY_IMBALANCE && worst.energy < BATTERY_IMBALANCE);
    for (int32_t k = 0; k < cells->count; k++) {
        assert(cells->charge[k] >= -BATTERY_ROUNDING && cells->charge[k] <= 1 + BATTERY_ROUNDING);
        assert(cells->polarisation_V[k] >= 0 && cells->polarisation_V[k] < 10);
        assert(cells->resistance_Ohm[k] > 0 && cells->capacity_Ah[k] > 0);
        assert(fabs(cells->heat_W[k]) < 1e9);
    }
    for (int32_t m = 0; m < battery->shape.modules; m++) {
        assert(battery->voltage_V[m] >= 0 && fabs(battery->temperature_degC[m]) < 2000);
    }
    for (int32_t s = 0; s < battery->shape.strings; s++) {
        assert(fabs(battery->string[s].current_A) < 1e9);
    }
}
#else
static void battery_check(const struct sim_battery *battery)
{
    (void)battery;
}
#endif

/* For how long what could meet a fault of the charger or of a cable. */
static void battery_count(struct sim_battery *battery, double seconds)
{
    struct sim_charger *charger = &battery->charger;
    bool conducts = false, follows = false;
    for (int32_t s = 0; s < battery->shape.strings; s++) {
        struct sim_string *string = &battery->string[s];
        const bool is_whole = string_conducts(string);
        const bool is_on_bus = is_whole && string_is_on_bus(string);
        string->on_bus_s += is_on_bus ? seconds : 0;
        conducts |= is_whole;
        follows |= is_on_bus;
    }
    charger->switched_s += charger->is_on ? seconds : 0;
    charger->giving_s += charger_gives(charger) && conducts ? seconds : 0;
    charger->holding_s += charger_gives(charger) && follows ? seconds : 0;
}

void sim_battery_step(struct sim_battery *battery, double seconds)
{
    battery->stepped_us += (int64_t)(seconds * 1e6 + 0.5);
    battery_count(battery, seconds);
    if (battery->has_failed) {
        return;
    }
    battery_move(battery, seconds, battery->stepped_us);
    battery_wear(battery, seconds);
    battery_face(battery);
    battery_choose_step(battery, seconds);
    if (!battery->has_failed) {
        battery_check(battery);
    }
}

struct sim_imbalance sim_battery_imbalance(const struct sim_battery *battery)
{
    struct sim_imbalance worst = {0};
    for (int32_t k = 0; k < battery->cells.count; k++) {
        const struct sim_imbalance each = sim_cells_imbalance(&battery->cells, k);
        assert(each.charge >= 0 && each.energy >= 0); /* no NaN */
        worst.charge = at_least(worst.charge, each.charge);
        worst.energy = at_least(worst.energy, each.energy);
    }
    return worst;
}

/* ---- in virtual time -------------------------------------------------------------------- */

static void battery_tell(const struct sim_battery *battery)
{
    if (battery->moved != NULL) {
        battery->moved(battery->context);
    }
}

void sim_battery_reach(struct sim_battery *battery)
{
    const int64_t now_us = sim_world_now_us(battery->world);
    if (now_us > battery->stepped_us) {
        sim_battery_step(battery, (double)(now_us - battery->stepped_us) * 1e-6);
        assert(battery->stepped_us == now_us);
    }
}

static void battery_schedule(struct sim_battery *battery)
{
    sim_world_schedule(battery->world, &battery->tick,
                       battery->stepped_us + (int64_t)(battery->step_s * 1e6));
}

static void battery_tick(void *self)
{
    struct sim_battery *battery = self;
    sim_battery_reach(battery);
    if (battery->drift != NULL && battery->drift(battery->context)) {
        battery_tell_cells(battery, false);
        battery_face(battery);
        battery->step_s = BATTERY_STEP_LEAST_S;
    }
    battery_tell(battery);
    battery_schedule(battery);
}

void sim_battery_touch(struct sim_battery *battery)
{
    sim_battery_reach(battery);
    battery_tell_cells(battery, false);
    battery_face(battery);
    for (int32_t m = 0; m < battery->shape.modules; m++) {
        battery->before_V[m] = battery->voltage_V[m];
        battery->slope_V_s[m] = 0;
    }
    battery->step_s = BATTERY_STEP_LEAST_S;
    battery_tell(battery);
    battery_schedule(battery);
}

static void battery_cool(struct sim_battery *battery)
{
    for (int32_t m = 0; m < battery->shape.modules; m++) {
        if (!sim_battery_is_pinned(battery, m, SIM_PIN_TEMPERATURE)) {
            battery->temperature_degC[m] = place_degC(battery, m);
        }
    }
}

static double battery_warmest_K(const struct sim_battery *battery)
{
    double warmest_K = 0;
    for (int32_t m = 0; m < battery->shape.modules; m++) {
        if (!sim_battery_is_pinned(battery, m, SIM_PIN_TEMPERATURE)) {
            const double above_K = battery->temperature_degC[m] - place_degC(battery, m);
            warmest_K = at_least(warmest_K, above_K);
        }
    }
    return warmest_K;
}

/* Two days of it, as warm as they get or as it is where they stand; false if that is no float. */
static bool battery_stand(struct sim_battery *battery, bool as_warm_as_place)
{
    double seconds = BATTERY_STEP_LEAST_S;
    battery->cells.keeps_water = true;
    for (int i = 0; i < BATTERY_SETTLE_STEPS; i++) {
        battery_move(battery, seconds, battery->stepped_us);
        if (as_warm_as_place) {
            battery_cool(battery);
        }
        battery_tell_cells(battery, as_warm_as_place);
        seconds = at_most(seconds * 1.5, 3600);
    }
    battery->cells.keeps_water = false;
    return battery->warmed_K < BATTERY_MOVE_K && battery_warmest_K(battery) < BATTERY_FLOATS_K;
}

void sim_battery_settle(struct sim_battery *battery)
{
    bool is_standing = charger_gives(&battery->charger) && battery->load.current_A <= 0 &&
                       battery->load.power_W <= 0 && battery->load.conductance_S <= 0;
    for (int32_t s = 0; s < battery->shape.strings; s++) {
        is_standing = is_standing && !battery->string[s].is_pinned;
    }
    for (int32_t k = 0; k < battery->cells.count; k++) {
        is_standing = is_standing && battery->cells.charge[k] >= 1;
    }
    if (is_standing && !battery_stand(battery, false)) {
        battery_cool(battery);
        (void)battery_stand(battery, true);
    }
    sim_battery_touch(battery);
}

/* ---- set-up ----------------------------------------------------------------------------- */

static bool battery_arrays(struct sim_battery *battery)
{
    /* Arrays of a power of two would share one cache set; the line between them mends that. */
    const size_t modules = (size_t)battery->shape.modules;
    const size_t stride = (modules + BATTERY_LINE - 1) / BATTERY_LINE * BATTERY_LINE + BATTERY_LINE;
    battery->storage = calloc(stride * BATTERY_ARRAYS, sizeof *battery->storage);
    battery->pins = calloc(modules, sizeof *battery->pins);
    battery->bypass_until_us = calloc(modules, sizeof *battery->bypass_until_us);
    battery->bypass_since_us = calloc(modules, sizeof *battery->bypass_since_us);
    double **arrays[] = {
        &battery->temperature_degC, &battery->voltage_V,      &battery->resistance_Ohm,
        &battery->link_Ohm,         &battery->surroundings_K, &battery->bypass_A,
        &battery->fresh_degC,       &battery->before_V,       &battery->slope_V_s,
        &battery->pin[0],           &battery->pin[1],         &battery->pin[2],
        &battery->bypass_C,         &battery->stray_A,
    };
    _Static_assert(sizeof arrays / sizeof arrays[0] == BATTERY_ARRAYS, "one each");
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0] && battery->storage != NULL; i++) {
        *arrays[i] = battery->storage + i * stride;
    }
    return battery->storage != NULL && battery->pins != NULL && battery->bypass_until_us != NULL &&
           battery->bypass_since_us != NULL;
}

bool sim_battery_open(struct sim_battery *battery, struct sim_world *world,
                      const struct sim_battery_shape *shape)
{
    assert(shape->strings >= 1 && shape->strings <= WM_STRINGS_MAX);
    assert(shape->modules >= shape->strings && shape->modules <= WM_MODULES_MAX);
    assert(shape->modules % shape->strings == 0);
    assert(shape->cells >= 1);
    battery->world = world;
    battery->shape = *shape;
    battery->modules_per_string = shape->modules / shape->strings;
    battery->ambient_degC = shape->ambient_degC;
    battery->tick.run = battery_tick;
    battery->tick.self = battery;
    battery->tick.priority = SIM_PRIORITY_PHYSICS;
    if (!battery_arrays(battery) ||
        !sim_cells_open(&battery->cells, shape->modules * shape->cells, &battery->shape.cell)) {
        sim_battery_close(battery);
        return false;
    }
    battery->charger.voltage_V = shape->float_V * cells_per_string(battery);
    battery->charger.boost_V = shape->boost_V * cells_per_string(battery);
    battery->charger.limit_A = shape->cell.rated_Ah * shape->strings / 5;
    battery->charger.is_on = true;
    battery->bus_V = battery->charger.voltage_V;
    battery->stepped_us = sim_world_now_us(world);
    for (int32_t m = 0; m < shape->modules; m++) {
        battery->temperature_degC[m] = shape->ambient_degC;
    }
    battery_tell_cells(battery, true);
    sim_battery_settle(battery);
    return true;
}

void sim_battery_close(struct sim_battery *battery)
{
    if (battery->world != NULL) {
        sim_world_cancel(battery->world, &battery->tick);
    }
    sim_cells_close(&battery->cells);
    free(battery->storage);
    free(battery->pins);
    free(battery->bypass_until_us);
    free(battery->bypass_since_us);
    battery->storage = NULL;
    battery->pins = NULL;
    battery->bypass_until_us = NULL;
    battery->bypass_since_us = NULL;
}
