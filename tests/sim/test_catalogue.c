/*
 * test_catalogue.c — faults of the catalogue: when they start, how they grow, how they end, and
 * what is told of those that never took effect. What each row does is in test_faulty_*.c.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "sim/plant/parts.h"
#include "tests/sim/stage.h"

static struct stage stage;

static void open_stage(void)
{
    stage_open_file(&stage, "scenarios/plants/two_strings_of_nine.lua");
    cr_assert_not_null(stage.plant, "%s", stage.error);
}

static void close_stage(void)
{
    stage_close(&stage);
}

TestSuite(catalogue, .init = open_stage, .fini = close_stage);

static double latency_s(void)
{
    return stage_number(&stage, "plant.module[3].latency.value");
}

static bool asks(int32_t module)
{
    struct sim_frame answer;
    return stage_ask(&stage, wm_message_measure, WM_CLASS_MODULE, module, 0, &answer);
}

static void is_idle(const char *wanted)
{
    const char *said = sim_plant_idle_fault(stage.plant);
    cr_assert_not_null(said, "wanted: %s", wanted);
    cr_assert_not_null(strstr(said, wanted), "said: %s\nnot:  %s", said, wanted);
}

Test(catalogue, a_fault_is_there_at_once_with_its_usual_size)
{
    stage_say(&stage, "plant.module[3]:slow()");
    cr_assert_float_eq(latency_s(), 0.05, 1e-9);
    stage_say(&stage, "plant.module[3]:slow { latency = 0.2 }");
    cr_assert_float_eq(latency_s(), 0.2, 1e-9);
    cr_assert_float_eq(stage_number(&stage, "plant.module[2].latency.value"), 0.001, 1e-9);
}

Test(catalogue, a_fault_starts_when_it_was_told_to)
{
    stage_say(&stage, "plant.module[3]:slow { latency = 0.2, at = 10 }");
    stage_wait(&stage, 9.9);
    cr_assert_float_eq(latency_s(), 0.001, 1e-9);
    stage_wait(&stage, 0.2);
    cr_assert_float_eq(latency_s(), 0.2, 1e-9);
}

Test(catalogue, a_size_grows_evenly_from_what_it_is_and_stays)
{
    stage_say(&stage, "plant.module[3]:slow { latency = 0.1 }");
    stage_say(&stage, "plant.module[3]:slow { latency = 0.3, at = 10, over = 20 }");
    stage_wait(&stage, 10);
    cr_assert_float_eq(latency_s(), 0.1, 1e-6);
    stage_wait(&stage, 5);
    cr_assert_float_eq(latency_s(), 0.15, 1e-6);
    stage_wait(&stage, 15);
    cr_assert_float_eq(latency_s(), 0.3, 1e-6);
    stage_wait(&stage, 100);
    cr_assert_float_eq(latency_s(), 0.3, 1e-6);
}

Test(catalogue, a_later_order_takes_over_a_ramp_where_it_is)
{
    stage_say(&stage, "plant.module[3]:slow { latency = 0.201, over = 100 }");
    stage_wait(&stage, 50);
    stage_say(&stage, "plant.module[3]:slow { latency = 0.001, over = 50 }");
    stage_wait(&stage, 25);
    cr_assert_float_eq(latency_s(), 0.051, 1e-6);
    stage_wait(&stage, 100);
    cr_assert_float_eq(latency_s(), 0.001, 1e-6);
}

Test(catalogue, heal_puts_back_what_was_before_one_or_all)
{
    stage_say(&stage, "plant.module[3].latency = 0.004");
    stage_say(&stage, "plant.module[3]:slow { latency = 0.2 } plant.module[3]:silent()");
    stage_say(&stage, "plant.module[3]:slow { latency = 0.3, at = 60 }");
    cr_assert_not(asks(3));
    stage_say(&stage, "plant.module[3]:heal 'slow'");
    cr_assert_float_eq(latency_s(), 0.004, 1e-9);
    stage_wait(&stage, 100);
    cr_assert_float_eq(latency_s(), 0.004, 1e-9, "what had not begun is healed, too");
    cr_assert_not(asks(3));
    stage_say(&stage, "plant.module[3]:heal()");
    cr_assert(asks(3));
    stage_say(&stage, "plant.module[3]:heal() plant.bus:heal()");
}

Test(catalogue, a_mistake_names_verb_option_unit_and_range_at_its_line)
{
    stage_refuse(&stage, "\nplant.module[3]:slow { latency = 11 }",
                 "story:2: slow: latency is a number from 0 to 10 s (usual 0.05), not 11");
    stage_refuse(&stage, "plant.module[3]:slow { latency = 0/0 }", "from 0 to 10 s (usual 0.05)");
    stage_refuse(&stage, "plant.module[3]:slow { latency = '1' }", "from 0 to 10 s (usual 0.05)");
    stage_refuse(&stage, "plant.module[3]:slow { at = -1 }",
                 "slow: at is a number from 0 to 1e+09 s from now");
    stage_refuse(&stage, "plant.module[3]:slow { delay = 1 }",
                 "slow has no option \"delay\"; it has: latency, at, over");
    stage_refuse(&stage, "plant.module[3]:silent { over = 1 }", "silent does not take over");
    stage_refuse(&stage, "plant.module[3]:silent { 1 }", "silent has no option \"1\"; it has: at");
    stage_refuse(&stage, "plant.module[3]:slow(1)", "slow takes a table, as in slow{latency=1}");
    stage_refuse(&stage, "plant.module[3]:heal 'slow'",
                 "heal: string[1].module[3] has no slow that could be healed");
    stage_refuse(&stage, "plant.module[3]:heal 'slwo'",
                 "heal takes the name of a fault of module, or nothing for all: ");
    stage_refuse(&stage, "plant.module[3]:slwo()", "slow, ");
    stage_refuse(&stage, "plant.load:slow()", "load has no property \"slow\"");
}

Test(catalogue, a_module_babbles_a_thousandth_a_second_or_more_and_a_ramp_of_it_begins_at_0)
{
    stage_refuse(&stage, "plant.module[3]:babbling { rate = 1e-300 }",
                 "takes a rate of 0, or of 0.001 frames/s or more");
    stage_say(&stage, "plant.module[3]:babbling { rate = 0.001, over = 1e9 }");
    stage_wait(&stage, 10);
}

Test(catalogue, what_never_took_effect_is_told)
{
    stage_say(&stage, "plant.module[3]:slow { latency = 0.02, at = 100 }");
    stage_wait(&stage, 99);
    is_idle("string[1].module[3]:slow{latency=0.02} was asked for and its start was never reached");
    stage_wait(&stage, 2);
    is_idle("string[1].module[3]:slow{latency=0.02} was asked for and nobody asked it since");
    cr_assert(asks(2));
    is_idle("nobody asked it since");
    cr_assert(asks(3));
    cr_assert_null(sim_plant_idle_fault(stage.plant));
}

Test(catalogue, what_was_healed_before_it_took_effect_stays_told)
{
    stage_say(&stage, "plant.module[3]:silent()");
    stage_wait(&stage, 1);
    stage_say(&stage, "plant.module[3]:heal()");
    cr_assert(asks(3));
    is_idle("string[1].module[3]:silent() was asked for and nobody asked it since");
}

Test(catalogue, what_was_healed_in_the_breath_of_its_order_or_start_is_told)
{
    stage_say(&stage, "plant.module[3]:dry_out { water = 50 } plant.module[3]:heal()");
    stage_wait(&stage, 60);
    is_idle("string[1].module[3]:dry_out{water=50} was asked for and no time passed since");
    stage_close(&stage);
    open_stage();
    stage_say(&stage, "plant.module[3]:dry_out { water = 50, at = 10 }");
    stage_wait(&stage, 10);
    stage_say(&stage, "plant.module[3]:heal()");
    stage_wait(&stage, 60);
    is_idle("string[1].module[3]:dry_out{water=50} was asked for and no time passed since");
}

Test(catalogue, what_is_ordered_anew_in_one_breath_was_never_meant)
{
    stage_say(&stage, "plant.module[3]:aged { age = 50 } plant.module[3]:aged { age = 20 }");
    stage_wait(&stage, 60);
    cr_assert_null(sim_plant_idle_fault(stage.plant));
    stage_say(&stage, "plant.module[4]:aged { age = 50 } plant.module[4]:aged { age = 0 }");
    stage_wait(&stage, 60);
    is_idle("string[1].module[4]:aged{age=0} was asked for and changed nothing");
}

Test(catalogue, of_two_that_start_at_one_instant_the_first_is_told)
{
    stage_say(&stage, "plant.module[3]:aged { age = 50, at = 10 }");
    stage_say(&stage, "plant.module[3]:aged { age = 0, at = 10 }");
    stage_wait(&stage, 60);
    is_idle("string[1].module[3]:aged{age=50} was asked for and no time passed since");
}

Test(catalogue, a_size_that_changes_nothing_is_told)
{
    stage_say(&stage, "plant.module[3]:slow { latency = 0.001 }");
    cr_assert(asks(3));
    is_idle("string[1].module[3]:slow{latency=0.001} was asked for and changed nothing");
}

Test(catalogue, an_order_of_what_is_so_already_is_told)
{
    stage_say(&stage, "plant.module[3]:slow { latency = 0.01 }");
    cr_assert(asks(3));
    stage_wait(&stage, 60);
    cr_assert_null(sim_plant_idle_fault(stage.plant));
    stage_say(&stage, "plant.module[3]:slow { latency = 0.01 }");
    cr_assert(asks(3));
    is_idle("string[1].module[3]:slow{latency=0.01} was asked for and changed nothing");
}

/* Of another part of it, or slower than it grew before, it is another fault. */
Test(catalogue, an_order_of_the_same_size_that_changes_something_counts)
{
    stage_say(&stage, "plant.string[1]:ground_fault { current = 5, blocks = 3 }");
    stage_say(&stage, "plant.module[3]:aged { age = 50, over = 100 }");
    stage_wait(&stage, 60);
    stage_say(&stage, "plant.string[1]:ground_fault { current = 5, blocks = 1 }");
    stage_say(&stage, "plant.module[3]:aged { age = 50, over = 1000 }");
    stage_wait(&stage, 60);
    cr_assert_null(sim_plant_idle_fault(stage.plant));
    stage_say(&stage, "plant.module[5]:slow { latency = 0.01 }");
    cr_assert(asks(5));
    stage_say(&stage, "plant.module[5].latency = 0.002");
    stage_wait(&stage, 60);
    stage_say(&stage, "plant.module[5]:slow { latency = 0.01 }");
    cr_assert(asks(5));
    cr_assert_null(sim_plant_idle_fault(stage.plant), "it was pushed meanwhile");
}

