/*
 * target_board.c — a webmanager on a board of its own: see target.h.
 *
 * Always true: whatever is waited for, the devices answer meanwhile (pump); the world stands where
 * the wall clock does, and a script's now is the instant that it last let time pass to.
 */
#define _GNU_SOURCE /* ppoll, pipe2, close_range */

#include "target_board.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guard.h"
#include "line.h"
#include "sim/bridge.h"
#include "wall.h"

/* Between two looks of `within`: a look takes some answers, and a person sees no sooner. */
#define LOOK_US INT64_C(200000)
/* At most so long without a look at the line. */
#define TICK_US INT64_C(20000)
/* A board boots, and a console comes with it. */
#define BOOT_LIMIT_US INT64_C(60000000)
/* An answer of the console. */
#define CONSOLE_LIMIT_US (INT64_C(1000000) * HX_ANSWER_LIMIT_S)
/* Requests come too fast for it: so long until it takes the next twenty (CONSOLE.md). */
#define CONSOLE_PAUSE_US INT64_C(1000000)
/* A webmanager asks something every round, and in programmer mode every 10 s (sim/BUS.md). */
#define SILENCE_US INT64_C(15000000)
/* As much as a line may say that is no frame: what was on it when it was opened, and some noise. */
#define JUNK_MAX     512
#define CONSOLE_BAUD 115200
#define SAID_MAX     200
#define VALUE_SIZE   40

struct hx_board_line {
    const struct hx_board_spec *spec;
    struct sim_bridge bridge;
    int line_fd;       /* -1: it has gone, and is looked for */
    int console_fd;    /* likewise */
    int64_t anchor_us; /* wall clock at the world's beginning */
    int64_t now_us;    /* a script's */
    int64_t looks;     /* tells what is seen now from what was seen before */
    int64_t gone_us;   /* when the line went */
    int64_t on_us;     /* when the power came */
    bool is_on;
    char settings_file[40];
    char verdict[400]; /* "" : nothing */
};

static int64_t line_now_us(const struct hx_board_line *line)
{
    return hx_wall_us() - line->anchor_us;
}

/* ---- the line --------------------------------------------------------------------------- */

static bool line_find(struct hx_stage *stage, struct hx_text *error)
{
    struct hx_board_line *line = stage->line;
    line->line_fd =
        hx_line_open(line->spec->line, stage->settings.value[wm_setting_bus_baud], error);
    if (line->line_fd >= 0) {
        sim_bridge_forget(&line->bridge);
        sim_plant_meet_line(stage->plant, hx_line_paces_itself(line->line_fd));
    }
    return line->line_fd >= 0;
}

static void line_lost(struct hx_board_line *line)
{
    hx_line_close(line->spec->line, line->line_fd);
    line->line_fd = -1;
    line->gone_us = line_now_us(line);
}

static void line_read(struct hx_board_line *line)
{
    uint8_t bytes[256];
    const ssize_t size = read(line->line_fd, bytes, sizeof bytes);
    if (size > 0) {
        sim_bridge_take(&line->bridge, bytes, (size_t)size);
    } else if (size == 0 || (errno != EAGAIN && errno != EINTR)) {
        line_lost(line);
    }
}

/* What a full line does not take is lost, as it is where nobody listens. */
static void line_write(struct hx_board_line *line)
{
    uint8_t bytes[256];
    size_t size;
    while ((size = sim_bridge_give(&line->bridge, bytes, sizeof bytes)) > 0) {
        if (line->line_fd >= 0 && write(line->line_fd, bytes, size) < 0 && errno != EAGAIN) {
            line_lost(line);
        }
    }
}

/* The world and the line go on to now; until when neither has anything to do. */
static int64_t step(struct hx_stage *stage)
{
    struct hx_board_line *line = stage->line;
    const int64_t now_us = line_now_us(line);
    (void)sim_world_run(stage->world, now_us);
    int64_t next_us = sim_bridge_go(&line->bridge);
    line_write(line);
    const int64_t due_us = sim_world_next_us(stage->world);
    next_us = due_us < next_us ? due_us : next_us;
    return next_us < now_us + TICK_US ? next_us : now_us + TICK_US;
}

