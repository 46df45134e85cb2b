/*
 * test_store_flash.c — records on a flash: the old one or the new one after every cut, and no
 * belief in what was changed (decision B23).
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "firmware/board/host/power_cut.h"
#include "firmware/board/host/store_flash.h"

enum { NAMES = 3, VALUE_MAX = 200, ABSENT = -1 };
static const char *const names[NAMES] = {"settings", "breakers", "discharges"};

static struct flash_chip chip;
static struct store_flash store;
static struct wm_store port;

/* A record's bytes follow from its name and a number; so do their sizes. */
static size_t value_make(int name, int number, uint8_t bytes[VALUE_MAX])
{
    const size_t size = (size_t)(number * 37 + name * 11) % VALUE_MAX;
    for (size_t i = 0; i < size; i++) {
        bytes[i] = (uint8_t)(i % 5 == 0 ? 0xFF : (size_t)number * 7 + (size_t)name + i);
    }
    return size;
}

static enum wm_status save(int name, int number)
{
    uint8_t bytes[VALUE_MAX];
    const size_t size = value_make(name, number, bytes);
    return port.ops->save(port.self, names[name], bytes, size);
}

/* What a load gives: is it this number's? ABSENT: is there none? */
static bool holds(struct store_flash *mounted, int name, int number)
{
    uint8_t wanted[VALUE_MAX];
    uint8_t bytes[WM_RECORD_SIZE_MAX];
    const struct wm_store from = store_flash_port(mounted);
    const int got = from.ops->load(from.self, names[name], bytes, sizeof bytes);
    if (number == ABSENT) {
        return got == WM_ABSENT;
    }
    const size_t size = value_make(name, number, wanted);
    return got == (int)size && memcmp(bytes, wanted, size) == 0;
}

static bool is_damaged(struct store_flash *mounted, int name)
{
    uint8_t bytes[WM_RECORD_SIZE_MAX];
    const struct wm_store from = store_flash_port(mounted);
    return from.ops->load(from.self, names[name], bytes, sizeof bytes) == WM_DAMAGED;
}

static void mount(void)
{
    store_flash_mount(&store, flash_chip_port(&chip));
    port = store_flash_port(&store);
}

static void setup(void)
{
    flash_chip_init(&chip);
    mount();
}

/* ---- kept ------------------------------------------------------------------------------- */

Test(store_flash, a_new_flash_holds_nothing, .init = setup)
{
    cr_assert(holds(&store, 0, ABSENT));
    cr_assert_eq(chip.erases[0], 0, "to look writes nothing");
}

Test(store_flash, the_last_record_of_a_name_comes_back_over_a_restart, .init = setup)
{
    cr_assert_eq(save(0, 1), WM_OK);
    cr_assert_eq(save(1, 2), WM_OK);
    cr_assert_eq(save(0, 3), WM_OK);
    for (int start = 0; start < 2; start++) {
        cr_assert(holds(&store, 0, 3));
        cr_assert(holds(&store, 1, 2));
        cr_assert(holds(&store, 2, ABSENT));
        mount();
    }
    cr_assert_eq(save(1, 4), WM_OK);
    cr_assert(holds(&store, 1, 4));
}

Test(store_flash, it_goes_on_for_many_blocks_and_wears_them_alike, .init = setup)
{
    for (int i = 0; i < 2000; i++) {
        cr_assert_eq(save(i % NAMES, i), WM_OK);
        if (i % 7 == 0) {
            mount();
        }
        for (int name = 0; name < NAMES && i >= NAMES; name++) {
            cr_assert(holds(&store, name, i - (i - name) % NAMES), "save %d", i);
        }
    }
    cr_assert_gt(chip.erases[0], 2);
    cr_assert_leq(chip.erases[0] - chip.erases[1], 1);
}

