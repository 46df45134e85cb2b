/*
 * test_snmp_hostile.c — datagrams that are no messages, or nearly: every length wrong, every cut,
 * numbers and names that are too long, versions that are none. Nothing comes of it, and nothing is
 * left.
 */
#include "snmp_stage.h"

#include <criterion/criterion.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACS STAGE_BACS

enum { SIZE_MAX_HERE = 16384 };

struct bytes {
    uint8_t at[SIZE_MAX_HERE];
    size_t size;
};

static int fd;
static size_t heap_before;

static void prepare(void)
{
    stage_open();
    stage_text(wm_text_snmp_write_community, "secret");
    stage_user(1, "boss", "authentic1", "private123", 1);
    snmps_agent_published(stage.agent);
    fd = stage_socket(snmps_agent_port(stage.agent));
    heap_before = mallinfo2().uordblks;
}

/* It is there, has done nothing, and keeps nothing. */
static void expect_unharmed(void)
{
    const size_t heap = mallinfo2().uordblks;
    cr_expect_lt(heap, heap_before + 20000, "%zu bytes more", heap - heap_before);
    void *client = stage_client(SNMP_VERSION_2c, "public");
    cr_expect_eq(stage_get(client, BACS "2.1.0"), 0x41);
    cr_expect_eq(stage.webmanager.puts[WM_COMMAND_CHANGE], 0);
    snmp_sess_close(client);
}

static void finish(void)
{
    close(fd);
    stage_close();
}

TestSuite(snmp_hostile, .init = prepare, .fini = finish);

/* Sends it and takes what comes: an answer, or nothing. True: it was answered. */
static bool send_bytes(const uint8_t *bytes, size_t size)
{
    static uint8_t answer[65536];
    bool is_answered = false;
    cr_assert_eq(send(fd, bytes, size, 0), (ssize_t)size);
    stage_turns(2);
    while (recv(fd, answer, sizeof answer, 0) > 0) {
        is_answered = true;
    }
    return is_answered;
}

/* ---- messages --------------------------------------------------------------------------- */

/* A value around what is there: its tag and length in front. */
static void wrap(struct bytes *bytes, uint8_t tag)
{
    uint8_t header[4] = {tag};
    size_t size = 2;
    if (bytes->size < 0x80) {
        header[1] = (uint8_t)bytes->size;
    } else {
        header[1] = 0x82;
        header[2] = (uint8_t)(bytes->size >> 8);
        header[3] = (uint8_t)bytes->size;
        size = 4;
    }
    cr_assert_leq(bytes->size + size, sizeof bytes->at);
    memmove(bytes->at + size, bytes->at, bytes->size);
    memcpy(bytes->at, header, size);
    bytes->size += size;
}

static void prepend(struct bytes *bytes, const void *front, size_t size)
{
    cr_assert_leq(bytes->size + size, sizeof bytes->at);
    memmove(bytes->at + size, bytes->at, bytes->size);
    memcpy(bytes->at, front, size);
    bytes->size += size;
}

static void append(struct bytes *bytes, const void *end, size_t size)
{
    cr_assert_leq(bytes->size + size, sizeof bytes->at);
    memcpy(bytes->at + bytes->size, end, size);
    bytes->size += size;
}

/* What is there are bindings; the message of v1 or v2c around them. */
static void message_close(struct bytes *bytes, uint8_t command, uint8_t version,
                          const char *community)
{
    static const uint8_t ids[] = {2, 1, 7, 2, 1, 0, 2, 1, 0};
    struct bytes text = {.size = 0};
    const uint8_t head[] = {2, 1, version};
    wrap(bytes, 0x30);
    prepend(bytes, ids, sizeof ids);
    wrap(bytes, command);
    append(&text, community, strlen(community));
    wrap(&text, 4);
    prepend(bytes, text.at, text.size);
    prepend(bytes, head, sizeof head);
    wrap(bytes, 0x30);
}

/* OID of voltage.low_alarm, and what it could be. */
static const uint8_t low_alarm[] = {6, 0x0A, 0x2B, 6, 1, 2, 1, 33, 5, 1, 12, 0};

static struct bytes message_make(uint8_t command, uint8_t version)
{
    static const uint8_t number[] = {2, 2, 4, 0xB0}; /* 1200: as it is */
    static const uint8_t null[] = {5, 0};
    struct bytes bytes = {.size = 0};
    append(&bytes, low_alarm, sizeof low_alarm);
    append(&bytes, command == SNMP_MSG_SET ? number : null,
           command == SNMP_MSG_SET ? sizeof number : sizeof null);
    wrap(&bytes, 0x30);
    message_close(&bytes, command, version, command == SNMP_MSG_SET ? "absent" : "public");
    return bytes;
}

