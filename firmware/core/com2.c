/*
 * com2.c — see com2.h.
 */
#include "com2.h"

#include <assert.h>
#include <string.h>

enum {
    ROUNDS_LOST = 3, /* decision B18 */
    LINES = (1 << WM_COM2_LINES_MAX) - 1,
    ANALOGS_A_QUESTION = 4, /* messages.def, read_analog */
    MILLI_PER_DECI = 100,
    MILLI_PER_PERMILLE = 100,
    /* A temperature beyond is a fault (decision B24); so is a humidity that cannot be. */
    TEMPERATURE_MILLI_MIN = -40000,
    TEMPERATURE_MILLI_MAX = 125000,
    HUMIDITY_MILLI_MAX = 100000,
    /* Back inside by so much before a limit clears (decision B4; 1 % by analogy). */
    TEMPERATURE_HYSTERESIS_MILLI = 500,
    HUMIDITY_HYSTERESIS_MILLI = 1000,
    CURRENT_HYSTERESIS_MILLI = 500,
};

/* Where the bits of wm_com2_causes begin. */
enum {
    ABOVE = 0,
    BELOW = ABOVE + WM_COM2_ANALOGS_MAX,
    GAS_20 = BELOW + WM_COM2_ANALOGS_MAX,
    GAS_40 = GAS_20 + WM_COM2_LINES_MAX,
    CAUSES = GAS_40 + WM_COM2_LINES_MAX,
};
static_assert(CAUSES <= 32, "wm_com2_causes has a bit for each");

/* What a channel is, and its limits: 0.001 degC, % or A; 0 off. */
struct channel_plan {
    enum wm_com2_analog_kind kind;
    int32_t low_milli;
    int32_t high_milli;
};

static struct channel_plan plan_of(const struct wm_com2 *com2, const struct wm_settings *settings,
                                   int32_t place)
{
    const int32_t *value = settings->value;
    if (com2->use == WM_COM2_SENSORMANAGER) {
        /* ANALOG(n) of settings.def makes three rows a channel. */
        const int32_t *row = &value[wm_setting_com2_analog_1_kind + 3 * place];
        return (struct channel_plan){(enum wm_com2_analog_kind)row[0], row[1], row[2]};
    }
    if (com2->use != WM_COM2_TEMPERATURE_HUMIDITY || place > WM_COM2_HUMIDITY) {
        return (struct channel_plan){WM_COM2_ANALOG_NONE, 0, 0};
    }
    if (place == WM_COM2_TEMPERATURE) {
        return (struct channel_plan){WM_COM2_ANALOG_TEMPERATURE,
                                     value[wm_setting_com2_temperature_low],
                                     value[wm_setting_com2_temperature_high]};
    }
    return (struct channel_plan){WM_COM2_ANALOG_HUMIDITY,
                                 value[wm_setting_com2_humidity_low] * MILLI_PER_PERMILLE,
                                 value[wm_setting_com2_humidity_high] * MILLI_PER_PERMILLE};
}

static enum wm_com2_input_kind input_kind(const struct wm_settings *settings, int32_t line)
{
    return (enum wm_com2_input_kind)settings->value[wm_setting_com2_input_1_kind + line];
}

static void tell(const struct wm_com2 *com2, wm_ms now_ms, enum wm_event_kind kind, int32_t number,
                 int32_t value)
{
    const struct wm_event event = {now_ms - com2->started_ms, kind, number, value};
    com2->journal.tell(com2->journal.self, &event);
}

/* ---- set-up ----------------------------------------------------------------------------- */

static void begin(struct wm_com2 *com2, enum wm_com2_use use, wm_ms now_ms)
{
    const struct wm_com2 fresh = {
        .journal = com2->journal,
        .started_ms = com2->started_ms,
        .use = use,
        .round_next_ms = now_ms,
        .inputs = LINES, /* so that one in alarm is told of as an edge */
    };
    const struct wm_bus bus = com2->line.bus;
    *com2 = fresh;
    wm_line_init(&com2->line, bus);
}

