/*
 * config.c — see config.h.
 */
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "device.h"

enum { LINE_SIZE_MAX = 512, FILE_SIZE_MAX = 1 << 20 };

enum kind { KIND_PATH, KIND_ADDRESS, KIND_WORD, KIND_NUMBER, KIND_CHOICE };

static const struct row {
    const char *name;
    enum kind kind;
    const char *value_default; /* "off" where there is none */
    const char *choices;       /* with a blank between two */
    const char *text;
} rows[CONFIG_KEYS] = {
    [CONFIG_BUS] = {"bus", KIND_PATH, "/dev/ttyS1", "",
                    "the BACS bus; its speed is the setting bus.baud"},
    [CONFIG_BUS_RS485] = {"bus_rs485", KIND_CHOICE, "off", "off rts_on_send rts_after_send",
                          "the kernel switches the direction by RTS"},
    [CONFIG_BUS_ECHO] = {"bus_echo", KIND_CHOICE, "keep", "keep discard",
                         "discard: the adapter hears what it sends"},
    [CONFIG_COM2] = {"com2", KIND_PATH, "off", "",
                     "COM2, for com2.use; Modbus RTU has modbus.rtu_baud and modbus.rtu_parity"},
    [CONFIG_COM2_RS485] = {"com2_rs485", KIND_CHOICE, "off", "off rts_on_send rts_after_send",
                           "direction of COM2, likewise"},
    [CONFIG_COM2_ECHO] = {"com2_echo", KIND_CHOICE, "keep", "keep discard",
                          "echo of COM2, likewise"},
    [CONFIG_CONSOLE] = {"console", KIND_PATH, "off", "", "the service console"},
    [CONFIG_CONSOLE_BAUD] = {"console_baud", KIND_NUMBER, "115200", "",
                             "speed of the console's tty, 8N1"},
    [CONFIG_CONSOLE_ECHO] = {"console_echo", KIND_CHOICE, "off", "off on",
                             "on: for a person at a terminal"},
    [CONFIG_CONSOLE_TCP] = {"console_tcp", KIND_ADDRESS, "off", "",
                            "HOST:PORT; anybody there may use it: keep it to 127.0.0.1"},
    [CONFIG_MODBUS] = {"modbus", KIND_ADDRESS, "0.0.0.0:502", "", "HOST:PORT of Modbus TCP"},
    [CONFIG_SNMP] = {"snmp", KIND_ADDRESS, "0.0.0.0:161", "", "HOST:PORT of SNMP"},
    [CONFIG_STATE] = {"state", KIND_PATH, "/var/lib/webmanagerd", "",
                      "folder of settings, breakers and logs"},
    [CONFIG_LOG] = {"log", KIND_CHOICE, "auto", "auto stderr syslog",
                    "auto: the journal under systemd, else stderr"},
    [CONFIG_USER] = {"user", KIND_WORD, "off", "", "whom it runs as when ports and ttys are open"},
    [CONFIG_WATCHDOG] = {"watchdog", KIND_PATH, "off", "",
                         "such as /dev/watchdog; systemd's is served by itself"},
    [CONFIG_PANEL_RED] = {"panel_red", KIND_PATH, "off", "",
                          "common alarm LED; such as /sys/class/leds/alarm/brightness"},
    [CONFIG_PANEL_YELLOW] = {"panel_yellow", KIND_PATH, "off", "", "likewise; gets 1 and 0"},
    [CONFIG_PANEL_GREEN] = {"panel_green", KIND_PATH, "off", "",
                            "likewise; or /sys/class/gpio/gpio17/value"},
    [CONFIG_PANEL_STATUS_RED] = {"panel_status_red", KIND_PATH, "off", "", "red status LED"},
    [CONFIG_PANEL_STATUS_GREEN] = {"panel_status_green", KIND_PATH, "off", "", "green status LED"},
    [CONFIG_PANEL_BUZZER] = {"panel_buzzer", KIND_PATH, "off", "", "buzzer"},
    [CONFIG_PANEL_RELAY] = {"panel_relay", KIND_PATH, "off", "",
                            "alarm relay; 0, dropped, is the alarm"},
    [CONFIG_PANEL_MUTE] = {"panel_mute", KIND_PATH, "off", "", "mute button; 1: pressed"},
};

/* ---- errors ----------------------------------------------------------------------------- */

