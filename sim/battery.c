/*
 * battery.c — the step of all blocks and the circuit of all strings. The model is in battery.h.
 */
#include "sim/battery.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Per cell and ampere-hour; what a name plate with one resistance can't tell, from public data. */
struct battery_chemistry {
    double emf_full_V;
    double emf_slope_V;
    double overvoltage_V;
    double float_V;
};

static const struct battery_chemistry battery_chemistries[] = {
    {2.135, 0.18, 0.30, 2.25},  /* lead: full 2.135 V, gassing holds it near 2.4 V a cell */
    {1.340, 0.10, 0.15, 1.41},  /* nicd */
    {1.340, 0.10, 0.15, 1.41},  /* nimh */
    {3.340, 0.14, 0.25, 3.375}, /* lfp  */
};

enum { BATTERY_ARRAYS = 8 + SIM_PINS, BATTERY_LINE = 8 };

#define BATTERY_TICK_US 1000000
/* 38 mOhm Ah a cell: 4.6 mOhm for a 12 V block of 50 Ah. */
#define BATTERY_CELL_OHM_AH 0.038
/* Float takes about 0.6 mA an Ah; this is the current at half of the overvoltage. */
#define BATTERY_TAPER_PER_H 0.001
/* Where charging starts to taper: current for the same overvoltage, one hundredth below full. */
#define BATTERY_TAPER_WIDTH      0.01
#define BATTERY_RESISTANCE_PER_K 0.007
#define BATTERY_RESISTANCE_EMPTY 0.4
#define BATTERY_KNEE             0.1
#define BATTERY_KNEE_CELL_V      0.6
/* A hundredth of the capacity beyond full raises a cell by 20 mV; a block lacks as much at most. */
#define BATTERY_SURPLUS_CELL_V   2.0
#define BATTERY_SURPLUS_PART_MIN (-0.02)
/* 0.83 kJ/kg K; a lead block weighs about 56 g a cell and Ah. */
#define BATTERY_CELL_J_K_AH 47.0
#define BATTERY_CELL_W_K_AH 0.004
/* Below these changes in a second nothing that can be measured moves any more. */
#define BATTERY_STILL_K      1e-7
#define BATTERY_STILL_A      1e-7
#define BATTERY_SETTLE_STEPS 40
/* A bypass alone moves a floating string so slowly that ten seconds at once are as good as one. */
#define BATTERY_SLOW         100
#define BATTERY_SLOW_TICK_US 10000000

static inline double at_least(double value, double low)
{
    return value > low ? value : low;
}

static inline double at_most(double value, double high)
{
    return value < high ? value : high;
}

static inline double distance(double one, double other)
{
    return one > other ? one - other : other - one;
}

/* From state to what the circuit sees of a string's blocks, for the current it carries now. */
static void string_face(struct sim_battery *battery, int32_t s)
{
    /* Copies, and pointers that promise not to overlap: so the loop runs two blocks at a time. */
    const struct sim_battery_block block = battery->block;
    const int32_t first = s * battery->modules_per_string;
    const int32_t count = battery->modules_per_string;
    const double *restrict charge_Ah = battery->charge_Ah + first;
    const double *restrict temperature_degC = battery->temperature_degC + first;
    const double *restrict surplus_Ah = battery->surplus_Ah + first;
    double *restrict emf_V = battery->emf_V + first;
    double *restrict resistance_Ohm = battery->resistance_Ohm + first;
    double *restrict chord_Ohm = battery->chord_Ohm + first;
    const double part_Ah = 1 / battery->plate.capacity_Ah;
    const double charging_A = at_least(battery->string[s].current_A, 0);
    for (int32_t m = 0; m < count; m++) {
        double full = charge_Ah[m] * part_Ah;
        double below_knee = at_least(BATTERY_KNEE - full, 0) * (1 / BATTERY_KNEE);
        emf_V[m] = block.emf_full_V - block.emf_slope_V * (1 - full) -
                   block.knee_V * below_knee * below_knee + block.surplus_V_Ah * surplus_Ah[m];
        double warm = at_least(1 - BATTERY_RESISTANCE_PER_K * (temperature_degC[m] - 25), 0.3);
        double way = (1 + BATTERY_TAPER_WIDTH - full) * (1 / BATTERY_TAPER_WIDTH);
        double taper_A = block.taper_A * way * way + charging_A;
        double left = at_least(full, 0.02);
        double both = 1 / (left * taper_A); /* one division for two quotients */
        double empty = 1 - BATTERY_RESISTANCE_EMPTY + BATTERY_RESISTANCE_EMPTY * (both * taper_A);
        resistance_Ohm[m] = block.resistance_Ohm * warm * empty;
        chord_Ohm[m] = block.overvoltage_V * (both * left);
    }
}

