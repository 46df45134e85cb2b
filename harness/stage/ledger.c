/*
 * ledger.c — the list of things, and the marks of one scenario.
 */
#include "harness/stage/ledger.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/stage/standard.h"
#include "wm/catalog.h"
#include "wm/view.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

struct hx_ledger {
    bool has_view; /* a view was seen */
    struct wm_settings first;
    bool is_given[wm_setting_count];
    bool is_text_given[wm_text_count];
    bool is_raised[wm_alarm_count];  /* in the latest view */
    bool was_raised[wm_alarm_count]; /* in some view */
    bool is_cleared[wm_alarm_count]; /* it was, and then was not */
    uint8_t *level;                  /* levels seen of a line: 1 << level */
    uint8_t *mark;
    struct board_latency latency[wm_alarm_count]; /* of boards that are gone */
};

/* ---- things ----------------------------------------------------------------------------- */

static struct {
    struct hx_thing *item;
    size_t count;
} all;

__attribute__((format(printf, 2, 3))) static void thing_add(struct hx_thing thing,
                                                            const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(thing.name, sizeof thing.name, format, arguments);
    va_end(arguments);
    all.item = hx_realloc(all.item, (all.count + 1) * sizeof *all.item);
    all.item[all.count++] = thing;
}

static bool is_line(enum wm_scope scope)
{
    return scope == wm_scope_aux_input || scope == wm_scope_aux_output;
}

/* A field of each window; each line of an aux is a register of its own. */
static void registers_list(enum hx_kind kind)
{
    size_t windows = 0;
    const struct wm_window_row *window = wm_windows(&windows);
    for (size_t w = 0; w < windows; ++w) {
        for (int p = 0; p < wm_point_count; ++p) {
            const struct wm_point_row *row = wm_point((enum wm_point)p);
            if (row->scope != window[w].scope || row->register_offset == WM_NO_REGISTER ||
                (window[w].offsets >> row->register_offset & 1U) == 0) {
                continue;
            }
            struct hx_thing thing = {.kind = kind,
                                     .point = (enum wm_point)p,
                                     .number_first = window[w].number_first,
                                     .number_last = window[w].number_last};
            if (!is_line(row->scope)) {
                thing_add(thing, "%s.%s", window[w].name, row->name);
                continue;
            }
            for (int32_t line = window[w].number_first; line <= window[w].number_last; ++line) {
                thing.number_first = thing.number_last = line;
                thing_add(thing, "%s[%d].%s", window[w].name, (int)line, row->name);
            }
        }
    }
}

static void flags_list(enum hx_kind kind)
{
    size_t flags = 0;
    const struct wm_flag_row *flag = wm_flags(&flags);
    for (int p = 0; p < wm_point_count; ++p) {
        const struct wm_point_row *row = wm_point((enum wm_point)p);
        enum wm_flag_set set;
        const bool is_word = wm_point_flags((enum wm_point)p, &set);
        for (size_t f = 0; is_word && f < flags; ++f) {
            if (flag[f].set == set) {
                thing_add((struct hx_thing){.kind = kind,
                                            .point = (enum wm_point)p,
                                            .number_first = 1,
                                            .number_last = wm_scope_items_max(row->scope),
                                            .flag = flag[f].value},
                          "%s.%s %s", wm_scope_name(row->scope), row->name, flag[f].name);
            }
        }
    }
}

/* Columns of the alarm table: their names, and what is not 0 of a row. */
enum column { COLUMN_ID = 1, COLUMN_DESCR, COLUMN_TIME };
static const char *const columns[] = {[COLUMN_ID] = "bacsAlarmId",
                                      [COLUMN_DESCR] = "bacsAlarmDescr",
                                      [COLUMN_TIME] = "bacsAlarmTime"};

static void points_list(enum hx_kind kind)
{
    for (int p = 0; p < wm_point_count; ++p) {
        const struct wm_point_row *row = wm_point((enum wm_point)p);
        int32_t items = wm_scope_items_max(row->scope);
        struct hx_thing thing = {
            .kind = kind, .point = (enum wm_point)p, .number_first = 1, .number_last = items};
        if (row->snmp_group == WM_NO_OBJECT) {
            continue;
        }
        if (!is_line(row->scope)) {
            thing_add(thing, "%s", row->snmp_name);
            continue;
        }
        for (int32_t line = 1; line <= items; ++line) {
            thing.number_first = thing.number_last = line;
            thing_add(thing, "gxRAUX%d%s%d", (int)((line - 1) / 4 + 1),
                      row->scope == wm_scope_aux_input ? "Input" : "Output",
                      (int)((line - 1) % 4 + 1));
        }
    }
}

