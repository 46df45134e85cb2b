/*
 * core.c — the pipeline, written in the order data flows. See core.h.
 */
#include "stages.h"

#include <assert.h>
#include <string.h>

#include "publish.h"
#include "settings.h"

void wm_core_tell(struct wm_core *core, wm_ms now_ms, enum wm_event_kind kind, int32_t number,
                  int32_t value)
{
    const struct wm_event event = {now_ms - core->started_ms, kind, number, value};
    core->ports.journal.tell(core->ports.journal.self, &event);
}

void wm_core_init(struct wm_core *core, const struct wm_ports *ports,
                  const struct wm_settings *settings, const struct wm_power_up *power_up,
                  wm_ms now_ms)
{
    const char *why;
    assert(wm_settings_check(settings, &why) == WM_OK);
    memset(core, 0, sizeof *core);
    core->ports = *ports;
    core->settings = *settings;
    const bool is_kept_whole = wm_keep_init(&core->keep, &core->settings, &ports->store) == WM_OK;
    core->started_ms = now_ms;
    wm_logs_init(&core->logs, ports, power_up->wall_ms);
    core->ports.journal = wm_logs_journal(&core->logs);
    wm_core_tell(core, now_ms, wm_event_started, 0, 0);
    wm_poller_init(&core->poller, ports->bus, now_ms);
    wm_bank_init(&core->bank, &core->settings);
    wm_rules_init(&core->rules, &core->settings);
    wm_alarms_init(&core->alarms);
    wm_panel_init(&core->panel, power_up->slide_switch);
    wm_com2_init(&core->com2, ports->com2, &core->ports.journal, &core->settings, now_ms);
    wm_state_init(&core->state);
    wm_equalizer_init(&core->equalizer);
    wm_programmer_init(&core->programmer, core->bank.modules_count);
    core->are_breakers_damaged =
        wm_breakers_init(&core->breakers, &core->settings, &core->ports.store) != WM_OK;
    core->are_discharges_damaged =
        wm_discharges_init(&core->discharges, &core->ports.store) != WM_OK;
    core->are_boots_damaged = wm_boots_init(&core->boots, &core->ports.store) != WM_OK;
    if (!is_kept_whole || !wm_core_store_is_sound(core)) {
        wm_core_tell(core, now_ms, wm_event_store_damaged, 0, 0);
    }
    wm_core_system_judge(core, now_ms); /* what was kept is known already */
    (void)wm_panel_step(&core->panel, &core->alarms, &core->settings, false, 0);
    wm_publish(core, now_ms);
}

/* ---- alarms to relays, view and bus ----------------------------------------------------- */

static void breaker_update(struct wm_core *core, wm_ms now_ms)
{
    uint8_t outputs = 0;
    const int32_t aux = wm_breakers_due(&core->breakers, &core->bank, now_ms, &outputs);
    if (aux >= 0 && wm_poller_order(&core->poller, aux, outputs)) {
        wm_breakers_ordered(&core->breakers, aux, now_ms);
    }
}

/* A store that failed is tried again. */
enum { STORE_AGAIN_MS = 1000 };

/*
 * Saves what is to be saved, before any service can answer (decision H5). A store that fails is
 * tried again each second, whoever has the bus, and when an operator wishes something.
 */
static void records_save(struct wm_core *core, wm_ms now_ms)
{
    const struct wm_store *store = &core->ports.store;
    const bool was_failing = core->is_store_failing;
    const bool was_sound = wm_core_store_is_sound(core);
    if (was_failing && now_ms < core->store_again_ms && !core->has_wish) {
        return;
    }
    const bool are_settings_kept = wm_keep_save(&core->keep, &core->settings, store) == WM_OK;
    const bool are_breakers_kept = wm_breakers_save(&core->breakers, store) == WM_OK;
    const bool are_discharges_kept = wm_discharges_save(&core->discharges, store) == WM_OK;
    const bool are_boots_kept = wm_boots_save(&core->boots, store) == WM_OK;
    core->is_store_failing =
        !are_settings_kept || !are_breakers_kept || !are_discharges_kept || !are_boots_kept;
    core->store_again_ms = core->is_store_failing ? now_ms + STORE_AGAIN_MS : WM_NEVER;
    if (core->is_store_failing && !was_failing) {
        wm_core_tell(core, now_ms, wm_event_store_failed, 0, 0);
    }
    if (core->is_save_wished && !core->is_store_failing) {
        core->is_save_wished = false;
        core->are_breakers_damaged = false;
        core->are_discharges_damaged = false;
        core->are_boots_damaged = false;
    }
    if (wm_core_store_is_sound(core) != was_sound) {
        core->is_to_be_published = true;
        wm_core_system_judge(core, now_ms); /* SystemError comes and goes with its reason */
    }
}

/* COM2 has a line and a period of its own; what it finds are causes like others. */
static void com2_update(struct wm_core *core, wm_ms now_ms)
{
    core->is_to_be_published |= wm_com2_receive(&core->com2, &core->settings, now_ms);
    const uint32_t lost = wm_com2_lost(&core->com2);
    const uint32_t causes = wm_com2_causes(&core->com2, &core->settings);
    wm_alarms_follow(&core->alarms, wm_alarm_sensor_communication_lost, core->com2_lost, lost);
    wm_alarms_follow(&core->alarms, wm_alarm_environment, core->com2_causes, causes);
    core->com2_lost = lost;
    core->com2_causes = causes;
}

