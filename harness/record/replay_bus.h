/*
 * replay_bus.h — the other end of a line, as a record has it.
 */
#ifndef HX_RECORD_REPLAY_BUS_H
#define HX_RECORD_REPLAY_BUS_H

#include <stddef.h>
#include <stdint.h>

#include "harness/record/record_read.h"
#include "harness/stage/stage.h"
#include "wm/bus.h"

struct hx_replay_bus;

/*
 * line: HX_EVENT_BUS or HX_EVENT_COM2. The record and the stage are borrowed; the world of that,
 * which comes later, begins at base_us of the record.
 */
struct hx_replay_bus *hx_replay_bus_open(const struct hx_run_record *record,
                                         enum hx_event_kind line, struct hx_stage *stage,
                                         int64_t base_us);
/* Null is allowed. The stage has been closed. */
void hx_replay_bus_close(struct hx_replay_bus *bus);

/* The webmanager's end. */
struct wm_bus hx_replay_bus_port(struct hx_replay_bus *bus);

/* The first question at or after an instant of the record; the instant itself where there is none
 * any more. */
int64_t hx_replay_bus_next_us(const struct hx_replay_bus *bus, int64_t time_us);

/* The webmanager has lost its power: nothing is on its way to it any more. */
void hx_replay_bus_hush(struct hx_replay_bus *bus);

/* Prints which questions the record has no answer or silence for. Returns 1 if there were any. */
size_t hx_replay_bus_unknown(const struct hx_replay_bus *bus);

#endif
