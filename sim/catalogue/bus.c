/*
 * bus.c — what goes wrong with the line and its cables. What it does to frames is in
 * topology.c; single frames are struck by the orders of faults.h.
 */
#include "sim/catalogue/catalogue.h"
#include "sim/plant/parts.h"

static int64_t met_noisy(const struct sim_plant *plant, const struct sim_defect_at *at)
{
    (void)at;
    return plant->topology.noise_struck;
}

static int64_t met_echo(const struct sim_plant *plant, const struct sim_defect_at *at)
{
    (void)at;
    return plant->topology.echo_struck;
}

static int64_t met_too_long(const struct sim_plant *plant, const struct sim_defect_at *at)
{
    return plant->topology.cable[at->number - 1].struck;
}

static const char unstruck[] = "and no frame was corrupted by it";

static void apply_noisy(struct sim_plant *plant, const struct sim_defect_at *at, double size)
{
    (void)at;
    sim_topology_noise(&plant->topology, size / 100);
}

static void apply_echo(struct sim_plant *plant, const struct sim_defect_at *at, double size)
{
    (void)at;
    sim_topology_echo(&plant->topology, size / 100);
}

static void apply_shorted(struct sim_plant *plant, const struct sim_defect_at *at, double size)
{
    (void)at;
    sim_topology_short(&plant->topology, size > 0);
}

static int64_t met_shorted(const struct sim_plant *plant, const struct sim_defect_at *at)
{
    (void)at;
    return plant->topology.short_met;
}

/* ---- brown-out -------------------------------------------------------------------------- */

static bool is_there(const struct sim_plant *plant, int32_t place)
{
    if (place >= SIM_DEVICE_AUX) {
        return place - SIM_DEVICE_AUX < plant->devices.aux;
    }
    return place >= SIM_DEVICE_SENSOR ? place - SIM_DEVICE_SENSOR < plant->devices.sensors
                                      : place < plant->devices.modules;
}

/* Those in the last `share` percent of the cables' way. */
static void brown_out(struct sim_plant *plant, double share, bool is_down)
{
    const double most = sim_topology_depth_max(&plant->topology);
    for (int32_t place = 0; place < SIM_DEVICES; place++) {
        if (is_there(plant, place)) {
            const int32_t depth = sim_topology_depth(&plant->topology, place);
            const bool is_far = depth > most * (100 - share) / 100;
            sim_devices_down(&plant->devices, place, SIM_DOWN_BROWN_OUT, is_down && is_far);
        }
    }
}

static bool is_browned_out(const struct sim_plant *plant)
{
    for (int32_t place = 0; place < SIM_DEVICES; place++) {
        if ((plant->devices.device[place].down & SIM_DOWN_BROWN_OUT) != 0) {
            return true;
        }
    }
    return false;
}

static void apply_brown_out(struct sim_plant *plant, const struct sim_defect_at *at, double size)
{
    (void)at;
    brown_out(plant, size, is_browned_out(plant) && size > 0);
}

static int64_t again_brown_out(struct sim_plant *plant, const struct sim_defect_at *at, double size)
{
    const bool was_down = is_browned_out(plant);
    brown_out(plant, size, !was_down);
    return (int64_t)(at->option[was_down ? 1 : 0] * 1e6);
}

static int64_t met_brown_out(const struct sim_plant *plant, const struct sim_defect_at *at)
{
    int64_t missed = 0;
    (void)at;
    for (int32_t place = 0; place < SIM_DEVICES; place++) {
        missed += plant->devices.device[place].missed_brown_out;
    }
    return missed;
}

/* ---- cables ----------------------------------------------------------------------------- */

static void apply_cut(struct sim_plant *plant, const struct sim_defect_at *at, double size)
{
    if (size > 0) {
        sim_topology_cut(&plant->topology, at->number - 1);
    } else {
        sim_topology_mend(&plant->topology, at->number - 1);
    }
}

static int64_t met_cut(const struct sim_plant *plant, const struct sim_defect_at *at)
{
    return plant->topology.cable[at->number - 1].met;
}

static void apply_too_long(struct sim_plant *plant, const struct sim_defect_at *at, double size)
{
    sim_topology_stretch(&plant->topology, at->number - 1, size / 100);
}

/* ---- the rows --------------------------------------------------------------------------- */

static const struct sim_defect_row rows[] = {
    {
        .item = SIM_ITEM_BUS,
        .verb = "noisy",
        .size = SIM_DEFECT_SIZE("percent", "%", 0, 100, 5),
        .meaning = "so many of all frames are corrupted, each way",
        .apply = apply_noisy,
        .met = met_noisy,
        .unmet = unstruck,
    },
    {
        .item = SIM_ITEM_BUS,
        .verb = "wrong_termination",
        .size = SIM_DEFECT_SIZE("percent", "%", 0, 100, 20),
        .meaning = "so many frames are corrupted at the far end, fewer the nearer",
        .apply = apply_echo,
        .met = met_echo,
        .unmet = unstruck,
    },
    {
        .item = SIM_ITEM_BUS,
        .verb = "shorted",
        .meaning = "no frame comes through to anybody",
        .apply = apply_shorted,
        .met = met_shorted,
        .unmet = "and nobody was asked since",
    },
    {
        .item = SIM_ITEM_BUS,
        .verb = "brown_out",
        .size = SIM_DEFECT_SIZE("share", "% of the way", 0, 100, 30),
        .option = {SIM_DEFECT_SIZE("silent", "s", 0.1, 600, 2),
                   SIM_DEFECT_SIZE("every", "s", 1, 86400, 60)},
        .meaning = "what is furthest from the supply has no power for a while, again and again",
        .apply = apply_brown_out,
        .again = again_brown_out,
        .met = met_brown_out,
        .unmet = "and nobody was asked while without power",
    },
    {
        .item = SIM_ITEM_CABLE,
        .verb = "cut",
        .meaning = "no frame passes it, until it is mended",
        .apply = apply_cut,
        .met = met_cut,
        .unmet = "and nobody beyond it was asked since",
    },
    {
        .item = SIM_ITEM_CABLE,
        .verb = "too_long",
        .size = SIM_DEFECT_SIZE("by", "% of the limit", 0, 100, 20),
        .meaning = "what hangs beyond it is beyond its limit: so many frames are corrupted",
        .apply = apply_too_long,
        .met = met_too_long,
        .unmet = unstruck,
    },
};

struct sim_defect_rows sim_defect_rows_bus(void)
{
    return (struct sim_defect_rows){rows, sizeof rows / sizeof rows[0]};
}
