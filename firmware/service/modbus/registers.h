/*
 * registers.h — the published view as the Modbus register map.
 *
 * Always true: the image holds every register of 1000..3681, without a hole; what is reserved, not
 * configured, lost or never measured reads 0 (decisions M2, M8). It depends on the view alone.
 */
#ifndef MBS_REGISTERS_H
#define MBS_REGISTERS_H

#include <stdint.h>

#include "wm/limits.h"
#include "wm/view.h"

/*
 * Fills image so that image[r - WM_REGISTER_FIRST] is register r; a signed value is there in two's
 * complement. Which register shows what comes from layout.def and points.def alone.
 */
void mbs_image_fill(const struct wm_view *view, uint16_t image[WM_REGISTERS]);

#endif
