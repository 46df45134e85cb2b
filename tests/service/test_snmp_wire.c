/*
 * test_snmp_wire.c — answers that are as large as they may be, and managers that take turns.
 */
#include "snmp_stage.h"

#include <criterion/criterion.h>
#include <ev.h>
#include <fcntl.h>
#include <malloc.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "firmware/service/snmp/mib_view.h"
#include "firmware/service/snmp/wire.h"

#define BACS STAGE_BACS

/* A binding of the tables here: no more than so many bytes, no fewer than so many. */
enum { BINDING_MOST = 24, BINDING_LEAST = 17 };

/* ---- sizes ------------------------------------------------------------------------------ */

TestSuite(snmp_size, .init = stage_open, .fini = stage_close);

static const char *const columns[] = {BACS "2.5.1.1", BACS "2.5.1.2", BACS "2.5.1.3",
                                      BACS "2.5.1.4", BACS "2.5.1.5", BACS "2.5.1.6"};

static netsnmp_pdu *bulk_ask(void *client, const char *const *names, size_t count, long repetitions)
{
    netsnmp_pdu *request = stage_request(SNMP_MSG_GETBULK, names, count);
    request->errstat = 0;
    request->errindex = repetitions;
    netsnmp_pdu *answer = stage_ask(client, request);
    cr_assert_not_null(answer);
    cr_expect_eq(answer->command, SNMP_MSG_RESPONSE);
    cr_expect_eq(answer->errstat, SNMP_ERR_NOERROR, "error %ld", answer->errstat);
    cr_expect_eq(answer->errindex, 0);
    return answer;
}

/* The cells in the order of the rows, none left out, none that is no value. */
static size_t expect_cells(const netsnmp_pdu *answer, size_t width)
{
    size_t count = 0;
    for (const netsnmp_variable_list *at = answer->variables; at != NULL; at = at->next_variable) {
        const size_t last = at->name_length - 1;
        cr_assert_eq(at->type, ASN_INTEGER);
        cr_assert_eq(at->name[last - 1], count % width + 1, "column at %zu", count);
        cr_assert_eq(at->name[last], count / width + 1, "row at %zu", count);
        count++;
    }
    return count;
}

/* No more than may be, and one binding more would have been too many. */
static void expect_full(size_t most)
{
    cr_expect_leq(stage.answer_size, most);
    cr_expect_gt(stage.answer_size + BINDING_MOST, most, "%zu of %zu", stage.answer_size, most);
}

Test(snmp_size, a_getbulk_is_cut_at_the_largest_message_and_is_no_error)
{
    void *client = stage_client(SNMP_VERSION_2c, "public");
    for (size_t width = 2; width <= 6; width++) {
        netsnmp_pdu *answer = bulk_ask(client, columns, width, 1000);
        expect_full(SNMPS_MESSAGE_MAX);
        cr_expect_gt(expect_cells(answer, width), SNMPS_MESSAGE_MAX / BINDING_MOST - 3);
        snmp_free_pdu(answer);
    }
    /* What fits is not cut. */
    netsnmp_pdu *answer = bulk_ask(client, columns, 6, 100);
    cr_expect_eq(expect_cells(answer, 6), 600);
    snmp_free_pdu(answer);
    snmp_sess_close(client);
}

static void *v3_client_at(size_t largest, int level)
{
    static u_char engine[64];
    netsnmp_session session;
    stage_user(1, "boss", "authentic1", "private123", 1);
    snmps_agent_published(stage.agent);
    snmp_sess_init(&session);
    session.version = SNMP_VERSION_3;
    session.securityModel = SNMP_SEC_MODEL_USM;
    session.securityLevel = level;
    session.securityName = (char *)(uintptr_t) "boss";
    session.securityNameLen = 4;
    session.securityEngineIDLen = snmpv3_get_engineID(engine, sizeof engine);
    session.securityEngineID = engine;
    session.rcvMsgMaxSize = largest;
    return stage_client_of(&session, NULL);
}

static void *v3_client(size_t largest)
{
    return v3_client_at(largest, SNMP_SEC_LEVEL_AUTHPRIV);
}

