/*
 * instant.h — instants of the wall clock as ISO 8601 in UTC, the same by every way in and out.
 */
#ifndef WM_INSTANT_H
#define WM_INSTANT_H

#include <stdbool.h>
#include <stdint.h>

#include "wm/units.h"

/* Bytes of "2020-06-01T00:00:00.000Z" with its zero. */
#define WM_INSTANT_SIZE 25

/*
 * What a wall clock of so long since 1970 shows, with milliseconds and without. A clock before 1970
 * was never set and shows its beginning; years end with 9999. Returns text.
 */
const char *wm_instant_text(wm_ms wall_ms, char text[WM_INSTANT_SIZE]);
const char *wm_instant_text_s(int64_t wall_s, char text[WM_INSTANT_SIZE]);

/* The reverse, milliseconds left out or not; false: no such instant from 2000 to 2099. */
bool wm_instant_parse(const char *text, wm_ms *wall_ms);

#endif
