/*
 * test_catalogue.c — the catalogue of faults is sound, and the page of the language names each.
 */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/catalogue/catalogue.h"
#include "sim/plant/parts.h"

static void option_is_sound(const struct sim_defect_row *row,
                            const struct sim_defect_option *option)
{
    static const char *const taken[] = {"at", "over"};
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) {
        cr_expect_str_neq(option->name, taken[i], "%s", row->verb);
    }
    cr_expect_not_null(option->unit, "%s", row->verb);
    cr_expect_lt(option->low, option->high, "%s", row->verb);
    cr_expect(isnan(option->usual) ||
                  (option->usual >= option->low && option->usual <= option->high),
              "%s: %s is usually out of range", row->verb, option->name);
}

Test(catalogue, every_row_is_whole_and_no_word_of_an_item_means_two_things)
{
    const struct sim_defect_row *row;
    for (size_t i = 0; (row = sim_defect_row(i)) != NULL; i++) {
        cr_expect_not_null(row->apply, "%s", row->verb);
        cr_expect_gt(strlen(row->meaning), 10, "%s", row->verb);
        cr_expect_eq(row->met == NULL, row->unmet == NULL, "%s", row->verb);
        cr_expect_eq(sim_defect_find(row->item, row->verb), row, "%s is there twice", row->verb);
        cr_expect_null(sim_property_find(row->item, row->verb), "%s is a property", row->verb);
        if (row->size.name != NULL) {
            option_is_sound(row, &row->size);
        } else {
            cr_expect_eq(row->neutral, 0, "%s", row->verb);
        }
        for (int k = 0; k < SIM_DEFECT_OPTIONS_MAX && row->option[k].name != NULL; k++) {
            option_is_sound(row, &row->option[k]);
        }
    }
}

/* The line of the table of the page that begins with the item's word; then each verb in `code`. */
static bool page_names(FILE *page, const char *item, const char *verb)
{
    char line[4096];
    char begin[64];
    char wanted[64];
    (void)snprintf(begin, sizeof begin, "| %s | `", item);
    (void)snprintf(wanted, sizeof wanted, "`%s`", verb);
    rewind(page);
    while (fgets(line, sizeof line, page) != NULL) {
        if (strncmp(line, begin, strlen(begin)) == 0 && strstr(line, wanted) != NULL) {
            return true;
        }
    }
    return false;
}

Test(catalogue, the_page_of_the_language_names_every_fault)
{
    FILE *page = fopen("scenarios/README.md", "r");
    cr_assert_not_null(page);
    const struct sim_defect_row *row;
    for (size_t i = 0; (row = sim_defect_row(i)) != NULL; i++) {
        cr_expect(page_names(page, sim_defect_item(row), row->verb),
                  "scenarios/README.md, \"Faults\": the row of %s lacks `%s`", sim_defect_item(row),
                  row->verb);
    }
    (void)fclose(page);
}
