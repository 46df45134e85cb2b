/*
 * compare.c — what the records of two runs do not have in common.
 *
 * On a board a script waits longer for what it wants than on the host: the two are compared piece
 * by piece, from one mark of the script to the next. An instant of the one run is, in the other, as
 * far from the mark before, or as far from the mark behind: a window that is as wide as the one
 * piece is longer than the other, and wider by the tolerance on both sides. What the one showed for
 * long enough to be looked at must show somewhere in that window of the other, and the reverse. A
 * window of which the other was not looked at tells nothing.
 *
 * Every register counts: none of them tells a clock or an uptime, which differ by nature.
 */
#include "harness/record/compare.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/commands.h"
#include "harness/files.h"
#include "harness/record/record.h"

/* Lines of two records: those that are printed, the first in time, of those that are kept. */
#define LINES_MAX  20
#define LINES_KEPT 1000
/* A current sensor's readings of one current are apart by at most this part of its range. */
#define CURRENT_APART_OF_RANGE 0.0004
/* Bypass rises from 0 to 100 % over so many mV of a block of 12 V (decision B13). */
#define BYPASS_RISE_MV 240

/* What is shown so long is seen. */
#define LOOKED_AT_US (2 * HX_RECORD_LOOK_US)

/* What a register shows. */
struct place {
    bool is_shown;
    enum wm_point point;
    int32_t number; /* of the item */
};

/* What a register shows in a window. */
struct shown {
    bool is_value[2]; /* nothing; some value      */
    int32_t low;      /* of the values, the least */
    int32_t high;
    int32_t any; /* the flags that are set at some instant */
    int32_t all; /* those that always are                  */
};

/* Instants of one run. */
struct window {
    int64_t from_us;
    int64_t to_us;
};

/* One of the two runs. */
struct side {
    const struct hx_run_record *record;
    const char *name;
    /* What a step hangs on. */
    const struct wm_module_type *type;
    double modules_a_string, factor, range_A;
    size_t first[WM_REGISTERS + 1]; /* of each register, among the changes */
    struct hx_change *change;       /* by register, then by time           */
    struct shown *shown;            /* of each, and before them of pairs of pairs of them */
    const struct hx_event **mark;   /* the first event, the script's marks, the end */
    size_t marks;
    const struct hx_event **trap; /* by text, then by time */
    size_t traps;
    struct window *boot; /* from each power until somebody read it, if anybody did */
    size_t boots;
    bool is_full;
};

struct line {
    int64_t time_us;
    struct hx_text text;
};

struct comparison {
    const char *name;
    struct side side[2];
    struct place place[WM_REGISTERS];
    size_t marks; /* that both have, at both ends of what is compared */
    int64_t apart_us;
    double steps;
    struct line *line; /* of the differences, LINES_KEPT at most */
    size_t differences;
};

/* ---- time ------------------------------------------------------------------------------- */

/* Of the first so many marks the last at or before the instant; where there is none, the first. */
static size_t mark_at(const struct side *side, size_t marks, int64_t time_us)
{
    size_t low = 0;
    size_t high = marks;
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        *(side->mark[middle]->time_us <= time_us ? &low : &high) = middle;
    }
    return low;
}

static void window_take(struct window *window, int64_t at_us)
{
    window->from_us = at_us < window->from_us ? at_us : window->from_us;
    window->to_us = at_us > window->to_us ? at_us : window->to_us;
}

/*
 * As far from the mark before and from that behind; one at a mark belongs to both its pieces. None
 * begins before the run: nothing shows there, which is no power cut.
 */
static struct window window_of(const struct comparison *both, const struct side *from,
                               const struct side *to, int64_t time_us)
{
    struct window window = {INT64_MAX, INT64_MIN};
    const size_t first = mark_at(from, both->marks, time_us - 1);
    const size_t last = mark_at(from, both->marks, time_us);
    const size_t around[] = {first, first + 1, last, last + 1};
    for (size_t i = 0; i < sizeof around / sizeof around[0]; ++i) {
        if (around[i] < both->marks) {
            window_take(&window,
                        to->mark[around[i]]->time_us + time_us - from->mark[around[i]]->time_us);
        }
    }
    const int64_t from_us = window.from_us - both->apart_us;
    const int64_t begin_us = to->mark[0]->time_us;
    window.from_us = from_us > begin_us ? from_us : begin_us;
    window.to_us += both->apart_us;
    return window;
}

