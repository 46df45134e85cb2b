/*
 * wire.c — see wire.h.
 *
 * The library reads through its transport; here stands between them what was read and waits.
 *
 * Always true: `opened` is the one wire of the process, or null; a queue that is not empty is in
 * the ring.
 */
#include "wire.h"

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
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "dispatch.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

#define APPLICATION  "gbms"
#define ADDRESS_SIZE 300

/* What the library is to take for the limit of a message: here is who keeps it. */
#define LIBRARY_MESSAGE_MAX (1L << 20)

struct datagram {
    struct datagram *next;
    void *from; /* the library's, whatever is in it behind the address; malloc */
    int from_size;
    size_t size;
    u_char bytes[];
};

/* What waits from one address; of any port. */
struct queue {
    struct queue *next;
    struct queue *before;
    sa_family_t family;
    uint8_t address[sizeof(struct in6_addr)];
    struct datagram *first;
    struct datagram *last;
    size_t count;
};

typedef int receive(netsnmp_transport *transport, void *bytes, int size, void **from,
                    int *from_size);

struct snmps_wire {
    struct ev_loop *loop;
    struct snmps_wire_calls calls;
    netsnmp_session *session;
    netsnmp_transport *transport; /* the session's */
    receive *receive;             /* of the transport, before ours */
    int port;
    ev_io io;
    ev_idle more; /* something waits, and nothing need be read for it */
    netsnmp_large_fd_set readable;
    struct queue queues[SNMPS_WAITING_MAX];
    struct queue *turn; /* whose datagram is next; null: nothing waits */
    size_t waiting;
    size_t waiting_bytes;
    /* Of the message that is being answered: the library answers before it reads the next. */
    int command;
    size_t answer_max;
    bool has_too_many;
    netsnmp_variable_list *too_many;  /* its bindings, of which the library never hears */
    netsnmp_variable_list *repeaters; /* of a GETBULK with others before them, as it was asked */
    long others;
    uint32_t errors[SNMP_ERR_GENERR + 1]; /* answers so far, by error-status of v1 */
    u_char bytes[SNMPS_MESSAGE_MAX + 1];
};

static struct snmps_wire *opened;

/* ---- who waits -------------------------------------------------------------------------- */

static void ring_add(struct snmps_wire *wire, struct queue *queue)
{
    if (wire->turn == NULL) {
        wire->turn = queue->next = queue->before = queue;
        return;
    }
    /* Last, seen from whose turn it is. */
    queue->next = wire->turn;
    queue->before = wire->turn->before;
    queue->before->next = queue->next->before = queue;
}

static void ring_remove(struct snmps_wire *wire, struct queue *queue)
{
    queue->before->next = queue->next;
    queue->next->before = queue->before;
    if (wire->turn == queue) {
        wire->turn = queue->next != queue ? queue->next : NULL;
    }
}

/* Takes out the oldest of a queue. */
static struct datagram *queue_take(struct snmps_wire *wire, struct queue *queue)
{
    struct datagram *datagram = queue->first;
    queue->first = datagram->next;
    queue->count--;
    wire->waiting--;
    wire->waiting_bytes -= datagram->size;
    if (queue->count == 0) {
        ring_remove(wire, queue);
    }
    return datagram;
}

static void datagram_free(struct datagram *datagram)
{
    free(datagram->from);
    free(datagram);
}

/* Makes room at the cost of who has most. */
static void longest_shorten(struct snmps_wire *wire)
{
    struct queue *longest = wire->turn;
    for (struct queue *queue = wire->turn->next; queue != wire->turn; queue = queue->next) {
        longest = queue->count > longest->count ? queue : longest;
    }
    datagram_free(queue_take(wire, longest));
}

