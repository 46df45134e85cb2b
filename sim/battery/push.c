/*
 * push.c — what scenarios push of the batteries. Nothing moves by it: sim_battery_touch
 * does.
 */
#include "sim/battery/battery.h"

/* Through a strap of so much nothing goes that anybody would notice. */
#define BATTERY_BROKEN_OHM 1000.0

/* A string is as broken as the worst of its straps. */
static void battery_see_straps(struct sim_battery *battery, int32_t s)
{
    const int32_t count = battery->modules_per_string * battery->shape.cells;
    const double *series_Ohm = battery->cells.trait[SIM_TRAIT_SERIES] + s * count;
    battery->string[s].is_broken = false;
    for (int32_t k = 0; k < count; k++) {
        battery->string[s].is_broken |= series_Ohm[k] >= BATTERY_BROKEN_OHM;
    }
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

void sim_battery_set_charge(struct sim_battery *battery, int32_t module, int32_t cell, double part)
{
    const int32_t first = module * battery->shape.cells;
    for (int32_t c = 0; c < battery->shape.cells; c++) {
        if (cell < 0 || c == cell) {
            sim_cells_set_charge(&battery->cells, first + c, part);
        }
    }
}

/* Of one cell of a block, or the mean of all. */
static double of_cells(const double *values, int32_t cells, int32_t cell)
{
    double sum = 0;
    for (int32_t c = 0; c < cells; c++) {
        sum += values[c];
    }
    return cell >= 0 ? values[cell] : sum / cells;
}

double sim_battery_charge(const struct sim_battery *battery, int32_t module, int32_t cell)
{
    const int32_t cells = battery->shape.cells;
    return of_cells(battery->cells.charge + module * cells, cells, cell);
}

void sim_battery_set_trait(struct sim_battery *battery, int32_t module, int32_t cell,
                           enum sim_trait trait, double value)
{
    const int32_t first = module * battery->shape.cells;
    for (int32_t c = 0; c < battery->shape.cells; c++) {
        if (cell >= 0 && c != cell) {
            continue;
        }
        if (trait == SIM_TRAIT_SHORTED) {
            sim_cells_short(&battery->cells, first + c, value > 0);
        } else {
            battery->cells.trait[trait][first + c] = value;
        }
    }
    if (trait == SIM_TRAIT_SERIES) {
        battery_see_straps(battery, module / battery->modules_per_string);
    }
    sim_cells_refresh(&battery->cells, first, battery->shape.cells,
                      battery->temperature_degC[module]);
}

double sim_battery_trait(const struct sim_battery *battery, int32_t module, int32_t cell,
                         enum sim_trait trait)
{
    const int32_t cells = battery->shape.cells;
    return of_cells(battery->cells.trait[trait] + module * cells, cells, cell);
}
