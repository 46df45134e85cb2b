/*
 * snmp.c — a walk of 512 rows x 6 columns by GETBULK beside a UDP echo of the same sizes, and
 * beside the same walk of a bank in more strings.
 *
 * The requests are written before the clock runs, the sizes of the answers are taken from a first
 * walk; then agents and echo see the same number of datagrams of the same sizes from the same loop.
 */
#include <ev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "echo.h"
#include "firmware/service/snmp/agent.h"

#define ROWS         WM_MODULES_MAX
#define COLUMNS      6
#define REPETITIONS  50
#define CELLS        (ROWS * COLUMNS)
#define REQUESTS     ((CELLS + REPETITIONS - 1) / REPETITIONS)
#define TURNS        15
#define WALKS_A_TURN 20
#define REQUEST_MAX  64
#define ANSWER_MAX   65536

struct exchange {
    uint8_t request[REQUEST_MAX];
    size_t size;
    size_t answer_size;
};

static struct wm_view view;
static struct exchange exchanges[REQUESTS];

static void agent_serve(int ready_fd)
{
    char error[256];
    const struct wm_commands commands = {0}; /* nothing is set */
    struct ev_loop *loop = ev_default_loop(0);
    struct snmps_agent *agent =
        snmps_agent_open(loop, "127.0.0.1:0", &view, &commands, error, sizeof error);
    if (agent == NULL) {
        fprintf(stderr, "benchmark: %s\n", error);
        exit(2);
    }
    peer_ready(ready_fd, snmps_agent_port(agent));
    ev_run(loop, 0);
}

/* BER, written from the end: puts bytes before those at *at. */
static void prepend(uint8_t *buffer, size_t *at, const void *bytes, size_t size)
{
    must(size <= *at, "request size");
    *at -= size;
    memcpy(buffer + *at, bytes, size);
}

static void prepend_header(uint8_t *buffer, size_t *at, uint8_t tag, size_t end)
{
    const uint8_t header[] = {tag, (uint8_t)(end - *at)};
    prepend(buffer, at, header, sizeof header);
}

/* An OID below bacsModuleTable's entry: column and row, of up to two bytes. Returns its size. */
static size_t cell_write(uint8_t *bytes, uint32_t column, uint32_t row)
{
    static const uint8_t entry[] = {0x2B, 6, 1, 2, 1, 33, 5, 2, 5, 1};
    size_t size = sizeof entry;
    memcpy(bytes, entry, sizeof entry);
    if (column > 0) {
        bytes[size++] = (uint8_t)column;
        if (row > 127) {
            bytes[size++] = (uint8_t)(0x80 | row >> 7);
        }
        bytes[size++] = (uint8_t)(row & 127);
    }
    return size;
}

/* The OID of the cell that is number `cell` of the walk, 1..CELLS; 0: the table itself. */
static size_t cell_number_write(uint8_t *bytes, uint32_t cell)
{
    return cell == 0 ? cell_write(bytes, 0, 0)
                     : cell_write(bytes, (cell - 1) / ROWS + 1, (cell - 1) % ROWS + 1);
}

/* A GETBULK that asks for what follows a cell; v2c, community public (RFC 3416). */
static void request_write(struct exchange *exchange, uint32_t after_cell)
{
    static const uint8_t counts[] = {2, 1, 7, 2, 1, 0, 2, 1, REPETITIONS};
    static const uint8_t head[] = {2, 1, 1, 4, 6, 'p', 'u', 'b', 'l', 'i', 'c'};
    static const uint8_t null[] = {5, 0};
    uint8_t cell[20];
    uint8_t buffer[REQUEST_MAX];
    size_t at = sizeof buffer;
    const size_t size = cell_number_write(cell, after_cell);
    prepend(buffer, &at, null, sizeof null);
    const size_t value = at;
    prepend(buffer, &at, cell, size);
    prepend_header(buffer, &at, 0x06, value);
    prepend_header(buffer, &at, 0x30, sizeof buffer);
    prepend_header(buffer, &at, 0x30, sizeof buffer);
    prepend(buffer, &at, counts, sizeof counts);
    prepend_header(buffer, &at, 0xA5, sizeof buffer);
    prepend(buffer, &at, head, sizeof head);
    prepend_header(buffer, &at, 0x30, sizeof buffer);
    exchange->size = sizeof buffer - at;
    memcpy(exchange->request, buffer + at, exchange->size);
}

