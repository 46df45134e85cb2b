/*
 * agent.c — Net-SNMP's agent library around mib_view and notify.
 *
 * The handler of a subtree finds "next" by arithmetic and answers a GETBULK by itself. Traps are
 * built here, not by the library: it would stamp them with a clock of its own.
 *
 * Always true: `opened` is the one agent of the process, or null.
 */
#include "agent.h"

/* Net-SNMP's headers need this order. */
#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include <net-snmp/agent/net-snmp-agent-includes.h>
#include <net-snmp/library/large_fd_set.h>

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <ev.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mib_view.h"
#include "notify.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

#define APPLICATION "gbms"
/* Decision S2. */
#define COMMUNITY    "public"
#define ADDRESS_SIZE 300

/* RFC 3418: sysUpTime.0, snmpTrapOID.0, coldStart. */
static const uint32_t oid_uptime[] = {1, 3, 6, 1, 2, 1, 1, 3, 0};
static const uint32_t oid_trap[] = {1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0};
static const uint32_t oid_cold_start[] = {1, 3, 6, 1, 6, 3, 1, 1, 5, 1};

/* The subtrees that mib_view covers. */
static const struct {
    const char *name;
    uint32_t oid[8];
    size_t length;
} subtrees[] = {
    {"system", {1, 3, 6, 1, 2, 1, 1}, 7},
    {"bacs", {WM_OID_BACS}, 8},
};

struct snmps_agent {
    struct ev_loop *loop;
    const struct wm_view *view;
    wm_ms uptime_ms;
    netsnmp_handler_registration *trees[COUNT(subtrees)];
    netsnmp_session *session; /* of the listening address */
    int fd;
    int port;
    ev_io io;
    netsnmp_large_fd_set readable;
    void *receivers[WM_TRAP_RECEIVERS_MAX];
    size_t receivers_count;
    struct snmps_seen seen;
    struct snmps_mib mib;
};

static struct snmps_agent *opened;

/* ---- answers ---------------------------------------------------------------------------- */

static void oid_widen(const uint32_t *from, size_t length, oid *to)
{
    for (size_t i = 0; i < length; i++) {
        to[i] = from[i];
    }
}

/* Sub-identifiers are 32 bits on the wire, whatever the library keeps them in. */
static size_t oid_narrow(const oid *from, size_t length, uint32_t *to)
{
    for (size_t i = 0; i < length; i++) {
        to[i] = (uint32_t)from[i];
    }
    return length;
}

static void variable_set(netsnmp_variable_list *variable, const struct snmps_value *value)
{
    switch ((enum snmps_type)value->type) {
    case SNMPS_INTEGER:
        snmp_set_var_typed_integer(variable, ASN_INTEGER, value->integer);
        break;
    case SNMPS_GAUGE:
        snmp_set_var_typed_integer(variable, ASN_GAUGE, value->integer);
        break;
    case SNMPS_TIMETICKS:
        snmp_set_var_typed_integer(variable, ASN_TIMETICKS, (long)value->ticks);
        break;
    case SNMPS_OID: {
        oid wide[WM_OID_MAX];
        oid_widen(value->oid, value->oid_length, wide);
        snmp_set_var_typed_value(variable, ASN_OBJECT_ID, wide, value->oid_length * sizeof *wide);
        break;
    }
    case SNMPS_OCTETS:
        snmp_set_var_typed_value(variable, ASN_OCTET_STR, value->text, strlen(value->text));
        break;
    }
}

static void request_get(const struct snmps_agent *agent, netsnmp_agent_request_info *info,
                        netsnmp_request_info *request)
{
    struct snmps_value value;
    uint32_t name[MAX_OID_LEN];
    const size_t length =
        oid_narrow(request->requestvb->name, request->requestvb->name_length, name);
    switch (snmps_get(&agent->mib, agent->view, agent->uptime_ms, name, length, &value)) {
    case SNMPS_FOUND:
        variable_set(request->requestvb, &value);
        break;
    case SNMPS_NO_OBJECT:
        netsnmp_set_request_error(info, request, SNMP_NOSUCHOBJECT);
        break;
    case SNMPS_NO_INSTANCE:
        netsnmp_set_request_error(info, request, SNMP_NOSUCHINSTANCE);
        break;
    }
}

/*
 * Fills a GETNEXT's variable, or all repetitions of a GETBULK. Where the subtree ends the variable
 * in turn stays ASN_NULL with the last name: the library goes on in the next subtree from there.
 */