/* A message of v3 as the library makes it, heard by a socket of ours. */
static struct bytes v3_make(int level)
{
    static u_char engine[64];
    static const char *const name = BACS "2.1.0";
    char peer[40];
    struct bytes bytes;
    netsnmp_session session;
    const int own = stage_socket(0);
    snprintf(peer, sizeof peer, "udp:127.0.0.1:%d", stage_socket_port(own));
    snmp_sess_init(&session);
    session.version = SNMP_VERSION_3;
    session.securityModel = SNMP_SEC_MODEL_USM;
    session.securityLevel = level;
    session.securityName = (char *)(uintptr_t) "boss";
    session.securityNameLen = 4;
    session.securityEngineIDLen = snmpv3_get_engineID(engine, sizeof engine);
    session.securityEngineID = engine;
    void *client = stage_client_of(&session, peer);
    cr_assert_neq(snmp_sess_send(client, stage_request(SNMP_MSG_GET, &name, 1)), 0);
    const ssize_t size = recv(own, bytes.at, sizeof bytes.at, 0);
    cr_assert_gt(size, 0);
    bytes.size = (size_t)size;
    snmp_sess_close(client);
    close(own);
    return bytes;
}

enum { MESSAGES = 9 };

static struct bytes *messages_make(void)
{
    static struct bytes messages[MESSAGES];
    messages[0] = message_make(SNMP_MSG_GET, 0);
    messages[1] = message_make(SNMP_MSG_GETNEXT, 0);
    messages[2] = message_make(SNMP_MSG_GET, 1);
    messages[3] = message_make(SNMP_MSG_GETNEXT, 1);
    messages[4] = message_make(SNMP_MSG_GETBULK, 1);
    messages[5] = message_make(SNMP_MSG_SET, 1);
    messages[6] = v3_make(SNMP_SEC_LEVEL_NOAUTH);
    messages[7] = v3_make(SNMP_SEC_LEVEL_AUTHNOPRIV);
    messages[8] = v3_make(SNMP_SEC_LEVEL_AUTHPRIV);
    heap_before = mallinfo2().uordblks;
    return messages;
}

Test(snmp_hostile, what_is_made_here_is_answered)
{
    const struct bytes *messages = messages_make();
    for (size_t i = 0; i < MESSAGES; i++) {
        cr_expect_eq(send_bytes(messages[i].at, messages[i].size), i != 5, "message %zu", i);
    }
    expect_unharmed();
}

/* ---- lengths ---------------------------------------------------------------------------- */

/* Where the lengths stand in a value and in those that it is made of. */
static size_t lengths_find(const uint8_t *bytes, size_t start, size_t end, size_t *lengths,
                           size_t count)
{
    for (size_t at = start; at + 2 <= end;) {
        size_t length = bytes[at + 1];
        size_t content = at + 2;
        if (length == 0x81 || length == 0x82) {
            length = length == 0x81 ? bytes[at + 2] : (size_t)bytes[at + 2] << 8 | bytes[at + 3];
            content += bytes[at + 1] - 0x80U;
        }
        if (content + length > end) {
            return count;
        }
        lengths[count++] = at + 1;
        if ((bytes[at] & 0x20) != 0 || bytes[at] == 4) {
            count = lengths_find(bytes, content, content + length, lengths, count);
        }
        at = content + length;
    }
    return count;
}

/* The message with other bytes in the place of one length. */
static void send_length(const struct bytes *message, size_t at, const uint8_t *length, size_t size)
{
    static struct bytes bytes;
    const uint8_t old = message->at[at];
    const size_t old_size = old > 0x80 ? 1U + (old & 0x7F) : 1;
    memcpy(bytes.at, message->at, at);
    memcpy(bytes.at + at, length, size);
    memcpy(bytes.at + at + size, message->at + at + old_size, message->size - at - old_size);
    (void)send_bytes(bytes.at, message->size + size - old_size);
}

