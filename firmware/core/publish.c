/*
 * publish.c — see publish.h.
 */
#include "publish.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "settings.h"

static_assert(sizeof(struct wm_view) % sizeof(wm_ms) == 0, "the view has no tail of its own");
static_assert(offsetof(struct wm_view, alarm) == 40, "the view has no holes");
static_assert(sizeof(struct wm_view_alarm) == 24, "the view has no holes");

#define BIT(scope, name) (UINT32_C(1) << (wm_point_##scope##_##name - wm_point_##scope##_first_of))

/* Bit 0 of `valid` is the first point of its scope in points.def. */
enum {
    wm_point_system_first_of = wm_point_system_status,
    wm_point_string_first_of = wm_point_string_position,
    wm_point_module_first_of = wm_point_module_position,
    wm_point_sensor_first_of = wm_point_sensor_link,
    wm_point_panel_first_of = wm_point_panel_alarm_led,
    wm_point_programmer_first_of = wm_point_programmer_mode,
};

/* Flags and positions are always known. */
#define MODULE_ALWAYS     (BIT(module, position) | BIT(module, alarm) | BIT(module, link))
#define MODULE_IDENTIFIED (BIT(module, type) | BIT(module, hardware) | BIT(module, software))
#define MODULE_MEASURED   (BIT(module, voltage) | BIT(module, temperature) | BIT(module, bypass))
#define STRING_ALWAYS                                                                              \
    (BIT(string, position) | BIT(string, alarm) | BIT(string, alarm2) | BIT(string, flow) |        \
     BIT(string, breaker) | BIT(string, equalizing))
#define STRING_VOLTAGES (BIT(string, voltage_sum) | BIT(string, voltage_average))
#define STRING_CURRENTS (BIT(string, current) | BIT(string, current_ac))
#define SYSTEM_VOLTAGES (BIT(system, voltage_sum) | BIT(system, voltage_average))
#define SENSOR_CURRENTS (BIT(sensor, current) | BIT(sensor, current_ac))
#define SYSTEM_ALL      ((UINT32_C(1) << (wm_point_string_position - wm_point_system_status)) - 1)

static uint16_t module_flags(const struct wm_core *core, int32_t index)
{
    const struct wm_module *module = &core->bank.module[index];
    const bool is_lost = module->link.state == WM_LINK_LOST;
    uint16_t flags = wm_rules_module_flags(&core->rules, index);
    if (is_lost) {
        flags |= wm_flag_alarm_communication_lost;
    }
    if (flags != 0 || module->is_mismatched || core->equalizer.module[index].is_error) {
        /* Each flag of a module is a cause of the general alarm (decision B7). */
        flags |= wm_flag_alarm_general_alarm;
    }
    return flags;
}

static void module_publish(const struct wm_core *core, int32_t index, struct wm_view_module *out)
{
    const struct wm_module *module = &core->bank.module[index];
    memset(out, 0, sizeof *out);
    out->valid = MODULE_ALWAYS;
    out->position_index = index;
    out->alarm_flags = module_flags(core, index);
    out->link_choice = (int32_t)module->link.state;
    if (module->is_identified) {
        out->valid |= MODULE_IDENTIFIED;
        out->type_code = module->identity.type_code;
        out->hardware_revision = module->identity.hardware_revision;
        out->software_revision = module->identity.software_revision;
    }
    if (!wm_module_is_valid(module)) {
        return;
    }
    out->valid |= MODULE_MEASURED;
    out->voltage_mV = module->voltage_mV;
    out->temperature_mdegC = module->temperature_mdegC;
    out->bypass_permille = module->bypass_permille;
    if (module->has_resistance) {
        out->valid |= BIT(module, resistance);
        out->resistance_uOhm = module->resistance_uOhm;
    }
}

static int32_t breaker_state(const struct wm_core *core, int32_t index)
{
    int32_t output;
    bool is_normally_closed;
    if (!wm_settings_breaker(&core->settings, index, &output, &is_normally_closed)) {
        return wm_state_string_breaker_none;
    }
    return wm_breakers_is_open(&core->breakers, &core->settings, index)
               ? wm_state_string_breaker_open
               : wm_state_string_breaker_closed;
}

