/*
 * test_mib_view.c — what each OID shows, and the order of a walk, from views made by hand.
 *
 * The walk is held against a list that is made here the slow way: every OID that may exist is asked
 * for, those found are sorted.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "firmware/service/snmp/mib_view.h"
#include "fixture.h"

#define BACS      "1.3.6.1.2.1.33.5."
#define UPTIME_MS 123450

struct name {
    uint32_t oid[WM_OID_MAX + 2];
    size_t length;
};

static struct wm_view view;
static struct snmps_source source = {.view = &view};
static struct snmps_mib mib;

static void prepare(int32_t modules, int32_t strings, int32_t aux_units)
{
    fixture_view(&view, modules, strings, aux_units);
    snmps_mib_fill(&mib);
}

static struct name parse(const char *text)
{
    struct name name = {.length = 0};
    char *end;
    for (const char *at = text; *at != '\0'; at = *end == '.' ? end + 1 : end) {
        name.oid[name.length++] = (uint32_t)strtoul(at, &end, 10);
    }
    return name;
}

static enum snmps_found get(const char *text, struct snmps_value *value)
{
    const struct name name = parse(text);
    memset(value, 0x5A, sizeof *value);
    source.uptime_ms = UPTIME_MS;
    return snmps_get(&mib, &source, name.oid, name.length, value);
}

struct number {
    const char *oid;
    enum snmps_type type;
    int32_t value;
};

static void expect_numbers(const struct number *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct snmps_value value;
        cr_assert_eq(get(rows[i].oid, &value), SNMPS_FOUND, "%s is not there", rows[i].oid);
        cr_expect_eq(value.type, rows[i].type, "type of %s", rows[i].oid);
        cr_expect_eq(value.integer, rows[i].value, "%s is %d, expected %d", rows[i].oid,
                     value.integer, rows[i].value);
    }
}

#define EXPECT(...)                                                                                \
    do {                                                                                           \
        static const struct number rows[] = {__VA_ARGS__};                                         \
        expect_numbers(rows, sizeof rows / sizeof *rows);                                          \
    } while (0)

static void expect_absent(const char *text, enum snmps_found found)
{
    struct snmps_value value;
    cr_expect_eq(get(text, &value), found, "%s", text);
}

Test(mib_view, system_group)
{
    struct snmps_value value;
    static const uint32_t ups[] = {1, 3, 6, 1, 2, 1, 33};
    prepare(18, 2, 1);
    cr_assert_eq(get("1.3.6.1.2.1.1.1.0", &value), SNMPS_FOUND);
    cr_expect_str_eq(value.text, "G.BMS SNMP Agent");
    cr_assert_eq(get("1.3.6.1.2.1.1.2.0", &value), SNMPS_FOUND);
    cr_expect_eq(value.type, SNMPS_OID);
    cr_expect_eq(value.oid_length, 7);
    cr_expect_eq(memcmp(value.oid, ups, sizeof ups), 0);
    cr_assert_eq(get("1.3.6.1.2.1.1.3.0", &value), SNMPS_FOUND);
    cr_expect_eq(value.type, SNMPS_TIMETICKS);
    cr_expect_eq(value.ticks, 12345);
    for (int leaf = 4; leaf <= 6; leaf++) {
        char oid[40];
        snprintf(oid, sizeof oid, "1.3.6.1.2.1.1.%d.0", leaf);
        cr_assert_eq(get(oid, &value), SNMPS_FOUND);
        cr_expect_eq(value.type, SNMPS_OCTETS);
        cr_expect_str_empty(value.text);
    }
    EXPECT({"1.3.6.1.2.1.1.7.0", SNMPS_INTEGER, 64});
    expect_absent("1.3.6.1.2.1.1.8.0", SNMPS_NO_OBJECT);
}

Test(mib_view, uptime_is_cut_to_hundredths_and_wraps_at_2_to_the_32)
{
    cr_expect_eq(snmps_ticks(0), 0);
    cr_expect_eq(snmps_ticks(9), 0);
    cr_expect_eq(snmps_ticks(10), 1);
    cr_expect_eq(snmps_ticks(42949672959), UINT32_MAX);
    cr_expect_eq(snmps_ticks(42949672960), 0);
    cr_expect_eq(snmps_ticks(42949672970), 1);
}

Test(mib_view, settings_show_their_scale)
{
    prepare(18, 2, 1);
    EXPECT({BACS "1.1.0", SNMPS_INTEGER, 0}, {BACS "1.2.0", SNMPS_GAUGE, 2},
           {BACS "1.3.0", SNMPS_GAUGE, 18}, {BACS "1.4.0", SNMPS_INTEGER, 50},
           {BACS "1.5.0", SNMPS_INTEGER, 1200}, {BACS "1.7.0", SNMPS_INTEGER, 720},
           {BACS "1.8.0", SNMPS_INTEGER, 110}, {BACS "1.9.0", SNMPS_INTEGER, 5000},
           {BACS "1.10.0", SNMPS_INTEGER, 50}, {BACS "1.13.0", SNMPS_INTEGER, 1550},
           {BACS "1.20.0", SNMPS_INTEGER, 0}, {BACS "1.21.0", SNMPS_INTEGER, 10500},
           {BACS "1.28.0", SNMPS_INTEGER, 500});
    view.settings.value[wm_setting_temperature_unit] = 1;
    /* 5 degC = 41 degF; the module at 20 degC = 68 degF. */
    EXPECT({BACS "1.10.0", SNMPS_INTEGER, 410}, {BACS "1.11.0", SNMPS_INTEGER, 950},
           {BACS "2.5.1.3.1", SNMPS_INTEGER, 680});
}

