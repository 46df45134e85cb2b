/*
 * log_memory.h — the host board's log rings, in memory, in the form that they have on a flash.
 *
 * A ring is a row of blocks (log_block.h); a block is sealed when it is full. Always true: what a
 * block of another count or CRC holds is never handed out, so a power cut costs at most the block
 * that was being filled; memory is taken block by block, up to the ring's limit and no further.
 */
#ifndef BOARD_LOG_MEMORY_H
#define BOARD_LOG_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include "firmware/board/common/log_block.h"
#include "wm/log.h"

struct board_log_ring {
    /* Limits, as decision B20 has them; a test may lower them before the first record. */
    size_t blocks_max;
    uint64_t entries_max;
    /* private */
    uint8_t **block; /* blocks_max of them, those not yet needed null */
    size_t record_size;
    uint64_t next;   /* number of the record that comes next      */
    uint64_t oldest; /* number of the first one of the oldest block */
    uint64_t sound;  /* place in the row, from 1, of the block last found sound; 0: none */
};

struct board_log_memory {
    struct board_log_ring ring[WM_LOG_RINGS];
};

/* Empty rings with the limits of decision B20. */
void board_log_memory_init(struct board_log_memory *log);
void board_log_memory_free(struct board_log_memory *log);

/* The port; it borrows log. */
struct wm_log board_log_memory_port(struct board_log_memory *log);

/* The power goes: what was in a block that was not full is lost. */
void board_log_memory_cut(struct board_log_memory *log);

/* The bytes of memory that a ring has taken. */
size_t board_log_memory_size(const struct board_log_memory *log, enum wm_log_ring ring);

#endif
