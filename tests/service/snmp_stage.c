/*
 * snmp_stage.c — see snmp_stage.h.
 */
#include "snmp_stage.h"

#include <net-snmp/library/large_fd_set.h>

#include <criterion/criterion.h>
#include <errno.h>
#include <ev.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "firmware/core/wished.h"
#include "fixture.h"

struct stage stage;

/* ---- a webmanager ----------------------------------------------------------------------- */

static enum wm_status command_put(void *self, const struct wm_command *command, const char **why)
{
    static const struct wm_wished nothing = {.is_pending = false};
    static struct wm_wished next;
    (void)self;
    *why = "";
    stage.webmanager.puts[command->kind]++;
    if (command->kind == WM_COMMAND_NOTE) {
        stage.webmanager.noted = command->number;
        return WM_OK;
    }
    const enum wm_status status = wm_wished_add(&next, &nothing, &stage.view.settings,
                                                command->change, command->changes, why);
    if (command->kind == WM_COMMAND_CHECK || status != WM_OK) {
        return status;
    }
    stage.webmanager.changes = command->changes;
    if (stage.webmanager.status == WM_OK || stage.webmanager.status == WM_IO) {
        stage.view.settings = next.settings;
        snmps_agent_published(stage.agent);
    }
    return stage.webmanager.status;
}

bool stage_agent_try(const char *address, char *error, size_t size)
{
    static const struct wm_commands commands = {.put = command_put};
    stage.agent = snmps_agent_open(stage.loop, address, &stage.view, &commands, error, size);
    return stage.agent != NULL;
}

void stage_agent_open(const char *address)
{
    char error[256] = "";
    cr_assert(stage_agent_try(address, error, sizeof error), "%s", error);
    cr_assert_gt(snmps_agent_port(stage.agent), 0);
}

void stage_agent_close(void)
{
    snmps_agent_close(stage.agent);
    stage.agent = NULL;
}

void stage_open(void)
{
    fixture_view(&stage.view, 512, 16, 4);
    stage.loop = ev_loop_new(EVFLAG_AUTO);
    cr_assert_not_null(stage.loop);
    stage_agent_open("127.0.0.1:0");
}

void stage_close(void)
{
    stage_agent_close();
    ev_loop_destroy(stage.loop);
}

void stage_text(enum wm_text text, const char *value)
{
    cr_assert_eq(wm_text_set(&stage.view.settings, text, value), WM_OK, "%s", value);
}

void stage_number(enum wm_setting setting, int32_t value)
{
    stage.view.settings.value[setting] = value;
}

static int32_t choice(enum wm_setting setting, const char *name)
{
    for (int32_t value = 0; wm_choice_name(setting, value) != NULL; value++) {
        if (strcmp(wm_choice_name(setting, value), name) == 0) {
            return value;
        }
    }
    cr_assert_fail("no choice %s", name);
    return 0;
}

/* A text and a setting of a family, by the name that a user knows it by. */
static void family_text(const char *family, int number, const char *what, const char *value)
{
    char name[60];
    enum wm_text text = wm_text_count;
    (void)snprintf(name, sizeof name, "snmp.%s_%d_%s", family, number, what);
    cr_assert(wm_text_find(name, &text), "%s", name);
    stage_text(text, value);
}

static enum wm_setting family_setting(const char *family, int number, const char *what)
{
    char name[60];
    enum wm_setting setting = wm_setting_count;
    (void)snprintf(name, sizeof name, "snmp.%s_%d_%s", family, number, what);
    cr_assert(wm_setting_find(name, &setting), "%s", name);
    return setting;
}

static void family_choice(const char *family, int number, const char *what, const char *name)
{
    const enum wm_setting setting = family_setting(family, number, what);
    stage_number(setting, choice(setting, name));
}

void stage_receiver(int number, const char *address, const char *version, const char *kind)
{
    family_text("receiver", number, "address", address);
    family_choice("receiver", number, "version", version);
    family_choice("receiver", number, "kind", kind);
}

void stage_user(int number, const char *name, const char *auth, const char *priv, int32_t may_write)
{
    family_text("user", number, "name", name);
    family_text("user", number, "auth", auth);
    family_text("user", number, "priv", priv);
    stage_number(family_setting("user", number, "access"), may_write);
}

void stage_turns(int count)
{
    for (int i = 0; i < count; i++) {
        ev_run(stage.loop, EVRUN_NOWAIT);
    }
}

/* ---- clients in this process ------------------------------------------------------------ */

static netsnmp_pdu *heard;

static int on_answer(int operation, netsnmp_session *session, int id, netsnmp_pdu *pdu, void *magic)
{
    (void)session;
    (void)id;
    (void)magic;
    if (operation == NETSNMP_CALLBACK_OP_RECEIVED_MESSAGE) {
        heard = snmp_clone_pdu(pdu);
    }
    return 1;
}

void *stage_client_of(netsnmp_session *session, const char *peer)
{
    char own[40];
    snprintf(own, sizeof own, "udp:127.0.0.1:%d", snmps_agent_port(stage.agent));
    session->peername = (char *)(uintptr_t)(peer != NULL ? peer : own);
    session->callback = on_answer;
    session->retries = 0;
    void *client = snmp_sess_open(session);
    cr_assert_not_null(client);
    fcntl(snmp_sess_transport(client)->sock, F_SETFL, O_NONBLOCK);
    return client;
}

