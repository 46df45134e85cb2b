/*
 * snmp.c — the families USER(n) and RECEIVER(n) of settings.def and texts.def, a row for each.
 */
#include <assert.h>

#include "wm/catalog.h"
#include "wm/limits.h"

/* How many rows of each table a family has for one number; the families have them in order. */
enum { USER_TEXTS = 3, RECEIVER_TEXTS = 2, RECEIVER_SETTINGS = 3 };

_Static_assert(wm_text_snmp_user_2_name - wm_text_snmp_user_1_name == USER_TEXTS &&
                   wm_text_snmp_receiver_2_address - wm_text_snmp_receiver_1_address ==
                       RECEIVER_TEXTS &&
                   wm_setting_snmp_receiver_2_version - wm_setting_snmp_receiver_1_version ==
                       RECEIVER_SETTINGS,
               "a family of SNMP has got a row: give it a field here");

struct wm_snmp_user wm_snmp_user(const struct wm_settings *settings, int32_t number)
{
    assert(number >= 1 && number <= WM_SNMP_USERS);
    const int first = wm_text_snmp_user_1_name + USER_TEXTS * (number - 1);
    struct wm_snmp_user user = {
        .name = wm_text_value(settings, (enum wm_text)first),
        .auth = wm_text_value(settings, (enum wm_text)(first + 1)),
        .priv = wm_text_value(settings, (enum wm_text)(first + 2)),
        .may_write = settings->value[wm_setting_snmp_user_1_access + number - 1] != 0,
    };
    user.level = user.priv[0] != '\0'   ? WM_SNMP_PRIV
                 : user.auth[0] != '\0' ? WM_SNMP_AUTH
                                        : WM_SNMP_NO_AUTH;
    return user;
}

enum wm_text wm_snmp_receiver_text(int32_t number)
{
    assert(number >= 1 && number <= WM_TRAP_RECEIVERS_MAX);
    return (enum wm_text)((int)wm_text_snmp_receiver_1_address + RECEIVER_TEXTS * (number - 1));
}

struct wm_snmp_receiver wm_snmp_receiver(const struct wm_settings *settings, int32_t number)
{
    const enum wm_text address = wm_snmp_receiver_text(number);
    const int32_t *row =
        &settings
             ->value[(int)wm_setting_snmp_receiver_1_version + RECEIVER_SETTINGS * (number - 1)];
    return (struct wm_snmp_receiver){
        .address = wm_text_value(settings, address),
        .community = wm_text_value(settings, (enum wm_text)((int)address + 1)),
        .version = (enum wm_snmp_version)row[0],
        .is_inform = row[1] != 0,
        .user = row[2],
    };
}