static bool failed(struct config *config, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Always false. */
static bool failed(struct config *config, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(config->error, sizeof config->error, format, arguments);
    va_end(arguments);
    return false;
}

static bool unknown(struct config *config, const char *key)
{
    char known[CONFIG_ERROR_MAX] = "";
    size_t size = 0;
    for (int i = 0; i < CONFIG_KEYS && size < sizeof known; i++) {
        size += (size_t)snprintf(known + size, sizeof known - size, "%s%s", i > 0 ? ", " : "",
                                 rows[i].name);
    }
    return failed(config, "unknown key '%s'; known: %s, and settings such as bank.modules", key,
                  known);
}

/* ---- values ----------------------------------------------------------------------------- */

static bool is_off(const char *value)
{
    return value[0] == '\0' || strcmp(value, "off") == 0;
}

/* Which of the row's choices, from 0; -1: none. */
static int choice_find(const struct row *row, const char *value)
{
    const size_t size = strlen(value);
    int number = 0;
    for (const char *at = row->choices; *at != '\0'; number++) {
        const size_t word = strcspn(at, " ");
        if (word == size && strncmp(at, value, size) == 0) {
            return number;
        }
        at += word + strspn(at + word, " ");
    }
    return -1;
}

static bool number_parse(const char *text, long least, long most, long *number)
{
    char *end;
    errno = 0;
    *number = strtol(text, &end, 10);
    return isdigit((unsigned char)text[0]) && *end == '\0' && errno == 0 && *number >= least &&
           *number <= most;
}

static bool is_address(const char *text)
{
    long port;
    const char *colon = strrchr(text, ':');
    return colon != NULL && colon != text && number_parse(colon + 1, 0, 65535, &port);
}

static bool value_check(struct config *config, const struct row *row, const char *value)
{
    long number;
    switch (row->kind) {
    case KIND_PATH:
        if (strlen(value) > CONFIG_PATH_MAX) {
            return failed(config, "%s: a path of more than %d bytes; shorten it, by a link",
                          row->name, CONFIG_PATH_MAX);
        }
        return is_off(value) || value[0] == '/' ||
               failed(config, "%s = %s: no path from /; name the whole path, or off", row->name,
                      value);
    case KIND_ADDRESS:
        return is_off(value) || is_address(value) ||
               failed(config, "%s = %s: no HOST:PORT; write it as in 0.0.0.0:1502, or off",
                      row->name, value);
    case KIND_NUMBER:
        return number_parse(value, 1200, 4000000, &number) ||
               failed(config, "%s = %s: no speed; it takes 1200 to 4000000 baud", row->name, value);
    case KIND_CHOICE:
        return choice_find(row, value) >= 0 ||
               failed(config, "%s = %s: no such choice; it is one of: %s", row->name, value,
                      row->choices);
    default:
        return true;
    }
}

static bool key_find(const char *name, enum config_key *key)
{
    for (int i = 0; i < CONFIG_KEYS; i++) {
        if (strcmp(rows[i].name, name) == 0) {
            *key = (enum config_key)i;
            return true;
        }
    }
    return false;
}

/* ---- settings --------------------------------------------------------------------------- */

static bool change_parse(struct config *config, const char *name, const char *value,
                         struct wm_change *change)
{
    char why[300] = "";
    *change = (struct wm_change){0};
    if (wm_text_find(name, &change->text)) {
        if (wm_text_check(change->text, value, why, sizeof why) != WM_OK) {
            return failed(config, "setting %s", why);
        }
        change->string = strdup(value);
        return change->string != NULL || failed(config, "out of memory");
    }
    if (!wm_setting_find(name, &change->setting)) {
        return failed(config,
                      "no setting '%s'; SETTINGS.md and the console's `show settings` have "
                      "the names",
                      name);
    }
    if (wm_setting_parse(change->setting, value, &change->value, why, sizeof why) != WM_OK) {
        return failed(config, "setting %s = %s: %s", name, value, why);
    }
    return true;
}

static bool is_of_same(const struct wm_change *a, const struct wm_change *b)
{
    if (a->string != NULL || b->string != NULL) {
        return a->string != NULL && b->string != NULL && a->text == b->text;
    }
    return a->setting == b->setting;
}

static bool change_add(struct config *config, const char *name, const char *value, int line)
{
    struct wm_change change;
    if (!change_parse(config, name, value, &change)) {
        return false;
    }
    for (size_t i = 0; i < config->changes && line > 0; i++) {
        if (is_of_same(&config->change[i], &change) && config->change_line[i] > 0) {
            free((char *)change.string);
            return failed(config, "%s is set on line %d already; leave one of them out", name,
                          config->change_line[i]);
        }
    }
    if (config->changes == CONFIG_CHANGES_MAX) {
        free((char *)change.string);
        return failed(config, "more than %d settings; leave out what is the default",
                      CONFIG_CHANGES_MAX);
    }
    config->change_line[config->changes] = line;
    config->change[config->changes++] = change;
    return true;
}

/* ---- in --------------------------------------------------------------------------------- */

/* line: 0 for an option. */
static bool assign(struct config *config, const char *name, const char *value, int line)
{
    enum config_key key;
    if (strchr(name, '.') != NULL) {
        return change_add(config, name, value, line);
    }
    if (!key_find(name, &key)) {
        return unknown(config, name);
    }
    if (line > 0 && config->line[key] > 0) {
        return failed(config, "%s is set on line %d already; leave one of them out", name,
                      config->line[key]);
    }
    if (!value_check(config, &rows[key], value)) {
        return false;
    }
    free(config->value[key]);
    config->value[key] = strdup(value);
    config->line[key] = line;
    return config->value[key] != NULL || failed(config, "out of memory");
}

bool config_set(struct config *config, const char *key, const char *value)
{
    return assign(config, key, value, 0);
}

/* Without blanks at both ends; in place. */
static char *trimmed(char *text)
{
    text += strspn(text, " \t");
    size_t size = strlen(text);
    while (size > 0 && strchr(" \t\r\n", text[size - 1]) != NULL) {
        text[--size] = '\0';
    }
    return text;
}

static bool line_take(struct config *config, char *text, int line)
{
    char *name = trimmed(text);
    if (name[0] == '\0' || name[0] == '#') {
        return true;
    }
    char *equals = strchr(name, '=');
    if (equals == NULL || equals == name) {
        return failed(config, "'%s' is no KEY = VALUE; a line that begins with # is a comment",
                      name);
    }
    *equals = '\0';
    return assign(config, trimmed(name), trimmed(equals + 1), line);
}

/* Puts the place before the error; always false. */
static bool failed_at(struct config *config, const char *file, int line)
{
    char what[CONFIG_ERROR_MAX];
    (void)snprintf(what, sizeof what, "%s", config->error);
    return failed(config, "%.200s:%d: %.480s", file, line, what);
}

/* Null: it cannot be had, or is no file, from which bytes may never come, or without end. */
static FILE *file_open(struct config *config, const char *file)
{
    struct stat status;
    const bool is_file = device_is_file(file);
    const int fd = is_file ? open(file, O_RDONLY | O_NONBLOCK | O_CLOEXEC) : -1;
    if (!is_file && (errno == ENODEV || errno == EISDIR)) {
        (void)failed(config, "%s: no regular file; name one with --config", file);
    } else if (fd < 0 || fstat(fd, &status) != 0) {
        (void)failed(config, "%s: %s; name the configuration with --config", file, strerror(errno));
    } else if (status.st_size > FILE_SIZE_MAX) {
        (void)failed(config, "%s: larger than %d bytes; shorten it", file, FILE_SIZE_MAX);
    } else {
        FILE *stream = fdopen(fd, "r");
        if (stream != NULL) {
            return stream;
        }
        (void)failed(config, "out of memory");
    }
    if (fd >= 0) {
        (void)close(fd);
    }
    return NULL;
}

bool config_read(struct config *config, const char *file)
{
    char *text = NULL;
    size_t room = 0;
    ssize_t size;
    FILE *stream = file_open(config, file);
    bool is_good = stream != NULL;
    for (int line = 1; is_good && (size = getline(&text, &room, stream)) > 0; line++) {
        if (strlen(text) < (size_t)size) {
            is_good = failed(config, "a byte 0 in it; take it out");
        } else if (size >= LINE_SIZE_MAX) {
            is_good = failed(config, "longer than %d bytes; shorten it", LINE_SIZE_MAX - 2);
        } else {
            is_good = line_take(config, text, line);
        }
        is_good = is_good || failed_at(config, file, line);
    }
    free(text);
    if (stream == NULL) {
        return false;
    }
    if (is_good && ferror(stream)) {
        is_good = failed(config, "%s: %s; name a file with --config", file, strerror(errno));
    }
    (void)fclose(stream);
    return is_good;
}

/* ---- out -------------------------------------------------------------------------------- */

static const char *in_force(const struct config *config, enum config_key key)
{
    return config->value[key] != NULL ? config->value[key] : rows[key].value_default;
}

/* By whichever names: those of /dev/serial lead to others. */
static bool is_same_device(const char *a, const char *b)
{
    struct stat first;
    struct stat second;
    return strcmp(a, b) == 0 ||
           (stat(a, &first) == 0 && stat(b, &second) == 0 && S_ISCHR(first.st_mode) &&
            S_ISCHR(second.st_mode) && first.st_rdev == second.st_rdev);
}

/* Each line is that of one: the second to open it would wait for ever. */
static bool ttys_differ(struct config *config)
{
    static const enum config_key ttys[] = {CONFIG_BUS, CONFIG_COM2, CONFIG_CONSOLE};
    for (size_t i = 1; i < sizeof ttys / sizeof ttys[0]; i++) {
        for (size_t k = 0; k < i; k++) {
            const char *path = config_text(config, ttys[i]);
            if (path != NULL && is_same_device(path, in_force(config, ttys[k]))) {
                return failed(config, "%s = %s: %s has it; name another, or off",
                              rows[ttys[i]].name, path, rows[ttys[k]].name);
            }
        }
    }
    return true;
}

/* Which of an address is the port. */
static const char *port_of(const char *address)
{
    return strrchr(address, ':') + 1;
}

static bool is_any_host(const char *address)
{
    return strncmp(address, "0.0.0.0:", 8) == 0 || strncmp(address, "[::]:", 5) == 0;
}

/* Modbus TCP and the console's; 0 is a port that is free. */
static bool addresses_differ(struct config *config)
{
    const char *modbus = config_text(config, CONFIG_MODBUS);
    const char *console = config_text(config, CONFIG_CONSOLE_TCP);
    if (modbus == NULL || console == NULL || strcmp(port_of(modbus), port_of(console)) != 0 ||
        strcmp(port_of(modbus), "0") == 0) {
        return true;
    }
    const bool is_same =
        strcmp(modbus, console) == 0 || is_any_host(modbus) || is_any_host(console);
    return !is_same ||
           failed(config, "console_tcp = %s: modbus has the port; choose another", console);
}

bool config_is_complete(struct config *config)
{
    static const enum config_key needed[] = {CONFIG_BUS, CONFIG_STATE};
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
        if (config_text(config, needed[i]) == NULL) {
            return failed(config, "%s cannot be off; name one, such as %s", rows[needed[i]].name,
                          rows[needed[i]].value_default);
        }
    }
    return ttys_differ(config) && addresses_differ(config);
}

