/*
 * test_console.c — the service console as a machine at the other end of the line sees it.
 *
 * The wishes that come through end in a port of the test, which tells what it was asked and
 * answers as the test says.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "firmware/service/console/console.h"
#include "fixture.h"
#include "wm/log_csv.h"
#include "wm/log_record.h"

#define SAID_MAX (1 << 20)

static struct wm_view view;
static struct con_console console;
static struct wm_command wished;
static int wishes;
static int32_t noted; /* the last reason */
static int notes;
static enum wm_status wish_status;
static wm_ms now_ms;
static char said[SAID_MAX];

static enum wm_status wish(void *self, const struct wm_command *command, const char **why)
{
    (void)self;
    if (command->kind == WM_COMMAND_NOTE) {
        noted = command->number;
        notes++;
        *why = "";
        return WM_OK;
    }
    wished = *command;
    wishes++;
    *why = wish_status == WM_OK ? "" : "the test says so";
    return wish_status;
}

static void start(int32_t modules, int32_t strings, int32_t aux_units)
{
    const struct wm_commands commands = {wish, NULL};
    const struct wm_log log = {NULL, NULL};
    fixture_view(&view, modules, strings, aux_units);
    wishes = 0;
    notes = 0;
    wish_status = WM_OK;
    now_ms = 0;
    con_console_init(&console, &view, &commands, &log, now_ms);
}

/* Reads all that the console has to say, as text, from `at` on. */
static size_t hear(size_t at)
{
    size_t got;
    while ((got = con_console_read(&console, said + at, SAID_MAX - 1 - at)) > 0) {
        at += got;
        cr_assert_lt(at, SAID_MAX - 1);
    }
    said[at] = '\0';
    return at;
}

/* Types bytes, hears all answers. */
static const char *type(const char *bytes, size_t size)
{
    size_t taken = 0, at = 0;
    do {
        taken += con_console_write(&console, bytes + taken, size - taken, now_ms);
        at = hear(at);
    } while (taken < size);
    return said;
}

static const char *ask(const char *line)
{
    char bytes[600];
    (void)snprintf(bytes, sizeof bytes, "%s\n", line);
    return type(bytes, strlen(bytes));
}

static int lines_of(const char *text)
{
    int lines = 0;
    for (; *text != '\0'; text++) {
        lines += *text == '\n';
    }
    return lines;
}

/* Refused by the console: a message, a note for the event log, and no wish. */
static void expect_code(const char *line, const char *code)
{
    char wanted[40];
    const int before = wishes;
    const int notes_before = notes;
    const bool was_flooded = console.own.is_flooded;
    (void)snprintf(wanted, sizeof wanted, "error %s ", code);
    cr_assert_eq(strncmp(ask(line), wanted, strlen(wanted)), 0, "\"%s\" gave: %s", line, said);
    cr_assert_eq(lines_of(said), 1, "\"%s\" gave: %s", line, said);
    cr_assert_gt(strlen(said), strlen(wanted) + 5, "\"%s\" gave no reason", line);
    cr_assert_eq(wishes, before, "\"%s\" was refused, and wished for all the same", line);
    if (strcmp(code, "too_fast") == 0 && was_flooded) {
        cr_assert_eq(notes, notes_before, "the first in a row was noted");
        return;
    }
    cr_assert_eq(notes, notes_before + 1, "\"%s\" was noted %d times", line, notes - notes_before);
    cr_assert_str_eq(wm_refusal_name(noted), code);
}

/* ---- orders ----------------------------------------------------------------------------- */

#define WISH(kind_, setting_, number_, value_, wall_ms_)                                           \
    {                                                                                              \
        .kind = WM_COMMAND_##kind_, .setting = (enum wm_setting)(setting_), .number = (number_),   \
        .value = (value_), .wall_ms = (wall_ms_)                                                   \
    }

