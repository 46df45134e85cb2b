/*
 * console_port.c — see console_port.h.
 */
#include "console_port.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "address.h"
#include "report.h"

enum {
    CHUNKS_A_TURN = 8, /* then the bus has its turn */
    BACKLOG = 4,
    /* A client whose machine has gone without a word is known to be gone after 90 s. One who does
     * not read is let be: his place is another's when he has been idle for long enough. */
    KEEP_IDLE_S = 60,
    KEEP_PERIOD_S = 10,
    KEEP_PROBES = 3,
    TOLD_MS = 60000, /* so often at most */
};
/* How long nobody is taken after the process ran out of descriptors. */
#define EXHAUSTED_S 0.1

/* ---- one that talks --------------------------------------------------------------------- */

static void port_end(struct console_port *port)
{
    ev_io_stop(port->ground->loop, &port->io);
    port->fd = -1;
}

static void tcp_end(struct console_port *port)
{
    if (port->fd >= 0) {
        (void)close(port->fd);
        port_end(port);
    }
}

static void port_lost(struct console_port *port, const char *why)
{
    if (port->line != NULL) {
        tty_line_lost(port->line, why);
    } else {
        tcp_end(port);
    }
}

/* Sends what is waiting. False: there is no room, or nobody is there any more. */
static bool output_send(struct console_port *port)
{
    while (port->output_begin < port->output_end) {
        const ssize_t size = write(port->fd, port->output + port->output_begin,
                                   port->output_end - port->output_begin);
        if (size < 0 && errno == EINTR) {
            continue;
        }
        if (size < 0 && errno != EAGAIN) {
            port_lost(port, strerror(errno));
        }
        if (size <= 0) {
            return false;
        }
        port->output_begin += (size_t)size;
    }
    return true;
}

/* The next part of the answer, or else of what was asked. False: nothing is left to do. */
static bool port_go_on(struct console_port *port)
{
    port->output_begin = 0;
    port->output_end = con_console_read(&port->console, port->output, sizeof port->output);
    if (port->output_end > 0) {
        return true;
    }
    const size_t taken = con_console_write(&port->console, port->input + port->input_begin,
                                           port->input_end - port->input_begin,
                                           port->ground->uptime_ms(port->ground->context));
    port->input_begin += taken;
    return taken > 0;
}

/* As much as a turn of the loop may take; then it waits for room, or for more to be asked. */
static void port_pump(struct console_port *port)
{
    bool has_more = true;
    for (int i = 0; i < CHUNKS_A_TURN && has_more; i++) {
        if (!output_send(port)) {
            break;
        }
        has_more = port_go_on(port);
    }
    if (port->fd < 0) {
        return;
    }
    const int events = has_more ? EV_WRITE : EV_READ;
    ev_io_stop(port->ground->loop, &port->io);
    ev_io_set(&port->io, port->fd, events);
    ev_io_start(port->ground->loop, &port->io);
}

static void port_ready(struct ev_loop *loop, ev_io *io, int events)
{
    struct console_port *port = io->data;
    (void)loop;
    port->active_ms = port->ground->uptime_ms(port->ground->context);
    if ((events & EV_READ) != 0 && port->input_begin == port->input_end) {
        const ssize_t size = read(port->fd, port->input, sizeof port->input);
        if (size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR)) {
            port_lost(port, size == 0 ? "hung up" : strerror(errno));
            return;
        }
        port->input_begin = 0;
        port->input_end = size > 0 ? (size_t)size : 0;
    }
    port_pump(port);
}

static void port_begin(struct console_port *port, const struct console_ground *ground, int fd)
{
    port->ground = ground;
    port->fd = fd;
    port->input_begin = port->input_end = 0;
    port->output_begin = port->output_end = 0;
    port->active_ms = ground->uptime_ms(ground->context);
    con_console_init(&port->console, ground->view, &ground->commands, ground->log, port->active_ms);
    ev_io_init(&port->io, port_ready, fd, EV_READ);
    port->io.data = port;
    ev_io_start(ground->loop, &port->io);
}

/* ---- a tty ------------------------------------------------------------------------------ */

static void tty_begins(void *self)
{
    struct console_tty *tty = self;
    tty->port.line = &tty->line;
    port_begin(&tty->port, tty->ground, tty->line.fd);
}

static void tty_ends(void *self)
{
    struct console_tty *tty = self;
    port_end(&tty->port);
}

bool console_tty_open(struct console_tty *tty, const char *path, const struct tty_options *options,
                      char *error, size_t error_size)
{
    const struct tty_line_options line = {
        .name = "console", .path = path, .tty = *options, .gone_level = REPORT_WARNING};
    return tty_line_open(&tty->line, &line, error, error_size);
}

void console_tty_start(struct console_tty *tty, const struct console_ground *ground)
{
    static const struct tty_line_user user = {tty_begins, tty_ends, "set another console_baud"};
    const struct tty_form form = tty->line.options.tty.form;
    tty->ground = ground;
    tty_line_start(&tty->line, ground->loop);
    tty_line_take(&tty->line, &user, tty, &form);
}

void console_tty_close(struct console_tty *tty)
{
    tty_line_close(&tty->line);
}

/* ---- TCP -------------------------------------------------------------------------------- */

