/*
 * options.c — command line into options, and help.
 */
#include "harness/options.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TIME_LIMIT_S          60
#define TIME_LIMIT_EMULATED_S 600
#define JOBS_MAX              256

enum option_id {
    OPT_JOBS = 1,
    OPT_SEED,
    OPT_FILTER,
    OPT_ONLY,
    OPT_TAG,
    OPT_WITHOUT,
    OPT_JUNIT,
    OPT_BOARD,
    OPT_LOG,
    OPT_RECORD,
    OPT_RECORD_MAX,
    OPT_ROUNDS,
    OPT_STEPS,
    OPT_TAP,
    OPT_NO_FORK,
    OPT_TIME_LIMIT,
    OPT_SET,
    OPT_VERBOSE,
    OPT_MODBUS,
    OPT_SNMP,
    OPT_TRAP,
    OPT_SPEED,
    OPT_FOR,
    OPT_MISSING,
    OPT_CSV,
    OPT_FAULT,
    OPT_PLANT,
    OPT_AMPS,
    OPT_WATTS,
    OPT_TO,
    OPT_TEMPERATURE,
    OPT_FROM,
    OPT_HOURS,
    OPT_SERIES,
    OPT_EVERY,
    OPT_VOLTS,
    OPT_LIMIT,
    OPT_OUTPUT = 'o',
};

static const struct option run_options[] = {
    {"jobs", required_argument, NULL, OPT_JOBS},
    {"seed", required_argument, NULL, OPT_SEED},
    {"filter", required_argument, NULL, OPT_FILTER},
    {"only", required_argument, NULL, OPT_ONLY},
    {"tag", required_argument, NULL, OPT_TAG},
    {"without", required_argument, NULL, OPT_WITHOUT},
    {"junit", required_argument, NULL, OPT_JUNIT},
    {"board", required_argument, NULL, OPT_BOARD},
    {"log", required_argument, NULL, OPT_LOG},
    {"record", required_argument, NULL, OPT_RECORD},
    {"record-max", required_argument, NULL, OPT_RECORD_MAX},
    {"tap", no_argument, NULL, OPT_TAP},
    {"no-fork", no_argument, NULL, OPT_NO_FORK},
    {"time-limit", required_argument, NULL, OPT_TIME_LIMIT},
    {"set", required_argument, NULL, OPT_SET},
    {"verbose", no_argument, NULL, OPT_VERBOSE},
    {NULL, 0, NULL, 0},
};

static const struct option serve_options[] = {
    {"modbus", required_argument, NULL, OPT_MODBUS},
    {"snmp", required_argument, NULL, OPT_SNMP},
    {"trap", required_argument, NULL, OPT_TRAP},
    {"speed", required_argument, NULL, OPT_SPEED},
    {"for", required_argument, NULL, OPT_FOR},
    {"set", required_argument, NULL, OPT_SET},
    {"seed", required_argument, NULL, OPT_SEED},
    {"log", required_argument, NULL, OPT_LOG},
    {NULL, 0, NULL, 0},
};

static const struct option board_options[] = {
    {"for", required_argument, NULL, OPT_FOR},
    {"set", required_argument, NULL, OPT_SET},
    {"seed", required_argument, NULL, OPT_SEED},
    {NULL, 0, NULL, 0},
};

static const struct option compare_options[] = {
    {"rounds", required_argument, NULL, OPT_ROUNDS},
    {"steps", required_argument, NULL, OPT_STEPS},
    {NULL, 0, NULL, 0},
};

static const struct option replay_options[] = {
    {"record", required_argument, NULL, OPT_RECORD},
    {"set", required_argument, NULL, OPT_SET},
    {"rounds", required_argument, NULL, OPT_ROUNDS},
    {"steps", required_argument, NULL, OPT_STEPS},
    {"time-limit", required_argument, NULL, OPT_TIME_LIMIT},
    {NULL, 0, NULL, 0},
};

