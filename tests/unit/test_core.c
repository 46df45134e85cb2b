/*
 * test_core.c — the core as a whole, seen through its view, on a bus that answers at once.
 */
#include <criterion/criterion.h>

#include "fake_bus.h"

static struct bench bench;
static const char *why;

enum {
    SYSTEM_ERROR = 1,
    VOLTAGE = 4,
    TEMPERATURE = 5,
    VOLTAGE_HIGH = 6,
    TEMPERATURE_HIGH = 8,
    VOLTAGE_WARN_HIGH = 13,
    TEMPERATURE_WARN_HIGH = 15,
    INITIALIZING = 19,
    COMMUNICATION_LOST = 20,
    BREAKER_OPEN = 21,
    THERMAL_RUNAWAY = 22,
    SENSOR_LOST = 23,
    DISCHARGING = 24,
    DISCHARGING_STOPPED = 25,
};

Test(core, shows_connected_at_power_up_then_initializing_then_running)
{
    bench_settings(&bench, 2, 9);
    bench_start(&bench);
    cr_assert_eq(bench.core.view.system.status_flags, 0x0002);
    cr_assert_eq(bench.event[0].kind, wm_event_started);
    bench_run(&bench, 0);
    cr_assert_eq(bench.event[1].kind, wm_event_state);
    cr_assert_eq(bench.event[1].number, 0x4000);
    bench_run(&bench, 1000);
    cr_assert_eq(bench.core.view.system.status_flags, 0x0041);
    cr_assert_eq(bench.core.view.alarm_rows, 0);
    cr_assert(bench.core.view.is_complete);
}

Test(core, a_module_is_lost_after_three_rounds_and_back_with_the_first_good_answer)
{
    bench_settings(&bench, 1, 3);
    bench_ready(&bench);
    bench.bus.module[1].is_silent = true;
    bench_run(&bench, 2000);
    cr_assert_not(bench.core.view.system.status_flags & 0x0004);
    cr_assert_eq(bench.core.view.module[1].voltage_mV, 13500, "not lost: the last value stands");
    bench_run(&bench, 1500);
    const struct wm_view *view = &bench.core.view;
    cr_assert(view->system.status_flags & 0x0004);
    cr_assert_eq(view->module[1].alarm_flags, 0x0003);
    cr_assert_eq(view->module[1].voltage_mV, 0);
    cr_assert_eq(view->string[0].voltage_sum_mV, 27000);
    cr_assert_eq(view->string[0].voltage_average_uV, 13500000);
    cr_assert_eq(view->system.battery_status_flags, 0x0001);
    cr_assert(bench_has_row(&bench, SYSTEM_ERROR));
    cr_assert_not(bench_has_row(&bench, COMMUNICATION_LOST));
    fake_bus_forget(&bench.bus);
    bench_run(&bench, 1000);
    cr_assert_eq(fake_bus_asked(&bench.bus, wm_message_measure, 2), 1, "once a round, no retry");
    bench.bus.module[1].is_silent = false;
    bench_run(&bench, 1500);
    cr_assert_eq(view->module[1].alarm_flags, 0);
    cr_assert_eq(view->module[1].voltage_mV, 13500);
    cr_assert_eq(view->module[1].resistance_uOhm, 4600, "measured anew");
    cr_assert_eq(view->alarm_rows, 0);
}

Test(core, communication_lost_only_when_no_module_answers)
{
    bench_settings(&bench, 1, 3);
    bench_ready(&bench);
    for (int i = 0; i < 3; i++) {
        bench.bus.module[i].is_silent = true;
    }
    bench_run(&bench, 5000);
    cr_assert(bench_has_row(&bench, COMMUNICATION_LOST));
    cr_assert_eq(bench.core.view.string[0].valid & 4U, 0, "no sum without a module");
    cr_assert_eq(bench.core.view.string[0].voltage_sum_mV, 0);
}

