/*
 * trace.h — what a run did, as one number, and its last words for a report: how far virtual time
 * was, the last note, the last frames.
 *
 * The number covers every byte on the bus and on COM2 with its time and direction, and every
 * published view (decision H4). It never depends on addresses, ports, process ids or wall time, and
 * it is the same on every little-endian processor. The struct holds no pointer: shared with the
 * process that reports, it outlives the one that played, and tells what that one left behind.
 */
#ifndef HX_STAGE_TRACE_H
#define HX_STAGE_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/text.h"
#include "wm/limits.h"
#include "wm/view.h"

#define HX_TRACE_FRAMES 8
#define HX_NOTE_SIZE    400

struct hx_trace_frame {
    int64_t time_us;
    bool is_answer;
    size_t size;
    uint8_t bytes[WM_FRAME_SIZE_MAX];
};

/* The last frames of one line, a ring: a busy bus must not push out those of COM2. */
struct hx_trace_line {
    uint64_t frames;                             /* ro: seen so far */
    struct hx_trace_frame last[HX_TRACE_FRAMES]; /* private: ring, frames % HX_TRACE_FRAMES */
};

struct hx_trace {
    int64_t now_us;            /* rw: virtual time, as far as it was told */
    char note[HX_NOTE_SIZE];   /* ro: the last one, with its instant */
    uint64_t hash;             /* ro */
    struct hx_trace_line bus;  /* ro */
    struct hx_trace_line com2; /* ro */
    char settings_file[40];    /* rw: of a board, with passphrases; "": none is there */
};

void hx_trace_start(struct hx_trace *trace);

/* `trace` is a struct hx_trace *; the signatures are those of a tap. */
void hx_trace_bus(void *trace, int64_t time_us, bool is_answer, const uint8_t *bytes, size_t size);
void hx_trace_com2(void *trace, int64_t time_us, bool is_answer, const uint8_t *bytes, size_t size);
void hx_trace_view(struct hx_trace *trace, const struct wm_view *view);
/* Said at now_us; a long one is cut. */
void hx_trace_note(struct hx_trace *trace, const char *note);

/* Folds bytes into a hash, word by word. */
uint64_t hx_hash(uint64_t hash, const void *bytes, size_t size);

/*
 * The last note, and the last frames, oldest first, one a line with its time and meaning: those of
 * the bus, then those of COM2.
 */
void hx_trace_print(const struct hx_trace *trace, struct hx_text *text);

#endif
