/*
 * test_programmer.c — addresses given, looked for and forgotten, while nothing is measured
 * (decision B19).
 */
#include <criterion/criterion.h>

#include "fake_bus.h"

static struct bench bench;
static const char *why;

#define RESULT(name) wm_state_programmer_result_##name

static enum wm_status order(enum wm_command_kind kind, int32_t number, int32_t value)
{
    const struct wm_command command = {.kind = kind, .number = number, .value = value};
    const enum wm_status status = wm_core_command(&bench.core, &command, &why);
    bench.next_ms = bench.now_ms;
    bench_run(&bench, 0);
    return status;
}

static void mode(int32_t is_on)
{
    cr_assert_eq(order(WM_COMMAND_PROGRAMMER_MODE, 0, is_on), WM_OK, "%s", why);
}

static const struct wm_view_programmer *seen(void)
{
    return &bench.core.view.programmer;
}

/* Modules beyond the given ones are not there. */
static void present(int32_t modules)
{
    for (int32_t i = modules; i < WM_MODULES_MAX; i++) {
        bench.bus.module[i].is_silent = true;
    }
}

static int told(enum wm_event_kind kind)
{
    int count = 0;
    for (int i = 0; i < bench.events; i++) {
        count += bench.event[i].kind == kind;
    }
    return count;
}

static int asked(enum wm_message_id message)
{
    int count = 0;
    for (int i = 0; i < bench.bus.questions; i++) {
        count += bench.bus.asked[i].message == message;
    }
    return count;
}

/* Three modules, addressed and well; the mode is on. */
static void setup(void)
{
    bench_settings(&bench, 1, 3);
    present(3);
    bench_ready(&bench);
    mode(1);
    bench_run(&bench, 1000);
    fake_bus_forget(&bench.bus);
    bench.events = 0;
}

/* ---- the mode --------------------------------------------------------------------------- */

Test(programmer, the_mode_stops_the_polling_and_says_so)
{
    bench_settings(&bench, 1, 3);
    bench_ready(&bench);
    cr_assert_eq(bench.core.view.system.status_flags, 0x0041);
    mode(1);
    cr_assert_eq(seen()->mode_choice, wm_state_programmer_mode_on);
    cr_assert_eq(bench.core.view.system.status_flags, 0x1040, "no RUNNING");
    cr_assert_neq(bench_told(&bench, wm_event_programmer_mode, 1), 0);
    bench_run(&bench, 500);
    cr_assert(bench.bus.is_programming);
    const uint32_t rounds = bench.core.poller.rounds;
    fake_bus_forget(&bench.bus);
    bench_run(&bench, 9000);
    cr_assert_eq(bench.bus.questions, 0, "nothing is asked while there is nothing to do");
    bench_run(&bench, 11000);
    cr_assert_eq(asked(wm_message_programming), bench.bus.questions, "but the mode is repeated");
    cr_assert_eq(bench.bus.questions, 6);
    cr_assert_eq(bench.core.poller.rounds, rounds);
}

Test(programmer, after_the_mode_everybody_is_asked_anew_and_life_goes_on, .init = setup)
{
    bench.bus.module[1].hardware_revision = 0x0303;
    mode(0);
    cr_assert_eq(bench.core.view.system.status_flags & 0x1001, 0x0001);
    bench_run(&bench, 1000);
    cr_assert_not(bench.bus.is_programming);
    for (int address = 1; address <= 3; address++) {
        cr_assert_eq(fake_bus_asked(&bench.bus, wm_message_identify, address), 1);
        cr_assert_eq(fake_bus_asked(&bench.bus, wm_message_impedance, address), 1);
        cr_assert_geq(fake_bus_asked(&bench.bus, wm_message_measure, address), 1);
    }
    cr_assert_eq(asked(wm_message_programming), 3, "nobody answers it: it is said three times");
    cr_assert_eq(bench.core.view.module[1].hardware_revision, 0x0303);
    cr_assert(bench.core.view.system.status_flags & 0x0100, "and compared");
    cr_assert_eq(bench.core.state.life, WM_RUNNING);
}

Test(programmer, the_question_that_is_out_ends_first)
{
    bench_settings(&bench, 1, 3);
    bench_ready(&bench);
    bench.bus.module[0].is_silent = true;
    while (!bench.core.poller.line.is_waiting) {
        bench_run(&bench, 1);
    }
    fake_bus_forget(&bench.bus);
    mode(1);
    bench_run(&bench, 500);
    cr_assert_eq(fake_bus_asked(&bench.bus, wm_message_measure, 1), 2, "its two retries");
    cr_assert_eq(bench.bus.asked[2].message, wm_message_programming);
    cr_assert_eq(bench.core.bank.module[0].link.rounds_failed, 1);
}

Test(programmer, a_broken_off_round_is_no_failed_one, .init = setup)
{
    bench.core.bank.module[0].link.rounds_failed = 2;
    bench.bus.module[0].is_silent = true;
    mode(0);
    bench_run(&bench, 1500);
    cr_assert_eq(told(wm_event_module_lost), 0);
    bench_run(&bench, 1500);
    cr_assert_eq(told(wm_event_module_lost), 1, "three rounds in a row are needed again");
}

Test(programmer, the_mode_ends_after_the_idle_limit, .init = setup)
{
    bench_run(&bench, 899000 - 1);
    cr_assert_eq(seen()->mode_choice, wm_state_programmer_mode_on);
    bench_run(&bench, 1);
    cr_assert_eq(seen()->mode_choice, wm_state_programmer_mode_off);
    cr_assert_neq(bench_told(&bench, wm_event_programmer_mode, 0), 0);
    bench_run(&bench, 2000);
    cr_assert_eq(bench.core.view.system.status_flags, 0x0041);
}

Test(programmer, orders_and_registered_buttons_prolong_the_mode, .init = setup)
{
    bench_run(&bench, 800000);
    cr_assert_eq(order(WM_COMMAND_PROGRAMMER_RANGE, 1, 3), WM_OK);
    bench_run(&bench, 800000);
    bench.bus.module[0].is_pressed = true;
    bench_run(&bench, 899999);
    cr_assert_eq(seen()->activity_choice, wm_state_programmer_activity_range);
    bench_run(&bench, 200);
    cr_assert_eq(seen()->mode_choice, wm_state_programmer_mode_off);
    cr_assert_eq(seen()->result_choice, RESULT(stopped));
    cr_assert_eq(seen()->modules_count, 1);
}

Test(programmer, the_idle_limit_is_a_setting, .init = setup)
{
    const struct wm_command set = {
        .kind = WM_COMMAND_SET, .setting = wm_setting_programmer_idle_limit, .value = 60};
    cr_assert_eq(wm_core_command(&bench.core, &set, &why), WM_OK);
    bench.next_ms = bench.now_ms;
    bench_run(&bench, 59000);
    cr_assert_eq(seen()->mode_choice, wm_state_programmer_mode_off);
}

Test(programmer, a_mode_that_ends_before_it_was_said_ends_all_the_same)
{
    bench_settings(&bench, 1, 3);
    bench_ready(&bench);
    bench_run(&bench, 500); /* between two rounds: the mode is said at once */
    mode(1);
    cr_assert(bench.core.programmer.is_asking);
    mode(0);
    bench_run(&bench, 2000);
    cr_assert_not(bench.bus.is_programming);
    cr_assert_eq(bench.core.view.system.status_flags, 0x0041);
    cr_assert_gt(asked(wm_message_measure), 3);
}

