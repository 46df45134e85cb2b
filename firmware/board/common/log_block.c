/*
 * log_block.c — see log_block.h.
 */
#include "log_block.h"

#include <string.h>

#include "firmware/core/record.h"
#include "wm/limits.h"
#include "wm/log_record.h"

enum {
    AT_FIRST = 0,
    AT_RECORD_SIZE = 8,
    AT_COUNT = 10,
    AT_RECORDS = 12,
    AT_CRC = BOARD_LOG_BLOCK_SIZE - 4,
};

struct log_ring_limits log_ring_limits(enum wm_log_ring ring)
{
    switch (ring) {
    case WM_LOG_NORMAL:
        return (struct log_ring_limits){WM_LOG_NORMAL_BYTES / BOARD_LOG_BLOCK_SIZE, UINT64_MAX};
    case WM_LOG_FLOW:
        return (struct log_ring_limits){WM_LOG_FLOW_BYTES / BOARD_LOG_BLOCK_SIZE, UINT64_MAX};
    default:
        /* One block more than full ones are needed for: the oldest goes whole. */
        return (struct log_ring_limits){
            WM_LOG_EVENTS_MAX / log_block_records(WM_LOG_EVENT_SIZE) + 2, WM_LOG_EVENTS_MAX};
    }
}

size_t log_block_records(size_t record_size)
{
    return (AT_CRC - AT_RECORDS) / record_size;
}

static void put(uint8_t *at, int bytes, uint64_t value)
{
    for (int i = 0; i < bytes; i++) {
        at[i] = (uint8_t)(value >> 8 * i);
    }
}

static uint64_t get(const uint8_t *at, int bytes)
{
    uint64_t value = 0;
    for (int i = 0; i < bytes; i++) {
        value |= (uint64_t)at[i] << 8 * i;
    }
    return value;
}

void log_block_begin(uint8_t *block, uint64_t first, size_t record_size)
{
    memset(block, 0xFF, BOARD_LOG_BLOCK_SIZE); /* erased */
    put(block + AT_FIRST, 8, first);
    put(block + AT_RECORD_SIZE, 2, record_size);
}

uint8_t *log_block_at(uint8_t *block, size_t at, size_t record_size)
{
    return block + AT_RECORDS + at * record_size;
}

void log_block_seal(uint8_t *block, size_t count)
{
    put(block + AT_COUNT, 2, count);
    put(block + AT_CRC, 4, wm_crc32(block, AT_CRC));
}

uint64_t log_block_first(const uint8_t *block)
{
    return get(block + AT_FIRST, 8);
}

size_t log_block_record_size(const uint8_t *block)
{
    return (size_t)get(block + AT_RECORD_SIZE, 2);
}

size_t log_block_count(const uint8_t *block)
{
    return (size_t)get(block + AT_COUNT, 2);
}

bool log_block_is_sound(const uint8_t *block)
{
    const size_t size = log_block_record_size(block);
    const size_t count = log_block_count(block);
    return size > 0 && size <= WM_LOG_RECORD_MAX && count > 0 && count <= log_block_records(size) &&
           get(block + AT_CRC, 4) == wm_crc32(block, AT_CRC);
}
