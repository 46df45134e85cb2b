/*
 * test_oracle.c — the judge is judged: hand-made truths, readings and views, and what it says.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "firmware/board/host/oracle.h"
#include "firmware/core/settings.h"

enum { MODULES = 4, SENSORS = 2, S = 1000000, MS = 1000 };

/* A bank of modules that answer, and what the webmanager makes of it, written by the test. */
struct court {
    struct oracle *oracle;
    int64_t now_us;
    struct sim_truth_module truth[MODULES];
    bool is_silent[MODULES];
    bool sensor_is_silent[SENSORS];
    int32_t current_mA[SENSORS];
    struct wm_view view;
    /* Bits that this view has wrong, each the other way round. */
    int32_t wrong_1000, wrong_1001, wrong_1002, wrong_of_module[MODULES], wrong_of_string;
};

static struct court court;

static struct sim_band exactly(int32_t value)
{
    return (struct sim_band){value, value};
}

/* What a row adds to registers 1000 and 1001, as the guide and decisions B7 and B26 have it. */
static const struct {
    enum wm_alarm alarm;
    int32_t status, battery;
} row_bits[] = {
    {wm_alarm_system_error, 0, 0x0001},          {wm_alarm_voltage, 0x0200, 0x0001},
    {wm_alarm_temperature, 0x0400, 0x0001},      {wm_alarm_resist_alarm_high, 0x0800, 0x0001},
    {wm_alarm_resist_alarm_low, 0x0800, 0x0001}, {wm_alarm_equalizing, 0, 0x0001},
    {wm_alarm_battery_breaker_open, 0, 0x0004},  {wm_alarm_thermal_runaway, 0, 0x0009},
    {wm_alarm_discharging_stopped, 0x0020, 0},   {wm_alarm_max_voltage_diff, 0, 0x0002},
    {wm_alarm_string_volt_high, 0x0200, 0x0001}, {wm_alarm_string_volt_low, 0x0200, 0x0001},
};

static bool has_row(enum wm_alarm alarm)
{
    for (int32_t i = 0; i < court.view.alarm_rows; i++) {
        if (court.view.alarm[i].number == wm_alarm(alarm)->number) {
            return true;
        }
    }
    return false;
}

static int32_t life_word(void)
{
    static const int32_t activity_bits[] = {0, 0, 0x2000, 0x2000, 0x8000, 0};
    static const int32_t flow_bits[] = {0, 0x0040, 0x0010, 0x0008};
    const struct wm_view_programmer *programmer = &court.view.programmer;
    const bool is_on = programmer->mode_choice == wm_state_programmer_mode_on;
    const int32_t mode = is_on ? 0x1000 | activity_bits[programmer->activity_choice] : 0;
    const int32_t flow = flow_bits[court.view.string[0].flow_choice];
    return court.view.is_initializing ? 0x4000 | mode : mode | flow | (is_on ? 0 : 0x0001);
}

/* The words of the view as they follow from the rest of it; one string. */
static void words_make(void)
{
    struct wm_view *view = &court.view;
    int32_t all = (has_row(wm_alarm_string_volt_high) ? 0x0005 : 0) |
                  (has_row(wm_alarm_string_volt_low) ? 0x0009 : 0);
    for (int32_t m = 0; m < MODULES; m++) {
        view->module[m].alarm_flags &= ~0x0001;
        view->module[m].alarm_flags |= view->module[m].alarm_flags != 0;
        view->module[m].alarm_flags ^= court.wrong_of_module[m];
        all |= view->module[m].alarm_flags;
    }
    view->system.status_flags = life_word() | ((all & 0x0002) != 0 ? 0x0004 : 0);
    view->system.battery_status_flags = 0;
    for (size_t i = 0; i < sizeof row_bits / sizeof row_bits[0]; i++) {
        view->system.status_flags |= has_row(row_bits[i].alarm) ? row_bits[i].status : 0;
        view->system.battery_status_flags |= has_row(row_bits[i].alarm) ? row_bits[i].battery : 0;
    }
    view->system.status_flags ^= court.wrong_1000;
    view->system.battery_status_flags ^= court.wrong_1001;
    view->string[0].alarm_flags = all ^ court.wrong_of_string;
    view->system.alarm_flags = all ^ court.wrong_1002;
}

static void publish(void)
{
    words_make();
    court.view.generation++;
    oracle_published(court.oracle, &court.view, court.now_us);
}

static void truth_is(int32_t module)
{
    court.truth[module].device.presence = court.is_silent[module] ? SIM_SILENT : SIM_ANSWERS;
    oracle_module(court.oracle, module, &court.truth[module], court.now_us);
}

static void voltage_is(int32_t module, int32_t low_mV, int32_t high_mV)
{
    court.truth[module].voltage_mV = (struct sim_band){low_mV, high_mV};
    truth_is(module);
}

static void silence(int32_t module, bool is_silent)
{
    court.is_silent[module] = is_silent;
    truth_is(module);
}

static void sensor_is(int32_t sensor, bool is_silent)
{
    const struct sim_truth_sensor truth = {
        .device = {is_silent ? SIM_SILENT : SIM_ANSWERS, 1000},
        .current_mA = exactly(court.current_mA[sensor]),
    };
    court.sensor_is_silent[sensor] = is_silent;
    oracle_sensor(court.oracle, sensor, &truth, court.now_us);
    oracle_looked(court.oracle, court.now_us);
}

/* One measurement, as the devices give it. */
static void measure(int32_t module)
{
    int32_t values[WM_FIELDS_MAX] = {
        [wm_answer_measure_voltage_mV] = court.truth[module].voltage_mV.low,
        [wm_answer_measure_temperature_ddegC] = court.truth[module].temperature_mdegC.low / 100,
    };
    oracle_asked(court.oracle, WM_CLASS_MODULE, module, wm_message_measure, court.now_us);
    court.now_us += 20 * MS;
    if (!court.is_silent[module]) {
        oracle_answered(court.oracle, values, court.now_us);
    }
}

static void measure_resistance(int32_t module)
{
    const int32_t values[WM_FIELDS_MAX] = {court.truth[module].resistance_uOhm.low};
    oracle_asked(court.oracle, WM_CLASS_MODULE, module, wm_message_impedance, court.now_us);
    court.now_us += 20 * MS;
    oracle_answered(court.oracle, values, court.now_us);
}

static void read_sensor(int32_t sensor)
{
    const int32_t values[WM_FIELDS_MAX] = {
        [wm_answer_read_sensor_current_mA] = court.current_mA[sensor],
    };
    oracle_asked(court.oracle, WM_CLASS_SENSOR, sensor, wm_message_read_sensor, court.now_us);
    court.now_us += 20 * MS;
    if (!court.sensor_is_silent[sensor]) {
        oracle_answered(court.oracle, values, court.now_us);
    }
}

static void round_ends(void)
{
    court.view.rounds++;
    publish();
    court.now_us += S - court.now_us % S;
}

static void rest_of_round(int32_t first)
{
    for (int32_t m = first; m < MODULES; m++) {
        measure(m);
    }
    for (int32_t i = 0; i < SENSORS; i++) {
        read_sensor(i);
    }
    round_ends();
}

static void rounds(int count)
{
    for (int i = 0; i < count; i++) {
        rest_of_round(0);
    }
}