Test(core, a_lost_module_keeps_its_alarm_until_a_good_value_clears_it)
{
    bench_settings(&bench, 1, 3);
    bench_ready(&bench);
    bench.bus.module[0].voltage_mV = 16000;
    bench_run(&bench, 1500);
    cr_assert_eq(bench.core.view.module[0].alarm_flags, 0x0005);
    bench.bus.module[0].is_silent = true;
    bench_run(&bench, 4000);
    cr_assert_eq(bench.core.view.module[0].alarm_flags, 0x0007);
    cr_assert(bench_has_row(&bench, VOLTAGE_HIGH));
    cr_assert_eq(bench.core.view.system.module_alarms_count, 0, "lost modules are not counted");
    bench.bus.module[0].is_silent = false;
    bench.bus.module[0].voltage_mV = 13500;
    bench_run(&bench, 1500);
    cr_assert_eq(bench.core.view.module[0].alarm_flags, 0);
    cr_assert_not(bench_has_row(&bench, VOLTAGE_HIGH));
}

Test(core, a_newly_crossed_limit_is_asked_again_at_once_and_once)
{
    bench_settings(&bench, 1, 3);
    bench_ready(&bench);
    bench.bus.module[2].temperature_ddegC = 360;
    bench_run(&bench, 1000);
    cr_assert_eq(fake_bus_asked(&bench.bus, wm_message_measure, 3), 2);
    cr_assert_eq(fake_bus_asked(&bench.bus, wm_message_measure, 2), 1);
    cr_assert(bench_has_row(&bench, TEMPERATURE_HIGH));
    fake_bus_forget(&bench.bus);
    bench_run(&bench, 1000);
    cr_assert_eq(fake_bus_asked(&bench.bus, wm_message_measure, 3), 1);
}

Test(core, from_warning_to_alarm_the_old_row_goes_before_the_new_one_comes)
{
    bench_settings(&bench, 1, 3);
    bench_ready(&bench);
    bench.bus.module[0].temperature_ddegC = 320;
    bench_run(&bench, 1500);
    cr_assert(bench_has_row(&bench, TEMPERATURE_WARN_HIGH));
    cr_assert_not(bench_has_row(&bench, TEMPERATURE));
    cr_assert_eq(bench.core.view.module[0].alarm_flags, 0, "a warning is no flag");
    cr_assert_eq(bench.core.view.system.module_warnings_count, 1);
    bench.events = 0;
    bench.bus.module[0].temperature_ddegC = 360;
    bench_run(&bench, 1500);
    const int removed = bench_told(&bench, wm_event_alarm_removed, TEMPERATURE_WARN_HIGH);
    const int added = bench_told(&bench, wm_event_alarm_added, TEMPERATURE_HIGH);
    cr_assert(removed > 0 && added > removed);
    cr_assert(bench_has_row(&bench, TEMPERATURE));
    cr_assert_eq(bench.core.view.system.module_warnings_count, 0);
    cr_assert_eq(bench.core.view.system.module_alarms_count, 1);
    cr_assert_eq(bench.core.view.system.status_flags, 0x0441);
}

Test(core, an_alarm_there_at_the_start_has_time_zero)
{
    bench_settings(&bench, 1, 3);
    bench.bus.module[0].voltage_mV = 16000;
    bench_ready(&bench);
    cr_assert(bench_has_row(&bench, VOLTAGE_HIGH));
    for (int i = 0; i < bench.core.view.alarm_rows; i++) {
        cr_assert_eq(bench.core.view.alarm[i].existed_at_start, 1);
        cr_assert_eq(bench.core.view.alarm[i].detected_ms, 0);
    }
    bench.bus.module[1].temperature_ddegC = 360;
    bench_run(&bench, 2000);
    const struct wm_view_alarm *last = &bench.core.view.alarm[bench.core.view.alarm_rows - 1];
    cr_assert_eq(last->existed_at_start, 0);
    cr_assert_gt(last->detected_ms, 0);
}

Test(core, a_module_that_differs_from_the_first_is_marked_and_polled_all_the_same)
{
    bench_settings(&bench, 1, 3);
    bench.bus.module[2].software_revision++;
    bench_ready(&bench);
    cr_assert_eq(bench.core.view.system.status_flags, 0x0141);
    cr_assert_eq(bench.core.view.module[2].alarm_flags, 0x0001);
    cr_assert(bench_has_row(&bench, SYSTEM_ERROR));
    cr_assert_eq(bench.core.view.module[2].voltage_mV, 13500);
}

