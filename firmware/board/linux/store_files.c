/*
 * store_files.c — see store_files.h.
 */
#include "store_files.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "folder.h"
#include "report.h"

#define UNFINISHED ".new"
#define UNREAD     ".unread"
/* Errnos that no call here gives: a pipe, a folder or a device; NAME.unread without NAME. */
#define NO_FILE   ENOSTR
#define SET_ASIDE ENOANO

enum {
    MODE = 0600,
    FILE_NAME_MAX = WM_RECORD_NAME_MAX + sizeof UNREAD, /* the longest */
};

/* ---- the system ------------------------------------------------------------------------- */

static int system_open(int folder, const char *name, int flags, mode_t mode)
{
    return openat(folder, name, flags, mode);
}

/* A pipe would give nothing, or a device bytes without end. */
static int system_look(int fd)
{
    struct stat status;
    if (fstat(fd, &status) != 0) {
        return -1;
    }
    errno = NO_FILE;
    return S_ISREG(status.st_mode) ? 0 : -1;
}

/* A symbolic link is linked, not what it leads to. */
static int system_link(int folder, const char *from, const char *to)
{
    return linkat(folder, from, folder, to, 0);
}

static int system_rename(int folder, const char *from, const char *to)
{
    return renameat(folder, from, folder, to);
}

static int system_remove(int folder, const char *name)
{
    return unlinkat(folder, name, 0);
}

static int system_list(int folder, void (*each)(void *context, const char *name), void *context)
{
    const int own = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *names = own >= 0 ? fdopendir(own) : NULL;
    if (names == NULL) {
        const int reason = errno;
        if (own >= 0) {
            (void)close(own);
        }
        errno = reason;
        return -1;
    }
    errno = 0;
    for (const struct dirent *entry; (entry = readdir(names)) != NULL;) {
        each(context, entry->d_name);
    }
    const int reason = errno;
    (void)closedir(names);
    errno = reason;
    return reason == 0 ? 0 : -1;
}

const struct store_files_calls store_files_system = {
    .folder_open = folder_open,
    .folder_make = folder_make,
    .open = system_open,
    .look = system_look,
    .read = read,
    .write = write,
    .sync = fsync,
    .close = close,
    .link = system_link,
    .rename = system_rename,
    .remove = system_remove,
    .list = system_list,
};

/* ---- the report ------------------------------------------------------------------------- */

static const char *cure_of(int reason)
{
    switch (reason) {
    case ENOENT:
    case ENOTDIR:
    case ENAMETOOLONG:
        return "name a folder that is there";
    case EACCES:
    case EPERM:
        return "give the folder to the user that the webmanager runs as";
    case EROFS:
        return "name a folder on a disk that can be written";
    case EEXIST:
        return "start the webmanager again, which then goes by what stands there";
    case ELOOP:
    case NO_FILE:
        return "take away what is in the place of the file";
    case SET_ASIDE:
        return "give it its name back, or take it away";
    case ENOSPC:
    case EDQUOT:
        return "make room on its disk";
    case EMFILE:
    case ENFILE:
    case ENOMEM:
        return "start the webmanager again; it has run out of what it needs";
    default:
        return "look after its disk";
    }
}

static const char *cause_of(int reason)
{
    switch (reason) {
    case NO_FILE:
        return "no regular file";
    case SET_ASIDE:
        return "it is there as " UNREAD " only";
    default:
        return strerror(reason);
    }
}

/* Says why, by errno; always false. what: "" or what could not be done, with a blank behind. */
static bool failed(struct store_files *store, const char *what)
{
    const int reason = errno;
    (void)snprintf(store->error, sizeof store->error, "store %s: %s%s; %s", store->place, what,
                   cause_of(reason), cure_of(reason));
    return false;
}

const char *store_files_error(const struct store_files *store)
{
    return store->error;
}

/* ---- names ------------------------------------------------------------------------------ */

static bool is_record_name(const char *name)
{
    const size_t size = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");
    return size > 0 && size < WM_RECORD_NAME_MAX && name[size] == '\0';
}

static void unfinished_name(char unfinished[FILE_NAME_MAX], const char *name)
{
    (void)snprintf(unfinished, FILE_NAME_MAX, "%s" UNFINISHED, name);
}

static void kept_name(char kept[FILE_NAME_MAX], const char *name)
{
    (void)snprintf(kept, FILE_NAME_MAX, "%s" UNREAD, name);
}

/* ---- load ------------------------------------------------------------------------------- */

