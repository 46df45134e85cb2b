/*
 * trace.c — the hash of a run and the rings of the last frames.
 */
#include "harness/stage/trace.h"

#include <stdio.h>
#include <string.h>

#include "sim/bus/frame.h"
#include "wm/message.h"

#define HASH_START    UINT64_C(0x6a09e667f3bcc908)
#define HASH_MULTIPLY UINT64_C(0x9e3779b97f4a7c15)
/* Before what passes COM2: the same bytes at the same instant on the bus are another run. */
#define HASH_COM2 UINT64_C(0x636f6d32)

static uint64_t hash_word(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * HASH_MULTIPLY;
    return hash ^ (hash >> 32);
}

uint64_t hx_hash(uint64_t hash, const void *bytes, size_t size)
{
    const uint8_t *next = bytes;
    uint64_t word;
    for (size_t left = size; left > 0; left -= left < 8 ? left : 8) {
        word = 0;
        memcpy(&word, next, left < 8 ? left : 8);
        hash = hash_word(hash, word);
        next += 8;
    }
    return hash_word(hash, size);
}

void hx_trace_start(struct hx_trace *trace)
{
    *trace = (struct hx_trace){.hash = HASH_START};
}

/* An answer may be fetched in pieces: where the next one belongs to the last frame, that frame. */
static struct hx_trace_frame *frame_begun(struct hx_trace_line *line, size_t size)
{
    struct hx_trace_frame *frame = &line->last[(line->frames - 1) % HX_TRACE_FRAMES];
    bool is_open =
        line->frames > 0 && frame->is_answer && sim_frame_is_partial(frame->bytes, frame->size);
    return is_open && size <= sizeof frame->bytes - frame->size ? frame : NULL;
}

static void line_passed(struct hx_trace_line *line, int64_t time_us, bool is_answer,
                        const uint8_t *bytes, size_t size)
{
    struct hx_trace_frame *frame = is_answer ? frame_begun(line, size) : NULL;
    if (frame == NULL) {
        frame = &line->last[line->frames++ % HX_TRACE_FRAMES];
        frame->is_answer = is_answer;
        frame->size = 0;
    }
    size = size < sizeof frame->bytes ? size : sizeof frame->bytes;
    frame->time_us = time_us;
    memcpy(frame->bytes + frame->size, bytes, size);
    frame->size += size;
}

static void bytes_passed(struct hx_trace *trace, struct hx_trace_line *line, int64_t time_us,
                         bool is_answer, const uint8_t *bytes, size_t size)
{
    trace->now_us = time_us;
    trace->hash = hash_word(trace->hash, (uint64_t)time_us * 2 + (is_answer ? 1 : 0));
    trace->hash = hx_hash(trace->hash, bytes, size);
    line_passed(line, time_us, is_answer, bytes, size);
}

void hx_trace_bus(void *self, int64_t time_us, bool is_answer, const uint8_t *bytes, size_t size)
{
    struct hx_trace *trace = self;
    bytes_passed(trace, &trace->bus, time_us, is_answer, bytes, size);
}

void hx_trace_com2(void *self, int64_t time_us, bool is_answer, const uint8_t *bytes, size_t size)
{
    struct hx_trace *trace = self;
    trace->hash = hash_word(trace->hash, HASH_COM2);
    bytes_passed(trace, &trace->com2, time_us, is_answer, bytes, size);
}

void hx_trace_view(struct hx_trace *trace, const struct wm_view *view)
{
    /* The texts are left out: one is the address of the run's own trap sink. */
    const size_t texts = offsetof(struct wm_view, settings.text);
    const size_t behind = texts + sizeof view->settings.text;
    trace->hash = hx_hash(trace->hash, view, texts);
    trace->hash = hx_hash(trace->hash, (const unsigned char *)view + behind, sizeof *view - behind);
}

void hx_trace_note(struct hx_trace *trace, const char *note)
{
    char clock[HX_CLOCK_SIZE];
    (void)snprintf(trace->note, sizeof trace->note, "%s %s", hx_clock(trace->now_us, clock), note);
}

static void frame_print(const struct hx_trace_frame *frame, struct hx_text *text)
{
    static const char *const classes[WM_CLASSES] = {"broadcast", "module", "sensor", "aux", "com2"};
    char clock[HX_CLOCK_SIZE];
    struct sim_frame decoded;
    /* What a process left that died in the middle of writing may not be whole. */
    size_t size = frame->size < sizeof frame->bytes ? frame->size : sizeof frame->bytes;
    enum wm_direction direction = frame->is_answer ? WM_ANSWER : WM_QUESTION;
    hx_text_add(text, "%s %s ", hx_clock(frame->time_us, clock), frame->is_answer ? "<" : ">");
    if (!sim_frame_decode(frame->bytes, size, direction, &decoded)) {
        hx_text_add(text, "no valid frame");
    } else {
        const struct wm_message_row *message = wm_message(decoded.message);
        hx_text_add(text, "%s %d %s", classes[decoded.address_class], (int)decoded.address,
                    message->name);
        for (int i = 0; i < message->fields[direction]; ++i) {
            hx_text_add(text, " %s=%d", message->field[direction][i].name, (int)decoded.values[i]);
        }
    }
    hx_text_add(text, "  [");
    for (size_t i = 0; i < size; ++i) {
        hx_text_add(text, "%s%02x", i > 0 ? " " : "", frame->bytes[i]);
    }
    hx_text_add(text, "]\n");
}

/* name: five columns. */
static void line_print(const struct hx_trace_line *line, const char *name, struct hx_text *text)
{
    uint64_t first = line->frames > HX_TRACE_FRAMES ? line->frames - HX_TRACE_FRAMES : 0;
    for (uint64_t i = first; i < line->frames; ++i) {
        hx_text_add(text, "%s", i == first ? name : "     ");
        frame_print(&line->last[i % HX_TRACE_FRAMES], text);
    }
}

void hx_trace_print(const struct hx_trace *trace, struct hx_text *text)
{
    if (trace->note[0] != '\0') {
        hx_text_add(text, "note %.*s\n", HX_NOTE_SIZE, trace->note);
    }
    line_print(&trace->bus, "bus  ", text);
    line_print(&trace->com2, "com2 ", text);
}
