/*
 * snmp_peer.h — a receiver of v3 informs, an engine of its own in a process of its own: the
 * library's users and clocks belong to a process.
 *
 * It acknowledges what is authentic and tells the test of each. SIGSTOP makes it a receiver that is
 * down, SIGCONT one that is late.
 */
#ifndef TESTS_SERVICE_SNMP_PEER_H
#define TESTS_SERVICE_SNMP_PEER_H

#include <stdint.h>
#include <sys/types.h>

struct snmp_peer {
    pid_t pid;
    int port;
    int fd; /* one struct snmp_peer_heard for each */
};

struct snmp_peer_heard {
    int32_t command; /* SNMP_MSG_INFORM, ...                            */
    int32_t level;   /* SNMP_SEC_LEVEL_...                              */
    int32_t kind;    /* last arc of snmpTrapOID                         */
    int32_t id;      /* of the row of the alarm table; 0: none is told  */
    char user[40];
};

struct snmp_peer_options {
    const char *engine;
    const char *boots; /* times that it was started before, in digits */
    int port;          /* 0: any */
    const char *user;
    const char *auth; /* passphrases */
    const char *priv;
};

/* Before the first agent of the process is opened, but for one that takes the place of another. */
void snmp_peer_start(struct snmp_peer *peer, const struct snmp_peer_options *options);
void snmp_peer_stop(struct snmp_peer *peer);

#endif
