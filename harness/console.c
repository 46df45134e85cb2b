/*
 * console.c — see console.h.
 */
#include "console.h"

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
