/*
 * notify.c — a merge of two lists that are both in order of id.
 */
#include "notify.h"

#include <assert.h>

#include "wm/catalog.h"

/* The rows worth telling of, with is_added where their coming is news too. */
static void rows_collect(const struct wm_view *view, struct snmps_seen *rows)
{
    const int32_t initializing = wm_alarm(wm_alarm_initializing)->number;
    assert(view->alarm_rows >= 0 && view->alarm_rows <= WM_ALARM_ROWS_MAX);
    rows->count = 0;
    for (int32_t i = 0; i < view->alarm_rows; i++) {
        const struct wm_view_alarm *alarm = &view->alarm[i];
        assert(i == 0 || view->alarm[i - 1].id < alarm->id);
        if (alarm->number != initializing) {
            rows->row[rows->count++] = (struct snmps_notice){
                .is_added = !alarm->existed_at_start, .id = alarm->id, .number = alarm->number};
        }
    }
}

static bool has_row(const struct snmps_seen *rows, size_t *from, uint32_t id)
{
    while (*from < rows->count && rows->row[*from].id < id) {
        ++*from;
    }
    return *from < rows->count && rows->row[*from].id == id;
}

size_t snmps_notify(struct snmps_seen *seen, const struct wm_view *view,
                    struct snmps_notice *notices)
{
    struct snmps_seen now;
    size_t count = 0;
    if (view->is_initializing) {
        return 0;
    }
    rows_collect(view, &now);
    size_t from = 0;
    for (size_t i = 0; i < seen->count; i++) {
        if (!has_row(&now, &from, seen->row[i].id)) {
            notices[count] = seen->row[i];
            notices[count++].is_added = false;
        }
    }
    from = 0;
    for (size_t i = 0; i < now.count; i++) {
        if (now.row[i].is_added && !has_row(seen, &from, now.row[i].id)) {
            notices[count++] = now.row[i];
        }
    }
    *seen = now;
    return count;
}
