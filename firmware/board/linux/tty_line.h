/*
 * tty_line.h — a tty that may be pulled, and whoever has it now: one of those who share it.
 *
 * Always true: a tty that is gone is told of once, and tried again every few seconds; who has it
 * is told when it goes and when it is back, and reads and writes it by himself in between.
 */
#ifndef BOARD_TTY_LINE_H
#define BOARD_TTY_LINE_H

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>

#include "report.h"
#include "tty.h"

struct tty_line_options {
    const char *name; /* for the report: "bus"; borrowed, as is path */
    const char *path;
    struct tty_options tty;       /* its form: to begin with */
    bool discards_echo;           /* the adapter hears what it sends */
    enum report_level gone_level; /* how much it matters */
};

struct tty_line_user {
    void (*begins)(void *self); /* line->fd is his, in his form, with nothing that came before */
    void (*ends)(void *self);   /* it is gone, or another's, when this returns */
    const char *form_cure;      /* where a form is refused: "set another bus.baud" */
};

enum { TTY_LINE_WHY_MAX = 256 };

struct tty_line {
    struct tty_line_options options;  /* ro; its form: the present one */
    int fd;                           /* ro; -1: closed, or pulled */
    struct ev_loop *loop;             /* ro; null: not started */
    ev_timer retry;                   /* private */
    char told[TTY_LINE_WHY_MAX];      /* private: why it was not had the last time, if told */
    const struct tty_line_user *user; /* private; null: nobody */
    void *self;                       /* private: of the user */
};

/*
 * Opens the tty. False, with one line of place, cause and cure in error; it can be started all the
 * same, and is then tried again.
 */
bool tty_line_open(struct tty_line *line, const struct tty_line_options *options, char *error,
                   size_t error_size);

/* From now on the loop, borrowed, tries what is gone again; and there may be users. */
void tty_line_start(struct tty_line *line, struct ev_loop *loop);

/*
 * The line is this user's, in this form; whoever had it ends first, and what was on the line for
 * him is discarded. Allowed again and again: nothing happens where all is so already. A form that
 * the driver refuses is reported. user and self: borrowed.
 */
void tty_line_take(struct tty_line *line, const struct tty_line_user *user, void *self,
                   const struct tty_form *form);

/* Is it there, and his? */
bool tty_line_is_of(const struct tty_line *line, const void *self);

/* Its user finds that it is gone, and why. */
void tty_line_lost(struct tty_line *line, const char *why);

/* Its user ends. Allowed twice, and on what is all zero but for fd = -1. */
void tty_line_close(struct tty_line *line);

#endif
