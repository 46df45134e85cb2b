/*
 * record.h — records of the store that are believed only whole: version, size, body, checksum.
 *
 * Always true: a body that is handed out is the one that was saved, of the version asked for; a
 * flipped bit, a missing byte or another version's record is damage (decision B23).
 */
#ifndef WM_RECORD_H
#define WM_RECORD_H

#include <stddef.h>
#include <stdint.h>

#include "wm/limits.h"
#include "wm/status.h"
#include "wm/store.h"

/* Version 1, size of the body 2, and the CRC-32 of all before it 4 bytes. */
#define WM_RECORD_OVERHEAD 7
#define WM_RECORD_BODY_MAX (WM_RECORD_SIZE_MAX - WM_RECORD_OVERHEAD)

/* size <= WM_RECORD_BODY_MAX. WM_OK, or what the store answers. */
WM_MUST_CHECK enum wm_status wm_record_save(const struct wm_store *store, const char *name,
                                            uint8_t version, const uint8_t *body, size_t size);

/*
 * The size of the body, WM_ABSENT where there is no record, or WM_DAMAGED where it cannot be read
 * or believed or is larger than size_max; the body is then not to be used.
 */
WM_MUST_CHECK int wm_record_load(const struct wm_store *store, const char *name, uint8_t version,
                                 uint8_t *body, size_t size_max);

/* A record that is one number, 0 to INT32_MAX. Statuses as above. */
WM_MUST_CHECK enum wm_status wm_record_save_count(const struct wm_store *store, const char *name,
                                                  int32_t count);
WM_MUST_CHECK enum wm_status wm_record_load_count(const struct wm_store *store, const char *name,
                                                  int32_t *count);

/* CRC-32 of IEEE 802.3. */
uint32_t wm_crc32(const uint8_t *bytes, size_t size);

#endif
