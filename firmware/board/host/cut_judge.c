/*
 * cut_judge.c — see cut_judge.h.
 */
#include "cut_judge.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store_flash.h"

/* What the firmware makes of its records. */
struct kept {
    struct wm_settings settings;
    bool is_set[wm_setting_count];
    bool is_text_set[wm_text_count];
    bool are_settings_damaged;
    bool is_open[WM_STRINGS_MAX];
    bool is_unknown[WM_STRINGS_MAX];
    int32_t discharges;
    int32_t starts;
};

/* A record byte by byte; size: or what a load answers. */
struct copy {
    char name[WM_RECORD_NAME_MAX];
    int size;
    uint8_t bytes[WM_RECORD_SIZE_MAX];
};

struct cut_judge {
    const struct wm_core *core; /* null before the first one was started */
    struct wm_settings given;
    struct wm_store inner;
    struct power_cut *cut;
    bool is_restart;  /* what is kept is known from before */
    struct kept kept; /* a restart finds this ... */
    struct kept live; /* ... or, while something is saved, this */
    int copies;
    struct copy kept_copy[STORE_FLASH_RECORDS_MAX];
    struct copy next_copy; /* what is being saved; no name: nothing */
    uint64_t olds;
    uint64_t news;
    char verdict[600];
    /* for restarts */
    struct store_flash mounted;
    struct wm_core scratch;
    struct copy found_copy;
    /* for the try in a block that is full */
    struct flash_chip full;
    struct power_cut full_cut;
    struct store_flash full_store;
};

/* ---- the report ------------------------------------------------------------------------- */

static void report(struct cut_judge *judge, const struct power_cut_point *point, const char *format,
                   ...) __attribute__((format(printf, 3, 4)));

/* point: null when no cut is to blame, and the text is the whole sentence. */
static void report(struct cut_judge *judge, const struct power_cut_point *point, const char *format,
                   ...)
{
    char words[POWER_CUT_WORDS];
    char text[300];
    va_list arguments;
    if (judge->verdict[0] != '\0') {
        return;
    }
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (point != NULL) {
        (void)snprintf(judge->verdict, sizeof judge->verdict,
                       "power cut %s, while the record \"%s\" is saved: a restart finds %s",
                       power_cut_words(point, words), judge->next_copy.name, text);
    } else {
        (void)snprintf(judge->verdict, sizeof judge->verdict, "%s", text);
    }
}

/* ---- what is kept ----------------------------------------------------------------------- */

static struct kept kept_of(const struct wm_core *core)
{
    struct kept kept = {
        .settings = core->settings,
        .are_settings_damaged = core->keep.is_damaged,
        .discharges = core->discharges.count,
        .starts = core->boots.count - core->boots.is_changed, /* it counts itself when it starts */
    };
    memcpy(kept.is_set, core->keep.is_set, sizeof kept.is_set);
    memcpy(kept.is_text_set, core->keep.is_text_set, sizeof kept.is_text_set);
    memcpy(kept.is_open, core->breakers.is_open, sizeof kept.is_open);
    memcpy(kept.is_unknown, core->breakers.is_unknown, sizeof kept.is_unknown);
    return kept;
}

static bool settings_same(const struct kept *one, const struct kept *other)
{
    return memcmp(&one->settings, &other->settings, sizeof one->settings) == 0 &&
           memcmp(one->is_set, other->is_set, sizeof one->is_set) == 0 &&
           memcmp(one->is_text_set, other->is_text_set, sizeof one->is_text_set) == 0 &&
           one->are_settings_damaged == other->are_settings_damaged;
}

static void settings_take(struct kept *kept, const struct kept *from)
{
    kept->settings = from->settings;
    memcpy(kept->is_set, from->is_set, sizeof kept->is_set);
    memcpy(kept->is_text_set, from->is_text_set, sizeof kept->is_text_set);
    kept->are_settings_damaged = from->are_settings_damaged;
}