/* What a string opposes to the bus. A pinned resistance resists; a pinned voltage is only shown. */
static void string_sum(struct sim_battery *battery, int32_t s)
{
    struct sim_string *string = &battery->string[s];
    int32_t first = s * battery->modules_per_string;
    int32_t last = first + battery->modules_per_string;
    for (int32_t m = first; m < last && string->has_module_pins; m++) {
        if ((battery->pins[m] & 1u << SIM_PIN_RESISTANCE) != 0) {
            battery->resistance_Ohm[m] = battery->pin[SIM_PIN_RESISTANCE][m];
        }
    }
    double emf_V = 0, resting_Ohm = 0, chord_Ohm = 0;
    for (int32_t m = first; m < last; m++) {
        emf_V += battery->emf_V[m];
        resting_Ohm += battery->resistance_Ohm[m];
        chord_Ohm += battery->chord_Ohm[m];
    }
    string->emf_sum_V = emf_V;
    string->resting_sum_Ohm = resting_Ohm;
    string->chord_sum_Ohm = resting_Ohm + chord_Ohm;
}

static bool string_is_on_bus(const struct sim_string *string)
{
    return !string->is_open && !string->is_pinned;
}

/* Resistances pinned to 0 make a stiff source, not an infinite one. */
static double string_resistance(const struct sim_string *string)
{
    double resistance_Ohm = string->current_A > 0 ? string->chord_sum_Ohm : string->resting_sum_Ohm;
    return at_least(resistance_Ohm, 1e-3);
}

/* The bus voltage at which the strings on it take together_A. */
static double bus_voltage(const struct sim_battery *battery, double together_A)
{
    double conductance = 0, short_A = 0;
    for (int32_t s = 0; s < battery->plate.strings; s++) {
        const struct sim_string *string = &battery->string[s];
        if (string_is_on_bus(string)) {
            double each = 1 / string_resistance(string);
            conductance += each;
            short_A += string->emf_sum_V * each;
        }
    }
    return conductance > 0 ? (together_A + short_A) / conductance : 0;
}

/* Charger and load against all strings; direction and resistance agree after a second look. */
static void circuit_solve(struct sim_battery *battery)
{
    for (int look = 0; look < 2; look++) {
        double limit_A = battery->charger_is_on ? battery->charger_limit_A : 0;
        double bus_V = bus_voltage(battery, limit_A - battery->load_A);
        if (battery->charger_is_on && bus_V > battery->charger_V) {
            /* Below its limit it holds the set point, but takes nothing back. */
            double idle_V = bus_voltage(battery, -battery->load_A);
            bus_V = at_least(battery->charger_V, idle_V);
        }
        for (int32_t s = 0; s < battery->plate.strings; s++) {
            struct sim_string *string = &battery->string[s];
            if (string_is_on_bus(string)) {
                string->current_A = (bus_V - string->emf_sum_V) / string_resistance(string);
            } else {
                string->current_A = string->is_open ? 0 : string->current_pin_A;
            }
        }
    }
}

/* Terminal voltages for the currents just found. */
static void string_voltages(struct sim_battery *battery, int32_t s)
{
    const struct sim_string *string = &battery->string[s];
    const int32_t first = s * battery->modules_per_string;
    const int32_t count = battery->modules_per_string;
    const double *restrict emf_V = battery->emf_V + first;
    const double *restrict resistance_Ohm = battery->resistance_Ohm + first;
    const double *restrict chord_Ohm = battery->chord_Ohm + first;
    double *restrict voltage_V = battery->voltage_V + first;
    const double current_A = string->current_A;
    const double charging_A = at_least(current_A, 0);
    for (int32_t m = 0; m < count; m++) {
        double terminal_V = emf_V[m] + current_A * resistance_Ohm[m] + charging_A * chord_Ohm[m];
        voltage_V[m] = at_least(terminal_V, 0);
    }
    for (int32_t m = first; m < first + count && string->has_module_pins; m++) {
        if ((battery->pins[m] & 1u << SIM_PIN_VOLTAGE) != 0) {
            battery->voltage_V[m] = battery->pin[SIM_PIN_VOLTAGE][m];
        }
    }
}

