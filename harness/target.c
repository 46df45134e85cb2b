/*
 * target.c — what every webmanager under test has in common: see target.h.
 */
#include "target.h"

#include <stdio.h>

bool hx_question_is_for_webmanager(enum hx_question_kind kind)
{
    return kind == HX_ASK_REGISTERS || kind == HX_ASK_RTU || kind == HX_ASK_UNIT ||
           kind == HX_ASK_CLIENTS || kind == HX_ASK_OBJECTS || kind == HX_ASK_ALARMS ||
           kind == HX_ASK_REQUEST || kind == HX_ASK_DATAGRAM;
}

void hx_answer_off(struct hx_answer *answer)
{
    answer->is_ok = answer->is_gone = answer->has_more = false;
    answer->count = 0;
    (void)snprintf(answer->error, sizeof answer->error, HX_IS_OFF);
}
