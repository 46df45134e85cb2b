/*
 * run_board.h — scenarios on a board behind a wire.
 */
#ifndef HX_BOARD_RUN_BOARD_H
#define HX_BOARD_RUN_BOARD_H

#include "harness/options.h"
#include "harness/stage/script.h"

/*
 * Plays the list on options->spec, one after the other, and reports as run does. What can't be
 * played there is skipped, with its reason (in the list, too). Returns an exit status.
 */
int hx_run_on_board(const struct hx_options *options, struct hx_scenarios *list);

#endif
