/*
 * test_report.c — what is told, and who is told it: a reader that stops, a syslogd that is not
 * there, that does not read, and that is started again.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "firmware/board/linux/report.h"

static char got[200000];
static int told[2];
static char place[100];

/* Standard error is a pipe from here on. */
static void setup(void)
{
    cr_assert_eq(pipe2(told, O_NONBLOCK), 0);
    cr_assert_eq(dup2(told[1], STDERR_FILENO), STDERR_FILENO);
    cr_assert_eq(fcntl(STDERR_FILENO, F_SETFL, 0), 0, "as a pipe is: whoever writes waits");
}

TestSuite(report, .init = setup);

static const char *got_now(void)
{
    memset(got, 0, sizeof got);
    (void)!read(told[0], got, sizeof got - 1);
    return got;
}

Test(report, a_line_is_told_and_not_twice_in_a_row)
{
    report(REPORT_ERROR, "one %d", 1);
    report(REPORT_ERROR, "one %d", 1);
    cr_assert_str_eq(got_now(), "webmanagerd: one 1\n");
    report(REPORT_ERROR, "two");
    report(REPORT_ERROR, "one %d", 1);
    cr_assert_str_eq(got_now(), "webmanagerd: two\nwebmanagerd: one 1\n");
}

Test(report, a_reader_that_stops_keeps_nobody_waiting_and_hears_what_he_missed)
{
    int lines = 0;
    for (; lines < 20000; lines++) {
        report(REPORT_INFO, "line %d", lines);
    }
    const char *all = got_now();
    int heard = 0;
    for (const char *at = all; (at = strchr(at, '\n')) != NULL; at++) {
        heard++;
    }
    cr_assert(heard > 100 && heard < lines, "%d", heard);
    report(REPORT_INFO, "and on");
    char wanted[200];
    (void)snprintf(wanted, sizeof wanted,
                   "webmanagerd: %d line(s) are missing here: nobody took them\n"
                   "webmanagerd: and on\n",
                   lines - heard);
    cr_assert_str_eq(got_now(), wanted);
}

/* As on Ctrl-S: a terminal has room for a part of a line, and then for none. */
Test(report, a_terminal_that_nobody_reads_keeps_nobody_waiting)
{
    char bytes[100000];
    const int master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
    cr_assert(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
    const int slave = open(ptsname(master), O_RDWR | O_NOCTTY);
    cr_assert_eq(dup2(slave, STDERR_FILENO), STDERR_FILENO);
    for (int i = 0; i < 20000; i++) {
        report(REPORT_INFO, "line %d, and some more words to make it longer than others", i);
    }
    while (read(master, bytes, sizeof bytes) > 0) {
    }
    report(REPORT_INFO, "and on");
    memset(bytes, 0, sizeof bytes);
    for (size_t size = 0; strstr(bytes, "webmanagerd: and on\r\n") == NULL;) {
        const ssize_t more = read(master, bytes + size, sizeof bytes - 1 - size);
        size += more > 0 ? (size_t)more : 0;
    }
    cr_assert_not_null(strstr(bytes, " line(s) are missing here"), "%s", bytes);
    (void)close(slave);
    (void)close(master);
}

/* ---- syslog ----------------------------------------------------------------------------- */

static int syslogd_open(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)snprintf(place, sizeof place, "/tmp/test-report-%ld", (long)getpid());
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", place);
    (void)unlink(place);
    const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    cr_assert(fd >= 0 && bind(fd, (const struct sockaddr *)&address, sizeof address) == 0);
    return fd;
}

/* Behind "<PRIORITY>TIME webmanagerd[PID]: ". */
static void syslogd_heard(int fd, const char *priority, const char *text)
{
    char line[2000] = "";
    char wanted[100];
    cr_assert_gt(recv(fd, line, sizeof line - 1, 0), 0, "nothing of '%s'", text);
    (void)snprintf(wanted, sizeof wanted, " webmanagerd[%ld]: %s", (long)getpid(), text);
    cr_assert_eq(strncmp(line, priority, strlen(priority)), 0, "%s", line);
    const char *at = strstr(line, wanted);
    cr_assert(at != NULL && at[strlen(wanted)] == '\0', "%s", line);
}

Test(report, a_syslogd_is_told_and_again_when_it_was_started_anew)
{
    int fd = syslogd_open();
    report_open_syslog(place);
    report(REPORT_ERROR, "first");
    syslogd_heard(fd, "<27>", "first");
    (void)close(fd);
    report(REPORT_WARNING, "to nobody");
    cr_assert_str_eq(got_now(), "webmanagerd: to nobody\n", "to stderr then");
    fd = syslogd_open();
    report(REPORT_NOTICE, "second");
    syslogd_heard(fd, "<29>", "second");
    cr_assert_str_empty(got_now());
    (void)close(fd);
    (void)unlink(place);
}

Test(report, a_syslogd_that_does_not_read_keeps_nobody_waiting)
{
    const int fd = syslogd_open();
    report_open_syslog(place);
    for (int i = 0; i < 20000; i++) {
        report(REPORT_INFO, "line %d", i);
    }
    syslogd_heard(fd, "<30>", "line 0");
    char line[2000];
    int heard = 1;
    while (recv(fd, line, sizeof line, 0) > 0) {
        heard++;
    }
    char missing[100];
    (void)snprintf(missing, sizeof missing, "%d line(s) are missing here: nobody took them",
                   20000 - heard);
    report(REPORT_INFO, "and on");
    syslogd_heard(fd, "<28>", missing);
    syslogd_heard(fd, "<30>", "and on");
    (void)close(fd);
    (void)unlink(place);
}
