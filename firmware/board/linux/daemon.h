/*
 * daemon.h — the linux board: the core and its services in real time, on ttys, sockets and files.
 */
#ifndef BOARD_DAEMON_H
#define BOARD_DAEMON_H

#include <stdbool.h>

#include "config.h"

/* Runs until SIGTERM or SIGINT. The exit status; what went wrong has been reported. */
int daemon_run(const struct config *config);

/*
 * Would it start? Looks at settings, user, devices and folder, opens none of them for long and
 * changes nothing. False, with one line of place, cause and cure in error.
 */
bool daemon_check(const struct config *config, char *error, size_t error_size);

#endif
