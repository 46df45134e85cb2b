/*
 * agent.c — Net-SNMP's agent library around mib_view and notify.
 *
 * The handler of a subtree finds "next" by arithmetic and answers a GETBULK by itself. Traps are
 * built here, not by the library: it would stamp them with a clock of its own.
 *
 * Always true: `opened` is the one agent of the process, or null.
 */
#include "agent.h"

/* Net-SNMP's headers need this order. */
#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include <net-snmp/agent/agent_callbacks.h>
#include <net-snmp/agent/net-snmp-agent-includes.h>

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access.h"
#include "mib_view.h"
#include "notify.h"
#include "oid.h"
#include "receivers.h"
#include "set.h"
#include "wire.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

#define APPLICATION "gbms"

/* Bindings of one SET: more than there are objects that can be set. */
#define WISHES_MAX 64

#define STRANGER_PERIOD_MS 1000

/* Leaves of the snmp group (RFC 1213). */
enum {
    IN_BAD_COMMUNITY_USES = 5,
    IN_TOTAL_REQ_VARS = 13,
    IN_TOTAL_SET_VARS = 14,
    OUT_TOO_BIGS = 20,
    OUT_GEN_ERRS = 24,
};

/*
 * The subtrees that mib_view covers, and what lies around them as far as anybody may see: there is
 * nothing, but a SET of it is refused together with the others.
 */
#define ELSEWHERE_LENGTH 2
#define SNMP_GROUP       11
static const struct {
    const char *name;
    uint32_t oid[8];
    size_t length;
} subtrees[] = {
    {"system", {1, 3, 6, 1, 2, 1, 1}, 7},
    {"snmp", {1, 3, 6, 1, 2, 1, SNMP_GROUP}, 7},
    {"bacs", {WM_OID_BACS}, 8},
    {"elsewhere", {1, 3}, ELSEWHERE_LENGTH},
};

/* The SET that is being answered; the library answers one at a time. Empty between them. */
struct set {
    size_t count;
    bool is_checked;
    bool is_acted;
    bool is_put;
    int32_t refusal; /* enum wm_refusal: why it is refused; 0: it is not */
    struct snmps_wish wish[WISHES_MAX];
    enum snmps_refusal taken[WISHES_MAX];
    netsnmp_request_info *request[WISHES_MAX];
    struct wm_change change[WISHES_MAX];
    struct wm_settings before; /* what UNDO puts back */
};

struct snmps_agent {
    const struct wm_view *view;
    struct wm_commands commands;
    struct snmps_source source;
    uint32_t counted[SNMPS_COUNTERS + 1]; /* by the library before this agent was opened */
    uint32_t bad_uses; /* messages that asked for more than their community may */
    long bad_message;  /* the last of them, by its number within the library     */
    uint32_t bindings_set;
    wm_ms stranger_next_ms;
    bool is_applied;
    struct wm_settings applied; /* to access and receivers */
    struct set set;
    netsnmp_handler_registration *trees[COUNT(subtrees)];
    struct snmps_wire *wire;
    struct snmps_receivers *receivers;
    struct snmps_seen seen;
    struct snmps_mib mib;
};

static struct snmps_agent *opened;

/* ---- answers ---------------------------------------------------------------------------- */

static void variable_set(netsnmp_variable_list *variable, const struct snmps_value *value)
{
    switch ((enum snmps_type)value->type) {
    case SNMPS_INTEGER:
        snmp_set_var_typed_integer(variable, ASN_INTEGER, value->integer);
        break;
    case SNMPS_GAUGE:
        snmp_set_var_typed_integer(variable, ASN_GAUGE, value->integer);
        break;
    case SNMPS_COUNTER:
        snmp_set_var_typed_integer(variable, ASN_COUNTER, (long)value->count);
        break;
    case SNMPS_TIMETICKS:
        snmp_set_var_typed_integer(variable, ASN_TIMETICKS, (long)value->ticks);
        break;
    case SNMPS_OID: {
        oid wide[WM_OID_MAX];
        snmps_oid_widen(value->oid, value->oid_length, wide);
        snmp_set_var_typed_value(variable, ASN_OBJECT_ID, wide, value->oid_length * sizeof *wide);
        break;
    }
    case SNMPS_OCTETS:
        snmp_set_var_typed_value(variable, ASN_OCTET_STR, value->text, strlen(value->text));
        break;
    }
}

