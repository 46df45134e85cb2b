/*
 * compare.h — two records held against each other.
 */
#ifndef HX_RECORD_COMPARE_H
#define HX_RECORD_COMPARE_H

#include <stddef.h>
#include <stdint.h>

#include "harness/record/record_read.h"

struct hx_tolerance {
    double rounds; /* of time, sooner or later  */
    double steps;  /* of what is measured       */
};

/* How much sooner or later an instant may be, looks included. */
int64_t hx_tolerance_us(const struct hx_tolerance *tolerance, double round_us);

/*
 * Prints what one showed and the other did not, a line each behind the scenario's name. Returns how
 * many differences there are, those too that are only counted.
 */
size_t hx_records_compare(const struct hx_run_record *a, const struct hx_run_record *b,
                          const struct hx_tolerance *tolerance);

/* "3 records, no difference within 2 rounds and 1 step"; true: there is none. */
bool hx_compare_sum(size_t records, size_t differences, const struct hx_tolerance *tolerance);

#endif
