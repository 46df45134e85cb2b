/*
 * stage.c — putting plant and webmanager into one world, and taking them out again.
 */
#include "harness/stage/stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/board/board_spec.h"
#include "harness/options.h"
#include "harness/record/record.h"
#include "harness/run/guard.h"
#include "harness/stage/outsider.h"

#define ERROR_SIZE 1024
/* Real seconds that a plant file may take to load where no scenario has a limit of its own. */
#define LOAD_LIMIT_S 10.0

static void stage_published(void *context, const struct wm_view *view)
{
    struct hx_stage *stage = context;
    hx_trace_view(stage->trace, view);
    if (stage->ledger != NULL) {
        hx_ledger_view(stage->ledger, view);
    }
    struct hx_judgement judgement;
    if (stage->stops_at_views || stage->target->judged(stage, &judgement)) {
        sim_world_stop(stage->world);
    }
}

/* Growing list of what board_open is given. */
struct chosen {
    struct wm_change *item;
    size_t count;
};

/* What was checked before. */
static void text_take(struct wm_settings *settings, enum wm_text text, const char *string)
{
    if (wm_text_set(settings, text, string) != WM_OK) {
        abort();
    }
}

static void chosen_take(struct chosen *chosen, struct hx_stage *stage, struct wm_change change)
{
    chosen->item = hx_realloc(chosen->item, (chosen->count + 1) * sizeof *chosen->item);
    chosen->item[chosen->count++] = change;
    if (change.string == NULL) {
        stage->settings.value[change.setting] = change.value;
    } else {
        text_take(&stage->settings, change.text, change.string);
    }
}

/* A scenario file is read before there is a sink: what stands for its address becomes that. */
static const char *sink_resolve(const struct hx_stage *stage, const char *value)
{
    int number = 0;
    return stage->sink[0][0] != '\0' && sscanf(value, HX_RECEIVER_PLACE, &number) == 1 &&
                   number >= 0 && number < HX_SINKS
               ? stage->sink[number]
               : value;
}

static bool chosen_add(struct chosen *chosen, struct hx_stage *stage, const char *place,
                       const char *name, const char *value, struct hx_text *error)
{
    struct wm_change setting;
    struct hx_text why = {0};
    if (!hx_setting_check(name, sink_resolve(stage, value), &setting, &why)) {
        hx_text_add(error, "%s: %s", place, hx_text_string(&why));
        hx_text_free(&why);
        return false;
    }
    chosen_take(chosen, stage, setting);
    if (stage->ledger != NULL) {
        hx_ledger_give(stage->ledger, &setting);
    }
    return true;
}

/* The bench's own receiver takes the last place that is free. */
static bool sink_add(struct chosen *chosen, struct hx_stage *stage, struct hx_text *error)
{
    for (int32_t number = WM_TRAP_RECEIVERS_MAX; number >= 1; --number) {
        const enum wm_text text = wm_snmp_receiver_text(number);
        if (wm_text_value(&stage->settings, text)[0] == '\0') {
            chosen_take(chosen, stage, (struct wm_change){.text = text, .string = stage->sink[0]});
            return true;
        }
    }
    hx_text_add(error, "all %d trap receivers are the scenario's; leave one to the bench",
                WM_TRAP_RECEIVERS_MAX);
    return false;
}

static void settings_reset(struct wm_settings *settings)
{
    for (int i = 0; i < wm_setting_count; ++i) {
        settings->value[i] = wm_setting((enum wm_setting)i)->value_default;
    }
    for (int i = 0; i < wm_text_count; ++i) {
        text_take(settings, (enum wm_text)i, wm_text((enum wm_text)i)->value_default);
    }
}

static void sinks_name(struct hx_stage *stage, const char *host, const int32_t port[HX_SINKS])
{
    for (size_t i = 0; i < HX_SINKS; ++i) {
        snprintf(stage->sink[i], sizeof stage->sink[i], "%s:%d", host, (int)port[i]);
    }
}

/* What is given, over the plant's own. */
static bool given_add(struct chosen *chosen, struct hx_stage *stage,
                      const struct hx_assignments *given, struct hx_text *error)
{
    for (size_t i = 0; given != NULL && i < given->count; ++i) {
        if (!chosen_add(chosen, stage, "setting", given->item[i].name, given->item[i].text,
                        error)) {
            return false;
        }
    }
    return true;
}

static bool settings_gather(struct chosen *chosen, struct hx_stage *stage,
                            const struct hx_stage_options *options, struct hx_text *error)
{
    size_t count = 0;
    const struct sim_plant_setting *own =
        stage->plant != NULL ? sim_plant_settings(stage->plant, &count) : NULL;
    settings_reset(&stage->settings);
    if (stage->probe != NULL) {
        sinks_name(stage, stage->probe->sink_host, stage->probe->sink_port);
    }
    for (size_t i = 0; i < count; ++i) {
        if (!chosen_add(chosen, stage, options->plant_file, own[i].name, own[i].text, error)) {
            return false;
        }
    }
    for (size_t i = 0; i < sizeof options->settings / sizeof options->settings[0]; ++i) {
        if (!given_add(chosen, stage, options->settings[i], error)) {
            return false;
        }
    }
    return (stage->probe == NULL || sink_add(chosen, stage, error));
}