Test(store_flash, sizes_and_names_have_limits, .init = setup)
{
    static uint8_t bytes[WM_RECORD_SIZE_MAX + 1];
    static uint8_t got[WM_RECORD_SIZE_MAX];
    memset(bytes, 0xA5, sizeof bytes);
    cr_assert_eq(port.ops->save(port.self, "a", bytes, WM_RECORD_SIZE_MAX + 1), WM_RANGE);
    cr_assert_eq(port.ops->save(port.self, "a_name_too_long_", bytes, 1), WM_RANGE);
    cr_assert_eq(port.ops->save(port.self, "a_name_of_all_1", bytes, WM_RECORD_SIZE_MAX), WM_OK);
    cr_assert_eq(port.ops->save(port.self, "nothing", bytes, 0), WM_OK);
    mount();
    cr_assert_eq(port.ops->load(port.self, "a_name_of_all_1", got, sizeof got), WM_RECORD_SIZE_MAX);
    cr_assert_eq(memcmp(bytes, got, sizeof got), 0);
    cr_assert_eq(port.ops->load(port.self, "a_name_of_all_1", got, sizeof got - 1), WM_DAMAGED);
    cr_assert_eq(port.ops->load(port.self, "nothing", got, sizeof got), 0);
}

Test(store_flash, one_name_too_many_is_refused, .init = setup)
{
    char name[WM_RECORD_NAME_MAX];
    for (int i = 0; i <= STORE_FLASH_RECORDS_MAX; i++) {
        (void)snprintf(name, sizeof name, "name%d", i);
        cr_assert_eq(port.ops->save(port.self, name, name, sizeof name),
                     i < STORE_FLASH_RECORDS_MAX ? WM_OK : WM_RANGE);
    }
    cr_assert_eq(port.ops->save(port.self, "name3", "new", 3), WM_OK);
}

Test(store_flash, a_full_flash_keeps_what_it_has, .init = setup)
{
    static uint8_t bytes[WM_RECORD_SIZE_MAX];
    static uint8_t got[WM_RECORD_SIZE_MAX];
    char name[WM_RECORD_NAME_MAX];
    int kept = 0;
    enum wm_status status = WM_OK;
    while (status == WM_OK) {
        (void)snprintf(name, sizeof name, "name%d", kept);
        memset(bytes, kept, sizeof bytes);
        status = port.ops->save(port.self, name, bytes, sizeof bytes);
        kept += status == WM_OK;
    }
    cr_assert_eq(status, WM_IO);
    cr_assert_eq(kept, (FLASH_BLOCK_SIZE - 2 * FLASH_UNIT) / (WM_RECORD_SIZE_MAX + 3 * FLASH_UNIT));
    cr_assert_eq(save(0, 1), WM_OK, "a small one fits");
    for (int turn = 0; turn < 2 * kept; turn++) {
        (void)snprintf(name, sizeof name, "name%d", turn % kept);
        cr_assert_eq(port.ops->load(port.self, name, got, sizeof got), (int)sizeof got);
        cr_assert_eq(got[sizeof got - 1], turn % kept);
        memset(bytes, turn % kept, sizeof bytes);
        cr_assert_eq(port.ops->save(port.self, name, bytes, sizeof bytes), WM_OK, "replaced");
    }
    mount();
    cr_assert(holds(&store, 0, 1));
}

/* ---- power cuts ------------------------------------------------------------------------- */

static struct power_cut cut;
static struct {
    int name;             /* of the record that is saved  */
    int before[NAMES];    /* the numbers of what was kept */
    int after;            /* and of the new one           */
    int olds, news;       /* found so far                 */
    bool is_first_of_two; /* a second cut follows each    */
} trial;

static void left(void *context, struct flash_chip *image, const struct power_cut_point *point);