Test(core, a_module_that_differs_as_another_no_longer_does_sounds_again)
{
    const struct wm_command mute = {.kind = WM_COMMAND_MUTE};
    bench_settings(&bench, 1, 3);
    bench.bus.module[1].software_revision++;
    bench_ready(&bench);
    bench.bus.module[0].is_silent = true;
    bench_run(&bench, 5000);
    cr_assert_eq(wm_core_command(&bench.core, &mute, &why), WM_OK);
    bench.next_ms = bench.now_ms;
    bench_run(&bench, 500);
    cr_assert_eq(bench.core.view.panel.buzzer_choice, wm_state_panel_buzzer_off);
    bench.bus.module[0].software_revision++;
    bench.bus.module[0].is_silent = false;
    bench_run(&bench, 2000);
    cr_assert_eq(bench.core.view.module[1].alarm_flags, 0);
    cr_assert_eq(bench.core.view.module[2].alarm_flags, 0x0001);
    cr_assert_eq(bench.core.view.panel.buzzer_choice, wm_state_panel_buzzer_on);
    cr_assert_eq(bench.core.view.alarm_rows, 1);
}

Test(core, initializing_ends_though_a_module_never_answers)
{
    bench_settings(&bench, 1, 3);
    bench.bus.module[0].is_silent = true;
    bench_start(&bench);
    bench_run(&bench, 4000);
    cr_assert_eq(bench.core.view.system.status_flags & 0x4001, 0x0001);
    cr_assert_eq(bench.core.view.module[0].alarm_flags, 0x0003);
    cr_assert_not(bench.core.view.is_complete, "one value was never measured");
    bench.bus.module[0].is_silent = false;
    bench_run(&bench, 2000);
    cr_assert(bench.core.view.is_complete);
    bench.bus.module[0].is_silent = true;
    bench_run(&bench, 5000);
    cr_assert(bench.core.view.is_complete, "once is once");
}

Test(core, a_lost_sensor_reads_zero_and_is_general_only_if_set_so)
{
    for (int is_general = 0; is_general < 2; is_general++) {
        bench_settings(&bench, 2, 3);
        bench.settings.value[wm_setting_alarm_sensor_lost_is_general] = is_general;
        bench.bus.sensor[1].current_mA = 5000;
        bench_ready(&bench);
        cr_assert_eq(bench.core.view.string[1].current_mA, 5000);
        bench.bus.sensor[1].is_silent = true;
        bench_run(&bench, 5000);
        cr_assert_eq(bench.core.view.string[1].current_mA, 0);
        cr_assert(bench_has_row(&bench, SENSOR_LOST));
        cr_assert_eq(bench.core.view.system.battery_status_flags, is_general);
        bench.bus.sensor[1].is_silent = false;
        bench_run(&bench, 2000);
        cr_assert_not(bench_has_row(&bench, SENSOR_LOST));
    }
}

Test(core, discharge_is_held_five_seconds_and_stopped_is_shown_for_five_minutes)
{
    bench_settings(&bench, 2, 3);
    bench_ready(&bench);
    bench.bus.sensor[0].current_mA = -1000;
    bench_run(&bench, 4500);
    cr_assert_not(bench_has_row(&bench, DISCHARGING));
    bench_run(&bench, 3000);
    cr_assert(bench_has_row(&bench, DISCHARGING));
    cr_assert_eq(bench.core.view.system.status_flags, 0x0009);
    bench.bus.sensor[0].current_mA = 0;
    bench_run(&bench, 2000);
    cr_assert_eq(bench.core.view.system.status_flags, 0x0061);
    cr_assert(bench_has_row(&bench, DISCHARGING_STOPPED));
    bench_run(&bench, 300000);
    cr_assert_eq(bench.core.view.system.status_flags, 0x0041);
    cr_assert_eq(bench.core.view.alarm_rows, 0);
}

