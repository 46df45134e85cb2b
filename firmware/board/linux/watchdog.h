/*
 * watchdog.h — who is told that the webmanager is alive: a watchdog device, and systemd.
 *
 * systemd is spoken to by its socket (sd_notify), without its library; without it nothing is said.
 */
#ifndef BOARD_WATCHDOG_H
#define BOARD_WATCHDOG_H

#include <stdbool.h>
#include <stddef.h>

/* All private. */
struct watchdog {
    int device;      /* -1: none */
    bool is_systemd; /* it wants to hear */
    double period_s; /* 0: nobody wants to hear */
};

/*
 * path: the device, or null. False, with one line of place, cause and cure in error, if it cannot
 * be had. From here on it has to be fed.
 */
bool watchdog_open(struct watchdog *watchdog, const char *path, char *error, size_t error_size);

/* Could it be had? It is not opened, for that arms it. Null: none is wished. False as above. */
bool watchdog_check(const char *path, char *error, size_t error_size);

/* To be called every watchdog->period_s, and only while all is well. */
void watchdog_feed(struct watchdog *watchdog);

/* The device lets go of the machine. */
void watchdog_close(struct watchdog *watchdog);

/* "READY=1", "STOPPING=1", "STATUS=...": to systemd, if it started this. */
void systemd_tell(const char *state);

#endif
