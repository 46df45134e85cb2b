/*
 * suite.c — loading: a mistake in any file stops all (decision H4).
 */
#include "harness/run/suite.h"

#include <string.h>

#include "harness/files.h"
#include "harness/run/guard.h"

/* Real seconds a file may take to load, however long scenarios may take. */
#define LOAD_LIMIT_S 10

static double load_limit_s(const struct hx_options *options)
{
    return options->time_limit_s < LOAD_LIMIT_S ? options->time_limit_s : LOAD_LIMIT_S;
}

static bool file_load(const char *file, const struct hx_options *options, struct hx_scenarios *list)
{
    struct hx_stage stage = {.spec = options->spec};
    struct hx_text error = {0};
    size_t before = list->count;
    lua_State *lua = hx_script_open(&stage, options->seed);
    hx_guard_name(file);
    hx_guard_start(lua, load_limit_s(options), HX_EXIT_USAGE);
    bool is_good = hx_script_load(lua, file, list, &error);
    hx_guard_stop();
    hx_guard_name(NULL);
    if (is_good && list->count == before) {
        hx_text_add(&error, "%s:1: no scenario in this file; write: scenario \"name\" { ... }",
                    file);
        is_good = false;
    }
    if (!is_good) {
        hx_complain("%s", hx_text_string(&error));
    }
    lua_close(lua);
    hx_text_free(&error);
    return is_good;
}

/* A plant tells what it is once; its `settings` must not say something else. */
static bool plant_settings_take(const struct sim_plant *plant, const char *plant_file,
                                struct hx_assignments *settings, struct hx_text *error)
{
    size_t count = 0;
    const struct sim_plant_setting *setting = sim_plant_settings(plant, &count);
    for (size_t i = 0; i < count; ++i) {
        hx_assignments_add(settings, setting[i].name, setting[i].text);
        for (size_t j = 0; j < i; ++j) {
            if (strcmp(setting[i].name, setting[j].name) == 0) {
                hx_assignments_free(settings);
                hx_text_add(error, "%s:1: ", plant_file);
                hx_setting_add_fixed(setting[i].name, error);
                return false;
            }
        }
    }
    return true;
}

/* Loads its plant in a world of its own, and keeps nothing of it but the settings. */
static bool plant_check(struct hx_scenario *scenario, const struct hx_options *options,
                        struct hx_text *error)
{
    char why[1024] = "";
    const char *plant_file = scenario->plant_file;
    struct hx_stage stage = {0};
    lua_State *lua = hx_script_open(&stage, options->seed);
    struct sim_world *world = sim_world_create(options->seed);
    hx_guard_name(plant_file);
    hx_guard_start(lua, load_limit_s(options), HX_EXIT_USAGE);
    struct sim_plant *plant =
        sim_plant_load(world, lua, plant_file, scenario->allow, why, sizeof why);
    hx_guard_stop();
    hx_guard_name(NULL);
    bool is_good = plant != NULL;
    if (is_good) {
        is_good = plant_settings_take(plant, plant_file, &scenario->plant_settings, error);
        sim_plant_destroy(plant);
    } else {
        /* What the scenario allows may be what is wrong: both places are told. */
        bool is_asked = scenario->allow[0] != '\0';
        hx_text_add(error, "%s%s%s", is_asked ? scenario->where : "", is_asked ? ": " : "", why);
    }
    sim_world_destroy(world);
    lua_close(lua);
    return is_good;
}

/* An earlier scenario with the same plant and wishes, or null. */
static const struct hx_scenario *find_known(const struct hx_scenarios *list, size_t number)
{
    for (size_t i = 0; i < number; ++i) {
        const struct hx_scenario *earlier = &list->item[i];
        if (earlier->plant_file != NULL &&
            strcmp(earlier->plant_file, list->item[number].plant_file) == 0 &&
            strcmp(earlier->allow, list->item[number].allow) == 0) {
            return earlier;
        }
    }
    return NULL;
}

/* Its plant does not load, which is told once. */
static bool is_spoiled(const struct hx_scenario *scenario)
{
    return scenario->plant_settings.count == 0;
}

static bool plant_load(struct hx_scenarios *list, size_t number, const struct hx_options *options,
                       struct hx_text *error)
{
    struct hx_scenario *scenario = &list->item[number];
    const struct hx_scenario *known = find_known(list, number);
    if (known == NULL) {
        return plant_check(scenario, options, error);
    }
    for (size_t i = 0; i < known->plant_settings.count; ++i) {
        const struct hx_assignment *setting = &known->plant_settings.item[i];
        hx_assignments_add(&scenario->plant_settings, setting->name, setting->text);
    }
    return true;
}

/* The plant is to blame where it alone makes a contradiction, else the scenario. */
static bool settings_agree(const struct hx_scenario *scenario, struct hx_text *error)
{
    const struct hx_assignments *const given[] = {&scenario->plant_settings, &scenario->settings};
    struct hx_text why = {0};
    struct hx_text why_alone = {0};
    bool is_good = hx_stage_settings_agree(given, 2, &why);
    if (is_good) {
        /* Nobody is to blame. */
    } else if (hx_stage_settings_agree(given, 1, &why_alone)) {
        hx_text_add(error, "%s: %s", scenario->where, hx_text_string(&why));
    } else {
        hx_text_add(error, "%s:1: %s", scenario->plant_file, hx_text_string(&why_alone));
    }
    hx_text_free(&why);
    hx_text_free(&why_alone);
    return is_good;
}

