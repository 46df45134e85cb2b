/*
 * wire.c — bytes on a line, in its own time. See wire.h for what is always true.
 */
#include "sim/bus/wire.h"

#include <assert.h>
#include <string.h>

/* One start bit, eight data bits, one stop bit, in millionths of a second times baud. */
#define WIRE_BYTE_BAUD_US 10000000

int64_t sim_wire_time_us(int32_t baud, size_t bytes)
{
    return ((int64_t)bytes * WIRE_BYTE_BAUD_US + baud - 1) / baud;
}

static size_t wire_arrived(const struct sim_wire_talk *talk, int64_t now_us)
{
    if (now_us >= talk->ends_us) {
        return talk->size;
    }
    if (now_us <= talk->begins_us) {
        return 0;
    }
    int64_t bytes = (now_us - talk->begins_us) * talk->wire->baud / WIRE_BYTE_BAUD_US;
    return bytes < (int64_t)talk->size ? (size_t)bytes : talk->size;
}

static bool wire_talk_is_used(const struct sim_wire_talk *talk)
{
    return sim_event_is_pending(&talk->event) || talk->fetched < talk->size;
}

/* Two answers at once: where both speak the line is their AND, and heard once. */
static void wire_collide(struct sim_wire_talk *one, struct sim_wire_talk *other)
{
    struct sim_wire_talk *first = one->begins_us <= other->begins_us ? one : other;
    struct sim_wire_talk *second = first == one ? other : one;
    int64_t ahead_us = second->begins_us - first->begins_us;
    size_t ahead =
        (size_t)((ahead_us * first->wire->baud + WIRE_BYTE_BAUD_US / 2) / WIRE_BYTE_BAUD_US);
    for (size_t i = 0; i < second->size && ahead + i < first->size; i++) {
        first->bytes[ahead + i] &= second->bytes[i];
        if (second->fetched < i + 1) {
            second->fetched = i + 1;
        }
    }
}

/* Whether the two are on the line at one time. */
static bool wire_overlaps(const struct sim_wire_talk *talk, const struct sim_wire_talk *other)
{
    return other != talk && wire_talk_is_used(other) && other->begins_us < talk->ends_us &&
           other->ends_us > talk->begins_us;
}

/* Each pair collides once: when the second of them acts. */
static void wire_act(struct sim_wire_talk *talk)
{
    struct sim_wire *wire = talk->wire;
    size_t announced = talk->size;
    talk->has_acted = true;
    talk->size = wire->line.act(wire->line.self, talk->device, &talk->question, talk->bytes);
    assert(talk->size <= announced);
    if (wire->hook != NULL && talk->size > 0) {
        talk->size = wire->hook->answered(wire->hook->self, talk->device, &talk->question,
                                          talk->bytes, talk->size);
    }
    for (int i = 0; i < SIM_WIRE_TALKS_MAX; i++) {
        if (wire->talks[i].has_acted && wire_overlaps(talk, &wire->talks[i])) {
            wire_collide(talk, &wire->talks[i]);
        }
    }
    for (int i = 0; i < SIM_WIRE_TALKS_MAX; i++) {
        if (!wire->talks[i].has_acted && wire_overlaps(talk, &wire->talks[i])) {
            wire_act(&wire->talks[i]);
        }
    }
}

static void wire_talk_ends(void *self)
{
    struct sim_wire_talk *talk = self;
    if (!talk->has_acted) {
        wire_act(talk);
    }
    if (talk->size > 0 && talk->wire->heard != NULL) {
        talk->wire->heard(talk->wire->context);
    }
}

/* Everything that arrives until the question is out falls on deaf ears; true if it collides. */
static bool wire_discard(struct sim_wire *wire, int64_t now_us, int64_t until_us)
{
    bool collides = false;
    for (int i = 0; i < SIM_WIRE_TALKS_MAX; i++) {
        struct sim_wire_talk *talk = &wire->talks[i];
        if (!wire_talk_is_used(talk)) {
            continue;
        }
        if (talk->size > 0 && talk->begins_us < until_us && talk->ends_us > now_us) {
            collides = true;
        }
        size_t lost = wire_arrived(talk, until_us);
        if (talk->fetched < lost) {
            talk->fetched = lost;
        }
    }
    return collides;
}

/* Room for another talk, or null. */
static struct sim_wire_talk *wire_slot(struct sim_wire *wire)
{
    for (int i = 0; i < SIM_WIRE_TALKS_MAX; i++) {
        if (!wire_talk_is_used(&wire->talks[i])) {
            return &wire->talks[i];
        }
    }
    return NULL;
}

static void wire_start_talk(struct sim_wire *wire, const struct sim_talk *wanted,
                            const struct sim_frame *question)
{
    struct sim_wire_talk *talk = wire_slot(wire);
    if (talk == NULL) {
        return;
    }
    talk->question = *question;
    talk->device = wanted->device;
    talk->heard_us = wire->deaf_until_us;
    talk->begins_us = wire->deaf_until_us + wanted->latency_us;
    talk->ends_us = talk->begins_us + sim_wire_time_us((int32_t)wire->baud, wanted->size);
    talk->size = wanted->size;
    talk->fetched = 0;
    talk->has_acted = false;
    sim_world_schedule(wire->world, &talk->event, talk->ends_us);
}

