/*
 * files.h — finding scenario files and plants.
 */
#ifndef HX_FILES_H
#define HX_FILES_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/text.h"

struct hx_files {
    char **path;
    size_t count;
};

/*
 * Adds a file as it is named, or every *.lua below a directory in the order of their names,
 * without those in a folder named plants. False, with one line in error, when it can't be read.
 */
bool hx_files_add(struct hx_files *files, const char *path, struct hx_text *error);

/* The same of records: a file, or every *.record below a directory. */
bool hx_files_add_records(struct hx_files *files, const char *path, struct hx_text *error);

/* Adds every plant (*.lua in a folder named plants) at or below the directory. */
bool hx_files_add_plants(struct hx_files *files, const char *directory, struct hx_text *error);
void hx_files_free(struct hx_files *files);

/*
 * The file of a plant: a path (seen from the scenario's folder, then from here) or a NAME, looked
 * up as plants/NAME.lua in the scenario's folder and its parents, then in scenarios/plants, then in
 * that of the source tree. scenario_file may be null. Null, with the known plants in error, when
 * there is none; else to be freed.
 */
char *hx_plant_find(const char *scenario_file, const char *name, struct hx_text *error);

#endif
