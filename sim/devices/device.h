/*
 * device.h — everything that hangs on the bus: battery modules, current sensors, GX_R_AUX units.
 *
 * The bus face: who reacts to a question, and what each message does and answers. The puppet face
 * (sim/puppet.h) moves the fields marked rw.
 *
 * Always true: an unplugged device neither hears nor answers; a muted one hears and does what it
 * is asked, but does not answer; a device takes a question only when a frame fills the whole
 * transmission (sim/BUS.md); outputs stay as last ordered, whatever happens to their unit, so a
 * breaker never closes because its aux is lost (decision B16).
 */
#ifndef SIM_DEVICES_DEVICE_H
#define SIM_DEVICES_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/battery/battery.h"
#include "sim/bus/wire.h"
#include "sim/devices/band.h"
#include "sim/world.h"
#include "wm/catalog.h"
#include "wm/limits.h"

/* Guide, "Module info" of the dashboard: hardware 03.02, software 03.04.00. */
#define SIM_HARDWARE_REVISION 0x0302
#define SIM_SOFTWARE_REVISION 0x030400

/* type_code of an identify answer; modules answer with their bacsModuleType. */
#define SIM_TYPE_SENSOR_50_A 100 /* 101: 200 A, 102: 400 A, 103: 1000 A, 104: 2000 A */
#define SIM_TYPE_AUX         120

/* Bits of `state` in a measure answer. */
enum {
    SIM_STATE_BYPASS = 0x01,  /* some of the current goes around the block */
    SIM_STATE_SHOWING = 0x02, /* blinks red and green */
    SIM_STATE_PRESSED = 0x04, /* its button is held */
};

/* A module without an address: what reset_address leaves. */
#define SIM_ADDRESS_FACTORY 0
#define SIM_LATENCY_US      1000
/* A module that heard nothing for so long sleeps (its LED is off). */
#define SIM_SLEEP_US INT64_C(600000000)
/* A module leaves programming when nobody told it so for so long. */
#define SIM_PROGRAMMING_HOLD_US 60000000
/* A person holds a button about so long. */
#define SIM_PRESS_US 2000000
/* Decision B13. */
#define SIM_BYPASS_HOLD_US 60000000

/* Places in sim_devices.device[]. */
enum {
    SIM_DEVICE_MODULE = 0,
    SIM_DEVICE_SENSOR = SIM_DEVICE_MODULE + WM_MODULES_MAX,
    SIM_DEVICE_AUX = SIM_DEVICE_SENSOR + WM_SENSORS_MAX,
    SIM_DEVICES = SIM_DEVICE_AUX + WM_AUX_MAX,
    SIM_DEVICE_ALL_MODULES = SIM_DEVICES,
};

/* Why a device has no power. */
enum sim_down { SIM_DOWN_REBOOTS = 1, SIM_DOWN_BROWN_OUT = 2 };

struct sim_device {
    int64_t latency_us;         /* rw */
    int64_t mute_left;          /* rw: answers it will not give; below 0: none ever */
    uint8_t down;               /* rw: bits of sim_down: no power, for some reason */
    int64_t asked;              /* ro: questions put to it, whether they got there or not */
    int64_t missed_rebooting;   /* ro: those put to it while it was down, for either reason */
    int64_t missed_brown_out;   /* ro */
    int64_t identified;         /* ro: times it said what it is */
    int64_t muted;              /* answers it did not give since mute was ordered */
    bool mute_is_idle;          /* rw: ordered, and no answer muted yet */
    bool unplug_is_idle;        /* rw: ordered, and not missed by a question yet */
    bool press_is_idle;         /* rw: ordered, and not pressed during a question yet */
    bool is_plugged;            /* rw */
    bool is_elsewhere;          /* rw: a real one has its place; this one keeps silent */
    uint8_t type_code;          /* rw */
    uint16_t hardware_revision; /* rw */
    uint32_t software_revision; /* rw */
    uint32_t serial_number;     /* ro: no two devices have the same */
};

/* What the LED of a module does (guide, "Module Ports, LEDs and Buttons"). */
enum sim_led {
    SIM_LED_OFF,               /* sleep: nothing heard               */
    SIM_LED_GREEN,             /* operation: it has been asked       */
    SIM_LED_FLASHING_GREEN,    /* ready: an address, and not asked   */
    SIM_LED_ALTERNATING,       /* search: show, until its button     */
    SIM_LED_RED,               /* alarm: the measure question says   */
    SIM_LED_FLASHING_RED,      /* default: no address                */
    SIM_LED_FAST_FLASHING_RED, /* programming: ready to be registered */
    SIM_LEDS
};

/* A module's own error of one quantity, before its noise (decision B25). */
struct sim_error {
    double gain;  /* once and for all */
    double phase; /* of its drift, in periods */
    double now;   /* gain, and what the drift makes of it now */
};

