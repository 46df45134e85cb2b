/*
 * oracle.h — the judge: compares every published view with the truth of the plant, in every run.
 *
 * A second opinion: it reads the plant's truth, the questions and answers on the bus, and views
 * with the settings in them; nothing of the core. Each alarm is one row of its table.
 *
 * Always true: no alarm is raised or cleared later than three rounds as they ran, plus the retries
 * of the last, plus its delay or hold, or there is a verdict; nor is a configured device left out
 * of a round, or nobody asked any more, without one; and registers 1000 to 1002, the general alarm
 * among them, say what rows, flags and states of the same view say.
 * What the truth does not decide (a value within a device's error of a limit, a device on a
 * disturbed line) is never held against the webmanager. The first verdict stays.
 */
#ifndef BOARD_ORACLE_H
#define BOARD_ORACLE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/plant/truth.h"
#include "wm/board.h"
#include "wm/message.h"
#include "wm/view.h"

struct oracle;

/* Null without memory. Instants are the world's, in microseconds, and never go back. */
struct oracle *oracle_open(void);
void oracle_close(struct oracle *oracle);

/* What the devices would answer from now on. index from 0. */
void oracle_module(struct oracle *oracle, int32_t index, const struct sim_truth_module *truth,
                   int64_t now_us);
void oracle_sensor(struct oracle *oracle, int32_t index, const struct sim_truth_sensor *truth,
                   int64_t now_us);
void oracle_aux(struct oracle *oracle, int32_t index, const struct sim_truth_aux *truth,
                int64_t now_us);

/* All that changed at this instant has been told. */
void oracle_looked(struct oracle *oracle, int64_t now_us);

/* A question that the webmanager puts on the line; told before it is under way. */
void oracle_asked(struct oracle *oracle, enum wm_class class, int32_t index,
                  enum wm_message_id message, int64_t now_us);

/* The answer to it has arrived whole; values as in messages.def. */
void oracle_answered(struct oracle *oracle, const int32_t *values, int64_t now_us);

/* What is to survive a power cut was written, or could not be: then nothing can. */
void oracle_saved(struct oracle *oracle, bool is_kept);

/* Somebody has spoiled what was kept: it may be told of, until what was lost is kept again. */
void oracle_spoiled(struct oracle *oracle);

/* A view, in the step that publishes it. Kept by copy of what is needed. */
void oracle_published(struct oracle *oracle, const struct wm_view *view, int64_t now_us);

/*
 * One sentence on the first broken rule; null while there is none. Lives with the oracle. now_us:
 * a webmanager that has fallen silent tells nothing that could be judged when it does.
 */
const char *oracle_verdict(struct oracle *oracle, int64_t now_us);

/* As board_latency. */
bool oracle_latency(const struct oracle *oracle, enum wm_alarm alarm,
                    struct board_latency *latency);

/* Null if the alarm is judged; else why not. "" is no reason: a row was forgotten. */
const char *oracle_unjudged(enum wm_alarm alarm);

/* Why an alarm's latency is not measured, in words; null: it is, where the truth dates it. */
const char *oracle_undated(enum wm_alarm alarm);

#endif
