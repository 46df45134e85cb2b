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

/* The largest that is taken from a module of any type. */
static int32_t most_of(enum wm_message_id message)
{
    int32_t most = 0;
    for (int32_t code = 0; code <= wm_setting(wm_setting_bank_module_type)->max; code++) {
        const struct wm_module_type *type = wm_module_type(code);
        for (int32_t value = 0; type != NULL && value <= UINT16_MAX; value++) {
            const struct wm_frame answer = {
                .class = WM_CLASS_MODULE, .message = message, .value = {value}};
            struct wm_measurement taken;
            if (wm_measure(&answer, device, type, &taken) == WM_OK) {
                const int32_t is =
                    message == wm_message_measure ? taken.block.voltage_mV : taken.resistance_uOhm;
                most = is > most ? is : most;
            }
        }
    }
    return most;
}

static void check_range(enum wm_point point, int32_t least, int32_t most)
{
    int32_t range_least;
    int32_t range_most;
    cr_assert(wm_point_range(point, &range_least, &range_most));
    cr_assert_eq(range_least, least, "%s", wm_point(point)->name);
    cr_assert_eq(range_most, most, "%s: %d", wm_point(point)->name, (int)most);
}

Test(measure, the_ranges_of_the_tables_are_what_is_taken)
{
    const int32_t voltage_mV = most_of(wm_message_measure);
    check_range(wm_point_module_voltage, 0, voltage_mV);
    check_range(wm_point_string_voltage_average, 0, voltage_mV * 1000);
    check_range(wm_point_system_voltage_average, 0, voltage_mV * 1000);
    check_range(wm_point_string_voltage_sum, 0, voltage_mV * WM_MODULES_MAX);
    check_range(wm_point_system_voltage_sum, 0, voltage_mV * WM_MODULES_MAX);
    check_range(wm_point_module_resistance, 0, most_of(wm_message_impedance));
    /* The ends that the tests above try. */
    check_range(wm_point_module_temperature, -40000, 125000);
    check_range(wm_point_module_bypass, 0, 1000);
    check_range(wm_point_string_current, -2600000, 2600000);
    check_range(wm_point_string_current_ac, 0, 2600000);
}
