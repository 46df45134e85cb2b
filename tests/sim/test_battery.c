/*
 * test_battery.c — circuits, charge, heat and pins, against sums a battery engineer does by hand.
 */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "sim/battery/battery.h"
#include "sim/battery/type.h"

#define SECOND INT64_C(1000000)
#define HOUR   (3600 * SECOND)

static struct sim_world *world;
static struct sim_battery battery;

/* Two strings of nine AGM blocks of 12 V, 50 Ah and 4.6 mOhm, in a room of 24 degC. */
static void open_battery(void)
{
    const struct sim_battery_plate plate = {.battery_class = SIM_CLASS_AGM,
                                            .cells = 6,
                                            .rates = 1,
                                            .rate = {{50, 10}},
                                            .resistance_Ohm = 0.0046,
                                            .mass_kg = 17};
    struct sim_battery_shape shape = {.modules = 18,
                                      .strings = 2,
                                      .cells = 6,
                                      .float_V = 2.25,
                                      .boost_V = 2.40,
                                      .ambient_degC = 24};
    cr_assert(sim_battery_by_plate(&plate, &shape.cell));
    world = sim_world_create(1);
    battery = (struct sim_battery){0};
    cr_assert(sim_battery_open(&battery, world, &shape));
}

static void close_battery(void)
{
    sim_battery_close(&battery);
    sim_world_destroy(world);
}

static void pass(int64_t time_us)
{
    cr_assert(sim_world_run(world, sim_world_now_us(world) + time_us));
}

#define assert_near(actual, wanted, within)                                                        \
    cr_assert(fabs((actual) - (wanted)) <= (within), "%.6f is not %.6f", (double)(actual),         \
              (double)(wanted))

static void assert_balanced(void)
{
    const struct sim_imbalance worst = sim_battery_imbalance(&battery);
    cr_assert(worst.charge < 0.001, "%.6f of the charge is lost", worst.charge);
    cr_assert(worst.energy < 0.001, "%.6f of the energy is lost", worst.energy);
}

TestSuite(battery, .init = open_battery, .fini = close_battery);

Test(battery, a_new_bank_floats_and_stays_as_it_is)
{
    assert_near(battery.voltage_V[0], 13.5, 0.001);
    assert_near(battery.resistance_Ohm[17], 0.0046, 0.0001);
    /* 0.6 mA an Ah at 2.27 V; 0.11 V a decade below that. */
    assert_near(battery.string[1].current_A, 50 * 0.0006 * pow(10, -0.02 / 0.11), 0.003);
    const double float_A = battery.string[0].current_A;
    const double warm_degC = battery.temperature_degC[3];
    cr_assert(warm_degC > 24.1 && warm_degC < 24.6, "%.3f", warm_degC);
    pass(240 * HOUR);
    assert_near(battery.string[0].current_A, float_A, 2e-4);
    assert_near(battery.temperature_degC[3], warm_degC, 0.01);
    assert_balanced();
}

Test(battery, a_load_takes_its_charge_and_the_charger_brings_it_back)
{
    battery.charger.is_on = false;
    battery.load.current_A = 20;
    sim_battery_touch(&battery);
    assert_near(battery.string[0].current_A, -10, 1e-6);
    /* At once by R and the activation; the surface charge holds the rest up for a while. */
    const double drop_V = 10 * battery.resistance_Ohm[0] + 6 * 0.004 * asinh(10 / 25.0);
    assert_near(battery.voltage_V[0], 13.5 - drop_V, 0.01);
    pass(2 * HOUR);
    assert_near(sim_battery_charge(&battery, 0, -1) * battery.cells.capacity_Ah[0],
                battery.cells.capacity_Ah[0] - 20, 0.6);
    cr_assert(battery.voltage_V[0] < 12.5);
    cr_assert(battery.temperature_degC[0] < 24, "lead that discharges slowly takes up heat");
    battery.load.current_A = 0;
    sim_battery_touch(&battery);
    double rested_V = battery.voltage_V[0];
    battery.charger.is_on = true;
    sim_battery_touch(&battery);
    assert_near(battery.string[0].current_A, 10, 0.001);
    cr_assert(battery.voltage_V[0] > rested_V);
    pass(6 * HOUR);
    cr_assert(battery.string[0].current_A < 2.5, "it tapers");
    assert_near(battery.voltage_V[0], 13.5, 0.01);
    pass(96 * HOUR);
    assert_near(sim_battery_charge(&battery, 0, -1), 1, 0.002);
    assert_balanced();
}

