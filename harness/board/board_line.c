/*
 * board_line.c — the line of a board: whatever is waited for, the devices answer meanwhile; what
 * its board says on it, or fails to, is judged.
 */
#define _GNU_SOURCE /* ppoll */

#include "harness/board/board_internal.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "harness/run/guard.h"
#include "harness/wall.h"

/* A webmanager asks something every round, and in programmer mode every 10 s (sim/BUS.md). */
#define SILENCE_US INT64_C(15000000)
/* What hangs up each time it is opened is opened so often. */
#define AGAIN_US INT64_C(200000)
/* As much as a line may say that is no frame: what was on it when it was opened, and some noise. */
#define JUNK_MAX 512

int64_t hx_board_now_us(const struct hx_board_line *line)
{
    return hx_wall_us() - line->anchor_us;
}

/* ---- the line --------------------------------------------------------------------------- */

bool hx_board_line_find(struct hx_stage *stage, bool waits, struct hx_text *error)
{
    struct hx_board_line *line = stage->line;
    if (!hx_line_open(&line->bus, stage->settings.value[wm_setting_bus_baud], waits, error)) {
        return false;
    }
    sim_bridge_forget(&line->bridge);
    sim_plant_meet_line(stage->plant, hx_line_paces_itself(line->bus.fd));
    return true;
}

static void line_lost(struct hx_board_line *line)
{
    hx_line_hang_up(&line->bus);
    line->lost_us = hx_board_now_us(line);
    line->gone_us = line->gone_us != 0 ? line->gone_us : line->lost_us;
}

static void line_read(struct hx_board_line *line)
{
    uint8_t bytes[256];
    const ssize_t size = read(line->bus.fd, bytes, sizeof bytes);
    if (size > 0) {
        line->gone_us = 0;
        sim_bridge_take(&line->bridge, bytes, (size_t)size);
    } else if (size == 0 || (errno != EAGAIN && errno != EINTR)) {
        line_lost(line);
    }
}

void hx_board_line_hush(struct hx_board_line *line)
{
    uint8_t bytes[256];
    /* Bounded, whoever babbles. */
    for (int i = 0; i < 256 && line->bus.fd >= 0 && read(line->bus.fd, bytes, sizeof bytes) > 0;
         ++i) {
    }
    sim_bridge_forget(&line->bridge);
}

/* What a full line does not take is lost, as it is where nobody listens. */
static void line_write(struct hx_board_line *line)
{
    uint8_t bytes[256];
    size_t size;
    while ((size = sim_bridge_give(&line->bridge, bytes, sizeof bytes)) > 0) {
        if (line->bus.fd >= 0 && write(line->bus.fd, bytes, size) < 0 && errno != EAGAIN) {
            line_lost(line);
        }
    }
}

/* The world and the line go on to now; until when neither has anything to do. */
static int64_t step(struct hx_stage *stage)
{
    struct hx_board_line *line = stage->line;
    const int64_t now_us = hx_board_now_us(line);
    (void)sim_world_run(stage->world, now_us);
    int64_t next_us = sim_bridge_go(&line->bridge);
    line_write(line);
    const int64_t due_us = sim_world_next_us(stage->world);
    next_us = due_us < next_us ? due_us : next_us;
    return next_us < now_us + HX_BOARD_TICK_US ? next_us : now_us + HX_BOARD_TICK_US;
}

