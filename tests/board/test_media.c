/*
 * test_media.c — what a webmanager keeps without power, and what a hand can do to it meanwhile.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "firmware/board/host/media.h"
#include "firmware/board/host/store_flash.h"
#include "firmware/core/record.h"

static struct board_media *media;
static struct store_flash store;
static struct wm_store port;

static void mount(void)
{
    store_flash_mount(&store, flash_chip_port(&media->flash));
    port = store_flash_port(&store);
}

static void setup(void)
{
    media = board_media_create();
    mount();
}

static void teardown(void)
{
    board_media_destroy(media);
}

static void save(const char *name)
{
    static const uint8_t body[] = {1, 2, 3};
    cr_assert_eq(wm_record_save(&port, name, 7, body, sizeof body), WM_OK);
}

/* The size of the body, or why it is not believed. */
static int load(const char *name, uint8_t version)
{
    uint8_t body[8];
    mount();
    return wm_record_load(&port, name, version, body, sizeof body);
}

#define MEDIA_TEST(name) Test(media, name, .init = setup, .fini = teardown)

MEDIA_TEST(as_from_the_factory_there_is_nothing_to_spoil)
{
    const struct board_cuts cuts = board_media_cuts(media);
    uint64_t first;
    cr_assert_not(board_media_damage(media, NULL));
    cr_assert_not(board_media_damage(media, "settings"));
    cr_assert_not(board_media_restamp(media, "settings", 1));
    cr_assert_not(media->is_spoiled);
    cr_assert_eq(cuts.olds + cuts.news, 0, "nobody judges");
    cr_assert_null(board_media_verdict(media));
    const struct wm_log *log = board_media_log(media);
    cr_assert_eq(log->ops->held(log->self, WM_LOG_EVENTS, &first), 0);
}

MEDIA_TEST(one_record_is_damaged_and_no_other)
{
    save("settings");
    save("breakers");
    save("settings");
    cr_assert_not(board_media_damage(media, "discharges"));
    cr_assert(board_media_damage(media, "settings"));
    cr_assert(media->is_spoiled);
    cr_assert_eq(load("settings", 7), WM_DAMAGED);
    cr_assert_eq(load("breakers", 7), 3);
    cr_assert_eq(load("discharges", 7), WM_ABSENT);
}

MEDIA_TEST(without_a_name_all_is_damaged_whichever_block_is_in_use)
{
    for (int turn = 0; turn < 2; turn++) {
        save("settings");
        store_flash_fill(&store);
        save("breakers");
        cr_assert(board_media_damage(media, NULL));
        cr_assert_eq(load("settings", 7), WM_DAMAGED);
        cr_assert_eq(load("breakers", 7), WM_DAMAGED);
    }
}

MEDIA_TEST(a_record_of_another_version_is_whole_and_of_that_version)
{
    save("settings");
    save("breakers");
    cr_assert(board_media_restamp(media, "settings", 200));
    cr_assert(media->is_spoiled);
    cr_assert_eq(load("settings", 7), WM_DAMAGED, "not ours");
    cr_assert_eq(load("settings", 200), 3);
    cr_assert_eq(load("breakers", 7), 3);
    cr_assert(board_media_damage(media, "settings"));
    cr_assert_not(board_media_restamp(media, "settings", 7), "nothing to make it of");
}