void wm_com2_init(struct wm_com2 *com2, struct wm_bus bus, const struct wm_journal *journal,
                  const struct wm_settings *settings, wm_ms now_ms)
{
    memset(com2, 0, sizeof *com2);
    com2->journal = *journal;
    com2->started_ms = now_ms;
    com2->line.bus = bus;
    begin(com2, WM_COM2_NONE, now_ms);
    wm_com2_configure(com2, settings, now_ms);
}

/* All outputs as they should be: what is nobody's stays as it is. */
static uint8_t outputs_ordered(const struct wm_com2 *com2)
{
    return (uint8_t)((com2->outputs & ~com2->mask & ~com2->released) | (com2->wanted & com2->mask));
}

static struct wm_frame order_of(const struct wm_com2 *com2)
{
    return (struct wm_frame){
        .class = WM_CLASS_COM2,
        .address = 1,
        .message = wm_message_set_digital,
        .value[wm_question_set_digital_outputs] = outputs_ordered(com2),
    };
}

/* The last order to a device that nobody asks any more; nobody else has its line yet. */
static void part(struct wm_com2 *com2, wm_ms now_ms)
{
    /* An order that is on its way may have been heard already. */
    const uint8_t on = com2->outputs | outputs_ordered(com2);
    com2->released |= com2->mask;
    com2->mask = 0;
    const struct wm_frame question = order_of(com2);
    const bool may_be_on = com2->use == WM_COM2_SENSORMANAGER && question.value[0] != on;
    begin(com2, WM_COM2_NONE, now_ms);
    if (may_be_on) {
        wm_line_ask(&com2->line, &question, WM_LINE_RETRIES);
    }
}

void wm_com2_configure(struct wm_com2 *com2, const struct wm_settings *settings, wm_ms now_ms)
{
    const enum wm_com2_use use = (enum wm_com2_use)settings->value[wm_setting_com2_use];
    if (com2->line.bus.ops == NULL || use == WM_COM2_MODBUS_RTU) {
        begin(com2, WM_COM2_NONE, now_ms); /* somebody else's line, or nobody's (decision B21) */
    } else if (use == WM_COM2_NONE && com2->use != use) {
        part(com2, now_ms);
    } else if (use != com2->use) {
        begin(com2, use, now_ms);
    }
    for (int32_t i = 0; i < WM_COM2_ANALOGS_MAX; i++) {
        const enum wm_com2_analog_kind kind = plan_of(com2, settings, i).kind;
        if (kind != com2->channel[i].kind) {
            com2->channel[i] = (struct wm_com2_channel){.kind = kind};
        }
    }
}

/* ---- judging ---------------------------------------------------------------------------- */

static bool is_possible(enum wm_com2_analog_kind kind, int32_t value_milli)
{
    switch (kind) {
    case WM_COM2_ANALOG_TEMPERATURE:
        return value_milli >= TEMPERATURE_MILLI_MIN && value_milli <= TEMPERATURE_MILLI_MAX;
    case WM_COM2_ANALOG_HUMIDITY:
        return value_milli >= 0 && value_milli <= HUMIDITY_MILLI_MAX;
    case WM_COM2_ANALOG_CURRENT:
    case WM_COM2_ANALOG_NONE:
        break;
    }
    return true;
}

static int32_t hysteresis_of(enum wm_com2_analog_kind kind)
{
    return kind == WM_COM2_ANALOG_TEMPERATURE ? TEMPERATURE_HYSTERESIS_MILLI
           : kind == WM_COM2_ANALOG_HUMIDITY  ? HUMIDITY_HYSTERESIS_MILLI
                                              : CURRENT_HYSTERESIS_MILLI;
}