Test(battery, a_load_may_be_watts_or_ohms)
{
    battery.charger.is_on = false;
    battery.load.power_W = 2000;
    sim_battery_touch(&battery);
    assert_near(battery.bus_V * -(battery.string[0].current_A + battery.string[1].current_A), 2000,
                0.01);
    battery.load.power_W = 0;
    battery.load.conductance_S = 1 / 8.0;
    sim_battery_touch(&battery);
    assert_near(-(battery.string[0].current_A + battery.string[1].current_A), battery.bus_V / 8,
                1e-6);
}

Test(battery, a_load_that_nothing_can_carry_pulls_the_bus_to_nothing_and_no_further)
{
    battery.charger.is_on = false;
    battery.load.power_W = 1e7;
    sim_battery_touch(&battery);
    pass(HOUR);
    cr_assert(battery.bus_V >= 0 && battery.bus_V < 60);
    for (int32_t m = 0; m < 18; m++) {
        cr_assert(battery.voltage_V[m] >= 0 && battery.voltage_V[m] < 14);
    }
}

Test(battery, strings_share_a_load_by_their_resistance)
{
    battery.charger.is_on = false;
    battery.load.current_A = 30;
    battery.string[0].cable_Ohm = 9 * 0.010;
    sim_battery_touch(&battery);
    cr_assert(battery.string[0].current_A > -11, "%.3f", battery.string[0].current_A);
    assert_near(battery.string[0].current_A + battery.string[1].current_A, -30, 1e-6);
}

Test(battery, a_pinned_current_is_exactly_that_and_an_open_breaker_beats_it)
{
    sim_battery_pin_current(&battery, 0, 6.5);
    sim_battery_touch(&battery);
    cr_assert_eq(battery.string[0].current_A, 6.5);
    sim_battery_isolate(&battery, 0, true);
    sim_battery_touch(&battery);
    cr_assert_eq(battery.string[0].current_A, 0);
    pass(HOUR);
    cr_assert_eq(battery.string[0].current_A, 0);
    sim_battery_isolate(&battery, 0, false);
    sim_battery_touch(&battery);
    cr_assert_eq(battery.string[0].current_A, 6.5);
    sim_battery_release_current(&battery, 0);
    sim_battery_touch(&battery);
    cr_assert(battery.string[0].current_A < 6);
}

Test(battery, an_isolated_string_leaves_the_bus_to_the_others)
{
    battery.charger.is_on = false;
    battery.load.current_A = 10;
    sim_battery_isolate(&battery, 1, true);
    sim_battery_touch(&battery);
    cr_assert_eq(battery.string[1].current_A, 0);
    assert_near(battery.string[0].current_A, -10, 1e-6);
    battery.string[0].is_blown = true;
    sim_battery_touch(&battery);
    cr_assert_eq(battery.string[0].current_A, 0);
    cr_assert(battery.voltage_V[0] > 12.5);
}

Test(battery, a_pin_holds_until_released_and_moves_nobody_else)
{
    double neighbour_V = battery.voltage_V[1];
    sim_battery_pin(&battery, 0, SIM_PIN_VOLTAGE, 11.25);
    sim_battery_touch(&battery);
    pass(HOUR);
    cr_assert_eq(battery.voltage_V[0], 11.25);
    assert_near(battery.voltage_V[1], neighbour_V, 0.001);
    sim_battery_pin(&battery, 0, SIM_PIN_TEMPERATURE, 52);
    sim_battery_touch(&battery);
    pass(24 * HOUR);
    cr_assert_eq(battery.temperature_degC[0], 52);
    cr_assert(battery.temperature_degC[1] > 30, "it warms its neighbour");
    sim_battery_release(&battery, 0, SIM_PIN_VOLTAGE);
    sim_battery_release(&battery, 0, SIM_PIN_TEMPERATURE);
    sim_battery_touch(&battery);
    cr_assert(battery.voltage_V[0] < 13.5, "a hot block takes more, and stands lower");
    pass(HOUR);
    cr_assert(battery.temperature_degC[0] < 51 && battery.temperature_degC[0] > 40, "it cools");
    pass(96 * HOUR);
    assert_near(battery.temperature_degC[0], 24.25, 0.2);
}