/* The first walk: every answer holds the last cell that was asked for. */
static void walk_record(int fd, struct exchange *walk)
{
    static uint8_t answer[ANSWER_MAX];
    for (uint32_t i = 0; i < REQUESTS; i++) {
        uint8_t cell[20];
        struct exchange *exchange = &walk[i];
        request_write(exchange, i * REPETITIONS);
        send_all(fd, exchange->request, exchange->size);
        const ssize_t size = recv(fd, answer, sizeof answer, 0);
        must(size > 0, "answer");
        exchange->answer_size = (size_t)size;
        const uint32_t last = (i + 1) * REPETITIONS;
        const size_t cell_size = cell_number_write(cell, last < CELLS ? last : CELLS);
        must(memmem(answer, (size_t)size, cell, cell_size) != NULL, "last cell of an answer");
    }
}

/* What the echo is asked: the same sizes, the answer's in the first two bytes. */
static void walk_copy_for_echo(struct exchange *echo)
{
    memcpy(echo, exchanges, sizeof exchanges);
    for (size_t i = 0; i < REQUESTS; i++) {
        echo[i].request[0] = (uint8_t)(echo[i].answer_size >> 8);
        echo[i].request[1] = (uint8_t)echo[i].answer_size;
    }
}

static double walks_measure(int fd, const struct exchange *walk)
{
    static uint8_t answer[ANSWER_MAX];
    const double start = seconds_now();
    for (int n = 0; n < WALKS_A_TURN; n++) {
        for (size_t i = 0; i < REQUESTS; i++) {
            send_all(fd, walk[i].request, walk[i].size);
            must(recv(fd, answer, sizeof answer, 0) == (ssize_t)walk[i].answer_size,
                 "size of an answer");
        }
    }
    return (seconds_now() - start) / WALKS_A_TURN;
}

static int compare(const void *left, const void *right)
{
    const double a = *(const double *)left;
    const double b = *(const double *)right;
    return (a > b) - (a < b);
}

int main(void)
{
    static struct exchange echo_exchanges[REQUESTS];
    static struct exchange other_exchanges[REQUESTS];
    double ratios[TURNS];
    double growths[TURNS];
    double walk_s[TURNS];
    view_fill(&view, 1);
    core_pin();
    const struct peer agent = peer_start(agent_serve);
    view_fill(&view, WM_STRINGS_MAX);
    const struct peer other = peer_start(agent_serve);
    const struct peer echo = peer_start(echo_udp_serve);
    const int agent_fd = client_udp(agent.port);
    const int other_fd = client_udp(other.port);
    const int echo_fd = client_udp(echo.port);
    walk_record(agent_fd, exchanges);
    walk_record(other_fd, other_exchanges);
    walk_copy_for_echo(echo_exchanges);
    walks_measure(agent_fd, exchanges);
    walks_measure(other_fd, other_exchanges);
    walks_measure(echo_fd, echo_exchanges);
    for (int i = 0; i < TURNS; i++) {
        walk_s[i] = walks_measure(agent_fd, exchanges);
        growths[i] = walks_measure(other_fd, other_exchanges) / walk_s[i];
        ratios[i] = walks_measure(echo_fd, echo_exchanges) / walk_s[i];
    }
    qsort(ratios, TURNS, sizeof *ratios, compare);
    qsort(growths, TURNS, sizeof *growths, compare);
    qsort(walk_s, TURNS, sizeof *walk_s, compare);
    bool is_met = figure_at_least("snmp_walk_ratio", ratios[TURNS / 2], 0.15);
    is_met = figure_at_most("snmp_walk_growth_16_strings", growths[TURNS / 2], 1.2) && is_met;
    printf("# snmp walk of %d cells: %.2f ms, %.2f us a binding\n", CELLS, walk_s[TURNS / 2] * 1e3,
           walk_s[TURNS / 2] * 1e6 / CELLS);
    peer_stop(agent);
    peer_stop(other);
    peer_stop(echo);
    return is_met ? 0 : 1;
}
