/*
 * ledger.h — what there is to cover, and what the scenarios exercised and asserted of it.
 *
 * Things come from the tables; a new table is one row of `kinds` in ledger.c. The definitions:
 *
 *   exercised  in a published view of the scenario
 *     register, object   an item of it was not 0; a line of an aux was at both of its levels;
 *                        a setting's object: as the setting
 *     value              as a register: what only the console shows
 *     flag               the bit was set in this word of some item
 *     raised, cleared    the alarm was there; it was there and then was not
 *                        one of the system and snmp groups: an expectation read what a dead one
 *                        would not show; of a counter of what is never done: read it
 *     added, removed     a trap receiver got it
 *     told               likewise: coldStart, authenticationFailure
 *     panel              the lamp, buzzer, contact or switch was in this state
 *     setting, text      plant or scenario gave it another value than its row's default, or its
 *                        value changed while the scenario ran
 *   asserted   exercised, and in the same scenario, which passed, an expectation held that looked
 *              at exactly this thing and that a dead one would have failed
 *     register, object   a dead one reads 0: is(0) asserts nothing. A line: both levels expected.
 *                        A setting's or text's object: a dead one shows the default; a counter
 *                        of what is never done: a dead one is not there
 *     value              as a register, read by `expect` or by the operator's :shows
 *     flag               the expectation wanted the bit set: `has`, or `is` of the whole word
 *     raised             `has` held
 *     cleared            `has` held, and later `has_not` or is_quiet of the same item, or of the
 *                        plant
 *     added, removed, told
 *                        expect.trap took it
 *     panel              it was expected in this state; a dead one fails in its other states
 *     setting            read back by its object or the console with another value than the
 *                        default; or the scenario fails when it is played again without it
 *                        (trial.h)
 *     text               as a setting; or a manager was answered who named this community, user
 *                        or passphrase
 *
 * What is expected inside `within` counts if it held in the look that ended it.
 */
#ifndef HX_STAGE_LEDGER_H
#define HX_STAGE_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/text.h"
#include "wm/board.h"

enum hx_kind {
    HX_KIND_REGISTER, /* a field of a register window; of an aux each line */
    HX_KIND_FLAG,     /* a bit of a word: the status words, 1002, module, string, string 2 */
    HX_KIND_OBJECT,   /* an SNMP object below bacs, or of the system and snmp groups */
    HX_KIND_VALUE,    /* a point that the console alone shows */
    HX_KIND_RAISED,
    HX_KIND_CLEARED,
    HX_KIND_ADDED, /* a trap that tells of the row of an alarm */
    HX_KIND_REMOVED,
    HX_KIND_TOLD, /* any other trap */
    HX_KIND_SETTING,
    HX_KIND_TEXT,
    HX_KIND_PANEL, /* a state of a lamp, the buzzer, the relay, the slide switch */
    HX_KINDS
};

/* "register", "flag", ...; "registers", ... */
const char *hx_kind_name(enum hx_kind kind);
const char *hx_kind_plural(enum hx_kind kind);

#define HX_THING_NAME_SIZE 64

/* What it names depends on its kind; the rest is 0. */
struct hx_thing {
    enum hx_kind kind;
    char name[HX_THING_NAME_SIZE];
    enum wm_point point;
    int32_t number_first; /* items of the point */
    int32_t number_last;
    uint16_t flag;
    enum wm_alarm alarm;
    enum wm_setting setting;
    bool is_setting; /* an object that shows a setting */
    enum wm_text text;
    bool is_text;     /* an object that shows a text                    */
    bool is_read_out; /* an object that the language alone sees, by reading it */
    int column;       /* of the alarm table */
    int32_t state;    /* value of a point that is a choice */
};

/* All of them, grouped by kind; *count of them. Made once, the same in every run. */
const struct hx_thing *hx_things(size_t *count);

#define HX_NO_THING (-1)
/* Their numbers, by what the language knows of them; HX_NO_THING: nothing to cover. */
int hx_thing_find(enum hx_kind kind, const char *name);
int hx_thing_of_point(enum hx_kind kind, enum wm_point point, int32_t number);
int hx_thing_of_flag(enum wm_point point, uint16_t flag);
bool hx_kind_find(const char *name, enum hx_kind *kind);

/* Of one scenario while it plays. */
struct hx_ledger;

struct hx_ledger *hx_ledger_create(void);
/* Null is allowed. */
void hx_ledger_destroy(struct hx_ledger *ledger);
/* Plant or scenario say a setting. */
void hx_ledger_give(struct hx_ledger *ledger, const struct wm_change *setting);
/*
 * The board goes: how late its alarms were; and what shows from now on is of another one. A board
 * that is null has nothing to tell.
 */
void hx_ledger_board(struct hx_ledger *ledger, const struct board *board);
/* Every published view, in order. */
void hx_ledger_view(struct hx_ledger *ledger, const struct wm_view *view);
/* What only the language sees. */
void hx_ledger_exercise(struct hx_ledger *ledger, int thing);
void hx_ledger_assert(struct hx_ledger *ledger, int thing);

/* What is known of a thing after a scenario. */
enum { HX_EXERCISED = 1, HX_ASSERTED = 2 };

/* A scenario's ledger as the worker sends it. */
struct hx_record {
    uint8_t *mark; /* one a thing */
    struct board_latency latency[wm_alarm_count];
};

/* Takes one latency into another: the worst of both, and how often they were measured. */
void hx_latency_add(struct board_latency *sum, const struct board_latency *latency);

/* Closes the ledger into bytes; a scenario that did not pass asserts nothing. */
void hx_ledger_pack(const struct hx_ledger *ledger, bool has_passed, struct hx_text *bytes);
/* record->mark points into the bytes. False: they are no record. */
bool hx_record_unpack(const struct hx_text *bytes, struct hx_record *record);

#endif
