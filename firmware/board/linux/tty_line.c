/*
 * tty_line.c — see tty_line.h.
 */
#include "tty_line.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define RETRY_S 3.0

/* ---- its user --------------------------------------------------------------------------- */

static void user_begin(const struct tty_line *line)
{
    if (line->fd >= 0 && line->user != NULL) {
        line->user->begins(line->self);
    }
}

static void user_end(const struct tty_line *line)
{
    if (line->fd >= 0 && line->user != NULL) {
        line->user->ends(line->self);
    }
}

static bool is_same(const struct tty_form *a, const struct tty_form *b)
{
    return a->baud == b->baud && a->frame == b->frame;
}

static void form_follow(struct tty_line *line, const struct tty_form *form)
{
    const bool is_new = !is_same(form, &line->options.tty.form);
    line->options.tty.form = *form;
    if (line->fd < 0) {
        return;
    }
    tty_discard_output(line->fd);
    if (is_new && !tty_set_form(line->fd, form)) {
        report(REPORT_ERROR, "%s %s: no %ld baud %s (%s); %s", line->options.name,
               line->options.path, (long)form->baud, tty_frame_name(form->frame), strerror(errno),
               line->user->form_cure);
    }
    tty_discard_input(line->fd);
}

void tty_line_take(struct tty_line *line, const struct tty_line_user *user, void *self,
                   const struct tty_form *form)
{
    if (line->self == self && is_same(form, &line->options.tty.form)) {
        return;
    }
    user_end(line);
    line->user = user;
    line->self = self;
    form_follow(line, form);
    user_begin(line);
}

bool tty_line_is_of(const struct tty_line *line, const void *self)
{
    return line->fd >= 0 && line->self == self;
}

/* ---- open and lost ---------------------------------------------------------------------- */

static bool line_open(struct tty_line *line, char *why, size_t why_size)
{
    line->fd = tty_open(line->options.path, &line->options.tty, why, why_size);
    return line->fd >= 0;
}

/* A blocked line would hold the close up. */
static void line_end(struct tty_line *line)
{
    user_end(line);
    if (line->fd >= 0) {
        tty_discard_output(line->fd);
        (void)close(line->fd);
        line->fd = -1;
    }
}

void tty_line_lost(struct tty_line *line, const char *why)
{
    report(line->options.gone_level, "%s %s: gone (%s); plug it in again, it is tried every %g s",
           line->options.name, line->options.path, why, RETRY_S);
    line_end(line);
    ev_timer_again(line->loop, &line->retry);
}

/* That it is not there was told when it went; that it is there and can't be had is news, once. */
static void why_tell(struct tty_line *line, const char *why)
{
    if (access(line->options.path, F_OK) == 0 && strcmp(line->told, why) != 0) {
        (void)snprintf(line->told, sizeof line->told, "%s", why);
        report(line->options.gone_level, "%s %s: %s; it is tried every %g s", line->options.name,
               line->options.path, why, RETRY_S);
    }
}

static void tried_again(struct ev_loop *loop, ev_timer *retry, int events)
{
    char why[TTY_LINE_WHY_MAX];
    struct tty_line *line = retry->data;
    (void)events;
    if (!line_open(line, why, sizeof why)) {
        why_tell(line, why);
        return;
    }
    line->told[0] = '\0';
    report(REPORT_NOTICE, "%s %s: back", line->options.name, line->options.path);
    ev_timer_stop(loop, retry);
    user_begin(line);
}

bool tty_line_open(struct tty_line *line, const struct tty_line_options *options, char *error,
                   size_t error_size)
{
    char why[TTY_LINE_WHY_MAX];
    *line = (struct tty_line){.options = *options, .fd = -1};
    if (!line_open(line, why, sizeof why)) {
        (void)snprintf(line->told, sizeof line->told, "%s", why);
        (void)snprintf(error, error_size, "%s %s: %s", options->name, options->path, why);
        return false;
    }
    return true;
}

void tty_line_start(struct tty_line *line, struct ev_loop *loop)
{
    line->loop = loop;
    ev_timer_init(&line->retry, tried_again, RETRY_S, RETRY_S);
    line->retry.data = line;
    if (line->fd < 0) {
        ev_timer_again(loop, &line->retry);
    }
}

void tty_line_close(struct tty_line *line)
{
    line_end(line);
    if (line->loop != NULL) {
        ev_timer_stop(line->loop, &line->retry);
        line->loop = NULL;
    }
}
