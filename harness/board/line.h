/*
 * line.h — opens a stream of bytes to a board: a serial line, or what stands for one.
 */
#ifndef HX_BOARD_LINE_H
#define HX_BOARD_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/text.h"

/*
 * place: a tty or pty, a Unix socket, HOST:PORT of TCP, or pty:PATH, a pty that is made, and whose
 * other end is linked to as PATH. A tty is set to 8N1 at baud (bits a second, any that its driver
 * makes), raw. Returns a descriptor that does not block, for hx_line_close; -1 with "PLACE: cause;
 * cure" in error.
 */
int hx_line_open(const char *place, int32_t baud, struct hx_text *error);
void hx_line_close(const char *place, int fd);

/* Removes the link of a pty whose process has died: its number is another's soon. */
void hx_line_forget(const char *place);

/* Do bytes take their time on it by themselves? Those of a pty or a socket do not. */
bool hx_line_paces_itself(int fd);

#endif
