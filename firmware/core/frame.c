/*
 * frame.c — see frame.h. Layout: sync, length, class and address, sequence, command, payload,
 * CRC-16/CCITT-FALSE over all but the sync byte, high byte first.
 */
#include "frame.h"

#include <assert.h>
#include <string.h>

enum {
    AT_SYNC,
    AT_LENGTH,
    AT_ADDRESS_HIGH,
    AT_ADDRESS_LOW,
    AT_SEQUENCE,
    AT_COMMAND,
    AT_PAYLOAD,
    CRC_SIZE = 2,
    SYNC = 0xA5,
    IS_ANSWER = 0x80,
};
static_assert(AT_PAYLOAD + CRC_SIZE == WM_FRAME_OVERHEAD, "frame overhead");

static const uint16_t crc_table[256] = {
    0x0000, 0x1021, 0x2042, 0x3063, 0x4084, 0x50A5, 0x60C6, 0x70E7, 0x8108, 0x9129, 0xA14A, 0xB16B,
    0xC18C, 0xD1AD, 0xE1CE, 0xF1EF, 0x1231, 0x0210, 0x3273, 0x2252, 0x52B5, 0x4294, 0x72F7, 0x62D6,
    0x9339, 0x8318, 0xB37B, 0xA35A, 0xD3BD, 0xC39C, 0xF3FF, 0xE3DE, 0x2462, 0x3443, 0x0420, 0x1401,
    0x64E6, 0x74C7, 0x44A4, 0x5485, 0xA56A, 0xB54B, 0x8528, 0x9509, 0xE5EE, 0xF5CF, 0xC5AC, 0xD58D,
    0x3653, 0x2672, 0x1611, 0x0630, 0x76D7, 0x66F6, 0x5695, 0x46B4, 0xB75B, 0xA77A, 0x9719, 0x8738,
    0xF7DF, 0xE7FE, 0xD79D, 0xC7BC, 0x48C4, 0x58E5, 0x6886, 0x78A7, 0x0840, 0x1861, 0x2802, 0x3823,
    0xC9CC, 0xD9ED, 0xE98E, 0xF9AF, 0x8948, 0x9969, 0xA90A, 0xB92B, 0x5AF5, 0x4AD4, 0x7AB7, 0x6A96,
    0x1A71, 0x0A50, 0x3A33, 0x2A12, 0xDBFD, 0xCBDC, 0xFBBF, 0xEB9E, 0x9B79, 0x8B58, 0xBB3B, 0xAB1A,
    0x6CA6, 0x7C87, 0x4CE4, 0x5CC5, 0x2C22, 0x3C03, 0x0C60, 0x1C41, 0xEDAE, 0xFD8F, 0xCDEC, 0xDDCD,
    0xAD2A, 0xBD0B, 0x8D68, 0x9D49, 0x7E97, 0x6EB6, 0x5ED5, 0x4EF4, 0x3E13, 0x2E32, 0x1E51, 0x0E70,
    0xFF9F, 0xEFBE, 0xDFDD, 0xCFFC, 0xBF1B, 0xAF3A, 0x9F59, 0x8F78, 0x9188, 0x81A9, 0xB1CA, 0xA1EB,
    0xD10C, 0xC12D, 0xF14E, 0xE16F, 0x1080, 0x00A1, 0x30C2, 0x20E3, 0x5004, 0x4025, 0x7046, 0x6067,
    0x83B9, 0x9398, 0xA3FB, 0xB3DA, 0xC33D, 0xD31C, 0xE37F, 0xF35E, 0x02B1, 0x1290, 0x22F3, 0x32D2,
    0x4235, 0x5214, 0x6277, 0x7256, 0xB5EA, 0xA5CB, 0x95A8, 0x8589, 0xF56E, 0xE54F, 0xD52C, 0xC50D,
    0x34E2, 0x24C3, 0x14A0, 0x0481, 0x7466, 0x6447, 0x5424, 0x4405, 0xA7DB, 0xB7FA, 0x8799, 0x97B8,
    0xE75F, 0xF77E, 0xC71D, 0xD73C, 0x26D3, 0x36F2, 0x0691, 0x16B0, 0x6657, 0x7676, 0x4615, 0x5634,
    0xD94C, 0xC96D, 0xF90E, 0xE92F, 0x99C8, 0x89E9, 0xB98A, 0xA9AB, 0x5844, 0x4865, 0x7806, 0x6827,
    0x18C0, 0x08E1, 0x3882, 0x28A3, 0xCB7D, 0xDB5C, 0xEB3F, 0xFB1E, 0x8BF9, 0x9BD8, 0xABBB, 0xBB9A,
    0x4A75, 0x5A54, 0x6A37, 0x7A16, 0x0AF1, 0x1AD0, 0x2AB3, 0x3A92, 0xFD2E, 0xED0F, 0xDD6C, 0xCD4D,
    0xBDAA, 0xAD8B, 0x9DE8, 0x8DC9, 0x7C26, 0x6C07, 0x5C64, 0x4C45, 0x3CA2, 0x2C83, 0x1CE0, 0x0CC1,
    0xEF1F, 0xFF3E, 0xCF5D, 0xDF7C, 0xAF9B, 0xBFBA, 0x8FD9, 0x9FF8, 0x6E17, 0x7E36, 0x4E55, 0x5E74,
    0x2E93, 0x3EB2, 0x0ED1, 0x1EF0,
};

