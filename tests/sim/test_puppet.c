/*
 * test_puppet.c — what a scenario may say to a plant, and what it is told when it may not.
 */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "tests/sim/stage.h"

static struct stage stage;

static void open_stage(void)
{
    stage_open_file(&stage, "scenarios/plants/two_strings_of_nine.lua");
    cr_assert_not_null(stage.plant, "%s", stage.error);
}

static void close_stage(void)
{
    stage_close(&stage);
}

TestSuite(puppet, .init = open_stage, .fini = close_stage);

Test(puppet, modules_are_counted_in_their_string_and_over_the_plant)
{
    stage_say(&stage, "assert(plant.string[2].module[3] == plant.module[12])");
    stage_say(&stage, "assert(plant.string[1].module[3] ~= plant.module[12])");
    stage_say(
        &stage,
        "assert(#plant.string == 2 and #plant.module == 18 and #plant.string[2].module == 9)");
    stage_say(&stage, "assert(#plant.current_sensor == 2 and #plant.gx_r_aux == 1)");
    stage_say(&stage, "assert(#plant.gx_r_aux[1].input == 4)");
    stage_say(&stage,
              "local n = 0 for i, each in ipairs(plant.string) do n = n + i * #each.module end\n"
              "assert(n == 27)");
    stage_say(&stage, "assert(tostring(plant.module[12]) == 'string[2].module[3]')");
    stage_say(&stage, "assert(tostring(plant.gx_r_aux[1].output[4]) == 'gx_r_aux[1].output[4]')");
}

Test(puppet, a_reference_reads_as_the_number_it_names)
{
    stage_say(&stage, "plant.module[1].voltage = 12.5");
    stage_say(&stage,
              "local v = plant.module[1].voltage\n"
              "assert(v.value == 12.5 and v + 1 == 13.5 and 1 - v == -11.5 and -v == -12.5)\n"
              "assert(v * 2 == 25 and v / 2 == 6.25 and v > 12 and v <= 12.5 and 13 > v)\n"
              "assert(v < plant.module[2].voltage and v ~= plant.module[2].voltage)\n"
              "assert(tostring(v) == '12.5' and 'V: ' .. v == 'V: 12.5')\n"
              "plant.module[2].voltage = v\n"
              "assert(v == plant.module[2].voltage)");
    cr_assert_float_eq(stage_number(&stage, "plant.string[1].voltage_sum.value"),
                       2 * 12.5 + 7 * 13.5, 0.01);
    stage_say(&stage, "assert(plant.strings.value == 2 and plant.modules.value == 18)");
    stage_say(&stage, "assert(plant.string[1].alarm.value == nil and plant.status.value == nil)");
    stage_refuse(&stage, "return plant.status + 1", "plant.status has no value in the plant");
    stage_refuse(&stage, "return math.floor(plant.module[1].voltage)",
                 "number expected, got a plant value: say .value");
    stage_refuse(&stage, "return plant.module[1] + 1", "module is an item, not a number");
}

Test(puppet, references_tell_the_harness_what_they_name)
{
    struct sim_reference reference;
    stage_say(&stage, "return plant.string[2].module[3].temperature");
    cr_assert(sim_plant_reference(stage.lua, -1, &reference));
    cr_assert_eq(reference.item, SIM_ITEM_MODULE);
    cr_assert_eq(reference.number, 12);
    cr_assert_str_eq(reference.property, "temperature");
    cr_assert_str_eq(reference.name, "string[2].module[3].temperature");
    stage_say(&stage, "return plant.string[1].voltage_average");
    cr_assert(sim_plant_reference(stage.lua, -1, &reference));
    cr_assert_str_eq(reference.name, "string[1].voltage_average");
    stage_say(&stage, "return plant.gx_r_aux[1].output[2]");
    cr_assert(sim_plant_reference(stage.lua, -1, &reference));
    cr_assert_eq(reference.item, SIM_ITEM_AUX_OUTPUT);
    cr_assert_eq(reference.number, 2);
    cr_assert_null(reference.property);
    stage_say(&stage, "return plant.alarms_present");
    cr_assert(sim_plant_reference(stage.lua, -1, &reference));
    cr_assert_eq(reference.item, SIM_ITEM_PLANT);
    cr_assert_str_eq(reference.name, "alarms_present");
    stage_say(&stage, "return plant");
    cr_assert(sim_plant_reference(stage.lua, -1, &reference));
    cr_assert_str_eq(reference.name, "plant");
    for (size_t i = 0; i < 4; i++) {
        static const char *const none[] = {"return 3", "return plant.string", "return {}",
                                           "return plant.charger"};
        stage_say(&stage, none[i]);
        cr_assert_not(sim_plant_reference(stage.lua, -1, &reference), "%s", none[i]);
    }
}

