/*
 * module.c — what goes wrong in a battery module itself: its answers, its address, its
 * power, its bypass. What it measures by is in sensor.c.
 */
#include <math.h>

#include "sim/catalogue/catalogue.h"
#include "sim/plant/parts.h"

static struct sim_device *device_at(struct sim_plant *plant, const struct sim_defect_at *at)
{
    return &plant->devices.device[SIM_DEVICE_MODULE + at->number - 1];
}

static const struct sim_device *look_at(const struct sim_plant *plant,
                                        const struct sim_defect_at *at)
{
    return &plant->devices.device[SIM_DEVICE_MODULE + at->number - 1];
}

/* A question met the module, whether it could answer or not. */
static int64_t met_asked(const struct sim_plant *plant, const struct sim_defect_at *at)
{
    return look_at(plant, at)->asked;
}

/* ---- answers ---------------------------------------------------------------------------- */

/* As mute{} does; plug() ends it as well. */
static void apply_silent(struct sim_plant *plant, const struct sim_defect_at *at, double size)
{
    device_at(plant, at)->mute_left = size > 0 ? -1 : 0;
}

static void apply_slow(struct sim_plant *plant, const struct sim_defect_at *at, double size)
{
    device_at(plant, at)->latency_us = (int64_t)(size * 1e6 + 0.5);
}

static double present_slow(const struct sim_plant *plant, const struct sim_defect_at *at)
{
    return (double)look_at(plant, at)->latency_us * 1e-6;
}

static void apply_stuck(struct sim_plant *plant, const struct sim_defect_at *at, double size)
{
    sim_devices_stick(&plant->devices, at->number - 1, size > 0);
}

static int64_t met_stuck(const struct sim_plant *plant, const struct sim_defect_at *at)
{
    return plant->devices.module[at->number - 1].stuck_answers;
}

static void apply_revision(struct sim_plant *plant, const struct sim_defect_at *at, double size)
{
    device_at(plant, at)->hardware_revision = (uint16_t)size;
}

static double present_revision(const struct sim_plant *plant, const struct sim_defect_at *at)
{
    return look_at(plant, at)->hardware_revision;
}

static int64_t met_revision(const struct sim_plant *plant, const struct sim_defect_at *at)
{
    return look_at(plant, at)->identified;
}

/* ---- babbling --------------------------------------------------------------------------- */

#define RATE_LEAST 0.001 /* frames/s */

static void apply_babbling(struct sim_plant *plant, const struct sim_defect_at *at, double size)
{
    struct sim_module *module = &plant->devices.module[at->number - 1];
    plant->devices.babblers += (size > 0) - module->babbles;
    module->babbles = size > 0;
}

/* An answer to a question that nobody asked, at uneven times. */
static int64_t again_babbling(struct sim_plant *plant, const struct sim_defect_at *at, double size)
{
    struct sim_random *random = &plant->catalogue.random;
    const int32_t place = SIM_DEVICE_MODULE + at->number - 1;
    if (sim_device_is_up(&plant->devices.device[place]) &&
        sim_topology_loss(&plant->topology, place) < 1) {
        uint8_t bytes[WM_FRAME_SIZE_MAX];
        const uint8_t sequence = (uint8_t)(sim_random_next(random) >> 56);
        const size_t length = sim_devices_unasked(&plant->devices, at->number - 1, sequence, bytes);
        sim_wire_babble(&plant->wire, bytes, length);
        plant->devices.module[at->number - 1].babbled++;
    }
    const double rate = size > RATE_LEAST ? size : RATE_LEAST; /* a ramp begins and ends at 0 */
    return (int64_t)((0.5 + sim_random_unit(random)) * 1e6 / rate) + 1;
}

static const char *refuse_babbling(const struct sim_plant *plant, const struct sim_defect_at *at,
                                   double size)
{
    (void)plant, (void)at;
    return size > 0 && size < RATE_LEAST ? "takes a rate of 0, or of 0.001 frames/s or more" : NULL;
}

static int64_t met_babbling(const struct sim_plant *plant, const struct sim_defect_at *at)
{
    return plant->devices.module[at->number - 1].babbled;
}

/* ---- addresses -------------------------------------------------------------------------- */

static void apply_address(struct sim_plant *plant, const struct sim_defect_at *at, double size)
{
    sim_devices_set_address(&plant->devices, at->number - 1, (int32_t)size);
}

static double present_address(const struct sim_plant *plant, const struct sim_defect_at *at)
{
    return plant->devices.module[at->number - 1].address;
}

static bool has_other(const struct sim_plant *plant, const struct sim_defect_at *at, double address)
{
    const struct sim_devices *devices = &plant->devices;
    for (int32_t m = devices->by_address[(int32_t)address]; m >= 0; m = devices->module[m].next) {
        if (m != at->number - 1) {
            return true;
        }
    }
    return false;
}

static const char *refuse_wrong(const struct sim_plant *plant, const struct sim_defect_at *at,
                                double size)
{
    return size > 0 && has_other(plant, at, size)
               ? "takes an address that nobody has; with that of another it is a twin_address"
               : NULL;
}

static const char *refuse_twin(const struct sim_plant *plant, const struct sim_defect_at *at,
                               double size)
{
    return has_other(plant, at, size)
               ? NULL
               : "takes the address of another module; one that nobody has is a wrong_address";
}

/* Somebody asked for it by its own address, or met it at another's. */
static int64_t met_address(const struct sim_plant *plant, const struct sim_defect_at *at)
{
    return look_at(plant, at)->asked + plant->devices.unheard;
}

/* ---- power and bypass ------------------------------------------------------------------- */

