/*
 * programmer.c — see programmer.h.
 */
#include "programmer.h"

#include <assert.h>
#include <string.h>

enum {
    FACTORY_ADDRESS = 0,
    NOBODY = -1,                /* no serial number */
    ASK_PAUSE_MS = 50,          /* so that one press is dealt with before the next, 300 ms later */
    WATCH_PERIOD_MS = 500,      /* a look at the module that is shown */
    ANNOUNCE_PERIOD_MS = 10000, /* modules that were plugged in meanwhile learn of the mode */
    TRIES = 3,                  /* as many rounds as make a device lost (decision B3) */
    SWEEP_RETRIES = 1,          /* a third time-out at each of 513 addresses takes too long */
    STATE_SHOWING = 0x02,       /* of a measure answer, sim/BUS.md */
};

void wm_programmer_init(struct wm_programmer *programmer, int32_t modules_configured)
{
    memset(programmer, 0, sizeof *programmer);
    programmer->modules_configured = modules_configured;
}

/* ---- events ----------------------------------------------------------------------------- */

static void tell(struct wm_programmer *programmer, enum wm_event_kind kind, int32_t number,
                 int32_t value)
{
    assert(programmer->events < WM_PROGRAMMER_EVENTS_MAX);
    programmer->event[programmer->events++] =
        (struct wm_event){.kind = kind, .number = number, .value = value};
}

bool wm_programmer_told(struct wm_programmer *programmer, struct wm_event *event)
{
    if (programmer->events == 0) {
        return false;
    }
    *event = programmer->event[0];
    programmer->events--;
    memmove(programmer->event, programmer->event + 1,
            (size_t)programmer->events * sizeof programmer->event[0]);
    return true;
}

static void address_register(struct wm_programmer *programmer, int32_t address)
{
    programmer->modules++;
    programmer->is_changed = true;
    tell(programmer, wm_event_address_registered, address, 0);
}

/* ---- activities begin and end ----------------------------------------------------------- */

static void stage_enter(struct wm_programmer *programmer, enum wm_programmer_stage stage,
                        wm_ms at_ms)
{
    programmer->stage = stage;
    programmer->tries = 0;
    programmer->next_ms = at_ms;
    programmer->is_changed = true;
}

static void activity_begin(struct wm_programmer *programmer, int32_t activity,
                           enum wm_programmer_stage stage, const struct wm_command *command,
                           wm_ms now_ms)
{
    programmer->activity = activity;
    programmer->result = wm_state_programmer_result_running;
    programmer->first = command->number;
    programmer->last = command->value;
    programmer->next = command->number;
    programmer->modules = 0;
    programmer->is_lone_garbled = false;
    programmer->is_taken = false;
    programmer->is_in_doubt = false;
    programmer->subject = NOBODY;
    programmer->given = NOBODY;
    programmer->occupant = NOBODY;
    programmer->target = command->number;
    stage_enter(programmer, stage, now_ms);
}

static void activity_end(struct wm_programmer *programmer, int32_t result)
{
    assert(programmer->activity != wm_state_programmer_activity_none);
    if (programmer->activity == wm_state_programmer_activity_show &&
        result != wm_state_programmer_result_succeeded) {
        programmer->lamp_address = programmer->first;
    }
    if (programmer->stage == WM_STAGE_RANGE_CHECK && programmer->is_taken &&
        programmer->target == programmer->next && result == wm_state_programmer_result_stopped) {
        address_register(programmer, programmer->next); /* pressed just before the stop */
    }
    programmer->activity = wm_state_programmer_activity_none;
    programmer->result = result;
    programmer->is_dropped = programmer->is_asking;
    stage_enter(programmer, WM_STAGE_NONE, WM_NEVER);
    tell(programmer, wm_event_programmer_result, result, programmer->modules);
}

static void collide(struct wm_programmer *programmer, int32_t address)
{
    tell(programmer, wm_event_collision, address, WM_CLASS_MODULE);
}