static int64_t first_look_us(const struct side *side)
{
    return side->record->changes > 0 ? side->record->change[0].time_us : INT64_MAX;
}

/* Of what is compared; the whole run may have been looked at behind its end. */
static int64_t last_look_us(const struct comparison *both, const struct side *side)
{
    return both->marks == side->marks ? side->record->event[side->record->events - 1].time_us
                                      : side->mark[both->marks - 1]->time_us;
}

/*
 * Whether that run was looked at from since_us on, where it corresponds to time_us of the other:
 * nobody had before its first look, and what the other one did in a longer last piece came behind
 * the last.
 */
static bool is_watched(const struct comparison *both, const struct side *from,
                       const struct side *to, int64_t time_us, int64_t since_us)
{
    const size_t before = mark_at(from, both->marks, time_us);
    const int64_t at_us = to->mark[before]->time_us + time_us - from->mark[before]->time_us;
    const bool is_last = before + 2 >= both->marks;
    return since_us >= first_look_us(to) && !(is_last && at_us > last_look_us(both, to));
}

/* Nobody saw what it showed then, for long enough that it would have been looked at: it did not
 * answer yet. */
static bool is_booting(const struct side *side, struct window window)
{
    bool is_so = false;
    for (size_t i = 0; i < side->boots; ++i) {
        const struct window *boot = &side->boot[i];
        const int64_t from_us = boot->from_us > window.from_us ? boot->from_us : window.from_us;
        const int64_t to_us = boot->to_us < window.to_us ? boot->to_us : window.to_us;
        is_so = is_so || to_us - from_us >= LOOKED_AT_US;
    }
    return is_so;
}

/* ---- what is told ----------------------------------------------------------------------- */

/*
 * A line of its own, "aux/outputs--x: A 00:00:12.4, after outputs.lua:29 within: ", to be ended.
 * Null: there are enough of them, and it is only counted.
 */
static struct hx_text *difference_add(struct comparison *both, const struct side *side,
                                      int64_t time_us)
{
    char clock[HX_CLOCK_SIZE];
    const struct hx_event *mark = side->mark[mark_at(side, side->marks, time_us)];
    if (++both->differences > LINES_KEPT) {
        return NULL;
    }
    both->line = hx_realloc(both->line, both->differences * sizeof *both->line);
    struct line *line = &both->line[both->differences - 1];
    *line = (struct line){.time_us = time_us};
    hx_text_add(&line->text, "%s: %s %s", both->name, side->name,
                hx_clock(time_us / 1000 * 1000, clock));
    if (mark->kind == HX_EVENT_MARK) {
        hx_text_add(&line->text, ", after %s", mark->text);
    }
    hx_text_add(&line->text, ": ");
    return &line->text;
}

static int by_time(const void *one, const void *other)
{
    const struct line *a = one;
    const struct line *b = other;
    return (a->time_us > b->time_us) - (a->time_us < b->time_us);
}

static void lines_print(struct comparison *both)
{
    const size_t lines = both->differences < LINES_KEPT ? both->differences : LINES_KEPT;
    if (lines > 0) {
        qsort(both->line, lines, sizeof *both->line, by_time);
    }
    for (size_t i = 0; i < lines; ++i) {
        if (i < LINES_MAX) {
            printf("%s\n", both->line[i].text.bytes);
        }
        hx_text_free(&both->line[i].text);
    }
    if (both->differences > LINES_MAX) {
        printf("%s: and %zu more\n", both->name, both->differences - LINES_MAX);
    }
    free(both->line);
}

static void flags_add(struct hx_text *text, enum wm_flag_set set, int32_t value)
{
    size_t count = 0;
    const struct wm_flag_row *flag = wm_flags(&count);
    hx_text_add(text, "0x%04x", (unsigned)value);
    for (size_t i = 0; i < count; ++i) {
        if (flag[i].set == set && (flag[i].value & value) != 0) {
            hx_text_add(text, " %s", flag[i].name);
        }
    }
}