/* Those of the system and snmp groups. */
static void standard_list(enum hx_kind kind)
{
    size_t count = 0;
    const struct hx_standard_row *row = hx_standard_rows(&count);
    for (size_t i = 0; i < count; ++i) {
        struct hx_thing thing = {.kind = kind};
        thing.is_text = row[i].kind == HX_STANDARD_TEXT;
        thing.text = row[i].text;
        thing.is_setting = row[i].kind == HX_STANDARD_SETTING;
        thing.setting = wm_setting_snmp_authentication_traps;
        thing.is_read_out = !thing.is_text && !thing.is_setting;
        thing_add(thing, "%s", row[i].name);
    }
}

static void objects_list(enum hx_kind kind)
{
    standard_list(kind);
    points_list(kind);
    for (int column = COLUMN_ID; column <= COLUMN_TIME; ++column) {
        thing_add((struct hx_thing){.kind = kind, .column = column}, "%s", columns[column]);
    }
    for (int s = 0; s < wm_setting_count; ++s) {
        const struct wm_setting_row *row = wm_setting((enum wm_setting)s);
        if (row->snmp_leaf != WM_NO_OBJECT) {
            thing_add(
                (struct hx_thing){.kind = kind, .setting = (enum wm_setting)s, .is_setting = true},
                "%s", row->snmp_name);
        }
    }
}

/* The panel's have a kind of their own. */
static void values_list(enum hx_kind kind)
{
    for (int p = 0; p < wm_point_count; ++p) {
        const struct wm_point_row *row = wm_point((enum wm_point)p);
        if (row->register_offset == WM_NO_REGISTER && row->snmp_group == WM_NO_OBJECT &&
            row->scope != wm_scope_panel) {
            thing_add((struct hx_thing){.kind = kind,
                                        .point = (enum wm_point)p,
                                        .number_first = 1,
                                        .number_last = wm_scope_items_max(row->scope)},
                      "%s.%s", wm_scope_name(row->scope), row->name);
        }
    }
}

static void alarms_list(enum hx_kind kind)
{
    for (int a = 0; a < wm_alarm_count; ++a) {
        /* One without a row or a flag has no window of its own. */
        const struct wm_alarm_row *row = wm_alarm((enum wm_alarm)a);
        if (row->number != 0 || row->alarm_flag != 0) {
            thing_add((struct hx_thing){.kind = kind, .alarm = (enum wm_alarm)a}, "%s", row->name);
        }
    }
}

/* A row of the alarm table has its traps; but initializing, which is told by none (S8). */
static void traps_list(enum hx_kind kind)
{
    for (int a = 0; a < wm_alarm_count; ++a) {
        if (wm_alarm((enum wm_alarm)a)->number != 0 && a != (int)wm_alarm_initializing) {
            thing_add((struct hx_thing){.kind = kind, .alarm = (enum wm_alarm)a}, "%s",
                      wm_alarm((enum wm_alarm)a)->name);
        }
    }
}

static void settings_list(enum hx_kind kind)
{
    for (int s = 0; s < wm_setting_count; ++s) {
        thing_add((struct hx_thing){.kind = kind, .setting = (enum wm_setting)s}, "%s",
                  wm_setting((enum wm_setting)s)->name);
    }
}

static void texts_list(enum hx_kind kind)
{
    for (int t = 0; t < wm_text_count; ++t) {
        thing_add((struct hx_thing){.kind = kind, .text = (enum wm_text)t}, "%s",
                  wm_text((enum wm_text)t)->name);
    }
}

/* RFC 3418; names as in the RFC. */
static void told_list(enum hx_kind kind)
{
    thing_add((struct hx_thing){.kind = kind}, "coldStart");
    thing_add((struct hx_thing){.kind = kind}, "authenticationFailure");
}

