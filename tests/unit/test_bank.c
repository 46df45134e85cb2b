/*
 * test_bank.c — presence, sums, averages, the compatibility check.
 */
#include <criterion/criterion.h>

#include "firmware/core/bank.h"
#include "firmware/core/settings.h"

static struct wm_bank bank;

static void setup(void)
{
    struct wm_settings settings;
    wm_settings_reset(&settings);
    settings.value[wm_setting_bank_strings] = 2;
    settings.value[wm_setting_bank_modules] = 6;
    settings.value[wm_setting_bank_current_sensors] = 2;
    settings.value[wm_setting_bank_aux_units] = 1;
    wm_settings_derive(&settings);
    wm_bank_init(&bank, &settings);
}

static struct wm_device module(int index)
{
    return (struct wm_device){WM_CLASS_MODULE, (uint16_t)index};
}

static enum wm_bank_change measured(int index, int32_t voltage_mV, int32_t temperature_mdegC)
{
    struct wm_measurement taken = {.device = module(index), .message = wm_message_measure};
    taken.block.voltage_mV = voltage_mV;
    taken.block.temperature_mdegC = temperature_mdegC;
    return wm_bank_take(&bank, &taken);
}

static void identified(int index, int32_t type_code, int32_t revision)
{
    struct wm_measurement taken = {.device = module(index), .message = wm_message_identify};
    taken.identity = (struct wm_identity){type_code, revision, revision, 0};
    cr_assert_eq(wm_bank_take(&bank, &taken), WM_BANK_SAME);
}

static void resisted(int index)
{
    struct wm_measurement taken = {.device = module(index), .message = wm_message_impedance};
    taken.resistance_uOhm = 4600;
    cr_assert_eq(wm_bank_take(&bank, &taken), WM_BANK_SAME);
}

Test(bank, a_round_is_modules_then_sensors_then_aux, .init = setup)
{
    static const struct wm_device wanted[] = {
        {WM_CLASS_MODULE, 0}, {WM_CLASS_MODULE, 1}, {WM_CLASS_MODULE, 2},
        {WM_CLASS_MODULE, 3}, {WM_CLASS_MODULE, 4}, {WM_CLASS_MODULE, 5},
        {WM_CLASS_SENSOR, 0}, {WM_CLASS_SENSOR, 1}, {WM_CLASS_AUX, 0},
    };
    cr_assert_eq(wm_bank_devices(&bank), 9);
    for (int32_t place = 0; place < 9; place++) {
        const struct wm_device device = wm_bank_device(&bank, place);
        cr_assert_eq(device.class, wanted[place].class);
        cr_assert_eq(device.index, wanted[place].index);
    }
}

Test(bank, lost_with_the_third_failed_round_in_a_row, .init = setup)
{
    (void)measured(0, 13500, 24000);
    cr_assert_eq(wm_bank_miss(&bank, module(0)), WM_BANK_SAME);
    cr_assert_eq(wm_bank_miss(&bank, module(0)), WM_BANK_SAME);
    cr_assert_eq(measured(0, 13500, 24000), WM_BANK_SAME);
    cr_assert_eq(wm_bank_miss(&bank, module(0)), WM_BANK_SAME);
    cr_assert_eq(wm_bank_miss(&bank, module(0)), WM_BANK_SAME);
    cr_assert(wm_module_is_valid(&bank.module[0]));
    cr_assert_eq(wm_bank_miss(&bank, module(0)), WM_BANK_LOST);
    cr_assert_not(wm_module_is_valid(&bank.module[0]));
    cr_assert_eq(wm_bank_miss(&bank, module(0)), WM_BANK_SAME, "told once");
    cr_assert_eq(bank.modules_lost, 1);
}

Test(bank, back_with_the_first_good_answer_and_asked_who_it_is, .init = setup)
{
    (void)measured(0, 13500, 24000);
    identified(0, 0, 1);
    resisted(0);
    cr_assert_eq(bank.module[0].wants, 0);
    for (int i = 0; i < 3; i++) {
        (void)wm_bank_miss(&bank, module(0));
    }
    cr_assert_eq(measured(0, 12900, 25000), WM_BANK_BACK);
    cr_assert_eq(bank.modules_lost, 0);
    cr_assert(wm_module_is_valid(&bank.module[0]));
    cr_assert(bank.module[0].has_resistance, "the old one until a new one is there");
    identified(0, 0, 1);
    cr_assert(bank.module[0].has_resistance);
    identified(0, 0, 2);
    cr_assert_not(bank.module[0].has_resistance, "another module stands there");
    bank.module[0].wants |= WM_WANT_IDENTITY;
    cr_assert_eq(bank.module[0].wants, WM_WANT_IDENTITY | WM_WANT_RESISTANCE);
}

Test(bank, sums_and_averages_leave_out_what_is_not_valid, .init = setup)
{
    (void)measured(0, 13000, 20000);
    (void)measured(1, 13001, 26000);
    (void)measured(2, 13004, 23000);
    (void)measured(3, 14000, -5000);
    wm_bank_aggregate(&bank);
    cr_assert_eq(bank.string[0].valid_count, 3);
    cr_assert_eq(bank.string[0].voltage_sum_mV, 39005);
    cr_assert_eq(bank.string[0].voltage_average_uV, 13001667);
    cr_assert_eq(bank.string[0].temperature_mdegC_mean, 23000);
    cr_assert_eq(bank.string[0].temperature_mdegC_max, 26000);
    cr_assert_eq(bank.string[1].valid_count, 1);
    cr_assert_eq(bank.string[1].temperature_mdegC_max, -5000);
    for (int i = 0; i < 3; i++) {
        (void)wm_bank_miss(&bank, module(1));
    }
    wm_bank_aggregate(&bank);
    cr_assert_eq(bank.string[0].voltage_sum_mV, 26004);
    cr_assert_eq(bank.string[0].voltage_average_uV, 13002000);
}