static void mode_enter(struct wm_programmer *programmer, bool is_on, wm_ms now_ms)
{
    if (programmer->is_on == is_on) {
        return;
    }
    if (programmer->activity != wm_state_programmer_activity_none) {
        activity_end(programmer, wm_state_programmer_result_stopped);
    }
    programmer->is_on = is_on;
    programmer->is_announcement_due = true;
    programmer->touched_ms = now_ms;
    programmer->is_changed = true;
    tell(programmer, wm_event_programmer_mode, is_on, 0);
}

void wm_programmer_idle(struct wm_programmer *programmer, wm_ms idle_ms, wm_ms now_ms)
{
    if (programmer->is_on && now_ms - programmer->touched_ms >= idle_ms) {
        mode_enter(programmer, false, now_ms);
    }
}

bool wm_programmer_has_bus(const struct wm_programmer *programmer)
{
    return programmer->is_on || programmer->is_announcement_due || programmer->is_asking;
}

/* ---- orders ----------------------------------------------------------------------------- */

static bool is_address(int32_t address)
{
    return address >= 1 && address <= WM_MODULES_MAX;
}

static enum wm_status values_check(const struct wm_command *command, const char **why)
{
    switch (command->kind) {
    case WM_COMMAND_PROGRAMMER_MODE:
        *why = "the mode is 1, on, or 0, off";
        return command->value == 0 || command->value == 1 ? WM_OK : WM_RANGE;
    case WM_COMMAND_PROGRAMMER_RANGE:
        *why = "a range is two addresses from 1 to 512, the lower one first";
        return is_address(command->number) && is_address(command->value) &&
                       command->number <= command->value
                   ? WM_OK
                   : WM_RANGE;
    case WM_COMMAND_PROGRAMMER_SINGLE:
        *why = "the new address is 1 to 512, the old one too, or 0 of a module from the factory, "
               "and another one";
        return (is_address(command->number) || command->number == FACTORY_ADDRESS) &&
                       is_address(command->value) && command->number != command->value
                   ? WM_OK
                   : WM_RANGE;
    case WM_COMMAND_PROGRAMMER_SHOW:
        *why = "an address is 1 to 512";
        return is_address(command->number) ? WM_OK : WM_RANGE;
    default:
        return WM_OK;
    }
}

enum wm_status wm_programmer_check(const struct wm_programmer *programmer,
                                   const struct wm_command *command, const char **why)
{
    const bool is_mode = command->kind == WM_COMMAND_PROGRAMMER_MODE;
    if (!is_mode && !programmer->is_on) {
        *why = "programmer mode is off; switch it on first";
        return WM_CONFLICT;
    }
    if (values_check(command, why) != WM_OK) {
        return WM_RANGE;
    }
    if (!is_mode && command->kind != WM_COMMAND_PROGRAMMER_STOP &&
        programmer->activity != wm_state_programmer_activity_none) {
        *why = "the programmer is at work; stop it first";
        return WM_CONFLICT;
    }
    *why = "";
    return WM_OK;
}

enum wm_status wm_programmer_order(struct wm_programmer *programmer,
                                   const struct wm_command *command, wm_ms now_ms, const char **why)
{
    static const struct {
        int32_t activity;
        enum wm_programmer_stage stage;
    } begin[] = {
        [WM_COMMAND_PROGRAMMER_RANGE] = {wm_state_programmer_activity_range, WM_STAGE_RANGE_HELD},
        [WM_COMMAND_PROGRAMMER_SINGLE] = {wm_state_programmer_activity_single,
                                          WM_STAGE_SINGLE_FREE},
        [WM_COMMAND_PROGRAMMER_SHOW] = {wm_state_programmer_activity_show, WM_STAGE_SHOW_BEGIN},
        [WM_COMMAND_PROGRAMMER_QUERY] = {wm_state_programmer_activity_query, WM_STAGE_QUERY},
        [WM_COMMAND_PROGRAMMER_RESET] = {wm_state_programmer_activity_reset, WM_STAGE_RESET},
    };
    struct wm_command taken = *command;
    const enum wm_status status = wm_programmer_check(programmer, command, why);
    if (status != WM_OK) {
        return status;
    }
    programmer->touched_ms = now_ms;
    switch (command->kind) {
    case WM_COMMAND_PROGRAMMER_MODE:
        mode_enter(programmer, command->value != 0, now_ms);
        return WM_OK;
    case WM_COMMAND_PROGRAMMER_STOP:
        if (programmer->activity != wm_state_programmer_activity_none) {
            activity_end(programmer, wm_state_programmer_result_stopped);
        }
        return WM_OK;
    case WM_COMMAND_PROGRAMMER_RANGE:
        programmer->is_announcement_due = true; /* a module plugged in just now is meant, too */
        break;
    case WM_COMMAND_PROGRAMMER_QUERY:
        taken.number = FACTORY_ADDRESS;
        taken.value = WM_MODULES_MAX;
        break;
    case WM_COMMAND_PROGRAMMER_RESET:
        taken.number = 1;
        taken.value = programmer->modules_configured;
        break;
    case WM_COMMAND_PROGRAMMER_SHOW:
        taken.value = taken.number;
        break;
    default:
        break;
    }
    activity_begin(programmer, begin[command->kind].activity, begin[command->kind].stage, &taken,
                   now_ms);
    return WM_OK;
}