/* What is wrong with the leads and the probe that a module measures by; zero: nothing. */
struct sim_leads {
    bool is_open, is_reversed;
    bool is_swapped; /* its other lead is on the far pole of its neighbour */
    double contact_Ohm;
    double probe_off_part; /* 0: on the block, 1: hangs in the room */
    int32_t probe_at;      /* module it is on, 1-based; 0: its own */
    bool probe_is_open, probe_is_shorted;
    double scatter_part; /* of the resistance, at 10 A of ripple for each 100 Ah */
};

struct sim_module {
    int32_t address;              /* ro: 1..512, or factory */
    int32_t next;                 /* private: the next module with this address, or -1 */
    int32_t bypass_permille;      /* ro, as ordered; what flows: sim_devices_bypass_permille */
    bool is_bypass_pinned;        /* ro: it is stuck ... */
    int32_t bypass_pin_permille;  /* ro: ... here, whatever is ordered */
    int64_t asked_us;             /* ro */
    int64_t pressed_until_us;     /* ro: sim_devices_press */
    bool is_held;                 /* ro: its button, until it is let go */
    bool press_is_used;           /* ro: this press has registered already */
    int64_t programming_until_us; /* ro */
    bool is_registered;           /* ro: since programming began */
    bool is_alarm;                /* ro: the last measure question said so */
    bool is_showing;              /* ro */
    bool has_script;              /* rw: the plant file gives a function for it */
    bool is_scripted;             /* ro: and it has been called */
    struct sim_error voltage_error, temperature_error, resistance_error; /* private */
    struct sim_leads leads;                                              /* rw */
    bool is_stuck;                                                       /* ro: sim_devices_stick */
    int32_t stuck_mV, stuck_ddegC, stuck_uOhm;                           /* ro */
    int64_t stuck_answers; /* ro: values that were told and were not so */
    /* ro: answers that were other than with sound leads, a sound probe, and without scatter */
    int64_t misread_leads, misread_probe, misread_scatter;
    bool babbles;      /* rw: count it in babblers */
    int64_t babbled;   /* rw: times it did */
    int64_t disobeyed; /* ro: times it told a bypass that nobody ordered */
    double scripted_V, scripted_degC, scripted_Ohm; /* ro */
};

/* What is wrong between a current sensor and its string; zero: nothing. */
struct sim_clamp {
    double zero_A;
    double gain_part; /* 0.1: a tenth too much */
    bool is_reversed;
};

/* What a plant file's battery function is given and gives back. */
struct sim_script_call {
    int32_t module_number;
    double now_s;
    double current_A;
    double voltage_V;        /* in, out */
    double temperature_degC; /* in, out */
    double resistance_mOhm;  /* in, out */
};

/* What lies between the webmanager and the devices. */
struct sim_way {
    void *self;
    /* A question for the device at this place has begun: whether it gets there, and sound. */
    bool (*hears)(void *self, int32_t place);
    /* The device answers: spoils the bytes in place; returns how many of them leave it. */
    size_t (*answers)(void *self, int32_t place, uint8_t *bytes, size_t size);
};

struct sim_devices {
    struct sim_world *world;
    struct sim_battery *battery;
    struct sim_random noise;
    const struct wm_module_type *type;
    bool is_exact;
    int32_t modules;
    int32_t sensors;
    int32_t aux;
    bool sensor_for_all;
    double sensor_range_A;
    int64_t heard_us;                       /* ro: the last question to anybody */
    int32_t sensor_address[WM_SENSORS_MAX]; /* ro: DIP switches */
    int32_t aux_address[WM_AUX_MAX];        /* ro: likewise */
    const struct sim_way *way;              /* rw: borrowed; null: all is well between */
    struct sim_device device[SIM_DEVICES];
    uint32_t serial_number_next; /* private */
    struct sim_module module[WM_MODULES_MAX];
    struct sim_error sensor_error[WM_SENSORS_MAX]; /* private */
    struct sim_clamp clamp[WM_SENSORS_MAX];        /* rw */
    int64_t misread_clamp[WM_SENSORS_MAX];  /* ro: answers that were other than with a sound one */
    int64_t unheard;                        /* ro: questions to addresses of nobody */
    int32_t babblers;                       /* rw: modules that talk unasked */
    struct sim_event drift;                 /* private */
    void (*drifted)(void *context);         /* what they measure has moved; or null */
    uint8_t aux_inputs[WM_AUX_MAX];         /* rw: bit set = normal */
    uint8_t aux_outputs[WM_AUX_MAX];        /* rw: bit set = on */
    int32_t by_address[WM_MODULES_MAX + 1]; /* private: first module of an address, or -1 */
    /*
     * Acts in the place of sim_devices_act, for a device that is plugged in; null: nothing does.
     * The context is passed as to the others below.
     */
    bool (*own)(void *context, int32_t place, const struct sim_frame *question,
                struct sim_frame *answer);
    /* False when the function failed: the module is then silent. */
    bool (*script)(void *context, struct sim_script_call *call);
    /* Outputs have been ordered. */
    void (*outputs_ordered)(void *context);
    void *context;
};

