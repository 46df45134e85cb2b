/*
 * test_snmp_access.c — whom the agent answers: communities with their managers, users of v3 by
 * Debian's own tools, and messages that are said again.
 */
#include "snmp_stage.h"

#include <net-snmp/library/lcd_time.h>

#include <criterion/criterion.h>
#include <ev.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "firmware/service/snmp/access.h"

#define BACS      STAGE_BACS
#define LOW_ALARM BACS "1.12.0"
#define AUTH      "authentic1"
#define PRIV      "private123"

TestSuite(snmp_access, .init = stage_open, .fini = stage_close);

/* ---- communities ------------------------------------------------------------------------ */

/* Whether a community is answered that comes from an address of this machine. */
static bool is_answered_from(const char *local, const char *community)
{
    static const char *const name = ".1.3.6.1.2.1.1.3.0";
    netsnmp_session session;
    snmp_sess_init(&session);
    session.version = SNMP_VERSION_2c;
    session.localname = (char *)(uintptr_t)local;
    session.community = (u_char *)(uintptr_t)community;
    session.community_len = strlen(community);
    void *client = stage_client_of(&session, NULL);
    netsnmp_pdu *answer = stage_ask_names(client, SNMP_MSG_GET, &name, 1);
    snmp_sess_close(client);
    snmp_free_pdu(answer);
    return answer != NULL;
}

static void managers_set(const char *first, const char *second)
{
    stage_text(wm_text_snmp_manager_1, first);
    stage_text(wm_text_snmp_manager_2, second);
    snmps_agent_published(stage.agent);
}

Test(snmp_access, managers_are_addresses_and_networks)
{
    static const struct {
        const char *managers[2];
        const char *from;
        bool is_answered;
    } rows[] = {
        {{"127.0.0.1", ""}, "127.0.0.1", true},
        {{"127.0.0.1", ""}, "127.0.0.2", false},
        {{"127.0.0.1/32", ""}, "127.0.0.2", false},
        {{"127.0.0.0/31", ""}, "127.0.0.1", true},
        {{"127.0.0.0/31", ""}, "127.0.0.2", false},
        /* with bits of the host in it */
        {{"127.0.0.1/30", ""}, "127.0.0.2", true},
        {{"127.0.0.1/30", ""}, "127.0.0.4", false},
        {{"127.0.0.7/29", ""}, "127.0.0.1", true},
        {{"127.255.255.255/8", ""}, "127.200.0.1", true},
        {{"126.0.0.0/7", ""}, "127.0.0.1", true},
        {{"127.0.0.1/0", ""}, "127.0.0.1", true},
        {{"0.0.0.0/0", ""}, "127.9.9.9", true},
        {{"10.0.0.0/8", ""}, "127.0.0.1", false},
        {{"10.0.0.0/8", "127.0.0.5"}, "127.0.0.5", true},
        {{"::/0", ""}, "127.0.0.1", false},
        {{"", ""}, "127.0.0.1", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        managers_set(rows[i].managers[0], rows[i].managers[1]);
        cr_expect_eq(is_answered_from(rows[i].from, "public"), rows[i].is_answered, "row %zu", i);
        cr_expect(!is_answered_from(rows[i].from, "private"), "row %zu", i);
    }
}

Test(snmp_access, managers_on_ipv6_are_answered_too)
{
    char peer[40];
    static const struct {
        const char *manager;
        bool is_answered;
    } rows[] = {{"::1", true},  {"::1/128", true},   {"::7/120", true},
                {"::/0", true}, {"::2/128", false},  {"2001:db8::/32", false},
                {"", false},    {"0.0.0.0/0", false}};
    stage_agent_close();
    stage_agent_open("[::1]:0");
    snprintf(peer, sizeof peer, "udp6:[::1]:%d", snmps_agent_port(stage.agent));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        static const char *const name = ".1.3.6.1.2.1.1.3.0";
        netsnmp_session session;
        managers_set(rows[i].manager, "");
        snmp_sess_init(&session);
        session.version = SNMP_VERSION_2c;
        session.community = (u_char *)(uintptr_t) "public";
        session.community_len = 6;
        void *client = stage_client_of(&session, peer);
        netsnmp_pdu *answer = stage_ask_names(client, SNMP_MSG_GET, &name, 1);
        cr_expect_eq(answer != NULL, rows[i].is_answered, "row %zu", i);
        snmp_free_pdu(answer);
        snmp_sess_close(client);
    }
}

