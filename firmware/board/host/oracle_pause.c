/*
 * oracle_pause.c — what the judge forgets when programmer mode ends (decision B19): nothing was
 * measured meanwhile, so what was not raised yet begins anew. See oracle.h.
 */
#include "oracle_parts.h"

/* Rounds in a row that a pause has broken off; a lost one stays lost. */
static void device_resume(struct oracle_device *device, int64_t now_us)
{
    device->failed_us = now_us; /* holds begin anew, too */
    device->failed_run = device->is_lost ? device->failed_run : 0;
    device->failed_round = 0;
}

static void module_resume(struct oracle_module *module, int64_t now_us)
{
    device_resume(&module->device, now_us);
    for (int i = 0; i < MODULE_LIMITS; i++) {
        struct oracle_clock *clock = &module->clock[i];
        const bool is_latched = clock->is_latched;
        oracle_clock_forget(clock, true);
        clock->is_latched = is_latched;
    }
}

void oracle_programmer_see(struct oracle *oracle, bool is_paused, int64_t now_us)
{
    const bool is_over = oracle->is_paused && !is_paused;
    oracle->is_paused = is_paused;
    if (!is_over) {
        return;
    }
    oracle->open = NULL;
    oracle->started_us = now_us;
    oracle_poll_resume(oracle, now_us);
    for (int32_t m = 0; m < WM_MODULES_MAX; m++) {
        module_resume(&oracle->module[m], now_us);
    }
    for (int32_t i = 0; i < WM_SENSORS_MAX; i++) {
        device_resume(&oracle->sensor[i], now_us);
    }
    for (int32_t i = 0; i < WM_AUX_MAX; i++) {
        device_resume(&oracle->aux[i], now_us);
    }
}