/* The first of the settings that is not as it is to be. */
static void settings_words(const struct kept *found, const struct kept *wanted, char *words,
                           size_t size)
{
    (void)snprintf(words, size, "%s", found->are_settings_damaged ? "a damaged record" : "");
    for (int i = 0; words[0] == '\0' && i < wm_setting_count; i++) {
        const int32_t value = found->settings.value[i];
        if (value != wanted->settings.value[i] || found->is_set[i] != wanted->is_set[i]) {
            (void)snprintf(words, size, "%s is %ld%s", wm_setting((enum wm_setting)i)->name,
                           (long)value, found->is_set[i] ? "" : ", not set by anybody");
        }
    }
    for (int i = 0; words[0] == '\0' && i < wm_text_count; i++) {
        const enum wm_text text = (enum wm_text)i;
        const char *string = wm_text_value(&found->settings, text);
        if (strcmp(string, wm_text_value(&wanted->settings, text)) != 0 ||
            found->is_text_set[i] != wanted->is_text_set[i]) {
            (void)snprintf(words, size, "%s has %zu bytes%s", wm_text(text)->name, strlen(string),
                           found->is_text_set[i] ? "" : ", not set by anybody");
        }
    }
}

static bool breakers_same(const struct kept *one, const struct kept *other)
{
    return memcmp(one->is_open, other->is_open, sizeof one->is_open) == 0 &&
           memcmp(one->is_unknown, other->is_unknown, sizeof one->is_unknown) == 0;
}

static void breakers_take(struct kept *kept, const struct kept *from)
{
    memcpy(kept->is_open, from->is_open, sizeof kept->is_open);
    memcpy(kept->is_unknown, from->is_unknown, sizeof kept->is_unknown);
}

static void breakers_words(const struct kept *found, const struct kept *wanted, char *words,
                           size_t size)
{
    words[0] = '\0';
    for (int i = 0; words[0] == '\0' && i < WM_STRINGS_MAX; i++) {
        if (found->is_open[i] != wanted->is_open[i] ||
            found->is_unknown[i] != wanted->is_unknown[i]) {
            (void)snprintf(words, size, "that of string %d is %s", i + 1,
                           found->is_unknown[i] ? "not known"
                           : found->is_open[i]  ? "open"
                                                : "closed");
        }
    }
}

static bool discharges_same(const struct kept *one, const struct kept *other)
{
    return one->discharges == other->discharges;
}

static void discharges_take(struct kept *kept, const struct kept *from)
{
    kept->discharges = from->discharges;
}

static void discharges_words(const struct kept *found, const struct kept *wanted, char *words,
                             size_t size)
{
    (void)wanted;
    (void)snprintf(words, size, "%ld", (long)found->discharges);
}

static bool starts_same(const struct kept *one, const struct kept *other)
{
    return one->starts == other->starts;
}

static void starts_take(struct kept *kept, const struct kept *from)
{
    kept->starts = from->starts;
}

static void starts_words(const struct kept *found, const struct kept *wanted, char *words,
                         size_t size)
{
    (void)wanted;
    (void)snprintf(words, size, "%ld", (long)found->starts);
}

/* What is kept or not kept as a whole, and the record it is in. */
static const struct set {
    const char *name;
    const char *record;
    bool (*same)(const struct kept *one, const struct kept *other);
    void (*take)(struct kept *kept, const struct kept *from);
    /* What is found, where it is not as wanted. */
    void (*words)(const struct kept *found, const struct kept *wanted, char *words, size_t size);
} sets[] = {
    {"settings", "settings", settings_same, settings_take, settings_words},
    {"breakers", "breakers", breakers_same, breakers_take, breakers_words},
    {"count of discharges", "discharges", discharges_same, discharges_take, discharges_words},
    {"count of starts", "boots", starts_same, starts_take, starts_words},
};
enum { SETS = sizeof sets / sizeof sets[0] };

/*
 * Each set is the one kept or, while something is saved, the one in force. `before`: what the
 * sentence begins with where no cut is to blame.
 */
static void found_judge(struct cut_judge *judge, const struct kept *found,
                        const struct power_cut_point *point, const char *before)
{
    const bool is_saving = judge->next_copy.name[0] != '\0';
    for (int i = 0; i < SETS; i++) {
        char words[120];
        if (!sets[i].same(found, &judge->kept) &&
            !(is_saving && sets[i].same(found, &judge->live))) {
            sets[i].words(found, is_saving ? &judge->live : &judge->kept, words, sizeof words);
            report(judge, point, "%sthe %s %s: %s", before, sets[i].name,
                   is_saving ? "neither as before nor as in force now" : "not as kept", words);
        }
    }
}

