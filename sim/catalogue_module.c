/*
 * catalogue_module.c — what goes wrong in a battery module itself: its answers, its address, its
 * bypass. What it measures by is in catalogue_sensor.c.
 */
#include "sim/catalogue.h"
#include "sim/parts.h"

static struct sim_device *device_at(struct sim_plant *plant, const struct sim_defect_at *at)
{
    return &plant->devices.device[SIM_DEVICE_MODULE + at->number - 1];
}

/* A question met the module, whether it could answer or not. */
static int64_t asked(const struct sim_plant *plant, const struct sim_defect_at *at)
{
    return plant->devices.device[SIM_DEVICE_MODULE + at->number - 1].asked;
}

/* As mute{} does, and plug() ends it as well. */
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
    return (double)plant->devices.device[SIM_DEVICE_MODULE + at->number - 1].latency_us * 1e-6;
}

static const char unasked[] = "and nobody asked it since";

static const struct sim_defect_row rows[] = {
    {
        .item = SIM_ITEM_MODULE,
        .verb = "silent",
        .meaning = "hears, does what it is asked, and does not answer",
        .apply = apply_silent,
        .met = asked,
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
        .met = asked,
        .unmet = unasked,
    },
};

struct sim_defect_rows sim_defect_rows_module(void)
{
    return (struct sim_defect_rows){rows, sizeof rows / sizeof rows[0]};
}