static void request_next(const struct snmps_agent *agent, const netsnmp_handler_registration *tree,
                         netsnmp_request_info *request, bool is_bulk)
{
    struct snmps_place place;
    uint32_t name[MAX_OID_LEN];
    size_t length = oid_narrow(request->requestvb->name, request->requestvb->name_length, name);
    bool is_there = snmps_next(&agent->mib, agent->view, name, length, &place);
    while (is_there) {
        struct snmps_value value;
        oid wide[WM_OID_MAX];
        length = snmps_place_oid(&agent->mib, &place, name);
        oid_widen(name, length, wide);
        if (snmp_oidtree_compare(tree->rootoid, tree->rootoid_len, wide, length) != 0) {
            return;
        }
        snmps_place_value(&agent->mib, agent->view, agent->uptime_ms, &place, &value);
        snmp_set_var_objid(request->requestvb, wide, length);
        variable_set(request->requestvb, &value);
        if (!is_bulk || request->repeat <= 0) {
            return;
        }
        request->repeat--;
        request->inclusive = 0;
        request->requestvb = request->requestvb->next_variable;
        snmp_set_var_objid(request->requestvb, wide, length);
        request->requestvb->type = ASN_NULL;
        is_there = snmps_after(&agent->mib, agent->view, &place);
    }
}

static int on_request(netsnmp_mib_handler *handler, netsnmp_handler_registration *tree,
                      netsnmp_agent_request_info *info, netsnmp_request_info *requests)
{
    const struct snmps_agent *agent = handler->myvoid;
    for (netsnmp_request_info *request = requests; request != NULL; request = request->next) {
        switch (info->mode) {
        case MODE_GET:
            request_get(agent, info, request);
            break;
        case MODE_GETNEXT:
        case MODE_GETBULK:
            request_next(agent, tree, request, info->mode == MODE_GETBULK);
            break;
        default:
            /* Nothing can be set yet (decision S2). */
            netsnmp_set_request_error(info, request, SNMP_ERR_NOTWRITABLE);
            break;
        }
    }
    return SNMP_ERR_NOERROR;
}

static void on_readable(struct ev_loop *loop, ev_io *io, int events)
{
    struct snmps_agent *agent = io->data;
    (void)loop;
    (void)events;
    netsnmp_large_fd_setfd(agent->fd, &agent->readable);
    snmp_read2(&agent->readable);
    netsnmp_check_outstanding_agent_requests();
}

/* ---- traps ------------------------------------------------------------------------------ */

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

/* RFC 3416, 4.2.6: sysUpTime.0 and snmpTrapOID.0 come first. Null without memory. */
static netsnmp_pdu *trap_create(const struct snmps_agent *agent, const uint32_t *trap,
                                size_t trap_length)
{
    netsnmp_pdu *pdu = snmp_pdu_create(SNMP_MSG_TRAP2);
    if (pdu != NULL) {
        pdu_add_number(pdu, oid_uptime, COUNT(oid_uptime), ASN_TIMETICKS,
                       (long)snmps_ticks(agent->uptime_ms));
        pdu_add_oid(pdu, oid_trap, COUNT(oid_trap), trap, trap_length);
    }
    return pdu;
}

/* To every receiver; one that cannot be reached now misses it, as is the way of traps. */
static void trap_send(struct snmps_agent *agent, netsnmp_pdu *pdu)
{
    for (size_t i = 0; pdu != NULL && i < agent->receivers_count; i++) {
        netsnmp_pdu *copy = snmp_clone_pdu(pdu);
        if (copy != NULL && snmp_sess_send(agent->receivers[i], copy) == 0) {
            snmp_free_pdu(copy);
        }
    }
    snmp_free_pdu(pdu);
}

static void notice_send(struct snmps_agent *agent, const struct snmps_notice *notice)
{
    const uint32_t trap[] = {WM_OID_BACS, WM_SNMP_TRAPS,
                             notice->is_added ? WM_SNMP_ENTRY_ADDED : WM_SNMP_ENTRY_REMOVED};
    uint32_t name[WM_OID_MAX];
    uint32_t kind[WM_OID_MAX];
    netsnmp_pdu *pdu = trap_create(agent, trap, COUNT(trap));
    if (pdu != NULL) {
        size_t length = snmps_alarm_oid(SNMPS_ALARM_ID, notice->id, name);
        pdu_add_number(pdu, name, length, ASN_INTEGER, (long)notice->id);
        length = snmps_alarm_oid(SNMPS_ALARM_DESCR, notice->id, name);
        pdu_add_oid(pdu, name, length, kind, snmps_well_known_oid(notice->number, kind));
    }
    trap_send(agent, pdu);
}

void snmps_agent_published(struct snmps_agent *agent)
{
    struct snmps_notice notices[SNMPS_NOTICES_MAX];
    const size_t count = snmps_notify(&agent->seen, agent->view, notices);
    for (size_t i = 0; i < count; i++) {
        notice_send(agent, &notices[i]);
    }
}

