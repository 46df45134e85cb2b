/*
 * text.h — text that grows, and the one form of a complaint: "gbms-bench: place: what; cure".
 *
 * Out of memory ends the program: there is nothing to report with.
 */
#ifndef HX_TEXT_H
#define HX_TEXT_H

#include <stddef.h>

/* Zero-initialised is empty; bytes is null or ends with a zero that size does not count. */
struct hx_text {
    char *bytes; /* ro */
    size_t size; /* ro */
    size_t room; /* private */
};

__attribute__((format(printf, 2, 3))) void hx_text_add(struct hx_text *text, const char *format,
                                                       ...);
void hx_text_add_bytes(struct hx_text *text, const char *bytes, size_t size);
/* Quoted for sh where it has to be. */
void hx_text_add_quoted(struct hx_text *text, const char *word);
/* Leaves its first so many bytes, which it has. */
void hx_text_cut(struct hx_text *text, size_t size);
void hx_text_free(struct hx_text *text);
/* Never null. */
const char *hx_text_string(const struct hx_text *text);

/* One line on standard error, with the program's name before it. */
__attribute__((format(printf, 1, 2))) void hx_complain(const char *format, ...);

/* As realloc and strdup, but they do not fail. */
void *hx_realloc(void *old, size_t size);
char *hx_strdup(const char *string);

/* "00:11:32" or "3 d 00:11:32", milliseconds only where there are any. */
#define HX_CLOCK_SIZE 48
const char *hx_clock(long long time_us, char buffer[HX_CLOCK_SIZE]);

#endif