Test(programmer, a_range_tells_modules_that_were_plugged_in_just_now, .init = setup)
{
    bench.bus.is_programming = false; /* they are: nobody has told them yet */
    cr_assert_eq(order(WM_COMMAND_PROGRAMMER_RANGE, 1, 3), WM_OK);
    bench_run(&bench, 200);
    cr_assert(bench.bus.is_programming);
}

Test(programmer, the_mode_is_off_after_a_restart, .init = setup)
{
    bench_start(&bench);
    cr_assert_eq(seen()->mode_choice, wm_state_programmer_mode_off);
}

Test(programmer, what_the_mode_broke_off_goes_on_after_it)
{
    bench_settings(&bench, 1, 3);
    bench.bus.answer_bytes_max = 4; /* so that the start takes its time */
    bench_start(&bench);
    bench_run(&bench, 5);
    cr_assert_eq(bench.core.state.life, WM_INITIALIZING);
    mode(1);
    bench_run(&bench, 20000);
    cr_assert_eq(bench.core.view.system.status_flags, 0x5000);
    mode(0);
    bench_run(&bench, 3000);
    cr_assert_eq(bench.core.view.system.status_flags, 0x0041);
    cr_assert(bench.core.view.is_complete);
}

Test(programmer, a_start_that_was_broken_off_gives_everybody_three_rounds_again)
{
    bench_settings(&bench, 1, 3);
    bench.bus.module[1].is_silent = true;
    bench_start(&bench);
    bench_run(&bench, 1500);
    cr_assert_eq(bench.core.bank.module[1].start_rounds, 2);
    mode(1);
    bench_run(&bench, 5000);
    mode(0);
    bench_run(&bench, 1500);
    cr_assert_eq(bench.core.state.life, WM_INITIALIZING, "two rounds are not three");
    bench_run(&bench, 1500);
    cr_assert_eq(bench.core.state.life, WM_RUNNING);
}

Test(programmer, after_the_mode_a_round_begins_with_the_first_device)
{
    bench_settings(&bench, 1, 3);
    bench.bus.answer_bytes_max = 4; /* so that a round takes its time */
    bench_ready(&bench);
    while (bench.core.poller.place != 1 || !bench.core.poller.line.is_waiting) {
        bench_run(&bench, 1);
    }
    const uint32_t rounds = bench.core.poller.rounds;
    mode(1);
    bench_run(&bench, 1000);
    cr_assert_eq(bench.core.poller.rounds, rounds, "the round was broken off");
    fake_bus_forget(&bench.bus);
    mode(0);
    bench_run(&bench, 200);
    int first = 0;
    while (bench.bus.asked[first].message != wm_message_measure) {
        first++;
    }
    cr_assert_eq(bench.bus.asked[first].address, 1);
}

/* ---- no clock runs, no alarm is made ---------------------------------------------------- */

Test(programmer, a_delay_begins_anew_after_the_mode)
{
    bench_settings(&bench, 1, 3);
    bench.settings.value[wm_setting_voltage_delay] = 30;
    bench_ready(&bench);
    bench.bus.module[0].voltage_mV = 11000;
    bench_run(&bench, 20000);
    mode(1);
    bench_run(&bench, 60000);
    mode(0);
    bench_run(&bench, 29000);
    cr_assert_eq(bench.core.view.module[0].alarm_flags, 0, "no delay was held by old values");
    bench_run(&bench, 3000);
    cr_assert_eq(bench.core.view.module[0].alarm_flags, 0x0009);
}

Test(programmer, a_discharge_is_held_anew_after_the_mode)
{
    bench_settings(&bench, 1, 3);
    bench_ready(&bench);
    bench.bus.sensor[0].current_mA = -5000;
    bench_run(&bench, 3000);
    mode(1);
    bench_run(&bench, 10000);
    mode(0);
    bench_run(&bench, 4000);
    cr_assert_not(bench.core.view.system.status_flags & 0x0008);
    bench_run(&bench, 3000);
    cr_assert(bench.core.view.system.status_flags & 0x0008);
}

Test(programmer, a_runaway_is_held_anew_after_the_mode)
{
    bench_settings(&bench, 1, 3);
    bench_ready(&bench);
    bench.bus.sensor[0].current_mA = 500;
    bench.bus.module[0].temperature_ddegC = 345; /* 10.5 K above the others */
    bench_run(&bench, 500000);
    mode(1);
    bench_run(&bench, 300000);
    mode(0);
    bench_run(&bench, 590000);
    cr_assert_not(bench_has_row(&bench, 22));
    bench_run(&bench, 15000);
    cr_assert(bench_has_row(&bench, 22));
}

Test(programmer, an_alarm_that_stands_stays)
{
    bench_settings(&bench, 1, 3);
    bench_ready(&bench);
    bench.bus.module[0].voltage_mV = 11000;
    bench_run(&bench, 3000);
    cr_assert_eq(bench.core.view.module[0].alarm_flags, 0x0009);
    bench_run(&bench, 1000);
    cr_assert(bench.bus.module[0].was_told_alarm, "its LED is told");
    cr_assert_not(bench.bus.module[1].was_told_alarm);
    mode(1);
    bench_run(&bench, 60000);
    cr_assert_eq(bench.core.view.module[0].alarm_flags, 0x0009);
    bench.bus.module[0].voltage_mV = 13500;
    mode(0);
    bench_run(&bench, 2000);
    cr_assert_eq(bench.core.view.module[0].alarm_flags, 0);
    bench_run(&bench, 1000);
    cr_assert_not(bench.bus.module[0].was_told_alarm);
}

Test(programmer, a_breaker_does_not_wait_for_the_programmer)
{
    bench_settings(&bench, 1, 3);
    bench.settings.value[wm_setting_breaker_output_1] = 2;
    bench_ready(&bench);
    mode(1);
    bench_run(&bench, 1000);
    cr_assert_eq(order(WM_COMMAND_PROGRAMMER_RANGE, 1, 3), WM_OK);
    cr_assert_eq(order(WM_COMMAND_BREAKER, 1, 1), WM_OK);
    bench_run(&bench, 200);
    cr_assert_eq(bench.bus.aux[0].outputs, 2);
    bench.bus.module[0].is_pressed = true;
    bench_run(&bench, 200);
    cr_assert_eq(seen()->modules_count, 1, "and the range went on");
}

Test(programmer, a_breaker_does_not_wait_for_the_end_of_a_query)
{
    bench_settings(&bench, 1, 3);
    present(3);
    bench.settings.value[wm_setting_breaker_output_1] = 2;
    bench_ready(&bench);
    mode(1);
    bench_run(&bench, 1000);
    cr_assert_eq(order(WM_COMMAND_PROGRAMMER_QUERY, 0, 0), WM_OK);
    bench_run(&bench, 1000);
    cr_assert_eq(order(WM_COMMAND_BREAKER, 1, 1), WM_OK);
    bench_run(&bench, 100);
    cr_assert_eq(bench.bus.aux[0].outputs, 2);
    cr_assert_eq(seen()->activity_choice, wm_state_programmer_activity_query);
}

