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
};

struct wm_view_module {
    uint32_t valid;
    int32_t position_index;
    int32_t voltage_mV;
    int32_t temperature_mdegC;
    int32_t bypass_permille;
    int32_t resistance_uOhm;
    int32_t alarm_flags;
};

struct wm_view_aux_line {
    uint32_t valid;
    int32_t level_state;
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
    uint32_t generation;
    int32_t is_initializing;
    int32_t is_complete; /* running and every configured value measured once (decision H7) */
    int32_t alarm_rows;
    uint32_t rounds; /* finished so far */
    uint32_t reserved;
    struct wm_view_alarm alarm[WM_ALARM_ROWS_MAX];
    struct wm_settings settings;
    struct wm_view_system system;
    struct wm_view_string string[WM_STRINGS_MAX];
    struct wm_view_module module[WM_MODULES_MAX];
    struct wm_view_aux_line aux_input[WM_AUX_LINES_MAX];
    struct wm_view_aux_line aux_output[WM_AUX_LINES_MAX];
};

#endif
