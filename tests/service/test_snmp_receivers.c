/*
 * test_snmp_receivers.c — what receivers of traps and informs are told, and what comes back.
 *
 * Time is put forward by hand (clock.h); nobody waits for it.
 */
#include "snmp_stage.h"

#include <criterion/criterion.h>
#include <ev.h>
#include <fcntl.h>
#include <malloc.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "fixture.h"
#include "snmp_peer.h"

#define BACS       STAGE_BACS
#define COLD_START ".1.3.6.1.6.3.1.1.5.1"
#define ADDED      BACS "4.1"
#define REMOVED    BACS "4.2"

TestSuite(snmp_receivers, .init = stage_open, .fini = stage_close);

/* ---- what is heard ---------------------------------------------------------------------- */

/* A receiver and its address as the agent wants it. */
static int receiver_open(char *address, size_t size)
{
    const int fd = stage_socket(0);
    snprintf(address, size, "127.0.0.1:%d", stage_socket_port(fd));
    return fd;
}

/* One message and its bytes; null when there is none. The caller frees it. */
struct message {
    uint8_t bytes[2000];
    ssize_t size;
    struct sockaddr_storage from;
    socklen_t from_size;
};

static netsnmp_pdu *message_take(int fd, struct message *message)
{
    message->from_size = sizeof message->from;
    message->size = recvfrom(fd, message->bytes, sizeof message->bytes, 0,
                             (struct sockaddr *)&message->from, &message->from_size);
    if (message->size < 0) {
        return NULL;
    }
    netsnmp_session session;
    netsnmp_pdu *pdu = calloc(1, sizeof *pdu);
    snmp_sess_init(&session);
    session.version = SNMP_DEFAULT_VERSION;
    cr_assert_eq(snmp_parse(NULL, &session, pdu, message->bytes, (size_t)message->size), 0);
    return pdu;
}

/* Takes one v2c trap apart. */
static netsnmp_pdu *trap_take(int fd)
{
    struct message message;
    netsnmp_pdu *pdu = message_take(fd, &message);
    if (pdu != NULL) {
        cr_assert_eq(pdu->command, SNMP_MSG_TRAP2);
        cr_assert_eq(pdu->version, SNMP_VERSION_2c);
        cr_assert_eq(pdu->community_len, 6);
        cr_assert_eq(memcmp(pdu->community, "public", 6), 0);
    }
    return pdu;
}

static bool is_oid(const oid *name, size_t length, const char *wanted)
{
    oid parsed[MAX_OID_LEN];
    size_t parsed_length = MAX_OID_LEN;
    cr_assert_not_null(snmp_parse_oid(wanted, parsed, &parsed_length));
    return snmp_oid_compare(name, length, parsed, parsed_length) == 0;
}

/* What a row's notification says of it; returns what follows. */
static const netsnmp_variable_list *expect_row(const netsnmp_variable_list *variable, long id,
                                               int number)
{
    char name[60];
    snprintf(name, sizeof name, BACS "3.2.1.1.%ld", id);
    cr_expect(is_oid(variable->name, variable->name_length, name), "%s", name);
    cr_expect_eq(variable->type, ASN_INTEGER);
    cr_expect_eq(*variable->val.integer, id);
    variable = variable->next_variable;
    snprintf(name, sizeof name, BACS "3.2.1.2.%ld", id);
    cr_expect(is_oid(variable->name, variable->name_length, name), "%s", name);
    snprintf(name, sizeof name, BACS "3.3.%d", number);
    cr_expect(is_oid(variable->val.objid, variable->val_len / sizeof(oid), name), "%s", name);
    return variable->next_variable;
}

