/*
 * test_cell.c — cells against closed forms: two wells, float, what a discharge of one cell takes.
 */
#include <criterion/criterion.h>
#include <math.h>

#include "sim/battery/type.h"

static struct sim_cell_constants type;
static struct sim_cells cells;

/* One AGM cell of 100 Ah in ten hours. */
static void open_cell(void)
{
    const struct sim_battery_plate plate = {.battery_class = SIM_CLASS_AGM,
                                            .cells = 1,
                                            .rates = 1,
                                            .rate = {{100, 10}},
                                            .resistance_Ohm = NAN,
                                            .mass_kg = NAN};
    cr_assert(sim_battery_by_plate(&plate, &type));
    cells = (struct sim_cells){0};
    cr_assert(sim_cells_open(&cells, 1, &type));
}

static void close_cell(void)
{
    sim_cells_close(&cells);
}

TestSuite(cell, .init = open_cell, .fini = close_cell);

static void step(double seconds, double current_A)
{
    sim_cells_begin(&cells, seconds);
    sim_cells_line(&cells, 0, 1);
    sim_cells_move(&cells, 0, 1, current_A, 0);
}

/* h1 after some hours of a constant current out of a full cell (Manwell and McGowan 1993). */
static double near_well(double current_A, double hours)
{
    const double c = type.available, k = type.exchange_per_h, Q = type.capacity_Ah;
    const double r = exp(-k * hours);
    const double q1 =
        c * Q * r + (Q * k * c - current_A) * (1 - r) / k - current_A * c * (k * hours - 1 + r) / k;
    return q1 / (c * Q);
}

Test(cell, a_constant_current_empties_the_wells_as_the_closed_form_says)
{
    type.float_A = 0;
    sim_cells_refresh(&cells, 0, 1, 25);
    const double rates[] = {5, 10, 25, 80};
    const double steps_s[] = {1, 17, 60, 600};
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
        for (size_t j = 0; j < sizeof steps_s / sizeof steps_s[0]; j++) {
            sim_cells_set_charge(&cells, 0, 1);
            const double end_h = 0.35 * type.capacity_Ah / rates[i];
            double hours = 0;
            while (hours < end_h) {
                step(steps_s[j], -rates[i]);
                hours += steps_s[j] / 3600;
            }
            const double h1 = cells.charge[0] - (1 - type.available) * cells.gradient[0];
            cr_assert(fabs(h1 - near_well(rates[i], hours)) < 1e-9,
                      "%g A in steps of %g s: %.12f, not %.12f", rates[i], steps_s[j], h1,
                      near_well(rates[i], hours));
        }
    }
}

Test(cell, what_has_been_drawn_evens_out_with_the_exchange)
{
    type.float_A = 0;
    sim_cells_refresh(&cells, 0, 1, 25);
    for (int i = 0; i < 60; i++) {
        step(30, -80);
    }
    const double gradient = cells.gradient[0], charge = cells.charge[0];
    for (int i = 0; i < 10; i++) {
        step(360, 0);
    }
    cr_assert(fabs(cells.gradient[0] - gradient * exp(-type.exchange_per_h)) < 1e-9);
    cr_assert(fabs(cells.charge[0] - charge) < 1e-9);
}

/* Held at a voltage across everything inside, R and activation left out. */
static double float_current_A(double volts, double degC)
{
    sim_cells_refresh(&cells, 0, 1, degC);
    double current_A = 0;
    for (int i = 0; i < 4000; i++) {
        sim_cells_begin(&cells, 600);
        sim_cells_line(&cells, 0, 1);
        for (int look = 0; look < 4; look++) {
            const struct sim_line_sum sum = sim_cells_sum(&cells, 0, 1, current_A);
            current_A = (volts - sum.volts) / (sum.ohms - sum.own_Ohm);
        }
        sim_cells_move(&cells, 0, 1, current_A, 0);
    }
    return current_A;
}

