/*
 * test_flags.c — the flags against the guide's "Alarm Flag Descriptions", in both directions.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "csv.h"
#include "wm/catalog.h"

static const char *const sets[wm_flag_set_count] = {
    [wm_flag_set_general_status] = "general_status",
    [wm_flag_set_battery_status] = "battery_status",
    [wm_flag_set_alarm] = "alarm",
    [wm_flag_set_string_alarm] = "string_alarm",
};

static bool is_in_catalog(const struct csv *csv)
{
    size_t count;
    const struct wm_flag_row *flags = wm_flags(&count);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(sets[flags[i].set], csv_text(csv, "set")) == 0 &&
            strcmp(flags[i].guide_name, csv_text(csv, "name")) == 0) {
            cr_assert_eq(flags[i].value, csv_number(csv, "value"), "%s:%d: value of %s", csv->name,
                         csv->line, flags[i].guide_name);
            return true;
        }
    }
    return false;
}

Test(flags, every_flag_of_the_guide_is_in_the_table_with_its_value_and_no_other_is)
{
    struct csv csv;
    size_t printed = 0;
    size_t count;
    csv_open(&csv, "flags.csv");
    while (csv_next(&csv)) {
        if (csv_number(&csv, "value") == 0) {
            continue; /* the absence of flags is not a flag */
        }
        cr_assert(is_in_catalog(&csv), "%s:%d: %s is in no table", csv.name, csv.line,
                  csv_text(&csv, "name"));
        printed++;
    }
    (void)wm_flags(&count);
    cr_assert_eq(count, printed, "%zu flags in the table, %zu in the guide", count, printed);
}

Test(flags, a_flag_is_one_bit_and_no_two_of_a_set_share_value_or_name)
{
    size_t count;
    const struct wm_flag_row *flags = wm_flags(&count);
    for (size_t i = 0; i < count; i++) {
        cr_assert_eq(flags[i].value & (flags[i].value - 1), 0, "%s", flags[i].name);
        cr_assert_neq(flags[i].value, 0, "%s", flags[i].name);
        for (size_t j = 0; j < i; j++) {
            if (flags[i].set == flags[j].set) {
                cr_assert_neq(flags[i].value, flags[j].value, "%s, %s", flags[i].name,
                              flags[j].name);
                cr_assert_str_neq(flags[i].name, flags[j].name);
            }
        }
    }
}

static void check_bit(enum wm_flag_set set, uint16_t value, const char *alarm)
{
    size_t count;
    const struct wm_flag_row *flags = wm_flags(&count);
    for (size_t i = 0; i < count; i++) {
        if (flags[i].set == set && flags[i].value == value) {
            return;
        }
    }
    cr_assert_eq(value, 0, "%s sets a bit of %s that is no flag", alarm, sets[set]);
}

Test(flags, alarms_set_flags_of_the_right_set)
{
    for (int i = 0; i < wm_alarm_count; i++) {
        const struct wm_alarm_row *row = wm_alarm((enum wm_alarm)i);
        check_bit(wm_flag_set_alarm, row->alarm_flag, row->name);
        check_bit(wm_flag_set_string_alarm, row->string_flag, row->name);
        check_bit(wm_flag_set_general_status, row->status_flag, row->name);
        check_bit(wm_flag_set_battery_status, row->battery_flag, row->name);
        /* Flag words show alarms, never warnings (decision B6); currents are the guide's own. */
        cr_assert(row->level != WM_LEVEL_WARNING || (row->alarm_flag == 0 && row->status_flag == 0),
                  "%s is a warning", row->name);
    }
}

Test(flags, every_point_of_flags_and_no_other_says_which_set_it_shows)
{
    int words = 0;
    for (int i = 0; i < wm_point_count; i++) {
        const struct wm_point_row *row = wm_point((enum wm_point)i);
        enum wm_flag_set set;
        const bool is_word = wm_point_flags((enum wm_point)i, &set);
        cr_assert_eq(is_word, row->unit == wm_unit_flags, "%s.%s", wm_scope_name(row->scope),
                     row->name);
        words += is_word;
    }
    cr_assert_eq(words, 6);
}
