/*
 * record_read.h — a record (record.h) in memory, checked line by line.
 */
#ifndef HX_RECORD_RECORD_READ_H
#define HX_RECORD_RECORD_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "harness/probe/probe.h"
#include "harness/settings.h"
#include "harness/text.h"

enum hx_event_kind {
    HX_EVENT_POWER,
    HX_EVENT_MARK,
    HX_EVENT_BUS,
    HX_EVENT_COM2,
    HX_EVENT_CONSOLE,
    HX_EVENT_REQUEST,
    HX_EVENT_DATAGRAM,
    HX_EVENT_HAND,
    HX_EVENT_REGISTERS, /* its values are changes */
    HX_EVENT_UNREAD,
    HX_EVENT_TRAP,
    HX_EVENT_FULL,
    HX_EVENT_END,
};

/* Text is the record's. */
struct hx_event {
    int64_t time_us;
    enum hx_event_kind kind;
    bool is_on; /* of the power: on; of a line: it is what the webmanager got */
    char *text; /* what was behind the kind, or the bytes that it stands for  */
    size_t size;
};

/* Of a register while the webmanager is off, or cannot be read, or has not been seen. */
#define HX_NO_VALUE INT32_MIN

struct hx_change {
    int64_t time_us;
    int32_t number; /* of the register */
    int32_t value;  /* as it was read, 0..65535, or HX_NO_VALUE */
};

struct hx_run_record {
    struct hx_text bytes; /* private */
    const char *scenario;
    const char *place; /* FILE:LINE of the scenario */
    const char *on;    /* "host", "board NAME" */
    int64_t uptime_ms;
    bool was_running;               /* the webmanager was on before */
    struct hx_assignments settings; /* as they were given; later ones win */
    struct hx_event *event;         /* in order of time; the last one is the end */
    size_t events;
    struct hx_change *change; /* likewise */
    size_t changes;
};

/*
 * Reads the file from its beginning. False, with "NAME:LINE: what is wrong; cure" in error, if it
 * is no whole record; hx_record_free is right in any case.
 */
bool hx_record_read(struct hx_run_record *record, FILE *file, const char *name,
                    struct hx_text *error);
bool hx_record_load(struct hx_run_record *record, const char *path, struct hx_text *error);
void hx_record_free(struct hx_run_record *record);

/* Of a setting: what the record gives, or the default. */
int32_t hx_record_setting(const struct hx_run_record *record, enum wm_setting setting);

/* Of the bus: its period, or as long as the questions to all modules take. */
double hx_record_round_us(const struct hx_run_record *record);

/* What an event of a request asked. False: it is none. Changes the event's text. */
bool hx_record_request(const struct hx_event *event, struct hx_question *question);

#endif
