/*
 * test_rtu_tty.c — Modbus RTU on a tty: its form, what is asked and dropped on a pty, a line that
 * is pulled, and one that is shared with the bus of the sensors.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "firmware/board/linux/rtu_tty.h"
#include "firmware/board/linux/tty_bus.h"
#include "firmware/core/settings.h"
#include "firmware/service/modbus/rtu.h"

enum { TURNS_MAX = 1000000, FLOOD = 200 };

/* Register 1004 of unit 1, and none in it. */
static const uint8_t question[] = {0x01, 0x03, 0x03, 0xEC, 0x00, 0x01, 0x45, 0xBB};
static const uint8_t answer[] = {0x01, 0x03, 0x02, 0x00, 0x00, 0xB8, 0x44};

static struct wm_view view;
static struct ev_loop *loop;
static struct tty_line line;
static struct rtu_tty rtu;
static struct tty_bus bus;
static int master;
static int heard_times;
static const int32_t bus_baud = 9600;

static void heard(void *context)
{
    (void)context;
    heard_times++;
}

static void setup(void)
{
    char error[300];
    loop = ev_loop_new(EVFLAG_AUTO);
    wm_settings_reset(&view.settings);
    master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
    cr_assert(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
    const struct tty_line_options options = {
        .name = "com2", .path = ptsname(master), .tty.form.baud = bus_baud};
    cr_assert(tty_line_open(&line, &options, error, sizeof error), "%s", error);
    tty_bus_init(&bus, &line, &bus_baud, heard, NULL);
    rtu_tty_init(&rtu, &line, &view);
    tty_line_start(&line, loop);
    rtu_tty_take(&rtu);
}

static void teardown(void)
{
    tty_line_close(&line);
    ev_loop_destroy(loop);
    (void)close(master);
}

TestSuite(rtu_tty, .init = setup, .fini = teardown);

static void says(const uint8_t *bytes, size_t size)
{
    cr_assert_eq(write(master, bytes, size), (ssize_t)size);
}

/* Turns the loop until the master has heard so much, or it has been long enough. */
static void hears(const uint8_t *wanted, size_t size)
{
    uint8_t got[MBS_RTU_FRAME_MAX];
    size_t used = 0;
    for (int i = 0; i < TURNS_MAX && used < size; i++) {
        (void)ev_run(loop, EVRUN_NOWAIT);
        const ssize_t more = read(master, got + used, sizeof got - used);
        used += more > 0 ? (size_t)more : 0;
    }
    cr_assert_eq(used, size);
    cr_assert_arr_eq(got, wanted, size);
}

/* It hears these, and says nothing for longer than the silence that ends them. */
static void echoes(const uint8_t *bytes, size_t size)
{
    uint8_t got[MBS_RTU_FRAME_MAX];
    says(bytes, size);
    const ev_tstamp until_s = ev_time() + 0.05;
    while (ev_time() < until_s) {
        (void)ev_run(loop, EVRUN_NOWAIT);
    }
    cr_assert_lt(read(master, got, sizeof got), 1, "it is answered");
}

/* A frame that is dropped: turns the loop until so many are left to be told of. */
static void drops(uint32_t wanted)
{
    says(question, sizeof question - 1);
    bool is_so = false;
    for (int i = 0; i < TURNS_MAX && !is_so; i++) {
        (void)ev_run(loop, EVRUN_NOWAIT);
        is_so = ev_is_active(&rtu.told) && rtu.dropped == wanted;
    }
    cr_assert(is_so, "%u are left to be told of, not %u", rtu.dropped, wanted);
}

/* ---- form ------------------------------------------------------------------------------- */

/* A pty keeps no parity: what a driver is asked for is looked at before. */
Test(rtu_tty, parity_and_stop_bits_are_asked_of_the_driver)
{
    static const struct {
        enum tty_frame frame;
        const char *name;
        tcflag_t control;
        tcflag_t input;
    } cases[] = {
        {TTY_8N1, "8N1", CS8, 0},
        {TTY_8N2, "8N2", CS8 | CSTOPB, 0},
        {TTY_8E1, "8E1", CS8 | PARENB, INPCK},
        {TTY_8O1, "8O1", CS8 | PARENB | PARODD, INPCK},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (int had_all = 0; had_all <= 1; had_all++) {
            const tcflag_t before = had_all != 0 ? ~(tcflag_t)0 : 0;
            struct termios settings = {.c_cflag = before, .c_iflag = before};
            tty_frame_write(cases[i].frame, &settings);
            cr_assert_eq(settings.c_cflag & (CSIZE | CSTOPB | PARENB | PARODD), cases[i].control);
            cr_assert_eq(settings.c_iflag & (INPCK | IGNPAR | PARMRK), cases[i].input);
            cr_assert_eq((settings.c_cflag & CREAD) != 0, had_all, "the rest is as it was");
        }
        cr_assert_str_eq(tty_frame_name(cases[i].frame), cases[i].name);
    }
}

Test(rtu_tty, form_is_that_of_the_settings)
{
    static const enum tty_frame frames[] = {TTY_8E1, TTY_8O1, TTY_8N2};
    for (int32_t parity = 0; parity < 3; parity++) {
        view.settings.value[wm_setting_modbus_rtu_baud] = 9600 + parity;
        view.settings.value[wm_setting_modbus_rtu_parity] = parity;
        const struct tty_form form = rtu_tty_form(&view);
        cr_assert_eq(form.frame, frames[parity], "%s",
                     wm_choice_name(wm_setting_modbus_rtu_parity, parity));
        cr_assert_eq(form.baud, 9600 + parity);
    }
}

Test(rtu_tty, speed_of_the_line_follows_its_setting)
{
    struct termios now;
    cr_assert_eq(tcgetattr(line.fd, &now), 0);
    cr_assert_eq(cfgetospeed(&now), (speed_t)B19200);
    view.settings.value[wm_setting_modbus_rtu_baud] = 115200;
    rtu_tty_take(&rtu);
    cr_assert_eq(tcgetattr(line.fd, &now), 0);
    cr_assert_eq(cfgetospeed(&now), (speed_t)B115200);
    says(question, sizeof question);
    hears(answer, sizeof answer);
}

/* ---- frames ----------------------------------------------------------------------------- */

Test(rtu_tty, every_question_is_answered_however_many_come)
{
    for (int i = 0; i < FLOOD; i++) {
        says(question, sizeof question);
        hears(answer, sizeof answer);
    }
    cr_assert_eq(rtu.dropped, 0);
}

/* Its answer and its refusal come back: each is one frame on the line, and told of once. */
Test(rtu_tty, its_own_echo_is_not_answered)
{
    static const uint8_t no_address[] = {0x01, 0x03, 0x00, 0x00, 0x00, 0x01, 0x84, 0x0A};
    static const uint8_t refusal[] = {0x01, 0x83, 0x02, 0xC0, 0xF1};
    static const uint8_t other[] = {0x01, 0x83, 0x01, 0x80, 0xF0};
    says(question, sizeof question);
    hears(answer, sizeof answer);
    echoes(answer, sizeof answer);
    cr_assert(rtu.is_echo_told);
    says(question, sizeof question);
    hears(answer, sizeof answer);
    says(no_address, sizeof no_address);
    hears(refusal, sizeof refusal);
    echoes(refusal, sizeof refusal);
    echoes(other, sizeof other); /* of an earlier one */
    says(question, sizeof question);
    hears(answer, sizeof answer);
    cr_assert_eq(rtu.dropped, 0);
}

Test(rtu_tty, what_is_dropped_is_told_at_once_and_then_once_a_minute)
{
    drops(0); /* told, and counted anew */
    drops(1);
    drops(2);
    ev_invoke(loop, &rtu.told, EV_TIMER);
    cr_assert_eq(rtu.dropped, 0, "a minute is over");
    cr_assert(ev_is_active(&rtu.told));
    ev_invoke(loop, &rtu.told, EV_TIMER);
    cr_assert_not(ev_is_active(&rtu.told), "and nothing since");
    says(question, sizeof question);
    hears(answer, sizeof answer);
}

/* ---- the line --------------------------------------------------------------------------- */

Test(rtu_tty, pulled_line_is_let_go)
{
    (void)close(master);
    for (int i = 0; i < TURNS_MAX && line.fd >= 0; i++) {
        (void)ev_run(loop, EVRUN_NOWAIT);
    }
    cr_assert_eq(line.fd, -1);
    cr_assert_null(rtu.port);
    cr_assert(ev_is_active(&line.retry));
}

/* Half a question of one is nothing to the other, and nobody reads what is not his. */
Test(rtu_tty, line_is_that_of_one_at_a_time)
{
    struct termios now;
    uint8_t bytes[10];
    const struct wm_bus port = tty_bus_port(&bus);
    struct pollfd ready = {.fd = line.fd, .events = POLLIN};
    says(question, 4);
    cr_assert_eq(poll(&ready, 1, 5000), 1);
    cr_assert_eq(port.ops->receive(port.self, bytes, sizeof bytes), WM_IO);
    cr_assert_eq(port.ops->transmit(port.self, (const uint8_t *)"q", 1), WM_OK);
    cr_assert_null(rtu.port);
    cr_assert_eq(tcgetattr(line.fd, &now), 0);
    cr_assert_eq(cfgetospeed(&now), (speed_t)B9600);
    hears((const uint8_t *)"q", 1);
    says((const uint8_t *)"a", 1);
    cr_assert_eq(poll(&ready, 1, 5000), 1);
    (void)ev_run(loop, EVRUN_NOWAIT);
    cr_assert_eq(heard_times, 1);
    cr_assert_eq(port.ops->receive(port.self, bytes, sizeof bytes), 1);
    rtu_tty_take(&rtu);
    says(question, sizeof question);
    hears(answer, sizeof answer);
    cr_assert_eq(heard_times, 1);
}