Test(console, every_order_is_one_wish_and_answered_ok)
{
    static const struct {
        const char *line;
        struct wm_command is;
    } rows[] = {
        {"set voltage.high_alarm 15.2", WISH(SET, wm_setting_voltage_high_alarm, 0, 15200, 0)},
        {"set runaway.action open_breaker", WISH(SET, wm_setting_runaway_action, 0, 1, 0)},
        {"set temperature.low_alarm -12.345",
         WISH(SET, wm_setting_temperature_low_alarm, 0, -12345, 0)},
        {"save", WISH(SAVE, 0, 0, 0, 0)},
        {"breaker open 2", WISH(BREAKER, 0, 2, 1, 0)},
        {"breaker close 16", WISH(BREAKER, 0, 16, 0, 0)},
        {"acknowledge", WISH(MUTE, 0, 0, 0, 0)},
        {"equalizing pause", WISH(SET, wm_setting_equalizing_paused, 0, 1, 0)},
        {"equalizing resume", WISH(SET, wm_setting_equalizing_paused, 0, 0, 0)},
        {"clock 2020-06-01T00:00:00Z", WISH(CLOCK, 0, 0, 0, INT64_C(1590969600000))},
        {"programmer on", WISH(PROGRAMMER_MODE, 0, 0, 1, 0)},
        {"programmer off", WISH(PROGRAMMER_MODE, 0, 0, 0, 0)},
        {"programmer range 1 512", WISH(PROGRAMMER_RANGE, 0, 1, 512, 0)},
        {"programmer stop", WISH(PROGRAMMER_STOP, 0, 0, 0, 0)},
        {"programmer single 247 3", WISH(PROGRAMMER_SINGLE, 0, 247, 3, 0)},
        {"programmer show 7", WISH(PROGRAMMER_SHOW, 0, 7, 0, 0)},
        {"programmer query", WISH(PROGRAMMER_QUERY, 0, 0, 0, 0)},
        {"programmer reset", WISH(PROGRAMMER_RESET, 0, 0, 0, 0)},
    };
    start(18, 2, 1);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_assert_str_eq(ask(rows[i].line), "ok\n", "%s: %s", rows[i].line, said);
        cr_assert_eq(wishes, (int)i + 1, "%s", rows[i].line);
        cr_assert_eq(wished.kind, rows[i].is.kind, "%s", rows[i].line);
        cr_assert_eq(wished.number, rows[i].is.number, "%s", rows[i].line);
        cr_assert_eq(wished.value, rows[i].is.value, "%s", rows[i].line);
        cr_assert_eq(wished.wall_ms, rows[i].is.wall_ms, "%s", rows[i].line);
        if (rows[i].is.kind == WM_COMMAND_SET) {
            cr_assert_eq(wished.setting, rows[i].is.setting, "%s", rows[i].line);
        }
    }
}

Test(console, what_the_core_refuses_is_told_with_its_reason)
{
    static const struct {
        enum wm_status status;
        const char *said;
    } rows[] = {
        {WM_RANGE, "error range the test says so\n"},
        {WM_CONFLICT, "error conflict the test says so\n"},
        {WM_BUSY, "error busy the test says so\n"},
        {WM_ABSENT, "error absent the test says so\n"},
        {WM_IO, "error store it is in force now, but could not be kept for the next start\n"},
    };
    start(18, 2, 1);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        wish_status = rows[i].status;
        cr_assert_str_eq(ask("breaker open 1"), rows[i].said);
        cr_assert_str_eq(ask("set voltage.delay 5"), rows[i].said);
        cr_assert_eq(notes, 0, "it has told the event log itself");
    }
}

/* ---- refusals --------------------------------------------------------------------------- */