Test(mib_view, objects_and_tables)
{
    prepare(18, 2, 1);
    EXPECT({BACS "2.1.0", SNMPS_INTEGER, 0x41}, {BACS "2.2.0", SNMPS_INTEGER, 1294},
           {BACS "2.3.0", SNMPS_INTEGER, 23293}, {BACS "2.4.0", SNMPS_GAUGE, 18},
           {BACS "2.6.0", SNMPS_GAUGE, 2});
    EXPECT({BACS "2.5.1.1.1", SNMPS_INTEGER, 0}, {BACS "2.5.1.2.1", SNMPS_INTEGER, 1200},
           {BACS "2.5.1.1.18", SNMPS_INTEGER, 17}, {BACS "2.5.1.2.18", SNMPS_INTEGER, 1202},
           {BACS "2.5.1.3.18", SNMPS_INTEGER, 217}, {BACS "2.5.1.4.18", SNMPS_INTEGER, 17},
           {BACS "2.5.1.5.18", SNMPS_INTEGER, 417}, {BACS "2.5.1.6.18", SNMPS_INTEGER, 17});
    EXPECT({BACS "2.7.1.1.2", SNMPS_INTEGER, 1}, {BACS "2.7.1.2.2", SNMPS_INTEGER, -200},
           {BACS "2.7.1.3.2", SNMPS_INTEGER, 10100}, {BACS "2.7.1.4.2", SNMPS_INTEGER, 1300},
           {BACS "2.7.1.5.2", SNMPS_INTEGER, 400}, {BACS "2.7.1.6.2", SNMPS_INTEGER, 2},
           {BACS "2.7.1.7.2", SNMPS_INTEGER, 3});
    EXPECT({BACS "3.1.0", SNMPS_GAUGE, 3}, {BACS "3.4.0", SNMPS_GAUGE, 4},
           {BACS "3.5.0", SNMPS_GAUGE, 5});
}

Test(mib_view, a_lost_module_shows_an_integer_0_in_every_unit)
{
    prepare(18, 2, 1);
    view.settings.value[wm_setting_temperature_unit] = 1;
    view.module[3].valid = 0;
    EXPECT({BACS "2.5.1.2.4", SNMPS_INTEGER, 0}, {BACS "2.5.1.3.4", SNMPS_INTEGER, 0},
           {BACS "2.5.1.5.4", SNMPS_INTEGER, 0}, {BACS "2.5.1.6.4", SNMPS_INTEGER, 0});
}

Test(mib_view, aux_lines_of_configured_units_only)
{
    prepare(18, 2, 2);
    EXPECT({BACS "5.1.0", SNMPS_INTEGER, 1}, {BACS "5.2.0", SNMPS_INTEGER, 0},
           {BACS "5.5.0", SNMPS_INTEGER, 0}, {BACS "5.6.0", SNMPS_INTEGER, 1},
           {BACS "5.9.0", SNMPS_INTEGER, 1}, {BACS "5.16.0", SNMPS_INTEGER, 1});
    expect_absent(BACS "5.17.0", SNMPS_NO_INSTANCE);
    expect_absent(BACS "5.32.0", SNMPS_NO_INSTANCE);
    expect_absent(BACS "5.33.0", SNMPS_NO_OBJECT);
    expect_absent(BACS "5.0.0", SNMPS_NO_OBJECT);
}

