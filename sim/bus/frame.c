/*
 * frame.c — the device's frame codec: sync, length, class and address, sequence, command, CRC.
 *
 * Always true: what encodes decodes to the same; a frame whose length differs from the table's
 * is junk, whatever its checksum (sim/BUS.md says why that matters).
 */
#include "sim/bus/frame.h"

#include <assert.h>

enum {
    FRAME_SYNC = 0xA5,
    FRAME_AT_LENGTH = 1,
    FRAME_AT_CLASS = 2,
    FRAME_AT_ADDRESS = 3,
    FRAME_AT_SEQUENCE = 4,
    FRAME_AT_COMMAND = 5,
    FRAME_AT_PAYLOAD = 6,
    FRAME_CRC_SIZE = 2,
    FRAME_ANSWER = 0x80,
    FRAME_ADDRESS_MAX = 0xFFF,
};

/* The remainder of every byte, polynomial 0x1021 with the lowest bit first (0x8408). */
/* clang-format off */
static const uint16_t frame_crc_table[256] = {
    0x0000, 0x1189, 0x2312, 0x329B, 0x4624, 0x57AD, 0x6536, 0x74BF,
    0x8C48, 0x9DC1, 0xAF5A, 0xBED3, 0xCA6C, 0xDBE5, 0xE97E, 0xF8F7,
    0x1081, 0x0108, 0x3393, 0x221A, 0x56A5, 0x472C, 0x75B7, 0x643E,
    0x9CC9, 0x8D40, 0xBFDB, 0xAE52, 0xDAED, 0xCB64, 0xF9FF, 0xE876,
    0x2102, 0x308B, 0x0210, 0x1399, 0x6726, 0x76AF, 0x4434, 0x55BD,
    0xAD4A, 0xBCC3, 0x8E58, 0x9FD1, 0xEB6E, 0xFAE7, 0xC87C, 0xD9F5,
    0x3183, 0x200A, 0x1291, 0x0318, 0x77A7, 0x662E, 0x54B5, 0x453C,
    0xBDCB, 0xAC42, 0x9ED9, 0x8F50, 0xFBEF, 0xEA66, 0xD8FD, 0xC974,
    0x4204, 0x538D, 0x6116, 0x709F, 0x0420, 0x15A9, 0x2732, 0x36BB,
    0xCE4C, 0xDFC5, 0xED5E, 0xFCD7, 0x8868, 0x99E1, 0xAB7A, 0xBAF3,
    0x5285, 0x430C, 0x7197, 0x601E, 0x14A1, 0x0528, 0x37B3, 0x263A,
    0xDECD, 0xCF44, 0xFDDF, 0xEC56, 0x98E9, 0x8960, 0xBBFB, 0xAA72,
    0x6306, 0x728F, 0x4014, 0x519D, 0x2522, 0x34AB, 0x0630, 0x17B9,
    0xEF4E, 0xFEC7, 0xCC5C, 0xDDD5, 0xA96A, 0xB8E3, 0x8A78, 0x9BF1,
    0x7387, 0x620E, 0x5095, 0x411C, 0x35A3, 0x242A, 0x16B1, 0x0738,
    0xFFCF, 0xEE46, 0xDCDD, 0xCD54, 0xB9EB, 0xA862, 0x9AF9, 0x8B70,
    0x8408, 0x9581, 0xA71A, 0xB693, 0xC22C, 0xD3A5, 0xE13E, 0xF0B7,
    0x0840, 0x19C9, 0x2B52, 0x3ADB, 0x4E64, 0x5FED, 0x6D76, 0x7CFF,
    0x9489, 0x8500, 0xB79B, 0xA612, 0xD2AD, 0xC324, 0xF1BF, 0xE036,
    0x18C1, 0x0948, 0x3BD3, 0x2A5A, 0x5EE5, 0x4F6C, 0x7DF7, 0x6C7E,
    0xA50A, 0xB483, 0x8618, 0x9791, 0xE32E, 0xF2A7, 0xC03C, 0xD1B5,
    0x2942, 0x38CB, 0x0A50, 0x1BD9, 0x6F66, 0x7EEF, 0x4C74, 0x5DFD,
    0xB58B, 0xA402, 0x9699, 0x8710, 0xF3AF, 0xE226, 0xD0BD, 0xC134,
    0x39C3, 0x284A, 0x1AD1, 0x0B58, 0x7FE7, 0x6E6E, 0x5CF5, 0x4D7C,
    0xC60C, 0xD785, 0xE51E, 0xF497, 0x8028, 0x91A1, 0xA33A, 0xB2B3,
    0x4A44, 0x5BCD, 0x6956, 0x78DF, 0x0C60, 0x1DE9, 0x2F72, 0x3EFB,
    0xD68D, 0xC704, 0xF59F, 0xE416, 0x90A9, 0x8120, 0xB3BB, 0xA232,
    0x5AC5, 0x4B4C, 0x79D7, 0x685E, 0x1CE1, 0x0D68, 0x3FF3, 0x2E7A,
    0xE70E, 0xF687, 0xC41C, 0xD595, 0xA12A, 0xB0A3, 0x8238, 0x93B1,
    0x6B46, 0x7ACF, 0x4854, 0x59DD, 0x2D62, 0x3CEB, 0x0E70, 0x1FF9,
    0xF78F, 0xE606, 0xD49D, 0xC514, 0xB1AB, 0xA022, 0x92B9, 0x8330,
    0x7BC7, 0x6A4E, 0x58D5, 0x495C, 0x3DE3, 0x2C6A, 0x1EF1, 0x0F78,
};
/* clang-format on */

