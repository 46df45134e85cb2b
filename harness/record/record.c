/*
 * record.c — writing a record: see record.h.
 *
 * The recorder stands between the script and the target: it lets time pass in steps, looks after
 * each, and hands on whatever is asked. Traps it takes from the sinks as they come, and keeps them
 * for the script.
 */
#include "harness/record/record.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "harness/board/board_spec.h"
#include "harness/run/guard.h"

#define RANGES_MAX (2 + WM_REGISTERS / HX_REGISTERS_MAX + 8)

/* The webmanager's end of a line. */
struct listener {
    struct hx_recorder *recorder;
    const char *name;
    struct wm_bus inner;
};

struct hx_recorder {
    FILE *file;
    uint64_t size;
    uint64_t size_max;
    int problem;     /* errno of the first write that failed */
    int64_t full_us; /* below 0: there is room */
    const char *scenario;
    const char *place;
    const struct hx_target *inner;
    struct hx_stage *stage; /* null before it is open */
    struct listener listener[2];
    size_t listeners;
    bool is_open; /* the target: with its first start behind it */
    bool was_on;
    uint32_t boots;
    int64_t look_us;    /* when to look next */
    int64_t generation; /* what was looked at; below 0: nothing */
    struct {
        int32_t first;
        int32_t count;
    } range[RANGES_MAX]; /* of registers that this plant has */
    size_t ranges;
    bool is_known[WM_REGISTERS]; /* read since the power came on, or `unread` */
    uint16_t image[WM_REGISTERS];
    struct hx_trap *trap; /* that the script has not asked for yet */
    size_t traps;
    int32_t unreadable;
    bool is_read;   /* some look has been answered */
    bool is_unread; /* the last one was not        */
};

/* Room for what the recorder asks for itself; the script has its own. */
static struct hx_question question;
static struct hx_answer answer;

/* ---- lines ------------------------------------------------------------------------------ */

static void text_encode(struct hx_text *text, const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; ++i) {
        const unsigned char c = (unsigned char)bytes[i];
        const bool is_plain = c > ' ' && c < 0x7F && c != '%' && c != '|';
        hx_text_add(text, is_plain ? "%c" : "%%%02x", c);
    }
}

static void hex_add(struct hx_text *text, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; ++i) {
        hx_text_add(text, "%02x", bytes[i]);
    }
}

static void text_put(struct hx_recorder *recorder, const struct hx_text *text)
{
    if (fwrite(hx_text_string(text), 1, text->size, recorder->file) != text->size &&
        recorder->problem == 0) {
        recorder->problem = errno;
    }
    recorder->size += text->size;
}

static void instant_add(struct hx_text *text, int64_t time_us)
{
    hx_text_add(text, "%" PRId64 ".%06" PRId64, time_us / 1000000, time_us % 1000000);
}

/* An event of now, while there is room; the text is freed. */
static void event_put(struct hx_recorder *recorder, struct hx_text *event)
{
    struct hx_text line = {0};
    if (recorder->full_us < 0) {
        const int64_t now_us = sim_world_now_us(recorder->stage->world);
        const bool is_full = recorder->size >= recorder->size_max;
        recorder->full_us = is_full ? now_us : recorder->full_us;
        instant_add(&line, now_us);
        hx_text_add(&line, " %s\n", is_full ? "full" : hx_text_string(event));
        text_put(recorder, &line);
    }
    hx_text_free(&line);
    hx_text_free(event);
}

static void word_put(struct hx_recorder *recorder, const char *kind, const char *word)
{
    struct hx_text event = {0};
    hx_text_add(&event, "%s %s", kind, word);
    for (char *c = event.bytes; *c != '\0'; ++c) {
        *c = iscntrl((unsigned char)*c) ? '_' : *c; /* a file's name may have it */
    }
    event_put(recorder, &event);
}

/* ---- the head --------------------------------------------------------------------------- */

/* A sink of the bench by its number: its address is another one in every run. */
static const char *string_of(const struct hx_stage *stage, const char *string, char place[32])
{
    for (int i = 0; i < HX_SINKS; ++i) {
        if (string == stage->sink[i]) {
            (void)snprintf(place, 32, HX_RECEIVER_PLACE, i);
            return place;
        }
    }
    return string;
}

