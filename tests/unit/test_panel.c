/*
 * test_panel.c — lamps, buzzer, relay, button and switch.
 */
#include <criterion/criterion.h>

#include "fake_bus.h"
#include "firmware/core/panel.h"

static struct wm_alarms alarms;
static struct wm_panel panel;
static struct wm_settings settings;

static void setup(void)
{
    wm_settings_reset(&settings);
    wm_alarms_init(&alarms);
    wm_panel_init(&panel, wm_state_panel_slide_switch_left);
}

/* After the relay's delay, running. */
static void look(void)
{
    (void)wm_panel_step(&panel, &alarms, &settings, true, 60000);
}

static bool is_loud(void)
{
    look();
    const bool is_red = panel.shown.alarm_led_choice == wm_state_panel_alarm_led_red;
    cr_assert_eq(is_red, panel.shown.buzzer_choice == wm_state_panel_buzzer_on);
    return is_red;
}

static bool is_yellow(void)
{
    look();
    return panel.shown.alarm_led_choice == wm_state_panel_alarm_led_yellow;
}

static void press(void)
{
    cr_assert(wm_panel_mute(&panel, &alarms, &settings));
}

Test(panel, the_relay_picks_up_when_its_delay_has_passed_and_not_before, .init = setup)
{
    cr_assert_eq(wm_panel_deadline_ms(&panel, &settings), 15000);
    (void)wm_panel_step(&panel, &alarms, &settings, true, 14999);
    cr_assert_eq(panel.shown.relay_choice, wm_state_panel_relay_dropped);
    cr_assert(wm_panel_step(&panel, &alarms, &settings, true, 15000));
    cr_assert_eq(panel.shown.relay_choice, wm_state_panel_relay_picked_up);
    cr_assert_eq(wm_panel_deadline_ms(&panel, &settings), WM_NEVER);
    settings.value[wm_setting_panel_relay_delay] = 3600;
    cr_assert_not(wm_panel_step(&panel, &alarms, &settings, true, 15001),
                  "it is a delay of the start");
}

Test(panel, a_general_alarm_sounds_glows_red_and_drops_the_relay_till_it_ends, .init = setup)
{
    look();
    cr_assert_eq(panel.shown.relay_choice, wm_state_panel_relay_picked_up);
    cr_assert_eq(panel.shown.alarm_led_choice, wm_state_panel_alarm_led_green);
    wm_alarms_raise(&alarms, wm_alarm_voltage_high);
    cr_assert(is_loud());
    cr_assert_eq(panel.shown.relay_choice, wm_state_panel_relay_dropped);
    wm_alarms_drop(&alarms, wm_alarm_voltage_high);
    cr_assert_not(is_loud());
    cr_assert_eq(panel.shown.relay_choice, wm_state_panel_relay_picked_up);
    cr_assert_eq(panel.shown.alarm_led_choice, wm_state_panel_alarm_led_green);
}

Test(panel, what_is_no_cause_of_the_general_alarm_is_silent, .init = setup)
{
    wm_alarms_raise(&alarms, wm_alarm_voltage_warn_high);
    wm_alarms_set(&alarms, wm_alarm_battery_breaker_open, true);
    cr_assert_not(is_loud());
    cr_assert_eq(panel.shown.relay_choice, wm_state_panel_relay_picked_up);
    cr_assert_not(wm_panel_mute(&panel, &alarms, &settings), "there is nothing to acknowledge");
}

Test(panel, mute_silences_turns_yellow_and_leaves_the_relay_dropped, .init = setup)
{
    wm_alarms_raise(&alarms, wm_alarm_voltage_high);
    cr_assert(is_loud());
    press();
    cr_assert(is_yellow());
    cr_assert_eq(panel.shown.buzzer_choice, wm_state_panel_buzzer_off);
    cr_assert_eq(panel.shown.relay_choice, wm_state_panel_relay_dropped);
    cr_assert_not(wm_panel_mute(&panel, &alarms, &settings), "once is enough");
    cr_assert(is_yellow());
}

Test(panel, a_new_cause_sounds_again_a_cause_that_goes_does_not, .init = setup)
{
    wm_alarms_raise(&alarms, wm_alarm_voltage_high);
    wm_alarms_raise(&alarms, wm_alarm_voltage_high);
    cr_assert(is_loud());
    press();
    wm_alarms_drop(&alarms, wm_alarm_voltage_high);
    cr_assert(is_yellow());
    wm_alarms_raise(&alarms, wm_alarm_voltage_warn_low);
    cr_assert(is_yellow(), "a warning is no cause");
    wm_alarms_raise(&alarms, wm_alarm_voltage_high);
    cr_assert(is_loud(), "another module of the same kind");
    press();
    cr_assert(is_yellow());
    wm_alarms_set(&alarms, wm_alarm_thermal_runaway, true);
    cr_assert(is_loud(), "another kind");
    press();
    wm_alarms_set(&alarms, wm_alarm_thermal_runaway, true);
    cr_assert(is_yellow(), "it is the same one still");
}

