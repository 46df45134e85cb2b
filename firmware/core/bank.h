/*
 * bank.h — what we believe about the batteries and the devices right now.
 *
 * The bank turns measurements into modules and strings, and decides who is present and who is
 * lost. It decides nothing about alarms and never talks to the bus.
 *
 * Always true: a lost device shows no value; sums and averages leave out what is not valid.
 */
#ifndef WM_BANK_H
#define WM_BANK_H

#include <stdbool.h>
#include <stdint.h>

#include "wm/catalog.h"
#include "wm/limits.h"
#include "wm/message.h"
#include "wm/units.h"

/* A device of the round: modules, then current sensors, then aux units. */
struct wm_device {
    enum wm_class class;
    uint16_t index; /* from 0 within its class; the address is one more */
};

enum wm_link_state {
    WM_LINK_UNKNOWN = wm_state_module_link_unknown,
    WM_LINK_PRESENT = wm_state_module_link_present,
    WM_LINK_LOST = wm_state_module_link_lost,
    WM_LINK_STATES,
};

struct wm_link {
    enum wm_link_state state;
    uint8_t rounds_failed;  /* in a row */
    uint8_t rounds_garbled; /* in a row: something was said, and not understood */
};

/* What the poller is still to ask a module, or a sensor (the second measure only). */
enum wm_want {
    WM_WANT_IDENTITY = 1 << 0,
    WM_WANT_RESISTANCE = 1 << 1,
    WM_WANT_SECOND_MEASURE = 1 << 2,    /* a limit was newly crossed (decision B5) */
    WM_WANT_SECOND_RESISTANCE = 1 << 3, /* likewise */
    WM_WANT_BYPASS = 1 << 4,            /* bypass_order_permille is to be ordered */
};

struct wm_identity {
    int32_t type_code;
    int32_t hardware_revision;
    int32_t software_revision;
    int32_t serial_number; /* its own; not compared */
};

struct wm_module {
    struct wm_link link;
    uint8_t wants;        /* bits of enum wm_want                                     */
    uint8_t start_rounds; /* rounds of the start in which it left something unanswered */
    bool is_identified;
    bool is_mismatched; /* differs from the reference module (decision B2) */
    bool is_mismatch_told;
    bool is_measured; /* once at least */
    bool is_refused;  /* its last value was impossible (decision B24) */
    bool has_resistance;
    uint8_t identities_garbled; /* in a row */
    bool is_collision_told;     /* until it says alone who it is */
    int32_t voltage_mV;
    int32_t temperature_mdegC;
    int32_t bypass_permille;
    int32_t resistance_uOhm;
    struct wm_identity identity;
    /* What goes out with the questions. */
    int32_t bypass_order_permille; /* equalizer.h */
    bool is_alarm;                 /* its alarm word is not 0: the LED of the module is red */
};

struct wm_sensor {
    struct wm_link link;
    uint8_t wants;    /* bits of enum wm_want */
    bool is_measured; /* once at least */
    bool is_refused;  /* its last value was impossible (decision B24) */
    int32_t current_mA;
    int32_t current_ac_mA;
};

struct wm_aux {
    struct wm_link link;
    bool is_measured; /* once at least */
    uint8_t inputs;   /* bit set = normal, as reported */
    uint8_t outputs;  /* bit set = on, as reported     */
};

/* Of the valid modules; made anew by wm_bank_aggregate. */
struct wm_string_sums {
    int32_t valid_count;
    int32_t voltage_sum_mV;
    int32_t voltage_average_uV;
    int32_t temperature_mdegC_sum;
    int32_t temperature_mdegC_mean;
    int32_t temperature_mdegC_max;
};

struct wm_bank {
    int32_t modules_count;
    int32_t strings_count;
    int32_t sensors_count;
    int32_t aux_count;
    int32_t string_modules; /* modules of each string */
    bool is_sensor_for_all;
    bool is_isolated[WM_STRINGS_MAX]; /* its breaker is open, and so its contact says */
    int32_t modules_lost;
    int32_t modules_mismatched;
    const struct wm_module_type *type;
    struct wm_module module[WM_MODULES_MAX];
    struct wm_sensor sensor[WM_SENSORS_MAX];
    struct wm_aux aux[WM_AUX_MAX];
    struct wm_string_sums string[WM_STRINGS_MAX];
};

