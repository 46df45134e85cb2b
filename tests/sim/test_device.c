/*
 * test_device.c — what every message does to a device, and who answers at all.
 */
#include <criterion/criterion.h>

#include <math.h>

#include "sim/battery/type.h"
#include "sim/bus/wire.h"
#include "sim/devices/device.h"

static struct sim_world *world;
static struct sim_battery battery;
static struct sim_devices devices;
static struct sim_wire wire;
static struct wm_bus bus;

static void fifty_Ah(struct sim_cell_constants *cell)
{
    const struct sim_battery_plate plate = {.battery_class = SIM_CLASS_AGM,
                                            .cells = 6,
                                            .rates = 1,
                                            .rate = {{50, 10}},
                                            .resistance_Ohm = NAN,
                                            .mass_kg = NAN};
    cr_assert(sim_battery_by_plate(&plate, cell));
}

static void open_line(bool is_exact)
{
    struct sim_battery_shape shape = {
        .modules = 6, .strings = 2, .cells = 6, .float_V = 2.25, .ambient_degC = 24};
    fifty_Ah(&shape.cell);
    world = sim_world_create(1);
    battery = (struct sim_battery){0};
    devices = (struct sim_devices){0};
    wire = (struct sim_wire){0};
    cr_assert(sim_battery_open(&battery, world, &shape));
    struct sim_devices_options options = {
        .type = wm_module_type(0),
        .is_exact = is_exact,
        .sensors = 2,
        .aux = 1,
        .sensor_range_A = 50,
    };
    sim_devices_init(&devices, world, &battery, &options);
    sim_wire_init(&wire, world, 19200, sim_devices_line(&devices));
    bus = sim_wire_bus(&wire);
}

static void open_exact(void)
{
    open_line(true);
}

static void close_line(void)
{
    sim_wire_close(&wire);
    sim_battery_close(&battery);
    sim_world_destroy(world);
}

/* Asks and waits; true with the answer when there is exactly one sound one. */
static bool ask(enum wm_message_id message, enum wm_class address_class, int32_t address,
                int32_t value, struct sim_frame *answer)
{
    static uint8_t sequence;
    struct sim_frame question = {.message = message,
                                 .direction = WM_QUESTION,
                                 .address_class = address_class,
                                 .address = address,
                                 .sequence = ++sequence,
                                 .values = {value}};
    uint8_t bytes[4 * WM_FRAME_SIZE_MAX];
    size_t size = sim_frame_encode(&question, bytes);
    cr_assert_eq(bus.ops->transmit(bus.self, bytes, size), WM_OK);
    sim_world_run(world, sim_world_now_us(world) + 100000);
    int count = bus.ops->receive(bus.self, bytes, sizeof bytes);
    if (count <= 0 || !sim_frame_decode(bytes, (size_t)count, WM_ANSWER, answer)) {
        return false;
    }
    cr_assert_eq(answer->sequence, sequence);
    cr_assert_eq(answer->message, message);
    return true;
}

static int32_t measured_mV(int32_t module)
{
    struct sim_frame answer;
    cr_assert(ask(wm_message_measure, WM_CLASS_MODULE, module, 0, &answer));
    cr_assert_eq(answer.address, module);
    return answer.values[wm_answer_measure_voltage_mV];
}

TestSuite(device, .init = open_exact, .fini = close_line);

Test(device, everyone_says_who_it_is)
{
    struct sim_frame answer;
    cr_assert(ask(wm_message_identify, WM_CLASS_MODULE, 6, 0, &answer));
    cr_assert_eq(answer.values[0], 0);
    cr_assert_eq(answer.values[1], SIM_HARDWARE_REVISION);
    cr_assert_eq(answer.values[2], SIM_SOFTWARE_REVISION);
    cr_assert(ask(wm_message_identify, WM_CLASS_SENSOR, 2, 0, &answer));
    cr_assert_eq(answer.values[0], SIM_TYPE_SENSOR_50_A);
    cr_assert(ask(wm_message_identify, WM_CLASS_AUX, 1, 0, &answer));
    cr_assert_eq(answer.values[0], SIM_TYPE_AUX);
}

Test(device, nobody_answers_for_a_place_where_nobody_is)
{
    struct sim_frame answer;
    cr_assert_not(ask(wm_message_identify, WM_CLASS_MODULE, 7, 0, &answer));
    cr_assert_not(ask(wm_message_identify, WM_CLASS_MODULE, 0, 0, &answer));
    cr_assert_not(ask(wm_message_identify, WM_CLASS_MODULE, 4095, 0, &answer));
    cr_assert_not(ask(wm_message_identify, WM_CLASS_SENSOR, 3, 0, &answer));
    cr_assert_not(ask(wm_message_identify, WM_CLASS_AUX, 0, 0, &answer));
    cr_assert_not(ask(wm_message_register_address, WM_CLASS_BROADCAST, 0, 1, &answer));
}

