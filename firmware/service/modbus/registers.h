/*
 * registers.h — the published view as the Modbus register map.
 *
 * Always true: the image holds every register of 1000..3681, without a hole; what is reserved, not
 * configured, lost or never measured reads 0 (decisions M2, M8). It depends on the view alone.
 */
#ifndef MBS_REGISTERS_H
#define MBS_REGISTERS_H

#include <stdbool.h>
#include <stdint.h>

#include "wm/limits.h"
#include "wm/view.h"

/*
 * Fills image so that image[r - WM_REGISTER_FIRST] is register r; a signed value is there in two's
 * complement. Which register shows what comes from layout.def and points.def alone.
 */
void mbs_image_fill(const struct wm_view *view, uint16_t image[WM_REGISTERS]);

/* The image of a view that changes. Zero-initialised but for the view, which is borrowed. */
struct mbs_registers {
    const struct wm_view *view;
    bool is_filled;      /* private */
    uint32_t generation; /* private: of the view it was filled from */
    uint16_t image[WM_REGISTERS];
};

/* The image of the view as it is now. */
const uint16_t *mbs_registers_image(struct mbs_registers *registers);

#endif
