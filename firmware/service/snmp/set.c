/*
 * set.c — see set.h.
 */
#include "set.h"

#include <string.h>

static enum snmps_refusal string_take(enum wm_text text, const struct snmps_written *written,
                                      struct snmps_wish *wish)
{
    char error[200];
    if (written->is_other_type || written->type != SNMPS_OCTETS) {
        return SNMPS_WRONG_TYPE;
    }
    if (written->size > wm_text(text)->bytes_max) {
        return SNMPS_WRONG_LENGTH;
    }
    memcpy(wish->string, written->octets, written->size);
    wish->string[written->size] = '\0';
    wish->is_text = true;
    wish->text = text;
    const bool is_whole = strlen(wish->string) == written->size;
    return is_whole && wm_text_check(text, wish->string, error, sizeof error) == WM_OK
               ? SNMPS_TAKEN
               : SNMPS_WRONG_VALUE;
}

static enum snmps_refusal number_take(enum wm_setting setting, const struct snmps_written *written,
                                      struct snmps_wish *wish)
{
    if (written->is_other_type || written->type != SNMPS_INTEGER) {
        return SNMPS_WRONG_TYPE;
    }
    if (written->integer < INT32_MIN || written->integer > INT32_MAX) {
        return SNMPS_WRONG_VALUE;
    }
    wish->is_text = false;
    wish->setting = setting;
    wish->shown = (int32_t)written->integer;
    return SNMPS_TAKEN;
}

enum snmps_refusal snmps_set_take(const struct snmps_mib *mib, const uint32_t *oid, size_t length,
                                  const struct snmps_written *written, struct snmps_wish *wish)
{
    const struct snmps_column *column = snmps_column_of(mib, oid, length);
    enum wm_setting setting;
    enum wm_text text;
    *wish = (struct snmps_wish){.is_there = false};
    if (column == NULL || !snmps_is_writable(column)) {
        return SNMPS_NOT_WRITABLE;
    }
    const bool is_text = snmps_text_of(column, &text);
    if (!is_text && !snmps_setting_of(column, &setting)) {
        return SNMPS_NOT_WRITABLE;
    }
    /* All that can be set are scalars. */
    wish->is_there = length == column->length + 1 && oid[column->length] == 0;
    return is_text ? string_take(text, written, wish) : number_take(setting, written, wish);
}

/* The unit of temperatures once all wishes are in force; what is no unit will not be. */
static int32_t unit_to_be(const struct snmps_wish *all, size_t wishes,
                          const struct wm_settings *settings)
{
    int32_t unit = settings->value[wm_setting_temperature_unit];
    for (size_t i = 0; i < wishes; i++) {
        if (all[i].is_there && !all[i].is_text && all[i].setting == wm_setting_temperature_unit &&
            wm_choice_name(wm_setting_temperature_unit, all[i].shown) != NULL) {
            unit = all[i].shown;
        }
    }
    return unit;
}

static enum snmps_refusal number_change(const struct snmps_wish *wish, int32_t unit,
                                        struct wm_change *change)
{
    struct wm_settings by = {.value = {0}};
    by.value[wm_setting_temperature_unit] = unit;
    const struct wm_setting_row *row = wm_setting(wish->setting);
    int64_t value;
    change->setting = wish->setting;
    if (wish->setting == wm_setting_snmp_authentication_traps) {
        value = SNMPS_TRAPS_DISABLED - (int64_t)wish->shown;
    } else if (!wm_decode(row->snmp_encoding, wish->shown, &by, &value)) {
        return SNMPS_NOT_WRITABLE;
    }
    if (value < INT32_MIN || value > INT32_MAX) {
        return SNMPS_WRONG_VALUE;
    }
    change->value = (int32_t)value;
    return wm_setting_fits(wish->setting, change->value) ? SNMPS_TAKEN : SNMPS_WRONG_VALUE;
}

enum snmps_refusal snmps_set_change(const struct snmps_wish *wish, const struct snmps_wish *all,
                                    size_t wishes, const struct wm_settings *settings,
                                    struct wm_change *change)
{
    enum snmps_refusal refusal = SNMPS_TAKEN;
    *change = (struct wm_change){0};
    if (wish->is_text) {
        change->text = wish->text;
        change->string = wish->string;
    } else {
        refusal = number_change(wish, unit_to_be(all, wishes, settings), change);
    }
    return refusal == SNMPS_TAKEN && !wish->is_there ? SNMPS_NO_CREATION : refusal;
}

void snmps_set_reverse(const struct wm_change *change, const struct wm_settings *settings,
                       struct wm_change *reverse)
{
    *reverse = *change;
    if (change->string != NULL) {
        reverse->string = wm_text_value(settings, change->text);
    } else {
        reverse->value = settings->value[change->setting];
    }
}