Test(device, an_exact_module_measures_the_truth_to_the_step_of_the_bus)
{
    struct sim_frame answer;
    sim_battery_pin(&battery, 1, SIM_PIN_VOLTAGE, 12.941);
    sim_battery_pin(&battery, 1, SIM_PIN_TEMPERATURE, -12.35);
    sim_battery_pin(&battery, 1, SIM_PIN_RESISTANCE, 0.004526);
    sim_battery_touch(&battery);
    cr_assert_eq(measured_mV(2), 12941);
    cr_assert(ask(wm_message_measure, WM_CLASS_MODULE, 2, 0, &answer));
    cr_assert_eq(answer.values[wm_answer_measure_temperature_ddegC], -124);
    cr_assert(ask(wm_message_impedance, WM_CLASS_MODULE, 2, 0, &answer));
    cr_assert_eq(answer.values[0], 4530, "10 uOhm a step on a C20");
}

Test(device, values_beyond_a_field_saturate)
{
    struct sim_frame answer;
    sim_battery_pin(&battery, 0, SIM_PIN_VOLTAGE, 200);
    sim_battery_pin(&battery, 0, SIM_PIN_TEMPERATURE, 9999);
    sim_battery_touch(&battery);
    cr_assert(ask(wm_message_measure, WM_CLASS_MODULE, 1, 0, &answer));
    cr_assert_eq(answer.values[wm_answer_measure_voltage_mV], 65535);
    cr_assert_eq(answer.values[wm_answer_measure_temperature_ddegC], 32767);
}

Test(device, an_inexact_plant_errs_within_the_printed_accuracy_and_not_at_random)
{
    int32_t first[6];
    close_line();
    for (int turn = 0; turn < 2; turn++) {
        open_line(false);
        bool errs = false;
        for (int32_t m = 1; m <= 6; m++) {
            int32_t mV = measured_mV(m);
            cr_assert(mV > 13500 * 0.995 && mV < 13500 * 1.005, "%d mV", (int)mV);
            errs = errs || mV < 13495 || mV > 13505;
            cr_assert(turn == 0 || mV == first[m - 1], "the same seed, the same reading");
            first[m - 1] = mV;
        }
        cr_assert(errs);
        if (turn == 0) {
            close_line();
        }
    }
}

Test(device, unplugged_is_deaf_muted_is_only_dumb)
{
    struct sim_frame answer;
    devices.device[SIM_DEVICE_AUX].is_plugged = false;
    cr_assert_not(ask(wm_message_set_outputs, WM_CLASS_AUX, 1, 3, &answer));
    cr_assert_eq(devices.aux_outputs[0], 0);
    devices.device[SIM_DEVICE_AUX].is_plugged = true;
    devices.device[SIM_DEVICE_AUX].mute_left = 2;
    cr_assert_not(ask(wm_message_set_outputs, WM_CLASS_AUX, 1, 3, &answer));
    cr_assert_eq(devices.aux_outputs[0], 3);
    cr_assert_not(ask(wm_message_read_aux, WM_CLASS_AUX, 1, 0, &answer));
    cr_assert(ask(wm_message_read_aux, WM_CLASS_AUX, 1, 0, &answer));
    cr_assert_eq(answer.values[wm_answer_read_aux_outputs], 3);
    cr_assert_eq(answer.values[wm_answer_read_aux_inputs], 0x0F);
}

Test(device, outputs_stay_when_their_unit_is_lost)
{
    struct sim_frame answer;
    cr_assert(ask(wm_message_set_outputs, WM_CLASS_AUX, 1, 0xF5, &answer));
    cr_assert_eq(answer.values[0], 5, "four outputs");
    devices.device[SIM_DEVICE_AUX].is_plugged = false;
    cr_assert_eq(devices.aux_outputs[0], 5);
    sim_devices_replace(&devices, SIM_DEVICE_AUX);
    cr_assert_eq(devices.aux_outputs[0], 5);
}

