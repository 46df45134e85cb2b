/*
 * target.c — what every webmanager under test has in common: see target.h.
 */
#include "harness/stage/target.h"

#include <stdio.h>

#include "harness/stage/outsider.h"
#include "harness/stage/stage.h"

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

void hx_question_take_line(struct hx_question *question, const struct hx_stage *stage,
                           const char *path)
{
    const int32_t *value = stage->settings.value;
    question->modbus_unit = value[wm_setting_modbus_unit_id];
    question->baud = value[wm_setting_modbus_rtu_baud];
    question->parity = value[wm_setting_modbus_rtu_parity];
    (void)snprintf(question->path, sizeof question->path, "%s", path);
}

bool hx_target_connect(struct hx_stage *stage, const struct hx_place *modbus,
                       const struct hx_place *snmp, struct hx_text *error)
{
    static struct hx_question question;
    static struct hx_answer answer;
    question = (struct hx_question){
        .kind = HX_ASK_CONNECT,
        .modbus = *modbus,
        .modbus_unit = stage->settings.value[wm_setting_modbus_unit_id],
        .snmp = *snmp,
    };
    hx_outsider_reader(&stage->settings, &question.asker);
    stage->target->ask(stage, &question, &answer);
    if (!answer.is_ok) {
        hx_text_add(error, "%s", answer.error);
    }
    return answer.is_ok;
}
