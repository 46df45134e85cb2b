/*
 * oracle_parts.h — what the judge remembers; for the files of the oracle only.
 */
#ifndef BOARD_ORACLE_PARTS_H
#define BOARD_ORACLE_PARTS_H

#include "oracle.h"
#include "wm/limits.h"

#define ORACLE_NEVER INT64_MAX
/* "Must hold": the rounds within which every alarm comes and goes. */
enum { ORACLE_ROUNDS = 3 };

/* What is certain of a value at a limit; none of the first two: the error straddles the limit. */
enum {
    CERTAIN_BEYOND,     /* strictly beyond the limit                    */
    CERTAIN_NOT_BEYOND, /* must not raise it                            */
    CERTAIN_INSIDE,     /* back inside by the hysteresis: must clear it */
    CERTAIN_OUTSIDE,    /* not so: must not clear it                    */
    CERTAINTIES
};

/* One limit of one item. */
struct oracle_clock {
    int64_t since_us[CERTAINTIES]; /* ORACLE_NEVER: not certain now */
    /* What the webmanager has been told, in a row without a break: */
    int64_t second_us;     /* the second reading beyond */
    uint32_t first_round;  /* of the first reading beyond */
    uint32_t inside_round; /* of the first reading back inside */
    uint8_t beyond;        /* readings beyond, 2 stands for more */
    bool is_inside;        /* the last reading was */
    bool is_whole;         /* the row of readings is known from its begin */
    bool is_latched;       /* told twice, and for its delay; not back inside since */
};

/* A device of the round, and how its visits went. Newest first. */
struct oracle_device {
    enum sim_presence presence;
    int64_t presence_us; /* since when it is so */
    int64_t asked_us[ORACLE_ROUNDS];
    int64_t answered_us[ORACLE_ROUNDS];
    int64_t failed_us; /* the end of the last visit without an answer */
    uint32_t sweep;    /* in which it was visited last */
    uint32_t asked_round;
    uint32_t answered_round;
    uint32_t failed_round;
    int32_t failed_run; /* rounds in a row */
    bool is_answered;   /* in this visit */
    bool is_lost;       /* as published */
    int64_t sent_us;    /* its first question */
    /* Late by this visit, if it was the last one of its round: an alarm plus 1, or 0. */
    int late;
    bool late_is_clear;
    int64_t late_us;
};

/* Of strings, four each: voltage, current, deviation; then a module's difference from its string.
 */
enum { MODULE_LIMITS = 12, STRING_LIMITS = 13, LIMITS = MODULE_LIMITS + STRING_LIMITS };

/* A rule on one item that is judged when a round ends. */
struct oracle_rule {
    int64_t since_us[CERTAINTIES];
    int64_t may_us;  /* since when it is not certain that it does not hold */
    bool is_latched; /* raised for certain, and outside ever since */
    bool was_hidden; /* by its alarm, and not back inside since */
    uint8_t shows;   /* enum oracle_shown */
};

struct oracle_module {
    struct oracle_device device;
    struct sim_truth_module truth;
    bool is_known; /* truth has been told */
    int32_t flags; /* as published */
    int64_t flags_us;
    bool is_present; /* its link, as published */
    struct oracle_clock clock[MODULE_LIMITS];
    struct oracle_rule difference;
    int32_t bypass_permille; /* the last order that it acknowledged */
    int32_t disobeyed;       /* rounds in a row in which it reported something else */
    uint32_t disobeyed_round;
    int64_t bypass_us; /* its last answer that told of it */
    int64_t error_us;  /* when its disobeying became the error, and when that ended; 0: never */
    int64_t obeys_us;
};

/* A level in force; low sides are negated, so that beyond is above. */
struct oracle_level {
    bool is_on;
    int64_t above;
    int64_t clear;
    int64_t delay_us;
};

enum oracle_quantity {
    QUANTITY_VOLTAGE,
    QUANTITY_TEMPERATURE,
    QUANTITY_RESISTANCE,
    QUANTITY_CURRENT,
};

struct oracle_limit {
    enum wm_alarm alarm;
    enum wm_alarm hidden_by; /* the alarm of a warning; of an alarm itself */
    enum oracle_quantity quantity;
    int sign; /* 1 high side, -1 low side */
    enum wm_setting level;
    enum wm_setting hysteresis;
    bool is_permille;
    enum wm_setting delay; /* wm_setting_count: none */
};
extern const struct oracle_limit oracle_limits[LIMITS];

/* What is judged of a string when a round ends: a limit, or a rule that needs its hold. */
enum {
    RULE_VOLTAGE = 0,
    RULE_CURRENT = 4,
    RULE_DEVIATION = 8,
    RULE_DIFFERENCE = 12,
    RULE_HEAT = STRING_LIMITS,
    RULE_FALLS,
    STRING_RULES,
};

/* The mean temperature of a string over the last day, for decision B15. */
enum { ORACLE_BLOCKS = 27 };
struct oracle_day {
    int64_t block;    /* the hour that runs, counted from the world's beginning */
    int64_t last_low; /* of the mean, as last told */
    int64_t last_high;
    int64_t low_mdegC[ORACLE_BLOCKS];
    int64_t high_mdegC[ORACLE_BLOCKS];
};

