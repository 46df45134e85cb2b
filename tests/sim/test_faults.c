/*
 * test_faults.c — each fault over a bus that always answers, and what happens when none is asked.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "sim/bus/faults.h"

enum { ANSWER_SIZE = 15 };

static struct sim_world *world;
static struct sim_faults faults;
static struct wm_bus bus;

/* A bus that answers every question at once with the bytes 1, 2, 3, ... */
static uint8_t asked[WM_FRAME_SIZE_MAX];
static size_t asked_size;
static int asked_count;
static size_t waiting;
static enum wm_status status_next;

static enum wm_status echo_transmit(void *self, const uint8_t *bytes, size_t size)
{
    (void)self;
    if (status_next != WM_OK) {
        return status_next;
    }
    memcpy(asked, bytes, size);
    asked_size = size;
    asked_count++;
    waiting = ANSWER_SIZE;
    return WM_OK;
}

static int echo_receive(void *self, uint8_t *bytes, size_t size_max)
{
    (void)self;
    size_t count = 0;
    for (; waiting > 0 && count < size_max; waiting--) {
        bytes[count++] = (uint8_t)(1 + ANSWER_SIZE - waiting);
    }
    return (int)count;
}

static const struct wm_bus_ops echo_ops = {echo_transmit, echo_receive};
static const uint8_t question[8] = {0xA5, 8, 0x10, 1, 0, 2, 0x55, 0x66};

static void open_faults(void)
{
    world = sim_world_create(1);
    faults = (struct sim_faults){0};
    sim_faults_init(&faults, world, (struct wm_bus){&echo_ops, NULL}, 7);
    bus = sim_faults_bus(&faults);
    status_next = WM_OK;
}

static void close_faults(void)
{
    sim_faults_close(&faults);
    sim_world_destroy(world);
}

static int exchange(uint8_t *bytes)
{
    cr_assert_eq(bus.ops->transmit(bus.self, question, sizeof question), WM_OK);
    int count = bus.ops->receive(bus.self, bytes, 2 * WM_FRAME_SIZE_MAX);
    sim_world_run(world, sim_world_now_us(world) + 1000);
    return count;
}

static bool is_whole(const uint8_t *bytes, int count)
{
    bool is_same = count == ANSWER_SIZE;
    for (int i = 0; i < count && is_same; i++) {
        is_same = bytes[i] == i + 1;
    }
    return is_same;
}

static void order(struct sim_fault fault)
{
    const char *refusal = sim_faults_add(&faults, &fault);
    cr_assert_null(refusal, "%s", refusal);
}

/* Which bits differ; the span from the first to the last, in the order the checksum takes them. */
static int span_of(const uint8_t *bytes, const uint8_t *wanted, size_t size)
{
    int first = -1, last = -1;
    for (int bit = 0; bit < (int)size * 8; bit++) {
        if (((bytes[bit / 8] ^ wanted[bit / 8]) >> bit % 8 & 1) != 0) {
            first = first < 0 ? bit : first;
            last = bit;
        }
    }
    return first < 0 ? 0 : last - first + 1;
}

TestSuite(faults, .init = open_faults, .fini = close_faults);

Test(faults, without_an_order_every_byte_passes)
{
    uint8_t bytes[2 * WM_FRAME_SIZE_MAX];
    for (int i = 0; i < 100; i++) {
        cr_assert(is_whole(bytes, exchange(bytes)));
    }
    cr_assert_arr_eq(asked, question, sizeof question);
    cr_assert_null(sim_faults_idle(&faults));
}

Test(faults, the_nth_is_the_nth_and_only_that)
{
    uint8_t bytes[2 * WM_FRAME_SIZE_MAX];
    (void)exchange(bytes);
    order((struct sim_fault){.kind = SIM_FAULT_DROP, .nth = 3});
    for (int i = 1; i <= 10; i++) {
        int count = exchange(bytes);
        cr_assert_eq(count, i == 3 ? 0 : ANSWER_SIZE, "exchange %d", i);
    }
}

Test(faults, next_strikes_so_many_in_a_row)
{
    uint8_t bytes[2 * WM_FRAME_SIZE_MAX];
    order((struct sim_fault){.kind = SIM_FAULT_DROP, .next = 4});
    for (int i = 1; i <= 10; i++) {
        cr_assert_eq(exchange(bytes) == 0, i <= 4, "exchange %d", i);
    }
}

