/*
 * catalogue.c — when and how much: orders of the catalogue's rows, their starts, ramps and ends.
 */
#include "sim/catalogue/catalogue.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/plant/parts.h"

#define US_PER_S 1000000
/* A ramp takes a step each second, or a thousand of them; never rarer than once an hour. */
#define RAMP_STEPS       1000
#define RAMP_STEP_US_MAX (INT64_C(3600) * US_PER_S)

/* ---- the rows --------------------------------------------------------------------------- */

/* By subject; a subject is one file. */
static struct sim_defect_rows (*const subjects[])(void) = {
    sim_defect_rows_battery, sim_defect_rows_supply, sim_defect_rows_sensor,
    sim_defect_rows_module,  sim_defect_rows_bus,
};

const struct sim_defect_row *sim_defect_row(size_t index)
{
    for (size_t i = 0; i < sizeof subjects / sizeof subjects[0]; i++) {
        const struct sim_defect_rows rows = subjects[i]();
        if (index < rows.count) {
            return &rows.row[index];
        }
        index -= rows.count;
    }
    return NULL;
}

const struct sim_defect_row *sim_defect_find(int item, const char *verb)
{
    const struct sim_defect_row *row;
    for (size_t i = 0; (row = sim_defect_row(i)) != NULL; i++) {
        if (row->item == item && strcmp(row->verb, verb) == 0) {
            return row;
        }
    }
    return NULL;
}

bool sim_defect_has_rows(int item)
{
    const struct sim_defect_row *row;
    for (size_t i = 0; (row = sim_defect_row(i)) != NULL; i++) {
        if (row->item == item) {
            return true;
        }
    }
    return false;
}

const char *sim_defect_item(const struct sim_defect_row *row)
{
    return sim_item_word(row->item);
}

const char *sim_defect_range(const struct sim_defect_option *option, char *text, size_t size)
{
    char usual[32] = "";
    if (!isnan(option->usual)) {
        (void)snprintf(usual, sizeof usual, " (usual %.6g)", option->usual);
    }
    (void)snprintf(text, size, "a %snumber from %.6g to %.6g%s%s%s",
                   option->is_whole ? "whole " : "", option->low, option->high,
                   option->unit[0] != '\0' ? " " : "", option->unit, usual);
    return text;
}

/* ---- what an order does ----------------------------------------------------------------- */

static bool is_same_place(const struct sim_defect_row *row, const struct sim_defect_at *one,
                          const struct sim_defect_at *other)
{
    bool is_same = one->number == other->number;
    for (int i = 0; i < SIM_DEFECT_OPTIONS_MAX; i++) {
        is_same =
            is_same && (!row->option[i].is_place || !(fabs(one->option[i] - other->option[i]) > 0));
    }
    return is_same;
}

static bool differs(double one, double other)
{
    return fabs(one - other) > 0;
}

static int64_t order_met(const struct sim_defect_order *order)
{
    return order->row->met != NULL ? order->row->met(order->plant, &order->at)
                                   : sim_world_now_us(order->plant->world) / US_PER_S;
}

static void plant_reach(struct sim_plant *plant)
{
    if (plant->is_loaded) {
        sim_battery_reach(&plant->battery);
    }
}

static void plant_follow(struct sim_plant *plant)
{
    if (plant->is_loaded) {
        sim_battery_touch(&plant->battery); /* tells the judges, too */
    }
}

static void follow_run(void *self)
{
    plant_follow(self);
}

/* Of all steps that fall on this instant; those to come of it were set before. */
static void plant_follow_once(struct sim_plant *plant)
{
    struct sim_event *follow = &plant->catalogue.follow;
    if (!sim_event_is_pending(follow)) {
        *follow = (struct sim_event){.run = follow_run, .self = plant};
        sim_world_schedule(plant->world, follow, sim_world_now_us(plant->world));
    }
}