/* Whether it reads (v1 and v2c), and sets. */
static void expect_community(const char *community, bool is_read, bool is_set)
{
    netsnmp_pdu *request = snmp_pdu_create(SNMP_MSG_SET);
    void *client = stage_client(SNMP_VERSION_1, community);
    cr_expect_eq(is_answered_from("127.0.0.1", community), is_read, "'%s'", community);
    stage_add_number(request, LOW_ALARM, ASN_INTEGER, 1100);
    netsnmp_pdu *answer = stage_ask(client, request);
    cr_expect_eq(answer != NULL, is_read, "'%s'", community);
    if (answer != NULL) {
        cr_expect_eq(answer->errstat == SNMP_ERR_NOERROR, is_set, "'%s'", community);
        snmp_free_pdu(answer);
    }
    snmp_sess_close(client);
}

Test(snmp_access, communities_are_in_force_from_the_next_view_on)
{
    expect_community("public", true, false);
    expect_community("secret", false, false);
    stage_text(wm_text_snmp_write_community, "secret");
    expect_community("secret", false, false);
    snmps_agent_published(stage.agent);
    expect_community("secret", true, true);
    expect_community("public", true, false);
    stage_text(wm_text_snmp_read_community, "open");
    stage_text(wm_text_snmp_write_community, "");
    snmps_agent_published(stage.agent);
    expect_community("open", true, false);
    expect_community("public", false, false);
    expect_community("secret", false, false);
    expect_community("", false, false);
    stage_text(wm_text_snmp_read_community, "");
    snmps_agent_published(stage.agent);
    expect_community("open", false, false);
    expect_community("", false, false);
}

Test(snmp_access, a_community_is_taken_by_every_byte_of_it)
{
    static const char *const odd[] = {
        "a\\b", "\\",      "\\\\",    "'",     "#comment",
        "!x",   "a#b",     "-Cn",     "x'y'z", "%s%n",
        "~",    "NETWORK", "default", "}{)(",  "12345678901234567890123456789012",
    };
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        char wrong[40];
        stage_text(wm_text_snmp_read_community, odd[i]);
        snmps_agent_published(stage.agent);
        cr_expect(is_answered_from("127.0.0.1", odd[i]), "'%s'", odd[i]);
        snprintf(wrong, sizeof wrong, "%.*s", (int)strlen(odd[i]) - 1, odd[i]);
        cr_expect(!is_answered_from("127.0.0.1", wrong), "'%s'", wrong);
        snprintf(wrong, sizeof wrong, "%sx", odd[i]);
        cr_expect(!is_answered_from("127.0.0.1", wrong), "'%s'", wrong);
    }
    /* A zero in it is a byte like another. */
    netsnmp_session session;
    static const char *const name = ".1.3.6.1.2.1.1.3.0";
    stage_text(wm_text_snmp_read_community, "public");
    snmps_agent_published(stage.agent);
    snmp_sess_init(&session);
    session.version = SNMP_VERSION_2c;
    session.community = (u_char *)(uintptr_t) "public\0x";
    session.community_len = 8;
    void *client = stage_client_of(&session, NULL);
    cr_expect_null(stage_ask_names(client, SNMP_MSG_GET, &name, 1));
    snmp_sess_close(client);
}

Test(snmp_access, a_community_that_the_library_takes_for_a_gap_is_refused)
{
    stage_text(wm_text_snmp_read_community, "COMMUNITY");
    stage_text(wm_text_snmp_write_community, "COMMUNITY1");
    snmps_agent_published(stage.agent);
    expect_community("COMMUNITY", false, false);
    expect_community("COMMUNITY1", true, true);
}

/* ---- users ------------------------------------------------------------------------------ */

/* How a tool asks: level as its -l wants it, user and passphrases; null: none of it. */
struct asker {
    const char *level, *user, *auth, *priv;
};

