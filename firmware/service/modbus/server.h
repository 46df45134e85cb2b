/*
 * server.h — the Modbus TCP server: libev drives it, libmodbus lays out its answers.
 *
 * It shows the view as it is when a request is served, and changes nothing. Its time-outs run on
 * wall time, whatever drives the view.
 *
 * Always true: no client, whatever it sends or does not read, blocks the loop, ends the process or
 * makes the server take memory after it was opened.
 */
#ifndef MBS_SERVER_H
#define MBS_SERVER_H

#include <stddef.h>

#include "wm/view.h"

struct ev_loop;
struct mbs_server;

/*
 * Listens on address, "HOST:PORT" or "[HOST]:PORT"; port 0 picks a free one. loop and view are
 * borrowed and outlive the server; the view's content may change between turns of the loop.
 * Settings are read from the view: modbus.unit_id, modbus.clients_max.
 * Null, with one line of place, cause and cure in error, when the address cannot be had.
 */
struct mbs_server *mbs_server_open(struct ev_loop *loop, const char *address,
                                   const struct wm_view *view, char *error, size_t error_size);

/* The port really bound, 1..65535. */
int mbs_server_port(const struct mbs_server *server);

/* Closes every connection and releases everything; null is allowed. */
void mbs_server_close(struct mbs_server *server);

#endif
