/*
 * test_snmp_agent.c — the real agent, asked over UDP by Net-SNMP's client and by raw datagrams.
 *
 * Agent and clients share the process; the loop is turned by hand between question and answer. The
 * clients use the library's single-session calls, which leave the agent's sessions alone.
 */
#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include <net-snmp/library/large_fd_set.h>

#include <criterion/criterion.h>
#include <errno.h>
#include <ev.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "firmware/service/snmp/agent.h"
#include "firmware/service/snmp/mib_view.h"
#include "fixture.h"

#define PATIENCE_S 2.0

static struct wm_view view;
static struct snmps_source source = {.view = &view};
static struct ev_loop *loop;
static struct snmps_agent *agent;

/* ---- a webmanager ----------------------------------------------------------------------- */

/* What was put, and what comes of it: the settings of the view change as if a step had come. */
static struct {
    int puts[WM_COMMAND_NOTE + 1];
    size_t changes;
    int32_t noted;
    enum wm_status status; /* of CHANGE  */
    enum wm_status check;  /* of CHECK   */
} webmanager;

static enum wm_status webmanager_put(void *self, const struct wm_command *command, const char **why)
{
    (void)self;
    *why = "";
    webmanager.puts[command->kind]++;
    if (command->kind == WM_COMMAND_NOTE) {
        webmanager.noted = command->number;
        return WM_OK;
    }
    if (command->kind == WM_COMMAND_CHECK) {
        return webmanager.check;
    }
    webmanager.changes = command->changes;
    if (webmanager.status != WM_OK && webmanager.status != WM_IO) {
        return webmanager.status;
    }
    for (size_t i = 0; i < command->changes; i++) {
        const struct wm_change *change = &command->change[i];
        if (change->string != NULL) {
            cr_assert_eq(wm_text_set(&view.settings, change->text, change->string), WM_OK);
        } else {
            view.settings.value[change->setting] = change->value;
        }
    }
    return webmanager.status;
}

static const struct wm_commands commands = {.put = webmanager_put};

/* Whom traps are told, by slot; null: nobody. */
static void receivers_set(const char *const *receivers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        cr_assert_eq(wm_text_set(&view.settings,
                                 (enum wm_text)(wm_text_snmp_receiver_1_address + 2 * (int)i),
                                 receivers[i]),
                     WM_OK);
    }
}

static struct snmps_agent *agent_open(const char *const *receivers, size_t count)
{
    char error[256] = "";
    receivers_set(receivers, count);
    struct snmps_agent *result =
        snmps_agent_open(loop, "127.0.0.1:0", &view, &commands, error, sizeof error);
    cr_assert_not_null(result, "%s", error);
    return result;
}

static void setup(void)
{
    fixture_view(&view, 512, 16, 4);
    loop = ev_loop_new(EVFLAG_AUTO);
    agent = agent_open(NULL, 0);
    cr_assert_gt(snmps_agent_port(agent), 0);
}

static void teardown(void)
{
    snmps_agent_close(agent);
    ev_loop_destroy(loop);
}

TestSuite(snmp_agent, .init = setup, .fini = teardown);

/* ---- a client --------------------------------------------------------------------------- */

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

static void *client_open(long version, const char *community)
{
    char peer[40];
    netsnmp_session session;
    snprintf(peer, sizeof peer, "udp:127.0.0.1:%d", snmps_agent_port(agent));
    snmp_sess_init(&session);
    session.version = version;
    session.peername = peer;
    session.community = (u_char *)(uintptr_t)community;
    session.community_len = strlen(community);
    session.callback = on_answer;
    session.retries = 0;
    void *client = snmp_sess_open(&session);
    cr_assert_not_null(client);
    fcntl(snmp_sess_transport(client)->sock, F_SETFL, O_NONBLOCK);
    return client;
}

/* Sends a request; its answer, or null when there is none after 200 turns of the loop. */
static netsnmp_pdu *ask(void *client, netsnmp_pdu *request)
{
    netsnmp_large_fd_set readable;
    netsnmp_large_fd_set_init(&readable, FD_SETSIZE);
    heard = NULL;
    cr_assert_neq(snmp_sess_send(client, request), 0);
    for (int i = 0; i < 200 && heard == NULL; i++) {
        ev_run(loop, EVRUN_NOWAIT);
        netsnmp_large_fd_setfd(snmp_sess_transport(client)->sock, &readable);
        snmp_sess_read2(client, &readable);
    }
    netsnmp_large_fd_set_cleanup(&readable);
    return heard;
}

