/*
 * sheet.c — see sheet.h.
 */
#include "sim/battery/sheet.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SHEET_HEADERS "amps,volts_per_cell,minutes or watts,volts_per_cell,minutes"
/* A row that gives more or less than so many times the capacity is nobody's. */
#define SHEET_MOST_CAPACITIES  3
#define SHEET_LEAST_CAPACITIES 0.005
#define SHEET_LEAST_MINUTES    0.1
#define SHEET_WORD_MAX         80
enum { SHEET_LINE_MAX = 4096, SHEET_LINES_MAX = 100000 };

struct reader {
    struct sim_battery_sheet *sheet;
    const char *file;
    int line;
    char *error;
    size_t error_size;
    unsigned seen; /* bit of each key */
    int hours;     /* lines at_hours */
    int capacity_line;
    bool has_header;
    bool is_watts;
};

static const struct sim_battery_range ranges[] = {
    {"class", 0, 0, false},
    {"cells", 1, SIM_BATTERY_CELLS_MAX, true},
    {"capacity_Ah", 0.01, 100000, false},
    {"at_hours", 0.01, 1000, false},
    {"resistance_mOhm", 0.001, 100000, false},
    {"mass_kg", 0.001, 10000, false},
    {"temperature_C", -40, 60, false},
    {"source", 0, 0, false},
};
enum { KEYS = sizeof ranges / sizeof ranges[0] };
enum { K_CLASS, K_CELLS, K_CAPACITY, K_HOURS, K_RESISTANCE, K_MASS, K_TEMPERATURE, K_SOURCE };

const struct sim_battery_range *sim_battery_range(const char *key)
{
    for (size_t i = 0; i < KEYS; i++) {
        if (strcmp(ranges[i].key, key) == 0) {
            return &ranges[i];
        }
    }
    return NULL;
}

__attribute__((format(printf, 2, 3))) static bool refuse(struct reader *reader, const char *format,
                                                         ...)
{
    int size = snprintf(reader->error, reader->error_size, "%s:%d: ", reader->file, reader->line);
    if (size >= 0 && (size_t)size < reader->error_size) {
        va_list values;
        va_start(values, format);
        (void)vsnprintf(reader->error + size, reader->error_size - (size_t)size, format, values);
        va_end(values);
    }
    for (char *c = reader->error; *c != '\0'; c++) {
        *c = iscntrl((unsigned char)*c) ? '?' : *c;
    }
    return false;
}

/* Without the white space around it. */
static char *trim(char *text)
{
    while (isspace((unsigned char)*text)) {
        text++;
    }
    size_t size = strlen(text);
    while (size > 0 && isspace((unsigned char)text[size - 1])) {
        size--;
    }
    text[size] = '\0';
    return text;
}

/* A plain decimal number, all of the text. */
static bool number_of(const char *text, double *value)
{
    char *end = NULL;
    *value = strtod(text, &end);
    return end != text && *end == '\0' && isfinite(*value) && strpbrk(text, "xXnN") == NULL;
}

/* ---- the plate -------------------------------------------------------------------------- */

static bool class_take(struct reader *reader, const char *text)
{
    if (sim_battery_class_find(text, &reader->sheet->plate.battery_class)) {
        return true;
    }
    return refuse(reader, "no class '%.*s'; known: agm, gel, vented, nicd, nimh, lfp",
                  SHEET_WORD_MAX, text);
}

static bool rate_take(struct reader *reader, int key, double value)
{
    struct sim_battery_plate *plate = &reader->sheet->plate;
    int *count = key == K_HOURS ? &reader->hours : &plate->rates;
    if (*count == SIM_RATES_MAX) {
        return refuse(reader, "more than %d lines %s; name the %d that matter most", SIM_RATES_MAX,
                      ranges[key].key, SIM_RATES_MAX);
    }
    if (key == K_HOURS) {
        plate->rate[*count].at_hours = value;
    } else {
        plate->rate[*count].capacity_Ah = value;
        reader->capacity_line = reader->line;
    }
    ++*count;
    return true;
}

