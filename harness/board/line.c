/*
 * line.c — see line.h.
 */
#define _GNU_SOURCE /* posix_openpt, ptsname */

#include "harness/board/line.h"

#include <asm/termbits.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#define PTY "pty:"
/* A pty has none. */
#define ANY_BAUD 19200

/* Whoever listens takes a line in a moment. */
enum { CONNECT_LIMIT_MS = 1500, CONNECT_AGAIN_MS = 50 };

/* Numbers of both ends of ptys (Linux, Documentation/admin-guide/devices.txt). */
enum { PTMX_MAJOR = 5, PTMX_MINOR = 2, PTY_MAJOR_FIRST = 136, PTY_MAJOR_LAST = 143 };

static const char *cure_of(int reason)
{
    switch (reason) {
    case EACCES:
    case EPERM:
        return "join its group (dialout), or ask whoever owns it";
    case EWOULDBLOCK:
    case EBUSY:
        return "another program has it; end that one";
    case EEXIST:
        return "it is no link; name a path that nobody needs";
    case ENOTTY:
        return "name a tty, a pty, a Unix socket, or HOST:PORT";
    case ECONNREFUSED:
        return "nobody listens there; start what does";
    case ETIMEDOUT:
        return "end who has its place, or start it anew";
    default:
        return "plug it in, or name the one that is there";
    }
}

static int failed(const char *place, int fd, struct hx_text *error)
{
    const int reason = errno;
    hx_text_add(error, "%s: %s; %s", place,
                reason == EWOULDBLOCK ? "in use"
                : reason == ETIMEDOUT ? "does not accept"
                                      : strerror(reason),
                cure_of(reason));
    if (fd >= 0) {
        close(fd);
    }
    return -1;
}

/* Raw, 8N1, at any speed that the driver makes (ioctl_tty(2), BOTHER). */
static bool tty_set(int fd, int32_t baud)
{
    struct termios2 form;
    if (flock(fd, LOCK_EX | LOCK_NB) != 0 || ioctl(fd, TCGETS2, &form) != 0) {
        return false;
    }
    form.c_iflag = form.c_oflag = form.c_lflag = 0;
    form.c_cflag = CS8 | CREAD | CLOCAL | BOTHER;
    form.c_ispeed = form.c_ospeed = (speed_t)baud;
    form.c_cc[VMIN] = 1;
    form.c_cc[VTIME] = 0;
    return ioctl(fd, TCSETS2, &form) == 0 && ioctl(fd, TCFLSH, TCIFLUSH) == 0;
}

static int tty_open(const char *place, int32_t baud, struct hx_text *error)
{
    const int fd = open(place, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    return fd >= 0 && tty_set(fd, baud) ? fd : failed(place, fd, error);
}

/* 0 at once: or later, where it need not be now. -1: errno is why not. */
static int connect_in_time(int fd, const void *address, socklen_t size, bool waits)
{
    struct pollfd ready = {.fd = fd, .events = POLLOUT};
    int reason = 0;
    socklen_t reason_size = sizeof reason;
    int status = connect(fd, address, size);
    /* A Unix socket with a queue that is full says EAGAIN, and is asked again. */
    for (int left_ms = CONNECT_LIMIT_MS; waits && status != 0 && errno == EAGAIN && left_ms > 0;
         left_ms -= CONNECT_AGAIN_MS) {
        (void)poll(NULL, 0, CONNECT_AGAIN_MS);
        status = connect(fd, address, size);
    }
    if (status != 0 && errno == EINPROGRESS) {
        reason = waits && poll(&ready, 1, CONNECT_LIMIT_MS) == 0 ? ETIMEDOUT : 0;
        if (reason == 0 && waits) {
            (void)getsockopt(fd, SOL_SOCKET, SO_ERROR, &reason, &reason_size);
        }
        status = reason == 0 ? 0 : -1;
        errno = reason;
    }
    errno = errno == EAGAIN ? ETIMEDOUT : errno;
    return status;
}

static int socket_open(const char *place, bool waits, struct hx_text *error)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(place) >= sizeof address.sun_path) {
        hx_text_add(error, "%s: longer than a socket's path can be (%zu); link to it", place,
                    sizeof address.sun_path - 1);
        return -1;
    }
    memcpy(address.sun_path, place, strlen(place) + 1);
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    return fd >= 0 && connect_in_time(fd, &address, sizeof address, waits) == 0
               ? fd
               : failed(place, fd, error);
}