Test(panel, a_cause_that_comes_as_another_goes_is_new, .init = setup)
{
    wm_alarms_raise(&alarms, wm_alarm_voltage_high);
    look();
    press();
    cr_assert(is_yellow());
    wm_alarms_drop(&alarms, wm_alarm_voltage_high);
    wm_alarms_raise(&alarms, wm_alarm_voltage_low);
    cr_assert(is_loud());
    press();
    wm_alarms_drop(&alarms, wm_alarm_voltage_low);
    wm_alarms_raise(&alarms, wm_alarm_voltage_low);
    cr_assert(is_loud(), "gone and back between two looks");
}

Test(panel, the_end_of_the_alarm_ends_the_mute, .init = setup)
{
    wm_alarms_set(&alarms, wm_alarm_system_error, true);
    look();
    press();
    wm_alarms_set(&alarms, wm_alarm_system_error, false);
    cr_assert_not(is_loud());
    wm_alarms_set(&alarms, wm_alarm_system_error, true);
    cr_assert(is_loud());
}

Test(panel, a_setting_that_makes_a_standing_loss_general_is_a_new_cause_once, .init = setup)
{
    int32_t *choice = &settings.value[wm_setting_alarm_sensor_lost_is_general];
    *choice = 0;
    wm_alarms_raise(&alarms, wm_alarm_voltage_high);
    wm_alarms_raise(&alarms, wm_alarm_sensor_communication_lost);
    look();
    press();
    cr_assert(is_yellow());
    *choice = 1;
    cr_assert(is_loud());
    press();
    *choice = 0;
    cr_assert(is_yellow());
    *choice = 1;
    cr_assert(is_yellow(), "it has been acknowledged");
    wm_alarms_drop(&alarms, wm_alarm_voltage_high);
    cr_assert(is_yellow());
    *choice = 0;
    cr_assert_not(is_loud());
    *choice = 1;
    cr_assert(is_loud(), "the general alarm was over, and so was its mute");
}

Test(panel, red_glows_until_running_and_while_anything_is_lost, .init = setup)
{
    (void)wm_panel_step(&panel, &alarms, &settings, false, 0);
    cr_assert_eq(panel.shown.red_led_choice, wm_state_panel_red_led_on);
    cr_assert_eq(panel.shown.green_led_choice, wm_state_panel_green_led_off);
    cr_assert_eq(panel.shown.alarm_led_choice, wm_state_panel_alarm_led_off, "nobody knows yet");
    look();
    cr_assert_eq(panel.shown.red_led_choice, wm_state_panel_red_led_off);
    cr_assert_eq(panel.shown.green_led_choice, wm_state_panel_green_led_flashing_slowly);
    static const enum wm_alarm losses[] = {wm_alarm_module_lost,
                                           wm_alarm_sensor_communication_lost};
    for (size_t i = 0; i < sizeof losses / sizeof losses[0]; i++) {
        wm_alarms_raise(&alarms, losses[i]);
        look();
        cr_assert_eq(panel.shown.red_led_choice, wm_state_panel_red_led_on);
        cr_assert_eq(panel.shown.green_led_choice, wm_state_panel_green_led_flashing_slowly);
        wm_alarms_drop(&alarms, losses[i]);
        look();
        cr_assert_eq(panel.shown.red_led_choice, wm_state_panel_red_led_off);
    }
    wm_alarms_raise(&alarms, wm_alarm_voltage_high);
    look();
    cr_assert_eq(panel.shown.red_led_choice, wm_state_panel_red_led_off, "no loss");
}

Test(panel, an_alarm_sounds_before_it_runs_too, .init = setup)
{
    wm_alarms_raise(&alarms, wm_alarm_voltage_high);
    (void)wm_panel_step(&panel, &alarms, &settings, false, 0);
    cr_assert_eq(panel.shown.alarm_led_choice, wm_state_panel_alarm_led_red);
    cr_assert_eq(panel.shown.buzzer_choice, wm_state_panel_buzzer_on);
}

