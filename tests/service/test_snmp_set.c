/*
 * test_snmp_set.c — what a binding of a SET means, and why it is refused (RFC 3416, 4.2.5).
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "firmware/service/snmp/set.h"
#include "fixture.h"

#define BACS "1.3.6.1.2.1.33.5."

static struct wm_view view;
static struct snmps_mib mib;

static void prepare(void)
{
    fixture_view(&view, 18, 2, 1);
    snmps_mib_fill(&mib);
}

TestSuite(snmp_set, .init = prepare);

static size_t parse(const char *text, uint32_t *oid)
{
    size_t length = 0;
    char *end;
    for (const char *at = text; *at != '\0'; at = *end == '.' ? end + 1 : end) {
        oid[length++] = (uint32_t)strtoul(at, &end, 10);
    }
    return length;
}

/* Takes it, and, if it is taken, makes it a change among others. */
static enum snmps_refusal meet(const char *name, const struct snmps_written *written,
                               struct wm_change *change)
{
    static struct snmps_wish wish;
    uint32_t oid[20];
    const size_t length = parse(name, oid);
    enum snmps_refusal refusal = snmps_set_take(&mib, oid, length, written, &wish);
    return refusal != SNMPS_TAKEN ? refusal
                                  : snmps_set_change(&wish, &wish, 1, &view.settings, change);
}

static enum snmps_refusal meet_number(const char *name, int64_t number, struct wm_change *change)
{
    const struct snmps_written written = {.type = SNMPS_INTEGER, .integer = number};
    return meet(name, &written, change);
}

static enum snmps_refusal meet_octets(const char *name, const void *octets, size_t size,
                                      struct wm_change *change)
{
    const struct snmps_written written = {.type = SNMPS_OCTETS, .octets = octets, .size = size};
    return meet(name, &written, change);
}

/* ---- refusals --------------------------------------------------------------------------- */

Test(snmp_set, nothing_but_what_can_be_set_is_writable)
{
    static const char *const names[] = {
        "1",
        "1.3.6.1.2.1.1",
        "1.3.6.1.2.1.1.1.0",
        "1.3.6.1.2.1.1.2.0",
        "1.3.6.1.2.1.1.3.0",
        "1.3.6.1.2.1.1.7.0",
        "1.3.6.1.2.1.1.8.0",
        "1.3.6.1.2.1.11.1.0",
        "1.3.6.1.2.1.11.29.0",
        "1.3.6.1.2.1.11.31.0",
        "1.3.6.1.4.1.1.0",
        BACS "1.1.0",
        BACS "1.4.0",
        BACS "1.6.0",
        BACS "1.29.0",
        BACS "2.1.0",
        BACS "2.5.1.2.1",
        BACS "3.2.1.1.1",
        BACS "5.5.0",
        "2.0",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct wm_change change;
        cr_expect_eq(meet_number(names[i], 1, &change), SNMPS_NOT_WRITABLE, "%s", names[i]);
        cr_expect_eq(meet_octets(names[i], "", 0, &change), SNMPS_NOT_WRITABLE, "%s", names[i]);
    }
}

#define LOW_ALARM BACS "1.12."
#define CONTACT   "1.3.6.1.2.1.1.4."
#define NAME      "1.3.6.1.2.1.1.5."
#define TRAPS     "1.3.6.1.2.1.11.30."