/* Until the end of the file or the last byte that there is room for; -1 as read. */
static ssize_t read_all(const struct store_files_calls *calls, int fd, char *bytes, size_t room)
{
    size_t size = 0;
    while (size < room) {
        const ssize_t got = calls->read(fd, bytes + size, room - size);
        if (got == 0) {
            break;
        }
        if (got < 0 && errno != EINTR) {
            return -1;
        }
        size += got > 0 ? (size_t)got : 0;
    }
    return (ssize_t)size;
}

bool store_files_is_unread(const struct store_files *store, const char *name)
{
    for (size_t i = 0; i < store->unread_count; i++) {
        if (strcmp(store->unread[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/* Told, and remembered: what cannot be read is no damage besides. */
static void unread_tell(struct store_files *store, const char *name)
{
    char what[WM_RECORD_NAME_MAX + 30];
    (void)snprintf(what, sizeof what, "record %s cannot be read: ", name);
    (void)failed(store, what);
    report(REPORT_ERROR, "%s", store->error);
    if (store->unread_count < STORE_FILES_UNREAD_MAX && !store_files_is_unread(store, name)) {
        (void)snprintf(store->unread[store->unread_count++], WM_RECORD_NAME_MAX, "%s", name);
    }
}

/* A file of the store, opened to be read, whatever stands there; -1 as openat. */
static int file_open(const struct store_files *store, const char *name)
{
    return store->calls->open(store->folder, name, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC,
                              0);
}

/* Is there a NAME.unread, be it readable or not? */
static bool is_set_aside(const struct store_files *store, const char *name)
{
    char kept[FILE_NAME_MAX];
    kept_name(kept, name);
    const int fd = file_open(store, kept);
    const bool is_there = fd >= 0 || errno != ENOENT;
    if (fd >= 0) {
        (void)store->calls->close(fd);
    }
    return is_there;
}

/* There is no NAME: it was never saved, or its replacement ended half-way. */
static int absent_load(struct store_files *store, const char *name)
{
    if (!is_set_aside(store, name)) {
        return WM_ABSENT;
    }
    errno = SET_ASIDE;
    unread_tell(store, name);
    return WM_IO;
}

static int files_load(void *self, const char *name, void *bytes, size_t size_max)
{
    struct store_files *store = self;
    char all[WM_RECORD_SIZE_MAX + 1];
    if (store->folder < 0) {
        return store->is_absent ? WM_ABSENT : WM_IO; /* told of when it was opened */
    }
    store->error[0] = '\0';
    if (!is_record_name(name)) {
        return WM_ABSENT;
    }
    const int fd = file_open(store, name);
    if (fd < 0 && errno == ENOENT) {
        return absent_load(store, name);
    }
    const ssize_t size =
        fd >= 0 && store->calls->look(fd) == 0 ? read_all(store->calls, fd, all, sizeof all) : -1;
    if (size < 0) {
        unread_tell(store, name);
    }
    if (fd >= 0) {
        (void)store->calls->close(fd);
    }
    if (size < 0) {
        return WM_IO;
    }
    if ((size_t)size > size_max || (size_t)size == sizeof all) {
        return WM_DAMAGED;
    }
    memcpy(bytes, all, (size_t)size);
    return (int)size;
}

/* ---- save ------------------------------------------------------------------------------- */

static bool write_all(const struct store_files_calls *calls, int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        const ssize_t written = calls->write(fd, bytes, size);
        if (written < 0 && errno != EINTR) {
            return false;
        }
        bytes += written > 0 ? written : 0;
        size -= written > 0 ? (size_t)written : 0;
    }
    return true;
}

/* A file with these bytes, on the disk. */
static bool file_make(const struct store_files *store, const char *name, const void *bytes,
                      size_t size)
{
    const struct store_files_calls *calls = store->calls;
    const int fd = calls->open(store->folder, name,
                               O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, MODE);
    if (fd < 0) {
        return false;
    }
    const bool is_written = write_all(calls, fd, bytes, size) && calls->sync(fd) == 0;
    const int reason = errno;
    const bool is_closed = calls->close(fd) == 0;
    errno = is_written ? errno : reason;
    return is_written && is_closed;
}

/* NAME.unread of an earlier time gives way. True as well: there is no NAME. */
static bool unread_link(const struct store_files *store, const char *name, const char *kept)
{
    const struct store_files_calls *calls = store->calls;
    int result = calls->link(store->folder, name, kept);
    if (result != 0 && errno == EEXIST && calls->remove(store->folder, kept) == 0) {
        result = calls->link(store->folder, name, kept);
    }
    return result == 0 || errno == ENOENT;
}

/*
 * What could not be read is not lost when it is replaced: it may be read when its disk is well. Its
 * second name is on the disk before anything has the first. What can't have two, as a folder, is
 * moved: where it ends there, NAME.unread alone says that there was a record.
 */
static bool unread_keep(const struct store_files *store, const char *name, bool *is_moved)
{
    char kept[FILE_NAME_MAX];
    if (!store_files_is_unread(store, name)) {
        return true;
    }
    kept_name(kept, name);
    if (!unread_link(store, name, kept)) {
        *is_moved = store->calls->rename(store->folder, name, kept) == 0;
        if (!*is_moved) {
            return false;
        }
    }
    return store->calls->sync(store->folder) == 0;
}

/* It has been replaced. */
static void unread_forget(struct store_files *store, const char *name)
{
    for (size_t i = 0; i < store->unread_count; i++) {
        if (strcmp(store->unread[i], name) == 0) {
            memmove(store->unread[i], store->unread[--store->unread_count], WM_RECORD_NAME_MAX);
            if (is_set_aside(store, name)) {
                report(REPORT_WARNING,
                       "store %s: what could not be read of %s is kept as %s" UNREAD, store->place,
                       name, name);
            }
            return;
        }
    }
}

static bool record_replace(struct store_files *store, const char *name, const void *bytes,
                           size_t size)
{
    const struct store_files_calls *calls = store->calls;
    char unfinished[FILE_NAME_MAX];
    char kept[FILE_NAME_MAX];
    bool is_moved = false;
    unfinished_name(unfinished, name);
    kept_name(kept, name);
    if (file_make(store, unfinished, bytes, size) && unread_keep(store, name, &is_moved) &&
        calls->rename(store->folder, unfinished, name) == 0) {
        unread_forget(store, name);
        return calls->sync(store->folder) == 0;
    }
    const int reason = errno;
    if (is_moved) {
        (void)calls->rename(store->folder, kept, name);
    }
    (void)calls->remove(store->folder, unfinished);
    errno = reason;
    return false;
}

/* False, with the reason: there is no folder to save in. */
static bool folder_have(struct store_files *store)
{
    if (store->folder < 0 && store->is_absent) {
        store->folder = store->calls->folder_make(store->place);
        return store->folder >= 0 || failed(store, "cannot be made: ");
    }
    return store->folder >= 0;
}

static enum wm_status files_save(void *self, const char *name, const void *bytes, size_t size)
{
    struct store_files *store = self;
    if (!folder_have(store)) {
        return WM_IO;
    }
    store->error[0] = '\0';
    if (!is_record_name(name) || size > WM_RECORD_SIZE_MAX) {
        return WM_RANGE;
    }
    if (!record_replace(store, name, bytes, size)) {
        (void)failed(store, "a record cannot be written: ");
        return WM_IO;
    }
    return WM_OK;
}

struct wm_store store_files_port(struct store_files *store)
{
    static const struct wm_store_ops ops = {files_load, files_save};
    return (struct wm_store){&ops, store};
}

/* ---- open ------------------------------------------------------------------------------- */

static void unfinished_remove(void *context, const char *name)
{
    const struct store_files *store = context;
    const size_t size = strlen(name);
    if (size >= sizeof UNFINISHED - 1 &&
        strcmp(name + size - (sizeof UNFINISHED - 1), UNFINISHED) == 0) {
        (void)store->calls->remove(store->folder, name);
    }
}

/* A folder that cannot be written is found out now, not when something is to be kept. */
static bool folder_try(const struct store_files *store)
{
    static const char trial[] = "trial" UNFINISHED;
    return file_make(store, trial, "", 0) && store->calls->remove(store->folder, trial) == 0;
}

void store_files_open_to_read(struct store_files *store, const char *folder,
                              const struct store_files_calls *calls)
{
    *store = (struct store_files){.calls = calls};
    (void)snprintf(store->place, sizeof store->place, "%s", folder);
    store->folder = calls->folder_open(folder, &store->is_absent);
    if (store->folder < 0) {
        (void)failed(store, store->is_absent ? "cannot be made: " : "");
    }
}

bool store_files_open(struct store_files *store, const char *folder,
                      const struct store_files_calls *calls)
{
    store_files_open_to_read(store, folder, calls);
    if (store->folder < 0) {
        return false;
    }
    if (calls->list(store->folder, unfinished_remove, store) != 0 || !folder_try(store)) {
        (void)failed(store, "nothing can be kept there: ");
        store_files_close(store);
        return false;
    }
    return true;
}

void store_files_close(struct store_files *store)
{
    if (store->folder >= 0) {
        (void)store->calls->close(store->folder);
        store->folder = -1;
    }
}
