/*
 * test_plant.c — plant files: what they say to bus and webmanager, and every way to get one wrong.
 */
#include <criterion/criterion.h>
#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

#include "tests/sim/stage.h"

static struct stage stage;

static void close_stage(void)
{
    stage_close(&stage);
}

TestSuite(plant, .fini = close_stage);

static const char *setting(const char *name)
{
    size_t count;
    const struct sim_plant_setting *settings = sim_plant_settings(stage.plant, &count);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(settings[i].name, name) == 0) {
            return settings[i].text;
        }
    }
    return "";
}

Test(plant, the_guides_dashboard_is_measured_digit_for_digit)
{
    stage_open_file(&stage, "scenarios/plants/guide_dashboard.lua");
    cr_assert_not_null(stage.plant, "%s", stage.error);
    static const double degC[18] = {27.5, 27.5, 27.5, 29.5, 27.0, 27.0, 28.5, 27.0, 27.6,
                                    26.5, 27.1, 27.5, 27.8, 26.5, 27.5, 27.0, 27.2, 27.5};
    static const int mOhm100[18] = {452, 469, 469, 539, 458, 464, 511, 458, 462,
                                    460, 471, 479, 462, 471, 458, 466, 477, 458};
    int32_t sum_mV[2] = {0};
    for (int32_t m = 0; m < 18; m++) {
        struct sim_frame answer;
        cr_assert(stage_ask(&stage, wm_message_measure, WM_CLASS_MODULE, m + 1, 0, &answer));
        sum_mV[m / 9] += answer.values[wm_answer_measure_voltage_mV];
        cr_assert_eq(answer.values[wm_answer_measure_temperature_ddegC],
                     (int32_t)(degC[m] * 10 + 0.5), "module %d", (int)m + 1);
        cr_assert(stage_ask(&stage, wm_message_impedance, WM_CLASS_MODULE, m + 1, 0, &answer));
        cr_assert_eq(answer.values[0], mOhm100[m] * 10, "module %d", (int)m + 1);
    }
    cr_assert_eq(sum_mV[0], 116469);
    cr_assert_eq(sum_mV[1], 116460);
    struct sim_frame answer;
    cr_assert(stage_ask(&stage, wm_message_read_sensor, WM_CLASS_SENSOR, 2, 0, &answer));
    cr_assert_eq(answer.values[0], 0);
    cr_assert_str_eq(setting("bank.modules"), "18");
}

Test(plant, two_strings_float_inside_the_thresholds_and_name_their_breakers)
{
    stage_open_file(&stage, "scenarios/plants/two_strings_of_nine.lua");
    cr_assert_not_null(stage.plant, "%s", stage.error);
    for (int32_t m = 1; m <= 18; m++) {
        struct sim_frame answer;
        cr_assert(stage_ask(&stage, wm_message_measure, WM_CLASS_MODULE, m, 0, &answer));
        int32_t mV = answer.values[wm_answer_measure_voltage_mV];
        cr_assert(mV > 13000 && mV < 14000, "%d mV", (int)mV);
    }
    cr_assert_str_eq(setting("breaker.output_2"), "2");
    cr_assert_str_eq(setting("breaker.wiring_1"), "no");
    cr_assert_str_eq(setting("runaway.action"), "open_breaker");
}

Test(plant, the_full_bank_answers_to_the_last_device)
{
    stage_open_file(&stage, "scenarios/plants/full_bank.lua");
    cr_assert_not_null(stage.plant, "%s", stage.error);
    struct sim_frame answer;
    cr_assert(stage_ask(&stage, wm_message_identify, WM_CLASS_MODULE, 512, 0, &answer));
    cr_assert(stage_ask(&stage, wm_message_identify, WM_CLASS_SENSOR, 16, 0, &answer));
    cr_assert(stage_ask(&stage, wm_message_identify, WM_CLASS_AUX, 4, 0, &answer));
    cr_assert_str_eq(setting("bus.baud"), "115200");
}