uint16_t sim_frame_crc(const uint8_t *bytes, size_t size)
{
    uint32_t crc = 0xFFFF;
    for (size_t i = 0; i < size; i++) {
        crc = (crc >> 8) ^ frame_crc_table[(crc & 0xFF) ^ bytes[i]];
    }
    return (uint16_t)(crc ^ 0xFFFF);
}

size_t sim_frame_size(enum wm_message_id message, enum wm_direction direction)
{
    return (size_t)wm_message(message)->payload_size[direction] + WM_FRAME_OVERHEAD;
}

size_t sim_frame_encode(const struct sim_frame *frame, uint8_t *bytes)
{
    const struct wm_message_row *row = wm_message(frame->message);
    size_t size = (size_t)row->payload_size[frame->direction] + WM_FRAME_OVERHEAD;
    assert(size <= WM_FRAME_SIZE_MAX);
    assert(frame->address >= 0 && frame->address <= FRAME_ADDRESS_MAX);

    bytes[0] = FRAME_SYNC;
    bytes[FRAME_AT_LENGTH] = (uint8_t)size;
    uint32_t place = (uint32_t)frame->address_class << 12 | (uint32_t)frame->address;
    bytes[FRAME_AT_CLASS] = (uint8_t)(place >> 8);
    bytes[FRAME_AT_ADDRESS] = (uint8_t)place;
    bytes[FRAME_AT_SEQUENCE] = frame->sequence;
    bytes[FRAME_AT_COMMAND] =
        (uint8_t)(row->command | (frame->direction == WM_ANSWER ? FRAME_ANSWER : 0));
    wm_message_pack(frame->message, frame->direction, frame->values, bytes + FRAME_AT_PAYLOAD);
    uint16_t crc = sim_frame_crc(bytes + 1, size - 1 - FRAME_CRC_SIZE);
    bytes[size - 2] = (uint8_t)crc;
    bytes[size - 1] = (uint8_t)(crc >> 8);
    return size;
}

/* An answer to a broadcast comes from the module that answers; all others from who was asked. */
static bool frame_class_fits(const struct wm_message_row *row, enum wm_direction direction,
                             enum wm_class address_class)
{
    unsigned asked = 1u << address_class;
    if (direction == WM_ANSWER && (row->classes & 1u << WM_CLASS_BROADCAST) != 0) {
        return address_class == WM_CLASS_MODULE;
    }
    return (row->classes & asked) != 0;
}

bool sim_frame_decode(const uint8_t *bytes, size_t size, enum wm_direction direction,
                      struct sim_frame *frame)
{
    if (size < WM_FRAME_OVERHEAD || bytes[0] != FRAME_SYNC || bytes[FRAME_AT_LENGTH] != size) {
        return false;
    }
    uint8_t command = bytes[FRAME_AT_COMMAND];
    if (((command & FRAME_ANSWER) != 0) != (direction == WM_ANSWER)) {
        return false;
    }
    frame->message = wm_message_find((uint8_t)(command & ~FRAME_ANSWER));
    if (frame->message == wm_message_count) {
        return false;
    }
    const struct wm_message_row *row = wm_message(frame->message);
    if (direction == WM_ANSWER && !row->is_answered) {
        return false;
    }
    if (size != (size_t)row->payload_size[direction] + WM_FRAME_OVERHEAD) {
        return false;
    }
    unsigned crc = sim_frame_crc(bytes + 1, size - 1 - FRAME_CRC_SIZE);
    if (bytes[size - 2] != (crc & 0xFF) || bytes[size - 1] != crc >> 8) {
        return false;
    }
    frame->address_class = (enum wm_class)(bytes[FRAME_AT_CLASS] >> 4);
    frame->address = (bytes[FRAME_AT_CLASS] & 0x0F) << 8 | bytes[FRAME_AT_ADDRESS];
    if (frame->address_class >= WM_CLASSES ||
        !frame_class_fits(row, direction, frame->address_class)) {
        return false;
    }
    frame->direction = direction;
    frame->sequence = bytes[FRAME_AT_SEQUENCE];
    wm_message_unpack(frame->message, direction, bytes + FRAME_AT_PAYLOAD, frame->values);
    return true;
}

bool sim_frame_is_partial(const uint8_t *bytes, size_t size)
{
    if (bytes[0] != FRAME_SYNC) {
        return false;
    }
    return size <= FRAME_AT_LENGTH ||
           (bytes[FRAME_AT_LENGTH] <= WM_FRAME_SIZE_MAX && size < bytes[FRAME_AT_LENGTH]);
}