const char *config_text(const struct config *config, enum config_key key)
{
    const char *value = in_force(config, key);
    return is_off(value) ? NULL : value;
}

int32_t config_number(const struct config *config, enum config_key key)
{
    const char *value = in_force(config, key);
    const int choice = choice_find(&rows[key], value);
    return choice >= 0 ? choice : (int32_t)strtol(value, NULL, 10);
}

void config_print_example(FILE *stream)
{
    for (int i = 0; i < CONFIG_KEYS; i++) {
        const struct row *row = &rows[i];
        (void)fprintf(stream, "# %s%s%s%s\n%s = %s\n", row->text,
                      row->kind == KIND_CHOICE ? " (one of: " : "", row->choices,
                      row->kind == KIND_CHOICE ? ")" : "", row->name, row->value_default);
    }
}

void config_print_keys(FILE *stream)
{
    for (int i = 0; i < CONFIG_KEYS; i++) {
        const struct row *row = &rows[i];
        (void)fprintf(stream, "  %-18s %-20s %s\n", row->name, row->value_default, row->text);
        if (row->kind == KIND_CHOICE) {
            (void)fprintf(stream, "  %-18s %-20s one of: %s\n", "", "", row->choices);
        }
    }
}

static void change_print(const struct wm_change *change, FILE *stream)
{
    if (change->string != NULL) {
        const struct wm_text_row *row = wm_text(change->text);
        (void)fprintf(stream, "%s = %s\n", row->name, row->is_secret ? "***" : change->string);
        return;
    }
    const struct wm_setting_row *row = wm_setting(change->setting);
    const struct wm_unit_row *unit = wm_unit(row->unit);
    const char *choice = wm_choice_name(change->setting, change->value);
    if (choice != NULL) {
        (void)fprintf(stream, "%s = %s\n", row->name, choice);
    } else {
        (void)fprintf(stream, "%s = %.10g %s\n", row->name,
                      (double)change->value / unit->per_natural, unit->natural_name);
    }
}

void config_print(const struct config *config, FILE *stream)
{
    for (int i = 0; i < CONFIG_KEYS; i++) {
        (void)fprintf(stream, "%s = %s\n", rows[i].name, in_force(config, (enum config_key)i));
    }
    for (size_t i = 0; i < config->changes; i++) {
        change_print(&config->change[i], stream);
    }
}

void config_free(struct config *config)
{
    for (int i = 0; i < CONFIG_KEYS; i++) {
        free(config->value[i]);
        config->value[i] = NULL;
    }
    for (size_t i = 0; i < config->changes; i++) {
        free((char *)config->change[i].string);
    }
    config->changes = 0;
}
