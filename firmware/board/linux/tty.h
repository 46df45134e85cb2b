/*
 * tty.h — a serial line of this machine: any tty, a pty too.
 */
#ifndef BOARD_TTY_H
#define BOARD_TTY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Who switches an RS-485 driver to sending, and with which level of RTS. */
enum tty_rs485 {
    TTY_RS485_OFF,        /* the adapter by itself, or it is RS-232    */
    TTY_RS485_ON_SEND,    /* the kernel: RTS is on while it sends      */
    TTY_RS485_AFTER_SEND, /* the kernel: RTS is off while it sends     */
};

struct tty_options {
    int32_t baud;         /* 8N1 */
    enum tty_rs485 rs485; /* what else than off the driver must offer */
    bool is_for_person;   /* echo and editing of lines, by the kernel */
};

/*
 * Opens it for this process alone, raw and non-blocking. -1, with one line of cause and cure in
 * error, if it cannot be had.
 */
int tty_open(const char *path, const struct tty_options *options, char *error, size_t error_size);

/* Another speed, any that the driver makes; nothing may be on its way out (tty_unsent). */
bool tty_set_baud(int fd, int32_t baud);

/* Bytes that are not on the line yet. */
size_t tty_unsent(int fd);

/* Forgets what was received and not read, or written and not sent. */
void tty_discard_input(int fd);
void tty_discard_output(int fd);

#endif
