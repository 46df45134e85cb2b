/*
 * test_panel.c — the webmanager's front as a thing of the plant.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "sim/plant/panel.h"
#include "tests/sim/stage.h"
#include "wm/catalog.h"

static struct stage stage;
static struct sim_panel *panel;
static enum sim_control felt;
static int32_t felt_position;
static int felt_times;

static void open_stage(void)
{
    stage_open(&stage, "plant 'p' { modules = 2, panel = { slide_switch = 'right' } }");
    cr_assert_not_null(stage.plant, "%s", stage.error);
    panel = sim_plant_panel(stage.plant);
    felt_times = 0;
}

static void close_stage(void)
{
    stage_close(&stage);
}

static void feel(void *context, enum sim_control control, int32_t position)
{
    cr_assert_eq(context, &stage);
    felt = control;
    felt_position = position;
    felt_times++;
}

TestSuite(panel, .init = open_stage, .fini = close_stage);

static const char dark[] = "local p = plant.webmanager\n"
                           "assert(p.alarm_led.value == 'off' and p.red_led.value == 'off')\n"
                           "assert(p.green_led.value == 'off' and p.buzzer.value == 'off')\n"
                           "assert(p.relay.value == 'dropped')";

Test(panel, without_power_it_is_dark_and_feels_nobody)
{
    stage_say(&stage, dark);
    stage_say(&stage, "plant.webmanager.mute:press()");
    stage_say(&stage, "plant.webmanager.slide_switch = 'middle'");
    cr_assert_eq(panel->slide_switch, wm_state_panel_slide_switch_middle, "a switch stays");
    stage_say(&stage, "assert(plant.webmanager.slide_switch.value == 'middle')");
}

Test(panel, the_board_drives_it_until_its_power_goes)
{
    const struct wm_view_panel shown = {
        .alarm_led_choice = wm_state_panel_alarm_led_yellow,
        .red_led_choice = wm_state_panel_red_led_on,
        .green_led_choice = wm_state_panel_green_led_flashing_slowly,
        .buzzer_choice = wm_state_panel_buzzer_on,
        .relay_choice = wm_state_panel_relay_picked_up,
    };
    cr_assert_eq(panel->slide_switch, wm_state_panel_slide_switch_right, "as the plant file says");
    sim_panel_power_on(panel, feel, &stage);
    sim_panel_drive(panel, &shown);
    stage_say(&stage, "local p = plant.webmanager\n"
                      "assert(p.alarm_led.value == 'yellow' and p.red_led.value == 'on')\n"
                      "assert(p.green_led.value == 'flashing_slowly' and p.buzzer.value == 'on')\n"
                      "assert(p.relay.value == 'picked_up')");
    sim_panel_power_off(panel);
    stage_say(&stage, dark);
    cr_assert_eq(panel->slide_switch, wm_state_panel_slide_switch_right);
    stage_say(&stage, "plant.webmanager.mute:press()");
    cr_assert_eq(felt_times, 0);
}

Test(panel, button_and_switch_are_felt_at_once)
{
    sim_panel_power_on(panel, feel, &stage);
    stage_say(&stage, "plant.webmanager.mute:press()");
    cr_assert_eq(felt_times, 1);
    cr_assert_eq(felt, SIM_CONTROL_MUTE);
    stage_say(&stage, "plant.webmanager.slide_switch = 'left'");
    cr_assert_eq(felt_times, 2);
    cr_assert_eq(felt, SIM_CONTROL_SLIDE_SWITCH);
    cr_assert_eq(felt_position, wm_state_panel_slide_switch_left);
}

Test(panel, wrong_words_are_refused_with_the_right_ones)
{
    stage_refuse(&stage, "plant.webmanager.slide_switch = 'up'",
                 "webmanager.slide_switch is one of these texts: left, middle, right");
    stage_refuse(&stage, "plant.webmanager.slide_switch = 1",
                 "webmanager.slide_switch is one of these texts: left, middle, right");
    stage_refuse(&stage, "plant.webmanager.buzzer = 'on'", "it can't be pushed");
    stage_refuse(&stage, "plant.webmanager.lamp = 'on'", "it has: slide_switch");
    stage_refuse(&stage, "return plant.webmanager.lamp", "address_mode, alarm, alarm_led");
    stage_refuse(&stage, "plant.webmanager:press()", "webmanager has no property \"press\"");
    stage_refuse(&stage, "return plant.webmanager.mute.led", "it can: press");
}

Test(panel, a_plant_file_with_a_wrong_switch_is_refused)
{
    static const struct {
        const char *plant;
        const char *wanted;
    } cases[] = {
        {"plant 'p' { panel = { slide_switch = 'up' } }",
         "panel: slide_switch is one of these texts: left, middle, right"},
        {"plant 'p' { panel = { slide_switch = 1 } }",
         "panel: slide_switch is a string, not a number"},
        {"plant 'p' { panel = { buzzer = 'on' } }",
         "panel has no property \"buzzer\"; it has: slide_switch"},
        {"plant 'p' { panel = 'left' }", "panel is a table, not a string"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        stage_close(&stage);
        stage_open(&stage, cases[i].plant);
        cr_assert_null(stage.plant, "%s", cases[i].plant);
        cr_assert_not_null(strstr(stage.error, cases[i].wanted), "%s", stage.error);
    }
}
