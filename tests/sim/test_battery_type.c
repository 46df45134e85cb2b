/*
 * test_battery_type.c — types from plates and sheets: the sheets that are kept, the types made of
 * them, the table in sim/batteries/README.md, and every way to write a type or a sheet wrong.
 */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/battery/load.h"
#include "sim/battery/sheet.h"

/* What a name plate may be off by, and what a fit: parts of the time, from 10 min to 20 h. */
#define PLATE_WITHIN 0.15
#define FIT_WITHIN   0.12
/*
 * Where the search for a fit ends depends a little on where it begins, as a sheet does not tell all
 * six figures apart: begun at half a scatter above or below the usual, it ends up to 13 % away in
 * a figure, but up to 1.2 % in a row's minutes, and as near to the sheet.
 */
#define REFIT_WITHIN     0.015
#define REFIT_RMS_WITHIN 0.002

/* Sheets that no plate tells: their makers' ten minutes are unusual for their hour. */
static const struct {
    const char *name;
    double within;
} unusual[] = {{"csb-gp12400", 0.20}, {"leoch-us12-65", 0.18}};

static const char *const sheets[] = {
    "csb-gp645",
    "sigmastek-sp12-7.5",
    "panasonic-up-pw1245p1",
    "sunnyway-sw12140e",
    "sigmastek-sp12-20-dzm",
    "leoch-us12-28h",
    "leoch-us12-33",
    "leoch-us12-33-watts",
    "csb-gp12400",
    "leoch-us12-55",
    "leoch-us12-65",
    "leoch-usc12-75",
    "ct100-12",
    "cb12-115",
    "leoch-usc12-150",
    "leoch-usc12-200",
    "victron-gel-deep-cycle-110",
    "victron-opzv-1000",
    "trojan-t-105",
    "hoppecke-opzs-solar-280",
    "nicd-104ah-l-type",
    "panasonic-hhr450a-nimh",
    "victron-lfp-12.8-100-ng",
};
enum { SHEETS = sizeof sheets / sizeof sheets[0] };

static struct sim_battery_sheet sheet;
static char error[600];

static void sheet_open(const char *name)
{
    char file[120];
    (void)snprintf(file, sizeof file, "tests/vectors/sheets/%s.csv", name);
    cr_assert(sim_battery_sheet_read(&sheet, file, error, sizeof error), "%s", error);
}

static double plate_within(const char *name)
{
    for (size_t i = 0; i < sizeof unusual / sizeof unusual[0]; i++) {
        if (strcmp(unusual[i].name, name) == 0) {
            return unusual[i].within;
        }
    }
    return PLATE_WITHIN;
}

/* The row of the open sheet that is nearest to 15 minutes and 1.70 V; null: none is near. */
static const struct sim_battery_row *quarter_row(void)
{
    const struct sim_battery_row *best = NULL;
    for (size_t i = 0; i < sheet.rows; i++) {
        const struct sim_battery_row *row = &sheet.row[i];
        if (fabs(row->minutes - 15) < 1 &&
            (best == NULL || fabs(row->end_V - 1.70) < fabs(best->end_V - 1.70))) {
            best = row;
        }
    }
    return best;
}

/* Off the open sheet, by its slowest rate alone and some rows. */
static double slowest_off(const struct sim_battery_row *rows, size_t count)
{
    struct sim_battery_plate plate = sheet.plate;
    struct sim_battery_fit fit;
    for (int32_t i = 1; i < plate.rates; i++) {
        if (plate.rate[i].at_hours > plate.rate[0].at_hours) {
            plate.rate[0] = plate.rate[i];
        }
    }
    plate.rates = 1;
    cr_assert(sim_battery_estimate(&plate, rows, count, &fit));
    return sim_battery_compare(&plate, &fit, sheet.row, sheet.rows).rms_usual;
}

