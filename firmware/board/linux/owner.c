/*
 * owner.c — see owner.h.
 */
#include "owner.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

bool owner_find(struct owner *owner, const char *user, char *error, size_t error_size)
{
    *owner = (struct owner){.user = user, .folder = -1};
    if (user == NULL) {
        return true;
    }
    const struct passwd *entry = getpwnam(user);
    if (entry == NULL) {
        (void)snprintf(error, error_size,
                       "user %s: there is none; add it (useradd --system -G dialout %s)", user,
                       user);
        return false;
    }
    owner->uid = entry->pw_uid;
    owner->gid = entry->pw_gid;
    if (geteuid() == owner->uid) {
        owner->user = NULL; /* that is who it is */
    } else if (geteuid() != 0) {
        (void)snprintf(error, error_size, "user %s: only root can become another; start it as root",
                       user);
        return false;
    }
    return true;
}

static bool failed(const struct owner *owner, char *error, size_t error_size)
{
    (void)snprintf(error, error_size, "user %s: %s; choose another", owner->user, strerror(errno));
    return false;
}

bool owner_become(const struct owner *owner, char *error, size_t error_size)
{
    return owner->user == NULL ||
           (initgroups(owner->user, owner->gid) == 0 && setegid(owner->gid) == 0 &&
            seteuid(owner->uid) == 0) ||
           failed(owner, error, error_size);
}

void owner_return(const struct owner *owner)
{
    if (owner->user != NULL) {
        (void)!seteuid(0); /* what then needs root says so */
    }
}

bool owner_stay(const struct owner *owner, char *error, size_t error_size)
{
    return owner->user == NULL || (setgid(owner->gid) == 0 && setuid(owner->uid) == 0) ||
           failed(owner, error, error_size);
}

static int state_open(const char *folder, char *error, size_t error_size)
{
    const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        const bool is_closed = errno == EACCES || errno == EPERM;
        (void)snprintf(error, error_size, "state %s: %s; %s", folder, strerror(errno),
                       is_closed ? "give it to the user that the webmanager runs as"
                                 : "make the folder, or name another");
    }
    return fd;
}

bool owner_check_folder(const char *folder, char *error, size_t error_size)
{
    const int fd = state_open(folder, error, error_size);
    if (fd >= 0) {
        (void)close(fd);
    }
    return fd >= 0;
}

bool owner_lock_folder(struct owner *owner, const char *folder, char *error, size_t error_size)
{
    owner->folder = state_open(folder, error, error_size);
    if (owner->folder < 0) {
        return false;
    }
    if (flock(owner->folder, LOCK_EX | LOCK_NB) != 0) {
        (void)snprintf(error, error_size,
                       "state %s: another webmanagerd has it; end that one, or name another",
                       folder);
        return false;
    }
    return true;
}

bool owner_is_elsewhere(const char *folder)
{
    const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool is_locked = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    if (fd >= 0) {
        (void)close(fd);
    }
    return is_locked;
}

void owner_unlock(struct owner *owner)
{
    if (owner->folder >= 0) {
        (void)close(owner->folder);
    }
    owner->folder = -1;
}
