/*
 * log_record.c — see log_record.h.
 */
#include "wm/log_record.h"

#include <assert.h>
#include <string.h>

#include "wm/catalog.h"

static const char *const rings[WM_LOG_RINGS] = {
    [WM_LOG_EVENTS] = "events",
    [WM_LOG_NORMAL] = "normal",
    [WM_LOG_FLOW] = "flow",
};

const char *wm_log_ring_name(enum wm_log_ring ring)
{
    assert((unsigned)ring < WM_LOG_RINGS);
    return rings[ring];
}

bool wm_log_ring_find(const char *name, enum wm_log_ring *ring)
{
    for (int i = 0; i < WM_LOG_RINGS; i++) {
        if (strcmp(rings[i], name) == 0) {
            *ring = (enum wm_log_ring)i;
            return true;
        }
    }
    return false;
}

/* ---- bytes ------------------------------------------------------------------------------ */

/* Writes the low bytes of the value and moves on. */
static void put(uint8_t **at, int bytes, uint64_t value)
{
    for (int i = 0; i < bytes; i++) {
        *(*at)++ = (uint8_t)(value >> 8 * i);
    }
}

static uint64_t get(const uint8_t **at, int bytes)
{
    uint64_t value = 0;
    for (int i = 0; i < bytes; i++) {
        value |= (uint64_t) * (*at)++ << 8 * i;
    }
    return value;
}

/* ---- events ----------------------------------------------------------------------------- */

/* The number of such an event is a row of a table: its name is kept, as a key. */
static bool is_about(int32_t kind, const char *table)
{
    return strcmp(wm_event((enum wm_event_kind)kind)->number, table) == 0;
}

static int32_t event_find(uint32_t key)
{
    for (int i = 0; i < wm_event_kinds; i++) {
        if (wm_name_key(wm_event((enum wm_event_kind)i)->name) == key) {
            return i;
        }
    }
    return WM_LOG_UNKNOWN;
}

static int32_t setting_find(uint32_t key)
{
    enum wm_setting setting;
    return wm_setting_find_key(key, &setting) ? (int32_t)setting : WM_LOG_UNKNOWN;
}

static int32_t text_find(uint32_t key)
{
    enum wm_text text;
    return wm_text_find_key(key, &text) ? (int32_t)text : WM_LOG_UNKNOWN;
}

void wm_log_event_pack(const struct wm_log_event *event, uint8_t bytes[WM_LOG_EVENT_SIZE])
{
    uint8_t *at = bytes;
    uint32_t number = (uint32_t)event->number;
    if (is_about(event->kind, "setting")) {
        number = wm_name_key(wm_setting((enum wm_setting)event->number)->name);
    } else if (is_about(event->kind, "text")) {
        number = wm_name_key(wm_text((enum wm_text)event->number)->name);
    }
    put(&at, 8, (uint64_t)event->wall_ms);
    put(&at, 8, (uint64_t)event->uptime_ms);
    put(&at, 4, wm_name_key(wm_event((enum wm_event_kind)event->kind)->name));
    put(&at, 4, number);
    put(&at, 4, (uint32_t)event->value);
    assert(at == bytes + WM_LOG_EVENT_SIZE);
}

enum wm_status wm_log_event_unpack(const uint8_t *bytes, size_t size, struct wm_log_event *event)
{
    if (size != WM_LOG_EVENT_SIZE) {
        return WM_DAMAGED;
    }
    event->wall_ms = (wm_ms)get(&bytes, 8);
    event->uptime_ms = (wm_ms)get(&bytes, 8);
    event->kind = event_find((uint32_t)get(&bytes, 4));
    event->number = (int32_t)get(&bytes, 4);
    event->value = (int32_t)get(&bytes, 4);
    if (event->kind != WM_LOG_UNKNOWN && is_about(event->kind, "setting")) {
        event->number = setting_find((uint32_t)event->number);
    } else if (event->kind != WM_LOG_UNKNOWN && is_about(event->kind, "text")) {
        event->number = text_find((uint32_t)event->number);
    }
    return WM_OK;
}

/* ---- measurements ----------------------------------------------------------------------- */

void wm_log_measurement_pack(const struct wm_log_measurement *measurement,
                             uint8_t bytes[WM_LOG_MEASUREMENT_SIZE])
{
    uint8_t *at = bytes;
    put(&at, 4, measurement->wall_s);
    put(&at, 2, measurement->module);
    put(&at, 2, measurement->alarm_flags);
    put(&at, 1, measurement->flags);
    put(&at, 4, (uint32_t)measurement->voltage_mV);
    put(&at, 4, (uint32_t)measurement->temperature_mdegC);
    put(&at, 4, (uint32_t)measurement->resistance_uOhm);
    put(&at, 2, (uint16_t)measurement->bypass_permille);
    put(&at, 4, (uint32_t)measurement->current_mA);
    assert(at == bytes + WM_LOG_MEASUREMENT_SIZE);
}

enum wm_status wm_log_measurement_unpack(const uint8_t *bytes, size_t size,
                                         struct wm_log_measurement *measurement)
{
    if (size != WM_LOG_MEASUREMENT_SIZE) {
        return WM_DAMAGED;
    }
    measurement->wall_s = (uint32_t)get(&bytes, 4);
    measurement->module = (uint16_t)get(&bytes, 2);
    measurement->alarm_flags = (uint16_t)get(&bytes, 2);
    measurement->flags = (uint8_t)get(&bytes, 1);
    measurement->voltage_mV = (int32_t)get(&bytes, 4);
    measurement->temperature_mdegC = (int32_t)get(&bytes, 4);
    measurement->resistance_uOhm = (int32_t)get(&bytes, 4);
    measurement->bypass_permille = (int16_t)get(&bytes, 2);
    measurement->current_mA = (int32_t)get(&bytes, 4);
    return WM_OK;
}
