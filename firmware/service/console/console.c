/*
 * console.c — bytes to lines, lines to requests, answers to bytes. See console.h.
 */
#include "console.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"

void con_console_init(struct con_console *console, const struct wm_view *view,
                      const struct wm_commands *commands, const struct wm_log *log, wm_ms now_ms)
{
    *console = (struct con_console){
        .view = view,
        .commands = *commands,
        .log = *log,
    };
    con_budget_init(&console->own, now_ms);
}

void con_budget_init(struct con_budget *budget, wm_ms now_ms)
{
    *budget = (struct con_budget){.left = CON_BURST * INT64_C(1000), .since_ms = now_ms};
}

void con_console_share(struct con_console *console, struct con_budget *budget)
{
    console->shared = budget;
}

static struct con_budget *budget_of(struct con_console *console)
{
    return console->shared != NULL ? console->shared : &console->own;
}

/* ---- answers ---------------------------------------------------------------------------- */

static void add(struct con_console *console, const char *format, va_list arguments)
{
    /* The line's end always has its place. */
    const size_t room = sizeof console->answer - 1 - console->answer_size;
    const int size = vsnprintf(console->answer + console->answer_size, room, format, arguments);
    if (size > 0) {
        console->answer_size += (size_t)size < room ? (size_t)size : room - 1;
    }
}

void con_add(struct con_console *console, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add(console, format, arguments);
    va_end(arguments);
}

static void refuse(struct con_console *console, enum wm_refusal code, const char *format,
                   va_list arguments)
{
    console->is_answering = false;
    console->next = NULL;
    con_add(console, "error %s ", wm_refusal_name((int32_t)code));
    add(console, format, arguments);
    console->answer[console->answer_size++] = '\n';
}

/* Each costs a step of the core: of requests that come too fast the first in a row stands for all.
 */
static void note(struct con_console *console, enum wm_refusal code)
{
    const struct wm_command command = {.kind = WM_COMMAND_NOTE, .number = (int32_t)code};
    const char *why;
    struct con_budget *budget = budget_of(console);
    if (code == wm_refusal_too_fast && budget->is_flooded) {
        return;
    }
    budget->is_flooded = code == wm_refusal_too_fast;
    (void)console->commands.put(console->commands.self, &command, &why);
}

void con_refuse(struct con_console *console, enum wm_refusal code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    refuse(console, code, format, arguments);
    va_end(arguments);
    note(console, code);
}

void con_refused(struct con_console *console, enum wm_refusal code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    refuse(console, code, format, arguments);
    va_end(arguments);
}

void con_list(struct con_console *console, con_next_fn *next, int64_t at)
{
    console->next = next;
    console->at = at;
}

/* Makes the next line of the answer under way; the last is `ok`. */
static void answer_go_on(struct con_console *console)
{
    console->answer_size = 0;
    console->answer_sent = 0;
    if (!console->is_answering) {
        return;
    }
    if (console->next == NULL || !console->next(console)) {
        console->is_answering = false;
        console->next = NULL;
        con_add(console, "ok");
    }
    console->answer[console->answer_size++] = '\n';
}

size_t con_console_read(struct con_console *console, char *bytes, size_t size)
{
    size_t given = 0;
    while (given < size) {
        if (console->answer_sent == console->answer_size) {
            answer_go_on(console);
        }
        const size_t left = console->answer_size - console->answer_sent;
        const size_t part = left < size - given ? left : size - given;
        if (part == 0) {
            break;
        }
        memcpy(bytes + given, console->answer + console->answer_sent, part);
        console->answer_sent += part;
        given += part;
    }
    return given;
}

/* ---- requests --------------------------------------------------------------------------- */

const char *con_argument(const struct con_console *console, size_t i)
{
    i += console->command->is.topic != NULL ? 2 : 1;
    return i < console->words ? console->word[i] : NULL;
}