/* What the bypasses of a string took from its blocks over some seconds. */
static void string_bypass(struct sim_battery *battery, int32_t s, double seconds)
{
    const double capacity_Ah = battery->plate.capacity_Ah;
    const int32_t first = s * battery->modules_per_string;
    bool has_bypass = false;
    for (int32_t m = first; m < first + battery->modules_per_string; m++) {
        double left_s = (double)(battery->bypass_until_us[m] - battery->stepped_us) * 1e-6;
        if (battery->bypass_A[m] <= 0 || left_s <= 0) {
            continue;
        }
        has_bypass = true;
        double taken_Ah = battery->bypass_A[m] * at_most(seconds, left_s) * (1.0 / 3600);
        double surplus_Ah = battery->surplus_Ah[m] - taken_Ah;
        if (battery->charge_Ah[m] >= capacity_Ah &&
            surplus_Ah >= BATTERY_SURPLUS_PART_MIN * capacity_Ah) {
            battery->surplus_Ah[m] = surplus_Ah;
        } else {
            battery->charge_Ah[m] = at_least(battery->charge_Ah[m] - taken_Ah, 0);
        }
    }
    battery->string[s].has_bypass = has_bypass;
}

/* Charge and heat of a string over some seconds; returns the largest rise or fall, K. */
static double string_move(struct sim_battery *battery, int32_t s, double seconds)
{
    const struct sim_string *string = &battery->string[s];
    const struct sim_battery_block block = battery->block;
    const int32_t first = s * battery->modules_per_string;
    const int32_t count = battery->modules_per_string;
    const double *restrict resistance_Ohm = battery->resistance_Ohm + first;
    const double *restrict chord_Ohm = battery->chord_Ohm + first;
    double *restrict charge_Ah = battery->charge_Ah + first;
    double *restrict temperature_degC = battery->temperature_degC + first;
    const double squared = string->current_A * string->current_A;
    const double squared_charging = string->current_A > 0 ? squared : 0;
    const double moved_Ah = string->current_A * seconds * (1.0 / 3600);
    const double per_W = seconds / block.heat_J_K;
    const double capacity_Ah = battery->plate.capacity_Ah;
    const double ambient_degC = battery->ambient_degC;
    double highest_K = 0, lowest_K = 0;
    for (int32_t m = 0; m < count; m++) {
        charge_Ah[m] = at_most(at_least(charge_Ah[m] + moved_Ah, 0), capacity_Ah);
        double loss_W = squared * resistance_Ohm[m] + squared_charging * chord_Ohm[m];
        double warmer_K = temperature_degC[m] - ambient_degC;
        double rise_K = (loss_W - block.cooling_W_K * warmer_K) * per_W;
        temperature_degC[m] += rise_K;
        highest_K = at_least(highest_K, rise_K);
        lowest_K = at_most(lowest_K, rise_K);
    }
    bool is_pinned_whole = string->has_module_pins;
    for (int32_t m = first; m < first + count && string->has_module_pins; m++) {
        if ((battery->pins[m] & 1u << SIM_PIN_TEMPERATURE) != 0) {
            battery->temperature_degC[m] = battery->pin[SIM_PIN_TEMPERATURE][m];
        } else {
            is_pinned_whole = false;
        }
    }
    return is_pinned_whole ? 0 : at_least(highest_K, -lowest_K);
}

static bool string_charge_moves(const struct sim_battery *battery, int32_t s)
{
    double current_A = battery->string[s].current_A;
    int32_t first = s * battery->modules_per_string;
    for (int32_t m = first; m < first + battery->modules_per_string; m++) {
        double charge_Ah = battery->charge_Ah[m];
        if (current_A > 0 ? charge_Ah < battery->plate.capacity_Ah
                          : current_A < 0 && charge_Ah > 0) {
            return true;
        }
    }
    return false;
}

/* Circuits and voltages for the present state; returns how far the currents moved, A. */
static double battery_solve(struct sim_battery *battery)
{
    double before_A[WM_STRINGS_MAX];
    for (int32_t s = 0; s < battery->plate.strings; s++) {
        before_A[s] = battery->string[s].current_A;
        string_face(battery, s);
        string_sum(battery, s);
    }
    circuit_solve(battery);
    double largest_A = 0;
    for (int32_t s = 0; s < battery->plate.strings; s++) {
        string_voltages(battery, s);
        largest_A = at_least(largest_A, distance(before_A[s], battery->string[s].current_A));
    }
    return largest_A;
}

