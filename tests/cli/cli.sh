#!/bin/sh
# cli.sh BENCH CASE — one case of what gbms-bench does with its command line, with bad input and
# with scenarios that go wrong: exit status and message of each. Runs from the top of the tree.
#
# Nothing sleeps: what has to be waited for is waited for by reading.
set -u

bench=$1
case_name=$2
work=$(mktemp -d) || exit 1
background=
trap 'test -z "$background" || kill -KILL "$background" 2>/dev/null; rm -rf "$work"' EXIT
out=$work/out

fail() {
    echo "FAILED: $*"
    echo "--- it printed:"
    cat "$out"
    exit 1
}

# Plays the program; leaves $status and what it printed.
bench() {
    "$bench" "$@" >"$out" 2>&1 </dev/null
    status=$?
}

status_is() { test "$status" -eq "$1" || fail "status $status instead of $1"; }
says() { grep -qF -- "$1" "$out" || fail "it should say: $1"; }
# Its folder's name is drawn by lot, and may have any word in it.
says_not() { ! sed "s|$work||g" "$out" | grep -qF -- "$1" || fail "it should not say: $1"; }

# A scenario file from standard input.
scenario_file() { cat >"$work/$1.lua"; }

# A file with one scenario whose body is standard input, from line 5 on.
story() {
    {
        printf 'scenario [=[%s]=] {\n  plant = "guide_dashboard",\n' "${2:-it is a story}"
        printf '  run = function(plant)\n    settle()\n'
        cat
        printf '  end,\n}\n'
    } >"$work/$1.lua"
}

plant_file() {
    mkdir -p "$work/plants"
    cat >"$work/plants/$1.lua"
    printf 'scenario "s" { plant = "%s", run = function(plant) settle() end }\n' "$1" \
        >"$work/with_$1.lua"
}

# ---- command line -------------------------------------------------------------------------------

case_usage() {
    bench
    status_is 2
    says "a command is missing"
    bench rum
    status_is 2
    says "unknown command 'rum'; known: run, compare"
    bench --help
    status_is 0
    says "usage: gbms-bench"
    bench help serve
    status_is 0
    says "--speed"
    bench --version
    status_is 0
    says "gbms-bench "
}

case_unknown_option() {
    bench run --sed 3
    status_is 2
    says "unknown option '--sed' of run; known: --jobs"
    bench run --seed
    status_is 2
    says "--seed: it takes a value"
    bench run --tap=5
    status_is 2
    says "gbms-bench: --tap: it takes no value"
    bench run -dash.lua
    status_is 2
    says "unknown option '-d' of run; known: --jobs"
    bench run -h
    status_is 0
    says "usage: gbms-bench run"
    bench list --tap
    status_is 2
    says "unknown option '--tap' of list"
}

case_bad_values() {
    for wrong in "--jobs 0" "--jobs 1.5" "--jobs many" "--seed -1" "--seed 1x" \
        "--time-limit 0" "--time-limit nan"; do
        # Two words on purpose.
        bench run $wrong
        status_is 2
        says "gbms-bench: ${wrong% *}"
    done
    bench run --set voltage.dely=3
    status_is 2
    says "no setting 'voltage.dely'; known: bank.module_type"
    bench run --set voltage.delay=often
    status_is 2
    says "setting voltage.delay = often"
    bench run --set voltage.delay=0x10
    status_is 2
    says "setting voltage.delay = 0x10"
    bench run --jobs 0x2
    status_is 2
    says "--jobs 0x2: not a number"
    bench run --set bank.strings=3
    status_is 2
    says "--set: bank.strings is what the plant is"
    bench run --set bank.sensor_range=300
    status_is 2
    says "--set: bank.sensor_range is what the plant is"
    bench version extra
    status_is 2
    says "'extra' is one word too many"
    bench help run extra
    status_is 2
    says "'extra' is one word too many"
    bench list points scenarios
    status_is 2
    says "list points: 'scenarios' is one word too many"
    bench run --set voltage.delay
    status_is 2
    says "write NAME=VALUE"
}

case_missing_file() {
    bench run "$work/nothing.lua"
    status_is 2
    says "gbms-bench: $work/nothing.lua: cannot be read: No such file or directory"
    says "nothing was run"
    mkdir "$work/empty"
    bench run "$work/empty"
    status_is 2
    says "$work/empty: no scenario files"
    bench serve no_such_plant
    status_is 2
    says "no plant 'no_such_plant'; known: "
    says "guide_dashboard"
    printf '' >"$work/blank.lua"
    bench check "$work/blank.lua"
    status_is 2
    says "blank.lua:1: no scenario in this file"
}

# ---- files that do not load: nothing runs -------------------------------------------------------

case_syntax_error() {
    printf 'scenario "x" {\n  plant = = 3\n}\n' | scenario_file bad
    echo 'expect(plant):is_quiet()' | story good
    bench run "$work"
    status_is 2
    says "gbms-bench: $work/bad.lua:2: unexpected symbol near '='"
    says "nothing was run"
    says_not "passed"
    says_not "trace"
    bench check "$work/bad.lua"
    status_is 2
    says "bad.lua:2:"
}

# What Lua itself says without a place.
case_placeless() {
    mkdir "$work/plants"
    printf '\033Lua' >"$work/plants/binary.lua"
    printf '\033Lua' >"$work/binary.lua"
    printf 'local big = ("x"):rep(1000000000)\n' >"$work/plants/big.lua"
    bench check "$work/binary.lua"
    status_is 2
    says "gbms-bench: $work/binary.lua: attempt to load a binary chunk"
    bench serve "$work/plants/binary.lua"
    status_is 2
    says "gbms-bench: $work/plants/binary.lua: attempt to load a binary chunk"
    bench serve "$work/plants/big.lua"
    status_is 2
    says "gbms-bench: $work/plants/big.lua: not enough memory"
}

case_long_file_names() {
    deep=$work/a_folder_with_a_rather_long_name/and_another_one_that_is_even_longer_than_that
    mkdir -p "$deep"
    printf 'local x = = 1\n' >"$deep/syntax.lua"
    bench check "$deep/syntax.lua"
    status_is 2
    says "gbms-bench: $deep/syntax.lua:1: unexpected symbol"
    echo 'local t = nil; t.x = 1' | story error
    mv "$work/error.lua" "$deep/error.lua"
    bench run "$deep/error.lua"
    status_is 1
    says "$deep/error.lua:5: attempt to index a nil value"
}

# uptime_is_bad VALUE WHY
uptime_is_bad() {
    printf 'scenario "x" {\n plant = "guide_dashboard", run = print, uptime = %s }\n' "$1" |
        scenario_file uptime
    bench check "$work/uptime.lua"
    status_is 2
    says "uptime.lua:1: $2"
}

case_bad_definitions() {
    printf 'scenario "x" { plan = "guide_dashboard", run = function() end }\n' | scenario_file key
    bench check "$work/key.lua"
    status_is 2
    says "key.lua:1: no key in a scenario 'plan'; known: allow, needs, plant, run, settings, tags, uptime"
    printf 'scenario "x" { plant = "guide_dashbord",\n run = function() end }\n' |
        scenario_file plant
    bench check "$work/plant.lua"
    status_is 2
    says "plant.lua:1: no plant 'guide_dashbord'; known: "
    says "guide_dashboard"
    printf 'scenario "x" { plant = "guide_dashboard" }\n' | scenario_file run
    bench check "$work/run.lua"
    status_is 2
    says "run.lua:1: a scenario needs run"
    printf 'scenario "x"\n' | scenario_file half
    bench check "$work/half.lua"
    status_is 2
    says 'half.lua:1: scenario "x" has no table'
    printf 'local s = { plant = "guide_dashboard", run = print }\nscenario "x" (s)\nscenario "x" (s)\n' |
        scenario_file twice
    bench check "$work/twice.lua"
    status_is 2
    says "twice.lua:3: a scenario 'x' is there already, at $work/twice.lua:2"
    printf 'scenario "x" { plant = "guide_dashboard", needs = { "magic" }, run = print }\n' |
        scenario_file need
    bench check "$work/need.lua"
    status_is 2
    says "need.lua:1: no need 'magic'; known: ipv6, real_board, virtual_time"
    printf 'scenario "x" { plant = "guide_dashboard", run = print,\n settings = { ["a.b"] = 1 } }\n' |
        scenario_file setting
    bench check "$work/setting.lua"
    status_is 2
    says "setting.lua:1: no setting 'a.b'; known: "
    uptime_is_bad '"a day"' "uptime is a number, got string"
    uptime_is_bad -1 "uptime takes a duration in seconds, as minutes(5), up to ten years; got -1"
    uptime_is_bad 0/0 "uptime takes a duration"
    uptime_is_bad 'days(3651)' "uptime takes a duration in seconds, as minutes(5), up to ten years; got 315446400"
    printf 'plant "p" { modules = 2 }\n' | scenario_file plant
    bench check "$work/plant.lua"
    status_is 2
    says "plant.lua:1: this is a plant; play a scenario that says plant = \"NAME\", or serve it"
    printf 'expect(3):is(3)\n' | scenario_file outside
    bench check "$work/outside.lua"
    status_is 2
    says "outside.lua:1: "
    printf 'wait(3)\n' | scenario_file early
    bench check "$work/early.lua"
    status_is 2
    says "early.lua:1: this word belongs inside a scenario's run"
    printf 'expect.modbus(1000):is(3)\n' | scenario_file raw
    bench check "$work/raw.lua"
    says "raw.lua:1: this word belongs inside a scenario's run"
    printf 'error({})\n' | scenario_file raised
    bench check "$work/raised.lua"
    says "raised.lua:1: error({...}): a script raised a table"
    printf 'local s = "x"\nwhile true do s = s .. s end\n' | scenario_file bomb
    bench check "$work/bomb.lua"
    says "bomb.lua"
    says "not enough memory"
}

case_unknown_global() {
    printf 'local x = os.time()\n' | scenario_file top
    bench check "$work/top.lua"
    status_is 2
    says "top.lua:1: no global 'os'; known: "
    printf 'x = 3\n' | scenario_file set
    bench check "$work/set.lua"
    status_is 2
    says "set.lua:1: globals are read-only; write: local x = ..."
    echo 'wiat(3)' | story inside
    bench run "$work/inside.lua"
    status_is 1
    says "error"
    says "inside.lua:5: no global 'wiat'; known: "
    says "wait, within"
}

case_endless_load() {
    printf 'local n = 0\nwhile true do\n  n = n + 1\nend\n' | scenario_file loop
    bench run --time-limit 1 "$work/loop.lua"
    status_is 2
    says "loop.lua:"
    says "no end within the time limit"
    printf 'string.find(("a"):rep(40), (".-"):rep(40) .. "b")\n' | scenario_file pattern
    bench run --time-limit 1 "$work/pattern.lua"
    status_is 2
    says "$work/pattern.lua: no end within the time limit, in C"
}

# What no count of instructions ends.
case_endless_file() {
    pattern='string.find(("a"):rep(40), (".-"):rep(40) .. "b")'
    echo "$pattern" >"$work/type.lua"
    bench battery rest "$work/type.lua"
    status_is 2
    says "$work/type.lua: no end within the time limit, in C; let its patterns"
    test "$(wc -l <"$out")" -eq 1 || fail "more than one line"
}

# ---- plants that break a limit ------------------------------------------------------------------

case_plants() {
    printf 'plant "p513" { strings = 1, modules = 513 }\n' | plant_file p513
    bench run "$work/with_p513.lua"
    status_is 2
    says "p513.lua:1: "
    says "513 is more than the webmanager takes; at most 512"
    printf 'plant "p17" { strings = 17, modules = 2 }\n' | plant_file p17
    bench run "$work/with_p17.lua"
    status_is 2
    says "p17.lua:1: "
    says "17 is more than the webmanager takes; at most 16"
    printf 'plant "uneven" { strings = 4, modules_total = 18 }\n' | plant_file uneven
    bench run "$work/with_uneven.lua"
    status_is 2
    says "uneven.lua:1: "
    says "18 modules don't divide evenly into 4 strings; 16 or 20 would"
    printf 'plant "broken" {\n  strings = = 2 }\n' | plant_file broken
    bench run "$work/with_broken.lua"
    status_is 2
    says "broken.lua:2:"
    printf 'plant "twice" { strings = 1, modules = 4, settings = { ["bank.strings"] = 4 } }\n' |
        plant_file twice
    bench check "$work/with_twice.lua"
    status_is 2
    says "twice.lua:1: "
    says "bank.strings"
    printf 'plant "word" { string_count = 2 }\n' | plant_file word
    bench check "$work/with_word.lua"
    status_is 2
    says 'word.lua:1: plant has no property "string_count"; it has: ambient'
}

