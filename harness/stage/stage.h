/*
 * stage.h — one plant with its webmanager in one world, and the Lua state that pushes it.
 *
 * `run` puts a scenario and a probe on it, `serve` a wall clock. What an outsider sees goes
 * through the probe; the view is used for its generation, readiness and rounds alone.
 */
#ifndef HX_STAGE_STAGE_H
#define HX_STAGE_STAGE_H

#include <lua.h>
#include <stdbool.h>
#include <stdint.h>

#include "harness/probe/probe.h"
#include "harness/settings.h"
#include "harness/stage/ledger.h"
#include "harness/stage/target.h"
#include "harness/stage/trace.h"
#include "harness/text.h"
#include "sim/plant/plant.h"
#include "sim/world.h"
#include "wm/board.h"

#define HX_ADDRESS_SIZE 300

struct hx_board_line;
struct hx_board_spec;
struct hx_recorder;
struct hx_stage {
    lua_State *lua;                   /* ro: outlives plant and board      */
    struct sim_world *world;          /* ro; null before hx_stage_open     */
    struct sim_plant *plant;          /* ro; null where a record is played again */
    const struct hx_target *target;   /* ro; null before hx_stage_open  */
    struct board *board;              /* ro; null: its power is off        */
    const struct hx_board_spec *spec; /* ro; borrowed, null on the host */
    struct hx_board_line *line;       /* private, of board_internal.h   */
    struct board_media *media;        /* ro: of the board; outlives it     */
    struct hx_probe *probe;           /* ro; borrowed, null in serve       */
    struct wm_settings settings;      /* ro: defaults and what was set     */
    struct hx_trace *trace;           /* ro; borrowed, or own_trace        */
    struct hx_trace own_trace;        /* private                           */
    struct hx_ledger *ledger;         /* ro; borrowed, null: nobody asks   */
    struct hx_recorder *recorder;     /* rw; borrowed, null: nothing is recorded */
    char sink[HX_SINKS][64];          /* private: addresses of the trap sinks */
    bool stops_at_views;              /* rw: leave sim_world_run at a view */
    bool is_verbose;                  /* rw: print notes                   */
    uint32_t boots;                   /* ro: how often the power came on   */
    int64_t uptime_ms;                /* ro: of the first as it began      */
    unsigned hands;                   /* rw: HX_HAND_..., as of a verdict */
    bool is_unfit;                    /* ro: the board is another than the plant needs */
    /* private, of target_host.c */
    struct board_options options; /* of every board                                       */
    struct wm_change *given;      /* the settings among them; owned                       */
    struct wm_settings settings_given;
    char modbus_address[HX_ADDRESS_SIZE];
    char snmp_address[HX_ADDRESS_SIZE];
    struct hx_text oracle; /* what the judge of one that is gone had to say        */
    bool is_spoiled;       /* the record of settings, until the power comes again  */
    bool is_cut;           /* the power, in a write; until it comes again          */
};

struct hx_stage_options {
    const struct hx_target *target;
    const struct hx_board_spec *spec; /* of the board's target, which borrows it; else null */
    uint64_t seed;
    const char *plant_file;  /* null: there are no devices but what bus and com2 have */
    struct wm_bus bus, com2; /* of a stage without a plant */
    const char *allow;       /* wiring rules the plant breaks, as in sim_plant_load; or null */
    const struct hx_assignments *settings[3]; /* over the plant's own, in this order; or null */
    const char *modbus_address;
    const char *snmp_address;
    const char *const *trap_address;
    size_t trap_addresses;
    struct hx_probe *probe;  /* connected to the board; its trap sink is told; or null */
    enum hx_network network; /* of the probe's SNMP */
    int64_t uptime_ms;       /* of the webmanager as it begins */
};

/*
 * Builds world, plant and board; stage->lua is there already. False, with one line in error,
 * when that fails; hx_stage_close is right in any case.
 */
bool hx_stage_open(struct hx_stage *stage, const struct hx_stage_options *options,
                   struct hx_text *error);
void hx_stage_close(struct hx_stage *stage);
/* The same for a command that is no scenario: told where it fails, and a plant file without an end
 * ends the program. */
bool hx_stage_open_here(struct hx_stage *stage, const struct hx_stage_options *options);

/*
 * Would a webmanager under a scenario take these settings together, the later lists over the
 * earlier? False, with one clause in error, if not.
 */
bool hx_stage_settings_agree(const struct hx_assignments *const given[], size_t lists,
                             struct hx_text *error);

#endif
