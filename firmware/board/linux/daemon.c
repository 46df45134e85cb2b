/*
 * daemon.c — see daemon.h.
 *
 * One loop: bytes from a tty, a request on a socket or the instant that the core asked for lead to
 * a step; after each step what is to be kept has been kept, before anybody is answered.
 */
#include "daemon.h"

#include <errno.h>
#include <ev.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "console_port.h"
#include "firmware/board/common/webmanager.h"
#include "firmware/core/com2.h"
#include "lamps.h"
#include "log_files.h"
#include "owner.h"
#include "report.h"
#include "rtu_tty.h"
#include "store_files.h"
#include "tty_bus.h"
#include "watchdog.h"
#include "wm/instant.h"
#include "wm/log_csv.h"
#include "wm/log_record.h"

enum {
    PLACE_MAX = CONFIG_PATH_MAX + 10, /* of a folder in that of the state */
    WHY_MAX = 600,
    /* A wall clock that was set, by hand or by the network; less is its usual adjustment. */
    CLOCK_JUMP_MS = 1500,
    /* The core is this late: the machine, or the loop, is not well. */
    LATE_MS = 5000,
    /* Events of one step that are told one by one. */
    EVENTS_MAX = 64,
};
#define SECOND_S 1.0
#define BUTTON_S 0.1

static const int32_t com2_baud = WM_COM2_BAUD;

struct daemon {
    const struct config *config;
    struct wm_settings settings; /* as configured */
    struct owner owner;
    struct ev_loop *loop;
    struct tty_line bus_line;
    struct tty_bus bus;
    struct tty_line com2_line; /* its sensors', or the Modbus RTU server's */
    struct tty_bus com2;
    struct rtu_tty rtu;
    struct console_tty console;
    struct console_tcp console_tcp;
    struct console_ground ground;
    struct store_files store;
    struct log_files log;
    struct lamps lamps;
    struct watchdog watchdog;
    bool has_lamps;
    bool is_panel_ours; /* to be cleared at the end */
    bool has_console;
    bool is_kept;                            /* as last reported */
    char store_error[STORE_FILES_ERROR_MAX]; /* as last reported */
    char log_error[LOG_FILES_ERROR_MAX];
    struct wm_event event[EVENTS_MAX]; /* of this step */
    size_t events;                     /* so many, though only the first are kept */
    wm_ms next_ms;                     /* the core is to be stepped at the latest */
    wm_ms wall_started_ms;             /* what the wall clock showed at 0 of the other one */
    ev_timer due;
    ev_timer second;
    ev_timer button;
    ev_timer alive;
    ev_check woken;
    ev_signal terminate;
    ev_signal interrupt;
    ev_signal hang_up; /* of the terminal it was started from */
    struct webmanager webmanager;
    char why[WHY_MAX];
};

/* ---- what is told ----------------------------------------------------------------------- */

/* Behind the n-th comma. */
static const char *cell_of(const char *line, int n)
{
    for (; n > 0 && *line != '\0'; line++) {
        n -= *line == ',';
    }
    return line;
}

/* As the event log has it, without number and time, which whoever keeps the lines adds. */
static void event_report(const struct wm_event *event)
{
    const struct wm_log_event record = {.kind = (int32_t)event->kind,
                                        .number = event->number,
                                        .value = event->value,
                                        .uptime_ms = event->time_ms};
    uint8_t bytes[WM_LOG_EVENT_SIZE];
    char line[WM_LOG_CSV_LINE_MAX];
    wm_log_event_pack(&record, bytes);
    wm_log_csv_line(WM_LOG_EVENTS, 0, bytes, sizeof bytes, line);
    const char *event_cell = cell_of(line, 3);
    const char *subject = cell_of(line, 4);
    const char *value = cell_of(line, 5);
    report(REPORT_INFO, "event %.*s: %s%s%.*s%s%.*s", (int)(subject - 1 - event_cell), event_cell,
           wm_event(event->kind)->text, *subject != ',' ? ": " : "", (int)(value - 1 - subject),
           subject, *value != ',' ? " " : "", (int)strcspn(value, ","), value);
}

