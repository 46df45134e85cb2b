/*
 * server.c — connections, framing and fairness; libmodbus only listens and lays out answers.
 *
 * Always true: a client in `has_backlog` holds a whole request that the idle watcher will serve; a
 * client with output left waits for room in its socket and is not read; every client has a running
 * timer.
 *
 * libmodbus 3.1.6 is kept from waiting: it receives nothing (its select blocks, and aborts above
 * 1,024 descriptors), and it is given only requests it can answer at once (a bad one makes it
 * sleep). It cannot finish an answer of which the socket took a part: it writes to a client's
 * socket only where there is room for certain, else to a socket pair whose other end is read here.
 */
#include "server.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <ev.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <modbus/modbus.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "registers.h"
#include "request.h"
#include "wm/catalog.h"
#include "wm/limits.h"

/* Modbus TCP: transaction, protocol and length before the bytes that the length counts. */
#define HEADER_SIZE    6
#define LENGTH_MIN     2
#define LENGTH_MAX     254
#define UNIT_INDEX     6
#define FUNCTION_INDEX 7

/* Units that every TCP server answers beside its own (decision M9). */
#define UNIT_BROADCAST 0
#define UNIT_ANY       255

/* Decision M11, in wall time. */
#define IDLE_S       120.0
#define UNFINISHED_S 5.0
/* How long no connection is accepted after the process ran out of descriptors. */
#define EXHAUSTED_S 0.1

/* A pipelined sweep of the whole map is 22 requests of 12 bytes; one request is 260 at most. */
#define INPUT_SIZE 1024
/* Answers that a client has not read; the kernel's default would let each hold megabytes. */
#define UNREAD_SIZE 65536
/*
 * With no more than this unread there is room for an answer: the kernel counts some 900 bytes for
 * each of 259, against twice UNREAD_SIZE.
 */
#define UNREAD_SURE_SIZE 16384
#define ACCEPTS_A_TURN   8
#define LISTEN_BACKLOG   128

struct mbs_client {
    ev_io io;
    ev_timer timer;
    struct mbs_server *server;
    int fd; /* -1: free */
    bool has_backlog;
    bool is_corked;
    bool is_half; /* part of a request is here */
    size_t begin; /* of the bytes not served yet */
    size_t end;
    uint8_t input[INPUT_SIZE];
    size_t unread; /* bytes of answers that the peer has not acknowledged, at most */
    size_t output_begin;
    size_t output_end;
    uint8_t output[MODBUS_TCP_MAX_ADU_LENGTH]; /* what the socket had no room for */
};

struct mbs_server {
    struct ev_loop *loop;
    const struct wm_view *view;
    modbus_t *modbus;
    modbus_mapping_t mapping; /* over the image of registers */
    int capture[2];           /* written by libmodbus, read here */
    ev_io listener;
    ev_timer exhausted;
    ev_idle backlog;
    int listener_fd;
    int port;
    struct mbs_registers registers;
    struct mbs_client clients[WM_CLIENTS_MAX];
};

enum frame { FRAME_PART, FRAME_WHOLE, FRAME_BAD };
enum outcome { SERVED, BLOCKED, BROKEN };

static unsigned word(const uint8_t *bytes)
{
    return (unsigned)bytes[0] << 8 | bytes[1];
}

/* What the unserved bytes begin with; *size is then that of a whole request. */
static enum frame frame_look(const struct mbs_client *client, size_t *size)
{
    const uint8_t *bytes = client->input + client->begin;
    const size_t have = client->end - client->begin;
    /* A protocol other than 0 is no Modbus: as soon as it shows, for the rest cannot be framed. */
    if ((have > 2 && bytes[2] != 0) || (have > 3 && bytes[3] != 0)) {
        return FRAME_BAD;
    }
    if (have < HEADER_SIZE) {
        return FRAME_PART;
    }
    const unsigned length = word(bytes + 4);
    if (length < LENGTH_MIN || length > LENGTH_MAX) {
        return FRAME_BAD;
    }
    *size = HEADER_SIZE + length;
    return have < *size ? FRAME_PART : FRAME_WHOLE;
}

/* ---- one request ------------------------------------------------------------------------ */

static bool is_for_us(const struct mbs_server *server, uint8_t unit)
{
    return unit == UNIT_BROADCAST || unit == UNIT_ANY ||
           unit == server->view->settings.value[wm_setting_modbus_unit_id];
}

