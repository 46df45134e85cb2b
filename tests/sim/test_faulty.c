/*
 * test_faulty.c — what each fault of sensors, modules and bus does to answers, and that the judge
 * is told the same.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "sim/plant/parts.h"
#include "tests/sim/stage.h"

static struct stage stage;

static void close_stage(void)
{
    stage_close(&stage);
}

TestSuite(faulty, .fini = close_stage);

static void open_plant(const char *more)
{
    char text[400];
    (void)snprintf(text, sizeof text,
                   "plant 'p' { strings = 2, modules = 3, current_sensors = 2, ambient = 20,\n"
                   "  exact = true, module = { voltage = 13, temperature = 30, resistance = 5 },\n"
                   "  %s }",
                   more);
    stage_open(&stage, text);
    cr_assert_not_null(stage.plant, "%s", stage.error);
}

static struct sim_frame answer;

/* Asks; false without an answer. What was answered is what the judge expects. */
static bool measures(int32_t number)
{
    const struct sim_truth_module truth = sim_truth_module(stage.plant, number);
    if (!stage_ask(&stage, wm_message_measure, WM_CLASS_MODULE, number, 0, &answer)) {
        return false;
    }
    const int32_t mV = answer.values[wm_answer_measure_voltage_mV];
    const int32_t mdegC = answer.values[wm_answer_measure_temperature_ddegC] * 100;
    cr_assert(truth.voltage_mV.low <= mV && mV <= truth.voltage_mV.high, "%d of %d..%d", (int)mV,
              (int)truth.voltage_mV.low, (int)truth.voltage_mV.high);
    cr_assert(truth.temperature_mdegC.low <= mdegC && mdegC <= truth.temperature_mdegC.high);
    return true;
}

static int32_t voltage_mV(int32_t number)
{
    cr_assert(measures(number));
    return answer.values[wm_answer_measure_voltage_mV];
}

static int32_t temperature_ddegC(int32_t number)
{
    cr_assert(measures(number));
    return answer.values[wm_answer_measure_temperature_ddegC];
}

static int32_t resistance_uOhm(int32_t number)
{
    const struct sim_truth_module truth = sim_truth_module(stage.plant, number);
    cr_assert(stage_ask(&stage, wm_message_impedance, WM_CLASS_MODULE, number, 0, &answer));
    const int32_t uOhm = answer.values[wm_answer_impedance_resistance_uOhm];
    cr_assert(truth.resistance_uOhm.low <= uOhm && uOhm <= truth.resistance_uOhm.high);
    return uOhm;
}

static int32_t current_mA(int32_t number)
{
    const struct sim_truth_sensor truth = sim_truth_sensor(stage.plant, number);
    cr_assert(stage_ask(&stage, wm_message_read_sensor, WM_CLASS_SENSOR, number, 0, &answer));
    const int32_t mA = answer.values[wm_answer_read_sensor_current_mA];
    cr_assert(truth.current_mA.low <= mA && mA <= truth.current_mA.high);
    return mA;
}

static void is_told(const char *wanted)
{
    const char *said = sim_plant_idle_fault(stage.plant);
    cr_assert(said != NULL && strstr(said, wanted) != NULL, "said: %s\nnot: %s",
              said != NULL ? said : "nothing", wanted);
}

/* ---- leads and probes ------------------------------------------------------------------- */

Test(faulty, an_open_lead_reads_nothing_and_a_resistance_off_the_scale)
{
    open_plant("");
    stage_say(&stage, "plant.module[2]:voltage_lead_open()");
    cr_assert_eq(voltage_mV(2), 0);
    cr_assert_eq(resistance_uOhm(2), 1000000000);
    cr_assert_eq(voltage_mV(1), 13000);
    stage_say(&stage, "plant.module[2]:heal()");
    cr_assert_eq(voltage_mV(2), 13000);
    cr_assert_null(sim_plant_idle_fault(stage.plant));
}

Test(faulty, a_bad_contact_adds_its_resistance_and_drops_the_supply_current)
{
    open_plant("");
    stage_say(&stage, "plant.module[2]:voltage_lead_resistance { contact = 1000 }");
    cr_assert_eq(voltage_mV(2), 13000 - 18);
    cr_assert_eq(resistance_uOhm(2), 1005000);
    stage_say(&stage, "plant.module[2]:voltage_lead_resistance { contact = 1e6 }");
    cr_assert_eq(voltage_mV(2), 0, "18 V would drop: no more than there is");
}

