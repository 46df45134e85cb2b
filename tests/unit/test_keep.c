/*
 * test_keep.c — what an operator sets is kept whole or not at all (decisions B23, H5).
 */
#include <criterion/criterion.h>
#include <string.h>

#include "fake_bus.h"
#include "firmware/core/keep.h"
#include "firmware/core/record.h"

static struct bench bench;
static const char *why;

enum { SYSTEM_ERROR = 1, VOLTAGE_WARN_HIGH = 13 };

static struct bench_record *record(void)
{
    return bench_record(&bench, "settings");
}

static void setup(void)
{
    bench_settings(&bench, 1, 3);
    bench_ready(&bench);
}

static enum wm_status wish(enum wm_setting setting, int32_t value)
{
    const struct wm_command set = {.kind = WM_COMMAND_SET, .setting = setting, .value = value};
    return wm_core_command(&bench.core, &set, &why);
}

static void save_again(void)
{
    const struct wm_command save = {.kind = WM_COMMAND_SAVE};
    cr_assert_eq(wm_core_command(&bench.core, &save, &why), WM_OK);
    bench_run(&bench, 0);
}

static uint32_t key(enum wm_setting setting)
{
    return wm_name_key(wm_setting(setting)->name);
}

/* Steps at the present instant, as a board does for a wish. */
static void set(enum wm_setting setting, int32_t value)
{
    cr_assert_eq(wish(setting, value), WM_OK, "%s", why);
    bench.next_ms = bench.now_ms;
    bench_run(&bench, 0);
}

static int32_t of(enum wm_setting setting)
{
    return bench.core.settings.value[setting];
}

/* ---- kept ------------------------------------------------------------------------------- */

Test(keep, what_was_set_is_there_after_a_restart_and_nothing_else_changed, .init = setup)
{
    set(wm_setting_voltage_high_warn, 14300);
    set(wm_setting_temperature_low_alarm, -20000);
    bench_start(&bench);
    for (int i = 0; i < wm_setting_count; i++) {
        const int32_t wanted = i == wm_setting_voltage_high_warn       ? 14300
                               : i == wm_setting_temperature_low_alarm ? -20000
                                                                       : bench.settings.value[i];
        cr_assert_eq(of((enum wm_setting)i), wanted, "%s", wm_setting((enum wm_setting)i)->name);
    }
    bench_run(&bench, 5000);
    cr_assert_not(bench_has_row(&bench, SYSTEM_ERROR));
}

Test(keep, it_is_written_in_the_step_that_applies_it_and_once_for_all_wishes, .init = setup)
{
    const int saves = bench.saves;
    cr_assert_eq(wish(wm_setting_voltage_high_warn, 14300), WM_OK);
    cr_assert_eq(wish(wm_setting_voltage_delay, 5), WM_OK);
    cr_assert_eq(bench.saves, saves);
    (void)wm_core_step(&bench.core, bench.now_ms);
    cr_assert_eq(bench.saves, saves + 1);
    cr_assert(wm_core_is_kept(&bench.core));
    cr_assert_eq(record()->size, WM_RECORD_OVERHEAD + 4 + 2 * 8);
    bench_run(&bench, 5000);
    cr_assert_eq(bench.saves, saves + 1, "nothing new to keep");
}

Test(keep, a_value_set_back_to_the_default_is_kept_as_well, .init = setup)
{
    const int32_t given = of(wm_setting_voltage_high_warn);
    set(wm_setting_voltage_high_warn, 14300);
    set(wm_setting_voltage_high_warn, given);
    bench.settings.value[wm_setting_voltage_high_warn] = 14500;
    bench_start(&bench);
    cr_assert_eq(of(wm_setting_voltage_high_warn), given, "the operator said so");
}

Test(keep, a_reference_and_a_level_set_after_it_come_back_in_any_order, .init = setup)
{
    set(wm_setting_impedance_reference, 5000);
    set(wm_setting_impedance_high_warn, 7000);
    const struct wm_settings before = bench.core.settings;
    bench.settings.value[wm_setting_impedance_low_alarm] = 10;
    bench_start(&bench);
    cr_assert_eq(of(wm_setting_impedance_reference), 5000);
    cr_assert_eq(of(wm_setting_impedance_high_warn), 7000);
    cr_assert_eq(of(wm_setting_impedance_high_alarm), 7500);
    cr_assert_eq(of(wm_setting_impedance_low_warn), 3000);
    cr_assert_eq(of(wm_setting_impedance_low_alarm), 2500, "a level belongs to its reference");
    cr_assert_eq(memcmp(&before, &bench.core.settings, sizeof before), 0);
}

