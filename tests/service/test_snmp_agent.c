/*
 * test_snmp_agent.c — the real agent, asked over UDP by Net-SNMP's client and by raw datagrams.
 */
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
#include "snmp_stage.h"

#define BACS STAGE_BACS

TestSuite(snmp_agent, .init = stage_open, .fini = stage_close);

static struct snmps_source source = {.view = &stage.view};

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
    bool is_there = snmps_next(&mib, &stage.view, NULL, 0, &place);
    while (!is_end) {
        netsnmp_pdu *request =
            snmp_pdu_create(repetitions == 0 ? SNMP_MSG_GETNEXT : SNMP_MSG_GETBULK);
        request->errstat = 0;
        request->errindex = repetitions;
        snmp_add_null_var(request, last, length);
        netsnmp_pdu *answer = stage_ask(client, request);
        cr_assert_not_null(answer);
        netsnmp_variable_list *variable = answer->variables;
        for (; variable != NULL && !is_end; variable = variable->next_variable) {
            is_end = answer->errstat == SNMP_ERR_NOSUCHNAME || variable->type == SNMP_ENDOFMIBVIEW;
            if (!is_end) {
                cr_assert(is_there, "more than there is");
                expect_variable(variable, &mib, &place);
                length = variable->name_length;
                memcpy(last, variable->name, length * sizeof *last);
                is_there = snmps_after(&mib, &stage.view, &place);
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
    void *client = stage_client(SNMP_VERSION_2c, "public");
    void *old_client = stage_client(SNMP_VERSION_1, "public");
    fixture_alarm(&stage.view, 3, 6, 60005);
    fixture_alarm(&stage.view, 7, 22, 60005);
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
    void *client = stage_client(SNMP_VERSION_2c, "public");
    netsnmp_pdu *request = stage_request(SNMP_MSG_GETBULK, names, 3);
    request->errstat = 0;
    request->errindex = 3;
    netsnmp_pdu *answer = stage_ask(client, request);
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

Test(snmp_agent, a_walk_may_begin_anywhere_before)
{
    static const char *const names[] = {".0.0", ".1.0",           ".1.2.9",
                                        ".1.3", ".1.3.6.1.2.1.1", ".1.3.6.1.2.1.0"};
    static const char *const behind[] = {".1.3.6.1.2.1.33.6", ".1.3.6.1.4.1", ".1.4", ".2.1"};
    void *client = stage_client(SNMP_VERSION_2c, "public");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        static const oid description[] = {1, 3, 6, 1, 2, 1, 1, 1, 0};
        netsnmp_pdu *answer = stage_ask_names(client, SNMP_MSG_GETNEXT, &names[i], 1);
        cr_assert_not_null(answer);
        const netsnmp_variable_list *variable = answer->variables;
        cr_expect_eq(snmp_oid_compare(variable->name, variable->name_length, description,
                                      OID_LENGTH(description)),
                     0, "%s", names[i]);
        snmp_free_pdu(answer);
    }
    for (size_t i = 0; i < sizeof behind / sizeof *behind; i++) {
        netsnmp_pdu *answer = stage_ask_names(client, SNMP_MSG_GETNEXT, &behind[i], 1);
        cr_assert_not_null(answer);
        cr_expect_eq(answer->variables->type, SNMP_ENDOFMIBVIEW, "%s", behind[i]);
        snmp_free_pdu(answer);
    }
    snmp_sess_close(client);
}

Test(snmp_agent, absent_objects_are_told_apart_from_absent_instances)
{
    static const char *const names[] = {BACS "2.1.0",     BACS "2.1.1",       BACS "2.99.0",
                                        BACS "2.5.1.1.0", ".1.3.6.1.4.1.1.0", BACS "3.2.1.1.1"};
    static const u_char types[] = {ASN_INTEGER,         SNMP_NOSUCHINSTANCE, SNMP_NOSUCHOBJECT,
                                   SNMP_NOSUCHINSTANCE, SNMP_NOSUCHOBJECT,   SNMP_NOSUCHINSTANCE};
    void *client = stage_client(SNMP_VERSION_2c, "public");
    netsnmp_pdu *answer =
        stage_ask_names(client, SNMP_MSG_GET, names, sizeof names / sizeof *names);
    cr_assert_not_null(answer);
    const netsnmp_variable_list *variable = answer->variables;
    for (size_t i = 0; i < sizeof types; i++, variable = variable->next_variable) {
        cr_assert_not_null(variable);
        cr_expect_eq(variable->type, types[i], "%s", names[i]);
    }
    snmp_free_pdu(answer);
    snmp_sess_close(client);
    client = stage_client(SNMP_VERSION_1, "public");
    answer = stage_ask_names(client, SNMP_MSG_GET, &names[1], 1);
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
    void *client = stage_client(SNMP_VERSION_2c, "public");
    netsnmp_pdu *request = snmp_pdu_create(SNMP_MSG_SET);
    snmp_pdu_add_variable(request, low_alarm, OID_LENGTH(low_alarm), ASN_INTEGER, &value,
                          sizeof value);
    netsnmp_pdu *answer = stage_ask(client, request);
    cr_assert_not_null(answer);
    /* RFC 3416, 4.2.5 (1): there is no view in which public may write. */
    cr_expect_eq(answer->errstat, SNMP_ERR_NOACCESS);
    cr_expect_eq(answer->errindex, 1);
    snmp_free_pdu(answer);
    cr_expect_eq(stage_get(client, BACS "1.12.0"), 1200);
    static const char *const others[] = {"private", "", "Public", "public "};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        void *other = stage_client(SNMP_VERSION_2c, others[i]);
        cr_expect_null(stage_ask_names(other, SNMP_MSG_GET, &name, 1), "'%s' is answered",
                       others[i]);
        snmp_sess_close(other);
    }
    cr_expect_eq(stage_get(client, name), 0x41);
    snmp_sess_close(client);
}

Test(snmp_agent, uptime_is_what_it_was_given_and_the_view_what_it_is_now)
{
    void *client = stage_client(SNMP_VERSION_2c, "public");
    static const struct {
        wm_ms uptime_ms;
        long ticks;
    } times[] = {{0, 0},           {1239, 123},       {42949672950, 4294967295}, {42949672960, 0},
                 {42949672969, 0}, {42949673110, 15}, {315360000000, 1471228928}};
    cr_expect_eq(stage_get(client, ".1.3.6.1.2.1.1.3.0"), 0);
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        snmps_agent_set_uptime(stage.agent, times[i].uptime_ms);
        cr_expect_eq(stage_get(client, ".1.3.6.1.2.1.1.3.0"), times[i].ticks, "row %zu", i);
    }
    stage.view.system.status_flags = 0x45;
    cr_expect_eq(stage_get(client, BACS "2.1.0"), 0x45);
    snmp_sess_close(client);
}

