/*
 * boots.c — see boots.h.
 */
#include "boots.h"

#include "record.h"

enum wm_status wm_boots_init(struct wm_boots *boots, const struct wm_store *store)
{
    int32_t before = 0;
    const enum wm_status status = wm_record_load_count(store, WM_BOOTS_RECORD, &before);
    boots->count = before < INT32_MAX ? before + 1 : before;
    boots->is_changed = true;
    return status == WM_ABSENT ? WM_OK : status;
}

enum wm_status wm_boots_save(struct wm_boots *boots, const struct wm_store *store)
{
    if (!boots->is_changed) {
        return WM_OK;
    }
    const enum wm_status status = wm_record_save_count(store, WM_BOOTS_RECORD, boots->count);
    boots->is_changed = status != WM_OK;
    return status;
}