/* The worst that a row's minutes differ by between two fits of the open sheet, as a part. */
static double minutes_apart(const struct sim_battery_fit *one, const struct sim_battery_fit *other)
{
    const struct sim_battery_plate *plate = &sheet.plate;
    struct sim_cell_constants cells[2];
    sim_battery_constants(plate, one, &cells[0]);
    sim_battery_constants(plate, other, &cells[1]);
    double worst = 0;
    for (size_t i = 0; i < sheet.rows; i++) {
        const struct sim_battery_row *row = &sheet.row[i];
        double hours[2];
        for (int n = 0; n < 2; n++) {
            const double load = row->is_watts ? row->load / plate->cells : row->load;
            hours[n] = sim_battery_discharge_h(&cells[n], load, row->is_watts, row->end_V,
                                               25 + plate->warmer_K);
        }
        worst = fmax(worst, fabs(hours[0] - hours[1]) / (row->minutes / 60));
    }
    return worst;
}

/* Both errors of the sheet that is open. */
static void sheet_errors(struct sim_battery_error *plate, struct sim_battery_error *fitted,
                         struct sim_battery_fit *fit)
{
    cr_assert(sim_battery_estimate(&sheet.plate, NULL, 0, fit));
    *plate = sim_battery_compare(&sheet.plate, fit, sheet.row, sheet.rows);
    cr_assert(sim_battery_estimate(&sheet.plate, sheet.row, sheet.rows, fit));
    *fitted = sim_battery_compare(&sheet.plate, fit, sheet.row, sheet.rows);
}

static char *file_text(const char *path)
{
    FILE *file = fopen(path, "r");
    cr_assert_not_null(file, "%s", path);
    static char text[20000];
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    (void)fclose(file);
    return text;
}

Test(battery_type, sheets_are_met_by_name_plate_and_fit_and_the_page_says_how_well)
{
    const char *page = file_text("sim/batteries/README.md");
    for (size_t i = 0; i < SHEETS; i++) {
        struct sim_battery_error plate, fitted;
        struct sim_battery_fit fit;
        sheet_open(sheets[i]);
        sheet_errors(&plate, &fitted, &fit);
        cr_assert(plate.rms_usual < plate_within(sheets[i]), "%s: the plate is off by %.1f %%",
                  sheets[i], 100 * plate.rms_usual);
        cr_assert(fitted.rms_usual < FIT_WITHIN, "%s: the fit is off by %.1f %%", sheets[i],
                  100 * fitted.rms_usual);
        const struct sim_battery_row *quarter = quarter_row();
        char line[160], by_quarter[16] = "";
        if (quarter != NULL) {
            (void)snprintf(by_quarter, sizeof by_quarter, "%.1f", 100 * slowest_off(quarter, 1));
        }
        (void)snprintf(line, sizeof line, "| %s | %s | %d | %d | %zu | %.1f | %.1f | %s | %.1f |",
                       sheets[i], sim_battery_class_name(sheet.plate.battery_class),
                       (int)sheet.plate.cells, (int)sheet.plate.rates, fitted.usual_rows,
                       100 * slowest_off(NULL, 0), 100 * plate.rms_usual, by_quarter,
                       100 * fitted.rms_usual);
        cr_expect_not_null(strstr(page, line), "sim/batteries/README.md lacks this line:\n%s",
                           line);
    }
}

Test(battery_type, the_plates_first_rate_alone_is_no_worse_than_a_third)
{
    for (size_t i = 0; i < SHEETS; i++) {
        struct sim_battery_error plate, fitted;
        struct sim_battery_fit fit;
        sheet_open(sheets[i]);
        sheet.plate.rates = 1;
        sheet_errors(&plate, &fitted, &fit);
        cr_assert(plate.rms_usual < 0.34, "%s: %.1f %%", sheets[i], 100 * plate.rms_usual);
    }
}

