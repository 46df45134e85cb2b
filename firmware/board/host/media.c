/*
 * media.c — see media.h.
 */
#include "media.h"

#include <stdlib.h>
#include <string.h>

#include "firmware/core/record.h"
#include "store_flash.h"

struct board_media *board_media_create(void)
{
    struct board_media *media = calloc(1, sizeof *media);
    if (media != NULL) {
        flash_chip_init(&media->flash);
        board_log_memory_init(&media->log_memory);
        media->log = board_log_memory_port(&media->log_memory);
    }
    return media;
}

void board_media_destroy(struct board_media *media)
{
    if (media != NULL) {
        board_log_memory_free(&media->log_memory);
        cut_judge_close(media->judge);
        free(media);
    }
}

const struct wm_log *board_media_log(const struct board_media *media)
{
    return &media->log;
}

struct board_cuts board_media_cuts(const struct board_media *media)
{
    struct board_cuts cuts = {0};
    if (media->judge != NULL) {
        cut_judge_count(media->judge, &cuts.olds, &cuts.news);
    }
    return cuts;
}

const char *board_media_verdict(const struct board_media *media)
{
    return media->judge != NULL ? cut_judge_verdict(media->judge) : NULL;
}

/* ---- spoiled ---------------------------------------------------------------------------- */

/* Any restart is right from now on: nobody can say what it should find. */
static void spoiled(struct board_media *media)
{
    media->is_spoiled = true;
    if (media->judge != NULL) {
        cut_judge_forget(media->judge);
    }
}

bool board_media_damage(struct board_media *media, const char *record)
{
    static struct store_flash store;
    uint32_t at = 0;
    store_flash_mount(&store, flash_chip_port(&media->flash));
    if (record != NULL ? !store_flash_place(&store, record, &at) : store.block < 0) {
        return false;
    }
    for (int block = 0; record == NULL && block < FLASH_BLOCKS; block++) {
        media->flash.bytes[block * FLASH_BLOCK_SIZE] ^= 1;
    }
    media->flash.bytes[at] ^= record != NULL;
    spoiled(media);
    return true;
}

/* The version stands first in a record, its checksum last (record.h). */
bool board_media_restamp(struct board_media *media, const char *record, uint8_t version)
{
    static struct store_flash store;
    static uint8_t bytes[WM_RECORD_SIZE_MAX];
    enum { CRC_SIZE = 4 };
    store_flash_mount(&store, flash_chip_port(&media->flash));
    const struct wm_store port = store_flash_port(&store);
    const int size = port.ops->load(port.self, record, bytes, sizeof bytes);
    if (size < WM_RECORD_OVERHEAD) {
        return false;
    }
    bytes[0] = version;
    const uint32_t crc = wm_crc32(bytes, (size_t)size - CRC_SIZE);
    for (int i = 0; i < CRC_SIZE; i++) {
        bytes[size - CRC_SIZE + i] = (uint8_t)(crc >> 8 * i);
    }
    spoiled(media);
    return port.ops->save(port.self, record, bytes, (size_t)size) == WM_OK;
}
