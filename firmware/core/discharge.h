/*
 * discharge.h — how often the bank has been discharged, kept over a restart (decision B12).
 *
 * A discharge counts once it has lasted from its first reading on, which is before the state says
 * so (decision B10); however long it goes on, and whichever strings take part, it is one.
 */
#ifndef WM_DISCHARGE_H
#define WM_DISCHARGE_H

#include <stdbool.h>
#include <stdint.h>

#include "state.h"
#include "wm/store.h"

/* Its record in the store. */
#define WM_DISCHARGES_RECORD "discharges"

struct wm_discharges {
    int32_t count;
    bool has_begun;  /* the bank discharges */
    bool is_counted; /* and this one has been */
    bool is_changed; /* to be saved */
    wm_ms began_ms;
};

/* Reads the record. WM_DAMAGED: it cannot be believed, and the count begins at 0. */
WM_MUST_CHECK enum wm_status wm_discharges_init(struct wm_discharges *discharges,
                                                const struct wm_store *store);

/* One round's look at the state, which must be fresh. True: one more has been counted. */
bool wm_discharges_step(struct wm_discharges *discharges, const struct wm_state *state,
                        int32_t strings, wm_ms now_ms);

/* Saves the record if it changed; it counts as changed until it was saved. */
WM_MUST_CHECK enum wm_status wm_discharges_save(struct wm_discharges *discharges,
                                                const struct wm_store *store);

#endif
