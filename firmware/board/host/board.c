/*
 * board.c — the host board: the core and its services in virtual time.
 *
 * The world owns time. The board steps the core at the instants the core asks for and whenever
 * its end of the bus was reached; sockets are served only while the driver lets them, and the
 * clock stands still meanwhile (decision H5).
 */
#include "wm/board.h"

#include <arpa/inet.h>
#include <ev.h>
#include <netdb.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "firmware/board/common/webmanager.h"
#include "firmware/service/console/console.h"
#include "media.h"
#include "power_cut.h"
#include "rtu_line.h"
#include "sim/plant/memory.h"
#include "sim/plant/panel.h"
#include "sim/world.h"
#include "store_flash.h"
#include "witness.h"

/* Virtual time 0 on the wall clock: 2020-06-01T00:00:00Z (decision B20). */
#define ERROR_SIZE      200
#define WALL_MS_AT_ZERO INT64_C(1590969600000)

struct board {
    struct sim_world *world;
    wm_ms ahead_ms; /* its clock, of the world's */
    struct sim_event step;
    struct ev_loop *loop;
    void (*published)(void *context, const struct wm_view *view);
    void *context;
    struct sim_panel *panel; /* null: it has none */
    struct witness *witness; /* null without a plant to judge by: nobody judges then */
    struct board_media *media;
    struct power_cut cut;     /* over the media's flash       */
    bool has_lost_power;      /* in one of its operations     */
    jmp_buf power;            /* the way out of them then     */
    struct store_flash store; /* over what may lose its power */
    struct con_console console;
    struct rtu_line rtu;
    struct webmanager webmanager;
};

static wm_ms now_ms(const struct board *board)
{
    return sim_world_now_us(board->world) / 1000 + board->ahead_ms;
}

static void published(void *self, const struct wm_view *view)
{
    struct board *board = self;
    char why[ERROR_SIZE];
    (void)rtu_line_follow(&board->rtu, why, sizeof why); /* without it board_rtu_path tells none */
    if (board->panel != NULL) {
        sim_panel_drive(board->panel, &view->panel);
    }
    if (board->witness != NULL) {
        witness_look(board->witness);
        cut_judge_look(board->media->judge);
    }
    if (board->published != NULL) {
        board->published(board->context, view);
    }
}

static void steps_run(struct board *board)
{
    const wm_ms next_ms = webmanager_step(&board->webmanager, now_ms(board));
    if (next_ms == WM_NEVER) {
        sim_world_cancel(board->world, &board->step);
    } else {
        sim_world_schedule(board->world, &board->step, (next_ms - board->ahead_ms) * 1000);
    }
}

static void step(void *self)
{
    struct board *board = self;
    if (!board->has_lost_power && setjmp(board->power) == 0) {
        steps_run(board);
    }
}

/* Not an instruction more: the core is left where it stands, in the middle of its step. */
static void power_gone(void *context)
{
    struct board *board = context;
    board->has_lost_power = true;
    sim_world_cancel(board->world, &board->step);
    sim_world_stop(board->world);
    longjmp(board->power, 1);
}

void board_cut_power(struct board *board, uint32_t nth)
{
    board->cut.nth = nth;
}

bool board_has_lost_power(const struct board *board)
{
    return board->has_lost_power;
}

void board_wake(void *board)
{
    step(board);
}

/* ---- wishes ----------------------------------------------------------------------------- */

static enum wm_status command_put(void *self, const struct wm_command *command, const char **why)
{
    struct board *board = self;
    if (board->has_lost_power) {
        return WM_IO;
    }
    const enum wm_status status = webmanager_command(&board->webmanager, command, why);
    if (board->has_lost_power) {
        return WM_IO; /* nobody will read it */
    }
    if (board->witness != NULL && command->kind != WM_COMMAND_CHECK) {
        cut_judge_look(board->media->judge);
    }
    return status;
}

