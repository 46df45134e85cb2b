/*
 * state.h — where the webmanager stands (connected, initializing, running), and whether strings
 * discharge, charge or float (decisions B2, B10, B11).
 */
#ifndef WM_STATE_H
#define WM_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "bank.h"
#include "wm/limits.h"

enum wm_phase_of_life { WM_CONNECTED, WM_INITIALIZING, WM_RUNNING };

/* Exactly one for the bank, and one for each string. */
enum wm_flow {
    WM_FLOW_NONE = wm_state_string_flow_none,
    WM_FLOW_FLOAT = wm_state_string_flow_float,
    WM_FLOW_CHARGE = wm_state_string_flow_charge,
    WM_FLOW_DISCHARGE = wm_state_string_flow_discharge,
};

struct wm_string_flow {
    enum wm_flow flow;
    bool is_falling; /* it looks like a discharge, not yet held long enough */
    wm_ms falling_since_ms;
};

struct wm_state {
    enum wm_phase_of_life life;
    enum wm_flow flow;
    wm_ms stopped_until_ms; /* DISCHARGING_STOPPED is shown before this */
    struct wm_string_flow string[WM_STRINGS_MAX];
};

void wm_state_init(struct wm_state *state);

/* One round's look at all strings; sums must be fresh. */
void wm_state_flow(struct wm_state *state, const struct wm_bank *bank,
                   const struct wm_settings *settings, wm_ms now_ms);

/* Nothing was measured for a while: a discharge that was not held yet begins anew. */
void wm_state_pause(struct wm_state *state);

/* When the state changes by itself next: the end of DISCHARGING_STOPPED, or WM_NEVER. */
wm_ms wm_state_deadline_ms(const struct wm_state *state, wm_ms now_ms);

/* Register 1000's bits of life and flow. */
uint16_t wm_state_flags(const struct wm_state *state, wm_ms now_ms);

#endif