static int tool(const char *program, const struct asker *asker, int port, const char *const *rest,
                char *said, size_t size)
{
    char place[40];
    const char *arguments[40];
    size_t count = 0;
    snprintf(place, sizeof place, "udp:127.0.0.1:%d", port);
    const char *const head[] = {program, "-v3", "-r",        "0",  "-t",        "1",
                                "-On",   "-u",  asker->user, "-l", asker->level};
    const char *const auth[] = {"-a", "SHA-256", "-A", asker->auth};
    const char *const priv[] = {"-x", "AES", "-X", asker->priv};
    for (size_t i = 0; i < sizeof head / sizeof *head; i++) {
        arguments[count++] = head[i];
    }
    for (size_t i = 0; asker->auth != NULL && i < 4; i++) {
        arguments[count++] = auth[i];
    }
    for (size_t i = 0; asker->priv != NULL && i < 4; i++) {
        arguments[count++] = priv[i];
    }
    arguments[count++] = place;
    for (; *rest != NULL; rest++) {
        arguments[count++] = *rest;
    }
    arguments[count] = NULL;
    return stage_run(arguments, said, size);
}

#define UPTIME ".1.3.6.1.2.1.1.3.0"

static void expect_get(const struct asker *asker, const char *wanted)
{
    char said[2000];
    const char *const rest[] = {UPTIME, NULL};
    tool("snmpget", asker, snmps_agent_port(stage.agent), rest, said, sizeof said);
    cr_expect_not_null(strstr(said, wanted), "%s %s said '%s', wanted '%s'", asker->level,
                       asker->user, said, wanted);
}

static void expect_set(const struct asker *asker, const char *value, const char *wanted)
{
    char said[2000];
    const char *const rest[] = {LOW_ALARM, "i", value, NULL};
    tool("snmpset", asker, snmps_agent_port(stage.agent), rest, said, sizeof said);
    cr_expect_not_null(strstr(said, wanted), "%s %s said '%s', wanted '%s'", asker->level,
                       asker->user, said, wanted);
}

static void users_set(void)
{
    stage_user(1, "boss", AUTH, PRIV, 1);
    stage_user(2, "eye", AUTH, PRIV, 0);
    stage_user(3, "plain", AUTH, "", 1);
    stage_user(4, "-e", "shorter12", "", 0);
    snmps_agent_published(stage.agent);
}

static const struct asker boss = {"authPriv", "boss", AUTH, PRIV};
static const struct asker boss_plain = {"authNoPriv", "boss", AUTH, NULL};
static const struct asker boss_open = {"noAuthNoPriv", "boss", NULL, NULL};

#define ANSWERED UPTIME " = Timeticks"

Test(snmp_access, users_are_answered_by_their_name_keys_and_level)
{
    static const struct {
        struct asker asker;
        const char *wanted;
    } rows[] = {
        {{"authPriv", "boss", AUTH, PRIV}, ANSWERED},
        {{"authNoPriv", "boss", AUTH, NULL}, ANSWERED},
        {{"noAuthNoPriv", "boss", NULL, NULL}, "authorizationError"},
        {{"authNoPriv", "plain", AUTH, NULL}, ANSWERED},
        {{"authPriv", "plain", AUTH, PRIV}, "Unsupported security level"},
        {{"authPriv", "nobody", AUTH, PRIV}, "Unknown user name"},
        {{"noAuthNoPriv", "nobody", NULL, NULL}, "Unknown user name"},
        {{"authPriv", "boss", "authentic2", PRIV}, "Authentication failure"},
        {{"authNoPriv", "boss", PRIV, NULL}, "Authentication failure"},
        {{"authPriv", "boss", AUTH, "private124"}, "Timeout"},
        /* A name that looks like a choice of the library's configuration. */
        {{"authNoPriv", "-e", "shorter12", NULL}, ANSWERED},
    };
    users_set();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        expect_get(&rows[i].asker, rows[i].wanted);
    }
}

Test(snmp_access, the_level_is_the_least_that_is_answered)
{
    static const char refused[] = "authorizationError";
    users_set();
    stage_number(wm_setting_snmp_v3_level, 2);
    snmps_agent_published(stage.agent);
    expect_get(&boss, ANSWERED);
    expect_get(&boss_plain, refused);
    expect_get(&boss_open, refused);
    expect_set(&boss_plain, "1100", refused);
    stage_number(wm_setting_snmp_v3_level, 0);
    snmps_agent_published(stage.agent);
    expect_get(&boss_plain, ANSWERED);
    expect_get(&boss_open, ANSWERED);
    cr_expect_eq(stage.webmanager.puts[WM_COMMAND_CHANGE], 0);
}