/* A valid answer, scaled to the bank's units. */
struct wm_measurement {
    struct wm_device device;
    enum wm_message_id message; /* identify, measure, impedance, set_bypass, read_sensor, read_aux,
                                   set_outputs */
    union {
        struct wm_identity identity;
        struct {
            int32_t voltage_mV;
            int32_t temperature_mdegC;
            int32_t bypass_permille;
        } block;
        int32_t resistance_uOhm;
        struct {
            int32_t direct_mA;
            int32_t ripple_mA;
        } current;
        struct {
            uint8_t inputs;
            uint8_t outputs;
        } aux;
    };
};

/* What the last call changed, for the alarms and for the journal. */
enum wm_bank_change { WM_BANK_SAME, WM_BANK_LOST, WM_BANK_BACK };

void wm_bank_init(struct wm_bank *bank, const struct wm_settings *settings);

/* Devices of a round, and the one at a place in it (from 0). */
int32_t wm_bank_devices(const struct wm_bank *bank);
struct wm_device wm_bank_device(const struct wm_bank *bank, int32_t place);
const struct wm_link *wm_bank_link(const struct wm_bank *bank, struct wm_device device);

/* True for the question that every round asks a device: it alone tells who is present. */
static inline bool wm_message_tells_presence(enum wm_message_id message)
{
    return message == wm_message_measure || message == wm_message_read_sensor ||
           message == wm_message_read_aux;
}

/* Takes one measurement in. WM_BANK_BACK: its device was lost until now. */
enum wm_bank_change wm_bank_take(struct wm_bank *bank, const struct wm_measurement *taken);

/* The device gave no valid answer in this round. WM_BANK_LOST: once too often (decision B3). */
enum wm_bank_change wm_bank_miss(struct wm_bank *bank, struct wm_device device);

/*
 * Whether the device's last exchange was garbled, for each that had no valid answer. True once: all
 * rounds that made it lost were garbled, or three of its identities in a row (decision B19: two
 * devices with one address).
 */
bool wm_bank_collides(struct wm_bank *bank, struct wm_device device, enum wm_message_id message,
                      bool is_garbled);

/* Monitoring goes on after a pause in which anything may have been plugged or addressed. */
void wm_bank_resume(struct wm_bank *bank);

/* A round of the start has ended: counts it for every module that left something unanswered. */
void wm_bank_start_round(struct wm_bank *bank);

/* True once every configured module answered everything, or failed three rounds (decision B2). */
bool wm_bank_is_started(const struct wm_bank *bank);

/* True while every configured value has been measured (decision H7). */
bool wm_bank_is_complete(const struct wm_bank *bank);

/* The compatibility check of the start: all against the lowest-numbered one that answered. */
void wm_bank_compare(struct wm_bank *bank);

/* Sums and averages of all strings from their valid modules. */
void wm_bank_aggregate(struct wm_bank *bank);

/* A module whose values count now. */
static inline bool wm_module_is_valid(const struct wm_module *module)
{
    return module->is_measured && module->link.state == WM_LINK_PRESENT;
}

/* The sensor that measures a string's current, or null; its link tells if it can be believed. */
const struct wm_sensor *wm_bank_sensor(const struct wm_bank *bank, int32_t string_index);

/* The strings that are not isolated. */
int32_t wm_bank_joined(const struct wm_bank *bank);

/*
 * Currents of a string; 0 with no sensor or with a lost one (decision B18), and then false. One
 * sensor for all strings: each that is not isolated is shown an equal share, the others nothing.
 */
bool wm_bank_current(const struct wm_bank *bank, int32_t string_index, int32_t *current_mA,
                     int32_t *current_ac_mA);

#endif