Test(console, what_is_no_request_is_refused_and_wishes_nothing)
{
    static const struct {
        const char *line;
        const char *code;
    } rows[] = {
        {"sho status", "unknown"},
        {"SHOW status", "unknown"},
        {"reboot", "unknown"},
        {"=", "unknown"},
        {"help reboot", "unknown"},
        {"help show status", "syntax"},
        {"show", "syntax"},
        {"show everything", "unknown"},
        {"show status now", "syntax"},
        {"show modules 1 2", "syntax"},
        {"show modules one", "syntax"},
        {"show modules 1..", "syntax"},
        {"show modules ..3", "syntax"},
        {"show modules 1...3", "syntax"},
        {"show modules -1", "syntax"},
        {"show modules 1234567890", "syntax"},
        {"show modules 0", "absent"},
        {"show modules 19", "absent"},
        {"show modules 5..4", "absent"},
        {"show modules 18..19", "absent"},
        {"show strings 3", "absent"},
        {"show settings voltag", "unknown"},
        {"show settings voltage.high", "unknown"},
        {"set", "syntax"},
        {"set voltage.delay", "syntax"},
        {"set voltage.delay 5 s", "syntax"},
        {"set voltage.slowness 5", "unknown"},
        {"set voltage 5", "unknown"},
        {"set voltage.delay five", "range"},
        {"set voltage.delay 5s", "range"},
        {"set voltage.delay -1", "range"},
        {"set voltage.delay 3601", "range"},
        {"set voltage.delay nan", "range"},
        {"set voltage.delay 1e99", "range"},
        {"set runaway.action explode", "range"},
        {"save all", "syntax"},
        {"breaker", "syntax"},
        {"breaker 1", "unknown"},
        {"breaker open", "syntax"},
        {"breaker open one", "syntax"},
        {"breaker open 1 2", "syntax"},
        {"breaker toggle 1", "unknown"},
        {"acknowledge 1", "syntax"},
        {"equalizing", "syntax"},
        {"equalizing stop", "unknown"},
        {"clock", "syntax"},
        {"clock noon", "syntax"},
        {"programmer", "syntax"},
        {"programmer on 1", "syntax"},
        {"programmer range 1", "syntax"},
        {"programmer range 1 x", "syntax"},
        {"programmer single 1 2 3", "syntax"},
        {"one two three four five six", "unknown"},
        {"one two three four five six seven", "unknown"},
        {"show modules 1 2 3 4 5 6", "syntax"},
        {"save one two three four five six", "syntax"},
    };
    start(18, 2, 1);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        expect_code(rows[i].line, rows[i].code);
    }
}

Test(console, a_line_of_320_bytes_is_taken_and_one_of_321_is_not)
{
    char line[CON_LINE_MAX + 2];
    start(18, 2, 1);
    memset(line, ' ', sizeof line);
    memcpy(line, "save", 4);
    line[CON_LINE_MAX] = '\0';
    cr_assert_str_eq(ask(line), "ok\n");
    line[CON_LINE_MAX] = ' ';
    line[CON_LINE_MAX + 1] = '\0';
    expect_code(line, "too_long");
    cr_assert_str_eq(ask("save"), "ok\n");
}

Test(console, an_endless_line_is_swallowed_up_to_its_end)
{
    static char flood[100000];
    start(18, 2, 1);
    memset(flood, 'x', sizeof flood);
    cr_assert_str_eq(type(flood, sizeof flood), "");
    expect_code("", "too_long");
    cr_assert_str_eq(ask("save"), "ok\n");
}

Test(console, bytes_that_are_no_text_are_refused_with_the_whole_line)
{
    static const struct {
        const char *bytes;
        size_t size;
    } rows[] = {
        {"sa\0ve\n", 6},   {"\0\n", 2},         {"save\x7f\n", 6},
        {"sa\bve\n", 6},   {"\x1b[Asave\n", 8}, {"sav\xc3\xa9\n", 6},
        {"\xff\xfe\n", 3}, {"save \x01\n", 7},  {"breaker open 1\0", 15},
    };
    start(18, 2, 1);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        (void)type(rows[i].bytes, rows[i].size);
        if (rows[i].bytes[rows[i].size - 1] != '\n') {
            (void)type("\n", 1);
        }
        cr_assert_eq(strncmp(said, "error syntax ", 13), 0, "row %zu: %s", i, said);
        cr_assert_eq(wishes, 0);
    }
    cr_assert_str_eq(ask("\tsave\t"), "ok\n", "a tab is a blank");
}

/* ---- lines ------------------------------------------------------------------------------ */

Test(console, a_line_ends_by_LF_by_CR_or_by_both_and_is_answered_once)
{
    start(18, 2, 1);
    cr_assert_str_eq(type("save\nsave\rsave\r\nsave\n", 21), "ok\nok\nok\nok\n");
    cr_assert_str_eq(type("\n\r\n\r\r\n   \n", 10), "", "an empty line asks nothing");
    cr_assert_str_eq(type("save\r", 5), "ok\n");
    cr_assert_str_eq(type("\nsave\n", 6), "ok\n", "the LF belongs to the CR before it");
    cr_assert_eq(wishes, 6);
}

