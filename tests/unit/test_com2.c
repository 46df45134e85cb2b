/*
 * test_com2.c — COM2: what is asked, what values mean, what is ordered.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "fake_bus.h"
#include "firmware/core/com2.h"

static struct bench bench;

static void sensor(void)
{
    bench_settings(&bench, 1, 3);
    bench.settings.value[wm_setting_com2_use] = WM_COM2_TEMPERATURE_HUMIDITY;
    bench.com2.room.temperature_ddegC = 215;
    bench.com2.room.humidity_permille = 480;
}

static void manager(void)
{
    bench_settings(&bench, 1, 3);
    bench.settings.value[wm_setting_com2_use] = WM_COM2_SENSORMANAGER;
}

static void set(enum wm_setting setting, int32_t value)
{
    const char *why;
    const struct wm_command command = {.kind = WM_COMMAND_SET, .setting = setting, .value = value};
    cr_assert_eq(wm_core_command(&bench.core, &command, &why), WM_OK, "%s", why);
    bench.next_ms = bench.now_ms;
    bench_run(&bench, 0);
}

static int told(enum wm_event_kind kind)
{
    int count = 0;
    for (int i = 0; i < bench.events; i++) {
        count += bench.event[i].kind == kind;
    }
    return count;
}

static const struct wm_view *view(void)
{
    return &bench.core.view;
}

static bool is_loud(void)
{
    return view()->panel.buzzer_choice == wm_state_panel_buzzer_on;
}

static void mute(void)
{
    const char *why;
    const struct wm_command command = {.kind = WM_COMMAND_MUTE};
    cr_assert(is_loud());
    cr_assert_eq(wm_core_command(&bench.core, &command, &why), WM_OK, "%s", why);
    bench.next_ms = bench.now_ms;
    bench_run(&bench, 0);
    cr_assert_not(is_loud());
}

Test(com2, nothing_is_asked_without_a_sensor_or_for_modbus)
{
    for (int use = WM_COM2_NONE; use <= WM_COM2_MODBUS_RTU; use++) {
        bench_settings(&bench, 1, 3);
        bench.settings.value[wm_setting_com2_use] = use;
        bench_ready(&bench);
        bench_run(&bench, 10000);
        cr_assert_eq(bench.com2.questions, 0);
        cr_assert_eq(view()->com2.valid, 0);
        cr_assert_not(bench_has_row(&bench, 23));
    }
}

Test(com2, the_room_is_asked_once_a_second_whatever_the_round)
{
    sensor();
    bench.settings.value[wm_setting_bus_round_period] = 3600000;
    bench_ready(&bench);
    fake_bus_forget(&bench.com2);
    bench_run(&bench, 10000);
    cr_assert_eq(fake_bus_asked(&bench.com2, wm_message_read_environment, 1), 10);
    cr_assert_eq(view()->com2.link_choice, wm_state_com2_link_present);
    cr_assert_eq(view()->com2.temperature_mdegC, 21500);
    cr_assert_eq(view()->com2.humidity_permille, 480);
    bench.com2.room.temperature_ddegC = -5;
    bench_run(&bench, 1000);
    cr_assert_eq(view()->com2.temperature_mdegC, -500, "published without a round");
}

Test(com2, silent_for_three_rounds_is_lost_and_shows_nothing)
{
    sensor();
    bench_ready(&bench);
    bench.com2.room.is_silent = true;
    bench_run(&bench, 2500);
    cr_assert_eq(view()->com2.link_choice, wm_state_com2_link_present);
    bench_run(&bench, 1000);
    cr_assert_eq(view()->com2.link_choice, wm_state_com2_link_lost);
    cr_assert_eq(view()->com2.valid, 1);
    cr_assert_eq(view()->com2.temperature_mdegC, 0);
    cr_assert(bench_has_row(&bench, 23));
    cr_assert_eq(told(wm_event_com2_lost), 1);
    fake_bus_forget(&bench.com2);
    bench_run(&bench, 5000);
    cr_assert_eq(bench.com2.questions, 5, "once a round, without retries");
    bench.com2.room.is_silent = false;
    bench_run(&bench, 1500);
    cr_assert_eq(told(wm_event_com2_back), 1);
    cr_assert_eq(view()->com2.temperature_mdegC, 21500);
    cr_assert_not(bench_has_row(&bench, 23));
}

Test(com2, two_silent_rounds_are_no_loss)
{
    sensor();
    bench_ready(&bench);
    for (int i = 0; i < 5; i++) {
        bench.com2.lose_answers = 2 * 3; /* the question and its two repeats, twice */
        bench_run(&bench, 5000);
    }
    cr_assert_eq(told(wm_event_com2_lost), 0);
}