Test(catalogue, two_plants_never_share_a_fault)
{
    stage_say(&stage, "plant.module[3]:slow { over = 100 }");
    stage_close(&stage);
    open_stage();
    stage_wait(&stage, 10);
    cr_assert_float_eq(latency_s(), 0.001, 1e-9);
}

Test(catalogue, a_ground_fault_drains_the_blocks_of_its_last_order_and_none_once_healed)
{
    stage_say(&stage, "plant.string[1]:ground_fault { current = 5, blocks = 3 }");
    stage_wait(&stage, 60);
    cr_assert_gt(stage.plant->battery.stray_A[2], 4.9);
    stage_say(&stage, "plant.string[1]:ground_fault { current = 5, blocks = 1 }");
    cr_assert_float_eq(stage.plant->battery.stray_A[2], 0, 1e-9);
    cr_assert_gt(stage.plant->battery.stray_A[0], 4.9);
    stage_wait(&stage, 60);
    stage_say(&stage, "plant.string[1]:heal()");
    cr_assert_float_eq(stage.plant->battery.stray_A[0], 0, 1e-9);
}

Test(catalogue, a_twin_whose_other_has_gone_when_it_starts_is_told)
{
    stage_say(&stage, "plant.module[3]:twin_address { address = 2, at = 60 }");
    stage_say(&stage, "plant.module[2]:wrong_address { address = 400, at = 30 }");
    stage_wait(&stage, 90);
    cr_assert(asks(3));
    cr_assert(asks(400));
    is_idle("string[1].module[3]:twin_address{address=2} was asked for and could not start: "
            "it takes the address of another module");
}