/* 1, -1 or 0 by strict comparison; what is beyond stays so until back by the hysteresis. */
static int8_t beyond_of(const struct wm_com2_channel *channel, const struct channel_plan *plan)
{
    const int32_t hysteresis_milli = hysteresis_of(plan->kind);
    const int32_t high_milli = plan->high_milli - (channel->beyond > 0 ? hysteresis_milli : 0);
    const int32_t low_milli = plan->low_milli + (channel->beyond < 0 ? hysteresis_milli : 0);
    if (plan->high_milli != 0 && channel->value_milli > high_milli) {
        return 1;
    }
    return plan->low_milli != 0 && channel->value_milli < low_milli ? -1 : 0;
}

static void count_failed(uint8_t *rounds)
{
    if (*rounds < ROUNDS_LOST) {
        ++*rounds;
    }
}

static void channel_judge(struct wm_com2 *com2, int32_t place, const struct channel_plan *plan,
                          wm_ms now_ms)
{
    struct wm_com2_channel *channel = &com2->channel[place];
    const int8_t beyond = beyond_of(channel, plan);
    if (beyond == channel->beyond) {
        channel->suspected = 0;
        return;
    }
    if (beyond != 0 && beyond != channel->suspected) {
        channel->suspected = beyond;
        com2->round_next_ms = now_ms; /* once more, at once */
        return;
    }
    channel->suspected = 0;
    channel->beyond = beyond;
    com2->is_changed = true; /* the value may be the same as at the first look */
    tell(com2, now_ms, wm_event_com2_limit, place + 1, beyond);
}

static void channel_take(struct wm_com2 *com2, const struct wm_settings *settings, int32_t place,
                         int32_t value_milli, wm_ms now_ms)
{
    struct wm_com2_channel *channel = &com2->channel[place];
    const struct channel_plan plan = plan_of(com2, settings, place);
    if (plan.kind == WM_COM2_ANALOG_NONE) {
        return;
    }
    if (!is_possible(plan.kind, value_milli)) {
        /* Counted as not answering (decision B24), this channel alone; told once a row of them. */
        if (channel->rounds_failed == 0) {
            tell(com2, now_ms, wm_event_value_refused, place + 1, WM_CLASS_COM2);
        }
        count_failed(&channel->rounds_failed);
        com2->is_changed |= channel->rounds_failed == ROUNDS_LOST;
        return;
    }
    com2->is_changed |= !channel->is_measured || channel->value_milli != value_milli ||
                        channel->rounds_failed == ROUNDS_LOST;
    channel->is_measured = true;
    channel->rounds_failed = 0;
    channel->value_milli = value_milli;
    channel_judge(com2, place, &plan, now_ms);
}

static void outputs_take(struct wm_com2 *com2, uint8_t outputs)
{
    com2->outputs = outputs;
    com2->released &= outputs;
}

static void lines_take(struct wm_com2 *com2, const struct wm_settings *settings,
                       const int32_t *value, wm_ms now_ms)
{
    const uint8_t inputs = (uint8_t)(value[wm_answer_read_digital_inputs] & LINES);
    const uint8_t outputs = (uint8_t)(value[wm_answer_read_digital_outputs] & LINES);
    for (int32_t line = 0; line < WM_COM2_LINES_MAX; line++) {
        if ((inputs ^ com2->inputs) >> line & 1 &&
            input_kind(settings, line) != WM_COM2_INPUT_NONE) {
            tell(com2, now_ms, wm_event_com2_input, line + 1, inputs >> line & 1);
        }
    }
    com2->is_changed |= !com2->has_lines || inputs != com2->inputs || outputs != com2->outputs;
    com2->has_lines = true;
    com2->inputs = inputs;
    outputs_take(com2, outputs);
    com2->is_order_due = outputs_ordered(com2) != outputs;
}

/* ---- receiving -------------------------------------------------------------------------- */

