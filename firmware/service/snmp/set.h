/*
 * set.h — what a SET means: variable bindings to changes of settings.
 *
 * Pure. Always true: it changes nothing; the order of checks is that of RFC 3416, 4.2.5.
 */
#ifndef SNMPS_SET_H
#define SNMPS_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mib_view.h"

/* Why a binding is refused, by the names of RFC 3416. */
enum snmps_refusal {
    SNMPS_TAKEN,
    SNMPS_NOT_WRITABLE,
    SNMPS_WRONG_TYPE,
    SNMPS_WRONG_LENGTH,
    SNMPS_WRONG_VALUE,
    SNMPS_NO_CREATION,
};

/* What a binding brings. */
struct snmps_written {
    enum snmps_type type;
    bool is_other_type; /* none of enum snmps_type */
    int64_t integer;    /* of INTEGER              */
    const void *octets; /* of OCTETS; borrowed     */
    size_t size;
};

/* DisplayString of RFC 2579. */
#define SNMPS_STRING_MAX 255

/* One binding that may be meant so. */
struct snmps_wish {
    bool is_there; /* such an instance is */
    bool is_text;
    enum wm_setting setting;
    enum wm_text text;
    int32_t shown; /* as it was written, in the object's encoding */
    char string[SNMPS_STRING_MAX + 1];
};

/* Checks a binding by itself, its range aside; *wish is what it means if it is taken. */
enum snmps_refusal snmps_set_take(const struct snmps_mib *mib, const uint32_t *oid, size_t length,
                                  const struct snmps_written *written, struct snmps_wish *wish);

/*
 * The change that a wish is, if its range and instance are right, among `wishes` that one message
 * brings together: temperatures are in the unit that will be in force (decisions S9, S10). The
 * change borrows the wish's string.
 */
enum snmps_refusal snmps_set_change(const struct snmps_wish *wish, const struct snmps_wish *all,
                                    size_t wishes, const struct wm_settings *settings,
                                    struct wm_change *change);

/* The change that takes this one back; it borrows from the settings. */
void snmps_set_reverse(const struct wm_change *change, const struct wm_settings *settings,
                       struct wm_change *reverse);

#endif