/* ---- orders ----------------------------------------------------------------------------- */

Test(programmer, nothing_but_the_mode_is_taken_while_it_is_off)
{
    bench_settings(&bench, 1, 3);
    bench_ready(&bench);
    for (int kind = WM_COMMAND_PROGRAMMER_RANGE; kind <= WM_COMMAND_PROGRAMMER_RESET; kind++) {
        cr_assert_eq(order((enum wm_command_kind)kind, 1, 2), WM_CONFLICT);
        cr_assert_str_eq(why, "programmer mode is off; switch it on first");
    }
    cr_assert_eq(order(WM_COMMAND_PROGRAMMER_MODE, 0, 2), WM_RANGE);
    cr_assert_eq(order(WM_COMMAND_PROGRAMMER_MODE, 0, -1), WM_RANGE);
    cr_assert_eq(seen()->mode_choice, wm_state_programmer_mode_off);
}

Test(programmer, addresses_out_of_range_are_refused, .init = setup)
{
    static const struct {
        enum wm_command_kind kind;
        int32_t number;
        int32_t value;
        enum wm_status status;
    } orders[] = {
        {WM_COMMAND_PROGRAMMER_RANGE, 0, 5, WM_RANGE},
        {WM_COMMAND_PROGRAMMER_RANGE, 1, 513, WM_RANGE},
        {WM_COMMAND_PROGRAMMER_RANGE, 5, 4, WM_RANGE},
        {WM_COMMAND_PROGRAMMER_RANGE, 1, 512, WM_OK},
        {WM_COMMAND_PROGRAMMER_RANGE, 5, 5, WM_OK},
        {WM_COMMAND_PROGRAMMER_SINGLE, -1, 5, WM_RANGE},
        {WM_COMMAND_PROGRAMMER_SINGLE, 513, 5, WM_RANGE},
        {WM_COMMAND_PROGRAMMER_SINGLE, 1, 0, WM_RANGE},
        {WM_COMMAND_PROGRAMMER_SINGLE, 1, 513, WM_RANGE},
        {WM_COMMAND_PROGRAMMER_SINGLE, 7, 7, WM_RANGE},
        {WM_COMMAND_PROGRAMMER_SINGLE, 0, 512, WM_OK},
        {WM_COMMAND_PROGRAMMER_SINGLE, 512, 1, WM_OK},
        {WM_COMMAND_PROGRAMMER_SHOW, 0, 0, WM_RANGE},
        {WM_COMMAND_PROGRAMMER_SHOW, 513, 0, WM_RANGE},
        {WM_COMMAND_PROGRAMMER_SHOW, 1, 0, WM_OK},
        {WM_COMMAND_PROGRAMMER_SHOW, 512, 0, WM_OK},
    };
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        cr_assert_eq(order(orders[i].kind, orders[i].number, orders[i].value), orders[i].status,
                     "order %zu", i);
        cr_assert_eq(why[0] == '\0', orders[i].status == WM_OK, "order %zu", i);
        cr_assert_eq(seen()->activity_choice == wm_state_programmer_activity_none,
                     orders[i].status != WM_OK, "order %zu", i);
        cr_assert_eq(order(WM_COMMAND_PROGRAMMER_STOP, 0, 0), WM_OK);
    }
}

Test(programmer, one_thing_at_a_time, .init = setup)
{
    cr_assert_eq(order(WM_COMMAND_PROGRAMMER_RANGE, 1, 3), WM_OK);
    for (int kind = WM_COMMAND_PROGRAMMER_RANGE; kind <= WM_COMMAND_PROGRAMMER_RESET; kind++) {
        if (kind != WM_COMMAND_PROGRAMMER_STOP) {
            cr_assert_eq(order((enum wm_command_kind)kind, 1, 2), WM_CONFLICT);
            cr_assert_str_eq(why, "the programmer is at work; stop it first");
        }
    }
    cr_assert_eq(seen()->last_address, 3);
    const struct wm_command two[] = {{.kind = WM_COMMAND_PROGRAMMER_STOP},
                                     {.kind = WM_COMMAND_PROGRAMMER_STOP}};
    cr_assert_eq(wm_core_command(&bench.core, &two[0], &why), WM_OK);
    cr_assert_eq(wm_core_command(&bench.core, &two[1], &why), WM_OK);
    bench.next_ms = bench.now_ms;
    bench_run(&bench, 0);
    cr_assert_eq(told(wm_event_programmer_result), 1);
}

Test(programmer, of_two_activities_wished_for_at_once_the_second_comes_too_late, .init = setup)
{
    const struct wm_command range = {WM_COMMAND_PROGRAMMER_RANGE, .number = 1, .value = 3};
    const struct wm_command show = {WM_COMMAND_PROGRAMMER_SHOW, .number = 1};
    cr_assert_eq(wm_core_command(&bench.core, &range, &why), WM_OK);
    cr_assert_eq(wm_core_command(&bench.core, &show, &why), WM_OK);
    bench.events = 0;
    bench.next_ms = bench.now_ms;
    bench_run(&bench, 0);
    cr_assert_eq(seen()->activity_choice, wm_state_programmer_activity_range);
    cr_assert_eq(told(wm_event_request_refused), 1);
    cr_assert_eq(bench.event[bench.events - 1].number, wm_refusal_conflict);
}

/* ---- range ------------------------------------------------------------------------------ */

Test(programmer, a_range_gives_the_addresses_to_the_buttons_in_turn, .init = setup)
{
    static const int turn[] = {2, 0, 1};
    cr_assert_eq(order(WM_COMMAND_PROGRAMMER_RANGE, 76, 78), WM_OK);
    cr_assert_eq(seen()->result_choice, RESULT(running));
    for (int i = 0; i < 3; i++) {
        bench_run(&bench, 3000);
        cr_assert_eq(seen()->next_address, 76 + i);
        cr_assert_eq(seen()->modules_count, i);
        bench.bus.module[turn[i]].is_pressed = true;
        bench_run(&bench, 300);
        cr_assert_eq(bench.bus.module[turn[i]].address, 76 + i);
        cr_assert_neq(bench_told(&bench, wm_event_address_registered, 76 + i), 0);
    }
    cr_assert_eq(seen()->activity_choice, wm_state_programmer_activity_none);
    cr_assert_eq(seen()->result_choice, RESULT(succeeded));
    cr_assert_eq(seen()->modules_count, 3);
    cr_assert_eq(seen()->first_address, 76);
    cr_assert_eq(seen()->last_address, 78);
    cr_assert_eq(seen()->next_address, 0);
    cr_assert_neq(bench_told(&bench, wm_event_programmer_result, RESULT(succeeded)), 0);
    fake_bus_forget(&bench.bus);
    bench_run(&bench, 5000);
    cr_assert_eq(asked(wm_message_register_address), 0, "no more is offered");
}

Test(programmer, who_presses_is_asked_ten_times_a_second_and_nobody_given_anything, .init = setup)
{
    cr_assert_eq(order(WM_COMMAND_PROGRAMMER_RANGE, 1, 3), WM_OK);
    bench_run(&bench, 1000);
    fake_bus_forget(&bench.bus);
    bench_run(&bench, 8000);
    cr_assert_gt(asked(wm_message_register_address), 80);
    cr_assert_leq(asked(wm_message_register_address), 100);
    cr_assert_eq(asked(wm_message_register_address), bench.bus.questions);
    for (int i = 0; i < bench.bus.questions; i++) {
        cr_assert_eq(bench.bus.asked[i].value[wm_question_register_address_address], 0);
    }
}

