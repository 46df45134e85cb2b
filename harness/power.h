/*
 * power.h — the webmanager's power as a stage has it: boards come and go, and what the outsider is
 * answered while there is none.
 *
 * Always true: every board of a stage has the same memory, settings and ports; who asks while the
 * power is off is told so, and never waits.
 */
#ifndef HX_POWER_H
#define HX_POWER_H

#include "stage.h"

/* The first board of stage->options; what it was given is given to all. False, with error. */
bool hx_power_first(struct hx_stage *stage, struct hx_text *error);

/* To be called where the world or the board has run: did it lose its power meanwhile? */
void hx_power_look(struct hx_stage *stage);

/* Rounds that the present board has finished; and what tells its views from all others. */
int64_t hx_power_rounds(const struct hx_stage *stage);
int64_t hx_power_generation(const struct hx_stage *stage);

/* As hx_probe_ask, and as board_serve. */
void hx_power_ask(struct hx_stage *stage, const struct hx_question *question,
                  struct hx_answer *answer);
int hx_power_serve(struct hx_stage *stage, int until_fd, int64_t wall_us);

#endif
