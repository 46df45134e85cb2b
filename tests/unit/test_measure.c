/*
 * test_measure.c — scaling, and what is refused as no measurement (decision B24).
 */
#include <criterion/criterion.h>

#include "firmware/core/measure.h"

static const struct wm_device device = {WM_CLASS_MODULE, 6};

static enum wm_status block(int32_t voltage_mV, int32_t temperature_ddegC, int32_t bypass_permille,
                            struct wm_measurement *taken)
{
    const struct wm_frame answer = {
        .class = WM_CLASS_MODULE,
        .address = 7,
        .message = wm_message_measure,
        .value = {voltage_mV, temperature_ddegC, bypass_permille, 0},
    };
    return wm_measure(&answer, device, wm_module_type(0), taken);
}

Test(measure, a_block_is_scaled_to_the_banks_units)
{
    struct wm_measurement taken;
    cr_assert_eq(block(12941, -275 + 550, 123, &taken), WM_OK);
    cr_assert_eq(taken.device.index, 6);
    cr_assert_eq(taken.block.voltage_mV, 12941);
    cr_assert_eq(taken.block.temperature_mdegC, 27500);
    cr_assert_eq(taken.block.bypass_permille, 123);
}

Test(measure, beyond_what_a_sensor_can_mean_is_no_measurement)
{
    struct wm_measurement taken;
    cr_assert_eq(block(0, 240, 0, &taken), WM_OK, "a block may die down to 0 V");
    cr_assert_eq(block(22100, 240, 0, &taken), WM_OK, "1.3 x 17 V");
    cr_assert_eq(block(22101, 240, 0, &taken), WM_RANGE);
    cr_assert_eq(block(13500, -400, 0, &taken), WM_OK);
    cr_assert_eq(block(13500, -401, 0, &taken), WM_RANGE);
    cr_assert_eq(block(13500, 1250, 0, &taken), WM_OK);
    cr_assert_eq(block(13500, 1251, 0, &taken), WM_RANGE);
    cr_assert_eq(block(13500, 240, 1000, &taken), WM_OK);
    cr_assert_eq(block(13500, 240, 1001, &taken), WM_OK, "everything else is used");
    cr_assert_eq(taken.block.bypass_permille, 1000);
}

Test(measure, a_resistance_saturates_at_the_end_of_the_range)
{
    static const int32_t cases[][2] = {{4600, 4600},   {499, 500},         {60000, 60000},
                                       {60001, 60000}, {INT32_MAX, 60000}, {-1, 60000}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct wm_frame answer = {
            .class = WM_CLASS_MODULE, .message = wm_message_impedance, .value = {cases[i][0]}};
        struct wm_measurement taken;
        cr_assert_eq(wm_measure(&answer, device, wm_module_type(0), &taken), WM_OK);
        cr_assert_eq(taken.resistance_uOhm, cases[i][1]);
    }
}

Test(measure, a_current_keeps_its_sign_and_a_wild_one_is_refused)
{
    struct wm_measurement taken;
    struct wm_frame answer = {
        .class = WM_CLASS_SENSOR, .message = wm_message_read_sensor, .value = {-6500, 250}};
    cr_assert_eq(wm_measure(&answer, device, wm_module_type(0), &taken), WM_OK);
    cr_assert_eq(taken.current.direct_mA, -6500);
    cr_assert_eq(taken.current.ripple_mA, 250);
    answer.value[0] = 2600001;
    cr_assert_eq(wm_measure(&answer, device, wm_module_type(0), &taken), WM_RANGE);
    answer.value[0] = -2600001;
    cr_assert_eq(wm_measure(&answer, device, wm_module_type(0), &taken), WM_RANGE);
    answer.value[0] = 0;
    answer.value[1] = -1;
    cr_assert_eq(wm_measure(&answer, device, wm_module_type(0), &taken), WM_RANGE);
}