Test(puppet, an_assigned_value_stays_until_it_is_released)
{
    stage_say(&stage, "plant.module[5].temperature = 52 plant.module[5].voltage = 11");
    stage_wait(&stage, 36000);
    stage_say(&stage,
              "assert(plant.module[5].temperature.value == 52 and plant.module[5].voltage == "
              "plant.module[5].voltage)");
    cr_assert_eq(stage_number(&stage, "plant.module[5].voltage.value"), 11);
    stage_say(&stage, "plant.module[5]:release 'voltage'");
    cr_assert_float_eq(stage_number(&stage, "plant.module[5].voltage.value"), 12.9, 0.2);
}

Test(puppet, a_drift_is_linear_in_time_and_ends_where_it_was_sent)
{
    double from = stage_number(&stage, "plant.module[7].temperature.value");
    stage_say(&stage, "plant.string[1].module[7]:drift { temperature = 52, over = 480 }");
    stage_wait(&stage, 240);
    cr_assert_float_eq(stage_number(&stage, "plant.module[7].temperature.value"), (from + 52) / 2,
                       0.1);
    stage_wait(&stage, 241);
    cr_assert_eq(stage_number(&stage, "plant.module[7].temperature.value"), 52);
    stage_wait(&stage, 10000);
    cr_assert_eq(stage_number(&stage, "plant.module[7].temperature.value"), 52);
    stage_say(&stage, "plant.string[2]:drift { current = -10, over = 100 }");
    stage_wait(&stage, 50);
    cr_assert_float_eq(stage_number(&stage, "plant.string[2].current.value"), -5, 0.2);
    stage_say(&stage, "plant.string[2].current = 1");
    stage_wait(&stage, 100);
    cr_assert_eq(stage_number(&stage, "plant.string[2].current.value"), 1, "ended by a pin");
}

/* On float a step of the batteries takes minutes; a push falls into one of them. */
Test(puppet, what_is_pushed_counts_from_then_on_and_not_from_the_last_step)
{
    static const char *pushes[] = {
        "plant.charger.on = false plant.load.current = 40",
        "plant.load.current = 40 plant.charger:failed()",
        "plant.string[1].current = -20",
    };
    for (size_t i = 0; i < sizeof pushes / sizeof pushes[0]; i++) {
        stage_wait(&stage, 2 * 86400 + 137);
        stage_say(&stage, pushes[i]);
        const double before = stage_number(&stage, "plant.module[2].state_of_charge.value");
        cr_assert(before > 99.9, "%s: %.3f %%", pushes[i], before);
        stage_wait(&stage, 60);
        const double after = stage_number(&stage, "plant.module[2].state_of_charge.value");
        cr_assert(after < before - 0.3 && after > before - 0.9, "%s: %.3f %%", pushes[i], after);
        stage_say(&stage, "plant.charger:heal() plant.charger.on = true plant.load.current = 0 "
                          "plant.string[1]:release 'current'");
    }
}

Test(puppet, charger_and_load_move_the_whole_bank)
{
    stage_say(&stage, "plant.charger.on = false plant.load.current = 20");
    cr_assert_float_eq(stage_number(&stage, "plant.string[1].current.value"), -10, 0.001);
    stage_wait(&stage, 3600);
    cr_assert_float_eq(stage_number(&stage, "plant.module[1].state_of_charge.value"), 82, 1);
    stage_say(&stage, "plant.load.current = 0 plant.charger.on = true plant.charger.limit = 8");
    cr_assert_float_eq(stage_number(&stage, "plant.string[2].current.value"), 4, 0.001);
    stage_say(&stage, "assert(plant.charger.on.value == true)");
}

