/*
 * topology.h — which device hangs on which cable: what a cut takes away, and what cables that
 * are too long do to frames.
 *
 * Nodes are places of sim_devices.device[] and, above them, the webmanager, the repeater and the
 * splitting boxes. Cables join two nodes each. A question reaches a device while any chain of
 * uncut cables joins it to the webmanager, through a repeater only while that has power. A device
 * beyond a broken wiring rule loses frames by chance, each way (decision B22): a question that is
 * corrupted is no question to it, an answer comes with a burst of wrong bits (decision H10).
 *
 * A line that was laid well can go wrong: noise hits every frame alike, a wrong termination the far
 * ones most, a cable that grew too long those beyond it; a short swallows everything.
 *
 * Always true: without a cut, a short, noise and a broken rule nothing here is called for a frame;
 * what is disturbed follows from the world's seed and from what has passed before.
 */
#ifndef SIM_DEVICES_TOPOLOGY_H
#define SIM_DEVICES_TOPOLOGY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/devices/device.h"
#include "sim/world.h"

/* Boxes that a plant may have when the rule is waived; the rule itself allows three. */
#define SIM_BOXES_MAX 16

enum {
    SIM_NODE_WEBMANAGER = SIM_DEVICES,
    SIM_NODE_REPEATER,
    SIM_NODE_COM2, /* what hangs on COM2: asked about in `way` as a place is */
    SIM_NODE_BOX,
    SIM_NODES = SIM_NODE_BOX + SIM_BOXES_MAX,
    /* One for each node, and one back from each ring. */
    SIM_CABLES_MAX = SIM_NODES + WM_MODULES_MAX,
};

/* A wiring rule; the only table of them, which sim/lua/wiring.lua works with too. */
struct sim_wiring_rule {
    const char *name;
    double limit;
    const char *unit;
    const char *meaning;
    const char *cure;
};
const struct sim_wiring_rule *sim_wiring_rules(size_t *count);

struct sim_cable {
    int32_t near, far; /* nodes; near is the one that was there first */
    bool is_cut;
    int64_t met;        /* ro: questions that met it while it was cut */
    double beyond_part; /* ro: sim_topology_stretch */
    int64_t struck;     /* ro: frames that it has corrupted by that */
};

/* Zero-initialised, then sim_topology_init. All private. */
struct sim_topology {
    struct sim_devices *devices;
    struct sim_random random;
    struct sim_way way;
    int32_t cables;
    struct sim_cable cable[SIM_CABLES_MAX];
    int32_t first_way[SIM_NODES]; /* the cable by which a node was hung up; -1: none */
    int32_t way_back[SIM_NODES];  /* the cable of a ring's last module back to its begin; -1 */
    bool is_reached[SIM_NODES];
    double chance[SIM_NODES];  /* of a frame to be corrupted by a broken rule, 0..1 */
    double extra[SIM_NODES];   /* likewise, by what has gone wrong with the line since */
    double noise;              /* chances, 0..1: everywhere, ... */
    double echo;               /* ... and at the furthest node, nearer ones by their share */
    double echo_at[SIM_NODES]; /* ... that is, so much */
    bool is_shorted;
    bool has_extra;
    int64_t noise_struck; /* ro: frames that noise has corrupted, ... */
    int64_t echo_struck;  /* ro: ... and a wrong termination; cables count their own */
    int64_t short_met;    /* ro: questions that a short swallowed */
    bool has_noise;
    bool has_struck;
    bool has_repeater;
    bool repeater_is_off;
    bool repeater_is_idle;
};

/* devices are borrowed, and told (`way`) while there is anything in a frame's way. */
void sim_topology_init(struct sim_topology *topology, struct sim_devices *devices, uint64_t stream);

/* "webmanager", "repeater", "com2", "box[1]", "module[7]" (1..512), "current_sensor[1]",
 * "gx_r_aux[1]"; -1 for anything else. Whether the plant has it is another question. */
int32_t sim_topology_node(const char *name);
void sim_topology_node_name(int32_t node, char *name, size_t size);

/* Lays a cable from a node that hangs already (or the webmanager) to a new one; from a node that
 * hangs already to another it closes a ring. False: too many cables. */
bool sim_topology_join(struct sim_topology *topology, int32_t near, int32_t far);

/* The chance, 0..1, that a frame to or from a node is corrupted. Devices and COM2 have frames; told
 * of a box or repeater, it is a broken rule that comes to nothing, unless something hangs on it. */
void sim_topology_disturb(struct sim_topology *topology, int32_t node, double chance);

/* The cable between two nodes, either way round; -1 if there is none. */
int32_t sim_topology_cable(const struct sim_topology *topology, int32_t one, int32_t other);

/* Cut means: no frame passes it until it is mended. Both may come twice. */
void sim_topology_cut(struct sim_topology *topology, int32_t cable);
void sim_topology_mend(struct sim_topology *topology, int32_t cable);

/* An unplugged repeater passes nothing on. */
void sim_topology_plug_repeater(struct sim_topology *topology, bool is_plugged);

/* What goes wrong with a line that was laid well; the chances are 0..1, of each frame. */
void sim_topology_noise(struct sim_topology *topology, double chance);
void sim_topology_echo(struct sim_topology *topology, double chance_at_end);
void sim_topology_short(struct sim_topology *topology, bool is_shorted);
/* All that hangs beyond the cable is beyond a limit by this part. */
void sim_topology_stretch(struct sim_topology *topology, int32_t cable, double part);

/* Cables between a node and the webmanager, by the way it was laid; and the most of any. */
int32_t sim_topology_depth(const struct sim_topology *topology, int32_t node);
int32_t sim_topology_depth_max(const struct sim_topology *topology);

/* The chance of a frame to or from a device to be lost: 1 beyond a cut, 0 where all is well. */
double sim_topology_loss(const struct sim_topology *topology, int32_t place);

/* An unplugged repeater that no question met, or a broken rule that corrupted no frame, as a
 * sentence; false if there is none. */
bool sim_topology_idle(const struct sim_topology *topology, char *sentence, size_t size);

#endif
