/*
 * trap_sink.c — see trap_sink.h.
 *
 * Always true: traps[] holds what has not been handed over, in order of arrival over all sinks.
 */
#include "harness/probe/trap_sink.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include <net-snmp/library/large_fd_set.h>

#include "harness/probe/snmp_names.h"
#include "harness/text.h"
#include "harness/wall.h"

/* Informs that a sink remembers, to tell a repeat from another one. */
#define REMEMBERED_MAX 64
/* Acknowledgements that wait, of one sink. */
#define DUE_MAX 16
/* For each user: of the webmanager's engine, for traps, and of our own, for informs. */
#define ENGINES 2

struct sink {
    void *session;
    int fd;
    bool is_unplugged;
    int32_t latency_ms;
    struct {
        long request;
        struct hx_trap trap;
    } remembered[REMEMBERED_MAX]; /* ring: informs % REMEMBERED_MAX */
    size_t informs;
    struct {
        int64_t at_ms;
        netsnmp_pdu *pdu;
    } due[DUE_MAX];
    size_t dues;
};

static struct sink sinks[HX_SINKS];
static struct usmUser *users[WM_SNMP_USERS * ENGINES];
static size_t users_count;
static struct hx_trap *traps;
static size_t traps_count;
static size_t traps_room;
static int32_t unreadable; /* since the last time they were handed over */

static int64_t now_ms(void)
{
    return hx_wall_us() / 1000;
}

/* ---- users ------------------------------------------------------------------------------ */

void hx_sinks_users_hide(void)
{
    for (size_t i = 0; i < users_count; ++i) {
        usm_remove_user(users[i]);
    }
}

void hx_sinks_users_show(void)
{
    for (size_t i = 0; i < users_count; ++i) {
        usm_add_user(users[i]);
    }
}

static void users_forget(void)
{
    hx_sinks_users_hide();
    for (size_t i = 0; i < users_count; ++i) {
        usm_free_user(users[i]);
    }
    users_count = 0;
}

/* RFC 3411, SnmpEngineID: a text after Net-SNMP's own number. */
static size_t engine_make(const char *text, u_char *engine)
{
    static const u_char head[] = {0x80, 0x00, 0x1F, 0x88, 0x04};
    memcpy(engine, head, sizeof head);
    memcpy(engine + sizeof head, text, strlen(text));
    return sizeof head + strlen(text);
}

/* Quoted as the library's words are. */
static void quoted_add(struct hx_text *line, const char *word)
{
    hx_text_add(line, " \"");
    for (; *word != '\0'; ++word) {
        hx_text_add(line, *word == '\\' ? "\\%c" : "%c", *word);
    }
    hx_text_add(line, "\"");
}

static void user_know(const struct hx_user *user, const u_char *engine, size_t size)
{
    struct hx_text line = {0};
    hx_text_add(&line, "-e 0x");
    for (size_t i = 0; i < size; ++i) {
        hx_text_add(&line, "%02x", engine[i]);
    }
    quoted_add(&line, user->name);
    if (user->level >= WM_SNMP_AUTH) {
        hx_text_add(&line, " SHA-256");
        quoted_add(&line, user->auth);
    }
    if (user->level >= WM_SNMP_PRIV) {
        hx_text_add(&line, " AES");
        quoted_add(&line, user->priv);
    }
    usm_parse_create_usmUser("createUser", line.bytes);
    hx_text_free(&line);
    struct usmUser *known = usm_get_user(engine, size, user->name);
    if (known != NULL) {
        users[users_count++] = known;
    }
}

void hx_sinks_know(const struct hx_question *question)
{
    u_char own[64];
    u_char webmanager[64];
    const size_t own_size = snmpv3_get_engineID(own, sizeof own);
    const size_t size = engine_make(question->engine, webmanager);
    users_forget();
    for (size_t i = 0; i < WM_SNMP_USERS; ++i) {
        if (question->user[i].name[0] != '\0') {
            user_know(&question->user[i], webmanager, size);
            user_know(&question->user[i], own, own_size);
        }
    }
}

