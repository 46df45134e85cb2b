/*
 * test_wire.c — the line's time for each byte, late answers, and two who speak at once.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "sim/bus/wire.h"

static struct sim_world *world;
static struct sim_wire wire;
static struct wm_bus bus;
static int heard;
static int64_t heard_at_us;

/* A line of as many devices as a test wants; each answers with a byte of its own, repeated. */
static struct sim_talk script[SIM_WIRE_TALKS_MAX];
static int script_count;
static uint8_t script_byte[SIM_WIRE_TALKS_MAX];
static int deeds;
static int64_t deed_at_us;

static int hear(void *self, const uint8_t *bytes, size_t size, struct sim_frame *question,
                struct sim_talk *talks, int max)
{
    (void)self;
    (void)bytes;
    (void)size;
    cr_assert_leq(script_count, max);
    *question = (struct sim_frame){.sequence = bytes[0]};
    memcpy(talks, script, sizeof script);
    return script_count;
}

static size_t act(void *self, int32_t device, const struct sim_frame *question, uint8_t *bytes)
{
    (void)self;
    (void)question;
    deeds++;
    deed_at_us = sim_world_now_us(world);
    memset(bytes, script_byte[device], script[device].size);
    return script[device].size;
}

static void listen(void *context)
{
    (void)context;
    heard++;
    heard_at_us = sim_world_now_us(world);
}

static void answer_with(int32_t device, uint8_t byte, int64_t latency_us, size_t size)
{
    script[script_count++] = (struct sim_talk){device, latency_us, size};
    script_byte[device] = byte;
}

static void open_wire(void)
{
    world = sim_world_create(1);
    wire = (struct sim_wire){0};
    script_count = 0;
    sim_wire_init(&wire, world, 19200, (struct sim_line){NULL, hear, act});
    sim_wire_listen(&wire, listen, NULL);
    bus = sim_wire_bus(&wire);
}

static void close_wire(void)
{
    sim_wire_close(&wire);
    cr_assert_eq(sim_world_next_us(world), INT64_MAX);
    sim_world_destroy(world);
}

static enum wm_status ask(size_t size)
{
    static const uint8_t question[WM_FRAME_SIZE_MAX] = {1, 2, 3};
    return bus.ops->transmit(bus.self, question, size);
}

static int fetch(uint8_t *bytes)
{
    return bus.ops->receive(bus.self, bytes, WM_FRAME_SIZE_MAX);
}

TestSuite(wire, .init = open_wire, .fini = close_wire);

Test(wire, bytes_arrive_one_by_one_at_the_baud_rate)
{
    answer_with(0, 0xAA, 1000, 12);
    cr_assert_eq(ask(8), WM_OK);
    /* 8 bytes of 10 bits at 19,200: 4166.7 us; then 1 ms; then 520.8 us a byte. */
    int64_t begins_us = 4167 + 1000;
    for (int64_t byte = 1; byte <= 12; byte++) {
        uint8_t bytes[WM_FRAME_SIZE_MAX];
        int64_t arrives_us = begins_us + (byte * 10000000 + 19199) / 19200;
        sim_world_run(world, arrives_us - 1);
        cr_assert_eq(fetch(bytes), 0, "byte %d is early", (int)byte);
        sim_world_run(world, arrives_us);
        cr_assert_eq(fetch(bytes), 1, "byte %d is late", (int)byte);
        cr_assert_eq(bytes[0], 0xAA);
    }
    cr_assert_eq(heard, 1);
    cr_assert_eq(heard_at_us, begins_us + 6250);
    cr_assert_eq(deeds, 1);
}

Test(wire, nothing_drifts_over_a_million_exchanges)
{
    answer_with(0, 0x11, 1000, 15);
    int64_t at_us = 0;
    for (int i = 0; i < 1000000; i++) {
        cr_assert_eq(ask(8), WM_OK);
        sim_world_run(world, at_us += 4167 + 1000 + 7813);
    }
    cr_assert_eq(heard, 1000000);
    cr_assert_eq(heard_at_us, INT64_C(1000000) * (4167 + 1000 + 7813));
}

Test(wire, is_busy_while_it_carries_the_question)
{
    cr_assert_eq(ask(8), WM_OK);
    cr_assert_eq(ask(8), WM_BUSY);
    sim_world_run(world, 4166);
    cr_assert_eq(ask(8), WM_BUSY);
    sim_world_run(world, 4167);
    cr_assert_eq(ask(8), WM_OK);
    sim_world_run(world, 100000);
}

Test(wire, silence_sets_no_event)
{
    cr_assert_eq(ask(8), WM_OK);
    cr_assert_eq(sim_world_next_us(world), INT64_MAX);
}

Test(wire, who_says_nothing_acts_when_its_time_has_come)
{
    answer_with(0, 0, 2000, 0);
    cr_assert_eq(ask(8), WM_OK);
    cr_assert_eq(deeds, 0);
    sim_world_run(world, 100000);
    cr_assert_eq(deeds, 1);
    cr_assert_eq(deed_at_us, 4167 + 2000);
    cr_assert_eq(heard, 0);
}

