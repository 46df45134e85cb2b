/*
 * dispatch.h — which messages are for the agent: requests, and by v3 those of its own engine and of
 * the context without a name, which is all it has (RFC 3412, 4.2.2.1; RFC 3413, 3.2).
 */
#ifndef SNMPS_DISPATCH_H
#define SNMPS_DISPATCH_H

#include <stdbool.h>

struct snmp_session;
struct snmp_pdu;

/*
 * Of a message that is authentic. False: it is not for us; who asked by v3 is then told why by a
 * report of this session.
 */
bool snmps_dispatch(struct snmp_session *session, struct snmp_pdu *pdu);

#endif
