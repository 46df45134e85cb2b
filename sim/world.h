/*
 * world.h — the event queue; sole owner of simulated time.
 *
 * Time is int64_t microseconds from the world's beginning. Code takes no time; only running to a
 * later instant does. Events of one instant run by priority, then in the order they were set.
 */
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sim_world;

typedef void sim_event_fn(void *self);

/* Order within one instant: the plant moves first, then bytes arrive, then the firmware acts. */
enum sim_priority {
    SIM_PRIORITY_PHYSICS,
    SIM_PRIORITY_WIRE,
    SIM_PRIORITY_FIRMWARE,
    SIM_PRIORITY_STAGE
};

/* A slot that can hold one pending event; owned by the caller, zero-initialised. */
struct sim_event {
    int64_t time_us;   /* ro */
    uint64_t order;    /* private */
    sim_event_fn *run; /* rw while not pending */
    void *self;        /* rw while not pending */
    int priority;      /* rw while not pending: enum sim_priority */
    size_t place;      /* private: 0 = not pending, else heap index + 1 */
};

/* Null without memory. The seed feeds every random stream of the run (decision H2). */
struct sim_world *sim_world_create(uint64_t seed);
void sim_world_destroy(struct sim_world *world);

int64_t sim_world_now_us(const struct sim_world *world);
uint64_t sim_world_seed(const struct sim_world *world);

/* Sets or moves the event to time_us; an instant already past counts as now. */
void sim_world_schedule(struct sim_world *world, struct sim_event *event, int64_t time_us);
void sim_world_cancel(struct sim_world *world, struct sim_event *event);
static inline bool sim_event_is_pending(const struct sim_event *event)
{
    return event->place != 0;
}

/* When the next event is due; INT64_MAX if there is none. */
int64_t sim_world_next_us(const struct sim_world *world);

/*
 * Runs every event due up to and including until_us, then stands at until_us. After
 * sim_world_stop from within an event it returns early, standing at that event's instant, with
 * the rest of that instant still to run. Returns true if it got to until_us.
 */
bool sim_world_run(struct sim_world *world, int64_t until_us);
void sim_world_stop(struct sim_world *world);

/* A random stream of its own: same seed and stream number, same numbers. */
struct sim_random {
    uint64_t state;
};
struct sim_random sim_random_stream(const struct sim_world *world, uint64_t stream);
uint64_t sim_random_next(struct sim_random *random);
/* Uniform in 0..1, 1 excluded. */
double sim_random_unit(struct sim_random *random);
/* -1..1, 1 excluded. */
double sim_random_both_ways(struct sim_random *random);

#endif
