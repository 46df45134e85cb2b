/*
 * worker.c — one scenario from its first instant to its verdict.
 */
#include "harness/run/worker.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/board/target_board.h"
#include "harness/logs.h"
#include "harness/record/record.h"
#include "harness/run/guard.h"

const char *hx_outcome_name(enum hx_outcome outcome)
{
    static const char *const names[HX_OUTCOMES] = {
        [HX_PASSED] = "passed", [HX_FAILED] = "failed", [HX_ERROR] = "error",
        [HX_CRASH] = "crash",   [HX_HANG] = "hang",     [HX_SKIPPED] = "skipped",
    };
    return names[outcome];
}

void hx_verdict_free(struct hx_verdict *verdict)
{
    hx_text_free(&verdict->message);
    hx_text_free(&verdict->detail);
    hx_text_free(&verdict->output);
    hx_text_free(&verdict->record);
}

struct hx_verdict *hx_verdicts_new(size_t count)
{
    const size_t size = count * sizeof(struct hx_verdict);
    return memset(hx_realloc(NULL, size), 0, size);
}

void hx_verdicts_free(struct hx_verdict *verdict, size_t count)
{
    for (size_t i = 0; verdict != NULL && i < count; ++i) {
        hx_verdict_free(&verdict[i]);
    }
    free(verdict);
}

/* ---- playing ---------------------------------------------------------------------------- */

static void verdict_fail(struct hx_verdict *verdict, enum hx_outcome outcome, const char *message,
                         const char *detail)
{
    verdict->outcome = outcome;
    hx_text_free(&verdict->message);
    hx_text_free(&verdict->detail);
    hx_text_add(&verdict->message, "%s", message);
    hx_text_add(&verdict->detail, "%s%s", detail, detail[0] != '\0' ? "\n" : "");
}

/* A fault that was asked for and never happened proves nothing (decision H3). */
static void verdict_check_faults(struct hx_verdict *verdict, const struct hx_stage *stage,
                                 const struct hx_scenario *scenario)
{
    const char *idle = sim_plant_idle_fault(stage->plant);
    struct hx_text detail = {0};
    if (verdict->outcome == HX_PASSED && idle != NULL) {
        hx_text_add(&detail, "at   %s\nwant every fault that was asked for to happen\nsaw  %s",
                    scenario->where, idle);
        verdict_fail(verdict, HX_FAILED, idle, detail.bytes);
    }
    hx_text_free(&detail);
}

/* The last view of a scenario is judged too, and so is one that swallowed its failure. */
static void verdict_check_board(struct hx_verdict *verdict, const struct hx_stage *stage,
                                const struct hx_scenario *scenario)
{
    struct hx_judgement judged;
    struct hx_text detail = {0};
    if (verdict->outcome == HX_PASSED && stage->target->judged(stage, &judged)) {
        hx_text_add(&detail, "at   %s\nwant %s\nsaw  %s %s", scenario->where, judged.promise,
                    judged.who, judged.text);
        verdict_fail(verdict, HX_FAILED, judged.text, detail.bytes);
    }
    hx_text_free(&detail);
}

/* A plant that broke tells nothing about the webmanager, whatever the expectations said. */
static void verdict_check_plant(struct hx_verdict *verdict, const struct hx_stage *stage)
{
    const char *failure = sim_plant_failure(stage->plant);
    if (failure != NULL && verdict->outcome != HX_ERROR && verdict->outcome != HX_HANG) {
        verdict_fail(verdict, HX_ERROR, failure, "");
        verdict->is_refuted = false; /* what stood before it broke tells nothing */
    }
}

static void verdict_take(struct hx_verdict *verdict, const struct hx_play *play)
{
    if (hx_guard_has_fired()) {
        verdict_fail(verdict, HX_HANG, play->message, play->report);
    } else if (strcmp(play->outcome, "passed") == 0) {
        verdict->outcome = HX_PASSED;
    } else {
        verdict->is_refuted = strcmp(play->outcome, "failed") == 0;
        bool is_failed = verdict->is_refuted || strcmp(play->outcome, "judged") == 0;
        verdict_fail(verdict, is_failed ? HX_FAILED : HX_ERROR, play->message, play->report);
    }
    verdict->expectations = play->expectations;
}

