/*
 * test_log_files.c — log rings in files: order, bounds, what a killed process and a cut leave.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "firmware/board/linux/log_files.h"
#include "wm/limits.h"
#include "wm/log_record.h"

enum { SIZE = WM_LOG_EVENT_SIZE };

struct stage {
    char folder[40];
    struct log_files log;
    struct wm_log port;
};

static void stage_reopen(struct stage *stage)
{
    cr_assert(log_files_open(&stage->log, stage->folder), "%s", log_files_error(&stage->log));
    stage->port = log_files_port(&stage->log);
}

static void stage_open(struct stage *stage)
{
    (void)snprintf(stage->folder, sizeof stage->folder, "/tmp/log-files-XXXXXX");
    cr_assert_not_null(mkdtemp(stage->folder));
    stage_reopen(stage);
}

static void stage_close(struct stage *stage)
{
    static const char *const names[] = {"events", "normal", "flow"};
    log_files_close(&stage->log);
    for (size_t i = 0; i < 3; i++) {
        char name[80];
        (void)snprintf(name, sizeof name, "%s/%s.ring", stage->folder, names[i]);
        (void)unlink(name);
    }
    (void)rmdir(stage->folder);
}

/* The process ends as by SIGKILL: what was not flushed is not there. */
static void stage_kill(struct stage *stage)
{
    for (int i = 0; i < WM_LOG_RINGS; i++) {
        if (stage->log.ring[i].fd >= 0) {
            (void)close(stage->log.ring[i].fd);
        }
    }
    (void)close(stage->log.folder);
    stage_reopen(stage);
}

static enum wm_status append(struct stage *stage, enum wm_log_ring ring, uint32_t number)
{
    uint8_t record[SIZE] = {0};
    memcpy(record, &number, sizeof number);
    record[SIZE - 1] = 0x5A;
    return stage->port.ops->append(stage->port.self, ring, record, sizeof record);
}

static void append_all(struct stage *stage, enum wm_log_ring ring, uint32_t first, uint32_t end)
{
    for (uint32_t i = first; i < end; i++) {
        cr_assert_eq(append(stage, ring, i), WM_OK);
    }
}

/* Exactly the records first..end-1 are held, each as it was given. */
static void holds(struct stage *stage, enum wm_log_ring ring, uint64_t first, uint64_t end)
{
    uint64_t at;
    const uint64_t held = stage->port.ops->held(stage->port.self, ring, &at);
    cr_assert_eq(held, end - first, "%lu held", (unsigned long)held);
    cr_assert(held == 0 || at == first, "first is %lu", (unsigned long)at);
    for (uint64_t number = first; number < end; number++) {
        uint8_t record[SIZE];
        uint32_t value;
        const int size =
            stage->port.ops->read(stage->port.self, ring, number, record, sizeof record);
        cr_assert_eq(size, SIZE, "record %lu: %d", (unsigned long)number, size);
        memcpy(&value, record, sizeof value);
        cr_assert_eq(value, number);
    }
    uint8_t none[SIZE];
    cr_assert_eq(stage->port.ops->read(stage->port.self, ring, end, none, SIZE), WM_ABSENT);
}

static void ring_file(const struct stage *stage, char name[80])
{
    (void)snprintf(name, 80, "%s/events.ring", stage->folder);
}

Test(log_files, a_new_one_is_empty)
{
    struct stage stage;
    stage_open(&stage);
    holds(&stage, WM_LOG_EVENTS, 0, 0);
    stage_close(&stage);
}

Test(log_files, records_are_there_again_after_a_clean_end)
{
    struct stage stage;
    stage_open(&stage);
    append_all(&stage, WM_LOG_EVENTS, 0, 500);
    holds(&stage, WM_LOG_EVENTS, 0, 500);
    log_files_close(&stage.log);
    stage_reopen(&stage);
    holds(&stage, WM_LOG_EVENTS, 0, 500);
    append_all(&stage, WM_LOG_EVENTS, 500, 501);
    holds(&stage, WM_LOG_EVENTS, 0, 501);
    stage_close(&stage);
}

Test(log_files, what_was_flushed_outlives_a_kill_wherever_it_comes)
{
    struct stage stage;
    const uint32_t records = (uint32_t)log_block_records(SIZE);
    stage_open(&stage);
    for (uint32_t end = 1; end < 2 * records + 3; end++) {
        append_all(&stage, WM_LOG_EVENTS, end - 1, end);
        cr_assert(log_files_flush(&stage.log));
        stage_kill(&stage);
        holds(&stage, WM_LOG_EVENTS, 0, end);
    }
    /* And what was not is not half there; a block that had just begun is none. */
    append_all(&stage, WM_LOG_EVENTS, 2 * records + 2, 3 * records + 1);
    stage_kill(&stage);
    holds(&stage, WM_LOG_EVENTS, 0, 3 * records);
    stage_close(&stage);
}

