/*
 * check.h — webmanagerd --check.
 */
#ifndef BOARD_CHECK_H
#define BOARD_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "config.h"

/*
 * Would it start? Looks at user, devices, folder and addresses as a start does, which may all be
 * in use now; opens none of them for long and changes nothing. False, with one line of place, cause
 * and cure in error. What a start would only warn of is warned of.
 */
bool check_start(const struct config *config, char *error, size_t error_size);

#endif