/* Null where none is wanted; an outcome of error, with the reason, where it can't be written. */
static struct hx_recorder *recorder_open(const struct hx_scenario *scenario,
                                         const struct hx_options *options,
                                         struct hx_verdict *verdict)
{
    struct hx_text error = {0};
    if (scenario->record_file == NULL) {
        return NULL;
    }
    FILE *file = fopen(scenario->record_file, "w");
    if (file == NULL) {
        hx_text_add(&error, "%s: the record cannot be written: %s", scenario->record_file,
                    strerror(errno));
        verdict_fail(verdict, HX_ERROR, error.bytes, "");
        hx_text_free(&error);
        return NULL;
    }
    return hx_recorder_open(file, options->record_max, scenario->name, scenario->where);
}

/* What could not be written, or had no room, is told; the stage is still open. */
static void recorder_end(struct hx_recorder *recorder, const struct hx_scenario *scenario,
                         struct hx_verdict *verdict)
{
    char clock[HX_CLOCK_SIZE];
    struct hx_text error = {0};
    if (recorder == NULL) {
        return;
    }
    const struct hx_recorded recorded =
        hx_recorder_end(recorder, hx_outcome_name(verdict->outcome), verdict->hands);
    if (recorded.full_us >= 0) {
        printf("record: full at virtual %s, what came then is not in it; raise --record-max\n",
               hx_clock(recorded.full_us, clock));
    }
    if (recorded.is_unread) {
        printf("record: nobody answered by Modbus: no register is in it, and nothing compares with "
               "it; see modbus in the board's file\n");
    }
    if (recorded.problem != 0) {
        hx_text_add(&error, "%s: the record cannot be written: %s", scenario->record_file,
                    strerror(recorded.problem));
        verdict_fail(verdict, HX_ERROR, error.bytes, "");
    }
    hx_text_free(&error);
}

static void stage_play(struct hx_stage *stage, const struct hx_scenario *scenario,
                       const struct hx_options *options, struct hx_verdict *verdict)
{
    struct hx_text error = {0};
    struct hx_stage_options setup = {
        .target = options->spec != NULL ? &hx_target_board : &hx_target_host,
        .spec = options->spec,
        .seed = options->seed,
        .plant_file = scenario->plant_file,
        .allow = scenario->allow,
        .settings = {&scenario->settings, options->beside, &options->settings},
        .modbus_address = "127.0.0.1:0",
        .snmp_address = scenario->is_ip6 ? "[::1]:0" : "127.0.0.1:0",
        .network = options->spec != NULL ? HX_EVERYWHERE
                   : scenario->is_ip6    ? HX_LOOPBACK_IP6
                                         : HX_LOOPBACK,
        .uptime_ms = scenario->uptime_ms,
        .probe = stage->probe,
    };
    if (stage->recorder != NULL) {
        setup.target = hx_recorder_target(stage->recorder, setup.target);
    }
    if (!hx_script_load(stage->lua, scenario->file, NULL, &error) ||
        !hx_stage_open(stage, &setup, &error)) {
        verdict_fail(verdict, stage->is_unfit ? HX_SKIPPED : HX_ERROR, hx_text_string(&error), "");
    } else {
        struct hx_play play = hx_script_play(stage->lua, scenario->number, stage->plant);
        verdict_take(verdict, &play);
        verdict_check_plant(verdict, stage);
        verdict_check_board(verdict, stage, scenario);
        verdict_check_faults(verdict, stage, scenario);
        if (verdict->outcome != HX_PASSED) {
            hx_trace_print(stage->trace, &verdict->detail);
        }
    }
    hx_text_free(&error);
}

/* However it went: what the webmanager logged is part of the result. */
static void logs_write(struct hx_verdict *verdict, const struct hx_stage *stage, const char *folder)
{
    struct hx_text error = {0};
    if (stage->media == NULL || hx_logs_write(folder, board_media_log(stage->media), &error)) {
        return;
    }
    if (verdict->outcome == HX_PASSED) {
        verdict_fail(verdict, HX_ERROR, error.bytes, "");
    } else {
        hx_text_add(&verdict->detail, "%s\n", error.bytes);
    }
    hx_text_free(&error);
}

