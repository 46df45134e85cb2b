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

#include <ev.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access.h"
#include "mib_view.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum {
    RECEIVER_TEXTS = 2,
    RECEIVER_ROWS = 3,
    INFORM_RETRIES = 3, /* decision S8 */
    /* Informs that wait for their receiver or its engine; what comes above is lost to it. */
    PENDING_MAX = 64,
};
#define INFORM_TIMEOUT_US 1500000L
#define LOOK_S            0.25

enum { VERSION_V1, VERSION_V2C, VERSION_V3 };

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

struct receiver {
    struct snmps_receivers *all;
    void *session; /* null: nobody, or it could not be had */
    ev_io io;
    ev_timer look;
    char address[64];
    char community[40];
    int32_t version;
    bool is_inform;
    char user_name[40];
    bool is_engine_known;
    bool is_probing;
    int pending;                    /* informs and probes that wait for an answer */
    struct told queue[PENDING_MAX]; /* while the engine is not known */
    size_t queued;
};

struct snmps_receivers {
    struct ev_loop *loop;
    netsnmp_large_fd_set readable;
    struct receiver receiver[WM_TRAP_RECEIVERS_MAX];
};

/* ---- messages --------------------------------------------------------------------------- */

static void oid_widen(const uint32_t *from, size_t length, oid *to)
{
    for (size_t i = 0; i < length; i++) {
        to[i] = from[i];
    }
}

static void pdu_add_oid(netsnmp_pdu *pdu, const uint32_t *name, size_t name_length,
                        const uint32_t *value, size_t value_length)
{
    oid wide_name[WM_OID_MAX];
    oid wide_value[WM_OID_MAX];
    oid_widen(name, name_length, wide_name);
    oid_widen(value, value_length, wide_value);
    snmp_pdu_add_variable(pdu, wide_name, name_length, ASN_OBJECT_ID, wide_value,
                          value_length * sizeof *wide_value);
}

