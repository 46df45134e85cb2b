/*
 * battery.c — gbms-bench battery fit: from a data sheet to a battery type.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/commands.h"
#include "harness/text.h"
#include "sim/battery/load.h"

static bool ends_in_lua(const char *path)
{
    const size_t size = strlen(path);
    return size > 4 && strcmp(path + size - 4, ".lua") == 0;
}

/* The file's name without its folder and what follows the last dot. */
static void type_name(struct sim_battery_type *type, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash != NULL ? slash + 1 : path;
    const char *dot = strrchr(base, '.');
    const int size = dot != NULL && dot > base ? (int)(dot - base) : (int)strlen(base);
    (void)snprintf(type->name, sizeof type->name, "%.*s", size, base);
}

static void error_print(const char *what, const struct sim_battery_error *error,
                        const struct sim_battery_sheet *sheet)
{
    printf("%-10s rms %5.1f %% of all rows", what, 100 * error->rms_all);
    if (error->usual_rows > 0) {
        printf(", %5.1f %% of those from 10 min to 20 h", 100 * error->rms_usual);
    }
    printf("; worst %+.1f %% in line %d\n", 100 * error->worst, (int)sheet->line[error->worst_row]);
}

/* What the fit is good for, to be kept with it. */
static void fitted_tell(struct hx_text *text, const struct sim_battery_error *error,
                        const struct sim_battery_sheet *sheet)
{
    hx_text_add(text, "to %zu rows of discharge times: rms %.1f %%, worst %+.1f %%", sheet->rows,
                100 * error->rms_all, 100 * error->worst);
}

/* Beside the file first, so that it is whole or not there. */
static bool type_save(const struct sim_battery_type *type, const char *fitted, const char *path)
{
    struct hx_text beside = {0};
    hx_text_add(&beside, "%s.%ld.part", path, (long)getpid());
    const int number = open(beside.bytes, O_WRONLY | O_CREAT | O_EXCL, 0666);
    FILE *file = number >= 0 ? fdopen(number, "w") : NULL;
    bool is_good = file != NULL && sim_battery_type_write(type, fitted, file) &&
                   fflush(file) == 0 && fsync(number) == 0;
    int reason = errno;
    if (file != NULL && fclose(file) != 0 && is_good) {
        is_good = false;
        reason = errno;
    }
    if (is_good && rename(beside.bytes, path) != 0) {
        is_good = false;
        reason = errno;
    }
    if (!is_good) {
        hx_complain("%s: cannot be written: %s; name a file in a folder that can be", path,
                    strerror(reason));
        if (number >= 0) {
            (void)unlink(beside.bytes);
        }
    }
    hx_text_free(&beside);
    return is_good;
}

/* A fit that is further off its rows, rms, is of none. The worst of those that are kept: 0.084. */
#define FIT_OFF_MAX 0.5

/* Prints how good they are; leaves the type's fit. */
static bool sheet_fit(const struct sim_battery_sheet *sheet, const char *file,
                      struct sim_battery_type *type, struct hx_text *fitted)
{
    struct sim_battery_fit plate_fit;
    if (!sim_battery_estimate(&sheet->plate, NULL, 0, &plate_fit) ||
        !sim_battery_estimate(&sheet->plate, sheet->row, sheet->rows, &type->fit)) {
        hx_complain("no memory for the fit");
        return false;
    }
    type->is_fitted = sheet->rows > 0;
    if (sheet->rows == 0) {
        puts("no rows: what its class usually is, at that name plate; a row of 15 minutes would "
             "tell most of what that leaves open");
        return true;
    }
    struct sim_battery_error error =
        sim_battery_compare(&sheet->plate, &plate_fit, sheet->row, sheet->rows);
    error_print("name plate", &error, sheet);
    error = sim_battery_compare(&sheet->plate, &type->fit, sheet->row, sheet->rows);
    error_print("fit", &error, sheet);
    if (!(error.rms_all <= FIT_OFF_MAX)) {
        hx_complain("%s:%d: no battery has these rows: the nearest is off by %.0f %% rms, and most "
                    "in this line; check it, and the rows beside it",
                    file, (int)sheet->line[error.worst_row], 100 * error.rms_all);
        return false;
    }
    fitted_tell(fitted, &error, sheet);
    return true;
}

int hx_battery_fit(const struct hx_options *options)
{
    const char *output = options->battery.output;
    if (options->paths != 1) {
        hx_complain("battery fit: %s; write battery fit SHEET.csv -o TYPE.lua",
                    options->paths == 0 ? "the sheet is missing" : "one sheet at a time");
        return HX_EXIT_USAGE;
    }
    if (output != NULL && !ends_in_lua(output)) {
        hx_complain("-o %s: a battery type's file ends in .lua; write -o %s.lua", output, output);
        return HX_EXIT_USAGE;
    }
    struct sim_battery_sheet *sheet = malloc(sizeof *sheet);
    char error[400] = "no memory for the sheet";
    struct hx_text fitted = {0};
    bool is_good =
        sheet != NULL && sim_battery_sheet_read(sheet, options->path[0], error, sizeof error);
    if (!is_good) {
        hx_complain("%s", error);
    } else {
        struct sim_battery_type type = {.plate = sheet->plate};
        type_name(&type, output != NULL ? output : options->path[0]);
        (void)snprintf(type.source, sizeof type.source, "%s",
                       sheet->source[0] != '\0' ? sheet->source : options->path[0]);
        is_good = sheet_fit(sheet, options->path[0], &type, &fitted);
        if (is_good && output != NULL) {
            is_good = type_save(&type, hx_text_string(&fitted), output);
            if (is_good) {
                printf("wrote %s\n", output);
            }
        }
    }
    hx_text_free(&fitted);
    free(sheet);
    return is_good ? HX_EXIT_PASSED : HX_EXIT_USAGE;
}