Test(plant, the_settings_come_structure_first_then_in_order_of_name)
{
    stage_open(&stage, "plant 'x' { strings = 2, modules = 3, sensor_for_all = true,\n"
                       "  current_sensors = 1, chemistry = 'lfp', capacity = 12.5, cells = 4,\n"
                       "  settings = { ['voltage.delay'] = 5, ['modbus.unit_id'] = '17',\n"
                       "               ['alarm.sensor_lost_is_general'] = false } }");
    cr_assert_not_null(stage.plant, "%s", stage.error);
    size_t count;
    const struct sim_plant_setting *settings = sim_plant_settings(stage.plant, &count);
    static const char *const wanted[][2] = {
        {"bank.strings", "2"},         {"bank.modules", "6"},
        {"bank.module_type", "c20"},   {"battery.capacity", "12.5"},
        {"battery.cells", "4"},        {"battery.chemistry", "lfp"},
        {"bank.current_sensors", "1"}, {"bank.sensor_for_all", "yes"},
        {"bank.sensor_range", "50"},   {"bank.aux_units", "0"},
        {"bus.baud", "19200"},         {"alarm.sensor_lost_is_general", "no"},
        {"modbus.unit_id", "17"},      {"voltage.delay", "5"},
    };
    cr_assert_eq(count, sizeof wanted / sizeof wanted[0]);
    for (size_t i = 0; i < count; i++) {
        cr_assert_str_eq(settings[i].name, wanted[i][0]);
        cr_assert_str_eq(settings[i].text, wanted[i][1]);
    }
}

Test(plant, a_breaker_wired_nc_begins_closed_and_opens_when_its_output_drops)
{
    stage_open(&stage, "plant 'x' { modules = 2, gx_r_aux = 2, string = { { current = 3 } },\n"
                       "            breaker = { { output = 6, wiring = 'nc' } } }");
    cr_assert_not_null(stage.plant, "%s", stage.error);
    cr_assert(sim_plant_contact(stage.plant, 6));
    cr_assert_eq(stage_number(&stage, "plant.string[1].current.value"), 3);
    struct sim_frame answer;
    cr_assert(stage_ask(&stage, wm_message_set_outputs, WM_CLASS_AUX, 2, 0, &answer));
    cr_assert_not(sim_plant_contact(stage.plant, 6));
    cr_assert_eq(stage_number(&stage, "plant.string[1].current.value"), 0);
    cr_assert_null(stage_lua(&stage, "plant.string[1].current = 9 plant.gx_r_aux[2]:unplug()"));
    stage_wait(&stage, 5);
    cr_assert_eq(stage_number(&stage, "plant.string[1].current.value"), 0);
    cr_assert_null(stage_lua(&stage, "plant.gx_r_aux[2]:plug()"));
    cr_assert(stage_ask(&stage, wm_message_set_outputs, WM_CLASS_AUX, 2, 2, &answer));
    cr_assert_eq(stage_number(&stage, "plant.string[1].current.value"), 9);
    cr_assert_not(sim_plant_contact(stage.plant, 0));
    cr_assert_not(sim_plant_contact(stage.plant, 9));
}

Test(plant, a_battery_function_takes_over_its_module_only)
{
    stage_open(&stage, "local calls = 0\n"
                       "plant 'x' { modules = 3, exact = true, string = { { module = { [2] = {\n"
                       "  voltage = 12, battery = function(n, t, i, v, c, r)\n"
                       "    assert(n == 2 and v == 12 and c > 20 and r > 1 and t >= 0 and i)\n"
                       "    calls = calls + 1\n"
                       "    return v - calls / 10, nil, 7.5\n"
                       "  end } } } } }");
    cr_assert_not_null(stage.plant, "%s", stage.error);
    struct sim_frame answer;
    for (int i = 1; i <= 3; i++) {
        cr_assert(stage_ask(&stage, wm_message_measure, WM_CLASS_MODULE, 2, 0, &answer));
        cr_assert_eq(answer.values[0], 12000 - 100 * i);
    }
    cr_assert(answer.values[1] >= 240 && answer.values[1] <= 245, "the model's, a little warm");
    cr_assert(stage_ask(&stage, wm_message_impedance, WM_CLASS_MODULE, 2, 0, &answer));
    cr_assert_eq(answer.values[0], 7500);
    cr_assert(stage_ask(&stage, wm_message_measure, WM_CLASS_MODULE, 3, 0, &answer));
    cr_assert_eq(answer.values[0], 13500);
    cr_assert_null(sim_plant_idle_fault(stage.plant));
}