/* What no plate tells, one figure does that blocks for short times have printed on them. */
Test(battery_type, a_row_of_a_quarter_of_an_hour_brings_every_agm_plate_within_its_bound)
{
    int told = 0;
    for (size_t i = 0; i < SHEETS; i++) {
        sheet_open(sheets[i]);
        const struct sim_battery_row *quarter = quarter_row();
        if (sheet.plate.battery_class == SIM_CLASS_AGM && quarter != NULL) {
            const double off = slowest_off(quarter, 1);
            cr_assert(off < PLATE_WITHIN, "%s: %.1f %%", sheets[i], 100 * off);
            told++;
        }
    }
    cr_assert_eq(told, 16);
}

Test(battery_type, every_built_in_type_is_the_fit_of_its_sheet_and_tells_its_source)
{
    char name[SIM_BATTERY_NAME_MAX];
    size_t count = 0;
    for (; sim_battery_type_name(count, name); count++) {
        struct sim_battery_type type;
        struct sim_battery_error plate, fitted;
        struct sim_battery_fit fit;
        cr_assert(sim_battery_type_load(&type, name, error, sizeof error), "%s", error);
        cr_assert_str_eq(type.name, name);
        sheet_open(name);
        sheet_errors(&plate, &fitted, &fit);
        const struct sim_battery_error own =
            sim_battery_compare(&sheet.plate, &type.fit, sheet.row, sheet.rows);
        const double apart = minutes_apart(&type.fit, &fit);
        cr_assert(apart < REFIT_WITHIN && own.rms_all < fitted.rms_all + REFIT_RMS_WITHIN,
                  "%s: %.1f %% apart; fit it again: gbms-bench battery fit", name, 100 * apart);
        cr_assert(type.is_fitted && strlen(type.source) > 20, "%s", name);
        cr_assert_str_eq(type.source, sheet.source);
    }
    cr_assert_geq(count, 12);
}

/* The contract above can fail: of each figure it would see a fifth more. */
Test(battery_type, a_type_that_is_no_fit_of_its_sheet_is_told_apart)
{
    struct sim_battery_type type;
    cr_assert(sim_battery_type_load(&type, "leoch-us12-55", error, sizeof error), "%s", error);
    sheet_open("leoch-us12-55");
    cr_assert_eq(minutes_apart(&type.fit, &type.fit), 0);
    for (int i = 0; i < 6; i++) {
        struct sim_battery_fit moved = type.fit;
        double *const figures[] = {&moved.capacity_Ah,    &moved.available,
                                   &moved.exchange_per_h, &moved.resistance_empty,
                                   &moved.losses_Ohm,     &moved.slope_V};
        *figures[i] *= 1.2;
        cr_assert(minutes_apart(&moved, &type.fit) > REFIT_WITHIN, "figure %d", i);
    }
    struct sim_battery_fit larger = type.fit;
    larger.capacity_Ah *= 1.02;
    cr_assert(minutes_apart(&larger, &type.fit) > REFIT_WITHIN);
}

Test(battery_type, nonsense_plates_make_finite_constants)
{
    const double values[] = {0.011, 1, 90000};
    for (int i = 0; i < SIM_CLASSES * 27; i++) {
        struct sim_battery_plate plate = {
            .battery_class = (enum sim_battery_class)(i / 27),
            .cells = 6,
            .rates = 2,
            .rate = {{values[i % 3], 20}, {values[i / 3 % 3], 0.02}},
            .resistance_Ohm = values[i / 9 % 3] / 1000,
            .mass_kg = NAN,
        };
        struct sim_cell_constants constants;
        cr_assert(sim_battery_by_plate(&plate, &constants));
        cr_assert(isfinite(constants.capacity_Ah) && constants.capacity_Ah > 0, "%d", i);
        cr_assert(constants.available > 0 && constants.available < 1);
        cr_assert(constants.emf_slope_V > 0 && constants.exchange_per_h > 0);
        cr_assert(isfinite(constants.resistance_slow) && constants.resistance_slow > 0);
    }
}

