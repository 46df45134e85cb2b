/*
 * board_command.c — the commands of a board's file: they set it up, start it and switch its power.
 */
#define _GNU_SOURCE /* pipe2, close_range */

#include "board_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SAID_MAX 200

static _Noreturn void command_become(const char *command, const char *settings_file, int output)
{
    (void)signal(SIGINT, SIG_DFL);
    (void)signal(SIGALRM, SIG_DFL);
    (void)signal(SIGPIPE, SIG_DFL);
    /* What it starts may live on, and must keep nobody waiting for the end of a pipe. */
    if (setenv("SETTINGS", settings_file, 1) == 0 && dup2(output, STDOUT_FILENO) >= 0 &&
        dup2(output, STDERR_FILENO) >= 0 && close_range(STDERR_FILENO + 1, ~0U, 0) == 0) {
        (void)execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    }
    _exit(127);
}

void hx_board_said_add(struct hx_text *error, const struct hx_text *said)
{
    const char *text = hx_text_string(said);
    size_t size = said->size;
    while (size > 0 && text[size - 1] == '\n') {
        --size;
    }
    const size_t skipped = size > SAID_MAX ? size - SAID_MAX : 0;
    for (size_t i = skipped; i < size; ++i) {
        hx_text_add(error, "%c", text[i] == '\n' || text[i] == '\r' ? ' ' : text[i]);
    }
}

bool hx_board_command(struct hx_stage *stage, const char *name, const char *command, bool pumps,
                      struct hx_text *error)
{
    int output[2];
    char bytes[512];
    ssize_t size = 0;
    int status = 0;
    struct hx_text said = {0};
    struct hx_board_line *line = stage->line;
    const int64_t until_us = hx_board_now_us(line) + HX_BOARD_BOOT_LIMIT_US;
    if (pipe2(output, O_CLOEXEC) != 0) {
        hx_text_add(error, "%s: no pipe: %s", name, strerror(errno));
        return false;
    }
    const pid_t pid = fork();
    if (pid == 0) {
        command_become(command, line->settings_file, output[1]);
    }
    close(output[1]);
    bool is_in_time = pid > 0;
    do {
        is_in_time = is_in_time && (!pumps || hx_board_pump(stage, output[0], until_us));
        size = is_in_time ? read(output[0], bytes, sizeof bytes) : -1;
        hx_text_add_bytes(&said, bytes, size > 0 ? (size_t)size : 0);
    } while (size > 0);
    close(output[0]);
    if (pid > 0) {
        (void)kill(pid, is_in_time ? 0 : SIGKILL);
        (void)waitpid(pid, &status, 0);
    }
    const bool is_good = is_in_time && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (!is_good) {
        hx_text_add(error, "%s %s; it is: %s%s", name,
                    is_in_time ? "did not end well" : "did not end within 60 s", command,
                    said.size > 0 ? "; it said: " : "");
        hx_board_said_add(error, &said);
    }
    hx_text_free(&said);
    return is_good;
}

/* ---- power ------------------------------------------------------------------------------ */

static void power_off(void *context)
{
    struct hx_stage *stage = context;
    struct hx_board_line *line = stage->line;
    struct hx_text error = {0};
    line->is_on = false;
    hx_board_console_lost(line);
    sim_plant_hush(stage->plant);
    if (line->spec->power_off == NULL) {
        hx_board_verdict_set(line, "the board's file has no power_off");
    } else if (!hx_board_command(stage, "power_off", line->spec->power_off, false, &error)) {
        hx_board_verdict_set(line, hx_text_string(&error));
    }
    hx_text_free(&error);
}

static bool power_on(void *context, char *error, size_t error_size)
{
    struct hx_stage *stage = context;
    struct hx_board_line *line = stage->line;
    struct hx_text why = {0};
    const bool is_good = line->spec->power_on != NULL &&
                         hx_board_command(stage, "power_on", line->spec->power_on, false, &why);
    (void)snprintf(error, error_size, "%s",
                   why.size > 0 ? why.bytes : "the board's file has no power_on");
    hx_text_free(&why);
    line->is_on = is_good;
    line->on_us = hx_board_now_us(line);
    stage->boots += is_good ? 1 : 0;
    return is_good;
}

/* What no board lets a hand do; such scenarios are skipped before they begin. */
static void power_cut(void *context, uint32_t nth)
{
    struct hx_stage *stage = context;
    (void)nth;
    hx_board_verdict_set(stage->line, "a board's flash can't be cut off in the middle of a write");
}

static bool damage(void *context, const char *record)
{
    (void)context;
    (void)record;
    return false;
}

static bool restamp(void *context, const char *record, uint8_t version)
{
    (void)context;
    (void)record;
    (void)version;
    return false;
}

void hx_board_power_connect(struct hx_stage *stage)
{
    static const struct sim_supply_ops ops = {power_off, power_on, power_cut, damage, restamp};
    sim_supply_connect(sim_plant_supply(stage->plant), &ops, stage);
}
