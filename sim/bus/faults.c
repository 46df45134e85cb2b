/*
 * faults.c — orders, their strikes, and the bytes they hold back. The model is in faults.h.
 *
 * Always true: while is_clear is set, a byte takes the same way as without this file.
 */
#include "sim/bus/faults.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const fault_names[SIM_FAULT_KINDS] = {
    [SIM_FAULT_DROP] = "drop",       [SIM_FAULT_DELAY] = "delay",
    [SIM_FAULT_CORRUPT] = "corrupt", [SIM_FAULT_DUPLICATE] = "duplicate",
    [SIM_FAULT_CUT] = "cut",
};

static bool order_is_in_force(const struct sim_fault_order *order)
{
    return order->is_used && !order->is_over;
}

/* Whether the order strikes the question at hand, or its answer. */
static bool order_strikes(struct sim_faults *faults, const struct sim_fault_order *order)
{
    const struct sim_fault *fault = &order->fault;
    if (fault->nth > 0) {
        return order->met + 1 == fault->nth;
    }
    if (fault->next > 0) {
        return true;
    }
    return sim_random_unit(&faults->random) * 100 < fault->percent;
}

static void order_count(struct sim_fault_order *order)
{
    order->met++;
    if (order->fault.nth > 0) {
        order->is_over = order->met >= order->fault.nth;
    } else if (order->fault.next > 0) {
        order->is_over = order->met >= order->fault.next;
    }
}

