/*
 * main.c — webmanagerd: its command line.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "config.h"
#include "daemon.h"
#include "report.h"

#define DEFAULT_FILE "/etc/webmanagerd.conf"

enum { STATUS_USAGE = 2, KEY_MAX = 64 };

struct arguments {
    const char *file; /* null: the default, if it is there */
    bool checks;
};

static void help_print(void)
{
    (void)printf(
        "usage: webmanagerd [--config FILE] [--check] [--KEY VALUE]... [--set NAME=VALUE]...\n"
        "\n"
        "The webmanager of a battery: polls the BACS bus on a serial line, and shows it by Modbus\n"
        "TCP and RTU and SNMP until SIGTERM or SIGINT. Exit status: 0 stopped, 1 something could\n"
        "not be had, 2 wrong configuration or command line.\n"
        "\n"
        "  --config FILE      the configuration (default " DEFAULT_FILE ", if it is there)\n"
        "  --check            reads it and says what would be used; opens nothing lasting\n"
        "  --KEY VALUE        any key of the configuration, such as --bus, --console, --modbus,\n"
        "                     --snmp, --state; goes over the file\n"
        "  --set NAME=VALUE   a setting of the webmanager, such as bank.modules=36\n"
        "  --example          a configuration with every key, its default and what it is\n"
        "  --help, --version\n"
        "\n"
        "The configuration has lines KEY = VALUE; a line that begins with # is a comment.\n"
        "Settings stand among them by their names, and say what the plant is (bank.module_type,\n"
        "bank.modules, bank.strings, battery.capacity, ...); what an operator sets goes over them\n"
        "and is kept.\n"
        "\n"
        "Its keys and their defaults:\n"
        "\n");
    config_print_keys(stdout);
}

static void example_print(void)
{
    (void)printf("# webmanagerd.conf: what is left out has its default.\n\n");
    config_print_example(stdout);
    (void)printf("\n# settings, by their names; the console's `show settings` lists them\n"
                 "bank.strings = 1\nbank.modules = 1\n");
}

static int usage(const char *what, const char *why)
{
    (void)fprintf(stderr, "webmanagerd: %s%s; webmanagerd --help has all\n", what, why);
    return STATUS_USAGE;
}

/* An option --key VALUE or --key=VALUE. Returns how many arguments it took, 0: it is none. */
static int option_read(char *const *argument, char key[KEY_MAX], const char **value)
{
    if (argument[0] == NULL || strncmp(argument[0], "--", 2) != 0) {
        return 0;
    }
    const char *name = argument[0] + 2;
    const size_t size = strcspn(name, "=");
    if (size == 0 || size >= KEY_MAX) {
        return 0;
    }
    for (size_t i = 0; i < size; i++) {
        key[i] = name[i];
        if (name[i] == '-') {
            key[i] = '_';
        }
    }
    key[size] = '\0';
    *value = name[size] == '=' ? name + size + 1 : argument[1];
    return *value == NULL ? 0 : 1 + (name[size] != '=');
}

/* "NAME=VALUE" */
static bool setting_set(struct config *config, const char *text)
{
    char name[KEY_MAX];
    const size_t size = strcspn(text, "=");
    if (text[size] != '=' || size >= sizeof name) {
        (void)snprintf(config->error, sizeof config->error,
                       "--set %s: no NAME=VALUE; write it as in bank.modules=36", text);
        return false;
    }
    (void)snprintf(name, sizeof name, "%.*s", (int)size, text);
    if (strchr(name, '.') == NULL) {
        (void)snprintf(config->error, sizeof config->error,
                       "--set %s: no setting; a key of the configuration is given as --KEY VALUE",
                       text);
        return false;
    }
    return config_set(config, name, text + size + 1);
}

/* All but the file and --check, which were seen before. 0, or the exit status. */
static int options_apply(struct config *config, char *const *argument)
{
    char key[KEY_MAX];
    const char *value;
    while (*argument != NULL) {
        if (strcmp(*argument, "--check") == 0) {
            argument++;
            continue;
        }
        const int taken = option_read(argument, key, &value);
        if (taken == 0) {
            return usage(*argument, ": no option with a value");
        }
        argument += taken;
        if (strcmp(key, "config") == 0) {
            continue;
        }
        if (!(strcmp(key, "set") == 0 ? setting_set(config, value)
                                      : config_set(config, key, value))) {
            (void)fprintf(stderr, "webmanagerd: %s\n", config->error);
            return STATUS_USAGE;
        }
    }
    return 0;
}

/* What is looked at before the file is read. */
static void arguments_scan(struct arguments *arguments, char *const *argument)
{
    char key[KEY_MAX];
    const char *value;
    while (*argument != NULL) {
        if (strcmp(*argument, "--check") == 0) {
            arguments->checks = true;
            argument++;
            continue;
        }
        const int taken = option_read(argument, key, &value);
        if (taken > 0 && strcmp(key, "config") == 0) {
            arguments->file = value;
        }
        argument += taken > 0 ? taken : 1;
    }
}

static int configure(struct config *config, const struct arguments *arguments,
                     char *const *argument)
{
    const char *file = arguments->file;
    if (file == NULL && access(DEFAULT_FILE, F_OK) == 0) {
        file = DEFAULT_FILE;
    }
    if (file != NULL && !config_read(config, file)) {
        (void)fprintf(stderr, "webmanagerd: %s\n", config->error);
        return STATUS_USAGE;
    }
    const int status = options_apply(config, argument);
    if (status != 0) {
        return status;
    }
    if (!config_is_complete(config) ||
        !daemon_settings_agree(config, config->error, sizeof config->error)) {
        (void)fprintf(stderr, "webmanagerd: %s\n", config->error);
        return STATUS_USAGE;
    }
    return 0;
}

static int run(struct config *config, bool checks)
{
    char why[600];
    if (checks) {
        config_print(config, stdout);
        if (!check_start(config, why, sizeof why)) {
            (void)fprintf(stderr, "webmanagerd: %s\n", why);
            return EXIT_FAILURE;
        }
        (void)printf("it would start\n");
        return EXIT_SUCCESS;
    }
    report_open((enum report_way)config_number(config, CONFIG_LOG));
    return daemon_run(config);
}

/* What is opened later never gets the number of a standard stream that was closed. */
static void streams_have(void)
{
    int fd;
    do {
        fd = open("/dev/null", O_RDWR);
    } while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0) {
        (void)close(fd);
    }
}

int main(int count, char **argument)
{
    struct arguments arguments = {0};
    static struct config config;
    if (count == 2 && strcmp(argument[1], "--help") == 0) {
        help_print();
        return EXIT_SUCCESS;
    }
    if (count == 2 && strcmp(argument[1], "--example") == 0) {
        example_print();
        return EXIT_SUCCESS;
    }
    if (count == 2 && strcmp(argument[1], "--version") == 0) {
        (void)printf("webmanagerd " WM_VERSION "\n");
        return EXIT_SUCCESS;
    }
    streams_have();
    arguments_scan(&arguments, argument + 1);
    int status = configure(&config, &arguments, argument + 1);
    if (status == 0) {
        status = run(&config, arguments.checks);
    }
    config_free(&config);
    return status;
}
