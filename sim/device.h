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
#ifndef SIM_DEVICE_H
#define SIM_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/battery.h"
#include "sim/truth.h"
#include "sim/wire.h"
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

struct sim_device {
    int64_t latency_us;         /* rw */
    int64_t mute_left;          /* rw: answers it will not give; below 0: none ever */
    int64_t asked;              /* ro: questions put to it, whether they got there or not */
    int64_t muted;              /* answers it did not give since mute was ordered */
    bool mute_is_idle;          /* rw: ordered, and no answer muted yet */
    bool unplug_is_idle;        /* rw: ordered, and not missed by a question yet */
    bool press_is_idle;         /* rw: ordered, and not pressed during a question yet */
    bool is_plugged;            /* rw */
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
    double voltage_gain, temperature_gain, resistance_gain; /* private: decision B25 */
    double scripted_V, scripted_degC, scripted_Ohm;         /* ro */
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
    double sensor_gain[WM_SENSORS_MAX];
    uint8_t aux_inputs[WM_AUX_MAX];         /* rw: bit set = normal */
    uint8_t aux_outputs[WM_AUX_MAX];        /* rw: bit set = on */
    int32_t by_address[WM_MODULES_MAX + 1]; /* private: first module of an address, or -1 */
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

/* The line these devices make up. */
struct sim_line sim_devices_line(struct sim_devices *devices);

/* The truth, before a module measures it; module is 0-based, sensor too. */
double sim_devices_voltage_V(const struct sim_devices *devices, int32_t module);
double sim_devices_temperature_degC(const struct sim_devices *devices, int32_t module);
double sim_devices_resistance_Ohm(const struct sim_devices *devices, int32_t module);
int32_t sim_devices_bypass_permille(const struct sim_devices *devices, int32_t module);
/* Its bypass is stuck at so much, or (below 0) no longer. */
void sim_devices_pin_bypass(struct sim_devices *devices, int32_t module, int32_t permille);
double sim_devices_sensor_A(const struct sim_devices *devices, int32_t sensor);
double sim_devices_sensor_ac_A(const struct sim_devices *devices, int32_t sensor);

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
