/*
 * measure.c — see measure.h.
 */
#include "measure.h"

#include <assert.h>

enum {
    /* Decision B24: above 1.3 x the range, or outside -40..125 degC, a value is a fault. */
    VOLTAGE_PERMILLE_MAX = 1300,
    TEMPERATURE_DDEGC_MIN = -400,
    TEMPERATURE_DDEGC_MAX = 1250,
    BYPASS_PERMILLE_MAX = 1000,
    /* Guide, "Technical Data": the largest current sensor, with the same allowance. */
    CURRENT_MA_MAX = 2600000,
    MDEGC_PER_DDEGC = 100,
};

static enum wm_status measure_block(const int32_t *value, const struct wm_module_type *type,
                                    struct wm_measurement *taken)
{
    const int32_t voltage_mV = value[wm_answer_measure_voltage_mV];
    const int32_t temperature_ddegC = value[wm_answer_measure_temperature_ddegC];
    const int32_t bypass_permille = value[wm_answer_measure_bypass_permille];
    if (voltage_mV > (int64_t)type->voltage_mV_high * VOLTAGE_PERMILLE_MAX / 1000) {
        return WM_RANGE;
    }
    if (temperature_ddegC < TEMPERATURE_DDEGC_MIN || temperature_ddegC > TEMPERATURE_DDEGC_MAX) {
        return WM_RANGE;
    }
    taken->block.voltage_mV = voltage_mV;
    taken->block.temperature_mdegC = temperature_ddegC * MDEGC_PER_DDEGC;
    taken->block.bypass_permille = wm_clamp(bypass_permille, 0, BYPASS_PERMILLE_MAX);
    return WM_OK;
}

static enum wm_status measure_current(const int32_t *value, struct wm_measurement *taken)
{
    const int32_t direct_mA = value[wm_answer_read_sensor_current_mA];
    const int32_t ripple_mA = value[wm_answer_read_sensor_current_ac_mA];
    if (direct_mA < -CURRENT_MA_MAX || direct_mA > CURRENT_MA_MAX || ripple_mA < 0 ||
        ripple_mA > CURRENT_MA_MAX) {
        return WM_RANGE;
    }
    taken->current.direct_mA = direct_mA;
    taken->current.ripple_mA = ripple_mA;
    return WM_OK;
}

enum wm_status wm_measure(const struct wm_frame *answer, struct wm_device device,
                          const struct wm_module_type *type, struct wm_measurement *taken)
{
    const int32_t *value = answer->value;
    taken->device = device;
    taken->message = answer->message;
    switch (answer->message) {
    case wm_message_identify:
        taken->identity = (struct wm_identity){
            .type_code = value[wm_answer_identify_type_code],
            .hardware_revision = value[wm_answer_identify_hardware_revision],
            .software_revision = value[wm_answer_identify_software_revision],
            .serial_number = value[wm_answer_identify_serial_number],
        };
        return WM_OK;
    case wm_message_measure:
        return measure_block(value, type, taken);
    case wm_message_impedance:
        /* A resistance beyond the range is shown as the range's end (decision B24). */
        taken->resistance_uOhm = wm_clamp((uint32_t)value[wm_answer_impedance_resistance_uOhm],
                                          type->resistance_uOhm_low, type->resistance_uOhm_high);
        return WM_OK;
    case wm_message_set_bypass:
        return WM_OK;
    case wm_message_read_sensor:
        return measure_current(value, taken);
    case wm_message_read_aux:
        taken->aux.inputs = (uint8_t)value[wm_answer_read_aux_inputs];
        taken->aux.outputs = (uint8_t)value[wm_answer_read_aux_outputs];
        return WM_OK;
    case wm_message_set_outputs:
        taken->aux.inputs = 0;
        taken->aux.outputs = (uint8_t)value[wm_answer_set_outputs_outputs];
        return WM_OK;
    default:
        assert(!"the poller asks nothing else");
        return WM_RANGE;
    }
}