# What contradicts is a mistake of set-up: nothing runs, whoever said it (decision H4).
case_contradictions() {
    printf 'plant "upside" { settings = { ["voltage.low_alarm"] = 14.5, %s } }\n' \
        '["voltage.high_alarm"] = 13' | plant_file upside
    for command in run check; do
        bench $command "$work/with_upside.lua"
        status_is 2
        says "plants/upside.lua:1: settings contradict one another: voltage levels must rise"
        says_not "seed"
    done
    bench serve "$work/plants/upside.lua" --modbus 127.0.0.1:0 --snmp 127.0.0.1:0 --for 1
    status_is 2
    says "settings contradict one another: voltage levels must rise"
    printf 'scenario "s" { plant = "guide_dashboard", run = print,\n settings = { %s } }\n' \
        '["snmp.receiver_1_address"] = trap_receiver(1), ["snmp.receiver_1_version"] = "v3"' |
        scenario_file voiceless
    bench run "$work/voiceless.lua"
    status_is 2
    says "voiceless.lua:1: settings contradict one another: a trap receiver of SNMP v3"
    says "nothing was run"
    {
        printf 'scenario "s" { plant = "guide_dashboard", run = print, settings = {\n'
        for i in 1 2 3 4 5 6 7 8; do
            printf '["snmp.receiver_%d_address"] = "127.0.0.1:%d",\n' $i $i
        done
        printf '} }\n'
    } | scenario_file crowded
    bench run "$work/crowded.lua"
    status_is 2
    says "crowded.lua:1: all 8 trap receivers are the scenario's; leave one to the bench"
    bench run --set voltage.low_alarm=14.5 --set voltage.high_alarm=13 scenarios/aux
    status_is 2
    says "--set: settings contradict one another: voltage levels must rise"
    says "scenarios/aux/all_lines.lua:"
    says "nothing was run"
    printf 'plant "raised" { settings = { ["voltage.low_alarm"] = 13 } }\n' | plant_file raised
    bench check "$work/with_raised.lua"
    status_is 2
    printf 'scenario "s" { plant = "raised", run = print,\n settings = { %s } }\n' \
        '["voltage.low_warn"] = 13.1' | scenario_file with_raised
    bench check "$work/with_raised.lua"
    status_is 0
}

# A scenario on the plant `far` that allows so much.
far_story() {
    {
        printf '\nscenario "s" { plant = "far", allow = %s, run = function(plant)\n' "$1"
        printf '  settle() wait(120) expect(plant):has_not "module_lost" end }\n'
    } >"$work/s.lua"
}

# A plant that breaks a wiring rule: nobody plays on it who has not asked for that.
case_wiring() {
    printf 'plant "far" {\n  wiring = { box = { { cable = 12 } } },\n}\n' | plant_file far
    bench check "$work/with_far.lua"
    status_is 2
    says "far.lua:1: wiring rule C, webmanager to splitting box: 12 m at box[1]; at most 10: "
    says 'or say allow = "C" to see what comes of it'
    bench serve "$work/plants/far.lua"
    status_is 2
    says "far.lua:1: wiring rule C"

    far_story '"C"'
    bench run "$work/s.lua"
    status_is 0
    sed 's/"s"/"t"/' "$work/with_far.lua" >>"$work/s.lua"
    bench run "$work/s.lua"
    status_is 2
    says "far.lua:1: wiring rule C"
    says "nothing was run"
    far_story '{ "C", "E" }'
    bench check "$work/s.lua"
    status_is 2
    says "s.lua:2: "
    says 'far.lua:1: allow = "E": nothing in this plant breaks that wiring rule; leave it out'
    far_story '"B"'
    bench check "$work/s.lua"
    status_is 2
    says 's.lua:2: '
    says 'allow: there is no wiring rule "B"; there are: A, C, D, E, F, G, H, I, box, boxes, line,'
    far_story '{ 3 }'
    bench check "$work/s.lua"
    status_is 2
    says "s.lua:2: allow is a list of names"
    far_story 3
    bench check "$work/s.lua"
    says "s.lua:2: allow is a string or table, got number"

    echo 'plant:cable("webmanager", "module[1]"):cut() expect(plant):is_quiet()' | story idle
    bench run "$work/idle.lua"
    status_is 1
    says 'cable("webmanager", "module[1]"):cut() was asked for and nobody beyond it was asked since'
}

# ---- verdicts -----------------------------------------------------------------------------------

case_unknown_words() {
    echo 'plant.string[1].module[1].voltag = 3' | story property
    bench run "$work/property.lua"
    status_is 1
    says "property.lua:5: "
    says 'has no property "voltag"; it has: '
    says "temperature"
    echo 'expect(plant):has "voltage_hihg"' | story alarm
    bench run "$work/alarm.lua"
    status_is 1
    says "alarm.lua:5: no alarm 'voltage_hihg'; known: battery_breaker_open"
    says "voltage_high"
    echo 'expect(plant):hass "voltage_high"' | story word
    bench run "$work/word.lua"
    status_is 1
    says "word.lua:5: no expectation of a plant ':hass'; known: :has, :has_not, :is_quiet"
    echo 'expect.modbas(1000):is(0)' | story window
    bench run "$work/window.lua"
    status_is 1
    says "window.lua:5: no expectation 'expect.modbas'; known: expect.modbus"
    echo 'expect.snmp("bacsModulVoltage", 3):is(0)' | story object
    bench run "$work/object.lua"
    status_is 1
    says "object.lua:5: no object 'bacsModulVoltage'; known: a dotted OID, "
    for wrong in '("1..3")' '("bacsModuleVoltage", 0)'; do
        echo "expect.snmp$wrong:is(3)" | story oid
        bench run "$work/oid.lua"
        says "1 error"
        says "oid.lua:5: "
        says_not "no object"
    done
    echo 'expect.modbus("1000"):is(3)' | story register
    bench run "$work/register.lua"
    says "register.lua:5: expect.modbus takes a register's number, got string"
    echo 'expect(plant.string[1].module[1]):has "voltage_warn_high"' | story shown
    bench run "$work/shown.lua"
    status_is 1
    says "no window shows voltage_warn_high of a module; ask the plant"
    echo 'expect(plant.string[1]):has "thermal_runaway"' | story string
    bench run "$work/string.lua"
    status_is 1
    says "no window shows thermal_runaway of a string; ask the plant"
    says "1 error"
}

# mistake LINE TEXT: a scenario with this line is an error that says the text.
mistake() {
    echo "$1" | story mistake
    bench run "$work/mistake.lua"
    status_is 1
    says "1 error"
    says "mistake.lua:5: $2"
}

case_unknown_managers() {
    mistake 'operator.snmp:sett { sysName = "x" }' "no verb of operator.snmp 'sett'; known: as, get"
    mistake 'operator.snmp:set { sysName = "x" }' 'there is no write community; say settings = '
    mistake 'operator.snmp:try {}' 'try takes what to set: { bacsVoltageHighAlarm = 15.2'
    mistake 'operator.snmp:try { bacsStatus = 3 }' \
        "no setting or text that is an object 'bacsStatus'; known: bacsBattCap"
    mistake 'operator.snmp:try { sysName = 3 }' 'sysName takes a text, got number'
    mistake 'operator.snmp:try { bacsTemperatureUnit = "kelvin" }' \
        'bacsTemperatureUnit takes the name of a choice, got "kelvin"'
    mistake 'operator.snmp:try { { "sysName", "x", "text" } }' "no type 'text'; known: address"
    mistake 'operator.snmp:as { user = "joe", community = "x" }' \
        'a manager has either a community, by v1 or v2c, or the name of a user'
    mistake 'operator.snmp:as { user = "joe", auth = "short" }' \
        'level auth takes a passphrase `auth` of 8 bytes at least'
    mistake 'operator.snmp:as { comunity = "x" }' "no word about a manager 'comunity'; known: auth"
    mistake 'operator.snmp:sends "xyz"' 'sends takes bytes in hexadecimal'
    mistake 'expect.snmp_as { community = "x" }:is_refused "wrongdigest"' \
        "no error 'wrongdigest'; known: authorizationError"
    mistake 'expect.trap { added = "voltage_high", recever = 1 }' \
        "no word about a trap 'recever'; known: added"
    mistake 'expect.trap { told = "warmStart" }' \
        "no notification 'warmStart'; known: authenticationFailure, coldStart"
    mistake 'expect.traps_in_order { "voltage" }' 'expect.traps_in_order takes a list of traps'
    mistake 'expect.traps_in_order { "voltage_high", nil, "voltage" }' \
        'expect.traps_in_order has a hole: its entry 2 is nil, and the last is 3'
    mistake 'operator.snmp:try { { "sysName", "x" }, nil, { "sysLocation", "y" } }' \
        'try has a hole: its entry 2 is nil, and the last is 3'
    mistake 'expect.modbus(1000, 3):is { 65, nil, 7 }' \
        'what :is takes has a hole: its entry 2 is nil, and the last is 3'
    mistake 'expect.operator("show status"):shows_in_order { "x", nil, "y" }' \
        'what :shows_in_order takes has a hole: its entry 2 is nil, and the last is 3'
    mistake 'trap_receiver(8)' 'trap_receiver takes a number from 1 to 7'
    mistake 'trap_receiver(1):mute()' "no verb of a trap receiver 'mute'; known: :plug, :unplug"
    mistake 'expect.setting "snmp.write_community":is "x"' \
        'snmp.write_community is told nowhere; say :is_set() or :is_not_set()'
    printf 'scenario "s" { plant = "guide_dashboard", run = print,\n settings = { %s } }\n' \
        '["system.name"] = trap_receiver(1)' | scenario_file receiver
    bench check "$work/receiver.lua"
    says 'trap_receiver(1) is for ["snmp.receiver_1_address"] and its like'
}

