/*
 * run.c — gbms-bench run and check.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "logs.h"
#include "report.h"
#include "runner.h"
#include "suite.h"

/* A result that could not be kept would be found out too late. */
static bool junit_can_be_written(const char *name)
{
    FILE *file = fopen(name, "a");
    if (file == NULL) {
        hx_complain("%s: cannot be written; name a file in a folder that is there", name);
        return false;
    }
    fclose(file);
    return true;
}

static int scenarios_run(const struct hx_options *options, const struct hx_scenarios *list)
{
    size_t size = list->count * sizeof(struct hx_verdict);
    struct hx_verdict *verdict = memset(hx_realloc(NULL, size), 0, size);
    struct hx_report report = {.options = options, .scenarios = list, .verdict = verdict};
    bool is_whole = true;
    hx_report_start(&report);
    if (options->is_forked) {
        is_whole = hx_runner_play(list, options, verdict, &report);
    } else {
        hx_runner_play_here(list, options, verdict, &report);
    }
    bool is_kept = options->junit == NULL || hx_report_junit(&report);
    bool is_good = hx_report_end(&report) && is_whole;
    for (size_t i = 0; i < list->count; ++i) {
        hx_verdict_free(&verdict[i]);
    }
    free(verdict);
    return !is_kept ? HX_EXIT_USAGE : is_good ? HX_EXIT_PASSED : HX_EXIT_FAILED;
}

int hx_run(const struct hx_options *options)
{
    struct hx_scenarios list = {0};
    int status = HX_EXIT_USAGE;
    if (hx_suite_select(options, &list) &&
        (options->junit == NULL || junit_can_be_written(options->junit)) &&
        (options->log == NULL || hx_logs_make_each(options->log, &list))) {
        status = scenarios_run(options, &list);
    }
    hx_scenarios_free(&list);
    return status;
}

int hx_check(const struct hx_options *options)
{
    struct hx_scenarios list = {0};
    if (options->paths == 0) {
        hx_complain("check: name the files or folders to check");
        return HX_EXIT_USAGE;
    }
    bool is_good = hx_suite_load(options, &list);
    if (is_good) {
        printf(list.count == 1 ? "%zu scenario loads\n" : "%zu scenarios load\n", list.count);
    }
    hx_scenarios_free(&list);
    return is_good ? HX_EXIT_PASSED : HX_EXIT_USAGE;
}
