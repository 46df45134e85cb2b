/*
 * test_snmp_set_agent.c — SET through the real agent: one message whole or not at all, and who is
 * blamed.
 */
#include "snmp_stage.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define BACS  STAGE_BACS
#define NAME  ".1.3.6.1.2.1.1.5.0"
#define TRAPS ".1.3.6.1.2.1.11.30.0"
/* Defaults in mV: 12000 <= 12000 < 14100 <= 15500. */
#define LOW_ALARM  BACS "1.12.0"
#define HIGH_ALARM BACS "1.13.0"
#define LOW_WARN   BACS "1.18.0"
#define HIGH_WARN  BACS "1.19.0"

static void *client;
static void *old_client;
static struct wm_settings before;

static void prepare(void)
{
    stage_open();
    stage_text(wm_text_snmp_write_community, "secret");
    snmps_agent_published(stage.agent);
    client = stage_client(SNMP_VERSION_2c, "secret");
    old_client = stage_client(SNMP_VERSION_1, "secret");
    before = stage.view.settings;
}

static void finish(void)
{
    snmp_sess_close(client);
    snmp_sess_close(old_client);
    stage_close();
}

TestSuite(snmp_set_agent, .init = prepare, .fini = finish);

/* One binding: a number, or a text if there is one. */
struct binding {
    const char *name;
    const char *text;
    long number;
};

#define NUMBER(object, value)                                                                      \
    {                                                                                              \
        .name = (object), .number = (value)                                                        \
    }
#define TEXT(object, value)                                                                        \
    {                                                                                              \
        .name = (object), .text = (value)                                                          \
    }

static netsnmp_pdu *set_make(const struct binding *bindings, size_t count)
{
    netsnmp_pdu *request = snmp_pdu_create(SNMP_MSG_SET);
    for (size_t i = 0; i < count; i++) {
        if (bindings[i].text != NULL) {
            stage_add_octets(request, bindings[i].name, bindings[i].text, strlen(bindings[i].text));
        } else {
            stage_add_number(request, bindings[i].name, ASN_INTEGER, bindings[i].number);
        }
    }
    return request;
}

static void expect_answer_by(void *asker, const struct binding *bindings, size_t count, long error,
                             long index)
{
    netsnmp_pdu *answer = stage_ask(asker, set_make(bindings, count));
    cr_assert_not_null(answer);
    cr_expect_eq(answer->command, SNMP_MSG_RESPONSE);
    cr_expect_eq(answer->errstat, error, "error %ld, wanted %ld", answer->errstat, error);
    cr_expect_eq(answer->errindex, index, "index %ld, wanted %ld", answer->errindex, index);
    /* The bindings are those of the request, whatever came of it (RFC 3416, 4.2.5). */
    size_t bound = 0;
    for (netsnmp_variable_list *at = answer->variables; at != NULL; at = at->next_variable) {
        cr_assert_lt(bound, count);
        cr_expect_eq(at->type, bindings[bound].text != NULL ? ASN_OCTET_STR : ASN_INTEGER);
        bound++;
    }
    cr_expect_eq(bound, count);
    snmp_free_pdu(answer);
}

#define EXPECT(error, index, ...)                                                                  \
    do {                                                                                           \
        static const struct binding bound[] = {__VA_ARGS__};                                       \
        expect_answer_by(client, bound, sizeof bound / sizeof *bound, error, index);               \
    } while (0)

static bool is_unchanged(void)
{
    return memcmp(&before, &stage.view.settings, sizeof before) == 0;
}

/* Told by the event log so often: by us for a refusal of ours, by the core for one of its. */
static void expect_noted(int times, int32_t reason)
{
    cr_expect_eq(stage.webmanager.puts[WM_COMMAND_NOTE], times);
    cr_expect_eq(stage.webmanager.noted, reason);
    stage.webmanager.puts[WM_COMMAND_NOTE] = 0;
    stage.webmanager.noted = 0;
}

/* ---- whole ------------------------------------------------------------------------------ */

Test(snmp_set_agent, one_message_is_one_change_across_all_that_can_be_set)
{
    EXPECT(SNMP_ERR_NOERROR, 0, NUMBER(LOW_ALARM, 1100), TEXT(NAME, "site-7"), NUMBER(TRAPS, 1),
           NUMBER(LOW_WARN, 1150));
    cr_expect_eq(stage.webmanager.puts[WM_COMMAND_CHECK], 1);
    cr_expect_eq(stage.webmanager.puts[WM_COMMAND_CHANGE], 1);
    cr_expect_eq(stage.webmanager.changes, 4);
    expect_noted(0, 0);
    cr_expect_str_eq(stage.view.settings.text.system_name, "site-7");
    cr_expect_eq(stage_get(client, LOW_ALARM), 1100);
    cr_expect_eq(stage_get(client, LOW_WARN), 1150);
    cr_expect_eq(stage_get(client, TRAPS), 1);
    /* The next one starts from nothing. */
    EXPECT(SNMP_ERR_NOERROR, 0, NUMBER(LOW_ALARM, 1090));
    cr_expect_eq(stage.webmanager.changes, 1);
    cr_expect_eq(stage.view.settings.value[wm_setting_voltage_low_alarm], 10900);
}

