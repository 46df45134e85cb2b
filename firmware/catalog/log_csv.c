/*
 * log_csv.c — see log_csv.h.
 */
#include "wm/log_csv.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "wm/catalog.h"
#include "wm/instant.h"
#include "wm/log_record.h"
#include "wm/message.h"

/* A cell with its zero: the longest is a name of a table. */
enum { CELL_MAX = 48, ALARMS_CELL_MAX = 256 };

const char *wm_log_csv_header(enum wm_log_ring ring)
{
    return ring == WM_LOG_EVENTS ? "number,time,uptime_s,event,subject,value,text"
                                 : "number,time,module,voltage_V,temperature_degC,resistance_mOhm,"
                                   "bypass_%,string_current_A,alarms,link";
}

/* ---- cells ------------------------------------------------------------------------------ */

/* In the natural unit, exactly: per_natural is a power of ten. */
static void natural_cell(int64_t value, int32_t per_natural, char cell[CELL_MAX])
{
    const int64_t size = value < 0 ? -value : value;
    int used = snprintf(cell, CELL_MAX, "%s%" PRId64 "%s", value < 0 ? "-" : "", size / per_natural,
                        per_natural > 1 ? "." : "");
    for (int32_t digit = per_natural / 10; digit > 0; digit /= 10) {
        cell[used++] = (char)('0' + size / digit % 10);
    }
    cell[used] = '\0';
}

static void valid_cell(bool is_valid, int32_t value, enum wm_unit unit, char cell[CELL_MAX])
{
    cell[0] = '\0';
    if (is_valid) {
        natural_cell(value, wm_unit(unit)->per_natural, cell);
    }
}

/* ---- events ----------------------------------------------------------------------------- */

static const char *alarm_name(int32_t number)
{
    for (int i = 0; i < wm_alarm_count; i++) {
        if (wm_alarm((enum wm_alarm)i)->number == number) {
            return wm_alarm((enum wm_alarm)i)->name;
        }
    }
    return NULL;
}

static const char *class_name(int32_t number)
{
    static const char *const names[WM_CLASSES] = {
        [WM_CLASS_MODULE] = "module",
        [WM_CLASS_SENSOR] = "sensor",
        [WM_CLASS_AUX] = "aux",
        [WM_CLASS_COM2] = "com2",
    };
    return number >= 0 && number < WM_CLASSES ? names[number] : NULL;
}

/* What a number of this kind (a column of events.def) is called, or null. */
static const char *number_name(const char *kind, int32_t number)
{
    if (strcmp(kind, "alarm") == 0) {
        return alarm_name(number);
    }
    if (strcmp(kind, "setting") == 0) {
        return number == WM_LOG_UNKNOWN ? "unknown" : wm_setting((enum wm_setting)number)->name;
    }
    if (strcmp(kind, "text") == 0) {
        return number == WM_LOG_UNKNOWN ? "unknown" : wm_text((enum wm_text)number)->name;
    }
    if (strcmp(kind, "ring") == 0 && number >= 0 && number < WM_LOG_RINGS) {
        return wm_log_ring_name((enum wm_log_ring)number);
    }
    if (strcmp(kind, "reason") == 0) {
        return wm_refusal_name(number);
    }
    if (strcmp(kind, "class") == 0) {
        return class_name(number);
    }
    if (strcmp(kind, "mode") == 0) {
        return wm_state_name(wm_point_programmer_mode, number);
    }
    if (strcmp(kind, "result") == 0) {
        return wm_state_name(wm_point_programmer_result, number);
    }
    return NULL;
}

static void number_cell(const char *kind, int32_t number, char cell[CELL_MAX])
{
    static const char *const items[] = {"module", "sensor",  "aux",    "string",
                                        "line",   "channel", "address"};
    const char *name = number_name(kind, number);
    const char *item = "";
    for (size_t i = 0; i < sizeof items / sizeof items[0]; i++) {
        item = strcmp(kind, items[i]) == 0 ? items[i] : item;
    }
    if (strcmp(kind, "none") == 0) {
        cell[0] = '\0';
    } else if (name != NULL) {
        (void)snprintf(cell, CELL_MAX, "%s", name);
    } else if (strcmp(kind, "flags") == 0) {
        (void)snprintf(cell, CELL_MAX, "0x%04X", (unsigned)number);
    } else {
        (void)snprintf(cell, CELL_MAX, "%s%s%" PRId32, item, item[0] != '\0' ? " " : "", number);
    }
}

static void setting_cell(int32_t setting, int32_t value, char cell[CELL_MAX])
{
    if (setting == WM_LOG_UNKNOWN) {
        (void)snprintf(cell, CELL_MAX, "%" PRId32, value);
        return;
    }
    const char *choice = wm_choice_name((enum wm_setting)setting, value);
    if (choice != NULL) {
        (void)snprintf(cell, CELL_MAX, "%s", choice);
    } else {
        natural_cell(value, wm_unit(wm_setting((enum wm_setting)setting)->unit)->per_natural, cell);
    }
}

