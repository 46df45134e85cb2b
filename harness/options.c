/*
 * options.c — command line into options, and help.
 */
#include "options.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TIME_LIMIT_S          60
#define TIME_LIMIT_EMULATED_S 600
#define JOBS_MAX              256

enum option_id {
    OPT_JOBS = 1,
    OPT_SEED,
    OPT_FILTER,
    OPT_ONLY,
    OPT_TAG,
    OPT_JUNIT,
    OPT_LOG,
    OPT_TAP,
    OPT_NO_FORK,
    OPT_TIME_LIMIT,
    OPT_SET,
    OPT_VERBOSE,
    OPT_MODBUS,
    OPT_SNMP,
    OPT_TRAP,
    OPT_SPEED,
    OPT_FOR,
    OPT_MISSING,
    OPT_CSV,
};

static const struct option run_options[] = {
    {"jobs", required_argument, NULL, OPT_JOBS},
    {"seed", required_argument, NULL, OPT_SEED},
    {"filter", required_argument, NULL, OPT_FILTER},
    {"only", required_argument, NULL, OPT_ONLY},
    {"tag", required_argument, NULL, OPT_TAG},
    {"junit", required_argument, NULL, OPT_JUNIT},
    {"log", required_argument, NULL, OPT_LOG},
    {"tap", no_argument, NULL, OPT_TAP},
    {"no-fork", no_argument, NULL, OPT_NO_FORK},
    {"time-limit", required_argument, NULL, OPT_TIME_LIMIT},
    {"set", required_argument, NULL, OPT_SET},
    {"verbose", no_argument, NULL, OPT_VERBOSE},
    {NULL, 0, NULL, 0},
};

static const struct option serve_options[] = {
    {"modbus", required_argument, NULL, OPT_MODBUS},
    {"snmp", required_argument, NULL, OPT_SNMP},
    {"trap", required_argument, NULL, OPT_TRAP},
    {"speed", required_argument, NULL, OPT_SPEED},
    {"for", required_argument, NULL, OPT_FOR},
    {"set", required_argument, NULL, OPT_SET},
    {"seed", required_argument, NULL, OPT_SEED},
    {"log", required_argument, NULL, OPT_LOG},
    {NULL, 0, NULL, 0},
};

static const struct option coverage_options[] = {
    {"jobs", required_argument, NULL, OPT_JOBS},
    {"seed", required_argument, NULL, OPT_SEED},
    {"filter", required_argument, NULL, OPT_FILTER},
    {"only", required_argument, NULL, OPT_ONLY},
    {"tag", required_argument, NULL, OPT_TAG},
    {"set", required_argument, NULL, OPT_SET},
    {"time-limit", required_argument, NULL, OPT_TIME_LIMIT},
    {"missing", no_argument, NULL, OPT_MISSING},
    {"csv", no_argument, NULL, OPT_CSV},
    {NULL, 0, NULL, 0},
};

static const struct option no_options[] = {{NULL, 0, NULL, 0}};

