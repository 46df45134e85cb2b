/*
 * test_topology.c — the wiring of a plant: its rules, what a cut takes away, and what cables that
 * are too long do.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "sim/plant/parts.h"
#include "tests/sim/stage.h"

static struct stage stage;

static void stage_end(void)
{
    stage_close(&stage);
}

TestSuite(topology, .fini = stage_end);

static bool answers(enum wm_class address_class, int32_t number)
{
    struct sim_frame answer;
    return stage_ask(&stage, wm_message_identify, address_class, number, 0, &answer);
}

/* Exactly the modules first..last don't answer; none if first is 0. */
static void expect_lost(int32_t modules, int32_t first, int32_t last)
{
    for (int32_t m = 1; m <= modules; m++) {
        cr_assert_eq(answers(WM_CLASS_MODULE, m), m < first || m > last, "module %d", (int)m);
    }
}

static void must_open(const char *text)
{
    stage_open(&stage, text);
    cr_assert_not_null(stage.plant, "%s\n%s", text, stage.error);
}

static void must_do(const char *lua)
{
    const char *error = stage_lua(&stage, lua);
    cr_assert_null(error, "%s", error);
}

static void must_say(const char *text, const char *wanted)
{
    stage_open(&stage, text);
    cr_assert_null(stage.plant, "%s", text);
    cr_assert_not_null(strstr(stage.error, wanted), "%s\nsaid: %s\nnot:  %s", text, stage.error,
                       wanted);
    cr_assert_eq(sim_world_next_us(stage.world), INT64_MAX, "nothing is half-started");
    stage_close(&stage);
}

/* ---- the rules -------------------------------------------------------------------------- */

/* For each rule a plant at its limit, and one that is just above it. */
static const struct {
    const char *rule;
    const char *at_limit;
    const char *above;
    const char *told; /* behind the rule's name and meaning */
} rule_cases[] = {
    {"A", "wiring = { com2 = 15 }", "wiring = { com2 = 15.001 }",
     "15.001 m at com2; at most 15: use a shorter com2 cable"},
    {"C", "modules = 2, wiring = { box = { { cable = 10 } } }",
     "modules = 2, wiring = { box = { { cable = 10.001 } } }", "10.001 m at box[1]; at most 10: "},
    {"D", "modules = 2, wiring = { box = { {}, { cable = 2 } } }",
     "modules = 2, wiring = { line = { { at = 'box[1]', modules = { 1, 2 } } },\n"
     " box = { {}, { cable = 2.001 } } }",
     "2.001 m at box[2]; at most 2: "},
    {"E", "modules = 50, wiring = { line = { { cable = 30.4, modules = { 1, 50 } } } }",
     "modules = 50, wiring = { line = { { cable = 30.401, modules = { 1, 50 } } } }",
     "50.001 m at module[50]; at most 50: "},
    {"F", "modules = 3, wiring = { line = { { modules = { 1, 3 }, between = 0.4 } } }",
     "modules = 3, wiring = { line = { { modules = { 1, 3 }, between = { [2] = 0.401 } } } }",
     "0.401 m at module[3]; at most 0.4: "},
    {"G", "strings = 2, modules = 256", "modules = 513",
     "modules: 513 is more than the webmanager takes; at most 512 (wiring rule G)"},
    {"H", "current_sensors = 1, wiring = { current_sensor = { { cable = 10 } } }",
     "strings = 2, current_sensors = 2, wiring = { current_sensor = { { cable = 10 } } }",
     "10.4 m at current_sensor[2]; at most 10: "},
    {"I", "gx_r_aux = 1, wiring = { gx_r_aux = { { contacts = 50 } } }",
     "gx_r_aux = 1, wiring = { gx_r_aux = { { contacts = 50.001 } } }",
     "50.001 m at gx_r_aux[1]; at most 50: "},
    {"total",
     "modules = 100, wiring = { box = { { cable = 10 } }, line = {\n"
     " { modules = { 1, 50 }, cable = 30.4 }, { modules = { 51, 100 } } } }",
     "modules = 100, wiring = { box = { { cable = 9.602 }, { cable = 0.4 } }, line = {\n"
     " { at = 'box[2]', modules = { 1, 50 }, cable = 30.4 },\n"
     " { at = 'box[1]', modules = { 51, 100 } } } }",
     "60.002 m at module[50]; at most 60: "},
    {"total_with_repeater", "wiring = { repeater = { cable = 100 } }",
     "wiring = { repeater = { cable = 100.001 } }", "100.001 m at repeater; at most 100: "},
    {"line",
     "modules = 100, wiring = { box = { {} },\n"
     " line = { { modules = { 1, 50 } }, { modules = { 51, 100 } } } }",
     "modules = 101, wiring = { box = { {} },\n"
     " line = { { modules = { 1, 51 } }, { modules = { 52, 101 } } } }",
     "51 modules at module[51]; at most 50: "},
    {"box", "modules = 200, wiring = { box = { {} } }", "modules = 201, wiring = { box = { {} } }",
     "201 modules at module[201]; at most 200: "},
    {"boxes", "wiring = { box = { {}, {}, {} }, line = { { at = 'box[3]', modules = { 1, 1 } } } }",
     "wiring = { box = { {}, {}, {}, {} }, line = { { at = 'box[3]', modules = { 1, 1 } } } }",
     "4 boxes at box[4]; at most 3: "},
    {"no_box",
     "modules = 50, wiring = { line = { { modules = { 1, 25 } },\n"
     " { modules = { 26, 50 } } } }",
     "modules = 51, wiring = { line = { { modules = { 1, 25 } }, { modules = { 26, 51 } } } }",
     "51 modules at module[51]; at most 50: "},
    {"psu", "strings = 2, modules = 150, wiring = { power_supply = '12V2A' }",
     "strings = 7, modules = 43, wiring = { power_supply = '12V2A' }",
     "301 modules at module[301]; at most 300: say power_supply = \"12V3A\""},
    {"strings", "strings = 16", "strings = 17",
     "strings: 17 is more than the webmanager takes; at most 16 (wiring rule strings)"},
};