Test(mib_view, alarm_table)
{
    struct snmps_value value;
    static const uint32_t runaway[] = {WM_OID_BACS, 3, 3, 22};
    prepare(18, 2, 1);
    expect_absent(BACS "3.2.1.1.1", SNMPS_NO_INSTANCE);
    fixture_alarm(&view, 3, 6, 60005);
    view.alarm[0].existed_at_start = 1;
    fixture_alarm(&view, 7, 22, 60005);
    fixture_alarm(&view, INT32_MAX, 39, 0);
    EXPECT({BACS "3.2.1.1.3", SNMPS_INTEGER, 3},
           {BACS "3.2.1.1.2147483647", SNMPS_INTEGER, INT32_MAX});
    cr_assert_eq(get(BACS "3.2.1.2.7", &value), SNMPS_FOUND);
    cr_expect_eq(value.type, SNMPS_OID);
    cr_expect_eq(value.oid_length, 11);
    cr_expect_eq(memcmp(value.oid, runaway, sizeof runaway), 0);
    cr_assert_eq(get(BACS "3.2.1.3.7", &value), SNMPS_FOUND);
    cr_expect_eq(value.type, SNMPS_TIMETICKS);
    cr_expect_eq(value.ticks, 6000);
    cr_assert_eq(get(BACS "3.2.1.3.3", &value), SNMPS_FOUND);
    cr_expect_eq(value.ticks, 0, "it was there at the end of initializing");
    for (int leaf = 1; leaf <= 3; leaf++) {
        static const char *const absent[] = {"0", "1", "2", "4", "6", "8", "4294967295"};
        for (size_t i = 0; i < sizeof absent / sizeof *absent; i++) {
            char oid[60];
            snprintf(oid, sizeof oid, BACS "3.2.1.%d.%s", leaf, absent[i]);
            expect_absent(oid, SNMPS_NO_INSTANCE);
        }
    }
    expect_absent(BACS "3.2.1.4.3", SNMPS_NO_OBJECT);
}

Test(mib_view, absence_tells_objects_from_instances)
{
    prepare(18, 2, 1);
    static const char *const no_object[] = {
        "1",
        "0.0",
        "2.1",
        "1.3.6.1.2.1.1",
        "1.3.6.1.2.1.2.1.0",
        BACS "1",
        BACS "1.0.0",
        BACS "1.29.0",
        BACS "2.5",
        BACS "2.5.1",
        BACS "2.8",
        BACS "2.5.2.1.1",
        BACS "2.5.1.7.1",
        BACS "2.7.1.8.1",
        BACS "3.3.1",
        BACS "4.1",
        BACS "6.1.0",
        "1.3.6.1.2.1.33.4.1.0",
        "1.3.6.1.4.1.1.0",
    };
    static const char *const no_instance[] = {
        "1.3.6.1.2.1.1.3",  "1.3.6.1.2.1.1.3.1", BACS "1.1",       BACS "1.1.1",
        BACS "1.1.0.0",     BACS "2.5.1.1",      BACS "2.5.1.1.0", BACS "2.5.1.1.19",
        BACS "2.5.1.6.512", BACS "2.5.1.1.1.1",  BACS "2.7.1.7.3", BACS "2.5.1.1.4294967295",
    };
    for (size_t i = 0; i < sizeof no_object / sizeof *no_object; i++) {
        expect_absent(no_object[i], SNMPS_NO_OBJECT);
    }
    for (size_t i = 0; i < sizeof no_instance / sizeof *no_instance; i++) {
        expect_absent(no_instance[i], SNMPS_NO_INSTANCE);
    }
}

/* ---- order ------------------------------------------------------------------------------ */

static int name_compare(const void *left, const void *right)
{
    const struct name *a = left;
    const struct name *b = right;
    return snmps_oid_compare(a->oid, a->length, b->oid, b->length);
}

/* Every OID that exists, found by asking for all that might; returns how many. */
static size_t names_list(struct name *names)
{
    size_t count = 0;
    for (size_t c = 0; c < mib.columns_count; c++) {
        for (uint32_t instance = 0; instance <= 600; instance++) {
            struct snmps_value value;
            struct name *name = &names[count];
            memcpy(name->oid, mib.columns[c].oid, sizeof mib.columns[c].oid);
            name->length = mib.columns[c].length;
            name->oid[name->length++] = instance;
            count += snmps_get(&mib, &source, name->oid, name->length, &value) == SNMPS_FOUND;
        }
    }
    qsort(names, count, sizeof *names, name_compare);
    return count;
}

static void expect_next(const struct name *from, const struct name *wanted)
{
    struct snmps_place place;
    uint32_t oid[WM_OID_MAX];
    const bool is_there = snmps_next(&mib, &view, from->oid, from->length, &place);
    cr_assert_eq(is_there, wanted != NULL);
    if (wanted != NULL) {
        const size_t length = snmps_place_oid(&mib, &place, oid);
        cr_assert_eq(snmps_oid_compare(oid, length, wanted->oid, wanted->length), 0);
    }
}