static void request_get(const struct snmps_agent *agent, netsnmp_agent_request_info *info,
                        netsnmp_request_info *request)
{
    struct snmps_value value;
    uint32_t name[MAX_OID_LEN];
    const size_t length =
        snmps_oid_narrow(request->requestvb->name, request->requestvb->name_length, name);
    switch (snmps_get(&agent->mib, &agent->source, name, length, &value)) {
    case SNMPS_FOUND:
        variable_set(request->requestvb, &value);
        break;
    case SNMPS_NO_OBJECT:
        netsnmp_set_request_error(info, request, SNMP_NOSUCHOBJECT);
        break;
    case SNMPS_NO_INSTANCE:
        netsnmp_set_request_error(info, request, SNMP_NOSUCHINSTANCE);
        break;
    }
}

static void counters_take(struct snmps_agent *agent)
{
    for (int leaf = 1; leaf <= SNMPS_COUNTERS; leaf++) {
        agent->source.counter[leaf] =
            snmp_get_statistic(STAT_SNMPINPKTS - 1 + leaf) - agent->counted[leaf];
    }
    /* What the library has a number for and does not count, and what it counts as read. */
    agent->source.counter[IN_BAD_COMMUNITY_USES] = agent->bad_uses;
    agent->source.counter[IN_TOTAL_SET_VARS] = agent->bindings_set;
    agent->source.counter[IN_TOTAL_REQ_VARS] -= agent->bindings_set;
    /* It counts errors of v2c and v3 as if they were the nearest of v1. */
    for (int leaf = OUT_TOO_BIGS; leaf <= OUT_GEN_ERRS; leaf++) {
        const int status = SNMP_ERR_TOOBIG + leaf - OUT_TOO_BIGS;
        agent->source.counter[leaf] = snmps_wire_errors(agent->wire, status);
    }
}

/* The library has checked whether an object may be read or set, before this is called. */
static int on_access_checked(int major, int minor, void *checked, void *self)
{
    const struct view_parameters *access = checked;
    struct snmps_agent *agent = self;
    (void)major;
    (void)minor;
    if (access->errorcode != VACM_SUCCESS && access->pdu->version != SNMP_VERSION_3 &&
        access->pdu->transid != agent->bad_message) {
        agent->bad_message = access->pdu->transid;
        agent->bad_uses++;
    }
    return SNMPERR_SUCCESS;
}

/*
 * Fills a GETNEXT's variable, or all repetitions of a GETBULK. Where the subtree ends the variable
 * in turn stays ASN_NULL with the last name: the library goes on in the next subtree from there.
 */
static void request_next(const struct snmps_agent *agent, const netsnmp_handler_registration *tree,
                         netsnmp_request_info *request, bool is_bulk)
{
    struct snmps_place place;
    uint32_t name[MAX_OID_LEN];
    size_t length =
        snmps_oid_narrow(request->requestvb->name, request->requestvb->name_length, name);
    bool is_there = snmps_next(&agent->mib, agent->view, name, length, &place);
    while (is_there) {
        struct snmps_value value;
        oid wide[WM_OID_MAX];
        length = snmps_place_oid(&agent->mib, &place, name);
        snmps_oid_widen(name, length, wide);
        if (snmp_oidtree_compare(tree->rootoid, tree->rootoid_len, wide, length) != 0) {
            return;
        }
        snmps_place_value(&agent->mib, &agent->source, &place, &value);
        snmp_set_var_objid(request->requestvb, wide, length);
        variable_set(request->requestvb, &value);
        if (!is_bulk || request->repeat <= 0) {
            return;
        }
        request->repeat--;
        request->inclusive = 0;
        request->requestvb = request->requestvb->next_variable;
        snmp_set_var_objid(request->requestvb, wide, length);
        request->requestvb->type = ASN_NULL;
        is_there = snmps_after(&agent->mib, agent->view, &place);
    }
}

