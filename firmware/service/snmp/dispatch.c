/*
 * dispatch.c — see dispatch.h.
 */
#include "dispatch.h"

/* Net-SNMP's headers need this order. */
#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include <string.h>

static bool is_our_engine(const void *engine, size_t engine_size)
{
    u_char own[64];
    const size_t size = snmpv3_get_engineID(own, sizeof own);
    return engine_size == size && memcmp(engine, own, size) == 0;
}

static bool is_request(const netsnmp_pdu *pdu)
{
    switch (pdu->command) {
    case SNMP_MSG_GET:
    case SNMP_MSG_GETNEXT:
    case SNMP_MSG_SET:
        return true;
    case SNMP_MSG_GETBULK:
        return pdu->version != SNMP_VERSION_1;
    default:
        return false;
    }
}

/* RFC 3412, 7.1 (3): of this counter, to who waits for an answer; its level is the least. */
static void report(netsnmp_session *session, netsnmp_pdu *pdu, const oid *counter, size_t length,
                   int statistic)
{
    const u_int count = snmp_increment_statistic(statistic);
    if (pdu->version != SNMP_VERSION_3 || !SNMP_CMD_CONFIRMED(pdu->command)) {
        return;
    }
    netsnmp_pdu *about = snmp_clone_pdu(pdu);
    /* The library has reports of its own errors alone: one of them, about something else. */
    if (about != NULL && snmpv3_make_report(about, SNMPERR_USM_UNKNOWNENGINEID) == 0) {
        const long value = (long)count;
        snmp_free_varbind(about->variables);
        about->variables = NULL;
        snmp_pdu_add_variable(about, counter, length, ASN_COUNTER, &value, sizeof value);
    }
    if (about != NULL && snmp_send(session, about) == 0) {
        snmp_free_pdu(about);
    }
}

bool snmps_dispatch(netsnmp_session *session, netsnmp_pdu *pdu)
{
    static const oid unknown_handlers[] = {1, 3, 6, 1, 6, 3, 11, 2, 1, 3, 0};
    static const oid unknown_contexts[] = {1, 3, 6, 1, 6, 3, 12, 1, 5, 0};
    const bool is_v3 = pdu->version == SNMP_VERSION_3;
    /*
     * The library takes a message for any engine that it knows a user of, so for a receiver of
     * informs too, and that receiver has the key (RFC 3412, 7.2 (13)).
     */
    if (is_v3 && !is_our_engine(pdu->securityEngineID, pdu->securityEngineIDLen)) {
        return false;
    }
    if (!is_request(pdu) ||
        (is_v3 && !is_our_engine(pdu->contextEngineID, pdu->contextEngineIDLen))) {
        report(session, pdu, unknown_handlers, OID_LENGTH(unknown_handlers),
               STAT_SNMPUNKNOWNPDUHANDLERS);
        return false;
    }
    if (is_v3 && pdu->contextNameLen > 0) {
        report(session, pdu, unknown_contexts, OID_LENGTH(unknown_contexts),
               STAT_SNMPUNKNOWNCONTEXTS);
        return false;
    }
    return true;
}