/* Its time, its kind, and behind them id and kind of alarm, or nothing (id 0). Frees it. */
static void expect_notification(netsnmp_pdu *pdu, long ticks, const char *trap, long id, int number)
{
    cr_assert_not_null(pdu, "no trap %s %ld", trap, id);
    const netsnmp_variable_list *variable = pdu->variables;
    cr_expect(is_oid(variable->name, variable->name_length, ".1.3.6.1.2.1.1.3.0"));
    cr_expect_eq(variable->type, ASN_TIMETICKS);
    cr_expect_eq(*variable->val.integer, ticks);
    variable = variable->next_variable;
    cr_expect(is_oid(variable->name, variable->name_length, ".1.3.6.1.6.3.1.1.4.1.0"));
    cr_expect(is_oid(variable->val.objid, variable->val_len / sizeof(oid), trap), "%s", trap);
    variable = variable->next_variable;
    cr_expect_null(id != 0 ? expect_row(variable, id, number) : variable);
    snmp_free_pdu(pdu);
}

static void expect_trap(int fd, long ticks, const char *trap, long id, int number)
{
    expect_notification(trap_take(fd), ticks, trap, id, number);
}

/* ---- traps ------------------------------------------------------------------------------ */

/* The agent anew, and receivers by slot from the first. */
static void restart_with(const char *const *addresses, size_t count, const char *version,
                         const char *kind)
{
    stage_agent_close();
    for (size_t i = 0; i < count; i++) {
        stage_receiver((int)i + 1, addresses[i], version, kind);
    }
    stage_agent_open("127.0.0.1:0");
}

/* One row more in the alarm table, of voltage low; one notification a receiver. */
static void tell(uint32_t id)
{
    if (stage.view.alarm_rows == WM_ALARM_ROWS_MAX) {
        stage.view.alarm_rows = 0;
    }
    fixture_alarm(&stage.view, id, 6, 0);
    snmps_agent_published(stage.agent);
}

