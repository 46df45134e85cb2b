/*
 * lamps.h — the panel of the webmanager: in the log, and in files of sysfs where they are
 * configured. There 0 is said by whoever does not watch the battery: the relay has dropped, and
 * nothing is lit or sounds.
 */
#ifndef BOARD_LAMPS_H
#define BOARD_LAMPS_H

#include <stdbool.h>

#include "config.h"
#include "wm/view.h"

enum { LAMPS_MAX = CONFIG_PANEL_RELAY - CONFIG_PANEL_RED + 1 };

/* All private. */
struct lamps {
    const struct config *config;
    int fd[LAMPS_MAX];         /* -1: not configured */
    bool is_on[LAMPS_MAX];     /* or is to be */
    bool is_broken[LAMPS_MAX]; /* as last reported */
    int button;                /* the mute button; -1: there is none */
    bool is_pressed;
    bool flashes; /* the green status LED */
    struct wm_view_panel told;
};

/*
 * Opens what is configured, and writes nothing; config must live as long. False, with one line of
 * place, cause and cure in error; what could be opened is.
 */
bool lamps_open(struct lamps *lamps, const struct config *config, char *error, size_t error_size);

/* Writes 0 to all that is open, whatever lamps_open returned. */
void lamps_clear(struct lamps *lamps);

/* Shows what the panel shows. */
void lamps_show(struct lamps *lamps, const struct wm_view_panel *panel);

/*
 * To be called once a second: what flashes does so, and all is written again, as it may not have
 * been possible, or somebody else may have written there.
 */
void lamps_refresh(struct lamps *lamps);

/* Is there a button that has to be looked at? And has it been pressed since it was last? */
bool lamps_have_button(const struct lamps *lamps);
bool lamps_pressed(struct lamps *lamps);

/* Writes nothing. Allowed once after lamps_open, whatever it returned. */
void lamps_close(struct lamps *lamps);

#endif
