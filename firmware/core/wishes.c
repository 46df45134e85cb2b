/*
 * wishes.c — checks wishes from outside at the door, and applies them in the next step.
 */
#include "stages.h"

#include "settings.h"

#define TOO_MANY "too many wishes are waiting; try again"

static enum wm_status breaker_check(const struct wm_core *core, const struct wm_command *command,
                                    const char **why)
{
    int32_t output;
    bool is_normally_closed;
    if (command->number < 1 || command->number > core->bank.strings_count) {
        *why = "there is no such string";
        return WM_RANGE;
    }
    if (!wm_settings_breaker(&core->settings, command->number - 1, &output, &is_normally_closed)) {
        *why = "no output is wired as the breaker of this string";
        return WM_RANGE;
    }
    return WM_OK;
}

/* Something has to be there to be asked (decision B21); what is in force already may stay. */
static enum wm_status com2_check(const struct wm_core *core, int32_t use, const char **why)
{
    const bool is_rtu = use == WM_COM2_MODBUS_RTU;
    const bool can_be = is_rtu ? core->ports.serves_rtu : core->ports.com2.ops != NULL;
    if (can_be || use == WM_COM2_NONE || use == core->settings.value[wm_setting_com2_use]) {
        return WM_OK;
    }
    *why = is_rtu ? "this webmanager has no COM2 for Modbus RTU"
                  : "this webmanager has no COM2 that sensors could hang on";
    return WM_CONFLICT;
}

/* What will be wished with these; against the settings as they will stand. */
static enum wm_status change_check(const struct wm_core *core, const struct wm_change *change,
                                   size_t changes, struct wm_wished *next, const char **why)
{
    const enum wm_status status =
        wm_wished_add(next, &core->wished, &core->settings, change, changes, why);
    return status == WM_OK ? com2_check(core, next->settings.value[wm_setting_com2_use], why)
                           : status;
}

static enum wm_status change_take(struct wm_core *core, const struct wm_change *change,
                                  size_t changes, const char **why)
{
    static const struct wm_command marker = {.kind = WM_COMMAND_CHANGE};
    struct wm_wished next;
    const enum wm_status status = change_check(core, change, changes, &next, why);
    if (status != WM_OK) {
        return status;
    }
    if (wm_inbox_put(&core->inbox, &marker) != WM_OK) {
        *why = TOO_MANY;
        return WM_BUSY;
    }
    core->wished = next;
    return WM_OK;
}

static enum wm_status mute_check(const struct wm_core *core, const char **why)
{
    if (!wm_alarms_is_general(&core->alarms, &core->settings)) {
        *why = "there is no common alarm to acknowledge";
        return WM_CONFLICT;
    }
    return WM_OK;
}

static enum wm_status switch_check(const struct wm_command *command, const char **why)
{
    if (wm_state_name(wm_point_panel_slide_switch, command->value) == NULL) {
        *why = "the slide switch stands left, middle or right";
        return WM_RANGE;
    }
    return WM_OK;
}

static enum wm_status note_check(const struct wm_command *command, const char **why)
{
    if (wm_refusal_name(command->number) == NULL) {
        *why = "there is no such reason to refuse";
        return WM_RANGE;
    }
    return WM_OK;
}

static enum wm_status command_check(const struct wm_core *core, const struct wm_command *command,
                                    const char **why)
{
    enum wm_status status = WM_OK;
    switch (command->kind) {
    case WM_COMMAND_BREAKER:
        status = breaker_check(core, command, why);
        break;
    case WM_COMMAND_MUTE:
        status = mute_check(core, why);
        break;
    case WM_COMMAND_SWITCH:
        status = switch_check(command, why);
        break;
    case WM_COMMAND_SAVE:
        break;
    case WM_COMMAND_CLOCK:
        if (command->wall_ms < 0 || command->wall_ms > WM_WALL_MS_MAX) {
            *why = "the clock goes from 1970 to 2106";
            return WM_RANGE;
        }
        break;
    case WM_COMMAND_PROGRAMMER_MODE:
    case WM_COMMAND_PROGRAMMER_RANGE:
    case WM_COMMAND_PROGRAMMER_STOP:
    case WM_COMMAND_PROGRAMMER_SINGLE:
    case WM_COMMAND_PROGRAMMER_SHOW:
    case WM_COMMAND_PROGRAMMER_QUERY:
    case WM_COMMAND_PROGRAMMER_RESET:
        status = wm_programmer_check(&core->programmer, command, why);
        break;
    case WM_COMMAND_NOTE:
        status = note_check(command, why);
        break;
    default:
        *why = "the firmware has no such wish";
        return WM_RANGE;
    }
    return status;
}