static int tcp_open(const char *place, const char *colon, bool waits, struct hx_text *error)
{
    char host[256];
    const int on = 1;
    int fd = -1;
    struct addrinfo *found = NULL;
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    (void)snprintf(host, sizeof host, "%.*s", (int)(colon - place), place);
    const int status = getaddrinfo(host, colon + 1, &hints, &found);
    if (status != 0) {
        hx_text_add(error, "%s: %s; name a tty, a pty, a Unix socket, or HOST:PORT", place,
                    gai_strerror(status));
        return -1;
    }
    errno = ECONNREFUSED;
    for (const struct addrinfo *each = found; each != NULL && fd < 0; each = each->ai_next) {
        const int kind = each->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK;
        fd = socket(each->ai_family, kind, each->ai_protocol);
        if (fd >= 0 && connect_in_time(fd, each->ai_addr, each->ai_addrlen,
                                       waits || each->ai_next != NULL) != 0) {
            const int reason = errno;
            close(fd);
            fd = -1;
            errno = reason;
        }
    }
    freeaddrinfo(found);
    if (fd < 0) {
        return failed(place, fd, error);
    }
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

/* Of an earlier pty, and nothing else. */
static void link_remove(const char *path)
{
    struct stat is;
    if (lstat(path, &is) == 0 && S_ISLNK(is.st_mode)) {
        (void)unlink(path);
    }
}

/* The far end stays open here, too: a program that closes it hangs nothing up. */
static bool pty_make(struct hx_line *line, struct hx_text *error)
{
    const char *path = line->place + sizeof PTY - 1;
    const int fd = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    const char *name = fd >= 0 && grantpt(fd) == 0 && unlockpt(fd) == 0 ? ptsname(fd) : NULL;
    const int far = name != NULL ? open(name, O_RDWR | O_NOCTTY | O_CLOEXEC) : -1;
    bool is_good = far >= 0 && tty_set(far, ANY_BAUD) && flock(far, LOCK_UN) == 0;
    if (is_good) {
        link_remove(path);
        is_good = symlink(name, path) == 0;
    }
    if (!is_good) {
        (void)failed(line->place, fd, error);
        (void)(far >= 0 && close(far));
        return false;
    }
    line->fd = fd;
    line->far = far;
    return true;
}

bool hx_line_is_made(const char *place)
{
    return strncmp(place, PTY, sizeof PTY - 1) == 0;
}

void hx_line_forget(const char *place)
{
    if (hx_line_is_made(place)) {
        link_remove(place + sizeof PTY - 1);
    }
}

struct hx_line hx_line_at(const char *place)
{
    return (struct hx_line){.place = place, .fd = -1, .far = -1};
}

void hx_line_hang_up(struct hx_line *line)
{
    if (line->far >= 0) {
        (void)ioctl(line->far, TCFLSH, TCIOFLUSH);
    } else if (line->fd >= 0) {
        close(line->fd);
        line->fd = -1;
    }
}

void hx_line_close(struct hx_line *line)
{
    if (line->far >= 0) {
        hx_line_forget(line->place);
        close(line->far);
        line->far = -1;
    }
    hx_line_hang_up(line);
}

bool hx_line_is_taken(const struct hx_line *line)
{
    struct pollfd ready = {.fd = line->fd, .events = POLLOUT};
    return poll(&ready, 1, 0) == 1;
}

bool hx_line_open(struct hx_line *line, int32_t baud, bool waits, struct hx_text *error)
{
    struct stat is;
    const char *place = line->place;
    const char *colon = strrchr(place, ':');
    if (line->fd >= 0) {
        return true;
    }
    if (hx_line_is_made(place)) {
        return pty_make(line, error);
    }
    if (stat(place, &is) != 0) {
        line->fd = colon != NULL && strchr(place, '/') == NULL
                       ? tcp_open(place, colon, waits, error)
                       : failed(place, -1, error);
    } else {
        line->fd =
            S_ISSOCK(is.st_mode) ? socket_open(place, waits, error) : tty_open(place, baud, error);
    }
    return line->fd >= 0;
}

bool hx_line_paces_itself(int fd)
{
    struct stat is;
    if (fstat(fd, &is) != 0 || !S_ISCHR(is.st_mode)) {
        return false;
    }
    const unsigned number = major(is.st_rdev);
    const bool is_far_end = number >= PTY_MAJOR_FIRST && number <= PTY_MAJOR_LAST;
    return !is_far_end && !(number == PTMX_MAJOR && minor(is.st_rdev) == PTMX_MINOR);
}
