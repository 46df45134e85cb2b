/*
 * test_oracle_values.c — the judge of values is judged: truths, answers and views made by hand, and
 * mappers that show one number wrong.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "firmware/board/host/oracle_values.h"
#include "firmware/core/settings.h"
#include "firmware/service/modbus/registers.h"

enum { MODULES = 64, STRINGS = 2, EACH = MODULES / STRINGS, SENSORS = 2, AUX = 1, MS = 1000 };

/* A bank, and what the webmanager makes of it, written by the test. */
struct court {
    struct oracle *oracle;
    struct oracle_values *values;
    int64_t now_us;
    struct sim_truth_module module[MODULES];
    struct sim_truth_sensor sensor[SENSORS];
    struct sim_truth_aux aux[AUX];
    struct wm_view view;
};

static struct court court;

/* What the mappers show instead. */
static struct {
    int32_t number; /* of the register; 0: none is wrong */
    uint16_t shown;
    size_t length; /* of the OID; 0: none is wrong */
    uint32_t oid[WM_OID_MAX];
    int32_t object_shown;
} fault;

static void image_fill(const struct wm_view *view, uint16_t image[WM_REGISTERS])
{
    mbs_image_fill(view, image);
    if (fault.number != 0) {
        image[fault.number - WM_REGISTER_FIRST] = fault.shown;
    }
}

static void object_spoil(const uint32_t *oid, size_t length, struct snmps_value *value)
{
    if (snmps_oid_compare(oid, length, fault.oid, fault.length) == 0) {
        value->integer = fault.object_shown;
        value->ticks = (uint32_t)fault.object_shown;
        value->oid[value->type == SNMPS_OID ? value->oid_length - 1 : 0] =
            (uint32_t)fault.object_shown;
    }
}

static enum snmps_found get(const struct snmps_mib *mib, const struct snmps_source *source,
                            const uint32_t *oid, size_t length, struct snmps_value *value)
{
    const enum snmps_found found = snmps_get(mib, source, oid, length, value);
    object_spoil(oid, length, value);
    return found;
}

static void place_value(const struct snmps_mib *mib, const struct snmps_source *source,
                        const struct snmps_place *place, struct snmps_value *value)
{
    uint32_t oid[WM_OID_MAX];
    snmps_place_value(mib, source, place, value);
    object_spoil(oid, snmps_place_oid(mib, place, oid), value);
}

/* From now on the register, the object, or both show this. */
static void reads(int32_t number, int32_t shown)
{
    fault.number = number;
    fault.shown = (uint16_t)shown;
}

#define OBJECT_READS(shown, ...)                                                                   \
    do {                                                                                           \
        const uint32_t below[] = {1, 3, 6, 1, 2, 1, 33, 5, __VA_ARGS__};                           \
        memcpy(fault.oid, below, sizeof below);                                                    \
        fault.length = sizeof below / sizeof *below;                                               \
        fault.object_shown = (shown);                                                              \
    } while (0)

static void nothing_is_wrong(void)
{
    memset(&fault, 0, sizeof fault);
}

/* ---- truth and answers ------------------------------------------------------------------ */

static struct sim_band band(int32_t low, int32_t high)
{
    return (struct sim_band){low, high};
}

static void module_is(int32_t m)
{
    oracle_module(court.oracle, m, &court.module[m], court.now_us);
    oracle_values_module(court.values, m, &court.module[m]);
}

static void sensor_is(int32_t i)
{
    oracle_sensor(court.oracle, i, &court.sensor[i], court.now_us);
    oracle_values_sensor(court.values, i, &court.sensor[i]);
}

static void aux_is(int32_t i)
{
    oracle_aux(court.oracle, i, &court.aux[i], court.now_us);
    oracle_values_aux(court.values, i, &court.aux[i]);
}

static void voltage_is(int32_t m, int32_t low_mV, int32_t high_mV)
{
    court.module[m].voltage_mV = band(low_mV, high_mV);
    module_is(m);
}

static void ask(enum wm_class class, int32_t index, enum wm_message_id message)
{
    oracle_asked(court.oracle, class, index, message, court.now_us);
    oracle_values_asked(court.values, class, index, message);
    court.now_us += 10 * MS;
}

static void answer(const int32_t *values)
{
    court.now_us += 10 * MS;
    oracle_answered(court.oracle, values, court.now_us);
    oracle_values_answered(court.values, values, court.now_us);
}

static void measure_answer(int32_t mV, int32_t ddegC, int32_t permille)
{
    const int32_t values[WM_FIELDS_MAX] = {
        [wm_answer_measure_voltage_mV] = mV,
        [wm_answer_measure_temperature_ddegC] = ddegC,
        [wm_answer_measure_bypass_permille] = permille,
    };
    answer(values);
}

#define VALID(name) (1U << (wm_point_module_##name - wm_point_module_position))