static void address_of(const void *from, sa_family_t *family,
                       uint8_t address[sizeof(struct in6_addr)])
{
    const struct sockaddr *any = from;
    memset(address, 0, sizeof(struct in6_addr));
    *family = any->sa_family;
    if (any->sa_family == AF_INET6) {
        memcpy(address, &((const struct sockaddr_in6 *)from)->sin6_addr, sizeof(struct in6_addr));
    } else {
        memcpy(address, &((const struct sockaddr_in *)from)->sin_addr, sizeof(struct in_addr));
    }
}

/* The queue of an address; an empty one if nothing of it waits. There is always one left. */
static struct queue *queue_of(struct snmps_wire *wire, const void *from)
{
    struct queue *free_queue = NULL;
    sa_family_t family;
    uint8_t address[sizeof(struct in6_addr)];
    address_of(from, &family, address);
    for (size_t i = 0; i < COUNT(wire->queues); i++) {
        struct queue *queue = &wire->queues[i];
        if (queue->count == 0) {
            free_queue = queue;
        } else if (queue->family == family &&
                   memcmp(queue->address, address, sizeof address) == 0) {
            return queue;
        }
    }
    assert(free_queue != NULL);
    free_queue->family = family;
    memcpy(free_queue->address, address, sizeof address);
    return free_queue;
}

static void datagram_add(struct snmps_wire *wire, size_t size, void *from, int from_size)
{
    struct datagram *datagram = malloc(sizeof *datagram + size);
    if (datagram == NULL) {
        free(from);
        return;
    }
    *datagram = (struct datagram){.from = from, .from_size = from_size, .size = size};
    memcpy(datagram->bytes, wire->bytes, size);
    while (wire->waiting == SNMPS_WAITING_MAX ||
           wire->waiting_bytes + size > SNMPS_WAITING_BYTES_MAX) {
        longest_shorten(wire);
    }
    struct queue *queue = queue_of(wire, from);
    if (queue->count == 0) {
        queue->first = datagram;
        ring_add(wire, queue);
    } else {
        queue->last->next = datagram;
    }
    queue->last = datagram;
    queue->count++;
    wire->waiting++;
    wire->waiting_bytes += size;
}

/* All that the system has, or as much as one turn may take. */
static void datagrams_read(struct snmps_wire *wire)
{
    for (int i = 0; i < SNMPS_TAKEN_MAX; i++) {
        void *from = NULL;
        int from_size = 0;
        const int size =
            wire->receive(wire->transport, wire->bytes, sizeof wire->bytes, &from, &from_size);
        if (size < 0 || from == NULL) {
            free(from);
            return;
        }
        if (size > SNMPS_MESSAGE_MAX) {
            /* Nobody was told that so much would be read. */
            snmp_increment_statistic(STAT_SNMPINPKTS);
            snmp_increment_statistic(STAT_SNMPINASNPARSEERRS);
            free(from);
        } else {
            datagram_add(wire, (size_t)size, from, from_size);
        }
    }
}

/* ---- the library's side ----------------------------------------------------------------- */

/* Instead of the transport's own: the datagram whose turn it is. */
static int datagram_receive(netsnmp_transport *transport, void *bytes, int size, void **from,
                            int *from_size)
{
    struct snmps_wire *wire = opened;
    (void)transport;
    if (wire->turn == NULL) {
        *from = NULL;
        *from_size = 0;
        errno = EAGAIN;
        return -1;
    }
    struct queue *queue = wire->turn;
    struct datagram *datagram = queue_take(wire, queue);
    if (queue->count > 0) {
        wire->turn = queue->next;
    }
    const int taken = (int)datagram->size < size ? (int)datagram->size : size;
    memcpy(bytes, datagram->bytes, (size_t)taken);
    *from = datagram->from;
    *from_size = datagram->from_size;
    free(datagram);
    return taken;
}

/* The library's own check of a datagram would count it, and cost more than the answer. */
static int message_admit(netsnmp_session *session, netsnmp_transport *transport, void *from,
                         int from_size)
{
    (void)session;
    (void)transport;
    (void)from;
    (void)from_size;
    snmp_increment_statistic(STAT_SNMPINPKTS);
    return 1;
}