static netsnmp_pdu *request_make(int command, const char *const *names, size_t count)
{
    netsnmp_pdu *pdu = snmp_pdu_create(command);
    for (size_t i = 0; i < count; i++) {
        oid name[MAX_OID_LEN];
        size_t length = MAX_OID_LEN;
        cr_assert_not_null(snmp_parse_oid(names[i], name, &length), "%s", names[i]);
        snmp_add_null_var(pdu, name, length);
    }
    return pdu;
}

static netsnmp_pdu *ask_names(void *client, int command, const char *const *names, size_t count)
{
    return ask(client, request_make(command, names, count));
}

#define BACS ".1.3.6.1.2.1.33.5."

static long get_number(void *client, const char *name)
{
    netsnmp_pdu *answer = ask_names(client, SNMP_MSG_GET, &name, 1);
    cr_assert_not_null(answer, "no answer for %s", name);
    cr_assert_eq(answer->errstat, 0);
    const long number = *answer->variables->val.integer;
    snmp_free_pdu(answer);
    return number;
}

static size_t variable_name(const netsnmp_variable_list *variable, uint32_t *name)
{
    for (size_t i = 0; i < variable->name_length; i++) {
        name[i] = (uint32_t)variable->name[i];
    }
    return variable->name_length;
}

/* Whether a variable of an answer is this OID with what mib_view says of it. */
static void expect_variable(const netsnmp_variable_list *variable, const struct snmps_mib *mib,
                            const struct snmps_place *place)
{
    static const u_char types[] = {[SNMPS_INTEGER] = ASN_INTEGER, [SNMPS_GAUGE] = ASN_GAUGE,
                                   [SNMPS_COUNTER] = ASN_COUNTER, [SNMPS_TIMETICKS] = ASN_TIMETICKS,
                                   [SNMPS_OID] = ASN_OBJECT_ID,   [SNMPS_OCTETS] = ASN_OCTET_STR};
    uint32_t name[MAX_OID_LEN];
    uint32_t wanted[WM_OID_MAX];
    struct snmps_value value;
    const size_t wanted_length = snmps_place_oid(mib, place, wanted);
    const size_t length = variable_name(variable, name);
    cr_assert_eq(snmps_oid_compare(name, length, wanted, wanted_length), 0);
    snmps_place_value(mib, &source, place, &value);
    cr_assert_eq(variable->type, types[value.type]);
    if (value.type == SNMPS_INTEGER || value.type == SNMPS_GAUGE) {
        cr_assert_eq(*variable->val.integer, value.integer);
    } else if (value.type == SNMPS_OID) {
        cr_assert_eq(variable->val_len, value.oid_length * sizeof(oid));
        cr_assert_eq(variable->val.objid[value.oid_length - 1], value.oid[value.oid_length - 1]);
    } else if (value.type == SNMPS_OCTETS) {
        cr_assert_eq(variable->val_len, strlen(value.text));
    }
}

/* Walks everything and holds each variable against mib_view; repetitions 0: by GETNEXT. */
static void expect_walk(void *client, long repetitions)
{
    static struct snmps_mib mib;
    struct snmps_place place;
    oid last[MAX_OID_LEN] = {1, 3};
    size_t length = 2;
    size_t count = 0;
    bool is_end = false;
    snmps_mib_fill(&mib);
    bool is_there = snmps_next(&mib, &view, NULL, 0, &place);
    while (!is_end) {
        netsnmp_pdu *request =
            snmp_pdu_create(repetitions == 0 ? SNMP_MSG_GETNEXT : SNMP_MSG_GETBULK);
        request->errstat = 0;
        request->errindex = repetitions;
        snmp_add_null_var(request, last, length);
        netsnmp_pdu *answer = ask(client, request);
        cr_assert_not_null(answer);
        netsnmp_variable_list *variable = answer->variables;
        for (; variable != NULL && !is_end; variable = variable->next_variable) {
            is_end = answer->errstat == SNMP_ERR_NOSUCHNAME || variable->type == SNMP_ENDOFMIBVIEW;
            if (!is_end) {
                cr_assert(is_there, "more than there is");
                expect_variable(variable, &mib, &place);
                length = variable->name_length;
                memcpy(last, variable->name, length * sizeof *last);
                is_there = snmps_after(&mib, &view, &place);
                count++;
            }
        }
        snmp_free_pdu(answer);
    }
    cr_expect(!is_there, "the walk ended after %zu", count);
    cr_expect_gt(count, 3000);
}

