/*
 * replay_bus.c — see replay_bus.h, and replay.c for which answer a question gets.
 */
#include "harness/record/replay_bus.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/bus/frame.h"
#include "sim/bus/wire.h"
#include "sim/plant/com2.h"
#include "wm/board.h"

/* An answer comes in pieces: bytes of a real line do. More than that is noise, and its end is cut.
 */
#define PIECES_MAX 64
#define BYTES_MAX  1024
/* What stands between a question and its answers in a record, at most. */
#define EVENTS_MAX 1000

/* A device thinks so long (sim/BUS.md). */
#define LATENCY_US 1000

/* A question of the record. */
struct asked {
    uint32_t key;     /* whom, and for what */
    uint8_t sequence; /* its own */
    int64_t time_us;
    size_t answers; /* the event behind it */
};

struct hx_replay_bus {
    const struct hx_run_record *record;
    enum hx_event_kind line;
    struct hx_stage *stage;
    int64_t base_us;
    double round_us;
    int32_t baud;
    bool is_board;       /* the record is one of a board */
    struct asked *asked; /* by key, then by time */
    size_t *used;        /* of the first of a key: how many of it are used up */
    int64_t *time_us;    /* of the questions, in order */
    size_t count;
    struct sim_event arrival; /* of the next piece */
    struct {
        int64_t time_us;
        size_t end; /* the bytes up to here are there then */
    } piece[PIECES_MAX];
    size_t pieces;
    size_t piece_next;
    uint8_t bytes[BYTES_MAX];
    size_t arrived;
    size_t fetched;
    int64_t asked_us; /* the webmanager's last question */
    size_t asked_size;
    int64_t busy_until_us;
    uint64_t unknown; /* questions that the record does not have */
    int64_t unknown_us;
    struct sim_frame unknown_first;
};

static uint32_t key_of(const struct sim_frame *question)
{
    return ((uint32_t)question->address_class << 24) | ((uint32_t)question->address << 8) |
           (uint32_t)question->message;
}

static bool is_line(const struct hx_replay_bus *bus, const struct hx_event *event)
{
    return event->kind == bus->line;
}

static bool frame_of(const struct hx_event *event, enum wm_direction direction,
                     struct sim_frame *frame)
{
    return sim_frame_decode((const uint8_t *)event->text, event->size, direction, frame);
}

/* ---- the record's questions ------------------------------------------------------------- */

static int by_key_and_time(const void *one, const void *other)
{
    const struct asked *a = one;
    const struct asked *b = other;
    if (a->key != b->key) {
        return a->key < b->key ? -1 : 1;
    }
    /* Of one instant: as they stand in the record. */
    return (a->answers > b->answers) - (a->answers < b->answers);
}

static void questions_find(struct hx_replay_bus *bus)
{
    const struct hx_run_record *record = bus->record;
    struct sim_frame frame;
    bus->asked = hx_realloc(NULL, record->events * sizeof *bus->asked);
    bus->time_us = hx_realloc(NULL, record->events * sizeof *bus->time_us);
    for (size_t i = 0; i < record->events; ++i) {
        const struct hx_event *event = &record->event[i];
        if (is_line(bus, event) && !event->is_on && frame_of(event, WM_QUESTION, &frame)) {
            bus->time_us[bus->count] = event->time_us;
            bus->asked[bus->count++] =
                (struct asked){key_of(&frame), frame.sequence, event->time_us, i + 1};
        }
    }
    bus->used = memset(hx_realloc(NULL, (bus->count + 1) * sizeof *bus->used), 0,
                       (bus->count + 1) * sizeof *bus->used);
    qsort(bus->asked, bus->count, sizeof *bus->asked, by_key_and_time);
}

