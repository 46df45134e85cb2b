/*
 * rtu.c — see rtu.h.
 */
#include "rtu.h"

#include <assert.h>
#include <string.h>

#include "request.h"
#include "wm/catalog.h"

enum {
    CRC_SIZE = 2,
    FRAME_MIN = 4, /* unit, function, check sum */
    UNIT_BROADCAST = 0,
    FAULT_FUNCTION = 0x80, /* in the function of a refusal */
    FAULT_SIZE = 5,        /* of the frame of one */
    /* Above this speed the silences no longer follow it (Modbus over serial line, 2.5.1.1). */
    BAUD_FOLLOWED_MAX = 19200,
    INSIDE_FAST_US = 750,
    END_FAST_US = 1750,
};

static int64_t bits_us(const struct mbs_rtu *rtu, int64_t bits)
{
    const int32_t baud = rtu->registers.view->settings.value[wm_setting_modbus_rtu_baud];
    return (bits * 1000000 + baud - 1) / baud;
}

/* Of half characters, or what stands for it at a high speed. */
static int64_t silence_us(const struct mbs_rtu *rtu, int halves, int64_t fast_us)
{
    const int32_t baud = rtu->registers.view->settings.value[wm_setting_modbus_rtu_baud];
    return baud > BAUD_FOLLOWED_MAX ? fast_us : bits_us(rtu, halves * MBS_RTU_CHARACTER_BITS) / 2;
}

int64_t mbs_rtu_time_us(const struct mbs_rtu *rtu, size_t characters)
{
    return bits_us(rtu, (int64_t)characters * MBS_RTU_CHARACTER_BITS);
}

int64_t mbs_rtu_silence_us(const struct mbs_rtu *rtu)
{
    return silence_us(rtu, 7, END_FAST_US);
}

uint16_t mbs_rtu_crc(const uint8_t *bytes, size_t size)
{
    uint16_t crc = 0xFFFF;
    for (size_t i = 0; i < size; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = (uint16_t)((crc >> 1) ^ ((crc & 1) != 0 ? 0xA001 : 0));
        }
    }
    return crc;
}

/* ---- hearing ---------------------------------------------------------------------------- */

void mbs_rtu_init(struct mbs_rtu *rtu, const struct wm_view *view, bool is_coarse)
{
    memset(rtu, 0, sizeof *rtu);
    rtu->registers.view = view;
    rtu->is_coarse = is_coarse;
}

void mbs_rtu_hear(struct mbs_rtu *rtu, const uint8_t *bytes, size_t size, int64_t now_us)
{
    const int64_t silent_us = now_us - mbs_rtu_time_us(rtu, size) - rtu->heard_us;
    if (size == 0) {
        return;
    }
    if (rtu->size == 0 || silent_us >= mbs_rtu_silence_us(rtu)) {
        rtu->size = 0;
        rtu->is_spoiled = false;
    } else if (!rtu->is_coarse && silent_us > silence_us(rtu, 3, INSIDE_FAST_US)) {
        rtu->is_spoiled = true;
    }
    rtu->heard_us = now_us;
    if (size > MBS_RTU_FRAME_MAX - rtu->size) {
        rtu->is_spoiled = true;
        size = MBS_RTU_FRAME_MAX - rtu->size;
    }
    memcpy(rtu->frame + rtu->size, bytes, size);
    rtu->size += size;
}

int64_t mbs_rtu_due_us(const struct mbs_rtu *rtu)
{
    return rtu->size > 0 ? rtu->heard_us + mbs_rtu_silence_us(rtu) : INT64_MAX;
}

/* ---- answering -------------------------------------------------------------------------- */

static bool is_sound(const struct mbs_rtu *rtu, size_t size)
{
    const uint8_t *frame = rtu->frame;
    if (rtu->is_spoiled || size < FRAME_MIN) {
        return false;
    }
    const uint16_t crc = mbs_rtu_crc(frame, size - CRC_SIZE);
    return frame[size - 2] == (crc & 0xFF) && frame[size - 1] == crc >> 8;
}

static bool is_for_us(const struct mbs_rtu *rtu)
{
    const uint8_t unit = rtu->frame[0];
    return unit != UNIT_BROADCAST &&
           unit == rtu->registers.view->settings.value[wm_setting_modbus_unit_id];
}

/* Answers have an odd size, and a question for registers eight bytes: none is taken for one. */
static bool is_echo(const struct mbs_rtu *rtu, size_t size)
{
    return size == rtu->sent_size && mbs_rtu_crc(rtu->frame, size - CRC_SIZE) == rtu->sent_crc;
}

/* Its own of an earlier question, or another's. */
static bool is_refusal(const struct mbs_rtu *rtu, size_t size)
{
    return size == FAULT_SIZE && (rtu->frame[1] & FAULT_FUNCTION) != 0;
}

static size_t fault_write(uint8_t *answer, enum mbs_fault fault)
{
    answer[1] |= FAULT_FUNCTION;
    answer[2] = (uint8_t)fault;
    return 3;
}

static size_t registers_write(struct mbs_rtu *rtu, uint8_t *answer,
                              const struct mbs_request *request)
{
    const uint16_t *image = mbs_registers_image(&rtu->registers);
    size_t size = 2;
    answer[size++] = (uint8_t)(2 * request->quantity);
    for (unsigned i = 0; i < request->quantity; i++) {
        const uint16_t value = image[request->address - WM_REGISTER_FIRST + i];
        answer[size++] = (uint8_t)(value >> 8);
        answer[size++] = (uint8_t)value;
    }
    return size;
}

size_t mbs_rtu_answer(struct mbs_rtu *rtu, uint8_t answer[MBS_RTU_FRAME_MAX])
{
    struct mbs_request request;
    const size_t heard = rtu->size;
    rtu->size = 0;
    if (!is_sound(rtu, heard)) {
        rtu->dropped++;
        return 0;
    }
    if (is_echo(rtu, heard)) {
        rtu->echoes++;
        return 0;
    }
    if (!is_for_us(rtu) || is_refusal(rtu, heard)) {
        return 0;
    }
    const enum mbs_fault fault = mbs_request_read(rtu->frame + 1, heard - CRC_SIZE - 1, &request);
    memcpy(answer, rtu->frame, 2);
    size_t size = fault != MBS_FAULT_NONE ? fault_write(answer, fault)
                                          : registers_write(rtu, answer, &request);
    const uint16_t crc = mbs_rtu_crc(answer, size);
    answer[size++] = (uint8_t)crc;
    answer[size++] = (uint8_t)(crc >> 8);
    assert(size <= MBS_RTU_FRAME_MAX);
    rtu->sent_crc = crc;
    rtu->sent_size = size;
    return size;
}
