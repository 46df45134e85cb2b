/*
 * record.h — a run as a file: what went into the webmanager and what was seen of it, with their
 * instants, so that two runs can be held against each other (compare.h) and one be played again
 * without its plant (replay.c).
 *
 * A record is lines of text. First its head, "WORD VALUE" a line: `gbms-bench record 1`, scenario,
 * file, on, program, uptime (ms), then each setting as it was given. Then one event a line, behind
 * its instant in seconds of the world, which never goes back; bytes in hex, texts with %XX for
 * what is no plain letter:
 *
 *   power on|off|running       the first event is that it is on; running: it was so before, with
 *                              what it had in its memory
 *   mark FILE:LINE WORD        the script is at this word
 *   bus >BYTES, bus <BYTES     what the webmanager sent, what it got; likewise com2
 *   console TEXT               was typed
 *   request ...                was asked by SNMP: KIND|VERSION|LEVEL|COMMUNITY|USER|AUTH|PRIV|FROM,
 *                              and |OID=TYPE:NUMBER:TEXT for each object; numbers as in probe.h
 *   datagram BYTES             was sent to the agent
 *   hand WORD                  somebody did what cannot be played again
 *   registers REGISTER=VALUE ... those that changed; after the power came on, or `unread`, all
 *   unread SECONDS             who was asked for them then did not answer: since then none is known
 *   trap KIND [ALARM]          as it reached the bench
 *   full                       the record has its longest size: nothing behind this is in it
 *   end OUTCOME                the last line; a file without one is no whole record. What a run
 *                              shows behind its end has another one behind it
 *
 * Always true: recording asks by Modbus alone, at instants of its own, and the webmanager of the
 * host has the same trace with it and without it.
 */
#ifndef HX_RECORD_RECORD_H
#define HX_RECORD_RECORD_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "harness/stage/script.h"
#include "harness/stage/stage.h"
#include "harness/text.h"
#include "wm/bus.h"

/* Between two looks at the registers: as often as `within` looks on a board. */
#define HX_RECORD_LOOK_US INT64_C(200000)

struct hx_recorder;

/*
 * Makes the folder and one in it for each folder of scenarios, and names a record for each:
 * scenario->record_file, DIR/FOLDER/FILE--NAME.record. Those of an earlier run are gone, and a
 * folder with some of other scenarios is refused. False, with a complaint made, when that cannot
 * be.
 */
bool hx_records_name(const char *folder, struct hx_scenarios *list);

/*
 * Writes to the file, which is its own from now on, until that has size_max bytes. scenario and
 * place are for the head, and borrowed.
 */
struct hx_recorder *hx_recorder_open(FILE *file, uint64_t size_max, const char *scenario,
                                     const char *place);

/* Records what this target does from its open on; returns the target to play on instead. */
const struct hx_target *hx_recorder_target(struct hx_recorder *recorder,
                                           const struct hx_target *inner);

/* What passes the webmanager's end of a line is recorded from now on. name: "bus", "com2". */
void hx_recorder_line(struct hx_recorder *recorder, const char *name, struct wm_bus *bus);

/* The script is at "FILE:LINE WORD"; of the file only the name is kept. */
void hx_recorder_mark(struct hx_recorder *recorder, const char *step);

struct hx_recorded {
    int problem;     /* 0, or the errno of what could not be written */
    int64_t full_us; /* where the record was full; below 0: it was not */
    bool is_unread;  /* who was asked for registers never answered */
};

/* Writes the end, while the stage is open, and tells what became of the record. */
struct hx_recorded hx_recorder_end(struct hx_recorder *recorder, const char *outcome,
                                   unsigned hands);

/* To be called when the stage is closed. Null is allowed. */
void hx_recorder_close(struct hx_recorder *recorder);

#endif
