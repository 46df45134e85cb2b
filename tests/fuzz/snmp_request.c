/*
 * snmp_request.c — the real SNMP agent under libFuzzer: each input is a datagram on its socket.
 *
 * Byte 0 says how it is sent: 0 as it is; 1 as a message of v3 that is authentic, if it has the
 * form of one of user boss: its time and digest are put right first, so that what is behind them is
 * reached. A mutation changes one value and lets the lengths around it be right, most times.
 *
 * Held besides by the sanitizers: an answer is a whole message within the limit, a change is one
 * that the settings allow, and memory does not grow.
 */
#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include <arpa/inet.h>
#include <ev.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "firmware/core/settings.h"
#include "firmware/core/wished.h"
#include "firmware/service/snmp/agent.h"
#include "firmware/service/snmp/wire.h"
#include "tests/service/fixture.h"

/* Of clang, whose headers gcc's tools do not know. */
size_t __sanitizer_get_current_allocated_bytes(void);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t size_max);
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned seed);

enum {
    SIZE_MAX_TRIED = SNMPS_MESSAGE_MAX + 200, /* more than ci/fuzz asks for */
    TURNS = 4,                                /* more than one request takes */
    DIGEST = 24,
    /* Memory is held against what it was after so many inputs, every so many. */
    GROWTH_PERIOD = 20000,
    GROWTH_MAX = 1 << 20,
};

static struct wm_view view;
static struct wm_settings settings_at_start;
static bool is_changed;
static struct ev_loop *loop;
static struct snmps_agent *agent;
static int manager;

static void must(bool is_well, const char *what)
{
    if (!is_well) {
        fprintf(stderr, "fuzz: %s\n", what);
        abort();
    }
}

/* ---- a webmanager ----------------------------------------------------------------------- */

static enum wm_status command_put(void *self, const struct wm_command *command, const char **why)
{
    static const struct wm_wished nothing = {.is_pending = false};
    static struct wm_wished next;
    const char *contradiction;
    (void)self;
    *why = "";
    if (command->kind == WM_COMMAND_NOTE) {
        return WM_OK;
    }
    const enum wm_status status =
        wm_wished_add(&next, &nothing, &view.settings, command->change, command->changes, why);
    if (command->kind == WM_COMMAND_CHECK || status != WM_OK) {
        return status;
    }
    must(wm_settings_check(&next.settings, &contradiction) == WM_OK, "settings that contradict");
    view.settings = next.settings;
    is_changed = true;
    snmps_agent_published(agent);
    return WM_OK;
}

static void text_set(enum wm_text text, const char *value)
{
    must(wm_text_set(&view.settings, text, value) == WM_OK, value);
}

static void view_make(void)
{
    fixture_view(&view, 18, 2, 1);
    for (uint32_t id = 1; id <= 5; id++) {
        fixture_alarm(&view, id * 7, (int32_t)id, 0);
    }
    text_set(wm_text_snmp_write_community, "secret");
    text_set(wm_text_snmp_user_1_name, "boss");
    text_set(wm_text_snmp_user_1_auth, "authentic1");
    text_set(wm_text_snmp_user_1_priv, "private123");
    view.settings.value[wm_setting_snmp_user_1_access] = 1;
    settings_at_start = view.settings;
}

static int manager_open(int port)
{
    const struct sockaddr_in address = {.sin_family = AF_INET,
                                        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                        .sin_port = htons((uint16_t)port)};
    const int fd = socket(AF_INET, SOCK_DGRAM, 0);
    must(fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof address) == 0 &&
             fcntl(fd, F_SETFL, O_NONBLOCK) == 0,
         "no socket of 127.0.0.1");
    return fd;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const struct wm_commands commands = {.put = command_put};
    char error[256] = "";
    (void)argc;
    (void)argv;
    view_make();
    loop = ev_loop_new(EVFLAG_AUTO);
    must(loop != NULL, "no event loop");
    agent = snmps_agent_open(loop, "127.0.0.1:0", &view, &commands, error, sizeof error);
    must(agent != NULL, error);
    manager = manager_open(snmps_agent_port(agent));
    return 0;
}

