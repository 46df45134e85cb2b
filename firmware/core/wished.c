/*
 * wished.c — see wished.h.
 */
#include "wished.h"

#include <string.h>

#include "settings.h"

static enum wm_status change_apply(struct wm_wished *next, const struct wm_change *change,
                                   const char **why)
{
    if (change->string != NULL) {
        *why = "the text is too long, or has not the form that it must have";
        next->is_text_set[change->text] = true;
        return wm_text_set(&next->settings, change->text, change->string);
    }
    if (wm_setting_is_structural(change->setting)) {
        *why = "it says what the plant is, and is set when the plant is set up";
        return WM_RANGE;
    }
    *why = "the value is outside the setting's range";
    next->is_set[change->setting] = true;
    return wm_settings_set(&next->settings, change->setting, change->value);
}

enum wm_status wm_wished_add(struct wm_wished *next, const struct wm_wished *wished,
                             const struct wm_settings *settings, const struct wm_change *change,
                             size_t changes, const char **why)
{
    if (wished->is_pending) {
        *next = *wished;
    } else {
        memset(next, 0, sizeof *next);
        next->settings = *settings;
        next->is_pending = true;
    }
    for (size_t i = 0; i < changes; i++) {
        if (change_apply(next, &change[i], why) != WM_OK) {
            return WM_RANGE;
        }
    }
    *why = "";
    return wm_settings_check(&next->settings, why);
}
