/*
 * run.c — gbms-bench run and check.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/board/board_spec.h"
#include "harness/board/run_board.h"
#include "harness/commands.h"
#include "harness/logs.h"
#include "harness/record/record.h"
#include "harness/run/report.h"
#include "harness/run/runner.h"
#include "harness/run/suite.h"

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
    struct hx_verdict *verdict = hx_verdicts_new(list->count);
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
    hx_verdicts_free(verdict, list->count);
    return !is_kept ? HX_EXIT_USAGE : is_good ? HX_EXIT_PASSED : HX_EXIT_FAILED;
}

/* What --board names, if it does. False, with a complaint made. */
static bool board_read(struct hx_options *options, struct hx_board_spec *spec)
{
    struct hx_text error = {0};
    if (options->board == NULL) {
        return true;
    }
    if (!options->is_forked || options->log != NULL) {
        hx_complain("--board: not together with %s; a board is played on from outside",
                    options->log != NULL ? "--log" : "--no-fork");
        return false;
    }
    bool is_read = hx_board_spec_load(spec, options->board, &error);
    const bool has_modbus = spec->modbus.port != 0 || spec->modbus_rtu != NULL;
    if (is_read && (spec->console == NULL || !has_modbus || spec->snmp.port == 0)) {
        hx_text_add(&error, "%s: %s is missing; the line alone is for gbms-bench board",
                    options->board,
                    spec->console == NULL ? "console"
                    : !has_modbus         ? "modbus, or modbus_rtu,"
                                          : "snmp");
        is_read = false;
    }
    if (is_read) {
        options->spec = spec;
    } else {
        hx_complain("%s", hx_text_string(&error));
    }
    hx_text_free(&error);
    return is_read;
}

int hx_run(const struct hx_options *options)
{
    struct hx_scenarios list = {0};
    struct hx_board_spec spec = {0};
    struct hx_options with_board = *options;
    int status = HX_EXIT_USAGE;
    if (!board_read(&with_board, &spec)) {
        hx_board_spec_free(&spec);
        return status;
    }
    if (hx_suite_select(&with_board, &list) &&
        (options->junit == NULL || junit_can_be_written(options->junit)) &&
        (options->log == NULL || hx_logs_make_each(options->log, &list)) &&
        (options->record == NULL || hx_records_name(options->record, &list))) {
        status = with_board.spec != NULL ? hx_run_on_board(&with_board, &list)
                                         : scenarios_run(options, &list);
    }
    hx_scenarios_free(&list);
    hx_board_spec_free(&spec);
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
