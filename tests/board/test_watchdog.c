/*
 * test_watchdog.c — what systemd and a watchdog device are told; both are played here.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/watchdog.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include "firmware/board/linux/watchdog.h"

static char error[300];
static bool is_device; /* the file that is opened */

/* The kernel's: a device that says what it can, and whose period is as it is. */
int ioctl(int fd, unsigned long request, ...)
{
    (void)fd;
    if (is_device && request == WDIOC_GETSUPPORT) {
        return 0;
    }
    errno = is_device ? EOPNOTSUPP : ENOTTY;
    return -1;
}

/* systemd's end of the socket. */
static int manager_open(const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, name, strlen(name));
    if (name[0] == '@') {
        address.sun_path[0] = '\0';
    }
    const int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    const socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name));
    cr_assert_eq(bind(fd, (const struct sockaddr *)&address, size), 0);
    setenv("NOTIFY_SOCKET", name, 1);
    return fd;
}

static void heard(int fd, const char *wanted)
{
    char text[100] = "";
    const ssize_t size = recv(fd, text, sizeof text - 1, MSG_DONTWAIT);
    cr_assert_eq(size, (ssize_t)strlen(wanted), "'%s' instead of '%s'", text, wanted);
    cr_assert_str_eq(text, wanted);
}

Test(watchdog, nobody_is_told_where_nobody_asks)
{
    struct watchdog watchdog;
    unsetenv("NOTIFY_SOCKET");
    unsetenv("WATCHDOG_USEC");
    cr_assert(watchdog_open(&watchdog, NULL, error, sizeof error));
    cr_assert_eq(watchdog.period_s, 0);
    watchdog_feed(&watchdog);
    systemd_tell("READY=1");
    watchdog_close(&watchdog);
}

Test(watchdog, systemd_is_told_three_times_in_its_period)
{
    char name[60];
    struct watchdog watchdog;
    (void)snprintf(name, sizeof name, "@webmanagerd-test-%ld", (long)getpid());
    const int fd = manager_open(name);
    setenv("WATCHDOG_USEC", "30000000", 1);
    unsetenv("WATCHDOG_PID");
    cr_assert(watchdog_open(&watchdog, NULL, error, sizeof error));
    cr_assert_float_eq(watchdog.period_s, 10, 1e-9);
    systemd_tell("READY=1");
    heard(fd, "READY=1");
    watchdog_feed(&watchdog);
    heard(fd, "WATCHDOG=1");
    close(fd);
}

Test(watchdog, the_period_of_another_process_is_not_ours)
{
    struct watchdog watchdog;
    setenv("WATCHDOG_USEC", "30000000", 1);
    setenv("WATCHDOG_PID", "1", 1);
    cr_assert(watchdog_open(&watchdog, NULL, error, sizeof error));
    cr_assert_eq(watchdog.period_s, 0);
}

Test(watchdog, a_device_is_fed_and_let_go_of)
{
    char name[] = "/tmp/watchdog-XXXXXX";
    char bytes[10] = "";
    struct watchdog watchdog;
    unsetenv("WATCHDOG_USEC");
    const int fd = mkstemp(name);
    is_device = true;
    cr_assert(watchdog_open(&watchdog, name, error, sizeof error), "%s", error);
    cr_assert_float_eq(watchdog.period_s, 10, 1e-9);
    watchdog_feed(&watchdog);
    watchdog_close(&watchdog);
    cr_assert_eq(read(fd, bytes, sizeof bytes), 2);
    cr_assert_eq(memcmp(bytes, "\0V", 2), 0);
    (void)unlink(name);
}

Test(watchdog, what_is_no_watchdog_is_told_of)
{
    struct watchdog watchdog;
    cr_assert_not(watchdog_open(&watchdog, "/dev/null", error, sizeof error));
    cr_assert_str_eq(error, "watchdog /dev/null: no watchdog; name one, such as /dev/watchdog, or "
                            "watchdog = off");
    cr_assert_eq(watchdog.device, -1);
}

Test(watchdog, one_that_could_be_had_is_told_without_arming_it)
{
    char folder[] = "/tmp/test-watchdog-XXXXXX";
    char path[64];
    char seen[sizeof(struct inotify_event) + 256];
    cr_assert(watchdog_check(NULL, error, sizeof error));
    cr_assert_not(watchdog_check("/dev/null", error, sizeof error));
    cr_assert_str_eq(error, "watchdog /dev/null: no watchdog; name one, such as /dev/watchdog, or "
                            "watchdog = off");
    cr_assert_not(watchdog_check("/dev/no-watchdog", error, sizeof error));
    cr_assert_str_eq(error, "watchdog /dev/no-watchdog: No such file or directory; name another, "
                            "or watchdog = off");
    /* A pipe that could be opened stands for it, and the kernel tells who does. */
    cr_assert_not_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/none", folder);
    cr_assert_eq(mkfifo(path, 0600), 0);
    const int reader = open(path, O_RDONLY | O_NONBLOCK);
    const int watch = inotify_init1(IN_NONBLOCK);
    cr_assert(reader >= 0 && watch >= 0 && inotify_add_watch(watch, path, IN_OPEN) >= 0);
    cr_assert_not(watchdog_check(path, error, sizeof error));
    cr_assert_eq(read(watch, seen, sizeof seen), -1, "it was opened");
    (void)close(open(path, O_WRONLY | O_NONBLOCK));
    cr_assert_gt(read(watch, seen, sizeof seen), 0, "that the kernel would have told");
    (void)close(watch);
    (void)close(reader);
    (void)unlink(path);
    (void)rmdir(folder);
}

/* By its number alone: there need not be a driver. */
Test(watchdog, the_device_of_a_watchdog_is_one)
{
    char folder[] = "/tmp/test-watchdog-XXXXXX";
    char path[64];
    cr_assert_not_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/watchdog", folder);
    const bool is_made = mknod(path, S_IFCHR | 0600, makedev(10, 130)) == 0;
    const bool is_one = is_made && watchdog_check(path, error, sizeof error);
    (void)unlink(path);
    (void)rmdir(folder);
    if (!is_made) {
        cr_skip("only root may make a device");
    }
    cr_assert(is_one, "%s", error);
}

Test(watchdog, a_device_that_is_not_there_is_told_of)
{
    struct watchdog watchdog;
    cr_assert_not(watchdog_open(&watchdog, "/dev/no-watchdog", error, sizeof error));
    cr_assert_str_eq(error, "watchdog /dev/no-watchdog: No such file or directory; name another, "
                            "or watchdog = off");
}