Test(faults, percent_strikes_about_so_often_until_healed)
{
    uint8_t bytes[2 * WM_FRAME_SIZE_MAX];
    order((struct sim_fault){.kind = SIM_FAULT_DROP, .percent = 5});
    int dropped = 0;
    for (int i = 0; i < 10000; i++) {
        dropped += exchange(bytes) == 0;
    }
    cr_assert(dropped > 400 && dropped < 600, "%d of 10000", dropped);
    sim_faults_heal(&faults);
    for (int i = 0; i < 1000; i++) {
        cr_assert(is_whole(bytes, exchange(bytes)));
    }
}

Test(faults, a_dropped_question_never_reaches_the_line)
{
    uint8_t bytes[2 * WM_FRAME_SIZE_MAX];
    order((struct sim_fault){.kind = SIM_FAULT_DROP, .nth = 1, .is_question = true});
    cr_assert_eq(exchange(bytes), 0);
    cr_assert_eq(asked_count, 0);
    cr_assert_null(sim_faults_idle(&faults));
}

Test(faults, corruption_is_a_burst_of_at_most_16_bits)
{
    uint8_t wanted[ANSWER_SIZE];
    for (int i = 0; i < ANSWER_SIZE; i++) {
        wanted[i] = (uint8_t)(i + 1);
    }
    order((struct sim_fault){
        .kind = SIM_FAULT_CORRUPT, .percent = 100, .bits = SIM_FAULT_BITS_DEFAULT});
    order((struct sim_fault){.kind = SIM_FAULT_CORRUPT,
                             .percent = 100,
                             .bits = SIM_FAULT_BITS_DEFAULT,
                             .is_question = true});
    int widest = 0;
    for (int i = 0; i < 5000; i++) {
        uint8_t bytes[2 * WM_FRAME_SIZE_MAX];
        cr_assert_eq(exchange(bytes), ANSWER_SIZE);
        int span = span_of(bytes, wanted, ANSWER_SIZE);
        cr_assert(span >= 1 && span <= 16, "%d bits", span);
        widest = span > widest ? span : widest;
        span = span_of(asked, question, sizeof question);
        cr_assert(span >= 1 && span <= 16, "question: %d bits", span);
    }
    cr_assert_eq(widest, 16);
}

Test(faults, longer_bursts_come_only_when_asked_for)
{
    int widest = 0;
    order((struct sim_fault){.kind = SIM_FAULT_CORRUPT, .percent = 100, .bits = 64});
    uint8_t wanted[ANSWER_SIZE];
    for (int i = 0; i < ANSWER_SIZE; i++) {
        wanted[i] = (uint8_t)(i + 1);
    }
    for (int i = 0; i < 2000; i++) {
        uint8_t bytes[2 * WM_FRAME_SIZE_MAX];
        (void)exchange(bytes);
        int span = span_of(bytes, wanted, ANSWER_SIZE);
        widest = span > widest ? span : widest;
    }
    cr_assert_gt(widest, 48);
    cr_assert_leq(widest, 64);
}

static int heard;

static void listen(void *context)
{
    (void)context;
    heard++;
}

Test(faults, a_delayed_answer_comes_whole_and_later_and_is_told_of)
{
    uint8_t bytes[2 * WM_FRAME_SIZE_MAX];
    sim_faults_listen(&faults, listen, NULL);
    order((struct sim_fault){.kind = SIM_FAULT_DELAY, .nth = 1, .delay_us = 40000});
    cr_assert_eq(exchange(bytes), 0);
    /* A question in between does not discard what has not come yet. */
    cr_assert(is_whole(bytes, exchange(bytes)));
    sim_world_run(world, 39999);
    cr_assert_eq(bus.ops->receive(bus.self, bytes, sizeof bytes), 0);
    sim_world_run(world, 40000);
    cr_assert_eq(heard, 1);
    cr_assert(is_whole(bytes, bus.ops->receive(bus.self, bytes, sizeof bytes)));
    cr_assert(is_whole(bytes, exchange(bytes)));
}

Test(faults, what_was_let_go_and_not_fetched_is_gone_with_the_next_question)
{
    uint8_t bytes[2 * WM_FRAME_SIZE_MAX];
    order((struct sim_fault){.kind = SIM_FAULT_DELAY, .nth = 1, .delay_us = 5000});
    cr_assert_eq(exchange(bytes), 0);
    sim_world_run(world, 10000);
    cr_assert(is_whole(bytes, exchange(bytes)));
}

Test(faults, a_duplicate_follows_right_behind)
{
    uint8_t bytes[2 * WM_FRAME_SIZE_MAX];
    order((struct sim_fault){.kind = SIM_FAULT_DUPLICATE, .nth = 1});
    cr_assert_eq(exchange(bytes), 2 * ANSWER_SIZE);
    cr_assert(is_whole(bytes, ANSWER_SIZE));
    cr_assert(is_whole(bytes + ANSWER_SIZE, ANSWER_SIZE));
    cr_assert(is_whole(bytes, exchange(bytes)));
}

