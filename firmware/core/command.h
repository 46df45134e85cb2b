/*
 * command.h — the inbox: the one path for wishes from outside.
 *
 * A service checks form and rights and puts a command here; the next step applies it. Bounded:
 * what does not fit is refused and the sender is told.
 */
#ifndef WM_COMMAND_H
#define WM_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wm/catalog.h"
#include "wm/limits.h"
#include "wm/status.h"

enum wm_command_kind {
    WM_COMMAND_SET,     /* a setting that is not structural, value in its row's unit */
    WM_COMMAND_BREAKER, /* an operator opens (1) or closes (0) a string's breaker */
};

struct wm_command {
    enum wm_command_kind kind;
    enum wm_setting setting; /* WM_COMMAND_SET */
    int32_t string_index;    /* WM_COMMAND_BREAKER, from 0 */
    int32_t value;
};

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