/* Told after the step: what stands here stands in the log already, whatever comes then. */
static void event_tell(void *self, const struct wm_event *event)
{
    struct daemon *daemon = self;
    if (daemon->events < EVENTS_MAX) {
        daemon->event[daemon->events] = *event;
    }
    daemon->events++;
}

static void events_report(struct daemon *daemon)
{
    for (size_t i = 0; i < daemon->events && i < EVENTS_MAX; i++) {
        event_report(&daemon->event[i]);
    }
    if (daemon->events > EVENTS_MAX) {
        report(REPORT_INFO, "and %zu events more, which the event log has",
               daemon->events - EVENTS_MAX);
    }
    daemon->events = 0;
}

/* ---- steps ------------------------------------------------------------------------------ */

/* What can no longer be kept, and what can again: once each. */
static void memory_report(struct daemon *daemon)
{
    const bool is_kept = wm_core_is_kept(&daemon->webmanager.core);
    const char *why = store_files_error(&daemon->store);
    if (is_kept && !daemon->is_kept) {
        daemon->store_error[0] = '\0';
        report(REPORT_NOTICE, "store: everything is kept again");
    } else if (!is_kept && (daemon->is_kept || strcmp(daemon->store_error, why) != 0)) {
        (void)snprintf(daemon->store_error, sizeof daemon->store_error, "%s", why);
        report(REPORT_ERROR, "%s", why[0] != '\0' ? why : "store: a record is not kept");
    }
    daemon->is_kept = is_kept;
    (void)log_files_flush(&daemon->log);
    if (strcmp(daemon->log_error, log_files_error(&daemon->log)) != 0) {
        (void)snprintf(daemon->log_error, sizeof daemon->log_error, "%s",
                       log_files_error(&daemon->log));
        if (daemon->log_error[0] != '\0') {
            report(REPORT_ERROR, "%s", daemon->log_error);
        } else {
            report(REPORT_NOTICE, "log: written again");
        }
    }
}

static void step(void *self)
{
    struct daemon *daemon = self;
    const wm_ms now_ms = clock_now_ms();
    daemon->next_ms = webmanager_step(&daemon->webmanager, now_ms);
    memory_report(daemon);
    events_report(daemon);
    ev_now_update(daemon->loop);
    daemon->due.repeat =
        daemon->next_ms == WM_NEVER ? SECOND_S : (double)(daemon->next_ms - now_ms) / 1000.0;
    ev_timer_again(daemon->loop, &daemon->due);
}

static void due(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop;
    (void)events;
    step(timer->data);
}

static wm_ms uptime_ms(void *self)
{
    const struct daemon *daemon = self;
    return clock_now_ms() - daemon->webmanager.core.started_ms;
}

/* Before anybody is served: time has passed since the last turn. */
static void woken(struct ev_loop *loop, ev_check *check, int events)
{
    struct daemon *daemon = check->data;
    (void)loop;
    (void)events;
    if (daemon->webmanager.snmp != NULL) {
        snmps_agent_set_uptime(daemon->webmanager.snmp, uptime_ms(daemon));
    }
}

static enum wm_status command_put(void *self, const struct wm_command *command, const char **why)
{
    struct daemon *daemon = self;
    return webmanager_command(&daemon->webmanager, command, why);
}

/* COM2 is whose com2.use says. */
static void com2_follow(struct daemon *daemon, const struct wm_view *view)
{
    if (config_text(daemon->config, CONFIG_COM2) == NULL) {
        return;
    }
    if (view->settings.value[wm_setting_com2_use] == WM_COM2_MODBUS_RTU) {
        rtu_tty_take(&daemon->rtu);
    } else {
        tty_bus_take(&daemon->com2);
    }
}

static void published(void *self, const struct wm_view *view)
{
    struct daemon *daemon = self;
    lamps_show(&daemon->lamps, &view->panel);
    com2_follow(daemon, view);
}

/* ---- once a second ---------------------------------------------------------------------- */

/* The core's clock follows the machine's, which is often set after the start. */
static void clock_follow(struct daemon *daemon)
{
    const char *why;
    const wm_ms started_ms = clock_wall_ms() - clock_now_ms();
    const wm_ms jump_ms = started_ms - daemon->wall_started_ms;
    if (jump_ms > CLOCK_JUMP_MS || jump_ms < -CLOCK_JUMP_MS) {
        const struct wm_command command = {.kind = WM_COMMAND_CLOCK, .wall_ms = clock_wall_ms()};
        daemon->wall_started_ms = started_ms;
        if (command_put(daemon, &command, &why) != WM_OK) {
            report(REPORT_WARNING, "clock: %s; set the clock of this machine", why);
        }
    }
}

