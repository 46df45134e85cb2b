/*
 * outsider.c — see outsider.h.
 */
#include "harness/stage/outsider.h"

#include <stdio.h>
#include <string.h>

static struct hx_user user_of(const struct wm_settings *settings, int32_t number)
{
    struct hx_user user = {0};
    const struct wm_snmp_user is = wm_snmp_user(settings, number);
    snprintf(user.name, sizeof user.name, "%s", is.name);
    snprintf(user.auth, sizeof user.auth, "%s", is.auth);
    snprintf(user.priv, sizeof user.priv, "%s", is.priv);
    user.level = is.level;
    return user;
}

static void community_ask(struct hx_asker *asker, const char *community)
{
    *asker = (struct hx_asker){.version = WM_SNMP_V2C};
    snprintf(asker->community, sizeof asker->community, "%s", community);
}

bool hx_outsider_writer(const struct wm_settings *settings, struct hx_asker *asker)
{
    community_ask(asker, settings->text.snmp_write_community);
    return asker->community[0] != '\0';
}

void hx_outsider_reader(const struct wm_settings *settings, struct hx_asker *asker)
{
    community_ask(asker, settings->text.snmp_read_community);
    if (asker->community[0] != '\0' || hx_outsider_writer(settings, asker)) {
        return;
    }
    for (int i = 0; i < WM_SNMP_USERS && asker->user.name[0] == '\0'; ++i) {
        *asker = (struct hx_asker){.version = WM_SNMP_V3, .user = user_of(settings, i + 1)};
    }
}

void hx_outsider_fill(const struct wm_settings *settings, struct hx_question *question)
{
    hx_outsider_reader(settings, &question->asker);
    snprintf(question->engine, sizeof question->engine, "%s", settings->text.snmp_engine);
    for (int i = 0; i < WM_SNMP_USERS; ++i) {
        question->user[i] = user_of(settings, i + 1);
    }
}
