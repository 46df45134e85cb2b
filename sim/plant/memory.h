/*
 * memory.h — misbehaviour laid over the webmanager's store and log; the ports beneath and the core
 * above don't know.
 *
 * Fault model: a flash that is worn out or full takes no write from some instant on. Each write
 * fails by itself and leaves nothing behind; what was written before stays, and is read as ever.
 * The rings of a log may fail apart from one another: each has a part of the flash of its own.
 */
#ifndef SIM_PLANT_MEMORY_H
#define SIM_PLANT_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

#include "wm/log.h"
#include "wm/store.h"

/* What can fail: the rings (enum wm_log_ring), all of them at once, the store. */
enum { SIM_MEMORY_LOG = WM_LOG_RINGS, SIM_MEMORY_STORE, SIM_MEMORY_PARTS };

/* Zero-initialised: nothing fails. */
struct sim_memory {
    bool is_touched; /* ro: something failed once; the rest is private */
    struct wm_store store;
    struct wm_log log;
    bool is_failing[SIM_MEMORY_PARTS]; /* of the whole log: that of its rings */
    bool is_idle[SIM_MEMORY_PARTS];    /* ordered to fail, and no write was tried since */
};

/* Lays the faults over the port, which is borrowed, as it is. */
struct wm_store sim_memory_store(struct sim_memory *memory, struct wm_store store);
struct wm_log sim_memory_log(struct sim_memory *memory, struct wm_log log);

/* From now on: the part fails, or is well again. SIM_MEMORY_LOG is all rings together. */
void sim_memory_fail(struct sim_memory *memory, int part);
void sim_memory_mend(struct sim_memory *memory, int part);

/* The part of this ring's name, or -1; and the name. */
int sim_memory_ring(const char *name);
const char *sim_memory_ring_name(int part);

/* True, with a sentence, if something was ordered to fail and no write ever met it (H3). */
bool sim_memory_idle(const struct sim_memory *memory, char *sentence, size_t size);

#endif
