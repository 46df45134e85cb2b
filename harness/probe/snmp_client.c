/*
 * snmp_client.c — objects as any SNMP manager reads and sets them.
 */
#include "harness/probe/snmp_client.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include <net-snmp/library/large_fd_set.h>

#include "harness/probe/snmp_names.h"
#include "harness/probe/trap_sink.h"

/* Rows asked for with one GETBULK, of three columns each. */
#define BULK_ROWS     6
#define ALARM_COLUMNS 3

/* Own engine id of v3, which a webmanager has by chance alone. */
#define ENGINE "gbms-bench-probe"

/* Where the agent is. */
static union {
    struct sockaddr any;
    struct sockaddr_in ip4;
    struct sockaddr_in6 ip6;
} agent;
static socklen_t agent_size;

/* The one who reads. Of v3 the session is opened for each question. */
static struct {
    struct hx_asker asker;
    void *session; /* null: not open */
} reader;

/* The library must know its own engine, to take informs and to tell whoever asks for its name. */
static void engine_start(void)
{
    char boots[] = "0"; /* it counts one more */
    u_char engine[64];
    setup_engineID(NULL, ENGINE);
    engineBoots_conf("engineBoots", boots);
    const size_t size = snmpv3_get_engineID(engine, sizeof engine);
    set_enginetime(engine, (u_int)size, 1, (u_int)snmpv3_local_snmpEngineTime(), TRUE);
}

static bool is_ip6(void)
{
    return agent.any.sa_family == AF_INET6;
}

void hx_snmp_network(enum hx_network network)
{
    memset(&agent, 0, sizeof agent);
    if (network == HX_LOOPBACK_IP6) {
        agent.ip6.sin6_family = AF_INET6;
        agent.ip6.sin6_addr = in6addr_loopback;
    } else {
        agent.ip4.sin_family = AF_INET;
        agent.ip4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    }
    agent_size = network == HX_LOOPBACK_IP6 ? sizeof agent.ip6 : sizeof agent.ip4;
}

void hx_snmp_start(void)
{
    hx_snmp_network(HX_LOOPBACK);
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
    engine_start();
}

/* ---- sessions --------------------------------------------------------------------------- */

/* A key of a passphrase (RFC 3414, A.2): a million bytes hashed, so the last ones are kept. */
static void key_make(const char *passphrase, u_char *key, size_t *size)
{
    enum { KEPT = 8 };
    static struct {
        char passphrase[sizeof((struct hx_user *)NULL)->auth];
        u_char key[USM_AUTH_KU_LEN];
        size_t size;
    } kept[KEPT];
    static size_t made;
    size_t i = 0;
    while (i < KEPT && strcmp(kept[i].passphrase, passphrase) != 0) {
        ++i;
    }
    if (i == KEPT) {
        i = made++ % KEPT;
        snprintf(kept[i].passphrase, sizeof kept[i].passphrase, "%s", passphrase);
        kept[i].size = sizeof kept[i].key;
        generate_Ku(usmHMAC192SHA256AuthProtocol, (u_int)OID_LENGTH(usmHMAC192SHA256AuthProtocol),
                    (const u_char *)passphrase, strlen(passphrase), kept[i].key, &kept[i].size);
    }
    *size = kept[i].size < *size ? kept[i].size : *size;
    memcpy(key, kept[i].key, *size);
}

static void session_secure(netsnmp_session *session, const struct hx_user *user)
{
    static const int levels[] = {[WM_SNMP_NO_AUTH] = SNMP_SEC_LEVEL_NOAUTH,
                                 [WM_SNMP_AUTH] = SNMP_SEC_LEVEL_AUTHNOPRIV,
                                 [WM_SNMP_PRIV] = SNMP_SEC_LEVEL_AUTHPRIV};
    session->securityModel = SNMP_SEC_MODEL_USM;
    session->securityName = (char *)(uintptr_t)user->name;
    session->securityNameLen = strlen(user->name);
    session->securityLevel = levels[user->level];
    if (user->level >= WM_SNMP_AUTH) {
        session->securityAuthProto = (oid *)(uintptr_t)usmHMAC192SHA256AuthProtocol;
        session->securityAuthProtoLen = OID_LENGTH(usmHMAC192SHA256AuthProtocol);
        session->securityAuthKeyLen = sizeof session->securityAuthKey;
        key_make(user->auth, session->securityAuthKey, &session->securityAuthKeyLen);
    }
    if (user->level >= WM_SNMP_PRIV) {
        session->securityPrivProto = (oid *)(uintptr_t)usmAESPrivProtocol;
        session->securityPrivProtoLen = OID_LENGTH(usmAESPrivProtocol);
        session->securityPrivKeyLen = sizeof session->securityPrivKey;
        key_make(user->priv, session->securityPrivKey, &session->securityPrivKeyLen);
    }
}