static bool value_take(struct reader *reader, int key, const char *text)
{
    struct sim_battery_plate *plate = &reader->sheet->plate;
    const struct sim_battery_range *range = &ranges[key];
    double value;
    if (!number_of(text, &value) || (range->is_whole && floor(value) != value)) {
        return refuse(reader, "%s is '%.*s'; it is a %s number, as %g", range->key, SHEET_WORD_MAX,
                      text, range->is_whole ? "whole" : "plain",
                      key == K_TEMPERATURE ? 25
                      : key == K_HOURS     ? 20
                                           : 6.0);
    }
    if (value < range->low || value > range->high) {
        return refuse(reader, "%s = %g; it is from %g to %g", range->key, value, range->low,
                      range->high);
    }
    switch (key) {
    case K_CELLS:
        plate->cells = (int32_t)value;
        return true;
    case K_RESISTANCE:
        plate->resistance_Ohm = value / 1000;
        return true;
    case K_MASS:
        plate->mass_kg = value;
        return true;
    case K_TEMPERATURE:
        plate->warmer_K = value - 25;
        return true;
    default:
        return rate_take(reader, key, value);
    }
}

/* A key that is none, but was meant to be one: same first word, whatever unit or case. */
static bool key_is_near(const char *key, const char *known)
{
    const size_t size = strcspn(known, "_");
    const size_t own_size = strcspn(key, "_ ");
    if (size == own_size) {
        int different = 0;
        for (size_t i = 0; i < size; i++) {
            different += tolower((unsigned char)key[i]) != tolower((unsigned char)known[i]);
        }
        return different <= (size > 5 ? 1 : 0);
    }
    return strcasecmp(key, known) == 0;
}

static bool note_take(struct reader *reader, const char *key)
{
    /* What makers call those that may be missing: as a note they would be lost without a word. */
    static const struct {
        const char *theirs;
        int key;
    } others[] = {{"weight", K_MASS}, {"impedance", K_RESISTANCE}, {"ambient", K_TEMPERATURE}};
    const char *meant = NULL;
    for (size_t i = 0; i < KEYS && meant == NULL; i++) {
        meant = key_is_near(key, ranges[i].key) ? ranges[i].key : NULL;
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0] && meant == NULL; i++) {
        meant = key_is_near(key, others[i].theirs) ? ranges[others[i].key].key : NULL;
    }
    return meant == NULL || refuse(reader, "no key '%.*s'; write %s", SHEET_WORD_MAX, key, meant);
}

static bool key_take(struct reader *reader, char *text)
{
    char *equals = strchr(text, '=');
    if (equals == NULL) {
        return true;
    }
    *equals = '\0';
    const char *key = trim(text);
    const char *value = trim(equals + 1);
    const struct sim_battery_range *range = sim_battery_range(key);
    if (range == NULL) {
        return note_take(reader, key);
    }
    const int number = (int)(range - ranges);
    if ((reader->seen & 1u << number) != 0 && number != K_CAPACITY && number != K_HOURS) {
        return refuse(reader, "%s is there twice; keep one", key);
    }
    reader->seen |= 1u << number;
    if (reader->has_header) {
        return refuse(reader, "%s stands after the rows; write it above them", key);
    }
    if (value[0] == '\0') {
        return refuse(reader, "%s has no value; write # %s = ...", key, key);
    }
    switch (number) {
    case K_CLASS:
        return class_take(reader, value);
    case K_SOURCE:
        (void)snprintf(reader->sheet->source, sizeof reader->sheet->source, "%s", value);
        return true;
    default:
        return value_take(reader, number, value);
    }
}

bool sim_battery_plate_check(const struct sim_battery_plate *plate, char *why, size_t why_size)
{
    const double usual_mOhm = sim_battery_usual_Ohm(plate) * plate->cells * 1000;
    const double ratio = plate->resistance_Ohm * 1000 / usual_mOhm;
    if (ratio > 20 || ratio < 0.05) {
        (void)snprintf(why, why_size,
                       "resistance_mOhm = %g is no %g Ah block's of %d cells; about %.2g would be",
                       plate->resistance_Ohm * 1000, plate->rate[0].capacity_Ah, (int)plate->cells,
                       usual_mOhm);
        return false;
    }
    for (int32_t i = 0; i < plate->rates; i++) {
        for (int32_t j = 0; j < plate->rates; j++) {
            if (i < j && plate->rate[i].at_hours == plate->rate[j].at_hours) {
                (void)snprintf(why, why_size, "two capacities in %g h; keep one",
                               plate->rate[i].at_hours);
                return false;
            }
            if (plate->rate[i].at_hours < plate->rate[j].at_hours &&
                plate->rate[i].capacity_Ah > 1.1 * plate->rate[j].capacity_Ah) {
                (void)snprintf(why, why_size,
                               "%g Ah in %g h are more than %g Ah in %g h; a slower discharge "
                               "gives more",
                               plate->rate[i].capacity_Ah, plate->rate[i].at_hours,
                               plate->rate[j].capacity_Ah, plate->rate[j].at_hours);
                return false;
            }
        }
    }
    return true;
}

