/*
 * logs.c — the log rings as comma-separated values, record by record.
 *
 * Always true: what is told are the records that were there when it was asked; those that the ring
 * drops meanwhile are left out.
 */
#include "wm/log_csv.h"

#include <inttypes.h>
#include <stdio.h>

#include "internal.h"
#include "wm/log_record.h"

static bool next_record(struct con_console *console)
{
    const struct wm_log *log = &console->log;
    const enum wm_log_ring ring = (enum wm_log_ring)console->command->value;
    uint8_t record[WM_LOG_RECORD_MAX];
    char line[WM_LOG_CSV_LINE_MAX];
    uint64_t first;
    (void)log->ops->held(log->self, ring, &first);
    if ((uint64_t)console->at < first) {
        console->at = (int64_t)first;
    }
    if (console->at >= console->end) {
        return false;
    }
    const uint64_t number = (uint64_t)console->at++;
    const int size = log->ops->read(log->self, ring, number, record, sizeof record);
    wm_log_csv_line(ring, number, record, size > 0 ? (size_t)size : 0, line);
    con_add(console, "%s", line);
    return true;
}

static bool next_header(struct con_console *console)
{
    con_add(console, "%s", wm_log_csv_header((enum wm_log_ring)console->command->value));
    console->next = next_record;
    return true;
}

void con_log(struct con_console *console)
{
    const struct wm_log *log = &console->log;
    const char *argument = con_argument(console, 0);
    int32_t count = 0;
    if (argument != NULL && !con_number(argument, &count)) {
        con_refuse(console, wm_refusal_syntax, "%s is no number of records", argument);
        return;
    }
    if (log->ops == NULL) {
        con_refuse(console, wm_refusal_absent, "this webmanager keeps no logs");
        return;
    }
    uint64_t first;
    const uint64_t held =
        log->ops->held(log->self, (enum wm_log_ring)console->command->value, &first);
    const bool has_all = argument == NULL || (uint64_t)count >= held;
    console->end = (int64_t)(first + held);
    con_list(console, next_header, has_all ? (int64_t)first : console->end - count);
}

/* ---- rings ------------------------------------------------------------------------------ */

static bool next_ring(struct con_console *console)
{
    if (console->at >= WM_LOG_RINGS) {
        return false;
    }
    const enum wm_log_ring ring = (enum wm_log_ring)console->at++;
    uint64_t first;
    const uint64_t held = console->log.ops->held(console->log.self, ring, &first);
    con_add(console, "log=%s first=%" PRIu64 " records=%" PRIu64, wm_log_ring_name(ring), first,
            held);
    return true;
}

void con_show_logs(struct con_console *console)
{
    if (console->log.ops == NULL) {
        con_refuse(console, wm_refusal_absent, "this webmanager keeps no logs");
        return;
    }
    con_list(console, next_ring, 0);
}
