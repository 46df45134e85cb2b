/*
 * boots.h — how often the webmanager has been started, kept over a restart: snmpEngineBoots of
 * RFC 3414, 2.2, by which a message of an earlier life is told from one of this.
 */
#ifndef WM_BOOTS_H
#define WM_BOOTS_H

#include <stdbool.h>
#include <stdint.h>

#include "wm/status.h"
#include "wm/store.h"

/* Its record in the store. */
#define WM_BOOTS_RECORD "boots"

struct wm_boots {
    int32_t count;   /* this start too; 1 to INT32_MAX, where it stays (RFC 3414, 2.2.2) */
    bool is_changed; /* to be saved */
};

/* Reads the record and counts one more. WM_DAMAGED: it cannot be believed; this is the first. */
WM_MUST_CHECK enum wm_status wm_boots_init(struct wm_boots *boots, const struct wm_store *store);

/* Saves the record if it changed; it counts as changed until it was saved. */
WM_MUST_CHECK enum wm_status wm_boots_save(struct wm_boots *boots, const struct wm_store *store);

#endif
