/*
 * logs.h — what is written to the log rings, and when (decision B20).
 *
 * Events go in as they are told; measurements are a record a module, of the picture that is out, at
 * the end of the first round that finds them due. Always true: a period is written once, or missed
 * as a whole; a step writes a bounded number of records; a ring that fails stops nothing.
 */
#ifndef WM_LOGS_H
#define WM_LOGS_H

#include <stdbool.h>
#include <stdint.h>

#include "wm/catalog.h"
#include "wm/ports.h"
#include "wm/view.h"

/* One record of every module, once a period. */
struct wm_log_sweep {
    bool has_begun; /* once; begun_ms means something */
    wm_ms begun_ms; /* uptime */
    uint32_t wall_s;
    int32_t next;  /* module from 0 that is to be written next */
    int32_t until; /* next == until: nothing is to be written  */
};

struct wm_logs {
    struct wm_log log;
    struct wm_journal journal; /* told of every event besides */
    wm_ms wall_started_ms;
    bool is_failing[WM_LOG_RINGS]; /* its last record was lost */
    struct wm_log_sweep normal;
    struct wm_log_sweep flow;
};

/* wall_started_ms: wall clock at uptime 0. The ports' log and journal are borrowed. */
void wm_logs_init(struct wm_logs *logs, const struct wm_ports *ports, wm_ms wall_started_ms);

/* Tells the event log and then the ports' journal; it borrows logs. */
struct wm_journal wm_logs_journal(struct wm_logs *logs);

/* The clock was set: what is told from now on has the new time. */
void wm_logs_clock(struct wm_logs *logs, wm_ms wall_started_ms);

/* A round has ended and its picture is out: begins what is due. flows: charge or discharge. */
void wm_logs_round(struct wm_logs *logs, const struct wm_settings *settings, bool flows,
                   wm_ms uptime_ms);

/* Writes on, as much as a step may. */
void wm_logs_step(struct wm_logs *logs, const struct wm_view *view, wm_ms uptime_ms);

/* When to step again: soon while something is to be written, else WM_NEVER. */
wm_ms wm_logs_deadline_ms(const struct wm_logs *logs, wm_ms now_ms);

#endif