/* Of v3 it finds the agent's engine, and the only users that the library knows are the asker's. */
static void *session_open(const struct hx_asker *asker)
{
    static const long versions[] = {SNMP_VERSION_1, SNMP_VERSION_2c, SNMP_VERSION_3};
    char host[INET6_ADDRSTRLEN] = "";
    char peer[80];
    netsnmp_session session;
    snmp_sess_init(&session);
    if (is_ip6()) {
        inet_ntop(AF_INET6, &agent.ip6.sin6_addr, host, sizeof host);
    } else {
        inet_ntop(AF_INET, &agent.ip4.sin_addr, host, sizeof host);
    }
    snprintf(peer, sizeof peer, is_ip6() ? "udp6:[%s]:%d" : "udp:%s:%d", host,
             ntohs(is_ip6() ? agent.ip6.sin6_port : agent.ip4.sin_port));
    session.peername = peer;
    session.localname = asker->from[0] != '\0' ? (char *)(uintptr_t)asker->from : NULL;
    session.version = versions[asker->version];
    session.timeout = HX_ANSWER_LIMIT_S * 1000000L;
    session.retries = 0;
    if (asker->version == WM_SNMP_V3) {
        hx_sinks_users_hide();
        session_secure(&session, &asker->user);
    } else {
        session.community = (unsigned char *)(uintptr_t)asker->community;
        session.community_len = strlen(asker->community);
    }
    return snmp_sess_open(&session);
}

static void session_close(void *session, enum wm_snmp_version version)
{
    struct usmUser *user;
    if (session != NULL) {
        snmp_sess_close(session);
    }
    if (version == WM_SNMP_V3) {
        while ((user = usm_get_userList()) != NULL) {
            usm_remove_user(user);
            usm_free_user(user);
        }
        hx_sinks_users_show();
    }
}

void hx_snmp_use_as(const struct hx_asker *asker)
{
    if (reader.session != NULL) {
        session_close(reader.session, reader.asker.version);
        reader.session = NULL;
    }
    reader.asker = *asker;
}

/* Who has no such name is asked at an address that nobody has. */
static void host_find(const char *host)
{
    struct addrinfo *found = NULL;
    const struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_DGRAM};
    agent.ip4.sin_addr.s_addr = htonl(INADDR_NONE);
    if (getaddrinfo(host, NULL, &hints, &found) == 0) {
        memcpy(&agent.ip4, found->ai_addr, sizeof agent.ip4);
        freeaddrinfo(found);
    }
}

void hx_snmp_use(const struct hx_place *place, const struct hx_asker *asker)
{
    if (place->host[0] != '\0') {
        host_find(place->host);
    }
    if (is_ip6()) {
        agent.ip6.sin6_port = htons((uint16_t)place->port);
    } else {
        agent.ip4.sin_port = htons((uint16_t)place->port);
    }
    hx_snmp_use_as(asker);
}