/* ---- authentic messages ----------------------------------------------------------------- */

/*
 * Puts the time and the digest of a message by boss right, if it has them where they belong:
 * INTEGER of two bytes, OCTET STRING "boss", OCTET STRING of 24 bytes.
 */
static void message_sign(uint8_t *message, size_t size)
{
    static const uint8_t user[] = {4, 4, 'b', 'o', 's', 's', 4, DIGEST};
    u_char engine[64];
    u_char digest[64];
    size_t digest_size = DIGEST;
    uint8_t *at = memmem(message, size, user, sizeof user);
    if (at == NULL || at - message < 4 || (size_t)(at - message) + sizeof user + DIGEST > size) {
        return;
    }
    const uint32_t now = (uint32_t)snmpv3_local_snmpEngineTime();
    if (at[-4] == 2 && at[-3] == 2) {
        at[-2] = (uint8_t)(now >> 8 & 0x7F);
        at[-1] = (uint8_t)now;
    }
    const size_t engine_size = snmpv3_get_engineID(engine, sizeof engine);
    const struct usmUser *boss = usm_get_user(engine, engine_size, "boss");
    must(boss != NULL, "boss is not known");
    at += sizeof user;
    memset(at, 0, DIGEST);
    if (sc_generate_keyed_hash(boss->authProtocol, boss->authProtocolLen, boss->authKey,
                               (u_int)boss->authKeyLen, message, (u_int)size, digest,
                               &digest_size) == SNMPERR_SUCCESS) {
        memcpy(at, digest, DIGEST);
    }
}

/* ---- one input -------------------------------------------------------------------------- */

/* An answer is one SEQUENCE, as long as the datagram. */
static void answer_check(const uint8_t *answer, size_t size)
{
    size_t length = answer[1];
    size_t header = 2;
    must(size >= 2 && size <= SNMPS_MESSAGE_MAX && answer[0] == 0x30, "no message is answered");
    if (length > 0x80) {
        header += length - 0x80;
        length = 0;
        for (size_t i = 2; i < header; i++) {
            length = length << 8 | answer[i];
        }
    }
    must(header + length == size, "an answer of a wrong length");
}

