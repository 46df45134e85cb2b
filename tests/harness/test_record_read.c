/*
 * test_record_read.c — what a record says, and that nothing which is none gets through.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "harness/record/record_read.h"

static const char whole[] = "gbms-bench record 1\n"
                            "scenario a block that gets hot\n"
                            "file scenarios/hot.lua:3\n"
                            "on host\n"
                            "program 0.1.0\n"
                            "uptime 250\n"
                            "setting bus.round_period 2\n"
                            "setting system.location Cellar%202\n"
                            "0.000000 power on\n"
                            "0.000000 bus >a50910010102006b13\n"
                            "0.013501 bus <a50f10010182db34f300000000feef\n"
                            "0.500000 mark hot.lua:7 settle\n"
                            "0.600000 registers 1000=65 3650=1\n"
                            "1.000000 console show%20alarms%0a\n"
                            "1.000000 request 2|1|0|private|||||1.3.6.1=0:-7:|1.3.7=1:0:a%7cb\n"
                            "2.000000 datagram 3000\n"
                            "2.000000 trap added temperature_high\n"
                            "3.000000 power off\n"
                            "3.000000 end passed\n";

static struct hx_run_record record;
static struct hx_text error;

static bool reads(const char *bytes, size_t size)
{
    FILE *file = fmemopen((char *)(uintptr_t)bytes, size > 0 ? size : 1, "r");
    cr_assert_not_null(file);
    if (size == 0) {
        (void)fgetc(file);
    }
    hx_text_free(&error);
    const bool is_good = hx_record_read(&record, file, "x.record", &error);
    fclose(file);
    return is_good;
}

static void forget(void)
{
    hx_record_free(&record);
    hx_text_free(&error);
}

TestSuite(record_read, .fini = forget);

static const struct hx_event *event_of(enum hx_event_kind kind)
{
    size_t i = 0;
    while (i < record.events && record.event[i].kind != kind) {
        i++;
    }
    cr_assert_lt(i, record.events, "no event of kind %d", (int)kind);
    return &record.event[i];
}

Test(record_read, everything_that_was_written_is_there)
{
    cr_assert(reads(whole, sizeof whole - 1), "%s", hx_text_string(&error));
    cr_expect_str_eq(record.scenario, "a block that gets hot");
    cr_expect_eq(record.uptime_ms, 250);
    cr_expect_eq(hx_record_setting(&record, wm_setting_bus_round_period), 2000);
    cr_expect_eq(hx_record_setting(&record, wm_setting_bus_baud), 19200, "the default");
    cr_expect_str_eq(record.settings.item[1].text, "Cellar 2");
    cr_expect_eq(record.events, 11);
    cr_expect_eq(event_of(HX_EVENT_BUS)->size, 9);
    cr_expect_eq((uint8_t)event_of(HX_EVENT_BUS)->text[0], 0xA5);
    cr_expect_eq(record.event[2].time_us, 13501);
    cr_expect(record.event[2].is_on, "the webmanager got it");
    cr_expect_str_eq(event_of(HX_EVENT_MARK)->text, "hot.lua:7 settle");
    cr_expect_str_eq(event_of(HX_EVENT_CONSOLE)->text, "show alarms\n");
    cr_expect_eq(event_of(HX_EVENT_DATAGRAM)->size, 2);
}

/* The record, with another text in the place of one of it. */
static const char *whole_with(const char *from, const char *to)
{
    static char text[2 * sizeof whole];
    const char *at = strstr(whole, from);
    cr_assert_not_null(at);
    (void)snprintf(text, sizeof text, "%.*s%s%s", (int)(at - whole), whole, to, at + strlen(from));
    return text;
}

Test(record_read, a_register_shows_nothing_from_where_the_power_goes_or_nobody_answers)
{
    static const char *const words[] = {"power off", "unread 2.500000"};
    static const int64_t instants_us[] = {3000000, 2500000};
    for (size_t i = 0; i < 2; i++) {
        const char *text = whole_with("power off", words[i]);
        cr_assert(reads(text, strlen(text)), "%s", hx_text_string(&error));
        cr_assert_eq(record.changes, 4);
        cr_expect_eq(record.change[0].number, 1000);
        cr_expect_eq(record.change[0].value, 65);
        cr_expect_eq(record.change[2].number, 1000);
        cr_expect_eq(record.change[2].value, HX_NO_VALUE);
        cr_expect_eq(record.change[3].time_us, instants_us[i]);
        hx_record_free(&record);
    }
}

