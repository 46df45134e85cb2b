/*
 * console.c — see console.h.
 */
#include "harness/stage/console.h"

#include <string.h>

void hx_console_type(struct board *board, const char *bytes, size_t size, struct hx_text *said)
{
    char part[1024];
    size_t taken = 0, got = 0;
    do {
        taken += board_console_write(board, bytes + taken, size - taken);
        while ((got = board_console_read(board, part, sizeof part)) > 0) {
            hx_text_add(said, "%.*s", (int)got, part);
        }
    } while (taken < size);
}

bool hx_console_knows(const struct hx_text *help, const char *line)
{
    static const char before[] = "command=\"";
    line += strspn(line, " \t");
    const size_t size = strcspn(line, " \t\r");
    const char *at = hx_text_string(help);
    while ((at = strstr(at, before)) != NULL) {
        at += sizeof before - 1;
        if (size > 0 && strncmp(at, line, size) == 0 && (at[size] == ' ' || at[size] == '"')) {
            return true;
        }
    }
    return false;
}
