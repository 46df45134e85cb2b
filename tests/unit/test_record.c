/*
 * test_record.c — a record is believed whole or not at all (decision B23).
 */
#include <criterion/criterion.h>
#include <string.h>

#include "firmware/core/record.h"

static uint8_t kept[WM_RECORD_SIZE_MAX];
static int kept_size;
static enum wm_status save_says;

static int load(void *self, const char *name, void *bytes, size_t size_max)
{
    (void)self;
    cr_assert_str_eq(name, "things");
    if (kept_size > 0) {
        cr_assert_leq((size_t)kept_size, size_max);
        memcpy(bytes, kept, (size_t)kept_size);
    }
    return kept_size;
}

static enum wm_status save(void *self, const char *name, const void *bytes, size_t size)
{
    (void)self;
    cr_assert_str_eq(name, "things");
    cr_assert_leq(size, sizeof kept);
    memcpy(kept, bytes, size);
    kept_size = (int)size;
    return save_says;
}

static const struct wm_store_ops ops = {load, save};
static const struct wm_store store = {&ops, NULL};
static uint8_t body[WM_RECORD_SIZE_MAX];

static void setup(void)
{
    kept_size = WM_ABSENT;
    save_says = WM_OK;
}

static int loaded(uint8_t version, size_t size_max)
{
    memset(body, 0xEE, sizeof body);
    return wm_record_load(&store, "things", version, body, size_max);
}

Test(record, the_checksum_is_the_well_known_one)
{
    cr_assert_eq(wm_crc32((const uint8_t *)"123456789", 9), 0xCBF43926);
    cr_assert_eq(wm_crc32((const uint8_t *)"", 0), 0);
}

Test(record, what_was_saved_comes_back, .init = setup)
{
    cr_assert_eq(loaded(3, 5), WM_ABSENT);
    cr_assert_eq(wm_record_save(&store, "things", 3, (const uint8_t *)"abcde", 5), WM_OK);
    cr_assert_eq(kept_size, 5 + WM_RECORD_OVERHEAD);
    cr_assert_eq(loaded(3, 5), 5);
    cr_assert_eq(memcmp(body, "abcde", 5), 0);
    cr_assert_eq(loaded(3, 4), WM_DAMAGED, "there is no room for it");
}

Test(record, an_empty_body_and_the_largest_one, .init = setup)
{
    static uint8_t largest[WM_RECORD_BODY_MAX];
    memset(largest, 0x5A, sizeof largest);
    cr_assert_eq(wm_record_save(&store, "things", 1, largest, 0), WM_OK);
    cr_assert_eq(loaded(1, 0), 0);
    cr_assert_eq(wm_record_save(&store, "things", 1, largest, sizeof largest), WM_OK);
    cr_assert_eq(kept_size, WM_RECORD_SIZE_MAX);
    cr_assert_eq(loaded(1, sizeof largest), (int)sizeof largest);
    cr_assert_eq(memcmp(body, largest, sizeof largest), 0);
}

Test(record, with_a_bit_flipped_or_a_byte_missing_or_added_it_is_damaged, .init = setup)
{
    cr_assert_eq(wm_record_save(&store, "things", 3, (const uint8_t *)"abcde", 5), WM_OK);
    const int size = kept_size;
    for (int bit = 0; bit < size * 8; bit++) {
        kept[bit / 8] ^= (uint8_t)(1U << bit % 8);
        cr_assert_eq(loaded(3, 5), WM_DAMAGED, "bit %d", bit);
        kept[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    for (kept_size = 0; kept_size < size; kept_size++) {
        cr_assert_eq(loaded(3, 5), WM_DAMAGED, "%d bytes", kept_size);
    }
    kept_size = size + 1;
    cr_assert_eq(loaded(3, sizeof body), WM_DAMAGED);
}

Test(record, a_size_that_does_not_fit_its_bytes_is_damage_though_the_checksum_is_right,
     .init = setup)
{
    kept[0] = 3;
    kept[1] = 2; /* and there is one */
    kept[2] = 0;
    kept[3] = 'a';
    const uint32_t crc = wm_crc32(kept, 4);
    for (int i = 0; i < 4; i++) {
        kept[4 + i] = (uint8_t)(crc >> 8 * i);
    }
    kept_size = 8;
    cr_assert_eq(loaded(3, 5), WM_DAMAGED);
}

Test(record, another_versions_record_is_not_believed, .init = setup)
{
    cr_assert_eq(wm_record_save(&store, "things", 3, (const uint8_t *)"abcde", 5), WM_OK);
    cr_assert_eq(loaded(2, 5), WM_DAMAGED);
    cr_assert_eq(loaded(4, 5), WM_DAMAGED);
}

Test(record, a_medium_that_cannot_be_read_is_damage_and_its_refusal_to_write_is_told, .init = setup)
{
    kept_size = WM_IO;
    cr_assert_eq(loaded(3, 5), WM_DAMAGED);
    save_says = WM_IO;
    cr_assert_eq(wm_record_save(&store, "things", 3, (const uint8_t *)"abcde", 5), WM_IO);
}