static void runaway_bench(void)
{
    bench_settings(&bench, 2, 9);
    bench.settings.value[wm_setting_runaway_action] = 1;
    bench.settings.value[wm_setting_breaker_output_1] = 1;
    bench.settings.value[wm_setting_breaker_output_2] = 2;
    bench.settings.value[wm_setting_breaker_wiring_2] = 1;
    bench_ready(&bench);
}

Test(core, a_runaway_opens_the_breaker_of_its_string_and_no_other)
{
    runaway_bench();
    cr_assert_eq(bench.bus.aux[0].outputs, 0x02, "closed: NO off, NC on");
    bench.bus.module[6].temperature_ddegC = 520;
    bench_run(&bench, 900000);
    cr_assert_not(bench_has_row(&bench, THERMAL_RUNAWAY), "no charging current");
    bench.bus.sensor[0].current_mA = 6500;
    bench_run(&bench, 599000);
    cr_assert_not(bench_has_row(&bench, THERMAL_RUNAWAY));
    bench_run(&bench, 3000);
    cr_assert(bench_has_row(&bench, THERMAL_RUNAWAY));
    cr_assert(bench_has_row(&bench, BREAKER_OPEN));
    cr_assert_eq(bench.core.view.system.battery_status_flags, 0x000D);
    cr_assert_eq(bench.bus.aux[0].outputs, 0x03);
    cr_assert_eq(bench.core.view.aux_output[0].level_state, 1);
    bench.bus.module[6].temperature_ddegC = 240;
    bench.bus.sensor[0].current_mA = 0;
    bench_run(&bench, 5000);
    cr_assert_not(bench_has_row(&bench, THERMAL_RUNAWAY));
    cr_assert(bench_has_row(&bench, BREAKER_OPEN), "only an operator closes it");
    cr_assert_eq(bench.bus.aux[0].outputs, 0x03);
}

Test(core, an_open_breaker_survives_a_restart_and_an_operator_closes_it)
{
    runaway_bench();
    const struct wm_command open = {.kind = WM_COMMAND_BREAKER, .number = 2, .value = 1};
    cr_assert_eq(wm_core_command(&bench.core, &open, &why), WM_OK);
    bench_run(&bench, 2000);
    cr_assert_eq(bench.bus.aux[0].outputs, 0x00, "NC: off is open");
    cr_assert_eq(bench.saves, 2, "the start, and the breaker");
    bench_start(&bench);
    cr_assert(bench_has_row(&bench, BREAKER_OPEN), "known before anybody was asked");
    cr_assert_eq(bench.core.view.system.battery_status_flags, 0x0004);
    bench_run(&bench, 5000);
    cr_assert(bench_has_row(&bench, BREAKER_OPEN));
    cr_assert_eq(bench.core.view.alarm[0].existed_at_start, 1);
    cr_assert_eq(bench.bus.aux[0].outputs, 0x00);
    const struct wm_command close = {.kind = WM_COMMAND_BREAKER, .number = 2, .value = 0};
    cr_assert_eq(wm_core_command(&bench.core, &close, &why), WM_OK);
    bench_run(&bench, 2000);
    cr_assert_not(bench_has_row(&bench, BREAKER_OPEN));
    cr_assert_eq(bench.bus.aux[0].outputs, 0x02);
}

Test(core, with_a_damaged_record_the_contacts_are_left_as_they_are)
{
    bench_settings(&bench, 2, 9);
    bench.settings.value[wm_setting_breaker_output_1] = 1;
    bench.settings.value[wm_setting_breaker_output_2] = 2;
    bench_record(&bench, "breakers")->size = WM_DAMAGED;
    bench.bus.aux[0].outputs = 0x0A;
    bench_ready(&bench);
    cr_assert_eq(bench.bus.aux[0].outputs, 0x0A);
    cr_assert(bench_has_row(&bench, BREAKER_OPEN));
    cr_assert(bench_has_row(&bench, SYSTEM_ERROR));
    cr_assert_eq(bench.core.view.system.status_flags & 0x0100, 0x0100);
}

