/*
 * test_equalizer.c — who is bypassed how far, when it is told, and who does not obey (B13).
 */
#include <criterion/criterion.h>
#include <string.h>

#include "fake_bus.h"

static struct wm_settings settings;
static struct wm_bank bank;
static struct wm_state state;
static struct wm_equalizer equalizer;

enum { TARGET_MV = 13500, START_MV = 10, FULL_MV = 250 };

/* Two strings of three blocks, floating at 13.5 V. */
static void setup(void)
{
    wm_settings_reset(&settings);
    settings.value[wm_setting_bank_strings] = 2;
    settings.value[wm_setting_bank_modules] = 6;
    wm_settings_derive(&settings);
    wm_bank_init(&bank, &settings);
    wm_state_init(&state);
    wm_equalizer_init(&equalizer);
    for (int i = 0; i < 6; i++) {
        bank.module[i].link.state = WM_LINK_PRESENT;
        bank.module[i].is_measured = true;
        bank.module[i].voltage_mV = TARGET_MV;
        bank.module[i].wants = 0;
    }
    state.string[0].flow = WM_FLOW_FLOAT;
    state.string[1].flow = WM_FLOW_FLOAT;
    wm_bank_aggregate(&bank);
}

static void plan(void)
{
    wm_equalizer_plan(&equalizer, &bank, &settings, &state, true);
}

/* The first block is so far above the average of its string of three, which stays. */
static void block_is_above(int32_t above_mV)
{
    bank.module[0].voltage_mV = TARGET_MV + above_mV;
    bank.module[1].voltage_mV = TARGET_MV - above_mV / 2;
    bank.module[2].voltage_mV = TARGET_MV - (above_mV - above_mV / 2);
    wm_bank_aggregate(&bank);
}

static bool wants_bypass(int32_t index)
{
    return bank.module[index].wants & WM_WANT_BYPASS;
}

/* The order gets through, and the module says what flows. */
static void obey(int32_t index, wm_ms now_ms)
{
    bank.module[index].bypass_permille = bank.module[index].bypass_order_permille;
    wm_equalizer_heard(&equalizer, &bank, index, wm_message_set_bypass, false, now_ms);
}

static void report(int32_t index, int32_t permille, wm_ms now_ms)
{
    bank.module[index].bypass_permille = permille;
    wm_equalizer_heard(&equalizer, &bank, index, wm_message_measure, false, now_ms);
}

