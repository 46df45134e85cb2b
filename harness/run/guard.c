/*
 * guard.c — timer, hook and crash handlers. Handlers run on a stack of their own, so that a stack
 * that ran over can be reported too.
 */
#include "harness/run/guard.h"

#include <execinfo.h>
#include <lauxlib.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#define BACKTRACE_MAX 48
#define STACK_SIZE    65536

static lua_State *watched;
static lua_State *watched_thread;
static double limit_s;
static bool limit_is_asked;
static const char *subject;
static volatile sig_atomic_t has_fired;
static int hang_status;

static void say(const char *text)
{
    ssize_t ignored = write(STDERR_FILENO, text, strlen(text));
    (void)ignored;
}

static _Noreturn void end_with_backtrace(const char *what, int status)
{
    void *frame[BACKTRACE_MAX];
    say(what);
    int count = backtrace(frame, BACKTRACE_MAX);
    backtrace_symbols_fd(frame, count, STDERR_FILENO);
    _exit(status);
}

void hx_guard_raise(lua_State *lua)
{
    lua_Debug frame;
    for (int level = 0; lua_getstack(lua, level, &frame); ++level) {
        lua_getinfo(lua, "Sl", &frame);
        if (frame.source[0] == '@' && frame.currentline > 0) {
            lua_pushfstring(lua, "%s:%d: ", frame.source + 1, frame.currentline);
            lua_insert(lua, -2);
            lua_concat(lua, 2);
            break;
        }
    }
    lua_error(lua);
    abort(); /* lua_error does not return, and does not say so */
}

static void loop_end(lua_State *lua, lua_Debug *record)
{
    (void)record;
    /* Once: what handles the error is Lua too. */
    lua_sethook(lua, NULL, 0, 0);
    lua_pushfstring(lua, "no end within the time limit of %f s; let the loop end%s", limit_s,
                    limit_is_asked ? ", or raise --time-limit" : "");
    hx_guard_raise(lua);
}

static void timer_set(double seconds)
{
    struct itimerval timer = {0};
    timer.it_value.tv_sec = (time_t)seconds;
    timer.it_value.tv_usec = (suseconds_t)((seconds - (double)(time_t)seconds) * 1e6);
    setitimer(ITIMER_REAL, &timer, NULL);
}

/* Where a file calls what runs in this state now; false: none does. */
static bool caller_say(lua_State *lua)
{
    lua_Debug frame;
    for (int level = 0; lua != NULL && lua_getstack(lua, level, &frame) != 0; ++level) {
        lua_getinfo(lua, "Sl", &frame);
        if (frame.source[0] == '@' && frame.currentline > 0) {
            char line[32];
            (void)snprintf(line, sizeof line, ":%d calls", frame.currentline);
            say(", in what ");
            say(frame.source + 1);
            say(line);
            return true;
        }
    }
    return false;
}

/* Addresses tell where this program hangs, and nothing of a script's own pattern or repetition. */
static _Noreturn void hang_end(void)
{
    say(subject != NULL ? subject : "");
    say(subject != NULL ? ": " : "");
    say("no end within the time limit, in C");
    if (watched != NULL && !caller_say(watched_thread)) {
        say(caller_say(watched) ? "" : " or in a plant's script");
        end_with_backtrace("; it was here:\n", hang_status);
    }
    say("; let its patterns and repetitions end");
    say(limit_is_asked ? ", or raise --time-limit\n" : "\n");
    _exit(hang_status);
}

static void limit_passed(int number)
{
    (void)number;
    if (has_fired || watched == NULL) {
        hang_end();
    }
    has_fired = 1;
    lua_sethook(watched, loop_end, LUA_MASKCOUNT, 1);
    if (watched_thread != NULL) {
        lua_sethook(watched_thread, loop_end, LUA_MASKCOUNT, 1);
    }
    timer_set(1);
}

static const char *signal_text(int number)
{
    switch (number) {
    case SIGSEGV:
        return "SIGSEGV, a bad address; it was here:\n";
    case SIGBUS:
        return "SIGBUS, a bad address; it was here:\n";
    case SIGFPE:
        return "SIGFPE, bad arithmetic; it was here:\n";
    case SIGILL:
        return "SIGILL, a bad instruction; it was here:\n";
    default:
        return "SIGABRT, an assertion; it was here:\n";
    }
}

static void crashed(int number)
{
    end_with_backtrace(signal_text(number), HX_EXIT_CRASH);
}

void hx_guard_start(lua_State *lua, double seconds, int exit_status)
{
    struct sigaction action = {.sa_handler = limit_passed, .sa_flags = SA_RESTART | SA_ONSTACK};
    watched = lua;
    has_fired = 0;
    limit_s = seconds;
    hang_status = exit_status;
    limit_is_asked = exit_status == HX_EXIT_HANG;
    sigaction(SIGALRM, &action, NULL);
    timer_set(seconds);
}

void hx_guard_name(const char *name)
{
    subject = name;
}

void hx_guard_stop(void)
{
    timer_set(0);
    hx_guard_hush();
    watched = NULL;
}

void hx_guard_hush(void)
{
    if (watched != NULL) {
        lua_sethook(watched, NULL, 0, 0);
    }
    if (watched_thread != NULL) {
        lua_sethook(watched_thread, NULL, 0, 0);
    }
}

double hx_guard_limit_s(void)
{
    return limit_s;
}

void hx_guard_watch(lua_State *thread)
{
    watched_thread = thread;
}

bool hx_guard_has_fired(void)
{
    return has_fired != 0;
}

bool hx_guard_is_ignored(int number)
{
    struct sigaction now;
    return sigaction(number, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

void hx_guard_catch_crashes(void)
{
    static const int fatal[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
    static char memory[STACK_SIZE];
    stack_t stack = {.ss_sp = memory, .ss_size = sizeof memory};
    void *warm[1];
    sigaltstack(&stack, NULL);
    /* The first call loads a library, which a handler must not. */
    backtrace(warm, 1);
    for (size_t i = 0; i < sizeof fatal / sizeof fatal[0]; ++i) {
        struct sigaction now;
        struct sigaction action = {.sa_handler = crashed, .sa_flags = SA_ONSTACK};
        if (sigaction(fatal[i], NULL, &now) == 0 && now.sa_handler == SIG_DFL) {
            sigaction(fatal[i], &action, NULL);
        }
    }
}