struct oracle_string {
    bool is_dirty;
    int64_t failed_us; /* the last visit of one of its devices that had no answer */
    struct oracle_rule rule[STRING_RULES];
    struct oracle_day day;
    int32_t alarm_flags; /* as published */
    int32_t alarm2_flags;
    int32_t flow;
    bool is_open;              /* its breaker, as published */
    bool is_isolated;          /* and so its contact has told */
    uint32_t open_until_round; /* it may count as isolated before that one */
    int64_t differs_us;        /* since when the contact is not so; ORACLE_NEVER: it is */
};

/* Whether an alarm shows of an item; its row alone may stand for another one. */
enum oracle_shown { SHOWN_NOT, SHOWN_MAYBE, SHOWN };

struct oracle {
    struct wm_settings settings;
    bool has_settings;
    bool is_running;
    bool cannot_keep;   /* the last record could not be written */
    bool is_spoiled;    /* a record may not be believed          */
    bool is_paused;     /* programmer mode: no question is a visit */
    uint32_t round;     /* finished so far, as published */
    int64_t started_us; /* nothing counts that was before: end of the start, changed settings */
    int64_t round_us[ORACLE_ROUNDS + 1]; /* ends of rounds, newest first */
    uint64_t shown; /* rows of the alarm table: bit number of the well-known list */
    int32_t status_flags;
    int late; /* devices that may be */
    struct oracle_device *open;
    struct {
        bool is_pending;
        enum wm_class class;
        int32_t index;
        enum wm_message_id message;
        int64_t sent_us;
    } question;
    struct {
        bool has_begun;    /* somebody was asked, ever */
        uint32_t sweep;    /* devices one behind the other: a second look, or a round */
        int32_t place;     /* of the one visited last */
        int32_t questions; /* since the last round ended */
        int64_t period_us; /* the longest that has been set since then */
        int64_t until_us;  /* the next question comes by then */
    } poll;
    struct oracle_level level[LIMITS];
    struct board_latency latency[wm_alarm_count];
    /* What was measured in this view: since when it was due; for what stands for it. */
    struct oracle_dated {
        bool is_dated;
        int64_t first_us;
        int64_t last_us;
    } dated[wm_alarm_count][2]; /* raised, cleared */
    struct oracle_module module[WM_MODULES_MAX];
    struct oracle_device sensor[WM_SENSORS_MAX];
    struct sim_band current_mA[WM_SENSORS_MAX];
    int32_t told_mA[WM_SENSORS_MAX]; /* its last answer */
    bool has_told[WM_SENSORS_MAX];
    uint8_t told_outputs[WM_AUX_MAX]; /* likewise */
    bool has_told_outputs[WM_AUX_MAX];
    struct oracle_device aux[WM_AUX_MAX];
    uint8_t outputs[WM_AUX_MAX];
    struct oracle_string string[WM_STRINGS_MAX];
    int64_t stopped_us; /* the end of the last discharge; ORACLE_NEVER: none was seen */
    char verdict[1000];
};

/* ---- oracle.c --------------------------------------------------------------------------- */

/* Keeps the first report: the alarm, its item (1-based; 0: the plant), and a printf text. */
void oracle_report(struct oracle *oracle, enum wm_alarm alarm, const char *item, int32_t number,
                   int64_t now_us, const char *format, ...) __attribute__((format(printf, 6, 7)));

/* The same of what is no alarm. */
void oracle_accuse(struct oracle *oracle, const char *subject, const char *item, int32_t number,
                   int64_t now_us, const char *format, ...) __attribute__((format(printf, 6, 7)));

/* Takes a latency into the record: since when it was due. */
void oracle_measure(struct oracle *oracle, enum wm_alarm alarm, bool is_clear, int64_t due_us,
                    int64_t now_us);

/* True if the alarm's row is in the alarm table now. */
bool oracle_shows(const struct oracle *oracle, enum wm_alarm alarm);

/* Of a device that must be heard three rounds from due_us on: have they passed? */
bool oracle_is_told(const struct oracle_device *device, int64_t due_us);

/* Late by this visit, if no other one of the same round comes. */
void oracle_late_set(struct oracle *oracle, struct oracle_device *device, enum wm_alarm alarm,
                     bool is_clear, int64_t now_us);

/* ---- oracle_limit.c --------------------------------------------------------------------- */

void oracle_limits_open(struct oracle_module *module);

/* Takes the settings' levels over. */
void oracle_levels_make(struct oracle *oracle);

/* The truth of the module has changed. */
void oracle_limits_step(struct oracle *oracle, struct oracle_module *module, int64_t now_us);

/* The webmanager was told a value. */
void oracle_limits_told(struct oracle *oracle, struct oracle_module *module,
                        enum oracle_quantity quantity, int32_t value, int64_t now_us);

