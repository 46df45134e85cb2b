/*
 * core.h — the webmanager's meaning, as a library: no clock, no socket, no heap, no global.
 *
 * The caller owns struct wm_core, the ports and the time. It steps the core whenever bytes may
 * have arrived, and at the latest when the last step asked for it.
 */
#ifndef WM_CORE_H
#define WM_CORE_H

#include "alarm.h"
#include "bank.h"
#include "boots.h"
#include "breaker.h"
#include "com2.h"
#include "discharge.h"
#include "equalizer.h"
#include "inbox.h"
#include "keep.h"
#include "logs.h"
#include "panel.h"
#include "poller.h"
#include "programmer.h"
#include "refusals.h"
#include "rules.h"
#include "runaway.h"
#include "state.h"
#include "wished.h"
#include "wm/ports.h"
#include "wm/view.h"

/* All members are private to the core but where said otherwise. */
struct wm_core {
    struct wm_ports ports;
    struct wm_settings settings;
    struct wm_logs logs; /* of the journal and the log among the ports */
    struct wm_keep keep;
    struct wm_boots boots;
    struct wm_inbox inbox;
    struct wm_wished wished; /* new settings, until the next step */
    struct wm_refusals refusals;
    struct wm_poller poller;
    struct wm_exchange exchange;       /* what this step received */
    struct wm_measurement measurement; /* what it came to, while exchange is ANSWERED */
    struct wm_bank bank;
    struct wm_rules rules;
    struct wm_alarms alarms;
    struct wm_panel panel;
    struct wm_com2 com2;
    uint32_t com2_lost;   /* causes that COM2 has raised of sensor_communication_lost, ... */
    uint32_t com2_causes; /* ... and of environment                                        */
    struct wm_runaway runaway[WM_STRINGS_MAX];
    struct wm_breakers breakers;
    struct wm_equalizer equalizer;
    struct wm_discharges discharges;
    struct wm_state state;
    struct wm_programmer programmer;
    bool are_breakers_damaged;   /* the record was not believed at power-up; ... */
    bool are_discharges_damaged; /* ... each until a WM_COMMAND_SAVE             */
    bool are_boots_damaged;
    bool is_store_failing; /* the last save failed ...  */
    wm_ms store_again_ms;  /* ... and is tried again then */
    bool is_save_wished;   /* WM_COMMAND_SAVE, not fulfilled yet           */
    bool has_wish;         /* in this step one was applied                 */
    bool has_round_ended;  /* in this step */
    bool is_complete;      /* every configured value has been measured once (decision H7) */
    bool is_to_be_published;
    wm_ms started_ms;
    struct wm_view view; /* ro: the last published one */
};

/*
 * Powers up at now_ms. The settings must have passed wm_settings_check; ports are borrowed.
 * The view is published once: connected, nothing known.
 */
void wm_core_init(struct wm_core *core, const struct wm_ports *ports,
                  const struct wm_settings *settings, const struct wm_power_up *power_up,
                  wm_ms now_ms);

/*
 * One pass of the data flow. now_ms never goes back (asserted). Returns when to step again at the
 * latest; now_ms itself: at once. A new picture is out when core->view.generation has moved.
 */
wm_ms wm_core_step(struct wm_core *core, wm_ms now_ms);

/*
 * Checks a wish and takes it into the inbox; the next step applies it, or tells that it was
 * refused. Statuses and *why as in command.h, but for WM_IO, which shows after the step
 * (wm_core_is_kept).
 */
WM_MUST_CHECK enum wm_status wm_core_command(struct wm_core *core, const struct wm_command *command,
                                             const char **why);

/* False while something that should survive a power cut could not be written. */
bool wm_core_is_kept(const struct wm_core *core);

/* False while a record is damaged or cannot be written: a SystemError (decisions S14, B23). */
static inline bool wm_core_store_is_sound(const struct wm_core *core)
{
    return !core->keep.is_damaged && !core->are_breakers_damaged && !core->are_discharges_damaged &&
           !core->are_boots_damaged && !core->is_store_failing;
}

#endif