static uint16_t crc16(const uint8_t *bytes, size_t size)
{
    uint16_t crc = 0xFFFF;
    for (size_t i = 0; i < size; i++) {
        crc = (uint16_t)(crc << 8 ^ crc_table[(crc >> 8 ^ bytes[i]) & 0xFF]);
    }
    return crc;
}

size_t wm_frame_encode(const struct wm_frame *question, uint8_t *bytes)
{
    const struct wm_message_row *row = wm_message(question->message);
    const size_t size = (size_t)row->payload_size[WM_QUESTION] + WM_FRAME_OVERHEAD;
    assert(question->address <= 0x0FFF);
    bytes[AT_SYNC] = SYNC;
    bytes[AT_LENGTH] = (uint8_t)size;
    bytes[AT_ADDRESS_HIGH] = (uint8_t)((unsigned)question->class << 4 | question->address >> 8);
    bytes[AT_ADDRESS_LOW] = (uint8_t)question->address;
    bytes[AT_SEQUENCE] = question->sequence;
    bytes[AT_COMMAND] = row->command;
    wm_message_pack(question->message, WM_QUESTION, question->value, bytes + AT_PAYLOAD);
    const uint16_t crc = crc16(bytes + AT_LENGTH, size - AT_LENGTH - CRC_SIZE);
    bytes[size - 2] = (uint8_t)(crc >> 8);
    bytes[size - 1] = (uint8_t)crc;
    return size;
}

/* Size of the answer that begins here, 0 if none can, or SIZE_MAX if it is too early to tell. */
static size_t answer_size(const uint8_t *bytes, size_t size, enum wm_message_id *message)
{
    if (bytes[AT_SYNC] != SYNC) {
        return 0;
    }
    if (size > AT_LENGTH &&
        (bytes[AT_LENGTH] < WM_FRAME_OVERHEAD || bytes[AT_LENGTH] > WM_FRAME_SIZE_MAX)) {
        return 0;
    }
    if (size <= AT_COMMAND) {
        return SIZE_MAX;
    }
    const uint8_t command = bytes[AT_COMMAND];
    *message =
        command & IS_ANSWER ? wm_message_find((uint8_t)(command ^ IS_ANSWER)) : wm_message_count;
    if (*message == wm_message_count || !wm_message(*message)->is_answered) {
        return 0;
    }
    const size_t wanted = (size_t)wm_message(*message)->payload_size[WM_ANSWER] + WM_FRAME_OVERHEAD;
    return bytes[AT_LENGTH] == wanted ? wanted : 0;
}

static bool crc_is_right(const uint8_t *bytes, size_t size)
{
    const uint16_t crc = crc16(bytes + AT_LENGTH, size - AT_LENGTH - CRC_SIZE);
    return bytes[size - 2] == (uint8_t)(crc >> 8) && bytes[size - 1] == (uint8_t)crc;
}

static void drop(struct wm_frame_reader *reader, size_t size)
{
    assert(size <= reader->size);
    reader->size -= size;
    memmove(reader->bytes, reader->bytes + size, reader->size);
}

bool wm_frame_read(struct wm_frame_reader *reader, struct wm_frame *answer)
{
    const uint8_t *at = reader->bytes;
    const uint8_t *end = reader->bytes + reader->size;
    for (; at < end; at++) {
        enum wm_message_id message;
        const size_t size = answer_size(at, (size_t)(end - at), &message);
        if (size == 0) {
            continue;
        }
        if (size > (size_t)(end - at)) {
            break; /* a beginning: wait for the rest */
        }
        if (!crc_is_right(at, size)) {
            continue;
        }
        answer->class = (enum wm_class)(at[AT_ADDRESS_HIGH] >> 4);
        answer->address = (uint16_t)((at[AT_ADDRESS_HIGH] & 0x0F) << 8 | at[AT_ADDRESS_LOW]);
        answer->sequence = at[AT_SEQUENCE];
        answer->message = message;
        wm_message_unpack(message, WM_ANSWER, at + AT_PAYLOAD, answer->value);
        drop(reader, (size_t)(at - reader->bytes) + size);
        return true;
    }
    drop(reader, (size_t)(at - reader->bytes));
    return false;
}