static void string_publish(const struct wm_core *core, int32_t index, int32_t modules_flags,
                           struct wm_view_string *out)
{
    const struct wm_string_sums *sums = &core->bank.string[index];
    const uint16_t own_flags = wm_rules_string_flags(&core->rules, index);
    memset(out, 0, sizeof *out);
    out->valid = STRING_ALWAYS;
    out->position_index = index;
    out->alarm_flags = modules_flags | own_flags;
    out->alarm2_flags = wm_rules_string_flags2(&core->rules, index);
    out->equalizing_choice = (int32_t)core->equalizer.string[index];
    if (wm_equalizer_is_cut_off(&core->equalizer, index)) {
        out->alarm2_flags |= wm_flag_string_alarm_equalizing_cut_off;
    }
    out->flow_choice = (int32_t)core->state.string[index].flow;
    out->breaker_choice = breaker_state(core, index);
    if (own_flags != 0) {
        out->alarm_flags |= wm_flag_alarm_general_alarm;
    }
    if (sums->valid_count > 0) {
        out->valid |= STRING_VOLTAGES;
        out->voltage_sum_mV = sums->voltage_sum_mV;
        out->voltage_average_uV = sums->voltage_average_uV;
    }
    if (wm_bank_current(&core->bank, index, &out->current_mA, &out->current_ac_mA)) {
        out->valid |= STRING_CURRENTS;
    }
}

/* Register 1000: life and flow, and what the alarms add (decision B26). */
static int32_t status_flags(const struct wm_core *core, wm_ms now_ms)
{
    uint16_t flags = wm_state_flags(&core->state, now_ms);
    if (core->state.life != WM_CONNECTED) {
        for (int i = 0; i < wm_alarm_count; i++) {
            const enum wm_alarm alarm = (enum wm_alarm)i;
            if (wm_alarms_holds(&core->alarms, alarm)) {
                flags |= wm_alarm(alarm)->status_flag;
            }
        }
    }
    if (!wm_core_store_is_sound(core) || core->bank.modules_mismatched > 0) {
        flags |= wm_flag_general_status_system_failure;
    }
    if (core->state.life == WM_RUNNING && wm_equalizer_is_active(&core->equalizer, &core->bank)) {
        flags |= wm_flag_general_status_equalisation;
    }
    flags &= (uint16_t)~wm_programmer_hides(&core->programmer);
    flags |= wm_programmer_flags(&core->programmer);
    return flags;
}

static int32_t battery_flags(const struct wm_core *core)
{
    uint16_t flags = 0;
    for (int i = 0; i < wm_alarm_count; i++) {
        const enum wm_alarm alarm = (enum wm_alarm)i;
        if (wm_alarms_holds(&core->alarms, alarm)) {
            flags |= wm_alarm(alarm)->battery_flag;
        }
    }
    if (wm_alarms_is_general(&core->alarms, &core->settings)) {
        flags |= wm_flag_battery_status_general_alarm;
    }
    return flags;
}

static void system_publish(struct wm_core *core, wm_ms now_ms)
{
    const struct wm_bank *bank = &core->bank;
    struct wm_view_system *out = &core->view.system;
    int32_t valid_count = 0;
    memset(out, 0, sizeof *out);
    out->valid = SYSTEM_ALL;
    out->status_flags = status_flags(core, now_ms);
    out->battery_status_flags = battery_flags(core);
    out->strings_count = bank->strings_count;
    out->modules_count = bank->modules_count;
    out->alarms_present_count = core->alarms.rows;
    out->discharges_count = core->discharges.count;
    for (int32_t i = 0; i < bank->strings_count; i++) {
        out->voltage_sum_mV += bank->string[i].voltage_sum_mV;
        valid_count += bank->string[i].valid_count;
        out->alarm_flags |= core->view.string[i].alarm_flags;
    }
    if (valid_count > 0) {
        out->voltage_average_uV =
            (int32_t)wm_divide_rounded(out->voltage_sum_mV * INT64_C(1000), valid_count);
    } else {
        out->valid &= ~SYSTEM_VOLTAGES;
    }
    for (int32_t i = 0; i < bank->modules_count; i++) {
        if (bank->module[i].link.state == WM_LINK_LOST) {
            continue; /* lost modules count in neither counter (decision B6) */
        }
        out->module_alarms_count += wm_rules_module_shows(&core->rules, i, WM_LEVEL_ALARM);
        out->module_warnings_count += wm_rules_module_shows(&core->rules, i, WM_LEVEL_WARNING);
    }
}

