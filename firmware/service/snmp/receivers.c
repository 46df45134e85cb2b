/*
 * receivers.c — see receivers.h.
 *
 * Each receiver has a session of its own. The engine of a v3 receiver of informs is discovered
 * (RFC 3414, 4) by the first inform, without waiting: what is to be told meanwhile queues up.
 */
#include "receivers.h"

/* Net-SNMP's headers need this order. */
#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include <net-snmp/library/large_fd_set.h>

#include <arpa/inet.h>
#include <ev.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "access.h"
#include "mib_view.h"
#include "oid.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum {
    INFORM_RETRIES = 3, /* decision S8 */
    /* Informs that wait for their receiver or its engine; what comes above is lost to it. */
    PENDING_MAX = 64,
    /* Looks before that is tried again which could not be sent: as long as an answer may take. */
    PAUSE_LOOKS = 6,
};
#define INFORM_TIMEOUT_US 1500000L
#define LOOK_S            0.25

/* RFC 3418: sysUpTime.0, snmpTrapOID.0, coldStart, authenticationFailure. */
static const uint32_t oid_uptime[] = {1, 3, 6, 1, 2, 1, 1, 3, 0};
static const uint32_t oid_trap[] = {1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0};
static const uint32_t oid_standard_traps[] = {1, 3, 6, 1, 6, 3, 1, 1, 5};
/* sysObjectID (decision S1), and the enterprise of our own traps. */
static const uint32_t oid_object_id[] = {1, 3, 6, 1, 2, 1, 33};
static const uint32_t oid_traps[] = {WM_OID_BACS, WM_SNMP_TRAPS};

/* Last arc of snmpTrapOID, and what RFC 3584, 3.2 makes of it for v1. */
static const struct {
    uint32_t arc;
    long generic; /* of v1 */
} kinds[] = {
    [SNMPS_COLD_START] = {1, SNMP_TRAP_COLDSTART},
    [SNMPS_AUTHENTICATION_FAILURE] = {5, SNMP_TRAP_AUTHFAIL},
    [SNMPS_ENTRY_ADDED] = {WM_SNMP_ENTRY_ADDED, SNMP_TRAP_ENTERPRISESPECIFIC},
    [SNMPS_ENTRY_REMOVED] = {WM_SNMP_ENTRY_REMOVED, SNMP_TRAP_ENTERPRISESPECIFIC},
};

struct told {
    struct snmps_news news;
    wm_ms uptime_ms;
};

enum inform_state {
    INFORM_FREE,
    INFORM_WAITING, /* to be said, for the first time or again */
    INFORM_SAID,    /* waits for its answer                    */
};

struct inform {
    struct receiver *receiver;
    enum inform_state state;
    struct told told;
    uint32_t turn; /* the order in which they are said */
    int said;
    int rest;        /* looks until it may be said */
    long request_id; /* the same when it is said again, so that it counts once */
    long message_id; /* of v3 */
};

struct receiver {
    struct snmps_receivers *all;
    void *session; /* null: nobody, or it could not be had */
    ev_io io;
    ev_timer look;
    struct sockaddr_storage peer;
    char address[64];
    char community[40];
    enum wm_snmp_version version;
    bool is_inform;
    int32_t user;
    bool is_engine_known;
    bool is_engine_wrong; /* it says that it is another one now */
    bool is_probing;
    long probe_id; /* msgID */
    int probes;
    int probe_rest;
    uint32_t turn;
    struct inform inform[PENDING_MAX];
};

struct snmps_receivers {
    struct ev_loop *loop;
    const struct wm_settings *settings;
    netsnmp_large_fd_set readable;
    struct receiver receiver[WM_TRAP_RECEIVERS_MAX];
};

/* ---- messages --------------------------------------------------------------------------- */

