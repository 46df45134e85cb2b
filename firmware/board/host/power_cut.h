/*
 * power_cut.h — lies over the port to the flash, and lets the power go in its operations.
 *
 * It shows, of every operation, each image that a cut would leave: before it, torn in every state
 * that the chip knows, after it. And it takes the power away for good, in the operation asked for.
 *
 * Always true: what it shows is a copy; but for the one cut that was asked for, the flash behind it
 * does what it would without it.
 */
#ifndef BOARD_POWER_CUT_H
#define BOARD_POWER_CUT_H

#include <stdbool.h>
#include <stdint.h>

#include "flash.h"

/* An operation, and how far it came. */
struct power_cut_point {
    bool is_erase;
    uint32_t at; /* from the first block on */
    size_t size; /* of an erase: the block's */
    int state;   /* 0: before it; 1..states: torn; states + 1: after it */
    int states;
};

struct power_cut {
    struct flash_chip *chip; /* borrowed */
    /* Told of each image, which it may change; null: of none. */
    void (*left)(void *context, struct flash_chip *image, const struct power_cut_point *point);
    void *left_context;
    uint32_t nth; /* rw: the operation from now on that the power goes in; 0: in none */
    /* The power has gone in the middle of an operation. May leave by longjmp. */
    void (*gone)(void *context);
    void *gone_context;
    struct flash_chip image; /* private */
};

/* The port to cut->chip, through cut, which it borrows; its other members are set or zero. */
struct flash power_cut_port(struct power_cut *cut);

enum { POWER_CUT_WORDS = 120 };

/* "torn (3 of 7) in the erase of block 1" */
const char *power_cut_words(const struct power_cut_point *point, char words[POWER_CUT_WORDS]);

#endif
