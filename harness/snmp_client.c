/*
 * snmp_client.c — objects as any SNMP manager reads them.
 */
#include "snmp_client.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

/* Rows asked for with one GETBULK, of three columns each. */
#define BULK_ROWS     6
#define ALARM_COLUMNS 3

static void *manager; /* the one session of this process; null: not open */
static int manager_port;

void hx_snmp_start(void)
{
    setenv("MIBS", "", 1);
    setenv("SNMPCONFPATH", "/nonexistent", 1);
    netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_READ_CONFIGS, 1);
    netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_PERSIST_STATE, 1);
    netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DISABLE_PERSISTENT_LOAD, 1);
    netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DISABLE_PERSISTENT_SAVE, 1);
    netsnmp_ds_set_int(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_OID_OUTPUT_FORMAT,
                       NETSNMP_OID_OUTPUT_NUMERIC);
    snmp_disable_log();
    init_snmp("gbms-bench-probe");
}

void hx_snmp_use(int port)
{
    static char community[] = "public";
    char peer[40];
    if (manager != NULL) {
        snmp_sess_close(manager);
    }
    netsnmp_session session;
    snmp_sess_init(&session);
    snprintf(peer, sizeof peer, "udp:127.0.0.1:%d", port);
    session.peername = peer;
    session.version = SNMP_VERSION_2c;
    session.community = (unsigned char *)community;
    session.community_len = strlen(community);
    session.timeout = HX_ANSWER_LIMIT_S * 1000000L;
    session.retries = 0;
    manager = snmp_sess_open(&session);
    manager_port = port;
}

/* The answer to the request, which is freed; null with the reason in answer->error. */
static netsnmp_pdu *manager_ask(netsnmp_pdu *request, struct hx_answer *answer)
{
    netsnmp_pdu *response = NULL;
    int status = STAT_ERROR;
    if (manager == NULL) {
        snmp_free_pdu(request);
    } else {
        status = snmp_sess_synch_response(manager, request, &response);
    }
    if (status == STAT_SUCCESS && response->errstat == SNMP_ERR_NOERROR) {
        return response;
    }
    snprintf(answer->error, sizeof answer->error, "%s",
             status == STAT_TIMEOUT   ? "no answer in time"
             : status == STAT_SUCCESS ? snmp_errstring((int)response->errstat)
                                      : "the request could not be sent");
    if (response != NULL) {
        snmp_free_pdu(response);
    }
    return NULL;
}

/* GET of sysUpTime.0, v2c, community public: by hand, since the library would wait for silence. */
static const uint8_t uptime_request[] = {
    0x30, 0x26, 0x02, 0x01, 0x01, 0x04, 0x06, 'p',  'u',  'b',  'l',  'i',  'c',  0xA0,
    0x19, 0x02, 0x01, 0x01, 0x02, 0x01, 0x00, 0x02, 0x01, 0x00, 0x30, 0x0E, 0x30, 0x0C,
    0x06, 0x08, 0x2B, 0x06, 0x01, 0x02, 0x01, 0x01, 0x03, 0x00, 0x05, 0x00,
};

