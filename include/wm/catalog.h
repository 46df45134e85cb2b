/*
 * catalog.h — the const tables made from the .def files, and the ways to find a row.
 *
 * Everyone links the catalog: core and services by id, harness and printers by name. The .def
 * files are expanded here for the ids and in firmware/catalog/ for the rows; nowhere else.
 */
#ifndef WM_CATALOG_H
#define WM_CATALOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wm/status.h"

struct wm_view;
struct wm_settings;

/*
 * What stands for a name of a table in what is kept: 32-bit FNV-1a. Rows may come and go around it;
 * settings are told apart by it, and events are.
 */
uint32_t wm_name_key(const char *name);

/* ---- units ------------------------------------------------------------------------------ */

enum wm_unit {
#define UNIT(unit, natural, per_natural) wm_unit_##unit,
#include "wm/units.def"
#undef UNIT
    wm_units
};

struct wm_unit_row {
    const char *name;
    const char *natural_name; /* "" where a plain number is meant */
    int32_t per_natural;
};

const struct wm_unit_row *wm_unit(enum wm_unit unit);

/* ---- flags ------------------------------------------------------------------------------ */

enum wm_flag_set {
    wm_flag_set_general_status, /* register 1000 */
    wm_flag_set_battery_status, /* register 1001 */
    wm_flag_set_alarm,          /* register 1002, module and string words */
    wm_flag_set_string_alarm,   /* bacsStringAlarm2 */
    wm_flag_set_count
};

/* wm_flag_general_status_running = 0x0001, ...; `none` is 0 in every set. */
enum wm_flag {
#define FLAG(set, name, value, guide_name) wm_flag_##set##_##name = (value),
#define WORD(scope, point, set)
#include "wm/flags.def"
#undef FLAG
#undef WORD
    wm_flag_general_status_none = 0,
    wm_flag_battery_status_none = 0,
    wm_flag_alarm_none = 0,
    wm_flag_string_alarm_none = 0,
};

struct wm_flag_row {
    enum wm_flag_set set;
    const char *name;
    uint16_t value;
    const char *guide_name;
};

/* All flags of all sets; *count of them. */
const struct wm_flag_row *wm_flags(size_t *count);

/* ---- encodings -------------------------------------------------------------------------- */

enum wm_encoding_kind {
    WM_ENCODE_NOT_SHOWN,
    WM_ENCODE_U16,           /* as it is, saturated to 0..65535                              */
    WM_ENCODE_S16,           /* value / divisor, saturated to -32768..32767                  */
    WM_ENCODE_STRING_FACTOR, /* S16 of whole V or A times the setting modbus.string_factor   */
    WM_ENCODE_HALF_DEGREE,   /* x with T = (x - 78) / 2 in degC (guide, "Module Modbus ...") */
    WM_ENCODE_INTEGER,       /* INTEGER as it is                                             */
    WM_ENCODE_GAUGE,         /* Gauge32 as it is                                             */
    WM_ENCODE_LINEAR,        /* INTEGER of value / divisor                                   */
    WM_ENCODE_TEMPERATURE,   /* INTEGER of 0.1 degC or 0.1 degF by temperature.unit          */
};

struct wm_encoding {
    enum wm_encoding_kind kind;
    int32_t divisor; /* of S16 and LINEAR */
};

/*
 * What a window shows for a value in its unit (decisions M6, M7, S10): rounded once, half away
 * from zero, saturated. unit is the value's; settings give string factor and temperature unit.
 */
int32_t wm_encode(struct wm_encoding encoding, enum wm_unit unit, int32_t value,
                  const struct wm_settings *settings);

/*
 * The value in its row's unit that an object's number stands for; wm_encode of it gives the number
 * again (decision S6). False: nothing is written in this encoding.
 */
bool wm_decode(struct wm_encoding encoding, int32_t shown, const struct wm_settings *settings,
               int64_t *value);

/* ---- points ----------------------------------------------------------------------------- */

enum wm_scope {
    wm_scope_system,
    wm_scope_string,
    wm_scope_module,
    wm_scope_aux_input,
    wm_scope_aux_output,
    wm_scope_sensor,
    wm_scope_aux,
    wm_scope_com2,
    wm_scope_com2_analog,
    wm_scope_com2_input,
    wm_scope_com2_output,
    wm_scope_panel,
    wm_scope_programmer,
    wm_scope_count
};