/* The module answers this; the webmanager takes it. */
static void measure(int32_t m, int32_t mV, int32_t ddegC, int32_t permille)
{
    struct wm_view_module *shown = &court.view.module[m];
    ask(WM_CLASS_MODULE, m, wm_message_measure);
    measure_answer(mV, ddegC, permille);
    shown->valid |= VALID(voltage) | VALID(temperature) | VALID(bypass);
    shown->voltage_mV = mV;
    shown->temperature_mdegC = ddegC * 100;
    shown->bypass_permille = permille;
}

static void measure_voltage(int32_t m, int32_t mV)
{
    measure(m, mV, 240, 0);
}

static void measure_resistance(int32_t m, int32_t uOhm, int32_t taken_uOhm)
{
    const int32_t values[WM_FIELDS_MAX] = {[wm_answer_impedance_resistance_uOhm] = uOhm};
    ask(WM_CLASS_MODULE, m, wm_message_impedance);
    answer(values);
    court.view.module[m].valid |= VALID(resistance);
    court.view.module[m].resistance_uOhm = taken_uOhm;
}

static void identify(int32_t m, int32_t type_code)
{
    const int32_t values[WM_FIELDS_MAX] = {[wm_answer_identify_type_code] = type_code};
    ask(WM_CLASS_MODULE, m, wm_message_identify);
    answer(values);
}

static void measure_current(int32_t i, int32_t mA, int32_t ac_mA)
{
    const int32_t values[WM_FIELDS_MAX] = {
        [wm_answer_read_sensor_current_mA] = mA,
        [wm_answer_read_sensor_current_ac_mA] = ac_mA,
    };
    ask(WM_CLASS_SENSOR, i, wm_message_read_sensor);
    answer(values);
    court.view.sensor[i].link_choice = wm_state_sensor_link_present;
    court.view.string[i].valid |= 1U << (wm_point_string_current - wm_point_string_position);
    court.view.string[i].valid |= 1U << (wm_point_string_current_ac - wm_point_string_position);
    court.view.string[i].current_mA = mA;
    court.view.string[i].current_ac_mA = ac_mA;
}

static void lines_show(int32_t inputs, int32_t outputs)
{
    for (int line = 0; line < WM_AUX_LINES; line++) {
        court.view.aux_input[line] = (struct wm_view_aux_line){1, inputs >> line & 1};
        court.view.aux_output[line] = (struct wm_view_aux_line){1, outputs >> line & 1};
    }
}

static void measure_aux(int32_t inputs, int32_t outputs)
{
    const int32_t values[WM_FIELDS_MAX] = {
        [wm_answer_read_aux_inputs] = inputs,
        [wm_answer_read_aux_outputs] = outputs,
    };
    ask(WM_CLASS_AUX, 0, wm_message_read_aux);
    answer(values);
    court.view.aux[0].link_choice = wm_state_aux_link_present;
    lines_show(inputs, outputs);
}

/* ---- views ------------------------------------------------------------------------------ */

static bool counts(const struct wm_view_module *module)
{
    return module->voltage_mV > 0 && (module->alarm_flags & wm_flag_alarm_communication_lost) == 0;
}

/* Sums, averages and words from the modules' records. */
static void add_up(void)
{
    struct wm_view_system *system = &court.view.system;
    const uint32_t voltages = 1U << (wm_point_string_voltage_sum - wm_point_string_position) |
                              1U << (wm_point_string_voltage_average - wm_point_string_position);
    int32_t all = 0;
    system->voltage_sum_mV = 0;
    system->alarm_flags = 0;
    for (int32_t i = 0; i < STRINGS; i++) {
        struct wm_view_string *string = &court.view.string[i];
        int32_t count = 0;
        string->voltage_sum_mV = 0;
        string->alarm_flags = 0;
        for (int32_t m = i * EACH; m < (i + 1) * EACH; m++) {
            const struct wm_view_module *module = &court.view.module[m];
            string->alarm_flags |= module->alarm_flags;
            string->voltage_sum_mV += counts(module) ? module->voltage_mV : 0;
            count += counts(module);
        }
        string->valid = count > 0 ? string->valid | voltages : string->valid & ~voltages;
        string->voltage_average_uV =
            count > 0 ? (int32_t)(string->voltage_sum_mV * INT64_C(1000) / count) : 0;
        all += count;
        system->voltage_sum_mV += string->voltage_sum_mV;
        system->alarm_flags |= string->alarm_flags;
    }
    system->voltage_average_uV =
        all > 0 ? (int32_t)(system->voltage_sum_mV * INT64_C(1000) / all) : 0;
    system->alarms_present_count = court.view.alarm_rows;
}

static void publish(void)
{
    add_up();
    court.view.generation++;
    court.view.published_ms = court.now_us / MS;
    oracle_published(court.oracle, &court.view, court.now_us);
    oracle_values_published(court.values, &court.view, court.now_us);
}

static void lost(int32_t m)
{
    struct wm_view_module *shown = &court.view.module[m];
    shown->valid = VALID(position) | VALID(alarm);
    shown->alarm_flags = wm_flag_alarm_communication_lost | wm_flag_alarm_general_alarm;
}