static void apply_rebooting(struct sim_plant *plant, const struct sim_defect_at *at, double size)
{
    if (!(size > 0)) {
        sim_devices_down(&plant->devices, SIM_DEVICE_MODULE + at->number - 1, SIM_DOWN_REBOOTS,
                         false);
    }
}

static int64_t again_rebooting(struct sim_plant *plant, const struct sim_defect_at *at, double size)
{
    const bool was_down = (look_at(plant, at)->down & SIM_DOWN_REBOOTS) != 0;
    sim_devices_down(&plant->devices, SIM_DEVICE_MODULE + at->number - 1, SIM_DOWN_REBOOTS,
                     !was_down);
    return (int64_t)((was_down ? at->option[0] : size) * 1e6) + 1;
}

static int64_t met_rebooting(const struct sim_plant *plant, const struct sim_defect_at *at)
{
    return look_at(plant, at)->missed_rebooting;
}

/* As bypass = ... does; below 0: as ordered. */
static void apply_bypass(struct sim_plant *plant, const struct sim_defect_at *at, double size)
{
    sim_devices_pin_bypass(&plant->devices, at->number - 1,
                           size < 0 ? -1 : (int32_t)(size * 10 + 0.5));
}

static double present_bypass(const struct sim_plant *plant, const struct sim_defect_at *at)
{
    const struct sim_module *module = &plant->devices.module[at->number - 1];
    return module->is_bypass_pinned ? module->bypass_pin_permille / 10.0 : -1;
}

static int64_t met_bypass(const struct sim_plant *plant, const struct sim_defect_at *at)
{
    return plant->devices.module[at->number - 1].disobeyed;
}

/* ---- the rows --------------------------------------------------------------------------- */

static const char unasked[] = "and nobody asked it since";

static const struct sim_defect_row rows[] = {
    {
        .item = SIM_ITEM_MODULE,
        .verb = "silent",
        .meaning = "hears, does what it is asked, and does not answer",
        .apply = apply_silent,
        .met = met_asked,
        .unmet = unasked,
    },
    {
        .item = SIM_ITEM_MODULE,
        .verb = "slow",
        .size = SIM_DEFECT_SIZE("latency", "s", 0, 10, 0.05),
        .neutral = SIM_LATENCY_US * 1e-6,
        .meaning = "answers so long after a question",
        .apply = apply_slow,
        .present = present_slow,
        .property = "latency",
        .met = met_asked,
        .unmet = unasked,
    },
    {
        .item = SIM_ITEM_MODULE,
        .verb = "babbling",
        .size = SIM_DEFECT_SIZE("rate", "frames/s", 0, 50, 5),
        .meaning = "talks unasked, over whoever is talking",
        .apply = apply_babbling,
        .refuse = refuse_babbling,
        .again = again_babbling,
        .met = met_babbling,
        .unmet = "and it never talked",
    },
    {
        .item = SIM_ITEM_MODULE,
        .verb = "wrong_address",
        .size = SIM_DEFECT_WHOLE("address", "(0: the factory's)", 0, WM_MODULES_MAX, 0),
        .neutral = -1,
        .meaning = "answers at an address of nobody",
        .apply = apply_address,
        .present = present_address,
        .property = "address",
        .refuse = refuse_wrong,
        .met = met_address,
        .unmet = unasked,
    },
    {
        .item = SIM_ITEM_MODULE,
        .verb = "twin_address",
        .size = SIM_DEFECT_WHOLE("address", "", 1, WM_MODULES_MAX, NAN),
        .neutral = -1,
        .meaning = "answers at the address of another module, together with that",
        .apply = apply_address,
        .present = present_address,
        .property = "address",
        .refuse = refuse_twin,
        .met = met_address,
        .unmet = unasked,
    },
    {
        .item = SIM_ITEM_MODULE,
        .verb = "wrong_revision",
        .size = SIM_DEFECT_WHOLE("hardware", "(0x0302 is 03.02)", 0, UINT16_MAX, 0x0401),
        .neutral = SIM_HARDWARE_REVISION,
        .meaning = "is of another hardware revision; asked for when it is new, or back",
        .apply = apply_revision,
        .present = present_revision,
        .met = met_revision,
        .unmet = "and nobody asked what it is since",
    },
    {
        .item = SIM_ITEM_MODULE,
        .verb = "stuck_value",
        .meaning = "tells what it would tell now, whatever the block does",
        .apply = apply_stuck,
        .met = met_stuck,
        .unmet = "and it told nothing that was not so",
    },
    {
        .item = SIM_ITEM_MODULE,
        .verb = "rebooting",
        .size = SIM_DEFECT_SIZE("silent", "s", 0, 600, 5),
        .option = {SIM_DEFECT_SIZE("every", "s", 1, 86400, 60)},
        .meaning = "has no power for so long, forgets its bypass, and again",
        .apply = apply_rebooting,
        .again = again_rebooting,
        .met = met_rebooting,
        .unmet = "and nobody asked it while it was starting",
    },
    {
        .item = SIM_ITEM_MODULE,
        .verb = "stuck_bypass",
        .size = SIM_DEFECT_SIZE("level", "%", 0, 100, 100),
        .neutral = -1,
        .meaning = "its bypass stays so, whatever is ordered; 0: off",
        .apply = apply_bypass,
        .present = present_bypass,
        .property = "bypass",
        .met = met_bypass,
        .unmet = "and nobody ordered anything else since",
    },
};

struct sim_defect_rows sim_defect_rows_module(void)
{
    return (struct sim_defect_rows){rows, sizeof rows / sizeof rows[0]};
}
