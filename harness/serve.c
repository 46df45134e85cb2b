/*
 * serve.c — gbms-bench serve: one plant and its webmanager in real time, for outsiders.
 *
 * The world's queue waits for the wall clock and never reorders; when it is late it catches up in
 * slices, and the sockets are served between any two.
 */
#include <inttypes.h>
#include <lua.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/commands.h"
#include "harness/files.h"
#include "harness/logs.h"
#include "harness/prompt.h"
#include "harness/run/guard.h"
#include "harness/stage/console.h"
#include "harness/stage/script.h"
#include "harness/stage/stage.h"
#include "harness/stage/target_host.h"
#include "harness/wall.h"
#include "wm/board.h"

/* Real microseconds of simulation between two looks at the sockets. */
#define SLICE_US 2000
/* The world is never further behind the wall than sysUpTime can tell. */
#define TICK_US 10000
/* Real seconds that one slice of simulation may take; more is a function without an end. */
#define STEP_LIMIT_S 2.0

struct server {
    struct hx_stage stage;
    const struct hx_options *options;
    struct hx_prompt prompt;
    bool is_ready;
    bool is_broken;      /* the plant file failed: told, and the end */
    int64_t started_us;  /* wall */
    struct hx_text help; /* the console's: lines that begin like its commands are for it */
};

/* ---- what comes in ---------------------------------------------------------------------- */

/* What besides the console's commands can be typed; told in the form of its own help. */
static const char help_of_lua[] =
    "command=\"plant.ITEM.PROPERTY = VALUE\" text=\"Any other line is Lua on the plant: this "
    "pushes "
    "a virtual device, as in plant.string[1].module[7].temperature = 52\"\n"
    "command=\"plant.ITEM:VERB()\" text=\"Lets something happen to it, as in "
    "plant.module[7]:unplug()\"\n";

static void console_run(struct server *server, char *line, size_t size)
{
    struct hx_text said = {0};
    if (server->stage.board == NULL) {
        hx_complain(HX_IS_OFF "; plant.webmanager:power_on() lets it come up");
        return;
    }
    const char *word = line + strspn(line, " \t");
    if (strncmp(word, "help", 4) == 0 && word[4 + strspn(word + 4, " \t\r")] == '\0') {
        printf("%s", help_of_lua);
    }
    line[size] = '\n';
    hx_console_type(server->stage.board, line, size + 1, &said);
    hx_host_power_look(&server->stage);
    printf("%s", hx_text_string(&said));
    fflush(stdout);
    hx_text_free(&said);
}

static void line_run(void *context, char *line, size_t size)
{
    struct server *server = context;
    if (hx_console_knows(&server->help, line)) {
        console_run(server, line, size);
    } else {
        hx_prompt_lua(&server->stage, line);
    }
}

/* ---- time ------------------------------------------------------------------------------- */

/* The instant the world should stand at by the wall clock; never in speed 0. */
static int64_t target_us(const struct server *server)
{
    if (server->options->speed <= 0) {
        return INT64_MAX;
    }
    return (int64_t)((double)(hx_wall_us() - server->started_us) * server->options->speed);
}

/* Runs due events, one instant after the other, for a slice at most. True: it is up to date. */
static bool world_catch_up(struct server *server)
{
    struct sim_world *world = server->stage.world;
    int64_t slice_end_us = hx_wall_us() + SLICE_US;
    int64_t target = target_us(server);
    int64_t next_us = sim_world_next_us(world);
    while (next_us <= target && next_us != INT64_MAX) {
        if (!sim_world_run(world, next_us) || hx_wall_us() >= slice_end_us) {
            return false;
        }
        next_us = sim_world_next_us(world);
    }
    /* So that a line typed now acts now. */
    if (target != INT64_MAX && target > sim_world_now_us(world)) {
        sim_world_run(world, target);
    }
    return true;
}

/* Wall time until something is due, a tick at most. */
static int64_t patience_us(const struct server *server, bool is_up_to_date)
{
    int64_t patience = TICK_US;
    int64_t next_us = sim_world_next_us(server->stage.world);
    if (!is_up_to_date || hx_prompt_is_plain(&server->prompt)) {
        return 0;
    }
    if (next_us != INT64_MAX && server->options->speed > 0) {
        double ahead = (double)(next_us - target_us(server)) / server->options->speed;
        patience = ahead < 0 ? 0 : ahead < TICK_US ? (int64_t)ahead + 1 : TICK_US;
    }
    if (server->options->for_s > 0) {
        int64_t left =
            (int64_t)(server->options->for_s * 1e6) - (hx_wall_us() - server->started_us);
        left = left < 0 ? 0 : left;
        patience = left < patience ? left : patience;
    }
    return patience;
}

