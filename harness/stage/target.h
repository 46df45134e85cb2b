/*
 * target.h — the webmanager under test, wherever it runs: on the host in virtual time
 * (target_host.c), or on a board behind a wire in real time (target_board.c).
 *
 * Always true: who asks while its power is off is told so, and never waits; every start of it has
 * the same settings, memory and ports.
 */
#ifndef HX_STAGE_TARGET_H
#define HX_STAGE_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/probe/probe.h"
#include "harness/text.h"

struct hx_stage;
struct board_rtu_part;
struct board_rtu_heard;

/* What is said in the webmanager's place while its power is off. */
#define HX_IS_OFF "the webmanager is off"

/* What a judge says against the webmanager. */
struct hx_judgement {
    const char *promise; /* what was to be */
    const char *who;     /* says what was  */
    const char *text;
};

struct hx_target {
    /*
     * Powers it up on the stage's plant with what stage->given has, and tells the stage's probe, if
     * it has one, where it is. False, with one line in error; close is right in any case.
     */
    bool (*open)(struct hx_stage *stage, struct hx_text *error);
    void (*close)(struct hx_stage *stage);
    /*
     * Lets time pass until then. False: it stopped before, at a view where stage->stops_at_views,
     * for a judgement, or because the plant broke.
     */
    bool (*run)(struct hx_stage *stage, int64_t until_us);
    /* As hx_probe_ask; the webmanager is served meanwhile. */
    void (*ask)(struct hx_stage *stage, const struct hx_question *question,
                struct hx_answer *answer);
    /* Types bytes at its console and appends all that it says to them. False: its power is off. */
    bool (*type)(struct hx_stage *stage, const char *bytes, size_t size, struct hx_text *said);
    /*
     * The device at which its Modbus RTU is found; null: its power is off, or COM2 is something
     * else.
     */
    const char *(*rtu_path)(const struct hx_stage *stage);
    /* As board_rtu_say; null: there is no such line in exact time. False: as there. */
    bool (*rtu_say)(const struct hx_stage *stage, const struct board_rtu_part *part, size_t parts,
                    struct board_rtu_heard *heard);
    bool (*is_on)(const struct hx_stage *stage);
    /* Is it running, and was every configured value measured? What keeps it from that, a clause. */
    bool (*is_complete)(struct hx_stage *stage);
    void (*missing)(struct hx_stage *stage, struct hx_text *text);
    /* Rounds that it has finished since its start. */
    int64_t (*rounds)(struct hx_stage *stage);
    /* Tells what is seen now from what is seen at any other instant. */
    int64_t (*generation)(const struct hx_stage *stage);
    /* False: nobody says anything against it. */
    bool (*judged)(const struct hx_stage *stage, struct hx_judgement *judgement);
    /* The instant that a script is at, from the world's beginning. */
    int64_t (*now_us)(const struct hx_stage *stage);
    /*
     * In real time an instant has a width: an expectation that does not hold is looked at again for
     * so long. 0: virtual time stands still while it is looked at.
     */
    int64_t (*grace_us)(const struct hx_stage *stage);
};

/* Does it take a webmanager to answer? What it is answered while there is none. */
bool hx_question_is_for_webmanager(enum hx_question_kind kind);
void hx_answer_off(struct hx_answer *answer);

/* Of a question on a serial line: where it is, its form and its unit, as the settings say. */
void hx_question_take_line(struct hx_question *question, const struct hx_stage *stage,
                           const char *path);

/* The stage's probe asks there from now on, as its settings let it. False, with error. */
bool hx_target_connect(struct hx_stage *stage, const struct hx_place *modbus,
                       const struct hx_place *snmp, struct hx_text *error);

extern const struct hx_target hx_target_host;

#endif
