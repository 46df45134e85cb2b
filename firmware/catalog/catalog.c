/*
 * catalog.c — expands the .def tables into const rows; finding a row. Its only job.
 */
#include "wm/catalog.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wm/journal.h"
#include "wm/limits.h"
#include "wm/view.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The words of the tables' encoding columns. */
#define U16                                                                                        \
    {                                                                                              \
        WM_ENCODE_U16, 1                                                                           \
    }
#define S16(divisor)                                                                               \
    {                                                                                              \
        WM_ENCODE_S16, divisor                                                                     \
    }
#define STRING_FACTOR                                                                              \
    {                                                                                              \
        WM_ENCODE_STRING_FACTOR, 1                                                                 \
    }
#define HALF_DEGREE                                                                                \
    {                                                                                              \
        WM_ENCODE_HALF_DEGREE, 1                                                                   \
    }
#define INTEGER                                                                                    \
    {                                                                                              \
        WM_ENCODE_INTEGER, 1                                                                       \
    }
#define GAUGE                                                                                      \
    {                                                                                              \
        WM_ENCODE_GAUGE, 1                                                                         \
    }
#define LINEAR(divisor)                                                                            \
    {                                                                                              \
        WM_ENCODE_LINEAR, divisor                                                                  \
    }
#define TEMPERATURE                                                                                \
    {                                                                                              \
        WM_ENCODE_TEMPERATURE, 1                                                                   \
    }

/* ---- units, flags, windows, module types ------------------------------------------------ */

const struct wm_unit_row *wm_unit(enum wm_unit unit)
{
    static const struct wm_unit_row rows[] = {
#define UNIT(unit, natural, per_natural) [wm_unit_##unit] = {#unit, natural, per_natural},
#include "wm/units.def"
#undef UNIT
    };
    assert((size_t)unit < COUNT(rows));
    return &rows[unit];
}

const struct wm_flag_row *wm_flags(size_t *count)
{
    static const struct wm_flag_row rows[] = {
#define FLAG(set, name, value, guide_name) {wm_flag_set_##set, #name, value, guide_name},
#define WORD(scope, point, set)
#include "wm/flags.def"
#undef FLAG
#undef WORD
    };
    *count = COUNT(rows);
    return rows;
}