static void setting_add(struct hx_text *head, const struct hx_stage *stage,
                        const struct wm_change *change)
{
    char room[HX_SETTING_SIZE];
    char place[32];
    const bool is_text = change->string != NULL;
    if (is_text && change->string == stage->sink[0]) {
        return; /* every stage has one of its own */
    }
    const char *value = is_text ? string_of(stage, change->string, place)
                                : hx_setting_text(change->setting, change->value, room);
    hx_text_add(head, "setting %s ",
                is_text ? wm_text(change->text)->name : wm_setting(change->setting)->name);
    text_encode(head, value, strlen(value));
    hx_text_add(head, "\n");
}

/* And the first event, for which there is room in any case. */
static void head_put(struct hx_recorder *recorder)
{
    const struct hx_stage *stage = recorder->stage;
    const struct hx_board_spec *spec = stage->spec;
    const bool is_running = spec != NULL && spec->set_up == NULL && spec->start == NULL;
    struct hx_text head = {0};
    hx_text_add(&head, "gbms-bench record 1\nscenario %s\nfile %s\non %s%s\nprogram %s\n",
                recorder->scenario, recorder->place, spec != NULL ? "board " : "host",
                spec != NULL ? spec->name : "", GBMS_BENCH_VERSION);
    hx_text_add(&head, "uptime %" PRId64 "\n", stage->uptime_ms);
    for (size_t i = 0; i < stage->options.settings_count; ++i) {
        setting_add(&head, stage, &stage->options.settings[i]);
    }
    hx_text_add(&head, "0.000000 power %s\n", is_running ? "running" : "on");
    text_put(recorder, &head);
    hx_text_free(&head);
}

/* ---- looks ------------------------------------------------------------------------------ */

/* The items of each window that there are, in as few requests as carry them. */
static void ranges_make(struct hx_recorder *recorder)
{
    size_t count = 0;
    const struct wm_window_row *window = wm_windows(&count);
    for (size_t i = 0; i < count; ++i, ++window) {
        int32_t items = wm_scope_items(window->scope, &recorder->stage->settings);
        items = items < window->number_last ? items : window->number_last;
        const int32_t end = window->first + (items - window->number_first + 1) * window->stride;
        int32_t first = window->first;
        while (first < end) {
            const size_t last = recorder->ranges - 1;
            if (recorder->ranges == 0 || first - recorder->range[last].first >= HX_REGISTERS_MAX) {
                recorder->range[recorder->ranges++].first = first;
                continue;
            }
            const int32_t most = recorder->range[last].first + HX_REGISTERS_MAX;
            first = end < most ? end : most;
            recorder->range[last].count = first - recorder->range[last].first;
        }
    }
}

static void registers_take(struct hx_recorder *recorder, int32_t first, struct hx_text *event)
{
    for (int32_t i = 0; i < answer.count; ++i) {
        const int32_t at = first + i - WM_REGISTER_FIRST;
        const uint16_t value = answer.is.registers[i];
        if (!recorder->is_known[at] || recorder->image[at] != value) {
            recorder->is_known[at] = true;
            recorder->image[at] = value;
            hx_text_add(event, " %d=%u", (int)(first + i), (unsigned)value);
        }
    }
}

/* A webmanager that boots does not answer yet: what it has is seen later. */
static void unread_put(struct hx_recorder *recorder, int64_t since_us)
{
    struct hx_text event = {0};
    hx_text_add(&event, "unread ");
    instant_add(&event, since_us);
    event_put(recorder, &event);
    memset(recorder->is_known, 0, sizeof recorder->is_known);
    recorder->is_unread = true;
}