Test(snmp_hostile, every_length_may_be_wrong)
{
    static const struct {
        uint8_t bytes[10];
        size_t size;
    } longs[] = {
        {{0x80}, 1},
        {{0x81, 0}, 2},
        {{0x81, 0xFF}, 2},
        {{0x82, 0, 1}, 3},
        {{0x82, 0xFF, 0xFF}, 3},
        {{0x83, 0xFF, 0xFF, 0xFF}, 4},
        {{0x84, 0, 0, 0, 1}, 5},
        {{0x84, 0x7F, 0xFF, 0xFF, 0xFF}, 5},
        {{0x84, 0x80, 0, 0, 0}, 5},
        {{0x84, 0xFF, 0xFF, 0xFF, 0xFF}, 5},
        {{0x85, 0, 0, 0, 0, 1}, 6},
        {{0x88, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}, 9},
        {{0x88, 0, 0, 0, 0, 0, 0, 0, 1}, 9},
        {{0xFF}, 1},
        {{0xFE, 1}, 2},
    };
    const struct bytes *messages = messages_make();
    size_t tried = 0;
    for (size_t m = 0; m < MESSAGES; m++) {
        size_t lengths[100];
        const size_t count = lengths_find(messages[m].at, 0, messages[m].size, lengths, 0);
        cr_assert_gt(count, 8, "message %zu", m);
        for (size_t i = 0; i < count; i++) {
            for (int value = 0; value < 256; value++) {
                const uint8_t length = (uint8_t)value;
                send_length(&messages[m], lengths[i], &length, 1);
            }
            for (size_t k = 0; k < sizeof longs / sizeof *longs; k++) {
                send_length(&messages[m], lengths[i], longs[k].bytes, longs[k].size);
            }
            tried++;
        }
    }
    cr_expect_gt(tried, 100);
    expect_unharmed();
}

Test(snmp_hostile, every_cut_and_every_byte_may_be_wrong)
{
    const struct bytes *messages = messages_make();
    for (size_t m = 0; m < MESSAGES; m++) {
        static struct bytes bytes;
        for (size_t at = 0; at < messages[m].size; at++) {
            cr_expect(!send_bytes(messages[m].at, at), "message %zu cut at %zu", m, at);
            for (int value = 0; value < 256; value += 3) {
                bytes = messages[m];
                bytes.at[at] = (uint8_t)value;
                (void)send_bytes(bytes.at, bytes.size);
            }
        }
        /* Too much behind it. */
        bytes = messages[m];
        append(&bytes, "\x30\x80\x30\x80\x30", 5);
        (void)send_bytes(bytes.at, bytes.size);
    }
    expect_unharmed();
}

/* ---- values ----------------------------------------------------------------------------- */

/* A message with one binding, whose name or value is this. */
static bool send_binding(uint8_t command, const struct bytes *name, const struct bytes *value)
{
    static struct bytes bytes;
    bytes = *name;
    append(&bytes, value->at, value->size);
    wrap(&bytes, 0x30);
    message_close(&bytes, command, 1, command == SNMP_MSG_SET ? "secret" : "public");
    return send_bytes(bytes.at, bytes.size);
}

static struct bytes value_make(uint8_t tag, uint8_t fill, size_t size)
{
    struct bytes bytes = {.size = size};
    memset(bytes.at, fill, size);
    wrap(&bytes, tag);
    return bytes;
}

Test(snmp_hostile, numbers_and_values_may_be_too_long_or_of_no_type)
{
    static const size_t sizes[] = {0, 1, 3, 4, 5, 8, 9, 16, 127, 128, 255, 256, 1000, 8000};
    static const uint8_t fills[] = {0, 0x7F, 0x80, 0xFF};
    struct bytes name = {.size = 0};
    append(&name, low_alarm, sizeof low_alarm);
    for (int tag = 0; tag < 256; tag++) {
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
            for (size_t f = 0; f < sizeof fills; f++) {
                const struct bytes value = value_make((uint8_t)tag, fills[f], sizes[s]);
                (void)send_binding(SNMP_MSG_SET, &name, &value);
                (void)send_binding(SNMP_MSG_GET, &name, &value);
            }
        }
    }
    /* Of a number of one byte 0 and 127, which are levels, came a change each. */
    cr_expect_leq(stage.webmanager.puts[WM_COMMAND_CHANGE], 30);
    stage.webmanager.puts[WM_COMMAND_CHANGE] = 0;
    stage.view.settings.value[wm_setting_voltage_low_alarm] = 12000;
    expect_unharmed();
}

