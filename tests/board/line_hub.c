/*
 * line_hub.c — a line for the tests of webmanagerd and of the bench: what one end says the others
 * hear, and nobody hears himself, as on RS-485.
 *
 * line-hub LINK...: a LINK shut:PATH is a Unix socket that takes nobody; each other is made a
 * symbolic link to a pty, an end of the line. Each line of standard input is an order, answered by
 * a line `ok` once it is done, or by what is wrong; N is the end's place among the LINKs, from 1:
 *
 *   pull N        the end is gone, as an adapter that is pulled
 *   part N BYTES  of what it next says to another end so many bytes come through; then its cable
 *                 is off, and it neither hears nor is heard
 *   plug N        ends both
 *   late N MS     what it says from now on, others hear so much later
 *
 * Ends with its input.
 */
#define _GNU_SOURCE /* posix_openpt, ptsname, cfmakeraw */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

enum { ENDS_MAX = 4, ORDER_MAX = 100 };

struct end {
    const char *link;
    int fd;   /* -1: pulled */
    int hold; /* the other side, so that a program that is not there is no hang-up */
    bool is_off;
    bool is_asked; /* another end has spoken since it was to part */
    bool is_parting;
    size_t left; /* bytes until it parts */
    int late_ms;
};

static struct end end[ENDS_MAX];
static int ends;

static void answer(const char *text)
{
    (void)printf("%s\n", text);
    (void)fflush(stdout);
}

/* ---- its ends --------------------------------------------------------------------------- */

/* A queue of one, with somebody in it; both stay open until the end. */
static bool shut_open(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const int listener = socket(AF_UNIX, SOCK_STREAM, 0);
    const int client = socket(AF_UNIX, SOCK_STREAM, 0);
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    return bind(listener, (const struct sockaddr *)&address, sizeof address) == 0 &&
           listen(listener, 0) == 0 &&
           connect(client, (const struct sockaddr *)&address, sizeof address) == 0;
}

static bool end_open(struct end *it)
{
    struct termios raw;
    if (strncmp(it->link, "shut:", 5) == 0) {
        it->fd = -1;
        return shut_open(it->link + 5);
    }
    it->fd = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
    if (it->fd < 0 || grantpt(it->fd) != 0 || unlockpt(it->fd) != 0) {
        return false;
    }
    const char *name = ptsname(it->fd);
    it->hold = open(name, O_RDWR | O_NOCTTY);
    (void)unlink(it->link);
    if (it->hold < 0 || tcgetattr(it->hold, &raw) != 0) {
        return false;
    }
    cfmakeraw(&raw);
    return tcsetattr(it->hold, TCSANOW, &raw) == 0 && symlink(name, it->link) == 0;
}

static void end_close(struct end *it)
{
    if (it->fd >= 0) {
        (void)unlink(it->link);
        (void)close(it->hold);
        (void)close(it->fd);
        it->fd = -1;
    }
}

/* Who does not read loses what a full line does not take. */
static void say(const struct end *from, const uint8_t *bytes, size_t size)
{
    for (int i = 0; i < ends; ++i) {
        if (&end[i] != from && end[i].fd >= 0 && !end[i].is_off) {
            (void)!write(end[i].fd, bytes, size);
            end[i].is_asked = true;
        }
    }
}

static void hear(struct end *it)
{
    uint8_t bytes[256];
    (void)poll(NULL, 0, it->late_ms);
    const ssize_t got = read(it->fd, bytes, sizeof bytes);
    if (got <= 0 || it->is_off) {
        return;
    }
    size_t size = (size_t)got;
    if (it->is_parting && it->is_asked) {
        size = size < it->left ? size : it->left;
        it->left -= size;
        it->is_off = it->left == 0;
    }
    say(it, bytes, size);
    if (it->is_off) {
        it->is_parting = false;
        answer("ok");
    }
}

/* ---- orders ----------------------------------------------------------------------------- */

/* Null: it is answered later. */
static const char *order(const char *line)
{
    char verb[8];
    int number = 0;
    size_t bytes = 0;
    const int count = sscanf(line, "%7s %d %zu", verb, &number, &bytes);
    if (count < 2 || number < 1 || number > ends) {
        return "pull N, part N BYTES, plug N or late N MS";
    }
    struct end *it = &end[number - 1];
    if (strcmp(verb, "pull") == 0) {
        end_close(it);
        return "ok";
    }
    if (strcmp(verb, "late") == 0 && count == 3) {
        it->late_ms = (int)bytes;
        return "ok";
    }
    if (strcmp(verb, "plug") == 0 || (strcmp(verb, "part") == 0 && count == 3)) {
        it->is_off = it->is_asked = false;
        it->is_parting = verb[1] == 'a';
        it->left = bytes;
        return it->fd < 0 && !end_open(it) ? strerror(errno) : it->is_parting ? NULL : "ok";
    }
    return "no such order";
}

/* False at their end. */
static bool orders_take(void)
{
    static char text[ORDER_MAX];
    static size_t used;
    const ssize_t size = read(STDIN_FILENO, text + used, sizeof text - 1 - used);
    if (size <= 0) {
        return false;
    }
    used += (size_t)size;
    text[used] = '\0';
    for (char *stop; (stop = strchr(text, '\n')) != NULL;) {
        *stop = '\0';
        const char *said = order(text);
        if (said != NULL) {
            answer(said);
        }
        used -= (size_t)(stop + 1 - text);
        memmove(text, stop + 1, used + 1);
    }
    return true;
}

int main(int count, char **argument)
{
    if (count < 2 || count > ENDS_MAX + 1) {
        (void)fprintf(stderr, "usage: line-hub LINK..., at most %d\n", (int)ENDS_MAX);
        return 2;
    }
    for (; ends < count - 1; ++ends) {
        end[ends].link = argument[ends + 1];
        if (!end_open(&end[ends])) {
            (void)fprintf(stderr, "%s: %s\n", end[ends].link, strerror(errno));
            return 1;
        }
    }
    answer("ready");
    for (bool goes_on = true; goes_on;) {
        struct pollfd ready[ENDS_MAX + 1];
        for (int i = 0; i < ends; ++i) {
            ready[i] = (struct pollfd){.fd = end[i].fd, .events = POLLIN};
        }
        ready[ends] = (struct pollfd){.fd = STDIN_FILENO, .events = POLLIN};
        (void)poll(ready, (nfds_t)ends + 1, -1);
        for (int i = 0; i < ends; ++i) {
            if (ready[i].revents != 0) {
                hear(&end[i]);
            }
        }
        goes_on = ready[ends].revents == 0 || orders_take();
    }
    for (int i = 0; i < ends; ++i) {
        end_close(&end[i]);
    }
    return 0;
}