static void shows(int32_t module, int32_t flag)
{
    court.view.module[module].alarm_flags ^= flag;
}

/* Adds the row of an alarm, or takes it away. */
static void row(enum wm_alarm alarm)
{
    const int32_t number = wm_alarm(alarm)->number;
    for (int32_t i = 0; i < court.view.alarm_rows; i++) {
        if (court.view.alarm[i].number == number) {
            court.view.alarm[i] = court.view.alarm[--court.view.alarm_rows];
            return;
        }
    }
    court.view.alarm[court.view.alarm_rows++].number = number;
}

static void voltage_low_toggles(int32_t module)
{
    shows(module, wm_flag_alarm_voltage_low);
    row(wm_alarm_voltage);
    row(wm_alarm_voltage_low);
    publish();
}

static void lost_toggles(int32_t module)
{
    shows(module, wm_flag_alarm_communication_lost);
    row(wm_alarm_system_error);
    publish();
}

static void opens(void)
{
    memset(&court, 0, sizeof court);
    court.oracle = oracle_open();
    cr_assert_not_null(court.oracle);
    wm_settings_reset(&court.view.settings);
    court.view.settings.value[wm_setting_bank_modules] = MODULES;
    court.view.settings.value[wm_setting_bank_current_sensors] = SENSORS;
    for (int32_t m = 0; m < MODULES; m++) {
        court.truth[m] = (struct sim_truth_module){
            .device.latency_us = 1000,
            .voltage_mV = exactly(13000),
            .temperature_mdegC = exactly(24000),
            .resistance_uOhm = exactly(4600),
        };
        truth_is(m);
    }
    for (int32_t i = 0; i < SENSORS; i++) {
        sensor_is(i, false);
    }
    publish();
    rounds(4);
}

static void closes(void)
{
    oracle_close(court.oracle);
}

TestSuite(oracle, .init = opens, .fini = closes);

/* Everything anew, with one bit wrong from the next view on. */
static void again_with(int32_t *wrong, int32_t bit)
{
    closes();
    opens();
    *wrong = bit;
}

static const char *verdict(void)
{
    return oracle_verdict(court.oracle, court.now_us);
}

static void says_nothing(void)
{
    cr_assert_null(verdict(), "%s", verdict());
}

static void says(const char *text)
{
    cr_assert_not_null(verdict(), "no verdict where \"%s\" was due", text);
    cr_assert_not_null(strstr(verdict(), text), "\"%s\" is not in: %s", text, verdict());
}

/* ---- lost ------------------------------------------------------------------------------- */

Test(oracle, a_loss_told_in_the_third_round_is_in_time)
{
    silence(0, true);
    rounds(2);
    measure(0);
    lost_toggles(0);
    rest_of_round(1);
    rounds(3);
    says_nothing();
}

Test(oracle, a_loss_told_a_visit_later_is_late)
{
    silence(0, true);
    rounds(2);
    measure(0);
    measure(1); /* the third visit is over */
    lost_toggles(0);
    rest_of_round(2);
    says("module_lost of module 1: not raised");
}

Test(oracle, a_visit_that_began_before_the_silence_does_not_count)
{
    measure(0);
    silence(0, true);
    rest_of_round(1);
    rounds(2);
    measure(0);
    lost_toggles(0);
    rest_of_round(1);
    says_nothing();
}

Test(oracle, a_loss_told_after_two_rounds_is_false)
{
    silence(0, true);
    rounds(1);
    measure(0);
    lost_toggles(0);
    says("raised after 2 rounds without an answer, not after 3");
}

Test(oracle, a_second_look_between_rounds_is_no_round)
{
    silence(0, true);
    rounds(1);
    measure(0);
    rounds(1);
    measure(0);
    measure(1);
    measure(0);
    lost_toggles(0);
    rest_of_round(1);
    says_nothing();
}

Test(oracle, a_module_that_answers_again_is_back_within_three_rounds)
{
    silence(0, true);
    rounds(2);
    measure(0);
    lost_toggles(0);
    rest_of_round(1);
    silence(0, false);
    rounds(2);
    says_nothing();
    rounds(1);
    says("module_lost of module 1: not cleared");
}

Test(oracle, a_module_that_does_not_answer_is_not_back)
{
    silence(0, true);
    rounds(2);
    measure(0);
    lost_toggles(0);
    rest_of_round(1);
    lost_toggles(0);
    says("cleared without an answer");
}

Test(oracle, a_value_that_no_block_can_have_is_silence)
{
    voltage_is(0, 22101, 22101); /* 1.3 x 17 V, and a millivolt */
    rounds(3);
    says("module_lost of module 1: not raised");
}

Test(oracle, a_sensor_lost_is_told_and_told_to_be_back)
{
    sensor_is(1, true);
    rounds(2);
    says_nothing();
    rounds(1);
    says("sensor_communication_lost of current sensor 2: not raised");
}

Test(oracle, a_sensor_that_answers_is_back_within_three_rounds)
{
    sensor_is(0, true);
    rounds(2);
    for (int32_t m = 0; m < MODULES; m++) {
        measure(m);
    }
    oracle_asked(court.oracle, WM_CLASS_SENSOR, 0, wm_message_read_sensor, court.now_us);
    row(wm_alarm_sensor_communication_lost);
    court.view.sensor[0].link_choice = wm_state_sensor_link_lost;
    publish();
    rest_of_round(MODULES);
    sensor_is(0, false);
    rounds(2);
    says_nothing();
    rounds(1);
    says("sensor_communication_lost of current sensor 1: not cleared");
}

/* ---- polling ---------------------------------------------------------------------------- */

/* A round of them all but one: modules, then sensors. */
static void round_without(int32_t place)
{
    for (int32_t m = 0; m < MODULES; m++) {
        if (m != place) {
            measure(m);
        }
    }
    for (int32_t i = 0; i < SENSORS; i++) {
        if (MODULES + i != place) {
            read_sensor(i);
        }
    }
    round_ends();
}

static void mode(int32_t choice)
{
    court.view.programmer.mode_choice = choice;
    publish();
}

Test(oracle, a_module_left_out_of_a_round_is_missed)
{
    round_without(2);
    says("polling of module 3: left out of the round");
}

Test(oracle, a_sensor_left_out_of_a_round_is_missed)
{
    round_without(MODULES + 1);
    says("polling of current sensor 2: left out of the round");
}

Test(oracle, a_round_of_the_last_device_alone_is_none)
{
    read_sensor(SENSORS - 1);
    round_ends();
    says("polling of module 1: left out of the round");
}

Test(oracle, an_aux_that_nobody_reads_is_missed)
{
    court.view.settings.value[wm_setting_bank_aux_units] = 1;
    publish();
    rounds(1);
    says("polling of aux 1: left out of the round");
}

Test(oracle, while_it_initializes_nobody_is_left_out_either)
{
    court.view.is_initializing = 1;
    row(wm_alarm_initializing);
    publish();
    round_without(0);
    says("polling of module 1: left out of the round");
}

Test(oracle, a_module_that_is_not_configured_is_not_missed)
{
    court.view.settings.value[wm_setting_bank_modules] = MODULES - 1;
    publish();
    round_without(MODULES - 1);
    says_nothing();
}

