/*
 * folder.c — see folder.h.
 */
#include "folder.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

enum { MODE = 0700 };

static int present_open(const char *path)
{
    return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

int folder_open(const char *path, bool *is_absent)
{
    errno = 0;
    (void)mkdir(path, MODE);
    const int reason = errno;
    const int folder = present_open(path);
    *is_absent = folder < 0 && errno == ENOENT;
    if (*is_absent && reason != 0) {
        errno = reason;
    }
    return folder;
}

int folder_make(const char *path)
{
    return mkdir(path, MODE) == 0 ? present_open(path) : -1;
}