Test(log_files, rings_keep_to_their_limits)
{
    struct stage stage;
    char name[80];
    struct stat found;
    stage_open(&stage);
    append_all(&stage, WM_LOG_EVENTS, 0, 3 * WM_LOG_EVENTS_MAX + 77);
    holds(&stage, WM_LOG_EVENTS, 2 * WM_LOG_EVENTS_MAX + 77, 3 * WM_LOG_EVENTS_MAX + 77);
    log_files_close(&stage.log);
    stage_reopen(&stage);
    holds(&stage, WM_LOG_EVENTS, 2 * WM_LOG_EVENTS_MAX + 77, 3 * WM_LOG_EVENTS_MAX + 77);
    ring_file(&stage, name);
    cr_assert_eq(stat(name, &found), 0);
    cr_assert_leq((size_t)found.st_size,
                  log_ring_limits(WM_LOG_EVENTS).blocks_max * BOARD_LOG_BLOCK_SIZE);
    stage_close(&stage);
}

Test(log_files, a_torn_last_block_costs_that_block)
{
    struct stage stage;
    char name[80];
    const uint32_t records = (uint32_t)log_block_records(SIZE);
    stage_open(&stage);
    append_all(&stage, WM_LOG_EVENTS, 0, 2 * records + 10);
    log_files_close(&stage.log);
    ring_file(&stage, name);
    const int fd = open(name, O_WRONLY);
    cr_assert_eq(pwrite(fd, "torn", 4, 2 * BOARD_LOG_BLOCK_SIZE + 200), 4);
    (void)close(fd);
    stage_reopen(&stage);
    holds(&stage, WM_LOG_EVENTS, 0, 2 * records);
    append_all(&stage, WM_LOG_EVENTS, 2 * records, 2 * records + 5);
    holds(&stage, WM_LOG_EVENTS, 0, 2 * records + 5);
    stage_close(&stage);
}

Test(log_files, a_damaged_block_in_between_says_so)
{
    struct stage stage;
    char name[80];
    uint8_t record[SIZE];
    const uint32_t records = (uint32_t)log_block_records(SIZE);
    stage_open(&stage);
    append_all(&stage, WM_LOG_EVENTS, 0, 3 * records);
    log_files_close(&stage.log);
    ring_file(&stage, name);
    const int fd = open(name, O_WRONLY);
    cr_assert_eq(pwrite(fd, "bad", 3, BOARD_LOG_BLOCK_SIZE + 200), 3);
    (void)close(fd);
    stage_reopen(&stage);
    cr_assert_eq(stage.port.ops->read(stage.port.self, WM_LOG_EVENTS, records, record, SIZE),
                 WM_DAMAGED);
    cr_assert_eq(stage.port.ops->read(stage.port.self, WM_LOG_EVENTS, 2 * records, record, SIZE),
                 SIZE);
    stage_close(&stage);
}

Test(log_files, junk_in_a_file_is_no_record)
{
    struct stage stage;
    char name[80];
    stage_open(&stage);
    ring_file(&stage, name);
    FILE *stream = fopen(name, "w");
    for (int i = 0; i < 10000; i++) {
        (void)fputc(i * 31 % 251, stream);
    }
    (void)fclose(stream);
    stage_kill(&stage);
    holds(&stage, WM_LOG_EVENTS, 0, 0);
    append_all(&stage, WM_LOG_EVENTS, 0, 300);
    log_files_close(&stage.log);
    stage_reopen(&stage);
    holds(&stage, WM_LOG_EVENTS, 0, 300);
    stage_close(&stage);
}

/* The disk is full at every block in turn: what was taken stays, and goes on when there is room. */
Test(log_files, a_full_disk_loses_what_it_refused_and_no_more)
{
    struct stage stage;
    const uint32_t records = (uint32_t)log_block_records(SIZE);
    (void)signal(SIGXFSZ, SIG_IGN);
    stage_open(&stage);
    append_all(&stage, WM_LOG_EVENTS, 0, records);
    struct rlimit limit = {.rlim_cur = BOARD_LOG_BLOCK_SIZE, .rlim_max = RLIM_INFINITY};
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    cr_assert_eq(append(&stage, WM_LOG_EVENTS, 12345), WM_IO);
    cr_assert_eq(append(&stage, WM_LOG_EVENTS, 12345), WM_IO);
    cr_assert_not_null(strstr(log_files_error(&stage.log), "cannot be written: File too large"));
    holds(&stage, WM_LOG_EVENTS, 0, records);
    limit.rlim_cur = RLIM_INFINITY;
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    append_all(&stage, WM_LOG_EVENTS, records, records + 20);
    cr_assert_str_eq(log_files_error(&stage.log), "");
    cr_assert(log_files_flush(&stage.log));
    stage_kill(&stage);
    holds(&stage, WM_LOG_EVENTS, 0, records + 20);
    stage_close(&stage);
}