Test(core, an_aux_that_forgets_an_order_is_told_again)
{
    runaway_bench();
    bench.bus.aux[0].outputs = 0x00;
    bench_run(&bench, 3000);
    cr_assert_eq(bench.bus.aux[0].outputs, 0x02);
}

Test(core, a_lost_aux_reads_inputs_alarm_and_outputs_as_commanded)
{
    runaway_bench();
    cr_assert_eq(bench.core.view.aux_input[2].level_state, 1);
    bench.bus.aux[0].is_silent = true;
    bench_run(&bench, 5000);
    cr_assert_eq(bench.core.view.aux_input[2].level_state, 0);
    cr_assert_eq(bench.core.view.aux_output[0].level_state, 0);
    cr_assert_eq(bench.core.view.aux_output[1].level_state, 1);
    cr_assert_eq(bench.core.view.system.battery_status_flags, 1, "automatic: it has an action");
}

Test(core, a_setting_is_applied_by_the_next_step_and_a_contradiction_is_refused)
{
    bench_settings(&bench, 1, 3);
    bench_ready(&bench);
    struct wm_command set = {
        .kind = WM_COMMAND_SET, .setting = wm_setting_voltage_high_warn, .value = 13400};
    cr_assert_eq(wm_core_command(&bench.core, &set, &why), WM_OK);
    bench_run(&bench, 2000);
    cr_assert(bench_has_row(&bench, VOLTAGE_WARN_HIGH));
    set.value = 15501;
    cr_assert_eq(wm_core_command(&bench.core, &set, &why), WM_CONFLICT);
    set.value = 25001;
    cr_assert_eq(wm_core_command(&bench.core, &set, &why), WM_RANGE);
    set.setting = wm_setting_bank_modules;
    set.value = 2;
    cr_assert_eq(wm_core_command(&bench.core, &set, &why), WM_RANGE, "what the plant is stays");
    const struct wm_command breaker = {.kind = WM_COMMAND_BREAKER, .number = 1, .value = 1};
    cr_assert_eq(wm_core_command(&bench.core, &breaker, &why), WM_RANGE, "no breaker is wired");
}

Test(core, another_level_of_resistance_waits_for_no_poll_rate)
{
    static const enum wm_setting levels[] = {
        wm_setting_impedance_low_alarm,  wm_setting_impedance_low_warn,
        wm_setting_impedance_high_warn,  wm_setting_impedance_high_alarm,
        wm_setting_impedance_hysteresis, wm_setting_impedance_reference,
    };
    bench_settings(&bench, 1, 3);
    bench_ready(&bench);
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        const struct wm_command set = {.kind = WM_COMMAND_SET,
                                       .setting = levels[i],
                                       .value = bench.core.settings.value[levels[i]] + 10};
        fake_bus_forget(&bench.bus);
        cr_assert_eq(wm_core_command(&bench.core, &set, &why), WM_OK, "%s", why);
        bench_run(&bench, 2000);
        for (int address = 1; address <= 3; address++) {
            cr_assert_geq(fake_bus_asked(&bench.bus, wm_message_impedance, address), 1, "%s",
                          wm_setting(levels[i])->name);
        }
    }
}

Test(core, a_full_bank_of_512_is_polled_and_published)
{
    bench_settings(&bench, 16, 32);
    bench.bus.module[511].voltage_mV = 13512;
    bench_start(&bench);
    for (int i = 0; i < 100 && !bench.core.view.is_complete; i++) {
        bench_run(&bench, 100);
        fake_bus_forget(&bench.bus);
    }
    cr_assert(bench.core.view.is_complete);
    cr_assert_eq(bench.core.view.module[511].voltage_mV, 13512);
    cr_assert_eq(bench.core.view.system.voltage_sum_mV, 512 * 13500 + 12);
}

