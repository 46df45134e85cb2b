/*
 * test_console_port.c — consoles over TCP: long answers to whoever reads late, or not at all.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "firmware/board/linux/console_port.h"
#include "firmware/board/linux/report.h"
#include "firmware/core/settings.h"

enum { TURNS_MAX = 100000 };

static struct wm_view view;
static struct console_ground ground;
static struct console_tcp tcp;
static struct wm_log no_log;
static wm_ms now_ms;

static enum wm_status put(void *self, const struct wm_command *command, const char **why)
{
    (void)self;
    (void)command;
    *why = "";
    return WM_OK;
}

static wm_ms uptime_ms(void *context)
{
    (void)context;
    return now_ms;
}

static void setup(void)
{
    char error[300];
    wm_settings_reset(&view.settings);
    ground = (struct console_ground){.loop = ev_loop_new(EVFLAG_AUTO),
                                     .view = &view,
                                     .commands = {put, NULL},
                                     .log = &no_log,
                                     .uptime_ms = uptime_ms};
    cr_assert(console_tcp_open(&tcp, "127.0.0.1:0", &ground, error, sizeof error), "%s", error);
}

static void teardown(void)
{
    console_tcp_close(&tcp);
    ev_loop_destroy(ground.loop);
}

static void turn(void)
{
    (void)ev_run(ground.loop, EVRUN_NOWAIT);
}

static int socket_open(void)
{
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    cr_assert_geq(fd, 0);
    return fd;
}

static void client_connect(int fd)
{
    const struct sockaddr_in address = {.sin_family = AF_INET,
                                        .sin_port = htons((uint16_t)console_tcp_port(&tcp)),
                                        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    cr_assert_eq(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
    cr_assert_eq(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    turn();
}

static int client_open(void)
{
    const int fd = socket_open();
    client_connect(fd);
    return fd;
}

/* Reads until so many answers have come to their end; how many bytes that took. */
static size_t answers_read(int fd, int wanted)
{
    char bytes[4096];
    char last[4] = "";
    size_t all = 0;
    for (int i = 0; i < TURNS_MAX && wanted > 0; i++) {
        turn();
        const ssize_t size = read(fd, bytes, sizeof bytes);
        for (ssize_t k = 0; k < size; k++) {
            memmove(last, last + 1, 3);
            last[3] = bytes[k];
            wanted -= memcmp(last, "\nok\n", 4) == 0;
        }
        all += size > 0 ? (size_t)size : 0;
    }
    cr_assert_eq(wanted, 0, "%d answers are missing", wanted);
    return all;
}

static bool is_closed(int fd)
{
    char byte;
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    turn();
    return poll(&ready, 1, 1000) == 1 && read(fd, &byte, 1) <= 0;
}

TestSuite(console_port, .init = setup, .fini = teardown);

Test(console_port, a_request_is_answered)
{
    const int fd = client_open();
    cr_assert_eq(write(fd, "show version\n", 13), 13);
    cr_assert_gt(answers_read(fd, 1), 20u);
    close(fd);
}

Test(console_port, many_requests_at_once_are_all_answered_to_who_reads_late)
{
    const int fd = client_open();
    for (int i = 0; i < 100; i++) {
        cr_assert_eq(write(fd, "show settings\n", 14), 14);
        turn();
    }
    cr_assert_gt(answers_read(fd, 100), 1000000u);
    close(fd);
}

Test(console_port, who_never_reads_keeps_nobody_waiting)
{
    const int deaf = client_open();
    for (int i = 0; i < 150; i++) {
        (void)!write(deaf, "show settings\n", 14);
        turn();
    }
    const int fd = client_open();
    cr_assert_eq(write(fd, "show version\n", 13), 13);
    (void)answers_read(fd, 1);
    close(deaf);
    close(fd);
}

static void is_answered(int fd)
{
    cr_assert_eq(write(fd, "show version\n", 13), 13);
    (void)answers_read(fd, 1);
}

static void is_told_and_closed(int fd, const char *wanted)
{
    char told[100] = "";
    turn();
    cr_assert_gt(read(fd, told, sizeof told - 1), 0);
    cr_assert_str_eq(told, wanted);
    cr_assert(is_closed(fd));
}

/* As many as there may be, one every millisecond. */
static void crowd_open(int fd[CONSOLE_CLIENTS_MAX])
{
    for (int i = 0; i < CONSOLE_CLIENTS_MAX; i++, now_ms++) {
        fd[i] = client_open();
    }
}

Test(console_port, one_too_many_takes_the_place_of_the_one_idle_longest)
{
    int fd[CONSOLE_CLIENTS_MAX];
    crowd_open(fd);
    is_answered(fd[0]);
    now_ms = 1 + CONSOLE_IDLE_MS;
    const int late = client_open();
    is_answered(late);
    is_told_and_closed(fd[1], "error busy another client came, and this one was idle longest\n");
    for (int i = 0; i < CONSOLE_CLIENTS_MAX; i++) {
        if (i != 1) {
            is_answered(fd[i]);
        }
    }
}

