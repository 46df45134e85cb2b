/*
 * list.c — gbms-bench list: what there is to play, and the tables.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "files.h"
#include "suite.h"
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

int hx_list(const struct hx_options *options)
{
    struct hx_options rest = *options;
    const char *what = rest.paths > 0 ? rest.path[0] : "scenarios";
    static const char *const words[] = {"scenarios", "plants", "points", "alarms", "settings"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; ++i) {
        if (strcmp(what, words[i]) == 0) {
            rest.path += rest.paths > 0 ? 1 : 0;
            rest.paths -= rest.paths > 0 ? 1 : 0;
            if (i >= 2 && rest.paths > 0) {
                hx_complain("list %s: '%s' is one word too many", what, rest.path[0]);
                return HX_EXIT_USAGE;
            }
            switch (i) {
            case 0:
                return list_scenarios(&rest);
            case 1:
                return list_plants(&rest);
            case 2:
                return list_points();
            case 3:
                return list_alarms();
            default:
                return list_settings();
            }
        }
    }
    hx_complain("list: no '%s'; known: scenarios, plants, points, alarms, settings", what);
    return HX_EXIT_USAGE;
}