Test(panel, the_switch_decides_the_address_at_power_up_only)
{
    static const struct {
        int32_t position;
        int32_t mode;
    } cases[] = {
        {wm_state_panel_slide_switch_left, wm_state_panel_address_mode_configured},
        {wm_state_panel_slide_switch_middle, wm_state_panel_address_mode_default},
        {wm_state_panel_slide_switch_right, wm_state_panel_address_mode_dhcp},
    };
    setup();
    for (size_t i = 0; i < 3; i++) {
        wm_panel_init(&panel, cases[i].position);
        look();
        cr_assert_eq(panel.shown.address_mode_choice, cases[i].mode);
        wm_panel_switch(&panel, cases[(i + 1) % 3].position);
        look();
        cr_assert_eq(panel.shown.slide_switch_choice, cases[(i + 1) % 3].position);
        cr_assert_eq(panel.shown.address_mode_choice, cases[i].mode);
    }
}

/* ---- in the core ------------------------------------------------------------------------ */

static struct bench bench;

static enum wm_status put(enum wm_command_kind kind, int32_t value, const char **why)
{
    const struct wm_command command = {.kind = kind, .value = value};
    const enum wm_status status = wm_core_command(&bench.core, &command, why);
    bench.next_ms = bench.now_ms;
    bench_run(&bench, 0);
    return status;
}

Test(panel, in_the_core_a_press_is_told_and_shown_at_the_same_instant)
{
    const char *why;
    bench_settings(&bench, 1, 3);
    bench.power_up.slide_switch = wm_state_panel_slide_switch_right;
    bench_ready(&bench);
    const struct wm_view_panel *shown = &bench.core.view.panel;
    cr_assert_eq(shown->address_mode_choice, wm_state_panel_address_mode_dhcp);
    cr_assert_eq(put(WM_COMMAND_MUTE, 0, &why), WM_CONFLICT);
    cr_assert_str_eq(why, "there is no common alarm to acknowledge");
    bench.bus.module[0].voltage_mV = 16000;
    bench_run(&bench, 1500);
    cr_assert_eq(shown->buzzer_choice, wm_state_panel_buzzer_on);
    bench.events = 0;
    cr_assert_eq(put(WM_COMMAND_MUTE, 0, &why), WM_OK);
    cr_assert_eq(shown->buzzer_choice, wm_state_panel_buzzer_off);
    cr_assert_eq(bench.events, 1);
    cr_assert_eq(bench.event[0].kind, wm_event_muted);
    cr_assert_eq(put(WM_COMMAND_MUTE, 0, &why), WM_OK);
    cr_assert_eq(bench.events, 1, "it was muted already");
    bench.bus.module[1].voltage_mV = 16000;
    bench_run(&bench, 1500);
    cr_assert_eq(shown->buzzer_choice, wm_state_panel_buzzer_on, "a second module, no new row");
}

Test(panel, in_the_core_the_relay_picks_up_between_rounds_and_a_switch_has_three_positions)
{
    const char *why;
    bench_settings(&bench, 1, 3);
    bench.settings.value[wm_setting_bus_round_period] = 3600000;
    bench_ready(&bench);
    const struct wm_view_panel *shown = &bench.core.view.panel;
    bench_run(&bench, 14999 - bench.now_ms);
    cr_assert_eq(shown->relay_choice, wm_state_panel_relay_dropped);
    bench_run(&bench, 1);
    cr_assert_eq(shown->relay_choice, wm_state_panel_relay_picked_up);
    cr_assert_eq(put(WM_COMMAND_SWITCH, 2, &why), WM_OK);
    cr_assert_eq(shown->slide_switch_choice, wm_state_panel_slide_switch_right);
    cr_assert_eq(put(WM_COMMAND_SWITCH, 3, &why), WM_RANGE);
    cr_assert_eq(put(WM_COMMAND_SWITCH, -1, &why), WM_RANGE);
    cr_assert_str_eq(why, "the slide switch stands left, middle or right");
    cr_assert_eq(shown->slide_switch_choice, wm_state_panel_slide_switch_right);
}

Test(panel, in_the_core_a_second_mismatch_is_a_new_cause)
{
    const char *why;
    bench_settings(&bench, 1, 4);
    bench.bus.module[2].hardware_revision++;
    bench_ready(&bench);
    const struct wm_view_panel *shown = &bench.core.view.panel;
    cr_assert_eq(put(WM_COMMAND_MUTE, 0, &why), WM_OK);
    bench_run(&bench, 3000);
    cr_assert_eq(shown->alarm_led_choice, wm_state_panel_alarm_led_yellow);
    bench.bus.module[3].hardware_revision++;
    bench.core.bank.module[3].wants |= WM_WANT_IDENTITY;
    bench_run(&bench, 1500);
    cr_assert_eq(shown->alarm_led_choice, wm_state_panel_alarm_led_red);
}
