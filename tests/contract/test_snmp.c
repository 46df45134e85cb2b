/*
 * test_snmp.c — points, settings, alarms and aux lines against the guide's list of SNMP objects.
 *
 * Both directions. Where this project decided otherwise, the row stands in `decided` below with
 * the number of the decision; a row there that no longer differs fails.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "csv.h"
#include "wm/catalog.h"
#include "wm/limits.h"

#define BACS "1.3.6.1.2.1.33.5."

/* Objects whose name is not the guide's. */
static const struct {
    const char *oid;
    const char *name;
    const char *decision;
} decided[] = {
    {BACS "2.6.0", "bacsNumStringsInstalled", "S12"},
};
#define DECIDED (sizeof decided / sizeof decided[0])

/* Objects of the alarm table and the notifications: structure, not rows of a table of ours. */
static const struct {
    const char *oid;
    int32_t group;
    int32_t leaf;
    const char *access;
} structure[] = {
    {BACS "3.2.1.1.ID", WM_SNMP_ALARMS, WM_SNMP_ALARM_TABLE, "ro"},
    {BACS "3.2.1.2.ID", WM_SNMP_ALARMS, WM_SNMP_ALARM_TABLE, "ro"},
    {BACS "3.2.1.3.ID", WM_SNMP_ALARMS, WM_SNMP_ALARM_TABLE, "ro"},
    {BACS "4.1", WM_SNMP_TRAPS, WM_SNMP_ENTRY_ADDED, "notification"},
    {BACS "4.2", WM_SNMP_TRAPS, WM_SNMP_ENTRY_REMOVED, "notification"},
};
#define STRUCTURE (sizeof structure / sizeof structure[0])

/* "1.3.6.1.2.1.33.5.2.5.1.2.N" for column 2 of the module table, or with the number for N. */
static void point_oid_text(enum wm_point point, int32_t number, bool is_column, char *text,
                           size_t size)
{
    uint32_t oid[WM_OID_MAX];
    const size_t length = wm_point_oid(point, number, oid);
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < length; i++) {
        const char *dot = i > 0 ? "." : "";
        if (is_column && i + 1 == length) {
            (void)snprintf(text + used, size - used, "%sN", dot);
        } else {
            (void)snprintf(text + used, size - used, "%s%u", dot, (unsigned)oid[i]);
        }
        used += strlen(text + used);
    }
}

/* "gxRAUXuInputi" with unit and line of an aux line for u and i; else the name as it is. */
static void point_name_text(const struct wm_point_row *row, int32_t number, char *text, size_t size)
{
    (void)snprintf(text, size, "%s", row->snmp_name);
    if (row->scope == wm_scope_aux_input || row->scope == wm_scope_aux_output) {
        const size_t length = strlen(text);
        char *unit = strchr(text, 'u');
        cr_assert_not_null(unit);
        cr_assert_eq(text[length - 1], 'i');
        *unit = (char)('1' + (number - 1) / WM_AUX_LINES);
        text[length - 1] = (char)('1' + (number - 1) % WM_AUX_LINES);
    }
}

/* The object's row in the guide's list; false if it is not printed there. */
static bool find_printed(struct csv *csv, const char *oid)
{
    csv_open(csv, "snmp_objects.csv");
    while (csv_next(csv)) {
        if (strcmp(csv_text(csv, "oid"), oid) == 0) {
            (void)fclose(csv->file);
            return true;
        }
    }
    return false;
}

static void check_name(const struct csv *csv, const char *oid, const char *name)
{
    for (size_t i = 0; i < DECIDED; i++) {
        if (strcmp(decided[i].oid, oid) == 0) {
            cr_assert_str_eq(name, decided[i].name, "%s: decision %s", oid, decided[i].decision);
            cr_assert_str_neq(name, csv_text(csv, "name"), "%s: decision %s changes nothing", oid,
                              decided[i].decision);
            return;
        }
    }
    cr_assert_str_eq(name, csv_text(csv, "name"), "%s:%d", csv->name, csv->line);
}

/* Scale and type (decision S6): counts Gauge32, the rest INTEGER. */
static void check_encoding(const struct csv *csv, struct wm_encoding encoding, enum wm_unit unit)
{
    const struct wm_unit_row *row = wm_unit(unit);
    const char *printed_unit = csv_text(csv, "unit");
    const double scale = strtod(csv_text(csv, "scale"), NULL);
    const bool is_count = strcmp(printed_unit, "count") == 0;

    cr_assert_eq(encoding.kind == WM_ENCODE_GAUGE, is_count, "%s:%d: type", csv->name, csv->line);
    if (strncmp(printed_unit, "degC", 4) == 0) {
        cr_assert_eq(encoding.kind, WM_ENCODE_TEMPERATURE, "%s:%d", csv->name, csv->line);
        cr_assert_float_eq(scale, 0.1, 1e-9, "%s:%d", csv->name, csv->line);
        return;
    }
    const int32_t divisor = encoding.kind == WM_ENCODE_LINEAR ? encoding.divisor : 1;
    cr_assert_float_eq(scale, (double)divisor / row->per_natural, 1e-9, "%s:%d: scale of %s",
                       csv->name, csv->line, csv_text(csv, "name"));
    /* An enum is a choice here; a plain unit has its own name, a natural one the person's. */
    const char *name = row->natural_name[0] != '\0' ? row->natural_name : row->name;
    const bool is_enum = strcmp(printed_unit, "enum") == 0;
    cr_assert_str_eq(is_enum ? "choice" : printed_unit, name, "%s:%d: unit", csv->name, csv->line);
}

