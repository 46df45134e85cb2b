/*
 * test_hooks.c — devices of one's own, hooks of steps and of frames, verbs of one's own; and what
 * the truth says meanwhile.
 */
#include <criterion/criterion.h>
#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/plant/truth.h"
#include "tests/sim/stage.h"

static struct stage stage;

static void open_stage(void)
{
    stage_open(&stage,
               "plant 'p' { strings = 2, modules = 2, current_sensors = 1, gx_r_aux = 1,\n"
               "exact = true, module = { voltage = 13, temperature = 20, resistance = 5 },\n"
               "string = { { current = 2 } } }");
    cr_assert_not_null(stage.plant, "%s", stage.error);
}

static void close_stage(void)
{
    stage_close(&stage);
}

static bool ask(enum wm_message_id message, int32_t number, int32_t value, struct sim_frame *answer)
{
    const enum wm_class class =
        message == wm_message_read_sensor                                     ? WM_CLASS_SENSOR
        : message == wm_message_read_aux || message == wm_message_set_outputs ? WM_CLASS_AUX
                                                                              : WM_CLASS_MODULE;
    return stage_ask(&stage, message, class, number, value, answer);
}

static int32_t measured_mV(int32_t module)
{
    struct sim_frame answer;
    return ask(wm_message_measure, module, 0, &answer) ? answer.values[wm_answer_measure_voltage_mV]
                                                       : -1;
}

static void failure_is(const char *wanted)
{
    const char *failure = sim_plant_failure(stage.plant);
    cr_assert_not_null(failure, "wanted: %s", wanted);
    cr_assert_not_null(strstr(failure, wanted), "%s\nnot: %s", failure, wanted);
}

TestSuite(hooks, .init = open_stage, .fini = close_stage);

/* ---- devices ---------------------------------------------------------------------------- */

Test(hooks, a_device_of_ones_own_is_asked_and_answers_in_natural_units)
{
    struct sim_frame answer;
    stage_say(&stage, "plant.module[2]:behave { measure = function(question, built_in, item)\n"
                      "alarm, word = question.is_alarm, tostring(item)\n"
                      "return { voltage = 12.3456, temperature = -4.25, bypass = 12.5,\n"
                      "  state = 1 } end }");
    cr_assert(ask(wm_message_measure, 2, 1, &answer));
    cr_assert_eq(answer.values[wm_answer_measure_voltage_mV], 12346, "rounded");
    cr_assert_eq(answer.values[wm_answer_measure_temperature_ddegC], -43, "half away from zero");
    cr_assert_eq(answer.values[wm_answer_measure_bypass_permille], 125);
    cr_assert_eq(answer.values[wm_answer_measure_state], 1);
    cr_assert_eq(stage_number(&stage, "alarm"), 1);
    cr_assert_eq(stage_number(&stage, "word == 'string[1].module[2]'"), 1);
    cr_assert_eq(measured_mV(1), 13000, "no other");
    cr_assert(ask(wm_message_impedance, 2, 0, &answer), "what it has no function for, as built in");
    cr_assert_eq(answer.values[0], 5000);
    stage_say(&stage, "plant.module[2]:behave(nil)");
    cr_assert_eq(measured_mV(2), 13000);
    cr_assert_null(sim_plant_failure(stage.plant), "%s", sim_plant_failure(stage.plant));
    cr_assert_null(sim_plant_idle_fault(stage.plant));
}

Test(hooks, nil_is_as_built_in_and_false_is_silence)
{
    stage_say(&stage, "plant.module[1]:behave { measure = function() return reply end }");
    cr_assert_eq(measured_mV(1), 13000);
    stage_say(&stage, "reply = false");
    cr_assert_eq(measured_mV(1), -1);
    cr_assert_eq(sim_truth_module(stage.plant, 1).device.presence, SIM_SILENT);
    stage_say(&stage, "reply = nil");
    cr_assert_eq(measured_mV(1), 13000);
    cr_assert_eq(sim_truth_module(stage.plant, 1).device.presence, SIM_ANSWERS);
}

