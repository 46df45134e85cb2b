/*
 * oracle_certain.c — what is certain of a string at this instant, from the truth of its devices:
 * its voltage, current, discharge and heat, and how far its modules are apart.
 */
#include <string.h>

#include "oracle_parts.h"

enum {
    US_PER_S = 1000000,
    /* Decision B10. */
    CURRENT_MA_MIN = 1000,
    CAPACITY_DIVISOR = 100,
    /* Decision B17. */
    DEVIATION_MA_MIN = 1000,
    /* Decision B15. */
    HEAT_CLEAR_MDEGC = 2000,
    HOUR_S = 3600,
    DAY_HOURS = 24,
    /* Means of whole mdegC on both sides of a difference. */
    ROUNDING_MDEGC = 3,
};

/* Below this a lead, NiCd, NiMH, LFP cell is being discharged (decision B10). */
static const int32_t discharge_mV[] = {2080, 1280, 1280, 3200};

/* ---- sums ------------------------------------------------------------------------------- */

int32_t oracle_string_modules(const struct oracle *oracle)
{
    return oracle->settings.value[wm_setting_bank_modules] /
           oracle->settings.value[wm_setting_bank_strings];
}

static bool counts_for_certain(const struct oracle_module *module, bool *counts)
{
    *counts = module->is_present;
    if (!module->is_known || module->truth.device.presence != module->device.presence) {
        return module->is_known && module->device.presence == SIM_SILENT && !module->is_present;
    }
    return module->is_present ? module->device.presence != SIM_SILENT
                              : module->device.is_lost && module->device.presence == SIM_SILENT;
}

struct oracle_sums oracle_string_sums(const struct oracle *oracle, int32_t index)
{
    struct oracle_sums sums = {.is_certain = true};
    const int32_t modules = oracle_string_modules(oracle);
    for (int32_t m = index * modules; m < (index + 1) * modules; m++) {
        const struct oracle_module *module = &oracle->module[m];
        bool counts;
        if (!counts_for_certain(module, &counts)) {
            return (struct oracle_sums){.is_certain = false};
        }
        if (counts) {
            sums.count++;
            sums.low_mV += module->truth.voltage_mV.low;
            sums.high_mV += module->truth.voltage_mV.high;
            sums.low_mdegC += module->truth.temperature_mdegC.low;
            sums.high_mdegC += module->truth.temperature_mdegC.high;
        }
    }
    sums.is_certain = sums.count > 0;
    return sums;
}

/* ---- certainties ------------------------------------------------------------------------ */

/* A value that lies in low..high, in units of which `scale` are one of the level's. */
static struct oracle_certain level_judge(const struct oracle_level *level, int64_t scale,
                                         int64_t low, int64_t high)
{
    return (struct oracle_certain){{
        [CERTAIN_BEYOND] = level->is_on && low > level->above * scale,
        [CERTAIN_NOT_BEYOND] = !level->is_on || high <= level->above * scale,
        [CERTAIN_INSIDE] = !level->is_on || high <= level->clear * scale,
        [CERTAIN_OUTSIDE] = level->is_on && low > level->clear * scale,
    }};
}

static const struct oracle_certain never = {{[CERTAIN_NOT_BEYOND] = true, [CERTAIN_INSIDE] = true}};

/* Nobody tells of it any more: nothing comes, and what is there stays (decision M8). */
static const struct oracle_certain kept = {{[CERTAIN_NOT_BEYOND] = true, [CERTAIN_OUTSIDE] = true}};

static struct oracle_certain volts_judge(const struct oracle *oracle, int limit,
                                         const struct oracle_sums *sums)
{
    const int sign = oracle_limits[MODULE_LIMITS + limit].sign;
    const int32_t modules = oracle_string_modules(oracle);
    /* Decision M8: the average of those that count, times the configured ones. */
    const int64_t one_mV = sign * wm_divide_rounded(sums->low_mV * modules, sums->count);
    const int64_t other_mV = sign * wm_divide_rounded(sums->high_mV * modules, sums->count);
    return level_judge(&oracle->level[MODULE_LIMITS + limit], 1,
                       one_mV < other_mV ? one_mV : other_mV,
                       one_mV < other_mV ? other_mV : one_mV);
}