/* ---- answers ---------------------------------------------------------------------------- */

Test(snmp_agent, walks_of_every_kind_see_the_same)
{
    static const long repetitions[] = {0, 1, 2, 7, 50, 99, 1000};
    void *client = client_open(SNMP_VERSION_2c, "public");
    void *old_client = client_open(SNMP_VERSION_1, "public");
    fixture_alarm(&view, 3, 6, 60005);
    fixture_alarm(&view, 7, 22, 60005);
    for (size_t i = 0; i < sizeof repetitions / sizeof *repetitions; i++) {
        expect_walk(client, repetitions[i]);
    }
    expect_walk(old_client, 0);
    snmp_sess_close(client);
    snmp_sess_close(old_client);
}

Test(snmp_agent, the_end_of_a_subtree_leads_into_the_next_and_the_last_to_the_end)
{
    static const char *const names[] = {".1.3.6.1.2.1.1.7.0", ".1.3.6.1.2.1.11.32.0",
                                        BACS "5.31.0"};
    static const struct {
        const char *name;
        u_char type;
    } wanted[] = {{".1.3.6.1.2.1.11.1.0", ASN_COUNTER},
                  {BACS "1.1.0", ASN_INTEGER},
                  {BACS "5.32.0", ASN_INTEGER},
                  {".1.3.6.1.2.1.11.2.0", ASN_COUNTER},
                  {BACS "1.2.0", ASN_GAUGE},
                  {NULL, SNMP_ENDOFMIBVIEW},
                  {".1.3.6.1.2.1.11.3.0", ASN_COUNTER},
                  {BACS "1.3.0", ASN_GAUGE},
                  {NULL, SNMP_ENDOFMIBVIEW}};
    void *client = client_open(SNMP_VERSION_2c, "public");
    netsnmp_pdu *request = request_make(SNMP_MSG_GETBULK, names, 3);
    request->errstat = 0;
    request->errindex = 3;
    netsnmp_pdu *answer = ask(client, request);
    cr_assert_not_null(answer);
    const netsnmp_variable_list *variable = answer->variables;
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        oid name[MAX_OID_LEN];
        size_t length = MAX_OID_LEN;
        cr_assert_not_null(variable);
        cr_expect_eq(variable->type, wanted[i].type, "variable %zu", i);
        if (wanted[i].name != NULL) {
            snmp_parse_oid(wanted[i].name, name, &length);
            cr_expect_eq(snmp_oid_compare(variable->name, variable->name_length, name, length), 0);
        }
        variable = variable->next_variable;
    }
    cr_expect_null(variable);
    snmp_free_pdu(answer);
    snmp_sess_close(client);
}

Test(snmp_agent, absent_objects_are_told_apart_from_absent_instances)
{
    static const char *const names[] = {BACS "2.1.0",     BACS "2.1.1",       BACS "2.99.0",
                                        BACS "2.5.1.1.0", ".1.3.6.1.4.1.1.0", BACS "3.2.1.1.1"};
    static const u_char types[] = {ASN_INTEGER,         SNMP_NOSUCHINSTANCE, SNMP_NOSUCHOBJECT,
                                   SNMP_NOSUCHINSTANCE, SNMP_NOSUCHOBJECT,   SNMP_NOSUCHINSTANCE};
    void *client = client_open(SNMP_VERSION_2c, "public");
    netsnmp_pdu *answer = ask_names(client, SNMP_MSG_GET, names, sizeof names / sizeof *names);
    cr_assert_not_null(answer);
    const netsnmp_variable_list *variable = answer->variables;
    for (size_t i = 0; i < sizeof types; i++, variable = variable->next_variable) {
        cr_assert_not_null(variable);
        cr_expect_eq(variable->type, types[i], "%s", names[i]);
    }
    snmp_free_pdu(answer);
    snmp_sess_close(client);
    client = client_open(SNMP_VERSION_1, "public");
    answer = ask_names(client, SNMP_MSG_GET, &names[1], 1);
    cr_assert_not_null(answer);
    cr_expect_eq(answer->errstat, SNMP_ERR_NOSUCHNAME);
    snmp_free_pdu(answer);
    snmp_sess_close(client);
}