Test(wire, what_was_not_fetched_is_gone_with_the_next_question)
{
    uint8_t bytes[WM_FRAME_SIZE_MAX];
    answer_with(0, 0x22, 1000, 10);
    cr_assert_eq(ask(8), WM_OK);
    sim_world_run(world, 50000);
    script_count = 0;
    cr_assert_eq(ask(8), WM_OK);
    cr_assert_eq(fetch(bytes), 0);
    sim_world_run(world, 100000);
    cr_assert_eq(fetch(bytes), 0);
}

Test(wire, an_answer_that_comes_after_the_next_question_still_comes)
{
    uint8_t bytes[WM_FRAME_SIZE_MAX];
    answer_with(0, 0x33, 50000, 10);
    cr_assert_eq(ask(8), WM_OK);
    sim_world_run(world, 34167);
    script_count = 0;
    cr_assert_eq(ask(8), WM_OK);
    sim_world_run(world, 100000);
    cr_assert_eq(fetch(bytes), 10);
    cr_assert_eq(bytes[9], 0x33);
}

Test(wire, a_question_into_an_answer_is_not_understood_and_costs_the_answer_its_bytes)
{
    uint8_t bytes[WM_FRAME_SIZE_MAX];
    answer_with(0, 0x44, 1000, 20);
    cr_assert_eq(ask(8), WM_OK);
    sim_world_run(world, 4167 + 1000 + 1000);
    deeds = 0;
    cr_assert_eq(ask(8), WM_OK);
    sim_world_run(world, 100000);
    cr_assert_eq(deeds, 1, "only the first question was understood");
    int came = fetch(bytes);
    cr_assert(came > 0 && came < 20, "%d bytes", came);
}

Test(wire, two_at_once_are_the_and_of_both)
{
    uint8_t bytes[2 * WM_FRAME_SIZE_MAX];
    answer_with(0, 0xF0, 1000, 10);
    answer_with(1, 0x3C, 1000, 14);
    cr_assert_eq(ask(8), WM_OK);
    sim_world_run(world, 100000);
    cr_assert_eq(fetch(bytes), 14);
    for (int i = 0; i < 14; i++) {
        cr_assert_eq(bytes[i], i < 10 ? 0x30 : 0x3C, "byte %d is %02X", i, bytes[i]);
    }
}

Test(wire, a_crowd_at_once_neither_overflows_nor_hangs)
{
    uint8_t bytes[WM_FRAME_SIZE_MAX];
    for (int i = 0; i < SIM_WIRE_TALKS_MAX; i++) {
        answer_with(i, (uint8_t)(0xFF - i), 1000 + i * 700, WM_FRAME_SIZE_MAX);
    }
    for (int turn = 0; turn < 50; turn++) {
        cr_assert_eq(ask(8), WM_OK);
        sim_world_run(world, sim_world_now_us(world) + 4167 + turn * 300);
        (void)fetch(bytes);
    }
    sim_world_run(world, 10000000);
    int came = 0;
    for (int got = 1; got > 0; came += got) {
        got = fetch(bytes);
    }
    cr_assert_leq(came, SIM_WIRE_TALKS_MAX * WM_FRAME_SIZE_MAX);
}

Test(wire, what_was_not_sent_when_the_power_went_was_never_asked)
{
    uint8_t bytes[WM_FRAME_SIZE_MAX];
    answer_with(0, 0x55, 1000, 12);
    deeds = heard = 0;
    cr_assert_eq(ask(8), WM_OK);
    sim_world_run(world, 2000);
    sim_wire_hush(&wire);
    sim_world_run(world, 100000);
    cr_assert_eq(deeds, 0, "nobody reacts to half a question");
    cr_assert_eq(heard, 0);
    cr_assert_eq(fetch(bytes), 0);
    cr_assert_eq(ask(8), WM_OK);
    sim_world_run(world, 100000 + 2000);
    sim_wire_hush(&wire);
    cr_assert_eq(ask(8), WM_OK, "the line is free at once");
    sim_world_run(world, 200000);
    cr_assert_eq(deeds, 1);
    cr_assert_eq(fetch(bytes), 12);
}

Test(wire, what_was_sent_before_the_power_went_is_answered)
{
    uint8_t bytes[WM_FRAME_SIZE_MAX];
    answer_with(0, 0x55, 1000, 12);
    deeds = heard = 0;
    cr_assert_eq(ask(8), WM_OK);
    sim_world_run(world, 4167);
    sim_wire_hush(&wire);
    sim_world_run(world, 100000);
    cr_assert_eq(deeds, 1);
    cr_assert_eq(heard, 1);
    cr_assert_eq(fetch(bytes), 12);
}

Test(wire, an_answer_that_is_late_is_not_of_the_question_that_was_cut)
{
    answer_with(0, 0x55, 50000, 12);
    deeds = heard = 0;
    cr_assert_eq(ask(8), WM_OK);
    sim_world_run(world, 40000);
    script_count = 0;
    cr_assert_eq(ask(8), WM_OK);
    sim_world_run(world, 42000);
    sim_wire_hush(&wire);
    sim_world_run(world, 100000);
    cr_assert_eq(deeds, 1, "the first question was whole");
}