static void value_add(struct hx_text *text, const struct place *place, int32_t value)
{
    enum wm_flag_set set;
    if (value == HX_NO_VALUE) {
        hx_text_add(text, "nothing");
    } else if (place->is_shown && wm_point_flags(place->point, &set)) {
        flags_add(text, set, value);
    } else if (place->is_shown && wm_state_name(place->point, value) != NULL) {
        hx_text_add(text, "%s", wm_state_name(place->point, value));
    } else {
        hx_text_add(text, "%d", (int)value);
    }
}

static void place_add(struct hx_text *text, const struct place *place, int32_t number)
{
    hx_text_add(text, "register %d", (int)number);
    if (place->is_shown && wm_scope_items_max(wm_point(place->point)->scope) > 1) {
        hx_text_add(text, " %s[%d].%s", wm_scope_name(wm_point(place->point)->scope),
                    (int)place->number, wm_point(place->point)->name);
    } else if (place->is_shown) {
        hx_text_add(text, " %s.%s", wm_scope_name(wm_point(place->point)->scope),
                    wm_point(place->point)->name);
    }
}

/* ---- registers -------------------------------------------------------------------------- */

/* How far two readings of one truth may be apart, in units of the register; 0: not measured. */
static double step_of(const struct side *side, const struct place *place, int32_t value)
{
    const struct wm_module_type *type = side->type;
    const double volts = 2e-6 * type->voltage.noise;
    switch (place->is_shown ? place->point : wm_point_count) {
    case wm_point_module_voltage:
        return 1 + volts * 1e3;
    case wm_point_module_temperature:
        return 1 + 2e-3 * type->temperature.noise * 2;
    case wm_point_module_resistance:
        return 1 + 2e-6 * type->resistance.noise * value;
    case wm_point_module_bypass:
        return 1 + 100 * volts * 1e3 / (BYPASS_RISE_MV * type->nominal_mV / 12000.0);
    case wm_point_string_voltage_sum:
        return 1 + volts * side->modules_a_string * side->factor;
    case wm_point_string_voltage_average:
        return 1 + volts * side->factor;
    case wm_point_string_current:
    case wm_point_string_current_ac:
        return 1 + CURRENT_APART_OF_RANGE * side->range_A * side->factor;
    default:
        return 0;
    }
}

static bool is_signed(const struct place *place)
{
    return place->is_shown && wm_point(place->point)->register_encoding.kind != WM_ENCODE_U16;
}

static int32_t number_of(const struct place *place, int32_t value)
{
    return value != HX_NO_VALUE && is_signed(place) ? (int16_t)value : value;
}

/* The last change of a register at or before the instant; its first minus one: none was. */
static size_t change_before(const struct side *side, int32_t at, int64_t time_us)
{
    size_t low = side->first[at];
    size_t high = side->first[at + 1];
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (side->change[middle].time_us <= time_us) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low - 1;
}

static int32_t value_at(const struct comparison *both, const struct side *side, int32_t at,
                        int64_t time_us)
{
    const size_t change = change_before(side, at, time_us);
    return change + 1 == side->first[at] ? HX_NO_VALUE
                                         : number_of(&both->place[at], side->change[change].value);
}

static struct shown shown_of(int32_t value)
{
    const bool is_value = value != HX_NO_VALUE;
    return (struct shown){{!is_value, is_value}, value, value, value, value};
}

static void shown_add(struct shown *shown, const struct shown *other)
{
    const struct shown before = *shown;
    if (other->is_value[true]) {
        *shown = *other;
    }
    if (before.is_value[true] && other->is_value[true]) {
        shown->low = before.low < other->low ? before.low : other->low;
        shown->high = before.high > other->high ? before.high : other->high;
        shown->any |= before.any;
        shown->all &= before.all;
    }
    shown->is_value[false] = before.is_value[false] || other->is_value[false];
}

/* However many changes there are, a window is put together from few. */
static void shown_make(const struct comparison *both, struct side *side, size_t changes)
{
    side->shown = hx_realloc(NULL, (2 * changes + 1) * sizeof *side->shown);
    for (size_t i = 0; i < changes; ++i) {
        const struct place *place = &both->place[side->change[i].number - WM_REGISTER_FIRST];
        side->shown[changes + i] = shown_of(number_of(place, side->change[i].value));
    }
    for (size_t i = changes; i-- > 1;) {
        side->shown[i] = side->shown[2 * i];
        shown_add(&side->shown[i], &side->shown[2 * i + 1]);
    }
}