Test(programmer, a_button_that_is_held_ends_a_range_before_it_gives_anything, .init = setup)
{
    bench.bus.module[1].is_pressed = true;
    cr_assert_eq(order(WM_COMMAND_PROGRAMMER_RANGE, 76, 78), WM_OK);
    bench_run(&bench, 1000);
    cr_assert_eq(seen()->result_choice, RESULT(button_held));
    cr_assert_eq(seen()->modules_count, 0);
    cr_assert_eq(bench.bus.module[1].address, 2);
    cr_assert_eq(told(wm_event_address_registered), 0);
}

Test(programmer, two_held_buttons_are_held_buttons, .init = setup)
{
    bench.bus.module[1].is_pressed = true;
    bench.bus.module[2].is_pressed = true;
    cr_assert_eq(order(WM_COMMAND_PROGRAMMER_RANGE, 76, 78), WM_OK);
    bench_run(&bench, 1000);
    cr_assert_eq(seen()->result_choice, RESULT(button_held));
}

Test(programmer, two_buttons_at_once_are_a_collision, .init = setup)
{
    cr_assert_eq(order(WM_COMMAND_PROGRAMMER_RANGE, 76, 78), WM_OK);
    bench_run(&bench, 1000);
    bench.bus.module[0].is_pressed = true;
    bench_run(&bench, 300);
    bench.bus.module[1].is_pressed = true;
    bench.bus.module[2].is_pressed = true;
    bench_run(&bench, 500);
    cr_assert_eq(seen()->result_choice, RESULT(collision));
    cr_assert_eq(told(wm_event_collision), 0, "there is none yet");
    cr_assert_eq(bench.bus.module[1].address, 2);
    cr_assert_eq(bench.bus.module[2].address, 3);
    cr_assert_eq(told(wm_event_address_registered), 1);
    cr_assert_eq(seen()->next_address, 77, "where it stopped");
    fake_bus_forget(&bench.bus);
    bench_run(&bench, 5000);
    cr_assert_eq(asked(wm_message_register_address), 0);
}

Test(programmer, noise_over_one_registration_is_no_collision, .init = setup)
{
    cr_assert_eq(order(WM_COMMAND_PROGRAMMER_RANGE, 76, 78), WM_OK);
    bench_run(&bench, 1000);
    bench.bus.module[0].is_pressed = true;
    bench.bus.garble_answers = 1;
    bench_run(&bench, 500);
    cr_assert_eq(seen()->modules_count, 1);
    cr_assert_eq(seen()->next_address, 77);
    cr_assert_eq(seen()->result_choice, RESULT(running));
    cr_assert_eq(told(wm_event_collision), 0);
}

Test(programmer, a_range_can_be_stopped, .init = setup)
{
    cr_assert_eq(order(WM_COMMAND_PROGRAMMER_RANGE, 76, 78), WM_OK);
    bench.bus.module[0].is_silent = bench.bus.module[1].is_silent = true;
    bench_run(&bench, 1000);
    while (!bench.core.programmer.is_asking) {
        bench_run(&bench, 1);
    }
    cr_assert_eq(order(WM_COMMAND_PROGRAMMER_STOP, 0, 0), WM_OK);
    cr_assert_eq(seen()->result_choice, RESULT(stopped));
    cr_assert_eq(seen()->activity_choice, wm_state_programmer_activity_none);
    fake_bus_forget(&bench.bus);
    bench_run(&bench, 5000);
    cr_assert_eq(bench.bus.questions, 0);
    cr_assert_eq(bench.core.view.system.status_flags, 0x1040, "the mode is still on");
}

/* ---- a range, whatever is pressed and lost ---------------------------------------------- */

/* The k-th answer or question from now is lost, or the k-th answer garbled. */
enum fault { LOST_ANSWER, GARBLED_ANSWER, LOST_QUESTION, FAULTS };

static int *fault_of(enum fault fault)
{
    int *const places[FAULTS] = {&bench.bus.lose_nth, &bench.bus.garble_nth, &bench.bus.deaf_nth};
    return places[fault];
}

/* Each button `presses` times, one press every 300 ms; false when the fault never happened. */
static bool range_suffers(enum fault fault, int k, int32_t first, int presses)
{
    setup();
    *fault_of(fault) = k;
    cr_assert_eq(order(WM_COMMAND_PROGRAMMER_RANGE, first, first + 2), WM_OK);
    bench_run(&bench, 500);
    for (int press = 0; press < 3 * presses; press++) {
        bench.bus.module[press / presses].is_pressed = true;
        bench_run(&bench, 300);
    }
    bench_run(&bench, 300);
    for (int i = 0; i < 3; i++) {
        cr_assert_eq(bench.bus.module[i].address, first + i, "fault %d, %d: %d at %d", fault, k, i,
                     bench.bus.module[i].address);
        cr_assert_neq(bench_told(&bench, wm_event_address_registered, first + i), 0);
    }
    cr_assert_eq(seen()->result_choice, RESULT(succeeded), "fault %d, %d", fault, k);
    cr_assert_eq(seen()->modules_count, 3);
    cr_assert_eq(told(wm_event_address_registered), 3);
    cr_assert_eq(told(wm_event_collision), 0);
    return *fault_of(fault) == 0;
}

/* How many places there were for the fault. */
static int range_suffers_each(enum fault fault, int32_t first, int presses)
{
    int k = 1;
    while (range_suffers(fault, k, first, presses)) {
        k++;
    }
    return k - 1;
}

Test(programmer, no_lost_answer_leaves_twins_or_a_gap)
{
    cr_assert_eq(range_suffers_each(LOST_ANSWER, 76, 1), 9, "asked, given, made sure; three times");
    cr_assert_eq(range_suffers_each(GARBLED_ANSWER, 76, 1), 9);
    cr_assert_gt(range_suffers_each(LOST_QUESTION, 76, 1), 9);
}

Test(programmer, nor_where_each_has_its_address_already)
{
    cr_assert_eq(range_suffers_each(LOST_ANSWER, 1, 1), 12);
    cr_assert_eq(range_suffers_each(GARBLED_ANSWER, 1, 1), 12);
    cr_assert_gt(range_suffers_each(LOST_QUESTION, 1, 1), 12);
}

Test(programmer, nor_where_every_button_is_pressed_twice)
{
    cr_assert_gt(range_suffers_each(LOST_ANSWER, 76, 2), 12);
    cr_assert_gt(range_suffers_each(GARBLED_ANSWER, 76, 2), 12);
    cr_assert_gt(range_suffers_each(LOST_QUESTION, 76, 2), 12);
}

