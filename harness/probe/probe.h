/*
 * probe.h — the outsider: a child process with an ordinary Modbus client, an ordinary SNMP
 * manager and a trap sink.
 *
 * It is forked before the agent library of the webmanager is initialised, so that manager and
 * agent never share library state. It sees sockets only. While it waits for an answer the worker
 * serves the webmanager's sockets with virtual time standing still.
 */
#ifndef HX_PROBE_PROBE_H
#define HX_PROBE_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wm/catalog.h"
#include "wm/limits.h"

/* Registers one Modbus request may carry (Modbus, function 03). */
#define HX_REGISTERS_MAX 125
/* Objects one question may carry: a row of the widest table, all that can be set, and more. */
#define HX_OBJECTS_MAX 32
#define HX_OID_MAX     32
/* Of a serial line, with its zero. */
#define HX_PATH_MAX 128
/* Octets of a value, and of a datagram; with its zero. */
#define HX_VALUE_TEXT_MAX 300
#define HX_DATAGRAM_MAX   8000
#define HX_TRAPS_MAX      64
/* Trap receivers that the bench plays: its own, which is number 0, and as many as are left. */
#define HX_SINKS WM_TRAP_RECEIVERS_MAX
/* What stands for the address of one of them while there is none yet. */
#define HX_RECEIVER_PLACE "trap_receiver(%d)"
/* Real seconds that an answer may take. */
#define HX_ANSWER_LIMIT_S 5

enum hx_question_kind {
    HX_ASK_NETWORK,   /* network: agent and sinks are there from now on; gives the sinks' ports */
    HX_ASK_FORGET,    /* a new scenario: forget what came; engine, user: whom sinks know */
    HX_ASK_CONNECT,   /* modbus, modbus_unit, snmp: ask these from now on, as asker */
    HX_ASK_REGISTERS, /* first, count */
    HX_ASK_RTU,       /* likewise, of modbus_unit on the line at path; baud, parity */
    HX_ASK_AS_UNIT,   /* modbus_unit: ask the registers by this one from now on */
    HX_ASK_UNIT,      /* modbus_unit: does it answer (count 1) or keep silent (0)? */
    HX_ASK_CLIENTS,   /* count: of so many Modbus clients at once, how many are served? */
    HX_ASK_AS,        /* asker reads objects and alarms from now on; engine, user as above */
    HX_ASK_OBJECTS,   /* object[0..count-1] */
    HX_ASK_ALARMS,    /* the whole alarm table */
    HX_ASK_PRESENCE,  /* is anybody there? count: HX_PRESENT_... of those who answer */
    HX_ASK_PRESENCE_RTU, /* likewise, with Modbus on the line at path, as HX_ASK_RTU */
    HX_ASK_REQUEST,      /* asker; request, of binding[0..count-1] */
    HX_ASK_DATAGRAM,     /* datagram: these bytes to the agent, whatever they are */
    HX_ASK_SINK,         /* sink.number: be so from now on */
    HX_ASK_TRAPS,        /* what has come in since the last time, at most HX_TRAPS_MAX; if nothing
                            has, wait wait_ms for it */
};

/* Where agent and trap sinks are. */
enum hx_network {
    HX_LOOPBACK,     /* 127.0.0.1 */
    HX_LOOPBACK_IP6, /* ::1 */
    HX_EVERYWHERE,   /* the agent where it is said to be; the sinks at every address of IPv4 */
};

/* HOST:PORT of IPv4; host "": the loopback of the network. */
struct hx_place {
    char host[64];
    int32_t port;
};

struct hx_oid {
    uint32_t length;
    uint32_t arc[HX_OID_MAX];
};

/* A user of v3: SHA-256, AES-128. */
struct hx_user {
    enum wm_snmp_level level;
    char name[40]; /* "": there is none */
    char auth[72];
    char priv[72];
};

/* Who asks. */
struct hx_asker {
    enum wm_snmp_version version;
    char community[40];  /* of v1 and v2c */
    struct hx_user user; /* of v3 */
    char from[48];       /* address of its own; "": any */
};

enum hx_request { HX_GET, HX_GET_NEXT, HX_SET };

enum hx_value_kind {
    HX_VALUE_INTEGER,
    HX_VALUE_TEXT, /* octets, a dotted OID, or the name of an exception such as noSuchInstance */
    /* Only written: */
    HX_VALUE_GAUGE,
    HX_VALUE_COUNTER,
    HX_VALUE_TICKS,
    HX_VALUE_ADDRESS,
    HX_VALUE_OID,
    HX_VALUE_NULL,
};

struct hx_value {
    enum hx_value_kind kind;
    int64_t number;
    size_t size; /* of the text, without its zero */
    char text[HX_VALUE_TEXT_MAX];
};

struct hx_binding {
    struct hx_oid object;
    struct hx_value value; /* of a SET */
};

