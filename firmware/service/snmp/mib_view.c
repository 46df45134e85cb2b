/*
 * mib_view.c — sorted columns, and the instances of each by arithmetic.
 *
 * A scalar is a column with the one instance 0. The rows of a table are 1..configured; those of the
 * alarm table are the ids in the view, in order.
 */
#include "mib_view.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

#define OID_MIB_2  1, 3, 6, 1, 2, 1
#define OID_SYSTEM OID_MIB_2, 1
#define OID_SNMP   OID_MIB_2, 11

/* RFC 3418, "The System Group". */
enum {
    SYSTEM_DESCR = 1,
    SYSTEM_OBJECT_ID = 2,
    SYSTEM_UPTIME = 3,
    SYSTEM_CONTACT = 4,
    SYSTEM_NAME = 5,
    SYSTEM_LOCATION = 6,
    SYSTEM_SERVICES = 7,
};

/* Decision S1. */
static const uint32_t system_object_id[] = {OID_MIB_2, 33};
/* RFC 3418: 2^(7-1), a host that offers application services. */
#define SYSTEM_SERVICES_VALUE 64

/* No further row. */
#define NO_INSTANCE UINT32_MAX

int snmps_oid_compare(const uint32_t *left, size_t left_length, const uint32_t *right,
                      size_t right_length)
{
    const size_t common = left_length < right_length ? left_length : right_length;
    for (size_t i = 0; i < common; i++) {
        if (left[i] != right[i]) {
            return left[i] < right[i] ? -1 : 1;
        }
    }
    return (left_length > right_length) - (left_length < right_length);
}

uint32_t snmps_ticks(wm_ms uptime_ms)
{
    assert(uptime_ms >= 0);
    return (uint32_t)((uint64_t)uptime_ms / 10);
}

/* ---- the columns ------------------------------------------------------------------------ */

static void column_add(struct snmps_mib *mib, enum snmps_column_kind kind, int32_t row,
                       int32_t number, const uint32_t *oid, size_t length)
{
    assert(mib->columns_count < COUNT(mib->columns) && length < WM_OID_MAX);
    struct snmps_column *column = &mib->columns[mib->columns_count++];
    column->kind = kind;
    column->row = row;
    column->number = number;
    column->length = length;
    memcpy(column->oid, oid, length * sizeof *oid);
}

static void point_add(struct snmps_mib *mib, enum wm_point point)
{
    const enum wm_scope scope = wm_point(point)->scope;
    /* The lines of an aux are scalars; in a table the last sub-identifier is the item. */
    const bool is_table = scope == wm_scope_module || scope == wm_scope_string;
    const int32_t items = is_table ? 1 : wm_scope_items_max(scope);
    for (int32_t number = 1; number <= items; number++) {
        uint32_t oid[WM_OID_MAX];
        const size_t length = wm_point_oid(point, number, oid);
        if (length > 0) {
            column_add(mib, SNMPS_COLUMN_POINT, (int32_t)point, is_table ? 0 : number, oid,
                       length - 1);
        }
    }
}

static int column_compare(const void *left, const void *right)
{
    const struct snmps_column *a = left;
    const struct snmps_column *b = right;
    return snmps_oid_compare(a->oid, a->length, b->oid, b->length);
}

