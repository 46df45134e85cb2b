/*
 * oracle_values.h — the judge of values: every number that the register image and the MIB view show
 * in a published view is held against the plant, and so against each other.
 *
 * It hears what the devices answer, and knows what they truly were between the question and the
 * answer: an answer lies in its device's band (sim/plant/truth.h), which is narrower than the
 * printed accuracy. Both windows must show the last answer exactly, each by its own scale and one
 * rounding; sums and averages are those of the last answers of the modules that count; what is
 * lost, was never measured or is not configured reads 0. How old an answer may be is oracle.h's
 * affair: who is silent for three rounds is lost. Flags are held against the view's, which oracle.h
 * judges by the plant. All of a view is judged, each time; each 50th view, and the first with other
 * settings, is looked at thoroughly: objects by their OID, the settings' objects, a walk.
 *
 * Not judged, or not as narrowly:
 * - An answer over a disturbed line, or from an address that several devices share, need not be the
 *   plant's: its checksum may be right by chance. The windows must show it all the same.
 * - An output of a silent GX_R_AUX that is a string's breaker shows what was ordered (decision
 * S11), and orders come from within: there the windows are compared with each other only.
 * - How many modules have a warning: between those that were told it for certain and those that may
 *   have been (a limit crossed once, its delay running, a value within the hysteresis, levels that
 *   were changed since).
 * - A resistance may be as old as its poll rate lets it.
 * - What neither window shows (COM2, panel, programmer, flow).
 */
#ifndef BOARD_ORACLE_VALUES_H
#define BOARD_ORACLE_VALUES_H

#include <stdint.h>

#include "oracle.h"
#include "oracle_windows.h"

struct oracle_values;

/*
 * The judge of alarms is borrowed, and hears and sees everything first. modules, strings: how many
 * the plant has. mappers null: the services' own. Null without memory.
 */
struct oracle_values *oracle_values_open(const struct oracle *oracle, int32_t modules,
                                         int32_t strings, const struct oracle_mappers *mappers);
void oracle_values_close(struct oracle_values *values);

/* As in oracle.h, and with the same meaning. */
void oracle_values_module(struct oracle_values *values, int32_t index,
                          const struct sim_truth_module *truth);
void oracle_values_sensor(struct oracle_values *values, int32_t index,
                          const struct sim_truth_sensor *truth);
void oracle_values_aux(struct oracle_values *values, int32_t index,
                       const struct sim_truth_aux *truth);
void oracle_values_asked(struct oracle_values *values, enum wm_class class, int32_t index,
                         enum wm_message_id message);
void oracle_values_answered(struct oracle_values *values, const int32_t *answer, int64_t now_us);
void oracle_values_published(struct oracle_values *values, const struct wm_view *view,
                             int64_t now_us);

/* One sentence on the first number that is wrong, with both windows' numbers; null: none is. */
const char *oracle_values_verdict(const struct oracle_values *values);

#endif
