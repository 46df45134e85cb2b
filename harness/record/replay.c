/*
 * replay.c — gbms-bench replay: a record's inputs, played to the webmanager of this program without
 * the plant that they came from.
 *
 * Each question of the webmanager is answered as the record answers the same question: its answers
 * are used up one after the other, as long as they are of this round or the one before; where there
 * is none such, the last one is given again. So a webmanager that asks at other instants is told
 * what was so at that time, and one that asks alike is told exactly the same.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/commands.h"
#include "harness/files.h"
#include "harness/logs.h"
#include "harness/record/compare.h"
#include "harness/record/record.h"
#include "harness/record/replay_bus.h"
#include "harness/stage/target_host.h"
#include "harness/wall.h"

/* Virtual time between two looks at the limit of real time. */
#define SLICE_US INT64_C(60000000)

struct replay {
    const struct hx_options *options;
    const char *path;             /* of the record */
    const struct hx_files *files; /* all that are played */
    struct hx_run_record record;
    struct hx_stage stage;
    struct hx_trace trace;
    struct hx_replay_bus *line[2]; /* the bus, COM2 */
    FILE *file;                    /* of the record that this run writes */
    long end;                      /* its size at the end, behind which more is looked at */
    int64_t base_us;               /* of the record, where this run begins */
    int64_t until_us;              /* wall clock: the limit */
    struct hx_text error;
};

static struct hx_question question;
static struct hx_answer answer;

/* ---- time ------------------------------------------------------------------------------- */

static bool is_in_time(struct replay *replay)
{
    const bool is_late = hx_wall_us() > replay->until_us;
    if (is_late) {
        hx_text_add(&replay->error, "%s: not at its end after %g s; raise --time-limit",
                    replay->path, replay->options->time_limit_s);
    }
    return !is_late;
}

/* False: the record takes longer than it may. */
static bool run_until(struct replay *replay, int64_t until_us)
{
    struct hx_stage *stage = &replay->stage;
    bool goes_on = is_in_time(replay);
    while (goes_on && sim_world_now_us(stage->world) < until_us) {
        const int64_t slice_us = sim_world_now_us(stage->world) + SLICE_US;
        (void)stage->target->run(stage, slice_us < until_us ? slice_us : until_us);
        goes_on = is_in_time(replay);
    }
    return goes_on;
}

/* The power comes when the first question does. */
static int64_t instant_of(const struct replay *replay, size_t at)
{
    const struct hx_event *event = &replay->record.event[at];
    const bool is_start = event->kind == HX_EVENT_POWER && event->is_on;
    return (is_start ? hx_replay_bus_next_us(replay->line[0], event->time_us) : event->time_us) -
           replay->base_us;
}

/* ---- inputs ----------------------------------------------------------------------------- */

/* Whoever reads the registers follows the unit identifier that was set. */
static void unit_follow(struct replay *replay)
{
    struct hx_stage *stage = &replay->stage;
    if (stage->board == NULL) {
        return;
    }
    const int32_t unit = board_view(stage->board)->settings.value[wm_setting_modbus_unit_id];
    if (unit != stage->settings.value[wm_setting_modbus_unit_id]) {
        stage->settings.value[wm_setting_modbus_unit_id] = unit;
        question = (struct hx_question){.kind = HX_ASK_AS_UNIT, .modbus_unit = unit};
        stage->target->ask(stage, &question, &answer);
    }
}

static bool power_switch(struct replay *replay, bool is_on)
{
    if (!is_on) {
        hx_replay_bus_hush(replay->line[0]);
        hx_replay_bus_hush(replay->line[1]);
    }
    return hx_host_power(&replay->stage, is_on, &replay->error);
}

static bool request_ask(struct replay *replay, const struct hx_event *event)
{
    if (!hx_record_request(event, &question)) {
        hx_text_add(&replay->error, "%s: a request that is none; record it again with run --record",
                    replay->path);
        return false;
    }
    replay->stage.target->ask(&replay->stage, &question, &answer);
    unit_follow(replay);
    return true;
}

static void datagram_send(struct replay *replay, const struct hx_event *event)
{
    question = (struct hx_question){.kind = HX_ASK_DATAGRAM, .size = event->size};
    memcpy(question.datagram, event->text, event->size);
    replay->stage.target->ask(&replay->stage, &question, &answer);
}

static void console_type(struct replay *replay, const struct hx_event *event)
{
    struct hx_text said = {0};
    (void)replay->stage.target->type(&replay->stage, event->text, event->size, &said);
    hx_text_free(&said);
    unit_follow(replay);
}

