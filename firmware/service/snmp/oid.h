/*
 * oid.h — names of objects between the catalog, which has sub-identifiers of 32 bits as the wire
 * does, and the library, which keeps them in more.
 */
#ifndef SNMPS_OID_H
#define SNMPS_OID_H

/* Net-SNMP's headers need this order. */
#include <net-snmp/net-snmp-config.h>

#include <net-snmp/types.h>

#include <stddef.h>
#include <stdint.h>

/* to[length] */
void snmps_oid_widen(const uint32_t *from, size_t length, oid *to);

/* to[length]; returns the length. */
size_t snmps_oid_narrow(const oid *from, size_t length, uint32_t *to);

#endif
