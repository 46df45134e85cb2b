/*
 * tty_bus.c — see tty_bus.h.
 */
#include "tty_bus.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "report.h"

#define RETRY_S 3.0
/* Longer than any frame at the lowest speed: the line is blocked, or nobody reads the pty. */
#define STUCK_MS 400

/* ---- open and lost ---------------------------------------------------------------------- */

static bool line_open(struct tty_bus *bus, int32_t baud, char *error, size_t error_size)
{
    const struct tty_options options = {.baud = baud, .rs485 = bus->options.rs485};
    bus->fd = tty_open(bus->options.path, &options, error, error_size);
    bus->baud = baud;
    bus->input_size = 0;
    bus->echo_size = bus->echo_at = 0;
    bus->is_stuck = false;
    return bus->fd >= 0;
}

static void line_lost(struct tty_bus *bus, const char *why)
{
    report(REPORT_ERROR, "%s %s: gone (%s); plug it in again, it is tried every %g s",
           bus->options.name, bus->options.path, why, RETRY_S);
    ev_io_stop(bus->loop, &bus->io);
    (void)close(bus->fd);
    bus->fd = -1;
    ev_timer_again(bus->loop, &bus->retry);
}

/* ---- bytes in --------------------------------------------------------------------------- */

/* What was sent and is heard again is dropped; another byte in its place ends that. */
static void byte_take(struct tty_bus *bus, uint8_t byte)
{
    if (bus->echo_at < bus->echo_size) {
        if (byte == bus->echo[bus->echo_at]) {
            bus->echo_at++;
            return;
        }
        bus->echo_size = bus->echo_at = 0;
    }
    if (bus->input_size < sizeof bus->input) {
        bus->input[bus->input_size++] = byte;
    }
}

/* All that has come. */
static void bytes_read(struct tty_bus *bus)
{
    uint8_t bytes[TTY_BUS_INPUT_MAX];
    ssize_t size = sizeof bytes;
    /* Bounded, whoever babbles: what is left wakes the loop again. */
    for (int i = 0; i < 4 && size == sizeof bytes; i++) {
        size = read(bus->fd, bytes, sizeof bytes);
        for (ssize_t k = 0; k < size; k++) {
            byte_take(bus, bytes[k]);
        }
    }
    if (size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR)) {
        line_lost(bus, size == 0 ? "hung up" : strerror(errno));
    }
}

static int bus_receive(void *self, uint8_t *bytes, size_t size_max)
{
    struct tty_bus *bus = self;
    if (bus->fd >= 0 && bus->loop != NULL && !bus->is_read) {
        bytes_read(bus);
    }
    if (bus->fd < 0) {
        return WM_IO;
    }
    const size_t size = bus->input_size < size_max ? bus->input_size : size_max;
    memcpy(bytes, bus->input, size);
    bus->input_size -= size;
    memmove(bus->input, bus->input + size, bus->input_size);
    return (int)size;
}

/* ---- bytes out -------------------------------------------------------------------------- */

/* WM_OK: the last frame has gone. */
static enum wm_status last_sent(struct tty_bus *bus)
{
    if (tty_unsent(bus->fd) == 0) {
        bus->is_stuck = false;
        return WM_OK;
    }
    const wm_ms now_ms = clock_now_ms();
    if (!bus->is_stuck) {
        bus->is_stuck = true;
        bus->stuck_ms = now_ms;
    }
    if (now_ms - bus->stuck_ms < STUCK_MS) {
        return WM_BUSY;
    }
    tty_discard_output(bus->fd);
    bus->is_stuck = false;
    return WM_IO;
}

static void baud_follow(struct tty_bus *bus)
{
    const int32_t baud = *bus->wished_baud;
    if (baud != bus->baud) {
        if (!tty_set_baud(bus->fd, baud)) {
            report(REPORT_ERROR, "%s %s: no %ld baud (%s); set another bus.baud", bus->options.name,
                   bus->options.path, (long)baud, strerror(errno));
        }
        bus->baud = baud;
    }
}

static enum wm_status bus_transmit(void *self, const uint8_t *bytes, size_t size)
{
    struct tty_bus *bus = self;
    assert(size > 0 && size <= WM_FRAME_SIZE_MAX);
    if (bus->fd < 0 || bus->loop == NULL) {
        return WM_IO;
    }
    const enum wm_status status = last_sent(bus);
    if (status != WM_OK) {
        return status;
    }
    baud_follow(bus);
    tty_discard_input(bus->fd);
    bus->input_size = 0;
    if (write(bus->fd, bytes, size) != (ssize_t)size) {
        tty_discard_output(bus->fd); /* half a question asks nothing */
        return WM_IO;
    }
    bus->echo_at = 0;
    bus->echo_size = bus->options.discards_echo ? size : 0;
    memcpy(bus->echo, bytes, size);
    return WM_OK;
}

struct wm_bus tty_bus_port(struct tty_bus *bus)
{
    static const struct wm_bus_ops ops = {bus_transmit, bus_receive};
    return (struct wm_bus){&ops, bus};
}

/* ---- the loop --------------------------------------------------------------------------- */

static void readable(struct ev_loop *loop, ev_io *io, int events)
{
    struct tty_bus *bus = io->data;
    (void)loop;
    (void)events;
    bytes_read(bus);
    bus->is_read = true;
    bus->options.heard(bus->options.context);
    bus->is_read = false;
}

static void io_begin(struct tty_bus *bus)
{
    ev_io_init(&bus->io, readable, bus->fd, EV_READ);
    bus->io.data = bus;
    ev_io_start(bus->loop, &bus->io);
}

static void tried_again(struct ev_loop *loop, ev_timer *retry, int events)
{
    char why[256];
    struct tty_bus *bus = retry->data;
    (void)events;
    if (line_open(bus, *bus->wished_baud, why, sizeof why)) {
        report(REPORT_NOTICE, "%s %s: back", bus->options.name, bus->options.path);
        ev_timer_stop(loop, retry);
        io_begin(bus);
        bus->options.heard(bus->options.context);
    }
}

bool tty_bus_open(struct tty_bus *bus, const struct tty_bus_options *options, int32_t baud,
                  char *error, size_t error_size)
{
    char why[256];
    *bus = (struct tty_bus){.options = *options, .fd = -1};
    if (!line_open(bus, baud, why, sizeof why)) {
        (void)snprintf(error, error_size, "%s %s: %s", options->name, options->path, why);
        return false;
    }
    return true;
}

void tty_bus_start(struct tty_bus *bus, struct ev_loop *loop, const int32_t *wished_baud)
{
    bus->loop = loop;
    bus->wished_baud = wished_baud;
    ev_timer_init(&bus->retry, tried_again, RETRY_S, RETRY_S);
    bus->retry.data = bus;
    io_begin(bus);
}

void tty_bus_close(struct tty_bus *bus)
{
    if (bus->loop != NULL) {
        ev_io_stop(bus->loop, &bus->io);
        ev_timer_stop(bus->loop, &bus->retry);
    }
    if (bus->fd >= 0) {
        tty_discard_output(bus->fd); /* a blocked line would hold the close up */
        (void)close(bus->fd);
    }
    bus->fd = -1;
    bus->loop = NULL;
}
