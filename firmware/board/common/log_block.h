/*
 * log_block.h — the blocks that log rings are made of, in memory and on a disk.
 *
 * A block has the number of its first record, the size of a record and how many it holds, the
 * records, and a CRC-32 over all of it. Always true: a block is believed as a whole or not at all,
 * and only where it says itself which one it is.
 */
#ifndef BOARD_LOG_BLOCK_H
#define BOARD_LOG_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wm/log.h"

/* A page of the usual flash, and of the usual disk. */
#define BOARD_LOG_BLOCK_SIZE 4096

/* How much a ring holds at most (decision B20). */
struct log_ring_limits {
    size_t blocks_max;
    uint64_t entries_max;
};
struct log_ring_limits log_ring_limits(enum wm_log_ring ring);

/* Records of a size that a block has room for. */
size_t log_block_records(size_t record_size);

/* Erased, but for which one it is. */
void log_block_begin(uint8_t *block, uint64_t first, size_t record_size);

/* Where record `at` of it stands; within the block whatever `at` is below log_block_records. */
uint8_t *log_block_at(uint8_t *block, size_t at, size_t record_size);

/* From now on it is sound, with so many records; writing another one ends that. */
void log_block_seal(uint8_t *block, size_t count);

/* What it says of itself. */
uint64_t log_block_first(const uint8_t *block);
size_t log_block_record_size(const uint8_t *block);
size_t log_block_count(const uint8_t *block);

/* Is it whole, with at least one record and no more than it has room for? */
bool log_block_is_sound(const uint8_t *block);

#endif