Test(faulty, a_reversed_lead_reads_below_0_which_is_out_of_range)
{
    open_plant("");
    stage_say(&stage, "plant.module[2]:voltage_lead_reversed()");
    cr_assert_eq(voltage_mV(2), 65536 - 13000);
    cr_assert_gt(voltage_mV(2), stage.plant->devices.type->voltage_mV_high * 13 / 10);
    stage_say(&stage, "plant.module[2].voltage = 0");
    cr_assert_eq(voltage_mV(2), 0);
}

Test(faulty, a_reversed_lead_at_0_may_read_anything_with_noise)
{
    open_plant("module_type = 'c20'");
    stage_close(&stage);
    stage_open(&stage, "plant 'p' { modules = 3, module = { voltage = 0 } }");
    stage_say(&stage, "plant.module[2]:voltage_lead_reversed()");
    const struct sim_truth_module truth = sim_truth_module(stage.plant, 2);
    cr_assert_eq(truth.voltage_mV.low, 0);
    cr_assert_eq(truth.voltage_mV.high, 65535);
    cr_assert_eq(sim_truth_module(stage.plant, 1).voltage_mV.high, 0);
}

Test(faulty, a_swapped_lead_reads_both_blocks_and_the_neighbour_none)
{
    open_plant("");
    stage_say(&stage, "plant.module[2].voltage, plant.module[3].voltage = 12, 14");
    stage_say(&stage, "plant.module[2]:voltage_lead_swapped()");
    cr_assert_eq(voltage_mV(2), 26000);
    cr_assert_eq(voltage_mV(3), 0);
    cr_assert_eq(resistance_uOhm(2), 10000);
    cr_assert_eq(resistance_uOhm(3), 0);
    cr_assert_eq(voltage_mV(1), 13000);
    cr_assert_eq(voltage_mV(4), 13000, "the next string is another one");
    stage_say(&stage, "plant.module[2]:heal() plant.module[3]:voltage_lead_swapped()");
    cr_assert_eq(voltage_mV(3), 26000, "the last one has its neighbour before it");
    cr_assert_eq(voltage_mV(2), 0);
    cr_assert_eq(voltage_mV(4), 13000);
}

Test(faulty, leads_and_a_reversal_add_up)
{
    open_plant("");
    stage_say(&stage, "local m = plant.module[1]\n"
                      "m:voltage_lead_swapped() m:voltage_lead_reversed()\n"
                      "m:voltage_lead_resistance { contact = 1000 }");
    cr_assert_eq(voltage_mV(1), 65536 - 26000 + 18);
    stage_say(&stage, "plant.module[1]:heal 'voltage_lead_reversed'");
    cr_assert_eq(voltage_mV(1), 26000 - 18);
    stage_say(&stage, "plant.module[1]:heal()");
    cr_assert_eq(voltage_mV(1), 13000);
}

Test(faulty, a_single_block_has_no_neighbour_to_swap_with)
{
    stage_open(&stage, "plant 'p' { strings = 2, modules = 1 }");
    stage_refuse(&stage, "plant.module[1]:voltage_lead_swapped()",
                 "voltage_lead_swapped needs a neighbour, and this string has one module");
}

Test(faulty, a_detached_probe_follows_the_room)
{
    open_plant("");
    stage_say(&stage, "plant.module[2]:probe_detached()");
    cr_assert_eq(temperature_ddegC(2), 200);
    stage_say(&stage, "plant.ambient = 22");
    cr_assert_eq(temperature_ddegC(2), 220);
    stage_say(&stage, "plant.module[2]:probe_detached { off = 50 }");
    cr_assert_eq(temperature_ddegC(2), 260);
    stage_say(&stage, "plant.module[2]:heal()");
    cr_assert_eq(temperature_ddegC(2), 300);
}

Test(faulty, an_open_and_a_shorted_probe_read_the_ends_of_the_scale)
{
    open_plant("");
    stage_say(&stage, "plant.module[1]:probe_open() plant.module[2]:probe_shorted()");
    cr_assert_eq(temperature_ddegC(1), -400);
    cr_assert_eq(temperature_ddegC(2), 1250);
    stage_close(&stage);
    stage_open(&stage, "plant 'p' { modules = 2 }");
    stage_say(&stage, "plant.module[1]:probe_open()");
    for (int i = 0; i < 20; i++) {
        cr_assert_eq(temperature_ddegC(1), -400, "noise does not take it out of its range");
    }
}

