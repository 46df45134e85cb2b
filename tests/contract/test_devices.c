/*
 * test_devices.c — module types and capacities against the guide's data sheets and wiring rules.
 */
#include <criterion/criterion.h>
#include <ctype.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "csv.h"
#include "wm/catalog.h"
#include "wm/limits.h"

/* By the name the guide prints, "C40"; null if there is none. */
static const struct wm_module_type *type_named(const char *printed)
{
    const struct wm_setting_row *row = wm_setting(wm_setting_bank_module_type);
    for (int32_t code = row->min; code <= row->max; code++) {
        const struct wm_module_type *type = wm_module_type(code);
        if (type != NULL && toupper((unsigned char)type->name[0]) == printed[0] &&
            strcmp(type->name + 1, printed + 1) == 0) {
            return type;
        }
    }
    return NULL;
}

/* The number after `words` in text, in thousandths; -1 if the words do not occur. */
static long thousandths_after(const char *text, const char *words)
{
    const char *found = strstr(text, words);
    return found != NULL ? lround(1000 * strtod(found + strlen(words), NULL)) : -1;
}

static void check_type(const struct csv *csv, const struct wm_module_type *type)
{
    const char *detail = csv_text(csv, "detail");
    double low;
    double high;
    cr_assert_eq(sscanf(csv_text(csv, "range"), "%lf..%lf V", &low, &high), 2, "%s:%d: range",
                 csv->name, csv->line);
    cr_assert_eq(type->voltage_mV_low, lround(1000 * low), "%s", type->name);
    cr_assert_eq(type->voltage_mV_high, lround(1000 * high), "%s", type->name);
    cr_assert_eq(sscanf(detail, "%lf..%lf mOhm", &low, &high), 2, "%s:%d: mOhm", csv->name,
                 csv->line);
    cr_assert_eq(type->resistance_uOhm_low, lround(1000 * low), "%s", type->name);
    cr_assert_eq(type->resistance_uOhm_high, lround(1000 * high), "%s", type->name);
    cr_assert_eq(type->equalizing_mA, thousandths_after(detail, "equalizing "), "%s", type->name);
    const long accuracy = thousandths_after(detail, "accuracy Ri < "); /* of a percent */
    if (accuracy >= 0) {
        cr_assert_eq(type->resistance.printed_permille, accuracy / 100, "%s", type->name);
    }
    double nominal;
    const char *volts = strchr(detail, ';');
    volts = volts != NULL ? strchr(volts + 1, ';') : NULL;
    cr_assert(volts != NULL && sscanf(volts, "; %lf V", &nominal) == 1, "%s:%d: nominal", csv->name,
              csv->line);
    cr_assert_eq(type->nominal_mV, lround(1000 * nominal), "%s", type->name);
}

Test(devices, every_module_of_the_guide_is_a_type_with_its_ranges)
{
    struct csv csv;
    int printed = 0;
    csv_open(&csv, "devices.csv");
    while (csv_next(&csv)) {
        if (strcmp(csv_text(&csv, "kind"), "module") == 0) {
            const struct wm_module_type *type = type_named(csv_text(&csv, "type"));
            cr_assert_not_null(type, "%s:%d: no such type", csv.name, csv.line);
            check_type(&csv, type);
            printed++;
        }
    }
    int known = 0;
    const struct wm_setting_row *row = wm_setting(wm_setting_bank_module_type);
    for (int32_t code = row->min; code <= row->max; code++) {
        const struct wm_module_type *type = wm_module_type(code);
        known += type != NULL;
        cr_assert_eq(type != NULL, wm_choice_name(wm_setting_bank_module_type, code) != NULL,
                     "code %d", code);
        cr_assert(type == NULL ||
                      strcmp(type->name, wm_choice_name(wm_setting_bank_module_type, code)) == 0,
                  "code %d", code);
    }
    /* The guide names the C21 and prints no data sheet for it. */
    cr_assert_eq(known, printed + 1);
}

Test(devices, the_c21_is_the_c20s_twin)
{
    const struct wm_module_type *c20 = wm_module_type(0);
    struct wm_module_type c21 = *wm_module_type(1);
    c21.name = c20->name;
    c21.code = c20->code;
    cr_assert_eq(memcmp(&c21, c20, sizeof c21), 0);
}

Test(devices, resistance_is_measured_in_the_steps_that_were_decided)
{
    const struct wm_setting_row *row = wm_setting(wm_setting_bank_module_type);
    for (int32_t code = row->min; code <= row->max; code++) {
        const struct wm_module_type *type = wm_module_type(code);
        /* Decision B25: 0.01 mOhm, 0.001 on the C40. */
        cr_assert(type == NULL ||
                      type->resistance_uOhm_step == (strcmp(type->name, "c40") == 0 ? 1 : 10),
                  "code %d", code);
    }
    cr_assert_null(wm_module_type(-1));
    cr_assert_null(wm_module_type(3));
}

Test(devices, current_sensors_have_the_ranges_of_the_guide)
{
    struct csv csv;
    const struct wm_setting_row *row = wm_setting(wm_setting_bank_sensor_range);
    long low = LONG_MAX;
    long high = 0;
    csv_open(&csv, "devices.csv");
    while (csv_next(&csv)) {
        if (strcmp(csv_text(&csv, "kind"), "current_sensor") == 0) {
            const long range_mA = 1000 * strtol(csv_text(&csv, "type"), NULL, 10);
            low = range_mA < low ? range_mA : low;
            high = range_mA > high ? range_mA : high;
        }
    }
    cr_assert_eq(row->min, low);
    cr_assert_eq(row->max, high);
}

Test(devices, capacities_are_those_of_the_wiring_rules)
{
    struct csv csv;
    int found = 0;
    csv_open(&csv, "wiring_limits.csv");
    while (csv_next(&csv)) {
        if (strcmp(csv_text(&csv, "rule"), "G") == 0) {
            cr_assert_eq(WM_MODULES_MAX, csv_number(&csv, "limit"));
            found++;
        } else if (strcmp(csv_text(&csv, "rule"), "strings") == 0) {
            cr_assert_eq(WM_STRINGS_MAX, csv_number(&csv, "limit"));
            found++;
        }
    }
    cr_assert_eq(found, 2);
    cr_assert_eq(wm_setting(wm_setting_bank_modules)->max, WM_MODULES_MAX);
    cr_assert_eq(wm_setting(wm_setting_bank_strings)->max, WM_STRINGS_MAX);
    cr_assert_eq(wm_setting(wm_setting_bank_current_sensors)->max, WM_SENSORS_MAX);
    cr_assert_eq(wm_setting(wm_setting_bank_aux_units)->max, WM_AUX_MAX);
    cr_assert_eq(wm_setting(wm_setting_modbus_clients_max)->max, WM_CLIENTS_MAX);
}