Test(snmp_access, a_user_sets_if_so_set)
{
    static const struct asker eye = {"authPriv", "eye", AUTH, PRIV};
    users_set();
    expect_set(&eye, "1100", "noAccess");
    cr_expect_eq(stage.webmanager.puts[WM_COMMAND_CHANGE], 0);
    expect_set(&boss, "1100", LOW_ALARM " = INTEGER: 1100");
    cr_expect_eq(stage.view.settings.value[wm_setting_voltage_low_alarm], 11000);
    expect_set(&boss, "1600", "inconsistentValue");
    stage_user(1, "boss", AUTH, PRIV, 0);
    snmps_agent_published(stage.agent);
    expect_set(&boss, "1090", "noAccess");
    expect_get(&boss, ANSWERED);
}

Test(snmp_access, users_and_keys_are_in_force_from_the_next_view_on)
{
    static const struct asker changed = {"authPriv", "boss", "authentic2", "private124"};
    expect_get(&boss, "Unknown user name");
    users_set();
    expect_get(&boss, ANSWERED);
    stage_user(1, "boss", "authentic2", "private124", 1);
    snmps_agent_published(stage.agent);
    expect_get(&boss, "Authentication failure");
    expect_get(&changed, ANSWERED);
    /* What does not concern them changes nothing for them. */
    stage_text(wm_text_system_contact, "A. Meyer");
    snmps_agent_published(stage.agent);
    expect_get(&changed, ANSWERED);
    stage_text(wm_text_snmp_engine, "elsewhere");
    snmps_agent_published(stage.agent);
    expect_get(&changed, ANSWERED);
    stage_user(1, "", "", "", 0);
    snmps_agent_published(stage.agent);
    expect_get(&changed, "Unknown user name");
}

Test(snmp_access, no_walk_shows_a_secret)
{
    static char said[2000000];
    const char *const rest[] = {".1", NULL};
    const struct asker asker = {"authPriv", "boss", AUTH, PRIV};
    stage_text(wm_text_snmp_read_community, "hush-hush");
    stage_text(wm_text_snmp_write_community, "top-secret");
    stage_text(wm_text_snmp_receiver_1_community, "third-one");
    users_set();
    tool("snmpwalk", &asker, snmps_agent_port(stage.agent), rest, said, sizeof said);
    cr_expect_not_null(strstr(said, BACS "5.32.0 = INTEGER"), "the end of the walk");
    static const char *const secrets[] = {AUTH,         PRIV,        "shorter12", "hush-hush",
                                          "top-secret", "third-one", "boss"};
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
        cr_expect_null(strstr(said, secrets[i]), "%s", secrets[i]);
    }
}

/* Of boss, for an engine and a context: the command of what comes back, 0: nothing. */
static int ask_by_boss(int command, u_char *engine, size_t size, u_char *context_engine,
                       size_t context_size, const char *context)
{
    netsnmp_session session;
    snmp_sess_init(&session);
    session.version = SNMP_VERSION_3;
    session.securityModel = SNMP_SEC_MODEL_USM;
    session.securityLevel = SNMP_SEC_LEVEL_AUTHPRIV;
    session.securityName = (char *)(uintptr_t) "boss";
    session.securityNameLen = 4;
    session.securityEngineID = engine;
    session.securityEngineIDLen = size;
    session.contextEngineID = context_engine;
    session.contextEngineIDLen = context_size;
    session.contextName = (char *)(uintptr_t)context;
    session.contextNameLen = strlen(context);
    session.flags |= SNMP_FLAGS_DONT_PROBE | SNMP_FLAGS_USER_CREATED;
    void *client = stage_client_of(&session, NULL);
    netsnmp_pdu *request = snmp_pdu_create(command);
    stage_add_number(request, LOW_ALARM, ASN_INTEGER, 1100);
    netsnmp_pdu *answer = stage_ask(client, request);
    const int answered = answer != NULL ? answer->command : 0;
    snmp_free_pdu(answer);
    snmp_sess_close(client);
    return answered;
}

Test(snmp_access, what_is_for_another_engine_is_not_for_us)
{
    static u_char engine[] = {0x80, 0, 0x1F, 0x88, 4, 'o', 't', 'h', 'e', 'r'};
    users_set();
    /* As of a receiver of informs, which has the key that is made for its engine. */
    cr_assert(snmps_access_know(&stage.view.settings, 1, engine, sizeof engine));
    set_enginetime(engine, sizeof engine, 1, 0, TRUE);
    cr_expect_eq(ask_by_boss(SNMP_MSG_SET, engine, sizeof engine, engine, sizeof engine, ""), 0);
    cr_expect_eq(stage.webmanager.puts[WM_COMMAND_CHANGE], 0);
}

