/*
 * bank.c — see bank.h.
 */
#include "bank.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

/* Rounds in a row without a valid answer until a device is lost, or given up at the start (B3). */
enum { ROUNDS_LOST = 3 };

void wm_bank_init(struct wm_bank *bank, const struct wm_settings *settings)
{
    const int32_t *value = settings->value;
    memset(bank, 0, sizeof *bank);
    bank->modules_count = value[wm_setting_bank_modules];
    bank->strings_count = value[wm_setting_bank_strings];
    bank->sensors_count = value[wm_setting_bank_current_sensors];
    bank->aux_count = value[wm_setting_bank_aux_units];
    bank->string_modules = bank->modules_count / bank->strings_count;
    bank->is_sensor_for_all = value[wm_setting_bank_sensor_for_all] != 0;
    bank->type = wm_module_type(value[wm_setting_bank_module_type]);
    assert(bank->type != NULL);
    assert(bank->string_modules * bank->strings_count == bank->modules_count);
    for (int32_t i = 0; i < bank->modules_count; i++) {
        bank->module[i].wants = WM_WANT_IDENTITY | WM_WANT_RESISTANCE;
    }
}

int32_t wm_bank_devices(const struct wm_bank *bank)
{
    return bank->modules_count + bank->sensors_count + bank->aux_count;
}

struct wm_device wm_bank_device(const struct wm_bank *bank, int32_t place)
{
    assert(place >= 0 && place < wm_bank_devices(bank));
    if (place < bank->modules_count) {
        return (struct wm_device){WM_CLASS_MODULE, (uint16_t)place};
    }
    place -= bank->modules_count;
    if (place < bank->sensors_count) {
        return (struct wm_device){WM_CLASS_SENSOR, (uint16_t)place};
    }
    return (struct wm_device){WM_CLASS_AUX, (uint16_t)(place - bank->sensors_count)};
}

static struct wm_link *link_of(struct wm_bank *bank, struct wm_device device)
{
    switch (device.class) {
    case WM_CLASS_MODULE:
        return &bank->module[device.index].link;
    case WM_CLASS_SENSOR:
        return &bank->sensor[device.index].link;
    case WM_CLASS_AUX:
        return &bank->aux[device.index].link;
    case WM_CLASS_BROADCAST:
    case WM_CLASS_COM2:
    case WM_CLASSES:
        break;
    }
    assert(!"a device of the round has a class of its own");
    return NULL;
}

const struct wm_link *wm_bank_link(const struct wm_bank *bank, struct wm_device device)
{
    return link_of((struct wm_bank *)bank, device);
}

/* The one door through which a link changes. */
static void link_enter(struct wm_link *link, enum wm_link_state next)
{
    static const uint8_t may_become[WM_LINK_STATES] = {
        [WM_LINK_UNKNOWN] = 1 << WM_LINK_PRESENT | 1 << WM_LINK_LOST,
        [WM_LINK_PRESENT] = 1 << WM_LINK_LOST,
        [WM_LINK_LOST] = 1 << WM_LINK_PRESENT,
    };
    assert(may_become[link->state] & 1 << next);
    link->state = next;
    link->rounds_failed = 0;
}

static bool identity_differs(const struct wm_identity *one, const struct wm_identity *other)
{
    return one->type_code != other->type_code ||
           one->hardware_revision != other->hardware_revision ||
           one->software_revision != other->software_revision;
}

static void module_take(struct wm_module *module, const struct wm_measurement *taken)
{
    switch (taken->message) {
    case wm_message_identify:
        if (module->is_identified && identity_differs(&module->identity, &taken->identity)) {
            module->has_resistance = false; /* another module stands there now */
        }
        module->identity = taken->identity;
        module->is_identified = true;
        module->identities_garbled = 0;
        module->is_collision_told = false;
        module->wants &= (uint8_t)~WM_WANT_IDENTITY;
        break;
    case wm_message_measure:
        module->voltage_mV = taken->block.voltage_mV;
        module->temperature_mdegC = taken->block.temperature_mdegC;
        module->bypass_permille = taken->block.bypass_permille;
        module->is_measured = true;
        module->wants &= (uint8_t)~WM_WANT_SECOND_MEASURE;
        break;
    case wm_message_impedance:
        module->resistance_uOhm = taken->resistance_uOhm;
        module->has_resistance = true;
        module->wants &= (uint8_t) ~(WM_WANT_RESISTANCE | WM_WANT_SECOND_RESISTANCE);
        break;
    case wm_message_set_bypass:
        break; /* what was acknowledged is the equalizer's business, what flows is measured */
    default:
        assert(!"measure.c lets nothing else through for a module");
        break;
    }
}