/* What is not raised yet begins anew: for the webmanager (is_whole), or only for the judge. */
void oracle_clock_forget(struct oracle_clock *clock, bool is_whole);

/* A visit in which the module answered is over. */
void oracle_limits_check(struct oracle *oracle, struct oracle_module *module, int64_t now_us);

/* The settings of a limit as text, in size bytes of text. */
const char *oracle_limit_text(const struct oracle *oracle, int limit, char *text, size_t size);

/* A flag of a module has come or gone; number from 1. */
void oracle_flag_edge(struct oracle *oracle, struct oracle_module *module, int32_t number,
                      int limit, bool is_raised, int64_t now_us);

/* A warning's row has; and once a round, while it is there. */
void oracle_warning_edge(struct oracle *oracle, int limit, bool is_raised, int64_t now_us);
void oracle_warning_check(struct oracle *oracle, int limit, int64_t now_us);

/* ---- oracle_view.c ---------------------------------------------------------------------- */

/* The alarm is to be shown exactly if something else is. */
void oracle_stands_for(struct oracle *oracle, enum wm_alarm alarm, bool holds, int64_t now_us);

/* What a module reports, or acknowledges, of its bypass (decision B13). */
void oracle_bypass_told(struct oracle *oracle, struct oracle_module *module,
                        enum wm_message_id message, int32_t permille, int64_t now_us);

/* What is late of equalizing; once a round, the view of its end at hand. */
void oracle_equalizing_check(struct oracle *oracle, const struct wm_view *view, int64_t now_us);

/* The rows having been taken; before is the rows of the view before. */
void oracle_summaries_see(struct oracle *oracle, const struct wm_view *view, uint64_t before,
                          int64_t now_us);

static inline int64_t oracle_later(int64_t one_us, int64_t other_us)
{
    return one_us > other_us ? one_us : other_us;
}

/* ---- oracle_certain.c ------------------------------------------------------------------- */

struct oracle_certain {
    bool holds[CERTAINTIES];
};

/* Of the modules that count; is_certain is false while it is not sure which do, or none does. */
struct oracle_sums {
    bool is_certain;
    int32_t count;
    int64_t low_mV, high_mV;
    int64_t low_mdegC, high_mdegC;
};
struct oracle_sums oracle_string_sums(const struct oracle *oracle, int32_t index);

/* How many modules a string has. */
int32_t oracle_string_modules(const struct oracle *oracle);

/* The band of a string's current, where it is measured and that is certain. */
enum oracle_current { CURRENT_DOUBTFUL, CURRENT_NONE, CURRENT_MEASURED };
enum oracle_current oracle_string_current(const struct oracle *oracle, int32_t index,
                                          struct sim_band *band_mA);

/* Takes the mean temperature in; a mean that nobody knows spoils its hour. */
void oracle_day_take(struct oracle_day *day, const struct oracle_sums *sums, int64_t now_us);

/* Every rule of a string; that of its modules is apart. */
void oracle_string_certain(struct oracle *oracle, int32_t index, const struct oracle_sums *sums,
                           struct oracle_certain certain[STRING_RULES]);
struct oracle_certain oracle_difference_certain(const struct oracle *oracle, int32_t module,
                                                const struct oracle_sums *sums);

/* ---- oracle_pause.c --------------------------------------------------------------------- */

/* Whether the view shows programmer mode. */
void oracle_programmer_see(struct oracle *oracle, bool is_paused, int64_t now_us);

/* ---- oracle_poll.c ---------------------------------------------------------------------- */

/* A question of the polling, be it a repeated one; orders to an aux are none. */
void oracle_poll_asked(struct oracle *oracle, int64_t now_us);

/* A device is visited. */
void oracle_poll_visit(struct oracle *oracle, struct oracle_device *device, enum wm_class class,
                       int32_t index);

/* A round has ended: who was left out? */
void oracle_poll_round(struct oracle *oracle, int64_t now_us);

/* Polling may begin, or go on, from now on. */
void oracle_poll_resume(struct oracle *oracle, int64_t now_us);

/* Whether nobody has been asked for too long. */
void oracle_poll_check(struct oracle *oracle, int64_t now_us);

/* ---- oracle_status.c -------------------------------------------------------------------- */

/* The words of a view that follow from the rest of it, which has been taken. */
void oracle_status_see(struct oracle *oracle, const struct wm_view *view, int64_t now_us);

/* ---- oracle_string.c -------------------------------------------------------------------- */

void oracle_strings_open(struct oracle *oracle);

/* Which strings are isolated is looked at anew; what that changes counts from the next step. */
void oracle_isolation_follow(struct oracle *oracle);

/* What is certain of the strings, as far as their devices have changed; all: of every string. */
void oracle_strings_step(struct oracle *oracle, bool all, int64_t now_us);

/* Their part of a view, the rows having been taken; before is the rows of the view before. */
void oracle_strings_see(struct oracle *oracle, const struct wm_view *view, uint64_t before,
                        int64_t now_us);

/* What is late by the rounds, the last of which has just ended. */
void oracle_strings_check(struct oracle *oracle, int64_t now_us);

#endif