/* Every state of what the webmanager's front shows. */
static void panel_list(enum hx_kind kind)
{
    for (int p = 0; p < wm_point_count; ++p) {
        const struct wm_point_row *row = wm_point((enum wm_point)p);
        const char *state = NULL;
        for (int32_t value = 0; row->scope == wm_scope_panel &&
                                (state = wm_state_name((enum wm_point)p, value)) != NULL;
             ++value) {
            thing_add((struct hx_thing){.kind = kind,
                                        .point = (enum wm_point)p,
                                        .number_first = 1,
                                        .number_last = 1,
                                        .state = value},
                      "%s %s", row->name, state);
        }
    }
}

/* ---- what a view shows of a thing ------------------------------------------------------- */

struct look {
    struct hx_ledger *ledger;
    const struct wm_view *view;
    size_t thing; /* its number */
};

static bool setting_shown(const struct hx_thing *thing, const struct look *look)
{
    const struct hx_ledger *ledger = look->ledger;
    int32_t value = look->view->settings.value[thing->setting];
    return value != ledger->first.value[thing->setting] ||
           (ledger->is_given[thing->setting] && value != wm_setting(thing->setting)->value_default);
}

/* The bench's own trap receiver, which nobody gave, does not count. */
static bool text_shown(const struct hx_thing *thing, const struct look *look)
{
    const struct hx_ledger *ledger = look->ledger;
    const char *value = wm_text_value(&look->view->settings, thing->text);
    return strcmp(value, wm_text_value(&ledger->first, thing->text)) != 0 ||
           (ledger->is_text_given[thing->text] &&
            strcmp(value, wm_text(thing->text)->value_default) != 0);
}

/* The last item of the thing that is configured. */
static int32_t last_item(const struct hx_thing *thing, const struct wm_view *view)
{
    int32_t configured = wm_scope_items(wm_point(thing->point)->scope, &view->settings);
    return configured < thing->number_last ? configured : thing->number_last;
}

/* Of a line both levels, of anything else a value that is not 0. */
static bool point_shown(const struct hx_thing *thing, const struct look *look)
{
    bool is_of_line = wm_point(thing->point)->unit == wm_unit_state;
    uint8_t *level = &look->ledger->level[look->thing];
    int32_t last = last_item(thing, look->view);
    for (int32_t number = thing->number_first; number <= last; ++number) {
        int32_t value = 0;
        bool is_known = wm_point_read(thing->point, number, look->view, &value);
        if (is_of_line && is_known) {
            *level |= (uint8_t)(1U << (value != 0 ? 1 : 0));
        }
        if (is_of_line ? *level == 3 : is_known && value != 0) {
            return true;
        }
    }
    return false;
}

static bool flag_shown(const struct hx_thing *thing, const struct look *look)
{
    int32_t last = last_item(thing, look->view);
    for (int32_t number = thing->number_first; number <= last; ++number) {
        int32_t value = 0;
        if (wm_point_read(thing->point, number, look->view, &value) &&
            ((uint32_t)value & thing->flag) != 0) {
            return true;
        }
    }
    return false;
}

static bool object_shown(const struct hx_thing *thing, const struct look *look)
{
    const struct wm_view *view = look->view;
    if (thing->is_setting || thing->is_text || thing->is_read_out) {
        return thing->is_setting ? setting_shown(thing, look)
               : thing->is_text  ? text_shown(thing, look)
                                 : false;
    }
    if (thing->number_last != 0) {
        return point_shown(thing, look);
    }
    for (int32_t row = 0; row < view->alarm_rows; ++row) {
        if (thing->column != COLUMN_TIME ||
            (view->alarm[row].existed_at_start == 0 && view->alarm[row].detected_ms > 0)) {
            return true;
        }
    }
    return false;
}

static bool state_shown(const struct hx_thing *thing, const struct look *look)
{
    int32_t value = 0;
    return wm_point_read(thing->point, 1, look->view, &value) && value == thing->state;
}

static bool raised_shown(const struct hx_thing *thing, const struct look *look)
{
    return look->ledger->is_raised[thing->alarm];
}

static bool cleared_shown(const struct hx_thing *thing, const struct look *look)
{
    return look->ledger->is_cleared[thing->alarm];
}

/* ---- kinds ------------------------------------------------------------------------------ */

