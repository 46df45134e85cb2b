/*
 * outsider.c — see outsider.h.
 */
#include "outsider.h"

#include <stdio.h>
#include <string.h>

#define USER_TEXTS 3

static struct hx_user user_of(const struct wm_settings *settings, int number)
{
    struct hx_user user = {0};
    const int first = (int)wm_text_snmp_user_1_name + USER_TEXTS * number;
    snprintf(user.name, sizeof user.name, "%s", wm_text_value(settings, (enum wm_text)first));
    snprintf(user.auth, sizeof user.auth, "%s", wm_text_value(settings, (enum wm_text)(first + 1)));
    snprintf(user.priv, sizeof user.priv, "%s", wm_text_value(settings, (enum wm_text)(first + 2)));
    user.level = user.priv[0] != '\0' ? HX_PRIV : user.auth[0] != '\0' ? HX_AUTH : HX_NO_AUTH;
    return user;
}

static void community_ask(struct hx_asker *asker, const char *community)
{
    *asker = (struct hx_asker){.version = HX_V2C};
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
    for (int i = 0; i < HX_USERS_MAX && asker->user.name[0] == '\0'; ++i) {
        *asker = (struct hx_asker){.version = HX_V3, .user = user_of(settings, i)};
    }
}

void hx_outsider_fill(const struct wm_settings *settings, struct hx_question *question)
{
    hx_outsider_reader(settings, &question->asker);
    snprintf(question->engine, sizeof question->engine, "%s", settings->text.snmp_engine);
    for (int i = 0; i < HX_USERS_MAX; ++i) {
        question->user[i] = user_of(settings, i);
    }
}