Test(equalizer, bypass_rises_from_the_start_to_full_and_no_further, .init = setup)
{
    static const struct {
        int32_t above_mV;
        int32_t permille;
    } cases[] = {
        {0, 0},     {9, 0},      {10, 0},     {13, 13},    {34, 100}, {130, 500},
        {249, 996}, {250, 1000}, {251, 1000}, {900, 1000}, {-100, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        setup();
        block_is_above(cases[i].above_mV);
        plan();
        cr_assert_eq(bank.module[0].bypass_order_permille, cases[i].permille, "%d mV: %d",
                     cases[i].above_mV, bank.module[0].bypass_order_permille);
        cr_assert_eq(wants_bypass(0), cases[i].permille > 0);
    }
}

Test(equalizer, the_ramp_scales_with_the_block_and_is_a_setting, .init = setup)
{
    settings.value[wm_setting_equalizing_start] = 100;
    settings.value[wm_setting_equalizing_full] = 200;
    block_is_above(150);
    plan();
    cr_assert_eq(bank.module[0].bypass_order_permille, 500);
    wm_settings_reset(&settings);
    settings.value[wm_setting_bank_module_type] = 20; /* C40, 2 V */
    wm_settings_derive(&settings);
    cr_assert_eq(settings.value[wm_setting_equalizing_start], 2);
    cr_assert_eq(settings.value[wm_setting_equalizing_full], 42);
    cr_assert_eq(settings.value[wm_setting_equalizing_low], 2083);
    cr_assert_eq(settings.value[wm_setting_equalizing_high], 2450);
}

Test(equalizer, an_order_goes_out_for_a_change_of_a_percent_and_always_for_none, .init = setup)
{
    block_is_above(12); /* 8 permille */
    plan();
    cr_assert_not(wants_bypass(0), "less than a percent");
    block_is_above(130);
    plan();
    obey(0, 1000);
    cr_assert_not(wants_bypass(0));
    block_is_above(132); /* 508 */
    plan();
    cr_assert_not(wants_bypass(0));
    cr_assert_eq(bank.module[0].bypass_order_permille, 500, "what it holds is near enough");
    settings.value[wm_setting_equalizing_full] = 110; /* a percent a millivolt */
    block_is_above(60);
    plan();
    cr_assert_not(wants_bypass(0));
    block_is_above(61);
    plan();
    cr_assert(wants_bypass(0), "a percent more");
    obey(0, 1500);
    cr_assert_eq(equalizer.module[0].ordered_permille, 510);
    settings.value[wm_setting_equalizing_full] = 250;
    block_is_above(130);
    plan();
    obey(0, 1600);
    settings.value[wm_setting_equalizing_full] = 255; /* 130 mV: 490 */
    block_is_above(130);
    plan();
    cr_assert(wants_bypass(0), "a percent less");
    obey(0, 2000);
    cr_assert_eq(equalizer.module[0].ordered_permille, 490);
    block_is_above(0);
    plan();
    cr_assert(wants_bypass(0));
    cr_assert_eq(bank.module[0].bypass_order_permille, 0);
}

static void refuse_flow(enum wm_flow flow)
{
    state.string[0].flow = flow;
}

Test(equalizer, it_is_off_on_discharge_at_rest_paused_disabled_and_at_the_start, .init = setup)
{
    for (int reason = 0; reason < 7; reason++) {
        setup();
        block_is_above(130);
        plan();
        obey(0, 1000);
        switch (reason) {
        case 0:
            refuse_flow(WM_FLOW_DISCHARGE);
            break;
        case 1:
            refuse_flow(WM_FLOW_NONE);
            break;
        case 2:
            settings.value[wm_setting_equalizing_paused] = 1;
            break;
        case 3:
            settings.value[wm_setting_equalizing_enabled_1] = 0;
            break;
        case 4:
            state.flow = WM_FLOW_DISCHARGE; /* another string does */
            break;
        default:
            break;
        }
        wm_equalizer_plan(&equalizer, &bank, &settings, &state, reason != 5);
        cr_assert_eq(wants_bypass(0), reason != 6, "reason %d", reason);
        cr_assert_eq(bank.module[0].bypass_order_permille, reason == 6 ? 500 : 0);
        static const enum wm_equalizing names[] = {
            WM_EQUALIZING_OFF, WM_EQUALIZING_OFF, WM_EQUALIZING_PAUSED, WM_EQUALIZING_DISABLED,
            WM_EQUALIZING_OFF, WM_EQUALIZING_OFF, WM_EQUALIZING_ON};
        cr_assert_eq(equalizer.string[0], names[reason], "reason %d", reason);
        cr_assert_eq(wm_equalizer_is_cut_off(&equalizer, 0), reason == 3);
        cr_assert_not(wm_equalizer_is_cut_off(&equalizer, 1), "the other string is another one");
    }
    setup();
    refuse_flow(WM_FLOW_CHARGE);
    block_is_above(130);
    plan();
    cr_assert_eq(bank.module[0].bypass_order_permille, 500, "on charge as on float");
}

Test(equalizer, the_target_decides_whether_it_is_inside_the_range, .init = setup)
{
    static const struct {
        enum wm_setting setting;
        int32_t value;
        int32_t permille;
    } cases[] = {
        {wm_setting_equalizing_low, TARGET_MV, 500},
        {wm_setting_equalizing_low, TARGET_MV + 1, 0},
        {wm_setting_equalizing_high, TARGET_MV, 500},
        {wm_setting_equalizing_high, TARGET_MV - 1, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        setup();
        settings.value[cases[i].setting] = cases[i].value;
        block_is_above(130);
        plan();
        cr_assert_eq(bank.module[0].bypass_order_permille, cases[i].permille, "case %zu", i);
    }
}

Test(equalizer, an_error_is_more_than_two_percent_off_for_three_rounds, .init = setup)
{
    for (int sign = -1; sign <= 1; sign += 2) {
        setup();
        block_is_above(130);
        plan();
        obey(0, 1000);
        for (int round = 0; round < 5; round++) {
            report(0, 500 + sign * 20, 2000 + round);
        }
        cr_assert_eq(equalizer.errors, 0, "two percent are allowed");
        report(0, 500 + sign * 21, 3000);
        report(0, 500 + sign * 21, 4000);
        cr_assert_eq(equalizer.errors, 0, "two rounds are none");
        cr_assert(wants_bypass(0), "it is told again");
        report(0, 500, 5000);
        report(0, 500 + sign * 21, 6000);
        report(0, 500 + sign * 21, 7000);
        wm_equalizer_heard(&equalizer, &bank, 0, wm_message_measure, true, 7001);
        wm_equalizer_heard(&equalizer, &bank, 0, wm_message_impedance, false, 7002);
        cr_assert_eq(equalizer.errors, 0, "three in a row, a round each");
        report(0, 500 + sign * 21, 8000);
        cr_assert_eq(equalizer.errors, 1);
        report(0, 500 + sign * 21, 9000);
        cr_assert_eq(equalizer.errors, 1);
        report(0, 500, 10000);
        cr_assert_eq(equalizer.errors, 0, "it obeys again");
    }
}

Test(equalizer, a_pause_keeps_an_error_until_it_obeys_and_counts_anew_to_one, .init = setup)
{
    block_is_above(130);
    plan();
    obey(0, 1000);
    for (int round = 0; round < 2; round++) {
        report(0, 700, 2000 + round);
    }
    wm_equalizer_pause(&equalizer, &bank);
    report(0, 700, 3000);
    report(0, 700, 3001);
    cr_assert_eq(equalizer.errors, 0, "two rounds since the pause are none");
    report(0, 700, 3002);
    cr_assert_eq(equalizer.errors, 1);
    wm_equalizer_pause(&equalizer, &bank);
    report(0, 700, 4000);
    cr_assert_eq(equalizer.errors, 1, "nothing says that it obeys");
    report(0, 0, 4001);
    cr_assert_eq(equalizer.errors, 0);
}

Test(equalizer, what_was_not_acknowledged_was_not_ordered, .init = setup)
{
    block_is_above(130);
    plan();
    for (int round = 1; round < 6; round++) {
        report(0, 0, round * 1000);
    }
    cr_assert_eq(equalizer.errors, 0);
    cr_assert(wants_bypass(0), "until it is");
}

Test(equalizer, after_a_minute_without_a_question_an_order_counts_as_dropped, .init = setup)
{
    static const struct {
        wm_ms gap_ms;
        bool is_dropped;
    } cases[] = {{59500, false}, {59501, true}, {60001, true}, {3600000, true}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        setup();
        block_is_above(130);
        plan();
        obey(0, 1000);
        wm_ms now_ms = 1000;
        for (int round = 0; round < 5; round++) {
            now_ms += cases[i].gap_ms;
            report(0, cases[i].is_dropped ? 0 : 500, now_ms);
            cr_assert_eq(wants_bypass(0), cases[i].is_dropped, "gap %d", (int)cases[i].gap_ms);
            obey(0, now_ms);
        }
        cr_assert_eq(equalizer.errors, 0);
    }
}

/* Rounds of a minute: at each question the module may just have dropped its bypass, or not yet. */
Test(equalizer, at_the_end_of_the_minute_both_are_obeying, .init = setup)
{
    static const struct {
        wm_ms round_ms;
        int32_t told_permille;
        bool is_error;
    } cases[] = {
        {59500, 500, false}, {59501, 500, false}, {60000, 500, false}, {60500, 500, false},
        {59501, 0, false},   {60500, 0, false},   {60501, 0, false},   {60501, 500, true},
        {60000, 250, true},  {59500, 0, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        setup();
        block_is_above(130);
        wm_ms now_ms = 1000;
        for (int round = 0; round < 4; round++) {
            plan();
            obey(0, now_ms);
            now_ms += cases[i].round_ms;
            report(0, cases[i].told_permille, now_ms);
        }
        cr_assert_eq(equalizer.errors > 0, cases[i].is_error, "%d permille after %d ms",
                     cases[i].told_permille, (int)cases[i].round_ms);
    }
}

Test(equalizer, a_string_is_cut_off_when_no_module_obeys, .init = setup)
{
    block_is_above(130);
    plan();
    for (int i = 0; i < 2; i++) {
        report(i, 300, 1000);
        report(i, 300, 2000);
        report(i, 300, 3000);
    }
    plan();
    cr_assert_eq(equalizer.errors, 2);
    cr_assert_eq(equalizer.string[0], WM_EQUALIZING_ON, "one is left");
    bank.module[2].link.state = WM_LINK_LOST;
    plan();
    cr_assert_eq(equalizer.string[0], WM_EQUALIZING_CUT_OFF);
    cr_assert(wm_equalizer_is_cut_off(&equalizer, 0));
    report(1, 0, 4000);
    plan();
    cr_assert_not(wm_equalizer_is_cut_off(&equalizer, 0));
}

Test(equalizer, a_lost_module_is_left_out_and_the_others_go_on, .init = setup)
{
    block_is_above(130);
    bank.module[2].voltage_mV = TARGET_MV + 130;
    wm_bank_aggregate(&bank);
    plan();
    for (int round = 1; round < 4; round++) {
        report(2, 300, round * 1000);
    }
    cr_assert_eq(equalizer.errors, 1);
    bank.module[2].link.state = WM_LINK_LOST;
    wm_equalizer_lost(&equalizer, &bank, 2);
    cr_assert_eq(equalizer.errors, 0);
    wm_bank_aggregate(&bank);
    for (int round = 1; round <= 3; round++) {
        cr_assert(wants_bypass(2), "round %d: it may hear, and is told to stop", round);
        plan();
        cr_assert_eq(bank.module[2].bypass_order_permille, 0);
    }
    cr_assert_not(wants_bypass(2), "told often enough");
    cr_assert(wants_bypass(0));
}

Test(equalizer, a_lost_module_is_told_to_stop_only_if_it_may_bypass, .init = setup)
{
    bank.module[2].link.state = WM_LINK_LOST;
    wm_equalizer_lost(&equalizer, &bank, 2);
    cr_assert_not(wants_bypass(2), "it was never told to begin");
    bank.module[2].link.state = WM_LINK_PRESENT;
    block_is_above(130);
    plan();
    obey(0, 1000);
    bank.module[0].bypass_order_permille = 0; /* taken back, but this was not acknowledged */
    bank.module[0].link.state = WM_LINK_LOST;
    wm_equalizer_lost(&equalizer, &bank, 0);
    cr_assert(wants_bypass(0));
    obey(0, 2000);
    cr_assert_not(wants_bypass(0), "it has heard");
}

/* ---- in the core ------------------------------------------------------------------------ */

static struct bench bench;

enum { EQUALIZING = 12, EQUALIZING_DISABLED = 35 };

static void bench_scattered(void)
{
    bench_settings(&bench, 2, 3);
    bench.bus.module[1].voltage_mV = 13695; /* 130 mV above its string's 13.565 V */
    bench_ready(&bench);
    bench_run(&bench, 3000);
}

Test(equalizer, the_core_orders_shows_and_takes_back)
{
    bench_scattered();
    const struct wm_view *view = &bench.core.view;
    cr_assert_eq(bench.bus.module[1].bypass_permille, 500);
    cr_assert_eq(view->module[1].bypass_permille, 500);
    cr_assert_eq(view->system.status_flags, 0x00C1);
    cr_assert_eq(view->string[0].equalizing_choice, WM_EQUALIZING_ON);
    cr_assert_eq(view->string[1].equalizing_choice, WM_EQUALIZING_OFF);
    cr_assert_eq(view->alarm_rows, 0);
    fake_bus_forget(&bench.bus);
    bench_run(&bench, 10000);
    cr_assert_eq(fake_bus_asked(&bench.bus, wm_message_set_bypass, 2), 0, "told once");
    bench.bus.sensor[0].current_mA = -5000;
    bench_run(&bench, 8000);
    cr_assert_eq(bench.bus.module[1].bypass_permille, 0, "off on discharge");
    cr_assert_eq(view->system.status_flags & 0x0080, 0);
}

Test(equalizer, a_module_that_does_not_obey_is_an_error_and_a_general_alarm)
{
    bench_settings(&bench, 2, 3);
    bench.bus.module[1].voltage_mV = 13695;
    bench.bus.module[1].is_bypass_stuck = true;
    bench_ready(&bench);
    bench_run(&bench, 8000);
    const struct wm_view *view = &bench.core.view;
    cr_assert(bench_has_row(&bench, EQUALIZING));
    cr_assert_eq(view->system.battery_status_flags, 0x0001);
    cr_assert_eq(view->module[1].alarm_flags, 0x0001, "it is the cause");
    cr_assert_eq(view->module[0].alarm_flags, 0);
    cr_assert_eq(bench.bus.module[1].bypass_permille, 0);
    bench.bus.module[1].is_bypass_stuck = false;
    bench_run(&bench, 3000);
    cr_assert_not(bench_has_row(&bench, EQUALIZING));
    cr_assert_eq(view->module[1].alarm_flags, 0);
}

Test(equalizer, a_disabled_string_is_told_and_a_paused_one_is_not)
{
    bench_scattered();
    const char *why;
    const struct wm_view *view = &bench.core.view;
    struct wm_command set = {
        .kind = WM_COMMAND_SET, .setting = wm_setting_equalizing_paused, .value = 1};
    cr_assert_eq(wm_core_command(&bench.core, &set, &why), WM_OK);
    bench_run(&bench, 3000);
    cr_assert_eq(bench.bus.module[1].bypass_permille, 0);
    cr_assert_eq(view->string[0].equalizing_choice, WM_EQUALIZING_PAUSED);
    cr_assert_eq(view->alarm_rows, 0);
    set.setting = wm_setting_equalizing_enabled_2;
    set.value = 0;
    cr_assert_eq(wm_core_command(&bench.core, &set, &why), WM_OK);
    bench_run(&bench, 3000);
    cr_assert(bench_has_row(&bench, EQUALIZING_DISABLED));
    cr_assert_eq(view->string[1].alarm2_flags, 0x0010);
    cr_assert_eq(view->string[0].alarm2_flags, 0);
    cr_assert_eq(view->system.battery_status_flags, 0, "no general alarm");
}

Test(equalizer, the_lamp_of_a_module_follows_its_alarm_word)
{
    bench_settings(&bench, 1, 3);
    bench_ready(&bench);
    bench.bus.module[1].temperature_ddegC = 400;
    bench_run(&bench, 2000);
    fake_bus_forget(&bench.bus);
    bench_run(&bench, 2000);
    for (int i = 0; i < bench.bus.questions; i++) {
        const struct wm_frame *asked = &bench.bus.asked[i];
        if (asked->message == wm_message_measure) {
            cr_assert_eq(asked->value[wm_question_measure_is_alarm], asked->address == 2);
        }
    }
}