static void back(int32_t m)
{
    court.view.module[m].alarm_flags = 0;
}

static void bank_fill(void)
{
    for (int32_t m = 0; m < MODULES; m++) {
        court.module[m] = (struct sim_truth_module){
            .device = {SIM_ANSWERS, 1000},
            .voltage_mV = band(13000 + m, 13002 + m),
            .temperature_mdegC = band(23900, 24100),
            .resistance_uOhm = band(4590, 4610),
        };
        court.view.module[m] = (struct wm_view_module){
            .valid = VALID(position) | VALID(alarm),
            .position_index = m,
            .link_choice = wm_state_module_link_present,
        };
        module_is(m);
    }
    for (int32_t i = 0; i < STRINGS; i++) {
        court.view.string[i].valid = 1U | 1U << (wm_point_string_alarm - wm_point_string_position) |
                                     1U << (wm_point_string_alarm2 - wm_point_string_position);
        court.view.string[i].position_index = i;
    }
    for (int32_t i = 0; i < SENSORS; i++) {
        court.sensor[i] = (struct sim_truth_sensor){
            .device = {SIM_ANSWERS, 1000},
            .current_mA = band(-6510, 6510),
            .current_ac_mA = band(1250, 1250),
        };
        sensor_is(i);
    }
    court.aux[0] = (struct sim_truth_aux){{SIM_ANSWERS, 1000}, 0x0D, 0x02};
    aux_is(0);
}

static void opens(void)
{
    static const struct oracle_mappers mappers = {image_fill, get, place_value};
    memset(&court, 0, sizeof court);
    nothing_is_wrong();
    court.oracle = oracle_open();
    court.values = oracle_values_open(court.oracle, MODULES, STRINGS, &mappers);
    cr_assert(court.oracle != NULL && court.values != NULL);
    wm_settings_reset(&court.view.settings);
    court.view.settings.value[wm_setting_bank_modules] = MODULES;
    court.view.settings.value[wm_setting_bank_strings] = STRINGS;
    court.view.settings.value[wm_setting_bank_current_sensors] = SENSORS;
    court.view.settings.value[wm_setting_bank_aux_units] = AUX;
    court.view.boots = 1;
    court.view.system.valid = UINT32_MAX;
    court.view.system.modules_count = MODULES;
    court.view.system.strings_count = STRINGS;
    bank_fill();
    publish();
    for (int32_t m = 0; m < MODULES; m++) {
        measure_voltage(m, 13001 + m);
        measure_resistance(m, 4600, 4600);
    }
    measure_current(0, 6500, 1250);
    measure_current(1, -6500, 1250);
    measure_aux(0x0D, 0x02);
    publish();
}

static void closes(void)
{
    oracle_values_close(court.values);
    oracle_close(court.oracle);
}

TestSuite(oracle_values, .init = opens, .fini = closes);

static void says_nothing(void)
{
    const char *verdict = oracle_values_verdict(court.values);
    cr_assert_null(verdict, "%s", verdict);
}

static void says(const char *text)
{
    const char *verdict = oracle_values_verdict(court.values);
    cr_assert_not_null(verdict, "no verdict where \"%s\" was due", text);
    cr_assert_not_null(strstr(verdict, text), "\"%s\" is not in: %s", text, verdict);
}

static void setting_is(enum wm_setting setting, int32_t value)
{
    court.view.settings.value[setting] = value;
}

/* ---- an answer and the windows ---------------------------------------------------------- */

Test(oracle_values, what_was_told_is_shown_and_there_is_nothing_to_say)
{
    publish();
    says_nothing();
}

Test(oracle_values, a_verdict_has_both_places_both_numbers_and_the_plants)
{
    reads(1066, 13003);
    publish();
    says("module 2, voltage: register 1066 shows 13003 (13.003 V), wanted 13002; "
         "bacsModuleVoltage (1.3.6.1.2.1.33.5.2.5.1.2.2) shows 1300 (13 V), wanted 1300; "
         "by the plant it is 13.001 to 13.003 V, answered at ");
    says(" as 13.002 V; seen at ");
}

Test(oracle_values, the_first_verdict_stays)
{
    reads(1066, 13003);
    publish();
    nothing_is_wrong();
    reads(1071, 0);
    publish();
    says("module 2, voltage");
}

/* Any temperature, and no level to warn of it. */
static void temperatures_are_free(void)
{
    setting_is(wm_setting_temperature_low_alarm, 0);
    setting_is(wm_setting_temperature_low_warn, 0);
    setting_is(wm_setting_temperature_high_warn, 0);
    setting_is(wm_setting_temperature_high_alarm, 0);
    court.module[0].temperature_mdegC = band(-40000, 125000);
    module_is(0);
}

/* Exactly `shown` in a register and its object passes, one more or less fails. */
static void pinned(int32_t number, int32_t shown, const uint32_t *arc, int32_t object_shown)
{
    nothing_is_wrong();
    reads(number, shown);
    OBJECT_READS(object_shown, 2, arc[0], 1, arc[1], arc[2]);
    publish();
    says_nothing();
}

