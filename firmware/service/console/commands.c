/*
 * commands.c — the one table of commands: finding, counting words, and help follow from it.
 */
#include <string.h>

#include "internal.h"

static void help(struct con_console *console);

#define SCOPE(name) (UINT32_C(1) << wm_scope_##name)
#define NO_SETTING  ((enum wm_setting)0)
#define NO_WISH     ((enum wm_command_kind)0), 0, NO_SETTING
#define SHOW(topic, arguments, scopes, text)                                                       \
    {                                                                                              \
        {"show", topic, arguments, text}, con_show_items, scopes, NO_WISH                          \
    }
#define ORDER(verb, topic, arguments, kind, value, text)                                           \
    {                                                                                              \
        {verb, topic, arguments, text}, con_order, 0, WM_COMMAND_##kind, value, NO_SETTING         \
    }
#define SWITCH(verb, topic, setting, value, text)                                                  \
    {                                                                                              \
        {verb, topic, "", text}, con_order, 0, WM_COMMAND_SET, value, wm_setting_##setting         \
    }
#define LOG(topic, ring, text)                                                                     \
    {                                                                                              \
        {"log", topic, "[COUNT]", text}, con_log, 0, (enum wm_command_kind)0, WM_LOG_##ring,       \
            NO_SETTING                                                                             \
    }
#define OTHER(verb, topic, arguments, run, scopes, text)                                           \
    {                                                                                              \
        {verb, topic, arguments, text}, run, scopes, NO_WISH                                       \
    }

static const struct con_command commands[] = {
    OTHER("help", NULL, "[COMMAND]", help, 0,
          "Lists all commands, or those that begin with this word"),
    OTHER("show", "status", "", con_show_status, SCOPE(system),
          "Clock, uptime in s, and the values of the whole system"),
    SHOW("strings", "[N|A..B]", SCOPE(string), "Strings: all, one, or a range"),
    SHOW("modules", "[N|A..B]", SCOPE(module), "Modules: all, one, or a range"),
    OTHER("show", "alarms", "", con_show_alarms, 0,
          "Rows of the alarm table; since is uptime in s"),
    OTHER("show", "settings", "[GROUP|NAME]", con_show_settings, 0,
          "Settings with their ranges: all, a group, or one"),
    SHOW("sensors", "", SCOPE(sensor), "Current sensors"),
    SHOW("aux", "", SCOPE(aux) | SCOPE(aux_input) | SCOPE(aux_output),
         "GX_R_AUX units, their inputs and outputs"),
    SHOW("com2", "", SCOPE(com2) | SCOPE(com2_analog) | SCOPE(com2_input) | SCOPE(com2_output),
         "What hangs on COM2"),
    SHOW("panel", "", SCOPE(panel), "Lamps, buzzer, relay and switch of the panel"),
    SHOW("programmer", "", SCOPE(programmer),
         "What the programmer does, and how its last activity ended"),
    OTHER("show", "logs", "", con_show_logs, 0,
          "Log rings: number of the first record that is held, and how many are"),
    OTHER("show", "version", "", con_show_version, 0, "Version of the firmware and its limits"),
    LOG("events", EVENTS, "The event log as CSV, oldest first: all, or the last COUNT"),
    LOG("normal", NORMAL, "The measurements at the normal rate, likewise"),
    LOG("flow", FLOW, "The measurements on charge and discharge, likewise"),
    OTHER("set", NULL, "NAME VALUE...", con_order_set, 0,
          "Sets a setting, in its natural unit or by the name of a choice, or a text, with \"\" "
          "for nothing; kept"),
    ORDER("save", NULL, "", SAVE, 0, "Writes the settings to the store again"),
    ORDER("breaker", "open", "N", BREAKER, 1, "Opens the breaker of string N; kept"),
    ORDER("breaker", "close", "N", BREAKER, 0, "Closes the breaker of string N; kept"),
    ORDER("acknowledge", NULL, "", MUTE, 0,
          "Acknowledges the common alarm: the buzzer falls silent"),
    SWITCH("equalizing", "pause", equalizing_paused, 1, "Switches all bypasses off; kept"),
    SWITCH("equalizing", "resume", equalizing_paused, 0, "Lets equalizing go on; kept"),
    OTHER("clock", NULL, "TIME", con_order_clock, 0,
          "Sets the clock, in UTC: 2020-06-01T00:00:00Z"),
    ORDER("programmer", "on", "", PROGRAMMER_MODE, 1, "Enters programmer mode: polling stops"),
    ORDER("programmer", "off", "", PROGRAMMER_MODE, 0, "Leaves programmer mode"),
    ORDER("programmer", "range", "A B", PROGRAMMER_RANGE, 0,
          "Gives addresses A to B to the modules whose buttons are pressed, in order"),
    ORDER("programmer", "stop", "", PROGRAMMER_STOP, 0, "Ends a range or a show"),
    ORDER("programmer", "single", "OLD NEW", PROGRAMMER_SINGLE, 0,
          "Gives the module at address OLD the address NEW"),
    ORDER("programmer", "show", "A", PROGRAMMER_SHOW, 0,
          "Lets the module at address A blink until its button is pressed"),
    ORDER("programmer", "query", "", PROGRAMMER_QUERY, 0,
          "Asks which address the only module attached has"),
    ORDER("programmer", "reset", "", PROGRAMMER_RESET, 0, "Gives all modules the factory address"),
};

