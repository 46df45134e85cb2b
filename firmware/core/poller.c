/*
 * poller.c — see poller.h. Rules: decision B3.
 */
#include "poller.h"

#include <assert.h>
#include <string.h>

enum { MS_PER_MIN = 60000 };

enum poller_asked {
    ASKED_IDENTITY = 1 << 0,
    ASKED_MEASURE = 1 << 1,
    ASKED_RESISTANCE = 1 << 2,
    ASKED_SECOND_MEASURE = 1 << 3,
    ASKED_SECOND_RESISTANCE = 1 << 4,
    ASKED_BYPASS = 1 << 5,
    ASKED_ENOUGH = 1 << 6, /* silent: no more questions in this visit */
};

void wm_poller_init(struct wm_poller *poller, struct wm_bus bus, wm_ms now_ms)
{
    memset(poller, 0, sizeof *poller);
    wm_line_init(&poller->line, bus);
    poller->order_aux = -1;
    poller->round_next_ms = now_ms;
    poller->resistance_next_ms = WM_NEVER;
}

struct wm_line_timing wm_poller_timing(const struct wm_settings *settings)
{
    return (struct wm_line_timing){
        .baud = settings->value[wm_setting_bus_baud],
        .answer_timeout_ms = settings->value[wm_setting_bus_answer_timeout],
    };
}

/* ---- receiving -------------------------------------------------------------------------- */

static void question_end(struct wm_poller *poller)
{
    if (poller->is_order) {
        poller->is_order = false;
        poller->order_aux = -1;
    }
}

static void exchange_end(struct wm_poller *poller, struct wm_exchange *exchange,
                         enum wm_line_result result)
{
    static const enum wm_exchange_result results[] = {
        [WM_LINE_NONE] = WM_EXCHANGE_NONE,
        [WM_LINE_ANSWERED] = WM_EXCHANGE_ANSWERED,
        [WM_LINE_SILENT] = WM_EXCHANGE_SILENT,
    };
    exchange->result = results[result];
    exchange->is_garbled = poller->line.is_garbled;
    if (result == WM_LINE_SILENT) {
        question_end(poller);
        if (exchange->message == wm_message_measure ||
            exchange->message == wm_message_read_sensor) {
            poller->asked |= ASKED_ENOUGH;
        }
    }
}

void wm_poller_receive(struct wm_poller *poller, const struct wm_bank *bank,
                       const struct wm_settings *settings, wm_ms now_ms,
                       struct wm_exchange *exchange)
{
    exchange->result = WM_EXCHANGE_NONE;
    if (!poller->line.is_waiting) {
        return;
    }
    exchange->message = poller->line.question.message;
    exchange->is_second = (poller->asked & ASKED_SECOND_MEASURE) != 0;
    exchange->device = poller->is_order
                           ? (struct wm_device){WM_CLASS_AUX, (uint16_t)poller->order_aux}
                           : wm_bank_device(bank, poller->place);
    const struct wm_line_timing timing = wm_poller_timing(settings);
    exchange_end(poller, exchange,
                 wm_line_receive(&poller->line, &timing, now_ms, &exchange->answer));
}

void wm_poller_refuse(struct wm_poller *poller, struct wm_exchange *exchange)
{
    assert(exchange->result == WM_EXCHANGE_ANSWERED);
    exchange_end(poller, exchange, wm_line_refuse(&poller->line));
}

void wm_poller_accept(struct wm_poller *poller)
{
    wm_line_accept(&poller->line);
    question_end(poller);
}

/* ---- the round -------------------------------------------------------------------------- */

bool wm_poller_order(struct wm_poller *poller, int32_t aux_index, uint8_t outputs)
{
    assert(aux_index >= 0 && aux_index < WM_AUX_MAX);
    if (poller->order_aux >= 0) {
        return false;
    }
    poller->order_aux = aux_index;
    poller->order_outputs = outputs;
    return true;
}

void wm_poller_plan(struct wm_poller *poller, struct wm_bank *bank,
                    const struct wm_settings *settings, bool is_discharging, wm_ms now_ms)
{
    const wm_ms period_ms =
        (wm_ms)settings->value[wm_setting_impedance_poll_rate] * MS_PER_MIN / bank->modules_count;
    poller->is_discharging = is_discharging;
    if (poller->resistance_next_ms == WM_NEVER) {
        poller->resistance_next_ms = now_ms + period_ms; /* the start measures all by itself */
    }
    if (poller->resistance_next_ms > now_ms + period_ms) {
        poller->resistance_next_ms = now_ms + period_ms; /* the rate was set shorter */
    }
    for (int32_t i = 0; i < bank->modules_count && now_ms >= poller->resistance_next_ms; i++) {
        poller->resistance_next_ms += period_ms;
        if (!is_discharging) {
            bank->module[poller->resistance_next].wants |= WM_WANT_RESISTANCE;
            poller->resistance_next = (poller->resistance_next + 1) % bank->modules_count;
        }
    }
    if (poller->resistance_next_ms < now_ms) {
        poller->resistance_next_ms = now_ms; /* a round longer than the whole rate: no backlog */
    }
}