/*
 * Lets the devices live until until_fd is readable (-1: none) or the instant has come. True: it is
 * readable. Returns early where the plant broke or the scenario's time limit has passed.
 */
static bool pump(struct hx_stage *stage, int until_fd, int64_t until_us)
{
    struct hx_board_line *line = stage->line;
    for (;;) {
        int64_t next_us = step(stage);
        next_us = next_us < until_us ? next_us : until_us;
        const int64_t wait_us = next_us - line_now_us(line);
        const struct timespec wait = {.tv_nsec = (long)(wait_us > 0 ? wait_us : 0) * 1000};
        struct pollfd ready[] = {{.fd = line->line_fd, .events = POLLIN},
                                 {.fd = until_fd, .events = POLLIN}};
        const int count = ppoll(ready, 2, &wait, NULL);
        if (count > 0 && ready[0].revents != 0) {
            (void)sim_world_run(stage->world, line_now_us(line));
            line_read(line);
            (void)sim_bridge_go(&line->bridge);
        }
        if (count > 0 && ready[1].revents != 0) {
            return true;
        }
        if (line_now_us(line) >= until_us || sim_plant_failure(stage->plant) != NULL ||
            hx_guard_has_fired()) {
            return false;
        }
        if (line->line_fd < 0 && line->is_on) {
            struct hx_text ignored = {0};
            (void)line_find(stage, &ignored);
            hx_text_free(&ignored);
        }
    }
}

/* ---- commands --------------------------------------------------------------------------- */

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

/* Its last words, on one line. */
static void said_add(struct hx_text *error, const struct hx_text *said)
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

/*
 * Runs a command of the board's file; the devices answer meanwhile where pumps is true. False, with
 * "NAME: ..." in error: it did not end well, or not in time.
 */
static bool command_run(struct hx_stage *stage, const char *name, const char *command, bool pumps,
                        struct hx_text *error)
{
    int output[2];
    char bytes[512];
    ssize_t size = 0;
    int status = 0;
    struct hx_text said = {0};
    struct hx_board_line *line = stage->line;
    const int64_t until_us = line_now_us(line) + BOOT_LIMIT_US;
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
        is_in_time = is_in_time && (!pumps || pump(stage, output[0], until_us));
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
        said_add(error, &said);
    }
    hx_text_free(&said);
    return is_good;
}

/* ---- the console ------------------------------------------------------------------------ */

static void console_lost(struct hx_board_line *line)
{
    if (line->console_fd >= 0) {
        hx_line_close(line->spec->console, line->console_fd);
        line->console_fd = -1;
    }
}

/* Is there one? What it had to say before is nobody's answer. */
static bool console_find(struct hx_board_line *line)
{
    struct hx_text ignored = {0};
    if (line->console_fd < 0) {
        line->console_fd = hx_line_open(line->spec->console, CONSOLE_BAUD, &ignored);
    }
    hx_text_free(&ignored);
    return line->console_fd >= 0;
}

/* Reads until so many ends of answers ("ok", "error ...") have come. False: not in time. */
static bool answers_await(struct hx_stage *stage, size_t wanted, int64_t until_us,
                          struct hx_text *said)
{
    struct hx_board_line *line = stage->line;
    char bytes[1024];
    size_t line_begins = said->size;
    while (wanted > 0) {
        if (!pump(stage, line->console_fd, until_us)) {
            return false;
        }
        const ssize_t size = read(line->console_fd, bytes, sizeof bytes);
        if (size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR)) {
            console_lost(line);
            return false;
        }
        for (ssize_t i = 0; i < size; ++i) {
            if (bytes[i] == '\r') {
                continue;
            }
            hx_text_add_bytes(said, &bytes[i], 1);
            if (bytes[i] == '\n') {
                const char *begin = said->bytes + line_begins;
                const bool is_end = strcmp(begin, "ok\n") == 0 || strncmp(begin, "error ", 6) == 0;
                wanted -= is_end && wanted > 0 ? 1 : 0;
                line_begins = said->size;
            }
        }
    }
    return true;
}

