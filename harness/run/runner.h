/*
 * runner.h — plays many scenarios, a process each, some at a time.
 */
#ifndef HX_RUN_RUNNER_H
#define HX_RUN_RUNNER_H

#include "harness/run/report.h"

/*
 * Plays them all, a forked worker each, at most options->jobs at a time, and reports as they end.
 * verdict has room for one each. False: an interruption has skipped the rest.
 */
bool hx_runner_play(const struct hx_scenarios *scenarios, const struct hx_options *options,
                    struct hx_verdict *verdict, struct hx_report *report);

/* The same in this process, one after the other. */
void hx_runner_play_here(const struct hx_scenarios *scenarios, const struct hx_options *options,
                         struct hx_verdict *verdict, struct hx_report *report);

#endif
