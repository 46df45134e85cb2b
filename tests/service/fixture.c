/*
 * fixture.c — values that differ from item to item and from point to point.
 */
#include "fixture.h"

#include <assert.h>
#include <string.h>
#include <time.h>

static void strings_fill(struct wm_view *view, int32_t strings)
{
    for (int32_t i = 0; i < strings; i++) {
        view->string[i] = (struct wm_view_string){
            .valid = UINT32_MAX,
            .position_index = i,
            .current_mA = -1000 * (i + 1),
            .voltage_sum_mV = 100000 + 1000 * i,
            .voltage_average_uV = 12000000 + 1000000 * i,
            .current_ac_mA = 3000 + 1000 * i,
            .alarm_flags = i + 1,
            .alarm2_flags = i + 2,
        };
    }
}

void fixture_view(struct wm_view *view, int32_t modules, int32_t strings, int32_t aux_units)
{
    memset(view, 0, sizeof *view);
    for (int i = 0; i < wm_setting_count; i++) {
        view->settings.value[i] = wm_setting((enum wm_setting)i)->value_default;
    }
    for (int i = 0; i < wm_text_count; i++) {
        const enum wm_status status =
            wm_text_set(&view->settings, (enum wm_text)i, wm_text((enum wm_text)i)->value_default);
        assert(status == WM_OK);
        (void)status;
    }
    view->boots = 1;
    view->settings.value[wm_setting_bank_modules] = modules;
    view->settings.value[wm_setting_bank_strings] = strings;
    view->settings.value[wm_setting_bank_aux_units] = aux_units;
    view->generation = 1;
    view->system = (struct wm_view_system){
        .valid = UINT32_MAX,
        .status_flags = 0x0041,
        .battery_status_flags = 0x0005,
        .alarm_flags = 0x00FF,
        .strings_count = strings,
        .modules_count = modules,
        .voltage_average_uV = 12940500,
        .voltage_sum_mV = 232934,
        .alarms_present_count = 3,
        .module_alarms_count = 4,
        .module_warnings_count = 5,
    };
    strings_fill(view, strings);
    for (int32_t i = 0; i < modules; i++) {
        view->module[i] = (struct wm_view_module){
            .valid = UINT32_MAX,
            .position_index = i,
            .voltage_mV = 12000 + i,
            .temperature_mdegC = 20000 + 100 * i,
            .bypass_permille = i % 1000,
            .resistance_uOhm = 4000 + 10 * i,
            .alarm_flags = i % 256,
        };
    }
    for (int32_t i = 0; i < aux_units * WM_AUX_LINES; i++) {
        view->aux_input[i] = (struct wm_view_aux_line){UINT32_MAX, (i + 1) % 2};
        view->aux_output[i] = (struct wm_view_aux_line){UINT32_MAX, i % 2};
    }
}

void fixture_alarm(struct wm_view *view, uint32_t id, int32_t number, wm_ms detected_ms)
{
    assert(view->alarm_rows < WM_ALARM_ROWS_MAX);
    view->alarm[view->alarm_rows++] =
        (struct wm_view_alarm){.id = id, .number = number, .detected_ms = detected_ms};
}

void fixture_invalidate(uint32_t *valid, enum wm_point point, enum wm_point first_of_scope)
{
    *valid &= ~(1U << (point - first_of_scope));
}

double fixture_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}