Test(bank, the_lowest_numbered_that_answered_is_the_reference, .init = setup)
{
    identified(1, 0, 2);
    identified(2, 0, 2);
    identified(3, 0, 3);
    identified(5, 1, 2);
    wm_bank_compare(&bank);
    cr_assert_eq(bank.modules_mismatched, 2);
    cr_assert_not(bank.module[0].is_mismatched, "not known is not wrong");
    cr_assert_not(bank.module[2].is_mismatched);
    cr_assert(bank.module[3].is_mismatched);
    cr_assert(bank.module[5].is_mismatched);
    identified(3, 0, 2);
    identified(5, 0, 2);
    wm_bank_compare(&bank);
    cr_assert_eq(bank.modules_mismatched, 0, "replaced by matching ones");
}

Test(bank, the_start_ends_when_each_answered_all_or_failed_three_rounds, .init = setup)
{
    for (int i = 0; i < 6; i++) {
        (void)measured(i, 13500, 24000);
        identified(i, 0, 1);
        if (i != 4) {
            resisted(i);
        }
    }
    for (int round = 0; round < 3; round++) {
        cr_assert_not(wm_bank_is_started(&bank));
        wm_bank_start_round(&bank);
    }
    cr_assert(wm_bank_is_started(&bank));
}

Test(bank, after_a_break_in_the_start_each_has_three_rounds_again, .init = setup)
{
    for (int round = 0; round < 2; round++) {
        wm_bank_start_round(&bank);
    }
    wm_bank_resume(&bank);
    for (int round = 0; round < 3; round++) {
        cr_assert_not(wm_bank_is_started(&bank), "round %d", round);
        wm_bank_start_round(&bank);
    }
    cr_assert(wm_bank_is_started(&bank));
}

Test(bank, a_collision_is_told_once_however_long_it_lasts, .init = setup)
{
    const struct wm_device devices[] = {module(0), {WM_CLASS_SENSOR, 0}};
    for (size_t i = 0; i < sizeof devices / sizeof devices[0]; i++) {
        for (int round = 1; round <= 1000; round++) {
            cr_assert_eq(wm_bank_collides(&bank, devices[i], wm_message_measure, true), round == 3,
                         "round %d", round);
        }
    }
}

Test(bank, complete_means_every_configured_value_was_measured, .init = setup)
{
    for (int i = 0; i < 6; i++) {
        (void)measured(i, 13500, 24000);
        cr_assert_not(wm_bank_is_complete(&bank));
        resisted(i);
    }
    struct wm_measurement taken = {.message = wm_message_read_sensor};
    for (uint16_t i = 0; i < 2; i++) {
        cr_assert_not(wm_bank_is_complete(&bank), "a sensor is not heard yet");
        taken.device = (struct wm_device){WM_CLASS_SENSOR, i};
        (void)wm_bank_take(&bank, &taken);
    }
    for (int i = 0; i < 3; i++) {
        (void)wm_bank_miss(&bank, (struct wm_device){WM_CLASS_AUX, 0});
        cr_assert_not(wm_bank_is_complete(&bank), "a lost aux has not told its inputs");
    }
    taken.device = (struct wm_device){WM_CLASS_AUX, 0};
    taken.message = wm_message_read_aux;
    (void)wm_bank_take(&bank, &taken);
    cr_assert(wm_bank_is_complete(&bank));
}

Test(bank, a_current_is_the_strings_own_or_an_equal_share_of_all, .init = setup)
{
    int32_t current_mA;
    int32_t current_ac_mA;
    struct wm_measurement taken = {.device = {WM_CLASS_SENSOR, 0},
                                   .message = wm_message_read_sensor};
    taken.current.direct_mA = -7001;
    taken.current.ripple_mA = 300;
    (void)wm_bank_take(&bank, &taken);
    cr_assert(wm_bank_current(&bank, 0, &current_mA, &current_ac_mA));
    cr_assert_eq(current_mA, -7001);
    cr_assert_eq(current_ac_mA, 300);
    cr_assert_not(wm_bank_current(&bank, 1, &current_mA, &current_ac_mA), "never heard");
    cr_assert_eq(current_mA, 0);
    bank.is_sensor_for_all = true;
    cr_assert(wm_bank_current(&bank, 1, &current_mA, &current_ac_mA));
    cr_assert_eq(current_mA, -3500, "cut: the window's rounding is the only one");
    bank.is_isolated[0] = true;
    cr_assert(wm_bank_current(&bank, 0, &current_mA, &current_ac_mA));
    cr_assert_eq(current_mA, 0);
    cr_assert_eq(current_ac_mA, 0);
    cr_assert(wm_bank_current(&bank, 1, &current_mA, &current_ac_mA));
    cr_assert_eq(current_mA, -7001, "the other one has it all");
    bank.is_isolated[1] = true;
    cr_assert(wm_bank_current(&bank, 1, &current_mA, &current_ac_mA));
    cr_assert_eq(current_mA, 0, "of nobody");
    bank.sensors_count = 0;
    cr_assert_not(wm_bank_current(&bank, 0, &current_mA, &current_ac_mA));
}