/* As the whole bank of another court; a verdict stays, so each edge has its own. */
static void pinned_beyond(int32_t number, int32_t shown)
{
    reads(number, shown - 1);
    publish();
    cr_assert_not_null(oracle_values_verdict(court.values), "%d", (int)shown - 1);
}

static const uint32_t voltage_1[] = {5, 2, 1};
static const uint32_t temperature_1[] = {5, 3, 1};
static const uint32_t bypass_1[] = {5, 4, 1};
static const uint32_t resistance_1[] = {5, 5, 1};
static const uint32_t total_1[] = {7, 3, 1};
static const uint32_t current_1[] = {7, 2, 1};

Test(oracle_values, a_voltage_is_rounded_once_half_up)
{
    voltage_is(0, 13004, 13005);
    measure_voltage(0, 13004);
    pinned(1061, 13004, voltage_1, 1300);
    measure_voltage(0, 13005);
    pinned(1061, 13005, voltage_1, 1301);
    OBJECT_READS(1300, 2, 5, 1, 2, 1);
    publish();
    says("bacsModuleVoltage (1.3.6.1.2.1.33.5.2.5.1.2.1) shows 1300 (13 V), wanted 1301");
}

Test(oracle_values, a_temperature_is_in_half_degrees_from_39_below)
{
    static const struct {
        int32_t ddegC, number, object;
    } rows[] = {
        {240, 126, 240},  {242, 126, 242}, {243, 127, 243},   {-390, 0, -390},
        {-400, -2, -400}, {-389, 0, -389}, {1250, 328, 1250}, {0, 78, 0},
    };
    temperatures_are_free();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        measure(0, 13001, rows[i].ddegC, 0);
        pinned(1060, rows[i].number, temperature_1, rows[i].object);
    }
    pinned_beyond(1060, 78);
    says("register 1060 shows 77 (-0.5 degC), wanted 78");
}

Test(oracle_values, in_fahrenheit_the_object_and_only_the_object_changes)
{
    static const struct {
        int32_t ddegC, number, object;
    } rows[] = {
        {275, 133, 815}, {243, 127, 757}, {-400, -2, -400}, {1250, 328, 2570}, {1, 78, 322}};
    temperatures_are_free();
    setting_is(wm_setting_temperature_unit, 1);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        measure(0, 13001, rows[i].ddegC, 0);
        pinned(1060, rows[i].number, temperature_1, rows[i].object);
    }
    OBJECT_READS(1, 2, 5, 1, 3, 1);
    publish();
    says("shows 1 (-17.72222222 degC), wanted 322");
}

Test(oracle_values, a_bypass_is_in_percent_and_in_tenths)
{
    court.module[0].bypass_permille = 505;
    module_is(0);
    measure(0, 13001, 240, 505);
    pinned(1064, 51, bypass_1, 505);
    pinned_beyond(1064, 51);
    says("module 1, bypass: register 1064 shows 50 (50 %), wanted 51");
}

Test(oracle_values, a_resistance_is_in_hundredths_and_held_in_its_range)
{
    court.module[0].resistance_uOhm = band(100, 99000);
    module_is(0);
    measure_resistance(0, 4605, 4605);
    pinned(1062, 461, resistance_1, 461);
    measure_resistance(0, 4604, 4604);
    pinned(1062, 460, resistance_1, 460);
    measure_resistance(0, 99000, 60000);
    pinned(1062, 6000, resistance_1, 6000);
    measure_resistance(0, 100, 500);
    pinned(1062, 50, resistance_1, 50);
    nothing_is_wrong();
    court.view.module[0].resistance_uOhm = 100;
    publish();
    says("module 1, resistance: register 1062 shows 10 (0.1 mOhm), wanted 50");
}

/* ---- an answer and the plant ------------------------------------------------------------ */

Test(oracle_values, an_answer_at_the_edges_of_its_device_is_the_plants)
{
    measure_voltage(0, 13000);
    publish();
    measure_voltage(0, 13002);
    publish();
    says_nothing();
}

Test(oracle_values, a_millivolt_below_is_not)
{
    measure_voltage(0, 12999);
    publish();
    says("register 1061 shows 12999 (12.999 V), wanted 12999");
    says("by the plant it is 13 to 13.002 V, answered at");
}

Test(oracle_values, nor_is_a_millivolt_above)
{
    measure_voltage(0, 13003);
    publish();
    says("module 1, voltage");
}

Test(oracle_values, each_quantity_has_its_edge)
{
    court.module[0].bypass_permille = 100;
    module_is(0);
    measure(0, 13001, 241, 100);
    measure(0, 13001, 239, 100);
    measure_resistance(0, 4590, 4590);
    measure_resistance(0, 4610, 4610);
    measure_current(0, 6510, 1250);
    measure_current(1, -6510, 1250);
    publish();
    says_nothing();
}

