/*
 * logs.c — see logs.h.
 */
#include "logs.h"

#include <string.h>

#include "wm/log_record.h"

enum {
    RECORDS_A_STEP = 32, /* about a millisecond of a slow flash */
    PAUSE_MS = 1,        /* between two steps that write and nothing else */
};

/* ---- events ----------------------------------------------------------------------------- */

static void append(struct wm_logs *logs, enum wm_log_ring ring, const uint8_t *record, size_t size,
                   wm_ms uptime_ms);

static void tell(void *self, const struct wm_event *event)
{
    struct wm_logs *logs = self;
    uint8_t bytes[WM_LOG_EVENT_SIZE];
    const struct wm_log_event record = {
        .wall_ms = logs->wall_started_ms + event->time_ms,
        .uptime_ms = event->time_ms,
        .kind = (int32_t)event->kind,
        .number = event->number,
        .value = event->value,
    };
    logs->journal.tell(logs->journal.self, event);
    wm_log_event_pack(&record, bytes);
    append(logs, WM_LOG_EVENTS, bytes, sizeof bytes, event->time_ms);
}

/* The first record lost is told; the next that is written ends the episode. */
static void append(struct wm_logs *logs, enum wm_log_ring ring, const uint8_t *record, size_t size,
                   wm_ms uptime_ms)
{
    const bool was_failing = logs->is_failing[ring];
    logs->is_failing[ring] = logs->log.ops->append(logs->log.self, ring, record, size) != WM_OK;
    if (logs->is_failing[ring] && !was_failing) {
        const struct wm_event event = {uptime_ms, wm_event_log_failed, (int32_t)ring, 0};
        tell(logs, &event);
    }
}

void wm_logs_init(struct wm_logs *logs, const struct wm_ports *ports, wm_ms wall_started_ms)
{
    memset(logs, 0, sizeof *logs);
    logs->log = ports->log;
    logs->journal = ports->journal;
    logs->wall_started_ms = wall_started_ms;
}

struct wm_journal wm_logs_journal(struct wm_logs *logs)
{
    return (struct wm_journal){tell, logs};
}

void wm_logs_clock(struct wm_logs *logs, wm_ms wall_started_ms)
{
    logs->wall_started_ms = wall_started_ms;
}

/* ---- measurements ----------------------------------------------------------------------- */

static void sweep_begin(struct wm_logs *logs, struct wm_log_sweep *sweep, int32_t modules,
                        wm_ms period_ms, wm_ms uptime_ms)
{
    const wm_ms late_ms = uptime_ms - sweep->begun_ms - period_ms;
    if (sweep->next < sweep->until || (sweep->has_begun && late_ms < 0)) {
        return;
    }
    /* A round is late by less than a period and must not add up; what was missed is not made up. */
    sweep->begun_ms = sweep->has_begun && late_ms < period_ms ? uptime_ms - late_ms : uptime_ms;
    sweep->has_begun = true;
    sweep->wall_s = (uint32_t)((logs->wall_started_ms + uptime_ms) / 1000);
    sweep->next = 0;
    sweep->until = modules;
}

void wm_logs_round(struct wm_logs *logs, const struct wm_settings *settings, bool flows,
                   wm_ms uptime_ms)
{
    const int32_t *value = settings->value;
    const int32_t modules = value[wm_setting_bank_modules];
    sweep_begin(logs, &logs->normal, modules, value[wm_setting_log_rate_normal] * INT64_C(1000),
                uptime_ms);
    if (flows) {
        sweep_begin(logs, &logs->flow, modules, value[wm_setting_log_rate_current] * INT64_C(1000),
                    uptime_ms);
    }
}

/* What the picture shows of a module (from 0). */
static struct wm_log_measurement measurement_of(const struct wm_view *view, int32_t index)
{
    const struct wm_view_module *module = &view->module[index];
    const int32_t string_modules = view->system.modules_count / view->system.strings_count;
    struct wm_log_measurement record = {
        .module = (uint16_t)(index + 1),
        .alarm_flags = (uint16_t)module->alarm_flags,
    };
    int32_t bypass = 0;
    if (module->link_choice == wm_state_module_link_lost) {
        record.flags |= WM_LOG_IS_LOST;
    }
    if (wm_point_read(wm_point_module_voltage, index + 1, view, &record.voltage_mV) &&
        wm_point_read(wm_point_module_temperature, index + 1, view, &record.temperature_mdegC) &&
        wm_point_read(wm_point_module_bypass, index + 1, view, &bypass)) {
        record.flags |= WM_LOG_HAS_VALUES;
    }
    record.bypass_permille = (int16_t)bypass;
    if (wm_point_read(wm_point_module_resistance, index + 1, view, &record.resistance_uOhm)) {
        record.flags |= WM_LOG_HAS_RESISTANCE;
    }
    if (wm_point_read(wm_point_string_current, index / string_modules + 1, view,
                      &record.current_mA)) {
        record.flags |= WM_LOG_HAS_CURRENT;
    }
    return record;
}

static void sweep_step(struct wm_logs *logs, enum wm_log_ring ring, struct wm_log_sweep *sweep,
                       const struct wm_view *view, wm_ms uptime_ms)
{
    for (int i = 0; i < RECORDS_A_STEP && sweep->next < sweep->until; i++) {
        uint8_t bytes[WM_LOG_MEASUREMENT_SIZE];
        struct wm_log_measurement record = measurement_of(view, sweep->next++);
        record.wall_s = sweep->wall_s;
        wm_log_measurement_pack(&record, bytes);
        append(logs, ring, bytes, sizeof bytes, uptime_ms);
    }
}

void wm_logs_step(struct wm_logs *logs, const struct wm_view *view, wm_ms uptime_ms)
{
    sweep_step(logs, WM_LOG_NORMAL, &logs->normal, view, uptime_ms);
    sweep_step(logs, WM_LOG_FLOW, &logs->flow, view, uptime_ms);
}

wm_ms wm_logs_deadline_ms(const struct wm_logs *logs, wm_ms now_ms)
{
    const bool is_writing =
        logs->normal.next < logs->normal.until || logs->flow.next < logs->flow.until;
    return is_writing ? now_ms + PAUSE_MS : WM_NEVER;
}