Test(keep, every_setting_at_its_limits_can_be_kept_together)
{
    /* The record is made for the worst: every row set. */
    static struct wm_keep keep;
    static struct wm_settings settings;
    bench_settings(&bench, 1, 3);
    for (int i = 0; i < wm_setting_count; i++) {
        wm_keep_note(&keep, (enum wm_setting)i);
    }
    bench_start(&bench);
    settings = bench.settings;
    int texts = 0;
    for (int i = 0; i < wm_text_count; i++) {
        const struct wm_text_row *row = wm_text((enum wm_text)i);
        wm_keep_note_text(&keep, (enum wm_text)i);
        memset((char *)&settings.text + row->offset, 'x', row->bytes_max);
        texts += 5 + (int)row->bytes_max;
    }
    cr_assert_eq(wm_keep_save(&keep, &settings, &bench.core.ports.store), WM_OK);
    cr_assert_eq(record()->size, WM_RECORD_OVERHEAD + 4 + 8 * (int)wm_setting_count + texts);
}

Test(keep, texts_are_kept_with_the_settings_and_an_empty_one_too, .init = setup)
{
    const struct wm_change change[] = {
        {.text = wm_text_system_location, .string = "Cellar 2, rack 5"},
        {.text = wm_text_snmp_read_community, .string = ""},
        {.setting = wm_setting_voltage_delay, .value = 7},
    };
    const struct wm_command command = {.kind = WM_COMMAND_CHANGE, .change = change, .changes = 3};
    const int saves = bench.saves;
    cr_assert_eq(wm_core_command(&bench.core, &command, &why), WM_OK, "%s", why);
    bench.next_ms = bench.now_ms;
    bench_run(&bench, 0);
    cr_assert_eq(bench.saves, saves + 1, "in one record, once");
    cr_assert(bench_told(&bench, wm_event_text_changed, wm_text_system_location));
    bench_start(&bench);
    cr_assert_str_eq(bench.core.settings.text.system_location, "Cellar 2, rack 5");
    cr_assert_str_eq(bench.core.settings.text.snmp_read_community, "", "its default is another");
    cr_assert_str_eq(bench.core.settings.text.system_description, "G.BMS SNMP Agent");
    cr_assert_eq(of(wm_setting_voltage_delay), 7);
}

/* ---- damaged ---------------------------------------------------------------------------- */

static void starts_with_what_was_given(const char *what)
{
    bench.events = 0;
    bench_start(&bench);
    cr_assert_eq(memcmp(&bench.core.settings, &bench.settings, sizeof bench.settings), 0, "%s",
                 what);
    cr_assert_not(wm_core_store_is_sound(&bench.core), "%s", what);
    cr_assert(bench_told(&bench, wm_event_store_damaged, 0), "%s", what);
}

Test(keep, a_record_with_any_byte_flipped_or_cut_short_is_not_believed, .init = setup)
{
    set(wm_setting_voltage_high_warn, 14300);
    set(wm_setting_voltage_delay, 5);
    const int size = record()->size;
    for (int i = 0; i < size; i++) {
        record()->bytes[i] ^= 0x40;
        starts_with_what_was_given("a byte flipped");
        record()->bytes[i] ^= 0x40;
    }
    for (record()->size = 0; record()->size < size; record()->size++) {
        starts_with_what_was_given("cut short");
    }
    bench_start(&bench);
    cr_assert(wm_core_store_is_sound(&bench.core), "as it was");
}

/* Puts a record with a right checksum in the store: rows of key and value. */
static void forge(uint8_t version, int rows, uint32_t (*row)[2], int size)
{
    uint8_t body[64] = {(uint8_t)rows};
    for (int i = 0; i < rows; i++) {
        for (int k = 0; k < 8; k++) {
            body[4 + 8 * i + k] = (uint8_t)(row[i][k / 4] >> 8 * (k % 4));
        }
    }
    cr_assert_eq(wm_record_save(&bench.core.ports.store, "settings", version, body, (size_t)size),
                 WM_OK);
}