/* ---- questions -------------------------------------------------------------------------- */

static struct wm_frame question_to(enum wm_class class, int32_t address, enum wm_message_id message,
                                   int32_t value)
{
    /* All questions of the programmer have one field at most. */
    return (struct wm_frame){
        .class = class, .address = (uint16_t)address, .message = message, .value = {value}};
}

/* The present stage's question, and how often silence repeats it. */
static struct wm_frame stage_question(const struct wm_programmer *programmer, uint8_t *retries)
{
    const int32_t first = programmer->first;
    const int32_t next = programmer->next;
    *retries = WM_LINE_RETRIES;
    switch (programmer->stage) {
    case WM_STAGE_RANGE_HELD:
        return question_to(WM_CLASS_BROADCAST, 0, wm_message_register_address, FACTORY_ADDRESS);
    case WM_STAGE_RANGE_ASK:
        *retries = 0;
        return question_to(WM_CLASS_BROADCAST, 0, wm_message_register_address, FACTORY_ADDRESS);
    case WM_STAGE_RANGE_GIVE:
        *retries = 0; /* who has taken it answers no more: RANGE_CHECK finds out */
        return question_to(WM_CLASS_BROADCAST, 0, wm_message_register_address, programmer->target);
    case WM_STAGE_RANGE_CHECK:
        return question_to(WM_CLASS_MODULE, programmer->target, wm_message_identify, 0);
    case WM_STAGE_SINGLE_FREE:
    case WM_STAGE_SINGLE_CONFIRM:
        return question_to(WM_CLASS_MODULE, programmer->last, wm_message_identify, 0);
    case WM_STAGE_SINGLE_OLD:
        return question_to(WM_CLASS_MODULE, first, wm_message_identify, 0);
    case WM_STAGE_SINGLE_SET:
        return question_to(WM_CLASS_MODULE, first, wm_message_set_address, programmer->last);
    case WM_STAGE_SHOW_BEGIN:
        return question_to(WM_CLASS_MODULE, first, wm_message_show, 1);
    case WM_STAGE_SHOW_WATCH:
        return question_to(WM_CLASS_MODULE, first, wm_message_measure, 0);
    case WM_STAGE_RESET:
        return question_to(WM_CLASS_BROADCAST, 0, wm_message_reset_address, 0);
    case WM_STAGE_RESET_FACTORY:
        return question_to(WM_CLASS_MODULE, FACTORY_ADDRESS, wm_message_identify, 0);
    case WM_STAGE_QUERY:
    case WM_STAGE_RESET_CHECK:
        *retries = SWEEP_RETRIES;
        break;
    case WM_STAGE_RANGE_FREE:
    case WM_STAGE_NONE:
        break;
    }
    return question_to(WM_CLASS_MODULE, next, wm_message_identify, 0);
}

static bool is_announcement_due(const struct wm_programmer *programmer, wm_ms now_ms)
{
    return programmer->is_announcement_due ||
           (programmer->is_on && now_ms >= programmer->announce_ms);
}