Test(puppet, plugs_and_mutes_are_felt_on_the_bus)
{
    struct sim_frame answer;
    stage_say(&stage, "plant.module[3]:unplug()");
    cr_assert_not(stage_ask(&stage, wm_message_measure, WM_CLASS_MODULE, 3, 0, &answer));
    stage_say(&stage, "plant.module[3]:plug() plant.module[3]:mute { answers = 1 }");
    cr_assert_not_null(sim_plant_idle_fault(stage.plant));
    cr_assert_not(stage_ask(&stage, wm_message_measure, WM_CLASS_MODULE, 3, 0, &answer));
    cr_assert_null(sim_plant_idle_fault(stage.plant));
    cr_assert(stage_ask(&stage, wm_message_measure, WM_CLASS_MODULE, 3, 0, &answer));
    stage_say(&stage, "plant.current_sensor[1]:mute()");
    for (int i = 0; i < 10; i++) {
        cr_assert_not(stage_ask(&stage, wm_message_read_sensor, WM_CLASS_SENSOR, 1, 0, &answer));
    }
    stage_say(&stage, "plant.current_sensor[1]:plug()");
    cr_assert(stage_ask(&stage, wm_message_read_sensor, WM_CLASS_SENSOR, 1, 0, &answer));
    stage_say(&stage, "plant.module[2].latency = 0.5");
    cr_assert_not(stage_ask(&stage, wm_message_measure, WM_CLASS_MODULE, 2, 0, &answer));
}

Test(puppet, a_replaced_module_says_so_and_a_pressed_one_registers)
{
    struct sim_frame answer;
    stage_say(&stage, "plant.module[1]:replace { software_revision = '03.05.00', type = 'c23' }");
    cr_assert(stage_ask(&stage, wm_message_identify, WM_CLASS_MODULE, 1, 0, &answer));
    cr_assert_eq(answer.values[0], 2);
    cr_assert_eq(answer.values[1], 0x0302);
    cr_assert_eq(answer.values[2], 0x030500);
    (void)stage_ask(&stage, wm_message_programming, WM_CLASS_BROADCAST, 0, 1, &answer);
    stage_say(&stage, "plant.module[4]:press()");
    cr_assert(stage_ask(&stage, wm_message_register_address, WM_CLASS_BROADCAST, 0, 99, &answer));
    cr_assert(stage_ask(&stage, wm_message_measure, WM_CLASS_MODULE, 99, 0, &answer));
    stage_say(&stage, "assert(plant.module[4].address.value == 99)");
    stage_say(&stage, "assert(plant.module[4].led.value == 'flashing_green')");
    stage_say(&stage, "assert(plant.module[5].led.value == 'fast_flashing_red')");
    stage_say(&stage, "plant.module[5]:hold()");
    cr_assert(stage_ask(&stage, wm_message_register_address, WM_CLASS_BROADCAST, 0, 0, &answer));
    stage_say(&stage, "plant.module[5]:let_go()");
    cr_assert_not(
        stage_ask(&stage, wm_message_register_address, WM_CLASS_BROADCAST, 0, 0, &answer));
}

Test(puppet, an_address_is_pushed_whole_and_in_range)
{
    struct sim_frame answer;
    stage_say(&stage, "plant.module[3].address = 300");
    cr_assert(stage_ask(&stage, wm_message_identify, WM_CLASS_MODULE, 300, 0, &answer));
    stage_say(&stage, "plant.module[3].address = 0");
    cr_assert(stage_ask(&stage, wm_message_identify, WM_CLASS_MODULE, 0, 0, &answer));
    stage_refuse(&stage, "plant.module[3].address = 513",
                 "module.address is a number from 0 to 512");
    stage_refuse(&stage, "plant.module[3].address = 2.5",
                 "module.address is a whole number, not 2.5");
    stage_refuse(&stage, "plant.module[3].led = 'red'", "module only shows \"led\"");
    stage_refuse(&stage, "plant.module[3]:drift { address = 5, over = 9 }",
                 "module.address can't drift");
}