void snmps_mib_fill(struct snmps_mib *mib)
{
    memset(mib, 0, sizeof *mib);
    for (uint32_t leaf = SYSTEM_DESCR; leaf <= SYSTEM_SERVICES; leaf++) {
        const uint32_t oid[] = {OID_SYSTEM, leaf};
        column_add(mib, SNMPS_COLUMN_SYSTEM, (int32_t)leaf, 0, oid, COUNT(oid));
    }
    for (uint32_t leaf = 1; leaf <= SNMPS_COUNTERS; leaf++) {
        const uint32_t oid[] = {OID_SNMP, leaf};
        if (leaf != 7 && leaf != 23) {
            column_add(mib, SNMPS_COLUMN_SNMP, (int32_t)leaf, 0, oid, COUNT(oid));
        }
    }
    for (int s = 0; s < wm_setting_count; s++) {
        const int32_t leaf = wm_setting((enum wm_setting)s)->snmp_leaf;
        if (leaf != WM_NO_OBJECT) {
            const uint32_t oid[] = {WM_OID_BACS, WM_SNMP_SETTINGS, (uint32_t)leaf};
            column_add(mib, SNMPS_COLUMN_SETTING, s, 0, oid, COUNT(oid));
        }
    }
    for (int p = 0; p < wm_point_count; p++) {
        point_add(mib, (enum wm_point)p);
    }
    for (uint32_t leaf = SNMPS_ALARM_ID; leaf <= SNMPS_ALARM_TIME; leaf++) {
        uint32_t oid[WM_OID_MAX];
        const size_t length = snmps_alarm_oid(leaf, 0, oid);
        column_add(mib, SNMPS_COLUMN_ALARM, (int32_t)leaf, 0, oid, length - 1);
    }
    qsort(mib->columns, mib->columns_count, sizeof *mib->columns, column_compare);
}

/* ---- instances -------------------------------------------------------------------------- */

