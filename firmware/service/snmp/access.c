/*
 * access.c — see access.h.
 *
 * Always true: the library keeps its tables for the process, and here is all that fills them.
 */
#include "access.h"

/* Net-SNMP's headers need this order. */
#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include <net-snmp/agent/net-snmp-agent-includes.h>
#include <net-snmp/library/lcd_time.h>
#include <net-snmp/library/snmpUDPDomain.h>
#include <net-snmp/library/snmpUDPIPv6Domain.h>

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wm/limits.h"

/* Of the library, which exports them and leaves them out of its headers. */
void netsnmp_udp_com2SecList_free(void);
void netsnmp_udp6_com2Sec6List_free(void);

/* Names of ours in the library's tables. */
#define VIEW_ALL    "all"
#define VIEW_NONE   "none"
#define MAY_READ    "read"
#define MAY_WRITE   "write"
#define CONTEXT_ANY ""

enum {
    KEY_ROOM = 64, /* what the library wants for any digest */
    AES_KEY = 16,
};

int snmps_security_level(enum wm_snmp_level level)
{
    static const int levels[] = {
        [WM_SNMP_NO_AUTH] = SNMP_SEC_LEVEL_NOAUTH,
        [WM_SNMP_AUTH] = SNMP_SEC_LEVEL_AUTHNOPRIV,
        [WM_SNMP_PRIV] = SNMP_SEC_LEVEL_AUTHPRIV,
    };
    return levels[level];
}

/* ---- VACM (RFC 3415) -------------------------------------------------------------------- */

static void view_create(void)
{
    oid root[] = {1, 3};
    char name[] = VIEW_ALL;
    struct vacm_viewEntry *view = vacm_createViewEntry(name, root, OID_LENGTH(root));
    if (view != NULL) {
        view->viewType = SNMP_VIEW_INCLUDED;
        view->viewStorageType = SNMP_STORAGE_PERMANENT;
        view->viewStatus = SNMP_ROW_ACTIVE;
        free(view->reserved);
        view->reserved = NULL;
    }
}

static void group_create(int model, const char *security_name, const char *group_name)
{
    struct vacm_groupEntry *group = vacm_createGroupEntry(model, security_name);
    if (group != NULL) {
        (void)snprintf(group->groupName, sizeof group->groupName, "%s", group_name);
        group->storageType = SNMP_STORAGE_PERMANENT;
        group->status = SNMP_ROW_ACTIVE;
        free(group->reserved);
        group->reserved = NULL;
    }
}

static void access_create(const char *group_name, int model, int level, bool may_write)
{
    struct vacm_accessEntry *access = vacm_createAccessEntry(group_name, CONTEXT_ANY, model, level);
    if (access != NULL) {
        (void)snprintf(access->views[VACM_VIEW_READ], VACMSTRINGLEN, VIEW_ALL);
        (void)snprintf(access->views[VACM_VIEW_WRITE], VACMSTRINGLEN, "%s",
                       may_write ? VIEW_ALL : VIEW_NONE);
        (void)snprintf(access->views[VACM_VIEW_NOTIFY], VACMSTRINGLEN, VIEW_NONE);
        access->contextMatch = CONTEXT_MATCH_EXACT;
        access->storageType = SNMP_STORAGE_PERMANENT;
        access->status = SNMP_ROW_ACTIVE;
        free(access->reserved);
        access->reserved = NULL;
    }
}

/* ---- communities ------------------------------------------------------------------------ */

/* Quoted as the library's words are. */
static void quote(const char *text, char *out, size_t size)
{
    size_t used = 0;
    out[used++] = '"';
    for (; *text != '\0' && used + 3 < size; text++) {
        if (*text == '\\') {
            out[used++] = '\\';
        }
        out[used++] = *text;
    }
    out[used++] = '"';
    out[used] = '\0';
}

/* The network without the bits of its hosts: the library takes no other. */
static void network_mask(const char *network, char *out, size_t size)
{
    char address[64];
    unsigned char bytes[sizeof(struct in6_addr)];
    const char *slash = strchr(network, '/');
    const int length = (int)(slash != NULL ? (size_t)(slash - network) : strlen(network));
    const int family = strchr(network, ':') != NULL ? AF_INET6 : AF_INET;
    const int all = family == AF_INET6 ? 128 : 32;
    const int bits = slash != NULL ? (int)strtol(slash + 1, NULL, 10) : all;
    (void)snprintf(address, sizeof address, "%.*s", length, network);
    if (inet_pton(family, address, bytes) != 1) {
        out[0] = '\0';
        return;
    }
    for (int bit = bits; bit < all; bit++) {
        bytes[bit / 8] = (unsigned char)(bytes[bit / 8] & ~(0x80 >> bit % 8));
    }
    (void)inet_ntop(family, bytes, address, sizeof address);
    (void)snprintf(out, size, "%s/%d", address, bits);
}