/* A lost unit reads inputs alarm and outputs as last commanded (decision S11). */
static void aux_publish(struct wm_core *core)
{
    for (int32_t i = 0; i < core->bank.aux_count; i++) {
        const struct wm_aux *aux = &core->bank.aux[i];
        core->view.aux[i] = (struct wm_view_aux){1, (int32_t)aux->link.state};
        const bool is_present = aux->link.state == WM_LINK_PRESENT;
        const uint8_t inputs = is_present ? aux->inputs : 0;
        const uint8_t outputs =
            is_present ? aux->outputs : wm_breakers_outputs(&core->breakers, &core->bank, i);
        for (int line = 0; line < WM_AUX_LINES; line++) {
            const int32_t at = i * WM_AUX_LINES + line;
            core->view.aux_input[at] = (struct wm_view_aux_line){1, inputs >> line & 1};
            core->view.aux_output[at] = (struct wm_view_aux_line){1, outputs >> line & 1};
        }
    }
}

static void sensors_publish(struct wm_core *core)
{
    for (int32_t i = 0; i < core->bank.sensors_count; i++) {
        const struct wm_sensor *sensor = &core->bank.sensor[i];
        struct wm_view_sensor *out = &core->view.sensor[i];
        *out = (struct wm_view_sensor){
            .valid = BIT(sensor, link),
            .link_choice = (int32_t)sensor->link.state,
        };
        if (sensor->is_measured && sensor->link.state == WM_LINK_PRESENT) {
            out->valid |= SENSOR_CURRENTS;
            out->current_mA = sensor->current_mA;
            out->current_ac_mA = sensor->current_ac_mA;
        }
    }
}

static void panel_publish(struct wm_core *core)
{
    core->view.panel = core->panel.shown;
    core->view.panel.valid =
        (UINT32_C(1) << (wm_point_panel_address_mode + 1 - wm_point_panel_first_of)) - 1;
    core->view.programmer.valid =
        (UINT32_C(1) << (wm_point_programmer_modules + 1 - wm_point_programmer_first_of)) - 1;
    wm_programmer_publish(&core->programmer, &core->view.programmer);
}

void wm_publish(struct wm_core *core, wm_ms now_ms)
{
    struct wm_view *view = &core->view;
    const struct wm_bank *bank = &core->bank;
    view->published_ms = now_ms - core->started_ms;
    view->wall_ms = core->logs.wall_started_ms + view->published_ms;
    view->generation++;
    view->is_initializing = core->state.life != WM_RUNNING;
    view->is_complete = core->state.life == WM_RUNNING && core->is_complete;
    view->rounds = core->poller.rounds;
    view->boots = core->boots.count;
    view->alarm_rows = core->alarms.rows;
    memcpy(view->alarm, core->alarms.row, sizeof view->alarm);
    view->settings = core->settings;
    for (int32_t i = 0, module = 0; i < bank->strings_count; i++) {
        int32_t modules_flags = 0;
        for (int32_t k = 0; k < bank->string_modules; k++, module++) {
            module_publish(core, module, &view->module[module]);
            modules_flags |= view->module[module].alarm_flags;
        }
        string_publish(core, i, modules_flags, &view->string[i]);
    }
    aux_publish(core);
    sensors_publish(core);
    panel_publish(core);
    wm_com2_publish(&core->com2, &core->settings, view);
    system_publish(core, now_ms);
}