Test(battery, heat_is_what_current_and_resistance_make_less_what_the_room_takes)
{
    battery.charger.is_on = false;
    sim_battery_pin_current(&battery, 0, -20);
    for (int32_t m = 0; m < 9; m++) {
        sim_battery_pin(&battery, m, SIM_PIN_RESISTANCE, 0.2);
    }
    sim_battery_touch(&battery);
    for (int i = 0; i < 600; i++) {
        sim_battery_step(&battery, 1); /* the surface charge is spent */
    }
    double before = battery.temperature_degC[0];
    double above_K = before - 24;
    for (int i = 0; i < 60; i++) {
        sim_battery_step(&battery, 1);
    }
    const struct sim_cell_constants *cell = &battery.shape.cell;
    /* R, its slow part, the activation; less the heat that discharging lead takes up. */
    double joule = 20.0 * 20.0 * 0.2 * 60;
    double slow = 20.0 * 20.0 * 6 * cell->resistance_Ohm * cell->resistance_slow * 60;
    double activation = 20 * 6 * 0.004 * asinh(20 / 25.0) * 60;
    double reversible = 20 * 6 * 298.15 * 0.0002 * 60;
    double lost = above_K * 6 * cell->cooling_W_K * 60;
    assert_near(battery.temperature_degC[0] - before,
                (joule + slow + activation - reversible - lost) / (6 * cell->heat_J_K), 0.003);
}

Test(battery, an_empty_block_dies_down_and_nothing_goes_below_zero)
{
    battery.charger.is_on = false;
    sim_battery_pin_current(&battery, 0, -50);
    sim_battery_touch(&battery);
    pass(4 * HOUR);
    for (int32_t m = 0; m < 9; m++) {
        assert_near(sim_battery_charge(&battery, m, -1), 0, 0.1);
        cr_assert(battery.voltage_V[m] >= 0 && battery.voltage_V[m] < 2);
        /* 500 W in a block of 17 kg, for hours: they boil its acid, and make it no hotter. */
        cr_assert(battery.temperature_degC[m] > 112 && battery.temperature_degC[m] < 150, "%.1f",
                  battery.temperature_degC[m]);
    }
    sim_battery_pin_current(&battery, 0, 0);
    sim_battery_touch(&battery);
    pass(12 * HOUR);
    cr_assert(battery.voltage_V[0] >= 0);
    assert_balanced();
}

Test(battery, a_rest_brings_back_what_a_hard_discharge_left_behind)
{
    battery.charger.is_on = false;
    sim_battery_pin_current(&battery, 0, -50);
    sim_battery_touch(&battery);
    while (battery.voltage_V[0] > 10.5) {
        pass(SECOND);
    }
    sim_battery_pin_current(&battery, 0, 0);
    sim_battery_touch(&battery);
    double at_once_V = battery.voltage_V[0];
    pass(4 * HOUR);
    cr_assert(battery.voltage_V[0] > at_once_V + 0.2, "%.3f, %.3f", at_once_V,
              battery.voltage_V[0]);
}

Test(battery, the_charger_keeps_its_limit_its_set_point_and_its_compensation)
{
    battery.charger.limit_A = 4;
    battery.load.current_A = 10;
    sim_battery_touch(&battery);
    assert_near(battery.string[0].current_A + battery.string[1].current_A, -6, 1e-6);
    battery.load.current_A = 0;
    battery.charger.is_boosting = true;
    battery.charger.limit_A = 20;
    sim_battery_touch(&battery);
    pass(24 * HOUR);
    double boost_A = battery.string[0].current_A;
    cr_assert(boost_A > 0.1 && boost_A < 1, "%.3f A at 2.4 V a cell", boost_A);
    assert_near(battery.voltage_V[4], 14.4, 0.01);
    battery.charger.compensation_V_K = -0.003 * 54;
    battery.ambient_degC = 35;
    sim_battery_touch(&battery);
    pass(96 * HOUR);
    double warm_K = 0;
    for (int32_t m = 0; m < 18; m++) {
        warm_K += (battery.temperature_degC[m] - 25) / 18;
    }
    assert_near(battery.bus_V, 9 * 14.4 - 0.003 * 54 * warm_K, 0.01);
    battery.charger.low_V = 9 * 1.5;
    sim_battery_touch(&battery);
    pass(24 * HOUR);
    cr_assert(battery.bus_V < 9 * 13.0);
}