void wm_programmer_ask(struct wm_programmer *programmer, struct wm_line *line, wm_ms now_ms)
{
    struct wm_frame question;
    uint8_t retries = WM_LINE_RETRIES;
    if (line->has_question || !wm_programmer_has_bus(programmer)) {
        return;
    }
    if (programmer->lamp_address > 0) {
        question = question_to(WM_CLASS_MODULE, programmer->lamp_address, wm_message_show, 0);
        programmer->lamp_address = 0;
        programmer->is_dropped = true; /* whatever it answers */
    } else if (is_announcement_due(programmer, now_ms)) {
        programmer->announced = programmer->is_on;
        question =
            question_to(WM_CLASS_BROADCAST, 0, wm_message_programming, programmer->announced);
    } else if (programmer->stage != WM_STAGE_NONE && now_ms >= programmer->next_ms) {
        question = stage_question(programmer, &retries);
    } else {
        return;
    }
    programmer->asked = question.message;
    programmer->is_asking = true;
    wm_line_ask(line, &question, retries);
}

/* ---- what they came to ------------------------------------------------------------------ */

/* Noise garbles too: only what is garbled each time counts as two devices. */
static bool is_to_be_asked_again(struct wm_programmer *programmer,
                                 enum wm_programmer_outcome outcome)
{
    return outcome == WM_OUTCOME_GARBLED && ++programmer->tries < TRIES;
}

/* Where the range has registered it, or `next`. */
static int32_t registered_at(const struct wm_programmer *programmer, int32_t serial)
{
    int32_t address = programmer->first;
    while (address < programmer->next && programmer->serial[address - 1] != serial) {
        address++;
    }
    return address;
}

static void range_asked(struct wm_programmer *programmer, enum wm_programmer_outcome outcome,
                        const struct wm_frame *answer, wm_ms now_ms)
{
    if (outcome == WM_OUTCOME_GARBLED) {
        activity_end(programmer, wm_state_programmer_result_collision);
        return;
    }
    const bool is_silent = outcome == WM_OUTCOME_SILENT;
    const int32_t serial =
        is_silent ? NOBODY : answer->value[wm_answer_register_address_serial_number];
    const bool was_in_doubt = programmer->is_in_doubt;
    programmer->is_in_doubt = false;
    if (was_in_doubt && serial != programmer->subject) {
        stage_enter(programmer, WM_STAGE_RANGE_FREE, now_ms); /* it may have `next` */
        return;
    }
    if (is_silent) {
        programmer->subject = NOBODY;
        programmer->tries = 0;
        programmer->next_ms = now_ms + ASK_PAUSE_MS; /* no change: nothing to publish */
        return;
    }
    if (programmer->given != NOBODY && programmer->given != serial) {
        programmer->subject = programmer->given;
        programmer->given = NOBODY;
        stage_enter(programmer, WM_STAGE_RANGE_FREE, now_ms); /* once more, before another has it */
        return;
    }
    const int32_t target = registered_at(programmer, serial);
    if (target == programmer->next && programmer->occupant != NOBODY &&
        programmer->occupant != serial) {
        activity_end(programmer, wm_state_programmer_result_collision);
        return;
    }
    if (target != programmer->next && serial != programmer->subject) {
        programmer->touched_ms = now_ms; /* told once a press, however often it is asked */
        tell(programmer, wm_event_registered_again, target, 0);
    }
    programmer->subject = serial;
    programmer->target = target;
    stage_enter(programmer, WM_STAGE_RANGE_GIVE, now_ms);
}

static void range_advance(struct wm_programmer *programmer, wm_ms now_ms)
{
    programmer->serial[programmer->next - 1] = programmer->subject;
    programmer->subject = NOBODY;
    programmer->given = NOBODY;
    programmer->touched_ms = now_ms;
    address_register(programmer, programmer->next);
    if (programmer->next == programmer->last) {
        programmer->next = 0;
        activity_end(programmer, wm_state_programmer_result_succeeded);
        return;
    }
    programmer->next++;
    stage_enter(programmer, WM_STAGE_RANGE_FREE, now_ms);
}

