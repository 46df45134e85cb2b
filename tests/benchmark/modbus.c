/*
 * modbus.c — the Modbus server beside a raw TCP echo of the same sizes.
 *
 * Server and echo are measured in turns of the same length by the same client loop; what is
 * printed is the median of the turns' ratios.
 */
#include <ev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "echo.h"
#include "firmware/service/modbus/registers.h"
#include "firmware/service/modbus/server.h"

#define REGISTERS_A_READ 125
#define SWEEP_READS      ((WM_REGISTERS + REGISTERS_A_READ - 1) / REGISTERS_A_READ)
#define ANSWER_HEADER    9
#define TURNS            15
#define READS_A_TURN     6400
#define SWEEPS_A_TURN    300

static struct wm_view view;

static void server_serve(int ready_fd)
{
    char error[256];
    struct ev_loop *loop = ev_default_loop(0);
    struct mbs_server *server = mbs_server_open(loop, "127.0.0.1:0", &view, error, sizeof error);
    if (server == NULL) {
        fprintf(stderr, "benchmark: %s\n", error);
        exit(2);
    }
    peer_ready(ready_fd, mbs_server_port(server));
    ev_run(loop, 0);
}

static size_t request_write(uint8_t *request, int first, int count)
{
    const uint8_t bytes[MODBUS_REQUEST_SIZE] = {0,
                                                1,
                                                0,
                                                0,
                                                0,
                                                6,
                                                1,
                                                3,
                                                (uint8_t)(first >> 8),
                                                (uint8_t)first,
                                                (uint8_t)(count >> 8),
                                                (uint8_t)count};
    memcpy(request, bytes, sizeof bytes);
    return ANSWER_HEADER + 2U * (size_t)count;
}

/* The requests of a sweep over the whole map; sizes[] gets those of the answers. */
static void sweep_write(uint8_t *requests, size_t *sizes)
{
    for (int i = 0; i < SWEEP_READS; i++) {
        const int left = WM_REGISTERS - i * REGISTERS_A_READ;
        sizes[i] = request_write(requests + i * MODBUS_REQUEST_SIZE,
                                 WM_REGISTER_FIRST + i * REGISTERS_A_READ,
                                 left < REGISTERS_A_READ ? left : REGISTERS_A_READ);
    }
}

/* Seconds that READS_A_TURN reads take, all clients asking before each is answered. */
static double reads_measure(const int *fds, int clients)
{
    uint8_t request[MODBUS_REQUEST_SIZE];
    uint8_t answer[ANSWER_HEADER + 2 * REGISTERS_A_READ];
    const size_t size = request_write(request, WM_REGISTER_FIRST, REGISTERS_A_READ);
    const double start = seconds_now();
    for (int done = 0; done < READS_A_TURN; done += clients) {
        for (int i = 0; i < clients; i++) {
            send_all(fds[i], request, sizeof request);
        }
        for (int i = 0; i < clients; i++) {
            receive_all(fds[i], answer, size);
        }
    }
    return seconds_now() - start;
}

static double sweep_measure(const int *fds, int clients)
{
    uint8_t requests[SWEEP_READS * MODBUS_REQUEST_SIZE];
    uint8_t answer[ANSWER_HEADER + 2 * REGISTERS_A_READ];
    size_t sizes[SWEEP_READS];
    (void)clients;
    sweep_write(requests, sizes);
    const double start = seconds_now();
    for (int sweep = 0; sweep < SWEEPS_A_TURN; sweep++) {
        for (int i = 0; i < SWEEP_READS; i++) {
            send_all(fds[0], requests + i * MODBUS_REQUEST_SIZE, MODBUS_REQUEST_SIZE);
            receive_all(fds[0], answer, sizes[i]);
        }
    }
    return seconds_now() - start;
}

static double pipelined_measure(const int *fds, int clients)
{
    static uint8_t answers[SWEEP_READS * ANSWER_HEADER + 2 * WM_REGISTERS];
    uint8_t requests[SWEEP_READS * MODBUS_REQUEST_SIZE];
    size_t sizes[SWEEP_READS];
    (void)clients;
    sweep_write(requests, sizes);
    const double start = seconds_now();
    for (int sweep = 0; sweep < SWEEPS_A_TURN; sweep++) {
        send_all(fds[0], requests, sizeof requests);
        receive_all(fds[0], answers, sizeof answers);
    }
    return seconds_now() - start;
}

/* A fast wrong answer is no answer: what a sweep reads is what the view says. */
static void sweep_verify(int fd)
{
    static uint16_t image[WM_REGISTERS];
    uint8_t requests[SWEEP_READS * MODBUS_REQUEST_SIZE];
    size_t sizes[SWEEP_READS];
    sweep_write(requests, sizes);
    mbs_image_fill(&view, image);
    for (int i = 0; i < SWEEP_READS; i++) {
        uint8_t answer[ANSWER_HEADER + 2 * REGISTERS_A_READ];
        send_all(fd, requests + i * MODBUS_REQUEST_SIZE, MODBUS_REQUEST_SIZE);
        receive_all(fd, answer, sizes[i]);
        for (size_t at = ANSWER_HEADER; at < sizes[i]; at += 2) {
            const size_t index = (size_t)i * REGISTERS_A_READ + (at - ANSWER_HEADER) / 2;
            must((answer[at] << 8 | answer[at + 1]) == image[index], "register");
        }
    }
}

static int compare(const void *left, const void *right)
{
    const double a = *(const double *)left;
    const double b = *(const double *)right;
    return (a > b) - (a < b);
}

/* Median of echo's time over the server's. */
static double ratio_measure(double (*measure)(const int *, int), const int *server, const int *echo,
                            int clients)
{
    double ratios[TURNS];
    measure(server, clients);
    measure(echo, clients);
    for (int i = 0; i < TURNS; i++) {
        const double served = measure(server, clients);
        ratios[i] = measure(echo, clients) / served;
    }
    qsort(ratios, TURNS, sizeof *ratios, compare);
    return ratios[TURNS / 2];
}

int main(void)
{
    bool is_met = true;
    int server_fds[WM_CLIENTS_MAX];
    int echo_fds[WM_CLIENTS_MAX];
    view_fill(&view, 4);
    core_pin();
    const struct peer server = peer_start(server_serve);
    const struct peer echo = peer_start(echo_tcp_serve);
    for (int i = 0; i < WM_CLIENTS_MAX; i++) {
        server_fds[i] = client_tcp(server.port);
        echo_fds[i] = client_tcp(echo.port);
    }
    sweep_verify(server_fds[0]);
    is_met &= figure_at_least("modbus_1_client_ratio",
                              ratio_measure(reads_measure, server_fds, echo_fds, 1), 0.85);
    is_met &= figure_at_least("modbus_8_clients_ratio",
                              ratio_measure(reads_measure, server_fds, echo_fds, 8), 0.90);
    is_met &= figure_at_least("modbus_64_clients_ratio",
                              ratio_measure(reads_measure, server_fds, echo_fds, 64), 0.90);
    is_met &= figure_at_most("modbus_sweep_times_echo",
                             1 / ratio_measure(sweep_measure, server_fds, echo_fds, 1), 1.3);
    is_met &= figure_at_most("modbus_pipelined_sweep_ms",
                             pipelined_measure(server_fds, 1) / SWEEPS_A_TURN * 1e3, 2);
    peer_stop(server);
    peer_stop(echo);
    return is_met ? 0 : 1;
}
