/*
 * alarm.h — which alarms hold, and the rows of the alarm table.
 *
 * Rules and states report causes; this file turns causes into rows. Always true: one row a kind
 * of alarm however many causes it has, ids only count up, rows stand in order of id (decision S7);
 * in one update rows go before rows come (decision B6).
 */
#ifndef WM_ALARM_H
#define WM_ALARM_H

#include <stdbool.h>
#include <stdint.h>

#include "wm/catalog.h"
#include "wm/journal.h"
#include "wm/limits.h"
#include "wm/view.h"

struct wm_alarms {
    int32_t causes[wm_alarm_count];
    uint32_t raises[wm_alarm_count]; /* causes that ever came; wraps */
    uint64_t active;                 /* bit of enum wm_alarm: it had a cause at the last update */
    uint32_t id_next;
    int32_t rows;
    struct wm_view_alarm row[WM_ALARM_ROWS_MAX];
};

void wm_alarms_init(struct wm_alarms *alarms);

/* One cause more, one cause less, or the only cause there can be. */
void wm_alarms_raise(struct wm_alarms *alarms, enum wm_alarm alarm);
void wm_alarms_drop(struct wm_alarms *alarms, enum wm_alarm alarm);
void wm_alarms_set(struct wm_alarms *alarms, enum wm_alarm alarm, bool holds);

/* So many causes hold now; those above the last count are new ones. */
void wm_alarms_count(struct wm_alarms *alarms, enum wm_alarm alarm, int32_t causes);

/* One of those that are counted is new, though another may go with it. */
void wm_alarms_renew(struct wm_alarms *alarms, enum wm_alarm alarm);

/* One owner's causes, a bit each, were `before` and are `now`. */
void wm_alarms_follow(struct wm_alarms *alarms, enum wm_alarm alarm, uint32_t before, uint32_t now);

static inline bool wm_alarms_holds(const struct wm_alarms *alarms, enum wm_alarm alarm)
{
    return alarms->causes[alarm] > 0;
}

/*
 * Brings the rows in line with the causes and tells the journal of each edge. True if any alarm
 * came or went.
 */
bool wm_alarms_update(struct wm_alarms *alarms, wm_ms now_ms, const struct wm_journal *journal);

/* Initializing has ended: what stands now was there before (decisions S7, S8). */
void wm_alarms_started(struct wm_alarms *alarms);

/* True while it holds and is a cause of the general alarm. */
bool wm_alarms_is_cause(const struct wm_alarms *alarms, enum wm_alarm alarm,
                        const struct wm_settings *settings);

/* True while anything holds that is a cause of the general alarm (decision B7). */
bool wm_alarms_is_general(const struct wm_alarms *alarms, const struct wm_settings *settings);

#endif
