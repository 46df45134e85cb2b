/*
 * test_com2.c — the devices on COM2, on their own line: what they answer, and what is refused.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "sim/plant/com2.h"
#include "tests/sim/stage.h"

static struct stage stage;

static void open_plant(const char *com2)
{
    char text[400];
    (void)snprintf(text, sizeof text, "plant 'p' { modules = 2, com2 = %s }", com2);
    stage_open(&stage, text);
    stage.bus = stage.plant != NULL ? sim_plant_com2(stage.plant) : stage.bus;
}

static void open_stage(void)
{
    open_plant("{ use = 'sensormanager', port = { { 'hydrogen', 'temperature_humidity' }, "
               "{ 'buzzer', { use = 'current', current = -3.25 } }, { 'contact' } } }");
    cr_assert_not_null(stage.plant, "%s", stage.error);
}

static void close_stage(void)
{
    stage_close(&stage);
}

static bool ask(enum wm_message_id message, int32_t value, struct sim_frame *answer)
{
    return stage_ask(&stage, message, WM_CLASS_COM2, 1, value, answer);
}

TestSuite(com2, .init = open_stage, .fini = close_stage);

Test(com2, analog_inputs_are_told_in_tenths_and_what_is_free_reads_0)
{
    struct sim_frame answer;
    stage_say(&stage, "plant.com2.port[1].analog[1].value = 23.45");
    cr_assert(ask(wm_message_read_analog, 1, &answer));
    cr_assert_eq(answer.values[0], 235, "half away from zero");
    cr_assert_eq(answer.values[1], 450);
    cr_assert_eq(answer.values[2], -33);
    cr_assert_eq(answer.values[3], 0);
    stage_say(&stage, "plant.com2.port[1].analog[1].value = -3276.8");
    cr_assert(ask(wm_message_read_analog, 1, &answer));
    cr_assert_eq(answer.values[0], -32768);
    cr_assert(ask(wm_message_read_analog, 5, &answer));
    cr_assert_not(ask(wm_message_read_analog, 2, &answer), "from 1 or from 5");
    cr_assert_not(ask(wm_message_read_environment, 0, &answer), "that is the other device");
}

static struct {
    int64_t time_us;
    bool is_answer;
    size_t size;
} tapped[4];
static int taps;

static void tap(void *context, int64_t time_us, bool is_answer, const uint8_t *bytes, size_t size)
{
    cr_assert_eq(context, &stage);
    cr_assert_eq(bytes[0], 0xA5);
    cr_assert_eq(bytes[1], size);
    tapped[taps].time_us = time_us;
    tapped[taps].is_answer = is_answer;
    tapped[taps++].size = size;
}

static void no_tap(void *context, int64_t time_us, bool is_answer, const uint8_t *bytes,
                   size_t size)
{
    (void)context, (void)time_us, (void)is_answer, (void)bytes, (void)size;
    cr_assert_fail("that is another line");
}

Test(com2, the_tap_sees_both_directions_as_they_pass_and_no_other_line)
{
    struct sim_frame answer;
    sim_plant_tap_com2(stage.plant, tap, &stage);
    sim_plant_tap(stage.plant, no_tap, NULL);
    cr_assert(ask(wm_message_read_digital, 0, &answer));
    cr_assert_eq(taps, 2);
    cr_assert(!tapped[0].is_answer && tapped[1].is_answer);
    cr_assert_eq(tapped[0].time_us, 0);
    cr_assert_gt(tapped[1].time_us, sim_wire_time_us(SIM_COM2_BAUD, tapped[0].size),
                 "when it has passed");
    stage_say(&stage, "plant.com2:mute { answers = 1 }");
    cr_assert_not(ask(wm_message_read_digital, 0, &answer));
    cr_assert_eq(taps, 3, "silence passes nobody");
}

Test(com2, contacts_follow_the_gas_and_outputs_their_orders)
{
    struct sim_frame answer;
    static const struct {
        const char *percent;
        int32_t inputs;
    } cases[] = {{"19.9", 0x0F}, {"20", 0x0E}, {"39.9", 0x0E}, {"40", 0x0C}, {"0", 0x0F}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[64];
        (void)snprintf(text, sizeof text, "plant.com2.hydrogen = %s", cases[i].percent);
        stage_say(&stage, text);
        cr_assert(ask(wm_message_read_digital, 0, &answer));
        cr_assert_eq(answer.values[0], cases[i].inputs, "%s", text);
    }
    stage_say(&stage, "plant.com2.port[3].input.level = 'alarm'");
    cr_assert(ask(wm_message_set_digital, 0x1A, &answer));
    cr_assert_eq(answer.values[0], 0x0A, "four outputs");
    cr_assert(ask(wm_message_read_digital, 0, &answer));
    cr_assert_eq(answer.values[0], 0x0B);
    cr_assert_eq(answer.values[1], 0x0A);
    stage_say(&stage, "assert(plant.com2.port[2].output.level.value == 'on')");
    stage_say(&stage, "assert(plant.com2.port[1].output.level.value == 'off')");
}

Test(com2, only_its_own_class_and_address_are_heard)
{
    struct sim_frame answer;
    cr_assert_not(stage_ask(&stage, wm_message_read_digital, WM_CLASS_COM2, 2, 0, &answer));
    cr_assert_not(stage_ask(&stage, wm_message_read_aux, WM_CLASS_AUX, 1, 0, &answer));
    cr_assert(ask(wm_message_read_digital, 0, &answer));
}

Test(com2, plug_and_mute_are_those_of_a_device)
{
    struct sim_frame answer;
    stage_say(&stage, "plant.com2:unplug()");
    cr_assert_not_null(sim_plant_idle_fault(stage.plant));
    cr_assert_not(ask(wm_message_read_digital, 0, &answer));
    cr_assert_null(sim_plant_idle_fault(stage.plant));
    stage_say(&stage, "plant.com2:plug()");
    stage_say(&stage, "plant.com2:mute { answers = 1 }");
    cr_assert_str_eq(sim_plant_idle_fault(stage.plant),
                     "com2:mute{} was asked for and it was never asked anything");
    cr_assert_not(ask(wm_message_set_digital, 1, &answer));
    stage_say(&stage, "assert(plant.com2.port[1].output.level.value == 'on')");
    cr_assert(ask(wm_message_read_digital, 0, &answer));
}

Test(com2, what_is_not_there_cannot_be_pushed)
{
    stage_refuse(&stage, "plant.com2.temperature = 20",
                 "com2 has no temperature: the plant hangs no such sensor there");
    stage_refuse(&stage, "plant.com2.port[2].analog[2].value = 1",
                 "com2.port[2].analog[2] has no value: the plant hangs no such sensor there");
    stage_refuse(&stage, "plant.com2.port[4].input.level = 'alarm'",
                 "com2.port[4].input has no level: the plant hangs no such sensor there");
    stage_refuse(&stage, "plant.com2.port[2].output.level = 'on'", "it can't be pushed");
    stage_refuse(&stage, "plant.com2.hydrogen = 101",
                 "com2.hydrogen is a number from 0 to 100 % LEL");
    stage_refuse(&stage, "return plant.com2.port[5]", "port[5] is not there: it has 4");
    stage_close(&stage);
    stage_open(&stage, "plant 'p' { modules = 2 }");
    stage_refuse(&stage, "return plant.com2.temperature", "this plant has no com2");
}

Test(com2, the_webmanager_is_told_what_hangs_where)
{
    size_t count;
    const struct sim_plant_setting *settings = sim_plant_settings(stage.plant, &count);
    static const char *const wanted[][2] = {
        {"com2.use", "sensormanager"},        {"com2.analog_1_kind", "temperature"},
        {"com2.analog_2_kind", "humidity"},   {"com2.analog_3_kind", "current"},
        {"com2.input_1_kind", "hydrogen_20"}, {"com2.input_2_kind", "hydrogen_40"},
        {"com2.input_3_kind", "contact"},     {"com2.output_2_kind", "buzzer"},
    };
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        if (strncmp(settings[i].name, "com2.", 5) == 0) {
            cr_assert_lt(found, sizeof wanted / sizeof wanted[0]);
            cr_assert_str_eq(settings[i].name, wanted[found][0]);
            cr_assert_str_eq(settings[i].text, wanted[found][1]);
            found++;
        }
    }
    cr_assert_eq(found, sizeof wanted / sizeof wanted[0]);
}

Test(com2, a_plant_that_overbooks_is_refused_with_port_and_reason)
{
    static const struct {
        const char *com2;
        const char *wanted;
    } cases[] = {
        {"{ use = 'sensormanager', port = { {}, { 'temperature_humidity', 'current' } } }",
         "com2.port[2]: current needs 1 analog input, and 0 of 2 are free; a port has 2 analog "
         "inputs, 1 digital input and 1 digital output"},
        {"{ use = 'sensormanager', port = { { 'current', 'temperature_humidity' } } }",
         "com2.port[1]: temperature_humidity needs 2 analog inputs, and 1 of 2 is free"},
        {"{ use = 'sensormanager', port = { { 'hydrogen' }, { 'contact' } } }",
         "com2.port[2]: contact needs a digital input that is taken already, by hydrogen_40"},
        {"{ use = 'sensormanager', port = { [4] = { 'hydrogen' } } }",
         "com2.port[4]: hydrogen needs the digital inputs of two ports, and there is no port 5; "
         "name another by second = 1 to 4"},
        {"{ use = 'sensormanager', port = { { 'buzzer', 'flashlight' } } }",
         "com2.port[1]: flashlight needs a digital output that is taken already, by buzzer"},
        {"{ use = 'sensormanager', port = { { 'thermometer' } } }",
         "com2.port[1]: no sensor is called \"thermometer\"; there are: buzzer, contact, current, "
         "flashlight, hydrogen, temperature, temperature_humidity"},
        {"{ use = 'sensormanager', port = { [5] = {} } }", "com2.port[5] is not there: it has 4"},
        {"{ use = 'sensormanager', port = { { { use = 'current', amperes = 1 } } } }",
         "com2.port[1] has no property \"amperes\""},
        {"{ use = 'sensormanager', hydrogen = 5 }", "com2.hydrogen: no port has a hydrogen sensor"},
        {"{ use = 'modbus_rtu' }",
         "com2.use is one of these texts: sensormanager, temperature_humidity, not \"modbus_rtu\""},
        {"{ use = 'temperature_humidity', port = {} }", "com2 has no property \"port\""},
        {"{ use = 'temperature_humidity', temperature = 300 }",
         "com2: com2.temperature is a number from -60 to 200 degC, not 300"},
        {"'sensormanager'", "com2 is a table, not a string"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        stage_close(&stage);
        open_plant(cases[i].com2);
        cr_assert_null(stage.plant, "%s", cases[i].com2);
        cr_assert_not_null(strstr(stage.error, cases[i].wanted), "%s\nsaid: %s\nnot:  %s",
                           cases[i].com2, stage.error, cases[i].wanted);
    }
}

Test(com2, the_second_contact_of_a_hydrogen_sensor_hangs_where_it_is_said_to)
{
    struct sim_frame answer;
    stage_close(&stage);
    open_plant("{ use = 'sensormanager', hydrogen = 40, "
               "port = { [4] = { { use = 'hydrogen', second = 1 } } } }");
    cr_assert_not_null(stage.plant, "%s", stage.error);
    cr_assert(ask(wm_message_read_digital, 0, &answer));
    cr_assert_eq(answer.values[0], 0x06);
}

Test(com2, the_stand_alone_sensor_answers_for_its_room)
{
    struct sim_frame answer;
    stage_close(&stage);
    open_plant("{ use = 'temperature_humidity', temperature = -5.25 }");
    cr_assert(ask(wm_message_read_environment, 0, &answer));
    cr_assert_eq(answer.values[0], -53);
    cr_assert_eq(answer.values[1], 450);
    stage_say(&stage, "plant.com2:drift { temperature = 30, over = 10 }");
    stage_wait(&stage, 12);
    cr_assert(ask(wm_message_read_environment, 0, &answer));
    cr_assert_eq(answer.values[0], 300);
    cr_assert_not(ask(wm_message_read_digital, 0, &answer));
}
