/*
 * power_cut.c — see power_cut.h.
 */
#include "power_cut.h"

#include <stdio.h>

/* The operation as far as the point says, on any chip. bytes: null for an erase. */
static void operate(struct flash_chip *chip, const struct power_cut_point *point, const void *bytes)
{
    const struct flash port = flash_chip_port(chip);
    const bool is_whole = point->state > point->states;
    const int block = (int)(point->at / FLASH_BLOCK_SIZE);
    if (point->state == 0) {
        return;
    }
    /* The simulated chip never fails. */
    if (is_whole && point->is_erase) {
        (void)port.ops->erase(port.self, block);
    } else if (is_whole) {
        (void)port.ops->program(port.self, point->at, bytes, point->size);
    } else if (point->is_erase) {
        flash_chip_erase_torn(chip, block, point->state);
    } else {
        flash_chip_program_torn(chip, point->at, bytes, point->size, point->state);
    }
}

static enum wm_status cut_operate(struct power_cut *cut, struct power_cut_point point,
                                  const void *bytes)
{
    for (point.state = 0; cut->left != NULL && point.state <= point.states + 1; point.state++) {
        cut->image = *cut->chip;
        operate(&cut->image, &point, bytes);
        cut->left(cut->left_context, &cut->image, &point);
    }
    const bool is_cut = cut->nth > 0 && --cut->nth == 0;
    point.state = is_cut ? point.states / 2 + 1 : point.states + 1;
    operate(cut->chip, &point, bytes);
    if (is_cut) {
        cut->gone(cut->gone_context);
    }
    return is_cut ? WM_IO : WM_OK;
}

static void cut_read(void *self, uint32_t at, void *bytes, size_t size)
{
    const struct power_cut *cut = self;
    const struct flash port = flash_chip_port(cut->chip);
    port.ops->read(port.self, at, bytes, size);
}

static enum wm_status cut_program(void *self, uint32_t at, const void *bytes, size_t size)
{
    const struct power_cut_point point = {
        .at = at, .size = size, .states = flash_program_states(size)};
    return cut_operate(self, point, bytes);
}

static enum wm_status cut_erase(void *self, int block)
{
    const struct power_cut_point point = {.is_erase = true,
                                          .at = (uint32_t)block * FLASH_BLOCK_SIZE,
                                          .size = FLASH_BLOCK_SIZE,
                                          .states = flash_erase_states()};
    return cut_operate(self, point, NULL);
}

struct flash power_cut_port(struct power_cut *cut)
{
    static const struct flash_ops ops = {cut_read, cut_program, cut_erase};
    return (struct flash){&ops, cut};
}

const char *power_cut_words(const struct power_cut_point *point, char words[POWER_CUT_WORDS])
{
    const int block = (int)(point->at / FLASH_BLOCK_SIZE);
    char where[60];
    char what[60];
    if (point->state == 0 || point->state > point->states) {
        (void)snprintf(where, sizeof where, "%s", point->state == 0 ? "before" : "after");
    } else {
        (void)snprintf(where, sizeof where, "torn (%d of %d) in", point->state, point->states);
    }
    if (point->is_erase) {
        (void)snprintf(what, sizeof what, "the erase of block %d", block);
    } else {
        (void)snprintf(what, sizeof what, "the write of %zu bytes to %lu of block %d", point->size,
                       (unsigned long)(point->at % FLASH_BLOCK_SIZE), block);
    }
    (void)snprintf(words, POWER_CUT_WORDS, "%s %s", where, what);
    return words;
}