static void community_admit(const struct wm_settings *settings, const char *community,
                            const char *security_name)
{
    char quoted[80];
    if (community[0] == '\0') {
        return;
    }
    quote(community, quoted, sizeof quoted);
    for (int i = 0; i < WM_SNMP_MANAGERS; i++) {
        char network[80];
        char line[256];
        const char *manager = wm_text_value(settings, (enum wm_text)(wm_text_snmp_manager_1 + i));
        network_mask(manager, network, sizeof network);
        if (manager[0] != '\0' && network[0] != '\0') {
            (void)snprintf(line, sizeof line, "%s %s %s %s",
                           strchr(network, ':') != NULL ? "com2sec6" : "com2sec", security_name,
                           network, quoted);
            netsnmp_config(line);
        }
    }
}

static void communities_apply(const struct wm_settings *settings)
{
    static const int models[] = {SNMP_SEC_MODEL_SNMPv1, SNMP_SEC_MODEL_SNMPv2c};
    netsnmp_udp_com2SecList_free();
    netsnmp_udp6_com2Sec6List_free();
    community_admit(settings, settings->text.snmp_read_community, MAY_READ);
    community_admit(settings, settings->text.snmp_write_community, MAY_WRITE);
    for (size_t i = 0; i < sizeof models / sizeof models[0]; i++) {
        group_create(models[i], MAY_READ, MAY_READ);
        group_create(models[i], MAY_WRITE, MAY_WRITE);
        access_create(MAY_READ, models[i], SNMP_SEC_LEVEL_NOAUTH, false);
        access_create(MAY_WRITE, models[i], SNMP_SEC_LEVEL_NOAUTH, true);
    }
}

/* ---- users (RFC 3414) ------------------------------------------------------------------- */

/*
 * A key is 1 MB of digest (RFC 3414, A.2), which takes as long as a frame on the bus: each is made
 * once.
 */
static struct key {
    char passphrase[65];
    u_char bytes[KEY_ROOM];
    size_t size; /* 0: none */
} keys[2 * WM_SNMP_USERS];

static const struct key *key_of(int slot, const char *passphrase)
{
    struct key *key = &keys[slot];
    if (strcmp(key->passphrase, passphrase) != 0) {
        memset(key, 0, sizeof *key);
        if (passphrase[0] != '\0') {
            (void)snprintf(key->passphrase, sizeof key->passphrase, "%s", passphrase);
            key->size = sizeof key->bytes;
            if (generate_Ku(usmHMAC192SHA256AuthProtocol,
                            (u_int)OID_LENGTH(usmHMAC192SHA256AuthProtocol),
                            (const u_char *)passphrase, strlen(passphrase), key->bytes,
                            &key->size) != SNMPERR_SUCCESS) {
                memset(key, 0, sizeof *key);
            }
        }
    }
    return key;
}

/* The key for one engine only; *size is what it shall have. Null without memory. */
static u_char *key_localize(const struct key *key, const u_char *engine, size_t engine_size,
                            size_t *size)
{
    u_char *local = calloc(1, sizeof key->bytes);
    size_t made = sizeof key->bytes;
    if (local == NULL || key->size == 0 ||
        generate_kul(usmHMAC192SHA256AuthProtocol, (u_int)OID_LENGTH(usmHMAC192SHA256AuthProtocol),
                     engine, engine_size, key->bytes, key->size, local, &made) != SNMPERR_SUCCESS) {
        free(local);
        return NULL;
    }
    *size = made < *size ? made : *size;
    return local;
}

static bool protocol_set(oid **protocol, size_t *length, const oid *to, size_t to_length)
{
    free(*protocol);
    *protocol = snmp_duplicate_objid(to, to_length);
    *length = to_length;
    return *protocol != NULL;
}