/* Lines with something on them: each is answered. */
static size_t requests_of(const char *bytes, size_t size)
{
    size_t requests = 0;
    bool is_blank = true;
    for (size_t i = 0; i < size; ++i) {
        requests += bytes[i] == '\n' && !is_blank ? 1 : 0;
        is_blank = bytes[i] == '\n' || (is_blank && bytes[i] == ' ');
    }
    return requests;
}

static bool console_ask(struct hx_stage *stage, const char *bytes, size_t size,
                        struct hx_text *said)
{
    struct hx_board_line *line = stage->line;
    const size_t before = said->size;
    for (int attempt = 0; attempt < 4; ++attempt) {
        size_t sent = 0;
        while (sent < size) {
            const ssize_t written = write(line->console_fd, bytes + sent, size - sent);
            if (written < 0 && errno != EAGAIN && errno != EINTR) {
                console_lost(line);
                return false;
            }
            sent += written > 0 ? (size_t)written : 0;
            (void)(sent < size && pump(stage, -1, line_now_us(line) + 1000));
        }
        if (!answers_await(stage, requests_of(bytes, size), line_now_us(line) + CONSOLE_LIMIT_US,
                           said)) {
            return false;
        }
        if (strncmp(hx_text_string(said) + before, "error too_fast", 14) != 0) {
            return true;
        }
        said->size = before;
        said->bytes[before] = '\0';
        (void)pump(stage, -1, line_now_us(line) + CONSOLE_PAUSE_US);
    }
    return false;
}

/* Waits until it answers at all: half a line from before is ended first, whatever it was. */
static bool console_wake(struct hx_stage *stage, int64_t until_us)
{
    struct hx_board_line *line = stage->line;
    while (line_now_us(line) < until_us && !hx_guard_has_fired()) {
        struct hx_text said = {0};
        char left[256];
        if (console_find(line)) {
            (void)!write(line->console_fd, "\n", 1);
            (void)pump(stage, -1, line_now_us(line) + LOOK_US / 4);
            while (line->console_fd >= 0 && read(line->console_fd, left, sizeof left) > 0) {
            }
            static const char hello[] = "show version\n";
            const bool is_awake =
                write(line->console_fd, hello, sizeof hello - 1) == sizeof hello - 1 &&
                answers_await(stage, 1, line_now_us(line) + 2 * LOOK_US, &said);
            hx_text_free(&said);
            if (is_awake) {
                return true;
            }
            console_lost(line);
        }
        (void)pump(stage, -1, line_now_us(line) + LOOK_US / 2);
    }
    return false;
}

/* ---- power ------------------------------------------------------------------------------ */

static void board_verdict_set(struct hx_board_line *line, const char *text)
{
    if (line->verdict[0] == '\0') {
        (void)snprintf(line->verdict, sizeof line->verdict, "%s", text);
    }
}

static void power_off(void *context)
{
    struct hx_stage *stage = context;
    struct hx_board_line *line = stage->line;
    struct hx_text error = {0};
    line->is_on = false;
    console_lost(line);
    sim_plant_hush(stage->plant);
    if (line->spec->power_off == NULL) {
        board_verdict_set(line, "the board's file has no power_off");
    } else if (!command_run(stage, "power_off", line->spec->power_off, false, &error)) {
        board_verdict_set(line, hx_text_string(&error));
    }
    hx_text_free(&error);
}

static bool power_on(void *context, char *error, size_t error_size)
{
    struct hx_stage *stage = context;
    struct hx_board_line *line = stage->line;
    struct hx_text why = {0};
    const bool is_good = line->spec->power_on != NULL &&
                         command_run(stage, "power_on", line->spec->power_on, false, &why);
    (void)snprintf(error, error_size, "%s",
                   why.size > 0 ? why.bytes : "the board's file has no power_on");
    hx_text_free(&why);
    line->is_on = is_good;
    line->on_us = line_now_us(line);
    stage->boots += is_good ? 1 : 0;
    return is_good;
}