/* The answer to the reader's request, which is freed; null with the reason in answer->error. */
static netsnmp_pdu *reader_ask(netsnmp_pdu *request, struct hx_answer *answer)
{
    netsnmp_pdu *response = NULL;
    int status = STAT_ERROR;
    if (reader.session == NULL) {
        reader.session = session_open(&reader.asker);
    }
    if (reader.session == NULL) {
        snmp_free_pdu(request);
    } else {
        status = snmp_sess_synch_response(reader.session, request, &response);
    }
    if (reader.asker.version == WM_SNMP_V3) {
        session_close(reader.session, WM_SNMP_V3);
        reader.session = NULL;
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

/*
 * RFC 3414, 4: whoever asks an engine for its name is answered; by hand, since the library would
 * wait for silence. The agent takes datagrams in order:
 * when this is answered, it is done with all that was sent before.
 */
bool hx_snmp_is_there(void)
{
    static const uint8_t discovery[] = {
        0x30, 0x38, 2, 1, 3,                                                    /* v3 */
        0x30, 0x0D, 2, 1, 1, 2, 2,    5,    0xDC, 4, 1,    4, 2, 1, 3, 4, 0x10, /* reportable, USM
                                                                                 */
        0x30, 0x0E, 4, 0, 2, 1, 0,    2,    1,    0, 4,    0, 4, 0, 4, 0, /* of nobody, to nobody */
        0x30, 0x12, 4, 0, 4, 0, 0xA0, 0x0C, 2,    2, 0x7F, 1, 2, 1, 0, 2, 1,    0, 0x30, 0,
    };
    uint8_t report[HX_DATAGRAM_MAX];
    int fd = socket(agent.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    bool is_heard = fd >= 0 && connect(fd, &agent.any, agent_size) == 0 &&
                    send(fd, discovery, sizeof discovery, 0) == sizeof discovery &&
                    poll(&wait, 1, HX_ANSWER_LIMIT_S * 1000) > 0 &&
                    recv(fd, report, sizeof report, 0) > 0;
    close(fd);
    return is_heard;
}

/* ---- objects ---------------------------------------------------------------------------- */

static size_t oid_widen(const struct hx_oid *from, oid *to)
{
    for (uint32_t i = 0; i < from->length; ++i) {
        to[i] = from->arc[i];
    }
    return from->length;
}

/* What is longer than any object is cut. */
static void oid_narrow(const oid *from, size_t length, struct hx_oid *to)
{
    to->length = length < HX_OID_MAX ? (uint32_t)length : HX_OID_MAX;
    for (uint32_t i = 0; i < to->length; ++i) {
        to->arc[i] = (uint32_t)from[i];
    }
}

static void value_take(struct hx_value *value, const netsnmp_variable_list *variable)
{
    value->kind = HX_VALUE_TEXT;
    value->number = 0;
    value->text[0] = '\0';
    value->size = 0;
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
        snmp_add_null_var(request, name, oid_widen(&question->object[i], name));
    }
    netsnmp_pdu *response = reader_ask(request, answer);
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

static netsnmp_pdu *alarms_request(oid row)
{
    netsnmp_pdu *request = snmp_pdu_create(SNMP_MSG_GETBULK);
    request->non_repeaters = 0;
    request->max_repetitions = BULK_ROWS;
    for (oid column = 1; column <= ALARM_COLUMNS; ++column) {
        const oid *entry = NULL;
        oid name[HX_OID_MAX];
        const size_t length = hx_alarm_entry(&entry);
        memcpy(name, entry, length * sizeof *entry);
        name[length] = column;
        name[length + 1] = row;
        snmp_add_null_var(request, name, length + (row > 0 ? 2 : 1));
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
        is_row[i] = hx_is_alarm_cell(cell[i], (oid)i + 1, &index[i]);
        *variable = cell[i]->next_variable;
    }
    if (!is_row[0] && !is_row[1] && !is_row[2]) {
        return false;
    }
    if (!is_row[0] || !is_row[1] || !is_row[2] || index[0] != index[1] || index[1] != index[2] ||
        index[0] <= *row || cell[0]->type != ASN_INTEGER ||
        (oid)*cell[0]->val.integer != index[0] || cell[2]->type != ASN_TIMETICKS ||
        answer->count >= WM_ALARM_ROWS_MAX) {
        answer->is_ok = false;
        snprintf(answer->error, sizeof answer->error,
                 "the columns of the alarm table do not make rows after id %lu",
                 (unsigned long)*row);
        return false;
    }
    *row = index[0];
    answer->is.alarm[answer->count++] = (struct hx_alarm_entry){
        .id = (uint32_t)index[0],
        .number = hx_well_known_number(cell[1]),
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
        netsnmp_pdu *response = reader_ask(alarms_request(row), answer);
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

/* ---- requests of anybody ---------------------------------------------------------------- */

/* What came back of a request; code is empty until something does. */
struct exchange {
    struct hx_reply *reply;
    int32_t count;
    bool was_late; /* of v3: the agent's clock is learnt from its report, and the library tries anew
                    */
};

static int reply_came(int operation, netsnmp_session *session, int id, netsnmp_pdu *pdu,
                      void *context)
{
    struct exchange *exchange = context;
    struct hx_reply *reply = exchange->reply;
    (void)session;
    (void)id;
    if (operation != NETSNMP_CALLBACK_OP_RECEIVED_MESSAGE) {
        return 1;
    }
    const bool is_report = pdu->command == SNMP_MSG_REPORT;
    const char *code = is_report ? hx_report_name(pdu) : hx_error_name(pdu->errstat);
    if (is_report && strcmp(code, "notInTimeWindow") == 0 && !exchange->was_late) {
        exchange->was_late = true;
        return 1;
    }
    snprintf(reply->code, sizeof reply->code, "%s", code);
    reply->index = is_report ? 0 : (int32_t)pdu->errindex;
    netsnmp_variable_list *variable = is_report ? NULL : pdu->variables;
    for (exchange->count = 0; variable != NULL && exchange->count < HX_OBJECTS_MAX;
         variable = variable->next_variable) {
        struct hx_binding *binding = &reply->binding[exchange->count++];
        oid_narrow(variable->name, variable->name_length, &binding->object);
        value_take(&binding->value, variable);
    }
    return 1;
}

static bool binding_add(netsnmp_pdu *pdu, const struct hx_binding *binding, bool is_set)
{
    static const u_char types[] = {
        [HX_VALUE_INTEGER] = ASN_INTEGER, [HX_VALUE_TEXT] = ASN_OCTET_STR,
        [HX_VALUE_GAUGE] = ASN_GAUGE,     [HX_VALUE_COUNTER] = ASN_COUNTER,
        [HX_VALUE_TICKS] = ASN_TIMETICKS, [HX_VALUE_ADDRESS] = ASN_IPADDRESS,
        [HX_VALUE_OID] = ASN_OBJECT_ID,   [HX_VALUE_NULL] = ASN_NULL,
    };
    oid name[HX_OID_MAX];
    oid arcs[MAX_OID_LEN];
    size_t arcs_count = MAX_OID_LEN;
    const size_t length = oid_widen(&binding->object, name);
    const struct hx_value *value = &binding->value;
    long number = (long)value->number;
    in_addr_t address = htonl((uint32_t)value->number);
    const void *bytes = &number;
    size_t size = sizeof number;
    if (!is_set || value->kind == HX_VALUE_NULL) {
        return snmp_add_null_var(pdu, name, length) != NULL;
    }
    if (value->kind == HX_VALUE_TEXT) {
        bytes = value->text;
        size = value->size;
    } else if (value->kind == HX_VALUE_ADDRESS) {
        bytes = &address;
        size = sizeof address;
    } else if (value->kind == HX_VALUE_OID) {
        bytes = read_objid(value->text, arcs, &arcs_count) != 0 ? arcs : NULL;
        size = arcs_count * sizeof *arcs;
    }
    return bytes != NULL &&
           snmp_pdu_add_variable(pdu, name, length, types[value->kind], bytes, size) != NULL;
}

/* Reads what has come on a session without waiting. */
static void session_look(void *session)
{
    netsnmp_large_fd_set readable;
    struct pollfd wait = {.fd = snmp_sess_transport(session)->sock, .events = POLLIN};
    netsnmp_large_fd_set_init(&readable, FD_SETSIZE);
    if (poll(&wait, 1, 0) > 0) {
        netsnmp_large_fd_setfd(wait.fd, &readable);
        snmp_sess_read2(session, &readable);
    }
    netsnmp_large_fd_set_cleanup(&readable);
}

/* Times that a request goes back and forth: with the agent's clock, and with what it says then. */
#define KNOCKS 3

void hx_snmp_request(const struct hx_question *question, struct hx_answer *answer)
{
    struct exchange exchange = {.reply = &answer->is.reply};
    static const int commands[] = {
        [HX_GET] = SNMP_MSG_GET, [HX_GET_NEXT] = SNMP_MSG_GETNEXT, [HX_SET] = SNMP_MSG_SET};
    netsnmp_pdu *request = snmp_pdu_create(commands[question->request]);
    answer->is_ok = true;
    for (int32_t i = 0; i < question->count; ++i) {
        answer->is_ok = binding_add(request, &question->binding[i], question->request == HX_SET) &&
                        answer->is_ok;
    }
    void *session = session_open(&question->asker);
    answer->is_ok = answer->is_ok && session != NULL &&
                    snmp_sess_async_send(session, request, reply_came, &exchange) != 0;
    if (!answer->is_ok) {
        snmp_free_pdu(request);
        snprintf(answer->error, sizeof answer->error, "the request could not be sent");
    }
    for (int i = 0; answer->is_ok && i < KNOCKS && answer->is.reply.code[0] == '\0'; ++i) {
        answer->is_ok = hx_snmp_is_there();
        snprintf(answer->error, sizeof answer->error, "no answer in time, to nobody");
        session_look(session);
    }
    session_close(session, question->asker.version);
    answer->count = exchange.count;
    if (answer->is.reply.code[0] == '\0') {
        snprintf(answer->is.reply.code, sizeof answer->is.reply.code, "noAnswer");
    }
}

void hx_snmp_datagram(const struct hx_question *question, struct hx_answer *answer)
{
    uint8_t bytes[HX_DATAGRAM_MAX];
    int fd = socket(agent.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    answer->is_ok = fd >= 0 &&
                    sendto(fd, question->datagram, question->size, 0, &agent.any, agent_size) ==
                        (ssize_t)question->size &&
                    hx_snmp_is_there();
    answer->count = answer->is_ok && recv(fd, bytes, sizeof bytes, MSG_DONTWAIT) > 0 ? 1 : 0;
    snprintf(answer->error, sizeof answer->error, "the bytes could not be sent");
    close(fd);
}