static const struct option coverage_options[] = {
    {"jobs", required_argument, NULL, OPT_JOBS},
    {"seed", required_argument, NULL, OPT_SEED},
    {"filter", required_argument, NULL, OPT_FILTER},
    {"only", required_argument, NULL, OPT_ONLY},
    {"tag", required_argument, NULL, OPT_TAG},
    {"without", required_argument, NULL, OPT_WITHOUT},
    {"set", required_argument, NULL, OPT_SET},
    {"time-limit", required_argument, NULL, OPT_TIME_LIMIT},
    {"missing", no_argument, NULL, OPT_MISSING},
    {"csv", no_argument, NULL, OPT_CSV},
    {NULL, 0, NULL, 0},
};

static const struct option matrix_options[] = {
    {"fault", required_argument, NULL, OPT_FAULT},
    {"plant", required_argument, NULL, OPT_PLANT},
    {"jobs", required_argument, NULL, OPT_JOBS},
    {"seed", required_argument, NULL, OPT_SEED},
    {"filter", required_argument, NULL, OPT_FILTER},
    {"time-limit", required_argument, NULL, OPT_TIME_LIMIT},
    {"csv", no_argument, NULL, OPT_CSV},
    {NULL, 0, NULL, 0},
};

static const struct option fit_options[] = {
    {"output", required_argument, NULL, OPT_OUTPUT},
    {NULL, 0, NULL, 0},
};

static const struct option discharge_options[] = {
    {"amps", required_argument, NULL, OPT_AMPS},
    {"watts", required_argument, NULL, OPT_WATTS},
    {"to", required_argument, NULL, OPT_TO},
    {"temperature", required_argument, NULL, OPT_TEMPERATURE},
    {"from", required_argument, NULL, OPT_FROM},
    {"hours", required_argument, NULL, OPT_HOURS},
    {"series", required_argument, NULL, OPT_SERIES},
    {"every", required_argument, NULL, OPT_EVERY},
    {NULL, 0, NULL, 0},
};

static const struct option charge_options[] = {
    {"volts", required_argument, NULL, OPT_VOLTS},
    {"limit", required_argument, NULL, OPT_LIMIT},
    {"temperature", required_argument, NULL, OPT_TEMPERATURE},
    {"from", required_argument, NULL, OPT_FROM},
    {"hours", required_argument, NULL, OPT_HOURS},
    {"series", required_argument, NULL, OPT_SERIES},
    {"every", required_argument, NULL, OPT_EVERY},
    {NULL, 0, NULL, 0},
};

static const struct option rest_options[] = {
    {"temperature", required_argument, NULL, OPT_TEMPERATURE},
    {"from", required_argument, NULL, OPT_FROM},
    {"hours", required_argument, NULL, OPT_HOURS},
    {"series", required_argument, NULL, OPT_SERIES},
    {"every", required_argument, NULL, OPT_EVERY},
    {NULL, 0, NULL, 0},
};

static const struct option no_options[] = {{NULL, 0, NULL, 0}};