Test(snmp, every_point_is_printed_in_the_guide_with_name_access_type_and_scale)
{
    struct csv csv;
    for (int i = 0; i < wm_point_count; i++) {
        const enum wm_point point = (enum wm_point)i;
        const struct wm_point_row *row = wm_point(point);
        const bool is_column = row->scope == wm_scope_string || row->scope == wm_scope_module;
        const int32_t items = is_column ? 1 : wm_scope_items_max(row->scope);
        for (int32_t number = 1; row->snmp_group != WM_NO_OBJECT && number <= items; number++) {
            char oid[96];
            char name[64];
            point_oid_text(point, number, is_column, oid, sizeof oid);
            point_name_text(row, number, name, sizeof name);
            cr_assert(find_printed(&csv, oid), "%s %s is not in the guide", oid, name);
            check_name(&csv, oid, name);
            cr_assert_str_eq(csv_text(&csv, "access"), "ro", "%s", oid);
            check_encoding(&csv, row->snmp_encoding, row->unit);
        }
    }
}

Test(snmp, tables_have_an_instance_for_every_item_and_no_other)
{
    static const struct {
        enum wm_point point;
        const char *last;
    } rows[] = {
        {wm_point_module_alarm, BACS "2.5.1.6.512"},
        {wm_point_string_alarm2, BACS "2.7.1.7.16"},
        {wm_point_aux_output_level, BACS "5.32.0"},
        {wm_point_system_status, BACS "2.1.0"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char oid[96];
        const int32_t items = wm_scope_items_max(wm_point(rows[i].point)->scope);
        point_oid_text(rows[i].point, items, false, oid, sizeof oid);
        cr_assert_str_eq(oid, rows[i].last);
        uint32_t arcs[WM_OID_MAX];
        cr_assert_eq(wm_point_oid(rows[i].point, 0, arcs), 0);
        cr_assert_eq(wm_point_oid(rows[i].point, items + 1, arcs), 0);
    }
}

Test(snmp, every_setting_is_printed_in_the_guide_with_name_access_type_and_scale)
{
    struct csv csv;
    for (int i = 0; i < wm_setting_count; i++) {
        const struct wm_setting_row *row = wm_setting((enum wm_setting)i);
        if (row->snmp_leaf == WM_NO_OBJECT) {
            cr_assert_eq(row->access, WM_ACCESS_NONE, "%s", row->name);
            continue;
        }
        char oid[96];
        (void)snprintf(oid, sizeof oid, BACS "%d.%d.0", WM_SNMP_SETTINGS, (int)row->snmp_leaf);
        cr_assert(find_printed(&csv, oid), "%s %s is not in the guide", oid, row->snmp_name);
        check_name(&csv, oid, row->snmp_name);
        cr_assert_str_eq(csv_text(&csv, "access"), row->access == WM_ACCESS_RW ? "rw" : "ro", "%s",
                         row->name);
        check_encoding(&csv, row->snmp_encoding, row->unit);
    }
}

Test(snmp, every_well_known_alarm_is_printed_in_the_guide_by_number_and_name)
{
    struct csv csv;
    int numbered = 0;
    for (int i = 0; i < wm_alarm_count; i++) {
        const struct wm_alarm_row *row = wm_alarm((enum wm_alarm)i);
        if (row->number == 0) {
            cr_assert_null(row->snmp_name, "%s", row->name);
            continue;
        }
        numbered++;
        char oid[96];
        (void)snprintf(oid, sizeof oid, BACS "%d.%d.%d", WM_SNMP_ALARMS, WM_SNMP_WELL_KNOWN,
                       (int)row->number);
        cr_assert(find_printed(&csv, oid), "%s %s is not in the guide", oid, row->name);
        check_name(&csv, oid, row->snmp_name);
        cr_assert_str_eq(csv_text(&csv, "access"), "identity", "%s", row->name);
    }
    cr_assert_eq(numbered, WM_ALARM_ROWS_MAX);
}

/* How many rows of our tables have this OID of the guide. */
static int rows_with(const char *printed)
{
    int count = 0;
    char oid[96];
    for (int i = 0; i < wm_point_count; i++) {
        const enum wm_point point = (enum wm_point)i;
        const enum wm_scope scope = wm_point(point)->scope;
        const bool is_column = scope == wm_scope_string || scope == wm_scope_module;
        const int32_t items = is_column ? 1 : wm_scope_items_max(scope);
        for (int32_t number = 1; number <= items; number++) {
            point_oid_text(point, number, is_column, oid, sizeof oid);
            count += strcmp(oid, printed) == 0;
        }
    }
    for (int i = 0; i < wm_setting_count; i++) {
        (void)snprintf(oid, sizeof oid, BACS "1.%d.0",
                       (int)wm_setting((enum wm_setting)i)->snmp_leaf);
        count += strcmp(oid, printed) == 0;
    }
    for (int i = 0; i < wm_alarm_count; i++) {
        (void)snprintf(oid, sizeof oid, BACS "3.3.%d", (int)wm_alarm((enum wm_alarm)i)->number);
        count += strcmp(oid, printed) == 0;
    }
    for (size_t i = 0; i < STRUCTURE; i++) {
        count += strcmp(structure[i].oid, printed) == 0;
    }
    return count;
}

Test(snmp, every_object_of_the_guide_is_in_exactly_one_row)
{
    struct csv csv;
    int objects = 0;
    csv_open(&csv, "snmp_objects.csv");
    while (csv_next(&csv)) {
        const char *oid = csv_text(&csv, "oid");
        cr_assert_eq(rows_with(oid), 1, "%s:%d: %s is in %d rows, not 1", csv.name, csv.line, oid,
                     rows_with(oid));
        objects++;
    }
    cr_assert_geq(objects, 120, "only %d objects read", objects);
}

Test(snmp, alarm_table_and_notifications_stand_where_the_guide_prints_them)
{
    struct csv csv;
    for (size_t i = 0; i < STRUCTURE; i++) {
        char prefix[96];
        (void)snprintf(prefix, sizeof prefix, BACS "%d.%d", (int)structure[i].group,
                       (int)structure[i].leaf);
        cr_assert(strncmp(structure[i].oid, prefix, strlen(prefix)) == 0, "%s", prefix);
        cr_assert(find_printed(&csv, structure[i].oid), "%s", structure[i].oid);
        cr_assert_str_eq(csv_text(&csv, "access"), structure[i].access);
    }
}

/*
 * "c20(0) c21(1) ...: remark" in the guide against the choices of a setting. `more` is the one
 * choice that a decision added, or null.
 */
static void check_choices(enum wm_setting setting, const char *oid, const char *more)
{
    struct csv csv;
    cr_assert(find_printed(&csv, oid));
    const char *note = csv_text(&csv, "note");
    int printed = 0;
    char name[32];
    int value;
    int used;
    while (sscanf(note, " %31[a-z0-9](%d)%n", name, &value, &used) == 2) {
        const char *choice = wm_choice_name(setting, value);
        cr_assert_not_null(choice, "%s(%d)", name, value);
        cr_assert_str_eq(choice, name);
        printed++;
        note += used;
    }
    int known = 0;
    for (int32_t i = wm_setting(setting)->min; i <= wm_setting(setting)->max; i++) {
        const char *choice = wm_choice_name(setting, i);
        known += choice != NULL && (more == NULL || strcmp(choice, more) != 0);
    }
    cr_assert_eq(known, printed, "%d choices, the guide prints %d", known, printed);
    cr_assert_gt(printed, 1);
}

Test(snmp, enumerations_are_the_guides)
{
    check_choices(wm_setting_temperature_unit, BACS "1.20.0", NULL);
    /* Decision S4: the C23 has a code too. */
    check_choices(wm_setting_bank_module_type, BACS "1.1.0", "c23");
    cr_assert_str_eq(wm_choice_name(wm_setting_bank_module_type, 2), "c23");
}

Test(snmp, temperatures_are_shown_in_the_unit_that_is_set)
{
    static struct wm_settings settings;
    const struct wm_point_row *row = wm_point(wm_point_module_temperature);
    cr_assert_eq(wm_encode(row->snmp_encoding, row->unit, 21040, &settings), 210);
    cr_assert_eq(wm_encode(row->snmp_encoding, row->unit, -21050, &settings), -211);
    settings.value[wm_setting_temperature_unit] = 1;
    cr_assert_eq(wm_encode(row->snmp_encoding, row->unit, 21000, &settings), 698);
    cr_assert_eq(wm_encode(row->snmp_encoding, row->unit, -40000, &settings), -400);
}

Test(snmp, every_object_of_a_plant_has_a_range_with_0_in_it_or_labels)
{
    int ranges = 0;
    int labels = 0;
    for (int i = 0; i < wm_point_count; i++) {
        const enum wm_point point = (enum wm_point)i;
        const struct wm_point_row *row = wm_point(point);
        if (row->snmp_group == WM_NO_OBJECT) {
            continue;
        }
        int32_t least;
        int32_t most;
        if (wm_point_range(point, &least, &most)) {
            /* Decision S3: what is lost or not measured yet answers 0. */
            cr_assert(least <= 0 && most > 0, "%s", row->snmp_name);
            ranges++;
        } else {
            cr_assert_not_null(wm_state_name(point, 0), "%s has no range", row->snmp_name);
            labels++;
        }
    }
    cr_assert_geq(ranges, 20);
    cr_assert_eq(labels, 2, "the lines of a GX_R_AUX");
}
