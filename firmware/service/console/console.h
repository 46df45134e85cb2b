/*
 * console.h — the service port as a line protocol, for a person and for a machine.
 *
 * One request a line; an answer is lines of key=value words, ended by one line `ok` or
 * `error CODE TEXT`. CONSOLE.md has the commands, printed from their table. Knows no transport.
 *
 * Always true: one answer is under way at a time, made line by line as the transport takes it, so
 * that neither a long answer nor a flood of requests costs memory; a refused line changes nothing
 * but the event log.
 */
#ifndef CON_CONSOLE_H
#define CON_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wm/command.h"
#include "wm/log.h"
#include "wm/units.h"
#include "wm/view.h"

/* Bytes of a request without its end; a longer one is refused as a whole. */
#define CON_LINE_MAX 320
/* Bytes of one line of an answer with its end. */
#define CON_ANSWER_MAX 512
/* Words of a request; no command takes more than four. */
#define CON_WORDS_MAX 6
/*
 * Requests in a row before too_fast, and how many a second of uptime make up for. A person never
 * meets either; a machine may ask for a whole installation at one instant, but cannot keep the
 * webmanager from its bus.
 */
#define CON_BURST      200
#define CON_PER_SECOND 20

/* All private. */
struct con_budget {
    int64_t left; /* requests, in thousandths */
    wm_ms since_ms;
    bool is_flooded; /* the last request came too fast */
};

struct con_command;
struct con_console;

/* Writes the next line of an answer into console->answer; false: there is none left. */
typedef bool con_next_fn(struct con_console *console);

/* Of the caller; all members are private to the console. */
struct con_console {
    const struct wm_view *view;
    struct wm_commands commands;
    struct wm_log log;
    struct con_budget own;
    struct con_budget *shared; /* null: its own counts */
    size_t line_size;
    bool line_is_long;
    bool line_is_bad; /* it holds a byte that is no printable ASCII */
    char line[CON_LINE_MAX + 1];
    char *word[CON_WORDS_MAX]; /* into line, while its answer is under way */
    size_t words;
    bool has_more;                     /* behind the last word, in one piece */
    const struct con_command *command; /* being answered */
    con_next_fn *next;                 /* more lines of the answer; null: none   */
    int64_t at;                        /* where next stands                      */
    int64_t end;                       /* of what it lists, where at is a number */
    int32_t first, last;               /* items it was asked for                 */
    bool is_answering;
    size_t answer_size, answer_sent;
    char answer[CON_ANSWER_MAX];
};

/*
 * view, commands and log are borrowed and outlive the console; log.ops null: no logs are kept.
 * now_ms is the uptime.
 */
void con_console_init(struct con_console *console, const struct wm_view *view,
                      const struct wm_commands *commands, const struct wm_log *log, wm_ms now_ms);

/*
 * From now on the console has this budget, and no more than what others have left of it: whoever
 * may come again and again has one for all of his consoles. Borrowed, outlives the console.
 */
void con_budget_init(struct con_budget *budget, wm_ms now_ms);
void con_console_share(struct con_console *console, struct con_budget *budget);

/*
 * Takes bytes from the transport, up to the end of the first request that has an answer; a request
 * is carried out at once. Returns how many: the rest is to be offered again when that answer has
 * been read. now_ms is the uptime and never goes back.
 */
size_t con_console_write(struct con_console *console, const char *bytes, size_t size, wm_ms now_ms);

/* Gives bytes of the answer to the transport; returns how many, 0: nothing is left to say. */
size_t con_console_read(struct con_console *console, char *bytes, size_t size);

/* ---- for CONSOLE.md --------------------------------------------------------------------- */

struct con_command_text {
    const char *verb;
    const char *topic;     /* its second word, or null */
    const char *arguments; /* words in capitals stand for something, [ ] may be left out */
    const char *text;
};

/* Command number i from 0, in the order of help; false: there is none. */
bool con_command_describe(size_t i, struct con_command_text *text);

#endif
