/*
 * options.h — what the command line says.
 */
#ifndef HX_OPTIONS_H
#define HX_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/settings.h"
#include "wm/limits.h"

/* Exit statuses of the program. */
enum { HX_EXIT_PASSED = 0, HX_EXIT_FAILED = 1, HX_EXIT_USAGE = 2 };

/* Of battery and its own subcommands; a number that was not given is NAN. */
struct hx_battery_options {
    const char *output; /* fit: null, none */
    const char *series; /* null: none */
    double every_s;
    double amps, watts;
    double to_V, volts; /* of the block */
    double limit_A;
    double temperature_degC;
    double from; /* state of charge, 0..1 */
    double hours;
};

struct hx_board_spec;

struct hx_options {
    const char *program; /* as it was called */
    const char *command; /* "run"; "battery discharge" */
    char **path;         /* what follows the options */
    int paths;
    uint64_t seed;
    struct hx_assignments settings;
    /* run */
    int jobs;
    const char *filter;  /* null: all */
    const char *only;    /* a whole name; null: all */
    const char *tag;     /* null: all */
    const char *without; /* a tag */
    const char *junit;   /* null: none */
    const char *log;     /* null: none; also of serve */
    const char *record;  /* null: none; also of replay */
    uint64_t record_max; /* bytes of one */
    bool is_tap;
    bool is_forked;
    bool is_verbose;
    bool has_time_limit; /* it was given */
    double time_limit_s;
    const char *board;                   /* null: the host */
    const struct hx_board_spec *spec;    /* of that board, once it was read; else null */
    const struct hx_assignments *beside; /* over a scenario's settings, below --set; or null */
    /* coverage */
    bool is_covering; /* a ledger is kept, and what passes is not printed */
    bool is_missing;  /* print gaps only */
    bool is_csv;
    /* compare, replay */
    double rounds, steps;
    /* matrix */
    const char *fault; /* null: all */
    const char *plant; /* null: all */
    /* serve */
    const char *modbus_address;
    const char *snmp_address;
    const char *trap_address[WM_TRAP_RECEIVERS_MAX];
    size_t trap_addresses;
    double speed;
    double for_s; /* 0: until interrupted */
    struct hx_battery_options battery;
};

/* False, with a complaint made, when an option is unknown or its value is wrong. */
bool hx_options_parse(struct hx_options *options, int argc, char **argv);
void hx_options_free(struct hx_options *options);

/* Help for a subcommand ("run", "battery fit"), or for the program (null). False: there is no such
 * subcommand. */
bool hx_help(const char *command);

#endif