/* "system", "string", ... */
const char *wm_scope_name(enum wm_scope scope);

/* How many items a scope has at most, and how many are configured. */
int32_t wm_scope_items_max(enum wm_scope scope);
int32_t wm_scope_items(enum wm_scope scope, const struct wm_settings *settings);

/* wm_point_module_voltage, ... in the order of points.def */
enum wm_point {
#define POINT(scope, name, ...) wm_point_##scope##_##name,
#include "wm/points.def"
#undef POINT
    wm_point_count
};

#define WM_NO_REGISTER (-1)
#define WM_NO_OBJECT   (-1)

struct wm_point_row {
    enum wm_scope scope;
    const char *name;
    enum wm_unit unit;
    size_t offset;           /* of the int32_t in the scope's record of struct wm_view */
    int32_t register_offset; /* in a window of its scope, or WM_NO_REGISTER */
    struct wm_encoding register_encoding;
    const char *register_name;
    int32_t snmp_group; /* arc below 1.3.6.1.2.1.33.5, or WM_NO_OBJECT */
    int32_t snmp_leaf;  /* scalar, column, or what is added to the line of an aux */
    struct wm_encoding snmp_encoding;
    const char *snmp_name;
    const char *text;
};

const struct wm_point_row *wm_point(enum wm_point point);

/* By scope and name; false if there is none. */
bool wm_point_find(enum wm_scope scope, const char *name, enum wm_point *point);

/*
 * The name of the value of a point that is a choice or a line's level ("discharge", "normal"), or
 * null.
 */
const char *wm_state_name(enum wm_point point, int32_t value);

/* The set of flags that a point shows; false if it is no word of flags. */
bool wm_point_flags(enum wm_point point, enum wm_flag_set *set);

/*
 * The least and the most that a point can show, 0 included, in its unit; false where neither
 * ranges.def nor a set of flags says so.
 */
bool wm_point_range(enum wm_point point, int32_t *least, int32_t *most);

/* wm_state_string_flow_float, ... */
enum wm_state_value {
#define STATE(scope, point, value, name) wm_state_##scope##_##point##_##name = (value),
#include "wm/states.def"
#undef STATE
};

/*
 * The value of item number (1-based) in the view. False, and *value 0, when it is not configured,
 * never measured, lost or silent: the windows show 0 then (decisions M2, M8, S3).
 */
bool wm_point_read(enum wm_point point, int32_t number, const struct wm_view *view, int32_t *value);

/* ---- register windows ------------------------------------------------------------------- */

struct wm_window_row {
    const char *name;
    enum wm_scope scope;
    int32_t first;
    int32_t stride;
    int32_t number_first;
    int32_t number_last;
    uint32_t offsets; /* bit o: offset o shows a value; the others read 0 */
};

const struct wm_window_row *wm_windows(size_t *count);

/* The register of a point's item, or WM_NO_REGISTER. */
int32_t wm_point_register(enum wm_point point, int32_t number);

/* ---- SNMP places ------------------------------------------------------------------------ */

/* Arcs below bacs = 1.3.6.1.2.1.33.5. */
#define WM_OID_BACS 1, 3, 6, 1, 2, 1, 33, 5
enum {
    WM_SNMP_SETTINGS = 1,
    WM_SNMP_OBJECTS = 2,
    WM_SNMP_ALARMS = 3,
    WM_SNMP_TRAPS = 4,
    WM_SNMP_AUX = 5,
    WM_SNMP_MODULE_TABLE = 5, /* below WM_SNMP_OBJECTS */
    WM_SNMP_STRING_TABLE = 7, /* below WM_SNMP_OBJECTS */
    WM_SNMP_ALARM_TABLE = 2,  /* below WM_SNMP_ALARMS: columns 1 id, 2 descr, 3 time */
    WM_SNMP_WELL_KNOWN = 3,   /* below WM_SNMP_ALARMS */
    WM_SNMP_ENTRY_ADDED = 1,  /* below WM_SNMP_TRAPS */
    WM_SNMP_ENTRY_REMOVED = 2,
};

#define WM_OID_MAX 14

/*
 * The full OID of a point's item into oid[WM_OID_MAX]; returns its length, 0 if it has none.
 */
size_t wm_point_oid(enum wm_point point, int32_t number, uint32_t *oid);

/* ---- alarms ----------------------------------------------------------------------------- */

