/*
 * battery_run.c — gbms-bench battery discharge, recharge, float and rest: one block on its own, by
 * the same steps as in a plant.
 */
#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "harness/commands.h"
#include "harness/run/guard.h"
#include "harness/text.h"
#include "sim/battery/battery.h"
#include "sim/battery/load.h"

/* A recharge is over when at the full voltage less than this part of C10 flows, in amperes, or the
 * current has stopped falling: in the heat float alone takes more. */
#define RECHARGE_ENDS_PART 0.01
#define RECHARGE_LOOK_S    3600
#define RECHARGE_FULL_SOC  0.98
#define RECHARGE_FULL_PART 0.999
#define HOURS_DISCHARGE    1000
#define HOURS_RECHARGE     72
#define HOURS_ELSE         24
#define LIMIT_PART         0.2

enum trial_kind { TRIAL_DISCHARGE, TRIAL_RECHARGE, TRIAL_FLOAT, TRIAL_REST };

/* What a block shows at an instant, and what has gone through it until then. */
struct moment {
    double seconds;
    double volts, amps, degC, mOhm, soc;
    double through_Ah, through_Wh; /* above 0 charged */
};

struct trial {
    enum trial_kind kind;
    struct hx_battery_options asked; /* with nothing left out */
    struct sim_battery_type type;
    struct sim_battery battery;
    struct moment now;
    FILE *series;
    double next_s;   /* of the series */
    double began_Ah; /* what has gone through it before */
    double looked_s; /* the last hourly reading ... */
    double looked_A; /* ... and what flowed then; infinite below the full voltage */
    bool has_stopped_falling;
};

static enum trial_kind kind_of(const char *command)
{
    static const char *const names[] = {"battery discharge", "battery recharge", "battery float",
                                        "battery rest"};
    for (int kind = 0; kind < TRIAL_REST; ++kind) {
        if (strcmp(command, names[kind]) == 0) {
            return (enum trial_kind)kind;
        }
    }
    return TRIAL_REST;
}

/* ---- what was asked --------------------------------------------------------------------- */

static double or_else(double value, double otherwise)
{
    return isnan(value) ? otherwise : value;
}

static void defaults_fill(struct trial *trial)
{
    struct hx_battery_options *asked = &trial->asked;
    const struct sim_battery_plate *plate = &trial->type.plate;
    const double cells = plate->cells;
    const double charge_V = trial->kind == TRIAL_RECHARGE
                                ? sim_battery_class_charge_V(plate->battery_class)
                                : sim_battery_class_float_V(plate->battery_class);
    asked->to_V = or_else(asked->to_V, cells * sim_battery_end_V(plate->battery_class, 5));
    asked->volts = or_else(asked->volts, cells * charge_V);
    asked->limit_A = or_else(asked->limit_A, LIMIT_PART * trial->type.constants.rated_Ah);
    asked->from = or_else(asked->from, trial->kind == TRIAL_RECHARGE ? 0 : 1);
    asked->hours = or_else(asked->hours, trial->kind == TRIAL_DISCHARGE  ? HOURS_DISCHARGE
                                         : trial->kind == TRIAL_RECHARGE ? HOURS_RECHARGE
                                                                         : HOURS_ELSE);
    asked->every_s = asked->every_s > 0 ? asked->every_s : 60;
}

static bool load_check(const struct trial *trial)
{
    const struct hx_battery_options *asked = &trial->asked;
    if (isnan(asked->amps) == isnan(asked->watts)) {
        hx_complain("battery discharge: %s; give --amps A or --watts W",
                    isnan(asked->amps) ? "there is no load" : "two loads");
        return false;
    }
    return true;
}

/* Volts of the block, not of a cell, and ones that such a block can have. */
static bool volts_check(const struct trial *trial)
{
    const struct sim_battery_plate *plate = &trial->type.plate;
    const double full_V = plate->cells * sim_battery_class_full_V(plate->battery_class);
    const double least_V = plate->cells * sim_battery_class_least_V(plate->battery_class);
    const double to_V = trial->asked.to_V, volts = trial->asked.volts;
    if (trial->kind == TRIAL_DISCHARGE && (to_V < least_V || to_V >= full_V)) {
        hx_complain("--to %g: %s has %d cells and ends from %g V to below its %g V at rest", to_V,
                    trial->type.name, (int)plate->cells, least_V, full_V);
        return false;
    }
    if ((trial->kind == TRIAL_RECHARGE || trial->kind == TRIAL_FLOAT) &&
        (volts < 0.9 * full_V || volts > 1.5 * full_V)) {
        hx_complain("--volts %g: %s has %d cells and charges from %.4g to %.4g V", volts,
                    trial->type.name, (int)plate->cells, 0.9 * full_V, 1.5 * full_V);
        return false;
    }
    return true;
}

/* ---- the block -------------------------------------------------------------------------- */

