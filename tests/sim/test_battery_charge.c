/*
 * test_battery_charge.c — recharge and float of an AGM block of 12 V and 100 Ah against what makers
 * and users publish, and the table of both in sim/batteries/README.md.
 */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/battery/battery.h"
#include "sim/battery/type.h"

static struct sim_world *world;
static struct sim_battery battery;

/* Not on a charger whose voltage is 0. */
static void open_block(double charger_V, double ambient_degC)
{
    const struct sim_battery_plate plate = {.battery_class = SIM_CLASS_AGM,
                                            .cells = 6,
                                            .rates = 1,
                                            .rate = {{100, 10}},
                                            .resistance_Ohm = 0.005,
                                            .mass_kg = 30};
    struct sim_battery_shape shape = {.modules = 1,
                                      .strings = 1,
                                      .cells = 6,
                                      .float_V = charger_V > 0 ? charger_V / 6 : 2.27,
                                      .ambient_degC = ambient_degC};
    cr_assert(sim_battery_by_plate(&plate, &shape.cell));
    world = sim_world_create(1);
    battery = (struct sim_battery){0};
    cr_assert(world != NULL && sim_battery_open(&battery, world, &shape));
    battery.charger.is_on = charger_V > 0;
    sim_battery_touch(&battery);
}

static void close_block(void)
{
    sim_battery_close(&battery);
    sim_world_destroy(world);
}

/* The page has this line's beginning; what follows is what is published. */
static void page_has(const char *line)
{
    static char text[20000];
    FILE *file = fopen("sim/batteries/README.md", "r");
    cr_assert_not_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    (void)fclose(file);
    cr_expect_not_null(strstr(text, line), "sim/batteries/README.md lacks this line:\n%s", line);
}

/* What has come back of what was missing at first, 0..1. */
static double back(double from)
{
    return (sim_battery_charge(&battery, 0, -1) - from) / (1 - from);
}

struct recharge {
    double volts, limit_A, from;
    /* Published, or a rule: charged when the limit of the voltage is reached; hours. */
    double limit_low, limit_high;
    double eighty_low_h, eighty_high_h, ninety_low_h, ninety_high_h;
};

static void recharge_play(const struct recharge *charge)
{
    double at_limit = NAN, eighty_h = NAN, ninety_h = NAN;
    open_block(charge->volts, 25);
    battery.charger.limit_A = charge->limit_A;
    sim_battery_set_charge(&battery, 0, -1, charge->from);
    sim_battery_touch(&battery);
    for (double hours = 0; hours < 48 && back(charge->from) < 0.95; hours += 1.0 / 120) {
        sim_battery_step(&battery, 30);
        at_limit = isnan(at_limit) && battery.voltage_V[0] > charge->volts - 0.01
                       ? sim_battery_charge(&battery, 0, -1)
                       : at_limit;
        eighty_h = isnan(eighty_h) && back(charge->from) >= 0.8 ? hours : eighty_h;
        ninety_h = isnan(ninety_h) && back(charge->from) >= 0.9 ? hours : ninety_h;
    }
    close_block();
    cr_expect(at_limit >= charge->limit_low && at_limit <= charge->limit_high, "%g A: %g",
              charge->limit_A, at_limit);
    cr_expect(eighty_h >= charge->eighty_low_h && eighty_h <= charge->eighty_high_h, "%g A: %g h",
              charge->limit_A, eighty_h);
    cr_expect(ninety_h >= charge->ninety_low_h && ninety_h <= charge->ninety_high_h, "%g A: %g h",
              charge->limit_A, ninety_h);
    char line[200];
    (void)snprintf(line, sizeof line, "| %g A, %g V, from %g %% | %.0f %% | %.1f h | %.1f h |",
                   charge->limit_A, charge->volts, 100 * charge->from, 100 * at_limit, eighty_h,
                   ninety_h);
    page_has(line);
}