Test(console, a_half_typed_line_waits_and_does_nothing)
{
    start(18, 2, 1);
    cr_assert_str_eq(type("breaker open ", 13), "");
    now_ms += 3600 * 1000;
    cr_assert_str_eq(type("", 0), "");
    cr_assert_eq(wishes, 0);
    cr_assert_str_eq(type("1\n", 2), "ok\n");
    cr_assert_eq(wished.number, 1);
}

Test(console, bytes_one_by_one_give_what_they_give_at_once)
{
    static const char lines[] = "show strings\nhelp set\nshow modules 18\nfoo\nbreaker open 1\n";
    start(18, 2, 1);
    char *at_once = strdup(type(lines, sizeof lines - 1));
    start(18, 2, 1);
    size_t at = 0;
    for (size_t i = 0; i < sizeof lines - 1; i++) {
        cr_assert_eq(con_console_write(&console, &lines[i], 1, now_ms), 1);
        char byte;
        while (con_console_read(&console, &byte, 1) == 1) {
            said[at++] = byte;
        }
    }
    said[at] = '\0';
    cr_assert_str_eq(said, at_once);
    free(at_once);
}

/* ---- rate and pressure ------------------------------------------------------------------ */

Test(console, a_flood_is_refused_until_time_has_passed)
{
    start(18, 2, 1);
    for (int i = 0; i < CON_BURST; i++) {
        cr_assert_str_eq(ask("save"), "ok\n", "request %d: %s", i + 1, said);
    }
    expect_code("save", "too_fast");
    now_ms += 1000 / CON_PER_SECOND - 1;
    expect_code("save", "too_fast");
    now_ms += 1;
    cr_assert_str_eq(ask("save"), "ok\n");
    expect_code("show status", "too_fast");
    now_ms += INT64_C(100) * 365 * 86400 * 1000;
    for (int i = 0; i < CON_BURST; i++) {
        cr_assert_str_eq(ask("save"), "ok\n");
    }
    expect_code("save", "too_fast");
}

/* One who comes again has what he left, and a flood of his stays one row. */
Test(console, consoles_may_have_one_budget)
{
    struct con_budget budget;
    const struct wm_log log = {NULL, NULL};
    start(18, 2, 1);
    con_budget_init(&budget, now_ms);
    for (int i = 0; i < CON_BURST + 10; i++) {
        con_console_init(&console, &view, &(const struct wm_commands){wish, NULL}, &log, now_ms);
        con_console_share(&console, &budget);
        cr_assert_eq(strcmp(ask("save"), "ok\n") == 0, i < CON_BURST, "request %d: %s", i + 1,
                     said);
    }
    cr_assert_eq(notes, 1);
    now_ms += 1000 / CON_PER_SECOND;
    cr_assert_str_eq(ask("save"), "ok\n");
    expect_code("save", "too_fast");
}

Test(console, of_a_flood_the_first_of_each_row_is_noted)
{
    start(18, 2, 1);
    for (int i = 0; i < CON_BURST; i++) {
        (void)ask("nonsense");
    }
    cr_assert_eq(notes, CON_BURST);
    for (int i = 0; i < 1000; i++) {
        (void)ask(i % 2 == 0 ? "nonsense" : "save");
    }
    cr_assert_eq(notes, CON_BURST + 1);
    cr_assert_eq(noted, wm_refusal_too_fast);
    now_ms += 1000 / CON_PER_SECOND;
    cr_assert_str_eq(ask("save"), "ok\n");
    (void)ask("save");
    (void)ask("save");
    cr_assert_eq(notes, CON_BURST + 2, "another row");
    now_ms += 1000 / CON_PER_SECOND;
    (void)ask("nonsense");
    cr_assert_eq(noted, wm_refusal_unknown);
    (void)ask("save");
    (void)ask("save");
    cr_assert_eq(notes, CON_BURST + 4);
    cr_assert_eq(noted, wm_refusal_too_fast);
}

Test(console, no_more_is_taken_while_an_answer_waits_to_be_read)
{
    static const char lines[] = "show version\nsave\n";
    char byte;
    start(18, 2, 1);
    cr_assert_eq(con_console_write(&console, lines, sizeof lines - 1, now_ms), 13);
    cr_assert_eq(con_console_write(&console, lines + 13, 5, now_ms), 0);
    do {
        cr_assert_eq(con_console_read(&console, &byte, 1), 1);
        cr_assert_eq(wishes, 0);
        cr_assert_eq(con_console_write(&console, lines + 13, 5, now_ms) > 0,
                     byte == '\n' && wishes == 1, "only the last byte lets it go on");
    } while (wishes == 0);
}

