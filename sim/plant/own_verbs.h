/*
 * own_verbs.h — verbs that a plant file or a scenario file defines for the items of a plant.
 *
 * Always true: a word that an item knows is never given another meaning; a verb of a plant file is
 * gone with its plant, one of a scenario file with the state.
 */
#ifndef SIM_PLANT_OWN_VERBS_H
#define SIM_PLANT_OWN_VERBS_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

struct sim_plant;

/*
 * Defines the verb from the item's word, the name and the function at 1, 2 and 3: of the plant, or
 * where that is null of every plant in the state. Null, or why not, as a sentence that lives as
 * long as what it pushes on top.
 */
const char *sim_own_verb_define(lua_State *lua, struct sim_plant *plant);

/* Pushes the function of a verb; false, and nothing pushed, if there is none such. */
bool sim_own_verb_push(lua_State *lua, const struct sim_plant *plant, const char *item,
                       const char *name);

/* Tells each name that an item can be asked by. */
void sim_own_verbs_list(lua_State *lua, const struct sim_plant *plant, const char *item,
                        void (*take)(void *context, const char *name), void *context);

#endif