static struct shown shown_in(const struct comparison *both, const struct side *side, int32_t at,
                             struct window window)
{
    struct shown shown = shown_of(value_at(both, side, at, window.from_us));
    size_t from = side->record->changes + change_before(side, at, window.from_us) + 1;
    size_t to = side->record->changes + change_before(side, at, window.to_us) + 1;
    for (; from < to; from /= 2, to /= 2) {
        if (from % 2 != 0) {
            shown_add(&shown, &side->shown[from++]);
        }
        if (to % 2 != 0) {
            shown_add(&shown, &side->shown[--to]);
        }
    }
    return shown;
}

/* Flags come and go each by itself; what is measured passes by what is between two readings. */
static bool is_among(const struct comparison *both, const struct side *side, int32_t at,
                     int32_t value, const struct shown *shown)
{
    enum wm_flag_set set;
    const struct place *place = &both->place[at];
    if (value == HX_NO_VALUE || !shown->is_value[true]) {
        return shown->is_value[value != HX_NO_VALUE];
    }
    if (place->is_shown && wm_point_flags(place->point, &set)) {
        return (value & ~shown->any) == 0 && (~value & shown->all) == 0;
    }
    const double apart = floor(both->steps * step_of(side, place, value));
    return value >= shown->low - apart && value <= shown->high + apart;
}

static void register_tell(struct comparison *both, const struct side *from, const struct side *to,
                          int32_t at, size_t change, int64_t other_us)
{
    const struct place *place = &both->place[at];
    struct hx_text *text = difference_add(both, from, from->change[change].time_us);
    if (text != NULL) {
        place_add(text, place, WM_REGISTER_FIRST + at);
        hx_text_add(text, " is ");
        value_add(text, place, number_of(place, from->change[change].value));
        hx_text_add(text, ", in %s ", to->name);
        value_add(text, place, value_at(both, to, at, other_us));
    }
}

/* What one run shows of a register for long enough to be looked at, the other must show. */
static void register_compare(struct comparison *both, const struct side *from,
                             const struct side *to, int32_t at)
{
    const int64_t end_us = from->mark[both->marks - 1]->time_us;
    for (size_t i = from->first[at]; i < from->first[at + 1]; ++i) {
        const int64_t time_us = from->change[i].time_us;
        const bool is_last = i + 1 == from->first[at + 1];
        const int64_t next_us = is_last ? end_us : from->change[i + 1].time_us;
        const int64_t until_us = next_us < end_us ? next_us : end_us;
        const int32_t value = number_of(&both->place[at], from->change[i].value);
        if (until_us - time_us < LOOKED_AT_US) {
            continue;
        }
        const struct window window = window_of(both, from, to, time_us);
        const struct shown shown = shown_in(both, to, at, window);
        if (!is_watched(both, from, to, time_us, window.from_us) || is_booting(to, window) ||
            is_among(both, to, at, value, &shown)) {
            continue;
        }
        register_tell(both, from, to, at, i, (window.from_us + window.to_us) / 2);
    }
}

/* ---- traps ------------------------------------------------------------------------------ */

static int by_text_and_time(const void *one, const void *other)
{
    const struct hx_event *const *a = one;
    const struct hx_event *const *b = other;
    const int order = strcmp((*a)->text, (*b)->text);
    return order != 0 ? order : ((*a)->time_us > (*b)->time_us) - ((*a)->time_us < (*b)->time_us);
}

/* Each trap of the one has one of its kind in the other, which is then used up. */
static void traps_compare(struct comparison *both, const struct side *from, const struct side *to)
{
    size_t other = 0;
    for (size_t i = 0; i < from->traps; ++i) {
        const struct hx_event *trap = from->trap[i];
        if (trap->time_us > from->mark[both->marks - 1]->time_us) {
            continue;
        }
        struct window window = window_of(both, from, to, trap->time_us);
        if (trap->time_us <= first_look_us(from)) {
            window.from_us = INT64_MIN; /* it had come before somebody looked */
        }
        int order = -1;
        while (other < to->traps && ((order = strcmp(to->trap[other]->text, trap->text)) < 0 ||
                                     (order == 0 && to->trap[other]->time_us < window.from_us))) {
            ++other;
        }
        if (other < to->traps && order == 0 && to->trap[other]->time_us <= window.to_us) {
            ++other;
            continue;
        }
        struct hx_text *text = is_watched(both, from, to, trap->time_us, window.to_us)
                                   ? difference_add(both, from, trap->time_us)
                                   : NULL;
        if (text != NULL) {
            hx_text_add(text, "trap %s, in %s there is none then", trap->text, to->name);
        }
    }
}

