/*
 * exponent.h — the few transcendental functions that feed back into state.
 *
 * Always true: only + - * / and comparisons, in a fixed order, so that every processor gives the
 * same doubles (the library picks its own by processor); errors are those tests/sim/test_exponent.c
 * holds against the library: 1e-11 of the value.
 */
#ifndef SIM_EXPONENT_H
#define SIM_EXPONENT_H

#include <math.h>
#include <stdint.h>
#include <string.h>

/* 2^x; x is held within -1000..1000. */
static inline double sim_exp2(double x)
{
    x = x > 1000 ? 1000 : x < -1000 ? -1000 : x;
    /* Adding and taking away 1.5 x 2^52 rounds to a whole number, kept in the low bits of shifted.
     */
    const double shift = 6755399441055744.0;
    const double shifted = x + shift;
    const double f = (x - (shifted - shift)) * 0.69314718055994530942; /* within +-0.3466 */
    /* The series of e^f to the ninth power: what is left out is below 1e-12. */
    double sum = 1.0 + f * (1.0 / 9);
    sum = 1.0 + f * sum * (1.0 / 8);
    sum = 1.0 + f * sum * (1.0 / 7);
    sum = 1.0 + f * sum * (1.0 / 6);
    sum = 1.0 + f * sum * (1.0 / 5);
    sum = 1.0 + f * sum * (1.0 / 4);
    sum = 1.0 + f * sum * (1.0 / 3);
    sum = 1.0 + f * sum * (1.0 / 2);
    sum = 1.0 + f * sum;
    uint64_t bits;
    double power;
    memcpy(&bits, &shifted, sizeof bits);
    bits = (bits + 1023) << 52;
    memcpy(&power, &bits, sizeof power);
    return sum * power;
}

/* ln x, x above 0 and finite. */
static inline double sim_log(double x)
{
    int exponent;
    double m = frexp(x, &exponent); /* exact: 0.5..1 */
    if (m < 0.70710678118654752440) {
        m *= 2;
        exponent--;
    }
    const double t = (m - 1) / (m + 1); /* within +-0.1716 */
    const double t2 = t * t;
    /* ln m = 2 atanh t, to the 15th power: what is left out is below 1e-13. */
    double sum = 1.0 / 15;
    for (int power = 13; power > 0; power -= 2) {
        sum = sum * t2 + 1.0 / power;
    }
    return 2 * t * sum + exponent * 0.69314718055994530942;
}

/* e^x */
static inline double sim_exp(double x)
{
    return sim_exp2(x * 1.44269504088896340736);
}

/* The inverse of sinh. */
static inline double sim_asinh(double x)
{
    const double size = x < 0 ? -x : x;
    const double result = sim_log(size + sqrt(size * size + 1)); /* sqrt is exact everywhere */
    return x < 0 ? -result : result;
}

#endif