static bool plants_load(struct hx_scenarios *list, const struct hx_options *options)
{
    bool is_good = true;
    for (size_t i = 0; i < list->count; ++i) {
        struct hx_scenario *scenario = &list->item[i];
        struct hx_text error = {0};
        scenario->plant_file = hx_plant_find(scenario->file, scenario->plant, &error);
        if (scenario->plant_file == NULL) {
            hx_complain("%s: %s", scenario->where, hx_text_string(&error));
            is_good = false;
        } else if (!plant_load(list, i, options, &error) ||
                   (!is_spoiled(scenario) && !settings_agree(scenario, &error))) {
            hx_complain("%s", hx_text_string(&error));
            is_good = false;
        }
        hx_text_free(&error);
    }
    return is_good;
}

bool hx_suite_load(const struct hx_options *options, struct hx_scenarios *list)
{
    static char *here[] = {"scenarios"};
    char **path = options->paths > 0 ? options->path : here;
    int paths = options->paths > 0 ? options->paths : 1;
    struct hx_files files = {0};
    bool is_good = true;
    for (int i = 0; i < paths; ++i) {
        struct hx_text error = {0};
        size_t before = files.count;
        bool is_read = hx_files_add(&files, path[i], &error);
        if (!is_read) {
            hx_complain("%s", hx_text_string(&error));
        } else if (files.count == before) {
            hx_complain("%s: no scenario files (*.lua) in it", path[i]);
        }
        is_good = is_good && is_read && files.count > before;
        hx_text_free(&error);
    }
    for (size_t i = 0; i < files.count; ++i) {
        is_good = file_load(files.path[i], options, list) && is_good;
    }
    hx_files_free(&files);
    return plants_load(list, options) && is_good;
}

/* Is the word one of "safety, bus"? */
static bool has_tag(const char *tags, const char *word)
{
    size_t size = strlen(word);
    while (*tags != '\0') {
        size_t tag = strcspn(tags, ",");
        if (tag == size && memcmp(tags, word, size) == 0) {
            return true;
        }
        tags += tag;
        tags += strspn(tags, ", ");
    }
    return false;
}

static bool is_wanted(const struct hx_scenario *scenario, const struct hx_options *options)
{
    return (options->filter == NULL || strstr(scenario->name, options->filter) != NULL) &&
           (options->only == NULL || strcmp(scenario->name, options->only) == 0) &&
           (options->tag == NULL || has_tag(scenario->tags, options->tag)) &&
           (options->without == NULL || !has_tag(scenario->tags, options->without));
}

void hx_suite_keep(struct hx_scenarios *list, hx_suite_filter *is_kept,
                   const struct hx_options *options)
{
    struct hx_scenarios kept = {0};
    struct hx_scenarios rest = {0};
    for (size_t i = 0; i < list->count; ++i) {
        struct hx_scenarios *to = is_kept(&list->item[i], options) ? &kept : &rest;
        to->item = hx_realloc(to->item, (to->count + 1) * sizeof *to->item);
        to->item[to->count++] = list->item[i];
    }
    list->count = 0;
    hx_scenarios_free(list);
    hx_scenarios_free(&rest);
    *list = kept;
}

static void complain_none(const struct hx_options *options)
{
    const char *cure = "gbms-bench list shows them";
    if (options->filter != NULL && options->only == NULL && options->tag == NULL) {
        hx_complain("--filter %s: in no scenario's name; %s", options->filter, cure);
    } else if (options->only != NULL) {
        hx_complain("--only %s: no scenario is left with this name; %s", options->only, cure);
    } else if (options->tag == NULL) {
        hx_complain("--without %s: no scenario is left; %s", options->without, cure);
    } else {
        hx_complain("--tag %s: no scenario is left with this tag; %s", options->tag, cure);
    }
}

/* What plant and scenario set goes with --set too, in each that is to be played. */
static bool all_agree(const struct hx_scenarios *list, const struct hx_options *options)
{
    for (size_t i = 0; i < list->count; ++i) {
        const struct hx_scenario *scenario = &list->item[i];
        const struct hx_assignments *const given[] = {&scenario->plant_settings,
                                                      &scenario->settings, &options->settings};
        struct hx_text why = {0};
        bool is_good = hx_stage_settings_agree(given, 3, &why);
        if (!is_good) {
            hx_complain("--set: %s; it is so in the scenario at %s", hx_text_string(&why),
                        scenario->where);
        }
        hx_text_free(&why);
        if (!is_good) {
            return false;
        }
    }
    return true;
}

bool hx_suite_select(const struct hx_options *options, struct hx_scenarios *list)
{
    bool is_good = hx_suite_load(options, list);
    if (is_good) {
        hx_suite_keep(list, is_wanted, options);
        if (list->count == 0) {
            complain_none(options);
            return false;
        }
        is_good = options->settings.count == 0 || all_agree(list, options);
    }
    if (!is_good) {
        hx_complain("nothing was run");
    }
    return is_good;
}
