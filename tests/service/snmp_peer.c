/*
 * snmp_peer.c — see snmp_peer.h.
 */
#include "snmp_peer.h"

#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include <net-snmp/library/lcd_time.h>

#include <criterion/criterion.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* sysUpTime, snmpTrapOID, and what is told of a row: bacsAlarmId. */
enum { VARIABLE_TRAP = 1, VARIABLE_ID = 2 };

static int report_fd;

static const netsnmp_variable_list *variable_at(const netsnmp_pdu *pdu, int index)
{
    const netsnmp_variable_list *variable = pdu->variables;
    for (; index > 0 && variable != NULL; index--) {
        variable = variable->next_variable;
    }
    return variable;
}

static int on_message(int operation, netsnmp_session *session, int id, netsnmp_pdu *pdu, void *self)
{
    (void)id;
    (void)self;
    if (operation != NETSNMP_CALLBACK_OP_RECEIVED_MESSAGE || pdu->command != SNMP_MSG_INFORM) {
        return 1;
    }
    struct snmp_peer_heard heard = {.command = pdu->command, .level = pdu->securityLevel};
    const netsnmp_variable_list *trap = variable_at(pdu, VARIABLE_TRAP);
    const netsnmp_variable_list *row = variable_at(pdu, VARIABLE_ID);
    if (trap != NULL && trap->type == ASN_OBJECT_ID) {
        heard.kind = (int32_t)trap->val.objid[trap->val_len / sizeof(oid) - 1];
    }
    if (row != NULL && row->type == ASN_INTEGER) {
        heard.id = (int32_t)*row->val.integer;
    }
    snprintf(heard.user, sizeof heard.user, "%s", pdu->securityName);
    netsnmp_pdu *answer = snmp_clone_pdu(pdu);
    answer->command = SNMP_MSG_RESPONSE;
    answer->errstat = 0;
    answer->errindex = 0;
    if (snmp_send(session, answer) == 0) {
        snmp_free_pdu(answer);
    }
    (void)!write(report_fd, &heard, sizeof heard);
    return 1;
}

static int port_of(int fd)
{
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    return getsockname(fd, (struct sockaddr *)&address, &size) == 0 ? ntohs(address.sin_port) : 0;
}

/* What the process knows of users and engines when it is forked late. */
static void agent_forget(void)
{
    struct usmUser *user;
    while ((user = usm_get_userList()) != NULL) {
        usm_remove_user(user);
        usm_free_user(user);
    }
    free_etimelist();
}

static _Noreturn void serve(int fd, const struct snmp_peer_options *options)
{
    char place[40];
    char line[200];
    u_char id[40];
    size_t id_size;
    netsnmp_session session;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    report_fd = fd;
    setenv("MIBS", "", 1);
    netsnmp_register_loghandler(NETSNMP_LOGHANDLER_NONE, LOG_DEBUG);
    netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_READ_CONFIGS, 1);
    netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_PERSIST_STATE, 1);
    init_snmp("peer");
    agent_forget();
    setup_engineID(NULL, options->engine);
    id_size = snmpv3_get_engineID(id, sizeof id);
    engineBoots_conf("engineBoots", (char *)(uintptr_t)options->boots); /* counts one more */
    set_enginetime(id, (u_int)id_size, (u_int)snmpv3_local_snmpEngineBoots(), 0, TRUE);
    snprintf(line, sizeof line, "%s SHA-256 %s AES %s", options->user, options->auth,
             options->priv);
    usm_parse_create_usmUser("createUser", line);
    snprintf(place, sizeof place, "udp:127.0.0.1:%d", options->port);
    netsnmp_transport *transport = netsnmp_transport_open_server("peer", place);
    if (transport == NULL) {
        _exit(1);
    }
    const int32_t bound = port_of(transport->sock);
    (void)!write(fd, &bound, sizeof bound);
    snmp_sess_init(&session);
    session.version = SNMP_DEFAULT_VERSION;
    session.callback = on_message;
    session.isAuthoritative = SNMP_SESS_UNKNOWNAUTH;
    if (snmp_add(&session, transport, NULL, NULL) == NULL) {
        _exit(1);
    }
    for (;;) {
        fd_set readable;
        FD_ZERO(&readable);
        FD_SET(transport->sock, &readable);
        if (select(transport->sock + 1, &readable, NULL, NULL, NULL) > 0) {
            snmp_read(&readable);
        }
    }
}

void snmp_peer_start(struct snmp_peer *peer, const struct snmp_peer_options *options)
{
    int pair[2];
    int32_t bound = 0;
    cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
    peer->pid = fork();
    if (peer->pid == 0) {
        close(pair[0]);
        serve(pair[1], options);
    }
    close(pair[1]);
    peer->fd = pair[0];
    cr_assert_eq(recv(peer->fd, &bound, sizeof bound, 0), (ssize_t)sizeof bound);
    peer->port = bound;
}

void snmp_peer_stop(struct snmp_peer *peer)
{
    kill(peer->pid, SIGKILL);
    waitpid(peer->pid, NULL, 0);
    close(peer->fd);
}
