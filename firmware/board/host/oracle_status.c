/*
 * oracle_status.c — the general alarm, and registers 1000 to 1002: what they must say beside the
 * rows, flags and states of the same view, which are judged by themselves (decisions B7, B26).
 */
#include <stddef.h>

#include "oracle_parts.h"

#define STATUS(name)  wm_flag_general_status_##name
#define BATTERY(name) wm_flag_battery_status_##name

/* What an alarm adds while it is in the table; what is missing here adds nothing. */
static const struct {
    enum wm_alarm alarm;
    bool is_general;
    int32_t status;
    int32_t battery;
} claims[] = {
    {wm_alarm_voltage, true, STATUS(voltage_out_of_range), 0},
    {wm_alarm_string_volt_high, true, STATUS(voltage_out_of_range), 0},
    {wm_alarm_string_volt_low, true, STATUS(voltage_out_of_range), 0},
    {wm_alarm_temperature, true, STATUS(temperature_out_of_range), 0},
    {wm_alarm_resist_alarm_high, true, STATUS(resistance_out_of_range), 0},
    {wm_alarm_resist_alarm_low, true, STATUS(resistance_out_of_range), 0},
    {wm_alarm_system_error, true, 0, 0}, /* modules lost are in it */
    {wm_alarm_equalizing, true, 0, 0},
    {wm_alarm_thermal_runaway, true, 0, BATTERY(thermal_runaway)},
    {wm_alarm_max_voltage_diff, false, 0, BATTERY(voltage_diff_high)},
    {wm_alarm_battery_breaker_open, false, 0, BATTERY(battery_breaker_open)},
    {wm_alarm_discharging_stopped, false, STATUS(discharging_stopped), 0},
};

/* Values of alarm.sensor_lost_is_general. */
enum { SENSOR_IS_GENERAL = 1, SENSOR_FOLLOWS_ACTION = 2 };

/* Bits that must be set, and those that may be, too. */
struct bits {
    int32_t must;
    int32_t may;
};

static const char *flag_name(enum wm_flag_set set, int32_t flag)
{
    size_t count;
    const struct wm_flag_row *rows = wm_flags(&count);
    for (size_t i = 0; i < count; i++) {
        if (rows[i].set == set && rows[i].value == flag) {
            return rows[i].name;
        }
    }
    return "a bit without a name";
}

static void word_check(struct oracle *oracle, enum wm_flag_set set, const char *subject,
                       const char *item, int32_t number, int32_t word, struct bits bits,
                       int64_t now_us)
{
    const int32_t missing = bits.must & ~word;
    const int32_t wrong = missing | (word & ~(bits.must | bits.may));
    if (wrong != 0) {
        const int32_t first = wrong & -wrong;
        oracle_accuse(oracle, subject, item, number, now_us, "0x%04x: %s (0x%04x) is %s",
                      (unsigned)word, flag_name(set, first), (unsigned)first,
                      (missing & first) != 0 ? "missing" : "set, and nothing is its reason");
    }
}

/* ---- words of modules and strings -------------------------------------------------------- */

#define IDENTIFIED (UINT32_C(1) << (wm_point_module_type - wm_point_module_position))

static bool differs(const struct wm_view_module *one, const struct wm_view_module *other)
{
    return one->type_code != other->type_code ||
           one->hardware_revision != other->hardware_revision ||
           one->software_revision != other->software_revision;
}

/* What the modules of a view come to. */
struct modules {
    bool is_any_mismatched; /* differs from the first (decision B2) */
    bool is_any_lost;
    bool is_any_bypassed; /* shown by the module */
    bool may_be_bypassed; /* ordered, and acknowledged */
};

