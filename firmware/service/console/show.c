/*
 * show.c — what the webmanager shows, as lines of key=value words straight from the tables.
 *
 * Always true: a line that tells of an item begins with its scope and number; a value stands in
 * its natural unit with all its digits, a choice by its name, flags in hexadecimal, and what is
 * not known as `-`. A new row of a table is a new word without a change here.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"
#include "wm/instant.h"

/* ---- values ----------------------------------------------------------------------------- */

/* 12941 mV is 12.941: all digits of the unit, so that nothing is rounded. */
static void add_natural(struct con_console *console, enum wm_unit unit, int32_t value)
{
    int32_t whole = wm_unit(unit)->per_natural;
    const int64_t size = value < 0 ? -(int64_t)value : value;
    con_add(console, "%s%" PRId64, value < 0 ? "-" : "", size / whole);
    for (const char *point = "."; whole > 1; whole /= 10, point = "") {
        con_add(console, "%s%d", point, (int)(size % whole / (whole / 10)));
    }
}

static void add_point(struct con_console *console, enum wm_point point, int32_t number)
{
    const struct wm_point_row *row = wm_point(point);
    int32_t value;
    con_add(console, " %s=", row->name);
    if (!wm_point_read(point, number, console->view, &value)) {
        con_add(console, "-");
    } else if (row->unit == wm_unit_flags || row->unit == wm_unit_revision) {
        const uint32_t bits = (uint32_t)value;
        con_add(console, bits > UINT16_MAX ? "0x%06" PRIX32 : "0x%04" PRIX32, bits);
    } else if (row->unit == wm_unit_code && wm_module_type(value) != NULL) {
        con_add(console, "%s", wm_module_type(value)->name);
    } else if (row->unit == wm_unit_choice && wm_state_name(point, value) != NULL) {
        con_add(console, "%s", wm_state_name(point, value));
    } else {
        add_natural(console, row->unit, value);
    }
}

/* ---- items ------------------------------------------------------------------------------ */

static void add_item(struct con_console *console, enum wm_scope scope, int32_t number)
{
    con_add(console, "%s=%" PRId32, wm_scope_name(scope), number);
    for (int i = 0; i < wm_point_count; i++) {
        if (wm_point((enum wm_point)i)->scope == scope) {
            add_point(console, (enum wm_point)i, number);
        }
    }
}

/* `at` is scope and number in one, so that scopes follow one another. */
#define ITEMS_A_SCOPE INT64_C(1024)
_Static_assert(WM_MODULES_MAX < 1024, "the items of a scope fit");

static bool next_item(struct con_console *console)
{
    for (; console->at < wm_scope_count * ITEMS_A_SCOPE; console->at++) {
        const enum wm_scope scope = (enum wm_scope)(console->at / ITEMS_A_SCOPE);
        const int32_t number = (int32_t)(console->at % ITEMS_A_SCOPE);
        if (!(console->command->scopes >> scope & 1U) || number > console->last ||
            number > wm_scope_items(scope, &console->view->settings)) {
            console->at = (scope + 1) * ITEMS_A_SCOPE - 1;
        } else if (number >= console->first) {
            console->at++;
            add_item(console, scope, number);
            return true;
        }
    }
    return false;
}

/* "7" or "7..9" */
static bool range_parse(const char *text, int32_t *first, int32_t *last)
{
    char number[CON_LINE_MAX + 1];
    const char *dots = strstr(text, "..");
    (void)snprintf(number, sizeof number, "%.*s",
                   dots != NULL ? (int)(dots - text) : (int)strlen(text), text);
    if (!con_number(number, first)) {
        return false;
    }
    *last = *first;
    return dots == NULL || con_number(dots + 2, last);
}

static enum wm_scope lowest_scope(uint32_t scopes)
{
    enum wm_scope scope = (enum wm_scope)0;
    while (!(scopes >> scope & 1U)) {
        scope++;
    }
    return scope;
}

void con_show_items(struct con_console *console)
{
    const enum wm_scope scope = lowest_scope(console->command->scopes);
    const char *range = con_argument(console, 0);
    console->first = 1;
    console->last = (int32_t)ITEMS_A_SCOPE;
    if (range != NULL) {
        const int32_t items = wm_scope_items(scope, &console->view->settings);
        if (!range_parse(range, &console->first, &console->last)) {
            con_refuse(console, wm_refusal_syntax, "%s is no number N and no range A..B", range);
            return;
        }
        if (console->first < 1 || console->last < console->first || console->last > items) {
            con_refuse(console, wm_refusal_absent,
                       "there is no %s %s; this installation has %" PRId32, wm_scope_name(scope),
                       range, items);
            return;
        }
    }
    con_list(console, next_item, 0);
}

/* ---- status ----------------------------------------------------------------------------- */

static bool next_status(struct con_console *console)
{
    const struct wm_view *view = console->view;
    char instant[WM_INSTANT_SIZE];
    if (console->at >= 0) {
        return next_item(console);
    }
    console->at = 0;
    con_add(console, "time=%s uptime=", wm_instant_text(view->wall_ms, instant));
    con_add(console, "%" PRId64 ".%03d", view->published_ms / 1000,
            (int)(view->published_ms % 1000));
    con_add(console, " boots=%" PRId32, view->boots);
    con_add(console, " rounds=%" PRIu32 " initializing=%s complete=%s", view->rounds,
            view->is_initializing ? "yes" : "no", view->is_complete ? "yes" : "no");
    return true;
}

