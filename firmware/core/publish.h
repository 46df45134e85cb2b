/*
 * publish.h — bank, rules, alarms and state become the view. Reads everything, decides nothing.
 */
#ifndef WM_PUBLISH_H
#define WM_PUBLISH_H

#include "core.h"

/* Makes the view anew, generation + 1. The bank's sums must be fresh. */
void wm_publish(struct wm_core *core, wm_ms now_ms);

#endif
