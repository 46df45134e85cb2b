/*
 * report.c — what a run prints.
 */
#include "harness/run/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/board/board_spec.h"
#include "harness/stage/trace.h"

/* ---- lines ------------------------------------------------------------------------------ */

static const char *colour(const struct hx_report *report, enum hx_outcome outcome)
{
    if (!report->has_colour) {
        return "";
    }
    return outcome == HX_PASSED ? "\033[32m" : outcome == HX_SKIPPED ? "\033[33m" : "\033[31m";
}

static void progress_clear(const struct hx_report *report)
{
    if (report->is_terminal) {
        fputs("\r\033[K", stdout);
    }
}

/* Every line of the text behind a prefix. */
static void print_indented(const char *prefix, const char *text)
{
    while (*text != '\0') {
        size_t size = strcspn(text, "\n");
        printf("%s%.*s\n", prefix, (int)size, text);
        text += size + (text[size] == '\n' ? 1 : 0);
    }
}

void hx_report_rerun(const struct hx_report *report, size_t number, struct hx_text *text)
{
    const struct hx_options *options = report->options;
    const struct hx_scenario *scenario = &report->scenarios->item[number];
    hx_text_add_quoted(text, options->program);
    hx_text_add(text, " run --seed %" PRIu64 " --only ", options->seed);
    hx_text_add_quoted(text, scenario->name);
    for (size_t i = 0; i < options->settings.count; ++i) {
        struct hx_text setting = {0};
        hx_text_add(&setting, "%s=%s", options->settings.item[i].name,
                    options->settings.item[i].text);
        hx_text_add(text, " --set ");
        hx_text_add_quoted(text, setting.bytes);
        hx_text_free(&setting);
    }
    if (options->board != NULL) {
        hx_text_add(text, " --board ");
        hx_text_add_quoted(text, options->board);
    }
    if (options->has_time_limit) {
        hx_text_add(text, " --time-limit %g", options->time_limit_s);
    }
    hx_text_add(text, " %s", scenario->file[0] == '-' ? "./" : "");
    hx_text_add_quoted(text, scenario->file);
}

static bool is_bad(enum hx_outcome outcome)
{
    return outcome != HX_PASSED && outcome != HX_SKIPPED;
}

static void print_detail(const struct hx_report *report, size_t number, const char *prefix)
{
    const struct hx_verdict *verdict = &report->verdict[number];
    struct hx_text rerun = {0};
    /* A report may say what the message says, and more. */
    if (verdict->outcome != HX_FAILED &&
        strstr(hx_text_string(&verdict->detail), hx_text_string(&verdict->message)) == NULL) {
        print_indented(prefix, hx_text_string(&verdict->message));
    }
    print_indented(prefix, hx_text_string(&verdict->detail));
    hx_report_rerun(report, number, &rerun);
    printf("%srerun %s\n", prefix, rerun.bytes);
    hx_text_free(&rerun);
}

static void print_line(const struct hx_report *report, size_t number)
{
    const struct hx_scenario *scenario = &report->scenarios->item[number];
    const struct hx_verdict *verdict = &report->verdict[number];
    char clock[HX_CLOCK_SIZE];
    printf("%s%-7s%s %s: %s", colour(report, verdict->outcome), hx_outcome_name(verdict->outcome),
           report->has_colour ? "\033[0m" : "", scenario->file, scenario->name);
    if (verdict->outcome == HX_SKIPPED) {
        printf(" (%s)", hx_text_string(&verdict->message));
    } else {
        printf(" (%s)", hx_clock(verdict->virtual_us / 1000000 * 1000000, clock));
    }
    putchar('\n');
    print_indented("        | ", hx_text_string(&verdict->output));
    if (is_bad(verdict->outcome)) {
        print_detail(report, number, "        ");
    }
}

static void print_tap(const struct hx_report *report, size_t number)
{
    const struct hx_scenario *scenario = &report->scenarios->item[number];
    const struct hx_verdict *verdict = &report->verdict[number];
    printf("%s %zu - ", is_bad(verdict->outcome) ? "not ok" : "ok", number + 1);
    /* In TAP a # begins a directive. */
    for (const char *c = scenario->name; *c != '\0'; ++c) {
        printf("%s%c", *c == '#' || *c == '\\' ? "\\" : "", *c);
    }
    if (verdict->outcome == HX_SKIPPED) {
        printf(" # SKIP %s", hx_text_string(&verdict->message));
    }
    putchar('\n');
    print_indented("# | ", hx_text_string(&verdict->output));
    if (is_bad(verdict->outcome)) {
        printf("# %s\n", hx_outcome_name(verdict->outcome));
        print_detail(report, number, "# ");
    }
}

