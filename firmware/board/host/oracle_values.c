/*
 * oracle_values.c — see oracle_values.h.
 */
#include "oracle_values.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "oracle_parts.h"

enum {
    THOROUGH_VIEWS = 50,
    MDEGC_PER_DDEGC = 100,
    /* Decision B24: beyond these an answer is none. */
    VOLTAGE_PERMILLE_MAX = 1300,
    TEMPERATURE_DDEGC_MIN = -400,
    TEMPERATURE_DDEGC_MAX = 1250,
};

/* What is measured: of a module, of a sensor, of an aux (four lines each). */
enum { VOLTAGE, TEMPERATURE, RESISTANCE, BYPASS, MODULE_BANDS };
enum { DIRECT, RIPPLE, SENSOR_BANDS };
enum { INPUT, OUTPUT = WM_AUX_LINES, AUX_BANDS = 2 * WM_AUX_LINES };

struct values_device {
    enum sim_presence presence;
    struct sim_band now[AUX_BANDS];        /* the truth */
    struct oracle_reading told[AUX_BANDS]; /* the last answers */
    bool is_identified;
    int32_t identity[3]; /* type, hardware, software */
};

struct oracle_values {
    const struct oracle *oracle;
    int32_t modules, strings; /* of the plant */
    struct wm_settings settings;
    bool has_settings;
    bool is_programming; /* questions are the programmer's, and measure nothing */
    int32_t boots;
    uint32_t views;
    struct {
        struct values_device *device; /* null: none is open */
        enum wm_message_id message;
        bool is_unsure;
        struct sim_band band[AUX_BANDS]; /* of the truth, since it was asked */
    } question;
    struct values_device module[WM_MODULES_MAX];
    struct values_device sensor[WM_SENSORS_MAX];
    struct values_device aux[WM_AUX_MAX];
    struct oracle_windows windows;
    int64_t now_us;
    char verdict[1000];
};

/* ---- truth ------------------------------------------------------------------------------ */

/* What the device that is asked truly is now counts, too. */
static void gather(struct oracle_values *values)
{
    const struct values_device *device = values->question.device;
    if (device->presence == SIM_SILENT) {
        return; /* it is nothing now that it could tell */
    }
    values->question.is_unsure |= device->presence == SIM_UNSURE;
    for (int i = 0; i < AUX_BANDS; i++) {
        struct sim_band *band = &values->question.band[i];
        band->low = device->now[i].low < band->low ? device->now[i].low : band->low;
        band->high = device->now[i].high > band->high ? device->now[i].high : band->high;
    }
}

static void moved(struct oracle_values *values, struct values_device *device,
                  const struct sim_truth *truth)
{
    device->presence = truth->presence;
    if (values->question.device == device) {
        gather(values);
    }
}

static struct sim_band exactly(int32_t value)
{
    return (struct sim_band){value, value};
}

void oracle_values_module(struct oracle_values *values, int32_t index,
                          const struct sim_truth_module *truth)
{
    struct values_device *module = &values->module[index];
    module->now[VOLTAGE] = truth->voltage_mV;
    module->now[TEMPERATURE].low = truth->temperature_mdegC.low / MDEGC_PER_DDEGC;
    module->now[TEMPERATURE].high = truth->temperature_mdegC.high / MDEGC_PER_DDEGC;
    module->now[RESISTANCE] = truth->resistance_uOhm;
    module->now[BYPASS] = exactly(truth->bypass_permille);
    moved(values, module, &truth->device);
}

void oracle_values_sensor(struct oracle_values *values, int32_t index,
                          const struct sim_truth_sensor *truth)
{
    struct values_device *sensor = &values->sensor[index];
    sensor->now[DIRECT] = truth->current_mA;
    sensor->now[RIPPLE] = truth->current_ac_mA;
    moved(values, sensor, &truth->device);
}

void oracle_values_aux(struct oracle_values *values, int32_t index,
                       const struct sim_truth_aux *truth)
{
    struct values_device *aux = &values->aux[index];
    for (int line = 0; line < WM_AUX_LINES; line++) {
        aux->now[INPUT + line] = exactly(truth->inputs >> line & 1);
        aux->now[OUTPUT + line] = exactly(truth->outputs >> line & 1);
    }
    moved(values, aux, &truth->device);
}

/* ---- questions and answers -------------------------------------------------------------- */

