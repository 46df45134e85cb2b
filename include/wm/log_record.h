/*
 * log_record.h — the records of the log rings: what they hold, and their bytes.
 *
 * Always true: all of a ring have one size, little endian without gaps, and carry names as keys
 * (wm_name_key), so that a log outlives an update of the firmware. The time is what the wall clock
 * said; order is by number, since a clock may be set back.
 */
#ifndef WM_LOG_RECORD_H
#define WM_LOG_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wm/journal.h"
#include "wm/log.h"
#include "wm/status.h"
#include "wm/units.h"

#define WM_LOG_EVENT_SIZE       28
#define WM_LOG_MEASUREMENT_SIZE 27

/* A name that this firmware does not know: as kind, and as number where that is a setting or a
 * text. */
#define WM_LOG_UNKNOWN (-1)

/* A record of WM_LOG_EVENTS. */
struct wm_log_event {
    wm_ms wall_ms;   /* ms since 1970-01-01T00:00:00Z */
    wm_ms uptime_ms; /* since the start it belongs to */
    int32_t kind;    /* enum wm_event_kind, or WM_LOG_UNKNOWN */
    int32_t number;  /* as in events.def */
    int32_t value;
};

enum wm_log_flag {
    WM_LOG_HAS_VALUES = 1 << 0,     /* voltage, temperature and bypass */
    WM_LOG_HAS_RESISTANCE = 1 << 1, /* measured once at least          */
    WM_LOG_HAS_CURRENT = 1 << 2,    /* its string has a sensor that answers */
    WM_LOG_IS_LOST = 1 << 3,
};

/* A record of WM_LOG_NORMAL or WM_LOG_FLOW. What has no flag is 0. */
struct wm_log_measurement {
    uint32_t wall_s; /* s since 1970-01-01T00:00:00Z; the same for all modules of one period */
    uint16_t module; /* from 1 */
    uint16_t alarm_flags;
    uint8_t flags; /* bits of enum wm_log_flag */
    int32_t voltage_mV;
    int32_t temperature_mdegC;
    int32_t resistance_uOhm;
    int16_t bypass_permille;
    int32_t current_mA; /* of its string */
};

/* "events", "normal", "flow"; and back: false if there is no such ring. */
const char *wm_log_ring_name(enum wm_log_ring ring);
bool wm_log_ring_find(const char *name, enum wm_log_ring *ring);

void wm_log_event_pack(const struct wm_log_event *event, uint8_t bytes[WM_LOG_EVENT_SIZE]);
void wm_log_measurement_pack(const struct wm_log_measurement *measurement,
                             uint8_t bytes[WM_LOG_MEASUREMENT_SIZE]);

/* size: of the record as it was read. WM_DAMAGED if it is not one of this kind. */
WM_MUST_CHECK enum wm_status wm_log_event_unpack(const uint8_t *bytes, size_t size,
                                                 struct wm_log_event *event);
WM_MUST_CHECK enum wm_status wm_log_measurement_unpack(const uint8_t *bytes, size_t size,
                                                       struct wm_log_measurement *measurement);

#endif