static enum wm_status command_take(struct wm_core *core, const struct wm_command *command,
                                   const char **why)
{
    const enum wm_status status = command_check(core, command, why);
    if (status != WM_OK) {
        return status;
    }
    if (command->kind == WM_COMMAND_NOTE) {
        /* Not by the inbox: nonsense must not take the place of a wish. */
        wm_refusals_note(&core->refusals, (enum wm_refusal)command->number);
        return WM_OK;
    }
    *why = TOO_MANY;
    return wm_inbox_put(&core->inbox, command);
}

enum wm_status wm_core_command(struct wm_core *core, const struct wm_command *command,
                               const char **why)
{
    const struct wm_change change = {.setting = command->setting, .value = command->value};
    enum wm_status status;
    *why = "";
    if (command->kind == WM_COMMAND_CHECK) {
        struct wm_wished next;
        return change_check(core, command->change, command->changes, &next, why);
    }
    if (command->kind == WM_COMMAND_SET) {
        status = change_take(core, &change, 1, why);
    } else if (command->kind == WM_COMMAND_CHANGE) {
        status = change_take(core, command->change, command->changes, why);
    } else {
        status = command_take(core, command, why);
    }
    if (status == WM_OK) {
        *why = "";
    } else {
        wm_refusals_note(&core->refusals, wm_refusal_of(status));
    }
    return status;
}

bool wm_core_is_kept(const struct wm_core *core)
{
    return !core->is_store_failing;
}

void wm_core_breaker_move(struct wm_core *core, int32_t string_index, bool is_open, wm_ms now_ms)
{
    if (wm_breakers_move(&core->breakers, &core->settings, string_index, is_open)) {
        wm_core_tell(core, now_ms, wm_event_breaker, string_index + 1, is_open);
        wm_breakers_isolate(&core->breakers, &core->settings, &core->bank);
        core->is_to_be_published = true;
    }
}

/* Changed levels are judged by fresh values: resistances would else wait for their slot. */
static void resistances_ask(struct wm_core *core, enum wm_setting setting)
{
    static const enum wm_setting levels[] = {
        wm_setting_impedance_low_alarm,  wm_setting_impedance_low_warn,
        wm_setting_impedance_high_warn,  wm_setting_impedance_high_alarm,
        wm_setting_impedance_hysteresis, wm_setting_impedance_reference,
    };
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        for (int32_t k = 0; setting == levels[i] && k < core->bank.modules_count; k++) {
            core->bank.module[k].wants |= WM_WANT_RESISTANCE;
        }
    }
}

/* All that was wished for since the last step, at its first marker; the others find nothing. */
static void change_apply(struct wm_core *core, wm_ms now_ms)
{
    const struct wm_wished *wished = &core->wished;
    if (!wished->is_pending) {
        return;
    }
    core->settings = wished->settings;
    for (int i = 0; i < wm_setting_count; i++) {
        if (wished->is_set[i]) {
            resistances_ask(core, (enum wm_setting)i);
            wm_keep_note(&core->keep, (enum wm_setting)i);
            wm_core_tell(core, now_ms, wm_event_setting_changed, i, core->settings.value[i]);
        }
    }
    for (int i = 0; i < wm_text_count; i++) {
        if (wished->is_text_set[i]) {
            wm_keep_note_text(&core->keep, (enum wm_text)i);
            wm_core_tell(core, now_ms, wm_event_text_changed, i, 0);
        }
    }
    core->wished.is_pending = false;
    wm_rules_configure(&core->rules, &core->settings);
    wm_com2_configure(&core->com2, &core->settings, now_ms);
    core->is_to_be_published = true;
}