/* ---- reading ---------------------------------------------------------------------------- */

static enum hx_trap_kind kind_of_own(oid last)
{
    return last == WM_SNMP_ENTRY_ADDED     ? HX_TRAP_ADDED
           : last == WM_SNMP_ENTRY_REMOVED ? HX_TRAP_REMOVED
                                           : HX_TRAP_OTHER;
}

/* By the value of snmpTrapOID.0 (RFC 3418). */
static enum hx_trap_kind kind_of(const oid *name, size_t length)
{
    static const oid own[] = {WM_OID_BACS, WM_SNMP_TRAPS};
    static const oid cold_start[] = {1, 3, 6, 1, 6, 3, 1, 1, 5, 1};
    static const oid failure[] = {1, 3, 6, 1, 6, 3, 1, 1, 5, 5};
    if (length == OID_LENGTH(own) + 1 && memcmp(name, own, sizeof own) == 0) {
        return kind_of_own(name[length - 1]);
    }
    return snmp_oid_compare(name, length, cold_start, OID_LENGTH(cold_start)) == 0
               ? HX_TRAP_COLD_START
           : snmp_oid_compare(name, length, failure, OID_LENGTH(failure)) == 0
               ? HX_TRAP_AUTHENTICATION_FAILURE
               : HX_TRAP_OTHER;
}

/* RFC 3584, 3.1: sysObjectID is the enterprise of what is standard. */
static enum hx_trap_kind kind_of_v1(const netsnmp_pdu *pdu)
{
    static const oid own[] = {WM_OID_BACS, WM_SNMP_TRAPS};
    static const oid object_id[] = {1, 3, 6, 1, 2, 1, 33};
    const bool is_own =
        snmp_oid_compare(pdu->enterprise, pdu->enterprise_length, own, OID_LENGTH(own)) == 0;
    if (is_own && pdu->trap_type == SNMP_TRAP_ENTERPRISESPECIFIC) {
        return kind_of_own((oid)pdu->specific_type);
    }
    if (snmp_oid_compare(pdu->enterprise, pdu->enterprise_length, object_id,
                         OID_LENGTH(object_id)) != 0 ||
        pdu->specific_type != 0) {
        return HX_TRAP_OTHER;
    }
    return pdu->trap_type == SNMP_TRAP_COLDSTART  ? HX_TRAP_COLD_START
           : pdu->trap_type == SNMP_TRAP_AUTHFAIL ? HX_TRAP_AUTHENTICATION_FAILURE
                                                  : HX_TRAP_OTHER;
}

static void variables_read(const netsnmp_variable_list *v, struct hx_trap *trap)
{
    static const oid up_time[] = {1, 3, 6, 1, 2, 1, 1, 3, 0};
    static const oid trap_oid[] = {1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0};
    oid row = 0;
    oid described = 0;
    for (; v != NULL; v = v->next_variable) {
        if (v->type == ASN_TIMETICKS &&
            snmp_oid_compare(v->name, v->name_length, up_time, OID_LENGTH(up_time)) == 0) {
            trap->uptime = (uint32_t)*v->val.integer;
        } else if (v->type == ASN_OBJECT_ID &&
                   snmp_oid_compare(v->name, v->name_length, trap_oid, OID_LENGTH(trap_oid)) == 0) {
            trap->kind = kind_of(v->val.objid, v->val_len / sizeof(oid));
        } else if (hx_is_alarm_cell(v, 1, &row) && v->type == ASN_INTEGER) {
            trap->id = row == (oid)*v->val.integer ? (uint32_t)row : 0;
        } else if (hx_is_alarm_cell(v, 2, &row)) {
            trap->number = hx_well_known_number(v);
            described = row;
        }
    }
    if (described != 0 && described != trap->id) {
        trap->id = 0; /* of two rows, it is of none */
    }
}

