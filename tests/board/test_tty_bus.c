/*
 * test_tty_bus.c — the bus on a tty: what goes out and comes in on a pty, echoes, a pulled line.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "firmware/board/linux/report.h"
#include "firmware/board/linux/tty_bus.h"

struct stage {
    int far; /* the devices' end */
    char path[64];
    char error[300];
    int heard;
    int32_t baud;
    struct ev_loop *loop;
    struct tty_line_options options;
    struct tty_line line;
    struct tty_bus bus;
    struct wm_bus port;
};

static void heard(void *context)
{
    ((struct stage *)context)->heard++;
}

static void stage_open(struct stage *stage, bool discards_echo)
{
    *stage = (struct stage){.baud = 19200, .loop = ev_loop_new(EVFLAG_AUTO)};
    stage->far = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
    cr_assert(stage->far >= 0 && grantpt(stage->far) == 0 && unlockpt(stage->far) == 0);
    (void)snprintf(stage->path, sizeof stage->path, "%s", ptsname(stage->far));
    stage->options = (struct tty_line_options){.name = "bus",
                                               .path = stage->path,
                                               .tty.form.baud = stage->baud,
                                               .discards_echo = discards_echo};
    cr_assert(tty_line_open(&stage->line, &stage->options, stage->error, sizeof stage->error), "%s",
              stage->error);
    tty_bus_init(&stage->bus, &stage->line, &stage->baud, heard, stage);
    tty_line_start(&stage->line, stage->loop);
    tty_bus_take(&stage->bus);
    stage->port = tty_bus_port(&stage->bus);
}

static void stage_close(struct stage *stage)
{
    tty_line_close(&stage->line);
    ev_loop_destroy(stage->loop);
    (void)close(stage->far);
}

/* The devices say something, and it has come. */
static void says(struct stage *stage, const char *bytes)
{
    struct pollfd ready = {.fd = stage->line.fd, .events = POLLIN};
    cr_assert_eq(write(stage->far, bytes, strlen(bytes)), (ssize_t)strlen(bytes));
    cr_assert_eq(poll(&ready, 1, 5000), 1);
}

static enum wm_status sends(struct stage *stage, const char *bytes)
{
    return stage->port.ops->transmit(stage->port.self, (const uint8_t *)bytes, strlen(bytes));
}

static void receives(struct stage *stage, const char *wanted)
{
    char bytes[100] = "";
    const int size = stage->port.ops->receive(stage->port.self, (uint8_t *)bytes, 99);
    cr_assert_eq(size, (int)strlen(wanted), "%d bytes: '%s'", size, bytes);
    cr_assert_str_eq(bytes, wanted);
}

static void far_receives(struct stage *stage, const char *wanted)
{
    char bytes[100] = "";
    struct pollfd ready = {.fd = stage->far, .events = POLLIN};
    cr_assert_eq(poll(&ready, 1, 5000), 1);
    cr_assert_eq(read(stage->far, bytes, sizeof bytes - 1), (ssize_t)strlen(wanted));
    cr_assert_str_eq(bytes, wanted);
}

Test(tty_bus, bytes_pass_as_they_are)
{
    struct stage stage;
    stage_open(&stage, false);
    receives(&stage, "");
    cr_assert_eq(sends(&stage, "a\n\r\x03\x7f\xff"), WM_OK);
    far_receives(&stage, "a\n\r\x03\x7f\xff");
    says(&stage, "b\r\n\x11\x13\xfe");
    (void)ev_run(stage.loop, EVRUN_NOWAIT);
    cr_assert_eq(stage.heard, 1);
    receives(&stage, "b\r\n\x11\x13\xfe");
    receives(&stage, "");
    stage_close(&stage);
}

Test(tty_bus, what_came_before_a_question_is_no_answer_to_it)
{
    struct stage stage;
    stage_open(&stage, false);
    says(&stage, "late");
    (void)ev_run(stage.loop, EVRUN_NOWAIT);
    says(&stage, "later");
    cr_assert_eq(sends(&stage, "q"), WM_OK);
    receives(&stage, "");
    stage_close(&stage);
}

Test(tty_bus, a_line_that_takes_nothing_is_busy_and_then_out_of_order)
{
    struct stage stage;
    stage_open(&stage, false);
    cr_assert_eq(sends(&stage, "q"), WM_OK);
    /* Whoever is on the far side does not read; a real line never stands so long. */
    enum wm_status status = tty_unsent(stage.line.fd) > 0 ? WM_BUSY : WM_IO;
    while (status == WM_BUSY) {
        status = sends(&stage, "r");
    }
    cr_assert_eq(status, WM_IO);
    stage_close(&stage);
}