Test(console, all_512_modules_are_listed_in_bounded_memory)
{
    char line[40];
    start(512, 16, 4);
    const char *at = ask("show modules");
    cr_assert_eq(lines_of(said), 513);
    for (int i = 1; i <= 512; i++) {
        (void)snprintf(line, sizeof line, "module=%d position=%d ", i, i - 1);
        cr_assert_eq(strncmp(at, line, strlen(line)), 0, "line %d: %.60s", i, at);
        at = strchr(at, '\n') + 1;
    }
    cr_assert_str_eq(at, "ok\n");
    cr_assert_eq(lines_of(ask("show modules 512")), 2);
    cr_assert_eq(lines_of(ask("show modules 500..512")), 14);
    cr_assert_eq(lines_of(ask("show aux")), 4 + 16 + 16 + 1);
}

/* ---- what is shown ---------------------------------------------------------------------- */

Test(console, values_stand_in_natural_units_with_all_their_digits)
{
    start(18, 2, 1);
    view.module[2] = (struct wm_view_module){
        .valid = UINT32_MAX,
        .position_index = 2,
        .voltage_mV = 12041,
        .temperature_mdegC = -500,
        .bypass_permille = 1000,
        .resistance_uOhm = 4690,
        .alarm_flags = 0x0402,
        .link_choice = wm_state_module_link_lost,
        .type_code = 10,
        .hardware_revision = 0x0302,
        .software_revision = 0x030400,
    };
    cr_assert_str_eq(ask("show modules 3"),
                     "module=3 position=2 voltage=12.041 temperature=-0.500 bypass=100.0 "
                     "resistance=4.690 alarm=0x0402 link=lost type=c30 hardware=0x0302 "
                     "software=0x030400\nok\n");
    fixture_invalidate(&view.module[2].valid, wm_point_module_voltage, wm_point_module_position);
    cr_assert_not_null(strstr(ask("show modules 3"), " voltage=- temperature=-0.500 "), "%s", said);
    view.string[0].flow_choice = wm_state_string_flow_discharge;
    cr_assert_not_null(strstr(ask("show strings 1"), " flow=discharge "), "%s", said);
}

Test(console, every_value_of_every_item_fits_its_line)
{
    static const char *const lines[] = {"show status",  "show strings",   "show modules",
                                        "show sensors", "show aux",       "show com2",
                                        "show panel",   "show programmer"};
    start(512, 16, 4);
    /* The longest numbers of all, and every point known. */
    struct wm_settings settings = view.settings;
    settings.value[wm_setting_com2_use] = WM_COM2_SENSORMANAGER;
    settings.value[wm_setting_bank_current_sensors] = 16;
    int32_t *const words = (int32_t *)(void *)&view.system;
    const size_t count = (sizeof view - offsetof(struct wm_view, system)) / sizeof *words;
    for (size_t i = 0; i < count; i++) {
        words[i] = INT32_MIN + 1;
    }
    view.settings = settings;
    for (int i = 0; i < wm_point_count; i++) {
        const enum wm_scope scope = wm_point((enum wm_point)i)->scope;
        char word[40];
        int found = 0;
        (void)snprintf(word, sizeof word, " %s=", wm_point((enum wm_point)i)->name);
        for (size_t k = 0; k < sizeof lines / sizeof lines[0]; k++) {
            char item[40];
            (void)snprintf(item, sizeof item, "%s=1 ", wm_scope_name(scope));
            const char *at = strstr(ask(lines[k]), item);
            const char *end = at != NULL ? strchr(at, '\n') : NULL;
            const char *value = at != NULL ? strstr(at, word) : NULL;
            now_ms += 1000;
            found += value != NULL && value < end;
        }
        cr_assert_eq(found, 1, "%s%s is shown %d times", wm_scope_name(scope), word, found);
    }
}

Test(console, status_tells_the_clock_and_how_far_it_is)
{
    start(18, 2, 1);
    view.wall_ms = INT64_C(1582934400123); /* 2020-02-29 */
    view.published_ms = 61005;
    view.boots = 3;
    view.rounds = 60;
    view.is_complete = 1;
    cr_assert_eq(
        strncmp(ask("show status"),
                "time=2020-02-29T00:00:00.123Z uptime=61.005 boots=3 rounds=60 "
                "initializing=no complete=yes\nsystem=1 status=0x0041 battery_status=0x0005 ",
                136),
        0, "%s", said);
    cr_assert_eq(lines_of(said), 3);
}