static bool user_fill(struct usmUser *row, const struct wm_snmp_user *user, int32_t number)
{
    const int slot = 2 * (number - 1);
    row->name = strdup(user->name);
    row->secName = strdup(user->name);
    row->userStorageType = SNMP_STORAGE_READONLY;
    if (row->name == NULL || row->secName == NULL || row->engineID == NULL) {
        return false;
    }
    if (user->level >= WM_SNMP_AUTH) {
        row->authKeyLen = KEY_ROOM;
        row->authKey = key_localize(key_of(slot, user->auth), row->engineID, row->engineIDLen,
                                    &row->authKeyLen);
        if (row->authKey == NULL ||
            !protocol_set(&row->authProtocol, &row->authProtocolLen, usmHMAC192SHA256AuthProtocol,
                          OID_LENGTH(usmHMAC192SHA256AuthProtocol))) {
            return false;
        }
    }
    if (user->level >= WM_SNMP_PRIV) {
        row->privKeyLen = AES_KEY;
        row->privKey = key_localize(key_of(slot + 1, user->priv), row->engineID, row->engineIDLen,
                                    &row->privKeyLen);
        if (row->privKey == NULL ||
            !protocol_set(&row->privProtocol, &row->privProtocolLen, usmAESPrivProtocol,
                          OID_LENGTH(usmAESPrivProtocol))) {
            return false;
        }
    }
    return true;
}

bool snmps_access_know(const struct wm_settings *settings, int32_t number, const void *engine,
                       size_t engine_size)
{
    const struct wm_snmp_user user = wm_snmp_user(settings, number);
    if (usm_get_user(engine, engine_size, user.name) != NULL) {
        return true;
    }
    struct usmUser *row = usm_create_user();
    if (row == NULL) {
        return false;
    }
    row->engineID = netsnmp_memdup(engine, engine_size);
    row->engineIDLen = engine_size;
    if (!user_fill(row, &user, number)) {
        (void)usm_free_user(row);
        return false;
    }
    (void)usm_add_user(row);
    return true;
}

static void users_forget(void)
{
    struct usmUser *user;
    while ((user = usm_get_userList()) != NULL) {
        (void)usm_remove_user(user);
        (void)usm_free_user(user);
    }
}

static void users_apply(const struct wm_settings *settings)
{
    u_char engine[64];
    const size_t engine_size = snmpv3_get_engineID(engine, sizeof engine);
    users_forget();
    for (int32_t number = 1; number <= WM_SNMP_USERS; number++) {
        const struct wm_snmp_user user = wm_snmp_user(settings, number);
        if (user.name[0] != '\0') {
            (void)snmps_access_know(settings, number, engine, engine_size);
        } else {
            (void)key_of(2 * (number - 1), "");
            (void)key_of(2 * (number - 1) + 1, "");
        }
    }
}

/* What each user may do. */
static void rights_apply(const struct wm_settings *settings)
{
    const int level =
        snmps_security_level((enum wm_snmp_level)settings->value[wm_setting_snmp_v3_level]);
    for (int32_t number = 1; number <= WM_SNMP_USERS; number++) {
        const struct wm_snmp_user user = wm_snmp_user(settings, number);
        if (user.name[0] != '\0') {
            char group[16];
            (void)snprintf(group, sizeof group, "user%d", (int)number);
            group_create(SNMP_SEC_MODEL_USM, user.name, group);
            access_create(group, SNMP_SEC_MODEL_USM, level, user.may_write);
        }
    }
}

static void engine_apply(const char *text, int32_t boots)
{
    char line[32];
    u_char engine[64];
    if (setup_engineID(NULL, text) < 0) {
        return; /* without memory; it stays as it was */
    }
    /* The library counts one more when it reads the line. */
    (void)snprintf(line, sizeof line, "%d", (int)boots - 1);
    engineBoots_conf("engineBoots", line);
    /* An engine that was would be taken for one that is known, and not be discovered anew. */
    free_etimelist();
    const size_t length = snmpv3_get_engineID(engine, sizeof engine);
    (void)set_enginetime(engine, (u_int)length, (u_int)boots, (u_int)snmpv3_local_snmpEngineTime(),
                         TRUE);
}

/* What keys are made of: the engine's name, names and passphrases of all users. */
static bool are_keys_the_same(const struct wm_settings *left, const struct wm_settings *right)
{
    const size_t first = offsetof(struct wm_texts, snmp_user_1_name);
    const size_t end = offsetof(struct wm_texts, snmp_receiver_1_address);
    return strcmp(left->text.snmp_engine, right->text.snmp_engine) == 0 &&
           memcmp((const char *)&left->text + first, (const char *)&right->text + first,
                  end - first) == 0;
}

bool snmps_access_apply(const struct wm_settings *settings, const struct wm_settings *before,
                        int32_t boots)
{
    const bool are_users_new = before == NULL || !are_keys_the_same(settings, before);
    vacm_destroyAllViewEntries();
    vacm_destroyAllGroupEntries();
    vacm_destroyAllAccessEntries();
    view_create();
    communities_apply(settings);
    rights_apply(settings);
    if (are_users_new) {
        engine_apply(settings->text.snmp_engine, boots);
        users_apply(settings);
    }
    return are_users_new;
}