enum wm_alarm {
#define ALARM(name, ...) wm_alarm_##name,
#include "wm/alarms.def"
#undef ALARM
    wm_alarm_count
};

enum wm_level { WM_LEVEL_STATE, WM_LEVEL_WARNING, WM_LEVEL_ALARM };
enum wm_general { WM_GENERAL_no, WM_GENERAL_yes, WM_GENERAL_set, WM_GENERAL_environment };

struct wm_alarm_row {
    const char *name;
    int32_t number; /* of the well-known list; 0: no row in the alarm table */
    enum wm_scope scope;
    enum wm_level level;
    enum wm_general general;
    uint16_t alarm_flag;
    uint16_t string_flag;
    uint16_t status_flag;
    uint16_t battery_flag;
    const char *snmp_name; /* "bacsAlarmVoltageHigh"; null where number is 0 */
    const char *text;
};

const struct wm_alarm_row *wm_alarm(enum wm_alarm alarm);
bool wm_alarm_find(const char *name, enum wm_alarm *alarm);

/* ---- refusals --------------------------------------------------------------------------- */

/* wm_refusal_unknown = 1, ... */
enum wm_refusal {
#define REFUSAL(number, name, text) wm_refusal_##name = (number),
#include "wm/refusals.def"
#undef REFUSAL
};

struct wm_refusal_row {
    int32_t number;
    const char *name;
    const char *text;
};

const struct wm_refusal_row *wm_refusals(size_t *count);

/* "unknown", ...; null: no such number. */
const char *wm_refusal_name(int32_t number);

/* How a status that is not WM_OK is told to whoever asked. */
enum wm_refusal wm_refusal_of(enum wm_status status);

/* ---- settings --------------------------------------------------------------------------- */

/* wm_setting_bus_round_period, ... in the order of settings.def */
enum wm_setting {
#define SETTING(group, name, ...) wm_setting_##group##_##name,
#include "wm/settings.def"
#undef SETTING
    wm_setting_count
};

/* Values of com2.use (decision B21). */
enum wm_com2_use {
    WM_COM2_NONE,
    WM_COM2_MODBUS_RTU,
    WM_COM2_TEMPERATURE_HUMIDITY,
    WM_COM2_SENSORMANAGER,
};

enum wm_scaling { WM_SCALE_FIXED, WM_SCALE_NOMINAL, WM_SCALE_STRING, WM_SCALE_CAPACITY };
enum wm_access { WM_ACCESS_NONE, WM_ACCESS_RO, WM_ACCESS_RW };

struct wm_setting_row {
    const char *name; /* "bus.round_period" */
    enum wm_unit unit;
    enum wm_scaling scaling;
    int32_t min;
    int32_t max;
    int32_t value_default;
    int32_t snmp_leaf; /* below bacsSettings, or WM_NO_OBJECT */
    enum wm_access access;
    struct wm_encoding snmp_encoding;
    const char *snmp_name;
    const char *text;
};

/* Each with its zero, and zeros behind it. */
struct wm_texts {
#define TEXT(group, name, bytes_max, ...) char group##_##name[(bytes_max) + 1];
#include "wm/texts.def"
#undef TEXT
};

/* Every setting, in its row's unit, and every text; filled by the core, read by everyone. */
struct wm_settings {
    int32_t value[wm_setting_count];
    struct wm_texts text;
};

const struct wm_setting_row *wm_setting(enum wm_setting setting);
bool wm_setting_find(const char *name, enum wm_setting *setting);
/* By the key of its name (wm_name_key). */
bool wm_setting_find_key(uint32_t key, enum wm_setting *setting);

/* Does it say what the plant is? Such are set when a webmanager is set up, and by nobody later. */
bool wm_setting_is_structural(enum wm_setting setting);

/*
 * A value typed by a person ("12.5", "open_breaker") in the natural unit or as the choice's name,
 * into the row's unit. WM_RANGE when it is no number, no such choice, or outside min..max; error
 * (size bytes) then says what would be right.
 */
WM_MUST_CHECK enum wm_status wm_setting_parse(enum wm_setting setting, const char *text,
                                              int32_t *value, char *error, size_t size);

/* Is the value one that the setting may have: in its range, and a name or a factor of its own? */
bool wm_setting_fits(enum wm_setting setting, int32_t value);