/* ---- the step that adapts against a tiny one -------------------------------------------- */

static void begin_load_step(void)
{
    battery.charger.is_on = false;
    battery.load.current_A = 40;
    sim_battery_set_trait(&battery, 3, 2, SIM_TRAIT_CAPACITY, 0.7);
}

static void begin_recharge(void)
{
    for (int32_t m = 0; m < 18; m++) {
        sim_battery_set_charge(&battery, m, -1, m == 5 ? 0.4 : 0.2);
    }
    battery.charger.limit_A = 20;
}

static void begin_runaway(void)
{
    battery.charger.voltage_V = 9 * 6 * 2.5;
    battery.ambient_degC = 55;
}

static void begin_float(void)
{
    sim_battery_set_trait(&battery, 7, 1, SIM_TRAIT_WATER_LOST, 0.2);
    sim_battery_set_trait(&battery, 2, -1, SIM_TRAIT_FLOAT, 0.5);
    battery.ambient_degC = 34;
}

/* What any block may be wrong by at any look, that it is late by up to a step included; it is by
 * about half of that. */
static const struct step_case {
    const char *name;
    void (*begin)(void);
    double hours;
    double tiny_s;
    double voltage_V, temperature_K, charge;
} step_cases[] = {
    {"a load step that reverses a weak cell", begin_load_step, 2, 0.25, 0.020, 0.06, 0.005},
    {"a recharge", begin_recharge, 24, 1, 0.025, 0.12, 0.003},
    {"a runaway", begin_runaway, 30, 1, 0.025, 1.0, 0.006},
    {"float with a dry cell, in a room that warmed", begin_float, 72, 1, 0.005, 0.15, 0.0005},
};

enum { STEP_LOOKS = 16 };

struct step_look {
    double voltage_V[18], temperature_degC[18], charge[18];
};

/* Looks that begin within seconds of the push and grow rarer; tiny_s 0: by the step that adapts. */
static void play_steps(const struct step_case *each, double tiny_s,
                       struct step_look looks[STEP_LOOKS])
{
    open_battery();
    each->begin();
    sim_battery_touch(&battery);
    int64_t now_s = 0;
    for (int i = 0; i < STEP_LOOKS; i++) {
        const double part = (i + 1.0) / STEP_LOOKS;
        const int64_t until_s = (int64_t)(each->hours * 3600 * part * part * part);
        if (tiny_s <= 0) {
            pass((until_s - now_s) * SECOND);
        }
        for (double at_s = (double)now_s; tiny_s > 0 && at_s < (double)until_s; at_s += tiny_s) {
            sim_battery_step(&battery, tiny_s);
        }
        now_s = until_s;
        for (int32_t m = 0; m < 18; m++) {
            looks[i].voltage_V[m] = battery.voltage_V[m];
            looks[i].temperature_degC[m] = battery.temperature_degC[m];
            looks[i].charge[m] = sim_battery_charge(&battery, m, -1);
        }
    }
    assert_balanced();
    close_battery();
}

TestSuite(battery_step);