Test(snmp_size, a_manager_of_v3_says_what_it_can_take)
{
    static const size_t largest[] = {484, 485, 500, 1000, 1472, 4096, 16384, 65507};
    for (size_t i = 0; i < sizeof largest / sizeof *largest; i++) {
        void *client = v3_client(largest[i]);
        const size_t most = largest[i] < SNMPS_MESSAGE_MAX ? largest[i] : SNMPS_MESSAGE_MAX;
        for (size_t width = largest[i] < 8000 ? 1 : 2; width <= 6; width++) {
            netsnmp_pdu *answer = bulk_ask(client, columns, width, 1000);
            expect_full(most);
            cr_expect_gt(expect_cells(answer, width), 0);
            snmp_free_pdu(answer);
        }
        snmp_sess_close(client);
    }
}

Test(snmp_size, bindings_of_every_type_and_width_are_counted_right)
{
    /* Each begins elsewhere, so that the cut falls everywhere. */
    static const char *const starts[] = {"1.1",    "1.2",      "1.3",     "1.4",
                                         "11",     "11.5",     "33.5.1",  "33.5.1.20",
                                         "33.5.2", "33.5.3.1", "33.5.3.2"};
    char text[256];
    memset(text, 'x', 255);
    text[255] = '\0';
    stage_text(wm_text_system_description, text);
    text[127] = '\0';
    stage_text(wm_text_system_contact, text);
    text[100] = '\0';
    stage_text(wm_text_system_name, text);
    snmps_agent_set_uptime(stage.agent, 42949672950);
    for (uint32_t id = 1; id <= WM_ALARM_ROWS_MAX; id++) {
        stage.view.alarm[id - 1] =
            (struct wm_view_alarm){.id = id * 55000000, .number = (int32_t)id};
    }
    stage.view.alarm_rows = WM_ALARM_ROWS_MAX;
    stage.view.system.voltage_sum_mV = INT32_MIN;
    for (size_t largest = 484; largest < 700; largest++) {
        void *client = v3_client(largest);
        for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
            char name[60];
            const char *const names[] = {name};
            snprintf(name, sizeof name, ".1.3.6.1.2.1.%s", starts[i]);
            netsnmp_pdu *answer = bulk_ask(client, names, 1, 60);
            cr_expect_leq(stage.answer_size, largest);
            const netsnmp_variable_list *last = answer->variables;
            while (last != NULL && last->next_variable != NULL) {
                last = last->next_variable;
            }
            /* The next one would not have fitted; only the texts are longer than this. */
            if (i > 3) {
                cr_expect_gt(stage.answer_size + 30, largest, "%s at %zu", name, largest);
            }
            snmp_free_pdu(answer);
        }
        snmp_sess_close(client);
    }
}

Test(snmp_size, a_getbulk_of_more_columns_than_are_answered_gets_the_first_of_them)
{
    enum { WIDE = 1150 };
    static const char *names[WIDE];
    void *client = stage_client(SNMP_VERSION_2c, "public");
    for (int i = 0; i < WIDE; i++) {
        names[i] = BACS "2";
    }
    netsnmp_pdu *answer = bulk_ask(client, names, WIDE, 3);
    size_t count = 0;
    for (const netsnmp_variable_list *at = answer->variables; at != NULL; at = at->next_variable) {
        cr_assert_eq(at->type, ASN_INTEGER);
        cr_assert_eq(at->name[at->name_length - 2], count / SNMPS_BINDINGS_MAX + 1);
        count++;
    }
    expect_full(SNMPS_MESSAGE_MAX);
    snmp_free_pdu(answer);
    snmp_sess_close(client);
}

static void expect_too_big(void *client, int command, size_t bindings)
{
    static const char *const name = ".1.3.6.1.2.1.1.1.0";
    static const char *const before = ".1.3.6.1.2.1.1.1";
    static const char *names[400];
    for (size_t i = 0; i < 400; i++) {
        names[i] = command == SNMP_MSG_GET ? name : before;
    }
    netsnmp_pdu *answer = stage_ask_names(client, command, names, 400);
    cr_assert_not_null(answer);
    cr_expect_eq(answer->errstat, SNMP_ERR_TOOBIG, "error %ld", answer->errstat);
    cr_expect_eq(answer->errindex, 0);
    size_t count = 0;
    for (const netsnmp_variable_list *at = answer->variables; at != NULL; at = at->next_variable) {
        cr_assert_eq(at->type, ASN_NULL);
        cr_assert_eq(at->name_length, command == SNMP_MSG_GET ? 9 : 8);
        count++;
    }
    cr_expect_eq(count, bindings);
    snmp_free_pdu(answer);
}