Test(keep, a_record_of_another_version_or_form_is_not_believed, .init = setup)
{
    uint32_t row[2][2] = {{key(wm_setting_voltage_delay), 5}, {key(wm_setting_voltage_delay), 6}};
    forge(2, 1, row, 12);
    bench_start(&bench);
    cr_assert_eq(of(wm_setting_voltage_delay), 5, "this is how it looks");
    forge(1, 1, row, 12);
    starts_with_what_was_given("older");
    forge(3, 1, row, 12);
    starts_with_what_was_given("newer");
    forge(2, 1, row, 13);
    starts_with_what_was_given("a byte too many");
    forge(2, 1, row, 11);
    starts_with_what_was_given("a byte too few");
    forge(2, 0, row, 3);
    starts_with_what_was_given("no counts");
    forge(2, 2, row, 20);
    starts_with_what_was_given("one setting twice");
}

Test(keep, a_record_that_means_nothing_here_is_not_believed_in_part, .init = setup)
{
    uint32_t row[2][2] = {{key(wm_setting_voltage_delay), 5}, {0xDEADBEEF, 1}};
    forge(2, 2, row, 20);
    starts_with_what_was_given("an unknown setting");
    row[1][0] = key(wm_setting_bank_modules);
    forge(2, 2, row, 20);
    starts_with_what_was_given("what the plant is was never kept");
    row[1][0] = key(wm_setting_voltage_hysteresis);
    row[1][1] = 1000;
    forge(2, 2, row, 20);
    bench_start(&bench);
    cr_assert_eq(of(wm_setting_voltage_hysteresis), 1000);
    row[1][1] = 1001;
    forge(2, 2, row, 20);
    starts_with_what_was_given("out of range");
    row[1][0] = key(wm_setting_voltage_high_warn);
    row[1][1] = 15501;
    forge(2, 2, row, 20);
    starts_with_what_was_given("above today's alarm level");
}

/* A record of one text, whose key and bytes are these. */
static void forge_text(uint32_t text_key, const char *bytes, uint8_t size, int left_out)
{
    uint8_t body[64] = {0, 0, 1};
    for (int k = 0; k < 4; k++) {
        body[4 + k] = (uint8_t)(text_key >> 8 * k);
    }
    body[8] = size;
    memcpy(body + 9, bytes, size);
    cr_assert_eq(
        wm_record_save(&bench.core.ports.store, "settings", 2, body, (size_t)(9 + size - left_out)),
        WM_OK);
}

Test(keep, a_text_that_cannot_be_is_not_believed, .init = setup)
{
    const uint32_t location = wm_name_key("system.location");
    forge_text(location, "room", 4, 0);
    bench_start(&bench);
    cr_assert_str_eq(bench.core.settings.text.system_location, "room", "this is how it looks");
    forge_text(location, "room", 4, 1);
    starts_with_what_was_given("a byte too few");
    forge_text(location, "room", 4, -1);
    starts_with_what_was_given("a byte too many");
    forge_text(location, "ro\0m", 4, 0);
    starts_with_what_was_given("a zero in it");
    forge_text(location, "ro\nm", 4, 0);
    starts_with_what_was_given("not of its form");
    forge_text(wm_name_key("system.locality"), "room", 4, 0);
    starts_with_what_was_given("an unknown text");
    forge_text(wm_name_key("snmp.engine"), "", 0, 0);
    starts_with_what_was_given("in contradiction");
}

Test(keep, a_damaged_record_is_a_system_error_until_it_is_saved_again, .init = setup)
{
    set(wm_setting_voltage_high_warn, 14300);
    record()->size--;
    bench_ready(&bench);
    cr_assert(bench_has_row(&bench, SYSTEM_ERROR));
    cr_assert_eq(bench.core.view.system.status_flags & 0x0100, 0x0100);
    set(wm_setting_voltage_delay, 5);
    cr_assert_not(bench_has_row(&bench, SYSTEM_ERROR));
    cr_assert_eq(bench.core.view.system.status_flags & 0x0100, 0);
    bench_start(&bench);
    cr_assert_eq(of(wm_setting_voltage_delay), 5);
    cr_assert_eq(of(wm_setting_voltage_high_warn), 14100, "that one is gone");
}