Test(oracle, a_second_look_does_not_stand_for_the_round)
{
    measure(1);
    measure(3);
    round_without(1);
    says("polling of module 2: left out of the round");
}

Test(oracle, who_is_asked_out_of_turn_is_not_held_against_the_others)
{
    measure(1);
    measure(3);
    rounds(1);
    measure(MODULES - 1);
    rounds(1);
    says_nothing();
}

Test(oracle, a_round_that_programmer_mode_broke_off_is_no_round)
{
    measure(0);
    measure(1);
    mode(wm_state_programmer_mode_on);
    court.now_us += 60 * (int64_t)S;
    mode(wm_state_programmer_mode_off);
    rounds(1);
    says_nothing();
    mode(wm_state_programmer_mode_on);
    mode(wm_state_programmer_mode_off);
    round_without(1);
    says("polling of module 2: left out of the round");
}

/* A period of 1 s, 13 questions of 175 ms at 19,200 baud, and a second more. */
enum { STILL_US = S + 13 * 175 * MS + S };

Test(oracle, a_polling_that_stands_still_is_told_however_nobody_publishes)
{
    measure(0);
    court.now_us += STILL_US - 20 * MS;
    says_nothing();
    court.now_us++;
    says("polling: stands still");
}

Test(oracle, a_polling_that_stood_still_is_told_though_it_goes_on)
{
    measure(0);
    court.now_us += STILL_US - 20 * MS + 1;
    oracle_asked(court.oracle, WM_CLASS_MODULE, 1, wm_message_measure, court.now_us);
    says("polling: stands still");
}

Test(oracle, orders_to_an_aux_are_no_polling)
{
    for (int i = 0; i < 6; i++) {
        oracle_asked(court.oracle, WM_CLASS_AUX, 0, wm_message_set_outputs, court.now_us);
        court.now_us += S;
    }
    says("polling: stands still");
}

Test(oracle, in_programmer_mode_nobody_is_polled)
{
    mode(wm_state_programmer_mode_on);
    court.now_us += 3600 * (int64_t)S;
    oracle_asked(court.oracle, WM_CLASS_MODULE, 0, wm_message_measure, court.now_us);
    says_nothing();
    mode(wm_state_programmer_mode_off);
    court.now_us += STILL_US;
    says_nothing();
    court.now_us++;
    says("polling: stands still");
}

Test(oracle, the_longest_period_since_the_round_before_is_waited_for)
{
    court.view.settings.value[wm_setting_bus_round_period] = 60000;
    publish();
    measure(0);
    court.view.settings.value[wm_setting_bus_round_period] = 1000;
    publish();
    rest_of_round(1);
    court.now_us += 59 * (int64_t)S;
    rounds(1);
    says_nothing();
    court.now_us += STILL_US;
    says("polling: stands still");
}

Test(oracle, a_polling_that_turns_in_a_circle_is_told)
{
    for (int i = 0; i < 7 * 3 * (MODULES + SENSORS); i++) {
        oracle_asked(court.oracle, WM_CLASS_MODULE, 1, wm_message_measure, court.now_us);
    }
    says_nothing();
    oracle_asked(court.oracle, WM_CLASS_MODULE, 1, wm_message_measure, court.now_us);
    says("polling: goes on and on: 127 questions to 6 devices");
}

/* ---- limits ----------------------------------------------------------------------------- */

Test(oracle, at_the_limit_nothing_is_due)
{
    voltage_is(0, 12000, 12000);
    rounds(6);
    says_nothing();
}

Test(oracle, a_millivolt_beyond_it_is_due_in_the_third_visit)
{
    voltage_is(0, 11999, 11999);
    rounds(2);
    measure(0);
    says_nothing();
    rest_of_round(1);
    says("voltage_low of module 1: not raised");
}

Test(oracle, what_a_device_may_read_on_both_sides_is_not_held_against_anyone)
{
    voltage_is(0, 11999, 12001);
    court.truth[0].voltage_mV = exactly(12001);
    rounds(6);
    says_nothing();
}

Test(oracle, an_alarm_told_by_two_readings_in_time_is_right)
{
    voltage_is(0, 11999, 11999);
    measure(0);
    measure(0);
    voltage_low_toggles(0);
    rest_of_round(1);
    rounds(4);
    says_nothing();
}

Test(oracle, one_reading_is_no_alarm)
{
    voltage_is(0, 11999, 11999);
    measure(0);
    voltage_low_toggles(0);
    says("voltage_low of module 1: raised after 1 readings beyond in a row");
}

Test(oracle, two_readings_that_are_not_in_a_row_are_no_alarm)
{
    voltage_is(0, 11999, 11999);
    measure(0);
    voltage_is(0, 12000, 12000);
    measure(0);
    voltage_is(0, 11999, 11999);
    measure(0);
    voltage_low_toggles(0);
    says("raised after 1 readings");
}

Test(oracle, the_delay_is_waited_for_and_then_three_visits_more)
{
    court.view.settings.value[wm_setting_voltage_delay] = 10;
    publish();
    rounds(1);
    voltage_is(0, 11999, 11999);
    rounds(12);
    measure(0);
    says_nothing();
    rest_of_round(1);
    says("voltage_low of module 1: not raised");
}

Test(oracle, an_alarm_before_its_delay_is_false)
{
    court.view.settings.value[wm_setting_voltage_delay] = 10;
    publish();
    rounds(1);
    voltage_is(0, 11999, 11999);
    rounds(10); /* the second reading is a second later than the first */
    measure(0);
    voltage_low_toggles(0);
    says("voltage_low of module 1: raised after 2 readings");
}

Test(oracle, back_inside_by_the_hysteresis_it_must_clear)
{
    voltage_is(0, 11999, 11999);
    rounds(1);
    measure(0);
    voltage_low_toggles(0);
    rest_of_round(1);
    voltage_is(0, 12049, 12049);
    rounds(6);
    says_nothing();
    voltage_is(0, 12050, 12050);
    rounds(3);
    says("voltage_low of module 1: not cleared");
}

Test(oracle, a_millivolt_less_it_must_not)
{
    voltage_is(0, 11999, 11999);
    rounds(1);
    measure(0);
    voltage_low_toggles(0);
    rest_of_round(1);
    voltage_is(0, 12049, 12049);
    measure(0);
    voltage_low_toggles(0);
    says("voltage_low of module 1: cleared");
}

Test(oracle, a_lost_module_keeps_its_alarms)
{
    voltage_is(0, 11999, 11999);
    rounds(1);
    measure(0);
    voltage_low_toggles(0);
    rest_of_round(1);
    silence(0, true);
    rounds(2);
    measure(0);
    lost_toggles(0);
    rest_of_round(1);
    rounds(5);
    says_nothing();
    measure(0);
    voltage_low_toggles(0);
    says("voltage_low of module 1: cleared");
}

Test(oracle, rounds_without_an_answer_do_not_count)
{
    voltage_is(0, 11999, 11999);
    rounds(2);
    court.is_silent[0] = true; /* the line, not the module */
    rounds(1);
    court.is_silent[0] = false;
    rounds(2);
    says_nothing();
    rounds(1);
    says("voltage_low of module 1: not raised");
}

