/*
 * matrix.c — gbms-bench matrix: plays every fault on every class of plant (harness/matrix/) and
 * prints what was raised, after how long, and what falsely.
 *
 * A scenario is named PLANT|ITEM|FAULT|SEVERITY|SIZE and prints a line for each alarm: its name,
 * seconds since its phase began, phase, and "so", "false" or "missed". Those of one plant stand
 * together.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/commands.h"
#include "harness/run/report.h"
#include "harness/run/runner.h"
#include "harness/run/suite.h"

enum { NAME_PARTS = 5, LINE_PARTS = 4, PART_MAX = 64 };
enum { NAME_PLANT, NAME_ITEM, NAME_FAULT, NAME_SEVERITY, NAME_SIZE };
enum { LINE_ALARM, LINE_SECONDS, LINE_PHASE, LINE_TRUTH };

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

/* "40 s", "12 min", "3.5 h", "6.2 d" */
static void time_add(struct hx_text *cell, double seconds)
{
    if (seconds < 120) {
        hx_text_add(cell, "%.0f s", seconds);
    } else if (seconds < 7200) {
        hx_text_add(cell, "%.0f min", seconds / 60);
    } else if (seconds < 172800) {
        hx_text_add(cell, "%.1f h", seconds / 3600);
    } else {
        hx_text_add(cell, "%.1f d", seconds / 86400);
    }
}

/* "on load `voltage_low` 5 min" */
static void alarm_add(struct hx_text *cell, const struct parts *alarm)
{
    const char *phase = alarm->text[LINE_PHASE];
    if (strcmp(phase, "float") != 0) {
        hx_text_add(cell, "on %s ", phase);
    }
    hx_text_add(cell, "`%s` ", alarm->text[LINE_ALARM]);
    time_add(cell, strtod(alarm->text[LINE_SECONDS], NULL));
}

/* The cell of all alarms of one scenario that are so, false or missed. */
static void cell_print(const struct hx_verdict *verdict, const char *truth)
{
    const char *line = hx_text_string(&verdict->output);
    const bool is_missed = strcmp(truth, "missed") == 0;
    const char *bold = strcmp(truth, "false") == 0 ? "**" : "";
    struct hx_text cell = {0};
    struct parts alarm;
    while (alarm_next(&line, &alarm)) {
        if (strcmp(alarm.text[LINE_TRUTH], truth) != 0) {
            continue;
        }
        hx_text_add(&cell, "%s%s", cell.size > 0 ? ", " : "", bold);
        if (is_missed) {
            hx_text_add(&cell, "%s", alarm.text[LINE_ALARM]);
        } else {
            alarm_add(&cell, &alarm);
        }
        hx_text_add(&cell, "%s", bold);
    }
    printf(" %s |", cell.size > 0 ? hx_text_string(&cell) : "–");
    hx_text_free(&cell);
}

static void row_print(const struct parts *name, const struct hx_verdict *verdict)
{
    const bool is_sized = strcmp(name->text[NAME_SIZE], "-") != 0;
    printf("| %s | `%s` | %s%s%s |", name->text[NAME_ITEM], name->text[NAME_FAULT],
           is_sized ? name->text[NAME_SEVERITY] : "", is_sized ? ": " : "", name->text[NAME_SIZE]);
    cell_print(verdict, "so");
    cell_print(verdict, "false");
    cell_print(verdict, "missed");
    putchar('\n');
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
    printf("\n## %s\n\n| item | fault | size | raised | falsely raised | not seen |\n"
           "| --- | --- | --- | --- | --- | --- |\n",
           plant);
}