bool hx_board_pump(struct hx_stage *stage, int until_fd, int64_t until_us)
{
    struct hx_board_line *line = stage->line;
    for (;;) {
        int64_t next_us = step(stage);
        next_us = next_us < until_us ? next_us : until_us;
        const int64_t wait_us = next_us - hx_board_now_us(line);
        const struct timespec wait = {.tv_nsec = (long)(wait_us > 0 ? wait_us : 0) * 1000};
        struct pollfd ready[] = {{.fd = line->bus.fd, .events = POLLIN},
                                 {.fd = until_fd, .events = POLLIN}};
        const int count = ppoll(ready, 2, &wait, NULL);
        if (count > 0 && ready[0].revents != 0) {
            (void)sim_world_run(stage->world, hx_board_now_us(line));
            line_read(line);
            (void)sim_bridge_go(&line->bridge);
        }
        if (count > 0 && ready[1].revents != 0) {
            return true;
        }
        if (hx_board_now_us(line) >= until_us || sim_plant_failure(stage->plant) != NULL ||
            hx_guard_has_fired()) {
            return false;
        }
        if (line->bus.fd < 0 && line->is_on && hx_board_now_us(line) - line->lost_us >= AGAIN_US) {
            struct hx_text ignored = {0};
            (void)hx_board_line_find(stage, false, &ignored);
            hx_text_free(&ignored);
        }
    }
}

/* ---- what is wrong with the board ------------------------------------------------------- */

void hx_board_verdict_set(struct hx_board_line *line, const char *text)
{
    if (line->verdict[0] == '\0') {
        (void)snprintf(line->verdict, sizeof line->verdict, "%s", text);
    }
}

/* Has it gone, or does it go again whenever it is opened? */
static bool is_gone(const struct hx_board_line *line, int64_t now_us)
{
    return line->gone_us != 0 && (line->bus.fd < 0 || now_us - line->lost_us < 2 * AGAIN_US);
}

static void gone_judge(struct hx_board_line *line, int64_t now_us)
{
    char text[sizeof line->verdict];
    const int64_t since_us = line->gone_us > line->on_us ? line->gone_us : line->on_us;
    if (now_us - since_us > SILENCE_US) {
        (void)snprintf(text, sizeof text,
                       line->lost_us == line->gone_us
                           ? "gone: %s was hung up; plug it in"
                           : "gone: %s is hung up each time it is opened; look after what is there",
                       line->spec->line);
        hx_board_verdict_set(line, text);
    }
}

void hx_board_judge(struct hx_stage *stage)
{
    struct hx_board_line *line = stage->line;
    const struct sim_bridge *bridge = &line->bridge;
    char text[sizeof line->verdict];
    const int64_t now_us = hx_board_now_us(line);
    const int64_t asked_us = bridge->asked_us > line->on_us ? bridge->asked_us : line->on_us;
    const int64_t round_us =
        INT64_C(1000) * stage->settings.value[wm_setting_bus_round_period] + SILENCE_US;
    if (!line->is_on) {
        return;
    }
    if (is_gone(line, now_us)) {
        gone_judge(line, now_us);
    } else if (bridge->doubled > 0) {
        (void)snprintf(text, sizeof text,
                       "collision: module %d on %s is answered for by another, too; leave it to a "
                       "real one with real_modules = { %d }, or unplug that; an adapter that hears "
                       "what it sends wants echo = true",
                       (int)bridge->doubled, line->spec->line, (int)bridge->doubled);
        hx_board_verdict_set(line, text);
    } else if (now_us - asked_us > round_us) {
        (void)snprintf(text, sizeof text,
                       "silent: no question on %s for %d s; is it powered, is the line the right "
                       "one and the right way round, does it run at %d baud (bus.baud)?",
                       line->spec->line, (int)((now_us - asked_us) / 1000000),
                       (int)stage->settings.value[wm_setting_bus_baud]);
        hx_board_verdict_set(line, text);
    } else if (bridge->junk > JUNK_MAX && bridge->junk > bridge->questions) {
        (void)snprintf(text, sizeof text,
                       "babbles: %llu bytes on %s that are no frame, beside %llu questions; does "
                       "it run at %d baud (bus.baud)? %s",
                       (unsigned long long)bridge->junk, line->spec->line,
                       (unsigned long long)bridge->questions,
                       (int)stage->settings.value[wm_setting_bus_baud],
                       line->spec->has_echo
                           ? "An adapter that hears nothing of what it sends wants no echo = true"
                           : "One that hears what it sends wants echo = true");
        hx_board_verdict_set(line, text);
    }
}