Test(battery_step, is_within_its_bounds_of_a_tiny_one)
{
    static struct step_look own[STEP_LOOKS], tiny[STEP_LOOKS];
    for (size_t c = 0; c < sizeof step_cases / sizeof step_cases[0]; c++) {
        const struct step_case *each = &step_cases[c];
        struct step_look worst = {0};
        play_steps(each, 0, own);
        play_steps(each, each->tiny_s, tiny);
        for (int i = 0; i < STEP_LOOKS; i++) {
            for (int32_t m = 0; m < 18; m++) {
                worst.voltage_V[0] =
                    fmax(worst.voltage_V[0], fabs(own[i].voltage_V[m] - tiny[i].voltage_V[m]));
                worst.temperature_degC[0] =
                    fmax(worst.temperature_degC[0],
                         fabs(own[i].temperature_degC[m] - tiny[i].temperature_degC[m]));
                worst.charge[0] = fmax(worst.charge[0], fabs(own[i].charge[m] - tiny[i].charge[m]));
            }
        }
        cr_expect(worst.voltage_V[0] <= each->voltage_V, "%s: %.4f V", each->name,
                  worst.voltage_V[0]);
        cr_expect(worst.temperature_degC[0] <= each->temperature_K, "%s: %.4f K", each->name,
                  worst.temperature_degC[0]);
        cr_expect(worst.charge[0] <= each->charge, "%s: %.6f of the charge", each->name,
                  worst.charge[0]);
    }
}

Test(battery, the_same_run_gives_the_same_bits)
{
    double first = 0;
    for (int turn = 0; turn < 2; turn++) {
        battery.charger.is_on = false;
        battery.load.current_A = 17;
        sim_battery_touch(&battery);
        pass(HOUR);
        double now = battery.temperature_degC[5] + battery.voltage_V[5];
        cr_assert(turn == 0 || now == first);
        first = now;
        close_battery();
        open_battery();
    }
}

Test(battery, blocks_that_take_less_stand_higher_and_a_bypass_brings_them_down)
{
    sim_battery_set_trait(&battery, 2, -1, SIM_TRAIT_FLOAT, 0.5);
    sim_battery_settle(&battery);
    /* Half the current at the same voltage: 0.30 of a decade, of 0.11 V a cell. */
    assert_near(battery.voltage_V[2] - battery.voltage_V[0], 6 * 0.11 * log10(2), 0.06);
    assert_near(battery.voltage_V[2] + 8 * battery.voltage_V[0], 9 * 13.5, 5e-3);
    double low_V = battery.voltage_V[0];
    sim_battery_bypass(&battery, 2, 0.010, INT64_MAX);
    pass(24 * HOUR);
    cr_assert(battery.voltage_V[2] < low_V + 0.1, "%.3f", battery.voltage_V[2]);
    cr_assert(battery.voltage_V[0] > low_V, "the others rise");
}

Test(battery, a_bypass_ends_at_its_time_and_takes_exactly_its_charge)
{
    sim_battery_set_charge(&battery, 1, -1, 0.5);
    sim_battery_touch(&battery);
    const double capacity_Ah = battery.cells.capacity_Ah[6];
    sim_battery_pin_current(&battery, 0, 5);
    sim_battery_touch(&battery);
    pass(100 * SECOND);
    sim_battery_bypass(&battery, 1, 0.9, sim_world_now_us(world) + 1800 * SECOND);
    pass(HOUR - 100 * SECOND);
    const double polarised_Ah =
        battery.cells.polarisation_V[6] * battery.shape.cell.polarisation_F / 3600;
    assert_near(sim_battery_charge(&battery, 1, -1) * capacity_Ah + polarised_Ah,
                0.5 * capacity_Ah + 5 - 0.45, 0.03);
    assert_balanced();
}

Test(battery, a_shorted_cell_takes_two_volts_off_its_block_and_the_others_share_them)
{
    const double float_A = battery.string[0].current_A;
    sim_battery_set_trait(&battery, 4, 1, SIM_TRAIT_SHORTED, 1);
    sim_battery_touch(&battery);
    assert_near(battery.voltage_V[4], 13.5 - 2.25, 0.4);
    pass(24 * HOUR);
    assert_near(battery.voltage_V[0], 13.5 + 2.25 / 9, 0.1);
    cr_assert(battery.string[0].current_A > 1.1 * float_A &&
                  battery.string[0].current_A < 3 * float_A,
              "%.4f of %.4f", battery.string[0].current_A, float_A);
    assert_balanced();
}