/*
 * A warning does not show where its alarm does (decision B6). What the alarm has hidden comes to
 * light with its end, beyond the limit or not, unless it is back inside.
 */
static void warning_hide(struct oracle_string *string, int limit, struct oracle_certain *warning,
                         const struct oracle_certain *alarm)
{
    const uint8_t shows = string->rule[limit - 2].shows;
    const bool is_bare = shows == SHOWN_NOT && alarm->holds[CERTAIN_NOT_BEYOND];
    struct oracle_rule *rule = &string->rule[limit];
    rule->was_hidden = shows != SHOWN_NOT || (rule->was_hidden && !warning->holds[CERTAIN_INSIDE]);
    warning->holds[CERTAIN_BEYOND] = warning->holds[CERTAIN_BEYOND] && is_bare;
    warning->holds[CERTAIN_OUTSIDE] = warning->holds[CERTAIN_OUTSIDE] && is_bare;
    warning->holds[CERTAIN_INSIDE] = warning->holds[CERTAIN_INSIDE] || shows == SHOWN;
}

static bool has_sensor(const struct oracle *oracle, int32_t index)
{
    const bool is_for_all = oracle->settings.value[wm_setting_bank_sensor_for_all] != 0;
    return (is_for_all ? 0 : index) < oracle->settings.value[wm_setting_bank_current_sensors];
}

/* The strings that share one sensor: those that are not isolated. */
static int32_t joined(const struct oracle *oracle)
{
    int32_t count = 0;
    for (int32_t i = 0; i < oracle->settings.value[wm_setting_bank_strings]; i++) {
        count += !oracle->string[i].is_isolated;
    }
    return count;
}

enum oracle_current oracle_string_current(const struct oracle *oracle, int32_t index,
                                          struct sim_band *band_mA)
{
    const bool is_for_all = oracle->settings.value[wm_setting_bank_sensor_for_all] != 0;
    const bool has_none = is_for_all && oracle->string[index].is_isolated;
    const int32_t shares = is_for_all && !has_none ? joined(oracle) : 1;
    const int32_t place = is_for_all ? 0 : index;
    const struct oracle_device *sensor = &oracle->sensor[place];
    if (!has_sensor(oracle, index)) {
        return CURRENT_NONE;
    }
    if (sensor->is_lost) {
        return sensor->presence == SIM_SILENT ? CURRENT_NONE : CURRENT_DOUBTFUL;
    }
    if (sensor->presence == SIM_SILENT) {
        /* Until it is lost what it told last counts. */
        const int32_t told_mA = has_none ? 0 : oracle->told_mA[place] / shares;
        *band_mA = (struct sim_band){told_mA, told_mA};
        return oracle->has_told[place] ? CURRENT_MEASURED : CURRENT_DOUBTFUL;
    }
    band_mA->low = has_none ? 0 : oracle->current_mA[place].low / shares;
    band_mA->high = has_none ? 0 : oracle->current_mA[place].high / shares;
    return CURRENT_MEASURED;
}

static struct oracle_certain falls_judge(const struct oracle *oracle, int32_t index,
                                         const struct oracle_sums *sums)
{
    struct sim_band band;
    const int32_t *value = oracle->settings.value;
    int32_t least_mA = value[wm_setting_battery_capacity] / CAPACITY_DIVISOR;
    least_mA = least_mA < CURRENT_MA_MIN ? CURRENT_MA_MIN : least_mA;
    bool falls = false;
    bool falls_not = false;
    switch (oracle_string_current(oracle, index, &band)) {
    case CURRENT_MEASURED:
        falls = band.high <= -least_mA;
        falls_not = band.low > -least_mA;
        break;
    case CURRENT_NONE: {
        const int64_t limit_mV = discharge_mV[value[wm_setting_battery_chemistry]] *
                                 (int64_t)value[wm_setting_battery_cells] * sums->count;
        const bool is_isolated = oracle->string[index].is_isolated; /* at rest, whatever it has */
        falls = !is_isolated && sums->is_certain && sums->high_mV < limit_mV;
        falls_not = is_isolated || (sums->is_certain && sums->low_mV >= limit_mV);
        break;
    }
    case CURRENT_DOUBTFUL:
        break;
    }
    return (struct oracle_certain){{
        [CERTAIN_BEYOND] = falls,
        [CERTAIN_NOT_BEYOND] = falls_not,
        [CERTAIN_INSIDE] = falls_not,
        [CERTAIN_OUTSIDE] = falls,
    }};
}