Test(faulty, a_misplaced_probe_reads_another_block)
{
    open_plant("");
    stage_say(&stage, "plant.module[5].temperature = 44");
    stage_say(&stage, "plant.module[2]:probe_misplaced { on = 5 }");
    cr_assert_eq(temperature_ddegC(2), 440);
    stage_refuse(&stage, "plant.module[2]:probe_misplaced { on = 7 }",
                 "probe_misplaced names a module that the plant does not have");
    stage_refuse(&stage, "plant.module[2]:probe_misplaced { on = 2 }", "the module's own block");
    stage_refuse(&stage, "plant.module[2]:probe_misplaced { on = 1.5 }", "a whole number from 1");
    stage_refuse(&stage, "plant.module[2]:probe_misplaced()",
                 "probe_misplaced needs on: a whole number from 1 to 512 (over all strings)");
    stage_refuse(&stage, "plant.module[2]:probe_misplaced { on = 1, over = 5 }", "can't grow");
}

Test(faulty, a_resistance_scatters_with_the_ripple_alone)
{
    open_plant("capacity = 100");
    stage_say(&stage, "plant.module[2]:resistance_noisy { scatter = 20 }");
    is_told("its resistance was not measured while there was ripple");
    cr_assert_eq(resistance_uOhm(2), 5000);
    stage_say(&stage, "plant.string[1].current_ac = 5");
    int32_t low = 5000, high = 5000;
    for (int i = 0; i < 100; i++) {
        const int32_t uOhm = resistance_uOhm(2);
        low = uOhm < low ? uOhm : low;
        high = uOhm > high ? uOhm : high;
    }
    cr_assert(low >= 4500 && low < 4600 && high <= 5500 && high > 5400, "%d..%d", (int)low,
              (int)high);
    cr_assert_eq(resistance_uOhm(1), 5000);
}

Test(faulty, a_lead_or_probe_or_sensor_that_reads_what_is_so_is_told)
{
    open_plant("capacity = 100");
    stage_say(&stage, "plant.module[2].temperature = plant.ambient.value");
    stage_say(&stage, "plant.module[2]:probe_detached()");
    (void)temperature_ddegC(2);
    is_told("probe_detached{off=100} was asked for and it told nothing that was not so");
    stage_say(&stage, "plant.module[2].temperature = 35");
    (void)temperature_ddegC(2);
    cr_assert_null(sim_plant_idle_fault(stage.plant));
    stage_say(&stage, "plant.module[3]:voltage_lead_resistance { contact = 1 }");
    (void)voltage_mV(3);
    is_told("voltage_lead_resistance{contact=1} was asked for and it told nothing that was not so");
    (void)resistance_uOhm(3);
    cr_assert_null(sim_plant_idle_fault(stage.plant));
    stage_say(&stage, "plant.string[1].current = 0");
    stage_say(&stage, "plant.current_sensor[1]:reversed() plant.current_sensor[1]:gain_error()");
    (void)current_mA(1);
    is_told("reversed() was asked for and it told nothing that was not so");
    stage_say(&stage, "plant.string[1].current = 2");
    (void)current_mA(1);
    cr_assert_null(sim_plant_idle_fault(stage.plant));
}

/* ---- current sensors -------------------------------------------------------------------- */

Test(faulty, a_current_sensor_drifts_errs_and_stands_the_wrong_way_round)
{
    open_plant("");
    stage_say(&stage, "for _, s in ipairs(plant.string) do s.current = -10 end");
    stage_say(&stage, "plant.current_sensor[1]:zero_drift { by = -0.5 }");
    cr_assert_eq(current_mA(1), -10500);
    stage_say(&stage, "plant.current_sensor[1]:reversed()");
    cr_assert_eq(current_mA(1), 9500, "the drift is its own");
    stage_say(&stage, "plant.current_sensor[1]:gain_error { by = 20 }");
    cr_assert_eq(current_mA(1), 11500);
    cr_assert_eq(current_mA(2), -10000);
    stage_say(&stage, "plant.current_sensor[2]:gain_error { by = -100 }");
    cr_assert_eq(current_mA(2), 0);
    stage_say(&stage, "plant.string[1].current = 45");
    stage_say(&stage, "plant.current_sensor[1]:heal 'reversed'");
    cr_assert_eq(current_mA(1), 50000, "no more than its range");
    stage_say(&stage, "plant.current_sensor[1]:heal()");
    cr_assert_eq(current_mA(1), 45000);
}