Test(snmp_receivers, traps_tell_rows_in_order_with_the_given_uptime)
{
    char addresses[2][40];
    const int fds[] = {receiver_open(addresses[0], 40), receiver_open(addresses[1], 40)};
    const char *const receivers[] = {addresses[0], addresses[1]};
    stage.view.is_initializing = 1;
    fixture_alarm(&stage.view, 1, 19, 0);
    fixture_alarm(&stage.view, 2, 6, 100);
    restart_with(receivers, 2, "v2c", "trap");
    snmps_agent_published(stage.agent);
    /* The end of initializing: row 2 was there, row 1 was initializing itself. */
    stage.view.is_initializing = 0;
    stage.view.alarm_rows = 0;
    fixture_alarm(&stage.view, 2, 6, 100);
    stage.view.alarm[0].existed_at_start = 1;
    snmps_agent_set_uptime(stage.agent, 5000);
    snmps_agent_published(stage.agent);
    fixture_alarm(&stage.view, 4, 22, 42949672999);
    fixture_alarm(&stage.view, 5, 21, 42949672999);
    snmps_agent_set_uptime(stage.agent, 42949672999);
    snmps_agent_published(stage.agent);
    stage.view.alarm_rows = 0;
    fixture_alarm(&stage.view, 5, 21, 42949672999);
    fixture_alarm(&stage.view, 6, 7, 42949673500);
    snmps_agent_set_uptime(stage.agent, 42949673500);
    snmps_agent_published(stage.agent);
    snmps_agent_published(stage.agent);
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

Test(snmp_receivers, a_receiver_that_is_not_there_harms_nobody)
{
    char gone[40];
    char there[40];
    const char *const receivers[] = {gone, there};
    close(receiver_open(gone, sizeof gone));
    const int fd = receiver_open(there, sizeof there);
    restart_with(receivers, 2, "v2c", "trap");
    expect_trap(fd, 0, COLD_START, 0, 0);
    for (uint32_t id = 1; id <= 50; id++) {
        stage.view.alarm_rows = 0;
        fixture_alarm(&stage.view, id, 6, 0);
        snmps_agent_published(stage.agent);
        stage_turns(1);
        if (id > 1) {
            expect_trap(fd, 0, REMOVED, id - 1, 6);
        }
        expect_trap(fd, 0, ADDED, id, 6);
    }
    close(fd);
}

Test(snmp_receivers, a_trap_of_v1_has_its_enterprise_and_numbers)
{
    char address[40];
    struct message message;
    const int fd = receiver_open(address, sizeof address);
    restart_with((const char *[]){address}, 1, "v1", "trap");
    snmps_agent_set_uptime(stage.agent, 42949672999);
    tell(3);
    stage.view.alarm_rows = 0;
    snmps_agent_published(stage.agent);
    static const struct {
        const char *enterprise;
        long generic, specific;
        long id;
        u_long ticks;
    } wanted[] = {
        {".1.3.6.1.2.1.33", SNMP_TRAP_COLDSTART, 0, 0, 0},
        {".1.3.6.1.2.1.33.5.4", SNMP_TRAP_ENTERPRISESPECIFIC, 1, 3, 3},
        {".1.3.6.1.2.1.33.5.4", SNMP_TRAP_ENTERPRISESPECIFIC, 2, 3, 3},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        netsnmp_pdu *pdu = message_take(fd, &message);
        cr_assert_not_null(pdu, "row %zu", i);
        cr_expect_eq(pdu->version, SNMP_VERSION_1);
        cr_expect_eq(pdu->command, SNMP_MSG_TRAP);
        cr_expect(is_oid(pdu->enterprise, pdu->enterprise_length, wanted[i].enterprise));
        cr_expect_eq(pdu->trap_type, wanted[i].generic);
        cr_expect_eq(pdu->specific_type, wanted[i].specific);
        cr_expect_eq(pdu->time, wanted[i].ticks);
        if (wanted[i].id != 0) {
            cr_expect_null(expect_row(pdu->variables, wanted[i].id, 6));
        } else {
            cr_expect_null(pdu->variables);
        }
        snmp_free_pdu(pdu);
    }
    cr_expect_null(message_take(fd, &message));
    close(fd);
}

/* ---- informs ---------------------------------------------------------------------------- */

/* Says that a message of v2c was heard: the same with another tag. The lengths are below 128. */
static void acknowledge(int fd, const struct message *message)
{
    struct message answer = *message;
    uint8_t *tag = memchr(answer.bytes, SNMP_MSG_INFORM, (size_t)answer.size);
    cr_assert_not_null(tag);
    *tag = SNMP_MSG_RESPONSE;
    cr_assert_gt(sendto(fd, answer.bytes, (size_t)answer.size, 0,
                        (const struct sockaddr *)&answer.from, answer.from_size),
                 0);
    stage_turns(2);
}

/* Lets time pass in steps that no time-out is shorter than. */
static void pass(double seconds)
{
    for (double passed = 0; passed < seconds; passed += 0.25) {
        clock_advance(0.25);
        stage_turns(3);
    }
}

static int count_messages(int fd)
{
    struct message message;
    int count = 0;
    netsnmp_pdu *pdu;
    while ((pdu = message_take(fd, &message)) != NULL) {
        snmp_free_pdu(pdu);
        count++;
    }
    return count;
}

Test(snmp_receivers, an_inform_that_is_acknowledged_is_not_said_again)
{
    char address[40];
    struct message message;
    const int fd = receiver_open(address, sizeof address);
    restart_with((const char *[]){address}, 1, "v2c", "inform");
    netsnmp_pdu *pdu = message_take(fd, &message);
    cr_assert_not_null(pdu);
    cr_expect_eq(pdu->command, SNMP_MSG_INFORM);
    expect_notification(pdu, 0, COLD_START, 0, 0);
    acknowledge(fd, &message);
    tell(3);
    pdu = message_take(fd, &message);
    expect_notification(pdu, 0, ADDED, 3, 6);
    acknowledge(fd, &message);
    pass(20);
    cr_expect_eq(count_messages(fd), 0);
    close(fd);
}

Test(snmp_receivers, an_inform_is_said_three_times_more_and_then_given_up)
{
    char addresses[2][40];
    struct message first;
    struct message again;
    const int silent = receiver_open(addresses[0], 40);
    const int there = receiver_open(addresses[1], 40);
    restart_with((const char *[]){addresses[0], addresses[1]}, 2, "v2c", "inform");
    netsnmp_pdu *pdu = message_take(silent, &first);
    cr_assert_not_null(pdu);
    const long id = pdu->reqid;
    snmp_free_pdu(pdu);
    /* The one that is there is told all, and at once. */
    snmp_free_pdu(message_take(there, &again));
    acknowledge(there, &again);
    for (int i = 0; i < 3; i++) {
        pass(1.75);
        pdu = message_take(silent, &again);
        cr_assert_not_null(pdu, "retry %d", i);
        cr_expect_eq(pdu->reqid, id);
        snmp_free_pdu(pdu);
        cr_expect_null(message_take(silent, &again));
        tell((uint32_t)i + 1);
        snmp_free_pdu(message_take(silent, &again));
        acknowledge(silent, &again);
        pdu = message_take(there, &again);
        cr_assert_not_null(pdu);
        expect_notification(pdu, 0, ADDED, i + 1, 6);
        acknowledge(there, &again);
    }
    pass(20);
    cr_expect_eq(count_messages(silent), 0);
    cr_expect_eq(count_messages(there), 0);
    /* Too late, and for nothing any more. */
    acknowledge(silent, &first);
    tell(9);
    cr_expect_eq(count_messages(silent), 1);
    close(silent);
    close(there);
}

Test(snmp_receivers, no_more_informs_wait_than_there_is_room_for)
{
    enum { ROOM = 64 };
    char address[40];
    const int fd = receiver_open(address, sizeof address);
    restart_with((const char *[]){address}, 1, "v2c", "inform");
    for (uint32_t id = 1; id <= 3 * ROOM; id++) {
        stage.view.alarm_rows = 0;
        tell(id);
    }
    cr_expect_eq(count_messages(fd), ROOM);
    pass(1.75);
    cr_expect_eq(count_messages(fd), ROOM);
    pass(20);
    cr_expect_eq(count_messages(fd), 2 * ROOM);
    /* All were given up; there is room again. */
    tell(1000);
    cr_expect_eq(count_messages(fd), 1);
    close(fd);
}

Test(snmp_receivers, only_the_receiver_itself_can_acknowledge_and_only_what_it_was_told)
{
    static const uint8_t garbage[][8] = {
        {0}, {0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF}, {0x30, 6, 2, 1, 3, 0x30, 1, 2}, {0x30, 0x80}};
    char address[40];
    struct message message;
    const int fd = receiver_open(address, sizeof address);
    const int other = stage_socket(0);
    restart_with((const char *[]){address}, 1, "v2c", "inform");
    snmp_free_pdu(message_take(fd, &message));
    acknowledge(other, &message);
    struct message wrong = message;
    /* The last byte of the request id: behind the tag, its length, 2 and 4 and three more. */
    uint8_t *tag = memchr(wrong.bytes, SNMP_MSG_INFORM, (size_t)wrong.size);
    tag[7] ^= 1;
    acknowledge(fd, &wrong);
    for (size_t i = 0; i < sizeof garbage / sizeof *garbage; i++) {
        sendto(fd, garbage[i], sizeof garbage[i], 0, (const struct sockaddr *)&message.from,
               message.from_size);
        stage_turns(2);
    }
    pass(1.75);
    cr_expect_eq(count_messages(fd), 1);
    acknowledge(fd, &message);
    pass(20);
    cr_expect_eq(count_messages(fd), 0);
    close(fd);
    close(other);
}

Test(snmp_receivers, one_that_is_on_ipv6_is_told_too)
{
    char address[60];
    struct message message;
    struct sockaddr_in6 own = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    socklen_t size = sizeof own;
    const int fd = socket(AF_INET6, SOCK_DGRAM, 0);
    cr_assert_eq(bind(fd, (struct sockaddr *)&own, sizeof own), 0);
    cr_assert_eq(getsockname(fd, (struct sockaddr *)&own, &size), 0);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    snprintf(address, sizeof address, "[::1]:%d", ntohs(own.sin6_port));
    restart_with((const char *[]){address}, 1, "v2c", "inform");
    netsnmp_pdu *pdu = message_take(fd, &message);
    expect_notification(pdu, 0, COLD_START, 0, 0);
    acknowledge(fd, &message);
    pass(20);
    cr_expect_eq(count_messages(fd), 0);
    close(fd);
}

/* ---- authenticationFailure -------------------------------------------------------------- */

/* GET of sysUpTime.0 in v2c by a community of nobody. */
static void stranger_ask(void)
{
    static const char *const name = ".1.3.6.1.2.1.1.3.0";
    void *client = stage_client(SNMP_VERSION_2c, "nobody");
    cr_expect_null(stage_ask_names(client, SNMP_MSG_GET, &name, 1));
    snmp_sess_close(client);
}

Test(snmp_receivers, strangers_are_told_of_if_so_set_and_once_a_second_at_most)
{
    char address[40];
    const int fd = receiver_open(address, sizeof address);
    restart_with((const char *[]){address}, 1, "v2c", "trap");
    expect_trap(fd, 0, COLD_START, 0, 0);
    stranger_ask();
    cr_expect_eq(count_messages(fd), 0);
    stage_number(wm_setting_snmp_authentication_traps, 1);
    snmps_agent_published(stage.agent);
    for (wm_ms uptime_ms = 5000; uptime_ms < 8000; uptime_ms += 100) {
        snmps_agent_set_uptime(stage.agent, uptime_ms);
        stranger_ask();
        if (uptime_ms % 1000 == 0) {
            expect_trap(fd, uptime_ms / 10, ".1.3.6.1.6.3.1.1.5.5", 0, 0);
        }
        cr_expect_eq(count_messages(fd), 0, "at %ld ms", (long)uptime_ms);
    }
    close(fd);
}

/* ---- v3 --------------------------------------------------------------------------------- */

#define AUTH "authentic1"
#define PRIV "private123"

static struct snmp_peer peer;

static void on_heard(struct ev_loop *loop, ev_io *io, int events)
{
    (void)io;
    (void)events;
    ev_break(loop, EVBREAK_ALL);
}

static void on_late(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)timer;
    (void)events;
    ev_break(loop, EVBREAK_ALL);
}