/* ---- the library ------------------------------------------------------------------------ */

static void access_configure(void)
{
    char line[] = "rocommunity " COMMUNITY " 127.0.0.0/8";
    char line6[] = "rocommunity6 " COMMUNITY " ::1";
    netsnmp_config(line);
    netsnmp_config(line6);
}

/*
 * Once a process: the library does not free all it took when it is shut down, so it stays up and
 * every agent brings its own subtrees, address and receivers.
 */
static void library_start(void)
{
    static bool is_started;
    if (is_started) {
        return;
    }
    is_started = true;
    /* No MIB text: everything here is numeric, and parsing it would take longer than a scenario. */
    setenv("MIBS", "", 1);
    setenv("MIBDIRS", "", 1);
    netsnmp_register_loghandler(NETSNMP_LOGHANDLER_NONE, LOG_DEBUG);
    netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_READ_CONFIGS, 1);
    netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_PERSIST_STATE, 1);
    netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_ALARM_DONT_USE_SIG, 1);
    /* It would log a line a datagram. */
    netsnmp_ds_set_boolean(NETSNMP_DS_APPLICATION_ID,
                           NETSNMP_DS_AGENT_DONT_LOG_TCPWRAPPERS_CONNECTS, 1);
    init_agent(APPLICATION);
    init_snmp(APPLICATION);
    access_configure();
}

static bool subtrees_register(struct snmps_agent *agent)
{
    for (size_t i = 0; i < COUNT(subtrees); i++) {
        oid root[COUNT(subtrees[0].oid)];
        oid_widen(subtrees[i].oid, subtrees[i].length, root);
        netsnmp_handler_registration *tree = netsnmp_create_handler_registration(
            subtrees[i].name, on_request, root, subtrees[i].length,
            HANDLER_CAN_RONLY | HANDLER_CAN_GETBULK);
        if (tree == NULL) {
            return false;
        }
        tree->handler->myvoid = agent;
        /* It frees the registration when it fails. */
        if (netsnmp_register_handler(tree) != MIB_REGISTERED_OK) {
            return false;
        }
        agent->trees[i] = tree;
    }
    return true;
}

static void subtrees_unregister(struct snmps_agent *agent)
{
    for (size_t i = 0; i < COUNT(subtrees); i++) {
        if (agent->trees[i] != NULL) {
            netsnmp_unregister_handler(agent->trees[i]);
        }
    }
}

/* ---- opening ---------------------------------------------------------------------------- */

/*
 * "HOST:PORT" as Net-SNMP's transport wants it into out[ADDRESS_SIZE]; false when it is not of
 * that form, with a port in least..65535.
 */
static bool address_convert(const char *address, long least, char *out)
{
    const char *colon = strrchr(address, ':');
    if (colon == NULL || colon == address || !isdigit((unsigned char)colon[1])) {
        return false;
    }
    char *end;
    const long port = strtol(colon + 1, &end, 10);
    const bool is_ip6 = address[0] == '[' && colon[-1] == ']';
    if (*end != '\0' || port < least || port > UINT16_MAX ||
        (!is_ip6 && memchr(address, ':', (size_t)(colon - address)) != NULL)) {
        return false;
    }
    const int length = snprintf(out, ADDRESS_SIZE, "%s:%s", is_ip6 ? "udp6" : "udp", address);
    return length < ADDRESS_SIZE;
}