/* Saves through a cut in every state of every operation. */
static void save_with_cuts(struct flash_chip *on, int name, int number)
{
    static struct power_cut second;
    struct power_cut *over = trial.is_first_of_two ? &cut : &second;
    static struct store_flash mounted[2];
    struct store_flash *through = &mounted[trial.is_first_of_two];
    uint8_t bytes[VALUE_MAX];
    *over = (struct power_cut){.chip = on, .left = left};
    store_flash_mount(through, power_cut_port(over));
    const struct wm_store to = store_flash_port(through);
    const size_t size = value_make(name, number, bytes);
    trial.name = name;
    trial.after = number;
    cr_assert_eq(to.ops->save(to.self, names[name], bytes, size), WM_OK);
}

static void left(void *context, struct flash_chip *image, const struct power_cut_point *point)
{
    static struct store_flash mounted;
    static struct flash_chip again;
    char words[POWER_CUT_WORDS];
    (void)context;
    struct flash_chip left_so = *image;
    store_flash_mount(&mounted, flash_chip_port(&left_so));
    for (int name = 0; name < NAMES; name++) {
        const bool is_old = holds(&mounted, name, trial.before[name]);
        const bool is_new = name == trial.name && holds(&mounted, name, trial.after);
        cr_assert(is_old || is_new, "%s, saving %s: %s", names[name], names[trial.name],
                  power_cut_words(point, words));
        if (name == trial.name) {
            trial.olds += is_old;
            trial.news += is_new;
        }
    }
    if (trial.is_first_of_two) {
        const int name = trial.name;
        const int before = trial.before[name];
        const int after = trial.after;
        again = *image;
        trial.is_first_of_two = false;
        trial.before[name] = holds(&mounted, name, after) ? after : before;
        save_with_cuts(&again, name, after + 1);
        trial.before[name] = before;
        trial.after = after;
        trial.is_first_of_two = true;
    }
}

static void try_save(int name, int number)
{
    trial.olds = trial.news = 0;
    save_with_cuts(&chip, name, number);
    mount();
    cr_assert(holds(&store, name, number), "saved");
    cr_assert(trial.olds > 0 && trial.news > 0, "both were seen");
    trial.before[name] = number;
}

static void nothing_is_kept(void)
{
    setup();
    memset(&trial, 0, sizeof trial);
    for (int name = 0; name < NAMES; name++) {
        trial.before[name] = ABSENT;
    }
}

Test(store_flash, every_cut_leaves_the_old_record_or_the_new_one, .init = nothing_is_kept)
{
    for (int i = 0; i < 12; i++) {
        try_save(i % NAMES, i);
    }
}

/* The numbers whose records have no bytes, of names[1] and names[2]; and what such a one takes. */
enum { EMPTY_1 = 97, EMPTY_2 = 194, EMPTY_SIZE = 3 * FLASH_UNIT };

/* From now on no more than `empty` such records fit: another one goes to the other block. */
static void fill(uint32_t empty)
{
    mount();
    while (store.end + (1 + empty) * EMPTY_SIZE <= FLASH_BLOCK_SIZE) {
        cr_assert_eq(save(1, EMPTY_1), WM_OK);
        trial.before[1] = EMPTY_1;
    }
}

/* Erases so far: each save that moves the records to the other block takes one. */
static uint32_t erases(void)
{
    return chip.erases[0] + chip.erases[1];
}

Test(store_flash, every_cut_while_it_moves_to_the_other_block_leaves_all_records,
     .init = nothing_is_kept)
{
    for (int i = 0; i < 4; i++) {
        try_save(0, 4 * i);
        try_save(2, 4 * i + 1);
        fill(0);
        const uint32_t before = erases();
        try_save(i % NAMES, 4 * i + 2);
        cr_assert_eq(erases(), before + 1);
    }
}

