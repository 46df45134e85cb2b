/*
 * panel.h — what the lamps, the buzzer and the alarm relay of the webmanager show, and what its
 * button and its switch mean (decision B8; guide, "Webmanager LEDs and Buttons").
 *
 * Always true: it sounds exactly while the general alarm holds and is not acknowledged; the relay
 * is never picked up during a general alarm; acknowledging changes no alarm.
 */
#ifndef WM_PANEL_H
#define WM_PANEL_H

#include <stdbool.h>
#include <stdint.h>

#include "alarm.h"
#include "wm/catalog.h"
#include "wm/units.h"
#include "wm/view.h"

struct wm_panel {
    struct wm_view_panel shown; /* ro */
    bool is_muted;
    bool is_relay_ready;            /* panel.relay_delay has passed since the start   */
    uint32_t heard[wm_alarm_count]; /* raises of each cause when it last was a cause  */
};

/* slide_switch as found at power-up (states.def): it decides the network address till the next. */
void wm_panel_init(struct wm_panel *panel, int32_t slide_switch);

/* The mute button. False if there is nothing to acknowledge that has not been. */
bool wm_panel_mute(struct wm_panel *panel, const struct wm_alarms *alarms,
                   const struct wm_settings *settings);

/* The slide switch was moved; position as in states.def. */
void wm_panel_switch(struct wm_panel *panel, int32_t position);

/*
 * Follows alarms, links and time; uptime_ms counts from the start. True if anything shown has
 * changed since the last call.
 */
bool wm_panel_step(struct wm_panel *panel, const struct wm_alarms *alarms,
                   const struct wm_settings *settings, bool is_running, wm_ms uptime_ms);

/* The uptime at which the panel changes by itself next, or WM_NEVER. */
wm_ms wm_panel_deadline_ms(const struct wm_panel *panel, const struct wm_settings *settings);

#endif