Test(catalogue, a_stuck_value_that_was_told_to_nobody_is_told)
{
    stage_say(&stage, "plant.module[3].voltage = 13 plant.module[3]:stuck_value()");
    stage_say(&stage, "plant.module[3].voltage = 12 plant.module[3]:silent()");
    cr_assert_not(asks(3));
    is_idle("string[1].module[3]:stuck_value() was asked for and it told nothing");
    stage_say(&stage, "plant.module[3]:heal 'silent'");
    cr_assert(asks(3));
    cr_assert_null(sim_plant_idle_fault(stage.plant));
}

Test(catalogue, the_leaks_of_one_cell_and_of_all_add_up_and_end_by_themselves)
{
    stage_say(&stage, "plant.module[3]:soft_short { cell = 1, leak = 1000 }");
    const double short_S = sim_battery_trait(&stage.plant->battery, 2, 0, SIM_TRAIT_LEAK);
    stage_say(&stage, "plant.module[3]:self_discharge { cell = 0, leak = 1 }");
    const double both_S = sim_battery_trait(&stage.plant->battery, 2, 0, SIM_TRAIT_LEAK);
    cr_assert_float_eq(both_S / short_S, 1.001, 1e-6);
    cr_assert_float_eq(sim_battery_trait(&stage.plant->battery, 2, 1, SIM_TRAIT_LEAK) / short_S,
                       0.001, 1e-6);
    stage_say(&stage, "plant.module[3]:heal 'soft_short'");
    cr_assert_float_eq(sim_battery_trait(&stage.plant->battery, 2, 0, SIM_TRAIT_LEAK) / short_S,
                       0.001, 1e-6);
    stage_say(&stage, "plant.module[3]:heal()");
    cr_assert_float_eq(sim_battery_trait(&stage.plant->battery, 2, 0, SIM_TRAIT_LEAK), 0, 1e-12);
}