/* Writes the answer to fd; returns its size, 0 where there is to be none, or -1. */
static int request_answer(struct mbs_server *server, int fd, uint8_t *request, size_t size)
{
    if (!is_for_us(server, request[UNIT_INDEX])) {
        return 0;
    }
    modbus_set_socket(server->modbus, fd);
    struct mbs_request read;
    const enum mbs_fault fault =
        mbs_request_read(request + FUNCTION_INDEX, size - FUNCTION_INDEX, &read);
    if (fault != MBS_FAULT_NONE) {
        /* The library adds 0x80: over a function that has it already this would be a read's. */
        request[FUNCTION_INDEX] &= 0x7F;
        return modbus_reply_exception(server->modbus, request, fault);
    }
    (void)mbs_registers_image(&server->registers);
    return modbus_reply(server->modbus, request, (int)size, &server->mapping);
}

/* ---- one client ------------------------------------------------------------------------- */

static void client_deadline(struct mbs_client *client, double seconds)
{
    client->timer.repeat = seconds;
    ev_timer_again(client->server->loop, &client->timer);
}

static void client_cork(struct mbs_client *client, bool is_corked)
{
    if (client->is_corked != is_corked) {
        const int option = is_corked;
        client->is_corked = is_corked;
        (void)setsockopt(client->fd, IPPROTO_TCP, TCP_CORK, &option, sizeof option);
    }
}

static void client_wait_for(struct mbs_client *client, int events)
{
    struct ev_loop *loop = client->server->loop;
    ev_io_stop(loop, &client->io);
    ev_io_set(&client->io, client->fd, events);
    ev_io_start(loop, &client->io);
}

static void client_close(struct mbs_client *client)
{
    struct ev_loop *loop = client->server->loop;
    ev_io_stop(loop, &client->io);
    ev_timer_stop(loop, &client->timer);
    client_cork(client, false);
    close(client->fd);
    client->fd = -1;
    client->has_backlog = false;
}

/* After a request was served, or bytes came: what is next for this client? */
static void client_settle(struct mbs_client *client)
{
    size_t size;
    const enum frame next = frame_look(client, &size);
    client->has_backlog = next == FRAME_WHOLE;
    if (next == FRAME_BAD) {
        client_close(client);
        return;
    }
    if (client->has_backlog) {
        ev_idle_start(client->server->loop, &client->server->backlog);
        return;
    }
    client_cork(client, false);
    client->end -= client->begin;
    memmove(client->input, client->input + client->begin, client->end);
    client->begin = 0;
    /* Counted from its first byte: one that drips gains no time. */
    const bool was_half = client->is_half;
    client->is_half = client->end > 0;
    if (client->is_half && !was_half) {
        client_deadline(client, UNFINISHED_S);
    }
}

static enum outcome client_flush(struct mbs_client *client)
{
    const ssize_t size = send(client->fd, client->output + client->output_begin,
                              client->output_end - client->output_begin, MSG_NOSIGNAL);
    if (size < 0) {
        return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? BLOCKED : BROKEN;
    }
    client->output_begin += (size_t)size;
    return client->output_begin < client->output_end ? BLOCKED : SERVED;
}

static bool client_has_room(struct mbs_client *client)
{
    int unread = 0;
    if (client->unread > UNREAD_SURE_SIZE && ioctl(client->fd, SIOCOUTQ, &unread) == 0) {
        client->unread = (size_t)unread;
    }
    return client->unread <= UNREAD_SURE_SIZE;
}

static enum outcome client_answer(struct mbs_client *client, uint8_t *request, size_t size)
{
    struct mbs_server *server = client->server;
    if (client_has_room(client)) {
        const int answer = request_answer(server, client->fd, request, size);
        client->unread += answer > 0 ? (size_t)answer : 0;
        return answer < 0 ? BROKEN : SERVED;
    }
    const int answer = request_answer(server, server->capture[0], request, size);
    if (answer <= 0) {
        return answer < 0 ? BROKEN : SERVED;
    }
    const ssize_t taken = recv(server->capture[1], client->output, sizeof client->output, 0);
    if (taken != answer) {
        return BROKEN;
    }
    client->output_begin = 0;
    client->output_end = (size_t)answer;
    return client_flush(client);
}

/* Serves one request at most, so that no neighbour waits for more than that. */
static void client_turn(struct mbs_client *client)
{
    size_t size;
    if (frame_look(client, &size) == FRAME_WHOLE) {
        uint8_t *request = client->input + client->begin;
        if (client->end - client->begin > size) {
            client_cork(client, true); /* the answers of a pipeline leave together */
        }
        const enum outcome outcome = client_answer(client, request, size);
        if (outcome == BROKEN) {
            client_close(client);
            return;
        }
        client->begin += size;
        client->is_half = false;
        if (outcome == BLOCKED) {
            client->has_backlog = false;
            client_cork(client, false);
            client_wait_for(client, EV_WRITE);
            client_deadline(client, UNFINISHED_S);
            return;
        }
        client_deadline(client, IDLE_S);
    }
    client_settle(client);
}