/* Each module's own bit of the general alarm is checked, too. */
static struct modules modules_see(struct oracle *oracle, const struct wm_view *view, int64_t now_us)
{
    const struct wm_view_module *first = NULL;
    const int32_t general = wm_flag_alarm_general_alarm;
    const bool may_disobey = oracle_shows(oracle, wm_alarm_equalizing);
    struct modules all = {0};
    for (int32_t m = 0; m < oracle->settings.value[wm_setting_bank_modules]; m++) {
        const struct wm_view_module *module = &view->module[m];
        const bool is_identified = (module->valid & IDENTIFIED) != 0;
        first = first == NULL && is_identified ? module : first;
        const bool is_mismatched = is_identified && differs(module, first);
        const int32_t others = module->alarm_flags & ~general;
        const bool must = others != 0 || (is_mismatched && oracle->is_running);
        const struct bits bits = {
            others | (must ? general : 0),
            may_disobey || is_mismatched ? general : 0,
        };
        word_check(oracle, wm_flag_set_alarm, "alarm word", "module", m + 1, module->alarm_flags,
                   bits, now_us);
        all.is_any_mismatched |= is_mismatched;
        all.is_any_lost |= (others & wm_flag_alarm_communication_lost) != 0;
        all.is_any_bypassed |= module->bypass_permille > 0;
        all.may_be_bypassed |= oracle->module[m].bypass_permille > 0;
    }
    return all;
}

/* The bits of its modules, and those of its own voltage. */
static struct bits string_bits(const struct oracle *oracle, const struct wm_view *view,
                               int32_t index)
{
    const int32_t modules = oracle_string_modules(oracle);
    const int32_t high = wm_flag_alarm_voltage_high;
    const int32_t low = wm_flag_alarm_voltage_low;
    struct bits bits = {0};
    for (int32_t m = index * modules; m < (index + 1) * modules; m++) {
        bits.must |= view->module[m].alarm_flags;
    }
    bits.may |= oracle_shows(oracle, wm_alarm_string_volt_high) ? high : 0;
    bits.may |= oracle_shows(oracle, wm_alarm_string_volt_low) ? low : 0;
    if ((view->string[index].alarm_flags & bits.may & ~bits.must) != 0) {
        bits.must |= wm_flag_alarm_general_alarm;
    }
    return bits;
}

static void strings_see(struct oracle *oracle, const struct wm_view *view, int64_t now_us)
{
    /* A string that is accused shows it. */
    struct bits all = {
        .must = (oracle_shows(oracle, wm_alarm_string_volt_high) ? wm_flag_alarm_voltage_high : 0) |
                (oracle_shows(oracle, wm_alarm_string_volt_low) ? wm_flag_alarm_voltage_low : 0),
    };
    for (int32_t i = 0; i < oracle->settings.value[wm_setting_bank_strings]; i++) {
        const int32_t word = view->string[i].alarm_flags;
        word_check(oracle, wm_flag_set_alarm, "alarm word", "string", i + 1, word,
                   string_bits(oracle, view, i), now_us);
        all.must |= word;
    }
    word_check(oracle, wm_flag_set_alarm, "register 1002", "", 0, view->system.alarm_flags, all,
               now_us);
}

/* ---- register 1001 ---------------------------------------------------------------------- */

static bool is_general(const struct oracle *oracle)
{
    const int32_t *value = oracle->settings.value;
    const int32_t choice = value[wm_setting_alarm_sensor_lost_is_general];
    for (size_t i = 0; i < sizeof claims / sizeof claims[0]; i++) {
        if (claims[i].is_general && oracle_shows(oracle, claims[i].alarm)) {
            return true;
        }
    }
    return oracle_shows(oracle, wm_alarm_sensor_communication_lost) &&
           (choice == SENSOR_IS_GENERAL ||
            (choice == SENSOR_FOLLOWS_ACTION && value[wm_setting_runaway_action] != 0));
}

static struct bits battery_bits(const struct oracle *oracle)
{
    struct bits bits = {0};
    for (size_t i = 0; i < sizeof claims / sizeof claims[0]; i++) {
        bits.must |= oracle_shows(oracle, claims[i].alarm) ? claims[i].battery : 0;
    }
    if (is_general(oracle)) {
        bits.must |= BATTERY(general_alarm);
    } else if (oracle->settings.value[wm_setting_alarm_environment_is_general] != 0) {
        bits.may |= BATTERY(general_alarm); /* what hangs on COM2 is not judged here */
    }
    return bits;
}

/* ---- register 1000 ---------------------------------------------------------------------- */

/*
 * The bank discharges if any string does, else charges if any does, floats if all do (B11). One
 * whose breaker is open, or was when the flows were judged, may be none of them: whether its
 * contact has obeyed is not judged here.
 */