Test(catalogue, one_address_takes_over_from_the_other_and_heal_puts_back_the_first)
{
    stage_say(&stage, "plant.module[5]:wrong_address { address = 500 }");
    cr_assert(asks(500));
    stage_say(&stage, "plant.module[5]:twin_address { address = 1 }");
    cr_assert_not(asks(500));
    stage_say(&stage, "plant.module[5]:heal 'twin_address'");
    cr_assert(asks(5));
    cr_assert_not(asks(500));
}

static double water_lost(int32_t cell)
{
    return sim_battery_trait(&stage.plant->battery, 2, cell, SIM_TRAIT_WATER_LOST);
}

Test(catalogue, heal_gives_each_cell_back_what_it_had)
{
    stage_say(&stage, "plant.module[3]:dry_out { water = 60, cell = 3 }");
    stage_say(&stage, "plant.module[3]:dry_out { water = 10 }");
    cr_assert_float_eq(water_lost(2), 0.1, 1e-12);
    const double minor = 1e-6; /* float takes some while time passes */
    stage_wait(&stage, 60);
    stage_say(&stage, "plant.module[3]:dry_out { water = 20 }");
    stage_wait(&stage, 60);
    /* The latest first: what is left is the one of the cell, then nothing. */
    stage_say(&stage, "plant.module[3]:heal()");
    for (int32_t cell = 0; cell < 6; cell++) {
        cr_assert_float_eq(water_lost(cell), 0, minor, "cell %d: %g", (int)cell, water_lost(cell));
    }
    /* One that was dry by itself stays so. */
    sim_battery_set_trait(&stage.plant->battery, 2, 2, SIM_TRAIT_WATER_LOST, 0.6);
    stage_say(&stage, "plant.module[3]:dry_out { water = 10 }");
    stage_wait(&stage, 60);
    stage_say(&stage, "plant.module[3]:heal()");
    cr_assert_float_eq(water_lost(2), 0.6, minor);
    cr_assert_float_eq(water_lost(0), 0, minor);
}