Test(console, settings_are_listed_whole_by_group_or_one_with_their_ranges)
{
    start(18, 2, 1);
    cr_assert_eq(lines_of(ask("show settings")), (int)wm_setting_count + (int)wm_text_count + 1);
    cr_assert_str_eq(ask("show settings voltage.high_alarm"),
                     "setting=voltage.high_alarm value=15.500 min=0.000 max=21.000 unit=V "
                     "text=\"Alarm while a block voltage is above this; 0 off\"\nok\n");
    cr_assert_str_eq(ask("show settings runaway.action"),
                     "setting=runaway.action value=none choices=none,open_breaker "
                     "text=\"What a thermal runaway does\"\nok\n");
    int voltages = 0;
    for (int i = 0; i < wm_setting_count; i++) {
        voltages += strncmp(wm_setting((enum wm_setting)i)->name, "voltage.", 8) == 0;
    }
    cr_assert_eq(lines_of(ask("show settings voltage")), voltages + 1);
    cr_assert_not(strstr(said, "string_voltage"));
}

Test(console, alarms_that_go_while_they_are_listed_hide_no_other)
{
    char bytes[CON_ANSWER_MAX];
    start(18, 2, 1);
    cr_assert_str_eq(ask("show alarms"), "ok\n");
    fixture_alarm(&view, 3, 6, 12345);
    fixture_alarm(&view, 4, 4, 12345);
    fixture_alarm(&view, 7, 24, 99000);
    view.alarm[2].existed_at_start = 1;
    cr_assert_str_eq(ask("show alarms"),
                     "alarm=voltage_high id=3 number=6 level=alarm since=12.345 at_start=no "
                     "text=\"A block voltage is above its alarm level\"\n"
                     "alarm=voltage id=4 number=4 level=alarm since=12.345 at_start=no "
                     "text=\"A block voltage is outside its alarm levels\"\n"
                     "alarm=discharging id=7 number=24 level=state since=99.000 at_start=yes "
                     "text=\"The batteries are being discharged\"\nok\n");
    cr_assert_eq(con_console_write(&console, "show alarms\n", 12, now_ms), 12);
    cr_assert_eq(con_console_read(&console, bytes, 9), 9);
    view.alarm[0] = view.alarm[1];
    view.alarm[1] = view.alarm[2];
    view.alarm_rows = 2;
    (void)hear(0);
    cr_assert_not_null(strstr(said, "alarm=voltage id=4 "), "%s", said);
    cr_assert_not_null(strstr(said, "alarm=discharging id=7 "), "%s", said);
    cr_assert_eq(lines_of(said), 4);
}

Test(console, help_tells_every_command_and_the_way_to_write_it)
{
    struct con_command_text text;
    int commands = 0;
    start(18, 2, 1);
    for (size_t i = 0; con_command_describe(i, &text); i++) {
        char wanted[200];
        (void)snprintf(wanted, sizeof wanted, "command=\"%s%s%s%s%s\" text=\"%s\"\n", text.verb,
                       text.topic != NULL ? " " : "", text.topic != NULL ? text.topic : "",
                       text.arguments[0] != '\0' ? " " : "", text.arguments, text.text);
        char line[40];
        (void)snprintf(line, sizeof line, "help %s", text.verb);
        cr_assert_not_null(strstr(ask("help"), wanted), "%s", wanted);
        cr_assert_not_null(strstr(ask(line), wanted), "%s", wanted);
        commands++;
    }
    cr_assert_eq(lines_of(ask("help")), commands + 1);
    cr_assert_eq(lines_of(ask("help breaker")), 3);
    cr_assert_eq(lines_of(ask("show version")), 2);
}

/* ---- logs ------------------------------------------------------------------------------- */

/* A ring that holds the records first to first + held - 1, each of its number's seconds. */
static struct {
    uint64_t first, held;
    enum wm_log_ring ring;
    bool is_damaged;
} ring;

static uint64_t ring_held(void *self, enum wm_log_ring of, uint64_t *first)
{
    (void)self;
    *first = ring.first;
    return of == ring.ring ? ring.held : 0;
}

