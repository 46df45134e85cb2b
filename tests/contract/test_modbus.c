/*
 * test_modbus.c — the windows and points against the guide's register list, register by register.
 *
 * Both directions: what the guide prints is in the tables, and what is in the tables the guide
 * prints. Nothing is left out: registers 1000..3681 are each accounted for.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "csv.h"
#include "wm/catalog.h"
#include "wm/limits.h"

/* No row of the guide, no point: read 0 (decision M2). */
#define UNPRINTED_FIRST 1005
#define UNPRINTED_LAST  1009

struct place {
    enum wm_point point;
    int32_t number;
    int count;
};

/* The point and item shown at a register; count tells how many claim it. */
static struct place place_of(int32_t address)
{
    struct place place = {.count = 0};
    for (int point = 0; point < wm_point_count; point++) {
        const int32_t items = wm_scope_items_max(wm_point((enum wm_point)point)->scope);
        for (int32_t number = 1; number <= items; number++) {
            if (wm_point_register((enum wm_point)point, number) == address) {
                place.point = (enum wm_point)point;
                place.number = number;
                place.count++;
            }
        }
    }
    return place;
}

static enum wm_scope scope_of_block(const char *block)
{
    static const struct {
        const char *prefix;
        enum wm_scope scope;
    } blocks[] = {
        {"general", wm_scope_system},        {"string_", wm_scope_string},
        {"module_", wm_scope_module},        {"aux_input", wm_scope_aux_input},
        {"aux_output", wm_scope_aux_output},
    };
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) {
        if (strncmp(block, blocks[i].prefix, strlen(blocks[i].prefix)) == 0) {
            return blocks[i].scope;
        }
    }
    cr_assert_fail("no scope for block %s", block);
    return wm_scope_count;
}

static void check_name(const struct csv *csv, const struct wm_point_row *row)
{
    char name[64];
    const bool is_aux = row->scope == wm_scope_aux_input || row->scope == wm_scope_aux_output;
    (void)snprintf(name, sizeof name, "%s%s", row->register_name, is_aux ? "(i-1)" : "");
    cr_assert_str_eq(name, csv_text(csv, "field"), "%s:%d: register name", csv->name, csv->line);
}

/* "x1000", "x1": value in natural units times that; else the encoding by the row's words. */
static void check_encoding(const struct csv *csv, const struct wm_point_row *row)
{
    const char *encoding = csv_text(csv, "encoding");
    const char *unit = csv_text(csv, "unit");
    const struct wm_unit_row *unit_row = wm_unit(row->unit);
    const enum wm_encoding_kind kind = row->register_encoding.kind;
    const bool is_unsigned = strcmp(csv_text(csv, "signed"), "u16") == 0;

    cr_assert_eq(is_unsigned, kind == WM_ENCODE_U16, "%s:%d: sign", csv->name, csv->line);
    if (strcmp(unit, "flags") == 0 || strcmp(unit, "count") == 0 || strcmp(unit, "state") == 0) {
        cr_assert_str_eq(unit_row->name, unit, "%s:%d: unit", csv->name, csv->line);
        cr_assert(is_unsigned || (kind == WM_ENCODE_S16 && row->register_encoding.divisor == 1),
                  "%s:%d: a state is shown as it is", csv->name, csv->line);
        return;
    }
    cr_assert(strncmp(unit, unit_row->natural_name, strlen(unit_row->natural_name)) == 0,
              "%s:%d: unit %s is not %s", csv->name, csv->line, unit, unit_row->natural_name);
    if (encoding[0] == 'x') {
        const int32_t factor = (int32_t)strtol(encoding + 1, NULL, 10);
        cr_assert_eq(kind, WM_ENCODE_S16, "%s:%d: encoding", csv->name, csv->line);
        cr_assert_eq(unit_row->per_natural, factor * row->register_encoding.divisor, "%s:%d: scale",
                     csv->name, csv->line);
    } else if (encoding[0] == 'T') {
        cr_assert_str_eq(encoding, "T = (x - 78) / 2");
        cr_assert_eq(kind, WM_ENCODE_HALF_DEGREE, "%s:%d: encoding", csv->name, csv->line);
    } else {
        /* Volts and amperes of strings: decision M6. */
        cr_assert_str_eq(encoding, "");
        cr_assert_eq(kind, WM_ENCODE_STRING_FACTOR, "%s:%d: encoding", csv->name, csv->line);
    }
}

