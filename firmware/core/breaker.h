/*
 * breaker.h — the only place that may ask an aux output to move (decision B16).
 *
 * Always true: an open breaker stays open, over a restart too, until an operator closes it; what
 * is not a breaker keeps the state its aux reports.
 */
#ifndef WM_BREAKER_H
#define WM_BREAKER_H

#include <stdbool.h>
#include <stdint.h>

#include "bank.h"
#include "wm/limits.h"
#include "wm/store.h"

/* Its record in the store. */
#define WM_BREAKERS_RECORD "breakers"

struct wm_breakers {
    bool is_open[WM_STRINGS_MAX];
    bool is_unknown[WM_STRINGS_MAX]; /* the record was damaged and its unit not yet heard */
    bool is_changed;                 /* to be saved */
    bool is_due[WM_AUX_MAX];         /* the unit's outputs are to be ordered                   */
    wm_ms due_ms[WM_AUX_MAX];        /* and no sooner than this                                */
    uint8_t mask[WM_AUX_MAX];        /* outputs that are breakers                              */
    uint8_t wanted[WM_AUX_MAX];      /* their bits                                             */
};

/* Reads the record. WM_DAMAGED when it cannot be believed; outputs are then left as they are. */
WM_MUST_CHECK enum wm_status wm_breakers_init(struct wm_breakers *breakers,
                                              const struct wm_settings *settings,
                                              const struct wm_store *store);

/* Opens or closes. False if the string has no breaker or it already is so. */
bool wm_breakers_move(struct wm_breakers *breakers, const struct wm_settings *settings,
                      int32_t string_index, bool is_open);

/* An aux has told its outputs: adopt what is unknown, order anew what differs. */
void wm_breakers_heard(struct wm_breakers *breakers, const struct wm_settings *settings,
                       const struct wm_bank *bank, int32_t aux_index);

/* Has the string a breaker, and is it to be open? */
bool wm_breakers_is_open(const struct wm_breakers *breakers, const struct wm_settings *settings,
                         int32_t string_index);

/*
 * Tells the bank which strings are isolated: their breaker is to be open, and its unit has told
 * that the output is. A relay that sticks isolates nobody.
 */
void wm_breakers_isolate(const struct wm_breakers *breakers, const struct wm_settings *settings,
                         struct wm_bank *bank);

/*
 * An order is put on the line. A unit that then tells other outputs (a relay that sticks) is
 * ordered again a second later at the soonest: orders go before questions, and one that is never
 * obeyed would leave no time for any.
 */
void wm_breakers_ordered(struct wm_breakers *breakers, int32_t aux_index, wm_ms now_ms);

/*
 * The unit did not answer an order: it is given again a second later, whoever has the bus. An
 * order that is lost must not wait for the next round, which may be an hour away, or for the end
 * of programmer mode.
 */
void wm_breakers_missed(struct wm_breakers *breakers, int32_t aux_index, wm_ms now_ms);

/* A unit whose outputs are to be ordered now, and what they are to be; -1 if there is none. */
int32_t wm_breakers_due(const struct wm_breakers *breakers, const struct wm_bank *bank,
                        wm_ms now_ms, uint8_t *outputs);

/* When an order is to be given again, or WM_NEVER. */
wm_ms wm_breakers_deadline_ms(const struct wm_breakers *breakers, const struct wm_bank *bank,
                              wm_ms now_ms);

/* What the unit's outputs should be: breakers as wanted, the others as reported. */
uint8_t wm_breakers_outputs(const struct wm_breakers *breakers, const struct wm_bank *bank,
                            int32_t aux_index);

/* Saves the record if it changed; it counts as changed until it was saved. */
WM_MUST_CHECK enum wm_status wm_breakers_save(struct wm_breakers *breakers,
                                              const struct wm_store *store);

#endif