/* All that must be there is; called once, where the plate ends. */
static bool plate_end(struct reader *reader)
{
    const struct sim_battery_plate *plate = &reader->sheet->plate;
    static const int needed[] = {K_CLASS, K_CELLS, K_CAPACITY, K_HOURS};
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
        if ((reader->seen & 1u << needed[i]) == 0) {
            return refuse(reader, "%s is missing above; write # %s = %s", ranges[needed[i]].key,
                          ranges[needed[i]].key,
                          needed[i] == K_CLASS      ? "agm"
                          : needed[i] == K_CELLS    ? "6"
                          : needed[i] == K_CAPACITY ? "7.2"
                                                    : "20");
        }
    }
    if (reader->hours != plate->rates) {
        return refuse(reader,
                      "%d lines capacity_Ah, but %d at_hours; each capacity needs its hours",
                      (int)plate->rates, reader->hours);
    }
    char why[200];
    if (!sim_battery_plate_check(plate, why, sizeof why)) {
        return refuse(reader, "%s", why);
    }
    return true;
}

/* ---- the rows --------------------------------------------------------------------------- */

/* The header without its white space and case; false: neither of the two. */
static bool header_take(struct reader *reader, const char *text)
{
    char plain[SHEET_WORD_MAX] = "";
    size_t size = 0;
    for (; *text != '\0' && size + 1 < sizeof plain; text++) {
        if (!isspace((unsigned char)*text)) {
            plain[size++] = (char)tolower((unsigned char)*text);
        }
    }
    reader->is_watts = strcmp(plain, "watts,volts_per_cell,minutes") == 0;
    return reader->is_watts || strcmp(plain, "amps,volts_per_cell,minutes") == 0;
}

/* The three numbers of a row. */
static bool row_split(struct reader *reader, char *text, double values[3])
{
    static const char *const names[] = {"the load", "volts_per_cell", "minutes"};
    int fields = 1;
    for (const char *c = text; *c != '\0'; c++) {
        fields += *c == ',';
    }
    if (fields != 3) {
        return refuse(reader, "%d values; a row has three: %s", fields,
                      reader->is_watts ? "watts,volts_per_cell,minutes"
                                       : "amps,volts_per_cell,minutes");
    }
    for (int i = 0; i < 3; i++) {
        char *comma = strchr(text, ',');
        char *next = comma != NULL ? comma + 1 : NULL;
        if (comma != NULL) {
            *comma = '\0';
        }
        const char *field = trim(text);
        if (!number_of(field, &values[i])) {
            return refuse(reader, "%s is '%.*s'; it is a plain number, as 1.75", names[i],
                          SHEET_WORD_MAX, field);
        }
        text = next;
    }
    return true;
}

