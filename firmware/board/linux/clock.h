/*
 * clock.h — the two clocks of this machine, in milliseconds.
 */
#ifndef BOARD_CLOCK_H
#define BOARD_CLOCK_H

#include <time.h>

#include "wm/units.h"

static inline wm_ms clock_ms(clockid_t clock)
{
    struct timespec now;
    (void)clock_gettime(clock, &now);
    return (wm_ms)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* For the core: never goes back, whoever sets the clock. */
static inline wm_ms clock_now_ms(void)
{
    return clock_ms(CLOCK_MONOTONIC);
}

/* For the logs: since 1970-01-01T00:00:00Z. */
static inline wm_ms clock_wall_ms(void)
{
    return clock_ms(CLOCK_REALTIME);
}

#endif
