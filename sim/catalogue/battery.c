/*
 * battery.c — what goes wrong inside a block and at its posts. What comes of it follows
 * from the cells (cell.h); a runaway is no row of this: it emerges.
 */
#include <math.h>

#include "sim/catalogue/catalogue.h"
#include "sim/plant/parts.h"

/* The cell of an order as sim_battery_set_trait wants it: -1 for all. */
static int32_t cell_of(const struct sim_defect_at *at)
{
    return (int32_t)at->option[0] - 1;
}

static void set_trait(struct sim_plant *plant, const struct sim_defect_at *at, enum sim_trait trait,
                      double value)
{
    sim_battery_set_trait(&plant->battery, at->number - 1, cell_of(at), trait, value);
}

static double trait_percent(const struct sim_plant *plant, const struct sim_defect_at *at,
                            enum sim_trait trait)
{
    return sim_battery_trait(&plant->battery, at->number - 1, cell_of(at), trait) * 100;
}

static const char *hidden_by_pins(const struct sim_plant *plant, const struct sim_defect_at *at)
{
    const int32_t m = at->number - 1;
    return sim_battery_is_pinned(&plant->battery, m, SIM_PIN_VOLTAGE) &&
                   sim_battery_is_pinned(&plant->battery, m, SIM_PIN_RESISTANCE)
               ? "is hidden: the module's voltage and resistance are pushed; release one first"
               : NULL;
}

static const char *hidden_from_sun(const struct sim_plant *plant, const struct sim_defect_at *at)
{
    return sim_battery_is_pinned(&plant->battery, at->number - 1, SIM_PIN_TEMPERATURE)
               ? "is hidden: the module's temperature is pushed; release it first"
               : NULL;
}

static const char *refuse_cell(const struct sim_plant *plant, const struct sim_defect_at *at,
                               double size)
{
    (void)size;
    return cell_of(at) >= plant->battery.shape.cells ? "names a cell that its block has not" : NULL;
}

static void apply_water(struct sim_plant *plant, const struct sim_defect_at *at, double size)
{
    set_trait(plant, at, SIM_TRAIT_WATER_LOST, size / 100);
}

static double present_water(const struct sim_plant *plant, const struct sim_defect_at *at)
{
    return trait_percent(plant, at, SIM_TRAIT_WATER_LOST);
}

static void apply_age(struct sim_plant *plant, const struct sim_defect_at *at, double size)
{
    set_trait(plant, at, SIM_TRAIT_AGE, size / 100);
}

static double present_age(const struct sim_plant *plant, const struct sim_defect_at *at)
{
    return trait_percent(plant, at, SIM_TRAIT_AGE);
}

static void apply_sulphate(struct sim_plant *plant, const struct sim_defect_at *at, double size)
{
    set_trait(plant, at, SIM_TRAIT_SULPHATE, size / 100);
}

static double present_sulphate(const struct sim_plant *plant, const struct sim_defect_at *at)
{
    return trait_percent(plant, at, SIM_TRAIT_SULPHATE);
}

static void apply_capacity(struct sim_plant *plant, const struct sim_defect_at *at, double size)
{
    set_trait(plant, at, SIM_TRAIT_CAPACITY, size / 100);
}

static void apply_shorted(struct sim_plant *plant, const struct sim_defect_at *at, double size)
{
    set_trait(plant, at, SIM_TRAIT_SHORTED, size);
}

static void apply_open(struct sim_plant *plant, const struct sim_defect_at *at, double size)
{
    set_trait(plant, at, SIM_TRAIT_SERIES, size * 1e6);
}

/* What leaks at a place, 0 for all cells: two rows may do so at once. */
static double leaks_at(const struct sim_plant *plant, int32_t module, int32_t place)
{
    const struct sim_defect_at at = {.number = module, .option = {place}};
    return sim_defect_size(plant, sim_defect_find(SIM_ITEM_MODULE, "soft_short"), &at) +
           sim_defect_size(plant, sim_defect_find(SIM_ITEM_MODULE, "self_discharge"), &at);
}

/* mA an Ah at the voltage a cell has on float, as a conductance; of one cell and of all add up. */
static void apply_leaks(struct sim_plant *plant, const struct sim_defect_at *at, double size)
{
    (void)size; /* the orders know it, with those of the other places */
    const struct sim_cell_constants *cell = &plant->battery.shape.cell;
    const double of_all = leaks_at(plant, at->number, 0);
    for (int32_t c = 0; c < plant->battery.shape.cells; c++) {
        const double both = of_all + leaks_at(plant, at->number, c + 1);
        sim_battery_set_trait(&plant->battery, at->number - 1, c, SIM_TRAIT_LEAK,
                              both / 1000 * cell->rated_Ah / plant->battery.shape.float_V);
    }
}

/* Not the same function as the other row's: one does not take over from the other. */
static void apply_soft_short(struct sim_plant *plant, const struct sim_defect_at *at, double size)
{
    apply_leaks(plant, at, size);
}

static void apply_self_discharge(struct sim_plant *plant, const struct sim_defect_at *at,
                                 double size)
{
    apply_leaks(plant, at, size);
}

static void apply_joint(struct sim_plant *plant, const struct sim_defect_at *at, double size)
{
    plant->battery.link_Ohm[at->number - 1] = size / 1000;
}

