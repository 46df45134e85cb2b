/*
 * test_memory.c — a store and a log that fail to write, and the words by which a scenario has them.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "sim/plant/memory.h"
#include "tests/sim/stage.h"

/* What is beneath: it takes everything, and counts. */
static struct {
    int saves;
    int appends[WM_LOG_RINGS];
} beneath;

static int flash_load(void *self, const char *name, void *bytes, size_t size_max)
{
    cr_assert_eq(self, &beneath);
    cr_assert_str_eq(name, "settings");
    cr_assert_eq(size_max, 9);
    memset(bytes, 7, size_max);
    return 9;
}

static enum wm_status flash_save(void *self, const char *name, const void *bytes, size_t size)
{
    cr_assert_eq(self, &beneath);
    cr_assert_str_eq(name, "settings");
    cr_assert_eq(size, 3);
    cr_assert_eq(memcmp(bytes, "abc", 3), 0);
    beneath.saves++;
    return WM_OK;
}

static enum wm_status flash_append(void *self, enum wm_log_ring ring, const void *record,
                                   size_t size)
{
    cr_assert_eq(self, &beneath);
    cr_assert_eq(size, 2);
    cr_assert_eq(memcmp(record, "xy", 2), 0);
    beneath.appends[ring]++;
    return WM_OK;
}

static uint64_t flash_held(void *self, enum wm_log_ring ring, uint64_t *first)
{
    cr_assert_eq(self, &beneath);
    *first = 5;
    return (uint64_t)ring + 10;
}

static int flash_read(void *self, enum wm_log_ring ring, uint64_t number, void *record,
                      size_t size_max)
{
    cr_assert_eq(self, &beneath);
    cr_assert_eq(number, 6);
    memset(record, (int)ring, size_max);
    return (int)size_max;
}

static struct stage stage;
static struct wm_store store;
static struct wm_log wm_log_port;

static void open_stage(void)
{
    static const struct wm_store_ops store_ops = {flash_load, flash_save};
    static const struct wm_log_ops log_ops = {flash_append, flash_held, flash_read};
    memset(&beneath, 0, sizeof beneath);
    stage_open(&stage, "plant 'p' { modules = 2 }");
    cr_assert_not_null(stage.plant, "%s", stage.error);
    struct sim_memory *memory = sim_plant_memory(stage.plant);
    store = sim_memory_store(memory, (struct wm_store){&store_ops, &beneath});
    wm_log_port = sim_memory_log(memory, (struct wm_log){&log_ops, &beneath});
}

static void close_stage(void)
{
    stage_close(&stage);
}

TestSuite(memory, .init = open_stage, .fini = close_stage);

static enum wm_status save(void)
{
    return store.ops->save(store.self, "settings", "abc", 3);
}

static enum wm_status append(enum wm_log_ring ring)
{
    return wm_log_port.ops->append(wm_log_port.self, ring, "xy", 2);
}

static void idle_is(const char *wanted)
{
    const char *idle = sim_plant_idle_fault(stage.plant);
    if (wanted == NULL) {
        cr_assert_null(idle, "%s", idle);
    } else {
        cr_assert_not_null(idle);
        cr_assert_str_eq(idle, wanted);
    }
}

Test(memory, while_nobody_breaks_it_everything_passes)
{
    uint8_t bytes[9];
    uint64_t first;
    cr_assert_eq(save(), WM_OK);
    cr_assert_eq(store.ops->load(store.self, "settings", bytes, sizeof bytes), 9);
    cr_assert_eq(bytes[8], 7);
    for (int ring = 0; ring < WM_LOG_RINGS; ring++) {
        cr_assert_eq(append((enum wm_log_ring)ring), WM_OK);
        cr_assert_eq(wm_log_port.ops->held(wm_log_port.self, (enum wm_log_ring)ring, &first),
                     ring + 10);
        cr_assert_eq(first, 5);
        cr_assert_eq(wm_log_port.ops->read(wm_log_port.self, (enum wm_log_ring)ring, 6, bytes, 9),
                     9);
        cr_assert_eq(bytes[0], ring);
        cr_assert_eq(beneath.appends[ring], 1);
    }
    idle_is(NULL);
}

