/*
 * simulation.c — virtual time against real time, firmware core included: a full bank for a day,
 * busy and on float, and a small one for a year.
 *
 * As in a run of gbms-bench: every byte on the bus and every published view goes into the trace
 * hash. Without sockets: what they cost depends on who talks. Run from the top of the tree.
 */
#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "echo.h"
#include "harness/stage/trace.h"
#include "sim/plant/plant.h"
#include "sim/world.h"
#include "wm/board.h"

#define SETTINGS_MAX 128
/* A round of this bank takes less than half of it at 115,200 baud. */
#define BUSY_PERIOD_MS  5000
#define FLOAT_PERIOD_MS 60000
#define YEAR_PERIOD_MS  300000
#define YEAR_HOURS      (365 * 24)

struct run {
    struct hx_trace trace;
    uint64_t views;
};

static void published(void *context, const struct wm_view *view)
{
    struct run *run = context;
    hx_trace_view(&run->trace, view);
    run->views++;
}

/* The plant's own settings and the period in the form the board takes; returns how many. */
static size_t settings_of(const struct sim_plant *plant, int32_t period_ms,
                          struct wm_change *settings)
{
    size_t count;
    const struct sim_plant_setting *rows = sim_plant_settings(plant, &count);
    must(count < SETTINGS_MAX, "the plant has more settings than this program takes");
    for (size_t i = 0; i < count; i++) {
        char error[256];
        must(wm_setting_find(rows[i].name, &settings[i].setting), rows[i].name);
        must(wm_setting_parse(settings[i].setting, rows[i].text, &settings[i].value, error,
                              sizeof error) == WM_OK,
             rows[i].name);
    }
    settings[count].setting = wm_setting_bus_round_period;
    settings[count].value = period_ms;
    return count + 1;
}

/* Prints what was done; returns how many seconds it took. */
static double run_measure(const char *name, const char *plant_file, int32_t period_ms,
                          int64_t hours)
{
    char error[1024] = "";
    struct run run = {.views = 0};
    struct wm_change settings[SETTINGS_MAX] = {0};
    lua_State *lua = luaL_newstate();
    struct sim_world *world = sim_world_create(1);
    must(lua != NULL && world != NULL, "memory for a world");
    luaL_openlibs(lua);
    struct sim_plant *plant = sim_plant_load(world, lua, plant_file, NULL, error, sizeof error);
    must(plant != NULL, error);
    hx_trace_start(&run.trace);
    sim_plant_tap(plant, hx_trace_bus, &run.trace);
    const struct board_options options = {
        .world = world,
        .media = board_media_create(),
        .bus = sim_plant_bus(plant),
        .settings = settings,
        .settings_count = settings_of(plant, period_ms, settings),
        .published = published,
        .context = &run,
    };
    must(options.media != NULL, "memory of the webmanager");
    struct board *board = board_open(&options, error, sizeof error);
    must(board != NULL, error);
    sim_plant_listen(plant, board_wake, board);

    const int64_t end_us = hours * 3600 * 1000000;
    const double start_s = seconds_now();
    must(sim_world_run(world, end_us), "running to the end");
    const double taken_s = seconds_now() - start_s;
    must(board_view(board)->is_complete != 0, "every module measured once");
    printf("# %s: %lld h, %llu polls, %llu views, %.2f s, trace %016llx\n", name, (long long)hours,
           (unsigned long long)run.trace.bus.frames / 2, (unsigned long long)run.views, taken_s,
           (unsigned long long)run.trace.hash);
    board_close(board);
    board_media_destroy(options.media);
    sim_plant_destroy(plant);
    sim_world_destroy(world);
    lua_close(lua);
    return taken_s;
}

int main(int argc, char **argv)
{
    int64_t hours = 24;
    if (argc == 3 && strcmp(argv[1], "--hours") == 0) {
        hours = strtol(argv[2], NULL, 10);
    }
    if (hours < 1 || hours > 240 || (argc != 1 && argc != 3)) {
        fprintf(stderr, "usage: benchmark-simulation [--hours 1..240]\n");
        return 2;
    }
    const double virtual_s = (double)hours * 3600;
    const char *bank = "scenarios/plants/full_bank.lua";
    const double plain = virtual_s / run_measure("full bank", bank, BUSY_PERIOD_MS, hours);
    const double lua =
        virtual_s /
        run_measure("full bank in Lua", "tests/benchmark/full_bank_lua.lua", BUSY_PERIOD_MS, hours);
    const double afloat = virtual_s / run_measure("full bank afloat", bank, FLOAT_PERIOD_MS, hours);
    bool is_met = figure_at_least("simulation_times_real", plain, 17000);
    is_met &= figure_at_least("simulation_lua_times_real", lua, 8000);
    is_met &= figure_at_least("simulation_float_times_real", afloat, 5000);
    const double year_s = run_measure("18 blocks", "scenarios/plants/two_strings_of_nine.lua",
                                      YEAR_PERIOD_MS, YEAR_HOURS);
    is_met &= figure_at_most("simulation_year_seconds", year_s, 20);
    return is_met ? 0 : 1;
}
