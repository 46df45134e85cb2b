/*
 * log.h — PORT: append-only rings of records that survive power loss (decision B20).
 *
 * Always true: records come back whole and in order of appending; when a ring is full the oldest
 * go first; after a power cut at most the last block of a ring is lost.
 */
#ifndef WM_LOG_H
#define WM_LOG_H

#include <stddef.h>
#include <stdint.h>

#include "wm/status.h"

enum wm_log_ring {
    WM_LOG_EVENTS, /* one an event */
    WM_LOG_NORMAL, /* one a module at log.rate_normal */
    WM_LOG_FLOW,   /* one a module at log.rate_current, while charging or discharging */
    WM_LOG_RINGS
};

/* Bytes of the largest record. */
#define WM_LOG_RECORD_MAX 32

struct wm_log_ops {
    /* WM_OK, or WM_IO: the record is lost, those before it are not. All of a ring: one size. */
    enum wm_status (*append)(void *self, enum wm_log_ring ring, const void *record, size_t size);
    /* Records that can be read: numbers *first to *first + return value - 1; only count up. */
    uint64_t (*held)(void *self, enum wm_log_ring ring, uint64_t *first);
    /* Size of record `number`, or WM_ABSENT, WM_DAMAGED, WM_IO. */
    int (*read)(void *self, enum wm_log_ring ring, uint64_t number, void *record, size_t size_max);
};

/* Borrowed; outlives who uses it. */
struct wm_log {
    const struct wm_log_ops *ops;
    void *self;
};

#endif