void con_show_status(struct con_console *console)
{
    console->first = 1;
    console->last = 1;
    con_list(console, next_status, -1);
}

/* ---- alarms ----------------------------------------------------------------------------- */

/* By id, so that rows that come and go meanwhile are neither told twice nor left out. */
static bool next_alarm(struct con_console *console)
{
    static const char *const levels[] = {
        [WM_LEVEL_STATE] = "state", [WM_LEVEL_WARNING] = "warning", [WM_LEVEL_ALARM] = "alarm"};
    const struct wm_view *view = console->view;
    for (int32_t i = 0; i < view->alarm_rows; i++) {
        const struct wm_view_alarm *row = &view->alarm[i];
        if (row->id <= console->at) {
            continue;
        }
        console->at = row->id;
        con_add(console, "alarm=");
        for (int k = 0; k < wm_alarm_count; k++) {
            const struct wm_alarm_row *is = wm_alarm((enum wm_alarm)k);
            if (is->number == row->number) {
                con_add(console, "%s id=%" PRIu32 " number=%" PRId32 " level=%s", is->name, row->id,
                        row->number, levels[is->level]);
                con_add(console, " since=%" PRId64 ".%03d at_start=%s text=\"%s\"",
                        row->detected_ms / 1000, (int)(row->detected_ms % 1000),
                        row->existed_at_start ? "yes" : "no", is->text);
            }
        }
        return true;
    }
    return false;
}

void con_show_alarms(struct con_console *console)
{
    con_list(console, next_alarm, 0);
}

/* ---- settings --------------------------------------------------------------------------- */

static void add_setting_value(struct con_console *console, const char *word,
                              enum wm_setting setting, int32_t value)
{
    const char *choice = wm_choice_name(setting, value);
    con_add(console, " %s=", word);
    if (choice != NULL) {
        con_add(console, "%s", choice);
    } else {
        add_natural(console, wm_setting(setting)->unit, value);
    }
}

static void add_setting(struct con_console *console, enum wm_setting setting)
{
    const struct wm_setting_row *row = wm_setting(setting);
    con_add(console, "setting=%s", row->name);
    add_setting_value(console, "value", setting, console->view->settings.value[setting]);
    if (row->unit == wm_unit_choice) {
        const char *separator = " choices=";
        for (int32_t value = row->min; value <= row->max; value++) {
            if (wm_choice_name(setting, value) != NULL) {
                con_add(console, "%s%s", separator, wm_choice_name(setting, value));
                separator = ",";
            }
        }
    } else {
        add_setting_value(console, "min", setting, row->min);
        add_setting_value(console, "max", setting, row->max);
        con_add(console, " unit=%s",
                wm_unit(row->unit)->natural_name[0] != '\0' ? wm_unit(row->unit)->natural_name
                                                            : "-");
    }
    con_add(console, " text=\"%s\"", row->text);
}

/* A secret is told nowhere: only whether it is there. */
static void add_text(struct con_console *console, enum wm_text text)
{
    const struct wm_text_row *row = wm_text(text);
    const char *value = wm_text_value(&console->view->settings, text);
    con_add(console, "setting=%s", row->name);
    if (row->is_secret) {
        con_add(console, " is_set=%s", value[0] != '\0' ? "yes" : "no");
    } else {
        con_add(console, " value=\"%s\"", value);
    }
    con_add(console, " bytes_max=%zu text=\"%s\"", row->bytes_max, row->text);
}

/* Whole names, and groups: what stands before the point. */
static bool name_is_meant(const char *name, const char *filter)
{
    if (filter == NULL || strcmp(name, filter) == 0) {
        return true;
    }
    const size_t size = strlen(filter);
    return strncmp(name, filter, size) == 0 && name[size] == '.';
}

/* Settings first, then texts. */
static const char *setting_name(int64_t i)
{
    return i < wm_setting_count ? wm_setting((enum wm_setting)i)->name
                                : wm_text((enum wm_text)(i - wm_setting_count))->name;
}

static bool next_setting(struct con_console *console)
{
    while (console->at < wm_setting_count + wm_text_count) {
        const int64_t i = console->at++;
        if (!name_is_meant(setting_name(i), con_argument(console, 0))) {
            continue;
        }
        if (i < wm_setting_count) {
            add_setting(console, (enum wm_setting)i);
        } else {
            add_text(console, (enum wm_text)(i - wm_setting_count));
        }
        return true;
    }
    return false;
}

void con_show_settings(struct con_console *console)
{
    int i = 0;
    while (i < wm_setting_count + wm_text_count &&
           !name_is_meant(setting_name(i), con_argument(console, 0))) {
        i++;
    }
    if (i == wm_setting_count + wm_text_count) {
        con_refuse(console, wm_refusal_unknown,
                   "no setting and no group %s; show settings has them all",
                   con_argument(console, 0));
        return;
    }
    con_list(console, next_setting, i);
}

/* ---- version ---------------------------------------------------------------------------- */

static bool next_version(struct con_console *console)
{
    if (console->at++ > 0) {
        return false;
    }
    con_add(console, "product=gbms version=%s modules_max=%d strings_max=%d settings=%d",
            WM_VERSION, WM_MODULES_MAX, WM_STRINGS_MAX, (int)wm_setting_count + (int)wm_text_count);
    return true;
}

void con_show_version(struct con_console *console)
{
    con_list(console, next_version, 0);
}