/* Leaves so many bindings of a message at most. */
static void bindings_cut(netsnmp_pdu *pdu, size_t most)
{
    netsnmp_variable_list **at = &pdu->variables;
    for (size_t i = 0; i < most && *at != NULL; i++) {
        at = &(*at)->next_variable;
    }
    snmp_free_varbind(*at);
    *at = NULL;
}

/* Of a GETBULK with others before them; ends_name needs them. */
static void repeaters_keep(struct snmps_wire *wire, const netsnmp_pdu *pdu)
{
    netsnmp_variable_list *first = pdu->variables;
    wire->others = 0;
    while (wire->others < pdu->non_repeaters && first != NULL) {
        wire->others++;
        first = first->next_variable;
    }
    wire->repeaters = wire->others > 0 ? snmp_clone_varbind(first) : NULL;
}

/*
 * Whether the answer to a SET by v3, its own bindings, is more than may be: nothing may be set
 * then. By v1 and v2c it is never larger than the request.
 */
static bool is_set_too_large(const struct snmps_wire *wire, netsnmp_session *session,
                             netsnmp_pdu *pdu)
{
    size_t used = 0;
    size_t size = SNMP_MIN_MAX_LEN;
    u_char *bytes = malloc(size);
    netsnmp_pdu *answer = snmp_clone_pdu(pdu);
    bool is_built = false;
    if (bytes != NULL && answer != NULL) {
        answer->command = SNMP_MSG_RESPONSE;
        is_built = snmp_build(&bytes, &size, &used, session, answer) == 0;
    }
    snmp_free_pdu(answer);
    free(bytes);
    return !is_built || used > wire->answer_max;
}

/* Before the library works on it: how it may be answered. */
static int message_check(netsnmp_session *session, netsnmp_pdu *pdu, int result)
{
    struct snmps_wire *wire = opened;
    if (result != SNMPERR_SUCCESS || !snmps_dispatch(session, pdu)) {
        return 0;
    }
    wire->command = pdu->command;
    /* By v3 the manager says what it can take; the library has kept it within our own. */
    wire->answer_max = pdu->version == SNMP_VERSION_3 ? (size_t)pdu->msgMaxSize : SNMPS_MESSAGE_MAX;
    pdu->msgMaxSize = LIBRARY_MESSAGE_MAX;
    if (pdu->command == SNMP_MSG_GETBULK) {
        bindings_cut(pdu, SNMPS_BINDINGS_MAX);
        repeaters_keep(wire, pdu);
    } else if (count_varbinds(pdu->variables) > SNMPS_BINDINGS_MAX ||
               (pdu->command == SNMP_MSG_SET && pdu->version == SNMP_VERSION_3 &&
                is_set_too_large(wire, session, pdu))) {
        wire->has_too_many = true;
        wire->too_many = pdu->variables;
        pdu->variables = NULL;
    }
    return 1;
}

/* ---- the size of an answer -------------------------------------------------------------- */

static size_t length_size(size_t length)
{
    return length < 0x80 ? 1 : length < 0x100 ? 2 : 3;
}

static size_t oid_size(const oid *name, size_t length)
{
    size_t size = 1; /* the first two arcs */
    for (size_t i = 2; i < length; i++) {
        size += 1;
        for (oid arc = name[i] >> 7; arc > 0; arc >>= 7) {
            size += 1;
        }
    }
    return size;
}

/* Bytes of a number, without those in front that say nothing. */
static size_t number_size(int64_t number)
{
    size_t size = 1;
    for (; number < -128 || number > 127; number >>= 8) {
        size += 1;
    }
    return size;
}

static size_t value_size(const netsnmp_variable_list *variable)
{
    switch (variable->type) {
    case ASN_INTEGER:
        return number_size(*variable->val.integer);
    case ASN_GAUGE:
    case ASN_COUNTER:
    case ASN_TIMETICKS:
        return number_size((uint32_t)*variable->val.integer);
    case ASN_OBJECT_ID:
        return oid_size(variable->val.objid, variable->val_len / sizeof(oid));
    case ASN_OCTET_STR:
        return variable->val_len;
    default: /* no value, or why there is none */
        return 0;
    }
}