enum wm_poller_end wm_poller_ended(struct wm_poller *poller)
{
    if (!poller->has_ended) {
        return WM_POLLER_GOES_ON;
    }
    poller->has_ended = false;
    poller->is_in_round = false;
    if (poller->is_looking_again) {
        poller->is_looking_again = false;
        return WM_POLLER_LOOKED_AGAIN;
    }
    poller->rounds++;
    return WM_POLLER_ROUND_ENDED;
}

/* From the first device on. */
static void visits_begin(struct wm_poller *poller)
{
    poller->is_in_round = true;
    poller->place = 0;
    poller->asked = 0;
}

void wm_poller_look_again(struct wm_poller *poller)
{
    assert(!poller->is_in_round);
    poller->is_looking_again = true;
    visits_begin(poller);
}

void wm_poller_pause(struct wm_poller *poller)
{
    poller->is_paused = true;
}

void wm_poller_resume(struct wm_poller *poller, wm_ms now_ms)
{
    poller->is_paused = false;
    poller->is_in_round = false;
    poller->is_looking_again = false;
    poller->has_ended = false;
    poller->round_next_ms = now_ms;
}

/* The next message for a module in this visit, or wm_message_count when it is over. */
static enum wm_message_id module_message(struct wm_poller *poller, const struct wm_module *module)
{
    const uint8_t wants = module->wants;
    /* Not during a discharge, but for the first one that makes the module known. */
    const bool may_load = !poller->is_discharging || !module->has_resistance;
    const struct {
        bool is_due;
        enum poller_asked bit;
        enum wm_message_id message;
    } plan[] = {
        {true, ASKED_MEASURE, wm_message_measure},
        {wants & WM_WANT_SECOND_MEASURE, ASKED_SECOND_MEASURE, wm_message_measure},
        {wants & WM_WANT_BYPASS, ASKED_BYPASS, wm_message_set_bypass},
        {wants & WM_WANT_IDENTITY, ASKED_IDENTITY, wm_message_identify},
        {wants & WM_WANT_RESISTANCE && may_load, ASKED_RESISTANCE, wm_message_impedance},
        {wants & WM_WANT_SECOND_RESISTANCE && may_load, ASKED_SECOND_RESISTANCE,
         wm_message_impedance},
    };
    if (poller->asked & ASKED_ENOUGH) {
        /* A lost one may hear: it is told to drop its bypass, as long as that is wanted. */
        const bool is_told = module->link.state == WM_LINK_LOST && wants & WM_WANT_BYPASS &&
                             !(poller->asked & ASKED_BYPASS);
        poller->asked |= ASKED_BYPASS;
        return is_told ? wm_message_set_bypass : wm_message_count;
    }
    for (size_t i = 0; i < sizeof plan / sizeof plan[0]; i++) {
        if (plan[i].is_due && !(poller->asked & plan[i].bit)) {
            poller->asked |= (uint8_t)plan[i].bit;
            return plan[i].message;
        }
    }
    return wm_message_count;
}

/* The same for a sensor. */
static enum wm_message_id sensor_message(struct wm_poller *poller, const struct wm_sensor *sensor)
{
    if (!(poller->asked & ASKED_MEASURE)) {
        poller->asked |= ASKED_MEASURE;
        return wm_message_read_sensor;
    }
    if (sensor->wants & WM_WANT_SECOND_MEASURE &&
        !(poller->asked & (ASKED_SECOND_MEASURE | ASKED_ENOUGH))) {
        poller->asked |= ASKED_SECOND_MEASURE;
        return wm_message_read_sensor;
    }
    return wm_message_count;
}