Test(com2, a_limit_is_crossed_strictly_after_a_second_look_and_left_by_the_hysteresis)
{
    sensor();
    bench.settings.value[wm_setting_com2_temperature_high] = 30000;
    bench.settings.value[wm_setting_com2_temperature_low] = 10000;
    bench_ready(&bench);
    static const struct {
        int32_t ddegC;
        int8_t beyond;
    } path[] = {{300, 0}, {301, 1},  {296, 1}, {295, 0}, {300, 0}, {100, 0},
                {99, -1}, {104, -1}, {105, 0}, {100, 0}, {301, 1}, {99, -1}};
    int edges = 0;
    int8_t before = 0;
    for (size_t i = 0; i < sizeof path / sizeof path[0]; i++) {
        bench.com2.room.temperature_ddegC = path[i].ddegC;
        bench_run(&bench, 1500);
        cr_assert_eq(bench.core.com2.channel[0].beyond, path[i].beyond, "at %d", path[i].ddegC);
        edges += path[i].beyond != before;
        before = path[i].beyond;
        cr_assert_eq(told(wm_event_com2_limit), edges, "at %d", path[i].ddegC);
    }
    const struct wm_event *last = &bench.event[bench.events - 1];
    cr_assert_eq(last->number, 1);
    cr_assert_eq(last->value, -1);
    cr_assert_eq(view()->system.battery_status_flags, 0, "no alarm unless set so");
}

Test(com2, one_reading_beyond_is_asked_again_at_once_and_does_not_count)
{
    sensor();
    bench.settings.value[wm_setting_com2_humidity_high] = 800;
    bench_ready(&bench);
    bench_run(&bench, 1000 - bench.now_ms % 1000 + 500);
    fake_bus_forget(&bench.com2);
    bench.com2.room.humidity_permille = 801;
    bench_run(&bench, 1000);
    cr_assert_eq(bench.com2.questions, 2, "once more, at once");
    cr_assert_eq(bench.core.com2.channel[1].beyond, 1);
    bench.com2.room.humidity_permille = 791;
    bench_run(&bench, 1000);
    cr_assert_eq(bench.core.com2.channel[1].beyond, 1);
    bench.com2.room.humidity_permille = 790;
    bench_run(&bench, 1000);
    cr_assert_eq(bench.core.com2.channel[1].beyond, 0);
}

Test(com2, two_wild_readings_with_a_good_one_between_are_no_limit_crossed)
{
    sensor();
    bench.settings.value[wm_setting_com2_humidity_high] = 800;
    bench_ready(&bench);
    bench_run(&bench, 500);
    bench.bus.answer_bytes_max = bench.com2.answer_bytes_max = 1; /* time passes between them */
    for (int wild = 0; wild < 3; wild++) {
        fake_bus_forget(&bench.com2);
        bench.com2.room.humidity_permille = 801;
        while (bench.com2.questions == 0) {
            bench_run(&bench, 1);
        }
        bench.com2.room.humidity_permille = 480;
        bench_run(&bench, 500);
        cr_assert_eq(bench.com2.questions, 2, "asked again at once");
    }
    cr_assert_eq(told(wm_event_com2_limit), 0);
}

Test(com2, the_environment_is_a_general_alarm_if_set_so)
{
    sensor();
    bench.settings.value[wm_setting_com2_temperature_high] = 30000;
    bench_ready(&bench);
    bench.com2.room.temperature_ddegC = 350;
    bench_run(&bench, 1500);
    cr_assert_eq(view()->system.battery_status_flags, 0);
    set(wm_setting_alarm_environment_is_general, 1);
    cr_assert_eq(view()->system.battery_status_flags, 1);
    cr_assert_eq(view()->panel.buzzer_choice, wm_state_panel_buzzer_on);
    bench.com2.room.is_silent = true;
    bench_run(&bench, 5000);
    cr_assert_eq(view()->system.battery_status_flags, 1, "kept until a good value");
    bench.com2.room.is_silent = false;
    bench.com2.room.temperature_ddegC = 215;
    bench_run(&bench, 1500);
    cr_assert_eq(view()->system.battery_status_flags, 0);
}

