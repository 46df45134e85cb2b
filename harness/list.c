/*
 * list.c — gbms-bench list: what there is to play, and the tables.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "harness/commands.h"
#include "harness/files.h"
#include "harness/run/suite.h"
#include "sim/battery/load.h"
#include "sim/catalogue/catalogue.h"
#include "wm/catalog.h"

static int list_scenarios(const struct hx_options *options)
{
    struct hx_scenarios list = {0};
    bool is_good = hx_suite_load(options, &list);
    for (size_t i = 0; is_good && i < list.count; ++i) {
        const struct hx_scenario *scenario = &list.item[i];
        printf("%s: %s", scenario->file, scenario->name);
        printf(scenario->tags[0] != '\0' ? " [%s]\n" : "\n", scenario->tags);
    }
    hx_scenarios_free(&list);
    return is_good ? HX_EXIT_PASSED : HX_EXIT_USAGE;
}

static int list_plants(const struct hx_options *options)
{
    struct hx_files files = {0};
    struct hx_text error = {0};
    bool is_good = true;
    for (int i = 0; is_good && i < (options->paths > 0 ? options->paths : 1); ++i) {
        is_good = hx_files_add_plants(&files, options->paths > 0 ? options->path[i] : "scenarios",
                                      &error);
    }
    if (!is_good) {
        hx_complain("%s; name a folder of scenarios", hx_text_string(&error));
    }
    for (size_t i = 0; is_good && i < files.count; ++i) {
        puts(files.path[i]);
    }
    hx_files_free(&files);
    hx_text_free(&error);
    return is_good ? HX_EXIT_PASSED : HX_EXIT_USAGE;
}

/* Each with what its plate says, and where from. */
static int list_batteries(void)
{
    char name[SIM_BATTERY_NAME_MAX];
    for (size_t i = 0; sim_battery_type_name(i, name); ++i) {
        struct sim_battery_type type;
        char error[400];
        if (!sim_battery_type_load(&type, name, error, sizeof error)) {
            hx_complain("%s", error);
            return HX_EXIT_USAGE;
        }
        printf("%-27s %-6s %2d cells %6g Ah in %3g h, %s; %s\n", name,
               sim_battery_class_name(type.plate.battery_class), (int)type.plate.cells,
               type.plate.rate[0].capacity_Ah, type.plate.rate[0].at_hours,
               type.is_fitted ? "fitted" : "by its plate", type.source);
    }
    return HX_EXIT_PASSED;
}

static int list_points(void)
{
    for (int i = 0; i < wm_point_count; ++i) {
        const struct wm_point_row *row = wm_point((enum wm_point)i);
        const char *natural = wm_unit(row->unit)->natural_name;
        int32_t place = wm_point_register((enum wm_point)i, 1);
        char address[16] = "-";
        if (place != WM_NO_REGISTER) {
            snprintf(address, sizeof address, "%" PRId32, place);
        }
        printf("%-11s %-16s %-5s %-5s %-25s %s\n", wm_scope_name(row->scope), row->name,
               natural[0] != '\0' ? natural : "-", address,
               row->snmp_group != WM_NO_OBJECT ? row->snmp_name : "-", row->text);
    }
    return HX_EXIT_PASSED;
}

static int list_alarms(void)
{
    for (int i = 0; i < wm_alarm_count; ++i) {
        const struct wm_alarm_row *row = wm_alarm((enum wm_alarm)i);
        static const char *const levels[] = {
            [WM_LEVEL_STATE] = "state", [WM_LEVEL_WARNING] = "warning", [WM_LEVEL_ALARM] = "alarm"};
        printf("%-36s %2" PRId32 " %-7s %-8s %s\n", row->name, row->number,
               wm_scope_name(row->scope), levels[row->level], row->text);
    }
    return HX_EXIT_PASSED;
}