/* serial: who is at the target, NOBODY if nothing was understood. */
static void range_checked(struct wm_programmer *programmer, enum wm_programmer_outcome outcome,
                          int32_t serial, wm_ms now_ms)
{
    if (outcome != WM_OUTCOME_SILENT && serial != programmer->subject) {
        collide(programmer, programmer->target);
        activity_end(programmer, wm_state_programmer_result_collision);
    } else if (programmer->target != programmer->next) {
        stage_enter(programmer, WM_STAGE_RANGE_ASK, now_ms + ASK_PAUSE_MS);
    } else if (outcome == WM_OUTCOME_ANSWERED || programmer->is_taken) {
        range_advance(programmer, now_ms);
    } else {
        programmer->is_in_doubt = true; /* it has heard nothing, or is not heard */
        programmer->given = programmer->subject;
        stage_enter(programmer, WM_STAGE_RANGE_ASK, now_ms);
    }
}

static void range_ended(struct wm_programmer *programmer, enum wm_programmer_outcome outcome,
                        const struct wm_frame *answer, wm_ms now_ms)
{
    const bool is_answered = outcome == WM_OUTCOME_ANSWERED;
    const int32_t serial = is_answered ? answer->value[wm_answer_identify_serial_number] : NOBODY;
    if (programmer->stage == WM_STAGE_RANGE_GIVE) {
        programmer->is_taken =
            is_answered &&
            answer->value[wm_answer_register_address_serial_number] == programmer->subject;
        stage_enter(programmer, WM_STAGE_RANGE_CHECK, now_ms);
        return;
    }
    if (is_to_be_asked_again(programmer, outcome)) {
        return;
    }
    if (programmer->stage == WM_STAGE_RANGE_HELD) {
        if (outcome == WM_OUTCOME_SILENT) {
            stage_enter(programmer, WM_STAGE_RANGE_FREE, now_ms);
        } else {
            activity_end(programmer, wm_state_programmer_result_button_held);
        }
    } else if (programmer->stage == WM_STAGE_RANGE_ASK) {
        range_asked(programmer, outcome, answer, now_ms);
    } else if (programmer->stage == WM_STAGE_RANGE_CHECK) {
        range_checked(programmer, outcome, serial, now_ms);
    } else if (outcome == WM_OUTCOME_GARBLED) {
        collide(programmer, programmer->next);
        activity_end(programmer, wm_state_programmer_result_collision);
    } else if (is_answered && serial == programmer->subject) {
        range_advance(programmer, now_ms); /* its answers to RANGE_CHECK were lost */
    } else {
        programmer->subject = NOBODY;
        programmer->occupant = serial;
        stage_enter(programmer, WM_STAGE_RANGE_ASK, now_ms);
    }
}

/* It has moved, or it has not: who is at the new address tells, and nothing else. */
static void single_confirmed(struct wm_programmer *programmer, bool is_answered, int32_t serial)
{
    int32_t result = wm_state_programmer_result_no_answer;
    if (is_answered && serial == programmer->subject) {
        result = wm_state_programmer_result_succeeded;
        programmer->modules = 1;
    } else if (is_answered) {
        result = wm_state_programmer_result_collision;
    }
    activity_end(programmer, result);
}

/* Somebody at the new address, nobody or several at the old one: nothing is changed then. */
static void single_ended(struct wm_programmer *programmer, enum wm_programmer_outcome outcome,
                         const struct wm_frame *answer, wm_ms now_ms)
{
    if (programmer->stage == WM_STAGE_SINGLE_SET) {
        stage_enter(programmer, WM_STAGE_SINGLE_CONFIRM, now_ms);
        return;
    }
    if (is_to_be_asked_again(programmer, outcome)) {
        return;
    }
    if (outcome == WM_OUTCOME_GARBLED) {
        collide(programmer,
                programmer->stage == WM_STAGE_SINGLE_OLD ? programmer->first : programmer->last);
        activity_end(programmer, wm_state_programmer_result_collision);
        return;
    }
    const bool is_answered = outcome == WM_OUTCOME_ANSWERED;
    const int32_t serial = answer->value[wm_answer_identify_serial_number];
    switch (programmer->stage) {
    case WM_STAGE_SINGLE_FREE:
        if (is_answered) {
            activity_end(programmer, wm_state_programmer_result_collision);
        } else {
            stage_enter(programmer, WM_STAGE_SINGLE_OLD, now_ms);
        }
        return;
    case WM_STAGE_SINGLE_OLD:
        if (is_answered) {
            programmer->subject = serial;
            stage_enter(programmer, WM_STAGE_SINGLE_SET, now_ms);
        } else {
            activity_end(programmer, wm_state_programmer_result_no_answer);
        }
        return;
    default:
        single_confirmed(programmer, is_answered, serial);
        return;
    }
}