# What reads as an expectation and is none.
case_says_nothing() {
    echo 'within(1, function() wait(300) expect(plant):has "voltage_high" end)' | story waits
    echo 'throughout(1, function() settle() expect(plant):is_quiet() end)' | story settles
    printf '    expect(plant):is_quiet()\n    expect(plant.string[1].module[1].voltage)\n' |
        story no_wish
    echo 'expect(plant):is_quiet() within(9, function() expect.modbus(1000) end)' | story raw
    echo 'expect(plant):is_quiet() assert(expect(plant).is_quiet)' | story not_called
    echo 'expect(plant):is_quiet() within(9, function() end)' | story empty
    echo 'expect(plant):is_quiet() throughout(9, function() end)' | story hollow
    echo 'expect(plant):is_quiet() scenario "q" { plant = "guide_dashboard", run = print }' |
        story inside
    bench run "$work"
    status_is 1
    says "waits.lua:5: wait inside the function of within"
    says "settles.lua:5: settle inside the function of throughout"
    says "no_wish.lua:6: this expect(...) says nothing; let one of these follow: :is, "
    says "raw.lua:5: this expect(...) says nothing"
    says "not_called.lua:5: this expect(...) says nothing"
    says "empty.lua:5: the function of within expects nothing"
    says "hollow.lua:5: the function of throughout expects nothing"
    says "inside.lua:5: a scenario inside another's run is never played"
    says "0 passed, 0 failed, 8 error"
    rm "$work"/*.lua
    printf 'scenario "s" { plant = "guide_dashboard", run = function()\n expect.no_trap() end }\n' |
        scenario_file no_trap
    bench run "$work"
    says "want at least one expectation"
    says "0 passed, 1 failed"
}

# A plant with this battery function and one module.
battery_plant() {
    mkdir -p "$work/plants"
    printf 'plant "p" { strings = 1, modules = 1,\n battery = %s }\n' "$1" >"$work/plants/p.lua"
}

# What breaks in a plant file is its own error, however the expectations stand.
case_broken_plant() {
    for holds in "is_near(13.5, 1)" "is_unavailable()"; do
        printf 'scenario "s" { plant = "p", run = function(plant)\n wait(30)\n' >"$work/s.lua"
        printf ' expect(plant.string[1].module[1].voltage):%s end }\n' "$holds" >>"$work/s.lua"
        for what in 'error("boom")' 'return 0/0' 'return "x"'; do
            battery_plant "function() $what end"
            bench run "$work/s.lua"
            status_is 1
            says "error   $work/s.lua: s"
            says "p.lua:2: "
            says "module 1"
            says "0 passed, 0 failed, 1 error"
            says_not "want "
        done
    done
    battery_plant 'function() while true do end end'
    bench run --time-limit 1 "$work/s.lua"
    status_is 1
    says "hang    $work/s.lua: s"
    says "p.lua:2: no end within the time limit"
}

# What no block stands is an error of the story, not something its firmware is judged by.
case_broken_battery() {
    printf '    plant.string[1].current = -10000\n    wait(300)\n    expect(plant):is_quiet()\n' |
        story hot
    sed -i 's/guide_dashboard/two_strings_of_nine/' "$work/hot.lua"
    bench run "$work/hot.lua"
    status_is 1
    says "error   $work/hot.lua: "
    says " A of ripple, which no block is (at most 200 degC); push less current, voltage or resistance there"
    says "$work/hot.lua:"
    says "0 passed, 0 failed, 1 error"
    printf '    plant.string[1].current = -10\n    plant.charger:ripple()\n' >"$work/body"
    printf '    plant.string[1].module[1]:cell_open()\n    wait(minutes(5))\n' >>"$work/body"
    printf '    expect(plant.string[1].module[1].temperature):is_near(24, 3)\n' >>"$work/body"
    story open <"$work/body"
    sed -i 's/guide_dashboard/two_strings_of_nine/' "$work/open.lua"
    bench run "$work/open.lua"
    status_is 0
}

# A hook that goes wrong: FILE:LINE and what it was. Line 5 hooks, line 6 waits and expects.
hooked() {
    printf '%s\nwithin(99, function() expect(plant):has "voltage_high" end)\n' "$1" | story hook
    bench run --time-limit 2 "$work/hook.lua"
    status_is 1
    says "$2"
    says "$3"
    says "0 passed, 0 failed, 1 "
    says_not "want "
}

case_broken_hook() {
    device='plant.module[2]:behave { measure = function(q, built_in)'
    device_is='(string[1].module[2]:behave, measure)'
    hooked 'plant:on_step(function() error "boom" end)' "hook.lua:5: boom" "(plant:on_step)"
    hooked 'plant:on_frame(function() local x = nil + 1 end)' "hook.lua:5: attempt" \
        "(plant:on_frame)"
    hooked "$device built_in().x.y = 1 end }" "hook.lua:5: attempt to index" "$device_is"
    hooked "$device return { voltage = -1 } end }" "hook.lua:5: voltage is a number" "$device_is"
    hooked 'plant:on_step(function() plant.module[1].led = 3 end)' \
        "hook.lua:5: module only shows" "(plant:on_step)"
    hooked 'plant:on_step(function() os.exit() end)' "hook.lua:5: no global 'os'" "(plant:on_step)"
    hooked 'plant:on_step(function() string.find(("a"):rep(40), (".-"):rep(40) .. "b") end)' \
        "in what $work/hook.lua:5 calls; let its patterns and repetitions end, or raise --time" \
        "hang    $work/hook.lua"
    says_not "it was here"
    for what in 'wait(3)' 'settle()' 'expect(plant):is_quiet()' 'operator "show alarms"' \
        'expect.no_trap()' 'within(3, function() expect(plant):is_quiet() end)' \
        'expect.trap "voltage"' 'operator.snmp:get "sysUpTime"' 'trap_receiver(1):unplug()'; do
        hooked "plant:on_step(function() $what end, { every = 5 })" \
            "hook.lua:5: a hook takes no time and looks at nothing from outside" "(plant:on_step)"
    done
    loop='local n = 0 while true do n = n + 1 end'
    for what in "plant:on_step(function() $loop end)" "plant:on_frame(function() $loop end)" \
        "$device $loop end }"; do
        hooked "$what" "hook.lua:5: no end within the time limit" "hang    $work/hook.lua"
    done
}

# What was hooked and never called fails its scenario (decision H3).
case_idle_hook() {
    printf '    plant:on_step(function() end, { every = hours(1) })\n' >"$work/body"
    printf '    wait(rounds(2))\n    expect(plant):is_quiet()\n' >>"$work/body"
    story step <"$work/body"
    printf '    plant:on_frame(function() end):remove()\n    expect(plant):is_quiet()\n' | story frame
    printf '    plant.module[1]:behave {\n     identify = function() end }\n' >"$work/body"
    printf '    wait(rounds(2))\n    expect(plant):is_quiet()\n' >>"$work/body"
    story device <"$work/body"
    bench run "$work"
    status_is 1
    says "plant:on_step was asked for and never called: the function at $work/step.lua:5"
    says "plant:on_frame was asked for and never called: the function at $work/frame.lua:5"
    says "string[1].module[1]:behave, identify was asked for and never called: the function at $work/device.lua:6"
    says "0 passed, 3 failed"
}

# Verbs of a file's own: where they clash, and what an unknown one is told.
case_own_verbs() {
    verb='define_verb("module", "%s", function(module, t) module.voltage = t.to end)\n'
    own='scenario "s" { plant = "guide_dashboard", run = function(plant)\n settle()\n'
    printf "$verb$own plant.module[1]:lift { to = 16 }\n" lift >"$work/own.lua"
    printf 'within(9, function() expect(plant):has "voltage_high" end) end }\n' >>"$work/own.lua"
    bench run "$work/own.lua"
    status_is 0
    printf "$verb$own plant.module[1]:heat() end }\n" lift >"$work/own.lua"
    bench run "$work/own.lua"
    says "own.lua:4: module has no property \"heat\"; it has: address,"
    says "hold, joint, let_go, lift, low_capacity, mute"
    printf "$verb$own plant.module[1]:lift {} end }\n" lift >"$work/own.lua"
    bench run "$work/own.lua"
    says "own.lua:1: module.voltage is a number (V), not a nil"
    printf "$verb" drift >"$work/own.lua"
    bench check "$work/own.lua"
    status_is 2
    says 'own.lua:1: module knows "drift" already; give the verb another name'
    printf "$verb$verb" lift lift >"$work/own.lua"
    bench check "$work/own.lua"
    says "own.lua:2: module:lift is defined already, at $work/own.lua:1"
    printf "$own define_verb('plant', 'x', print) end }\n" >"$work/own.lua"
    bench run "$work/own.lua"
    says "own.lua:3: define_verb belongs beside the scenarios of a file, not inside a run"
    printf 'plant "p" {}\n' | plant_file p
    printf "$verb" lift >>"$work/plants/p.lua"
    printf "${verb}scenario 's' { plant = 'p', run = print }" lift >"$work/own.lua"
    bench run "$work/own.lua"
    status_is 1
    says "p.lua:2: module:lift is defined already, at $work/own.lua:1"
}

# A service on such a plant ends with the reason.
case_serve_broken_plant() {
    for what in 'error("boom")' 'while true do end'; do
        battery_plant "function() $what end"
        bench serve "$work/plants/p.lua" --modbus 127.0.0.1:0 --snmp 127.0.0.1:0 --for 8
        status_is 2
        says "gbms-bench: "
        says "p.lua:2: "
        says "module 1"
        says_not "ready"
    done
}

# One that does not even load, while signals wait to be read.
case_serve_endless_plant() {
    printf 'local n = 0\nwhile true do\n  n = n + 1\nend\n' >"$work/loop.lua"
    bench serve "$work/loop.lua" --modbus 127.0.0.1:0 --snmp 127.0.0.1:0 --for 60
    status_is 2
    says "loop.lua:"
    says "no end within the time limit of 10.0 s; let the loop end"
    says_not "--time-limit"
}

case_board_endless_plant() {
    printf 'local n = 0\nwhile true do\n  n = n + 1\nend\n' >"$work/loop.lua"
    echo "board \"b\" { line = \"pty:$work/bus\" }" >"$work/board.lua"
    bench board "$work/board.lua" "$work/loop.lua" --for 60
    status_is 2
    says "loop.lua:"
    says "no end within the time limit of 10.0 s; let the loop end"
}

# What is long is no hang in C: the line is told, and how far it came.
case_long_wait() {
    echo 'wait(days(3650)) expect(plant):is_quiet()' | story long
    echo 'throughout(days(3650), function() expect(plant):is_quiet() end)' | story all
    bench run --time-limit 1 "$work"
    status_is 1
    says "long.lua:5: wait of 3650 d had come to virtual "
    says "after the time limit of 1 s; shorten it, or raise --time-limit"
    says "all.lua:5: "
    says "0 passed, 0 failed, 2 hang"
    says_not "it was here:"
}

# A probe that is killed says nothing about the webmanager.
case_dead_probe() {
    {
        echo 'local n = 0 while n < 3e7 do n = n + 1 end'
        echo 'within(rounds(3), function() expect(plant):is_quiet() end)'
    } | story slow
    "$bench" run --jobs 1 "$work/slow.lua" >"$out" 2>&1 </dev/null &
    background=$!
    probe=
    while test -z "$probe"; do
        kill -0 "$background" 2>/dev/null || fail "it ended before its worker began"
        worker=$(children "$background")
        test -z "$worker" || probe=$(children "${worker%% *}")
    done
    kill -KILL "${probe%% *}"
    wait "$background"
    status=$?
    background=
    status_is 1
    says "error   $work/slow.lua"
    says "the probe"
    says "0 passed, 0 failed, 1 error"
}

case_lua_error() {
    printf '    local function inner()\n      error "of mine"\n    end\n    inner()\n' | story lua
    bench run "$work/lua.lua"
    status_is 1
    says "error   $work/lua.lua: it is a story"
    says "lua.lua:6: of mine"
    says "lua.lua:8: in"
    says "0 passed, 0 failed, 1 error, 0 skipped"
    printf 'scenario "s" { plant = "guide_dashboard",\n run = function() print(plant) end }\n' |
        scenario_file giftless
    bench run "$work/giftless.lua"
    status_is 1
    says "giftless.lua:2: the plant is what run is given: run = function(plant)"
}

case_nothing_asserted() {
    echo 'wait(3)' | story idle
    bench run "$work/idle.lua"
    status_is 1
    says "failed  $work/idle.lua"
    says "want at least one expectation"
    says "0 passed, 1 failed, 0 skipped"
}

case_idle_fault() {
    printf '    plant.bus:corrupt { nth = 100000 }\n    expect(plant):is_quiet()\n' | story idle
    bench run "$work/idle.lua"
    status_is 1
    says "failed  "
    says "want every fault that was asked for to happen"
    printf '    plant.webmanager.store:fail()\n    settle()\n    expect(plant):is_quiet()\n' |
        story idle_store
    bench run "$work/idle_store.lua"
    status_is 1
    says "webmanager.store:fail() was asked for and nothing was written there since"
    printf '    plant.webmanager:cut_power { nth_write = 6 }\n    operator "set voltage.delay 5"\n' >"$work/body"
    printf '    expect.setting "voltage.delay":is(5)\n' >>"$work/body"
    story uncut <"$work/body"
    printf '    plant.webmanager:restart { after = 60 }\n    expect(plant.webmanager):is_off()\n' |
        story dark
    bench run "$work/uncut.lua" "$work/dark.lua"
    status_is 1
    says "0 passed, 2 failed"
    says "cut_power{nth_write=6} was asked for and it did not write so often"
    says "restart{} was asked for and the power did not come back in time"
    printf '    settle()\n    plant.module[2]:slow { at = days(2) }\n    expect(plant):is_quiet()\n' |
        story never
    bench run "$work/never.lua"
    status_is 1
    says "module[2]:slow{latency=0.05} was asked for and its start was never reached"
}

case_endless_loop() {
    printf '    local n = 0\n    while true do\n      n = n + 1\n    end\n' | story loop
    bench run --time-limit 1 "$work/loop.lua"
    status_is 1
    says "hang    $work/loop.lua"
    says "no end within the time limit"
    grep -q 'loop.lua:[678]: no end' "$out" || fail "it should name the line"
    says "0 passed, 0 failed, 1 hang, 0 skipped"
    printf '    while true do\n      wait(1)\n    end\n' | story waiting
    bench run --time-limit 1 "$work/waiting.lua"
    status_is 1
    says "hang    "
}

# A hang in C that no Lua hook sees: the worker ends itself with a backtrace.
case_hang_in_c() {
    printf '    note "so far it went well"\n    wait(minutes(2))\n' >"$work/body"
    printf '    string.find(("a"):rep(40), (".-"):rep(40) .. "b")\n' >>"$work/body"
    story pattern <"$work/body"
    bench run --time-limit 1 "$work/pattern.lua"
    status_is 1
    says "hang    $work/pattern.lua: it is a story (00:02:00)"
    says "pattern.lua:1: no end within the time limit, in C, in what $work/pattern.lua:7 calls"
    says "it was here:"
    # What the process knew outlives it, and nothing is said twice.
    says "note 00:00:00"
    says "so far it went well"
    says "bus  00:02:00"
    test "$(grep -c "no end within the time limit" "$out")" -eq 1 || fail "its first line twice"
}

case_memory() {
    printf '    local s = "x"\n    while true do s = s .. s end\n' | story memory
    bench run "$work/memory.lua"
    status_is 1
    says "error   "
    says "not enough memory"
}

# The children of a process.
children() { cat "/proc/$1/task/$1/children" 2>/dev/null; }

# ---- coverage -----------------------------------------------------------------------------------

# The row of a thing in CSV: kind, name, scenarios that exercised it, those that asserted it.
covered() {
    grep -qE "^$1,\"$2\",$3,\"[^\"]*\",$4,\"" "$out" || fail "it should have $1 $2 $3 times, $4 asserted"
}

case_coverage() {
    story a_lost "a module is lost" <<'END'
    plant.module[3]:unplug()
    within(rounds(5), function() expect(plant.module[3]):has "module_lost" end)
    expect.trap "system_error"
END
    story b_voltage "a voltage" <<'END'
    expect(plant.module[3].voltage):is(12.941)
    expect.modbus(1013):is(0)
END
    bench coverage "$work"
    status_is 1
    says "registers "
    says_not "passed "
    test "$(tail -n 1 "$out" | cut -d ' ' -f 1)" = registers || fail "the summary comes last"
    says "$work/a_lost.lua: a module is lost"
    bench coverage --missing "$work"
    says_not "module_main.voltage "
    says "only exercised: $work/a_lost.lua: a module is lost"
    bench coverage --csv --jobs 1 "$work"
    status_is 1
    cp "$out" "$work/one"
    says "kind,name,exercised,first_exercised,asserted,first_asserted,worst_rounds,worst_s"
    covered register module_main.voltage 2 1
    covered raised module_lost 1 1
    covered cleared module_lost 0 0
    covered flag "module.alarm communication_lost" 1 1
    covered added system_error 1 1
    covered removed system_error 0 0
    covered setting voltage.delay 0 0
    bench coverage --csv --jobs 4 "$work"
    cmp -s "$out" "$work/one" || fail "the same with four workers"
    bench coverage --tap "$work"
    status_is 2
    says "unknown option '--tap' of coverage; known: --jobs"
}

# A setting that no window reads back: asserted where its scenario fails without it.
case_coverage_settings() {
    cat >"$work/s.lua" <<'END'
scenario "it waits for its delay" {
  plant = "guide_dashboard", settings = { ["voltage.delay"] = 60, ["voltage.hysteresis"] = 0.3 },
  run = function(plant)
    settle()
    plant.module[1].voltage = 16
    wait(seconds(30))
    expect(plant.module[1]):has_not "voltage_high"
  end,
}
END
    # Another default for another module is no setting.
    cat >"$work/t.lua" <<'END'
scenario "the default of a cell" {
  plant = "cells_of_two_volts",
  run = function(plant)
    settle()
    expect.snmp("bacsVoltageLowAlarm"):is(200)
  end,
}
END
    # Nobody reads at a level that the passphrase of privacy is for.
    cat >"$work/u.lua" <<'END'
scenario "a user at a level below" {
  plant = "guide_dashboard",
  settings = {
    ["snmp.user_1_name"] = "joe", ["snmp.user_1_auth"] = "authpass1",
    ["snmp.user_1_priv"] = "privpass1",
  },
  run = function(plant)
    settle()
    expect.snmp_as { user = "joe", auth = "authpass1", priv = "another one", level = "auth" }
      :is_answered()
  end,
}
END
    bench coverage --csv "$work"
    covered text snmp.user_1_auth 1 1
    covered text snmp.user_1_priv 1 0
    covered setting voltage.delay 1 1
    covered setting voltage.hysteresis 1 0
    covered setting voltage.low_alarm 0 0
}

# What fails asserts nothing, and is told.
case_coverage_failure() {
    story a_wrong "it is wrong" <<'END'
    expect(plant.module[3].voltage):is(12.941)
    expect(plant):has "voltage_high"
END
    story b_idle "its fault never happened" <<'END'
    plant.bus:drop { nth = 1000000 }
    expect(plant.module[3].voltage):is(12.941)
END
    bench coverage --csv "$work"
    status_is 1
    says "failed  $work/a_wrong.lua: it is wrong"
    says "2 of 2 scenarios did not pass"
    covered register module_main.voltage 2 0
    covered setting bank.modules 2 0
}

# The worker is killed from outside while it loops: its crash is a verdict, the others play on.
case_crash() {
    printf '    while true do\n    end\n' | story a_loop "it loops"
    echo 'expect(plant):is_quiet()' | story b_good "it is well"
    "$bench" run --jobs 1 --time-limit 20 "$work" >"$out" 2>&1 </dev/null &
    background=$!
    worker=
    # Its handlers are set when it has a probe.
    while test -z "$worker" || test -z "$(children "$worker")"; do
        kill -0 "$background" 2>/dev/null || fail "it ended before its worker began"
        worker=$(children "$background")
        worker=${worker%% *}
    done
    kill -SEGV "$worker"
    wait "$background"
    status=$?
    background=
    status_is 1
    says "crash   $work/a_loop.lua: it loops"
    # A sanitizer has handlers of its own.
    grep -q "SIGSEGV, a bad address; it was here:\|AddressSanitizer: SEGV" "$out" ||
        fail "it should name the signal"
    grep -q "gbms-bench(\|#0 0x" "$out" || fail "it should show a backtrace"
    says "passed  $work/b_good.lua: it is well"
    says "1 passed, 0 failed, 1 crash, 0 skipped"
}

# What was played is reported, and the run has not passed.
case_interrupt() {
    printf '    while true do\n    end\n' | story a_loop "it loops"
    "$bench" run --time-limit 20 --junit "$work/junit.xml" "$work" >"$out" 2>&1 </dev/null &
    background=$!
    while test -z "$(children "$background")"; do
        kill -0 "$background" 2>/dev/null || fail "it ended before its worker began"
    done
    kill -INT "$background"
    wait "$background"
    status=$?
    background=
    status_is 1
    says "skipped $work/a_loop.lua: it loops (interrupted)"
    says "1 skipped (1 interrupted)"
    lua5.4 tests/cli/xml.lua "$work/junit.xml" 1 0 0 >>"$out" 2>&1 || fail "the XML"
}

# Every expectation can fail, and says what each window showed.
case_must_fail() {
    bench run --jobs 2 tests/cli/must_fail.lua
    status_is 1
    count=$(grep -c '^scenario' tests/cli/must_fail.lua)
    says "0 passed, $count failed, 0 skipped"
    says "saw  wrong modbus 1061 = 12941 (12.941 V), wanted 12942"
    says "ok    snmp bacsModuleVoltage.1 = 1294 (12.94 V)"
    says_not "the windows disagree"
    says "saw  wrong still initializing; no value of module 2 voltage, module 2 temperature"
    says "want string[1].module[1] has voltage_high within 3 rounds"
    says "want string[1].module[1].voltage is above 12.9 V throughout 10 s; it held for "
    says "want a trap: added voltage_high"
    says 'saw  wrong console system.name = ""'
    says 'want community "private" is answered'
    says "saw  wrong answered: 64"
    says "want bacsVoltageHighAlarm by the write community is refused: wrongValue"
    says "saw  wrong inconsistentValue bacsVoltageHighAlarm"
    says "saw  wrong traps of receiver 1: added voltage (id 2) by v2c trap of public, "
    says "want a trap: added voltage_high, and repeated"
    says "saw  wrong no added voltage behind the 1 before it; traps: added voltage (id 2), "
    says "saw  wrong 1 so far"
    says "saw  wrong modbus_rtu 1004 = 18 (0x0012)"
    says "modbus_rtu 1061 = 12941 (12.941 V), wanted 12942"
    says "want modbus_rtu frame 01 03 03 EC 00 01 gets silence"
    says "saw  wrong 01 03 02 00 12 38 49"
    says "want modbus_rtu frame 01 03 03 EC 00 01, byte 2 flipped is answered 01 03 02 00 12 38 49"
    says "saw  wrong silence"
    says "saw  wrong 0.0106 s"
    says "saw  wrong com2.use is not modbus_rtu"
    says "saw  wrong trap_receiver(2) was unplugged, and was told nothing then"
    says "traps: added voltage_warn_high (id 2)"
    says 'want operator "breaker open 99" is obeyed'
    says "saw  wrong error range "
    says "saw  wrong console voltage.high_alarm = 15.500, wanted 15.2 V"
    says "     wrong snmp bacsVoltageHighAlarm = 1550 (15.5 V), wanted 1520"
    says 'saw  wrong console string=1 breaker = none, wanted "open"'
    says "note 00:00:0"
    says "module 18 measure voltage_mV="
    says "saw  wrong modbus answers"
    says "     wrong snmp is silent"
    says "saw  wrong modbus 1000 = the webmanager is off"
    says "saw  wrong error off the webmanager is off"
    says "saw  wrong panel: green_led is off"
    says "saw  wrong the webmanager is off"
    says "saw  wrong contact: off"
    says "want a trap: coldStart"
}

case_skip() {
    printf 'scenario "s" { plant = "guide_dashboard", needs = { "real_board" }, run = print }\n' |
        scenario_file skip
    bench run "$work/skip.lua"
    status_is 0
    says "skipped $work/skip.lua: s (needs real_board)"
    says "0 passed, 0 failed, 1 skipped (1 needs real_board)"
}

# Here with IPv6, if the machine has it, and in a network of its own that has none.
case_ipv6() {
    story=scenarios/snmp/ipv6.lua
    if grep -q ^0*1 /proc/net/if_inet6 2>/dev/null; then
        # One process for all: what is at ::1 leaves nothing behind.
        bench run --no-fork $story scenarios/snmp/receivers.lua
        status_is 0
        says "passed  $story: a manager at ::1"
        says " 0 skipped"
    fi
    if ! command -v ip >/dev/null || ! unshare -rn true 2>/dev/null; then
        echo "no network without IPv6 could be made here: skipping was not tried"
        return
    fi
    unshare -rn sh -c 'ip link set lo up || exit
        for off in /proc/sys/net/ipv6/conf/*/disable_ipv6; do
            test ! -e "$off" || echo 1 >"$off"
        done
        "$@"' - "$bench" run $story scenarios/snmp/secrets.lua >"$out" 2>&1 || fail "status $?"
    says "list has it (needs ipv6)"
    says " 0 failed, 2 skipped (2 needs ipv6)"
}

