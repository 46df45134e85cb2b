/*
 * rtu_port.c — see rtu_port.h.
 */
#include "rtu_port.h"

#include <errno.h>
#include <ev.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "rtu.h"

/* Reads a turn: what is left wakes the loop again. */
#define READS_A_TURN 4

struct mbs_rtu_port {
    struct mbs_rtu_port_options options;
    struct ev_loop *loop;
    ev_io io;
    ev_timer silence;
    struct mbs_rtu rtu;
    size_t echo_size; /* of the answer that is to be heard again; 0: of none */
    size_t echo_at;   /* of it that was heard, and kept from the server, ... */
    int64_t echo_us;  /* ... the last of it at this instant */
    uint8_t echo[MBS_RTU_FRAME_MAX];
};

static int64_t wall_us(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* So many of these bytes go on as the echo does. */
static size_t echo_part(const struct mbs_rtu_port *port, const uint8_t *bytes, size_t size)
{
    size_t same = 0;
    while (same < size && port->echo_at + same < port->echo_size &&
           bytes[same] == port->echo[port->echo_at + same]) {
        same++;
    }
    return same;
}

/*
 * How many of the bytes are echo. Another byte in its place: there is none, though it began as one,
 * as every question does; then the server hears what was kept from it. A silence ends it as it ends
 * a frame, for an echo may lose its end; but not where all of the bytes go on as it does: they are
 * found late.
 */
static size_t echo_take(struct mbs_rtu_port *port, const uint8_t *bytes, size_t size,
                        int64_t now_us)
{
    const int64_t silent_us = now_us - mbs_rtu_time_us(&port->rtu, size) - port->echo_us;
    size_t echo = echo_part(port, bytes, size);
    if (port->echo_at > 0 && silent_us >= mbs_rtu_silence_us(&port->rtu) && echo < size) {
        port->echo_size = port->echo_at = echo = 0;
    }
    if (echo < size && port->echo_at + echo < port->echo_size) {
        mbs_rtu_hear(&port->rtu, port->echo, port->echo_at, port->echo_us);
        port->echo_size = port->echo_at = 0;
        return 0;
    }
    port->echo_at += echo;
    port->echo_us = now_us;
    return echo;
}

static void line_lost(struct mbs_rtu_port *port, const char *why)
{
    ev_io_stop(port->loop, &port->io);
    ev_timer_stop(port->loop, &port->silence);
    if (port->options.lost != NULL) {
        port->options.lost(port->options.context, why);
    }
}

/* False: the line is gone, and perhaps the port with it. */
static bool bytes_read(struct mbs_rtu_port *port)
{
    for (int i = 0; i < READS_A_TURN; i++) {
        uint8_t input[MBS_RTU_FRAME_MAX];
        const ssize_t size = read(port->options.fd, input, sizeof input);
        if (size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR)) {
            line_lost(port, size == 0 ? "hung up" : strerror(errno));
            return false;
        }
        if (size < 0) {
            break;
        }
        const int64_t now_us = wall_us();
        const size_t echo = echo_take(port, input, (size_t)size, now_us);
        mbs_rtu_hear(&port->rtu, input + echo, (size_t)size - echo, now_us);
    }
    return true;
}

/* So that the end of the frame is looked for when it is due. */
static void silence_await(struct mbs_rtu_port *port)
{
    const int64_t due_us = mbs_rtu_due_us(&port->rtu);
    if (due_us == INT64_MAX) {
        ev_timer_stop(port->loop, &port->silence);
        return;
    }
    const int64_t left_us = due_us - wall_us();
    ev_now_update(port->loop);
    port->silence.repeat = left_us > 0 ? (double)left_us / 1e6 : 1e-6;
    ev_timer_again(port->loop, &port->silence);
}

static void answer_send(struct mbs_rtu_port *port)
{
    uint8_t answer[MBS_RTU_FRAME_MAX];
    const uint32_t dropped = port->rtu.dropped;
    const uint32_t echoes = port->rtu.echoes;
    const size_t size = mbs_rtu_answer(&port->rtu, answer);
    port->echo_at = port->echo_size = 0;
    if (port->rtu.dropped != dropped && port->options.dropped != NULL) {
        port->options.dropped(port->options.context);
    }
    if (port->rtu.echoes != echoes && port->options.echoed != NULL) {
        port->options.echoed(port->options.context);
    }
    if (size == 0) {
        return;
    }
    /* Whoever has let so many go unread that this one doesn't fit will ask again. */
    const ssize_t sent = write(port->options.fd, answer, size);
    if (port->options.discards_echo && sent > 0) {
        port->echo_size = (size_t)sent;
        memcpy(port->echo, answer, port->echo_size);
    }
    if (port->options.answered != NULL) {
        port->options.answered(port->options.context);
    }
}

static void readable(struct ev_loop *loop, ev_io *io, int events)
{
    struct mbs_rtu_port *port = io->data;
    (void)loop;
    (void)events;
    if (bytes_read(port)) {
        silence_await(port);
    }
}

/* Bytes may wait that came before the silence was over: the loop was busy. */
static void silent(struct ev_loop *loop, ev_timer *timer, int events)
{
    struct mbs_rtu_port *port = timer->data;
    (void)loop;
    (void)events;
    if (!bytes_read(port)) {
        return;
    }
    if (mbs_rtu_due_us(&port->rtu) <= wall_us()) {
        answer_send(port);
    }
    silence_await(port);
}

struct mbs_rtu_port *mbs_rtu_port_open(struct ev_loop *loop, const struct wm_view *view,
                                       const struct mbs_rtu_port_options *options)
{
    struct mbs_rtu_port *port = calloc(1, sizeof *port);
    if (port == NULL) {
        return NULL;
    }
    port->options = *options;
    port->loop = loop;
    mbs_rtu_init(&port->rtu, view, true);
    ev_init(&port->silence, silent);
    port->silence.data = port;
    ev_io_init(&port->io, readable, options->fd, EV_READ);
    port->io.data = port;
    ev_io_start(loop, &port->io);
    return port;
}

void mbs_rtu_port_close(struct mbs_rtu_port *port)
{
    if (port == NULL) {
        return;
    }
    ev_io_stop(port->loop, &port->io);
    ev_timer_stop(port->loop, &port->silence);
    free(port);
}
