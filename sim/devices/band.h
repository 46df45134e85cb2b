/*
 * band.h — what a device would answer at an instant: whether it does, and between which numbers.
 */
#ifndef SIM_DEVICES_BAND_H
#define SIM_DEVICES_BAND_H

#include <stdint.h>

/* Whether a device gives an answer at all. */
enum sim_presence {
    SIM_UNSURE,  /* the line is disturbed, or several devices share the address */
    SIM_SILENT,  /* unplugged, muted, cut off, or nobody has the address        */
    SIM_ANSWERS, /* latency_us after the question                               */
};

struct sim_band {
    int32_t low;
    int32_t high;
};

struct sim_truth {
    enum sim_presence presence;
    int64_t latency_us;
};

struct sim_truth_module {
    struct sim_truth device;
    struct sim_band voltage_mV;
    struct sim_band temperature_mdegC;
    struct sim_band resistance_uOhm;
    int32_t bypass_permille; /* what flows, and is reported */
};

struct sim_truth_sensor {
    struct sim_truth device;
    struct sim_band current_mA; /* of all strings, where one sensor measures them all */
    struct sim_band current_ac_mA;
};

struct sim_truth_aux {
    struct sim_truth device;
    uint8_t inputs;  /* bit set = normal */
    uint8_t outputs; /* contacts, bit set = on */
};

#endif