/* What no board lets a hand do; such scenarios are skipped before they begin. */
static void power_cut(void *context, uint32_t nth)
{
    struct hx_stage *stage = context;
    (void)nth;
    board_verdict_set(stage->line, "a board's flash can't be cut off in the middle of a write");
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

/* ---- set up ----------------------------------------------------------------------------- */

/* As a person types it: a choice by its name, a number in its natural unit. */
static const char *setting_text(enum wm_setting setting, int32_t value, char text[VALUE_SIZE])
{
    const struct wm_setting_row *row = wm_setting(setting);
    if (wm_choice_name(setting, value) != NULL) {
        return wm_choice_name(setting, value);
    }
    (void)snprintf(text, VALUE_SIZE, "%.10g", (double)value / wm_unit(row->unit)->per_natural);
    return text;
}

/* A later one of the same name wins. */
static bool is_given_again(const struct board_options *options, size_t at)
{
    const struct wm_change *change = &options->settings[at];
    for (size_t i = at + 1; i < options->settings_count; ++i) {
        const struct wm_change *other = &options->settings[i];
        if ((other->string != NULL) == (change->string != NULL) &&
            (other->string != NULL ? other->text == change->text
                                   : other->setting == change->setting)) {
            return true;
        }
    }
    return false;
}

/* NAME = VALUE, a line each: what webmanagerd's configuration is made of. */
static bool settings_write(struct hx_stage *stage, struct hx_text *error)
{
    struct hx_board_line *line = stage->line;
    (void)snprintf(line->settings_file, sizeof line->settings_file, "/tmp/gbms-bench-XXXXXX");
    const int fd = mkstemp(line->settings_file);
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (file == NULL) {
        hx_text_add(error, "%s: %s; the settings of the board are written there",
                    line->settings_file, strerror(errno));
        line->settings_file[0] = '\0';
        return false;
    }
    for (size_t i = 0; i < stage->options.settings_count; ++i) {
        const struct wm_change *change = &stage->options.settings[i];
        char value[VALUE_SIZE];
        if (is_given_again(&stage->options, i)) {
            continue;
        }
        if (change->string != NULL) {
            (void)fprintf(file, "%s = %s\n", wm_text(change->text)->name, change->string);
        } else {
            (void)fprintf(file, "%s = %s\n", wm_setting(change->setting)->name,
                          setting_text(change->setting, change->value, value));
        }
    }
    return fclose(file) == 0;
}

static bool is_structural(const char *name)
{
    return strncmp(name, "bank.", 5) == 0;
}

/* Types it, and wants "ok". */
static bool order(struct hx_stage *stage, const char *request, struct hx_text *error)
{
    struct hx_text said = {0};
    const bool is_answered = console_ask(stage, request, strlen(request), &said);
    const bool is_good = is_answered && strstr(hx_text_string(&said), "error ") == NULL;
    if (!is_good) {
        hx_text_add(error, "the console refused \"%.*s\": ", (int)strcspn(request, "\n"), request);
        said_add(error, &said);
        hx_text_add(error, is_answered ? "" : "no answer in time");
    }
    hx_text_free(&said);
    return is_good;
}

/* Is the board set up as a plant with this value is? What it has is its own, and cannot be set. */
static bool structure_check(struct hx_stage *stage, const char *name, const char *value,
                            struct hx_text *error)
{
    char request[80];
    char wanted[80];
    struct hx_text said = {0};
    (void)snprintf(request, sizeof request, "show settings %s\n", name);
    (void)snprintf(wanted, sizeof wanted, " value=%s ", value);
    const bool is_answered = console_ask(stage, request, strlen(request), &said);
    const char *found = strstr(hx_text_string(&said), " value=");
    const bool is_good = is_answered && strstr(hx_text_string(&said), wanted) != NULL;
    stage->is_unfit = is_answered && !is_good;
    if (!is_good) {
        hx_text_add(error, "the plant has %s = %s, the board %.*s; give its file a set_up", name,
                    value, found != NULL ? (int)strcspn(found + 1, " ") : 9,
                    found != NULL ? found + 1 : "no answer");
    }
    hx_text_free(&said);
    return is_good;
}

/* Without a set_up: all settings as they are to be, one by one, and what latches let go. */
static bool settings_type(struct hx_stage *stage, struct hx_text *error)
{
    char value[VALUE_SIZE];
    char request[400];
    bool is_good = true;
    for (int i = 0; i < wm_setting_count && is_good; ++i) {
        const char *name = wm_setting((enum wm_setting)i)->name;
        const char *text = setting_text((enum wm_setting)i, stage->settings.value[i], value);
        (void)snprintf(request, sizeof request, "set %s %s\n", name, text);
        is_good = is_structural(name) ? structure_check(stage, name, text, error)
                                      : order(stage, request, error);
    }
    for (int i = 0; i < wm_text_count && is_good; ++i) {
        (void)snprintf(request, sizeof request, "set %s \"%s\"\n", wm_text((enum wm_text)i)->name,
                       wm_text_value(&stage->settings, (enum wm_text)i));
        is_good = order(stage, request, error);
    }
    return is_good && order(stage, "acknowledge\n", error);
}

static bool board_set_up(struct hx_stage *stage, struct hx_text *error)
{
    struct hx_board_line *line = stage->line;
    if (line->spec->set_up != NULL &&
        !command_run(stage, "set_up", line->spec->set_up, true, error)) {
        return false;
    }
    line->is_on = true;
    line->on_us = line_now_us(line);
    stage->boots = line->spec->set_up != NULL ? 1 : 0;
    if (line->spec->start != NULL) {
        return true;
    }
    if (!console_wake(stage, line_now_us(line) + BOOT_LIMIT_US)) {
        hx_text_add(error, "%s: the console says nothing; is the board on, is this its console?",
                    line->spec->console);
        return false;
    }
    return line->spec->set_up != NULL || settings_type(stage, error);
}

/* ---- the target ------------------------------------------------------------------------- */

static void board_ask(struct hx_stage *stage, const struct hx_question *question,
                      struct hx_answer *answer)
{
    struct hx_board_line *line = stage->line;
    if (!line->is_on && hx_question_is_for_webmanager(question->kind)) {
        hx_answer_off(answer);
        return;
    }
    if (!hx_probe_send(stage->probe, question, answer)) {
        return;
    }
    /* It ends: the probe has a limit of its own. */
    while (!pump(stage, stage->probe->fd, line_now_us(line) + TICK_US)) {
        if (hx_guard_has_fired()) {
            break;
        }
    }
    hx_probe_receive(stage->probe, answer);
    line->looks += question->kind == HX_ASK_REQUEST && question->request == HX_SET ? 1 : 0;
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

static bool board_open_line(struct hx_stage *stage, struct hx_text *error)
{
    static const struct sim_supply_ops ops = {power_off, power_on, power_cut, damage, restamp};
    struct hx_board_line *line = calloc(1, sizeof *line);
    if (line == NULL) {
        hx_text_add(error, "no memory for a board");
        return false;
    }
    stage->line = line;
    /* A board that loses its power hangs up in the middle of an answer. */
    (void)signal(SIGPIPE, SIG_IGN);
    line->spec = stage->spec;
    line->line_fd = line->console_fd = -1;
    line->anchor_us = hx_wall_us();
    sim_bridge_init(&line->bridge, stage->world, stage->plant, line->spec->has_echo);
    if (!line_find(stage, error) || !real_modules_leave(stage, error)) {
        return false;
    }
    line->is_on = true;
    if (stage->probe == NULL) {
        return true; /* the devices alone are wanted */
    }
    if (!settings_write(stage, error) || !board_set_up(stage, error) ||
        !hx_target_connect(stage, &line->spec->modbus, &line->spec->snmp, error)) {
        return false;
    }
    if (line->spec->start != NULL &&
        !command_run(stage, "start", line->spec->start, false, error)) {
        return false;
    }
    line->now_us = line->on_us = line_now_us(line);
    sim_supply_connect(sim_plant_supply(stage->plant), &ops, stage);
    return true;
}

static void board_close_line(struct hx_stage *stage)
{
    struct hx_board_line *line = stage->line;
    if (line == NULL) {
        return;
    }
    console_lost(line);
    if (line->line_fd >= 0) {
        hx_line_close(line->spec->line, line->line_fd);
    }
    if (line->settings_file[0] != '\0') {
        (void)unlink(line->settings_file);
    }
    free(line);
    stage->line = NULL;
}

/* ---- what is wrong with the board ------------------------------------------------------- */

/* Silence, babble and a line that has gone are told once, and end the scenario. */
static void line_judge(struct hx_stage *stage)
{
    struct hx_board_line *line = stage->line;
    const struct sim_bridge *bridge = &line->bridge;
    char text[sizeof line->verdict];
    const int64_t now_us = line_now_us(line);
    const int64_t asked_us = bridge->asked_us > line->on_us ? bridge->asked_us : line->on_us;
    const int64_t round_us =
        INT64_C(1000) * stage->settings.value[wm_setting_bus_round_period] + SILENCE_US;
    if (!line->is_on) {
        return;
    }
    if (line->line_fd < 0 && now_us - line->gone_us > SILENCE_US) {
        (void)snprintf(text, sizeof text, "gone: %s was hung up; plug it in", line->spec->line);
        board_verdict_set(line, text);
    } else if (now_us - asked_us > round_us) {
        (void)snprintf(text, sizeof text,
                       "silent: no question on %s for %d s; is it powered, is the line the right "
                       "one and the right way round, does it run at %d baud?",
                       line->spec->line, (int)((now_us - asked_us) / 1000000),
                       (int)stage->settings.value[wm_setting_bus_baud]);
        board_verdict_set(line, text);
    } else if (bridge->junk > JUNK_MAX && bridge->junk > bridge->questions) {
        (void)snprintf(text, sizeof text,
                       "babbles: %llu bytes on %s that are no frame, beside %llu questions; does "
                       "it run at %d baud, does the adapter echo?",
                       (unsigned long long)bridge->junk, line->spec->line,
                       (unsigned long long)bridge->questions,
                       (int)stage->settings.value[wm_setting_bus_baud]);
        board_verdict_set(line, text);
    }
}

static bool board_judged(const struct hx_stage *stage, struct hx_judgement *judgement)
{
    const struct hx_board_line *line = stage->line;
    *judgement = (struct hx_judgement){"the board to poll its bus", "line",
                                       line != NULL ? line->verdict : ""};
    return judgement->text[0] != '\0';
}

/* ---- time and looks --------------------------------------------------------------------- */

static bool board_run(struct hx_stage *stage, int64_t until_us)
{
    struct hx_board_line *line = stage->line;
    const int64_t look_us = line_now_us(line) + LOOK_US;
    const bool is_look = stage->stops_at_views && look_us < until_us;
    (void)pump(stage, -1, is_look ? look_us : until_us);
    line_judge(stage);
    line->now_us = line_now_us(line);
    line->looks++;
    return !is_look && line->verdict[0] == '\0';
}

static bool board_type(struct hx_stage *stage, const char *bytes, size_t size, struct hx_text *said)
{
    struct hx_board_line *line = stage->line;
    if (!line->is_on) {
        return false;
    }
    if (!console_find(line) || !console_ask(stage, bytes, size, said)) {
        console_lost(line);
        (void)(console_wake(stage, line_now_us(line) + CONSOLE_LIMIT_US) &&
               console_ask(stage, bytes, size, said));
    }
    line->looks += strncmp(bytes, "show ", 5) != 0 ? 1 : 0;
    return true;
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
    if (!board_type(stage, "show status\n", 12, &said)) {
        hx_text_add(text, HX_IS_OFF);
    } else {
        hx_text_add(text, "the console says: ");
        said_add(text, &said);
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
    return 2 * (INT64_C(1000) * stage->settings.value[wm_setting_bus_round_period]) + 2 * LOOK_US;
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
    const bool is_readable = pump(stage, until_fd, line_now_us(line) + wall_us);
    line->now_us = line_now_us(line);
    return is_readable;
}

const struct hx_target hx_target_board = {
    .open = board_open_line,
    .close = board_close_line,
    .run = board_run,
    .ask = board_ask,
    .type = board_type,
    .is_on = board_is_on,
    .is_complete = board_is_complete,
    .missing = board_missing,
    .rounds = board_rounds,
    .generation = board_generation,
    .judged = board_judged,
    .now_us = board_now_us,
    .grace_us = board_grace_us,
};
