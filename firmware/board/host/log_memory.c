/*
 * log_memory.c — see log_memory.h.
 *
 * Record n stands in block n / records_a_block, at place n % records_a_block of it; block b stands
 * at b % blocks_max of the row. Numbers only count up: after a cut the lost ones are used again.
 */
#include "log_memory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "wm/limits.h"

void board_log_memory_init(struct board_log_memory *log)
{
    memset(log, 0, sizeof *log);
    for (int i = 0; i < WM_LOG_RINGS; i++) {
        const struct log_ring_limits limits = log_ring_limits((enum wm_log_ring)i);
        log->ring[i].blocks_max = limits.blocks_max;
        log->ring[i].entries_max = limits.entries_max;
    }
}

void board_log_memory_free(struct board_log_memory *log)
{
    for (int i = 0; i < WM_LOG_RINGS; i++) {
        struct board_log_ring *ring = &log->ring[i];
        for (size_t k = 0; ring->block != NULL && k < ring->blocks_max; k++) {
            free(ring->block[k]);
        }
        free(ring->block);
        ring->block = NULL;
    }
}

/* ---- bytes of a block ------------------------------------------------------------------- */

static uint8_t **place_of(const struct board_log_ring *ring, uint64_t block)
{
    return &ring->block[block % ring->blocks_max];
}

/* The block is what it says to be, all of it. */
static bool is_sound(const struct board_log_ring *ring, const uint8_t *bytes, uint64_t block)
{
    const size_t records = log_block_records(ring->record_size);
    return log_block_is_sound(bytes) && log_block_first(bytes) == block * records &&
           log_block_record_size(bytes) == ring->record_size && log_block_count(bytes) == records;
}

/* ---- append ----------------------------------------------------------------------------- */

/* Room for the block that begins now: new memory, or that of the oldest. */
static bool block_begin(struct board_log_ring *ring, uint64_t block)
{
    if (ring->block == NULL) {
        ring->block = calloc(ring->blocks_max, sizeof(uint8_t *));
    }
    if (ring->block == NULL) {
        return false;
    }
    uint8_t **place = place_of(ring, block);
    if (*place == NULL) {
        *place = malloc(BOARD_LOG_BLOCK_SIZE);
    }
    if (*place == NULL) {
        return false;
    }
    const size_t records = log_block_records(ring->record_size);
    log_block_begin(*place, block * records, ring->record_size);
    if (block >= ring->blocks_max) {
        ring->oldest = (block - ring->blocks_max + 1) * records;
    }
    ring->sound = 0;
    return true;
}

static enum wm_status memory_append(void *self, enum wm_log_ring which, const void *record,
                                    size_t size)
{
    struct board_log_ring *ring = &((struct board_log_memory *)self)->ring[which];
    assert(size > 0 && size <= WM_LOG_RECORD_MAX);
    assert(ring->record_size == 0 || ring->record_size == size);
    ring->record_size = size;
    const size_t records = log_block_records(size);
    const uint64_t block = ring->next / records;
    const size_t at = (size_t)(ring->next % records);
    if (at == 0 && !block_begin(ring, block)) {
        return WM_IO;
    }
    uint8_t *bytes = *place_of(ring, block);
    memcpy(log_block_at(bytes, at, size), record, size);
    ring->next++;
    if (at + 1 == records) {
        log_block_seal(bytes, records);
    }
    return WM_OK;
}

/* ---- read ------------------------------------------------------------------------------- */

static uint64_t memory_held(void *self, enum wm_log_ring which, uint64_t *first)
{
    const struct board_log_ring *ring = &((struct board_log_memory *)self)->ring[which];
    const uint64_t held = ring->next - ring->oldest;
    *first = held > ring->entries_max ? ring->next - ring->entries_max : ring->oldest;
    return ring->next - *first;
}

static int memory_read(void *self, enum wm_log_ring which, uint64_t number, void *record,
                       size_t size_max)
{
    struct board_log_ring *ring = &((struct board_log_memory *)self)->ring[which];
    uint64_t first;
    const uint64_t held = memory_held(self, which, &first);
    if (number < first || number - first >= held) {
        return WM_ABSENT;
    }
    const size_t records = log_block_records(ring->record_size);
    const uint64_t block = number / records;
    uint8_t *bytes = *place_of(ring, block);
    /* The last block is being filled and has no CRC yet. */
    if (block < ring->next / records && ring->sound != block + 1) {
        if (!is_sound(ring, bytes, block)) {
            return WM_DAMAGED;
        }
        ring->sound = block + 1;
    }
    if (ring->record_size > size_max) {
        return WM_DAMAGED;
    }
    memcpy(record, log_block_at(bytes, (size_t)(number % records), ring->record_size),
           ring->record_size);
    return (int)ring->record_size;
}

struct wm_log board_log_memory_port(struct board_log_memory *log)
{
    static const struct wm_log_ops ops = {memory_append, memory_held, memory_read};
    return (struct wm_log){&ops, log};
}

/* ---- power and memory ------------------------------------------------------------------- */

void board_log_memory_cut(struct board_log_memory *log)
{
    for (int i = 0; i < WM_LOG_RINGS; i++) {
        struct board_log_ring *ring = &log->ring[i];
        if (ring->record_size > 0) {
            const size_t records = log_block_records(ring->record_size);
            ring->next -= ring->next % records;
            ring->oldest = ring->oldest < ring->next ? ring->oldest : ring->next;
        }
    }
}

size_t board_log_memory_size(const struct board_log_memory *log, enum wm_log_ring ring)
{
    size_t blocks = 0;
    const struct board_log_ring *of = &log->ring[ring];
    for (size_t k = 0; of->block != NULL && k < of->blocks_max; k++) {
        blocks += of->block[k] != NULL;
    }
    return blocks * BOARD_LOG_BLOCK_SIZE;
}
