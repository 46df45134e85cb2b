/*
 * test_modbus_server.c — the real server against friendly and hostile peers on the loopback.
 *
 * Server and peers share the process and the loop is turned by hand: who is served in which turn,
 * and what a turn costs, can be seen. Wall time is put forward, never waited for.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <ev.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "firmware/service/modbus/registers.h"
#include "firmware/service/modbus/server.h"
#include "fixture.h"

#define READ_SIZE  12
#define ANSWER_MAX 260
/* Longer than anything may take; a peer that hears nothing by then never will. */
#define PATIENCE_S 2.0
/* What a neighbour of a hostile peer may wait (perf.md). */
#define NEIGHBOUR_S 0.010

static struct wm_view view;
static struct ev_loop *loop;
static struct mbs_server *server;

static void setup(void)
{
    char error[256] = "";
    fixture_view(&view, 512, 16, 4);
    loop = ev_loop_new(EVFLAG_AUTO);
    server = mbs_server_open(loop, "127.0.0.1:0", &view, error, sizeof error);
    cr_assert_not_null(server, "%s", error);
    cr_assert_gt(mbs_server_port(server), 0);
}

static void teardown(void)
{
    mbs_server_close(server);
    ev_loop_destroy(loop);
}

TestSuite(modbus_server, .init = setup, .fini = teardown);

/* ---- peers ------------------------------------------------------------------------------ */

static void turn(void)
{
    ev_run(loop, EVRUN_NOWAIT);
}

static void turns(int count)
{
    for (int i = 0; i < count; i++) {
        turn();
    }
}

static int peer_open(void)
{
    struct sockaddr_in there = {.sin_family = AF_INET,
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                .sin_port = htons((uint16_t)mbs_server_port(server))};
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    cr_assert_geq(fd, 0);
    cr_assert_eq(connect(fd, (struct sockaddr *)&there, sizeof there), 0);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    turns(2);
    return fd;
}

static void say(int fd, const void *bytes, size_t size)
{
    cr_assert_eq(send(fd, bytes, size, MSG_NOSIGNAL), (ssize_t)size);
}

/* Turns the loop until size bytes came or the server closed; returns how many came. */
static size_t hear(int fd, void *bytes, size_t size)
{
    size_t have = 0;
    const double start = fixture_seconds();
    while (have < size && fixture_seconds() - start < PATIENCE_S) {
        turn();
        const ssize_t more = recv(fd, (uint8_t *)bytes + have, size - have, 0);
        if (more > 0) {
            have += (size_t)more;
        } else if (more == 0 || errno != EAGAIN) {
            break;
        }
    }
    return have;
}

/* Whether the server has closed this connection, after a few turns. */
static bool is_closed(int fd)
{
    uint8_t byte;
    turns(5);
    const ssize_t size = recv(fd, &byte, 1, 0);
    return size == 0 || (size < 0 && errno != EAGAIN);
}

static bool is_silent(int fd)
{
    uint8_t byte;
    turns(5);
    return recv(fd, &byte, 1, 0) < 0 && errno == EAGAIN;
}

static void request_make(uint8_t *request, unsigned transaction, int unit, int function,
                         int address, int quantity)
{
    const uint8_t bytes[READ_SIZE] = {(uint8_t)(transaction >> 8),
                                      (uint8_t)transaction,
                                      0,
                                      0,
                                      0,
                                      6,
                                      (uint8_t)unit,
                                      (uint8_t)function,
                                      (uint8_t)(address >> 8),
                                      (uint8_t)address,
                                      (uint8_t)(quantity >> 8),
                                      (uint8_t)quantity};
    memcpy(request, bytes, sizeof bytes);
}

static void ask(int fd, unsigned transaction, int unit, int function, int address, int quantity)
{
    uint8_t request[READ_SIZE];
    request_make(request, transaction, unit, function, address, quantity);
    say(fd, request, sizeof request);
}

