/*
 * verdict.h — how a scenario ended.
 */
#ifndef HX_RUN_VERDICT_H
#define HX_RUN_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/text.h"
#include "wm/board.h"

enum hx_outcome {
    HX_PASSED,
    HX_FAILED, /* an expectation did not hold, nothing was asserted, a fault never happened */
    HX_ERROR,  /* a Lua error or a set-up error */
    HX_CRASH,  /* the process of the scenario died */
    HX_HANG,   /* no end within the real-time limit */
    HX_SKIPPED,
    HX_OUTCOMES
};

/* "passed", "failed", ... */
const char *hx_outcome_name(enum hx_outcome outcome);

/* What came on a board's line. */
struct hx_line_count {
    uint64_t questions; /* frames                              */
    uint64_t junk;      /* bytes from it that were no frame */
};

/* What a scenario asked that not every board has, beside SIM_HAND_.... */
enum {
    HX_HAND_RTU = 0x100,        /* registers on COM2 */
    HX_HAND_RTU_FRAMES = 0x200, /* frames of its own there, and their time */
    HX_HAND_TCP = 0x400,        /* what Modbus TCP alone has: units, clients, a COM2 to spare */
};

struct hx_verdict {
    enum hx_outcome outcome;
    uint64_t trace;
    int64_t virtual_us;
    uint32_t expectations;
    bool is_refuted; /* failed by an expectation, not by the board's judge or an idle fault */
    struct board_cuts cuts;    /* power cuts tried */
    double wall_s;             /* for JUnit only */
    unsigned hands;            /* SIM_HAND_..., HX_HAND_...: what not every board lets one do */
    struct hx_line_count line; /* of a board's */
    struct hx_text message;    /* one line; the reason of a skip */
    struct hx_text detail;     /* the report, line by line */
    struct hx_text output;     /* what the scenario printed */
    struct hx_text record;     /* of the ledger (ledger.h); empty: not asked for */
};

void hx_verdict_free(struct hx_verdict *verdict);

/* So many, all zero; and the end of them. Null is allowed. */
struct hx_verdict *hx_verdicts_new(size_t count);
void hx_verdicts_free(struct hx_verdict *verdict, size_t count);

#endif
