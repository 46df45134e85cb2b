/*
 * test_replay_bus.c — what a question is answered from a record: in its turn, with its sequence, at
 * its time; and silence where the record has that.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "harness/record/replay_bus.h"
#include "sim/bus/frame.h"

static struct hx_stage stage;
static struct hx_run_record record;
static struct hx_replay_bus *bus;
static struct hx_text text;
static char room[2 * WM_FRAME_SIZE_MAX + 1];

static struct sim_frame frame_of(int32_t module, uint8_t sequence, enum wm_direction direction,
                                 int32_t value)
{
    return (struct sim_frame){.message = wm_message_measure,
                              .direction = direction,
                              .address_class = WM_CLASS_MODULE,
                              .address = module,
                              .sequence = sequence,
                              .values = {value}};
}

static const char *hex(int32_t module, uint8_t sequence, enum wm_direction direction, int32_t value)
{
    uint8_t bytes[WM_FRAME_SIZE_MAX];
    const struct sim_frame frame = frame_of(module, sequence, direction, value);
    const size_t size = sim_frame_encode(&frame, bytes);
    for (size_t i = 0; i < size; i++) {
        (void)snprintf(room + 2 * i, 3, "%02x", bytes[i]);
    }
    return room;
}

/* At so many milliseconds module 3 is asked, and answers so many mV 20 ms later; 0: silence. */
static void exchange(int at_ms, uint8_t sequence, int32_t value)
{
    hx_text_add(&text, "%d.%03d000 bus >%s\n", at_ms / 1000, at_ms % 1000,
                hex(3, sequence, WM_QUESTION, 0));
    if (value > 0) {
        hx_text_add(&text, "%d.%03d000 bus <%s\n", (at_ms + 20) / 1000, (at_ms + 20) % 1000,
                    hex(3, sequence, WM_ANSWER, value));
    }
}

static void begin(void)
{
    hx_text_add(&text, "gbms-bench record 1\nscenario s\n0.000000 power on\n");
}

static void play(void)
{
    struct hx_text error = {0};
    hx_text_add(&text, "100.000000 end passed\n");
    FILE *file = fmemopen(text.bytes, text.size, "r");
    cr_assert(hx_record_read(&record, file, "x", &error), "%s", hx_text_string(&error));
    fclose(file);
    bus = hx_replay_bus_open(&record, HX_EVENT_BUS, &stage, 0);
    stage.world = sim_world_create(1);
}

static void end(void)
{
    sim_world_destroy(stage.world);
    hx_replay_bus_close(bus);
    hx_record_free(&record);
    hx_text_free(&text);
}

TestSuite(replay_bus, .init = begin, .fini = end);

static void ask(int at_ms, int32_t module, uint8_t sequence)
{
    uint8_t bytes[WM_FRAME_SIZE_MAX];
    const struct wm_bus port = hx_replay_bus_port(bus);
    const struct sim_frame question = frame_of(module, sequence, WM_QUESTION, 0);
    const size_t size = sim_frame_encode(&question, bytes);
    (void)sim_world_run(stage.world, INT64_C(1000) * at_ms);
    cr_assert_eq(port.ops->transmit(port.self, bytes, size), WM_OK);
}

/* What has come in so many ms more; 0: nothing, -1: no sound answer. */
static int32_t hears(int after_ms, uint8_t *sequence)
{
    uint8_t bytes[200];
    struct sim_frame answer;
    const struct wm_bus port = hx_replay_bus_port(bus);
    (void)sim_world_run(stage.world, sim_world_now_us(stage.world) + INT64_C(1000) * after_ms);
    const int size = port.ops->receive(port.self, bytes, sizeof bytes);
    if (size <= 0 || !sim_frame_decode(bytes, (size_t)size, WM_ANSWER, &answer)) {
        return size == 0 ? 0 : -1;
    }
    *sequence = answer.sequence;
    return answer.values[wm_answer_measure_voltage_mV];
}

static int32_t answer_to(int at_ms, int32_t module, uint8_t sequence)
{
    uint8_t heard = 0;
    ask(at_ms, module, sequence);
    const int32_t value = hears(40, &heard);
    cr_expect(value <= 0 || heard == sequence, "it answers question %d, not %d", heard, sequence);
    return value;
}

Test(replay_bus, an_answer_has_the_sequence_of_its_question_and_takes_its_time)
{
    uint8_t sequence = 0;
    exchange(100, 7, 13500);
    play();
    ask(100, 3, 200);
    cr_expect_eq(hears(19, &sequence), 0, "not yet");
    cr_expect_eq(hears(1, &sequence), 13500);
    cr_expect_eq(sequence, 200);
}

/* 9 and 15 bytes take 12.5 ms together, and more by themselves, each rounded up. */
Test(replay_bus, an_answer_without_any_delay_comes_at_the_very_microsecond)
{
    uint8_t bytes[WM_FRAME_SIZE_MAX];
    exchange(100, 7, 0);
    hx_text_add(&text, "0.112500 bus <%s\n", hex(3, 7, WM_ANSWER, 13500));
    play();
    const struct wm_bus port = hx_replay_bus_port(bus);
    ask(100, 3, 7);
    (void)sim_world_run(stage.world, 112499);
    cr_expect_eq(port.ops->receive(port.self, bytes, sizeof bytes), 0);
    (void)sim_world_run(stage.world, 112500);
    cr_expect_eq(port.ops->receive(port.self, bytes, sizeof bytes), 15);
}

