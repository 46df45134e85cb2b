/*
 * console.h — the outsider at the webmanager's service port: bytes in, answers out.
 */
#ifndef HX_STAGE_CONSOLE_H
#define HX_STAGE_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/text.h"
#include "wm/board.h"

/* Types bytes, whole lines or not, and appends to `said` all that the webmanager says to them. */
void hx_console_type(struct board *board, const char *bytes, size_t size, struct hx_text *said);

/* Does the line's first word begin a command of what the console said to `help`? */
bool hx_console_knows(const struct hx_text *help, const char *line);

#endif