Test(oracle_values, a_tenth_of_a_degree_above_its_edge)
{
    measure(0, 13001, 242, 0);
    publish();
    says("module 1, temperature");
}

Test(oracle_values, a_permille_above_its_edge)
{
    measure(0, 13001, 240, 1);
    publish();
    says("module 1, bypass");
}

Test(oracle_values, a_resistance_beyond_its_edge)
{
    measure_resistance(0, 4620, 4620);
    publish();
    says("module 1, resistance");
}

Test(oracle_values, a_current_beyond_its_edge)
{
    measure_current(0, 6511, 1250);
    publish();
    says("string 1, current: register 1010 shows 7 (7 A), wanted 7; bacsStringCurrent");
}

Test(oracle_values, a_ripple_beyond_its_edge)
{
    measure_current(1, 0, 1251);
    publish();
    says("string 2, ripple current: register 1018");
}

Test(oracle_values, what_the_plant_was_while_it_was_asked_counts)
{
    ask(WM_CLASS_MODULE, 0, wm_message_measure);
    voltage_is(0, 14000, 14000);
    voltage_is(0, 12500, 12500);
    measure_answer(13700, 240, 0);
    court.view.module[0].voltage_mV = 13700;
    publish();
    says_nothing();
}

Test(oracle_values, what_it_was_before_does_not)
{
    voltage_is(0, 14000, 14000);
    measure_voltage(0, 13001);
    publish();
    says("by the plant it is 14 to 14 V");
}

Test(oracle_values, what_it_is_afterwards_does_not)
{
    ask(WM_CLASS_MODULE, 0, wm_message_measure);
    measure_answer(14000, 240, 0);
    voltage_is(0, 14000, 14000);
    court.view.module[0].voltage_mV = 14000;
    publish();
    says("by the plant it is 13 to 13.002 V");
}

Test(oracle_values, a_drift_since_the_answer_is_not_to_be_shown_yet)
{
    voltage_is(0, 14000, 14000);
    publish();
    says_nothing();
}

Test(oracle_values, nobody_there_has_told_nothing)
{
    court.module[0].device.presence = SIM_SILENT;
    module_is(0);
    measure_voltage(0, 13001);
    publish();
    says("in the plant nobody was there");
}

Test(oracle_values, over_a_disturbed_line_the_plant_binds_nobody)
{
    court.module[0].device.presence = SIM_UNSURE;
    module_is(0);
    measure_voltage(0, 9999);
    publish();
    says_nothing();
}

Test(oracle_values, but_the_windows_show_what_was_told)
{
    court.module[0].device.presence = SIM_UNSURE;
    module_is(0);
    measure_voltage(0, 9999);
    court.view.module[0].voltage_mV = 13001;
    publish();
    says("module 1, voltage: register 1061 shows 13001 (13.001 V), wanted 9999");
}

Test(oracle_values, a_stale_value_is_found_as_soon_as_another_one_was_told)
{
    ask(WM_CLASS_MODULE, 5, wm_message_measure);
    measure_answer(13005, 240, 0);
    publish();
    says("module 6, voltage: register 1086 shows 13006 (13.006 V), wanted 13005");
}

Test(oracle_values, a_value_that_no_block_can_have_is_not_taken)
{
    voltage_is(0, 0, 65535);
    ask(WM_CLASS_MODULE, 0, wm_message_measure);
    measure_answer(22101, 240, 0); /* 1.3 x 17 V, and a millivolt */
    publish();
    ask(WM_CLASS_MODULE, 0, wm_message_measure);
    measure_answer(13000, -401, 0);
    publish();
    ask(WM_CLASS_MODULE, 0, wm_message_measure);
    measure_answer(13000, 1251, 0);
    publish();
    says_nothing();
    measure_voltage(0, 22100);
    publish();
    says_nothing();
}

/* ---- lost, not measured, not configured ------------------------------------------------- */

Test(oracle_values, a_lost_module_reads_0_and_counts_no_more)
{
    court.module[3].bypass_permille = 100;
    module_is(3);
    measure(3, 13004, 240, 100);
    lost(3);
    publish();
    says_nothing();
}

Test(oracle_values, a_lost_module_that_keeps_its_voltage_is_found)
{
    lost(3);
    reads(1076, 13004);
    publish();
    says("module 4, voltage: register 1076 shows 13004 (13.004 V), wanted 0");
    says("it is lost, or was never measured");
}

Test(oracle_values, a_lost_module_that_keeps_its_temperature_in_snmp_is_found)
{
    lost(3);
    OBJECT_READS(320, 2, 5, 1, 3, 4);
    publish();
    says("module 4, temperature: register 1075 shows 0");
}

Test(oracle_values, a_sum_with_a_lost_module_is_found)
{
    lost(3);
    reads(1011, 417);
    publish();
    says("string 1, total voltage: register 1011 shows 417 (417 V), wanted 404");
}

