/*
 * breaker.c — see breaker.h.
 */
#include "breaker.h"

#include <string.h>

#include "record.h"
#include "settings.h"

/* The record: a bit a string that is open, then a bit a string that is not known. */
enum { RECORD_VERSION = 2, RECORD_SIZE = 4 };

/* From an order that was not answered to the next try. */
enum { REPEAT_MS = 1000 };

static void bits_put(uint8_t bytes[2], const bool *flags)
{
    bytes[0] = bytes[1] = 0;
    for (int i = 0; i < WM_STRINGS_MAX; i++) {
        bytes[i / 8] |= (uint8_t)(flags[i] << i % 8);
    }
}

static void bits_get(const uint8_t bytes[2], bool *flags)
{
    for (int i = 0; i < WM_STRINGS_MAX; i++) {
        flags[i] = bytes[i / 8] >> i % 8 & 1;
    }
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
    const int size =
        wm_record_load(store, WM_BREAKERS_RECORD, RECORD_VERSION, record, sizeof record);
    enum wm_status status = WM_OK;
    if (size == RECORD_SIZE) {
        bits_get(record, breakers->is_open);
        bits_get(record + 2, breakers->is_unknown);
    } else if (size != WM_ABSENT) {
        memset(breakers->is_unknown, true, sizeof breakers->is_unknown);
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
    breakers->due_ms[aux] = 0; /* at once, whatever is repeated */
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

bool wm_breakers_is_open(const struct wm_breakers *breakers, const struct wm_settings *settings,
                         int32_t string_index)
{
    int32_t output;
    bool is_normally_closed;
    return breakers->is_open[string_index] &&
           wm_settings_breaker(settings, string_index, &output, &is_normally_closed);
}

void wm_breakers_isolate(const struct wm_breakers *breakers, const struct wm_settings *settings,
                         struct wm_bank *bank)
{
    for (int32_t i = 0; i < bank->strings_count; i++) {
        int32_t aux;
        uint8_t bit;
        bool is_open_on;
        bank->is_isolated[i] =
            breakers->is_open[i] && breaker_place(settings, i, &aux, &bit, &is_open_on) &&
            bank->aux[aux].is_measured && ((bank->aux[aux].outputs & bit) != 0) == is_open_on;
    }
}

void wm_breakers_ordered(struct wm_breakers *breakers, int32_t aux_index, wm_ms now_ms)
{
    breakers->is_due[aux_index] = false;
    breakers->due_ms[aux_index] = now_ms + REPEAT_MS;
}

void wm_breakers_missed(struct wm_breakers *breakers, int32_t aux_index, wm_ms now_ms)
{
    breakers->is_due[aux_index] = true;
    breakers->due_ms[aux_index] = now_ms + REPEAT_MS;
}

/* A unit never heard would be told states of outputs that nobody knows. */
static bool is_to_be_ordered(const struct wm_breakers *breakers, const struct wm_bank *bank,
                             int32_t aux_index)
{
    return breakers->is_due[aux_index] && bank->aux[aux_index].is_measured;
}

int32_t wm_breakers_due(const struct wm_breakers *breakers, const struct wm_bank *bank,
                        wm_ms now_ms, uint8_t *outputs)
{
    for (int32_t i = 0; i < bank->aux_count; i++) {
        if (is_to_be_ordered(breakers, bank, i) && now_ms >= breakers->due_ms[i]) {
            *outputs = wm_breakers_outputs(breakers, bank, i);
            return i;
        }
    }
    return -1;
}

wm_ms wm_breakers_deadline_ms(const struct wm_breakers *breakers, const struct wm_bank *bank,
                              wm_ms now_ms)
{
    wm_ms deadline_ms = WM_NEVER;
    for (int32_t i = 0; i < bank->aux_count; i++) {
        /* One that is due now waits for the line, and the line has a deadline of its own. */
        if (is_to_be_ordered(breakers, bank, i) && now_ms < breakers->due_ms[i] &&
            breakers->due_ms[i] < deadline_ms) {
            deadline_ms = breakers->due_ms[i];
        }
    }
    return deadline_ms;
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
    bits_put(record, breakers->is_open);
    bits_put(record + 2, breakers->is_unknown);
    const enum wm_status status =
        wm_record_save(store, WM_BREAKERS_RECORD, RECORD_VERSION, record, sizeof record);
    breakers->is_changed = status != WM_OK;
    return status;
}