Test(topology, each_rule_holds_at_its_limit_and_refuses_just_above_it)
{
    size_t rules;
    const struct sim_wiring_rule *rule = sim_wiring_rules(&rules);
    cr_assert_eq(rules, sizeof rule_cases / sizeof rule_cases[0], "a rule without a case");
    for (size_t i = 0; i < rules; i++) {
        cr_assert_str_eq(rule_cases[i].rule, rule[i].name);
        char text[400], told[400];
        (void)snprintf(text, sizeof text, "plant 'x' { %s }", rule_cases[i].at_limit);
        must_open(text);
        stage_close(&stage);
        (void)snprintf(text, sizeof text, "\nplant 'x' { %s }", rule_cases[i].above);
        bool is_fixed = strcmp(rule[i].name, "G") == 0 || strcmp(rule[i].name, "strings") == 0;
        if (is_fixed) {
            (void)snprintf(told, sizeof told, "plant.lua:2: %s", rule_cases[i].told);
        } else {
            (void)snprintf(told, sizeof told, "plant.lua:2: wiring rule %s, %s: %s", rule[i].name,
                           rule[i].meaning, rule_cases[i].told);
        }
        must_say(text, told);
    }
}

/* The case's plant with `allow` in its wiring; false if it has no wiring. */
static bool with_allow(const char *words, const char *rule, char *text, size_t size)
{
    static const char begin[] = "wiring = {";
    const char *wiring = strstr(words, begin);
    if (wiring == NULL) {
        (void)snprintf(text, size, "plant 'x' { wiring = { allow = '%s' } }", rule);
        return false;
    }
    (void)snprintf(text, size, "plant 'x' { %.*swiring = { allow = { '%s' }, %s }",
                   (int)(wiring - words), words, rule, wiring + strlen(begin));
    return true;
}

Test(topology, each_rule_can_be_waived_where_it_is_broken_and_only_there)
{
    size_t rules;
    const struct sim_wiring_rule *rule = sim_wiring_rules(&rules);
    for (size_t i = 0; i < rules; i++) {
        char text[400], told[100];
        if (!with_allow(rule_cases[i].above, rule[i].name, text, sizeof text)) {
            must_say(text, "the register map ends there");
            continue;
        }
        must_open(text);
        stage_close(&stage);
        (void)with_allow(rule_cases[i].at_limit, rule[i].name, text, sizeof text);
        (void)snprintf(told, sizeof told,
                       "plant.lua:1: allow = \"%s\": nothing in this plant breaks that wiring rule",
                       rule[i].name);
        must_say(text, told);
    }
}

