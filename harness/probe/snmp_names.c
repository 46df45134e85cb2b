/*
 * snmp_names.c — see snmp_names.h.
 */
#include <string.h>

#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include "harness/probe/snmp_names.h"
#include "wm/catalog.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const oid alarm_entry[] = {WM_OID_BACS, WM_SNMP_ALARMS, WM_SNMP_ALARM_TABLE, 1};
static const oid well_known[] = {WM_OID_BACS, WM_SNMP_ALARMS, WM_SNMP_WELL_KNOWN};

uint32_t hx_well_known_number(const netsnmp_variable_list *variable)
{
    size_t length = OID_LENGTH(well_known);
    if (variable->type != ASN_OBJECT_ID || variable->val_len != (length + 1) * sizeof(oid) ||
        memcmp(variable->val.objid, well_known, sizeof well_known) != 0) {
        return 0;
    }
    return (uint32_t)variable->val.objid[length];
}

bool hx_is_alarm_cell(const netsnmp_variable_list *variable, oid column, oid *row)
{
    size_t length = OID_LENGTH(alarm_entry);
    if (variable->name_length != length + 2 ||
        memcmp(variable->name, alarm_entry, sizeof alarm_entry) != 0 ||
        variable->name[length] != column) {
        return false;
    }
    *row = variable->name[length + 1];
    return true;
}

size_t hx_alarm_entry(const oid **arcs)
{
    *arcs = alarm_entry;
    return OID_LENGTH(alarm_entry);
}

const char *hx_error_name(long status)
{
    static const char *const names[] = {
        "noError",
        "tooBig",
        "noSuchName",
        "badValue",
        "readOnly",
        "genErr",
        "noAccess",
        "wrongType",
        "wrongLength",
        "wrongEncoding",
        "wrongValue",
        "noCreation",
        "inconsistentValue",
        "resourceUnavailable",
        "commitFailed",
        "undoFailed",
        "authorizationError",
        "notWritable",
        "inconsistentName",
    };
    return status >= 0 && (size_t)status < COUNT(names) ? names[status] : "unknown";
}

const char *hx_report_name(const netsnmp_pdu *report)
{
    static const oid usm_stats[] = {1, 3, 6, 1, 6, 3, 15, 1, 1};
    static const char *const names[] = {
        "unknown",         "unsupportedSecLevel", "notInTimeWindow", "unknownUserName",
        "unknownEngineID", "wrongDigest",         "decryptionError",
    };
    const netsnmp_variable_list *counter = report->variables;
    if (counter == NULL || counter->name_length != OID_LENGTH(usm_stats) + 2 ||
        memcmp(counter->name, usm_stats, sizeof usm_stats) != 0) {
        return names[0];
    }
    oid arc = counter->name[OID_LENGTH(usm_stats)];
    return arc < COUNT(names) ? names[arc] : names[0];
}
