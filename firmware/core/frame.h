/*
 * frame.h — the master's end of the BACS frame format: questions to bytes, bytes to answers.
 *
 * Format and reasons: sim/BUS.md. Always true: what wm_frame_read returns had a right checksum and
 * exactly the length that messages.def gives an answer to its command.
 */
#ifndef WM_FRAME_H
#define WM_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wm/limits.h"
#include "wm/message.h"

struct wm_frame {
    enum wm_class class;
    uint16_t address; /* 1-based; 0 for broadcast */
    uint8_t sequence;
    enum wm_message_id message;
    int32_t value[WM_FIELDS_MAX]; /* the question's or the answer's fields */
};

/* Bytes as they came, until they make a frame. Holds two frames, so junk before one fits. */
struct wm_frame_reader {
    uint8_t bytes[2 * WM_FRAME_SIZE_MAX];
    size_t size;
};

/* Writes a question; returns its size in bytes, at most WM_FRAME_SIZE_MAX. */
size_t wm_frame_encode(const struct wm_frame *question, uint8_t *bytes);

/*
 * Takes the next answer out of the reader. False while there is none: junk before it, and
 * anything that can no longer become an answer, is dropped; a beginning is kept.
 */
bool wm_frame_read(struct wm_frame_reader *reader, struct wm_frame *answer);

#endif