/* There is room for the rest of an answer. */
static void client_resume(struct mbs_client *client)
{
    const enum outcome outcome = client_flush(client);
    if (outcome == BROKEN) {
        client_close(client);
    } else if (outcome == SERVED) {
        client_wait_for(client, EV_READ);
        client_deadline(client, IDLE_S);
        client_settle(client);
    }
}

static void on_client(struct ev_loop *loop, ev_io *io, int events)
{
    struct mbs_client *client = io->data;
    (void)loop;
    (void)events;
    if (client->output_begin < client->output_end) {
        client_resume(client);
        return;
    }
    if (client->has_backlog) {
        return;
    }
    assert(client->end < INPUT_SIZE);
    const ssize_t size = recv(client->fd, client->input + client->end, INPUT_SIZE - client->end, 0);
    if (size > 0) {
        client->end += (size_t)size;
        client_turn(client);
    } else if (size == 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)) {
        client_close(client);
    }
}

static void on_timer(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop;
    (void)events;
    client_close(timer->data);
}

static void on_backlog(struct ev_loop *loop, ev_idle *idle, int events)
{
    struct mbs_server *server = idle->data;
    bool is_left = false;
    (void)events;
    for (int i = 0; i < WM_CLIENTS_MAX; i++) {
        if (server->clients[i].has_backlog) {
            client_turn(&server->clients[i]);
            is_left = is_left || server->clients[i].has_backlog;
        }
    }
    if (!is_left) {
        ev_idle_stop(loop, idle);
    }
}

/* ---- new clients ------------------------------------------------------------------------ */

static bool socket_prepare(int fd)
{
    return fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 && fcntl(fd, F_SETFL, O_NONBLOCK) == 0;
}

/* A free place, or null when as many as the setting allows are connected. */
static struct mbs_client *client_place(struct mbs_server *server)
{
    const int32_t setting = server->view->settings.value[wm_setting_modbus_clients_max];
    const int32_t clients_max = wm_clamp(setting, 1, WM_CLIENTS_MAX);
    struct mbs_client *place = NULL;
    int32_t clients = 0;
    for (int i = 0; i < WM_CLIENTS_MAX; i++) {
        if (server->clients[i].fd >= 0) {
            clients++;
        } else {
            place = &server->clients[i];
        }
    }
    return clients < clients_max ? place : NULL;
}

static void client_open(struct mbs_server *server, int fd)
{
    const int yes = 1;
    const int unread = UNREAD_SIZE;
    struct mbs_client *client = client_place(server);
    if (client == NULL || !socket_prepare(fd)) {
        close(fd);
        return;
    }
    /* Without it a client that pipelines its reads waits 40 ms for each delayed acknowledgement. */
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &unread, sizeof unread);
    *client = (struct mbs_client){.server = server, .fd = fd};
    ev_io_init(&client->io, on_client, fd, EV_READ);
    client->io.data = client;
    ev_io_start(server->loop, &client->io);
    ev_init(&client->timer, on_timer);
    /* What arrived while the loop was not run counts before the time that passed meanwhile. */
    ev_set_priority(&client->timer, EV_MINPRI);
    client->timer.data = client;
    client_deadline(client, IDLE_S);
}

static void on_listener(struct ev_loop *loop, ev_io *io, int events)
{
    struct mbs_server *server = io->data;
    (void)events;
    for (int i = 0; i < ACCEPTS_A_TURN; i++) {
        const int fd = accept(server->listener_fd, NULL, NULL);
        if (fd >= 0) {
            client_open(server, fd);
        } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            /* The connection stays readable: to listen on would spin. */
            ev_io_stop(loop, io);
            ev_timer_set(&server->exhausted, EXHAUSTED_S, 0.);
            ev_timer_start(loop, &server->exhausted);
            return;
        } else if (errno != ECONNABORTED && errno != EINTR && errno != EPROTO) {
            return;
        }
    }
}

static void on_exhausted(struct ev_loop *loop, ev_timer *timer, int events)
{
    struct mbs_server *server = timer->data;
    (void)events;
    ev_io_start(loop, &server->listener);
}

/* ---- the server ------------------------------------------------------------------------- */

/* Splits "HOST:PORT" or "[HOST]:PORT"; false when it is neither or the port is none. */
static bool address_split(const char *address, char *host, size_t host_size, const char **port)
{
    const char *colon = strrchr(address, ':');
    if (colon == NULL || colon == address || !isdigit((unsigned char)colon[1])) {
        return false;
    }
    char *end;
    const long number = strtol(colon + 1, &end, 10);
    if (*end != '\0' || number > UINT16_MAX) {
        return false;
    }
    size_t length = (size_t)(colon - address);
    if (address[0] == '[' && colon[-1] == ']') {
        address++;
        length -= 2;
    } else if (memchr(address, ':', length) != NULL) {
        return false;
    }
    if (length == 0 || length >= host_size) {
        return false;
    }
    memcpy(host, address, length);
    host[length] = '\0';
    *port = colon + 1;
    return true;
}