Test(puppet, inputs_are_pushed_and_outputs_are_looked_at)
{
    struct sim_frame answer;
    stage_say(&stage, "local input = plant.gx_r_aux[1].input[2]\n"
                      "assert(input.level.value == 'normal')\n"
                      "input.level = 'alarm'\n"
                      "assert(input.level.value == 'alarm')");
    cr_assert(stage_ask(&stage, wm_message_read_aux, WM_CLASS_AUX, 1, 0, &answer));
    cr_assert_eq(answer.values[wm_answer_read_aux_inputs], 0x0D);
    cr_assert(stage_ask(&stage, wm_message_set_outputs, WM_CLASS_AUX, 1, 4, &answer));
    stage_say(&stage, "assert(plant.gx_r_aux[1].output[3].level.value == 'on')");
    cr_assert(sim_plant_contact(stage.plant, 3));
    stage_refuse(&stage, "plant.gx_r_aux[1].output[1].level = 'on'", "output only shows \"level\"");
    stage_refuse(&stage, "plant.gx_r_aux[1].input[1].level = 1",
                 "input.level is \"alarm\" or \"normal\"");
}

Test(puppet, an_open_breaker_beats_a_pinned_current)
{
    struct sim_frame answer;
    stage_say(&stage, "plant.string[1].current = 6.5");
    cr_assert(stage_ask(&stage, wm_message_set_outputs, WM_CLASS_AUX, 1, 1, &answer));
    cr_assert_eq(stage_number(&stage, "plant.string[1].current.value"), 0);
    cr_assert_gt(stage_number(&stage, "plant.string[2].current.value"), 0);
    stage_say(&stage, "plant.string[1].current = 9 plant.gx_r_aux[1]:unplug()");
    cr_assert_eq(stage_number(&stage, "plant.string[1].current.value"), 0);
}

Test(puppet, unknown_words_are_errors_that_list_the_known_ones)
{
    stage_refuse(&stage, "plant.module[1].temprature = 3",
                 "story:1: module has no property \"temprature\"; it "
                 "has: address, bypass, float_current, latency, resistance, "
                 "state_of_charge, temperature, voltage");
    stage_refuse(&stage, "\nreturn plant.module[1].temprature",
                 "story:2: module has no property \"temprature\"; it has: address, alarm, bypass, "
                 "float_current, hardware, latency, led, link, position, resistance, software, "
                 "state_of_charge, "
                 "temperature, type, voltage; it can: ");
    stage_refuse(&stage, "return plant.string[1].currant",
                 "it can: drift, fuse_blown, ground_fault, heal, release");
    stage_refuse(&stage, "return plant.strings[1].x",
                 "plant.strings has no property \"1\"; it has: value");
    stage_refuse(&stage, "return plant.relay", "plant has no property \"relay\"; it has: alarm,");
    stage_refuse(&stage, "plant.module[1].alarm = 1",
                 "module only shows \"alarm\", it can't be pushed");
    stage_refuse(&stage, "return plant.module[19]", "module[19] is not there: it has 18");
    stage_refuse(&stage, "return plant.string[1].module[10].voltage",
                 "module[10] is not there: it has 9");
    stage_refuse(&stage, "return plant.string.first", "string is a list of 2: give a number");
    stage_refuse(&stage, "return plant.module[1].voltage.valu",
                 "module.voltage has no property \"valu\"");
    stage_refuse(&stage, "plant.module[1]:drift { temprature = 3, over = 1 }",
                 "no property \"temprature\"");
    stage_refuse(&stage, "plant.module[1]:drift { temperature = 3 }", "drift needs over");
    stage_refuse(&stage, "plant.module[1]:drift { over = 3 }", "drift names no property");
    stage_refuse(&stage, "plant.module[1]:mute { answer = 3 }",
                 "mute has no option \"answer\"; it has: answers");
    stage_refuse(&stage, "plant.module[1]:mute { answers = 1.5 }",
                 "answers is a whole number from 1");
    stage_refuse(&stage, "plant.module[1]:mute { answers = -1 }",
                 "answers is a whole number from 1");
    stage_refuse(&stage, "plant.bus:drop { nth = 1.5 }", "drop: nth is a whole number, not 1.5");
    stage_refuse(&stage, "plant.module[1].unplug()", "unplug is called with a colon");
    stage_refuse(&stage, "plant.module[1]:release 'latency'",
                 "bypass, resistance, temperature, voltage");
    stage_refuse(&stage, "plant.bus:drop { nth = 1, percent = 5 }", "exactly one of percent");
    stage_refuse(&stage, "plant.bus:drop { bits = 1, nth = 1 }",
                 "drop has no option \"bits\"; it has: count,");
    stage_refuse(&stage, "plant.bus:corrupt { nth = 0/0 }", "exactly one of percent");
    stage_refuse(&stage, "plant.bus:delay { nth = 1, seconds = 1e300 }", "takes seconds");
    stage_refuse(&stage, "plant.gx_r_aux[1]:press()", "gx_r_aux has no property \"press\"");
    stage_refuse(&stage, "plant.module[1]:replace { type = 'c99' }", "c20, c21, c23");
    stage_refuse(&stage, "plant.module[1]:replace { software_revision = 'new' }",
                 "software_revision is");
}

