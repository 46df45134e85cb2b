/*
 * rtu.h — a Modbus RTU server: from the bytes on a line and their instants to answers. It knows no
 * line, and no clock but the one it is told.
 *
 * A frame ends with a silence of 3.5 characters; one of more than 1.5 inside spoils it. What is
 * spoiled, too long or too short, has a wrong check sum or is for another unit is dropped without a
 * word; so is a broadcast, for there is nothing to be written. So is an answer: on a line that
 * echoes the server would talk to itself without end.
 */
#ifndef MBS_RTU_H
#define MBS_RTU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "registers.h"
#include "wm/view.h"

#define MBS_RTU_FRAME_MAX 256
/* Bits of a character: start, eight, parity and stop, or two stops without a parity. */
#define MBS_RTU_CHARACTER_BITS 11

struct mbs_rtu {
    struct mbs_registers registers; /* private */
    bool is_coarse;                 /* ro */
    bool is_spoiled;                /* private */
    uint32_t dropped;               /* ro: frames that were spoiled or had a wrong check sum */
    uint32_t echoes;                /* ro: frames that were its own last answer */
    uint16_t sent_crc;              /* private: of its last answer */
    size_t sent_size;               /* private: 0: none yet */
    size_t size;                    /* private: of what was heard of a frame; 0: nothing */
    int64_t heard_us;               /* private: when its last character ended */
    uint8_t frame[MBS_RTU_FRAME_MAX];
};

/*
 * The view is borrowed; its content may change between two calls. From its settings: the unit
 * identifier and the speed. is_coarse: the instants are those at which bytes were found, in
 * batches: silence inside a frame cannot be told then, and only one that ends it counts.
 */
void mbs_rtu_init(struct mbs_rtu *rtu, const struct wm_view *view, bool is_coarse);

/*
 * size characters came back to back, and the last has ended at now_us. One that belongs to the next
 * frame already replaces what nobody took in time.
 */
void mbs_rtu_hear(struct mbs_rtu *rtu, const uint8_t *bytes, size_t size, int64_t now_us);

/* When the frame will have ended if nothing more comes; INT64_MAX: there is none. */
int64_t mbs_rtu_due_us(const struct mbs_rtu *rtu);

/* It has ended: the answer's size, or 0: there is none. Nothing is left of the frame. */
size_t mbs_rtu_answer(struct mbs_rtu *rtu, uint8_t answer[MBS_RTU_FRAME_MAX]);

/* What so many characters take, and the silence that ends a frame, at the speed that is set. */
int64_t mbs_rtu_time_us(const struct mbs_rtu *rtu, size_t characters);
int64_t mbs_rtu_silence_us(const struct mbs_rtu *rtu);

/* The check sum of Modbus; it goes onto the line with its low byte first. */
uint16_t mbs_rtu_crc(const uint8_t *bytes, size_t size);

#endif
