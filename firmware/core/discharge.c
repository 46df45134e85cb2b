/*
 * discharge.c — see discharge.h.
 */
#include "discharge.h"

#include <string.h>

#include "record.h"

enum { COUNTS_MS = 10 * 1000 }; /* decision B12 */

enum wm_status wm_discharges_init(struct wm_discharges *discharges, const struct wm_store *store)
{
    memset(discharges, 0, sizeof *discharges);
    const enum wm_status status =
        wm_record_load_count(store, WM_DISCHARGES_RECORD, &discharges->count);
    discharges->is_changed = status == WM_DAMAGED; /* the next one read is a good one */
    return status == WM_ABSENT ? WM_OK : status;
}

/* When the first of the strings that discharge now began to. */
static wm_ms first_reading_ms(const struct wm_state *state, int32_t strings, wm_ms now_ms)
{
    wm_ms first_ms = now_ms;
    for (int32_t i = 0; i < strings; i++) {
        const struct wm_string_flow *string = &state->string[i];
        if (string->flow == WM_FLOW_DISCHARGE && string->falling_since_ms < first_ms) {
            first_ms = string->falling_since_ms;
        }
    }
    return first_ms;
}

bool wm_discharges_step(struct wm_discharges *discharges, const struct wm_state *state,
                        int32_t strings, wm_ms now_ms)
{
    if (state->flow != WM_FLOW_DISCHARGE) {
        discharges->has_begun = false;
        return false;
    }
    if (!discharges->has_begun) {
        discharges->has_begun = true;
        discharges->is_counted = false;
        discharges->began_ms = first_reading_ms(state, strings, now_ms);
    }
    if (discharges->is_counted || now_ms - discharges->began_ms < COUNTS_MS) {
        return false;
    }
    discharges->is_counted = true;
    discharges->is_changed = true;
    discharges->count += discharges->count < INT32_MAX;
    return true;
}

enum wm_status wm_discharges_save(struct wm_discharges *discharges, const struct wm_store *store)
{
    if (!discharges->is_changed) {
        return WM_OK;
    }
    const enum wm_status status =
        wm_record_save_count(store, WM_DISCHARGES_RECORD, discharges->count);
    discharges->is_changed = status != WM_OK;
    return status;
}
