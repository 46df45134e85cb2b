/*
 * encode.c — how a value in its unit becomes a number in a window. One rounding, then saturation.
 */
#include <assert.h>

#include "wm/catalog.h"
#include "wm/units.h"

static int32_t encode_string_factor(enum wm_unit unit, int32_t value,
                                    const struct wm_settings *settings)
{
    const int64_t factor = settings->value[wm_setting_modbus_string_factor];
    return wm_clamp(wm_divide_rounded(value * factor, wm_unit(unit)->per_natural), INT16_MIN,
                    INT16_MAX);
}

/* 0.1 degC, or 0.1 degF = 0.1 degC * 9 / 5 + 320 (decision S10), from 0.001 degC. */
static int32_t encode_temperature(int32_t value_mdegC, const struct wm_settings *settings)
{
    if (settings->value[wm_setting_temperature_unit] == 0) {
        return (int32_t)wm_divide_rounded(value_mdegC, 100);
    }
    return (int32_t)wm_divide_rounded((int64_t)value_mdegC * 9 + 32 * 5000, 500);
}

bool wm_decode(struct wm_encoding encoding, int32_t shown, const struct wm_settings *settings,
               int64_t *value)
{
    switch (encoding.kind) {
    case WM_ENCODE_LINEAR:
        *value = (int64_t)shown * encoding.divisor;
        return true;
    case WM_ENCODE_TEMPERATURE:
        *value = settings->value[wm_setting_temperature_unit] == 0
                     ? (int64_t)shown * 100
                     : wm_divide_rounded(((int64_t)shown - 320) * 500, 9);
        return true;
    case WM_ENCODE_INTEGER:
    case WM_ENCODE_GAUGE:
        *value = shown;
        return true;
    default:
        return false;
    }
}

int32_t wm_encode(struct wm_encoding encoding, enum wm_unit unit, int32_t value,
                  const struct wm_settings *settings)
{
    switch (encoding.kind) {
    case WM_ENCODE_U16:
        return wm_clamp(value, 0, UINT16_MAX);
    case WM_ENCODE_S16:
        return wm_clamp(wm_divide_rounded(value, encoding.divisor), INT16_MIN, INT16_MAX);
    case WM_ENCODE_STRING_FACTOR:
        return encode_string_factor(unit, value, settings);
    case WM_ENCODE_HALF_DEGREE:
        /* x = 2 T + 78, T in 0.001 degC. */
        return wm_clamp(wm_divide_rounded(value + 39000, 500), INT16_MIN, INT16_MAX);
    case WM_ENCODE_LINEAR:
        return (int32_t)wm_divide_rounded(value, encoding.divisor);
    case WM_ENCODE_TEMPERATURE:
        return encode_temperature(value, settings);
    case WM_ENCODE_INTEGER:
    case WM_ENCODE_GAUGE:
        return value;
    case WM_ENCODE_NOT_SHOWN:
        break;
    }
    assert(!"a point that is not shown was asked for");
    return 0;
}