static struct bits flow_bits(const struct oracle *oracle, const struct wm_view *view)
{
    const int32_t strings = oracle->settings.value[wm_setting_bank_strings];
    int32_t discharging = 0;
    int32_t charging = 0;
    int32_t floating = 0;
    int32_t left_out = 0;
    for (int32_t i = 0; i < strings; i++) {
        const int32_t flow = view->string[i].flow_choice;
        discharging += flow == wm_state_string_flow_discharge;
        charging += flow == wm_state_string_flow_charge;
        floating += flow == wm_state_string_flow_float;
        left_out +=
            flow == wm_state_string_flow_none && oracle->round < oracle->string[i].open_until_round;
    }
    if (discharging > 0 || charging > 0) {
        return (struct bits){.must = discharging > 0 ? STATUS(discharging) : STATUS(charging)};
    }
    return (struct bits){
        .must = floating == strings ? STATUS(float_charging) : 0,
        .may = floating > 0 && floating + left_out == strings ? STATUS(float_charging) : 0,
    };
}

/* What the mode adds (decisions B19, M12). */
static int32_t programmer_bits(const struct wm_view_programmer *programmer)
{
    switch (programmer->activity_choice) {
    case wm_state_programmer_activity_show:
    case wm_state_programmer_activity_single:
        return STATUS(module_addressing) | STATUS(module_searching);
    case wm_state_programmer_activity_query:
        return STATUS(module_addressing) | STATUS(module_polling);
    default:
        return STATUS(module_addressing);
    }
}

/* Start, initializing, running; in programmer mode nothing is measured, and nothing bypassed. */
static struct bits life_bits(const struct oracle *oracle, const struct wm_view *view,
                             const struct modules *modules)
{
    const bool is_initializing =
        (view->system.status_flags & STATUS(module_initializing)) != 0 || oracle->poll.has_begun;
    struct bits bits = {0};
    if (!oracle->is_running) {
        bits.must |= is_initializing ? STATUS(module_initializing) : STATUS(connected);
    } else {
        bits = flow_bits(oracle, view);
    }
    if (oracle->is_running && !oracle->is_paused) {
        bits.must |= STATUS(running) | (modules->is_any_bypassed ? STATUS(equalisation) : 0);
        bits.may |= modules->may_be_bypassed ? STATUS(equalisation) : 0;
    }
    bits.must |= oracle->is_paused ? programmer_bits(&view->programmer) : 0;
    return bits;
}

static struct bits status_bits(const struct oracle *oracle, const struct wm_view *view,
                               const struct modules *modules)
{
    struct bits bits = life_bits(oracle, view, modules);
    for (size_t i = 0; i < sizeof claims / sizeof claims[0]; i++) {
        bits.must |= oracle_shows(oracle, claims[i].alarm) ? claims[i].status : 0;
    }
    bits.must |= modules->is_any_lost ? STATUS(module_lost) : 0;
    bits.must |= oracle->cannot_keep ? STATUS(system_failure) : 0;
    bits.may |= oracle->is_spoiled ? STATUS(system_failure) : 0;
    if (modules->is_any_mismatched) {
        /* They are compared when the start is over. */
        *(oracle->is_running ? &bits.must : &bits.may) |= STATUS(system_failure);
    }
    return bits;
}

/* ---- all of it -------------------------------------------------------------------------- */

void oracle_saved(struct oracle *oracle, bool is_kept)
{
    oracle->cannot_keep = !is_kept;
}

void oracle_spoiled(struct oracle *oracle)
{
    oracle->is_spoiled = true;
}

void oracle_status_see(struct oracle *oracle, const struct wm_view *view, int64_t now_us)
{
    const struct modules modules = modules_see(oracle, view, now_us);
    strings_see(oracle, view, now_us);
    word_check(oracle, wm_flag_set_battery_status, "register 1001", "", 0,
               view->system.battery_status_flags, battery_bits(oracle), now_us);
    word_check(oracle, wm_flag_set_general_status, "register 1000", "", 0,
               view->system.status_flags, status_bits(oracle, view, &modules), now_us);
}
