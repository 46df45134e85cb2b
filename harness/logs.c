/*
 * logs.c — see logs.h.
 */
#include "harness/logs.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "wm/log_csv.h"
#include "wm/log_record.h"

/* Bytes of a scenario's name that go into the name of its folder or file. */
#define FOLDER_NAME_MAX 100

static FILE *file_open(const char *folder, enum wm_log_ring ring, struct hx_text *name)
{
    hx_text_add(name, "%s/%s.csv", folder, wm_log_ring_name(ring));
    return fopen(name->bytes, "w");
}

bool hx_folder_make(const char *option, const char *folder)
{
    struct stat status;
    if (mkdir(folder, 0777) == 0 ||
        (errno == EEXIST && stat(folder, &status) == 0 && S_ISDIR(status.st_mode))) {
        return true;
    }
    hx_complain("--%s %s: cannot be made: %s; name a folder in one that can be written", option,
                folder, strerror(errno));
    return false;
}

bool hx_logs_make(const char *folder)
{
    bool is_good = hx_folder_make("log", folder);
    for (int i = 0; is_good && i < WM_LOG_RINGS; ++i) {
        struct hx_text name = {0};
        FILE *file = file_open(folder, (enum wm_log_ring)i, &name);
        if (file == NULL) {
            hx_complain("--log: %s: cannot be written: %s; name a folder that can be", name.bytes,
                        strerror(errno));
            is_good = false;
        } else {
            fclose(file);
        }
        hx_text_free(&name);
    }
    return is_good;
}

/* ---- a folder a scenario ---------------------------------------------------------------- */

/* "a hot block: 52 degC" -> "a_hot_block__52_degC" */
void hx_file_name_add(struct hx_text *path, const char *name)
{
    for (size_t i = 0; name[i] != '\0' && i < FOLDER_NAME_MAX; ++i) {
        bool is_plain =
            isalnum((unsigned char)name[i]) || name[i] == '-' || (name[i] == '.' && i > 0);
        hx_text_add(path, "%c", is_plain ? name[i] : '_');
    }
}

static bool is_taken(const struct hx_scenarios *list, size_t number, const char *folder)
{
    for (size_t i = 0; i < number; ++i) {
        if (strcmp(list->item[i].log_folder, folder) == 0) {
            return true;
        }
    }
    return false;
}

bool hx_logs_make_each(const char *folder, struct hx_scenarios *list)
{
    bool is_good = hx_folder_make("log", folder);
    for (size_t i = 0; is_good && i < list->count; ++i) {
        struct hx_text path = {0};
        size_t copy = 1;
        do {
            hx_text_free(&path);
            hx_text_add(&path, "%s/", folder);
            hx_file_name_add(&path, list->item[i].name);
            if (copy > 1) {
                hx_text_add(&path, "-%zu", copy);
            }
            ++copy;
        } while (is_taken(list, i, path.bytes));
        list->item[i].log_folder = hx_strdup(path.bytes);
        is_good = hx_logs_make(path.bytes);
        hx_text_free(&path);
    }
    return is_good;
}

/* ---- writing ---------------------------------------------------------------------------- */

static bool line_write(void *file, const char *line)
{
    return fprintf(file, "%s\n", line) >= 0;
}

bool hx_logs_write(const char *folder, const struct wm_log *log, struct hx_text *error)
{
    bool is_good = true;
    for (int i = 0; is_good && i < WM_LOG_RINGS; ++i) {
        struct hx_text name = {0};
        enum wm_log_ring ring = (enum wm_log_ring)i;
        FILE *file = file_open(folder, ring, &name);
        is_good = file != NULL && wm_log_csv(log, ring, UINT64_MAX, line_write, file);
        int reason = errno;
        if (file != NULL && fclose(file) != 0 && is_good) {
            is_good = false;
            reason = errno;
        }
        if (!is_good) {
            hx_text_add(error, "%s: the log cannot be written: %s", name.bytes, strerror(reason));
        }
        hx_text_free(&name);
    }
    return is_good;
}