Test(faults, a_cut_lets_only_the_first_bytes_through)
{
    uint8_t bytes[2 * WM_FRAME_SIZE_MAX];
    order((struct sim_fault){.kind = SIM_FAULT_CUT, .nth = 1, .bytes = 4});
    cr_assert_eq(exchange(bytes), 4);
    order((struct sim_fault){.kind = SIM_FAULT_CUT, .percent = 100});
    for (int i = 0; i < 200; i++) {
        int count = exchange(bytes);
        cr_assert(count >= 1 && count < ANSWER_SIZE, "%d bytes", count);
    }
}

Test(faults, a_cut_behind_the_end_of_a_frame_is_none)
{
    static const bool is_question[] = {false, true};
    uint8_t bytes[2 * WM_FRAME_SIZE_MAX];
    for (size_t i = 0; i < sizeof is_question / sizeof is_question[0]; i++) {
        order((struct sim_fault){.kind = SIM_FAULT_CUT,
                                 .percent = 100,
                                 .bytes = WM_FRAME_SIZE_MAX - 1,
                                 .is_question = is_question[i]});
        cr_assert_eq(exchange(bytes), ANSWER_SIZE);
        cr_assert_not_null(sim_faults_idle(&faults), "nothing was missing");
    }
    order((struct sim_fault){.kind = SIM_FAULT_CUT, .percent = 100, .bytes = ANSWER_SIZE - 1});
    cr_assert_eq(exchange(bytes), ANSWER_SIZE - 1);
}

Test(faults, a_question_that_was_refused_counts_for_nobody)
{
    uint8_t bytes[2 * WM_FRAME_SIZE_MAX];
    order((struct sim_fault){.kind = SIM_FAULT_DROP, .nth = 2});
    status_next = WM_BUSY;
    for (int i = 0; i < 5; i++) {
        cr_assert_eq(bus.ops->transmit(bus.self, question, sizeof question), WM_BUSY);
    }
    status_next = WM_OK;
    cr_assert_eq(exchange(bytes), ANSWER_SIZE);
    cr_assert_eq(exchange(bytes), 0);
}

Test(faults, one_that_never_struck_is_told_of_even_when_healed)
{
    uint8_t bytes[2 * WM_FRAME_SIZE_MAX];
    order((struct sim_fault){.kind = SIM_FAULT_DROP, .nth = 1});
    order((struct sim_fault){.kind = SIM_FAULT_CORRUPT, .nth = 5, .bits = 16});
    (void)exchange(bytes);
    sim_faults_heal(&faults);
    const char *idle = sim_faults_idle(&faults);
    cr_assert_not_null(idle);
    cr_assert_str_eq(idle, "bus:corrupt{nth=5} on answers was asked for and never happened in 1 "
                           "questions");
}

Test(faults, orders_that_make_no_sense_are_refused)
{
    static const struct sim_fault wrong[] = {
        {.kind = SIM_FAULT_DROP},
        {.kind = SIM_FAULT_DROP, .nth = 1, .percent = 5},
        {.kind = SIM_FAULT_DROP, .percent = 101},
        {.kind = SIM_FAULT_DROP, .nth = -1},
        {.kind = SIM_FAULT_CORRUPT, .nth = 1, .bits = 65},
        {.kind = SIM_FAULT_CORRUPT, .nth = 1, .bits = 0},
        {.kind = SIM_FAULT_DELAY, .nth = 1},
        {.kind = SIM_FAULT_DELAY, .nth = 1, .delay_us = 1, .is_question = true},
        {.kind = SIM_FAULT_CUT, .nth = 1, .bytes = WM_FRAME_SIZE_MAX},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        cr_assert_not_null(sim_faults_add(&faults, &wrong[i]), "order %zu", i);
    }
    cr_assert_null(sim_faults_idle(&faults));
}

Test(faults, orders_that_are_over_make_room_for_new_ones)
{
    uint8_t bytes[2 * WM_FRAME_SIZE_MAX];
    struct sim_fault fault = {.kind = SIM_FAULT_DROP, .nth = 1};
    for (int i = 0; i < 10 * SIM_FAULTS_MAX; i++) {
        cr_assert_null(sim_faults_add(&faults, &fault));
        cr_assert_eq(exchange(bytes), 0);
    }
    fault.nth = 1000;
    for (int i = 0; i < SIM_FAULTS_MAX - 1; i++) {
        cr_assert_null(sim_faults_add(&faults, &fault), "order %d", i);
    }
    (void)sim_faults_add(&faults, &fault);
    cr_assert_not_null(sim_faults_add(&faults, &fault));
}