/* Reads registers and holds them against the image of the present view. */
static void expect_read(int fd, int function, int address, int quantity)
{
    static uint16_t image[WM_REGISTERS];
    static unsigned transaction;
    uint8_t answer[ANSWER_MAX];
    const size_t size = 9U + 2U * (size_t)quantity;
    transaction = (transaction + 0x0101) & 0xFFFF;
    ask(fd, transaction, 1, function, address, quantity);
    cr_assert_eq(hear(fd, answer, size), size, "read of %d at %d", quantity, address);
    const uint8_t head[] = {(uint8_t)(transaction >> 8),
                            (uint8_t)transaction,
                            0,
                            0,
                            (uint8_t)((3 + 2 * quantity) >> 8),
                            (uint8_t)(3 + 2 * quantity),
                            1,
                            (uint8_t)function,
                            (uint8_t)(2 * quantity)};
    cr_assert_arr_eq(answer, head, sizeof head);
    mbs_image_fill(&view, image);
    for (int i = 0; i < quantity; i++) {
        cr_assert_eq(answer[9 + 2 * i] << 8 | answer[10 + 2 * i],
                     image[address + i - WM_REGISTER_FIRST], "register %d", address + i);
    }
    cr_assert(is_silent(fd));
}

/* The answer of a neighbour must be there in time; a disturbed machine gets a few tries. */
static void expect_neighbour_in_time(int fd)
{
    double best = PATIENCE_S;
    for (int i = 0; i < 10 && best > NEIGHBOUR_S; i++) {
        uint8_t answer[ANSWER_MAX];
        const double start = fixture_seconds();
        ask(fd, 7, 1, 3, 1000, 125);
        cr_assert_eq(hear(fd, answer, 259), 259);
        const double took = fixture_seconds() - start;
        best = took < best ? took : best;
    }
    cr_expect_lt(best, NEIGHBOUR_S, "a neighbour waits %.1f ms", best * 1e3);
}

static void loop_end(struct ev_loop *ended, ev_timer *timer, int events)
{
    (void)timer;
    (void)events;
    ev_break(ended, EVBREAK_ALL);
}

/* With nothing to do the loop waits, and does not turn. */
static void expect_quiet(void)
{
    ev_timer end;
    ev_timer_init(&end, loop_end, 0.05, 0.);
    turns(3);
    const unsigned before = ev_iteration(loop);
    ev_timer_start(loop, &end);
    ev_run(loop, 0);
    cr_expect_lt(ev_iteration(loop) - before, 10);
}

/* ---- what is read ----------------------------------------------------------------------- */

Test(modbus_server, the_whole_map_is_read_by_both_functions)
{
    const int fd = peer_open();
    for (int function = 3; function <= 4; function++) {
        for (int address = WM_REGISTER_FIRST; address <= WM_REGISTER_LAST; address += 125) {
            const int left = WM_REGISTER_LAST - address + 1;
            expect_read(fd, function, address, left < 125 ? left : 125);
        }
        expect_read(fd, function, 1000, 1);
        expect_read(fd, function, 3681, 1);
        expect_read(fd, function, 3557, 125);
    }
}

Test(modbus_server, a_new_view_shows_at_once)
{
    const int fd = peer_open();
    expect_read(fd, 3, 1000, 5);
    view.system.status_flags = 0x0045;
    view.module[0].voltage_mV = 1;
    view.generation++;
    expect_read(fd, 3, 1000, 5);
    expect_read(fd, 4, 1060, 5);
}