# ---- what a run prints --------------------------------------------------------------------------

three() {
    echo 'expect(plant):is_quiet() print "hello <&> there"' | story one 'first of "three" & <more>'
    echo 'expect.modbus(1000):is(0)' | story two "it's the second # of three"
    echo 'note "a note" expect(plant):is_quiet()' | story zzz "third"
}

case_filter() {
    three
    bench run --filter third "$work"
    status_is 0
    says "1 passed, 0 failed, 0 skipped"
    bench run --filter fourth "$work"
    status_is 2
    says "--filter fourth: in no scenario's name"
    bench run --only thir "$work"
    status_is 2
    says "--only thir: no scenario"
    bench run --only third "$work"
    says "1 passed, 0 failed, 0 skipped"
    bench run --tag nothing "$work"
    status_is 2
    says "--tag nothing: no scenario"
    bench run --without thresholds scenarios/thresholds/voltage.lua
    status_is 2
    says "--without thresholds: no scenario is left"
    for option in filter only without tag; do
        bench run "--$option" first "--$option" third "$work"
        status_is 2
        says "--$option third: it is there already, as first; keep one"
    done
    bench run --without nothing --only third "$work"
    says "1 passed, 0 failed, 0 skipped"
    bench run --tag thresholds --filter "low" scenarios/thresholds/voltage.lua
    status_is 0
    says "1 passed"
    bench run --verbose --filter third "$work"
    says "a note"
}

