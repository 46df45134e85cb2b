/*
 * run_board.c — gbms-bench run --board: scenarios on a board behind a wire.
 *
 * Each is played on the host first, in no time: what fails there says nothing about the board, and
 * what it takes, in time and in hands, says whether the board can play it.
 */
#include "harness/board/run_board.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/board/board_spec.h"
#include "harness/board/target_board.h"
#include "harness/run/report.h"
#include "harness/run/runner.h"
#include "sim/plant/plant.h"

/* Real seconds beside those of the scenario: it boots twice, settles, and is asked. */
#define BESIDE_S 150

/* ---- what a board can play -------------------------------------------------------------- */

/* Why the board can't, before anything was played; null: it may. */
static const char *reason_to_skip(const struct hx_scenario *scenario)
{
    if (scenario->skip != NULL) {
        return scenario->skip;
    }
    if (scenario->uptime_ms != 0) {
        return "begins at an uptime of its own";
    }
    return scenario->is_ip6 ? "needs ipv6" : NULL;
}

/* The same of one that was played on the host. */
static void reason_add(const struct hx_board_spec *spec, const struct hx_verdict *host,
                       struct hx_text *reason)
{
    char clock[HX_CLOCK_SIZE];
    const char *out_of_reach = hx_target_board_out_of_reach(host->hands);
    if (out_of_reach != NULL) {
        hx_text_add(reason, "%s", out_of_reach);
    } else if ((host->hands & HX_HAND_RTU_FRAMES) != 0) {
        hx_text_add(reason, "puts frames of its own on COM2, in exact time");
    } else if ((host->hands & HX_HAND_RTU) != 0 && spec->modbus_rtu == NULL) {
        hx_text_add(reason, "asks on COM2, and the board's file has no modbus_rtu");
    } else if ((host->hands & HX_HAND_TCP) != 0 && hx_board_spec_is_rtu(spec)) {
        hx_text_add(reason, "needs Modbus TCP, and the board's file has no modbus");
    } else if ((host->hands & SIM_HAND_POWER) != 0 && spec->power_off == NULL) {
        hx_text_add(reason, "switches the power, and the board's file has no power_off");
    } else if ((double)host->virtual_us > spec->longest_s * 1e6) {
        hx_text_add(reason, "takes longer than %s",
                    hx_clock((long long)(spec->longest_s * 1e6), clock));
    }
}

/* ---- the two plays ---------------------------------------------------------------------- */

static void skip_set(struct hx_scenario *scenario, const char *reason)
{
    free(scenario->skip);
    scenario->skip = hx_strdup(reason);
}

/* Plays on the host whatever can be, and lets the rest skip. False: interrupted. */
static bool host_play(const struct hx_options *options, struct hx_scenarios *list,
                      struct hx_verdict *verdict)
{
    struct hx_options plain = *options;
    struct hx_scenarios copy = {hx_realloc(NULL, list->count * sizeof *copy.item), list->count};
    struct hx_report report = {
        .options = &plain, .scenarios = &copy, .verdict = verdict, .is_silent = true};
    static char not_here[] = "needs real_board";
    plain.spec = NULL;
    plain.beside = &options->spec->settings;
    for (size_t i = 0; i < list->count; ++i) {
        const char *reason = reason_to_skip(&list->item[i]);
        if (reason != NULL && reason != list->item[i].skip) {
            skip_set(&list->item[i], reason);
        }
        copy.item[i] = list->item[i];
        copy.item[i].record_file = NULL; /* the board's run is wanted */
        copy.item[i].skip = list->item[i].needs_board ? not_here : list->item[i].skip;
    }
    const bool is_whole = hx_runner_play(&copy, &plain, verdict, &report);
    free(copy.item);
    return is_whole;
}

/* What failed on the host has failed, and stands in its verdict; the rest may be skipped. */
static void host_judge(const struct hx_board_spec *spec, struct hx_scenarios *list,
                       struct hx_verdict *host, struct hx_verdict *verdict)
{
    for (size_t i = 0; i < list->count; ++i) {
        struct hx_text reason = {0};
        /* A board whose COM2 is for Modbus has no room for what hung there, on the host either. */
        const bool is_com2_taken =
            hx_board_spec_is_rtu(spec) && (host[i].hands & SIM_HAND_COM2) != 0;
        if (host[i].outcome == HX_PASSED || is_com2_taken) {
            reason_add(spec, &host[i], &reason);
        }
        if (reason.size > 0) {
            skip_set(&list->item[i], reason.bytes);
        } else if (host[i].outcome != HX_PASSED && host[i].outcome != HX_SKIPPED) {
            hx_text_add(&reason, "on the host already; the board was not tried\n%s",
                        hx_text_string(&host[i].detail));
            hx_text_free(&host[i].detail);
            verdict[i] = host[i];
            verdict[i].detail = reason;
            reason = (struct hx_text){0};
            host[i] = (struct hx_verdict){0};
        }
        hx_text_free(&reason);
    }
}

int hx_run_on_board(const struct hx_options *options, struct hx_scenarios *list)
{
    struct hx_options one = *options;
    struct hx_verdict *host = hx_verdicts_new(list->count);
    struct hx_verdict *verdict = hx_verdicts_new(list->count);
    struct hx_report report = {.options = &one, .scenarios = list, .verdict = verdict};
    one.jobs = 1; /* there is one line */
    one.beside = &options->spec->settings;
    if (!one.has_time_limit) {
        one.time_limit_s = 2 * options->spec->longest_s + BESIDE_S;
    }
    bool is_whole = host_play(options, list, host);
    if (is_whole) {
        host_judge(options->spec, list, host, verdict);
        hx_report_start(&report);
        is_whole = hx_runner_play(list, &one, verdict, &report);
    }
    const bool is_kept = options->junit == NULL || !is_whole || hx_report_junit(&report);
    const bool is_good = is_whole && hx_report_end(&report);
    hx_verdicts_free(host, list->count);
    hx_verdicts_free(verdict, list->count);
    return !is_kept ? HX_EXIT_USAGE : is_good ? HX_EXIT_PASSED : HX_EXIT_FAILED;
}
