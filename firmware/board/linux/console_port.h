/*
 * console_port.h — the service console on a tty and, where it is asked for, over TCP.
 *
 * Always true: whoever does not read his answer waits for himself alone; whoever says nothing locks
 * nobody out, and whoever comes throws nobody out who is at work. All that come over TCP have one
 * budget of requests, so that coming again gives no more.
 */
#ifndef BOARD_CONSOLE_PORT_H
#define BOARD_CONSOLE_PORT_H

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>

#include "firmware/service/console/console.h"
#include "tty_line.h"

enum {
    CONSOLE_CLIENTS_MAX = 4,
    CONSOLE_IDLE_MS = 60000, /* then a client's place may be another's */
};

/* What every console stands on; borrowed, and outlives them. */
struct console_ground {
    struct ev_loop *loop;
    const struct wm_view *view;
    struct wm_commands commands;
    const struct wm_log *log;
    wm_ms (*uptime_ms)(void *context);
    void *context;
};

/* One that talks to somebody. All private. */
struct console_port {
    const struct console_ground *ground;
    struct con_console console;
    ev_io io;
    int fd;                /* -1: nobody */
    struct tty_line *line; /* whose fd it is; null: its own */
    wm_ms active_ms;       /* uptime when it last asked, or took of an answer */
    size_t input_begin, input_end;
    size_t output_begin, output_end;
    char input[256];
    char output[1024];
};

/* On a tty. All private. */
struct console_tty {
    const struct console_ground *ground;
    struct console_port port;
    struct tty_line line;
};

/*
 * Opens the tty; path: borrowed. False, with one line of place, cause and cure in error; it can be
 * started all the same, and is then tried again.
 */
bool console_tty_open(struct console_tty *tty, const char *path, const struct tty_options *options,
                      char *error, size_t error_size);
void console_tty_start(struct console_tty *tty, const struct console_ground *ground);
void console_tty_close(struct console_tty *tty);

/* Over TCP. All private. */
struct console_tcp {
    const struct console_ground *ground;
    ev_io listener;
    ev_timer exhausted;      /* nobody is taken until it ends */
    int fd;                  /* -1: closed */
    bool is_exhausted_told;  /* since somebody was last taken */
    wm_ms exhausted_next_ms; /* not before is it told again */
    struct con_budget budget;
    wm_ms crowd_told_ms;
    bool is_crowd_told; /* that there were too many, at crowd_told_ms */
    struct console_port client[CONSOLE_CLIENTS_MAX];
};

/*
 * Listens on "HOST:PORT" or "[HOST]:PORT". One client more than CONSOLE_CLIENTS_MAX takes the place
 * of the one idle longest, if that is CONSOLE_IDLE_MS, or else is refused; either is told why.
 * False as above.
 */
bool console_tcp_open(struct console_tcp *tcp, const char *address,
                      const struct console_ground *ground, char *error, size_t error_size);
/* The port really bound. */
int console_tcp_port(const struct console_tcp *tcp);
void console_tcp_close(struct console_tcp *tcp);

#endif
