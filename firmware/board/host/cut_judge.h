/*
 * cut_judge.h — the judge of power cuts: in every run, for every write and erase of the store's
 * flash and every state that a cut could leave it in, it restarts the firmware on a copy and looks
 * what it finds (decision B23). Each save is tried twice: as it is, and as if the block were full.
 *
 * Always true: each record is the old one or the new one, the new one after its save was answered
 * with WM_OK; the settings, the breakers and the count of discharges that a restart finds are, each
 * as a whole, those kept before or those now in force; nothing counts as kept that a restart would
 * not find; what a restart finds is what was kept when the power went. Else there is a verdict, and
 * the first one stays.
 *
 * It looks into the core that saves, and changes nothing there or on the flash.
 */
#ifndef BOARD_CUT_JUDGE_H
#define BOARD_CUT_JUDGE_H

#include "firmware/core/core.h"
#include "power_cut.h"

struct cut_judge;

/* Of a flash whose webmanager was never switched on. Null without memory. */
struct cut_judge *cut_judge_open(void);
void cut_judge_close(struct cut_judge *judge); /* null is allowed */

/*
 * The store for a core that is about to be initialised: store, judged. cut lies under it, and tells
 * the judge from now on. All are borrowed; settings: what the core is given.
 */
struct wm_store cut_judge_store(struct cut_judge *judge, struct wm_store store,
                                struct power_cut *cut, const struct wm_settings *settings);

/* The core has been initialised: it is a restart that really happened. Borrowed until the next. */
void cut_judge_started(struct cut_judge *judge, const struct wm_core *core);

/* A step has ended that others may see something of. */
void cut_judge_look(struct cut_judge *judge);

/* Somebody has changed what is on the flash: what the next restart finds is as good as any. */
void cut_judge_forget(struct cut_judge *judge);

/* How many cuts left the old record, and how many the new one; both together: all there were. */
void cut_judge_count(const struct cut_judge *judge, uint64_t *olds, uint64_t *news);

/* One sentence on the first broken rule; null while there is none. Lives with the judge. */
const char *cut_judge_verdict(const struct cut_judge *judge);

#endif
