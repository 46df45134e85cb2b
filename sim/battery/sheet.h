/*
 * sheet.h — a battery's data sheet as a text file.
 *
 * Lines "# key = value" are the name plate: class, cells, capacity_Ah, at_hours, resistance_mOhm
 * of the block, mass_kg, temperature_C; capacity_Ah and at_hours may repeat, in the same order.
 * Other keys are notes, and so is "# text"; source is kept. Then, if there are rows, the line
 * amps,volts_per_cell,minutes or watts,volts_per_cell,minutes, and the rows: what the block gives,
 * its end voltage a cell, for how long.
 */
#ifndef SIM_BATTERY_SHEET_H
#define SIM_BATTERY_SHEET_H

#include "sim/battery/type.h"

enum { SIM_SOURCE_MAX = 400 };

struct sim_battery_sheet {
    struct sim_battery_plate plate;
    char source[SIM_SOURCE_MAX]; /* empty: it names none; cut where it is longer */
    size_t rows;
    struct sim_battery_row row[SIM_SHEET_ROWS_MAX];
    int32_t line[SIM_SHEET_ROWS_MAX]; /* of the file, of each row */
};

/* False with "FILE:LINE: what is wrong; what would be right" in error. */
bool sim_battery_sheet_read(struct sim_battery_sheet *sheet, const char *file, char *error,
                            size_t error_size);

/*
 * What no such block can be, found after its parts were good: "what is wrong; what would be right"
 * in why, or true. For sheets and for types.
 */
bool sim_battery_plate_check(const struct sim_battery_plate *plate, char *why, size_t why_size);

/* What a value of a plate may be: "cells", ... ; false: there is no such key. */
struct sim_battery_range {
    const char *key;
    double low, high;
    bool is_whole;
};
const struct sim_battery_range *sim_battery_range(const char *key);

#endif