Test(modbus_server, faults_are_judged_function_then_quantity_then_address)
{
    static const struct {
        int function, address, quantity, exception;
    } faults[] = {
        {1, 1000, 1, 1},   {2, 1000, 1, 1},     {5, 1000, 1, 1},    {6, 1000, 1, 1},
        {15, 1000, 1, 1},  {16, 1000, 1, 1},    {0, 1000, 1, 1},    {43, 1000, 1, 1},
        {127, 1000, 1, 1}, {6, 0, 0, 1},        {16, 4000, 126, 1}, {3, 1000, 0, 3},
        {3, 1000, 126, 3}, {3, 1000, 65535, 3}, {4, 1000, 0, 3},    {4, 1000, 126, 3},
        {3, 0, 0, 3},      {3, 4000, 126, 3},   {3, 999, 1, 2},     {3, 3682, 1, 2},
        {3, 0, 1, 2},      {3, 65535, 1, 2},    {3, 65535, 125, 2}, {3, 3681, 2, 2},
        {3, 3558, 125, 2}, {4, 999, 2, 2},      {4, 3681, 125, 2},  {4, 39000, 1, 2},
    };
    const int fd = peer_open();
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        uint8_t answer[ANSWER_MAX];
        const uint8_t wanted[] = {0x12,
                                  0x34,
                                  0,
                                  0,
                                  0,
                                  3,
                                  1,
                                  (uint8_t)(faults[i].function | 0x80),
                                  (uint8_t)faults[i].exception};
        const double start = fixture_seconds();
        ask(fd, 0x1234, 1, faults[i].function, faults[i].address, faults[i].quantity);
        cr_assert_eq(hear(fd, answer, sizeof wanted), sizeof wanted, "row %zu", i);
        cr_expect_arr_eq(answer, wanted, sizeof wanted, "row %zu: exception %d", i, answer[8]);
        cr_expect(is_silent(fd), "row %zu", i);
        cr_expect_lt(fixture_seconds() - start, 0.2, "row %zu made the server sleep", i);
    }
    expect_read(fd, 3, 1000, 5);
}

Test(modbus_server, a_function_with_the_fault_bit_set_never_looks_answered)
{
    const int fd = peer_open();
    for (int function = 0x80; function <= 0xFF; function++) {
        uint8_t answer[ANSWER_MAX];
        const uint8_t wanted[] = {0, 9, 0, 0, 0, 3, 1, (uint8_t)function, 1};
        ask(fd, 9, 1, function, 1000, 1);
        cr_assert_eq(hear(fd, answer, sizeof wanted), sizeof wanted);
        cr_expect_arr_eq(answer, wanted, sizeof wanted);
    }
}

Test(modbus_server, a_read_of_another_length_is_refused_whole)
{
    static const struct {
        uint8_t bytes[16];
        size_t size;
    } odd[] = {
        {{0, 5, 0, 0, 0, 2, 1, 3}, 8},
        {{0, 5, 0, 0, 0, 3, 1, 3, 3}, 9},
        {{0, 5, 0, 0, 0, 5, 1, 4, 3, 0xE8, 0}, 11},
        {{0, 5, 0, 0, 0, 7, 1, 3, 3, 0xE8, 0, 1, 0}, 13},
    };
    static const uint8_t faults[][9] = {{0, 5, 0, 0, 0, 3, 1, 0x83, 3},
                                        {0, 5, 0, 0, 0, 3, 1, 0x84, 3}};
    const int fd = peer_open();
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        uint8_t answer[ANSWER_MAX];
        say(fd, odd[i].bytes, odd[i].size);
        cr_assert_eq(hear(fd, answer, 9), 9);
        cr_expect_arr_eq(answer, faults[odd[i].bytes[7] - 3], 9, "row %zu", i);
    }
    expect_read(fd, 3, 1000, 5);
}

Test(modbus_server, units_0_and_255_and_its_own_are_answered_others_get_silence)
{
    const int fd = peer_open();
    for (int own = 1; own <= 247; own += 41) {
        view.settings.value[wm_setting_modbus_unit_id] = own;
        for (int unit = 0; unit <= 255; unit++) {
            uint8_t answer[ANSWER_MAX];
            const bool is_answered = unit == 0 || unit == 255 || unit == own;
            ask(fd, 3, unit, unit % 2 ? 3 : 6, 1000, 1);
            const size_t size = unit % 2 ? 11 : 9;
            if (is_answered) {
                cr_assert_eq(hear(fd, answer, size), size, "unit %d of %d", unit, own);
                cr_expect_eq(answer[6], unit);
            } else {
                cr_assert(is_silent(fd), "unit %d of %d", unit, own);
            }
        }
    }
}

/* ---- hostile peers ---------------------------------------------------------------------- */

