/*
 * rtu_line.c — see rtu_line.h.
 */
#include "rtu_line.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <termios.h>
#include <unistd.h>

#include "firmware/service/modbus/rtu.h"
#include "firmware/service/modbus/rtu_port.h"

/*
 * ---- who is there -----------------------------------------------------------------------
 *
 * On a wire an answer is gone when nobody is there to hear it. A pty keeps it, since this process
 * holds it open, and the next master would take it for the answer to his question. So what is
 * unread goes when a master closes it; and while it is not known that one is there (somebody has
 * closed it, and nobody opened it since), an answer goes after a while.
 */

#define UNREAD_S 0.5

static void unread_drop(const struct rtu_line *line)
{
    (void)tcflush(line->slave, TCIFLUSH);
}

static void unread_late(struct ev_loop *loop, ev_timer *late, int events)
{
    const struct rtu_line *line = late->data;
    (void)events;
    ev_timer_stop(loop, late);
    if (!line->has_master) {
        unread_drop(line);
    }
}

static void answered(void *context)
{
    struct rtu_line *line = context;
    if (line->watch >= 0 && !line->has_master) {
        ev_timer_again(line->loop, &line->late);
    }
}

/* Equal events that follow one another come as one. */
static void masters_changed(struct ev_loop *loop, ev_io *io, int events)
{
    struct rtu_line *line = io->data;
    _Alignas(struct inotify_event) char bytes[4096];
    const ssize_t size = read(line->watch, bytes, sizeof bytes);
    (void)loop;
    (void)events;
    for (ssize_t at = 0; at < size;) {
        const struct inotify_event *event = (const void *)(bytes + at);
        const bool opens = (event->mask & IN_OPEN) != 0;
        if (!opens || !line->has_master) {
            unread_drop(line);
        }
        line->has_master = opens;
        at += (ssize_t)(sizeof *event + event->len);
    }
}

/* The own end is open already, and not seen. */
static void masters_watch(struct rtu_line *line)
{
    line->has_master = false;
    line->watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (line->watch >= 0 && inotify_add_watch(line->watch, line->path, IN_OPEN | IN_CLOSE) < 0) {
        (void)close(line->watch);
        line->watch = -1;
    }
    if (line->watch >= 0) {
        ev_io_init(&line->watched, masters_changed, line->watch, EV_READ);
        line->watched.data = line;
        ev_io_start(line->loop, &line->watched);
    }
}

static void masters_unwatch(struct rtu_line *line)
{
    if (line->watch >= 0) {
        ev_io_stop(line->loop, &line->watched);
        ev_timer_stop(line->loop, &line->late);
        (void)close(line->watch);
        line->watch = -1;
    }
}

/* ---- the line to ordinary masters -------------------------------------------------------- */

void rtu_line_init(struct rtu_line *line, struct ev_loop *loop, const struct wm_view *view)
{
    *line = (struct rtu_line){.loop = loop, .view = view, .master = -1, .slave = -1, .watch = -1};
    ev_timer_init(&line->late, unread_late, 0, UNREAD_S);
    line->late.data = line;
}

void rtu_line_close(struct rtu_line *line)
{
    masters_unwatch(line);
    mbs_rtu_port_close(line->port);
    line->port = NULL;
    if (line->slave >= 0) {
        (void)close(line->slave);
    }
    if (line->master >= 0) {
        (void)close(line->master);
    }
    line->slave = line->master = -1;
    line->path[0] = '\0';
}

/* The slave's end is raw from the start: nothing that a master sends comes back to it. */
static bool pty_open(struct rtu_line *line)
{
    struct termios form;
    line->master = posix_openpt(O_RDWR | O_NOCTTY);
    if (line->master < 0 || grantpt(line->master) != 0 || unlockpt(line->master) != 0) {
        return false;
    }
    const char *path = ptsname(line->master);
    if (path == NULL || strlen(path) >= sizeof line->path) {
        return false;
    }
    (void)snprintf(line->path, sizeof line->path, "%s", path);
    line->slave = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (line->slave < 0 || tcgetattr(line->slave, &form) != 0) {
        return false;
    }
    cfmakeraw(&form);
    return tcsetattr(line->slave, TCSANOW, &form) == 0 &&
           fcntl(line->master, F_SETFL, O_NONBLOCK) == 0 &&
           fcntl(line->master, F_SETFD, FD_CLOEXEC) == 0;
}

bool rtu_line_follow(struct rtu_line *line, char *error, size_t error_size)
{
    const bool is_wanted = line->view->settings.value[wm_setting_com2_use] == WM_COM2_MODBUS_RTU;
    if (is_wanted == (line->master >= 0)) {
        return true;
    }
    rtu_line_close(line);
    if (!is_wanted) {
        return true;
    }
    if (pty_open(line)) {
        masters_watch(line);
        const struct mbs_rtu_port_options options = {
            .fd = line->master, .answered = answered, .context = line};
        line->port = mbs_rtu_port_open(line->loop, line->view, &options);
    }
    if (line->port == NULL) {
        (void)snprintf(error, error_size, "no pty for Modbus RTU: %s", strerror(errno));
        rtu_line_close(line);
        return false;
    }
    return true;
}

/* ---- the line in exact time -------------------------------------------------------------- */

struct talk {
    struct mbs_rtu rtu;
    int64_t now_us;
    int64_t busy_until_us; /* the webmanager answers until then */
    struct board_rtu_heard *heard;
};

/* The silence is long enough: the webmanager answers, if it has an answer. */
static void frame_ends(struct talk *talk)
{
    uint8_t answer[MBS_RTU_FRAME_MAX];
    const int64_t due_us = mbs_rtu_due_us(&talk->rtu);
    struct board_rtu_heard *heard = talk->heard;
    const size_t size = mbs_rtu_answer(&talk->rtu, answer);
    if (size == 0 || size > sizeof heard->bytes - heard->size) {
        return;
    }
    talk->busy_until_us = due_us + mbs_rtu_time_us(&talk->rtu, size);
    memcpy(heard->bytes + heard->size, answer, size);
    heard->size += size;
    heard->took_us = talk->busy_until_us;
}

void rtu_line_say(const struct rtu_line *line, const struct board_rtu_part *part, size_t parts,
                  struct board_rtu_heard *heard)
{
    struct talk talk = {.heard = heard};
    *heard = (struct board_rtu_heard){0};
    mbs_rtu_init(&talk.rtu, line->view, false);
    for (size_t i = 0; i < parts; i++) {
        talk.now_us += mbs_rtu_time_us(&talk.rtu, 1) * part[i].silence_milli / 1000;
        if (mbs_rtu_due_us(&talk.rtu) <= talk.now_us) {
            frame_ends(&talk);
        }
        /* While it sends it hears nothing. */
        const bool is_heard = talk.now_us >= talk.busy_until_us;
        talk.now_us += mbs_rtu_time_us(&talk.rtu, part[i].size);
        if (is_heard) {
            mbs_rtu_hear(&talk.rtu, part[i].bytes, part[i].size, talk.now_us);
        }
    }
    if (mbs_rtu_due_us(&talk.rtu) != INT64_MAX) {
        frame_ends(&talk);
    }
}