static void expect_failing_function(const char *function, const char *wanted)
{
    char text[300];
    (void)snprintf(text, sizeof text, "plant 'x' { modules = 2,\n battery = %s }", function);
    stage_open(&stage, text);
    cr_assert_not_null(stage.plant, "%s", stage.error);
    cr_assert_null(sim_plant_failure(stage.plant));
    struct sim_frame answer;
    for (int i = 0; i < 2; i++) {
        int64_t before_us = sim_world_now_us(stage.world);
        cr_assert_not(stage_ask(&stage, wm_message_measure, WM_CLASS_MODULE, 2 - i, 0, &answer));
        cr_assert_lt(sim_world_now_us(stage.world) - before_us, 100000, "the world stops");
        const char *failure = sim_plant_failure(stage.plant);
        cr_assert_not_null(failure);
        cr_assert_not_null(strstr(failure, wanted), "%s", failure);
        cr_assert_null(sim_plant_idle_fault(stage.plant));
    }
    stage_close(&stage);
}

Test(plant, a_battery_function_that_fails_stops_the_world_and_is_told_of)
{
    expect_failing_function("function(n) return n.x.y end", "plant.lua:2: attempt to index");
    expect_failing_function("function() error('boom') end", "plant.lua:2: boom (module 2)");
    expect_failing_function("function() error('boom', 0) end", "plant.lua:2: boom (module 2)");
    expect_failing_function("function() error({}) end", "plant.lua:2: the battery function raised");
    expect_failing_function("function(n) local function f() return 1 + f() end return f() end",
                            "stack overflow");
    static const char *const wrong[] = {"'hot'", "0/0", "1e300", "{}", "12, 999", "nil, nil, -1"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char function[80];
        (void)snprintf(function, sizeof function, "function() return %s end", wrong[i]);
        expect_failing_function(function, "plant.lua:2: a battery function returns voltage 0 to");
    }
}

static void give_up(lua_State *lua, lua_Debug *place)
{
    (void)place;
    (void)luaL_error(lua, "too long");
}

Test(plant, an_endless_battery_function_can_be_ended_by_a_hook)
{
    stage_open(&stage, "plant 'x' { battery = function()\n while true do end end }");
    cr_assert_not_null(stage.plant, "%s", stage.error);
    lua_sethook(sim_plant_thread(stage.plant), give_up, LUA_MASKCOUNT, 1000);
    struct sim_frame answer;
    cr_assert_not(stage_ask(&stage, wm_message_measure, WM_CLASS_MODULE, 1, 0, &answer));
    const char *failure = sim_plant_failure(stage.plant);
    cr_assert_not_null(strstr(failure, "plant.lua:1: too long (module 1)"), "%s", failure);
}

struct refusal {
    const char *text;
    const char *wanted;
};