static const struct command {
    const char *name;
    const struct option *options;
    const char *help;
} commands[] = {
    {"run", run_options,
     "usage: gbms-bench run [OPTION]... [FILE|DIR]...\n"
     "\n"
     "Plays scenarios against the real webmanager. Without a name: ./scenarios. A directory\n"
     "stands for every *.lua below it, folders named plants left out.\n"
     "\n"
     "  --jobs N          scenarios at the same time (default: the processors)\n"
     "  --seed N          what all randomness comes from (default 1)\n"
     "  --filter TEXT     only scenarios with this text in their name\n"
     "  --only NAME       only scenarios with exactly this name\n"
     "  --tag WORD        only scenarios with this tag\n"
     "  --without WORD    no scenario with this tag\n"
     "  --set NAME=VALUE  a setting of the webmanager, over the scenario's; repeatable\n"
     "  --time-limit S    real seconds a scenario may take (default 60, emulated 600)\n"
     "  --board FILE      on the board that FILE describes, in real time, over its bus, ports and\n"
     "                    console; first on the host, which says what it takes. What the board\n"
     "                    can't play is skipped by name and reason (scenarios/README.md)\n"
     "  --junit FILE      also write the results as JUnit XML\n"
     "  --log DIR         write each webmanager's logs as CSV to a folder of DIR\n"
     "  --record DIR      write a record of each run to DIR, for compare and replay; it has the\n"
     "                    scenario's passphrases in it\n"
     "  --record-max MB   a record ends when it is so long (default 16)\n"
     "  --tap             print TAP\n"
     "  --verbose         print the notes of each scenario\n"
     "  --no-fork         play in this process, one after the other, for a debugger\n"
     "\n"
     "Exit status: 0 all passed, 1 a scenario failed, 2 usage or set-up error.\n"
     "The last line but one counts the power cuts that were tried: in each state of each write "
     "and\n"
     "erase of the webmanager's flash, by what a restart found, the old record or the new one.\n"
     "The last line is the trace: the same for the same seed on every machine.\n"},
    {"compare", compare_options,
     "usage: gbms-bench compare [OPTION]... A B\n"
     "\n"
     "Holds the records of two runs, or two folders of them, against each other and lists what\n"
     "one showed and the other did not, a line each. Between two steps of the script every value\n"
     "of a register, and every trap, must be there in the other run too, within the tolerances;\n"
     "flags, states and counts exactly. What a run has no record of is a difference.\n"
     "\n"
     "  --rounds N  how much sooner or later (default 2, as an expectation has on a board: a "
     "round\n"
     "              that had begun, and the one that sees it)\n"
     "  --steps N   how much more or less is measured; a step is what two readings of one truth\n"
     "              may be apart (default 1)\n"
     "\n"
     "Exit status: 0 no difference, 1 some, 2 usage error or a file that is no record.\n"},
    {"replay", replay_options,
     "usage: gbms-bench replay [OPTION]... RECORD|DIR...\n"
     "\n"
     "Plays the inputs of records to the webmanager of this program, in virtual time and without "
     "a\n"
     "plant: the bus answers each question as it did then, console, SNMP and power come when they\n"
     "came; a hand on panel or flash is told, and not played. Lists the differences to the record\n"
     "as compare does.\n"
     "\n"
     "  --record DIR       also write the records of this run to DIR\n"
     "  --set NAME=VALUE   a setting of the webmanager, over the record's; repeatable\n"
     "  --rounds N, --steps N   as in compare\n"
     "  --time-limit S     real seconds that a record may take (default 60, emulated 600)\n"
     "\n"
     "Exit status: 0 no difference, 1 some, 2 usage error, or a file that is no record.\n"},
    {"check", no_options,
     "usage: gbms-bench check FILE|DIR...\n"
     "\n"
     "Loads scenario files and the plants they name, without running them.\n"},
    {"coverage", coverage_options,
     "usage: gbms-bench coverage [OPTION]... [FILE|DIR]...\n"
     "\n"
     "Plays scenarios as run does and tells which registers, flags, SNMP objects, alarms, traps,\n"
     "settings and panel elements they exercised and asserted, and by which scenario first;\n"
     "and how late each alarm was at worst. scenarios/README.md says what counts.\n"
     "\n"
     "  --missing         only what is not exercised or not asserted\n"
     "  --csv             as comma-separated values\n"
     "  --jobs, --seed, --filter, --only, --tag, --without, --set, --time-limit   as in run\n"
     "\n"
     "Exit status: 0 no gap, 1 a gap or a scenario that failed, 2 usage or set-up error.\n"},
    {"matrix", matrix_options,
     "usage: gbms-bench matrix [OPTION]... [FILE]\n"
     "\n"
     "Plays every fault of the catalogue at three severities on each class of plant and prints\n"
     "what was raised, after how long, what falsely, and what was not seen: scenarios/MATRIX.md.\n"
     "FILE is harness/matrix/faults.lua if none is named.\n"
     "\n"
     "  --fault NAME      only this fault of gbms-bench list faults, or none: a sound plant\n"
     "  --plant NAME      only this plant: ups, telecom, nickel, lithium\n"
     "  --filter TEXT     only those with this text in PLANT|ITEM|FAULT|SEVERITY|SIZE\n"
     "  --csv             as comma-separated values, a line for each alarm\n"
     "  --jobs, --seed, --time-limit   as in run\n"
     "\n"
     "Exit status: 0 all were played, 1 one ended otherwise, 2 usage or set-up error.\n"},
    {"list", no_options,
     "usage: gbms-bench list [scenarios|plants|batteries|points|alarms|settings|faults] "
     "[PATH]...\n"
     "\n"
     "Lists what there is: scenarios and plants below PATH (default ./scenarios), or the "
     "tables.\n"},
    {"serve", serve_options,
     "usage: gbms-bench serve PLANT [OPTION]...\n"
     "\n"
     "Keeps a plant with its webmanager alive on real ports, for any Modbus or SNMP client,\n"
     "until interrupted. Prints one line when it is ready: ready modbus=HOST:PORT snmp=HOST:PORT.\n"
     "A line typed is a command of the webmanager's service console, such as help, or else Lua\n"
     "on the plant: plant.string[1].module[7].temperature = 52\n"
     "\n"
     "  --modbus HOST:PORT  default 127.0.0.1:1502; port 0 picks one\n"
     "  --snmp HOST:PORT    default 127.0.0.1:1161; port 0 picks one\n"
     "  --trap HOST:PORT    send traps there (v2c, community public); repeatable\n"
     "  --speed N           virtual seconds a real one (default 1); 0: as fast as it can\n"
     "  --for SECONDS       end after so many real seconds\n"
     "  --log DIR           write the webmanager's logs as CSV to DIR at the end\n"
     "  --set NAME=VALUE    a setting of the webmanager; repeatable\n"
     "  --seed N            what all randomness comes from (default 1)\n"},
    {"board", board_options,
     "usage: gbms-bench board FILE PLANT [OPTION]...\n"
     "\n"
     "Plays the plant's devices on the line of the board that FILE describes, until interrupted;\n"
     "of FILE only its line is needed. Prints the settings that the board must have, and then\n"
     "ready line=LINE. A line typed is Lua on the plant: plant.module[7]:unplug()\n"
     "\n"
     "  --for SECONDS     end after so many real seconds\n"
     "  --set NAME=VALUE  a setting of the webmanager: bus.baud says how fast the line is\n"
     "  --seed N          what all randomness comes from (default 1)\n"},
    {"battery", no_options,
     "usage: gbms-bench battery fit SHEET.csv [-o TYPE.lua]\n"
     "       gbms-bench battery discharge|recharge|float|rest TYPE.lua|NAME [OPTION]...\n"
     "\n"
     "One block on its own, without plant, scenario or firmware: what the model makes of it.\n"
     "gbms-bench list batteries tells the NAMEs; sim/batteries/README.md how good they are.\n"
     "\n"
     "  fit        from a data sheet to a battery type, and how far each is off the sheet\n"
     "  discharge  a constant current or power until an end voltage\n"
     "  recharge   a constant voltage with a current limit, until little flows, or no less\n"
     "  float      a constant voltage for a long time: what current it settles at\n"
     "  rest       nothing flows\n"
     "\n"
     "gbms-bench battery discharge --help tells the options of one.\n"},
    {"battery fit", fit_options,
     "usage: gbms-bench battery fit SHEET.csv [-o TYPE.lua]\n"
     "\n"
     "Makes a battery type from a data sheet, and prints how far the discharge times of its name\n"
     "plate alone, and of the fit, are from the sheet's rows (root mean square).\n"
     "\n"
     "  -o, --output TYPE.lua  write the type there, over what is there; whole or not at all\n"
     "\n"
     "A sheet is lines '# key = value', then, if there are any, a table; values of the block:\n"
     "\n"
     "  # class = agm              or gel, vented, nicd, nimh, lfp\n"
     "  # cells = 6\n"
     "  # capacity_Ah = 7.2        may repeat, each with its at_hours\n"
     "  # at_hours = 20\n"
     "  # resistance_mOhm = 22     may be left out, as the lines below\n"
     "  # mass_kg = 2.5\n"
     "  # temperature_C = 25\n"
     "  # source = where the numbers are from\n"
     "  amps,volts_per_cell,minutes      or watts,volts_per_cell,minutes\n"
     "  19.7,1.60,10\n"
     "\n"
     "With no rows the type is what its class usually is, at that plate. One row of 15 minutes,\n"
     "which blocks for short times have printed on them, halves what their times are off by; from\n"
     "five on the rows say more than the plate.\n"
     "\n"
     "Exit status: 0 done, 2 usage error or a sheet that is none.\n"},
    {"battery discharge", discharge_options,
     "usage: gbms-bench battery discharge TYPE.lua|NAME --amps A|--watts W [OPTION]...\n"
     "\n"
     "Discharges one block and prints one line: minutes=N ampere_hours=N watt_hours=N volts=N\n"
     "temperature_C=N, the last two at the end.\n"
     "\n"
     "  --amps A         constant current\n"
     "  --watts W        constant power\n"
     "  --to V           until the block has so many volts (default: 1.75 a cell for lead, 1.0 "
     "for\n"
     "                   NiCd and NiMH, 2.8 for LFP)\n"
     "  --temperature C  of the room, and of the block at first (default 25)\n"
     "  --from S         state of charge at first, 0 to 1, at rest (default 1)\n"
     "  --hours H        at most (default 1000)\n"
     "  --series FILE    also write seconds,volts,amps,temperature_C,resistance_mOhm,soc as CSV;\n"
     "                   amperes above 0 charge\n"
     "  --every S        a line of the series each so many seconds (default 60)\n"},
    {"battery recharge", charge_options,
     "usage: gbms-bench battery recharge TYPE.lua|NAME [OPTION]...\n"
     "\n"
     "Charges one block until less than a hundredth of its ten-hour capacity flows, in amperes,\n"
     "at the full voltage. Prints one line: minutes=N ampere_hours=N watt_hours=N volts=N\n"
     "temperature_C=N soc=N, the last three at the end.\n"
     "\n"
     "  --volts V        of the block (default: 2.40 a cell for AGM and vented, 2.35 gel, 1.50\n"
     "                   NiCd, 1.48 NiMH, 3.55 LFP)\n"
     "  --limit A        at most so many amperes (default: a fifth of the ten-hour capacity)\n"
     "  --temperature C  of the room, and of the block at first (default 25)\n"
     "  --from S         state of charge at first, 0 to 1, at rest (default 0)\n"
     "  --hours H        at most (default 72)\n"
     "  --series FILE, --every S   as in battery discharge\n"},
    {"battery float", charge_options,
     "usage: gbms-bench battery float TYPE.lua|NAME [OPTION]...\n"
     "\n"
     "Holds one block at a voltage. Prints one line: minutes=N ampere_hours=N watt_hours=N\n"
     "volts=N temperature_C=N milliamps=N, the last three at the end.\n"
     "\n"
     "  --volts V        of the block (default: 2.27 a cell for AGM, 2.25 gel, 2.23 vented, 1.41\n"
     "                   NiCd and NiMH, 3.375 LFP)\n"
     "  --limit A        at most so many amperes (default: a fifth of the ten-hour capacity)\n"
     "  --temperature C  of the room, and of the block at first (default 25)\n"
     "  --from S         state of charge at first, 0 to 1; below 1 it charges at first\n"
     "                   (default 1, and has been floating)\n"
     "  --hours H        so long (default 24)\n"
     "  --series FILE, --every S   as in battery discharge\n"},
    {"battery rest", rest_options,
     "usage: gbms-bench battery rest TYPE.lua|NAME [OPTION]...\n"
     "\n"
     "Lets one block stand with nothing connected. Prints one line: minutes=N ampere_hours=N\n"
     "watt_hours=N volts=N temperature_C=N.\n"
     "\n"
     "  --temperature C  of the room, and of the block (default 25)\n"
     "  --from S         state of charge at first, 0 to 1 (default 1)\n"
     "  --hours H        so long (default 24)\n"
     "  --series FILE, --every S   as in battery discharge\n"},
    {"version", no_options, "usage: gbms-bench version\n"},
    {"help", no_options, "usage: gbms-bench help [COMMAND]\n"},
};