size_t board_console_write(struct board *board, const char *bytes, size_t size)
{
    return con_console_write(&board->console, bytes, size,
                             now_ms(board) - board->webmanager.core.started_ms);
}

size_t board_console_read(struct board *board, char *bytes, size_t size)
{
    return con_console_read(&board->console, bytes, size);
}

/* A hand on the panel. A button that means nothing now has no answer but in the event log. */
static void operated(void *context, enum sim_control control, int32_t position)
{
    const char *why;
    const struct wm_command command = {
        .kind = control == SIM_CONTROL_MUTE ? WM_COMMAND_MUTE : WM_COMMAND_SWITCH,
        .value = position,
    };
    (void)command_put(context, &command, &why);
}

/* ---- settings --------------------------------------------------------------------------- */

/* "HOST:PORT" or "[HOST]:PORT" as a numeric address; false if there is none such. */
static bool receiver_resolve(const char *place, char *address, size_t size)
{
    char host[256];
    char numeric[INET6_ADDRSTRLEN];
    const char *colon = strrchr(place, ':');
    const bool is_bracketed = place[0] == '[';
    if (colon == NULL || (is_bracketed && (colon == place || colon[-1] != ']'))) {
        return false;
    }
    const int length = (int)(colon - place) - 2 * is_bracketed;
    (void)snprintf(host, sizeof host, "%.*s", length, place + is_bracketed);
    const struct addrinfo hints = {.ai_socktype = SOCK_DGRAM};
    struct addrinfo *found = NULL;
    if (getaddrinfo(host, NULL, &hints, &found) != 0) {
        return false;
    }
    const bool is_numeric = getnameinfo(found->ai_addr, found->ai_addrlen, numeric, sizeof numeric,
                                        NULL, 0, NI_NUMERICHOST) == 0;
    (void)snprintf(address, size, found->ai_family == AF_INET6 ? "[%s]%s" : "%s%s", numeric, colon);
    freeaddrinfo(found);
    return is_numeric;
}

/* Receivers that the board was given take the last of the settings' that are free. */
static bool receivers_set(const struct board_options *options, struct wm_settings *settings,
                          char *error, size_t error_size)
{
    int32_t slot = WM_TRAP_RECEIVERS_MAX + 1;
    for (size_t i = 0; i < options->trap_addresses; i++) {
        const char *place = options->trap_address[i];
        char address[300];
        enum wm_text text = wm_text_count;
        do {
            slot--;
            text = slot > 0 ? wm_snmp_receiver_text(slot) : text;
        } while (slot > 0 && wm_text_value(settings, text)[0] != '\0');
        if (slot == 0) {
            (void)snprintf(error, error_size,
                           "trap %s: one receiver more than %d; leave out one --trap", place,
                           WM_TRAP_RECEIVERS_MAX);
            return false;
        }
        if (!receiver_resolve(place, address, sizeof address) ||
            wm_text_set(settings, text, address) != WM_OK) {
            (void)snprintf(error, error_size,
                           "trap %s: no HOST:PORT of a host that is known; write it as in --trap "
                           "127.0.0.1:1162",
                           place);
            return false;
        }
    }
    return true;
}

static bool settings_make(const struct board_options *options, struct wm_settings *settings,
                          char *error, size_t error_size)
{
    return webmanager_settings(options->settings, options->settings_count, settings, error,
                               error_size) &&
           receivers_set(options, settings, error, error_size) &&
           webmanager_settings_agree(settings, error, error_size);
}

bool board_settings_agree(const struct board_options *options, char *error, size_t error_size)
{
    struct wm_settings settings;
    return settings_make(options, &settings, error, error_size);
}

/* ---- power ------------------------------------------------------------------------------ */

static void tell_nobody(void *self, const struct wm_event *event)
{
    (void)self;
    (void)event;
}

