/*
 * notify.h — which rows of the alarm table went and came between two published views.
 *
 * Pure. Always true: an Added is told once a row that came after initializing, a Removed once a row
 * that went after it; the Initializing row itself is never told (decision S8).
 */
#ifndef SNMPS_NOTIFY_H
#define SNMPS_NOTIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wm/limits.h"
#include "wm/view.h"

struct snmps_notice {
    bool is_added; /* else removed                   */
    uint32_t id;
    int32_t number; /* of the well-known alarm, 1..39 */
};

/* The rows last seen, ids ascending; all zero before the first view. */
struct snmps_seen {
    size_t count;
    struct snmps_notice row[WM_ALARM_ROWS_MAX];
};

/* Every seen row may go and as many come. */
#define SNMPS_NOTICES_MAX (2 * WM_ALARM_ROWS_MAX)

/*
 * Compares view with seen and takes it over. Returns how many notices were put into
 * notices[SNMPS_NOTICES_MAX]: those of removed rows first, then those of added ones, each in
 * ascending order of id. While the view is initializing nothing is told and seen stays.
 */
size_t snmps_notify(struct snmps_seen *seen, const struct wm_view *view,
                    struct snmps_notice *notices);

#endif
