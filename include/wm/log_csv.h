/*
 * log_csv.h — log records as lines of comma-separated values, the same by every way out.
 *
 * Times are ISO 8601 in UTC, values in natural units with a dot, names those of the tables; a cell
 * is empty where there is nothing to tell. Lines have no line end.
 */
#ifndef WM_LOG_CSV_H
#define WM_LOG_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wm/log.h"

/* Bytes of the longest line with its zero, were every cell as long as it may be. */
#define WM_LOG_CSV_LINE_MAX 640

/* The names of the columns of a ring. */
const char *wm_log_csv_header(enum wm_log_ring ring);

/* One record; bytes that are no record of the ring give its number and a cell `damaged`. */
void wm_log_csv_line(enum wm_log_ring ring, uint64_t number, const uint8_t *record, size_t size,
                     char line[WM_LOG_CSV_LINE_MAX]);

/*
 * The header and the last `count` records of a ring, oldest first, line by line; ends early, and
 * is false, when write says false.
 */
bool wm_log_csv(const struct wm_log *log, enum wm_log_ring ring, uint64_t count,
                bool (*write)(void *context, const char *line), void *context);

#endif