static void registers_look(struct hx_recorder *recorder)
{
    struct hx_text event = {0};
    bool is_there = true;
    size_t i = 0;
    const int64_t asked_us = sim_world_now_us(recorder->stage->world);
    hx_text_add(&event, "registers");
    const size_t empty = event.size;
    for (; i < recorder->ranges && is_there; ++i) {
        question = (struct hx_question){.kind = HX_ASK_REGISTERS,
                                        .first = recorder->range[i].first,
                                        .count = recorder->range[i].count};
        recorder->inner->ask(recorder->stage, &question, &answer);
        is_there = answer.is_ok;
        if (is_there) {
            recorder->is_read = true;
            recorder->is_unread = false;
            registers_take(recorder, question.first, &event);
        }
    }
    if (event.size > empty) {
        event_put(recorder, &event);
    }
    if (!is_there && i == 1 && !recorder->is_unread) {
        unread_put(recorder, asked_us);
    }
    hx_text_free(&event);
}

static const char *alarm_of(uint32_t number)
{
    for (int i = 0; i < wm_alarm_count; ++i) {
        if (number != 0 && wm_alarm((enum wm_alarm)i)->number == (int32_t)number) {
            return wm_alarm((enum wm_alarm)i)->name;
        }
    }
    return "";
}

/* Of the bench's own receiver: the others are a scenario's, and may hear nothing. */
static void trap_put(struct hx_recorder *recorder, const struct hx_trap *trap)
{
    struct hx_text event = {0};
    if (trap->sink == 0 && !trap->is_repeat && !trap->is_unheard) {
        const char *alarm = alarm_of(trap->number);
        hx_text_add(&event, "trap %s%s%s", hx_trap_kind_name(trap->kind),
                    alarm[0] != '\0' ? " " : "", alarm);
        event_put(recorder, &event);
    }
}

static void traps_take(struct hx_recorder *recorder, int32_t wait_ms)
{
    do {
        question = (struct hx_question){.kind = HX_ASK_TRAPS, .wait_ms = wait_ms};
        recorder->inner->ask(recorder->stage, &question, &answer);
        const size_t count = answer.is_ok ? (size_t)answer.count : 0;
        if (count > 0) {
            recorder->trap =
                hx_realloc(recorder->trap, (recorder->traps + count) * sizeof *recorder->trap);
        }
        for (size_t i = 0; i < count; ++i) {
            trap_put(recorder, &answer.is.trap[i]);
            recorder->trap[recorder->traps++] = answer.is.trap[i];
        }
        recorder->unreadable += answer.is_ok ? answer.unreadable : 0;
        wait_ms = 0;
    } while (answer.is_ok && answer.has_more);
}

/* Off and on again between two looks is seen by the count of starts. */
static void power_look(struct hx_recorder *recorder)
{
    if (!recorder->is_open) {
        return;
    }
    const bool is_on = recorder->inner->is_on(recorder->stage);
    const uint32_t boots = recorder->stage->boots;
    if (recorder->was_on && (!is_on || boots != recorder->boots)) {
        word_put(recorder, "power", "off");
        memset(recorder->is_known, 0, sizeof recorder->is_known);
        recorder->was_on = false;
    }
    if (is_on && !recorder->was_on) {
        word_put(recorder, "power", "on");
    }
    recorder->was_on = is_on;
    recorder->boots = boots;
}

static void look(struct hx_recorder *recorder)
{
    power_look(recorder);
    const int64_t generation = recorder->inner->generation(recorder->stage);
    if (recorder->stage->probe == NULL || recorder->full_us >= 0 ||
        generation == recorder->generation) {
        return;
    }
    recorder->generation = generation;
    traps_take(recorder, 0);
    if (recorder->was_on) {
        registers_look(recorder);
    }
    if (recorder->is_unread) {
        recorder->generation = -1; /* it may answer now: the last look waited long for it */
    }
}

/* ---- what goes in ----------------------------------------------------------------------- */

static void line_put(const struct listener *listener, char direction, const uint8_t *bytes,
                     size_t size)
{
    struct hx_text event = {0};
    hx_text_add(&event, "%s %c", listener->name, direction);
    hex_add(&event, bytes, size);
    event_put(listener->recorder, &event);
}

static enum wm_status line_transmit(void *self, const uint8_t *bytes, size_t size)
{
    const struct listener *listener = self;
    const enum wm_status status = listener->inner.ops->transmit(listener->inner.self, bytes, size);
    if (status == WM_OK) {
        line_put(listener, '>', bytes, size);
    }
    return status;
}