Test(store_flash, nothing_is_written_behind_what_a_cut_has_torn, .init = nothing_is_kept)
{
    try_save(0, 3);
    const struct flash_chip sound = chip;
    const struct store_flash before = store;
    cr_assert_eq(save(0, 6), WM_OK);
    const struct flash_chip saved = chip;
    const uint32_t at = (uint32_t)before.block * FLASH_BLOCK_SIZE + before.end;
    const uint32_t whole = store.end - before.end;
    for (uint32_t size = FLASH_UNIT; size < whole; size += FLASH_UNIT) {
        chip = sound;
        memcpy(chip.bytes + at, saved.bytes + at, size);
        mount();
        cr_assert(holds(&store, 0, 3), "%u of it are there", size);
        const uint32_t until_then = erases();
        cr_assert_eq(save(1, 2), WM_OK);
        cr_assert_eq(erases(), until_then + 1, "%u of it are there", size);
        cr_assert(holds(&store, 0, 3));
    }
}

Test(store_flash, a_cut_after_a_cut_leaves_the_old_record_or_the_new_one, .init = nothing_is_kept)
{
    trial.is_first_of_two = true;
    try_save(0, 3);
    try_save(1, 2);
    trial.is_first_of_two = false;
    fill(0);
    trial.is_first_of_two = true;
    try_save(0, 6);
}

/* ---- a flash that fails ----------------------------------------------------------------- */

/* Fails in one operation. */
static struct {
    struct flash inner;
    int nth;
    enum { SAYS_SO, SAYS_SO_BUT_DID_IT, LIES, WAYS } way;
} bad;

static enum wm_status bad_answer(enum wm_status status)
{
    return bad.nth == 0 && bad.way != LIES ? WM_IO : status;
}

static bool is_done(void)
{
    return --bad.nth != 0 || bad.way == SAYS_SO_BUT_DID_IT;
}

static void bad_read(void *self, uint32_t at, void *bytes, size_t size)
{
    (void)self;
    bad.inner.ops->read(bad.inner.self, at, bytes, size);
}

static enum wm_status bad_program(void *self, uint32_t at, const void *bytes, size_t size)
{
    (void)self;
    return bad_answer(is_done() ? bad.inner.ops->program(bad.inner.self, at, bytes, size) : WM_OK);
}

static enum wm_status bad_erase(void *self, int block)
{
    (void)self;
    return bad_answer(is_done() ? bad.inner.ops->erase(bad.inner.self, block) : WM_OK);
}

static void mount_bad(int nth, int way)
{
    static const struct flash_ops ops = {bad_read, bad_program, bad_erase};
    bad.inner = flash_chip_port(&chip);
    bad.nth = nth;
    bad.way = way;
    store_flash_mount(&store, (struct flash){&ops, NULL});
    port = store_flash_port(&store);
}

/* Saves on a flash that fails once; what was answered is true after a restart, and stays so. */
static void save_on_bad(int nth, int way)
{
    static struct flash_chip sound;
    sound = chip;
    for (int goes_on = 0; goes_on < 2; goes_on++) {
        mount_bad(nth, way);
        const enum wm_status status = save(0, 5);
        const bool is_new = holds(&store, 0, 5);
        cr_assert(status == WM_OK || status == WM_IO);
        cr_assert(status == WM_OK ? is_new : is_new || holds(&store, 0, 1));
        if (goes_on) {
            /* The same store: what it says now must outlive it, too. */
            cr_assert_eq(save(2, EMPTY_2), WM_OK, "operation %d, way %d", nth, way);
            cr_assert(holds(&store, 0, is_new ? 5 : 1));
        }
        mount();
        cr_assert(holds(&store, 0, 5) || (status == WM_IO && holds(&store, 0, 1)),
                  "operation %d, way %d", nth, way);
        cr_assert(holds(&store, 1, trial.before[1]));
        cr_assert(holds(&store, 2, goes_on ? EMPTY_2 : 3), "operation %d, way %d", nth, way);
        cr_assert_eq(save(0, 6), WM_OK, "it goes on");
        cr_assert(holds(&store, 1, trial.before[1]));
        chip = sound;
    }
    mount();
}

