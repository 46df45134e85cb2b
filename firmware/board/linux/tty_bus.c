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

/* Longer than any frame at the lowest speed: the line is blocked, or nobody reads the pty. */
#define STUCK_MS 400

/* ---- bytes in --------------------------------------------------------------------------- */

static void byte_keep(struct tty_bus *bus, uint8_t byte)
{
    if (bus->input_size < sizeof bus->input) {
        bus->input[bus->input_size++] = byte;
    }
}

/* What was sent and is heard again is dropped. Another byte in its place: it was no echo, though
 * it began as one, as every answer does. */
static void byte_take(struct tty_bus *bus, uint8_t byte)
{
    if (bus->echo_at < bus->echo_size && byte == bus->echo[bus->echo_at]) {
        bus->echo_at++;
        return;
    }
    if (bus->echo_at < bus->echo_size) {
        for (size_t i = 0; i < bus->echo_at; i++) {
            byte_keep(bus, bus->echo[i]);
        }
        bus->echo_size = bus->echo_at = 0;
    }
    byte_keep(bus, byte);
}

/* All that has come. */
static void bytes_read(struct tty_bus *bus)
{
    uint8_t bytes[TTY_BUS_INPUT_MAX];
    ssize_t size = sizeof bytes;
    /* Bounded, whoever babbles: what is left wakes the loop again. */
    for (int i = 0; i < 4 && size == sizeof bytes; i++) {
        size = read(bus->line->fd, bytes, sizeof bytes);
        for (ssize_t k = 0; k < size; k++) {
            byte_take(bus, bytes[k]);
        }
    }
    if (size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR)) {
        tty_line_lost(bus->line, size == 0 ? "hung up" : strerror(errno));
    }
}

static int bus_receive(void *self, uint8_t *bytes, size_t size_max)
{
    struct tty_bus *bus = self;
    if (tty_line_is_of(bus->line, bus) && !bus->is_read) {
        bytes_read(bus);
    }
    if (!tty_line_is_of(bus->line, bus)) {
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
    if (tty_unsent(bus->line->fd) == 0) {
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
    tty_discard_output(bus->line->fd);
    bus->is_stuck = false;
    return WM_IO;
}

static enum wm_status bus_transmit(void *self, const uint8_t *bytes, size_t size)
{
    struct tty_bus *bus = self;
    const int fd = bus->line->fd;
    assert(size > 0 && size <= WM_FRAME_SIZE_MAX);
    if (fd < 0 || bus->line->loop == NULL) {
        return WM_IO;
    }
    const enum wm_status status = last_sent(bus);
    if (status != WM_OK) {
        return status;
    }
    tty_bus_take(bus);
    tty_discard_input(fd);
    bus->input_size = 0;
    if (write(fd, bytes, size) != (ssize_t)size) {
        tty_discard_output(fd); /* half a question asks nothing */
        return WM_IO;
    }
    bus->echo_at = 0;
    bus->echo_size = bus->line->options.discards_echo ? size : 0;
    memcpy(bus->echo, bytes, size);
    return WM_OK;
}

struct wm_bus tty_bus_port(struct tty_bus *bus)
{
    static const struct wm_bus_ops ops = {bus_transmit, bus_receive};
    return (struct wm_bus){&ops, bus};
}

/* ---- the line --------------------------------------------------------------------------- */

static void readable(struct ev_loop *loop, ev_io *io, int events)
{
    struct tty_bus *bus = io->data;
    (void)loop;
    (void)events;
    bytes_read(bus);
    bus->is_read = true;
    bus->heard(bus->context);
    bus->is_read = false;
}

static void bus_begins(void *self)
{
    struct tty_bus *bus = self;
    bus->input_size = 0;
    bus->echo_size = bus->echo_at = 0;
    bus->is_stuck = false;
    ev_io_init(&bus->io, readable, bus->line->fd, EV_READ);
    bus->io.data = bus;
    ev_io_start(bus->line->loop, &bus->io);
}

static void bus_ends(void *self)
{
    struct tty_bus *bus = self;
    ev_io_stop(bus->line->loop, &bus->io);
}

void tty_bus_take(struct tty_bus *bus)
{
    static const struct tty_line_user user = {bus_begins, bus_ends, "set another bus.baud"};
    const struct tty_form form = {.baud = *bus->wished_baud, .frame = TTY_8N1};
    tty_line_take(bus->line, &user, bus, &form);
}

void tty_bus_init(struct tty_bus *bus, struct tty_line *line, const int32_t *wished_baud,
                  void (*heard)(void *context), void *context)
{
    *bus = (struct tty_bus){
        .line = line, .wished_baud = wished_baud, .heard = heard, .context = context};
}