/* All rows; the number of scenarios that did not pass. */
static size_t table_print(const struct hx_scenarios *list, const struct hx_verdict *verdict,
                          bool is_csv)
{
    struct parts before = {0};
    size_t bad = 0;
    for (size_t i = 0; i < list->count; ++i) {
        struct parts name;
        const char *text = list->item[i].name;
        (void)parts_of(text, strlen(text), '|', NAME_PARTS, &name);
        if (verdict[i].outcome != HX_PASSED) {
            hx_complain("matrix: %s %s: %s", text, hx_outcome_name(verdict[i].outcome),
                        hx_text_string(&verdict[i].message));
            ++bad;
        }
        if (is_csv) {
            csv_add(&name, &verdict[i]);
            continue;
        }
        if (strcmp(before.text[NAME_PLANT], name.text[NAME_PLANT]) != 0) {
            heading_print(name.text[NAME_PLANT]);
        }
        row_print(&name, &verdict[i]);
        before = name;
    }
    return bad;
}

static void preface_print(void)
{
    puts("# What is detected, and how soon\n"
         "\n"
         "Printed by `gbms-bench matrix >scenarios/MATRIX.md`, from the project's root; "
         "a test prints it anew and compares. Every fault of\n"
         "`gbms-bench list faults`, at once and in its full size, in string 1 of a "
         "plant of each class ([harness/matrix](../harness/matrix)):\n"
         "\n"
         "- `ups`: two strings of four AGM blocks of 12 V, 55 Ah\n"
         "- `telecom`: two strings of six gel cells of 2 V, 1000 Ah\n"
         "- `nickel`: two strings of six vented nickel-cadmium cells, 104 Ah\n"
         "- `lithium`: two strings of four lithium iron phosphate blocks of 12.8 V, 100 "
         "Ah\n"
         "\n"
         "Mild is half of what is usual, severe twice as much, as far as the range "
         "goes; where it ends at the usual size, mild is a quarter of that and\n"
         "medium half. What has no size, or an address for one, is tried once. Left out "
         "is what a class cannot have: nickel does not sulphate;\n"
         "lithium neither that nor dries out, and its charger compensates nothing. "
         "`none` is the plant without a fault. One alone, as a table:\n"
         "\n"
         "    build/host/gbms-bench matrix --fault dry_out --plant ups\n"
         "\n"
         "**How.** A day on float, half an hour on load at a fifth of the capacity, "
         "three hours on charge. Faults by which a module would be lost have an hour\n"
         "on float instead; `none`, `dry_out` and `cell_shorted` three days, "
         "`soft_short` a week, `self_discharge` three. A round each second for the\n"
         "first two minutes of a phase (ten of those that lose modules), then each "
         "minute, after an hour each five; resistances each hour. The limits\n"
         "are the defaults and what the plant's file says, with a voltage difference of "
         "2.5 %.\n"
         "\n"
         "**Raised** are the rows of the alarm table and lost modules, the first time "
         "each, with the time since the fault, or since the load or the charge began;\n"
         "and gone again, maybe. Not told are rows that only sum up others (voltage, "
         "temperature and resistance in general, `system_error` beside a\n"
         "lost module), and that a plant on load discharges.\n"
         "\n"
         "**Falsely raised** is what is untrue of the plant: no block, string or "
         "current was beyond that limit at any look, however the devices told it; no "
         "string\n"
         "fed its own heat, by no more than 10 K above its surroundings. None of it is "
         "against a rule: the judges of every run hold each alarm\n"
         "against what the devices answered. Where it comes from: a lead, probe or "
         "sensor tells what is not so, or a module its last answer; and\n"
         "`thermal_runaway` asks for one block warmer than the others, or all warmer "
         "than the day before, while the string charges, which the\n"
         "sun, a hot room or a broken probe does as well.\n"
         "\n"
         "**Not seen** is what would have sent somebody there, true or false, and did "
         "not come; \"no rule\": none is meant for it. Of faults on the bus that is\n"
         "as it should be while repeated questions bring the answers.");
}

/* ---- which ---------------------------------------------------------------------------------- */

static bool is_named(const struct hx_scenario *scenario, int part, const char *word)
{
    struct parts name;
    return word == NULL ||
           (parts_of(scenario->name, strlen(scenario->name), '|', NAME_PARTS, &name) &&
            strcmp(name.text[part], word) == 0);
}

static bool is_known(const struct hx_scenario *item, size_t count, int part, const char *word)
{
    for (size_t i = 0; i < count; ++i) {
        if (is_named(&item[i], part, word)) {
            return true;
        }
    }
    return false;
}

