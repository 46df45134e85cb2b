/*
 * truth.c — a look at the devices without asking them. See truth.h for what is always true.
 */
#include "sim/plant/truth.h"

#include "sim/plant/hooks.h"
#include "sim/plant/parts.h"

static struct sim_truth truth_of(const struct sim_plant *plant, int32_t place)
{
    const struct sim_device *device = &plant->devices.device[place];
    struct sim_truth truth = {.presence = SIM_ANSWERS, .latency_us = device->latency_us};
    const double lost = sim_topology_loss(&plant->topology, place);
    if (!sim_device_is_up(device) || device->mute_left != 0 || lost >= 1) {
        truth.presence = SIM_SILENT;
    } else if (!plant->faults.is_clear || lost > 0 || plant->devices.babblers > 0) {
        truth.presence = SIM_UNSURE;
    }
    return truth;
}

void sim_truth_counts(const struct sim_plant *plant, int32_t *modules, int32_t *sensors,
                      int32_t *aux)
{
    *modules = plant->devices.modules;
    *sensors = plant->devices.sensors;
    *aux = plant->devices.aux;
}

int32_t sim_truth_strings(const struct sim_plant *plant)
{
    return plant->battery.shape.strings;
}

struct sim_truth_module sim_truth_module(const struct sim_plant *plant, int32_t number)
{
    const struct sim_devices *devices = &plant->devices;
    struct sim_truth_module truth = {.device.presence = SIM_SILENT};
    int32_t plugged = 0;
    for (int32_t m = devices->by_address[number]; m >= 0; m = devices->module[m].next) {
        if (sim_device_is_up(&devices->device[SIM_DEVICE_MODULE + m]) &&
            sim_topology_loss(&plant->topology, SIM_DEVICE_MODULE + m) < 1) {
            plugged++;
            truth.device = truth_of(plant, SIM_DEVICE_MODULE + m);
            sim_devices_module_bands(devices, m, &truth);
            if (plant->hooks != NULL) {
                sim_told_module(&plant->hooks->told[SIM_DEVICE_MODULE + m], &truth);
            }
        }
    }
    if (plugged > 1) {
        truth.device.presence = SIM_UNSURE;
    }
    return truth;
}

/* Who answers at an address, of the `count` devices from the place `first` on; its index there. */
static struct sim_truth truth_at(const struct sim_plant *plant, const int32_t *address,
                                 int32_t count, int32_t first, int32_t number, int32_t *index)
{
    struct sim_truth truth = {.presence = SIM_SILENT};
    int32_t present = 0;
    *index = number - 1;
    for (int32_t i = 0; i < count; i++) {
        if (address[i] == number) {
            const struct sim_truth each = truth_of(plant, first + i);
            if (present == 0 || each.presence != SIM_SILENT) {
                truth = each;
                *index = i;
            }
            present += each.presence != SIM_SILENT;
        }
    }
    if (present > 1) {
        truth.presence = SIM_UNSURE;
    }
    return truth;
}

struct sim_truth_sensor sim_truth_sensor(const struct sim_plant *plant, int32_t number)
{
    const struct sim_devices *devices = &plant->devices;
    int32_t index;
    const struct sim_truth device = truth_at(plant, devices->sensor_address, devices->sensors,
                                             SIM_DEVICE_SENSOR, number, &index);
    struct sim_truth_sensor truth = {
        .device = device,
        .current_mA = sim_devices_current_band_mA(devices, index),
        .current_ac_mA = sim_devices_current_ac_band_mA(devices, index),
    };
    if (plant->hooks != NULL) {
        sim_told_sensor(&plant->hooks->told[SIM_DEVICE_SENSOR + index], &truth);
    }
    return truth;
}

struct sim_truth_aux sim_truth_aux(const struct sim_plant *plant, int32_t number)
{
    const struct sim_devices *devices = &plant->devices;
    int32_t index;
    const struct sim_truth device =
        truth_at(plant, devices->aux_address, devices->aux, SIM_DEVICE_AUX, number, &index);
    struct sim_truth_aux truth = {
        .device = device,
        .inputs = devices->aux_inputs[index],
        .outputs = devices->aux_outputs[index],
    };
    if (plant->hooks != NULL) {
        sim_told_aux(&plant->hooks->told[SIM_DEVICE_AUX + index], &truth);
    }
    return truth;
}

void sim_truth_watch(struct sim_plant *plant, void (*changed)(void *context), void *context)
{
    plant->watched = changed;
    plant->watch_context = context;
}

void sim_truth_changed(void *plant)
{
    const struct sim_plant *watched = plant;
    if (watched->watched != NULL) {
        watched->watched(watched->watch_context);
    }
}