static const struct command *command_find(const char *name)
{
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; ++i) {
        if (strcmp(commands[i].name, name) == 0) {
            return &commands[i];
        }
    }
    return NULL;
}

bool hx_help(const char *name)
{
    if (name == NULL) {
        fputs("usage: gbms-bench COMMAND [OPTION]... [ARGUMENT]...\n"
              "\n"
              "The bench of the G.BMS webmanager: its firmware against simulated plants.\n"
              "\n"
              "  run [FILE|DIR]...    play scenarios\n"
              "  compare A B          what the records of two runs do not have in common\n"
              "  replay RECORD|DIR... play a record's inputs to the webmanager, without its plant\n"
              "  check FILE|DIR...    load scenarios without playing them\n"
              "  coverage [FILE|DIR]  what the scenarios exercise and assert\n"
              "  matrix               what is raised for which fault, and how soon\n"
              "  serve PLANT          keep a live plant on Modbus and SNMP ports\n"
              "  board FILE PLANT     play a plant's devices on the line of a real board\n"
              "  list [WHAT] [PATH]   scenarios, plants, batteries, points, alarms, settings, "
              "faults\n"
              "  battery ...          one block: fit, discharge, recharge, float, rest\n"
              "  version, help [COMMAND]\n"
              "\n"
              "gbms-bench help COMMAND tells the options of one.\n",
              stdout);
        return true;
    }
    const struct command *command = command_find(name);
    if (command != NULL) {
        fputs(command->help, stdout);
    }
    return command != NULL;
}