Test(modbus_server, what_is_no_modbus_closes_its_own_connection_only)
{
    static const struct {
        const char *bytes;
        size_t size;
    } garbage[] = {
        {"\0\1\0\1\0\6\1\3\3\350\0\1", 12}, /* protocol 1                   */
        {"\0\1\1", 3},                      /* seen with its first byte     */
        {"\0\1\0\0\0\0", 6},                /* length 0: no unit            */
        {"\0\1\0\0\0\1\1", 7},              /* length 1: no function        */
        {"\0\1\0\0\0\377", 6},              /* 255: one above the largest   */
        {"\0\1\0\0\377\377", 6},            /* 65535                        */
        {"GET / HTTP/1.1\r\n\r\n", 18},
        {"\377\377\377\377\377\377\377\377", 8},
    };
    const int neighbour = peer_open();
    for (size_t i = 0; i < sizeof garbage / sizeof *garbage; i++) {
        const int fd = peer_open();
        say(fd, garbage[i].bytes, garbage[i].size);
        cr_expect(is_closed(fd), "row %zu", i);
        expect_neighbour_in_time(neighbour);
        close(fd);
    }
}

Test(modbus_server, garbage_behind_a_good_request_does_not_cost_its_answer)
{
    const int fd = peer_open();
    uint8_t bytes[READ_SIZE + 8];
    uint8_t answer[ANSWER_MAX];
    request_make(bytes, 1, 1, 3, 1000, 5);
    memset(bytes + READ_SIZE, 0xFF, 8);
    say(fd, bytes, sizeof bytes);
    cr_expect_eq(hear(fd, answer, 19), 19);
    cr_expect(is_closed(fd));
}

Test(modbus_server, random_bytes_harm_nobody_else)
{
    uint32_t random = 1;
    const int neighbour = peer_open();
    for (int round = 0; round < 300; round++) {
        uint8_t bytes[600];
        const int fd = peer_open();
        for (size_t i = 0; i < sizeof bytes; i++) {
            random = random * 1664525 + 1013904223;
            bytes[i] = (uint8_t)(random >> 24);
        }
        /* Every other round with a header that is taken. */
        if (round % 2 == 0) {
            const uint8_t head[] = {0, 1, 0, 0, 0, (uint8_t)(2 + bytes[0] % 250), 1};
            memcpy(bytes, head, sizeof head);
        }
        say(fd, bytes, 1 + random % sizeof bytes);
        turns(8);
        close(fd);
        turn();
    }
    expect_read(neighbour, 3, 1000, 125);
}

Test(modbus_server, a_neighbour_of_half_a_request_is_served_in_time)
{
    uint8_t request[READ_SIZE];
    request_make(request, 1, 1, 3, 1000, 5);
    const int neighbour = peer_open();
    for (size_t size = 1; size < READ_SIZE; size++) {
        const int fd = peer_open();
        say(fd, request, size);
        turn();
        expect_neighbour_in_time(neighbour);
        cr_assert(is_silent(fd), "half a request of %zu bytes", size);
        close(fd);
        turn();
    }
}

Test(modbus_server, a_request_that_drips_is_answered_when_whole)
{
    uint8_t request[READ_SIZE];
    uint8_t answer[ANSWER_MAX];
    const int fd = peer_open();
    request_make(request, 1, 1, 3, 1000, 5);
    for (size_t i = 0; i < READ_SIZE; i++) {
        cr_assert(is_silent(fd));
        say(fd, request + i, 1);
        turn();
    }
    cr_expect_eq(hear(fd, answer, 19), 19);
    expect_read(fd, 3, 1000, 5);
}

Test(modbus_server, half_a_request_is_closed_after_5_s_however_it_drips)
{
    const int fd = peer_open();
    uint8_t request[READ_SIZE];
    request_make(request, 1, 1, 3, 1000, 5);
    for (size_t i = 0; i < 5; i++) {
        say(fd, request + i, 1);
        cr_assert(is_silent(fd), "byte %zu", i);
        clock_advance(0.98);
    }
    cr_expect(is_silent(fd), "4.9 s");
    clock_advance(0.2);
    cr_expect(is_closed(fd), "5.1 s");
}

