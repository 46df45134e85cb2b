/*
 * test_device.c — what stands at a path, told without opening it.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "firmware/board/linux/device.h"

static void is_said(const char *path, bool is_so, int reason)
{
    cr_assert_eq(is_so, reason == 0, "%s", path);
    cr_assert(is_so || errno == reason, "%s: %s", path, strerror(errno));
}

/* Null and full are of the kind that a watchdog is: a character device, and no tty. */
Test(device, of_a_class_is_told_from_others)
{
    char slave[64];
    const struct {
        const char *path;
        const char *class_name;
        int reason; /* 0: it may be one */
    } cases[] = {
        {"/dev/ptmx", "tty", 0},      {slave, "tty", 0},
        {"/dev/null", "tty", ENOTTY}, {"/dev/full", "tty", ENOTTY},
        {"/dev/null", "mem", 0},      {"/dev/ptmx", "watchdog", ENOTTY},
        {"/dev", "tty", EISDIR},      {"/etc/passwd", "tty", ENOTTY},
        {"/no/such", "tty", ENOENT},  {"/etc/passwd/none", "tty", ENOTDIR},
    };
    if (access("/sys/dev/char", F_OK) != 0) {
        cr_skip("there is no sysfs here, which has the classes");
    }
    const int master = posix_openpt(O_RDWR | O_NOCTTY);
    cr_assert(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
    (void)snprintf(slave, sizeof slave, "%s", ptsname(master));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        is_said(cases[i].path, device_may_be(cases[i].path, cases[i].class_name), cases[i].reason);
    }
    (void)close(master);
}

Test(device, file_is_told_from_what_is_none)
{
    char folder[] = "/tmp/test-device-XXXXXX";
    char pipe_path[64];
    cr_assert_not_null(mkdtemp(folder));
    (void)snprintf(pipe_path, sizeof pipe_path, "%s/pipe", folder);
    cr_assert_eq(mkfifo(pipe_path, 0600), 0);
    const struct {
        const char *path;
        int reason; /* 0: it is one */
    } cases[] = {
        {"/sys/kernel/uevent_seqnum", 0},
        {"/etc/passwd", 0},
        {"/dev/null", ENODEV},
        {pipe_path, ENODEV},
        {"/dev", EISDIR},
        {"/no/such", ENOENT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        is_said(cases[i].path, device_is_file(cases[i].path), cases[i].reason);
    }
    (void)unlink(pipe_path);
    (void)rmdir(folder);
}