Test(topology, a_ring_has_to_serve_each_module_from_either_side)
{
    static const char ring[] =
        "plant 'x' { modules = 3, wiring = { line = { { modules = { 1, 3 },\n"
        "  cable = 1, ring = true, back = %s, between = { 0.4, %s } } } } }";
    char text[200];
    (void)snprintf(text, sizeof text, ring, "49.2", "0.4");
    must_open(text);
    stage_close(&stage);
    (void)snprintf(text, sizeof text, ring, "49.201", "0.4");
    must_say(text, "wiring rule E, splitting box (or webmanager) to the last module of a line: "
                   "50.001 m at module[1]");
    (void)snprintf(text, sizeof text, ring, "1", "0.5");
    must_say(text, "wiring rule F, module to module in a line: 0.5 m at module[1]");
}

/* Under sanitizers, where a size takes three times as long and all go the same way, every 13th. */
#ifdef __SANITIZE_ADDRESS__
enum { SIZE_STEP = 13 };
#else
enum { SIZE_STEP = 1 };
#endif

Test(topology, every_size_of_plant_is_laid_out_within_the_rules_by_itself, .timeout = 120)
{
    for (int strings = 1; strings <= WM_STRINGS_MAX; strings++) {
        for (int each = 1; each * strings <= WM_MODULES_MAX; each += SIZE_STEP) {
            char text[160];
            (void)snprintf(text, sizeof text,
                           "plant 'x' { strings = %d, modules = %d, current_sensors = %d,\n"
                           "            gx_r_aux = %d }",
                           strings, each, strings, each % (WM_AUX_MAX + 1));
            must_open(text);
            const struct sim_topology *topology = &stage.plant->topology;
            cr_assert_eq(topology->devices->way, NULL, "%s: nothing is in the way", text);
            int boxes = each * strings <= 50 ? 0 : (each * strings + 199) / 200;
            cr_assert_eq(topology->cables,
                         1 + boxes + each * strings + strings + each % (WM_AUX_MAX + 1), "%s",
                         text);
            stage_close(&stage);
        }
    }
}

/* ---- cuts ------------------------------------------------------------------------------- */

static const char cellar[] =
    "plant 'x' { modules = 40, current_sensors = 1, gx_r_aux = 2, wiring = {\n"
    "  box = { {}, {} },\n"
    "  line = { { at = 'box[1]', modules = { 1, 10 } },\n"
    "           { at = 'box[1]', modules = { 11, 20 }, ring = true },\n"
    "           { at = 'box[2]', modules = { 21, 40 } } },\n"
    "  gx_r_aux = { {}, { at = 'module[40]' } } } }";

Test(topology, a_cut_line_loses_exactly_what_is_beyond_until_it_is_mended)
{
    must_open(cellar);
    expect_lost(40, 0, 0);
    must_do("plant:cable('module[4]', plant.module[5]):cut()");
    expect_lost(40, 5, 10);
    cr_assert(answers(WM_CLASS_SENSOR, 1) && answers(WM_CLASS_AUX, 1) && answers(WM_CLASS_AUX, 2));
    must_do("plant:cable('module[5]', 'module[4]'):mend()");
    expect_lost(40, 0, 0);
    cr_assert_null(stage.plant->devices.way, "sound again, and free");
    must_do("plant:cable('box[1]', 'module[1]'):cut()");
    expect_lost(40, 1, 10);
    must_do("plant:cable('module[9]', 'module[10]'):cut()");
    must_do("plant:cable('box[1]', 'module[1]'):mend()");
    expect_lost(40, 10, 10);
    cr_assert_null(sim_plant_idle_fault(stage.plant));
}

