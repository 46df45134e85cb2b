/*
 * report.c — see report.h.
 */
#include "report.h"

#include <errno.h>
#include <paths.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

enum { TEXT_SIZE_MAX = 1024, LINE_SIZE_MAX = TEXT_SIZE_MAX + 100 };

static struct {
    const char *syslog; /* the socket of a syslogd; null: stderr is wished */
    int socket;         /* to it; -1: not connected */
    bool has_prefix;    /* <N>, as the journal reads it */
    unsigned untold;    /* lines that nobody took */
    char last[TEXT_SIZE_MAX];
} to = {.socket = -1};

/* ---- syslog ----------------------------------------------------------------------------- */

/* The library's own syslog() would wait for a syslogd that does not read. */
static bool syslog_connect(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(to.syslog) >= sizeof address.sun_path) {
        return false;
    }
    memcpy(address.sun_path, to.syslog, strlen(to.syslog));
    to.socket = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (to.socket >= 0 &&
        connect(to.socket, (const struct sockaddr *)&address, sizeof address) != 0) {
        (void)close(to.socket);
        to.socket = -1;
    }
    return to.socket >= 0;
}

/* As local programs write it (RFC 3164, 4.1, without a host). False: there is no syslogd. */
static bool syslog_send(enum report_level level, const char *text)
{
    char line[LINE_SIZE_MAX];
    char at[32] = "";
    const time_t now = time(NULL);
    struct tm local;
    if (localtime_r(&now, &local) != NULL) {
        (void)strftime(at, sizeof at, "%b %e %T", &local);
    }
    (void)snprintf(line, sizeof line, "<%d>%s webmanagerd[%ld]: %s", LOG_DAEMON | (int)level, at,
                   (long)getpid(), text);
    for (int attempt = 0; attempt < 2; attempt++) {
        if (to.socket < 0 && !syslog_connect()) {
            return false;
        }
        if (send(to.socket, line, strlen(line), MSG_NOSIGNAL) >= 0 || errno == EAGAIN) {
            return true; /* or it does not read: a line less */
        }
        (void)close(to.socket); /* it was started again */
        to.socket = -1;
    }
    return false;
}

/* ---- stderr ----------------------------------------------------------------------------- */

/* Whoever reads stderr may have stopped to: the battery is watched all the same. */
static bool stderr_takes(void)
{
    struct pollfd ready = {.fd = STDERR_FILENO, .events = POLLOUT};
    return poll(&ready, 1, 0) == 1 && (ready.revents & POLLOUT) != 0;
}

static void stderr_write(enum report_level level, const char *text)
{
    char line[LINE_SIZE_MAX];
    const int size = to.has_prefix ? snprintf(line, sizeof line, "<%d>%s\n", (int)level, text)
                                   : snprintf(line, sizeof line, "webmanagerd: %s\n", text);
    (void)!write(STDERR_FILENO, line, (size_t)size);
}

static void stderr_tell(enum report_level level, const char *text)
{
    if (!stderr_takes()) {
        to.untold++;
        return;
    }
    if (to.untold > 0) {
        char missing[80];
        (void)snprintf(missing, sizeof missing, "%u line(s) are missing here: nobody took them",
                       to.untold);
        to.untold = 0;
        stderr_write(REPORT_WARNING, missing);
    }
    if (stderr_takes()) {
        stderr_write(level, text);
    } else {
        to.untold++;
    }
}

/* ---- report ----------------------------------------------------------------------------- */

void report_open(enum report_way way)
{
    to.has_prefix = way == REPORT_AUTO && getenv("JOURNAL_STREAM") != NULL;
    to.syslog = way == REPORT_SYSLOG ? _PATH_LOG : NULL;
}

void report_open_syslog(const char *path)
{
    to.syslog = path;
}

void report(enum report_level level, const char *format, ...)
{
    char text[TEXT_SIZE_MAX];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (strcmp(text, to.last) == 0) {
        return;
    }
    (void)snprintf(to.last, sizeof to.last, "%s", text);
    if (to.syslog == NULL || !syslog_send(level, text)) {
        stderr_tell(level, text);
    }
}

void report_later(const char *why)
{
    report(REPORT_WARNING, "%s; it is tried again, and all else goes on", why);
}
