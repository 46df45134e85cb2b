/*
 * test_texts.c — the settings that are texts: what each form takes, and what it does not.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "wm/catalog.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static bool takes(enum wm_text text, const char *string)
{
    char error[200] = "";
    const bool is_taken = wm_text_check(text, string, error, sizeof error) == WM_OK;
    cr_assert_eq(is_taken, error[0] == '\0', "%s: \"%s\": %s", wm_text(text)->name, string, error);
    return is_taken;
}

Test(texts, every_one_has_a_name_of_its_own_and_a_default_that_it_takes)
{
    for (int i = 0; i < wm_text_count; i++) {
        const struct wm_text_row *row = wm_text((enum wm_text)i);
        enum wm_text found;
        enum wm_setting setting;
        cr_assert(wm_text_find(row->name, &found) && (int)found == i, "%s", row->name);
        cr_assert_not(wm_setting_find(row->name, &setting), "%s is a setting too", row->name);
        cr_assert(takes((enum wm_text)i, row->value_default), "%s", row->name);
        cr_assert_leq(row->bytes_max, 255, "%s: the record has one byte for it", row->name);
        cr_assert_gt(strlen(row->text), 10, "%s", row->name);
        for (int k = 0; k < i; k++) {
            cr_assert_neq(wm_name_key(row->name), wm_name_key(wm_text((enum wm_text)k)->name));
        }
    }
}

Test(texts, a_form_takes_what_is_right_and_nothing_else)
{
    static const struct {
        enum wm_text text;
        const char *right[10];
        const char *wrong[14];
    } cases[] = {
        {wm_text_system_location,
         {"", "Cellar 2, rack 5", " ", "~!"},
         {"two\nlines", "\t", "caf\xc3\xa9", "\x7f", "a \"quoted\" word"}},
        {wm_text_snmp_read_community,
         {"", "public", "p!#'x", "12345678901234567890123456789012"},
         {"two words", " ", "123456789012345678901234567890123", "\x01", "\""}},
        {wm_text_snmp_user_1_auth,
         {"", "12345678", "correct-horse-battery-staple"},
         {"1234567", "a", "1234567 9",
          "12345678901234567890123456789012345678901234567890"
          "123456789012345"}},
        {wm_text_snmp_manager_3,
         {"", "192.0.2.7", "0.0.0.0/0", "192.0.2.0/24", "10.0.0.1/32", "::1", "2001:db8::/32",
          "::/0", "2001:db8::1/128", "::ffff:192.0.2.1"},
         {"192.0.2", "192.0.2.256", "192.0.2.0/33", "192.0.2.0/", "192.0.2.0/-1", "192.0.2.0/024",
          "example.org", "::1/129", "[::1]", "192.0.2.1:161", " 192.0.2.1", "2001:db8::/3x",
          "192.0.2.0/24/8"}},
        {wm_text_snmp_receiver_1_address,
         {"", "192.0.2.7:162", "192.0.2.7:1", "192.0.2.7:65535", "[::1]:162", "[2001:db8::1]:9"},
         {"192.0.2.7", "192.0.2.7:0", "192.0.2.7:65536", "192.0.2.7:", "[::1]", "::1:162",
          "[192.0.2.7]:162", "example.org:162", "[::1:162", ":162", "192.0.2.7:+5", "]:1",
          "192.0.2.7 :162"}},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        for (size_t k = 0; k < COUNT(cases[i].right) && cases[i].right[k] != NULL; k++) {
            cr_assert(takes(cases[i].text, cases[i].right[k]), "\"%s\"", cases[i].right[k]);
        }
        for (size_t k = 0; k < COUNT(cases[i].wrong) && cases[i].wrong[k] != NULL; k++) {
            cr_assert_not(takes(cases[i].text, cases[i].wrong[k]), "\"%s\"", cases[i].wrong[k]);
        }
    }
}

Test(texts, a_passphrase_with_a_slip_is_not_told_back)
{
    char error[200] = "";
    cr_assert_eq(wm_text_check(wm_text_snmp_user_1_auth, "hunter2", error, sizeof error), WM_RANGE);
    cr_assert_null(strstr(error, "hunter2"), "%s", error);
}

Test(texts, setting_one_leaves_no_trace_of_what_was_there)
{
    struct wm_settings settings = {0};
    struct wm_settings fresh = {0};
    cr_assert_eq(wm_text_set(&settings, wm_text_snmp_user_2_priv, "a-long-passphrase"), WM_OK);
    cr_assert_eq(wm_text_set(&settings, wm_text_snmp_user_2_priv, "short"), WM_RANGE);
    cr_assert_str_eq(wm_text_value(&settings, wm_text_snmp_user_2_priv), "a-long-passphrase");
    cr_assert_eq(wm_text_set(&settings, wm_text_snmp_user_2_priv, ""), WM_OK);
    cr_assert_eq(memcmp(&settings, &fresh, sizeof settings), 0);
}