bool hx_snmp_is_there(void)
{
    const struct sockaddr_in agent = {
        .sin_family = AF_INET,
        .sin_port = htons((uint16_t)manager_port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    uint8_t answer[256];
    const int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    const bool is_there =
        connect(fd, (const struct sockaddr *)&agent, sizeof agent) == 0 &&
        send(fd, uptime_request, sizeof uptime_request, 0) == sizeof uptime_request &&
        poll(&wait, 1, HX_ANSWER_LIMIT_S * 1000) > 0 && recv(fd, answer, sizeof answer, 0) > 0;
    close(fd);
    return is_there;
}

static void value_take(struct hx_value *value, const netsnmp_variable_list *variable)
{
    value->kind = HX_VALUE_TEXT;
    value->number = 0;
    value->text[0] = '\0';
    size_t size = variable->val_len;
    size_t used = 0;
    switch (variable->type) {
    case ASN_INTEGER:
        value->kind = HX_VALUE_INTEGER;
        value->number = *variable->val.integer;
        break;
    case ASN_GAUGE:
    case ASN_COUNTER:
    case ASN_TIMETICKS:
        value->kind = HX_VALUE_INTEGER;
        value->number = (int64_t)(uint32_t)*variable->val.integer;
        break;
    case ASN_OCTET_STR:
        size = size < sizeof value->text - 1 ? size : sizeof value->text - 1;
        memcpy(value->text, variable->val.string, size);
        value->text[size] = '\0';
        break;
    case ASN_OBJECT_ID:
        for (size_t i = 0; i < size / sizeof(oid) && used < sizeof value->text; ++i) {
            used += (size_t)snprintf(value->text + used, sizeof value->text - used, "%s%lu",
                                     i > 0 ? "." : "", variable->val.objid[i]);
        }
        break;
    default:
        snprintf(value->text, sizeof value->text, "%s",
                 variable->type == SNMP_NOSUCHOBJECT     ? "noSuchObject"
                 : variable->type == SNMP_NOSUCHINSTANCE ? "noSuchInstance"
                 : variable->type == SNMP_ENDOFMIBVIEW   ? "endOfMibView"
                                                         : "a value of another type");
        break;
    }
}

void hx_snmp_get(const struct hx_question *question, struct hx_answer *answer)
{
    netsnmp_pdu *request = snmp_pdu_create(SNMP_MSG_GET);
    for (int32_t i = 0; i < question->count; ++i) {
        oid name[HX_OID_MAX];
        for (uint32_t arc = 0; arc < question->object[i].length; ++arc) {
            name[arc] = question->object[i].arc[arc];
        }
        snmp_add_null_var(request, name, question->object[i].length);
    }
    netsnmp_pdu *response = manager_ask(request, answer);
    if (response == NULL) {
        return;
    }
    int32_t count = 0;
    for (netsnmp_variable_list *v = response->variables; v != NULL; v = v->next_variable) {
        if (count < question->count) {
            value_take(&answer->is.value[count], v);
        }
        ++count;
    }
    answer->is_ok = count == question->count;
    answer->count = question->count;
    snprintf(answer->error, sizeof answer->error, "the answer has %d objects where %d were asked",
             (int)count, (int)question->count);
    snmp_free_pdu(response);
}

/* ---- the alarm table -------------------------------------------------------------------- */

static const oid alarm_entry[] = {WM_OID_BACS, WM_SNMP_ALARMS, WM_SNMP_ALARM_TABLE, 1};
static const oid well_known[] = {WM_OID_BACS, WM_SNMP_ALARMS, WM_SNMP_WELL_KNOWN};

/* The number below bacsWellKnownAlarms, or 0. */
static uint32_t well_known_number(const netsnmp_variable_list *variable)
{
    size_t length = OID_LENGTH(well_known);
    if (variable->type != ASN_OBJECT_ID || variable->val_len != (length + 1) * sizeof(oid) ||
        memcmp(variable->val.objid, well_known, sizeof well_known) != 0) {
        return 0;
    }
    return (uint32_t)variable->val.objid[length];
}

/* Is it a cell of this column? Then *row is its index. */
static bool is_cell(const netsnmp_variable_list *variable, oid column, oid *row)
{
    size_t length = OID_LENGTH(alarm_entry);
    if (variable->name_length != length + 2 ||
        memcmp(variable->name, alarm_entry, sizeof alarm_entry) != 0 ||
        variable->name[length] != column) {
        return false;
    }
    *row = variable->name[length + 1];
    return true;
}

static netsnmp_pdu *alarms_request(oid row)
{
    netsnmp_pdu *request = snmp_pdu_create(SNMP_MSG_GETBULK);
    request->non_repeaters = 0;
    request->max_repetitions = BULK_ROWS;
    for (oid column = 1; column <= ALARM_COLUMNS; ++column) {
        oid name[OID_LENGTH(alarm_entry) + 2];
        memcpy(name, alarm_entry, sizeof alarm_entry);
        name[OID_LENGTH(alarm_entry)] = column;
        name[OID_LENGTH(alarm_entry) + 1] = row;
        snmp_add_null_var(request, name, OID_LENGTH(alarm_entry) + (row > 0 ? 2 : 1));
    }
    return request;
}

/* One row from three varbinds; false at the table's end or where the columns disagree. */
static bool alarm_row_take(netsnmp_variable_list **variable, struct hx_answer *answer, oid *row)
{
    netsnmp_variable_list *cell[ALARM_COLUMNS];
    oid index[ALARM_COLUMNS];
    bool is_row[ALARM_COLUMNS];
    for (int i = 0; i < ALARM_COLUMNS; ++i) {
        cell[i] = *variable;
        if (cell[i] == NULL) {
            return false;
        }
        is_row[i] = is_cell(cell[i], (oid)i + 1, &index[i]);
        *variable = cell[i]->next_variable;
    }
    if (!is_row[0] && !is_row[1] && !is_row[2]) {
        return false;
    }
    if (!is_row[0] || !is_row[1] || !is_row[2] || index[0] != index[1] || index[1] != index[2] ||
        index[0] <= *row || (oid)*cell[0]->val.integer != index[0] ||
        cell[2]->type != ASN_TIMETICKS || answer->count >= WM_ALARM_ROWS_MAX) {
        answer->is_ok = false;
        snprintf(answer->error, sizeof answer->error,
                 "the columns of the alarm table do not make rows after id %lu",
                 (unsigned long)*row);
        return false;
    }
    *row = index[0];
    answer->is.alarm[answer->count++] = (struct hx_alarm_entry){
        .id = (uint32_t)index[0],
        .number = well_known_number(cell[1]),
        .time = (uint32_t)*cell[2]->val.integer,
    };
    return true;
}

void hx_snmp_alarms(struct hx_answer *answer)
{
    oid row = 0;
    bool is_more = true;
    answer->is_ok = true;
    while (is_more) {
        netsnmp_pdu *response = manager_ask(alarms_request(row), answer);
        if (response == NULL) {
            answer->is_ok = false;
            return;
        }
        netsnmp_variable_list *variable = response->variables;
        is_more = variable != NULL;
        while (is_more && variable != NULL) {
            is_more = alarm_row_take(&variable, answer, &row);
        }
        snmp_free_pdu(response);
    }
}

/* ---- traps ------------------------------------------------------------------------------ */

static void *sink;
static int sink_fd = -1;
static struct hx_trap *traps; /* what has not been handed over */
static size_t traps_count;
static size_t traps_room;

static struct hx_trap trap_read(const netsnmp_pdu *pdu)
{
    static const oid up_time[] = {1, 3, 6, 1, 2, 1, 1, 3, 0};
    static const oid trap_oid[] = {1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0};
    static const oid prefix[] = {WM_OID_BACS, WM_SNMP_TRAPS};
    static const oid cold_start[] = {1, 3, 6, 1, 6, 3, 1, 1, 5, 1};
    struct hx_trap trap = {.kind = HX_TRAP_OTHER};
    oid row = 0;
    for (const netsnmp_variable_list *v = pdu->variables; v != NULL; v = v->next_variable) {
        if (v->type == ASN_TIMETICKS &&
            snmp_oid_compare(v->name, v->name_length, up_time, OID_LENGTH(up_time)) == 0) {
            trap.uptime = (uint32_t)*v->val.integer;
        } else if (v->type == ASN_OBJECT_ID &&
                   snmp_oid_compare(v->name, v->name_length, trap_oid, OID_LENGTH(trap_oid)) == 0) {
            const oid *name = v->val.objid;
            size_t length = v->val_len / sizeof(oid);
            if (length == OID_LENGTH(prefix) + 1 && memcmp(name, prefix, sizeof prefix) == 0) {
                oid last = name[length - 1];
                trap.kind = last == WM_SNMP_ENTRY_ADDED     ? HX_TRAP_ADDED
                            : last == WM_SNMP_ENTRY_REMOVED ? HX_TRAP_REMOVED
                                                            : HX_TRAP_OTHER;
            } else if (snmp_oid_compare(name, length, cold_start, OID_LENGTH(cold_start)) == 0) {
                trap.kind = HX_TRAP_COLD_START;
            }
        } else if (is_cell(v, 1, &row) && v->type == ASN_INTEGER) {
            trap.id = (uint32_t)*v->val.integer;
        } else if (is_cell(v, 2, &row)) {
            trap.number = well_known_number(v);
        }
    }
    return trap;
}

static int trap_came(int operation, netsnmp_session *session, int id, netsnmp_pdu *pdu,
                     void *context)
{
    (void)session;
    (void)id;
    (void)context;
    if (operation != NETSNMP_CALLBACK_OP_RECEIVED_MESSAGE ||
        (pdu->command != SNMP_MSG_TRAP2 && pdu->command != SNMP_MSG_INFORM)) {
        return 1;
    }
    if (traps_count == traps_room) {
        traps_room = traps_room * 2 + 64;
        traps = realloc(traps, traps_room * sizeof *traps);
        if (traps == NULL) {
            abort();
        }
    }
    traps[traps_count++] = trap_read(pdu);
    return 1;
}

int hx_traps_open(int *fd)
{
    netsnmp_transport *transport = netsnmp_transport_open_server("snmptrap", "udp:127.0.0.1:0");
    if (transport == NULL) {
        return 0;
    }
    netsnmp_session session;
    snmp_sess_init(&session);
    session.peername = SNMP_DEFAULT_PEERNAME;
    session.version = SNMP_DEFAULT_VERSION;
    session.community_len = SNMP_DEFAULT_COMMUNITY_LEN;
    session.callback = trap_came;
    session.authenticator = NULL;
    sink = snmp_sess_add(&session, transport, NULL, NULL);
    if (sink == NULL) {
        return 0;
    }
    sink_fd = transport->sock;
    *fd = sink_fd;
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    int room = 1 << 20;
    setsockopt(sink_fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    if (getsockname(sink_fd, (struct sockaddr *)&address, &size) != 0) {
        return 0;
    }
    return ntohs(address.sin_port);
}

void hx_traps_drain(void)
{
    char byte;
    while (recv(sink_fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0) {
        fd_set set;
        FD_ZERO(&set);
        FD_SET(sink_fd, &set);
        snmp_sess_read(sink, &set);
    }
}

void hx_traps_take(struct hx_answer *answer)
{
    hx_traps_drain();
    size_t count = traps_count < HX_TRAPS_MAX ? traps_count : HX_TRAPS_MAX;
    if (count > 0) {
        memcpy(answer->is.trap, traps, count * sizeof *traps);
        memmove(traps, traps + count, (traps_count - count) * sizeof *traps);
    }
    traps_count -= count;
    answer->is_ok = true;
    answer->count = (int32_t)count;
    answer->has_more = traps_count > 0;
}

void hx_traps_forget(void)
{
    hx_traps_drain();
    traps_count = 0;
}
