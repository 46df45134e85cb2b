/*
 * record_names.c — where each scenario's record goes: see record.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/files.h"
#include "harness/logs.h"
#include "harness/record/record.h"

static bool is_taken(const struct hx_scenarios *list, size_t number, const char *path)
{
    for (size_t i = 0; i < number; ++i) {
        if (strcmp(list->item[i].record_file, path) == 0) {
            return true;
        }
    }
    return false;
}

/* "scenarios/aux/outputs.lua" is "aux/outputs": its own folder, and no other. */
static void place_add(struct hx_text *path, const char *file)
{
    const char *slash = strrchr(file, '/');
    const char *name = slash != NULL ? slash + 1 : file;
    const char *folder = slash;
    while (folder != NULL && folder > file && folder[-1] != '/') {
        --folder;
    }
    if (slash != NULL && slash > folder) {
        hx_text_add(path, "%.*s/", (int)(slash - folder), folder);
    }
    hx_text_add(path, "%.*s--", (int)strcspn(name, "."), name);
}

/* The last folder of a path is made; those before it are there. */
static bool folder_make(const char *path)
{
    struct hx_text folder = {0};
    hx_text_add(&folder, "%.*s", (int)(strrchr(path, '/') - path), path);
    const bool is_made = hx_folder_make("record", folder.bytes);
    hx_text_free(&folder);
    return is_made;
}

static void name_one(const char *folder, struct hx_scenarios *list, size_t number)
{
    struct hx_scenario *scenario = &list->item[number];
    struct hx_text path = {0};
    size_t copy = 1;
    do {
        hx_text_free(&path);
        hx_text_add(&path, "%s%s", folder, folder[strlen(folder) - 1] == '/' ? "" : "/");
        place_add(&path, scenario->file);
        hx_file_name_add(&path, scenario->name);
        hx_text_add(&path, copy > 1 ? "-%zu.record" : ".record", copy);
        ++copy;
    } while (is_taken(list, number, path.bytes));
    scenario->record_file = path.bytes;
}

/* Whatever is compared or played again is a whole folder, and its records are to be of one run. */
static bool others_refuse(const char *folder, const struct hx_scenarios *list)
{
    struct hx_files files = {0};
    struct hx_text error = {0};
    bool is_good = hx_files_add_records(&files, folder, &error);
    for (size_t i = 0; is_good && i < files.count; ++i) {
        is_good = is_taken(list, list->count, files.path[i]);
        hx_text_add(&error, is_good ? "" : "%s is of another run; remove it, or name a new folder",
                    files.path[i]);
    }
    if (!is_good) {
        hx_complain("--record: %s", error.bytes);
    }
    hx_text_free(&error);
    hx_files_free(&files);
    return is_good;
}

static bool place_clear(const char *path)
{
    if (!folder_make(path)) {
        return false;
    }
    if (unlink(path) != 0 && errno != ENOENT) {
        hx_complain("--record: %s: an earlier one cannot be removed: %s; name a folder that can be "
                    "written",
                    path, strerror(errno));
        return false;
    }
    return true;
}

bool hx_records_name(const char *folder, struct hx_scenarios *list)
{
    for (size_t i = 0; i < list->count; ++i) {
        name_one(folder, list, i);
    }
    bool is_good = hx_folder_make("record", folder) && others_refuse(folder, list);
    for (size_t i = 0; is_good && i < list->count; ++i) {
        is_good = place_clear(list->item[i].record_file);
    }
    return is_good;
}