Test(snmp_set, what_is_wrong_is_told_in_the_order_of_the_rfc)
{
    static char long_text[300];
    memset(long_text, 'x', sizeof long_text);
    static const struct {
        const char *name;
        struct snmps_written written;
        enum snmps_refusal refusal;
    } rows[] = {
        /* the type comes first */
        {LOW_ALARM "0", {.type = SNMPS_OCTETS, .octets = "1", .size = 1}, SNMPS_WRONG_TYPE},
        {LOW_ALARM "0", {.type = SNMPS_GAUGE, .integer = 1100}, SNMPS_WRONG_TYPE},
        {LOW_ALARM "0", {.is_other_type = true, .integer = 1100}, SNMPS_WRONG_TYPE},
        {LOW_ALARM "1", {.is_other_type = true}, SNMPS_WRONG_TYPE},
        {CONTACT "0", {.type = SNMPS_INTEGER, .integer = 1}, SNMPS_WRONG_TYPE},
        {CONTACT "0", {.type = SNMPS_OID}, SNMPS_WRONG_TYPE},
        {CONTACT "7", {.is_other_type = true}, SNMPS_WRONG_TYPE},
        /* then the length */
        {CONTACT "0", {.type = SNMPS_OCTETS, .octets = long_text, .size = 256}, SNMPS_WRONG_LENGTH},
        {CONTACT "1", {.type = SNMPS_OCTETS, .octets = long_text, .size = 256}, SNMPS_WRONG_LENGTH},
        /* then the value */
        {CONTACT "0", {.type = SNMPS_OCTETS, .octets = "a\nb", .size = 3}, SNMPS_WRONG_VALUE},
        {CONTACT "1", {.type = SNMPS_OCTETS, .octets = "a\nb", .size = 3}, SNMPS_WRONG_VALUE},
        {LOW_ALARM "0", {.type = SNMPS_INTEGER, .integer = -1}, SNMPS_WRONG_VALUE},
        {LOW_ALARM "1", {.type = SNMPS_INTEGER, .integer = -1}, SNMPS_WRONG_VALUE},
        {LOW_ALARM "0.0", {.type = SNMPS_INTEGER, .integer = INT64_MAX}, SNMPS_WRONG_VALUE},
        /* and the instance last */
        {LOW_ALARM "1", {.type = SNMPS_INTEGER, .integer = 1100}, SNMPS_NO_CREATION},
        {LOW_ALARM "0.0", {.type = SNMPS_INTEGER, .integer = 1100}, SNMPS_NO_CREATION},
        {BACS "1.12", {.type = SNMPS_INTEGER, .integer = 1100}, SNMPS_NO_CREATION},
        {CONTACT "1", {.type = SNMPS_OCTETS, .octets = "x", .size = 1}, SNMPS_NO_CREATION},
        {TRAPS "1", {.type = SNMPS_INTEGER, .integer = 1}, SNMPS_NO_CREATION},
        {LOW_ALARM "0", {.type = SNMPS_INTEGER, .integer = 1100}, SNMPS_TAKEN},
        {CONTACT "0", {.type = SNMPS_OCTETS, .octets = "x", .size = 1}, SNMPS_TAKEN},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct wm_change change;
        cr_expect_eq(meet(rows[i].name, &rows[i].written, &change), rows[i].refusal, "row %zu", i);
    }
}

/* ---- texts ------------------------------------------------------------------------------ */

static void expect_text(const char *name, const char *octets, size_t size,
                        enum snmps_refusal refusal)
{
    struct wm_change change;
    cr_expect_eq(meet_octets(name, octets, size, &change), refusal, "%.*s of %zu", (int)size,
                 octets, size);
    if (refusal == SNMPS_TAKEN) {
        cr_assert_not_null(change.string);
        cr_expect_eq(strlen(change.string), size);
        cr_expect_eq(memcmp(change.string, octets, size), 0);
    }
}

Test(snmp_set, a_text_has_its_length_and_form)
{
    static char text[256];
    memset(text, '~', sizeof text);
    expect_text(CONTACT "0", text, 0, SNMPS_TAKEN);
    expect_text(CONTACT "0", text, 1, SNMPS_TAKEN);
    expect_text(CONTACT "0", text, 254, SNMPS_TAKEN);
    expect_text(CONTACT "0", text, 255, SNMPS_TAKEN);
    expect_text(CONTACT "0", text, 256, SNMPS_WRONG_LENGTH);
    expect_text(CONTACT "0", "A. Meyer, +49 1", 15, SNMPS_TAKEN);
    expect_text(NAME "0", "site-7.example", 14, SNMPS_TAKEN);
    expect_text(NAME "0", "site 7", 6, SNMPS_WRONG_VALUE);
    /* Not what comes before it either. */
    expect_text(CONTACT "0", "ab\0cd", 5, SNMPS_WRONG_VALUE);
    expect_text(CONTACT "0", "\0", 1, SNMPS_WRONG_VALUE);
    expect_text(CONTACT "0", "ab\0", 3, SNMPS_WRONG_VALUE);
    expect_text(CONTACT "0", "\"", 1, SNMPS_WRONG_VALUE);
    expect_text(CONTACT "0", "\xC3\xA4", 2, SNMPS_WRONG_VALUE);
    expect_text(CONTACT "0", "\x7F", 1, SNMPS_WRONG_VALUE);
}