/* What the peer hears next; false if nothing comes for so many seconds of wall time. */
static bool peer_hear(struct snmp_peer_heard *heard, double patience_s)
{
    ev_io io;
    ev_timer late;
    ev_io_init(&io, on_heard, peer.fd, EV_READ);
    ev_timer_init(&late, on_late, patience_s, 0.);
    ev_now_update(stage.loop);
    ev_io_start(stage.loop, &io);
    ev_timer_start(stage.loop, &late);
    ev_run(stage.loop, 0);
    ev_io_stop(stage.loop, &io);
    ev_timer_stop(stage.loop, &late);
    return recv(peer.fd, heard, sizeof *heard, MSG_DONTWAIT) == (ssize_t)sizeof *heard;
}

static struct snmp_peer_options options = {
    .engine = "receiver", .boots = "0", .user = "boss", .auth = AUTH, .priv = PRIV};

/* A peer that knows user "boss", and an agent that tells it by informs. */
static void peer_open(void)
{
    char address[40];
    snmp_peer_start(&peer, &options);
    options.port = peer.port;
    stage_open();
    stage_agent_close();
    snprintf(address, sizeof address, "127.0.0.1:%d", peer.port);
    stage_user(1, "boss", AUTH, PRIV, 0);
    stage_receiver(1, address, "v3", "inform");
    stage_agent_open("127.0.0.1:0");
}