Test(oracle_values, an_average_over_a_lost_module_is_found)
{
    lost(3);
    OBJECT_READS(1261, 2, 7, 1, 4, 1);
    publish();
    says("string 1, average voltage: register 1012 shows 13");
    says("bacsStringAverageVol (1.3.6.1.2.1.33.5.2.7.1.4.1) shows 1261 (12.61 V), wanted 1302");
}

Test(oracle_values, what_is_back_shows_its_new_value)
{
    lost(3);
    publish();
    back(3);
    voltage_is(3, 12700, 12700);
    measure_voltage(3, 12700);
    court.view.module[3].valid |= VALID(resistance); /* the old one, until it is measured */
    publish();
    says_nothing();
}

Test(oracle_values, what_is_back_with_its_old_value_is_found)
{
    lost(3);
    publish();
    back(3);
    voltage_is(3, 12700, 12700);
    ask(WM_CLASS_MODULE, 3, wm_message_measure);
    measure_answer(12700, 240, 0);
    court.view.module[3].valid |= VALID(voltage) | VALID(temperature) | VALID(bypass);
    court.view.module[3].valid |= VALID(resistance);
    publish();
    says("module 4, voltage: register 1076 shows 13004 (13.004 V), wanted 12700");
}

Test(oracle_values, the_resistance_of_another_module_is_not_known)
{
    identify(3, 0);
    publish();
    says_nothing();
    identify(3, 10);
    publish();
    says("module 4, resistance: register 1077 shows 460 (4.6 mOhm), wanted 0");
}

Test(oracle_values, a_start_knows_nothing)
{
    court.view.boots++;
    publish();
    says("module 1, voltage: register 1061 shows 13001 (13.001 V), wanted 0");
}

Test(oracle_values, what_the_programmer_asks_measures_nothing)
{
    court.view.programmer.mode_choice = wm_state_programmer_mode_on;
    publish();
    voltage_is(0, 11000, 11000);
    ask(WM_CLASS_MODULE, 0, wm_message_measure);
    measure_answer(11000, 240, 0);
    publish();
    says_nothing();
}

Test(oracle_values, registers_of_nobody_read_0)
{
    static const int32_t numbers[] = {1005, 1014, 1020, 1380, 2710, 2740, 3649, 3654, 3670, 3681};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        reads(numbers[i], 0);
        publish();
        says_nothing();
    }
    reads(3654, 1);
    publish();
    says("register 3654 shows 1, not 0");
}

Test(oracle_values, a_reserved_register_reads_0)
{
    reads(1014, 1);
    publish();
    says("register 1014 shows 1, not 0");
}

/* ---- strings and the bank --------------------------------------------------------------- */

Test(oracle_values, two_strings_are_told_apart)
{
    reads(1016, 416); /* the first one's */
    publish();
    says("string 2, total voltage: register 1016 shows 416 (416 V), wanted 418");
}

Test(oracle_values, the_factor_is_taken_once)
{
    setting_is(wm_setting_modbus_string_factor, 10);
    pinned(1010, 65, current_1, 650);
    reads(1010, 650);
    publish();
    says("string 1, current: register 1010 shows 650 (65 A), wanted 65");
}

Test(oracle_values, half_an_ampere_is_rounded_away_from_zero)
{
    pinned(1010, 7, current_1, 650);
    nothing_is_wrong();
    reads(1015, -7);
    publish();
    says_nothing();
    reads(1015, -6);
    publish();
    says("string 2, current: register 1015 shows -6 (-6 A), wanted -7");
}

Test(oracle_values, what_does_not_fit_stays_at_the_end_of_the_register)
{
    setting_is(wm_setting_modbus_string_factor, 100);
    pinned(1011, 32767, total_1, 41653);
    nothing_is_wrong();
    reads(1011, 41653); /* modulo 65536 */
    publish();
    says("string 1, total voltage: register 1011 shows -23883 (-238.83 V), wanted 32767");
}

Test(oracle_values, one_sensor_for_all_is_shared)
{
    setting_is(wm_setting_bank_sensor_for_all, 1);
    setting_is(wm_setting_bank_current_sensors, 1);
    for (int32_t i = 0; i < STRINGS; i++) {
        court.view.string[i].current_mA = 3250;
        court.view.string[i].current_ac_mA = 625;
    }
    publish();
    says_nothing();
    OBJECT_READS(650, 2, 7, 1, 2, 2);
    publish();
    says("string 2, current: register 1015 shows 3 (3 A), wanted 3; bacsStringCurrent "
         "(1.3.6.1.2.1.33.5.2.7.1.2.2) shows 650 (6.5 A), wanted 325");
}

Test(oracle_values, the_current_of_a_lost_sensor_reads_0)
{
    court.view.sensor[1].link_choice = wm_state_sensor_link_lost;
    publish();
    says("string 2, current: register 1015 shows -7 (-7 A), wanted 0");
}

Test(oracle_values, a_string_without_a_sensor_has_no_current)
{
    setting_is(wm_setting_bank_current_sensors, 1);
    publish();
    says("string 2, current: register 1015 shows -7 (-7 A), wanted 0");
}