/* ---- numbers ---------------------------------------------------------------------------- */

/* The name of an object that shows a setting. */
static const char *name_of(enum wm_setting setting, char *name, size_t size)
{
    snprintf(name, size, BACS "1.%ld.0", (long)wm_setting(setting)->snmp_leaf);
    return name;
}

static void expect_end(const char *name, int64_t shown, enum snmps_refusal refusal)
{
    struct wm_change change;
    cr_expect_eq(meet_number(name, shown, &change), refusal, "%s = %ld", name, (long)shown);
}

Test(snmp_set, every_object_takes_both_ends_of_its_range_and_nothing_beyond)
{
    int objects = 0;
    for (int s = 0; s < wm_setting_count; s++) {
        const struct wm_setting_row *row = wm_setting((enum wm_setting)s);
        char name[60];
        if (row->access != WM_ACCESS_RW || row->snmp_leaf == WM_NO_OBJECT) {
            continue;
        }
        objects++;
        name_of((enum wm_setting)s, name, sizeof name);
        const int32_t least = wm_encode(row->snmp_encoding, row->unit, row->min, &view.settings);
        const int32_t most = wm_encode(row->snmp_encoding, row->unit, row->max, &view.settings);
        struct wm_change change;
        cr_expect_eq(meet_number(name, least, &change), SNMPS_TAKEN, "%s", row->name);
        cr_expect_eq(change.setting, s);
        cr_expect_eq(change.value, row->min, "%s", row->name);
        cr_expect_eq(meet_number(name, most, &change), SNMPS_TAKEN, "%s", row->name);
        cr_expect_eq(change.value, row->max, "%s", row->name);
        expect_end(name, (int64_t)least - 1, SNMPS_WRONG_VALUE);
        expect_end(name, (int64_t)most + 1, SNMPS_WRONG_VALUE);
        expect_end(name, INT32_MIN, SNMPS_WRONG_VALUE);
        expect_end(name, INT32_MAX, SNMPS_WRONG_VALUE);
        expect_end(name, INT64_MIN, SNMPS_WRONG_VALUE);
        expect_end(name, INT64_MAX, SNMPS_WRONG_VALUE);
        /* What would be in range if its high bits were lost. */
        expect_end(name, (int64_t)most + (INT64_C(1) << 32), SNMPS_WRONG_VALUE);
    }
    cr_expect_eq(objects, 22);
}

Test(snmp_set, authentication_traps_are_enabled_by_1_and_disabled_by_2)
{
    struct wm_change change;
    cr_expect_eq(meet_number(TRAPS "0", 1, &change), SNMPS_TAKEN);
    cr_expect_eq(change.setting, wm_setting_snmp_authentication_traps);
    cr_expect_eq(change.value, 1);
    cr_expect_eq(meet_number(TRAPS "0", 2, &change), SNMPS_TAKEN);
    cr_expect_eq(change.value, 0);
    expect_end(TRAPS "0", 0, SNMPS_WRONG_VALUE);
    expect_end(TRAPS "0", 3, SNMPS_WRONG_VALUE);
    expect_end(TRAPS "0", INT32_MIN, SNMPS_WRONG_VALUE);
    expect_end(TRAPS "0", INT32_MAX, SNMPS_WRONG_VALUE);
}

/* ---- temperatures ----------------------------------------------------------------------- */

#define UNIT BACS "1.20."
#define HIGH BACS "1.11."

