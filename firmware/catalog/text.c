/*
 * text.c — the settings that are texts: rows, values, forms.
 */
#include <arpa/inet.h>
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "wm/catalog.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* RFC 3414, 11.2: a passphrase that is shorter is none. */
#define PASSPHRASE_BYTES_MIN 8

#define OPEN   false
#define SECRET true

static const struct wm_text_row rows[wm_text_count] = {
#define TEXT(group, name, bytes_max, form, secrecy, value, meaning)                                \
    [wm_text_##group##_##                                                                          \
        name] = {#group "." #name, bytes_max, WM_FORM_##form,                                      \
                 secrecy,          value,     offsetof(struct wm_texts, group##_##name),           \
                 meaning},
#include "wm/texts.def"
#undef TEXT
};

const struct wm_text_row *wm_text(enum wm_text text)
{
    assert((size_t)text < COUNT(rows));
    return &rows[text];
}

bool wm_text_find(const char *name, enum wm_text *text)
{
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (strcmp(rows[i].name, name) == 0) {
            *text = (enum wm_text)i;
            return true;
        }
    }
    return false;
}

bool wm_text_find_key(uint32_t key, enum wm_text *text)
{
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (wm_name_key(rows[i].name) == key) {
            *text = (enum wm_text)i;
            return true;
        }
    }
    return false;
}

const char *wm_text_value(const struct wm_settings *settings, enum wm_text text)
{
    return (const char *)&settings->text + wm_text(text)->offset;
}

/* ---- forms ------------------------------------------------------------------------------ */

const char *wm_form_describe(enum wm_text_form form)
{
    static const char *const described[] = {
        [WM_FORM_LINE] = "printable ASCII without quotation marks",
        [WM_FORM_WORD] = "printable ASCII without blanks and quotation marks",
        [WM_FORM_PASSPHRASE] =
            "at least 8 bytes of printable ASCII without blanks and quotation marks, or nothing",
        [WM_FORM_NETWORK] =
            "an address or a network, as 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32, or nothing",
        [WM_FORM_RECEIVER] =
            "an address and a port, as 192.0.2.7:162 or [2001:db8::1]:162, or nothing",
    };
    assert((size_t)form < COUNT(described));
    return described[form];
}

static bool is_printable(const char *string, char least)
{
    for (; *string != '\0'; string++) {
        if (*string < least || *string > '~' || *string == '"') {
            return false;
        }
    }
    return true;
}

/* A whole number from least to most, without a sign and without a zero in front. */
static bool is_number(const char *string, int32_t least, int32_t most)
{
    int32_t number = 0;
    const size_t size = strlen(string);
    if (size < 1 || size > 5 || (string[0] == '0' && size > 1)) {
        return false;
    }
    for (; *string != '\0'; string++) {
        if (*string < '0' || *string > '9') {
            return false;
        }
        number = number * 10 + (*string - '0');
    }
    return number >= least && number <= most;
}

/* Copies up to `end` into part[PART_SIZE]; false if it is longer. */
enum { PART_SIZE = 64 };
static bool part_copy(const char *from, const char *end, char *part)
{
    const size_t size = (size_t)(end - from);
    if (size >= PART_SIZE) {
        return false;
    }
    memcpy(part, from, size);
    part[size] = '\0';
    return true;
}

static bool is_address(const char *string, int family)
{
    unsigned char bytes[sizeof(struct in6_addr)];
    return inet_pton(family, string, bytes) == 1;
}

static bool is_network(const char *string)
{
    char address[PART_SIZE];
    const char *slash = strchr(string, '/');
    const char *end = slash != NULL ? slash : string + strlen(string);
    if (!part_copy(string, end, address)) {
        return false;
    }
    if (is_address(address, AF_INET)) {
        return slash == NULL || is_number(slash + 1, 0, 32);
    }
    return is_address(address, AF_INET6) && (slash == NULL || is_number(slash + 1, 0, 128));
}

static bool is_receiver(const char *string)
{
    char address[PART_SIZE];
    const bool is_ip6 = string[0] == '[';
    const char *colon = strrchr(string, ':');
    if (colon == NULL || !is_number(colon + 1, 1, UINT16_MAX) || (is_ip6 && colon[-1] != ']') ||
        !part_copy(string + is_ip6, colon - is_ip6, address)) {
        return false;
    }
    return is_address(address, is_ip6 ? AF_INET6 : AF_INET);
}

static bool has_form(const char *string, enum wm_text_form form)
{
    switch (form) {
    case WM_FORM_LINE:
        return is_printable(string, ' ');
    case WM_FORM_WORD:
        return is_printable(string, '!');
    case WM_FORM_PASSPHRASE:
        return is_printable(string, '!') &&
               (string[0] == '\0' || strlen(string) >= PASSPHRASE_BYTES_MIN);
    case WM_FORM_NETWORK:
        return string[0] == '\0' || is_network(string);
    case WM_FORM_RECEIVER:
        return string[0] == '\0' || is_receiver(string);
    }
    return false;
}

enum wm_status wm_text_check(enum wm_text text, const char *string, char *error, size_t size)
{
    const struct wm_text_row *row = wm_text(text);
    if (strlen(string) > row->bytes_max) {
        (void)snprintf(error, size, "%s has at most %zu bytes", row->name, row->bytes_max);
        return WM_RANGE;
    }
    if (!has_form(string, row->form)) {
        /* Not told back: it may be a passphrase with a slip in it. */
        (void)snprintf(error, size, "%s is %s", row->name, wm_form_describe(row->form));
        return WM_RANGE;
    }
    return WM_OK;
}

enum wm_status wm_text_set(struct wm_settings *settings, enum wm_text text, const char *string)
{
    char error[1];
    const struct wm_text_row *row = wm_text(text);
    if (wm_text_check(text, string, error, sizeof error) != WM_OK) {
        return WM_RANGE;
    }
    char *value = (char *)&settings->text + row->offset;
    memset(value, 0, row->bytes_max + 1);
    memcpy(value, string, strlen(string) + 1);
    return WM_OK;
}
