/*
 * frame.h — the device's end of the frame format (sim/BUS.md); no state.
 *
 * The webmanager has a codec of its own: the two hold each other, and tests/vectors holds both.
 */
#ifndef SIM_BUS_FRAME_H
#define SIM_BUS_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wm/limits.h"
#include "wm/message.h"

struct sim_frame {
    enum wm_message_id message;
    enum wm_direction direction;
    enum wm_class address_class;
    int32_t address; /* 0..4095 */
    uint8_t sequence;
    int32_t values[WM_FIELDS_MAX]; /* as many as the message has in this direction */
};

/* Writes the frame to bytes[WM_FRAME_SIZE_MAX]; returns its size. */
size_t sim_frame_encode(const struct sim_frame *frame, uint8_t *bytes);

/* How many bytes a message takes in a direction. */
size_t sim_frame_size(enum wm_message_id message, enum wm_direction direction);

/*
 * Takes size bytes as one frame of a direction, from the first to the last. False when they are
 * none: sync, length, checksum, command, or a class the command is not for. frame is then junk.
 */
bool sim_frame_decode(const uint8_t *bytes, size_t size, enum wm_direction direction,
                      struct sim_frame *frame);

/* True while size bytes (1 or more) are the beginning of a frame and more are to come. */
bool sim_frame_is_partial(const uint8_t *bytes, size_t size);

/* CRC-16/X-25. */
uint16_t sim_frame_crc(const uint8_t *bytes, size_t size);

#endif