static void event_line(uint64_t number, const struct wm_log_event *event,
                       char line[WM_LOG_CSV_LINE_MAX])
{
    static const struct wm_event_row unknown = {"unknown", "number", "value",
                                                "Event of another firmware"};
    const struct wm_event_row *row =
        event->kind == WM_LOG_UNKNOWN ? &unknown : wm_event((enum wm_event_kind)event->kind);
    char time[WM_INSTANT_SIZE];
    char uptime[CELL_MAX];
    char subject[CELL_MAX];
    char value[CELL_MAX];
    natural_cell(event->uptime_ms, wm_unit(wm_unit_ms)->per_natural, uptime);
    number_cell(row->number, event->number, subject);
    if (strcmp(row->number, "setting") == 0) {
        setting_cell(event->number, event->value, value);
    } else if (strcmp(row->value, "open") == 0) {
        (void)snprintf(value, sizeof value, "%s", event->value != 0 ? "open" : "closed");
    } else {
        number_cell(row->value, event->value, value);
    }
    /* A text of the table may have a comma. */
    (void)snprintf(line, WM_LOG_CSV_LINE_MAX, "%" PRIu64 ",%s,%s,%s,%s,%s,\"%s\"", number,
                   wm_instant_text(event->wall_ms, time), uptime, row->name, subject, value,
                   row->text);
}

/* ---- measurements ----------------------------------------------------------------------- */

/* The names of the bits, with a space between them. */
static void alarms_cell(uint16_t flags, char *cell, size_t size)
{
    size_t count;
    size_t used = 0;
    const struct wm_flag_row *row = wm_flags(&count);
    cell[0] = '\0';
    for (size_t i = 0; i < count && used < size; i++) {
        if (row[i].set == wm_flag_set_alarm && (flags & row[i].value) != 0) {
            used += (size_t)snprintf(cell + used, size - used, "%s%s", used > 0 ? " " : "",
                                     row[i].name);
        }
    }
}

static void measurement_line(uint64_t number, const struct wm_log_measurement *measurement,
                             char line[WM_LOG_CSV_LINE_MAX])
{
    const uint8_t flags = measurement->flags;
    const bool has_values = (flags & WM_LOG_HAS_VALUES) != 0;
    char time[WM_INSTANT_SIZE];
    char voltage[CELL_MAX];
    char temperature[CELL_MAX];
    char resistance[CELL_MAX];
    char bypass[CELL_MAX];
    char current[CELL_MAX];
    char alarms[ALARMS_CELL_MAX];
    valid_cell(has_values, measurement->voltage_mV, wm_unit_mV, voltage);
    valid_cell(has_values, measurement->temperature_mdegC, wm_unit_mdegC, temperature);
    valid_cell((flags & WM_LOG_HAS_RESISTANCE) != 0, measurement->resistance_uOhm, wm_unit_uOhm,
               resistance);
    valid_cell(has_values, measurement->bypass_permille, wm_unit_permille, bypass);
    valid_cell((flags & WM_LOG_HAS_CURRENT) != 0, measurement->current_mA, wm_unit_mA, current);
    alarms_cell(measurement->alarm_flags, alarms, sizeof alarms);
    (void)snprintf(line, WM_LOG_CSV_LINE_MAX, "%" PRIu64 ",%s,%u,%s,%s,%s,%s,%s,%s,%s", number,
                   wm_instant_text_s(measurement->wall_s, time), (unsigned)measurement->module,
                   voltage, temperature, resistance, bypass, current, alarms,
                   (flags & WM_LOG_IS_LOST) != 0 ? "lost" : "present");
}

/* ---- lines ------------------------------------------------------------------------------ */

void wm_log_csv_line(enum wm_log_ring ring, uint64_t number, const uint8_t *record, size_t size,
                     char line[WM_LOG_CSV_LINE_MAX])
{
    struct wm_log_event event;
    struct wm_log_measurement measurement;
    if (ring == WM_LOG_EVENTS && wm_log_event_unpack(record, size, &event) == WM_OK) {
        event_line(number, &event, line);
    } else if (ring != WM_LOG_EVENTS &&
               wm_log_measurement_unpack(record, size, &measurement) == WM_OK) {
        measurement_line(number, &measurement, line);
    } else {
        (void)snprintf(line, WM_LOG_CSV_LINE_MAX, "%" PRIu64 ",%s", number,
                       ring == WM_LOG_EVENTS ? ",,damaged,,," : ",,,,,,,,damaged");
    }
}

bool wm_log_csv(const struct wm_log *log, enum wm_log_ring ring, uint64_t count,
                bool (*write)(void *context, const char *line), void *context)
{
    uint64_t first;
    const uint64_t held = log->ops->held(log->self, ring, &first);
    bool goes_on = write(context, wm_log_csv_header(ring));
    for (uint64_t i = held > count ? held - count : 0; goes_on && i < held; i++) {
        uint8_t record[WM_LOG_RECORD_MAX];
        char line[WM_LOG_CSV_LINE_MAX];
        const int size = log->ops->read(log->self, ring, first + i, record, sizeof record);
        wm_log_csv_line(ring, first + i, record, size > 0 ? (size_t)size : 0, line);
        goes_on = write(context, line);
    }
    return goes_on;
}
