/*
 * units.h — integer units and the one rounding of the project.
 *
 * Units stand at the end of a name: _mV _uV _mA _uOhm _mdegC (0.001 degC) _permille _ms _s _mAh.
 * Sign: current is positive while it charges the battery (decision B9).
 */
#ifndef WM_UNITS_H
#define WM_UNITS_H

#include <stdint.h>

/* A point in time or a duration in milliseconds; monotonic, never the wall clock. */
typedef int64_t wm_ms;

/* No deadline. */
#define WM_NEVER INT64_MAX

/* Quotient rounded half away from zero (decision M7). divisor > 0. */
static inline int64_t wm_divide_rounded(int64_t dividend, int64_t divisor)
{
    int64_t half = divisor / 2;
    /* An odd divisor has no exact half: the truncated one still rounds to nearest. */
    return dividend >= 0 ? (dividend + half) / divisor : -((-dividend + half) / divisor);
}

static inline int32_t wm_clamp(int64_t value, int32_t low, int32_t high)
{
    return value < low ? low : value > high ? high : (int32_t)value;
}

#endif