Test(faulty, a_zero_drifts_slowly_when_it_is_told_to)
{
    open_plant("");
    stage_say(&stage, "plant.string[1].current = 0");
    stage_say(&stage, "plant.current_sensor[1]:zero_drift { by = 2, over = 86400 }");
    stage_wait(&stage, 43200);
    const int32_t half_mA = current_mA(1);
    cr_assert(half_mA >= 990 && half_mA <= 1010, "%d", (int)half_mA);
    stage_wait(&stage, 43300);
    cr_assert_eq(current_mA(1), 2000);
}

/* ---- modules ---------------------------------------------------------------------------- */

Test(faulty, a_silent_module_acts_and_a_plug_ends_it_too)
{
    open_plant("");
    stage_say(&stage, "plant.module[2]:silent()");
    cr_assert_not(measures(2));
    cr_assert_eq(sim_truth_module(stage.plant, 2).device.presence, SIM_SILENT);
    stage_say(&stage, "plant.module[2]:plug()");
    cr_assert(measures(2));
}

Test(faulty, a_babbling_module_talks_unasked_and_makes_all_unsure)
{
    open_plant("");
    stage_say(&stage, "plant.module[2]:babbling { rate = 2 }");
    cr_assert_eq(sim_truth_module(stage.plant, 1).device.presence, SIM_UNSURE);
    cr_assert_eq(sim_truth_sensor(stage.plant, 2).device.presence, SIM_UNSURE);
    int answered = 0;
    for (int i = 0; i < 100; i++) {
        answered += measures(1);
    }
    cr_assert(answered > 50 && answered < 95, "%d of 100", answered);
    cr_assert_gt(stage.plant->devices.module[1].babbled, 10);
    stage_say(&stage, "plant.module[2]:heal()");
    stage_wait(&stage, 1);
    cr_assert_eq(sim_truth_module(stage.plant, 1).device.presence, SIM_ANSWERS);
    for (int i = 0; i < 10; i++) {
        cr_assert(measures(1));
    }
}

Test(faulty, an_unplugged_module_does_not_babble)
{
    open_plant("");
    stage_say(&stage, "plant.module[2]:unplug() plant.module[2]:babbling()");
    stage_wait(&stage, 10);
    cr_assert_eq(stage.plant->devices.module[1].babbled, 0);
    cr_assert_not(measures(2));
    is_told("string[1].module[2]:babbling{rate=5} was asked for and it never talked");
}

Test(faulty, a_wrong_address_leaves_its_own_empty)
{
    open_plant("");
    stage_say(&stage, "plant.module[2]:wrong_address { address = 400 }");
    cr_assert_not(measures(2));
    cr_assert_eq(voltage_mV(400), 13000);
    stage_say(&stage, "plant.module[2]:heal()");
    cr_assert_eq(voltage_mV(2), 13000);
    stage_refuse(&stage, "plant.module[2]:wrong_address { address = 3 }", "it is a twin_address");
    stage_refuse(&stage, "plant.module[2]:twin_address { address = 400 }", "is a wrong_address");
    stage_say(&stage, "plant.module[2]:wrong_address()");
    cr_assert_eq(stage.plant->devices.module[1].address, SIM_ADDRESS_FACTORY);
}

Test(faulty, a_twin_answers_together_with_the_other)
{
    open_plant("");
    stage_say(&stage, "plant.module[2].voltage = 12 plant.module[2]:twin_address { address = 3 }");
    cr_assert_not(measures(2));
    cr_assert_not(stage_ask(&stage, wm_message_measure, WM_CLASS_MODULE, 3, 0, &answer));
    cr_assert_eq(sim_truth_module(stage.plant, 3).device.presence, SIM_UNSURE);
    stage_say(&stage, "plant.module[2]:heal()");
    cr_assert_eq(voltage_mV(3), 13000);
    cr_assert_eq(voltage_mV(2), 12000);
}

Test(faulty, a_wrong_revision_wants_to_be_asked_for)
{
    open_plant("");
    stage_say(&stage, "plant.module[2]:wrong_revision()");
    cr_assert(measures(2));
    is_told("wrong_revision{hardware=1025} was asked for and nobody asked what it is since");
    cr_assert(stage_ask(&stage, wm_message_identify, WM_CLASS_MODULE, 2, 0, &answer));
    cr_assert_eq(answer.values[wm_answer_identify_hardware_revision], 0x0401);
    cr_assert_null(sim_plant_idle_fault(stage.plant));
    stage_say(&stage, "plant.module[2]:heal()");
    cr_assert(stage_ask(&stage, wm_message_identify, WM_CLASS_MODULE, 2, 0, &answer));
    cr_assert_eq(answer.values[wm_answer_identify_hardware_revision], SIM_HARDWARE_REVISION);
}

