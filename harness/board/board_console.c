/*
 * board_console.c — a board's service console: typed at, and read until it has answered.
 *
 * Always true: what is typed is typed to a console that has just answered, and an answer is that to
 * the last request; nothing is typed twice but what it refused (CONSOLE.md, too_fast).
 */
#include "harness/board/board_internal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness/run/guard.h"

/* Requests come too fast for it: so long until it takes the next twenty (CONSOLE.md). */
#define CONSOLE_PAUSE_US INT64_C(1000000)
#define CONSOLE_BAUD     115200
/* As much as all that is asked at once is answered with, and more. */
#define SAID_MAX ((size_t)1 << 20)
/* What boots hears nothing of what was typed before: it is greeted again each second. */
#define HELLO_US INT64_C(1000000)
/* What answers none of these is opened anew. */
enum { HELLOS = 5, HELLO_SAID_MAX = 4096 };

void hx_board_console_lost(struct hx_board_line *line)
{
    hx_line_hang_up(&line->console);
    line->console_is_awake = false;
}

bool hx_board_console_open(struct hx_board_line *line, struct hx_text *error)
{
    return hx_line_open(&line->console, CONSOLE_BAUD, false, error);
}

void hx_board_console_blame(const struct hx_board_line *line, struct hx_text *text)
{
    hx_text_add(text, "%s",
                line->console_fault[0] != '\0' ? line->console_fault
                                               : "the console was given no time");
}

/* ---- reading ---------------------------------------------------------------------------- */

static bool is_over(const struct hx_board_line *line, int64_t until_us)
{
    return line->console.fd < 0 || hx_board_now_us(line) >= until_us || hx_guard_has_fired();
}

/* Adds what the console says, as far as it is text. False: nothing more, or it has hung up. */
static bool said_read(struct hx_board_line *line, struct hx_text *said)
{
    char bytes[1024];
    const ssize_t size = read(line->console.fd, bytes, sizeof bytes);
    if (size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR)) {
        hx_board_console_lost(line);
    }
    for (ssize_t i = 0; i < size; ++i) {
        hx_text_add_bytes(said, &bytes[i], bytes[i] != '\r' && bytes[i] != '\0' ? 1 : 0);
    }
    return size > 0;
}

/* Reads until so many ends of answers ("ok", "error ...") have come. False: not in time. */
static bool answers_await(struct hx_stage *stage, size_t wanted, int64_t until_us,
                          struct hx_text *said)
{
    struct hx_board_line *line = stage->line;
    size_t line_begins = said->size;
    while (wanted > 0) {
        if (is_over(line, until_us) || said->size > SAID_MAX ||
            !hx_board_pump(stage, line->console.fd, until_us)) {
            return false;
        }
        (void)said_read(line, said);
        const char *begin = hx_text_string(said) + line_begins;
        for (const char *end; wanted > 0 && (end = strchr(begin, '\n')) != NULL; begin = end + 1) {
            const bool is_end = strncmp(begin, "ok\n", 3) == 0 || strncmp(begin, "error ", 6) == 0;
            wanted -= is_end ? 1 : 0;
        }
        line_begins = (size_t)(begin - hx_text_string(said));
    }
    return true;
}

/* ---- waking it up ----------------------------------------------------------------------- */

/* What it says until it has answered this and said nothing since. False: not in time. */
static bool hello_await(struct hx_stage *stage, const char *answer, int64_t until_us,
                        struct hx_text *said)
{
    static const char end[] = "\nok\n";
    struct hx_board_line *line = stage->line;
    for (;;) {
        const size_t size = said->size;
        const char *text = hx_text_string(said);
        if (size > sizeof end && strcmp(text + size + 1 - sizeof end, end) == 0 &&
            strstr(text, answer) != NULL) {
            return true;
        }
        if (is_over(line, until_us) || !hx_board_pump(stage, line->console.fd, until_us)) {
            return false;
        }
        (void)said_read(line, said);
        if (said->size > HELLO_SAID_MAX) { /* it babbles; an answer is shorter */
            memmove(said->bytes, said->bytes + said->size - HELLO_SAID_MAX / 2, HELLO_SAID_MAX / 2);
            hx_text_cut(said, HELLO_SAID_MAX / 2);
        }
    }
}

/*
 * Ends half a line from before, and asks for a setting, each time another one: so no late answer is
 * taken for that to the last. Once any is answered that of the last is on its way.
 */