static const struct kind {
    const char *name;
    const char *plural;
    void (*list)(enum hx_kind kind);
    /* Null: the language alone sees it. */
    bool (*is_shown)(const struct hx_thing *thing, const struct look *look);
} kinds[HX_KINDS] = {
    [HX_KIND_REGISTER] = {"register", "registers", registers_list, point_shown},
    [HX_KIND_FLAG] = {"flag", "flags", flags_list, flag_shown},
    [HX_KIND_OBJECT] = {"object", "objects", objects_list, object_shown},
    [HX_KIND_VALUE] = {"value", "values", values_list, point_shown},
    [HX_KIND_RAISED] = {"raised", "alarms raised", alarms_list, raised_shown},
    [HX_KIND_CLEARED] = {"cleared", "alarms cleared", alarms_list, cleared_shown},
    [HX_KIND_ADDED] = {"added", "traps added", traps_list, NULL},
    [HX_KIND_REMOVED] = {"removed", "traps removed", traps_list, NULL},
    [HX_KIND_TOLD] = {"told", "other traps", told_list, NULL},
    [HX_KIND_SETTING] = {"setting", "settings", settings_list, setting_shown},
    [HX_KIND_TEXT] = {"text", "texts", texts_list, text_shown},
    [HX_KIND_PANEL] = {"panel", "panel states", panel_list, state_shown},
};

const char *hx_kind_name(enum hx_kind kind)
{
    return kinds[kind].name;
}

const char *hx_kind_plural(enum hx_kind kind)
{
    return kinds[kind].plural;
}

bool hx_kind_find(const char *name, enum hx_kind *kind)
{
    for (int k = 0; k < HX_KINDS; ++k) {
        if (strcmp(kinds[k].name, name) == 0) {
            *kind = (enum hx_kind)k;
            return true;
        }
    }
    return false;
}

const struct hx_thing *hx_things(size_t *count)
{
    for (int k = 0; k < HX_KINDS && (k > 0 || all.count == 0); ++k) {
        kinds[k].list((enum hx_kind)k);
    }
    *count = all.count;
    return all.item;
}

int hx_thing_find(enum hx_kind kind, const char *name)
{
    size_t count = 0;
    const struct hx_thing *thing = hx_things(&count);
    for (size_t i = 0; i < count; ++i) {
        if (thing[i].kind == kind && strcmp(thing[i].name, name) == 0) {
            return (int)i;
        }
    }
    return HX_NO_THING;
}

int hx_thing_of_point(enum hx_kind kind, enum wm_point point, int32_t number)
{
    size_t count = 0;
    const struct hx_thing *thing = hx_things(&count);
    for (size_t i = 0; i < count; ++i) {
        if (thing[i].kind == kind && thing[i].point == point && thing[i].number_first <= number &&
            number <= thing[i].number_last) {
            return (int)i;
        }
    }
    return HX_NO_THING;
}

int hx_thing_of_flag(enum wm_point point, uint16_t flag)
{
    size_t count = 0;
    const struct hx_thing *thing = hx_things(&count);
    for (size_t i = 0; i < count; ++i) {
        if (thing[i].kind == HX_KIND_FLAG && thing[i].point == point && thing[i].flag == flag) {
            return (int)i;
        }
    }
    return HX_NO_THING;
}

/* ---- one scenario ----------------------------------------------------------------------- */

struct hx_ledger *hx_ledger_create(void)
{
    size_t count = 0;
    hx_things(&count);
    struct hx_ledger *ledger = memset(hx_realloc(NULL, sizeof *ledger), 0, sizeof *ledger);
    ledger->mark = memset(hx_realloc(NULL, count), 0, count);
    ledger->level = memset(hx_realloc(NULL, count), 0, count);
    return ledger;
}

void hx_ledger_destroy(struct hx_ledger *ledger)
{
    if (ledger != NULL) {
        free(ledger->mark);
        free(ledger->level);
        free(ledger);
    }
}

void hx_ledger_give(struct hx_ledger *ledger, const struct wm_change *setting)
{
    if (setting->string == NULL) {
        ledger->is_given[setting->setting] = true;
    } else {
        ledger->is_text_given[setting->text] = true;
    }
}

