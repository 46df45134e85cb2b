/*
 * test_breaker.c — records, wiring, and orders that are repeated until they are obeyed.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "firmware/core/breaker.h"
#include "firmware/core/settings.h"

static struct wm_settings settings;
static struct wm_bank bank;
static struct wm_breakers breakers;
static uint8_t record[WM_RECORD_SIZE_MAX];
static int record_size;

static int load(void *self, const char *name, void *bytes, size_t size_max)
{
    (void)self;
    cr_assert_str_eq(name, "breakers");
    if (record_size > 0) {
        memcpy(bytes, record, (size_t)record_size < size_max ? (size_t)record_size : size_max);
    }
    return record_size;
}

static enum wm_status save(void *self, const char *name, const void *bytes, size_t size)
{
    (void)self;
    (void)name;
    memcpy(record, bytes, size);
    record_size = (int)size;
    return WM_OK;
}

static enum wm_status save_fails(void *self, const char *name, const void *bytes, size_t size)
{
    (void)self;
    (void)name;
    (void)bytes;
    (void)size;
    return WM_IO;
}

static const struct wm_store_ops ops = {load, save};
static const struct wm_store store = {&ops, NULL};

static void setup(void)
{
    record_size = WM_ABSENT;
    wm_settings_reset(&settings);
    settings.value[wm_setting_bank_strings] = 3;
    settings.value[wm_setting_bank_modules] = 9;
    settings.value[wm_setting_bank_aux_units] = 2;
    wm_settings_derive(&settings);
    settings.value[wm_setting_breaker_output_1] = 2;
    settings.value[wm_setting_breaker_output_3] = 5;
    settings.value[wm_setting_breaker_wiring_3] = 1;
    wm_bank_init(&bank, &settings);
    cr_assert_eq(wm_breakers_init(&breakers, &settings, &store), WM_OK);
}

Test(breaker, closed_at_first_start_normally_open_off_normally_closed_on, .init = setup)
{
    cr_assert_eq(wm_breakers_outputs(&breakers, &bank, 0), 0x00);
    cr_assert_eq(wm_breakers_outputs(&breakers, &bank, 1), 0x01);
    cr_assert(wm_breakers_move(&breakers, &settings, 0, true));
    cr_assert(wm_breakers_move(&breakers, &settings, 2, true));
    cr_assert_eq(wm_breakers_outputs(&breakers, &bank, 0), 0x02);
    cr_assert_eq(wm_breakers_outputs(&breakers, &bank, 1), 0x00);
    cr_assert_not(wm_breakers_move(&breakers, &settings, 2, true), "it already is");
    cr_assert_not(wm_breakers_move(&breakers, &settings, 1, true), "it has none");
}

Test(breaker, an_order_stays_due_until_the_unit_tells_it_obeyed, .init = setup)
{
    uint8_t outputs;
    cr_assert_eq(wm_breakers_due(&breakers, &bank, 0, &outputs), -1);
    (void)wm_breakers_move(&breakers, &settings, 0, true);
    cr_assert_eq(wm_breakers_due(&breakers, &bank, 0, &outputs), -1, "its unit was never heard");
    bank.aux[0].is_measured = true;
    cr_assert_eq(wm_breakers_due(&breakers, &bank, 0, &outputs), 0);
    cr_assert_eq(outputs, 0x02);
    breakers.is_due[0] = false; /* it was put on the line */
    bank.aux[0].outputs = 0x08;
    wm_breakers_heard(&breakers, &settings, &bank, 0);
    cr_assert_eq(wm_breakers_due(&breakers, &bank, 0, &outputs), 0);
    cr_assert_eq(outputs, 0x0A, "the fourth output is nobody's breaker and stays");
    bank.aux[0].outputs = 0x0A;
    wm_breakers_heard(&breakers, &settings, &bank, 0);
    cr_assert_eq(wm_breakers_due(&breakers, &bank, 0, &outputs), -1);
}