/* ---- both ------------------------------------------------------------------------------- */

/* The changes by register; in a record they are in order of time. */
static void changes_sort(struct side *side, const struct hx_run_record *record)
{
    size_t next[WM_REGISTERS + 1] = {0};
    for (size_t i = 0; i < record->changes; ++i) {
        ++side->first[record->change[i].number - WM_REGISTER_FIRST + 1];
    }
    for (size_t at = 0; at < WM_REGISTERS; ++at) {
        side->first[at + 1] += side->first[at];
        next[at] = side->first[at];
    }
    side->change = hx_realloc(NULL, (record->changes + 1) * sizeof *side->change);
    for (size_t i = 0; i < record->changes; ++i) {
        side->change[next[record->change[i].number - WM_REGISTER_FIRST]++] = record->change[i];
    }
}

static void boots_make(struct side *side, const struct hx_run_record *record)
{
    const struct hx_event *on = NULL;
    side->boot = hx_realloc(NULL, record->events * sizeof *side->boot);
    for (size_t i = 0; i < record->events; ++i) {
        const struct hx_event *event = &record->event[i];
        if (event->kind == HX_EVENT_POWER) {
            on = event->is_on ? event : NULL;
        } else if (event->kind == HX_EVENT_REGISTERS && on != NULL) {
            side->boot[side->boots++] = (struct window){on->time_us, event->time_us};
            on = NULL;
        }
    }
}

/* places_make has been. */
static void side_make(struct comparison *both, struct side *side,
                      const struct hx_run_record *record, const char *name)
{
    side->record = record;
    side->name = name;
    side->type = wm_module_type(hx_record_setting(record, wm_setting_bank_module_type));
    side->factor = hx_record_setting(record, wm_setting_modbus_string_factor);
    side->range_A = hx_record_setting(record, wm_setting_bank_sensor_range);
    side->modules_a_string = (double)hx_record_setting(record, wm_setting_bank_modules) /
                             hx_record_setting(record, wm_setting_bank_strings);
    boots_make(side, record);
    changes_sort(side, record);
    shown_make(both, side, record->changes);
    side->mark = hx_realloc(NULL, (record->events + 1) * sizeof *side->mark);
    side->trap = hx_realloc(NULL, record->events * sizeof *side->trap);
    side->mark[side->marks++] = &record->event[0];
    for (size_t i = 0; i < record->events; ++i) {
        const struct hx_event *event = &record->event[i];
        const bool is_behind_end = side->mark[side->marks - 1]->kind == HX_EVENT_END;
        side->is_full = side->is_full || (event->kind == HX_EVENT_FULL && !is_behind_end);
        if ((event->kind == HX_EVENT_MARK || event->kind == HX_EVENT_END) && !is_behind_end) {
            side->mark[side->marks++] = event;
        } else if (event->kind == HX_EVENT_TRAP) {
            side->trap[side->traps++] = event;
        }
    }
    qsort(side->trap, side->traps, sizeof *side->trap, by_text_and_time);
}

static void side_free(struct side *side)
{
    free(side->boot);
    free(side->change);
    free(side->shown);
    free(side->mark);
    free(side->trap);
}

static const char *end_of(const struct hx_event *mark)
{
    return mark->kind == HX_EVENT_END ? "its end, " : "";
}

static bool is_same_step(const struct hx_event *one, const struct hx_event *other)
{
    return one->kind == other->kind && strcmp(one->text, other->text) == 0;
}

/* The end of a record that is full tells how the run ended, and not where the script was before. */
static bool ran_out(const struct side *side, size_t mark)
{
    return side->is_full && side->mark[mark]->kind == HX_EVENT_END;
}

