/*
 * coverage.c — gbms-bench coverage: plays, adds up the ledgers in the order of scenarios, prints.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/commands.h"
#include "harness/run/report.h"
#include "harness/run/runner.h"
#include "harness/run/suite.h"
#include "harness/run/trial.h"
#include "harness/stage/ledger.h"

/* Of one thing: how many scenarios, and the first. */
struct tally {
    size_t exercised;
    size_t asserted;
    size_t first_exercised;
    size_t first_asserted;
};

struct coverage {
    const struct hx_options *options;
    const struct hx_scenarios *scenarios;
    struct hx_verdict *verdict;
    const struct hx_thing *thing;
    size_t things;
    struct tally *tally;
    struct board_latency latency[wm_alarm_count];
};

/* ---- adding up -------------------------------------------------------------------------- */

static void tally_count(size_t *count, size_t *first, size_t scenario)
{
    *first = *count == 0 ? scenario : *first;
    ++*count;
}

/* A scenario that has no record, skipped or dead, adds nothing. */
static void coverage_add(struct coverage *coverage)
{
    for (size_t s = 0; s < coverage->scenarios->count; ++s) {
        struct hx_record record;
        if (!hx_record_unpack(&coverage->verdict[s].record, &record)) {
            continue;
        }
        for (size_t t = 0; t < coverage->things; ++t) {
            struct tally *tally = &coverage->tally[t];
            if ((record.mark[t] & HX_EXERCISED) != 0) {
                tally_count(&tally->exercised, &tally->first_exercised, s);
            }
            if ((record.mark[t] & HX_ASSERTED) != 0) {
                tally_count(&tally->asserted, &tally->first_asserted, s);
            }
        }
        for (int a = 0; a < wm_alarm_count; ++a) {
            hx_latency_add(&coverage->latency[a], &record.latency[a]);
        }
    }
}

/* ---- settings and texts that no window reads back
 * -------------------------------------------------- */

/* The scenarios that passed with the setting changed, the shortest first. */
static size_t *candidates_find(const struct coverage *coverage, size_t thing, size_t *count)
{
    size_t *list = hx_realloc(NULL, coverage->scenarios->count * sizeof *list);
    *count = 0;
    for (size_t s = 0; s < coverage->scenarios->count; ++s) {
        const struct hx_verdict *verdict = &coverage->verdict[s];
        struct hx_record record;
        if (verdict->outcome != HX_PASSED || !hx_record_unpack(&verdict->record, &record) ||
            (record.mark[thing] & HX_EXERCISED) == 0) {
            continue;
        }
        size_t place = (*count)++;
        while (place > 0 && coverage->verdict[list[place - 1]].virtual_us > verdict->virtual_us) {
            list[place] = list[place - 1];
            --place;
        }
        list[place] = s;
    }
    return list;
}

/* Where the default makes one of them fail, the setting is asserted. False: interrupted. */
static bool settings_try(struct coverage *coverage)
{
    struct hx_trial *trial = hx_realloc(NULL, (wm_setting_count + wm_text_count) * sizeof *trial);
    struct tally *tally[wm_setting_count + wm_text_count];
    size_t trials = 0;
    for (size_t t = 0; t < coverage->things; ++t) {
        const struct hx_thing *thing = &coverage->thing[t];
        if ((thing->kind == HX_KIND_SETTING || thing->kind == HX_KIND_TEXT) &&
            coverage->tally[t].asserted == 0) {
            tally[trials] = &coverage->tally[t];
            trial[trials] = thing->kind == HX_KIND_SETTING ? hx_trial_of_setting(thing->setting)
                                                           : hx_trial_of_text(thing->text);
            trial[trials].candidate = candidates_find(coverage, t, &trial[trials].candidates);
            ++trials;
        }
    }
    bool is_whole = hx_trials_play(trial, trials, coverage->scenarios, coverage->options);
    for (size_t i = 0; i < trials; ++i) {
        if (trial[i].is_asserted) {
            tally_count(&tally[i]->asserted, &tally[i]->first_asserted, trial[i].first);
        }
        free(trial[i].candidate);
    }
    free(trial);
    return is_whole;
}

