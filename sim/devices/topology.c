/*
 * topology.c — nodes, cables, and what comes through. See topology.h for what is always true.
 */
#include "sim/devices/topology.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/bus/faults.h"

/*
 * The guide's rules ("Bus Cable Length and Wiring Details"), held against its table by a test, in
 * the order in which a plant is held against them; the cure is what a plant that breaks one is
 * told.
 */
static const struct sim_wiring_rule wiring_rules[] = {
    {"A", 15, "m", "webmanager COM2 to external sensor", "use a shorter com2 cable"},
    {"C", 10, "m", "webmanager to splitting box",
     "mount the box nearer, or lay a repeater between"},
    {"D", 2, "m", "between splitting boxes", "mount the boxes side by side"},
    {"E", 50, "m", "splitting box (or webmanager) to the last module of a line",
     "make two lines of it, or use shorter cables"},
    {"F", 0.4, "m", "module to module in a line", "use the short cable"},
    {"G", 512, "modules", "one webmanager", "give each bank a webmanager of its own"},
    {"H", 10, "m", "webmanager to the last current sensor",
     "hang it on a nearer port, or use shorter cables"},
    {"I", 50, "m", "dry contacts to the last GX_R_AUX",
     "mount the GX_R_AUX nearer to its contacts"},
    {"total", 60, "m", "(C)+(E), (C)+(D)+(E) or (C)+2(D)+(E), to the last device",
     "use shorter cables, or a repeater: distances then count from it"},
    {"total_with_repeater", 100, "m",
     "distance a repeater adds; distances then count from the repeater",
     "mount the repeater nearer to the webmanager"},
    {"line", 50, "modules", "one bus string", "make two lines of it"},
    {"box", 200, "modules", "one splitting box", "move lines to another box"},
    {"boxes", 3, "boxes", "one webmanager", "use fewer boxes, of up to 200 modules"},
    {"no_box", 50, "modules", "webmanager without a splitting box",
     "put a box between the webmanager and the lines"},
    {"psu", 300, "modules", "above this a 12 V 3 A supply replaces the 12 V 2 A one",
     "say power_supply = \"12V3A\""},
    {"strings", 16, "strings", "by the register map", "make the strings longer"},
};

const struct sim_wiring_rule *sim_wiring_rules(size_t *count)
{
    *count = sizeof wiring_rules / sizeof wiring_rules[0];
    return wiring_rules;
}

/* ---- names ------------------------------------------------------------------------------ */

static const struct {
    const char *word;
    int32_t first;
    int32_t count; /* 0: there is one, and it has no number */
} node_kinds[] = {
    /* In the order of their nodes. */
    {"module", SIM_DEVICE_MODULE, WM_MODULES_MAX},
    {"current_sensor", SIM_DEVICE_SENSOR, WM_SENSORS_MAX},
    {"gx_r_aux", SIM_DEVICE_AUX, WM_AUX_MAX},
    {"webmanager", SIM_NODE_WEBMANAGER, 0},
    {"repeater", SIM_NODE_REPEATER, 0},
    {"com2", SIM_NODE_COM2, 0},
    {"box", SIM_NODE_BOX, SIM_BOXES_MAX},
};

int32_t sim_topology_node(const char *name)
{
    size_t word = strcspn(name, "[");
    for (size_t i = 0; i < sizeof node_kinds / sizeof node_kinds[0]; i++) {
        if (strlen(node_kinds[i].word) != word || strncmp(node_kinds[i].word, name, word) != 0) {
            continue;
        }
        if (node_kinds[i].count == 0) {
            return name[word] == '\0' ? node_kinds[i].first : -1;
        }
        if (name[word] != '[' || name[word + 1] < '1' || name[word + 1] > '9') {
            return -1;
        }
        char *end;
        long number = strtol(name + word + 1, &end, 10);
        bool is_there = strcmp(end, "]") == 0 && number <= node_kinds[i].count;
        return is_there ? node_kinds[i].first + (int32_t)number - 1 : -1;
    }
    return -1;
}

void sim_topology_node_name(int32_t node, char *name, size_t size)
{
    size_t i = sizeof node_kinds / sizeof node_kinds[0] - 1;
    while (node < node_kinds[i].first) {
        i--;
    }
    if (node_kinds[i].count == 0) {
        (void)snprintf(name, size, "%s", node_kinds[i].word);
    } else {
        (void)snprintf(name, size, "%s[%d]", node_kinds[i].word,
                       (int)(node - node_kinds[i].first) + 1);
    }
}

/* ---- who is reached --------------------------------------------------------------------- */

/* Carries the webmanager's reach over one cable; true if it got further. */
static bool topology_carry(struct sim_topology *topology, const struct sim_cable *cable)
{
    bool *near = &topology->is_reached[cable->near];
    bool *far = &topology->is_reached[cable->far];
    if (cable->is_cut || *near == *far) {
        return false;
    }
    int32_t from = *near ? cable->near : cable->far;
    if (from == SIM_NODE_REPEATER && topology->repeater_is_off) {
        return false;
    }
    *near = *far = true;
    return true;
}

