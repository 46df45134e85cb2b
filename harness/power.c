/*
 * power.c — see power.h.
 */
#include "power.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define ERROR_SIZE 1024
/* Another process may have been given a port meanwhile, for as long as a scenario plays. */
#define TRIES_MAX    2000
#define TRY_PAUSE_NS 1000000

static bool board_begin(struct hx_stage *stage, char *error, size_t error_size)
{
    stage->board = board_open(&stage->options, error, error_size);
    if (stage->board == NULL) {
        return false;
    }
    ++stage->boots;
    sim_plant_listen(stage->plant, board_wake, stage->board);
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
    sim_plant_listen(stage->plant, NULL, NULL);
    board_close(stage->board);
    stage->board = NULL;
    sim_plant_hush(stage->plant);
}

/* What was set is lost with the record: those who look from outside know again what was given. */
static void settings_forget(struct hx_stage *stage)
{
    static struct hx_question question;
    static struct hx_answer answer;
    stage->settings = stage->settings_given;
    stage->is_spoiled = false;
    if (stage->probe != NULL) {
        question = (struct hx_question){
            .kind = HX_ASK_AS_UNIT,
            .modbus_unit = stage->settings.value[wm_setting_modbus_unit_id],
        };
        hx_probe_ask(stage->probe, NULL, &question, &answer);
    }
}

static bool power_on(void *context, char *error, size_t error_size)
{
    struct hx_stage *stage = context;
    const struct timespec pause = {.tv_nsec = TRY_PAUSE_NS};
    if (stage->is_spoiled) {
        settings_forget(stage);
    }
    for (int i = 0; i < TRIES_MAX && !board_begin(stage, error, error_size); ++i) {
        nanosleep(&pause, NULL);
    }
    return stage->board != NULL;
}

static void power_cut(void *context, uint32_t nth)
{
    struct hx_stage *stage = context;
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

bool hx_power_first(struct hx_stage *stage, struct hx_text *error)
{
    static const struct sim_supply_ops ops = {power_off, power_on, power_cut, damage, restamp};
    char why[ERROR_SIZE] = "";
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
    sim_supply_connect(sim_plant_supply(stage->plant), &ops, stage);
    return true;
}

void hx_power_look(struct hx_stage *stage)
{
    if (stage->board != NULL && board_has_lost_power(stage->board)) {
        power_off(stage);
        sim_supply_lost(sim_plant_supply(stage->plant));
    }
}

int64_t hx_power_rounds(const struct hx_stage *stage)
{
    return stage->board != NULL ? board_view(stage->board)->rounds : 0;
}

int64_t hx_power_generation(const struct hx_stage *stage)
{
    const int64_t generation = stage->board != NULL ? board_view(stage->board)->generation : 0;
    return ((int64_t)stage->boots << 33) + ((int64_t)(stage->board != NULL) << 32) + generation;
}

/* Does it take a webmanager to answer? */
static bool is_for_board(enum hx_question_kind kind)
{
    return kind == HX_ASK_REGISTERS || kind == HX_ASK_UNIT || kind == HX_ASK_CLIENTS ||
           kind == HX_ASK_OBJECTS || kind == HX_ASK_ALARMS || kind == HX_ASK_REQUEST ||
           kind == HX_ASK_DATAGRAM;
}

static void answer_off(struct hx_answer *answer)
{
    answer->is_ok = answer->is_gone = answer->has_more = false;
    answer->count = 0;
    (void)snprintf(answer->error, sizeof answer->error, HX_IS_OFF);
}

void hx_power_ask(struct hx_stage *stage, const struct hx_question *question,
                  struct hx_answer *answer)
{
    if (stage->board == NULL && is_for_board(question->kind)) {
        answer_off(answer);
        return;
    }
    hx_probe_ask(stage->probe, stage->board, question, answer);
    hx_power_look(stage);
    if (stage->board == NULL && is_for_board(question->kind)) {
        answer_off(answer);
    }
}

int hx_power_serve(struct hx_stage *stage, int until_fd, int64_t wall_us)
{
    if (stage->board != NULL) {
        const int is_readable = board_serve(stage->board, until_fd, wall_us);
        hx_power_look(stage);
        return is_readable;
    }
    struct pollfd wait = {.fd = until_fd, .events = POLLIN};
    return poll(&wait, 1, (int)((wall_us + 999) / 1000)) > 0;
}
