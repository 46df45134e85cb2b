/*
 * lamps.c — see lamps.h.
 */
#include "lamps.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "device.h"
#include "report.h"

/* -1: there is none, or by errno it is none that can be had. */
static int file_open(const char *path, int flags)
{
    return path != NULL && device_is_file(path) ? open(path, flags | O_NONBLOCK | O_CLOEXEC) : -1;
}

bool lamps_open(struct lamps *lamps, const struct config *config, char *error, size_t error_size)
{
    bool is_good = true;
    *lamps = (struct lamps){.config = config, .button = -1};
    for (int i = 0; i <= LAMPS_MAX; i++) {
        const bool is_lamp = i < LAMPS_MAX;
        int *fd = is_lamp ? &lamps->fd[i] : &lamps->button;
        const char *path = config_text(config, (enum config_key)(CONFIG_PANEL_RED + i));
        *fd = file_open(path, is_lamp ? O_WRONLY : O_RDONLY);
        if (path != NULL && *fd < 0 && is_good) {
            is_good = false;
            (void)snprintf(error, error_size,
                           "panel %s: %s; name a file of sysfs that this user may use, or off",
                           path, strerror(errno));
        }
    }
    return is_good;
}

/* What cannot be written, and what can again: once each. */
static void lamp_tell(struct lamps *lamps, enum config_key key, bool is_broken)
{
    const int i = (int)(key - CONFIG_PANEL_RED);
    const char *why = strerror(errno);
    if (is_broken != lamps->is_broken[i]) {
        lamps->is_broken[i] = is_broken;
        const char *path = config_text(lamps->config, key);
        if (is_broken) {
            report(REPORT_ERROR, "panel %s: cannot be written: %s; nothing is shown there", path,
                   why);
        } else {
            report(REPORT_NOTICE, "panel %s: written again", path);
        }
    }
}

static void lamp_write(struct lamps *lamps, enum config_key key)
{
    const int i = (int)(key - CONFIG_PANEL_RED);
    if (lamps->fd[i] >= 0) {
        (void)lseek(lamps->fd[i], 0, SEEK_SET);
        lamp_tell(lamps, key, write(lamps->fd[i], lamps->is_on[i] ? "1" : "0", 1) != 1);
    }
}

/* What could not be written is tried again by lamps_refresh. */
static void lamp_set(struct lamps *lamps, enum config_key key, bool is_on)
{
    const int i = (int)(key - CONFIG_PANEL_RED);
    if (lamps->is_on[i] != is_on) {
        lamps->is_on[i] = is_on;
        lamp_write(lamps, key);
    }
}

static void all_write(struct lamps *lamps)
{
    for (int i = 0; i < LAMPS_MAX; i++) {
        lamp_write(lamps, (enum config_key)(CONFIG_PANEL_RED + i));
    }
}

void lamps_clear(struct lamps *lamps)
{
    lamps->flashes = false;
    memset(lamps->is_on, 0, sizeof lamps->is_on);
    all_write(lamps);
}

static void panel_tell(struct lamps *lamps, const struct wm_view_panel *panel)
{
    if (memcmp(&lamps->told, panel, sizeof *panel) != 0) {
        lamps->told = *panel;
        report(REPORT_INFO, "panel: alarm_led=%s red_led=%s green_led=%s buzzer=%s relay=%s",
               wm_state_name(wm_point_panel_alarm_led, panel->alarm_led_choice),
               wm_state_name(wm_point_panel_red_led, panel->red_led_choice),
               wm_state_name(wm_point_panel_green_led, panel->green_led_choice),
               wm_state_name(wm_point_panel_buzzer, panel->buzzer_choice),
               wm_state_name(wm_point_panel_relay, panel->relay_choice));
    }
}

void lamps_show(struct lamps *lamps, const struct wm_view_panel *panel)
{
    const int32_t led = panel->alarm_led_choice;
    panel_tell(lamps, panel);
    lamp_set(lamps, CONFIG_PANEL_RED, led == wm_state_panel_alarm_led_red);
    lamp_set(lamps, CONFIG_PANEL_YELLOW, led == wm_state_panel_alarm_led_yellow);
    lamp_set(lamps, CONFIG_PANEL_GREEN, led == wm_state_panel_alarm_led_green);
    lamp_set(lamps, CONFIG_PANEL_STATUS_RED, panel->red_led_choice == wm_state_panel_red_led_on);
    lamps->flashes = panel->green_led_choice == wm_state_panel_green_led_flashing_slowly;
    if (!lamps->flashes) {
        lamp_set(lamps, CONFIG_PANEL_STATUS_GREEN, false);
    }
    lamp_set(lamps, CONFIG_PANEL_BUZZER, panel->buzzer_choice == wm_state_panel_buzzer_on);
    lamp_set(lamps, CONFIG_PANEL_RELAY, panel->relay_choice == wm_state_panel_relay_picked_up);
}

void lamps_refresh(struct lamps *lamps)
{
    const int i = CONFIG_PANEL_STATUS_GREEN - CONFIG_PANEL_RED;
    lamps->is_on[i] = lamps->flashes ? !lamps->is_on[i] : lamps->is_on[i];
    all_write(lamps);
}

bool lamps_have_button(const struct lamps *lamps)
{
    return lamps->button >= 0;
}

bool lamps_pressed(struct lamps *lamps)
{
    char level = '0';
    (void)lseek(lamps->button, 0, SEEK_SET);
    (void)!read(lamps->button, &level, 1);
    const bool was_pressed = lamps->is_pressed;
    lamps->is_pressed = level == '1';
    return lamps->is_pressed && !was_pressed;
}

void lamps_close(struct lamps *lamps)
{
    for (int i = 0; i < LAMPS_MAX; i++) {
        if (lamps->fd[i] >= 0) {
            (void)close(lamps->fd[i]);
        }
    }
    if (lamps->button >= 0) {
        (void)close(lamps->button);
    }
}
