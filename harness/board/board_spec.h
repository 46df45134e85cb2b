/*
 * board_spec.h — what a board behind a wire is: its lines, its addresses, who switches it, as a
 * small Lua file tells (scenarios/README.md, "On a board").
 */
#ifndef HX_BOARD_BOARD_SPEC_H
#define HX_BOARD_BOARD_SPEC_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/probe/probe.h"
#include "harness/settings.h"
#include "harness/text.h"
#include "wm/limits.h"

/* Commands are for sh; null: there is none. All is owned. */
struct hx_board_spec {
    char *name;
    char *line; /* the BACS bus: a tty, a pty, a Unix socket or HOST:PORT */
    bool has_echo;
    char *console;          /* its service console, likewise; or null */
    struct hx_place modbus; /* port 0: not told */
    char *modbus_rtu;       /* a master's tty at its COM2; or null */
    struct hx_place snmp;   /* likewise */
    char *bench_address;    /* where the board finds the bench, for its traps */
    double longest_s;       /* real time that a scenario may take */
    char *set_up;           /* it starts afresh, with what the file $SETTINGS says ...       */
    char *start;            /* ... or, with this, is ready to, and does when the scenario begins */
    char *power_off;
    char *power_on;
    struct hx_assignments settings; /* over those of every scenario */
    int32_t real_module[WM_MODULES_MAX];
    int32_t real_modules;
};

/*
 * Reads the file. False, with "FILE:LINE: what; cure" in error. What it leaves is freed by
 * hx_board_spec_free in any case.
 */
bool hx_board_spec_load(struct hx_board_spec *spec, const char *file, struct hx_text *error);
void hx_board_spec_free(struct hx_board_spec *spec);

/* Are its registers read on COM2 alone? */
bool hx_board_spec_is_rtu(const struct hx_board_spec *spec);

#endif