struct hx_question {
    enum hx_question_kind kind;
    enum hx_network network;
    struct hx_place modbus;
    int32_t modbus_unit;
    struct hx_place snmp;
    int32_t first;
    int32_t count;
    int32_t wait_ms;
    int32_t baud;
    int32_t parity; /* a value of modbus.rtu_parity */
    char path[HX_PATH_MAX];
    struct hx_asker asker;
    struct {
        int32_t number;
        bool is_unplugged;
        int32_t latency_ms; /* until an inform is acknowledged */
    } sink;
    union {
        struct hx_oid object[HX_OBJECTS_MAX];
        struct {
            enum hx_request request;
            struct hx_binding binding[HX_OBJECTS_MAX];
        };
        struct {
            char engine[40]; /* what the webmanager's engine id is made from */
            struct hx_user user[WM_SNMP_USERS];
        };
        struct {
            size_t size;
            uint8_t datagram[HX_DATAGRAM_MAX];
        };
    };
};

struct hx_alarm_entry {
    uint32_t id;
    uint32_t number; /* of the well-known list; 0: bacsAlarmDescr names none of it */
    uint32_t time;   /* TimeStamp, 0.01 s */
};

/* Who answers at the webmanager's ports. */
enum { HX_PRESENT_MODBUS = 1, HX_PRESENT_SNMP = 2 };

enum hx_trap_kind {
    HX_TRAP_COLD_START,
    HX_TRAP_AUTHENTICATION_FAILURE,
    HX_TRAP_ADDED,
    HX_TRAP_REMOVED,
    HX_TRAP_OTHER, /* of no kind that the webmanager has */
};

/* "coldStart", "authenticationFailure", "added", "removed", "other" */
const char *hx_trap_kind_name(enum hx_trap_kind kind);

struct hx_trap {
    enum hx_trap_kind kind;
    uint32_t id;
    uint32_t number; /* as in hx_alarm_entry; 0 also where the varbind is missing */
    uint32_t uptime; /* 0.01 s */
    int32_t sink;
    enum wm_snmp_version version;
    enum wm_snmp_level level;
    bool is_inform;
    bool is_repeat;  /* of an inform that came before, by its request id; all else is the same */
    bool is_unheard; /* the sink was unplugged: its kind is all that is known */
    char who[40];    /* community, or name of the user */
};

/* What became of a request, by the names of the RFCs. */
struct hx_reply {
    char code[32]; /* "noError", "wrongType", "unknownUserName"; "noAnswer": there was none */
    int32_t index; /* of the binding at fault, from 1; 0: of none */
    struct hx_binding binding[HX_OBJECTS_MAX];
};

struct hx_answer {
    bool is_ok;
    bool is_gone; /* the probe itself is: no window is to blame */
    int32_t count;
    bool has_more;      /* traps: ask again */
    int32_t unreadable; /* datagrams at a sink that were no trap it could read */
    char error[200];    /* where !is_ok: one clause */
    union {
        uint16_t registers[HX_REGISTERS_MAX];
        struct hx_value value[HX_OBJECTS_MAX];
        struct hx_alarm_entry alarm[WM_ALARM_ROWS_MAX];
        struct hx_reply reply;
        struct hx_trap trap[HX_TRAPS_MAX];
        int32_t sink_port[HX_SINKS];
    } is;
};

struct hx_probe {
    int fd;                      /* ro: readable when an answer is there */
    int pid;                     /* private */
    enum hx_network network;     /* ro */
    char sink_host[48];          /* rw: where the webmanager finds the sinks, as before a port */
    int32_t sink_port[HX_SINKS]; /* ro: where traps are awaited, there */
};

/* Does this machine have ::1? */
bool hx_has_ip6(void);

/* Forks the probe. False, with one line in error, when that fails. */
bool hx_probe_start(struct hx_probe *probe, char *error, size_t error_size);
/* Ends it; a probe that was never started is allowed. */
void hx_probe_stop(struct hx_probe *probe);

/* Agent and sinks are there from now on. False, with a line in error: no ports. */
bool hx_probe_network(struct hx_probe *probe, enum hx_network network, char *error,
                      size_t error_size);

/*
 * Asks; whoever serves the webmanager meanwhile waits until probe->fd is readable, and receives.
 * Where the probe itself is gone, send returns false, and is_gone is set: no window is to blame.
 */
bool hx_probe_send(struct hx_probe *probe, const struct hx_question *question,
                   struct hx_answer *answer);
void hx_probe_receive(struct hx_probe *probe, struct hx_answer *answer);

/* Both, of what takes no webmanager to answer. */
void hx_probe_ask(struct hx_probe *probe, const struct hx_question *question,
                  struct hx_answer *answer);

/* The child's side; returns when the worker is gone. */
void hx_probe_serve(int fd);

#endif