/* ---- SET -------------------------------------------------------------------------------- */

static int error_of(enum snmps_refusal refusal)
{
    static const int errors[] = {
        [SNMPS_TAKEN] = SNMP_ERR_NOERROR,          [SNMPS_NOT_WRITABLE] = SNMP_ERR_NOTWRITABLE,
        [SNMPS_WRONG_TYPE] = SNMP_ERR_WRONGTYPE,   [SNMPS_WRONG_LENGTH] = SNMP_ERR_WRONGLENGTH,
        [SNMPS_WRONG_VALUE] = SNMP_ERR_WRONGVALUE, [SNMPS_NO_CREATION] = SNMP_ERR_NOCREATION,
    };
    return errors[refusal];
}

static struct snmps_written written_of(const netsnmp_variable_list *variable)
{
    struct snmps_written written = {.is_other_type = true};
    if (variable->type == ASN_INTEGER) {
        written = (struct snmps_written){.type = SNMPS_INTEGER, .integer = *variable->val.integer};
    } else if (variable->type == ASN_OCTET_STR) {
        written = (struct snmps_written){
            .type = SNMPS_OCTETS, .octets = variable->val.string, .size = variable->val_len};
    }
    return written;
}

/* RESERVE1: what each binding means by itself. */
static void set_take(struct snmps_agent *agent, netsnmp_agent_request_info *info,
                     netsnmp_request_info *request)
{
    struct set *set = &agent->set;
    uint32_t name[MAX_OID_LEN];
    if (set->count == WISHES_MAX) {
        set->refusal = wm_refusal_syntax;
        netsnmp_set_request_error(info, request, SNMP_ERR_RESOURCEUNAVAILABLE);
        return;
    }
    const size_t length =
        snmps_oid_narrow(request->requestvb->name, request->requestvb->name_length, name);
    const struct snmps_written written = written_of(request->requestvb);
    set->taken[set->count] =
        snmps_set_take(&agent->mib, name, length, &written, &set->wish[set->count]);
    set->request[set->count++] = request;
}

static enum wm_status changes_put(struct snmps_agent *agent, enum wm_command_kind kind,
                                  const struct wm_change *change, size_t changes)
{
    const char *why;
    const struct wm_command command = {.kind = kind, .change = change, .changes = changes};
    return agent->commands.put(agent->commands.self, &command, &why);
}

/* The binding to blame: without it the others would agree, or else before it they did. */
static size_t contradiction_find(struct snmps_agent *agent)
{
    const struct set *set = &agent->set;
    for (size_t i = 0; i < set->count; i++) {
        struct wm_change others[WISHES_MAX];
        size_t count = 0;
        for (size_t k = 0; k < set->count; k++) {
            others[count] = set->change[k];
            count += k != i;
        }
        if (changes_put(agent, WM_COMMAND_CHECK, others, count) == WM_OK) {
            return i;
        }
    }
    size_t agreed = 0;
    while (agreed + 1 < set->count &&
           changes_put(agent, WM_COMMAND_CHECK, set->change, agreed + 1) == WM_OK) {
        agreed++;
    }
    return agreed;
}

/* The first binding, as the message has them, that is refused by itself; TAKEN: none is. */
static enum snmps_refusal refusal_find(struct snmps_agent *agent, netsnmp_request_info **request)
{
    struct set *set = &agent->set;
    enum snmps_refusal found = SNMPS_TAKEN;
    for (size_t i = 0; i < set->count; i++) {
        enum snmps_refusal refusal = set->taken[i];
        if (refusal == SNMPS_TAKEN) {
            refusal = snmps_set_change(&set->wish[i], set->wish, set->count, &agent->view->settings,
                                       &set->change[i]);
        }
        if (refusal != SNMPS_TAKEN &&
            (found == SNMPS_TAKEN || set->request[i]->index < (*request)->index)) {
            found = refusal;
            *request = set->request[i];
        }
    }
    return found;
}