/* ---- the snmp group --------------------------------------------------------------------- */

enum {
    IN_PKTS = 1,
    OUT_PKTS = 2,
    IN_BAD_VERSIONS = 3,
    IN_BAD_COMMUNITY_NAMES = 4,
    IN_ASN_PARSE_ERRS = 6,
    IN_TOTAL_REQ_VARS = 13,
    IN_TOTAL_SET_VARS = 14,
    IN_GET_REQUESTS = 15,
    IN_GET_NEXTS = 16,
    IN_SET_REQUESTS = 17,
    OUT_TOO_BIGS = 20,
    OUT_NO_SUCH_NAMES = 21,
    OUT_BAD_VALUES = 22,
    OUT_GET_RESPONSES = 28,
    OUT_TRAPS = 29,
    COUNTERS_END = 33,
};

/* All counters as of one request, by their leaves. */
static void counters_read(void *client, long *counters)
{
    static char names[COUNTERS_END][40];
    static const char *list[COUNTERS_END];
    size_t count = 0;
    memset(counters, 0, COUNTERS_END * sizeof *counters);
    for (int leaf = 1; leaf < COUNTERS_END; leaf++) {
        snprintf(names[leaf], sizeof names[leaf], ".1.3.6.1.2.1.11.%d.0", leaf);
        if (leaf != 7 && leaf != 23) {
            list[count++] = names[leaf];
        }
    }
    netsnmp_pdu *answer = stage_ask_names(client, SNMP_MSG_GET, list, count);
    cr_assert_not_null(answer);
    for (const netsnmp_variable_list *at = answer->variables; at != NULL; at = at->next_variable) {
        counters[at->name[at->name_length - 2]] = *at->val.integer;
    }
    snmp_free_pdu(answer);
}

