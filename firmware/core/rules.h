/*
 * rules.h — when a measured value is an alarm or a warning: one const row a limit.
 *
 * Decisions B4 (strictly beyond, hysteresis, 0 is off), B5 (asked again before it counts, delay),
 * B6 (alarm hides warning). Always true: nothing is judged from a value never measured; a lost
 * module keeps what it had until a good value clears it (decision M8).
 */
#ifndef WM_RULES_H
#define WM_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "alarm.h"
#include "bank.h"
#include "wm/limits.h"
#include "wm/units.h"

/* The limits, each with its high and its low side. */
enum wm_watch_id {
    WM_WATCH_VOLTAGE_HIGH,
    WM_WATCH_VOLTAGE_LOW,
    WM_WATCH_TEMPERATURE_HIGH,
    WM_WATCH_TEMPERATURE_LOW,
    WM_WATCH_RESISTANCE_HIGH,
    WM_WATCH_RESISTANCE_LOW,
    WM_WATCH_STRING_HIGH,
    WM_WATCH_STRING_LOW,
    WM_WATCH_CURRENT_HIGH,
    WM_WATCH_CURRENT_LOW,
    WM_WATCH_DEVIATION_CHARGE,
    WM_WATCH_DEVIATION_DISCHARGE,
    WM_WATCH_DIFFERENCE, /* of a module's voltage from its string's average: one side, one level */
    WM_WATCHES,
    WM_MODULE_WATCHES = WM_WATCH_RESISTANCE_LOW + 1,
    WM_STRING_WATCHES = WM_WATCH_DEVIATION_DISCHARGE + 1 - WM_MODULE_WATCHES
};

/* One level of one limit of one item. */
enum wm_phase {
    WM_PHASE_CLEAR,
    WM_PHASE_SUSPECT, /* crossed once: to be asked again */
    WM_PHASE_HOLDING, /* crossed twice: the delay runs   */
    WM_PHASE_RAISED,
};

struct wm_hold {
    wm_ms since_ms; /* of HOLDING */
    enum wm_phase phase;
};

struct wm_watch {
    struct wm_hold alarm;
    struct wm_hold warning;
    enum wm_level shown; /* WM_LEVEL_STATE: none */
};

/* A level in force. Low sides are kept negated, so that every comparison is `above`. */
struct wm_limit {
    bool is_on;
    int32_t above;
    int32_t clear; /* at or below this it is back inside */
};

struct wm_rules {
    wm_ms delay_ms[WM_WATCHES];
    struct wm_limit alarm[WM_WATCHES];
    struct wm_limit warning[WM_WATCHES];
    struct wm_watch module[WM_MODULES_MAX][WM_MODULE_WATCHES];
    struct wm_watch difference[WM_MODULES_MAX];
    struct wm_watch string[WM_STRINGS_MAX][WM_STRING_WATCHES];
};

void wm_rules_init(struct wm_rules *rules, const struct wm_settings *settings);

/* Takes changed settings over; what is raised is judged by them at the next value. */
void wm_rules_configure(struct wm_rules *rules, const struct wm_settings *settings);

/* What a judgement came to, as a sum. */
enum wm_judgement {
    WM_JUDGED_AGAIN = 1 << 0,   /* a limit was newly crossed: ask again at once (decision B5) */
    WM_JUDGED_CHANGED = 1 << 1, /* a level is shown that was not, or no longer               */
};

/* Judges what was just measured of a module (`message`: measure or impedance). */
unsigned wm_rules_module(struct wm_rules *rules, struct wm_alarms *alarms,
                         const struct wm_bank *bank, int32_t index, enum wm_message_id message,
                         wm_ms now_ms);

/* A module is lost: what it has raised stays, what was only on its way is forgotten. */
void wm_rules_module_lost(struct wm_rules *rules, int32_t index);

/* Nothing was measured for a while: likewise for all modules and strings. */
void wm_rules_pause(struct wm_rules *rules);

/*
 * Judges a string's voltage, the average of its valid modules times its configured modules
 * (decision M8).
 */
unsigned wm_rules_string(struct wm_rules *rules, struct wm_alarms *alarms,
                         const struct wm_bank *bank, int32_t index, wm_ms now_ms);

/*
 * Judges how far the valid modules of a string are from their average (decision B14). Sums must
 * be fresh; AGAIN means all of them, since the average is made of all.
 */
unsigned wm_rules_differences(struct wm_rules *rules, struct wm_alarms *alarms,
                              const struct wm_bank *bank, int32_t index, wm_ms now_ms);

/* Judges the current that a string's sensor has just told (decision B17). */
unsigned wm_rules_current(struct wm_rules *rules, struct wm_alarms *alarms,
                          const struct wm_bank *bank, int32_t index, wm_ms now_ms);

/* A string's sensor is lost: as with a module. */
void wm_rules_sensor_lost(struct wm_rules *rules, int32_t index);

/*
 * Judges every string's current against the mean of those that are not isolated and have a present
 * sensor of their own, at least two, while they carry at least 1 A each on average (decision B17).
 * Where nothing is to be compared, nothing deviates: what was raised goes. A lost sensor tells
 * nothing: its string keeps what it had, and so does a string that is compared with no other.
 */
unsigned wm_rules_deviations(struct wm_rules *rules, struct wm_alarms *alarms,
                             const struct wm_bank *bank, wm_ms now_ms);

/* The alarm word's bits, warnings not among them (decision B6). */
uint16_t wm_rules_module_flags(const struct wm_rules *rules, int32_t index);
uint16_t wm_rules_string_flags(const struct wm_rules *rules, int32_t index);

/* The bits of bacsStringAlarm2 that limits set, warnings among them. */
uint16_t wm_rules_string_flags2(const struct wm_rules *rules, int32_t index);

/* Whether any limit of the module shows this level. */
bool wm_rules_module_shows(const struct wm_rules *rules, int32_t index, enum wm_level level);

#endif