/* However many come: a place is given away when its client has said nothing for a minute. */
Test(console_port, who_is_at_work_is_not_thrown_out)
{
    int fd[CONSOLE_CLIENTS_MAX];
    crowd_open(fd);
    now_ms = CONSOLE_IDLE_MS - 1;
    for (int i = 0; i < 3 * CONSOLE_CLIENTS_MAX; i++) {
        is_told_and_closed(
            client_open(),
            "error busy all consoles are at work; end one, or try again in a minute\n");
    }
    for (int i = 0; i < CONSOLE_CLIENTS_MAX; i++) {
        is_answered(fd[i]);
    }
    close(fd[2]);
    turn();
    is_answered(client_open());
}

Test(console_port, crowd_is_told_of_once_a_minute)
{
    int told[2];
    int fd[CONSOLE_CLIENTS_MAX];
    cr_assert_eq(pipe2(told, O_NONBLOCK), 0);
    cr_assert_eq(dup2(told[1], STDERR_FILENO), STDERR_FILENO);
    now_ms = 1000;
    crowd_open(fd);
    for (int minute = 0; minute < 2; minute++) {
        char lines[1000] = "";
        for (int i = 0; i < 5; i++) {
            close(client_open());
            report(REPORT_INFO, "something else %d", i); /* a line is never told twice in a row */
        }
        cr_assert_gt(read(told[0], lines, sizeof lines - 1), 0);
        const char *crowd = strstr(lines, "more than 4 at once");
        cr_assert_not_null(crowd, "not told in minute %d: %s", minute, lines);
        cr_assert_null(strstr(crowd + 1, "more than 4 at once"), "told again: %s", lines);
        now_ms += CONSOLE_IDLE_MS;
    }
}

/* Whoever comes again, or with others, has no more than they left. */
Test(console_port, all_clients_have_one_budget)
{
    char told[100] = "";
    for (int i = 0; i < CON_BURST; i++) {
        const int fd = client_open();
        is_answered(fd);
        close(fd);
        turn();
    }
    const int fd = client_open();
    cr_assert_eq(write(fd, "save\n", 5), 5);
    turn();
    turn();
    cr_assert_gt(read(fd, told, sizeof told - 1), 0);
    cr_assert_eq(strncmp(told, "error too_fast ", 15), 0, "%s", told);
    now_ms += 1000 / CON_PER_SECOND;
    is_answered(fd);
}

/* Descriptors that there may be: none more than there are, or as many as there were. */
static void descriptors_end(bool do_end)
{
    static struct rlimit before;
    if (!do_end) {
        cr_assert_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
        return;
    }
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
    const int next = dup(STDERR_FILENO);
    close(next);
    const struct rlimit none = {.rlim_cur = (rlim_t)next, .rlim_max = before.rlim_max};
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
}

static void time_is_up(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)timer;
    (void)events;
    ev_break(loop, EVBREAK_ALL);
}

/* Half a second of the loop; how many turns it took. */
static unsigned turns_of_a_while(void)
{
    ev_timer timer;
    const unsigned before = ev_iteration(ground.loop);
    ev_timer_init(&timer, time_is_up, 0.5, 0.);
    ev_now_update(ground.loop);
    ev_timer_start(ground.loop, &timer);
    (void)ev_run(ground.loop, 0);
    return ev_iteration(ground.loop) - before;
}

Test(console_port, without_descriptors_it_waits_and_says_so_once)
{
    int told[2];
    char lines[1000] = "";
    cr_assert_eq(pipe2(told, O_NONBLOCK), 0);
    cr_assert_eq(dup2(told[1], STDERR_FILENO), STDERR_FILENO);
    is_answered(client_open());
    const int fd = socket_open();
    descriptors_end(true);
    client_connect(fd);
    cr_assert_leq(turns_of_a_while(), 20u, "it spins");
    descriptors_end(false);
    cr_assert_leq(turns_of_a_while(), 20u);
    is_answered(fd);
    cr_assert_gt(read(told[0], lines, sizeof lines - 1), 0);
    const char *said = strstr(lines, "nobody can be taken: Too many open files; end clients");
    cr_assert_not_null(said, "%s", lines);
    cr_assert_null(strstr(said + 1, "nobody can be taken"), "%s", lines);
}

/* Its machine may have lost its power. */
Test(console_port, who_has_gone_without_a_word_is_looked_for)
{
    const int fd = client_open();
    int is_on = 0;
    socklen_t size = sizeof is_on;
    cr_assert_eq(getsockopt(tcp.client[0].fd, SOL_SOCKET, SO_KEEPALIVE, &is_on, &size), 0);
    cr_assert(is_on);
    close(fd);
}

Test(console_port, half_a_request_of_one_is_nothing_to_the_next)
{
    int fd = client_open();
    cr_assert_eq(write(fd, "nonsense ", 9), 9);
    turn();
    close(fd);
    turn();
    fd = client_open();
    cr_assert_eq(write(fd, "show version\n", 13), 13);
    (void)answers_read(fd, 1);
    close(fd);
}

Test(console_port, an_address_that_cannot_be_had_is_told_of)
{
    char error[300];
    struct console_tcp other;
    char address[40];
    (void)snprintf(address, sizeof address, "127.0.0.1:%d", console_tcp_port(&tcp));
    cr_assert_not(console_tcp_open(&other, address, &ground, error, sizeof error));
    cr_assert_not_null(strstr(error, "Address already in use; choose another"), "%s", error);
    cr_assert_not(console_tcp_open(&other, "no.such.host.:1", &ground, error, sizeof error));
    cr_assert_not_null(strstr(error, "no such host"), "%s", error);
}