/* False, with the known words told, each once, where no scenario has this one. */
static bool word_check(const struct hx_scenarios *list, const char *option, int part,
                       const char *word)
{
    struct hx_text known = {0};
    if (is_known(list->item, list->count, part, word)) {
        return true;
    }
    for (size_t i = 0; i < list->count; ++i) {
        const char *text = list->item[i].name;
        struct parts name;
        if (parts_of(text, strlen(text), '|', NAME_PARTS, &name) &&
            !is_known(list->item, i, part, name.text[part])) {
            hx_text_add(&known, "%s%s", known.size > 0 ? ", " : "", name.text[part]);
        }
    }
    hx_complain("matrix: no %s '%s'; known: %s", option, word, hx_text_string(&known));
    hx_text_free(&known);
    return false;
}

/* Before anything is played: a name that is none would be found out too late. */
static bool names_check(const struct hx_scenarios *list)
{
    bool is_good = true;
    for (size_t i = 0; i < list->count; ++i) {
        const char *text = list->item[i].name;
        struct parts name;
        if (!parts_of(text, strlen(text), '|', NAME_PARTS, &name)) {
            hx_complain("matrix: %s: %s: a scenario of it is named "
                        "PLANT|ITEM|FAULT|SEVERITY|SIZE",
                        list->item[i].where, text);
            is_good = false;
        }
    }
    return is_good;
}

static bool is_asked_for(const struct hx_scenario *scenario, const struct hx_options *options)
{
    return (options->filter == NULL || strstr(scenario->name, options->filter) != NULL) &&
           is_named(scenario, NAME_FAULT, options->fault) &&
           is_named(scenario, NAME_PLANT, options->plant);
}

static bool matrix_select(const struct hx_options *options, struct hx_scenarios *list)
{
    if (!hx_suite_load(options, list) || !names_check(list)) {
        hx_complain("nothing was run");
        return false;
    }
    if (!word_check(list, "plant", NAME_PLANT, options->plant) ||
        !word_check(list, "fault", NAME_FAULT, options->fault)) {
        return false;
    }
    hx_suite_keep(list, is_asked_for, options);
    if (list->count == 0 && options->filter != NULL) {
        hx_complain("--filter %s: in no name of those asked for; a name is "
                    "PLANT|ITEM|FAULT|SEVERITY|SIZE",
                    options->filter);
    } else if (list->count == 0) {
        hx_complain("matrix: no '%s' on '%s', which cannot have it; --fault %s alone shows who can",
                    options->fault, options->plant, options->fault);
    }
    return list->count > 0;
}

/* ---- the command ---------------------------------------------------------------------------- */

int hx_matrix(const struct hx_options *options)
{
    static char *own[] = {"harness/matrix/faults.lua"};
    struct hx_options playing = *options;
    struct hx_scenarios list = {0};
    const bool is_whole = playing.fault == NULL && playing.plant == NULL &&
                          playing.filter == NULL && playing.paths == 0;
    int status = HX_EXIT_USAGE;
    if (playing.paths == 0) {
        playing.path = own;
        playing.paths = 1;
    }
    if (matrix_select(&playing, &list)) {
        struct hx_verdict *verdict = hx_verdicts_new(list.count);
        struct hx_report report = {
            .options = &playing, .scenarios = &list, .verdict = verdict, .is_silent = true};
        status = HX_EXIT_FAILED;
        if (!hx_runner_play(&list, &playing, verdict, &report)) {
            hx_complain("matrix: interrupted");
        } else {
            if (playing.is_csv) {
                puts("plant,item,fault,severity,size,alarm,seconds,phase,truth");
            } else if (is_whole) {
                preface_print();
            }
            status =
                table_print(&list, verdict, playing.is_csv) == 0 ? HX_EXIT_PASSED : HX_EXIT_FAILED;
        }
        hx_verdicts_free(verdict, list.count);
    }
    hx_scenarios_free(&list);
    return status;
}