Test(oracle, changed_settings_start_all_clocks_anew)
{
    voltage_is(0, 12500, 12500);
    rounds(3);
    court.view.settings.value[wm_setting_voltage_low_alarm] = 12600;
    court.view.settings.value[wm_setting_voltage_low_warn] = 12600;
    publish();
    rounds(2);
    says_nothing();
    rounds(1);
    says("voltage_low of module 1: not raised");
}

Test(oracle, a_limit_of_nothing_is_off)
{
    court.view.settings.value[wm_setting_voltage_low_alarm] = 0;
    court.view.settings.value[wm_setting_voltage_low_warn] = 0;
    publish();
    voltage_is(0, 0, 0);
    rounds(6);
    says_nothing();
}

/* ---- warnings --------------------------------------------------------------------------- */

Test(oracle, a_warning_is_due_like_an_alarm)
{
    voltage_is(2, 14101, 14101);
    rounds(2);
    says_nothing();
    rounds(1);
    says("voltage_warn_high of module 3: not raised");
}

Test(oracle, beyond_the_alarm_no_warning_is_due)
{
    voltage_is(2, 15501, 15501);
    measure(2);
    measure(2);
    shows(2, wm_flag_alarm_voltage_high);
    row(wm_alarm_voltage);
    row(wm_alarm_voltage_high);
    publish();
    rounds(5);
    says_nothing();
}

Test(oracle, a_warning_without_a_reading_is_false)
{
    row(wm_alarm_voltage_warn_high);
    publish();
    says("voltage_warn_high: raised, and no module");
}

Test(oracle, a_warning_goes_when_the_last_module_is_inside)
{
    voltage_is(2, 14101, 14101);
    voltage_is(3, 14101, 14101);
    rounds(1);
    measure(2);
    row(wm_alarm_voltage_warn_high);
    publish();
    rounds(1);
    voltage_is(2, 14050, 14050);
    rounds(5);
    says_nothing();
    voltage_is(3, 14050, 14050);
    rounds(3);
    says("voltage_warn_high: not cleared");
}

Test(oracle, a_warning_stays_while_one_module_is_outside)
{
    voltage_is(2, 14101, 14101);
    voltage_is(3, 14101, 14101);
    rounds(1);
    measure(2);
    row(wm_alarm_voltage_warn_high);
    publish();
    rounds(1);
    voltage_is(2, 14050, 14050);
    voltage_is(3, 14051, 14051);
    rounds(2);
    row(wm_alarm_voltage_warn_high);
    publish();
    says("voltage_warn_high of module 4: cleared");
}

/* ---- resistances ------------------------------------------------------------------------ */

static void resistance_is(int32_t module, int32_t uOhm)
{
    court.truth[module].resistance_uOhm = exactly(uOhm);
    truth_is(module);
}

Test(oracle, a_resistance_that_nobody_measured_is_not_late)
{
    resistance_is(1, 50001);
    rounds(20);
    says_nothing();
}

Test(oracle, a_resistance_is_late_a_round_after_its_measurement)
{
    resistance_is(1, 50001);
    measure(0);
    measure(1);
    measure_resistance(1);
    rest_of_round(2);
    says_nothing();
    rounds(1);
    says("resist_alarm_high of module 2: not raised");
}

Test(oracle, during_a_discharge_no_resistance_is_late)
{
    resistance_is(1, 50001);
    measure(0);
    measure(1);
    measure_resistance(1);
    court.view.string[0].flow_choice = wm_state_string_flow_discharge;
    rest_of_round(2);
    rounds(5);
    cr_assert(verdict() == NULL || strstr(verdict(), "resist") == NULL);
}

/* ---- what stands for others ------------------------------------------------------------- */

Test(oracle, a_summary_without_its_cause_is_false)
{
    row(wm_alarm_temperature);
    publish();
    says("temperature: shown, though nothing of what it stands for is");
}

Test(oracle, a_cause_without_its_summary_is_false)
{
    voltage_is(0, 11999, 11999);
    measure(0);
    measure(0);
    shows(0, wm_flag_alarm_voltage_low);
    row(wm_alarm_voltage_low);
    publish();
    says("voltage: not shown, though what it stands for is");
}

/* ---- strings ---------------------------------------------------------------------------- */

static void links_are_present(void)
{
    for (int32_t m = 0; m < MODULES; m++) {
        court.view.module[m].link_choice = wm_state_module_link_present;
    }
    publish();
}

Test(oracle, a_string_voltage_is_due_when_the_third_round_ends)
{
    links_are_present();
    court.view.settings.value[wm_setting_string_voltage_high_alarm] = 52000;
    court.view.settings.value[wm_setting_string_voltage_high_warn] = 52000;
    court.view.settings.value[wm_setting_string_voltage_low_alarm] = 0;
    court.view.settings.value[wm_setting_string_voltage_low_warn] = 0;
    publish();
    rounds(6); /* four times 13 V is not above 52 V */
    says_nothing();
    voltage_is(0, 13001, 13001);
    rounds(2);
    says_nothing();
    rounds(1);
    says("string_volt_high of string 1: not raised");
}

static void current_is(int32_t sensor, int32_t current_mA)
{
    court.current_mA[sensor] = current_mA;
    sensor_is(sensor, court.sensor_is_silent[sensor]);
}

static void currents_are(int32_t current_mA)
{
    for (int32_t i = 0; i < SENSORS; i++) {
        current_is(i, current_mA);
    }
}

Test(oracle, a_discharge_is_due_after_its_five_seconds_and_three_rounds)
{
    currents_are(-1000);
    rounds(7);
    says_nothing();
    rounds(1);
    says("discharging of string 1: not raised");
}

Test(oracle, a_current_above_the_least_is_no_discharge)
{
    currents_are(-999);
    rounds(20);
    says_nothing();
}

Test(oracle, a_discharge_before_its_five_seconds_is_false)
{
    currents_are(-1000);
    rounds(4);
    row(wm_alarm_discharging);
    court.view.string[0].flow_choice = wm_state_string_flow_discharge;
    publish();
    says("discharging of string 1: raised");
}

/* ---- sensors that tell nothing any more ---------------------------------------------------- */

enum { HIGH = wm_flag_string_alarm_current_high, DEVIATES = wm_flag_string_alarm_deviation_charge };

/* Two strings with a limit of 40 A, and of 10 A from their mean; that alone is set. */
static void two_strings(void)
{
    static const enum wm_setting off[] = {
        wm_setting_string_voltage_low_alarm,
        wm_setting_string_voltage_low_warn,
        wm_setting_string_voltage_high_warn,
        wm_setting_string_voltage_high_alarm,
    };
    links_are_present();
    for (size_t i = 0; i < sizeof off / sizeof off[0]; i++) {
        court.view.settings.value[off[i]] = 0;
    }
    court.view.settings.value[wm_setting_bank_strings] = 2;
    court.view.settings.value[wm_setting_breaker_output_2] = 1;
    court.view.settings.value[wm_setting_string_current_high_alarm] = 40000;
    court.view.string[0].flow_choice = court.view.string[1].flow_choice =
        wm_state_string_flow_charge;
    publish();
    rounds(3);
}

static void string_shows(int32_t string, int32_t flag, enum wm_alarm alarm)
{
    court.view.string[string].alarm2_flags ^= flag;
    row(alarm);
    publish();
}