void *stage_client(long version, const char *community)
{
    netsnmp_session session;
    snmp_sess_init(&session);
    session.version = version;
    session.community = (u_char *)(uintptr_t)community;
    session.community_len = strlen(community);
    return stage_client_of(&session, NULL);
}

static size_t name_parse(const char *text, oid *name)
{
    size_t length = MAX_OID_LEN;
    cr_assert_not_null(snmp_parse_oid(text, name, &length), "%s", text);
    return length;
}

netsnmp_pdu *stage_request(int command, const char *const *names, size_t count)
{
    netsnmp_pdu *pdu = snmp_pdu_create(command);
    for (size_t i = 0; i < count; i++) {
        oid name[MAX_OID_LEN];
        const size_t length = name_parse(names[i], name);
        snmp_add_null_var(pdu, name, length);
    }
    return pdu;
}

void stage_add_number(netsnmp_pdu *pdu, const char *name, u_char type, long value)
{
    oid parsed[MAX_OID_LEN];
    const size_t length = name_parse(name, parsed);
    cr_assert_not_null(snmp_pdu_add_variable(pdu, parsed, length, type, &value, sizeof value));
}

void stage_add_octets(netsnmp_pdu *pdu, const char *name, const void *octets, size_t size)
{
    oid parsed[MAX_OID_LEN];
    const size_t length = name_parse(name, parsed);
    cr_assert_not_null(snmp_pdu_add_variable(pdu, parsed, length, ASN_OCTET_STR, octets, size));
}

netsnmp_pdu *stage_ask(void *client, netsnmp_pdu *request)
{
    netsnmp_large_fd_set readable;
    netsnmp_large_fd_set_init(&readable, FD_SETSIZE);
    heard = NULL;
    stage.answer_size = 0;
    cr_assert_neq(snmp_sess_send(client, request), 0);
    for (int i = 0; i < 200 && heard == NULL; i++) {
        stage_turns(1);
        const ssize_t size = recv(snmp_sess_transport(client)->sock, NULL, 0, MSG_PEEK | MSG_TRUNC);
        stage.answer_size = size > 0 ? (size_t)size : stage.answer_size;
        netsnmp_large_fd_setfd(snmp_sess_transport(client)->sock, &readable);
        snmp_sess_read2(client, &readable);
    }
    netsnmp_large_fd_set_cleanup(&readable);
    return heard;
}

netsnmp_pdu *stage_ask_names(void *client, int command, const char *const *names, size_t count)
{
    return stage_ask(client, stage_request(command, names, count));
}

long stage_get(void *client, const char *name)
{
    netsnmp_pdu *answer = stage_ask_names(client, SNMP_MSG_GET, &name, 1);
    cr_assert_not_null(answer, "no answer for %s", name);
    cr_assert_eq(answer->errstat, 0);
    const long number = *answer->variables->val.integer;
    snmp_free_pdu(answer);
    return number;
}

/* ---- others ----------------------------------------------------------------------------- */

int stage_socket(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                  .sin_port = htons((uint16_t)port)};
    const int fd = socket(AF_INET, SOCK_DGRAM, 0);
    cr_assert_geq(fd, 0);
    const int status = port == 0 ? bind(fd, (struct sockaddr *)&address, sizeof address)
                                 : connect(fd, (struct sockaddr *)&address, sizeof address);
    cr_assert_eq(status, 0);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    return fd;
}

int stage_socket_port(int fd)
{
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    cr_assert_eq(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    return ntohs(address.sin_port);
}

/* What a program says, until it ends. */
struct hearing {
    char *out;
    size_t size;
    size_t used;
};

static void on_said(struct ev_loop *loop, ev_io *io, int events)
{
    char rest[4096];
    struct hearing *hearing = io->data;
    (void)events;
    const ssize_t size = read(io->fd, rest, sizeof rest);
    if (size <= 0) {
        ev_break(loop, EVBREAK_ALL);
        return;
    }
    const size_t room = hearing->size - 1 - hearing->used;
    const size_t taken = (size_t)size < room ? (size_t)size : room;
    memcpy(hearing->out + hearing->used, rest, taken);
    hearing->used += taken;
    hearing->out[hearing->used] = '\0';
}

int stage_run(const char *const *arguments, char *out, size_t size)
{
    /* Nothing of this machine's configuration, and no MIB text. */
    static char *const environment[] = {"PATH=/usr/bin:/bin",
                                        "MIBS=",
                                        "MIBDIRS=",
                                        "SNMPCONFPATH=/nonexistent",
                                        "SNMP_PERSISTENT_FILE=/dev/null",
                                        NULL};
    int ends[2];
    pid_t child;
    int status;
    ev_io io;
    struct hearing hearing = {.out = out, .size = size};
    posix_spawn_file_actions_t actions;
    out[0] = '\0';
    cr_assert_eq(pipe(ends), 0);
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
    posix_spawn_file_actions_addclose(&actions, ends[1]);
    cr_assert_eq(posix_spawnp(&child, arguments[0], &actions, NULL,
                              (char *const *)(uintptr_t)arguments, environment),
                 0, "%s is missing; run ci/setup", arguments[0]);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    ev_io_init(&io, on_said, ends[0], EV_READ);
    io.data = &hearing;
    ev_io_start(stage.loop, &io);
    ev_run(stage.loop, 0);
    ev_io_stop(stage.loop, &io);
    close(ends[0]);
    cr_assert_eq(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}
