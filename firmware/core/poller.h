/*
 * poller.h — whom to ask next, how often, and what silence means.
 *
 * Always true: every device of the round is visited once a round, in order; a silent one holds the
 * others up by its retries at most (line.h sees to the single question).
 */
#ifndef WM_POLLER_H
#define WM_POLLER_H

#include <stdbool.h>
#include <stdint.h>

#include "bank.h"
#include "line.h"
#include "wm/units.h"

enum wm_exchange_result {
    WM_EXCHANGE_NONE,     /* nothing ended in this step          */
    WM_EXCHANGE_ANSWERED, /* `answer` belongs to the question    */
    WM_EXCHANGE_SILENT,   /* no valid answer, and no retry left  */
};

/* What this step's reception came to. */
struct wm_exchange {
    enum wm_exchange_result result;
    struct wm_device device;
    enum wm_message_id message;
    bool is_second;  /* the device has already answered in this visit */
    bool is_garbled; /* bytes came, though no valid answer: noise, or two devices at once */
    struct wm_frame answer;
};

struct wm_poller {
    struct wm_line line;
    bool is_in_round;
    bool is_order;         /* it is an order to an aux, outside the visits */
    bool has_ended;        /* the last device of the round has been visited */
    bool is_discharging;   /* no resistance is measured now */
    bool is_looking_again; /* instead of a round: wm_poller_look_again */
    bool is_paused;        /* nothing is asked; orders pass */
    uint8_t asked;         /* in this visit: bits of enum poller_asked */
    int32_t place;         /* of the device being visited */
    uint32_t rounds;       /* finished so far */
    int32_t order_aux;     /* unit whose outputs are to be set at once, or -1 */
    uint8_t order_outputs;
    wm_ms round_next_ms;
    int32_t resistance_next; /* module whose turn is next */
    wm_ms resistance_next_ms;
};

/* The bus is borrowed. Rounds begin at once. */
void wm_poller_init(struct wm_poller *poller, struct wm_bus bus, wm_ms now_ms);

/* Fetches what arrived and judges silence. */
void wm_poller_receive(struct wm_poller *poller, const struct wm_bank *bank,
                       const struct wm_settings *settings, wm_ms now_ms,
                       struct wm_exchange *exchange);

/*
 * After WM_EXCHANGE_ANSWERED exactly one of: the answer is good, or it is no answer after all
 * (decision B24), which repeats the question or makes the exchange WM_EXCHANGE_SILENT.
 */
void wm_poller_accept(struct wm_poller *poller);
void wm_poller_refuse(struct wm_poller *poller, struct wm_exchange *exchange);

/* Orders a unit's outputs ahead of the next question. False while another order is on its way. */
bool wm_poller_order(struct wm_poller *poller, int32_t aux_index, uint8_t outputs);

/*
 * Marks the modules whose resistance is due, one at a time, so that each is asked once in
 * impedance.poll_rate; none while the bank discharges (decision B3).
 */
void wm_poller_plan(struct wm_poller *poller, struct wm_bank *bank,
                    const struct wm_settings *settings, bool is_discharging, wm_ms now_ms);

enum wm_poller_end {
    WM_POLLER_GOES_ON,
    WM_POLLER_ROUND_ENDED,  /* every device has been visited           */
    WM_POLLER_LOOKED_AGAIN, /* every device that was to be asked again */
};

/* Told once each time: what ended is to be judged, then the poller goes on. */
enum wm_poller_end wm_poller_ended(struct wm_poller *poller);

/*
 * Between rounds: asks the modules and sensors with WM_WANT_SECOND_MEASURE once more, at once and
 * out of turn (decision B5, for values that are made of several of them).
 */
void wm_poller_look_again(struct wm_poller *poller);

/*
 * Stops the asking as soon as the outstanding question has ended; orders still pass, and whoever
 * finds the line free may use it (decision B19). Resumed, a round begins at once, from its first
 * device: the one that was broken off is neither counted nor judged.
 */
void wm_poller_pause(struct wm_poller *poller);
void wm_poller_resume(struct wm_poller *poller, wm_ms now_ms);

/* The line's times by the settings. */
struct wm_line_timing wm_poller_timing(const struct wm_settings *settings);

/* Puts the next question on the line, if it is time; a question that stands there goes first. */
void wm_poller_transmit(struct wm_poller *poller, const struct wm_bank *bank,
                        const struct wm_settings *settings, wm_ms now_ms);

/* When the poller has to be stepped at the latest; now_ms: at once. */
wm_ms wm_poller_deadline_ms(const struct wm_poller *poller, wm_ms now_ms);

#endif
