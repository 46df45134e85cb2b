/*
 * store_flash.h — the store's records on a flash: a log of records in one block, the other spare.
 *
 * A block begins with a head (number of its generation, and whether records were lost before it)
 * and a unit that is programmed when the block is out of use. Then follow the records, each a head
 * (name, size, checksums), its bytes, and a unit that is programmed last: with it the record
 * counts, and those of the same name before it don't. When a block is full the records that count
 * go to the other one, whose head is programmed last of all.
 *
 * Always true: whatever operation a power cut tears, each record is the old one or the new one,
 * whole; what was saved with WM_OK is the new one. What has been changed since is WM_DAMAGED, and
 * never one that was replaced: where a changed byte may have hidden a newer record, none before it
 * is believed. Only what reads as erased was never there.
 *
 * Wear: a block is erased when the other is full, so a record of 500 bytes can be saved some ten
 * million times, one of the largest size six hundred thousand times.
 */
#ifndef BOARD_STORE_FLASH_H
#define BOARD_STORE_FLASH_H

#include <stdbool.h>

#include "flash.h"
#include "wm/limits.h"
#include "wm/store.h"

/* One for each thing that is kept, and some to spare. */
#define STORE_FLASH_RECORDS_MAX 16

/* All private. */
struct store_flash {
    struct flash flash;
    int block;           /* the one in use; -1: none */
    uint32_t generation; /* the highest number that a block has; it wears out before they end */
    uint32_t end;        /* in the block: where the next record goes */
    bool is_torn;        /* something stands there already: the next one goes to the other block */
    bool is_suspect;     /* a name without a record may have had one */
    int records;
    struct {
        char name[WM_RECORD_NAME_MAX];
        uint32_t at;
        bool is_hidden; /* a newer one may be behind what was changed */
    } record[STORE_FLASH_RECORDS_MAX];
    uint8_t body[WM_RECORD_SIZE_MAX + FLASH_UNIT]; /* on its way */
};

/* Reads what is there, as after power-up; writes nothing. flash is borrowed. */
void store_flash_mount(struct store_flash *store, struct flash flash);

/*
 * The port; it borrows store. Saving answers WM_RANGE to a size above WM_RECORD_SIZE_MAX, to a name
 * too long and to one more than STORE_FLASH_RECORDS_MAX; WM_IO where the records do not fit a block
 * or the flash fails: what was kept before stays then.
 */
struct wm_store store_flash_port(struct store_flash *store);

/* Where a record's bytes begin on the flash; false: none of that name counts. */
bool store_flash_place(const struct store_flash *store, const char *name, uint32_t *at);

/* The next save goes to the other block, as if this one were full. */
void store_flash_fill(struct store_flash *store);

#endif