static const struct wm_view_alarm *alarm_at_least(const struct wm_view *view, uint32_t id)
{
    int32_t low = 0;
    int32_t high = view->alarm_rows;
    while (low < high) {
        const int32_t middle = low + (high - low) / 2;
        if (view->alarm[middle].id < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < view->alarm_rows ? &view->alarm[low] : NULL;
}

/* The first instance of a column at or above `from`, or NO_INSTANCE. */
static uint32_t instance_at_least(const struct snmps_column *column, const struct wm_view *view,
                                  uint32_t from)
{
    if (column->kind == SNMPS_COLUMN_ALARM) {
        const struct wm_view_alarm *alarm = alarm_at_least(view, from);
        return alarm == NULL ? NO_INSTANCE : alarm->id;
    }
    if (column->kind == SNMPS_COLUMN_POINT) {
        const enum wm_scope scope = wm_point((enum wm_point)column->row)->scope;
        const uint32_t items = (uint32_t)wm_scope_items(scope, &view->settings);
        if (column->number == 0) {
            const uint32_t instance = from < 1 ? 1 : from;
            return instance <= items ? instance : NO_INSTANCE;
        }
        if ((uint32_t)column->number > items) {
            return NO_INSTANCE;
        }
    }
    return from == 0 ? 0 : NO_INSTANCE;
}

/* Index of the last column at or before an OID; columns_count if there is none. */
static size_t column_at_most(const struct snmps_mib *mib, const uint32_t *oid, size_t length)
{
    size_t low = 0;
    size_t high = mib->columns_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const struct snmps_column *column = &mib->columns[middle];
        if (snmps_oid_compare(column->oid, column->length, oid, length) <= 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low == 0 ? mib->columns_count : low - 1;
}

static bool is_below(const struct snmps_column *column, const uint32_t *oid, size_t length)
{
    return length >= column->length && memcmp(column->oid, oid, column->length * sizeof *oid) == 0;
}

const struct snmps_column *snmps_column_of(const struct snmps_mib *mib, const uint32_t *oid,
                                           size_t length)
{
    const size_t column = column_at_most(mib, oid, length);
    return column < mib->columns_count && is_below(&mib->columns[column], oid, length)
               ? &mib->columns[column]
               : NULL;
}

bool snmps_setting_of(const struct snmps_column *column, enum wm_setting *setting)
{
    if (column->kind == SNMPS_COLUMN_SNMP && column->row == SNMPS_ENABLE_TRAPS) {
        *setting = wm_setting_snmp_authentication_traps;
        return true;
    }
    *setting = (enum wm_setting)column->row;
    return column->kind == SNMPS_COLUMN_SETTING;
}

bool snmps_text_of(const struct snmps_column *column, enum wm_text *text)
{
    static const struct {
        int32_t leaf;
        enum wm_text text;
    } rows[] = {
        {SYSTEM_DESCR, wm_text_system_description},
        {SYSTEM_CONTACT, wm_text_system_contact},
        {SYSTEM_NAME, wm_text_system_name},
        {SYSTEM_LOCATION, wm_text_system_location},
    };
    for (size_t i = 0; column->kind == SNMPS_COLUMN_SYSTEM && i < COUNT(rows); i++) {
        if (rows[i].leaf == column->row) {
            *text = rows[i].text;
            return true;
        }
    }
    return false;
}

bool snmps_is_writable(const struct snmps_column *column)
{
    enum wm_setting setting;
    if (column->kind == SNMPS_COLUMN_SYSTEM) {
        return column->row == SYSTEM_CONTACT || column->row == SYSTEM_NAME ||
               column->row == SYSTEM_LOCATION;
    }
    return snmps_setting_of(column, &setting) &&
           (column->kind == SNMPS_COLUMN_SNMP || wm_setting(setting)->access == WM_ACCESS_RW);
}

enum snmps_found snmps_get(const struct snmps_mib *mib, const struct snmps_source *source,
                           const uint32_t *oid, size_t length, struct snmps_value *value)
{
    const struct snmps_column *column = snmps_column_of(mib, oid, length);
    if (column == NULL) {
        return SNMPS_NO_OBJECT;
    }
    struct snmps_place place = {.column = (size_t)(column - mib->columns)};
    if (length != column->length + 1) {
        return SNMPS_NO_INSTANCE;
    }
    place.instance = oid[column->length];
    if (place.instance == NO_INSTANCE ||
        instance_at_least(column, source->view, place.instance) != place.instance) {
        return SNMPS_NO_INSTANCE;
    }
    snmps_place_value(mib, source, &place, value);
    return SNMPS_FOUND;
}

/* The first instance at or above `from` in this column, else the first of any later column. */
static bool place_at_least(const struct snmps_mib *mib, const struct wm_view *view, uint32_t from,
                           struct snmps_place *place)
{
    for (; place->column < mib->columns_count; place->column++) {
        place->instance = instance_at_least(&mib->columns[place->column], view, from);
        if (place->instance != NO_INSTANCE) {
            return true;
        }
        from = 0;
    }
    return false;
}

bool snmps_next(const struct snmps_mib *mib, const struct wm_view *view, const uint32_t *oid,
                size_t length, struct snmps_place *place)
{
    place->column = column_at_most(mib, oid, length);
    if (place->column == mib->columns_count) {
        place->column = 0;
        return place_at_least(mib, view, 0, place);
    }
    const struct snmps_column *column = &mib->columns[place->column];
    if (!is_below(column, oid, length)) {
        place->column++;
        return place_at_least(mib, view, 0, place);
    }
    if (length == column->length) {
        return place_at_least(mib, view, 0, place);
    }
    place->instance = oid[column->length];
    return snmps_after(mib, view, place);
}

bool snmps_after(const struct snmps_mib *mib, const struct wm_view *view, struct snmps_place *place)
{
    assert(place->column < mib->columns_count);
    if (place->instance == NO_INSTANCE) {
        place->column++;
        return place_at_least(mib, view, 0, place);
    }
    return place_at_least(mib, view, place->instance + 1, place);
}

/* ---- values ----------------------------------------------------------------------------- */

size_t snmps_alarm_oid(uint32_t column, uint32_t id, uint32_t *oid)
{
    const uint32_t full[] = {WM_OID_BACS, WM_SNMP_ALARMS, WM_SNMP_ALARM_TABLE, 1, column, id};
    memcpy(oid, full, sizeof full);
    return COUNT(full);
}

size_t snmps_well_known_oid(int32_t number, uint32_t *oid)
{
    const uint32_t full[] = {WM_OID_BACS, WM_SNMP_ALARMS, WM_SNMP_WELL_KNOWN, (uint32_t)number};
    memcpy(oid, full, sizeof full);
    return COUNT(full);
}

size_t snmps_place_oid(const struct snmps_mib *mib, const struct snmps_place *place, uint32_t *oid)
{
    const struct snmps_column *column = &mib->columns[place->column];
    memcpy(oid, column->oid, column->length * sizeof *oid);
    oid[column->length] = place->instance;
    return column->length + 1;
}

static void system_value(const struct snmps_column *column, const struct snmps_source *source,
                         struct snmps_value *value)
{
    enum wm_text text;
    switch (column->row) {
    case SYSTEM_OBJECT_ID:
        value->type = SNMPS_OID;
        value->oid_length = COUNT(system_object_id);
        memcpy(value->oid, system_object_id, sizeof system_object_id);
        break;
    case SYSTEM_UPTIME:
        value->type = SNMPS_TIMETICKS;
        value->ticks = snmps_ticks(source->uptime_ms);
        break;
    case SYSTEM_SERVICES:
        value->type = SNMPS_INTEGER;
        value->integer = SYSTEM_SERVICES_VALUE;
        break;
    default:
        value->type = SNMPS_OCTETS;
        value->text =
            snmps_text_of(column, &text) ? wm_text_value(&source->view->settings, text) : "";
        break;
    }
}

static void snmp_value(int32_t leaf, const struct snmps_source *source, struct snmps_value *value)
{
    if (leaf == SNMPS_ENABLE_TRAPS) {
        const bool is_on = source->view->settings.value[wm_setting_snmp_authentication_traps] != 0;
        value->type = SNMPS_INTEGER;
        value->integer = is_on ? SNMPS_TRAPS_ENABLED : SNMPS_TRAPS_DISABLED;
    } else {
        value->type = SNMPS_COUNTER;
        value->count = source->counter[leaf];
    }
}

static void alarm_value(int32_t leaf, const struct wm_view *view, uint32_t id,
                        struct snmps_value *value)
{
    const struct wm_view_alarm *alarm = alarm_at_least(view, id);
    assert(alarm != NULL && alarm->id == id);
    switch (leaf) {
    case SNMPS_ALARM_ID:
        value->type = SNMPS_INTEGER;
        value->integer = (int32_t)alarm->id;
        break;
    case SNMPS_ALARM_DESCR:
        value->type = SNMPS_OID;
        value->oid_length = snmps_well_known_oid(alarm->number, value->oid);
        break;
    default:
        value->type = SNMPS_TIMETICKS;
        /* Decision S7. */
        value->ticks = alarm->existed_at_start ? 0 : snmps_ticks(alarm->detected_ms);
        break;
    }
}

static void number_value(struct wm_encoding encoding, int32_t integer, struct snmps_value *value)
{
    value->type = encoding.kind == WM_ENCODE_GAUGE ? SNMPS_GAUGE : SNMPS_INTEGER;
    value->integer = integer;
}

void snmps_place_value(const struct snmps_mib *mib, const struct snmps_source *source,
                       const struct snmps_place *place, struct snmps_value *value)
{
    const struct snmps_column *column = &mib->columns[place->column];
    const struct wm_view *view = source->view;
    switch (column->kind) {
    case SNMPS_COLUMN_SYSTEM:
        system_value(column, source, value);
        break;
    case SNMPS_COLUMN_SNMP:
        snmp_value(column->row, source, value);
        break;
    case SNMPS_COLUMN_SETTING: {
        const struct wm_setting_row *row = wm_setting((enum wm_setting)column->row);
        number_value(row->snmp_encoding,
                     wm_encode(row->snmp_encoding, row->unit, view->settings.value[column->row],
                               &view->settings),
                     value);
        break;
    }
    case SNMPS_COLUMN_POINT: {
        const enum wm_point point = (enum wm_point)column->row;
        const struct wm_point_row *row = wm_point(point);
        const int32_t number = column->number == 0 ? (int32_t)place->instance : column->number;
        int32_t read;
        int32_t shown = 0;
        /* What is lost or was never measured reads 0, in whatever unit (decision S3). */
        if (wm_point_read(point, number, view, &read)) {
            shown = wm_encode(row->snmp_encoding, row->unit, read, &view->settings);
        }
        number_value(row->snmp_encoding, shown, value);
        break;
    }
    case SNMPS_COLUMN_ALARM:
        alarm_value(column->row, view, place->instance, value);
        break;
    }
}
