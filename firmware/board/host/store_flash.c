/*
 * store_flash.c — see store_flash.h.
 */
#include "store_flash.h"

#include <assert.h>
#include <string.h>

#include "firmware/core/record.h"

enum {
    ERASED = 0xFF,
    /* A block: its head, what ends its use, the records. */
    AT_END_OF_USE = FLASH_UNIT,
    AT_RECORDS = 2 * FLASH_UNIT,
    /* The head of a block. */
    AT_MAGIC = 0,
    AT_GENERATION = 4,
    AT_SUSPECT = 8,
    AT_BLOCK_CRC = FLASH_UNIT - 4,
    /* The head of a record. */
    AT_NAME = 0,
    AT_SIZE = WM_RECORD_NAME_MAX,
    AT_BODY_CRC = AT_SIZE + 4,
    HEAD_SIZE = 2 * FLASH_UNIT,
    AT_HEAD_CRC = HEAD_SIZE - 4,
};
static const uint32_t magic = 0x31474F4C;

_Static_assert(AT_BODY_CRC + 4 <= AT_HEAD_CRC, "a record's head has room");

struct head {
    char name[WM_RECORD_NAME_MAX];
    uint32_t size;
    uint32_t body_crc;
};

static void u32_put(uint8_t *bytes, uint32_t value)
{
    for (int i = 0; i < 4; i++) {
        bytes[i] = (uint8_t)(value >> 8 * i);
    }
}