static void peer_close(void)
{
    stage_close();
    snmp_peer_stop(&peer);
}

static void expect_heard(int32_t kind, int32_t id)
{
    struct snmp_peer_heard heard;
    cr_assert(peer_hear(&heard, 5), "kind %d of row %d is not heard", kind, id);
    cr_expect_eq(heard.kind, kind);
    cr_expect_eq(heard.id, id);
    cr_expect_str_eq(heard.user, "boss");
    cr_expect_eq(heard.level, SNMP_SEC_LEVEL_AUTHPRIV);
}

static void expect_nothing_heard(void)
{
    struct snmp_peer_heard heard;
    cr_expect(!peer_hear(&heard, 0.05));
}

TestSuite(snmp_informs, .init = peer_open, .fini = peer_close);

Test(snmp_informs, a_receiver_of_v3_is_discovered_and_told_everything_once)
{
    /* While the engine is not known yet. */
    tell(1);
    tell(2);
    expect_heard(1, 0);
    expect_heard(1, 1);
    expect_heard(1, 2);
    tell(3);
    expect_heard(1, 3);
    pass(20);
    expect_nothing_heard();
}

Test(snmp_informs, a_receiver_that_starts_again_is_told_by_its_new_clock)
{
    expect_heard(1, 0);
    snmp_peer_stop(&peer);
    tell(1);
    options.boots = "7";
    snmp_peer_start(&peer, &options);
    pass(1.75);
    expect_heard(1, 1);
    tell(2);
    expect_heard(1, 2);
    pass(20);
    expect_nothing_heard();
}

