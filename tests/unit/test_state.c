/*
 * test_state.c — discharge, charge and float, with a sensor and without (decisions B10, B11).
 */
#include <criterion/criterion.h>

#include "firmware/core/settings.h"
#include "firmware/core/state.h"

static struct wm_settings settings;
static struct wm_bank bank;
static struct wm_state state;

static void setup_with(int32_t sensors)
{
    wm_settings_reset(&settings);
    settings.value[wm_setting_bank_strings] = 2;
    settings.value[wm_setting_bank_modules] = 18;
    settings.value[wm_setting_bank_current_sensors] = sensors;
    settings.value[wm_setting_battery_capacity] = 200000;
    wm_settings_derive(&settings);
    wm_bank_init(&bank, &settings);
    wm_state_init(&state);
    state.life = WM_RUNNING;
    for (int i = 0; i < 2; i++) {
        bank.string[i].valid_count = 9;
        bank.string[i].voltage_average_uV = 13500000;
        bank.sensor[i].link.state = WM_LINK_PRESENT;
    }
}

static uint16_t flow(wm_ms now_ms)
{
    wm_state_flow(&state, &bank, &settings, now_ms);
    return wm_state_flags(&state, now_ms) & 0x0078;
}

Test(state, the_threshold_is_one_percent_of_capacity)
{
    static const struct {
        int32_t current_mA;
        uint16_t flags;
    } cases[] = {
        {0, 0x0040}, {1999, 0x0040}, {2000, 0x0010}, {-1999, 0x0040}, {-2000, 0x0008},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        setup_with(2);
        bank.sensor[1].current_mA = cases[i].current_mA;
        (void)flow(0);
        cr_assert_eq(flow(5000), cases[i].flags, "%d mA", cases[i].current_mA);
    }
}

Test(state, never_less_than_one_ampere)
{
    setup_with(2);
    settings.value[wm_setting_battery_capacity] = 50000;
    bank.sensor[0].current_mA = 999;
    cr_assert_eq(flow(0), 0x0040);
    bank.sensor[0].current_mA = 1000;
    cr_assert_eq(flow(1), 0x0010);
}

Test(state, a_discharge_is_held_five_seconds_without_break)
{
    setup_with(2);
    bank.sensor[0].current_mA = -5000;
    (void)flow(0);
    cr_assert_eq(flow(4999), 0x0040);
    bank.sensor[0].current_mA = 0;
    (void)flow(5000);
    bank.sensor[0].current_mA = -5000;
    (void)flow(6000);
    cr_assert_eq(flow(10999), 0x0040);
    cr_assert_eq(flow(11000), 0x0008);
}

Test(state, a_pause_breaks_what_was_on_its_way_in_every_string)
{
    for (int i = 0; i < 2; i++) {
        setup_with(2);
        bank.sensor[i].current_mA = -5000;
        (void)flow(0);
        wm_state_pause(&state);
        cr_assert_eq(flow(60000), 0x0040, "string %d", i + 1);
        cr_assert_eq(flow(64999), 0x0040);
        cr_assert_eq(flow(65000), 0x0008);
    }
}

Test(state, one_string_that_discharges_outweighs_one_that_charges)
{
    setup_with(2);
    bank.sensor[0].current_mA = 9000;
    bank.sensor[1].current_mA = -9000;
    cr_assert_eq(flow(0), 0x0010);
    cr_assert_eq(flow(5000), 0x0008);
}

Test(state, float_only_if_all_strings_float)
{
    setup_with(2);
    bank.string[1].voltage_average_uV = 12899999;
    cr_assert_eq(flow(0), 0);
    bank.string[1].voltage_average_uV = 12900000;
    cr_assert_eq(flow(1), 0x0040);
}

Test(state, an_isolated_string_tells_of_no_flow_but_what_its_own_sensor_measures)
{
    setup_with(0);
    bank.is_isolated[1] = true;
    bank.string[1].voltage_average_uV = 12300000;
    (void)flow(0);
    cr_assert_eq(flow(5000), 0x0040, "it rests; the other one floats");
    bank.string[1].voltage_average_uV = 13400000;
    cr_assert_eq(flow(5001), 0x0040);
    cr_assert_eq(state.string[1].flow, WM_FLOW_NONE);
    bank.string[1].voltage_average_uV = 14500000;
    cr_assert_eq(flow(5002), 0x0040);
    bank.is_isolated[0] = true;
    cr_assert_eq(flow(5003), 0, "nobody is left to float");
    setup_with(2);
    bank.is_isolated[1] = true;
    bank.sensor[1].current_mA = -2000;
    (void)flow(0);
    cr_assert_eq(flow(5000), 0x0008, "whatever its contact says");
}

Test(state, without_a_sensor_or_with_a_lost_one_the_voltage_tells)
{
    static const struct {
        int32_t chemistry;
        int32_t average_uV;
        uint16_t flags;
    } cases[] = {
        {0, 12479999, 0x0008}, {0, 12480000, 0},      {0, 13920000, 0x0040}, {0, 13920001, 0x0010},
        {1, 7679999, 0x0008},  {1, 8160000, 0x0040},  {2, 8700001, 0x0010},  {3, 19199999, 0x0008},
        {3, 19980000, 0x0040}, {3, 20700001, 0x0010},
    };
    for (int is_lost = 0; is_lost < 2; is_lost++) {
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
            setup_with(is_lost ? 2 : 0);
            settings.value[wm_setting_battery_chemistry] = cases[i].chemistry;
            for (int k = 0; k < 2; k++) {
                bank.sensor[k].link.state = WM_LINK_LOST;
                bank.sensor[k].current_mA = 9000;
                bank.string[k].voltage_average_uV = cases[i].average_uV;
            }
            (void)flow(0);
            cr_assert_eq(flow(5000), cases[i].flags, "chemistry %d, %d uV", cases[i].chemistry,
                         cases[i].average_uV);
        }
    }
}

Test(state, stopped_is_shown_for_three_hundred_seconds_and_not_while_discharging)
{
    setup_with(2);
    bank.sensor[0].current_mA = -5000;
    (void)flow(0);
    (void)flow(5000);
    bank.sensor[0].current_mA = 5000;
    cr_assert_eq(flow(6000), 0x0030);
    cr_assert_eq(wm_state_deadline_ms(&state, 305999), 306000, "to be stepped when it ends");
    cr_assert_eq(wm_state_deadline_ms(&state, 306000), WM_NEVER);
    cr_assert_eq(flow(305999), 0x0030);
    cr_assert_eq(flow(306000), 0x0010);
}

Test(state, register_1000_by_phase_of_life)
{
    setup_with(2);
    state.flow = WM_FLOW_FLOAT;
    state.life = WM_CONNECTED;
    cr_assert_eq(wm_state_flags(&state, 0), 0x0002);
    state.life = WM_INITIALIZING;
    cr_assert_eq(wm_state_flags(&state, 0), 0x4000);
    state.life = WM_RUNNING;
    cr_assert_eq(wm_state_flags(&state, 0), 0x0041);
}
