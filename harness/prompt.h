/*
 * prompt.h — what is typed at a command that goes on until it is interrupted: lines of standard
 * input, and the signals that end it, as one descriptor to wait for.
 */
#ifndef HX_PROMPT_H
#define HX_PROMPT_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/stage/stage.h"

/* A typed line is not longer. How long it runs is bounded in the language. */
#define HX_LINE_MAX 4096

struct hx_prompt {
    int fd;       /* ro: readable when hx_prompt_take has something to do */
    bool is_over; /* rw: interrupted */
    /* private */
    int signals_fd;
    bool has_input;  /* standard input is not at its end */
    bool is_watched; /* standard input wakes fd; a plain file cannot and is always ready */
    bool line_is_long;
    size_t size;
    char line[HX_LINE_MAX];
    void (*typed)(void *context, char *line, size_t size);
    void *context;
};

/*
 * Zero-initialised. From now on SIGINT, SIGTERM and SIGHUP (but not under nohup) end nothing but
 * this. typed: a line that is not blank, ended by a zero in the place of its newline. False, with a
 * complaint made: no signals.
 */
bool hx_prompt_open(struct hx_prompt *prompt, void (*typed)(void *context, char *line, size_t size),
                    void *context);

/* Standard input is a file, and not at its end: there is something to take at any time. */
bool hx_prompt_is_plain(const struct hx_prompt *prompt);

/* Takes what is there, and calls typed for each line. */
void hx_prompt_take(struct hx_prompt *prompt);

/* Runs a line as Lua on the stage's plant, and prints what comes of it. */
void hx_prompt_lua(struct hx_stage *stage, const char *line);

#endif