Test(keep, a_damaged_record_and_its_system_error_are_in_one_view_from_the_first_on, .init = setup)
{
    set(wm_setting_voltage_high_warn, 14300);
    record()->size--;
    bench_start(&bench);
    cr_assert_eq(bench.core.view.system.status_flags, 0x0102, "connected, and a failure");
    cr_assert(bench_has_row(&bench, SYSTEM_ERROR));
    cr_assert_eq(wish(wm_setting_voltage_delay, 5), WM_OK);
    (void)wm_core_step(&bench.core, bench.now_ms);
    cr_assert_eq(bench.core.view.system.status_flags & 0x0100, 0);
    cr_assert_not(bench_has_row(&bench, SYSTEM_ERROR));
}

Test(keep, an_operator_may_save_without_setting_anything, .init = setup)
{
    record()->size = WM_DAMAGED;
    bench_record(&bench, "breakers")->size = WM_DAMAGED;
    bench_ready(&bench);
    set(wm_setting_voltage_delay, 5);
    cr_assert(bench_has_row(&bench, SYSTEM_ERROR), "the breakers' record was damaged too");
    save_again();
    bench_run(&bench, 1000);
    cr_assert_not(bench_has_row(&bench, SYSTEM_ERROR));
    bench_start(&bench);
    cr_assert(wm_core_store_is_sound(&bench.core));
}

/* ---- failing ---------------------------------------------------------------------------- */

Test(keep, a_setting_that_cannot_be_kept_is_in_force_and_tried_again, .init = setup)
{
    bench.is_store_broken = true;
    set(wm_setting_voltage_high_warn, 13400);
    cr_assert_eq(of(wm_setting_voltage_high_warn), 13400);
    cr_assert_not(wm_core_is_kept(&bench.core), "the service answers WM_IO");
    cr_assert(bench_has_row(&bench, SYSTEM_ERROR), "at once");
    const int saves = bench.saves;
    bench_run(&bench, 5000);
    cr_assert(bench.saves >= saves + 4 && bench.saves <= saves + 6, "once a round, not a step: %d",
              bench.saves - saves);
    int told = 0;
    for (int i = 0; i < bench.events; i++) {
        told += bench.event[i].kind == wm_event_store_failed;
    }
    cr_assert_eq(told, 1);
    bench.is_store_broken = false;
    bench_run(&bench, 1500);
    cr_assert(wm_core_is_kept(&bench.core));
    cr_assert_not(bench_has_row(&bench, SYSTEM_ERROR));
    bench_start(&bench);
    cr_assert_eq(of(wm_setting_voltage_high_warn), 13400);
}

/* One step, and what its view says of the store: 0x0100, the row, the general alarm. */
static void one_step(enum wm_setting setting, int32_t value, bool is_failure)
{
    const uint32_t generation = bench.core.view.generation;
    cr_assert_eq(wish(setting, value), WM_OK, "%s", why);
    (void)wm_core_step(&bench.core, bench.now_ms);
    const struct wm_view *view = &bench.core.view;
    cr_assert_eq(view->generation, generation + 1);
    cr_assert_eq((view->system.status_flags & 0x0100) != 0, is_failure);
    cr_assert_eq(bench_has_row(&bench, SYSTEM_ERROR), is_failure);
    cr_assert_eq((view->system.battery_status_flags & 0x0001) != 0, is_failure);
    cr_assert_eq(view->panel.buzzer_choice, is_failure);
}

Test(keep, a_store_that_fails_and_its_system_error_are_in_one_view, .init = setup)
{
    bench.is_store_broken = true;
    one_step(wm_setting_voltage_delay, 5, true);
    bench.is_store_broken = false;
    one_step(wm_setting_voltage_delay, 6, false);
}

Test(keep, a_wish_does_not_wait_for_the_round_to_find_the_store_well_again, .init = setup)
{
    bench.is_store_broken = true;
    set(wm_setting_voltage_high_warn, 14300);
    bench.is_store_broken = false;
    set(wm_setting_voltage_delay, 5);
    cr_assert(wm_core_is_kept(&bench.core));
    bench.is_store_broken = true;
    set(wm_setting_voltage_delay, 6);
    bench.is_store_broken = false;
    save_again();
    (void)wm_core_step(&bench.core, bench.now_ms);
    cr_assert(wm_core_is_kept(&bench.core));
}
