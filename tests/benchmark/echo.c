/*
 * echo.c — raw epoll peers, blocking clients, a clock and a printer.
 */
#include "echo.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define EVENTS_MAX 64
#define ANSWER_MAX 65536

void must(bool is_well, const char *what)
{
    if (!is_well) {
        fprintf(stderr, "benchmark: %s: %s; run it on a machine with a loopback\n", what,
                strerror(errno));
        exit(2);
    }
}

void core_pin(void)
{
    cpu_set_t cores;
    CPU_ZERO(&cores);
    CPU_SET((size_t)sched_getcpu(), &cores);
    must(sched_setaffinity(0, sizeof cores, &cores) == 0, "pinning to a core");
}

struct peer peer_start(peer_serve *serve)
{
    int ready[2];
    struct peer peer;
    must(pipe(ready) == 0, "pipe");
    const pid_t parent = getpid();
    peer.child = fork();
    must(peer.child >= 0, "fork");
    if (peer.child == 0) {
        close(ready[0]);
        /* Without its parent it ends with the next request that fails. */
        must(getppid() == parent, "parent");
        serve(ready[1]);
        exit(2);
    }
    close(ready[1]);
    must(read(ready[0], &peer.port, sizeof peer.port) == (ssize_t)sizeof peer.port, "peer start");
    close(ready[0]);
    return peer;
}

void peer_ready(int ready_fd, int port)
{
    must(write(ready_fd, &port, sizeof port) == (ssize_t)sizeof port, "peer ready");
    close(ready_fd);
}

void peer_stop(struct peer peer)
{
    kill(peer.child, SIGKILL);
    waitpid(peer.child, NULL, 0);
}

/* ---- peers ------------------------------------------------------------------------------ */

static int bind_loopback(int fd)
{
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof here;
    must(fd >= 0 && bind(fd, (struct sockaddr *)&here, size) == 0, "bind");
    must(getsockname(fd, (struct sockaddr *)&here, &size) == 0, "getsockname");
    return ntohs(here.sin_port);
}

static void watch(int poller, int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    must(epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event) == 0, "epoll_ctl");
}

static void echo_tcp_answer(int fd)
{
    static const uint8_t answer[ANSWER_MAX];
    uint8_t requests[MODBUS_REQUEST_SIZE * 64];
    const ssize_t size = recv(fd, requests, sizeof requests, 0);
    if (size <= 0) {
        close(fd);
        return;
    }
    size_t answer_size = 0;
    for (ssize_t at = 0; at + MODBUS_REQUEST_SIZE <= size; at += MODBUS_REQUEST_SIZE) {
        answer_size += 9U + 2U * ((size_t)requests[at + 10] << 8 | requests[at + 11]);
    }
    send_all(fd, answer, answer_size);
}

void echo_tcp_serve(int ready_fd)
{
    const int yes = 1;
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    const int port = bind_loopback(listener);
    const int poller = epoll_create1(0);
    struct epoll_event events[EVENTS_MAX];
    must(listen(listener, EVENTS_MAX) == 0, "listen");
    watch(poller, listener);
    peer_ready(ready_fd, port);
    for (;;) {
        const int count = epoll_wait(poller, events, EVENTS_MAX, -1);
        for (int i = 0; i < count; i++) {
            if (events[i].data.fd != listener) {
                echo_tcp_answer(events[i].data.fd);
                continue;
            }
            const int fd = accept(listener, NULL, NULL);
            must(fd >= 0, "accept");
            setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
            watch(poller, fd);
        }
    }
}

void echo_udp_serve(int ready_fd)
{
    static uint8_t bytes[ANSWER_MAX];
    const int fd = socket(AF_INET, SOCK_DGRAM, 0);
    const int port = bind_loopback(fd);
    const int poller = epoll_create1(0);
    struct epoll_event event;
    watch(poller, fd);
    peer_ready(ready_fd, port);
    for (;;) {
        struct sockaddr_in from;
        socklen_t from_size = sizeof from;
        epoll_wait(poller, &event, 1, -1);
        recvfrom(fd, bytes, sizeof bytes, 0, (struct sockaddr *)&from, &from_size);
        const size_t size = (size_t)bytes[0] << 8 | bytes[1];
        sendto(fd, bytes, size, 0, (struct sockaddr *)&from, from_size);
    }
}

/* ---- clients ---------------------------------------------------------------------------- */

static int client_connect(int type, int port)
{
    struct sockaddr_in there = {.sin_family = AF_INET,
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                .sin_port = htons((uint16_t)port)};
    const int fd = socket(AF_INET, type, 0);
    must(fd >= 0 && connect(fd, (struct sockaddr *)&there, sizeof there) == 0, "connect");
    return fd;
}

int client_tcp(int port)
{
    const int yes = 1;
    const int fd = client_connect(SOCK_STREAM, port);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    return fd;
}

int client_udp(int port)
{
    const struct timeval patience = {.tv_sec = 5};
    const int fd = client_connect(SOCK_DGRAM, port);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    return fd;
}

void send_all(int fd, const void *bytes, size_t size)
{
    must(send(fd, bytes, size, MSG_NOSIGNAL) == (ssize_t)size, "send");
}

void receive_all(int fd, void *bytes, size_t size)
{
    size_t have = 0;
    while (have < size) {
        const ssize_t more = recv(fd, (uint8_t *)bytes + have, size - have, 0);
        must(more > 0, "receive");
        have += (size_t)more;
    }
}

double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* ---- the bank and the figures ----------------------------------------------------------- */

void view_fill(struct wm_view *view, int32_t strings)
{
    memset(view, 0, sizeof *view);
    view->boots = 1;
    for (int i = 0; i < wm_text_count; i++) {
        const enum wm_text text = (enum wm_text)i;
        must(wm_text_set(&view->settings, text, wm_text(text)->value_default) == WM_OK, "text");
    }
    for (int i = 0; i < wm_setting_count; i++) {
        view->settings.value[i] = wm_setting((enum wm_setting)i)->value_default;
    }
    view->settings.value[wm_setting_bank_modules] = WM_MODULES_MAX;
    view->settings.value[wm_setting_bank_strings] = strings;
    view->settings.value[wm_setting_bank_aux_units] = WM_AUX_MAX;
    view->settings.value[wm_setting_modbus_clients_max] = WM_CLIENTS_MAX;
    view->generation = 1;
    view->system = (struct wm_view_system){.valid = UINT32_MAX, .status_flags = 0x0041};
    for (int i = 0; i < WM_MODULES_MAX; i++) {
        view->module[i] = (struct wm_view_module){.valid = UINT32_MAX,
                                                  .position_index = i,
                                                  .voltage_mV = 12941 + i,
                                                  .temperature_mdegC = 21500,
                                                  .resistance_uOhm = 4560 + i};
    }
    for (int i = 0; i < strings; i++) {
        view->string[i] = (struct wm_view_string){
            .valid = UINT32_MAX, .position_index = i, .voltage_sum_mV = 116469};
    }
}

static bool figure_print(const char *name, double value, double bar, bool is_met)
{
    printf("%-28s %8.3f %6.2f %s\n", name, value, bar, is_met ? "ok" : "MISSED");
    fflush(stdout);
    return is_met;
}

bool figure_at_least(const char *name, double value, double bar)
{
    return figure_print(name, value, bar, value >= bar);
}

bool figure_at_most(const char *name, double value, double bar)
{
    return figure_print(name, value, bar, value <= bar);
}