static void device_take(struct wm_bank *bank, const struct wm_measurement *taken)
{
    const uint16_t index = taken->device.index;
    switch (taken->device.class) {
    case WM_CLASS_MODULE:
        module_take(&bank->module[index], taken);
        break;
    case WM_CLASS_SENSOR:
        bank->sensor[index].is_measured = true;
        bank->sensor[index].current_mA = taken->current.direct_mA;
        bank->sensor[index].current_ac_mA = taken->current.ripple_mA;
        bank->sensor[index].wants &= (uint8_t)~WM_WANT_SECOND_MEASURE;
        break;
    case WM_CLASS_AUX:
        if (taken->message == wm_message_read_aux) {
            bank->aux[index].is_measured = true;
            bank->aux[index].inputs = taken->aux.inputs;
        }
        bank->aux[index].outputs = taken->aux.outputs;
        break;
    case WM_CLASS_BROADCAST:
    case WM_CLASS_COM2:
    case WM_CLASSES:
        break;
    }
}

enum wm_bank_change wm_bank_take(struct wm_bank *bank, const struct wm_measurement *taken)
{
    struct wm_link *link = link_of(bank, taken->device);
    const enum wm_link_state before = link->state;
    device_take(bank, taken);
    if (!wm_message_tells_presence(taken->message)) {
        return WM_BANK_SAME;
    }
    link->rounds_failed = 0;
    link->rounds_garbled = 0;
    if (before != WM_LINK_PRESENT) {
        link_enter(link, WM_LINK_PRESENT);
    }
    if (before != WM_LINK_LOST) {
        return WM_BANK_SAME;
    }
    if (taken->device.class == WM_CLASS_MODULE) {
        /* It may be another one now: what it is and its resistance are asked anew. */
        bank->modules_lost--;
        bank->module[taken->device.index].wants |= WM_WANT_IDENTITY | WM_WANT_RESISTANCE;
    }
    return WM_BANK_BACK;
}

enum wm_bank_change wm_bank_miss(struct wm_bank *bank, struct wm_device device)
{
    struct wm_link *link = link_of(bank, device);
    if (link->state == WM_LINK_LOST || ++link->rounds_failed < ROUNDS_LOST) {
        return WM_BANK_SAME;
    }
    link_enter(link, WM_LINK_LOST);
    if (device.class == WM_CLASS_MODULE) {
        bank->modules_lost++;
    }
    return WM_BANK_LOST;
}

/* Counts on to one above the limit, so that each row of garbled answers tells once. */
static bool garbled_count(uint8_t *count, bool is_garbled)
{
    if (!is_garbled) {
        *count = 0;
    } else if (*count <= ROUNDS_LOST) {
        ++*count;
    }
    return *count == ROUNDS_LOST;
}

bool wm_bank_collides(struct wm_bank *bank, struct wm_device device, enum wm_message_id message,
                      bool is_garbled)
{
    struct wm_link *link = link_of(bank, device);
    if (device.class != WM_CLASS_MODULE) {
        return garbled_count(&link->rounds_garbled, is_garbled);
    }
    struct wm_module *module = &bank->module[device.index];
    uint8_t *count =
        message == wm_message_identify ? &module->identities_garbled : &link->rounds_garbled;
    if (!garbled_count(count, is_garbled) || module->is_collision_told) {
        return false;
    }
    module->is_collision_told = true;
    return true;
}

void wm_bank_resume(struct wm_bank *bank)
{
    for (int32_t i = 0; i < wm_bank_devices(bank); i++) {
        struct wm_link *link = link_of(bank, wm_bank_device(bank, i));
        link->rounds_failed = 0;
        link->rounds_garbled = 0;
    }
    for (int32_t i = 0; i < bank->modules_count; i++) {
        bank->module[i].wants |= WM_WANT_IDENTITY | WM_WANT_RESISTANCE;
        bank->module[i].start_rounds = 0;
    }
}