/* ---- the whole -------------------------------------------------------------------------- */

static int host_size(const char *address)
{
    const char *colon = strrchr(address, ':');
    return colon != NULL ? (int)(colon - address) : (int)strlen(address);
}

static void say_ready(struct server *server)
{
    const struct hx_options *options = server->options;
    if (server->is_ready || server->stage.board == NULL ||
        !board_view(server->stage.board)->is_complete) {
        return;
    }
    server->is_ready = true;
    const char *rtu = board_rtu_path(server->stage.board);
    printf("ready modbus=%.*s:%d snmp=%.*s:%d%s%s\n", host_size(options->modbus_address),
           options->modbus_address, board_modbus_port(server->stage.board),
           host_size(options->snmp_address), options->snmp_address,
           board_snmp_port(server->stage.board), rtu != NULL ? " rtu=" : "",
           rtu != NULL ? rtu : "");
    fflush(stdout);
}

/* One slice, with a guard: a plant function without an end ends here. */
static bool world_step(struct server *server)
{
    hx_guard_start(server->stage.lua, STEP_LIMIT_S, HX_EXIT_USAGE);
    bool is_up_to_date = world_catch_up(server);
    hx_guard_stop();
    hx_host_power_look(&server->stage);
    const char *failure = sim_plant_failure(server->stage.plant);
    if (failure != NULL) {
        hx_complain("%s", failure);
        server->is_broken = true;
        server->prompt.is_over = true;
    }
    return is_up_to_date;
}

static void serve_until_over(struct server *server)
{
    double for_us = server->options->for_s * 1e6;
    server->started_us = hx_wall_us();
    while (!server->prompt.is_over) {
        bool is_up_to_date = world_step(server);
        if (server->prompt.is_over) {
            break;
        }
        say_ready(server);
        int64_t patience = patience_us(server, is_up_to_date);
        if (hx_host_serve(&server->stage, server->prompt.fd, patience) != 0 ||
            hx_prompt_is_plain(&server->prompt)) {
            hx_prompt_take(&server->prompt);
        }
        if (for_us > 0 && (double)(hx_wall_us() - server->started_us) >= for_us) {
            server->prompt.is_over = true;
            if (!server->is_ready) {
                hx_complain("ended before it was ready: raise --for or --speed");
            }
        }
    }
}

static bool server_open(struct server *server, const char *plant_file)
{
    const struct hx_options *options = server->options;
    const struct hx_stage_options setup = {
        .target = &hx_target_host,
        .seed = options->seed,
        .plant_file = plant_file,
        .settings = {&options->settings, NULL},
        .modbus_address = options->modbus_address,
        .snmp_address = options->snmp_address,
        .trap_address = options->trap_address,
        .trap_addresses = options->trap_addresses,
    };
    return hx_stage_open_here(&server->stage, &setup);
}

int hx_serve(const struct hx_options *options)
{
    static struct server server;
    struct hx_text error = {0};
    if (options->paths != 1) {
        hx_complain("serve: name one plant, as in gbms-bench serve guide_dashboard");
        return HX_EXIT_USAGE;
    }
    char *plant_file = hx_plant_find(NULL, options->path[0], &error);
    if (plant_file == NULL) {
        hx_complain("%s", hx_text_string(&error));
        hx_text_free(&error);
        return HX_EXIT_USAGE;
    }
    server.options = options;
    if (options->log != NULL && !hx_logs_make(options->log)) {
        free(plant_file);
        return HX_EXIT_USAGE;
    }
    lua_State *lua = hx_script_open(&server.stage, options->seed);
    bool is_open =
        hx_prompt_open(&server.prompt, line_run, &server) && server_open(&server, plant_file);
    if (is_open) {
        hx_console_type(server.stage.board, "help\n", 5, &server.help);
        serve_until_over(&server);
    }
    if (is_open && options->log != NULL &&
        !hx_logs_write(options->log, board_media_log(server.stage.media), &error)) {
        hx_complain("%s", hx_text_string(&error));
        hx_text_free(&error);
        server.is_broken = true;
    }
    hx_text_free(&server.help);
    hx_stage_close(&server.stage);
    lua_close(lua);
    free(plant_file);
    return is_open && !server.is_broken ? HX_EXIT_PASSED : HX_EXIT_USAGE;
}
