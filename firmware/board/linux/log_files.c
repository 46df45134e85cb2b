/*
 * log_files.c — see log_files.h.
 *
 * Record n stands in block n / records of a block; block b stands at place b % blocks_max of the
 * file. The newest block that is sound tells where the ring stands; one that is torn is lost, and
 * its numbers are used again.
 */
#include "log_files.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "folder.h"
#include "wm/log_record.h"

enum {
    MODE = 0600,
    HEAD_SIZE = 12,
    NAME_MAX_SIZE = 32,
};

/* ---- the report ------------------------------------------------------------------------- */

static const char *cure_of(int reason)
{
    switch (reason) {
    case ENOSPC:
    case EDQUOT:
        return "make room on its disk";
    case EROFS:
        return "name a folder on a disk that can be written";
    case EEXIST:
        return "start the webmanager again, which then goes by what stands there";
    case EACCES:
    case EPERM:
        return "give the folder to the user that the webmanager runs as";
    default:
        return "look after its disk";
    }
}

/* By errno; always false. */
static bool failed(struct log_files *log, const char *what)
{
    const int reason = errno == EBADF ? EROFS : errno; /* opened to be read only */
    (void)snprintf(log->error, sizeof log->error, "log %s: %s: %s; %s", log->place, what,
                   strerror(reason), cure_of(reason));
    return false;
}

const char *log_files_error(const struct log_files *log)
{
    return log->error;
}

/* ---- blocks of a file ------------------------------------------------------------------- */

static off_t place_of(const struct log_files_ring *ring, uint64_t block)
{
    return (off_t)(block % ring->limits.blocks_max) * BOARD_LOG_BLOCK_SIZE;
}

static bool block_write(const struct log_files_ring *ring, uint64_t block, const uint8_t *bytes)
{
    size_t done = 0;
    while (done < BOARD_LOG_BLOCK_SIZE) {
        const ssize_t size = pwrite(ring->fd, bytes + done, BOARD_LOG_BLOCK_SIZE - done,
                                    place_of(ring, block) + (off_t)done);
        if (size < 0 && errno != EINTR) {
            return false;
        }
        done += size > 0 ? (size_t)size : 0;
    }
    return true;
}

static bool block_read(const struct log_files_ring *ring, uint64_t block, uint8_t *bytes)
{
    return pread(ring->fd, bytes, BOARD_LOG_BLOCK_SIZE, place_of(ring, block)) ==
           BOARD_LOG_BLOCK_SIZE;
}

static void name_of(enum wm_log_ring ring, char name[NAME_MAX_SIZE])
{
    (void)snprintf(name, NAME_MAX_SIZE, "%s.ring", wm_log_ring_name(ring));
}

/* ---- what is there ---------------------------------------------------------------------- */

/* The block that stands at this place by its own word, from 1; 0: none does. */
static uint64_t block_named(const struct log_files_ring *ring, size_t place, size_t *record_size)
{
    uint8_t head[HEAD_SIZE];
    if (pread(ring->fd, head, sizeof head, (off_t)place * BOARD_LOG_BLOCK_SIZE) !=
        (ssize_t)sizeof head) {
        return 0;
    }
    *record_size = log_block_record_size(head);
    if (*record_size == 0 || *record_size > WM_LOG_RECORD_MAX) {
        return 0;
    }
    const uint64_t first = log_block_first(head);
    const uint64_t block = first / log_block_records(*record_size);
    return first % log_block_records(*record_size) == 0 && block < UINT64_MAX &&
                   block % ring->limits.blocks_max == place
               ? block + 1
               : 0;
}

/*
 * Where the ring stands: behind the newest sound block; it is filled up if it has room. `below`:
 * only blocks before this one count. Returns the block's number from 1; 0: there is none.
 */
static uint64_t newest_before(struct log_files_ring *ring, uint64_t below)
{
    uint64_t newest = 0;
    for (size_t place = 0; place < ring->limits.blocks_max; place++) {
        size_t record_size = 0;
        const uint64_t block = block_named(ring, place, &record_size);
        if (block > newest && block < below) {
            newest = block;
            ring->record_size = record_size;
        }
    }
    return newest;
}