Test(programmer, a_button_that_is_pressed_again_keeps_its_address, .init = setup)
{
    cr_assert_eq(order(WM_COMMAND_PROGRAMMER_RANGE, 76, 79), WM_OK);
    bench_run(&bench, 500);
    for (int i = 0; i < 2; i++) {
        bench.bus.module[i].is_pressed = true;
        bench_run(&bench, 300);
    }
    for (int i = 0; i < 2; i++) {
        bench.bus.module[i].is_pressed = true;
        bench_run(&bench, 300);
        cr_assert_not(bench.bus.module[i].is_pressed, "its press is used up");
        cr_assert_eq(bench.bus.module[i].address, 76 + i);
        cr_assert_neq(bench_told(&bench, wm_event_registered_again, 76 + i), 0);
    }
    cr_assert_eq(told(wm_event_registered_again), 2);
    cr_assert_eq(told(wm_event_address_registered), 2);
    cr_assert_eq(seen()->modules_count, 2);
    cr_assert_eq(seen()->next_address, 78);
    bench.bus.module[0].is_pressed = true;
    bench_run(&bench, 300);
    cr_assert_eq(told(wm_event_registered_again), 3, "each press is told");
}

Test(programmer, a_button_of_an_earlier_range_is_a_new_one, .init = setup)
{
    for (int32_t first = 76; first <= 86; first += 10) {
        cr_assert_eq(order(WM_COMMAND_PROGRAMMER_RANGE, first, first + 1), WM_OK);
        bench_run(&bench, 500);
        for (int i = 0; i < 2; i++) {
            bench.bus.module[i].is_pressed = true;
            bench_run(&bench, 300);
            cr_assert_eq(bench.bus.module[i].address, first + i);
        }
    }
    cr_assert_eq(told(wm_event_registered_again), 0);
}

Test(programmer, a_stuck_button_is_told_once_and_prolongs_the_mode_once, .init = setup)
{
    cr_assert_eq(order(WM_COMMAND_PROGRAMMER_RANGE, 76, 78), WM_OK);
    bench_run(&bench, 500);
    bench.bus.module[0].is_pressed = bench.bus.module[0].is_stuck = true;
    bench_run(&bench, 900000);
    cr_assert_eq(bench.bus.module[0].address, 76);
    cr_assert_eq(told(wm_event_address_registered), 1);
    cr_assert_eq(told(wm_event_registered_again), 1);
    bench_run(&bench, 1000);
    cr_assert_eq(seen()->mode_choice, wm_state_programmer_mode_off);
}

Test(programmer, a_button_that_is_pressed_again_prolongs_the_mode, .init = setup)
{
    cr_assert_eq(order(WM_COMMAND_PROGRAMMER_RANGE, 76, 78), WM_OK);
    for (int i = 0; i < 3; i++) {
        bench_run(&bench, 800000);
        bench.bus.module[0].is_pressed = true;
    }
    bench_run(&bench, 800000);
    cr_assert_eq(seen()->mode_choice, wm_state_programmer_mode_on);
}

Test(programmer, nobody_gets_an_address_that_another_has, .init = setup)
{
    cr_assert_eq(order(WM_COMMAND_PROGRAMMER_RANGE, 1, 3), WM_OK);
    bench_run(&bench, 500);
    bench.bus.module[0].is_pressed = true;
    bench_run(&bench, 300);
    cr_assert_eq(seen()->modules_count, 1, "its own it may have");
    bench.bus.module[2].is_pressed = true;
    bench_run(&bench, 300);
    cr_assert_eq(seen()->result_choice, RESULT(collision));
    cr_assert_eq(seen()->next_address, 2, "where it stopped");
    cr_assert_eq(bench.bus.module[2].address, 3);
    cr_assert_eq(told(wm_event_collision), 0, "there is none yet");
}

Test(programmer, twins_of_before_end_a_range_that_comes_to_them, .init = setup)
{
    bench.bus.module[1].address = bench.bus.module[2].address = 77;
    cr_assert_eq(order(WM_COMMAND_PROGRAMMER_RANGE, 76, 78), WM_OK);
    bench_run(&bench, 1000);
    cr_assert_eq(seen()->result_choice, RESULT(running));
    bench.bus.module[0].is_pressed = true;
    bench_run(&bench, 1000);
    cr_assert_eq(seen()->result_choice, RESULT(collision));
    cr_assert_eq(seen()->modules_count, 1);
    cr_assert_neq(bench_told(&bench, wm_event_collision, 77), 0);
}

Test(programmer, noise_where_nobody_is_makes_no_twins, .init = setup)
{
    bench.bus.module[0].address = 76;
    bench.bus.garble_answers = 2; /* of the look at 76, with a silence after them */
    cr_assert_eq(order(WM_COMMAND_PROGRAMMER_RANGE, 76, 78), WM_OK);
    while (bench.bus.garble_answers > 0) {
        bench_run(&bench, 1);
    }
    bench.bus.module[0].is_silent = true;
    bench_run(&bench, 1000);
    cr_assert_eq(seen()->result_choice, RESULT(running));
    cr_assert_eq(told(wm_event_collision), 0);
}

/* A range; the first button has been answered, and the next answers are lost. */
static void given_and_not_heard(int answers)
{
    cr_assert_eq(order(WM_COMMAND_PROGRAMMER_RANGE, 76, 78), WM_OK);
    bench_run(&bench, 500);
    bench.bus.module[0].is_pressed = true;
    bench.bus.is_limited = true;
    bench.bus.answers_left = 1;
    while (bench.bus.answers_left >= 0) {
        bench_run(&bench, 1); /* till the first answer is lost */
    }
    bench.bus.is_limited = false;
    bench.bus.lose_answers = answers - 1;
    bench_run(&bench, 800);
    cr_assert_eq(bench.bus.lose_answers, 0);
}

Test(programmer, four_to_six_lost_answers_make_no_twins)
{
    for (int answers = 4; answers <= 6; answers++) {
        setup();
        given_and_not_heard(answers);
        cr_assert_eq(seen()->modules_count, 1, "it is seen at its place");
        for (int i = 1; i < 3; i++) {
            bench.bus.module[i].is_pressed = true;
            bench_run(&bench, 300);
        }
        cr_assert_eq(seen()->result_choice, RESULT(succeeded));
        for (int i = 0; i < 3; i++) {
            cr_assert_eq(bench.bus.module[i].address, 76 + i);
        }
        cr_assert_eq(told(wm_event_collision), 0);
    }
}

Test(programmer, what_seven_lost_answers_hide_is_found_with_the_next_button, .init = setup)
{
    given_and_not_heard(7);
    cr_assert_eq(seen()->modules_count, 0);
    bench.bus.module[1].is_pressed = true;
    bench_run(&bench, 500);
    cr_assert_eq(bench.bus.module[0].address, 76);
    cr_assert_eq(bench.bus.module[1].address, 77);
    cr_assert_eq(seen()->modules_count, 2);
    cr_assert_eq(seen()->result_choice, RESULT(running));
    cr_assert_eq(told(wm_event_collision), 0);
}

Test(programmer, what_has_gone_with_its_address_leaves_it_to_the_next_button, .init = setup)
{
    given_and_not_heard(7);
    bench.bus.module[0].is_silent = true;
    bench.bus.module[1].is_pressed = true;
    bench_run(&bench, 500);
    cr_assert_eq(bench.bus.module[1].address, 76);
    cr_assert_eq(seen()->modules_count, 1);
    cr_assert_eq(seen()->next_address, 77);
}

