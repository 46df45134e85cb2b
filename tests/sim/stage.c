/*
 * stage.c — see stage.h.
 */
#include "tests/sim/stage.h"

#include <assert.h>
#include <criterion/criterion.h>
#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void stage_open_file(struct stage *stage, const char *file)
{
    *stage = (struct stage){.world = sim_world_create(1), .lua = luaL_newstate()};
    assert(stage->world != NULL && stage->lua != NULL);
    luaL_openlibs(stage->lua);
    stage->plant =
        sim_plant_load(stage->world, stage->lua, file, NULL, stage->error, sizeof stage->error);
    if (stage->plant != NULL) {
        sim_plant_push(stage->plant, stage->lua);
        lua_setglobal(stage->lua, "plant");
        stage->bus = sim_plant_bus(stage->plant);
    }
}

void stage_open(struct stage *stage, const char *text)
{
    char folder[] = "/tmp/sim-stage-XXXXXX";
    char file[64];
    char *made = mkdtemp(folder);
    assert(made != NULL);
    (void)snprintf(file, sizeof file, "%s/plant.lua", folder);
    FILE *stream = fopen(file, "w");
    assert(stream != NULL);
    (void)fputs(text, stream);
    (void)fclose(stream);
    stage_open_file(stage, file);
    (void)remove(file);
    (void)rmdir(folder);
    /* The folder's name is by chance: what is told begins at plant.lua. */
    char *at = strstr(stage->error, "plant.lua");
    if (at != NULL) {
        memmove(stage->error, at, strlen(at) + 1);
    }
}

void stage_close(struct stage *stage)
{
    sim_plant_destroy(stage->plant);
    if (stage->lua != NULL) {
        lua_close(stage->lua);
    }
    sim_world_destroy(stage->world);
    *stage = (struct stage){0};
}

const char *stage_lua(struct stage *stage, const char *text)
{
    lua_settop(stage->lua, 0);
    if (luaL_loadbuffer(stage->lua, text, strlen(text), "=story") == LUA_OK &&
        lua_pcall(stage->lua, 0, 1, 0) == LUA_OK) {
        return NULL;
    }
    return lua_tostring(stage->lua, -1);
}

void stage_say(struct stage *stage, const char *text)
{
    const char *error = stage_lua(stage, text);
    cr_assert_null(error, "%s: %s", text, error);
}

void stage_refuse(struct stage *stage, const char *text, const char *wanted)
{
    const char *error = stage_lua(stage, text);
    cr_assert_not_null(error, "%s", text);
    cr_assert_not_null(strstr(error, wanted), "%s\nsaid: %s\nnot:  %s", text, error, wanted);
}

double stage_number(struct stage *stage, const char *text)
{
    char line[200];
    (void)snprintf(line, sizeof line, "return %s", text);
    const char *error = stage_lua(stage, line);
    if (error != NULL) {
        fprintf(stderr, "%s: %s\n", text, error);
        abort();
    }
    return lua_isboolean(stage->lua, -1) ? lua_toboolean(stage->lua, -1)
                                         : lua_tonumber(stage->lua, -1);
}

void stage_wait(struct stage *stage, double seconds)
{
    (void)sim_world_run(stage->world, sim_world_now_us(stage->world) + (int64_t)(seconds * 1e6));
}

bool stage_ask(struct stage *stage, enum wm_message_id message, enum wm_class address_class,
               int32_t address, int32_t value, struct sim_frame *answer)
{
    static uint8_t sequence;
    struct sim_frame question = {.message = message,
                                 .direction = WM_QUESTION,
                                 .address_class = address_class,
                                 .address = address,
                                 .sequence = ++sequence,
                                 .values = {value}};
    uint8_t bytes[4 * WM_FRAME_SIZE_MAX];
    size_t size = sim_frame_encode(&question, bytes);
    if (stage->bus.ops->transmit(stage->bus.self, bytes, size) != WM_OK) {
        return false;
    }
    stage_wait(stage, 0.1);
    int count = stage->bus.ops->receive(stage->bus.self, bytes, sizeof bytes);
    return count > 0 && sim_frame_decode(bytes, (size_t)count, WM_ANSWER, answer) &&
           answer->sequence == sequence;
}
