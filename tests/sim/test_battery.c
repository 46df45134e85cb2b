/*
 * test_battery.c — circuits, charge, heat and pins, against sums a battery engineer does by hand.
 */
#include <criterion/criterion.h>
#include <math.h>

#include "sim/battery.h"

#define SECOND INT64_C(1000000)
#define HOUR   (3600 * SECOND)

static struct sim_world *world;
static struct sim_battery battery;

static void open_battery(void)
{
    static const struct sim_battery_plate plate = {
        .modules = 18, .strings = 2, .capacity_Ah = 50, .cells = 6, .ambient_degC = 24};
    world = sim_world_create(1);
    battery = (struct sim_battery){0};
    cr_assert(sim_battery_open(&battery, world, &plate));
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

TestSuite(battery, .init = open_battery, .fini = close_battery);

Test(battery, a_new_bank_floats_and_then_costs_nothing)
{
    assert_near(battery.voltage_V[0], 13.5, 0.001);
    assert_near(battery.resistance_Ohm[17], 0.0046, 0.0001);
    cr_assert(battery.string[1].current_A > 0.01 && battery.string[1].current_A < 0.1);
    pass(60 * SECOND);
    cr_assert_eq(sim_world_next_us(world), INT64_MAX, "a still battery has no tick");
    assert_near(battery.temperature_degC[3], 24, 0.05);
}

Test(battery, a_load_takes_its_charge_and_the_charger_brings_it_back)
{
    battery.charger_is_on = false;
    battery.load_A = 20;
    sim_battery_touch(&battery);
    assert_near(battery.string[0].current_A, -10, 1e-6);
    /* Ohm: 10 A through the block's own resistance. */
    assert_near(battery.voltage_V[0], battery.emf_V[0] - 10 * battery.resistance_Ohm[0], 1e-9);
    pass(2 * HOUR);
    assert_near(sim_battery_charge(&battery, 0), 1 - 20.0 / 50, 0.001);
    cr_assert(battery.voltage_V[0] < 12.5);
    cr_assert(battery.temperature_degC[0] > 24);
    battery.load_A = 0;
    sim_battery_touch(&battery);
    double rested_V = battery.voltage_V[0];
    battery.charger_is_on = true;
    sim_battery_touch(&battery);
    assert_near(battery.string[0].current_A, 10, 0.001);
    cr_assert(battery.voltage_V[0] > rested_V);
    double before_A = battery.string[0].current_A;
    pass(6 * HOUR);
    cr_assert(battery.string[0].current_A < before_A / 4, "it tapers");
    assert_near(battery.voltage_V[0], 13.5, 0.01);
    pass(48 * HOUR);
    assert_near(sim_battery_charge(&battery, 0), 1, 1e-6);
}

Test(battery, strings_share_a_load_by_their_resistance)
{
    battery.charger_is_on = false;
    battery.load_A = 30;
    for (int32_t m = 0; m < 9; m++) {
        sim_battery_pin(&battery, m, SIM_PIN_RESISTANCE, 0.010);
        sim_battery_pin(&battery, m + 9, SIM_PIN_RESISTANCE, 0.005);
    }
    sim_battery_touch(&battery);
    assert_near(battery.string[0].current_A, -10, 1e-6);
    assert_near(battery.string[1].current_A, -20, 1e-6);
}

Test(battery, a_pinned_current_is_exactly_that_and_an_open_breaker_beats_it)
{
    sim_battery_pin_current(&battery, 0, 6.5);
    sim_battery_touch(&battery);
    cr_assert_eq(battery.string[0].current_A, 6.5);
    sim_battery_isolate(&battery, 0, true);
    sim_battery_touch(&battery);
    cr_assert_eq(battery.string[0].current_A, 0);
    assert_near(battery.voltage_V[0], battery.emf_V[0], 1e-12);
    pass(HOUR);
    cr_assert_eq(battery.string[0].current_A, 0);
    sim_battery_isolate(&battery, 0, false);
    sim_battery_touch(&battery);
    cr_assert_eq(battery.string[0].current_A, 6.5);
    sim_battery_release_current(&battery, 0);
    sim_battery_touch(&battery);
    cr_assert(battery.string[0].current_A < 1);
}

Test(battery, an_isolated_string_leaves_the_bus_to_the_others)
{
    battery.charger_is_on = false;
    battery.load_A = 10;
    sim_battery_isolate(&battery, 1, true);
    sim_battery_touch(&battery);
    cr_assert_eq(battery.string[1].current_A, 0);
    assert_near(battery.string[0].current_A, -10, 1e-6);
}

Test(battery, a_pin_holds_until_released_and_moves_nobody_else)
{
    double neighbour_V = battery.voltage_V[1];
    sim_battery_pin(&battery, 0, SIM_PIN_VOLTAGE, 11.25);
    sim_battery_pin(&battery, 0, SIM_PIN_TEMPERATURE, 52);
    sim_battery_touch(&battery);
    pass(24 * HOUR);
    cr_assert_eq(battery.voltage_V[0], 11.25);
    cr_assert_eq(battery.temperature_degC[0], 52);
    assert_near(battery.voltage_V[1], neighbour_V, 0.01);
    sim_battery_release(&battery, 0, SIM_PIN_VOLTAGE);
    sim_battery_release(&battery, 0, SIM_PIN_TEMPERATURE);
    sim_battery_touch(&battery);
    assert_near(battery.voltage_V[0], 13.5, 0.05);
    pass(HOUR);
    cr_assert(battery.temperature_degC[0] < 51 && battery.temperature_degC[0] > 40, "it cools");
    pass(48 * HOUR);
    assert_near(battery.temperature_degC[0], 24, 0.1);
}

Test(battery, heat_is_what_current_and_resistance_make_less_what_the_room_takes)
{
    battery.charger_is_on = false;
    sim_battery_pin_current(&battery, 0, -20);
    for (int32_t m = 0; m < 9; m++) {
        sim_battery_pin(&battery, m, SIM_PIN_RESISTANCE, 0.02);
    }
    sim_battery_touch(&battery);
    double before = battery.temperature_degC[0];
    pass(60 * SECOND);
    double joule = 20.0 * 20.0 * 0.02 * 60;
    assert_near(battery.temperature_degC[0] - before, joule / battery.block.heat_J_K, 0.001);
}

Test(battery, an_empty_block_dies_down_and_nothing_goes_below_zero)
{
    battery.charger_is_on = false;
    sim_battery_pin_current(&battery, 0, -50);
    sim_battery_touch(&battery);
    pass(3 * HOUR);
    for (int32_t m = 0; m < 9; m++) {
        cr_assert_eq(battery.charge_Ah[m], 0);
        cr_assert(battery.voltage_V[m] >= 0 && battery.voltage_V[m] < 9);
    }
}

Test(battery, the_charger_keeps_its_limit_and_a_full_bank_tapers_at_any_set_point)
{
    battery.charger_limit_A = 4;
    battery.load_A = 10;
    sim_battery_touch(&battery);
    assert_near(battery.string[0].current_A + battery.string[1].current_A, -6, 1e-6);
    battery.load_A = 0;
    battery.charger_V = 9 * 14.4;
    sim_battery_touch(&battery);
    double boost_A = battery.string[0].current_A;
    cr_assert(boost_A > 0.1 && boost_A < 1, "%.3f A at 2.4 V a cell", boost_A);
    assert_near(battery.voltage_V[4], 14.4, 0.01);
}

Test(battery, the_same_run_gives_the_same_bits)
{
    double first = 0;
    for (int turn = 0; turn < 2; turn++) {
        battery.charger_is_on = false;
        battery.load_A = 17;
        sim_battery_touch(&battery);
        pass(HOUR);
        double now = battery.temperature_degC[5] + battery.voltage_V[5];
        cr_assert(turn == 0 || now == first);
        first = now;
        close_battery();
        open_battery();
    }
}

Test(battery, a_surplus_raises_a_block_and_only_a_bypass_takes_it)
{
    sim_battery_set_charge(&battery, 2, 1.01);
    sim_battery_touch(&battery);
    /* Half an Ah of 50: 20 mV a cell above its neighbours, and the charger holds the sum. */
    assert_near(battery.voltage_V[2] - battery.voltage_V[0], 0.12, 1e-6);
    assert_near(battery.voltage_V[2] + 8 * battery.voltage_V[0], 9 * 13.5, 1e-3);
    assert_near(sim_battery_charge(&battery, 2), 1.01, 1e-9);
    pass(24 * HOUR);
    assert_near(battery.voltage_V[2] - battery.voltage_V[0], 0.12, 1e-6);

    double low_V = battery.voltage_V[0];
    sim_battery_bypass(&battery, 2, 0.15, INT64_MAX);
    pass(2 * HOUR);
    assert_near(battery.surplus_Ah[2], 0.5 - 0.3, 1e-3);
    assert_near(battery.voltage_V[2] - battery.voltage_V[0], 0.12 * 0.2 / 0.5, 1e-3);
    cr_assert(battery.voltage_V[0] > low_V, "the others rise");
    sim_battery_bypass(&battery, 2, 0, 0);
    pass(24 * HOUR);
    assert_near(battery.surplus_Ah[2], 0.5 - 0.3, 1e-3);
    cr_assert_eq(sim_world_next_us(world), INT64_MAX, "still again");
}

Test(battery, a_bypass_ends_at_its_time_and_charges_a_block_less)
{
    sim_battery_bypass(&battery, 0, 0.9, sim_world_now_us(world) + 60 * SECOND);
    pass(HOUR);
    assert_near(battery.surplus_Ah[0], -0.9 / 60, 1e-4);
    sim_battery_set_charge(&battery, 1, 0.5);
    sim_battery_touch(&battery);
    sim_battery_pin_current(&battery, 0, 5);
    sim_battery_touch(&battery);
    sim_battery_bypass(&battery, 1, 0.9, INT64_MAX);
    pass(HOUR);
    assert_near(battery.charge_Ah[1], 25 + 5 - 0.9, 0.01);
    cr_assert_eq(battery.surplus_Ah[1], 0);
}
