/*
 * store_files.h — the store's records as files of a folder, one a record, by their names.
 *
 * A record is written to NAME.new, flushed, and renamed to NAME, and then the folder is flushed:
 * whatever happens in between, NAME is the old record or the new one, whole. Files have mode 0600.
 * What was left of a save that did not come to its end is removed when the store is opened.
 *
 * What could not be read gets the name NAME.unread, too, before NAME is the new record. Where it
 * cannot have two it is moved there, for no longer than that takes; NAME.unread without NAME is
 * a record that cannot be read, not an absent one.
 *
 * The folder is the store's alone. Records are as good as the file system keeps them: whoever
 * reads them checks them (record.h).
 */
#ifndef BOARD_STORE_FILES_H
#define BOARD_STORE_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "wm/limits.h"
#include "wm/store.h"

/* The system as the store uses it: each as the function of POSIX, errno included. */
struct store_files_calls {
    int (*folder_open)(const char *path, bool *is_absent);             /* folder.h */
    int (*folder_make)(const char *path);                              /* folder.h */
    int (*open)(int folder, const char *name, int flags, mode_t mode); /* openat */
    int (*look)(int fd); /* 0: it is a regular file; -1: it is none, or as fstat */
    ssize_t (*read)(int fd, void *bytes, size_t size);
    ssize_t (*write)(int fd, const void *bytes, size_t size);
    int (*sync)(int fd); /* fsync */
    int (*close)(int fd);
    int (*link)(int folder, const char *from, const char *to);   /* linkat, within it */
    int (*rename)(int folder, const char *from, const char *to); /* renameat, within it */
    int (*remove)(int folder, const char *name);                 /* unlinkat */
    /* Gives every name in the folder to `each`. 0, or -1. */
    int (*list)(int folder, void (*each)(void *context, const char *name), void *context);
};

/* That of this machine. */
extern const struct store_files_calls store_files_system;

enum { STORE_FILES_PLACE_MAX = 256, STORE_FILES_ERROR_MAX = 512, STORE_FILES_UNREAD_MAX = 8 };

struct store_files { /* private but for is_absent */
    const struct store_files_calls *calls;
    int folder;     /* -1: closed */
    bool is_absent; /* ro: the folder is not there, and is made when a record is saved */
    char place[STORE_FILES_PLACE_MAX]; /* for the report; cut where it is longer */
    char error[STORE_FILES_ERROR_MAX];
    size_t unread_count;
    char unread[STORE_FILES_UNREAD_MAX][WM_RECORD_NAME_MAX]; /* these could not be, and were told */
};

/*
 * Opens the store in a folder, which is made where it is not there. False when it cannot be
 * written, with the reason in store_files_error; nothing is then left open. calls: borrowed.
 */
bool store_files_open(struct store_files *store, const char *folder,
                      const struct store_files_calls *calls);
void store_files_close(struct store_files *store);

/*
 * Opens it though it cannot be written: what is there can be loaded, and saving fails until it can
 * be. Where it cannot even be read everything fails, with the reason in store_files_error; where it
 * is absent nothing is there to be loaded, and a save makes it as soon as that is possible.
 */
void store_files_open_to_read(struct store_files *store, const char *folder,
                              const struct store_files_calls *calls);

/*
 * The port; it borrows store. Saving answers WM_RANGE to a size above WM_RECORD_SIZE_MAX and to a
 * name that is too long or has other characters than a-z, 0-9 and _; WM_IO where the system fails:
 * the old record stays then, or the new one is there already, but its place in the folder may not
 * have come to the disk. A record larger than asked for is WM_DAMAGED; one that cannot be read, or
 * is no file, is WM_IO, and reported.
 */
struct wm_store store_files_port(struct store_files *store);

/* Could this record not be read since the store was opened? Then it was reported. */
bool store_files_is_unread(const struct store_files *store, const char *name);

/* The last failure as one line of place, cause and cure; "" if there was none since the last call
 * that succeeded. */
const char *store_files_error(const struct store_files *store);

#endif