static bool services_open(struct board *board, const struct board_options *options, char *error,
                          size_t error_size)
{
    const struct wm_core *core = &board->webmanager.core;
    const struct wm_commands commands = {command_put, board};
    con_console_init(&board->console, &core->view, &commands, &core->ports.log, 0);
    board->loop = ev_loop_new(EVFLAG_AUTO);
    if (board->loop == NULL) {
        (void)snprintf(error, error_size, "no event loop: out of descriptors or memory");
        return false;
    }
    rtu_line_init(&board->rtu, board->loop, &core->view);
    return rtu_line_follow(&board->rtu, error, error_size) &&
           webmanager_open(&board->webmanager, board->loop, options->modbus_address,
                           options->snmp_address, &commands, error, error_size);
}

/* Who looks at the webmanager while it plays; those of an earlier one on these media stay. */
static bool judges_open(struct board *board, const struct board_options *options)
{
    struct board_media *media = options->media;
    board->witness =
        witness_open(options->plant, options->world, options->bus, &board->webmanager.core.view);
    media->judge = media->judge != NULL ? media->judge : cut_judge_open();
    if (board->witness == NULL || media->judge == NULL) {
        return false;
    }
    if (media->is_spoiled) {
        oracle_spoiled(witness_oracle(board->witness));
    }
    return true;
}

/*
 * What the core stands on: the bus, the board's own memory, judged, the faults over it, and then
 * who witnesses. settings: what the core is given.
 */
static struct wm_ports ports_make(struct board *board, const struct board_options *options,
                                  const struct wm_settings *settings)
{
    struct board_media *media = board->media;
    board->cut =
        (struct power_cut){.chip = &media->flash, .gone = power_gone, .gone_context = board};
    store_flash_mount(&board->store, power_cut_port(&board->cut));
    struct wm_ports ports = {
        .bus = options->bus,
        .com2 = options->com2,
        .serves_rtu = true,
        .store = store_flash_port(&board->store),
        .log = media->log,
        .journal = {tell_nobody, NULL},
    };
    if (board->witness != NULL) {
        ports.store = cut_judge_store(media->judge, ports.store, &board->cut, settings);
    }
    if (options->memory != NULL) {
        ports.store = sim_memory_store(options->memory, ports.store);
        ports.log = sim_memory_log(options->memory, ports.log);
    }
    if (board->witness != NULL) {
        ports.bus = witness_bus(board->witness);
        ports.store = witness_store(board->witness, ports.store);
    }
    return ports;
}

struct board *board_open(const struct board_options *options, char *error, size_t error_size)
{
    struct wm_settings settings;
    if (!settings_make(options, &settings, error, error_size)) {
        return NULL;
    }
    struct board *board = calloc(1, sizeof *board);
    if (board == NULL) {
        (void)snprintf(error, error_size, "out of memory");
        return NULL;
    }
    rtu_line_init(&board->rtu, NULL, NULL);
    board->world = options->world;
    board->ahead_ms = options->uptime_ms;
    board->published = options->published;
    board->context = options->context;
    board->step = (struct sim_event){.run = step, .self = board, .priority = SIM_PRIORITY_FIRMWARE};
    board->media = options->media;
    board->webmanager.step = step;
    board->webmanager.published = published;
    board->webmanager.context = board;
    if (options->plant != NULL && !judges_open(board, options)) {
        (void)snprintf(error, error_size, "out of memory");
        board_close(board);
        return NULL;
    }
    const struct wm_ports ports = ports_make(board, options, &settings);
    /* Powered up so long ago; nothing has been asked of it since. */
    const wm_ms begun_ms = now_ms(board) - options->uptime_ms;
    const struct wm_power_up power_up = {
        .wall_ms = WALL_MS_AT_ZERO + begun_ms - options->uptime_ms,
        .slide_switch = options->panel != NULL ? options->panel->slide_switch : 0,
    };
    wm_core_init(&board->webmanager.core, &ports, &settings, &power_up, begun_ms);
    if (board->witness != NULL) {
        cut_judge_started(board->media->judge, &board->webmanager.core);
    }
    if (!services_open(board, options, error, error_size)) {
        board_close(board);
        return NULL;
    }
    if (options->panel != NULL) {
        board->panel = options->panel;
        sim_panel_power_on(board->panel, operated, board);
    }
    webmanager_tell(&board->webmanager, now_ms(board));
    sim_world_schedule(board->world, &board->step, sim_world_now_us(board->world));
    return board;
}