static void pdu_add_oid(netsnmp_pdu *pdu, const uint32_t *name, size_t name_length,
                        const uint32_t *value, size_t value_length)
{
    oid wide_name[WM_OID_MAX];
    oid wide_value[WM_OID_MAX];
    snmps_oid_widen(name, name_length, wide_name);
    snmps_oid_widen(value, value_length, wide_value);
    snmp_pdu_add_variable(pdu, wide_name, name_length, ASN_OBJECT_ID, wide_value,
                          value_length * sizeof *wide_value);
}

static void pdu_add_number(netsnmp_pdu *pdu, const uint32_t *name, size_t name_length, u_char type,
                           long value)
{
    oid wide_name[WM_OID_MAX];
    snmps_oid_widen(name, name_length, wide_name);
    snmp_pdu_add_variable(pdu, wide_name, name_length, type, &value, sizeof value);
}

static bool is_entry(const struct snmps_news *news)
{
    return news->kind == SNMPS_ENTRY_ADDED || news->kind == SNMPS_ENTRY_REMOVED;
}

static void pdu_add_row(netsnmp_pdu *pdu, const struct snmps_news *news)
{
    uint32_t name[WM_OID_MAX];
    uint32_t kind[WM_OID_MAX];
    size_t length = snmps_alarm_oid(SNMPS_ALARM_ID, news->id, name);
    pdu_add_number(pdu, name, length, ASN_INTEGER, (long)news->id);
    length = snmps_alarm_oid(SNMPS_ALARM_DESCR, news->id, name);
    pdu_add_oid(pdu, name, length, kind, snmps_well_known_oid(news->number, kind));
}

/* RFC 3416, 4.2.6: sysUpTime.0 and snmpTrapOID.0 come first. Null without memory. */
static netsnmp_pdu *notification_create(const struct told *told, int command)
{
    const struct snmps_news *news = &told->news;
    uint32_t trap[WM_OID_MAX];
    const uint32_t *root = is_entry(news) ? oid_traps : oid_standard_traps;
    const size_t length = is_entry(news) ? COUNT(oid_traps) : COUNT(oid_standard_traps);
    netsnmp_pdu *pdu = snmp_pdu_create(command);
    if (pdu != NULL) {
        memcpy(trap, root, length * sizeof *root);
        trap[length] = kinds[news->kind].arc;
        pdu_add_number(pdu, oid_uptime, COUNT(oid_uptime), ASN_TIMETICKS,
                       (long)snmps_ticks(told->uptime_ms));
        pdu_add_oid(pdu, oid_trap, COUNT(oid_trap), trap, length + 1);
        if (is_entry(news)) {
            pdu_add_row(pdu, news);
        }
    }
    return pdu;
}

/* RFC 3584, 3.2. The agent's address is left 0: the datagram has it. */
static netsnmp_pdu *trap_v1_create(const struct told *told)
{
    const struct snmps_news *news = &told->news;
    oid enterprise[WM_OID_MAX];
    const uint32_t *from = is_entry(news) ? oid_traps : oid_object_id;
    const size_t length = is_entry(news) ? COUNT(oid_traps) : COUNT(oid_object_id);
    netsnmp_pdu *pdu = snmp_pdu_create(SNMP_MSG_TRAP);
    if (pdu != NULL) {
        snmps_oid_widen(from, length, enterprise);
        pdu->enterprise = snmp_duplicate_objid(enterprise, length);
        pdu->enterprise_length = length;
        pdu->trap_type = kinds[news->kind].generic;
        pdu->specific_type = is_entry(news) ? (long)kinds[news->kind].arc : 0;
        pdu->time = snmps_ticks(told->uptime_ms);
        if (is_entry(news)) {
            pdu_add_row(pdu, news);
        }
    }
    return pdu;
}

/* ---- what comes back -------------------------------------------------------------------- */

static bool is_anything_under_way(const struct receiver *receiver)
{
    bool is = receiver->is_probing;
    for (size_t i = 0; i < PENDING_MAX; i++) {
        is = is || receiver->inform[i].state != INFORM_FREE;
    }
    return is;
}

/* It was not heard, or could not be sent: it is said again after so many looks, or given up. */
static void inform_again(struct inform *inform, int looks)
{
    inform->state = inform->said <= INFORM_RETRIES ? INFORM_WAITING : INFORM_FREE;
    inform->rest = looks;
}

