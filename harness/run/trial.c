/*
 * trial.c — plays the next candidate of every trial that is not decided, all at once, and again.
 *
 * A default that cannot be (an error: it contradicts the plant) tells nothing; only an expectation
 * that fails does.
 */
#include "harness/run/trial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/run/report.h"
#include "harness/run/runner.h"

struct hx_trial hx_trial_of_setting(enum wm_setting setting)
{
    const struct wm_setting_row *row = wm_setting(setting);
    char room[HX_SETTING_SIZE];
    struct hx_trial trial = {.name = row->name};
    snprintf(trial.value, sizeof trial.value, "%s",
             hx_setting_text(setting, row->value_default, room));
    return trial;
}

struct hx_trial hx_trial_of_text(enum wm_text text)
{
    struct hx_trial trial = {.name = wm_text(text)->name};
    snprintf(trial.value, sizeof trial.value, "%s", wm_text(text)->value_default);
    return trial;
}

/* The scenario without this setting of its own and of its plant; only the settings are owned. */
static struct hx_scenario changed(const struct hx_scenario *scenario, const struct hx_trial *trial)
{
    struct hx_scenario copy = *scenario;
    copy.settings = (struct hx_assignments){0};
    bool is_own = false;
    for (size_t i = 0; i < scenario->settings.count; ++i) {
        const struct hx_assignment *given = &scenario->settings.item[i];
        if (strcmp(given->name, trial->name) == 0) {
            is_own = true;
        } else {
            hx_assignments_add(&copy.settings, given->name, given->text);
        }
    }
    /* Left out, not set to its default: what was set may have moved others with it. */
    if (!is_own) {
        hx_assignments_add(&copy.settings, trial->name, trial->value);
    }
    return copy;
}

/* The trials that are open and have a candidate of this round; *count of them. */
static struct hx_trial **open_trials(struct hx_trial *trial, size_t trials, size_t round,
                                     size_t *count)
{
    struct hx_trial **open = hx_realloc(NULL, trials * sizeof *open);
    *count = 0;
    for (size_t i = 0; i < trials; ++i) {
        if (!trial[i].is_asserted && round < trial[i].candidates) {
            open[(*count)++] = &trial[i];
        }
    }
    return open;
}

static bool round_play(struct hx_trial **open, size_t count, size_t round,
                       const struct hx_scenarios *scenarios, const struct hx_options *options)
{
    struct hx_scenarios list = {.item = hx_realloc(NULL, count * sizeof *list.item),
                                .count = count};
    struct hx_verdict *verdict = hx_verdicts_new(count);
    struct hx_report report = {
        .options = options, .scenarios = &list, .verdict = verdict, .is_silent = true};

    for (size_t i = 0; i < count; ++i) {
        list.item[i] = changed(&scenarios->item[open[i]->candidate[round]], open[i]);
    }
    bool is_whole = hx_runner_play(&list, options, verdict, &report);
    for (size_t i = 0; i < count; ++i) {
        if (verdict[i].is_refuted) {
            open[i]->is_asserted = true;
            open[i]->first = open[i]->candidate[round];
        }
        hx_assignments_free(&list.item[i].settings);
    }
    free(list.item);
    hx_verdicts_free(verdict, count);
    return is_whole;
}

bool hx_trials_play(struct hx_trial *trial, size_t trials, const struct hx_scenarios *scenarios,
                    const struct hx_options *options)
{
    struct hx_options plain = *options;
    bool is_whole = true;
    size_t count = 1;
    plain.is_covering = false;
    for (size_t round = 0; is_whole && count > 0; ++round) {
        struct hx_trial **open = open_trials(trial, trials, round, &count);
        is_whole = count == 0 || round_play(open, count, round, scenarios, &plain);
        free(open);
    }
    return is_whole;
}