static void second_passed(struct ev_loop *loop, ev_timer *timer, int events)
{
    struct daemon *daemon = timer->data;
    (void)loop;
    (void)events;
    clock_follow(daemon);
    lamps_refresh(&daemon->lamps);
}

static void button_look(struct ev_loop *loop, ev_timer *timer, int events)
{
    const char *why;
    struct daemon *daemon = timer->data;
    const struct wm_command command = {.kind = WM_COMMAND_MUTE};
    (void)loop;
    (void)events;
    if (lamps_pressed(&daemon->lamps)) {
        (void)command_put(daemon, &command, &why); /* the event log tells what came of it */
    }
}

static void alive(struct ev_loop *loop, ev_timer *timer, int events)
{
    struct daemon *daemon = timer->data;
    (void)loop;
    (void)events;
    if (daemon->next_ms == WM_NEVER || clock_now_ms() - daemon->next_ms < LATE_MS) {
        watchdog_feed(&daemon->watchdog);
    }
}

static void stopped(struct ev_loop *loop, ev_signal *signal, int events)
{
    (void)signal;
    (void)events;
    ev_break(loop, EVBREAK_ALL);
}

/* ---- start ------------------------------------------------------------------------------ */

/* Or else there is nothing to be used. */
static bool com2_is_named(const struct config *config, int32_t use, char *error, size_t error_size)
{
    if (use == WM_COM2_NONE || config_text(config, CONFIG_COM2) != NULL) {
        return true;
    }
    (void)snprintf(error, error_size, "com2.use = %s, and com2 is off; name its tty as com2",
                   wm_choice_name(wm_setting_com2_use, use));
    return false;
}

static bool settings_make(const struct config *config, struct wm_settings *settings, char *error,
                          size_t error_size)
{
    if (!webmanager_settings(config->change, config->changes, settings, error, error_size) ||
        !webmanager_settings_agree(settings, error, error_size)) {
        return false;
    }
    const int32_t use = settings->value[wm_setting_com2_use];
    return com2_is_named(config, use, error, error_size);
}

bool daemon_settings_agree(const struct config *config, char *error, size_t error_size)
{
    struct wm_settings settings;
    return settings_make(config, &settings, error, error_size);
}

static bool line_open(struct daemon *daemon, struct tty_line *line, const char *name,
                      enum config_key path, int32_t baud)
{
    /* The keys of a line follow one another. */
    const enum config_key rs485 = (enum config_key)(path + 1);
    const enum config_key echo = (enum config_key)(path + 2);
    const struct tty_line_options options = {
        .name = name,
        .path = config_text(daemon->config, path),
        .tty = {.form = {.baud = baud, .frame = TTY_8N1},
                .rs485 = (enum tty_rs485)config_number(daemon->config, rs485)},
        .discards_echo = config_number(daemon->config, echo) == 1,
        .gone_level = REPORT_ERROR,
    };
    return options.path == NULL || tty_line_open(line, &options, daemon->why, sizeof daemon->why);
}

/*
 * An earlier run may have been killed, and its relay says that all is well; but the panel of one
 * that runs is its own.
 */
static bool panel_open(struct daemon *daemon)
{
    const bool is_good =
        lamps_open(&daemon->lamps, daemon->config, daemon->why, sizeof daemon->why);
    daemon->has_lamps = true;
    daemon->is_panel_ours = !owner_is_elsewhere(config_text(daemon->config, CONFIG_STATE));
    if (daemon->is_panel_ours) {
        lamps_clear(&daemon->lamps);
    }
    return is_good;
}