Test(snmp_set_agent, a_message_without_bindings_changes_nothing)
{
    expect_answer_by(client, NULL, 0, SNMP_ERR_NOERROR, 0);
    cr_expect(is_unchanged());
    cr_expect_eq(stage.webmanager.puts[WM_COMMAND_CHANGE], 0);
}

Test(snmp_set_agent, of_one_object_named_twice_the_last_counts)
{
    EXPECT(SNMP_ERR_NOERROR, 0, NUMBER(LOW_ALARM, 1100), TEXT(NAME, "first"),
           NUMBER(LOW_ALARM, 1050), TEXT(NAME, "last"));
    cr_expect_eq(stage.view.settings.value[wm_setting_voltage_low_alarm], 10500);
    cr_expect_str_eq(stage.view.settings.text.system_name, "last");
}

Test(snmp_set_agent, unit_and_threshold_go_together)
{
    EXPECT(SNMP_ERR_NOERROR, 0, NUMBER(BACS "1.11.0", 1040), NUMBER(BACS "1.20.0", 1));
    cr_expect_eq(stage.view.settings.value[wm_setting_temperature_high_alarm], 40000);
    cr_expect_eq(stage_get(client, BACS "1.11.0"), 1040);
    cr_expect_eq(stage_get(client, BACS "1.10.0"), 410);
}

Test(snmp_set_agent, as_many_bindings_as_there_is_room_for_and_no_more)
{
    enum { ROOM = 64, MOST = 300 };
    static struct binding many[MOST];
    for (int i = 0; i < MOST; i++) {
        many[i] = (struct binding)NUMBER(LOW_ALARM, 1000 + i % 100);
    }
    expect_answer_by(client, many, ROOM, SNMP_ERR_NOERROR, 0);
    cr_expect_eq(stage.view.settings.value[wm_setting_voltage_low_alarm], 10630);
    before = stage.view.settings;
    expect_answer_by(client, many, ROOM + 1, SNMP_ERR_RESOURCEUNAVAILABLE, ROOM + 1);
    expect_answer_by(client, many, MOST, SNMP_ERR_RESOURCEUNAVAILABLE, ROOM + 1);
    expect_answer_by(old_client, many, MOST, SNMP_ERR_GENERR, ROOM + 1);
    cr_expect(is_unchanged());
    expect_answer_by(client, many, 3, SNMP_ERR_NOERROR, 0);
    cr_expect_eq(stage.view.settings.value[wm_setting_voltage_low_alarm], 10020);
}

/* ---- not at all ------------------------------------------------------------------------- */

/* Bindings that are wrong each by itself, and why, by v2c and v1. */
static const struct {
    struct binding binding;
    long error, old_error;
    int32_t reason;
} wrong[] = {
    {TEXT(LOW_ALARM, "1"), SNMP_ERR_WRONGTYPE, SNMP_ERR_BADVALUE, wm_refusal_syntax},
    {NUMBER(NAME, 1), SNMP_ERR_WRONGTYPE, SNMP_ERR_BADVALUE, wm_refusal_syntax},
    {TEXT(NAME, "a b"), SNMP_ERR_WRONGVALUE, SNMP_ERR_BADVALUE, wm_refusal_range},
    {NUMBER(LOW_ALARM, 2101), SNMP_ERR_WRONGVALUE, SNMP_ERR_BADVALUE, wm_refusal_range},
    {NUMBER(TRAPS, 3), SNMP_ERR_WRONGVALUE, SNMP_ERR_BADVALUE, wm_refusal_range},
    {NUMBER(BACS "1.12.1", 1), SNMP_ERR_NOCREATION, SNMP_ERR_NOSUCHNAME, wm_refusal_syntax},
    {NUMBER(BACS "1.1.0", 1), SNMP_ERR_NOTWRITABLE, SNMP_ERR_NOSUCHNAME, wm_refusal_syntax},
    {NUMBER(BACS "2.5.1.2.1", 1), SNMP_ERR_NOTWRITABLE, SNMP_ERR_NOSUCHNAME, wm_refusal_syntax},
    {TEXT(".1.3.6.1.2.1.1.1.0", "x"), SNMP_ERR_NOTWRITABLE, SNMP_ERR_NOSUCHNAME, wm_refusal_syntax},
    {NUMBER(".1.3.6.1.2.1.11.1.0", 1), SNMP_ERR_NOTWRITABLE, SNMP_ERR_NOSUCHNAME,
     wm_refusal_syntax},
    /* Below nothing of ours. */
    {NUMBER(".1.3.6.1.4.1.1.0", 1), SNMP_ERR_NOTWRITABLE, SNMP_ERR_NOSUCHNAME, wm_refusal_syntax},
    {NUMBER(".1.3.6.1.2.1.2.0", 1), SNMP_ERR_NOTWRITABLE, SNMP_ERR_NOSUCHNAME, wm_refusal_syntax},
    {NUMBER(".1.3.6", 1), SNMP_ERR_NOTWRITABLE, SNMP_ERR_NOSUCHNAME, wm_refusal_syntax},
    {NUMBER(BACS "1.12.0", 1600), SNMP_ERR_INCONSISTENTVALUE, SNMP_ERR_BADVALUE,
     wm_refusal_conflict},
};

