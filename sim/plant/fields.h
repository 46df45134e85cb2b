/*
 * fields.h — the fields of a message as a Lua table, in natural units.
 *
 * A field has its name of messages.def without the unit: voltage_mV is `voltage` in V,
 * temperature_ddegC `temperature` in degC, bypass_permille `bypass` in %, resistance_uOhm
 * `resistance` in mOhm, current_mA `current` in A. What begins with is_ is true or false; what has
 * no unit is the whole number it is.
 */
#ifndef SIM_PLANT_FIELDS_H
#define SIM_PLANT_FIELDS_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wm/message.h"

/* Pushes the table of as many values as the message has in that direction. */
void sim_fields_push(lua_State *lua, enum wm_message_id message, enum wm_direction direction,
                     const int32_t *values);

/*
 * Takes the table at index. A field that it leaves out keeps its value, or is refused where
 * `is_whole` asks for all. False, with why as a clause, for what the message does not have and for
 * what a field cannot hold; values are then spoiled.
 */
bool sim_fields_take(lua_State *lua, int index, enum wm_message_id message,
                     enum wm_direction direction, bool is_whole, int32_t *values, char *why,
                     size_t size);

#endif
