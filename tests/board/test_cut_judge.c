/*
 * test_cut_judge.c — the judge of power cuts has nothing against a sound store, and sees each way
 * in which one can fail.
 */
#include <criterion/criterion.h>
#include <setjmp.h>
#include <string.h>

#include "firmware/board/host/cut_judge.h"
#include "firmware/board/host/store_flash.h"
#include "firmware/core/settings.h"

static struct flash_chip chip;
static struct power_cut cut;
static struct store_flash store;
static struct wm_store sound;
static struct cut_judge *judge;
static struct wm_settings settings;
static struct wm_core core;
static jmp_buf power;

/* ---- a webmanager on it ----------------------------------------------------------------- */

static enum wm_status transmit(void *self, const uint8_t *bytes, size_t size)
{
    (void)self;
    (void)bytes;
    (void)size;
    return WM_OK;
}

static int receive(void *self, uint8_t *bytes, size_t size_max)
{
    (void)self;
    (void)bytes;
    (void)size_max;
    return 0;
}

static enum wm_status append(void *self, enum wm_log_ring ring, const void *record, size_t size)
{
    (void)self;
    (void)ring;
    (void)record;
    (void)size;
    return WM_OK;
}

static void tell(void *self, const struct wm_event *event)
{
    (void)self;
    (void)event;
}

static void power_gone(void *context)
{
    (void)context;
    longjmp(power, 1);
}

/* over: what lies between the judge and the records; null: nothing. */
static void start(const struct wm_store_ops *over)
{
    static const struct wm_bus_ops bus_ops = {transmit, receive};
    static const struct wm_log_ops log_ops = {.append = append};
    cut = (struct power_cut){.chip = &chip, .gone = power_gone};
    store_flash_mount(&store, power_cut_port(&cut));
    sound = store_flash_port(&store);
    const struct wm_store judged = over != NULL ? (struct wm_store){over, NULL} : sound;
    const struct wm_ports ports = {
        .bus = {&bus_ops, NULL},
        .store = cut_judge_store(judge, judged, &cut, &settings),
        .log = {&log_ops, NULL},
        .journal = {tell, NULL},
    };
    const struct wm_power_up power_up = {.wall_ms = 0};
    wm_core_init(&core, &ports, &settings, &power_up, 0);
    cut_judge_started(judge, &core);
}

static void setup(void)
{
    wm_settings_reset(&settings);
    settings.value[wm_setting_bank_modules] = 4;
    settings.value[wm_setting_bank_strings] = 2;
    settings.value[wm_setting_bank_aux_units] = 1;
    wm_settings_derive(&settings);
    settings.value[wm_setting_breaker_output_1] = 1;
    flash_chip_init(&chip);
    judge = cut_judge_open();
    start(NULL);
}

static void teardown(void)
{
    cut_judge_close(judge);
}

static void wish(const struct wm_command *command)
{
    const char *why;
    cr_assert_eq(wm_core_command(&core, command, &why), WM_OK, "%s", why);
    (void)wm_core_step(&core, 0);
    cut_judge_look(judge);
}

static void set(enum wm_setting setting, int32_t value)
{
    wish(&(struct wm_command){.kind = WM_COMMAND_SET, .setting = setting, .value = value});
}

/* The same, with the power going in the nth operation from now; false: there was none such. */
static bool set_and_cut(uint32_t nth, enum wm_setting setting, int32_t value)
{
    cut.nth = nth;
    if (setjmp(power) == 0) {
        set(setting, value);
        return false;
    }
    return true;
}

static void breaker(bool is_open)
{
    wish(&(struct wm_command){.kind = WM_COMMAND_BREAKER, .number = 1, .value = is_open});
}

static void says(const char *words)
{
    const char *verdict = cut_judge_verdict(judge);
    cr_assert_not_null(verdict);
    cr_assert_not_null(strstr(verdict, words), "%s", verdict);
}

#define JUDGE_TEST(name) Test(cut_judge, name, .init = setup, .fini = teardown)