static void moment_take(struct trial *trial, double seconds)
{
    const struct sim_battery *battery = &trial->battery;
    const struct moment before = trial->now;
    trial->now = (struct moment){
        .seconds = seconds,
        .volts = battery->voltage_V[0],
        .amps = battery->string[0].current_A,
        .degC = battery->temperature_degC[0],
        .mOhm = battery->resistance_Ohm[0] * 1000,
        .soc = sim_battery_charge(battery, 0, -1),
        .through_Ah = battery->cells.through_Ah[0] - trial->began_Ah,
    };
    trial->now.through_Wh = before.through_Wh + (trial->now.through_Ah - before.through_Ah) * 0.5 *
                                                    (before.volts + trial->now.volts);
}

static bool block_open(struct trial *trial, struct sim_world *world)
{
    const struct hx_battery_options *asked = &trial->asked;
    const bool is_charged = trial->kind == TRIAL_RECHARGE || trial->kind == TRIAL_FLOAT;
    const struct sim_battery_shape shape = {
        .modules = 1,
        .strings = 1,
        .cells = trial->type.plate.cells,
        .cell = trial->type.constants,
        .float_V = asked->volts / trial->type.plate.cells,
        .ambient_degC = asked->temperature_degC,
    };
    struct sim_battery *battery = &trial->battery;
    if (!sim_battery_open(battery, world, &shape)) {
        return false;
    }
    battery->charger.is_on = is_charged;
    battery->charger.voltage_V = asked->volts;
    battery->charger.limit_A = asked->limit_A;
    battery->load.current_A = trial->kind == TRIAL_DISCHARGE ? or_else(asked->amps, 0) : 0;
    battery->load.power_W = trial->kind == TRIAL_DISCHARGE ? or_else(asked->watts, 0) : 0;
    if (trial->kind != TRIAL_FLOAT || asked->from < 1) {
        /* At rest, and as warm as the room: not as after days of float. */
        sim_battery_set_charge(battery, 0, -1, asked->from);
        sim_battery_pin(battery, 0, SIM_PIN_TEMPERATURE, asked->temperature_degC);
        sim_battery_release(battery, 0, SIM_PIN_TEMPERATURE);
    }
    sim_battery_touch(battery);
    trial->began_Ah = battery->cells.through_Ah[0];
    moment_take(trial, 0);
    return true;
}

/* ---- the series ------------------------------------------------------------------------- */

static void series_line(struct trial *trial)
{
    const struct moment *now = &trial->now;
    if (trial->series != NULL) {
        fprintf(trial->series, "%.10g,%.4f,%.6g,%.3f,%.5g,%.6f\n", now->seconds, now->volts,
                now->amps, now->degC, now->mOhm, now->soc);
    }
}

static bool series_open(struct trial *trial)
{
    if (trial->asked.series == NULL) {
        return true;
    }
    trial->series = fopen(trial->asked.series, "w");
    if (trial->series == NULL) {
        hx_complain("--series %s: cannot be written: %s; name a file in a folder that can be",
                    trial->asked.series, strerror(errno));
        return false;
    }
    fputs("seconds,volts,amps,temperature_C,resistance_mOhm,soc\n", trial->series);
    return true;
}

static bool series_close(struct trial *trial)
{
    if (trial->series == NULL) {
        return true;
    }
    bool is_good = ferror(trial->series) == 0;
    if (fclose(trial->series) != 0 || !is_good) {
        hx_complain("--series %s: could not be written to its end; is the disk full?",
                    trial->asked.series);
        return false;
    }
    return true;
}

/* ---- a run ------------------------------------------------------------------------------ */

/* Between two moments, where the voltage was to_V. */
static void moment_meet(struct moment *now, const struct moment *before, double to_V)
{
    const double way = (before->volts - to_V) / (before->volts - now->volts);
    now->seconds = before->seconds + way * (now->seconds - before->seconds);
    now->degC = before->degC + way * (now->degC - before->degC);
    now->mOhm = before->mOhm + way * (now->mOhm - before->mOhm);
    now->soc = before->soc + way * (now->soc - before->soc);
    now->amps = before->amps + way * (now->amps - before->amps);
    now->through_Ah = before->through_Ah + way * (now->through_Ah - before->through_Ah);
    now->through_Wh = before->through_Wh + way * (now->through_Wh - before->through_Wh);
    now->volts = to_V;
}

static bool is_at_full_voltage(const struct trial *trial)
{
    return trial->now.volts >= RECHARGE_FULL_PART * trial->asked.volts;
}

static void current_look(struct trial *trial)
{
    if (trial->now.seconds < trial->looked_s + RECHARGE_LOOK_S) {
        return;
    }
    const double before_A = trial->looked_A;
    trial->looked_s = trial->now.seconds;
    trial->looked_A = is_at_full_voltage(trial) ? trial->now.amps : INFINITY;
    trial->has_stopped_falling = trial->looked_A >= before_A && trial->looked_A < INFINITY;
}

/* In a runaway it rises too, long before the block is full. */
static bool is_float(const struct trial *trial)
{
    return trial->has_stopped_falling && trial->now.soc >= RECHARGE_FULL_SOC;
}

