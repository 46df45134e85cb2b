/*
 * catalogue.h — the catalogue of faults: everything that a scenario may let go wrong in the plant,
 * one row each (a file a subject). A row is a verb of its item:
 *
 *     module:slow { latency = 0.05, at = hours(1), over = minutes(10) }   module:heal "slow"
 *
 * `at` is when it starts, `over` how long its size takes to get from what it is to what it shall
 * be. Rows say what is out of order by their size alone; the neutral size is a sound plant. What a
 * row does to the plant it does in its own part of it; the catalogue only says when and how much.
 *
 * In the code a fault of the catalogue is a defect: faults.h has the faults that pass on the line.
 *
 * Always true: an order of the same row on the same item (and the same cell) takes over from the
 * one before it, from the size that has been reached; a healed item is as it was before its faults,
 * or as it was pushed since; what was ordered and never took effect, or was hidden before anybody
 * could see it, is told at the end (decision H3).
 */
#ifndef SIM_CATALOGUE_CATALOGUE_H
#define SIM_CATALOGUE_CATALOGUE_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/battery/type.h"
#include "sim/world.h"

struct sim_plant;

#define SIM_DEFECT_OPTIONS_MAX 3

/* A size, or another option of a row. */
struct sim_defect_option {
    const char *name; /* null: there is none */
    const char *unit;
    double low, high;
    double usual;  /* NAN: has to be said */
    bool is_whole; /* a number of something: can't ramp */
    bool is_place; /* an option: which part of the item, each with a fault of its own */
};

/* What `apply` is told: where, how much, and the options in the order of the row. */
struct sim_defect_at {
    int32_t number; /* of the item, 1-based; 0: there is one */
    double option[SIM_DEFECT_OPTIONS_MAX];
};

struct sim_defect_row {
    int item;                      /* enum sim_item, or beyond it (parts.h) */
    const char *verb;              /* "slow" */
    struct sim_defect_option size; /* without a name: 1 it is so, 0 it is not */
    double neutral;                /* the size of a sound item */
    struct sim_defect_option option[SIM_DEFECT_OPTIONS_MAX];
    const char *meaning;
    /* Makes it so, at this instant; the circuits are solved anew after it. */
    void (*apply)(struct sim_plant *plant, const struct sim_defect_at *at, double size);
    /* The size that the item has now, where something else can push it too; null: `neutral` is
     * what it has without an order. What it was before the first order, heal puts back. */
    double (*present)(const struct sim_plant *plant, const struct sim_defect_at *at);
    const char *property; /* null, or what pushes the same thing: "cable" */
    bool is_by_cell;      /* option[0] is a cell, or 0 for all, each with its own size before */
    /* Null: every order in range is possible; else null, or why this one is not. */
    const char *(*refuse)(const struct sim_plant *plant, const struct sim_defect_at *at,
                          double size);
    /* Null: it always shows; else null, or what has been pushed so that nobody could see it. */
    const char *(*hidden)(const struct sim_plant *plant, const struct sim_defect_at *at);
    /* Rises when the fault has met somebody; null: it acts on the batteries, and time is enough. */
    int64_t (*met)(const struct sim_plant *plant, const struct sim_defect_at *at);
    const char *unmet; /* "and nobody asked it since" */
    /* Null, or what it does by itself while it is there; returns the us until the next time. */
    int64_t (*again)(struct sim_plant *plant, const struct sim_defect_at *at, double size);
};

/* One order of a scenario. */
struct sim_defect_order {
    struct sim_plant *plant;
    const struct sim_defect_row *row;
    struct sim_defect_order *next;
    struct sim_event event; /* its start, then each step of its ramp */
    struct sim_event again;
    struct sim_defect_at at;
    double from, to, size;
    double before;                             /* what heal puts back ... */
    double cell_before[SIM_BATTERY_CELLS_MAX]; /* ... or these, of a row by cell */
    const char *refusal; /* null, or why it could not start when its time came */
    int64_t ordered_us, begins_us, ends_us;
    int64_t over_us;
    int64_t met_at_start;
    int64_t acts_us; /* since when the item is not sound by it */
    bool has_begun;
    bool acts;
    bool repeats;       /* it was so already, by the order before */
    const char *hidden; /* null, or what hides it since before anybody could see it */
};