Test(breaker, a_string_is_isolated_once_the_contact_of_its_open_breaker_says_so, .init = setup)
{
    (void)wm_breakers_move(&breakers, &settings, 0, true);
    (void)wm_breakers_move(&breakers, &settings, 2, true);
    wm_breakers_isolate(&breakers, &settings, &bank);
    cr_assert_not(bank.is_isolated[2], "normally closed: off would be open, but nobody told so");
    bank.aux[0].is_measured = bank.aux[1].is_measured = true;
    bank.aux[1].outputs = 0x01;
    wm_breakers_isolate(&breakers, &settings, &bank);
    cr_assert_not(bank.is_isolated[0], "the relay sticks");
    cr_assert_not(bank.is_isolated[2]);
    bank.aux[0].outputs = 0x02;
    bank.aux[1].outputs = 0x00;
    wm_breakers_isolate(&breakers, &settings, &bank);
    cr_assert(bank.is_isolated[0]);
    cr_assert_not(bank.is_isolated[1]);
    cr_assert(bank.is_isolated[2]);
    (void)wm_breakers_move(&breakers, &settings, 0, false);
    wm_breakers_isolate(&breakers, &settings, &bank);
    cr_assert_not(bank.is_isolated[0], "what is to be closed is judged again at once");
}

Test(breaker, what_is_no_breaker_any_more_is_not_open, .init = setup)
{
    (void)wm_breakers_move(&breakers, &settings, 0, true);
    cr_assert(wm_breakers_is_open(&breakers, &settings, 0));
    settings.value[wm_setting_breaker_output_1] = 0;
    bank.aux[0].is_measured = true;
    bank.aux[0].outputs = 0x02;
    wm_breakers_isolate(&breakers, &settings, &bank);
    cr_assert_not(wm_breakers_is_open(&breakers, &settings, 0));
    cr_assert_not(bank.is_isolated[0]);
    settings.value[wm_setting_breaker_output_1] = 2;
    cr_assert(wm_breakers_is_open(&breakers, &settings, 0), "but it is not forgotten");
}

Test(breaker, a_relay_that_sticks_is_ordered_once_a_second, .init = setup)
{
    uint8_t outputs;
    (void)wm_breakers_move(&breakers, &settings, 0, true);
    bank.aux[0].is_measured = true;
    wm_breakers_ordered(&breakers, 0, 5000);
    cr_assert_eq(wm_breakers_deadline_ms(&breakers, &bank, 5000), WM_NEVER, "nothing is due");
    wm_breakers_heard(&breakers, &settings, &bank, 0);
    cr_assert_eq(wm_breakers_due(&breakers, &bank, 5010, &outputs), -1);
    cr_assert_eq(wm_breakers_deadline_ms(&breakers, &bank, 5010), 6000);
    cr_assert_eq(wm_breakers_due(&breakers, &bank, 6000, &outputs), 0);
    wm_breakers_ordered(&breakers, 0, 6000);
    wm_breakers_heard(&breakers, &settings, &bank, 0);
    (void)wm_breakers_move(&breakers, &settings, 0, false);
    wm_breakers_heard(&breakers, &settings, &bank, 0);
    cr_assert_eq(wm_breakers_due(&breakers, &bank, 6010, &outputs), -1, "it is closed already");
    (void)wm_breakers_move(&breakers, &settings, 0, true);
    cr_assert_eq(wm_breakers_due(&breakers, &bank, 6020, &outputs), 0, "a new order goes at once");
}

Test(breaker, what_is_open_is_open_after_a_restart, .init = setup)
{
    (void)wm_breakers_move(&breakers, &settings, 2, true);
    cr_assert_eq(wm_breakers_save(&breakers, &store), WM_OK);
    cr_assert_eq(wm_breakers_init(&breakers, &settings, &store), WM_OK);
    cr_assert(breakers.is_open[2]);
    cr_assert_not(breakers.is_open[0]);
    cr_assert_eq(wm_breakers_outputs(&breakers, &bank, 1), 0x00);
}

