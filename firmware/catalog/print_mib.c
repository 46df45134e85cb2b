/*
 * print_mib.c — the tables as an SMIv2 module, for network managers (RFC 2578 to 2580).
 *
 * Always true: what is printed as an object is a member of the conformance group of its branch; a
 * range is what wm_encode makes of its ends.
 */
#include "print_mib.h"

#include <assert.h>
#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "wm/catalog.h"
#include "wm/limits.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum {
    LINE_COLUMNS = 76,
    NAME_SIZE = 64,
    SYNTAX_SIZE = 128,
    TEXT_SIZE = 2048,
    MEMBERS_MAX = 256,
    /* Highest arc of what is directly below a branch. */
    LEAF_MAX = 2 * WM_AUX_LINES_MAX,
    /* Above the values of every point that has names for them. */
    STATES_MAX = 16,
    /*
     * Conformance is never on the wire, but its OID must be nobody else's: far from the arcs that
     * the product has below bacs, 1 to 5, and may get next.
     */
    ARC_CONFORMANCE = 1000,
};

/* ---- the rows of mib.def ---------------------------------------------------------------- */

enum kind {
    KIND_MODULE,
    KIND_CONTACT,
    KIND_REVISION,
    KIND_SCALE,
    KIND_BRANCH,
    KIND_TABLE,
    KIND_LIST,
    KIND_LINE,
    KIND_COLUMN,
    KIND_TRAP,
};

struct row {
    enum kind kind;
    int32_t branch; /* arc below bacs */
    int32_t arc;    /* below that; of a scale its decimals */
    enum wm_scope scope;
    const char *name;
    const char *word; /* what else the row names */
    const char *text;
    const char *more; /* what else it says */
};

