/*
 * settings.h — defaults that fit the plant, and settings that do not contradict one another.
 */
#ifndef WM_SETTINGS_H
#define WM_SETTINGS_H

#include "wm/catalog.h"
#include "wm/status.h"

/*
 * Fills in every default. The structural settings (wm_setting_is_structural) must be set before:
 * module type, modules, strings and capacity scale the others (decision B4).
 */
void wm_settings_derive(struct wm_settings *settings);

/* The printed defaults of all rows, unscaled: where a board starts before it knows its plant. */
void wm_settings_reset(struct wm_settings *settings);

/*
 * Sets one value in its row's unit. Setting impedance.reference sets the four levels around it.
 * WM_RANGE outside the row's range; the settings are then unchanged.
 */
WM_MUST_CHECK enum wm_status wm_settings_set(struct wm_settings *settings, enum wm_setting setting,
                                             int32_t value);

/* True if setting `leader` sets this one too: impedance.reference leads four levels. */
bool wm_setting_follows(enum wm_setting setting, enum wm_setting leader);

/*
 * WM_OK, or WM_CONFLICT and in *why a sentence (static text): levels out of order (decision S9,
 * B17), an empty range or ramp of equalizing (B13), a string factor that saturates (M6), modules
 * that do not divide evenly (B1), a breaker without its aux unit (B16), a user or a trap receiver
 * of SNMP that lacks what its version asks for (S2, S8).
 */
WM_MUST_CHECK enum wm_status wm_settings_check(const struct wm_settings *settings,
                                               const char **why);

/* True if the string's breaker is wired to an aux output; *output is then 1..16. */
bool wm_settings_breaker(const struct wm_settings *settings, int32_t string_index, int32_t *output,
                         bool *is_normally_closed);

#endif
