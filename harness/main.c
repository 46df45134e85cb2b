/*
 * main.c — gbms-bench: finds the subcommand and hands over.
 */
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "text.h"

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
    const char *command = options->paths > 0 ? options->path[0] : NULL;
    if (options->paths > 1) {
        hx_complain("help: '%s' is one word too many", options->path[1]);
        return HX_EXIT_USAGE;
    }
    if (!hx_help(command)) {
        hx_complain("no command '%s'; known: run, check, coverage, serve, list, version, help",
                    command);
        return HX_EXIT_USAGE;
    }
    return HX_EXIT_PASSED;
}

static const struct {
    const char *name;
    int (*run)(const struct hx_options *options);
} commands[] = {
    {"run", hx_run},   {"check", hx_check}, {"coverage", hx_coverage},
    {"list", hx_list}, {"serve", hx_serve}, {"version", version},
    {"help", help},
};

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
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        return hx_help(NULL) ? HX_EXIT_PASSED : HX_EXIT_USAGE;
    }
    if (argc > 2 && (strcmp(argv[2], "--help") == 0 || strcmp(argv[2], "-h") == 0) &&
        hx_help(argv[1])) {
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
