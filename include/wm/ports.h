/*
 * ports.h — the world as the core meets it. Everything is borrowed and outlives the core.
 */
#ifndef WM_PORTS_H
#define WM_PORTS_H

#include <stdbool.h>

#include "wm/bus.h"
#include "wm/journal.h"
#include "wm/log.h"
#include "wm/store.h"
#include "wm/units.h"

struct wm_ports {
    struct wm_bus bus;  /* COM3, the BACS bus                                     */
    struct wm_bus com2; /* ops null: no sensor can hang there                     */
    bool serves_rtu;    /* by the board, on COM2, while com2.use says so          */
    struct wm_store store;
    struct wm_log log;
    struct wm_journal
        journal; /* told of every event as it happens; the event log is kept besides */
};

/* What the webmanager finds when it is switched on. */
struct wm_power_up {
    wm_ms wall_ms;        /* wall clock, ms since 1970-01-01T00:00:00Z */
    int32_t slide_switch; /* states.def */
};

#endif