static void check_register(const struct csv *csv, int32_t address, int32_t item)
{
    const struct place place = place_of(address);
    if (strcmp(csv_text(csv, "field"), "reserved") == 0) {
        cr_assert_eq(place.count, 0, "%s:%d: register %d is reserved but shows a point", csv->name,
                     csv->line, address);
        return;
    }
    cr_assert_eq(place.count, 1, "%s:%d: register %d is shown by %d points, not 1", csv->name,
                 csv->line, address, place.count);
    const struct wm_point_row *row = wm_point(place.point);
    cr_assert_eq(row->scope, scope_of_block(csv_text(csv, "block")), "%s:%d: register %d: scope",
                 csv->name, csv->line, address);
    cr_assert_eq(place.number, item, "%s:%d: register %d: item %d, not %d", csv->name, csv->line,
                 address, place.number, item);
    check_name(csv, row);
    check_encoding(csv, row);
}

Test(modbus, every_register_from_first_to_last_is_as_the_guide_prints_it)
{
    static bool printed[WM_REGISTERS];
    struct csv csv;
    csv_open(&csv, "modbus_registers.csv");
    while (csv_next(&csv)) {
        const int32_t from = csv_number(&csv, "item_from");
        const int32_t to = csv_number(&csv, "item_to");
        for (int32_t item = from; item <= to; item++) {
            const int32_t address =
                csv_number(&csv, "first") + (item - from) * csv_number(&csv, "stride");
            cr_assert(address >= WM_REGISTER_FIRST && address <= WM_REGISTER_LAST,
                      "%s:%d: register %d is outside", csv.name, csv.line, address);
            cr_assert_not(printed[address - WM_REGISTER_FIRST], "%s:%d: register %d comes twice",
                          csv.name, csv.line, address);
            printed[address - WM_REGISTER_FIRST] = true;
            check_register(&csv, address, item);
        }
    }
    for (int32_t address = WM_REGISTER_FIRST; address <= WM_REGISTER_LAST; address++) {
        const bool is_unprinted = address >= UNPRINTED_FIRST && address <= UNPRINTED_LAST;
        cr_assert_neq(printed[address - WM_REGISTER_FIRST], is_unprinted,
                      "register %d: printed by the guide?", address);
        cr_assert(!is_unprinted || place_of(address).count == 0,
                  "register %d shows a point that the guide does not print", address);
    }
}

Test(modbus, no_point_is_shown_outside_the_range_or_missing_from_a_window)
{
    for (int i = 0; i < wm_point_count; i++) {
        const enum wm_point point = (enum wm_point)i;
        const struct wm_point_row *row = wm_point(point);
        const int32_t items = wm_scope_items_max(row->scope);
        int shown = 0;
        for (int32_t number = 1; number <= items; number++) {
            const int32_t address = wm_point_register(point, number);
            cr_assert(address == WM_NO_REGISTER ||
                          (address >= WM_REGISTER_FIRST && address <= WM_REGISTER_LAST),
                      "%s: register %d is outside", row->name, address);
            shown += address != WM_NO_REGISTER;
        }
        cr_assert_eq(shown > 0, row->register_offset != WM_NO_REGISTER, "%s", row->name);
        /* The guide reserves sum and average of strings 11..16; else every item is shown. */
        const bool is_reserved_above_10 =
            point == wm_point_string_voltage_sum || point == wm_point_string_voltage_average;
        cr_assert(shown == 0 || shown == (is_reserved_above_10 ? 10 : items),
                  "%s: %d of %d items are shown", row->name, shown, items);
        cr_assert_eq(wm_point_register(point, 0), WM_NO_REGISTER, "%s", row->name);
        cr_assert_eq(wm_point_register(point, items + 1), WM_NO_REGISTER, "%s", row->name);
    }
}