Test(modbus_server, the_5_s_begin_anew_with_each_request)
{
    const int fd = peer_open();
    uint8_t bytes[READ_SIZE + 3];
    uint8_t answer[ANSWER_MAX];
    request_make(bytes, 1, 1, 3, 1000, 5);
    for (int i = 0; i < 4; i++) {
        /* The rest of the half one, then a whole one, then three bytes of another. */
        request_make(bytes, 1, 1, 3, 1000, 5);
        memcpy(bytes + READ_SIZE, bytes, 3);
        if (i == 0) {
            say(fd, bytes, sizeof bytes);
        } else {
            say(fd, bytes + 3, sizeof bytes - 3);
        }
        cr_assert_eq(hear(fd, answer, 19), 19);
        clock_advance(4);
        cr_assert(is_silent(fd), "round %d", i);
    }
    clock_advance(1.5);
    cr_expect(is_closed(fd));
}

Test(modbus_server, what_arrived_while_the_loop_stood_is_served_not_timed_out)
{
    const int fd = peer_open();
    uint8_t request[READ_SIZE];
    uint8_t answer[ANSWER_MAX];
    request_make(request, 1, 1, 3, 1000, 5);
    say(fd, request, 4);
    turns(3);
    say(fd, request + 4, READ_SIZE - 4);
    clock_advance(600);
    cr_expect_eq(hear(fd, answer, 19), 19);
    cr_expect(is_silent(fd));
}

Test(modbus_server, a_client_idle_for_120_s_is_closed)
{
    const int idle = peer_open();
    const int busy = peer_open();
    for (int i = 0; i < 7; i++) {
        expect_read(busy, 3, 1000, 5);
        cr_assert(is_silent(idle));
        clock_advance(17);
    }
    cr_expect(is_silent(idle), "119 s");
    clock_advance(1.5);
    cr_expect(is_closed(idle), "120.5 s");
    expect_read(busy, 3, 1000, 5);
}

Test(modbus_server, one_client_above_clients_max_is_closed_at_once)
{
    int fds[WM_CLIENTS_MAX];
    static const int limits[] = {16, 1, 64};
    for (size_t n = 0; n < sizeof limits / sizeof *limits; n++) {
        view.settings.value[wm_setting_modbus_clients_max] = limits[n];
        for (int i = 0; i < limits[n]; i++) {
            fds[i] = peer_open();
        }
        const int above = peer_open();
        cr_expect(is_closed(above), "%d clients and one", limits[n]);
        close(above);
        for (int i = 0; i < limits[n]; i++) {
            expect_read(fds[i], 3, 1000, 1);
        }
        close(fds[0]);
        turns(3);
        fds[0] = peer_open();
        expect_read(fds[0], 3, 1000, 1);
        for (int i = 0; i < limits[n]; i++) {
            close(fds[i]);
        }
        turns(3);
    }
}

Test(modbus_server, fewer_clients_allowed_leaves_those_connected)
{
    const int first = peer_open();
    const int second = peer_open();
    view.settings.value[wm_setting_modbus_clients_max] = 1;
    expect_read(first, 3, 1000, 1);
    expect_read(second, 3, 1000, 1);
    const int third = peer_open();
    cr_expect(is_closed(third));
}

/* Thousands of requests whose answers nobody reads; returns how many were taken off its hands. */
static size_t flood(int fd, size_t requests)
{
    uint8_t request[READ_SIZE];
    size_t said = 0;
    request_make(request, 1, 1, 3, 1000, 125);
    for (int idle = 0; said < requests * READ_SIZE && idle < 50;) {
        const size_t from = said % READ_SIZE;
        const ssize_t size = send(fd, request + from, READ_SIZE - from, MSG_NOSIGNAL);
        idle = size > 0 ? 0 : idle + 1;
        said += size > 0 ? (size_t)size : 0;
        turn();
    }
    return said / READ_SIZE;
}