static bool receiver_open(struct snmps_agent *agent, const char *address, char *error,
                          size_t error_size)
{
    char peer[ADDRESS_SIZE];
    char community[] = COMMUNITY;
    netsnmp_session session;
    if (agent->receivers_count == WM_TRAP_RECEIVERS_MAX) {
        snprintf(error, error_size, "trap %s: one receiver more than %d; leave out one --trap",
                 address, WM_TRAP_RECEIVERS_MAX);
        return false;
    }
    if (!address_convert(address, 1, peer)) {
        snprintf(error, error_size, "trap %s: no HOST:PORT; write it as in --trap 127.0.0.1:1162",
                 address);
        return false;
    }
    snmp_sess_init(&session);
    session.version = SNMP_VERSION_2c;
    session.peername = peer;
    session.community = (u_char *)community;
    session.community_len = strlen(community);
    void *receiver = snmp_sess_open(&session);
    if (receiver == NULL) {
        snprintf(error, error_size,
                 "trap %s: %s; name a receiver that exists with --trap HOST:PORT", address,
                 snmp_api_errstring(session.s_snmp_errno));
        return false;
    }
    const int fd = snmp_sess_transport(receiver)->sock;
    (void)fcntl(fd, F_SETFL, O_NONBLOCK);
    (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
    agent->receivers[agent->receivers_count++] = receiver;
    return true;
}

static bool listener_open(struct snmps_agent *agent, const char *address, char *error,
                          size_t error_size)
{
    char place[ADDRESS_SIZE];
    if (!address_convert(address, 0, place)) {
        snprintf(error, error_size, "snmp %s: no HOST:PORT; write it as in --snmp 127.0.0.1:1161",
                 address);
        return false;
    }
    errno = 0;
    netsnmp_transport *transport = netsnmp_transport_open_server(APPLICATION, place);
    if (transport == NULL) {
        const int code = errno;
        snprintf(error, error_size, "snmp %s: %s; choose another %s with --snmp HOST:PORT", address,
                 code == 0 ? "unknown host" : strerror(code),
                 code == EADDRINUSE || code == EACCES ? "port" : "address");
        return false;
    }
    agent->fd = transport->sock;
    netsnmp_session session;
    snmp_sess_init(&session);
    session.version = SNMP_DEFAULT_VERSION;
    session.callback = handle_snmp_packet;
    session.flags = transport->flags;
    session.isAuthoritative = SNMP_SESS_AUTHORITATIVE;
    /*
     * Not netsnmp_register_agent_nsap: its check of a datagram opens hosts.allow and hosts.deny
     * each time, which costs more than the answer. It frees the transport when it fails.
     */
    agent->session = snmp_add(&session, transport, NULL, NULL);
    if (agent->session == NULL) {
        snprintf(error, error_size, "snmp %s: %s; free some memory", address, strerror(ENOMEM));
        return false;
    }
    (void)fcntl(agent->fd, F_SETFL, O_NONBLOCK);
    (void)fcntl(agent->fd, F_SETFD, FD_CLOEXEC);
    struct sockaddr_storage bound = {0};
    socklen_t size = sizeof bound;
    (void)getsockname(agent->fd, (struct sockaddr *)&bound, &size);
    agent->port = ntohs(((const struct sockaddr_in *)(const void *)&bound)->sin_port);
    return true;
}

static bool agent_start(struct snmps_agent *agent, const char *address,
                        const char *const *trap_addresses, size_t traps, char *error,
                        size_t error_size)
{
    if (!subtrees_register(agent)) {
        snprintf(error, error_size, "snmp %s: %s; free some memory", address, strerror(ENOMEM));
        return false;
    }
    if (!listener_open(agent, address, error, error_size)) {
        return false;
    }
    for (size_t i = 0; i < traps; i++) {
        if (!receiver_open(agent, trap_addresses[i], error, error_size)) {
            return false;
        }
    }
    return true;
}

struct snmps_agent *snmps_agent_open(struct ev_loop *loop, const char *address,
                                     const struct wm_view *view, const char *const *trap_addresses,
                                     size_t traps, char *error, size_t error_size)
{
    assert(opened == NULL);
    struct snmps_agent *agent = calloc(1, sizeof *agent);
    if (agent == NULL) {
        snprintf(error, error_size, "snmp %s: %s; free some memory", address, strerror(ENOMEM));
        return NULL;
    }
    opened = agent;
    agent->loop = loop;
    agent->view = view;
    agent->fd = -1;
    netsnmp_large_fd_set_init(&agent->readable, FD_SETSIZE);
    snmps_mib_fill(&agent->mib);
    library_start();
    if (!agent_start(agent, address, trap_addresses, traps, error, error_size)) {
        snmps_agent_close(agent);
        return NULL;
    }
    ev_io_init(&agent->io, on_readable, agent->fd, EV_READ);
    agent->io.data = agent;
    ev_io_start(loop, &agent->io);
    trap_send(agent, trap_create(agent, oid_cold_start, COUNT(oid_cold_start)));
    return agent;
}

void snmps_agent_set_uptime(struct snmps_agent *agent, wm_ms uptime_ms)
{
    assert(uptime_ms >= 0);
    agent->uptime_ms = uptime_ms;
}

int snmps_agent_port(const struct snmps_agent *agent)
{
    return agent->port;
}

void snmps_agent_close(struct snmps_agent *agent)
{
    if (agent == NULL) {
        return;
    }
    assert(agent == opened);
    if (ev_is_active(&agent->io)) {
        ev_io_stop(agent->loop, &agent->io);
    }
    for (size_t i = 0; i < agent->receivers_count; i++) {
        snmp_sess_close(agent->receivers[i]);
    }
    if (agent->session != NULL) {
        snmp_close(agent->session);
    }
    subtrees_unregister(agent);
    netsnmp_large_fd_set_cleanup(&agent->readable);
    opened = NULL;
    free(agent);
}