Test(core, the_end_of_discharging_stopped_waits_for_no_round)
{
    bench_settings(&bench, 1, 3);
    bench.settings.value[wm_setting_bus_round_period] = 600000;
    bench_ready(&bench);
    bench.bus.sensor[0].current_mA = -9000;
    bench_run(&bench, 1300000);
    cr_assert(bench_has_row(&bench, DISCHARGING));
    bench.bus.sensor[0].current_mA = 0;
    bench_run(&bench, 500000);
    cr_assert(bench_has_row(&bench, DISCHARGING_STOPPED));
    bench_run(&bench, 301000);
    cr_assert_not(bench_has_row(&bench, DISCHARGING_STOPPED));
}

Test(core, a_string_voltage_is_read_again_at_once)
{
    bench_settings(&bench, 2, 9);
    bench.settings.value[wm_setting_bus_round_period] = 60000;
    bench_ready(&bench);
    for (int i = 9; i < 18; i++) {
        bench.bus.module[i].voltage_mV = 15200;
    }
    bench_run(&bench, 61000);
    cr_assert(bench_has_row(&bench, 27), "string_volt_high in the round that saw it");
    cr_assert_eq(bench.core.view.string[1].alarm_flags, 0x0005);
    cr_assert_eq(bench.core.view.string[0].alarm_flags, 0);
    cr_assert_eq(fake_bus_asked(&bench.bus, wm_message_measure, 1), 1);
    cr_assert_eq(bench.core.view.rounds, 2, "looking again is no round");
}

Test(core, a_second_module_of_a_raised_kind_is_shown_at_once)
{
    bench_settings(&bench, 1, 9);
    bench_ready(&bench);
    bench.bus.module[8].voltage_mV = 16000;
    bench_run(&bench, 2000);
    bench.bus.module[0].voltage_mV = 16000;
    bench.bus.answer_bytes_max = 1; /* time passes between the modules */
    const uint32_t rounds = bench.core.view.rounds;
    while (bench.core.view.module[0].alarm_flags == 0) {
        bench_run(&bench, 10);
    }
    cr_assert_leq(bench.core.view.rounds, rounds + 1);
    cr_assert(bench.core.poller.is_in_round, "before the round has ended");
}

Test(core, a_module_back_during_a_discharge_keeps_its_resistance)
{
    bench_settings(&bench, 1, 3);
    bench_ready(&bench);
    bench.bus.sensor[0].current_mA = -9000;
    bench.bus.module[1].is_silent = true;
    bench_run(&bench, 10000);
    cr_assert_eq(bench.core.view.module[1].resistance_uOhm, 0);
    bench.bus.module[1].is_silent = false;
    fake_bus_forget(&bench.bus);
    bench_run(&bench, 2000);
    cr_assert_eq(fake_bus_asked(&bench.bus, wm_message_impedance, 2), 0, "which would load it");
    cr_assert_eq(bench.core.view.module[1].resistance_uOhm, 4600);
}

Test(core, a_store_that_fails_is_tried_again_each_second_and_told_once)
{
    runaway_bench();
    bench.is_store_broken = true;
    const struct wm_command open = {.kind = WM_COMMAND_BREAKER, .number = 1, .value = 1};
    cr_assert_eq(wm_core_command(&bench.core, &open, &why), WM_OK);
    bench_run(&bench, 5000);
    cr_assert_eq(bench.bus.aux[0].outputs, 0x03, "the breaker opens all the same");
    cr_assert(bench_has_row(&bench, SYSTEM_ERROR));
    cr_assert(bench.saves > 2 && bench.saves < 10, "%d", bench.saves);
    cr_assert_eq(bench_told(&bench, wm_event_store_failed, 0) > 0, true);
    bench.is_store_broken = false;
    bench_run(&bench, 2000);
    cr_assert_not(bench_has_row(&bench, SYSTEM_ERROR));
    bench_start(&bench);
    bench_run(&bench, 5000);
    cr_assert(bench_has_row(&bench, BREAKER_OPEN));
}

