/*
 * test_log_record.c — the bytes of log records, and the lines they become.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "wm/catalog.h"
#include "wm/log_csv.h"
#include "wm/log_record.h"
#include "wm/message.h"

static char line[WM_LOG_CSV_LINE_MAX];

static const char *event_line(enum wm_event_kind kind, int32_t number, int32_t value)
{
    uint8_t bytes[WM_LOG_EVENT_SIZE];
    const struct wm_log_event event = {.wall_ms = 1590969600123,
                                       .uptime_ms = 61005,
                                       .kind = (int32_t)kind,
                                       .number = number,
                                       .value = value};
    wm_log_event_pack(&event, bytes);
    wm_log_csv_line(WM_LOG_EVENTS, 7, bytes, sizeof bytes, line);
    return line;
}

Test(log_record, events_and_measurements_come_back_as_they_were)
{
    uint8_t bytes[WM_LOG_RECORD_MAX];
    const struct wm_log_event event = {.wall_ms = INT64_C(0x0123456789ABCDEF),
                                       .uptime_ms = INT64_C(0x1122334455667788),
                                       .kind = wm_event_setting_changed,
                                       .number = wm_setting_bus_baud,
                                       .value = INT32_MIN};
    struct wm_log_event event_back;
    wm_log_event_pack(&event, bytes);
    cr_assert_eq(wm_log_event_unpack(bytes, WM_LOG_EVENT_SIZE, &event_back), WM_OK);
    cr_assert_eq(event_back.wall_ms, event.wall_ms);
    cr_assert_eq(event_back.uptime_ms, event.uptime_ms);
    cr_assert_eq(event_back.kind, event.kind);
    cr_assert_eq(event_back.number, event.number);
    cr_assert_eq(event_back.value, event.value);
    const struct wm_log_measurement measurement = {.wall_s = 0xFEDCBA98,
                                                   .module = 512,
                                                   .alarm_flags = 0xFFFE,
                                                   .flags = 0x0F,
                                                   .voltage_mV = -1,
                                                   .temperature_mdegC = -40000,
                                                   .resistance_uOhm = 60000,
                                                   .bypass_permille = 1000,
                                                   .current_mA = -2000000};
    struct wm_log_measurement back;
    memset(&back, 0, sizeof back);
    wm_log_measurement_pack(&measurement, bytes);
    cr_assert_eq(wm_log_measurement_unpack(bytes, WM_LOG_MEASUREMENT_SIZE, &back), WM_OK);
    cr_assert_eq(back.wall_s, 0xFEDCBA98);
    cr_assert_eq(back.module, 512);
    cr_assert_eq(back.alarm_flags, 0xFFFE);
    cr_assert_eq(back.flags, 0x0F);
    cr_assert_eq(back.voltage_mV, -1);
    cr_assert_eq(back.temperature_mdegC, -40000);
    cr_assert_eq(back.resistance_uOhm, 60000);
    cr_assert_eq(back.bypass_permille, 1000);
    cr_assert_eq(back.current_mA, -2000000);
    cr_assert_eq(bytes[0], 0x98, "little endian");
    cr_assert_leq(WM_LOG_EVENT_SIZE, WM_LOG_RECORD_MAX);
    cr_assert_leq(WM_LOG_MEASUREMENT_SIZE, WM_LOG_RECORD_MAX);
}

Test(log_record, bytes_of_another_size_are_no_record)
{
    const uint8_t bytes[WM_LOG_RECORD_MAX] = {0};
    struct wm_log_event event;
    struct wm_log_measurement measurement;
    cr_assert_eq(wm_log_event_unpack(bytes, WM_LOG_EVENT_SIZE - 1, &event), WM_DAMAGED);
    cr_assert_eq(wm_log_event_unpack(bytes, WM_LOG_EVENT_SIZE + 1, &event), WM_DAMAGED);
    cr_assert_eq(wm_log_measurement_unpack(bytes, WM_LOG_MEASUREMENT_SIZE + 1, &measurement),
                 WM_DAMAGED);
    wm_log_csv_line(WM_LOG_EVENTS, 3, bytes, 5, line);
    cr_assert_str_eq(line, "3,,,damaged,,,");
    wm_log_csv_line(WM_LOG_FLOW, 4, bytes, 0, line);
    cr_assert_str_eq(line, "4,,,,,,,,,damaged");
}

Test(log_record, names_of_another_firmware_are_told_as_unknown)
{
    uint8_t bytes[WM_LOG_EVENT_SIZE];
    struct wm_log_event event = {.kind = wm_event_setting_changed, .number = 0, .value = 5};
    wm_log_event_pack(&event, bytes);
    bytes[20] ^= 1; /* the key of the setting */
    cr_assert_eq(wm_log_event_unpack(bytes, sizeof bytes, &event), WM_OK);
    cr_assert_eq(event.number, WM_LOG_UNKNOWN);
    wm_log_csv_line(WM_LOG_EVENTS, 1, bytes, sizeof bytes, line);
    cr_assert_str_eq(line, "1,1970-01-01T00:00:00.000Z,0.000,setting_changed,unknown,5,"
                           "\"Setting is now\"");
    bytes[16] ^= 1; /* that of the event */
    wm_log_csv_line(WM_LOG_EVENTS, 1, bytes, sizeof bytes, line);
    cr_assert_not_null(strstr(line, ",unknown,"));
    cr_assert_not_null(strstr(line, "\"Event of another firmware\""));
}

