/*
 * snmp_client.h — the probe's SNMP manager and trap sink: Net-SNMP, v2c, blocking, one session
 * each, numeric OIDs, no MIB files and no configuration files.
 */
#ifndef HX_SNMP_CLIENT_H
#define HX_SNMP_CLIENT_H

#include "probe.h"

/* Once a process, before anything else here. */
void hx_snmp_start(void);

/* From now on the agent on this port of 127.0.0.1, community public. */
void hx_snmp_use(int port);

/* One GET of all objects of the question. */
void hx_snmp_get(const struct hx_question *question, struct hx_answer *answer);

/* Does anybody answer at the agent's port? Who has none is refused at once on this machine. */
bool hx_snmp_is_there(void);

/* The alarm table by GETBULK. */
void hx_snmp_alarms(struct hx_answer *answer);

/* Opens the sink; returns its port, 0 if it can't. *fd: readable when a trap waits. */
int hx_traps_open(int *fd);
/* Takes in every datagram that waits. */
void hx_traps_drain(void);
/* Hands over what came in since the last time. */
void hx_traps_take(struct hx_answer *answer);
void hx_traps_forget(void);

#endif
