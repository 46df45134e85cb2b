/*
 * instant.c — see instant.h; the calendar is the Gregorian one.
 *
 * By hand: the time_t of the C library has 32 bits on the target, and ends in 2038. Years are
 * counted from March, so that the leap day is their last, in eras of 400 years.
 */
#include "wm/instant.h"

#include <stdio.h>
#include <string.h>

#define DAY_S     86400
#define ERA_DAYS  146097
#define EPOCH_DAY 719468 /* 1970-01-01 since 0000-03-01 */
#define YEAR_MIN  2000
#define YEAR_MAX  2099
/* The last second of the year 9999: four digits. */
#define WALL_S_MAX INT64_C(253402300799)

struct date {
    int64_t year;
    int64_t month; /* 1..12 */
    int64_t day;   /* 1..31 */
};

/* Of a day since 1970-01-01, not before. */
static struct date date_of(int64_t day)
{
    const int64_t since_start = day + EPOCH_DAY;
    const int64_t era = since_start / ERA_DAYS;
    const int64_t of_era = since_start % ERA_DAYS;
    const int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    const int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const int64_t from_march = (5 * of_year + 2) / 153;
    struct date date = {.day = of_year - (153 * from_march + 2) / 5 + 1};
    date.month = from_march < 10 ? from_march + 3 : from_march - 9;
    date.year = era * 400 + year_of_era + (date.month <= 2);
    return date;
}

/* The reverse. A date that is not in the calendar gives the day of another. */
static int64_t day_of(struct date date)
{
    const int64_t year = date.year - (date.month <= 2);
    const int64_t year_of_era = year % 400;
    const int64_t of_year = (153 * ((date.month + 9) % 12) + 2) / 5 + date.day - 1;
    const int64_t of_era = 365 * year_of_era + year_of_era / 4 - year_of_era / 100 + of_year;
    return year / 400 * ERA_DAYS + of_era - EPOCH_DAY;
}

static bool is_in_calendar(struct date date)
{
    const struct date back = date_of(day_of(date));
    return back.year == date.year && back.month == date.month && back.day == date.day;
}

/* Without the Z. Returns its length. */
static int text_begin(int64_t wall_s, char text[WM_INSTANT_SIZE])
{
    const struct date date = date_of(wall_s / DAY_S);
    const int of_day = (int)(wall_s % DAY_S);
    return snprintf(text, WM_INSTANT_SIZE, "%04d-%02d-%02dT%02d:%02d:%02d", (int)date.year,
                    (int)date.month, (int)date.day, of_day / 3600, of_day / 60 % 60, of_day % 60);
}

const char *wm_instant_text(wm_ms wall_ms, char text[WM_INSTANT_SIZE])
{
    const wm_ms max_ms = WALL_S_MAX * 1000 + 999;
    const wm_ms ms = wall_ms < 0 ? 0 : wall_ms > max_ms ? max_ms : wall_ms;
    const int size = text_begin(ms / 1000, text);
    (void)snprintf(text + size, WM_INSTANT_SIZE - (size_t)size, ".%03dZ", (int)(ms % 1000));
    return text;
}

const char *wm_instant_text_s(int64_t wall_s, char text[WM_INSTANT_SIZE])
{
    const int size = text_begin(wall_s < 0 ? 0 : wall_s > WALL_S_MAX ? WALL_S_MAX : wall_s, text);
    (void)snprintf(text + size, WM_INSTANT_SIZE - (size_t)size, "Z");
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

bool wm_instant_parse(const char *text, wm_ms *wall_ms)
{
    enum { YEAR, MONTH, DAY, HOUR, MINUTE, SECOND, MS, NUMBERS };
    int is[NUMBERS + 1] = {0};
    if (!numbers_parse(text, "0000-00-00T00:00:00Z", is) &&
        !numbers_parse(text, "0000-00-00T00:00:00.000Z", memset(is, 0, sizeof is))) {
        return false;
    }
    const struct date date = {is[YEAR], is[MONTH], is[DAY]};
    if (date.year < YEAR_MIN || date.year > YEAR_MAX || !is_in_calendar(date) || is[HOUR] > 23 ||
        is[MINUTE] > 59 || is[SECOND] > 59) {
        return false;
    }
    const int64_t of_day = is[HOUR] * 3600 + is[MINUTE] * 60 + is[SECOND];
    *wall_ms = (day_of(date) * DAY_S + of_day) * 1000 + is[MS];
    return true;
}
