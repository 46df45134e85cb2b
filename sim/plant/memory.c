/*
 * memory.c — the store and the log that fail to write. The model is in memory.h.
 */
#include "sim/plant/memory.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static const char *const ring_names[WM_LOG_RINGS] = {
    [WM_LOG_EVENTS] = "events",
    [WM_LOG_NORMAL] = "normal",
    [WM_LOG_FLOW] = "flow",
};

/* A write to the part: true if it fails. */
static bool strikes(struct sim_memory *memory, int part)
{
    if (!memory->is_failing[part]) {
        return false;
    }
    memory->is_idle[part] = false;
    if (part < WM_LOG_RINGS) {
        memory->is_idle[SIM_MEMORY_LOG] = false;
    }
    return true;
}

/* ---- the store -------------------------------------------------------------------------- */

static int memory_load(void *self, const char *name, void *bytes, size_t size_max)
{
    const struct sim_memory *memory = self;
    return memory->store.ops->load(memory->store.self, name, bytes, size_max);
}

static enum wm_status memory_save(void *self, const char *name, const void *bytes, size_t size)
{
    struct sim_memory *memory = self;
    if (strikes(memory, SIM_MEMORY_STORE)) {
        return WM_IO;
    }
    return memory->store.ops->save(memory->store.self, name, bytes, size);
}

struct wm_store sim_memory_store(struct sim_memory *memory, struct wm_store store)
{
    static const struct wm_store_ops ops = {memory_load, memory_save};
    memory->store = store;
    return (struct wm_store){&ops, memory};
}

/* ---- the log ---------------------------------------------------------------------------- */

static enum wm_status memory_append(void *self, enum wm_log_ring ring, const void *record,
                                    size_t size)
{
    struct sim_memory *memory = self;
    if (strikes(memory, (int)ring)) {
        return WM_IO;
    }
    return memory->log.ops->append(memory->log.self, ring, record, size);
}

static uint64_t memory_held(void *self, enum wm_log_ring ring, uint64_t *first)
{
    const struct sim_memory *memory = self;
    return memory->log.ops->held(memory->log.self, ring, first);
}

static int memory_read(void *self, enum wm_log_ring ring, uint64_t number, void *record,
                       size_t size_max)
{
    const struct sim_memory *memory = self;
    return memory->log.ops->read(memory->log.self, ring, number, record, size_max);
}

struct wm_log sim_memory_log(struct sim_memory *memory, struct wm_log log)
{
    static const struct wm_log_ops ops = {memory_append, memory_held, memory_read};
    memory->log = log;
    return (struct wm_log){&ops, memory};
}

/* ---- orders ----------------------------------------------------------------------------- */

/* True if something of the part was otherwise before. */
static bool set(struct sim_memory *memory, int part, bool is_failing)
{
    assert(part >= 0 && part < SIM_MEMORY_PARTS);
    const int first = part == SIM_MEMORY_LOG ? 0 : part;
    const int last = part == SIM_MEMORY_LOG ? WM_LOG_RINGS - 1 : part;
    bool is_new = false;
    for (int i = first; i <= last; i++) {
        is_new = is_new || memory->is_failing[i] != is_failing;
        memory->is_failing[i] = is_failing;
    }
    return is_new;
}

void sim_memory_fail(struct sim_memory *memory, int part)
{
    memory->is_touched = true;
    memory->is_idle[part] = set(memory, part, true) || memory->is_idle[part];
}

void sim_memory_mend(struct sim_memory *memory, int part)
{
    (void)set(memory, part, false);
}

int sim_memory_ring(const char *name)
{
    for (int ring = 0; ring < WM_LOG_RINGS; ring++) {
        if (strcmp(ring_names[ring], name) == 0) {
            return ring;
        }
    }
    return -1;
}

const char *sim_memory_ring_name(int part)
{
    return part < WM_LOG_RINGS ? ring_names[part] : NULL;
}

bool sim_memory_idle(const struct sim_memory *memory, char *sentence, size_t size)
{
    static const char tail[] = "was asked for and nothing was written there since";
    for (int part = 0; part < SIM_MEMORY_PARTS; part++) {
        const char *ring = sim_memory_ring_name(part);
        if (memory->is_idle[part] && ring != NULL) {
            (void)snprintf(sentence, size, "webmanager.log:fail{ring=\"%s\"} %s", ring, tail);
            return true;
        }
        if (memory->is_idle[part]) {
            (void)snprintf(sentence, size, "webmanager.%s:fail() %s",
                           part == SIM_MEMORY_STORE ? "store" : "log", tail);
            return true;
        }
    }
    return false;
}