/* RESERVE2: each of them, and all of them together (decision S9). */
static void set_check(struct snmps_agent *agent, netsnmp_agent_request_info *info)
{
    struct set *set = &agent->set;
    netsnmp_request_info *request;
    if (set->is_checked || set->count == 0) {
        return;
    }
    set->is_checked = true;
    const enum snmps_refusal refusal = refusal_find(agent, &request);
    if (refusal != SNMPS_TAKEN) {
        set->refusal = refusal == SNMPS_WRONG_VALUE ? wm_refusal_range : wm_refusal_syntax;
        netsnmp_set_request_error(info, request, error_of(refusal));
    } else if (changes_put(agent, WM_COMMAND_CHECK, set->change, set->count) != WM_OK) {
        set->refusal = wm_refusal_conflict;
        netsnmp_set_request_error(info, set->request[contradiction_find(agent)],
                                  SNMP_ERR_INCONSISTENTVALUE);
    }
}

/* ACTION: in force and kept, or an error that makes UNDO take it back. */
static void set_put(struct snmps_agent *agent, netsnmp_agent_request_info *info,
                    netsnmp_request_info *request)
{
    struct set *set = &agent->set;
    if (set->is_acted || set->count == 0) {
        return;
    }
    set->is_acted = true;
    set->before = agent->view->settings;
    const enum wm_status status = changes_put(agent, WM_COMMAND_CHANGE, set->change, set->count);
    set->is_put = status == WM_OK || status == WM_IO;
    if (status == WM_IO) {
        netsnmp_set_request_error(info, request, SNMP_ERR_COMMITFAILED);
    } else if (status != WM_OK) {
        netsnmp_set_request_error(info, request, SNMP_ERR_RESOURCEUNAVAILABLE);
    }
}

static void set_end(struct snmps_agent *agent)
{
    agent->set.count = 0;
    agent->set.is_checked = false;
    agent->set.is_acted = false;
    agent->set.is_put = false;
    agent->set.refusal = 0;
}

static void set_undo(struct snmps_agent *agent, netsnmp_agent_request_info *info,
                     netsnmp_request_info *request)
{
    struct set *set = &agent->set;
    if (set->is_put) {
        for (size_t i = 0; i < set->count; i++) {
            snmps_set_reverse(&set->change[i], &set->before, &set->change[i]);
        }
        const enum wm_status status =
            changes_put(agent, WM_COMMAND_CHANGE, set->change, set->count);
        /* That it cannot be kept either changes nothing: what is kept is what was. */
        if (status != WM_OK && status != WM_IO) {
            netsnmp_set_request_error(info, request, SNMP_ERR_UNDOFAILED);
        }
    }
    set_end(agent);
}

/* FREE: it was refused, which the event log is told once. */
static void set_refuse(struct snmps_agent *agent)
{
    const char *why;
    const struct wm_command note = {.kind = WM_COMMAND_NOTE, .number = agent->set.refusal};
    if (agent->set.refusal != 0) {
        (void)agent->commands.put(agent->commands.self, &note, &why);
    }
    set_end(agent);
}