/* The marks that both have, from the beginning; where one goes another way, that is told. */
static void marks_compare(struct comparison *both, struct hx_compared *sum)
{
    const struct side *a = &both->side[0];
    const struct side *b = &both->side[1];
    size_t same = 1;
    while (same < a->marks && same < b->marks && !ran_out(a, same) && !ran_out(b, same) &&
           is_same_step(a->mark[same], b->mark[same])) {
        ++same;
    }
    both->marks = same;
    if (same == a->marks || same == b->marks) {
        return;
    }
    const int64_t last_us = a->mark[same - 1]->time_us;
    const bool is_cut = ran_out(a, same) || ran_out(b, same);
    const struct hx_event *a_step = a->mark[is_cut ? a->marks - 1 : same];
    const struct hx_event *b_step = b->mark[is_cut ? b->marks - 1 : same];
    if (is_cut) {
        char clock[HX_CLOCK_SIZE];
        ++sum->cut;
        printf("%s: %s is not whole: it was full; compared until %s\n", both->name,
               ran_out(a, same) ? a->name : b->name, hx_clock(last_us / 1000 * 1000, clock));
    }
    if (!is_same_step(a_step, b_step)) {
        struct hx_text *text = difference_add(both, a, is_cut ? a_step->time_us : last_us);
        hx_text_add(text, "the script comes to %s%s, in %s to %s%s%s", end_of(a_step), a_step->text,
                    b->name, end_of(b_step), b_step->text, is_cut ? "" : "; compared until there");
    }
}

/* What nobody looked at differs from nothing. Scripts that go apart at once have been told. */
static void looks_compare(struct comparison *both)
{
    const bool is_apart = both->differences > 0;
    for (int i = 0; i < 2; ++i) {
        const struct side *side = &both->side[i];
        const int64_t end_us = side->mark[both->marks - 1]->time_us;
        if (first_look_us(side) > end_us && (!is_apart || side->record->changes == 0)) {
            struct hx_text *text = difference_add(both, side, end_us);
            hx_text_add(text, "nobody has read its registers until then");
        }
    }
}

static void places_make(struct comparison *both)
{
    for (int point = 0; point < wm_point_count; ++point) {
        const int32_t items = wm_scope_items_max(wm_point((enum wm_point)point)->scope);
        for (int32_t number = 1; number <= items; ++number) {
            const int32_t place = wm_point_register((enum wm_point)point, number);
            if (place != WM_NO_REGISTER) {
                both->place[place - WM_REGISTER_FIRST] =
                    (struct place){true, (enum wm_point)point, number};
            }
        }
    }
}

int64_t hx_tolerance_us(const struct hx_tolerance *tolerance, double round_us)
{
    return (int64_t)(tolerance->rounds * round_us) + 2 * HX_RECORD_LOOK_US;
}

void hx_records_compare(const struct hx_run_record *a, const struct hx_run_record *b,
                        const struct hx_tolerance *tolerance, struct hx_compared *sum)
{
    struct comparison *both = memset(hx_realloc(NULL, sizeof *both), 0, sizeof *both);
    const double a_us = hx_record_round_us(a);
    const double b_us = hx_record_round_us(b);
    both->name = a->scenario;
    if (strcmp(a->scenario, b->scenario) != 0) {
        printf("%s: B is of another scenario: %s\n", a->scenario, b->scenario);
        ++sum->differences;
    }
    if (a->was_running != b->was_running) {
        printf("%s: %s was running before: what a start shows is in the other alone\n", a->scenario,
               a->was_running ? "A" : "B");
    }
    both->steps = tolerance->steps;
    both->apart_us = hx_tolerance_us(tolerance, a_us > b_us ? a_us : b_us);
    places_make(both);
    side_make(both, &both->side[0], a, "A");
    side_make(both, &both->side[1], b, "B");
    marks_compare(both, sum);
    looks_compare(both);
    for (int i = 0; i < 2; ++i) {
        for (int32_t at = 0; at < WM_REGISTERS; ++at) {
            register_compare(both, &both->side[i], &both->side[1 - i], at);
        }
        traps_compare(both, &both->side[i], &both->side[1 - i]);
    }
    lines_print(both);
    ++sum->records;
    sum->differences += both->differences;
    side_free(&both->side[0]);
    side_free(&both->side[1]);
    free(both);
}

bool hx_compare_sum(const struct hx_compared *sum, const struct hx_tolerance *tolerance)
{
    printf("%zu record%s, ", sum->records, sum->records == 1 ? "" : "s");
    printf(sum->cut == 0 ? "" : "%zu not whole, ", sum->cut);
    printf(sum->differences == 0 ? "no difference" : "%zu difference%s", sum->differences,
           sum->differences == 1 ? "" : "s");
    printf(" within %g round%s and %g step%s\n", tolerance->rounds,
           tolerance->rounds == 1 ? "" : "s", tolerance->steps, tolerance->steps == 1 ? "" : "s");
    return sum->differences == 0;
}