void sim_battery_step(struct sim_battery *battery, double seconds)
{
    double largest_K = 0;
    bool is_charged = false, is_bypassed = false;
    for (int32_t s = 0; s < battery->plate.strings; s++) {
        largest_K = at_least(largest_K, string_move(battery, s, seconds));
        is_charged = is_charged || string_charge_moves(battery, s);
        if (battery->string[s].has_bypass) {
            string_bypass(battery, s, seconds);
            is_bypassed = true;
        }
    }
    const double largest_A = battery_solve(battery);
    battery->moves = is_charged || is_bypassed || largest_K > BATTERY_STILL_K * seconds ||
                     largest_A > BATTERY_STILL_A;
    battery->is_slow = is_bypassed && !is_charged &&
                       largest_K <= BATTERY_SLOW * BATTERY_STILL_K * seconds &&
                       largest_A <= BATTERY_SLOW * BATTERY_STILL_A * seconds;
}

static void battery_tell(const struct sim_battery *battery)
{
    if (battery->moved != NULL) {
        battery->moved(battery->context);
    }
}

/* Brings the state to the world's instant. */
static void battery_catch_up(struct sim_battery *battery)
{
    int64_t now_us = sim_world_now_us(battery->world);
    if (now_us > battery->stepped_us) {
        if (battery->moves) {
            sim_battery_step(battery, (double)(now_us - battery->stepped_us) * 1e-6);
        }
        battery->stepped_us = now_us;
    }
}

static void battery_tick(void *self)
{
    struct sim_battery *battery = self;
    battery_catch_up(battery);
    bool drifts = battery->drift != NULL && battery->drift(battery->context);
    if (drifts) {
        (void)battery_solve(battery);
        battery->moves = true;
        battery->is_slow = false;
    }
    battery_tell(battery);
    if (battery->moves) {
        sim_world_schedule(battery->world, &battery->tick,
                           battery->stepped_us +
                               (battery->is_slow ? BATTERY_SLOW_TICK_US : BATTERY_TICK_US));
    }
}

void sim_battery_touch(struct sim_battery *battery)
{
    battery_catch_up(battery);
    for (int i = 0; i < BATTERY_SETTLE_STEPS && battery_solve(battery) > BATTERY_STILL_A; i++) {
    }
    battery->moves = true;
    battery_tell(battery);
    sim_world_schedule(battery->world, &battery->tick, battery->stepped_us + BATTERY_TICK_US);
}

static void battery_size(struct sim_battery_block *block, const struct sim_battery_plate *plate)
{
    const struct battery_chemistry *chemistry = &battery_chemistries[plate->chemistry];
    double cells = plate->cells;
    double cell_Ah = cells * plate->capacity_Ah;
    block->emf_full_V = chemistry->emf_full_V * cells;
    block->emf_slope_V = chemistry->emf_slope_V * cells;
    block->knee_V = BATTERY_KNEE_CELL_V * cells;
    block->overvoltage_V = chemistry->overvoltage_V * cells;
    block->taper_A = BATTERY_TAPER_PER_H * plate->capacity_Ah;
    block->resistance_Ohm = BATTERY_CELL_OHM_AH * cells / plate->capacity_Ah;
    block->heat_J_K = BATTERY_CELL_J_K_AH * cell_Ah;
    block->cooling_W_K = BATTERY_CELL_W_K_AH * cell_Ah;
    block->float_V = chemistry->float_V * cells;
    block->surplus_V_Ah = BATTERY_SURPLUS_CELL_V * cells / plate->capacity_Ah;
}

static bool battery_arrays(struct sim_battery *battery)
{
    /* Arrays of a power of two would share one cache set; the line between them mends that. */
    size_t modules = (size_t)battery->plate.modules;
    size_t stride = (modules + BATTERY_LINE - 1) / BATTERY_LINE * BATTERY_LINE + BATTERY_LINE;
    battery->storage = calloc(stride * BATTERY_ARRAYS, sizeof *battery->storage);
    battery->pins = calloc(modules, sizeof *battery->pins);
    battery->bypass_until_us = calloc(modules, sizeof *battery->bypass_until_us);
    if (battery->storage == NULL || battery->pins == NULL || battery->bypass_until_us == NULL) {
        sim_battery_close(battery);
        return false;
    }
    double **arrays[BATTERY_ARRAYS] = {
        &battery->charge_Ah, &battery->temperature_degC,
        &battery->voltage_V, &battery->resistance_Ohm,
        &battery->emf_V,     &battery->chord_Ohm,
        &battery->pin[0],    &battery->pin[1],
        &battery->pin[2],    &battery->surplus_Ah,
        &battery->bypass_A,
    };
    for (size_t i = 0; i < BATTERY_ARRAYS; i++) {
        *arrays[i] = battery->storage + i * stride;
    }
    return true;
}