/* ---- nothing to say --------------------------------------------------------------------- */

JUDGE_TEST(a_sound_store_is_tried_by_many_cuts_and_stands)
{
    uint64_t olds[2], news[2];
    set(wm_setting_voltage_delay, 5);
    cut_judge_count(judge, &olds[0], &news[0]);
    cr_assert_gt(olds[0], 50);
    cr_assert_gt(news[0], 5);
    breaker(true);
    breaker(false);
    set(wm_setting_voltage_delay, 6);
    wish(&(struct wm_command){.kind = WM_COMMAND_SAVE});
    cut_judge_count(judge, &olds[1], &news[1]);
    cr_assert_gt(olds[1], olds[0]);
    cr_assert_gt(news[1], news[0]);
    cr_assert_null(cut_judge_verdict(judge));
    start(NULL);
    cr_assert_eq(core.settings.value[wm_setting_voltage_delay], 6);
    cr_assert_null(cut_judge_verdict(judge));
}

JUDGE_TEST(after_a_cut_that_happened_either_is_right)
{
    for (uint32_t nth = 1; nth < 12; nth++) {
        const bool is_cut = set_and_cut(nth, wm_setting_voltage_delay, (int32_t)nth);
        start(NULL);
        const int32_t found = core.settings.value[wm_setting_voltage_delay];
        cr_assert(found == (int32_t)nth || (is_cut && found < (int32_t)nth), "%u", nth);
    }
    cr_assert_null(cut_judge_verdict(judge));
}

JUDGE_TEST(a_save_that_is_refused_changes_nothing)
{
    static uint8_t bytes[WM_RECORD_SIZE_MAX + 1];
    const struct wm_store port = core.ports.store;
    cr_assert_eq(port.ops->save(port.self, "big", bytes, sizeof bytes), WM_RANGE);
    for (int i = 0; i <= STORE_FLASH_RECORDS_MAX; i++) {
        cr_assert_eq(port.ops->save(port.self, "a_name_too_long_", bytes, 1), WM_RANGE);
    }
    cr_assert_eq(port.ops->save(port.self, "big", bytes, sizeof bytes - 1), WM_OK);
    cr_assert_null(cut_judge_verdict(judge));
}

/* ---- stores that fail ------------------------------------------------------------------- */

static int load(void *self, const char *name, void *bytes, size_t size_max)
{
    (void)self;
    return sound.ops->load(sound.self, name, bytes, size_max);
}

static enum wm_status save_nothing(void *self, const char *name, const void *bytes, size_t size)
{
    (void)self;
    (void)name;
    (void)bytes;
    (void)size;
    return WM_OK;
}

JUDGE_TEST(a_store_that_forgets_is_seen)
{
    static const struct wm_store_ops ops = {load, save_nothing};
    start(&ops);
    set(wm_setting_voltage_delay, 5);
    says("saved, but a restart finds the record \"settings\" gone");
}

/* In two steps: what is between them is neither. */
static enum wm_status save_in_two(void *self, const char *name, const void *bytes, size_t size)
{
    (void)self;
    const enum wm_status status = sound.ops->save(sound.self, name, bytes, size / 2);
    return status == WM_OK ? sound.ops->save(sound.self, name, bytes, size) : status;
}

JUDGE_TEST(a_record_saved_in_two_steps_is_seen)
{
    static const struct wm_store_ops ops = {load, save_in_two};
    start(&ops);
    set(wm_setting_voltage_delay, 5);
    says("while the record \"settings\" is saved: a restart finds the record \"settings\" with "
         "bytes of another time");
}

static enum wm_status save_and_harm(void *self, const char *name, const void *bytes, size_t size)
{
    (void)self;
    const enum wm_status status = sound.ops->save(sound.self, name, bytes, size);
    if (strcmp(name, "settings") == 0) {
        (void)sound.ops->save(sound.self, "breakers", "", 0);
    }
    return status;
}

