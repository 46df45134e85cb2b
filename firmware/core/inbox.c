/*
 * inbox.c — see inbox.h.
 */
#include "inbox.h"

enum wm_status wm_inbox_put(struct wm_inbox *inbox, const struct wm_command *command)
{
    if (inbox->count == WM_COMMANDS_MAX) {
        return WM_BUSY;
    }
    inbox->command[(inbox->first + inbox->count) % WM_COMMANDS_MAX] = *command;
    inbox->count++;
    return WM_OK;
}

bool wm_inbox_take(struct wm_inbox *inbox, struct wm_command *command)
{
    if (inbox->count == 0) {
        return false;
    }
    *command = inbox->command[inbox->first];
    inbox->first = (inbox->first + 1) % WM_COMMANDS_MAX;
    inbox->count--;
    return true;
}
