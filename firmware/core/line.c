/*
 * line.c — see line.h. Rules: decision B3.
 */
#include "line.h"

#include <assert.h>
#include <string.h>

enum {
    BYTE_GAP_MS = 5,
    BITS_PER_BYTE = 10, /* 8N1 */
    /* now_ms is cut to whole milliseconds: one more, so that no time-out comes early. */
    CUT_MS = 1,
};

void wm_line_init(struct wm_line *line, struct wm_bus bus)
{
    memset(line, 0, sizeof *line);
    line->bus = bus;
}

void wm_line_ask(struct wm_line *line, const struct wm_frame *question, uint8_t retries)
{
    assert(!line->has_question);
    line->question = *question;
    line->retries_left = retries;
    line->is_garbled = false;
    line->has_question = true;
}

static wm_ms line_time_ms(size_t bytes, const struct wm_line_timing *timing)
{
    return ((wm_ms)bytes * BITS_PER_BYTE * 1000 + timing->baud - 1) / timing->baud;
}

/* ---- sending ---------------------------------------------------------------------------- */

void wm_line_transmit(struct wm_line *line, const struct wm_line_timing *timing, wm_ms now_ms)
{
    uint8_t bytes[WM_FRAME_SIZE_MAX];
    if (!line->has_question || line->is_waiting) {
        return;
    }
    line->question.sequence = ++line->sequence;
    const size_t size = wm_frame_encode(&line->question, bytes);
    if (line->bus.ops->transmit(line->bus.self, bytes, size) == WM_BUSY) {
        line->deadline_ms = now_ms + 1;
        return;
    }
    /* A line that cannot transmit is a line that does not answer. */
    line->is_waiting = true;
    line->bytes_seen = 0;
    line->reader.size = 0;
    line->deadline_ms = now_ms + line_time_ms(size, timing) + CUT_MS;
    if (wm_message(line->question.message)->is_answered) {
        line->deadline_ms += timing->answer_timeout_ms;
    }
    line->give_up_ms = line->deadline_ms + line_time_ms(WM_FRAME_SIZE_MAX, timing) +
                       WM_FRAME_SIZE_MAX * BYTE_GAP_MS;
}

/* ---- receiving -------------------------------------------------------------------------- */

static bool answers_the_question(const struct wm_frame *answer, const struct wm_frame *question)
{
    enum wm_class class = question->class;
    uint16_t address = question->address;
    if (question->message == wm_message_register_address) {
        /* Asked of all, answered by the one that took the address. */
        class = WM_CLASS_MODULE;
        address = (uint16_t)question->value[wm_question_register_address_address];
    }
    return answer->class == class && answer->address == address &&
           answer->sequence == question->sequence && answer->message == question->message;
}

static void fetch(struct wm_line *line)
{
    struct wm_frame_reader *reader = &line->reader;
    const size_t room = sizeof reader->bytes - reader->size;
    const int size = line->bus.ops->receive(line->bus.self, reader->bytes + reader->size, room);
    if (size > 0) {
        assert((size_t)size <= room);
        reader->size += (size_t)size;
        line->bytes_seen += (size_t)size;
    }
}

/* The question has ended without a valid answer: again at once, or given up. */
static enum wm_line_result silence(struct wm_line *line)
{
    line->is_waiting = false;
    line->is_garbled |= line->bytes_seen > 0;
    if (line->retries_left > 0) {
        line->retries_left--;
        return WM_LINE_NONE;
    }
    line->has_question = false;
    return WM_LINE_SILENT;
}

enum wm_line_result wm_line_receive(struct wm_line *line, const struct wm_line_timing *timing,
                                    wm_ms now_ms, struct wm_frame *answer)
{
    if (!line->is_waiting) {
        return WM_LINE_NONE;
    }
    const size_t seen_before = line->bytes_seen;
    fetch(line);
    while (wm_frame_read(&line->reader, answer)) {
        if (answers_the_question(answer, &line->question)) {
            line->is_waiting = false;
            return WM_LINE_ANSWERED;
        }
    }
    const bool has_begun = line->bytes_seen != seen_before && line->reader.size > 0;
    if (has_begun && now_ms < line->give_up_ms) {
        /*
         * An answer has begun: now each byte may take its gap (and its own time). A foreign frame
         * that was read whole is no beginning; the true answer keeps its time-out.
         */
        line->deadline_ms = now_ms + BYTE_GAP_MS + line_time_ms(1, timing) + CUT_MS;
        if (line->deadline_ms > line->give_up_ms) {
            line->deadline_ms = line->give_up_ms;
        }
        return WM_LINE_NONE;
    }
    return now_ms >= line->deadline_ms ? silence(line) : WM_LINE_NONE;
}

void wm_line_accept(struct wm_line *line)
{
    line->has_question = false;
}

enum wm_line_result wm_line_refuse(struct wm_line *line)
{
    line->bytes_seen = 0; /* what came was whole: the device is there, its value is not */
    return silence(line);
}

wm_ms wm_line_deadline_ms(const struct wm_line *line, wm_ms now_ms)
{
    if (!line->has_question) {
        return WM_NEVER;
    }
    return line->is_waiting || now_ms < line->deadline_ms ? line->deadline_ms : now_ms;
}