static int on_request(netsnmp_mib_handler *handler, netsnmp_handler_registration *tree,
                      netsnmp_agent_request_info *info, netsnmp_request_info *requests)
{
    struct snmps_agent *agent = handler->myvoid;
    if (tree->rootoid[tree->rootoid_len - 1] == SNMP_GROUP) {
        counters_take(agent);
    }
    for (netsnmp_request_info *request = requests; request != NULL; request = request->next) {
        switch (info->mode) {
        case MODE_GET:
            request_get(agent, info, request);
            break;
        case MODE_GETNEXT:
        case MODE_GETBULK:
            if (tree->rootoid_len > ELSEWHERE_LENGTH) {
                request_next(agent, tree, request, info->mode == MODE_GETBULK);
            }
            break;
        case MODE_SET_RESERVE1:
            set_take(agent, info, request);
            break;
        case MODE_SET_RESERVE2:
            set_check(agent, info);
            break;
        case MODE_SET_ACTION:
            set_put(agent, info, request);
            break;
        case MODE_SET_UNDO:
            set_undo(agent, info, request);
            break;
        case MODE_SET_FREE:
            set_refuse(agent);
            break;
        default: /* COMMIT */
            agent->bindings_set += (uint32_t)agent->set.count;
            set_end(agent);
            break;
        }
    }
    return SNMP_ERR_NOERROR;
}

/* ---- settings --------------------------------------------------------------------------- */

static bool are_texts_the_same(const struct wm_settings *left, const struct wm_settings *right)
{
    return memcmp(&left->text, &right->text, sizeof left->text) == 0;
}

/* What access and receivers are made of: all settings from the first of SNMP to the last. */
static bool are_of_snmp_the_same(const struct wm_settings *left, const struct wm_settings *right)
{
    const size_t first = wm_setting_snmp_v3_level;
    const size_t count = (size_t)wm_setting_snmp_receiver_8_user - first + 1;
    return memcmp(&left->value[first], &right->value[first], count * sizeof left->value[0]) == 0;
}

static void settings_follow(struct snmps_agent *agent)
{
    const struct wm_settings *settings = &agent->view->settings;
    if (agent->is_applied && are_texts_the_same(&agent->applied, settings) &&
        are_of_snmp_the_same(&agent->applied, settings)) {
        return;
    }
    const bool are_users_new = snmps_access_apply(
        settings, agent->is_applied ? &agent->applied : NULL, agent->view->boots);
    agent->applied = *settings;
    agent->is_applied = true;
    snmps_receivers_apply(agent->receivers, &agent->applied, are_users_new);
}

/* ---- what there is to tell -------------------------------------------------------------- */

void snmps_agent_published(struct snmps_agent *agent)
{
    struct snmps_notice notices[SNMPS_NOTICES_MAX];
    settings_follow(agent);
    const size_t count = snmps_notify(&agent->seen, agent->view, notices);
    for (size_t i = 0; i < count; i++) {
        const struct snmps_news news = {
            .kind = notices[i].is_added ? SNMPS_ENTRY_ADDED : SNMPS_ENTRY_REMOVED,
            .id = notices[i].id,
            .number = notices[i].number,
        };
        snmps_receivers_tell(agent->receivers, &news, agent->source.uptime_ms);
    }
}

/* Told once a second at most: a stranger must not be able to flood the receivers. */
static void stranger_tell(void *self)
{
    static const struct snmps_news news = {.kind = SNMPS_AUTHENTICATION_FAILURE};
    struct snmps_agent *agent = self;
    const wm_ms uptime_ms = agent->source.uptime_ms;
    if (agent->view->settings.value[wm_setting_snmp_authentication_traps] != 0 &&
        uptime_ms >= agent->stranger_next_ms) {
        agent->stranger_next_ms = uptime_ms + STRANGER_PERIOD_MS;
        snmps_receivers_tell(agent->receivers, &news, uptime_ms);
    }
}

/* ---- the library ------------------------------------------------------------------------ */

/*
 * Once a process: the library does not free all it took when it is shut down, so it stays up and
 * every agent brings its own subtrees, address and receivers.
 */
static void library_start(void)
{
    static bool is_started;
    if (is_started) {
        return;
    }
    is_started = true;
    /* No MIB text: everything here is numeric, and parsing it would take longer than a scenario. */
    setenv("MIBS", "", 1);
    setenv("MIBDIRS", "", 1);
    netsnmp_register_loghandler(NETSNMP_LOGHANDLER_NONE, LOG_DEBUG);
    netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_READ_CONFIGS, 1);
    netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_PERSIST_STATE, 1);
    netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_ALARM_DONT_USE_SIG, 1);
    /* RFC 5343: it would name the engine to whoever asks, in a message as if by a user. */
    netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_NO_DISCOVERY, 1);
    /* It would log a line a datagram. */
    netsnmp_ds_set_boolean(NETSNMP_DS_APPLICATION_ID,
                           NETSNMP_DS_AGENT_DONT_LOG_TCPWRAPPERS_CONNECTS, 1);
    init_agent(APPLICATION);
    init_snmp(APPLICATION);
}

