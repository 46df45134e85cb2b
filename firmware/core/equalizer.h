/*
 * equalizer.h — which block is bypassed how far, and whether the modules obey (decision B13).
 *
 * Wishes are made once a round and go out in the module's next visit. Always true: an order above
 * 0 is given only to a valid module whose string is charged or floats, with its average inside
 * the equalizing range, while no string discharges: then every charge is wanted where it is; what a
 * module may have dropped by itself counts as 0 and is ordered anew.
 */
#ifndef WM_EQUALIZER_H
#define WM_EQUALIZER_H

#include <stdbool.h>
#include <stdint.h>

#include "bank.h"
#include "state.h"
#include "wm/limits.h"

struct wm_bypass {
    wm_ms heard_ms;           /* its last answer                                              */
    int32_t ordered_permille; /* last acknowledged order, as long as the module must hold it */
    uint8_t rounds_off;       /* in a row, in which it reported something else                */
    uint8_t rounds_lost;      /* in which a lost module is still told to drop its bypass      */
    bool is_error;
};

/* Names as in states.def. */
enum wm_equalizing {
    WM_EQUALIZING_OFF = wm_state_string_equalizing_off,
    WM_EQUALIZING_ON = wm_state_string_equalizing_on,
    WM_EQUALIZING_PAUSED = wm_state_string_equalizing_paused,
    WM_EQUALIZING_DISABLED = wm_state_string_equalizing_disabled,
    WM_EQUALIZING_CUT_OFF = wm_state_string_equalizing_cut_off,
};

struct wm_equalizer {
    int32_t errors;          /* modules with is_error */
    int32_t strings_cut_off; /* wm_equalizer_is_cut_off */
    struct wm_bypass module[WM_MODULES_MAX];
    enum wm_equalizing string[WM_STRINGS_MAX];
};

void wm_equalizer_init(struct wm_equalizer *equalizer);

/*
 * A module has answered `message`, which the bank has taken in. is_second: not for the first time
 * in this visit; it then proves nothing about another round.
 */
void wm_equalizer_heard(struct wm_equalizer *equalizer, struct wm_bank *bank, int32_t index,
                        enum wm_message_id message, bool is_second, wm_ms now_ms);

/*
 * A module is lost: it is left out, and no longer accused. It may hear all the same, and each
 * question keeps its bypass alive: for a few rounds it is told to drop what it may hold.
 */
void wm_equalizer_lost(struct wm_equalizer *equalizer, struct wm_bank *bank, int32_t index);

/*
 * Programmer mode begins or ends: the modules have put their bypasses off, and nobody is ordered
 * one before the next round. An error that stands stays.
 */
void wm_equalizer_pause(struct wm_equalizer *equalizer, struct wm_bank *bank);

/*
 * The wishes of a round for all modules, written to their bypass_order_permille and wants, and the
 * state of each string. Sums and flows must be fresh. may_bypass: false while initializing and in
 * programmer mode.
 */
void wm_equalizer_plan(struct wm_equalizer *equalizer, struct wm_bank *bank,
                       const struct wm_settings *settings, const struct wm_state *state,
                       bool may_bypass);

/* True while equalizing of the string is disabled by a setting, or no module of it obeys. */
bool wm_equalizer_is_cut_off(const struct wm_equalizer *equalizer, int32_t string_index);

/* True while any valid module reports a bypass, or was ordered one (flag EQUALISATION). */
bool wm_equalizer_is_active(const struct wm_equalizer *equalizer, const struct wm_bank *bank);

#endif