/* A choice by its name, a number in its natural unit. */
static void value_print(enum wm_setting setting, int32_t value)
{
    const struct wm_setting_row *row = wm_setting(setting);
    const struct wm_unit_row *unit = wm_unit(row->unit);
    const char *choice = wm_choice_name(setting, value);
    if (choice != NULL) {
        printf("%s", choice);
    } else {
        printf("%g%s%s", (double)value / unit->per_natural,
               unit->natural_name[0] != '\0' ? " " : "", unit->natural_name);
    }
}

static int list_settings(void)
{
    for (int i = 0; i < wm_setting_count; ++i) {
        enum wm_setting setting = (enum wm_setting)i;
        const struct wm_setting_row *row = wm_setting(setting);
        printf("%-34s ", row->name);
        value_print(setting, row->value_default);
        printf(" (");
        if (row->unit == wm_unit_choice) {
            const char *separator = "";
            for (int32_t value = row->min; value <= row->max; ++value) {
                if (wm_choice_name(setting, value) != NULL) {
                    printf("%s%s", separator, wm_choice_name(setting, value));
                    separator = ", ";
                }
            }
        } else {
            value_print(setting, row->min);
            printf("..");
            value_print(setting, row->max);
        }
        printf(") %s\n", row->text);
    }
    for (int i = 0; i < wm_text_count; ++i) {
        const struct wm_text_row *row = wm_text((enum wm_text)i);
        printf("%-34s \"%s\" (%s) %s\n", row->name, row->value_default, wm_form_describe(row->form),
               row->text);
    }
    return HX_EXIT_PASSED;
}

/* "water 0..60 % (30)": what has to be said has no usual one. */
static void defect_option_print(const struct sim_defect_option *option, char *text, size_t size)
{
    int used = snprintf(text, size, "%s %g..%g%s%s", option->name, option->low, option->high,
                        option->unit[0] != '\0' ? " " : "", option->unit);
    if (!isnan(option->usual)) {
        snprintf(text + used, size - (size_t)used, " (%g)", option->usual);
    }
}

static int list_faults(void)
{
    const struct sim_defect_row *row;
    for (size_t i = 0; (row = sim_defect_row(i)) != NULL; ++i) {
        char text[80] = "-";
        if (row->size.name != NULL) {
            defect_option_print(&row->size, text, sizeof text);
        }
        printf("%-14s %-22s %-28s %s", sim_defect_item(row), row->verb, text, row->meaning);
        for (int k = 0; k < SIM_DEFECT_OPTIONS_MAX && row->option[k].name != NULL; ++k) {
            defect_option_print(&row->option[k], text, sizeof text);
            printf("%s%s", k == 0 ? "; also: " : ", ", text);
        }
        puts("");
    }
    return HX_EXIT_PASSED;
}

int hx_list(const struct hx_options *options)
{
    struct hx_options rest = *options;
    const char *what = rest.paths > 0 ? rest.path[0] : "scenarios";
    static const struct {
        const char *word;
        int (*list)(const struct hx_options *);
        int (*table)(void);
    } lists[] = {
        {.word = "scenarios", .list = list_scenarios},
        {.word = "plants", .list = list_plants},
        {.word = "points", .table = list_points},
        {.word = "alarms", .table = list_alarms},
        {.word = "batteries", .table = list_batteries},
        {.word = "settings", .table = list_settings},
        {.word = "faults", .table = list_faults},
    };
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; ++i) {
        if (strcmp(what, lists[i].word) == 0) {
            rest.path += rest.paths > 0 ? 1 : 0;
            rest.paths -= rest.paths > 0 ? 1 : 0;
            if (lists[i].table != NULL && rest.paths > 0) {
                hx_complain("list %s: '%s' is one word too many", what, rest.path[0]);
                return HX_EXIT_USAGE;
            }
            return lists[i].list != NULL ? lists[i].list(&rest) : lists[i].table();
        }
    }
    hx_complain(
        "list: no '%s'; known: scenarios, plants, batteries, points, alarms, settings, faults",
        what);
    return HX_EXIT_USAGE;
}