/* Under qemu's user emulation the process keeps the emulator's name. */
static bool is_emulated(void)
{
    char name[16] = "";
    FILE *file = fopen("/proc/self/comm", "r");
    if (file != NULL) {
        if (fgets(name, sizeof name, file) == NULL) {
            name[0] = '\0';
        }
        fclose(file);
    }
    return strncmp(name, "qemu-", 5) == 0;
}

static bool parse_number(const char *option, const char *text, double low, double high,
                         double *value)
{
    char *end = NULL;
    *value = strtod(text, &end);
    if (isspace((unsigned char)text[0]) || strpbrk(text, "xX") != NULL || end == text ||
        *end != '\0' || !isfinite(*value) || *value < low || *value > high) {
        hx_complain("--%s %s: not a number from %g to %g", option, text, low, high);
        return false;
    }
    return true;
}

static bool parse_whole(const char *option, const char *text, int high, int *value)
{
    double number = 0;
    if (!parse_number(option, text, 1, high, &number)) {
        return false;
    }
    *value = (int)number;
    if ((double)*value != number) {
        hx_complain("--%s %s: not a whole number", option, text);
        return false;
    }
    return true;
}

static bool parse_seed(const char *text, uint64_t *seed)
{
    char *end = NULL;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (!isdigit((unsigned char)text[0]) || *end != '\0' || errno != 0) {
        hx_complain("--seed %s: not a whole number from 0 to 18446744073709551615", text);
        return false;
    }
    *seed = value;
    return true;
}

