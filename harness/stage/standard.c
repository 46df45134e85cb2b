/*
 * standard.c — see standard.h.
 */
#include "harness/stage/standard.h"

enum { SYSTEM = 1, SNMP = 11 };

static const struct hx_standard_row rows[] = {
    {"sysDescr", HX_STANDARD_TEXT, SYSTEM, 1, wm_text_system_description},
    {"sysObjectID", HX_STANDARD_CONSTANT, SYSTEM, 2, 0},
    {"sysUpTime", HX_STANDARD_UPTIME, SYSTEM, 3, 0},
    {"sysContact", HX_STANDARD_TEXT, SYSTEM, 4, wm_text_system_contact},
    {"sysName", HX_STANDARD_TEXT, SYSTEM, 5, wm_text_system_name},
    {"sysLocation", HX_STANDARD_TEXT, SYSTEM, 6, wm_text_system_location},
    {"sysServices", HX_STANDARD_CONSTANT, SYSTEM, 7, 0},

    {"snmpInPkts", HX_STANDARD_COUNTER, SNMP, 1, 0},
    {"snmpOutPkts", HX_STANDARD_COUNTER, SNMP, 2, 0},
    {"snmpInBadVersions", HX_STANDARD_COUNTER, SNMP, 3, 0},
    {"snmpInBadCommunityNames", HX_STANDARD_COUNTER, SNMP, 4, 0},
    {"snmpInBadCommunityUses", HX_STANDARD_COUNTER, SNMP, 5, 0},
    {"snmpInASNParseErrs", HX_STANDARD_COUNTER, SNMP, 6, 0},
    {"snmpInTooBigs", HX_STANDARD_IDLE, SNMP, 8, 0},
    {"snmpInNoSuchNames", HX_STANDARD_IDLE, SNMP, 9, 0},
    {"snmpInBadValues", HX_STANDARD_IDLE, SNMP, 10, 0},
    {"snmpInReadOnlys", HX_STANDARD_IDLE, SNMP, 11, 0},
    {"snmpInGenErrs", HX_STANDARD_IDLE, SNMP, 12, 0},
    {"snmpInTotalReqVars", HX_STANDARD_COUNTER, SNMP, 13, 0},
    {"snmpInTotalSetVars", HX_STANDARD_COUNTER, SNMP, 14, 0},
    {"snmpInGetRequests", HX_STANDARD_COUNTER, SNMP, 15, 0},
    {"snmpInGetNexts", HX_STANDARD_COUNTER, SNMP, 16, 0},
    {"snmpInSetRequests", HX_STANDARD_COUNTER, SNMP, 17, 0},
    {"snmpInGetResponses", HX_STANDARD_IDLE, SNMP, 18, 0},
    {"snmpInTraps", HX_STANDARD_IDLE, SNMP, 19, 0},
    {"snmpOutTooBigs", HX_STANDARD_COUNTER, SNMP, 20, 0},
    {"snmpOutNoSuchNames", HX_STANDARD_COUNTER, SNMP, 21, 0},
    {"snmpOutBadValues", HX_STANDARD_COUNTER, SNMP, 22, 0},
    {"snmpOutGenErrs", HX_STANDARD_COUNTER, SNMP, 24, 0},
    {"snmpOutGetRequests", HX_STANDARD_IDLE, SNMP, 25, 0},
    {"snmpOutGetNexts", HX_STANDARD_IDLE, SNMP, 26, 0},
    {"snmpOutSetRequests", HX_STANDARD_IDLE, SNMP, 27, 0},
    {"snmpOutGetResponses", HX_STANDARD_COUNTER, SNMP, 28, 0},
    {"snmpOutTraps", HX_STANDARD_COUNTER, SNMP, 29, 0},
    {"snmpEnableAuthenTraps", HX_STANDARD_SETTING, SNMP, 30, 0},
    {"snmpSilentDrops", HX_STANDARD_IDLE, SNMP, 31, 0},
    {"snmpProxyDrops", HX_STANDARD_IDLE, SNMP, 32, 0},
};

const struct hx_standard_row *hx_standard_rows(size_t *count)
{
    *count = sizeof rows / sizeof rows[0];
    return rows;
}
