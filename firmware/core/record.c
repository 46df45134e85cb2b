/*
 * record.c — see record.h.
 */
#include "record.h"

#include <assert.h>
#include <string.h>

enum { AT_VERSION, AT_SIZE, AT_BODY = AT_SIZE + 2, CRC_SIZE = 4 };
_Static_assert(AT_BODY + CRC_SIZE == WM_RECORD_OVERHEAD, "what stands around a body");
_Static_assert(WM_RECORD_SIZE_MAX <= UINT16_MAX, "a size has two bytes");

uint32_t wm_crc32(const uint8_t *bytes, size_t size)
{
    /* Half a byte at a time: the table of its sixteen remainders. */
    static const uint32_t remainder[16] = {
        0x00000000, 0x1DB71064, 0x3B6E20C8, 0x26D930AC, 0x76DC4190, 0x6B6B51F4,
        0x4DB26158, 0x5005713C, 0xEDB88320, 0xF00F9344, 0xD6D6A3E8, 0xCB61B38C,
        0x9B64C2B0, 0x86D3D2D4, 0xA00AE278, 0xBDBDF21C,
    };
    uint32_t crc = 0xFFFFFFFF;
    for (size_t i = 0; i < size; i++) {
        crc ^= bytes[i];
        crc = crc >> 4 ^ remainder[crc & 0x0F];
        crc = crc >> 4 ^ remainder[crc & 0x0F];
    }
    return ~crc;
}

static void crc_put(uint8_t bytes[CRC_SIZE], uint32_t crc)
{
    for (int i = 0; i < CRC_SIZE; i++) {
        bytes[i] = (uint8_t)(crc >> 8 * i);
    }
}

enum wm_status wm_record_save(const struct wm_store *store, const char *name, uint8_t version,
                              const uint8_t *body, size_t size)
{
    uint8_t record[WM_RECORD_SIZE_MAX];
    assert(size <= WM_RECORD_BODY_MAX);
    record[AT_VERSION] = version;
    record[AT_SIZE] = (uint8_t)size;
    record[AT_SIZE + 1] = (uint8_t)(size >> 8);
    memcpy(record + AT_BODY, body, size);
    crc_put(record + AT_BODY + size, wm_crc32(record, AT_BODY + size));
    return store->ops->save(store->self, name, record, size + WM_RECORD_OVERHEAD);
}

int wm_record_load(const struct wm_store *store, const char *name, uint8_t version, uint8_t *body,
                   size_t size_max)
{
    uint8_t record[WM_RECORD_SIZE_MAX];
    uint8_t crc[CRC_SIZE];
    const int got = store->ops->load(store->self, name, record, sizeof record);
    if (got == WM_ABSENT) {
        return WM_ABSENT;
    }
    if (got < WM_RECORD_OVERHEAD || got > WM_RECORD_SIZE_MAX) {
        return WM_DAMAGED;
    }
    const size_t size = (size_t)got - WM_RECORD_OVERHEAD;
    crc_put(crc, wm_crc32(record, AT_BODY + size));
    if (memcmp(crc, record + AT_BODY + size, CRC_SIZE) != 0 || record[AT_VERSION] != version ||
        (record[AT_SIZE] | (size_t)record[AT_SIZE + 1] << 8) != size || size > size_max) {
        return WM_DAMAGED;
    }
    memcpy(body, record + AT_BODY, size);
    return (int)size;
}

/* Low byte first. */
enum { COUNT_VERSION = 1, COUNT_SIZE = 4 };

enum wm_status wm_record_save_count(const struct wm_store *store, const char *name, int32_t count)
{
    assert(count >= 0);
    const uint32_t bits = (uint32_t)count;
    const uint8_t body[COUNT_SIZE] = {(uint8_t)bits, (uint8_t)(bits >> 8), (uint8_t)(bits >> 16),
                                      (uint8_t)(bits >> 24)};
    return wm_record_save(store, name, COUNT_VERSION, body, sizeof body);
}

enum wm_status wm_record_load_count(const struct wm_store *store, const char *name, int32_t *count)
{
    uint8_t body[COUNT_SIZE] = {0};
    const int size = wm_record_load(store, name, COUNT_VERSION, body, sizeof body);
    if (size == WM_ABSENT) {
        return WM_ABSENT;
    }
    const uint32_t bits =
        body[0] | (uint32_t)body[1] << 8 | (uint32_t)body[2] << 16 | (uint32_t)body[3] << 24;
    if (size != COUNT_SIZE || bits > INT32_MAX) {
        return WM_DAMAGED;
    }
    *count = (int32_t)bits;
    return WM_OK;
}