Test(faulty, a_stuck_module_tells_what_was)
{
    open_plant("");
    stage_say(&stage, "plant.module[2]:stuck_value()");
    cr_assert_eq(voltage_mV(2), 13000);
    is_told("stuck_value() was asked for and it told nothing that was not so");
    stage_say(&stage,
              "local m = plant.module[2] m.voltage, m.temperature, m.resistance = 10, 50, 9");
    cr_assert_eq(voltage_mV(2), 13000);
    cr_assert_eq(temperature_ddegC(2), 300);
    cr_assert_eq(resistance_uOhm(2), 5000);
    cr_assert_null(sim_plant_idle_fault(stage.plant));
    stage_say(&stage, "plant.module[2]:heal()");
    cr_assert_eq(voltage_mV(2), 10000);
}

Test(faulty, a_rebooting_module_is_silent_and_forgets_its_bypass_again_and_again)
{
    open_plant("");
    cr_assert(stage_ask(&stage, wm_message_set_bypass, WM_CLASS_MODULE, 2, 250, &answer));
    stage_say(&stage, "plant.module[2]:rebooting { silent = 3, every = 10 }");
    cr_assert_eq(sim_truth_module(stage.plant, 2).device.presence, SIM_ANSWERS, "from the next");
    stage_wait(&stage, 1);
    cr_assert_eq(sim_truth_module(stage.plant, 2).device.presence, SIM_SILENT);
    cr_assert_not(measures(2));
    stage_wait(&stage, 3);
    cr_assert(measures(2));
    cr_assert_eq(answer.values[wm_answer_measure_bypass_permille], 0);
    stage_wait(&stage, 10);
    cr_assert_not(measures(2));
    stage_say(&stage, "plant.module[2]:heal()");
    cr_assert(measures(2));
    stage_wait(&stage, 10);
    cr_assert(measures(2));
}

Test(faulty, a_bypass_sticks_where_it_is)
{
    open_plant("");
    stage_say(&stage, "plant.module[2]:stuck_bypass { level = 0 }");
    cr_assert(measures(2));
    is_told("stuck_bypass{level=0} was asked for and nobody ordered anything else since");
    cr_assert(stage_ask(&stage, wm_message_set_bypass, WM_CLASS_MODULE, 2, 250, &answer));
    cr_assert(measures(2));
    cr_assert_eq(answer.values[wm_answer_measure_bypass_permille], 0);
    cr_assert_null(sim_plant_idle_fault(stage.plant));
    stage_say(&stage, "plant.module[2]:stuck_bypass()");
    cr_assert(measures(2));
    cr_assert_eq(answer.values[wm_answer_measure_bypass_permille], 1000);
    stage_say(&stage, "plant.module[2]:heal()");
    cr_assert(measures(2));
    cr_assert_eq(answer.values[wm_answer_measure_bypass_permille], 250);
}

/* ---- the line --------------------------------------------------------------------------- */

static int answers_of(int32_t number, int questions)
{
    int count = 0;
    for (int i = 0; i < questions; i++) {
        count += measures(number);
    }
    return count;
}

Test(faulty, noise_strikes_everybody_alike)
{
    open_plant("");
    stage_say(&stage, "plant.bus:noisy { percent = 50 }");
    cr_assert_eq(sim_truth_module(stage.plant, 1).device.presence, SIM_UNSURE);
    const int near = answers_of(1, 200), far = answers_of(6, 200);
    cr_assert(near > 30 && near < 70 && far > 30 && far < 70, "a quarter: %d, %d", near, far);
    stage_say(&stage, "plant.bus:noisy { percent = 100 }");
    cr_assert_eq(answers_of(1, 20), 0);
    stage_say(&stage, "plant.bus:heal()");
    cr_assert_eq(answers_of(1, 20), 20);
    cr_assert_null(stage.plant->devices.way, "sound again, and free");
}

Test(faulty, a_wrong_termination_strikes_the_far_end_most)
{
    open_plant("");
    stage_say(&stage, "plant.bus:wrong_termination { percent = 90 }");
    const int near = answers_of(1, 200), far = answers_of(6, 200);
    cr_assert(near > 120 && near < 180, "0.85 each way: %d", near);
    cr_assert_lt(far, 15, "0.1 each way: %d", far);
}