Test(device, a_bypass_is_dropped_60_s_after_the_last_question)
{
    struct sim_frame answer;
    cr_assert(ask(wm_message_set_bypass, WM_CLASS_MODULE, 3, 1200, &answer));
    cr_assert_eq(answer.values[0], 1000);
    for (int i = 0; i < 3; i++) {
        sim_world_run(world, sim_world_now_us(world) + 59000000);
        cr_assert(ask(wm_message_measure, WM_CLASS_MODULE, 3, 0, &answer));
        cr_assert_eq(answer.values[wm_answer_measure_bypass_permille], 1000);
        cr_assert_eq(answer.values[wm_answer_measure_state] & SIM_STATE_BYPASS, SIM_STATE_BYPASS);
    }
    sim_world_run(world, sim_world_now_us(world) + 60000000);
    cr_assert_eq(sim_devices_bypass_permille(&devices, 2), 0);
    cr_assert(ask(wm_message_measure, WM_CLASS_MODULE, 3, 0, &answer));
    cr_assert_eq(answer.values[wm_answer_measure_bypass_permille], 0);
}

Test(device, addresses_can_be_set_forgotten_and_registered_by_button)
{
    struct sim_frame answer;
    sim_battery_pin(&battery, 1, SIM_PIN_VOLTAGE, 12.2);
    sim_battery_touch(&battery);
    cr_assert(ask(wm_message_set_address, WM_CLASS_MODULE, 2, 400, &answer));
    cr_assert_eq(answer.address, 2, "answered from the old one");
    cr_assert_eq(measured_mV(400), 12200);
    cr_assert_not(ask(wm_message_measure, WM_CLASS_MODULE, 2, 0, &answer));
    cr_assert_not(ask(wm_message_set_address, WM_CLASS_MODULE, 400, 513, &answer));
    cr_assert_not(ask(wm_message_reset_address, WM_CLASS_BROADCAST, 0, 0, &answer));
    cr_assert_not(ask(wm_message_measure, WM_CLASS_MODULE, 400, 0, &answer));
    sim_devices_press(&devices, 1, false);
    cr_assert_not(ask(wm_message_register_address, WM_CLASS_BROADCAST, 0, 11, &answer),
                  "nobody is programming");
    cr_assert_not(ask(wm_message_programming, WM_CLASS_BROADCAST, 0, 1, &answer));
    cr_assert(ask(wm_message_register_address, WM_CLASS_BROADCAST, 0, 11, &answer));
    cr_assert_eq(answer.address_class, WM_CLASS_MODULE);
    cr_assert_eq(answer.address, 11);
    cr_assert_eq(measured_mV(11), 12200);
    cr_assert_not(ask(wm_message_register_address, WM_CLASS_BROADCAST, 0, 12, &answer),
                  "a button registers once");
}

Test(device, a_held_button_registers_once_and_can_be_asked_for)
{
    struct sim_frame answer;
    cr_assert_not(ask(wm_message_programming, WM_CLASS_BROADCAST, 0, 1, &answer));
    cr_assert_not(ask(wm_message_register_address, WM_CLASS_BROADCAST, 0, 0, &answer));
    sim_devices_press(&devices, 3, true);
    for (int i = 0; i < 2; i++) {
        cr_assert(ask(wm_message_register_address, WM_CLASS_BROADCAST, 0, 0, &answer));
        cr_assert_eq(answer.address_class, WM_CLASS_MODULE);
        cr_assert_eq(answer.address, 0);
        cr_assert_eq(devices.module[3].address, 4, "it was only asked");
    }
    cr_assert(ask(wm_message_register_address, WM_CLASS_BROADCAST, 0, 20, &answer));
    cr_assert_not(ask(wm_message_register_address, WM_CLASS_BROADCAST, 0, 21, &answer));
    cr_assert_not(ask(wm_message_register_address, WM_CLASS_BROADCAST, 0, 0, &answer),
                  "asked is who would take an address, and it takes no other one");
    cr_assert(ask(wm_message_measure, WM_CLASS_MODULE, 20, 0, &answer));
    cr_assert_eq(answer.values[wm_answer_measure_state], SIM_STATE_PRESSED);
    sim_devices_let_go(&devices, 3);
    cr_assert_not(ask(wm_message_register_address, WM_CLASS_BROADCAST, 0, 0, &answer));
    sim_devices_press(&devices, 3, false);
    cr_assert(ask(wm_message_register_address, WM_CLASS_BROADCAST, 0, 0, &answer), "anew");
}