Test(topology, a_ring_loses_nothing_by_one_cut_and_the_piece_between_by_two)
{
    must_open(cellar);
    must_do("plant:cable('module[14]', 'module[15]'):cut()");
    expect_lost(40, 0, 0);
    must_do("plant:cable('module[17]', 'module[18]'):cut()");
    expect_lost(40, 15, 17);
    must_do("plant:cable('box[1]', 'module[20]'):cut()");
    expect_lost(40, 15, 20);
    must_do("plant:cable('box[1]', 'module[20]'):mend()\n"
            "plant:cable('module[14]', 'module[15]'):mend()");
    expect_lost(40, 0, 0);
    must_do("plant:cable('module[17]', 'module[18]'):mend()\n"
            "plant:cable('box[1]', 'module[11]'):cut()");
    expect_lost(40, 0, 0);
    must_do("plant:cable('box[1]', 'module[20]'):cut()");
    expect_lost(40, 11, 20);
    cr_assert_null(sim_plant_idle_fault(stage.plant));
}

Test(topology, a_ring_over_both_ports_of_the_webmanager_is_one_too)
{
    must_open("plant 'x' { modules = 6, wiring = {\n"
              "  line = { { modules = { 1, 6 }, ring = true } } } }");
    must_do("plant:cable('webmanager', 'module[1]'):cut()");
    expect_lost(6, 0, 0);
    must_do("plant:cable('module[4]', 'module[5]'):cut()");
    expect_lost(6, 1, 4);
    must_do("plant:cable('module[6]', 'webmanager'):cut()");
    expect_lost(6, 1, 6);
    cr_assert_null(sim_plant_idle_fault(stage.plant));
}

Test(topology, the_cable_of_a_box_takes_all_its_lines_and_what_hangs_on_them)
{
    must_open(cellar);
    must_do("plant:cable('box[1]', 'box[2]'):cut()");
    expect_lost(40, 21, 40);
    cr_assert_not(answers(WM_CLASS_AUX, 2));
    cr_assert(answers(WM_CLASS_AUX, 1));
    must_do("plant:cable('webmanager', 'box[1]'):cut()");
    expect_lost(40, 1, 40);
    cr_assert(answers(WM_CLASS_SENSOR, 1) && answers(WM_CLASS_AUX, 1));
    must_do("plant:cable('webmanager', plant.current_sensor[1]):cut()");
    cr_assert_not(answers(WM_CLASS_SENSOR, 1));
    cr_assert_not(answers(WM_CLASS_AUX, 1), "it hangs behind the sensor");
    cr_assert_null(sim_plant_idle_fault(stage.plant));
}

Test(topology, a_repeater_without_power_passes_nothing_on)
{
    must_open(
        "plant 'x' { modules = 4, current_sensors = 1, wiring = { repeater = { cable = 80 },\n"
        "  line = { { modules = { 1, 4 }, cable = 40 } } } }");
    expect_lost(4, 0, 0);
    must_do("plant.repeater:unplug()");
    expect_lost(4, 1, 4);
    cr_assert(answers(WM_CLASS_SENSOR, 1));
    must_do("plant.repeater:plug()");
    expect_lost(4, 0, 0);
    cr_assert_null(sim_plant_idle_fault(stage.plant));
}

Test(topology, what_is_beyond_a_cut_is_neither_reset_nor_registered_nor_summed)
{
    must_open("plant 'x' { modules = 4, exact = true, module = { voltage = 13 } }");
    must_do("plant:cable('module[2]', 'module[3]'):cut()");
    cr_assert_eq(stage_number(&stage, "plant.voltage_sum.value"), 26);
    struct sim_frame answer;
    must_do("plant.module[3]:press()");
    cr_assert_not(
        stage_ask(&stage, wm_message_register_address, WM_CLASS_BROADCAST, 0, 9, &answer));
    cr_assert_not(stage_ask(&stage, wm_message_reset_address, WM_CLASS_BROADCAST, 0, 0, &answer));
    must_do("plant:cable('module[2]', 'module[3]'):mend()");
    for (int32_t m = 1; m <= 4; m++) {
        cr_assert_eq(answers(WM_CLASS_MODULE, m), m > 2, "module %d", (int)m);
    }
    cr_assert_not(answers(WM_CLASS_MODULE, 9));
}

