/*
 * target_board.c — a webmanager on a board of its own: see target.h.
 */
#include "harness/board/target_board.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/board/board_internal.h"
#include "harness/board/line.h"
#include "harness/record/record.h"
#include "harness/run/guard.h"
#include "harness/wall.h"

/* ---- open and close --------------------------------------------------------------------- */

static bool board_set_up(struct hx_stage *stage, struct hx_text *error)
{
    struct hx_board_line *line = stage->line;
    if (line->spec->set_up != NULL &&
        !hx_board_command(stage, "set_up", line->spec->set_up, true, error)) {
        return false;
    }
    line->is_on = true;
    line->on_us = hx_board_now_us(line);
    stage->boots = line->spec->set_up != NULL ? 1 : 0;
    if (line->spec->start != NULL) {
        return true;
    }
    if (!hx_board_console_wake(stage, hx_board_now_us(line) + HX_BOARD_BOOT_LIMIT_US)) {
        hx_board_console_blame(line, error);
        return false;
    }
    return line->spec->set_up != NULL || hx_board_settings_type(stage, error);
}

const char *hx_target_board_out_of_reach(unsigned hands)
{
    return (hands & SIM_HAND_PANEL) != 0    ? "has a hand on the webmanager's panel"
           : (hands & SIM_HAND_MEMORY) != 0 ? "fails or spoils the webmanager's flash"
           : (hands & SIM_HAND_COM2) != 0   ? "has something on COM2"
                                            : NULL;
}

/* A plant file may have done already what no scenario can do on a board. */
static bool plant_check(struct hx_stage *stage, struct hx_text *error)
{
    const char *out_of_reach = hx_target_board_out_of_reach(sim_plant_hands(stage->plant));
    stage->is_unfit = out_of_reach != NULL;
    if (stage->is_unfit) {
        hx_text_add(error, "the plant %s", out_of_reach);
    }
    return !stage->is_unfit;
}

static bool real_modules_leave(struct hx_stage *stage, struct hx_text *error)
{
    const struct hx_board_spec *spec = stage->line->spec;
    for (int32_t i = 0; i < spec->real_modules; ++i) {
        if (!sim_plant_leave(stage->plant, spec->real_module[i])) {
            hx_text_add(error, "real_modules: the plant has no module %d",
                        (int)spec->real_module[i]);
            return false;
        }
    }
    return true;
}

/* The board itself, on a line that is open. */
static bool board_begin(struct hx_stage *stage, struct hx_text *error)
{
    struct hx_board_line *line = stage->line;
    const struct hx_board_spec *spec = line->spec;
    /* A pty is there before the board is set up: it may take its console once, as it starts. */
    if (!plant_check(stage, error) ||
        (hx_line_is_made(spec->console) && !hx_board_console_open(line, error)) ||
        !hx_board_settings_write(stage, error) || !board_set_up(stage, error) ||
        !hx_target_connect(stage, &spec->modbus, &spec->snmp, error) ||
        (spec->start != NULL && !hx_board_command(stage, "start", spec->start, false, error))) {
        return false;
    }
    line->now_us = line->on_us = hx_board_now_us(line);
    hx_board_power_connect(stage);
    return true;
}

static bool board_open_line(struct hx_stage *stage, struct hx_text *error)
{
    struct hx_board_line *line = calloc(1, sizeof *line);
    if (line == NULL) {
        hx_text_add(error, "no memory for a board");
        return false;
    }
    stage->line = line;
    /* A board that loses its power hangs up in the middle of an answer. */
    (void)signal(SIGPIPE, SIG_IGN);
    line->spec = stage->spec;
    line->bus = hx_line_at(line->spec->line);
    line->console = hx_line_at(line->spec->console);
    line->anchor_us = hx_wall_us();
    sim_bridge_init(&line->bridge, stage->world, stage->plant, line->spec->has_echo);
    if (stage->recorder != NULL) {
        hx_recorder_line(stage->recorder, "bus", &line->bridge.bus);
    }
    if (!hx_board_line_find(stage, true, error) || !real_modules_leave(stage, error)) {
        return false;
    }
    line->is_on = true;
    if (stage->probe == NULL) {
        return true; /* the devices alone are wanted */
    }
    return board_begin(stage, error);
}

static void settings_forget(struct hx_trace *trace)
{
    if (trace->settings_file[0] != '\0') {
        (void)unlink(trace->settings_file);
        trace->settings_file[0] = '\0';
    }
}

void hx_target_board_forget(const struct hx_board_spec *spec, struct hx_trace *trace)
{
    hx_line_forget(spec->line);
    if (spec->console != NULL) {
        hx_line_forget(spec->console);
    }
    settings_forget(trace);
}

static void board_close_line(struct hx_stage *stage)
{
    struct hx_board_line *line = stage->line;
    if (line == NULL) {
        return;
    }
    hx_line_close(&line->console);
    hx_line_close(&line->bus);
    settings_forget(stage->trace);
    free(line);
    stage->line = NULL;
}

/* ---- time and looks --------------------------------------------------------------------- */

/* Where there is no Modbus TCP, registers are asked on COM2. */
static const struct hx_question *question_here(const struct hx_stage *stage,
                                               const struct hx_question *question)
{
    static struct hx_question on_com2;
    const bool is_presence = question->kind == HX_ASK_PRESENCE;
    if (!hx_board_spec_is_rtu(stage->spec) ||
        (question->kind != HX_ASK_REGISTERS && !is_presence)) {
        return question;
    }
    on_com2 = *question;
    on_com2.kind = is_presence ? HX_ASK_PRESENCE_RTU : HX_ASK_RTU;
    hx_question_take_line(&on_com2, stage, stage->spec->modbus_rtu);
    return &on_com2;
}

