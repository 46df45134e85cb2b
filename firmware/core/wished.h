/*
 * wished.h — settings as they will be from the next step on: wishes for them gather here, so that
 * what contradicts another wish is refused at the door, and one wish of many settings comes into
 * force whole (decision S9).
 */
#ifndef WM_WISHED_H
#define WM_WISHED_H

#include <stdbool.h>
#include <stddef.h>

#include "wm/catalog.h"

struct wm_wished {
    bool is_pending;
    bool is_set[wm_setting_count]; /* of the wishes that wait */
    bool is_text_set[wm_text_count];
    struct wm_settings settings; /* all, while one waits */
};

/*
 * Into *next: what `wished` is with these changes besides; without a wish that waits, settings are
 * what they change. WM_RANGE: no such value, or a structural setting; WM_CONFLICT: the settings
 * would contradict one another; *why is then a sentence (static text), and *next is not to be used.
 */
WM_MUST_CHECK enum wm_status wm_wished_add(struct wm_wished *next, const struct wm_wished *wished,
                                           const struct wm_settings *settings,
                                           const struct wm_change *change, size_t changes,
                                           const char **why);

#endif