/* ---- records ---------------------------------------------------------------------------- */

static void copy_load(struct copy *copy, const struct wm_store *store, const char *name)
{
    (void)snprintf(copy->name, sizeof copy->name, "%s", name);
    copy->size = store->ops->load(store->self, name, copy->bytes, sizeof copy->bytes);
}

static bool copies_same(const struct copy *one, const struct copy *other)
{
    return one->size == other->size &&
           (one->size < 0 || memcmp(one->bytes, other->bytes, (size_t)one->size) == 0);
}

/* The copy of what is kept by this name; made if there is none. */
static struct copy *copy_of(struct cut_judge *judge, const char *name)
{
    int i = 0;
    while (i < judge->copies && strcmp(judge->kept_copy[i].name, name) != 0) {
        i++;
    }
    assert(i < STORE_FLASH_RECORDS_MAX);
    if (i == judge->copies) {
        judge->copies++;
        copy_load(&judge->kept_copy[i], &judge->inner, name);
    }
    return &judge->kept_copy[i];
}

/* ---- a restart -------------------------------------------------------------------------- */

static void tell_nobody(void *self, const struct wm_event *event)
{
    (void)self;
    (void)event;
}

static enum wm_status append_nothing(void *self, enum wm_log_ring ring, const void *record,
                                     size_t size)
{
    (void)self;
    (void)ring;
    (void)record;
    (void)size;
    return WM_OK;
}

/* Is the record that is saved the new one? Any other must be as it was. */
static bool records_judge(struct cut_judge *judge, const struct wm_store *store,
                          const struct power_cut_point *point, const char *before)
{
    bool is_new = false;
    for (int i = 0; i < judge->copies; i++) {
        const struct copy *kept = &judge->kept_copy[i];
        copy_load(&judge->found_copy, store, kept->name);
        if (copies_same(&judge->found_copy, kept)) {
            continue;
        }
        const bool is_next = strcmp(kept->name, judge->next_copy.name) == 0 &&
                             copies_same(&judge->found_copy, &judge->next_copy);
        is_new |= is_next;
        if (!is_next) {
            report(judge, point, "%sthe record \"%s\" %s", before, kept->name,
                   judge->found_copy.size == WM_DAMAGED  ? "damaged"
                   : judge->found_copy.size == WM_ABSENT ? "gone"
                                                         : "with bytes of another time");
        }
    }
    return is_new;
}

/* Restarts the firmware on this flash, which it only reads. True: the new record is there. */
static bool restart(struct cut_judge *judge, struct flash_chip *image,
                    const struct power_cut_point *point, const char *before)
{
    static const struct wm_log_ops log_ops = {.append = append_nothing};
    const struct wm_power_up power_up = {.wall_ms = 0};
    store_flash_mount(&judge->mounted, flash_chip_port(image));
    const struct wm_ports ports = {
        .store = store_flash_port(&judge->mounted),
        .log = {&log_ops, NULL},
        .journal = {tell_nobody, NULL},
    };
    const bool is_new = records_judge(judge, &ports.store, point, before);
    wm_core_init(&judge->scratch, &ports, &judge->given, &power_up, 0);
    const struct kept found = kept_of(&judge->scratch);
    found_judge(judge, &found, point, before);
    return is_new;
}

static void left(void *context, struct flash_chip *image, const struct power_cut_point *point)
{
    struct cut_judge *judge = context;
    const bool is_new = restart(judge, image, point, "");
    judge->olds += !is_new;
    judge->news += is_new;
}

/* ---- saving ----------------------------------------------------------------------------- */

