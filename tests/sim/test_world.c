/*
 * test_world.c — order of events, the clock, and random streams.
 */
#include <criterion/criterion.h>

#include "sim/world.h"

enum { EVENTS = 2000 };

static struct sim_world *world;
static int64_t ran_at_us[2 * EVENTS];
static int ran_as[2 * EVENTS];
static int ran;

struct tagged {
    struct sim_event event;
    int tag;
};

static void note(void *self)
{
    const struct tagged *tagged = self;
    ran_at_us[ran] = sim_world_now_us(world);
    ran_as[ran++] = tagged->tag;
}

static void set(struct tagged *tagged, int tag, int priority, int64_t time_us)
{
    tagged->tag = tag;
    tagged->event.run = note;
    tagged->event.self = tagged;
    tagged->event.priority = priority;
    sim_world_schedule(world, &tagged->event, time_us);
}

static void open_world(void)
{
    world = sim_world_create(1);
    cr_assert_not_null(world);
    ran = 0;
}

static void close_world(void)
{
    sim_world_destroy(world);
}

TestSuite(world, .init = open_world, .fini = close_world);

Test(world, one_instant_runs_by_priority_then_in_the_order_of_setting)
{
    static struct tagged tagged[5];
    set(&tagged[0], 0, SIM_PRIORITY_STAGE, 10);
    set(&tagged[1], 1, SIM_PRIORITY_FIRMWARE, 10);
    set(&tagged[2], 2, SIM_PRIORITY_PHYSICS, 10);
    set(&tagged[3], 3, SIM_PRIORITY_FIRMWARE, 10);
    set(&tagged[4], 4, SIM_PRIORITY_STAGE, 9);
    cr_assert(sim_world_run(world, 10));
    static const int wanted[] = {4, 2, 1, 3, 0};
    cr_assert_eq(ran, 5);
    cr_assert_arr_eq(ran_as, wanted, sizeof wanted);
    cr_assert_eq(sim_world_next_us(world), INT64_MAX);
}

Test(world, thousands_of_events_moved_and_cancelled_run_in_order)
{
    static struct tagged tagged[EVENTS];
    struct sim_random random = sim_random_stream(world, 9);
    for (int i = 0; i < EVENTS; i++) {
        set(&tagged[i], i, i % 4, (int64_t)(sim_random_next(&random) % 500));
    }
    for (int i = 0; i < EVENTS; i += 3) {
        sim_world_schedule(world, &tagged[i].event, (int64_t)(sim_random_next(&random) % 500));
    }
    int cancelled = 0;
    for (int i = 1; i < EVENTS; i += 5, cancelled++) {
        sim_world_cancel(world, &tagged[i].event);
        cr_assert_not(sim_event_is_pending(&tagged[i].event));
    }
    cr_assert(sim_world_run(world, 1000));
    cr_assert_eq(ran, EVENTS - cancelled);
    for (int i = 1; i < ran; i++) {
        const struct sim_event *one = &tagged[ran_as[i - 1]].event;
        const struct sim_event *next = &tagged[ran_as[i]].event;
        cr_assert_eq(ran_at_us[i], next->time_us);
        cr_assert_leq(one->time_us, next->time_us);
        if (one->time_us == next->time_us) {
            cr_assert_leq(one->priority, next->priority);
            if (one->priority == next->priority) {
                cr_assert_lt(one->order, next->order);
            }
        }
    }
}

Test(world, the_past_counts_as_now)
{
    static struct tagged tagged;
    cr_assert(sim_world_run(world, 100));
    set(&tagged, 1, SIM_PRIORITY_WIRE, 5);
    cr_assert_eq(sim_world_next_us(world), 100);
    cr_assert(sim_world_run(world, 100));
    cr_assert_eq(ran_at_us[0], 100);
    cr_assert(sim_world_run(world, 50));
    cr_assert_eq(sim_world_now_us(world), 100);
}

static void note_and_stop(void *self)
{
    note(self);
    sim_world_stop(world);
}

Test(world, stop_leaves_the_rest_of_the_instant_for_later)
{
    static struct tagged tagged[2];
    set(&tagged[0], 0, SIM_PRIORITY_WIRE, 7);
    set(&tagged[1], 1, SIM_PRIORITY_WIRE, 7);
    tagged[0].event.run = note_and_stop;
    cr_assert_not(sim_world_run(world, 20));
    cr_assert_eq(sim_world_now_us(world), 7);
    cr_assert_eq(ran, 1);
    cr_assert(sim_world_run(world, 20));
    cr_assert_eq(ran, 2);
    cr_assert_eq(ran_at_us[1], 7);
    cr_assert_eq(sim_world_now_us(world), 20);
}

static void set_again(void *self)
{
    struct tagged *tagged = self;
    note(self);
    if (ran < 10) {
        sim_world_schedule(world, &tagged->event, sim_world_now_us(world));
    }
}

Test(world, an_event_may_set_itself_again_at_its_own_instant)
{
    static struct tagged tagged;
    set(&tagged, 3, SIM_PRIORITY_STAGE, 4);
    tagged.event.run = set_again;
    cr_assert(sim_world_run(world, 4));
    cr_assert_eq(ran, 10);
}

Test(world, streams_repeat_by_seed_and_number_and_differ_otherwise)
{
    struct sim_random one = sim_random_stream(world, 1);
    struct sim_random same = sim_random_stream(world, 1);
    struct sim_random other = sim_random_stream(world, 2);
    struct sim_world *seeded = sim_world_create(2);
    struct sim_random elsewhere = sim_random_stream(seeded, 1);
    int alike = 0;
    for (int i = 0; i < 1000; i++) {
        uint64_t next = sim_random_next(&one);
        cr_assert_eq(next, sim_random_next(&same));
        alike += next == sim_random_next(&other);
        alike += next == sim_random_next(&elsewhere);
    }
    cr_assert_eq(alike, 0);
    double sum = 0;
    for (int i = 0; i < 10000; i++) {
        double unit = sim_random_unit(&one);
        cr_assert(unit >= 0 && unit < 1);
        sum += unit;
    }
    cr_assert(sum > 4800 && sum < 5200);
    sim_world_destroy(seeded);
}

Test(world, splitmix64_gives_its_published_numbers)
{
    /* From state 1234567 (Vigna, splitmix64.c; widely used as a reference). */
    struct sim_random random = {1234567};
    cr_assert_eq(sim_random_next(&random), UINT64_C(6457827717110365317));
    cr_assert_eq(sim_random_next(&random), UINT64_C(3203168211198807973));
    cr_assert_eq(sim_random_next(&random), UINT64_C(9817491932198370423));
}