case_junit() {
    three
    echo 'error "x"' | story mistake
    bench run --junit "$work/junit.xml" "$work"
    status_is 1
    lua5.4 tests/cli/xml.lua "$work/junit.xml" 4 1 1 >>"$out" 2>&1 || fail "the XML"
    bench run --junit "$work/no/such/junit.xml" "$work"
    status_is 2
    says "$work/no/such/junit.xml: cannot be written"
    says_not "passed"
}

# The logs of both are there, those of the scenario that failed too.
case_log() {
    echo 'expect(plant):is_quiet()' | story one "a / b"
    printf 'plant.string[1].module[3]:unplug() wait(9) expect(plant):is_quiet()\n' | story two "a : b"
    mkdir -p "$work/logs/a___b"
    echo "of a run before" >"$work/logs/a___b/flow.csv"
    bench run --log "$work/logs" "$work"
    status_is 1
    for folder in a___b a___b-2; do
        test "$(head -n 1 "$work/logs/$folder/normal.csv")" = \
            "number,time,module,voltage_V,temperature_degC,resistance_mOhm,bypass_%,string_current_A,alarms,link" ||
            fail "the header of $folder/normal.csv"
        test "$(wc -l <"$work/logs/$folder/normal.csv")" -eq 19 || fail "$folder/normal.csv"
        test "$(wc -l <"$work/logs/$folder/flow.csv")" -eq 1 || fail "$folder/flow.csv"
        grep -q '^0,2020-06-01T00:00:00.000Z,0.000,started,,,"' "$work/logs/$folder/events.csv" ||
            fail "$folder/events.csv"
    done
    grep -q ',module_lost,module 3,,' "$work/logs/a___b-2/events.csv" || fail "the lost module"
    ! grep -q ',module_lost,' "$work/logs/a___b/events.csv" || fail "a module of another scenario"
    bench run --log "$work/no/such" "$work"
    status_is 2
    says "--log $work/no/such: cannot be made: No such file or directory; name"
    says_not "passed"
    echo "a file" >"$work/taken"
    bench run --log "$work/taken" "$work"
    status_is 2
    says "$work/taken"
    says_not "passed"
}

# A disk that is full is found out at the end, and told.
case_log_full() {
    echo 'expect(plant):is_quiet()' | story one "full"
    mkdir -p "$work/logs/full"
    ln -s /dev/full "$work/logs/full/events.csv"
    bench run --log "$work/logs" "$work"
    status_is 1
    says "full/events.csv: the log cannot be written: No space left on device"
}

# ---- records ------------------------------------------------------------------------------------

# A block gets hotter than the alarm level: whatever level that is, the story passes.
hot_story() {
    story "$1" "a hot block" <<'END'
    plant.string[1].module[7].temperature = 40
    wait(seconds(5))
    expect(plant.string[2]):is_quiet()
END
}

# records FOLDER [OPTION]...: of the story of that name, or of hot.
records() {
    folder=$1
    shift
    bench run --record "$work/$folder" "$@" "$work/hot.lua"
    record=$work/$folder/$(basename "$work")/hot--a_hot_block.record
}

# What is recorded changes nothing, and is the same in every run.
case_record() {
    hot_story hot
    bench run "$work/hot.lua"
    trace=$(tail -n 1 "$out")
    records a
    status_is 0
    test "$(tail -n 1 "$out")" = "$trace" || fail "recording changes the run"
    test "$(head -n 1 "$record")" = "gbms-bench record 1" || fail "its head"
    tail -n 1 "$record" | grep -q ' end passed$' || fail "its end"
    for line in 'scenario a hot block' 'on host' 'setting bank.strings 2' '0.000000 power on' \
        '[0-9.]* bus >a5' '[0-9.]* bus <a5' '[0-9.]* mark hot.lua:4 settle' \
        '[0-9.]* mark hot.lua:6 wait' '[0-9.]* trap added temperature_high' \
        '[0-9.]* registers .*1093='; do
        grep -q "^$line" "$record" || fail "no line $line"
    done
    first=$record
    echo "of a run before" >"$first.kept"
    records b --no-fork
    cmp "$first" "$record" || fail "another run has another record"
    records a
    status_is 0
    cmp "$first" "$record" || fail "it has something of the one before"
    # What is not played has no record, nor one of an earlier run.
    sed -i 's/plant = /needs = { "real_board" }, &/' "$work/hot.lua"
    records a
    status_is 0
    test ! -e "$record" || fail "a scenario that was skipped has one"
    # Nor is one of another run left beside those of this one, or removed without a word.
    hot_story cold
    bench run --record "$work/a/" "$work/cold.lua"
    status_is 0
    records a
    status_is 2
    says "--record: $work/a/$(basename "$work")/cold--a_hot_block.record is of another run; remove it, or"
    test "$(wc -l <"$out")" -eq 1 || fail "it should say one line"
    test -s "$work/a/$(basename "$work")/cold--a_hot_block.record" || fail "it is gone"
}

# What has no room is not in it, and is told; what is not in it is not compared.
case_record_full() {
    hot_story hot
    records a
    whole=$record
    records b --record-max 0.008
    status_is 0
    says "record: full at virtual 00:00:0"
    test "$(wc -c <"$record")" -lt 12000 || fail "it grows on"
    bench compare "$whole" "$record"
    status_is 0
    says "a hot block: B is not whole: it was full; compared until 00:00:0"
    says "1 record, 1 not whole, no difference within 2 rounds and 1 step"
    bench replay "$record"
    status_is 0
    says "1 record, 1 not whole, no difference within 2 rounds and 1 step"
    # It hides no script that goes another way before.
    sed 's/ mark hot.lua:6 wait/ mark hot.lua:6 within/' "$whole" >"$work/other.record"
    bench compare "$work/other.record" "$record"
    status_is 1
    says "the script comes to hot.lua:6 within, in B to hot.lua:6 wait; compared until there"
    sed 's/ end passed/ end failed/' "$record" >"$work/failed.record"
    bench compare "$whole" "$work/failed.record"
    status_is 1
    says "the script comes to its end, passed, in B to its end, failed"
    # One that has nothing to compare is no equal one, however much is in its head.
    long=$(printf '%0200d' 0)
    records b --record-max 0.001 --set "system.name=$long" --set "system.contact=$long" \
        --set "system.location=$long"
    status_is 0
    grep -A 1 '^0.000000 power on$' "$record" | grep -q '^0.000000 full$' || fail "it is not full"
    bench compare "$whole" "$record"
    status_is 1
    says "a hot block: B is not whole: it was full; compared until 00:00:00"
    says "a hot block: B 00:00:00: nobody has read its registers until then"
    says "1 record, 1 not whole, 1 difference within 2 rounds and 1 step"
    bench replay "$record"
    status_is 1
    says "a hot block: A 00:00:00: nobody has read its registers until then"
    bench run --record-max 0 "$work/hot.lua"
    status_is 2
    says "--record-max 0: not a number from 0.001"
}

case_record_fails() {
    hot_story hot
    bench run --record "$work/no/such" "$work/hot.lua"
    status_is 2
    says "--record $work/no/such: cannot be made: No such file or directory; name"
    test "$(wc -l <"$out")" -eq 1 || fail "it should say one line"
    echo "a file" >"$work/taken"
    bench run --record "$work/taken" "$work/hot.lua"
    status_is 2
    says "--record $work/taken: cannot be made: File exists; name a folder"
    # A disk that is full: no file grows any more.
    (trap '' XFSZ && ulimit -f 8 && "$bench" run --record "$work/a" "$work/hot.lua" >"$out" 2>&1)
    status=$?
    status_is 1
    says "hot--a_hot_block.record: the record cannot be written: File too large"
}

# A level that is another one is found, with the name of the register, what it is and was.
case_compare() {
    hot_story hot
    records a
    records b
    bench compare "$work/a" "$work/b"
    status_is 0
    test "$(cat "$out")" = "1 record, no difference within 2 rounds and 1 step" || fail "the sum"
    records b --set temperature.high_alarm=45
    bench compare "$work/a" "$work/b"
    status_is 1
    says ", after hot.lua:6 wait: register 1093 module[7].alarm is 0x0011 general_alarm temperature_high, in B 0x0000"
    says "register 1000 system.status is "
    says "a hot block: A 00:00:01.200, after hot.lua:6 wait: trap added temperature_high, in B there is none then"
    bench compare "$work/b" "$work/a"
    status_is 1
    says ": B 00:00:01.200, after hot.lua:6 wait: trap added temperature_high, in A there is none then"
    # Who has no power shows nothing, nor who does not answer any more, soon after the start too.
    records b
    for event in 'power off' 'unread 1.200000'; do
        sed "s/^\([0-9.]*\) registers .* 1093=17.*/&\n\1 $event/" "$record" >"$work/off.record"
        bench compare "$record" "$work/off.record"
        status_is 1
        says ": B 00:00:01.200, after hot.lua:6 wait: register 1000 system.status is nothing, in A 0x"
    done
    grep -v ' registers ' "$record" >"$work/none.record"
    bench compare "$record" "$work/none.record"
    status_is 1
    says "a hot block: B 00:00:05"
    says "nobody has read its registers until then"
    says "1 record, 1 difference within"
    # A script that goes another way, and what only one of them has.
    hot_story other
    sed -i 's/wait(seconds(5))/settle()/' "$work/other.lua"
    bench run --record "$work/a" "$work/hot.lua" "$work/other.lua"
    bench compare "$work/a" "$work/b"
    status_is 1
    says "other--a_hot_block.record: B has no record of it"
    cp "$work/a/$(basename "$work")/other--a_hot_block.record" "$work/other.record"
    bench compare "$record" "$work/other.record"
    status_is 1
    says "the script comes to hot.lua:4 settle, in B to other.lua:4 settle; compared until there"
    sed '0,/ registers /{/ registers /d}' "$record" >"$work/later.record"
    bench compare "$work/later.record" "$work/other.record"
    status_is 1
    says "1 record, 1 difference within" # and not that nobody had looked by then
    sed 's/^scenario .*/scenario a cold block/' "$record" >"$work/other.record"
    bench compare "$record" "$work/other.record"
    status_is 1
    says "a hot block: B is of another scenario: a cold block"
    sed 's/power on/power running/; / trap coldStart/d' "$record" >"$work/other.record"
    bench compare "$record" "$work/other.record"
    status_is 1
    says "a hot block: B was running before: what a start shows is in the other alone"
    says "trap coldStart, in B there is none then"
}

# Later than so many rounds, and off by more than so many steps.
case_compare_tolerance() {
    story hot "a hot block" <<'END'
    plant.string[1].module[7].voltage = 16
    wait(seconds(20))
    expect(plant.string[2]):is_quiet()
END
    records a
    first=$record
    records b --set voltage.delay=6
    bench compare "$first" "$record"
    status_is 1
    says "module[7].alarm is 0x0005 general_alarm voltage_high, in B 0x0000"
    bench compare --rounds 7 "$first" "$record"
    status_is 0
    says "no difference within 7 rounds and 1 step"
    sed -i 's/voltage = 16/voltage = 16.012/' "$work/hot.lua"
    records b
    bench compare "$first" "$record"
    status_is 1
    says "module[7].voltage is 160"
    says_not "alarm"
    bench compare --steps 4 "$first" "$record"
    status_is 0
}

refuses() {
    wanted=$1
    shift
    bench "$@"
    status_is 2
    says "$wanted"
    test "$(wc -l <"$out")" -eq 1 || fail "it should say one line"
}

# A webmanager that boots is read when it answers: what it showed until then nobody saw. One that
# answers no more is silent.
case_compare_boot() {
    story hot "a hot block" <<'END'
    plant.webmanager:restart()
    settle()
    wait(10)
    expect(plant):is_quiet()
END
    records a
    grep -q '1000=16384' "$record" || fail "no start in A"
    # Who reads it gets no answer for 4 s: all that changed meanwhile is in the first.
    awk '$2 == "power" && $3 == "on" { on = $1; starts++ }
        starts == 2 && $2 == "registers" && $1 < on + 4 {
            for (i = 3; i <= NF; i++) { split($i, at, "="); value[at[1]] = at[2] }
            held = 1
            next
        }
        held && $1 >= on + 4 {
            printf "%s registers", $1
            for (number in value) printf " %s=%s", number, value[number]
            print ""
            held = 0
        }
        { print }' "$record" >"$work/late.record"
    bench compare "$record" "$work/late.record"
    says '1 record, no difference within 2 rounds and 1 step'
    status_is 0
    awk '$2 == "power" && $3 == "on" { starts++ }
        starts < 2 || $2 != "registers"' "$record" >"$work/silent.record"
    bench compare "$record" "$work/silent.record"
    says 'in B nothing'
    status_is 1
}

