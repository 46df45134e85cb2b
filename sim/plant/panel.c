/*
 * panel.c — see panel.h.
 */
#include "sim/plant/panel.h"

#include <assert.h>
#include <stddef.h>

#include "wm/catalog.h"

static_assert(wm_state_panel_alarm_led_off == 0 && wm_state_panel_red_led_off == 0 &&
                  wm_state_panel_green_led_off == 0 && wm_state_panel_buzzer_off == 0 &&
                  wm_state_panel_relay_dropped == 0,
              "a panel without power is all zero");

void sim_panel_power_on(struct sim_panel *panel,
                        void (*operated)(void *context, enum sim_control control, int32_t position),
                        void *context)
{
    panel->has_power = true;
    panel->operated = operated;
    panel->context = context;
}

void sim_panel_power_off(struct sim_panel *panel)
{
    *panel =
        (struct sim_panel){.slide_switch = panel->slide_switch, .is_touched = panel->is_touched};
}

void sim_panel_drive(struct sim_panel *panel, const struct wm_view_panel *shown)
{
    assert(panel->has_power);
    panel->alarm_led = shown->alarm_led_choice;
    panel->red_led = shown->red_led_choice;
    panel->green_led = shown->green_led_choice;
    panel->buzzer = shown->buzzer_choice;
    panel->relay = shown->relay_choice;
}

static void operate(struct sim_panel *panel, enum sim_control control, int32_t position)
{
    panel->is_touched = true;
    if (panel->operated != NULL) {
        panel->operated(panel->context, control, position);
    }
}

void sim_panel_press_mute(struct sim_panel *panel)
{
    operate(panel, SIM_CONTROL_MUTE, 0);
}

void sim_panel_move_switch(struct sim_panel *panel, int32_t position)
{
    panel->slide_switch = position;
    operate(panel, SIM_CONTROL_SLIDE_SWITCH, position);
}