/* ---- the command ------------------------------------------------------------------------ */

/* Both, and what they have not in common; false, with a complaint: one is no record. */
static bool files_compare(const char *a, const char *b, const struct hx_tolerance *tolerance,
                          struct hx_compared *sum)
{
    struct hx_run_record record[2] = {{.scenario = ""}};
    struct hx_text error = {0};
    const bool is_good =
        hx_record_load(&record[0], a, &error) && hx_record_load(&record[1], b, &error);
    if (is_good) {
        hx_records_compare(&record[0], &record[1], tolerance, sum);
    } else {
        hx_complain("%s", hx_text_string(&error));
    }
    hx_text_free(&error);
    hx_record_free(&record[0]);
    hx_record_free(&record[1]);
    return is_good;
}

/* The path below the folder, or the file itself. */
static const char *name_below(const char *folder, const char *path)
{
    const size_t size = strlen(folder);
    return strncmp(path, folder, size) == 0 && path[size] != '\0'
               ? path + size + strspn(path + size, "/")
               : path;
}

static const char *twin_of(const struct hx_files *files, const char *folder, const char *name)
{
    for (size_t i = 0; i < files->count; ++i) {
        if (strcmp(name_below(folder, files->path[i]), name) == 0) {
            return files->path[i];
        }
    }
    return NULL;
}

/* Those of one folder that the other has no record of. */
static size_t missing_print(const struct hx_files files[2], char *const folder[2], int from)
{
    size_t missing = 0;
    for (size_t i = 0; i < files[from].count; ++i) {
        const char *name = name_below(folder[from], files[from].path[i]);
        if (twin_of(&files[1 - from], folder[1 - from], name) == NULL) {
            printf("%s: %s has no record of it\n", name, from == 0 ? "B" : "A");
            ++missing;
        }
    }
    return missing;
}

static bool folders_compare(const struct hx_files files[2], char *const folder[2],
                            const struct hx_tolerance *tolerance, struct hx_compared *sum)
{
    for (size_t i = 0; i < files[0].count; ++i) {
        const char *name = name_below(folder[0], files[0].path[i]);
        const char *twin = twin_of(&files[1], folder[1], name);
        if (twin != NULL && !files_compare(files[0].path[i], twin, tolerance, sum)) {
            return false;
        }
    }
    sum->differences += missing_print(files, folder, 0) + missing_print(files, folder, 1);
    return true;
}

static bool is_folder(const struct hx_files *files, const char *path)
{
    return files->count != 1 || strcmp(files->path[0], path) != 0;
}

int hx_compare(const struct hx_options *options)
{
    const struct hx_tolerance tolerance = {options->rounds, options->steps};
    struct hx_files files[2] = {{0}};
    struct hx_compared sum = {0};
    struct hx_text error = {0};
    bool is_good = false;
    int status = HX_EXIT_USAGE;
    if (options->paths != 2) {
        hx_complain("compare: name two records, or two folders of them");
        return status;
    }
    for (int i = 0; i < 2 && error.size == 0; ++i) {
        if (hx_files_add_records(&files[i], options->path[i], &error) && files[i].count == 0) {
            hx_text_add(&error, "%s: no record in it; run --record %s writes some",
                        options->path[i], options->path[i]);
        }
    }
    if (error.size == 0 &&
        is_folder(&files[0], options->path[0]) != is_folder(&files[1], options->path[1])) {
        hx_text_add(&error, "compare: a record and a folder; name two of a kind");
    }
    if (error.size > 0) {
        hx_complain("%s", error.bytes);
    } else if (is_folder(&files[0], options->path[0])) {
        is_good = folders_compare(files, options->path, &tolerance, &sum);
    } else {
        is_good = files_compare(options->path[0], options->path[1], &tolerance, &sum);
    }
    if (is_good) {
        status = hx_compare_sum(&sum, &tolerance) ? HX_EXIT_PASSED : HX_EXIT_FAILED;
    }
    hx_text_free(&error);
    hx_files_free(&files[0]);
    hx_files_free(&files[1]);
    return status;
}
