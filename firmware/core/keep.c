/*
 * keep.c — see keep.h.
 */
#include "keep.h"

#include <assert.h>
#include <string.h>

#include "record.h"
#include "settings.h"

/*
 * The record: how many settings and how many texts; then key and value of each setting; then key,
 * size and bytes of each text.
 */
enum {
    RECORD_VERSION = 2,
    AT_COUNT = 0,
    AT_TEXTS = 2,
    AT_ROWS = 4,
    KEY_SIZE = 4,
    ROW_SIZE = 8,
    TEXT_OVERHEAD = KEY_SIZE + 1
};

_Static_assert(AT_ROWS + ROW_SIZE * wm_setting_count + TEXT_OVERHEAD * wm_text_count +
                       sizeof(struct wm_texts) <=
                   WM_RECORD_BODY_MAX,
               "every setting and text can be kept; raise WM_RECORD_SIZE_MAX");

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

/* Takes one row in; false if it means nothing here, or came before. */
static bool row_take(struct wm_keep *keep, struct wm_settings *settings, const uint8_t *row)
{
    enum wm_setting setting;
    const int32_t value = (int32_t)u32_get(row + KEY_SIZE);
    if (!wm_setting_find_key(u32_get(row), &setting) || wm_setting_is_structural(setting) ||
        !wm_setting_fits(setting, value) || keep->is_set[setting]) {
        return false;
    }
    /* As it is, without the settings that follow it: they are rows of their own. */
    settings->value[setting] = value;
    keep->is_set[setting] = true;
    return true;
}

/* Takes one text of at most `left` bytes in; 0 as row_take, else the bytes it took. */
static int text_take(struct wm_keep *keep, struct wm_settings *settings, const uint8_t *at,
                     int left)
{
    enum wm_text text;
    char string[UINT8_MAX + 1] = "";
    if (left < TEXT_OVERHEAD || left < TEXT_OVERHEAD + at[KEY_SIZE]) {
        return 0;
    }
    const size_t size = at[KEY_SIZE];
    memcpy(string, at + TEXT_OVERHEAD, size);
    if (strlen(string) != size || !wm_text_find_key(u32_get(at), &text) ||
        keep->is_text_set[text] || wm_text_set(settings, text, string) != WM_OK) {
        return 0;
    }
    keep->is_text_set[text] = true;
    return TEXT_OVERHEAD + (int)size;
}

static bool record_take(struct wm_keep *keep, struct wm_settings *settings, const uint8_t *body,
                        int size)
{
    const char *why;
    if (size < AT_ROWS) {
        return false;
    }
    const int rows = body[AT_COUNT] | body[AT_COUNT + 1] << 8;
    const int texts = body[AT_TEXTS] | body[AT_TEXTS + 1] << 8;
    int at = AT_ROWS;
    for (int i = 0; i < rows; i++, at += ROW_SIZE) {
        if (size - at < ROW_SIZE || !row_take(keep, settings, body + at)) {
            return false;
        }
    }
    for (int i = 0; i < texts; i++) {
        const int taken = text_take(keep, settings, body + at, size - at);
        if (taken == 0) {
            return false;
        }
        at += taken;
    }
    return at == size && wm_settings_check(settings, &why) == WM_OK;
}

enum wm_status wm_keep_init(struct wm_keep *keep, struct wm_settings *settings,
                            const struct wm_store *store)
{
    uint8_t body[WM_RECORD_BODY_MAX];
    struct wm_settings kept = *settings;
    memset(keep, 0, sizeof *keep);
    const int size = wm_record_load(store, WM_KEEP_RECORD, RECORD_VERSION, body, sizeof body);
    if (size == WM_ABSENT) {
        return WM_OK;
    }
    if (size < 0 || !record_take(keep, &kept, body, size)) {
        memset(keep, 0, sizeof *keep);
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

void wm_keep_note_text(struct wm_keep *keep, enum wm_text text)
{
    keep->is_text_set[text] = true;
    keep->is_changed = true;
}

/* Writes the texts that were set; returns where they end, and counts them. */
static uint8_t *texts_put(const struct wm_keep *keep, const struct wm_settings *settings,
                          uint8_t *at, unsigned *texts)
{
    for (int i = 0; i < wm_text_count; i++) {
        if (keep->is_text_set[i]) {
            const char *string = wm_text_value(settings, (enum wm_text)i);
            uint8_t size = 0;
            for (; string[size] != '\0'; size++) {
                assert(size < UINT8_MAX);
                at[TEXT_OVERHEAD + size] = (uint8_t)string[size];
            }
            u32_put(at, wm_name_key(wm_text((enum wm_text)i)->name));
            at[KEY_SIZE] = size;
            at += TEXT_OVERHEAD + size;
            ++*texts;
        }
    }
    return at;
}

enum wm_status wm_keep_save(struct wm_keep *keep, const struct wm_settings *settings,
                            const struct wm_store *store)
{
    uint8_t body[WM_RECORD_BODY_MAX];
    uint8_t *row = body + AT_ROWS;
    unsigned rows = 0;
    unsigned texts = 0;
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
    const uint8_t *end = texts_put(keep, settings, row, &texts);
    body[AT_COUNT] = (uint8_t)rows;
    body[AT_COUNT + 1] = (uint8_t)(rows >> 8);
    body[AT_TEXTS] = (uint8_t)texts;
    body[AT_TEXTS + 1] = (uint8_t)(texts >> 8);
    const enum wm_status status =
        wm_record_save(store, WM_KEEP_RECORD, RECORD_VERSION, body, (size_t)(end - body));
    keep->is_changed = status != WM_OK;
    keep->is_damaged = keep->is_damaged && status != WM_OK;
    return status;
}