static struct hx_trap trap_read(const netsnmp_pdu *pdu)
{
    struct hx_trap trap = {.kind = HX_TRAP_OTHER, .is_inform = pdu->command == SNMP_MSG_INFORM};
    const bool is_v3 = pdu->version == SNMP_VERSION_3;
    const char *who = is_v3 ? pdu->securityName : (const char *)pdu->community;
    const size_t size = is_v3 ? pdu->securityNameLen : pdu->community_len;
    trap.version = is_v3 ? WM_SNMP_V3 : pdu->version == SNMP_VERSION_1 ? WM_SNMP_V1 : WM_SNMP_V2C;
    trap.level = !is_v3 || pdu->securityLevel == SNMP_SEC_LEVEL_NOAUTH ? WM_SNMP_NO_AUTH
                 : pdu->securityLevel == SNMP_SEC_LEVEL_AUTHNOPRIV     ? WM_SNMP_AUTH
                                                                       : WM_SNMP_PRIV;
    snprintf(trap.who, sizeof trap.who, "%.*s", (int)size, who != NULL ? who : "");
    if (pdu->command == SNMP_MSG_TRAP) {
        trap.kind = kind_of_v1(pdu);
        trap.uptime = (uint32_t)pdu->time;
    }
    variables_read(pdu->variables, &trap);
    return trap;
}

static void trap_keep(const struct hx_trap *trap)
{
    if (traps_count == traps_room) {
        traps_room = traps_room * 2 + 64;
        traps = hx_realloc(traps, traps_room * sizeof *traps);
    }
    traps[traps_count++] = *trap;
}

/* ---- informs ---------------------------------------------------------------------------- */

/* RFC 3416, 4.2.7: a repeat has the same request id; another inform may have it after a restart. */
static bool is_repeat(struct sink *sink, long request, const struct hx_trap *trap)
{
    const size_t known = sink->informs < REMEMBERED_MAX ? sink->informs : REMEMBERED_MAX;
    for (size_t i = 0; i < known; ++i) {
        const struct hx_trap *old = &sink->remembered[i].trap;
        if (sink->remembered[i].request == request && old->kind == trap->kind &&
            old->id == trap->id && old->number == trap->number && old->uptime == trap->uptime) {
            return true;
        }
    }
    sink->remembered[sink->informs % REMEMBERED_MAX].request = request;
    sink->remembered[sink->informs++ % REMEMBERED_MAX].trap = *trap;
    return false;
}

static void acknowledge(struct sink *sink, netsnmp_pdu *pdu)
{
    if (snmp_sess_send(sink->session, pdu) == 0) {
        snmp_free_pdu(pdu);
    }
}

/* One that is too much is not acknowledged, and comes again. */
static void acknowledge_later(struct sink *sink, const netsnmp_pdu *inform)
{
    netsnmp_pdu *pdu = snmp_clone_pdu((netsnmp_pdu *)(uintptr_t)inform);
    if (pdu == NULL || sink->dues == DUE_MAX) {
        snmp_free_pdu(pdu);
        return;
    }
    pdu->command = SNMP_MSG_RESPONSE;
    pdu->errstat = 0;
    pdu->errindex = 0;
    if (sink->latency_ms == 0) {
        acknowledge(sink, pdu);
        return;
    }
    sink->due[sink->dues].at_ms = now_ms() + sink->latency_ms;
    sink->due[sink->dues++].pdu = pdu;
}

static void acknowledge_due(struct sink *sink, int64_t until_ms)
{
    size_t left = 0;
    for (size_t i = 0; i < sink->dues; ++i) {
        if (sink->due[i].at_ms <= until_ms) {
            acknowledge(sink, sink->due[i].pdu);
        } else {
            sink->due[left++] = sink->due[i];
        }
    }
    sink->dues = left;
}

