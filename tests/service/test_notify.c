/*
 * test_notify.c — which notices a sequence of views gives.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "firmware/service/snmp/notify.h"
#include "fixture.h"

static struct wm_view view;
static struct snmps_seen seen;

static void begin(void)
{
    fixture_view(&view, 18, 2, 1);
    memset(&seen, 0, sizeof seen);
}

/* Publishes a view with these rows; the notices as text: "-3 +4 " is 3 removed, then 4 added. */
static const char *publish(const uint32_t *ids, size_t count)
{
    static char text[1024];
    struct snmps_notice notices[SNMPS_NOTICES_MAX];
    view.alarm_rows = 0;
    for (size_t i = 0; i < count; i++) {
        fixture_alarm(&view, ids[i], 20 + (int32_t)(ids[i] % 10), 1000);
    }
    const size_t told = snmps_notify(&seen, &view, notices);
    text[0] = '\0';
    for (size_t i = 0; i < told; i++) {
        cr_expect_eq(notices[i].number, 20 + (int32_t)(notices[i].id % 10));
        snprintf(text + strlen(text), sizeof text - strlen(text), "%c%u ",
                 notices[i].is_added ? '+' : '-', notices[i].id);
    }
    return text;
}

#define PUBLISH(...)                                                                               \
    publish((const uint32_t[]){__VA_ARGS__},                                                       \
            sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t))

Test(notify, tells_what_came_and_went_once)
{
    begin();
    cr_expect_str_eq(publish(NULL, 0), "");
    cr_expect_str_eq(PUBLISH(2), "+2 ");
    cr_expect_str_eq(PUBLISH(2), "");
    cr_expect_str_eq(PUBLISH(2, 4, 5), "+4 +5 ");
    cr_expect_str_eq(PUBLISH(2, 5), "-4 ");
    cr_expect_str_eq(publish(NULL, 0), "-2 -5 ");
    cr_expect_str_eq(publish(NULL, 0), "");
}

Test(notify, removed_precede_added_each_in_order)
{
    begin();
    cr_expect_str_eq(PUBLISH(1, 3, 5, 7), "+1 +3 +5 +7 ");
    cr_expect_str_eq(PUBLISH(3, 8, 9), "-1 -5 -7 +8 +9 ");
    cr_expect_str_eq(PUBLISH(10, 11), "-3 -8 -9 +10 +11 ");
}

Test(notify, every_row_may_change_at_once)
{
    uint32_t ids[WM_ALARM_ROWS_MAX];
    struct snmps_notice notices[SNMPS_NOTICES_MAX];
    begin();
    for (uint32_t i = 0; i < WM_ALARM_ROWS_MAX; i++) {
        ids[i] = i + 1;
    }
    publish(ids, WM_ALARM_ROWS_MAX);
    view.alarm_rows = 0;
    for (uint32_t i = 0; i < WM_ALARM_ROWS_MAX; i++) {
        fixture_alarm(&view, 100 + i, 6, 0);
    }
    cr_assert_eq(snmps_notify(&seen, &view, notices), SNMPS_NOTICES_MAX);
    for (uint32_t i = 0; i < SNMPS_NOTICES_MAX; i++) {
        const bool is_added = i >= WM_ALARM_ROWS_MAX;
        cr_expect_eq(notices[i].is_added, is_added);
        cr_expect_eq(notices[i].id, is_added ? 100 + i - WM_ALARM_ROWS_MAX : i + 1);
    }
}

Test(notify, nothing_is_told_while_initializing)
{
    begin();
    view.is_initializing = 1;
    cr_expect_str_eq(PUBLISH(1, 2), "");
    cr_expect_str_eq(PUBLISH(2), "");
    cr_expect_str_eq(publish(NULL, 0), "");
    view.is_initializing = 0;
    cr_expect_str_eq(PUBLISH(3), "+3 ");
}

Test(notify, a_row_present_at_the_end_of_initializing_tells_its_end_only)
{
    struct snmps_notice notices[SNMPS_NOTICES_MAX];
    begin();
    view.is_initializing = 1;
    fixture_alarm(&view, 2, 6, 500);
    cr_expect_eq(snmps_notify(&seen, &view, notices), 0);
    view.is_initializing = 0;
    view.alarm[0].existed_at_start = 1;
    cr_expect_eq(snmps_notify(&seen, &view, notices), 0);
    fixture_alarm(&view, 3, 7, 900);
    cr_assert_eq(snmps_notify(&seen, &view, notices), 1);
    cr_expect(notices[0].is_added && notices[0].id == 3 && notices[0].number == 7);
    view.alarm[0] = view.alarm[1];
    view.alarm_rows = 1;
    cr_assert_eq(snmps_notify(&seen, &view, notices), 1);
    cr_expect(!notices[0].is_added && notices[0].id == 2 && notices[0].number == 6);
}

Test(notify, the_initializing_row_is_never_told)
{
    struct snmps_notice notices[SNMPS_NOTICES_MAX];
    begin();
    view.is_initializing = 1;
    fixture_alarm(&view, 1, 19, 0);
    cr_expect_eq(snmps_notify(&seen, &view, notices), 0);
    view.is_initializing = 0;
    cr_expect_eq(snmps_notify(&seen, &view, notices), 0);
    fixture_alarm(&view, 2, 20, 0);
    cr_expect_eq(snmps_notify(&seen, &view, notices), 1);
    view.alarm_rows = 0;
    cr_assert_eq(snmps_notify(&seen, &view, notices), 1);
    cr_expect_eq(notices[0].id, 2);
}

Test(notify, rows_told_before_a_new_initializing_tell_their_end_after_it)
{
    begin();
    cr_expect_str_eq(PUBLISH(1, 2), "+1 +2 ");
    view.is_initializing = 1;
    cr_expect_str_eq(PUBLISH(2), "");
    view.is_initializing = 0;
    cr_expect_str_eq(PUBLISH(2), "-1 ");
}
