/*
 * test_modbus_rtu.c — frames at the RTU server in exact time, and at its port on a pty.
 */
#include <criterion/criterion.h>
#include <ev.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "firmware/service/modbus/rtu.h"
#include "firmware/service/modbus/rtu_port.h"
#include "fixture.h"

/* At 19,200 Bd, in microseconds: a character, and silences just inside and just beyond a limit. */
enum {
    CHARACTER_US = 573,
    INSIDE_US = 859,
    SPOILED_US = 861,
    NOT_ENDED_US = 2005,
    ENDED_US = 2006,
};

#define FRAME(...) (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__})

/* Register 1000 of unit 1, as every text on Modbus has it. */
static const uint8_t question[] = {0x01, 0x03, 0x03, 0xE8, 0x00, 0x01, 0x04, 0x7A};

static struct wm_view view;
static struct mbs_rtu rtu;
static int64_t now_us;

static void setup(void)
{
    fixture_view(&view, 512, 16, 4);
    mbs_rtu_init(&rtu, &view, false);
    now_us = 1000000;
}

TestSuite(modbus_rtu, .init = setup);

static void expect_bytes(const uint8_t *got, const uint8_t *wanted, size_t size)
{
    cr_assert_arr_eq(got, wanted, size);
}

/* After so much silence these bytes come. */
static void hear(int64_t silence_us, const uint8_t *bytes, size_t size)
{
    now_us += silence_us + mbs_rtu_time_us(&rtu, size);
    mbs_rtu_hear(&rtu, bytes, size, now_us);
}

/* The answer to what was heard. */
static size_t answer_of(uint8_t answer[MBS_RTU_FRAME_MAX])
{
    if (mbs_rtu_due_us(&rtu) == INT64_MAX) {
        return 0;
    }
    cr_assert_geq(mbs_rtu_due_us(&rtu), now_us);
    now_us = mbs_rtu_due_us(&rtu);
    const size_t size = mbs_rtu_answer(&rtu, answer);
    cr_assert_eq(mbs_rtu_due_us(&rtu), INT64_MAX);
    return size;
}

static size_t ask(const uint8_t *bytes, size_t size, uint8_t answer[MBS_RTU_FRAME_MAX])
{
    hear(10000, bytes, size);
    return answer_of(answer);
}

/* The same with the check sum added. */
static size_t ask_summed(const uint8_t *bytes, size_t size, uint8_t answer[MBS_RTU_FRAME_MAX])
{
    uint8_t frame[MBS_RTU_FRAME_MAX];
    const uint16_t crc = mbs_rtu_crc(bytes, size);
    memcpy(frame, bytes, size);
    frame[size] = (uint8_t)crc;
    frame[size + 1] = (uint8_t)(crc >> 8);
    return ask(frame, size + 2, answer);
}

static void expect_answer(const uint8_t *bytes, size_t size, const uint8_t *wanted,
                          size_t wanted_size)
{
    uint8_t answer[MBS_RTU_FRAME_MAX];
    const size_t got = ask_summed(bytes, size, answer);
    cr_assert_eq(got, wanted_size + 2);
    cr_assert_arr_eq(answer, wanted, wanted_size);
    const uint16_t crc = mbs_rtu_crc(wanted, wanted_size);
    cr_assert_eq(answer[got - 2], crc & 0xFF);
    cr_assert_eq(answer[got - 1], crc >> 8);
}

static void expect_silence(const uint8_t *bytes, size_t size)
{
    uint8_t answer[MBS_RTU_FRAME_MAX];
    cr_assert_eq(ask(bytes, size, answer), 0);
}

/* Whatever came before, the next question is answered. */
static void expect_served(void)
{
    uint8_t answer[MBS_RTU_FRAME_MAX];
    static const uint8_t wanted[] = {0x01, 0x03, 0x02, 0x00, 0x41, 0x78, 0x74};
    cr_assert_eq(ask(question, sizeof question, answer), sizeof wanted);
    cr_assert_arr_eq(answer, wanted, sizeof wanted);
}

/* ---- frames ----------------------------------------------------------------------------- */

Test(modbus_rtu, check_sum_is_that_of_the_standard)
{
    cr_assert_eq(mbs_rtu_crc((const uint8_t *)"123456789", 9), 0x4B37);
    cr_assert_eq(mbs_rtu_crc((const uint8_t *)"\2\7", 2), 0x1241);
}