JUDGE_TEST(a_record_that_suffers_from_another_one_is_seen)
{
    static const struct wm_store_ops ops = {load, save_and_harm};
    start(&ops);
    breaker(true);
    set(wm_setting_voltage_delay, 5);
    says("a restart finds the record \"breakers\" with bytes of another time");
}

JUDGE_TEST(a_store_that_spoils_its_flash_is_seen)
{
    set(wm_setting_voltage_delay, 5);
    /* A bit that the cut lets fall in a place of its own. */
    chip.bytes[3 * FLASH_UNIT] ^= 1;
    set(wm_setting_voltage_delay, 6);
    says("a restart finds the record \"settings\" damaged");
}

/* ---- cores that fail -------------------------------------------------------------------- */

JUDGE_TEST(what_is_in_force_and_was_never_saved_is_seen)
{
    core.discharges.count = 3;
    cut_judge_look(judge);
    says("all is kept, says the webmanager, but a restart would find the count of discharges "
         "otherwise: 0");
}

JUDGE_TEST(a_setting_that_is_not_saved_with_the_others_is_seen)
{
    core.settings.value[wm_setting_voltage_delay] = 9;
    set(wm_setting_panel_relay_delay, 5);
    says("the settings neither as before nor as in force now: voltage.delay is 0, not set by "
         "anybody");
}

JUDGE_TEST(a_text_that_is_not_saved_with_the_others_is_seen)
{
    cr_assert_eq(wm_text_set(&core.settings, wm_text_system_location, "cellar"), WM_OK);
    cut_judge_look(judge);
    says("a restart would find the settings otherwise: system.location has 0 bytes, not set by "
         "anybody");
}

JUDGE_TEST(a_start_that_is_not_counted_is_seen)
{
    set(wm_setting_voltage_delay, 5);
    core.boots.count = 3;
    cut_judge_look(judge);
    says("a restart would find the count of starts otherwise: 1");
}

JUDGE_TEST(a_breaker_that_is_not_saved_as_it_is_is_seen)
{
    core.breakers.is_open[1] = true;
    core.breakers.is_changed = true;
    (void)wm_core_step(&core, 0);
    cr_assert_null(cut_judge_verdict(judge), "%s", cut_judge_verdict(judge));
    core.breakers.is_open[1] = false;
    cut_judge_look(judge);
    says("a restart would find the breakers otherwise: that of string 2 is open");
}

/* ---- restarts --------------------------------------------------------------------------- */

JUDGE_TEST(what_was_kept_and_is_not_there_after_a_restart_is_seen)
{
    breaker(true);
    flash_chip_init(&chip);
    start(NULL);
    says("after the power came back: the breakers not as kept: that of string 1 is closed");
}

JUDGE_TEST(what_a_cut_left_is_what_every_later_restart_finds)
{
    set(wm_setting_voltage_delay, 5);
    const struct flash_chip with_5 = chip;
    set(wm_setting_voltage_delay, 6);
    const struct flash_chip with_6 = chip;
    chip = with_5;
    cut_judge_forget(judge);
    start(NULL);
    cr_assert(set_and_cut(1, wm_setting_voltage_delay, 6));
    chip = with_5;
    start(NULL);
    cr_assert_null(cut_judge_verdict(judge), "it was being saved");
    chip = with_6;
    start(NULL);
    says("after the power came back: the settings not as kept: voltage.delay is 6");
}

JUDGE_TEST(a_flash_that_somebody_changed_is_as_good_as_any)
{
    breaker(true);
    flash_chip_init(&chip);
    cut_judge_forget(judge);
    start(NULL);
    cr_assert_null(cut_judge_verdict(judge));
    flash_chip_init(&chip);
    breaker(true);
    flash_chip_init(&chip);
    start(NULL);
    says("after the power came back");
    const char *first = cut_judge_verdict(judge);
    core.discharges.count = 3;
    cut_judge_look(judge);
    cr_assert_null(strstr(first, "discharges"), "the first one stays");
}