Test(cell, float_settles_at_the_current_of_the_formula)
{
    const double volts[] = {2.20, 2.27, 2.30, 2.40};
    const double degC[] = {10, 25, 35};
    type.drying = 0;
    for (size_t i = 0; i < sizeof volts / sizeof volts[0]; i++) {
        for (size_t j = 0; j < sizeof degC / sizeof degC[0]; j++) {
            const double decade_V = volts[i] > 2.27 ? 0.21 : 0.11;
            const double wanted_A = 0.0006 * type.rated_Ah * pow(10, (volts[i] - 2.27) / decade_V) *
                                    pow(2, (degC[j] - 25) / 10);
            const double found_A = float_current_A(volts[i], degC[j]);
            cr_assert(fabs(found_A - wanted_A) < 0.002 * wanted_A, "%g V, %g degC: %g A, not %g",
                      volts[i], degC[j], found_A, wanted_A);
        }
    }
}

Test(cell, left_alone_it_loses_about_three_percent_a_month)
{
    for (int i = 0; i < 720; i++) {
        step(3600, 0);
    }
    cr_assert(cells.charge[0] < 0.98 && cells.charge[0] > 0.96, "%g", cells.charge[0]);
}

Test(cell, cold_takes_capacity_and_warmth_gives_little)
{
    /* Makers' curves for ten to twenty hours, and the shorter the discharge the more is lost. */
    const double warm_h = sim_battery_discharge_h(&type, 10, false, 1.8, 25);
    const double wanted[][2] = {{40, 1.03}, {10, 0.90}, {0, 0.84}, {-15, 0.64}};
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        const double part = sim_battery_discharge_h(&type, 10, false, 1.8, wanted[i][0]) / warm_h;
        cr_assert(fabs(part - wanted[i][1]) < 0.04, "%g degC: %g", wanted[i][0], part);
    }
    const double short_part = sim_battery_discharge_h(&type, 150, false, 1.6, 0) /
                              sim_battery_discharge_h(&type, 150, false, 1.6, 25);
    cr_assert(short_part < 0.84, "%g", short_part);
}

Test(cell, each_class_has_its_own_cold)
{
    static const struct {
        enum sim_battery_class battery_class;
        double degC, part;
    } cases[] = {
        {SIM_CLASS_GEL, -15, 0.65},   {SIM_CLASS_NICD, -20, 0.75}, {SIM_CLASS_NIMH, 0, 0.90},
        {SIM_CLASS_LFP, 0, 0.80},     {SIM_CLASS_LFP, -20, 0.50},  {SIM_CLASS_LFP, -60, 0.20},
        {SIM_CLASS_VENTED, 40, 1.02}, {SIM_CLASS_NICD, 60, 1.00},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct sim_battery_plate plate = {.battery_class = cases[i].battery_class,
                                                .cells = 1,
                                                .rates = 1,
                                                .rate = {{100, 10}},
                                                .resistance_Ohm = NAN,
                                                .mass_kg = NAN};
        cr_assert(sim_battery_by_plate(&plate, &type));
        sim_cells_refresh(&cells, 0, 1, cases[i].degC);
        cr_assert_float_eq(cells.capacity_Ah[0], cases[i].part * type.capacity_Ah, 1e-9);
    }
}

/* The part of the water that goes with an ampere-hour beside the wells, of an Ah of capacity. */
static double water_an_Ah(double current_A, double degC)
{
    sim_cells_set_charge(&cells, 0, 1);
    cells.trait[SIM_TRAIT_WATER_LOST][0] = 0;
    sim_cells_refresh(&cells, 0, 1, degC);
    const double before_Ah = cells.aside_Ah[0];
    for (int i = 0; i < 600; i++) {
        step(6, current_A);
    }
    return cells.trait[SIM_TRAIT_WATER_LOST][0] * type.rated_Ah / (cells.aside_Ah[0] - before_Ah);
}

Test(cell, what_recombines_is_lost_when_it_is_hot_or_too_much_at_once)
{
    const double all = 0.336 / 9; /* of electrolysis, 9 g an Ah of capacity */
    cr_assert_float_eq(water_an_Ah(0.5, 25), 0.05 * all, 0.001 * all);
    cr_assert_float_eq(water_an_Ah(0.5, 60), 0.05 * all, 0.001 * all);
    const double hard = water_an_Ah(60, 25); /* a tenth of C10 in six */
    cr_assert(hard > 0.7 * all && hard < 0.85 * all, "%g", hard / all);
}

