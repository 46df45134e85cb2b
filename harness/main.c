/*
 * main.c — gbms-bench: finds the subcommand and hands over.
 */
#include <stdio.h>
#include <string.h>

#include "harness/commands.h"
#include "harness/text.h"

static int version(const struct hx_options *options)
{
    if (options != NULL && options->paths > 0) {
        hx_complain("version: '%s' is one word too many", options->path[0]);
        return HX_EXIT_USAGE;
    }
    printf("gbms-bench %s\n", GBMS_BENCH_VERSION);
    return HX_EXIT_PASSED;
}

static int help(const struct hx_options *options)
{
    const int most = options->paths > 0 && strcmp(options->path[0], "battery") == 0 ? 2 : 1;
    if (options->paths > most) {
        hx_complain("help: '%s' is one word too many", options->path[most]);
        return HX_EXIT_USAGE;
    }
    struct hx_text command = {0};
    for (int i = 0; i < options->paths; ++i) {
        hx_text_add(&command, "%s%s", i > 0 ? " " : "", options->path[i]);
    }
    bool is_known = hx_help(options->paths > 0 ? command.bytes : NULL);
    if (!is_known) {
        hx_complain("no command '%s'; known: run, compare, replay, check, coverage, matrix, serve, "
                    "board, list, battery, version, help",
                    command.bytes);
    }
    hx_text_free(&command);
    return is_known ? HX_EXIT_PASSED : HX_EXIT_USAGE;
}

static const struct {
    const char *name;
    int (*run)(const struct hx_options *options);
} commands[] = {
    {"run", hx_run},
    {"compare", hx_compare},
    {"replay", hx_replay},
    {"check", hx_check},
    {"coverage", hx_coverage},
    {"matrix", hx_matrix},
    {"list", hx_list},
    {"serve", hx_serve},
    {"board", hx_board},
    {"version", version},
    {"help", help},
    {"battery fit", hx_battery_fit},
    {"battery discharge", hx_battery_run},
    {"battery recharge", hx_battery_run},
    {"battery float", hx_battery_run},
    {"battery rest", hx_battery_run},
};

static bool is_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

/* gbms-bench run --help, gbms-bench battery fit --help; false: it is neither. */
static bool help_asked(int argc, char **argv)
{
    if (argc > 2 && is_help(argv[2])) {
        return hx_help(argv[1]);
    }
    if (argc < 4 || !is_help(argv[3]) || strcmp(argv[1], "battery") != 0) {
        return false;
    }
    struct hx_text command = {0};
    hx_text_add(&command, "battery %s", argv[2]);
    bool is_known = hx_help(command.bytes);
    hx_text_free(&command);
    return is_known;
}

static int command_run(int argc, char **argv)
{
    struct hx_options options;
    if (argc < 2) {
        hx_complain("a command is missing; gbms-bench --help tells them");
        return HX_EXIT_USAGE;
    }
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
        return version(NULL);
    }
    if (is_help(argv[1])) {
        return hx_help(NULL) ? HX_EXIT_PASSED : HX_EXIT_USAGE;
    }
    if (help_asked(argc, argv)) {
        return HX_EXIT_PASSED;
    }
    int status = HX_EXIT_USAGE;
    if (hx_options_parse(&options, argc, argv)) {
        for (size_t i = 0; i < sizeof commands / sizeof commands[0]; ++i) {
            if (strcmp(options.command, commands[i].name) == 0) {
                status = commands[i].run(&options);
            }
        }
    }
    hx_options_free(&options);
    return status;
}

int main(int argc, char **argv)
{
    int status = command_run(argc, argv);
    if (fflush(stdout) != 0 || ferror(stdout) != 0) {
        hx_complain("standard output could not be written to its end; is the disk full?");
        return HX_EXIT_USAGE;
    }
    return status;
}