Test(hooks, the_built_in_device_is_asked_once_and_with_other_fields_too)
{
    struct sim_frame answer;
    stage_say(&stage, "plant.gx_r_aux[1]:behave { set_outputs = function(question, built_in)\n"
                      "local answer = built_in { outputs = question.outputs | 4 }\n"
                      "answer.outputs = question.outputs return answer end }");
    cr_assert(ask(wm_message_set_outputs, 1, 1, &answer));
    cr_assert_eq(answer.values[0], 1, "it says that it obeys");
    cr_assert(sim_plant_contact(stage.plant, 3), "and closes another contact, too");
    cr_assert_eq(sim_truth_aux(stage.plant, 1).outputs, 1, "what it would say");
    cr_assert(ask(wm_message_read_aux, 1, 0, &answer));
    cr_assert_eq(sim_truth_aux(stage.plant, 1).outputs, 5, "what it said by itself since");
    stage_say(&stage, "plant.gx_r_aux[1]:behave { set_outputs = function(question) return {\n"
                      "outputs = question.outputs } end }");
    cr_assert(ask(wm_message_set_outputs, 1, 0, &answer));
    cr_assert(sim_plant_contact(stage.plant, 1), "nobody asked the built-in one");
    stage_say(&stage, "plant.current_sensor[1]:behave { read_sensor = function(_, built_in)\n"
                      "keep = built_in local a = built_in() a.current = a.current + 0.5\n"
                      "return a end }");
    cr_assert(ask(wm_message_read_sensor, 1, 0, &answer));
    cr_assert_eq(answer.values[0], 2500);
    cr_assert_eq(sim_truth_sensor(stage.plant, 1).current_mA.low, 2500);
    stage_refuse(&stage, "keep()", "built_in belongs inside the function that it was given to");
}

Test(hooks, the_truth_of_a_device_of_ones_own_is_what_it_answered_last)
{
    stage_say(&stage, "n = 0 plant.module[1]:behave { measure = function(_, built_in)\n"
                      "n = n + 1 local a = built_in() a.voltage = 10 + n return a end }");
    cr_assert_eq(sim_truth_module(stage.plant, 1).voltage_mV.low, 13000, "before it is asked");
    cr_assert_eq(measured_mV(1), 11000);
    cr_assert_eq(sim_truth_module(stage.plant, 1).voltage_mV.low, 11000);
    cr_assert_eq(sim_truth_module(stage.plant, 1).voltage_mV.high, 11000);
    cr_assert_eq(sim_truth_module(stage.plant, 1).temperature_mdegC.low, 20000);
    cr_assert_eq(measured_mV(1), 12000);
    cr_assert_eq(sim_truth_module(stage.plant, 1).voltage_mV.low, 12000, "a look asks nobody");
    cr_assert_eq(stage_number(&stage, "plant.module[1].voltage.value"), 13, "what it is");
    stage_say(&stage, "plant.module[1]:behave()");
    cr_assert_eq(sim_truth_module(stage.plant, 1).voltage_mV.low, 13000);
}

Test(hooks, a_muted_or_unplugged_device_is_so_whoever_answers)
{
    stage_say(&stage, "n = 0 plant.module[1]:behave { measure = function() n = n + 1 end }\n"
                      "plant.module[1]:mute { answers = 1 }");
    cr_assert_eq(measured_mV(1), -1);
    cr_assert_eq(stage_number(&stage, "n"), 1, "it did what it was asked");
    stage_say(&stage, "plant.module[1]:unplug()");
    cr_assert_eq(measured_mV(1), -1);
    cr_assert_eq(stage_number(&stage, "n"), 1);
}

static void fails_by(const char *body, const char *wanted)
{
    char text[400];
    close_stage();
    open_stage();
    (void)snprintf(text, sizeof text,
                   "\nplant.module[1]:behave { measure = function(q, built_in)\n%s end }", body);
    stage_say(&stage, text);
    cr_assert_eq(measured_mV(1), -1, "%s", body);
    failure_is(wanted);
    failure_is("(string[1].module[1]:behave, measure)");
}

