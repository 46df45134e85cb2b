/*
 * folder.c — see folder.h.
 */
#include "folder.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

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
    /* There is something, and yet nothing: a link to a disk that has not come. */
    *is_absent = folder < 0 && errno == ENOENT && reason != EEXIST;
    if (*is_absent) {
        errno = reason;
    }
    return folder;
}

int folder_make(const char *path)
{
    if (mkdir(path, MODE) != 0) {
        return -1;
    }
    const int folder = present_open(path);
    if (folder < 0) {
        const int reason = errno;
        (void)rmdir(path); /* the next time it is made, and not found */
        errno = reason;
    }
    return folder;
}