Test(core, a_store_that_is_well_again_waits_for_no_round)
{
    runaway_bench();
    const struct wm_command slow = {
        .kind = WM_COMMAND_SET, .setting = wm_setting_bus_round_period, .value = 1800000};
    cr_assert_eq(wm_core_command(&bench.core, &slow, &why), WM_OK);
    bench_run(&bench, 5000);
    bench.is_store_broken = true;
    const struct wm_command open = {.kind = WM_COMMAND_BREAKER, .number = 1, .value = 1};
    cr_assert_eq(wm_core_command(&bench.core, &open, &why), WM_OK);
    bench.next_ms = bench.now_ms; /* whoever sends a command wakes the core */
    bench_run(&bench, 5000);
    cr_assert(bench_has_row(&bench, SYSTEM_ERROR));
    bench.is_store_broken = false;
    bench_run(&bench, 2000);
    cr_assert_not(bench_has_row(&bench, SYSTEM_ERROR));
    bench_start(&bench);
    bench_run(&bench, 5000);
    cr_assert(bench_has_row(&bench, BREAKER_OPEN));
}

Test(core, a_breaker_opens_though_the_action_was_set_after_its_runaway)
{
    runaway_bench();
    bench.bus.module[6].temperature_ddegC = 520;
    bench.bus.sensor[0].current_mA = 6500;
    const struct wm_command none = {
        .kind = WM_COMMAND_SET, .setting = wm_setting_runaway_action, .value = 0};
    cr_assert_eq(wm_core_command(&bench.core, &none, &why), WM_OK);
    bench_run(&bench, 700000);
    cr_assert(bench_has_row(&bench, THERMAL_RUNAWAY));
    cr_assert_not(bench_has_row(&bench, BREAKER_OPEN));
    const struct wm_command act = {
        .kind = WM_COMMAND_SET, .setting = wm_setting_runaway_action, .value = 1};
    cr_assert_eq(wm_core_command(&bench.core, &act, &why), WM_OK);
    bench_run(&bench, 610000);
    cr_assert(bench_has_row(&bench, BREAKER_OPEN));
}

Test(core, an_impossible_value_is_told_once_until_a_good_one_comes)
{
    bench_settings(&bench, 1, 3);
    bench_ready(&bench);
    bench.bus.module[1].voltage_mV = 22101;
    bench_run(&bench, 10000);
    int refusals = 0;
    for (int i = 0; i < bench.events; i++) {
        refusals += bench.event[i].kind == wm_event_value_refused;
    }
    cr_assert_eq(refusals, 1);
    cr_assert(bench_told(&bench, wm_event_value_refused, 2));
    cr_assert(bench_told(&bench, wm_event_module_lost, 2), "it counts as not answering");
    bench.bus.module[1].voltage_mV = 13500;
    bench_run(&bench, 3000);
    bench.events = 0;
    bench.bus.module[1].voltage_mV = 22101;
    bench_run(&bench, 2000);
    cr_assert(bench_told(&bench, wm_event_value_refused, 2), "another episode");
}

Test(core, an_impossible_current_is_told_once_until_a_good_one_comes)
{
    runaway_bench();
    bench.bus.sensor[1].current_mA = 2600001;
    bench_run(&bench, 10000);
    int refusals = 0;
    for (int i = 0; i < bench.events; i++) {
        refusals += bench.event[i].kind == wm_event_value_refused;
    }
    cr_assert_eq(refusals, 1);
    cr_assert(bench_told(&bench, wm_event_value_refused, 2));
    cr_assert(bench_told(&bench, wm_event_sensor_lost, 2), "it counts as not answering");
    bench.bus.sensor[1].current_mA = 0;
    bench_run(&bench, 3000);
    bench.events = 0;
    bench.bus.sensor[1].current_mA = -2600001;
    bench_run(&bench, 2000);
    cr_assert(bench_told(&bench, wm_event_value_refused, 2), "another episode");
}

