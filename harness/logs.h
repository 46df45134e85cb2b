/*
 * logs.h — the webmanager's logs as files: events.csv, normal.csv and flow.csv in a folder.
 */
#ifndef HX_LOGS_H
#define HX_LOGS_H

#include <stdbool.h>

#include "harness/stage/script.h"
#include "harness/text.h"
#include "wm/log.h"

/*
 * Makes the folder (its parent is there) with the three files in it, empty: logs of an earlier run
 * are gone. False, with a complaint made, when that cannot be.
 */
bool hx_logs_make(const char *folder);

/* The same for a folder and one in it for each scenario, named after it: scenario->log_folder. */
bool hx_logs_make_each(const char *folder, struct hx_scenarios *list);

/* Makes a folder that --OPTION names; its parent is there, and it may be. False, with a complaint.
 */
bool hx_folder_make(const char *option, const char *folder);

/* A scenario's name as that of a file: "a hot block: 52" -> "a_hot_block__52", not too long. */
void hx_file_name_add(struct hx_text *path, const char *name);

/* Writes what has been logged. False, with one line in error, when a file cannot be written. */
bool hx_logs_write(const char *folder, const struct wm_log *log, struct hx_text *error);

#endif