static bool has_answered_all(const struct wm_module *module)
{
    return module->is_identified && module->is_measured && module->has_resistance;
}

void wm_bank_start_round(struct wm_bank *bank)
{
    for (int32_t i = 0; i < bank->modules_count; i++) {
        struct wm_module *module = &bank->module[i];
        if (!has_answered_all(module) && module->start_rounds < ROUNDS_LOST) {
            module->start_rounds++;
        }
    }
}

bool wm_bank_is_started(const struct wm_bank *bank)
{
    for (int32_t i = 0; i < bank->modules_count; i++) {
        const struct wm_module *module = &bank->module[i];
        if (!has_answered_all(module) && module->start_rounds < ROUNDS_LOST) {
            return false;
        }
    }
    return true;
}

bool wm_bank_is_complete(const struct wm_bank *bank)
{
    for (int32_t i = 0; i < bank->modules_count; i++) {
        if (!bank->module[i].is_measured || !bank->module[i].has_resistance) {
            return false;
        }
    }
    for (int32_t i = 0; i < bank->sensors_count; i++) {
        if (!bank->sensor[i].is_measured) {
            return false;
        }
    }
    for (int32_t i = 0; i < bank->aux_count; i++) {
        if (!bank->aux[i].is_measured) {
            return false;
        }
    }
    return true;
}

void wm_bank_compare(struct wm_bank *bank)
{
    const struct wm_identity *reference = NULL;
    bank->modules_mismatched = 0;
    for (int32_t i = 0; i < bank->modules_count; i++) {
        struct wm_module *module = &bank->module[i];
        module->is_mismatched = false;
        if (!module->is_identified) {
            continue;
        }
        if (reference == NULL) {
            reference = &module->identity;
        }
        module->is_mismatched = identity_differs(&module->identity, reference);
        bank->modules_mismatched += module->is_mismatched;
    }
}

void wm_bank_aggregate(struct wm_bank *bank)
{
    const struct wm_module *module = bank->module;
    for (int32_t i = 0; i < bank->strings_count; i++) {
        struct wm_string_sums sums = {.temperature_mdegC_max = INT32_MIN};
        for (int32_t k = 0; k < bank->string_modules; k++, module++) {
            if (!wm_module_is_valid(module)) {
                continue;
            }
            sums.valid_count++;
            sums.voltage_sum_mV += module->voltage_mV;
            sums.temperature_mdegC_sum += module->temperature_mdegC;
            if (module->temperature_mdegC > sums.temperature_mdegC_max) {
                sums.temperature_mdegC_max = module->temperature_mdegC;
            }
        }
        if (sums.valid_count > 0) {
            sums.voltage_average_uV =
                (int32_t)wm_divide_rounded(sums.voltage_sum_mV * INT64_C(1000), sums.valid_count);
            sums.temperature_mdegC_mean =
                (int32_t)wm_divide_rounded(sums.temperature_mdegC_sum, sums.valid_count);
        }
        bank->string[i] = sums;
    }
}

const struct wm_sensor *wm_bank_sensor(const struct wm_bank *bank, int32_t string_index)
{
    const int32_t index = bank->is_sensor_for_all ? 0 : string_index;
    return index < bank->sensors_count ? &bank->sensor[index] : NULL;
}

int32_t wm_bank_joined(const struct wm_bank *bank)
{
    int32_t joined = 0;
    for (int32_t i = 0; i < bank->strings_count; i++) {
        joined += !bank->is_isolated[i];
    }
    return joined;
}

bool wm_bank_current(const struct wm_bank *bank, int32_t string_index, int32_t *current_mA,
                     int32_t *current_ac_mA)
{
    const struct wm_sensor *sensor = wm_bank_sensor(bank, string_index);
    *current_mA = 0;
    *current_ac_mA = 0;
    if (sensor == NULL || sensor->link.state != WM_LINK_PRESENT) {
        return false;
    }
    if (bank->is_sensor_for_all && bank->is_isolated[string_index]) {
        return true; /* the others share what flows (B16) */
    }
    const int32_t shares = bank->is_sensor_for_all ? wm_bank_joined(bank) : 1;
    /* Cut, not rounded: windows round at whole mA, so theirs stays the only rounding (M7). */
    *current_mA = sensor->current_mA / shares;
    *current_ac_mA = sensor->current_ac_mA / shares;
    return true;
}
