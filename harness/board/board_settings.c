/*
 * board_settings.c — what a board is set to: a file for its set_up, or typed at its console.
 */
#include "harness/board/board_internal.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/settings.h"

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

/* A line of the file has no quotes: blanks at the ends of a value are lost. */
static bool is_kept(const char *value)
{
    const size_t size = strlen(value);
    return size == 0 || (value[0] != ' ' && value[size - 1] != ' ');
}

/* Null, or a text that the file of a set_up can't tell. */
static const char *text_lost(const struct hx_stage *stage)
{
    for (size_t i = 0; stage->spec->set_up != NULL && i < stage->options.settings_count; ++i) {
        const struct wm_change *change = &stage->options.settings[i];
        if (change->string != NULL && !is_kept(change->string) &&
            !is_given_again(&stage->options, i)) {
            return wm_text(change->text)->name;
        }
    }
    return NULL;
}

bool hx_board_settings_write(struct hx_stage *stage, struct hx_text *error)
{
    struct hx_trace *trace = stage->trace;
    const char *lost = text_lost(stage);
    if (lost != NULL) {
        stage->is_unfit = true;
        hx_text_add(error, "%s has blanks at its ends, which the file $SETTINGS can't have", lost);
        return false;
    }
    (void)snprintf(trace->settings_file, sizeof trace->settings_file, "/tmp/gbms-bench-XXXXXX");
    const int fd = mkstemp(trace->settings_file);
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (file == NULL) {
        hx_text_add(error, "%s: %s; the settings of the board are written there",
                    trace->settings_file, strerror(errno));
        trace->settings_file[0] = '\0';
        return false;
    }
    for (size_t i = 0; i < stage->options.settings_count; ++i) {
        const struct wm_change *change = &stage->options.settings[i];
        char value[HX_SETTING_SIZE];
        if (is_given_again(&stage->options, i)) {
            continue;
        }
        if (change->string != NULL) {
            (void)fprintf(file, "%s = %s\n", wm_text(change->text)->name, change->string);
        } else {
            (void)fprintf(file, "%s = %s\n", wm_setting(change->setting)->name,
                          hx_setting_text(change->setting, change->value, value));
        }
    }
    return fclose(file) == 0;
}

enum obeyed { OBEYED, REFUSED, UNANSWERED };

/* Types it; why it is not obeyed, in error. */
static enum obeyed order(struct hx_stage *stage, const char *request, struct hx_text *error)
{
    struct hx_text said = {0};
    const bool is_answered = hx_board_console_ask(stage, request, strlen(request), &said);
    const bool is_good = is_answered && strstr(hx_text_string(&said), "error ") == NULL;
    if (!is_good) {
        hx_text_add(error, "the console %s \"%.*s\"%s", is_answered ? "refused" : "does not answer",
                    (int)strcspn(request, "\n"), request, is_answered ? ": " : "");
        hx_board_said_add(error, &said);
    }
    hx_text_free(&said);
    return is_good ? OBEYED : is_answered ? REFUSED : UNANSWERED;
}

/* A word of an answer and a value: 50.000 is 50. */
static bool is_same(const char *word, const char *value)
{
    char *end;
    const size_t size = strcspn(word, " \n");
    const double number = strtod(word, &end);
    return (strlen(value) == size && strncmp(word, value, size) == 0) ||
           (end > word && end == word + size && fabs(number - strtod(value, NULL)) < 1e-6);
}

/*
 * Is the board set up as a plant with this value is? What it has is its own, and cannot be set. One
 * that does not say what it has is not known to be another.
 */
static bool structure_check(struct hx_stage *stage, const char *name, const char *value,
                            struct hx_text *error)
{
    char request[80];
    static const char before[] = " value=";
    struct hx_text said = {0};
    (void)snprintf(request, sizeof request, "show settings %s\n", name);
    const bool is_answered = hx_board_console_ask(stage, request, strlen(request), &said);
    const char *found = strstr(hx_text_string(&said), before);
    const bool is_good = found != NULL && is_same(found + sizeof before - 1, value);
    stage->is_unfit = found != NULL && !is_good;
    if (stage->is_unfit) {
        hx_text_add(error, "the plant has %s = %s, the board %.*s; give its file a set_up", name,
                    value, (int)strcspn(found + 1, " "), found + 1);
    } else if (!is_good) {
        hx_text_add(error, "the console %s \"show settings %s\"%s",
                    is_answered ? "gives no value to" : "does not answer", name,
                    is_answered ? ": " : "");
        hx_board_said_add(error, &said);
    }
    hx_text_free(&said);
    return is_good;
}

/* Checks what the board is, and cannot be set. */
static bool structure_type(struct hx_stage *stage, struct hx_text *error)
{
    char value[HX_SETTING_SIZE];
    for (int i = 0; i < wm_setting_count; ++i) {
        const enum wm_setting each = (enum wm_setting)i;
        if (wm_setting_is_structural(each) &&
            !structure_check(stage, wm_setting(each)->name,
                             hx_setting_text(each, stage->settings.value[i], value), error)) {
            return false;
        }
    }
    return true;
}

static enum obeyed setting_type(struct hx_stage *stage, enum wm_setting setting,
                                struct hx_text *error)
{
    char value[HX_SETTING_SIZE];
    char request[400];
    (void)snprintf(request, sizeof request, "set %s %s\n", wm_setting(setting)->name,
                   hx_setting_text(setting, stage->settings.value[setting], value));
    return order(stage, request, error);
}

/* What contradicts those that are still to come is typed again after them. */
static bool values_type(struct hx_stage *stage, struct hx_text *error)
{
    bool is_set[wm_setting_count] = {false};
    bool goes_on = true;
    enum obeyed worst = REFUSED;
    /* It sets the levels around it, which may be set otherwise. */
    is_set[wm_setting_impedance_reference] = true;
    if (setting_type(stage, wm_setting_impedance_reference, error) != OBEYED) {
        return false;
    }
    while (goes_on && worst == REFUSED) {
        goes_on = false;
        worst = OBEYED;
        hx_text_free(error);
        for (int i = 0; i < wm_setting_count && worst != UNANSWERED; ++i) {
            if (!is_set[i] && !wm_setting_is_structural((enum wm_setting)i)) {
                const enum obeyed is = setting_type(stage, (enum wm_setting)i, error);
                is_set[i] = is == OBEYED;
                goes_on = goes_on || is_set[i];
                worst = is > worst ? is : worst;
            }
        }
    }
    return worst == OBEYED;
}

bool hx_board_settings_type(struct hx_stage *stage, struct hx_text *error)
{
    char request[400];
    struct hx_text said = {0};
    bool is_good = structure_type(stage, error) && values_type(stage, error);
    for (int i = 0; i < wm_text_count && is_good; ++i) {
        (void)snprintf(request, sizeof request, "set %s \"%s\"\n", wm_text((enum wm_text)i)->name,
                       wm_text_value(&stage->settings, (enum wm_text)i));
        is_good = order(stage, request, error) == OBEYED;
    }
    /* Nothing may have to be let go, which is refused. */
    is_good = is_good && hx_board_console_ask(stage, "acknowledge\n", 12, &said);
    hx_text_free(&said);
    return is_good;
}