/* The next of each name, and of what lies just behind and before it, is the name after it. */
static void expect_walk(size_t expected)
{
    static struct name names[5000];
    const size_t count = names_list(names);
    struct snmps_place place;
    cr_assert_eq(count, expected, "%zu instances", count);
    for (size_t i = 0; i < count; i++) {
        const struct name *after = i + 1 < count ? &names[i + 1] : NULL;
        struct name name = names[i];
        expect_next(&name, after);
        name.oid[name.length++] = 0;
        expect_next(&name, after);
        name.oid[name.length - 1] = UINT32_MAX;
        expect_next(&name, after);
    }
    cr_assert(snmps_next(&mib, &view, NULL, 0, &place));
    for (size_t i = 0; i < count; i++) {
        uint32_t oid[WM_OID_MAX];
        const size_t length = snmps_place_oid(&mib, &place, oid);
        cr_assert_eq(snmps_oid_compare(oid, length, names[i].oid, names[i].length), 0);
        cr_assert_eq(snmps_after(&mib, &view, &place), i + 1 < count);
    }
}

Test(mib_view, a_walk_meets_every_instance_once_in_order)
{
    /* 7 system, 30 snmp, 28 settings, 5 objects, 3 counters: 73 scalars, whatever the plant. */
    static const struct {
        int32_t modules, strings, aux_units;
    } plants[] = {{1, 1, 0}, {18, 2, 1}, {512, 16, 4}, {512, 1, 3}};
    for (size_t i = 0; i < sizeof plants / sizeof *plants; i++) {
        prepare(plants[i].modules, plants[i].strings, plants[i].aux_units);
        const size_t rows =
            (size_t)(6 * plants[i].modules + 7 * plants[i].strings + 8 * plants[i].aux_units);
        expect_walk(73 + rows);
        for (uint32_t id = 1; id <= WM_ALARM_ROWS_MAX; id++) {
            fixture_alarm(&view, id * 15, (int32_t)id, 0);
        }
        expect_walk(73 + rows + 3 * WM_ALARM_ROWS_MAX);
    }
}

Test(mib_view, next_jumps_every_hole)
{
    prepare(18, 2, 1);
    fixture_alarm(&view, 7, 22, 0);
    static const struct {
        const char *from, *to;
    } holes[] = {
        {"0", "1.3.6.1.2.1.1.1.0"},
        {"1.3.6.1.2.1.1", "1.3.6.1.2.1.1.1.0"},
        {"1.3.6.1.2.1.1.7.0", "1.3.6.1.2.1.11.1.0"},
        {"1.3.6.1.2.1.11.6.0", "1.3.6.1.2.1.11.8.0"},
        {"1.3.6.1.2.1.11.22.0", "1.3.6.1.2.1.11.24.0"},
        {"1.3.6.1.2.1.11.32.0", BACS "1.1.0"},
        {"1.3.6.1.2.1.2.2.1", "1.3.6.1.2.1.11.1.0"},
        {"1.3.6.1.2.1.33.4", BACS "1.1.0"},
        {BACS "1.28.0", BACS "2.1.0"},
        {BACS "2.4.0", BACS "2.5.1.1.1"},
        {BACS "2.5", BACS "2.5.1.1.1"},
        {BACS "2.5.1.1.0", BACS "2.5.1.1.1"},
        {BACS "2.5.1.1.0.9", BACS "2.5.1.1.1"},
        {BACS "2.5.1.1.18", BACS "2.5.1.2.1"},
        {BACS "2.5.1.1.4294967295", BACS "2.5.1.2.1"},
        {BACS "2.5.1.6.18", BACS "2.6.0"},
        {BACS "2.5.1.7", BACS "2.6.0"},
        {BACS "2.7.1.7.2", BACS "3.1.0"},
        {BACS "3.1.0", BACS "3.2.1.1.7"},
        {BACS "3.2.1.1.6", BACS "3.2.1.1.7"},
        {BACS "3.2.1.3.7", BACS "3.4.0"},
        {BACS "3.3.5", BACS "3.4.0"},
        {BACS "3.5.0", BACS "5.1.0"},
        {BACS "4.1", BACS "5.1.0"},
    };
    for (size_t i = 0; i < sizeof holes / sizeof *holes; i++) {
        const struct name from = parse(holes[i].from);
        const struct name to = parse(holes[i].to);
        expect_next(&from, &to);
    }
    static const char *const ends[] = {
        BACS "5.8.0", BACS "5.9", BACS "5.32.0", BACS "9", "1.3.6.1.2.1.34", "1.3.6.1.4", "2"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        const struct name end = parse(ends[i]);
        expect_next(&end, NULL);
    }
}