static void board_ask(struct hx_stage *stage, const struct hx_question *question,
                      struct hx_answer *answer)
{
    struct hx_board_line *line = stage->line;
    if (!line->is_on && hx_question_is_for_webmanager(question->kind)) {
        hx_answer_off(answer);
        return;
    }
    if (!hx_probe_send(stage->probe, question_here(stage, question), answer)) {
        return;
    }
    /* It ends: the probe has a limit of its own. */
    while (!hx_board_pump(stage, stage->probe->fd, hx_board_now_us(line) + HX_BOARD_TICK_US)) {
        if (hx_guard_has_fired()) {
            break;
        }
    }
    hx_probe_receive(stage->probe, answer);
    line->looks += question->kind == HX_ASK_REQUEST && question->request == HX_SET ? 1 : 0;
}

static bool board_judged(const struct hx_stage *stage, struct hx_judgement *judgement)
{
    const struct hx_board_line *line = stage->line;
    *judgement = (struct hx_judgement){"the board to poll its bus", "line",
                                       line != NULL ? line->verdict : ""};
    return judgement->text[0] != '\0';
}

static bool board_run(struct hx_stage *stage, int64_t until_us)
{
    struct hx_board_line *line = stage->line;
    const int64_t look_us = hx_board_now_us(line) + HX_BOARD_LOOK_US;
    const bool is_look = stage->stops_at_views && look_us < until_us;
    (void)hx_board_pump(stage, -1, is_look ? look_us : until_us);
    hx_board_judge(stage);
    line->now_us = hx_board_now_us(line);
    line->looks++;
    return !is_look && line->verdict[0] == '\0';
}

static bool board_type(struct hx_stage *stage, const char *bytes, size_t size, struct hx_text *said)
{
    struct hx_board_line *line = stage->line;
    if (!line->is_on) {
        return false;
    }
    const bool is_question = strncmp(bytes, "show ", 5) == 0;
    const bool was_awake = line->console_is_awake;
    /* An order that is not answered may have been obeyed, and is not given again. */
    if (!hx_board_console_ask(stage, bytes, size, said) && is_question && was_awake) {
        (void)hx_board_console_ask(stage, bytes, size, said);
    }
    line->looks += is_question ? 0 : 1;
    return true;
}

static const char *com2_rtu_path(const struct hx_stage *stage)
{
    const bool is_served = stage->settings.value[wm_setting_com2_use] == WM_COM2_MODBUS_RTU;
    return stage->line->is_on && is_served ? stage->spec->modbus_rtu : NULL;
}

static bool board_is_on(const struct hx_stage *stage)
{
    return stage->line->is_on;
}

/* A word of `show status`, or ""; valid until the next. */
static const char *status_word(struct hx_stage *stage, const char *word)
{
    static char value[32];
    struct hx_text said = {0};
    value[0] = '\0';
    if (board_type(stage, "show status\n", 12, &said)) {
        const char *found = strstr(hx_text_string(&said), word);
        (void)snprintf(value, sizeof value, "%.*s",
                       found != NULL ? (int)strcspn(found + strlen(word), " \n") : 0,
                       found != NULL ? found + strlen(word) : "");
    }
    hx_text_free(&said);
    return value;
}

static bool board_is_complete(struct hx_stage *stage)
{
    return strcmp(status_word(stage, " complete="), "yes") == 0;
}

static void board_missing(struct hx_stage *stage, struct hx_text *text)
{
    struct hx_text said = {0};
    if (!stage->line->is_on) {
        hx_text_add(text, HX_IS_OFF);
    } else if (!stage->line->console_is_awake ||
               !hx_board_console_ask(stage, "show status\n", 12, &said)) {
        hx_board_console_blame(stage->line, text);
    } else {
        hx_text_add(text, "the console says: ");
        hx_board_said_add(text, &said);
    }
    hx_text_free(&said);
}

static int64_t board_rounds(struct hx_stage *stage)
{
    return strtoll(status_word(stage, " rounds="), NULL, 10);
}

static int64_t board_generation(const struct hx_stage *stage)
{
    return stage->line->looks;
}

static int64_t board_now_us(const struct hx_stage *stage)
{
    return stage->line != NULL ? stage->line->now_us : 0;
}

/* Two rounds: one that had begun before the instant, and the one that sees it. */
static int64_t board_grace_us(const struct hx_stage *stage)
{
    return 2 * (INT64_C(1000) * stage->settings.value[wm_setting_bus_round_period]) +
           2 * HX_BOARD_LOOK_US;
}

struct hx_line_count hx_target_board_count(const struct hx_stage *stage)
{
    return stage->line != NULL
               ? (struct hx_line_count){stage->line->bridge.questions, stage->line->bridge.junk}
               : (struct hx_line_count){0};
}

bool hx_target_board_serve(struct hx_stage *stage, int until_fd, int64_t wall_us)
{
    struct hx_board_line *line = stage->line;
    const bool is_readable = hx_board_pump(stage, until_fd, hx_board_now_us(line) + wall_us);
    line->now_us = hx_board_now_us(line);
    return is_readable;
}

const struct hx_target hx_target_board = {
    .open = board_open_line,
    .close = board_close_line,
    .run = board_run,
    .ask = board_ask,
    .type = board_type,
    .rtu_path = com2_rtu_path,
    .is_on = board_is_on,
    .is_complete = board_is_complete,
    .missing = board_missing,
    .rounds = board_rounds,
    .generation = board_generation,
    .judged = board_judged,
    .now_us = board_now_us,
    .grace_us = board_grace_us,
};
