/*
 * fixture.h — a published view made by hand: every value valid and told apart from the others.
 */
#ifndef TESTS_SERVICE_FIXTURE_H
#define TESTS_SERVICE_FIXTURE_H

#include <stdint.h>

#include "wm/view.h"

/* Default settings, the given plant, generation 1, no alarm rows. */
void fixture_view(struct wm_view *view, int32_t modules, int32_t strings, int32_t aux_units);

/* Appends a row to the alarm table. */
void fixture_alarm(struct wm_view *view, uint32_t id, int32_t number, wm_ms detected_ms);

/* Clears the bit of a point in an item's word of valid bits. */
void fixture_invalidate(uint32_t *valid, enum wm_point point, enum wm_point first_of_scope);

/* Monotonic wall time. */
double fixture_seconds(void);

#endif
