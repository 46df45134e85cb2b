/*
 * equalizer.c — see equalizer.h. Rules: decision B13.
 */
#include "equalizer.h"

#include <string.h>

enum {
    /* A module drops its bypass this long after its last question. */
    HOLD_MS = 60 * 1000,
    /* Question and answer are on their way at most so long: from so much earlier on it may be gone,
     * and until so much later it may be there. */
    WAY_MS = 500,
    PERMILLE = 1000,
    CHANGE_PERMILLE = 10, /* less is not worth an order, but for 0    */
    OFF_PERMILLE = 20,    /* more is not what was ordered             */
    OFF_ROUNDS = 3,       /* so long, and it is an error              */
    LOST_ROUNDS = 3,      /* so often a lost module is told to stop   */
};

void wm_equalizer_init(struct wm_equalizer *equalizer)
{
    memset(equalizer, 0, sizeof *equalizer);
}

/* ---- what the modules report ------------------------------------------------------------ */

static void error_set(struct wm_equalizer *equalizer, int32_t index, bool is_error)
{
    struct wm_bypass *bypass = &equalizer->module[index];
    equalizer->errors += is_error - bypass->is_error;
    bypass->is_error = is_error;
}

static bool is_off(int32_t reported_permille, int32_t ordered_permille)
{
    const int32_t above = reported_permille - ordered_permille;
    return above > OFF_PERMILLE || above < -OFF_PERMILLE;
}

void wm_equalizer_heard(struct wm_equalizer *equalizer, struct wm_bank *bank, int32_t index,
                        enum wm_message_id message, bool is_second, wm_ms now_ms)
{
    struct wm_bypass *bypass = &equalizer->module[index];
    struct wm_module *module = &bank->module[index];
    const wm_ms silence_ms = now_ms - bypass->heard_ms;
    const int32_t held_permille = silence_ms <= HOLD_MS + WAY_MS ? bypass->ordered_permille : 0;
    if (silence_ms > HOLD_MS - WAY_MS) {
        bypass->ordered_permille = 0;
        if (module->bypass_order_permille > 0) {
            module->wants |= WM_WANT_BYPASS;
        }
    }
    bypass->heard_ms = now_ms;
    if (message == wm_message_set_bypass) {
        bypass->ordered_permille = module->bypass_order_permille;
        module->wants &= (uint8_t)~WM_WANT_BYPASS;
        return;
    }
    if (message != wm_message_measure || is_second) {
        return;
    }
    if (!is_off(module->bypass_permille, bypass->ordered_permille) ||
        !is_off(module->bypass_permille, held_permille)) {
        bypass->rounds_off = 0;
        error_set(equalizer, index, false);
        return;
    }
    if (bypass->rounds_off < OFF_ROUNDS) {
        bypass->rounds_off++;
    }
    error_set(equalizer, index, bypass->rounds_off == OFF_ROUNDS);
    module->wants |= WM_WANT_BYPASS; /* it may have been switched off meanwhile */
}

void wm_equalizer_lost(struct wm_equalizer *equalizer, struct wm_bank *bank, int32_t index)
{
    struct wm_bypass *bypass = &equalizer->module[index];
    struct wm_module *module = &bank->module[index];
    bypass->rounds_off = 0;
    error_set(equalizer, index, false);
    /* An order without acknowledgement may have been heard. */
    const bool may_bypass = bypass->ordered_permille > 0 || module->bypass_order_permille > 0;
    bypass->rounds_lost = may_bypass ? LOST_ROUNDS : 0;
    module->bypass_order_permille = 0;
    module->wants &= (uint8_t)~WM_WANT_BYPASS;
    module->wants |= may_bypass ? WM_WANT_BYPASS : 0;
}

/* A round has ended without a good answer. */
static void lost_plan(struct wm_bypass *bypass, struct wm_module *module)
{
    if (bypass->rounds_lost > 0 && --bypass->rounds_lost == 0) {
        module->wants &= (uint8_t)~WM_WANT_BYPASS;
    }
}

void wm_equalizer_pause(struct wm_equalizer *equalizer, struct wm_bank *bank)
{
    for (int32_t k = 0; k < bank->modules_count; k++) {
        struct wm_bypass *bypass = &equalizer->module[k];
        bypass->ordered_permille = 0;
        bypass->rounds_off = bypass->is_error ? bypass->rounds_off : 0;
        bank->module[k].bypass_order_permille = 0;
        bank->module[k].wants &= (uint8_t)~WM_WANT_BYPASS;
    }
    for (int32_t i = 0; i < bank->strings_count; i++) {
        if (equalizer->string[i] == WM_EQUALIZING_ON) {
            equalizer->string[i] = WM_EQUALIZING_OFF;
        }
    }
}

/* ---- what they are ordered -------------------------------------------------------------- */

