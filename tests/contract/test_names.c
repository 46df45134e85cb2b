/*
 * test_names.c — names are unique, found, and follow from one another as decision H8 says.
 */
#include <criterion/criterion.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "wm/catalog.h"
#include "wm/journal.h"

Test(names, an_alarm_is_the_guides_name_in_snake_case)
{
    static const char prefix[] = "bacsAlarm";
    for (int i = 0; i < wm_alarm_count; i++) {
        const struct wm_alarm_row *row = wm_alarm((enum wm_alarm)i);
        if (row->snmp_name == NULL) {
            /* The two that the guide's list does not know. */
            cr_assert(i == wm_alarm_module_lost || i == wm_alarm_environment, "%s", row->name);
            continue;
        }
        char name[64];
        size_t used = 0;
        cr_assert(strncmp(row->snmp_name, prefix, strlen(prefix)) == 0, "%s", row->snmp_name);
        for (const char *c = row->snmp_name + strlen(prefix); *c != '\0'; c++) {
            if (isupper((unsigned char)*c) && used > 0) {
                name[used++] = '_';
            }
            name[used++] = (char)tolower((unsigned char)*c);
        }
        name[used] = '\0';
        cr_assert_str_eq(row->name, name);
    }
}

Test(names, every_row_is_found_by_its_name_and_nothing_else_is)
{
    for (int i = 0; i < wm_point_count; i++) {
        enum wm_point found;
        const struct wm_point_row *row = wm_point((enum wm_point)i);
        cr_assert(wm_point_find(row->scope, row->name, &found) && (int)found == i, "%s", row->name);
    }
    for (int i = 0; i < wm_alarm_count; i++) {
        enum wm_alarm found;
        const char *name = wm_alarm((enum wm_alarm)i)->name;
        cr_assert(wm_alarm_find(name, &found) && (int)found == i, "%s", name);
    }
    for (int i = 0; i < wm_setting_count; i++) {
        enum wm_setting found;
        const char *name = wm_setting((enum wm_setting)i)->name;
        cr_assert(wm_setting_find(name, &found) && (int)found == i, "%s", name);
    }
    enum wm_point point;
    enum wm_alarm alarm;
    enum wm_setting setting;
    cr_assert_not(wm_point_find(wm_scope_string, "temperature", &point));
    cr_assert_not(wm_alarm_find("voltage_hig", &alarm));
    cr_assert_not(wm_setting_find("bus", &setting));
}

Test(names, keys_tell_settings_apart_and_events_and_do_not_move)
{
    for (int i = 0; i < wm_setting_count; i++) {
        const uint32_t key = wm_name_key(wm_setting((enum wm_setting)i)->name);
        for (int k = 0; k < i; k++) {
            cr_assert_neq(key, wm_name_key(wm_setting((enum wm_setting)k)->name));
        }
    }
    for (int i = 0; i < wm_event_kinds; i++) {
        const uint32_t key = wm_name_key(wm_event((enum wm_event_kind)i)->name);
        for (int k = 0; k < i; k++) {
            cr_assert_neq(key, wm_name_key(wm_event((enum wm_event_kind)k)->name));
        }
    }
    cr_assert_eq(wm_name_key("bus.baud"), 0x621A801D, "what is kept is read by it");
}

Test(names, reasons_to_refuse_are_told_apart_and_their_numbers_do_not_move)
{
    size_t count;
    const struct wm_refusal_row *row = wm_refusals(&count);
    for (size_t i = 0; i < count; i++) {
        cr_assert_str_eq(wm_refusal_name(row[i].number), row[i].name, "one number a row");
        for (size_t k = 0; k < i; k++) {
            cr_assert_str_neq(row[k].name, row[i].name);
        }
    }
    cr_assert_null(wm_refusal_name(0), "nothing is refused for no reason");
    cr_assert_null(wm_refusal_name((int32_t)count + 1));
    cr_assert_str_eq(wm_refusal_name(2), "syntax", "event logs are read by it");
    cr_assert_str_eq(wm_refusal_name(9), "too_fast");
}

