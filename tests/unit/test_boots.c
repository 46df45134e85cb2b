/*
 * test_boots.c — every start counts once, and is kept before anybody can be answered.
 */
#include <criterion/criterion.h>

#include "fake_bus.h"
#include "firmware/core/boots.h"
#include "firmware/core/record.h"

static struct bench bench;

static void setup(void)
{
    bench_settings(&bench, 1, 3);
    bench_start(&bench);
}

Test(boots, every_start_counts_one_more, .init = setup)
{
    for (int32_t start = 1; start <= 3; start++) {
        cr_assert_eq(bench.core.view.boots, start);
        (void)wm_core_step(&bench.core, bench.now_ms);
        cr_assert(wm_core_is_kept(&bench.core), "after the first step already");
        bench_start(&bench);
    }
}

Test(boots, a_start_that_was_not_kept_counts_again, .init = setup)
{
    (void)wm_core_step(&bench.core, bench.now_ms);
    bench.is_store_broken = true;
    bench_start(&bench);
    (void)wm_core_step(&bench.core, bench.now_ms);
    cr_assert_eq(bench.core.view.boots, 2);
    cr_assert_not(wm_core_is_kept(&bench.core));
    bench.is_store_broken = false;
    bench_run(&bench, 3000);
    bench_start(&bench);
    cr_assert_eq(bench.core.view.boots, 3, "tried again until it could be kept");
}

Test(boots, they_stay_at_the_largest_number_that_v3_has, .init = setup)
{
    cr_assert_eq(wm_record_save_count(&bench.core.ports.store, "boots", INT32_MAX - 1), WM_OK);
    for (int i = 0; i < 3; i++) {
        bench_start(&bench);
        cr_assert_eq(bench.core.view.boots, INT32_MAX);
        (void)wm_core_step(&bench.core, bench.now_ms);
    }
}

Test(boots, a_damaged_count_begins_anew_and_says_so, .init = setup)
{
    (void)wm_core_step(&bench.core, bench.now_ms);
    bench_record(&bench, "boots")->bytes[4] ^= 1;
    bench_start(&bench);
    cr_assert_eq(bench.core.view.boots, 1);
    cr_assert_not(wm_core_store_is_sound(&bench.core));
    cr_assert(bench_told(&bench, wm_event_store_damaged, 0));
}