/* The first of a key, or of what is behind it. */
static size_t key_find(const struct hx_replay_bus *bus, uint32_t key)
{
    size_t low = 0;
    size_t high = bus->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (bus->asked[middle].key < key) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* What is to be answered to a question now; null: the record has never heard it. */
static const struct asked *asked_find(struct hx_replay_bus *bus, uint32_t key, int64_t time_us)
{
    const size_t first = key_find(bus, key);
    const size_t end = key_find(bus, key + 1);
    size_t *used = &bus->used[first];
    if (first == end) {
        return NULL;
    }
    /* What is a round old has a newer one in its place. */
    while (first + *used + 1 < end && bus->asked[first + *used + 1].time_us <= time_us &&
           (double)(time_us - bus->asked[first + *used].time_us) >= bus->round_us) {
        ++*used;
    }
    const size_t next = first + *used;
    if (next < end && (double)(bus->asked[next].time_us - time_us) <= bus->round_us) {
        ++*used;
        return &bus->asked[next];
    }
    return &bus->asked[next > first ? next - 1 : first];
}

/* ---- answers ---------------------------------------------------------------------------- */

static void piece_add(struct hx_replay_bus *bus, const char *bytes, size_t size, int64_t time_us)
{
    const size_t begin = bus->pieces > 0 ? bus->piece[bus->pieces - 1].end : 0;
    if (bus->pieces == PIECES_MAX || size > sizeof bus->bytes - begin) {
        return;
    }
    memcpy(bus->bytes + begin, bytes, size);
    bus->piece[bus->pieces].end = begin + size;
    bus->piece[bus->pieces++].time_us = time_us;
}

/* The question's sequence now is another one than it was, and so is that of a sound answer. */
static void sequence_follow(struct hx_replay_bus *bus, int change)
{
    struct sim_frame frame;
    const size_t size = bus->pieces > 0 ? bus->piece[bus->pieces - 1].end : 0;
    if (change != 0 && sim_frame_decode(bus->bytes, size, WM_ANSWER, &frame)) {
        frame.sequence = (uint8_t)(frame.sequence + change);
        (void)sim_frame_encode(&frame, bus->bytes);
    }
}

/* Answers of real devices on a board's line came from there, as its questions did. */
static bool is_answer(const struct hx_event *event)
{
    struct sim_frame frame;
    return event->is_on || frame_of(event, WM_ANSWER, &frame);
}

/* The event of the next question of the record, or where nobody looks for it any more. */
static size_t answers_end(const struct hx_replay_bus *bus, size_t from, struct sim_frame *next)
{
    const size_t left = bus->record->events - from;
    const size_t end = from + (left < EVENTS_MAX ? left : EVENTS_MAX);
    size_t at = from;
    while (at < end && (!is_line(bus, &bus->record->event[at]) || bus->record->event[at].is_on ||
                        !frame_of(&bus->record->event[at], WM_QUESTION, next))) {
        ++at;
    }
    return at;
}

/* When the line has carried the question, what was laid of its answer, and so many bytes more. */
static int64_t carried_us(const struct hx_replay_bus *bus, size_t more)
{
    const size_t laid = bus->pieces > 0 ? bus->piece[bus->pieces - 1].end : 0;
    return bus->asked_us + sim_wire_time_us(bus->baud, bus->asked_size + laid + more);
}

/*
 * As far behind the question as they were, and no sooner than the line carries them. A bench that
 * was kept waiting wrote down the answers of its own devices late and in large pieces: what a board
 * took without asking again came to it in time, byte by byte.
 */
static void answers_lay(struct hx_replay_bus *bus, const struct asked *asked)
{
    struct sim_frame next = {.message = wm_message_count};
    const size_t end = answers_end(bus, asked->answers, &next);
    const bool was_taken = bus->is_board && key_of(&next) != asked->key;
    for (size_t i = asked->answers; i < end; ++i) {
        const struct hx_event *event = &bus->record->event[i];
        if (!is_line(bus, event) || !is_answer(event)) {
            continue;
        }
        for (size_t k = 0; was_taken && k < event->size; ++k) {
            piece_add(bus, event->text + k, 1, carried_us(bus, 1) + LATENCY_US);
        }
        if (!was_taken) {
            const int64_t late_us = bus->asked_us + event->time_us - asked->time_us;
            const int64_t line_us = carried_us(bus, event->size);
            piece_add(bus, event->text, event->size, late_us > line_us ? late_us : line_us);
        }
    }
}

static void piece_await(struct hx_replay_bus *bus)
{
    if (bus->piece_next < bus->pieces) {
        sim_world_schedule(bus->stage->world, &bus->arrival, bus->piece[bus->piece_next].time_us);
    }
}

/* What is there is there, whichever line's event wakes the webmanager first. */
static void pieces_arrive(struct hx_replay_bus *bus)
{
    const int64_t now_us = sim_world_now_us(bus->stage->world);
    while (bus->piece_next < bus->pieces && bus->piece[bus->piece_next].time_us <= now_us) {
        bus->arrived = bus->piece[bus->piece_next++].end;
    }
}

static void piece_comes(void *self)
{
    struct hx_replay_bus *bus = self;
    pieces_arrive(bus);
    piece_await(bus);
    if (bus->stage->board != NULL) {
        board_wake(bus->stage->board);
    }
}

/* ---- the webmanager's end --------------------------------------------------------------- */

static void unknown_keep(struct hx_replay_bus *bus, const struct sim_frame *question,
                         int64_t now_us)
{
    if (bus->unknown++ == 0) {
        bus->unknown_us = now_us;
        bus->unknown_first = *question;
    }
}

static enum wm_status replay_transmit(void *self, const uint8_t *bytes, size_t size)
{
    struct hx_replay_bus *bus = self;
    struct sim_frame question;
    const int64_t now_us = sim_world_now_us(bus->stage->world);
    if (now_us < bus->busy_until_us) {
        return WM_BUSY;
    }
    hx_replay_bus_hush(bus);
    bus->asked_us = now_us;
    bus->asked_size = size;
    bus->busy_until_us = now_us + sim_wire_time_us(bus->baud, size);
    if (!sim_frame_decode(bytes, size, WM_QUESTION, &question)) {
        return WM_OK;
    }
    const struct asked *asked = asked_find(bus, key_of(&question), now_us + bus->base_us);
    if (asked == NULL) {
        unknown_keep(bus, &question, now_us);
        return WM_OK;
    }
    answers_lay(bus, asked);
    sequence_follow(bus, question.sequence - asked->sequence);
    piece_await(bus);
    return WM_OK;
}

static int replay_receive(void *self, uint8_t *bytes, size_t size_max)
{
    struct hx_replay_bus *bus = self;
    pieces_arrive(bus);
    const size_t there = bus->arrived - bus->fetched;
    const size_t size = there < size_max ? there : size_max;
    memcpy(bytes, bus->bytes + bus->fetched, size);
    bus->fetched += size;
    return (int)size;
}

struct wm_bus hx_replay_bus_port(struct hx_replay_bus *bus)
{
    static const struct wm_bus_ops ops = {replay_transmit, replay_receive};
    return (struct wm_bus){&ops, bus};
}

/* ---- life ------------------------------------------------------------------------------- */

struct hx_replay_bus *hx_replay_bus_open(const struct hx_run_record *record,
                                         enum hx_event_kind line, struct hx_stage *stage,
                                         int64_t base_us)
{
    struct hx_replay_bus *bus = memset(hx_realloc(NULL, sizeof *bus), 0, sizeof *bus);
    bus->record = record;
    bus->line = line;
    bus->stage = stage;
    bus->is_board = strncmp(record->on, "board", 5) == 0;
    bus->round_us = hx_record_round_us(record);
    bus->baud =
        line == HX_EVENT_BUS ? hx_record_setting(record, wm_setting_bus_baud) : SIM_COM2_BAUD;
    bus->arrival =
        (struct sim_event){.run = piece_comes, .self = bus, .priority = SIM_PRIORITY_WIRE};
    questions_find(bus);
    bus->base_us = base_us;
    return bus;
}

void hx_replay_bus_close(struct hx_replay_bus *bus)
{
    if (bus != NULL) {
        free(bus->asked);
        free(bus->used);
        free(bus->time_us);
        free(bus);
    }
}

int64_t hx_replay_bus_next_us(const struct hx_replay_bus *bus, int64_t time_us)
{
    size_t low = 0;
    size_t high = bus->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (bus->time_us[middle] < time_us) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < bus->count ? bus->time_us[low] : time_us;
}

void hx_replay_bus_hush(struct hx_replay_bus *bus)
{
    if (bus->stage->world != NULL) {
        sim_world_cancel(bus->stage->world, &bus->arrival);
    }
    bus->pieces = bus->piece_next = bus->arrived = bus->fetched = 0;
    bus->busy_until_us = 0;
}

size_t hx_replay_bus_unknown(const struct hx_replay_bus *bus)
{
    static const char *const classes[WM_CLASSES] = {"broadcast", "module", "sensor", "aux", "com2"};
    char clock[HX_CLOCK_SIZE];
    if (bus->unknown == 0) {
        return 0;
    }
    printf("%s: B %s: the webmanager asks %s %d %s, which the record never heard; silence, %llu "
           "times in all\n",
           bus->record->scenario, hx_clock(bus->unknown_us / 1000 * 1000, clock),
           classes[bus->unknown_first.address_class], (int)bus->unknown_first.address,
           wm_message(bus->unknown_first.message)->name, (unsigned long long)bus->unknown);
    return 1;
}