static bool is_over(const struct trial *trial)
{
    const struct moment *now = &trial->now;
    switch (trial->kind) {
    case TRIAL_DISCHARGE:
        return now->volts <= trial->asked.to_V;
    case TRIAL_RECHARGE:
        return is_at_full_voltage(trial) &&
               (now->amps < RECHARGE_ENDS_PART * trial->type.constants.rated_Ah || is_float(trial));
    case TRIAL_FLOAT:
    case TRIAL_REST:
        break;
    }
    return false;
}

/* False where the block is none any more, and says so. */
static bool trial_run(struct trial *trial)
{
    int32_t module;
    char why[200];
    const double end_s = trial->asked.hours * 3600;
    series_line(trial);
    trial->next_s = trial->asked.every_s;
    trial->looked_A = INFINITY;
    while (!is_over(trial) && trial->now.seconds < end_s) {
        if (sim_battery_failure(&trial->battery, &module, why, sizeof why) != NULL) {
            hx_complain("%s: after %.4g minutes it %s", trial->type.name, trial->now.seconds / 60,
                        why);
            return false;
        }
        const struct moment before = trial->now;
        const double until_s = trial->series != NULL ? fmin(end_s, trial->next_s) : end_s;
        const double step_s = trial->battery.step_s;
        const bool is_cut = before.seconds + step_s >= until_s;
        sim_battery_step(&trial->battery, is_cut ? until_s - before.seconds : step_s);
        moment_take(trial, is_cut ? until_s : before.seconds + step_s);
        current_look(trial);
        if (trial->kind == TRIAL_DISCHARGE && trial->now.volts < trial->asked.to_V) {
            moment_meet(&trial->now, &before, trial->asked.to_V);
        }
        if (is_over(trial) || trial->now.seconds >= end_s || trial->now.seconds >= trial->next_s) {
            series_line(trial);
            trial->next_s += trial->asked.every_s;
        }
    }
    return true;
}

/* A load that the block does not bear for an instant is none to measure it by. */
static bool bears_check(const struct trial *trial)
{
    if (trial->kind == TRIAL_DISCHARGE && is_over(trial)) {
        hx_complain("%s: that load takes it below --to %.4g V at once, for it has %.3g mOhm; ask "
                    "for less, or begin --from more",
                    trial->type.name, trial->asked.to_V, trial->now.mOhm);
        return false;
    }
    return true;
}

/* What is left of rounding is 0, and that has no sign. */
static double plain(double value)
{
    return fabs(value) < 1e-9 ? 0 : value;
}

static void outcome_print(const struct trial *trial)
{
    const struct moment *now = &trial->now;
    const bool is_charged = trial->kind == TRIAL_RECHARGE || trial->kind == TRIAL_FLOAT;
    /* What came out, or what went in. */
    const double sign = is_charged ? 1 : -1;
    printf("minutes=%.6g ampere_hours=%.6g watt_hours=%.6g volts=%.5g temperature_C=%.4g",
           now->seconds / 60, plain(sign * now->through_Ah), plain(sign * now->through_Wh),
           now->volts, now->degC);
    if (trial->kind == TRIAL_RECHARGE) {
        printf(" soc=%.4f", now->soc);
    } else if (trial->kind == TRIAL_FLOAT) {
        printf(" milliamps=%.5g", plain(now->amps * 1000));
    }
    printf("\n");
}

static bool trial_play(struct trial *trial)
{
    struct sim_world *world = sim_world_create(1);
    bool is_good = world != NULL && block_open(trial, world);
    if (!is_good) {
        hx_complain("no memory for a battery");
    } else {
        is_good = bears_check(trial) && series_open(trial);
        if (is_good) {
            is_good = trial_run(trial);
            is_good = series_close(trial) && is_good;
        }
        if (is_good) {
            outcome_print(trial);
        }
    }
    sim_battery_close(&trial->battery);
    sim_world_destroy(world);
    return is_good;
}

int hx_battery_run(const struct hx_options *options)
{
    struct trial trial = {.kind = kind_of(options->command), .asked = options->battery};
    char error[600];
    if (options->paths != 1) {
        hx_complain("%s: %s; name one: a TYPE.lua, or one of gbms-bench list batteries",
                    options->command,
                    options->paths == 0 ? "the battery is missing" : "more than one battery");
        return HX_EXIT_USAGE;
    }
    if (trial.asked.series == NULL && trial.asked.every_s > 0) {
        hx_complain("--every is of the series; add --series FILE");
        return HX_EXIT_USAGE;
    }
    if (trial.kind == TRIAL_DISCHARGE && !load_check(&trial)) {
        return HX_EXIT_USAGE;
    }
    hx_guard_name(options->path[0]);
    hx_guard_start(NULL, HX_FILE_LIMIT_S, HX_EXIT_USAGE);
    const bool is_loaded =
        sim_battery_type_load(&trial.type, options->path[0], error, sizeof error);
    hx_guard_stop();
    hx_guard_name(NULL);
    if (!is_loaded) {
        hx_complain("%s", error);
        return HX_EXIT_USAGE;
    }
    defaults_fill(&trial);
    return volts_check(&trial) && trial_play(&trial) ? HX_EXIT_PASSED : HX_EXIT_USAGE;
}
