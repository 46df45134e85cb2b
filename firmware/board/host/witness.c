/*
 * witness.c — see witness.h.
 */
#include "witness.h"

#include <stdlib.h>
#include <string.h>

#include "oracle_values.h"
#include "sim/bus/frame.h"

struct witness {
    struct sim_plant *plant;
    struct sim_world *world;
    struct wm_bus inner;
    struct wm_store store;
    struct oracle *oracle;
    struct oracle_values *values;
    const struct wm_view *view;
    uint32_t generation; /* of the view last told */
    int32_t modules;
    int32_t sensors;
    int32_t aux;
    struct sim_frame question; /* the last one; size 0 of `heard` begins its answer */
    bool is_waiting;
    size_t heard_size;
    uint8_t heard[2 * WM_FRAME_SIZE_MAX];
    struct sim_truth_module module[WM_MODULES_MAX]; /* as told */
};

/* ---- truth ------------------------------------------------------------------------------ */

static bool band_differs(struct sim_band one, struct sim_band other)
{
    return one.low != other.low || one.high != other.high;
}

static bool truth_differs(const struct sim_truth_module *one, const struct sim_truth_module *other)
{
    return one->device.presence != other->device.presence ||
           one->device.latency_us != other->device.latency_us ||
           band_differs(one->voltage_mV, other->voltage_mV) ||
           band_differs(one->temperature_mdegC, other->temperature_mdegC) ||
           band_differs(one->resistance_uOhm, other->resistance_uOhm) ||
           one->bypass_permille != other->bypass_permille;
}

static void module_look(struct witness *witness, int32_t index, int64_t now_us)
{
    const struct sim_truth_module truth = sim_truth_module(witness->plant, index + 1);
    if (truth_differs(&truth, &witness->module[index])) {
        witness->module[index] = truth;
        oracle_module(witness->oracle, index, &truth, now_us);
        oracle_values_module(witness->values, index, &truth);
    }
}

static void look(void *context)
{
    struct witness *witness = context;
    const int64_t now_us = sim_world_now_us(witness->world);
    for (int32_t m = 0; m < witness->modules; m++) {
        module_look(witness, m, now_us);
    }
    for (int32_t i = 0; i < witness->sensors; i++) {
        const struct sim_truth_sensor truth = sim_truth_sensor(witness->plant, i + 1);
        oracle_sensor(witness->oracle, i, &truth, now_us);
        oracle_values_sensor(witness->values, i, &truth);
    }
    for (int32_t i = 0; i < witness->aux; i++) {
        const struct sim_truth_aux truth = sim_truth_aux(witness->plant, i + 1);
        oracle_aux(witness->oracle, i, &truth, now_us);
        oracle_values_aux(witness->values, i, &truth);
    }
    oracle_looked(witness->oracle, now_us);
}

/* What a device did by itself while it was asked: muted for the last time, a battery function. */
static void asked_look(struct witness *witness)
{
    const struct sim_frame *question = &witness->question;
    const int64_t now_us = sim_world_now_us(witness->world);
    const int32_t index = question->address - 1;
    if (question->address_class == WM_CLASS_MODULE && index >= 0 && index < witness->modules) {
        module_look(witness, index, now_us);
        oracle_looked(witness->oracle, now_us);
    } else if (question->address_class != WM_CLASS_MODULE) {
        look(witness);
    }
}

/* ---- the bus ---------------------------------------------------------------------------- */

static enum wm_status witness_transmit(void *self, const uint8_t *bytes, size_t size)
{
    struct witness *witness = self;
    struct sim_frame question;
    const enum wm_status status = witness->inner.ops->transmit(witness->inner.self, bytes, size);
    if (status == WM_BUSY) {
        return status;
    }
    witness_look(witness);
    asked_look(witness);
    witness->is_waiting = sim_frame_decode(bytes, size, WM_QUESTION, &question);
    witness->heard_size = 0;
    if (witness->is_waiting) {
        witness->question = question;
        oracle_asked(witness->oracle, question.address_class, question.address - 1,
                     question.message, sim_world_now_us(witness->world));
        asked_look(witness);
        oracle_values_asked(witness->values, question.address_class, question.address - 1,
                            question.message);
    }
    return status;
}

