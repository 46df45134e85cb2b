/*
 * test_bridge.c — a plant on a line that is not simulated: whole questions, pieces, junk, echoes.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "sim/bus/frame.h"
#include "sim/plant/bridge.h"
#include "tests/sim/stage.h"

static struct stage stage;
static struct sim_bridge bridge;
static uint8_t said[256];
static size_t said_size;

static size_t question_to(int32_t module, uint8_t *bytes)
{
    return sim_frame_encode(&(struct sim_frame){.message = wm_message_measure,
                                                .direction = WM_QUESTION,
                                                .address_class = WM_CLASS_MODULE,
                                                .address = module,
                                                .sequence = 7},
                            bytes);
}

/* Lets time pass in steps as a pump does, and takes down what goes to the line. */
static void pass(int64_t for_us)
{
    const int64_t until_us = sim_world_now_us(stage.world) + for_us;
    while (sim_world_now_us(stage.world) < until_us) {
        sim_world_run(stage.world, sim_world_now_us(stage.world) + 1000);
        (void)sim_bridge_go(&bridge);
        said_size += sim_bridge_give(&bridge, said + said_size, sizeof said - said_size);
    }
}

static void open_bridge(bool has_echo)
{
    said_size = 0;
    stage_open(&stage, "plant \"p\" { modules = 3 }");
    sim_bridge_init(&bridge, stage.world, stage.plant, has_echo);
}

static bool is_answered_by(int32_t module)
{
    struct sim_frame answer;
    return sim_frame_decode(said, said_size, WM_ANSWER, &answer) && answer.address == module &&
           answer.sequence == 7;
}

Test(bridge, a_question_in_pieces_is_one_question)
{
    uint8_t bytes[WM_FRAME_SIZE_MAX];
    open_bridge(false);
    const size_t size = question_to(2, bytes);
    for (size_t i = 0; i < size; i++) {
        sim_bridge_take(&bridge, bytes + i, 1);
        pass(1000);
    }
    pass(40000);
    cr_assert(is_answered_by(2));
    cr_assert_eq(bridge.questions, 1);
    cr_assert_eq(bridge.junk, 0);
    stage_close(&stage);
}

Test(bridge, half_a_question_is_junk_after_the_gap_and_hides_no_other)
{
    uint8_t bytes[WM_FRAME_SIZE_MAX];
    open_bridge(false);
    const size_t size = question_to(2, bytes);
    sim_bridge_take(&bridge, bytes, size - 1);
    pass(SIM_BRIDGE_GAP_US - 2000);
    cr_assert_eq(bridge.junk, 0);
    pass(4000);
    cr_assert_eq(bridge.junk, size - 1);
    pass(20000);
    sim_bridge_take(&bridge, bytes, size);
    pass(40000);
    cr_assert(is_answered_by(2));
    stage_close(&stage);
}

Test(bridge, noise_before_a_question_is_dropped_and_counted)
{
    uint8_t bytes[WM_FRAME_SIZE_MAX + 3] = {0x00, 0xFF, 0x13};
    open_bridge(false);
    const size_t size = question_to(1, bytes + 3);
    sim_bridge_take(&bridge, bytes, size + 3);
    pass(60000);
    cr_assert_eq(bridge.junk, 3);
    cr_assert(is_answered_by(1));
    stage_close(&stage);
}

Test(bridge, what_comes_while_the_last_question_is_on_the_line_waits)
{
    uint8_t bytes[WM_FRAME_SIZE_MAX];
    open_bridge(false);
    const size_t size = sim_frame_encode(&(struct sim_frame){.message = wm_message_programming,
                                                             .direction = WM_QUESTION,
                                                             .address_class = WM_CLASS_BROADCAST},
                                         bytes);
    sim_bridge_take(&bridge, bytes, size);
    (void)sim_bridge_go(&bridge);
    sim_bridge_take(&bridge, bytes, question_to(3, bytes));
    (void)sim_bridge_go(&bridge);
    cr_assert_eq(bridge.questions, 1, "the line is taken by the first");
    pass(60000);
    cr_assert_eq(bridge.questions, 2);
    cr_assert(is_answered_by(3));
    stage_close(&stage);
}

Test(bridge, an_echo_of_the_answer_is_no_question)
{
    uint8_t bytes[WM_FRAME_SIZE_MAX];
    open_bridge(true);
    sim_bridge_take(&bridge, bytes, question_to(2, bytes));
    pass(40000);
    cr_assert(is_answered_by(2));
    sim_bridge_take(&bridge, said, said_size);
    said_size = 0;
    pass(40000);
    cr_assert_eq(bridge.others, 0);
    cr_assert_eq(bridge.junk, 0);
    sim_bridge_take(&bridge, bytes, question_to(3, bytes));
    pass(40000);
    cr_assert(is_answered_by(3));
    stage_close(&stage);
}

Test(bridge, an_answer_of_a_real_device_is_told_from_junk)
{
    uint8_t bytes[WM_FRAME_SIZE_MAX];
    open_bridge(false);
    cr_assert(sim_plant_leave(stage.plant, 2));
    cr_assert_not(sim_plant_leave(stage.plant, 4));
    sim_bridge_take(&bridge, bytes, question_to(2, bytes));
    pass(40000);
    cr_assert_eq(said_size, 0, "a real module has its place");
    const size_t size = sim_frame_encode(&(struct sim_frame){.message = wm_message_measure,
                                                             .direction = WM_ANSWER,
                                                             .address_class = WM_CLASS_MODULE,
                                                             .address = 2,
                                                             .sequence = 7},
                                         bytes);
    sim_bridge_take(&bridge, bytes, size);
    pass(40000);
    cr_assert_eq(bridge.others, 1);
    cr_assert_eq(bridge.doubled, 0);
    cr_assert_eq(bridge.junk, 0);
    stage_close(&stage);
}

Test(bridge, an_answer_for_a_module_that_is_played_is_a_collision)
{
    uint8_t bytes[WM_FRAME_SIZE_MAX];
    open_bridge(false);
    const size_t size = sim_frame_encode(&(struct sim_frame){.message = wm_message_measure,
                                                             .direction = WM_ANSWER,
                                                             .address_class = WM_CLASS_MODULE,
                                                             .address = 2},
                                         bytes);
    sim_bridge_take(&bridge, bytes, size);
    sim_bridge_take(&bridge, bytes, question_to(3, bytes));
    (void)sim_bridge_go(&bridge);
    cr_assert_eq(bridge.doubled, 2);
    cr_assert_eq(bridge.questions, 1, "it takes no time of the next question");
    stage_close(&stage);
}

Test(bridge, a_line_gone_mad_is_bounded)
{
    uint8_t bytes[2000];
    open_bridge(false);
    memset(bytes, 0x55, sizeof bytes);
    sim_bridge_take(&bridge, bytes, sizeof bytes);
    pass(2000000);
    cr_assert_eq(bridge.junk, sizeof bytes);
    cr_assert_eq(bridge.size, 0);
    stage_close(&stage);
}

Test(bridge, on_a_line_with_a_pace_of_its_own_an_answer_takes_no_time_here)
{
    uint8_t bytes[WM_FRAME_SIZE_MAX];
    open_bridge(false);
    sim_plant_meet_line(stage.plant, true);
    sim_bridge_take(&bridge, bytes, question_to(2, bytes));
    pass(3000); /* the module's own millisecond, and the pump's */
    cr_assert(is_answered_by(2));
    stage_close(&stage);
}
