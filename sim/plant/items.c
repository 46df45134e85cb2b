/*
 * items.c — what a plant has, as scenarios call it: words, counts, names.
 */
#include <assert.h>
#include <stdio.h>

#include "sim/plant/parts.h"

const char *sim_item_word(int item)
{
    static const char *const words[SIM_ITEMS] = {
        [SIM_ITEM_PLANT] = "plant",
        [SIM_ITEM_STRING] = "string",
        [SIM_ITEM_MODULE] = "module",
        [SIM_ITEM_SENSOR] = "current_sensor",
        [SIM_ITEM_AUX] = "gx_r_aux",
        [SIM_ITEM_AUX_INPUT] = "input",
        [SIM_ITEM_AUX_OUTPUT] = "output",
        [SIM_ITEM_BUS] = "bus",
        [SIM_ITEM_WEBMANAGER] = "webmanager",
        [SIM_ITEM_CHARGER] = "charger",
        [SIM_ITEM_LOAD] = "load",
        [SIM_ITEM_REPEATER] = "repeater",
        [SIM_ITEM_MUTE] = "mute",
        [SIM_ITEM_STORE] = "store",
        [SIM_ITEM_LOG] = "log",
        [SIM_ITEM_COM2] = "com2",
        [SIM_ITEM_COM2_PORT] = "port",
        [SIM_ITEM_COM2_ANALOG] = "analog",
        [SIM_ITEM_COM2_INPUT] = "input",
        [SIM_ITEM_COM2_OUTPUT] = "output",
        [SIM_ITEM_CABLE] = "cable",
    };
    assert(item >= 0 && item < SIM_ITEMS);
    return words[item];
}

#define NO_HAND "can't be touched from here; a story that does needs = { \"virtual_time\" }"

const char *sim_item_refusal(const struct sim_plant *plant, int item)
{
    if (!plant->is_on_line) {
        return NULL;
    }
    switch (item) {
    case SIM_ITEM_WEBMANAGER:
    case SIM_ITEM_MUTE:
        return "a board's panel " NO_HAND;
    case SIM_ITEM_STORE:
    case SIM_ITEM_LOG:
        return "a board's flash " NO_HAND;
    case SIM_ITEM_COM2:
    case SIM_ITEM_COM2_ANALOG:
    case SIM_ITEM_COM2_INPUT:
    case SIM_ITEM_COM2_OUTPUT:
        return "what hangs on a board's COM2 " NO_HAND;
    default:
        return NULL;
    }
}

int32_t sim_item_count(const struct sim_plant *plant, int item)
{
    switch (item) {
    case SIM_ITEM_STRING:
        return plant->battery.shape.strings;
    case SIM_ITEM_MODULE:
        return plant->devices.modules;
    case SIM_ITEM_SENSOR:
        return plant->devices.sensors;
    case SIM_ITEM_AUX:
        return plant->devices.aux;
    case SIM_ITEM_AUX_INPUT:
    case SIM_ITEM_AUX_OUTPUT:
        return plant->devices.aux * WM_AUX_LINES;
    case SIM_ITEM_COM2:
        return plant->com2.is_attached;
    case SIM_ITEM_COM2_PORT:
    case SIM_ITEM_COM2_INPUT:
    case SIM_ITEM_COM2_OUTPUT:
        return plant->com2.is_sensormanager ? SIM_COM2_PORTS : 0;
    case SIM_ITEM_COM2_ANALOG:
        return plant->com2.is_sensormanager ? SIM_COM2_PORTS * SIM_COM2_PORT_ANALOGS : 0;
    case SIM_ITEM_REPEATER:
        return plant->topology.has_repeater;
    case SIM_ITEM_CABLE:
        return plant->topology.cables;
    default:
        return 1;
    }
}

void sim_item_name(const struct sim_plant *plant, int item, int32_t number, char *name, size_t size)
{
    int index = number - 1;
    if (item == SIM_ITEM_MODULE) {
        const int each = (int)plant->battery.modules_per_string;
        (void)snprintf(name, size, "string[%d].module[%d]", index / each + 1, index % each + 1);
    } else if (item == SIM_ITEM_AUX_INPUT || item == SIM_ITEM_AUX_OUTPUT) {
        (void)snprintf(name, size, "gx_r_aux[%d].%s[%d]", index / WM_AUX_LINES + 1,
                       sim_item_word(item), index % WM_AUX_LINES + 1);
    } else if (item == SIM_ITEM_COM2_PORT) {
        (void)snprintf(name, size, "com2.port[%d]", (int)number);
    } else if (item == SIM_ITEM_COM2_ANALOG) {
        (void)snprintf(name, size, "com2.port[%d].analog[%d]", index / SIM_COM2_PORT_ANALOGS + 1,
                       index % SIM_COM2_PORT_ANALOGS + 1);
    } else if (item == SIM_ITEM_COM2_INPUT || item == SIM_ITEM_COM2_OUTPUT) {
        (void)snprintf(name, size, "com2.port[%d].%s", (int)number, sim_item_word(item));
    } else if (item == SIM_ITEM_MUTE || item == SIM_ITEM_STORE || item == SIM_ITEM_LOG) {
        (void)snprintf(name, size, "webmanager.%s", sim_item_word(item));
    } else if (item == SIM_ITEM_CABLE) {
        char near[20], far[20];
        sim_topology_node_name(plant->topology.cable[index].near, near, sizeof near);
        sim_topology_node_name(plant->topology.cable[index].far, far, sizeof far);
        (void)snprintf(name, size, "cable(\"%s\", \"%s\")", near, far);
    } else if (number > 0) {
        (void)snprintf(name, size, "%s[%d]", sim_item_word(item), (int)number);
    } else {
        (void)snprintf(name, size, "%s", sim_item_word(item));
    }
}

int32_t sim_item_place(int item, int32_t number)
{
    assert(item == SIM_ITEM_MODULE || item == SIM_ITEM_SENSOR || item == SIM_ITEM_AUX);
    int32_t first = item == SIM_ITEM_MODULE   ? SIM_DEVICE_MODULE
                    : item == SIM_ITEM_SENSOR ? SIM_DEVICE_SENSOR
                                              : SIM_DEVICE_AUX;
    return first + number - 1;
}
