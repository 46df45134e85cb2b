/*
 * world.c — the event queue: a binary heap of keys over slots that the callers own.
 *
 * Always true: heap[i] is pending in exactly the slot whose place is i + 1; no event runs before
 * the instant it was set for, and the instant never moves back. Keys lie in the heap itself, so
 * that sifting does not touch the slots it compares.
 */
#include "sim/world.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

struct world_key {
    int64_t time_us;
    uint64_t rank; /* priority above, order of setting below */
    struct sim_event *event;
};

struct sim_world {
    int64_t now_us;
    uint64_t order;
    uint64_t seed;
    bool is_stopped;
    size_t count;
    size_t capacity;
    struct world_key *heap;
};

enum { WORLD_CAPACITY_FIRST = 64, WORLD_PRIORITY_SHIFT = 56 };

static const uint64_t world_golden = 0x9E3779B97F4A7C15u;

struct sim_world *sim_world_create(uint64_t seed)
{
    struct sim_world *world = calloc(1, sizeof *world);
    if (world == NULL) {
        return NULL;
    }
    world->seed = seed;
    world->capacity = WORLD_CAPACITY_FIRST;
    world->heap = calloc(world->capacity, sizeof *world->heap);
    if (world->heap == NULL) {
        free(world);
        return NULL;
    }
    return world;
}

void sim_world_destroy(struct sim_world *world)
{
    if (world == NULL) {
        return;
    }
    free(world->heap);
    free(world);
}

int64_t sim_world_now_us(const struct sim_world *world)
{
    return world->now_us;
}

uint64_t sim_world_seed(const struct sim_world *world)
{
    return world->seed;
}

static inline bool key_is_before(const struct world_key *a, const struct world_key *b)
{
    return a->time_us < b->time_us || (a->time_us == b->time_us && a->rank < b->rank);
}

static inline void heap_put(struct sim_world *world, size_t index, struct world_key key)
{
    world->heap[index] = key;
    key.event->place = index + 1;
}

static void heap_sift_up(struct sim_world *world, size_t index, struct world_key key)
{
    while (index > 0) {
        size_t parent = (index - 1) / 2;
        if (!key_is_before(&key, &world->heap[parent])) {
            break;
        }
        heap_put(world, index, world->heap[parent]);
        index = parent;
    }
    heap_put(world, index, key);
}

static void heap_sift_down(struct sim_world *world, size_t index, struct world_key key)
{
    for (;;) {
        size_t child = 2 * index + 1;
        if (child >= world->count) {
            break;
        }
        if (child + 1 < world->count &&
            key_is_before(&world->heap[child + 1], &world->heap[child])) {
            child++;
        }
        if (!key_is_before(&world->heap[child], &key)) {
            break;
        }
        heap_put(world, index, world->heap[child]);
        index = child;
    }
    heap_put(world, index, key);
}

static void heap_remove(struct sim_world *world, size_t index)
{
    world->heap[index].event->place = 0;
    world->count--;
    if (index == world->count) {
        return;
    }
    struct world_key last = world->heap[world->count];
    if (index > 0 && key_is_before(&last, &world->heap[(index - 1) / 2])) {
        heap_sift_up(world, index, last);
    } else {
        heap_sift_down(world, index, last);
    }
}

static void heap_grow(struct sim_world *world)
{
    size_t capacity = world->capacity * 2;
    struct world_key *heap = realloc(world->heap, capacity * sizeof *heap);
    if (heap == NULL) {
        /* A simulation that loses an event would go on and lie. */
        fprintf(stderr, "simulation: no memory for %zu pending events\n", capacity);
        abort();
    }
    world->heap = heap;
    world->capacity = capacity;
}

void sim_world_schedule(struct sim_world *world, struct sim_event *event, int64_t time_us)
{
    assert(event->run != NULL);
    assert(event->priority >= SIM_PRIORITY_PHYSICS && event->priority <= SIM_PRIORITY_STAGE);
    if (time_us < world->now_us) {
        time_us = world->now_us;
    }
    event->time_us = time_us;
    event->order = world->order++;
    struct world_key key = {
        .time_us = time_us,
        .rank = ((uint64_t)event->priority << WORLD_PRIORITY_SHIFT) | event->order,
        .event = event,
    };
    if (event->place != 0) {
        size_t index = event->place - 1;
        if (index > 0 && key_is_before(&key, &world->heap[(index - 1) / 2])) {
            heap_sift_up(world, index, key);
        } else {
            heap_sift_down(world, index, key);
        }
        return;
    }
    if (world->count == world->capacity) {
        heap_grow(world);
    }
    heap_sift_up(world, world->count++, key);
}

void sim_world_cancel(struct sim_world *world, struct sim_event *event)
{
    if (event->place != 0) {
        heap_remove(world, event->place - 1);
    }
}

int64_t sim_world_next_us(const struct sim_world *world)
{
    return world->count == 0 ? INT64_MAX : world->heap[0].time_us;
}

bool sim_world_run(struct sim_world *world, int64_t until_us)
{
    world->is_stopped = false;
    while (world->count > 0 && world->heap[0].time_us <= until_us) {
        struct sim_event *event = world->heap[0].event;
        assert(world->heap[0].time_us >= world->now_us);
        world->now_us = world->heap[0].time_us;
        heap_remove(world, 0);
        event->run(event->self);
        if (world->is_stopped) {
            return false;
        }
    }
    if (until_us > world->now_us) {
        world->now_us = until_us;
    }
    return true;
}

void sim_world_stop(struct sim_world *world)
{
    world->is_stopped = true;
}

/* splitmix64 (Steele, Lea, Flood 2014): every state is good, and streams cost nothing to make. */
static uint64_t random_mix(uint64_t value)
{
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9u;
    value = (value ^ (value >> 27)) * 0x94D049BB133111EBu;
    return value ^ (value >> 31);
}

struct sim_random sim_random_stream(const struct sim_world *world, uint64_t stream)
{
    /* Mixed twice: neighbouring seeds and neighbouring streams start far apart. */
    uint64_t seed = random_mix(world->seed + world_golden);
    return (struct sim_random){random_mix(seed ^ random_mix(stream * world_golden + 1))};
}

uint64_t sim_random_next(struct sim_random *random)
{
    random->state += world_golden;
    return random_mix(random->state);
}

double sim_random_unit(struct sim_random *random)
{
    /* 53 bits are what a double holds: never rounded up to 1. */
    return (double)(sim_random_next(random) >> 11) * 0x1p-53;
}

double sim_random_both_ways(struct sim_random *random)
{
    return 2 * sim_random_unit(random) - 1;
}
