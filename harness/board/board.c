/*
 * board.c — gbms-bench board: a plant's devices on the line of a board, until interrupted.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/board/board_spec.h"
#include "harness/board/target_board.h"
#include "harness/commands.h"
#include "harness/files.h"
#include "harness/prompt.h"
#include "harness/stage/script.h"

/* The longest that a line typed waits. */
#define TURN_US INT64_C(100000)

/* What the board has to be set to, for a person or a script to do so. */
static void settings_print(const struct hx_stage *stage)
{
    size_t count = 0;
    const struct sim_plant_setting *setting = sim_plant_settings(stage->plant, &count);
    for (size_t i = 0; i < count; ++i) {
        printf("%s = %s\n", setting[i].name, setting[i].text);
    }
}

static void line_run(void *context, char *line, size_t size)
{
    (void)size;
    hx_prompt_lua(context, line);
}

static void count_print(const struct hx_stage *stage)
{
    const struct hx_line_count count = hx_target_board_count(stage);
    printf("%llu questions, %llu bytes that were no frame\n", (unsigned long long)count.questions,
           (unsigned long long)count.junk);
}

/* False: the plant broke. */
static bool play(struct hx_stage *stage, struct hx_prompt *prompt, double for_s)
{
    const int64_t end_us = for_s > 0 ? (int64_t)(for_s * 1e6) : INT64_MAX;
    const char *failure = NULL;
    printf("ready line=%s\n", stage->spec->line);
    fflush(stdout);
    while (!prompt->is_over && failure == NULL && stage->target->now_us(stage) < end_us) {
        if (hx_target_board_serve(stage, prompt->fd, TURN_US) || hx_prompt_is_plain(prompt)) {
            hx_prompt_take(prompt);
        }
        failure = sim_plant_failure(stage->plant);
    }
    if (failure != NULL) {
        hx_complain("%s", failure);
    }
    return failure == NULL;
}

static int board_play(const struct hx_options *options, const struct hx_board_spec *spec,
                      const char *plant_file)
{
    static struct hx_stage stage;
    static struct hx_prompt prompt;
    const struct hx_stage_options setup = {
        .target = &hx_target_board,
        .spec = spec,
        .seed = options->seed,
        .plant_file = plant_file,
        .settings = {&spec->settings, &options->settings, NULL},
    };
    lua_State *lua = hx_script_open(&stage, options->seed);
    bool is_good = hx_prompt_open(&prompt, line_run, &stage) && hx_stage_open_here(&stage, &setup);
    if (is_good) {
        settings_print(&stage);
        is_good = play(&stage, &prompt, options->for_s);
        count_print(&stage);
    }
    hx_stage_close(&stage);
    lua_close(lua);
    return is_good ? HX_EXIT_PASSED : HX_EXIT_USAGE;
}

int hx_board(const struct hx_options *options)
{
    struct hx_text error = {0};
    struct hx_board_spec spec = {0};
    int status = HX_EXIT_USAGE;
    if (options->paths != 2) {
        hx_complain("board: name a board's file and a plant, as in gbms-bench board board.lua "
                    "guide_dashboard");
        return status;
    }
    char *plant_file = NULL;
    if (hx_board_spec_load(&spec, options->path[0], &error)) {
        plant_file = hx_plant_find(NULL, options->path[1], &error);
    }
    if (plant_file != NULL) {
        status = board_play(options, &spec, plant_file);
    } else {
        hx_complain("%s", hx_text_string(&error));
    }
    free(plant_file);
    hx_board_spec_free(&spec);
    hx_text_free(&error);
    return status;
}
