/*
 * command.h — PORT: wishes from outside, the one way in.
 *
 * A service checks form and rights and hands a wish over; the board takes it to the core's inbox
 * and steps, so that it is in force, and kept, before the service answers (decision H5).
 */
#ifndef WM_COMMAND_H
#define WM_COMMAND_H

#include <stddef.h>
#include <stdint.h>

#include "wm/catalog.h"
#include "wm/status.h"
#include "wm/units.h"

/* What the clock can be set to: log records have 32 bits for its seconds. */
#define WM_WALL_MS_MAX (UINT32_MAX * INT64_C(1000))

enum wm_command_kind {
    WM_COMMAND_SET,     /* setting, not structural; value in its row's unit; kept           */
    WM_COMMAND_CHANGE,  /* all of `change`, or none of it; kept                             */
    WM_COMMAND_CHECK,   /* only says what it would say to WM_COMMAND_CHANGE; tells no event  */
    WM_COMMAND_SAVE,    /* write every record again, and be done with damaged ones          */
    WM_COMMAND_BREAKER, /* an operator opens (value 1) or closes (0) the breaker of `number` */
    WM_COMMAND_MUTE,    /* acknowledge the common alarm                                     */
    WM_COMMAND_SWITCH,  /* the slide switch was moved to value (states.def)                 */
    WM_COMMAND_CLOCK,   /* wall_ms, 0 to WM_WALL_MS_MAX, is the time now                    */
    /* Decision B19; all but the first are refused with WM_CONFLICT while the mode is off. */
    WM_COMMAND_PROGRAMMER_MODE,   /* value 1 on, 0 off                                      */
    WM_COMMAND_PROGRAMMER_RANGE,  /* addresses number..value to the buttons pressed          */
    WM_COMMAND_PROGRAMMER_STOP,   /* ends a range or a show                                 */
    WM_COMMAND_PROGRAMMER_SINGLE, /* the module at address number gets address value         */
    WM_COMMAND_PROGRAMMER_SHOW,   /* the module at address number blinks until its button    */
    WM_COMMAND_PROGRAMMER_QUERY,  /* which address has the only module attached              */
    WM_COMMAND_PROGRAMMER_RESET,  /* all modules take the factory address                    */
    /* No wish: a service has refused a request for number (enum wm_refusal); told, no more. */
    WM_COMMAND_NOTE,
};

struct wm_command {
    enum wm_command_kind kind;
    enum wm_setting setting; /* WM_COMMAND_SET                     */
    int32_t number;          /* string or address, from 1; or reason */
    int32_t value;
    wm_ms wall_ms;                  /* ms since 1970-01-01T00:00:00Z */
    const struct wm_change *change; /* WM_COMMAND_CHANGE; borrowed until it was taken or refused */
    size_t changes;
};

/* Borrowed by the services; outlives them. */
struct wm_commands {
    /*
     * WM_OK: in force. WM_RANGE: no such value, string, breaker or address, or a structural
     * setting; WM_CONFLICT: it contradicts another setting or what is going on; WM_BUSY: the inbox
     * is full, try again; WM_IO: in force, and could not be kept. *why: a sentence (static text).
     * What is refused here the event log is told of; a service notes what it refuses itself.
     */
    enum wm_status (*put)(void *self, const struct wm_command *command, const char **why);
    void *self;
};

#endif
