/*
 * media.c — see media.h.
 */
#include "media.h"

#include <stdlib.h>

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