Test(programmer, what_has_said_that_it_takes_an_address_is_registered, .init = setup)
{
    cr_assert_eq(order(WM_COMMAND_PROGRAMMER_RANGE, 76, 78), WM_OK);
    bench_run(&bench, 500);
    bench.bus.is_limited = true;
    bench.bus.answers_left = 2; /* who is pressed, who takes it; then none */
    bench.bus.module[0].is_pressed = true;
    bench_run(&bench, 300);
    cr_assert_eq(seen()->modules_count, 1);
    cr_assert_eq(seen()->next_address, 77);
}

Test(programmer, noise_with_a_silence_between_is_not_two_buttons, .init = setup)
{
    cr_assert_eq(order(WM_COMMAND_PROGRAMMER_RANGE, 76, 78), WM_OK);
    bench_run(&bench, 500);
    bench.bus.module[0].is_pressed = true;
    bench.bus.garble_answers = 2;
    bench.bus.lose_nth = 3;
    bench.bus.garble_nth = 3; /* of those that arrive */
    bench_run(&bench, 500);
    cr_assert_eq(bench.bus.garble_nth, 0);
    cr_assert_eq(seen()->modules_count, 1);
}

/* Presses the first button, and runs until a stage's question is out and its answer on the way. */
static void press_until(enum wm_programmer_stage stage)
{
    bench.bus.answer_bytes_max = 4; /* so that an answer takes its time */
    bench.bus.module[0].is_pressed = true;
    while (bench.core.programmer.stage != stage || !bench.core.programmer.is_asking ||
           bench.bus.answer_size == 0) {
        bench_run(&bench, 1);
    }
}

Test(programmer, another_button_between_asking_and_giving_is_a_collision, .init = setup)
{
    cr_assert_eq(order(WM_COMMAND_PROGRAMMER_RANGE, 76, 78), WM_OK);
    bench_run(&bench, 500);
    press_until(WM_STAGE_RANGE_ASK);
    bench.bus.module[0].is_pressed = false;
    bench.bus.module[1].is_pressed = true;
    bench_run(&bench, 300);
    cr_assert_eq(seen()->result_choice, RESULT(collision));
    cr_assert_neq(bench_told(&bench, wm_event_collision, 76), 0);
    cr_assert_eq(told(wm_event_address_registered), 0);
}

Test(programmer, what_another_takes_is_not_registered_for_the_one_that_was_asked, .init = setup)
{
    cr_assert_eq(order(WM_COMMAND_PROGRAMMER_RANGE, 76, 78), WM_OK);
    bench_run(&bench, 500);
    bench.bus.is_limited = true;
    bench.bus.answers_left = 2;
    press_until(WM_STAGE_RANGE_ASK);
    bench.bus.module[0].is_pressed = false;
    bench.bus.module[1].is_pressed = true;
    bench_run(&bench, 300);
    cr_assert_eq(bench.bus.module[1].address, 76);
    cr_assert_eq(told(wm_event_address_registered), 0);
}

Test(programmer, what_was_given_before_a_stop_does_not_count_in_the_next_range, .init = setup)
{
    cr_assert_eq(order(WM_COMMAND_PROGRAMMER_RANGE, 76, 78), WM_OK);
    bench_run(&bench, 500);
    press_until(WM_STAGE_RANGE_GIVE);
    cr_assert_eq(order(WM_COMMAND_PROGRAMMER_STOP, 0, 0), WM_OK);
    cr_assert_eq(order(WM_COMMAND_PROGRAMMER_RANGE, 76, 78), WM_OK);
    bench_run(&bench, 500);
    cr_assert_eq(bench.bus.module[0].address, 76);
    cr_assert_eq(seen()->modules_count, 0);
    bench.bus.module[0].is_pressed = true;
    bench_run(&bench, 300);
    cr_assert_eq(seen()->modules_count, 1);
}

Test(programmer, what_was_given_before_a_stop_is_told_once)
{
    static const enum wm_programmer_stage stages[] = {WM_STAGE_RANGE_GIVE, WM_STAGE_RANGE_CHECK};
    for (int presses = 1; presses <= 2; presses++) {
        for (int i = 0; i < 2; i++) {
            setup();
            cr_assert_eq(order(WM_COMMAND_PROGRAMMER_RANGE, 76, 78), WM_OK);
            bench_run(&bench, 500);
            for (int press = 0; press < presses; press++) {
                bench_run(&bench, 300);
                press_until(stages[i]);
            }
            cr_assert_eq(order(WM_COMMAND_PROGRAMMER_STOP, 0, 0), WM_OK);
            bench_run(&bench, 300);
            cr_assert_eq(bench.bus.module[0].address, 76);
            cr_assert_eq(told(wm_event_address_registered), 1);
            cr_assert_eq(seen()->modules_count, 1);
            cr_assert_eq(seen()->result_choice, RESULT(stopped));
        }
    }
}

/* ---- single ----------------------------------------------------------------------------- */

static void single(int32_t from, int32_t to, int32_t result)
{
    cr_assert_eq(order(WM_COMMAND_PROGRAMMER_SINGLE, from, to), WM_OK, "%s", why);
    cr_assert_eq((bench.core.view.system.status_flags & 0x2000) != 0,
                 seen()->activity_choice == wm_state_programmer_activity_single);
    bench_run(&bench, 1000);
    cr_assert_eq(seen()->result_choice, result, "result %d", seen()->result_choice);
    cr_assert_eq(bench.core.view.system.status_flags, 0x1040);
}

Test(programmer, a_single_module_takes_its_new_address, .init = setup)
{
    cr_assert_eq(order(WM_COMMAND_PROGRAMMER_SINGLE, 2, 300), WM_OK);
    cr_assert_eq(bench.core.view.system.status_flags, 0x3040);
    bench_run(&bench, 1000);
    cr_assert_eq(seen()->result_choice, RESULT(succeeded));
    cr_assert_eq(bench.bus.module[1].address, 300);
    cr_assert_eq(seen()->modules_count, 1);
    bench.bus.module[1].address = 0;
    single(0, 2, RESULT(succeeded));
    cr_assert_eq(bench.bus.module[1].address, 2, "from the factory's, too");
}

Test(programmer, an_address_that_is_taken_is_not_given_again, .init = setup)
{
    single(2, 3, RESULT(collision));
    cr_assert_eq(bench.bus.module[1].address, 2);
    cr_assert_eq(asked(wm_message_set_address), 0);
    cr_assert_eq(told(wm_event_collision), 0, "there is none yet");
}

Test(programmer, nobody_at_the_old_address_is_told, .init = setup)
{
    single(9, 300, RESULT(no_answer));
    cr_assert_eq(asked(wm_message_set_address), 0);
}

Test(programmer, two_at_the_old_address_are_left_alone, .init = setup)
{
    bench.bus.module[0].address = 2;
    single(2, 300, RESULT(collision));
    cr_assert_neq(bench_told(&bench, wm_event_collision, 2), 0);
    cr_assert_eq(bench.bus.module[1].address, 2);
}

Test(programmer, two_at_the_new_address_are_a_collision_there, .init = setup)
{
    bench.bus.module[0].address = bench.bus.module[2].address = 300;
    single(2, 300, RESULT(collision));
    cr_assert_neq(bench_told(&bench, wm_event_collision, 300), 0);
    cr_assert_eq(bench.bus.module[1].address, 2);
}

