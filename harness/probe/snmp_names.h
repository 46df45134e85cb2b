/*
 * snmp_names.h — what a manager makes of the numbers in a message: rows of the alarm table, names
 * of alarms, and what the RFCs call an answer.
 *
 * Net-SNMP's own headers come before this one.
 */
#ifndef HX_PROBE_SNMP_NAMES_H
#define HX_PROBE_SNMP_NAMES_H

#include <stdbool.h>
#include <stdint.h>

/* The number below bacsWellKnownAlarms that is the variable's value; 0: it is none of these. */
uint32_t hx_well_known_number(const netsnmp_variable_list *variable);
/* Is it a cell of this column of the alarm table? Then *row is its index. */
bool hx_is_alarm_cell(const netsnmp_variable_list *variable, oid column, oid *row);
/* The first arcs of any cell of the alarm table; returns how many. */
size_t hx_alarm_entry(const oid **arcs);

/* "noError", "wrongType", ... of an error-status (RFC 3416, 3). */
const char *hx_error_name(long status);
/* "unknownUserName", "wrongDigest", ... of a report (RFC 3414, 5). */
const char *hx_report_name(const netsnmp_pdu *report);

#endif
