/*
 * check.c — see check.h.
 */
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "address.h"
#include "lamps.h"
#include "owner.h"
#include "report.h"
#include "tty.h"
#include "watchdog.h"

enum { WHY_MAX = 300 };

static bool is_tty(const struct config *config, const char *name, enum config_key path,
                   enum tty_rs485 rs485, char *error, size_t error_size)
{
    char why[WHY_MAX];
    const char *text = config_text(config, path);
    if (text == NULL || tty_check(text, rs485, why, sizeof why)) {
        return true;
    }
    (void)snprintf(error, error_size, "%s %s: %s", name, text, why);
    return false;
}

static bool are_ttys(const struct config *config, char *error, size_t error_size)
{
    const enum tty_rs485 bus = (enum tty_rs485)config_number(config, CONFIG_BUS_RS485);
    const enum tty_rs485 com2 = (enum tty_rs485)config_number(config, CONFIG_COM2_RS485);
    if (!is_tty(config, "bus", CONFIG_BUS, bus, error, error_size)) {
        return false;
    }
    if (!is_tty(config, "com2", CONFIG_COM2, com2, error, error_size)) {
        report_later(error);
    }
    if (!is_tty(config, "console", CONFIG_CONSOLE, TTY_RS485_OFF, error, error_size)) {
        report_later(error);
    }
    return true;
}

static bool is_panel(const struct config *config, char *error, size_t error_size)
{
    struct lamps lamps;
    const bool is_good = lamps_open(&lamps, config, error, error_size);
    lamps_close(&lamps);
    return is_good;
}

/* What a start would warn of: a folder that is there and can't be had, or can't be made. */
static void folder_look(const char *state, const char *name)
{
    char path[CONFIG_PATH_MAX + 10];
    (void)snprintf(path, sizeof path, "%s/%s", state, name);
    const int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool is_absent = fd < 0 && errno == ENOENT;
    const char *judged = is_absent ? state : path;
    if ((fd < 0 && !is_absent) || faccessat(AT_FDCWD, judged, W_OK | X_OK, AT_EACCESS) != 0) {
        report(REPORT_WARNING, "state %s: %s; nothing is kept there meanwhile", path,
               strerror(errno));
    }
    if (fd >= 0) {
        (void)close(fd);
    }
}

/* As its user sees it. */
static bool is_state(const struct config *config, const struct owner *owner, char *error,
                     size_t error_size)
{
    const char *state = config_text(config, CONFIG_STATE);
    if (!owner_become(owner, error, error_size)) {
        return false;
    }
    const bool is_good = owner_check_folder(state, error, error_size);
    if (is_good) {
        folder_look(state, "store");
        folder_look(state, "log");
    }
    owner_return(owner);
    return is_good;
}

static bool are_addresses(const struct config *config, char *error, size_t error_size)
{
    const struct address addresses[] = {
        {"modbus", "modbus", config_text(config, CONFIG_MODBUS), SOCK_STREAM, 0},
        {"snmp", "snmp", config_text(config, CONFIG_SNMP), SOCK_DGRAM, 0},
        {"console", "console-tcp", config_text(config, CONFIG_CONSOLE_TCP), SOCK_STREAM, 0},
    };
    for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
        if (!address_check(&addresses[i], error, error_size)) {
            return false;
        }
    }
    return true;
}

bool check_start(const struct config *config, char *error, size_t error_size)
{
    struct owner owner;
    return owner_find(&owner, config_text(config, CONFIG_USER), error, error_size) &&
           are_ttys(config, error, error_size) && is_panel(config, error, error_size) &&
           watchdog_check(config_text(config, CONFIG_WATCHDOG), error, error_size) &&
           is_state(config, &owner, error, error_size) && are_addresses(config, error, error_size);
}
