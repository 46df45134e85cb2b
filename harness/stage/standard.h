/*
 * standard.h — the objects of the system and snmp groups, as RFC 3418 and RFC 1213 have them.
 */
#ifndef HX_STAGE_STANDARD_H
#define HX_STAGE_STANDARD_H

#include <stddef.h>
#include <stdint.h>

#include "wm/catalog.h"

enum hx_standard_kind {
    HX_STANDARD_TEXT, /* shows a text of the settings     */
    HX_STANDARD_CONSTANT,
    HX_STANDARD_UPTIME,
    HX_STANDARD_COUNTER,
    HX_STANDARD_IDLE,    /* a counter of what never comes to pass here */
    HX_STANDARD_SETTING, /* snmpEnableAuthenTraps                 */
};

struct hx_standard_row {
    const char *name;
    enum hx_standard_kind kind;
    uint32_t group; /* arcs below 1.3.6.1.2.1: 1 system, 11 snmp */
    uint32_t leaf;
    enum wm_text text;
};

/* All of them; *count of them. */
const struct hx_standard_row *hx_standard_rows(size_t *count);

/* What snmpEnableAuthenTraps shows. */
enum { HX_TRAPS_ENABLED = 1, HX_TRAPS_DISABLED = 2 };

#endif