/* The same between rounds: only what is wanted a second time, and once. */
static enum wm_message_id second_message(struct wm_poller *poller, const struct wm_bank *bank,
                                         struct wm_device device)
{
    const bool was_asked = poller->asked != 0;
    poller->asked |= ASKED_SECOND_MEASURE;
    if (was_asked) {
        return wm_message_count;
    }
    if (device.class == WM_CLASS_MODULE &&
        bank->module[device.index].wants & WM_WANT_SECOND_MEASURE) {
        return wm_message_measure;
    }
    if (device.class == WM_CLASS_SENSOR &&
        bank->sensor[device.index].wants & WM_WANT_SECOND_MEASURE) {
        return wm_message_read_sensor;
    }
    return wm_message_count;
}

static enum wm_message_id device_message(struct wm_poller *poller, const struct wm_bank *bank,
                                         struct wm_device device)
{
    if (poller->is_looking_again) {
        return second_message(poller, bank, device);
    }
    if (device.class == WM_CLASS_MODULE) {
        return module_message(poller, &bank->module[device.index]);
    }
    if (device.class == WM_CLASS_SENSOR) {
        return sensor_message(poller, &bank->sensor[device.index]);
    }
    if (poller->asked & ASKED_MEASURE) {
        return wm_message_count;
    }
    poller->asked |= ASKED_MEASURE;
    return wm_message_read_aux;
}

/* What a question carries. */
static void question_fill(struct wm_frame *question, const struct wm_bank *bank,
                          struct wm_device device)
{
    if (question->message == wm_message_measure) {
        question->value[wm_question_measure_is_alarm] = bank->module[device.index].is_alarm;
    } else if (question->message == wm_message_set_bypass) {
        question->value[wm_question_set_bypass_bypass_permille] =
            bank->module[device.index].bypass_order_permille;
    }
}

/* Chooses the next question of the round; false when every device has been visited. */
static bool choose(struct wm_poller *poller, const struct wm_bank *bank)
{
    const int32_t devices = wm_bank_devices(bank);
    for (; poller->place < devices; poller->place++, poller->asked = 0) {
        const struct wm_device device = wm_bank_device(bank, poller->place);
        const enum wm_message_id message = device_message(poller, bank, device);
        if (message != wm_message_count) {
            const bool is_lost = wm_bank_link(bank, device)->state == WM_LINK_LOST;
            struct wm_frame question = {
                .class = device.class,
                .address = (uint16_t)(device.index + 1),
                .message = message,
            };
            question_fill(&question, bank, device);
            wm_line_ask(&poller->line, &question, is_lost ? 0 : WM_LINE_RETRIES);
            return true;
        }
    }
    return false;
}

static void choose_order(struct wm_poller *poller)
{
    const struct wm_frame question = {
        .class = WM_CLASS_AUX,
        .address = (uint16_t)(poller->order_aux + 1),
        .message = wm_message_set_outputs,
        .value[wm_question_set_outputs_outputs] = poller->order_outputs,
    };
    poller->is_order = true;
    wm_line_ask(&poller->line, &question, WM_LINE_RETRIES);
}

/* False if there is nothing to ask now. */
static bool choose_next(struct wm_poller *poller, const struct wm_bank *bank,
                        const struct wm_settings *settings, wm_ms now_ms)
{
    if (poller->order_aux >= 0) {
        choose_order(poller);
        return true;
    }
    if (poller->is_paused) {
        return false;
    }
    if (!poller->is_in_round) {
        const wm_ms next_ms = now_ms + settings->value[wm_setting_bus_round_period];
        if (now_ms < poller->round_next_ms) {
            /* A period that was made shorter counts from now. */
            poller->round_next_ms =
                poller->round_next_ms < next_ms ? poller->round_next_ms : next_ms;
            return false;
        }
        visits_begin(poller);
        poller->round_next_ms = next_ms;
    }
    poller->has_ended = !choose(poller, bank);
    return !poller->has_ended;
}

void wm_poller_transmit(struct wm_poller *poller, const struct wm_bank *bank,
                        const struct wm_settings *settings, wm_ms now_ms)
{
    const struct wm_line_timing timing = wm_poller_timing(settings);
    if (poller->has_ended) {
        return;
    }
    if (poller->line.has_question || choose_next(poller, bank, settings, now_ms)) {
        wm_line_transmit(&poller->line, &timing, now_ms);
    }
}

wm_ms wm_poller_deadline_ms(const struct wm_poller *poller, wm_ms now_ms)
{
    if (poller->line.has_question) {
        return wm_line_deadline_ms(&poller->line, now_ms);
    }
    if (poller->order_aux >= 0 || poller->has_ended) {
        return now_ms;
    }
    if (poller->is_paused) {
        return WM_NEVER;
    }
    if (poller->is_in_round) {
        return now_ms;
    }
    return poller->round_next_ms;
}