static struct values_device *device_of(struct oracle_values *values, enum wm_class class,
                                       int32_t index)
{
    if (class == WM_CLASS_MODULE && index >= 0 && index < WM_MODULES_MAX) {
        return &values->module[index];
    }
    if (class == WM_CLASS_SENSOR && index >= 0 && index < WM_SENSORS_MAX) {
        return &values->sensor[index];
    }
    if (class == WM_CLASS_AUX && index >= 0 && index < WM_AUX_MAX) {
        return &values->aux[index];
    }
    return NULL;
}

void oracle_values_asked(struct oracle_values *values, enum wm_class class, int32_t index,
                         enum wm_message_id message)
{
    values->question.device = device_of(values, class, index);
    if (values->is_programming && message != wm_message_set_outputs) {
        values->question.device = NULL;
    }
    if (values->question.device == NULL) {
        return;
    }
    values->question.message = message;
    values->question.is_unsure = false;
    for (int i = 0; i < AUX_BANDS; i++) {
        values->question.band[i] = (struct sim_band){INT32_MAX, INT32_MIN};
    }
    gather(values);
}

static void take(struct oracle_values *values, struct values_device *device, int band,
                 int32_t value, int64_t now_us)
{
    device->told[band] = (struct oracle_reading){
        .is_known = true,
        .is_unsure = values->question.is_unsure,
        .parts = 1,
        .value = value,
        .low = values->question.band[band].low,
        .high = values->question.band[band].high,
        .at_us = now_us,
    };
}

static void measure_take(struct oracle_values *values, struct values_device *device,
                         const int32_t *answer, int64_t now_us)
{
    const struct wm_module_type *type =
        wm_module_type(values->settings.value[wm_setting_bank_module_type]);
    const int32_t mV_max = (int32_t)((int64_t)type->voltage_mV_high * VOLTAGE_PERMILLE_MAX / 1000);
    const int32_t ddegC = answer[wm_answer_measure_temperature_ddegC];
    if (answer[wm_answer_measure_voltage_mV] > mV_max || ddegC < TEMPERATURE_DDEGC_MIN ||
        ddegC > TEMPERATURE_DDEGC_MAX) {
        return;
    }
    take(values, device, VOLTAGE, answer[wm_answer_measure_voltage_mV], now_us);
    take(values, device, TEMPERATURE, ddegC, now_us);
    take(values, device, BYPASS, answer[wm_answer_measure_bypass_permille], now_us);
}

/* Beyond its type's range it is the range's end (decision B24). */
static void resistance_take(struct oracle_values *values, struct values_device *device,
                            int32_t uOhm, int64_t now_us)
{
    const struct wm_module_type *type =
        wm_module_type(values->settings.value[wm_setting_bank_module_type]);
    const int32_t low = type->resistance_uOhm_low;
    const int32_t high = type->resistance_uOhm_high;
    struct sim_band *band = &values->question.band[RESISTANCE];
    band->low = wm_clamp(band->low, low, high);
    band->high = wm_clamp(band->high, low, high);
    take(values, device, RESISTANCE, wm_clamp((uint32_t)uOhm, low, high), now_us);
}

/* Another module has another resistance, which is not known yet. */
static void identity_take(struct values_device *device, const int32_t *answer)
{
    const int32_t identity[] = {
        answer[wm_answer_identify_type_code],
        answer[wm_answer_identify_hardware_revision],
        answer[wm_answer_identify_software_revision],
    };
    if (device->is_identified && memcmp(identity, device->identity, sizeof identity) != 0) {
        device->told[RESISTANCE].is_known = false;
    }
    memcpy(device->identity, identity, sizeof identity);
    device->is_identified = true;
}

static void lines_take(struct oracle_values *values, struct values_device *device, int first,
                       int32_t bits, int64_t now_us)
{
    for (int line = 0; line < WM_AUX_LINES; line++) {
        take(values, device, first + line, bits >> line & 1, now_us);
    }
}

void oracle_values_answered(struct oracle_values *values, const int32_t *answer, int64_t now_us)
{
    struct values_device *device = values->question.device;
    values->question.device = NULL;
    if (device == NULL || !values->has_settings) {
        return;
    }
    switch (values->question.message) {
    case wm_message_measure:
        measure_take(values, device, answer, now_us);
        break;
    case wm_message_impedance:
        resistance_take(values, device, answer[wm_answer_impedance_resistance_uOhm], now_us);
        break;
    case wm_message_identify:
        identity_take(device, answer);
        break;
    case wm_message_read_sensor:
        take(values, device, DIRECT, answer[wm_answer_read_sensor_current_mA], now_us);
        take(values, device, RIPPLE, answer[wm_answer_read_sensor_current_ac_mA], now_us);
        break;
    case wm_message_read_aux:
        lines_take(values, device, INPUT, answer[wm_answer_read_aux_inputs], now_us);
        lines_take(values, device, OUTPUT, answer[wm_answer_read_aux_outputs], now_us);
        break;
    case wm_message_set_outputs:
        lines_take(values, device, OUTPUT, answer[wm_answer_set_outputs_outputs], now_us);
        break;
    default:
        break; /* nothing that a window shows */
    }
}