Test(names, every_status_but_OK_is_told_as_a_reason)
{
    static const struct {
        enum wm_status status;
        enum wm_refusal refusal;
    } rows[] = {
        {WM_BUSY, wm_refusal_busy},     {WM_IO, wm_refusal_store},
        {WM_RANGE, wm_refusal_range},   {WM_ABSENT, wm_refusal_absent},
        {WM_DAMAGED, wm_refusal_store}, {WM_CONFLICT, wm_refusal_conflict},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_assert_eq(wm_refusal_of(rows[i].status), rows[i].refusal);
    }
}

Test(names, snmp_names_are_unique_within_settings_and_points)
{
    for (int i = 0; i < wm_point_count; i++) {
        for (int j = 0; j < i; j++) {
            const char *a = wm_point((enum wm_point)i)->snmp_name;
            const char *b = wm_point((enum wm_point)j)->snmp_name;
            cr_assert(a == NULL || b == NULL || strcmp(a, b) != 0, "%s comes twice", a);
        }
        for (int j = 0; j < wm_setting_count; j++) {
            const char *a = wm_point((enum wm_point)i)->snmp_name;
            const char *b = wm_setting((enum wm_setting)j)->snmp_name;
            cr_assert(a == NULL || b == NULL || strcmp(a, b) != 0, "%s comes twice", a);
        }
    }
}

Test(names, every_default_is_in_range_and_can_be_typed)
{
    for (int i = 0; i < wm_setting_count; i++) {
        const enum wm_setting setting = (enum wm_setting)i;
        const struct wm_setting_row *row = wm_setting(setting);
        char text[64];
        char error[160] = "";
        int32_t value;
        cr_assert(row->min <= row->value_default && row->value_default <= row->max, "%s",
                  row->name);
        if (row->unit == wm_unit_choice) {
            const char *choice = wm_choice_name(setting, row->value_default);
            cr_assert_not_null(choice, "%s", row->name);
            cr_assert_not_null(wm_choice_name(setting, row->min), "%s: lowest", row->name);
            cr_assert_not_null(wm_choice_name(setting, row->max), "%s: highest", row->name);
            (void)snprintf(text, sizeof text, "%s", choice);
        } else {
            (void)snprintf(text, sizeof text, "%.9g",
                           (double)row->value_default / wm_unit(row->unit)->per_natural);
        }
        cr_assert_eq(wm_setting_parse(setting, text, &value, error, sizeof error), WM_OK,
                     "%s = %s: %s", row->name, text, error);
        cr_assert_eq(value, row->value_default, "%s = %s", row->name, text);
        cr_assert_eq(wm_setting_parse(setting, "1e99", &value, error, sizeof error), WM_RANGE, "%s",
                     row->name);
        cr_assert_not_null(strstr(error, row->name), "\"%s\" does not name %s", error, row->name);
    }
}

Test(names, a_number_is_typed_in_decimal)
{
    static const struct {
        const char *text;
        int32_t value; /* 0: refused */
    } typed[] = {
        {"30", 30}, {"+30", 30}, {"30.5", 31}, {"3e1", 30},  {"0.75e1", 8},
        {".5", 1},  {"0x1E", 0}, {"0X1e", 0},  {"0x1p4", 0}, {" 30", 0},
        {"30 ", 0}, {"inf", 0},  {"nan", 0},   {"", 0},      {"infinity", 0},
        {"1e", 0},  {"30s", 0},  {"--30", 0},  {"1.2.3", 0}, {"1e999999", 0},
    };
    for (size_t i = 0; i < sizeof typed / sizeof typed[0]; i++) {
        char error[160];
        int32_t value = 0;
        const enum wm_status status =
            wm_setting_parse(wm_setting_voltage_delay, typed[i].text, &value, error, sizeof error);
        cr_assert_eq(status, typed[i].value != 0 ? WM_OK : WM_RANGE, "\"%s\"", typed[i].text);
        cr_assert_eq(value, typed[i].value, "\"%s\" is %d", typed[i].text, (int)value);
    }
}