static int ring_read(void *self, enum wm_log_ring of, uint64_t number, void *record, size_t size)
{
    (void)self;
    cr_assert_eq(of, ring.ring);
    cr_assert(number >= ring.first && number < ring.first + ring.held,
              "a record that is not there");
    cr_assert_geq(size, WM_LOG_EVENT_SIZE);
    if (ring.is_damaged) {
        return WM_DAMAGED;
    }
    const struct wm_log_event event = {
        .wall_ms = INT64_C(1590969600000) + (wm_ms)number * 1000,
        .uptime_ms = (wm_ms)number * 1000,
        .kind = wm_event_module_lost,
        .number = 3,
    };
    wm_log_event_pack(&event, record);
    return WM_LOG_EVENT_SIZE;
}

static void start_with_log(void)
{
    static const struct wm_log_ops ops = {NULL, ring_held, ring_read};
    const struct wm_log log = {&ops, NULL};
    const struct wm_commands commands = {wish, NULL};
    start(18, 2, 1);
    con_console_init(&console, &view, &commands, &log, now_ms);
    ring.ring = WM_LOG_EVENTS;
    ring.first = 100;
    ring.held = 10;
    ring.is_damaged = false;
}

/* The lines of the records first to last, after their header. */
static void expect_records(uint64_t first, uint64_t last)
{
    char line[WM_LOG_CSV_LINE_MAX + 1];
    const char *at = strchr(said, '\n') + 1;
    cr_assert_eq(strncmp(said, wm_log_csv_header(WM_LOG_EVENTS), (size_t)(at - said) - 1), 0);
    for (uint64_t number = first; number <= last; number++) {
        uint8_t record[WM_LOG_RECORD_MAX];
        const int size = ring_read(NULL, WM_LOG_EVENTS, number, record, sizeof record);
        wm_log_csv_line(WM_LOG_EVENTS, number, record, (size_t)size, line);
        (void)strcat(line, "\n");
        cr_assert_eq(strncmp(at, line, strlen(line)), 0, "wanted %s, got %s", line, at);
        at = strchr(at, '\n') + 1;
    }
    cr_assert_str_eq(at, "ok\n");
}

Test(console, a_log_is_told_whole_or_its_last_records)
{
    start_with_log();
    (void)ask("log events");
    expect_records(100, 109);
    (void)ask("log events 3");
    expect_records(107, 109);
    (void)ask("log events 10");
    expect_records(100, 109);
    (void)ask("log events 11");
    expect_records(100, 109);
    cr_assert_eq(lines_of(ask("log events 0")), 2);
    cr_assert_eq(lines_of(ask("log normal")), 2, "the other rings are empty");
    cr_assert_eq(lines_of(ask("log flow 5")), 2);
    cr_assert_eq(lines_of(ask("show logs")), 4, "a line a ring");
    cr_assert_not_null(strstr(said, "log=flow first="));
    expect_code("log", "syntax");
    expect_code("log errors", "unknown");
    expect_code("log events few", "syntax");
}

Test(console, records_that_the_ring_drops_meanwhile_are_left_out)
{
    char bytes[20];
    for (int dropped = 1; dropped < 10; dropped++) {
        start_with_log();
        cr_assert_eq(con_console_write(&console, "log events\n", 11, now_ms), 11);
        cr_assert_eq(con_console_read(&console, bytes, sizeof bytes), sizeof bytes);
        ring.first += (uint64_t)dropped;
        (void)hear(0);
        cr_assert_eq(lines_of(said), 1 + 10 - dropped + 1, "%s", said);
    }
}

Test(console, a_record_that_cannot_be_read_is_told_as_damaged)
{
    start_with_log();
    ring.is_damaged = true;
    cr_assert_eq(lines_of(ask("log events")), 12);
    cr_assert_not_null(strstr(said, "damaged"), "%s", said);
}

Test(console, without_a_log_none_is_told)
{
    start(18, 2, 1);
    expect_code("log events", "absent");
    expect_code("show logs", "absent");
}

/* ---- the clock -------------------------------------------------------------------------- */

