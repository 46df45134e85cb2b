/*
 * registers.c — windows x points x configured items; no register is known here by its number.
 */
#include "registers.h"

#include <assert.h>
#include <string.h>

#include "wm/catalog.h"

static void window_fill(const struct wm_window_row *window, const struct wm_point_row *row,
                        enum wm_point point, const struct wm_view *view,
                        uint16_t image[WM_REGISTERS])
{
    const int32_t configured = wm_scope_items(window->scope, &view->settings);
    const int32_t last = configured < window->number_last ? configured : window->number_last;
    int32_t index = window->first + row->register_offset - WM_REGISTER_FIRST;
    for (int32_t number = window->number_first; number <= last; number++) {
        int32_t value;
        assert(index >= 0 && index < WM_REGISTERS);
        if (wm_point_read(point, number, view, &value)) {
            image[index] =
                (uint16_t)wm_encode(row->register_encoding, row->unit, value, &view->settings);
        }
        index += window->stride;
    }
}

void mbs_image_fill(const struct wm_view *view, uint16_t image[WM_REGISTERS])
{
    size_t windows_count;
    const struct wm_window_row *windows = wm_windows(&windows_count);
    memset(image, 0, WM_REGISTERS * sizeof *image);
    for (size_t i = 0; i < windows_count; i++) {
        for (int p = 0; p < wm_point_count; p++) {
            const enum wm_point point = (enum wm_point)p;
            const struct wm_point_row *row = wm_point(point);
            if (row->scope == windows[i].scope && row->register_offset != WM_NO_REGISTER &&
                (windows[i].offsets >> row->register_offset & 1U) != 0) {
                window_fill(&windows[i], row, point, view, image);
            }
        }
    }
}

const uint16_t *mbs_registers_image(struct mbs_registers *registers)
{
    if (!registers->is_filled || registers->generation != registers->view->generation) {
        mbs_image_fill(registers->view, registers->image);
        registers->generation = registers->view->generation;
        registers->is_filled = true;
    }
    return registers->image;
}
