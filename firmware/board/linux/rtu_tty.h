/*
 * rtu_tty.h — the Modbus RTU server on a tty: a serial line of this machine, in the form that
 * modbus.rtu_baud and modbus.rtu_parity say.
 *
 * Always true: while it serves, frames that are dropped are told of at most once a minute, however
 * many there are.
 */
#ifndef BOARD_RTU_TTY_H
#define BOARD_RTU_TTY_H

#include <ev.h>
#include <stdint.h>

#include "firmware/service/modbus/rtu_port.h"
#include "tty_line.h"
#include "wm/view.h"

/* All private. */
struct rtu_tty {
    struct tty_line *line;
    const struct wm_view *view;
    struct mbs_rtu_port *port; /* null: the line is gone, or another's */
    uint32_t dropped;          /* since it was told of */
    ev_timer told;             /* runs for a minute after that */
    bool is_echo_told;         /* since it has the line */
};

/* line and view are borrowed. */
void rtu_tty_init(struct rtu_tty *rtu, struct tty_line *line, const struct wm_view *view);

/* The form as the settings of this view have it: even and odd parity, or two stop bits. */
struct tty_form rtu_tty_form(const struct wm_view *view);

/* The line is to be its own, and in that form: after each change of the settings. */
void rtu_tty_take(struct rtu_tty *rtu);

#endif
