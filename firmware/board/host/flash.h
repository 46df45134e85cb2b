/*
 * flash.h — a small NOR flash: the port to it, and a simulated chip that a power cut can tear.
 *
 * Erasing sets a block to 0xFF, programming clears bits and sets none. A cut leaves an operation
 * anywhere between its two ends: of a program whole units, lowest first, and one in the middle; of
 * an erase a part of the block, or every byte of it with some bits up and the others as they were.
 *
 * The layout is that of a usual chip: blocks of 32 KiB, units of 16 bytes, 100,000 erases a block.
 */
#ifndef BOARD_FLASH_H
#define BOARD_FLASH_H

#include <stddef.h>
#include <stdint.h>

#include "wm/status.h"

#define FLASH_UNIT       16
#define FLASH_BLOCK_SIZE 32768
#define FLASH_BLOCKS     2
#define FLASH_SIZE       (FLASH_BLOCKS * FLASH_BLOCK_SIZE)

/* `at` counts bytes from the first block on; at + size <= FLASH_SIZE. */
struct flash_ops {
    void (*read)(void *self, uint32_t at, void *bytes, size_t size);
    /* at and size are whole units. WM_IO: some of it may have happened. */
    enum wm_status (*program)(void *self, uint32_t at, const void *bytes, size_t size);
    enum wm_status (*erase)(void *self, int block);
};

/* Borrowed; outlives who uses it. */
struct flash {
    const struct flash_ops *ops;
    void *self;
};

struct flash_chip {
    uint8_t bytes[FLASH_SIZE];
    uint32_t erases[FLASH_BLOCKS]; /* so far: its wear */
};

/* As it comes from the factory: erased. */
void flash_chip_init(struct flash_chip *chip);

/* The port; it borrows chip, and never fails. */
struct flash flash_chip_port(struct flash_chip *chip);

/* How many torn states a program of so many bytes has, beside none of it and all of it. */
int flash_program_states(size_t size);
/* The same of an erase. */
int flash_erase_states(void);

/* The operation as a cut leaves it in `state`: 1..flash_..._states. */
void flash_chip_program_torn(struct flash_chip *chip, uint32_t at, const void *bytes, size_t size,
                             int state);
void flash_chip_erase_torn(struct flash_chip *chip, int block, int state);

#endif