Test(oracle_values, the_average_of_the_bank_is_over_all_strings)
{
    OBJECT_READS(1304, 2, 2, 0);
    publish();
    says("the bank, average voltage:");
    says("shows 1304 (13.04 V), wanted 1303");
}

Test(oracle_values, the_total_of_the_bank_is_of_all_strings)
{
    OBJECT_READS(41653, 2, 3, 0);
    publish();
    says("the bank, total voltage:");
}

Test(oracle_values, an_index_is_one_less_than_its_row)
{
    OBJECT_READS(7, 2, 5, 1, 1, 7);
    publish();
    says("module 7, index:");
}

/* ---- flags and counts ------------------------------------------------------------------- */

Test(oracle_values, flags_are_equal_in_both_windows)
{
    court.view.module[1].alarm_flags = wm_flag_alarm_voltage_low | wm_flag_alarm_general_alarm;
    court.view.system.module_alarms_count = 1;
    publish();
    says_nothing();
    OBJECT_READS(8, 2, 5, 1, 6, 2);
    publish();
    says("module 2, alarm flags: register 1068 shows 9, wanted 9; bacsModuleState");
}

Test(oracle_values, the_word_of_a_string_has_its_modules)
{
    court.view.module[40].alarm_flags = wm_flag_alarm_temperature_low;
    court.view.system.module_alarms_count = 1;
    OBJECT_READS(0, 2, 7, 1, 6, 2);
    publish();
    says("string 2, alarm flags:");
}

Test(oracle_values, register_1002_has_all)
{
    court.view.module[40].alarm_flags = wm_flag_alarm_temperature_low;
    court.view.system.module_alarms_count = 1;
    reads(1002, 0);
    publish();
    says("the bank, alarm flags of all: register 1002 shows 0, wanted 32");
}

Test(oracle_values, the_second_word_of_a_string_is_the_views)
{
    OBJECT_READS(1, 2, 7, 1, 7, 1);
    publish();
    says("string 1, string alarm flags:");
}

Test(oracle_values, the_status_is_one_and_the_same)
{
    court.view.system.status_flags = 0x0041;
    OBJECT_READS(0x0040, 2, 1, 0);
    publish();
    says("the bank, general status flags: register 1000 shows 65");
}

Test(oracle_values, the_battery_status_is_the_views)
{
    reads(1001, 1);
    publish();
    says("the bank, battery status flags: register 1001 shows 1");
}

Test(oracle_values, there_are_as_many_modules_as_the_plant_has)
{
    reads(1004, MODULES - 1);
    publish();
    says("the bank, modules: register 1004 shows 63, wanted 64");
}

Test(oracle_values, there_are_as_many_strings_as_the_plant_has)
{
    OBJECT_READS(1, 2, 6, 0);
    publish();
    says("the bank, strings: register 1003 shows 2");
}

Test(oracle_values, modules_with_an_alarm_are_counted_and_lost_ones_are_not)
{
    court.view.module[1].alarm_flags = wm_flag_alarm_voltage_low;
    lost(3);
    court.view.module[3].alarm_flags |= wm_flag_alarm_voltage_low;
    court.view.system.module_alarms_count = 1;
    publish();
    says_nothing();
    court.view.system.module_alarms_count = 2;
    publish();
    says("the bank, modules with an alarm: bacsModuleAlarmsPresent");
}

/* Above its warning level of 14.1 V; and below it by less than the hysteresis. */
static void warned(int32_t m, int times)
{
    voltage_is(m, 14060, 14200);
    for (int i = 0; i < times; i++) {
        measure_voltage(m, 14200);
    }
}

static void warnings_are(int32_t count)
{
    court.view.system.module_warnings_count = count;
    publish();
}

Test(oracle_values, modules_with_a_warning_are_counted)
{
    warned(0, 2);
    warned(40, 2);
    warnings_are(2);
    says_nothing();
    measure_voltage(0, 14060);
    warnings_are(2);
    says_nothing();
    warnings_are(1);
    says("the bank, modules with a warning: bacsModuleWarningsPresent");
}

Test(oracle_values, a_warning_that_nobody_has_is_found)
{
    warned(0, 2);
    warnings_are(2);
    says("wanted 1");
}

Test(oracle_values, one_reading_may_be_a_warning_or_none)
{
    warned(0, 1);
    warnings_are(0);
    warnings_are(1);
    says_nothing();
    warnings_are(2);
    says("wanted 1");
}

Test(oracle_values, a_warning_that_an_alarm_hides_is_none)
{
    warned(0, 2);
    court.view.module[0].alarm_flags = wm_flag_alarm_voltage_high;
    court.view.system.module_alarms_count = 1;
    warnings_are(1);
    says("the bank, modules with a warning");
}

/* ---- the alarm table, the settings, the walk -------------------------------------------- */

static void row_add(void)
{
    court.view.alarm[court.view.alarm_rows++] =
        (struct wm_view_alarm){.id = 5, .number = 7, .detected_ms = 12340};
}