/* ---- currents (decision B17) ------------------------------------------------------------ */

/* Without a sensor there is nothing to judge. */
static struct oracle_certain current_judge(const struct oracle *oracle, int32_t index, int limit)
{
    struct sim_band band;
    const int sign = oracle_limits[MODULE_LIMITS + limit].sign;
    if (!has_sensor(oracle, index)) {
        return never;
    }
    switch (oracle_string_current(oracle, index, &band)) {
    case CURRENT_DOUBTFUL:
        break;
    case CURRENT_NONE:
        return kept;
    case CURRENT_MEASURED:
        return level_judge(&oracle->level[MODULE_LIMITS + limit], 1,
                           sign > 0 ? band.low : -(int64_t)band.high,
                           sign > 0 ? band.high : -(int64_t)band.low);
    }
    return (struct oracle_certain){{false}};
}

/* Of what lies between low and high: how far from 0, whichever way. */
static void magnitude_of(int64_t *low, int64_t *high)
{
    const int64_t one = *low < 0 ? -*low : *low;
    const int64_t other = *high < 0 ? -*high : *high;
    const bool has_zero = *low <= 0 && *high >= 0;
    *high = one > other ? one : other;
    *low = has_zero ? 0 : one < other ? one : other;
}

/* The strings that are compared, and whether one would be whose sensor is lost. */
struct comparison {
    bool is_certain;
    bool is_any_lost;
    int32_t count;
    int64_t low_mA; /* of their sum */
    int64_t high_mA;
};

static struct comparison compare(const struct oracle *oracle)
{
    struct comparison all = {.is_certain = true};
    for (int32_t i = 0; i < oracle->settings.value[wm_setting_bank_strings]; i++) {
        struct sim_band band;
        if (!has_sensor(oracle, i) || oracle->string[i].is_isolated) {
            continue;
        }
        switch (oracle_string_current(oracle, i, &band)) {
        case CURRENT_DOUBTFUL:
            all.is_certain = false;
            break;
        case CURRENT_NONE:
            all.is_any_lost = true;
            break;
        case CURRENT_MEASURED:
            all.count++;
            all.low_mA += band.low;
            all.high_mA += band.high;
            break;
        }
    }
    return all;
}

/* limit: of the charging side, or of the discharging one right behind it. */
static struct oracle_certain deviation_judge(const struct oracle *oracle, int32_t index, int limit,
                                             const struct comparison *all)
{
    struct sim_band own;
    if (oracle->settings.value[wm_setting_bank_sensor_for_all] != 0 || !has_sensor(oracle, index) ||
        oracle->string[index].is_isolated) {
        return never;
    }
    if (oracle_string_current(oracle, index, &own) == CURRENT_NONE) {
        return kept;
    }
    if (!all->is_certain) {
        return (struct oracle_certain){{false}};
    }
    if (all->count < 2) {
        return all->is_any_lost ? kept : never;
    }
    const bool is_charge = (limit - RULE_DEVIATION) % 2 == 0;
    const int64_t flow_low = is_charge ? all->low_mA : -all->high_mA;
    const int64_t flow_high = is_charge ? all->high_mA : -all->low_mA;
    const int64_t least_mA = all->count * (int64_t)DEVIATION_MA_MIN;
    if (flow_high < least_mA) {
        return never;
    }
    if (flow_low < least_mA) {
        return (struct oracle_certain){{false}};
    }
    int64_t low = own.low * (all->count - INT64_C(1)) - (all->high_mA - own.high);
    int64_t high = own.high * (all->count - INT64_C(1)) - (all->low_mA - own.low);
    magnitude_of(&low, &high);
    return level_judge(&oracle->level[MODULE_LIMITS + limit], all->count, low, high);
}