void board_close(struct board *board)
{
    if (board == NULL) {
        return;
    }
    sim_world_cancel(board->world, &board->step);
    if (board->panel != NULL) {
        sim_panel_power_off(board->panel);
    }
    webmanager_close(&board->webmanager);
    rtu_line_close(&board->rtu);
    if (board->loop != NULL) {
        ev_loop_destroy(board->loop);
    }
    if (board->media != NULL) {
        board_log_memory_cut(&board->media->log_memory);
    }
    witness_close(board->witness);
    free(board);
}

/* ---- sockets ---------------------------------------------------------------------------- */

static void until_readable(struct ev_loop *loop, ev_io *watcher, int events)
{
    (void)events;
    *(int *)watcher->data = 1;
    ev_break(loop, EVBREAK_ONE);
}

static void until_late(struct ev_loop *loop, ev_timer *watcher, int events)
{
    (void)watcher;
    (void)events;
    ev_break(loop, EVBREAK_ONE);
}

int board_serve(struct board *board, int until_fd, int64_t wall_us)
{
    int is_readable = 0;
    ev_io reading;
    ev_timer late;
    if (board->webmanager.snmp != NULL) {
        snmps_agent_set_uptime(board->webmanager.snmp,
                               now_ms(board) - board->webmanager.core.started_ms);
    }
    ev_io_init(&reading, until_readable, until_fd, EV_READ);
    reading.data = &is_readable;
    if (until_fd >= 0) {
        ev_io_start(board->loop, &reading);
    }
    ev_now_update(board->loop);
    ev_timer_init(&late, until_late, (double)wall_us / 1e6, 0.);
    if (wall_us > 0) {
        ev_timer_start(board->loop, &late);
    }
    ev_run(board->loop, wall_us == 0 ? EVRUN_NOWAIT : 0);
    ev_io_stop(board->loop, &reading);
    ev_timer_stop(board->loop, &late);
    return is_readable;
}

int board_modbus_port(const struct board *board)
{
    return board->webmanager.modbus != NULL ? mbs_server_port(board->webmanager.modbus) : 0;
}

int board_snmp_port(const struct board *board)
{
    return board->webmanager.snmp != NULL ? snmps_agent_port(board->webmanager.snmp) : 0;
}

const char *board_rtu_path(const struct board *board)
{
    return board->rtu.master >= 0 ? board->rtu.path : NULL;
}

bool board_rtu_say(const struct board *board, const struct board_rtu_part *part, size_t parts,
                   struct board_rtu_heard *heard)
{
    *heard = (struct board_rtu_heard){0};
    if (board->rtu.master < 0) {
        return false;
    }
    rtu_line_say(&board->rtu, part, parts, heard);
    return true;
}

const struct wm_view *board_view(const struct board *board)
{
    return &board->webmanager.core.view;
}

/* ---- the judge -------------------------------------------------------------------------- */

bool board_latency(const struct board *board, enum wm_alarm alarm, struct board_latency *latency)
{
    *latency = (struct board_latency){0};
    return board->witness != NULL && oracle_latency(witness_oracle(board->witness), alarm, latency);
}

const char *board_undated(enum wm_alarm alarm)
{
    return oracle_undated(alarm);
}

const char *board_verdict(const struct board *board)
{
    return board->witness != NULL ? witness_verdict(board->witness) : NULL;
}
