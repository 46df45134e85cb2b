/*
 * panel.c — see panel.h.
 */
#include "panel.h"

#include <string.h>

enum { MS_PER_S = 1000 };

void wm_panel_init(struct wm_panel *panel, int32_t slide_switch)
{
    memset(panel, 0, sizeof *panel);
    panel->shown.slide_switch_choice = slide_switch;
    panel->shown.address_mode_choice = slide_switch == wm_state_panel_slide_switch_middle
                                           ? wm_state_panel_address_mode_default
                                       : slide_switch == wm_state_panel_slide_switch_right
                                           ? wm_state_panel_address_mode_dhcp
                                           : wm_state_panel_address_mode_configured;
}

bool wm_panel_mute(struct wm_panel *panel, const struct wm_alarms *alarms,
                   const struct wm_settings *settings)
{
    if (panel->is_muted || !wm_alarms_is_general(alarms, settings)) {
        return false;
    }
    panel->is_muted = true;
    return true;
}

void wm_panel_switch(struct wm_panel *panel, int32_t position)
{
    panel->shown.slide_switch_choice = position;
}

/* A cause of the general alarm came that was not there at the last look. */
static bool has_new_cause(struct wm_panel *panel, const struct wm_alarms *alarms,
                          const struct wm_settings *settings)
{
    bool is_new = false;
    for (int i = 0; i < wm_alarm_count; i++) {
        if (wm_alarms_is_cause(alarms, (enum wm_alarm)i, settings)) {
            is_new |= panel->heard[i] != alarms->raises[i];
            panel->heard[i] = alarms->raises[i];
        }
    }
    return is_new;
}

static wm_ms relay_due_ms(const struct wm_settings *settings)
{
    return (wm_ms)settings->value[wm_setting_panel_relay_delay] * MS_PER_S;
}

bool wm_panel_step(struct wm_panel *panel, const struct wm_alarms *alarms,
                   const struct wm_settings *settings, bool is_running, wm_ms uptime_ms)
{
    const bool is_general = wm_alarms_is_general(alarms, settings);
    const bool is_lost = wm_alarms_holds(alarms, wm_alarm_module_lost) ||
                         wm_alarms_holds(alarms, wm_alarm_sensor_communication_lost);
    if (has_new_cause(panel, alarms, settings) || !is_general) {
        panel->is_muted = false;
    }
    panel->is_relay_ready |= uptime_ms >= relay_due_ms(settings);
    /* Green says that all is well: nobody knows that before the webmanager runs. */
    const int32_t quiet_led =
        is_running ? wm_state_panel_alarm_led_green : wm_state_panel_alarm_led_off;
    const struct wm_view_panel shown = {
        .alarm_led_choice = !is_general       ? quiet_led
                            : panel->is_muted ? wm_state_panel_alarm_led_yellow
                                              : wm_state_panel_alarm_led_red,
        .red_led_choice =
            is_lost || !is_running ? wm_state_panel_red_led_on : wm_state_panel_red_led_off,
        .green_led_choice =
            is_running ? wm_state_panel_green_led_flashing_slowly : wm_state_panel_green_led_off,
        .buzzer_choice =
            is_general && !panel->is_muted ? wm_state_panel_buzzer_on : wm_state_panel_buzzer_off,
        .relay_choice = panel->is_relay_ready && !is_general ? wm_state_panel_relay_picked_up
                                                             : wm_state_panel_relay_dropped,
        .slide_switch_choice = panel->shown.slide_switch_choice,
        .address_mode_choice = panel->shown.address_mode_choice,
    };
    const bool is_changed = memcmp(&shown, &panel->shown, sizeof shown) != 0;
    panel->shown = shown;
    return is_changed;
}

wm_ms wm_panel_deadline_ms(const struct wm_panel *panel, const struct wm_settings *settings)
{
    return panel->is_relay_ready ? WM_NEVER : relay_due_ms(settings);
}