Test(programmer, a_lost_answer_to_the_order_is_no_lost_module, .init = setup)
{
    bench.bus.is_limited = true;
    bench.bus.answers_left = 1; /* the old address's; the order's is lost */
    cr_assert_eq(order(WM_COMMAND_PROGRAMMER_SINGLE, 2, 300), WM_OK);
    while (asked(wm_message_set_address) == 0) {
        bench_run(&bench, 1);
    }
    bench.bus.is_limited = false;
    bench_run(&bench, 1000);
    cr_assert_eq(seen()->result_choice, RESULT(succeeded));
}

Test(programmer, no_loss_hides_that_a_single_module_moved)
{
    for (enum fault fault = LOST_ANSWER; fault < FAULTS; fault++) {
        int k = 0;
        do {
            setup();
            *fault_of(fault) = ++k;
            single(2, 300, RESULT(succeeded));
            cr_assert_eq(bench.bus.module[1].address, 300, "fault %d, %d", fault, k);
            cr_assert_eq(seen()->modules_count, 1);
            cr_assert_eq(told(wm_event_collision), 0);
        } while (*fault_of(fault) == 0);
        cr_assert_gt(k, 3);
    }
}

Test(programmer, no_loss_puts_a_single_module_onto_another)
{
    for (enum fault fault = LOST_ANSWER; fault < FAULTS; fault++) {
        setup();
        *fault_of(fault) = 1;
        single(2, 3, RESULT(collision));
        cr_assert_eq(bench.bus.module[1].address, 2);
    }
}

Test(programmer, noise_and_silence_at_a_new_address_are_no_twins, .init = setup)
{
    bench.bus.module[0].address = 300;
    bench.bus.garble_answers = 1;
    cr_assert_eq(order(WM_COMMAND_PROGRAMMER_SINGLE, 2, 300), WM_OK);
    bench.bus.module[0].is_silent = true;
    bench_run(&bench, 1000);
    cr_assert_eq(seen()->result_choice, RESULT(succeeded));
    cr_assert_eq(told(wm_event_collision), 0);
}

Test(programmer, another_at_the_new_address_is_no_success, .init = setup)
{
    bench.bus.answer_bytes_max = 4;
    cr_assert_eq(order(WM_COMMAND_PROGRAMMER_SINGLE, 2, 300), WM_OK);
    while (bench.core.programmer.stage != WM_STAGE_SINGLE_OLD) {
        bench_run(&bench, 1);
    }
    bench_run(&bench, 1); /* the old one answers, hears no order, and a third one is plugged in */
    bench.bus.module[1].is_silent = true;
    bench.bus.module[0].address = 300;
    bench_run(&bench, 1000);
    cr_assert_eq(seen()->result_choice, RESULT(collision));
    cr_assert_eq(seen()->modules_count, 0);
}

/* ---- show ------------------------------------------------------------------------------- */

Test(programmer, a_shown_module_blinks_until_its_button_is_pressed, .init = setup)
{
    cr_assert_eq(order(WM_COMMAND_PROGRAMMER_SHOW, 2, 0), WM_OK);
    cr_assert_eq(bench.core.view.system.status_flags, 0x3040);
    bench_run(&bench, 60000);
    cr_assert(bench.bus.module[1].is_showing);
    cr_assert_eq(seen()->activity_choice, wm_state_programmer_activity_show);
    cr_assert_eq(seen()->first_address, 2);
    bench.bus.module[1].is_showing = false;
    bench_run(&bench, 600);
    cr_assert_eq(seen()->result_choice, RESULT(succeeded));
    cr_assert_eq(bench.core.view.system.status_flags, 0x1040);
}

Test(programmer, a_stopped_show_ends_the_blinking, .init = setup)
{
    cr_assert_eq(order(WM_COMMAND_PROGRAMMER_SHOW, 2, 0), WM_OK);
    bench_run(&bench, 5000);
    cr_assert_eq(order(WM_COMMAND_PROGRAMMER_STOP, 0, 0), WM_OK);
    bench_run(&bench, 200);
    cr_assert_not(bench.bus.module[1].is_showing);
    cr_assert_eq(seen()->result_choice, RESULT(stopped));
}

Test(programmer, the_end_of_the_mode_ends_the_blinking, .init = setup)
{
    cr_assert_eq(order(WM_COMMAND_PROGRAMMER_SHOW, 2, 0), WM_OK);
    bench_run(&bench, 5000);
    mode(0);
    bench_run(&bench, 500);
    cr_assert_not(bench.bus.module[1].is_showing);
    cr_assert_eq(seen()->result_choice, RESULT(stopped));
    cr_assert_not(bench.bus.is_programming);
}

Test(programmer, nobody_can_be_shown_where_nobody_is, .init = setup)
{
    cr_assert_eq(order(WM_COMMAND_PROGRAMMER_SHOW, 4, 0), WM_OK);
    bench_run(&bench, 1000);
    cr_assert_eq(seen()->result_choice, RESULT(no_answer));
    bench.bus.module[0].address = 2;
    cr_assert_eq(order(WM_COMMAND_PROGRAMMER_SHOW, 2, 0), WM_OK);
    bench_run(&bench, 1000);
    cr_assert_eq(seen()->result_choice, RESULT(collision));
    cr_assert_neq(bench_told(&bench, wm_event_collision, 2), 0);
    bench_run(&bench, 1000);
    cr_assert_not(bench.bus.module[1].is_showing, "nobody is left blinking");
}

Test(programmer, a_shown_module_may_miss_two_looks_and_not_three, .init = setup)
{
    cr_assert_eq(order(WM_COMMAND_PROGRAMMER_SHOW, 2, 0), WM_OK);
    bench_run(&bench, 5000);
    bench.bus.lose_answers = 6;
    bench_run(&bench, 5000);
    cr_assert_eq(seen()->result_choice, RESULT(running));
    bench.bus.lose_answers = 9;
    bench_run(&bench, 5000);
    cr_assert_eq(seen()->result_choice, RESULT(no_answer));
}

/* ---- query ------------------------------------------------------------------------------ */

static void query(int32_t result, int32_t modules)
{
    cr_assert_eq(order(WM_COMMAND_PROGRAMMER_QUERY, 0, 0), WM_OK, "%s", why);
    cr_assert_eq(bench.core.view.system.status_flags, 0x9040);
    bench_run(&bench, 45000);
    cr_assert_eq(seen()->result_choice, result, "result %d", seen()->result_choice);
    cr_assert_eq(seen()->modules_count, modules);
    cr_assert_eq(bench.core.view.system.status_flags, 0x1040);
}

Test(programmer, a_query_finds_the_only_module_and_its_address, .init = setup)
{
    static const int32_t addresses[] = {0, 1, 300, 512};
    bench.bus.module[0].is_silent = bench.bus.module[2].is_silent = true;
    for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
        bench.bus.module[1].address = addresses[i];
        query(RESULT(succeeded), 1);
        cr_assert_eq(seen()->first_address, addresses[i]);
    }
}

