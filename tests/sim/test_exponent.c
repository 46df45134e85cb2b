/*
 * test_exponent.c — the functions of exponent.h against those of the library.
 */
#include <criterion/criterion.h>
#include <math.h>

#include "sim/exponent.h"

#define WITHIN 1e-11

static void near(double value, double wanted, double x)
{
    cr_assert(fabs(value - wanted) <= WITHIN * fabs(wanted), "at %.17g: %.17g is not %.17g", x,
              value, wanted);
}

Test(exponent, powers_of_two_are_the_librarys_from_least_to_most)
{
    for (double x = -999.7; x < 1000; x += 0.37) {
        near(sim_exp2(x), exp2(x), x);
        near(sim_exp(x * 0.6), exp(x * 0.6), x);
    }
    for (int x = -1000; x <= 1000; x++) {
        cr_assert(sim_exp2(x) >= exp2(x) && sim_exp2(x) <= exp2(x), "2^%d is exact", x);
    }
    near(sim_exp2(5000), exp2(1000), 5000);
    near(sim_exp2(-5000), exp2(-1000), -5000);
}

Test(exponent, logarithms_are_the_librarys)
{
    for (double x = 1e-300; x < 1e300; x *= 1.7) {
        near(sim_log(x), log(x), x);
    }
    for (double x = 0.5; x < 2; x += 0.0003) {
        cr_assert(fabs(sim_log(x) - log(x)) <= 1e-13, "at %.17g", x);
    }
}

Test(exponent, the_inverse_of_sinh_is_odd_and_the_librarys)
{
    for (double x = 1e-3; x < 1e6; x *= 1.3) {
        near(sim_asinh(x), asinh(x), x);
        cr_assert(sim_asinh(-x) >= -sim_asinh(x) && sim_asinh(-x) <= -sim_asinh(x));
    }
}