static bool subtrees_register(struct snmps_agent *agent)
{
    for (size_t i = 0; i < COUNT(subtrees); i++) {
        oid root[COUNT(subtrees[0].oid)];
        snmps_oid_widen(subtrees[i].oid, subtrees[i].length, root);
        netsnmp_handler_registration *tree = netsnmp_create_handler_registration(
            subtrees[i].name, on_request, root, subtrees[i].length,
            HANDLER_CAN_RWRITE | HANDLER_CAN_GETBULK);
        if (tree == NULL) {
            return false;
        }
        tree->handler->myvoid = agent;
        /* It frees the registration when it fails. */
        if (netsnmp_register_handler(tree) != MIB_REGISTERED_OK) {
            return false;
        }
        agent->trees[i] = tree;
    }
    return true;
}

static void subtrees_unregister(struct snmps_agent *agent)
{
    for (size_t i = 0; i < COUNT(subtrees); i++) {
        if (agent->trees[i] != NULL) {
            netsnmp_unregister_handler(agent->trees[i]);
        }
    }
}

/* ---- opening ---------------------------------------------------------------------------- */

struct snmps_agent *snmps_agent_open(struct ev_loop *loop, const char *address,
                                     const struct wm_view *view, const struct wm_commands *commands,
                                     char *error, size_t error_size)
{
    static const struct snmps_news up = {.kind = SNMPS_COLD_START};
    assert(opened == NULL);
    struct snmps_agent *agent = calloc(1, sizeof *agent);
    if (agent == NULL) {
        snprintf(error, error_size, "snmp %s: %s; free some memory", address, strerror(ENOMEM));
        return NULL;
    }
    opened = agent;
    agent->view = view;
    agent->source.view = view;
    agent->commands = *commands;
    set_end(agent);
    snmps_mib_fill(&agent->mib);
    library_start();
    agent->receivers = snmps_receivers_create(loop);
    if (agent->receivers == NULL || !subtrees_register(agent) ||
        snmp_register_callback(SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_ACM_CHECK,
                               on_access_checked, agent) != SNMPERR_SUCCESS) {
        snprintf(error, error_size, "snmp %s: %s; free some memory", address, strerror(ENOMEM));
        snmps_agent_close(agent);
        return NULL;
    }
    const struct snmps_wire_calls calls = {.stranger = stranger_tell, .self = agent};
    agent->wire = snmps_wire_open(loop, address, &calls, error, error_size);
    if (agent->wire == NULL) {
        snmps_agent_close(agent);
        return NULL;
    }
    counters_take(agent);
    memcpy(agent->counted, agent->source.counter, sizeof agent->counted);
    settings_follow(agent);
    snmps_receivers_tell(agent->receivers, &up, 0);
    return agent;
}

void snmps_agent_set_uptime(struct snmps_agent *agent, wm_ms uptime_ms)
{
    assert(uptime_ms >= 0);
    agent->source.uptime_ms = uptime_ms;
}

int snmps_agent_port(const struct snmps_agent *agent)
{
    return snmps_wire_port(agent->wire);
}

void snmps_agent_close(struct snmps_agent *agent)
{
    if (agent == NULL) {
        return;
    }
    assert(agent == opened);
    snmps_receivers_destroy(agent->receivers);
    snmps_wire_close(agent->wire);
    subtrees_unregister(agent);
    (void)snmp_unregister_callback(SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_ACM_CHECK,
                                   on_access_checked, agent, 1);
    opened = NULL;
    free(agent);
}