/* A cut during an answer: the module has done what it was asked, and nobody hears of it. */
Test(topology, an_answer_on_its_way_is_lost_with_the_cable)
{
    must_open("plant 'x' { modules = 2 }");
    struct sim_frame question = {.message = wm_message_set_bypass,
                                 .direction = WM_QUESTION,
                                 .address_class = WM_CLASS_MODULE,
                                 .address = 2,
                                 .values = {250}};
    uint8_t bytes[WM_FRAME_SIZE_MAX];
    size_t size = sim_frame_encode(&question, bytes);
    cr_assert_eq(stage.bus.ops->transmit(stage.bus.self, bytes, size), WM_OK);
    must_do("plant:cable('module[1]', 'module[2]'):cut()");
    stage_wait(&stage, 0.1);
    cr_assert_eq(stage.bus.ops->receive(stage.bus.self, bytes, sizeof bytes), 0);
    cr_assert_eq(stage_number(&stage, "plant.module[2].bypass.value"), 25);
}

static int told;

static void count_told(void *context)
{
    (void)context;
    told++;
}

Test(topology, who_is_cut_off_is_silent_to_a_judge_too)
{
    must_open(cellar);
    told = 0;
    sim_truth_watch(stage.plant, count_told, NULL);
    must_do("plant:cable('webmanager', 'box[1]'):cut()");
    cr_assert_eq(told, 1, "at once");
    cr_assert_eq(sim_truth_module(stage.plant, 40).device.presence, SIM_SILENT);
    cr_assert_eq(sim_truth_aux(stage.plant, 2).device.presence, SIM_SILENT);
    cr_assert_eq(sim_truth_aux(stage.plant, 1).device.presence, SIM_ANSWERS);
    cr_assert_eq(sim_truth_sensor(stage.plant, 1).device.presence, SIM_ANSWERS);
    must_do("plant:cable('webmanager', 'box[1]'):mend()");
    cr_assert_eq(told, 2);
    cr_assert_eq(sim_truth_module(stage.plant, 40).device.presence, SIM_ANSWERS);
    stage_close(&stage);
    must_open("plant 'x' { modules = 3, wiring = { allow = 'F', line = { { modules = { 1, 3 },\n"
              "  between = { 0.4, 0.5 } } } } }");
    cr_assert_eq(sim_truth_module(stage.plant, 2).device.presence, SIM_ANSWERS);
    cr_assert_eq(sim_truth_module(stage.plant, 3).device.presence, SIM_UNSURE);
}

Test(topology, a_cut_that_nobody_met_is_told_of)
{
    must_open(cellar);
    must_do("plant:cable('module[9]', 'module[10]'):cut()");
    cr_assert(answers(WM_CLASS_MODULE, 9) && answers(WM_CLASS_AUX, 2));
    cr_assert_str_eq(
        sim_plant_idle_fault(stage.plant),
        "cable(\"module[9]\", \"module[10]\"):cut() was asked for and nobody beyond it "
        "was asked since");
    cr_assert_not(answers(WM_CLASS_MODULE, 10));
    cr_assert_null(sim_plant_idle_fault(stage.plant));
    must_do("plant:cable('box[1]', 'module[20]'):cut()");
    cr_assert(answers(WM_CLASS_MODULE, 19));
    cr_assert_not_null(sim_plant_idle_fault(stage.plant));
    must_do("plant:cable('box[1]', 'module[20]'):mend()");
    cr_assert(answers(WM_CLASS_MODULE, 20));
    cr_assert_not_null(sim_plant_idle_fault(stage.plant), "mended before anybody met it");
}

Test(topology, an_unplugged_repeater_that_nobody_met_is_told_of)
{
    must_open("plant 'x' { modules = 2, gx_r_aux = 1, wiring = { repeater = {},\n"
              "  line = { { modules = { 1, 2 }, at = 'webmanager' } },\n"
              "  gx_r_aux = { { at = 'repeater' } } } }");
    must_do("plant.repeater:unplug()");
    cr_assert(answers(WM_CLASS_MODULE, 1) && answers(WM_CLASS_MODULE, 2));
    cr_assert_str_eq(sim_plant_idle_fault(stage.plant),
                     "repeater:unplug() was asked for and nobody behind it was asked since");
    cr_assert_not(answers(WM_CLASS_AUX, 1));
    cr_assert_null(sim_plant_idle_fault(stage.plant));
}

