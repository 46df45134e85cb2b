/*
 * publish.h — bank, rules, alarms and state become the view. Reads everything, decides nothing.
 */
#ifndef WM_PUBLISH_H
#define WM_PUBLISH_H

#include "core.h"

/* Makes the view anew, generation + 1. The bank's sums must be fresh. */
void wm_publish(struct wm_core *core, wm_ms now_ms);

/* A module's alarm word as it is to be published. */
uint16_t wm_publish_module_word(const struct wm_core *core, int32_t index);

#endif
