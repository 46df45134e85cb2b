/*
 * target_board.h — a webmanager on a board of its own: the bench is the other end of its bus, and
 * sees it by its ports, its console and its traps, in real time.
 */
#ifndef HX_BOARD_TARGET_BOARD_H
#define HX_BOARD_TARGET_BOARD_H

#include "harness/board/board_spec.h"
#include "harness/run/verdict.h"
#include "harness/stage/stage.h"

extern const struct hx_target hx_target_board;

/* What hands (SIM_HAND_...) do that none can on a board, as in "has something on COM2"; or null. */
const char *hx_target_board_out_of_reach(unsigned hands);

/* What came on its line while it was played on. */
struct hx_line_count hx_target_board_count(const struct hx_stage *stage);

/* Removes what a worker that has died left: the links to its ptys, and the file of settings. */
void hx_target_board_forget(const struct hx_board_spec *spec, struct hx_trace *trace);

/*
 * Without a probe on the stage: the devices answer, until until_fd is readable (true) or wall_us
 * microseconds have passed.
 */
bool hx_target_board_serve(struct hx_stage *stage, int until_fd, int64_t wall_us);

#endif