Test(topology, a_wrong_word_about_cables_says_what_is_right)
{
    static const char *const wrong[][2] = {
        {"plant:cable('box[1]', 'module[2]'):cut()",
         "no cable joins box[1] and module[2]; from box[1] a cable goes to webmanager, box[2], "
         "module[1], module[11], module[20]"},
        {"plant:cable('box[3]', 'module[2]'):cut()", "from box[3] a cable goes to nothing"},
        {"plant:cable('webmanger', 'box[1]'):cut()", "cable takes two ends, as in plant:cable("},
        {"plant:cable('module[0]', 'box[1]'):cut()", "cable takes two ends"},
        {"plant:cable('module[513]', 'box[1]'):cut()", "cable takes two ends"},
        {"plant:cable('module[1', 'box[1]'):cut()", "cable takes two ends"},
        {"plant:cable(plant.string[1], 'box[1]'):cut()", "cable takes two ends"},
        {"plant:cable('box[1]', 'box[2]'):brake()", "cable has no property \"brake\""},
        {"plant:cable('box[1]', 'box[2]'):brake()", "it can: cut, heal, mend, too_long"},
        {"plant.repeater:unplug()", "this plant has no repeater"},
    };
    must_open(cellar);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        const char *error = stage_lua(&stage, wrong[i][0]);
        cr_assert_not_null(error, "%s", wrong[i][0]);
        cr_assert_not_null(strstr(error, wrong[i][1]), "%s\nsaid: %s", wrong[i][0], error);
    }
    cr_assert_eq(stage_number(&stage, "tostring(plant:cable('box[2]', 'box[1]')) =="
                                      "'cable(\"box[1]\", \"box[2]\")'"),
                 1);
}

/* ---- beyond a limit --------------------------------------------------------------------- */

/* How many of a thousand questions to a module are answered soundly. */
static int sound_of_thousand(int32_t module)
{
    int sound = 0;
    for (int i = 0; i < 1000; i++) {
        sound += answers(WM_CLASS_MODULE, module);
    }
    return sound;
}

/* The line's last module is so many metres from the webmanager, beyond 50 m. */
static void open_long_line(double length_m)
{
    char text[200];
    (void)snprintf(text, sizeof text,
                   "plant 'x' { modules = 3, wiring = { allow = { 'E'%s },\n"
                   " line = { { cable = %.3f, modules = { 1, 3 } } } } }",
                   length_m > 60 ? ", 'total'" : "", length_m - 0.8);
    must_open(text);
}

Test(topology, frames_beyond_a_limit_are_lost_the_more_the_farther)
{
    /* A frame survives with the share that is left of each limit, each way: 0.9^2, 0.8^2, and
     * beyond both limits (0.5 x 0.75)^2. At twice the limit nothing comes through. */
    static const struct {
        double length_m;
        int fewest, most;
    } lines[] = {{55, 760, 860}, {60, 590, 690}, {75, 100, 180}, {100, 0, 0}, {200, 0, 0}};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        open_long_line(lines[i].length_m);
        int sound = sound_of_thousand(3);
        cr_assert(sound >= lines[i].fewest && sound <= lines[i].most, "%g m: %d of 1000",
                  lines[i].length_m, sound);
        stage_close(&stage);
    }
}

Test(topology, what_is_before_the_limit_is_not_disturbed)
{
    must_open("plant 'x' { modules = 4, wiring = { allow = 'F',\n"
              "  line = { { modules = { 1, 4 }, between = { 0.4, 0.5, 0.3 } } } } }");
    cr_assert_eq(sound_of_thousand(2), 1000);
    int at = sound_of_thousand(3), beyond = sound_of_thousand(4);
    cr_assert(at > 500 && at < 620, "a quarter, each way: %d", at);
    cr_assert(beyond > 500 && beyond < 620, "as bad behind it: %d", beyond);
}

Test(topology, a_broken_rule_that_spoilt_no_frame_is_told_of)
{
    open_long_line(55);
    cr_assert_str_eq(sim_plant_idle_fault(stage.plant),
                     "a wiring rule was allowed to be broken and no frame was corrupted by it");
    (void)sound_of_thousand(3);
    cr_assert_null(sim_plant_idle_fault(stage.plant));
    stage_close(&stage);
    must_open("plant 'x' { wiring = { allow = 'boxes', box = { {}, {}, {}, {} },\n"
              "  line = { { at = 'box[1]', modules = { 1, 1 } } } } }");
    cr_assert_eq(sound_of_thousand(1), 1000);
    cr_assert_not_null(sim_plant_idle_fault(stage.plant), "nothing hangs on the fourth box");
}