static bool may_equalize(const struct wm_settings *settings, const struct wm_string_sums *sums,
                         enum wm_flow flow)
{
    const int32_t *value = settings->value;
    const int64_t target_uV = sums->voltage_average_uV;
    return sums->valid_count > 0 && (flow == WM_FLOW_CHARGE || flow == WM_FLOW_FLOAT) &&
           target_uV >= value[wm_setting_equalizing_low] * INT64_C(1000) &&
           target_uV <= value[wm_setting_equalizing_high] * INT64_C(1000);
}

/* From 0 at `start` above the target to all of it at `full` above. */
static int32_t wish_permille(const struct wm_settings *settings, int32_t voltage_mV,
                             int32_t target_uV)
{
    const int64_t start_uV = settings->value[wm_setting_equalizing_start] * INT64_C(1000);
    const int64_t full_uV = settings->value[wm_setting_equalizing_full] * INT64_C(1000);
    const int64_t above_uV = voltage_mV * INT64_C(1000) - target_uV - start_uV;
    return wm_clamp(wm_divide_rounded(above_uV * PERMILLE, full_uV - start_uV), 0, PERMILLE);
}

static void module_plan(const struct wm_bypass *bypass, struct wm_module *module, int32_t permille)
{
    const int32_t step = permille - bypass->ordered_permille;
    const bool is_worth_it =
        permille == 0 ? step != 0 : step >= CHANGE_PERMILLE || step <= -CHANGE_PERMILLE;
    if (is_worth_it) {
        module->bypass_order_permille = permille;
        module->wants |= WM_WANT_BYPASS;
    } else {
        /* What it holds is near enough; if it has to be told again, then that. */
        module->bypass_order_permille = bypass->ordered_permille;
    }
}

static enum wm_equalizing string_state(const struct wm_equalizer *equalizer,
                                       const struct wm_bank *bank,
                                       const struct wm_settings *settings, int32_t index,
                                       bool is_bypassing)
{
    int32_t obeying = 0;
    for (int32_t k = index * bank->string_modules; k < (index + 1) * bank->string_modules; k++) {
        obeying += !equalizer->module[k].is_error && bank->module[k].link.state != WM_LINK_LOST;
    }
    if (settings->value[wm_setting_equalizing_enabled_1 + index] == 0) {
        return WM_EQUALIZING_DISABLED;
    }
    if (obeying == 0) {
        return WM_EQUALIZING_CUT_OFF;
    }
    if (settings->value[wm_setting_equalizing_paused] != 0) {
        return WM_EQUALIZING_PAUSED;
    }
    return is_bypassing ? WM_EQUALIZING_ON : WM_EQUALIZING_OFF;
}

void wm_equalizer_plan(struct wm_equalizer *equalizer, struct wm_bank *bank,
                       const struct wm_settings *settings, const struct wm_state *state,
                       bool may_bypass)
{
    const int32_t *value = settings->value;
    equalizer->strings_cut_off = 0;
    for (int32_t i = 0; i < bank->strings_count; i++) {
        const struct wm_string_sums *sums = &bank->string[i];
        const bool is_on = may_bypass && state->flow != WM_FLOW_DISCHARGE &&
                           value[wm_setting_equalizing_paused] == 0 &&
                           value[wm_setting_equalizing_enabled_1 + i] != 0 &&
                           may_equalize(settings, sums, state->string[i].flow);
        bool is_bypassing = false;
        for (int32_t k = i * bank->string_modules; k < (i + 1) * bank->string_modules; k++) {
            struct wm_module *module = &bank->module[k];
            if (!wm_module_is_valid(module)) {
                lost_plan(&equalizer->module[k], module);
                continue;
            }
            const int32_t permille =
                is_on ? wish_permille(settings, module->voltage_mV, sums->voltage_average_uV) : 0;
            module_plan(&equalizer->module[k], module, permille);
            is_bypassing |= module->bypass_order_permille > 0;
        }
        equalizer->string[i] = string_state(equalizer, bank, settings, i, is_bypassing);
        equalizer->strings_cut_off += wm_equalizer_is_cut_off(equalizer, i);
    }
}

bool wm_equalizer_is_cut_off(const struct wm_equalizer *equalizer, int32_t string_index)
{
    return equalizer->string[string_index] == WM_EQUALIZING_DISABLED ||
           equalizer->string[string_index] == WM_EQUALIZING_CUT_OFF;
}

bool wm_equalizer_is_active(const struct wm_equalizer *equalizer, const struct wm_bank *bank)
{
    for (int32_t k = 0; k < bank->modules_count; k++) {
        const struct wm_module *module = &bank->module[k];
        if (wm_module_is_valid(module) &&
            (module->bypass_permille > 0 || equalizer->module[k].ordered_permille > 0)) {
            return true;
        }
    }
    return false;
}
