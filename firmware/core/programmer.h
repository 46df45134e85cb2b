/*
 * programmer.h — gives modules their addresses while the polling stands still (decision B19, guide
 * "Configure Modules from the Programmer").
 *
 * Always true: it asks nothing while the mode is off, but for the farewell that ends it; one
 * activity at most is under way, and it ends by itself or by its operator; every question is asked
 * a bounded number of times, save whose button is pressed in a range and the look at a shown
 * module, which go on in their own periods until a button, an order or the idle limit ends them;
 * no lost question or answer puts two modules at one address, or leaves an address of a range out.
 * (An address that was given and not confirmed is looked at twice, again when another button is
 * pressed: what is silent three times in each has not taken it.)
 *
 * A range asks who is pressed before it gives anything: that can be asked again, an address can't.
 * Serial numbers tell whether the one that is pressed has its address already, which it is given
 * again, so that its press is used up. Nobody is put where somebody else is.
 *
 * How the mode shows in register 1000: nothing is measured meanwhile, so RUNNING is taken away, and
 * EQUALISATION, since the modules put their bypasses off; MODULE_ADDRESSING stands as long as the
 * mode is on, MODULE_SEARCHING while a module is looked for by its address (show, single),
 * MODULE_POLLING while query is active (decision M12). What was known before (flow, alarms, values)
 * stays as it was seen last: no clock runs on it.
 *
 * The modules are told of the mode by a broadcast that nobody answers, so it is repeated while the
 * mode is on, and said three times when it ends. Orders to a GX_R_AUX pass in the mode too: an
 * operator's breaker does not wait for a programmer.
 */
#ifndef WM_PROGRAMMER_H
#define WM_PROGRAMMER_H

#include <stdbool.h>
#include <stdint.h>

#include "line.h"
#include "wm/catalog.h"
#include "wm/command.h"
#include "wm/journal.h"
#include "wm/limits.h"
#include "wm/status.h"
#include "wm/view.h"

/* What the present activity asks next. */
enum wm_programmer_stage {
    WM_STAGE_NONE,
    WM_STAGE_RANGE_HELD,  /* whose button is held before anything is given? */
    WM_STAGE_RANGE_FREE,  /* does anybody have `next` already?              */
    WM_STAGE_RANGE_ASK,   /* whose button is pressed?                       */
    WM_STAGE_RANGE_GIVE,  /* it takes `target`                              */
    WM_STAGE_RANGE_CHECK, /* has it, and nobody else?                       */
    WM_STAGE_SINGLE_FREE, /* does anybody have the new address?             */
    WM_STAGE_SINGLE_OLD,  /* does exactly one have the old one?             */
    WM_STAGE_SINGLE_SET,
    WM_STAGE_SINGLE_CONFIRM,
    WM_STAGE_SHOW_BEGIN,
    WM_STAGE_SHOW_WATCH, /* does it still blink? */
    WM_STAGE_QUERY,
    WM_STAGE_RESET,
    WM_STAGE_RESET_CHECK,   /* does anybody still have the address `next`?      */
    WM_STAGE_RESET_FACTORY, /* is anybody there at all?                         */
};

/* What a question of the programmer came to. */
enum wm_programmer_outcome { WM_OUTCOME_SILENT, WM_OUTCOME_GARBLED, WM_OUTCOME_ANSWERED };

/* Events that wait to be fetched; one call makes three at most. */
enum { WM_PROGRAMMER_EVENTS_MAX = 4 };

struct wm_programmer {
    bool is_on;      /* ro */
    bool is_asking;  /* ro: the line's question is the programmer's */
    bool is_changed; /* rw: there is something new to publish */
    bool is_dropped; /* private from here on: its activity has ended meanwhile */
    bool is_announcement_due;
    bool is_lone_garbled; /* of a query: all that answered did so at one address */
    bool is_taken;        /* of a range: the subject has said that it takes `target` */
    bool is_in_doubt;     /* of a range: the subject may have `next`, and is not heard */
    enum wm_message_id asked;
    int32_t announced;    /* what the last broadcast said: 1 on, 0 off */
    int32_t lamp_address; /* module whose blinking is to be ended, or 0 */
    enum wm_programmer_stage stage;
    int32_t activity; /* states.def */
    int32_t result;   /* states.def */
    int32_t first;
    int32_t last;
    int32_t next;
    int32_t modules;
    int32_t tries; /* of the present question, beyond the line's own */
    int32_t modules_configured;
    int32_t subject;  /* serial number of the module that is pressed, or that single moves */
    int32_t given;    /* of the module that may have `next`, until another button is pressed */
    int32_t occupant; /* of the module that had `next` before the range gave it */
    int32_t target;   /* `next`, or the address that the subject has got already */
    int32_t serial[WM_MODULES_MAX]; /* by address less one: `first` to before `next` of a range */
    wm_ms touched_ms;               /* last order or registered button */
    wm_ms next_ms;                  /* when the stage asks again */
    wm_ms announce_ms;              /* when the mode is broadcast again */
    int32_t events;
    struct wm_event event[WM_PROGRAMMER_EVENTS_MAX];
};

/* modules_configured: how many addresses a reset looks at afterwards. */
void wm_programmer_init(struct wm_programmer *programmer, int32_t modules_configured);

/*
 * One of the WM_COMMAND_PROGRAMMER_*. check: whether it could begin now, *why a sentence if not
 * (WM_CONFLICT, WM_RANGE). order: begins it; the same refusals.
 */
WM_MUST_CHECK enum wm_status wm_programmer_check(const struct wm_programmer *programmer,
                                                 const struct wm_command *command,
                                                 const char **why);
WM_MUST_CHECK enum wm_status wm_programmer_order(struct wm_programmer *programmer,
                                                 const struct wm_command *command, wm_ms now_ms,
                                                 const char **why);

/* Ends the mode when nobody touched it for idle_ms. */
void wm_programmer_idle(struct wm_programmer *programmer, wm_ms idle_ms, wm_ms now_ms);

/* True while the poller has to keep off: the mode is on, or its end is still to be said. */
bool wm_programmer_has_bus(const struct wm_programmer *programmer);

/* While is_asking: fetches what arrived and takes the activity on. */
void wm_programmer_receive(struct wm_programmer *programmer, struct wm_line *line,
                           const struct wm_line_timing *timing, wm_ms now_ms);

/* Makes what is due the line's question, if the line has none. It is not sent yet. */
void wm_programmer_ask(struct wm_programmer *programmer, struct wm_line *line, wm_ms now_ms);

/* The oldest event not fetched yet (its time is not filled in); false when there is none. */
bool wm_programmer_told(struct wm_programmer *programmer, struct wm_event *event);

/* Bits of register 1000 that the mode takes away, and those it adds. */
uint16_t wm_programmer_hides(const struct wm_programmer *programmer);
uint16_t wm_programmer_flags(const struct wm_programmer *programmer);

/* Everything but `valid`. */
void wm_programmer_publish(const struct wm_programmer *programmer, struct wm_view_programmer *out);

/* When the core has to be stepped at the latest; now_ms: at once; WM_NEVER: it is off. */
wm_ms wm_programmer_deadline_ms(const struct wm_programmer *programmer, const struct wm_line *line,
                                wm_ms idle_ms, wm_ms now_ms);

#endif