static void apply_discharged(struct sim_plant *plant, const struct sim_defect_at *at, double size)
{
    sim_battery_set_charge(&plant->battery, at->number - 1, cell_of(at), size / 100);
}

static double present_charge(const struct sim_plant *plant, const struct sim_defect_at *at)
{
    return sim_battery_charge(&plant->battery, at->number - 1, cell_of(at)) * 100;
}

static void apply_sun(struct sim_plant *plant, const struct sim_defect_at *at, double size)
{
    plant->battery.surroundings_K[at->number - 1] = size;
}

/* ---- the rows --------------------------------------------------------------------------- */

/* 0: all cells of the block. */
#define CELL(usual) SIM_DEFECT_PLACE("cell", 0, 24, usual)

static const struct sim_defect_row rows[] = {
    {
        .item = SIM_ITEM_MODULE,
        .verb = "dry_out",
        .size = SIM_DEFECT_SIZE("water", "%", 0, 80, 25),
        .option = {CELL(0)},
        .meaning = "water lost: resistance and float current rise; much of it may run away",
        .apply = apply_water,
        .present = present_water,
        .is_by_cell = true,
        .refuse = refuse_cell,
        .hidden = hidden_by_pins,
    },
    {
        .item = SIM_ITEM_MODULE,
        .verb = "aged",
        .size = SIM_DEFECT_SIZE("age", "%", 0, 150, 100),
        .option = {CELL(0)},
        .meaning = "of its life: at 100 % a fifth less capacity, half as much resistance again",
        .apply = apply_age,
        .present = present_age,
        .is_by_cell = true,
        .refuse = refuse_cell,
        .hidden = hidden_by_pins,
    },
    {
        .item = SIM_ITEM_MODULE,
        .verb = "sulphated",
        .size = SIM_DEFECT_SIZE("part", "%", 0, 90, 30),
        .option = {CELL(0)},
        .meaning = "so much of it takes no part: less capacity, more resistance, lower at rest",
        .apply = apply_sulphate,
        .present = present_sulphate,
        .is_by_cell = true,
        .refuse = refuse_cell,
        .hidden = hidden_by_pins,
    },
    {
        .item = SIM_ITEM_MODULE,
        .verb = "low_capacity",
        .size = SIM_DEFECT_SIZE("capacity", "%", 1, 100, 60),
        .neutral = 100,
        .option = {CELL(0)},
        .meaning = "normal on float, first to fall on load; one cell is reversed by the others",
        .apply = apply_capacity,
        .refuse = refuse_cell,
        .hidden = hidden_by_pins,
    },
    {
        .item = SIM_ITEM_MODULE,
        .verb = "cell_shorted",
        .option = {CELL(1)},
        .meaning = "plates touch: two volts less, which the others of the string share",
        .apply = apply_shorted,
        .refuse = refuse_cell,
        .hidden = hidden_by_pins,
    },
    {
        .item = SIM_ITEM_MODULE,
        .verb = "cell_open",
        .option = {CELL(1)},
        .meaning = "a strap or weld is broken: no current in its string but a bypass's",
        .apply = apply_open,
        .refuse = refuse_cell,
        .hidden = hidden_by_pins,
    },
    {
        .item = SIM_ITEM_MODULE,
        .verb = "soft_short",
        .size = SIM_DEFECT_SIZE("leak", "mA an Ah", 0, 1000, 10),
        .option = {CELL(1)},
        .meaning = "moss between plates: the cell loses its charge in days",
        .apply = apply_soft_short,
        .refuse = refuse_cell,
        .hidden = hidden_by_pins,
    },
    {
        .item = SIM_ITEM_MODULE,
        .verb = "self_discharge",
        .size = SIM_DEFECT_SIZE("leak", "mA an Ah", 0, 10, 0.3),
        .option = {CELL(1)},
        .meaning = "the cell stands lower on float, the rest higher, in weeks",
        .apply = apply_self_discharge,
        .refuse = refuse_cell,
        .hidden = hidden_by_pins,
    },
    {
        .item = SIM_ITEM_MODULE,
        .verb = "joint",
        .size = SIM_DEFECT_SIZE("resistance", "mOhm", 0, 1000, 2),
        .meaning = "a loose or corroded post: I x R on load, heat, and so much resistance more",
        .apply = apply_joint,
        .hidden = hidden_by_pins,
    },
    {
        .item = SIM_ITEM_MODULE,
        .verb = "discharged",
        .size = SIM_DEFECT_SIZE("charge", "%", 0, 100, 0),
        .neutral = 100,
        .meaning = "holds only so much; from 0 % it shows some volts and takes current slowly",
        .apply = apply_discharged,
        .present = present_charge,
        .is_by_cell = true,
        .option = {CELL(0)},
        .refuse = refuse_cell,
        .hidden = hidden_by_pins,
        .property = "state_of_charge",
    },
    {
        .item = SIM_ITEM_MODULE,
        .verb = "sun",
        .size = SIM_DEFECT_SIZE("by", "K", -40, 80, 12),
        .meaning = "stands so much warmer than the room",
        .apply = apply_sun,
        .hidden = hidden_from_sun,
    },
};

struct sim_defect_rows sim_defect_rows_battery(void)
{
    return (struct sim_defect_rows){rows, sizeof rows / sizeof rows[0]};
}
