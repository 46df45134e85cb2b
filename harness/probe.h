/*
 * probe.h — the outsider: a child process with an ordinary Modbus client, an ordinary SNMP
 * manager and a trap sink.
 *
 * It is forked before the agent library of the webmanager is initialised, so that manager and
 * agent never share library state. It sees sockets only. While it waits for an answer the worker
 * serves the webmanager's sockets with virtual time standing still.
 */
#ifndef HX_PROBE_H
#define HX_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wm/catalog.h"
#include "wm/limits.h"

struct board;

/* Registers one Modbus request may carry (Modbus, function 03). */
#define HX_REGISTERS_MAX 125
/* Objects one question may carry: a row of the widest table, and more. */
#define HX_OBJECTS_MAX    32
#define HX_OID_MAX        32
#define HX_VALUE_TEXT_MAX 160
#define HX_TRAPS_MAX      64
/* Real seconds that an answer may take. */
#define HX_ANSWER_LIMIT_S 5

enum hx_question_kind {
    HX_ASK_CONNECT,   /* to these ports from now on; traps that waited are forgotten */
    HX_ASK_REGISTERS, /* first, count */
    HX_ASK_AS_UNIT,   /* modbus_unit: ask the registers by this one from now on */
    HX_ASK_UNIT,      /* modbus_unit: does it answer (count 1) or keep silent (0)? */
    HX_ASK_CLIENTS,   /* count: of so many Modbus clients at once, how many are served? */
    HX_ASK_OBJECTS,   /* object[0..count-1] */
    HX_ASK_ALARMS,    /* the whole alarm table */
    HX_ASK_TRAPS,     /* what has come in since the last time, at most HX_TRAPS_MAX */
    HX_ASK_PRESENCE,  /* is anybody there? count: HX_PRESENT_... of those who answer */
};

struct hx_oid {
    uint32_t length;
    uint32_t arc[HX_OID_MAX];
};

struct hx_question {
    enum hx_question_kind kind;
    int32_t modbus_port;
    int32_t modbus_unit;
    int32_t snmp_port;
    int32_t first;
    int32_t count;
    struct hx_oid object[HX_OBJECTS_MAX];
};

enum hx_value_kind {
    HX_VALUE_INTEGER,
    HX_VALUE_TEXT, /* octets, a dotted OID, or the name of an exception such as noSuchInstance */
};

struct hx_value {
    enum hx_value_kind kind;
    int64_t number;
    char text[HX_VALUE_TEXT_MAX];
};

struct hx_alarm_entry {
    uint32_t id;
    uint32_t number; /* of the well-known list; 0: bacsAlarmDescr names none of it */
    uint32_t time;   /* TimeStamp, 0.01 s */
};

/* Who answers at the webmanager's ports. */
enum { HX_PRESENT_MODBUS = 1, HX_PRESENT_SNMP = 2 };

enum hx_trap_kind { HX_TRAP_ADDED, HX_TRAP_REMOVED, HX_TRAP_COLD_START, HX_TRAP_OTHER };

struct hx_trap {
    enum hx_trap_kind kind;
    uint32_t id;
    uint32_t number; /* as in hx_alarm_entry; 0 also where the varbind is missing */
    uint32_t uptime; /* 0.01 s */
};

struct hx_answer {
    bool is_ok;
    bool is_gone; /* the probe itself is: no window is to blame */
    int32_t count;
    bool has_more;   /* traps: ask again */
    char error[200]; /* where !is_ok: one clause */
    union {
        uint16_t registers[HX_REGISTERS_MAX];
        struct hx_value value[HX_OBJECTS_MAX];
        struct hx_alarm_entry alarm[WM_ALARM_ROWS_MAX];
        struct hx_trap trap[HX_TRAPS_MAX];
    } is;
};

struct hx_probe {
    int fd;        /* private */
    int pid;       /* private */
    int trap_port; /* ro: where traps are awaited, on 127.0.0.1 */
};

/* Forks the probe. False, with one line in error, when that fails. */
bool hx_probe_start(struct hx_probe *probe, char *error, size_t error_size);
/* Ends it; a probe that was never started is allowed. */
void hx_probe_stop(struct hx_probe *probe);

/*
 * Asks and waits, serving the board (or, null, nobody) meanwhile. Always fills the answer: where
 * the probe itself is gone, is_gone is set: then no window is to blame.
 */
void hx_probe_ask(struct hx_probe *probe, struct board *board, const struct hx_question *question,
                  struct hx_answer *answer);

/* The child's side; returns when the worker is gone. */
void hx_probe_serve(int fd);

#endif