Test(hooks, a_wrong_answer_ends_the_run_with_its_place)
{
    fails_by("error 'no'", "story:3: no");
    fails_by("local x = nil + 1", "story:3: attempt");
    fails_by("error {}", "story:2: it raised an error without a message");
    fails_by("return 3", "story:2: it returns the answer's fields, nil to answer as built in, or "
                         "false");
    fails_by("return true", "story:2: it returns");
    fails_by("return { voltage = 3 }", "story:2: measure leaves out temperature; give every field");
    fails_by("local a = built_in() a.volts = 3 return a",
             "measure has no field \"volts\"; it has: voltage, temperature, bypass, state");
    fails_by("local a = built_in() a.voltage = 65.6 return a",
             "voltage is a number from 0 to 65.535, not 65.6");
    fails_by("local a = built_in() a.voltage = 0/0 return a", "voltage is a number from 0");
    fails_by("local a = built_in() a.voltage = '3' return a", "not a string");
    fails_by("local a = built_in() a.state = 0.5 return a",
             "state is a whole number from 0 to 255, not 0.5");
    fails_by("built_in() built_in()", "story:3: built_in is asked once for a question");
    fails_by("built_in { on = true }", "story:3: built_in: measure has no field \"on\"; it has: "
                                       "is_alarm");
    fails_by("built_in { is_alarm = 1 }", "is_alarm is true or false, not a number");
}

Test(hooks, nothing_is_called_after_a_failure)
{
    stage_say(&stage,
              "n = 0 plant.module[1]:behave { measure = function() n = n + 1 error 'x' end }"
              "plant:on_step(function() n = n + 100 end, { every = 5 })");
    cr_assert_eq(measured_mV(1), -1);
    cr_assert_eq(measured_mV(1), -1);
    stage_wait(&stage, 20);
    cr_assert_eq(stage_number(&stage, "n"), 1);
}

Test(hooks, a_device_is_refused_that_cannot_be)
{
    stage_refuse(&stage, "plant.module[1]:behave { mesure = function() end }",
                 "story:1: behave: module is asked no \"mesure\"; it is asked: identify measure");
    stage_refuse(&stage, "plant.module[1]:behave { read_aux = function() end }", "is asked no");
    stage_refuse(&stage, "plant.module[1]:behave { measure = 3 }", "not a number");
    stage_refuse(&stage, "plant.module[1]:behave {}", "has a function for one message at least");
    stage_refuse(&stage, "plant.module[1]:behave(3)", "behave takes a table of functions");
    stage_refuse(&stage, "plant.charger:behave {}", "charger has no property \"behave\"");
    cr_assert_null(sim_plant_idle_fault(stage.plant));
}

Test(hooks, what_was_never_called_is_told_with_its_line)
{
    stage_say(&stage, "\nplant.module[1]:behave {\n measure = function() end,\n"
                      " impedance = function() end }\nplant.module[1]:behave(nil)");
    cr_assert_str_eq(sim_plant_idle_fault(stage.plant),
                     "string[1].module[1]:behave, measure was asked for and never called: the "
                     "function at story:3");
    stage_say(&stage, "plant:on_step(function() end)");
    cr_assert_not_null(strstr(sim_plant_idle_fault(stage.plant), "plant:on_step was asked for"));
}

/* ---- steps ------------------------------------------------------------------------------ */

Test(hooks, steps_come_every_so_often_in_the_order_of_asking)
{
    stage_say(&stage,
              "said = ''\n"
              "a = plant:on_step(function(now) said = said .. 'a' .. now end, { every = 2 })\n"
              "b = plant:on_step(function(now) said = said .. 'b' .. now end, { every = 1 })\n"
              "c = plant:on_step(function(now, it) said = said .. 'c'\n"
              "  same = it == plant end, { every = 2 })");
    stage_wait(&stage, 2);
    cr_assert_eq(stage_number(&stage, "said == 'b1.0a2.0b2.0c' and same"), 1);
    stage_say(&stage, "a:remove() a:remove() c:remove() said = ''");
    stage_wait(&stage, 2);
    cr_assert_eq(stage_number(&stage, "said == 'b3.0b4.0'"), 1);
    stage_say(&stage, "b:remove()");
    stage_wait(&stage, 5);
    cr_assert_eq(stage_number(&stage, "#said"), 8);
}