Test(modbus_server, a_client_that_never_reads_blocks_nobody_and_is_dropped)
{
    const int neighbour = peer_open();
    const int fd = peer_open();
    const int receive_size = 4096;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_size, sizeof receive_size);
    const size_t taken = flood(fd, 2000000);
    cr_expect_gt(taken, 100);
    cr_expect_lt(taken, 2000000, "the server took everything, and keeps it somewhere");
    expect_neighbour_in_time(neighbour);
    expect_quiet();
    clock_advance(4.8);
    turns(5);
    expect_read(neighbour, 3, 1000, 5);
    clock_advance(0.2);
    turns(5);
    /* Closed: what was sent is there to read, then the end. */
    uint8_t bytes[4096];
    ssize_t size;
    do {
        turn();
        size = recv(fd, bytes, sizeof bytes, 0);
    } while (size > 0);
    cr_expect(size == 0 || errno == ECONNRESET, "still open: %s", strerror(errno));
    expect_read(neighbour, 3, 1000, 5);
}

Test(modbus_server, a_client_that_reads_late_gets_every_answer_in_order)
{
    enum { REQUESTS = 3000 };
    static uint8_t requests[REQUESTS * READ_SIZE];
    const int fd = peer_open();
    /* Small enough that answers must wait in the server. */
    const int receive_size = 32768;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_size, sizeof receive_size);
    size_t said = 0;
    for (unsigned i = 0; i < REQUESTS; i++) {
        request_make(requests + i * READ_SIZE, i, 1, 3, 1000, 125);
    }
    for (unsigned i = 0; i < REQUESTS; i++) {
        uint8_t answer[259];
        while (said < sizeof requests) {
            const ssize_t size = send(fd, requests + said, sizeof requests - said, MSG_NOSIGNAL);
            if (size <= 0) {
                break;
            }
            said += (size_t)size;
            turns(REQUESTS);
        }
        cr_assert_eq(hear(fd, answer, sizeof answer), sizeof answer, "answer %u", i);
        cr_assert_eq((unsigned)(answer[0] << 8 | answer[1]), i);
    }
    cr_expect(is_silent(fd));
    expect_quiet();
}

Test(modbus_server, pipelined_reads_are_answered_in_order_and_leave_together)
{
    enum { READS = 22 };
    uint8_t requests[READS * READ_SIZE];
    static uint8_t answers[READS * 259];
    const int fd = peer_open();
    for (unsigned i = 0; i < READS; i++) {
        request_make(requests + i * READ_SIZE, 100 + i, 1, 3, 1000, 125);
    }
    say(fd, requests, sizeof requests);
    size_t first = 0;
    while (first == 0) {
        turn();
        const ssize_t size = recv(fd, answers, sizeof answers, 0);
        first = size > 0 ? (size_t)size : 0;
    }
    cr_expect_eq(first, sizeof answers, "the first %zu bytes left alone", first);
    for (unsigned i = 0; i < READS; i++) {
        cr_expect_eq(answers[i * 259 + 1], 100 + i);
    }
    expect_quiet();
    expect_read(fd, 3, 1000, 5);
}

Test(modbus_server, a_pipeline_delays_a_neighbour_by_one_request)
{
    enum { READS = 80 };
    static uint8_t requests[READS * READ_SIZE];
    static uint8_t answers[READS * 259];
    uint8_t answer[259];
    const int fd = peer_open();
    const int neighbour = peer_open();
    for (unsigned i = 0; i < READS; i++) {
        request_make(requests + i * READ_SIZE, i, 1, 3, 1000, 125);
    }
    say(fd, requests, sizeof requests);
    turns(3);
    for (int i = 0; i < 20; i++) {
        ask(neighbour, 1, 1, 3, 1000, 125);
        turn();
        cr_assert_eq(recv(neighbour, answer, sizeof answer, 0), (ssize_t)sizeof answer,
                     "the neighbour waits behind a pipeline");
    }
    /* And the pipeline does not starve behind a busy neighbour. */
    for (int i = 0; i < READS; i++) {
        ask(neighbour, 1, 1, 3, 1000, 125);
        turn();
        cr_assert_eq(recv(neighbour, answer, sizeof answer, 0), (ssize_t)sizeof answer);
    }
    cr_assert_eq(recv(fd, answers, sizeof answers, 0), (ssize_t)sizeof answers);
}

Test(modbus_server, a_peer_that_resets_does_not_end_the_process)
{
    const int neighbour = peer_open();
    const struct linger reset = {.l_onoff = 1, .l_linger = 0};
    for (int i = 0; i < 50; i++) {
        const int fd = peer_open();
        flood(fd, (size_t)i);
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        close(fd);
        turns(3);
    }
    expect_read(neighbour, 3, 1000, 5);
}