/* The same save into a block that is full, on a copy. */
static void full_try(struct cut_judge *judge)
{
    const struct copy *next = &judge->next_copy;
    judge->full = *judge->cut->chip;
    judge->full_cut = (struct power_cut){.chip = &judge->full, .left = left, .left_context = judge};
    store_flash_mount(&judge->full_store, power_cut_port(&judge->full_cut));
    store_flash_fill(&judge->full_store);
    const struct wm_store store = store_flash_port(&judge->full_store);
    if (store.ops->save(store.self, next->name, next->bytes, (size_t)next->size) == WM_OK &&
        !restart(judge, &judge->full, NULL, "") && !copies_same(next, copy_of(judge, next->name))) {
        report(judge, NULL,
               "the record \"%s\" was saved in a block that was full, and is not there",
               next->name);
    }
}

/* It was answered with WM_OK: from now on only the new one may be found. */
static void saved(struct cut_judge *judge)
{
    struct copy *next = &judge->next_copy;
    *copy_of(judge, next->name) = *next;
    for (int i = 0; i < SETS; i++) {
        if (strcmp(sets[i].record, next->name) == 0) {
            sets[i].take(&judge->kept, &judge->live);
        }
    }
    next->name[0] = '\0';
    (void)restart(judge, judge->cut->chip, NULL, "saved, but a restart finds ");
}

static int judge_load(void *self, const char *name, void *bytes, size_t size_max)
{
    struct cut_judge *judge = self;
    (void)copy_of(judge, name);
    return judge->inner.ops->load(judge->inner.self, name, bytes, size_max);
}

static enum wm_status judge_save(void *self, const char *name, const void *bytes, size_t size)
{
    struct cut_judge *judge = self;
    struct copy *next = &judge->next_copy;
    if (size > WM_RECORD_SIZE_MAX || strlen(name) >= WM_RECORD_NAME_MAX) {
        return judge->inner.ops->save(judge->inner.self, name, bytes, size);
    }
    (void)copy_of(judge, name);
    (void)snprintf(next->name, sizeof next->name, "%s", name);
    next->size = (int)size;
    memcpy(next->bytes, bytes, size);
    judge->live = kept_of(judge->core);
    judge->live.are_settings_damaged = false; /* not any more, once they are saved */
    judge->live.starts = judge->core->boots.count;
    full_try(judge);
    const enum wm_status status = judge->inner.ops->save(judge->inner.self, name, bytes, size);
    if (status == WM_OK) {
        saved(judge);
    }
    next->name[0] = '\0';
    return status;
}

/* ---- from outside ----------------------------------------------------------------------- */

struct cut_judge *cut_judge_open(void)
{
    return calloc(1, sizeof(struct cut_judge));
}

void cut_judge_close(struct cut_judge *judge)
{
    free(judge);
}

struct wm_store cut_judge_store(struct cut_judge *judge, struct wm_store store,
                                struct power_cut *cut, const struct wm_settings *settings)
{
    static const struct wm_store_ops ops = {judge_load, judge_save};
    judge->core = NULL;
    judge->inner = store;
    judge->cut = cut;
    judge->given = *settings;
    judge->copies = 0;
    cut->left = left;
    cut->left_context = judge;
    return (struct wm_store){&ops, judge};
}

void cut_judge_started(struct cut_judge *judge, const struct wm_core *core)
{
    const struct kept found = kept_of(core);
    judge->core = core;
    if (judge->is_restart) {
        found_judge(judge, &found, NULL, "after the power came back: ");
    }
    judge->is_restart = true;
    judge->kept = found;
    judge->next_copy.name[0] = '\0';
}

void cut_judge_look(struct cut_judge *judge)
{
    if (judge->core == NULL || !wm_core_is_kept(judge->core)) {
        return;
    }
    const struct kept live = kept_of(judge->core);
    for (int i = 0; i < SETS; i++) {
        char words[120];
        if (!sets[i].same(&live, &judge->kept)) {
            sets[i].words(&judge->kept, &live, words, sizeof words);
            report(
                judge, NULL,
                "all is kept, says the webmanager, but a restart would find the %s otherwise: %s",
                sets[i].name, words);
        }
    }
}

void cut_judge_forget(struct cut_judge *judge)
{
    judge->is_restart = false;
}

void cut_judge_count(const struct cut_judge *judge, uint64_t *olds, uint64_t *news)
{
    *olds = judge->olds;
    *news = judge->news;
}

const char *cut_judge_verdict(const struct cut_judge *judge)
{
    return judge->verdict[0] != '\0' ? judge->verdict : NULL;
}
