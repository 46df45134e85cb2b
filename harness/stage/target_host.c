/*
 * target_host.c — the webmanager on the host: see target.h.
 */
#include "harness/stage/target_host.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "harness/run/guard.h"
#include "harness/stage/console.h"
#include "harness/stage/outsider.h"

#define ERROR_SIZE 1024
/* Another process may have been given a port meanwhile, for as long as a scenario plays. */
#define TRIES_MAX    2000
#define TRY_PAUSE_NS 1000000
/* Virtual time between two looks at the real-time limit. */
#define RUN_SLICE_US INT64_C(60000000)

/* ---- power ------------------------------------------------------------------------------ */

static bool board_begin(struct hx_stage *stage, char *error, size_t error_size)
{
    stage->board = board_open(&stage->options, error, error_size);
    if (stage->board == NULL) {
        return false;
    }
    ++stage->boots;
    if (stage->plant != NULL) {
        sim_plant_listen(stage->plant, board_wake, stage->board);
    }
    return true;
}

static void power_off(void *context)
{
    struct hx_stage *stage = context;
    const char *oracle = board_verdict(stage->board);
    if (oracle != NULL && stage->oracle.size == 0) {
        hx_text_add(&stage->oracle, "%s", oracle);
    }
    if (stage->ledger != NULL) {
        hx_ledger_board(stage->ledger, stage->board);
    }
    board_close(stage->board);
    stage->board = NULL;
    if (stage->plant != NULL) {
        sim_plant_listen(stage->plant, NULL, NULL);
        sim_plant_hush(stage->plant);
    }
}

/* Those who look from outside know these settings from now on. */
static void settings_know(struct hx_stage *stage, const struct wm_settings *settings)
{
    static struct hx_question question;
    static struct hx_answer answer;
    stage->settings = *settings;
    if (stage->probe != NULL) {
        question = (struct hx_question){
            .kind = HX_ASK_AS_UNIT,
            .modbus_unit = stage->settings.value[wm_setting_modbus_unit_id],
        };
        hx_probe_ask(stage->probe, &question, &answer);
        question.kind = HX_ASK_AS;
        hx_outsider_fill(&stage->settings, &question);
        hx_probe_ask(stage->probe, &question, &answer);
    }
}

static bool power_on(void *context, char *error, size_t error_size)
{
    struct hx_stage *stage = context;
    const struct timespec pause = {.tv_nsec = TRY_PAUSE_NS};
    if (stage->is_spoiled) {
        settings_know(stage, &stage->settings_given); /* what was set is lost with the record */
    }
    for (int i = 0; i < TRIES_MAX && !board_begin(stage, error, error_size); ++i) {
        nanosleep(&pause, NULL);
    }
    if (stage->board != NULL && stage->is_cut && !stage->is_spoiled) {
        settings_know(stage, &board_view(stage->board)->settings); /* the old ones or the new */
    }
    stage->is_spoiled = stage->is_cut = false;
    return stage->board != NULL;
}

static void power_cut(void *context, uint32_t nth)
{
    struct hx_stage *stage = context;
    stage->is_cut = true;
    board_cut_power(stage->board, nth);
}

static bool damage(void *context, const char *record)
{
    struct hx_stage *stage = context;
    stage->is_spoiled |= record == NULL || strcmp(record, "settings") == 0;
    return board_media_damage(stage->media, record);
}

static bool restamp(void *context, const char *record, uint8_t version)
{
    struct hx_stage *stage = context;
    stage->is_spoiled |= strcmp(record, "settings") == 0;
    return board_media_restamp(stage->media, record, version);
}

/* "HOST:PORT" with the port that was really bound. */
static const char *address_keep(char kept[HX_ADDRESS_SIZE], const char *address, int port)
{
    const char *colon = strrchr(address, ':');
    const int host = colon != NULL ? (int)(colon - address) : (int)strlen(address);
    (void)snprintf(kept, HX_ADDRESS_SIZE, "%.*s:%d", host, address, port);
    return kept;
}