Test(snmp_set_agent, what_is_wrong_anywhere_changes_nothing_and_is_blamed_and_noted_once)
{
    static const struct binding good[] = {TEXT(NAME, "site-7"), NUMBER(TRAPS, 1),
                                          NUMBER(LOW_WARN, 1250), NUMBER(HIGH_WARN, 1400)};
    enum { GOOD = sizeof good / sizeof *good };
    for (size_t w = 0; w < sizeof wrong / sizeof *wrong; w++) {
        for (size_t at = 0; at <= GOOD; at++) {
            struct binding all[GOOD + 1];
            memcpy(all, good, at * sizeof *good);
            all[at] = wrong[w].binding;
            memcpy(&all[at + 1], &good[at], (GOOD - at) * sizeof *good);
            expect_answer_by(client, all, GOOD + 1, wrong[w].error, (long)at + 1);
            expect_noted(1, wrong[w].reason);
            expect_answer_by(old_client, all, GOOD + 1, wrong[w].old_error, (long)at + 1);
            expect_noted(1, wrong[w].reason);
            cr_expect(is_unchanged(), "row %zu at %zu", w, at);
        }
    }
    cr_expect_eq(stage.webmanager.puts[WM_COMMAND_CHANGE], 0);
    expect_answer_by(client, good, GOOD, SNMP_ERR_NOERROR, 0);
}

Test(snmp_set_agent, of_several_that_are_wrong_the_first_is_blamed)
{
    /* In the order of the message, whichever check and subtree it fails in. */
    EXPECT(SNMP_ERR_WRONGVALUE, 1, NUMBER(LOW_ALARM, -1), NUMBER(NAME, 1));
    EXPECT(SNMP_ERR_WRONGTYPE, 1, NUMBER(NAME, 1), NUMBER(LOW_ALARM, -1));
    EXPECT(SNMP_ERR_WRONGVALUE, 2, NUMBER(LOW_WARN, 1250), NUMBER(LOW_ALARM, -1),
           NUMBER(".1.3.6.1.4.1.1.0", 1), TEXT(NAME, "a b"));
    EXPECT(SNMP_ERR_NOTWRITABLE, 1, NUMBER(".1.3.6.1.4.1.1.0", 1), NUMBER(LOW_ALARM, -1));
    EXPECT(SNMP_ERR_NOCREATION, 1, NUMBER(BACS "1.12.1", 1), NUMBER(LOW_ALARM, -1));
    EXPECT(SNMP_ERR_WRONGTYPE, 2, NUMBER(LOW_WARN, 1250), NUMBER(NAME, 1), NUMBER(LOW_ALARM, -1));
    /* What is wrong by itself comes before what contradicts. */
    EXPECT(SNMP_ERR_WRONGVALUE, 2, NUMBER(LOW_ALARM, 1600), NUMBER(TRAPS, 9));
    cr_expect(is_unchanged());
}