Test(snmp_informs, another_engine_in_its_place_is_discovered_and_nothing_is_lost)
{
    expect_heard(1, 0);
    snmp_peer_stop(&peer);
    options.engine = "another";
    snmp_peer_start(&peer, &options);
    tell(1);
    tell(2);
    stage_turns(5);
    pass(0.5);
    expect_heard(1, 1);
    expect_heard(1, 2);
    pass(20);
    expect_nothing_heard();
}

Test(snmp_informs, one_that_is_down_delays_nobody_and_is_told_when_it_comes_back_in_time)
{
    char address[40];
    struct message message;
    snmp_peer_stop(&peer);
    const int fd = receiver_open(address, sizeof address);
    stage_receiver(2, address, "v2c", "trap");
    snmps_agent_published(stage.agent);
    const double start = fixture_seconds();
    for (uint32_t id = 1; id <= 3; id++) {
        tell(id);
        expect_trap(fd, 0, ADDED, id, 6);
        stage_turns(3);
    }
    /* The library's own wait for an engine would be 1.5 s. */
    cr_expect_lt(fixture_seconds() - start, 1.0);
    pass(1.75);
    pass(1.75);
    snmp_peer_start(&peer, &options);
    pass(1.75);
    expect_heard(1, 0);
    expect_heard(1, 1);
    expect_heard(1, 2);
    expect_heard(1, 3);
    cr_expect_null(message_take(fd, &message));
    close(fd);
}

Test(snmp_informs, one_that_stays_down_is_given_up_and_told_what_comes_later)
{
    expect_heard(1, 0);
    snmp_peer_stop(&peer);
    tell(1);
    pass(20);
    snmp_peer_start(&peer, &options);
    pass(20);
    expect_nothing_heard();
    tell(2);
    expect_heard(1, 2);
}

Test(snmp_informs, a_wrong_passphrase_is_heard_by_nobody_and_given_up)
{
    expect_heard(1, 0);
    stage_user(1, "boss", "mistaken1", PRIV, 0);
    snmps_agent_published(stage.agent);
    for (uint32_t id = 1; id <= 100; id++) {
        tell(id);
        stage_turns(2);
    }
    pass(20);
    expect_nothing_heard();
    stage_user(1, "boss", AUTH, PRIV, 0);
    snmps_agent_published(stage.agent);
    tell(200);
    expect_heard(1, 200);
}

