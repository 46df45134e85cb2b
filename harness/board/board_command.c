/*
 * board_command.c — the commands of a board's file: they set it up, start it and switch its power.
 */
#define _GNU_SOURCE /* pipe2, close_range */

#include "harness/board/board_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/run/guard.h"

/* Of what a command says, so much is told; and so much is kept meanwhile. */
enum { SAID_MAX = 200, KEPT_MAX = 1000 };
/* Between two looks whether it has ended. */
#define LOOK_US INT64_C(20000)
/* What it has started may take so long to let go of its output. */
#define OUTPUT_LIMIT_US INT64_C(2000000)

static void group_end(int number)
{
    (void)number;
    (void)kill(0, SIGKILL);
}

/* Has its end for its own. */
static _Noreturn void shell_watch(pid_t shell)
{
    int status = 0;
    while (waitpid(shell, &status, 0) < 0 && errno == EINTR) {
    }
    _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 126);
}

/*
 * The leader of a group of its own, which ends with whoever asked for it: before the command has
 * ended nothing of it is left behind, and what it has started lives on after that.
 */
static _Noreturn void command_become(const char *command, const char *settings_file, int output,
                                     pid_t parent)
{
    const struct sigaction ending = {.sa_handler = group_end};
    (void)signal(SIGINT, SIG_DFL);
    (void)signal(SIGHUP, SIG_DFL);
    (void)signal(SIGALRM, SIG_DFL);
    (void)signal(SIGPIPE, SIG_DFL);
    /* What it starts must keep nobody waiting for the end of a pipe. */
    if (setpgid(0, 0) != 0 || sigaction(SIGTERM, &ending, NULL) != 0 ||
        prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 || getppid() != parent ||
        setenv("SETTINGS", settings_file, 1) != 0 || dup2(output, STDOUT_FILENO) < 0 ||
        dup2(output, STDERR_FILENO) < 0 || close_range(STDERR_FILENO + 1, ~0U, 0) != 0) {
        _exit(127);
    }
    const pid_t shell = fork();
    if (shell > 0) {
        shell_watch(shell);
    }
    (void)signal(SIGTERM, SIG_DFL);
    if (shell == 0) {
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

/* Its last words are enough. */
static void said_take(struct hx_text *said, const char *bytes, size_t size)
{
    hx_text_add_bytes(said, bytes, size);
    if (said->size > KEPT_MAX) {
        memmove(said->bytes, said->bytes + said->size - SAID_MAX, SAID_MAX);
        hx_text_cut(said, SAID_MAX);
    }
}

/* What a command came to. */
enum ending { ENDED, TOO_LONG, CALLED_OFF, KEEPS_OUTPUT };

/*
 * Until the command has ended and nobody has its output any more, which the devices outlive where
 * pumps is true. status: as of waitpid.
 */
static enum ending command_wait(struct hx_stage *stage, pid_t pid, int output, bool pumps,
                                struct hx_text *said, int *status)
{
    char bytes[4096];
    bool has_ended = false;
    int64_t until_us = hx_board_now_us(stage->line) + HX_BOARD_BOOT_LIMIT_US;
    for (;;) {
        const int64_t now_us = hx_board_now_us(stage->line);
        const int64_t look_us = now_us + LOOK_US < until_us ? now_us + LOOK_US : until_us;
        struct pollfd ready = {.fd = output, .events = POLLIN};
        const bool is_called_off = hx_guard_has_fired() || sim_plant_failure(stage->plant) != NULL;
        if (now_us >= until_us || is_called_off) {
            return has_ended ? KEEPS_OUTPUT : is_called_off ? CALLED_OFF : TOO_LONG;
        }
        if (pumps ? hx_board_pump(stage, output, look_us) : poll(&ready, 1, LOOK_US / 1000) > 0) {
            const ssize_t size = read(output, bytes, sizeof bytes);
            said_take(said, bytes, size > 0 ? (size_t)size : 0);
            output = size == 0 ? -1 : output;
        }
        if (!has_ended && waitpid(pid, status, WNOHANG) == pid) {
            has_ended = true;
            until_us = hx_board_now_us(stage->line) + OUTPUT_LIMIT_US;
        }
        if (has_ended && output < 0) {
            return ENDED;
        }
    }
}

static void ending_add(const struct hx_stage *stage, enum ending ending, struct hx_text *error)
{
    const char *failure = sim_plant_failure(stage->plant);
    switch (ending) {
    case ENDED:
        hx_text_add(error, "did not end well");
        break;
    case TOO_LONG:
        hx_text_add(error, "did not end within %d s", (int)(HX_BOARD_BOOT_LIMIT_US / 1000000));
        break;
    case CALLED_OFF:
        if (failure != NULL) {
            hx_text_add(error, "was ended, for the plant failed: %s", failure);
        } else {
            hx_text_add(error, "had not ended at the time limit of %g s", hx_guard_limit_s());
        }
        break;
    case KEEPS_OUTPUT:
        hx_text_add(error, "left something that keeps its output; end it with >FILE 2>&1 &");
        break;
    }
}

bool hx_board_command(struct hx_stage *stage, const char *name, const char *command, bool pumps,
                      struct hx_text *error)
{
    int output[2];
    int status = 0;
    struct hx_text said = {0};
    if (pipe2(output, O_CLOEXEC) != 0) {
        hx_text_add(error, "%s: no pipe: %s", name, strerror(errno));
        return false;
    }
    const pid_t parent = getpid();
    const pid_t pid = fork();
    if (pid == 0) {
        command_become(command, stage->trace->settings_file, output[1], parent);
    }
    if (pid < 0) {
        hx_text_add(&said, "no process: %s", strerror(errno));
    }
    close(output[1]);
    const enum ending ending =
        pid > 0 ? command_wait(stage, pid, output[0], pumps, &said, &status) : ENDED;
    close(output[0]);
    if (ending == TOO_LONG || ending == CALLED_OFF) {
        (void)kill(-pid, SIGKILL);
        (void)kill(pid, SIGKILL); /* it may be too young to lead its group */
        (void)waitpid(pid, &status, 0);
    }
    const bool is_good =
        pid > 0 && ending == ENDED && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (!is_good) {
        hx_text_add(error, "%s ", name);
        ending_add(stage, ending, error);
        hx_text_add(error, "; it is: %s%s", command, said.size > 0 ? "; it said: " : "");
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
    hx_board_line_hush(line);
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

void hx_board_power_connect(struct hx_stage *stage)
{
    static const struct sim_supply_ops ops = {.off = power_off, .on = power_on};
    sim_supply_connect(sim_plant_supply(stage->plant), &ops, stage);
}