Test(snmp_agent, nothing_can_be_set_and_nobody_else_is_heard)
{
    static const oid low_alarm[] = {1, 3, 6, 1, 2, 1, 33, 5, 1, 12, 0};
    static const char *const name = BACS "2.1.0";
    const long value = 1100;
    void *client = client_open(SNMP_VERSION_2c, "public");
    netsnmp_pdu *request = snmp_pdu_create(SNMP_MSG_SET);
    snmp_pdu_add_variable(request, low_alarm, OID_LENGTH(low_alarm), ASN_INTEGER, &value,
                          sizeof value);
    netsnmp_pdu *answer = ask(client, request);
    cr_assert_not_null(answer);
    /* RFC 3416, 4.2.5 (1): there is no view in which public may write. */
    cr_expect_eq(answer->errstat, SNMP_ERR_NOACCESS);
    cr_expect_eq(answer->errindex, 1);
    snmp_free_pdu(answer);
    cr_expect_eq(get_number(client, BACS "1.12.0"), 1200);
    static const char *const others[] = {"private", "", "Public", "public "};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        void *other = client_open(SNMP_VERSION_2c, others[i]);
        cr_expect_null(ask_names(other, SNMP_MSG_GET, &name, 1), "'%s' is answered", others[i]);
        snmp_sess_close(other);
    }
    cr_expect_eq(get_number(client, name), 0x41);
    snmp_sess_close(client);
}

Test(snmp_agent, uptime_is_what_it_was_given_and_the_view_what_it_is_now)
{
    void *client = client_open(SNMP_VERSION_2c, "public");
    static const struct {
        wm_ms uptime_ms;
        long ticks;
    } times[] = {{0, 0},           {1239, 123},       {42949672950, 4294967295}, {42949672960, 0},
                 {42949672969, 0}, {42949673110, 15}, {315360000000, 1471228928}};
    cr_expect_eq(get_number(client, ".1.3.6.1.2.1.1.3.0"), 0);
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        snmps_agent_set_uptime(agent, times[i].uptime_ms);
        cr_expect_eq(get_number(client, ".1.3.6.1.2.1.1.3.0"), times[i].ticks, "row %zu", i);
    }
    view.system.status_flags = 0x45;
    cr_expect_eq(get_number(client, BACS "2.1.0"), 0x45);
    snmp_sess_close(client);
}

/* ---- hostile datagrams ------------------------------------------------------------------ */

static int raw_open(int port)
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

/* GET of bacsStatus.0, v2c, public, request id 7. */
static const uint8_t good[] = {0x30, 0x28, 2,    1, 1, 4, 6, 'p', 'u', 'b', 'l',  'i',  'c',  0xA0,
                               0x1B, 2,    1,    7, 2, 1, 0, 2,   1,   0,   0x30, 0x10, 0x30, 0x0E,
                               0x06, 0x0A, 0x2B, 6, 1, 2, 1, 33,  5,   2,   1,    0,    5,    0};

static void turns(int count)
{
    for (int i = 0; i < count; i++) {
        ev_run(loop, EVRUN_NOWAIT);
    }
}

Test(snmp_agent, garbage_gets_silence_and_the_next_packet_its_answer)
{
    uint32_t random = 1;
    uint8_t answer[2000];
    void *client = client_open(SNMP_VERSION_2c, "public");
    const int fd = raw_open(snmps_agent_port(agent));
    static const uint8_t shorts[][6] = {
        {0}, {0x30}, {0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF}, {0x30, 0x80}, {0xFF, 0xFF}};
    send(fd, "", 0, 0);
    for (size_t i = 0; i < sizeof shorts / sizeof *shorts; i++) {
        send(fd, shorts[i], sizeof shorts[i], 0);
        turns(3);
        cr_expect_lt(recv(fd, answer, sizeof answer, 0), 0, "row %zu", i);
    }
    for (int i = 0; i < 2000; i++) {
        uint8_t bytes[1400];
        for (size_t k = 0; k < sizeof bytes; k++) {
            random = random * 1664525 + 1013904223;
            bytes[k] = (uint8_t)(random >> 24);
        }
        send(fd, bytes, random % sizeof bytes, 0);
        turns(2);
    }
    cr_expect_lt(recv(fd, answer, sizeof answer, 0), 0);
    cr_expect_eq(get_number(client, BACS "2.1.0"), 0x41);
    close(fd);
    snmp_sess_close(client);
}