Test(modbus, the_windows_are_the_blocks_of_the_guide_and_do_not_overlap)
{
    size_t count;
    const struct wm_window_row *windows = wm_windows(&count);
    static bool covered[WM_REGISTERS];
    for (size_t i = 0; i < count; i++) {
        const struct wm_window_row *window = &windows[i];
        struct csv csv;
        int rows = 0;
        csv_open(&csv, "modbus_registers.csv");
        while (csv_next(&csv)) {
            if (strcmp(csv_text(&csv, "block"), window->name) != 0) {
                continue;
            }
            rows++;
            cr_assert_eq(window->number_first, csv_number(&csv, "item_from"), "%s", window->name);
            cr_assert_eq(window->number_last, csv_number(&csv, "item_to"), "%s", window->name);
            /* The general block has one item, whose stride the guide need not print. */
            cr_assert(window->scope == wm_scope_system ||
                          window->stride == csv_number(&csv, "stride"),
                      "%s: stride", window->name);
            const int32_t offset = csv_number(&csv, "first") - window->first;
            cr_assert(offset >= 0 && offset < window->stride, "%s: first", window->name);
            cr_assert_eq(window->offsets >> offset & 1U,
                         strcmp(csv_text(&csv, "field"), "reserved") != 0, "%s: offset %d",
                         window->name, offset);
        }
        cr_assert_eq(rows, window->stride, "%s: %d rows in the guide", window->name, rows);
        const int32_t items = window->number_last - window->number_first + 1;
        for (int32_t r = window->first; r < window->first + items * window->stride; r++) {
            cr_assert(r >= WM_REGISTER_FIRST && r <= WM_REGISTER_LAST, "%s: %d", window->name, r);
            cr_assert_not(covered[r - WM_REGISTER_FIRST], "%s: %d overlaps", window->name, r);
            covered[r - WM_REGISTER_FIRST] = true;
        }
    }
}

Test(modbus, values_are_encoded_as_the_guide_describes)
{
    static struct wm_settings settings;
    settings.value[wm_setting_modbus_string_factor] = 1;
    static const struct {
        enum wm_point point;
        int32_t value;
        int32_t shown;
    } rows[] = {
        {wm_point_module_temperature, 21000, 120},
        {wm_point_module_temperature, -39000, 0},
        {wm_point_module_temperature, -40000, -2},
        {wm_point_module_temperature, 21250, 121},
        {wm_point_module_voltage, 12941, 12941},
        {wm_point_module_voltage, 40000, 32767},
        {wm_point_module_resistance, 5125, 513},
        {wm_point_module_resistance, 5124, 512},
        {wm_point_module_bypass, 5, 1},
        {wm_point_module_bypass, 1000, 100},
        {wm_point_string_current, -1500, -2},
        {wm_point_string_current, 1499, 1},
        {wm_point_string_voltage_sum, 116469, 116},
        {wm_point_string_voltage_average, 12940500, 13},
        {wm_point_system_status, 0x8041, 0x8041},
        {wm_point_aux_input_level, 1, 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct wm_point_row *row = wm_point(rows[i].point);
        cr_assert_eq(wm_encode(row->register_encoding, row->unit, rows[i].value, &settings),
                     rows[i].shown, "%s of %d", row->register_name, rows[i].value);
    }
    settings.value[wm_setting_modbus_string_factor] = 100;
    const struct wm_point_row *sum = wm_point(wm_point_string_voltage_sum);
    cr_assert_eq(wm_encode(sum->register_encoding, sum->unit, 116469, &settings), 11647);
    cr_assert_eq(wm_encode(sum->register_encoding, sum->unit, 400000, &settings), 32767);
}