Test(oracle_values, rows_of_the_alarm_table_are_counted)
{
    row_add();
    publish();
    says_nothing();
    OBJECT_READS(0, 3, 1, 0);
    publish();
    says("the bank, rows of the alarm table: bacsAlarmsPresent");
}

Test(oracle_values, a_row_has_its_alarm)
{
    row_add();
    OBJECT_READS(8, 3, 2, 1, 2, 5);
    publish();
    says("column 2 of the alarm table shows 8 for id 5, not 7");
}

Test(oracle_values, a_row_has_its_id)
{
    row_add();
    OBJECT_READS(4, 3, 2, 1, 1, 5);
    publish();
    says("column 1 of the alarm table shows 4 for id 5, not 5");
}

Test(oracle_values, a_row_has_its_time)
{
    row_add();
    OBJECT_READS(1235, 3, 2, 1, 3, 5);
    publish();
    says("column 3 of the alarm table shows 1235 for id 5, not 1234");
}

Test(oracle_values, a_threshold_has_its_scale)
{
    setting_is(wm_setting_impedance_high_alarm, 49996);
    OBJECT_READS(5000, 1, 9, 0);
    publish();
    says_nothing();
    setting_is(wm_setting_impedance_high_alarm, 49995);
    OBJECT_READS(4999, 1, 9, 0);
    publish();
    says("1.3.6.1.2.1.33.5.1.9.0 shows 4999, not 5000: impedance.high_alarm is 49995");
}

Test(oracle_values, a_threshold_follows_the_unit_of_temperatures)
{
    setting_is(wm_setting_temperature_unit, 1);
    OBJECT_READS(350, 1, 11, 0);
    publish();
    says("1.3.6.1.2.1.33.5.1.11.0 shows 350, not 950");
}

/* ---- lines ------------------------------------------------------------------------------ */

Test(oracle_values, lines_are_1_where_they_are_normal_or_on)
{
    OBJECT_READS(1, 5, 2, 0);
    publish();
    says("input 2, level: register 3651 shows 0, wanted 0; gxRAUX input "
         "(1.3.6.1.2.1.33.5.5.2.0) shows 1");
}

Test(oracle_values, an_output_is_the_contacts)
{
    reads(3667, 0);
    publish();
    says("output 2, level: register 3667 shows 0, wanted 1; gxRAUX output "
         "(1.3.6.1.2.1.33.5.5.6.0) shows 1");
}

Test(oracle_values, an_input_that_is_not_the_plants_is_found)
{
    measure_aux(0x0C, 0x02);
    publish();
    says("input 1, level");
}

Test(oracle_values, a_lost_unit_reads_alarm_and_its_outputs_as_they_were)
{
    court.view.aux[0].link_choice = wm_state_aux_link_lost;
    lines_show(0, 0x02);
    publish();
    says_nothing();
    lines_show(0, 0x03);
    publish();
    says("output 1, level");
}

Test(oracle_values, a_lost_unit_with_an_input_normal_is_found)
{
    court.view.aux[0].link_choice = wm_state_aux_link_lost;
    publish();
    says("input 1, level: register 3650 shows 1, wanted 0");
}

Test(oracle_values, the_breaker_of_a_lost_unit_shows_what_was_ordered)
{
    setting_is(wm_setting_breaker_output_1, 1);
    court.view.aux[0].link_choice = wm_state_aux_link_lost;
    lines_show(0, 0x03);
    publish();
    says_nothing();
    OBJECT_READS(0, 5, 5, 0);
    publish();
    says("output 1, level: register 3666 shows 1, wanted 1");
}

Test(oracle_values, an_order_that_was_answered_is_shown)
{
    const int32_t values[WM_FIELDS_MAX] = {[wm_answer_set_outputs_outputs] = 0x04};
    court.aux[0].outputs = 0x04;
    ask(WM_CLASS_AUX, 0, wm_message_set_outputs);
    aux_is(0);
    answer(values);
    lines_show(0x0D, 0x04);
    publish();
    says_nothing();
    lines_show(0x0D, 0x02);
    publish();
    says("output 2, level");
}

/* ---- a walk ----------------------------------------------------------------------------- */

Test(oracle_windows, a_walk_meets_each_object_once)
{
    static struct oracle_windows windows;
    static struct wm_view view;
    char text[900] = "";
    wm_settings_reset(&view.settings);
    view.settings.value[wm_setting_bank_modules] = 6;
    view.settings.value[wm_setting_bank_strings] = 3;
    view.settings.value[wm_setting_bank_aux_units] = 2;
    oracle_windows_open(&windows, NULL);
    oracle_windows_shape(&windows, &view.settings);
    oracle_windows_look(&windows, &view, true);
    cr_assert(oracle_windows_rest(&windows, text, sizeof text), "%s", text);
    windows.mib.columns_count -= 17; /* those of two units that are not there, and one more */
    cr_assert_not(oracle_windows_rest(&windows, text, sizeof text));
    cr_assert_not_null(strstr(text, "a walk below 1.3.6.1.2.1.33.5 meets"), "%s", text);
}
