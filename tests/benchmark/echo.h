/*
 * echo.h — the peers that the services are measured against, and what both benchmarks share.
 *
 * A peer does the least a server can do: wait, read a request, write as many bytes as asked for.
 * Always true: client, service and peer run on one core, so that no wake-up across cores is part
 * of a figure.
 */
#ifndef BENCHMARK_ECHO_H
#define BENCHMARK_ECHO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "wm/view.h"

#define MODBUS_REQUEST_SIZE 12

/* A child process with a server in it. */
struct peer {
    pid_t child;
    int port;
};

/* Serves for ever after it wrote its port to ready_fd; in a process of its own. */
typedef void peer_serve(int ready_fd);

/* Ends this process, with one line, when something that must work does not. */
void must(bool is_well, const char *what);

/* Pins this process, and the children it starts later, to the core it runs on. */
void core_pin(void);

struct peer peer_start(peer_serve *serve);
void peer_stop(struct peer peer);
void peer_ready(int ready_fd, int port);

/* A TCP echo over epoll: 9 bytes and two for each register that a Modbus read asks for. */
void echo_tcp_serve(int ready_fd);

/* A UDP echo over epoll: as many bytes as the request's first two, big endian, say. */
void echo_udp_serve(int ready_fd);

int client_tcp(int port);
int client_udp(int port);

/* Whole requests out, whole answers in; blocking. */
void send_all(int fd, const void *bytes, size_t size);
void receive_all(int fd, void *bytes, size_t size);

double seconds_now(void);

/* A bank of 512 modules with 4 aux units, every value valid, default settings. */
void view_fill(struct wm_view *view, int32_t strings);

/* Prints `name value bar ok|MISSED`; both return whether the bar is met. */
bool figure_at_least(const char *name, double value, double bar);
bool figure_at_most(const char *name, double value, double bar);

#endif
