/*
 * address.h — HOST:PORT, or [HOST]:PORT, of this machine.
 */
#ifndef BOARD_ADDRESS_H
#define BOARD_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

/* Whose it is, for what is told of it. */
struct address {
    const char *owner;  /* "console" */
    const char *option; /* that sets it: "console-tcp" */
    const char *text;
    int type;    /* SOCK_STREAM or SOCK_DGRAM */
    int backlog; /* so many may wait to be taken; 0: it is bound only */
};

/*
 * A socket bound to it, to the first of the host's addresses that can be had, and listening where
 * that is asked for: non-blocking, and the caller's to close. -1, by errno and with one line of
 * place, cause and cure in error.
 */
int address_bind(const struct address *address, char *error, size_t error_size);

/* Could it be had, be it in use now? Null text: none is wished. False as above. */
bool address_check(const struct address *address, char *error, size_t error_size);

#endif