static bool host_begin(struct hx_stage *stage, struct hx_text *error)
{
    static const struct sim_supply_ops ops = {power_off, power_on, power_cut, damage, restamp};
    char why[ERROR_SIZE] = "";
    stage->media = board_media_create();
    if (stage->media == NULL) {
        hx_text_add(error, "no memory for the webmanager");
        return false;
    }
    stage->options.media = stage->media;
    if (!board_begin(stage, why, sizeof why)) {
        hx_text_add(error, "%s", why);
        return false;
    }
    stage->options.modbus_address = address_keep(
        stage->modbus_address, stage->options.modbus_address, board_modbus_port(stage->board));
    stage->options.snmp_address = address_keep(stage->snmp_address, stage->options.snmp_address,
                                               board_snmp_port(stage->board));
    stage->options.uptime_ms = 0; /* of later ones */
    stage->settings_given = stage->settings;
    if (stage->plant != NULL) {
        sim_supply_connect(sim_plant_supply(stage->plant), &ops, stage);
    }
    return true;
}

bool hx_host_power(struct hx_stage *stage, bool is_on, struct hx_text *error)
{
    char why[ERROR_SIZE] = "";
    if (!is_on && stage->board != NULL) {
        power_off(stage);
    }
    const bool is_good = !is_on || stage->board != NULL || power_on(stage, why, sizeof why);
    hx_text_add(error, "%s", is_good ? "" : why);
    return is_good;
}

void hx_host_power_look(struct hx_stage *stage)
{
    if (stage->board != NULL && board_has_lost_power(stage->board)) {
        power_off(stage);
        sim_supply_lost(sim_plant_supply(stage->plant));
    }
}

static void host_ask(struct hx_stage *stage, const struct hx_question *question,
                     struct hx_answer *answer)
{
    if (stage->board == NULL && hx_question_is_for_webmanager(question->kind)) {
        hx_answer_off(answer);
        return;
    }
    if (hx_probe_send(stage->probe, question, answer)) {
        while (stage->board != NULL && board_serve(stage->board, stage->probe->fd, -1) == 0) {
        }
        hx_probe_receive(stage->probe, answer);
    }
    hx_host_power_look(stage);
    if (stage->board == NULL && hx_question_is_for_webmanager(question->kind)) {
        hx_answer_off(answer);
    }
}

int hx_host_serve(struct hx_stage *stage, int until_fd, int64_t wall_us)
{
    if (stage->board != NULL) {
        const int is_readable = board_serve(stage->board, until_fd, wall_us);
        hx_host_power_look(stage);
        return is_readable;
    }
    struct pollfd wait = {.fd = until_fd, .events = POLLIN};
    return poll(&wait, 1, (int)((wall_us + 999) / 1000)) > 0;
}

/* ---- the target ------------------------------------------------------------------------- */

static bool host_open(struct hx_stage *stage, struct hx_text *error)
{
    if (!host_begin(stage, error)) {
        return false;
    }
    const struct hx_place modbus = {.port = board_modbus_port(stage->board)};
    const struct hx_place snmp = {.port = board_snmp_port(stage->board)};
    return stage->probe == NULL || hx_target_connect(stage, &modbus, &snmp, error);
}

static void host_close(struct hx_stage *stage)
{
    board_close(stage->board);
    board_media_destroy(stage->media);
    stage->board = NULL;
    stage->media = NULL;
}

static bool host_run(struct hx_stage *stage, int64_t until_us)
{
    bool goes_on = true;
    while (goes_on && sim_world_now_us(stage->world) < until_us) {
        const int64_t slice_us = sim_world_now_us(stage->world) + RUN_SLICE_US;
        goes_on = sim_world_run(stage->world, slice_us < until_us ? slice_us : until_us) &&
                  !hx_guard_has_fired();
        hx_host_power_look(stage);
    }
    return goes_on;
}

static bool host_type(struct hx_stage *stage, const char *bytes, size_t size, struct hx_text *said)
{
    if (stage->board != NULL) {
        hx_console_type(stage->board, bytes, size, said);
        hx_host_power_look(stage);
    }
    return stage->board != NULL;
}

