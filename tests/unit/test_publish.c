/*
 * test_publish.c — what the view says, and what it never says.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "fake_bus.h"

static struct bench bench;
static const struct wm_view *view = &bench.core.view;

/* True if the windows may show this point of this item (1-based). */
static bool is_shown(enum wm_point point, int32_t number)
{
    int32_t value;
    return wm_point_read(point, number, view, &value);
}

static int32_t shown(enum wm_point point, int32_t number)
{
    int32_t value;
    cr_assert(wm_point_read(point, number, view, &value), "%s is not valid", wm_point(point)->name);
    return value;
}

Test(publish, at_power_up_nothing_measured_is_valid)
{
    bench_settings(&bench, 2, 9);
    bench_start(&bench);
    cr_assert_eq(view->generation, 1);
    cr_assert_not(is_shown(wm_point_module_voltage, 1));
    cr_assert_not(is_shown(wm_point_module_resistance, 1));
    cr_assert_not(is_shown(wm_point_string_voltage_sum, 1));
    cr_assert_not(is_shown(wm_point_string_current, 1));
    cr_assert_not(is_shown(wm_point_system_voltage_sum, 1));
    cr_assert_eq(shown(wm_point_system_modules, 1), 18);
    cr_assert_eq(shown(wm_point_module_position, 18), 17);
}

Test(publish, every_point_of_a_ready_bank_is_valid_and_none_beyond_it)
{
    bench_settings(&bench, 2, 9);
    bench_ready(&bench);
    for (int i = 0; i < wm_point_count; i++) {
        const enum wm_point point = (enum wm_point)i;
        const enum wm_scope scope = wm_point(point)->scope;
        const int32_t items = wm_scope_items(scope, &view->settings);
        for (int32_t number = 1; number <= wm_scope_items_max(scope); number++) {
            cr_assert_eq(is_shown(point, number), number <= items, "%s of %s %d",
                         wm_point(point)->name, wm_scope_name(scope), number);
        }
    }
}

Test(publish, sums_averages_and_words_are_of_the_valid_modules)
{
    bench_settings(&bench, 2, 9);
    for (int i = 0; i < 18; i++) {
        bench.bus.module[i].voltage_mV = i < 9 ? 12941 : 12940;
    }
    bench_ready(&bench);
    cr_assert_eq(shown(wm_point_string_voltage_sum, 1), 116469);
    cr_assert_eq(shown(wm_point_system_voltage_sum, 1), 232929);
    cr_assert_eq(shown(wm_point_system_voltage_average, 1), 12940500);
    bench.bus.module[17].is_silent = true;
    bench.bus.module[0].temperature_ddegC = 20;
    bench_run(&bench, 5000);
    cr_assert_eq(shown(wm_point_system_voltage_sum, 1), 232929 - 12940);
    cr_assert_eq(shown(wm_point_system_voltage_average, 1), 12940529);
    cr_assert_eq(shown(wm_point_string_alarm, 1), 0x0021);
    cr_assert_eq(shown(wm_point_string_alarm, 2), 0x0003);
    cr_assert_eq(shown(wm_point_system_alarm, 1), 0x0023);
    cr_assert_not(is_shown(wm_point_module_temperature, 18));
    cr_assert_eq(shown(wm_point_module_alarm, 18), 0x0003, "flags are always known");
}

Test(publish, each_view_is_one_generation_and_its_time_is_uptime)
{
    bench_settings(&bench, 1, 3);
    bench.now_ms = 1000000;
    bench_ready(&bench);
    uint32_t generation = view->generation;
    const uint32_t rounds = view->rounds;
    bench_run(&bench, 5000);
    cr_assert_eq(view->rounds, rounds + 5);
    cr_assert_eq(view->generation, generation + 5, "a quiet bank: one view a round");
    cr_assert_lt(view->published_ms, 10000);
    generation = view->generation;
    bench.bus.module[0].temperature_ddegC = 360;
    bench_run(&bench, 1000);
    cr_assert_gt(view->generation, generation + 1, "and one at every edge");
}

Test(publish, the_view_is_the_same_bytes_for_the_same_life)
{
    static struct wm_view first;
    for (int life = 0; life < 2; life++) {
        bench_settings(&bench, 2, 9);
        bench_ready(&bench);
        bench_run(&bench, 10000);
        if (life == 0) {
            first = *view;
        }
    }
    cr_assert_eq(memcmp(&first, view, sizeof first), 0);
}