#define COMMANDS (sizeof commands / sizeof commands[0])

bool con_command_describe(size_t i, struct con_command_text *text)
{
    if (i < COMMANDS) {
        *text = commands[i].is;
    }
    return i < COMMANDS;
}

/* ---- help ------------------------------------------------------------------------------- */

static bool next_help(struct con_console *console)
{
    const char *verb = con_argument(console, 0);
    while (console->at < (int64_t)COMMANDS) {
        const struct con_command_text *is = &commands[console->at++].is;
        if (verb == NULL || strcmp(is->verb, verb) == 0) {
            con_add(console, "command=\"%s%s%s%s%s\" text=\"%s\"", is->verb,
                    is->topic != NULL ? " " : "", is->topic != NULL ? is->topic : "",
                    is->arguments[0] != '\0' ? " " : "", is->arguments, is->text);
            return true;
        }
    }
    return false;
}

static void help(struct con_console *console)
{
    const char *verb = con_argument(console, 0);
    for (size_t i = 0; i < COMMANDS; i++) {
        if (verb == NULL || strcmp(commands[i].is.verb, verb) == 0) {
            con_list(console, next_help, (int64_t)i);
            return;
        }
    }
    con_refuse(console, wm_refusal_unknown, "no command %s; help lists them", verb);
}

/* ---- finding ---------------------------------------------------------------------------- */

/* How many words the arguments of a command are, at least and at most; "..." is any number. */
static void arguments_count(const char *arguments, size_t *least, size_t *most)
{
    *least = 0;
    *most = 0;
    for (const char *at = arguments; *at != '\0'; at += strspn(at, " ")) {
        *least += *at != '[';
        *most += 1;
        at += strcspn(at, " ");
    }
    if (strstr(arguments, "...") != NULL) {
        *most = SIZE_MAX;
    }
}

/* The topics of a verb after `text`: "show takes status, strings, ...". */
static void refuse_topic(struct con_console *console, const char *verb, const char *topic)
{
    char topics[CON_ANSWER_MAX / 2] = "";
    for (size_t i = 0; i < COMMANDS; i++) {
        if (strcmp(commands[i].is.verb, verb) == 0) {
            const size_t room = sizeof topics - strlen(topics) - 1;
            (void)strncat(topics, topics[0] != '\0' ? ", " : "", room);
            (void)strncat(topics, commands[i].is.topic, sizeof topics - strlen(topics) - 1);
        }
    }
    if (topic == NULL) {
        con_refuse(console, wm_refusal_syntax, "%s what? one of %s", verb, topics);
    } else {
        con_refuse(console, wm_refusal_unknown, "%s knows no %s; one of %s", verb, topic, topics);
    }
}

void con_command_run(struct con_console *console)
{
    const char *verb = console->word[0];
    const char *topic = console->words > 1 ? console->word[1] : NULL;
    bool is_verb = false;
    for (size_t i = 0; i < COMMANDS; i++) {
        const struct con_command_text *is = &commands[i].is;
        if (strcmp(is->verb, verb) != 0) {
            continue;
        }
        is_verb = true;
        if (is->topic != NULL && (topic == NULL || strcmp(is->topic, topic) != 0)) {
            continue;
        }
        size_t least, most;
        const size_t given = console->words - (is->topic != NULL ? 2 : 1);
        arguments_count(is->arguments, &least, &most);
        if (given < least || given > most || (console->has_more && most != SIZE_MAX)) {
            con_refuse(console, wm_refusal_syntax, "write it as: %s%s%s%s%s", verb,
                       is->topic != NULL ? " " : "", is->topic != NULL ? is->topic : "",
                       most > 0 ? " " : "", is->arguments);
            return;
        }
        console->command = &commands[i];
        commands[i].run(console);
        return;
    }
    if (is_verb) {
        refuse_topic(console, verb, topic);
    } else {
        con_refuse(console, wm_refusal_unknown, "no command %s; help lists them", verb);
    }
}