static int line_receive(void *self, uint8_t *bytes, size_t size_max)
{
    const struct listener *listener = self;
    const int size = listener->inner.ops->receive(listener->inner.self, bytes, size_max);
    if (size > 0) {
        line_put(listener, '<', bytes, (size_t)size);
    }
    return size;
}

void hx_recorder_line(struct hx_recorder *recorder, const char *name, struct wm_bus *bus)
{
    static const struct wm_bus_ops ops = {line_transmit, line_receive};
    if (bus->ops == NULL || recorder->listeners == 2) {
        return;
    }
    struct listener *listener = &recorder->listener[recorder->listeners++];
    *listener = (struct listener){recorder, name, *bus};
    *bus = (struct wm_bus){&ops, listener};
}

void hx_recorder_mark(struct hx_recorder *recorder, const char *step)
{
    const char *slash = strrchr(step, '/');
    power_look(recorder);
    word_put(recorder, "mark", slash != NULL ? slash + 1 : step);
}

static void part_add(struct hx_text *event, const char *part)
{
    hx_text_add(event, "|");
    text_encode(event, part, strlen(part));
}

static void request_put(struct hx_recorder *recorder, const struct hx_question *asked)
{
    const struct hx_asker *asker = &asked->asker;
    struct hx_text event = {0};
    hx_text_add(&event, "request %d|%d|%d", (int)asked->request, (int)asker->version,
                (int)asker->user.level);
    part_add(&event, asker->community);
    part_add(&event, asker->user.name);
    part_add(&event, asker->user.auth);
    part_add(&event, asker->user.priv);
    part_add(&event, asker->from);
    for (int32_t i = 0; i < asked->count; ++i) {
        const struct hx_binding *binding = &asked->binding[i];
        for (uint32_t arc = 0; arc < binding->object.length; ++arc) {
            hx_text_add(&event, "%c%" PRIu32, arc == 0 ? '|' : '.', binding->object.arc[arc]);
        }
        hx_text_add(&event, "=%d:%" PRId64 ":", (int)binding->value.kind, binding->value.number);
        text_encode(&event, binding->value.text, binding->value.size);
    }
    event_put(recorder, &event);
}

static void asked_put(struct hx_recorder *recorder, const struct hx_question *asked)
{
    struct hx_text event = {0};
    if (asked->kind == HX_ASK_REQUEST) {
        request_put(recorder, asked);
    } else if (asked->kind == HX_ASK_DATAGRAM) {
        hx_text_add(&event, "datagram ");
        hex_add(&event, asked->datagram, asked->size);
        event_put(recorder, &event);
    }
}

/* ---- the target ------------------------------------------------------------------------- */

static struct hx_recorder *recorder_of(const struct hx_stage *stage)
{
    return stage->recorder;
}

static bool recorded_open(struct hx_stage *stage, struct hx_text *error)
{
    struct hx_recorder *recorder = recorder_of(stage);
    recorder->stage = stage;
    ranges_make(recorder);
    head_put(recorder);
    recorder->was_on = true;
    recorder->is_open = recorder->inner->open(stage, error);
    recorder->boots = stage->boots; /* none of a board that was running */
    return recorder->is_open;
}

static bool recorded_run(struct hx_stage *stage, int64_t until_us)
{
    struct hx_recorder *recorder = recorder_of(stage);
    /* A board that is looked at comes back by itself, as often. */
    const bool is_paced = stage->stops_at_views && stage->spec != NULL;
    int64_t now_us = recorder->inner->now_us(stage);
    bool goes_on = true;
    power_look(recorder);
    while (goes_on && now_us < until_us) {
        const int64_t to_us =
            is_paced || until_us < recorder->look_us ? until_us : recorder->look_us;
        goes_on = recorder->inner->run(stage, to_us);
        now_us = recorder->inner->now_us(stage);
        goes_on = goes_on && now_us >= to_us; /* it stopped before, whatever it says */
        if (now_us >= recorder->look_us && !hx_guard_has_fired()) {
            look(recorder);
            recorder->look_us = recorder->full_us >= 0
                                    ? INT64_MAX
                                    : now_us - now_us % HX_RECORD_LOOK_US + HX_RECORD_LOOK_US;
        }
    }
    return goes_on;
}