static bool devices_open(struct daemon *daemon)
{
    const struct config *config = daemon->config;
    const struct tty_options console = {
        .form = {.baud = config_number(config, CONFIG_CONSOLE_BAUD), .frame = TTY_8N1},
        .is_for_person = config_number(config, CONFIG_CONSOLE_ECHO) == 1,
    };
    const char *path = config_text(config, CONFIG_CONSOLE);
    if (!line_open(daemon, &daemon->bus_line, "bus", CONFIG_BUS,
                   daemon->settings.value[wm_setting_bus_baud])) {
        return false;
    }
    if (!line_open(daemon, &daemon->com2_line, "com2", CONFIG_COM2, com2_baud)) {
        report_later(daemon->why);
    }
    daemon->has_console = path != NULL;
    if (path != NULL &&
        !console_tty_open(&daemon->console, path, &console, daemon->why, sizeof daemon->why)) {
        report_later(daemon->why);
    }
    return watchdog_open(&daemon->watchdog, config_text(config, CONFIG_WATCHDOG), daemon->why,
                         sizeof daemon->why);
}

/*
 * Without the folder it doesn't start; with one that cannot be written it does, and says so: to
 * watch the battery is worth more than to remember it.
 */
static bool memory_open(struct daemon *daemon)
{
    char place[PLACE_MAX];
    const char *state = config_text(daemon->config, CONFIG_STATE);
    if (!owner_lock_folder(&daemon->owner, state, daemon->why, sizeof daemon->why)) {
        return false;
    }
    (void)snprintf(place, sizeof place, "%s/store", state);
    daemon->is_kept = store_files_open(&daemon->store, place, &store_files_system);
    if (!daemon->is_kept) {
        (void)snprintf(daemon->store_error, sizeof daemon->store_error, "%s",
                       store_files_error(&daemon->store));
        store_files_open_to_read(&daemon->store, place, &store_files_system);
        const bool may_come = daemon->store.folder >= 0 || daemon->store.is_absent;
        report(REPORT_ERROR, "%s; nothing is kept %s", daemon->store_error,
               may_come ? "meanwhile" : "until it is started again");
    }
    (void)snprintf(place, sizeof place, "%s/log", state);
    if (!log_files_open(&daemon->log, place)) {
        (void)snprintf(daemon->log_error, sizeof daemon->log_error, "%s",
                       log_files_error(&daemon->log));
        report(REPORT_ERROR, "%s; no logs are kept %s", daemon->log_error,
               daemon->log.is_absent ? "meanwhile" : "until it is started again");
    }
    return true;
}

static void lines_init(struct daemon *daemon)
{
    const struct wm_view *view = &daemon->webmanager.core.view;
    tty_bus_init(&daemon->bus, &daemon->bus_line, &view->settings.value[wm_setting_bus_baud], step,
                 daemon);
    tty_bus_init(&daemon->com2, &daemon->com2_line, &com2_baud, step, daemon);
    rtu_tty_init(&daemon->rtu, &daemon->com2_line, view);
}

/* Of the records that are there and not believed; what could not be read was told of already. */
static void damage_report(const struct daemon *daemon)
{
    const struct wm_core *core = &daemon->webmanager.core;
    const struct {
        const char *name;
        bool is_damaged;
    } records[] = {
        {WM_KEEP_RECORD, core->keep.is_damaged},
        {WM_BREAKERS_RECORD, core->are_breakers_damaged},
        {WM_DISCHARGES_RECORD, core->are_discharges_damaged},
        {WM_BOOTS_RECORD, core->are_boots_damaged},
    };
    char names[100] = "";
    size_t size = 0;
    for (size_t i = 0; i < sizeof records / sizeof records[0]; i++) {
        if (records[i].is_damaged && !store_files_is_unread(&daemon->store, records[i].name)) {
            size += (size_t)snprintf(names + size, sizeof names - size, "%s%s",
                                     size > 0 ? ", " : "", records[i].name);
        }
    }
    if (daemon->store.folder >= 0 && size > 0) {
        report(REPORT_ERROR,
               "store %s/store: damaged and not believed: %s; put a copy of the folder there and "
               "start again, or set what is to be otherwise than configured, and `save`",
               config_text(daemon->config, CONFIG_STATE), names);
    }
}

