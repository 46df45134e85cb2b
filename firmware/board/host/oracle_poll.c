/*
 * oracle_poll.c — whether the webmanager goes on asking, and asks everybody (decision B3): a round
 * visits modules, current sensors and aux units in turn, and one follows the other.
 */
#include "oracle_parts.h"

enum {
    US_PER_MS = 1000,
    US_PER_S = 1000000,
    BITS_PER_BYTE = 10,
    BYTE_GAP_US = 5000,
    TRIES = 3, /* of a question, of an order */
    /* Of one device from one end of a round to the next: seven questions at most. */
    DEVICE_QUESTIONS_MAX = 7 * TRIES,
    /* Beyond what the line needs: the end of programmer mode is broadcast first. */
    DOUBT_US = US_PER_S,
};

/* The longest from a question to the next one: an answer that comes late and in pieces. */
static int64_t question_us(const struct oracle *oracle)
{
    const int64_t baud = oracle->settings.value[wm_setting_bus_baud];
    const int64_t frame_us = WM_FRAME_SIZE_MAX * BITS_PER_BYTE * INT64_C(1000000) / baud;
    return 2 * frame_us + WM_FRAME_SIZE_MAX * (int64_t)BYTE_GAP_US +
           oracle->settings.value[wm_setting_bus_answer_timeout] * (int64_t)US_PER_MS;
}

/* A round that runs may have begun under a longer period than the one that is set now. */
static void next_by(struct oracle *oracle, int64_t now_us)
{
    const int64_t set_us = oracle->settings.value[wm_setting_bus_round_period] * (int64_t)US_PER_MS;
    /* An order to each unit may come between. */
    const int64_t line_us = question_us(oracle) * (1 + TRIES * WM_AUX_MAX);
    oracle->poll.period_us = oracle_later(oracle->poll.period_us, set_us);
    oracle->poll.until_us = now_us + oracle->poll.period_us + line_us + DOUBT_US;
}

static void round_begin(struct oracle *oracle)
{
    oracle->poll.questions = 0;
    oracle->poll.period_us = 0;
    oracle->poll.sweep++;
}

void oracle_poll_resume(struct oracle *oracle, int64_t now_us)
{
    round_begin(oracle);
    next_by(oracle, now_us);
}

void oracle_poll_check(struct oracle *oracle, int64_t now_us)
{
    if (oracle->has_settings && !oracle->is_paused && now_us > oracle->poll.until_us) {
        oracle_accuse(oracle, "polling", "", 0, now_us,
                      "stands still; the next question was due by %.3f s at the latest",
                      (double)oracle->poll.until_us / US_PER_S);
    }
}

void oracle_poll_asked(struct oracle *oracle, int64_t now_us)
{
    const int32_t *value = oracle->settings.value;
    const int32_t devices = value[wm_setting_bank_modules] +
                            value[wm_setting_bank_current_sensors] +
                            value[wm_setting_bank_aux_units];
    oracle_poll_check(oracle, now_us);
    next_by(oracle, now_us);
    oracle->poll.has_begun = true;
    oracle->poll.questions++;
    if (oracle->poll.questions > DEVICE_QUESTIONS_MAX * devices) {
        oracle_accuse(oracle, "polling", "", 0, now_us,
                      "goes on and on: %d questions to %d devices, and the round has no end",
                      (int)oracle->poll.questions, (int)devices);
    }
}

/* Whoever comes after a later one is of another sweep: a second look goes before its round. */
void oracle_poll_visit(struct oracle *oracle, struct oracle_device *device, enum wm_class class,
                       int32_t index)
{
    const int32_t place = index + (class == WM_CLASS_SENSOR ? WM_MODULES_MAX
                                   : class == WM_CLASS_AUX  ? WM_MODULES_MAX + WM_SENSORS_MAX
                                                            : 0);
    oracle->poll.sweep += place < oracle->poll.place;
    oracle->poll.place = place;
    device->sweep = oracle->poll.sweep;
}

static void device_check(struct oracle *oracle, const struct oracle_device *device,
                         const char *item, int32_t number, int64_t now_us)
{
    if (device->sweep != oracle->poll.sweep) {
        oracle_accuse(oracle, "polling", item, number, now_us,
                      "left out of the round that has just ended");
    }
}

void oracle_poll_round(struct oracle *oracle, int64_t now_us)
{
    const int32_t *value = oracle->settings.value;
    for (int32_t m = 0; m < value[wm_setting_bank_modules]; m++) {
        device_check(oracle, &oracle->module[m].device, "module", m + 1, now_us);
    }
    for (int32_t i = 0; i < value[wm_setting_bank_current_sensors]; i++) {
        device_check(oracle, &oracle->sensor[i], "current sensor", i + 1, now_us);
    }
    for (int32_t i = 0; i < value[wm_setting_bank_aux_units]; i++) {
        device_check(oracle, &oracle->aux[i], "aux", i + 1, now_us);
    }
    round_begin(oracle);
}