Test(snmp_agent, every_flipped_byte_of_a_good_packet_is_survived)
{
    uint8_t answer[2000];
    void *client = client_open(SNMP_VERSION_2c, "public");
    const int fd = raw_open(snmps_agent_port(agent));
    send(fd, good, sizeof good, 0);
    turns(2);
    cr_assert_gt(recv(fd, answer, sizeof answer, 0), (ssize_t)sizeof good - 1);
    for (size_t at = 0; at < sizeof good; at++) {
        for (int value = 0; value < 256; value += 5) {
            uint8_t bytes[sizeof good];
            memcpy(bytes, good, sizeof good);
            bytes[at] = (uint8_t)value;
            send(fd, bytes, sizeof bytes, 0);
            send(fd, bytes, at, 0);
            turns(2);
            while (recv(fd, answer, sizeof answer, 0) > 0) {
            }
        }
    }
    cr_expect_eq(get_number(client, BACS "2.1.0"), 0x41);
    close(fd);
    snmp_sess_close(client);
}

Test(snmp_agent, a_greedy_getbulk_is_answered_within_bounds)
{
    void *client = client_open(SNMP_VERSION_2c, "public");
    static const long greedy[] = {1000, 100000, INT32_MAX};
    for (size_t i = 0; i < sizeof greedy / sizeof *greedy; i++) {
        static const char *const names[] = {BACS "2.5.1.1", BACS "2.5.1.2", BACS "2.5.1.3"};
        netsnmp_pdu *request = request_make(SNMP_MSG_GETBULK, names, 3);
        request->errstat = 0;
        request->errindex = greedy[i];
        const double start = fixture_seconds();
        netsnmp_pdu *answer = ask(client, request);
        cr_expect_lt(fixture_seconds() - start, 0.5, "row %zu", i);
        if (answer != NULL) {
            snmp_free_pdu(answer);
        }
    }
    cr_expect_eq(get_number(client, BACS "2.1.0"), 0x41);
    snmp_sess_close(client);
}

/* ---- traps ------------------------------------------------------------------------------ */

