/*
 * test_wiring.c — the wiring rules against the guide's table: same rules, same order, same text.
 */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "csv.h"
#include "sim/devices/topology.h"
#include "wm/limits.h"

Test(wiring, the_rules_are_the_guides)
{
    size_t count;
    const struct sim_wiring_rule *rule = sim_wiring_rules(&count);
    struct csv csv;
    csv_open(&csv, "wiring_limits.csv");
    size_t row = 0;
    for (; csv_next(&csv); row++) {
        cr_assert_lt(row, count, "no rule for %s", csv_text(&csv, "rule"));
        cr_assert_str_eq(rule[row].name, csv_text(&csv, "rule"));
        char *end;
        double limit = strtod(csv_text(&csv, "limit"), &end);
        cr_assert_eq(*end, '\0', "%s", csv_text(&csv, "limit"));
        cr_assert_eq(rule[row].limit, limit, "rule %s", rule[row].name);
        cr_assert_str_eq(rule[row].unit, csv_text(&csv, "unit"));
        cr_assert_str_eq(rule[row].meaning, csv_text(&csv, "meaning"));
        cr_assert_neq(rule[row].cure[0], '\0', "rule %s says no cure", rule[row].name);
    }
    cr_assert_eq(row, count, "a rule that the guide has not: %s", rule[row].name);
}

Test(wiring, what_cannot_be_waived_is_what_the_webmanager_holds)
{
    size_t count;
    const struct sim_wiring_rule *rule = sim_wiring_rules(&count);
    int seen = 0;
    for (size_t i = 0; i < count; i++) {
        if (rule[i].name[0] == 'G') {
            cr_assert_eq(rule[i].limit, WM_MODULES_MAX);
            seen++;
        } else if (rule[i].name[0] == 's') {
            cr_assert_eq(rule[i].limit, WM_STRINGS_MAX);
            seen++;
        }
    }
    cr_assert_eq(seen, 2);
}