case_compare_refuses() {
    hot_story hot
    records a
    refuses "compare: name two records" compare "$record"
    refuses "no such: cannot be read: No such file or directory; name a record" \
        compare "$record" "no such"
    mkdir "$work/empty"
    refuses "empty: no record in it; run --record $work/empty writes some" \
        compare "$work/a" "$work/empty"
    refuses "a record and a folder; name two of a kind" compare "$record" "$work/a"
    refuses "--rounds -1: not a number from 0" compare --rounds -1 "$record" "$record"
    for size in 0 1 20 300 5000; do
        head -c "$size" "$record" >"$work/cut.record"
        refuses "gbms-bench: $work/cut.record:" compare "$record" "$work/cut.record"
        says "; record it again with run --record"
    done
    sed '40s/.*/0.000000 nonsense/' "$record" >"$work/wrong.record"
    refuses "wrong.record:40: no " compare "$work/wrong.record" "$record"
    head -c 100000 /dev/urandom >"$work/noise.record"
    refuses "noise.record:1: " compare "$work/noise.record" "$record"
}

# The same webmanager does the same again; another one does not.
case_replay() {
    hot_story hot
    records a
    bench replay "$record"
    status_is 0
    test "$(cat "$out")" = "1 record, no difference within 2 rounds and 1 step" || fail "the sum"
    bench replay --record "$work/again" "$work/a"
    status_is 0
    cmp "$record" "$work/again/hot--a_hot_block.record" || fail "it is not the same byte for byte"
    bench replay --set temperature.high_alarm=45 "$record"
    status_is 1
    says "module[7].alarm is 0x0011 general_alarm temperature_high, in B 0x0000"
    says "trap added temperature_high, in B there is none then"
    # A module that the record says nothing of.
    grep -v 'bus >a5081007' "$record" >"$work/less.record"
    bench replay "$work/less.record"
    status_is 1
    says "the webmanager asks module 7 identify, which the record never heard; silence, "
}

# What the record shows at its last instant may be later, within the tolerance: behind its end.
case_replay_end() {
    story hot "a hot block" <<'END'
    plant.string[1].module[7].voltage = 16
    within(rounds(5), function()
      expect(plant.string[1].module[7]):has "voltage_high"
    end)
END
    records a
    bench replay --set voltage.delay=1 "$record"
    status_is 0
    bench replay --set voltage.delay=6 "$record"
    status_is 1
    says "trap added voltage_high, in B there is none then"
    bench replay --record "$work/again" "$record"
    status_is 0
    cmp "$record" "$work/again/hot--a_hot_block.record" || fail "it has what came behind the end"
}