/* The circuits are to be solved after it. */
static void order_apply(struct sim_defect_order *order, double size)
{
    const int64_t now_us = sim_world_now_us(order->plant->world);
    order->size = size;
    plant_reach(order->plant);
    if (!order->acts && (differs(size, order->before) || differs(order->from, order->before))) {
        order->acts = true;
        order->acts_us = now_us;
        order->met_at_start = order_met(order);
    }
    order->row->apply(order->plant, &order->at, size);
    if (order->row->again != NULL) {
        if (!differs(size, order->row->neutral)) {
            sim_world_cancel(order->plant->world, &order->again);
        } else if (!sim_event_is_pending(&order->again)) {
            sim_world_schedule(order->plant->world, &order->again, now_us);
        }
    }
}

static double size_now(const struct sim_plant *plant, const struct sim_defect_row *row,
                       const struct sim_defect_at *at)
{
    return row->present != NULL ? row->present(plant, at) : row->neutral;
}

/* ---- what was before -------------------------------------------------------------------- */

/* The cells that an order of all of them is of; 0 of any other. */
static int32_t order_cells(const struct sim_defect_order *order)
{
    const bool is_of_all = order->row->is_by_cell && order->at.option[0] < 1;
    return is_of_all ? order->plant->battery.shape.cells : 0;
}

static void order_keep(struct sim_defect_order *order)
{
    struct sim_defect_at at = order->at;
    order->before = size_now(order->plant, order->row, &at);
    for (int32_t c = 0; c < order_cells(order); c++) {
        at.option[0] = c + 1;
        order->cell_before[c] = size_now(order->plant, order->row, &at);
    }
}

static void order_put_back(struct sim_defect_order *order)
{
    struct sim_defect_at at = order->at;
    order->size = order->before;
    order->row->apply(order->plant, &at, order->before);
    for (int32_t c = 0; c < order_cells(order); c++) {
        at.option[0] = c + 1;
        order->row->apply(order->plant, &at, order->cell_before[c]);
    }
}

/* ---- what became of it ------------------------------------------------------------------ */

/* Why it can't be, here and now; null if it can. */
static const char *refusal(const struct sim_plant *plant, const struct sim_defect_row *row,
                           const struct sim_defect_at *at, double size)
{
    const char *why = row->refuse != NULL ? row->refuse(plant, at, size) : NULL;
    return why == NULL && row->hidden != NULL ? row->hidden(plant, at) : why;
}

/* Why an order took no effect; null if it did. */
static const char *order_idle(const struct sim_defect_order *order)
{
    if (!order->has_begun) {
        return order->refusal != NULL ? order->refusal : "and its start was never reached";
    }
    if (!order->acts || order->repeats) {
        return "and changed nothing";
    }
    if (order->hidden != NULL) {
        return order->hidden;
    }
    const bool is_met = order->row->met != NULL
                            ? order_met(order) > order->met_at_start
                            : sim_world_now_us(order->plant->world) >= order->acts_us + US_PER_S;
    return is_met ? NULL : order->row->met != NULL ? order->row->unmet : "and no time passed since";
}

static const char *order_sentence(const struct sim_defect_order *order, char *text, size_t size)
{
    const char *why = order_idle(order);
    if (why == NULL) {
        return NULL;
    }
    char name[64];
    char amount[48] = "()";
    sim_item_name(order->plant, order->row->item, order->at.number, name, sizeof name);
    if (order->row->size.name != NULL) {
        (void)snprintf(amount, sizeof amount, "{%s=%.6g}", order->row->size.name, order->to);
    }
    (void)snprintf(text, size, "%s:%s%s was asked for %s%s", name, order->row->verb, amount,
                   order->refusal != NULL ? "and could not start: it "
                   : why == order->hidden ? "and it "
                                          : "",
                   why);
    return text;
}

