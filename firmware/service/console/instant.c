/*
 * instant.c — instants of the wall clock as ISO 8601 in UTC; the calendar is the Gregorian one.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"

#define DAY_MS   INT64_C(86400000)
#define HOUR_MS  INT64_C(3600000)
#define MIN_MS   INT64_C(60000)
#define YEAR_MIN 2000
#define YEAR_MAX 2099

static bool is_leap(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int64_t days_of_year(int64_t year)
{
    return is_leap(year) ? 366 : 365;
}

static int64_t days_of_month(int64_t year, int month)
{
    static const int64_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap(year));
}

const char *con_instant_text(wm_ms wall_ms, char *text)
{
    /* A clock before 1970 was never set. */
    const wm_ms ms = wall_ms < 0 ? 0 : wall_ms;
    int64_t days = ms / DAY_MS;
    int64_t year = 1970;
    int month = 1;
    /* 400 years have 146,097 days, so that no clock makes this long. */
    year += days / 146097 * 400;
    days %= 146097;
    for (; days >= days_of_year(year); year++) {
        days -= days_of_year(year);
    }
    for (; days >= days_of_month(year, month); month++) {
        days -= days_of_month(year, month);
    }
    (void)snprintf(text, CON_INSTANT_SIZE, "%04" PRId64 "-%02d-%02dT%02d:%02d:%02d.%03dZ", year,
                   month, (int)days + 1, (int)(ms / HOUR_MS % 24), (int)(ms / MIN_MS % 60),
                   (int)(ms / 1000 % 60), (int)(ms % 1000));
    return text;
}

/* The digits of `form`'s zeros into value[], one number a run of zeros; false: another form. */
static bool numbers_parse(const char *text, const char *form, int *value)
{
    for (; *form != '\0'; form++, text++) {
        if (*form == '0' && *text >= '0' && *text <= '9') {
            *value = *value * 10 + (*text - '0');
        } else if (*form != '0' && *form == *text) {
            *++value = 0;
        } else {
            return false;
        }
    }
    return *text == '\0';
}

bool con_instant_parse(const char *text, wm_ms *wall_ms)
{
    enum { YEAR, MONTH, DAY, HOUR, MINUTE, SECOND, MS, NUMBERS };
    int is[NUMBERS + 1] = {0};
    if (!numbers_parse(text, "0000-00-00T00:00:00Z", is) &&
        !numbers_parse(text, "0000-00-00T00:00:00.000Z", memset(is, 0, sizeof is))) {
        return false;
    }
    if (is[YEAR] < YEAR_MIN || is[YEAR] > YEAR_MAX || is[MONTH] < 1 || is[MONTH] > 12 ||
        is[DAY] < 1 || is[DAY] > days_of_month(is[YEAR], is[MONTH]) || is[HOUR] > 23 ||
        is[MINUTE] > 59 || is[SECOND] > 59) {
        return false;
    }
    int64_t days = is[DAY] - 1;
    for (int year = 1970; year < is[YEAR]; year++) {
        days += days_of_year(year);
    }
    for (int month = 1; month < is[MONTH]; month++) {
        days += days_of_month(is[YEAR], month);
    }
    *wall_ms =
        days * DAY_MS + is[HOUR] * HOUR_MS + is[MINUTE] * MIN_MS + is[SECOND] * 1000 + is[MS];
    return true;
}