bool hx_stage_settings_agree(const struct hx_assignments *const given[], size_t lists,
                             struct hx_text *error)
{
    char why[ERROR_SIZE] = "";
    int32_t port[HX_SINKS];
    struct hx_stage stage = {0};
    struct chosen chosen = {0};
    bool is_good = true;
    settings_reset(&stage.settings);
    for (int32_t i = 0; i < HX_SINKS; ++i) {
        port[i] = 1 + i; /* stands in for what a probe would have */
    }
    sinks_name(&stage, "127.0.0.1", port);
    for (size_t i = 0; i < lists && is_good; ++i) {
        is_good = given_add(&chosen, &stage, given[i], error);
    }
    is_good = is_good && sink_add(&chosen, &stage, error);
    const struct board_options board = {.settings = chosen.item, .settings_count = chosen.count};
    if (is_good && !board_settings_agree(&board, why, sizeof why)) {
        hx_text_add(error, "%s", why);
        is_good = false;
    }
    free(chosen.item);
    return is_good;
}

static void options_make(struct hx_stage *stage, const struct hx_stage_options *options,
                         const struct chosen *chosen)
{
    struct board_options *board = &stage->options;
    *board = (struct board_options){
        .world = stage->world,
        .uptime_ms = options->uptime_ms,
        .bus = options->bus,
        .com2 = options->com2,
        .settings = chosen->item,
        .settings_count = chosen->count,
        .modbus_address = options->modbus_address,
        .snmp_address = options->snmp_address,
        .published = stage_published,
        .context = stage,
        .plant = options->probe != NULL ? stage->plant : NULL,
    };
    if (stage->plant != NULL) {
        board->bus = sim_plant_bus(stage->plant);
        board->com2 = sim_plant_com2(stage->plant);
        board->panel = sim_plant_panel(stage->plant);
        board->memory = sim_plant_memory(stage->plant);
    }
    if (stage->recorder != NULL && stage->spec == NULL) {
        hx_recorder_line(stage->recorder, "bus", &board->bus);
        hx_recorder_line(stage->recorder, "com2", &board->com2);
    }
    for (size_t i = 0; i < options->trap_addresses; ++i) {
        board->trap_address[board->trap_addresses++] = options->trap_address[i];
    }
}

/* Room for what is asked before a scenario does. */
static struct hx_question question;
static struct hx_answer answer;

static bool probe_ask(struct hx_stage *stage, struct hx_text *error)
{
    hx_probe_ask(stage->probe, &question, &answer);
    if (!answer.is_ok) {
        hx_text_add(error, "%s", answer.error);
    }
    return answer.is_ok;
}

/* Before the webmanager is powered up: its first trap comes with that. */
static bool probe_prepare(struct hx_stage *stage, struct hx_text *error)
{
    question = (struct hx_question){.kind = HX_ASK_FORGET};
    hx_outsider_fill(&stage->settings, &question);
    return probe_ask(stage, error);
}

static bool plant_load(struct hx_stage *stage, const struct hx_stage_options *options,
                       struct hx_text *error)
{
    char why[ERROR_SIZE] = "";
    stage->plant = sim_plant_load(stage->world, stage->lua, options->plant_file, options->allow,
                                  why, sizeof why);
    if (stage->plant == NULL) {
        hx_text_add(error, "%s", why);
        return false;
    }
    hx_guard_watch(sim_plant_thread(stage->plant));
    sim_plant_tap(stage->plant, hx_trace_bus, stage->trace);
    sim_plant_tap_com2(stage->plant, hx_trace_com2, stage->trace);
    return true;
}

bool hx_stage_open(struct hx_stage *stage, const struct hx_stage_options *options,
                   struct hx_text *error)
{
    char why[ERROR_SIZE] = "";
    struct chosen chosen = {0};
    stage->trace = stage->trace != NULL ? stage->trace : &stage->own_trace;
    hx_trace_start(stage->trace);
    stage->probe = options->probe;
    stage->target = options->target;
    stage->spec = options->spec;
    stage->uptime_ms = options->uptime_ms;
    if (stage->probe != NULL &&
        !hx_probe_network(stage->probe, options->network, why, sizeof why)) {
        hx_text_add(error, "%s", why);
        return false;
    }
    if (stage->probe != NULL && stage->spec != NULL) {
        (void)snprintf(stage->probe->sink_host, sizeof stage->probe->sink_host, "%s",
                       stage->spec->bench_address);
    }
    stage->world = sim_world_create(options->seed);
    if (stage->world == NULL) {
        hx_text_add(error, "no memory for the world");
        return false;
    }
    if (options->plant_file != NULL && !plant_load(stage, options, error)) {
        return false;
    }
    const bool is_set = settings_gather(&chosen, stage, options, error);
    stage->given = chosen.item;
    options_make(stage, options, &chosen);
    return is_set && (stage->probe == NULL || probe_prepare(stage, error)) &&
           stage->target->open(stage, error);
}

bool hx_stage_open_here(struct hx_stage *stage, const struct hx_stage_options *options)
{
    struct hx_text error = {0};
    hx_guard_start(stage->lua, LOAD_LIMIT_S, HX_EXIT_USAGE);
    const bool is_open = hx_stage_open(stage, options, &error);
    hx_guard_stop();
    if (!is_open) {
        hx_complain("%s", hx_text_string(&error));
    }
    hx_text_free(&error);
    return is_open;
}

void hx_stage_close(struct hx_stage *stage)
{
    if (stage->target != NULL) {
        stage->target->close(stage);
    }
    free(stage->given);
    hx_text_free(&stage->oracle);
    hx_guard_watch(NULL);
    if (stage->plant != NULL) {
        sim_plant_destroy(stage->plant);
    }
    if (stage->world != NULL) {
        sim_world_destroy(stage->world);
    }
    stage->given = NULL;
    stage->plant = NULL;
    stage->world = NULL;
}