/* A binding as it stands in the message (RFC 3416, 3). */
static size_t binding_size(const netsnmp_variable_list *variable)
{
    const size_t name = oid_size(variable->name, variable->name_length);
    const size_t value = value_size(variable);
    const size_t both = 1 + length_size(name) + name + 1 + length_size(value) + value;
    return 1 + length_size(both) + both;
}

/* Takes bindings from the end, so that so many bytes less are left. */
static void bindings_shrink(netsnmp_pdu *pdu, size_t excess)
{
    size_t all = 0;
    for (const netsnmp_variable_list *at = pdu->variables; at != NULL; at = at->next_variable) {
        all += binding_size(at);
    }
    size_t room = all > excess ? all - excess : 0;
    size_t count = 0;
    for (const netsnmp_variable_list *at = pdu->variables; at != NULL && binding_size(at) <= room;
         at = at->next_variable) {
        room -= binding_size(at);
        count++;
    }
    bindings_cut(pdu, count);
}

/*
 * Where there is nothing more the name stays the one before (RFC 3416, 4.2.3), which in the first
 * repetition is the one that was asked. The library takes that from the wrong binding as soon as
 * there are some that are not repeated.
 */
static void ends_name(const struct snmps_wire *wire, netsnmp_pdu *pdu)
{
    netsnmp_variable_list *first = pdu->variables;
    for (long i = 0; i < wire->others && first != NULL; i++) {
        first = first->next_variable;
    }
    const netsnmp_variable_list *before = wire->repeaters;
    for (netsnmp_variable_list *at = first; at != NULL && before != NULL; at = at->next_variable) {
        if (at->type == SNMP_ENDOFMIBVIEW) {
            snmp_set_var_objid(at, before->name, before->name_length);
        }
        before = before->next_variable != NULL ? before->next_variable : first;
    }
}

/* The library builds from the end of the buffer, and wants it at its beginning here. */
static int message_write(netsnmp_session *session, netsnmp_pdu *pdu, u_char **bytes, size_t *size,
                         size_t *used)
{
    *used = 0;
    const int result = snmp_build(bytes, size, used, session, pdu);
    if (result == 0) {
        memmove(*bytes, *bytes + *size - *used, *used);
    }
    return result;
}

/* Whoever may ask at all is told to ask for less (RFC 3416, 4.2.1); by v1 as it was received. */
static void too_many_answer(struct snmps_wire *wire, netsnmp_pdu *pdu)
{
    pdu->errstat = SNMP_ERR_TOOBIG;
    pdu->errindex = 0;
    if (pdu->variables == NULL) {
        pdu->variables = wire->too_many;
        wire->too_many = NULL;
    }
}

/*
 * An answer within its limit: of a GETBULK as much as fits (RFC 3416, 4.2.3); of anything else all,
 * or tooBig, which by v2c and v3 has no bindings (4.2.1).
 */
static int answer_build(netsnmp_session *session, netsnmp_pdu *pdu, u_char **bytes, size_t *size,
                        size_t *used)
{
    struct snmps_wire *wire = opened;
    if (wire->has_too_many) {
        too_many_answer(wire, pdu);
    }
    if (pdu->errstat == SNMP_ERR_TOOBIG && pdu->version != SNMP_VERSION_1) {
        bindings_cut(pdu, 0);
    }
    if (pdu->errstat == SNMP_ERR_NOERROR) {
        ends_name(wire, pdu);
    }
    int result = message_write(session, pdu, bytes, size, used);
    if (result == 0 && *used > wire->answer_max) {
        if (pdu->errstat != SNMP_ERR_NOERROR) {
            pdu->errstat = SNMP_ERR_TOOBIG;
            pdu->errindex = 0;
            bindings_cut(pdu, 0);
        } else if (wire->command == SNMP_MSG_GETBULK) {
            bindings_shrink(pdu, *used - wire->answer_max);
        } else {
            pdu->msgMaxSize = (long)wire->answer_max; /* it sees for itself, and says tooBig */
            return result;
        }
        result = message_write(session, pdu, bytes, size, used);
    }
    if (result == 0 && pdu->errstat > 0 && pdu->errstat < (long)COUNT(wire->errors)) {
        wire->errors[pdu->errstat]++;
    }
    return result;
}