Test(faulty, a_short_silences_everybody)
{
    open_plant("");
    stage_say(&stage, "plant.bus:shorted { at = 1 }");
    stage_wait(&stage, 2);
    is_told("bus:shorted() was asked for and nobody was asked since");
    cr_assert_not(measures(1));
    cr_assert_not(measures(6));
    cr_assert_eq(sim_truth_sensor(stage.plant, 1).device.presence, SIM_SILENT);
    stage_say(&stage, "plant.bus:heal 'shorted'");
    cr_assert(measures(1));
}

Test(faulty, a_brown_out_takes_the_furthest_for_a_while)
{
    open_plant("");
    stage_say(&stage, "plant.bus:brown_out { share = 40, silent = 5, every = 20 }");
    stage_wait(&stage, 1);
    cr_assert(measures(1));
    cr_assert(measures(3));
    cr_assert_not(measures(5));
    cr_assert_not(measures(6));
    stage_wait(&stage, 6);
    cr_assert(measures(6));
    stage_wait(&stage, 18);
    cr_assert_not(measures(6));
    stage_say(&stage, "plant.bus:heal()");
    cr_assert(measures(6));
}

Test(faulty, a_brown_out_and_a_reboot_are_two_reasons)
{
    open_plant("");
    stage_say(&stage, "plant.bus:brown_out { share = 40, silent = 60 }");
    stage_say(&stage, "plant.module[6]:rebooting { silent = 5, every = 100 }");
    stage_wait(&stage, 8);
    cr_assert_not(measures(6), "still without a supply");
    stage_say(&stage, "plant.bus:heal()");
    cr_assert(measures(6));
}

/* Beside another that struck many. */
static void struck_nobody(const char *fault)
{
    (void)answers_of(6, 50);
    is_told(fault);
}

Test(faulty, each_fault_of_the_line_counts_what_it_has_struck_itself)
{
    open_plant("");
    stage_say(&stage, "plant.bus:noisy { percent = 1e-9 }");
    stage_say(&stage, "plant.bus:wrong_termination { percent = 90 }");
    struck_nobody("bus:noisy");
}

Test(faulty, a_cable_that_struck_nothing_beside_a_noisy_line_is_told)
{
    open_plant("");
    stage_say(&stage, "plant:cable(plant.module[3], plant.module[4]):too_long { by = 1e-9 }");
    stage_say(&stage, "plant.bus:noisy { percent = 50 }");
    struck_nobody("too_long");
}

Test(faulty, a_reboot_that_was_missed_is_no_brown_out)
{
    open_plant("");
    stage_say(&stage, "plant.bus:brown_out { share = 0.000001 }");
    stage_say(&stage, "plant.module[1]:rebooting { silent = 5 }");
    stage_wait(&stage, 1);
    cr_assert_not(measures(1));
    const char *said = sim_plant_idle_fault(stage.plant);
    cr_assert_not_null(said);
    cr_assert_not_null(strstr(said, "bus:brown_out"), "%s", said);
}

Test(faulty, a_cable_too_long_strikes_what_is_beyond_it)
{
    open_plant("");
    stage_say(&stage, "plant:cable(plant.module[3], plant.module[4]):too_long { by = 60 }");
    cr_assert_eq(answers_of(3, 50), 50);
    const int beyond = answers_of(4, 100);
    cr_assert(beyond > 5 && beyond < 30, "0.4 each way: %d", beyond);
    cr_assert_eq(sim_truth_module(stage.plant, 6).device.presence, SIM_UNSURE);
    cr_assert_eq(sim_truth_module(stage.plant, 3).device.presence, SIM_ANSWERS);
    stage_say(&stage, "plant:cable(plant.module[3], plant.module[4]):heal()");
    cr_assert_eq(answers_of(6, 50), 50);
}

Test(faulty, a_cable_is_cut_later_and_mended_by_either_word)
{
    open_plant("");
    stage_say(&stage, "cable = plant:cable(plant.module[3], plant.module[4]) cable:cut { at = 5 }");
    cr_assert(measures(4));
    stage_wait(&stage, 6);
    cr_assert_not(measures(4));
    stage_say(&stage, "cable:mend()");
    cr_assert(measures(4));
    stage_say(&stage, "cable:cut()");
    cr_assert_not(measures(4));
    stage_say(&stage, "cable:heal 'cut'");
    cr_assert(measures(4));
    cr_assert_null(sim_plant_idle_fault(stage.plant));
}
