/*
 * load.h — battery types: Lua files, and those that are built in (batteries/).
 */
#ifndef SIM_BATTERY_LOAD_H
#define SIM_BATTERY_LOAD_H

#include <stdio.h>

#include "sim/battery/sheet.h"
#include "sim/battery/type.h"

enum { SIM_BATTERY_NAME_MAX = 64 };

struct sim_battery_type {
    char name[SIM_BATTERY_NAME_MAX];
    char source[SIM_SOURCE_MAX];
    struct sim_battery_plate plate;
    struct sim_battery_fit fit;          /* the file's, or the likeliest with that plate */
    bool is_fitted;                      /* the file's */
    struct sim_cell_constants constants; /* what both make */
};

/*
 * A file (its name ends in .lua, or has a slash), or one that is built in, by its name. False with
 * "FILE:LINE: what is wrong; what would be right" in error.
 */
bool sim_battery_type_load(struct sim_battery_type *type, const char *word, char *error,
                           size_t error_size);

/* The name of a built-in type, in order; false beyond the last. */
bool sim_battery_type_name(size_t index, char name[SIM_BATTERY_NAME_MAX]);

/* As a file that loads to the same type. fitted: what is to be said of the fit. False: errno. */
bool sim_battery_type_write(const struct sim_battery_type *type, const char *fitted, FILE *file);

#endif
