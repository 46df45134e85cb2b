/*
 * device.c — see device.h.
 */
#include "device.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

bool device_is_file(const char *path)
{
    struct stat status;
    if (stat(path, &status) != 0) {
        return false;
    }
    errno = S_ISDIR(status.st_mode) ? EISDIR : ENODEV;
    return S_ISREG(status.st_mode);
}

bool device_may_be(const char *path, const char *class_name)
{
    struct stat status;
    char link[64];
    char class_path[256];
    if (stat(path, &status) != 0) {
        return false;
    }
    errno = S_ISDIR(status.st_mode) ? EISDIR : ENOTTY;
    if (!S_ISCHR(status.st_mode)) {
        return false;
    }
    (void)snprintf(link, sizeof link, "/sys/dev/char/%u:%u/subsystem", major(status.st_rdev),
                   minor(status.st_rdev));
    const ssize_t size = readlink(link, class_path, sizeof class_path - 1);
    if (size < 0) {
        return true;
    }
    class_path[size] = '\0';
    const char *last = strrchr(class_path, '/');
    errno = ENOTTY;
    return last != NULL && strcmp(last + 1, class_name) == 0;
}
