/*
 * tty_speed.h — speeds that have no name in termios.
 */
#ifndef BOARD_TTY_SPEED_H
#define BOARD_TTY_SPEED_H

#include <stdbool.h>
#include <stdint.h>

/* Sets any speed that the driver makes, all else as it is. By errno if not. */
bool tty_speed_set(int fd, int32_t baud);

#endif