static void answer_take(struct wm_com2 *com2, const struct wm_settings *settings,
                        const struct wm_frame *answer, wm_ms now_ms)
{
    const int32_t *value = answer->value;
    switch (answer->message) {
    case wm_message_read_environment:
        channel_take(com2, settings, WM_COM2_TEMPERATURE,
                     value[wm_answer_read_environment_temperature_ddegC] * MILLI_PER_DECI, now_ms);
        channel_take(com2, settings, WM_COM2_HUMIDITY,
                     value[wm_answer_read_environment_humidity_permille] * MILLI_PER_PERMILLE,
                     now_ms);
        break;
    case wm_message_read_analog: {
        const int32_t first = com2->line.question.value[wm_question_read_analog_first] - 1;
        for (int32_t i = 0; i < ANALOGS_A_QUESTION; i++) {
            channel_take(com2, settings, first + i,
                         value[wm_answer_read_analog_value_1 + i] * MILLI_PER_DECI, now_ms);
        }
        break;
    }
    case wm_message_read_digital:
        lines_take(com2, settings, value, now_ms);
        break;
    case wm_message_set_digital:
        outputs_take(com2, (uint8_t)(value[wm_answer_set_digital_outputs] & LINES));
        com2->is_changed = true;
        break;
    default:
        assert(!"COM2 is asked nothing else");
    }
}

/* What the round came to. */
static void round_end(struct wm_com2 *com2, wm_ms now_ms)
{
    struct wm_link *link = &com2->link;
    com2->is_in_round = false;
    if (com2->is_round_failed) {
        count_failed(&link->rounds_failed);
        if (link->rounds_failed == ROUNDS_LOST && link->state != WM_LINK_LOST) {
            link->state = WM_LINK_LOST;
            com2->is_changed = true;
            tell(com2, now_ms, wm_event_com2_lost, 0, 0);
        }
        return;
    }
    link->rounds_failed = 0;
    if (link->state == WM_LINK_LOST) {
        tell(com2, now_ms, wm_event_com2_back, 0, 0);
    }
    com2->is_changed |= link->state != WM_LINK_PRESENT;
    link->state = WM_LINK_PRESENT;
}

/* The questions of a round, in order; false after the last. The contacts first: gas is urgent. */
static bool question_of(const struct wm_com2 *com2, struct wm_frame *question)
{
    *question = (struct wm_frame){.class = WM_CLASS_COM2, .address = 1};
    if (com2->use == WM_COM2_TEMPERATURE_HUMIDITY) {
        question->message = wm_message_read_environment;
        return com2->place == 0;
    }
    question->message = com2->place == 0 ? wm_message_read_digital : wm_message_read_analog;
    question->value[wm_question_read_analog_first] =
        com2->place == 0 ? 0 : 1 + ANALOGS_A_QUESTION * (com2->place - 1);
    return com2->place <= WM_COM2_ANALOGS_MAX / ANALOGS_A_QUESTION;
}

static struct wm_line_timing timing_of(const struct wm_settings *settings)
{
    return (struct wm_line_timing){
        .baud = WM_COM2_BAUD,
        .answer_timeout_ms = settings->value[wm_setting_bus_answer_timeout],
    };
}

bool wm_com2_receive(struct wm_com2 *com2, const struct wm_settings *settings, wm_ms now_ms)
{
    struct wm_frame answer;
    struct wm_frame next;
    const struct wm_line_timing timing = timing_of(settings);
    const bool is_order = com2->line.question.message == wm_message_set_digital;
    const enum wm_line_result result = wm_line_receive(&com2->line, &timing, now_ms, &answer);
    if (result == WM_LINE_NONE) {
        return false;
    }
    if (result == WM_LINE_ANSWERED) {
        wm_line_accept(&com2->line);
        answer_take(com2, settings, &answer, now_ms);
    } else {
        com2->is_round_failed |= !is_order; /* an order is given again when the outputs differ */
    }
    com2->place += !is_order;
    if (com2->is_in_round && (com2->is_round_failed || !question_of(com2, &next))) {
        round_end(com2, now_ms);
    }
    const bool is_to_be_published = com2->is_changed && !com2->is_in_round;
    com2->is_changed = com2->is_changed && com2->is_in_round;
    return is_to_be_published;
}