static void core_start(struct daemon *daemon)
{
    const bool has_com2 = config_text(daemon->config, CONFIG_COM2) != NULL;
    lines_init(daemon);
    const struct wm_ports ports = {
        .bus = tty_bus_port(&daemon->bus),
        .com2 = has_com2 ? tty_bus_port(&daemon->com2) : (struct wm_bus){0},
        .serves_rtu = has_com2,
        .store = store_files_port(&daemon->store),
        .log = log_files_port(&daemon->log),
        .journal = {event_tell, daemon},
    };
    const wm_ms now_ms = clock_now_ms();
    const struct wm_power_up power_up = {.wall_ms = clock_wall_ms()};
    daemon->wall_started_ms = power_up.wall_ms - now_ms;
    daemon->next_ms = now_ms;
    daemon->webmanager.step = step;
    daemon->webmanager.published = published;
    daemon->webmanager.context = daemon;
    wm_core_init(&daemon->webmanager.core, &ports, &daemon->settings, &power_up, now_ms);
    damage_report(daemon);
}

static bool services_open(struct daemon *daemon)
{
    const struct config *config = daemon->config;
    const struct wm_commands commands = {command_put, daemon};
    const char *tcp = config_text(config, CONFIG_CONSOLE_TCP);
    struct wm_core *core = &daemon->webmanager.core;
    daemon->ground = (struct console_ground){
        .loop = daemon->loop,
        .view = &core->view,
        .commands = commands,
        .log = &core->ports.log,
        .uptime_ms = uptime_ms,
        .context = daemon,
    };
    if (!webmanager_open(&daemon->webmanager, daemon->loop, config_text(config, CONFIG_MODBUS),
                         config_text(config, CONFIG_SNMP), &commands, daemon->why,
                         sizeof daemon->why) ||
        (tcp != NULL && !console_tcp_open(&daemon->console_tcp, tcp, &daemon->ground, daemon->why,
                                          sizeof daemon->why))) {
        return false;
    }
    return true;
}

static void timer_start(struct daemon *daemon, ev_timer *timer,
                        void (*run)(struct ev_loop *, ev_timer *, int), double period_s)
{
    ev_timer_init(timer, run, period_s, period_s);
    timer->data = daemon;
    if (period_s > 0) {
        ev_timer_start(daemon->loop, timer);
    }
}

