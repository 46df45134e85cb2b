/*
 * webmanager.c — see webmanager.h.
 */
#include "webmanager.h"

#include <stdio.h>

#include "firmware/core/settings.h"

/* ---- services --------------------------------------------------------------------------- */

bool webmanager_open(struct webmanager *webmanager, struct ev_loop *loop,
                     const char *modbus_address, const char *snmp_address,
                     const struct wm_commands *commands, char *error, size_t error_size)
{
    const struct wm_view *view = &webmanager->core.view;
    if (modbus_address != NULL) {
        webmanager->modbus = mbs_server_open(loop, modbus_address, view, error, error_size);
        if (webmanager->modbus == NULL) {
            return false;
        }
    }
    if (snmp_address != NULL) {
        webmanager->snmp = snmps_agent_open(loop, snmp_address, view, commands, error, error_size);
        if (webmanager->snmp == NULL) {
            return false;
        }
    }
    return true;
}

void webmanager_close(struct webmanager *webmanager)
{
    snmps_agent_close(webmanager->snmp);
    webmanager->snmp = NULL;
    mbs_server_close(webmanager->modbus);
    webmanager->modbus = NULL;
}

/* ---- steps ------------------------------------------------------------------------------ */

void webmanager_tell(struct webmanager *webmanager, wm_ms now_ms)
{
    const struct wm_view *view = &webmanager->core.view;
    if (view->generation == webmanager->generation) {
        return;
    }
    webmanager->generation = view->generation;
    if (webmanager->snmp != NULL) {
        snmps_agent_set_uptime(webmanager->snmp, now_ms - webmanager->core.started_ms);
        snmps_agent_published(webmanager->snmp);
    }
    webmanager->published(webmanager->context, view);
}

wm_ms webmanager_step(struct webmanager *webmanager, wm_ms now_ms)
{
    wm_ms next_ms;
    do {
        next_ms = wm_core_step(&webmanager->core, now_ms);
        webmanager_tell(webmanager, now_ms);
    } while (next_ms <= now_ms);
    return next_ms;
}

enum wm_status webmanager_command(struct webmanager *webmanager, const struct wm_command *command,
                                  const char **why)
{
    const enum wm_status status = wm_core_command(&webmanager->core, command, why);
    if (command->kind == WM_COMMAND_CHECK) {
        return status; /* nothing was asked for */
    }
    webmanager->step(webmanager->context); /* if it was refused, to tell so */
    return status == WM_OK && !wm_core_is_kept(&webmanager->core) ? WM_IO : status;
}

/* ---- settings --------------------------------------------------------------------------- */

static bool is_structural(const struct wm_change *wished)
{
    return wished->string == NULL && wm_setting_is_structural(wished->setting);
}

static bool set(struct wm_settings *settings, const struct wm_change *wished, char *error,
                size_t error_size)
{
    char why[200];
    if (wished->string != NULL) {
        if (wm_text_set(settings, wished->text, wished->string) == WM_OK) {
            return true;
        }
        if (wm_text_check(wished->text, wished->string, why, sizeof why) != WM_OK) {
            (void)snprintf(error, error_size, "setting %s", why);
        }
        return false;
    }
    if (wm_settings_set(settings, wished->setting, wished->value) == WM_OK) {
        return true;
    }
    const struct wm_setting_row *row = wm_setting(wished->setting);
    (void)snprintf(error, error_size, "setting %s: %ld is not possible; it takes %ld to %ld %s",
                   row->name, (long)wished->value, (long)row->min, (long)row->max,
                   wm_unit(row->unit)->name);
    return false;
}

bool webmanager_settings(const struct wm_change *changes, size_t count,
                         struct wm_settings *settings, char *error, size_t error_size)
{
    wm_settings_reset(settings);
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < count; i++) {
            if (is_structural(&changes[i]) == (pass == 0) &&
                !set(settings, &changes[i], error, error_size)) {
                return false;
            }
        }
        if (pass == 0) {
            wm_settings_derive(settings);
        }
    }
    return true;
}

bool webmanager_settings_agree(const struct wm_settings *settings, char *error, size_t error_size)
{
    const char *why;
    if (wm_settings_check(settings, &why) == WM_OK) {
        return true;
    }
    (void)snprintf(error, error_size, "settings contradict one another: %s", why);
    return false;
}