/* Makes room for so many bytes, of the oldest. */
static void room_make(struct witness *witness, size_t size)
{
    const size_t kept_max = sizeof witness->heard - size;
    if (witness->heard_size > kept_max) {
        memmove(witness->heard, witness->heard + witness->heard_size - kept_max, kept_max);
        witness->heard_size = kept_max;
    }
}

/* The answer may stand behind junk: every beginning is tried. */
static void hear(struct witness *witness, const uint8_t *bytes, size_t size)
{
    const struct sim_frame *question = &witness->question;
    const size_t wanted = sim_frame_size(question->message, WM_ANSWER);
    struct sim_frame answer;
    const size_t taken = size < sizeof witness->heard ? size : sizeof witness->heard;
    room_make(witness, taken);
    memcpy(witness->heard + witness->heard_size, bytes + size - taken, taken);
    witness->heard_size += taken;
    for (size_t at = 0; at + wanted <= witness->heard_size; at++) {
        if (sim_frame_decode(witness->heard + at, wanted, WM_ANSWER, &answer) &&
            answer.message == question->message && answer.sequence == question->sequence &&
            answer.address_class == question->address_class &&
            answer.address == question->address) {
            witness->is_waiting = false;
            asked_look(witness);
            oracle_answered(witness->oracle, answer.values, sim_world_now_us(witness->world));
            oracle_values_answered(witness->values, answer.values,
                                   sim_world_now_us(witness->world));
            return;
        }
    }
}

static int witness_receive(void *self, uint8_t *bytes, size_t size_max)
{
    struct witness *witness = self;
    const int size = witness->inner.ops->receive(witness->inner.self, bytes, size_max);
    if (size > 0 && witness->is_waiting) {
        hear(witness, bytes, (size_t)size);
    }
    return size;
}

static const struct wm_bus_ops witness_ops = {witness_transmit, witness_receive};

/* ---- the store -------------------------------------------------------------------------- */

static int witness_load(void *self, const char *name, void *bytes, size_t size_max)
{
    const struct witness *witness = self;
    return witness->store.ops->load(witness->store.self, name, bytes, size_max);
}

static enum wm_status witness_save(void *self, const char *name, const void *bytes, size_t size)
{
    struct witness *witness = self;
    const enum wm_status status = witness->store.ops->save(witness->store.self, name, bytes, size);
    oracle_saved(witness->oracle, status == WM_OK);
    return status;
}

struct wm_store witness_store(struct witness *witness, struct wm_store store)
{
    static const struct wm_store_ops ops = {witness_load, witness_save};
    witness->store = store;
    return (struct wm_store){&ops, witness};
}

/* ---- from nothing to a witness ---------------------------------------------------------- */

struct witness *witness_open(struct sim_plant *plant, struct sim_world *world, struct wm_bus bus,
                             const struct wm_view *view)
{
    struct witness *witness = calloc(1, sizeof *witness);
    if (witness == NULL) {
        return NULL;
    }
    witness->plant = plant;
    witness->world = world;
    witness->inner = bus;
    witness->view = view;
    sim_truth_counts(plant, &witness->modules, &witness->sensors, &witness->aux);
    witness->oracle = oracle_open();
    witness->values =
        oracle_values_open(witness->oracle, witness->modules, sim_truth_strings(plant), NULL);
    if (witness->oracle == NULL || witness->values == NULL) {
        witness_close(witness);
        return NULL;
    }
    sim_truth_watch(plant, look, witness);
    look(witness);
    return witness;
}

void witness_close(struct witness *witness)
{
    if (witness == NULL) {
        return;
    }
    sim_truth_watch(witness->plant, NULL, NULL);
    oracle_values_close(witness->values);
    oracle_close(witness->oracle);
    free(witness);
}

struct wm_bus witness_bus(struct witness *witness)
{
    return (struct wm_bus){&witness_ops, witness};
}

struct oracle *witness_oracle(struct witness *witness)
{
    return witness->oracle;
}

const char *witness_verdict(const struct witness *witness)
{
    const int64_t now_us = sim_world_now_us(witness->world);
    const char *on_alarm = oracle_verdict(witness->oracle, now_us);
    return on_alarm != NULL ? on_alarm : oracle_values_verdict(witness->values);
}

void witness_look(struct witness *witness)
{
    if (witness->view->generation != witness->generation) {
        witness->generation = witness->view->generation;
        oracle_published(witness->oracle, witness->view, sim_world_now_us(witness->world));
        oracle_values_published(witness->values, witness->view, sim_world_now_us(witness->world));
    }
}