Test(topology, the_same_seed_loses_the_same_frames)
{
    bool is_sound[200];
    for (int run = 0; run < 2; run++) {
        open_long_line(75);
        for (int i = 0; i < 200; i++) {
            bool now = answers(WM_CLASS_MODULE, 3);
            cr_assert(run == 0 || is_sound[i] == now, "question %d", i);
            is_sound[i] = now;
        }
        stage_close(&stage);
    }
}

/* ---- words ------------------------------------------------------------------------------ */

static const char *const refusals[][2] = {
    {"wiring = 3", "plant.lua:1: wiring is a table, not a number"},
    {"wiring = { lines = {} }", "wiring has no property \"lines\"; it has: allow, box, com2,"},
    {"wiring = { line = { { modules = { 1, 1 }, length = 3 } } }",
     "wiring.line[1] has no property \"length\"; it has: at, back, between, cable, modules, ring"},
    {"wiring = { line = { {} } }", "wiring.line[1].modules is a table, not a nil"},
    {"wiring = { line = { { modules = { 1, 2 } } } }",
     "wiring.line[1].modules is the first and the last module of the line, as in { 1, 1 }"},
    {"modules = 4, wiring = { line = { { modules = { 1, 2, 4 } } } }",
     "wiring.line[1].modules[3] is not there: it has 2"},
    {"modules = 4, wiring = { line = { { modules = { 2, 1 } } } }",
     "wiring.line[1].modules is the"},
    {"modules = 4, wiring = { line = { { modules = { 0, 4 } } } }",
     "wiring.line[1].modules is the"},
    {"modules = 4, wiring = { line = { { modules = { 1, 5 } } } }",
     "wiring.line[1].modules is the"},
    {"modules = 4, wiring = { line = { { modules = { 1, 3 } } } }",
     "wiring.line: module[4] hangs on no line"},
    {"modules = 4, wiring = { line = { { modules = { 1, 3 } }, { modules = { 3, 4 } } } }",
     "wiring.line[2].modules: module[3] hangs on another line already"},
    {"wiring = { line = { { modules = { 1, 1 }, cable = 0 } } }",
     "wiring.line[1].cable is a length in m, from 0.01 to 1000, not 0"},
    {"wiring = { line = { { modules = { 1, 1 }, cable = 0/0 } } }", "from 0.01 to 1000"},
    {"wiring = { line = { { modules = { 1, 1 }, at = 'box[1]' } } }",
     "wiring.line[1].at: \"box[1]\" is not in this plant; a cable begins at webmanager,"},
    {"wiring = { box = { {}, {} }, line = { { modules = { 1, 1 } } } }",
     "wiring.line[1] says not where it begins; write at = \"box[1]\""},
    {"wiring = { box = { { at = 'box[1]' } } }", "\"box[1]\" is itself beyond this one"},
    {"modules = 2, wiring = { line = { { modules = { 1, 1 } },\n"
     " { modules = { 2, 2 }, at = 'module[1]' } } }",
     "wiring.line[2].at is webmanager, repeater or box[n], not \"module[1]\""},
    {"gx_r_aux = 1, wiring = { box = { { at = 'gx_r_aux[1]' } } }",
     "wiring.box[1].at is webmanager, repeater or box[n], not \"gx_r_aux[1]\""},
    {"wiring = { repeater = { at = 'module[1]' }, line = { { modules = { 1, 1 },\n"
     " at = 'webmanager' } } }",
     "wiring.repeater.at is webmanager, repeater or box[n], not \"module[1]\""},
    {"modules = 2, wiring = { line = { { modules = { 1, 2 }, back = 3 } } }",
     "wiring.line[1].back is the cable that closes a ring; say ring = true"},
    {"wiring = { line = { { modules = { 1, 1 }, ring = true } } }", "one module makes no ring"},
    {"wiring = { line = { { modules = { 1, 1 }, ring = 1 } } }", "ring is a boolean, not a number"},
    {"modules = 3, wiring = { line = { { modules = { 1, 1 } }, { modules = { 2, 2 } },\n"
     " { modules = { 3, 3 } } } }",
     "module[3]: webmanager has 2 bus ports, taken by module[1] and module[2]; hang it elsewhere"},
    {"modules = 3, gx_r_aux = 1, wiring = { gx_r_aux = { { at = 'module[2]' } } }",
     "gx_r_aux[1]: module[2] has 2 bus ports, taken by module[1] and module[3]"},
    {"modules = 2, current_sensors = 1, wiring = { line = { { modules = { 1, 2 }, ring = true } } "
     "}",
     "wiring.current_sensor[1] finds no free bus port; say where it hangs"},
    {"current_sensors = 1, gx_r_aux = 1, wiring = {\n current_sensor = { { at = 'gx_r_aux[1]' } "
     "},\n"
     " gx_r_aux = { { at = 'current_sensor[1]' } } }",
     "is itself beyond this one"},
    {"gx_r_aux = 1, wiring = { gx_r_aux = { {}, {} } }", "wiring.gx_r_aux[2] is not there"},
    {"wiring = { repeater = true }", "wiring.repeater is a table, not a boolean"},
    {"wiring = { power_supply = '12V' }", "power_supply is \"12V2A\" or \"12V3A\", not \"12V\""},
    {"wiring = { allow = 'e' }", "allow: there is no wiring rule \"e\"; there are: A, C, D, E, F,"},
    {"wiring = { allow = { 'E', 3 } }", "allow: there is no wiring rule 3"},
    {"wiring = { allow = true }", "allow is a table, not a boolean"},
};

