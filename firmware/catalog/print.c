/*
 * print.c — wm-catalog: prints the tables as Markdown, for the documents kept in the tree; the MIB
 * file has print_mib.c.
 *
 * Always true: what it prints follows from the catalog alone, so printing again gives the same
 * bytes; tests/contract compares them with the committed documents.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "print_mib.h"
#include "wm/catalog.h"
#include "wm/limits.h"
#include "wm/message.h"

static const char *const printed_by = "<!-- Printed by `wm-catalog %s`; do not edit. -->\n\n";

/* A quotient of table numbers as a person writes it: 1000, 0.01. */
static void print_quotient(int32_t dividend, int32_t divisor)
{
    printf("%.9g", (double)dividend / (double)divisor);
}

/* "V x 1000": what a register holds, in natural units. */
static void print_register_encoding(const struct wm_point_row *row)
{
    const struct wm_unit_row *unit = wm_unit(row->unit);
    switch (row->register_encoding.kind) {
    case WM_ENCODE_STRING_FACTOR:
        printf("s16 | %s x `modbus.string_factor`", unit->natural_name);
        return;
    case WM_ENCODE_HALF_DEGREE:
        printf("s16 | x with T = (x - 78) / 2 degC");
        return;
    case WM_ENCODE_S16:
        printf("s16 | ");
        break;
    default:
        printf("u16 | ");
        break;
    }
    if (unit->natural_name[0] == '\0') {
        printf("%s", unit->name);
        return;
    }
    printf("%s x ", unit->natural_name);
    print_quotient(unit->per_natural, row->register_encoding.divisor);
}

/* "INTEGER | 0.01 V": type and scale of an SNMP object (decision S6). */
static void print_object_encoding(struct wm_encoding encoding, enum wm_unit unit)
{
    const struct wm_unit_row *row = wm_unit(unit);
    printf("%s | ", encoding.kind == WM_ENCODE_GAUGE ? "Gauge32" : "INTEGER");
    if (encoding.kind == WM_ENCODE_TEMPERATURE) {
        printf("0.1 degC or degF by `temperature.unit`");
        return;
    }
    if (row->natural_name[0] == '\0') {
        printf("%s", row->name);
        return;
    }
    const bool is_linear = encoding.kind == WM_ENCODE_LINEAR;
    print_quotient(is_linear ? encoding.divisor : 1, row->per_natural);
    printf(" %s", row->natural_name);
}

/* ---- registers -------------------------------------------------------------------------- */

static void print_windows(void)
{
    size_t count;
    const struct wm_window_row *windows = wm_windows(&count);
    printf("| window | items | first register | last register | registers an item |\n"
           "| --- | --- | --- | --- | --- |\n");
    for (size_t i = 0; i < count; i++) {
        const struct wm_window_row *window = &windows[i];
        const int32_t items = window->number_last - window->number_first + 1;
        printf("| %s | %" PRId32 "..%" PRId32 " | %" PRId32 " | %" PRId32 " | %" PRId32 " |\n",
               window->name, window->number_first, window->number_last, window->first,
               window->first + items * window->stride - 1, window->stride);
    }
}

static void print_window_fields(const struct wm_window_row *window)
{
    printf("\n## %s\n\n"
           "Register of item n, n = %" PRId32 "..%" PRId32 ": %" PRId32 " + %" PRId32
           " (n - %" PRId32 ") + offset\n\n"
           "| offset | name | type | holds | meaning | SNMP object |\n"
           "| --- | --- | --- | --- | --- | --- |\n",
           window->name, window->number_first, window->number_last, window->first, window->stride,
           window->number_first);
    for (int32_t offset = 0; offset < window->stride; offset++) {
        if (!(window->offsets >> offset & 1U)) {
            printf("| %" PRId32 " | reserved | | 0 | | |\n", offset);
            continue;
        }
        for (int point = 0; point < wm_point_count; point++) {
            const struct wm_point_row *row = wm_point((enum wm_point)point);
            if (row->scope != window->scope || row->register_offset != offset) {
                continue;
            }
            printf("| %" PRId32 " | `%s` | ", offset, row->register_name);
            print_register_encoding(row);
            printf(" | %s | %s |\n", row->text, row->snmp_name != NULL ? row->snmp_name : "");
        }
    }
}

