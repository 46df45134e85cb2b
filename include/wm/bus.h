/*
 * bus.h — PORT: a half-duplex wire, in bytes.
 *
 * The core calls both functions from wm_core_step only; they never block and never call back.
 * Time-outs, retries and addresses are meaning and live in the core.
 */
#ifndef WM_BUS_H
#define WM_BUS_H

#include <stddef.h>
#include <stdint.h>

#include "wm/status.h"

struct wm_bus_ops {
    /*
     * Hands over one complete frame of 1..WM_FRAME_SIZE_MAX bytes; the bytes are copied.
     * Returns WM_OK, WM_BUSY while the last frame is still on the line, or WM_IO.
     * What was received and not fetched before is discarded.
     */
    enum wm_status (*transmit)(void *self, const uint8_t *bytes, size_t size);
    /*
     * Returns how many bytes were fetched, 0 for silence, or WM_IO. Partial frames are normal.
     */
    int (*receive)(void *self, uint8_t *bytes, size_t size_max);
};

/* Borrowed by the core; outlives it. */
struct wm_bus {
    const struct wm_bus_ops *ops;
    void *self;
};

#endif
