/*
 * guard.h — what watches a process that plays: its real-time limit and its crashes.
 *
 * A limit that passes first sets a Lua hook, so that an endless loop in a script is reported with
 * its file and line; a second later the process ends itself, for a hang in C: with the line of the
 * script that called it, and with a backtrace where no function of a plant did.
 * One Lua state is watched at a time, and a thread of it. Until the limit nothing costs anything.
 */
#ifndef HX_RUN_GUARD_H
#define HX_RUN_GUARD_H

#include <lua.h>
#include <stdbool.h>

/* Exit statuses of a process that ended itself; the backtrace is on standard error. */
#define HX_EXIT_CRASH 70
#define HX_EXIT_HANG  71

/* What a file that defines one thing may take, in real seconds: it ends at once. */
#define HX_FILE_LIMIT_S 5.0

/*
 * Starts the clock for this state; seconds > 0. exit_status: of a process that hangs in C. Null:
 * for a state of somebody's own that bounds its instructions, so that any hang is one in C.
 */
void hx_guard_start(lua_State *lua, double seconds, int exit_status);
/* What a hang is told with: a file, a scenario. Lives until the next; null: nothing. */
void hx_guard_name(const char *subject);
/* Stops it. */
void hx_guard_stop(void);
/* Did the limit pass since the start? */
bool hx_guard_has_fired(void);
/* Who asked tells it: no hook interrupts what Lua does from here on. */
void hx_guard_hush(void);
/* The limit of the last start, in seconds. */
double hx_guard_limit_s(void);
/*
 * A second state to interrupt, beside that of the start: the thread that functions of a plant run
 * in. Null: none any more.
 */
void hx_guard_watch(lua_State *thread);

/*
 * From now on a fatal signal prints its name and a backtrace to standard error and ends the
 * process with HX_EXIT_CRASH. A handler that is there already (a sanitizer's) is left alone.
 */
void hx_guard_catch_crashes(void);

/* Is the signal to be left alone? So it is under nohup. */
bool hx_guard_is_ignored(int number);

/* Raises the text on top of the stack at the line of the nearest file, not of the language. */
_Noreturn void hx_guard_raise(lua_State *lua);

#endif
