/*
 * trial.h — is a setting asserted that no window reads back? A scenario that gave it another value
 * than the default is played again without it: where that fails, it is.
 */
#ifndef HX_TRIAL_H
#define HX_TRIAL_H

#include "options.h"
#include "script.h"
#include "verdict.h"

/* One setting, and the scenarios that may tell, in the order in which they are tried. */
struct hx_trial {
    enum wm_setting setting;
    size_t *candidate; /* owned by the caller */
    size_t candidates;
    bool is_asserted;
    size_t first; /* the scenario that told */
};

/* Plays until each trial is decided. False: interrupted. */
bool hx_trials_play(struct hx_trial *trial, size_t trials, const struct hx_scenarios *scenarios,
                    const struct hx_options *options);

#endif