Test(snmp_informs, what_is_under_way_outlives_new_users_and_ends_with_its_receiver)
{
    kill(peer.pid, SIGSTOP);
    tell(1);
    stage_user(2, "other", "another12", "", 0);
    snmps_agent_published(stage.agent);
    kill(peer.pid, SIGCONT);
    /* No time is put forward: what was said is under way, and would be said again. */
    expect_heard(1, 0);
    expect_heard(1, 1);
    kill(peer.pid, SIGSTOP);
    tell(2);
    stage_turns(2);
    /* Elsewhere, by another version, nowhere, and back: with answers still to come. */
    stage_receiver(1, "127.0.0.1:9", "v3", "inform");
    snmps_agent_published(stage.agent);
    tell(3);
    stage_receiver(1, "127.0.0.1:9", "v2c", "inform");
    snmps_agent_published(stage.agent);
    tell(4);
    stage_receiver(1, "", "v2c", "trap");
    snmps_agent_published(stage.agent);
    kill(peer.pid, SIGCONT);
    pass(20);
    struct snmp_peer_heard heard;
    while (peer_hear(&heard, 0.05)) {
        cr_expect_eq(heard.id, 2);
    }
    char address[40];
    snprintf(address, sizeof address, "127.0.0.1:%d", peer.port);
    stage_receiver(1, address, "v3", "inform");
    snmps_agent_published(stage.agent);
    tell(5);
    expect_heard(1, 5);
}

/* ---- v3, heard by a plain socket -------------------------------------------------------- */

Test(snmp_receivers, a_trap_of_v3_is_of_our_engine_and_for_its_user_alone)
{
    static const char engine[] = "\x80\0\x1F\x88\x04gbms";
    char address[40];
    struct message message;
    const int fd = receiver_open(address, sizeof address);
    stage_user(1, "boss", AUTH, PRIV, 0);
    stage.view.boots = 7;
    restart_with((const char *[]){address}, 1, "v3", "trap");
    netsnmp_pdu *pdu = message_take(fd, &message);
    cr_assert_not_null(pdu);
    cr_expect_eq(pdu->version, SNMP_VERSION_3);
    cr_expect_eq(pdu->command, SNMP_MSG_TRAP2);
    cr_expect_eq(pdu->securityLevel, SNMP_SEC_LEVEL_AUTHPRIV);
    cr_expect_str_eq(pdu->securityName, "boss");
    cr_expect_eq(pdu->securityEngineIDLen, sizeof engine - 1);
    cr_expect_eq(memcmp(pdu->securityEngineID, engine, sizeof engine - 1), 0);
    expect_notification(pdu, 0, COLD_START, 0, 0);
    tell(3);
    pdu = message_take(fd, &message);
    /* Nothing of it can be read on the way. */
    static const uint8_t bacs[] = {0x2B, 6, 1, 2, 1, 33, 5};
    cr_expect_null(memmem(message.bytes, (size_t)message.size, bacs, sizeof bacs));
    expect_notification(pdu, 0, ADDED, 3, 6);
    cr_expect_eq(count_messages(fd), 0);
    close(fd);
}