static void show_ended(struct wm_programmer *programmer, enum wm_programmer_outcome outcome,
                       const struct wm_frame *answer, wm_ms now_ms)
{
    if (outcome == WM_OUTCOME_ANSWERED) {
        if (programmer->stage == WM_STAGE_SHOW_WATCH &&
            !(answer->value[wm_answer_measure_state] & STATE_SHOWING)) {
            activity_end(programmer, wm_state_programmer_result_succeeded);
        } else {
            stage_enter(programmer, WM_STAGE_SHOW_WATCH, now_ms + WATCH_PERIOD_MS);
        }
    } else if (++programmer->tries < TRIES && programmer->stage == WM_STAGE_SHOW_WATCH) {
        programmer->next_ms = now_ms + WATCH_PERIOD_MS;
    } else if (outcome == WM_OUTCOME_GARBLED) {
        collide(programmer, programmer->first);
        activity_end(programmer, wm_state_programmer_result_collision);
    } else {
        activity_end(programmer, wm_state_programmer_result_no_answer);
    }
}

static void query_end(struct wm_programmer *programmer)
{
    int32_t result = wm_state_programmer_result_several;
    if (programmer->modules == 0) {
        result = wm_state_programmer_result_no_answer;
    } else if (programmer->modules == 1) {
        result = wm_state_programmer_result_succeeded;
    } else if (programmer->is_lone_garbled) {
        result = wm_state_programmer_result_collision;
    }
    programmer->next = 0;
    activity_end(programmer, result);
}

static void query_ended(struct wm_programmer *programmer, enum wm_programmer_outcome outcome,
                        wm_ms now_ms)
{
    if (is_to_be_asked_again(programmer, outcome)) {
        return;
    }
    if (outcome != WM_OUTCOME_SILENT) {
        const bool is_garbled = outcome == WM_OUTCOME_GARBLED;
        programmer->is_lone_garbled = programmer->modules == 0 && is_garbled;
        if (programmer->modules == 0) {
            programmer->first = programmer->next;
        }
        programmer->modules += is_garbled ? 2 : 1;
        if (is_garbled) {
            collide(programmer, programmer->next);
        }
    }
    if (programmer->next == programmer->last) {
        query_end(programmer);
    } else {
        programmer->next++;
        stage_enter(programmer, WM_STAGE_QUERY, now_ms);
    }
}

static void reset_ended(struct wm_programmer *programmer, enum wm_programmer_outcome outcome,
                        wm_ms now_ms)
{
    if (programmer->stage == WM_STAGE_RESET) {
        stage_enter(programmer, WM_STAGE_RESET_CHECK, now_ms); /* nobody answers it */
        return;
    }
    const bool is_there = outcome != WM_OUTCOME_SILENT;
    if (programmer->stage == WM_STAGE_RESET_FACTORY) {
        programmer->next = 0;
        activity_end(programmer, is_there ? wm_state_programmer_result_succeeded
                                          : wm_state_programmer_result_no_answer);
        return;
    }
    if (is_to_be_asked_again(programmer, outcome)) {
        return;
    }
    programmer->modules += is_there;
    if (programmer->next < programmer->last) {
        programmer->next++;
        stage_enter(programmer, WM_STAGE_RESET_CHECK, now_ms);
    } else if (programmer->modules > 0) {
        activity_end(programmer, wm_state_programmer_result_several);
    } else {
        stage_enter(programmer, WM_STAGE_RESET_FACTORY, now_ms);
    }
}