Test(hooks, a_step_of_the_batteries_calls_once_before_or_after_others_as_asked)
{
    stage_say(&stage, "said, at = '', {}\n"
                      "plant:on_step(function(now) said = said .. 's'\n"
                      "  at[#at + 1] = now plant.ambient = 20 + #at end)\n"
                      "plant:on_step(function(now) said = said .. 'e' end, { every = 1 })\n"
                      "plant.load.current = 3");
    stage_wait(&stage, 3);
    cr_assert_eq(stage_number(&stage, "said == 'ssesese'"), 1, "pushing does not call it again");
    cr_assert_eq(stage_number(&stage, "at[1] == 0 and at[2] == 1 and at[3] == 2"), 1);
}

Test(hooks, the_order_of_asking_holds_whichever_event_was_set_first)
{
    stage_say(&stage, "said = ''\n"
                      "plant:on_step(function() said = said .. 's' end)\n"
                      "plant:on_step(function() said = said .. 'e' end, { every = 1.5 })");
    stage_wait(&stage, 0.5);
    stage_say(&stage, "said = '' plant.load.current = 3"); /* moves in 1 s, like the other */
    stage_wait(&stage, 1);
    cr_assert_eq(stage_number(&stage, "said == 'sse'"), 1);
}

Test(hooks, a_move_is_told_though_another_hook_made_it_or_was_removed)
{
    stage_say(&stage, "at = {} plant:on_step(function(now) at[#at + 1] = now end)\n"
                      "h = plant:on_step(function() plant.load.current = 4 end, { every = 0.25 })");
    stage_wait(&stage, 0.3);
    cr_assert_eq(stage_number(&stage, "#at == 1 and at[1] == 0.25"), 1);
    stage_say(&stage, "plant.load.current = 5 h:remove()");
    stage_wait(&stage, 0.1);
    cr_assert_eq(stage_number(&stage, "#at == 2 and at[2] == 0.3"), 1);
}

Test(hooks, what_a_hook_asks_for_is_for_the_next_time)
{
    stage_say(&stage, "plant:on_step(function(now) if not own then\n"
                      "own = plant:on_step(function(t) first = first or t end) end end)\n"
                      "plant.load.current = 3");
    stage_wait(&stage, 2);
    cr_assert_eq(stage_number(&stage, "first"), 1);
}

Test(hooks, a_hook_may_hook_and_remove_itself)
{
    stage_say(&stage,
              "n, m = 0, 0\n"
              "h = plant:on_step(function() n = n + 1 h:remove()\n"
              "  plant:on_step(function() m = m + 1 end, { every = 1 }) end, { every = 1 })");
    stage_wait(&stage, 3);
    cr_assert_eq(stage_number(&stage, "n"), 1);
    cr_assert_eq(stage_number(&stage, "m"), 2);
    stage_refuse(&stage, "h:stop()", "a hook has no property \"stop\"; it can: remove");
}

Test(hooks, a_step_that_fails_names_its_line)
{
    stage_say(&stage, "plant:on_step(function()\n\nplant.ambient = 1000 end, { every = 1 })");
    stage_wait(&stage, 3);
    cr_assert_eq(sim_world_now_us(stage.world), 1000000, "the world stops there");
    failure_is("story:3: plant.ambient is a number from -60 to 100 degC, not 1000 "
               "(plant:on_step)");
}

Test(hooks, steps_are_refused_that_cannot_be)
{
    stage_refuse(&stage, "plant:on_step()", "story:1: on_step takes a function of the time");
    stage_refuse(&stage, "plant:on_step(function() end, { evry = 1 })", "{ every = seconds }");
    stage_refuse(&stage, "plant:on_step(function() end, { every = 0 })", "from 0.001");
    stage_refuse(&stage, "plant:on_step(function() end, { every = 1, x = 2 })", "its options are");
    stage_refuse(&stage, "plant:on_step(function() end, {})", "its options are");
    stage_refuse(&stage, "plant:on_step(function() end, 3)", "its options are");
    stage_refuse(&stage, "plant:on_frame(3)", "on_frame takes a function of a frame");
}

/* ---- frames ----------------------------------------------------------------------------- */