static bool hello(struct hx_stage *stage, int64_t until_us, struct hx_text *said)
{
    static const char before[] = "setting=";
    struct hx_board_line *line = stage->line;
    char request[100];
    char answer[100];
    const char *name = wm_setting((enum wm_setting)(line->hellos++ % wm_setting_count))->name;
    const int size = snprintf(request, sizeof request, "\nshow settings %s\n", name);
    (void)snprintf(answer, sizeof answer, "%s%s ", before, name);
    if (write(line->console.fd, request, (size_t)size) < 0 && errno != EAGAIN && errno != EINTR) {
        hx_board_console_lost(line);
    }
    const int64_t next_us = hx_board_now_us(line) + HELLO_US;
    return hello_await(stage, answer, next_us < until_us ? next_us : until_us, said) ||
           (strstr(hx_text_string(said), before) != NULL &&
            hello_await(stage, answer, next_us + HX_BOARD_CONSOLE_LIMIT_US, said));
}

bool hx_board_console_wake(struct hx_stage *stage, int64_t until_us)
{
    struct hx_board_line *line = stage->line;
    struct hx_text said = {0};
    while (!line->console_is_awake && hx_board_now_us(line) < until_us && !hx_guard_has_fired()) {
        hx_text_free(&said);
        if (!hx_board_console_open(line, &said)) {
            (void)snprintf(line->console_fault, sizeof line->console_fault, "the console %s",
                           hx_text_string(&said));
        }
        for (int i = 0; i < HELLOS && !line->console_is_awake && !is_over(line, until_us); ++i) {
            line->console_is_awake = hello(stage, until_us, &said);
            (void)snprintf(line->console_fault, sizeof line->console_fault,
                           "the console %s %s; is the board on, is this its console?",
                           line->console.place,
                           said.size > 0                      ? "babbles"
                           : hx_line_is_taken(&line->console) ? "says nothing"
                                                              : "does not accept");
        }
        if (!line->console_is_awake) {
            hx_board_console_lost(line);
            (void)hx_board_pump(stage, -1, hx_board_now_us(line) + HX_BOARD_LOOK_US / 2);
        }
    }
    hx_text_free(&said);
    return line->console_is_awake;
}

/* ---- asking ----------------------------------------------------------------------------- */

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

/* Is it there, awake, and listened to: what it said before is nobody's answer. */
static bool is_ready(struct hx_stage *stage)
{
    struct hx_board_line *line = stage->line;
    const int64_t until_us = hx_board_now_us(line) + HX_BOARD_CONSOLE_LIMIT_US;
    struct hx_text left = {0};
    while (line->console_is_awake && left.size < SAID_MAX && said_read(line, &left)) {
    }
    hx_text_free(&left);
    return hx_board_console_wake(stage, until_us);
}

static bool type(struct hx_stage *stage, const char *bytes, size_t size, int64_t until_us)
{
    struct hx_board_line *line = stage->line;
    size_t sent = 0;
    while (sent < size && !is_over(line, until_us)) {
        const ssize_t written = write(line->console.fd, bytes + sent, size - sent);
        if (written < 0 && errno != EAGAIN && errno != EINTR) {
            return false;
        }
        sent += written > 0 ? (size_t)written : 0;
        (void)(sent < size && hx_board_pump(stage, -1, hx_board_now_us(line) + 1000));
    }
    return sent == size;
}

bool hx_board_console_ask(struct hx_stage *stage, const char *bytes, size_t size,
                          struct hx_text *said)
{
    struct hx_board_line *line = stage->line;
    const size_t before = said->size;
    for (int attempt = 0; attempt < 4 && is_ready(stage); ++attempt) {
        const int64_t until_us = hx_board_now_us(line) + HX_BOARD_CONSOLE_LIMIT_US;
        const bool is_answered = type(stage, bytes, size, until_us) &&
                                 answers_await(stage, requests_of(bytes, size), until_us, said);
        if (is_answered && strncmp(hx_text_string(said) + before, "error too_fast", 14) != 0) {
            return true;
        }
        hx_text_cut(said, before);
        if (!is_answered) {
            hx_board_console_lost(line);
            return false;
        }
        (void)hx_board_pump(stage, -1, hx_board_now_us(line) + CONSOLE_PAUSE_US);
    }
    return false;
}