Test(snmp_access, another_context_is_told_of_and_not_served)
{
    static const struct {
        const char *option, *value, *wanted;
    } rows[] = {
        {"-n", "battery", "Bad context specified"},
        {"-n", "x", "Bad context specified"},
        /* The tool's name for snmpUnknownPDUHandlers. */
        {"-E", "80001F88046F74686572", "Bad version specified"},
        {"-E", "80001F880467626D73", ANSWERED}, /* our own */
    };
    static u_char other[] = {0x80, 0, 0x1F, 0x88, 4, 'o', 't', 'h', 'e', 'r'};
    u_char own[64];
    char said[2000];
    const size_t size = snmpv3_get_engineID(own, sizeof own);
    users_set();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *const rest[] = {rows[i].option, rows[i].value, UPTIME, NULL};
        tool("snmpget", &boss, snmps_agent_port(stage.agent), rest, said, sizeof said);
        cr_expect_not_null(strstr(said, rows[i].wanted), "row %zu: '%s'", i, said);
    }
    cr_expect_eq(ask_by_boss(SNMP_MSG_SET, own, size, other, sizeof other, ""), SNMP_MSG_REPORT);
    cr_expect_eq(ask_by_boss(SNMP_MSG_SET, own, size, own, size, "x"), SNMP_MSG_REPORT);
    cr_expect_eq(stage.webmanager.puts[WM_COMMAND_CHANGE], 0);
    cr_expect_eq(ask_by_boss(SNMP_MSG_SET, own, size, own, size, ""), SNMP_MSG_RESPONSE);
    cr_expect_eq(stage.webmanager.puts[WM_COMMAND_CHANGE], 1);
}

Test(snmp_access, what_is_no_request_is_not_served)
{
    u_char own[64];
    const size_t size = snmpv3_get_engineID(own, sizeof own);
    users_set();
    cr_expect_eq(ask_by_boss(SNMP_MSG_GET, own, size, own, size, ""), SNMP_MSG_RESPONSE);
    cr_expect_eq(ask_by_boss(SNMP_MSG_INFORM, own, size, own, size, ""), SNMP_MSG_REPORT);
}

/* ---- messages said again ---------------------------------------------------------------- */

/* Hands datagrams on between a manager and the agent, and keeps those of the manager. */
struct relay {
    int front, back;
    struct sockaddr_in manager;
    struct datagram {
        uint8_t bytes[2000];
        size_t size;
    } kept[8];
    size_t count;
    ev_io to_agent, to_manager;
};

static void on_request(struct ev_loop *loop, ev_io *io, int events)
{
    struct relay *relay = io->data;
    struct datagram *datagram = &relay->kept[relay->count];
    socklen_t size = sizeof relay->manager;
    (void)loop;
    (void)events;
    const ssize_t got = recvfrom(relay->front, datagram->bytes, sizeof datagram->bytes, 0,
                                 (struct sockaddr *)&relay->manager, &size);
    if (got > 0) {
        datagram->size = (size_t)got;
        relay->count += relay->count + 1 < sizeof relay->kept / sizeof *relay->kept;
        send(relay->back, datagram->bytes, datagram->size, 0);
    }
}

static void on_answer(struct ev_loop *loop, ev_io *io, int events)
{
    uint8_t bytes[2000];
    struct relay *relay = io->data;
    (void)loop;
    (void)events;
    const ssize_t got = recv(relay->back, bytes, sizeof bytes, 0);
    if (got > 0) {
        sendto(relay->front, bytes, (size_t)got, 0, (struct sockaddr *)&relay->manager,
               sizeof relay->manager);
    }
}

static void relay_open(struct relay *relay)
{
    memset(relay, 0, sizeof *relay);
    relay->front = stage_socket(0);
    relay->back = stage_socket(snmps_agent_port(stage.agent));
    ev_io_init(&relay->to_agent, on_request, relay->front, EV_READ);
    ev_io_init(&relay->to_manager, on_answer, relay->back, EV_READ);
    relay->to_agent.data = relay;
    relay->to_manager.data = relay;
    ev_io_start(stage.loop, &relay->to_agent);
    ev_io_start(stage.loop, &relay->to_manager);
}