/* Steam tables: 0.474, 0.702, 1.013 bar over water; over acid of 38 % 0.60, 0.62, 0.64 of that. */
Test(cell, gas_takes_vapour_along_and_the_heat_of_it)
{
    static const double cases[][3] = {
        {80, 0.474 * 0.60, 0.525}, {90, 0.702 * 0.62, 0.7625}, {100, 1.013 * 0.64, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const double part = cases[i][1] / (1.013 - cases[i][1]);
        const double gassed = water_an_Ah(0.5, cases[i][0]) / (0.336 / 9) / cases[i][2];
        cr_assert_float_eq((gassed - 1) / 1.5, part, 0.13 * part, "%g: %g not %g", cases[i][0],
                           (gassed - 1) / 1.5, part);
        /* 40.7 kJ a mole; 1.5 moles of gas to two moles of electrons. */
        const double vapour_V = 40700 * 1.5 * part / (2 * 96485);
        const double gas_V =
            cells.inner_V[0] - cells.heat_W[0] / 0.5 + 0.25 * cells.resistance_Ohm[0] / 0.5;
        cr_assert_float_eq(gas_V, (1.48 + vapour_V) * cases[i][2], 0.06 * gas_V, "%g: %g V",
                           cases[i][0], gas_V);
    }
}

Test(cell, boiling_takes_all_heat_above_it_while_there_is_water)
{
    const double water_J = 2230 * 9 * type.rated_Ah, heat_J_K = 3000;
    double *water = &cells.trait[SIM_TRAIT_WATER_LOST][0];
    double degC = sim_cells_boil(&cells, 0, 1, 111.9, heat_J_K);
    cr_assert(degC == 111.9 && *water == 0);
    degC = sim_cells_boil(&cells, 0, 1, 122, heat_J_K);
    cr_assert_float_eq(degC, 112, 1e-9);
    cr_assert_float_eq(*water, 10 * heat_J_K / water_J, 1e-12);
    /* 100 g of acid of 38 %: without 24 of its 62 g of water it is one of 50 %. */
    *water = 24.0 / 62;
    degC = sim_cells_boil(&cells, 0, 1, 130, heat_J_K);
    cr_assert_float_eq(degC, 124, 0.5);
    *water = 1 - 10 * heat_J_K / water_J;
    degC = sim_cells_boil(&cells, 0, 1, 400, heat_J_K);
    cr_assert_float_eq(degC, 390, 1e-9);
    cr_assert_float_eq(*water, 1, 1e-12);
    degC = sim_cells_boil(&cells, 0, 1, 400, heat_J_K);
    cr_assert_eq(degC, 400, "nothing is left to boil");
    *water = 0;
    type.gas_V = 0;
    degC = sim_cells_boil(&cells, 0, 1, 400, heat_J_K);
    cr_assert_eq(degC, 400, "LFP has no water");
}

Test(cell, the_last_of_its_water_takes_the_float_current_with_it)
{
    double most_A = 0, least_A = 1e9, before_Ohm = 0;
    for (int part = 0; part <= 100; part += 5) {
        cells.trait[SIM_TRAIT_WATER_LOST][0] = part * 0.01;
        sim_cells_refresh(&cells, 0, 1, 25);
        cr_assert(cells.rest_Ohm[0] > before_Ohm, "dry plates carry less at each step");
        before_Ohm = cells.rest_Ohm[0];
        const double float_A = cells.float_A[0] / exp(part * 0.01 / type.drying);
        cr_assert(part > 40 || fabs(float_A - type.float_A) < 1e-9);
        most_A = fmax(most_A, float_A);
        least_A = fmin(least_A, float_A);
    }
    cr_assert(least_A < 0.011 * most_A);
}

Test(cell, a_shorter_discharge_gives_less_and_watts_are_amperes_at_a_voltage)
{
    double before_Ah = 1e9;
    for (double amps = 2; amps < 400; amps *= 1.5) {
        const double given_Ah = amps * sim_battery_discharge_h(&type, amps, false, 1.7, 25);
        cr_assert(given_Ah < before_Ah, "%g A give %g Ah", amps, given_Ah);
        before_Ah = given_Ah;
    }
    const double by_watts_h = sim_battery_discharge_h(&type, 40, true, 1.75, 25);
    cr_assert(by_watts_h < sim_battery_discharge_h(&type, 40 / 2.12, false, 1.75, 25));
    cr_assert(by_watts_h > sim_battery_discharge_h(&type, 40 / 1.75, false, 1.75, 25));
    cr_assert_float_eq(sim_battery_discharge_h(&type, 5000, false, 1.75, 25), 0, 1e-12);
}