/* ---- sending ---------------------------------------------------------------------------- */

void wm_com2_order(struct wm_com2 *com2, const struct wm_settings *settings, bool is_buzzing,
                   bool is_flashing)
{
    uint8_t mask = 0;
    uint8_t wanted = 0;
    if (com2->use != WM_COM2_SENSORMANAGER) {
        return;
    }
    for (int32_t line = 0; line < WM_COM2_LINES_MAX; line++) {
        const int32_t kind = settings->value[wm_setting_com2_output_1_kind + line];
        const bool is_on = kind == WM_COM2_OUTPUT_BUZZER ? is_buzzing : is_flashing;
        if (kind != WM_COM2_OUTPUT_NONE) {
            mask |= (uint8_t)(1 << line);
            wanted |= (uint8_t)(is_on << line);
        }
    }
    if (mask != com2->mask || wanted != com2->wanted) {
        com2->released = (uint8_t)((com2->released | com2->mask) & ~mask);
        com2->mask = mask;
        com2->wanted = wanted;
        com2->is_order_due = com2->has_lines && outputs_ordered(com2) != com2->outputs;
    }
}

static bool may_order(const struct wm_com2 *com2)
{
    return com2->is_order_due && com2->link.state == WM_LINK_PRESENT;
}

/* Chooses the next question; false if there is nothing to ask now. */
static bool choose(struct wm_com2 *com2, wm_ms now_ms)
{
    struct wm_frame question;
    if (may_order(com2)) {
        com2->is_order_due = false;
        question = order_of(com2);
        wm_line_ask(&com2->line, &question, WM_LINE_RETRIES);
        return true;
    }
    if (!com2->is_in_round) {
        if (now_ms < com2->round_next_ms) {
            return false;
        }
        com2->is_in_round = true;
        com2->is_round_failed = false;
        com2->place = 0;
        com2->round_next_ms = now_ms + WM_COM2_PERIOD_MS;
    }
    if (!question_of(com2, &question)) {
        assert(!"a round ends with its last answer");
        return false;
    }
    wm_line_ask(&com2->line, &question, com2->link.state == WM_LINK_LOST ? 0 : WM_LINE_RETRIES);
    return true;
}

void wm_com2_transmit(struct wm_com2 *com2, const struct wm_settings *settings, wm_ms now_ms)
{
    const struct wm_line_timing timing = timing_of(settings);
    if (com2->line.has_question || (com2->use != WM_COM2_NONE && choose(com2, now_ms))) {
        wm_line_transmit(&com2->line, &timing, now_ms);
    }
}

wm_ms wm_com2_deadline_ms(const struct wm_com2 *com2, wm_ms now_ms)
{
    if (com2->line.has_question) {
        return wm_line_deadline_ms(&com2->line, now_ms);
    }
    if (com2->use == WM_COM2_NONE) {
        return WM_NEVER;
    }
    return com2->is_in_round || may_order(com2) ? now_ms : com2->round_next_ms;
}

/* ---- what it comes to ------------------------------------------------------------------- */

static bool channel_is_lost(const struct wm_com2 *com2, int32_t place)
{
    return com2->channel[place].rounds_failed == ROUNDS_LOST;
}

static uint32_t bit(bool is_set, int32_t place)
{
    return (uint32_t)is_set << place;
}

uint32_t wm_com2_lost(const struct wm_com2 *com2)
{
    /* A channel lost before the device is no new cause after it. */
    uint32_t lost = bit(com2->link.state == WM_LINK_LOST, WM_COM2_ANALOGS_MAX);
    for (int32_t i = 0; i < WM_COM2_ANALOGS_MAX; i++) {
        lost |= bit(channel_is_lost(com2, i), i);
    }
    return lost;
}

