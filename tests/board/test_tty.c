/*
 * test_tty.c — a tty that may be had, and what is not even opened to find out.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "firmware/board/linux/tty.h"

enum { NOBODY = 65534 };

static const struct tty_options options = {.form = {.baud = 19200, .frame = TTY_8N1}};

/* A pty that anybody may open, and the name of its slave. */
static int pty_open(char path[64])
{
    const int master = posix_openpt(O_RDWR | O_NOCTTY);
    cr_assert(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
    (void)snprintf(path, 64, "%s", ptsname(master));
    cr_assert_eq(chmod(path, 0666), 0);
    return master;
}

/* To open a watchdog is to arm it: here a pipe stands for it, and the kernel tells who opened it.
 */
Test(tty, what_is_none_is_not_opened)
{
    char folder[] = "/tmp/test-tty-XXXXXX";
    char path[64];
    char error[300];
    char seen[sizeof(struct inotify_event) + 256];
    cr_assert_not_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/none", folder);
    cr_assert_eq(mkfifo(path, 0666), 0);
    const int watch = inotify_init1(IN_NONBLOCK);
    cr_assert(watch >= 0 && inotify_add_watch(watch, path, IN_OPEN) >= 0);
    cr_assert_not(tty_check(path, TTY_RS485_OFF, error, sizeof error));
    cr_assert_not_null(strstr(error, "name a serial port"), "%s", error);
    cr_assert_eq(tty_open(path, &options, error, sizeof error), -1);
    cr_assert_eq(read(watch, seen, sizeof seen), -1, "it was opened");
    /* That the kernel would have told. */
    (void)close(open(path, O_RDWR | O_NONBLOCK));
    cr_assert_gt(read(watch, seen, sizeof seen), 0);
    (void)close(watch);
    (void)unlink(path);
    (void)rmdir(folder);
}

/* Whoever has it may let no other in: to root that makes no difference, to all others it does. */
Test(tty, one_in_use_is_there)
{
    char path[64];
    char error[300];
    const int master = pty_open(path);
    const int user = open(path, O_RDWR | O_NOCTTY);
    cr_assert(user >= 0 && ioctl(user, TIOCEXCL) == 0);
    cr_assert(geteuid() != 0 || seteuid(NOBODY) == 0);
    cr_assert_eq(open(path, O_RDWR | O_NOCTTY), -1);
    cr_assert_eq(errno, EBUSY);
    cr_assert(tty_check(path, TTY_RS485_OFF, error, sizeof error), "%s", error);
    cr_assert_eq(tty_open(path, &options, error, sizeof error), -1);
    cr_assert_not_null(strstr(error, "another program has it"), "%s", error);
    (void)close(user);
    (void)close(master);
}