static void stage_ended(struct wm_programmer *programmer, enum wm_programmer_outcome outcome,
                        const struct wm_frame *answer, wm_ms now_ms)
{
    switch (programmer->activity) {
    case wm_state_programmer_activity_range:
        range_ended(programmer, outcome, answer, now_ms);
        break;
    case wm_state_programmer_activity_single:
        single_ended(programmer, outcome, answer, now_ms);
        break;
    case wm_state_programmer_activity_show:
        show_ended(programmer, outcome, answer, now_ms);
        break;
    case wm_state_programmer_activity_query:
        query_ended(programmer, outcome, now_ms);
        break;
    default:
        assert(programmer->activity == wm_state_programmer_activity_reset);
        reset_ended(programmer, outcome, now_ms);
        break;
    }
}

void wm_programmer_receive(struct wm_programmer *programmer, struct wm_line *line,
                           const struct wm_line_timing *timing, wm_ms now_ms)
{
    struct wm_frame answer = {0};
    assert(programmer->is_asking);
    const enum wm_line_result result = wm_line_receive(line, timing, now_ms, &answer);
    if (result == WM_LINE_NONE) {
        return;
    }
    enum wm_programmer_outcome outcome = line->is_garbled ? WM_OUTCOME_GARBLED : WM_OUTCOME_SILENT;
    if (result == WM_LINE_ANSWERED) {
        wm_line_accept(line);
        outcome = WM_OUTCOME_ANSWERED;
    }
    const bool is_dropped = programmer->is_dropped;
    programmer->is_asking = false;
    programmer->is_dropped = false;
    if (programmer->asked == wm_message_programming) {
        programmer->announce_ms = now_ms + ANNOUNCE_PERIOD_MS;
        programmer->is_announcement_due = programmer->announced != programmer->is_on;
    } else if (!is_dropped) {
        stage_ended(programmer, outcome, &answer, now_ms);
    } else if (programmer->asked == wm_message_register_address && outcome == WM_OUTCOME_ANSWERED &&
               programmer->activity == wm_state_programmer_activity_none &&
               answer.address == programmer->next) {
        address_register(programmer, answer.address); /* pressed just before the stop */
    }
}

/* ---- to the view ------------------------------------------------------------------------ */

uint16_t wm_programmer_hides(const struct wm_programmer *programmer)
{
    return programmer->is_on ? wm_flag_general_status_running | wm_flag_general_status_equalisation
                             : 0;
}

uint16_t wm_programmer_flags(const struct wm_programmer *programmer)
{
    uint16_t flags = 0;
    if (programmer->is_on) {
        flags |= wm_flag_general_status_module_addressing;
    }
    if (programmer->activity == wm_state_programmer_activity_show ||
        programmer->activity == wm_state_programmer_activity_single) {
        flags |= wm_flag_general_status_module_searching;
    }
    if (programmer->activity == wm_state_programmer_activity_query) {
        flags |= wm_flag_general_status_module_polling;
    }
    return flags;
}

void wm_programmer_publish(const struct wm_programmer *programmer, struct wm_view_programmer *out)
{
    out->mode_choice = programmer->is_on;
    out->activity_choice = programmer->activity;
    out->result_choice = programmer->result;
    out->first_address = programmer->first;
    out->last_address = programmer->last;
    out->next_address = programmer->next;
    out->modules_count = programmer->modules;
}

wm_ms wm_programmer_deadline_ms(const struct wm_programmer *programmer, const struct wm_line *line,
                                wm_ms idle_ms, wm_ms now_ms)
{
    wm_ms deadline_ms = WM_NEVER;
    if (!wm_programmer_has_bus(programmer)) {
        return WM_NEVER;
    }
    if (programmer->is_on) {
        deadline_ms = programmer->touched_ms + idle_ms;
    }
    if (line->has_question) {
        return deadline_ms; /* the line says when it is to be stepped */
    }
    wm_ms ask_ms = programmer->is_announcement_due ? now_ms : programmer->announce_ms;
    if (programmer->lamp_address > 0) {
        ask_ms = now_ms;
    }
    if (programmer->stage != WM_STAGE_NONE && programmer->next_ms < ask_ms) {
        ask_ms = programmer->next_ms;
    }
    if (ask_ms < now_ms) {
        ask_ms = now_ms;
    }
    return ask_ms < deadline_ms ? ask_ms : deadline_ms;
}