Test(device, programming_puts_the_bypass_off_and_ends_by_order_or_by_itself)
{
    struct sim_frame answer;
    cr_assert(ask(wm_message_set_bypass, WM_CLASS_MODULE, 1, 500, &answer));
    cr_assert_not(ask(wm_message_programming, WM_CLASS_BROADCAST, 0, 1, &answer));
    cr_assert_eq(sim_devices_bypass_permille(&devices, 0), 0);
    cr_assert_eq(sim_devices_led(&devices, 0, true), SIM_LED_FAST_FLASHING_RED);
    cr_assert_not(ask(wm_message_programming, WM_CLASS_BROADCAST, 0, 0, &answer));
    cr_assert_eq(sim_devices_led(&devices, 0, true), SIM_LED_GREEN);
    cr_assert_not(ask(wm_message_programming, WM_CLASS_BROADCAST, 0, 1, &answer));
    sim_world_run(world, sim_world_now_us(world) + SIM_PROGRAMMING_HOLD_US - 200000);
    cr_assert_eq(sim_devices_led(&devices, 0, true), SIM_LED_FAST_FLASHING_RED);
    sim_world_run(world, sim_world_now_us(world) + 200000);
    cr_assert_eq(sim_devices_led(&devices, 0, true), SIM_LED_FLASHING_GREEN);
}

Test(device, the_led_tells_what_a_module_does)
{
    struct sim_frame answer;
    cr_assert_eq(sim_devices_led(&devices, 2, true), SIM_LED_FLASHING_GREEN, "ready");
    cr_assert(ask(wm_message_measure, WM_CLASS_MODULE, 3, 0, &answer));
    cr_assert_eq(sim_devices_led(&devices, 2, true), SIM_LED_GREEN);
    cr_assert(ask(wm_message_measure, WM_CLASS_MODULE, 3, 1, &answer));
    cr_assert_eq(sim_devices_led(&devices, 2, true), SIM_LED_RED);
    cr_assert(ask(wm_message_show, WM_CLASS_MODULE, 3, 1, &answer));
    cr_assert_eq(sim_devices_led(&devices, 2, true), SIM_LED_ALTERNATING, "search above alarm");
    sim_devices_press(&devices, 2, false);
    cr_assert_eq(sim_devices_led(&devices, 2, true), SIM_LED_RED, "the press ends the search");
    const int64_t asked_us = devices.module[2].asked_us;
    sim_world_run(world, asked_us + SIM_BYPASS_HOLD_US);
    cr_assert_eq(sim_devices_led(&devices, 2, true), SIM_LED_RED);
    sim_world_run(world, asked_us + SIM_BYPASS_HOLD_US + 1);
    cr_assert_eq(sim_devices_led(&devices, 2, true), SIM_LED_FLASHING_GREEN);
    sim_devices_set_address(&devices, 2, SIM_ADDRESS_FACTORY);
    cr_assert_eq(sim_devices_led(&devices, 2, true), SIM_LED_FLASHING_RED);
}

Test(device, a_module_sleeps_when_it_has_heard_nobody_for_ten_minutes)
{
    struct sim_frame answer;
    sim_world_run(world, 30000000);
    cr_assert(ask(wm_message_measure, WM_CLASS_MODULE, 3, 0, &answer));
    cr_assert_eq(sim_devices_led(&devices, 0, false), SIM_LED_OFF, "hears nothing, never asked");
    const int64_t heard_us = devices.heard_us;
    sim_world_run(world, heard_us + SIM_SLEEP_US);
    cr_assert_eq(sim_devices_led(&devices, 0, true), SIM_LED_FLASHING_GREEN);
    sim_world_run(world, heard_us + SIM_SLEEP_US + 1);
    cr_assert_eq(sim_devices_led(&devices, 0, true), SIM_LED_OFF);
    cr_assert(ask(wm_message_measure, WM_CLASS_MODULE, 3, 0, &answer));
    cr_assert_eq(sim_devices_led(&devices, 0, true), SIM_LED_FLASHING_GREEN, "woken by any frame");
}

Test(device, sensors_and_aux_units_answer_at_what_their_dip_switches_say)
{
    struct sim_frame answer;
    devices.sensor_address[0] = 7;
    devices.aux_address[0] = 4;
    cr_assert(ask(wm_message_read_sensor, WM_CLASS_SENSOR, 7, 0, &answer));
    cr_assert_not(ask(wm_message_read_sensor, WM_CLASS_SENSOR, 1, 0, &answer));
    cr_assert(ask(wm_message_read_sensor, WM_CLASS_SENSOR, 2, 0, &answer));
    cr_assert(ask(wm_message_read_aux, WM_CLASS_AUX, 4, 0, &answer));
    cr_assert_not(ask(wm_message_read_aux, WM_CLASS_AUX, 1, 0, &answer));
    devices.sensor_address[1] = 7;
    cr_assert_not(ask(wm_message_identify, WM_CLASS_SENSOR, 7, 0, &answer), "two at once");
}