/* A report of usmStatsUnknownEngineIDs with an engine id of 12 bytes, all open. */
static size_t report_write(uint8_t *bytes, uint32_t message_id, uint32_t engine)
{
    uint8_t report[] = {
        0x30, 0x5F, 2, 1, 3, 0x30, 0x10, 2, 4, 0, 0, 0, 0, 2, 3, 0, 0xFF, 0xE3, 4, 1, 0, 2, 1, 3,
        /* security parameters: engine id, boots, time, user, keys */
        4, 0x1C, 0x30, 0x1A, 4, 12, 0x80, 0, 0x1F, 0x88, 4, 'e', 'v', 'i', 0, 0, 0, 0, 2, 1, 0, 2,
        1, 0, 4, 0, 4, 0, 4, 0,
        /* scoped PDU */
        0x30, 0x29, 4, 5, 0x80, 0, 0x1F, 0x88, 4, 4, 0, 0xA8, 0x1E, 2, 1, 0, 2, 1, 0, 2, 1, 0, 0x30,
        0x13, 0x30, 0x11, 6, 0x0A, 0x2B, 6, 1, 6, 3, 15, 1, 1, 4, 0, 0x41, 3, 0, 0, 1};
    enum { MESSAGE_ID = 9, ENGINE = 38 };
    for (int i = 0; i < 4; i++) {
        report[MESSAGE_ID + i] = (uint8_t)(message_id >> (24 - 8 * i));
        report[ENGINE + i] = (uint8_t)(engine >> (24 - 8 * i));
    }
    report[1] = sizeof report - 2;
    memcpy(bytes, report, sizeof report);
    return sizeof report;
}

/* msgID, which nothing hides. */
static uint32_t message_id(const struct message *message)
{
    static const uint8_t head[] = {2, 1, 3, 0x30};
    const uint8_t *at = memmem(message->bytes, (size_t)message->size, head, sizeof head);
    cr_assert_not_null(at);
    uint32_t id = 0;
    for (int i = 0; i < at[6]; i++) {
        id = id << 8 | at[7 + i];
    }
    return id;
}

static bool bytes_take(int fd, struct message *message)
{
    message->from_size = sizeof message->from;
    message->size = recvfrom(fd, message->bytes, sizeof message->bytes, 0,
                             (struct sockaddr *)&message->from, &message->from_size);
    return message->size > 0;
}

static void report_send(int fd, const struct message *to, uint32_t id, uint32_t engine)
{
    uint8_t bytes[200];
    const size_t size = report_write(bytes, id, engine);
    cr_assert_gt(sendto(fd, bytes, size, 0, (const struct sockaddr *)&to->from, to->from_size), 0);
    stage_turns(2);
}

/* A receiver of v3 informs whose answers the test makes up. */
static int engine_open(struct message *question)
{
    char address[40];
    const int fd = receiver_open(address, sizeof address);
    stage_user(1, "boss", AUTH, PRIV, 0);
    restart_with((const char *[]){address}, 1, "v3", "inform");
    cr_assert(bytes_take(fd, question), "no question for the engine");
    return fd;
}

Test(snmp_receivers, a_report_that_is_made_up_loses_no_inform)
{
    struct message question;
    struct message inform;
    const int fd = engine_open(&question);
    report_send(fd, &question, message_id(&question), 1);
    for (int said = 1; said <= 4; said++) {
        cr_assert(bytes_take(fd, &inform), "said %d times", said - 1);
        report_send(fd, &inform, message_id(&inform), 1);
        pass(1.75);
    }
    cr_expect(!bytes_take(fd, &inform));
    close(fd);
}

Test(snmp_receivers, answers_that_nobody_asked_for_leave_nothing_behind)
{
    struct message question;
    struct message inform;
    const int fd = engine_open(&question);
    const uint32_t asked = message_id(&question);
    const size_t before = mallinfo2().uordblks;
    for (uint32_t engine = 1; engine <= 5000; engine++) {
        report_send(fd, &question, (asked + engine) & INT32_MAX, engine);
    }
    cr_expect_lt(mallinfo2().uordblks, before + 10000);
    cr_expect(!bytes_take(fd, &inform));
    /* The right one counts, once. */
    report_send(fd, &question, asked, 1);
    report_send(fd, &question, asked, 1);
    cr_expect(bytes_take(fd, &inform));
    cr_expect(!bytes_take(fd, &inform));
    close(fd);
}