/* Cables stand in the order they were laid: forth for what hangs, back for the ends of rings. */
static void topology_spread(struct sim_topology *topology)
{
    memset(topology->is_reached, 0, sizeof topology->is_reached);
    topology->is_reached[SIM_NODE_WEBMANAGER] = true;
    bool has_moved = true;
    while (has_moved) {
        has_moved = false;
        for (int32_t i = 0; i < topology->cables; i++) {
            has_moved = topology_carry(topology, &topology->cable[i]) || has_moved;
        }
        for (int32_t i = topology->cables - 1; i >= 0; i--) {
            has_moved = topology_carry(topology, &topology->cable[i]) || has_moved;
        }
    }
}

static bool topology_is_sound(const struct sim_topology *topology)
{
    bool is_sound = !topology->has_noise && !topology->has_extra && !topology->is_shorted &&
                    !topology->repeater_is_off;
    for (int32_t i = 0; i < topology->cables && is_sound; i++) {
        is_sound = !topology->cable[i].is_cut;
    }
    return is_sound;
}

int32_t sim_topology_depth(const struct sim_topology *topology, int32_t node)
{
    int32_t depth = 0;
    while (topology->first_way[node] >= 0) {
        node = topology->cable[topology->first_way[node]].near;
        depth++;
    }
    return depth;
}

int32_t sim_topology_depth_max(const struct sim_topology *topology)
{
    int32_t most = 0;
    for (int32_t node = 0; node < SIM_NODES; node++) {
        const int32_t depth = sim_topology_depth(topology, node);
        most = depth > most ? depth : most;
    }
    return most;
}

/* Both strike independently. */
static double either(double one, double other)
{
    return one + other - one * other;
}

static void topology_extra(struct sim_topology *topology)
{
    const int32_t most = sim_topology_depth_max(topology);
    topology->has_extra = false;
    for (int32_t place = 0; place < SIM_NODES; place++) {
        const int32_t depth = sim_topology_depth(topology, place);
        topology->echo_at[place] = most > 0 ? topology->echo * depth / most : 0;
        double extra = either(topology->noise, topology->echo_at[place]);
        for (int32_t node = place; topology->first_way[node] >= 0;) {
            const struct sim_cable *cable = &topology->cable[topology->first_way[node]];
            extra = either(extra, cable->beyond_part);
            node = cable->near;
        }
        topology->extra[place] = extra;
        topology->has_extra = topology->has_extra || extra > 0;
    }
}

/* Something was cut, mended, unplugged or plugged, or has gone wrong or right again. */
static void topology_change(struct sim_topology *topology)
{
    topology_spread(topology);
    topology->devices->way = topology_is_sound(topology) ? NULL : &topology->way;
}

double sim_topology_loss(const struct sim_topology *topology, int32_t place)
{
    if (topology->devices->way == NULL) {
        return 0;
    }
    return topology->is_reached[place] && !topology->is_shorted
               ? either(topology->chance[place], topology->extra[place])
               : 1;
}

/* ---- what comes through ----------------------------------------------------------------- */

static void cable_meet(struct sim_cable *cable)
{
    cable->met += cable->is_cut;
}

/* A question for this place has met every cut on its first way (decision H3). */
static void topology_meet(struct sim_topology *topology, int32_t place)
{
    if (topology->way_back[place] >= 0) {
        cable_meet(&topology->cable[topology->way_back[place]]);
    }
    for (int32_t node = place; topology->first_way[node] >= 0;) {
        struct sim_cable *cable = &topology->cable[topology->first_way[node]];
        cable_meet(cable);
        node = cable->near;
        if (node == SIM_NODE_REPEATER) {
            topology->repeater_is_idle = topology->repeater_is_idle && !topology->repeater_is_off;
        }
    }
}

/* Whom a hit is laid to, each as often as its chance has it. */
struct blame {
    double sum;
    int64_t *counter;
};

static void blame_offer(struct sim_topology *topology, struct blame *blame, double chance,
                        int64_t *counter)
{
    blame->sum += chance;
    /* The only one is not drawn for. */
    if (chance > 0 &&
        (blame->counter == NULL || sim_random_unit(&topology->random) * blame->sum < chance)) {
        blame->counter = counter;
    }
}

/* A frame of this place was hit by what has gone wrong with the line: one of all that counts it. */
static void topology_blame(struct sim_topology *topology, int32_t place)
{
    struct blame blame = {0};
    blame_offer(topology, &blame, topology->noise, &topology->noise_struck);
    blame_offer(topology, &blame, topology->echo_at[place], &topology->echo_struck);
    for (int32_t node = place; topology->first_way[node] >= 0;) {
        struct sim_cable *cable = &topology->cable[topology->first_way[node]];
        blame_offer(topology, &blame, cable->beyond_part, &cable->struck);
        node = cable->near;
    }
    assert(blame.counter != NULL);
    ++*blame.counter;
}

