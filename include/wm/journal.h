/*
 * journal.h — PORT: where events are told. Text is made at the edge, once.
 */
#ifndef WM_JOURNAL_H
#define WM_JOURNAL_H

#include <stdint.h>

#include "wm/units.h"

/* wm_event_module_lost, ...; what number and value mean is said in the row. */
enum wm_event_kind {
#define EVENT(name, number, value, text) wm_event_##name,
#include "wm/events.def"
#undef EVENT
    wm_event_kinds
};

struct wm_event_row {
    const char *name;
    const char *number; /* what it counts: "module", "alarm", ...; "none": nothing */
    const char *value;  /* likewise */
    const char *text;
};

/* The row of a kind; never null. */
const struct wm_event_row *wm_event(enum wm_event_kind kind);

struct wm_event {
    wm_ms time_ms; /* uptime */
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