/* It was on a disk that could not be written, and is kept as soon as it can be. */
Test(log_files, a_folder_that_is_not_there_is_made_as_soon_as_it_can_be)
{
    struct log_files log;
    char parent[] = "/tmp/log-files-XXXXXX";
    char place[60];
    cr_assert_not_null(mkdtemp(parent));
    (void)snprintf(place, sizeof place, "%s/log", parent);
    cr_assert_eq(rmdir(parent), 0);
    cr_assert_not(log_files_open(&log, place));
    cr_assert(log.is_absent);
    const struct wm_log port = log_files_port(&log);
    cr_assert_eq(port.ops->append(port.self, WM_LOG_EVENTS, "record", 6), WM_IO);
    cr_assert_not_null(strstr(log_files_error(&log), "/log: cannot be made: No such file"), "%s",
                       log_files_error(&log));
    cr_assert_eq(mkdir(parent, 0700), 0);
    cr_assert_eq(port.ops->append(port.self, WM_LOG_EVENTS, "record", 6), WM_OK);
    cr_assert(log_files_flush(&log));
    cr_assert_str_empty(log_files_error(&log));
    log_files_close(&log);
    (void)snprintf(place, sizeof place, "%s/log/events.ring", parent);
    cr_assert_eq(unlink(place), 0);
    *strrchr(place, '/') = '\0';
    cr_assert_eq(rmdir(place), 0);
    cr_assert_eq(rmdir(parent), 0);
}

/* What is wrong is told with its own cause as long as it is so. */
Test(log_files, a_folder_that_cannot_be_opened_is_told_of)
{
    struct log_files log;
    cr_assert_not(log_files_open(&log, "/dev/null"));
    cr_assert_not(log.is_absent);
    const struct wm_log port = log_files_port(&log);
    for (int i = 0; i < 2; i++) {
        cr_assert_not_null(strstr(log_files_error(&log),
                                  "log /dev/null: cannot be opened: Not a directory; look after"),
                           "%s", log_files_error(&log));
        cr_assert_eq(port.ops->append(port.self, WM_LOG_EVENTS, "record", 6), WM_IO);
    }
    log_files_close(&log);
}

/* It was another's when the webmanager started, and is its own now: it goes on behind it. */
Test(log_files, a_file_that_comes_later_is_gone_on_with)
{
    struct stage stage;
    char here[80];
    char away[80];
    stage_open(&stage);
    append_all(&stage, WM_LOG_EVENTS, 0, 5);
    ring_file(&stage, here);
    (void)snprintf(away, sizeof away, "%s/away", stage.folder);
    log_files_close(&stage.log);
    cr_assert_eq(rename(here, away), 0);
    stage_reopen(&stage);
    cr_assert_eq(rename(away, here), 0);
    append_all(&stage, WM_LOG_EVENTS, 5, 7);
    holds(&stage, WM_LOG_EVENTS, 0, 7);
    stage_close(&stage);
}

/* Its disk could only be read: that is told, and it goes on as soon as it can be written. */
Test(log_files, a_file_that_can_be_written_again_is)
{
    struct stage stage;
    char name[80];
    stage_open(&stage);
    append_all(&stage, WM_LOG_EVENTS, 0, 5);
    ring_file(&stage, name);
    log_files_close(&stage.log);
    stage_reopen(&stage);
    (void)close(stage.log.ring[WM_LOG_EVENTS].fd);
    stage.log.ring[WM_LOG_EVENTS].fd = open(name, O_RDONLY);
    char away[100];
    (void)snprintf(away, sizeof away, "%s.away", name);
    cr_assert_eq(rename(name, away), 0);
    append_all(&stage, WM_LOG_EVENTS, 5, 6);
    cr_assert_not(log_files_flush(&stage.log));
    cr_assert_not_null(strstr(log_files_error(&stage.log), "Read-only file system; name a folder"),
                       "%s", log_files_error(&stage.log));
    cr_assert_eq(rename(away, name), 0);
    cr_assert(log_files_flush(&stage.log));
    log_files_close(&stage.log);
    stage_reopen(&stage);
    holds(&stage, WM_LOG_EVENTS, 0, 6);
    stage_close(&stage);
}
