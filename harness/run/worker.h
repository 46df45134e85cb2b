/*
 * worker.h — plays one scenario: world, Lua state, plant, webmanager, probe, verdict.
 */
#ifndef HX_RUN_WORKER_H
#define HX_RUN_WORKER_H

#include "harness/options.h"
#include "harness/probe/probe.h"
#include "harness/run/verdict.h"
#include "harness/stage/script.h"
#include "harness/stage/trace.h"

/*
 * Plays it in this process. probe: one that runs already, or null to start one; it must not be
 * started after a board was opened in this process. trace: zeroed, takes the run. The caller frees
 * the verdict.
 */
void hx_worker_play(const struct hx_scenario *scenario, const struct hx_options *options,
                    struct hx_probe *probe, struct hx_trace *trace, struct hx_verdict *verdict);

/* The body of a forked worker: plays, sends the verdict to the pipe, ends the process. */
_Noreturn void hx_worker_run(const struct hx_scenario *scenario, const struct hx_options *options,
                             struct hx_trace *trace, int verdict_fd);

/* A verdict from the bytes of the pipe; false when they are not all there. */
bool hx_verdict_receive(const struct hx_text *bytes, struct hx_verdict *verdict);

#endif
