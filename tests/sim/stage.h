/*
 * stage.h — a plant from a text, and Lua lines on it, for the tests of the plant.
 */
#ifndef TESTS_SIM_STAGE_H
#define TESTS_SIM_STAGE_H

#include <lua.h>

#include "sim/bus/frame.h"
#include "sim/plant/plant.h"

struct stage {
    struct sim_world *world;
    lua_State *lua;
    struct sim_plant *plant; /* null: refused, and error says why */
    struct wm_bus bus;
    char error[512];
};

/* Loads a plant from a file, or from a text through a file named plant.lua of its own. */
void stage_open_file(struct stage *stage, const char *file);
void stage_open(struct stage *stage, const char *text);
/* Allowed twice. */
void stage_close(struct stage *stage);

/* Runs Lua with `plant` in it; the error's text, or null. Valid until the next call. */
const char *stage_lua(struct stage *stage, const char *text);

/* Lua that must go well, and Lua that must fail with this in its error; else the test fails. */
void stage_say(struct stage *stage, const char *text);
void stage_refuse(struct stage *stage, const char *text, const char *wanted);

/* The number or 1/0 that `return text` gives; fails the test on an error. */
double stage_number(struct stage *stage, const char *text);

void stage_wait(struct stage *stage, double seconds);

/* Asks one question; true when a sound answer came. */
bool stage_ask(struct stage *stage, enum wm_message_id message, enum wm_class address_class,
               int32_t address, int32_t value, struct sim_frame *answer);

#endif
