/*
 * store.h — PORT: small named records that survive power loss.
 *
 * Called at step boundaries, never inside a decision.
 */
#ifndef WM_STORE_H
#define WM_STORE_H

#include <stddef.h>

#include "wm/status.h"

struct wm_store_ops {
    /* Returns the record's size, WM_ABSENT, WM_DAMAGED or WM_IO; name < WM_RECORD_NAME_MAX. */
    int (*load)(void *self, const char *name, void *bytes, size_t size_max);
    /* All or nothing: after a power cut a reader finds the old record or the new one. */
    enum wm_status (*save)(void *self, const char *name, const void *bytes, size_t size);
};

/* Borrowed by the core; outlives it. */
struct wm_store {
    const struct wm_store_ops *ops;
    void *self;
};

#endif