static void pdu_add_number(netsnmp_pdu *pdu, const uint32_t *name, size_t name_length, u_char type,
                           long value)
{
    oid wide_name[WM_OID_MAX];
    oid_widen(name, name_length, wide_name);
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
        oid_widen(from, length, enterprise);
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

static void receiver_send(struct receiver *receiver, const struct told *told);

static void look_begin(struct receiver *receiver)
{
    if (!ev_is_active(&receiver->look)) {
        ev_timer_again(receiver->all->loop, &receiver->look);
    }
}

/* An inform was acknowledged, or given up. */
static int on_inform(int operation, netsnmp_session *session, int id, netsnmp_pdu *pdu, void *self)
{
    struct receiver *receiver = self;
    (void)session;
    (void)id;
    (void)pdu;
    if (operation != NETSNMP_CALLBACK_OP_RESEND) {
        receiver->pending--;
    }
    return 1;
}

/* The engine answered with its id, or there is no answer: what waits is then lost. */
static int on_engine(int operation, netsnmp_session *session, int id, netsnmp_pdu *pdu, void *self)
{
    struct receiver *receiver = self;
    (void)id;
    (void)pdu;
    if (operation == NETSNMP_CALLBACK_OP_RESEND) {
        return 1;
    }
    receiver->pending--;
    receiver->is_probing = false;
    if (session->securityEngineIDLen > 0 &&
        usm_create_user_from_session(session) == SNMPERR_SUCCESS) {
        receiver->is_engine_known = true;
        for (size_t i = 0; i < receiver->queued; i++) {
            receiver_send(receiver, &receiver->queue[i]);
        }
    }
    receiver->queued = 0;
    return 1;
}

static void receiver_read(struct receiver *receiver)
{
    netsnmp_large_fd_setfd(receiver->io.fd, &receiver->all->readable);
    (void)snmp_sess_read2(receiver->session, &receiver->all->readable);
}

static void on_readable(struct ev_loop *loop, ev_io *io, int events)
{
    (void)loop;
    (void)events;
    receiver_read(io->data);
}

/* An answer that is there already counts before a time-out that has passed meanwhile. */
static void on_look(struct ev_loop *loop, ev_timer *timer, int events)
{
    struct receiver *receiver = timer->data;
    (void)events;
    receiver_read(receiver);
    snmp_sess_timeout(receiver->session);
    if (receiver->pending == 0) {
        ev_timer_stop(loop, timer);
    }
}

/* ---- telling ---------------------------------------------------------------------------- */

static void pdu_dispatch(struct receiver *receiver, netsnmp_pdu *pdu, snmp_callback callback)
{
    if (pdu == NULL) {
        return;
    }
    if (callback == NULL) {
        if (snmp_sess_send(receiver->session, pdu) == 0) {
            snmp_free_pdu(pdu);
        }
        return;
    }
    const int pending = receiver->pending++;
    if (snmp_sess_async_send(receiver->session, pdu, callback, receiver) == 0) {
        /* The library called back for some failures, and not for others. */
        snmp_free_pdu(pdu);
        receiver->pending = pending;
        receiver->is_probing = receiver->is_probing && callback != on_engine;
    }
    look_begin(receiver);
}

/* RFC 3414, 4: a request of nobody to an engine without a name, which it answers with its name. */
static void engine_probe(struct receiver *receiver)
{
    netsnmp_pdu *pdu = snmp_pdu_create(SNMP_MSG_GET);
    if (pdu == NULL || receiver->is_probing) {
        snmp_free_pdu(pdu);
        return;
    }
    pdu->version = SNMP_VERSION_3;
    pdu->securityName = strdup("");
    pdu->securityNameLen = 0;
    pdu->securityLevel = SNMP_SEC_LEVEL_NOAUTH;
    pdu->securityModel = SNMP_SEC_MODEL_USM;
    receiver->is_probing = true;
    pdu_dispatch(receiver, pdu, on_engine);
}

static void receiver_send(struct receiver *receiver, const struct told *told)
{
    if (receiver->version == VERSION_V1) {
        pdu_dispatch(receiver, trap_v1_create(told), NULL);
    } else if (!receiver->is_inform) {
        pdu_dispatch(receiver, notification_create(told, SNMP_MSG_TRAP2), NULL);
    } else if (receiver->pending < PENDING_MAX) {
        pdu_dispatch(receiver, notification_create(told, SNMP_MSG_INFORM), on_inform);
    }
}

static void receiver_tell(struct receiver *receiver, const struct told *told)
{
    if (receiver->session == NULL) {
        return;
    }
    if (receiver->is_engine_known) {
        receiver_send(receiver, told);
        return;
    }
    if (receiver->queued < PENDING_MAX) {
        receiver->queue[receiver->queued++] = *told;
    }
    engine_probe(receiver);
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

static void receiver_close(struct receiver *receiver)
{
    if (receiver->session != NULL) {
        ev_io_stop(receiver->all->loop, &receiver->io);
        ev_timer_stop(receiver->all->loop, &receiver->look);
        /* It calls back for what was under way. */
        snmp_sess_close(receiver->session);
    }
    struct snmps_receivers *all = receiver->all;
    memset(receiver, 0, sizeof *receiver);
    receiver->all = all;
}

/* Key of a passphrase into key[*size] (RFC 3414, A.2); false if none can be made. */
static bool key_make(const char *passphrase, u_char *key, size_t *size)
{
    return generate_Ku(usmHMAC192SHA256AuthProtocol,
                       (u_int)OID_LENGTH(usmHMAC192SHA256AuthProtocol), (const u_char *)passphrase,
                       strlen(passphrase), key, size) == SNMPERR_SUCCESS;
}

/* v3: a trap is of our own engine, an inform of the receiver's. */
static void session_secure(netsnmp_session *session, const struct snmps_user *user, bool is_inform,
                           u_char engine[64])
{
    static const int levels[] = {
        [SNMPS_LEVEL_NO_AUTH] = SNMP_SEC_LEVEL_NOAUTH,
        [SNMPS_LEVEL_AUTH] = SNMP_SEC_LEVEL_AUTHNOPRIV,
        [SNMPS_LEVEL_PRIV] = SNMP_SEC_LEVEL_AUTHPRIV,
    };
    session->version = SNMP_VERSION_3;
    session->flags |= SNMP_FLAGS_DONT_PROBE; /* the library would wait for it */
    session->securityModel = SNMP_SEC_MODEL_USM;
    session->securityName = (char *)(uintptr_t)user->name;
    session->securityNameLen = strlen(user->name);
    session->securityLevel = levels[user->level];
    if (user->level >= SNMPS_LEVEL_AUTH) {
        session->securityAuthProto = (oid *)(uintptr_t)usmHMAC192SHA256AuthProtocol;
        session->securityAuthProtoLen = OID_LENGTH(usmHMAC192SHA256AuthProtocol);
        session->securityAuthKeyLen = sizeof session->securityAuthKey;
        (void)key_make(user->auth, session->securityAuthKey, &session->securityAuthKeyLen);
    }
    if (user->level >= SNMPS_LEVEL_PRIV) {
        session->securityPrivProto = (oid *)(uintptr_t)usmAESPrivProtocol;
        session->securityPrivProtoLen = OID_LENGTH(usmAESPrivProtocol);
        session->securityPrivKeyLen = sizeof session->securityPrivKey;
        (void)key_make(user->priv, session->securityPrivKey, &session->securityPrivKeyLen);
    }
    if (!is_inform) {
        session->securityEngineID = engine;
        session->securityEngineIDLen = snmpv3_get_engineID(engine, 64);
        session->contextEngineID = engine;
        session->contextEngineIDLen = session->securityEngineIDLen;
    }
}

static void receiver_open(struct receiver *receiver, const struct snmps_user *user)
{
    char peer[80];
    u_char engine[64];
    netsnmp_session session;
    snmp_sess_init(&session);
    (void)snprintf(peer, sizeof peer, "%s:%s", receiver->address[0] == '[' ? "udp6" : "udp",
                   receiver->address);
    session.peername = peer;
    session.retries = INFORM_RETRIES;
    session.timeout = INFORM_TIMEOUT_US;
    if (receiver->version == VERSION_V3) {
        session_secure(&session, user, receiver->is_inform, engine);
    } else {
        session.version = receiver->version == VERSION_V1 ? SNMP_VERSION_1 : SNMP_VERSION_2c;
        session.community = (u_char *)receiver->community;
        session.community_len = strlen(receiver->community);
    }
    receiver->session = snmp_sess_open(&session);
    memset(&session, 0, sizeof session);
    if (receiver->session == NULL) {
        return; /* out of descriptors or memory, or no such network: as if it did not hear */
    }
    receiver->is_engine_known = receiver->version != VERSION_V3 || !receiver->is_inform;
    const int fd = snmp_sess_transport(receiver->session)->sock;
    (void)fcntl(fd, F_SETFL, O_NONBLOCK);
    (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
    ev_io_init(&receiver->io, on_readable, fd, EV_READ);
    receiver->io.data = receiver;
    ev_init(&receiver->look, on_look);
    receiver->look.repeat = LOOK_S;
    receiver->look.data = receiver;
    ev_io_start(receiver->all->loop, &receiver->io);
}

static void receiver_apply(struct receiver *receiver, const struct wm_settings *settings,
                           int32_t index, bool are_users_new)
{
    const int text = (int)wm_text_snmp_receiver_1_address + RECEIVER_TEXTS * index;
    const int32_t *row =
        &settings->value[(int)wm_setting_snmp_receiver_1_version + RECEIVER_ROWS * index];
    const char *address = wm_text_value(settings, (enum wm_text)text);
    const char *community = wm_text_value(settings, (enum wm_text)(text + 1));
    const struct snmps_user user = snmps_user_of(settings, row[2]);
    const bool is_v3 = row[0] == VERSION_V3;
    if (strcmp(receiver->address, address) == 0 && receiver->version == row[0] &&
        receiver->is_inform == (row[1] != 0) &&
        (is_v3 ? !are_users_new && strcmp(receiver->user_name, user.name) == 0
               : strcmp(receiver->community, community) == 0)) {
        return;
    }
    receiver_close(receiver);
    receiver->version = row[0];
    receiver->is_inform = row[1] != 0;
    (void)snprintf(receiver->address, sizeof receiver->address, "%s", address);
    (void)snprintf(receiver->community, sizeof receiver->community, "%s", community);
    (void)snprintf(receiver->user_name, sizeof receiver->user_name, "%s", user.name);
    if (address[0] != '\0') {
        receiver_open(receiver, &user);
    }
}

void snmps_receivers_apply(struct snmps_receivers *receivers, const struct wm_settings *settings,
                           bool are_users_new)
{
    for (int32_t i = 0; i < WM_TRAP_RECEIVERS_MAX; i++) {
        receiver_apply(&receivers->receiver[i], settings, i, are_users_new);
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
