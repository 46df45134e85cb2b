/*
 * owner.h — whom the daemon runs as, and whose the state folder is.
 *
 * Devices and low ports are root's to open; what is written is the user's from the beginning.
 */
#ifndef BOARD_OWNER_H
#define BOARD_OWNER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* All private. */
struct owner {
    const char *user; /* null: whoever started it */
    uid_t uid;
    gid_t gid;
    int folder; /* that is locked; -1: none */
};

/* user: borrowed; null: nobody else. False, with one line of cause and cure in error. */
bool owner_find(struct owner *owner, const char *user, char *error, size_t error_size);

/* From now on files are the user's; and back; and for good. */
bool owner_become(const struct owner *owner, char *error, size_t error_size);
void owner_return(const struct owner *owner);
bool owner_stay(const struct owner *owner, char *error, size_t error_size);

/* The folder is there, and no other webmanager has it. False, with one line in error. */
bool owner_lock_folder(struct owner *owner, const char *folder, char *error, size_t error_size);
/* Could it be had, be it another's now? False as above. */
bool owner_check_folder(const char *folder, char *error, size_t error_size);
/* Does another webmanager have it now? False where there is no folder, too. */
bool owner_is_elsewhere(const char *folder);
void owner_unlock(struct owner *owner);

#endif
