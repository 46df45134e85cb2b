/*
 * test_log_memory.c — rings that keep the newest, within their limits, block by block (B20).
 */
#include <criterion/criterion.h>
#include <string.h>

#include "firmware/board/host/log_memory.h"
#include "wm/limits.h"
#include "wm/log_csv.h"
#include "wm/log_record.h"

static struct board_log_memory memory;
static struct wm_log port;

enum { SIZE = 16, RECORDS = (BOARD_LOG_BLOCK_SIZE - 16) / SIZE };

static void setup(void)
{
    board_log_memory_init(&memory);
    port = board_log_memory_port(&memory);
}

static void teardown(void)
{
    board_log_memory_free(&memory);
}

static void append(enum wm_log_ring ring, uint64_t number, size_t size)
{
    uint8_t record[WM_LOG_RECORD_MAX];
    memset(record, (int)(number & 0xFF), sizeof record);
    memcpy(record, &number, sizeof number);
    cr_assert_eq(port.ops->append(port.self, ring, record, size), WM_OK);
}

static void fill(uint64_t from, uint64_t count)
{
    for (uint64_t i = from; i < from + count; i++) {
        append(WM_LOG_FLOW, i, SIZE);
    }
}

static uint64_t held(uint64_t *first)
{
    return port.ops->held(port.self, WM_LOG_FLOW, first);
}

static int get(uint64_t number, uint8_t record[WM_LOG_RECORD_MAX])
{
    return port.ops->read(port.self, WM_LOG_FLOW, number, record, WM_LOG_RECORD_MAX);
}

/* Every record that is held reads back as it was written. */
static void all_are_right(void)
{
    uint64_t first;
    const uint64_t count = held(&first);
    for (uint64_t i = first; i < first + count; i++) {
        uint8_t record[WM_LOG_RECORD_MAX];
        uint64_t number;
        cr_assert_eq(get(i, record), SIZE);
        memcpy(&number, record, sizeof number);
        cr_assert_eq(number, i);
        cr_assert_eq(record[SIZE - 1], (uint8_t)i);
    }
}

Test(log_memory, an_empty_ring_holds_nothing_and_takes_no_memory, .init = setup, .fini = teardown)
{
    uint64_t first;
    uint8_t record[WM_LOG_RECORD_MAX];
    cr_assert_eq(held(&first), 0);
    cr_assert_eq(get(0, record), WM_ABSENT);
    cr_assert_eq(board_log_memory_size(&memory, WM_LOG_FLOW), 0);
    board_log_memory_cut(&memory);
    cr_assert_eq(held(&first), 0);
}

Test(log_memory, records_come_back_in_order_across_blocks, .init = setup, .fini = teardown)
{
    uint64_t first;
    uint8_t record[WM_LOG_RECORD_MAX];
    fill(0, 3 * RECORDS + 5);
    cr_assert_eq(held(&first), 3 * RECORDS + 5);
    cr_assert_eq(first, 0);
    all_are_right();
    cr_assert_eq(get(3 * RECORDS + 5, record), WM_ABSENT);
    cr_assert_eq(board_log_memory_size(&memory, WM_LOG_FLOW), 4 * BOARD_LOG_BLOCK_SIZE);
    cr_assert_eq(port.ops->read(port.self, WM_LOG_FLOW, 0, record, SIZE - 1), WM_DAMAGED);
}

Test(log_memory, when_it_is_full_the_oldest_block_goes_and_memory_stays, .init = setup,
     .fini = teardown)
{
    uint64_t first;
    uint8_t record[WM_LOG_RECORD_MAX];
    memory.ring[WM_LOG_FLOW].blocks_max = 4;
    fill(0, 4 * RECORDS);
    cr_assert_eq(held(&first), 4 * RECORDS);
    cr_assert_eq(first, 0);
    fill(4 * RECORDS, 1);
    cr_assert_eq(held(&first), 3 * RECORDS + 1);
    cr_assert_eq(first, RECORDS);
    cr_assert_eq(get(RECORDS - 1, record), WM_ABSENT);
    all_are_right();
    fill(4 * RECORDS + 1, 40 * RECORDS);
    cr_assert_eq(held(&first), 3 * RECORDS + 1);
    all_are_right();
    cr_assert_eq(board_log_memory_size(&memory, WM_LOG_FLOW), 4 * BOARD_LOG_BLOCK_SIZE);
}

Test(log_memory, a_power_cut_costs_the_block_that_was_being_filled_and_no_other, .init = setup,
     .fini = teardown)
{
    uint64_t first;
    memory.ring[WM_LOG_FLOW].blocks_max = 4;
    fill(0, 2 * RECORDS + 7);
    board_log_memory_cut(&memory);
    cr_assert_eq(held(&first), 2 * RECORDS);
    all_are_right();
    board_log_memory_cut(&memory);
    cr_assert_eq(held(&first), 2 * RECORDS, "a full block is safe");
    fill(2 * RECORDS, 2 * RECORDS + 1);
    board_log_memory_cut(&memory);
    cr_assert_eq(held(&first), 3 * RECORDS, "the oldest had made room");
    cr_assert_eq(first, RECORDS);
    all_are_right();
    fill(first + 3 * RECORDS, 3);
    cr_assert_eq(held(&first), 3 * RECORDS + 3);
    all_are_right();
}

