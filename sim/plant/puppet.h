/*
 * puppet.h — the Lua values of a plant, as its verbs are given them. For puppet.c and verbs.c only.
 */
#ifndef SIM_PLANT_PUPPET_H
#define SIM_PLANT_PUPPET_H

#include <lua.h>
#include <stdint.h>

#include "sim/plant/parts.h"

enum sim_puppet_kind { SIM_PUPPET_ITEM, SIM_PUPPET_LIST, SIM_PUPPET_REFERENCE };

struct sim_puppet {
    struct sim_plant_box *box; /* held by user value 1 */
    enum sim_puppet_kind kind;
    int item;
    int32_t number;                      /* of the item; of a list: the first */
    int32_t count;                       /* of a list */
    const struct sim_property *property; /* of a reference; null: a published point only */
    const char *property_name;
};

/* The value at index if it is an item, else null. Its plant may be gone. */
const struct sim_puppet *sim_puppet_at(lua_State *lua, int index);

/*
 * The item at 1 that a verb is called on; an error if it is none of the items, bits 1 << item, if
 * its plant is gone or out of reach.
 */
const struct sim_puppet *sim_puppet_item(lua_State *lua, const char *verb, unsigned items);

/* The property of an item that can be pushed; an error lists those that can. */
const struct sim_property *sim_puppet_pushed(lua_State *lua, int item, const char *word);

/* The number that the value at index means for a property; an error says what it takes. */
double sim_puppet_value(lua_State *lua, int index, const struct sim_property *property);

#endif
