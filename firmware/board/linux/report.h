/*
 * report.h — what the daemon tells whoever runs it: one line each, to stderr, the journal or
 * syslog.
 *
 * Always true: a line is place, cause and cure; nothing is told twice in a row; whoever does not
 * read it keeps nobody waiting.
 */
#ifndef BOARD_REPORT_H
#define BOARD_REPORT_H

#include <stdbool.h>

enum report_way {
    REPORT_AUTO, /* the journal under systemd, else stderr */
    REPORT_STDERR,
    REPORT_SYSLOG, /* stderr where there is no syslogd */
};

/* As in syslog. */
enum report_level {
    REPORT_ERROR = 3,
    REPORT_WARNING = 4,
    REPORT_NOTICE = 5,
    REPORT_INFO = 6,
};

/* Before it is called lines go to stderr. */
void report_open(enum report_way way);

/* A warning of what is missing, and keeps nobody from watching the battery. */
void report_later(const char *why);

/* As REPORT_SYSLOG, with a syslogd whose socket is elsewhere; path: borrowed. */
void report_open_syslog(const char *path);

void report(enum report_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
