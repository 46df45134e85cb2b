/*
 * suite.h — everything that is to be played, loaded and checked before anything runs.
 */
#ifndef HX_RUN_SUITE_H
#define HX_RUN_SUITE_H

#include <stdbool.h>

#include "harness/options.h"
#include "harness/stage/script.h"

/*
 * Loads the files and folders named (or ./scenarios), looks up and loads every plant, and holds the
 * settings of plant, scenario and --set against one another. False, with each mistake complained
 * about, when anything is wrong.
 */
bool hx_suite_load(const struct hx_options *options, struct hx_scenarios *list);

/*
 * hx_suite_load, and only what --filter, --only and --tag ask for is kept. False, with a complaint
 * made, when something does not load or nothing is left.
 */
bool hx_suite_select(const struct hx_options *options, struct hx_scenarios *list);

/* Is this scenario to be played? */
typedef bool hx_suite_filter(const struct hx_scenario *scenario, const struct hx_options *options);

/* Only those stay in the list, in their order. */
void hx_suite_keep(struct hx_scenarios *list, hx_suite_filter *is_kept,
                   const struct hx_options *options);

#endif