Test(store_flash, an_operation_that_fails_costs_no_record, .init = nothing_is_kept)
{
    enum { OPERATIONS = 14 };
    for (int turn = 0; turn < 3; turn++) {
        cr_assert_eq(save(0, 1), WM_OK);
        cr_assert_eq(save(1, trial.before[1] = 2), WM_OK);
        cr_assert_eq(save(2, 3), WM_OK);
        for (int i = 0; i < OPERATIONS * WAYS; i++) {
            save_on_bad(i / WAYS + 1, i % WAYS);
        }
        /* The last of them is past the end of a save. */
        cr_assert_gt(bad.nth, 0);
        fill(turn == 0 ? 0 : 2);
        for (int i = 0; i < OPERATIONS * WAYS; i++) {
            save_on_bad(i / WAYS + 1, i % WAYS);
        }
        cr_assert_eq(save(0, 1), WM_OK);
    }
}

/* ---- damage ----------------------------------------------------------------------------- */

/* Right, or known to be damaged: never one that was replaced, never nothing. */
static void is_right_or_damaged(int number[NAMES], const char *what, uint32_t at)
{
    for (int name = 0; name < NAMES; name++) {
        cr_assert(holds(&store, name, number[name]) || is_damaged(&store, name), "%s at %u: %s",
                  what, at, names[name]);
    }
}

static void every_byte_changed(int number[NAMES], uint8_t mask)
{
    static struct flash_chip sound;
    int damaged = 0;
    sound = chip;
    for (uint32_t at = 0; at < FLASH_SIZE; at++) {
        /* What is far from any record is alike. */
        if (at % FLASH_BLOCK_SIZE > 2048 && at % 61 != 0) {
            continue;
        }
        chip.bytes[at] ^= mask;
        mount();
        is_right_or_damaged(number, "changed", at);
        damaged += is_damaged(&store, 0);
        /* Another record is saved: what was damaged stays so, over a restart too. */
        const bool was_damaged = is_damaged(&store, 2);
        if (at / FLASH_UNIT % 2 == 0) {
            store_flash_fill(&store);
        }
        cr_assert_eq(save(1, 50), WM_OK);
        mount();
        cr_assert(holds(&store, 1, 50), "changed at %u", at);
        cr_assert_eq(is_damaged(&store, 2), was_damaged, "changed at %u", at);
        cr_assert(was_damaged || holds(&store, 2, number[2]));
        chip = sound;
    }
    cr_assert_gt(damaged, 100, "it was looked at: %d", damaged);
}

Test(store_flash, no_changed_byte_brings_back_an_old_record, .init = setup)
{
    int number[NAMES] = {7, 8, 3};
    for (int i = 1; i <= 8; i++) {
        cr_assert_eq(save(i == 3 ? 2 : i % 2 == 1 ? 0 : 1, i), WM_OK);
    }
    every_byte_changed(number, 0x01);
    every_byte_changed(number, 0xFF);
    store_flash_fill(&store);
    mount();
    store_flash_fill(&store);
    cr_assert_eq(save(0, 7), WM_OK);
    every_byte_changed(number, 0x40);
}

/* Where a record's head stands, the newest of its name. */
static uint32_t head_of(int name)
{
    for (int i = 0; i < store.records; i++) {
        if (strcmp(store.record[i].name, names[name]) == 0) {
            return (uint32_t)store.block * FLASH_BLOCK_SIZE + store.record[i].at;
        }
    }
    return FLASH_SIZE;
}