/* Those of a plant; all private. Zero is none, and random is the plant's to set. */
struct sim_catalogue {
    struct sim_random random;       /* for what faults do by chance */
    struct sim_defect_order *first; /* in the order of their orders */
    struct sim_event follow;        /* the circuits, once for all that an instant changed */
    char sentence[240];             /* what was over before it took effect; "" if nothing was */
    char asked[240];
};

/* ---- the rows --------------------------------------------------------------------------- */

/* All rows, those of an item one behind the other; null beyond the last. */
const struct sim_defect_row *sim_defect_row(size_t index);
const struct sim_defect_row *sim_defect_find(int item, const char *verb);
bool sim_defect_has_rows(int item);

/* "module" */
const char *sim_defect_item(const struct sim_defect_row *row);

/* "a number from 0 to 10 s (usual 0.05)", as an error and the list say it. */
const char *sim_defect_range(const struct sim_defect_option *option, char *text, size_t size);

/* ---- orders ----------------------------------------------------------------------------- */

/*
 * Orders a fault to start so much later and to grow over so much time; all values are in range.
 * Null, or why it can't be.
 */
const char *sim_defect_start(struct sim_plant *plant, const struct sim_defect_row *row,
                             const struct sim_defect_at *at, double size, double after_s,
                             double over_s);

/* Ends one fault of an item, or with null all; how many it ended. */
int sim_defect_heal(struct sim_plant *plant, int item, int32_t number,
                    const struct sim_defect_row *row);

/* A property of an item was pushed: that is now what heal puts back, and it may hide a fault. */
void sim_defect_pushed(struct sim_plant *plant, int item, int32_t number, const char *property);

/* The size that a row has on an item now: its neutral one without an order. */
double sim_defect_size(const struct sim_plant *plant, const struct sim_defect_row *row,
                       const struct sim_defect_at *at);

/* A fault that was ordered and did not take effect, as a sentence; null if none. */
const char *sim_defect_idle(struct sim_plant *plant);

void sim_defect_close(struct sim_plant *plant);

/* ---- lua.c -------------------------------------------------------------------- */

/* The verb of a row on an item, its table at 2; and heal, a name or nothing at 2. */
int sim_defect_lua(lua_State *lua, struct sim_plant *plant, const struct sim_defect_row *row,
                   int32_t number);
int sim_defect_heal_lua(lua_State *lua, struct sim_plant *plant, int item, int32_t number);

/* ---- for the files of the rows ---------------------------------------------------------- */

#define SIM_DEFECT_SIZE(word, in, from, upto, mostly)                                              \
    {                                                                                              \
        .name = (word), .unit = (in), .low = (from), .high = (upto), .usual = (mostly)             \
    }
#define SIM_DEFECT_WHOLE(word, in, from, upto, mostly)                                             \
    {                                                                                              \
        .name = (word), .unit = (in), .low = (from), .high = (upto), .usual = (mostly),            \
        .is_whole = true                                                                           \
    }
#define SIM_DEFECT_PLACE(word, from, upto, mostly)                                                 \
    {                                                                                              \
        .name = (word), .unit = "", .low = (from), .high = (upto), .usual = (mostly),              \
        .is_whole = true, .is_place = true                                                         \
    }

struct sim_defect_rows {
    const struct sim_defect_row *row;
    size_t count;
};
struct sim_defect_rows sim_defect_rows_module(void);
struct sim_defect_rows sim_defect_rows_sensor(void);
struct sim_defect_rows sim_defect_rows_bus(void);
struct sim_defect_rows sim_defect_rows_battery(void);
struct sim_defect_rows sim_defect_rows_supply(void);

#endif
