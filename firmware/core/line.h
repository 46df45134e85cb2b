/*
 * line.h — one question at a time on a bus port: sent, repeated, answered or given up.
 *
 * Always true: at most one question is outstanding; every question ends, answered or silent, in
 * bounded time, whatever is on the line; an answer counts only if it carries the class, address,
 * command and sequence number that the outstanding question asks for.
 */
#ifndef WM_LINE_H
#define WM_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frame.h"
#include "wm/bus.h"
#include "wm/units.h"

/* Repeats of a question to a device that is not known to be lost (decision B3). */
#define WM_LINE_RETRIES 2

struct wm_line_timing {
    int32_t baud;            /* 8N1 */
    wm_ms answer_timeout_ms; /* from the question's last bit to the answer's first byte */
};

enum wm_line_result {
    WM_LINE_NONE,     /* nothing ended in this step       */
    WM_LINE_ANSWERED, /* `answer` belongs to the question */
    WM_LINE_SILENT,   /* no valid answer, no retry left; or none was expected */
};

struct wm_line {
    struct wm_bus bus;
    bool has_question; /* chosen and not yet ended, on the line or to be repeated */
    bool is_waiting;   /* it is on the line, or its answer is */
    bool is_garbled;   /* bytes came for the question, and no valid answer among them */
    uint8_t sequence;
    uint8_t retries_left;
    size_t bytes_seen; /* of the answer so far */
    wm_ms deadline_ms; /* when silence is judged next */
    wm_ms give_up_ms;  /* when even a babbling line ends the question */
    struct wm_frame question;
    struct wm_frame_reader reader;
};

/* The bus is borrowed. */
void wm_line_init(struct wm_line *line, struct wm_bus bus);

/* Makes `question` the one to be sent; there must be none. Its sequence is given when it is. */
void wm_line_ask(struct wm_line *line, const struct wm_frame *question, uint8_t retries);

/* Puts the question on the line, if there is one that is not on it. */
void wm_line_transmit(struct wm_line *line, const struct wm_line_timing *timing, wm_ms now_ms);

/*
 * Fetches what arrived and judges silence. After WM_LINE_ANSWERED exactly one of wm_line_accept
 * and wm_line_refuse.
 */
enum wm_line_result wm_line_receive(struct wm_line *line, const struct wm_line_timing *timing,
                                    wm_ms now_ms, struct wm_frame *answer);
void wm_line_accept(struct wm_line *line);

/* It is no answer after all (decision B24): WM_LINE_SILENT, or WM_LINE_NONE and it is repeated. */
enum wm_line_result wm_line_refuse(struct wm_line *line);

/* When the line has to be stepped at the latest; now_ms: at once; WM_NEVER: it is idle. */
wm_ms wm_line_deadline_ms(const struct wm_line *line, wm_ms now_ms);

#endif
