/*
 * oracle_windows.c — see oracle_windows.h.
 */
#include "oracle_windows.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "firmware/service/modbus/registers.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

#define BACS 1, 3, 6, 1, 2, 1, 33, 5
enum { ALARM_COLUMNS = 3 };

/* ---- the guide's tables ----------------------------------------------------------------- */

enum kind { BANK, STRINGS, MODULES, INPUTS, OUTPUTS };

/* In the place of a scale. */
enum {
    FACTOR = -1,      /* modbus.string_factor (decision M6) */
    TEMPERATURE = -2, /* 0.1 degC or 0.1 degF (decision S10) */
};

struct meaning {
    enum kind kind;
    const char *what;
    const char *unit;
    int32_t per_unit; /* of the reading's make one of the unit */
    /* Shows scale x unit + zero. */
    struct {
        bool is_shown;
        int32_t offset; /* in its item's block */
        int32_t scale;
        int32_t zero;
        bool is_word; /* has no sign */
    } reg;
    /* Shows scale x unit. */
    struct {
        const char *name; /* the guide's; null: there is none */
        int32_t scale;
        bool is_gauge;   /* decision S6 */
        uint32_t arc[4]; /* below bacs, and without the item */
    } object;
};

#define NO_REGISTER                                                                                \
    {                                                                                              \
        false, 0, 0, 0, false                                                                      \
    }
#define REGISTER(offset, scale, zero)                                                              \
    {                                                                                              \
        true, offset, scale, zero, false                                                           \
    }
#define WORD(offset)                                                                               \
    {                                                                                              \
        true, offset, 1, 0, true                                                                   \
    }
