/*
 * rtu_line.h — COM2 of the host board while it is a Modbus RTU server: a pty for ordinary masters,
 * on wall time, and beside it the line itself in exact time, a character after the other.
 *
 * Neither spends virtual time (decision H5): the line has its own, which tells what an exchange
 * would have taken.
 */
#ifndef BOARD_HOST_RTU_LINE_H
#define BOARD_HOST_RTU_LINE_H

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>

#include "wm/board.h"
#include "wm/view.h"

struct mbs_rtu_port;

struct rtu_line {
    struct ev_loop *loop;
    const struct wm_view *view;
    int master; /* -1: COM2 is no Modbus RTU */
    int slave;  /* kept open, so that masters may come and go */
    char path[64];
    struct mbs_rtu_port *port;
    int watch;       /* inotify; -1: it cannot be told who is there */
    bool has_master; /* somebody has opened it, and nobody closed it since */
    ev_io watched;
    ev_timer late;
};

/* loop and view are borrowed; there is nothing open yet. */
void rtu_line_init(struct rtu_line *line, struct ev_loop *loop, const struct wm_view *view);

/* Opens or closes it as com2.use says. False, with one line in error: there is no pty to be had. */
bool rtu_line_follow(struct rtu_line *line, char *error, size_t error_size);

void rtu_line_close(struct rtu_line *line);

/* As board_rtu_say; the line must be open. */
void rtu_line_say(const struct rtu_line *line, const struct board_rtu_part *part, size_t parts,
                  struct board_rtu_heard *heard);

#endif
