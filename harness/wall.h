/*
 * wall.h — the clock on the wall, for what happens in real time; no scenario sees it.
 */
#ifndef HX_WALL_H
#define HX_WALL_H

#include <stdint.h>
#include <time.h>

/* Microseconds since some instant; never set back. */
static inline int64_t hx_wall_us(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

#endif
