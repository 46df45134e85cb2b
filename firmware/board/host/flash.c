/*
 * flash.c — the simulated chip. See flash.h.
 */
#include "flash.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

enum {
    ERASED = 0xFF,
    /* Of each unit: half of its bytes, every other bit, whole; the last whole one ends it. */
    UNIT_STATES = 3,
    EVERY_OTHER_BIT = 0xAA,
};

void flash_chip_init(struct flash_chip *chip)
{
    memset(chip, 0, sizeof *chip);
    memset(chip->bytes, ERASED, sizeof chip->bytes);
}

static void chip_read(void *self, uint32_t at, void *bytes, size_t size)
{
    const struct flash_chip *chip = self;
    assert(at <= FLASH_SIZE && size <= FLASH_SIZE - at);
    memcpy(bytes, chip->bytes + at, size);
}

/* `keep`: bits that stay as they are. */
static void bits_clear(struct flash_chip *chip, uint32_t at, const uint8_t *bytes, size_t size,
                       uint8_t keep)
{
    for (size_t i = 0; i < size; i++) {
        chip->bytes[at + i] &= bytes[i] | keep;
    }
}

static void program_check(uint32_t at, size_t size)
{
    assert(at % FLASH_UNIT == 0 && size % FLASH_UNIT == 0 && size > 0);
    assert(at <= FLASH_SIZE && size <= FLASH_SIZE - at);
}

static enum wm_status chip_program(void *self, uint32_t at, const void *bytes, size_t size)
{
    program_check(at, size);
    bits_clear(self, at, bytes, size, 0);
    return WM_OK;
}

static uint8_t *block_of(struct flash_chip *chip, int block)
{
    assert(block >= 0 && block < FLASH_BLOCKS);
    return chip->bytes + (size_t)block * FLASH_BLOCK_SIZE;
}

static enum wm_status chip_erase(void *self, int block)
{
    struct flash_chip *chip = self;
    memset(block_of(chip, block), ERASED, FLASH_BLOCK_SIZE);
    chip->erases[block]++;
    return WM_OK;
}

struct flash flash_chip_port(struct flash_chip *chip)
{
    static const struct flash_ops ops = {chip_read, chip_program, chip_erase};
    return (struct flash){&ops, chip};
}

/* ---- torn ------------------------------------------------------------------------------- */

int flash_program_states(size_t size)
{
    return UNIT_STATES * (int)(size / FLASH_UNIT) - 1;
}

void flash_chip_program_torn(struct flash_chip *chip, uint32_t at, const void *bytes, size_t size,
                             int state)
{
    program_check(at, size);
    assert(state >= 1 && state <= flash_program_states(size));
    const size_t whole = (size_t)(state / UNIT_STATES) * FLASH_UNIT;
    const uint8_t *next = (const uint8_t *)bytes + whole;
    bits_clear(chip, at, bytes, whole, 0);
    if (state % UNIT_STATES == 1) {
        bits_clear(chip, at + (uint32_t)whole, next, FLASH_UNIT / 2, 0);
    } else if (state % UNIT_STATES == 2) {
        bits_clear(chip, at + (uint32_t)whole, next, FLASH_UNIT, EVERY_OTHER_BIT);
    }
}

/* A part of a block that is erased, and what is up already elsewhere. */
static const struct {
    uint32_t from;
    uint32_t until;
    uint8_t up;
} erase_states[] = {
    {0, FLASH_UNIT, 0},
    {FLASH_UNIT, 2 * FLASH_UNIT, 0},
    {0, FLASH_BLOCK_SIZE / 2, 0},
    {FLASH_BLOCK_SIZE / 2, FLASH_BLOCK_SIZE, 0},
    {2 * FLASH_UNIT, FLASH_BLOCK_SIZE, 0},
    {0, 0, EVERY_OTHER_BIT},
    {0, 0, ERASED & ~EVERY_OTHER_BIT},
};

int flash_erase_states(void)
{
    return sizeof erase_states / sizeof erase_states[0];
}

void flash_chip_erase_torn(struct flash_chip *chip, int block, int state)
{
    uint8_t *bytes = block_of(chip, block);
    assert(state >= 1 && state <= flash_erase_states());
    for (uint32_t i = 0; i < FLASH_BLOCK_SIZE; i++) {
        const bool is_erased =
            i >= erase_states[state - 1].from && i < erase_states[state - 1].until;
        bytes[i] |= is_erased ? ERASED : erase_states[state - 1].up;
    }
    chip->erases[block]++;
}
