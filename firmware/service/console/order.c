/*
 * order.c — requests that change something: each becomes one wish in the command port, and is
 * answered when that is in force and kept (decision H5).
 */
#include <stdio.h>

#include "internal.h"
#include "wm/instant.h"

/* Hands the wish over; says why if it was refused. */
static void put(struct con_console *console, const struct wm_command *command)
{
    const char *why = "";
    const enum wm_status status = console->commands.put(console->commands.self, command, &why);
    if (status != WM_OK) {
        const enum wm_refusal code = wm_refusal_of(status);
        con_refused(console, code, "%s",
                    code != wm_refusal_store
                        ? why
                        : "it is in force now, but could not be kept for the next start");
    }
}

void con_order(struct con_console *console)
{
    struct wm_command command = {
        .kind = console->command->kind,
        .setting = console->command->setting,
        .value = console->command->value,
    };
    const char *number = con_argument(console, 0);
    const char *value = con_argument(console, 1);
    const char *wrong = number != NULL && !con_number(number, &command.number) ? number
                        : value != NULL && !con_number(value, &command.value)  ? value
                                                                               : NULL;
    if (wrong != NULL) {
        con_refuse(console, wm_refusal_syntax, "%s is no whole number", wrong);
        return;
    }
    put(console, &command);
}

void con_order_set(struct con_console *console)
{
    struct wm_command command = {.kind = WM_COMMAND_SET};
    struct wm_change change = {0};
    char why[200] = "";
    const char *name = con_argument(console, 0);
    const bool is_one_word = con_argument(console, 2) == NULL;
    const char *value = con_rest(console, 1);
    if (wm_text_find(name, &change.text)) {
        change.string = value;
        command.kind = WM_COMMAND_CHANGE;
        command.change = &change;
        command.changes = 1;
        if (wm_text_check(change.text, value, why, sizeof why) == WM_OK) {
            put(console, &command);
        } else {
            con_refuse(console, wm_refusal_range, "%s", why);
        }
    } else if (!wm_setting_find(name, &command.setting)) {
        con_refuse(console, wm_refusal_unknown, "no setting %s; show settings has them all", name);
    } else if (!is_one_word) {
        con_refuse(console, wm_refusal_syntax, "%s takes one word; write it as: set NAME VALUE",
                   name);
    } else if (wm_setting_parse(command.setting, value, &command.value, why, sizeof why) != WM_OK) {
        con_refuse(console, wm_refusal_range, "%s", why);
    } else {
        put(console, &command);
    }
}

void con_order_clock(struct con_console *console)
{
    struct wm_command command = {.kind = WM_COMMAND_CLOCK};
    if (!wm_instant_parse(con_argument(console, 0), &command.wall_ms)) {
        con_refuse(console, wm_refusal_syntax,
                   "%s is no instant from 2000 to 2099 in UTC, as 2020-06-01T00:00:00Z",
                   con_argument(console, 0));
        return;
    }
    put(console, &command);
}