static const struct refusal refusals[] = {
    {"plant 'x' { strings = 2, modules = 9,, }", "plant.lua:1: unexpected symbol near ','"},
    {"\n\nplant 'x' { modules_total = 20, strings = 3 }",
     "plant.lua:3: 20 modules don't divide evenly into 3 strings; 18 or 21 would"},
    {"plant 'x' { modules_total = 2, strings = 3 }",
     "plant.lua:1: 2 modules don't divide evenly into 3 strings; 3 would"},
    {"plant 'x' { modules = 513 }",
     "plant.lua:1: modules: 513 is more than the webmanager takes; at most 512"},
    {"plant 'x' { strings = 2, modules = 257 }",
     "plant.lua:1: modules: 514 is more than the webmanager takes; at most 512"},
    {"plant 'x' { strings = 17 }",
     "plant.lua:1: strings: 17 is more than the webmanager takes; at most 16"},
    {"plant 'x' { strings = 0 }", "plant.lua:1: strings: 0 is too few; at least 1"},
    {"plant 'x' { modules = 2.5 }", "plant.lua:1: modules is the whole number"},
    {"plant 'x' { modules = 3, modules_total = 3 }", "two ways to say one thing"},
    {"plant 'x' { gx_r_aux = 5 }", "gx_r_aux: 5 is more than the webmanager takes; at most 4"},
    {"plant 'x' { current_sensors = 2 }", "2 current sensors are more than 1 strings"},
    {"plant 'x' { baud = 9 }", "plant.lua:1: baud: 9 is too few; at least 1200"},
    {"plant 'x' { module_type = 'c99' }",
     "plant.lua:1: bank.module_type is one of c20, c21, c23, c30, c40, c41, not \"c99\""},
    {"plant 'x' { capacity = 'big' }", "plant.lua:1: capacity is a number, not a string"},
    {"plant 'x' { capacity = 0 }", "plant.lua:1: battery.capacity is a number from"},
    {"plant 'x' { battery_type = 'leoch-us12-55', capacity = 3 }",
     "plant.lua:1: battery_type says the capacity already: leave capacity out"},
    {"plant 'x' { battery_type = 'none' }", "plant.lua:1: battery_type: no battery 'none'"},
    {"plant 'x' { battery_type = 'none.lua' }", "none.lua: No such file or directory"},
    {"plant 'x' { ambient = 1000 }", "plant.lua:1: ambient is a number from -60 to 100 degC"},
    {"plant 'x' { stings = 2 }", "plant.lua:1: plant has no property \"stings\"; it has: ambient,"},
    {"plant 'x' { module = { temprature = 3 } }",
     "plant.lua:1: module has no property \"temprature\"; it has: address, battery, behave, "
     "bypass, "
     "float_current, latency, "
     "resistance, state_of_charge, temperature, voltage"},
    {"plant 'x' { string = { { module = { { volts = 3 } } } } }",
     "plant.lua:1: string[1].module[1] has no property \"volts\"; it has:"},
    {"plant 'x' { string = { {}, {} } }", "plant.lua:1: string[2] is not there: it has 1"},
    {"plant 'x' { string = { { module = { {}, {} } } } }",
     "plant.lua:1: string[1].module[2] is not there: it has 1"},
    {"plant 'x' { module = { voltage = 70 } }",
     "plant.lua:1: string[1].module[1]: module.voltage is a number from 0 to 65.535 V, not 70"},
    {"plant 'x' { module = { voltage = '13' } }", "voltage is a number, not a string"},
    {"plant 'x' { battery = 3 }", "string[1].module[1].battery is a function, not a number"},
    {"plant 'x' { settings = { ['bank.sttrings'] = 1 } }",
     "plant.lua:1: the webmanager has no setting \"bank.sttrings\""},
    {"plant 'x' { settings = { ['runaway.action'] = 'run' } }",
     "plant.lua:1: runaway.action is one of none, open_breaker, not \"run\""},
    {"plant 'x' { settings = { ['voltage.delay'] = {} } }",
     "plant.lua:1: settings: voltage.delay is a number or a text, not a table"},
    {"plant 'x' { breaker = { { output = 1 } } }",
     "plant.lua:1: breaker[1] needs gx_r_aux: it is an output of a GX_R_AUX unit"},
    {"plant 'x' { gx_r_aux = 1, breaker = { { output = 5 } } }",
     "breaker[1].output is a whole number from 1 to 4 (four for each gx_r_aux), not 5"},
    {"plant 'x' { ambient = 0/0 }", "plant.lua:1: ambient is a number from -60 to 100 degC"},
    {"plant 'x' { capacity = 0/0 }", "plant.lua:1: battery.capacity is a number from"},
    {"plant 'x' { current_sensors = 1, sensor_range = 0/0 }",
     "sensor_range is 50, 200, 400, 1000 or 2000 A, not"},
    {"plant 'x' { strings = 4, modules = 4611686018427387905 }",
     "plant.lua:1: modules: 4611686018427387905 is more than the webmanager takes; at most 512"},
    {"plant 'x' { strings = 2, modules = math.maxinteger }",
     "plant.lua:1: modules: 9223372036854775807 is more than the webmanager takes; at most 512"},
    {"plant 'x' { cells = '6' }", "plant.lua:1: cells is a whole number from 1 to 24, not \"6\""},
    {"plant 'x' { cells = {} }", "cells is a whole number from 1 to 24, not a table"},
    {"plant 'x' { gx_r_aux = 1, strings = 2, breaker = { { output = 1 }, { output = 1 } } }",
     "breaker[2].output: output 1 is the breaker of string 1 already"},
    {"plant 'x' { gx_r_aux = 1, breaker = { { output = 1, wiring = 'off' } } }",
     "breaker[1].wiring is \"no\" (on = open) or \"nc\" (off = open), not \"off\""},
    {"plant 'x' { settings = { ['bank.strings'] = 4 } }",
     "plant.lua:1: settings: bank.strings is what the plant is; say it with a word of the plant:"},
    {"plant 'x' { gx_r_aux = 1, settings = { ['breaker.output_1'] = 4 } }",
     "plant.lua:1: settings: breaker.output_1 is what the plant is"},
    {"plant 'x' { charger = { volts = 3 } }",
     "charger has no property \"volts\"; it has: boost, boosting, compensation, "
     "limit,"},
    {"plant 'x' {} plant 'y' {}", "a plant file describes one plant; this is the second"},
    {"plant 'x'", "plant.lua: describes no plant; write plant \"name\""},
    {"plnt 'x' {}", "plant.lua:1: a plant file knows no word \"plnt\"; it knows: assert,"},
    {"count = 3 plant 'x' {}", "plant.lua:1: \"count\" is not local: write `local count = ...`"},
    {"plant 'x' { modules = math.random(3) }", "attempt to call a nil value (field 'random')"},
    {"plant 'x' { strings = 2, modules = 2, current_sensors = 2, dip = { current_sensor = {2} } }",
     "plant.lua:1: dip.current_sensor[2]: current_sensor[1] has address 2 already; give each its "
     "own, or say allow = true in dip"},
    {"plant 'x' { gx_r_aux = 2, dip = { gx_r_aux = { 3, 3 } } }",
     "dip.gx_r_aux[2]: gx_r_aux[1] has address 3 already"},
    {"plant 'x' { gx_r_aux = 1, dip = { gx_r_aux = { 5 } } }",
     "dip.gx_r_aux[1]: 5 is more than the webmanager takes; at most 4"},
    {"plant 'x' { gx_r_aux = 1, dip = { gx_r_aux = { 1, 2 } } }",
     "dip.gx_r_aux[2] is not there: it has 1"},
    {"plant 'x' { gx_r_aux = 1, dip = { allow = true } }",
     "dip may break no rule here: no two devices have one address; leave its allow out"},
    {"plant 'x' { dip = { allow = 'dip' } }", "dip.allow is a boolean, not a string"},
    {"plant 'x' { dip = { module = {} } }",
     "dip has no property \"module\"; it has: allow, current_sensor, "
     "gx_r_aux"},
    {"plant 'x' { module = { address = 1.5 } }", "module.address is a whole number, not 1.5"},
    {"plant 'x' { module = { address = 513 } }", "module.address is a number from 0 to 512"},
    {"plant(3) {}", "plant.lua:1: the name of a plant is a string, not a number"},
};

