/*
 * report.h — results as people and machines read them: lines, TAP, JUnit XML.
 *
 * Lines come in the order of files and names, whoever finished first.
 */
#ifndef HX_RUN_REPORT_H
#define HX_RUN_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/options.h"
#include "harness/run/verdict.h"
#include "harness/stage/script.h"

struct hx_report {
    const struct hx_options *options;
    const struct hx_scenarios *scenarios;
    const struct hx_verdict *verdict; /* one a scenario                              */
    bool is_terminal;                 /* private: progress may be drawn over         */
    bool is_silent;                   /* prints nothing while it plays               */
    bool has_colour;                  /* private                                     */
    size_t printed;                   /* private: so many are on the page            */
};

/* The seed, and the plan of TAP. */
void hx_report_start(struct hx_report *report);
/* `finished` verdicts from the first on are known: prints those that are not printed yet. */
void hx_report_print(struct hx_report *report, size_t finished);
/* How far it is, on a terminal; an empty line elsewhere is never drawn. */
void hx_report_progress(struct hx_report *report, size_t done, size_t running);
/* Summary and trace. True if nothing failed. */
bool hx_report_end(struct hx_report *report);

/* The whole run as JUnit XML; false, with a complaint made, when it cannot be written. */
bool hx_report_junit(const struct hx_report *report);

/* The command that repeats one scenario, safe to paste into sh. */
void hx_report_rerun(const struct hx_report *report, size_t number, struct hx_text *text);

#endif