Test(modbus_rtu, question_is_answered)
{
    expect_served();
}

Test(modbus_rtu, both_functions_read_every_register)
{
    static uint16_t image[WM_REGISTERS];
    mbs_image_fill(&view, image);
    for (uint8_t function = 3; function <= 4; function++) {
        for (int first = 1000; first <= 3681; first += 125) {
            uint8_t answer[MBS_RTU_FRAME_MAX];
            const int count = 3681 - first + 1 < 125 ? 3681 - first + 1 : 125;
            const size_t got = ask_summed(
                FRAME(1, function, (uint8_t)(first >> 8), (uint8_t)first, 0, (uint8_t)count),
                answer);
            cr_assert_eq(got, (size_t)(5 + 2 * count));
            expect_bytes(answer, FRAME(1, function, (uint8_t)(2 * count)));
            for (int i = 0; i < count; i++) {
                cr_assert_eq(answer[3 + 2 * i] << 8 | answer[4 + 2 * i], image[first - 1000 + i]);
            }
        }
    }
}

Test(modbus_rtu, exceptions_come_in_their_order)
{
    expect_answer(FRAME(1, 6, 3, 0xE8, 0, 1), FRAME(1, 0x86, 1));
    expect_answer(FRAME(1, 0x10, 3, 0xE8, 0, 1, 2, 0, 7), FRAME(1, 0x90, 1));
    expect_answer(FRAME(1, 0x83, 3, 0xE8, 0, 1), FRAME(1, 0x83, 1));
    expect_answer(FRAME(1, 7), FRAME(1, 0x87, 1));
    expect_answer(FRAME(1, 3, 0, 0, 0, 0), FRAME(1, 0x83, 3));
    expect_answer(FRAME(1, 3, 3, 0xE8, 0, 126), FRAME(1, 0x83, 3));
    expect_answer(FRAME(1, 3, 3, 0xE8, 0, 1, 0), FRAME(1, 0x83, 3));
    expect_answer(FRAME(1, 3, 3, 0xE7, 0, 1), FRAME(1, 0x83, 2));
    expect_answer(FRAME(1, 4, 0x0E, 0x61, 0, 2), FRAME(1, 0x84, 2));
}

Test(modbus_rtu, only_the_own_unit_is_answered)
{
    uint8_t answer[MBS_RTU_FRAME_MAX];
    view.settings.value[wm_setting_modbus_unit_id] = 7;
    for (int unit = 0; unit < 256; unit++) {
        const size_t got = ask_summed(FRAME((uint8_t)unit, 3, 3, 0xE8, 0, 1), answer);
        cr_assert_eq(got, unit == 7 ? 7 : 0, "unit %d", unit);
        const size_t written = ask_summed(FRAME((uint8_t)unit, 6, 3, 0xE8, 0, 1), answer);
        cr_assert_eq(written, unit == 7 ? 5 : 0, "a write to unit %d", unit);
    }
    cr_assert_eq(rtu.dropped, 0, "what is for others is sound");
}

Test(modbus_rtu, answer_follows_the_view)
{
    expect_served();
    view.system.status_flags = 0x1234;
    view.generation++;
    expect_answer(FRAME(1, 3, 3, 0xE8, 0, 1), FRAME(1, 3, 2, 0x12, 0x34));
}

/* ---- what is no frame ------------------------------------------------------------------- */

Test(modbus_rtu, part_of_a_frame_is_dropped)
{
    for (size_t size = 0; size < sizeof question; size++) {
        expect_silence(question, size);
        expect_silence(question + size + 1, sizeof question - size - 1);
        expect_served();
    }
}

Test(modbus_rtu, every_flipped_bit_and_changed_byte_is_found)
{
    for (size_t i = 0; i < sizeof question; i++) {
        for (int change = 1; change < 256; change++) {
            uint8_t bad[sizeof question];
            memcpy(bad, question, sizeof bad);
            bad[i] ^= (uint8_t)change;
            expect_silence(bad, sizeof bad);
        }
    }
    cr_assert_eq(rtu.dropped, 255 * sizeof question);
    expect_served();
}

