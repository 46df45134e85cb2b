/*
 * rtu_port.h — the Modbus RTU server on a descriptor: a tty, or the master of a pty. libev drives
 * it, on wall time.
 *
 * Speed and parity of a tty are its owner's to set. Always true: whatever comes in and whoever does
 * not read, the loop is never blocked.
 */
#ifndef MBS_RTU_PORT_H
#define MBS_RTU_PORT_H

#include <stdbool.h>
#include <stddef.h>

#include "wm/view.h"

struct ev_loop;
struct mbs_rtu_port;

struct mbs_rtu_port_options {
    int fd; /* raw and non-blocking; borrowed */
    /* What is sent is heard again, as with some RS-485 adapters. */
    bool discards_echo;
    /* The line is gone and not looked at any more; close the port. May be null. */
    void (*lost)(void *context, const char *why);
    /* An answer was sent. May be null. */
    void (*answered)(void *context);
    /* A frame was spoiled, or had a wrong check sum. May be null. */
    void (*dropped)(void *context);
    /* What was sent was heard again, and dropped. May be null. */
    void (*echoed)(void *context);
    void *context;
};

/* loop and view are borrowed and outlive it. Null: out of memory. */
struct mbs_rtu_port *mbs_rtu_port_open(struct ev_loop *loop, const struct wm_view *view,
                                       const struct mbs_rtu_port_options *options);

/* The descriptor stays open; null is allowed. */
void mbs_rtu_port_close(struct mbs_rtu_port *port);

#endif
