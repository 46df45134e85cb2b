/*
 * snmp_stage.h — a webmanager made by hand behind a real SNMP agent, and clients that ask it.
 *
 * Agent and clients share the process; the loop is turned by hand between question and answer. The
 * clients use the library's single-session calls, which leave the agent's sessions alone. Users of
 * v3 are known to the library for the process: a client with a wrong key needs one of its own
 * (stage_run).
 */
#ifndef TESTS_SERVICE_SNMP_STAGE_H
#define TESTS_SERVICE_SNMP_STAGE_H

#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "firmware/service/snmp/agent.h"

struct ev_loop;

#define STAGE_BACS ".1.3.6.1.2.1.33.5."

struct stage {
    struct wm_view view;
    struct ev_loop *loop;
    struct snmps_agent *agent;
    size_t answer_size; /* of the last answer, in bytes of its datagram */
    /* What was put; a CHANGE that is in force is seen in the view, as if a step had come. */
    struct {
        int puts[WM_COMMAND_NOTE + 1];
        size_t changes;        /* of the last CHANGE */
        int32_t noted;         /* by the last NOTE   */
        enum wm_status status; /* what becomes of a CHANGE that contradicts nothing */
    } webmanager;
};

extern struct stage stage;

/* A plant with everything there is, and an agent on a free port of the loopback. */
void stage_open(void);
void stage_close(void);

/* The agent anew, with the view's settings; false, and why in error, if it cannot be had. */
void stage_agent_open(const char *address);
bool stage_agent_try(const char *address, char *error, size_t size);
void stage_agent_close(void);

void stage_text(enum wm_text text, const char *value);
void stage_number(enum wm_setting setting, int32_t value);
/* Text and numbers of a receiver or user, 1-based; publishing is up to the caller. */
void stage_receiver(int number, const char *address, const char *version, const char *kind);
void stage_user(int number, const char *name, const char *auth, const char *priv,
                int32_t may_write);

void stage_turns(int count);

/* ---- clients in this process ------------------------------------------------------------ */

/* peer null: the agent's port on 127.0.0.1. community null: a session of v3 for stage_sign. */
void *stage_client(long version, const char *community);
void *stage_client_of(netsnmp_session *session, const char *peer);

/* A request for names; count may be 0. */
netsnmp_pdu *stage_request(int command, const char *const *names, size_t count);
void stage_add_number(netsnmp_pdu *pdu, const char *name, u_char type, long value);
void stage_add_octets(netsnmp_pdu *pdu, const char *name, const void *octets, size_t size);

/* Sends it; the answer, which the caller frees, or null when there is none. */
netsnmp_pdu *stage_ask(void *client, netsnmp_pdu *request);
netsnmp_pdu *stage_ask_names(void *client, int command, const char *const *names, size_t count);
long stage_get(void *client, const char *name);

/* ---- others ----------------------------------------------------------------------------- */

/* A socket of 127.0.0.1, not blocking: connected to this port, or bound to any (port 0). */
int stage_socket(int port);
int stage_socket_port(int fd);

/*
 * Runs a program of Debian's while the loop turns; what it said, both streams, in out[size].
 * Returns its exit status.
 */
int stage_run(const char *const *arguments, char *out, size_t size);

#endif
