/*
 * keep.c — see keep.h.
 */
#include "keep.h"

#include <string.h>

#include "record.h"
#include "settings.h"

/* The record: how many settings, then key and value of each. */
enum { RECORD_VERSION = 1, AT_COUNT = 0, AT_ROWS = 2, KEY_SIZE = 4, ROW_SIZE = 8 };
#define RECORD_NAME "settings"

_Static_assert(AT_ROWS + ROW_SIZE * wm_setting_count <= WM_RECORD_BODY_MAX,
               "every setting can be kept; raise WM_RECORD_SIZE_MAX");

static void u32_put(uint8_t *bytes, uint32_t value)
{
    for (int i = 0; i < 4; i++) {
        bytes[i] = (uint8_t)(value >> 8 * i);
    }
}

static uint32_t u32_get(const uint8_t *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

/* The setting with this key that may be kept; false if there is none. */
static bool key_find(uint32_t key, enum wm_setting *setting)
{
    for (int i = 0; i < wm_setting_count; i++) {
        if (wm_name_key(wm_setting((enum wm_setting)i)->name) == key) {
            *setting = (enum wm_setting)i;
            return !wm_setting_is_structural(*setting);
        }
    }
    return false;
}

/* Takes one row in; false if it means nothing here, or came before. */
static bool row_take(struct wm_keep *keep, struct wm_settings *settings, const uint8_t *row)
{
    enum wm_setting setting;
    const int32_t value = (int32_t)u32_get(row + KEY_SIZE);
    if (!key_find(u32_get(row), &setting) || !wm_setting_fits(setting, value) ||
        keep->is_set[setting]) {
        return false;
    }
    /* As it is, without the settings that follow it: they are rows of their own. */
    settings->value[setting] = value;
    keep->is_set[setting] = true;
    return true;
}

static bool rows_take(struct wm_keep *keep, struct wm_settings *settings, const uint8_t *body,
                      int size)
{
    const char *why;
    const int rows = size < AT_ROWS ? -1 : body[AT_COUNT] | body[AT_COUNT + 1] << 8;
    bool is_good = size == AT_ROWS + ROW_SIZE * rows;
    for (int i = 0; is_good && i < rows; i++) {
        is_good = row_take(keep, settings, body + AT_ROWS + (ptrdiff_t)(ROW_SIZE * i));
    }
    return is_good && wm_settings_check(settings, &why) == WM_OK;
}

enum wm_status wm_keep_init(struct wm_keep *keep, struct wm_settings *settings,
                            const struct wm_store *store)
{
    uint8_t body[WM_RECORD_BODY_MAX];
    struct wm_settings kept = *settings;
    memset(keep, 0, sizeof *keep);
    const int size = wm_record_load(store, RECORD_NAME, RECORD_VERSION, body, sizeof body);
    if (size == WM_ABSENT) {
        return WM_OK;
    }
    if (size < 0 || !rows_take(keep, &kept, body, size)) {
        memset(keep->is_set, 0, sizeof keep->is_set);
        keep->is_damaged = true;
        return WM_DAMAGED;
    }
    *settings = kept;
    return WM_OK;
}

void wm_keep_note(struct wm_keep *keep, enum wm_setting setting)
{
    keep->is_set[setting] = true;
    for (int i = 0; i < wm_setting_count; i++) {
        keep->is_set[i] |= wm_setting_follows((enum wm_setting)i, setting);
    }
    keep->is_changed = true;
}

enum wm_status wm_keep_save(struct wm_keep *keep, const struct wm_settings *settings,
                            const struct wm_store *store)
{
    uint8_t body[WM_RECORD_BODY_MAX];
    uint8_t *row = body + AT_ROWS;
    unsigned rows = 0;
    if (!keep->is_changed) {
        return WM_OK;
    }
    for (int i = 0; i < wm_setting_count; i++) {
        if (keep->is_set[i]) {
            u32_put(row, wm_name_key(wm_setting((enum wm_setting)i)->name));
            u32_put(row + KEY_SIZE, (uint32_t)settings->value[i]);
            row += ROW_SIZE;
            rows++;
        }
    }
    body[AT_COUNT] = (uint8_t)rows;
    body[AT_COUNT + 1] = (uint8_t)(rows >> 8);
    const enum wm_status status =
        wm_record_save(store, RECORD_NAME, RECORD_VERSION, body, (size_t)(row - body));
    keep->is_changed = status != WM_OK;
    keep->is_damaged = keep->is_damaged && status != WM_OK;
    return status;
}