static const char *listen_reason(int code)
{
    /* This is what libmodbus makes of a name that cannot be resolved. */
    return code == ECONNREFUSED ? "unknown host" : strerror(code);
}

static int port_of(int fd)
{
    struct sockaddr_storage bound = {0};
    socklen_t size = sizeof bound;
    if (getsockname(fd, (struct sockaddr *)&bound, &size) != 0) {
        return 0;
    }
    /* The port is at the same place in both families. */
    return ntohs(((const struct sockaddr_in *)(const void *)&bound)->sin_port);
}

/* The listening descriptor, or -1 with a line in error; *modbus is then released. */
static int server_listen(const char *address, modbus_t **modbus, char *error, size_t error_size)
{
    char host[256];
    const char *port;
    if (!address_split(address, host, sizeof host, &port)) {
        snprintf(error, error_size,
                 "modbus %s: no HOST:PORT; write it as in --modbus 127.0.0.1:1502", address);
        return -1;
    }
    *modbus = modbus_new_tcp_pi(host, port);
    if (*modbus == NULL) {
        snprintf(error, error_size, "modbus %s: %s; free some memory", address, strerror(errno));
        return -1;
    }
    const int fd = modbus_tcp_pi_listen(*modbus, LISTEN_BACKLOG);
    if (fd >= 0 && socket_prepare(fd)) {
        return fd;
    }
    snprintf(error, error_size, "modbus %s: %s; choose another %s with --modbus HOST:PORT", address,
             listen_reason(errno), errno == EADDRINUSE || errno == EACCES ? "port" : "address");
    if (fd >= 0) {
        close(fd);
    }
    modbus_free(*modbus);
    return -1;
}

static void server_start(struct mbs_server *server)
{
    server->mapping = (modbus_mapping_t){
        .nb_registers = WM_REGISTERS,
        .start_registers = WM_REGISTER_FIRST,
        .tab_registers = server->registers.image,
        .nb_input_registers = WM_REGISTERS,
        .start_input_registers = WM_REGISTER_FIRST,
        .tab_input_registers = server->registers.image,
    };
    for (int i = 0; i < WM_CLIENTS_MAX; i++) {
        server->clients[i].fd = -1;
    }
    ev_idle_init(&server->backlog, on_backlog);
    /* Above everything else: once every turn of the loop, however busy the sockets are. */
    ev_set_priority(&server->backlog, EV_MAXPRI);
    server->backlog.data = server;
    ev_init(&server->exhausted, on_exhausted);
    server->exhausted.data = server;
    ev_io_init(&server->listener, on_listener, server->listener_fd, EV_READ);
    server->listener.data = server;
    ev_io_start(server->loop, &server->listener);
}

struct mbs_server *mbs_server_open(struct ev_loop *loop, const char *address,
                                   const struct wm_view *view, char *error, size_t error_size)
{
    modbus_t *modbus;
    const int fd = server_listen(address, &modbus, error, error_size);
    if (fd < 0) {
        return NULL;
    }
    struct mbs_server *server = calloc(1, sizeof *server);
    if (server == NULL) {
        snprintf(error, error_size, "modbus %s: %s; free some memory", address, strerror(ENOMEM));
        close(fd);
        modbus_free(modbus);
        return NULL;
    }
    if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, server->capture) != 0) {
        snprintf(error, error_size, "modbus %s: %s; raise ulimit -n", address, strerror(errno));
        close(fd);
        modbus_free(modbus);
        free(server);
        return NULL;
    }
    (void)socket_prepare(server->capture[0]);
    (void)socket_prepare(server->capture[1]);
    server->loop = loop;
    server->view = view;
    server->registers.view = view;
    server->modbus = modbus;
    server->listener_fd = fd;
    server->port = port_of(fd);
    server_start(server);
    return server;
}

int mbs_server_port(const struct mbs_server *server)
{
    return server->port;
}

void mbs_server_close(struct mbs_server *server)
{
    if (server == NULL) {
        return;
    }
    for (int i = 0; i < WM_CLIENTS_MAX; i++) {
        if (server->clients[i].fd >= 0) {
            client_close(&server->clients[i]);
        }
    }
    ev_io_stop(server->loop, &server->listener);
    ev_timer_stop(server->loop, &server->exhausted);
    ev_idle_stop(server->loop, &server->backlog);
    close(server->listener_fd);
    close(server->capture[0]);
    close(server->capture[1]);
    modbus_free(server->modbus);
    free(server);
}
