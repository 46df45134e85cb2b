/*
 * board.h — PORT: what every board provides; exactly one implementation is linked.
 *
 * A board owns the core, its services, its store and its sockets. Whoever drives it owns time.
 */
#ifndef WM_BOARD_H
#define WM_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wm/bus.h"
#include "wm/catalog.h"
#include "wm/limits.h"
#include "wm/log.h"
#include "wm/units.h"
#include "wm/view.h"

struct board;
struct board_media;
struct sim_memory;
struct sim_panel;
struct sim_plant;
struct sim_world;

struct board_options {
    struct sim_world *world; /* owns virtual time; outlives the board                        */
    wm_ms uptime_ms; /* what its uptime is when it is opened: it was idle since its power-up   */
    struct board_media *media; /* found as the last board left it; outlives the board         */
    struct wm_bus bus;         /* the BACS bus; outlives the board                             */
    struct wm_bus com2;        /* its end of COM2; outlives the board; ops null: there is none  */
    struct sim_panel *panel;   /* the webmanager's front; outlives the board; null: it has none */
    struct sim_memory *memory; /* faults over store and log; outlives the board; null: none   */
    const struct wm_change *settings; /* what differs from the defaults; may be null; later win */
    size_t settings_count;
    const char *modbus_address; /* "HOST:PORT", port 0 picks one; null: no Modbus service    */
    const char *snmp_address;   /* likewise; null: no SNMP agent                             */
    const char *trap_address[WM_TRAP_RECEIVERS_MAX]; /* "HOST:PORT", v2c, community public   */
    size_t trap_addresses;
    /* Told of every published view, at once, in order. May be null. */
    void (*published)(void *context, const struct wm_view *view);
    void *context;
    /* The plant on the bus: views are then judged by its truth (board_verdict). May be null. */
    struct sim_plant *plant;
};

/* What a webmanager keeps without power, as it comes from the factory. Null without memory. */
struct board_media *board_media_create(void);
/* Null is allowed. */
void board_media_destroy(struct board_media *media);

/* The log rings in it, to be read; never null, and the memory's. */
const struct wm_log *board_media_log(const struct board_media *media);

/* Power cuts tried on its flash so far: how many left the old record, and how many the new one. */
struct board_cuts {
    uint64_t olds;
    uint64_t news;
};
struct board_cuts board_media_cuts(const struct board_media *media);

/* What one of them could do to the records, as one sentence; null: nothing. */
const char *board_media_verdict(const struct board_media *media);

/*
 * While no board has it: changes a byte of a record, or (null) of each block of the flash; makes a
 * record one of another version of the firmware. False: there is none of that name, or nothing.
 */
bool board_media_damage(struct board_media *media, const char *record);
bool board_media_restamp(struct board_media *media, const char *record, uint8_t version);

/*
 * Do the settings and trap receivers among the options agree with one another? False, with one line
 * in error, if not: board_open would refuse them.
 */
bool board_settings_agree(const struct board_options *options, char *error, size_t error_size);

/*
 * Powers the webmanager up at the world's present instant and schedules its steps in the world.
 * Null, with one line of place, cause and cure in error, when a setting contradicts another or a
 * port cannot be had; nothing is then left open.
 */
struct board *board_open(const struct board_options *options, char *error, size_t error_size);

/*
 * The power goes, and everything is released but the memory: of the logs what was in a block that
 * was not full is lost. Null is allowed.
 */
void board_close(struct board *board);

/*
 * The power is to go in the nth write or erase of its flash from now on (1: the next), in the
 * middle of it. From then on the board does nothing, and is to be closed at that instant; the world
 * has been stopped (sim_world_stop), so that whoever drives it comes to know.
 */
void board_cut_power(struct board *board, uint32_t nth);
bool board_has_lost_power(const struct board *board);

/*
 * Something reached the webmanager's end of the bus: step at the world's present instant.
 * `board` is a struct board *; the signature is that of a listener.
 */
void board_wake(void *board);

/*
 * Serves the sockets while virtual time stands still, until until_fd is readable (-1: none) or
 * wall_us have passed (-1: no limit; 0: what is waiting now). Returns 1 if until_fd is readable.
 */
int board_serve(struct board *board, int until_fd, int64_t wall_us);

/* The ports really bound; 0 where the service is off. */
int board_modbus_port(const struct board *board);
int board_snmp_port(const struct board *board);

/*
 * The device at which a Modbus RTU master finds it, on wall time like any socket; null while
 * com2.use is something else.
 */
const char *board_rtu_path(const struct board *board);

/* What a master puts on COM2, one part after the other. */
struct board_rtu_part {
    int32_t silence_milli; /* before it: thousandths of a character's time */
    const uint8_t *bytes;
    size_t size;
};
struct board_rtu_heard {
    size_t size; /* of all answers; 0: silence */
    uint8_t bytes[600];
    int64_t took_us; /* from the first part's begin to the last answer's end, at the line's speed */
};

/*
 * An exchange on a line that was silent before, in the line's own exact time; virtual time stands
 * still. False, and nothing heard, while com2.use is something else.
 */
bool board_rtu_say(const struct board *board, const struct board_rtu_part *part, size_t parts,
                   struct board_rtu_heard *heard);

/*
 * The service port as a stream of bytes; CONSOLE.md tells what is spoken on it. Write takes what
 * the webmanager can take now and returns how many: the rest is to be offered again when all that
 * it says has been read. A request is carried out within the call, at the world's present instant
 * (decision H5). Read returns how many bytes it gave, 0: there is nothing more to say.
 */
size_t board_console_write(struct board *board, const char *bytes, size_t size);
size_t board_console_read(struct board *board, char *bytes, size_t size);

/* The latest published view: for its generation and readiness, never for an assertion. */
const struct wm_view *board_view(const struct board *board);

/*
 * How late an alarm came and went at worst so far, beyond its delay or hold: in milliseconds of
 * virtual time and in thousandths of a round as it ran. raises and clears: how often that was
 * measured; one that the truth did not date is not.
 */
struct board_latency {
    int64_t raise_ms;
    int64_t clear_ms;
    int32_t raise_rounds_milli;
    int32_t clear_rounds_milli;
    uint32_t raises;
    uint32_t clears;
};
/* False if the alarm is not judged, or the board was opened without a plant. */
bool board_latency(const struct board *board, enum wm_alarm alarm, struct board_latency *latency);

/* Why no latency of an alarm is measured, in words; null: it is, where the truth dates it. */
const char *board_undated(enum wm_alarm alarm);

/*
 * What a view, or a window on it, said against the truth of the plant, or too late, as one
 * sentence; null: nothing.
 */
const char *board_verdict(const struct board *board);

#endif