static void client_set(int fd)
{
    const int yes = 1;
    const int idle_s = KEEP_IDLE_S;
    const int period_s = KEEP_PERIOD_S;
    const int probes = KEEP_PROBES;
    (void)fcntl(fd, F_SETFL, O_NONBLOCK);
    (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
    (void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &yes, sizeof yes);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle_s, sizeof idle_s);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &period_s, sizeof period_s);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof probes);
}

/* The last word to a client, who may have gone. */
static void word_send(int fd, const char *word)
{
    (void)send(fd, word, strlen(word), MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void crowd_tell(struct console_tcp *tcp, wm_ms now_ms)
{
    if (!tcp->is_crowd_told || now_ms - tcp->crowd_told_ms >= TOLD_MS) {
        tcp->is_crowd_told = true;
        tcp->crowd_told_ms = now_ms;
        report(REPORT_WARNING,
               "console over TCP: more than %d at once; one idle for %d s makes way, others are "
               "refused; end those that are not needed",
               CONSOLE_CLIENTS_MAX, CONSOLE_IDLE_MS / 1000);
    }
}

/* A place that is free, or else that of the one idle longest; null: all are at work. */
static struct console_port *place_find(struct console_tcp *tcp)
{
    const wm_ms now_ms = tcp->ground->uptime_ms(tcp->ground->context);
    struct console_port *oldest = &tcp->client[0];
    for (int i = 0; i < CONSOLE_CLIENTS_MAX; i++) {
        struct console_port *port = &tcp->client[i];
        if (port->fd < 0) {
            return port;
        }
        oldest = port->active_ms < oldest->active_ms ? port : oldest;
    }
    crowd_tell(tcp, now_ms);
    if (now_ms - oldest->active_ms < CONSOLE_IDLE_MS) {
        return NULL;
    }
    word_send(oldest->fd, "error busy another client came, and this one was idle longest\n");
    tcp_end(oldest);
    return oldest;
}

/* Who waits to be taken stays readable: to listen on would spin. */
static void exhausted_pause(struct console_tcp *tcp)
{
    const char *why = strerror(errno);
    const wm_ms now_ms = tcp->ground->uptime_ms(tcp->ground->context);
    ev_io_stop(tcp->ground->loop, &tcp->listener);
    ev_timer_set(&tcp->exhausted, EXHAUSTED_S, 0.);
    ev_timer_start(tcp->ground->loop, &tcp->exhausted);
    if (!tcp->is_exhausted_told && now_ms >= tcp->exhausted_next_ms) {
        tcp->is_exhausted_told = true;
        tcp->exhausted_next_ms = now_ms + TOLD_MS;
        report(REPORT_WARNING,
               "console over TCP: nobody can be taken: %s; end clients that are not needed, of "
               "Modbus too, or give the webmanager more descriptors",
               why);
    }
}

static void exhausted_ends(struct ev_loop *loop, ev_timer *timer, int events)
{
    struct console_tcp *tcp = timer->data;
    (void)events;
    ev_io_start(loop, &tcp->listener);
}

static void tcp_accept(struct ev_loop *loop, ev_io *io, int events)
{
    struct console_tcp *tcp = io->data;
    (void)loop;
    (void)events;
    const int fd = accept(tcp->fd, NULL, NULL);
    if (fd < 0) {
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            exhausted_pause(tcp);
        }
        return;
    }
    tcp->is_exhausted_told = false;
    struct console_port *place = place_find(tcp);
    if (place == NULL) {
        word_send(fd, "error busy all consoles are at work; end one, or try again in a minute\n");
        (void)close(fd);
        return;
    }
    client_set(fd);
    port_begin(place, tcp->ground, fd);
    con_console_share(&place->console, &tcp->budget);
}

bool console_tcp_open(struct console_tcp *tcp, const char *text,
                      const struct console_ground *ground, char *error, size_t error_size)
{
    const struct address address = {"console", "console-tcp", text, SOCK_STREAM, BACKLOG};
    *tcp = (struct console_tcp){.ground = ground, .fd = -1};
    for (int i = 0; i < CONSOLE_CLIENTS_MAX; i++) {
        tcp->client[i].fd = -1;
    }
    tcp->fd = address_bind(&address, error, error_size);
    if (tcp->fd < 0) {
        return false;
    }
    con_budget_init(&tcp->budget, ground->uptime_ms(ground->context));
    ev_timer_init(&tcp->exhausted, exhausted_ends, EXHAUSTED_S, 0.);
    tcp->exhausted.data = tcp;
    ev_io_init(&tcp->listener, tcp_accept, tcp->fd, EV_READ);
    tcp->listener.data = tcp;
    ev_io_start(ground->loop, &tcp->listener);
    return true;
}

int console_tcp_port(const struct console_tcp *tcp)
{
    struct sockaddr_storage at = {0};
    socklen_t size = sizeof at;
    if (getsockname(tcp->fd, (struct sockaddr *)&at, &size) != 0) {
        return 0;
    }
    return ntohs(at.ss_family == AF_INET6 ? ((const struct sockaddr_in6 *)&at)->sin6_port
                                          : ((const struct sockaddr_in *)&at)->sin_port);
}

void console_tcp_close(struct console_tcp *tcp)
{
    if (tcp->fd < 0) {
        return;
    }
    for (int i = 0; i < CONSOLE_CLIENTS_MAX; i++) {
        tcp_end(&tcp->client[i]);
    }
    ev_timer_stop(tcp->ground->loop, &tcp->exhausted);
    ev_io_stop(tcp->ground->loop, &tcp->listener);
    (void)close(tcp->fd);
    tcp->fd = -1;
}
