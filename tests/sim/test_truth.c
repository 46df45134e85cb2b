/*
 * test_truth.c — what a judge is told of the devices: bands that hold every answer, and that lie
 * within the accuracy that the guide prints.
 */
#include <criterion/criterion.h>

#include "sim/plant/parts.h"
#include "tests/sim/stage.h"

static struct stage stage;

static void close_stage(void)
{
    stage_close(&stage);
}

TestSuite(truth, .fini = close_stage);

static void open_plant(const char *text)
{
    stage_open(&stage, text);
    cr_assert_not_null(stage.plant, "%s", stage.error);
}

static void push(const char *text)
{
    const char *error = stage_lua(&stage, text);
    cr_assert_null(error, "%s", error);
}

/* The band lies within `part` of the truth, and the rounding to a step of the bus. */
static void is_within(struct sim_band band, double truth, double part, double step)
{
    const double error = (truth < 0 ? -truth : truth) * part + step;
    cr_expect(band.low >= truth - error && band.high <= truth + error,
              "%d to %d, where the truth is %f", (int)band.low, (int)band.high, truth);
    cr_expect(band.low <= band.high);
}

static void holds(struct sim_band band, int32_t answer)
{
    cr_expect(band.low <= answer && answer <= band.high, "%d is not in %d to %d", (int)answer,
              (int)band.low, (int)band.high);
}

/* Guide, "Technical Data": voltage < 0.5 %, temperature < 15 %, resistance < 5 or 10 %. */
static void modules_are_accurate(double resistance_part)
{
    const struct sim_devices *devices = &stage.plant->devices;
    for (int32_t m = 0; m < devices->modules; m++) {
        struct sim_frame answer;
        const struct sim_truth_module truth = sim_truth_module(stage.plant, m + 1);
        is_within(truth.voltage_mV, sim_devices_voltage_V(devices, m) * 1000, 0.005, 1);
        is_within(truth.temperature_mdegC, sim_devices_temperature_degC(devices, m) * 1000, 0.15,
                  100);
        is_within(truth.resistance_uOhm, sim_devices_resistance_Ohm(devices, m) * 1e6,
                  resistance_part, devices->type->resistance_uOhm_step);
        cr_assert(stage_ask(&stage, wm_message_measure, WM_CLASS_MODULE, m + 1, 0, &answer));
        holds(truth.voltage_mV, answer.values[wm_answer_measure_voltage_mV]);
        holds(truth.temperature_mdegC, answer.values[wm_answer_measure_temperature_ddegC] * 100);
        cr_assert(stage_ask(&stage, wm_message_impedance, WM_CLASS_MODULE, m + 1, 0, &answer));
        holds(truth.resistance_uOhm, answer.values[wm_answer_impedance_resistance_uOhm]);
    }
}

Test(truth, modules_tell_what_is_within_their_printed_accuracy)
{
    open_plant("plant 'p' { modules = 100 }");
    modules_are_accurate(0.05);
}

Test(truth, and_so_do_those_of_single_cells)
{
    open_plant("plant 'p' { modules = 100, module_type = 'c40' }");
    modules_are_accurate(0.10);
}

Test(truth, a_sensor_tells_what_is_within_its_printed_accuracy)
{
    open_plant("plant 'p' { strings = 16, current_sensors = 16 }");
    for (int32_t i = 1; i <= 16; i++) {
        push("for _, s in ipairs(plant.string) do s.current, s.current_ac = -20, 3 end");
        struct sim_frame answer;
        const struct sim_truth_sensor truth = sim_truth_sensor(stage.plant, i);
        is_within(truth.current_mA, -20000, 0.10, 1);
        is_within(truth.current_ac_mA, 3000, 0.10, 1);
        cr_assert(stage_ask(&stage, wm_message_read_sensor, WM_CLASS_SENSOR, i, 0, &answer));
        holds(truth.current_mA, answer.values[wm_answer_read_sensor_current_mA]);
        holds(truth.current_ac_mA, answer.values[wm_answer_read_sensor_current_ac_mA]);
    }
}

Test(truth, one_sensor_for_all_tells_the_ripple_of_all_and_no_more_than_its_range)
{
    open_plant("plant 'p' { strings = 2, current_sensors = 1, sensor_for_all = true, "
               "exact = true }");
    push("plant.string[1].current_ac, plant.string[2].current_ac = 1.25, 2");
    cr_assert_eq(sim_truth_sensor(stage.plant, 1).current_ac_mA.low, 3250);
    cr_assert_eq(sim_truth_sensor(stage.plant, 1).current_ac_mA.high, 3250);
    push("plant.string[1].current_ac = 49");
    cr_assert_eq(sim_truth_sensor(stage.plant, 1).current_ac_mA.high, 50000);
}

Test(truth, a_bypass_is_what_flows)
{
    struct sim_frame answer;
    open_plant("plant 'p' { modules = 2 }");
    cr_assert(stage_ask(&stage, wm_message_set_bypass, WM_CLASS_MODULE, 2, 250, &answer));
    cr_assert_eq(sim_truth_module(stage.plant, 2).bypass_permille, 250);
    cr_assert_eq(sim_truth_module(stage.plant, 1).bypass_permille, 0);
    stage_wait(&stage, 61);
    cr_assert_eq(sim_truth_module(stage.plant, 2).bypass_permille, 0);
}

Test(truth, lines_are_as_they_are_pushed_and_ordered)
{
    struct sim_frame answer;
    open_plant("plant 'p' { gx_r_aux = 1 }");
    push("plant.gx_r_aux[1].input[3].level = 'alarm'");
    cr_assert(stage_ask(&stage, wm_message_set_outputs, WM_CLASS_AUX, 1, 0x05, &answer));
    cr_assert_eq(sim_truth_aux(stage.plant, 1).inputs, 0x0B);
    cr_assert_eq(sim_truth_aux(stage.plant, 1).outputs, 0x05);
}

Test(truth, it_counts_the_strings)
{
    open_plant("plant 'p' { strings = 3, modules = 2 }");
    cr_assert_eq(sim_truth_strings(stage.plant), 3);
}