static bool topology_is_struck(struct sim_topology *topology, int32_t place)
{
    double chance = topology->chance[place];
    bool is_struck = chance > 0 && sim_random_unit(&topology->random) < chance;
    topology->has_struck = topology->has_struck || is_struck;
    const double extra = topology->extra[place];
    const bool is_hit = extra > 0 && sim_random_unit(&topology->random) < extra;
    if (is_hit) {
        topology_blame(topology, place);
    }
    return is_struck || is_hit;
}

static bool topology_hears(void *self, int32_t place)
{
    struct sim_topology *topology = self;
    topology_meet(topology, place);
    if (topology->is_shorted) {
        topology->short_met++;
        return false;
    }
    return topology->is_reached[place] && !topology_is_struck(topology, place);
}

static size_t topology_answers(void *self, int32_t place, uint8_t *bytes, size_t size)
{
    struct sim_topology *topology = self;
    if (!topology->is_reached[place] || topology->is_shorted) {
        return 0;
    }
    if (topology_is_struck(topology, place)) {
        sim_faults_burst(&topology->random, SIM_FAULT_BITS_DEFAULT, bytes, size);
    }
    return size;
}

/* ---- laying and breaking ---------------------------------------------------------------- */

void sim_topology_init(struct sim_topology *topology, struct sim_devices *devices, uint64_t stream)
{
    topology->devices = devices;
    topology->random = sim_random_stream(devices->world, stream);
    topology->way = (struct sim_way){topology, topology_hears, topology_answers};
    for (int32_t node = 0; node < SIM_NODES; node++) {
        topology->first_way[node] = -1;
        topology->way_back[node] = -1;
    }
}

bool sim_topology_join(struct sim_topology *topology, int32_t near, int32_t far)
{
    assert(near >= 0 && near < SIM_NODES && far >= 0 && far < SIM_NODES);
    if (topology->cables == SIM_CABLES_MAX) {
        return false;
    }
    bool is_ring = far == SIM_NODE_WEBMANAGER || topology->first_way[far] >= 0;
    *(is_ring ? &topology->way_back[near] : &topology->first_way[far]) = topology->cables;
    topology->cable[topology->cables++] = (struct sim_cable){.near = near, .far = far};
    topology->has_repeater = topology->has_repeater || far == SIM_NODE_REPEATER;
    return true;
}

void sim_topology_disturb(struct sim_topology *topology, int32_t node, double chance)
{
    topology->chance[node] = chance;
    topology->has_noise = topology->has_noise || chance > 0;
    topology_change(topology);
}

int32_t sim_topology_cable(const struct sim_topology *topology, int32_t one, int32_t other)
{
    for (int32_t i = 0; i < topology->cables; i++) {
        const struct sim_cable *cable = &topology->cable[i];
        if ((cable->near == one && cable->far == other) ||
            (cable->near == other && cable->far == one)) {
            return i;
        }
    }
    return -1;
}

void sim_topology_cut(struct sim_topology *topology, int32_t cable)
{
    topology->cable[cable].is_cut = true;
    topology_change(topology);
}

void sim_topology_mend(struct sim_topology *topology, int32_t cable)
{
    topology->cable[cable].is_cut = false;
    topology_change(topology);
}

void sim_topology_noise(struct sim_topology *topology, double chance)
{
    topology->noise = chance;
    topology_extra(topology);
    topology_change(topology);
}

void sim_topology_echo(struct sim_topology *topology, double chance_at_end)
{
    topology->echo = chance_at_end;
    topology_extra(topology);
    topology_change(topology);
}

void sim_topology_short(struct sim_topology *topology, bool is_shorted)
{
    topology->is_shorted = is_shorted;
    topology_change(topology);
}

void sim_topology_stretch(struct sim_topology *topology, int32_t cable, double part)
{
    topology->cable[cable].beyond_part = part;
    topology_extra(topology);
    topology_change(topology);
}

void sim_topology_plug_repeater(struct sim_topology *topology, bool is_plugged)
{
    topology->repeater_is_idle =
        topology->repeater_is_idle || (!is_plugged && !topology->repeater_is_off);
    topology->repeater_is_off = !is_plugged;
    topology_change(topology);
}

/* ---- what never happened ---------------------------------------------------------------- */

bool sim_topology_idle(const struct sim_topology *topology, char *sentence, size_t size)
{
    if (topology->repeater_is_idle) {
        (void)snprintf(sentence, size,
                       "repeater:unplug() was asked for and nobody behind it was asked since");
        return true;
    }
    bool is_idle = topology->has_noise && !topology->has_struck;
    if (is_idle) {
        (void)snprintf(sentence, size,
                       "a wiring rule was allowed to be broken and no frame was corrupted by it");
    }
    return is_idle;
}
