/*
 * log_files.h — the log rings as files of a folder, one a ring, that never grow past their limit.
 *
 * A file is a row of blocks (log_block.h). The block that is being filled is written anew, sealed,
 * after every step that added to it, and is flushed to the disk when it is full. Always true: a
 * process that ends anyhow loses nothing that was flushed by log_files_flush; a power cut loses at
 * most the last block, and what is left is whole.
 */
#ifndef BOARD_LOG_FILES_H
#define BOARD_LOG_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "firmware/board/common/log_block.h"
#include "wm/log.h"

enum { LOG_FILES_ERROR_MAX = 400, LOG_FILES_PLACE_MAX = 256 };

/* All private, but that a test may lower the limits before the first record. */
struct log_files_ring {
    struct log_ring_limits limits;
    int fd;              /* -1: no file yet */
    size_t record_size;  /* 0: no record yet */
    uint64_t next;       /* number of the record that comes next */
    bool is_dirty;       /* `filling` has more than the file */
    uint64_t read_block; /* that `read` holds, from 1; 0: none */
    uint8_t filling[BOARD_LOG_BLOCK_SIZE];
    uint8_t read[BOARD_LOG_BLOCK_SIZE];
};

struct log_files {
    int folder;
    bool is_absent; /* it is not there, and is made when a record is appended */
    char place[LOG_FILES_PLACE_MAX];
    char error[LOG_FILES_ERROR_MAX];
    struct log_files_ring ring[WM_LOG_RINGS];
};

/*
 * Finds what the folder holds, which is made where it is not there. False, with the reason in
 * log_files_error, where it cannot be had; one that cannot be written is found out when a record
 * is appended.
 */
bool log_files_open(struct log_files *log, const char *folder);

/* The port; it borrows log. */
struct wm_log log_files_port(struct log_files *log);

/* Writes what was appended. False, with the reason in log_files_error; it is tried again then. */
bool log_files_flush(struct log_files *log);

/* The last failure as one line of place, cause and cure; "" if a block could be begun since. */
const char *log_files_error(const struct log_files *log);

/* Flushed, to the disk. Allowed twice. */
void log_files_close(struct log_files *log);

#endif