static bool parse_setting(struct hx_options *options, const char *text)
{
    struct hx_text why = {0};
    bool is_good = hx_assignments_parse(&options->settings, text, &why);
    if (!is_good) {
        hx_complain("--set: %s", hx_text_string(&why));
    }
    hx_text_free(&why);
    return is_good;
}

static bool parse_trap(struct hx_options *options, const char *text)
{
    if (options->trap_addresses == WM_TRAP_RECEIVERS_MAX) {
        hx_complain("--trap %s: at most %d receivers", text, WM_TRAP_RECEIVERS_MAX);
        return false;
    }
    options->trap_address[options->trap_addresses++] = text;
    return true;
}

static bool battery_option_take(struct hx_battery_options *battery, int id, const char *text)
{
    switch (id) {
    case OPT_OUTPUT:
        battery->output = text;
        return true;
    case OPT_SERIES:
        battery->series = text;
        return true;
    case OPT_EVERY:
        return parse_number("every", text, 0.1, 1e7, &battery->every_s);
    case OPT_AMPS:
        return parse_number("amps", text, 1e-4, 1e6, &battery->amps);
    case OPT_WATTS:
        return parse_number("watts", text, 1e-4, 1e7, &battery->watts);
    case OPT_TO:
        return parse_number("to", text, 0.1, 1000, &battery->to_V);
    case OPT_VOLTS:
        return parse_number("volts", text, 0.1, 1000, &battery->volts);
    case OPT_LIMIT:
        return parse_number("limit", text, 1e-4, 1e6, &battery->limit_A);
    case OPT_TEMPERATURE:
        return parse_number("temperature", text, -40, 80, &battery->temperature_degC);
    case OPT_FROM:
        return parse_number("from", text, 0, 1, &battery->from);
    case OPT_HOURS:
        return parse_number("hours", text, 0.001, 100000, &battery->hours);
    default:
        return false;
    }
}

