/*
 * keep.h — the settings that an operator has set, kept over a restart (decisions B23, H5).
 *
 * What the plant is, and what the board is given, is set up elsewhere; the record holds what was
 * set since, and goes over it. Always true: all of a record is in force or nothing of it. A key is
 * made from a setting's name, so that rows may come and go around it; a record with a key or a
 * value that means nothing here was written by another firmware or for another plant, and counts
 * as damaged: a part of it would be a mix.
 */
#ifndef WM_KEEP_H
#define WM_KEEP_H

#include <stdbool.h>
#include <stdint.h>

#include "wm/catalog.h"
#include "wm/store.h"

/* Its record in the store. */
#define WM_KEEP_RECORD "settings"

struct wm_keep {
    bool is_set[wm_setting_count];   /* goes into the record                                  */
    bool is_text_set[wm_text_count]; /* likewise                                              */
    bool is_changed;                 /* the record is to be saved                             */
    bool is_damaged; /* it could not be believed, and was not saved again since               */
};

/*
 * Reads the record over the settings, which must have passed wm_settings_check. WM_DAMAGED: it
 * cannot be believed or contradicts them; they are then as they were given.
 */
WM_MUST_CHECK enum wm_status wm_keep_init(struct wm_keep *keep, struct wm_settings *settings,
                                          const struct wm_store *store);

/* The setting was set: it and those that follow it are to be saved. */
void wm_keep_note(struct wm_keep *keep, enum wm_setting setting);

/* The same of a text. */
void wm_keep_note_text(struct wm_keep *keep, enum wm_text text);

/* Saves the record if it is to be saved; it stays so until that was done. */
WM_MUST_CHECK enum wm_status wm_keep_save(struct wm_keep *keep, const struct wm_settings *settings,
                                          const struct wm_store *store);

#endif