/* What bindings that come together change; false if one is refused. */
static bool meet_all(const char *const *names, const int32_t *shown, size_t count,
                     struct wm_change *changes)
{
    static struct snmps_wish wishes[4];
    bool is_taken = true;
    for (size_t i = 0; i < count; i++) {
        uint32_t oid[20];
        const size_t length = parse(names[i], oid);
        const struct snmps_written written = {.type = SNMPS_INTEGER, .integer = shown[i]};
        (void)snmps_set_take(&mib, oid, length, &written, &wishes[i]);
    }
    for (size_t i = 0; i < count; i++) {
        is_taken = snmps_set_change(&wishes[i], wishes, count, &view.settings, &changes[i]) ==
                       SNMPS_TAKEN &&
                   is_taken;
    }
    return is_taken;
}

Test(snmp_set, a_temperature_is_in_the_unit_that_will_be_in_force)
{
    static const struct {
        int32_t unit; /* in force before */
        const char *names[3];
        int32_t shown[3];
        size_t count;
        size_t at; /* of the temperature */
        int32_t mdegC;
    } rows[] = {
        {0, {HIGH "0"}, {400}, 1, 0, 40000},
        {1, {HIGH "0"}, {1040}, 1, 0, 40000},
        {0, {UNIT "0", HIGH "0"}, {1, 1040}, 2, 1, 40000},
        {0, {HIGH "0", UNIT "0"}, {1040, 1}, 2, 0, 40000},
        {1, {HIGH "0", UNIT "0"}, {400, 0}, 2, 0, 40000},
        /* the last of two units */
        {0, {UNIT "0", HIGH "0", UNIT "0"}, {1, 400, 0}, 3, 1, 40000},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct wm_change changes[4];
        view.settings.value[wm_setting_temperature_unit] = rows[i].unit;
        cr_expect(meet_all(rows[i].names, rows[i].shown, rows[i].count, changes), "row %zu", i);
        cr_expect_eq(changes[rows[i].at].setting, wm_setting_temperature_high_alarm);
        cr_expect_eq(changes[rows[i].at].value, rows[i].mdegC, "row %zu", i);
    }
}

Test(snmp_set, what_is_no_unit_changes_none)
{
    static const char *const names[] = {HIGH "0", UNIT "0"};
    static const char *const elsewhere[] = {HIGH "0", UNIT "1"};
    struct wm_change changes[4];
    cr_expect(!meet_all(names, (const int32_t[]){1000, 2}, 2, changes));
    cr_expect_eq(changes[0].value, 100000);
    cr_expect(!meet_all(elsewhere, (const int32_t[]){1000, 1}, 2, changes));
    cr_expect_eq(changes[0].value, 100000);
}

Test(snmp_set, what_is_set_is_what_is_read_in_both_units)
{
    for (int32_t unit = 0; unit <= 1; unit++) {
        view.settings.value[wm_setting_temperature_unit] = unit;
        const int32_t least = unit == 0 ? -250 : -130;
        const int32_t most = unit == 0 ? 1000 : 2120;
        for (int32_t shown = least; shown <= most; shown++) {
            struct wm_change change;
            cr_assert_eq(meet_number(HIGH "0", shown, &change), SNMPS_TAKEN, "%d", shown);
            const struct wm_setting_row *row = wm_setting(wm_setting_temperature_high_alarm);
            cr_assert_eq(wm_encode(row->snmp_encoding, row->unit, change.value, &view.settings),
                         shown);
        }
        expect_end(HIGH "0", least - 1, SNMPS_WRONG_VALUE);
        expect_end(HIGH "0", most + 1, SNMPS_WRONG_VALUE);
    }
}

Test(snmp_set, a_change_is_taken_back_by_what_was)
{
    struct wm_change change;
    struct wm_change reverse;
    cr_assert_eq(meet_number(LOW_ALARM "0", 1100, &change), SNMPS_TAKEN);
    snmps_set_reverse(&change, &view.settings, &reverse);
    cr_expect_eq(reverse.setting, wm_setting_voltage_low_alarm);
    cr_expect_eq(reverse.value, 12000);
    cr_expect_null(reverse.string);
    cr_assert_eq(wm_text_set(&view.settings, wm_text_system_contact, "before"), WM_OK);
    cr_assert_eq(meet_octets(CONTACT "0", "after", 5, &change), SNMPS_TAKEN);
    snmps_set_reverse(&change, &view.settings, &reverse);
    cr_expect_eq(reverse.text, wm_text_system_contact);
    cr_expect_str_eq(reverse.string, "before");
}
