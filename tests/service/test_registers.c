/*
 * test_registers.c — the register image, register by register, from views made by hand.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "firmware/service/modbus/registers.h"
#include "fixture.h"

static struct wm_view view;
static uint16_t image[WM_REGISTERS];

/* Fills the image from the view over whatever was in it, and reads one register as signed. */
static int16_t shown(int32_t number)
{
    memset(image, 0xA5, sizeof image);
    mbs_image_fill(&view, image);
    return (int16_t)image[number - WM_REGISTER_FIRST];
}

struct expected {
    int32_t number;
    int32_t value;
};

static void expect_all(const struct expected *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        cr_expect_eq(shown(rows[i].number), (int16_t)rows[i].value,
                     "register %d reads %d, expected %d", rows[i].number, shown(rows[i].number),
                     rows[i].value);
    }
}

#define EXPECT(...)                                                                                \
    do {                                                                                           \
        static const struct expected rows[] = {__VA_ARGS__};                                       \
        expect_all(rows, sizeof rows / sizeof *rows);                                              \
    } while (0)

Test(registers, general_and_string_windows_show_every_field)
{
    fixture_view(&view, 512, 16, 4);
    EXPECT({1000, 0x41}, {1001, 5}, {1002, 0xFF}, {1003, 16}, {1004, 512}, {1005, 0}, {1009, 0});
    EXPECT({1010, -1}, {1011, 100}, {1012, 12}, {1013, 3}, {1014, 0});
    EXPECT({1055, -10}, {1056, 109}, {1057, 21}, {1058, 12}, {1059, 0});
    /* The second window has neither sum nor average. */
    EXPECT({2710, -11}, {2711, 0}, {2712, 0}, {2713, 13}, {2714, 0});
    EXPECT({2735, -16}, {2736, 0}, {2737, 0}, {2738, 18}, {2739, 0});
}

Test(registers, module_windows_meet_at_330_and_end_at_512)
{
    fixture_view(&view, 512, 16, 4);
    EXPECT({1060, 118}, {1061, 12000}, {1062, 400}, {1063, 0}, {1064, 0});
    /* 330: 52.9 degC, 0.329 of its bypass. */
    EXPECT({2705, 184}, {2706, 12329}, {2707, 729}, {2708, 329 % 256}, {2709, 33});
    EXPECT({2740, 184}, {2741, 12330}, {2742, 730}, {2743, 330 % 256}, {2744, 33});
    EXPECT({3645, 220}, {3646, 12511}, {3647, 911}, {3648, 511 % 256}, {3649, 51});
}

Test(registers, aux_windows_show_inputs_then_outputs)
{
    fixture_view(&view, 512, 16, 4);
    for (int32_t i = 0; i < 16; i++) {
        cr_expect_eq(shown(3650 + i), (i + 1) % 2);
        cr_expect_eq(shown(3666 + i), i % 2);
    }
}

Test(registers, what_is_not_configured_reads_zero_even_if_the_view_has_numbers)
{
    fixture_view(&view, 512, 16, 4);
    view.settings.value[wm_setting_bank_modules] = 331;
    view.settings.value[wm_setting_bank_strings] = 11;
    view.settings.value[wm_setting_bank_aux_units] = 1;
    cr_expect_eq(shown(2741), 12330);
    cr_expect_eq(shown(2710), -11);
    cr_expect_eq(shown(3650 + 2), 1);
    cr_expect_eq(shown(3666 + 3), 1);
    for (int32_t number = 2715; number < 2740; number++) {
        cr_expect_eq(shown(number), 0, "register %d", number);
    }
    for (int32_t number = 2745; number < 3650; number++) {
        cr_expect_eq(shown(number), 0, "register %d", number);
    }
    for (int32_t i = 4; i < 16; i++) {
        cr_expect_eq(shown(3650 + i), 0);
        cr_expect_eq(shown(3666 + i), 0);
    }
    view.settings.value[wm_setting_bank_modules] = 330;
    cr_expect_eq(shown(2706), 12329);
    cr_expect_eq(shown(2741), 0);
    view.settings.value[wm_setting_bank_strings] = 10;
    cr_expect_eq(shown(1055), -10);
    cr_expect_eq(shown(2710), 0);
}

Test(registers, a_lost_module_reads_zero_but_for_its_alarm_word)
{
    fixture_view(&view, 20, 2, 0);
    view.module[6].valid = 0;
    view.module[6].alarm_flags = wm_flag_alarm_communication_lost;
    view.module[6].valid |= 1U << (wm_point_module_alarm - wm_point_module_position);
    /* 0, not the 78 of 0 degC. */
    EXPECT({1090, 0}, {1091, 0}, {1092, 0}, {1093, 2}, {1094, 0});
    cr_expect_eq(shown(1086), 12005);
    cr_expect_eq(shown(1096), 12007);
}