/*
 * The library may call more than once for one message. One whose answer is not taken here it keeps
 * until it times out, so that a report, which anybody can make up, loses nothing; from one of
 * notInTimeWindow it takes the clock, and says the message again by itself.
 */
static int on_inform(int operation, netsnmp_session *session, int id, netsnmp_pdu *pdu, void *self)
{
    struct inform *inform = self;
    (void)session;
    (void)id;
    if (inform->state != INFORM_SAID) {
        return 1;
    }
    if (operation == NETSNMP_CALLBACK_OP_RESEND) {
        inform->message_id = pdu->msgid;
        return 1;
    }
    if (pdu != NULL && pdu->command == SNMP_MSG_REPORT) {
        return 0;
    }
    if (operation == NETSNMP_CALLBACK_OP_RECEIVED_MESSAGE) {
        inform->state = INFORM_FREE;
    } else {
        inform_again(inform, operation == NETSNMP_CALLBACK_OP_TIMED_OUT ? 0 : PAUSE_LOOKS);
    }
    return 1;
}

/* What was asked of nobody was not heard, or could not be sent: what waits is lost in the end. */
static void probe_again(struct receiver *receiver, int looks)
{
    receiver->probe_rest = looks;
    if (receiver->probes > INFORM_RETRIES) {
        receiver->probes = 0;
        for (size_t i = 0; i < PENDING_MAX; i++) {
            receiver->inform[i].state = INFORM_FREE;
        }
    }
}

/* The engine that informs are for from now on. */
static bool engine_take(struct receiver *receiver, netsnmp_session *session,
                        const netsnmp_pdu *report)
{
    const size_t size = report->securityEngineIDLen;
    u_char *engine = netsnmp_memdup(report->securityEngineID, size);
    u_char *context = netsnmp_memdup(report->securityEngineID, size);
    if (engine == NULL || context == NULL ||
        !snmps_access_know(receiver->all->settings, receiver->user, engine, size)) {
        free(engine);
        free(context);
        return false;
    }
    free(session->securityEngineID);
    free(session->contextEngineID);
    session->securityEngineID = engine;
    session->securityEngineIDLen = size;
    session->contextEngineID = context;
    session->contextEngineIDLen = size;
    return true;
}

static int on_engine(int operation, netsnmp_session *session, int id, netsnmp_pdu *pdu, void *self)
{
    struct receiver *receiver = self;
    (void)id;
    if (!receiver->is_probing) {
        return 1;
    }
    receiver->is_probing = false;
    if (pdu != NULL && pdu->command == SNMP_MSG_REPORT && pdu->securityEngineIDLen > 0 &&
        engine_take(receiver, session, pdu)) {
        receiver->is_engine_known = true;
    } else {
        probe_again(receiver, operation == NETSNMP_CALLBACK_OP_TIMED_OUT ? 0 : PAUSE_LOOKS);
    }
    return 1;
}

static bool is_same_place(const struct sockaddr_storage *place, const struct sockaddr *from)
{
    if (place->ss_family != from->sa_family) {
        return false;
    }
    if (place->ss_family == AF_INET6) {
        const struct sockaddr_in6 *left = (const struct sockaddr_in6 *)(const void *)place;
        const struct sockaddr_in6 *right = (const struct sockaddr_in6 *)(const void *)from;
        return left->sin6_port == right->sin6_port &&
               memcmp(&left->sin6_addr, &right->sin6_addr, sizeof left->sin6_addr) == 0;
    }
    const struct sockaddr_in *left = (const struct sockaddr_in *)(const void *)place;
    const struct sockaddr_in *right = (const struct sockaddr_in *)(const void *)from;
    return left->sin_port == right->sin_port && left->sin_addr.s_addr == right->sin_addr.s_addr;
}