Test(device, twins_that_measure_different_things_are_not_understood)
{
    struct sim_frame answer;
    sim_battery_pin(&battery, 0, SIM_PIN_VOLTAGE, 12.345);
    sim_battery_pin(&battery, 1, SIM_PIN_VOLTAGE, 13.321);
    sim_battery_touch(&battery);
    cr_assert(ask(wm_message_set_address, WM_CLASS_MODULE, 2, 1, &answer));
    cr_assert_not(ask(wm_message_measure, WM_CLASS_MODULE, 1, 0, &answer));
    devices.device[1].is_plugged = false;
    cr_assert_eq(measured_mV(1), 12345);
}

Test(device, a_whole_bank_at_one_address_is_noise_and_not_silence)
{
    for (int32_t m = 0; m < 6; m++) {
        uint8_t bytes[WM_FRAME_SIZE_MAX];
        struct sim_frame question = {.message = wm_message_identify,
                                     .direction = WM_QUESTION,
                                     .address_class = WM_CLASS_MODULE,
                                     .address = SIM_ADDRESS_FACTORY};
        sim_devices_set_address(&devices, m, SIM_ADDRESS_FACTORY);
        const size_t size = sim_frame_encode(&question, bytes);
        cr_assert_eq(bus.ops->transmit(bus.self, bytes, size), WM_OK);
        sim_world_run(world, sim_world_now_us(world) + 100000);
        const int heard = bus.ops->receive(bus.self, bytes, sizeof bytes);
        cr_assert_eq(heard, 19, "%d of them: as long as one answer", (int)m + 1);
        cr_assert_eq(sim_frame_decode(bytes, (size_t)heard, WM_ANSWER, &question), m == 0);
    }
}

Test(device, show_blinks_until_told_otherwise)
{
    struct sim_frame answer;
    cr_assert(ask(wm_message_show, WM_CLASS_MODULE, 4, 1, &answer));
    cr_assert(ask(wm_message_measure, WM_CLASS_MODULE, 4, 0, &answer));
    cr_assert_eq(answer.values[wm_answer_measure_state], SIM_STATE_SHOWING);
    cr_assert(ask(wm_message_show, WM_CLASS_MODULE, 4, 0, &answer));
    cr_assert(ask(wm_message_measure, WM_CLASS_MODULE, 4, 0, &answer));
    cr_assert_eq(answer.values[wm_answer_measure_state], 0);
}

Test(device, a_sensor_sees_its_string_with_sign_and_stops_at_its_range)
{
    struct sim_frame answer;
    sim_battery_pin_current(&battery, 1, -6.5);
    battery.string[1].current_ac_A = 1.25;
    sim_battery_touch(&battery);
    cr_assert(ask(wm_message_read_sensor, WM_CLASS_SENSOR, 2, 0, &answer));
    cr_assert_eq(answer.values[wm_answer_read_sensor_current_mA], -6500);
    cr_assert_eq(answer.values[wm_answer_read_sensor_current_ac_mA], 1250);
    sim_battery_pin_current(&battery, 1, -80);
    sim_battery_touch(&battery);
    cr_assert(ask(wm_message_read_sensor, WM_CLASS_SENSOR, 2, 0, &answer));
    cr_assert_eq(answer.values[wm_answer_read_sensor_current_mA], -50000);
    sim_battery_isolate(&battery, 1, true);
    sim_battery_touch(&battery);
    cr_assert(ask(wm_message_read_sensor, WM_CLASS_SENSOR, 2, 0, &answer));
    cr_assert_eq(answer.values[wm_answer_read_sensor_current_mA], 0);
    cr_assert_eq(answer.values[wm_answer_read_sensor_current_ac_mA], 0);
}

Test(device, random_bytes_are_never_understood_and_never_crash)
{
    struct sim_random random = sim_random_stream(world, 5);
    for (int i = 0; i < 200000; i++) {
        uint8_t bytes[WM_FRAME_SIZE_MAX];
        size_t size = 1 + sim_random_next(&random) % WM_FRAME_SIZE_MAX;
        for (size_t k = 0; k < size; k++) {
            bytes[k] = (uint8_t)sim_random_next(&random);
        }
        bytes[0] = 0xA5;
        struct sim_frame frame;
        cr_assert_not(sim_frame_decode(bytes, size, WM_QUESTION, &frame));
        (void)bus.ops->transmit(bus.self, bytes, size);
        sim_world_run(world, sim_world_now_us(world) + 20000);
    }
}