int hx_sinks_due_ms(void)
{
    int64_t first_ms = INT64_MAX;
    const int64_t at_ms = now_ms();
    for (size_t n = 0; n < HX_SINKS; ++n) {
        for (size_t i = 0; i < sinks[n].dues; ++i) {
            first_ms = sinks[n].due[i].at_ms < first_ms ? sinks[n].due[i].at_ms : first_ms;
        }
    }
    return first_ms == INT64_MAX ? -1 : first_ms > at_ms ? (int)(first_ms - at_ms) : 0;
}

/* ---- taking in -------------------------------------------------------------------------- */

static int trap_came(int operation, netsnmp_session *session, int id, netsnmp_pdu *pdu,
                     void *context)
{
    struct sink *sink = context;
    (void)session;
    (void)id;
    if (operation != NETSNMP_CALLBACK_OP_RECEIVED_MESSAGE ||
        (pdu->command != SNMP_MSG_TRAP && pdu->command != SNMP_MSG_TRAP2 &&
         pdu->command != SNMP_MSG_INFORM)) {
        return 1;
    }
    struct hx_trap trap = trap_read(pdu);
    trap.sink = (int32_t)(sink - sinks);
    if (trap.is_inform) {
        trap.is_repeat = is_repeat(sink, pdu->reqid, &trap);
        acknowledge_later(sink, pdu);
    }
    trap_keep(&trap);
    return 1;
}

/* Messages so far that could not be read; to be asked for an engine's name is none. */
static int32_t failures_count(void)
{
    static const int statistics[] = {
        STAT_SNMPINASNPARSEERRS,           STAT_SNMPINBADVERSIONS,    STAT_USMSTATSUNKNOWNUSERNAMES,
        STAT_USMSTATSUNSUPPORTEDSECLEVELS, STAT_USMSTATSWRONGDIGESTS, STAT_USMSTATSDECRYPTIONERRORS,
    };
    uint32_t count = 0;
    for (size_t i = 0; i < sizeof statistics / sizeof statistics[0]; ++i) {
        count += snmp_get_statistic(statistics[i]);
    }
    return (int32_t)count;
}

static bool sink_waits(const struct sink *sink)
{
    struct pollfd wait = {.fd = sink->fd, .events = POLLIN};
    return poll(&wait, 1, 0) > 0;
}

static void sink_drain(struct sink *sink)
{
    char byte;
    netsnmp_large_fd_set readable;
    const int32_t before = failures_count();
    netsnmp_large_fd_set_init(&readable, FD_SETSIZE);
    while (sink_waits(sink)) {
        if (sink->is_unplugged) {
            const struct hx_trap unheard = {
                .kind = HX_TRAP_OTHER, .sink = (int32_t)(sink - sinks), .is_unheard = true};
            recv(sink->fd, &byte, 1, MSG_DONTWAIT);
            trap_keep(&unheard);
        } else {
            netsnmp_large_fd_setfd(sink->fd, &readable);
            snmp_sess_read2(sink->session, &readable);
        }
    }
    netsnmp_large_fd_set_cleanup(&readable);
    unreadable += failures_count() - before;
}

void hx_sinks_serve(void)
{
    for (size_t n = 0; n < HX_SINKS; ++n) {
        sink_drain(&sinks[n]);
        if (sinks[n].dues > 0) {
            acknowledge_due(&sinks[n], now_ms());
        }
    }
}

/* ---- opening ---------------------------------------------------------------------------- */