Test(puppet, values_out_of_range_are_errors_that_name_the_range)
{
    stage_refuse(&stage, "plant.module[1].voltage = 70",
                 "module.voltage is a number from 0 to 65.535 V, not 70");
    stage_refuse(&stage, "plant.module[1].voltage = -1", "from 0 to 65.535 V");
    stage_refuse(&stage, "plant.module[1].voltage = 0/0", "from 0 to 65.535 V");
    stage_refuse(&stage, "plant.module[1].temperature = 1000", "from -60 to 200 degC");
    stage_refuse(&stage, "plant.module[1].resistance = -3", "from 0 to 100000 mOhm");
    stage_refuse(&stage, "plant.module[1].state_of_charge = 101", "from 0 to 100 %");
    stage_refuse(&stage, "plant.string[1].current = 1e6", "from -10000 to 10000 A");
    stage_refuse(&stage, "plant.module[1].latency = 11", "from 0 to 10 s");
    stage_refuse(&stage, "plant.module[1].voltage = '12'",
                 "module.voltage is a number (V), not a string");
    stage_refuse(&stage, "plant.charger.on = 1", "charger.on is true or false, not a number");
    stage_refuse(&stage, "plant.module[1]:drift { temperature = 999, over = 9 }",
                 "from -60 to 200 degC");
}

static void expect_idle(const char *wanted)
{
    const char *idle = sim_plant_idle_fault(stage.plant);
    cr_assert_not_null(idle, "%s", wanted);
    cr_assert_not_null(strstr(idle, wanted), "said: %s\nnot:  %s", idle, wanted);
}

Test(puppet, what_nobody_met_is_told_of)
{
    struct sim_frame answer;
    stage_say(&stage, "plant.string[2].module[3]:unplug()");
    expect_idle("string[2].module[3]:unplug() was asked for and nobody asked it since");
    stage_say(&stage, "plant.string[2].module[3]:plug()");
    expect_idle("string[2].module[3]:unplug()");
    stage_say(&stage, "plant.string[2].module[3]:replace()");
    expect_idle("string[2].module[3]:unplug()");
    stage_say(&stage, "plant.string[2].module[3]:unplug()");
    cr_assert_not(stage_ask(&stage, wm_message_measure, WM_CLASS_MODULE, 12, 0, &answer));
    cr_assert_null(sim_plant_idle_fault(stage.plant));
    stage_say(&stage, "plant.module[4]:press()");
    expect_idle(
        "string[1].module[4]:press() or hold() was asked for and nobody asked it while pressed");
    stage_wait(&stage, 3);
    cr_assert(stage_ask(&stage, wm_message_measure, WM_CLASS_MODULE, 4, 0, &answer));
    expect_idle("string[1].module[4]:press() or hold()");
    stage_say(&stage, "plant.module[4]:press()");
    cr_assert(stage_ask(&stage, wm_message_measure, WM_CLASS_MODULE, 4, 0, &answer));
    cr_assert_null(sim_plant_idle_fault(stage.plant));
    (void)stage_ask(&stage, wm_message_programming, WM_CLASS_BROADCAST, 0, 1, &answer);
    stage_wait(&stage, 3); /* two buttons at one time would answer at one time */
    stage_say(&stage, "plant.module[5]:press()");
    cr_assert(stage_ask(&stage, wm_message_register_address, WM_CLASS_BROADCAST, 0, 99, &answer));
    cr_assert_null(sim_plant_idle_fault(stage.plant));
}