static void deviations_toggle(void)
{
    court.view.string[0].alarm2_flags ^= DEVIATES;
    string_shows(1, DEVIATES, wm_alarm_string_curr_deviation_charge);
}

/* The second sensor, in the middle of a round. */
static void second_sensor_toggles(void)
{
    const bool is_lost = court.sensor_is_silent[1];
    for (int32_t m = 0; m < MODULES; m++) {
        measure(m);
    }
    read_sensor(0);
    read_sensor(1);
    row(wm_alarm_sensor_communication_lost);
    court.view.sensor[1].link_choice =
        is_lost ? wm_state_sensor_link_lost : wm_state_sensor_link_present;
    publish();
    round_ends();
}

static void second_sensor_falls_silent(void)
{
    sensor_is(1, true);
    rounds(2);
    second_sensor_toggles();
}

Test(oracle, a_deviation_stays_while_the_sensor_is_lost)
{
    two_strings();
    current_is(0, 35000);
    current_is(1, 5000);
    rounds(2);
    deviations_toggle();
    rounds(1);
    second_sensor_falls_silent();
    current_is(0, 20000);
    current_is(1, 20000);
    rounds(10);
    says_nothing();
    court.view.string[0].alarm2_flags ^= DEVIATES;
    publish();
    says("string_curr_deviation_charge of string 1: cleared, and its reason");
}

/* Nor in the round in which it is lost, nor in those that make it so. */
Test(oracle, a_deviation_does_not_go_with_the_sensor)
{
    for (int when = 0; when <= 3; when++) {
        again_with(&court.wrong_1000, 0);
        two_strings();
        current_is(0, 35000);
        current_is(1, 5000);
        rounds(2);
        deviations_toggle();
        rounds(3);
        sensor_is(1, true);
        rounds(when < 2 ? when : 2);
        if (when == 3) {
            second_sensor_toggles();
        }
        says_nothing();
        deviations_toggle();
        says("string_curr_deviation_charge of string 1: cleared, and its reason");
    }
}

Test(oracle, after_a_good_value_a_deviation_goes)
{
    two_strings();
    current_is(0, 35000);
    current_is(1, 5000);
    rounds(2);
    deviations_toggle();
    rounds(3);
    second_sensor_falls_silent();
    rounds(3);
    current_is(0, 20000);
    current_is(1, 20000);
    sensor_is(1, false);
    second_sensor_toggles();
    says_nothing();
    rounds(3);
    says("string_curr_deviation_charge of string 1: not cleared");
}

Test(oracle, a_lost_sensor_makes_no_deviation)
{
    two_strings();
    current_is(0, 25000);
    current_is(1, 25000);
    rounds(3);
    second_sensor_falls_silent();
    current_is(1, 0);
    rounds(4);
    says_nothing();
    string_shows(1, DEVIATES, wm_alarm_string_curr_deviation_charge);
    says("string_curr_deviation_charge of string 2: raised, and its reason has certainly not");
}

Test(oracle, the_only_sensor_left_makes_no_deviation_either)
{
    two_strings();
    current_is(0, 25000);
    current_is(1, 25000);
    rounds(3);
    second_sensor_falls_silent();
    rounds(4);
    string_shows(0, DEVIATES, wm_alarm_string_curr_deviation_charge);
    says("string_curr_deviation_charge of string 1: raised, and its reason has certainly not");
}

static void second_contact_is(int32_t outputs)
{
    const int32_t values[] = {[wm_answer_set_outputs_outputs] = outputs};
    oracle_asked(court.oracle, WM_CLASS_AUX, 0, wm_message_set_outputs, court.now_us);
    oracle_answered(court.oracle, values, court.now_us);
}

/* The breaker of the second string opens. */
static void second_string_opens(void)
{
    court.view.string[1].breaker_choice = wm_state_string_breaker_open;
    row(wm_alarm_battery_breaker_open);
    publish();
    second_contact_is(1);
}

Test(oracle, a_contact_that_sticks_isolates_nobody)
{
    two_strings();
    current_is(0, 35000);
    current_is(1, 5000);
    rounds(2);
    deviations_toggle();
    rounds(3);
    second_string_opens();
    second_contact_is(0);
    rounds(6);
    says_nothing();
    deviations_toggle();
    says("string_curr_deviation_charge of string 1: cleared, and its reason");
}

Test(oracle, where_nobody_is_to_be_compared_with_a_deviation_goes)
{
    two_strings();
    current_is(0, 35000);
    current_is(1, 5000);
    rounds(2);
    deviations_toggle();
    rounds(3);
    second_string_opens();
    rounds(2);
    says_nothing();
    rounds(1);
    says("string_curr_deviation_charge of string 1: not cleared");
}

Test(oracle, while_a_lost_sensor_may_be_heard_again_nothing_is_held)
{
    two_strings();
    current_is(0, 35000);
    current_is(1, 5000);
    rounds(2);
    deviations_toggle();
    rounds(1);
    second_sensor_falls_silent();
    const struct sim_truth_sensor unsure = {.device = {SIM_UNSURE, 1000},
                                            .current_mA = exactly(5000)};
    oracle_sensor(court.oracle, 1, &unsure, court.now_us);
    oracle_looked(court.oracle, court.now_us);
    rounds(6);
    says_nothing();
    deviations_toggle();
    says_nothing();
}

Test(oracle, an_isolated_string_lets_go_though_its_sensor_is_lost)
{
    two_strings();
    current_is(0, 35000);
    current_is(1, 5000);
    rounds(2);
    deviations_toggle();
    rounds(1);
    second_sensor_falls_silent();
    second_string_opens();
    court.view.string[0].alarm2_flags ^= DEVIATES;
    publish();
    rounds(2);
    says_nothing();
    rounds(1);
    says("string_curr_deviation_charge of string 2: not cleared");
}

Test(oracle, an_isolated_string_is_compared_with_nobody)
{
    two_strings();
    second_string_opens();
    current_is(0, 35000);
    current_is(1, 0);
    rounds(6);
    says_nothing();
}

Test(oracle, a_current_beyond_its_limit_stays_while_the_sensor_is_lost)
{
    two_strings();
    current_is(0, 39000);
    current_is(1, 40001);
    rounds(2);
    string_shows(1, HIGH, wm_alarm_string_current_high);
    rounds(3);
    second_sensor_falls_silent();
    current_is(1, 0);
    rounds(10);
    says_nothing();
    string_shows(1, HIGH, wm_alarm_string_current_high);
    says("string_current_high of string 2: cleared, and its reason");
}

Test(oracle, a_current_that_nobody_tells_is_not_beyond_its_limit)
{
    two_strings();
    current_is(0, 25000);
    current_is(1, 25000);
    rounds(3);
    second_sensor_falls_silent();
    current_is(1, 45000);
    rounds(10);
    says_nothing();
    string_shows(1, HIGH, wm_alarm_string_current_high);
    says("string_current_high of string 2: raised, and its reason has certainly not");
}

Test(oracle, a_string_whose_equalizing_is_disabled_says_so)
{
    court.view.settings.value[wm_setting_equalizing_enabled_1] = 0;
    publish();
    rounds(2);
    says_nothing();
    rounds(1);
    says("string_equalizing_disabled of string 1: not raised");
}

