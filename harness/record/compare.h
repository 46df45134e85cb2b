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

/* What has been compared, added up. */
struct hx_compared {
    size_t records;
    size_t cut; /* of them: one of the two was full, and was compared until there */
    size_t differences;
};

/* How much sooner or later an instant may be, looks included. */
int64_t hx_tolerance_us(const struct hx_tolerance *tolerance, double round_us);

/*
 * Prints what one showed and the other did not, a line each behind the scenario's name, and adds
 * to sum; to its differences those too that are only counted.
 */
void hx_records_compare(const struct hx_run_record *a, const struct hx_run_record *b,
                        const struct hx_tolerance *tolerance, struct hx_compared *sum);

/* "3 records, no difference within 2 rounds and 1 step"; true: there is none. */
bool hx_compare_sum(const struct hx_compared *sum, const struct hx_tolerance *tolerance);

#endif