static enum wm_status wire_transmit(void *self, const uint8_t *bytes, size_t size)
{
    struct sim_wire *wire = self;
    assert(size >= 1 && size <= WM_FRAME_SIZE_MAX);
    int64_t now_us = sim_world_now_us(wire->world);
    if (now_us < wire->deaf_until_us) {
        return WM_BUSY;
    }
    wire->deaf_until_us = now_us + sim_wire_time_us((int32_t)wire->baud, size);
    if (wire_discard(wire, now_us, wire->deaf_until_us)) {
        return WM_OK; /* the devices heard two speak at once */
    }
    struct sim_frame question;
    struct sim_talk talks[SIM_WIRE_TALKS_MAX];
    uint8_t spoiled[WM_FRAME_SIZE_MAX];
    if (wire->hook != NULL) {
        memcpy(spoiled, bytes, size);
        size = wire->hook->asked(wire->hook->self, spoiled, size);
        bytes = spoiled;
    }
    int count = size > 0 ? wire->line.hear(wire->line.self, bytes, size, &question, talks,
                                           SIM_WIRE_TALKS_MAX)
                         : 0;
    for (int i = 0; i < count; i++) {
        wire_start_talk(wire, &talks[i], &question);
    }
    return WM_OK;
}

static int wire_receive(void *self, uint8_t *bytes, size_t size_max)
{
    struct sim_wire *wire = self;
    int64_t now_us = sim_world_now_us(wire->world);
    size_t count = 0;
    for (int i = 0; i < SIM_WIRE_TALKS_MAX; i++) {
        struct sim_wire_talk *talk = &wire->talks[i];
        size_t arrived = talk->fetched < talk->size ? wire_arrived(talk, now_us) : 0;
        if (arrived <= talk->fetched) {
            continue;
        }
        if (!talk->has_acted) {
            wire_act(talk);
            arrived = wire_arrived(talk, now_us);
        }
        while (talk->fetched < arrived && count < size_max) {
            bytes[count++] = talk->bytes[talk->fetched++];
        }
    }
    return (int)count;
}

static const struct wm_bus_ops wire_ops = {wire_transmit, wire_receive};

void sim_wire_init(struct sim_wire *wire, struct sim_world *world, int32_t baud,
                   struct sim_line line)
{
    assert(baud > 0);
    wire->world = world;
    wire->baud = baud;
    wire->line = line;
    for (int i = 0; i < SIM_WIRE_TALKS_MAX; i++) {
        wire->talks[i].wire = wire;
        wire->talks[i].event.run = wire_talk_ends;
        wire->talks[i].event.self = &wire->talks[i];
        wire->talks[i].event.priority = SIM_PRIORITY_WIRE;
    }
}

/* A question that is not out yet is garbled for all who would have heard it. */
static void wire_garble_question(struct sim_wire *wire, int64_t now_us)
{
    for (int i = 0; i < SIM_WIRE_TALKS_MAX; i++) {
        struct sim_wire_talk *talk = &wire->talks[i];
        if (sim_event_is_pending(&talk->event) && talk->heard_us > now_us) {
            sim_world_cancel(wire->world, &talk->event);
            talk->size = talk->fetched = 0;
        }
    }
}

void sim_wire_hush(struct sim_wire *wire)
{
    const int64_t now_us = sim_world_now_us(wire->world);
    wire->deaf_until_us = now_us;
    wire_garble_question(wire, now_us);
}

void sim_wire_babble(struct sim_wire *wire, const uint8_t *bytes, size_t size)
{
    const int64_t now_us = sim_world_now_us(wire->world);
    wire_garble_question(wire, now_us);
    struct sim_wire_talk *talk = wire_slot(wire);
    if (talk == NULL) {
        return; /* nobody fetches what is there already */
    }
    memcpy(talk->bytes, bytes, size);
    talk->heard_us = talk->begins_us = now_us;
    talk->ends_us = now_us + sim_wire_time_us((int32_t)wire->baud, size);
    talk->size = size;
    talk->fetched = wire_arrived(talk, wire->deaf_until_us);
    talk->has_acted = true;
    for (int i = 0; i < SIM_WIRE_TALKS_MAX; i++) {
        if (wire->talks[i].has_acted && wire_overlaps(talk, &wire->talks[i])) {
            wire_collide(talk, &wire->talks[i]);
        }
    }
    sim_world_schedule(wire->world, &talk->event, talk->ends_us);
}

void sim_wire_close(struct sim_wire *wire)
{
    for (int i = 0; i < SIM_WIRE_TALKS_MAX; i++) {
        sim_world_cancel(wire->world, &wire->talks[i].event);
    }
}

struct wm_bus sim_wire_bus(struct sim_wire *wire)
{
    return (struct wm_bus){&wire_ops, wire};
}

int64_t sim_wire_next_byte_us(const struct sim_wire *wire)
{
    int64_t next_us = INT64_MAX;
    for (int i = 0; i < SIM_WIRE_TALKS_MAX; i++) {
        const struct sim_wire_talk *talk = &wire->talks[i];
        if (talk->fetched < talk->size) {
            const int64_t at_us =
                talk->begins_us + sim_wire_time_us((int32_t)wire->baud, talk->fetched + 1);
            next_us = at_us < next_us ? at_us : next_us;
        }
    }
    return next_us;
}

void sim_wire_listen(struct sim_wire *wire, void (*heard)(void *context), void *context)
{
    wire->heard = heard;
    wire->context = context;
}
