/*
 * target_host.h — the webmanager on the host: boards come and go with its power, in virtual time.
 */
#ifndef HX_STAGE_TARGET_HOST_H
#define HX_STAGE_TARGET_HOST_H

#include "harness/stage/stage.h"

/* To be called where the world or the board has run: did it lose its power meanwhile? */
void hx_host_power_look(struct hx_stage *stage);

/* Its power goes or comes, without a plant whose hand that is. False, with error: it stays off. */
bool hx_host_power(struct hx_stage *stage, bool is_on, struct hx_text *error);

/* As board_serve, and while the power is off. */
int hx_host_serve(struct hx_stage *stage, int until_fd, int64_t wall_us);

#endif