/* False: nothing more can be played. */
static bool event_play(struct replay *replay, const struct hx_event *event)
{
    switch (event->kind) {
    case HX_EVENT_POWER:
        return power_switch(replay, event->is_on);
    case HX_EVENT_MARK:
        hx_recorder_mark(replay->stage.recorder, event->text);
        return true;
    case HX_EVENT_CONSOLE:
        console_type(replay, event);
        return true;
    case HX_EVENT_REQUEST:
        return request_ask(replay, event);
    case HX_EVENT_DATAGRAM:
        datagram_send(replay, event);
        return true;
    case HX_EVENT_HAND:
        printf("%s: somebody had a hand on the webmanager's %s, which is not played again\n",
               replay->path, event->text);
        return true;
    default:
        return true;
    }
}

/* ---- one record ------------------------------------------------------------------------- */

static bool stage_open(struct replay *replay, struct hx_probe *probe)
{
    const struct hx_stage_options setup = {
        .target = hx_recorder_target(replay->stage.recorder, &hx_target_host),
        .seed = replay->options->seed,
        .bus = hx_replay_bus_port(replay->line[0]),
        .com2 = hx_replay_bus_port(replay->line[1]),
        .settings = {&replay->record.settings, &replay->options->settings},
        .modbus_address = "127.0.0.1:0",
        .snmp_address = "127.0.0.1:0",
        .network = HX_LOOPBACK,
        .uptime_ms = replay->record.uptime_ms,
        .probe = probe,
    };
    struct hx_text why = {0};
    replay->stage.probe = probe;
    const bool is_open = hx_stage_open(&replay->stage, &setup, &why);
    if (!is_open) {
        hx_text_add(&replay->error, "%s: %s", replay->path, hx_text_string(&why));
    }
    hx_text_free(&why);
    return is_open;
}

static bool events_play(struct replay *replay, struct hx_probe *probe)
{
    const struct hx_run_record *record = &replay->record;
    bool is_good = stage_open(replay, probe);
    for (size_t i = 0; is_good && i < record->events; ++i) {
        const struct hx_event *event = &record->event[i];
        if (event->kind == HX_EVENT_FULL) {
            break;
        }
        is_good = run_until(replay, instant_of(replay, i)) && event_play(replay, event);
    }
    return is_good;
}

/* The webmanager was on when it asked for the first time: a board boots, this one does not. */
static int64_t first_question_us(const struct hx_run_record *record)
{
    for (size_t i = 0; i < record->events; ++i) {
        if (record->event[i].kind == HX_EVENT_BUS && !record->event[i].is_on) {
            return record->event[i].time_us;
        }
    }
    return record->event[0].time_us;
}

/*
 * Writes the end, and behind it what still comes within the tolerance: what the record has at its
 * last instants may be later here. False, with error. sum: of what was asked until the end.
 */
static bool end_play(struct replay *replay, struct hx_compared *sum)
{
    const struct hx_run_record *record = &replay->record;
    const char *outcome = record->event[record->events - 1].text;
    const struct hx_tolerance tolerance = {replay->options->rounds, replay->options->steps};
    struct hx_stage *stage = &replay->stage;
    struct hx_recorded recorded = hx_recorder_end(stage->recorder, outcome, 0);
    replay->end = ftell(replay->file);
    sum->differences += hx_replay_bus_unknown(replay->line[0]);
    sum->differences += hx_replay_bus_unknown(replay->line[1]);
    if (recorded.problem == 0 && recorded.full_us < 0) {
        const int64_t late_us = hx_tolerance_us(&tolerance, hx_record_round_us(record));
        if (!run_until(replay, sim_world_now_us(stage->world) + late_us)) {
            return false;
        }
        recorded = hx_recorder_end(stage->recorder, outcome, 0);
    }
    if (recorded.problem != 0) {
        hx_text_add(&replay->error, "%s: what was played cannot be written: %s", replay->path,
                    strerror(recorded.problem));
    }
    return recorded.problem == 0;
}

/* Plays the record and writes another one of it. False, with error. */
static bool record_play(struct replay *replay, struct hx_probe *probe, struct hx_compared *sum)
{
    const struct hx_run_record *record = &replay->record;
    struct hx_stage *stage = &replay->stage;
    replay->until_us = hx_wall_us() + (int64_t)(replay->options->time_limit_s * 1e6);
    replay->base_us = first_question_us(record);
    replay->line[0] = hx_replay_bus_open(record, HX_EVENT_BUS, stage, replay->base_us);
    replay->line[1] = hx_replay_bus_open(record, HX_EVENT_COM2, stage, replay->base_us);
    stage->trace = &replay->trace;
    stage->recorder = hx_recorder_open(replay->file, replay->options->record_max, record->scenario,
                                       record->place);
    const bool is_good = events_play(replay, probe) && end_play(replay, sum);
    hx_stage_close(stage);
    return is_good;
}