/* Its port, 0 if it can't be had. */
static int32_t sink_open(struct sink *sink, enum hx_network network)
{
    static const char *const places[] = {[HX_LOOPBACK] = "udp:127.0.0.1:0",
                                         [HX_LOOPBACK_IP6] = "udp6:[::1]:0",
                                         [HX_EVERYWHERE] = "udp:0.0.0.0:0"};
    netsnmp_transport *transport = netsnmp_transport_open_server("snmptrap", places[network]);
    if (transport == NULL) {
        return 0;
    }
    netsnmp_session session;
    snmp_sess_init(&session);
    session.peername = SNMP_DEFAULT_PEERNAME;
    session.version = SNMP_DEFAULT_VERSION;
    session.community_len = SNMP_DEFAULT_COMMUNITY_LEN;
    session.callback = trap_came;
    session.callback_magic = sink;
    session.authenticator = NULL;
    session.isAuthoritative = SNMP_SESS_UNKNOWNAUTH; /* for traps not, for informs so */
    sink->session = snmp_sess_add(&session, transport, NULL, NULL);
    if (sink->session == NULL) {
        return 0;
    }
    sink->fd = transport->sock;
    union {
        struct sockaddr any;
        struct sockaddr_in ip4;
        struct sockaddr_in6 ip6;
    } address;
    socklen_t size = sizeof address;
    int room = 1 << 20;
    setsockopt(sink->fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    if (getsockname(sink->fd, &address.any, &size) != 0) {
        return 0;
    }
    return ntohs(network == HX_LOOPBACK_IP6 ? address.ip6.sin6_port : address.ip4.sin_port);
}

bool hx_sinks_open(enum hx_network network, int32_t port[HX_SINKS])
{
    for (size_t n = 0; n < HX_SINKS; ++n) {
        if (sinks[n].session != NULL) {
            snmp_sess_close(sinks[n].session);
        }
        sinks[n] = (struct sink){.fd = -1};
        port[n] = sink_open(&sinks[n], network);
        if (port[n] == 0) {
            return false;
        }
    }
    return true;
}

void hx_sinks_fds(int fd[HX_SINKS])
{
    for (size_t n = 0; n < HX_SINKS; ++n) {
        fd[n] = sinks[n].fd;
    }
}

void hx_sinks_set(const struct hx_question *question)
{
    struct sink *sink = &sinks[question->sink.number];
    sink_drain(sink);
    sink->is_unplugged = question->sink.is_unplugged;
    sink->latency_ms = question->sink.latency_ms;
}

/* ---- handing over ----------------------------------------------------------------------- */

/* Whether one of them has something, after at most so long; acknowledgements may be due before. */
static bool sinks_wait(int64_t until_ms)
{
    struct pollfd wait[HX_SINKS];
    const int64_t left_ms = until_ms - now_ms();
    const int due_ms = hx_sinks_due_ms();
    for (size_t n = 0; n < HX_SINKS; ++n) {
        wait[n] = (struct pollfd){.fd = sinks[n].fd, .events = POLLIN};
    }
    if (left_ms <= 0) {
        return false;
    }
    poll(wait, HX_SINKS, due_ms >= 0 && due_ms < left_ms ? due_ms : (int)left_ms);
    return true;
}

void hx_sinks_take(int wait_ms, struct hx_answer *answer)
{
    const int64_t until_ms = now_ms() + wait_ms;
    do {
        hx_sinks_serve();
    } while (traps_count == 0 && sinks_wait(until_ms));
    size_t count = traps_count < HX_TRAPS_MAX ? traps_count : HX_TRAPS_MAX;
    if (count > 0) {
        memcpy(answer->is.trap, traps, count * sizeof *traps);
        memmove(traps, traps + count, (traps_count - count) * sizeof *traps);
    }
    traps_count -= count;
    answer->is_ok = true;
    answer->count = (int32_t)count;
    answer->has_more = traps_count > 0;
    answer->unreadable = unreadable;
    unreadable = 0;
}

void hx_sinks_forget(const struct hx_question *question)
{
    u_char webmanager[64];
    free_enginetime(webmanager, engine_make(question->engine, webmanager));
    hx_sinks_serve();
    for (size_t n = 0; n < HX_SINKS; ++n) {
        acknowledge_due(&sinks[n], INT64_MAX);
        sinks[n].is_unplugged = false;
        sinks[n].latency_ms = 0;
        sinks[n].informs = 0;
    }
    users_forget();
    traps_count = 0;
    unreadable = 0;
}
