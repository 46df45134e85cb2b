/*
 * store_memory.h — the host board's store: records in memory, gone with the board.
 */
#ifndef BOARD_STORE_MEMORY_H
#define BOARD_STORE_MEMORY_H

#include <stdint.h>

#include "wm/limits.h"
#include "wm/store.h"

/* One for each thing the core keeps. */
#define BOARD_RECORDS_MAX 8

struct board_store_memory {
    struct {
        char name[WM_RECORD_NAME_MAX];
        uint8_t bytes[WM_RECORD_SIZE_MAX];
        size_t size;
    } record[BOARD_RECORDS_MAX];
    size_t records;
};

/* The port over a zero-initialised store, which outlives it. */
struct wm_store board_store_memory_port(struct board_store_memory *store);

#endif
