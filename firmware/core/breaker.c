/*
 * breaker.c — see breaker.h.
 */
#include "breaker.h"

#include <string.h>

#include "settings.h"

/*
 * The record: a version, a bit a string that is open, a bit a string that is known, and all of it
 * again inverted against a damaged medium.
 */
enum { RECORD_VERSION = 1, RECORD_HALF = 5, RECORD_SIZE = 2 * RECORD_HALF };
#define RECORD_NAME "breakers"

static uint16_t bits_of(const bool *flags)
{
    uint16_t bits = 0;
    for (int i = 0; i < WM_STRINGS_MAX; i++) {
        bits |= (uint16_t)(flags[i] << i);
    }
    return bits;
}

static void record_write(const struct wm_breakers *breakers, uint8_t record[RECORD_SIZE])
{
    const uint16_t open = bits_of(breakers->is_open);
    const uint16_t known = (uint16_t)~bits_of(breakers->is_unknown);
    record[0] = RECORD_VERSION;
    record[1] = (uint8_t)open;
    record[2] = (uint8_t)(open >> 8);
    record[3] = (uint8_t)known;
    record[4] = (uint8_t)(known >> 8);
    for (int i = 0; i < RECORD_HALF; i++) {
        record[RECORD_HALF + i] = (uint8_t)~record[i];
    }
}

static bool record_read(struct wm_breakers *breakers, const uint8_t record[RECORD_SIZE])
{
    for (int i = 0; i < RECORD_HALF; i++) {
        if ((record[RECORD_HALF + i] ^ record[i]) != 0xFF) {
            return false;
        }
    }
    const unsigned open = record[1] | (unsigned)record[2] << 8;
    const unsigned known = record[3] | (unsigned)record[4] << 8;
    for (int i = 0; i < WM_STRINGS_MAX; i++) {
        breakers->is_open[i] = open >> i & 1U;
        breakers->is_unknown[i] = !(known >> i & 1U);
    }
    return record[0] == RECORD_VERSION;
}

/* Where a string's breaker is: its unit, its bit there, and the level that means open. */
static bool breaker_place(const struct wm_settings *settings, int32_t string_index,
                          int32_t *aux_index, uint8_t *bit, bool *is_open_on)
{
    int32_t output;
    bool is_normally_closed;
    if (!wm_settings_breaker(settings, string_index, &output, &is_normally_closed)) {
        return false;
    }
    *aux_index = (output - 1) / WM_AUX_LINES;
    *bit = (uint8_t)(1U << (output - 1) % WM_AUX_LINES);
    *is_open_on = !is_normally_closed;
    return true;
}

/* Makes masks and wanted bits from what is open. */
static void outputs_make(struct wm_breakers *breakers, const struct wm_settings *settings)
{
    memset(breakers->mask, 0, sizeof breakers->mask);
    memset(breakers->wanted, 0, sizeof breakers->wanted);
    for (int32_t i = 0; i < settings->value[wm_setting_bank_strings]; i++) {
        int32_t aux;
        uint8_t bit;
        bool is_open_on;
        if (!breakers->is_unknown[i] && breaker_place(settings, i, &aux, &bit, &is_open_on)) {
            breakers->mask[aux] |= bit;
            breakers->wanted[aux] |= breakers->is_open[i] == is_open_on ? bit : 0;
        }
    }
}

enum wm_status wm_breakers_init(struct wm_breakers *breakers, const struct wm_settings *settings,
                                const struct wm_store *store)
{
    uint8_t record[RECORD_SIZE];
    memset(breakers, 0, sizeof *breakers);
    const int size = store->ops->load(store->self, RECORD_NAME, record, sizeof record);
    enum wm_status status = WM_OK;
    if (size != WM_ABSENT && (size != RECORD_SIZE || !record_read(breakers, record))) {
        for (int i = 0; i < WM_STRINGS_MAX; i++) {
            breakers->is_open[i] = false;
            breakers->is_unknown[i] = true;
        }
        status = WM_DAMAGED;
    }
    outputs_make(breakers, settings);
    return status;
}

bool wm_breakers_move(struct wm_breakers *breakers, const struct wm_settings *settings,
                      int32_t string_index, bool is_open)
{
    int32_t aux;
    uint8_t bit;
    bool is_open_on;
    if (!breaker_place(settings, string_index, &aux, &bit, &is_open_on) ||
        (!breakers->is_unknown[string_index] && breakers->is_open[string_index] == is_open)) {
        return false;
    }
    breakers->is_open[string_index] = is_open;
    breakers->is_unknown[string_index] = false; /* an order outweighs what was not known */
    breakers->is_changed = true;
    breakers->is_due[aux] = true;
    outputs_make(breakers, settings);
    return true;
}

/* After a damaged record the contacts of a unit are the truth about its breakers. */
static void adopt(struct wm_breakers *breakers, const struct wm_settings *settings,
                  const struct wm_bank *bank, int32_t aux_index)
{
    bool is_adopted = false;
    for (int32_t i = 0; i < bank->strings_count; i++) {
        int32_t aux;
        uint8_t bit;
        bool is_open_on;
        if (breakers->is_unknown[i] && breaker_place(settings, i, &aux, &bit, &is_open_on) &&
            aux == aux_index) {
            breakers->is_open[i] = ((bank->aux[aux].outputs & bit) != 0) == is_open_on;
            breakers->is_unknown[i] = false;
            is_adopted = true;
        }
    }
    if (is_adopted) {
        breakers->is_changed = true;
        outputs_make(breakers, settings);
    }
}

void wm_breakers_heard(struct wm_breakers *breakers, const struct wm_settings *settings,
                       const struct wm_bank *bank, int32_t aux_index)
{
    adopt(breakers, settings, bank, aux_index);
    breakers->is_due[aux_index] =
        wm_breakers_outputs(breakers, bank, aux_index) != bank->aux[aux_index].outputs;
}

int32_t wm_breakers_due(const struct wm_breakers *breakers, const struct wm_bank *bank,
                        uint8_t *outputs)
{
    for (int32_t i = 0; i < bank->aux_count; i++) {
        /* A unit never heard would be told states of outputs that nobody knows. */
        if (breakers->is_due[i] && bank->aux[i].is_measured) {
            *outputs = wm_breakers_outputs(breakers, bank, i);
            return i;
        }
    }
    return -1;
}

uint8_t wm_breakers_outputs(const struct wm_breakers *breakers, const struct wm_bank *bank,
                            int32_t aux_index)
{
    const uint8_t mask = breakers->mask[aux_index];
    return (uint8_t)((bank->aux[aux_index].outputs & ~mask) | (breakers->wanted[aux_index] & mask));
}

enum wm_status wm_breakers_save(struct wm_breakers *breakers, const struct wm_store *store)
{
    if (!breakers->is_changed) {
        return WM_OK;
    }
    uint8_t record[RECORD_SIZE];
    record_write(breakers, record);
    const enum wm_status status = store->ops->save(store->self, RECORD_NAME, record, sizeof record);
    breakers->is_changed = status != WM_OK;
    return status;
}