static void print_flags(enum wm_flag_set set, const char *title)
{
    size_t count;
    const struct wm_flag_row *flags = wm_flags(&count);
    printf("\n## Flags: %s\n\n| value | name | in scenarios |\n| --- | --- | --- |\n", title);
    for (size_t i = 0; i < count; i++) {
        if (flags[i].set == set) {
            printf("| 0x%04X | %s | `%s` |\n", (unsigned)flags[i].value, flags[i].guide_name,
                   flags[i].name);
        }
    }
}

static void print_registers(void)
{
    printf("# Modbus registers\n\n");
    printf(printed_by, "--registers");
    printf("Functions 03 and 04 read registers %d..%d, addressed from 0. A value that does not "
           "fit is\nsaturated. What is reserved, not configured or never measured reads 0, and "
           "so do the\nregisters between two windows.\n\n",
           WM_REGISTER_FIRST, WM_REGISTER_LAST);
    print_windows();
    size_t count;
    const struct wm_window_row *windows = wm_windows(&count);
    for (size_t i = 0; i < count; i++) {
        print_window_fields(&windows[i]);
    }
    print_flags(wm_flag_set_general_status, "general status (1000, bacsStatus)");
    print_flags(wm_flag_set_battery_status, "battery status (1001)");
    print_flags(wm_flag_set_alarm,
                "alarm (1002, MODULE_nnn_ALARM, bacsModuleState, bacsStringAlarm)");
    print_flags(wm_flag_set_string_alarm, "string alarm (bacsStringAlarm2)");
}

/* ---- settings --------------------------------------------------------------------------- */

/* A setting's value as it is typed. */
static void print_setting_value(enum wm_setting setting, int32_t value)
{
    const struct wm_setting_row *row = wm_setting(setting);
    if (row->unit == wm_unit_choice) {
        printf("%s", wm_choice_name(setting, value));
        return;
    }
    print_quotient(value, wm_unit(row->unit)->per_natural);
}

static void print_setting_range(enum wm_setting setting)
{
    const struct wm_setting_row *row = wm_setting(setting);
    if (row->unit != wm_unit_choice) {
        print_setting_value(setting, row->min);
        printf("..");
        print_setting_value(setting, row->max);
        const char *natural_name = wm_unit(row->unit)->natural_name;
        printf("%s%s", natural_name[0] != '\0' ? " " : "", natural_name);
        return;
    }
    const char *separator = "";
    for (int32_t value = row->min; value <= row->max; value++) {
        if (wm_choice_name(setting, value) != NULL) {
            printf("%s%s", separator, wm_choice_name(setting, value));
            separator = ", ";
        }
    }
}

static void print_texts(void)
{
    printf("\n## Texts\n\n"
           "Set and kept as the settings above. A secret one is told nowhere: windows show whether "
           "it is set.\n\n"
           "| text | bytes at most | form | secret | default | meaning |\n"
           "| --- | --- | --- | --- | --- | --- |\n");
    for (int i = 0; i < wm_text_count; i++) {
        const struct wm_text_row *row = wm_text((enum wm_text)i);
        printf("| `%s` | %zu | %s | %s | %s | %s |\n", row->name, row->bytes_max,
               wm_form_describe(row->form), row->is_secret ? "yes" : "", row->value_default,
               row->text);
    }
}