void hx_worker_play(const struct hx_scenario *scenario, const struct hx_options *options,
                    struct hx_probe *probe, struct hx_trace *trace, struct hx_verdict *verdict)
{
    char why[200] = "";
    struct hx_probe own = {.fd = -1};
    struct hx_stage stage = {
        .spec = options->spec, .is_verbose = options->is_verbose, .trace = trace};
    *verdict = (struct hx_verdict){.outcome = HX_ERROR};
    if (probe == NULL && !hx_probe_start(&own, why, sizeof why)) {
        verdict_fail(verdict, HX_ERROR, why, "");
        return;
    }
    stage.probe = probe != NULL ? probe : &own;
    stage.recorder = recorder_open(scenario, options, verdict);
    if (scenario->record_file != NULL && stage.recorder == NULL) {
        hx_probe_stop(&own);
        return;
    }
    stage.ledger = options->is_covering ? hx_ledger_create() : NULL;
    lua_State *lua = hx_script_open(&stage, options->seed);
    hx_guard_name(scenario->where);
    hx_guard_start(lua, options->time_limit_s, HX_EXIT_HANG);
    stage_play(&stage, scenario, options, verdict);
    hx_guard_stop();
    hx_guard_name(NULL);
    if (scenario->log_folder != NULL) {
        logs_write(verdict, &stage, scenario->log_folder);
    }
    if (stage.ledger != NULL) {
        hx_ledger_board(stage.ledger, stage.board);
        hx_ledger_pack(stage.ledger, verdict->outcome == HX_PASSED, &verdict->record);
    }
    if (stage.media != NULL) {
        verdict->cuts = board_media_cuts(stage.media);
    }
    verdict->hands = stage.plant != NULL ? sim_plant_hands(stage.plant) : 0;
    verdict->hands |= stage.hands;
    verdict->line = hx_target_board_count(&stage);
    verdict->trace = trace->hash;
    verdict->virtual_us = stage.world != NULL ? sim_world_now_us(stage.world) : 0;
    recorder_end(stage.recorder, scenario, verdict);
    hx_stage_close(&stage);
    hx_recorder_close(stage.recorder);
    lua_close(lua);
    hx_ledger_destroy(stage.ledger);
    hx_probe_stop(&own);
}

/* ---- the verdict on its way ------------------------------------------------------------- */

struct header {
    uint64_t trace;
    struct board_cuts cuts;
    int64_t virtual_us;
    uint32_t outcome;
    uint32_t expectations;
    uint32_t message_size;
    uint32_t detail_size;
    uint32_t record_size;
    uint32_t is_refuted;
    uint32_t hands;
    struct hx_line_count line;
};

static bool write_all(int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t written = write(fd, bytes, size);
        if (written <= 0) {
            return false;
        }
        bytes += written;
        size -= (size_t)written;
    }
    return true;
}

_Noreturn void hx_worker_run(const struct hx_scenario *scenario, const struct hx_options *options,
                             struct hx_trace *trace, int verdict_fd)
{
    struct hx_verdict verdict;
    struct hx_text bytes = {0};
    hx_guard_catch_crashes();
    hx_worker_play(scenario, options, NULL, trace, &verdict);
    fflush(NULL);
    struct header header = {
        .trace = verdict.trace,
        .cuts = verdict.cuts,
        .virtual_us = verdict.virtual_us,
        .outcome = verdict.outcome,
        .expectations = verdict.expectations,
        .message_size = (uint32_t)verdict.message.size,
        .detail_size = (uint32_t)verdict.detail.size,
        .record_size = (uint32_t)verdict.record.size,
        .is_refuted = verdict.is_refuted ? 1 : 0,
        .hands = verdict.hands,
        .line = verdict.line,
    };
    hx_text_add_bytes(&bytes, (const char *)&header, sizeof header);
    hx_text_add_bytes(&bytes, hx_text_string(&verdict.message), verdict.message.size);
    hx_text_add_bytes(&bytes, hx_text_string(&verdict.detail), verdict.detail.size);
    hx_text_add_bytes(&bytes, hx_text_string(&verdict.record), verdict.record.size);
    _exit(write_all(verdict_fd, bytes.bytes, bytes.size) ? 0 : 1);
}

bool hx_verdict_receive(const struct hx_text *bytes, struct hx_verdict *verdict)
{
    struct header header;
    if (bytes->size < sizeof header) {
        return false;
    }
    memcpy(&header, bytes->bytes, sizeof header);
    if (header.outcome >= HX_OUTCOMES ||
        bytes->size !=
            sizeof header + (size_t)header.message_size + header.detail_size + header.record_size) {
        return false;
    }
    const char *text = bytes->bytes + sizeof header;
    verdict->outcome = (enum hx_outcome)header.outcome;
    verdict->trace = header.trace;
    verdict->cuts = header.cuts;
    verdict->virtual_us = header.virtual_us;
    verdict->expectations = header.expectations;
    verdict->is_refuted = header.is_refuted != 0;
    verdict->hands = header.hands;
    verdict->line = header.line;
    hx_text_add_bytes(&verdict->message, text, header.message_size);
    hx_text_add_bytes(&verdict->detail, text + header.message_size, header.detail_size);
    text += header.message_size + header.detail_size;
    hx_text_add_bytes(&verdict->record, text, header.record_size);
    return true;
}