Test(battery_type, a_module_reports_the_resistance_of_the_plate)
{
    sheet_open("leoch-us12-55");
    struct sim_cell_constants constants;
    cr_assert(sim_battery_by_plate(&sheet.plate, &constants));
    cr_assert_float_eq(constants.resistance_Ohm * 6, 0.0075, 1e-12);
}

/* ---- wrong ones ------------------------------------------------------------------------- */

/* A text as a file of that name in a folder of its own; what is told of it begins at the name. */
static bool told(const char *text, const char *name, const char *wanted)
{
    char folder[] = "/tmp/sim-type-XXXXXX";
    char file[64];
    cr_assert_not_null(mkdtemp(folder));
    (void)snprintf(file, sizeof file, "%s/%s", folder, name);
    FILE *stream = fopen(file, "w");
    cr_assert_not_null(stream);
    (void)fputs(text, stream);
    (void)fclose(stream);
    struct sim_battery_type type;
    const bool is_good = strstr(name, ".lua") != NULL
                             ? sim_battery_type_load(&type, file, error, sizeof error)
                             : sim_battery_sheet_read(&sheet, file, error, sizeof error);
    (void)remove(file);
    (void)rmdir(folder);
    const char *at = is_good ? "" : strstr(error, name);
    cr_assert_not_null(at, "%s\nsaid: %s", text, error);
    cr_assert(is_good == (wanted == NULL), "%s\nsaid: %s", text, is_good ? "nothing" : at);
    if (wanted != NULL) {
        cr_assert_eq(strncmp(at, wanted, strlen(wanted)), 0, "%s\nsaid: %s\nnot:  %s", text, at,
                     wanted);
        cr_assert_null(strchr(at, '\n'));
    }
    return true;
}

#define PLATE "# class = agm\n# cells = 6\n# capacity_Ah = 7\n# at_hours = 20\n"
#define AMPS  PLATE "amps,volts_per_cell,minutes\n"

