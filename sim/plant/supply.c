/*
 * supply.c — see supply.h.
 */
#include "sim/plant/supply.h"

#include <stdio.h>

/* Why not, if it must be on (or off) for that; or null. */
static const char *power_refusal(const struct sim_supply *supply, bool must_be_on)
{
    if (supply->ops == NULL) {
        return "nobody plays the webmanager here";
    }
    if (supply->is_on == must_be_on) {
        return NULL;
    }
    return must_be_on ? "its power is off; plant.webmanager:power_on() comes first"
                      : "its power is on; plant.webmanager:power_off() comes first";
}

/* Whoever plays it comes up, and meets what was done to its records. */
static bool come_up(struct sim_supply *supply)
{
    supply->is_on = true;
    supply->damage_is_idle = false;
    if (supply->ops->on(supply->ops_context, supply->sentence, sizeof supply->sentence)) {
        return true;
    }
    supply->is_on = false;
    return false;
}

static void power_returns(void *self)
{
    struct sim_supply *supply = self;
    supply->return_is_idle = false;
    if (!come_up(supply)) {
        supply->failed(supply->failed_context, supply->sentence);
    }
}

void sim_supply_init(struct sim_supply *supply, struct sim_world *world,
                     void (*failed)(void *context, const char *why), void *failed_context)
{
    supply->world = world;
    supply->failed = failed;
    supply->failed_context = failed_context;
    supply->return_event =
        (struct sim_event){.run = power_returns, .self = supply, .priority = SIM_PRIORITY_PHYSICS};
}

void sim_supply_close(struct sim_supply *supply)
{
    sim_world_cancel(supply->world, &supply->return_event);
}

void sim_supply_connect(struct sim_supply *supply, const struct sim_supply_ops *ops, void *context)
{
    supply->ops = ops;
    supply->ops_context = context;
    supply->is_on = true;
}

void sim_supply_lost(struct sim_supply *supply)
{
    supply->is_on = false;
    supply->cut_nth = 0;
}

/* ---- a hand ----------------------------------------------------------------------------- */

const char *sim_supply_off(struct sim_supply *supply)
{
    const char *refusal = power_refusal(supply, true);
    supply->is_switched = true;
    if (refusal == NULL) {
        supply->is_on = false;
        supply->ops->off(supply->ops_context);
    }
    return refusal;
}

const char *sim_supply_on(struct sim_supply *supply)
{
    const char *refusal = power_refusal(supply, false);
    supply->is_switched = true;
    if (refusal != NULL) {
        return refusal;
    }
    sim_world_cancel(supply->world, &supply->return_event);
    supply->return_is_idle = false;
    return come_up(supply) ? NULL : supply->sentence;
}

const char *sim_supply_restart(struct sim_supply *supply, int64_t after_us)
{
    const char *refusal = sim_supply_off(supply);
    if (refusal != NULL || after_us == 0) {
        return refusal != NULL ? refusal : sim_supply_on(supply);
    }
    supply->return_is_idle = true;
    sim_world_schedule(supply->world, &supply->return_event,
                       sim_world_now_us(supply->world) + after_us);
    return NULL;
}

const char *sim_supply_cut(struct sim_supply *supply, uint32_t nth)
{
    const char *refusal = power_refusal(supply, true);
    if (refusal == NULL && supply->cut_nth > 0) {
        refusal = "a cut is asked for already";
    }
    supply->is_tampered = true;
    if (refusal == NULL) {
        supply->cut_nth = nth;
        supply->ops->cut(supply->ops_context, nth);
    }
    return refusal;
}

static const char *done_to(struct sim_supply *supply, const char *record, bool is_done)
{
    supply->is_tampered = true;
    if (is_done) {
        supply->damage_is_idle = true;
        return NULL;
    }
    if (record == NULL) {
        return "nothing has been kept yet";
    }
    (void)snprintf(supply->sentence, sizeof supply->sentence,
                   "no record \"%.40s\" is kept; there may be: settings, breakers, discharges",
                   record);
    return supply->sentence;
}

const char *sim_supply_damage(struct sim_supply *supply, const char *record)
{
    const char *refusal = power_refusal(supply, false);
    return refusal != NULL
               ? refusal
               : done_to(supply, record, supply->ops->damage(supply->ops_context, record));
}

const char *sim_supply_restamp(struct sim_supply *supply, const char *record, uint8_t version)
{
    const char *refusal = power_refusal(supply, false);
    return refusal != NULL ? refusal
                           : done_to(supply, record,
                                     supply->ops->restamp(supply->ops_context, record, version));
}

const char *sim_supply_idle(struct sim_supply *supply)
{
    if (supply->cut_nth > 0) {
        (void)snprintf(supply->sentence, sizeof supply->sentence,
                       "webmanager:cut_power{nth_write=%lu} was asked for and it did not write "
                       "so often",
                       (unsigned long)supply->cut_nth);
        return supply->sentence;
    }
    if (supply->return_is_idle) {
        return "webmanager:restart{} was asked for and the power did not come back in time";
    }
    return supply->damage_is_idle ? "webmanager.store was spoiled and it was not switched on since"
                                  : NULL;
}
