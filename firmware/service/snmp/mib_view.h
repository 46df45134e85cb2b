/*
 * mib_view.h — the published view as SNMP objects: what an OID shows, and which OID is next.
 *
 * Covers the system group (1.3.6.1.2.1.1), the snmp group (1.3.6.1.2.1.11) and everything below
 * bacs (1.3.6.1.2.1.33.5) that has a value. It answers from its source alone and changes nothing.
 *
 * Always true: objects are visited in lexicographic order, each exactly once, without a hole; a
 * step costs the same however many rows there are.
 */
#ifndef SNMPS_MIB_VIEW_H
#define SNMPS_MIB_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wm/catalog.h"
#include "wm/limits.h"
#include "wm/units.h"
#include "wm/view.h"

enum snmps_type {
    SNMPS_INTEGER,
    SNMPS_GAUGE,
    SNMPS_COUNTER,
    SNMPS_TIMETICKS,
    SNMPS_OID,
    SNMPS_OCTETS,
};

struct snmps_value {
    uint8_t type;    /* enum snmps_type                        */
    int32_t integer; /* of INTEGER and GAUGE                   */
    uint32_t count;  /* of COUNTER                             */
    uint32_t ticks;  /* of TIMETICKS, 0.01 s, wrapped at 2^32  */
    uint32_t oid[WM_OID_MAX];
    size_t oid_length;
    const char *text; /* of OCTETS; the source's               */
};

/* Leaves of the snmp group (RFC 3418), 1..32; 7 and 23 were never used. */
enum { SNMPS_COUNTERS = 32, SNMPS_ENABLE_TRAPS = 30 };
/* Values of snmpEnableAuthenTraps. */
enum { SNMPS_TRAPS_ENABLED = 1, SNMPS_TRAPS_DISABLED = 2 };

/* What is read, all of one instant; borrowed. */
struct snmps_source {
    const struct wm_view *view;
    wm_ms uptime_ms;                      /* >= 0, of the request  */
    uint32_t counter[SNMPS_COUNTERS + 1]; /* by leaf of the snmp group */
};

enum snmps_found {
    SNMPS_FOUND,
    SNMPS_NO_OBJECT,   /* noSuchObject: nothing of this kind is known             */
    SNMPS_NO_INSTANCE, /* noSuchInstance: the object is known, this one is not    */
};

enum snmps_column_kind {
    SNMPS_COLUMN_SYSTEM,
    SNMPS_COLUMN_SNMP,
    SNMPS_COLUMN_SETTING,
    SNMPS_COLUMN_POINT,
    SNMPS_COLUMN_ALARM,
};

/* One object type: an OID below which its instances stand, one sub-identifier each. */
struct snmps_column {
    uint32_t oid[WM_OID_MAX];
    size_t length;
    enum snmps_column_kind kind;
    int32_t row;    /* leaf, leaf, enum wm_setting, enum wm_point, alarm column; by kind  */
    int32_t number; /* of a point that stands alone: its item; 0: the instance is the item */
};

/* Scalars of system and snmp, settings, columns of the alarm table, points, lines of the aux. */
#define SNMPS_COLUMNS_MAX                                                                          \
    (7 + SNMPS_COUNTERS + (int)wm_setting_count + 3 + (int)wm_point_count + 2 * WM_AUX_LINES_MAX)

/* All object types in lexicographic order; const after snmps_mib_fill. */
struct snmps_mib {
    struct snmps_column columns[SNMPS_COLUMNS_MAX];
    size_t columns_count;
};

/* An existing instance: column and its last sub-identifier. */
struct snmps_place {
    size_t column;
    uint32_t instance;
};

/* Fills mib from the catalog. */
void snmps_mib_fill(struct snmps_mib *mib);

/* The column that an OID is below, or null. */
const struct snmps_column *snmps_column_of(const struct snmps_mib *mib, const uint32_t *oid,
                                           size_t length);

/* Whether a SET may meet it, and which setting or text it then is; false: it is none of these. */
bool snmps_is_writable(const struct snmps_column *column);
bool snmps_setting_of(const struct snmps_column *column, enum wm_setting *setting);
bool snmps_text_of(const struct snmps_column *column, enum wm_text *text);

/* The value at exactly this OID; *value is set when the answer is SNMPS_FOUND. */
enum snmps_found snmps_get(const struct snmps_mib *mib, const struct snmps_source *source,
                           const uint32_t *oid, size_t length, struct snmps_value *value);

/* The first instance after an OID of any kind and length; false at the end of the MIB view. */
bool snmps_next(const struct snmps_mib *mib, const struct wm_view *view, const uint32_t *oid,
                size_t length, struct snmps_place *place);

/* The instance after one that exists; false at the end. */
bool snmps_after(const struct snmps_mib *mib, const struct wm_view *view,
                 struct snmps_place *place);

/* The OID of a place into oid[WM_OID_MAX]; returns its length. */
size_t snmps_place_oid(const struct snmps_mib *mib, const struct snmps_place *place, uint32_t *oid);

/* The value at a place that exists in the source's view. */
void snmps_place_value(const struct snmps_mib *mib, const struct snmps_source *source,
                       const struct snmps_place *place, struct snmps_value *value);

/* Lexicographic order of two OIDs: below, equal or above zero. */
int snmps_oid_compare(const uint32_t *left, size_t left_length, const uint32_t *right,
                      size_t right_length);

/* SNMP's TimeTicks: 0.01 s since start, modulo 2^32. */
uint32_t snmps_ticks(wm_ms uptime_ms);

/*
 * The OID of a column of the alarm table for a row's id, and of a well-known alarm, into
 * oid[WM_OID_MAX]; both return the length.
 */
size_t snmps_alarm_oid(uint32_t column, uint32_t id, uint32_t *oid);
size_t snmps_well_known_oid(int32_t number, uint32_t *oid);

/* Columns of the alarm table. */
enum { SNMPS_ALARM_ID = 1, SNMPS_ALARM_DESCR = 2, SNMPS_ALARM_TIME = 3 };

#endif
