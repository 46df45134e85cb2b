/*
 * test_supply.c — the webmanager's power in the hands of a scenario: what may be done when, and
 * what was asked for and never happened (decision H3).
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/sim/stage.h"

static struct stage stage;

/* Whoever plays the webmanager. */
static struct {
    int ons, offs;
    uint32_t cut_nth;
    bool is_broken; /* it does not come up */
    char spoiled[64];
} played;

static void off(void *context)
{
    cr_assert_eq(context, &played);
    played.offs++;
}

static bool on(void *context, char *error, size_t error_size)
{
    cr_assert_eq(context, &played);
    played.ons++;
    (void)snprintf(error, error_size, "modbus 127.0.0.1:1502: in use");
    return !played.is_broken;
}

static void cut(void *context, uint32_t nth)
{
    cr_assert_eq(context, &played);
    played.cut_nth = nth;
}

static bool damage(void *context, const char *record)
{
    cr_assert_eq(context, &played);
    (void)snprintf(played.spoiled, sizeof played.spoiled, "%s", record != NULL ? record : "all");
    return record == NULL || strcmp(record, "settings") == 0;
}

static bool restamp(void *context, const char *record, uint8_t version)
{
    cr_assert_eq(context, &played);
    (void)snprintf(played.spoiled, sizeof played.spoiled, "%s %d", record, version);
    return strcmp(record, "settings") == 0;
}

static void open_stage(void)
{
    static const struct sim_supply_ops ops = {off, on, cut, damage, restamp};
    stage_open_file(&stage, "scenarios/plants/two_strings_of_nine.lua");
    cr_assert_not_null(stage.plant, "%s", stage.error);
    memset(&played, 0, sizeof played);
    sim_supply_connect(sim_plant_supply(stage.plant), &ops, &played);
}

static void close_stage(void)
{
    stage_close(&stage);
}

static void idle(const char *wanted)
{
    const char *said = sim_plant_idle_fault(stage.plant);
    if (wanted == NULL) {
        cr_assert_null(said, "%s", said);
    } else {
        cr_assert_not_null(said, "%s", wanted);
        cr_assert_not_null(strstr(said, wanted), "%s", said);
    }
}

TestSuite(supply, .init = open_stage, .fini = close_stage);

Test(supply, the_power_goes_and_comes)
{
    stage_say(&stage, "plant.webmanager:power_off()");
    cr_assert_eq(played.offs, 1);
    stage_refuse(&stage, "plant.webmanager:power_off()",
                 "power_off: its power is off; plant.webmanager:power_on");
    stage_refuse(&stage, "plant.webmanager:restart()", "restart: its power is off");
    stage_say(&stage, "plant.webmanager:power_on()");
    cr_assert_eq(played.ons, 1);
    stage_refuse(&stage, "plant.webmanager:power_on()",
                 "power_on: its power is on; plant.webmanager:power_off");
    idle(NULL);
}

Test(supply, a_restart_is_at_once_or_after_a_while)
{
    stage_say(&stage, "plant.webmanager:restart()");
    cr_assert(played.offs == 1 && played.ons == 1);
    stage_say(&stage, "plant.webmanager:restart { after = 90 }");
    cr_assert(played.offs == 2 && played.ons == 1);
    stage_wait(&stage, 89.9);
    cr_assert_eq(played.ons, 1);
    idle("webmanager:restart{} was asked for and the power did not come back in time");
    stage_wait(&stage, 0.1);
    cr_assert_eq(played.ons, 2);
    idle(NULL);
    stage_refuse(&stage, "plant.webmanager:restart { after = -1 }",
                 "after is the seconds without power");
    stage_refuse(&stage, "plant.webmanager:restart { when = 1 }",
                 "no option \"when\"; it has: after");
}

Test(supply, a_hand_may_be_sooner_than_the_restart)
{
    stage_say(&stage, "plant.webmanager:restart { after = 90 }");
    stage_say(&stage, "plant.webmanager:power_on()");
    stage_wait(&stage, 100);
    cr_assert_eq(played.ons, 1);
    idle(NULL);
}

Test(supply, a_webmanager_that_does_not_come_up_is_told)
{
    played.is_broken = true;
    stage_refuse(&stage, "plant.webmanager:restart()", "restart: modbus 127.0.0.1:1502: in use");
    played.is_broken = false;
    stage_say(&stage, "plant.webmanager:power_on()");
    played.is_broken = true;
    stage_say(&stage, "plant.webmanager:restart { after = 1 }");
    cr_assert_null(sim_plant_failure(stage.plant));
    stage_wait(&stage, 2);
    cr_assert_str_eq(sim_plant_failure(stage.plant),
                     "webmanager:restart: modbus 127.0.0.1:1502: in use");
}

Test(supply, a_cut_that_never_came_is_told)
{
    stage_say(&stage, "plant.webmanager:cut_power { nth_write = 3 }");
    cr_assert_eq(played.cut_nth, 3);
    stage_refuse(&stage, "plant.webmanager:cut_power { nth_write = 3 }",
                 "a cut is asked for already");
    idle("webmanager:cut_power{nth_write=3} was asked for and it did not write so often");
    sim_supply_lost(sim_plant_supply(stage.plant));
    idle(NULL);
    stage_refuse(&stage, "plant.webmanager:cut_power { nth_write = 1 }",
                 "cut_power: its power is off");
    stage_say(&stage, "plant.webmanager:power_on()");
    stage_say(&stage, "plant.webmanager:cut_power { nth_write = 1 }");
    stage_say(&stage, "plant.webmanager:restart()");
    idle("cut_power{nth_write=1} was asked for");
    stage_refuse(&stage, "plant.webmanager:cut_power()", "cut_power needs nth_write");
    stage_refuse(&stage, "plant.webmanager:cut_power { nth_write = 1.5 }", "a whole number from 1");
}

Test(supply, the_store_is_spoiled_while_the_power_is_off)
{
    stage_refuse(&stage, "plant.webmanager.store:damage()", "damage: its power is on");
    stage_refuse(&stage, "plant.webmanager.store:restamp { record = 'settings', version = 9 }",
                 "its power is on");
    stage_say(&stage, "plant.webmanager:power_off()");
    stage_say(&stage, "plant.webmanager.store:damage()");
    cr_assert_str_eq(played.spoiled, "all");
    stage_say(&stage, "plant.webmanager.store:damage { record = 'settings' }");
    cr_assert_str_eq(played.spoiled, "settings");
    stage_refuse(&stage, "plant.webmanager.store:damage { record = 'colours' }",
                 "no record \"colours\" is kept; there may be: settings, breakers, discharges");
    stage_say(&stage, "plant.webmanager.store:restamp { record = 'settings', version = 9 }");
    cr_assert_str_eq(played.spoiled, "settings 9");
    stage_refuse(&stage, "plant.webmanager.store:restamp { record = 'settings', version = 256 }",
                 "restamp takes record and version");
    stage_refuse(&stage, "plant.webmanager.store:restamp { version = 1 }",
                 "restamp takes record and version");
    idle("webmanager.store was spoiled and it was not switched on since");
    stage_say(&stage, "plant.webmanager:power_on()");
    idle(NULL);
}

Test(supply, where_nobody_plays_the_webmanager_it_has_no_power)
{
    sim_plant_supply(stage.plant)->ops = NULL;
    stage_refuse(&stage, "plant.webmanager:restart()", "restart: nobody plays the webmanager here");
    stage_refuse(&stage, "plant.webmanager:power_on()", "power_on: nobody plays");
    stage_refuse(&stage, "plant.webmanager:cut_power { nth_write = 1 }", "cut_power: nobody plays");
}