static void memory_check(void)
{
    static unsigned long inputs;
    static size_t before;
    if (++inputs % GROWTH_PERIOD == 0) {
        const size_t now = __sanitizer_get_current_allocated_bytes();
        before = before == 0 ? now : before;
        /* libFuzzer itself keeps what is new. */
        must(now < before + GROWTH_MAX + inputs * 16, "memory grows");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t message[SIZE_MAX_TRIED];
    static uint8_t answer[65536];
    ssize_t got;
    if (size < 1 || size > sizeof message) {
        return 0;
    }
    memcpy(message, data + 1, size - 1);
    if (data[0] % 2 == 1) {
        message_sign(message, size - 1);
    }
    must(send(manager, message, size - 1, 0) == (ssize_t)size - 1, "send");
    for (int i = 0; i < TURNS; i++) {
        ev_run(loop, EVRUN_NOWAIT);
    }
    while ((got = recv(manager, answer, sizeof answer, 0)) >= 0) {
        answer_check(answer, (size_t)got);
    }
    if (is_changed) {
        is_changed = false;
        view.settings = settings_at_start;
        snmps_agent_published(agent);
    }
    memory_check();
    return 0;
}

/* ---- mutations -------------------------------------------------------------------------- */

enum { DEPTH_MAX = 12 };

/* Where a value stands, and those that it is in, from the outermost. */
struct place {
    struct level {
        size_t length; /* where its length stands */
        size_t content;
        size_t end;
    } level[DEPTH_MAX];
    size_t depth;
};

/* Content and end of the value at `at`; false if it is none that ends in time. */
static bool value_at(const uint8_t *data, size_t at, size_t end, size_t *content, size_t *value_end)
{
    if (at + 2 > end) {
        return false;
    }
    size_t length = data[at + 1];
    *content = at + 2;
    if (length == 0x81 || length == 0x82) {
        const size_t bytes = length - 0x80;
        length = 0;
        for (size_t i = 0; i < bytes && at + 2 + i < end; i++) {
            length = length << 8 | data[at + 2 + i];
        }
        *content += bytes;
    }
    *value_end = *content + length;
    return length < 0x10000 && *value_end <= end;
}

/* The low bits of the series alone would go the same few ways. */
static unsigned chance(unsigned *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    unsigned mixed = *seed;
    mixed ^= mixed >> 16;
    mixed *= 0x7FEB352D;
    mixed ^= mixed >> 15;
    return mixed;
}

/* A way down from the message into a value that chance chooses. */
static struct place place_choose(const uint8_t *data, size_t size, unsigned *seed)
{
    struct place place = {.depth = 0};
    size_t at = 1;
    size_t end = size;
    while (place.depth < DEPTH_MAX) {
        size_t content;
        size_t value_end;
        size_t chosen = 0;
        unsigned values = 0;
        for (size_t next = at; value_at(data, next, end, &content, &value_end); next = value_end) {
            if (chance(seed) % ++values == 0) {
                chosen = next;
            }
        }
        if (values == 0) {
            break;
        }
        (void)value_at(data, chosen, end, &content, &value_end);
        place.level[place.depth++] = (struct level){chosen + 1, content, value_end};
        /* What is made of others, and the security parameters, which hold others too. */
        const bool is_made = (data[chosen] & 0x20) != 0 || (data[chosen] == 4 && content < 60);
        if (!is_made || chance(seed) % 8 == 0) {
            break;
        }
        at = content;
        end = value_end;
    }
    return place;
}

/* Puts another length in the place of one; what is behind moves. Returns the size then. */
static size_t length_write(uint8_t *data, size_t size, const struct level *level, size_t length)
{
    uint8_t field[3] = {(uint8_t)length};
    size_t field_size = 1;
    const size_t old_size = level->content - level->length;
    if (length >= 0x80) {
        field[0] = 0x82;
        field[1] = (uint8_t)(length >> 8);
        field[2] = (uint8_t)length;
        field_size = 3;
    }
    memmove(data + level->length + field_size, data + level->content, size - level->content);
    memcpy(data + level->length, field, field_size);
    return size - old_size + field_size;
}

/* A value many times as long, of the same bytes. */
static size_t value_repeat(uint8_t *value, size_t size, size_t size_max, unsigned *seed)
{
    static const size_t sizes[] = {64, 128, 130, 256, 300, 1000, 5000};
    size_t wanted = sizes[chance(seed) % (sizeof sizes / sizeof *sizes)];
    wanted = wanted < size_max ? wanted : size_max;
    for (size_t i = size; size > 0 && i < wanted; i++) {
        value[i] = value[i - size];
    }
    return size > 0 && wanted > size ? wanted : size;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned seed)
{
    static uint8_t value[SIZE_MAX_TRIED];
    /* Lengths that grow take two bytes more each. */
    const size_t spare = 2 * DEPTH_MAX;
    if (size < 4 || size + spare > size_max || size_max > sizeof value || chance(&seed) % 8 == 0) {
        return LLVMFuzzerMutate(data, size, size_max);
    }
    const struct place place = place_choose(data, size, &seed);
    if (place.depth == 0) {
        return LLVMFuzzerMutate(data, size, size_max);
    }
    const struct level *inner = &place.level[place.depth - 1];
    const size_t old = inner->end - inner->content;
    const size_t most = old + size_max - spare - size;
    memcpy(value, data + inner->content, old);
    const size_t new = chance(&seed) % 8 == 0 ? value_repeat(value, old, most, &seed)
                                              : LLVMFuzzerMutate(value, old, most);
    memmove(data + inner->content + new, data + inner->end, size - inner->end);
    memcpy(data + inner->content, value, new);
    size_t now = size - old + new;
    for (size_t i = place.depth; i-- > 0;) {
        const struct level *level = &place.level[i];
        now = length_write(data, now, level, level->end - level->content + now - size);
    }
    return now;
}
