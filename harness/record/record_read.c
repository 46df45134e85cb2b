/*
 * record_read.c — reading a record: see record_read.h.
 *
 * A record may come from anywhere: nothing in it is taken on trust.
 */
#include "harness/record/record_read.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "wm/limits.h"

/* No run is longer: thirty years. */
#define TIME_MAX_S INT64_C(1000000000)
/* More than --record-max lets one be. */
#define FILE_MAX ((size_t)300000000)

/* Of bytes for a question and its answer, and of what a device takes (sim/BUS.md). */
#define MEASURE_BITS       (24 * 10)
#define MEASURE_LATENCY_US 1000

struct reader {
    struct hx_run_record *record;
    int64_t time_us;
    size_t events_room;
    size_t changes_room;
    bool has_ended;
    bool is_known[WM_REGISTERS]; /* has a value since the power came on, or `unread` */
};

/* ---- texts ------------------------------------------------------------------------------ */

static int digit_of(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Two hex digits; below 0: they are none. */
static int byte_of(const char *text)
{
    const int high = digit_of(text[0]);
    const int low = high >= 0 ? digit_of(text[1]) : -1;
    return low >= 0 ? high * 16 + low : -1;
}

/* In place; false: there is no byte, or what is none. */
static bool hex_decode(char *text, size_t *size)
{
    *size = 0;
    for (const char *from = text; from[0] != '\0'; from += 2) {
        const int byte = byte_of(from);
        if (byte < 0) {
            return false;
        }
        text[(*size)++] = (char)byte;
    }
    return *size > 0;
}

/* Likewise; an empty text is one. It ends with a zero, and may have others in it. */
static bool text_decode(char *text, size_t *size)
{
    *size = 0;
    for (const char *from = text; from[0] != '\0'; ++from) {
        const int byte = from[0] == '%' ? byte_of(from + 1) : (unsigned char)from[0];
        if (byte < 0) {
            return false;
        }
        from += from[0] == '%' ? 2 : 0;
        text[(*size)++] = (char)byte;
    }
    text[*size] = '\0';
    return true;
}

/* Cuts off what is before the separator; null: nothing is left. */
static char *part_take(char **rest, char separator)
{
    char *part = *rest;
    char *end = part != NULL ? strchr(part, separator) : NULL;
    *rest = end != NULL ? end + 1 : NULL;
    if (end != NULL) {
        *end = '\0';
    }
    return part;
}

/* Digits alone, at most `most`. */
static bool whole_take(const char *text, int64_t most, int64_t *value)
{
    *value = 0;
    if (text == NULL || text[0] == '\0') {
        return false;
    }
    for (; isdigit((unsigned char)text[0]) && *value <= most; ++text) {
        *value = *value * 10 + (text[0] - '0');
    }
    return text[0] == '\0' && *value <= most;
}

/* "12.345678" in microseconds. */
static bool time_take(char *text, int64_t *time_us)
{
    int64_t seconds = 0;
    int64_t rest_us = 0;
    char *fraction = text;
    const char *whole = part_take(&fraction, '.');
    const bool is_good = whole_take(whole, TIME_MAX_S, &seconds) && fraction != NULL &&
                         strlen(fraction) == 6 && whole_take(fraction, 999999, &rest_us);
    *time_us = seconds * 1000000 + rest_us;
    return is_good;
}

/* ---- events ----------------------------------------------------------------------------- */

static void change_add(struct reader *reader, int64_t time_us, int64_t number, int32_t value)
{
    struct hx_run_record *record = reader->record;
    if (record->changes == reader->changes_room) {
        reader->changes_room = reader->changes_room * 2 + 256;
        record->change = hx_realloc(record->change, reader->changes_room * sizeof *record->change);
    }
    reader->is_known[number - WM_REGISTER_FIRST] = value != HX_NO_VALUE;
    record->change[record->changes++] = (struct hx_change){time_us, (int32_t)number, value};
}

/* "1000=65 1003=2" */
static const char *registers_take(struct reader *reader, struct hx_event *event)
{
    char *rest = event->text;
    for (char *pair = part_take(&rest, ' '); pair != NULL; pair = part_take(&rest, ' ')) {
        int64_t number = 0;
        int64_t value = 0;
        char *name = part_take(&pair, '=');
        if (!whole_take(name, WM_REGISTER_LAST, &number) || number < WM_REGISTER_FIRST ||
            !whole_take(pair, UINT16_MAX, &value)) {
            return "no REGISTER=VALUE ...";
        }
        change_add(reader, reader->time_us, number, (int32_t)value);
    }
    return NULL;
}

static void registers_forget(struct reader *reader, int64_t time_us)
{
    for (int32_t i = 0; i < WM_REGISTERS; ++i) {
        if (reader->is_known[i]) {
            change_add(reader, time_us, WM_REGISTER_FIRST + i, HX_NO_VALUE);
        }
    }
}

/* It is told when nobody waits for the answer any more, and nothing has been read meanwhile. */
static const char *unread_take(struct reader *reader, struct hx_event *event)
{
    const struct hx_run_record *record = reader->record;
    const int64_t last_us = record->changes > 0 ? record->change[record->changes - 1].time_us : 0;
    int64_t since_us = 0;
    if (!time_take(event->text, &since_us) || since_us < last_us || since_us > reader->time_us) {
        return "no instant since when registers are unread";
    }
    registers_forget(reader, since_us);
    return NULL;
}

static const char *power_take(struct reader *reader, struct hx_event *event)
{
    const bool is_running = strcmp(event->text, "running") == 0;
    reader->record->was_running |= is_running;
    event->is_on = is_running || strcmp(event->text, "on") == 0;
    if (!event->is_on) {
        registers_forget(reader, reader->time_us);
    }
    return event->is_on || strcmp(event->text, "off") == 0 ? NULL : "power is on, off or running";
}

static const char *line_take(struct reader *reader, struct hx_event *event)
{
    (void)reader;
    const char direction = event->text[0];
    event->is_on = direction == '<';
    if ((direction != '<' && direction != '>') || !hex_decode(event->text + 1, &event->size)) {
        return "no >BYTES or <BYTES";
    }
    ++event->text;
    return NULL;
}

static const char *console_take(struct reader *reader, struct hx_event *event)
{
    (void)reader;
    return text_decode(event->text, &event->size) ? NULL : "no text";
}

static const char *datagram_take(struct reader *reader, struct hx_event *event)
{
    (void)reader;
    return hex_decode(event->text, &event->size) && event->size <= HX_DATAGRAM_MAX
               ? NULL
               : "no datagram of 1 to 8000 bytes";
}

static const char *end_take(struct reader *reader, struct hx_event *event)
{
    (void)event;
    reader->has_ended = true;
    return NULL;
}

static const char *text_take(struct reader *reader, struct hx_event *event)
{
    (void)reader;
    (void)event;
    return NULL;
}

static const struct {
    const char *word;
    /* Null, or what is wrong with what is behind the word. */
    const char *(*take)(struct reader *reader, struct hx_event *event);
} kinds[] = {
    [HX_EVENT_POWER] = {"power", power_take},
    [HX_EVENT_MARK] = {"mark", text_take},
    [HX_EVENT_BUS] = {"bus", line_take},
    [HX_EVENT_COM2] = {"com2", line_take},
    [HX_EVENT_CONSOLE] = {"console", console_take},
    [HX_EVENT_REQUEST] = {"request", text_take},
    [HX_EVENT_DATAGRAM] = {"datagram", datagram_take},
    [HX_EVENT_HAND] = {"hand", text_take},
    [HX_EVENT_REGISTERS] = {"registers", registers_take},
    [HX_EVENT_UNREAD] = {"unread", unread_take},
    [HX_EVENT_TRAP] = {"trap", text_take},
    [HX_EVENT_FULL] = {"full", text_take},
    [HX_EVENT_END] = {"end", end_take},
};

/* Null, or what is wrong. */
static const char *event_take(struct reader *reader, char *line)
{
    struct hx_run_record *record = reader->record;
    struct hx_event event = {0};
    char *rest = line;
    char *time = part_take(&rest, ' ');
    const char *word = part_take(&rest, ' ');
    size_t kind = 0;
    if (!time_take(time, &event.time_us) || event.time_us < reader->time_us) {
        return "no instant in seconds, with six decimals, at or after that of the line before";
    }
    while (word != NULL && kind < sizeof kinds / sizeof kinds[0] &&
           strcmp(kinds[kind].word, word) != 0) {
        ++kind;
    }
    if (word == NULL || kind == sizeof kinds / sizeof kinds[0]) {
        return "no kind of event";
    }
    reader->has_ended = false;
    event.kind = (enum hx_event_kind)kind;
    event.text = rest != NULL ? rest : line + strlen(line);
    event.size = strlen(event.text);
    reader->time_us = event.time_us;
    if (record->events == reader->events_room) {
        reader->events_room = reader->events_room * 2 + 256;
        record->event = hx_realloc(record->event, reader->events_room * sizeof *record->event);
    }
    const char *problem = kinds[kind].take(reader, &event);
    record->event[record->events++] = event;
    if (record->event[0].kind != HX_EVENT_POWER || !record->event[0].is_on) {
        problem = "the first event of a record is \"power on\"";
    }
    return problem;
}

/* ---- the head --------------------------------------------------------------------------- */

static bool setting_take(struct hx_run_record *record, char *text, struct hx_text *problem)
{
    size_t size = 0;
    const char *name = part_take(&text, ' ');
    if (text == NULL || !text_decode(text, &size) || strlen(text) != size) {
        hx_text_add(problem, "no setting NAME VALUE");
        return false;
    }
    /* A receiver of the bench has an address once there is one. */
    int sink = 0;
    const bool is_good =
        sscanf(text, HX_RECEIVER_PLACE, &sink) == 1 || hx_setting_check(name, text, NULL, problem);
    if (is_good) {
        hx_assignments_add(&record->settings, name, text);
    }
    return is_good;
}

static bool head_take(struct hx_run_record *record, char *line, struct hx_text *problem)
{
    char *rest = line;
    const char *word = part_take(&rest, ' ');
    if (rest == NULL) {
        hx_text_add(problem, "no head of a record, WORD VALUE");
        return false;
    }
    if (strcmp(word, "scenario") == 0) {
        record->scenario = rest;
    } else if (strcmp(word, "file") == 0) {
        record->place = rest;
    } else if (strcmp(word, "on") == 0) {
        record->on = rest;
    } else if (strcmp(word, "uptime") == 0) {
        if (!whole_take(rest, TIME_MAX_S * 1000, &record->uptime_ms)) {
            hx_text_add(problem, "uptime is in milliseconds");
        }
    } else if (strcmp(word, "setting") == 0) {
        return setting_take(record, rest, problem);
    } else if (strcmp(word, "program") != 0) {
        hx_text_add(problem, "no word of a record's head");
    }
    return problem->size == 0;
}

/* ---- the file --------------------------------------------------------------------------- */

static bool line_is_good(struct reader *reader, char *line, size_t number, size_t size,
                         struct hx_text *problem)
{
    static const char first[] = "gbms-bench record 1";
    const char *what = NULL;
    for (size_t i = 0; i < size && what == NULL; ++i) {
        what = iscntrl((unsigned char)line[i]) ? "a control character" : NULL;
    }
    if (what != NULL) {
        /* It would come to a terminal. */
    } else if (number == 1) {
        what = strcmp(line, first) == 0 ? NULL : "no record of this version, it begins otherwise";
    } else if (reader->record->events == 0 && !isdigit((unsigned char)line[0])) {
        return head_take(reader->record, line, problem);
    } else if (reader->record->scenario[0] == '\0') {
        what = "no line \"scenario NAME\" before the first event";
    } else {
        what = event_take(reader, line);
    }
    hx_text_add(problem, "%s", what != NULL ? what : "");
    return what == NULL;
}

static bool lines_read(struct reader *reader, const char *name, struct hx_text *error)
{
    struct hx_text *bytes = &reader->record->bytes;
    struct hx_text problem = {0};
    size_t number = 0;
    size_t at = 0;
    bool is_good = true;
    while (is_good && at < bytes->size) {
        char *line = bytes->bytes + at;
        char *end = memchr(line, '\n', bytes->size - at);
        ++number;
        if (end == NULL) {
            break;
        }
        *end = '\0';
        at += (size_t)(end - line) + 1;
        is_good = line_is_good(reader, line, number, (size_t)(end - line), &problem);
    }
    if (is_good && (at < bytes->size || !reader->has_ended)) {
        hx_text_add(&problem, "cut off: a record ends with a line \"end\"");
        is_good = false;
    }
    if (!is_good) {
        hx_text_add(error, "%s:%zu: %s; record it again with run --record", name, number,
                    hx_text_string(&problem));
    }
    hx_text_free(&problem);
    return is_good;
}

bool hx_record_read(struct hx_run_record *record, FILE *file, const char *name,
                    struct hx_text *error)
{
    char part[65536];
    size_t size = 0;
    *record = (struct hx_run_record){.scenario = "", .place = "", .on = ""};
    while (record->bytes.size <= FILE_MAX && (size = fread(part, 1, sizeof part, file)) > 0) {
        hx_text_add_bytes(&record->bytes, part, size);
    }
    if (ferror(file) != 0) {
        hx_text_add(error, "%s: cannot be read: %s", name, strerror(errno));
        return false;
    }
    if (record->bytes.size > FILE_MAX) {
        hx_text_add(error, "%s: longer than %zu MB; no record is", name, FILE_MAX / 1000000);
        return false;
    }
    struct reader *reader = hx_realloc(NULL, sizeof *reader);
    *reader = (struct reader){.record = record};
    const bool is_good = lines_read(reader, name, error);
    free(reader);
    return is_good;
}

bool hx_record_load(struct hx_run_record *record, const char *path, struct hx_text *error)
{
    FILE *file = fopen(path, "r");
    *record = (struct hx_run_record){0};
    if (file == NULL) {
        hx_text_add(error, "%s: cannot be read: %s; name a record or a folder of them", path,
                    strerror(errno));
        return false;
    }
    const bool is_good = hx_record_read(record, file, path, error);
    fclose(file);
    return is_good;
}

void hx_record_free(struct hx_run_record *record)
{
    hx_assignments_free(&record->settings);
    hx_text_free(&record->bytes);
    free(record->event);
    free(record->change);
    record->event = NULL;
    record->change = NULL;
}

int32_t hx_record_setting(const struct hx_run_record *record, enum wm_setting setting)
{
    struct hx_text ignored = {0};
    struct wm_change change = {.value = wm_setting(setting)->value_default};
    for (size_t i = 0; i < record->settings.count; ++i) {
        const struct hx_assignment *given = &record->settings.item[i];
        if (strcmp(given->name, wm_setting(setting)->name) == 0) {
            (void)hx_setting_check(given->name, given->text, &change, &ignored);
        }
    }
    hx_text_free(&ignored);
    return change.value;
}

double hx_record_round_us(const struct hx_run_record *record)
{
    const double period_us = 1e3 * hx_record_setting(record, wm_setting_bus_round_period);
    const double baud = hx_record_setting(record, wm_setting_bus_baud);
    const double line_us = hx_record_setting(record, wm_setting_bank_modules) *
                           (MEASURE_BITS * 1e6 / baud + MEASURE_LATENCY_US);
    return period_us > line_us ? period_us : line_us;
}

/* ---- requests --------------------------------------------------------------------------- */

static bool small_take(char *text, int most, int *value)
{
    int64_t whole = 0;
    const bool is_good = whole_take(text, most, &whole);
    *value = (int)whole;
    return is_good;
}

static bool text_copy(char *text, char *room, size_t room_size)
{
    size_t size = 0;
    if (text == NULL || !text_decode(text, &size) || size >= room_size) {
        return false;
    }
    memcpy(room, text, size + 1);
    return true;
}

static bool object_take(char *text, struct hx_oid *object)
{
    for (char *arc = part_take(&text, '.'); arc != NULL; arc = part_take(&text, '.')) {
        int64_t value = 0;
        if (object->length == HX_OID_MAX || !whole_take(arc, UINT32_MAX, &value)) {
            return false;
        }
        object->arc[object->length++] = (uint32_t)value;
    }
    return object->length > 0;
}

/* "1.3.6.1=0:1520:" */
static bool binding_take(char *text, struct hx_binding *binding)
{
    int kind = 0;
    char *rest = text;
    char *object = part_take(&rest, '=');
    char *type = part_take(&rest, ':');
    char *number = part_take(&rest, ':');
    *binding = (struct hx_binding){0};
    if (rest == NULL || !object_take(object, &binding->object) ||
        !small_take(type, HX_VALUE_NULL, &kind)) {
        return false;
    }
    char *end = NULL;
    binding->value.kind = (enum hx_value_kind)kind;
    binding->value.number = strtoll(number, &end, 10);
    const bool is_text =
        text_decode(rest, &binding->value.size) && binding->value.size < sizeof binding->value.text;
    if (is_text) {
        memcpy(binding->value.text, rest, binding->value.size + 1);
    }
    return is_text && end != number && *end == '\0';
}

bool hx_record_request(const struct hx_event *event, struct hx_question *question)
{
    int number[3] = {0};
    static const int most[3] = {HX_SET, WM_SNMP_V3, WM_SNMP_PRIV};
    char *rest = event->text;
    struct hx_asker *asker = &question->asker;
    *question = (struct hx_question){.kind = HX_ASK_REQUEST};
    for (int i = 0; i < 3; ++i) {
        if (!small_take(part_take(&rest, '|'), most[i], &number[i])) {
            return false;
        }
    }
    question->request = (enum hx_request)number[0];
    asker->version = (enum wm_snmp_version)number[1];
    asker->user.level = (enum wm_snmp_level)number[2];
    bool is_good = text_copy(part_take(&rest, '|'), asker->community, sizeof asker->community) &&
                   text_copy(part_take(&rest, '|'), asker->user.name, sizeof asker->user.name) &&
                   text_copy(part_take(&rest, '|'), asker->user.auth, sizeof asker->user.auth) &&
                   text_copy(part_take(&rest, '|'), asker->user.priv, sizeof asker->user.priv) &&
                   text_copy(part_take(&rest, '|'), asker->from, sizeof asker->from);
    for (char *one = part_take(&rest, '|'); is_good && one != NULL; one = part_take(&rest, '|')) {
        is_good = question->count < HX_OBJECTS_MAX &&
                  binding_take(one, &question->binding[question->count++]);
    }
    return is_good && question->count > 0;
}
