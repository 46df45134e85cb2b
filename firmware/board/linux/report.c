/*
 * report.c — see report.h.
 */
#include "report.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

enum { LINE_SIZE_MAX = 1024 };

static struct {
    bool is_syslog;
    bool has_prefix; /* <N>, as the journal reads it */
    char last[LINE_SIZE_MAX];
} to;

void report_open(enum report_way way)
{
    to.is_syslog = way == REPORT_SYSLOG;
    to.has_prefix = way == REPORT_AUTO && getenv("JOURNAL_STREAM") != NULL;
    if (to.is_syslog) {
        openlog("webmanagerd", LOG_PID | LOG_NDELAY, LOG_DAEMON);
    }
}

void report(enum report_level level, const char *format, ...)
{
    char line[LINE_SIZE_MAX];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (strcmp(line, to.last) == 0) {
        return;
    }
    (void)snprintf(to.last, sizeof to.last, "%s", line);
    if (to.is_syslog) {
        syslog((int)level, "%s", line);
    } else if (to.has_prefix) {
        (void)fprintf(stderr, "<%d>%s\n", (int)level, line);
    } else {
        (void)fprintf(stderr, "webmanagerd: %s\n", line);
    }
}