/* The name of a choice's value, or null. */
const char *wm_choice_name(enum wm_setting setting, int32_t value);

/* ---- texts ------------------------------------------------------------------------------ */

/* wm_text_snmp_read_community, ... in the order of texts.def */
enum wm_text {
#define TEXT(group, name, ...) wm_text_##group##_##name,
#include "wm/texts.def"
#undef TEXT
    wm_text_count
};

enum wm_text_form {
    WM_FORM_LINE,
    WM_FORM_WORD,
    WM_FORM_PASSPHRASE,
    WM_FORM_NETWORK,
    WM_FORM_RECEIVER,
};

struct wm_text_row {
    const char *name; /* "snmp.read_community"; no setting has the same */
    size_t bytes_max; /* without the zero */
    enum wm_text_form form;
    bool is_secret; /* no window and no log shows it */
    const char *value_default;
    size_t offset; /* in struct wm_texts */
    const char *text;
};

const struct wm_text_row *wm_text(enum wm_text text);
bool wm_text_find(const char *name, enum wm_text *text);
/* By the key of its name (wm_name_key). */
bool wm_text_find_key(uint32_t key, enum wm_text *text);

/* "printable ASCII", ... */
const char *wm_form_describe(enum wm_text_form form);

/* Never null; "" is nothing. */
const char *wm_text_value(const struct wm_settings *settings, enum wm_text text);

/* WM_RANGE when the string is too long or not of the text's form; error (size bytes) says why. */
WM_MUST_CHECK enum wm_status wm_text_check(enum wm_text text, const char *string, char *error,
                                           size_t size);

/* Sets it, if wm_text_check lets it; the settings are else unchanged. */
WM_MUST_CHECK enum wm_status wm_text_set(struct wm_settings *settings, enum wm_text text,
                                         const char *string);

/* ---- families of SNMP ------------------------------------------------------------------- */

/* Values of snmp.receiver_1_version and of snmp.v3_level. */
enum wm_snmp_version { WM_SNMP_V1, WM_SNMP_V2C, WM_SNMP_V3 };
enum wm_snmp_level { WM_SNMP_NO_AUTH, WM_SNMP_AUTH, WM_SNMP_PRIV };

/* A user of v3 as the settings have it; borrows from them. number is 1..WM_SNMP_USERS. */
struct wm_snmp_user {
    const char *name; /* "": there is none */
    const char *auth; /* passphrases */
    const char *priv;
    enum wm_snmp_level level; /* the best that its passphrases allow */
    bool may_write;
};
struct wm_snmp_user wm_snmp_user(const struct wm_settings *settings, int32_t number);

/* Whom traps are told; borrows from the settings. number is 1..WM_TRAP_RECEIVERS_MAX. */
struct wm_snmp_receiver {
    const char *address; /* "": nobody */
    const char *community;
    enum wm_snmp_version version;
    bool is_inform;
    int32_t user; /* number of the user that v3 tells it as */
};
struct wm_snmp_receiver wm_snmp_receiver(const struct wm_settings *settings, int32_t number);

/* The text that is its address. */
enum wm_text wm_snmp_receiver_text(int32_t number);

/* ---- changes ---------------------------------------------------------------------------- */

/* One new value of a setting, or of a text. */
struct wm_change {
    enum wm_setting setting;
    int32_t value; /* in its row's unit */
    enum wm_text text;
    const char *string; /* of the text; null: it is the setting that changes */
};

/* ---- module types ----------------------------------------------------------------------- */

/* How well a quantity is measured: as the guide prints it, and what a virtual module has of it. */
struct wm_accuracy {
    int32_t printed_permille;
    int32_t gain_ppm;
    int32_t drift_ppm;
    int32_t noise; /* at most: uV, mK, ppm of a resistance */
};

struct wm_module_type {
    const char *name;
    int32_t code;
    int32_t nominal_mV;
    int32_t voltage_mV_low;
    int32_t voltage_mV_high;
    int32_t resistance_uOhm_low;
    int32_t resistance_uOhm_high;
    int32_t resistance_uOhm_step;
    int32_t equalizing_mA;
    int32_t draw_mA; /* that it takes from its block */
    struct wm_accuracy voltage;
    struct wm_accuracy temperature;
    struct wm_accuracy resistance;
};

/* By bacsModuleType; null if there is none. */
const struct wm_module_type *wm_module_type(int32_t code);

#endif