static int port_of(int fd)
{
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    cr_assert_eq(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    return ntohs(address.sin_port);
}

/* A receiver and its address as the agent wants it. */
static int receiver_open(char *address, size_t size)
{
    const int fd = raw_open(0);
    snprintf(address, size, "127.0.0.1:%d", port_of(fd));
    return fd;
}

/* Takes one trap apart; null when there is none. The caller frees it. */
static netsnmp_pdu *trap_take(int fd)
{
    uint8_t bytes[2000];
    const ssize_t size = recv(fd, bytes, sizeof bytes, 0);
    if (size < 0) {
        return NULL;
    }
    netsnmp_session session;
    netsnmp_pdu *pdu = calloc(1, sizeof *pdu);
    snmp_sess_init(&session);
    session.version = SNMP_DEFAULT_VERSION;
    cr_assert_eq(snmp_parse(NULL, &session, pdu, bytes, (size_t)size), 0);
    cr_assert_eq(pdu->command, SNMP_MSG_TRAP2);
    cr_assert_eq(pdu->version, SNMP_VERSION_2c);
    cr_assert_eq(pdu->community_len, 6);
    cr_assert_eq(memcmp(pdu->community, "public", 6), 0);
    return pdu;
}

static bool is_oid(const oid *name, size_t length, const char *wanted)
{
    oid parsed[MAX_OID_LEN];
    size_t parsed_length = MAX_OID_LEN;
    cr_assert_not_null(snmp_parse_oid(wanted, parsed, &parsed_length));
    return snmp_oid_compare(name, length, parsed, parsed_length) == 0;
}

/* The next trap: its time, its kind, and behind them id and kind of alarm, or nothing (id 0). */
static void expect_trap(int fd, long ticks, const char *trap, long id, int number)
{
    char name[60];
    netsnmp_pdu *pdu = trap_take(fd);
    cr_assert_not_null(pdu, "no trap %s %ld", trap, id);
    const netsnmp_variable_list *variable = pdu->variables;
    cr_expect(is_oid(variable->name, variable->name_length, ".1.3.6.1.2.1.1.3.0"));
    cr_expect_eq(variable->type, ASN_TIMETICKS);
    cr_expect_eq(*variable->val.integer, ticks);
    variable = variable->next_variable;
    cr_expect(is_oid(variable->name, variable->name_length, ".1.3.6.1.6.3.1.1.4.1.0"));
    cr_expect(is_oid(variable->val.objid, variable->val_len / sizeof(oid), trap), "%s", trap);
    variable = variable->next_variable;
    if (id != 0) {
        snprintf(name, sizeof name, BACS "3.2.1.1.%ld", id);
        cr_expect(is_oid(variable->name, variable->name_length, name), "%s", name);
        cr_expect_eq(variable->type, ASN_INTEGER);
        cr_expect_eq(*variable->val.integer, id);
        variable = variable->next_variable;
        snprintf(name, sizeof name, BACS "3.2.1.2.%ld", id);
        cr_expect(is_oid(variable->name, variable->name_length, name), "%s", name);
        snprintf(name, sizeof name, BACS "3.3.%d", number);
        cr_expect(is_oid(variable->val.objid, variable->val_len / sizeof(oid), name), "%s", name);
        variable = variable->next_variable;
    }
    cr_expect_null(variable);
    snmp_free_pdu(pdu);
}

#define COLD_START ".1.3.6.1.6.3.1.1.5.1"
#define ADDED      BACS "4.1"
#define REMOVED    BACS "4.2"

Test(snmp_agent, traps_tell_rows_in_order_with_the_given_uptime)
{
    char addresses[2][40];
    const int fds[] = {receiver_open(addresses[0], 40), receiver_open(addresses[1], 40)};
    const char *const receivers[] = {addresses[0], addresses[1]};
    snmps_agent_close(agent);
    view.is_initializing = 1;
    fixture_alarm(&view, 1, 19, 0);
    fixture_alarm(&view, 2, 6, 100);
    agent = agent_open(receivers, 2);
    snmps_agent_published(agent);
    /* The end of initializing: row 2 was there, row 1 was initializing itself. */
    view.is_initializing = 0;
    view.alarm_rows = 0;
    fixture_alarm(&view, 2, 6, 100);
    view.alarm[0].existed_at_start = 1;
    snmps_agent_set_uptime(agent, 5000);
    snmps_agent_published(agent);
    fixture_alarm(&view, 4, 22, 42949672999);
    fixture_alarm(&view, 5, 21, 42949672999);
    snmps_agent_set_uptime(agent, 42949672999);
    snmps_agent_published(agent);
    view.alarm_rows = 0;
    fixture_alarm(&view, 5, 21, 42949672999);
    fixture_alarm(&view, 6, 7, 42949673500);
    snmps_agent_set_uptime(agent, 42949673500);
    snmps_agent_published(agent);
    snmps_agent_published(agent);
    for (size_t i = 0; i < 2; i++) {
        expect_trap(fds[i], 0, COLD_START, 0, 0);
        expect_trap(fds[i], 3, ADDED, 4, 22);
        expect_trap(fds[i], 3, ADDED, 5, 21);
        expect_trap(fds[i], 54, REMOVED, 2, 6);
        expect_trap(fds[i], 54, REMOVED, 4, 22);
        expect_trap(fds[i], 54, ADDED, 6, 7);
        cr_expect_null(trap_take(fds[i]));
        close(fds[i]);
    }
}

Test(snmp_agent, a_receiver_that_is_not_there_harms_nobody)
{
    char gone[40];
    char there[40];
    const char *const receivers[] = {gone, there};
    close(receiver_open(gone, sizeof gone));
    const int fd = receiver_open(there, sizeof there);
    snmps_agent_close(agent);
    agent = agent_open(receivers, 2);
    expect_trap(fd, 0, COLD_START, 0, 0);
    for (uint32_t id = 1; id <= 50; id++) {
        view.alarm_rows = 0;
        fixture_alarm(&view, id, 6, 0);
        snmps_agent_published(agent);
        turns(1);
        if (id > 1) {
            expect_trap(fd, 0, REMOVED, id - 1, 6);
        }
        expect_trap(fd, 0, ADDED, id, 6);
    }
    close(fd);
}

/* ---- opening and closing ---------------------------------------------------------------- */

Test(snmp_agent, it_comes_back_as_often_as_it_is_opened)
{
    char address[40];
    char error[256] = "";
    snprintf(address, sizeof address, "127.0.0.1:%d", snmps_agent_port(agent));
    for (int i = 0; i < 20; i++) {
        view.system.status_flags = i;
        snmps_agent_set_uptime(agent, 1000);
        void *client = client_open(SNMP_VERSION_2c, "public");
        cr_expect_eq(get_number(client, BACS "2.1.0"), i);
        snmp_sess_close(client);
        snmps_agent_close(agent);
        agent = snmps_agent_open(loop, address, &view, &commands, error, sizeof error);
        cr_assert_not_null(agent, "%s", error);
        client = client_open(SNMP_VERSION_2c, "public");
        cr_expect_eq(get_number(client, ".1.3.6.1.2.1.1.3.0"), 0);
        snmp_sess_close(client);
    }
    snmps_agent_close(NULL);
}

static void expect_refused(const char *address, const char *wanted)
{
    char error[256] = "";
    cr_expect_null(snmps_agent_open(loop, address, &view, &commands, error, sizeof error));
    cr_expect_str_eq(error, wanted);
}

Test(snmp_agent, an_address_that_cannot_be_had_says_why_and_what_to_do)
{
    char taken[40];
    char wanted[200];
    const int fd = raw_open(0);
    snprintf(taken, sizeof taken, "127.0.0.1:%d", port_of(fd));
    snmps_agent_close(agent);
    snprintf(wanted, sizeof wanted,
             "snmp %s: Address already in use; choose another port with --snmp HOST:PORT", taken);
    expect_refused(taken, wanted);
    expect_refused("192.0.2.1:1161",
                   "snmp 192.0.2.1:1161: Cannot assign requested address; choose another address "
                   "with --snmp HOST:PORT");
    static const char *const malformed[] = {"",
                                            "127.0.0.1",
                                            ":161",
                                            "127.0.0.1:",
                                            "127.0.0.1:x",
                                            "127.0.0.1:161x",
                                            "127.0.0.1:65536",
                                            "::1:161"};
    for (size_t i = 0; i < sizeof malformed / sizeof *malformed; i++) {
        snprintf(wanted, sizeof wanted,
                 "snmp %s: no HOST:PORT; write it as in --snmp 127.0.0.1:1161", malformed[i]);
        expect_refused(malformed[i], wanted);
    }
    agent = agent_open(NULL, 0);
    close(fd);
}

Test(snmp_agent, it_prints_nothing_and_sets_no_alarm_signal)
{
    FILE *said = tmpfile();
    cr_assert_not_null(said);
    fflush(stderr);
    const int kept = dup(STDERR_FILENO);
    dup2(fileno(said), STDERR_FILENO);
    char taken[40];
    char error[256];
    snprintf(taken, sizeof taken, "127.0.0.1:%d", snmps_agent_port(agent));
    const int fd = raw_open(snmps_agent_port(agent));
    send(fd, "\xFF\xFF\xFF", 3, 0);
    send(fd, good, sizeof good, 0);
    turns(5);
    snmps_agent_close(agent);
    const int holder = raw_open(0);
    snprintf(taken, sizeof taken, "127.0.0.1:%d", port_of(holder));
    cr_expect_null(snmps_agent_open(loop, taken, &view, &commands, error, sizeof error));
    agent = agent_open(NULL, 0);
    fflush(stderr);
    dup2(kept, STDERR_FILENO);
    cr_expect_eq(fseek(said, 0, SEEK_END), 0);
    cr_expect_eq(ftell(said), 0);
    fclose(said);
    close(kept);
    close(fd);
    close(holder);
    struct sigaction action;
    cr_assert_eq(sigaction(SIGALRM, NULL, &action), 0);
    cr_expect(action.sa_handler == SIG_DFL);
}