/* Of the receiver itself: the library would take an answer from anywhere. */
static int packet_admit(netsnmp_session *session, netsnmp_transport *transport, void *from,
                        int from_size)
{
    const struct receiver *receiver = session->myvoid;
    (void)transport;
    return from != NULL && from_size >= (int)sizeof(struct sockaddr_in) &&
           is_same_place(&receiver->peer, from);
}

/* msgID of a message of v3 (RFC 3412, 6). */
static bool message_id_read(u_char *bytes, size_t size, long *id)
{
    u_char type;
    long version;
    u_char *at = asn_parse_sequence(bytes, &size, &type, ASN_SEQUENCE | ASN_CONSTRUCTOR, "message");
    if (at != NULL) {
        at = asn_parse_int(at, &size, &type, &version, sizeof version);
    }
    if (at != NULL) {
        at = asn_parse_sequence(at, &size, &type, ASN_SEQUENCE | ASN_CONSTRUCTOR, "header");
    }
    return at != NULL && asn_parse_int(at, &size, &type, id, sizeof *id) != NULL;
}

static bool is_answer(const struct receiver *receiver, u_char *bytes, size_t size)
{
    long id;
    if (!message_id_read(bytes, size, &id)) {
        return false;
    }
    bool is = receiver->is_probing && receiver->probe_id == id;
    for (size_t i = 0; i < PENDING_MAX; i++) {
        const struct inform *inform = &receiver->inform[i];
        is = is || (inform->state == INFORM_SAID && inform->message_id == id);
    }
    return is;
}

/*
 * The library keeps a record of every engine that it hears of here: only that counts which answers
 * a message of ours. Without a session to do it by, it sends no report either.
 */
static int packet_parse(netsnmp_session *session, netsnmp_pdu *pdu, u_char *bytes, size_t size)
{
    struct receiver *receiver = session->myvoid;
    if (receiver->version == WM_SNMP_V3 && !is_answer(receiver, bytes, size)) {
        return SNMPERR_ASN_PARSE_ERR;
    }
    const int result = snmp_parse(NULL, session, pdu, bytes, size);
    /* Nobody is known at this engine, so it is not the one that was discovered. */
    receiver->is_engine_wrong =
        receiver->is_engine_wrong ||
        (receiver->is_engine_known && result == SNMPERR_USM_UNKNOWNSECURITYNAME);
    return result;
}

static void receiver_read(struct receiver *receiver)
{
    netsnmp_large_fd_setfd(receiver->io.fd, &receiver->all->readable);
    (void)snmp_sess_read2(receiver->session, &receiver->all->readable);
}

static void receiver_go_on(struct receiver *receiver);

static void on_readable(struct ev_loop *loop, ev_io *io, int events)
{
    struct receiver *receiver = io->data;
    (void)loop;
    (void)events;
    receiver_read(receiver);
    receiver_go_on(receiver);
}

/* An answer that is there already counts before a time-out that has passed meanwhile. */
static void on_look(struct ev_loop *loop, ev_timer *timer, int events)
{
    struct receiver *receiver = timer->data;
    (void)events;
    receiver_read(receiver);
    snmp_sess_timeout(receiver->session);
    receiver->probe_rest -= receiver->probe_rest > 0;
    for (size_t i = 0; i < PENDING_MAX; i++) {
        receiver->inform[i].rest -= receiver->inform[i].rest > 0;
    }
    receiver_go_on(receiver);
    if (!is_anything_under_way(receiver)) {
        ev_timer_stop(loop, timer);
    }
}

/* ---- telling ---------------------------------------------------------------------------- */

static void look_begin(struct receiver *receiver)
{
    if (receiver->session != NULL && !ev_is_active(&receiver->look)) {
        ev_timer_again(receiver->all->loop, &receiver->look);
    }
}

