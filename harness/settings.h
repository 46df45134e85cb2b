/*
 * settings.h — settings as people write them, NAME=VALUE, and what the webmanager gets.
 */
#ifndef HX_SETTINGS_H
#define HX_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/text.h"
#include "wm/board.h"

struct hx_assignment {
    char *name;
    char *text;
};

/* In order; later ones win. */
struct hx_assignments {
    struct hx_assignment *item; /* ro */
    size_t count;               /* ro */
};

void hx_assignments_add(struct hx_assignments *list, const char *name, const char *text);
void hx_assignments_free(struct hx_assignments *list);

/*
 * Is this a setting, and the text a value of it? False, with "what is wrong; what would be right"
 * in error, if not. *setting may be null; of a text it borrows `text`.
 */
bool hx_setting_check(const char *name, const char *text, struct wm_change *setting,
                      struct hx_text *error);

/*
 * A value of it as a person writes it: a choice by its name, a number in its natural unit. The
 * text is in room, or the catalog's.
 */
#define HX_SETTING_SIZE 40
const char *hx_setting_text(enum wm_setting setting, int32_t value, char room[HX_SETTING_SIZE]);

/* As hx_setting_check, and false too for what the plant alone says, such as bank.strings. */
bool hx_setting_check_given(const char *name, const char *text, struct hx_text *error);
/* "bank.strings is what the plant is; ..." */
void hx_setting_add_fixed(const char *name, struct hx_text *error);

/* "NAME=VALUE" checked and added. */
bool hx_assignments_parse(struct hx_assignments *list, const char *argument, struct hx_text *error);

#endif