Test(console, an_instant_is_of_this_century_and_of_the_calendar)
{
    static const struct {
        const char *text;
        wm_ms ms; /* -1: there is none */
    } rows[] = {
        {"2000-01-01T00:00:00Z", INT64_C(946684800000)},
        {"2000-02-29T23:59:59Z", INT64_C(951868799000)},
        {"2020-06-01T12:34:56.789Z", INT64_C(1591014896789)},
        {"2099-12-31T23:59:59.999Z", INT64_C(4102444799999)},
        {"1999-12-31T23:59:59Z", -1},
        {"2100-01-01T00:00:00Z", -1},
        {"2021-02-29T00:00:00Z", -1},
        {"2020-00-01T00:00:00Z", -1},
        {"2020-13-01T00:00:00Z", -1},
        {"2020-01-00T00:00:00Z", -1},
        {"2020-04-31T00:00:00Z", -1},
        {"2020-06-01T24:00:00Z", -1},
        {"2020-06-01T00:60:00Z", -1},
        {"2020-06-01T00:00:60Z", -1},
        {"2020-06-01T00:00:00", -1},
        {"2020-06-01T00:00:00+01:00", -1},
        {"2020-06-01T00:00:00.1Z", -1},
        {"2020-06-01", -1},
        {"20200601T000000Z", -1},
        {"2020-06-01T00:00:00Zz", -1},
    };
    start(18, 2, 1);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char line[60];
        (void)snprintf(line, sizeof line, "clock %s", rows[i].text);
        if (rows[i].ms < 0) {
            expect_code(line, "syntax");
            continue;
        }
        cr_assert_str_eq(ask(line), "ok\n", "%s: %s", line, said);
        cr_assert_eq(wished.wall_ms, rows[i].ms, "%s", line);
        view.wall_ms = rows[i].ms;
        (void)snprintf(line, sizeof line, "time=%.19s", rows[i].text);
        cr_assert_eq(strncmp(ask("show status"), line, strlen(line)), 0, "%s", said);
    }
}

/* ---- anything at all -------------------------------------------------------------------- */

static uint64_t chance = 0x9E3779B97F4A7C15;

static uint32_t draw(uint32_t below)
{
    chance ^= chance << 13;
    chance ^= chance >> 7;
    chance ^= chance << 17;
    return (uint32_t)(chance >> 32) % below;
}

/* A line of words that commands are made of, and of bytes that they are not. */
static size_t line_make(char *line, size_t size_max)
{
    static const char *const words[] = {
        "show",    "set",   "breaker", "open",          "programmer", "range", "help", "1",
        "512",     "0",     "1..9",    "voltage.delay", "10",         "-1",    "save", "status",
        "modules", "clock", "on",      "single",        "settings",   "\x80",  "=",    "alarms",
    };
    size_t size = 0;
    for (uint32_t i = draw(8); i > 0; i--) {
        const char *word = words[draw(sizeof words / sizeof words[0])];
        size += (size_t)snprintf(line + size, size_max - size, "%s%s", word, draw(9) ? " " : "");
    }
    for (uint32_t i = draw(4) == 0 ? draw(150) : 0; i > 0 && size < size_max - 1; i--) {
        const char byte = (char)draw(256);
        line[size++] = byte == '\n' || byte == '\r' ? ' ' : byte;
    }
    return size;
}

Test(console, whatever_is_typed_each_line_has_one_answer)
{
    char line[512];
    start(36, 4, 2);
    for (int i = 0; i < 20000; i++) {
        const size_t size = line_make(line, sizeof line - 1);
        const bool is_empty = strspn(line, " \t") >= size;
        const int before = wishes;
        const int notes_before = notes;
        line[size] = '\n';
        (void)type(line, size + 1);
        now_ms += 100;
        const char *end = said + strlen(said);
        while (end > said && end[-1] == '\n') {
            end--;
        }
        while (end > said && end[-1] != '\n') {
            end--;
        }
        const bool is_ok = strcmp(end, "ok\n") == 0;
        const bool is_error = strncmp(end, "error ", 6) == 0;
        cr_assert_eq(is_ok || is_error, !is_empty, "round %d: %.*s: %s", i, (int)size, line, said);
        cr_assert(!is_error || (end == said && wishes == before), "round %d: %s", i, said);
        cr_assert_leq(wishes - before, 1);
        cr_assert_eq(notes - notes_before, is_error, "round %d: %s", i, said);
    }
    cr_assert_gt(wishes, 20);
}
