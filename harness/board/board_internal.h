/*
 * board_internal.h — what the files of a webmanager behind a wire share.
 *
 * Always true: whatever is waited for, the devices answer meanwhile (hx_board_pump); the world
 * stands where the wall clock does, and a script's now is the instant that it last let time pass
 * to.
 */
#ifndef HX_BOARD_BOARD_INTERNAL_H
#define HX_BOARD_BOARD_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/board/board_spec.h"
#include "harness/board/line.h"
#include "harness/stage/stage.h"
#include "harness/text.h"
#include "sim/plant/bridge.h"

/* Between two looks of `within`: a look takes some answers, and a person sees no sooner. */
#define HX_BOARD_LOOK_US INT64_C(200000)
/* At most so long without a look at the line. */
#define HX_BOARD_TICK_US INT64_C(20000)
/* A board boots, and a console comes with it. */
#define HX_BOARD_BOOT_LIMIT_US INT64_C(60000000)
/* An answer of the console. */
#define HX_BOARD_CONSOLE_LIMIT_US (INT64_C(1000000) * HX_ANSWER_LIMIT_S)

struct hx_board_line {
    const struct hx_board_spec *spec;
    struct sim_bridge bridge;
    struct hx_line bus; /* while it is not open it is looked for */
    struct hx_line console;
    int64_t anchor_us; /* wall clock at the world's beginning */
    int64_t now_us;    /* a script's */
    int64_t looks;     /* tells what is seen now from what was seen before */
    int64_t gone_us;   /* when it went first since it was heard; 0: it is there */
    int64_t lost_us;   /* when it went last */
    int64_t on_us;     /* when the power came */
    bool is_on;
    bool console_is_awake; /* it answers, and was asked nothing that it did not answer */
    uint32_t hellos;
    char console_fault[300]; /* why it is not awake */
    char verdict[400];       /* "" : nothing */
};

/* ---- the line: board_line.c ------------------------------------------------------------- */

/* The wall clock, from the world's beginning. */
int64_t hx_board_now_us(const struct hx_board_line *line);
/* Opens it, waiting as hx_line_open. False, with "PLACE: cause; cure" in error. */
bool hx_board_line_find(struct hx_stage *stage, bool waits, struct hx_text *error);

/* What is on the line still is nobody's question: the board that said it has lost its power. */
void hx_board_line_hush(struct hx_board_line *line);
/*
 * Lets the devices live until until_fd is readable (-1: none) or the instant has come. True: it is
 * readable. Returns early where the plant broke or the scenario's time limit has passed.
 */
bool hx_board_pump(struct hx_stage *stage, int until_fd, int64_t until_us);
/* The first is kept. */
void hx_board_verdict_set(struct hx_board_line *line, const char *text);
/* Silence, babble, a collision and a line that has gone are told once, and end the scenario. */
void hx_board_judge(struct hx_stage *stage);

/* ---- the commands of its file: board_command.c ------------------------------------------ */

/*
 * Runs one for sh; the devices answer meanwhile where pumps is true. False, with "NAME: ..." in
 * error: it did not end well, or not in time.
 */
bool hx_board_command(struct hx_stage *stage, const char *name, const char *command, bool pumps,
                      struct hx_text *error);
/* Appends its last words, on one line. */
void hx_board_said_add(struct hx_text *error, const struct hx_text *said);
/* The plant's supply switches it from now on. */
void hx_board_power_connect(struct hx_stage *stage);

/* ---- its console: board_console.c ------------------------------------------------------- */

/* Opens it, where it can be opened now. False, with "PLACE: cause; cure" in error. */
bool hx_board_console_open(struct hx_board_line *line, struct hx_text *error);
void hx_board_console_lost(struct hx_board_line *line);
/* Waits until it answers at all: half a line from before is ended first, whatever it was. */
bool hx_board_console_wake(struct hx_stage *stage, int64_t until_us);
/* Why it could not be woken, with a cure. */
void hx_board_console_blame(const struct hx_board_line *line, struct hx_text *text);
/*
 * Types bytes, once it is awake, and appends the answers, one a line that is not blank. False: not
 * in time; it may have obeyed.
 */
bool hx_board_console_ask(struct hx_stage *stage, const char *bytes, size_t size,
                          struct hx_text *said);

/* ---- its settings: board_settings.c ----------------------------------------------------- */

/*
 * NAME = VALUE, a line each, into a file for the set_up: what webmanagerd's configuration is made
 * of. A text that has blanks at its ends is unfit for it. Its path is in the trace; it is removed
 * when the board is closed.
 */
bool hx_board_settings_write(struct hx_stage *stage, struct hx_text *error);
/* Without a set_up: all settings as they are to be, one by one, and what latches let go. */
bool hx_board_settings_type(struct hx_stage *stage, struct hx_text *error);

#endif