Test(battery, an_open_cell_ends_the_current_of_its_string)
{
    sim_battery_set_trait(&battery, 4, 1, SIM_TRAIT_SERIES, 1e6);
    battery.charger.is_on = false;
    battery.load.current_A = 10;
    sim_battery_touch(&battery);
    assert_near(battery.string[0].current_A, 0, 0.001);
    assert_near(battery.string[1].current_A, -10, 0.001);
    cr_assert(battery.resistance_Ohm[4] > 1e5);
}

Test(battery, no_pinned_current_and_no_ripple_goes_through_a_broken_strap)
{
    sim_battery_pin_current(&battery, 0, -10);
    battery.charger.ripple_A = 5;
    sim_battery_set_trait(&battery, 4, 1, SIM_TRAIT_SERIES, 1e6);
    sim_battery_touch(&battery);
    assert_near(battery.string[0].current_A, 0, 0.001);
    assert_near(sim_battery_ripple_A(&battery, 0), 0, 0);
    assert_near(sim_battery_ripple_A(&battery, 1), 5, 0);
    pass(HOUR);
    assert_near(battery.temperature_degC[4], 24.3, 0.3);
    sim_battery_set_trait(&battery, 4, 1, SIM_TRAIT_SERIES, 0);
    sim_battery_touch(&battery);
    assert_near(battery.string[0].current_A, -10, 0);
    assert_near(sim_battery_ripple_A(&battery, 0), 5, 0);
}

Test(battery, ripple_goes_where_current_can_and_the_chargers_while_it_gives)
{
    battery.charger.ripple_A = 5;
    battery.string[1].current_ac_A = 2;
    assert_near(sim_battery_ripple_A(&battery, 0), 5, 0);
    assert_near(sim_battery_ripple_A(&battery, 1), 7, 0);
    battery.charger.has_failed = true;
    assert_near(sim_battery_ripple_A(&battery, 0), 0, 0);
    assert_near(sim_battery_ripple_A(&battery, 1), 2, 0);
    battery.charger.has_failed = false;
    battery.charger.is_on = false;
    assert_near(sim_battery_ripple_A(&battery, 1), 2, 0);
    battery.charger.is_on = true;
    battery.string[1].is_blown = true;
    assert_near(sim_battery_ripple_A(&battery, 1), 0, 0);
    battery.string[0].is_open = true;
    assert_near(sim_battery_ripple_A(&battery, 0), 0, 0);
}

Test(battery, what_no_block_can_be_ends_the_battery_and_names_the_module)
{
    int32_t module = -1;
    char why[200];
    sim_battery_pin(&battery, 12, SIM_PIN_RESISTANCE, 100);
    sim_battery_touch(&battery);
    cr_assert_null(sim_battery_failure(&battery, &module, why, sizeof why));
    sim_battery_pin_current(&battery, 1, 100);
    sim_battery_touch(&battery);
    pass(HOUR);
    cr_assert_not_null(sim_battery_failure(&battery, &module, why, sizeof why));
    cr_assert_eq(module, 12);
    cr_assert_not_null(strstr(why, "100 A and 0 A of ripple, which no block is (at most 200 degC)"),
                       "%s", why);
    /* Time goes on, and nothing else: nothing that is no number comes of it. */
    const double other_degC = battery.temperature_degC[0];
    pass(24 * HOUR);
    assert_near(battery.temperature_degC[0], other_degC, 0);
}

Test(battery, blocks_that_are_forced_on_when_empty_get_hotter_and_hotter)
{
    int32_t module = -1;
    char why[200];
    double before_degC = 24;
    sim_battery_pin_current(&battery, 0, -47);
    sim_battery_touch(&battery);
    /* Empty and reversed, then boiling, then dry: each heats, and nothing carries heat away that
     * is not there. */
    while (sim_battery_failure(&battery, &module, why, sizeof why) == NULL) {
        pass(600 * SECOND);
        cr_assert(battery.temperature_degC[0] > before_degC - 1, "%g degC after %g",
                  battery.temperature_degC[0], before_degC);
        before_degC = battery.temperature_degC[0];
        cr_assert(sim_world_now_us(world) < 12 * HOUR, "%g degC", before_degC);
    }
    cr_assert(before_degC > 200, "%g degC", before_degC);
}