void hx_report_start(struct hx_report *report)
{
    const char *no_colour = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");
    report->is_terminal = isatty(STDOUT_FILENO) == 1 && !report->options->is_tap;
    report->has_colour = report->is_terminal && (no_colour == NULL || no_colour[0] == '\0') &&
                         terminal != NULL && strcmp(terminal, "dumb") != 0;
    report->printed = 0;
    if (report->options->is_tap) {
        printf("TAP version 13\n1..%zu\n# ", report->scenarios->count);
    }
    printf("seed %" PRIu64 "\n", report->options->seed);
    fflush(stdout);
}

void hx_report_print(struct hx_report *report, size_t finished)
{
    if (report->printed < finished && !report->is_silent) {
        progress_clear(report);
    }
    for (; report->printed < finished && !report->is_silent; ++report->printed) {
        bool is_shown =
            !report->options->is_covering || is_bad(report->verdict[report->printed].outcome);
        if (report->options->is_tap) {
            print_tap(report, report->printed);
        } else if (is_shown) {
            print_line(report, report->printed);
        }
    }
    fflush(stdout);
}

void hx_report_progress(struct hx_report *report, size_t done, size_t running)
{
    if (report->is_terminal) {
        printf("\r\033[K%zu of %zu played, %zu running", done, report->scenarios->count, running);
        fflush(stdout);
    }
}

/* "2 needs real_board, 1 interrupted": reasons in the order they came. */
static void skips_add(const struct hx_report *report, struct hx_text *text)
{
    size_t count = report->scenarios->count;
    for (size_t i = 0; i < count; ++i) {
        const char *reason = hx_text_string(&report->verdict[i].message);
        size_t same = 0;
        size_t before = 0;
        for (size_t j = 0; j < count && report->verdict[i].outcome == HX_SKIPPED; ++j) {
            bool is_same = report->verdict[j].outcome == HX_SKIPPED &&
                           strcmp(hx_text_string(&report->verdict[j].message), reason) == 0;
            same += is_same ? 1 : 0;
            before += is_same && j < i ? 1 : 0;
        }
        if (same > 0 && before == 0) {
            hx_text_add(text, "%s%zu %s", text->size > 0 ? ", " : "", same, reason);
        }
    }
}

/* A sum, so that neither the order of arguments nor the folder they are seen from counts. */
static uint64_t trace_of(const struct hx_report *report)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < report->scenarios->count; ++i) {
        const struct hx_scenario *scenario = &report->scenarios->item[i];
        const char *slash = strrchr(scenario->file, '/');
        const char *file = slash != NULL ? slash + 1 : scenario->file;
        uint64_t trace = hx_hash(1, file, strlen(file));
        trace = hx_hash(trace, scenario->name, strlen(scenario->name));
        trace = hx_hash(trace, &report->verdict[i].trace, sizeof report->verdict[i].trace);
        sum += trace;
    }
    return sum;
}

/* "power cuts 12345: 6000 old, 6345 new": what each left of the record that was being saved. */
static void print_cuts(const struct hx_report *report)
{
    struct board_cuts sum = {0};
    for (size_t i = 0; i < report->scenarios->count; ++i) {
        sum.olds += report->verdict[i].cuts.olds;
        sum.news += report->verdict[i].cuts.news;
    }
    printf("%spower cuts %" PRIu64 ": %" PRIu64 " old, %" PRIu64 " new\n",
           report->options->is_tap ? "# " : "", sum.olds + sum.news, sum.olds, sum.news);
}

/* What a board said; its traces differ from run to run, as its time does. */
static void print_line_count(const struct hx_report *report)
{
    struct hx_line_count sum = {0};
    for (size_t i = 0; i < report->scenarios->count; ++i) {
        sum.questions += report->verdict[i].line.questions;
        sum.junk += report->verdict[i].line.junk;
    }
    printf("%sboard %s: %" PRIu64 " questions, %" PRIu64 " bytes that were no frame\n",
           report->options->is_tap ? "# " : "", report->options->spec->name, sum.questions,
           sum.junk);
}

bool hx_report_end(struct hx_report *report)
{
    size_t count[HX_OUTCOMES] = {0};
    struct hx_text skips = {0};
    progress_clear(report);
    for (size_t i = 0; i < report->scenarios->count; ++i) {
        ++count[report->verdict[i].outcome];
    }
    printf("%s%zu passed, %zu failed", report->options->is_tap ? "# " : "", count[HX_PASSED],
           count[HX_FAILED]);
    for (int outcome = HX_ERROR; outcome <= HX_HANG; ++outcome) {
        if (count[outcome] > 0) {
            printf(", %zu %s", count[outcome], hx_outcome_name((enum hx_outcome)outcome));
        }
    }
    skips_add(report, &skips);
    printf(", %zu skipped", count[HX_SKIPPED]);
    if (skips.size > 0) {
        printf(" (%s)", skips.bytes);
    }
    printf("\n");
    if (report->options->spec != NULL) {
        print_line_count(report);
    } else {
        print_cuts(report);
        printf("trace %016" PRIx64 "\n", trace_of(report));
    }
    fflush(stdout);
    hx_text_free(&skips);
    return count[HX_PASSED] + count[HX_SKIPPED] == report->scenarios->count;
}

