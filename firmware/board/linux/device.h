/*
 * device.h — what stands at a path. It is looked at and not opened: some devices act on that, as a
 * watchdog does, which is armed.
 */
#ifndef BOARD_DEVICE_H
#define BOARD_DEVICE_H

#include <stdbool.h>

/* Is it a file, be it one of sysfs? False by errno: as of stat, EISDIR, or else ENODEV. */
bool device_is_file(const char *path);

/*
 * May it be a character device of this class of sysfs, as "tty"? What sysfs does not have, as a
 * pty, may be one: opening tells. False by errno: as of stat, EISDIR, or else ENOTTY.
 */
bool device_may_be(const char *path, const char *class_name);

#endif
