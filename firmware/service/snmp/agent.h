/*
 * agent.h — the SNMP agent: an embedded Net-SNMP master agent driven by libev.
 *
 * Answers v1, v2c and v3 to whom the settings name; anybody else gets silence, or what RFC 3414 has
 * for strangers (decision S2). A SET is in force and kept before it is answered, or not at all.
 * Reads no configuration file, keeps nothing on disk, prints nothing.
 *
 * What a request may cost, and what waits of a flood, is limited: wire.h. What protects a request,
 * and what does not: access.h.
 *
 * Always true: a process has at most one agent open (the library's state is global); every time it
 * shows or sends is the uptime it was given, never the wall clock.
 */
#ifndef SNMPS_AGENT_H
#define SNMPS_AGENT_H

#include <stddef.h>

#include "wm/command.h"
#include "wm/units.h"
#include "wm/view.h"

struct ev_loop;
struct snmps_agent;

/*
 * Listens on address, "HOST:PORT" or "[HOST]:PORT"; port 0 picks a free one. Whom it answers, and
 * whom it tells, is in the view's settings, now and whenever a view is published; the receivers'
 * first is coldStart, told before this returns, with uptime 0. What is SET goes by commands. loop,
 * view and commands' self are borrowed and outlive the agent; the view's content may change between
 * turns of the loop.
 * Null, with one line of place, cause and cure in error; nothing is then left open.
 */
struct snmps_agent *snmps_agent_open(struct ev_loop *loop, const char *address,
                                     const struct wm_view *view, const struct wm_commands *commands,
                                     char *error, size_t error_size);

/* The uptime that sysUpTime and traps show from now on; time may stand still. uptime_ms >= 0. */
void snmps_agent_set_uptime(struct snmps_agent *agent, wm_ms uptime_ms);

/*
 * To be called after each published view: tells every receiver which rows of the alarm table went
 * and which came since the call before (decisions S7, S8). Never blocks.
 */
void snmps_agent_published(struct snmps_agent *agent);

/* The port really bound, 1..65535. */
int snmps_agent_port(const struct snmps_agent *agent);

/* Releases everything; another agent may be opened then. Null is allowed. */
void snmps_agent_close(struct snmps_agent *agent);

#endif