Test(snmp_size, what_does_not_fit_at_all_is_too_big)
{
    char text[256];
    memset(text, 'x', 255);
    text[255] = '\0';
    stage_text(wm_text_system_description, text);
    void *client = stage_client(SNMP_VERSION_2c, "public");
    void *old_client = stage_client(SNMP_VERSION_1, "public");
    expect_too_big(client, SNMP_MSG_GET, 0);
    expect_too_big(client, SNMP_MSG_GETNEXT, 0);
    /* RFC 1157, 4.1.2 (3): as it was received. */
    expect_too_big(old_client, SNMP_MSG_GET, 400);
    expect_too_big(old_client, SNMP_MSG_GETNEXT, 400);
    void *small = v3_client(484);
    expect_too_big(small, SNMP_MSG_GET, 0);
    snmp_sess_close(small);
    snmp_sess_close(client);
    snmp_sess_close(old_client);
}

static void expect_too_many(void *client, int command, size_t bindings, size_t wanted)
{
    static const char *names[1100];
    for (size_t i = 0; i < bindings; i++) {
        names[i] = BACS "1.12.0";
    }
    netsnmp_pdu *request = stage_request(command, names, bindings);
    netsnmp_pdu *answer = stage_ask(client, request);
    cr_assert_not_null(answer);
    cr_expect_eq(answer->errstat, SNMP_ERR_TOOBIG, "error %ld", answer->errstat);
    cr_expect_eq(answer->errindex, 0);
    cr_expect_eq(count_varbinds(answer->variables), wanted);
    snmp_free_pdu(answer);
}

Test(snmp_size, a_request_of_too_many_bindings_is_too_big_whatever_it_is)
{
    static const char *names[SNMPS_BINDINGS_MAX];
    for (size_t i = 0; i < SNMPS_BINDINGS_MAX; i++) {
        names[i] = BACS "1.12.0";
    }
    stage_text(wm_text_snmp_write_community, "secret");
    snmps_agent_published(stage.agent);
    void *client = stage_client(SNMP_VERSION_2c, "secret");
    void *old_client = stage_client(SNMP_VERSION_1, "public");
    void *stranger = stage_client(SNMP_VERSION_2c, "nobody");
    netsnmp_pdu *answer = stage_ask_names(client, SNMP_MSG_GET, names, SNMPS_BINDINGS_MAX);
    cr_assert_not_null(answer);
    cr_expect_eq(answer->errstat, SNMP_ERR_NOERROR);
    cr_expect_eq(count_varbinds(answer->variables), SNMPS_BINDINGS_MAX);
    snmp_free_pdu(answer);
    expect_too_many(client, SNMP_MSG_GET, SNMPS_BINDINGS_MAX + 1, 0);
    expect_too_many(client, SNMP_MSG_GETNEXT, 900, 0);
    expect_too_many(client, SNMP_MSG_SET, 900, 0);
    expect_too_many(old_client, SNMP_MSG_GET, 900, 900);
    expect_too_many(old_client, SNMP_MSG_GETNEXT, 900, 900);
    cr_expect_eq(stage.webmanager.puts[WM_COMMAND_CHECK], 0);
    netsnmp_pdu *request = stage_request(SNMP_MSG_GET, names, SNMPS_BINDINGS_MAX);
    stage_add_number(request, BACS "1.12.0", ASN_INTEGER, 1);
    cr_expect_null(stage_ask(stranger, request));
    /* It is over with the message. */
    cr_expect_eq(stage_get(client, BACS "1.12.0"), 1200);
    snmp_sess_close(client);
    snmp_sess_close(old_client);
    snmp_sess_close(stranger);
}

/* A SET of so many bindings, all of this value: its error-status. */
static long set_many(void *client, size_t bindings, long value)
{
    netsnmp_pdu *request = snmp_pdu_create(SNMP_MSG_SET);
    for (size_t i = 0; i < bindings; i++) {
        stage_add_number(request, BACS "1.12.0", ASN_INTEGER, value);
    }
    netsnmp_pdu *answer = stage_ask(client, request);
    cr_assert_not_null(answer, "%zu bindings", bindings);
    const long error = answer->errstat;
    cr_expect_eq(count_varbinds(answer->variables), error == SNMP_ERR_TOOBIG ? 0 : bindings);
    snmp_free_pdu(answer);
    return error;
}

