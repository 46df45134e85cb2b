/*
 * test_storm.c — faults of the whole catalogue and pushes, drawn by lot: whatever comes together,
 * the plant stays one, or says which block is none any more.
 */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/plant/parts.h"
#include "tests/sim/stage.h"

enum { STORMS = 16, STORM_BLOWS = 16, MODULES = 18 };

static struct stage stage;
static struct sim_random lot;

static void open_stage(void)
{
    stage_open_file(&stage, "scenarios/plants/two_strings_of_nine.lua");
    cr_assert_not_null(stage.plant, "%s", stage.error);
}

static void close_stage(void)
{
    stage_close(&stage);
}

TestSuite(storm, .init = open_stage, .fini = close_stage);

static int drawn(int from, int upto)
{
    return from + (int)(sim_random_next(&lot) % (uint64_t)(upto - from + 1));
}

static double size_drawn(const struct sim_defect_option *option)
{
    const double sizes[] = {option->high, option->low, (option->low + option->high) / 2,
                            isnan(option->usual) ? option->high : option->usual};
    const double size = sizes[drawn(0, 3)];
    return option->is_whole ? floor(size) : size;
}

/* A fault of any row, where it finds it; what is refused is not there. */
static void fault_blow(void)
{
    size_t rows = 0;
    while (sim_defect_row(rows) != NULL) {
        rows++;
    }
    const struct sim_defect_row *row = sim_defect_row((size_t)drawn(0, (int)rows - 1));
    const int32_t items = sim_item_count(stage.plant, row->item);
    if (items < 1) {
        return;
    }
    const bool is_one_of_many = row->item == SIM_ITEM_MODULE || row->item == SIM_ITEM_STRING ||
                                row->item == SIM_ITEM_SENSOR || row->item == SIM_ITEM_CABLE;
    struct sim_defect_at at = {.number = is_one_of_many ? drawn(1, items) : 0};
    for (int i = 0; i < SIM_DEFECT_OPTIONS_MAX && row->option[i].name != NULL; i++) {
        at.option[i] = size_drawn(&row->option[i]);
    }
    const double over_s = row->size.is_whole ? 0 : drawn(0, 2) * 3000;
    (void)sim_defect_start(stage.plant, row, &at,
                           row->size.name != NULL ? size_drawn(&row->size) : 1, 0, over_s);
}

static void push_blow(void)
{
    static const struct {
        const char *what;
        int from, upto;
    } pushes[] = {
        {"plant.charger.voltage = %d", 90, 150},
        {"plant.charger.limit = %d", 0, 50},
        {"plant.load.power = %d", 0, 5000},
        {"plant.load.current = %d", 0, 100},
        {"plant.ambient = %d", -55, 85},
        {"plant.load.resistance = %d", 0, 2},
        {"plant.string[1].current = %d", -20, 20},
        {"plant.module[4].resistance = %d", 0, 2},
        {"plant.module[5].state_of_charge = %d", 0, 100},
        {"plant.module[%d]:heal()", 1, MODULES},
        {"plant.string[%d]:release 'current'", 1, 2},
        {"plant.charger.on = %d > 0", 0, 1},
    };
    const size_t push = (size_t)drawn(0, (int)(sizeof pushes / sizeof pushes[0]) - 1);
    char text[80];
    (void)snprintf(text, sizeof text, pushes[push].what,
                   drawn(pushes[push].from, pushes[push].upto));
    stage_say(&stage, text);
}

/* Whether it is still a plant; if not, it says which block. */
static bool stands(int storm)
{
    const struct sim_battery *battery = &stage.plant->battery;
    const char *failure = sim_plant_failure(stage.plant);
    if (failure != NULL) {
        cr_assert_not_null(strstr(failure, "which no block is"), "%d: %s", storm, failure);
        return false;
    }
    const struct sim_imbalance worst = sim_battery_imbalance(battery);
    cr_assert(worst.charge < 0.001 && worst.energy < 0.001,
              "%d: %g of the charge, %g of the energy", storm, worst.charge, worst.energy);
    for (int32_t m = 0; m < MODULES; m++) {
        cr_assert(battery->voltage_V[m] >= 0 && battery->temperature_degC[m] > -80,
                  "%d: module %d at %g V, %g degC", storm, (int)m + 1, battery->voltage_V[m],
                  battery->temperature_degC[m]);
    }
    return true;
}

Test(storm, whatever_comes_together_the_balance_holds_or_a_block_is_named)
{
    int stood = 0;
    for (int storm = 1; storm <= STORMS; storm++) {
        lot = sim_random_stream(stage.world, 1000 + (uint64_t)storm);
        bool is_plant = true;
        for (int blow = 0; blow < STORM_BLOWS && is_plant; blow++) {
            static const int waits_s[] = {1, 60, 3600, 36000, 86400};
            fault_blow();
            if (drawn(0, 1) == 1) {
                push_blow();
            }
            const int64_t until_us =
                sim_world_now_us(stage.world) + waits_s[drawn(0, 4)] * INT64_C(1000000);
            (void)sim_world_run(stage.world, until_us);
            is_plant = stands(storm);
        }
        stood += is_plant;
        close_stage();
        open_stage();
    }
    /* Most of them are what a plant may meet. */
    cr_assert(stood >= STORMS / 4, "%d of %d stood", stood, STORMS);
}
