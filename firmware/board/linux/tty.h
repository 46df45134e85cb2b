/*
 * tty.h — a serial line of this machine: any tty, a pty too.
 */
#ifndef BOARD_TTY_H
#define BOARD_TTY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct termios;

/* Of a character: 8 bits, parity none, even or odd, and 1 or 2 stop bits. */
enum tty_frame { TTY_8N1, TTY_8N2, TTY_8E1, TTY_8O1 };

struct tty_form {
    int32_t baud; /* any that the driver makes */
    enum tty_frame frame;
};

/* Who switches an RS-485 driver to sending, and with which level of RTS. */
enum tty_rs485 {
    TTY_RS485_OFF,        /* the adapter by itself, or it is RS-232    */
    TTY_RS485_ON_SEND,    /* the kernel: RTS is on while it sends      */
    TTY_RS485_AFTER_SEND, /* the kernel: RTS is off while it sends     */
};

struct tty_options {
    struct tty_form form;
    enum tty_rs485 rs485; /* what else than off the driver must offer */
    bool is_for_person;   /* echo and editing of lines, by the kernel */
};

/*
 * Opens it for this process alone, raw and non-blocking. -1, with one line of cause and cure in
 * error, if it cannot be had.
 */
int tty_open(const char *path, const struct tty_options *options, char *error, size_t error_size);

/*
 * Is there a tty that may be used, be it in use now, and has its driver this way of RS-485? Its
 * form is left as it is. False as above.
 */
bool tty_check(const char *path, enum tty_rs485 rs485, char *error, size_t error_size);

/* Another form; nothing may be on its way out (tty_unsent). By errno if it cannot be had. */
bool tty_set_form(int fd, const struct tty_form *form);

/* Does the driver make it? Some leave the parity out without a word, those of ptys too. */
bool tty_has_frame(int fd, enum tty_frame frame);

/* What the frame asks of a driver, and all else as it is: for tty_set_form. */
void tty_frame_write(enum tty_frame frame, struct termios *settings);

/* As in "8E1". */
const char *tty_frame_name(enum tty_frame frame);

/* Bytes that are not on the line yet. */
size_t tty_unsent(int fd);

/* Forgets what was received and not read, or written and not sent. */
void tty_discard_input(int fd);
void tty_discard_output(int fd);

#endif
