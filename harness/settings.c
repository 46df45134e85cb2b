/*
 * settings.c — names and values of settings, checked before anything starts.
 */
#include "harness/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wm/catalog.h"

void hx_assignments_add(struct hx_assignments *list, const char *name, const char *text)
{
    list->item = hx_realloc(list->item, (list->count + 1) * sizeof *list->item);
    list->item[list->count].name = hx_strdup(name);
    list->item[list->count].text = hx_strdup(text);
    ++list->count;
}

void hx_assignments_free(struct hx_assignments *list)
{
    for (size_t i = 0; i < list->count; ++i) {
        free(list->item[i].name);
        free(list->item[i].text);
    }
    free(list->item);
    *list = (struct hx_assignments){0};
}

/* breaker.output_3 and snmp.user_2_name are as the first of their family. */
static bool is_of_family(const char *name)
{
    const char *number = name;
    while ((number = strchr(number, '_')) != NULL) {
        number++;
        if (number[0] >= '2' && number[0] <= '9' && (number[1] == '_' || number[1] == '\0')) {
            return true;
        }
        if (number[0] == '1' && number[1] >= '0' && number[1] <= '9') {
            return true;
        }
    }
    return false;
}

/* All names; of the numbered ones only the first of each family. */
static void names_add(struct hx_text *text)
{
    const char *separator = "";
    for (int i = 0; i < wm_setting_count + wm_text_count; ++i) {
        const char *name = i < wm_setting_count
                               ? wm_setting((enum wm_setting)i)->name
                               : wm_text((enum wm_text)(i - wm_setting_count))->name;
        if (!is_of_family(name)) {
            hx_text_add(text, "%s%s", separator, name);
            separator = ", ";
        }
    }
}

bool hx_setting_check(const char *name, const char *value, struct wm_change *setting,
                      struct hx_text *error)
{
    char why[200] = "";
    struct wm_change found = {0};
    if (wm_text_find(name, &found.text)) {
        found.string = value;
        if (wm_text_check(found.text, value, why, sizeof why) != WM_OK) {
            hx_text_add(error, "setting %s: %s", name, why);
            return false;
        }
    } else if (!wm_setting_find(name, &found.setting)) {
        hx_text_add(error, "no setting '%s'; known: ", name);
        names_add(error);
        return false;
    } else if (wm_setting_parse(found.setting, value, &found.value, why, sizeof why) != WM_OK) {
        hx_text_add(error, "setting %s = %s: %s", name, value, why);
        return false;
    }
    if (setting != NULL) {
        *setting = found;
    }
    return true;
}

const char *hx_setting_text(enum wm_setting setting, int32_t value, char room[HX_SETTING_SIZE])
{
    const struct wm_setting_row *row = wm_setting(setting);
    const char *choice = wm_choice_name(setting, value);
    (void)snprintf(room, HX_SETTING_SIZE, "%.14g", (double)value / wm_unit(row->unit)->per_natural);
    return choice != NULL ? choice : room;
}

void hx_setting_add_fixed(const char *name, struct hx_text *error)
{
    hx_text_add(error,
                "%s is what the plant is: change the properties in the plant file, not the "
                "setting",
                name);
}

bool hx_setting_check_given(const char *name, const char *text, struct hx_text *error)
{
    static const char *const fixed[] = {"bank.", "battery.", "breaker.", "bus.baud"};
    if (!hx_setting_check(name, text, NULL, error)) {
        return false;
    }
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; ++i) {
        if (strncmp(name, fixed[i], strlen(fixed[i])) == 0) {
            hx_setting_add_fixed(name, error);
            return false;
        }
    }
    return true;
}

bool hx_assignments_parse(struct hx_assignments *list, const char *argument, struct hx_text *error)
{
    const char *equals = strchr(argument, '=');
    if (equals == NULL || equals == argument) {
        hx_text_add(error, "'%s' has no value; write NAME=VALUE, as in voltage.delay=30", argument);
        return false;
    }
    char *name = hx_strdup(argument);
    name[equals - argument] = '\0';
    bool is_good = hx_setting_check_given(name, equals + 1, error);
    if (is_good) {
        hx_assignments_add(list, name, equals + 1);
    }
    free(name);
    return is_good;
}