/* The library counts answers, and of reports nothing. */
static int message_build(netsnmp_session *session, netsnmp_pdu *pdu, u_char **bytes, size_t *size,
                         size_t *used)
{
    if (pdu->command == SNMP_MSG_RESPONSE) {
        return answer_build(session, pdu, bytes, size, used);
    }
    const int result = message_write(session, pdu, bytes, size, used);
    if (result == 0) {
        snmp_increment_statistic(STAT_SNMPOUTPKTS);
    }
    return result;
}

/* ---- turns ------------------------------------------------------------------------------ */

/* Messages so far that were not rightly authenticated. */
static uint32_t strangers_count(void)
{
    static const int statistics[] = {
        STAT_SNMPINBADCOMMUNITYNAMES, STAT_SNMPINBADCOMMUNITYUSES,   STAT_USMSTATSUNKNOWNUSERNAMES,
        STAT_USMSTATSWRONGDIGESTS,    STAT_USMSTATSDECRYPTIONERRORS,
    };
    uint32_t count = 0;
    for (size_t i = 0; i < COUNT(statistics); i++) {
        count += snmp_get_statistic(statistics[i]);
    }
    return count;
}

static void one_serve(struct snmps_wire *wire)
{
    /* Counted around this read alone: the library counts what comes to receivers' sockets too. */
    const uint32_t strangers = strangers_count();
    netsnmp_large_fd_setfd(wire->transport->sock, &wire->readable);
    snmp_read2(&wire->readable);
    netsnmp_check_outstanding_agent_requests();
    wire->has_too_many = false;
    snmp_free_varbind(wire->too_many);
    wire->too_many = NULL;
    snmp_free_varbind(wire->repeaters);
    wire->repeaters = NULL;
    if (strangers_count() != strangers) {
        wire->calls.stranger(wire->calls.self);
    }
}

static void on_more(struct ev_loop *loop, ev_idle *idle, int events)
{
    struct snmps_wire *wire = idle->data;
    (void)events;
    one_serve(wire);
    if (wire->turn == NULL) {
        ev_idle_stop(loop, idle);
    }
}

static void on_readable(struct ev_loop *loop, ev_io *io, int events)
{
    struct snmps_wire *wire = io->data;
    (void)events;
    datagrams_read(wire);
    if (wire->turn != NULL && !ev_is_active(&wire->more)) {
        one_serve(wire);
        if (wire->turn != NULL) {
            ev_idle_start(loop, &wire->more);
        }
    }
}

/* ---- opening ---------------------------------------------------------------------------- */

/*
 * "HOST:PORT" as Net-SNMP's transport wants it into out[ADDRESS_SIZE]; false when it is not of
 * that form.
 */
static bool address_convert(const char *address, char *out)
{
    const char *colon = strrchr(address, ':');
    if (colon == NULL || colon == address || !isdigit((unsigned char)colon[1])) {
        return false;
    }
    char *end;
    const long port = strtol(colon + 1, &end, 10);
    const bool is_ip6 = address[0] == '[' && colon[-1] == ']';
    if (*end != '\0' || port > UINT16_MAX ||
        (!is_ip6 && memchr(address, ':', (size_t)(colon - address)) != NULL)) {
        return false;
    }
    const int length = snprintf(out, ADDRESS_SIZE, "%s:%s", is_ip6 ? "udp6" : "udp", address);
    return length < ADDRESS_SIZE;
}