/* ---- printing --------------------------------------------------------------------------- */

static bool is_gap(const struct tally *tally)
{
    return tally->exercised == 0 || tally->asserted == 0;
}

static bool has_latency(const struct hx_thing *thing)
{
    return thing->kind == HX_KIND_RAISED || thing->kind == HX_KIND_CLEARED;
}

/* "1.9" rounds and "2.013" s; false if that was never measured. */
static bool latency_texts(const struct coverage *coverage, const struct hx_thing *thing,
                          char seconds[24], char rounds[24])
{
    const struct board_latency *latency = &coverage->latency[thing->alarm];
    bool is_raise = thing->kind == HX_KIND_RAISED;
    int64_t ms = is_raise ? latency->raise_ms : latency->clear_ms;
    int32_t milli = is_raise ? latency->raise_rounds_milli : latency->clear_rounds_milli;
    bool is_measured = (is_raise ? latency->raises : latency->clears) > 0;
    snprintf(seconds, 24, "%.3f", (double)ms / 1000);
    snprintf(rounds, 24, "%.2f", (double)milli / 1000);
    return is_measured;
}

static void count_print(size_t count)
{
    if (count == 0) {
        printf("  %9s", "-");
    } else {
        printf("  %9zu", count);
    }
}

static void row_print(const struct coverage *coverage, size_t t)
{
    const struct hx_thing *thing = &coverage->thing[t];
    const struct tally *tally = &coverage->tally[t];
    char seconds[24];
    char rounds[24];
    printf("  %-40s", thing->name);
    count_print(tally->exercised);
    count_print(tally->asserted);
    if (has_latency(thing)) {
        const char *why = board_undated(thing->alarm);
        if (latency_texts(coverage, thing, seconds, rounds)) {
            printf("  %7s  %7s", rounds, seconds);
        } else {
            printf("  (%s)", why != NULL ? why : "its truth was never certain");
        }
    }
    if (tally->exercised > 0) {
        bool is_asserted = tally->asserted > 0;
        const struct hx_scenario *scenario =
            &coverage->scenarios
                 ->item[is_asserted ? tally->first_asserted : tally->first_exercised];
        printf("  %s%s: %s", is_asserted ? "" : "only exercised: ", scenario->file, scenario->name);
    }
    putchar('\n');
}

static void table_print(const struct coverage *coverage)
{
    enum hx_kind kind = HX_KINDS;
    for (size_t t = 0; t < coverage->things; ++t) {
        const struct hx_thing *thing = &coverage->thing[t];
        if (coverage->options->is_missing && !is_gap(&coverage->tally[t])) {
            continue;
        }
        if (thing->kind != kind) {
            kind = thing->kind;
            printf("%-42s  %9s  %9s%s  first\n", hx_kind_plural(kind), "exercised", "asserted",
                   has_latency(thing) ? "   rounds        s" : "");
        }
        row_print(coverage, t);
    }
}

static void csv_word(const char *word)
{
    putchar('"');
    for (; *word != '\0'; ++word) {
        printf(*word == '"' ? "\"\"" : "%c", *word);
    }
    putchar('"');
}

static void csv_scenario(const struct coverage *coverage, size_t count, size_t first)
{
    const struct hx_scenario *scenario = &coverage->scenarios->item[first];
    struct hx_text text = {0};
    if (count > 0) {
        hx_text_add(&text, "%s: %s", scenario->file, scenario->name);
    }
    printf(",%zu,", count);
    csv_word(hx_text_string(&text));
    hx_text_free(&text);
}

