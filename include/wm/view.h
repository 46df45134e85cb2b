/*
 * view.h — the published picture: plain numbers, one writer (publish), any reader.
 *
 * Always true: a value whose bit in `valid` is 0 was never measured, or its device is lost or not
 * configured; it then reads 0. Items beyond the configured ones are all zero. The struct has no
 * padding and is the same, byte for byte, on every little-endian machine: traces hash it whole.
 */
#ifndef WM_VIEW_H
#define WM_VIEW_H

#include <stdint.h>

#include "wm/catalog.h"
#include "wm/limits.h"
#include "wm/units.h"

/* Members are pasted by points.def: name_unit. `valid`: bit p - first point of the scope. */
struct wm_view_system {
    uint32_t valid;
    int32_t status_flags;
    int32_t battery_status_flags;
    int32_t alarm_flags;
    int32_t strings_count;
    int32_t modules_count;
    int32_t voltage_average_uV; /* exact enough to round to 0.01 V once: units of 1/512 mV */
    int32_t voltage_sum_mV;
    int32_t alarms_present_count;
    int32_t module_alarms_count;
    int32_t module_warnings_count;
    int32_t discharges_count;
};

struct wm_view_string {
    uint32_t valid;
    int32_t position_index;
    int32_t current_mA;
    int32_t voltage_sum_mV;
    int32_t voltage_average_uV;
    int32_t current_ac_mA;
    int32_t alarm_flags;
    int32_t alarm2_flags;
    int32_t flow_choice;
    int32_t breaker_choice;
    int32_t equalizing_choice;
};

struct wm_view_module {
    uint32_t valid;
    int32_t position_index;
    int32_t voltage_mV;
    int32_t temperature_mdegC;
    int32_t bypass_permille;
    int32_t resistance_uOhm;
    int32_t alarm_flags;
    int32_t link_choice;
    int32_t type_code;
    int32_t hardware_revision;
    int32_t software_revision;
};

struct wm_view_aux_line {
    uint32_t valid;
    int32_t level_state;
};

struct wm_view_sensor {
    uint32_t valid;
    int32_t link_choice;
    int32_t current_mA;
    int32_t current_ac_mA;
};

struct wm_view_aux {
    uint32_t valid;
    int32_t link_choice;
};

/* What hangs on COM2 (decision B21). */
struct wm_view_com2 {
    uint32_t valid;
    int32_t link_choice;
    int32_t temperature_mdegC;
    int32_t humidity_permille;
};

struct wm_view_com2_analog {
    uint32_t valid;
    int32_t value_milli;
};

struct wm_view_com2_line {
    uint32_t valid;
    int32_t level_state;
};

/* What the lamps and contacts of the webmanager show; its board drives them from here. */
struct wm_view_panel {
    uint32_t valid;
    int32_t alarm_led_choice;
    int32_t red_led_choice;
    int32_t green_led_choice;
    int32_t buzzer_choice;
    int32_t relay_choice;
    int32_t slide_switch_choice;
    int32_t address_mode_choice;
};

struct wm_view_programmer {
    uint32_t valid;
    int32_t mode_choice;
    int32_t activity_choice;
    int32_t result_choice;
    int32_t first_address;
    int32_t last_address;
    int32_t next_address;
    int32_t modules_count;
};

/* One row of the alarm table, in order of id (decision S7). */
struct wm_view_alarm {
    uint32_t id;
    int32_t number;           /* well-known alarm, 1..39                                     */
    int32_t existed_at_start; /* 1: present at the end of initializing, no Added is sent    */
    int32_t reserved;
    wm_ms detected_ms; /* uptime at detection                                         */
};

struct wm_view {
    wm_ms published_ms; /* uptime */
    wm_ms wall_ms;      /* wall clock, ms since 1970-01-01T00:00:00Z (decision B20) */
    uint32_t generation;
    int32_t is_initializing;
    int32_t is_complete; /* running and every configured value measured once (decision H7) */
    int32_t alarm_rows;
    uint32_t rounds; /* finished so far */
    int32_t boots;   /* starts so far, this one too, kept over restart */
    struct wm_view_alarm alarm[WM_ALARM_ROWS_MAX];
    struct wm_settings settings;
    struct wm_view_system system;
    struct wm_view_string string[WM_STRINGS_MAX];
    struct wm_view_module module[WM_MODULES_MAX];
    struct wm_view_aux_line aux_input[WM_AUX_LINES_MAX];
    struct wm_view_aux_line aux_output[WM_AUX_LINES_MAX];
    struct wm_view_sensor sensor[WM_SENSORS_MAX];
    struct wm_view_aux aux[WM_AUX_MAX];
    struct wm_view_com2 com2;
    struct wm_view_com2_analog com2_analog[WM_COM2_ANALOGS_MAX];
    struct wm_view_com2_line com2_input[WM_COM2_LINES_MAX];
    struct wm_view_com2_line com2_output[WM_COM2_LINES_MAX];
    struct wm_view_panel panel;
    struct wm_view_programmer programmer;
};

#endif