/* ---- JUnit ------------------------------------------------------------------------------ */

/* Bytes of the UTF-8 character at text, 0 if it is none. */
static size_t utf8_size(const char *text)
{
    unsigned char first = (unsigned char)text[0];
    size_t size = first < 0x80 ? 1 : first >= 0xC2 && first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if ((first >= 0x80 && first < 0xC2) || first > 0xF4) {
        return 0;
    }
    for (size_t i = 1; i < size; ++i) {
        if (((unsigned char)text[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    return size;
}

/* XML knows no control characters but tab and line end, and no broken UTF-8. */
static void xml_add(FILE *file, const char *text)
{
    for (size_t size = 1; *text != '\0'; text += size) {
        size = 1;
        switch (*text) {
        case '&':
            fputs("&amp;", file);
            break;
        case '<':
            fputs("&lt;", file);
            break;
        case '>':
            fputs("&gt;", file);
            break;
        case '"':
            fputs("&quot;", file);
            break;
        case '\n':
            fputs("&#10;", file);
            break;
        default:
            size = utf8_size(text);
            if (size == 0 || ((unsigned char)*text < 0x20 && *text != '\t')) {
                fputc('?', file);
                size = 1;
            } else {
                fwrite(text, 1, size, file);
            }
            break;
        }
    }
}

static void junit_element(FILE *file, const char *element, const char *type,
                          const struct hx_verdict *verdict)
{
    fprintf(file, "    <%s type=\"%s\" message=\"", element, type);
    xml_add(file, hx_text_string(&verdict->message));
    fputs("\">", file);
    xml_add(file, hx_text_string(&verdict->detail));
    fprintf(file, "</%s>\n", element);
}

static void junit_case(FILE *file, const struct hx_scenario *scenario,
                       const struct hx_verdict *verdict)
{
    fputs("  <testcase classname=\"", file);
    xml_add(file, scenario->file);
    fputs("\" name=\"", file);
    xml_add(file, scenario->name);
    fprintf(file, "\" time=\"%.3f\">\n", verdict->wall_s);
    if (verdict->outcome == HX_FAILED) {
        junit_element(file, "failure", "failed", verdict);
    } else if (verdict->outcome == HX_SKIPPED) {
        fputs("    <skipped message=\"", file);
        xml_add(file, hx_text_string(&verdict->message));
        fputs("\"/>\n", file);
    } else if (verdict->outcome != HX_PASSED) {
        junit_element(file, "error", hx_outcome_name(verdict->outcome), verdict);
    }
    if (verdict->output.size > 0) {
        fputs("    <system-out>", file);
        xml_add(file, verdict->output.bytes);
        fputs("</system-out>\n", file);
    }
    fputs("  </testcase>\n", file);
}

static void junit_print(const struct hx_report *report, FILE *file)
{
    size_t count[HX_OUTCOMES] = {0};
    double wall_s = 0;
    for (size_t i = 0; i < report->scenarios->count; ++i) {
        ++count[report->verdict[i].outcome];
        wall_s += report->verdict[i].wall_s;
    }
    fprintf(file,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<testsuites>\n<testsuite name=\"gbms-bench\" tests=\"%zu\" failures=\"%zu\" "
            "errors=\"%zu\" skipped=\"%zu\" time=\"%.3f\">\n"
            "  <properties><property name=\"seed\" value=\"%" PRIu64 "\"/></properties>\n",
            report->scenarios->count, count[HX_FAILED],
            count[HX_ERROR] + count[HX_CRASH] + count[HX_HANG], count[HX_SKIPPED], wall_s,
            report->options->seed);
    for (size_t i = 0; i < report->scenarios->count; ++i) {
        junit_case(file, &report->scenarios->item[i], &report->verdict[i]);
    }
    fputs("</testsuite>\n</testsuites>\n", file);
}

bool hx_report_junit(const struct hx_report *report)
{
    const char *name = report->options->junit;
    FILE *file = fopen(name, "w");
    if (file == NULL) {
        hx_complain("%s: cannot be written; name a file in a folder that is there", name);
        return false;
    }
    junit_print(report, file);
    bool is_good = ferror(file) == 0;
    if (fclose(file) != 0 || !is_good) {
        hx_complain("%s: could not be written to its end; is the disk full?", name);
        return false;
    }
    return true;
}