Test(store_flash, a_changed_byte_of_the_newest_record_is_seen, .init = setup)
{
    uint8_t bytes[VALUE_MAX];
    cr_assert_eq(save(0, 1), WM_OK);
    cr_assert_eq(save(0, 3), WM_OK);
    const uint32_t at = head_of(0);
    const uint32_t size = 2 * FLASH_UNIT + (uint32_t)value_make(0, 3, bytes);
    for (uint32_t i = at; i < at + size; i++) {
        chip.bytes[i] ^= 0x10;
        mount();
        cr_assert(is_damaged(&store, 0), "byte %u", i - at);
        chip.bytes[i] ^= 0x10;
    }
    for (uint32_t i = at; i < at + size; i++) {
        /* As if somebody had cut the rest off. */
        static struct flash_chip sound;
        sound = chip;
        memset(chip.bytes + i, 0, FLASH_SIZE - i);
        mount();
        cr_assert(is_damaged(&store, 0), "cut off at %u", i - at);
        chip = sound;
    }
}

Test(store_flash, a_record_that_is_damaged_is_alone_with_it, .init = setup)
{
    cr_assert_eq(save(0, 1), WM_OK);
    cr_assert_eq(save(1, 2), WM_OK);
    chip.bytes[head_of(0) + 2 * FLASH_UNIT] ^= 1;
    for (int turn = 0; turn < 3; turn++) {
        mount();
        store_flash_fill(&store);
        cr_assert_eq(save(1, turn), WM_OK, "to the other block");
        mount();
        cr_assert(is_damaged(&store, 0), "it is not forgotten");
        cr_assert(holds(&store, 1, turn));
        cr_assert(holds(&store, 2, ABSENT), "it is not catching");
    }
    cr_assert_eq(save(0, 3), WM_OK);
    mount();
    cr_assert(holds(&store, 0, 3));
}

Test(store_flash, what_makes_no_sense_is_damage_and_not_nothing, .init = setup)
{
    uint64_t random = 1;
    for (int turn = 0; turn < 20; turn++) {
        for (uint32_t i = 0; i < FLASH_SIZE; i++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            chip.bytes[i] = turn == 0 ? 0 : (uint8_t)(random >> 56);
        }
        mount();
        for (int name = 0; name < NAMES; name++) {
            cr_assert(is_damaged(&store, name));
        }
        cr_assert_eq(save(0, 1), WM_OK);
        mount();
        cr_assert(holds(&store, 0, 1), "it can be used again");
        cr_assert(is_damaged(&store, 1), "and what was lost is not forgotten");
        cr_assert_eq(save(1, 2), WM_OK);
        mount();
        cr_assert(holds(&store, 1, 2));
    }
}

static void left_over_damage(void *context, struct flash_chip *image,
                             const struct power_cut_point *point)
{
    static struct store_flash mounted;
    static struct flash_chip copy;
    char words[POWER_CUT_WORDS];
    copy = *image;
    store_flash_mount(&mounted, flash_chip_port(&copy));
    const bool is_new = holds(&mounted, 0, 9);
    cr_assert(is_new || is_damaged(&mounted, 0), "%s", power_cut_words(point, words));
    *(int *)context += is_new;
}

/* Saves over a flash whose newest block's head has changed. */
static void save_over_damage(void)
{
    int news = 0;
    chip.bytes[(uint32_t)store.block * FLASH_BLOCK_SIZE] ^= 1;
    struct power_cut over = {.chip = &chip, .left = left_over_damage, .left_context = &news};
    store_flash_mount(&store, power_cut_port(&over));
    port = store_flash_port(&store);
    cr_assert(is_damaged(&store, 0));
    cr_assert_eq(save(0, 9), WM_OK);
    cr_assert_gt(news, 0);
}

Test(store_flash, a_cut_does_not_bring_back_what_stood_before_the_damage, .init = setup)
{
    cr_assert_eq(save(0, 1), WM_OK);
    fill(0);
    cr_assert_eq(save(0, 2), WM_OK);
    save_over_damage();
}

Test(store_flash, a_cut_does_not_make_new_what_is_all_damaged, .init = setup)
{
    /* The other block was never used. */
    cr_assert_eq(save(0, 1), WM_OK);
    save_over_damage();
}