/* RFC 3414, 4: a request of nobody to an engine without a name, which it answers with its name. */
static void engine_probe(struct receiver *receiver)
{
    netsnmp_pdu *pdu = snmp_pdu_create(SNMP_MSG_GET);
    if (pdu == NULL) {
        return;
    }
    pdu->version = SNMP_VERSION_3;
    pdu->securityName = strdup("");
    pdu->securityNameLen = 0;
    pdu->securityLevel = SNMP_SEC_LEVEL_NOAUTH;
    pdu->securityModel = SNMP_SEC_MODEL_USM;
    receiver->is_probing = true;
    receiver->probes++;
    if (snmp_sess_async_send(receiver->session, pdu, on_engine, receiver) == 0) {
        /* It has called back for some failures, and not for others. */
        (void)on_engine(NETSNMP_CALLBACK_OP_SEND_FAILED, NULL, 0, NULL, receiver);
        snmp_free_pdu(pdu);
        return;
    }
    receiver->probe_id = pdu->msgid;
    snmp_increment_statistic(STAT_SNMPOUTPKTS);
}

static void inform_say(struct inform *inform)
{
    netsnmp_pdu *pdu = notification_create(&inform->told, SNMP_MSG_INFORM);
    if (pdu == NULL) {
        return; /* the next look tries again */
    }
    if (inform->said == 0) {
        inform->request_id = pdu->reqid;
    }
    pdu->reqid = inform->request_id;
    inform->said++;
    inform->state = INFORM_SAID;
    if (snmp_sess_async_send(inform->receiver->session, pdu, on_inform, inform) == 0) {
        (void)on_inform(NETSNMP_CALLBACK_OP_SEND_FAILED, NULL, 0, NULL, inform);
        snmp_free_pdu(pdu);
        return;
    }
    inform->message_id = pdu->msgid;
    snmp_increment_statistic(STAT_SNMPOUTPKTS);
}

/* The one that has waited longest, of those that may be said now; null: none. */
static struct inform *inform_next(struct receiver *receiver)
{
    struct inform *next = NULL;
    for (size_t i = 0; i < PENDING_MAX; i++) {
        struct inform *inform = &receiver->inform[i];
        if (inform->state == INFORM_WAITING && inform->rest == 0 &&
            (next == NULL || inform->turn - next->turn > UINT32_MAX / 2)) {
            next = inform;
        }
    }
    return next;
}

static void receiver_reopen(struct receiver *receiver);

/* Never from within a call of the library for this session. */
static void receiver_go_on(struct receiver *receiver)
{
    struct inform *inform;
    if (receiver->is_engine_wrong) {
        receiver_reopen(receiver);
    }
    if (receiver->session == NULL) {
        return;
    }
    while (receiver->is_engine_known && (inform = inform_next(receiver)) != NULL) {
        const int said = inform->said;
        inform_say(inform);
        if (inform->said == said) {
            return; /* without memory */
        }
    }
    if (!receiver->is_engine_known && !receiver->is_probing && receiver->probe_rest == 0 &&
        inform_next(receiver) != NULL) {
        engine_probe(receiver);
    }
}

static void receiver_inform(struct receiver *receiver, const struct told *told)
{
    for (size_t i = 0; i < PENDING_MAX; i++) {
        struct inform *inform = &receiver->inform[i];
        if (inform->state == INFORM_FREE) {
            *inform = (struct inform){.receiver = receiver,
                                      .state = INFORM_WAITING,
                                      .told = *told,
                                      .turn = receiver->turn++};
            look_begin(receiver);
            receiver_go_on(receiver);
            return;
        }
    }
}

static void receiver_tell(struct receiver *receiver, const struct told *told)
{
    if (receiver->session == NULL) {
        return;
    }
    if (receiver->is_inform && receiver->version != WM_SNMP_V1) {
        receiver_inform(receiver, told);
        return;
    }
    netsnmp_pdu *pdu = receiver->version == WM_SNMP_V1 ? trap_v1_create(told)
                                                       : notification_create(told, SNMP_MSG_TRAP2);
    if (pdu != NULL && snmp_sess_send(receiver->session, pdu) == 0) {
        snmp_free_pdu(pdu);
    } else if (pdu != NULL) {
        snmp_increment_statistic(STAT_SNMPOUTPKTS);
        snmp_increment_statistic(STAT_SNMPOUTTRAPS);
    }
}