Test(record_read, a_request_is_the_one_that_was_asked)
{
    static struct hx_question question;
    cr_assert(reads(whole, sizeof whole - 1), "%s", hx_text_string(&error));
    cr_assert(hx_record_request(event_of(HX_EVENT_REQUEST), &question));
    cr_expect_eq(question.request, HX_SET);
    cr_expect_eq(question.asker.version, WM_SNMP_V2C);
    cr_expect_str_eq(question.asker.community, "private");
    cr_assert_eq(question.count, 2);
    cr_expect_eq(question.binding[0].object.length, 4);
    cr_expect_eq(question.binding[0].value.number, -7);
    cr_expect_str_eq(question.binding[1].value.text, "a|b");
}

Test(record_read, one_that_is_cut_off_anywhere_is_refused_in_one_line)
{
    for (size_t size = 0; size < sizeof whole - 1; size++) {
        cr_assert_not(reads(whole, size), "cut off behind byte %zu", size);
        cr_expect_eq(strncmp(hx_text_string(&error), "x.record:", 9), 0);
        cr_expect_null(strchr(hx_text_string(&error), '\n'));
        hx_record_free(&record);
    }
}

Test(record_read, no_single_byte_gets_through_that_would_break_what_follows)
{
    static const char others[] = {'\0', '\n', ' ', '%', '=', '9', 'z', '|', (char)0xFF};
    static struct hx_question question;
    char spoiled[sizeof whole];
    size_t refused = 0;
    for (size_t at = 0; at < sizeof whole - 1; at++) {
        for (size_t i = 0; i < sizeof others; i++) {
            memcpy(spoiled, whole, sizeof whole);
            spoiled[at] = others[i];
            const bool is_good = reads(spoiled, sizeof whole - 1);
            refused += is_good ? 0 : 1;
            cr_expect_eq(is_good, error.size == 0);
            for (size_t e = 0; is_good && e < record.events; e++) {
                if (record.event[e].kind == HX_EVENT_REQUEST) {
                    (void)hx_record_request(&record.event[e], &question);
                }
            }
            hx_record_free(&record);
        }
    }
    cr_expect_gt(refused, sizeof whole);
}

static void refuses(const char *from, const char *to, const char *why)
{
    const char *text = whole_with(from, to);
    cr_expect_not(reads(text, strlen(text)), "%s", to);
    cr_expect_not_null(strstr(hx_text_string(&error), why), "%s", hx_text_string(&error));
    hx_record_free(&record);
}

Test(record_read, what_is_wrong_is_told_with_its_line)
{
    refuses("record 1", "record 2", "x.record:1: no record of this version");
    refuses("scenario a block that gets hot\n", "", "x.record:8: no line \"scenario NAME\"");
    refuses("bus.round_period", "bus.dely", "x.record:7: no setting 'bus.dely'; known: ");
    refuses("0.000000 power on\n", "", "x.record:9: the first event of a record is \"power on\"");
    refuses("0.000000 power on\n", "0.000000 end passed\n", "x.record:9: the first event");
    refuses("power on", "power off", "x.record:9: the first event");
    refuses("0.500000", "0.010000", "x.record:12: no instant");
    refuses("0.500000", "9999999999.000000", "x.record:12: no instant");
    refuses("settle", "set\x1btle", "x.record:12: a control character");
    refuses("power off", "power of", "x.record:18: power is on, off or running");
    refuses("3650=1", "3682=1", "x.record:13: no REGISTER=VALUE");
    refuses("3650=1", "999=1", "x.record:13: no REGISTER=VALUE");
    refuses("=65", "=65536", "x.record:13: no REGISTER=VALUE");
    refuses("<a5", "<a", "x.record:11: no >BYTES or <BYTES");
    refuses("power off", "unread", "x.record:18: no instant since when");
    refuses("power off", "unread 0.599999", "x.record:18: no instant since when");
    refuses("power off", "unread 3.000001", "x.record:18: no instant since when");
    refuses("%0a", "%0", "x.record:14: no text");
    refuses("end passed\n", "end passed\n4.000000 power on\n", "x.record:20: cut off");
    refuses("end passed\n", "trap coldStart\n", "x.record:19: cut off");
    refuses("trap added", "tarp added", "x.record:17: no kind of event");
}