/* By who started it: nohup. */
static bool is_ignored(int number)
{
    struct sigaction action;
    return sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

static void watchers_start(struct daemon *daemon)
{
    tty_line_start(&daemon->bus_line, daemon->loop);
    tty_bus_take(&daemon->bus);
    if (config_text(daemon->config, CONFIG_COM2) != NULL) {
        tty_line_start(&daemon->com2_line, daemon->loop);
    }
    if (daemon->has_console) {
        console_tty_start(&daemon->console, &daemon->ground);
    }
    timer_start(daemon, &daemon->due, due, 0);
    timer_start(daemon, &daemon->second, second_passed, SECOND_S);
    timer_start(daemon, &daemon->button, button_look,
                lamps_have_button(&daemon->lamps) ? BUTTON_S : 0);
    timer_start(daemon, &daemon->alive, alive, daemon->watchdog.period_s);
    ev_check_init(&daemon->woken, woken);
    ev_set_priority(&daemon->woken, EV_MAXPRI);
    daemon->woken.data = daemon;
    ev_check_start(daemon->loop, &daemon->woken);
    ev_signal_init(&daemon->terminate, stopped, SIGTERM);
    ev_signal_start(daemon->loop, &daemon->terminate);
    ev_signal_init(&daemon->interrupt, stopped, SIGINT);
    ev_signal_start(daemon->loop, &daemon->interrupt);
    ev_signal_init(&daemon->hang_up, stopped, SIGHUP);
    if (!is_ignored(SIGHUP)) {
        ev_signal_start(daemon->loop, &daemon->hang_up);
    }
}

static void started(struct daemon *daemon)
{
    char console[40] = "";
    const struct webmanager *webmanager = &daemon->webmanager;
    const int32_t *value = webmanager->core.view.settings.value;
    const char *com2 = config_text(daemon->config, CONFIG_COM2);
    const bool is_rtu = com2 != NULL && value[wm_setting_com2_use] == WM_COM2_MODBUS_RTU;
    if (daemon->console_tcp.fd >= 0) {
        (void)snprintf(console, sizeof console, " console=%d",
                       console_tcp_port(&daemon->console_tcp));
    }
    report(REPORT_NOTICE, "ready modbus=%d snmp=%d%s%s%s bus=%s modules=%ld",
           webmanager->modbus != NULL ? mbs_server_port(webmanager->modbus) : 0,
           webmanager->snmp != NULL ? snmps_agent_port(webmanager->snmp) : 0, console,
           is_rtu ? " rtu=" : "", is_rtu ? com2 : "", config_text(daemon->config, CONFIG_BUS),
           (long)value[wm_setting_bank_modules]);
    systemd_tell("READY=1");
}

/*
 * The panel is cleared before anything can fail; what is root's to open comes first, then what is
 * to belong to the user, then the low ports.
 */
static bool start(struct daemon *daemon)
{
    const char *user = config_text(daemon->config, CONFIG_USER);
    if (!panel_open(daemon) ||
        !settings_make(daemon->config, &daemon->settings, daemon->why, sizeof daemon->why) ||
        !owner_find(&daemon->owner, user, daemon->why, sizeof daemon->why) ||
        !devices_open(daemon) || !owner_become(&daemon->owner, daemon->why, sizeof daemon->why) ||
        !memory_open(daemon)) {
        return false;
    }
    daemon->is_panel_ours = true; /* as the state is */
    core_start(daemon);
    /* An operator's, and kept; the battery is watched all the same. */
    if (!com2_is_named(daemon->config, daemon->webmanager.core.settings.value[wm_setting_com2_use],
                       daemon->why, sizeof daemon->why)) {
        report(REPORT_WARNING, "%s, or set com2.use none", daemon->why);
    }
    owner_return(&daemon->owner);
    if (!services_open(daemon) || !owner_stay(&daemon->owner, daemon->why, sizeof daemon->why)) {
        return false;
    }
    watchers_start(daemon);
    webmanager_tell(&daemon->webmanager, clock_now_ms());
    step(daemon);
    started(daemon);
    return true;
}

static void stop(struct daemon *daemon)
{
    systemd_tell("STOPPING=1");
    if (daemon->is_panel_ours) {
        lamps_clear(&daemon->lamps);
    }
    if (daemon->has_lamps) {
        lamps_close(&daemon->lamps);
    }
    webmanager_close(&daemon->webmanager);
    console_tcp_close(&daemon->console_tcp);
    console_tty_close(&daemon->console);
    tty_line_close(&daemon->com2_line);
    tty_line_close(&daemon->bus_line);
    log_files_close(&daemon->log);
    store_files_close(&daemon->store);
    owner_unlock(&daemon->owner);
    watchdog_close(&daemon->watchdog);
}

/* Everything is closed, so that stop can be called at any time. */
static void clear(struct daemon *daemon, const struct config *config)
{
    daemon->config = config;
    daemon->owner.folder = -1;
    daemon->bus_line.fd = -1;
    daemon->com2_line.fd = -1;
    daemon->console.line.fd = -1;
    daemon->console_tcp.fd = -1;
    daemon->store.folder = -1;
    daemon->log.folder = -1;
    daemon->watchdog.device = -1;
}

int daemon_run(const struct config *config)
{
    int status = EXIT_SUCCESS;
    struct daemon *daemon = calloc(1, sizeof *daemon);
    if (daemon == NULL) {
        report(REPORT_ERROR, "out of memory");
        return EXIT_FAILURE;
    }
    (void)signal(SIGPIPE, SIG_IGN); /* who reads no answer, and ...           */
    (void)signal(SIGXFSZ, SIG_IGN); /* ... what cannot be kept: by errno, too */
    (void)signal(SIGTTOU, SIG_IGN); /* the console may be the terminal ...    */
    (void)signal(SIGTTIN, SIG_IGN); /* ... that it was started from           */
    clear(daemon, config);
    daemon->loop = ev_default_loop(EVFLAG_AUTO);
    if (daemon->loop == NULL) {
        report(REPORT_ERROR, "no event loop: out of descriptors or memory");
        free(daemon);
        return EXIT_FAILURE;
    }
    if (start(daemon)) {
        ev_run(daemon->loop, 0);
        report(REPORT_NOTICE, "stopped");
    } else {
        report(REPORT_ERROR, "%s", daemon->why);
        status = EXIT_FAILURE;
    }
    stop(daemon);
    free(daemon);
    return status;
}
