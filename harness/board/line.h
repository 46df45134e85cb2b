/*
 * line.h — opens a stream of bytes to a board: a serial line, or what stands for one.
 */
#ifndef HX_BOARD_LINE_H
#define HX_BOARD_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/text.h"

struct hx_line {
    const char *place; /* borrowed */
    int fd;            /* ro: does not block; -1: it is not open */
    int far;           /* private: the other end of a pty that was made; -1: none */
};

/* A line that is not open. */
struct hx_line hx_line_at(const char *place);

/*
 * place: a tty or pty, a Unix socket, HOST:PORT of TCP, or pty:PATH, a pty that is made, and whose
 * other end is linked to as PATH. A tty is set to 8N1 at baud (bits a second, any that its driver
 * makes), raw. Opens what is not open. waits: until whoever is there takes it, 1.5 s at most;
 * otherwise that may be later, and nothing comes before. False, with "PLACE: cause; cure" in error.
 */
bool hx_line_open(struct hx_line *line, int32_t baud, bool waits, struct hx_text *error);
/*
 * Whoever is there does not answer: it is opened anew next time. A pty that was made stays, for the
 * board may have it, and is emptied.
 */
void hx_line_hang_up(struct hx_line *line);
void hx_line_close(struct hx_line *line);

/* Has whoever is there taken it? */
bool hx_line_is_taken(const struct hx_line *line);

/* Is it a pty that is made, and so there before anybody takes it? */
bool hx_line_is_made(const char *place);

/* Removes the link of a pty whose process has died: its number is another's soon. */
void hx_line_forget(const char *place);

/* Do bytes take their time on it by themselves? Those of a pty or a socket do not. */
bool hx_line_paces_itself(int fd);

#endif
