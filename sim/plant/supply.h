/*
 * supply.h — the webmanager's power and what it keeps without it, as a hand in the plant finds
 * them: switched off and on, cut in the middle of a write, its records spoiled while it is off.
 *
 * Who plays the webmanager does it (the ops); this is the order of things, and what was asked for
 * and never happened (decision H3).
 */
#ifndef SIM_PLANT_SUPPLY_H
#define SIM_PLANT_SUPPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/world.h"

/* A real webmanager has the first two alone: nobody has a hand on its flash (sim_item_refusal). */
struct sim_supply_ops {
    void (*off)(void *context);
    /* False, with one line in error, when it does not come up. */
    bool (*on)(void *context, char *error, size_t error_size);
    /* Its power is to go in the nth write or erase of its flash from now on. */
    void (*cut)(void *context, uint32_t nth);
    /* While it is off: a record (null: all of them) has a changed byte. False: there is none. */
    bool (*damage)(void *context, const char *record);
    /* While it is off: a record is as that version of the firmware writes it. Likewise. */
    bool (*restamp)(void *context, const char *record, uint8_t version);
};

enum { SIM_SUPPLY_SENTENCE = 160 };

/* Zero-initialised, then sim_supply_init. */
struct sim_supply {
    bool is_on;       /* ro */
    bool is_switched; /* ro: somebody switched it off or on   */
    bool is_tampered; /* ro: and more: a cut, a spoiled record */
    /* private */
    struct sim_world *world;
    const struct sim_supply_ops *ops; /* null: nobody plays the webmanager */
    void *ops_context;
    void (*failed)(void *context, const char *why);
    void *failed_context;
    struct sim_event return_event; /* the power comes back */
    uint32_t cut_nth;              /* asked for and not happened; 0: none */
    bool return_is_idle;           /* it was off before the power came back */
    bool damage_is_idle;           /* no start has met it */
    char sentence[SIM_SUPPLY_SENTENCE];
};

/* failed: it was to come up by itself, and did not. */
void sim_supply_init(struct sim_supply *supply, struct sim_world *world,
                     void (*failed)(void *context, const char *why), void *failed_context);
void sim_supply_close(struct sim_supply *supply);

/* The webmanager has been switched on; ops are borrowed. */
void sim_supply_connect(struct sim_supply *supply, const struct sim_supply_ops *ops, void *context);

/* The cut that was asked for has happened. */
void sim_supply_lost(struct sim_supply *supply);

/* A hand does it. Null, or why it cannot, as the end of a sentence; valid until the next. */
const char *sim_supply_off(struct sim_supply *supply);
const char *sim_supply_on(struct sim_supply *supply);
const char *sim_supply_restart(struct sim_supply *supply, int64_t after_us);
const char *sim_supply_cut(struct sim_supply *supply, uint32_t nth);
const char *sim_supply_damage(struct sim_supply *supply, const char *record);
const char *sim_supply_restamp(struct sim_supply *supply, const char *record, uint8_t version);

/* What was asked for and never happened, as a sentence; null: nothing. */
const char *sim_supply_idle(struct sim_supply *supply);

#endif