Test(replay_bus, answers_are_used_up_in_their_turn_silence_too)
{
    exchange(100, 1, 0);
    exchange(150, 2, 0);
    exchange(200, 3, 13500);
    exchange(1100, 4, 13600);
    play();
    cr_expect_eq(answer_to(95, 3, 1), 0);
    cr_expect_eq(answer_to(145, 3, 2), 0);
    cr_expect_eq(answer_to(195, 3, 3), 13500);
    cr_expect_eq(answer_to(1095, 3, 4), 13600);
}

Test(replay_bus, where_none_is_left_for_now_the_last_one_is_given_again)
{
    exchange(100, 1, 13500);
    exchange(9000, 2, 13600);
    play();
    cr_expect_eq(answer_to(100, 3, 1), 13500);
    cr_expect_eq(answer_to(4000, 3, 2), 13500);
    cr_expect_eq(answer_to(8500, 3, 3), 13600, "it is of this round");
    cr_expect_eq(answer_to(20000, 3, 4), 13600);
}

Test(replay_bus, what_was_not_asked_for_in_time_is_passed_over)
{
    for (int i = 0; i < 10; i++) {
        exchange(1000 * i, (uint8_t)i, 13000 + i);
    }
    play();
    cr_expect_eq(answer_to(10, 3, 0), 13000);
    cr_expect_eq(answer_to(7500, 3, 1), 13007);
}

Test(replay_bus, the_first_one_is_given_before_its_time)
{
    exchange(5000, 1, 13500);
    play();
    cr_expect_eq(answer_to(0, 3, 1), 13500);
}

Test(replay_bus, what_is_no_frame_comes_as_it_came)
{
    exchange(100, 1, 0);
    hx_text_add(&text, "0.120000 bus <a50f10\n0.121000 bus <ffff\n");
    play();
    uint8_t bytes[8];
    const struct wm_bus port = hx_replay_bus_port(bus);
    ask(100, 3, 9);
    (void)sim_world_run(stage.world, 120000);
    cr_expect_eq(port.ops->receive(port.self, bytes, sizeof bytes), 3);
    (void)sim_world_run(stage.world, 121000);
    cr_expect_eq(port.ops->receive(port.self, bytes, sizeof bytes), 2);
    cr_expect_eq(bytes[0], 0xFF);
}

Test(replay_bus, a_real_device_on_the_line_of_a_board_has_answered_too)
{
    exchange(100, 1, 0);
    hx_text_add(&text, "0.115000 bus >%s\n", hex(3, 1, WM_ANSWER, 13700));
    play();
    cr_expect_eq(answer_to(100, 3, 4), 13700);
}

/* An answer that the bench of a board wrote down 90 ms behind its question; then that is asked. */
static int32_t late_answer(int32_t next_module)
{
    uint8_t sequence = 0;
    text.size = 0;
    hx_text_add(&text, "gbms-bench record 1\nscenario s\non board b\n0.000000 power on\n");
    exchange(100, 1, 0);
    hx_text_add(&text, "0.190000 bus <%s\n", hex(3, 1, WM_ANSWER, 13500));
    hx_text_add(&text, "0.200000 bus >%s\n", hex(next_module, 2, WM_QUESTION, 0));
    play();
    ask(100, 3, 1);
    return hears(20, &sequence);
}

Test(replay_bus, what_a_board_took_came_in_time_whatever_its_bench_wrote_down)
{
    cr_expect_eq(late_answer(4), 13500);
}

Test(replay_bus, what_a_board_asked_again_had_come_too_late)
{
    cr_expect_eq(late_answer(3), 0);
}

Test(replay_bus, a_large_piece_comes_byte_by_byte)
{
    uint8_t bytes[WM_FRAME_SIZE_MAX];
    (void)late_answer(4);
    const struct wm_bus port = hx_replay_bus_port(bus);
    ask(1200, 3, 7);
    (void)sim_world_run(stage.world, 1210000);
    const int size = port.ops->receive(port.self, bytes, sizeof bytes);
    cr_expect(size > 4 && size < 15, "%d", size);
}

Test(replay_bus, who_was_never_asked_is_silent_and_told)
{
    exchange(100, 1, 13500);
    play();
    cr_expect_eq(hx_replay_bus_unknown(bus), 0);
    cr_expect_eq(answer_to(100, 4, 1), 0);
    cr_expect_eq(hx_replay_bus_unknown(bus), 1);
}

Test(replay_bus, a_question_keeps_the_line_and_ends_what_came_before)
{
    uint8_t sequence = 0;
    uint8_t bytes[WM_FRAME_SIZE_MAX];
    const struct sim_frame question = frame_of(3, 2, WM_QUESTION, 0);
    const size_t size = sim_frame_encode(&question, bytes);
    exchange(100, 1, 13500);
    exchange(130, 2, 0);
    play();
    const struct wm_bus port = hx_replay_bus_port(bus);
    ask(100, 3, 1);
    cr_expect_eq(port.ops->transmit(port.self, bytes, size), WM_BUSY);
    ask(115, 3, 2);
    cr_expect_eq(hears(40, &sequence), 0, "the first answer has nobody who waits");
}

Test(replay_bus, the_power_comes_with_the_next_question)
{
    exchange(100, 1, 13500);
    exchange(5000, 2, 13600);
    play();
    cr_expect_eq(hx_replay_bus_next_us(bus, 0), 100000);
    cr_expect_eq(hx_replay_bus_next_us(bus, 100001), 5000000);
    cr_expect_eq(hx_replay_bus_next_us(bus, 6000000), 6000000, "there is none");
}
