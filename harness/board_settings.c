/*
 * board_settings.c — what a board is set to: a file for its set_up, or typed at its console.
 */
#include "board_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VALUE_SIZE 40

/* As a person types it: a choice by its name, a number in its natural unit. */
static const char *setting_text(enum wm_setting setting, int32_t value, char text[VALUE_SIZE])
{
    const struct wm_setting_row *row = wm_setting(setting);
    if (wm_choice_name(setting, value) != NULL) {
        return wm_choice_name(setting, value);
    }
    (void)snprintf(text, VALUE_SIZE, "%.10g", (double)value / wm_unit(row->unit)->per_natural);
    return text;
}

/* A later one of the same name wins. */
static bool is_given_again(const struct board_options *options, size_t at)
{
    const struct wm_change *change = &options->settings[at];
    for (size_t i = at + 1; i < options->settings_count; ++i) {
        const struct wm_change *other = &options->settings[i];
        if ((other->string != NULL) == (change->string != NULL) &&
            (other->string != NULL ? other->text == change->text
                                   : other->setting == change->setting)) {
            return true;
        }
    }
    return false;
}

bool hx_board_settings_write(struct hx_stage *stage, struct hx_text *error)
{
    struct hx_board_line *line = stage->line;
    (void)snprintf(line->settings_file, sizeof line->settings_file, "/tmp/gbms-bench-XXXXXX");
    const int fd = mkstemp(line->settings_file);
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (file == NULL) {
        hx_text_add(error, "%s: %s; the settings of the board are written there",
                    line->settings_file, strerror(errno));
        line->settings_file[0] = '\0';
        return false;
    }
    for (size_t i = 0; i < stage->options.settings_count; ++i) {
        const struct wm_change *change = &stage->options.settings[i];
        char value[VALUE_SIZE];
        if (is_given_again(&stage->options, i)) {
            continue;
        }
        if (change->string != NULL) {
            (void)fprintf(file, "%s = %s\n", wm_text(change->text)->name, change->string);
        } else {
            (void)fprintf(file, "%s = %s\n", wm_setting(change->setting)->name,
                          setting_text(change->setting, change->value, value));
        }
    }
    return fclose(file) == 0;
}

static bool is_structural(const char *name)
{
    return strncmp(name, "bank.", 5) == 0;
}

/* Types it, and wants "ok". */
static bool order(struct hx_stage *stage, const char *request, struct hx_text *error)
{
    struct hx_text said = {0};
    const bool is_answered = hx_board_console_ask(stage, request, strlen(request), &said);
    const bool is_good = is_answered && strstr(hx_text_string(&said), "error ") == NULL;
    if (!is_good) {
        hx_text_add(error, "the console refused \"%.*s\": ", (int)strcspn(request, "\n"), request);
        hx_board_said_add(error, &said);
        hx_text_add(error, is_answered ? "" : "no answer in time");
    }
    hx_text_free(&said);
    return is_good;
}

/* Is the board set up as a plant with this value is? What it has is its own, and cannot be set. */
static bool structure_check(struct hx_stage *stage, const char *name, const char *value,
                            struct hx_text *error)
{
    char request[80];
    char wanted[80];
    struct hx_text said = {0};
    (void)snprintf(request, sizeof request, "show settings %s\n", name);
    (void)snprintf(wanted, sizeof wanted, " value=%s ", value);
    const bool is_answered = hx_board_console_ask(stage, request, strlen(request), &said);
    const char *found = strstr(hx_text_string(&said), " value=");
    const bool is_good = is_answered && strstr(hx_text_string(&said), wanted) != NULL;
    stage->is_unfit = is_answered && !is_good;
    if (!is_good) {
        hx_text_add(error, "the plant has %s = %s, the board %.*s; give its file a set_up", name,
                    value, found != NULL ? (int)strcspn(found + 1, " ") : 9,
                    found != NULL ? found + 1 : "no answer");
    }
    hx_text_free(&said);
    return is_good;
}

bool hx_board_settings_type(struct hx_stage *stage, struct hx_text *error)
{
    char value[VALUE_SIZE];
    char request[400];
    bool is_good = true;
    for (int i = 0; i < wm_setting_count && is_good; ++i) {
        const char *name = wm_setting((enum wm_setting)i)->name;
        const char *text = setting_text((enum wm_setting)i, stage->settings.value[i], value);
        (void)snprintf(request, sizeof request, "set %s %s\n", name, text);
        is_good = is_structural(name) ? structure_check(stage, name, text, error)
                                      : order(stage, request, error);
    }
    for (int i = 0; i < wm_text_count && is_good; ++i) {
        (void)snprintf(request, sizeof request, "set %s \"%s\"\n", wm_text((enum wm_text)i)->name,
                       wm_text_value(&stage->settings, (enum wm_text)i));
        is_good = order(stage, request, error);
    }
    return is_good && order(stage, "acknowledge\n", error);
}
