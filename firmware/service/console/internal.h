/*
 * internal.h — what the files of the console share: words of an answer, and the table of commands.
 */
#ifndef CON_INTERNAL_H
#define CON_INTERNAL_H

#include "console.h"

struct con_command {
    struct con_command_text is;
    /* Carries it out or begins its list; the words were counted already. */
    void (*run)(struct con_console *console);
    /* What run makes of it. */
    uint32_t scopes; /* bits 1 << enum wm_scope: of a list of items */
    enum wm_command_kind kind;
    int32_t value;
    enum wm_setting setting;
};

/* ---- console.c -------------------------------------------------------------------------- */

/* Appends to the line being made; what does not fit is cut. */
void con_add(struct con_console *console, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Ends the request as refused by the console, and has the event log told. */
void con_refuse(struct con_console *console, enum wm_refusal code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Ends it as refused by the core, which tells the event log itself. */
void con_refused(struct con_console *console, enum wm_refusal code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Begins an answer of many lines: next writes each. */
void con_list(struct con_console *console, con_next_fn *next, int64_t at);

/* Argument i from 0 of the request, or null. */
const char *con_argument(const struct con_console *console, size_t i);

/*
 * What follows from argument i on, as it was typed, without quotation marks around it; the words
 * from there on are gone then. For a command whose arguments end in "...".
 */
char *con_rest(struct con_console *console, size_t i);

/* A whole number of at most nine digits. */
bool con_number(const char *text, int32_t *number);

/* ---- commands.c ------------------------------------------------------------------------- */

/* Finds the command of the request's words and lets it run, or refuses it. */
void con_command_run(struct con_console *console);

/* ---- show.c ----------------------------------------------------------------------------- */

void con_show_items(struct con_console *console);
void con_show_status(struct con_console *console);
void con_show_alarms(struct con_console *console);
void con_show_settings(struct con_console *console);
void con_show_version(struct con_console *console);

/* ---- order.c ---------------------------------------------------------------------------- */

void con_order(struct con_console *console);
void con_order_set(struct con_console *console);
void con_order_clock(struct con_console *console);

/* ---- logs.c ----------------------------------------------------------------------------- */

void con_log(struct con_console *console);
void con_show_logs(struct con_console *console);

#endif
