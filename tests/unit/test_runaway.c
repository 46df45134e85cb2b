/*
 * test_runaway.c — decision B15, one round at a time.
 */
#include <criterion/criterion.h>

#include "firmware/core/runaway.h"
#include "firmware/core/settings.h"

static struct wm_settings settings;
static struct wm_runaway runaway;
static wm_ms now_ms;

static void setup(void)
{
    wm_settings_reset(&settings);
    wm_settings_derive(&settings);
    runaway = (struct wm_runaway){.hours = 0};
    now_ms = 0;
}

/* Nine modules: eight at `others`, one at `hottest`; rounds of a second. True once raised. */
static bool rounds(int count, int32_t others_mdegC, int32_t hottest_mdegC, int32_t current_mA)
{
    const struct wm_string_sums sums = {
        .valid_count = 9,
        .temperature_mdegC_sum = 8 * others_mdegC + hottest_mdegC,
        .temperature_mdegC_mean = (8 * others_mdegC + hottest_mdegC) / 9,
        .temperature_mdegC_max = hottest_mdegC,
    };
    bool is_raised = false;
    for (int i = 0; i < count; i++, now_ms += 1000) {
        is_raised |= wm_runaway_step(&runaway, &sums, true, current_mA, &settings, now_ms);
    }
    return is_raised;
}

Test(runaway, a_hot_block_that_takes_current_for_ten_minutes, .init = setup)
{
    cr_assert_not(rounds(600, 24000, 34200, 251));
    cr_assert(rounds(1, 24000, 34200, 251));
    cr_assert(runaway.is_raised);
}

Test(runaway, while_it_is_raised_each_hold_asks_for_the_action_again, .init = setup)
{
    cr_assert(rounds(601, 24000, 34200, 251));
    cr_assert_not(rounds(600, 24000, 34200, 251));
    cr_assert(rounds(1, 24000, 34200, 251), "closed by an operator, or only now to be opened");
    cr_assert_not(rounds(300, 24000, 34200, 251));
    cr_assert_not(rounds(1, 24000, 34200, 0));
    cr_assert_not(rounds(600, 24000, 34200, 251), "a break starts the hold again");
    cr_assert(rounds(1, 24000, 34200, 251));
    cr_assert_not(rounds(1200, 24000, 33000, 251), "raised still, but not above the limit");
    cr_assert(runaway.is_raised);
}

Test(runaway, neither_heat_alone_nor_current_alone, .init = setup)
{
    cr_assert_not(rounds(3600, 24000, 50000, 250), "the limit itself is not above it");
    cr_assert_not(rounds(3600, 24000, 50000, -9000));
    cr_assert_not(rounds(3600, 24000, 33900, 9000));
}

Test(runaway, a_break_in_either_starts_the_hold_again, .init = setup)
{
    cr_assert_not(rounds(500, 24000, 40000, 500));
    cr_assert_not(rounds(1, 24000, 40000, 0));
    cr_assert_not(rounds(600, 24000, 40000, 500));
    cr_assert(rounds(1, 24000, 40000, 500));
}

Test(runaway, a_string_that_heats_together_is_caught_by_its_rise, .init = setup)
{
    cr_assert_not(rounds(3700, 24000, 24000, 0));
    cr_assert_not(rounds(2000, 39000, 39000, 500), "15 K is the limit, not above it");
    cr_assert_not(rounds(600, 39200, 39200, 500));
    cr_assert(rounds(1, 39200, 39200, 500));
}

Test(runaway, the_coolest_hour_is_forgotten_after_a_day, .init = setup)
{
    cr_assert_not(rounds(3600, 20000, 20000, 0));
    cr_assert_not(rounds(24 * 3600 + 1, 30000, 30000, 0));
    cr_assert_not(rounds(3000, 36000, 36000, 500), "only 6 K above yesterday's coolest hour");
}

