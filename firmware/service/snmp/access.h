/*
 * access.h — who may read and set: communities with their managers, users of v3, and the engine id
 * that v3 knows the webmanager by, from settings into Net-SNMP's tables (decision S2).
 *
 * Always true: what the settings do not name is refused, and so is a community by the name of
 * COMMUNITY, which the library takes for a gap in a form. The library must have been started.
 *
 * What protects a request: by v1 and v2c nothing but the address it claims to come from, and a word
 * that all on the way can read. By v3 a digest: nobody can make or change a message without the
 * passphrase, nor read it if it is encrypted; a key is good for one engine id only. Against a
 * message that is said again v3 has the engine's boots and time alone: what was sent more than
 * 150 s ago, or before the last start, counts no more (RFC 3414, 2.2.3). Within the 150 s it counts
 * again: a SET that was overheard can then be put back in force after a later one.
 */
#ifndef SNMPS_ACCESS_H
#define SNMPS_ACCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wm/catalog.h"

/* The library's number for a level: its SNMP_SEC_LEVEL_... */
int snmps_security_level(enum wm_snmp_level level);

/*
 * Puts all of it into force in place of what was; `before` is what was, null at first. boots:
 * starts of the webmanager so far, 1 to INT32_MAX (RFC 3414, 2.2). True: the users are new, and
 * whom snmps_access_know told of is forgotten. A new passphrase takes some milliseconds.
 */
bool snmps_access_apply(const struct wm_settings *settings, const struct wm_settings *before,
                        int32_t boots);

/*
 * Lets a user speak to an engine that is not ours: a key is good for one engine only (RFC 3414,
 * 2.6). False without memory.
 */
bool snmps_access_know(const struct wm_settings *settings, int32_t number, const void *engine,
                       size_t engine_size);

#endif