static void mute_apply(struct wm_core *core, wm_ms now_ms)
{
    if (wm_panel_mute(&core->panel, &core->alarms, &core->settings)) {
        wm_core_tell(core, now_ms, wm_event_muted, 0, 0);
        core->is_to_be_published = true;
    }
}

void wm_core_programmer_tell(struct wm_core *core, wm_ms now_ms)
{
    struct wm_event event;
    while (wm_programmer_told(&core->programmer, &event)) {
        wm_core_tell(core, now_ms, event.kind, event.number, event.value);
    }
    core->is_to_be_published |= core->programmer.is_changed;
    core->programmer.is_changed = false;
}

static void programmer_order(struct wm_core *core, const struct wm_command *command, wm_ms now_ms)
{
    /* One of two wishes that were fine one by one may come too late by now. */
    const char *why;
    const enum wm_status status = wm_programmer_order(&core->programmer, command, now_ms, &why);
    if (status != WM_OK) {
        wm_refusals_note(&core->refusals, wm_refusal_of(status));
        return;
    }
    wm_core_programmer_tell(core, now_ms);
}

wm_ms wm_core_programmer_idle_ms(const struct wm_core *core)
{
    return core->settings.value[wm_setting_programmer_idle_limit] * INT64_C(1000);
}

void wm_core_programmer_update(struct wm_core *core, wm_ms now_ms)
{
    wm_programmer_idle(&core->programmer, wm_core_programmer_idle_ms(core), now_ms);
    wm_core_programmer_tell(core, now_ms);
    const bool has_bus = wm_programmer_has_bus(&core->programmer);
    if (has_bus != core->poller.is_paused) {
        wm_equalizer_pause(&core->equalizer, &core->bank);
    }
    if (has_bus) {
        wm_poller_pause(&core->poller);
    } else if (core->poller.is_paused) {
        wm_poller_resume(&core->poller, now_ms);
        wm_bank_resume(&core->bank);
        wm_rules_pause(&core->rules);
        wm_state_pause(&core->state);
        for (int32_t i = 0; i < core->bank.strings_count; i++) {
            wm_runaway_pause(&core->runaway[i]);
        }
    }
}

static void refusals_tell(struct wm_core *core, wm_ms now_ms)
{
    enum wm_refusal reason;
    int32_t count;
    if (wm_refusals_take(&core->refusals, now_ms, &reason, &count)) {
        wm_core_tell(core, now_ms, wm_event_request_refused, (int32_t)reason, count);
    }
}

void wm_core_commands_apply(struct wm_core *core, wm_ms now_ms)
{
    struct wm_command command;
    core->has_wish = false;
    while (wm_inbox_take(&core->inbox, &command)) {
        core->has_wish = true;
        switch (command.kind) {
        case WM_COMMAND_CHANGE:
            change_apply(core, now_ms);
            break;
        case WM_COMMAND_SAVE:
            core->keep.is_changed = true;
            core->breakers.is_changed = true;
            core->is_save_wished = true;
            break;
        case WM_COMMAND_BREAKER:
            wm_core_breaker_move(core, command.number - 1, command.value != 0, now_ms);
            break;
        case WM_COMMAND_MUTE:
            mute_apply(core, now_ms);
            break;
        case WM_COMMAND_SWITCH:
            wm_panel_switch(&core->panel, command.value);
            core->is_to_be_published = true;
            break;
        case WM_COMMAND_CLOCK:
            wm_logs_clock(&core->logs, command.wall_ms - (now_ms - core->started_ms));
            wm_core_tell(core, now_ms, wm_event_clock_set, 0, 0);
            core->is_to_be_published = true;
            break;
        default:
            programmer_order(core, &command, now_ms); /* wm_core_command let nothing else through */
            break;
        }
    }
    refusals_tell(core, now_ms);
}