static void csv_print(const struct coverage *coverage)
{
    puts("kind,name,exercised,first_exercised,asserted,first_asserted,worst_rounds,worst_s");
    for (size_t t = 0; t < coverage->things; ++t) {
        const struct hx_thing *thing = &coverage->thing[t];
        const struct tally *tally = &coverage->tally[t];
        char seconds[24] = "";
        char rounds[24] = "";
        if (coverage->options->is_missing && !is_gap(tally)) {
            continue;
        }
        if (has_latency(thing)) {
            latency_texts(coverage, thing, seconds, rounds);
        }
        printf("%s,", hx_kind_name(thing->kind));
        csv_word(thing->name);
        csv_scenario(coverage, tally->exercised, tally->first_exercised);
        csv_scenario(coverage, tally->asserted, tally->first_asserted);
        printf(",%s,%s\n", rounds, seconds);
    }
}

/* "registers 41/43 exercised, 40/43 asserted; ..." True if there is no gap. */
static bool summary_print(const struct coverage *coverage)
{
    bool is_whole = true;
    for (int kind = 0; kind < HX_KINDS; ++kind) {
        size_t count = 0;
        size_t exercised = 0;
        size_t asserted = 0;
        for (size_t t = 0; t < coverage->things; ++t) {
            if (coverage->thing[t].kind == (enum hx_kind)kind) {
                ++count;
                exercised += coverage->tally[t].exercised > 0 ? 1 : 0;
                asserted += coverage->tally[t].asserted > 0 ? 1 : 0;
            }
        }
        is_whole = is_whole && exercised == count && asserted == count;
        if (!coverage->options->is_csv) {
            printf("%s%s %zu/%zu exercised, %zu/%zu asserted", kind > 0 ? "; " : "",
                   hx_kind_plural((enum hx_kind)kind), exercised, count, asserted, count);
        }
    }
    if (!coverage->options->is_csv) {
        putchar('\n');
    }
    return is_whole;
}

/* ---- the command ------------------------------------------------------------------------ */

static size_t failed_count(const struct coverage *coverage)
{
    size_t count = 0;
    for (size_t s = 0; s < coverage->scenarios->count; ++s) {
        enum hx_outcome outcome = coverage->verdict[s].outcome;
        count += outcome != HX_PASSED && outcome != HX_SKIPPED ? 1 : 0;
    }
    return count;
}

static int coverage_run(struct coverage *coverage)
{
    struct hx_report report = {.options = coverage->options,
                               .scenarios = coverage->scenarios,
                               .verdict = coverage->verdict};
    if (!hx_runner_play(coverage->scenarios, coverage->options, coverage->verdict, &report)) {
        hx_complain("coverage: interrupted");
        return HX_EXIT_FAILED;
    }
    coverage_add(coverage);
    if (!settings_try(coverage)) {
        hx_complain("coverage: interrupted");
        return HX_EXIT_FAILED;
    }
    if (coverage->options->is_csv) {
        csv_print(coverage);
    } else {
        table_print(coverage);
    }
    size_t failed = failed_count(coverage);
    if (failed > 0) {
        hx_complain("coverage: %zu of %zu scenarios did not pass and assert nothing; gbms-bench "
                    "run tells why",
                    failed, coverage->scenarios->count);
    }
    return summary_print(coverage) && failed == 0 ? HX_EXIT_PASSED : HX_EXIT_FAILED;
}

int hx_coverage(const struct hx_options *options)
{
    struct hx_scenarios list = {0};
    struct hx_options covering = *options;
    struct coverage coverage = {.options = &covering, .scenarios = &list};
    int status = HX_EXIT_USAGE;
    covering.is_covering = true;
    coverage.thing = hx_things(&coverage.things);
    if (hx_suite_select(&covering, &list)) {
        const size_t size = coverage.things * sizeof *coverage.tally;
        coverage.verdict = hx_verdicts_new(list.count);
        coverage.tally = memset(hx_realloc(NULL, size), 0, size);
        status = coverage_run(&coverage);
    }
    hx_verdicts_free(coverage.verdict, list.count);
    free(coverage.tally);
    hx_scenarios_free(&list);
    return status;
}