/* ---- views ------------------------------------------------------------------------------ */

/* Of the modules of a string, or of the bank, that count. */
struct sums {
    int32_t count;
    struct oracle_reading voltage_mV;
};

static const struct oracle_reading nothing = {.is_known = false};

static void complain(struct oracle_values *values, const char *text)
{
    if (values->verdict[0] == '\0') {
        (void)snprintf(values->verdict, sizeof values->verdict, "%s; seen at %.3f s", text,
                       (double)values->now_us * 1e-6);
    }
}

static void show(struct oracle_values *values, enum oracle_thing thing, int32_t number,
                 const struct oracle_reading *reading)
{
    char text[900];
    if (!oracle_windows_show(&values->windows, thing, number, reading, text, sizeof text)) {
        complain(values, text);
    }
}

/* What no device tells. */
static void show_number(struct oracle_values *values, enum oracle_thing thing, int32_t number,
                        int64_t value)
{
    const struct oracle_reading reading = {
        .is_known = true,
        .parts = 1,
        .value = value,
        .low = value,
        .high = value,
    };
    show(values, thing, number, &reading);
}

static void sums_add(struct oracle_reading *sum, const struct oracle_reading *one)
{
    sum->at_us = sum->is_known && sum->at_us < one->at_us ? sum->at_us : one->at_us;
    sum->is_known = true;
    sum->is_unsure |= one->is_unsure;
    sum->parts = 1;
    sum->value += one->value;
    sum->low += one->low;
    sum->high += one->high;
}

static void sums_show(struct oracle_values *values, enum oracle_thing total,
                      enum oracle_thing average, int32_t number, const struct sums *sums)
{
    struct oracle_reading mean = sums->voltage_mV;
    mean.parts = sums->count;
    show(values, total, number, &sums->voltage_mV);
    show(values, average, number, &mean);
}

static void module_judge(struct oracle_values *values, const struct wm_view_module *shown,
                         int32_t index, struct sums *sums)
{
    const struct oracle_reading *told = values->module[index].told;
    const bool is_lost = (shown->alarm_flags & wm_flag_alarm_communication_lost) != 0;
    const int32_t number = index + 1;
    show_number(values, THING_MODULE_INDEX, number, index);
    show_number(values, THING_MODULE_ALARM, number, shown->alarm_flags);
    show(values, THING_MODULE_VOLTAGE, number, is_lost ? &nothing : &told[VOLTAGE]);
    show(values, THING_MODULE_TEMPERATURE, number, is_lost ? &nothing : &told[TEMPERATURE]);
    show(values, THING_MODULE_RESISTANCE, number, is_lost ? &nothing : &told[RESISTANCE]);
    show(values, THING_MODULE_BYPASS, number, is_lost ? &nothing : &told[BYPASS]);
    if (!is_lost && told[VOLTAGE].is_known) {
        sums->count++;
        sums_add(&sums->voltage_mV, &told[VOLTAGE]);
    }
}

/* Its breaker is open, and the contact told so. */
static bool is_isolated(const struct oracle_values *values, const struct wm_view *view,
                        int32_t index)
{
    const int32_t output = view->settings.value[wm_setting_breaker_output_1 + 2 * index];
    const bool is_closing = view->settings.value[wm_setting_breaker_wiring_1 + 2 * index] != 0;
    if (output == 0 || view->string[index].breaker_choice != wm_state_string_breaker_open) {
        return false;
    }
    const struct oracle_reading *told =
        &values->aux[(output - 1) / WM_AUX_LINES].told[OUTPUT + (output - 1) % WM_AUX_LINES];
    return told->is_known && (told->value != 0) == !is_closing;
}

/* The strings that share one sensor. */
static int32_t joined(const struct oracle_values *values, const struct wm_view *view)
{
    int32_t count = 0;
    for (int32_t i = 0; i < view->settings.value[wm_setting_bank_strings]; i++) {
        count += !is_isolated(values, view, i);
    }
    return count;
}