Test(modbus_rtu, two_frames_without_a_silence_are_none)
{
    hear(10000, question, sizeof question);
    hear(0, question, sizeof question);
    uint8_t answer[MBS_RTU_FRAME_MAX];
    cr_assert_eq(answer_of(answer), 0);
    expect_served();
}

Test(modbus_rtu, overlong_frame_is_dropped_whole)
{
    static uint8_t junk[3000];
    for (size_t size = MBS_RTU_FRAME_MAX + 1; size < sizeof junk; size += 271) {
        memcpy(junk, question, sizeof question);
        expect_silence(junk, size);
        expect_served();
        for (size_t i = 0; i < size; i++) {
            hear(i == 0 ? 10000 : 0, &junk[i], 1);
        }
        uint8_t answer[MBS_RTU_FRAME_MAX];
        cr_assert_eq(answer_of(answer), 0);
        expect_served();
    }
}

Test(modbus_rtu, longest_frame_is_a_frame)
{
    uint8_t bytes[MBS_RTU_FRAME_MAX - 2] = {1, 0x10};
    expect_answer(bytes, sizeof bytes, FRAME(1, 0x90, 1));
}

/* ---- silences --------------------------------------------------------------------------- */

static size_t answered_with_gap(size_t at, int64_t gap_us)
{
    uint8_t answer[MBS_RTU_FRAME_MAX];
    hear(10000, question, at);
    hear(gap_us, question + at, sizeof question - at);
    return answer_of(answer);
}

Test(modbus_rtu, silence_inside_a_frame_spoils_it)
{
    for (size_t at = 1; at < sizeof question; at++) {
        cr_assert_eq(answered_with_gap(at, INSIDE_US), 7, "behind byte %zu", at);
        cr_assert_eq(answered_with_gap(at, SPOILED_US), 0, "behind byte %zu", at);
        cr_assert_eq(answered_with_gap(at, NOT_ENDED_US - 1), 0, "behind byte %zu", at);
        cr_assert_eq(answered_with_gap(at, ENDED_US), 0, "behind byte %zu", at);
        expect_served();
    }
}

Test(modbus_rtu, silence_behind_junk_makes_room)
{
    uint8_t answer[MBS_RTU_FRAME_MAX];
    hear(10000, FRAME(0xFF, 0x00, 0x55));
    hear(ENDED_US, question, sizeof question);
    cr_assert_eq(answer_of(answer), 7);
    hear(10000, FRAME(0xFF, 0x00, 0x55));
    hear(NOT_ENDED_US - 1, question, sizeof question);
    cr_assert_eq(answer_of(answer), 0);
}

Test(modbus_rtu, silences_follow_the_speed_up_to_19200)
{
    static const struct {
        int32_t baud;
        int64_t character_us;
        int64_t silence_us;
    } lines[] = {
        {1200, 9167, 32083}, {9600, 1146, 4010}, {19200, CHARACTER_US, 2005},
        {38400, 287, 1750},  {115200, 96, 1750},
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        view.settings.value[wm_setting_modbus_rtu_baud] = lines[i].baud;
        cr_assert_eq(mbs_rtu_time_us(&rtu, 1), lines[i].character_us);
        cr_assert_eq(mbs_rtu_silence_us(&rtu), lines[i].silence_us);
        expect_served();
        cr_assert_eq(answered_with_gap(4, lines[i].silence_us), 0);
    }
    cr_assert_eq(answered_with_gap(4, 750), 7);
    cr_assert_eq(answered_with_gap(4, 751), 0);
}

Test(modbus_rtu, where_batches_come_only_the_end_counts)
{
    mbs_rtu_init(&rtu, &view, true);
    cr_assert_eq(answered_with_gap(4, SPOILED_US), 7);
    cr_assert_eq(answered_with_gap(4, NOT_ENDED_US - 1), 7);
    cr_assert_eq(answered_with_gap(4, ENDED_US), 0);
    cr_assert_eq(answered_with_gap(4, -3 * CHARACTER_US), 7, "found earlier than it can have come");
}

/* ---- the port --------------------------------------------------------------------------- */

static struct ev_loop *loop;
static int master;
static int slave;
static int lost_times;
static int dropped_times;

static void lost(void *context, const char *why)
{
    (void)context;
    cr_assert_not_null(why);
    lost_times++;
}

static void dropped(void *context)
{
    (void)context;
    dropped_times++;
}