void snmps_receivers_tell(struct snmps_receivers *receivers, const struct snmps_news *news,
                          wm_ms uptime_ms)
{
    const struct told told = {*news, uptime_ms};
    for (size_t i = 0; i < COUNT(receivers->receiver); i++) {
        receiver_tell(&receivers->receiver[i], &told);
    }
}

/* ---- opening ---------------------------------------------------------------------------- */

/* What is under way is kept, to be said again. */
static void session_close(struct receiver *receiver)
{
    if (receiver->session == NULL) {
        return;
    }
    ev_io_stop(receiver->all->loop, &receiver->io);
    ev_timer_stop(receiver->all->loop, &receiver->look);
    for (size_t i = 0; i < PENDING_MAX; i++) {
        if (receiver->inform[i].state == INFORM_SAID) {
            inform_again(&receiver->inform[i], 0);
        }
    }
    receiver->is_probing = false;
    receiver->probes = 0;
    receiver->probe_rest = 0;
    receiver->is_engine_wrong = false;
    /* It calls back for what was under way, which nobody waits for any more. */
    snmp_sess_close(receiver->session);
    receiver->session = NULL;
}

static void receiver_close(struct receiver *receiver)
{
    struct snmps_receivers *all = receiver->all;
    session_close(receiver);
    memset(receiver, 0, sizeof *receiver);
    receiver->all = all;
}

/* v3: a trap is of our own engine, an inform of the receiver's. */
static void session_secure(netsnmp_session *session, const struct wm_snmp_user *user,
                           bool is_inform, u_char engine[64])
{
    session->version = SNMP_VERSION_3;
    /* The users' keys are known already. */
    session->flags |= SNMP_FLAGS_DONT_PROBE | SNMP_FLAGS_USER_CREATED;
    session->securityModel = SNMP_SEC_MODEL_USM;
    session->securityName = (char *)(uintptr_t)user->name;
    session->securityNameLen = strlen(user->name);
    session->securityLevel = snmps_security_level(user->level);
    if (!is_inform) {
        session->securityEngineID = engine;
        session->securityEngineIDLen = snmpv3_get_engineID(engine, 64);
        session->contextEngineID = engine;
        session->contextEngineIDLen = session->securityEngineIDLen;
    }
}

/* "192.0.2.1:162" or "[2001:db8::1]:162", as the setting's form is. */
static bool place_parse(const char *text, struct sockaddr_storage *place)
{
    char host[64];
    const bool is_ip6 = text[0] == '[';
    const char *colon = strrchr(text, ':');
    memset(place, 0, sizeof *place);
    if (colon == NULL || (size_t)(colon - text) >= sizeof host) {
        return false;
    }
    (void)snprintf(host, sizeof host, "%.*s", (int)(colon - text) - 2 * is_ip6, text + is_ip6);
    const uint16_t port = htons((uint16_t)strtol(colon + 1, NULL, 10));
    if (is_ip6) {
        struct sockaddr_in6 *ip6 = (struct sockaddr_in6 *)(void *)place;
        ip6->sin6_family = AF_INET6;
        ip6->sin6_port = port;
        return inet_pton(AF_INET6, host, &ip6->sin6_addr) == 1;
    }
    struct sockaddr_in *ip4 = (struct sockaddr_in *)(void *)place;
    ip4->sin_family = AF_INET;
    ip4->sin_port = port;
    return inet_pton(AF_INET, host, &ip4->sin_addr) == 1;
}