Test(hooks, frames_are_told_whole)
{
    stage_say(&stage, "f = {} plant:on_frame(function(frame) f[#f + 1] = frame end)");
    cr_assert_eq(measured_mV(3), 13000);
    cr_assert_eq(stage_number(&stage, "#f"), 2);
    cr_assert_eq(stage_number(&stage, "f[1].direction == 'question' and f[1].time == 0 and "
                                      "f[1].message == 'measure' and f[1].address == 3"),
                 1);
    cr_assert_eq(stage_number(&stage, "f[1].device == plant.string[2].module[1] and "
                                      "f[1].fields.is_alarm == false and #f[1].bytes == 9"),
                 1);
    cr_assert_eq(stage_number(&stage, "f[2].direction == 'answer' and f[2].fields.voltage == 13 "
                                      "and f[2].device == f[1].device and f[2].time > 0"),
                 1);
    const uint8_t junk[] = {0xA5, 1, 2, 3};
    cr_assert_eq(stage.bus.ops->transmit(stage.bus.self, junk, sizeof junk), WM_OK);
    cr_assert_eq(stage_number(&stage, "#f == 3 and f[3].message == nil and f[3].device == nil and "
                                      "f[3].bytes == '\\xA5\\1\\2\\3'"),
                 1);
}

Test(hooks, a_frame_is_dropped_or_changed_and_the_truth_follows)
{
    struct sim_frame answer;
    stage_say(&stage, "wanted, says = 'question', false\n"
                      "h = plant:on_frame(function(frame)\n"
                      "  if frame.direction == wanted then return says end end)");
    cr_assert_eq(measured_mV(1), -1);
    cr_assert_eq(sim_truth_module(stage.plant, 1).device.presence, SIM_SILENT);
    cr_assert_eq(sim_truth_module(stage.plant, 2).device.presence, SIM_ANSWERS);
    stage_say(&stage, "wanted = 'answer'");
    cr_assert_eq(measured_mV(1), -1);
    cr_assert_eq(sim_truth_module(stage.plant, 1).device.presence, SIM_SILENT);
    stage_say(&stage, "wanted = nil");
    cr_assert_eq(measured_mV(1), 13000);
    cr_assert_eq(sim_truth_module(stage.plant, 1).device.presence, SIM_ANSWERS);
    stage_say(&stage, "wanted, says = 'answer', 'junk'");
    cr_assert_eq(measured_mV(1), -1);
    cr_assert_eq(sim_truth_module(stage.plant, 1).device.presence, SIM_SILENT);
    stage_say(&stage, "h:remove()");
    cr_assert_eq(sim_truth_module(stage.plant, 1).device.presence, SIM_ANSWERS);
    cr_assert(ask(wm_message_measure, 1, 0, &answer));
}

Test(hooks, a_sound_answer_in_anothers_place_is_what_was_told)
{
    struct sim_frame answer = {.message = wm_message_impedance,
                               .direction = WM_ANSWER,
                               .address_class = WM_CLASS_MODULE,
                               .address = 2,
                               .sequence = 77,
                               .values = {7000}};
    struct sim_frame question = answer;
    uint8_t bytes[WM_FRAME_SIZE_MAX];
    question.direction = WM_QUESTION;
    lua_pushlstring(stage.lua, (const char *)bytes, sim_frame_encode(&answer, bytes));
    lua_setglobal(stage.lua, "lie");
    stage_say(&stage, "plant:on_frame(function(frame)\n"
                      "  if frame.direction == 'answer' then return lie end end)");
    cr_assert_eq(stage.bus.ops->transmit(stage.bus.self, bytes, sim_frame_encode(&question, bytes)),
                 WM_OK);
    stage_wait(&stage, 0.1);
    cr_assert_eq(stage.bus.ops->receive(stage.bus.self, bytes, sizeof bytes), 12);
    cr_assert_eq(sim_truth_module(stage.plant, 2).resistance_uOhm.low, 7000);
    cr_assert_eq(sim_truth_module(stage.plant, 2).device.presence, SIM_ANSWERS);
    cr_assert_eq(sim_truth_module(stage.plant, 1).resistance_uOhm.low, 5000);
}

Test(hooks, frames_pass_the_hooks_in_the_order_of_asking)
{
    stage_say(&stage, "said = ''\n"
                      "plant:on_frame(function(f) said = said .. #f.bytes .. ' '\n"
                      "  if f.direction == 'question' then return f.bytes:sub(1, 4) end end)\n"
                      "plant:on_frame(function(f) said = said .. #f.bytes .. '! '\n"
                      "  return false end)\n"
                      "plant:on_frame(function(f) said = said .. 'never' end)");
    cr_assert_eq(measured_mV(1), -1);
    cr_assert_eq(stage_number(&stage, "said == '9 4! '"), 1);
}

