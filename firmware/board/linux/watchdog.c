/*
 * watchdog.c — see watchdog.h.
 */
#include "watchdog.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/watchdog.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include "device.h"

enum {
    DEVICE_TIMEOUT_S = 30,
    MISC_MAJOR = 10, /* of /dev/watchdog, ... */
    WATCHDOG_MINOR = 130,
};

void systemd_tell(const char *state)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (path == NULL || (path[0] != '/' && path[0] != '@') ||
        strlen(path) >= sizeof address.sun_path) {
        return;
    }
    memcpy(address.sun_path, path, strlen(path));
    if (path[0] == '@') {
        address.sun_path[0] = '\0'; /* an abstract name */
    }
    const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd >= 0) {
        const socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
        (void)sendto(fd, state, strlen(state), MSG_NOSIGNAL | MSG_DONTWAIT,
                     (const struct sockaddr *)&address, size);
        (void)close(fd);
    }
}

/* Seconds within which systemd wants to hear; 0: it does not, or of another process. */
static double systemd_period_s(void)
{
    const char *micros = getenv("WATCHDOG_USEC");
    const char *whose = getenv("WATCHDOG_PID");
    if (micros == NULL || (whose != NULL && strtol(whose, NULL, 10) != (long)getpid())) {
        return 0;
    }
    return (double)strtoll(micros, NULL, 10) / 1e6;
}

/* Every watchdog says what it can. */
static bool is_watchdog(int device)
{
    struct watchdog_info info;
    return ioctl(device, WDIOC_GETSUPPORT, &info) == 0 || errno != ENOTTY;
}

/* For what there is one of, and for a second one and those that follow. */
static bool may_be_watchdog(const char *path)
{
    struct stat status;
    return (stat(path, &status) == 0 && S_ISCHR(status.st_mode) &&
            status.st_rdev == makedev(MISC_MAJOR, WATCHDOG_MINOR)) ||
           device_may_be(path, "watchdog");
}

/* Always false. */
static bool is_none(const char *path, char *error, size_t error_size)
{
    (void)snprintf(error, error_size,
                   "watchdog %s: no watchdog; name one, such as /dev/watchdog, or watchdog = off",
                   path);
    return false;
}

/* By errno; always false. */
static bool failed(const char *path, char *error, size_t error_size)
{
    (void)snprintf(error, error_size, "watchdog %s: %s; name another, or watchdog = off", path,
                   strerror(errno));
    return false;
}

bool watchdog_check(const char *path, char *error, size_t error_size)
{
    if (path == NULL) {
        return true;
    }
    if (access(path, W_OK) != 0) {
        return failed(path, error, error_size);
    }
    return may_be_watchdog(path) || is_none(path, error, error_size);
}

bool watchdog_open(struct watchdog *watchdog, const char *path, char *error, size_t error_size)
{
    int timeout_s = DEVICE_TIMEOUT_S;
    const double systemd_s = systemd_period_s();
    *watchdog = (struct watchdog){.device = -1, .is_systemd = systemd_s > 0};
    watchdog->period_s = systemd_s / 3;
    if (path == NULL) {
        return true;
    }
    watchdog->device = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    if (watchdog->device < 0) {
        return failed(path, error, error_size);
    }
    if (!is_watchdog(watchdog->device)) {
        (void)close(watchdog->device);
        watchdog->device = -1;
        return is_none(path, error, error_size);
    }
    /* Some have one of their own that cannot be set: what it is then is asked for. */
    if (ioctl(watchdog->device, WDIOC_SETTIMEOUT, &timeout_s) != 0) {
        (void)ioctl(watchdog->device, WDIOC_GETTIMEOUT, &timeout_s);
    }
    const double device_s = timeout_s > 0 ? timeout_s : DEVICE_TIMEOUT_S;
    if (watchdog->period_s == 0 || watchdog->period_s > device_s / 3) {
        watchdog->period_s = device_s / 3;
    }
    return true;
}

void watchdog_feed(struct watchdog *watchdog)
{
    if (watchdog->is_systemd) {
        systemd_tell("WATCHDOG=1");
    }
    if (watchdog->device >= 0) {
        (void)!write(watchdog->device, "", 1);
    }
}

void watchdog_close(struct watchdog *watchdog)
{
    if (watchdog->device >= 0) {
        (void)!write(watchdog->device, "V", 1); /* the word by which it lets go */
        (void)close(watchdog->device);
    }
    watchdog->device = -1;
}