#define OBJECT(name, scale, ...)                                                                   \
    {                                                                                              \
        name, scale, false,                                                                        \
        {                                                                                          \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }
#define GAUGE(name, ...)                                                                           \
    {                                                                                              \
        name, 1, true,                                                                             \
        {                                                                                          \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }

static const struct meaning meanings[THINGS] = {
    [THING_STATUS] = {BANK, "general status flags", "", 1, WORD(0), OBJECT("bacsStatus", 1, 2, 1)},
    [THING_BATTERY_STATUS] = {BANK, "battery status flags", "", 1, WORD(1), {NULL}},
    [THING_ALARMS_ORED] = {BANK, "alarm flags of all", "", 1, WORD(2), {NULL}},
    [THING_STRINGS] = {BANK, "strings", "", 1, WORD(3), GAUGE("bacsNumStrings", 2, 6)},
    [THING_MODULES] = {BANK, "modules", "", 1, WORD(4), GAUGE("bacsNumModules", 2, 4)},
    [THING_AVERAGE] = {BANK, "average voltage", "V", 1000, NO_REGISTER,
                       OBJECT("bacsAvModuleVolt", 100, 2, 2)},
    [THING_TOTAL] = {BANK, "total voltage", "V", 1000, NO_REGISTER,
                     OBJECT("bacsTotalVolt", 100, 2, 3)},
    [THING_ALARM_ROWS] = {BANK, "rows of the alarm table", "", 1, NO_REGISTER,
                          GAUGE("bacsAlarmsPresent", 3, 1)},
    [THING_MODULE_ALARMS] = {BANK, "modules with an alarm", "", 1, NO_REGISTER,
                             GAUGE("bacsModuleAlarmsPresent", 3, 4)},
    [THING_MODULE_WARNINGS] = {BANK, "modules with a warning", "", 1, NO_REGISTER,
                               GAUGE("bacsModuleWarningsPresent", 3, 5)},
    [THING_STRING_INDEX] = {STRINGS, "index", "", 1, NO_REGISTER,
                            OBJECT("bacsStringIndex", 1, 2, 7, 1, 1)},
    [THING_STRING_CURRENT] = {STRINGS, "current", "A", 1000, REGISTER(0, FACTOR, 0),
                              OBJECT("bacsStringCurrent", 100, 2, 7, 1, 2)},
    [THING_STRING_TOTAL] = {STRINGS, "total voltage", "V", 1000, REGISTER(1, FACTOR, 0),
                            OBJECT("bacsStringTotalVolt", 100, 2, 7, 1, 3)},
    [THING_STRING_AVERAGE] = {STRINGS, "average voltage", "V", 1000, REGISTER(2, FACTOR, 0),
                              OBJECT("bacsStringAverageVol", 100, 2, 7, 1, 4)},
    [THING_STRING_CURRENT_AC] = {STRINGS, "ripple current", "A", 1000, REGISTER(3, FACTOR, 0),
                                 OBJECT("bacsStringCurrentAC", 100, 2, 7, 1, 5)},
    [THING_STRING_ALARM] = {STRINGS, "alarm flags", "", 1, NO_REGISTER,
                            OBJECT("bacsStringAlarm", 1, 2, 7, 1, 6)},
    [THING_STRING_ALARM2] = {STRINGS, "string alarm flags", "", 1, NO_REGISTER,
                             OBJECT("bacsStringAlarm2", 1, 2, 7, 1, 7)},
    [THING_MODULE_INDEX] = {MODULES, "index", "", 1, NO_REGISTER,
                            OBJECT("bacsModuleIndex", 1, 2, 5, 1, 1)},
    [THING_MODULE_VOLTAGE] = {MODULES, "voltage", "V", 1000, REGISTER(1, 1000, 0),
                              OBJECT("bacsModuleVoltage", 100, 2, 5, 1, 2)},
    /* T = (x - 78) / 2 */
    [THING_MODULE_TEMPERATURE] = {MODULES, "temperature", "degC", 10, REGISTER(0, 2, 78),
                                  OBJECT("bacsModuleTemperature", TEMPERATURE, 2, 5, 1, 3)},
    [THING_MODULE_BYPASS] = {MODULES, "bypass", "%", 10, REGISTER(4, 1, 0),
                             OBJECT("bacsModuleBypass", 10, 2, 5, 1, 4)},
    [THING_MODULE_RESISTANCE] = {MODULES, "resistance", "mOhm", 1000, REGISTER(2, 100, 0),
                                 OBJECT("bacsModuleResistance", 100, 2, 5, 1, 5)},
    [THING_MODULE_ALARM] = {MODULES, "alarm flags", "", 1, WORD(3),
                            OBJECT("bacsModuleState", 1, 2, 5, 1, 6)},
    /* Scalars: 5.1 to 5.4 are the inputs of unit 1, 5.5 to 5.8 its outputs, and so on. */
    [THING_INPUT] = {INPUTS, "level", "", 1, REGISTER(0, 1, 0), OBJECT("gxRAUX input", 1, 5)},
    [THING_OUTPUT] = {OUTPUTS, "level", "", 1, REGISTER(0, 1, 0), OBJECT("gxRAUX output", 1, 5)},
};

/* bacsSettings: shows scale x unit. */
static const struct {
    uint32_t leaf;
    enum wm_setting setting;
    int32_t per_unit; /* of the setting's make one of the unit */
    int32_t scale;
} settings_rows[] = {
    {1, wm_setting_bank_module_type, 1, 1},
    {2, wm_setting_bank_strings, 1, 1},
    {3, wm_setting_bank_modules, 1, 1},
    {4, wm_setting_battery_capacity, 1000, 1},
    {5, wm_setting_log_rate_normal, 1, 1},
    {6, wm_setting_log_rate_current, 1, 1},
    {7, wm_setting_impedance_poll_rate, 1, 1},
    {8, wm_setting_impedance_low_alarm, 1000, 100},
    {9, wm_setting_impedance_high_alarm, 1000, 100},
    {10, wm_setting_temperature_low_alarm, 1000, TEMPERATURE},
    {11, wm_setting_temperature_high_alarm, 1000, TEMPERATURE},
    {12, wm_setting_voltage_low_alarm, 1000, 100},
    {13, wm_setting_voltage_high_alarm, 1000, 100},
    {14, wm_setting_impedance_low_warn, 1000, 100},
    {15, wm_setting_impedance_high_warn, 1000, 100},
    {16, wm_setting_temperature_low_warn, 1000, TEMPERATURE},
    {17, wm_setting_temperature_high_warn, 1000, TEMPERATURE},
    {18, wm_setting_voltage_low_warn, 1000, 100},
    {19, wm_setting_voltage_high_warn, 1000, 100},
    {20, wm_setting_temperature_unit, 1, 1},
    {21, wm_setting_string_voltage_low_alarm, 1000, 100},
    {22, wm_setting_string_voltage_high_alarm, 1000, 100},
    {23, wm_setting_string_voltage_low_warn, 1000, 100},
    {24, wm_setting_string_voltage_high_warn, 1000, 100},
    {25, wm_setting_current_deviation_discharge_alarm, 1000, 100},
    {26, wm_setting_current_deviation_charge_alarm, 1000, 100},
    {27, wm_setting_current_deviation_discharge_warn, 1000, 100},
    {28, wm_setting_current_deviation_charge_warn, 1000, 100},
};

/* Where an item's register is; -1: it has none (decision M1: 512 modules end at 3649). */
static int32_t register_of(const struct meaning *row, int32_t number)
{
    const int32_t offset = row->reg.offset;
    if (!row->reg.is_shown) {
        return -1;
    }
    switch (row->kind) {
    case BANK:
        return 1000 + offset;
    case STRINGS:
        if (number <= 10) {
            return 1010 + 5 * (number - 1) + offset;
        }
        /* The second section has the two currents only. */
        return offset == 0 || offset == 3 ? 2710 + 5 * (number - 11) + offset : -1;
    case MODULES:
        return (number <= 330 ? 1060 + 5 * (number - 1) : 2740 + 5 * (number - 331)) + offset;
    case INPUTS:
        return 3650 + number - 1;
    case OUTPUTS:
        return 3666 + number - 1;
    }
    return -1;
}

static uint32_t line_leaf(enum kind kind, int32_t number)
{
    const int32_t unit = (number - 1) / 4;
    return (uint32_t)(8 * unit + (number - 1) % 4 + 1 + (kind == OUTPUTS ? 4 : 0));
}

static const char *const words[] = {
    [BANK] = "the bank", [STRINGS] = "string", [MODULES] = "module",
    [INPUTS] = "input",  [OUTPUTS] = "output",
};

static int32_t items_of(enum kind kind, const struct wm_settings *settings)
{
    const int32_t *value = settings->value;
    switch (kind) {
    case BANK:
        return 1;
    case STRINGS:
        return value[wm_setting_bank_strings];
    case MODULES:
        return value[wm_setting_bank_modules];
    case INPUTS:
    case OUTPUTS:
        return 4 * value[wm_setting_bank_aux_units];
    }
    return 0;
}

/* ---- numbers ---------------------------------------------------------------------------- */

/* Half away from zero (decision M7). */
static int64_t rounded(int64_t dividend, int64_t divisor)
{
    return dividend < 0 ? -((2 * -dividend + divisor) / (2 * divisor))
                        : (2 * dividend + divisor) / (2 * divisor);
}

struct scale {
    int64_t scale;
    int64_t zero;
};

static struct scale register_scale(const struct oracle_windows *windows, const struct meaning *row)
{
    const int32_t factor = windows->source.view->settings.value[wm_setting_modbus_string_factor];
    return (struct scale){row->reg.scale == FACTOR ? factor : row->reg.scale, row->reg.zero};
}

static struct scale object_scale(const struct oracle_windows *windows, int32_t scale)
{
    if (scale != TEMPERATURE) {
        return (struct scale){scale, 0};
    }
    const bool is_celsius = windows->source.view->settings.value[wm_setting_temperature_unit] == 0;
    return is_celsius ? (struct scale){10, 0} : (struct scale){18, 320};
}

static int64_t number_of(struct scale scale, int64_t value, int64_t per_unit)
{
    return rounded(value * scale.scale + scale.zero * per_unit, per_unit);
}

/* What a number stands for, in the unit. */
static double unit_of(struct scale scale, int32_t number)
{
    return ((double)number - (double)scale.zero) / (double)scale.scale;
}

/* Decision M7. */
static int64_t saturated(const struct meaning *row, int64_t number)
{
    const int64_t low = row->reg.is_word ? 0 : INT16_MIN;
    const int64_t high = row->reg.is_word ? UINT16_MAX : INT16_MAX;
    return number < low ? low : number > high ? high : number;
}

/* ---- the windows ------------------------------------------------------------------------ */

static size_t oid_make(const struct meaning *row, int32_t number, uint32_t *oid)
{
    static const uint32_t bacs[] = {BACS};
    size_t length = COUNT(bacs);
    memcpy(oid, bacs, sizeof bacs);
    for (size_t i = 0; i < COUNT(row->object.arc) && row->object.arc[i] != 0; i++) {
        oid[length++] = row->object.arc[i];
    }
    if (row->kind == INPUTS || row->kind == OUTPUTS) {
        oid[length++] = line_leaf(row->kind, number);
    }
    return length;
}

static size_t column_of(const struct oracle_windows *windows, const struct meaning *row,
                        int32_t number)
{
    uint32_t oid[WM_OID_MAX];
    const size_t length = oid_make(row, number, oid);
    const struct snmps_column *column = snmps_column_of(&windows->mib, oid, length);
    return column != NULL && column->length == length ? (size_t)(column - windows->mib.columns)
                                                      : SIZE_MAX;
}

void oracle_windows_open(struct oracle_windows *windows, const struct oracle_mappers *mappers)
{
    static const struct oracle_mappers own = {mbs_image_fill, snmps_get, snmps_place_value};
    memset(windows, 0, sizeof *windows);
    windows->mappers = mappers != NULL ? *mappers : own;
    snmps_mib_fill(&windows->mib);
    for (int thing = 0; thing < THINGS; thing++) {
        const struct meaning *row = &meanings[thing];
        if (row->object.name != NULL) {
            windows->column[thing] = column_of(windows, row, 1);
        }
    }
    for (int32_t i = 0; i < WM_AUX_LINES_MAX; i++) {
        windows->line_column[0][i] = column_of(windows, &meanings[THING_INPUT], i + 1);
        windows->line_column[1][i] = column_of(windows, &meanings[THING_OUTPUT], i + 1);
    }
}

void oracle_windows_shape(struct oracle_windows *windows, const struct wm_settings *settings)
{
    memset(windows->is_taken, 0, sizeof windows->is_taken);
    for (int thing = 0; thing < THINGS; thing++) {
        const struct meaning *row = &meanings[thing];
        for (int32_t number = 1; number <= items_of(row->kind, settings); number++) {
            const int32_t place = register_of(row, number);
            if (place >= 0) {
                windows->is_taken[place - WM_REGISTER_FIRST] = true;
            }
        }
    }
}

void oracle_windows_look(struct oracle_windows *windows, const struct wm_view *view,
                         bool is_thorough)
{
    windows->source.view = view;
    windows->source.uptime_ms = view->published_ms;
    windows->is_thorough = is_thorough;
    windows->mappers.image_fill(view, windows->image);
}

/* By its OID, as a GET would; false if there is none. */
static bool oid_read(const struct oracle_windows *windows, const uint32_t *oid, size_t length,
                     struct snmps_value *value)
{
    return windows->mappers.get(&windows->mib, &windows->source, oid, length, value) == SNMPS_FOUND;
}

/* False if there is no such object, or it is of another type. */
static bool object_read(const struct oracle_windows *windows, const struct meaning *row,
                        size_t column, int32_t number, int32_t *shown)
{
    struct snmps_value value = {.type = SNMPS_OCTETS};
    const bool is_row = row->kind == STRINGS || row->kind == MODULES;
    const struct snmps_place place = {column, is_row ? (uint32_t)number : 0};
    bool is_there = column != SIZE_MAX;
    if (is_there && !windows->is_thorough) {
        windows->mappers.place_value(&windows->mib, &windows->source, &place, &value);
    } else if (is_there) {
        uint32_t oid[WM_OID_MAX];
        const size_t length = oid_make(row, number, oid);
        oid[length] = place.instance;
        is_there = oid_read(windows, oid, length + 1, &value);
    }
    *shown = is_there ? value.integer : 0;
    return is_there && value.type == (row->object.is_gauge ? SNMPS_GAUGE : SNMPS_INTEGER);
}

static size_t thing_column(const struct oracle_windows *windows, enum oracle_thing thing,
                           int32_t number)
{
    const enum kind kind = meanings[thing].kind;
    return kind == INPUTS || kind == OUTPUTS ? windows->line_column[kind == OUTPUTS][number - 1]
                                             : windows->column[thing];
}

int32_t oracle_windows_object(const struct oracle_windows *windows, enum oracle_thing thing,
                              int32_t number)
{
    int32_t shown;
    (void)object_read(windows, &meanings[thing], thing_column(windows, thing, number), number,
                      &shown);
    return shown;
}

int32_t oracle_windows_register(const struct oracle_windows *windows, enum oracle_thing thing,
                                int32_t number)
{
    const int32_t place = register_of(&meanings[thing], number);
    assert(place >= 0);
    const uint16_t shown = windows->image[place - WM_REGISTER_FIRST];
    return meanings[thing].reg.is_word ? shown : (int16_t)shown;
}

/* ---- what an item must show ------------------------------------------------------------- */

/* Behind what is in text already. */
static __attribute__((format(printf, 3, 4))) void text_add(char *text, size_t size,
                                                           const char *format, ...)
{
    const size_t length = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text + length, size - length, format, arguments);
    va_end(arguments);
}

static int32_t register_wanted(const struct oracle_windows *windows, const struct meaning *row,
                               const struct oracle_reading *reading)
{
    if (!reading->is_known) {
        return 0;
    }
    const int64_t per_unit = (int64_t)row->per_unit * reading->parts;
    return (int32_t)saturated(row,
                              number_of(register_scale(windows, row), reading->value, per_unit));
}

static int32_t object_wanted(const struct oracle_windows *windows, const struct meaning *row,
                             const struct oracle_reading *reading)
{
    if (!reading->is_known) {
        return 0;
    }
    const int64_t per_unit = (int64_t)row->per_unit * reading->parts;
    return (int32_t)number_of(object_scale(windows, row->object.scale), reading->value, per_unit);
}

static void number_add(char *text, size_t size, int32_t shown, struct scale scale, const char *unit,
                       int32_t wanted)
{
    text_add(text, size, " shows %d", (int)shown);
    if (unit[0] != '\0') {
        text_add(text, size, " (%.10g %s)", unit_of(scale, shown), unit);
    }
    text_add(text, size, ", wanted %d", (int)wanted);
}

static void object_describe(const struct oracle_windows *windows, enum oracle_thing thing,
                            int32_t number, const struct oracle_reading *reading, char *text,
                            size_t size)
{
    const struct meaning *row = &meanings[thing];
    uint32_t oid[WM_OID_MAX];
    int32_t shown;
    const size_t length = oid_make(row, number, oid);
    const bool is_there =
        object_read(windows, row, thing_column(windows, thing, number), number, &shown);
    text_add(text, size, " %s (", row->object.name);
    for (size_t i = 0; i < length; i++) {
        text_add(text, size, "%u.", (unsigned)oid[i]);
    }
    text_add(text, size, "%d)", row->kind == STRINGS || row->kind == MODULES ? (int)number : 0);
    if (!is_there) {
        text_add(text, size, " is not there, or of another type");
        return;
    }
    number_add(text, size, shown, object_scale(windows, row->object.scale), row->unit,
               object_wanted(windows, row, reading));
}

static void describe(const struct oracle_windows *windows, enum oracle_thing thing, int32_t number,
                     const struct oracle_reading *reading, char *text, size_t size)
{
    const struct meaning *row = &meanings[thing];
    const int32_t place = register_of(row, number);
    (void)snprintf(text, size, "%s", words[row->kind]);
    if (row->kind != BANK) {
        text_add(text, size, " %d", (int)number);
    }
    text_add(text, size, ", %s:", row->what);
    if (place >= 0) {
        const int32_t shown = oracle_windows_register(windows, thing, number);
        text_add(text, size, " register %d", (int)place);
        number_add(text, size, shown, register_scale(windows, row), row->unit,
                   register_wanted(windows, row, reading));
        text_add(text, size, "%s", row->object.name != NULL ? ";" : "");
    }
    if (row->object.name != NULL) {
        object_describe(windows, thing, number, reading, text, size);
    }
    if (!reading->is_known) {
        text_add(text, size, "; it is lost, or was never measured");
        return;
    }
    if (reading->at_us == 0) {
        return;
    }
    const double unit = (double)row->per_unit * (double)reading->parts;
    if (reading->low > reading->high) {
        text_add(text, size, "; in the plant nobody was there");
    } else {
        text_add(text, size, "; by the plant it is %.10g to %.10g%s%s", (double)reading->low / unit,
                 (double)reading->high / unit, row->unit[0] != '\0' ? " " : "", row->unit);
    }
    text_add(text, size, ", answered at %.3f s as %.10g%s%s", (double)reading->at_us * 1e-6,
             (double)reading->value / unit, row->unit[0] != '\0' ? " " : "", row->unit);
}

bool oracle_windows_show(const struct oracle_windows *windows, enum oracle_thing thing,
                         int32_t number, const struct oracle_reading *reading, char *text,
                         size_t size)
{
    const struct meaning *row = &meanings[thing];
    const int32_t place = register_of(row, number);
    bool is_right = !reading->is_known || reading->is_unsure ||
                    (reading->low <= reading->value && reading->value <= reading->high);
    if (place >= 0) {
        const uint16_t wanted = (uint16_t)register_wanted(windows, row, reading);
        is_right = is_right && windows->image[place - WM_REGISTER_FIRST] == wanted;
    }
    if (row->object.name != NULL) {
        int32_t shown;
        is_right =
            is_right &&
            object_read(windows, row, thing_column(windows, thing, number), number, &shown) &&
            shown == object_wanted(windows, row, reading);
    }
    if (!is_right) {
        describe(windows, thing, number, reading, text, size);
    }
    return is_right;
}

/* ---- the rest --------------------------------------------------------------------------- */

static bool registers_are_empty(const struct oracle_windows *windows, char *text, size_t size)
{
    for (int32_t i = 0; i < WM_REGISTERS; i++) {
        if (windows->image[i] != 0 && !windows->is_taken[i]) {
            (void)snprintf(text, size,
                           "register %d shows %d, not 0: it is reserved, or nobody's who is "
                           "configured",
                           (int)(WM_REGISTER_FIRST + i), (int)windows->image[i]);
            return false;
        }
    }
    return true;
}

/* What a column of the alarm table shows for a row, as one number; the arc of a well-known alarm.
 */
static bool alarm_read(const struct oracle_windows *windows, uint32_t column, uint32_t id,
                       uint32_t *shown)
{
    const uint32_t oid[] = {BACS, 3, 2, 1, column, id};
    struct snmps_value value = {.type = SNMPS_OCTETS};
    const bool is_there = oid_read(windows, oid, COUNT(oid), &value);
    const uint32_t well_known[] = {BACS, 3, 3};
    switch (column) {
    case 1:
        *shown = (uint32_t)value.integer;
        return is_there && value.type == SNMPS_INTEGER;
    case 2:
        *shown = value.type == SNMPS_OID ? value.oid[value.oid_length - 1] : 0;
        return is_there && value.type == SNMPS_OID && value.oid_length == COUNT(well_known) + 1 &&
               memcmp(value.oid, well_known, sizeof well_known) == 0;
    default:
        *shown = value.ticks;
        return is_there && value.type == SNMPS_TIMETICKS;
    }
}

/* The rows are those of the view, which the judge of alarms has seen (decision S7). */
static bool alarms_are_right(const struct oracle_windows *windows, char *text, size_t size)
{
    const struct wm_view *view = windows->source.view;
    for (int32_t i = 0; i < view->alarm_rows; i++) {
        const struct wm_view_alarm *alarm = &view->alarm[i];
        const int64_t ticks = alarm->existed_at_start ? 0 : alarm->detected_ms / 10;
        const uint32_t wanted[] = {alarm->id, (uint32_t)alarm->number, (uint32_t)ticks};
        for (uint32_t column = 1; column <= COUNT(wanted); column++) {
            uint32_t shown = 0;
            if (!alarm_read(windows, column, alarm->id, &shown) || shown != wanted[column - 1]) {
                (void)snprintf(text, size,
                               "column %u of the alarm table shows %u for id %u, not %u",
                               (unsigned)column, (unsigned)shown, (unsigned)alarm->id,
                               (unsigned)wanted[column - 1]);
                return false;
            }
        }
    }
    return true;
}

static bool settings_are_right(const struct oracle_windows *windows, char *text, size_t size)
{
    const struct wm_settings *settings = &windows->source.view->settings;
    for (size_t i = 0; i < COUNT(settings_rows); i++) {
        const uint32_t oid[] = {BACS, 1, settings_rows[i].leaf, 0};
        struct snmps_value value = {.type = SNMPS_OCTETS};
        const int32_t kept = settings->value[settings_rows[i].setting];
        const int64_t wanted = number_of(object_scale(windows, settings_rows[i].scale), kept,
                                         settings_rows[i].per_unit);
        if (!oid_read(windows, oid, COUNT(oid), &value) || value.integer != wanted) {
            (void)snprintf(text, size, "1.3.6.1.2.1.33.5.1.%u.0 shows %d, not %d: %s is %d",
                           (unsigned)settings_rows[i].leaf, (int)value.integer, (int)wanted,
                           wm_setting(settings_rows[i].setting)->name, (int)kept);
            return false;
        }
    }
    return true;
}

/* Each object that is judged, and no other, is met by a walk. */
static bool walk_is_right(const struct oracle_windows *windows, char *text, size_t size)
{
    const struct wm_view *view = windows->source.view;
    uint32_t oid[WM_OID_MAX] = {BACS};
    const size_t bacs = COUNT(((uint32_t[]){BACS}));
    struct snmps_place place;
    int32_t met = 0;
    int32_t wanted = (int32_t)COUNT(settings_rows) + ALARM_COLUMNS * view->alarm_rows;
    for (int thing = 0; thing < THINGS; thing++) {
        const struct meaning *row = &meanings[thing];
        wanted += row->object.name != NULL ? items_of(row->kind, &view->settings) : 0;
    }
    bool is_there = snmps_next(&windows->mib, view, oid, bacs, &place);
    while (is_there) {
        met++;
        is_there = snmps_after(&windows->mib, view, &place);
    }
    if (met != wanted) {
        (void)snprintf(text, size, "a walk below 1.3.6.1.2.1.33.5 meets %d objects, not %d",
                       (int)met, (int)wanted);
    }
    return met == wanted;
}

bool oracle_windows_rest(const struct oracle_windows *windows, char *text, size_t size)
{
    return registers_are_empty(windows, text, size) && alarms_are_right(windows, text, size) &&
           (!windows->is_thorough ||
            (settings_are_right(windows, text, size) && walk_is_right(windows, text, size)));
}