Test(battery, what_is_no_number_ends_the_battery_though_no_comparison_holds_of_it)
{
    int32_t module = -1;
    char why[200];
    battery.cells.charge[7 * 6 + 2] = NAN;
    battery.cells.faced = 0;
    sim_battery_touch(&battery);
    cr_assert_not_null(sim_battery_failure(&battery, &module, why, sizeof why));
}

Test(battery, a_settled_battery_is_as_wet_as_before_and_no_hotter_than_it_can_stay)
{
    assert_near(battery.cells.trait[SIM_TRAIT_WATER_LOST][5], 0, 0);
    cr_assert(battery.temperature_degC[4] > 24.1, "float warms: %.3f", battery.temperature_degC[4]);
    /* 15.5 V a block in a hot room run away in two days: no rest is there to begin from. */
    battery.ambient_degC = 35;
    battery.charger.voltage_V = 9 * 15.5;
    sim_battery_settle(&battery);
    assert_near(battery.temperature_degC[4], 35, 0);
    assert_near(battery.cells.trait[SIM_TRAIT_WATER_LOST][5], 0, 0);
    assert_near(battery.voltage_V[4], 15.5, 0.01);
    pass(48 * HOUR);
    cr_assert(battery.temperature_degC[4] > 60, "%.3f", battery.temperature_degC[4]);
    cr_assert(battery.cells.trait[SIM_TRAIT_WATER_LOST][5] > 0);
}

Test(battery, a_leak_drains_its_cell_and_lets_the_others_rise)
{
    /* 2 mA an Ah, more than float brings. */
    sim_battery_set_trait(&battery, 4, 1, SIM_TRAIT_LEAK, 50 * 0.002 / 2.2);
    sim_battery_touch(&battery);
    pass(72 * HOUR);
    cr_assert(battery.voltage_V[4] < 13.4 && battery.voltage_V[4] > 12.2, "%.3f",
              battery.voltage_V[4]);
    cr_assert(battery.voltage_V[0] > 13.505);
    assert_balanced();
}

Test(battery, a_cell_that_has_nothing_left_leaks_nothing_and_lets_its_string_float)
{
    const double float_A = battery.string[1].current_A;
    sim_battery_set_trait(&battery, 4, 1, SIM_TRAIT_LEAK, 50 * 0.010 / 2.25);
    sim_battery_touch(&battery);
    pass(10 * 24 * HOUR);
    /* What goes through it all goes through the leak, and the others of its string float on. */
    cr_assert(battery.cells.charge[4 * 6 + 1] < 0.02);
    cr_assert(battery.string[0].current_A > float_A, "%.4f of %.4f", battery.string[0].current_A,
              float_A);
    assert_near(battery.string[1].current_A, float_A, 0.001);
    assert_near(battery.cells.reversed_Ah[4 * 6 + 1], 0, 0.01);
    assert_balanced();
}

Test(battery, a_cell_that_is_empty_first_is_reversed_by_the_others_and_hot)
{
    sim_battery_set_trait(&battery, 4, 1, SIM_TRAIT_CAPACITY, 0.5);
    sim_battery_isolate(&battery, 1, true);
    battery.charger.is_on = false;
    battery.load.current_A = 25;
    sim_battery_touch(&battery);
    pass(HOUR);
    cr_assert(battery.voltage_V[4] < battery.voltage_V[0] - 2, "%.3f beside %.3f",
              battery.voltage_V[4], battery.voltage_V[0]);
    cr_assert(battery.temperature_degC[4] > battery.temperature_degC[0] + 1, "%.2f beside %.2f",
              battery.temperature_degC[4], battery.temperature_degC[0]);
    /* The other five of its block are as those of all blocks. */
    assert_near(battery.cells.charge[4 * 6], battery.cells.charge[0], 0.01);

    battery.load.current_A = 0;
    sim_battery_touch(&battery);
    pass(HOUR);
    cr_assert(battery.voltage_V[4] > battery.voltage_V[0] - 1.2, "%.3f beside %.3f",
              battery.voltage_V[4], battery.voltage_V[0]);
    assert_balanced();
}