Test(runaway, each_of_the_24_hours_counts)
{
    for (int cool = 0; cool < 24; cool++) {
        setup();
        for (int hour = 0; hour < 24; hour++) {
            const int32_t mdegC = hour == cool ? 20000 : 30000;
            cr_assert_not(rounds(3600, mdegC, mdegC, 0));
        }
        cr_assert(rounds(601, 36000, 36000, 500), "hour %d", cool);
    }
}

Test(runaway, it_clears_when_both_are_two_kelvin_below_their_limits, .init = setup)
{
    cr_assert(rounds(601, 24000, 40000, 500));
    (void)rounds(10, 24000, 32100, 0);
    cr_assert(runaway.is_raised);
    (void)rounds(10, 24000, 31900, 0);
    cr_assert_not(runaway.is_raised);
}

Test(runaway, at_the_lowest_levels_that_can_be_set_it_still_clears)
{
    static const enum wm_setting levels[] = {wm_setting_runaway_delta, wm_setting_runaway_rise};
    for (int i = 0; i < 2; i++) {
        setup();
        const int32_t lowest_mdegC = wm_setting(levels[i])->min;
        settings.value[levels[i]] = lowest_mdegC;
        (void)rounds(3700, 24000, 24000, 0);
        const int32_t hot_mdegC = 24000 + lowest_mdegC + 1;
        cr_assert(rounds(601, i == 0 ? 24000 : hot_mdegC, hot_mdegC, 500));
        (void)rounds(10, 24000, 24000, 0);
        cr_assert_not(runaway.is_raised, "%s: a string as one, as cool as ever",
                      wm_setting(levels[i])->name);
    }
}

Test(runaway, it_stays_while_a_module_that_told_of_it_is_lost, .init = setup)
{
    const struct wm_string_sums eight = {.valid_count = 8,
                                         .temperature_mdegC_sum = 8 * 24000,
                                         .temperature_mdegC_mean = 24000,
                                         .temperature_mdegC_max = 24000};
    cr_assert(rounds(601, 24000, 40000, 500));
    for (int i = 0; i < 10; i++, now_ms += 1000) {
        cr_assert_not(wm_runaway_step(&runaway, &eight, true, 0, &settings, now_ms));
        cr_assert(runaway.is_raised, "the lost one may be the hot one");
    }
    (void)rounds(1, 24000, 31900, 0);
    cr_assert_not(runaway.is_raised, "it is back, and cool");
    /* One that was lost before has told nothing. */
    for (int i = 0; i <= 600; i++, now_ms += 1000) {
        struct wm_string_sums hot = eight;
        hot.temperature_mdegC_sum += 16000;
        hot.temperature_mdegC_max += 16000;
        (void)wm_runaway_step(&runaway, &hot, true, 500, &settings, now_ms);
    }
    cr_assert(runaway.is_raised);
    (void)wm_runaway_step(&runaway, &eight, true, 0, &settings, now_ms);
    cr_assert_not(runaway.is_raised);
}

Test(runaway, one_that_came_back_and_is_lost_again_may_be_the_hot_one, .init = setup)
{
    const struct wm_string_sums eight = {.valid_count = 8,
                                         .temperature_mdegC_sum = 8 * 24000 + 16000,
                                         .temperature_mdegC_mean = 26000,
                                         .temperature_mdegC_max = 40000};
    for (int i = 0; i <= 600; i++, now_ms += 1000) {
        (void)wm_runaway_step(&runaway, &eight, true, 500, &settings, now_ms);
    }
    cr_assert(runaway.is_raised, "told of by eight");
    (void)rounds(1, 24000, 40000, 500);
    cr_assert(runaway.is_raised, "the ninth is back, and hot too");
    struct wm_string_sums cool = eight;
    cool.temperature_mdegC_sum = 8 * 24000;
    cool.temperature_mdegC_mean = cool.temperature_mdegC_max = 24000;
    (void)wm_runaway_step(&runaway, &cool, true, 500, &settings, now_ms);
    cr_assert(runaway.is_raised, "nobody knows how hot the ninth is now");
}