static void expect_counter(const long *counters, int leaf, long wanted)
{
    cr_expect_eq(counters[leaf], wanted, "leaf %d is %ld, wanted %ld", leaf, counters[leaf],
                 wanted);
}

Test(snmp_agent, counters_begin_at_0_with_each_agent_and_count_what_comes)
{
    static const char *const name = BACS "2.1.0";
    static const char *const missing = BACS "2.99.0";
    static const uint8_t wrong_version[] = {0x30, 0x0C, 2,   1,   5,   4,   6,
                                            'p',  'u',  'b', 'l', 'i', 'c', 5};
    static const uint8_t broken[] = {0x30, 0x0C, 2, 1, 1, 4, 6, 'p', 'u', 'b', 'l', 'i', 'c', 5};
    long counters[COUNTERS_END];
    for (int round = 0; round < 3; round++) {
        void *client = stage_client(SNMP_VERSION_2c, "public");
        void *old_client = stage_client(SNMP_VERSION_1, "public");
        void *stranger = stage_client(SNMP_VERSION_2c, "nobody");
        counters_read(client, counters);
        for (int leaf = 1; leaf < COUNTERS_END; leaf++) {
            const bool is_this_request = leaf == IN_PKTS || leaf == IN_GET_REQUESTS;
            expect_counter(counters, leaf,
                           is_this_request              ? 1
                           : leaf == SNMPS_ENABLE_TRAPS ? SNMPS_TRAPS_DISABLED
                                                        : 0);
        }
        snmp_free_pdu(stage_ask_names(client, SNMP_MSG_GETNEXT, &name, 1));
        snmp_free_pdu(stage_ask_names(old_client, SNMP_MSG_GET, &missing, 1));
        netsnmp_pdu *bulk = stage_request(SNMP_MSG_GETBULK, &name, 1);
        bulk->errstat = 0;
        bulk->errindex = 5;
        snmp_free_pdu(stage_ask(client, bulk));
        cr_expect_null(stage_ask_names(stranger, SNMP_MSG_GET, &name, 1));
        const int fd = stage_socket(snmps_agent_port(stage.agent));
        send(fd, wrong_version, sizeof wrong_version, 0);
        send(fd, broken, sizeof broken, 0);
        stage_turns(5);
        counters_read(client, counters);
        expect_counter(counters, IN_PKTS, 8);
        expect_counter(counters, OUT_PKTS, 4);
        expect_counter(counters, IN_BAD_VERSIONS, 1);
        expect_counter(counters, IN_BAD_COMMUNITY_NAMES, 1);
        expect_counter(counters, IN_ASN_PARSE_ERRS, 1);
        expect_counter(counters, IN_GET_REQUESTS, 3);
        expect_counter(counters, IN_GET_NEXTS, 1);
        expect_counter(counters, OUT_NO_SUCH_NAMES, 1);
        expect_counter(counters, OUT_GET_RESPONSES, 4);
        cr_expect_gt(counters[IN_TOTAL_REQ_VARS], 30);
        close(fd);
        snmp_sess_close(client);
        snmp_sess_close(old_client);
        snmp_sess_close(stranger);
        stage_agent_close();
        stage_agent_open("127.0.0.1:0");
    }
}