Test(core, a_current_beyond_its_limit_is_asked_again_at_once)
{
    bench_settings(&bench, 2, 3);
    bench.settings.value[wm_setting_string_current_high_alarm] = 20000;
    bench_ready(&bench);
    bench.bus.sensor[0].current_mA = 20001;
    bench.bus.sensor[1].current_mA = 20000;
    bench_run(&bench, 1000);
    cr_assert(bench_has_row(&bench, 31));
    cr_assert_eq(bench.core.view.string[0].alarm2_flags, 0x0001);
    cr_assert_eq(bench.core.view.string[1].alarm2_flags, 0);
    cr_assert_eq(fake_bus_asked(&bench.bus, wm_message_read_sensor, 1), 2);
    cr_assert_eq(fake_bus_asked(&bench.bus, wm_message_read_sensor, 2), 1);
    bench.bus.sensor[0].is_silent = true;
    bench_run(&bench, 5000);
    cr_assert(bench_has_row(&bench, 31), "until a good value clears it");
}

Test(core, strings_that_deviate_are_all_read_again_at_once)
{
    bench_settings(&bench, 2, 3);
    bench.settings.value[wm_setting_bus_round_period] = 60000;
    bench_ready(&bench);
    bench.bus.sensor[1].current_mA = 40000;
    bench_run(&bench, 61000);
    cr_assert(bench_has_row(&bench, 36), "in the round that saw it");
    cr_assert_eq(fake_bus_asked(&bench.bus, wm_message_read_sensor, 1), 2);
    cr_assert_eq(fake_bus_asked(&bench.bus, wm_message_read_sensor, 2), 2);
    cr_assert_eq(fake_bus_asked(&bench.bus, wm_message_measure, 1), 1);
}

Test(core, a_block_that_differs_is_judged_after_its_whole_string_was_read_again)
{
    bench_settings(&bench, 2, 3);
    bench.settings.value[wm_setting_bus_round_period] = 60000;
    bench.settings.value[wm_setting_voltage_max_difference] = 300;
    bench_ready(&bench);
    bench.bus.module[1].voltage_mV = 13950;
    bench_run(&bench, 61000);
    cr_assert_not(bench_has_row(&bench, 26), "450 mV of three are 300 mV from the average");
    bench.bus.module[1].voltage_mV = 13952;
    fake_bus_forget(&bench.bus);
    bench_run(&bench, 60000);
    cr_assert(bench_has_row(&bench, 26));
    cr_assert_eq(bench.core.view.system.battery_status_flags, 0x0002, "no general alarm");
    cr_assert_eq(fake_bus_asked(&bench.bus, wm_message_measure, 1), 2);
    cr_assert_eq(fake_bus_asked(&bench.bus, wm_message_measure, 4), 1);
}

Test(core, losses_returns_and_inputs_are_told_each_by_its_event)
{
    bench_settings(&bench, 2, 3);
    bench_start(&bench);
    bench_run(&bench, 5000);
    cr_assert_not(bench_told(&bench, wm_event_aux_input, 3), "the first reading changes nothing");
    bench_ready(&bench);
    bench.bus.sensor[1].is_silent = true;
    bench.bus.aux[0].is_silent = true;
    bench_run(&bench, 5000);
    cr_assert(bench_told(&bench, wm_event_sensor_lost, 2));
    cr_assert(bench_told(&bench, wm_event_aux_lost, 1));
    cr_assert_not(bench_told(&bench, wm_event_aux_input, 3), "a lost unit tells nothing new");
    bench.bus.sensor[1].is_silent = false;
    bench.bus.aux[0].is_silent = false;
    bench.bus.aux[0].inputs = 0x0B;
    bench_run(&bench, 2000);
    cr_assert(bench_told(&bench, wm_event_sensor_back, 2));
    cr_assert(bench_told(&bench, wm_event_aux_back, 1));
    const int at = bench_told(&bench, wm_event_aux_input, 3);
    cr_assert(at > 0 && bench.event[at - 1].value == 0);
    for (int line = 1; line <= 16; line++) {
        cr_assert_eq(bench_told(&bench, wm_event_aux_input, line) > 0, line == 3);
    }
    bench.events = 0;
    bench_run(&bench, 5000);
    cr_assert_eq(bench.events, 0, "once");
    bench.bus.aux[0].inputs = 0x0F;
    bench_run(&bench, 2000);
    cr_assert_eq(bench.event[bench_told(&bench, wm_event_aux_input, 3) - 1].value, 1);
}