/* ---- difference (decision B14) ---------------------------------------------------------- */

struct oracle_certain oracle_difference_certain(const struct oracle *oracle, int32_t module,
                                                const struct oracle_sums *sums)
{
    const struct oracle_module *it = &oracle->module[module];
    if (!sums->is_certain || !it->is_present) {
        const bool is_off = !oracle->level[MODULE_LIMITS + RULE_DIFFERENCE].is_on;
        return is_off ? never : (struct oracle_certain){{false}};
    }
    const struct sim_band *band = &it->truth.voltage_mV;
    const int64_t others = sums->count - 1;
    int64_t low = band->low * others - (sums->high_mV - band->high);
    int64_t high = band->high * others - (sums->low_mV - band->low);
    magnitude_of(&low, &high);
    /* The average is rounded to microvolts. */
    return level_judge(&oracle->level[MODULE_LIMITS + RULE_DIFFERENCE], sums->count * INT64_C(1000),
                       low * 1000 - sums->count, high * 1000 + sums->count);
}

/* ---- heat (decision B15) ---------------------------------------------------------------- */

/* Least and most that the hottest module can be above the mean of the others. */
static void spread_of(const struct oracle *oracle, int32_t index, const struct oracle_sums *sums,
                      int64_t *low, int64_t *high)
{
    const int32_t modules = oracle_string_modules(oracle);
    const int32_t others = sums->count - 1;
    *low = others < 1 ? 0 : INT32_MIN;
    *high = *low;
    for (int32_t m = index * modules; m < (index + 1) * modules && others > 0; m++) {
        const struct sim_band *band = &oracle->module[m].truth.temperature_mdegC;
        if (oracle->module[m].is_present) {
            *low = oracle_later(*low, band->low - (sums->high_mdegC - band->high) / others);
            *high = oracle_later(*high, band->high - (sums->low_mdegC - band->low) / others);
        }
    }
}

/* Takes the mean in; a mean that nobody knows spoils its hour. */
void oracle_day_take(struct oracle_day *day, const struct oracle_sums *sums, int64_t now_us)
{
    const int64_t block = now_us / US_PER_S / HOUR_S;
    const int64_t low = sums->is_certain ? sums->low_mdegC / sums->count : INT32_MIN;
    const int64_t high = sums->is_certain ? sums->high_mdegC / sums->count : INT32_MAX;
    if (block - day->block > ORACLE_BLOCKS) {
        day->block = block - ORACLE_BLOCKS;
    }
    while (day->block < block) {
        /* Nothing was told in between: nothing has changed. */
        day->block++;
        day->low_mdegC[day->block % ORACLE_BLOCKS] = day->last_low;
        day->high_mdegC[day->block % ORACLE_BLOCKS] = day->last_high;
    }
    day->last_low = low;
    day->last_high = high;
    int64_t *lowest = &day->low_mdegC[block % ORACLE_BLOCKS];
    int64_t *highest = &day->high_mdegC[block % ORACLE_BLOCKS];
    *lowest = low < *lowest ? low : *lowest;
    *highest = oracle_later(*highest, high);
}

/*
 * Between what the lowest hourly average of the last 24 h lies. An hour of the webmanager lies in
 * two of ours, whenever its own begins; before the first one whole it takes the one that runs.
 */