/* ---- descriptors, addresses ------------------------------------------------------------- */

Test(modbus_server, without_descriptors_it_neither_spins_nor_forgets_who_waits)
{
    struct sockaddr_in there = {.sin_family = AF_INET,
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                .sin_port = htons((uint16_t)mbs_server_port(server))};
    const int neighbour = peer_open();
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    struct rlimit limit;
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    const struct rlimit few = {.rlim_cur = (rlim_t)fd + 1, .rlim_max = limit.rlim_max};
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
    connect(fd, (struct sockaddr *)&there, sizeof there);
    turns(3);
    expect_quiet();
    expect_read(neighbour, 3, 1000, 5);
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    clock_advance(0.2);
    turns(5);
    expect_read(fd, 3, 1000, 5);
}

Test(modbus_server, descriptors_above_1024_are_served)
{
    struct rlimit limit;
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = limit.rlim_max < 4096 ? limit.rlim_max : 4096;
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    const int last = fcntl(0, F_DUPFD, 1100);
    cr_assert_geq(last, 1100, "this machine allows %ju descriptors; raise ulimit -n",
                  (uintmax_t)limit.rlim_max);
    for (int fd = 3; fd < 1100; fd++) {
        if (fcntl(fd, F_GETFD) < 0) {
            dup2(0, fd);
        }
    }
    const int fd = peer_open();
    cr_assert_gt(fd, 1024);
    expect_read(fd, 3, 1000, 125);
    ask(fd, 1, 1, 3, 1000, 126);
    uint8_t answer[9];
    cr_expect_eq(hear(fd, answer, sizeof answer), sizeof answer);
}

Test(modbus_server, an_address_that_cannot_be_had_says_why_and_what_to_do)
{
    char taken[40];
    snprintf(taken, sizeof taken, "127.0.0.1:%d", mbs_server_port(server));
    static const char *const malformed[] = {"",
                                            "127.0.0.1",
                                            ":502",
                                            "127.0.0.1:",
                                            "127.0.0.1:x",
                                            "127.0.0.1:502x",
                                            "127.0.0.1:65536",
                                            "127.0.0.1:-1",
                                            "::1:502",
                                            "[]:502",
                                            "1502",
                                            "127.0.0.1:99999999999999999999"};
    char error[256] = "";
    char wanted[256];
    cr_expect_null(mbs_server_open(loop, taken, &view, error, sizeof error));
    snprintf(wanted, sizeof wanted,
             "modbus %s: Address already in use; choose another port with --modbus HOST:PORT",
             taken);
    cr_expect_str_eq(error, wanted);
    cr_expect_null(mbs_server_open(loop, "192.0.2.1:1502", &view, error, sizeof error));
    cr_expect_str_eq(error, "modbus 192.0.2.1:1502: Cannot assign requested address; choose "
                            "another address with --modbus HOST:PORT");
    for (size_t i = 0; i < sizeof malformed / sizeof *malformed; i++) {
        error[0] = '\0';
        cr_expect_null(mbs_server_open(loop, malformed[i], &view, error, sizeof error));
        snprintf(wanted, sizeof wanted,
                 "modbus %s: no HOST:PORT; write it as in --modbus 127.0.0.1:1502", malformed[i]);
        cr_expect_str_eq(error, wanted);
    }
}

Test(modbus_server, it_comes_back_on_the_same_port_at_once)
{
    char address[40];
    snprintf(address, sizeof address, "127.0.0.1:%d", mbs_server_port(server));
    for (int i = 0; i < 5; i++) {
        char error[256] = "";
        const int fd = peer_open();
        expect_read(fd, 3, 1000, 5);
        mbs_server_close(server);
        uint8_t byte;
        cr_expect_eq(recv(fd, &byte, 1, 0), 0);
        close(fd);
        server = mbs_server_open(loop, address, &view, error, sizeof error);
        cr_assert_not_null(server, "%s", error);
    }
    mbs_server_close(NULL);
}