# Orders at the console and by SNMP, a line that is disturbed, a module that is lost, a power cut.
case_replay_inputs() {
    cat >"$work/hot.lua" <<'END'
scenario "a hot block" { plant = "two_strings_of_nine",
  settings = { ["snmp.write_community"] = "private" },
  run = function(plant)
    settle()
    plant.bus:corrupt { count = 3 }
    plant.module[2]:unplug()
    within(rounds(8), function() expect(plant.module[2]):has "module_lost" end)
    operator "set temperature.high_alarm 45"
    operator "breaker open 1"
    wait(seconds(3))
    plant.module[2]:plug()
    plant.webmanager:power_off()
    wait(seconds(2))
    plant.webmanager:power_on()
    settle()
    operator "set modbus.unit_id 7"
    operator.snmp:set { bacsVoltageHighAlarm = 15 }
    plant.module[3].voltage = 15.2
    within(rounds(5), function() expect(plant.module[3]):has "voltage_high" end)
    wait(seconds(1))
  end }
END
    records a
    status_is 0
    for line in power.off power.on console request; do
        grep -q "^[0-9.]* $line" "$record" || fail "no $line"
    done
    bench replay --record "$work/again" "$record"
    status_is 0
    cmp "$record" "$work/again/hot--a_hot_block.record" || fail "it is not the same byte for byte"
    # Both lines at once: the answer of the one wakes the webmanager, which looks at the other too.
    bench run --record "$work/logs" --only "a sensor on COM2 that is lost is told" scenarios/logs
    status_is 0
    bench replay --record "$work/again" "$work/logs"
    status_is 0
    cmp "$work"/logs/logs/*.record "$work"/again/events_told--*.record || fail "COM2"
    # Without one of these inputs it is another run.
    grep -v ' request ' "$record" >"$work/less.record"
    bench replay "$work/less.record"
    status_is 1
    says "module[3].alarm is 0x0005 general_alarm voltage_high, in B 0x0000"
}

case_replay_refuses() {
    hot_story hot
    records a
    refuses "replay: name records" replay
    refuses "no such: cannot be read" replay "no such"
    head -c 5000 "$record" >"$work/cut.record"
    refuses "cut.record:" replay "$work/cut.record"
    printf 'gbms-bench record 1\nscenario x\n0.000000 end passed\n' >"$work/none.record"
    refuses 'none.record:3: the first event of a record is "power on"' replay "$work/none.record"
    sed 's/^[0-9.]* end/300000000.000000 end/' "$record" >"$work/long.record"
    refuses "long.record: not at its end after 0.5 s; raise --time-limit" \
        replay --time-limit 0.5 "$work/long.record"
    sed 's/^setting bank.strings 2/setting bank.strings 5/' "$record" >"$work/odd.record"
    refuses "odd.record: " replay "$work/odd.record"
    refuses "--record $work/no/such: cannot be made" replay --record "$work/no/such" "$record"
    folder=$(dirname "$record")
    cp "$record" "$work/kept"
    cp "$record" "$work/other.record"
    ln -s "$record" "$folder/other.record"
    refuses "hot--a_hot_block.record: is played, and would be written over; name another folder" \
        replay --record "$folder" "$record"
    refuses "other.record: is played, and" replay --record "$folder" "$work/other.record" "$record"
    cmp "$record" "$work/kept" || fail "it is not as it was"
    sed '$s/ end/ request 9|x\n&/; $s/^\([0-9.]*\) request 9|x\n/&\1/' "$record" >"$work/asks.record"
    refuses "asks.record: a request that is none" replay "$work/asks.record"
}

case_tap() {
    three
    bench run --tap "$work"
    status_is 1
    says "TAP version 13"
    says "1..3"
    says 'ok 1 - first of "three" & <more>'
    says "not ok 2 - it's the second \\# of three"
    says "ok 3 - third"
}

# What passed the bus and what passed COM2, each in its turn, however busy the other was.
case_last_frames() {
    scenario_file room <<'END'
for _, plant in ipairs { "battery_room", "managed_room", "one_module" } do
  scenario(plant) { plant = plant, run = function() settle() wait(10) error "enough" end }
end
END
    bench run "$work/room.lua"
    status_is 1
    says "bus  00:00:0"
    says " > module 3 measure"
    says " > com2 1 read_environment  ["
    says " < com2 1 read_environment temperature_ddegC=215 humidity_permille=480  ["
    says " < com2 1 read_digital inputs="
    test "$(grep -c '^ *com2 00:00:.*[<>] com2 1 ' "$out")" -eq 2 || fail "two of them have COM2"
    test "$(grep -c ' com2 1 ' "$out")" -eq 16 || fail "the last eight of each COM2"
    ! grep -A 7 '^ *bus  ' "$out" | grep -q com2 || fail "COM2 among the frames of the bus"
}

case_trace() {
    three
    for jobs in 1 4; do
        bench run --jobs $jobs "$work"
        sed 's/(.*)//' "$out" >"$work/jobs_$jobs"
        tail -n 1 "$out" | grep -q '^trace [0-9a-f]\{16\}$' || fail "the last line is the trace"
    done
    cmp -s "$work/jobs_1" "$work/jobs_4" || fail "it depends on --jobs"
    bench run "$work/zzz.lua" "$work/two.lua" "$work/one.lua"
    test "$(tail -n 1 "$out")" = "$(tail -n 1 "$work/jobs_1")" || fail "it depends on the order"
    bench run --no-fork "$work"
    test "$(tail -n 1 "$out")" = "$(tail -n 1 "$work/jobs_1")" || fail "it depends on --no-fork"
    head -n 1 "$out" | grep -qx "seed 1" || fail "the first line is the seed"
    printf 'scenario "n" { plant = "two_strings_of_nine",\n run = function(plant)\n' >"$work/n.lua"
    printf ' settle() expect.modbus(1003):is(2) end }\n' >>"$work/n.lua"
    bench run --seed 1 "$work/n.lua"
    one=$(tail -n 1 "$out")
    bench run --seed 2 "$work/n.lua"
    test "$one" != "$(tail -n 1 "$out")" || fail "another seed should give another trace"
}

# Cuts in each state of each write and erase, whoever plays.
case_power_cuts() {
    echo 'operator "set voltage.delay 5" expect.setting "voltage.delay":is(5)' | story one
    echo 'operator "set voltage.delay 6" expect.setting "voltage.delay":is(6)' | story two other
    for jobs in 1 2; do
        bench run --jobs $jobs "$work/one.lua" "$work/two.lua"
        status_is 0
        grep '^power cuts' "$out" >"$work/cuts_$jobs"
    done
    cmp -s "$work/cuts_1" "$work/cuts_2" || fail "it depends on --jobs"
    sed 's/[:,]//g' "$work/cuts_1" | {
        read -r _ _ all olds _ news _
        test "$olds" -gt 50 && test "$news" -gt 5 && test "$all" -eq $((olds + news))
    } || fail "old and new ones make them all"
    bench run --tap "$work/one.lua"
    says "# power cuts "
}

# Lua's own order of keys differs from run to run; that of a file and of its plant does not.
case_order() {
    mkdir -p "$work/plants"
    printf 'local volts, blocks = { worn = 13.1, new = 13.3, old = 13.2 }, {}\n' >"$work/plants/p.lua"
    printf 'for _, v in pairs(volts) do blocks[#blocks + 1] = { voltage = v } end\n' \
        >>"$work/plants/p.lua"
    printf 'plant "p" { modules = 3, exact = true, string = { { module = blocks } } }\n' \
        >>"$work/plants/p.lua"
    cat >"$work/s.lua" <<'END'
scenario "s" { plant = "p", run = function(plant)
  settle()
  local t, words = { voltage = 1, [2] = 2, [true] = 3, current = 4, [1] = 5 }, {}
  for key in next, t do words[#words + 1] = tostring(key) end
  for item in pairs { [plant.module[2]] = 1, [plant.module[1]] = 2 } do
    words[#words + 1] = tostring(item)
  end
  print(table.concat(words, " "), next({}), next(t, "current"))
  for i = 1, 3 do print(plant.module[i].voltage) end
  expect(plant):is_quiet()
end }
END
    for _ in 1 2 3; do
        bench run "$work/s.lua"
        status_is 0
        says '| true 1 2 current voltage string[1].module[1] string[1].module[2]	nil	voltage	1'
        says '| 13.3'
        test "$(grep -c '|' "$out")" -eq 4 || fail "four lines"
        sed -n '4,6p' "$out" | tr -d '\n' | grep -q '13.3.*13.2.*13.1' || fail "new, old, worn"
    done
    echo 'for key in pairs { [{}] = 1 } do print(key) end' | story tables
    bench run "$work/tables.lua"
    status_is 1
    says "keys that are a table have no order; use texts or numbers"
    echo 'print(next({ a = 1 }, "b"))' | story stranger
    bench run "$work/stranger.lua"
    status_is 1
    says "next was given a key that the table does not have"
}

# What a file says while it loads is no result; addresses are not shown; a lost result is no pass.
case_output() {
    printf 'print "loading"\nlocal f = function() end\n' >"$work/s.lua"
    printf 'scenario "s" { plant = "guide_dashboard", run = function(plant)\n' >>"$work/s.lua"
    printf 'print({}, tostring(f), ("%%s"):format({}), print, 3)\nsettle()\n' >>"$work/s.lua"
    printf 'expect(plant):is_quiet() end }\n' >>"$work/s.lua"
    bench run "$work/s.lua"
    status_is 0
    says_not "loading"
    says_not "0x"
    says "table	function	table	function	3"
    bench run --tap "$work/s.lua"
    test "$(head -n 1 "$out")" = "TAP version 13" || fail "TAP begins otherwise"
    echo 'expect(plant):is_quiet() print(("%p"):format({}))' | story pointer
    bench run "$work/pointer.lua"
    status_is 1
    echo 'local v = plant.string[1].module[1].voltage' >"$work/body"
    echo 'assert(math.floor(v) == 12 and tonumber(v) == v.value) expect(plant):is_quiet()' \
        >>"$work/body"
    story number <"$work/body"
    "$bench" run "$work/number.lua" >>"$out" 2>&1 || fail "a value is its number"
    says "pointer.lua:5: %p shows an address"
    "$bench" run "$work/s.lua" >/dev/full 2>"$out" </dev/null
    status=$?
    status_is 2
    says "standard output could not be written"
}

# Plants of the tree are found from any folder.
case_other_folder() {
    echo 'expect(plant):is_quiet()' | story far
    bench=$(realpath "$bench")
    cd "$work" || fail "no folder"
    bench run far.lua
    status_is 0
    bench serve no_such_plant
    status_is 2
    says "guide_dashboard"
    says "looked in scenarios/plants here and /"
}

# The line that repeats a failure is pasted into sh as it is.
case_rerun() {
    mkdir "$work/a folder"
    echo 'expect.modbus(1000):is(0)' | story two "it's \$HOME; the 'second' of three"
    mv "$work/two.lua" "$work/a folder/it's.lua"
    bench run --seed 7 --set voltage.delay=3 "$work"
    status_is 1
    first=$(grep -v rerun "$out")
    line=$(sed -n 's/^ *rerun //p' "$out")
    sh -c "$line" >"$out" 2>&1
    status=$?
    status_is 1
    says "seed 7"
    test "$first" = "$(grep -v rerun "$out")" || fail "the rerun differs"
}

case_check() {
    bench check scenarios
    status_is 0
    says "scenarios load"
    bench check
    status_is 2
}

case_matrix() {
    bench matrix --fault silent --plant lithium --jobs 1
    status_is 0
    says "## lithium"
    says "| module | \`silent\` | - | \`module_lost\` 3 s | – | – |"
    says_not "# What is detected"
    says_not "## ups"
    says_not "aged"
    bench matrix --fault reversed --jobs 1
    status_is 0
    says "**on charge \`discharging\` 6 s**"
    cp "$out" "$work/one"
    bench matrix --fault reversed --jobs 3
    cmp -s "$out" "$work/one" || fail "the table depends on --jobs"
    bench matrix --fault sun --plant ups --csv
    status_is 0
    says "plant,item,fault,severity,size,alarm,seconds,phase,truth"
    says "ups,module,sun,mild,6 K,temperature_…,0,charge,missed"
    says "ups,module,sun,severe,24 K,temperature_high,"
    says ",charge,false"

    # A part has no preface; a size is a number and its unit.
    bench matrix --filter "lithium|module|wrong_address"
    status_is 0
    says "| module | \`wrong_address\` | usual: 0 | \`module_lost\` 3 s | – | – |"
    says_not "# What is detected"

    bench matrix --fault sunn
    status_is 2
    says "matrix: no fault 'sunn'; known: none, dry_out, aged"
    bench matrix --fault aged --fault dry_out
    status_is 2
    says "--fault dry_out: it is there already, as aged; keep one"
    bench matrix --plant agm
    status_is 2
    says "matrix: no plant 'agm'; known: ups, telecom, nickel, lithium"
    bench matrix --filter "lithium|" --plant agm
    status_is 2
    says "matrix: no plant 'agm'; known: ups, telecom, nickel, lithium"
    bench matrix --filter "lithium|" --plant ups
    status_is 2
    says "--filter lithium|: in no name of those asked for"
    # A name that is none is told before anything is played.
    scenario_file named <<'END'
scenario "first" { plant = "guide_dashboard", run = function(plant) settle() end }
END
    bench matrix "$work/named.lua"
    status_is 2
    says "named.lua:"
    says "PLANT|ITEM|FAULT|SEVERITY|SIZE"
    says "nothing was run"
    bench matrix --fault dry_out --plant lithium
    status_is 2
    says "matrix: no 'dry_out' on 'lithium', which cannot have it; --fault dry_out alone shows who can"
    test "$(wc -l <"$out")" -eq 1 || fail "one line"
    bench matrix --plant
    status_is 2
    says "--plant"
    bench matrix --only x
    status_is 2
    says "unknown option '--only' of matrix; known: --fault, --plant"

    # The document has every fault of the catalogue and every plant.
    bench list faults
    for fault in $(awk '{ print $2 }' "$out"); do
        grep -qF "| \`$fault\` |" scenarios/MATRIX.md || fail "$fault is not in MATRIX.md"
    done
}

case_list() {
    bench list
    status_is 0
    says "scenarios/services/guide_dashboard.lua: the guide's dashboard [arm, services]"
    bench list plants
    status_is 0
    says "scenarios/plants/guide_dashboard.lua"
    bench list points
    says "bacsModuleVoltage"
    bench list alarms
    says "thermal_runaway"
    bench list settings
    says "runaway.action"
    says "(none, open_breaker)"
    bench list faults
    says "module         slow                   latency 0..10 s (0.05) "
    bench list batteries
    status_is 0
    says "csb-gp12400 "
    test "$(wc -l <"$out")" -ge 12 || fail "a dozen batteries at least"
    bench list nonsense
    status_is 2
    says "no 'nonsense'; known: scenarios, plants"
}

# ---- serve --------------------------------------------------------------------------------------

# Starts serve in the background; its lines come from descriptor 4, it reads from descriptor 5.
serve_start() {
    mkfifo "$work/lines" "$work/typed"
    "$bench" serve "${plant:-guide_dashboard}" --modbus 127.0.0.1:0 --snmp 127.0.0.1:0 "$@" \
        >"$work/lines" 2>"$out" <"$work/typed" &
    background=$!
    exec 4<"$work/lines" 5>"$work/typed"
    read -r ready <&4 || fail "no ready line"
    echo "${ready% rtu=/dev/pts/*}" |
        grep -qx 'ready modbus=127.0.0.1:[1-9][0-9]* snmp=127.0.0.1:[1-9][0-9]*' ||
        fail "not a ready line: $ready"
}

serve_end() {
    wait "$background"
    status=$?
    background=
}

case_serve() {
    serve_start --speed 20
    echo 'plant.string[1].module[7].temperature = 52' >&5
    echo 'plant.string[1].module[7].temperature' >&5
    read -r answer <&4
    test "$answer" = "52.0" || fail "typed Lua gave: $answer"
    echo 'plant.string[1].module[7].temprature' >&5
    echo 'plant.string[9]' >&5
    echo 'wait(3)' >&5
    echo '1 +' >&5
    echo 'while true do end' >&5
    echo 'return (("a"):rep(30)):find(("a?"):rep(30)..("a"):rep(30))' >&5
    echo 'return string.rep("x", 1e9)' >&5
    echo 'return string.rep("", "200000")' >&5
    echo 'return string.find(("a"):rep(99999), "[" .. ("b"):rep(99999) .. "]")' >&5
    echo 'return string.find(("("):rep(99999), "%b()")' >&5
    echo 'local t = {} for i = 1, 1001 do t[i] = i end table.insert(t, 1, 0)' >&5
    echo 'local t = {} for i = 1, 1001 do t[i] = i end table.remove(t, 1)' >&5
    echo 'local t = {} for i = 1, 1001 do table.insert(t, i) end return #t' >&5
    read -r answer <&4
    test "$answer" = 1001 || fail "typed Lua gave: $answer"
    echo '"still there"' >&5
    read -r answer <&4
    test "$answer" = "still there" || fail "typed Lua gave: $answer"
    exec 5>&-
    kill -TERM "$background"
    serve_end
    status_is 0
    says 'has no property "temprature"'
    says "string[9] is not there"
    says "no global 'wait'"
    says "no end within 500000 steps"
    says "string.find: too long a text for a pattern with 30 repeats"
    test "$(grep -c "string.rep: the text would be longer than 100000 bytes" "$out")" -eq 2 ||
        fail "a count that is a text counts"
    says "string.find: too long a text for a pattern with 0 repeats"
    says "string.find: too long a text for a pattern with 1 repeats"
    says "table.insert: in a list of more than 1000, at its end only"
    says "table.remove: in a list of more than 1000, at its end only"
}

# An ordinary master at the other end of COM2.
case_serve_rtu() {
    command -v mbpoll >/dev/null || fail "mbpoll is missing; run ci/setup"
    serve_start --set com2.use=modbus_rtu
    rtu=${ready##* rtu=}
    test -c "$rtu" || fail "no device in: $ready"
    # A master that goes with most of its answer unread leaves nothing to the next one.
    exec 6<>"$rtu"
    printf '\001\003\003\354\000\001\105\273' >&6
    head -c 1 <&6 >/dev/null
    exec 6>&-
    mbpoll -m rtu -b 19200 -P even -a 2 -o 0.2 -0 -r 1000 -1 "$rtu" >"$work/polled" 2>&1
    mbpoll -m rtu -b 19200 -P even -a 1 -0 -r 1000 -c 5 -1 "$rtu" >>"$work/polled" 2>&1
    mbpoll -m rtu -b 19200 -P even -a 1 -0 -r 999 -c 5 -1 "$rtu" >>"$work/polled" 2>&1
    kill -TERM "$background"
    serve_end
    tr -d '\t' <"$work/polled" >>"$out"
    status_is 0
    says "[1000]: 65"
    says "[1003]: 2"
    says "[1004]: 18"
    says "Illegal data address"
    says "Connection timed out"
}

# Reads what was said up to the end of an answer, into $answer.
# Every object has its name, type, unit and decimals in the MIB file.
case_serve_mib() {
    command -v snmpbulkwalk >/dev/null || fail "snmpbulkwalk is missing; run ci/setup"
    plant=four_aux
    serve_start --set temperature.high_warn=19 --set temperature.high_alarm=20
    SNMPCONFPATH=$work snmpbulkwalk -v2c -c public -M firmware/service/snmp:tests/mibs \
        -m GBMS-MIB "127.0.0.1:${ready##*:}" bacs >"$work/walk" 2>&1
    kill -TERM "$background"
    serve_end
    cat "$work/walk" >>"$out"
    status_is 0
    says "GBMS-MIB::bacsModuleType.0 = INTEGER: c20(0)"
    says "GBMS-MIB::bacsTemperatureHighAlarm.0 = INTEGER: 20.0 degC or degF"
    says "GBMS-MIB::bacsVoltageHighAlarm.0 = INTEGER: 15.50 V"
    says "GBMS-MIB::bacsModuleIndex.2 = INTEGER: 1"
    says "GBMS-MIB::bacsStringAlarm.1 = INTEGER: 17"
    says "OID: GBMS-MIB::bacsAlarmTemperatureHigh"
    says "GBMS-MIB::gxRAUX4Input4.0 = INTEGER: normal(1)"
    says "GBMS-MIB::gxRAUX4Output4.0 = INTEGER: off(0)"
    # Nothing else, but that the walk was whole.
    sed -i '/^GBMS-MIB::gxRAUX4Output4.0 = No more variables left/d' "$work/walk"
    unnamed=$(grep -v '^GBMS-MIB::[A-Za-z0-9]*\.[0-9]* = [A-Za-z0-9]*: ' "$work/walk")
    test -z "$unnamed" || fail "without a name: $unnamed"
    says_not "Wrong Type"
}

serve_answer() {
    answer=
    while read -r line <&4; do
        answer="$answer$line|"
        case $line in ok | error*) return ;; esac
    done
    fail "serve ended before an answer did: $answer"
}

case_serve_console() {
    serve_start --speed 20
    echo 'help' >&5
    serve_answer
    case $answer in
    *'Any other line is Lua'*'command="breaker open N"'*'|ok|') ;;
    *) fail "help told: $answer" ;;
    esac
    printf 'set voltage.high_alarm 15.2\r\n\n  show settings voltage.high_alarm\n' >&5
    serve_answer
    test "$answer" = "ok|" || fail "set was answered: $answer"
    serve_answer
    case $answer in
    'setting=voltage.high_alarm value=15.200 '*'|ok|') ;;
    *) fail "the setting reads: $answer" ;;
    esac
    echo 'set voltage.low_alarm 99' >&5
    serve_answer
    case $answer in
    'error range '*) ;;
    *) fail "a refusal was told as: $answer" ;;
    esac
    echo 'help breaker' >&5
    serve_answer
    case $answer in
    'command="breaker open N"'*) ;;
    *) fail "help breaker told: $answer" ;;
    esac
    echo 'plant.string[1].module[3]:unplug()' >&5
    echo 'shower' >&5
    answer=
    until test "${answer#*link=lost}" != "$answer"; do
        echo 'show modules 3' >&5
        serve_answer
    done
    printf 'set voltage.high_alarm 15' >&5
    exec 5>&-
    tries=0
    until grep -qF 'the last line has no end' "$out" || test "$tries" -eq 50; do
        tries=$((tries + 1))
        sleep 0.1
    done
    kill -TERM "$background"
    serve_end
    status_is 0
    says "no global 'shower'"
    says 'the last line has no end and is not obeyed'
    test -z "$(cat <&4)" || fail 'half a request was answered'
}

# The webmanager's power, in the hands of whoever types: it comes back where it was, as it was.
case_serve_power() {
    serve_start --speed 20
    echo 'set voltage.high_alarm 15.2' >&5
    serve_answer
    echo 'plant.webmanager:power_off()' >&5
    echo 'show status' >&5
    echo 'plant.webmanager:power_on()' >&5
    echo 'show settings voltage.high_alarm' >&5
    serve_answer
    case $answer in
    'setting=voltage.high_alarm value=15.200 '*'|ok|') ;;
    *) fail "the setting reads: $answer" ;;
    esac
    echo 'plant.webmanager:restart()' >&5
    echo 'show status' >&5
    serve_answer
    case $answer in
    *' uptime=0.'*'|ok|') ;;
    *) fail "after a restart it says: $answer" ;;
    esac
    echo 'plant.webmanager:cut_power { nth_write = 1 }' >&5
    echo 'set voltage.high_alarm 15.3' >&5
    echo 'plant.webmanager:power_on()' >&5
    answer=
    until test "${answer#*value=15.}" != "$answer"; do
        echo 'show settings voltage.high_alarm' >&5
        serve_answer
    done
    kill -TERM "$background"
    serve_end
    status_is 0
    says "the webmanager is off; plant.webmanager:power_on() lets it come up"
}

case_serve_log() {
    serve_start --speed 20 --log "$work/logs"
    echo 'log events 1000' >&5
    serve_answer
    case $answer in
    'number,time,'*',started,'*',alarm_removed,initializing,'*'|ok|') ;;
    *) fail "log events told: $answer" ;;
    esac
    kill -TERM "$background"
    serve_end
    status_is 0
    grep -q ',started,' "$work/logs/events.csv" || fail "no events.csv"
    test "$(wc -l <"$work/logs/normal.csv")" -ge 19 || fail "normal.csv"
    bench serve guide_dashboard --log "$work/no/such" --for 1
    status_is 2
    says "--log $work/no/such: cannot be made"
}

case_serve_for() {
    serve_start --speed 0 --for 1
    serve_end
    status_is 0
    bench serve guide_dashboard --modbus 127.0.0.1:0 --snmp 127.0.0.1:0 --for 0.05
    status_is 0
    says "ended before it was ready"
}

case_serve_interrupt() {
    serve_start --speed 50
    kill -INT "$background"
    serve_end
    status_is 0
}

case_port_in_use() {
    serve_start --speed 20
    modbus=${ready#*modbus=}
    modbus=${modbus%% *}
    snmp=${ready#*snmp=}
    bench serve guide_dashboard --modbus "$modbus" --snmp 127.0.0.1:0 --for 1
    status_is 2
    says "gbms-bench: "
    says "$modbus"
    says "in use"
    bench serve guide_dashboard --modbus 127.0.0.1:0 --snmp "$snmp" --for 1
    status_is 2
    says "$snmp"
    bench serve guide_dashboard --modbus nowhere --snmp 127.0.0.1:0 --for 1
    status_is 2
    says "nowhere"
    kill -TERM "$background"
    serve_end
    status_is 0
}

# ---- batteries ----------------------------------------------------------------------------------

# number NAME LOW HIGH: what it printed as NAME=N.
number_is() {
    sed -n "s/.*\\b$1=\\([-0-9.e+]*\\).*/\\1/p" "$out" | awk -v low="$2" -v high="$3" \
        '{ n++; good = $1 >= low && $1 <= high } END { exit !(n == 1 && good) }' ||
        fail "$1 is not from $2 to $3"
}

