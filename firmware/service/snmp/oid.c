/*
 * oid.c — see oid.h.
 */
#include "oid.h"

void snmps_oid_widen(const uint32_t *from, size_t length, oid *to)
{
    for (size_t i = 0; i < length; i++) {
        to[i] = from[i];
    }
}

size_t snmps_oid_narrow(const oid *from, size_t length, uint32_t *to)
{
    for (size_t i = 0; i < length; i++) {
        to[i] = (uint32_t)from[i];
    }
    return length;
}
