/*
 * panel.h — the front of the webmanager as a plant has it: lamps, buzzer and alarm relay that the
 * webmanager's board drives, and a button and a switch for whoever stands before it.
 *
 * Always true: without power all lamps are dark, the buzzer is silent and the relay is dropped; a
 * hand on button or switch is felt at the same instant, or by nobody.
 */
#ifndef SIM_PLANT_PANEL_H
#define SIM_PLANT_PANEL_H

#include <stdbool.h>
#include <stdint.h>

#include "wm/view.h"

enum sim_control { SIM_CONTROL_MUTE, SIM_CONTROL_SLIDE_SWITCH };

struct sim_panel {
    int32_t alarm_led, red_led, green_led, buzzer, relay; /* ro: states.def */
    int32_t slide_switch;                                 /* ro: states.def */
    bool has_power;                                       /* ro */
    bool is_touched; /* ro: somebody pressed or moved something on it */
    /* Null without power. position: of the switch; 0 of the button. */
    void (*operated)(void *context, enum sim_control control, int32_t position);
    void *context;
};

/*
 * The board comes up: from now on it drives the lamps, and is told of each operation, at once and
 * out of no event of the world. Without power nobody is told.
 */
void sim_panel_power_on(struct sim_panel *panel,
                        void (*operated)(void *context, enum sim_control control, int32_t position),
                        void *context);
void sim_panel_power_off(struct sim_panel *panel);

/* What the board makes of the latest view. */
void sim_panel_drive(struct sim_panel *panel, const struct wm_view_panel *shown);

/* Somebody presses the mute button, or moves the switch (to a position of states.def). */
void sim_panel_press_mute(struct sim_panel *panel);
void sim_panel_move_switch(struct sim_panel *panel, int32_t position);

#endif