static const struct row rows[] = {
#define MODULE(is, identity, says)                                                                 \
    {.kind = KIND_MODULE, .name = is, .word = identity, .text = says},
#define CONTACT(is, says)    {.kind = KIND_CONTACT, .name = is, .text = says},
#define REVISION(date, says) {.kind = KIND_REVISION, .name = date, .text = says},
#define SCALE(decimals, is, hint, says)                                                            \
    {.kind = KIND_SCALE, .arc = decimals, .name = is, .word = hint, .text = says},
#define BRANCH(at, is, says, condition)                                                            \
    {.kind = KIND_BRANCH, .branch = at, .name = is, .text = says, .more = condition},
#define TABLE(at, below, of, is, index, says, row_says)                                            \
    {KIND_TABLE, at, below, wm_scope_##of, is, index, says, row_says},
#define LIST(at, below, is, says)                                                                  \
    {.kind = KIND_LIST, .branch = at, .arc = below, .name = is, .text = says},
#define LINE(of, is, says) {.kind = KIND_LINE, .scope = wm_scope_##of, .name = is, .text = says},
#define COLUMN(at, is, syntax, says)                                                               \
    {.kind = KIND_COLUMN, .arc = at, .name = is, .word = syntax, .text = says},
#define TRAP(at, is, says) {.kind = KIND_TRAP, .arc = at, .name = is, .text = says},
#include "wm/mib.def"
};

/* The first row of this kind after one, or the first of all after null; null at the end. */
static const struct row *row_next(enum kind kind, const struct row *after)
{
    for (const struct row *row = after == NULL ? rows : after + 1; row < rows + COUNT(rows);
         row++) {
        if (row->kind == kind) {
            return row;
        }
    }
    return NULL;
}

/* The only row of this kind. */
static const struct row *row_of(enum kind kind)
{
    const struct row *row = row_next(kind, NULL);
    assert(row != NULL && row_next(kind, row) == NULL);
    return row;
}

/* ---- texts ------------------------------------------------------------------------------ */

struct text {
    char at[TEXT_SIZE];
    size_t used;
};

static void text_add(struct text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int length =
        vsnprintf(text->at + text->used, sizeof text->at - text->used, format, arguments);
    va_end(arguments);
    assert(length >= 0 && (size_t)length < sizeof text->at - text->used);
    text->used += (size_t)length;
}

/* As a sentence: it ends with a full stop. */
static void text_add_sentence(struct text *text, const char *sentence)
{
    const size_t length = strlen(sentence);
    const bool is_ended = length > 0 && sentence[length - 1] == '.';
    text_add(text, "%s%s%s", text->used > 0 ? " " : "", sentence, is_ended ? "" : ".");
}

/* A quoted string, its lines broken between words. */
static void print_quoted(int indent, const char *text)
{
    assert(strchr(text, '"') == NULL);
    int column = indent + 1;
    printf("%*s\"", indent, "");
    for (const char *word = text; *word != '\0';) {
        const int length = (int)strcspn(word, " \n");
        const char *const first = word == text || word[-1] == '\n' ? "" : " ";
        if (first[0] != '\0' && column + 1 + length > LINE_COLUMNS) {
            printf("\n%*s%.*s", indent + 1, "", length, word);
            column = indent + 1 + length;
        } else {
            printf("%s%.*s", first, length, word);
            column += (int)strlen(first) + length;
        }
        word += length;
        if (*word == '\n') {
            printf("\n%*s", indent + 1, "");
            column = indent + 1;
        }
        word += *word != '\0';
    }
    printf("\"\n");
}

static void print_description(const char *text)
{
    printf("    DESCRIPTION\n");
    print_quoted(8, text);
}

/* ---- what is printed -------------------------------------------------------------------- */

struct object {
    char name[NAME_SIZE];
    char syntax[SYNTAX_SIZE];
    const char *units; /* "" where there is none */
    const char *access;
    struct text text;
};

/* Names printed so far, for the groups. */
struct mib {
    struct {
        char name[NAME_SIZE];
        int32_t branch;
    } member[MEMBERS_MAX];
    size_t count;
};

static void member_add(struct mib *mib, const char *name, int32_t branch)
{
    assert(mib->count < MEMBERS_MAX);
    (void)snprintf(mib->member[mib->count].name, NAME_SIZE, "%s", name);
    mib->member[mib->count++].branch = branch;
}

static void print_object(struct mib *mib, const struct object *object, int32_t branch,
                         const char *parent, int32_t arc)
{
    printf("\n%s OBJECT-TYPE\n    SYNTAX      %s\n", object->name, object->syntax);
    if (object->units[0] != '\0') {
        printf("    UNITS       \"%s\"\n", object->units);
    }
    printf("    MAX-ACCESS  %s\n    STATUS      current\n", object->access);
    print_description(object->text.at);
    printf("    ::= { %s %" PRId32 " }\n", parent, arc);
    member_add(mib, object->name, branch);
}

static void print_identity(const char *name, const char *text, const char *parent, int32_t arc)
{
    printf("\n%s OBJECT-IDENTITY\n    STATUS      current\n", name);
    print_description(text);
    printf("    ::= { %s %" PRId32 " }\n", parent, arc);
}

/* ---- type, unit and scale --------------------------------------------------------------- */

/* How many decimals of the natural unit an object's number has. */
static int32_t decimals_of(struct wm_encoding encoding, enum wm_unit unit)
{
    if (encoding.kind == WM_ENCODE_TEMPERATURE) {
        return 1;
    }
    const int32_t divisor = encoding.kind == WM_ENCODE_LINEAR ? encoding.divisor : 1;
    int32_t decimals = 0;
    for (int32_t left = wm_unit(unit)->per_natural / divisor; left > 1; left /= 10) {
        assert(left % 10 == 0);
        decimals++;
    }
    return decimals;
}

/* Both ends as numbers of the object; of a temperature the outer ends of both units. */
static void encode_range(struct wm_encoding encoding, enum wm_unit unit, int32_t *least,
                         int32_t *most)
{
    struct wm_settings settings = {.value = {0}};
    const int32_t low = *least;
    const int32_t high = *most;
    *least = wm_encode(encoding, unit, low, &settings);
    *most = wm_encode(encoding, unit, high, &settings);
    if (encoding.kind == WM_ENCODE_TEMPERATURE) {
        settings.value[wm_setting_temperature_unit] = 1;
        const int32_t other_least = wm_encode(encoding, unit, low, &settings);
        const int32_t other_most = wm_encode(encoding, unit, high, &settings);
        *least = other_least < *least ? other_least : *least;
        *most = other_most > *most ? other_most : *most;
    }
}

static const struct row *scale_of(int32_t decimals)
{
    for (const struct row *row = NULL; (row = row_next(KIND_SCALE, row)) != NULL;) {
        if (row->arc == decimals) {
            return row;
        }
    }
    assert(!"no row of mib.def has this scale");
    return NULL;
}

/* Type, range, unit and scale of a number between least and most, in the row's unit (S6). */
static void object_number(struct object *object, struct wm_encoding encoding, enum wm_unit unit,
                          int32_t least, int32_t most)
{
    static const char *const steps[] = {"", "0.1 ", "0.01 "};
    const int32_t decimals = decimals_of(encoding, unit);
    const char *type = encoding.kind == WM_ENCODE_GAUGE ? "Gauge32" : "Integer32";
    if (decimals > 0) {
        type = scale_of(decimals)->name;
    }
    encode_range(encoding, unit, &least, &most);
    (void)snprintf(object->syntax, sizeof object->syntax, "%s (%" PRId32 "..%" PRId32 ")", type,
                   least, most);
    if (encoding.kind == WM_ENCODE_TEMPERATURE) {
        object->units = "degC or degF";
        text_add(&object->text, " In 0.1 degC, or in 0.1 degF by %s.",
                 wm_setting(wm_setting_temperature_unit)->snmp_name);
        return;
    }
    object->units = wm_unit(unit)->natural_name;
    if (object->units[0] != '\0') {
        assert((size_t)decimals < COUNT(steps));
        text_add(&object->text, " In %s%s.", steps[decimals], object->units);
    }
}

/* One more label of an enumeration. */
static void object_label(struct object *object, const char *label, int32_t value)
{
    const size_t used = strlen(object->syntax);
    const int length = snprintf(object->syntax + used, sizeof object->syntax - used,
                                "%s%s(%" PRId32 ")", used > 0 ? ", " : "INTEGER { ", label, value);
    assert(length > 0 && used + (size_t)length + sizeof " }" <= sizeof object->syntax);
}

static void object_labels_end(struct object *object)
{
    const size_t used = strlen(object->syntax);
    assert(used > 0);
    (void)snprintf(object->syntax + used, sizeof object->syntax - used, " }");
}

/* ---- objects ---------------------------------------------------------------------------- */

static void object_of_setting(struct object *object, enum wm_setting setting)
{
    const struct wm_setting_row *row = wm_setting(setting);
    *object = (struct object){.units = ""};
    (void)snprintf(object->name, sizeof object->name, "%s", row->snmp_name);
    object->access = row->access == WM_ACCESS_RW ? "read-write" : "read-only";
    text_add_sentence(&object->text, row->text);
    if (row->unit == wm_unit_choice) {
        for (int32_t value = row->min; value <= row->max; value++) {
            if (wm_choice_name(setting, value) != NULL) {
                object_label(object, wm_choice_name(setting, value), value);
            }
        }
        object_labels_end(object);
    } else {
        object_number(object, row->snmp_encoding, row->unit, row->min, row->max);
    }
    text_add(&object->text, " Setting %s.", row->name);
}

/* The bits of a word, one a line. */
static void text_add_flags(struct text *text, enum wm_flag_set set)
{
    size_t count;
    const struct wm_flag_row *flags = wm_flags(&count);
    text_add(text, " The sum of:");
    for (size_t i = 0; i < count; i++) {
        if (flags[i].set == set) {
            text_add(text, "\n%5u  %s", (unsigned)flags[i].value, flags[i].guide_name);
        }
    }
}

static void object_of_point(struct object *object, enum wm_point point)
{
    const struct wm_point_row *row = wm_point(point);
    *object = (struct object){.units = "", .access = "read-only"};
    (void)snprintf(object->name, sizeof object->name, "%s", row->snmp_name);
    text_add_sentence(&object->text, row->text);
    int32_t least;
    int32_t most;
    if (wm_point_range(point, &least, &most)) {
        object_number(object, row->snmp_encoding, row->unit, least, most);
    } else {
        for (int32_t value = 0; value < STATES_MAX; value++) {
            if (wm_state_name(point, value) != NULL) {
                object_label(object, wm_state_name(point, value), value);
            }
        }
        object_labels_end(object);
    }
    enum wm_flag_set set;
    if (wm_point_flags(point, &set)) {
        text_add_flags(&object->text, set);
    }
    if (row->unit == wm_unit_index) {
        text_add(&object->text, " The instances of its row are the number itself, from 1.");
    }
}

static void object_of_column(struct object *object, const struct row *row)
{
    *object = (struct object){.units = "", .access = "read-only"};
    (void)snprintf(object->name, sizeof object->name, "%s", row->name);
    (void)snprintf(object->syntax, sizeof object->syntax, "%s", row->word);
    text_add_sentence(&object->text, row->text);
}

/* The object of column number `arc` of a table; false above the last. */
static bool column_object(const struct row *table, int32_t arc, struct object *object)
{
    if (table->scope == wm_scope_system) {
        for (const struct row *row = NULL; (row = row_next(KIND_COLUMN, row)) != NULL;) {
            if (row->arc == arc) {
                object_of_column(object, row);
                return true;
            }
        }
        return false;
    }
    for (int p = 0; p < wm_point_count; p++) {
        const struct wm_point_row *row = wm_point((enum wm_point)p);
        if (row->scope == table->scope && row->snmp_group == table->branch &&
            row->snmp_leaf == arc) {
            object_of_point(object, (enum wm_point)p);
            return true;
        }
    }
    return false;
}

/* ---- tables ----------------------------------------------------------------------------- */

/* The type as a SEQUENCE wants it: without range or labels. */
static void print_row_type(const struct row *table, const char *row_name)
{
    struct object object;
    printf("\n%c%sEntry ::= SEQUENCE {", toupper((unsigned char)row_name[0]), row_name + 1);
    for (int32_t arc = 1; column_object(table, arc, &object); arc++) {
        printf("%s\n    %-24s %.*s", arc > 1 ? "," : "", object.name,
               (int)strcspn(object.syntax, " "), object.syntax);
    }
    printf("\n}\n");
}

static void print_table(struct mib *mib, const struct row *table, const char *parent)
{
    char entry[NAME_SIZE];
    struct object object;
    const char first = (char)toupper((unsigned char)table->name[0]);
    (void)snprintf(entry, sizeof entry, "%sEntry", table->name);
    printf("\n%sTable OBJECT-TYPE\n"
           "    SYNTAX      SEQUENCE OF %c%s\n"
           "    MAX-ACCESS  not-accessible\n"
           "    STATUS      current\n",
           table->name, first, entry + 1);
    print_description(table->text);
    printf("    ::= { %s %" PRId32 " }\n", parent, table->arc);
    printf("\n%s OBJECT-TYPE\n"
           "    SYNTAX      %c%s\n"
           "    MAX-ACCESS  not-accessible\n"
           "    STATUS      current\n",
           entry, first, entry + 1);
    print_description(table->more);
    printf("    INDEX       { %s }\n    ::= { %sTable 1 }\n", table->word, table->name);
    print_row_type(table, table->name);
    for (int32_t arc = 1; column_object(table, arc, &object); arc++) {
        print_object(mib, &object, table->branch, entry, arc);
    }
}

/* ---- alarms, notifications and lines ---------------------------------------------------- */

static void print_well_known(const struct row *list)
{
    static const char *const levels[] = {[WM_LEVEL_STATE] = "a state",
                                         [WM_LEVEL_WARNING] = "a warning",
                                         [WM_LEVEL_ALARM] = "an alarm"};
    for (int32_t number = 1; number <= WM_ALARM_ROWS_MAX; number++) {
        for (int i = 0; i < wm_alarm_count; i++) {
            const struct wm_alarm_row *row = wm_alarm((enum wm_alarm)i);
            if (row->number != number) {
                continue;
            }
            struct text text = {.used = 0};
            text_add_sentence(&text, row->text);
            text_add(&text, " It is %s", levels[row->level]);
            if (row->general == WM_GENERAL_yes) {
                text_add(&text, ", and a cause of the general alarm");
            } else if (row->general == WM_GENERAL_set) {
                text_add(&text, ", and a cause of the general alarm by the setting %s",
                         wm_setting(wm_setting_alarm_sensor_lost_is_general)->name);
            }
            text_add(&text, ".");
            print_identity(row->snmp_name, text.at, list->name, number);
        }
    }
}

static void print_trap(struct mib *mib, const struct row *trap, const char *parent)
{
    printf("\n%s NOTIFICATION-TYPE\n    OBJECTS     { ", trap->name);
    const char *separator = "";
    for (const struct row *row = NULL; (row = row_next(KIND_COLUMN, row)) != NULL;) {
        /* The third, the time, is not told (decision S8). */
        if (row->arc <= 2) {
            printf("%s%s", separator, row->name);
            separator = ", ";
        }
    }
    printf(" }\n    STATUS      current\n");
    print_description(trap->text);
    printf("    ::= { %s %" PRId32 " }\n", parent, trap->arc);
    member_add(mib, trap->name, WM_SNMP_TRAPS);
}

/* gxRAUX1Input1: unit and line stand for u and i in the point's name. */
static void print_line(struct mib *mib, const struct row *line, enum wm_point point, int32_t number,
                       const char *parent, int32_t arc)
{
    const int32_t unit = (number - 1) / WM_AUX_LINES + 1;
    const int32_t place = (number - 1) % WM_AUX_LINES + 1;
    struct object object;
    object_of_point(&object, point);
    (void)snprintf(object.name, sizeof object.name, "%s%" PRId32 "%s%" PRId32, parent, unit,
                   line->name, place);
    object.text = (struct text){.used = 0};
    text_add(&object.text, "%s %" PRId32 " of GX_R_AUX %" PRId32 "; %s", line->name, place, unit,
             line->text);
    print_object(mib, &object, WM_SNMP_AUX, parent, arc);
}

static void print_lines(struct mib *mib, const char *parent, int32_t leaf)
{
    for (const struct row *line = NULL; (line = row_next(KIND_LINE, line)) != NULL;) {
        enum wm_point point;
        const bool is_found = wm_point_find(line->scope, "level", &point);
        assert(is_found);
        for (int32_t number = 1; is_found && number <= WM_AUX_LINES_MAX; number++) {
            uint32_t oid[WM_OID_MAX];
            const size_t length = wm_point_oid(point, number, oid);
            if (oid[length - 2] == (uint32_t)leaf) {
                print_line(mib, line, point, number, parent, leaf);
            }
        }
    }
}

/* ---- branches --------------------------------------------------------------------------- */

static void print_scalar(struct mib *mib, const struct row *branch, int32_t leaf)
{
    struct object object;
    for (int s = 0; branch->branch == WM_SNMP_SETTINGS && s < wm_setting_count; s++) {
        if (wm_setting((enum wm_setting)s)->snmp_leaf == leaf) {
            object_of_setting(&object, (enum wm_setting)s);
            print_object(mib, &object, branch->branch, branch->name, leaf);
        }
    }
    for (int p = 0; p < wm_point_count; p++) {
        const struct wm_point_row *row = wm_point((enum wm_point)p);
        if (row->scope == wm_scope_system && row->snmp_group == branch->branch &&
            row->snmp_leaf == leaf) {
            object_of_point(&object, (enum wm_point)p);
            print_object(mib, &object, branch->branch, branch->name, leaf);
        }
    }
}

/* All that is directly below a branch, in the order of its arcs. */
static void print_branch(struct mib *mib, const struct row *branch)
{
    printf("\n-- %s\n", branch->name);
    print_identity(branch->name, branch->text, "bacs", branch->branch);
    for (int32_t leaf = 1; leaf <= LEAF_MAX; leaf++) {
        print_scalar(mib, branch, leaf);
        for (const struct row *row = NULL; (row = row_next(KIND_TABLE, row)) != NULL;) {
            if (row->branch == branch->branch && row->arc == leaf) {
                print_table(mib, row, branch->name);
            }
        }
        for (const struct row *row = NULL; (row = row_next(KIND_LIST, row)) != NULL;) {
            if (row->branch == branch->branch && row->arc == leaf) {
                print_identity(row->name, row->text, branch->name, leaf);
                print_well_known(row);
            }
        }
        for (const struct row *row = NULL; (row = row_next(KIND_TRAP, row)) != NULL;) {
            if (branch->branch == WM_SNMP_TRAPS && row->arc == leaf) {
                print_trap(mib, row, branch->name);
            }
        }
        if (branch->branch == WM_SNMP_AUX) {
            print_lines(mib, branch->name, leaf);
        }
    }
}

/* ---- the module ------------------------------------------------------------------------- */

static void print_head(void)
{
    const struct row *module = row_of(KIND_MODULE);
    const struct row *contact = row_of(KIND_CONTACT);
    /* Two hyphens would end the comment: no option here. */
    printf("-- Printed by wm-catalog; do not edit.\n\n"
           "%s DEFINITIONS ::= BEGIN\n\n"
           "IMPORTS\n"
           "    MODULE-IDENTITY, OBJECT-IDENTITY, OBJECT-TYPE, NOTIFICATION-TYPE,\n"
           "    Integer32, Gauge32, mib-2\n"
           "        FROM SNMPv2-SMI\n"
           "    TEXTUAL-CONVENTION, AutonomousType, TimeStamp\n"
           "        FROM SNMPv2-TC\n"
           "    MODULE-COMPLIANCE, OBJECT-GROUP, NOTIFICATION-GROUP\n"
           "        FROM SNMPv2-CONF;\n\n"
           "-- Below mib-2 the identity of a module must be one arc deep.\n"
           "%s MODULE-IDENTITY\n"
           "    LAST-UPDATED \"%s\"\n"
           "    ORGANIZATION \"%s\"\n"
           "    CONTACT-INFO \"%s\"\n",
           module->name, module->word, row_next(KIND_REVISION, NULL)->name, contact->name,
           contact->text);
    print_description(module->text);
    for (const struct row *row = NULL; (row = row_next(KIND_REVISION, row)) != NULL;) {
        printf("    REVISION     \"%s\"\n", row->name);
        print_description(row->text);
    }
    static const uint32_t bacs[] = {WM_OID_BACS};
    printf("    ::= { mib-2 %" PRIu32 " }\n\nbacs OBJECT IDENTIFIER ::= { %s %" PRIu32 " }\n",
           bacs[COUNT(bacs) - 2], module->word, bacs[COUNT(bacs) - 1]);
    for (const struct row *row = NULL; (row = row_next(KIND_SCALE, row)) != NULL;) {
        printf("\n%s ::= TEXTUAL-CONVENTION\n"
               "    DISPLAY-HINT \"%s\"\n"
               "    STATUS      current\n",
               row->name, row->word);
        print_description(row->text);
        printf("    SYNTAX      Integer32\n");
    }
}

static void print_group(const struct mib *mib, const struct row *branch)
{
    const bool is_traps = branch->branch == WM_SNMP_TRAPS;
    const char *separator = "";
    printf("\n%sGroup %s-GROUP\n    %s {", branch->name, is_traps ? "NOTIFICATION" : "OBJECT",
           is_traps ? "NOTIFICATIONS" : "OBJECTS");
    for (size_t i = 0; i < mib->count; i++) {
        if (mib->member[i].branch == branch->branch) {
            printf("%s\n        %s", separator, mib->member[i].name);
            separator = ",";
        }
    }
    printf("\n    }\n    STATUS      current\n");
    struct text text = {.used = 0};
    text_add(&text, "All of %s.", branch->name);
    print_description(text.at);
    printf("    ::= { bacsGroups %" PRId32 " }\n", branch->branch);
}

static void print_conformance(const struct mib *mib)
{
    const char *separator = "";
    printf("\n-- Conformance\n\n"
           "-- Far from the arcs that the product has below bacs, and may get next.\n"
           "bacsConformance OBJECT IDENTIFIER ::= { bacs %d }\n"
           "bacsCompliances OBJECT IDENTIFIER ::= { bacsConformance 1 }\n"
           "bacsGroups      OBJECT IDENTIFIER ::= { bacsConformance 2 }\n\n"
           "bacsCompliance MODULE-COMPLIANCE\n    STATUS      current\n",
           ARC_CONFORMANCE);
    print_description("What every webmanager shows.");
    printf("    MODULE\n    MANDATORY-GROUPS {");
    for (const struct row *row = NULL; (row = row_next(KIND_BRANCH, row)) != NULL;) {
        if (row->more[0] == '\0') {
            printf("%s\n        %sGroup", separator, row->name);
            separator = ",";
        }
    }
    printf("\n    }\n");
    for (const struct row *row = NULL; (row = row_next(KIND_BRANCH, row)) != NULL;) {
        if (row->more[0] != '\0') {
            printf("    GROUP       %sGroup\n", row->name);
            print_description(row->more);
        }
    }
    printf("    ::= { bacsCompliances 1 }\n");
    for (const struct row *row = NULL; (row = row_next(KIND_BRANCH, row)) != NULL;) {
        print_group(mib, row);
    }
}

void wm_print_mib(void)
{
    struct mib mib = {.count = 0};
    print_head();
    for (const struct row *row = NULL; (row = row_next(KIND_BRANCH, row)) != NULL;) {
        print_branch(&mib, row);
    }
    print_conformance(&mib);
    printf("\nEND\n");
}
