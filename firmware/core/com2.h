/*
 * com2.h — the sensor, or the sensormanager with its channels, on COM2: asked once a second on a
 * line of its own, judged by its limits, and its outputs ordered (decisions B18, B21).
 *
 * Always true: a device or a channel that is lost shows no value, and keeps what it was judged to
 * be until a good value says otherwise; what com2.use does not name is never asked, save once to
 * put off the outputs that a sensormanager was ordered.
 */
#ifndef WM_COM2_H
#define WM_COM2_H

#include <stdbool.h>
#include <stdint.h>

#include "bank.h"
#include "line.h"
#include "wm/catalog.h"
#include "wm/journal.h"
#include "wm/limits.h"
#include "wm/units.h"
#include "wm/view.h"

/* Decision B21. */
#define WM_COM2_BAUD 9600
/* A round of questions begins so long after the one before, whatever the BACS bus does. */
#define WM_COM2_PERIOD_MS 1000

/* Values of com2.analog_n_kind, com2.input_n_kind and com2.output_n_kind (choices.def). */
enum wm_com2_analog_kind {
    WM_COM2_ANALOG_NONE,
    WM_COM2_ANALOG_TEMPERATURE,
    WM_COM2_ANALOG_HUMIDITY,
    WM_COM2_ANALOG_CURRENT,
};
enum wm_com2_input_kind {
    WM_COM2_INPUT_NONE,
    WM_COM2_INPUT_CONTACT,
    WM_COM2_INPUT_HYDROGEN_20,
    WM_COM2_INPUT_HYDROGEN_40,
};
enum wm_com2_output_kind { WM_COM2_OUTPUT_NONE, WM_COM2_OUTPUT_BUZZER, WM_COM2_OUTPUT_FLASHLIGHT };

/* Places of the channels of the temperature and humidity sensor. */
enum { WM_COM2_TEMPERATURE = 0, WM_COM2_HUMIDITY = 1 };

struct wm_com2_channel {
    enum wm_com2_analog_kind kind; /* that all below was measured and judged as */
    bool is_measured;              /* once at least */
    uint8_t rounds_failed;
    int8_t beyond;       /* 1 above its high limit, -1 below its low one, 0 inside    */
    int8_t suspected;    /* beyond so once: asked again before it counts (decision B5) */
    int32_t value_milli; /* 0.001 degC, % or A                                         */
};

struct wm_com2 {
    struct wm_line line;
    struct wm_journal journal;
    wm_ms started_ms;
    enum wm_com2_use use; /* what is asked: WM_COM2_NONE where nothing is            */
    struct wm_link link;  /* of the device as a whole                                */
    bool is_in_round;
    bool is_round_failed;
    bool is_changed; /* something shown, since the last round's end             */
    uint8_t place;   /* of the next question in the round                       */
    wm_ms round_next_ms;
    struct wm_com2_channel channel[WM_COM2_ANALOGS_MAX];
    bool has_lines; /* inputs and outputs have been read once                  */
    uint8_t inputs; /* bit set = normal                                        */
    uint8_t outputs;
    uint8_t wanted; /* outputs as they should be, of those in mask             */
    uint8_t mask;
    uint8_t released; /* outputs that left mask and have not been seen off since        */
    bool is_order_due;
};

/* The bus and the journal are borrowed; a bus without ops: nothing can hang there. */
void wm_com2_init(struct wm_com2 *com2, struct wm_bus bus, const struct wm_journal *journal,
                  const struct wm_settings *settings, wm_ms now_ms);

/*
 * Settings have changed. Another com2.use begins anew, and so does a channel of another kind; for
 * `none` what was ordered on goes off.
 */
void wm_com2_configure(struct wm_com2 *com2, const struct wm_settings *settings, wm_ms now_ms);

/* Fetches what arrived, judges values and silence. True: the view is to be published. */
bool wm_com2_receive(struct wm_com2 *com2, const struct wm_settings *settings, wm_ms now_ms);

/* The buzzer and the flashlight of the sensormanager are to be on or off. */
void wm_com2_order(struct wm_com2 *com2, const struct wm_settings *settings, bool is_buzzing,
                   bool is_flashing);

/* Puts the next question on the line, if it is time. */
void wm_com2_transmit(struct wm_com2 *com2, const struct wm_settings *settings, wm_ms now_ms);

/* When COM2 has to be stepped at the latest; now_ms: at once; WM_NEVER: nothing is asked. */
wm_ms wm_com2_deadline_ms(const struct wm_com2 *com2, wm_ms now_ms);

/* Causes of sensor_communication_lost, a bit each: channels that are lost, and the device. */
uint32_t wm_com2_lost(const struct wm_com2 *com2);

/* Causes of the environment alarm, a bit each: values beyond a limit, and hydrogen contacts. */
uint32_t wm_com2_causes(const struct wm_com2 *com2, const struct wm_settings *settings);

/* True once everything that is configured has been measured (decision H7). */
bool wm_com2_is_complete(const struct wm_com2 *com2, const struct wm_settings *settings);

/* What the view shows of it. */
void wm_com2_publish(const struct wm_com2 *com2, const struct wm_settings *settings,
                     struct wm_view *view);

#endif
