/*
 * number.h — arithmetic that several files of the simulator need: only + - * / and comparisons, so
 * that every processor gives the same.
 */
#ifndef SIM_NUMBER_H
#define SIM_NUMBER_H

#include <stdint.h>

static inline double at_least(double value, double low)
{
    return value > low ? value : low;
}

static inline double at_most(double value, double high)
{
    return value < high ? value : high;
}

/* Half away from zero, saturated to what the field holds. */
static inline int32_t quantise(double value, double per_unit, int32_t low, int32_t high)
{
    double scaled = value * per_unit;
    if (!(scaled > low)) {
        return low;
    }
    if (scaled >= high) {
        return high;
    }
    return scaled < 0 ? -(int32_t)(0.5 - scaled) : (int32_t)(scaled + 0.5);
}

#endif