static bool parse_record_max(const char *text, uint64_t *bytes)
{
    double megabytes = 0;
    const bool is_good = parse_number("record-max", text, 0.001, 256, &megabytes);
    *bytes = (uint64_t)(megabytes * 1e6);
    return is_good;
}

/* Of records; what is left is the battery's. */
static bool record_option_take(struct hx_options *options, int id, const char *text)
{
    switch (id) {
    case OPT_RECORD:
        options->record = text;
        return true;
    case OPT_RECORD_MAX:
        return parse_record_max(text, &options->record_max);
    case OPT_ROUNDS:
        return parse_number("rounds", text, 0, 1e6, &options->rounds);
    case OPT_STEPS:
        return parse_number("steps", text, 0, 1e6, &options->steps);
    default:
        return battery_option_take(&options->battery, id, text);
    }
}

/* What chooses is said once: a second one would silently stand in the place of the first. */
static bool choice_take(const char *option, const char *text, const char **choice)
{
    if (*choice != NULL) {
        hx_complain("--%s %s: it is there already, as %s; keep one, and play the other by itself",
                    option, text, *choice);
        return false;
    }
    *choice = text;
    return true;
}

static bool option_take(struct hx_options *options, int id, const char *text)
{
    switch (id) {
    case OPT_JOBS:
        return parse_whole("jobs", text, JOBS_MAX, &options->jobs);
    case OPT_SEED:
        return parse_seed(text, &options->seed);
    case OPT_FILTER:
        return choice_take("filter", text, &options->filter);
    case OPT_ONLY:
        return choice_take("only", text, &options->only);
    case OPT_WITHOUT:
        return choice_take("without", text, &options->without);
    case OPT_TAG:
        return choice_take("tag", text, &options->tag);
    case OPT_JUNIT:
        options->junit = text;
        return true;
    case OPT_BOARD:
        options->board = text;
        return true;
    case OPT_LOG:
        options->log = text;
        return true;
    case OPT_TAP:
        options->is_tap = true;
        return true;
    case OPT_NO_FORK:
        options->is_forked = false;
        return true;
    case OPT_TIME_LIMIT:
        options->has_time_limit = true;
        return parse_number("time-limit", text, 0.1, 86400, &options->time_limit_s);
    case OPT_SET:
        return parse_setting(options, text);
    case OPT_VERBOSE:
        options->is_verbose = true;
        return true;
    case OPT_MISSING:
        options->is_missing = true;
        return true;
    case OPT_CSV:
        options->is_csv = true;
        return true;
    case OPT_FAULT:
        return choice_take("fault", text, &options->fault);
    case OPT_PLANT:
        return choice_take("plant", text, &options->plant);
    case OPT_MODBUS:
        options->modbus_address = text;
        return true;
    case OPT_SNMP:
        options->snmp_address = text;
        return true;
    case OPT_TRAP:
        return parse_trap(options, text);
    case OPT_SPEED:
        return parse_number("speed", text, 0, 1e6, &options->speed);
    case OPT_FOR:
        return parse_number("for", text, 0.001, 1e9, &options->for_s);
    default:
        return record_option_take(options, id, text);
    }
}

