/*
 * outsider.h — who the bench is to the webmanager's SNMP, by what the settings name: whom it asks
 * as, and which users its trap receivers know.
 */
#ifndef HX_STAGE_OUTSIDER_H
#define HX_STAGE_OUTSIDER_H

#include <stdbool.h>

#include "harness/probe/probe.h"
#include "wm/catalog.h"

/* Whoever reads: the read community, else the one that writes, else the first user of v3. */
void hx_outsider_reader(const struct wm_settings *settings, struct hx_asker *asker);

/* The write community; false: there is none. */
bool hx_outsider_writer(const struct wm_settings *settings, struct hx_asker *asker);

/* The question's reader, engine and users. */
void hx_outsider_fill(const struct wm_settings *settings, struct hx_question *question);

#endif