static uint32_t u32_get(const uint8_t *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

/* Bytes of the body with what fills its last unit. */
static uint32_t padded(uint32_t size)
{
    return (size + FLASH_UNIT - 1) / FLASH_UNIT * FLASH_UNIT;
}

static uint32_t entry_size(uint32_t size)
{
    return HEAD_SIZE + padded(size) + FLASH_UNIT;
}

/* ---- the flash -------------------------------------------------------------------------- */

static void block_read(const struct store_flash *store, int block, uint32_t at, void *bytes,
                       size_t size)
{
    store->flash.ops->read(store->flash.self, (uint32_t)block * FLASH_BLOCK_SIZE + at, bytes, size);
}

static bool program(const struct store_flash *store, int block, uint32_t at, const void *bytes,
                    size_t size)
{
    const uint32_t from = (uint32_t)block * FLASH_BLOCK_SIZE + at;
    return store->flash.ops->program(store->flash.self, from, bytes, size) == WM_OK;
}

static bool program_zeros(const struct store_flash *store, int block, uint32_t at)
{
    static const uint8_t zeros[FLASH_UNIT];
    return program(store, block, at, zeros, sizeof zeros);
}

static bool is_blank(const struct store_flash *store, int block, uint32_t at, uint32_t size)
{
    uint8_t bytes[256];
    while (size > 0) {
        const uint32_t part = size < sizeof bytes ? size : (uint32_t)sizeof bytes;
        block_read(store, block, at, bytes, part);
        if (bytes[0] != ERASED || memcmp(bytes, bytes + 1, part - 1) != 0) {
            return false;
        }
        at += part;
        size -= part;
    }
    return true;
}

/* ---- blocks ----------------------------------------------------------------------------- */

static bool block_head_read(const struct store_flash *store, int block, uint32_t *generation,
                            bool *is_suspect)
{
    uint8_t head[FLASH_UNIT];
    block_read(store, block, 0, head, sizeof head);
    *generation = u32_get(head + AT_GENERATION);
    *is_suspect = head[AT_SUSPECT] != 0;
    return u32_get(head + AT_MAGIC) == magic &&
           u32_get(head + AT_BLOCK_CRC) == wm_crc32(head, AT_BLOCK_CRC);
}

static bool block_head_write(const struct store_flash *store, int block, uint32_t generation,
                             bool is_suspect)
{
    uint8_t head[FLASH_UNIT] = {0};
    uint32_t written;
    bool was_suspect;
    u32_put(head + AT_MAGIC, magic);
    u32_put(head + AT_GENERATION, generation);
    head[AT_SUSPECT] = is_suspect;
    u32_put(head + AT_BLOCK_CRC, wm_crc32(head, AT_BLOCK_CRC));
    return program(store, block, 0, head, sizeof head) &&
           block_head_read(store, block, &written, &was_suspect);
}

/* Its head goes first: an erase cut short must not bring back what was out of use. */
static bool block_erase(const struct store_flash *store, int block)
{
    return (is_blank(store, block, 0, FLASH_UNIT) || program_zeros(store, block, 0)) &&
           store->flash.ops->erase(store->flash.self, block) == WM_OK;
}

/* ---- records ---------------------------------------------------------------------------- */

static bool head_read(const struct store_flash *store, int block, uint32_t at, struct head *head)
{
    uint8_t bytes[HEAD_SIZE];
    block_read(store, block, at, bytes, sizeof bytes);
    memcpy(head->name, bytes + AT_NAME, sizeof head->name);
    head->size = u32_get(bytes + AT_SIZE);
    head->body_crc = u32_get(bytes + AT_BODY_CRC);
    return u32_get(bytes + AT_HEAD_CRC) == wm_crc32(bytes, AT_HEAD_CRC) &&
           head->size <= WM_RECORD_SIZE_MAX && at + entry_size(head->size) <= FLASH_BLOCK_SIZE;
}

/* Reads a record into store->body; false if it is not as it was written. */
static bool entry_read(struct store_flash *store, int block, uint32_t at, struct head *head)
{
    if (!head_read(store, block, at, head)) {
        return false;
    }
    block_read(store, block, at + HEAD_SIZE, store->body, head->size);
    return wm_crc32(store->body, head->size) == head->body_crc;
}

static bool head_write(const struct store_flash *store, int block, uint32_t at, const char *name,
                       uint32_t size, uint32_t body_crc)
{
    uint8_t bytes[HEAD_SIZE] = {0};
    memcpy(bytes + AT_NAME, name, strlen(name));
    u32_put(bytes + AT_SIZE, size);
    u32_put(bytes + AT_BODY_CRC, body_crc);
    u32_put(bytes + AT_HEAD_CRC, wm_crc32(bytes, AT_HEAD_CRC));
    return program(store, block, at, bytes, sizeof bytes);
}

/* From now on the record counts, whose bytes end there. */
static bool end_write(const struct store_flash *store, int block, uint32_t at)
{
    return program_zeros(store, block, at) && !is_blank(store, block, at, FLASH_UNIT);
}

/* Writes what is in store->body, and lets it count when it stands there as it should. */
static bool entry_write(struct store_flash *store, int block, uint32_t at, const char *name,
                        uint32_t size)
{
    struct head head;
    memset(store->body + size, ERASED, padded(size) - size);
    return head_write(store, block, at, name, size, wm_crc32(store->body, size)) &&
           (size == 0 || program(store, block, at + HEAD_SIZE, store->body, padded(size))) &&
           entry_read(store, block, at, &head) &&
           end_write(store, block, at + HEAD_SIZE + padded(size));
}

/* Writes a record that can't be believed, in the place of one that can't: it is not forgotten. */
static bool tomb_write(const struct store_flash *store, int block, uint32_t at, const char *name)
{
    static const uint8_t nothing[1];
    return head_write(store, block, at, name, 0, ~wm_crc32(nothing, 0)) &&
           end_write(store, block, at + HEAD_SIZE);
}

static int record_find(const struct store_flash *store, const char *name)
{
    int i = 0;
    while (i < store->records && strcmp(store->record[i].name, name) != 0) {
        i++;
    }
    return i;
}

static void record_note(struct store_flash *store, const char *name, uint32_t at)
{
    const int i = record_find(store, name);
    assert(i < STORE_FLASH_RECORDS_MAX);
    store->records += i == store->records;
    memcpy(store->record[i].name, name, strlen(name) + 1);
    store->record[i].at = at;
    store->record[i].is_hidden = false;
}

static void records_hide(struct store_flash *store)
{
    store->is_suspect = true;
    for (int i = 0; i < store->records; i++) {
        store->record[i].is_hidden = true;
    }
}

/* ---- mount ------------------------------------------------------------------------------ */

/* Nothing stands behind the last record but what a cut has torn: a head, or some of a body. */
static void records_read(struct store_flash *store)
{
    uint32_t at = AT_RECORDS;
    while (at + HEAD_SIZE <= FLASH_BLOCK_SIZE && !is_blank(store, store->block, at, HEAD_SIZE)) {
        struct head head;
        const uint32_t behind = at + HEAD_SIZE;
        if (head_read(store, store->block, at, &head)) {
            const uint32_t at_end = behind + padded(head.size);
            if (is_blank(store, store->block, at_end, FLASH_UNIT)) {
                store->is_torn = true;
            } else {
                record_note(store, head.name, at);
            }
            at = at_end + FLASH_UNIT;
        } else if (is_blank(store, store->block, behind, FLASH_BLOCK_SIZE - behind)) {
            break;
        } else {
            records_hide(store);
            at += FLASH_UNIT;
        }
    }
    store->end = at;
    store->is_torn |= !is_blank(store, store->block, at, FLASH_BLOCK_SIZE - at);
}

/* Nothing was ever kept here; a cut may have torn the very first head. */
static bool is_new(const struct store_flash *store)
{
    bool is_all_blank = true;
    for (int block = 0; block < FLASH_BLOCKS; block++) {
        is_all_blank &= is_blank(store, block, FLASH_UNIT, FLASH_BLOCK_SIZE - FLASH_UNIT);
    }
    return is_all_blank;
}

void store_flash_mount(struct store_flash *store, struct flash flash)
{
    uint32_t in_use = 0;
    memset(store, 0, sizeof *store);
    store->flash = flash;
    store->block = -1;
    for (int block = 0; block < FLASH_BLOCKS; block++) {
        uint32_t generation;
        bool is_suspect;
        if (!block_head_read(store, block, &generation, &is_suspect)) {
            continue;
        }
        store->generation = generation > store->generation ? generation : store->generation;
        if (is_blank(store, block, AT_END_OF_USE, FLASH_UNIT) && generation > in_use) {
            store->block = block;
            store->is_suspect = is_suspect;
            in_use = generation;
        }
    }
    if (store->block >= 0) {
        records_read(store);
    } else {
        store->is_suspect = !is_new(store);
    }
}

/* ---- load and save ---------------------------------------------------------------------- */

static int flash_load(void *self, const char *name, void *bytes, size_t size_max)
{
    struct store_flash *store = self;
    struct head head;
    const int i = record_find(store, name);
    if (i == store->records) {
        return store->is_suspect ? WM_DAMAGED : WM_ABSENT;
    }
    if (store->record[i].is_hidden ||
        !entry_read(store, store->block, store->record[i].at, &head) || head.size > size_max) {
        return WM_DAMAGED;
    }
    memcpy(bytes, store->body, head.size);
    return (int)head.size;
}

/* The first block ever: nothing that counts stands elsewhere, so its head may come first. */
static bool log_begin(struct store_flash *store)
{
    if (!block_erase(store, 0) || !block_head_write(store, 0, 1, false)) {
        return false;
    }
    store->block = 0;
    store->generation = 1;
    store->end = AT_RECORDS;
    return true;
}

/* What a block takes that holds all that counts, with this one new. */
static uint32_t size_moved(const struct store_flash *store, const char *name, uint32_t size)
{
    uint32_t sum = AT_RECORDS + entry_size(size);
    for (int i = 0; i < store->records; i++) {
        struct head head = {.size = 0};
        if (strcmp(store->record[i].name, name) != 0) {
            (void)head_read(store, store->block, store->record[i].at, &head);
            sum += entry_size(head.size <= WM_RECORD_SIZE_MAX ? head.size : 0);
        }
    }
    return sum;
}

/* Copies to the other block what counts, but for the name. */
static bool records_move(struct store_flash *store, struct store_flash *moved, const char *name)
{
    for (int i = 0; i < store->records; i++) {
        const char *moving = store->record[i].name;
        struct head head;
        if (strcmp(moving, name) == 0) {
            continue;
        }
        const bool is_sound = !store->record[i].is_hidden &&
                              entry_read(store, store->block, store->record[i].at, &head);
        const uint32_t size = is_sound ? head.size : 0;
        memcpy(moved->body, store->body, size);
        if (is_sound ? !entry_write(moved, moved->block, moved->end, moving, size)
                     : !tomb_write(moved, moved->block, moved->end, moving)) {
            return false;
        }
        record_note(moved, moving, moved->end);
        moved->end += entry_size(size);
    }
    return true;
}

static bool log_move(struct store_flash *store, const char *name, const void *bytes, uint32_t size)
{
    const int other = store->block == 0 ? 1 : 0;
    struct store_flash moved = {
        .flash = store->flash,
        .block = other,
        .generation = store->generation + 1,
        .end = AT_RECORDS,
        .is_suspect = store->is_suspect,
    };
    /* Should it fail when the head stands already, nothing may be added to this block any more. */
    store->is_torn = true;
    /* What is all damaged must not look new when an erase of the one block is cut short. */
    if (store->block < 0 && !program_zeros(store, 1 - other, AT_END_OF_USE)) {
        return false;
    }
    if (!block_erase(store, other) || !records_move(store, &moved, name)) {
        return false;
    }
    memcpy(moved.body, bytes, size);
    if (!entry_write(&moved, other, moved.end, name, size) ||
        !block_head_write(&moved, other, moved.generation, moved.is_suspect)) {
        return false;
    }
    record_note(&moved, name, moved.end);
    moved.end += entry_size(size);
    /* Where that fails the higher generation still tells. */
    (void)program_zeros(&moved, 1 - other, AT_END_OF_USE);
    *store = moved;
    return true;
}

static enum wm_status flash_save(void *self, const char *name, const void *bytes, size_t size)
{
    struct store_flash *store = self;
    const int i = record_find(store, name);
    if (size > WM_RECORD_SIZE_MAX || strlen(name) >= WM_RECORD_NAME_MAX ||
        i == STORE_FLASH_RECORDS_MAX) {
        return WM_RANGE;
    }
    if (store->block < 0 && !store->is_suspect && !log_begin(store)) {
        return WM_IO;
    }
    const uint32_t end = store->end + entry_size((uint32_t)size);
    if (store->block >= 0 && !store->is_torn && end <= FLASH_BLOCK_SIZE) {
        memcpy(store->body, bytes, size);
        if (entry_write(store, store->block, store->end, name, (uint32_t)size)) {
            record_note(store, name, store->end);
            store->end = end;
            return WM_OK;
        }
    }
    if (size_moved(store, name, (uint32_t)size) > FLASH_BLOCK_SIZE) {
        return WM_IO;
    }
    return log_move(store, name, bytes, (uint32_t)size) ? WM_OK : WM_IO;
}

struct wm_store store_flash_port(struct store_flash *store)
{
    static const struct wm_store_ops ops = {flash_load, flash_save};
    return (struct wm_store){&ops, store};
}

bool store_flash_place(const struct store_flash *store, const char *name, uint32_t *at)
{
    const int i = record_find(store, name);
    if (i == store->records) {
        return false;
    }
    *at = (uint32_t)store->block * FLASH_BLOCK_SIZE + store->record[i].at + HEAD_SIZE;
    return true;
}

void store_flash_fill(struct store_flash *store)
{
    store->is_torn = true;
}
