/*
 * runaway.c — see runaway.h.
 */
#include "runaway.h"

#include <limits.h>

enum {
    HOUR_MS = 3600 * 1000,
    CLEAR_MDEGC = 2000, /* both temperatures below their limits by this, and it clears */
};

static void hour_take(struct wm_runaway *runaway, int32_t mean_mdegC, wm_ms now_ms)
{
    if (runaway->has_hour && now_ms - runaway->hour_started_ms >= HOUR_MS) {
        runaway->hour_mdegC[runaway->hour_next] =
            (int32_t)wm_divide_rounded(runaway->hour_sum_mdegC, runaway->hour_samples);
        runaway->hour_next = (runaway->hour_next + 1) % WM_RUNAWAY_HOURS;
        runaway->hours += runaway->hours < WM_RUNAWAY_HOURS;
        runaway->has_hour = false;
    }
    if (!runaway->has_hour) {
        runaway->has_hour = true;
        runaway->hour_started_ms = now_ms;
        runaway->hour_sum_mdegC = 0;
        runaway->hour_samples = 0;
    }
    runaway->hour_sum_mdegC += mean_mdegC;
    runaway->hour_samples++;
}

/* The lowest whole hour; until there is one, the hour that runs. */
static int32_t coolest_hour_mdegC(const struct wm_runaway *runaway)
{
    if (runaway->hours == 0) {
        return (int32_t)wm_divide_rounded(runaway->hour_sum_mdegC, runaway->hour_samples);
    }
    int32_t lowest_mdegC = INT32_MAX;
    for (int32_t i = 0; i < runaway->hours; i++) {
        if (runaway->hour_mdegC[i] < lowest_mdegC) {
            lowest_mdegC = runaway->hour_mdegC[i];
        }
    }
    return lowest_mdegC;
}

/*
 * By how much the hottest module is beyond `limit` above the average of the others, times how many
 * those are, so that nothing is rounded. A module alone is beyond nothing.
 */
static int64_t spread_beyond(const struct wm_string_sums *sums, int32_t limit_mdegC)
{
    const int64_t others = sums->valid_count - 1;
    const int64_t others_sum = (int64_t)sums->temperature_mdegC_sum - sums->temperature_mdegC_max;
    return others < 1 ? -1
                      : (sums->temperature_mdegC_max - (int64_t)limit_mdegC) * others - others_sum;
}

bool wm_runaway_step(struct wm_runaway *runaway, const struct wm_string_sums *sums,
                     bool is_measured, int32_t current_mA, const struct wm_settings *settings,
                     wm_ms now_ms)
{
    if (sums->valid_count == 0) {
        /* Nothing is judged from values that are not there; what is raised stays. */
        runaway->is_holding = false;
        return false;
    }
    hour_take(runaway, sums->temperature_mdegC_mean, now_ms);
    const int32_t delta_mdegC = settings->value[wm_setting_runaway_delta];
    const int32_t rise_limit_mdegC = settings->value[wm_setting_runaway_rise];
    const int32_t rise = sums->temperature_mdegC_mean - coolest_hour_mdegC(runaway);
    if (runaway->is_raised && sums->valid_count >= runaway->heard_count) {
        runaway->heard_count = sums->valid_count;
        runaway->is_raised = spread_beyond(sums, delta_mdegC - CLEAR_MDEGC) >= 0 ||
                             rise >= rise_limit_mdegC - CLEAR_MDEGC;
    }
    const bool is_hot = spread_beyond(sums, delta_mdegC) > 0 || rise > rise_limit_mdegC;
    const bool is_charged = is_measured && current_mA > settings->value[wm_setting_runaway_current];
    if (!is_hot || !is_charged) {
        runaway->is_holding = false;
        return false;
    }
    if (!runaway->is_holding) {
        runaway->is_holding = true;
        runaway->since_ms = now_ms;
    }
    const wm_ms hold_ms = settings->value[wm_setting_runaway_hold] * INT64_C(1000);
    if (now_ms - runaway->since_ms < hold_ms) {
        return false;
    }
    runaway->is_holding = false;
    if (!runaway->is_raised) {
        runaway->is_raised = true;
        runaway->heard_count = sums->valid_count;
    }
    return true;
}

void wm_runaway_pause(struct wm_runaway *runaway)
{
    runaway->is_holding = false;
}
