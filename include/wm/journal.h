/*
 * journal.h — PORT: where events are told. Text is made at the edge, once.
 */
#ifndef WM_JOURNAL_H
#define WM_JOURNAL_H

#include <stdint.h>

#include "wm/units.h"

enum wm_event_kind {
    WM_EVENT_STATE,         /* number = new general status word                     */
    WM_EVENT_ALARM_ADDED,   /* number = well-known alarm, value = row id            */
    WM_EVENT_ALARM_REMOVED, /* number = well-known alarm, value = row id            */
    WM_EVENT_MODULE_LOST,   /* number = module, 1-based                             */
    WM_EVENT_MODULE_BACK,   /* number = module, 1-based                             */
    WM_EVENT_BREAKER,       /* number = string, 1-based; value 1 opened, 0 closed   */
    WM_EVENT_STORE_DAMAGED, /* a record could not be read; defaults are in force    */
    WM_EVENT_STORE_FAILED,  /* a record could not be written                        */
};

struct wm_event {
    wm_ms time_ms;
    enum wm_event_kind kind;
    int32_t number;
    int32_t value;
};

struct wm_journal {
    /* Must not fail and must not block; may drop, and then counts what it dropped. */
    void (*tell)(void *self, const struct wm_event *event);
    void *self;
};

#endif