bool con_number(const char *text, int32_t *number)
{
    *number = 0;
    size_t digits = 0;
    for (; text[digits] >= '0' && text[digits] <= '9' && digits < 9; digits++) {
        *number = *number * 10 + (text[digits] - '0');
    }
    return digits > 0 && text[digits] == '\0';
}

char *con_rest(struct con_console *console, size_t i)
{
    char *end = console->line + strlen(console->line);
    i += console->command->is.topic != NULL ? 2 : 1;
    for (size_t k = i; k < console->words; k++) {
        char *gap = console->word[k] + strlen(console->word[k]);
        const bool is_cut = k + 1 < console->words || console->has_more;
        end = gap;
        if (is_cut) {
            *gap = ' ';
            end = gap + strlen(gap);
        }
    }
    while (end[-1] == ' ') {
        *--end = '\0';
    }
    char *rest = console->word[i];
    if (end - rest >= 2 && rest[0] == '"' && end[-1] == '"') {
        end[-1] = '\0';
        rest++;
    }
    return rest;
}

/* Cuts the line into words; of more than any command counts, what is left stays in one piece. */
static void line_split(struct con_console *console)
{
    char *at = console->line;
    console->words = 0;
    console->has_more = false;
    for (;;) {
        at += strspn(at, " ");
        if (*at == '\0') {
            return;
        }
        if (console->words == CON_WORDS_MAX) {
            console->has_more = true;
            return;
        }
        console->word[console->words++] = at;
        at += strcspn(at, " ");
        if (*at != '\0') {
            *at++ = '\0';
        }
    }
}

/* One request is taken off it. False: there is none left. */
static bool budget_take(struct con_budget *budget, wm_ms now_ms)
{
    const int64_t most = CON_BURST * INT64_C(1000);
    const wm_ms full_ms = most / CON_PER_SECOND;
    const wm_ms passed_ms = now_ms - budget->since_ms;
    budget->since_ms = now_ms;
    budget->left += (passed_ms < full_ms ? passed_ms : full_ms) * CON_PER_SECOND;
    budget->left = budget->left < most ? budget->left : most;
    if (budget->left < 1000) {
        return false;
    }
    budget->left -= 1000;
    budget->is_flooded = false;
    return true;
}

static void line_run(struct con_console *console, wm_ms now_ms)
{
    const bool is_long = console->line_is_long;
    const bool is_bad = console->line_is_bad;
    console->line[console->line_size] = '\0';
    console->line_size = 0;
    console->line_is_long = false;
    console->line_is_bad = false;
    line_split(console);
    if (console->words == 0 && !is_bad && !is_long) {
        return; /* an empty line asks nothing */
    }
    console->answer_size = 0;
    console->answer_sent = 0;
    console->is_answering = true;
    console->next = NULL;
    if (!budget_take(budget_of(console), now_ms)) {
        con_refuse(console, wm_refusal_too_fast, "more than %d requests in a row and %d a second",
                   CON_BURST, CON_PER_SECOND);
    } else if (is_long) {
        con_refuse(console, wm_refusal_too_long, "a request has at most %d bytes", CON_LINE_MAX);
    } else if (is_bad) {
        con_refuse(console, wm_refusal_syntax, "a request is printable ASCII");
    } else {
        con_command_run(console);
    }
}

static void byte_take(struct con_console *console, char byte)
{
    if (byte == '\t') {
        byte = ' ';
    }
    if (console->line_size == CON_LINE_MAX) {
        console->line_is_long = true;
    } else {
        console->line_is_bad = console->line_is_bad || byte < ' ' || byte > '~';
        console->line[console->line_size++] = byte;
    }
}

size_t con_console_write(struct con_console *console, const char *bytes, size_t size, wm_ms now_ms)
{
    size_t taken = 0;
    while (taken < size && !console->is_answering && console->answer_sent == console->answer_size) {
        const char byte = bytes[taken++];
        /* The second half of CR LF ends a line that is empty, and so asks nothing. */
        if (byte == '\n' || byte == '\r') {
            line_run(console, now_ms);
        } else {
            byte_take(console, byte);
        }
    }
    return taken;
}
