/*
 * trial.h — is a setting or text asserted that no window reads back? A scenario that gave it
 * another value than the default is played again without it: where that fails, it is.
 */
#ifndef HX_RUN_TRIAL_H
#define HX_RUN_TRIAL_H

#include "harness/options.h"
#include "harness/run/verdict.h"
#include "harness/stage/script.h"

/* One setting, and the scenarios that may tell, in the order in which they are tried. */
struct hx_trial {
    const char *name;  /* of a setting or text  */
    char value[256];   /* its default, as a person would write it */
    size_t *candidate; /* owned by the caller */
    size_t candidates;
    bool is_asserted;
    size_t first; /* the scenario that told */
};

/* For a setting or a text; the candidates are the caller's. */
struct hx_trial hx_trial_of_setting(enum wm_setting setting);
struct hx_trial hx_trial_of_text(enum wm_text text);

/* Plays until each trial is decided. False: interrupted. */
bool hx_trials_play(struct hx_trial *trial, size_t trials, const struct hx_scenarios *scenarios,
                    const struct hx_options *options);

#endif
