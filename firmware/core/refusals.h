/*
 * refusals.h — what the event log tells of requests that were refused, wherever that was.
 *
 * Each is told at once while they are few. Of a flood the rest waits, and is told together by one
 * event a period (limits.h): it cannot push out of the log what happened to the batteries. Always
 * true: each that was noted is in the count of exactly one event, or waits.
 */
#ifndef WM_REFUSALS_H
#define WM_REFUSALS_H

#include <stdbool.h>
#include <stdint.h>

#include "wm/catalog.h"
#include "wm/limits.h"
#include "wm/units.h"

/* All zero: none yet. */
struct wm_refusals {
    int32_t waiting;        /* refused and not told */
    enum wm_refusal reason; /* of the last one */
    wm_ms free_ms;          /* each event told costs a period; all are paid for by then */
};

void wm_refusals_note(struct wm_refusals *refusals, enum wm_refusal reason);

/* True: they are to be told now, so many, the last for this reason. */
bool wm_refusals_take(struct wm_refusals *refusals, wm_ms now_ms, enum wm_refusal *reason,
                      int32_t *count);

/* When those that wait may be told; WM_NEVER while none does. */
wm_ms wm_refusals_deadline_ms(const struct wm_refusals *refusals);

#endif
