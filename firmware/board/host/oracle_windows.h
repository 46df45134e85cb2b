/*
 * oracle_windows.h — the two windows under the judge's eyes: the register image and the MIB view,
 * as the services' mappers make them, held against what they must show.
 *
 * What a register or an object stands for is written down here a second time, from the guide's
 * tables (decisions M1, M2, M6, M7, S3, S6, S10, the half degrees of a temperature): nothing of the
 * catalog says where a number stands or how it is scaled.
 */
#ifndef BOARD_ORACLE_WINDOWS_H
#define BOARD_ORACLE_WINDOWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "firmware/service/snmp/mib_view.h"
#include "wm/limits.h"
#include "wm/view.h"

/* What both windows, or one of them, show of an item. */
enum oracle_thing {
    THING_STATUS,
    THING_BATTERY_STATUS,
    THING_ALARMS_ORED,
    THING_STRINGS,
    THING_MODULES,
    THING_AVERAGE,
    THING_TOTAL,
    THING_ALARM_ROWS,
    THING_MODULE_ALARMS,
    THING_MODULE_WARNINGS,
    THING_STRING_INDEX,
    THING_STRING_CURRENT,
    THING_STRING_TOTAL,
    THING_STRING_AVERAGE,
    THING_STRING_CURRENT_AC,
    THING_STRING_ALARM,
    THING_STRING_ALARM2,
    THING_MODULE_INDEX,
    THING_MODULE_VOLTAGE,
    THING_MODULE_TEMPERATURE,
    THING_MODULE_BYPASS,
    THING_MODULE_RESISTANCE,
    THING_MODULE_ALARM,
    THING_INPUT,
    THING_OUTPUT,
    THINGS
};

/*
 * What is to be shown: value / parts in mV, 0.1 degC, permille, uOhm, mA, or a plain number. Zero
 * is not known. The plant was between low and high, in the same parts, when it was measured.
 */
struct oracle_reading {
    bool is_known;  /* measured, and not lost: else both windows read 0 (decisions M8, S3) */
    bool is_unsure; /* told over a disturbed line: the plant binds it not */
    int32_t parts;
    int64_t value;
    int64_t low, high;
    int64_t at_us; /* of the answer; of the oldest one in a sum; 0: it is not told by a device */
};

/* The mappers of the services; a test may lay a fault over them. */
struct oracle_mappers {
    void (*image_fill)(const struct wm_view *view, uint16_t image[WM_REGISTERS]);
    enum snmps_found (*get)(const struct snmps_mib *mib, const struct snmps_source *source,
                            const uint32_t *oid, size_t length, struct snmps_value *value);
    void (*place_value)(const struct snmps_mib *mib, const struct snmps_source *source,
                        const struct snmps_place *place, struct snmps_value *value);
};

struct oracle_windows {
    struct oracle_mappers mappers;
    struct snmps_mib mib;
    /* Where the objects stand among the MIB's columns; SIZE_MAX: there is none such. */
    size_t column[THINGS];
    size_t line_column[2][WM_AUX_LINES_MAX]; /* inputs, outputs */
    bool is_taken[WM_REGISTERS];             /* by something that is configured */
    /* Of the view at hand: */
    struct snmps_source source;
    bool is_thorough;
    uint16_t image[WM_REGISTERS];
};

/* mappers null: the services' own. */
void oracle_windows_open(struct oracle_windows *windows, const struct oracle_mappers *mappers);

/* How many there are of each item follows from settings. */
void oracle_windows_shape(struct oracle_windows *windows, const struct wm_settings *settings);

/* Looks through both windows; the view is borrowed until the next look. is_thorough: each object is
 * asked for by its OID, and oracle_windows_rest walks them all. */
void oracle_windows_look(struct oracle_windows *windows, const struct wm_view *view,
                         bool is_thorough);

/*
 * True if the windows show of item `number` (from 1; of the bank 1) what the reading says, and the
 * reading is the plant's. Else text says what each shows, what is wanted, and where the plant was.
 */
bool oracle_windows_show(const struct oracle_windows *windows, enum oracle_thing thing,
                         int32_t number, const struct oracle_reading *reading, char *text,
                         size_t size);

/* The number that the object of a thing, or its register, shows. */
int32_t oracle_windows_object(const struct oracle_windows *windows, enum oracle_thing thing,
                              int32_t number);
int32_t oracle_windows_register(const struct oracle_windows *windows, enum oracle_thing thing,
                                int32_t number);

/*
 * Whatever is not an item's: registers that nobody has read 0 (decision M2), the alarm table is as
 * the view's rows; looked at thoroughly, also the settings' objects, and no object too many or few.
 */
bool oracle_windows_rest(const struct oracle_windows *windows, char *text, size_t size);

#endif
