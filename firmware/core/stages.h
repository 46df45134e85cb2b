/*
 * stages.h — the stages of a step, for the files of the core's pipeline only: core.c calls them in
 * the order data flows; wishes.c, intake.c and judge.c are what they do.
 */
#ifndef WM_STAGES_H
#define WM_STAGES_H

#include "core.h"

/* Tells an event to the journal, and with it to the event log. */
void wm_core_tell(struct wm_core *core, wm_ms now_ms, enum wm_event_kind kind, int32_t number,
                  int32_t value);

/* ---- wishes.c: what others want, in force from this step on ------------------------------ */

void wm_core_commands_apply(struct wm_core *core, wm_ms now_ms);

/* Opens or closes a string's breaker (decision B16); nothing if it already is so. */
void wm_core_breaker_move(struct wm_core *core, int32_t string_index, bool is_open, wm_ms now_ms);

/* Hands the bus over and takes it back (decision B19): no delay runs on what nobody measures. */
void wm_core_programmer_update(struct wm_core *core, wm_ms now_ms);

/* What the programmer has to say. */
void wm_core_programmer_tell(struct wm_core *core, wm_ms now_ms);

/* Programmer mode ends after so long without an order or a registered button. */
wm_ms wm_core_programmer_idle_ms(const struct wm_core *core);

/* ---- intake.c: bytes to bank -------------------------------------------------------------- */

void wm_core_bytes_receive(struct wm_core *core, wm_ms now_ms);
void wm_core_measure_take(struct wm_core *core, wm_ms now_ms);
void wm_core_bank_update(struct wm_core *core, wm_ms now_ms);

/* Who differs from the first (decision B2); each is told when it comes to differ. */
void wm_core_compare(struct wm_core *core, wm_ms now_ms);

/* Strings *first..*last - 1 are measured by the sensor. */
void wm_core_sensor_strings(const struct wm_core *core, int32_t sensor, int32_t *first,
                            int32_t *last);

/* ---- judge.c: bank to alarms -------------------------------------------------------------- */

void wm_core_alarm_update(struct wm_core *core, wm_ms now_ms);

/* The alarms that follow from the whole, and the rows of all; again where the store has changed. */
void wm_core_system_judge(struct wm_core *core, wm_ms now_ms);

#endif