Test(snmp_size, a_set_whose_answer_does_not_fit_changes_nothing)
{
    enum { MOST = 484 };
    void *client = v3_client(MOST);
    int changes = 0;
    size_t largest = 0;
    bool is_too_big = false;
    for (size_t bindings = 1; bindings <= 60; bindings++) {
        const long error = set_many(client, bindings, 1100);
        cr_expect(!is_too_big || error == SNMP_ERR_TOOBIG, "%zu fit, and fewer do not", bindings);
        if (error == SNMP_ERR_NOERROR) {
            changes++;
            largest = stage.answer_size;
        }
        is_too_big = error == SNMP_ERR_TOOBIG;
        cr_expect_eq(stage.webmanager.puts[WM_COMMAND_CHANGE], changes, "%zu", bindings);
    }
    cr_expect(is_too_big);
    /* One more would not have fitted. */
    cr_expect_leq(largest, MOST);
    cr_expect_gt(largest + BINDING_MOST, MOST);
    snmp_sess_close(client);
}

Test(snmp_size, a_refusal_that_does_not_fit_is_too_big_and_no_silence)
{
    static const char *names[60];
    for (size_t i = 0; i < 60; i++) {
        names[i] = BACS "1.12.0";
    }
    void *client = v3_client(484);
    void *open_client = v3_client_at(484, SNMP_SEC_LEVEL_NOAUTH);
    cr_expect_eq(set_many(client, 5, 99999), SNMP_ERR_WRONGVALUE);
    cr_expect_eq(set_many(client, 60, 99999), SNMP_ERR_TOOBIG);
    for (size_t count = 10; count <= 60; count += 50) {
        netsnmp_pdu *answer = stage_ask_names(open_client, SNMP_MSG_GET, names, count);
        cr_assert_not_null(answer, "%zu bindings", count);
        cr_expect_eq(answer->errstat, count == 10 ? SNMP_ERR_AUTHORIZATIONERROR : SNMP_ERR_TOOBIG);
        snmp_free_pdu(answer);
    }
    snmp_sess_close(client);
    snmp_sess_close(open_client);
}

Test(snmp_size, a_request_that_is_too_large_is_not_read)
{
    static uint8_t large[65000];
    uint8_t answer[100];
    void *client = stage_client(SNMP_VERSION_2c, "public");
    const int fd = stage_socket(snmps_agent_port(stage.agent));
    const size_t before = mallinfo2().uordblks;
    for (int i = 0; i < 100; i++) {
        send(fd, large, sizeof large, 0);
        stage_turns(2);
    }
    cr_expect_lt(recv(fd, answer, sizeof answer, 0), 0);
    cr_expect_lt(mallinfo2().uordblks, before + 10000);
    cr_expect_eq(stage_get(client, BACS "2.1.0"), 0x41);
    close(fd);
    snmp_sess_close(client);
}

/* ---- turns ------------------------------------------------------------------------------ */

TestSuite(snmp_turns, .init = stage_open, .fini = stage_close);

/* GET of bacsStatus.0, v2c, public; the request id is ours. */
enum { ID_AT = 17 };
static const uint8_t get[] = {0x30, 0x28, 2,    1, 1, 4, 6, 'p', 'u', 'b', 'l',  'i',  'c',  0xA0,
                              0x1B, 2,    1,    0, 2, 1, 0, 2,   1,   0,   0x30, 0x10, 0x30, 0x0E,
                              0x06, 0x0A, 0x2B, 6, 1, 2, 1, 33,  5,   2,   1,    0,    5,    0};

/* A manager at 127.0.0.number. */
static int manager_open(int number)
{
    struct sockaddr_in own = {.sin_family = AF_INET,
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK - 1 + (uint32_t)number)};
    struct sockaddr_in agent = {.sin_family = AF_INET,
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                .sin_port = htons((uint16_t)snmps_agent_port(stage.agent))};
    const int fd = socket(AF_INET, SOCK_DGRAM, 0);
    cr_assert_eq(bind(fd, (struct sockaddr *)&own, sizeof own), 0);
    cr_assert_eq(connect(fd, (struct sockaddr *)&agent, sizeof agent), 0);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    return fd;
}

static void request_send(int fd, uint8_t id)
{
    uint8_t request[sizeof get];
    memcpy(request, get, sizeof get);
    request[ID_AT] = id;
    cr_assert_eq(send(fd, request, sizeof request, 0), (ssize_t)sizeof request);
}

