/*
 * test_instant.c — instants of the wall clock are those of the calendar, both ways.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "wm/instant.h"

static char text[WM_INSTANT_SIZE];

Test(instant, dates_are_those_of_the_c_library)
{
    uint32_t wall_s = 0;
    for (int i = 0; i < 60000; i++) {
        char wanted[WM_INSTANT_SIZE];
        struct tm date;
        const time_t seconds = (time_t)wall_s;
        if (sizeof(time_t) == 4 && wall_s > INT32_MAX) {
            break; /* there the library has no answer */
        }
        cr_assert_not_null(gmtime_r(&seconds, &date));
        cr_assert_gt(strftime(wanted, sizeof wanted, "%Y-%m-%dT%H:%M:%SZ", &date), 0);
        cr_assert_str_eq(wm_instant_text_s(wall_s, text), wanted);
        wall_s += 71581; /* less than a day, up to 2106 */
    }
    cr_assert_str_eq(wm_instant_text_s(UINT32_MAX, text), "2106-02-07T06:28:15Z");
    cr_assert_str_eq(wm_instant_text_s(951782400, text), "2000-02-29T00:00:00Z");
    cr_assert_str_eq(wm_instant_text_s(4107542400, text), "2100-03-01T00:00:00Z");
    cr_assert_str_eq(wm_instant_text_s(4107542399, text), "2100-02-28T23:59:59Z");
}

Test(instant, a_clock_before_1970_or_after_9999_shows_its_end)
{
    cr_assert_str_eq(wm_instant_text(INT64_MIN, text), "1970-01-01T00:00:00.000Z");
    cr_assert_str_eq(wm_instant_text(-1, text), "1970-01-01T00:00:00.000Z");
    cr_assert_str_eq(wm_instant_text(1, text), "1970-01-01T00:00:00.001Z");
    cr_assert_str_eq(wm_instant_text(INT64_C(253402300799999), text), "9999-12-31T23:59:59.999Z");
    cr_assert_str_eq(wm_instant_text(INT64_C(253402300800000), text), "9999-12-31T23:59:59.999Z");
    cr_assert_str_eq(wm_instant_text(INT64_MAX, text), "9999-12-31T23:59:59.999Z");
    cr_assert_str_eq(wm_instant_text_s(INT64_MIN, text), "1970-01-01T00:00:00Z");
    cr_assert_str_eq(wm_instant_text_s(INT64_C(253402300800), text), "9999-12-31T23:59:59Z");
    cr_assert_str_eq(wm_instant_text_s(INT64_MAX, text), "9999-12-31T23:59:59Z");
    cr_assert_eq(strlen(wm_instant_text(INT64_MAX, text)), WM_INSTANT_SIZE - 1);
}

Test(instant, whatever_can_be_written_is_read_if_it_is_in_the_calendar_and_only_then)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    for (int year = 1999; year <= 2100; year++) {
        for (int month = 0; month <= 13; month++) {
            for (int day = 0; day <= 32; day++) {
                char given[64];
                wm_ms wall_ms = 0;
                const bool has_leap_day = month == 2 && year % 4 == 0; /* 2000 too */
                const bool is_date = year >= 2000 && year <= 2099 && month >= 1 && month <= 12 &&
                                     day >= 1 && day <= days[month - 1] + has_leap_day;
                (void)snprintf(given, sizeof given, "%04d-%02d-%02dT12:34:56.789Z", year, month,
                               day);
                cr_assert_eq(wm_instant_parse(given, &wall_ms), is_date, "%s", given);
                cr_assert(!is_date || strcmp(wm_instant_text(wall_ms, text), given) == 0, "%s",
                          given);
            }
        }
    }
}