static void frame_fails_by(const char *result)
{
    char text[200];
    close_stage();
    open_stage();
    (void)snprintf(text, sizeof text, "\nplant:on_frame(function(frame) return %s end)", result);
    stage_say(&stage, text);
    cr_assert_eq(measured_mV(1), -1);
    failure_is("story:2: a hook of frames returns nothing, false to drop the frame, or other bytes "
               "for it, no more than it has (plant:on_frame)");
}

Test(hooks, a_hook_of_frames_returns_what_it_may)
{
    frame_fails_by("true");
    frame_fails_by("3");
    frame_fails_by("''");
    frame_fails_by("{}");
    frame_fails_by("frame.bytes .. 'x'");
}

Test(hooks, a_hook_of_frames_may_push_but_leaves_the_webmanager_its_power)
{
    stage_say(&stage, "h = plant:on_frame(function() plant.module[1].voltage = 12 end)");
    cr_assert_eq(measured_mV(1), 12000);
    stage_say(&stage, "h:remove() plant:on_frame(function() plant.webmanager:power_off() end)");
    cr_assert_eq(measured_mV(1), -1);
    failure_is("power_off: not while a frame passes");
}

Test(hooks, com2_has_frames_too)
{
    struct sim_frame answer;
    close_stage();
    stage_open(&stage, "plant 'p' { com2 = { use = 'temperature_humidity', humidity = 48 } }");
    stage_say(&stage, "plant:on_frame(function(f) d, w = f.device, f.fields.humidity end)");
    stage.bus = sim_plant_com2(stage.plant);
    cr_assert(stage_ask(&stage, wm_message_read_environment, WM_CLASS_COM2, 1, 0, &answer));
    cr_assert_eq(stage_number(&stage, "d == plant.com2 and w == 48"), 1);
}

/* ---- in a plant file -------------------------------------------------------------------- */

Test(hooks, a_plant_file_has_devices_hooks_and_verbs)
{
    struct sim_frame answer;
    close_stage();
    stage_open(&stage,
               "define_verb('module', 'overheat', function(module, options)\n"
               "  module.temperature = 20 + options.by return minutes(1) end)\n"
               "local frames = 0\n"
               "plant 'p' { modules = 3, current_sensors = 1, gx_r_aux = 1, exact = true,\n"
               "module = { voltage = 13, temperature = 20 },\n"
               "string = { { module = { [2] = { behave = { measure = function(_, built_in)\n"
               "  local a = built_in() a.voltage = a.voltage + frames return a end } } } } },\n"
               "behave = { current_sensor = { { read_sensor = function()\n"
               "  return { current = -1.5, current_ac = 0.25 } end } } },\n"
               "on_step = { every = 10, function(now, plant) plant.ambient = 30 end },\n"
               "on_frame = function() frames = frames + 1 end }");
    cr_assert_not_null(stage.plant, "%s", stage.error);
    cr_assert_null(sim_plant_idle_fault(stage.plant), "nobody asked for it today");
    cr_assert_eq(measured_mV(2), 14000);
    cr_assert(ask(wm_message_read_sensor, 1, 0, &answer));
    cr_assert_eq(answer.values[0], -1500);
    cr_assert_eq(answer.values[1], 250);
    stage_wait(&stage, 10);
    cr_assert_eq(stage_number(&stage, "plant.ambient.value"), 30);
    cr_assert_eq(stage_number(&stage, "plant.module[1]:overheat { by = 15 }"), 60);
    cr_assert_eq(stage_number(&stage, "plant.module[1].temperature.value"), 35);
    stage_say(&stage, "plant.module[2]:behave { measure = function() return false end }");
    cr_assert_eq(measured_mV(2), -1, "the scenario's, over the plant's");
    stage_say(&stage, "plant.module[2]:behave(nil)");
    cr_assert_gt(measured_mV(2), 14000, "the plant's again");
    stage_refuse(&stage, "plant.module[1]:cool()", "low_capacity, mute, overheat, plug");
    stage_refuse(&stage, "plant.string[1]:overheat()", "string has no property \"overheat\"");
}

