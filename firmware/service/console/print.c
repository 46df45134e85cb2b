/*
 * print.c — wm-console: prints the table of commands as CONSOLE.md.
 */
#include <stdio.h>

#include "console.h"
#include "wm/catalog.h"
#include "wm/limits.h"

static void print_commands(void)
{
    struct con_command_text text;
    printf("| command | what it does |\n| --- | --- |\n");
    for (size_t i = 0; con_command_describe(i, &text); i++) {
        printf("| `%s%s%s%s", text.verb, text.topic != NULL ? " " : "",
               text.topic != NULL ? text.topic : "", text.arguments[0] != '\0' ? " " : "");
        /* A bar would end the cell. */
        for (const char *at = text.arguments; *at != '\0'; at++) {
            printf(*at == '|' ? "\\|" : "%c", *at);
        }
        printf("` | %s |\n", text.text);
    }
}

static void print_codes(void)
{
    size_t count;
    const struct wm_refusal_row *row = wm_refusals(&count);
    printf("\n## Refusals\n\n"
           "The event log tells of each; of those that come too fast, of the first in a row. After "
           "%d at once it\ntells of those that follow together, every %d s.\n\n"
           "| code | when |\n| --- | --- |\n",
           WM_REFUSALS_MAX, WM_REFUSALS_PERIOD_MS / 1000);
    for (size_t i = 0; i < count; i++) {
        printf("| `%s` | %s |\n", row[i].name, row[i].text);
    }
}

static void print_words(void)
{
    printf("\n## Words of the items\n\n"
           "A line of an item begins with the word item=number. Values stand in the unit named "
           "here, choices\nby name, flags in hexadecimal; `-` is a value that is not known.\n\n"
           "| item | word | unit | meaning |\n| --- | --- | --- | --- |\n");
    for (int i = 0; i < wm_point_count; i++) {
        const struct wm_point_row *row = wm_point((enum wm_point)i);
        const struct wm_unit_row *unit = wm_unit(row->unit);
        printf("| %s | `%s` | %s | %s |\n", wm_scope_name(row->scope), row->name,
               unit->natural_name[0] != '\0' ? unit->natural_name : unit->name, row->text);
    }
}

int main(void)
{
    printf("# The service console\n\n"
           "<!-- Printed by `wm-console`; do not edit. -->\n\n"
           "One request a line, of at most %d bytes of printable ASCII; lines end with CR, LF or "
           "both. The\nanswer is lines of `key=value` words, a value with blanks in double quotes, "
           "and ends with one\nline `ok` or `error CODE TEXT`; a log is lines of comma-separated "
           "values instead. Codes are\nstable, texts are not. An empty line has no answer. There "
           "is no echo and no prompt. A refused\nrequest has changed nothing (but see `store`). %d "
           "requests are taken in a row, and %d more a\nsecond: of all clients over TCP "
           "together.\n\n## Commands\n\n",
           CON_LINE_MAX, CON_BURST, CON_PER_SECOND);
    print_commands();
    print_codes();
    print_words();
    return fflush(stdout) == 0 ? 0 : 2;
}