static const struct command {
    const char *name;
    const struct option *options;
    const char *help;
} commands[] = {
    {"run", run_options,
     "usage: gbms-bench run [OPTION]... [FILE|DIR]...\n"
     "\n"
     "Plays scenarios against the real webmanager. Without a name: ./scenarios. A directory\n"
     "stands for every *.lua below it, folders named plants left out.\n"
     "\n"
     "  --jobs N          scenarios at the same time (default: the processors)\n"
     "  --seed N          what all randomness comes from (default 1)\n"
     "  --filter TEXT     only scenarios with this text in their name\n"
     "  --only NAME       only scenarios with exactly this name\n"
     "  --tag WORD        only scenarios with this tag\n"
     "  --set NAME=VALUE  a setting of the webmanager, over the scenario's; repeatable\n"
     "  --time-limit S    real seconds a scenario may take (default 60, emulated 600)\n"
     "  --junit FILE      also write the results as JUnit XML\n"
     "  --log DIR         write each webmanager's logs as CSV to a folder of DIR\n"
     "  --tap             print TAP\n"
     "  --verbose         print the notes of each scenario\n"
     "  --no-fork         play in this process, one after the other, for a debugger\n"
     "\n"
     "Exit status: 0 all passed, 1 a scenario failed, 2 usage or set-up error.\n"
     "The last line but one counts the power cuts that were tried: in each state of each write "
     "and\n"
     "erase of the webmanager's flash, by what a restart found, the old record or the new one.\n"
     "The last line is the trace: the same for the same seed on every machine.\n"},
    {"check", no_options,
     "usage: gbms-bench check FILE|DIR...\n"
     "\n"
     "Loads scenario files and the plants they name, without running them.\n"},
    {"coverage", coverage_options,
     "usage: gbms-bench coverage [OPTION]... [FILE|DIR]...\n"
     "\n"
     "Plays scenarios as run does and tells which registers, flags, SNMP objects, alarms, traps,\n"
     "settings and panel elements they exercised and asserted, and by which scenario first;\n"
     "and how late each alarm was at worst. scenarios/README.md says what counts.\n"
     "\n"
     "  --missing         only what is not exercised or not asserted\n"
     "  --csv             as comma-separated values\n"
     "  --jobs, --seed, --filter, --only, --tag, --set, --time-limit   as in run\n"
     "\n"
     "Exit status: 0 no gap, 1 a gap or a scenario that failed, 2 usage or set-up error.\n"},
    {"list", no_options,
     "usage: gbms-bench list [scenarios|plants|points|alarms|settings|faults] [PATH]...\n"
     "\n"
     "Lists what there is: scenarios and plants below PATH (default ./scenarios), or the "
     "tables.\n"},
    {"serve", serve_options,
     "usage: gbms-bench serve PLANT [OPTION]...\n"
     "\n"
     "Keeps a plant with its webmanager alive on real ports, for any Modbus or SNMP client,\n"
     "until interrupted. Prints one line when it is ready: ready modbus=HOST:PORT snmp=HOST:PORT.\n"
     "A line typed is a command of the webmanager's service console, such as help, or else Lua\n"
     "on the plant: plant.string[1].module[7].temperature = 52\n"
     "\n"
     "  --modbus HOST:PORT  default 127.0.0.1:1502; port 0 picks one\n"
     "  --snmp HOST:PORT    default 127.0.0.1:1161; port 0 picks one\n"
     "  --trap HOST:PORT    send traps there (v2c, community public); repeatable\n"
     "  --speed N           virtual seconds a real one (default 1); 0: as fast as it can\n"
     "  --for SECONDS       end after so many real seconds\n"
     "  --log DIR           write the webmanager's logs as CSV to DIR at the end\n"
     "  --set NAME=VALUE    a setting of the webmanager; repeatable\n"
     "  --seed N            what all randomness comes from (default 1)\n"},
    {"version", no_options, "usage: gbms-bench version\n"},
    {"help", no_options, "usage: gbms-bench help [COMMAND]\n"},
};

static const struct command *command_find(const char *name)
{
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; ++i) {
        if (strcmp(commands[i].name, name) == 0) {
            return &commands[i];
        }
    }
    return NULL;
}

bool hx_help(const char *name)
{
    if (name == NULL) {
        fputs("usage: gbms-bench COMMAND [OPTION]... [ARGUMENT]...\n"
              "\n"
              "The bench of the G.BMS webmanager: its firmware against simulated plants.\n"
              "\n"
              "  run [FILE|DIR]...    play scenarios\n"
              "  check FILE|DIR...    load scenarios without playing them\n"
              "  coverage [FILE|DIR]  what the scenarios exercise and assert\n"
              "  serve PLANT          keep a live plant on Modbus and SNMP ports\n"
              "  list [WHAT] [PATH]   scenarios, plants, points, alarms, settings, faults\n"
              "  version, help [COMMAND]\n"
              "\n"
              "gbms-bench help COMMAND tells the options of one.\n",
              stdout);
        return true;
    }
    const struct command *command = command_find(name);
    if (command != NULL) {
        fputs(command->help, stdout);
    }
    return command != NULL;
}

/* Under qemu's user emulation the process keeps the emulator's name. */
static bool is_emulated(void)
{
    char name[16] = "";
    FILE *file = fopen("/proc/self/comm", "r");
    if (file != NULL) {
        if (fgets(name, sizeof name, file) == NULL) {
            name[0] = '\0';
        }
        fclose(file);
    }
    return strncmp(name, "qemu-", 5) == 0;
}

static bool parse_number(const char *option, const char *text, double low, double high,
                         double *value)
{
    char *end = NULL;
    *value = strtod(text, &end);
    if (isspace((unsigned char)text[0]) || strpbrk(text, "xX") != NULL || end == text ||
        *end != '\0' || !isfinite(*value) || *value < low || *value > high) {
        hx_complain("--%s %s: not a number from %g to %g", option, text, low, high);
        return false;
    }
    return true;
}

static bool parse_whole(const char *option, const char *text, int high, int *value)
{
    double number = 0;
    if (!parse_number(option, text, 1, high, &number)) {
        return false;
    }
    *value = (int)number;
    if ((double)*value != number) {
        hx_complain("--%s %s: not a whole number", option, text);
        return false;
    }
    return true;
}

static bool parse_seed(const char *text, uint64_t *seed)
{
    char *end = NULL;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (!isdigit((unsigned char)text[0]) || *end != '\0' || errno != 0) {
        hx_complain("--seed %s: not a whole number from 0 to 18446744073709551615", text);
        return false;
    }
    *seed = value;
    return true;
}

static bool parse_setting(struct hx_options *options, const char *text)
{
    struct hx_text why = {0};
    bool is_good = hx_assignments_parse(&options->settings, text, &why);
    if (!is_good) {
        hx_complain("--set: %s", hx_text_string(&why));
    }
    hx_text_free(&why);
    return is_good;
}