static void pty_open(void)
{
    struct termios raw;
    loop = ev_loop_new(EVFLAG_AUTO);
    master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
    cr_assert_geq(master, 0);
    cr_assert_eq(grantpt(master), 0);
    cr_assert_eq(unlockpt(master), 0);
    slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_NONBLOCK);
    cr_assert_geq(slave, 0);
    tcgetattr(slave, &raw);
    cfmakeraw(&raw);
    cr_assert_eq(tcsetattr(slave, TCSANOW, &raw), 0);
}

static struct mbs_rtu_port *port_open(bool discards_echo)
{
    pty_open();
    const struct mbs_rtu_port_options options = {
        .fd = master, .discards_echo = discards_echo, .lost = lost, .dropped = dropped};
    struct mbs_rtu_port *port = mbs_rtu_port_open(loop, &view, &options);
    cr_assert_not_null(port);
    return port;
}

static void turn_for(double seconds)
{
    const double end = fixture_seconds() + seconds;
    while (fixture_seconds() < end) {
        ev_run(loop, EVRUN_NOWAIT);
    }
}

/* What comes until `size` bytes are there, or for half a second. */
static size_t slave_hear(uint8_t *bytes, size_t size)
{
    size_t have = 0;
    const double end = fixture_seconds() + 0.5;
    while (have < size && fixture_seconds() < end) {
        ev_run(loop, EVRUN_NOWAIT);
        const ssize_t more = read(slave, bytes + have, size - have);
        have += more > 0 ? (size_t)more : 0;
    }
    return have;
}

/* A master asks again: on a busy machine a question may have met what came before it. */
static void expect_port_serves(void)
{
    uint8_t answer[8];
    size_t have = 0;
    for (int i = 0; i < 5 && have == 0; i++) {
        cr_assert_eq(write(slave, question, sizeof question), sizeof question);
        have = slave_hear(answer, 7);
    }
    cr_assert_eq(have, 7);
    expect_bytes(answer, FRAME(0x01, 0x03, 0x02, 0x00, 0x41, 0x78, 0x74));
}

static void port_close(struct mbs_rtu_port *port)
{
    mbs_rtu_port_close(port);
    close(slave);
    close(master);
    ev_loop_destroy(loop);
}

/* The question, and its answer. */
static void master_asks(uint8_t answer[8])
{
    cr_assert_eq(write(slave, question, sizeof question), sizeof question);
    cr_assert_eq(slave_hear(answer, 7), 7);
}

Test(modbus_rtu, port_answers_on_a_pty)
{
    uint8_t answer[8];
    struct mbs_rtu_port *port = port_open(false);
    for (int i = 0; i < 3; i++) {
        master_asks(answer);
        expect_bytes(answer, FRAME(0x01, 0x03, 0x02, 0x00, 0x41, 0x78, 0x74));
    }
    port_close(port);
}

Test(modbus_rtu, port_drops_junk_and_goes_on)
{
    static const uint8_t junk[1500] = {1, 3};
    struct mbs_rtu_port *port = port_open(false);
    for (size_t at = 0; at < 8; at++) {
        cr_assert_eq(write(slave, question, at), (ssize_t)at);
        turn_for(0.01);
        cr_assert_eq(write(slave, junk, sizeof junk), sizeof junk);
        turn_for(0.01);
        expect_port_serves();
    }
    port_close(port);
}

Test(modbus_rtu, port_takes_off_the_echo)
{
    uint8_t answer[8];
    struct mbs_rtu_port *port = port_open(true);
    for (int i = 0; i < 3; i++) {
        master_asks(answer);
        cr_assert_eq(write(slave, answer, 7), 7); /* what an adapter would do */
        turn_for(0.01);
        cr_assert_eq(read(slave, answer, sizeof answer), -1, "nothing answers its own answer");
    }
    port_close(port);
}

Test(modbus_rtu, port_answers_each_question_where_there_is_no_echo_to_take_off)
{
    uint8_t answer[8];
    struct mbs_rtu_port *port = port_open(true);
    for (int i = 0; i < 3; i++) {
        cr_assert_eq(write(slave, question, sizeof question), sizeof question);
        cr_assert_eq(slave_hear(answer, 7), 7, "question %d", i + 1);
    }
    port_close(port);
}