Test(battery, a_sulphated_block_rises_early_on_recharge_and_takes_little)
{
    sim_battery_set_trait(&battery, 4, -1, SIM_TRAIT_SULPHATE, 0.3);
    battery.charger.is_on = false;
    battery.load.current_A = 20;
    sim_battery_touch(&battery);
    pass(HOUR);
    cr_assert(battery.voltage_V[4] < battery.voltage_V[0] - 0.3);
    battery.load.current_A = 0;
    battery.charger.is_on = true;
    battery.charger.limit_A = 20;
    sim_battery_touch(&battery);
    pass(HOUR / 4);
    cr_assert(battery.voltage_V[4] > battery.voltage_V[0] + 0.2, "%.3f beside %.3f",
              battery.voltage_V[4], battery.voltage_V[0]);
    cr_assert(battery.string[0].current_A < battery.string[1].current_A);
    assert_balanced();
}

/* The room and the set point; how many hours until the hottest block is at 60 degC, up to most. */
static int hours_to_60(double room_degC, double cell_V, int most)
{
    battery.ambient_degC = room_degC;
    battery.charger.voltage_V = cell_V * 54;
    battery.charger.limit_A = 50;
    sim_battery_touch(&battery);
    for (int hour = 0; hour < most; hour++) {
        pass(HOUR);
        if (battery.temperature_degC[4] > 60) {
            return hour + 1;
        }
    }
    return most + 1;
}

Test(battery, new_blocks_on_float_never_run_away_in_a_hot_room)
{
    cr_assert_eq(hours_to_60(35, 2.27, 24 * 60), 24 * 60 + 1);
    cr_assert(battery.temperature_degC[4] < 40);
}

Test(battery, overcharge_in_a_hot_room_runs_away_and_an_open_breaker_ends_it)
{
    const int hours = hours_to_60(35, 2.60, 24 * 10);
    cr_assert(hours > 2 && hours < 24 * 5, "%d hours", hours);
    cr_assert(battery.string[0].current_A > 1);
    sim_battery_isolate(&battery, 0, true);
    sim_battery_touch(&battery);
    pass(48 * HOUR);
    cr_assert(battery.temperature_degC[4] < 40);
    cr_assert_eq(battery.string[0].current_A, 0);
    assert_balanced();
}

/* Nothing opens, nobody comes: it boils while there is water, dries out, and that ends it. Returns
 * for how many hours it was above 95 degC; how hot it became is left in hottest_degC. */
static int overcharge_to_the_end(double block_V, double limit_A, double *hottest_degC)
{
    int hours = 0;
    battery.ambient_degC = 60;
    battery.charger.voltage_V = 9 * block_V;
    battery.charger.limit_A = limit_A;
    sim_battery_touch(&battery);
    for (int hour = 0; hour < 24 * 14; hour++) {
        pass(HOUR);
        *hottest_degC = fmax(*hottest_degC, battery.temperature_degC[4]);
        hours += battery.temperature_degC[4] > 95;
    }
    cr_assert(battery.temperature_degC[4] < 80, "%.1f", battery.temperature_degC[4]);
    cr_assert(battery.string[0].current_A < 0.05 * limit_A, "%.2f", battery.string[0].current_A);
    cr_assert(sim_battery_trait(&battery, 4, -1, SIM_TRAIT_WATER_LOST) > 0.6);
    cr_assert(battery.resistance_Ohm[4] > 0.1);
    assert_balanced();
    return hours;
}

Test(battery, overcharge_that_nothing_ends_stays_near_boiling_until_the_water_is_gone)
{
    double hottest_degC = 0;
    const int hours = overcharge_to_the_end(15.6, 20, &hottest_degC);
    cr_assert(hottest_degC > 95 && hottest_degC < 112, "%.1f", hottest_degC);
    cr_assert(hours > 24 && hours < 72, "%d hours", hours);
}

/* 60 % acid, all but dry, boils at 140 degC: no charger brings a block above it. */
Test(battery, a_charger_without_a_limit_boils_a_block_dry_and_makes_it_no_hotter_than_the_acid)
{
    double hottest_degC = 0;
    const int hours = overcharge_to_the_end(16.8, 400, &hottest_degC);
    cr_assert(hottest_degC > 112 && hottest_degC < 140, "%.1f", hottest_degC);
    cr_assert(hours >= 2 && hours < 24, "%d hours", hours);
}
