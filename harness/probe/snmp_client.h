/*
 * snmp_client.h — the probe's SNMP manager: Net-SNMP, v1, v2c and v3, numeric OIDs, no MIB files
 * and no configuration files. An answer is waited for, and silence is heard at once.
 */
#ifndef HX_PROBE_SNMP_CLIENT_H
#define HX_PROBE_SNMP_CLIENT_H

#include "harness/probe/probe.h"

/* Once a process, before anything else of SNMP. */
void hx_snmp_start(void);
/* Where the agent is, HX_LOOPBACK at the start; hx_snmp_use says at which port. */
void hx_snmp_network(enum hx_network network);

/* From now on the agent there, and who reads objects and alarms. */
void hx_snmp_use(const struct hx_place *place, const struct hx_asker *asker);
void hx_snmp_use_as(const struct hx_asker *asker);

/* One GET of all objects of the question. */
void hx_snmp_get(const struct hx_question *question, struct hx_answer *answer);

/*
 * Does anybody answer at the agent's port, whoever asks? Who has none is refused at once on this
 * machine.
 */
bool hx_snmp_is_there(void);

/* The alarm table by GETBULK. */
void hx_snmp_alarms(struct hx_answer *answer);

/* A GET or a SET of the question's bindings, as its asker; what became of it. */
void hx_snmp_request(const struct hx_question *question, struct hx_answer *answer);

/* Bytes to the agent; when this returns it is done with them. count: answers that came, 0 or 1. */
void hx_snmp_datagram(const struct hx_question *question, struct hx_answer *answer);

#endif