/* What a plant asks for. */
struct sim_devices_options {
    const struct wm_module_type *type;
    bool is_exact;
    int32_t sensors;
    int32_t aux;
    bool sensor_for_all;
    double sensor_range_A;
    /* DIP switches; 0: its own number. */
    int32_t sensor_address[WM_SENSORS_MAX];
    int32_t aux_address[WM_AUX_MAX];
};

/* devices is zero-initialised by the caller; the battery is borrowed and says how many modules. */
void sim_devices_init(struct sim_devices *devices, struct sim_world *world,
                      struct sim_battery *battery, const struct sim_devices_options *options);

void sim_devices_close(struct sim_devices *devices);

/* The line these devices make up. */
struct sim_line sim_devices_line(struct sim_devices *devices);

/*
 * What the device at a place does when it is asked: fills the answer's values, and where it is
 * another one than asked for its address; all else in the answer is filled already. False: it is
 * silent.
 */
bool sim_devices_act(struct sim_devices *devices, int32_t place, const struct sim_frame *question,
                     struct sim_frame *answer);

/* Is its answer one of those that it will not give? It is counted. */
bool sim_device_swallows(struct sim_device *device);

/* The truth, before a module measures it; module is 0-based, sensor too. */
double sim_devices_voltage_V(const struct sim_devices *devices, int32_t module);
double sim_devices_temperature_degC(const struct sim_devices *devices, int32_t module);
double sim_devices_resistance_Ohm(const struct sim_devices *devices, int32_t module);
int32_t sim_devices_bypass_permille(const struct sim_devices *devices, int32_t module);
/* Its bypass is stuck at so much, or (below 0) no longer. */
void sim_devices_pin_bypass(struct sim_devices *devices, int32_t module, int32_t permille);
double sim_devices_sensor_A(const struct sim_devices *devices, int32_t sensor);
double sim_devices_sensor_ac_A(const struct sim_devices *devices, int32_t sensor);

/* ---- reading.c: what they read of it ---------------------------------------------------- */

/* A value as a device reads it: off by at most the noise. */
struct sim_reading {
    double value;
    double noise;
};
struct sim_readings {
    struct sim_reading voltage_V, temperature_degC, resistance_Ohm;
};
struct sim_readings sim_devices_read(const struct sim_devices *devices, int32_t module);
struct sim_reading sim_devices_read_A(const struct sim_devices *devices, int32_t sensor);
struct sim_reading sim_devices_read_ac_A(const struct sim_devices *devices, int32_t sensor);

/* As an answer says it; below 0 V by its two's complement, which is out of every module's range. */
int32_t sim_reading_mV(double voltage_V);
int32_t sim_reading_ddegC(double temperature_degC);
int32_t sim_reading_uOhm(const struct sim_devices *devices, double resistance_Ohm);

/* The module at the other end of a swapped lead; -1: the string has no other one. */
int32_t sim_devices_neighbour(const struct sim_devices *devices, int32_t module);

/* Draws the errors of all devices, and lets them drift. */
void sim_devices_calibrate(struct sim_devices *devices);

/* Does a module of this address answer here, one that is not elsewhere? address: 1..512. */
bool sim_devices_play(const struct sim_devices *devices, int32_t address);

/* ---- what befalls them ------------------------------------------------------------------ */

/* From now on it tells what it would tell now, or (false) no longer. */
void sim_devices_stick(struct sim_devices *devices, int32_t module, bool is_stuck);

/* What a babbling module says: a true answer, of a number that may be anything. Its size. */
size_t sim_devices_unasked(const struct sim_devices *devices, int32_t module, uint8_t sequence,
                           uint8_t *bytes);

/* Takes or gives power for one reason; without any it forgets what it was ordered. */
void sim_devices_down(struct sim_devices *devices, int32_t place, enum sim_down why, bool is_down);
bool sim_device_is_up(const struct sim_device *device);

/* Presses a module's button for 2 s, or until it is let go; both end its blinking. */
void sim_devices_press(struct sim_devices *devices, int32_t module, bool is_held);
void sim_devices_let_go(struct sim_devices *devices, int32_t module);

/* 0..512, whoever has it already. */
void sim_devices_set_address(struct sim_devices *devices, int32_t module, int32_t address);

/* The LED now; hears: questions get to the module. The word is as in a scenario. */
enum sim_led sim_devices_led(const struct sim_devices *devices, int32_t module, bool hears);
const char *sim_led_word(enum sim_led led);

/* The same as they would measure it now, in the units of messages.def; temperature in mdegC. */
void sim_devices_module_bands(const struct sim_devices *devices, int32_t module,
                              struct sim_truth_module *truth);
struct sim_band sim_devices_current_band_mA(const struct sim_devices *devices, int32_t sensor);
struct sim_band sim_devices_current_ac_band_mA(const struct sim_devices *devices, int32_t sensor);

/* A new device in the old one's place, with its address, plugged in. place: in device[]. */
void sim_devices_replace(struct sim_devices *devices, int32_t place);

#endif