Test(memory, a_store_fails_until_it_is_mended_and_leaves_nothing_behind)
{
    uint8_t bytes[9];
    stage_say(&stage, "plant.webmanager.store:fail()");
    idle_is("webmanager.store:fail() was asked for and nothing was written there since");
    cr_assert_eq(store.ops->load(store.self, "settings", bytes, sizeof bytes), 9, "read as ever");
    cr_assert_eq(append(WM_LOG_EVENTS), WM_OK, "the log is another part");
    idle_is("webmanager.store:fail() was asked for and nothing was written there since");
    cr_assert_eq(save(), WM_IO);
    cr_assert_eq(save(), WM_IO);
    cr_assert_eq(beneath.saves, 0);
    idle_is(NULL);
    stage_say(&stage, "plant.webmanager.store:fail()");
    idle_is(NULL);
    stage_say(&stage, "plant.webmanager.store:mend()");
    cr_assert_eq(save(), WM_OK);
    cr_assert_eq(beneath.saves, 1);
    stage_say(&stage, "plant.webmanager.store:fail() plant.webmanager.store:mend()");
    cr_assert_eq(save(), WM_OK);
    idle_is("webmanager.store:fail() was asked for and nothing was written there since");
}

Test(memory, a_ring_fails_apart_from_the_others)
{
    uint8_t bytes[9];
    stage_say(&stage, "plant.webmanager.log:fail { ring = 'normal' }");
    cr_assert_eq(append(WM_LOG_EVENTS), WM_OK);
    cr_assert_eq(append(WM_LOG_FLOW), WM_OK);
    cr_assert_eq(save(), WM_OK);
    idle_is("webmanager.log:fail{ring=\"normal\"} was asked for and nothing was written there "
            "since");
    cr_assert_eq(append(WM_LOG_NORMAL), WM_IO);
    cr_assert_eq(beneath.appends[WM_LOG_NORMAL], 0);
    cr_assert_eq(wm_log_port.ops->read(wm_log_port.self, WM_LOG_NORMAL, 6, bytes, 9), 9);
    idle_is(NULL);
    stage_say(&stage, "plant.webmanager.log:mend { ring = 'flow' }");
    cr_assert_eq(append(WM_LOG_NORMAL), WM_IO);
    stage_say(&stage, "plant.webmanager.log:mend { ring = 'normal' }");
    cr_assert_eq(append(WM_LOG_NORMAL), WM_OK);
}

Test(memory, all_rings_fail_together_and_are_mended_together)
{
    stage_say(&stage, "plant.webmanager.log:fail()");
    idle_is("webmanager.log:fail() was asked for and nothing was written there since");
    cr_assert_eq(append(WM_LOG_FLOW), WM_IO);
    idle_is(NULL);
    cr_assert_eq(append(WM_LOG_EVENTS), WM_IO);
    cr_assert_eq(append(WM_LOG_NORMAL), WM_IO);
    stage_say(&stage, "plant.webmanager.log:mend { ring = 'flow' }");
    cr_assert_eq(append(WM_LOG_FLOW), WM_OK);
    cr_assert_eq(append(WM_LOG_NORMAL), WM_IO);
    stage_say(&stage, "plant.webmanager.log:mend()");
    cr_assert_eq(append(WM_LOG_EVENTS), WM_OK);
    cr_assert_eq(append(WM_LOG_NORMAL), WM_OK);
}

Test(memory, bad_words_are_refused_with_what_would_be_right)
{
    stage_refuse(&stage, "plant.webmanager.log:fail { ring = 'event' }",
                 "log:fail: ring is one of these texts: events, flow, normal; none is for all");
    stage_refuse(&stage, "plant.webmanager.log:mend { ring = 3 }",
                 "log:mend: ring is one of these texts");
    stage_refuse(&stage, "plant.webmanager.log:fail { rings = 'events' }",
                 "fail has no option \"rings\"; it has: ring");
    stage_refuse(&stage, "plant.webmanager.log:fail 'events'",
                 "fail takes a table, as in fail{ring=1}");
    stage_refuse(&stage, "plant.webmanager.store:fail { ring = 'events' }",
                 "store:fail() takes nothing");
    stage_refuse(&stage, "plant.webmanager.store.fail()", "fail is called with a colon");
    stage_refuse(&stage, "plant.webmanager.store:burn()",
                 "store has no property \"burn\"; it can: damage, fail, mend, restamp");
    stage_refuse(&stage, "plant.webmanager.fail()", "webmanager has no property \"fail\"");
    idle_is(NULL);
}
