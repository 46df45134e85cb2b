/*
 * prompt.c — see prompt.h.
 */
#include "harness/prompt.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "harness/run/guard.h"
#include "harness/stage/script.h"
#include "harness/text.h"

void hx_prompt_lua(struct hx_stage *stage, const char *line)
{
    struct hx_text text = {0};
    if (!hx_script_typed(stage->lua, line, stage->plant, &text)) {
        hx_complain("%s", hx_text_string(&text));
    } else if (text.size > 0) {
        printf("%s\n", text.bytes);
        fflush(stdout);
    }
    hx_text_free(&text);
}

static void line_end(struct hx_prompt *prompt)
{
    prompt->line[prompt->size] = '\0';
    if (prompt->line_is_long) {
        hx_complain("a line is at most %d bytes", HX_LINE_MAX - 1);
    } else if (prompt->line[strspn(prompt->line, " \t\r")] != '\0') {
        prompt->typed(prompt->context, prompt->line, prompt->size);
    }
    prompt->size = 0;
    prompt->line_is_long = false;
}

static void input_read(struct hx_prompt *prompt)
{
    char bytes[1024];
    ssize_t size = read(STDIN_FILENO, bytes, sizeof bytes);
    if (size < 0 && (errno == EINTR || errno == EAGAIN)) {
        return;
    }
    for (ssize_t i = 0; i < size; ++i) {
        if (bytes[i] == '\n') {
            line_end(prompt);
        } else if (prompt->size < HX_LINE_MAX - 1) {
            prompt->line[prompt->size++] = bytes[i];
        } else {
            prompt->line_is_long = true;
        }
    }
    if (size <= 0) {
        /* The end of what is typed is not the end of the service. */
        prompt->has_input = false;
        if (prompt->is_watched) {
            epoll_ctl(prompt->fd, EPOLL_CTL_DEL, STDIN_FILENO, NULL);
        }
        if (prompt->size > 0) {
            hx_complain(
                "the last line has no end and is not obeyed: half a request may be another");
        }
    }
}

bool hx_prompt_is_plain(const struct hx_prompt *prompt)
{
    return prompt->has_input && !prompt->is_watched;
}

void hx_prompt_take(struct hx_prompt *prompt)
{
    struct epoll_event event[2];
    int count = epoll_wait(prompt->fd, event, 2, 0);
    for (int i = 0; i < count; ++i) {
        if (event[i].data.fd == STDIN_FILENO) {
            input_read(prompt);
        } else {
            prompt->is_over = true;
        }
    }
    if (hx_prompt_is_plain(prompt)) {
        input_read(prompt);
    }
}

bool hx_prompt_open(struct hx_prompt *prompt, void (*typed)(void *context, char *line, size_t size),
                    void *context)
{
    sigset_t set;
    struct epoll_event event = {.events = EPOLLIN};
    prompt->typed = typed;
    prompt->context = context;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    if (!hx_guard_is_ignored(SIGHUP)) {
        sigaddset(&set, SIGHUP);
    }
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    prompt->fd = epoll_create1(EPOLL_CLOEXEC);
    prompt->signals_fd = signalfd(-1, &set, SFD_CLOEXEC);
    event.data.fd = prompt->signals_fd;
    if (epoll_ctl(prompt->fd, EPOLL_CTL_ADD, prompt->signals_fd, &event) != 0) {
        hx_complain("signals cannot be waited for: %s", strerror(errno));
        return false;
    }
    event.data.fd = STDIN_FILENO;
    prompt->is_watched = epoll_ctl(prompt->fd, EPOLL_CTL_ADD, STDIN_FILENO, &event) == 0;
    /* EPERM: a plain file, which is always readable. Anything else: there is no input. */
    prompt->has_input = prompt->is_watched || errno == EPERM;
    return true;
}
