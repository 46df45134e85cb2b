/*
 * matrix.c — gbms-bench matrix: plays every fault on every class of plant (harness/matrix/) and
 * prints what was raised, after how long, and what falsely.
 *
 * A scenario is named PLANT|ITEM|FAULT|SEVERITY|SIZE and prints a line for each alarm: its name,
 * seconds since the fault, phase, and "so" or "false". Scenarios of one fault stand together.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "report.h"
#include "runner.h"
#include "suite.h"

enum { NAME_PARTS = 5, LINE_PARTS = 4, PART_MAX = 64 };

struct parts {
    char text[NAME_PARTS][PART_MAX];
};

/* The parts of a line; false if there are not `count`. */
static bool parts_of(const char *line, size_t size, char separator, size_t count,
                     struct parts *parts)
{
    size_t part = 0, at = 0;
    memset(parts, 0, sizeof *parts);
    for (size_t i = 0; i < size; ++i) {
        if (line[i] == separator) {
            ++part;
            at = 0;
        } else if (part < count && at + 1 < PART_MAX) {
            parts->text[part][at++] = line[i];
        }
    }
    return part + 1 == count;
}

/* The next alarm that a scenario has printed, from *line on; false: there is none. */
static bool alarm_next(const char **line, struct parts *parts)
{
    bool is_alarm = false;
    while (!is_alarm && **line != '\0') {
        const size_t size = strcspn(*line, "\n");
        is_alarm = parts_of(*line, size, '\t', LINE_PARTS, parts);
        *line += size + ((*line)[size] == '\n' ? 1 : 0);
    }
    return is_alarm;
}

/* "40 s", "12 min", "3.5 h" */
static void time_add(struct hx_text *cell, double seconds)
{
    if (seconds < 120) {
        hx_text_add(cell, "%.0f s", seconds);
    } else if (seconds < 7200) {
        hx_text_add(cell, "%.0f min", seconds / 60);
    } else {
        hx_text_add(cell, "%.1f h", seconds / 3600);
    }
}

/* What one scenario saw, as a cell; its false ones in bold. */
static void cell_add(struct hx_text *cell, const struct hx_verdict *verdict)
{
    const char *line = hx_text_string(&verdict->output);
    size_t rows = 0;
    struct parts alarm;
    while (alarm_next(&line, &alarm)) {
        const bool is_false = strcmp(alarm.text[3], "false") == 0;
        hx_text_add(cell, "%s%s`%s`%s ", rows++ > 0 ? ", " : "", is_false ? "**" : "",
                    alarm.text[0], is_false ? "**" : "");
        if (strcmp(alarm.text[2], "float") == 0) {
            time_add(cell, strtod(alarm.text[1], NULL));
        } else {
            hx_text_add(cell, "on %s", alarm.text[2]);
        }
    }
    if (rows == 0) {
        hx_text_add(cell, "nothing");
    }
}

static void csv_add(const struct parts *name, const struct hx_verdict *verdict)
{
    const char *line = hx_text_string(&verdict->output);
    struct parts alarm;
    while (alarm_next(&line, &alarm)) {
        for (int i = 0; i < NAME_PARTS; ++i) {
            printf("%s,", name->text[i]);
        }
        printf("%s,%s,%s,%s\n", alarm.text[0], alarm.text[1], alarm.text[2], alarm.text[3]);
    }
}

static void heading_print(const char *plant)
{
    printf("\n## %s\n\n| item | fault | size | raised |\n| --- | --- | --- | --- |\n", plant);
}

/* All rows; the number of scenarios that did not pass. */
static size_t table_print(const struct hx_scenarios *list, const struct hx_verdict *verdict,
                          bool is_csv)
{
    struct parts before = {0};
    size_t bad = 0;
    for (size_t i = 0; i < list->count; ++i) {
        struct parts name;
        struct hx_text cell = {0};
        const char *text = list->item[i].name;
        if (!parts_of(text, strlen(text), '|', NAME_PARTS, &name)) {
            hx_complain("matrix: %s: a scenario of it is named PLANT|ITEM|FAULT|SEVERITY|SIZE",
                        text);
            ++bad;
            continue;
        }
        if (verdict[i].outcome != HX_PASSED) {
            hx_complain("matrix: %s %s: %s", text, hx_outcome_name(verdict[i].outcome),
                        hx_text_string(&verdict[i].message));
            ++bad;
        }
        if (is_csv) {
            csv_add(&name, &verdict[i]);
            continue;
        }
        if (strcmp(before.text[0], name.text[0]) != 0) {
            heading_print(name.text[0]);
        }
        cell_add(&cell, &verdict[i]);
        printf("| %s | `%s` | %s%s%s | %s |\n", name.text[1], name.text[2],
               strcmp(name.text[4], "-") == 0 ? "" : name.text[3],
               strcmp(name.text[4], "-") == 0 ? "" : ": ", name.text[4], hx_text_string(&cell));
        hx_text_free(&cell);
        before = name;
    }
    return bad;
}

static void preface_print(void)
{
    puts(
        "# What is detected, and how soon\n\n"
        "Printed by `gbms-bench matrix >scenarios/MATRIX.md`, from the project's root. Every fault "
        "of `gbms-bench list faults`, in string 1 of a small\n"
        "plant of each class (harness/matrix/plants), mild (half of what is usual), usual and "
        "severe (twice that): a day on float, half an hour on load\n"
        "at a fifth of the capacity, three hours on charge, a round each 20 s, resistances each "
        "hour. The limits are the defaults, with a reference for the\n"
        "resistance and a voltage difference of 2.5 %.\n\n"
        "Named are the rows of the alarm table, with the time from the fault to the row, or the "
        "phase in which it came first; rows of voltage,\n"
        "temperature and resistance in general are left out, and so is the discharge on load. "
        "**Bold** is raised falsely: what the row tells of is\n"
        "within its limit in the plant, only a lead or a probe says otherwise.");
}

int hx_matrix(const struct hx_options *options)
{
    static char *own[] = {"harness/matrix/faults.lua"};
    struct hx_options playing = *options;
    struct hx_scenarios list = {0};
    int status = HX_EXIT_USAGE;
    if (playing.paths == 0) {
        playing.path = own;
        playing.paths = 1;
    }
    if (hx_suite_select(&playing, &list)) {
        const size_t size = list.count * sizeof(struct hx_verdict);
        struct hx_verdict *verdict = memset(hx_realloc(NULL, size), 0, size);
        struct hx_report report = {
            .options = &playing, .scenarios = &list, .verdict = verdict, .is_silent = true};
        status = HX_EXIT_FAILED;
        if (!hx_runner_play(&list, &playing, verdict, &report)) {
            hx_complain("matrix: interrupted");
        } else {
            if (playing.is_csv) {
                puts("plant,item,fault,severity,size,alarm,seconds,phase,truth");
            } else {
                preface_print();
            }
            status =
                table_print(&list, verdict, playing.is_csv) == 0 ? HX_EXIT_PASSED : HX_EXIT_FAILED;
        }
        for (size_t i = 0; i < list.count; ++i) {
            hx_verdict_free(&verdict[i]);
        }
        free(verdict);
    }
    hx_scenarios_free(&list);
    return status;
}