Test(topology, a_wrong_word_of_wiring_says_what_is_right)
{
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        char text[400];
        (void)snprintf(text, sizeof text, "plant 'x' { %s }", refusals[i][0]);
        must_say(text, refusals[i][1]);
    }
}

Test(topology, what_is_left_out_is_hung_where_there_is_room)
{
    must_open("plant 'x' { modules = 60, current_sensors = 1, gx_r_aux = 1,\n"
              "            wiring = { repeater = {} } }");
    must_do("assert(plant:cable('repeater', 'box[1]') and plant:cable('box[1]', 'module[51]'))\n"
            "assert(plant:cable('webmanager', 'current_sensor[1]'))\n"
            "assert(plant:cable('current_sensor[1]', 'gx_r_aux[1]'))");
    stage_close(&stage);
    must_open("plant 'x' { modules = 2, wiring = { repeater = {} } }");
    must_do("assert(plant:cable('repeater', 'module[1]'))");
    stage_close(&stage);
    must_open("plant 'x' { modules = 4, gx_r_aux = 1, wiring = { repeater = {},\n"
              "  line = { { modules = { 1, 2 }, at = 'webmanager' }, { modules = { 3, 4 } } } } }");
    must_do(
        "assert(plant:cable('repeater', 'module[3]') and plant:cable('repeater', 'gx_r_aux[1]'))");
    stage_close(&stage);
    must_open("plant 'x' { modules = 251 }");
    must_do(
        "assert(plant:cable('box[1]', 'module[151]') and plant:cable('box[2]', 'module[201]'))\n"
        "assert(plant:cable('box[2]', 'module[251]') and plant:cable('box[1]', 'box[2]'))");
}

Test(topology, what_hangs_where_may_be_told_in_any_order)
{
    must_open("plant 'x' { modules = 2, current_sensors = 1, gx_r_aux = 2, wiring = {\n"
              "  repeater = { at = 'box[1]', cable = 50 },\n"
              "  box = { {}, { at = 'repeater', cable = 10 } },\n"
              "  line = { { at = 'box[2]', modules = { 1, 2 }, cable = 40 } },\n"
              "  current_sensor = { { at = 'gx_r_aux[2]' } },\n"
              "  gx_r_aux = { { at = 'module[2]' }, { at = 'webmanager' } } } }");
    must_do("assert(plant:cable('webmanager', 'box[1]') and plant:cable('box[1]', 'repeater'))");
    must_do("assert(plant:cable('webmanager', 'gx_r_aux[2]'))");
    must_do("plant:cable('repeater', 'box[2]'):cut()");
    expect_lost(2, 1, 2);
    cr_assert(answers(WM_CLASS_SENSOR, 1) && answers(WM_CLASS_AUX, 2));
    cr_assert_not(answers(WM_CLASS_AUX, 1));
}