static void print_settings(void)
{
    static const char *const scalings[] = {"", "block", "string", "capacity"};
    printf("# Settings\n\n");
    printf(printed_by, "--settings");
    printf("Names and values as they are typed after `--set` and in plants. A default marked "
           "*block* is that of\na block of 12 V, *string* of a string of 108 V, *capacity* of "
           "50 Ah; it follows the plant.\n\n"
           "| setting | range | default | follows | meaning | SNMP object | access | type | scale "
           "|\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
    for (int i = 0; i < wm_setting_count; i++) {
        const enum wm_setting setting = (enum wm_setting)i;
        const struct wm_setting_row *row = wm_setting(setting);
        printf("| `%s` | ", row->name);
        print_setting_range(setting);
        printf(" | ");
        print_setting_value(setting, row->value_default);
        printf(" | %s | %s | ", scalings[row->scaling], row->text);
        if (row->snmp_leaf == WM_NO_OBJECT) {
            printf("| | | |\n");
            continue;
        }
        printf("%s (1.%" PRId32 ") | %s | ", row->snmp_name, row->snmp_leaf,
               row->access == WM_ACCESS_RW ? "read-write" : "read-only");
        print_object_encoding(row->snmp_encoding, row->unit);
        printf(" |\n");
    }
    print_texts();
}

/* ---- alarms ----------------------------------------------------------------------------- */

static void print_flag_name(enum wm_flag_set set, uint16_t value)
{
    size_t count;
    const struct wm_flag_row *flags = wm_flags(&count);
    for (size_t i = 0; i < count; i++) {
        if (value != 0 && flags[i].set == set && flags[i].value == value) {
            printf(" `%s`", flags[i].name);
        }
    }
    printf(" |");
}

static void print_alarms(void)
{
    static const char *const levels[] = {"state", "warning", "alarm"};
    static const char *const generals[] = {"", "yes", "by `alarm.sensor_lost_is_general`",
                                           "by `alarm.environment_is_general`"};
    printf("# Alarms\n\n");
    printf(printed_by, "--alarms");
    printf("Number: place in the list of well-known alarms, 1.3.6.1.2.1.33.5.3.3. The last four "
           "columns name\nthe bits that an alarm sets in the words of registers and objects.\n\n"
           "| alarm | number | SNMP name | of a | kind | general alarm | meaning | alarm flag | "
           "string flag | status flag | battery flag |\n"
           "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
    for (int i = 0; i < wm_alarm_count; i++) {
        const struct wm_alarm_row *row = wm_alarm((enum wm_alarm)i);
        printf("| `%s` | ", row->name);
        if (row->number != 0) {
            printf("%" PRId32 " | %s", row->number, row->snmp_name);
        } else {
            printf("|");
        }
        printf(" | %s | %s | %s | %s |", wm_scope_name(row->scope), levels[row->level],
               generals[row->general], row->text);
        print_flag_name(wm_flag_set_alarm, row->alarm_flag);
        print_flag_name(wm_flag_set_string_alarm, row->string_flag);
        print_flag_name(wm_flag_set_general_status, row->status_flag);
        print_flag_name(wm_flag_set_battery_status, row->battery_flag);
        printf("\n");
    }
}

/* ---- messages --------------------------------------------------------------------------- */

static void print_message_fields(const struct wm_message_row *row, enum wm_direction direction)
{
    static const char *const types[] = {"", "u8", "u16", "s16", "u32", "s32"};
    const char *separator = " ";
    for (size_t i = 0; i < row->fields[direction]; i++) {
        printf("%s%s `%s`", separator, types[row->field[direction][i].type],
               row->field[direction][i].name);
        separator = ", ";
    }
    printf(" |");
}

static void print_messages(void)
{
    static const char *const classes[WM_CLASSES] = {"broadcast", "module", "sensor", "aux", "COM2"};
    printf("| command | message | asked of | question's payload | answer's payload | meaning |\n"
           "| --- | --- | --- | --- | --- | --- |\n");
    for (int i = 0; i < wm_message_count; i++) {
        const struct wm_message_row *row = wm_message((enum wm_message_id)i);
        printf("| 0x%02X | `%s` |", (unsigned)row->command, row->name);
        const char *separator = " ";
        for (unsigned address_class = 0; address_class < WM_CLASSES; address_class++) {
            if (row->classes >> address_class & 1U) {
                printf("%s%s", separator, classes[address_class]);
                separator = ", ";
            }
        }
        printf(" |");
        print_message_fields(row, WM_QUESTION);
        if (row->is_answered) {
            print_message_fields(row, WM_ANSWER);
        } else {
            printf(" no answer |");
        }
        printf(" %s |\n", row->text);
    }
}

int main(int argc, char **argv)
{
    static const struct {
        const char *option;
        void (*print)(void);
    } documents[] = {
        {"--registers", print_registers}, {"--settings", print_settings},
        {"--alarms", print_alarms},       {"--messages", print_messages},
        {"--mib", wm_print_mib},
    };
    for (size_t i = 0; argc == 2 && i < sizeof documents / sizeof documents[0]; i++) {
        if (strcmp(argv[1], documents[i].option) == 0) {
            documents[i].print();
            return fflush(stdout) == 0 ? 0 : 2;
        }
    }
    fprintf(stderr, "usage: wm-catalog --registers | --settings | --alarms | --messages | --mib\n");
    return 2;
}