Test(snmp_set_agent, the_binding_that_contradicts_is_blamed)
{
    /* Low alarm above the high one that is in force. */
    EXPECT(SNMP_ERR_INCONSISTENTVALUE, 2, TEXT(NAME, "x"), NUMBER(LOW_ALARM, 1600),
           NUMBER(BACS "1.7.0", 60));
    /* Each alone would do: they contradict one another. */
    EXPECT(SNMP_ERR_INCONSISTENTVALUE, 2, TEXT(NAME, "x"), NUMBER(LOW_WARN, 1405),
           NUMBER(HIGH_WARN, 1402));
    /* Neither alone would do, nor both. */
    EXPECT(SNMP_ERR_INCONSISTENTVALUE, 3, TEXT(NAME, "x"), NUMBER(BACS "1.7.0", 60),
           NUMBER(LOW_ALARM, 1600), NUMBER(LOW_WARN, 1700));
    EXPECT(SNMP_ERR_INCONSISTENTVALUE, 2, NUMBER(BACS "1.7.0", 60), NUMBER(LOW_ALARM, 1600),
           NUMBER(LOW_WARN, 1700));
    cr_expect(is_unchanged());
    /* Both together do, where one alone would not. */
    EXPECT(SNMP_ERR_NOERROR, 0, NUMBER(LOW_WARN, 1420), NUMBER(HIGH_WARN, 1430));
    /* Off is not compared. */
    EXPECT(SNMP_ERR_NOERROR, 0, NUMBER(HIGH_WARN, 0), NUMBER(HIGH_ALARM, 0),
           NUMBER(LOW_WARN, 1600));
}

Test(snmp_set_agent, what_cannot_be_kept_is_undone)
{
    static const struct binding bound[] = {TEXT(NAME, "site-7"), NUMBER(LOW_ALARM, 1100),
                                           NUMBER(TRAPS, 1), NUMBER(LOW_ALARM, 1090)};
    stage.webmanager.status = WM_IO;
    expect_answer_by(client, bound, 4, SNMP_ERR_COMMITFAILED, 1);
    cr_expect_eq(stage.webmanager.puts[WM_COMMAND_CHANGE], 2);
    cr_expect(is_unchanged());
    expect_answer_by(old_client, bound, 4, SNMP_ERR_GENERR, 1);
    cr_expect(is_unchanged());
    /* The event store_failed tells of it. */
    expect_noted(0, 0);
    stage.webmanager.status = WM_OK;
    expect_answer_by(client, bound, 4, SNMP_ERR_NOERROR, 0);
    cr_expect_eq(stage.view.settings.value[wm_setting_voltage_low_alarm], 10900);
}

Test(snmp_set_agent, what_there_is_no_room_for_can_be_tried_again)
{
    static const struct binding bound[] = {NUMBER(LOW_ALARM, 1100), TEXT(NAME, "site-7")};
    stage.webmanager.status = WM_BUSY;
    expect_answer_by(client, bound, 2, SNMP_ERR_RESOURCEUNAVAILABLE, 1);
    cr_expect(is_unchanged());
    cr_expect_eq(stage.webmanager.puts[WM_COMMAND_CHANGE], 1);
    expect_answer_by(old_client, bound, 2, SNMP_ERR_GENERR, 1);
    /* The core has noted what it refused itself. */
    expect_noted(0, 0);
    stage.webmanager.status = WM_OK;
    expect_answer_by(client, bound, 2, SNMP_ERR_NOERROR, 0);
}

/* ---- who may ---------------------------------------------------------------------------- */

Test(snmp_set_agent, the_community_that_reads_sets_nothing)
{
    static const struct binding two[] = {NUMBER(LOW_ALARM, 1100), TEXT(NAME, "site-7")};
    void *reader = stage_client(SNMP_VERSION_2c, "public");
    void *old_reader = stage_client(SNMP_VERSION_1, "public");
    /* RFC 3416, 4.2.5 (1): there is no view in which public may write. */
    expect_answer_by(reader, two, 2, SNMP_ERR_NOACCESS, 1);
    expect_answer_by(old_reader, two, 2, SNMP_ERR_NOSUCHNAME, 1);
    cr_expect(is_unchanged());
    cr_expect_eq(stage_get(reader, LOW_ALARM), 1200);
    /* Outside all there is to see nobody may. */
    EXPECT(SNMP_ERR_NOACCESS, 2, NUMBER(LOW_ALARM, 1100), NUMBER(".2.5.3", 1));
    EXPECT(SNMP_ERR_NOACCESS, 1, NUMBER(".1.2.0", 1), NUMBER(LOW_ALARM, 1100));
    cr_expect(is_unchanged());
    snmp_sess_close(reader);
    snmp_sess_close(old_reader);
}

Test(snmp_set_agent, a_change_of_what_snmp_is_itself_is_answered_by_what_was)
{
    /* The users and communities are made anew while the message is worked on. */
    for (int i = 0; i < 20; i++) {
        char name[20];
        snprintf(name, sizeof name, "site-%d", i);
        const struct binding bound[] = {TEXT(NAME, name), NUMBER(TRAPS, 1 + i % 2)};
        expect_answer_by(client, bound, 2, SNMP_ERR_NOERROR, 0);
        cr_expect_str_eq(stage.view.settings.text.system_name, name);
    }
}
