/*
 * sensor.c — what goes wrong with what is measured by: voltage leads, temperature
 * probes, current sensors. What comes of it is in reading.c.
 */
#include <math.h>

#include "sim/catalogue/catalogue.h"
#include "sim/plant/parts.h"

static struct sim_leads *leads_at(struct sim_plant *plant, const struct sim_defect_at *at)
{
    return &plant->devices.module[at->number - 1].leads;
}

static struct sim_clamp *clamp_at(struct sim_plant *plant, const struct sim_defect_at *at)
{
    return &plant->devices.clamp[at->number - 1];
}

/* Something was told that was not so: by the leads, by the probe, by scatter, by the sensor. */
static int64_t met_leads(const struct sim_plant *plant, const struct sim_defect_at *at)
{
    return plant->devices.module[at->number - 1].misread_leads;
}

static int64_t met_probe(const struct sim_plant *plant, const struct sim_defect_at *at)
{
    return plant->devices.module[at->number - 1].misread_probe;
}

static int64_t met_scatter(const struct sim_plant *plant, const struct sim_defect_at *at)
{
    return plant->devices.module[at->number - 1].misread_scatter;
}

static int64_t met_clamp(const struct sim_plant *plant, const struct sim_defect_at *at)
{
    return plant->devices.misread_clamp[at->number - 1];
}

/* ---- leads ------------------------------------------------------------------------------ */

static void apply_open(struct sim_plant *plant, const struct sim_defect_at *at, double size)
{
    leads_at(plant, at)->is_open = size > 0;
}

static void apply_resistance(struct sim_plant *plant, const struct sim_defect_at *at, double size)
{
    leads_at(plant, at)->contact_Ohm = size / 1000;
}

static void apply_reversed(struct sim_plant *plant, const struct sim_defect_at *at, double size)
{
    leads_at(plant, at)->is_reversed = size > 0;
}

static void apply_swapped(struct sim_plant *plant, const struct sim_defect_at *at, double size)
{
    leads_at(plant, at)->is_swapped = size > 0;
}

static const char *refuse_swapped(const struct sim_plant *plant, const struct sim_defect_at *at,
                                  double size)
{
    (void)size;
    return sim_devices_neighbour(&plant->devices, at->number - 1) < 0
               ? "needs a neighbour, and this string has one module"
               : NULL;
}

static void apply_scatter(struct sim_plant *plant, const struct sim_defect_at *at, double size)
{
    leads_at(plant, at)->scatter_part = size / 100;
}

/* ---- probes ----------------------------------------------------------------------------- */

static void apply_detached(struct sim_plant *plant, const struct sim_defect_at *at, double size)
{
    leads_at(plant, at)->probe_off_part = size / 100;
}

static void apply_probe_open(struct sim_plant *plant, const struct sim_defect_at *at, double size)
{
    leads_at(plant, at)->probe_is_open = size > 0;
}

static void apply_probe_shorted(struct sim_plant *plant, const struct sim_defect_at *at,
                                double size)
{
    leads_at(plant, at)->probe_is_shorted = size > 0;
}

static void apply_misplaced(struct sim_plant *plant, const struct sim_defect_at *at, double size)
{
    leads_at(plant, at)->probe_at = (int32_t)size;
}

static const char *refuse_misplaced(const struct sim_plant *plant, const struct sim_defect_at *at,
                                    double size)
{
    if (size > plant->devices.modules) {
        return "names a module that the plant does not have; modules count over all strings";
    }
    return (int32_t)size == at->number ? "names the module's own block" : NULL;
}

/* ---- current sensors -------------------------------------------------------------------- */

static void apply_zero(struct sim_plant *plant, const struct sim_defect_at *at, double size)
{
    clamp_at(plant, at)->zero_A = size;
}

static void apply_gain(struct sim_plant *plant, const struct sim_defect_at *at, double size)
{
    clamp_at(plant, at)->gain_part = size / 100;
}

static void apply_clamp_reversed(struct sim_plant *plant, const struct sim_defect_at *at,
                                 double size)
{
    clamp_at(plant, at)->is_reversed = size > 0;
}

/* ---- the rows --------------------------------------------------------------------------- */

static const char told_truly[] = "and it told nothing that was not so";

#define OF_LEADS  .item = SIM_ITEM_MODULE, .met = met_leads, .unmet = told_truly
#define OF_PROBE  .item = SIM_ITEM_MODULE, .met = met_probe, .unmet = told_truly
#define OF_SENSOR .item = SIM_ITEM_SENSOR, .met = met_clamp, .unmet = told_truly

static const struct sim_defect_row rows[] = {
    {
        OF_LEADS,
        .verb = "voltage_lead_open",
        .meaning = "reads 0 V, and a resistance off the scale",
        .apply = apply_open,
    },
    {
        OF_LEADS,
        .verb = "voltage_lead_resistance",
        .size = SIM_DEFECT_SIZE("contact", "mOhm", 0, 1e6, 20),
        .meaning = "a bad contact: adds to the resistance, and its supply current drops at it",
        .apply = apply_resistance,
    },
    {
        OF_LEADS,
        .verb = "voltage_lead_reversed",
        .meaning = "reads the block's voltage below 0: out of range, so it is lost",
        .apply = apply_reversed,
    },
    {
        OF_LEADS,
        .verb = "voltage_lead_swapped",
        .meaning = "a lead on the neighbour's pole: reads both blocks, the neighbour none",
        .apply = apply_swapped,
        .refuse = refuse_swapped,
    },
    {
        OF_PROBE,
        .verb = "probe_detached",
        .size = SIM_DEFECT_SIZE("off", "%", 0, 100, 100),
        .meaning = "follows the room instead of the block, by so much",
        .apply = apply_detached,
    },
    {
        OF_PROBE,
        .verb = "probe_open",
        .meaning = "reads the cold end of its scale, -40 degC",
        .apply = apply_probe_open,
    },
    {
        OF_PROBE,
        .verb = "probe_shorted",
        .meaning = "reads the hot end of its scale, 125 degC",
        .apply = apply_probe_shorted,
    },
    {
        OF_PROBE,
        .verb = "probe_misplaced",
        .size = SIM_DEFECT_WHOLE("on", "(over all strings)", 1, WM_MODULES_MAX, NAN),
        .meaning = "sits on the block of another module",
        .apply = apply_misplaced,
        .refuse = refuse_misplaced,
    },
    {
        .item = SIM_ITEM_MODULE,
        .verb = "resistance_noisy",
        .size = SIM_DEFECT_SIZE("scatter", "%", 0, 100, 20),
        .meaning = "the resistance scatters so much at 10 A of ripple for each 100 Ah",
        .apply = apply_scatter,
        .met = met_scatter,
        .unmet = "and its resistance was not measured while there was ripple",
    },
    {
        OF_SENSOR,
        .verb = "zero_drift",
        .size = SIM_DEFECT_SIZE("by", "A", -20, 20, 1),
        .meaning = "tells so much more than flows",
        .apply = apply_zero,
    },
    {
        OF_SENSOR,
        .verb = "gain_error",
        .size = SIM_DEFECT_SIZE("by", "%", -100, 100, 10),
        .meaning = "tells so much more of what flows",
        .apply = apply_gain,
    },
    {
        OF_SENSOR,
        .verb = "reversed",
        .meaning = "mounted the wrong way round: a charge is told as a discharge",
        .apply = apply_clamp_reversed,
    },
};

struct sim_defect_rows sim_defect_rows_sensor(void)
{
    return (struct sim_defect_rows){rows, sizeof rows / sizeof rows[0]};
}