/* Takes an order out of the plant; was it in vain, that is kept, but not if it was taken back. */
static void order_end(struct sim_defect_order *order, bool is_taken_back)
{
    struct sim_plant *plant = order->plant;
    struct sim_catalogue *catalogue = &plant->catalogue;
    if (catalogue->sentence[0] == '\0' && !is_taken_back) {
        (void)order_sentence(order, catalogue->sentence, sizeof catalogue->sentence);
    }
    sim_world_cancel(plant->world, &order->event);
    sim_world_cancel(plant->world, &order->again);
    struct sim_defect_order **link = &catalogue->first;
    while (*link != order) {
        link = &(*link)->next;
    }
    *link = order->next;
    free(order);
}

/* ---- time ------------------------------------------------------------------------------- */

/* The order that has begun already and sets the same thing in the same place. */
static struct sim_defect_order *order_before(const struct sim_defect_order *order)
{
    for (struct sim_defect_order *it = order->plant->catalogue.first; it != NULL; it = it->next) {
        if (it != order && it->has_begun && it->row->item == order->row->item &&
            it->row->apply == order->row->apply && is_same_place(it->row, &it->at, &order->at)) {
            return it;
        }
    }
    return NULL;
}

/* What the other had come to already, in all that was asked for. */
static bool is_repeat(const struct sim_defect_order *order, const struct sim_defect_order *old)
{
    const double now = order->row->present != NULL ? order->row->present(order->plant, &order->at)
                                                   : old->size; /* else it can't be pushed */
    bool is_same = old->begins_us < order->begins_us && !differs(now, order->to) &&
                   !differs(old->to, order->to);
    for (int i = 0; i < SIM_DEFECT_OPTIONS_MAX; i++) {
        is_same = is_same && !differs(old->at.option[i], order->at.option[i]);
    }
    return is_same;
}

static void order_begin(struct sim_defect_order *order)
{
    struct sim_defect_order *old = order_before(order);
    order->has_begun = true;
    order->begins_us = sim_world_now_us(order->plant->world);
    if (old != NULL) {
        order->repeats = is_repeat(order, old);
        order->before = old->before;
        memcpy(order->cell_before, old->cell_before, sizeof order->cell_before);
        /* In one instant the other was never there. */
        order->from = old->begins_us == order->begins_us ? old->from : old->size;
    } else {
        order_keep(order);
        order->from = order->before;
    }
    order->ends_us = order->begins_us + order->over_us;
    if (old != NULL) {
        /* What is ordered anew in the same breath was never meant. */
        order_end(old, old->ordered_us == order->begins_us);
    }
}

/* Its start, or a step of its ramp; the circuits are to be solved after it. */
static void order_step(struct sim_defect_order *order)
{
    const int64_t now_us = sim_world_now_us(order->plant->world);
    if (!order->has_begun) {
        /* What was possible when it was ordered need not be so now. */
        order->refusal = refusal(order->plant, order->row, &order->at, order->to);
        if (order->refusal != NULL) {
            return;
        }
        order_begin(order);
    }
    if (now_us >= order->ends_us) {
        order_apply(order, order->to);
        return;
    }
    const double part = (double)(now_us - order->begins_us) / (double)order->over_us;
    int64_t step_us = order->over_us / RAMP_STEPS;
    step_us = step_us < US_PER_S ? US_PER_S : step_us;
    step_us = step_us > RAMP_STEP_US_MAX ? RAMP_STEP_US_MAX : step_us;
    order_apply(order, order->from + (order->to - order->from) * part);
    const int64_t next_us = now_us + step_us;
    sim_world_schedule(order->plant->world, &order->event,
                       next_us < order->ends_us ? next_us : order->ends_us);
}

static void order_run(void *self)
{
    struct sim_defect_order *order = self;
    struct sim_plant *plant = order->plant;
    order_step(order);
    plant_follow_once(plant);
}

static void order_again(void *self)
{
    struct sim_defect_order *order = self;
    const int64_t wait_us = order->row->again(order->plant, &order->at, order->size);
    assert(wait_us > 0);
    sim_world_schedule(order->plant->world, &order->again,
                       sim_world_now_us(order->plant->world) + wait_us);
    sim_truth_changed(order->plant);
}

/* ---- orders ----------------------------------------------------------------------------- */

