/*
 * inbox.h — wishes from outside that wait for the next step. Bounded: what does not fit is refused
 * and the sender is told.
 */
#ifndef WM_INBOX_H
#define WM_INBOX_H

#include <stdbool.h>
#include <stddef.h>

#include "wm/command.h"
#include "wm/limits.h"

struct wm_inbox {
    struct wm_command command[WM_COMMANDS_MAX];
    size_t first;
    size_t count;
};

/* WM_BUSY when the inbox is full. */
WM_MUST_CHECK enum wm_status wm_inbox_put(struct wm_inbox *inbox, const struct wm_command *command);

/* The oldest one; false when there is none. */
bool wm_inbox_take(struct wm_inbox *inbox, struct wm_command *command);

#endif