Test(plant, a_wrong_file_is_refused_with_its_line_and_what_would_be_right)
{
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        stage_open(&stage, refusals[i].text);
        cr_assert_null(stage.plant, "%s", refusals[i].text);
        cr_assert_not_null(strstr(stage.error, refusals[i].wanted), "%s\nsaid: %s\nnot:  %s",
                           refusals[i].text, stage.error, refusals[i].wanted);
        cr_assert_eq(sim_world_next_us(stage.world), INT64_MAX, "nothing is half-started");
        stage_close(&stage);
    }
}

Test(plant, a_file_spoils_nobody_elses_library)
{
    stage_open(&stage, "string.format, table.sort, math.floor = nil, nil, nil\n"
                       "plant 'x' { stings = 2 }");
    cr_assert_null(stage.plant);
    cr_assert_not_null(strstr(stage.error, "plant has no property \"stings\"; it has: ambient,"),
                       "%s", stage.error);
    cr_assert_null(stage_lua(&stage, "assert(string.format and table.sort and math.floor)"));
    stage_close(&stage);
}

Test(plant, a_missing_file_is_named)
{
    stage_open_file(&stage, "scenarios/plants/no_such_plant.lua");
    cr_assert_null(stage.plant);
    cr_assert_not_null(strstr(stage.error, "scenarios/plants/no_such_plant.lua"), "%s",
                       stage.error);
    stage_close(&stage);
}

static int64_t tapped_us[4];
static bool tapped_answer[4];
static int tapped;

static void tap(void *context, int64_t time_us, bool is_answer, const uint8_t *bytes, size_t size)
{
    (void)context;
    cr_assert_eq(bytes[0], 0xA5);
    cr_assert_eq(bytes[1], size);
    tapped_us[tapped] = time_us;
    tapped_answer[tapped++] = is_answer;
}

Test(plant, the_tap_sees_both_directions_as_they_pass)
{
    stage_open(&stage, "plant 'x' { modules = 1 }");
    sim_plant_tap(stage.plant, tap, NULL);
    struct sim_frame answer;
    cr_assert(stage_ask(&stage, wm_message_measure, WM_CLASS_MODULE, 1, 0, &answer));
    cr_assert_eq(tapped, 2);
    cr_assert(!tapped_answer[0] && tapped_answer[1]);
    cr_assert_eq(tapped_us[0], 0);
    cr_assert_null(stage_lua(&stage, "plant.bus:drop{nth=1}"));
    cr_assert_not(stage_ask(&stage, wm_message_measure, WM_CLASS_MODULE, 1, 0, &answer));
    cr_assert_eq(tapped, 3, "a dropped answer passes nobody");
}
