/*
 * report.c — see report.h.
 */
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <paths.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "wm/status.h"

enum { TEXT_SIZE_MAX = 1024, LINE_SIZE_MAX = TEXT_SIZE_MAX + 100 };

static struct {
    const char *syslog; /* the socket of a syslogd; null: stderr is wished */
    int socket;         /* to it; -1: not connected */
    int stderr_fd;      /* -1: not looked at yet */
    bool is_stderr_socket;
    bool has_prefix; /* <N>, as the journal reads it */
    bool is_cut;     /* of the last line only a part was taken */
    unsigned untold; /* lines that nobody took */
    char last[TEXT_SIZE_MAX];
} to = {.socket = -1, .stderr_fd = -1};

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

/* As local programs write it (RFC 3164, 4.1, without a host). WM_IO: there is no syslogd. */
static enum wm_status syslog_send(enum report_level level, const char *text)
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
            return WM_IO;
        }
        if (send(to.socket, line, strlen(line), MSG_NOSIGNAL) >= 0) {
            return WM_OK;
        }
        if (errno == EAGAIN) {
            return WM_BUSY;
        }
        (void)close(to.socket); /* it was started again */
        to.socket = -1;
    }
    return WM_IO;
}

/* ---- stderr ----------------------------------------------------------------------------- */

/*
 * Whoever reads stderr may have stopped to: the battery is watched all the same. That writing does
 * not wait is made so of a description of our own, for others write to that of stderr. A file takes
 * all.
 */
static void stderr_find(void)
{
    struct stat is;
    to.stderr_fd = STDERR_FILENO;
    if (fstat(STDERR_FILENO, &is) != 0) {
        return;
    }
    to.is_stderr_socket = S_ISSOCK(is.st_mode);
    if (S_ISCHR(is.st_mode) || S_ISFIFO(is.st_mode)) {
        const int own = open("/proc/self/fd/2", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        to.stderr_fd = own >= 0 ? own : STDERR_FILENO;
    }
}

/* WM_BUSY: nobody takes it, or not all of it. */
static enum wm_status stderr_send(enum report_level level, const char *text)
{
    char line[LINE_SIZE_MAX];
    const char *begin = to.is_cut ? "\n" : "";
    const int size = to.has_prefix
                         ? snprintf(line, sizeof line, "%s<%d>%s\n", begin, (int)level, text)
                         : snprintf(line, sizeof line, "%swebmanagerd: %s\n", begin, text);
    if (to.stderr_fd < 0) {
        stderr_find();
    }
    const ssize_t sent = to.is_stderr_socket
                             ? send(to.stderr_fd, line, (size_t)size, MSG_DONTWAIT | MSG_NOSIGNAL)
                             : write(to.stderr_fd, line, (size_t)size);
    if (sent <= 0) {
        return WM_BUSY;
    }
    to.is_cut = sent < size;
    return to.is_cut ? WM_BUSY : WM_OK;
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

static bool line_send(enum report_level level, const char *text)
{
    enum wm_status status = to.syslog != NULL ? syslog_send(level, text) : WM_IO;
    if (status == WM_IO) {
        status = stderr_send(level, text);
    }
    return status == WM_OK;
}

static bool untold_send(void)
{
    char text[80];
    (void)snprintf(text, sizeof text, "%u line(s) are missing here: nobody took them", to.untold);
    if (to.untold > 0 && line_send(REPORT_WARNING, text)) {
        to.untold = 0;
    }
    return to.untold == 0;
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
    if (untold_send() && line_send(level, text)) {
        (void)snprintf(to.last, sizeof to.last, "%s", text);
    } else {
        to.untold++;
    }
}

void report_later(const char *why)
{
    report(REPORT_WARNING, "%s; it is tried again, and all else goes on", why);
}