uint32_t wm_com2_causes(const struct wm_com2 *com2, const struct wm_settings *settings)
{
    uint32_t causes = 0;
    for (int32_t i = 0; i < WM_COM2_ANALOGS_MAX; i++) {
        causes |= bit(com2->channel[i].beyond > 0, ABOVE + i);
        causes |= bit(com2->channel[i].beyond < 0, BELOW + i);
    }
    for (int32_t line = 0; line < WM_COM2_LINES_MAX; line++) {
        const bool is_active = !(com2->inputs >> line & 1);
        const enum wm_com2_input_kind kind = input_kind(settings, line);
        causes |= bit(is_active && kind == WM_COM2_INPUT_HYDROGEN_20, GAS_20 + line);
        causes |= bit(is_active && kind == WM_COM2_INPUT_HYDROGEN_40, GAS_40 + line);
    }
    return causes;
}

bool wm_com2_is_complete(const struct wm_com2 *com2, const struct wm_settings *settings)
{
    for (int32_t i = 0; i < WM_COM2_ANALOGS_MAX; i++) {
        if (plan_of(com2, settings, i).kind != WM_COM2_ANALOG_NONE &&
            !com2->channel[i].is_measured) {
            return false;
        }
    }
    return com2->use != WM_COM2_SENSORMANAGER || com2->has_lines;
}

static bool channel_is_valid(const struct wm_com2 *com2, int32_t place)
{
    return com2->channel[place].is_measured && !channel_is_lost(com2, place) &&
           com2->link.state == WM_LINK_PRESENT;
}

static void manager_publish(const struct wm_com2 *com2, struct wm_view *view)
{
    /* A lost one reads its inputs as alarm and its outputs as last commanded (as decision S11). */
    const bool is_present = com2->link.state == WM_LINK_PRESENT;
    const uint8_t inputs = is_present && com2->has_lines ? com2->inputs : 0;
    const uint8_t outputs = is_present ? com2->outputs : outputs_ordered(com2);
    for (int32_t i = 0; i < WM_COM2_ANALOGS_MAX; i++) {
        if (channel_is_valid(com2, i)) {
            view->com2_analog[i] = (struct wm_view_com2_analog){1, com2->channel[i].value_milli};
        }
    }
    for (int32_t line = 0; line < WM_COM2_LINES_MAX; line++) {
        view->com2_input[line] = (struct wm_view_com2_line){1, inputs >> line & 1};
        view->com2_output[line] = (struct wm_view_com2_line){1, outputs >> line & 1};
    }
}

void wm_com2_publish(const struct wm_com2 *com2, const struct wm_settings *settings,
                     struct wm_view *view)
{
    struct wm_view_com2 *out = &view->com2;
    *out = (struct wm_view_com2){0};
    memset(view->com2_analog, 0, sizeof view->com2_analog);
    memset(view->com2_input, 0, sizeof view->com2_input);
    memset(view->com2_output, 0, sizeof view->com2_output);
    if (wm_scope_items(wm_scope_com2, settings) == 0) {
        return;
    }
    out->valid = UINT32_C(1) << (wm_point_com2_link - wm_point_com2_link);
    out->link_choice =
        wm_com2_lost(com2) != 0 ? wm_state_com2_link_lost : (int32_t)com2->link.state;
    if (com2->use == WM_COM2_SENSORMANAGER) {
        manager_publish(com2, view);
        return;
    }
    if (channel_is_valid(com2, WM_COM2_TEMPERATURE)) {
        out->valid |= UINT32_C(1) << (wm_point_com2_temperature - wm_point_com2_link);
        out->temperature_mdegC = com2->channel[WM_COM2_TEMPERATURE].value_milli;
    }
    if (channel_is_valid(com2, WM_COM2_HUMIDITY)) {
        out->valid |= UINT32_C(1) << (wm_point_com2_humidity - wm_point_com2_link);
        out->humidity_permille = com2->channel[WM_COM2_HUMIDITY].value_milli / MILLI_PER_PERMILLE;
    }
}