static const char *host_rtu_path(const struct hx_stage *stage)
{
    return stage->board != NULL ? board_rtu_path(stage->board) : NULL;
}

static bool host_rtu_say(const struct hx_stage *stage, const struct board_rtu_part *part,
                         size_t parts, struct board_rtu_heard *heard)
{
    return stage->board != NULL && board_rtu_say(stage->board, part, parts, heard);
}

static bool host_is_on(const struct hx_stage *stage)
{
    return stage->board != NULL;
}

static bool host_is_complete(struct hx_stage *stage)
{
    return stage->board != NULL && board_view(stage->board)->is_complete != 0;
}

static int64_t host_rounds(struct hx_stage *stage)
{
    return stage->board != NULL ? board_view(stage->board)->rounds : 0;
}

static int64_t host_generation(const struct hx_stage *stage)
{
    const int64_t generation = stage->board != NULL ? board_view(stage->board)->generation : 0;
    return ((int64_t)stage->boots << 33) + ((int64_t)(stage->board != NULL) << 32) + generation;
}

static bool host_judged(const struct hx_stage *stage, struct hx_judgement *judgement)
{
    const char *oracle = stage->oracle.size > 0 ? stage->oracle.bytes
                         : stage->board != NULL ? board_verdict(stage->board)
                                                : NULL;
    const char *cuts = stage->media != NULL ? board_media_verdict(stage->media) : NULL;
    *judgement =
        oracle != NULL
            ? (struct hx_judgement){"every view to follow the plant, and in time", "oracle", oracle}
            : (struct hx_judgement){"every power cut to leave what was kept, whole", "cuts", cuts};
    return judgement->text != NULL;
}

static int64_t host_now_us(const struct hx_stage *stage)
{
    return stage->world != NULL ? sim_world_now_us(stage->world) : 0;
}

static int64_t host_grace_us(const struct hx_stage *stage)
{
    (void)stage;
    return 0;
}

/* ---- readiness -------------------------------------------------------------------------- */

#define MISSING_LISTED 6

/* What comes from a device that is configured, not from a sum or a table. */
static bool is_measured(const struct wm_point_row *point, int32_t number,
                        const struct wm_settings *settings)
{
    if (point->scope == wm_scope_string) {
        return point->unit == wm_unit_mA &&
               number <= settings->value[wm_setting_bank_current_sensors];
    }
    return point->scope == wm_scope_module && point->unit != wm_unit_flags &&
           point->unit != wm_unit_index;
}

static void host_missing(struct hx_stage *stage, struct hx_text *text)
{
    if (stage->board == NULL) {
        hx_text_add(text, HX_IS_OFF);
        return;
    }
    const struct wm_view *view = board_view(stage->board);
    int missing = 0;
    hx_text_add(text, "%s", view->is_initializing ? "still initializing" : "running");
    for (int p = 0; p < wm_point_count; ++p) {
        const struct wm_point_row *point = wm_point((enum wm_point)p);
        int32_t items = wm_scope_items(point->scope, &stage->settings);
        for (int32_t number = 1; number <= items; ++number) {
            int32_t value = 0;
            if (!is_measured(point, number, &stage->settings) ||
                wm_point_read((enum wm_point)p, number, view, &value)) {
                continue;
            }
            if (missing++ < MISSING_LISTED) {
                hx_text_add(text, "%s %s %d %s", missing == 1 ? "; no value of" : ",",
                            wm_scope_name(point->scope), (int)number, point->name);
            }
        }
    }
    if (missing > MISSING_LISTED) {
        hx_text_add(text, " and %d more", missing - MISSING_LISTED);
    }
}

const struct hx_target hx_target_host = {
    .open = host_open,
    .close = host_close,
    .run = host_run,
    .ask = host_ask,
    .type = host_type,
    .rtu_path = host_rtu_path,
    .rtu_say = host_rtu_say,
    .is_on = host_is_on,
    .is_complete = host_is_complete,
    .missing = host_missing,
    .rounds = host_rounds,
    .generation = host_generation,
    .judged = host_judged,
    .now_us = host_now_us,
    .grace_us = host_grace_us,
};