Test(log_memory, a_block_that_was_changed_is_not_believed, .init = setup, .fini = teardown)
{
    uint8_t record[WM_LOG_RECORD_MAX];
    fill(0, 2 * RECORDS + 1);
    for (size_t i = 0; i < BOARD_LOG_BLOCK_SIZE; i++) {
        uint8_t *byte = &memory.ring[WM_LOG_FLOW].block[0][i];
        *byte ^= 0x01;
        memory.ring[WM_LOG_FLOW].sound = 0; /* as after a restart */
        cr_assert_eq(get(0, record), WM_DAMAGED, "byte %zu", i);
        *byte ^= 0x01;
    }
    cr_assert_eq(get(RECORDS, record), SIZE, "the next block is");
    cr_assert_eq(get(0, record), SIZE);
}

Test(log_memory, the_event_log_holds_ten_thousand_entries_exactly, .init = setup, .fini = teardown)
{
    uint64_t first;
    for (uint64_t i = 0; i < WM_LOG_EVENTS_MAX; i++) {
        append(WM_LOG_EVENTS, i, WM_LOG_EVENT_SIZE);
    }
    cr_assert_eq(port.ops->held(port.self, WM_LOG_EVENTS, &first), WM_LOG_EVENTS_MAX);
    cr_assert_eq(first, 0);
    for (uint64_t i = 0; i < 1000; i++) {
        append(WM_LOG_EVENTS, WM_LOG_EVENTS_MAX + i, WM_LOG_EVENT_SIZE);
        cr_assert_eq(port.ops->held(port.self, WM_LOG_EVENTS, &first), WM_LOG_EVENTS_MAX);
        cr_assert_eq(first, i + 1);
        uint8_t record[WM_LOG_RECORD_MAX];
        cr_assert_eq(port.ops->read(port.self, WM_LOG_EVENTS, first, record, sizeof record),
                     WM_LOG_EVENT_SIZE);
        cr_assert_eq(port.ops->read(port.self, WM_LOG_EVENTS, first - 1, record, sizeof record),
                     WM_ABSENT);
    }
}

Test(log_memory, the_measurement_rings_stay_within_their_megabytes, .init = setup, .fini = teardown)
{
    static const struct {
        enum wm_log_ring ring;
        size_t bytes;
    } cases[] = {{WM_LOG_NORMAL, WM_LOG_NORMAL_BYTES}, {WM_LOG_FLOW, WM_LOG_FLOW_BYTES}};
    for (size_t i = 0; i < 2; i++) {
        const uint64_t more = 2 * cases[i].bytes / WM_LOG_MEASUREMENT_SIZE;
        for (uint64_t k = 0; k < more; k++) {
            append(cases[i].ring, k, WM_LOG_MEASUREMENT_SIZE);
        }
        const size_t size = board_log_memory_size(&memory, cases[i].ring);
        cr_assert_leq(size, cases[i].bytes);
        cr_assert_gt(size, cases[i].bytes - BOARD_LOG_BLOCK_SIZE);
        uint64_t first;
        const uint64_t count = port.ops->held(port.self, cases[i].ring, &first);
        cr_assert_eq(first + count, more);
        cr_assert_gt(count * WM_LOG_MEASUREMENT_SIZE, cases[i].bytes * 98 / 100);
    }
}

/* ---- export ----------------------------------------------------------------------------- */

static int lines;
static int lines_max;
static char last[WM_LOG_CSV_LINE_MAX];

static bool line_take(void *context, const char *line)
{
    cr_assert_eq(context, &lines);
    lines++;
    strcpy(last, line);
    return lines < lines_max;
}

Test(log_memory, an_export_is_the_header_and_the_newest_records, .init = setup, .fini = teardown)
{
    const struct wm_log_measurement measurement = {.module = 9, .flags = WM_LOG_IS_LOST};
    uint8_t record[WM_LOG_MEASUREMENT_SIZE];
    lines_max = 1000;
    cr_assert(wm_log_csv(&port, WM_LOG_NORMAL, 5, line_take, &lines));
    cr_assert_eq(lines, 1);
    cr_assert_str_eq(last, wm_log_csv_header(WM_LOG_NORMAL));
    wm_log_measurement_pack(&measurement, record);
    for (int i = 0; i < 20; i++) {
        cr_assert_eq(port.ops->append(port.self, WM_LOG_NORMAL, record, sizeof record), WM_OK);
    }
    lines = 0;
    cr_assert(wm_log_csv(&port, WM_LOG_NORMAL, 5, line_take, &lines));
    cr_assert_eq(lines, 6);
    cr_assert_str_eq(last, "19,1970-01-01T00:00:00Z,9,,,,,,,lost");
    lines = 0;
    cr_assert(wm_log_csv(&port, WM_LOG_NORMAL, UINT64_MAX, line_take, &lines));
    cr_assert_eq(lines, 21);
    lines = 0;
    lines_max = 3;
    cr_assert_not(wm_log_csv(&port, WM_LOG_NORMAL, UINT64_MAX, line_take, &lines));
    cr_assert_eq(lines, 3, "who cannot take more is not given more");
}