/* Whether that is one of the records that are played. False: it is, with error. */
static bool is_free(struct replay *replay, const char *path)
{
    struct stat there;
    struct stat played;
    bool is_same = false;
    for (size_t i = 0; !is_same && stat(path, &there) == 0 && i < replay->files->count; ++i) {
        is_same = stat(replay->files->path[i], &played) == 0 && played.st_dev == there.st_dev &&
                  played.st_ino == there.st_ino;
    }
    if (is_same) {
        hx_text_add(&replay->error, "%s: is played, and would be written over; name another folder",
                    path);
    }
    return !is_same;
}

/* The file to write to: in the folder, by the name of the record, or nowhere to be found. */
static FILE *file_open(struct replay *replay)
{
    const char *folder = replay->options->record;
    const char *slash = strrchr(replay->path, '/');
    struct hx_text path = {0};
    hx_text_add(&path, "%s/%s", folder != NULL ? folder : "",
                slash != NULL ? slash + 1 : replay->path);
    FILE *file = NULL;
    if (folder == NULL) {
        file = tmpfile();
    } else if (is_free(replay, path.bytes)) {
        file = fopen(path.bytes, "w+");
    }
    if (file == NULL && replay->error.size == 0) {
        hx_text_add(&replay->error, "%s: cannot be written: %s; name a folder that can be",
                    folder != NULL ? path.bytes : "a temporary file", strerror(errno));
    }
    hx_text_free(&path);
    return file;
}

/* A record ends where the one that was played did. False, with error. */
static bool end_keep(struct replay *replay)
{
    const bool is_good = ftruncate(fileno(replay->file), replay->end) == 0;
    if (!is_good) {
        hx_text_add(&replay->error, "%s: what was played cannot be cut: %s", replay->path,
                    strerror(errno));
    }
    return is_good;
}

/* What a webmanager had in its memory is in no record. */
static bool record_load(struct replay *replay)
{
    const bool is_good = hx_record_load(&replay->record, replay->path, &replay->error);
    if (replay->record.was_running) {
        hx_text_add(&replay->error,
                    "%s: its board was running before, with what it had in its memory, and cannot "
                    "be played again; record one whose file has set_up or start",
                    replay->path);
    }
    return is_good && !replay->record.was_running;
}

/* False, with error: it could not be played. */
static bool record_replay(struct replay *replay, struct hx_probe *probe, struct hx_compared *sum)
{
    const struct hx_tolerance tolerance = {replay->options->rounds, replay->options->steps};
    struct hx_run_record again = {.scenario = ""};
    replay->file = record_load(replay) ? file_open(replay) : NULL;
    if (replay->file == NULL) {
        return false;
    }
    bool is_good = record_play(replay, probe, sum);
    if (is_good) {
        rewind(replay->file);
        is_good = hx_record_read(&again, replay->file, replay->path, &replay->error);
    }
    if (is_good) {
        hx_records_compare(&replay->record, &again, &tolerance, sum);
        is_good = end_keep(replay);
    }
    hx_record_free(&again);
    return is_good;
}

static void replay_close(struct replay *replay)
{
    hx_recorder_close(replay->stage.recorder);
    hx_replay_bus_close(replay->line[0]);
    hx_replay_bus_close(replay->line[1]);
    hx_record_free(&replay->record);
    hx_text_free(&replay->error);
}

static int files_replay(const struct hx_options *options, const struct hx_files *files)
{
    const struct hx_tolerance tolerance = {options->rounds, options->steps};
    struct hx_probe probe = {.fd = -1};
    char why[200] = "";
    struct hx_compared sum = {0};
    bool is_good = hx_probe_start(&probe, why, sizeof why);
    if (!is_good) {
        hx_complain("%s", why);
    }
    for (size_t i = 0; is_good && i < files->count; ++i) {
        struct replay replay = {.options = options, .path = files->path[i], .files = files};
        is_good = record_replay(&replay, &probe, &sum);
        if (!is_good) {
            hx_complain("%s", hx_text_string(&replay.error));
        }
        replay_close(&replay);
    }
    hx_probe_stop(&probe);
    return !is_good                           ? HX_EXIT_USAGE
           : hx_compare_sum(&sum, &tolerance) ? HX_EXIT_PASSED
                                              : HX_EXIT_FAILED;
}

int hx_replay(const struct hx_options *options)
{
    struct hx_files files = {0};
    struct hx_text error = {0};
    int status = HX_EXIT_USAGE;
    bool is_good = true;
    for (int i = 0; is_good && i < options->paths; ++i) {
        is_good = hx_files_add_records(&files, options->path[i], &error);
    }
    if (is_good && files.count == 0) {
        hx_text_add(&error, "replay: name records, or folders with some in them");
        is_good = false;
    }
    if (!is_good) {
        hx_complain("%s", hx_text_string(&error));
    } else if (options->record == NULL || hx_folder_make("record", options->record)) {
        status = files_replay(options, &files);
    }
    hx_text_free(&error);
    hx_files_free(&files);
    return status;
}