Test(snmp_hostile, names_may_be_too_long_or_none)
{
    static const uint8_t fills[] = {0, 1, 0x7F, 0x80, 0x81, 0xFF};
    const struct bytes null = value_make(5, 0, 0);
    for (size_t f = 0; f < sizeof fills; f++) {
        for (size_t size = 0; size < 300; size++) {
            const struct bytes name = value_make(6, fills[f], size);
            (void)send_binding(SNMP_MSG_GET, &name, &null);
            (void)send_binding(SNMP_MSG_GETNEXT, &name, &null);
            (void)send_binding(SNMP_MSG_GETBULK, &name, &null);
            (void)send_binding(SNMP_MSG_SET, &name, &null);
        }
        const struct bytes name = value_make(6, fills[f], 16000);
        (void)send_binding(SNMP_MSG_GETNEXT, &name, &null);
    }
    /* Ours, and more arcs behind it than a name may have, of every width. */
    for (size_t more = 0; more < 200; more++) {
        struct bytes name = {.size = 0};
        append(&name, low_alarm + 2, sizeof low_alarm - 2);
        for (size_t i = 0; i < more; i++) {
            append(&name, "\x8F\xFF\xFF\xFF\x7F\xFF", 1 + i % 6);
        }
        wrap(&name, 6);
        (void)send_binding(SNMP_MSG_GET, &name, &null);
        (void)send_binding(SNMP_MSG_GETNEXT, &name, &null);
        (void)send_binding(SNMP_MSG_SET, &name, &null);
    }
    expect_unharmed();
}

Test(snmp_hostile, values_may_be_nested_without_end)
{
    for (size_t depth = 1; depth < 4000; depth += 37) {
        static struct bytes bytes;
        bytes.size = 0;
        for (size_t i = 0; i < depth; i++) {
            wrap(&bytes, 0x30);
        }
        (void)send_bytes(bytes.at, bytes.size);
        message_close(&bytes, SNMP_MSG_GET, 1, "public");
        (void)send_bytes(bytes.at, bytes.size);
        memset(bytes.at, 0x30, 4 * depth);
        (void)send_bytes(bytes.at, 4 * depth);
        for (size_t i = 0; i < 2 * depth; i++) {
            bytes.at[2 * i] = 0x30;
            bytes.at[2 * i + 1] = 0x80;
        }
        (void)send_bytes(bytes.at, 4 * depth);
    }
    expect_unharmed();
}

Test(snmp_hostile, versions_and_commands_that_are_none_are_not_answered)
{
    for (int version = 0; version < 256; version++) {
        for (int command = 0; command < 256; command++) {
            const struct bytes bytes = message_make((uint8_t)command, (uint8_t)version);
            const bool is_command = command == SNMP_MSG_GET || command == SNMP_MSG_GETNEXT ||
                                    (command == SNMP_MSG_GETBULK && version == 1);
            cr_assert_eq(send_bytes(bytes.at, bytes.size), version <= 1 && is_command,
                         "version %d command %d", version, command);
        }
    }
    expect_unharmed();
}

Test(snmp_hostile, communities_of_every_length_are_met)
{
    static char community[8001];
    memset(community, 'x', sizeof community - 1);
    for (size_t length = 0; length < sizeof community; length += length < 300 ? 1 : 700) {
        static struct bytes bytes;
        bytes.size = 0;
        append(&bytes, low_alarm, sizeof low_alarm);
        append(&bytes, "\5\0", 2);
        wrap(&bytes, 0x30);
        community[length] = '\0';
        message_close(&bytes, SNMP_MSG_GET, 1, community);
        community[length] = 'x';
        cr_expect(!send_bytes(bytes.at, bytes.size));
    }
    expect_unharmed();
}

Test(snmp_hostile, chance_makes_no_message)
{
    uint32_t random = 1;
    const struct bytes *messages = messages_make();
    for (int i = 0; i < 20000; i++) {
        static struct bytes bytes;
        random = random * 1664525 + 1013904223;
        bytes = messages[(random >> 16) % MESSAGES];
        for (int k = 0; k < 1 + i % 6; k++) {
            random = random * 1664525 + 1013904223;
            bytes.at[(random >> 8) % bytes.size] = (uint8_t)(random >> 24);
        }
        (void)send_bytes(bytes.at, bytes.size);
    }
    for (int i = 0; i < 2000; i++) {
        static uint8_t noise[1400];
        for (size_t k = 0; k < sizeof noise; k++) {
            random = random * 1664525 + 1013904223;
            noise[k] = (uint8_t)(random >> 24);
        }
        cr_expect(!send_bytes(noise, random % sizeof noise));
    }
    expect_unharmed();
}