Test(runaway, without_a_measured_current_it_is_not_judged, .init = setup)
{
    const struct wm_string_sums sums = {.valid_count = 9,
                                        .temperature_mdegC_sum = 9 * 26000,
                                        .temperature_mdegC_mean = 26000,
                                        .temperature_mdegC_max = 50000};
    for (; now_ms < 3600000; now_ms += 1000) {
        cr_assert_not(wm_runaway_step(&runaway, &sums, false, 9000, &settings, now_ms));
    }
}

Test(runaway, a_string_without_a_valid_module_breaks_the_hold, .init = setup)
{
    const struct wm_string_sums nothing = {.valid_count = 0};
    cr_assert_not(rounds(500, 24000, 40000, 500));
    cr_assert_not(wm_runaway_step(&runaway, &nothing, true, 500, &settings, now_ms));
    cr_assert_not(rounds(600, 24000, 40000, 500));
}

Test(runaway, ten_kelvin_are_the_limit_and_not_above_it, .init = setup)
{
    cr_assert_not(rounds(3600, 24000, 34000, 500));
    cr_assert(rounds(601, 24000, 34001, 500));
    (void)rounds(10, 24000, 32000, 0);
    cr_assert(runaway.is_raised, "eight kelvin are not below eight");
    (void)rounds(10, 24000, 31999, 0);
    cr_assert_not(runaway.is_raised);
}

Test(runaway, the_average_of_the_others_is_not_rounded, .init = setup)
{
    /* Seven modules: 10.0001 K, and 9.9999 K, above the average of six. */
    const int32_t others_sum = 6 * 24000;
    for (int less = 0; less <= 2; less++) {
        setup();
        const struct wm_string_sums sums = {
            .valid_count = 7,
            .temperature_mdegC_sum = others_sum + 1 - less + 34000,
            .temperature_mdegC_mean = 25429,
            .temperature_mdegC_max = 34000,
        };
        bool is_raised = false;
        for (; now_ms <= 600000; now_ms += 1000) {
            is_raised |= wm_runaway_step(&runaway, &sums, true, 500, &settings, now_ms);
        }
        cr_assert_eq(is_raised, less == 2, "%d", less);
    }
}

Test(runaway, a_rise_clears_below_thirteen_kelvin, .init = setup)
{
    cr_assert_not(rounds(3700, 24000, 24000, 0));
    cr_assert(rounds(601, 39001, 39001, 500));
    (void)rounds(10, 37000, 37000, 0);
    cr_assert(runaway.is_raised);
    (void)rounds(10, 36999, 36999, 0);
    cr_assert_not(runaway.is_raised);
}

Test(runaway, a_module_alone_differs_from_nobody, .init = setup)
{
    const struct wm_string_sums sums = {.valid_count = 1,
                                        .temperature_mdegC_sum = 50000,
                                        .temperature_mdegC_mean = 50000,
                                        .temperature_mdegC_max = 50000};
    for (; now_ms < 3600000; now_ms += 1000) {
        cr_assert_not(wm_runaway_step(&runaway, &sums, true, 500, &settings, now_ms));
    }
}

/* One module alone at this temperature, for some rounds. */
static void alone(int count, int32_t temperature_mdegC, int32_t current_mA)
{
    const struct wm_string_sums sums = {.valid_count = 1,
                                        .temperature_mdegC_sum = temperature_mdegC,
                                        .temperature_mdegC_mean = temperature_mdegC,
                                        .temperature_mdegC_max = temperature_mdegC};
    for (int i = 0; i < count; i++, now_ms += 1000) {
        (void)wm_runaway_step(&runaway, &sums, true, current_mA, &settings, now_ms);
    }
}

Test(runaway, what_is_raised_stays_though_one_cool_module_alone_is_left, .init = setup)
{
    cr_assert(rounds(601, 24000, 40000, 500));
    alone(1, 24000, 0);
    cr_assert(runaway.is_raised);
}

Test(runaway, a_module_alone_clears_what_it_alone_has_raised, .init = setup)
{
    alone(3601, 24000, 0);
    alone(601, 39500, 500);
    cr_assert(runaway.is_raised);
    alone(1, 36900, 0);
    cr_assert_not(runaway.is_raised);
}
