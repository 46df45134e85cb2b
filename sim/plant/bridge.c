/*
 * bridge.c — see bridge.h.
 */
#include "sim/plant/bridge.h"

#include <string.h>

#include "sim/bus/frame.h"

void sim_bridge_init(struct sim_bridge *bridge, struct sim_world *world, struct sim_plant *plant,
                     bool has_echo)
{
    *bridge = (struct sim_bridge){.asked_us = -1,
                                  .world = world,
                                  .plant = plant,
                                  .bus = sim_plant_bus(plant),
                                  .has_echo = has_echo};
}

void sim_bridge_forget(struct sim_bridge *bridge)
{
    bridge->size = bridge->echo_size = 0;
}

/* ---- from the line ---------------------------------------------------------------------- */

/* How many of these bytes are the echo of what was given; another byte in its place ends that. */
static size_t echo_drop(struct sim_bridge *bridge, const uint8_t *bytes, size_t size)
{
    size_t same = 0;
    while (same < size && same < bridge->echo_size && bytes[same] == bridge->echo[same]) {
        same++;
    }
    const bool is_over = same < size;
    bridge->echo_size = is_over ? 0 : bridge->echo_size - same;
    memmove(bridge->echo, bridge->echo + same, bridge->echo_size);
    return same;
}

void sim_bridge_take(struct sim_bridge *bridge, const uint8_t *bytes, size_t size)
{
    const size_t echo = echo_drop(bridge, bytes, size);
    size_t kept = size - echo;
    if (kept > sizeof bridge->bytes - bridge->size) {
        bridge->junk += kept - (sizeof bridge->bytes - bridge->size);
        kept = sizeof bridge->bytes - bridge->size;
    }
    memcpy(bridge->bytes + bridge->size, bytes + echo, kept);
    bridge->size += kept;
    bridge->came_us = sim_world_now_us(bridge->world);
}

/* The bytes at the start that are one frame, or one piece of junk; 0: more are to come. */
static size_t piece_size(const struct sim_bridge *bridge, bool is_late)
{
    size_t size = 1;
    if (!sim_frame_is_partial(bridge->bytes, 1)) {
        while (size < bridge->size && size < WM_FRAME_SIZE_MAX &&
               !sim_frame_is_partial(bridge->bytes + size, 1)) {
            size++;
        }
        return size;
    }
    while (size < bridge->size && sim_frame_is_partial(bridge->bytes, size)) {
        size++;
    }
    return is_late || !sim_frame_is_partial(bridge->bytes, size) ? size : 0;
}

/* An answer of somebody else has had its time on the line, and is for none of the devices. */
static bool answer_take(struct sim_bridge *bridge, size_t size)
{
    struct sim_frame frame;
    if (!sim_frame_decode(bridge->bytes, size, WM_ANSWER, &frame)) {
        return false;
    }
    bridge->others++;
    if (frame.address_class == WM_CLASS_MODULE && sim_plant_plays(bridge->plant, frame.address)) {
        bridge->doubled = frame.address;
    }
    return true;
}

/* False: what the webmanager sent before is on the line still, where the line has its own pace. */
static bool piece_take(struct sim_bridge *bridge, size_t size)
{
    struct sim_frame frame;
    if (bridge->bus.ops->transmit(bridge->bus.self, bridge->bytes, size) == WM_BUSY) {
        return false;
    }
    if (sim_frame_decode(bridge->bytes, size, WM_QUESTION, &frame)) {
        bridge->questions++;
        bridge->asked_us = bridge->came_us;
    } else {
        bridge->junk += size;
    }
    return true;
}

int64_t sim_bridge_go(struct sim_bridge *bridge)
{
    const int64_t now_us = sim_world_now_us(bridge->world);
    while (bridge->size > 0) {
        const bool is_late = now_us - bridge->came_us >= SIM_BRIDGE_GAP_US;
        const size_t size = piece_size(bridge, is_late);
        if (size == 0) {
            return bridge->came_us + SIM_BRIDGE_GAP_US;
        }
        if (!answer_take(bridge, size) && !piece_take(bridge, size)) {
            return now_us + 1000;
        }
        bridge->size -= size;
        memmove(bridge->bytes, bridge->bytes + size, bridge->size);
    }
    const int64_t byte_us = sim_plant_next_byte_us(bridge->plant);
    return byte_us < now_us + SIM_BRIDGE_PIECE_US ? now_us + SIM_BRIDGE_PIECE_US : byte_us;
}

/* ---- to the line ------------------------------------------------------------------------ */

size_t sim_bridge_give(struct sim_bridge *bridge, uint8_t *bytes, size_t size_max)
{
    const int size = bridge->bus.ops->receive(bridge->bus.self, bytes, size_max);
    if (size <= 0) {
        return 0;
    }
    const size_t room = sizeof bridge->echo - bridge->echo_size;
    if (bridge->has_echo && (size_t)size <= room) {
        memcpy(bridge->echo + bridge->echo_size, bytes, (size_t)size);
        bridge->echo_size += (size_t)size;
    }
    return (size_t)size;
}
