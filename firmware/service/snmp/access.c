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
#include <net-snmp/library/snmpUDPDomain.h>
#include <net-snmp/library/snmpUDPIPv6Domain.h>

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Of the library, which exports them and leaves them out of its headers. */
void netsnmp_udp_com2SecList_free(void);
void netsnmp_udp6_com2Sec6List_free(void);

/* Names of ours in the library's tables. */
#define VIEW_ALL    "all"
#define VIEW_NONE   "none"
#define MAY_READ    "read"
#define MAY_WRITE   "write"
#define CONTEXT_ANY ""

enum { MANAGERS = 8, USER_TEXTS = 3 };

struct snmps_user snmps_user_of(const struct wm_settings *settings, int32_t number)
{
    const int first = wm_text_snmp_user_1_name + USER_TEXTS * (number - 1);
    struct snmps_user user = {
        .name = wm_text_value(settings, (enum wm_text)first),
        .auth = wm_text_value(settings, (enum wm_text)(first + 1)),
        .priv = wm_text_value(settings, (enum wm_text)(first + 2)),
        .may_write = settings->value[wm_setting_snmp_user_1_access + number - 1],
    };
    user.level = user.priv[0] != '\0'   ? SNMPS_LEVEL_PRIV
                 : user.auth[0] != '\0' ? SNMPS_LEVEL_AUTH
                                        : SNMPS_LEVEL_NO_AUTH;
    return user;
}

/* ---- VACM (RFC 3415) -------------------------------------------------------------------- */

static void view_create(void)
{
    oid root[] = {1};
    char name[] = VIEW_ALL;
    struct vacm_viewEntry *view = vacm_createViewEntry(name, root, 1);
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
    for (int i = 0; i < MANAGERS; i++) {
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

static void users_forget(void)
{
    struct usmUser *user;
    while ((user = usm_get_userList()) != NULL) {
        (void)usm_remove_user(user);
        (void)usm_free_user(user);
    }
}

static void user_create(const struct snmps_user *user)
{
    char name[72];
    char auth[136];
    char priv[136];
    char line[400];
    quote(user->name, name, sizeof name);
    quote(user->auth, auth, sizeof auth);
    quote(user->priv, priv, sizeof priv);
    (void)snprintf(
        line, sizeof line, "%s%s%s%s%s", name, user->level >= SNMPS_LEVEL_AUTH ? " SHA-256 " : "",
        user->level >= SNMPS_LEVEL_AUTH ? auth : "", user->level >= SNMPS_LEVEL_PRIV ? " AES " : "",
        user->level >= SNMPS_LEVEL_PRIV ? priv : "");
    usm_parse_create_usmUser("createUser", line);
    memset(line, 0, sizeof line);
}

static void users_apply(const struct wm_settings *settings)
{
    static const int levels[] = {
        [SNMPS_LEVEL_NO_AUTH] = SNMP_SEC_LEVEL_NOAUTH,
        [SNMPS_LEVEL_AUTH] = SNMP_SEC_LEVEL_AUTHNOPRIV,
        [SNMPS_LEVEL_PRIV] = SNMP_SEC_LEVEL_AUTHPRIV,
    };
    users_forget();
    for (int32_t number = 1; number <= SNMPS_USERS; number++) {
        const struct snmps_user user = snmps_user_of(settings, number);
        if (user.name[0] != '\0') {
            char group[16];
            (void)snprintf(group, sizeof group, "user%d", (int)number);
            user_create(&user);
            group_create(SNMP_SEC_MODEL_USM, user.name, group);
            access_create(group, SNMP_SEC_MODEL_USM,
                          levels[settings->value[wm_setting_snmp_v3_level]], user.may_write != 0);
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
    const size_t length = snmpv3_get_engineID(engine, sizeof engine);
    (void)set_enginetime(engine, (u_int)length, (u_int)boots, (u_int)snmpv3_local_snmpEngineTime(),
                         TRUE);
}

void snmps_access_apply(const struct wm_settings *settings, int32_t boots)
{
    vacm_destroyAllViewEntries();
    vacm_destroyAllGroupEntries();
    vacm_destroyAllAccessEntries();
    view_create();
    communities_apply(settings);
    engine_apply(settings->text.snmp_engine, boots);
    users_apply(settings);
}
