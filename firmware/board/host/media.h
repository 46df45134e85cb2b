/*
 * media.h — what the webmanager keeps without power: the flash its records are on, and its logs.
 */
#ifndef BOARD_MEDIA_H
#define BOARD_MEDIA_H

#include "cut_judge.h"
#include "flash.h"
#include "log_memory.h"
#include "wm/board.h"

struct board_media {
    struct flash_chip flash;
    struct board_log_memory log_memory;
    struct wm_log log;       /* the port to it */
    struct cut_judge *judge; /* of power cuts; null: nobody judges      */
    bool is_spoiled;         /* somebody has changed what the flash had */
};

#endif