static void coolest_of(const struct oracle_day *day, int64_t *low, int64_t *high)
{
    const int64_t blocks = day->block < ORACLE_BLOCKS ? day->block + 1 : ORACLE_BLOCKS;
    *low = INT32_MAX;
    *high = INT32_MAX;
    for (int64_t i = 0; i < blocks; i++) {
        const int64_t at = (day->block - i) % ORACLE_BLOCKS;
        *low = day->low_mdegC[at] < *low ? day->low_mdegC[at] : *low;
        if (i > 0 && i + 1 < blocks && i + 1 < DAY_HOURS) {
            const int64_t before = (day->block - i - 1) % ORACLE_BLOCKS;
            const int64_t most = oracle_later(day->high_mdegC[at], day->high_mdegC[before]);
            *high = most < *high ? most : *high;
        }
    }
}

static struct oracle_certain heat_judge(const struct oracle *oracle, int32_t index,
                                        const struct oracle_sums *sums)
{
    const int32_t *value = oracle->settings.value;
    const int64_t delta = value[wm_setting_runaway_delta];
    const int64_t rise = value[wm_setting_runaway_rise];
    int64_t spread_low, spread_high, coolest_low, coolest_high;
    struct sim_band band;
    const enum oracle_current current = oracle_string_current(oracle, index, &band);
    const bool is_charged =
        current == CURRENT_MEASURED && band.low > value[wm_setting_runaway_current];
    const bool is_idle =
        current == CURRENT_NONE ||
        (current == CURRENT_MEASURED && band.high <= value[wm_setting_runaway_current]);
    if (!sums->is_certain) {
        return (struct oracle_certain){.holds[CERTAIN_NOT_BEYOND] = is_idle};
    }
    spread_of(oracle, index, sums, &spread_low, &spread_high);
    coolest_of(&oracle->string[index].day, &coolest_low, &coolest_high);
    const int64_t rise_low = sums->low_mdegC / sums->count - coolest_high - ROUNDING_MDEGC;
    const int64_t rise_high = sums->high_mdegC / sums->count - coolest_low + ROUNDING_MDEGC;
    spread_low -= ROUNDING_MDEGC;
    spread_high += ROUNDING_MDEGC;
    const bool is_hot = spread_low > delta || rise_low > rise;
    const bool is_cool = spread_high <= delta && rise_high <= rise;
    /* A lost module may be the hot one: what was raised may stay with it. */
    const bool is_whole = sums->count == oracle_string_modules(oracle);
    return (struct oracle_certain){{
        [CERTAIN_BEYOND] = is_hot && is_charged,
        [CERTAIN_NOT_BEYOND] = is_cool || is_idle,
        [CERTAIN_INSIDE] = is_whole && spread_high < delta - HEAT_CLEAR_MDEGC &&
                           rise_high < rise - HEAT_CLEAR_MDEGC,
        [CERTAIN_OUTSIDE] =
            spread_low >= delta - HEAT_CLEAR_MDEGC || rise_low >= rise - HEAT_CLEAR_MDEGC,
    }};
}

/* ---- all of it -------------------------------------------------------------------------- */

void oracle_string_certain(struct oracle *oracle, int32_t index, const struct oracle_sums *sums,
                           struct oracle_certain certain[STRING_RULES])
{
    const struct comparison all = compare(oracle);
    memset(certain, 0, STRING_RULES * sizeof certain[0]);
    for (int i = 0; i < 4; i++) {
        if (sums->is_certain) {
            certain[RULE_VOLTAGE + i] = volts_judge(oracle, RULE_VOLTAGE + i, sums);
        }
        certain[RULE_CURRENT + i] = current_judge(oracle, index, RULE_CURRENT + i);
        certain[RULE_DEVIATION + i] = deviation_judge(oracle, index, RULE_DEVIATION + i, &all);
    }
    /* Of each four, two alarms, then their warnings. */
    for (int i = 0; i < RULE_DIFFERENCE; i++) {
        if (i % 4 >= 2) {
            warning_hide(&oracle->string[index], i, &certain[i], &certain[i - 2]);
        }
    }
    certain[RULE_HEAT] = heat_judge(oracle, index, sums);
    certain[RULE_FALLS] = falls_judge(oracle, index, sums);
}
