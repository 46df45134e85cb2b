/*
 * receivers.h — whom traps and informs are told, and telling them.
 *
 * Always true: nobody is waited for. What a receiver acknowledges, and what has to be said again,
 * is seen to by the loop, on wall time (decision M11); one that is down costs the others nothing.
 */
#ifndef SNMPS_RECEIVERS_H
#define SNMPS_RECEIVERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wm/catalog.h"
#include "wm/units.h"

struct ev_loop;
struct snmps_receivers;

enum snmps_news_kind {
    SNMPS_COLD_START,             /* RFC 3418 */
    SNMPS_AUTHENTICATION_FAILURE, /* RFC 3418 */
    SNMPS_ENTRY_ADDED,
    SNMPS_ENTRY_REMOVED,
};

struct snmps_news {
    enum snmps_news_kind kind;
    uint32_t id;    /* of the row that was added or removed */
    int32_t number; /* of its well-known alarm, 1..39 */
};

/* The loop is borrowed and outlives them. Null without memory. */
struct snmps_receivers *snmps_receivers_create(struct ev_loop *loop);
void snmps_receivers_destroy(struct snmps_receivers *receivers);

/*
 * Tells those of the settings from now on; who stays the same keeps what is under way. New users of
 * v3 (snmps_access_apply came before) open the receivers of v3 anew, and are told what is under way
 * again. The settings are borrowed until they are applied again.
 */
void snmps_receivers_apply(struct snmps_receivers *receivers, const struct wm_settings *settings,
                           bool are_users_new);

/* Tells all of them, at this uptime. */
void snmps_receivers_tell(struct snmps_receivers *receivers, const struct snmps_news *news,
                          wm_ms uptime_ms);

#endif