static bool row_take(struct reader *reader, char *text)
{
    struct sim_battery_sheet *sheet = reader->sheet;
    const struct sim_battery_plate *plate = &sheet->plate;
    const char *load = reader->is_watts ? "watts" : "amps";
    double values[3];
    if (sheet->rows == SIM_SHEET_ROWS_MAX) {
        return refuse(reader, "more than %d rows; leave some out", SIM_SHEET_ROWS_MAX);
    }
    if (!row_split(reader, text, values)) {
        return false;
    }
    const double least_V = sim_battery_class_least_V(plate->battery_class);
    const double full_V = sim_battery_class_full_V(plate->battery_class);
    if (values[0] <= 0) {
        return refuse(reader, "%s is %g; it is above 0", load, values[0]);
    }
    if (values[1] < least_V || values[1] >= full_V) {
        return refuse(reader, "volts_per_cell is %g; for %s it is from %g to below %g, of one cell",
                      values[1], sim_battery_class_name(plate->battery_class), least_V, full_V);
    }
    if (values[2] < SHEET_LEAST_MINUTES || values[2] > 60000) {
        return refuse(reader, "minutes is %g; it is from %g to 60000", values[2],
                      SHEET_LEAST_MINUTES);
    }
    const double amps = reader->is_watts ? values[0] / (plate->cells * full_V) : values[0];
    double most_Ah = 0;
    for (int32_t i = 0; i < plate->rates; i++) {
        most_Ah = fmax(most_Ah, plate->rate[i].capacity_Ah);
    }
    const double given_Ah = amps * values[2] / 60;
    if (given_Ah > SHEET_MOST_CAPACITIES * most_Ah || given_Ah < SHEET_LEAST_CAPACITIES * most_Ah) {
        return refuse(reader, "%g %s for %g minutes are %.3g Ah, of a block of %g; check the units",
                      values[0], load, values[2], given_Ah, most_Ah);
    }
    sheet->line[sheet->rows] = reader->line;
    sheet->row[sheet->rows++] = (struct sim_battery_row){
        .load = values[0],
        .is_watts = reader->is_watts,
        .end_V = values[1],
        .minutes = values[2],
    };
    return true;
}

/* ---- the file --------------------------------------------------------------------------- */

static bool line_take(struct reader *reader, char *text)
{
    text = trim(text);
    if (text[0] == '\0') {
        return true;
    }
    if (text[0] == '#') {
        return key_take(reader, text + 1);
    }
    const bool was_watts = reader->is_watts;
    if (!header_take(reader, text)) {
        reader->is_watts = was_watts;
        if (reader->has_header) {
            return row_take(reader, text);
        }
        return refuse(reader, "'%.*s' is no line of a sheet; # key = value, or the header %s",
                      SHEET_WORD_MAX, text, SHEET_HEADERS);
    }
    if (reader->has_header) {
        return refuse(reader, "a second header; a sheet has one table, write another file");
    }
    reader->has_header = true;
    return plate_end(reader);
}

/* One line without its end into text; false: a refused one. is_last: the file ends with it. */
static bool line_read(struct reader *reader, FILE *file, char text[SHEET_LINE_MAX], bool *is_last)
{
    int size = 0;
    int c;
    if (reader->line++ == SHEET_LINES_MAX) {
        return refuse(reader, "more than %d lines; a sheet is short, name one", SHEET_LINES_MAX);
    }
    while ((c = getc(file)) != EOF && c != '\n') {
        if (c == '\0') {
            return refuse(reader, "a zero byte; a sheet is a text file");
        }
        if (size == SHEET_LINE_MAX - 1) {
            return refuse(reader, "a line of more than %d bytes; break it", SHEET_LINE_MAX - 1);
        }
        text[size++] = (char)c;
    }
    text[size] = '\0';
    *is_last = c == EOF;
    reader->line -= *is_last && size == 0 && reader->line > 1;
    return true;
}

static bool file_take(struct reader *reader, FILE *file)
{
    char text[SHEET_LINE_MAX];
    bool is_last = false;
    while (!is_last) {
        if (!line_read(reader, file, text, &is_last)) {
            return false;
        }
        /* What some editors put before the first character. */
        const bool is_marked = reader->line == 1 && strncmp(text, "\xEF\xBB\xBF", 3) == 0;
        if (!line_take(reader, is_marked ? text + 3 : text)) {
            return false;
        }
    }
    if (ferror(file) != 0) {
        (void)snprintf(reader->error, reader->error_size, "%s: cannot be read: %s; name a file",
                       reader->file, strerror(errno));
        return false;
    }
    return reader->has_header || plate_end(reader);
}

bool sim_battery_sheet_read(struct sim_battery_sheet *sheet, const char *file, char *error,
                            size_t error_size)
{
    struct reader reader = {.sheet = sheet, .file = file, .error = error, .error_size = error_size};
    *sheet = (struct sim_battery_sheet){.plate = {.resistance_Ohm = NAN, .mass_kg = NAN}};
    FILE *stream = fopen(file, "r");
    if (stream == NULL) {
        (void)snprintf(error, error_size, "%s: cannot be read: %s; name a sheet", file,
                       strerror(errno));
        return false;
    }
    bool is_good = file_take(&reader, stream);
    (void)fclose(stream);
    return is_good;
}