Test(puppet, a_drift_that_never_moved_is_told_of)
{
    stage_say(&stage, "plant.module[7]:drift { temperature = 52, over = 18000 }");
    stage_wait(&stage, 0.5);
    expect_idle("string[1].module[7]:drift{temperature=52} was asked for and never moved");
    stage_wait(&stage, 1);
    cr_assert_null(sim_plant_idle_fault(stage.plant));
    stage_say(&stage,
              "plant.charger:drift { voltage = 90, over = 60 } plant.charger.voltage = 119");
    cr_assert_null(sim_plant_idle_fault(stage.plant), "replaced in the same breath");
    stage_say(&stage, "plant.charger:drift { voltage = 100, over = 60 }");
    stage_wait(&stage, 0.5);
    stage_say(&stage, "plant.charger.voltage = 120");
    stage_wait(&stage, 5);
    expect_idle("charger:drift{voltage=100} was asked for and never moved");
}

Test(puppet, bus_faults_are_ordered_healed_and_told_of)
{
    struct sim_frame answer;
    stage_say(&stage, "plant.bus:drop { nth = 2 }");
    cr_assert(stage_ask(&stage, wm_message_measure, WM_CLASS_MODULE, 1, 0, &answer));
    cr_assert_not_null(sim_plant_idle_fault(stage.plant));
    cr_assert_not(stage_ask(&stage, wm_message_measure, WM_CLASS_MODULE, 1, 0, &answer));
    cr_assert_null(sim_plant_idle_fault(stage.plant));
    stage_say(&stage, "plant.bus:corrupt { percent = 100 }");
    for (int i = 0; i < 20; i++) {
        cr_assert_not(stage_ask(&stage, wm_message_measure, WM_CLASS_MODULE, 1, 0, &answer));
    }
    stage_say(&stage, "plant.bus:heal()");
    cr_assert(stage_ask(&stage, wm_message_measure, WM_CLASS_MODULE, 1, 0, &answer));
    stage_say(&stage, "plant.bus:corrupt { count = 1, question = true }");
    cr_assert_not(stage_ask(&stage, wm_message_measure, WM_CLASS_MODULE, 1, 0, &answer));
    stage_say(&stage, "plant.bus:delay { count = 1, seconds = 0.02 }");
    cr_assert_not(stage_ask(&stage, wm_message_measure, WM_CLASS_MODULE, 1, 0, &answer));
    stage_wait(&stage, 1);
    cr_assert_null(sim_plant_idle_fault(stage.plant));
}

Test(puppet, values_of_a_plant_that_is_gone_are_refused)
{
    stage_say(&stage, "module = plant.module[1] voltage = module.voltage");
    sim_plant_destroy(stage.plant);
    stage.plant = NULL;
    stage_refuse(&stage, "return module.voltage", "this plant is gone");
    stage_refuse(&stage, "return voltage.value", "this plant is gone");
    stage_refuse(&stage, "module.voltage = 3", "this plant is gone");
    stage_refuse(&stage, "module:unplug()", "this plant is gone");
    stage_say(&stage, "assert(tostring(module) == 'a plant that is gone')");
    struct sim_reference reference;
    stage_say(&stage, "return voltage");
    cr_assert_not(sim_plant_reference(stage.lua, -1, &reference));
}

Test(puppet, what_only_the_webmanager_knows_has_no_value_in_the_plant)
{
    stage_say(&stage, "assert(tostring(plant.webmanager) == 'webmanager')");
    stage_say(
        &stage,
        "assert(plant.webmanager.result.value == nil and plant.webmanager.discharges.value == "
        "nil)");
    stage_refuse(&stage, "return plant.webmanager.horn",
                 "webmanager has no property \"horn\"; it has: activity,");
    stage_refuse(&stage, "plant.webmanager.result = 'stopped'", "webmanager only shows \"result\"");
}