/* ---- the general alarm, and the words of a view ------------------------------------------ */

/* Of two bits the row is missed first that goes with them. */
static void says_of_bit(int32_t number, int32_t bit, bool is_missing)
{
    char text[32];
    (void)snprintf(text, sizeof text, "register %d: ", (int)number);
    if (number == 1000 && bit == wm_flag_general_status_system_failure) {
        says("system_error: not shown");
    } else if (number == 1000 && bit == wm_flag_general_status_module_initializing) {
        says(is_missing ? "initializing: shown" : "initializing: not shown");
    } else {
        says(text);
        says(is_missing ? "is missing" : "is set, and nothing is its reason");
    }
}

Test(oracle, every_bit_of_registers_1000_to_1002_is_held)
{
    int32_t *const wrong[] = {&court.wrong_1000, &court.wrong_1001, &court.wrong_1002};
    for (int i = 0; i < 3; i++) {
        for (int32_t bit = 1; bit <= 0x8000; bit <<= 1) {
            again_with(wrong[i], bit);
            says_nothing();
            publish();
            says_of_bit(1000 + i, bit, i == 0 && bit == 0x0001);
        }
    }
}

static void initializes(void)
{
    court.view.is_initializing = 1;
    row(wm_alarm_initializing);
    publish();
}

/* Before the webmanager runs its rows need no reason that would have to be made up here. */
static void shows_row(enum wm_alarm alarm)
{
    initializes();
    if (alarm == wm_alarm_battery_breaker_open) {
        court.view.string[0].breaker_choice = wm_state_string_breaker_open;
    }
    row(alarm);
}

Test(oracle, what_a_row_adds_to_registers_1000_and_1001_is_held)
{
    static const enum wm_alarm alarms[] = {
        wm_alarm_equalizing,       wm_alarm_battery_breaker_open, wm_alarm_thermal_runaway,
        wm_alarm_max_voltage_diff, wm_alarm_discharging_stopped,  wm_alarm_string_volt_high,
        wm_alarm_string_volt_low,
    };
    for (size_t i = 0; i < sizeof alarms / sizeof alarms[0]; i++) {
        for (int32_t bit = 1; bit <= 0x8000; bit <<= 1) {
            again_with(&court.wrong_1000, 0);
            shows_row(alarms[i]);
            publish();
            says_nothing();
            const int32_t status = court.view.system.status_flags;
            const int32_t battery = court.view.system.battery_status_flags;
            court.wrong_1000 = bit;
            publish();
            says_of_bit(1000, bit, (status & bit) != 0);
            again_with(&court.wrong_1001, 0);
            shows_row(alarms[i]);
            court.wrong_1001 = bit;
            publish();
            says_of_bit(1001, bit, (battery & bit) != 0);
        }
    }
}

Test(oracle, an_alarm_of_a_module_is_a_cause_of_the_general_alarm)
{
    voltage_is(0, 11999, 11999);
    measure(0);
    measure(0);
    court.wrong_1001 = 0x0001;
    voltage_low_toggles(0);
    says("register 1001: 0x0000: general_alarm (0x0001) is missing");
}

Test(oracle, an_alarm_of_a_module_shows_in_register_1000)
{
    voltage_is(0, 11999, 11999);
    measure(0);
    measure(0);
    court.wrong_1000 = 0x0200;
    voltage_low_toggles(0);
    says("register 1000: 0x0001: voltage_out_of_range (0x0200) is missing");
}

Test(oracle, a_resistance_is_a_cause_on_both_sides)
{
    static const struct {
        int32_t uOhm, flag;
        enum wm_alarm alarm;
    } sides[] = {
        {50001, wm_flag_alarm_resistance_high, wm_alarm_resist_alarm_high},
        {1099, wm_flag_alarm_resistance_low, wm_alarm_resist_alarm_low},
    };
    for (int i = 0; i < 4; i++) {
        again_with(&court.wrong_1001, 0);
        resistance_is(0, sides[i % 2].uOhm);
        measure_resistance(0);
        measure_resistance(0);
        shows(0, sides[i % 2].flag);
        row(sides[i % 2].alarm);
        if (i % 2 == 0) {
            row(wm_alarm_resist_alarm);
        }
        *(i < 2 ? &court.wrong_1000 : &court.wrong_1001) = i < 2 ? 0x0800 : 0x0001;
        publish();
        says(i < 2 ? "register 1000: 0x0001: resistance_out_of_range (0x0800) is missing"
                   : "register 1001: 0x0000: general_alarm (0x0001) is missing");
    }
}

Test(oracle, a_temperature_is_a_cause)
{
    for (int i = 0; i < 2; i++) {
        again_with(&court.wrong_1001, 0);
        court.truth[0].temperature_mdegC = exactly(35100);
        truth_is(0);
        measure(0);
        measure(0);
        shows(0, wm_flag_alarm_temperature_high);
        row(wm_alarm_temperature);
        row(wm_alarm_temperature_high);
        *(i == 0 ? &court.wrong_1000 : &court.wrong_1001) = i == 0 ? 0x0400 : 0x0001;
        publish();
        says(i == 0 ? "register 1000: 0x0001: temperature_out_of_range (0x0400) is missing"
                    : "register 1001: 0x0000: general_alarm (0x0001) is missing");
    }
}

Test(oracle, a_lost_module_is_a_cause_and_shows_in_register_1000)
{
    for (int i = 0; i < 2; i++) {
        again_with(&court.wrong_1001, 0);
        silence(0, true);
        rounds(2);
        measure(0);
        *(i == 0 ? &court.wrong_1000 : &court.wrong_1001) = i == 0 ? 0x0004 : 0x0001;
        lost_toggles(0);
        says(i == 0 ? "register 1000: 0x0001: module_lost (0x0004) is missing"
                    : "register 1001: 0x0000: general_alarm (0x0001) is missing");
    }
}

Test(oracle, a_warning_is_no_cause)
{
    voltage_is(2, 14101, 14101);
    rounds(1);
    measure(2);
    row(wm_alarm_voltage_warn_high);
    court.wrong_1001 = 0x0001;
    publish();
    says("register 1001: 0x0001: general_alarm (0x0001) is set, and nothing is its reason");
}

Test(oracle, a_lost_sensor_is_a_cause_if_set_so_or_if_a_runaway_acts)
{
    for (int32_t choice = 0; choice <= 2; choice++) {
        for (int32_t action = 0; action <= 1; action++) {
            again_with(&court.wrong_1001, 0);
            court.view.settings.value[wm_setting_alarm_sensor_lost_is_general] = choice;
            court.view.settings.value[wm_setting_runaway_action] = action;
            publish();
            sensor_is(0, true);
            rounds(2);
            for (int32_t m = 0; m < MODULES; m++) {
                measure(m);
            }
            oracle_asked(court.oracle, WM_CLASS_SENSOR, 0, wm_message_read_sensor, court.now_us);
            row(wm_alarm_sensor_communication_lost);
            court.view.sensor[0].link_choice = wm_state_sensor_link_lost;
            const bool is_cause = choice == 1 || (choice == 2 && action == 1);
            court.wrong_1001 = is_cause ? 0x0001 : 0;
            publish();
            says_nothing();
            court.wrong_1001 ^= 0x0001;
            publish();
            says(is_cause ? "general_alarm (0x0001) is missing" : "nothing is its reason");
        }
    }
}

