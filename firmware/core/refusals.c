/*
 * refusals.c — see refusals.h.
 */
#include "refusals.h"

/* An event may be told when no more than this is owed. */
#define CREDIT_MS ((wm_ms)WM_REFUSALS_PERIOD_MS * (WM_REFUSALS_MAX - 1))

void wm_refusals_note(struct wm_refusals *refusals, enum wm_refusal reason)
{
    refusals->reason = reason;
    refusals->waiting += refusals->waiting < INT32_MAX;
}

wm_ms wm_refusals_deadline_ms(const struct wm_refusals *refusals)
{
    return refusals->waiting > 0 ? refusals->free_ms - CREDIT_MS : WM_NEVER;
}

bool wm_refusals_take(struct wm_refusals *refusals, wm_ms now_ms, enum wm_refusal *reason,
                      int32_t *count)
{
    if (refusals->waiting == 0 || now_ms < wm_refusals_deadline_ms(refusals)) {
        return false;
    }
    *reason = refusals->reason;
    *count = refusals->waiting;
    refusals->waiting = 0;
    refusals->free_ms = refusals->free_ms > now_ms ? refusals->free_ms : now_ms;
    refusals->free_ms += WM_REFUSALS_PERIOD_MS;
    return true;
}
