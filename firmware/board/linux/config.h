/*
 * config.h — what webmanagerd is told: a file of `key = value` lines, and options over it.
 *
 * Keys without a dot are the board's and have a row in config.c, which help prints; names with a
 * dot are settings of the webmanager (SETTINGS.md), and what an operator sets later goes over them.
 */
#ifndef BOARD_CONFIG_H
#define BOARD_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "wm/catalog.h"

enum config_key {
    CONFIG_BUS,
    CONFIG_BUS_RS485, /* follows its line, and the echo this, as COM2's do */
    CONFIG_BUS_ECHO,
    CONFIG_COM2,
    CONFIG_COM2_RS485,
    CONFIG_COM2_ECHO,
    CONFIG_CONSOLE,
    CONFIG_CONSOLE_BAUD,
    CONFIG_CONSOLE_ECHO,
    CONFIG_CONSOLE_TCP,
    CONFIG_MODBUS,
    CONFIG_SNMP,
    CONFIG_STATE,
    CONFIG_LOG,
    CONFIG_USER,
    CONFIG_WATCHDOG,
    CONFIG_PANEL_RED, /* of the LED of the common alarm, which has three colours */
    CONFIG_PANEL_YELLOW,
    CONFIG_PANEL_GREEN,
    CONFIG_PANEL_STATUS_RED,
    CONFIG_PANEL_STATUS_GREEN,
    CONFIG_PANEL_BUZZER,
    CONFIG_PANEL_RELAY,
    CONFIG_PANEL_MUTE,
    CONFIG_KEYS
};

enum { CONFIG_CHANGES_MAX = 512, CONFIG_ERROR_MAX = 700, CONFIG_PATH_MAX = 200 };

/* All private but `changes`; config_free releases what it holds. */
struct config {
    char *value[CONFIG_KEYS];                    /* null: the default */
    int line[CONFIG_KEYS];                       /* that set it; 0: none */
    struct wm_change change[CONFIG_CHANGES_MAX]; /* ro */
    int change_line[CONFIG_CHANGES_MAX];         /* 0: an option */
    size_t changes;                              /* ro */
    char error[CONFIG_ERROR_MAX];
};

/*
 * Reads a file into what is all zero at first. False, with "FILE:LINE: what is wrong; what would
 * be right" in error.
 */
bool config_read(struct config *config, const char *file);

/* An option --KEY or a setting; goes over what the file said. False as above, without FILE:LINE. */
bool config_set(struct config *config, const char *key, const char *value);

/* Is it complete? False as above. */
bool config_is_complete(struct config *config);

/* What is in force; null: "off", or nothing. */
const char *config_text(const struct config *config, enum config_key key);

/* The same of a number, and of a key with choices: which of them, from 0. */
int32_t config_number(const struct config *config, enum config_key key);

/* The keys as an example of a file that is right as it stands, with what each is. */
void config_print_example(FILE *stream);

/* The same as a list to be read. */
void config_print_keys(FILE *stream);

/* What would be used, a line each. */
void config_print(const struct config *config, FILE *stream);

void config_free(struct config *config);

#endif