static bool parse_trap(struct hx_options *options, const char *text)
{
    if (options->trap_addresses == WM_TRAP_RECEIVERS_MAX) {
        hx_complain("--trap %s: at most %d receivers", text, WM_TRAP_RECEIVERS_MAX);
        return false;
    }
    options->trap_address[options->trap_addresses++] = text;
    return true;
}

static bool option_take(struct hx_options *options, int id, const char *text)
{
    switch (id) {
    case OPT_JOBS:
        return parse_whole("jobs", text, JOBS_MAX, &options->jobs);
    case OPT_SEED:
        return parse_seed(text, &options->seed);
    case OPT_FILTER:
        options->filter = text;
        return true;
    case OPT_ONLY:
        options->only = text;
        return true;
    case OPT_TAG:
        options->tag = text;
        return true;
    case OPT_JUNIT:
        options->junit = text;
        return true;
    case OPT_LOG:
        options->log = text;
        return true;
    case OPT_TAP:
        options->is_tap = true;
        return true;
    case OPT_NO_FORK:
        options->is_forked = false;
        return true;
    case OPT_TIME_LIMIT:
        options->has_time_limit = true;
        return parse_number("time-limit", text, 0.1, 86400, &options->time_limit_s);
    case OPT_SET:
        return parse_setting(options, text);
    case OPT_VERBOSE:
        options->is_verbose = true;
        return true;
    case OPT_MISSING:
        options->is_missing = true;
        return true;
    case OPT_CSV:
        options->is_csv = true;
        return true;
    case OPT_MODBUS:
        options->modbus_address = text;
        return true;
    case OPT_SNMP:
        options->snmp_address = text;
        return true;
    case OPT_TRAP:
        return parse_trap(options, text);
    case OPT_SPEED:
        return parse_number("speed", text, 0, 1e6, &options->speed);
    case OPT_FOR:
        return parse_number("for", text, 0.001, 1e9, &options->for_s);
    default:
        return false;
    }
}

/* The long option with this id, or null. */
static const struct option *option_find(const struct command *command, int id)
{
    const struct option *option = command->options;
    while (option->name != NULL && option->val != id) {
        ++option;
    }
    return option->name != NULL ? option : NULL;
}

static void complain_option(const struct command *command, int id, char *const *argv)
{
    /* getopt tells --tap=5 by the id of an option that takes no value. */
    const struct option *valueless = id == '?' ? option_find(command, optopt) : NULL;
    if (valueless != NULL) {
        hx_complain("--%s: it takes no value; see gbms-bench help %s", valueless->name,
                    command->name);
        return;
    }
    const char letter[] = {'-', (char)optopt, '\0'};
    /* getopt tells a short option by its letter alone. */
    const char *word = id == '?' && optopt != 0 ? letter : argv[optind - 1];
    if (id == ':') {
        hx_complain("%s: it takes a value; see gbms-bench help %s", word, command->name);
        return;
    }
    struct hx_text known = {0};
    for (const struct option *o = command->options; o->name != NULL; ++o) {
        hx_text_add(&known, "%s--%s", known.size > 0 ? ", " : "", o->name);
    }
    hx_complain("unknown option '%s' of %s; known: %s%s", word, command->name,
                known.size > 0 ? known.bytes : "none",
                word == letter ? "; a file with such a name is written ./-name" : "");
    hx_text_free(&known);
}

bool hx_options_parse(struct hx_options *options, int argc, char **argv)
{
    const struct command *command = command_find(argv[1]);
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    *options = (struct hx_options){
        .program = argv[0],
        .command = argv[1],
        .seed = 1,
        .jobs = processors < 1          ? 1
                : processors > JOBS_MAX ? JOBS_MAX
                                        : (int)processors,
        .is_forked = true,
        .time_limit_s = is_emulated() ? TIME_LIMIT_EMULATED_S : TIME_LIMIT_S,
        .modbus_address = "127.0.0.1:1502",
        .snmp_address = "127.0.0.1:1161",
        .speed = 1,
    };
    if (command == NULL) {
        hx_complain("unknown command '%s'; known: run, check, coverage, serve, list, version, help",
                    argv[1]);
        return false;
    }
    opterr = 0;
    /* The subcommand stands where getopt expects the program's name. */
    int id = 0;
    while ((id = getopt_long(argc - 1, argv + 1, ":", command->options, NULL)) != -1) {
        if (id == '?' || id == ':') {
            complain_option(command, id, argv + 1);
            return false;
        }
        if (!option_take(options, id, optarg)) {
            return false;
        }
    }
    options->path = argv + 1 + optind;
    options->paths = argc - 1 - optind;
    return true;
}

void hx_options_free(struct hx_options *options)
{
    hx_assignments_free(&options->settings);
}
