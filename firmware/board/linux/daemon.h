/*
 * daemon.h — the linux board: the core and its services in real time, on ttys, sockets and files.
 */
#ifndef BOARD_DAEMON_H
#define BOARD_DAEMON_H

#include <stdbool.h>

#include "config.h"

/* Do the settings agree with one another and with the keys? False as below. */
bool daemon_settings_agree(const struct config *config, char *error, size_t error_size);

/* Runs until SIGTERM or SIGINT. The exit status; what went wrong has been reported. */
int daemon_run(const struct config *config);

#endif
