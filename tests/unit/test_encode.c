/*
 * test_encode.c — one rounding, half away from zero, then saturation (decisions M6, M7, S10).
 */
#include <criterion/criterion.h>

#include "wm/catalog.h"
#include "wm/units.h"

static int32_t encoded(enum wm_encoding_kind kind, int32_t divisor, enum wm_unit unit,
                       int32_t value, const struct wm_settings *settings)
{
    return wm_encode((struct wm_encoding){kind, divisor}, unit, value, settings);
}

Test(encode, halves_round_away_from_zero)
{
    static const int64_t cases[][3] = {
        {14, 10, 1}, {15, 10, 2}, {-14, 10, -1},  {-15, 10, -2},  {0, 10, 0},      {4, 9, 0},
        {5, 9, 1},   {-5, 9, -1}, {499, 1000, 0}, {500, 1000, 1}, {-500, 1000, -1}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cr_assert_eq(wm_divide_rounded(cases[i][0], cases[i][1]), cases[i][2]);
    }
}

Test(encode, registers_saturate_at_their_type)
{
    const struct wm_settings settings = {.value = {[wm_setting_modbus_string_factor] = 1}};
    cr_assert_eq(encoded(WM_ENCODE_S16, 10, wm_unit_uOhm, 4604, &settings), 460);
    cr_assert_eq(encoded(WM_ENCODE_S16, 10, wm_unit_uOhm, 4605, &settings), 461);
    cr_assert_eq(encoded(WM_ENCODE_S16, 1, wm_unit_mV, 32768, &settings), 32767);
    cr_assert_eq(encoded(WM_ENCODE_S16, 1, wm_unit_mV, -32769, &settings), -32768);
    cr_assert_eq(encoded(WM_ENCODE_U16, 1, wm_unit_flags, 0xFFFF, &settings), 0xFFFF);
    cr_assert_eq(encoded(WM_ENCODE_U16, 1, wm_unit_flags, 0x10000, &settings), 0xFFFF);
    cr_assert_eq(encoded(WM_ENCODE_U16, 1, wm_unit_flags, -1, &settings), 0);
}

Test(encode, string_registers_follow_the_factor)
{
    static const struct {
        int32_t factor;
        enum wm_unit unit;
        int32_t value;
        int32_t shown;
    } cases[] = {
        {1, wm_unit_mV, 116469, 116},       {1, wm_unit_mV, 116500, 117},
        {10, wm_unit_mV, 116469, 1165},     {100, wm_unit_mV, 116469, 11647},
        {1, wm_unit_uV, 12941000, 13},      {100, wm_unit_uV, 12935000, 1294},
        {1, wm_unit_mA, -6500, -7},         {10, wm_unit_mA, -6449, -64},
        {100, wm_unit_mA, -327690, -32768}, {1, wm_unit_mV, INT32_MAX, 32767},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct wm_settings settings = {
            .value = {[wm_setting_modbus_string_factor] = cases[i].factor}};
        cr_assert_eq(encoded(WM_ENCODE_STRING_FACTOR, 1, cases[i].unit, cases[i].value, &settings),
                     cases[i].shown, "%d", cases[i].value);
    }
}

Test(encode, a_temperature_register_is_twice_the_degrees_plus_78)
{
    static const int32_t cases[][2] = {{24500, 127}, {0, 78},      {-39000, 0}, {24249, 126},
                                       {24250, 127}, {-25000, 28}, {-250, 78},  {-251, 77}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cr_assert_eq(encoded(WM_ENCODE_HALF_DEGREE, 1, wm_unit_mdegC, cases[i][0], NULL),
                     cases[i][1], "%d", cases[i][0]);
    }
}

Test(encode, the_temperature_unit_changes_numbers_and_not_thresholds)
{
    struct wm_settings settings = {.value = {0}};
    cr_assert_eq(encoded(WM_ENCODE_TEMPERATURE, 1, wm_unit_mdegC, 27500, &settings), 275);
    cr_assert_eq(encoded(WM_ENCODE_TEMPERATURE, 1, wm_unit_mdegC, -50, &settings), -1);
    settings.value[wm_setting_temperature_unit] = 1;
    cr_assert_eq(encoded(WM_ENCODE_TEMPERATURE, 1, wm_unit_mdegC, 27500, &settings), 815);
    cr_assert_eq(encoded(WM_ENCODE_TEMPERATURE, 1, wm_unit_mdegC, 0, &settings), 320);
    cr_assert_eq(encoded(WM_ENCODE_TEMPERATURE, 1, wm_unit_mdegC, -40000, &settings), -400);
}

Test(encode, an_average_rounds_once_from_the_unrounded_value)
{
    /* 64,675 mV over 5 modules is 12.935 V exactly; one mV less must round down. */
    cr_assert_eq(
        encoded(WM_ENCODE_LINEAR, 10000, wm_unit_uV, (int32_t)wm_divide_rounded(64675000, 5), NULL),
        1294);
    cr_assert_eq(encoded(WM_ENCODE_LINEAR, 10000, wm_unit_uV,
                         (int32_t)wm_divide_rounded((INT64_C(512) * 12935 - 1) * 1000, 512), NULL),
                 1293);
}

Test(encode, what_was_written_is_what_is_read_in_either_temperature_unit)
{
    struct wm_settings settings = {.value = {0}};
    const struct wm_encoding temperature = {WM_ENCODE_TEMPERATURE, 1};
    int64_t value = 0;
    for (int32_t unit = 0; unit < 2; unit++) {
        settings.value[wm_setting_temperature_unit] = unit;
        for (int32_t shown = -400; shown <= 2600; shown++) {
            cr_assert(wm_decode(temperature, shown, &settings, &value));
            cr_assert_eq(wm_encode(temperature, wm_unit_mdegC, (int32_t)value, &settings), shown);
        }
    }
    cr_assert(wm_decode(temperature, 950, &settings, &value));
    cr_assert_eq(value, 35000, "95 degF");
    cr_assert(wm_decode((struct wm_encoding){WM_ENCODE_LINEAR, 10}, 1294, &settings, &value));
    cr_assert_eq(value, 12940);
    cr_assert(
        wm_decode((struct wm_encoding){WM_ENCODE_LINEAR, 1000}, INT32_MAX, &settings, &value));
    cr_assert_eq(value, INT32_MAX * INT64_C(1000), "nothing wraps");
    cr_assert_not(wm_decode((struct wm_encoding){WM_ENCODE_S16, 1}, 1, &settings, &value));
}