/* The share of a string in what its sensor tells (decisions B1, B16, B18). */
static void currents_judge(struct oracle_values *values, const struct wm_view *view, int32_t index)
{
    const int32_t *value = view->settings.value;
    const bool is_for_all = value[wm_setting_bank_sensor_for_all] != 0;
    const int32_t sensor = is_for_all ? 0 : index;
    struct oracle_reading current = nothing;
    struct oracle_reading ripple = nothing;
    if (sensor < value[wm_setting_bank_current_sensors] &&
        view->sensor[sensor].link_choice == wm_state_sensor_link_present) {
        const int32_t shares = is_for_all ? joined(values, view) : 1;
        current = values->sensor[sensor].told[DIRECT];
        ripple = values->sensor[sensor].told[RIPPLE];
        current.parts = shares;
        ripple.parts = shares;
    }
    if (is_for_all && is_isolated(values, view, index)) {
        current = nothing;
        ripple = nothing;
    }
    show(values, THING_STRING_CURRENT, index + 1, &current);
    show(values, THING_STRING_CURRENT_AC, index + 1, &ripple);
}

/* Returns its alarm word: its modules', and what its own voltage adds (decision B26). */
static int32_t string_judge(struct oracle_values *values, const struct wm_view *view, int32_t index,
                            struct sums *all)
{
    const int32_t own =
        wm_flag_alarm_general_alarm | wm_flag_alarm_voltage_high | wm_flag_alarm_voltage_low;
    const int32_t modules = view->settings.value[wm_setting_bank_modules] /
                            view->settings.value[wm_setting_bank_strings];
    struct sums sums = {0};
    int32_t word = view->string[index].alarm_flags & own;
    for (int32_t m = index * modules; m < (index + 1) * modules; m++) {
        module_judge(values, &view->module[m], m, &sums);
        word |= view->module[m].alarm_flags;
    }
    sums_show(values, THING_STRING_TOTAL, THING_STRING_AVERAGE, index + 1, &sums);
    currents_judge(values, view, index);
    show_number(values, THING_STRING_INDEX, index + 1, index);
    show_number(values, THING_STRING_ALARM, index + 1, word);
    show_number(values, THING_STRING_ALARM2, index + 1, view->string[index].alarm2_flags);
    if (sums.count > 0) {
        all->count += sums.count;
        sums_add(&all->voltage_mV, &sums.voltage_mV);
    }
    return word;
}

static bool is_breaker(const struct wm_settings *settings, int32_t output)
{
    for (int32_t i = 0; i < settings->value[wm_setting_bank_strings]; i++) {
        /* BREAKER(n) of settings.def makes two rows a string. */
        if (settings->value[wm_setting_breaker_output_1 + 2 * i] == output) {
            return true;
        }
    }
    return false;
}

static void aux_judge(struct oracle_values *values, const struct wm_view *view, int32_t index)
{
    const struct oracle_reading *told = values->aux[index].told;
    const bool is_present = view->aux[index].link_choice == wm_state_aux_link_present;
    for (int line = 0; line < WM_AUX_LINES; line++) {
        const int32_t number = index * WM_AUX_LINES + line + 1;
        show(values, THING_INPUT, number, is_present ? &told[INPUT + line] : &nothing);
        if (is_present || !is_breaker(&view->settings, number)) {
            show(values, THING_OUTPUT, number, &told[OUTPUT + line]);
        } else {
            const bool is_on = oracle_windows_register(&values->windows, THING_OUTPUT, number) != 0;
            show_number(values, THING_OUTPUT, number, is_on);
        }
    }
}

/* ---- views: how many -------------------------------------------------------------------- */

/* Whether a module warns for certain, or may: by what the webmanager was told (decision B6). */
static void warning_of(const struct oracle_module *module, int32_t flags, bool *warns,
                       bool *may_warn)
{
    *warns = false;
    *may_warn = false;
    for (int i = MODULE_LIMITS / 2; i < MODULE_LIMITS; i++) {
        const struct oracle_clock *clock = &module->clock[i];
        const bool is_hidden = (flags & wm_alarm(oracle_limits[i].hidden_by)->alarm_flag) != 0;
        *warns |= clock->is_latched && !is_hidden;
        *may_warn |= (clock->is_latched || !clock->is_inside) && !is_hidden;
    }
}