Test(snmp_agent, counters_count_sets_large_answers_and_traps)
{
    static const char *many[400];
    char address[40];
    char text[256];
    long counters[COUNTERS_END];
    const int fd = stage_socket(0);
    memset(text, 'x', 255);
    text[255] = '\0';
    snprintf(address, sizeof address, "127.0.0.1:%d", stage_socket_port(fd));
    stage_text(wm_text_system_description, text);
    stage_text(wm_text_snmp_write_community, "secret");
    stage_receiver(1, address, "v2c", "trap");
    stage_agent_close();
    stage_agent_open("127.0.0.1:0");
    void *client = stage_client(SNMP_VERSION_2c, "secret");
    for (long value = 1100; value <= 2200; value += 1100) {
        netsnmp_pdu *request = snmp_pdu_create(SNMP_MSG_SET);
        stage_add_number(request, BACS "1.12.0", ASN_INTEGER, value);
        snmp_free_pdu(stage_ask(client, request));
    }
    for (size_t i = 0; i < sizeof many / sizeof *many; i++) {
        many[i] = ".1.3.6.1.2.1.1.1.0";
    }
    snmp_free_pdu(stage_ask_names(client, SNMP_MSG_GET, many, sizeof many / sizeof *many));
    counters_read(client, counters);
    expect_counter(counters, IN_SET_REQUESTS, 2);
    expect_counter(counters, IN_TOTAL_SET_VARS, 1);
    expect_counter(counters, OUT_BAD_VALUES, 0); /* v2c has a name of its own for it */
    expect_counter(counters, OUT_TOO_BIGS, 1);
    expect_counter(counters, OUT_TRAPS, 1);
    expect_counter(counters, OUT_PKTS, 4);
    snmp_sess_close(client);
    close(fd);
}

/* GET of bacsStatus.0, v2c, public, request id 7. */
static const uint8_t good[] = {0x30, 0x28, 2,    1, 1, 4, 6, 'p', 'u', 'b', 'l',  'i',  'c',  0xA0,
                               0x1B, 2,    1,    7, 2, 1, 0, 2,   1,   0,   0x30, 0x10, 0x30, 0x0E,
                               0x06, 0x0A, 0x2B, 6, 1, 2, 1, 33,  5,   2,   1,    0,    5,    0};

Test(snmp_agent, a_greedy_getbulk_is_answered_within_bounds)
{
    void *client = stage_client(SNMP_VERSION_2c, "public");
    static const long greedy[] = {1000, 100000, INT32_MAX};
    for (size_t i = 0; i < sizeof greedy / sizeof *greedy; i++) {
        static const char *const names[] = {BACS "2.5.1.1", BACS "2.5.1.2", BACS "2.5.1.3"};
        netsnmp_pdu *request = stage_request(SNMP_MSG_GETBULK, names, 3);
        request->errstat = 0;
        request->errindex = greedy[i];
        const double start = fixture_seconds();
        netsnmp_pdu *answer = stage_ask(client, request);
        cr_expect_lt(fixture_seconds() - start, 0.5, "row %zu", i);
        if (answer != NULL) {
            snmp_free_pdu(answer);
        }
    }
    cr_expect_eq(stage_get(client, BACS "2.1.0"), 0x41);
    snmp_sess_close(client);
}

/* Asks for two repetitions with non-repeaters; names[] is what shall be named, all of it ends. */
static void expect_ends(const char *const *names, size_t count, long others, size_t answers)
{
    void *client = stage_client(SNMP_VERSION_2c, "public");
    netsnmp_pdu *request = stage_request(SNMP_MSG_GETBULK, names, count);
    request->errstat = others;
    request->errindex = 2;
    netsnmp_pdu *answer = stage_ask(client, request);
    cr_assert_not_null(answer);
    const netsnmp_variable_list *at = answer->variables;
    for (size_t i = 0; i < answers; i++) {
        oid wanted[MAX_OID_LEN];
        size_t length = MAX_OID_LEN;
        cr_assert_not_null(snmp_parse_oid(names[i], wanted, &length));
        cr_assert_not_null(at, "%zu of %ld others", i, others);
        cr_expect_eq(at->type, SNMP_ENDOFMIBVIEW);
        cr_expect_eq(snmp_oid_compare(at->name, at->name_length, wanted, length), 0,
                     "%zu of %ld others", i, others);
        at = at->next_variable;
    }
    cr_expect_null(at);
    snmp_free_pdu(answer);
    snmp_sess_close(client);
}