Test(battery_type, every_malformed_sheet_is_told_in_one_line_with_its_place)
{
    static const char *const cases[][2] = {
        {"", "s.csv:1: class is missing"},
        {"# class = agm\n", "s.csv:1: cells is missing above; write # cells = 6"},
        {"# class = lead\n", "s.csv:1: no class 'lead'; known: agm, gel, vented"},
        {"# class =\n", "s.csv:1: class has no value"},
        {"# cells = six\n", "s.csv:1: cells is 'six'; it is a whole number"},
        {"# cells = 6.5\n", "s.csv:1: cells is '6.5'; it is a whole number"},
        {"# cells = 25\n", "s.csv:1: cells = 25; it is from 1 to 24"},
        {"# cells = 6\n# cells = 6\n", "s.csv:2: cells is there twice; keep one"},
        {"# capacity_Ah = -7\n", "s.csv:1: capacity_Ah = -7; it is from 0.01"},
        {"# capacity_Ah = nan\n", "s.csv:1: capacity_Ah is 'nan'"},
        {"# capacity_Ah = 7,2\n", "s.csv:1: capacity_Ah is '7,2'; it is a plain number"},
        {"# capacity = 7\n", "s.csv:1: no key 'capacity'; write capacity_Ah"},
        {"# weight_kg = 20\n", "s.csv:1: no key 'weight_kg'; write mass_kg"},
        {"# Impedance = 9\n", "s.csv:1: no key 'Impedance'; write resistance_mOhm"},
        {"# ambient = 9\n", "s.csv:1: no key 'ambient'; write temperature_C"},
        {"# Class = agm\n", "s.csv:1: no key 'Class'; write class"},
        {"# resistance_Ohm = 7\n", "s.csv:1: no key 'resistance_Ohm'; write resistance_mOhm"},
        {"# class = agm\n# cells = 6\n# capacity_Ah = 7\n",
         "s.csv:3: at_hours is missing above; write # at_hours = 20"},
        {PLATE "# capacity_Ah = 6\n", "s.csv:5: 2 lines capacity_Ah, but 1 at_hours"},
        {PLATE "# capacity_Ah = 8\n# at_hours = 5\n",
         "s.csv:6: 8 Ah in 5 h are more than 7 Ah in 20 h"},
        {PLATE "# capacity_Ah = 8\n# at_hours = 20\n", "s.csv:6: two capacities in 20 h"},
        {PLATE "# resistance_mOhm = 9000\n", "s.csv:5: resistance_mOhm = 9000 is no 7 Ah block's"},
        {PLATE "volts,amps\n", "s.csv:5: 'volts,amps' is no line of a sheet"},
        {PLATE "1,2,3\n", "s.csv:5: '1,2,3' is no line of a sheet"},
        {"# class = agm\namps,volts_per_cell,minutes\n", "s.csv:2: cells is missing"},
        {AMPS "1,1.8\n", "s.csv:6: 2 values; a row has three"},
        {AMPS "1,1.8,60,\n", "s.csv:6: 4 values; a row has three"},
        {AMPS "1,1.8,\n", "s.csv:6: minutes is ''; it is a plain number"},
        {AMPS "one,1.8,60\n", "s.csv:6: the load is 'one'"},
        {AMPS "0x3,1.8,60\n", "s.csv:6: the load is '0x3'"},
        {AMPS "0,1.8,60\n", "s.csv:6: amps is 0; it is above 0"},
        {AMPS "1,10.8,60\n", "s.csv:6: volts_per_cell is 10.8; for agm"},
        {AMPS "1,1.8,-60\n", "s.csv:6: minutes is -60"},
        {AMPS "1,1.8,inf\n", "s.csv:6: minutes is 'inf'"},
        {AMPS "9e9,1.8,1e-9\n", "s.csv:6: minutes is 1e-09; it is from 0.1"},
        {AMPS "1e-300,1.75,30000\n", "s.csv:6: 1e-300 amps for 30000 minutes are 5e-298 Ah"},
        {AMPS "0.1,1.75,0.1\n", "s.csv:6: 0.1 amps for 0.1 minutes are 0.000167 Ah"},
        {AMPS "35,1.8,1200\n", "s.csv:6: 35 amps for 1200 minutes are 700 Ah"},
        {AMPS "1,1.8,60\n# cells = 6\n", "s.csv:7: cells is there twice"},
        {AMPS "1,1.8,60\n# mass_kg = 6\n", "s.csv:7: mass_kg stands after the rows"},
        {AMPS "1,1.8,60\nwatts,volts_per_cell,minutes\n", "s.csv:7: a second header"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cr_assert(told(cases[i][0], "s.csv", cases[i][1]));
    }
}

Test(battery_type, sheets_may_have_notes_blank_lines_other_line_ends_and_no_rows)
{
    cr_assert(told(PLATE, "s.csv", NULL));
    cr_assert_eq(sheet.rows, 0);
    cr_assert(
        told("\xEF\xBB\xBF# class = agm\r\n# cells=6\r\n#capacity_Ah = 7\r\n# at_hours = 20\r\n"
             "\r\n# maker = somebody\r\n# just a remark\r\nWatts, volts_per_cell, minutes\r\n"
             " 100 , 1.75 , 20 \r\n# a remark\r\n\r\n60,1.75,40",
             "s.csv", NULL));
    cr_assert_eq(sheet.rows, 2);
    cr_assert(sheet.row[1].is_watts);
    cr_assert_float_eq(sheet.row[0].load, 100, 1e-12);
}

Test(battery_type, every_wrong_word_of_a_type_is_told_with_its_place)
{
    static const char *const cases[][2] = {
        {"", "t.lua: describes no battery; write battery"},
        {"battery 'x' {", "t.lua:1: "},
        {"local y = os.time()", "t.lua:1: a battery file knows no word \"os\"; it knows: assert"},
        {"x = 1", "t.lua:1: \"x\" is not local"},
        {"battery 'x' {}", "t.lua:1: class is one of agm, gel, lfp, nicd, nimh, vented, not nil"},
        {"\nbattery 'x' { class = 'agm' }", "t.lua:2: cells is a whole number from 1 to 24"},
        {"battery 'x' { class = 'agm', cells = 6 }", "t.lua:1: capacity_Ah is a number from 0.01"},
        {"battery 'x' { class = 'agm', cells = 6, capacity_Ah = 7 }", "t.lua:1: at_hours is a"},
        {"battery 'x' { class = 'agm', cells = 6, capacity = 7 }",
         "t.lua:1: battery has no property \"capacity\"; it has: at_hours, capacity_Ah"},
        {"battery 'x' { class = 'agm', cells = 6, capacity_Ah = {} }",
         "t.lua:1: capacity_Ah has 1 to 8 rates, not 0"},
        {"battery 'x' { class = 'agm', cells = 6, capacity_Ah = { [20] = 7 }, at_hours = 2 }",
         "t.lua:1: capacity_Ah has its hours in it"},
        {"battery 'x' { class = 'agm', cells = 6, capacity_Ah = { [20] = 0/0 } }",
         "t.lua:1: capacity_Ah is a number"},
        {"battery 'x' { class = 'agm', cells = 6, capacity_Ah = 7, at_hours = 20, fit = {} }",
         "t.lua:1: fit."},
        {"battery 'x' { class = 'agm', cells = 6, capacity_Ah = 7, at_hours = 20, fit = 3 }",
         "t.lua:1: fit is a table"},
        {"local b = { class = 'agm', cells = 6, capacity_Ah = 7, at_hours = 20 }\n"
         "battery 'x' (b)\nbattery 'y' (b)",
         "t.lua:3: a battery file describes one type; this is the second"},
        {"while true do end", "t.lua:1: this goes round in circles"},
        {"local t = {} for i = 1, 150 do t[i] = ('x'):rep(1e6) .. i end",
         "t.lua: not enough memory; make its values smaller"},
        {"\033Lua", "t.lua: attempt to load a binary chunk (mode is 't'); name the text"},
        {"battery 'x' { class = 'agm', cells = 6, capacity_Ah = 7, at_hours = 20, "
         "resistance_mOhm = 9000 }",
         "t.lua: resistance_mOhm = 9000 is no 7 Ah block's"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cr_assert(told(cases[i][0], "t.lua", cases[i][1]));
    }
    cr_assert(told("local Ah = 7\nbattery 'x' { class = 'agm', cells = 6, capacity_Ah = Ah, "
                   "at_hours = 20 }",
                   "t.lua", NULL));
}

Test(battery_type, a_type_that_is_written_loads_as_it_was)
{
    struct sim_battery_type before, after;
    cr_assert(sim_battery_type_load(&before, "leoch-us12-55", error, sizeof error), "%s", error);
    (void)snprintf(before.source, sizeof before.source, "\"a\" \\ and\ta line\nmore, %s",
                   "which is so long that it has to be broken somewhere, and so it is, twice, "
                   "one would say, or even three times");
    static char text[4000];
    FILE *file = fmemopen(text, sizeof text, "w");
    cr_assert(sim_battery_type_write(&before, "by a test", file));
    (void)fclose(file);
    char folder[] = "/tmp/sim-type-XXXXXX";
    char path[64];
    cr_assert_not_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/t.lua", folder);
    file = fopen(path, "w");
    cr_assert(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
    const bool is_good = sim_battery_type_load(&after, path, error, sizeof error);
    (void)remove(path);
    (void)rmdir(folder);
    cr_assert(is_good, "%s", error);
    cr_assert_str_eq(after.source, before.source);
    cr_assert_eq(after.plate.rates, before.plate.rates);
    cr_assert_float_eq(after.constants.capacity_Ah, before.constants.capacity_Ah, 1e-9);
    cr_assert_float_eq(after.constants.resistance_slow, before.constants.resistance_slow, 1e-5);
}