Test(breaker, a_record_with_any_bit_flipped_or_cut_short_is_not_believed, .init = setup)
{
    (void)wm_breakers_move(&breakers, &settings, 0, true);
    cr_assert_eq(wm_breakers_save(&breakers, &store), WM_OK);
    const int size = record_size;
    for (int bit = 0; bit < size * 8; bit++) {
        record[bit / 8] ^= (uint8_t)(1U << bit % 8);
        cr_assert_eq(wm_breakers_init(&breakers, &settings, &store), WM_DAMAGED, "bit %d", bit);
        record[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    for (record_size = 0; record_size < size; record_size++) {
        cr_assert_eq(wm_breakers_init(&breakers, &settings, &store), WM_DAMAGED);
    }
}

Test(breaker, after_damage_each_units_contacts_are_adopted_when_it_is_heard, .init = setup)
{
    uint8_t outputs;
    record_size = WM_DAMAGED;
    cr_assert_eq(wm_breakers_init(&breakers, &settings, &store), WM_DAMAGED);
    bank.aux[0].outputs = 0x02;
    bank.aux[0].is_measured = true;
    wm_breakers_heard(&breakers, &settings, &bank, 0);
    cr_assert(breakers.is_open[0]);
    cr_assert(breakers.is_unknown[2], "unit 2 is not heard yet");
    cr_assert_eq(wm_breakers_due(&breakers, &bank, 0, &outputs), -1, "nothing moves");
    cr_assert_eq(wm_breakers_save(&breakers, &store), WM_OK);
    cr_assert_eq(wm_breakers_init(&breakers, &settings, &store), WM_OK);
    cr_assert(breakers.is_unknown[2], "and that is known after a restart");
    bank.aux[1].outputs = 0x01;
    bank.aux[1].is_measured = true;
    wm_breakers_heard(&breakers, &settings, &bank, 1);
    cr_assert_not(breakers.is_unknown[2]);
    cr_assert_not(breakers.is_open[2]);
    cr_assert_eq(wm_breakers_due(&breakers, &bank, 0, &outputs), -1);
}

Test(breaker, an_order_outweighs_a_damaged_record, .init = setup)
{
    uint8_t outputs;
    record_size = WM_DAMAGED;
    cr_assert_eq(wm_breakers_init(&breakers, &settings, &store), WM_DAMAGED);
    bank.aux[0].is_measured = true;
    cr_assert(wm_breakers_move(&breakers, &settings, 0, true));
    cr_assert_eq(wm_breakers_due(&breakers, &bank, 0, &outputs), 0);
    cr_assert_eq(outputs, 0x02);
    wm_breakers_heard(&breakers, &settings, &bank, 0);
    cr_assert(breakers.is_open[0], "not forgotten when the unit is heard");
    cr_assert_eq(wm_breakers_due(&breakers, &bank, 0, &outputs), 0);
}

Test(breaker, what_could_not_be_saved_is_saved_later, .init = setup)
{
    static const struct wm_store_ops failing_ops = {load, save_fails};
    static const struct wm_store failing = {&failing_ops, NULL};
    (void)wm_breakers_move(&breakers, &settings, 0, true);
    cr_assert_eq(wm_breakers_save(&breakers, &failing), WM_IO);
    cr_assert_eq(record_size, WM_ABSENT);
    cr_assert_eq(wm_breakers_save(&breakers, &store), WM_OK);
    cr_assert_gt(record_size, 0);
}

Test(breaker, an_order_without_an_answer_is_given_again_after_a_second, .init = setup)
{
    uint8_t outputs;
    bank.aux[0].is_measured = true;
    (void)wm_breakers_move(&breakers, &settings, 0, true);
    breakers.is_due[0] = false; /* it was put on the line */
    cr_assert_eq(wm_breakers_deadline_ms(&breakers, &bank, 5000), WM_NEVER);
    wm_breakers_missed(&breakers, 0, 5000);
    cr_assert_eq(wm_breakers_deadline_ms(&breakers, &bank, 5000), 6000);
    cr_assert_eq(wm_breakers_due(&breakers, &bank, 5999, &outputs), -1);
    cr_assert_eq(wm_breakers_due(&breakers, &bank, 6000, &outputs), 0);
    cr_assert_eq(outputs, 0x02);
}
