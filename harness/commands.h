/*
 * commands.h — the subcommands; each returns the exit status of the program.
 */
#ifndef HX_COMMANDS_H
#define HX_COMMANDS_H

#include "harness/options.h"

int hx_run(const struct hx_options *options);
int hx_compare(const struct hx_options *options);
int hx_replay(const struct hx_options *options);
int hx_check(const struct hx_options *options);
int hx_coverage(const struct hx_options *options);
int hx_matrix(const struct hx_options *options);
int hx_list(const struct hx_options *options);
int hx_battery_fit(const struct hx_options *options);
int hx_battery_run(const struct hx_options *options);
int hx_serve(const struct hx_options *options);
int hx_board(const struct hx_options *options);

#endif