static void ring_find(struct log_files_ring *ring)
{
    /* One was being written; before that all are whole, but for a disk that loses bytes. */
    uint64_t newest = UINT64_MAX;
    for (int i = 0; i < 3; i++) {
        newest = newest_before(ring, newest);
        if (newest == 0) {
            break;
        }
        if (block_read(ring, newest - 1, ring->filling) && log_block_is_sound(ring->filling)) {
            const size_t records = log_block_records(ring->record_size);
            ring->next = (newest - 1) * records + log_block_count(ring->filling);
            return;
        }
    }
    /* Torn blocks, and nothing before that could be read: go on behind them. */
    if (newest > 0) {
        ring->next = (newest - 1) * log_block_records(ring->record_size);
    }
}

bool log_files_open(struct log_files *log, const char *folder)
{
    memset(log, 0, sizeof *log);
    (void)snprintf(log->place, sizeof log->place, "%s", folder);
    for (int i = 0; i < WM_LOG_RINGS; i++) {
        log->ring[i].limits = log_ring_limits((enum wm_log_ring)i);
        log->ring[i].fd = -1;
    }
    log->folder = folder_open(folder, &log->is_absent);
    if (log->folder < 0) {
        return failed(log, log->is_absent ? "cannot be made" : "cannot be opened");
    }
    for (int i = 0; i < WM_LOG_RINGS; i++) {
        char name[NAME_MAX_SIZE];
        struct log_files_ring *ring = &log->ring[i];
        name_of((enum wm_log_ring)i, name);
        ring->fd = openat(log->folder, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
        if (ring->fd < 0 && errno != EISDIR) {
            ring->fd = openat(log->folder, name, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
        }
        if (ring->fd >= 0) {
            ring_find(ring);
        }
    }
    return true;
}

/* ---- append ----------------------------------------------------------------------------- */

/* The ring's file, which is made where it is not there; what came meanwhile is gone on with. */
static bool file_have(struct log_files *log, enum wm_log_ring which)
{
    char name[NAME_MAX_SIZE];
    struct log_files_ring *ring = &log->ring[which];
    if (ring->fd >= 0) {
        return true;
    }
    if (log->folder < 0 && !log->is_absent) {
        return false; /* told of when it was opened */
    }
    if (log->folder < 0) {
        log->folder = folder_make(log->place);
    }
    if (log->folder < 0) {
        return failed(log, "cannot be made");
    }
    name_of(which, name);
    ring->fd = openat(log->folder, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, MODE);
    if (ring->fd < 0) {
        return failed(log, "cannot be made");
    }
    ring_find(ring);
    return fsync(log->folder) == 0 || failed(log, "cannot be made");
}

/* It was opened to be read only, for it could not be written. */
static void file_write_again(struct log_files *log, struct log_files_ring *ring)
{
    char name[NAME_MAX_SIZE];
    name_of((enum wm_log_ring)(ring - log->ring), name);
    const int fd = openat(log->folder, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    if (fd >= 0) {
        (void)close(ring->fd);
        ring->fd = fd;
    }
}

/* Writes `filling`. */
static bool block_put(struct log_files *log, struct log_files_ring *ring, uint64_t block)
{
    if (block_write(ring, block, ring->filling)) {
        return true;
    }
    if (errno == EBADF) {
        file_write_again(log, ring);
    }
    return block_write(ring, block, ring->filling);
}

static bool ring_flush(struct log_files *log, struct log_files_ring *ring)
{
    if (!ring->is_dirty) {
        return true;
    }
    const size_t records = log_block_records(ring->record_size);
    const uint64_t block = (ring->next - 1) / records;
    const size_t count = (size_t)((ring->next - 1) % records) + 1;
    log_block_seal(ring->filling, count);
    if (!block_put(log, ring, block) || (count == records && fdatasync(ring->fd) != 0)) {
        return failed(log, "cannot be written");
    }
    ring->is_dirty = false;
    return true;
}

/* A block that begins takes its place on the disk at once: later there is always room for it. */
static bool block_begin(struct log_files *log, enum wm_log_ring which, size_t size)
{
    struct log_files_ring *ring = &log->ring[which];
    if (!ring_flush(log, ring)) {
        return false;
    }
    log_block_begin(ring->filling, ring->next, size);
    const uint64_t block = ring->next / log_block_records(size);
    ring->read_block = 0;
    if (!block_put(log, ring, block)) {
        return failed(log, "cannot be written");
    }
    log->error[0] = '\0';
    return true;
}

static enum wm_status files_append(void *self, enum wm_log_ring which, const void *record,
                                   size_t size)
{
    struct log_files *log = self;
    struct log_files_ring *ring = &log->ring[which];
    assert(size > 0 && size <= WM_LOG_RECORD_MAX);
    if (!file_have(log, which)) {
        return WM_IO;
    }
    const size_t records = log_block_records(size);
    if (ring->record_size != size) {
        /* The first record, or another firmware's before: behind all that was ever numbered. */
        ring->next = (ring->next + records - 1) / records * records;
        ring->record_size = size;
        ring->is_dirty = false;
    }
    const size_t at = (size_t)(ring->next % records);
    if (at == 0 && !block_begin(log, which, size)) {
        return WM_IO;
    }
    memcpy(log_block_at(ring->filling, at, size), record, size);
    ring->next++;
    ring->is_dirty = true;
    return WM_OK;
}

bool log_files_flush(struct log_files *log)
{
    bool is_good = true;
    for (int i = 0; i < WM_LOG_RINGS; i++) {
        is_good = ring_flush(log, &log->ring[i]) && is_good;
    }
    return is_good;
}

/* ---- read ------------------------------------------------------------------------------- */

static uint64_t files_held(void *self, enum wm_log_ring which, uint64_t *first)
{
    const struct log_files_ring *ring = &((struct log_files *)self)->ring[which];
    *first = 0;
    if (ring->record_size == 0 || ring->next == 0) {
        return 0;
    }
    const size_t records = log_block_records(ring->record_size);
    const uint64_t newest = (ring->next - 1) / records;
    if (newest >= ring->limits.blocks_max) {
        *first = (newest - ring->limits.blocks_max + 1) * records;
    }
    if (ring->next - *first > ring->limits.entries_max) {
        *first = ring->next - ring->limits.entries_max;
    }
    return ring->next - *first;
}

/* The block in memory; null if it is not what it should be. */
static uint8_t *block_of(struct log_files_ring *ring, uint64_t block)
{
    const size_t records = log_block_records(ring->record_size);
    if (block == (ring->next - 1) / records && log_block_first(ring->filling) == block * records) {
        return ring->filling;
    }
    if (ring->read_block != block + 1) {
        ring->read_block = 0;
        if (!block_read(ring, block, ring->read) || !log_block_is_sound(ring->read) ||
            log_block_first(ring->read) != block * records ||
            log_block_record_size(ring->read) != ring->record_size) {
            return NULL;
        }
        ring->read_block = block + 1;
    }
    return ring->read;
}

static int files_read(void *self, enum wm_log_ring which, uint64_t number, void *record,
                      size_t size_max)
{
    struct log_files_ring *ring = &((struct log_files *)self)->ring[which];
    uint64_t first;
    const uint64_t held = files_held(self, which, &first);
    if (number < first || number - first >= held) {
        return WM_ABSENT;
    }
    const size_t records = log_block_records(ring->record_size);
    uint8_t *block = block_of(ring, number / records);
    const size_t at = (size_t)(number % records);
    if (block == NULL || (block == ring->read && at >= log_block_count(block)) ||
        ring->record_size > size_max) {
        return WM_DAMAGED;
    }
    memcpy(record, log_block_at(block, at, ring->record_size), ring->record_size);
    return (int)ring->record_size;
}

struct wm_log log_files_port(struct log_files *log)
{
    static const struct wm_log_ops ops = {files_append, files_held, files_read};
    return (struct wm_log){&ops, log};
}

/* ---- close ------------------------------------------------------------------------------ */

void log_files_close(struct log_files *log)
{
    if (log->folder < 0) {
        return;
    }
    (void)log_files_flush(log);
    for (int i = 0; i < WM_LOG_RINGS; i++) {
        struct log_files_ring *ring = &log->ring[i];
        if (ring->fd >= 0) {
            (void)fsync(ring->fd);
            (void)close(ring->fd);
        }
        ring->fd = -1;
    }
    (void)close(log->folder);
    log->folder = -1;
}