Test(log_record, rings_are_found_by_their_names)
{
    for (int i = 0; i < WM_LOG_RINGS; i++) {
        enum wm_log_ring ring;
        cr_assert(wm_log_ring_find(wm_log_ring_name((enum wm_log_ring)i), &ring));
        cr_assert_eq((int)ring, i);
    }
    enum wm_log_ring ring;
    cr_assert_not(wm_log_ring_find("event", &ring));
}

Test(log_csv, an_event_has_time_name_and_subject_in_words)
{
    const char *start = "7,2020-06-01T00:00:00.123Z,61.005,";
    cr_assert_str_eq(wm_log_csv_header(WM_LOG_EVENTS),
                     "number,time,uptime_s,event,subject,value,text");
    static const struct {
        enum wm_event_kind kind;
        int32_t number;
        int32_t value;
        const char *rest;
    } cases[] = {
        {wm_event_started, 0, 0, "started,,,\"The webmanager has been switched on\""},
        {wm_event_alarm_added, 22, 3, "alarm_added,thermal_runaway,3,\"Alarm came\""},
        {wm_event_module_lost, 7, 0, "module_lost,module 7,,\"Module gives no valid answer\""},
        {wm_event_state, 0x4001, 0, "state,0x4001,,\"General status is now\""},
        {wm_event_breaker, 2, 1, "breaker,string 2,open,\"Breaker was ordered\""},
        {wm_event_breaker, 2, 0, "breaker,string 2,closed,\"Breaker was ordered\""},
        {wm_event_setting_changed, wm_setting_voltage_high_warn, 14300,
         "setting_changed,voltage.high_warn,14.300,\"Setting is now\""},
        {wm_event_setting_changed, wm_setting_temperature_low_alarm, -500,
         "setting_changed,temperature.low_alarm,-0.500,\"Setting is now\""},
        {wm_event_setting_changed, wm_setting_runaway_action, 1,
         "setting_changed,runaway.action,open_breaker,\"Setting is now\""},
        {wm_event_request_refused, wm_refusal_too_long, 3,
         "request_refused,too_long,3,\"Requests refused; the reason is the last one's\""},
        {wm_event_request_refused, 99, 1,
         "request_refused,99,1,\"Requests refused; the reason is the last one's\""},
        {wm_event_collision, 3, WM_CLASS_MODULE,
         "collision,address 3,module,\"Two devices answer at one address\""},
        {wm_event_value_refused, 2, WM_CLASS_SENSOR,
         "value_refused,address 2,sensor,\"Device answers with an impossible value\""},
        {wm_event_value_refused, 1, WM_CLASS_AUX,
         "value_refused,address 1,aux,\"Device answers with an impossible value\""},
        {wm_event_value_refused, 8, WM_CLASS_COM2,
         "value_refused,address 8,com2,\"Device answers with an impossible value\""},
        {wm_event_log_failed, WM_LOG_FLOW, 0,
         "log_failed,flow,,\"A log record could not be written\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        event_line(cases[i].kind, cases[i].number, cases[i].value);
        cr_assert_eq(strncmp(line, start, strlen(start)), 0, "%s", line);
        cr_assert_str_eq(line + strlen(start), cases[i].rest);
    }
}

static int commas(const char *text)
{
    int count = 0;
    bool is_quoted = false;
    for (; *text != '\0'; text++) {
        is_quoted = is_quoted != (*text == '"');
        count += *text == ',' && !is_quoted;
    }
    return is_quoted ? -1 : count;
}

Test(log_csv, every_event_fits_a_line_and_has_all_its_cells)
{
    for (int i = 0; i < wm_event_kinds; i++) {
        const char *table = wm_event((enum wm_event_kind)i)->number;
        const int32_t number = strcmp(table, "setting") == 0 ? (int32_t)wm_setting_count - 1
                               : strcmp(table, "text") == 0  ? (int32_t)wm_text_count - 1
                                                             : INT32_MIN;
        event_line((enum wm_event_kind)i, number, INT32_MIN);
        cr_assert_lt(strlen(line), sizeof line - 1);
        cr_assert_eq(commas(line), commas(wm_log_csv_header(WM_LOG_EVENTS)), "%s", line);
    }
}

static const char *measurement_line(const struct wm_log_measurement *measurement)
{
    uint8_t bytes[WM_LOG_MEASUREMENT_SIZE];
    wm_log_measurement_pack(measurement, bytes);
    wm_log_csv_line(WM_LOG_NORMAL, 12, bytes, sizeof bytes, line);
    cr_assert_eq(commas(line), commas(wm_log_csv_header(WM_LOG_NORMAL)), "%s", line);
    return line;
}

Test(log_csv, a_measurement_has_natural_units_and_an_empty_cell_where_it_is_not_valid)
{
    struct wm_log_measurement measurement = {
        .wall_s = 1590969600,
        .module = 18,
        .flags = WM_LOG_HAS_VALUES | WM_LOG_HAS_RESISTANCE | WM_LOG_HAS_CURRENT,
        .voltage_mV = 13507,
        .temperature_mdegC = -12300,
        .resistance_uOhm = 4600,
        .bypass_permille = 405,
        .current_mA = -50,
        .alarm_flags = 0x0005,
    };
    cr_assert_str_eq(measurement_line(&measurement),
                     "12,2020-06-01T00:00:00Z,18,13.507,-12.300,4.600,40.5,-0.050,"
                     "general_alarm voltage_high,present");
    measurement.flags = WM_LOG_IS_LOST;
    measurement.alarm_flags = 0;
    cr_assert_str_eq(measurement_line(&measurement), "12,2020-06-01T00:00:00Z,18,,,,,,,lost");
    measurement.alarm_flags = 0xFFFF;
    cr_assert_lt(strlen(measurement_line(&measurement)), sizeof line - 1, "all flags fit");
}