bool sim_battery_open(struct sim_battery *battery, struct sim_world *world,
                      const struct sim_battery_plate *plate)
{
    assert(plate->strings >= 1 && plate->strings <= WM_STRINGS_MAX);
    assert(plate->modules >= plate->strings && plate->modules <= WM_MODULES_MAX);
    assert(plate->modules % plate->strings == 0);
    assert(plate->chemistry >= 0 && plate->chemistry <= 3);
    battery->world = world;
    battery->plate = *plate;
    battery->modules_per_string = plate->modules / plate->strings;
    battery->ambient_degC = plate->ambient_degC;
    battery_size(&battery->block, plate);
    if (!battery_arrays(battery)) {
        return false;
    }
    battery->charger_V = battery->block.float_V * battery->modules_per_string;
    battery->charger_limit_A = plate->capacity_Ah * plate->strings / 5;
    battery->charger_is_on = true;
    battery->tick.run = battery_tick;
    battery->tick.self = battery;
    battery->tick.priority = SIM_PRIORITY_PHYSICS;
    battery->stepped_us = sim_world_now_us(world);
    for (int32_t m = 0; m < plate->modules; m++) {
        battery->charge_Ah[m] = plate->capacity_Ah;
        battery->temperature_degC[m] = plate->ambient_degC;
    }
    sim_battery_touch(battery);
    /* What floating adds to the ambient, so that a new plant does not spend a day on it. */
    for (int32_t m = 0; m < plate->modules; m++) {
        double current_A = battery->string[m / battery->modules_per_string].current_A;
        double loss_W = current_A * (battery->voltage_V[m] - battery->emf_V[m]);
        battery->temperature_degC[m] += loss_W / battery->block.cooling_W_K;
    }
    sim_battery_touch(battery);
    return true;
}

void sim_battery_close(struct sim_battery *battery)
{
    if (battery->world != NULL) {
        sim_world_cancel(battery->world, &battery->tick);
    }
    free(battery->storage);
    free(battery->pins);
    free(battery->bypass_until_us);
    battery->storage = NULL;
    battery->pins = NULL;
    battery->bypass_until_us = NULL;
}

static void battery_see_pins(struct sim_battery *battery, int32_t module)
{
    int32_t s = module / battery->modules_per_string;
    int32_t first = s * battery->modules_per_string;
    unsigned pins = 0;
    for (int32_t m = first; m < first + battery->modules_per_string; m++) {
        pins |= battery->pins[m];
    }
    battery->string[s].has_module_pins = pins != 0;
}

void sim_battery_pin(struct sim_battery *battery, int32_t module, enum sim_pin pin, double value)
{
    battery->pins[module] |= (uint8_t)(1u << pin);
    battery->pin[pin][module] = value;
    battery->string[module / battery->modules_per_string].has_module_pins = true;
    if (pin == SIM_PIN_TEMPERATURE) {
        battery->temperature_degC[module] = value;
    }
}

void sim_battery_release(struct sim_battery *battery, int32_t module, enum sim_pin pin)
{
    battery->pins[module] &= (uint8_t) ~(1u << pin);
    battery_see_pins(battery, module);
}

void sim_battery_set_charge(struct sim_battery *battery, int32_t module, double part)
{
    const double capacity_Ah = battery->plate.capacity_Ah;
    battery->charge_Ah[module] = at_most(part, 1) * capacity_Ah;
    battery->surplus_Ah[module] = at_least(part - 1, 0) * capacity_Ah;
}

double sim_battery_charge(const struct sim_battery *battery, int32_t module)
{
    return (battery->charge_Ah[module] + battery->surplus_Ah[module]) / battery->plate.capacity_Ah;
}

void sim_battery_bypass(struct sim_battery *battery, int32_t module, double current_A,
                        int64_t until_us)
{
    const bool has_bypass = current_A > 0;
    if (has_bypass && !battery->moves) {
        /* A still battery has no tick: it wakes up here. */
        battery->stepped_us = sim_world_now_us(battery->world);
        battery->moves = true;
        sim_world_schedule(battery->world, &battery->tick, battery->stepped_us + BATTERY_TICK_US);
    }
    battery->bypass_A[module] = current_A;
    battery->bypass_until_us[module] = until_us;
    battery->string[module / battery->modules_per_string].has_bypass |= has_bypass;
}

void sim_battery_pin_current(struct sim_battery *battery, int32_t string, double current_A)
{
    battery->string[string].is_pinned = true;
    battery->string[string].current_pin_A = current_A;
}

void sim_battery_release_current(struct sim_battery *battery, int32_t string)
{
    battery->string[string].is_pinned = false;
}

void sim_battery_isolate(struct sim_battery *battery, int32_t string, bool is_open)
{
    battery->string[string].is_open = is_open;
}
