/*
 * board_console.c — a board's service console: typed at, and read until it has answered.
 */
#include "harness/board/board_internal.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "harness/board/line.h"
#include "harness/run/guard.h"

/* Requests come too fast for it: so long until it takes the next twenty (CONSOLE.md). */
#define CONSOLE_PAUSE_US INT64_C(1000000)
#define CONSOLE_BAUD     115200

void hx_board_console_lost(struct hx_board_line *line)
{
    if (line->console_fd >= 0) {
        hx_line_close(line->spec->console, line->console_fd);
        line->console_fd = -1;
    }
}

bool hx_board_console_find(struct hx_board_line *line)
{
    struct hx_text ignored = {0};
    if (line->console_fd < 0) {
        line->console_fd = hx_line_open(line->spec->console, CONSOLE_BAUD, &ignored);
    }
    hx_text_free(&ignored);
    return line->console_fd >= 0;
}

/* As much as all that is asked at once is answered with, and more. */
#define SAID_MAX ((size_t)1 << 20)

/* Reads until so many ends of answers ("ok", "error ...") have come. False: not in time. */
static bool answers_await(struct hx_stage *stage, size_t wanted, int64_t until_us,
                          struct hx_text *said)
{
    struct hx_board_line *line = stage->line;
    char bytes[1024];
    size_t line_begins = said->size;
    while (wanted > 0) {
        if (!hx_board_pump(stage, line->console_fd, until_us)) {
            return false;
        }
        if (hx_board_now_us(line) >= until_us || said->size > SAID_MAX || hx_guard_has_fired()) {
            line->console_babbles = true;
            return false;
        }
        const ssize_t size = read(line->console_fd, bytes, sizeof bytes);
        if (size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR)) {
            hx_board_console_lost(line);
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

bool hx_board_console_ask(struct hx_stage *stage, const char *bytes, size_t size,
                          struct hx_text *said)
{
    struct hx_board_line *line = stage->line;
    const size_t before = said->size;
    for (int attempt = 0; attempt < 4; ++attempt) {
        size_t sent = 0;
        while (sent < size) {
            const ssize_t written = write(line->console_fd, bytes + sent, size - sent);
            if (written < 0 && errno != EAGAIN && errno != EINTR) {
                hx_board_console_lost(line);
                return false;
            }
            sent += written > 0 ? (size_t)written : 0;
            (void)(sent < size && hx_board_pump(stage, -1, hx_board_now_us(line) + 1000));
        }
        if (!answers_await(stage, requests_of(bytes, size),
                           hx_board_now_us(line) + HX_BOARD_CONSOLE_LIMIT_US, said)) {
            return false;
        }
        if (strncmp(hx_text_string(said) + before, "error too_fast", 14) != 0) {
            return true;
        }
        said->size = before;
        said->bytes[before] = '\0';
        (void)hx_board_pump(stage, -1, hx_board_now_us(line) + CONSOLE_PAUSE_US);
    }
    return false;
}

bool hx_board_console_wake(struct hx_stage *stage, int64_t until_us)
{
    struct hx_board_line *line = stage->line;
    while (hx_board_now_us(line) < until_us && !hx_guard_has_fired()) {
        struct hx_text said = {0};
        char left[256];
        if (hx_board_console_find(line)) {
            (void)!write(line->console_fd, "\n", 1);
            (void)hx_board_pump(stage, -1, hx_board_now_us(line) + HX_BOARD_LOOK_US / 4);
            while (line->console_fd >= 0 && hx_board_now_us(line) < until_us &&
                   !hx_guard_has_fired() && read(line->console_fd, left, sizeof left) > 0) {
            }
            static const char hello[] = "show version\n";
            const bool is_awake =
                write(line->console_fd, hello, sizeof hello - 1) == sizeof hello - 1 &&
                answers_await(stage, 1, hx_board_now_us(line) + 2 * HX_BOARD_LOOK_US, &said);
            hx_text_free(&said);
            if (is_awake) {
                return true;
            }
            hx_board_console_lost(line);
        }
        (void)hx_board_pump(stage, -1, hx_board_now_us(line) + HX_BOARD_LOOK_US / 2);
    }
    return false;
}