Test(programmer, a_query_says_how_many_answered, .init = setup)
{
    query(RESULT(several), 3);
    bench.bus.module[0].address = 2;
    query(RESULT(several), 3);
    bench.bus.module[2].is_silent = true;
    query(RESULT(collision), 2);
    cr_assert_eq(seen()->first_address, 2);
    cr_assert_neq(bench_told(&bench, wm_event_collision, 2), 0);
    bench.bus.module[0].is_silent = bench.bus.module[1].is_silent = true;
    query(RESULT(no_answer), 0);
}

Test(programmer, one_alone_and_two_at_one_address_are_several, .init = setup)
{
    bench.bus.module[2].address = 2;
    query(RESULT(several), 3);
    cr_assert_eq(seen()->first_address, 1, "the first that answered");
}

Test(programmer, noise_over_the_only_answer_is_asked_away, .init = setup)
{
    bench.bus.module[0].is_silent = bench.bus.module[2].is_silent = true;
    bench.bus.garble_answers = 2;
    query(RESULT(succeeded), 1);
    cr_assert_eq(seen()->first_address, 2);
    cr_assert_eq(fake_bus_asked(&bench.bus, wm_message_identify, 2), 3);
    cr_assert_eq(fake_bus_asked(&bench.bus, wm_message_identify, 3), 2, "silence is asked twice");
}

Test(programmer, a_query_shows_where_it_is_and_can_be_stopped, .init = setup)
{
    cr_assert_eq(order(WM_COMMAND_PROGRAMMER_QUERY, 0, 0), WM_OK);
    bench_run(&bench, 10000);
    const int32_t next = seen()->next_address;
    cr_assert(next > 50 && next < 400, "at %d", next);
    cr_assert_eq(order(WM_COMMAND_PROGRAMMER_STOP, 0, 0), WM_OK);
    cr_assert_eq(seen()->result_choice, RESULT(stopped));
    bench_run(&bench, 100);
    fake_bus_forget(&bench.bus);
    bench_run(&bench, 4000);
    cr_assert_eq(asked(wm_message_identify), 0);
}

Test(programmer, no_loss_makes_a_query_miss_or_invent_a_module)
{
    for (enum fault fault = LOST_ANSWER; fault < FAULTS; fault++) {
        for (int k = 1; k <= 4; k++) {
            setup();
            *fault_of(fault) = k;
            query(RESULT(several), 3);
            setup();
            bench.bus.module[0].is_silent = bench.bus.module[2].is_silent = true;
            *fault_of(fault) = k;
            query(RESULT(succeeded), 1);
            cr_assert_eq(seen()->first_address, 2);
            cr_assert_eq(told(wm_event_collision), 0);
        }
    }
}

/* ---- reset ------------------------------------------------------------------------------ */

Test(programmer, a_reset_takes_all_addresses_and_makes_sure, .init = setup)
{
    cr_assert_eq(order(WM_COMMAND_PROGRAMMER_RESET, 0, 0), WM_OK);
    bench_run(&bench, 2000);
    cr_assert_eq(seen()->result_choice, RESULT(succeeded));
    for (int i = 0; i < 3; i++) {
        cr_assert_eq(bench.bus.module[i].address, 0);
        cr_assert_eq(fake_bus_asked(&bench.bus, wm_message_identify, i + 1), 2);
    }
    cr_assert_eq(asked(wm_message_reset_address), 3, "nobody answers it: it is said three times");
}

Test(programmer, a_reset_tells_how_many_kept_their_addresses, .init = setup)
{
    bench.bus.module[2].is_deaf_to_reset = true;
    cr_assert_eq(order(WM_COMMAND_PROGRAMMER_RESET, 0, 0), WM_OK);
    bench_run(&bench, 2000);
    cr_assert_eq(seen()->result_choice, RESULT(several));
    cr_assert_eq(seen()->modules_count, 1);
}

Test(programmer, no_loss_makes_a_reset_a_success_or_a_failure)
{
    for (enum fault fault = LOST_ANSWER; fault < FAULTS; fault++) {
        for (int k = 1; k <= 6; k++) {
            setup();
            *fault_of(fault) = k;
            cr_assert_eq(order(WM_COMMAND_PROGRAMMER_RESET, 0, 0), WM_OK);
            bench_run(&bench, 2000);
            cr_assert_eq(seen()->result_choice, RESULT(succeeded), "fault %d, %d", fault, k);
            setup();
            bench.bus.module[2].is_deaf_to_reset = true;
            *fault_of(fault) = k;
            cr_assert_eq(order(WM_COMMAND_PROGRAMMER_RESET, 0, 0), WM_OK);
            bench_run(&bench, 2000);
            cr_assert_eq(seen()->result_choice, RESULT(several), "fault %d, %d", fault, k);
            cr_assert_eq(seen()->modules_count, 1);
        }
    }
}

Test(programmer, a_reset_of_nobody_is_no_success, .init = setup)
{
    present(0);
    cr_assert_eq(order(WM_COMMAND_PROGRAMMER_RESET, 0, 0), WM_OK);
    bench_run(&bench, 2000);
    cr_assert_eq(seen()->result_choice, RESULT(no_answer));
}

/* ---- in normal operation ---------------------------------------------------------------- */

Test(programmer, twins_are_told_once_and_silence_is_none)
{
    bench_settings(&bench, 1, 3);
    present(3);
    bench_ready(&bench);
    bench.bus.module[2].address = 2;
    bench_run(&bench, 20000);
    cr_assert_eq(told(wm_event_module_lost), 2);
    cr_assert_eq(told(wm_event_collision), 1);
    const int at = bench_told(&bench, wm_event_collision, 2);
    cr_assert_gt(at, 0);
    cr_assert_eq(bench.event[at - 1].value, WM_CLASS_MODULE);
}

Test(programmer, twins_that_measure_the_same_are_told_by_their_names)
{
    bench_settings(&bench, 1, 3);
    bench_ready(&bench);
    const struct wm_device module = {WM_CLASS_MODULE, 1};
    for (int i = 0; i < 2; i++) {
        cr_assert_not(wm_bank_collides(&bench.core.bank, module, wm_message_identify, true));
    }
    cr_assert_not(wm_bank_collides(&bench.core.bank, module, wm_message_identify, false));
    for (int i = 0; i < 2; i++) {
        cr_assert_not(wm_bank_collides(&bench.core.bank, module, wm_message_identify, true));
    }
    cr_assert(wm_bank_collides(&bench.core.bank, module, wm_message_identify, true));
    for (int i = 0; i < 300; i++) {
        cr_assert_not(wm_bank_collides(&bench.core.bank, module, wm_message_identify, true));
        cr_assert_not(wm_bank_collides(&bench.core.bank, module, wm_message_measure, true));
    }
}

Test(programmer, sensors_with_one_address_are_told_once_a_loss)
{
    bench_settings(&bench, 1, 3);
    bench_ready(&bench);
    const struct wm_device sensor = {WM_CLASS_SENSOR, 0};
    for (int round = 1; round <= 300; round++) {
        cr_assert_eq(wm_bank_collides(&bench.core.bank, sensor, wm_message_read_sensor, true),
                     round == 3, "round %d", round);
    }
    cr_assert_not(wm_bank_collides(&bench.core.bank, sensor, wm_message_read_sensor, false));
    for (int round = 1; round <= 3; round++) {
        cr_assert_eq(wm_bank_collides(&bench.core.bank, sensor, wm_message_read_sensor, true),
                     round == 3);
    }
}
