/*
 * script.h — the Lua state of a scenario file: libraries, language, memory limit.
 */
#ifndef HX_STAGE_SCRIPT_H
#define HX_STAGE_SCRIPT_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/settings.h"
#include "harness/stage/stage.h"
#include "harness/text.h"

/* What a file defines; settings and texts are owned. */
struct hx_scenario {
    char *file;
    int number; /* in its file, from 1 */
    char *name;
    char *plant;       /* as written */
    char *plant_file;  /* null until it is looked up */
    char *where;       /* FILE:LINE */
    char *tags;        /* "safety, bus" */
    char *skip;        /* why it is not played here, or null */
    bool needs_board;  /* it is none for the host */
    bool is_ip6;       /* SNMP goes over ::1 */
    int64_t uptime_ms; /* of the webmanager as it begins */
    char *allow;       /* wiring rules its plant breaks, "E, line" */
    char *log_folder;  /* where its logs go, or null */
    char *record_file; /* where its record goes, or null */
    struct hx_assignments settings;
    struct hx_assignments plant_settings; /* of its plant, once that was loaded */
};

struct hx_scenarios {
    struct hx_scenario *item;
    size_t count;
};

void hx_scenarios_free(struct hx_scenarios *list);

/*
 * A state with the language in it, its host functions acting on this stage, and the given seed
 * for math.random. Sets stage->lua. Closed with lua_close.
 */
lua_State *hx_script_open(struct hx_stage *stage, uint64_t seed);

/* The text of a field of the table on top of the stack, owned by the caller; null: it has none. */
char *hx_script_text(lua_State *lua, const char *name);
/* Adds its `settings`, a list of { name, text }. */
void hx_script_take_settings(lua_State *lua, struct hx_assignments *settings);

/* Pushes what a file of the language, built into this program, compiles to. */
void hx_script_push_part(lua_State *lua, const char *name);

/*
 * Runs a scenario file and appends what it defines to the list (which may be null). False, with
 * "FILE:LINE: what; cure" in error, when it does not load. One file a state.
 */
bool hx_script_load(lua_State *lua, const char *file, struct hx_scenarios *list,
                    struct hx_text *error);

/* How one scenario of the loaded file went. */
struct hx_play {
    /* "passed", "failed", "judged" (by the board's judge), "error"; all live as the state does. */
    const char *outcome;
    const char *message;
    const char *report;
    uint32_t expectations;
};
struct hx_play hx_script_play(lua_State *lua, int number, struct sim_plant *plant);

/* Runs a line typed by a person on the plant; its results or what is wrong go to text. */
bool hx_script_typed(lua_State *lua, const char *line, struct sim_plant *plant,
                     struct hx_text *text);

#endif
