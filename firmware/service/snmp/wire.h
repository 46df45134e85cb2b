/*
 * wire.h — the agent's socket: whose datagram is next, and how large an answer may be.
 *
 * Always true, whoever sends what:
 * - One request is served in a turn of the loop, whatever waits, and none is larger than
 *   SNMPS_MESSAGE_MAX, nor is an answer; none has more than SNMPS_BINDINGS_MAX bindings. So a turn
 *   takes what one request costs at most, a fraction of the time of a frame on the bus.
 * - Addresses take turns. What waits is at most SNMPS_WAITING_MAX datagrams and so many bytes; who
 *   has most of them waiting loses his oldest. One who floods delays another by a request, no more.
 * - A request that has no answer within its limit is tooBig; a SET is so before anything is set.
 * - It keeps nothing of a datagram once it is served.
 */
#ifndef SNMPS_WIRE_H
#define SNMPS_WIRE_H

#include <stddef.h>
#include <stdint.h>

struct ev_loop;
struct snmps_wire;

/* Bytes of one message, in and out; told to managers of v3 as msgMaxSize. */
#define SNMPS_MESSAGE_MAX 16384

enum {
    SNMPS_WAITING_MAX = 256,
    SNMPS_WAITING_BYTES_MAX = 512 * 1024,
    /* Datagrams taken from the system in one turn. */
    SNMPS_TAKEN_MAX = 512,
    /* Bindings of a request; one with more is tooBig, and a GETBULK is cut there. */
    SNMPS_BINDINGS_MAX = 500,
    /* Bindings that the library collects for a GETBULK: more than fit. */
    SNMPS_BULK_MAX = 1000,
};

struct snmps_wire_calls {
    /* A message was not rightly authenticated, as RFC 3418 means it. */
    void (*stranger)(void *self);
    void *self;
};

/*
 * Listens on address, "HOST:PORT" or "[HOST]:PORT"; port 0 picks a free one. Requests go to the
 * library's agent. A process has at most one; the library must have been started. The loop is
 * borrowed and outlives it. Null, with one line of place, cause and cure in error.
 */
struct snmps_wire *snmps_wire_open(struct ev_loop *loop, const char *address,
                                   const struct snmps_wire_calls *calls, char *error,
                                   size_t error_size);

/* The port really bound, 1..65535. */
int snmps_wire_port(const struct snmps_wire *wire);

/* Answers so far with this error-status, one of those that v1 has: 1 (tooBig) to 5 (genErr). */
uint32_t snmps_wire_errors(const struct snmps_wire *wire, int status);

/* Null is allowed. */
void snmps_wire_close(struct snmps_wire *wire);

#endif