Test(snmp_agent, the_end_has_the_name_that_was_asked_whatever_is_repeated)
{
    static const char *const names[] = {BACS "96", BACS "97", BACS "98", BACS "99"};
    for (long others = 0; others <= 5; others++) {
        expect_ends(names, 4, others, 4);
    }
}

Test(snmp_agent, a_column_that_has_ended_keeps_its_name_beside_one_that_goes_on)
{
    static const char *const names[] = {BACS "1", BACS "2.5", BACS "5.32.0"};
    static const char *const wanted[] = {BACS "1.1.0", BACS "2.5.1.1.1", BACS "5.32.0",
                                         BACS "2.5.1.1.2", BACS "5.32.0"};
    void *client = stage_client(SNMP_VERSION_2c, "public");
    netsnmp_pdu *request = stage_request(SNMP_MSG_GETBULK, names, 3);
    request->errstat = 1;
    request->errindex = 2;
    netsnmp_pdu *answer = stage_ask(client, request);
    cr_assert_not_null(answer);
    const netsnmp_variable_list *at = answer->variables;
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        oid name[MAX_OID_LEN];
        size_t length = MAX_OID_LEN;
        cr_assert_not_null(snmp_parse_oid(wanted[i], name, &length));
        cr_assert_not_null(at);
        cr_expect_eq(snmp_oid_compare(at->name, at->name_length, name, length), 0, "%zu", i);
        cr_expect_eq(at->type == SNMP_ENDOFMIBVIEW, i == 2 || i == 4, "%zu", i);
        at = at->next_variable;
    }
    cr_expect_null(at);
    snmp_free_pdu(answer);
    snmp_sess_close(client);
}

/* ---- opening and closing ---------------------------------------------------------------- */

Test(snmp_agent, it_comes_back_as_often_as_it_is_opened)
{
    char address[40];
    snprintf(address, sizeof address, "127.0.0.1:%d", snmps_agent_port(stage.agent));
    for (int i = 0; i < 20; i++) {
        stage.view.system.status_flags = i;
        snmps_agent_set_uptime(stage.agent, 1000);
        void *client = stage_client(SNMP_VERSION_2c, "public");
        cr_expect_eq(stage_get(client, BACS "2.1.0"), i);
        snmp_sess_close(client);
        stage_agent_close();
        stage_agent_open(address);
        client = stage_client(SNMP_VERSION_2c, "public");
        cr_expect_eq(stage_get(client, ".1.3.6.1.2.1.1.3.0"), 0);
        snmp_sess_close(client);
    }
    snmps_agent_close(NULL);
}

static void expect_refused(const char *address, const char *wanted)
{
    char error[256] = "";
    cr_expect(!stage_agent_try(address, error, sizeof error));
    cr_expect_str_eq(error, wanted);
}

Test(snmp_agent, an_address_that_cannot_be_had_says_why_and_what_to_do)
{
    char taken[40];
    char wanted[200];
    const int fd = stage_socket(0);
    snprintf(taken, sizeof taken, "127.0.0.1:%d", stage_socket_port(fd));
    stage_agent_close();
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
    stage_agent_open("127.0.0.1:0");
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
    snprintf(taken, sizeof taken, "127.0.0.1:%d", snmps_agent_port(stage.agent));
    const int fd = stage_socket(snmps_agent_port(stage.agent));
    send(fd, "\xFF\xFF\xFF", 3, 0);
    send(fd, good, sizeof good, 0);
    stage_turns(5);
    stage_agent_close();
    const int holder = stage_socket(0);
    snprintf(taken, sizeof taken, "127.0.0.1:%d", stage_socket_port(holder));
    cr_expect(!stage_agent_try(taken, error, sizeof error));
    stage_agent_open("127.0.0.1:0");
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