/* What sounds and flashes in the room follows the panel. */
static void room_update(struct wm_core *core)
{
    const struct wm_view_panel *shown = &core->panel.shown;
    wm_com2_order(&core->com2, &core->settings, shown->buzzer_choice == wm_state_panel_buzzer_on,
                  shown->alarm_led_choice == wm_state_panel_alarm_led_red ||
                      shown->alarm_led_choice == wm_state_panel_alarm_led_yellow);
}

static void panel_update(struct wm_core *core, wm_ms now_ms)
{
    const wm_ms uptime_ms = now_ms - core->started_ms;
    /* Whatever moves an alarm or a link is to be published: else there is nothing to follow. */
    if (core->is_to_be_published ||
        uptime_ms >= wm_panel_deadline_ms(&core->panel, &core->settings)) {
        core->is_to_be_published |= wm_panel_step(&core->panel, &core->alarms, &core->settings,
                                                  core->state.life == WM_RUNNING, uptime_ms);
    }
}

/* The LED of a module shows what its word shows, from its next question on. */
static void lamps_follow(struct wm_core *core)
{
    for (int32_t i = 0; i < core->bank.modules_count; i++) {
        core->bank.module[i].is_alarm = core->view.module[i].alarm_flags != 0;
    }
}

static void publish(struct wm_core *core, wm_ms now_ms)
{
    if (core->is_to_be_published) {
        core->is_to_be_published = false;
        wm_bank_aggregate(&core->bank);
        wm_publish(core, now_ms);
        lamps_follow(core);
    }
}

static void logs_write(struct wm_core *core, wm_ms now_ms)
{
    const wm_ms uptime_ms = now_ms - core->started_ms;
    if (core->has_round_ended && core->state.life == WM_RUNNING) {
        const enum wm_flow flow = core->state.flow;
        wm_logs_round(&core->logs, &core->settings,
                      flow == WM_FLOW_CHARGE || flow == WM_FLOW_DISCHARGE, uptime_ms);
    }
    wm_logs_step(&core->logs, &core->view, uptime_ms);
}

static void question_transmit(struct wm_core *core, wm_ms now_ms)
{
    if (core->poller.order_aux < 0) {
        wm_programmer_ask(&core->programmer, &core->poller.line, now_ms);
    }
    wm_poller_transmit(&core->poller, &core->bank, &core->settings, now_ms);
}

static wm_ms panel_deadline_ms(const struct wm_core *core)
{
    const wm_ms uptime_ms = wm_panel_deadline_ms(&core->panel, &core->settings);
    return uptime_ms == WM_NEVER ? WM_NEVER : core->started_ms + uptime_ms;
}

wm_ms wm_core_step(struct wm_core *core, wm_ms now_ms)
{
    assert(now_ms >= core->started_ms + core->view.published_ms);
    wm_core_commands_apply(core, now_ms);    /* wishes from outside                 */
    wm_core_bytes_receive(core, now_ms);     /* bytes       -> frame, or silence    */
    wm_core_programmer_update(core, now_ms); /* who has the bus                     */
    wm_core_measure_take(core, now_ms);      /* frame       -> measurement          */
    wm_core_bank_update(core, now_ms);       /* measurement -> modules and strings  */
    com2_update(core, now_ms);               /* the same, on COM2                   */
    wm_core_alarm_update(core, now_ms);      /* bank        -> alarms               */
    breaker_update(core, now_ms);            /* alarms      -> relay orders         */
    records_save(core, now_ms);              /* what survives a power cut           */
    panel_update(core, now_ms);              /* alarms      -> lamps and buzzer     */
    room_update(core);                       /* panel       -> orders on COM2       */
    publish(core, now_ms);                   /* bank, alarms -> view                */
    question_transmit(core, now_ms);         /* orders, then the next question      */
    wm_com2_transmit(&core->com2, &core->settings, now_ms);
    logs_write(core, now_ms); /* view        -> log rings            */
    const wm_ms deadlines_ms[] = {
        wm_refusals_deadline_ms(&core->refusals),
        wm_poller_deadline_ms(&core->poller, now_ms),
        wm_breakers_deadline_ms(&core->breakers, &core->bank, now_ms),
        wm_state_deadline_ms(&core->state, now_ms),
        panel_deadline_ms(core),
        wm_logs_deadline_ms(&core->logs, now_ms),
        wm_programmer_deadline_ms(&core->programmer, &core->poller.line,
                                  wm_core_programmer_idle_ms(core), now_ms),
        wm_com2_deadline_ms(&core->com2, now_ms),
        core->store_again_ms,
    };
    wm_ms next_ms = WM_NEVER;
    for (size_t i = 0; i < sizeof deadlines_ms / sizeof deadlines_ms[0]; i++) {
        next_ms = deadlines_ms[i] < next_ms ? deadlines_ms[i] : next_ms;
    }
    return next_ms;
}