Test(battery_charge, a_recharge_takes_as_long_as_makers_say)
{
    /* From 12 %: 100 Ah have been taken. */
    static const struct recharge charges[] = {
        {13.62, 10, 0.12, 0.70, 0.85, 8, 9, 10, 13},   {13.62, 25, 0.12, 0.45, 0.65, 4, 5, 5, 8},
        {14.1, 10, 0.12, 0.74, 0.86, 8, 9, 9, 12},     {14.1, 12.5, 0.12, 0.70, 0.82, 6, 8, 7, 11},
        {14.4, 10, 0.12, 0.80, 0.90, 7.5, 9, 9, 10.5}, {14.4, 25, 0.12, 0.55, 0.75, 3.5, 5, 4, 6},
        {14.4, 20, 0.5, 0.70, 0.80, 2, 4.5, 4, 6},     {14.4, 40, 0.5, 0.57, 0.70, 2, 4.5, 3, 6},
    };
    for (size_t i = 0; i < sizeof charges / sizeof charges[0]; i++) {
        recharge_play(&charges[i]);
    }
}

static double float_mA_Ah(double volts, double degC)
{
    open_block(volts, degC);
    for (int i = 0; i < 60 * 100; i++) {
        sim_battery_step(&battery, 60);
    }
    const double current_A = battery.string[0].current_A;
    close_block();
    return current_A * 1000 / 100;
}

Test(battery_charge, float_current_is_that_of_new_agm_by_voltage_and_temperature)
{
    static const struct {
        double volts, degC, low_mA_Ah, high_mA_Ah;
    } cases[] = {
        {13.5, 25, 0.3, 0.6},  {13.62, 0, 0.08, 0.15}, {13.62, 25, 0.55, 0.7},
        {13.62, 35, 1.1, 1.5}, {13.8, 25, 0.5, 4},     {14.4, 25, 3, 10},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const double found = float_mA_Ah(cases[i].volts, cases[i].degC);
        cr_expect(found >= cases[i].low_mA_Ah && found <= cases[i].high_mA_Ah, "%g V, %g degC: %g",
                  cases[i].volts, cases[i].degC, found);
        char line[100];
        (void)snprintf(line, sizeof line, "| %g V | %g degC | %.2f mA an Ah |", cases[i].volts,
                       cases[i].degC, found);
        page_has(line);
    }
}

Test(battery_charge, after_a_load_step_the_slow_part_comes_back_with_its_time_constant)
{
    /* Above all that moves in a minute is the RC: rests after a minute of load, seen each second.
     */
    open_block(0, 25);
    const struct sim_cell_constants *cell = &battery.shape.cell;
    battery.load.current_A = 20;
    sim_battery_touch(&battery);
    for (int i = 0; i < 60; i++) {
        sim_battery_step(&battery, 1);
    }
    const double slow_A = battery.string[0].slow_A;
    cr_assert(fabs(slow_A + 20 * (1 - exp(-60 / cell->slow_s))) < 0.2, "%g A", slow_A);
    battery.load.current_A = 0;
    sim_battery_touch(&battery);
    for (int i = 0; i < 60; i++) {
        sim_battery_step(&battery, 1);
    }
    cr_assert(fabs(battery.string[0].slow_A / slow_A - exp(-60 / cell->slow_s)) < 0.01);
    close_block();
}

Test(battery_charge, one_cell_on_its_own_and_a_block_in_a_plant_discharge_alike)
{
    /* The estimate looks at one cell in coarse steps; a block moves in the plant's. */
    const double loads_A[] = {5, 20, 60, 200};
    for (size_t i = 0; i < sizeof loads_A / sizeof loads_A[0]; i++) {
        open_block(0, 25);
        sim_battery_set_charge(&battery, 0, -1, 1);
        battery.load.current_A = loads_A[i];
        sim_battery_touch(&battery);
        double seconds = 0;
        while (battery.voltage_V[0] > 10.2 && seconds < 200000) {
            const double step_s = battery.step_s;
            sim_battery_step(&battery, step_s);
            seconds += step_s;
        }
        const double wanted_h =
            sim_battery_discharge_h(&battery.shape.cell, loads_A[i], false, 1.7, 25);
        cr_assert(fabs(seconds / 3600 / wanted_h - 1) < 0.015, "%g A: %g h, not %g", loads_A[i],
                  seconds / 3600, wanted_h);
        close_block();
    }
}