/* Answers that are there; *last is the id of the last one. */
static int answers_take(int fd, uint8_t *last)
{
    uint8_t answer[200];
    int count = 0;
    while (recv(fd, answer, sizeof answer, 0) > 0) {
        *last = answer[ID_AT];
        count++;
    }
    return count;
}

Test(snmp_turns, one_request_is_served_in_a_turn_and_none_is_lost)
{
    enum { REQUESTS = 100 };
    uint8_t id = 0;
    const int fd = manager_open(1);
    for (int i = 0; i < REQUESTS; i++) {
        request_send(fd, (uint8_t)i);
    }
    for (int i = 0; i < REQUESTS; i++) {
        stage_turns(1);
        cr_assert_eq(answers_take(fd, &id), 1, "turn %d", i);
        cr_assert_eq(id, i);
    }
    stage_turns(3);
    cr_expect_eq(answers_take(fd, &id), 0);
    close(fd);
}

Test(snmp_turns, one_who_floods_delays_another_by_one_request)
{
    uint8_t id;
    const int flood = manager_open(1);
    const int other = manager_open(2);
    for (int round = 0; round < 20; round++) {
        for (int i = 0; i < 220; i++) {
            request_send(i == 60 ? other : flood, 7);
        }
        /* The turn that reads it, one of who was before it, and its own. */
        stage_turns(3);
        cr_assert_eq(answers_take(other, &id), 1, "round %d", round);
    }
    close(flood);
    close(other);
}

Test(snmp_turns, addresses_take_turns_whatever_their_ports)
{
    uint8_t id = 0;
    const int first[] = {manager_open(1), manager_open(1)};
    const int second = manager_open(2);
    const int third = manager_open(3);
    for (int i = 0; i < 10; i++) {
        request_send(first[i % 2], 0);
    }
    request_send(second, 0);
    request_send(third, 0);
    request_send(second, 0);
    static const int order[] = {1, 2, 3, 1, 2, 1, 1};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        stage_turns(1);
        cr_expect_eq(answers_take(first[0], &id) + answers_take(first[1], &id), order[i] == 1);
        cr_expect_eq(answers_take(second, &id), order[i] == 2, "turn %zu", i);
        cr_expect_eq(answers_take(third, &id), order[i] == 3, "turn %zu", i);
    }
    close(first[0]);
    close(first[1]);
    close(second);
    close(third);
}

static int ticks;

static void on_tick(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop;
    (void)timer;
    (void)events;
    ticks++;
}

Test(snmp_turns, a_flood_holds_neither_the_loop_nor_memory_nor_others)
{
    static const uint8_t heavy[8000] = {0x30, 0x82, 0x1F, 0x3C};
    uint8_t id;
    ev_timer tick;
    const int flood = manager_open(1);
    const int other = manager_open(2);
    ev_timer_init(&tick, on_tick, 1e-9, 1e-9);
    ev_timer_start(stage.loop, &tick);
    size_t most = 0;
    size_t before = 0;
    for (int turn = 0; turn < 5000; turn++) {
        for (int i = 0; i < 20; i++) {
            send(flood, i % 2 == 0 ? get : heavy, i % 2 == 0 ? sizeof get : sizeof heavy, 0);
        }
        if (turn % 10 == 0) {
            request_send(other, 7);
        }
        stage_turns(1);
        (void)answers_take(flood, &id);
        if (turn % 10 == 3) {
            cr_assert_eq(answers_take(other, &id), 1, "turn %d", turn);
        }
        const size_t now = mallinfo2().uordblks;
        before = turn == 0 ? now : before;
        most = now > most ? now : most;
    }
    cr_expect_geq(ticks, 4990, "the timer of every turn: %d", ticks);
    cr_expect_lt(most, before + SNMPS_WAITING_BYTES_MAX + 200000);
    ev_timer_stop(stage.loop, &tick);
    close(flood);
    close(other);
}

Test(snmp_turns, what_waits_is_forgotten_with_the_agent)
{
    const int fd = manager_open(1);
    for (int i = 0; i < 100; i++) {
        request_send(fd, 0);
    }
    stage_turns(2);
    stage_agent_close();
    stage_turns(2);
    stage_agent_open("127.0.0.1:0");
    close(fd);
}