case_battery_runs() {
    bench battery discharge csb-gp645 --amps 0.8 --to 5.25
    status_is 0
    grep -qE '^minutes=[0-9.]+ ampere_hours=[0-9.]+ watt_hours=[0-9.]+ volts=[0-9.]+ '\
'temperature_C=[0-9.]+$' "$out" || fail "not the line of a discharge"
    number_is minutes 285 320
    number_is ampere_hours 3.8 4.3
    number_is volts 5.2499 5.2501
    bench battery discharge csb-gp645 --amps 0.8 --to 5.25 --from 0.5
    number_is minutes 100 160
    bench battery discharge csb-gp645 --amps 0.8 --to 5.25 --temperature -10
    number_is minutes 180 250
    number_is temperature_C -11 -8
    bench battery discharge csb-gp645 --amps 0.8 --hours 1
    number_is minutes 60 60
    bench battery discharge csb-gp645 --amps 5000
    status_is 2
    says "csb-gp645: that load takes it below --to 5.25 V at once, for it has "
    bench battery discharge csb-gp645 --watts 60 --to 4.8
    number_is minutes 8 20
    bench battery recharge csb-gp645 --volts 7.2 --limit 0.45
    status_is 0
    number_is soc 0.97 1
    number_is minutes 600 1300
    number_is ampere_hours 4.5 6
    # In the heat float alone takes more than a hundredth of C10: over when it falls no more. It
    # begins as wet as it was, whatever days on that charger would leave of it.
    bench battery recharge csb-gp645 --volts 7.2 --limit 0.45 --temperature 45 --series "$work/s"
    number_is soc 0.97 1
    number_is minutes 600 3000
    bench battery rest csb-gp645 --from 0 --temperature 45 --hours 1 --series "$work/rest"
    test "$(sed -n 2p "$work/s" | cut -d, -f5)" = "$(sed -n 2p "$work/rest" | cut -d, -f5)" ||
        fail "a charger dries the block before it charges"
    # A runaway rises before it is full: it is no end.
    bench battery recharge leoch-us12-55 --limit 16.5 --volts 14.4 --temperature 50 --hours 20
    number_is minutes 1200 1200
    bench battery float csb-gp645 --volts 6.81 --temperature 25
    number_is milliamps 2.3 2.8
    bench battery float csb-gp645 --volts 6.81 --temperature 35
    number_is milliamps 4.6 5.6
    bench battery rest csb-gp645 --hours 2
    number_is minutes 120 120
    number_is ampere_hours 0 0
}

case_battery_series() {
    bench battery discharge csb-gp645 --amps 9 --to 4.8 --series "$work/s.csv" --every 60
    status_is 0
    head -1 "$work/s.csv" | grep -qx 'seconds,volts,amps,temperature_C,resistance_mOhm,soc' ||
        fail "the series has another header"
    # It begins full at rest's voltage less I R, falls, and ends at 4.8 V.
    awk -F, 'NR == 2 && ($1 != 0 || $3 != -9 || $6 != 1) { exit 1 }
        NR > 2 && ($2 >= volts || $6 >= soc || $1 <= at || $1 > at + 60) { exit 1 }
        { at = $1; volts = $2; soc = $6 }
        END { exit !(volts == 4.8 && NR > 10) }' "$work/s.csv" || fail "$(cat "$work/s.csv")"
    bench battery rest csb-gp645 --series "$work/nowhere/s.csv"
    status_is 2
    says "--series $work/nowhere/s.csv: cannot be written"
    bench battery rest csb-gp645 --every 60
    status_is 2
    says "add --series FILE"
}

case_battery_usage() {
    bench battery
    status_is 2
    says "what to do is missing; fit, discharge, recharge, float or rest"
    bench battery charge
    status_is 2
    says "battery: no 'charge'; known: fit, discharge, recharge, float, rest"
    for verb in fit discharge recharge float rest; do
        bench battery "$verb" --help
        status_is 0
        says "usage: gbms-bench battery $verb"
        bench help battery "$verb"
        status_is 0
        bench battery "$verb" --nonsense
        status_is 2
        says "unknown option '--nonsense' of battery $verb"
        bench battery "$verb"
        status_is 2
        says "is missing"
    done
    bench battery --help
    status_is 0
    bench battery discharge csb-gp645
    status_is 2
    says "there is no load; give --amps A or --watts W"
    bench battery discharge csb-gp645 --amps 1 --watts 1
    status_is 2
    says "two loads"
    bench battery discharge csb-gp645 --amps 1 --to 1.75
    status_is 2
    says "--to 1.75: csb-gp645 has 3 cells"
    bench battery float csb-gp645 --volts 2.27
    status_is 2
    says "--volts 2.27: csb-gp645 has 3 cells"
    bench battery rest nothing
    status_is 2
    says "no battery 'nothing'; a file ends in .lua, and known are: csb-gp645,"
    for bad in "--amps 0" "--amps x" "--temperature 200" "--from 1.1" "--hours 0" "--to 0"; do
        # shellcheck disable=SC2086 # two words
        bench battery discharge csb-gp645 $bad
        status_is 2
        says "${bad%% *}"
    done
}

case_battery_fit() {
    bench battery fit tests/vectors/sheets/leoch-us12-55.csv -o "$work/t.lua"
    status_is 0
    says "name plate"
    says "% of those from 10 min to 20 h"
    says "wrote $work/t.lua"
    bench battery discharge "$work/t.lua" --amps 31.9 --to 9.6 --temperature 20
    number_is minutes 55 65
    # Over what is there, whole; and with no rows by the class.
    printf '# class = agm\n# cells = 6\n# capacity_Ah = 7.2\n# at_hours = 20\n' >"$work/s.csv"
    bench battery fit "$work/s.csv" -o "$work/t.lua"
    status_is 0
    says "no rows"
    bench battery discharge "$work/t.lua" --amps 0.36 --to 10.5
    number_is minutes 1150 1250
    # A sheet that is none writes nothing.
    cp "$work/t.lua" "$work/before.lua"
    echo 'amps,volts_per_cell' >>"$work/s.csv"
    bench battery fit "$work/s.csv" -o "$work/t.lua"
    status_is 2
    says "gbms-bench: $work/s.csv:5: 'amps,volts_per_cell' is no line of a sheet"
    test "$(wc -l <"$out")" -eq 1 || fail "more than one line"
    cmp -s "$work/t.lua" "$work/before.lua" || fail "it wrote over the type"
    bench battery fit "$work/s.csv" -o "$work/new.lua"
    test ! -e "$work/new.lua" || fail "it wrote a type"
    bench battery fit "$work/none.csv"
    status_is 2
    says "$work/none.csv: cannot be read"
    # Rows that no block has, each good by itself.
    head -4 "$work/s.csv" >"$work/odd.csv"
    printf '%s\n' amps,volts_per_cell,minutes 10,1.75,10 20,1.75,20 30,1.75,30 3,1.75,1 \
        >>"$work/odd.csv"
    bench battery fit "$work/odd.csv" -o "$work/new.lua"
    status_is 2
    says "gbms-bench: $work/odd.csv:9: no battery has these rows: the nearest is off by"
    test ! -e "$work/new.lua" || fail "it wrote a type"
    # What has no end ends.
    bench battery fit /dev/zero
    status_is 2
    says "gbms-bench: /dev/zero:1: a zero byte; a sheet is a text file"
    { yes x | tr -d '\n' | head -c 5000; } >"$work/long.csv" 2>/dev/null
    bench battery fit "$work/long.csv"
    status_is 2
    says "gbms-bench: $work/long.csv:1: a line of more than 4095 bytes; break it"
    yes '#' | head -n 100001 >"$work/many.csv"
    bench battery fit "$work/many.csv"
    status_is 2
    says "gbms-bench: $work/many.csv:100001: more than 100000 lines"
    bench battery fit tests
    status_is 2
    says "gbms-bench: tests: cannot be read: Is a directory"
    bench battery fit tests/vectors/sheets/csb-gp645.csv -o "$work/t"
    status_is 2
    says "write -o $work/t.lua"
    bench battery fit tests/vectors/sheets/csb-gp645.csv -o "$work/none/t.lua"
    status_is 2
    says "cannot be written"
    set -- "$work"/*.part
    test ! -e "$1" || fail "it left $1"
}

"case_$case_name"