Test(catalogue, a_push_while_the_fault_is_there_is_what_heal_puts_back)
{
    stage_say(&stage, "plant.string[1]:uneven()");
    stage_wait(&stage, 60);
    stage_say(&stage, "plant.string[1].cable = 5");
    stage_say(&stage, "plant.string[2].cable = 7");
    stage_say(&stage, "plant.string[1]:heal()");
    cr_assert_float_eq(stage_number(&stage, "plant.string[1].cable.value"), 5, 1e-9);
    stage_say(&stage, "plant.module[3]:slow()");
    cr_assert(asks(3));
    stage_say(&stage, "plant.module[3]:drift { latency = 0.002, over = 10 }");
    stage_wait(&stage, 60);
    stage_say(&stage, "plant.module[3]:heal()");
    cr_assert_float_eq(latency_s(), 0.002, 1e-9);
}

Test(catalogue, a_fault_of_a_charger_that_is_off_took_no_effect)
{
    stage_say(&stage, "plant.charger.on = false");
    stage_wait(&stage, 60);
    stage_say(&stage, "plant.charger:failed()");
    stage_wait(&stage, 60);
    is_idle("charger:failed() was asked for and the charger was switched off since");
    stage_say(&stage, "plant.charger.on = true");
    stage_wait(&stage, 60);
    cr_assert_null(sim_plant_idle_fault(stage.plant));
    /* It does not give while it has failed. */
    stage_say(&stage, "plant.charger:too_high { by = 0.1 }");
    stage_wait(&stage, 60);
    is_idle(
        "charger:too_high{by=0.1} was asked for and the charger held no string's voltage since");
    stage_say(&stage, "plant.charger:heal 'failed'");
    stage_wait(&stage, 60);
    cr_assert_null(sim_plant_idle_fault(stage.plant));
}

Test(catalogue, the_chargers_ripple_and_a_strings_own_add_up_and_heal_apart)
{
    stage_say(&stage, "plant.string[1].current_ac = 1 plant.string[2].current_ac = 5");
    stage_say(&stage, "plant.charger:ripple { current = 10 }");
    const double ripple_A = stage.plant->battery.shape.cell.rated_Ah / 10;
    cr_assert_float_eq(stage_number(&stage, "plant.string[2].current_ac.value"), 5 + ripple_A,
                       1e-9);
    stage_wait(&stage, 60);
    stage_say(&stage, "plant.charger:heal()");
    cr_assert_float_eq(stage_number(&stage, "plant.string[1].current_ac.value"), 1, 1e-9);
    cr_assert_float_eq(stage_number(&stage, "plant.string[2].current_ac.value"), 5, 1e-9);
}

static int solved;

static void solved_count(void *context)
{
    (void)context;
    solved++;
}

Test(catalogue, steps_that_fall_on_one_instant_solve_the_circuits_once)
{
    stage_say(&stage, "for _, each in ipairs(plant.module) do each:aged { over = 600 } end");
    stage_wait(&stage, 10.5);
    stage.plant->battery.moved = solved_count;
    stage_wait(&stage, 1);
    /* The battery's own step, and one for 18 ramps. */
    cr_assert(solved >= 1 && solved <= 3, "%d times", solved);
    cr_assert_float_eq(sim_battery_trait(&stage.plant->battery, 17, 0, SIM_TRAIT_AGE), 11.0 / 600,
                       1e-4);
}

Test(catalogue, a_battery_that_is_none_any_more_ends_the_run_and_names_the_module)
{
    stage_say(&stage, "plant.string[2].current = 100 plant.module[11].resistance = 100000");
    (void)sim_world_run(stage.world, sim_world_now_us(stage.world) + 600 * INT64_C(1000000));
    const char *failure = sim_plant_failure(stage.plant);
    cr_assert_not_null(failure);
    cr_assert_not_null(strstr(failure, "string[2].module[2] is at "), "%s", failure);
}

