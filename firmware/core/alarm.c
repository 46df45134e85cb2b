/*
 * alarm.c — see alarm.h.
 */
#include "alarm.h"

#include <assert.h>
#include <string.h>

static_assert(wm_alarm_count <= 64, "struct wm_alarms keeps a bit an alarm");

void wm_alarms_init(struct wm_alarms *alarms)
{
    memset(alarms, 0, sizeof *alarms);
    alarms->id_next = 1;
}

void wm_alarms_raise(struct wm_alarms *alarms, enum wm_alarm alarm)
{
    assert(alarms->causes[alarm] < WM_DEVICES_MAX);
    wm_alarms_count(alarms, alarm, alarms->causes[alarm] + 1);
}

void wm_alarms_drop(struct wm_alarms *alarms, enum wm_alarm alarm)
{
    assert(alarms->causes[alarm] > 0);
    alarms->causes[alarm]--;
}

void wm_alarms_set(struct wm_alarms *alarms, enum wm_alarm alarm, bool holds)
{
    wm_alarms_count(alarms, alarm, holds ? 1 : 0);
}

void wm_alarms_count(struct wm_alarms *alarms, enum wm_alarm alarm, int32_t causes)
{
    assert(causes >= 0);
    if (causes > alarms->causes[alarm]) {
        alarms->raises[alarm] += (uint32_t)(causes - alarms->causes[alarm]);
    }
    alarms->causes[alarm] = causes;
}

void wm_alarms_renew(struct wm_alarms *alarms, enum wm_alarm alarm)
{
    alarms->raises[alarm]++;
}

void wm_alarms_follow(struct wm_alarms *alarms, enum wm_alarm alarm, uint32_t before, uint32_t now)
{
    for (uint32_t changed = before ^ now; changed != 0; changed &= changed - 1) {
        const uint32_t lowest = changed & ~(changed - 1);
        if (now & lowest) {
            wm_alarms_raise(alarms, alarm);
        } else {
            wm_alarms_drop(alarms, alarm);
        }
    }
}

/* The well-known alarms that stand for several others (decision S14). */
static void summaries_update(struct wm_alarms *alarms)
{
    const int32_t *causes = alarms->causes;
    wm_alarms_set(alarms, wm_alarm_voltage,
                  causes[wm_alarm_voltage_high] > 0 || causes[wm_alarm_voltage_low] > 0);
    wm_alarms_set(alarms, wm_alarm_temperature,
                  causes[wm_alarm_temperature_high] > 0 || causes[wm_alarm_temperature_low] > 0);
    wm_alarms_set(alarms, wm_alarm_resist_alarm, causes[wm_alarm_resist_alarm_high] > 0);
    wm_alarms_set(alarms, wm_alarm_resist_warn, causes[wm_alarm_resist_warn_high] > 0);
}

static void tell(const struct wm_journal *journal, wm_ms now_ms, enum wm_event_kind kind,
                 const struct wm_view_alarm *row)
{
    const struct wm_event event = {now_ms, kind, row->number, (int32_t)row->id};
    journal->tell(journal->self, &event);
}

static void row_remove(struct wm_alarms *alarms, int32_t number, wm_ms now_ms,
                       const struct wm_journal *journal)
{
    int32_t i = 0;
    while (alarms->row[i].number != number) {
        i++;
        assert(i < alarms->rows);
    }
    tell(journal, now_ms, wm_event_alarm_removed, &alarms->row[i]);
    alarms->rows--;
    memmove(&alarms->row[i], &alarms->row[i + 1],
            (size_t)(alarms->rows - i) * sizeof alarms->row[0]);
    memset(&alarms->row[alarms->rows], 0, sizeof alarms->row[0]);
}

static void row_add(struct wm_alarms *alarms, int32_t number, wm_ms now_ms,
                    const struct wm_journal *journal)
{
    assert(alarms->rows < WM_ALARM_ROWS_MAX);
    struct wm_view_alarm *row = &alarms->row[alarms->rows++];
    *row = (struct wm_view_alarm){
        .id = alarms->id_next,
        .number = number,
        .detected_ms = now_ms,
    };
    /* Integer32 1..2147483647 (decision S6); 2^31 alarms are never reached in practice. */
    alarms->id_next = alarms->id_next == INT32_MAX ? 1 : alarms->id_next + 1;
    tell(journal, now_ms, wm_event_alarm_added, row);
}

bool wm_alarms_update(struct wm_alarms *alarms, wm_ms now_ms, const struct wm_journal *journal)
{
    summaries_update(alarms);
    uint64_t active = 0;
    for (int i = 0; i < wm_alarm_count; i++) {
        active |= (uint64_t)(alarms->causes[i] > 0) << i;
    }
    const uint64_t before = alarms->active;
    if (active == before) {
        return false;
    }
    alarms->active = active;
    for (int i = 0; i < wm_alarm_count; i++) {
        const int32_t number = wm_alarm((enum wm_alarm)i)->number;
        if (number != 0 && before & ~active & UINT64_C(1) << i) {
            row_remove(alarms, number, now_ms, journal);
        }
    }
    for (int i = 0; i < wm_alarm_count; i++) {
        const int32_t number = wm_alarm((enum wm_alarm)i)->number;
        if (number != 0 && active & ~before & UINT64_C(1) << i) {
            row_add(alarms, number, now_ms, journal);
        }
    }
    return true;
}

void wm_alarms_started(struct wm_alarms *alarms)
{
    for (int32_t i = 0; i < alarms->rows; i++) {
        alarms->row[i].existed_at_start = 1;
        alarms->row[i].detected_ms = 0;
    }
}

static bool is_set_general(const struct wm_settings *settings)
{
    /* `automatic` follows the runaway action (decision B7). */
    const int32_t choice = settings->value[wm_setting_alarm_sensor_lost_is_general];
    return choice == 1 || (choice == 2 && settings->value[wm_setting_runaway_action] != 0);
}

bool wm_alarms_is_cause(const struct wm_alarms *alarms, enum wm_alarm alarm,
                        const struct wm_settings *settings)
{
    const enum wm_general general = wm_alarm(alarm)->general;
    if (alarms->causes[alarm] == 0) {
        return false;
    }
    switch (general) {
    case WM_GENERAL_yes:
        return true;
    case WM_GENERAL_set:
        return is_set_general(settings);
    case WM_GENERAL_environment:
        return settings->value[wm_setting_alarm_environment_is_general] != 0;
    case WM_GENERAL_no:
        break;
    }
    return false;
}

bool wm_alarms_is_general(const struct wm_alarms *alarms, const struct wm_settings *settings)
{
    for (int i = 0; i < wm_alarm_count; i++) {
        if (wm_alarms_is_cause(alarms, (enum wm_alarm)i, settings)) {
            return true;
        }
    }
    return false;
}
