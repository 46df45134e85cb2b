/*
 * fake_bus.h — a bus port whose devices answer at once, and a core on it.
 *
 * Fault model: a device may be silent; the next answers may be lost or garbled; an answer may
 * carry a wrong sequence, command or address; junk may come before it. Time is the test's.
 */
#ifndef FAKE_BUS_H
#define FAKE_BUS_H

#include <stdbool.h>
#include <stdint.h>

#include "firmware/core/core.h"
#include "firmware/core/settings.h"

enum { FAKE_QUESTIONS_MAX = 4096, BENCH_LOG_MAX = 2048 };

struct fake_module {
    bool is_silent;        /* nor does it do anything */
    bool is_pressed;       /* registers with the next offer */
    bool is_stuck;         /* its button stays pressed, and registers with every offer */
    bool is_showing;       /* blinks for `show` */
    bool is_deaf_to_reset; /* misses it */
    bool was_told_alarm;   /* by the last measure question */
    int32_t address;       /* of module[i] i + 1 at first; two with one garble their answers */
    int32_t voltage_mV;
    int32_t temperature_ddegC;
    int32_t bypass_permille; /* as ordered, unless it is stuck */
    bool is_bypass_stuck;
    int32_t resistance_uOhm;
    int32_t hardware_revision;
    int32_t software_revision;
    int32_t type_code;
};

struct fake_bus {
    struct fake_module module[WM_MODULES_MAX];
    struct {
        bool is_silent;
        int32_t current_mA;
        int32_t current_ac_mA;
    } sensor[WM_SENSORS_MAX];
    struct {
        bool is_silent;
        uint8_t inputs;
        uint8_t outputs;
    } aux[WM_AUX_MAX];
    struct {
        bool is_silent;
        int32_t temperature_ddegC;
        int32_t humidity_permille;
        int32_t analog[WM_COM2_ANALOGS_MAX]; /* in 0.1 of a unit */
        uint8_t inputs;
        uint8_t outputs;
    } room;              /* what answers on COM2 */
    bool is_programming; /* by the last broadcast */
    bool is_busy;        /* transmit says WM_BUSY                          */
    int lose_answers;    /* the next n answers never arrive                */
    bool is_limited;     /* answers_left more answers, then none           */
    int answers_left;
    int garble_answers;   /* a bit of the next n answers is wrong           */
    int late_answers;     /* the next n answers carry the sequence before   */
    int lose_nth;         /* the n-th answer from now never arrives; 0: it has been */
    int garble_nth;       /* the n-th answer from now is wrong, likewise    */
    int deaf_nth;         /* the n-th question from now reaches nobody      */
    int junk_bytes;       /* of 0xA5 before each answer                     */
    int answer_bytes_max; /* receive returns at most so many at once; 0: all */
    /* What was asked (the first FAKE_QUESTIONS_MAX since the last forget), and the answer. */
    struct wm_frame asked[FAKE_QUESTIONS_MAX];
    int questions;
    uint8_t answer[2 * WM_FRAME_SIZE_MAX];
    size_t answer_size;
    size_t answer_fetched;
};

/* All modules at 13.5 V, 24 degC, 4.6 mOhm; sensors at 0 A; inputs normal, outputs off. */
void fake_bus_init(struct fake_bus *fake);
struct wm_bus fake_bus_port(struct fake_bus *fake);

/* How often a message was asked of an address since the last forget. */
int fake_bus_asked(const struct fake_bus *fake, enum wm_message_id message, int address);
void fake_bus_forget(struct fake_bus *fake);

/* ---- a core on that bus ----------------------------------------------------------------- */

struct bench {
    struct fake_bus bus;
    struct fake_bus com2;
    struct wm_settings settings;
    struct wm_power_up power_up;
    struct wm_core core;
    wm_ms now_ms;
    wm_ms next_ms;
    /* the store */
    struct bench_record {
        char name[WM_RECORD_NAME_MAX];
        uint8_t bytes[WM_RECORD_SIZE_MAX];
        int size; /* or a negative status */
    } record[8];
    int records;
    int saves; /* tried */
    bool is_store_broken;
    /* the log: the first records of each ring, and how many there were */
    struct {
        uint8_t record[BENCH_LOG_MAX][WM_LOG_RECORD_MAX];
        size_t size;
        int count;
        int tried;
        bool is_broken;
    } log[WM_LOG_RINGS];
    /* the journal */
    struct wm_event event[256];
    int events;
};

/* Settings for strings x modules C20 of 50 Ah, with a sensor a string and one aux unit. */
void bench_settings(struct bench *bench, int32_t strings, int32_t modules_each);
/* The store's record of this name, for a test to look at or to damage; made if it is not there. */
struct bench_record *bench_record(struct bench *bench, const char *name);
/* Powers up with bench->settings; the fake bus is as it stands. */
void bench_start(struct bench *bench);
/* Runs until now_ms + duration_ms. */
void bench_run(struct bench *bench, wm_ms duration_ms);
/* Powers up and runs until the webmanager is running and complete. */
void bench_ready(struct bench *bench);

/* Places of the well-known alarm's Added and Removed events told so far, or 0. */
int bench_told(const struct bench *bench, enum wm_event_kind kind, int32_t number);
/* True if the alarm table has a row of this number. */
bool bench_has_row(const struct bench *bench, int32_t number);

#endif
