/*
 * test_inbox.c — the inbox is a bounded queue.
 */
#include <criterion/criterion.h>

#include "firmware/core/inbox.h"

Test(inbox, first_in_first_out_round_and_round)
{
    struct wm_inbox inbox = {.count = 0};
    struct wm_command command = {.kind = WM_COMMAND_SET};
    cr_assert_not(wm_inbox_take(&inbox, &command));
    for (int32_t i = 0; i < 5 * WM_COMMANDS_MAX; i++) {
        command.value = i;
        cr_assert_eq(wm_inbox_put(&inbox, &command), WM_OK);
        command.value = -1;
        cr_assert(wm_inbox_take(&inbox, &command));
        cr_assert_eq(command.value, i);
    }
}

Test(inbox, one_too_many_is_told_busy_and_loses_nothing)
{
    struct wm_inbox inbox = {.count = 0};
    struct wm_command command = {.kind = WM_COMMAND_SET};
    for (int32_t i = 0; i < WM_COMMANDS_MAX; i++) {
        command.value = i;
        cr_assert_eq(wm_inbox_put(&inbox, &command), WM_OK);
    }
    cr_assert_eq(wm_inbox_put(&inbox, &command), WM_BUSY);
    for (int32_t i = 0; i < WM_COMMANDS_MAX; i++) {
        cr_assert(wm_inbox_take(&inbox, &command));
        cr_assert_eq(command.value, i);
    }
    cr_assert_not(wm_inbox_take(&inbox, &command));
}
