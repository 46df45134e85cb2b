/*
 * webmanager.h — the core and its services, put together: what every board does alike.
 *
 * A board gives the ports, the settings, an event loop and the time; here are the step with what
 * follows from a new picture, and the one way in for wishes.
 */
#ifndef BOARD_WEBMANAGER_H
#define BOARD_WEBMANAGER_H

#include <stddef.h>

#include "firmware/core/core.h"
#include "firmware/service/modbus/server.h"
#include "firmware/service/snmp/agent.h"
#include "wm/command.h"
#include "wm/view.h"

struct ev_loop;

/* Of the board; zero-initialised, then the hooks and wm_core_init of its core. */
struct webmanager {
    struct wm_core core;
    struct mbs_server *modbus;   /* ro; null: off */
    struct snmps_agent *snmp;    /* ro; null: off */
    uint32_t generation;         /* private: of the view last told */
    void (*step)(void *context); /* steps at the present instant: webmanager_step and a schedule */
    void (*published)(void *context, const struct wm_view *view); /* of every new one, in order */
    void *context;
};

/*
 * Opens what has an address: "HOST:PORT"; null: off. Wishes from SNMP go to `commands`, which comes
 * to webmanager_command in the end. False, with one line of place, cause and cure in error, when
 * one cannot be had; close then what is open.
 */
bool webmanager_open(struct webmanager *webmanager, struct ev_loop *loop,
                     const char *modbus_address, const char *snmp_address,
                     const struct wm_commands *commands, char *error, size_t error_size);

/* Closes the services; allowed in any state. */
void webmanager_close(struct webmanager *webmanager);

/* Steps until nothing is due at now_ms; returns when to step again at the latest, or WM_NEVER. */
wm_ms webmanager_step(struct webmanager *webmanager, wm_ms now_ms);

/* Tells of the view if it has not been told; webmanager_step does so by itself. */
void webmanager_tell(struct webmanager *webmanager, wm_ms now_ms);

/* In force by a step at the same instant, and kept, before the service answers (decision H5). */
enum wm_status webmanager_command(struct webmanager *webmanager, const struct wm_command *command,
                                  const char **why);

/*
 * The settings of a webmanager that was given these changes; later ones win. What the plant is
 * comes first: the other defaults are scaled by it. False, with one line in error, if there is no
 * such value. They may still contradict one another.
 */
bool webmanager_settings(const struct wm_change *changes, size_t count,
                         struct wm_settings *settings, char *error, size_t error_size);

/* Do they agree with one another? False, with one line in error, if not. */
bool webmanager_settings_agree(const struct wm_settings *settings, char *error, size_t error_size);

#endif
