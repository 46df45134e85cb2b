/*
 * supply.c — what goes wrong around the blocks: charger, strings, room.
 */
#include <math.h>

#include "sim/catalogue/catalogue.h"
#include "sim/plant/parts.h"

static double cells_in_series(const struct sim_plant *plant)
{
    return plant->battery.modules_per_string * plant->battery.shape.cells;
}

/* ---- charger ---------------------------------------------------------------------------- */

/* Whole seconds up to the battery's last step, which an order or a push makes to be now. */
static int64_t met_switched(const struct sim_plant *plant, const struct sim_defect_at *at)
{
    (void)at;
    return (int64_t)plant->battery.charger.switched_s;
}

static int64_t met_giving(const struct sim_plant *plant, const struct sim_defect_at *at)
{
    (void)at;
    return (int64_t)plant->battery.charger.giving_s;
}

static int64_t met_holding(const struct sim_plant *plant, const struct sim_defect_at *at)
{
    (void)at;
    return (int64_t)plant->battery.charger.holding_s;
}

static int64_t met_on_bus(const struct sim_plant *plant, const struct sim_defect_at *at)
{
    return (int64_t)plant->battery.string[at->number - 1].on_bus_s;
}

static const char not_giving[] = "and the charger gave nothing to any string since";
static const char not_holding[] = "and the charger held no string's voltage since";

static void apply_too_high(struct sim_plant *plant, const struct sim_defect_at *at, double size)
{
    (void)at;
    plant->battery.charger.high_V = size * cells_in_series(plant);
}

static void apply_too_low(struct sim_plant *plant, const struct sim_defect_at *at, double size)
{
    (void)at;
    plant->battery.charger.low_V = size * cells_in_series(plant);
}

static void apply_failed(struct sim_plant *plant, const struct sim_defect_at *at, double size)
{
    (void)at;
    plant->battery.charger.has_failed = size > 0;
}

static void apply_compensation_lost(struct sim_plant *plant, const struct sim_defect_at *at,
                                    double size)
{
    (void)at;
    plant->battery.charger.has_lost_probe = size > 0;
}

static const char *refuse_compensation_lost(const struct sim_plant *plant,
                                            const struct sim_defect_at *at, double size)
{
    (void)at, (void)size;
    return plant->battery.charger.compensation_V_K < 0
               ? NULL
               : "needs a charger with compensation: say charger = { compensation = -3 }";
}

/* Of each string: 5 to 30 A for each 100 Ah are a bad rectifier's. */
static void apply_ripple(struct sim_plant *plant, const struct sim_defect_at *at, double size)
{
    (void)at;
    plant->battery.charger.ripple_A = size / 100 * plant->battery.shape.cell.rated_Ah;
}

/* ---- strings ---------------------------------------------------------------------------- */

static void apply_fuse_blown(struct sim_plant *plant, const struct sim_defect_at *at, double size)
{
    plant->battery.string[at->number - 1].is_blown = size > 0;
}

static void apply_uneven(struct sim_plant *plant, const struct sim_defect_at *at, double size)
{
    plant->battery.string[at->number - 1].cable_Ohm = size / 1000;
}

static double present_uneven(const struct sim_plant *plant, const struct sim_defect_at *at)
{
    return plant->battery.string[at->number - 1].cable_Ohm * 1000;
}

/* Two earths: a current goes around the blocks that lie between them, and around no other. */
static void apply_ground_fault(struct sim_plant *plant, const struct sim_defect_at *at, double size)
{
    const int32_t per_string = plant->battery.modules_per_string;
    const int32_t first = (at->number - 1) * per_string;
    for (int32_t m = 0; m < per_string; m++) {
        sim_battery_stray(&plant->battery, first + m, m < (int32_t)at->option[0] ? size : 0);
    }
}

static const char *refuse_ground_fault(const struct sim_plant *plant,
                                       const struct sim_defect_at *at, double size)
{
    (void)size;
    return at->option[0] > plant->battery.modules_per_string
               ? "reaches over more blocks than the string has"
               : NULL;
}

/* ---- room ------------------------------------------------------------------------------- */

static void apply_cooling_failed(struct sim_plant *plant, const struct sim_defect_at *at,
                                 double size)
{
    (void)at;
    plant->battery.uncooled_K = size;
}

/* ---- the rows --------------------------------------------------------------------------- */

static const struct sim_defect_row rows[] = {
    {
        .item = SIM_ITEM_CHARGER,
        .verb = "too_high",
        .size = SIM_DEFECT_SIZE("by", "V a cell", 0, 1, 0.15),
        .meaning = "overcharges: all blocks high, float current three to thirty times",
        .apply = apply_too_high,
        .met = met_holding,
        .unmet = not_holding,
    },
    {
        .item = SIM_ITEM_CHARGER,
        .verb = "too_low",
        .size = SIM_DEFECT_SIZE("by", "V a cell", 0, 2, 0.12),
        .meaning = "undercharges: all blocks low, and sulphate in weeks",
        .apply = apply_too_low,
        .met = met_holding,
        .unmet = not_holding,
    },
    {
        .item = SIM_ITEM_CHARGER,
        .verb = "failed",
        .meaning = "gives nothing: blocks fall to rest, or carry the load",
        .apply = apply_failed,
        .met = met_switched,
        .unmet = "and the charger was switched off since",
    },
    {
        .item = SIM_ITEM_CHARGER,
        .verb = "compensation_lost",
        .meaning = "its probe is off: the set point is that of 25 degC in any heat",
        .apply = apply_compensation_lost,
        .refuse = refuse_compensation_lost,
        .met = met_holding,
        .unmet = not_holding,
    },
    {
        .item = SIM_ITEM_CHARGER,
        .verb = "ripple",
        .size = SIM_DEFECT_SIZE("current", "A for each 100 Ah", 0, 100, 10),
        .meaning = "alternating current in all strings: heat, and scatter",
        .apply = apply_ripple,
        .met = met_giving,
        .unmet = not_giving,
    },
    {
        .item = SIM_ITEM_STRING,
        .verb = "fuse_blown",
        .meaning = "its fuse, or a breaker nobody ordered: no current, blocks at rest",
        .apply = apply_fuse_blown,
    },
    {
        .item = SIM_ITEM_STRING,
        .verb = "uneven",
        .size = SIM_DEFECT_SIZE("cable", "mOhm", 0, 1000, 40),
        .meaning = "its cable opposes more than those of the other strings: it carries less",
        .apply = apply_uneven,
        .met = met_on_bus,
        .unmet = "and the bus made no current of that string since",
        .present = present_uneven,
        .property = "cable",
    },
    {
        .item = SIM_ITEM_STRING,
        .verb = "ground_fault",
        .size = SIM_DEFECT_SIZE("current", "A", 0, 100, 0.2),
        .option = {SIM_DEFECT_WHOLE("blocks", "", 1, WM_MODULES_MAX, 1)},
        .meaning = "a second earth: so much goes around its first blocks, and drains them",
        .apply = apply_ground_fault,
        .refuse = refuse_ground_fault,
    },
    {
        .item = SIM_ITEM_PLANT,
        .verb = "cooling_failed",
        .size = SIM_DEFECT_SIZE("by", "K", 0, 60, 15),
        .meaning = "the room gets so much warmer, and all blocks with it",
        .apply = apply_cooling_failed,
    },
};

struct sim_defect_rows sim_defect_rows_supply(void)
{
    return (struct sim_defect_rows){rows, sizeof rows / sizeof rows[0]};
}