static netsnmp_session *session_add(netsnmp_transport *transport)
{
    netsnmp_session session;
    snmp_sess_init(&session);
    session.version = SNMP_DEFAULT_VERSION;
    session.callback = handle_snmp_packet;
    session.flags = transport->flags;
    session.isAuthoritative = SNMP_SESS_AUTHORITATIVE;
    session.rcvMsgMaxSize = SNMPS_MESSAGE_MAX;
    session.sndMsgMaxSize = SNMPS_MESSAGE_MAX;
    netsnmp_ds_set_int(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_MAX_GETBULKRESPONSES,
                       SNMPS_BULK_MAX);
    /*
     * Not netsnmp_register_agent_nsap: its check of a datagram opens hosts.allow and hosts.deny
     * each time, which costs more than the answer. It frees the transport when it fails.
     */
    return snmp_add_full(&session, transport, message_admit, NULL, message_check, NULL,
                         message_build, NULL, NULL);
}

static bool listener_open(struct snmps_wire *wire, const char *address, char *error,
                          size_t error_size)
{
    char place[ADDRESS_SIZE];
    if (!address_convert(address, place)) {
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
    (void)fcntl(transport->sock, F_SETFL, O_NONBLOCK);
    (void)fcntl(transport->sock, F_SETFD, FD_CLOEXEC);
    wire->receive = transport->f_recv;
    transport->f_recv = datagram_receive;
    wire->transport = transport;
    wire->session = session_add(transport);
    if (wire->session == NULL) {
        snprintf(error, error_size, "snmp %s: %s; free some memory", address, strerror(ENOMEM));
        return false;
    }
    /* The port is in the same place in both. */
    union {
        struct sockaddr any;
        struct sockaddr_in ip4;
        struct sockaddr_in6 ip6;
    } bound = {.ip6 = {0}};
    socklen_t size = sizeof bound;
    (void)getsockname(transport->sock, &bound.any, &size);
    wire->port = ntohs(bound.ip4.sin_port);
    return true;
}

struct snmps_wire *snmps_wire_open(struct ev_loop *loop, const char *address,
                                   const struct snmps_wire_calls *calls, char *error,
                                   size_t error_size)
{
    assert(opened == NULL);
    struct snmps_wire *wire = calloc(1, sizeof *wire);
    if (wire == NULL) {
        snprintf(error, error_size, "snmp %s: %s; free some memory", address, strerror(ENOMEM));
        return NULL;
    }
    opened = wire;
    wire->loop = loop;
    wire->calls = *calls;
    netsnmp_large_fd_set_init(&wire->readable, FD_SETSIZE);
    if (!listener_open(wire, address, error, error_size)) {
        snmps_wire_close(wire);
        return NULL;
    }
    ev_io_init(&wire->io, on_readable, wire->transport->sock, EV_READ);
    wire->io.data = wire;
    ev_idle_init(&wire->more, on_more);
    wire->more.data = wire;
    /* However much there is to read, who waits is served. */
    ev_set_priority(&wire->more, EV_MAXPRI);
    ev_io_start(loop, &wire->io);
    return wire;
}

int snmps_wire_port(const struct snmps_wire *wire)
{
    return wire->port;
}

uint32_t snmps_wire_errors(const struct snmps_wire *wire, int status)
{
    assert(status > 0 && status < (int)COUNT(wire->errors));
    return wire->errors[status];
}

void snmps_wire_close(struct snmps_wire *wire)
{
    if (wire == NULL) {
        return;
    }
    assert(wire == opened);
    if (ev_is_active(&wire->io)) {
        ev_io_stop(wire->loop, &wire->io);
        ev_idle_stop(wire->loop, &wire->more);
    }
    while (wire->turn != NULL) {
        datagram_free(queue_take(wire, wire->turn));
    }
    if (wire->session != NULL) {
        snmp_close(wire->session);
    }
    netsnmp_large_fd_set_cleanup(&wire->readable);
    opened = NULL;
    free(wire);
}
