/*
 * test_flash.c — the simulated flash, and the power that goes in its operations.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "firmware/board/host/power_cut.h"

static struct flash_chip chip;
static struct flash port;

static void setup(void)
{
    flash_chip_init(&chip);
    port = flash_chip_port(&chip);
}

static uint8_t byte_at(uint32_t at)
{
    uint8_t byte;
    port.ops->read(port.self, at, &byte, 1);
    return byte;
}

Test(flash, programming_clears_bits_and_sets_none, .init = setup)
{
    uint8_t unit[FLASH_UNIT];
    cr_assert_eq(byte_at(0), 0xFF);
    memset(unit, 0xF0, sizeof unit);
    cr_assert_eq(port.ops->program(port.self, 0, unit, sizeof unit), WM_OK);
    memset(unit, 0x3C, sizeof unit);
    cr_assert_eq(port.ops->program(port.self, 0, unit, sizeof unit), WM_OK);
    cr_assert_eq(byte_at(0), 0x30);
    cr_assert_eq(byte_at(FLASH_UNIT - 1), 0x30);
    cr_assert_eq(byte_at(FLASH_UNIT), 0xFF);
}

Test(flash, an_erase_raises_all_bits_of_its_block_and_is_counted, .init = setup)
{
    memset(chip.bytes, 0, sizeof chip.bytes);
    cr_assert_eq(port.ops->erase(port.self, 1), WM_OK);
    cr_assert_eq(byte_at(FLASH_BLOCK_SIZE - 1), 0);
    cr_assert_eq(byte_at(FLASH_BLOCK_SIZE), 0xFF);
    cr_assert_eq(byte_at(FLASH_SIZE - 1), 0xFF);
    cr_assert_eq(chip.erases[0], 0);
    cr_assert_eq(chip.erases[1], 1);
}

/* The bits that differ between two stretches of a chip. */
static int bits_between(const uint8_t *one, const uint8_t *other, size_t size)
{
    int bits = 0;
    for (size_t i = 0; i < size; i++) {
        for (int bit = 0; bit < 8; bit++) {
            bits += (one[i] ^ other[i]) >> bit & 1;
        }
    }
    return bits;
}

Test(flash, a_torn_program_has_done_some_of_it_and_nothing_else, .init = setup)
{
    enum { SIZE = 3 * FLASH_UNIT };
    static const uint8_t zeros[SIZE];
    int before = 0;
    cr_assert_eq(flash_program_states(SIZE), 8);
    cr_assert_eq(flash_program_states(FLASH_UNIT), 2);
    for (int state = 1; state <= flash_program_states(SIZE); state++) {
        setup();
        flash_chip_program_torn(&chip, FLASH_UNIT, zeros, SIZE, state);
        const int bits = 8 * SIZE - bits_between(chip.bytes + FLASH_UNIT, zeros, SIZE);
        cr_assert(bits > 0 && bits < 8 * SIZE, "state %d", state);
        cr_assert(bits >= before, "further in each state");
        before = bits;
        cr_assert_eq(byte_at(FLASH_UNIT - 1), 0xFF);
        cr_assert_eq(byte_at(FLASH_UNIT + SIZE), 0xFF);
    }
}

Test(flash, a_torn_erase_has_done_some_of_it_and_nothing_else, .init = setup)
{
    for (int state = 1; state <= flash_erase_states(); state++) {
        memset(chip.bytes, 0, sizeof chip.bytes);
        flash_chip_erase_torn(&chip, 0, state);
        int up = 0;
        for (uint32_t i = 0; i < FLASH_BLOCK_SIZE; i++) {
            up += byte_at(i) != 0;
            cr_assert_eq(byte_at(FLASH_BLOCK_SIZE + i), 0);
        }
        cr_assert_gt(up, 0, "state %d", state);
        cr_assert(up < FLASH_BLOCK_SIZE || byte_at(0) != 0xFF, "state %d", state);
    }
}

/* ---- the power goes --------------------------------------------------------------------- */

static struct power_cut cut;
static int images;
static int last_state;
static int gone;

static void on_left(void *context, struct flash_chip *image, const struct power_cut_point *point)
{
    cr_assert_eq(context, &images);
    cr_assert_eq(point->state, last_state + 1, "one after the other");
    last_state = point->state;
    const bool is_before = memcmp(image->bytes, chip.bytes, sizeof chip.bytes) == 0;
    cr_assert_eq(is_before, point->state == 0, "only the first is as it was");
    images++;
}

static void on_gone(void *context)
{
    cr_assert_eq(context, &gone);
    gone++;
}

static void setup_cut(void)
{
    setup();
    images = gone = 0;
    last_state = -1;
    cut = (struct power_cut){.chip = &chip,
                             .left = on_left,
                             .left_context = &images,
                             .gone = on_gone,
                             .gone_context = &gone};
    port = power_cut_port(&cut);
}

static const uint8_t zeros[2 * FLASH_UNIT];

Test(power_cut, it_shows_every_state_of_an_operation_and_then_does_it, .init = setup_cut)
{
    cr_assert_eq(port.ops->program(port.self, 0, zeros, sizeof zeros), WM_OK);
    cr_assert_eq(images, flash_program_states(sizeof zeros) + 2);
    cr_assert_eq(byte_at(sizeof zeros - 1), 0);
    memset(chip.bytes, 0, sizeof chip.bytes);
    last_state = -1;
    images = 0;
    cr_assert_eq(port.ops->erase(port.self, 0), WM_OK);
    cr_assert_eq(images, flash_erase_states() + 2);
    cr_assert_eq(byte_at(0), 0xFF);
    cr_assert_eq(chip.erases[0], 1);
    cr_assert_eq(gone, 0);
}

Test(power_cut, it_takes_the_power_in_the_operation_that_was_named, .init = setup_cut)
{
    cut.left = NULL;
    cut.nth = 3;
    cr_assert_eq(port.ops->program(port.self, 0, zeros, sizeof zeros), WM_OK);
    cr_assert_eq(port.ops->erase(port.self, 1), WM_OK);
    cr_assert_eq(cut.nth, 1);
    cr_assert_eq(port.ops->program(port.self, FLASH_BLOCK_SIZE, zeros, sizeof zeros), WM_IO);
    cr_assert_eq(gone, 1);
    cr_assert_eq(cut.nth, 0);
    cr_assert_eq(byte_at(FLASH_BLOCK_SIZE), 0, "some of it was done");
    cr_assert_eq(byte_at(FLASH_BLOCK_SIZE + sizeof zeros - 1), 0xFF, "and some was not");
    cr_assert_eq(port.ops->program(port.self, FLASH_BLOCK_SIZE, zeros, sizeof zeros), WM_OK);
    cr_assert_eq(gone, 1, "once");
}

Test(power_cut, it_names_the_operation_and_how_far_it_came)
{
    char words[POWER_CUT_WORDS];
    struct power_cut_point point = {.at = FLASH_BLOCK_SIZE + 64, .size = 48, .states = 8};
    cr_assert_str_eq(power_cut_words(&point, words),
                     "before the write of 48 bytes to 64 of block 1");
    point.state = 8;
    cr_assert_str_eq(power_cut_words(&point, words),
                     "torn (8 of 8) in the write of 48 bytes to 64 of block 1");
    point = (struct power_cut_point){.is_erase = true, .state = 8, .states = 7};
    cr_assert_str_eq(power_cut_words(&point, words), "after the erase of block 0");
}