const char *sim_defect_start(struct sim_plant *plant, const struct sim_defect_row *row,
                             const struct sim_defect_at *at, double size, double after_s,
                             double over_s)
{
    const char *why = refusal(plant, row, at, size);
    if (why != NULL) {
        return why;
    }
    struct sim_defect_order *order = calloc(1, sizeof *order);
    if (order == NULL) {
        return "has no memory for another fault";
    }
    order->plant = plant;
    order->row = row;
    order->at = *at;
    order->to = size;
    order->over_us = (int64_t)(over_s * US_PER_S + 0.5);
    order->ordered_us = sim_world_now_us(plant->world);
    order->begins_us = order->ordered_us + (int64_t)(after_s * US_PER_S + 0.5);
    order->event = (struct sim_event){.run = order_run, .self = order};
    order->again = (struct sim_event){.run = order_again, .self = order};
    struct sim_defect_order **link = &plant->catalogue.first;
    while (*link != NULL) {
        link = &(*link)->next;
    }
    *link = order;
    if (order->begins_us > order->ordered_us) {
        sim_world_schedule(plant->world, &order->event, order->begins_us);
    } else {
        order_step(order);
        plant_follow(plant);
    }
    return NULL;
}

int sim_defect_heal(struct sim_plant *plant, int item, int32_t number,
                    const struct sim_defect_row *row)
{
    int count = 0;
    /* The latest first, so that what was before two faults of one thing comes back. */
    for (;;) {
        struct sim_defect_order *last = NULL;
        for (struct sim_defect_order *it = plant->catalogue.first; it != NULL; it = it->next) {
            if (it->row->item == item && it->at.number == number &&
                (row == NULL || it->row == row)) {
                last = it;
            }
        }
        if (last == NULL) {
            return count;
        }
        if (last->has_begun) {
            plant_reach(plant);
            order_put_back(last);
        }
        order_end(last, false);
        plant_follow(plant);
        count++;
    }
}

/* What hides it now; what was hidden and shows again is there from now on. */
static void order_look(struct sim_defect_order *order)
{
    const char *why =
        order->row->hidden != NULL ? order->row->hidden(order->plant, &order->at) : NULL;
    if (why == NULL && order->hidden != NULL) {
        order->acts_us = sim_world_now_us(order->plant->world);
        order->hidden = NULL;
    } else if (why != NULL && order->hidden == NULL && order_idle(order) != NULL) {
        order->hidden = why;
    }
}

void sim_defect_pushed(struct sim_plant *plant, int item, int32_t number, const char *property)
{
    for (struct sim_defect_order *it = plant->catalogue.first; it != NULL; it = it->next) {
        const struct sim_defect_row *row = it->row;
        if (!it->has_begun || row->item != item || it->at.number != number) {
            continue;
        }
        order_look(it);
        if (row->property != NULL && strcmp(row->property, property) == 0) {
            order_keep(it);
        }
    }
}

double sim_defect_size(const struct sim_plant *plant, const struct sim_defect_row *row,
                       const struct sim_defect_at *at)
{
    for (struct sim_defect_order *it = plant->catalogue.first; it != NULL; it = it->next) {
        if (it->has_begun && it->row == row && is_same_place(row, &it->at, at)) {
            return it->size;
        }
    }
    return size_now(plant, row, at);
}

const char *sim_defect_idle(struct sim_plant *plant)
{
    struct sim_catalogue *catalogue = &plant->catalogue;
    if (catalogue->sentence[0] != '\0') {
        return catalogue->sentence;
    }
    for (const struct sim_defect_order *it = catalogue->first; it != NULL; it = it->next) {
        if (order_sentence(it, catalogue->asked, sizeof catalogue->asked) != NULL) {
            return catalogue->asked;
        }
    }
    return NULL;
}

void sim_defect_close(struct sim_plant *plant)
{
    while (plant->catalogue.first != NULL) {
        order_end(plant->catalogue.first, true);
    }
    sim_world_cancel(plant->world, &plant->catalogue.follow);
}