static void counts_judge(struct oracle_values *values, const struct wm_view *view)
{
    const int32_t alarms = wm_flag_alarm_voltage_high | wm_flag_alarm_voltage_low |
                           wm_flag_alarm_temperature_high | wm_flag_alarm_temperature_low |
                           wm_flag_alarm_resistance_high | wm_flag_alarm_resistance_low;
    int32_t alarm = 0;
    int32_t warn_low = 0;
    int32_t warn_high = 0;
    for (int32_t m = 0; m < view->settings.value[wm_setting_bank_modules]; m++) {
        const int32_t flags = view->module[m].alarm_flags;
        bool warns, may_warn;
        if ((flags & wm_flag_alarm_communication_lost) != 0) {
            continue; /* decision B6 */
        }
        warning_of(&values->oracle->module[m], flags, &warns, &may_warn);
        alarm += (flags & alarms) != 0;
        warn_low += warns;
        warn_high += may_warn;
    }
    const int32_t shown = oracle_windows_object(&values->windows, THING_MODULE_WARNINGS, 1);
    show_number(values, THING_STRINGS, 1, values->strings);
    show_number(values, THING_MODULES, 1, values->modules);
    show_number(values, THING_ALARM_ROWS, 1, view->alarm_rows);
    show_number(values, THING_MODULE_ALARMS, 1, alarm);
    show_number(values, THING_MODULE_WARNINGS, 1, wm_clamp(shown, warn_low, warn_high));
}

/* ---- views: all of one ------------------------------------------------------------------ */

static void forget(struct oracle_values *values)
{
    struct values_device *const devices[] = {values->module, values->sensor, values->aux};
    static const int32_t count[] = {WM_MODULES_MAX, WM_SENSORS_MAX, WM_AUX_MAX};
    for (int class = 0; class < 3; class ++) {
        for (int32_t i = 0; i < count[class]; i++) {
            memset(devices[class][i].told, 0, sizeof devices[class][i].told);
            devices[class][i].is_identified = false;
        }
    }
    values->question.device = NULL;
}

/* True if they are new. */
static bool settings_see(struct oracle_values *values, const struct wm_settings *settings)
{
    if (values->has_settings && memcmp(&values->settings, settings, sizeof values->settings) == 0) {
        return false;
    }
    values->settings = *settings;
    values->has_settings = true;
    oracle_windows_shape(&values->windows, settings);
    return true;
}

void oracle_values_published(struct oracle_values *values, const struct wm_view *view,
                             int64_t now_us)
{
    char text[900];
    struct sums all = {0};
    int32_t word = 0;
    const bool is_new = settings_see(values, &view->settings);
    values->now_us = now_us;
    values->is_programming = view->programmer.mode_choice == wm_state_programmer_mode_on;
    if (view->boots != values->boots) {
        values->boots = view->boots;
        forget(values); /* it starts, and knows nothing */
    }
    oracle_windows_look(&values->windows, view, is_new || values->views % THOROUGH_VIEWS == 0);
    values->views++;
    for (int32_t i = 0; i < view->settings.value[wm_setting_bank_strings]; i++) {
        word |= string_judge(values, view, i, &all);
    }
    sums_show(values, THING_TOTAL, THING_AVERAGE, 1, &all);
    for (int32_t i = 0; i < view->settings.value[wm_setting_bank_aux_units]; i++) {
        aux_judge(values, view, i);
    }
    show_number(values, THING_STATUS, 1, view->system.status_flags);
    show_number(values, THING_BATTERY_STATUS, 1, view->system.battery_status_flags);
    show_number(values, THING_ALARMS_ORED, 1, word);
    counts_judge(values, view);
    if (!oracle_windows_rest(&values->windows, text, sizeof text)) {
        complain(values, text);
    }
}

/* ---- from nothing to a judge ------------------------------------------------------------ */

struct oracle_values *oracle_values_open(const struct oracle *oracle, int32_t modules,
                                         int32_t strings, const struct oracle_mappers *mappers)
{
    struct oracle_values *values = calloc(1, sizeof *values);
    if (values == NULL) {
        return NULL;
    }
    values->oracle = oracle;
    values->modules = modules;
    values->strings = strings;
    oracle_windows_open(&values->windows, mappers);
    return values;
}

void oracle_values_close(struct oracle_values *values)
{
    free(values);
}

const char *oracle_values_verdict(const struct oracle_values *values)
{
    return values->verdict[0] != '\0' ? values->verdict : NULL;
}
