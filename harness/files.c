/*
 * files.c — folders of scenarios, and plants by name.
 */
#include "harness/files.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Folders below folders, symbolic links included: a loop of links ends here. */
#define DEPTH_MAX 16

static void files_append(struct hx_files *files, const char *path)
{
    files->path = hx_realloc(files->path, (files->count + 1) * sizeof *files->path);
    files->path[files->count++] = hx_strdup(path);
}

void hx_files_free(struct hx_files *files)
{
    for (size_t i = 0; i < files->count; ++i) {
        free(files->path[i]);
    }
    free(files->path);
    *files = (struct hx_files){0};
}

static bool ends_with(const char *name, const char *suffix)
{
    const size_t size = strlen(name);
    const size_t end = strlen(suffix);
    return size > end && strcmp(name + size - end, suffix) == 0;
}

static bool ends_with_lua(const char *name)
{
    return ends_with(name, ".lua");
}

static bool is_directory(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* What is looked for below a folder. */
struct search {
    const char *suffix;
    bool wants_plants; /* what is in folders of plants, and nothing else; else all but that */
};

/* in_plants: this folder is one of plants. */
static bool folder_add(struct hx_files *files, const char *folder, const struct search *search,
                       bool in_plants, int depth, struct hx_text *error)
{
    struct dirent **entry = NULL;
    int count = scandir(folder, &entry, is_visible, by_name);
    bool is_good = count >= 0;
    if (!is_good) {
        hx_text_add(error, "%s: cannot be read: %s", folder, strerror(errno));
    }
    for (int i = 0; i < count; ++i) {
        struct hx_text path = {0};
        hx_text_add(&path, "%s%s%s", folder, folder[strlen(folder) - 1] == '/' ? "" : "/",
                    entry[i]->d_name);
        bool is_plants = strcmp(entry[i]->d_name, "plants") == 0;
        if (!is_good) {
            /* The rest is only freed. */
        } else if (is_directory(path.bytes)) {
            if (depth < DEPTH_MAX && (search->wants_plants || !is_plants)) {
                is_good = folder_add(files, path.bytes, search, is_plants, depth + 1, error);
            }
        } else if (ends_with(entry[i]->d_name, search->suffix) &&
                   search->wants_plants == in_plants) {
            files_append(files, path.bytes);
        }
        hx_text_free(&path);
        free(entry[i]);
    }
    free(entry);
    return is_good;
}

static bool path_add(struct hx_files *files, const char *path, const char *suffix, const char *what,
                     struct hx_text *error)
{
    const struct search search = {.suffix = suffix};
    struct stat status;
    if (stat(path, &status) != 0) {
        hx_text_add(error, "%s: cannot be read: %s; name a %s or a folder of them", path,
                    strerror(errno), what);
        return false;
    }
    if (S_ISDIR(status.st_mode)) {
        return folder_add(files, path, &search, false, 0, error);
    }
    files_append(files, path);
    return true;
}

bool hx_files_add(struct hx_files *files, const char *path, struct hx_text *error)
{
    return path_add(files, path, ".lua", "scenario file", error);
}

bool hx_files_add_records(struct hx_files *files, const char *path, struct hx_text *error)
{
    return path_add(files, path, ".record", "record", error);
}

bool hx_files_add_plants(struct hx_files *files, const char *directory, struct hx_text *error)
{
    size_t size = strlen(directory);
    bool is_plants = size >= 6 && strcmp(directory + size - 6, "plants") == 0;
    const struct search search = {.suffix = ".lua", .wants_plants = true};
    return folder_add(files, directory, &search, is_plants, 0, error);
}

/* ---- plants ----------------------------------------------------------------------------- */

/* The folder of a path, "." where it names none; in place. */
static void to_folder(char *path)
{
    char *slash = strrchr(path, '/');
    if (slash == NULL) {
        strcpy(path, ".");
    } else if (slash == path) {
        path[1] = '\0';
    } else {
        *slash = '\0';
    }
}

static char *existing(const char *folder, const char *between, const char *name, const char *suffix)
{
    struct hx_text path = {0};
    if (strcmp(folder, ".") != 0) {
        hx_text_add(&path, "%s%s", folder, strcmp(folder, "/") == 0 ? "" : "/");
    }
    hx_text_add(&path, "%s%s%s", between, name, suffix);
    if (access(path.bytes, F_OK) == 0 && !is_directory(path.bytes)) {
        return path.bytes;
    }
    hx_text_free(&path);
    return NULL;
}

/* Names of the plants in a folder, for a message. */
static void known_add(struct hx_text *known, const char *folder, const char *between)
{
    struct hx_text path = {0};
    struct dirent **entry = NULL;
    hx_text_add(&path, "%s/%s", folder, between);
    int count = scandir(path.bytes, &entry, is_visible, by_name);
    for (int i = 0; i < count; ++i) {
        const char *name = entry[i]->d_name;
        if (ends_with_lua(name)) {
            hx_text_add(known, "%s%.*s", known->size > 0 ? ", " : "", (int)strlen(name) - 4, name);
        }
        free(entry[i]);
    }
    free(entry);
    hx_text_free(&path);
}

static char *plant_by_path(const char *scenario_file, const char *name)
{
    char *found = NULL;
    if (scenario_file != NULL && name[0] != '/') {
        char *folder = hx_strdup(scenario_file);
        to_folder(folder);
        found = existing(folder, "", name, "");
        free(folder);
    }
    return found != NULL ? found : existing(".", "", name, "");
}

/* plants/NAME.lua in the scenario's folder and its parents; adds to known what is there. */
static char *plant_near(const char *scenario_file, const char *name, struct hx_text *known)
{
    char *found = NULL;
    /* Two bytes at least: a folder may become ".". */
    char *folder = hx_realloc(NULL, strlen(scenario_file) + 2);
    strcpy(folder, scenario_file);
    do {
        to_folder(folder);
        found = existing(folder, "plants/", name, ".lua");
        known_add(known, folder, "plants");
    } while (found == NULL && strcmp(folder, ".") != 0 && strcmp(folder, "/") != 0);
    free(folder);
    return found;
}

char *hx_plant_find(const char *scenario_file, const char *name, struct hx_text *error)
{
    struct hx_text known = {0};
    char *found = NULL;
    if (strchr(name, '/') != NULL || ends_with_lua(name)) {
        found = plant_by_path(scenario_file, name);
    }
    if (found == NULL && scenario_file != NULL) {
        found = plant_near(scenario_file, name, &known);
    }
    if (found == NULL) {
        found = existing(".", "scenarios/plants/", name, ".lua");
    }
    if (found == NULL) {
        found = existing(GBMS_BENCH_PLANTS, "", name, ".lua");
    }
    if (found == NULL) {
        if (known.size == 0) {
            known_add(&known, ".", "scenarios/plants");
        }
        if (known.size == 0) {
            known_add(&known, GBMS_BENCH_PLANTS, "");
        }
        hx_text_add(error,
                    "no plant '%s'; known: %s, or a path to a plant file; looked in "
                    "%sscenarios/plants here and " GBMS_BENCH_PLANTS,
                    name, known.size > 0 ? known.bytes : "none here",
                    scenario_file != NULL ? "plants beside the scenario and above, " : "");
    }
    hx_text_free(&known);
    return found;
}
