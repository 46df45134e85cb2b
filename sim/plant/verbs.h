/*
 * verbs.h — what the items of a plant can be told: a row a verb, and the faults of the catalogue.
 *
 * What plant files and scenarios define beside them is in own_verbs.h.
 */
#ifndef SIM_PLANT_VERBS_H
#define SIM_PLANT_VERBS_H

#include <lua.h>
#include <stdbool.h>

bool sim_verb_is_known(int item, const char *word);

/* Pushes the function of a verb; false, and nothing pushed, if the item knows none such. */
bool sim_verb_push(lua_State *lua, int item, const char *word);

/* Tells each verb of an item. */
void sim_verbs_list(int item, void (*take)(void *context, const char *name), void *context);

#endif