static void relay_close(struct relay *relay)
{
    ev_io_stop(stage.loop, &relay->to_agent);
    ev_io_stop(stage.loop, &relay->to_manager);
    close(relay->front);
    close(relay->back);
}

/* A SET of the low alarm by boss, as it went over the wire: the last of what the tool sent. */
static struct datagram set_capture(const char *value)
{
    static struct relay relay;
    char said[2000];
    const char *const rest[] = {LOW_ALARM, "i", value, NULL};
    relay_open(&relay);
    tool("snmpset", &boss, stage_socket_port(relay.front), rest, said, sizeof said);
    cr_assert_not_null(strstr(said, LOW_ALARM " = INTEGER"), "%s", said);
    relay_close(&relay);
    cr_assert_geq(relay.count, 2, "a question for the engine, and the SET");
    return relay.kept[relay.count - 1];
}

/* Sends it again from elsewhere; how many changes came of it. */
static int set_replay(const struct datagram *datagram)
{
    const int before = stage.webmanager.puts[WM_COMMAND_CHANGE];
    const int fd = stage_socket(snmps_agent_port(stage.agent));
    cr_assert_eq(send(fd, datagram->bytes, datagram->size, 0), (ssize_t)datagram->size);
    stage_turns(5);
    close(fd);
    return stage.webmanager.puts[WM_COMMAND_CHANGE] - before;
}

Test(snmp_access, a_replay_counts_within_the_window_of_150_s_and_not_after)
{
    users_set();
    const struct datagram set = set_capture("1100");
    /* RFC 3414, 3.2 (7): it is authentic, and timely. */
    cr_expect_eq(set_replay(&set), 1);
    clock_advance(140);
    cr_expect_eq(set_replay(&set), 1);
    clock_advance(20);
    cr_expect_eq(set_replay(&set), 0);
    clock_advance(1e6);
    cr_expect_eq(set_replay(&set), 0);
    /* The manager learns the time by the report, and is answered. */
    expect_set(&boss, "1090", LOW_ALARM " = INTEGER: 1090");
}

Test(snmp_access, a_replay_from_before_a_restart_does_not_count)
{
    users_set();
    const struct datagram set = set_capture("1100");
    cr_expect_eq(set_replay(&set), 1);
    stage_agent_close();
    stage.view.boots++;
    stage_agent_open("127.0.0.1:0");
    cr_expect_eq(set_replay(&set), 0);
    expect_set(&boss, "1090", LOW_ALARM " = INTEGER: 1090");
    /* At the most that can be counted nothing is timely any more (RFC 3414, 2.2.1). */
    stage_agent_close();
    stage.view.boots = INT32_MAX;
    stage_agent_open("127.0.0.1:0");
    expect_get(&boss, "Timeout");
}

Test(snmp_access, an_engine_that_was_is_not_known_any_more)
{
    /* usmStatsUnknownEngineIDs.0: the manager asks for the name of the engine again. */
    static const uint8_t report[] = {6, 0x0A, 0x2B, 6, 1, 6, 3, 15, 1, 1, 4, 0};
    uint8_t answer[2000];
    users_set();
    const struct datagram set = set_capture("1100");
    stage_text(wm_text_snmp_engine, "elsewhere");
    snmps_agent_published(stage.agent);
    const int fd = stage_socket(snmps_agent_port(stage.agent));
    send(fd, set.bytes, set.size, 0);
    stage_turns(5);
    const ssize_t size = recv(fd, answer, sizeof answer, 0);
    cr_assert_gt(size, 0);
    cr_expect_not_null(memmem(answer, (size_t)size, report, sizeof report));
    cr_expect_eq(stage.webmanager.puts[WM_COMMAND_CHANGE], 1);
    close(fd);
}

Test(snmp_access, a_message_that_was_touched_does_not_count)
{
    users_set();
    const struct datagram set = set_capture("1100");
    for (size_t at = 0; at < set.size; at++) {
        struct datagram touched = set;
        touched.bytes[at] ^= 1;
        cr_expect_eq(set_replay(&touched), 0, "byte %zu", at);
        touched = set;
        touched.size = at;
        if (at > 0) {
            cr_expect_eq(set_replay(&touched), 0, "cut at %zu", at);
        }
    }
    cr_expect_eq(set_replay(&set), 1);
}