Test(registers, one_invalid_value_hides_only_itself)
{
    fixture_view(&view, 20, 2, 0);
    fixture_invalidate(&view.module[0].valid, wm_point_module_temperature,
                       wm_point_module_position);
    fixture_invalidate(&view.string[1].valid, wm_point_string_current, wm_point_string_position);
    EXPECT({1060, 0}, {1061, 12000}, {1062, 400}, {1015, 0}, {1016, 101});
}

Test(registers, values_round_once_half_away_from_zero)
{
    fixture_view(&view, 20, 2, 0);
    static const struct {
        int32_t value_mA;
        int32_t whole_A;
    } currents[] = {{499, 0},   {500, 1},    {1499, 1},   {1500, 2}, {-499, 0},
                    {-500, -1}, {-1499, -1}, {-1500, -2}, {2500, 3}, {-2500, -3}};
    for (size_t i = 0; i < sizeof currents / sizeof *currents; i++) {
        view.string[0].current_mA = currents[i].value_mA;
        cr_expect_eq(shown(1010), currents[i].whole_A, "%d mA", currents[i].value_mA);
    }
    static const struct {
        int32_t value_mdegC;
        int32_t raw;
    } temperatures[] = {{0, 78},     {249, 78},    {250, 79},   {21500, 121},
                        {-39000, 0}, {-39250, -1}, {-39249, 0}, {-40000, -2}};
    for (size_t i = 0; i < sizeof temperatures / sizeof *temperatures; i++) {
        view.module[0].temperature_mdegC = temperatures[i].value_mdegC;
        cr_expect_eq(shown(1060), temperatures[i].raw, "%d mdegC", temperatures[i].value_mdegC);
    }
    view.module[0].resistance_uOhm = 4565;
    cr_expect_eq(shown(1062), 457);
    view.module[0].bypass_permille = 995;
    cr_expect_eq(shown(1064), 100);
    view.string[0].voltage_average_uV = 12499999;
    cr_expect_eq(shown(1012), 12);
}

Test(registers, values_saturate_at_the_limits_of_their_type)
{
    fixture_view(&view, 20, 2, 0);
    view.string[0].current_mA = 40000000;
    cr_expect_eq(shown(1010), INT16_MAX);
    view.string[0].current_mA = -40000000;
    cr_expect_eq(shown(1010), INT16_MIN);
    view.module[0].resistance_uOhm = 400000;
    cr_expect_eq(shown(1062), INT16_MAX);
    view.module[0].voltage_mV = 40000;
    cr_expect_eq(shown(1061), INT16_MAX);
    view.system.status_flags = 0x8041;
    cr_expect_eq((uint16_t)shown(1000), 0x8041);
    view.system.modules_count = 70000;
    cr_expect_eq((uint16_t)shown(1004), UINT16_MAX);
}

Test(registers, the_string_factor_scales_volts_and_amperes_alike)
{
    fixture_view(&view, 512, 16, 0);
    view.string[0] = (struct wm_view_string){.valid = UINT32_MAX,
                                             .current_mA = -1255,
                                             .voltage_sum_mV = 116465,
                                             .voltage_average_uV = 12940555,
                                             .current_ac_mA = 455};
    view.string[10].current_mA = 1255;
    EXPECT({1010, -1}, {1011, 116}, {1012, 13}, {1013, 0}, {2710, 1});
    view.settings.value[wm_setting_modbus_string_factor] = 10;
    EXPECT({1010, -13}, {1011, 1165}, {1012, 129}, {1013, 5}, {2710, 13});
    view.settings.value[wm_setting_modbus_string_factor] = 100;
    EXPECT({1010, -126}, {1011, 11647}, {1012, 1294}, {1013, 46}, {2710, 126});
    view.string[0].voltage_sum_mV = 327675;
    cr_expect_eq(shown(1011), INT16_MAX);
    /* Modules have their own scale. */
    cr_expect_eq(shown(1061), 12000);
}

Test(registers, the_image_depends_on_the_view_alone)
{
    static uint16_t again[WM_REGISTERS];
    fixture_view(&view, 512, 16, 4);
    memset(image, 0xFF, sizeof image);
    mbs_image_fill(&view, image);
    mbs_image_fill(&view, again);
    cr_expect_eq(memcmp(image, again, sizeof image), 0);
}
