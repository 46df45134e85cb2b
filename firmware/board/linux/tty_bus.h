/*
 * tty_bus.h — a bus of the core on a tty.
 *
 * Always true: a tty that is pulled is told of once, and tried again every few seconds; until it is
 * back the core sees a line that nobody answers on.
 */
#ifndef BOARD_TTY_BUS_H
#define BOARD_TTY_BUS_H

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tty.h"
#include "wm/bus.h"
#include "wm/limits.h"
#include "wm/units.h"

/* Bytes between two fetches: several answers. */
#define TTY_BUS_INPUT_MAX 256

struct tty_bus_options {
    const char *name; /* for the report: "bus"; borrowed, as is path */
    const char *path;
    enum tty_rs485 rs485;
    bool discards_echo;           /* the adapter hears what it sends */
    void (*heard)(void *context); /* bytes have come, or the line has */
    void *context;
};

/* All private. */
struct tty_bus {
    struct tty_bus_options options;
    struct ev_loop *loop;
    ev_io io;
    ev_timer retry;
    int fd; /* -1: closed, or pulled */
    int32_t baud;
    const int32_t *wished_baud;
    bool is_stuck; /* bytes that were written have not gone since stuck_ms */
    wm_ms stuck_ms;
    size_t echo_size; /* of what was sent */
    size_t echo_at;   /* of it that was heard, and dropped */
    uint8_t echo[WM_FRAME_SIZE_MAX];
    bool is_read; /* all that has come, since the loop woke */
    size_t input_size;
    uint8_t input[TTY_BUS_INPUT_MAX];
};

/* Opens the tty. False, with one line of place, cause and cure in error. */
bool tty_bus_open(struct tty_bus *bus, const struct tty_bus_options *options, int32_t baud,
                  char *error, size_t error_size);

/* From now on: the loop that wakes it, and where the speed stands that it is to have; borrowed. */
void tty_bus_start(struct tty_bus *bus, struct ev_loop *loop, const int32_t *wished_baud);

/* The port; it borrows bus. */
struct wm_bus tty_bus_port(struct tty_bus *bus);

/* Allowed twice, and on what is all zero but for fd = -1. */
void tty_bus_close(struct tty_bus *bus);

#endif