/* The unit's question, in two pieces with a gap. */
static void ask_in_two(uint8_t unit, size_t first, double gap_s)
{
    uint8_t asked[8] = {unit, 0x03, 0x03, 0xE8, 0x00, 0x01};
    const uint16_t crc = mbs_rtu_crc(asked, 6);
    asked[6] = (uint8_t)crc;
    asked[7] = (uint8_t)(crc >> 8);
    cr_assert_eq(write(slave, asked, first), (ssize_t)first);
    turn_for(gap_s);
    cr_assert_eq(write(slave, asked + first, sizeof asked - first),
                 (ssize_t)(sizeof asked - first));
}

/* Of an answer so many bytes are heard again, and then comes another question; how much is heard.
 */
static size_t asked_behind_echo(uint8_t unit, size_t echo, size_t first)
{
    uint8_t answer[8];
    ask_in_two(unit, 0, 0);
    cr_assert_eq(slave_hear(answer, 7), 7);
    cr_assert_eq(write(slave, answer, echo), (ssize_t)echo);
    turn_for(0.12);
    ask_in_two(unit, first, 0.001);
    return slave_hear(answer, 7);
}

/*
 * What an adapter lost of the echo, and the pieces that a question comes in, are nothing to a
 * master: it is answered. At this speed a silence is longer than a machine is busy: it is 32 ms,
 * and the question, which a pty has at once, is taken to have lasted 73 ms.
 */
Test(modbus_rtu, port_hears_a_question_behind_an_echo_that_lost_its_end)
{
    /*
     * What the echo lacks begins as the question does: with unit 3 at its second byte, with unit
     * 172 at its last. (One byte alone that goes on as the echo does is taken for it.)
     */
    static const struct {
        uint8_t unit;
        size_t echo;
        size_t first;
    } cases[] = {{3, 0, 0}, {3, 0, 1}, {3, 0, 3}, {3, 1, 0}, {3, 1, 3},   {3, 2, 0},
                 {3, 2, 1}, {3, 3, 3}, {3, 5, 1}, {3, 6, 0}, {172, 6, 0}, {172, 6, 3}};
    view.settings.value[wm_setting_modbus_rtu_baud] = 1200;
    struct mbs_rtu_port *port = port_open(true);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t size = 0;
        view.settings.value[wm_setting_modbus_unit_id] = cases[i].unit;
        for (int again = 0; again < 3 && size < 7; again++) {
            size = asked_behind_echo(cases[i].unit, cases[i].echo, cases[i].first);
        }
        cr_assert_eq(size, 7, "unit %d: %zu bytes of echo, parted at %zu", cases[i].unit,
                     cases[i].echo, cases[i].first);
    }
    port_close(port);
}

/* The loop was busy for longer than a silence. */
Test(modbus_rtu, port_knows_an_echo_whose_end_it_finds_late)
{
    uint8_t answer[8];
    struct mbs_rtu_port *port = port_open(true);
    for (int i = 0; i < 3; i++) {
        master_asks(answer);
        cr_assert_eq(write(slave, answer, 5), 5);
        turn_for(0.01);
        cr_assert_eq(write(slave, answer + 5, 2), 2);
        turn_for(0.01);
    }
    cr_assert_eq(dropped_times, 0, "it is no broken frame");
    port_close(port);
}

Test(modbus_rtu, port_tells_of_a_line_that_is_gone)
{
    struct mbs_rtu_port *port = port_open(false);
    close(slave); /* the last one */
    turn_for(0.02);
    cr_assert_eq(lost_times, 1);
    turn_for(0.02);
    cr_assert_eq(lost_times, 1);
    slave = open("/dev/null", O_RDONLY);
    port_close(port);
}

Test(modbus_rtu, port_lets_answers_go_that_nobody_reads)
{
    struct mbs_rtu_port *port = port_open(false);
    for (int i = 0; i < 60; i++) {
        const uint8_t sweep[] = {0x01, 0x03, 0x03, 0xE8, 0x00, 0x7D, 0x05, 0x9B};
        cr_assert_eq(write(slave, sweep, sizeof sweep), sizeof sweep);
        turn_for(0.004);
    }
    tcflush(slave, TCIFLUSH);
    turn_for(0.01);
    tcflush(slave, TCIFLUSH);
    expect_port_serves();
    port_close(port);
}
