/*
 * address.c — see address.h.
 */
#include "address.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Always -1; errno stays. */
static int failed(const struct address *address, char *error, size_t error_size)
{
    const int reason = errno;
    const char *other =
        reason == EACCES ? "start it as root, or choose a port from 1024 on" : "choose another";
    (void)snprintf(error, error_size, "%s %s: %s; %s with --%s", address->owner, address->text,
                   strerror(reason), other, address->option);
    errno = reason;
    return -1;
}

static int bind_one(const struct addrinfo *at, int backlog)
{
    const int yes = 1;
    const int fd = socket(at->ai_family, at->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return -1;
    }
    if (at->ai_socktype == SOCK_STREAM) {
        (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    }
    if (bind(fd, at->ai_addr, at->ai_addrlen) != 0 || (backlog > 0 && listen(fd, backlog) != 0)) {
        const int reason = errno;
        (void)close(fd);
        errno = reason;
        return -1;
    }
    return fd;
}

int address_bind(const struct address *address, char *error, size_t error_size)
{
    char host[256];
    const char *colon = strrchr(address->text, ':');
    const bool is_bracketed = address->text[0] == '[';
    const struct addrinfo hints = {.ai_socktype = address->type, .ai_flags = AI_PASSIVE};
    struct addrinfo *found = NULL;
    int fd = -1;
    (void)snprintf(host, sizeof host, "%.*s", (int)(colon - address->text) - 2 * is_bracketed,
                   address->text + is_bracketed);
    if (getaddrinfo(host, colon + 1, &hints, &found) != 0) {
        (void)snprintf(error, error_size, "%s %s: no such host; write it as 127.0.0.1:2323",
                       address->owner, address->text);
        errno = ENXIO;
        return -1;
    }
    for (const struct addrinfo *at = found; at != NULL && fd < 0; at = at->ai_next) {
        fd = bind_one(at, address->backlog);
    }
    const int reason = errno;
    freeaddrinfo(found);
    errno = reason;
    return fd >= 0 ? fd : failed(address, error, error_size);
}

bool address_check(const struct address *address, char *error, size_t error_size)
{
    if (address->text == NULL) {
        return true;
    }
    const int fd = address_bind(address, error, error_size);
    if (fd < 0) {
        return errno == EADDRINUSE;
    }
    (void)close(fd);
    return true;
}
