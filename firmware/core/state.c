/*
 * state.c — see state.h.
 */
#include "state.h"

#include <assert.h>
#include <string.h>

enum {
    DISCHARGE_HOLD_MS = 5000,
    STOPPED_MS = 300 * 1000,
    CURRENT_MA_MIN = 1000,  /* the larger of 1 A ...               */
    CAPACITY_DIVISOR = 100, /* ... and 1 % of C10, as amperes an Ah */
};

/* Voltages a cell that tell the flow without a current sensor (decisions B10, B11). */
struct cell_row {
    int32_t discharge_mV;
    int32_t float_mV;
    int32_t charge_mV;
};
static const struct cell_row cell_rows[] = {
    {2080, 2150, 2320}, /* lead */
    {1280, 1360, 1450}, /* nicd */
    {1280, 1360, 1450}, /* nimh */
    {3200, 3330, 3450}, /* lfp */
};

void wm_state_init(struct wm_state *state)
{
    memset(state, 0, sizeof *state);
}

struct reading {
    bool is_falling;
    bool is_rising;
    bool is_floating;
};

static struct reading string_read(const struct wm_bank *bank, const struct wm_settings *settings,
                                  int32_t index)
{
    const int32_t chemistry = settings->value[wm_setting_battery_chemistry];
    assert((size_t)chemistry < sizeof cell_rows / sizeof cell_rows[0]);
    const struct cell_row *cell = &cell_rows[chemistry];
    const int64_t cells = settings->value[wm_setting_battery_cells];
    const struct wm_string_sums *sums = &bank->string[index];
    const bool is_valid = sums->valid_count > 0;
    const int64_t average_uV = sums->voltage_average_uV;
    int32_t least_mA = settings->value[wm_setting_battery_capacity] / CAPACITY_DIVISOR;
    if (least_mA < CURRENT_MA_MIN) {
        least_mA = CURRENT_MA_MIN;
    }
    int32_t current_mA;
    int32_t current_ac_mA;
    struct reading reading = {0};
    if (!bank->is_isolated[index]) {
        reading.is_floating = is_valid && average_uV >= cell->float_mV * cells * 1000;
    }
    if (wm_bank_current(bank, index, &current_mA, &current_ac_mA)) {
        reading.is_falling = current_mA <= -least_mA;
        reading.is_rising = current_mA >= least_mA;
    } else if (!bank->is_isolated[index]) { /* what rests alone tells of no flow */
        reading.is_falling = is_valid && average_uV < cell->discharge_mV * cells * 1000;
        reading.is_rising = is_valid && average_uV > cell->charge_mV * cells * 1000;
    }
    return reading;
}

static void string_flow(struct wm_string_flow *string, struct reading reading, wm_ms now_ms)
{
    if (reading.is_falling && !string->is_falling) {
        string->falling_since_ms = now_ms;
    }
    string->is_falling = reading.is_falling;
    if (reading.is_falling && (string->flow == WM_FLOW_DISCHARGE ||
                               now_ms - string->falling_since_ms >= DISCHARGE_HOLD_MS)) {
        string->flow = WM_FLOW_DISCHARGE;
    } else if (reading.is_rising) {
        string->flow = WM_FLOW_CHARGE;
    } else {
        string->flow = reading.is_floating ? WM_FLOW_FLOAT : WM_FLOW_NONE;
    }
}

/*
 * Any string that discharges decides, then any that charges; float only if all float that are not
 * isolated (B11).
 */
static enum wm_flow bank_flow(const struct wm_state *state, const struct wm_bank *bank)
{
    const int32_t joined = wm_bank_joined(bank);
    int32_t count[WM_FLOW_DISCHARGE + 1] = {0};
    for (int32_t i = 0; i < bank->strings_count; i++) {
        count[state->string[i].flow]++;
    }
    if (count[WM_FLOW_DISCHARGE] > 0) {
        return WM_FLOW_DISCHARGE;
    }
    if (count[WM_FLOW_CHARGE] > 0) {
        return WM_FLOW_CHARGE;
    }
    return joined > 0 && count[WM_FLOW_FLOAT] == joined ? WM_FLOW_FLOAT : WM_FLOW_NONE;
}

void wm_state_flow(struct wm_state *state, const struct wm_bank *bank,
                   const struct wm_settings *settings, wm_ms now_ms)
{
    const enum wm_flow before = state->flow;
    for (int32_t i = 0; i < bank->strings_count; i++) {
        string_flow(&state->string[i], string_read(bank, settings, i), now_ms);
    }
    state->flow = bank_flow(state, bank);
    if (before == WM_FLOW_DISCHARGE && state->flow != WM_FLOW_DISCHARGE) {
        state->stopped_until_ms = now_ms + STOPPED_MS;
    }
}

void wm_state_pause(struct wm_state *state)
{
    for (int32_t i = 0; i < WM_STRINGS_MAX; i++) {
        state->string[i].is_falling = false;
    }
}

wm_ms wm_state_deadline_ms(const struct wm_state *state, wm_ms now_ms)
{
    return now_ms < state->stopped_until_ms ? state->stopped_until_ms : WM_NEVER;
}

uint16_t wm_state_flags(const struct wm_state *state, wm_ms now_ms)
{
    static const uint16_t life_flags[] = {
        [WM_CONNECTED] = wm_flag_general_status_connected,
        [WM_INITIALIZING] = wm_flag_general_status_module_initializing,
        [WM_RUNNING] = wm_flag_general_status_running,
    };
    static const uint16_t flow_flags[] = {
        [WM_FLOW_NONE] = 0,
        [WM_FLOW_FLOAT] = wm_flag_general_status_float_charging,
        [WM_FLOW_CHARGE] = wm_flag_general_status_charging,
        [WM_FLOW_DISCHARGE] = wm_flag_general_status_discharging,
    };
    uint16_t flags = life_flags[state->life];
    if (state->life == WM_RUNNING) {
        flags |= flow_flags[state->flow];
        if (state->flow != WM_FLOW_DISCHARGE && now_ms < state->stopped_until_ms) {
            flags |= wm_flag_general_status_discharging_stopped;
        }
    }
    return flags;
}