Test(oracle, what_hangs_on_com2_may_be_a_cause_if_set_so)
{
    court.view.settings.value[wm_setting_alarm_environment_is_general] = 1;
    publish();
    court.wrong_1001 = 0x0001;
    publish();
    says_nothing();
    court.wrong_1001 = 0;
    voltage_is(0, 11999, 11999);
    measure(0);
    measure(0);
    court.wrong_1001 = 0x0001;
    voltage_low_toggles(0);
    says("register 1001: 0x0000: general_alarm (0x0001) is missing");
}

/* ---- words of modules and strings -------------------------------------------------------- */

Test(oracle, a_module_that_is_a_cause_says_so_itself)
{
    voltage_is(0, 11999, 11999);
    measure(0);
    measure(0);
    court.wrong_of_module[0] = 0x0001;
    voltage_low_toggles(0);
    says("alarm word of module 1: 0x0008: general_alarm (0x0001) is missing");
}

Test(oracle, a_module_that_is_none_does_not)
{
    court.wrong_of_module[3] = 0x0001;
    publish();
    says("alarm word of module 4: 0x0001: general_alarm (0x0001) is set, and nothing");
}

Test(oracle, while_one_disobeys_equalizing_any_module_may_be_the_cause)
{
    initializes();
    row(wm_alarm_equalizing);
    court.wrong_of_module[3] = 0x0001;
    publish();
    says_nothing();
}

enum { IDENTIFIED = 1 << (wm_point_module_type - wm_point_module_position) };

/* Modules 2 and 3 say who they are, the latter something else. */
static void differs(void)
{
    court.view.module[1].valid = court.view.module[2].valid = IDENTIFIED;
    court.view.module[2].software_revision = 3;
}

Test(oracle, a_module_that_differs_is_a_failure_and_a_cause)
{
    static const char *const missing[] = {
        "alarm word of module 3: 0x0000: general_alarm (0x0001) is missing",
        "register 1000: 0x0001: system_failure (0x0100) is missing",
    };
    for (int i = 0; i < 2; i++) {
        again_with(&court.wrong_1000, 0x0100);
        differs();
        row(wm_alarm_system_error);
        court.wrong_of_module[2] = 0x0001;
        publish();
        says_nothing();
        court.wrong_of_module[2] = i == 0 ? 0 : 0x0001;
        court.wrong_1000 = 0;
        row(wm_alarm_system_error);
        publish();
        says(missing[i]);
    }
}

Test(oracle, what_cannot_be_kept_is_a_failure_until_it_is)
{
    oracle_saved(court.oracle, true);
    publish();
    says_nothing();
    oracle_saved(court.oracle, false);
    court.wrong_1000 = 0x0100;
    row(wm_alarm_system_error);
    publish();
    says_nothing();
    oracle_saved(court.oracle, true);
    publish();
    says("register 1000: 0x0101: system_failure (0x0100) is set, and nothing is its reason");
}

Test(oracle, what_was_spoiled_may_be_told_of)
{
    publish();
    oracle_spoiled(court.oracle);
    publish();
    says_nothing();
    court.wrong_1000 = 0x0100;
    row(wm_alarm_system_error);
    publish();
    says_nothing();
}

Test(oracle, a_failure_to_keep_that_is_not_shown_is_missed)
{
    oracle_saved(court.oracle, false);
    publish();
    says("register 1000: 0x0001: system_failure (0x0100) is missing");
}

Test(oracle, modules_are_compared_when_the_start_is_over)
{
    initializes();
    differs();
    publish();
    says_nothing();
    court.wrong_of_module[2] = 0x0001;
    publish();
    says_nothing();
    court.wrong_of_module[2] = 0;
    court.view.is_initializing = 0;
    row(wm_alarm_initializing);
    publish();
    says("alarm word of module 3: 0x0000: general_alarm (0x0001) is missing");
}

Test(oracle, who_did_not_say_what_it_is_differs_from_nobody)
{
    court.view.module[1].valid = IDENTIFIED;
    court.view.module[2].software_revision = 3;
    publish();
    says_nothing();
}

Test(oracle, a_string_has_the_bits_of_its_modules)
{
    voltage_is(0, 11999, 11999);
    measure(0);
    measure(0);
    court.wrong_of_string = 0x0008;
    voltage_low_toggles(0);
    says("alarm word of string 1: 0x0001: voltage_low (0x0008) is missing");
}

Test(oracle, register_1002_has_the_bits_of_all_strings)
{
    voltage_is(0, 11999, 11999);
    measure(0);
    measure(0);
    court.wrong_1002 = 0x0008;
    voltage_low_toggles(0);
    says("register 1002: 0x0001: voltage_low (0x0008) is missing");
}

Test(oracle, a_string_has_bits_of_its_own_from_its_voltage_alone)
{
    static const struct {
        int32_t bit;
        const char *text;
    } others[] = {
        {0x0001, "alarm word of string 1: 0x0001: general_alarm (0x0001) is set"},
        {0x0002, "alarm word of string 1: 0x0002: communication_lost (0x0002) is set"},
        {0x0004, "alarm word of string 1: 0x0004: voltage_high (0x0004) is set"},
        {0x0008, "alarm word of string 1: 0x0008: voltage_low (0x0008) is set"},
        {0x0010, "alarm word of string 1: 0x0010: temperature_high (0x0010) is set"},
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        again_with(&court.wrong_of_string, others[i].bit);
        publish();
        says(others[i].text);
    }
}

Test(oracle, a_string_with_a_voltage_alarm_shows_it_as_a_cause)
{
    initializes();
    row(wm_alarm_string_volt_high);
    court.wrong_of_string = 0x0001;
    publish();
    says("alarm word of string 1: 0x0004: general_alarm (0x0001) is missing");
}

Test(oracle, a_row_of_a_string_voltage_without_a_string_is_told)
{
    initializes();
    row(wm_alarm_string_volt_low);
    court.wrong_of_string = court.wrong_1002 = 0x0009;
    publish();
    says("register 1002: 0x0000: voltage_low (0x0008) is missing");
}

/* ---- register 1000 by state -------------------------------------------------------------- */

Test(oracle, before_anybody_is_asked_it_is_connected)
{
    closes();
    memset(&court, 0, sizeof court);
    court.oracle = oracle_open();
    wm_settings_reset(&court.view.settings);
    court.view.is_initializing = 1;
    court.wrong_1000 = 0x4002;
    publish();
    says_nothing();
    oracle_asked(court.oracle, WM_CLASS_MODULE, 0, wm_message_measure, court.now_us);
    publish();
    says("register 1000: 0x0002: connected (0x0002) is set");
}

Test(oracle, before_it_runs_it_says_so)
{
    initializes();
    court.wrong_1000 = 0x4001;
    row(wm_alarm_initializing);
    publish();
    says("register 1000: 0x0001: running (0x0001) is set");
}

Test(oracle, while_it_initializes_no_flow_is_shown)
{
    court.view.string[0].flow_choice = wm_state_string_flow_float;
    publish();
    says_nothing();
    initializes();
    says_nothing();
    court.wrong_1000 = 0x0040;
    publish();
    says("float_charging (0x0040) is set");
}

