/*
 * folder.h — a folder of the state: made where it is not there.
 *
 * Always true: what a folder held that could not be read is never written over, for a folder that
 * comes later is used only if it is made then.
 */
#ifndef BOARD_FOLDER_H
#define BOARD_FOLDER_H

#include <stdbool.h>

/*
 * Opens it, after making it where it is not there. -1 by errno; *is_absent: it is not there, and
 * the errno is why it could not be made.
 */
int folder_open(const char *path, bool *is_absent);

/* Makes what was absent, and opens it. -1 by errno; EEXIST: it came by itself. */
int folder_make(const char *path);

#endif