/* The oldest traps that are kept, as many as an answer takes. */
static void traps_give(struct hx_recorder *recorder, struct hx_answer *given)
{
    const size_t count = recorder->traps < HX_TRAPS_MAX ? recorder->traps : HX_TRAPS_MAX;
    *given = (struct hx_answer){.is_ok = true,
                                .count = (int32_t)count,
                                .has_more = recorder->traps > count,
                                .unreadable = recorder->unreadable};
    memcpy(given->is.trap, recorder->trap, count * sizeof *recorder->trap);
    recorder->traps -= count;
    memmove(recorder->trap, recorder->trap + count, recorder->traps * sizeof *recorder->trap);
    recorder->unreadable = 0;
}

static void recorded_ask(struct hx_stage *stage, const struct hx_question *asked,
                         struct hx_answer *given)
{
    struct hx_recorder *recorder = recorder_of(stage);
    if (asked->kind == HX_ASK_TRAPS) {
        traps_take(recorder, recorder->traps == 0 ? asked->wait_ms : 0);
    }
    if (asked->kind == HX_ASK_TRAPS && answer.is_ok) {
        traps_give(recorder, given);
        return;
    }
    power_look(recorder);
    asked_put(recorder, asked);
    recorder->inner->ask(stage, asked, given);
}

static bool recorded_type(struct hx_stage *stage, const char *bytes, size_t size,
                          struct hx_text *said)
{
    struct hx_text event = {0};
    struct hx_recorder *recorder = recorder_of(stage);
    power_look(recorder);
    hx_text_add(&event, "console ");
    text_encode(&event, bytes, size);
    event_put(recorder, &event);
    return recorder->inner->type(stage, bytes, size, said);
}

/* All else is the target's own. */
static struct hx_target recorded;

const struct hx_target *hx_recorder_target(struct hx_recorder *recorder,
                                           const struct hx_target *inner)
{
    recorder->inner = inner;
    recorded = *inner;
    recorded.open = recorded_open;
    recorded.run = recorded_run;
    recorded.ask = recorded_ask;
    recorded.type = recorded_type;
    return &recorded;
}

/* ---- the file --------------------------------------------------------------------------- */

struct hx_recorder *hx_recorder_open(FILE *file, uint64_t size_max, const char *scenario,
                                     const char *place)
{
    struct hx_recorder *recorder = hx_realloc(NULL, sizeof *recorder);
    *recorder = (struct hx_recorder){.file = file,
                                     .size_max = size_max,
                                     .full_us = -1,
                                     .generation = -1,
                                     .scenario = scenario,
                                     .place = place,
                                     .trap = hx_realloc(NULL, sizeof(struct hx_trap))};
    return recorder;
}

struct hx_recorded hx_recorder_end(struct hx_recorder *recorder, const char *outcome,
                                   unsigned hands)
{
    const int64_t full_us = recorder->full_us;
    if (recorder->stage != NULL) {
        if (recorder->is_open && !hx_guard_has_fired()) {
            look(recorder);
        }
        recorder->full_us = -1; /* the end has room */
        recorder->size_max = UINT64_MAX;
        if ((hands & SIM_HAND_PANEL) != 0) {
            word_put(recorder, "hand", "panel");
        }
        if ((hands & SIM_HAND_MEMORY) != 0) {
            word_put(recorder, "hand", "flash");
        }
        word_put(recorder, "end", outcome);
    }
    if (fflush(recorder->file) != 0 && recorder->problem == 0) {
        recorder->problem = errno;
    }
    return (struct hx_recorded){recorder->problem, full_us,
                                recorder->is_unread && !recorder->is_read};
}

void hx_recorder_close(struct hx_recorder *recorder)
{
    if (recorder != NULL) {
        (void)fclose(recorder->file);
        free(recorder->trap);
        free(recorder);
    }
}