static const struct wm_window_row windows[] = {
#define WINDOW(name, scope, first, stride, number_first, number_last, offsets)                     \
    {#name, wm_scope_##scope, first, stride, number_first, number_last, offsets},
#include "wm/layout.def"
#undef WINDOW
};

const struct wm_window_row *wm_windows(size_t *count)
{
    *count = COUNT(windows);
    return windows;
}

const struct wm_module_type *wm_module_type(int32_t code)
{
    static const struct wm_module_type rows[] = {
#define MODULE_TYPE(name, ...) {#name, __VA_ARGS__},
#define ACCURACY(...)                                                                              \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }
#include "wm/module_types.def"
#undef ACCURACY
#undef MODULE_TYPE
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (rows[i].code == code) {
            return &rows[i];
        }
    }
    return NULL;
}

uint32_t wm_name_key(const char *name)
{
    uint32_t hash = 2166136261U;
    for (const char *c = name; *c != '\0'; c++) {
        hash = (hash ^ (uint8_t)*c) * 16777619U;
    }
    return hash;
}

const struct wm_event_row *wm_event(enum wm_event_kind kind)
{
    static const struct wm_event_row rows[] = {
#define EVENT(name, number, value, text) [wm_event_##name] = {#name, #number, #value, text},
#include "wm/events.def"
#undef EVENT
    };
    assert((size_t)kind < COUNT(rows));
    return &rows[kind];
}

/* ---- refusals --------------------------------------------------------------------------- */

const struct wm_refusal_row *wm_refusals(size_t *count)
{
    static const struct wm_refusal_row rows[] = {
#define REFUSAL(number, name, text) {number, #name, text},
#include "wm/refusals.def"
#undef REFUSAL
    };
    *count = COUNT(rows);
    return rows;
}

const char *wm_refusal_name(int32_t number)
{
    size_t count;
    const struct wm_refusal_row *row = wm_refusals(&count);
    for (size_t i = 0; i < count; i++) {
        if (row[i].number == number) {
            return row[i].name;
        }
    }
    return NULL;
}

enum wm_refusal wm_refusal_of(enum wm_status status)
{
    switch (status) {
    case WM_RANGE:
        return wm_refusal_range;
    case WM_CONFLICT:
        return wm_refusal_conflict;
    case WM_BUSY:
        return wm_refusal_busy;
    case WM_ABSENT:
        return wm_refusal_absent;
    case WM_IO:
    case WM_DAMAGED:
        return wm_refusal_store;
    case WM_OK:
        break;
    }
    assert(!"a status that refuses");
    return wm_refusal_unknown;
}

/* ---- scopes ----------------------------------------------------------------------------- */

typedef struct wm_view_system record_system;
typedef struct wm_view_string record_string;
typedef struct wm_view_module record_module;
typedef struct wm_view_aux_line record_aux_input;
typedef struct wm_view_aux_line record_aux_output;
typedef struct wm_view_sensor record_sensor;
typedef struct wm_view_aux record_aux;
typedef struct wm_view_com2 record_com2;
typedef struct wm_view_com2_analog record_com2_analog;
typedef struct wm_view_com2_line record_com2_input;
typedef struct wm_view_com2_line record_com2_output;
typedef struct wm_view_panel record_panel;
typedef struct wm_view_programmer record_programmer;

/* bit 0 of `valid` is the first point of the scope in points.def */
#define SCOPE(name, items_max, point)                                                              \
    [wm_scope_##name] = {#name, items_max, wm_point_##name##_##point,                              \
                         offsetof(struct wm_view, name), sizeof(record_##name)}

static const struct {
    const char *name;
    int32_t items_max;
    enum wm_point point_first;
    size_t offset; /* of the scope's first record in the view */
    size_t size;
} scopes[wm_scope_count] = {
    SCOPE(system, 1, status),
    SCOPE(string, WM_STRINGS_MAX, position),
    SCOPE(module, WM_MODULES_MAX, position),
    SCOPE(aux_input, WM_AUX_LINES_MAX, level),
    SCOPE(aux_output, WM_AUX_LINES_MAX, level),
    SCOPE(sensor, WM_SENSORS_MAX, link),
    SCOPE(aux, WM_AUX_MAX, link),
    SCOPE(com2, 1, link),
    SCOPE(com2_analog, WM_COM2_ANALOGS_MAX, value),
    SCOPE(com2_input, WM_COM2_LINES_MAX, level),
    SCOPE(com2_output, WM_COM2_LINES_MAX, level),
    SCOPE(panel, 1, alarm_led),
    SCOPE(programmer, 1, mode),
};

const char *wm_scope_name(enum wm_scope scope)
{
    assert((size_t)scope < COUNT(scopes));
    return scopes[scope].name;
}

int32_t wm_scope_items_max(enum wm_scope scope)
{
    assert((size_t)scope < COUNT(scopes));
    return scopes[scope].items_max;
}

int32_t wm_scope_items(enum wm_scope scope, const struct wm_settings *settings)
{
    const bool is_managed = settings->value[wm_setting_com2_use] == WM_COM2_SENSORMANAGER;
    switch (scope) {
    case wm_scope_string:
        return settings->value[wm_setting_bank_strings];
    case wm_scope_module:
        return settings->value[wm_setting_bank_modules];
    case wm_scope_aux_input:
    case wm_scope_aux_output:
        return settings->value[wm_setting_bank_aux_units] * WM_AUX_LINES;
    case wm_scope_sensor:
        return settings->value[wm_setting_bank_current_sensors];
    case wm_scope_aux:
        return settings->value[wm_setting_bank_aux_units];
    case wm_scope_com2:
        return settings->value[wm_setting_com2_use] == WM_COM2_TEMPERATURE_HUMIDITY ||
               settings->value[wm_setting_com2_use] == WM_COM2_SENSORMANAGER;
    case wm_scope_com2_analog:
        return is_managed ? WM_COM2_ANALOGS_MAX : 0;
    case wm_scope_com2_input:
    case wm_scope_com2_output:
        return is_managed ? WM_COM2_LINES_MAX : 0;
    case wm_scope_system:
    case wm_scope_panel:
    case wm_scope_programmer:
    case wm_scope_count:
        break;
    }
    return 1;
}

/* ---- points ----------------------------------------------------------------------------- */

/* NO_REGISTER and NO_OBJECT stand for all columns of their window. */
#define NO_REGISTER WM_NO_REGISTER, NOT_SHOWN, NULL
#define NO_OBJECT   WM_NO_OBJECT, 0, NOT_SHOWN, NULL
#define NOT_SHOWN                                                                                  \
    {                                                                                              \
        WM_ENCODE_NOT_SHOWN, 1                                                                     \
    }

static const struct wm_point_row points[wm_point_count] = {
/* The columns after the unit are in the order of struct wm_point_row. */
#define POINT(scope, name, unit, ...)                                                              \
    [wm_point_##scope##_##name] = {wm_scope_##scope, #name, wm_unit_##unit,                        \
                                   offsetof(record_##scope, name##_##unit), __VA_ARGS__},
#include "wm/points.def"
#undef POINT
};

#undef NO_OBJECT

const struct wm_point_row *wm_point(enum wm_point point)
{
    assert((size_t)point < COUNT(points));
    return &points[point];
}

bool wm_point_find(enum wm_scope scope, const char *name, enum wm_point *point)
{
    for (size_t i = 0; i < COUNT(points); i++) {
        if (points[i].scope == scope && strcmp(points[i].name, name) == 0) {
            *point = (enum wm_point)i;
            return true;
        }
    }
    return false;
}

const char *wm_state_name(enum wm_point point, int32_t value)
{
    static const struct {
        enum wm_point point;
        int32_t value;
        const char *name;
    } rows[] = {
#define STATE(scope, point, value, name) {wm_point_##scope##_##point, value, #name},
#include "wm/states.def"
#undef STATE
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (rows[i].point == point && rows[i].value == value) {
            return rows[i].name;
        }
    }
    return NULL;
}

bool wm_point_flags(enum wm_point point, enum wm_flag_set *set)
{
    static const struct {
        enum wm_point point;
        enum wm_flag_set set;
    } rows[] = {
#define FLAG(set, name, value, guide_name)
#define WORD(scope, point, set) {wm_point_##scope##_##point, wm_flag_set_##set},
#include "wm/flags.def"
#undef FLAG
#undef WORD
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (rows[i].point == point) {
            *set = rows[i].set;
            return true;
        }
    }
    return false;
}

static int32_t flags_all(enum wm_flag_set set)
{
    size_t count;
    const struct wm_flag_row *flags = wm_flags(&count);
    int32_t all = 0;
    for (size_t i = 0; i < count; i++) {
        all |= flags[i].set == set ? flags[i].value : 0;
    }
    return all;
}

bool wm_point_range(enum wm_point point, int32_t *least, int32_t *most)
{
    static const struct {
        enum wm_point point;
        int32_t least;
        int32_t most;
    } rows[] = {
#define RANGE(scope, point, least, most) {wm_point_##scope##_##point, least, most},
#include "wm/ranges.def"
#undef RANGE
    };
    enum wm_flag_set set;
    if (wm_point_flags(point, &set)) {
        *least = 0;
        *most = flags_all(set);
        return true;
    }
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (rows[i].point == point) {
            *least = rows[i].least;
            *most = rows[i].most;
            return true;
        }
    }
    return false;
}

bool wm_point_read(enum wm_point point, int32_t number, const struct wm_view *view, int32_t *value)
{
    const struct wm_point_row *row = wm_point(point);
    const enum wm_scope scope = row->scope;
    *value = 0;
    if (number < 1 || number > scopes[scope].items_max) {
        return false;
    }
    const unsigned char *record = (const unsigned char *)view + scopes[scope].offset +
                                  (size_t)(number - 1) * scopes[scope].size;
    uint32_t valid;
    memcpy(&valid, record, sizeof valid);
    if (!(valid >> (point - scopes[scope].point_first) & 1U)) {
        return false;
    }
    memcpy(value, record + row->offset, sizeof *value);
    return true;
}

int32_t wm_point_register(enum wm_point point, int32_t number)
{
    const struct wm_point_row *row = wm_point(point);
    if (row->register_offset == WM_NO_REGISTER) {
        return WM_NO_REGISTER;
    }
    for (size_t i = 0; i < COUNT(windows); i++) {
        const struct wm_window_row *window = &windows[i];
        if (window->scope == row->scope && number >= window->number_first &&
            number <= window->number_last && (window->offsets >> row->register_offset & 1U)) {
            return window->first + (number - window->number_first) * window->stride +
                   row->register_offset;
        }
    }
    return WM_NO_REGISTER;
}

size_t wm_point_oid(enum wm_point point, int32_t number, uint32_t *oid)
{
    static const uint32_t root[] = {WM_OID_BACS};
    const struct wm_point_row *row = wm_point(point);
    if (row->snmp_group == WM_NO_OBJECT || number < 1 || number > scopes[row->scope].items_max) {
        return 0;
    }
    const uint32_t leaf = (uint32_t)row->snmp_leaf;
    const uint32_t line = (uint32_t)(number - 1);
    size_t length = COUNT(root);
    memcpy(oid, root, sizeof root);
    oid[length++] = (uint32_t)row->snmp_group;
    switch (row->scope) {
    case wm_scope_string:
    case wm_scope_module:
        oid[length++] = row->scope == wm_scope_module ? WM_SNMP_MODULE_TABLE : WM_SNMP_STRING_TABLE;
        oid[length++] = 1;
        oid[length++] = leaf;
        oid[length++] = (uint32_t)number;
        break;
    case wm_scope_aux_input:
    case wm_scope_aux_output:
        /* Eight leaves a unit: four inputs, then four outputs. */
        oid[length++] = line / WM_AUX_LINES * (2 * WM_AUX_LINES) + line % WM_AUX_LINES + leaf + 1;
        oid[length++] = 0;
        break;
    default:
        oid[length++] = leaf;
        oid[length++] = 0;
        break;
    }
    return length;
}

/* ---- alarms ----------------------------------------------------------------------------- */

static const struct wm_alarm_row alarms[wm_alarm_count] = {
#define ALARM(name, number, scope, level, general, alarm_flag, string_flag, status_flag,           \
              battery_flag, ...)                                                                   \
    [wm_alarm_##name] = {#name,                                                                    \
                         number,                                                                   \
                         wm_scope_##scope,                                                         \
                         WM_LEVEL_##level,                                                         \
                         WM_GENERAL_##general,                                                     \
                         wm_flag_alarm_##alarm_flag,                                               \
                         wm_flag_string_alarm_##string_flag,                                       \
                         wm_flag_general_status_##status_flag,                                     \
                         wm_flag_battery_status_##battery_flag,                                    \
                         __VA_ARGS__},
#include "wm/alarms.def"
#undef ALARM
};

const struct wm_alarm_row *wm_alarm(enum wm_alarm alarm)
{
    assert((size_t)alarm < COUNT(alarms));
    return &alarms[alarm];
}

bool wm_alarm_find(const char *name, enum wm_alarm *alarm)
{
    for (size_t i = 0; i < COUNT(alarms); i++) {
        if (strcmp(alarms[i].name, name) == 0) {
            *alarm = (enum wm_alarm)i;
            return true;
        }
    }
    return false;
}

/* ---- settings --------------------------------------------------------------------------- */

#define NO_OBJECT WM_NO_OBJECT, NONE, NOT_SHOWN, NULL
#define NONE      WM_ACCESS_NONE
#define RO        WM_ACCESS_RO
#define RW        WM_ACCESS_RW

static const struct wm_setting_row settings_rows[wm_setting_count] = {
/* The columns after the default are in the order of struct wm_setting_row. */
#define SETTING(group, name, unit, scaling, min, max, value, ...)                                  \
    [wm_setting_##group##_##name] = {                                                              \
        #group "." #name, wm_unit_##unit, WM_SCALE_##scaling, min, max, value, __VA_ARGS__},
#include "wm/settings.def"
#undef SETTING
};

const struct wm_setting_row *wm_setting(enum wm_setting setting)
{
    assert((size_t)setting < COUNT(settings_rows));
    return &settings_rows[setting];
}

bool wm_setting_find(const char *name, enum wm_setting *setting)
{
    for (size_t i = 0; i < COUNT(settings_rows); i++) {
        if (strcmp(settings_rows[i].name, name) == 0) {
            *setting = (enum wm_setting)i;
            return true;
        }
    }
    return false;
}

bool wm_setting_find_key(uint32_t key, enum wm_setting *setting)
{
    for (size_t i = 0; i < COUNT(settings_rows); i++) {
        if (wm_name_key(settings_rows[i].name) == key) {
            *setting = (enum wm_setting)i;
            return true;
        }
    }
    return false;
}

bool wm_setting_is_structural(enum wm_setting setting)
{
    if (setting >= wm_setting_breaker_output_1 && setting <= wm_setting_breaker_wiring_16) {
        return true; /* how the breakers are wired is part of the plant */
    }
    switch (setting) {
    case wm_setting_bank_module_type:
    case wm_setting_bank_strings:
    case wm_setting_bank_modules:
    case wm_setting_bank_current_sensors:
    case wm_setting_bank_sensor_for_all:
    case wm_setting_bank_sensor_range:
    case wm_setting_bank_aux_units:
    case wm_setting_battery_capacity:
    case wm_setting_battery_chemistry:
    case wm_setting_battery_cells:
        return true;
    default:
        return false;
    }
}

static const struct choice {
    enum wm_setting setting;
    int32_t value;
    const char *name;
} choices[] = {
#define CHOICE(group, setting, value, name) {wm_setting_##group##_##setting, value, #name},
#include "wm/choices.def"
#undef CHOICE
};

const char *wm_choice_name(enum wm_setting setting, int32_t value)
{
    for (size_t i = 0; i < COUNT(choices); i++) {
        if (choices[i].setting == setting && choices[i].value == value) {
            return choices[i].name;
        }
    }
    return NULL;
}

bool wm_setting_fits(enum wm_setting setting, int32_t value)
{
    const struct wm_setting_row *row = wm_setting(setting);
    if (value < row->min || value > row->max) {
        return false;
    }
    if (row->unit == wm_unit_choice && wm_choice_name(setting, value) == NULL) {
        return false;
    }
    return row->unit != wm_unit_factor || value == 1 || value == 10 || value == 100;
}

static enum wm_status choice_parse(enum wm_setting setting, const char *text, int32_t *value,
                                   char *error, size_t size)
{
    char known[128] = "";
    for (size_t i = 0; i < COUNT(choices); i++) {
        if (choices[i].setting != setting) {
            continue;
        }
        if (strcmp(choices[i].name, text) == 0) {
            *value = choices[i].value;
            return WM_OK;
        }
        size_t used = strlen(known);
        (void)snprintf(known + used, sizeof known - used, "%s%s", used > 0 ? ", " : "",
                       choices[i].name);
    }
    (void)snprintf(error, size, "%s is one of %s, not \"%s\"", wm_setting(setting)->name, known,
                   text);
    return WM_RANGE;
}

/* strtod takes more than people mean: hexadecimal, "inf", and blanks in front. */
static bool decimal_parse(const char *text, double *number)
{
    char *end;
    *number = strtod(text, &end);
    return end != text && *end == '\0' && text[strspn(text, "+-.0123456789eE")] == '\0';
}

enum wm_status wm_setting_parse(enum wm_setting setting, const char *text, int32_t *value,
                                char *error, size_t size)
{
    const struct wm_setting_row *row = wm_setting(setting);
    if (row->unit == wm_unit_choice) {
        return choice_parse(setting, text, value, error, size);
    }
    const struct wm_unit_row *unit = wm_unit(row->unit);
    const double per_natural = unit->per_natural;
    double natural;
    const bool is_decimal = decimal_parse(text, &natural);
    const double exact = natural * per_natural;
    if (!is_decimal || exact < row->min - 0.5 || exact > row->max + 0.5) {
        const char *space = unit->natural_name[0] != '\0' ? " " : "";
        (void)snprintf(error, size, "%s is a number from %.6g to %.6g%s%s, not \"%s\"", row->name,
                       row->min / per_natural, row->max / per_natural, space, unit->natural_name,
                       text);
        return WM_RANGE;
    }
    *value = wm_clamp((int64_t)(exact < 0 ? exact - 0.5 : exact + 0.5), row->min, row->max);
    return WM_OK;
}