Test(tty_bus, an_echo_is_dropped_where_it_is_asked_for)
{
    struct stage stage;
    stage_open(&stage, true);
    cr_assert_eq(sends(&stage, "quest"), WM_OK);
    far_receives(&stage, "quest");
    says(&stage, "que");
    receives(&stage, "");
    says(&stage, "stanswer");
    receives(&stage, "answer");
    /* Without one, nothing is lost: what differs is no echo. */
    cr_assert_eq(sends(&stage, "quest"), WM_OK);
    far_receives(&stage, "quest");
    says(&stage, "answer");
    receives(&stage, "answer");
    /* Though it begins as one: frames do. */
    cr_assert_eq(sends(&stage, "quest"), WM_OK);
    far_receives(&stage, "quest");
    says(&stage, "qu");
    receives(&stage, "");
    says(&stage, "ite");
    receives(&stage, "quite");
    stage_close(&stage);
}

Test(tty_bus, speed_follows_its_setting_with_the_next_question)
{
    struct stage stage;
    struct termios now;
    stage_open(&stage, false);
    cr_assert_eq(tcgetattr(stage.line.fd, &now), 0);
    cr_assert_eq(cfgetospeed(&now), (speed_t)B19200);
    stage.baud = 115200;
    cr_assert_eq(sends(&stage, "q"), WM_OK);
    cr_assert_eq(tcgetattr(stage.line.fd, &now), 0);
    cr_assert_eq(cfgetospeed(&now), (speed_t)B115200);
    far_receives(&stage, "q");
    stage.baud = 12345; /* has no name in termios */
    cr_assert_eq(sends(&stage, "r"), WM_OK);
    far_receives(&stage, "r");
    stage_close(&stage);
}

Test(tty_bus, a_pulled_line_is_one_that_nobody_answers_on)
{
    struct stage stage;
    uint8_t byte;
    stage_open(&stage, false);
    (void)close(stage.far);
    (void)ev_run(stage.loop, EVRUN_NOWAIT);
    cr_assert_eq(stage.line.fd, -1);
    cr_assert_eq(sends(&stage, "q"), WM_IO);
    cr_assert_eq(stage.port.ops->receive(stage.port.self, &byte, 1), WM_IO);
    stage_close(&stage);
}

/* What stands in its place cannot be had: why is told, once; and then there is another one. */
Test(tty_bus, a_line_that_is_there_again_and_cannot_be_had_says_why)
{
    struct stage stage;
    char name[] = "/tmp/test-tty-bus-XXXXXX";
    char told[1000] = "";
    int out[2];
    stage_open(&stage, false);
    cr_assert_not_null(mkdtemp(name));
    stage.line.options.path = strcat(strcpy(stage.path, name), "/bus");
    cr_assert_eq(pipe2(out, O_NONBLOCK), 0);
    cr_assert_eq(dup2(out[1], STDERR_FILENO), STDERR_FILENO);
    (void)close(stage.far);
    (void)ev_run(stage.loop, EVRUN_NOWAIT);
    cr_assert_eq(stage.line.fd, -1);
    cr_assert_gt(read(out[0], told, sizeof told), 0);
    ev_invoke(stage.loop, &stage.line.retry, EV_TIMER);
    cr_assert_eq(read(out[0], told, sizeof told), -1, "that it is gone was told already");
    cr_assert_eq(symlink("/dev/null", stage.path), 0);
    for (int i = 0; i < 2; i++) {
        ev_invoke(stage.loop, &stage.line.retry, EV_TIMER);
        report(REPORT_INFO, "%d", i); /* a line is never told twice in a row */
    }
    cr_assert_gt(read(out[0], told, sizeof told - 1), 0);
    const char *why = strstr(told, "/bus: Inappropriate ioctl for device; name a serial port");
    cr_assert_not_null(why, "%s", told);
    cr_assert_null(strstr(why + 1, "/bus: "), "told again: %s", told);
    (void)unlink(stage.path);
    stage.far = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
    cr_assert(stage.far >= 0 && grantpt(stage.far) == 0 && unlockpt(stage.far) == 0);
    cr_assert_eq(symlink(ptsname(stage.far), stage.path), 0);
    ev_invoke(stage.loop, &stage.line.retry, EV_TIMER);
    cr_assert_geq(stage.line.fd, 0);
    (void)unlink(stage.path);
    (void)rmdir(name);
    stage_close(&stage);
}

Test(tty_bus, no_two_have_one_line)
{
    struct stage stage;
    struct tty_line other;
    stage_open(&stage, false);
    cr_assert_not(tty_line_open(&other, &stage.options, stage.error, sizeof stage.error));
    cr_assert_not_null(strstr(stage.error, "in use; another program has it"), "%s", stage.error);
    stage_close(&stage);
}

Test(tty_bus, rs485_that_the_driver_does_not_have_is_told_of)
{
    struct stage stage;
    struct tty_line other;
    stage_open(&stage, false);
    tty_line_close(&stage.line);
    stage.options.tty.rs485 = TTY_RS485_ON_SEND;
    cr_assert_not(tty_line_open(&other, &stage.options, stage.error, sizeof stage.error));
    cr_assert_not_null(strstr(stage.error, "no RS-485 direction"), "%s", stage.error);
    stage_close(&stage);
}