Test(com2, an_impossible_value_is_a_lost_channel_and_the_other_goes_on)
{
    static const struct {
        int32_t ddegC;
        bool is_possible;
    } cases[] = {{-400, true}, {-401, false}, {1250, true}, {1251, false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sensor();
        bench_ready(&bench);
        bench.com2.room.temperature_ddegC = cases[i].ddegC;
        bench_run(&bench, 2500);
        cr_assert_not(bench_has_row(&bench, 23));
        bench_run(&bench, 2000);
        cr_assert_eq(bench_has_row(&bench, 23), !cases[i].is_possible, "%d", cases[i].ddegC);
        cr_assert_eq(told(wm_event_value_refused), !cases[i].is_possible, "once, not each time");
        cr_assert_eq(view()->com2.temperature_mdegC,
                     cases[i].is_possible ? cases[i].ddegC * 100 : 0);
        cr_assert_eq(view()->com2.humidity_permille, 480);
    }
    bench.com2.room.temperature_ddegC = 200;
    bench_run(&bench, 1500);
    cr_assert_not(bench_has_row(&bench, 23));
    cr_assert_eq(view()->com2.temperature_mdegC, 20000);
}

Test(com2, a_humidity_above_all_is_impossible)
{
    sensor();
    bench_ready(&bench);
    bench.com2.room.humidity_permille = 1000;
    bench_run(&bench, 5000);
    cr_assert_eq(view()->com2.humidity_permille, 1000);
    cr_assert_not(bench_has_row(&bench, 23));
    bench.com2.room.humidity_permille = 1001;
    bench_run(&bench, 5000);
    cr_assert_eq(view()->com2.humidity_permille, 0);
    cr_assert(bench_has_row(&bench, 23));
}

Test(com2, a_round_of_the_sensormanager_reads_all_and_fails_as_a_whole)
{
    manager();
    bench.settings.value[wm_setting_com2_analog_1_kind] = WM_COM2_ANALOG_TEMPERATURE;
    bench.settings.value[wm_setting_com2_analog_8_kind] = WM_COM2_ANALOG_CURRENT;
    bench.com2.room.analog[0] = 190;
    bench.com2.room.analog[1] = 777;
    bench.com2.room.analog[7] = -455;
    bench_ready(&bench);
    cr_assert_eq(view()->com2_analog[0].value_milli, 19000);
    cr_assert_eq(view()->com2_analog[1].valid, 0, "nothing hangs there");
    cr_assert_eq(view()->com2_analog[1].value_milli, 0);
    cr_assert_eq(view()->com2_analog[7].value_milli, -45500);
    for (int line = 0; line < 4; line++) {
        cr_assert_eq(view()->com2_input[line].level_state, 1);
        cr_assert_eq(view()->com2_output[line].level_state, 0);
    }
    bench.com2.room.is_silent = true;
    bench_run(&bench, 5000);
    cr_assert_eq(view()->com2_analog[0].valid, 0);
    cr_assert_eq(view()->com2_input[2].level_state, 0, "the safe side");
}

Test(com2, contacts_are_told_once_an_edge_and_gas_is_a_cause)
{
    manager();
    bench.settings.value[wm_setting_com2_input_1_kind] = WM_COM2_INPUT_CONTACT;
    bench.settings.value[wm_setting_com2_input_2_kind] = WM_COM2_INPUT_HYDROGEN_20;
    bench.settings.value[wm_setting_com2_input_3_kind] = WM_COM2_INPUT_HYDROGEN_40;
    bench.settings.value[wm_setting_alarm_environment_is_general] = 1;
    bench_ready(&bench);
    bench.com2.room.inputs = 0x0F & ~0x09;
    bench_run(&bench, 3000);
    cr_assert_eq(told(wm_event_com2_input), 1, "the fourth means nothing");
    cr_assert_eq(bench.event[bench.events - 1].number, 1);
    cr_assert_eq(view()->system.battery_status_flags, 0, "a contact only tells");
    cr_assert_eq(view()->com2_input[0].level_state, 0);
    bench.com2.room.inputs = 0x0F & ~0x02;
    bench_run(&bench, 1500);
    cr_assert_eq(told(wm_event_com2_input), 3);
    cr_assert_eq(view()->system.battery_status_flags, 1);
    mute();
    bench.com2.room.inputs = 0x0F & ~0x06;
    bench_run(&bench, 1500);
    cr_assert(is_loud(), "the second one");
    mute();
    bench.com2.room.inputs = 0x0F & ~0x04;
    bench_run(&bench, 1500);
    cr_assert_not(is_loud(), "the first one went");
    bench.com2.room.inputs = 0x0F & ~0x02;
    bench_run(&bench, 1500);
    cr_assert(is_loud(), "one came as the other went");
    bench.com2.room.inputs = 0x0F;
    bench_run(&bench, 1500);
    cr_assert_eq(view()->system.battery_status_flags, 0);
}

Test(com2, a_value_that_goes_from_one_limit_to_the_other_is_a_new_cause)
{
    manager();
    bench.settings.value[wm_setting_alarm_environment_is_general] = 1;
    for (int i = 0; i < 2; i++) {
        bench.settings.value[wm_setting_com2_analog_1_kind + 3 * i] = WM_COM2_ANALOG_TEMPERATURE;
        bench.settings.value[wm_setting_com2_analog_1_low + 3 * i] = 10000;
        bench.settings.value[wm_setting_com2_analog_1_high + 3 * i] = 30000;
        bench.com2.room.analog[i] = 200;
    }
    bench_ready(&bench);
    bench.com2.room.analog[0] = 350;
    bench_run(&bench, 1500);
    mute();
    bench.com2.room.analog[0] = 50;
    bench_run(&bench, 1500);
    mute();
    bench.com2.room.analog[0] = 200;
    bench.com2.room.analog[1] = 50;
    bench_run(&bench, 1500);
    cr_assert(is_loud(), "the other channel");
}

Test(com2, a_channel_lost_as_another_is_back_is_a_new_cause)
{
    manager();
    bench.settings.value[wm_setting_alarm_sensor_lost_is_general] = 1;
    bench.settings.value[wm_setting_com2_analog_1_kind] = WM_COM2_ANALOG_TEMPERATURE;
    bench.settings.value[wm_setting_com2_analog_2_kind] = WM_COM2_ANALOG_TEMPERATURE;
    bench_ready(&bench);
    bench.com2.room.analog[0] = 1300;
    bench_run(&bench, 3500);
    mute();
    bench.com2.room.analog[1] = 1300;
    bench_run(&bench, 2000);
    bench.com2.room.analog[0] = 200;
    bench_run(&bench, 1000);
    cr_assert(bench_has_row(&bench, 23));
    mute();
    bench.com2.room.is_silent = true;
    bench_run(&bench, 5000);
    mute();
    bench.com2.room.is_silent = false;
    bench_run(&bench, 1500);
    cr_assert(bench_has_row(&bench, 23), "the channel");
    cr_assert_not(is_loud(), "it was lost before the device was");
}

Test(com2, a_limit_that_the_second_look_confirms_waits_for_no_round)
{
    sensor();
    bench.settings.value[wm_setting_alarm_environment_is_general] = 1;
    bench.settings.value[wm_setting_com2_temperature_high] = 30000;
    bench.settings.value[wm_setting_com2_humidity_high] = 800;
    bench_ready(&bench);
    set(wm_setting_bus_round_period, 3600);
    bench_run(&bench, 5000);
    bench.com2.room.temperature_ddegC = 350;
    bench_run(&bench, 1500);
    mute();
    bench.com2.room.humidity_permille = 900;
    bench_run(&bench, 1500);
    cr_assert(is_loud());
}

Test(com2, a_channel_of_another_kind_begins_anew)
{
    manager();
    bench.settings.value[wm_setting_alarm_environment_is_general] = 1;
    bench.settings.value[wm_setting_com2_analog_1_kind] = WM_COM2_ANALOG_TEMPERATURE;
    bench.settings.value[wm_setting_com2_analog_1_low] = 5000;
    bench.settings.value[wm_setting_com2_analog_2_kind] = WM_COM2_ANALOG_TEMPERATURE;
    bench.com2.room.analog[0] = bench.com2.room.analog[1] = 200;
    bench_ready(&bench);
    bench.com2.room.analog[0] = -50;
    bench.com2.room.analog[1] = 1300;
    bench_run(&bench, 5000);
    cr_assert(is_loud());
    cr_assert(bench_has_row(&bench, 23));
    set(wm_setting_com2_analog_1_low, 0);
    set(wm_setting_com2_analog_1_kind, WM_COM2_ANALOG_HUMIDITY);
    set(wm_setting_com2_analog_2_kind, WM_COM2_ANALOG_CURRENT);
    cr_assert_eq(view()->com2_analog[0].valid, 0, "no humidity has been measured");
    cr_assert_eq(view()->system.battery_status_flags, 0);
    cr_assert_not(bench_has_row(&bench, 23));
    bench_run(&bench, 5000);
    cr_assert_eq(view()->com2_analog[0].valid, 0, "-5 % cannot be");
    cr_assert_eq(view()->com2_analog[1].value_milli, 130000);
    cr_assert_eq(view()->system.battery_status_flags, 0);
    bench.com2.room.analog[0] = 500;
    bench_run(&bench, 1500);
    cr_assert_eq(view()->com2_analog[0].value_milli, 50000);
    set(wm_setting_com2_analog_1_high, 60000);
    cr_assert_eq(view()->com2_analog[0].value_milli, 50000, "a limit changes no value");
}

Test(com2, buzzer_follows_the_panel_and_flashlight_the_alarm)
{
    const char *why;
    const struct wm_command mute = {.kind = WM_COMMAND_MUTE};
    manager();
    bench.settings.value[wm_setting_com2_output_2_kind] = WM_COM2_OUTPUT_BUZZER;
    bench.settings.value[wm_setting_com2_output_4_kind] = WM_COM2_OUTPUT_FLASHLIGHT;
    bench.com2.room.outputs = 0x01;
    bench_ready(&bench);
    cr_assert_eq(fake_bus_asked(&bench.com2, wm_message_set_digital, 1), 0);
    bench.bus.module[0].voltage_mV = 16000;
    bench_run(&bench, 1500);
    cr_assert_eq(bench.com2.room.outputs, 0x0B, "what is nobody's stays as it is");
    cr_assert_eq(wm_core_command(&bench.core, &mute, &why), WM_OK);
    bench.next_ms = bench.now_ms;
    bench_run(&bench, 100);
    cr_assert_eq(bench.com2.room.outputs, 0x09, "muted at once");
    cr_assert_eq(view()->com2_output[3].level_state, 1);
    bench.com2.room.outputs = 0x01;
    bench_run(&bench, 1500);
    cr_assert_eq(bench.com2.room.outputs, 0x09, "ordered anew when it differs");
    fake_bus_forget(&bench.com2);
    bench_run(&bench, 5000);
    cr_assert_eq(fake_bus_asked(&bench.com2, wm_message_set_digital, 1), 0, "and only then");
    bench.bus.module[0].voltage_mV = 13500;
    bench_run(&bench, 1500);
    cr_assert_eq(bench.com2.room.outputs, 0x01);
}

/* Buzzer and flashlight on, and the first output, which is nobody's. */
static void alarm_in_the_room(void)
{
    manager();
    bench.settings.value[wm_setting_com2_output_2_kind] = WM_COM2_OUTPUT_BUZZER;
    bench.settings.value[wm_setting_com2_output_4_kind] = WM_COM2_OUTPUT_FLASHLIGHT;
    bench.com2.room.outputs = 0x01;
    bench_ready(&bench);
    bench.bus.module[0].voltage_mV = 16000;
    bench_run(&bench, 1500);
    cr_assert_eq(bench.com2.room.outputs, 0x0B);
}

Test(com2, an_output_that_is_taken_away_goes_off_once)
{
    alarm_in_the_room();
    set(wm_setting_com2_output_2_kind, WM_COM2_OUTPUT_NONE);
    bench_run(&bench, 100);
    cr_assert_eq(bench.com2.room.outputs, 0x09);
    cr_assert_eq(view()->com2_output[1].level_state, 0);
    bench.com2.room.outputs = 0x0B;
    bench_run(&bench, 5000);
    cr_assert_eq(bench.com2.room.outputs, 0x0B, "it is nobody's now");
}

Test(com2, an_output_that_is_taken_away_from_a_lost_device_goes_off_when_it_is_back)
{
    alarm_in_the_room();
    bench.com2.room.is_silent = true;
    bench_run(&bench, 5000);
    set(wm_setting_com2_output_4_kind, WM_COM2_OUTPUT_NONE);
    bench_run(&bench, 2000);
    cr_assert_eq(bench.com2.room.outputs, 0x0B);
    cr_assert_eq(view()->com2_output[3].level_state, 0, "as commanded");
    bench.com2.room.is_silent = false;
    bench_run(&bench, 2500);
    cr_assert_eq(bench.com2.room.outputs, 0x03);
    set(wm_setting_com2_output_4_kind, WM_COM2_OUTPUT_BUZZER);
    bench_run(&bench, 100);
    cr_assert_eq(bench.com2.room.outputs, 0x0B, "somebody's again");
}

Test(com2, who_is_asked_no_more_is_left_with_its_outputs_off)
{
    alarm_in_the_room();
    set(wm_setting_com2_use, WM_COM2_NONE);
    bench_run(&bench, 500);
    cr_assert_eq(bench.com2.room.outputs, 0x01);
    fake_bus_forget(&bench.com2);
    bench_run(&bench, 5000);
    cr_assert_eq(bench.com2.questions, 0, "and only then");

    alarm_in_the_room();
    fake_bus_forget(&bench.com2);
    set(wm_setting_com2_use, WM_COM2_MODBUS_RTU);
    bench_run(&bench, 5000);
    cr_assert_eq(fake_bus_asked(&bench.com2, wm_message_set_digital, 1), 0, "another's line");

    alarm_in_the_room();
    bench.com2.room.is_silent = true;
    set(wm_setting_com2_use, WM_COM2_NONE);
    set(wm_setting_com2_use, WM_COM2_MODBUS_RTU);
    fake_bus_forget(&bench.com2);
    bench_run(&bench, 5000);
    cr_assert_eq(bench.com2.questions, 0, "nor is it told again there");
}

Test(com2, a_channel_that_is_taken_away_is_the_cause_of_nothing)
{
    manager();
    bench.settings.value[wm_setting_alarm_environment_is_general] = 1;
    bench.settings.value[wm_setting_com2_analog_1_kind] = WM_COM2_ANALOG_TEMPERATURE;
    bench.settings.value[wm_setting_com2_analog_1_high] = 30000;
    bench.settings.value[wm_setting_com2_analog_2_kind] = WM_COM2_ANALOG_TEMPERATURE;
    bench_ready(&bench);
    bench.com2.room.analog[0] = 350;
    bench.com2.room.analog[1] = 1300;
    bench_run(&bench, 5000);
    cr_assert_eq(view()->system.battery_status_flags, 1);
    cr_assert(bench_has_row(&bench, 23), "the other one is lost");
    set(wm_setting_com2_analog_1_kind, WM_COM2_ANALOG_NONE);
    set(wm_setting_com2_analog_2_kind, WM_COM2_ANALOG_NONE);
    cr_assert_eq(view()->system.battery_status_flags, 0);
    cr_assert_not(bench_has_row(&bench, 23));
}

/* The buzzer sounds, and the webmanager has not heard that it does. */
static void until_ordered(void)
{
    manager();
    bench_ready(&bench);
    bench.bus.module[0].voltage_mV = 16000;
    bench_run(&bench, 3500 - bench.now_ms % 1000);
    cr_assert_not(bench.core.com2.is_in_round);
    bench.com2.lose_answers = 1;
    set(wm_setting_com2_output_1_kind, WM_COM2_OUTPUT_BUZZER);
    cr_assert_eq(bench.com2.room.outputs, 1);
}

Test(com2, an_order_that_is_on_its_way_is_taken_back_with_the_use, .init = until_ordered)
{
    cr_assert_eq(bench.core.com2.outputs, 0, "its answer was lost");
    set(wm_setting_com2_use, WM_COM2_NONE);
    bench_run(&bench, 5000);
    cr_assert_eq(bench.com2.room.outputs, 0);
}

Test(com2, an_order_that_is_on_its_way_is_taken_back_with_the_kind, .init = until_ordered)
{
    cr_assert_eq(bench.core.com2.outputs, 0, "its answer was lost");
    set(wm_setting_com2_output_1_kind, WM_COM2_OUTPUT_NONE);
    bench_run(&bench, 5000);
    cr_assert_eq(bench.com2.room.outputs, 0);
}

Test(com2, another_use_begins_anew)
{
    sensor();
    bench_ready(&bench);
    bench.com2.room.is_silent = true;
    bench_run(&bench, 5000);
    cr_assert(bench_has_row(&bench, 23));
    set(wm_setting_com2_use, WM_COM2_MODBUS_RTU);
    bench_run(&bench, 1500);
    cr_assert_not(bench_has_row(&bench, 23), "what is not there cannot be lost");
    cr_assert_eq(view()->com2.valid, 0);
    fake_bus_forget(&bench.com2);
    bench_run(&bench, 5000);
    cr_assert_eq(bench.com2.questions, 0);
}

Test(com2, use_that_the_board_has_nothing_for_is_refused)
{
    static const struct {
        bool has_bus;
        bool serves_rtu;
        int32_t use;
        const char *why; /* null: it is possible */
    } cases[] = {
        {true, false, WM_COM2_MODBUS_RTU, "this webmanager has no COM2 for Modbus RTU"},
        {true, false, WM_COM2_SENSORMANAGER, NULL},
        {false, true, WM_COM2_SENSORMANAGER,
         "this webmanager has no COM2 that sensors could hang on"},
        {false, true, WM_COM2_MODBUS_RTU, NULL},
        {false, false, WM_COM2_NONE, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *why = NULL;
        const struct wm_command command = {
            .kind = WM_COMMAND_SET, .setting = wm_setting_com2_use, .value = cases[i].use};
        sensor();
        bench_ready(&bench);
        bench.core.ports.serves_rtu = cases[i].serves_rtu;
        if (!cases[i].has_bus) {
            bench.core.ports.com2.ops = NULL;
        }
        const enum wm_status status = wm_core_command(&bench.core, &command, &why);
        cr_assert_eq(status, cases[i].why != NULL ? WM_CONFLICT : WM_OK, "case %zu", i);
        cr_assert(cases[i].why == NULL || strcmp(why, cases[i].why) == 0, "%s", why);
    }
}

Test(com2, use_that_was_kept_without_its_board_keeps_no_other_setting_back)
{
    const char *why = "";
    const struct wm_command command = {
        .kind = WM_COMMAND_SET, .setting = wm_setting_voltage_delay, .value = 7};
    sensor();
    bench_ready(&bench);
    bench.core.ports.com2.ops = NULL;
    cr_assert_eq(wm_core_command(&bench.core, &command, &why), WM_OK, "%s", why);
}

Test(com2, limits_in_the_wrong_order_are_refused)
{
    const char *why;
    sensor();
    bench.settings.value[wm_setting_com2_temperature_high] = 30000;
    bench.settings.value[wm_setting_com2_analog_8_low] = 5000;
    bench_ready(&bench);
    static const struct {
        enum wm_setting setting;
        int32_t value;
        enum wm_status status;
    } cases[] = {
        {wm_setting_com2_temperature_low, 29999, WM_OK},
        {wm_setting_com2_temperature_low, 30000, WM_CONFLICT},
        {wm_setting_com2_analog_8_high, 5000, WM_CONFLICT},
        {wm_setting_com2_analog_8_high, 5001, WM_OK},
        {wm_setting_com2_humidity_low, 1000, WM_OK},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct wm_command command = {
            .kind = WM_COMMAND_SET, .setting = cases[i].setting, .value = cases[i].value};
        cr_assert_eq(wm_core_command(&bench.core, &command, &why), cases[i].status, "%zu", i);
    }
}