Test(catalogue, a_fault_of_charger_or_cable_where_every_string_is_cut_took_no_effect)
{
    stage_say(&stage, "plant.string[1]:fuse_blown() plant.string[2].current = 0.02");
    stage_wait(&stage, 60);
    stage_say(&stage, "plant.charger:too_high()");
    stage_wait(&stage, 60);
    is_idle("too_high{by=0.15} was asked for and the charger held no string's voltage since");
    stage_say(&stage, "plant.string[2]:release 'current'");
    stage_wait(&stage, 60);
    cr_assert_null(sim_plant_idle_fault(stage.plant));
    stage_say(&stage, "plant.string[1]:uneven()");
    stage_wait(&stage, 60);
    is_idle("uneven{cable=40} was asked for and the bus made no current of that string since");
    stage_say(&stage, "plant.string[1]:heal 'fuse_blown'");
    stage_wait(&stage, 60);
    cr_assert_null(sim_plant_idle_fault(stage.plant));
    stage_say(&stage, "plant.string[1]:fuse_blown() plant.string[2]:fuse_blown()");
    stage_say(&stage, "plant.charger:ripple()");
    stage_wait(&stage, 60);
    is_idle("ripple{current=10} was asked for and the charger gave nothing to any string since");
    stage_say(&stage, "plant.string[1]:heal 'fuse_blown'");
    stage_wait(&stage, 60);
    cr_assert_null(sim_plant_idle_fault(stage.plant));
}

Test(catalogue, what_a_pushed_value_hides_is_refused)
{
    stage_say(&stage, "plant.module[3].temperature = 25 plant.module[4].voltage = 13");
    stage_refuse(&stage, "plant.module[3]:sun()", "sun is hidden: the module's temperature");
    stage_say(&stage, "plant.module[4]:dry_out()");
    stage_say(&stage, "plant.module[4].resistance = 7");
    stage_refuse(&stage, "plant.module[4]:joint()", "joint is hidden: the module's voltage and");
    stage_refuse(&stage, "plant.module[4]:cell_shorted()", "cell_shorted is hidden");
    stage_say(&stage, "plant.module[4]:release 'voltage' plant.module[4]:cell_shorted()");
    stage_say(&stage, "plant.module[3]:release 'temperature' plant.module[3]:sun()");
}

Test(catalogue, what_is_hidden_before_anybody_could_see_it_is_told)
{
    stage_say(&stage, "plant.module[3]:sun { by = 20 } plant.module[3].temperature = 25");
    stage_wait(&stage, 60);
    is_idle("sun{by=20} was asked for and it is hidden: the module's temperature is pushed");
    stage_say(&stage, "plant.module[3]:release 'temperature'");
    is_idle("sun{by=20} was asked for and no time passed since");
    stage_wait(&stage, 60);
    cr_assert_null(sim_plant_idle_fault(stage.plant));
    stage_say(&stage, "plant.module[3].temperature = 25");
    stage_wait(&stage, 60);
    cr_assert_null(sim_plant_idle_fault(stage.plant), "it was seen before");
    stage_say(&stage, "plant.module[4]:joint() plant.module[4].voltage = 13\n"
                      "plant.module[4]:drift { resistance = 9, over = 30 }");
    stage_wait(&stage, 60);
    is_idle("joint{resistance=2} was asked for and it is hidden: the module's voltage and");
    stage_say(&stage, "plant.module[4]:release 'voltage'");
    stage_wait(&stage, 60);
    stage_say(&stage,
              "plant.module[5]:sun { by = 20, over = 60 } plant.module[5].temperature = 25");
    stage_wait(&stage, 120);
    is_idle("module[5]:sun{by=20} was asked for and it is hidden");
}

static double charge(int32_t cell)
{
    return sim_battery_charge(&stage.plant->battery, 2, cell);
}

Test(catalogue, one_cell_is_discharged_and_each_gets_its_charge_back)
{
    stage_say(&stage, "plant.module[3]:discharged { cell = 2, charge = 60 }");
    cr_assert_float_eq(charge(1), 0.6, 1e-9);
    cr_assert_float_eq(charge(2), 1, 1e-6);
    stage_say(&stage, "plant.charger.on = false");
    stage_say(&stage, "plant.module[4]:cell_shorted { cell = 2 }");
    stage_say(&stage, "plant.module[4]:discharged { charge = 40 }");
    stage_wait(&stage, 5);
    stage_say(&stage, "plant.module[4]:heal 'discharged'");
    cr_assert_float_eq(sim_battery_charge(&stage.plant->battery, 3, 0), 1, 1e-3);
    cr_assert_float_eq(sim_battery_charge(&stage.plant->battery, 3, 1), 0, 1e-3);
}
