/*
 * measure.h — answer frame to measurement: scaled to the bank's units and range-checked.
 */
#ifndef WM_MEASURE_H
#define WM_MEASURE_H

#include "bank.h"
#include "frame.h"
#include "wm/status.h"

/*
 * WM_OK and *taken, or WM_RANGE for a value that no sensor of this module type can mean
 * (decision B24): it is not used and counts as no answer.
 */
WM_MUST_CHECK enum wm_status wm_measure(const struct wm_frame *answer, struct wm_device device,
                                        const struct wm_module_type *type,
                                        struct wm_measurement *taken);

#endif