/* Flips a burst inside the bytes; bits count as a UART sends them, each byte lowest first. */
void sim_faults_burst(struct sim_random *random, int64_t bits_max, uint8_t *bytes, size_t size)
{
    uint64_t bits = size * 8;
    uint64_t longest = (uint64_t)bits_max < bits ? (uint64_t)bits_max : bits;
    uint64_t length = 1 + sim_random_next(random) % longest;
    uint64_t first = sim_random_next(random) % (bits - length + 1);
    uint64_t flips = sim_random_next(random);
    for (uint64_t i = 0; i < length; i++) {
        if (i == 0 || i == length - 1 || (flips >> i & 1) != 0) {
            uint64_t bit = first + i;
            bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
    }
}

static size_t fault_cut(struct sim_faults *faults, int64_t bytes, size_t size)
{
    size_t kept = (size_t)bytes;
    if (bytes == 0) {
        kept = size > 1 ? 1 + (size_t)(sim_random_next(&faults->random) % (size - 1)) : 0;
    }
    return kept < size ? kept : size;
}

/* A cut behind the end of a frame is none. */
static bool leaves_whole(const struct sim_fault *fault, size_t size)
{
    return fault->kind == SIM_FAULT_CUT && fault->bytes >= (int64_t)size;
}

static void held_put(struct sim_faults_held *held, const uint8_t *bytes, size_t size)
{
    size_t room = sizeof held->bytes - held->size;
    size_t taken = size < room ? size : room; /* a line that late carries no more than this */
    memcpy(held->bytes + held->size, bytes, taken);
    held->size += taken;
}

static size_t held_take(struct sim_faults_held *held, uint8_t *bytes, size_t size_max)
{
    size_t taken = held->size < size_max ? held->size : size_max;
    memcpy(bytes, held->bytes, taken);
    held->size -= taken;
    memmove(held->bytes, held->bytes + taken, held->size);
    return taken;
}

static void faults_see_clear(struct sim_faults *faults)
{
    faults->is_clear = faults->held.size == 0 && faults->ready.size == 0;
    for (int i = 0; i < faults->orders && faults->is_clear; i++) {
        faults->is_clear = !order_is_in_force(&faults->order[i]);
    }
    for (int kind = 0; kind < SIM_FAULT_KINDS && faults->is_clear; kind++) {
        faults->is_clear = faults->strike[kind] == NULL;
    }
}

static void faults_tell_tap(struct sim_faults *faults, bool is_answer, const uint8_t *bytes,
                            size_t size)
{
    if (faults->tap != NULL && size > 0) {
        faults->tap(faults->tap_context, sim_world_now_us(faults->world), is_answer, bytes, size);
    }
}

static enum wm_status faults_send(struct sim_faults *faults, const uint8_t *bytes, size_t size)
{
    enum wm_status status = faults->inner.ops->transmit(faults->inner.self, bytes, size);
    if (status == WM_OK) {
        faults_tell_tap(faults, false, bytes, size);
    }
    return status;
}

static enum wm_status faults_send_struck(struct sim_faults *faults, const uint8_t *bytes,
                                         size_t size, struct sim_fault_order *const *struck)
{
    uint8_t sent[WM_FRAME_SIZE_MAX];
    assert(size >= 1 && size <= sizeof sent);
    if (struck[SIM_FAULT_DROP] != NULL) {
        return WM_OK;
    }
    memcpy(sent, bytes, size);
    if (struck[SIM_FAULT_CORRUPT] != NULL) {
        sim_faults_burst(&faults->random, struck[SIM_FAULT_CORRUPT]->fault.bits, sent, size);
    }
    if (struck[SIM_FAULT_CUT] != NULL) {
        size = fault_cut(faults, struck[SIM_FAULT_CUT]->fault.bytes, size);
    }
    return faults_send(faults, sent, size);
}

static enum wm_status faults_transmit(void *self, const uint8_t *bytes, size_t size)
{
    struct sim_faults *faults = self;
    if (faults->is_clear) {
        return faults_send(faults, bytes, size);
    }
    struct sim_fault_order *asked[SIM_FAULT_KINDS] = {NULL};
    struct sim_fault_order *answer[SIM_FAULT_KINDS] = {NULL};
    for (int i = 0; i < faults->orders; i++) {
        struct sim_fault_order *order = &faults->order[i];
        if (order_is_in_force(order) && order_strikes(faults, order)) {
            (order->fault.is_question ? asked : answer)[order->fault.kind] = order;
        }
    }
    enum wm_status status = faults_send_struck(faults, bytes, size, asked);
    if (status != WM_OK) {
        return status; /* this question never was: nothing counts it */
    }
    faults->ready.size = 0; /* received and not fetched */
    memcpy(faults->strike, answer, sizeof answer);
    memset(faults->has_struck, 0, sizeof faults->has_struck);
    for (int i = 0; i < faults->orders; i++) {
        if (order_is_in_force(&faults->order[i])) {
            order_count(&faults->order[i]);
        }
    }
    for (int kind = 0; kind < SIM_FAULT_KINDS; kind++) {
        if (asked[kind] != NULL && !leaves_whole(&asked[kind]->fault, size)) {
            asked[kind]->fired++;
        }
    }
    faults_see_clear(faults);
    return WM_OK;
}

/* The order of a kind that strikes this answer, or null; counted once an answer. */
static const struct sim_fault *faults_strike(struct sim_faults *faults, enum sim_fault_kind kind,
                                             bool *is_first)
{
    struct sim_fault_order *order = faults->strike[kind];
    if (order == NULL) {
        return NULL;
    }
    *is_first = !faults->has_struck[kind];
    order->fired += *is_first;
    faults->has_struck[kind] = true;
    return &order->fault;
}

/* Lets what the faults leave of an answer's bytes go to `ready`, or holds it back. */
static void faults_pass(struct sim_faults *faults, uint8_t *bytes, size_t size)
{
    bool is_first = false;
    if (faults_strike(faults, SIM_FAULT_DROP, &is_first) != NULL) {
        return;
    }
    const struct sim_fault *fault = faults_strike(faults, SIM_FAULT_CORRUPT, &is_first);
    if (fault != NULL && is_first) {
        sim_faults_burst(&faults->random, fault->bits, bytes, size);
    }
    fault = faults_strike(faults, SIM_FAULT_CUT, &is_first);
    if (fault != NULL) {
        faults->strike[SIM_FAULT_CUT]->fired -= is_first && leaves_whole(fault, size);
        size = is_first ? fault_cut(faults, fault->bytes, size) : 0;
    }
    fault = faults_strike(faults, SIM_FAULT_DELAY, &is_first);
    struct sim_faults_held *way = fault != NULL ? &faults->held : &faults->ready;
    if (fault != NULL && !sim_event_is_pending(&faults->let_go)) {
        sim_world_schedule(faults->world, &faults->let_go,
                           sim_world_now_us(faults->world) + fault->delay_us);
    }
    held_put(way, bytes, size);
    if (faults_strike(faults, SIM_FAULT_DUPLICATE, &is_first) != NULL) {
        held_put(way, bytes, size);
    }
}

static int faults_receive(void *self, uint8_t *bytes, size_t size_max)
{
    struct sim_faults *faults = self;
    int count;
    if (faults->is_clear) {
        count = faults->inner.ops->receive(faults->inner.self, bytes, size_max);
    } else {
        uint8_t came[WM_FRAME_SIZE_MAX];
        while ((count = faults->inner.ops->receive(faults->inner.self, came, sizeof came)) > 0) {
            faults_pass(faults, came, (size_t)count);
        }
        if (count == 0) {
            count = (int)held_take(&faults->ready, bytes, size_max);
        }
    }
    if (count > 0) {
        faults_tell_tap(faults, true, bytes, (size_t)count);
    }
    return count;
}

static void faults_let_go(void *self)
{
    struct sim_faults *faults = self;
    held_put(&faults->ready, faults->held.bytes, faults->held.size);
    faults->held.size = 0;
    if (faults->heard != NULL) {
        faults->heard(faults->context);
    }
}

static const struct wm_bus_ops faults_ops = {faults_transmit, faults_receive};

void sim_faults_init(struct sim_faults *faults, struct sim_world *world, struct wm_bus inner,
                     uint64_t stream)
{
    faults->world = world;
    faults->inner = inner;
    faults->random = sim_random_stream(world, stream);
    faults->is_clear = true;
    faults->let_go.run = faults_let_go;
    faults->let_go.self = faults;
    faults->let_go.priority = SIM_PRIORITY_WIRE;
}

void sim_faults_close(struct sim_faults *faults)
{
    sim_world_cancel(faults->world, &faults->let_go);
}

struct wm_bus sim_faults_bus(struct sim_faults *faults)
{
    return (struct wm_bus){&faults_ops, faults};
}

void sim_faults_listen(struct sim_faults *faults, void (*heard)(void *context), void *context)
{
    faults->heard = heard;
    faults->context = context;
}

void sim_faults_tap(struct sim_faults *faults, sim_faults_tap_fn *tap, void *context)
{
    faults->tap = tap;
    faults->tap_context = context;
}

static struct sim_fault_order *faults_slot(struct sim_faults *faults)
{
    for (int i = 0; i < faults->orders; i++) {
        struct sim_fault_order *order = &faults->order[i];
        bool strikes = false;
        for (int kind = 0; kind < SIM_FAULT_KINDS; kind++) {
            strikes = strikes || faults->strike[kind] == order;
        }
        if (order->is_over && order->fired > 0 && !strikes) {
            return order;
        }
    }
    return faults->orders < SIM_FAULTS_MAX ? &faults->order[faults->orders++] : NULL;
}

static const char *fault_refusal(const struct sim_fault *fault)
{
    int ways = (fault->percent > 0) + (fault->nth > 0) + (fault->next > 0);
    if (ways != 1 || fault->percent < 0 || fault->percent > 100 || fault->nth < 0 ||
        fault->next < 0) {
        return "says when by exactly one of percent (above 0, up to 100), nth and count (1 or "
               "more)";
    }
    if (fault->kind == SIM_FAULT_CORRUPT && (fault->bits < 1 || fault->bits > SIM_FAULT_BITS_MAX)) {
        return "takes bits from 1 to 64";
    }
    if (fault->kind == SIM_FAULT_DELAY && fault->delay_us < 1) {
        return "takes seconds, above 0";
    }
    if (fault->kind == SIM_FAULT_CUT && (fault->bytes < 0 || fault->bytes >= WM_FRAME_SIZE_MAX)) {
        return "takes bytes from 1 to 23, how many come through";
    }
    if (fault->is_question &&
        (fault->kind == SIM_FAULT_DELAY || fault->kind == SIM_FAULT_DUPLICATE)) {
        return "works on answers only; on questions work drop, corrupt and cut";
    }
    return NULL;
}

const char *sim_faults_add(struct sim_faults *faults, const struct sim_fault *fault)
{
    const char *refusal = fault_refusal(fault);
    if (refusal != NULL) {
        return refusal;
    }
    struct sim_fault_order *order = faults_slot(faults);
    if (order == NULL) {
        return "is one too many: a bus has at most 64 faults at a time";
    }
    *order = (struct sim_fault_order){.fault = *fault, .is_used = true};
    faults->is_clear = false;
    return NULL;
}

void sim_faults_heal(struct sim_faults *faults)
{
    for (int i = 0; i < faults->orders; i++) {
        faults->order[i].is_over = true;
    }
}

const char *sim_faults_idle(struct sim_faults *faults)
{
    for (int i = 0; i < faults->orders; i++) {
        const struct sim_fault_order *order = &faults->order[i];
        if (!order->is_used || order->fired > 0) {
            continue;
        }
        const struct sim_fault *fault = &order->fault;
        char when[48];
        if (fault->nth > 0) {
            (void)snprintf(when, sizeof when, "nth=%" PRId64, fault->nth);
        } else if (fault->next > 0) {
            (void)snprintf(when, sizeof when, "count=%" PRId64, fault->next);
        } else {
            (void)snprintf(when, sizeof when, "percent=%.6g", fault->percent);
        }
        (void)snprintf(faults->sentence, sizeof faults->sentence,
                       "bus:%s{%s} on %s was asked for and never happened in %" PRId64 " questions",
                       fault_names[fault->kind], when, fault->is_question ? "questions" : "answers",
                       order->met);
        return faults->sentence;
    }
    return NULL;
}