Test(oracle, the_bank_discharges_if_any_string_does_and_floats_if_all_do)
{
    enum {
        NONE = wm_state_string_flow_none,
        FLOAT = wm_state_string_flow_float,
        CHARGE = wm_state_string_flow_charge,
    };
    static const struct {
        int32_t one, other, bit;
    } flows[] = {
        {NONE, NONE, 0},         {NONE, FLOAT, 0},       {FLOAT, FLOAT, 0x0040},
        {FLOAT, CHARGE, 0x0010}, {CHARGE, NONE, 0x0010}, {CHARGE, CHARGE, 0x0010},
    };
    for (size_t i = 0; i < sizeof flows / sizeof flows[0]; i++) {
        for (int32_t bit = 0x0008; bit <= 0x0040; bit <<= 1) {
            again_with(&court.wrong_1000, 0);
            court.view.settings.value[wm_setting_bank_strings] = 2;
            court.view.string[0].flow_choice = flows[i].one;
            court.view.string[1].flow_choice = flows[i].other;
            const int32_t right = (life_word() & ~0x0001) ^ flows[i].bit;
            court.wrong_1000 = right;
            publish();
            says_nothing();
            court.wrong_1000 = right ^ bit;
            publish();
            says((flows[i].bit & bit) != 0 ? "is missing" : "nothing is its reason");
        }
    }
}

Test(oracle, a_discharge_shows_in_register_1000)
{
    currents_are(-1000);
    rounds(7);
    row(wm_alarm_discharging);
    court.view.string[0].flow_choice = wm_state_string_flow_discharge;
    publish();
    says_nothing();
    court.wrong_1000 = 0x0008;
    publish();
    says("register 1000: 0x0001: discharging (0x0008) is missing");
}

Test(oracle, one_string_that_discharges_is_enough)
{
    court.view.settings.value[wm_setting_bank_strings] = 2;
    court.view.string[1].flow_choice = wm_state_string_flow_charge;
    court.wrong_1000 = 0x0010;
    publish();
    current_is(0, -1000);
    rounds(7);
    row(wm_alarm_discharging);
    court.view.string[0].flow_choice = wm_state_string_flow_discharge;
    court.wrong_1000 = 0;
    publish();
    says_nothing();
    court.wrong_1000 = 0x0018;
    publish();
    says("register 1000: 0x0011: discharging (0x0008) is missing");
}

Test(oracle, programmer_mode_shows_what_it_does_and_takes_running_away)
{
    static const int32_t bits[] = {0x1000, 0x1000, 0x3000, 0x3000, 0x9000, 0x1000};
    for (int32_t activity = 0; activity < 6; activity++) {
        for (int32_t bit = 0x0001; bit <= 0x8000; bit <<= 1) {
            again_with(&court.wrong_1000, 0);
            court.view.programmer.activity_choice = activity;
            mode(wm_state_programmer_mode_on);
            cr_assert_eq(court.view.system.status_flags, bits[activity]);
            says_nothing();
            court.wrong_1000 = bit;
            publish();
            says_of_bit(1000, bit, (bits[activity] & bit) != 0);
        }
    }
}

static void bypass_is_ordered(int32_t module, int32_t permille)
{
    const int32_t values[WM_FIELDS_MAX] = {permille};
    oracle_asked(court.oracle, WM_CLASS_MODULE, module, wm_message_set_bypass, court.now_us);
    court.now_us += 20 * MS;
    oracle_answered(court.oracle, values, court.now_us);
}

Test(oracle, a_bypass_is_disobeyed_by_reports_of_rounds_in_a_row)
{
    court.view.module[0].link_choice = wm_state_module_link_present;
    bypass_is_ordered(0, 500);
    for (int i = 0; i < 4; i++) {
        rounds(2);
        court.is_silent[0] = true;
        rounds(1);
        court.is_silent[0] = false;
    }
    rounds(5);
    says_nothing();
    rounds(1);
    says("equalizing of module 1: not raised, and for 6 rounds");
}

Test(oracle, whoever_is_bypassed_shows_in_register_1000)
{
    measure(0);
    bypass_is_ordered(0, 500);
    publish();
    says_nothing();
    court.wrong_1000 = 0x0080;
    publish();
    says_nothing(); /* ordered, and not reported yet */
    court.wrong_1000 = 0;
    court.view.module[1].bypass_permille = 1;
    publish();
    says("register 1000: 0x0001: equalisation (0x0080) is missing");
}

Test(oracle, in_programmer_mode_nobody_is_bypassed)
{
    court.view.module[1].bypass_permille = 500;
    measure(0);
    bypass_is_ordered(0, 500);
    court.wrong_1000 = 0x0080;
    publish();
    says_nothing();
    mode(wm_state_programmer_mode_on);
    says("register 1000: 0x1080: equalisation (0x0080) is set, and nothing is its reason");
}

/* ---- the record ------------------------------------------------------------------------- */

Test(oracle, the_worst_latency_is_kept)
{
    struct board_latency latency;
    court.now_us += 300 * MS;
    voltage_is(0, 11999, 11999);
    measure(0);
    measure(0);
    voltage_low_toggles(0);
    cr_assert(oracle_latency(court.oracle, wm_alarm_voltage_low, &latency));
    cr_assert_eq(latency.raises, 1);
    cr_assert_eq(latency.raise_ms, 40);
    cr_assert_eq(latency.raise_rounds_milli, 40);
    cr_assert_eq(latency.clears, 0);
}

Test(oracle, what_stands_for_an_alarm_is_as_late_as_that)
{
    struct board_latency latency;
    voltage_is(0, 11999, 11999);
    measure(0);
    measure(0);
    voltage_low_toggles(0);
    rounds(1);
    court.now_us += 300 * MS;
    voltage_is(0, 12050, 12050);
    measure(0);
    voltage_low_toggles(0);
    cr_assert(oracle_latency(court.oracle, wm_alarm_voltage, &latency));
    cr_assert_eq(latency.raises, 1);
    cr_assert_eq(latency.raise_ms, 40);
    cr_assert_eq(latency.clears, 1);
    cr_assert_eq(latency.clear_ms, 20);
    says_nothing();
}

Test(oracle, a_warning_is_as_late_to_go_as_the_last_module_was_to_be_told)
{
    struct board_latency latency;
    voltage_is(2, 14101, 14101);
    rounds(1);
    measure(2);
    row(wm_alarm_voltage_warn_high);
    publish();
    rounds(1);
    voltage_is(2, 14050, 14050);
    measure(2);
    row(wm_alarm_voltage_warn_high);
    publish();
    cr_assert(oracle_latency(court.oracle, wm_alarm_voltage_warn_high, &latency));
    cr_assert_eq(latency.clears, 1);
    cr_assert_eq(latency.clear_ms, 20);
    says_nothing();
}

/* ---- every alarm ------------------------------------------------------------------------ */

Test(oracle, every_alarm_is_judged_or_says_why_not)
{
    for (int i = 0; i < wm_alarm_count; i++) {
        const char *why = oracle_unjudged((enum wm_alarm)i);
        cr_expect(why == NULL || why[0] != '\0',
                  "%s has no row in oracle.c; judge it, or say there why not",
                  wm_alarm((enum wm_alarm)i)->name);
    }
}