static void file_refused(const char *text, const char *wanted)
{
    close_stage();
    stage_open(&stage, text);
    cr_assert_null(stage.plant, "%s", text);
    cr_assert_not_null(strstr(stage.error, wanted), "%s\nnot: %s", stage.error, wanted);
}

Test(hooks, a_plant_file_with_a_wrong_hook_is_refused_with_its_line)
{
    file_refused("\nplant 'p' { module = { behave = { mesure = function() end } } }",
                 "plant.lua:2: string[1].module[1].behave: module is asked no \"mesure\"");
    file_refused("plant 'p' { behave = { module = { [2] = { measure = print } } } }",
                 "knows no word \"print\"");
    file_refused("plant 'p' { behave = { module = { [2] = {} } } }",
                 "plant.lua:1: behave.module[2] is not there: it has 1");
    file_refused("plant 'p' { behave = { aux = {} } }", "it has: current_sensor, gx_r_aux, module");
    file_refused("plant 'p' { behave = { module = { 3 } } }",
                 "behave.module[1] is a table, not a number");
    file_refused("plant 'p' { on_step = 3 }", "on_step is a function, not a number");
    file_refused("plant 'p' { on_step = { every = 0, function() end } }",
                 "on_step.every is the seconds between its calls, from 0.001, not 0");
    file_refused("plant 'p' { on_step = { function() end } }", "on_step.every is a number");
    file_refused("plant 'p' { on_frame = {} }", "on_frame is a function, not a table");
    file_refused("plant 'p' {}\ndefine_verb('module', 'drift', function() end)",
                 "plant.lua:2: module knows \"drift\" already; give the verb another name");
}

/* ---- verbs ------------------------------------------------------------------------------ */

/* As a scenario file does it. */
static const char *define(const char *item, const char *name)
{
    lua_settop(stage.lua, 0);
    lua_pushstring(stage.lua, item);
    lua_pushstring(stage.lua, name);
    cr_assert_eq(luaL_loadstring(stage.lua, "return (select(2, ...))"), LUA_OK);
    return sim_plant_define_verb(stage.lua);
}

static void verb_refused(const char *item, const char *name, const char *wanted)
{
    const char *why = define(item, name);
    cr_assert_not_null(why, "%s:%s", item, name);
    cr_assert_not_null(strstr(why, wanted), "%s\nnot: %s", why, wanted);
}

Test(hooks, verbs_of_ones_own_never_change_a_known_word)
{
    cr_assert_null(define("plant", "give"));
    cr_assert_eq(stage_number(&stage, "plant:give(3)"), 3);
    verb_refused("plant", "give", "plant:give is defined already, at [string \"return (select");
    verb_refused("module", "voltage", "module knows \"voltage\" already");
    verb_refused("module", "alarm", "module knows \"alarm\" already");
    verb_refused("module", "unplug", "module knows \"unplug\" already");
    verb_refused("module", "heal", "module knows \"heal\" already");
    verb_refused("plant", "module", "plant knows \"module\" already");
    verb_refused("input", "level", "input knows \"level\" already");
    verb_refused("modul", "x",
                 "there is no item \"modul\"; there are: plant, string, module, "
                 "current_sensor, gx_r_aux, input, output, bus,");
    verb_refused("module", "", "a verb is named as a variable is");
    verb_refused("module", "2nd", "a verb is named as a variable is");
    verb_refused("module", "a b", "a verb is named as a variable is");
    lua_settop(stage.lua, 0);
    cr_assert_not_null(strstr(sim_plant_define_verb(stage.lua), "define_verb takes an item"));
}

Test(hooks, a_plant_file_refuses_a_verb_that_the_scenario_has)
{
    cr_assert_null(define("module", "overheat"));
    char error[512];
    char folder[] = "/tmp/sim-hooks-XXXXXX";
    char path[64];
    cr_assert_not_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/plant.lua", folder);
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file);
    (void)fputs("define_verb('module', 'overheat', function() end)\nplant 'p' {}", file);
    (void)fclose(file);
    cr_assert_null(sim_plant_load(stage.world, stage.lua, path, NULL, error, sizeof error));
    (void)remove(path);
    (void)rmdir(folder);
    cr_assert_not_null(strstr(error, "plant.lua:1: module:overheat is defined already"), "%s",
                       error);
}