/* Is it in this view: by its row or, without one, by its flag at some module? */
static bool alarm_shown(enum wm_alarm alarm, const struct wm_view *view)
{
    const struct wm_alarm_row *row = wm_alarm(alarm);
    int32_t modules = wm_scope_items(wm_scope_module, &view->settings);
    for (int32_t i = 0; row->number != 0 && i < view->alarm_rows; ++i) {
        if (view->alarm[i].number == row->number) {
            return true;
        }
    }
    for (int32_t i = 0; row->number == 0 && i < modules; ++i) {
        if (((uint32_t)view->module[i].alarm_flags & row->alarm_flag) != 0) {
            return true;
        }
    }
    return false;
}

void hx_ledger_board(struct hx_ledger *ledger, const struct board *board)
{
    for (int a = 0; board != NULL && a < wm_alarm_count; ++a) {
        struct board_latency latency;
        (void)board_latency(board, (enum wm_alarm)a, &latency);
        hx_latency_add(&ledger->latency[a], &latency);
    }
    /* An alarm that a restart forgets has not been cleared. */
    memset(ledger->was_raised, 0, sizeof ledger->was_raised);
}

void hx_ledger_view(struct hx_ledger *ledger, const struct wm_view *view)
{
    size_t count = 0;
    const struct hx_thing *thing = hx_things(&count);
    if (!ledger->has_view) {
        ledger->has_view = true;
        ledger->first = view->settings;
    }
    for (int a = 0; a < wm_alarm_count; ++a) {
        bool is_raised = alarm_shown((enum wm_alarm)a, view);
        ledger->is_cleared[a] = ledger->was_raised[a] && !is_raised;
        ledger->was_raised[a] = ledger->was_raised[a] || is_raised;
        ledger->is_raised[a] = is_raised;
    }
    for (size_t i = 0; i < count; ++i) {
        struct look look = {.ledger = ledger, .view = view, .thing = i};
        if ((ledger->mark[i] & HX_EXERCISED) == 0 && kinds[thing[i].kind].is_shown != NULL &&
            kinds[thing[i].kind].is_shown(&thing[i], &look)) {
            hx_ledger_exercise(ledger, (int)i);
        }
    }
}

void hx_ledger_exercise(struct hx_ledger *ledger, int thing)
{
    ledger->mark[thing] |= HX_EXERCISED;
}

void hx_ledger_assert(struct hx_ledger *ledger, int thing)
{
    ledger->mark[thing] |= HX_ASSERTED;
}

/* ---- on its way ------------------------------------------------------------------------- */

void hx_latency_add(struct board_latency *sum, const struct board_latency *latency)
{
    if (latency->raises > 0 && (sum->raises == 0 || latency->raise_ms > sum->raise_ms)) {
        sum->raise_ms = latency->raise_ms;
    }
    if (latency->raises > 0 &&
        (sum->raises == 0 || latency->raise_rounds_milli > sum->raise_rounds_milli)) {
        sum->raise_rounds_milli = latency->raise_rounds_milli;
    }
    if (latency->clears > 0 && (sum->clears == 0 || latency->clear_ms > sum->clear_ms)) {
        sum->clear_ms = latency->clear_ms;
    }
    if (latency->clears > 0 &&
        (sum->clears == 0 || latency->clear_rounds_milli > sum->clear_rounds_milli)) {
        sum->clear_rounds_milli = latency->clear_rounds_milli;
    }
    sum->raises += latency->raises;
    sum->clears += latency->clears;
}

void hx_ledger_pack(const struct hx_ledger *ledger, bool has_passed, struct hx_text *bytes)
{
    size_t count = 0;
    hx_things(&count);
    hx_text_add_bytes(bytes, (const char *)ledger->latency, sizeof ledger->latency);
    for (size_t i = 0; i < count; ++i) {
        bool is_asserted = has_passed && ledger->mark[i] == (HX_EXERCISED | HX_ASSERTED);
        char mark = (char)((ledger->mark[i] & HX_EXERCISED) | (is_asserted ? HX_ASSERTED : 0));
        hx_text_add_bytes(bytes, &mark, 1);
    }
}

bool hx_record_unpack(const struct hx_text *bytes, struct hx_record *record)
{
    size_t count = 0;
    hx_things(&count);
    if (bytes->size != sizeof record->latency + count) {
        return false;
    }
    memcpy(record->latency, bytes->bytes, sizeof record->latency);
    record->mark = (uint8_t *)bytes->bytes + sizeof record->latency;
    return true;
}
