/*
 * test_lamps.c — the panel's files: what is shown, and what is left when nobody watches.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "firmware/board/linux/lamps.h"

static char folder[] = "/tmp/lamps.XXXXXX";
static struct config config;
static struct lamps lamps;
static char error[300];

static const char *path_of(const char *name)
{
    static char path[100];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void file_put(const char *name, const char *text)
{
    FILE *file = fopen(path_of(name), "w");
    cr_assert_not_null(file);
    fputs(text, file);
    fclose(file);
}

static bool file_is(const char *name, const char *text)
{
    char got[16] = "";
    FILE *file = fopen(path_of(name), "r");
    cr_assert_not_null(file);
    (void)!fgets(got, sizeof got, file);
    fclose(file);
    return strcmp(got, text) == 0;
}

/* An earlier run was killed with all of them on. */
static void setup(void)
{
    static const char *const names[][2] = {{"panel_red", "red"},
                                           {"panel_status_green", "green"},
                                           {"panel_buzzer", "buzzer"},
                                           {"panel_relay", "relay"}};
    cr_assert_not_null(mkdtemp(folder));
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        file_put(names[i][1], "1");
        cr_assert(config_set(&config, names[i][0], path_of(names[i][1])), "%s", config.error);
    }
}

static void teardown(void)
{
    static const char *const names[] = {"red", "green", "buzzer", "relay"};
    lamps_close(&lamps);
    config_free(&config);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        (void)unlink(path_of(names[i]));
    }
    (void)rmdir(folder);
}

static bool all_are(const char *text)
{
    return file_is("red", text) && file_is("green", text) && file_is("buzzer", text) &&
           file_is("relay", text);
}

static void panel_open(void)
{
    cr_assert(lamps_open(&lamps, &config, error, sizeof error), "%s", error);
}

static const struct wm_view_panel in_alarm = {.alarm_led_choice = wm_state_panel_alarm_led_red,
                                              .green_led_choice =
                                                  wm_state_panel_green_led_flashing_slowly,
                                              .buzzer_choice = wm_state_panel_buzzer_on,
                                              .relay_choice = wm_state_panel_relay_picked_up};

TestSuite(lamps, .init = setup, .fini = teardown);

/* As --check does. */
Test(lamps, to_look_at_them_writes_nothing)
{
    panel_open();
    cr_assert(all_are("1"));
}

Test(lamps, whoever_does_not_watch_leaves_them_off)
{
    panel_open();
    lamps_clear(&lamps);
    cr_assert(all_are("0"), "before it has looked");
    lamps_show(&lamps, &in_alarm);
    lamps_refresh(&lamps);
    cr_assert(all_are("1"));
    lamps_clear(&lamps);
    cr_assert(all_are("0"), "when it ends");
}

/* One of them is none: the others are off all the same, and it is not written. */
Test(lamps, what_is_no_lamp_keeps_no_other_on)
{
    cr_assert(config_set(&config, "panel_red", "/dev/null"));
    cr_assert_not(lamps_open(&lamps, &config, error, sizeof error));
    cr_assert_not_null(strstr(error, "panel /dev/null: No such device; name a file"), "%s", error);
    lamps_clear(&lamps);
    cr_assert(file_is("relay", "0") && file_is("buzzer", "0") && file_is("green", "0"));
    cr_assert_eq(lamps.fd[0], -1);
}

Test(lamps, what_could_not_be_written_is_within_a_second)
{
    struct rlimit size;
    panel_open();
    lamps_clear(&lamps);
    (void)signal(SIGXFSZ, SIG_IGN);
    cr_assert_eq(getrlimit(RLIMIT_FSIZE, &size), 0);
    const struct rlimit none = {.rlim_cur = 0, .rlim_max = size.rlim_max};
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &none), 0);
    lamps_show(&lamps, &in_alarm);
    cr_assert(file_is("relay", "0"));
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &size), 0);
    lamps_refresh(&lamps);
    cr_assert(file_is("relay", "1") && file_is("red", "1") && file_is("buzzer", "1"));
}

/* A second one was started by mistake, and ended. */
Test(lamps, what_another_wrote_does_not_stay)
{
    panel_open();
    lamps_show(&lamps, &in_alarm);
    file_put("relay", "0");
    lamps_refresh(&lamps);
    cr_assert(file_is("relay", "1"));
}
