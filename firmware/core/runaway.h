/*
 * runaway.h — does a string heat itself while it takes current (decision B15)?
 *
 * Judged once a round from the string's sums. In a series string the hot block's share of the
 * voltage falls and the whole string heats together, so a difference alone would miss it: the rise
 * of the whole string above its coolest hour of the last day counts too.
 */
#ifndef WM_RUNAWAY_H
#define WM_RUNAWAY_H

#include <stdbool.h>
#include <stdint.h>

#include "bank.h"
#include "wm/limits.h"

struct wm_runaway {
    bool is_raised;
    bool is_holding;
    wm_ms since_ms;      /* of holding */
    int32_t heard_count; /* modules that were valid while it is raised, at most */
    /* Hourly averages of the string's average temperature: a ring of whole hours. */
    int32_t hours;
    int32_t hour_next;
    int32_t hour_mdegC[WM_RUNAWAY_HOURS];
    bool has_hour; /* one is running */
    wm_ms hour_started_ms;
    int64_t hour_sum_mdegC;
    int32_t hour_samples;
};

/*
 * One round's look at one string. Its current is taken only if is_measured. True if it has held
 * without break: the runaway is raised, or has held once more while it is; then the action is due,
 * which may have been set or undone meanwhile. What is raised stays as long as a module that told
 * of it is lost: that may be the hot one, and a temperature that nobody knows is not below its
 * limit (decision M8).
 */
bool wm_runaway_step(struct wm_runaway *runaway, const struct wm_string_sums *sums,
                     bool is_measured, int32_t current_mA, const struct wm_settings *settings,
                     wm_ms now_ms);

/* Nothing was measured for a while: a hold that ran is broken, what is raised stays. */
void wm_runaway_pause(struct wm_runaway *runaway);

#endif