/* The long option with this id, or null. */
static const struct option *option_find(const struct command *command, int id)
{
    const struct option *option = command->options;
    while (option->name != NULL && option->val != id) {
        ++option;
    }
    return option->name != NULL ? option : NULL;
}

static void complain_option(const struct command *command, int id, char *const *argv)
{
    /* getopt tells --tap=5 by the id of an option that takes no value. */
    const struct option *valueless = id == '?' ? option_find(command, optopt) : NULL;
    if (valueless != NULL) {
        hx_complain("--%s: it takes no value; see gbms-bench help %s", valueless->name,
                    command->name);
        return;
    }
    const char letter[] = {'-', (char)optopt, '\0'};
    /* getopt tells a short option by its letter alone. */
    const char *word = id == '?' && optopt != 0 ? letter : argv[optind - 1];
    if (id == ':') {
        hx_complain("%s: it takes a value; see gbms-bench help %s", word, command->name);
        return;
    }
    struct hx_text known = {0};
    for (const struct option *o = command->options; o->name != NULL; ++o) {
        hx_text_add(&known, "%s--%s", known.size > 0 ? ", " : "", o->name);
    }
    hx_complain("unknown option '%s' of %s; known: %s%s", word, command->name,
                known.size > 0 ? known.bytes : "none",
                word == letter ? "; a file with such a name is written ./-name" : "");
    hx_text_free(&known);
}

/* "battery" and what is to be done with it; null with a complaint made. */
static const struct command *battery_find(const char *word)
{
    char name[40] = "";
    (void)snprintf(name, sizeof name, "battery %.20s", word != NULL ? word : "");
    const struct command *command = command_find(name);
    if (command == NULL && word == NULL) {
        hx_complain("battery: what to do is missing; fit, discharge, recharge, float or rest");
    } else if (command == NULL) {
        hx_complain("battery: no '%s'; known: fit, discharge, recharge, float, rest", word);
    }
    return command;
}

bool hx_options_parse(struct hx_options *options, int argc, char **argv)
{
    const struct command *command = command_find(argv[1]);
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    *options = (struct hx_options){
        .program = argv[0],
        .command = argv[1],
        .seed = 1,
        .jobs = processors < 1          ? 1
                : processors > JOBS_MAX ? JOBS_MAX
                                        : (int)processors,
        .is_forked = true,
        .time_limit_s = is_emulated() ? TIME_LIMIT_EMULATED_S : TIME_LIMIT_S,
        .modbus_address = "127.0.0.1:1502",
        .snmp_address = "127.0.0.1:1161",
        .speed = 1,
        .record_max = 16000000,
        .rounds = 2,
        .steps = 1,
        .battery = {.amps = NAN,
                    .watts = NAN,
                    .to_V = NAN,
                    .volts = NAN,
                    .limit_A = NAN,
                    .temperature_degC = 25,
                    .from = NAN,
                    .hours = NAN},
    };
    if (command != NULL && strcmp(command->name, "battery") == 0) {
        command = battery_find(argc > 2 ? argv[2] : NULL);
        if (command == NULL) {
            return false;
        }
        options->command = command->name;
        --argc;
        ++argv;
    }
    if (command == NULL) {
        hx_complain("unknown command '%s'; known: run, compare, replay, check, coverage, matrix, "
                    "serve, board, list, battery, version, help",
                    argv[1]);
        return false;
    }
    const char *letters = command->options == fit_options ? ":o:" : ":";
    opterr = 0;
    /* The subcommand stands where getopt expects the program's name. */
    int id = 0;
    while ((id = getopt_long(argc - 1, argv + 1, letters, command->options, NULL)) != -1) {
        if (id == '?' || id == ':') {
            complain_option(command, id, argv + 1);
            return false;
        }
        if (!option_take(options, id, optarg)) {
            return false;
        }
    }
    options->path = argv + 1 + optind;
    options->paths = argc - 1 - optind;
    return true;
}

void hx_options_free(struct hx_options *options)
{
    hx_assignments_free(&options->settings);
}