/* Without it, out of descriptors or memory or for want of such a network, it does not hear. */
static void session_open(struct receiver *receiver)
{
    char peer[80];
    u_char engine[64];
    netsnmp_session session;
    const struct wm_snmp_user user = wm_snmp_user(receiver->all->settings, receiver->user);
    (void)snprintf(peer, sizeof peer, "%s:%s", receiver->address[0] == '[' ? "udp6" : "udp",
                   receiver->address);
    netsnmp_transport *transport = place_parse(receiver->address, &receiver->peer)
                                       ? netsnmp_transport_open_client("snmptrap", peer)
                                       : NULL;
    if (transport == NULL) {
        return;
    }
    snmp_sess_init(&session);
    session.myvoid = receiver;
    session.retries = 0; /* they are said again from here */
    session.timeout = INFORM_TIMEOUT_US;
    if (receiver->version == WM_SNMP_V3) {
        session_secure(&session, &user, receiver->is_inform, engine);
    } else {
        session.version = receiver->version == WM_SNMP_V1 ? SNMP_VERSION_1 : SNMP_VERSION_2c;
        session.community = (u_char *)receiver->community;
        session.community_len = strlen(receiver->community);
    }
    const int fd = transport->sock;
    /* It frees the transport when it fails. */
    receiver->session = snmp_sess_add_ex(&session, transport, packet_admit, packet_parse, NULL,
                                         NULL, NULL, NULL, NULL);
    if (receiver->session == NULL) {
        return;
    }
    /* The library takes this away when it opens a session, and would wait for the engine then. */
    snmp_sess_session(receiver->session)->flags |= SNMP_FLAGS_DONT_PROBE;
    receiver->is_engine_known = receiver->version != WM_SNMP_V3 || !receiver->is_inform;
    (void)fcntl(fd, F_SETFL, O_NONBLOCK);
    (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
    ev_io_init(&receiver->io, on_readable, fd, EV_READ);
    receiver->io.data = receiver;
    ev_init(&receiver->look, on_look);
    receiver->look.repeat = LOOK_S;
    receiver->look.data = receiver;
    ev_io_start(receiver->all->loop, &receiver->io);
}

static void receiver_reopen(struct receiver *receiver)
{
    session_close(receiver);
    session_open(receiver);
    if (is_anything_under_way(receiver)) {
        look_begin(receiver);
    }
}

static void receiver_apply(struct receiver *receiver, int32_t number, bool are_users_new)
{
    const struct wm_snmp_receiver is = wm_snmp_receiver(receiver->all->settings, number);
    const bool is_v3 = is.version == WM_SNMP_V3;
    if (strcmp(receiver->address, is.address) == 0 && receiver->version == is.version &&
        receiver->is_inform == is.is_inform &&
        (is_v3 ? receiver->user == is.user : strcmp(receiver->community, is.community) == 0)) {
        if (is_v3 && are_users_new && is.address[0] != '\0') {
            receiver_reopen(receiver);
            receiver_go_on(receiver);
        }
        return;
    }
    receiver_close(receiver);
    receiver->version = is.version;
    receiver->is_inform = is.is_inform;
    receiver->user = is.user;
    (void)snprintf(receiver->address, sizeof receiver->address, "%s", is.address);
    (void)snprintf(receiver->community, sizeof receiver->community, "%s", is.community);
    if (is.address[0] != '\0') {
        session_open(receiver);
    }
}

void snmps_receivers_apply(struct snmps_receivers *receivers, const struct wm_settings *settings,
                           bool are_users_new)
{
    receivers->settings = settings;
    for (int32_t i = 0; i < WM_TRAP_RECEIVERS_MAX; i++) {
        receiver_apply(&receivers->receiver[i], i + 1, are_users_new);
    }
}

struct snmps_receivers *snmps_receivers_create(struct ev_loop *loop)
{
    struct snmps_receivers *receivers = calloc(1, sizeof *receivers);
    if (receivers != NULL) {
        receivers->loop = loop;
        netsnmp_large_fd_set_init(&receivers->readable, FD_SETSIZE);
        for (size_t i = 0; i < COUNT(receivers->receiver); i++) {
            receivers->receiver[i].all = receivers;
        }
    }
    return receivers;
}

void snmps_receivers_destroy(struct snmps_receivers *receivers)
{
    if (receivers != NULL) {
        for (size_t i = 0; i < COUNT(receivers->receiver); i++) {
            receiver_close(&receivers->receiver[i]);
        }
        netsnmp_large_fd_set_cleanup(&receivers->readable);
        free(receivers);
    }
}
