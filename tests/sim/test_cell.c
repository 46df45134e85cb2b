/*
 * test_cell.c — cells against closed forms: two wells, float, what a discharge of one cell takes.
 */
#include <criterion/criterion.h>
#include <math.h>

#include "sim/battery_type.h"

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
