/*
 * tty_bus.h — a bus of the core on a tty.
 *
 * Always true: while the tty is gone, or another's, the core sees a line that nobody answers on.
 */
#ifndef BOARD_TTY_BUS_H
#define BOARD_TTY_BUS_H

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tty_line.h"
#include "wm/bus.h"
#include "wm/limits.h"
#include "wm/units.h"

/* Bytes between two fetches: several answers. */
#define TTY_BUS_INPUT_MAX 256

/* All private. */
struct tty_bus {
    struct tty_line *line;
    const int32_t *wished_baud;
    void (*heard)(void *context);
    void *context;
    ev_io io;
    bool is_stuck; /* bytes that were written have not gone since stuck_ms */
    wm_ms stuck_ms;
    size_t echo_size; /* of what was sent */
    size_t echo_at;   /* of it that was heard, and dropped */
    uint8_t echo[WM_FRAME_SIZE_MAX];
    bool is_read; /* all that has come, since the loop woke */
    size_t input_size;
    uint8_t input[TTY_BUS_INPUT_MAX];
};

/*
 * The line, and where the speed stands that it is to have, are borrowed; heard: bytes have come, or
 * the line has gone.
 */
void tty_bus_init(struct tty_bus *bus, struct tty_line *line, const int32_t *wished_baud,
                  void (*heard)(void *context), void *context);

/* The line is to be its own, as with each question: 8N1, at the speed that is wished. */
void tty_bus_take(struct tty_bus *bus);

/* The port; it borrows bus. */
struct wm_bus tty_bus_port(struct tty_bus *bus);

#endif
