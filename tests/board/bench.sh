#!/bin/sh
# bench.sh BENCH WEBMANAGERD LINE_HUB CASE — one case of gbms-bench run --board and board: the board is
# webmanagerd in a process of its own, on a pty, seen by its ports alone. Runs from the top of the
# tree.
set -u

bench=$1
webmanagerd=$2
line_hub=$3
case_name=$4
work=$(mktemp -d) || exit 1
out=$work/out
line=pty:$work/bus
others=
trap 'test -f "$work/pid" && kill -KILL "$(cat "$work/pid")"; kill $others 2>/dev/null
    rm -rf "$work"' EXIT

fail() {
    echo "FAILED: $*"
    cat "$out"
    echo "--- the board's log:"
    cat "$work/log"
    exit 1
}

says() { grep -qF -- "$1" "$out" || fail "it should say: $1"; }

# at N: an address and port that no other test has: each process has a loopback address of its own,
# and no ports are given out by the system below 32768.
at() { echo "127.$(($$ >> 16)).$(($$ >> 8 & 255)).$(($$ & 255)):$((20000 + $1))"; }

# The board's own command, and what the bench is told of it; $1: more lines of the file.
board_make() {
    : >"$work/log"
    cat >"$work/board.sh" <<END
off() {
    test -f $work/pid || return 0
    pid=\$(cat $work/pid)
    kill -KILL \$pid
    # What it had open is in use until it has gone; its list of files is empty before that.
    while grep -qs '^State:[^Z]*\$' /proc/\$pid/status; do :; done
    rm $work/pid
}
case \$1 in
set-up) off; rm -rf $work/state; mkdir $work/state; cp "\$SETTINGS" $work/conf ;;
off) off ;;
on) $webmanagerd --config $work/conf --bus $work/bus --state $work/state \\
        --modbus ${tcp:-$(at 1)} ${com2:-} --snmp $(at 2) \\
        ${console:---console-tcp $(at 3)} >/dev/null 2>>$work/log </dev/null &
    echo \$! >$work/pid ;;
esac
END
    cat >"$work/board.lua" <<END
board "webmanagerd" {
  line = "$line", console = "${console_at:-$(at 3)}",
  modbus = "$(at 1)", snmp = "$(at 2)",
  longest = 20,
  set_up = "sh $work/board.sh set-up",
$1
}
END
}

runs() {
    wanted=$1
    shift
    status=0
    "$bench" run --board "$work/board.lua" "$@" >"$out" 2>&1 || status=$?
    test "$status" -eq "$wanted" || fail "status $status instead of $wanted"
}

powered="start = \"sh $work/board.sh on\", power_off = \"sh $work/board.sh off\",
  power_on = \"sh $work/board.sh on\","

# Stories of the bus, of SNMP and traps, of the power; each skipped one says why.
case_plays() {
    board_make "$powered"
    runs 0 --filter "is " scenarios/aux scenarios/services/restart.lua
    says 'passed  scenarios/aux/inputs_and_loss.lua: each input is read where it is'
    says 'passed  scenarios/services/restart.lua: what an operator set is there after a restart'
    says '(takes longer than 00:00:20)'
    says "(has a hand on the webmanager's panel)"
    says 'board webmanagerd: '
    runs 0 --filter "each receiver is told" scenarios/snmp
    says '1 passed, 0 failed, 0 skipped'
    runs 0 --filter "in the middle of an answer" scenarios/bus
    says '1 passed, 0 failed, 0 skipped'
}

# compared STATUS COMMAND...: on the host.
compared() {
    wanted=$1
    shift
    status=0
    "$bench" "$@" >"$out" 2>&1 || status=$?
    test "$status" -eq "$wanted" || fail "status $status instead of $wanted"
}

# The board does what the host does; its run is played again on the host; another one is told.
case_records() {
    board_make "$powered"
    set -- scenarios/thresholds/general_alarm.lua scenarios/services/restart.lua
    runs 0 --record "$work/board" "$@"
    says '2 passed'
    says 'takes longer' # and was played on the host, which is no record of the board
    compared 0 run --record "$work/host" --tag board "$@"
    compared 0 compare "$work/host" "$work/board"
    says '2 records, no difference within 2 rounds and 1 step'
    compared 0 replay "$work/board"
    says '2 records, no difference within 2 rounds and 1 step'
    compared 1 replay --set voltage.delay=5 "$work/board/thresholds"
    says 'module[2].alarm is 0x0005 general_alarm voltage_high, in B 0x0000'
}

# Nobody listens where its file has the Modbus: that is told, and the record is equal to none.
# What a board said with its last breath is no question of the one that starts after it.
case_records_restart() {
    board_make "start = \"sh $work/board.sh on\", power_on = \"sh $work/board.sh on\",
  power_off = \"sh $work/board.sh off; printf x >$work/bus\","
    cat >"$work/restart.lua" <<'END'
scenario "restarts" { plant = "guide_dashboard", run = function(plant)
  settle()
  plant.webmanager:restart()
  settle()
  expect(plant):is_quiet()
end }
END
    runs 0 --record "$work/board" "$work/restart.lua"
    record=$work/board/$(basename "$work")/restart--restarts.record
    grep -q ' power off$' "$record" || fail "it was not restarted"
    ! grep ' bus >78$' "$record" || fail "the last byte of the board that was off is in the record"
    compared 0 replay "$record"
}

case_records_unread() {
    board_make "$powered"
    sed -i "s/modbus = \"[^\"]*\"/modbus = \"$(at 4)\"/" "$work/board.lua"
    cat >"$work/trap.lua" <<'END'
scenario "told" { plant = "guide_dashboard", run = function(plant)
  settle()
  plant.module[3].temperature = 60
  within(seconds(6), function() expect.trap { added = "temperature_high" } end)
end }
END
    runs 0 --record "$work/board" "$work/trap.lua"
    says 'record: nobody answered by Modbus: no register is in it, and nothing compares with it'
    grep -q ' unread [0-9.]*$' "$work/board/$(basename "$work")/trap--told.record" || fail "it should say so"
    compared 1 compare "$work/board" "$work/board"
    says 'nobody has read its registers until then'
    # Who was never there was not asked.
    sed -i 's/set_up = "[^"]*"/set_up = "false"/' "$work/board.lua"
    runs 1 --record "$work/board" "$work/trap.lua"
    says 'set_up did not end well'
    ! grep 'nobody answered' "$out" || fail "it should not say so"
}

# What fails on the host is no news of the board; a board that can't be switched is not.
case_skips() {
    board_make "start = \"sh $work/board.sh on\","
    cat >"$work/wrong.lua" <<'END'
scenario "wrong" { plant = "guide_dashboard", run = function(plant)
  settle()
  expect(plant):has "thermal_runaway"
end }
scenario "switched" { plant = "guide_dashboard", run = function(plant)
  settle()
  plant.webmanager:power_off()
  expect(plant.webmanager):is_off()
end }
scenario "blanks" { needs = { "real_board" }, plant = "guide_dashboard",
  settings = { ["system.location"] = "Cellar " }, run = print }
scenario "virtual" { needs = { "virtual_time" }, plant = "guide_dashboard", run = function(plant)
  expect(plant):is_quiet()
end }
END
    runs 1 "$work/wrong.lua"
    says 'on the host already; the board was not tried'
    says '1 failed, 3 skipped'
    says "(system.location has blanks at its ends, which the file \$SETTINGS can't have)"
    says 'power_off'
    says 'needs virtual_time'
    runs 0 --filter "parity odd" scenarios/services
    says "(asks on COM2, and the board's file has no modbus_rtu)"
}

# A value is pushed and expected at once: it is looked at again until the next round has read it.
case_looks_again() {
    board_make "start = \"sh $work/board.sh on\","
    cat >"$work/again.lua" <<'END'
scenario "again" { needs = { "real_board" }, plant = "guide_dashboard", run = function(plant)
  settle()
  plant.string[1].module[7].voltage = 13.9
  expect(plant.string[1].module[7].voltage):is_near(13.9, 0.01)
end }
END
    runs 0 "$work/again.lua"
    says '1 passed, 0 failed, 0 skipped'
}

# A cable from the board's COM2 to the bench, named in the board's file as $work/master.
cable() {
    mkfifo "$work/orders"
    "$line_hub" "$work/com2" "$work/master" <"$work/orders" >"$work/cable" &
    hub=$!
    exec 9>"$work/orders"
    until grep -qs '^ready' "$work/cable"; do kill -0 "$hub" || fail "no cable"; done
    com2="--com2 $work/com2"
    board_make "$powered modbus_rtu = \"$work/master\","
}

# Without Modbus TCP the registers are read on COM2; what has them on TCP alone is skipped.
case_rtu() {
    tcp=off
    cable
    sed -i 's/ modbus = "[^"]*",//' "$work/board.lua"
    runs 0 --tag com2 scenarios/services
    says 'passed  scenarios/services/modbus_rtu.lua: Modbus RTU shows what Modbus TCP shows'
    says 'passed  scenarios/services/modbus_rtu.lua: Modbus RTU is served with parity odd'
    says '(puts frames of its own on COM2, in exact time)'
    says "ends to be one (needs Modbus TCP, and the board's file has no modbus)"
    runs 0 scenarios/room/temperature_humidity.lua
    says ' 0 failed, '
    says '(has something on COM2)'
    cat >"$work/off.lua" <<'END'
scenario "off" { plant = "one_module", run = function(plant)
  settle()
  plant.webmanager:power_off()
  expect(plant.webmanager):is_off()
  plant.webmanager:power_on()
  settle()
  expect(plant.webmanager):is_on()
  expect.modbus(1004):is(1)
  expect.modbus_rtu(1004):is(1)
end }
scenario "unit" { plant = "one_module", run = function(plant)
  expect.modbus_unit(7):is_silent()
end }
scenario "unit of a board" { needs = { "real_board" }, plant = "one_module", run = function(plant)
  expect.modbus_unit(7):is_silent()
end }
END
    runs 1 "$work/off.lua"
    says "passed  $work/off.lua: off"
    says "unit (needs Modbus TCP, and the board's file has no modbus)"
    says "the board's file has no modbus, and Modbus RTU has no such thing"
}

# With both they are two windows, and COM2 is what the scenario says.
case_rtu_beside() {
    cable
    runs 0 --tag com2 scenarios/services
    says 'passed  scenarios/services/modbus_rtu.lua: Modbus RTU shows what Modbus TCP shows'
    says 'passed  scenarios/services/modbus_rtu.lua: COM2 becomes a Modbus RTU server when'
    # The tty is as the last master left it, with half an answer that nobody has read.
    printf '\001\003\002' >"$work/com2"
    runs 0 --filter "shows what Modbus TCP shows" scenarios/services
    printf '\001\003\002' >"$work/com2"
    runs 0 --filter "shows what Modbus TCP shows" scenarios/services
    grep -q ': Modbus RTU at ' "$work/log" || fail "no word of Modbus RTU in the board's log"
    ! grep -q 'Modbus frame(s)' "$work/log" || fail "two questions were one frame"
}

# waits SECONDS [FIRST]: a story of the board alone that waits, after what comes first.
waits() {
    cat >"$work/wait.lua" <<END
scenario "waits" { needs = { "real_board" }, plant = "guide_dashboard", run = function(plant)
  ${2:-}
  wait(seconds($1))
  expect(plant):is_quiet()
end }
END
}

# A board that never asks, and one that says what is no frame.
case_silent() {
    board_make 'start = "true",'
    waits 25
    runs 1 "$work/wait.lua"
    says 'line silent: no question on pty:'
}

case_babbles() {
    board_make "start = \"sh -c 'head -c 4000 /dev/zero >$work/bus'\","
    waits 3
    runs 1 "$work/wait.lua"
    says 'line babbles: '
}

# Its file says that the adapter hears what it sends, and it does not.
case_echo() {
    board_make "$powered echo = true,"
    waits 15
    runs 1 "$work/wait.lua"
    says 'An adapter that hears nothing of what it sends wants no echo = true'
}

# A line with an end for the board, the bench and whoever else there is; orders go to descriptor 8.
hub() {
    mkfifo "$work/orders"
    "$line_hub" "$work/bus" "$work/bench" "$work/real" <"$work/orders" >"$work/done" &
    others="$others $!"
    exec 8>"$work/orders"
    until grep -qs '^ready' "$work/done"; do kill -0 $others || fail "no hub"; done
    line=$work/bench
}

# A module 7 beside those of the bench, in a program of its own.
real_module() {
    echo 'plant "real" { modules = 7, exact = true }' >"$work/real_plant.lua"
    echo "board \"r\" { line = \"$work/real\", real_modules = { 1, 2, 3, 4, 5, 6 } }" \
        >"$work/real.lua"
    echo 'plant.module[7].voltage = 12.5' |
        "$bench" board "$work/real.lua" "$work/real_plant.lua" >"$work/real.out" 2>&1 &
    real=$!
    others="$others $real"
    until grep -qs '^ready' "$work/real.out"; do kill -0 "$real" || fail "no real module"; done
}

# One real module among virtual ones: it is seen, registered and missed as they are. It goes once
# the operator has set a limit.
case_mixed() {
    hub
    board_make "$powered real_modules = { 7 },"
    real_module
    cat >"$work/mixed.lua" <<'END'
scenario "one is real" { needs = { "real_board" }, plant = "guide_dashboard", run = function(plant)
  local real, virtual = plant.module[7], plant.module[6]
  settle()
  expect(real.voltage):is(12.5)
  expect(virtual.voltage):is(12.941)
  expect(plant):is_quiet()

  note "a button of the bench's own module 7 is nobody's; a search and a range leave the real one"
  operator "programmer on"
  operator "programmer show 7"
  expect.operator("show programmer"):shows "activity=show"
  operator "programmer stop"
  operator "programmer range 7 7"
  real:press()
  wait(seconds(3))
  expect.operator("show programmer"):shows "modules=0"
  operator "programmer off"
  within(rounds(5), function()
    expect(real.voltage):is(12.5)
    expect(plant):is_quiet()
  end)

  note "it goes"
  operator "set voltage.high_alarm 15.2"
  within(seconds(20), function()
    expect(real):has "module_lost"
  end)
  for i = 1, 18 do
    if i ~= 7 then
      expect(plant.module[i]):has_not "module_lost"
    end
  end
end }
END
    (until grep -q "Setting is now: voltage.high_alarm" "$work/log"; do sleep 0.1; done
        kill "$real") &
    runs 0 "$work/mixed.lua"
}

# Two answer at one address: the bench hears the other, and says which.
case_collision() {
    hub
    board_make "$powered"
    real_module
    waits 5 "settle()"
    runs 1 "$work/wait.lua"
    says 'line collision: module 7 on '
}

# The line goes away in the middle of a story, as an adapter that is pulled.
case_gone() {
    hub
    board_make "$powered"
    waits 30 "settle()"
    (until grep -q "Alarm went: initializing" "$work/log"; do sleep 0.1; done
        echo "pull 2" >&8) &
    runs 1 "$work/wait.lua"
    says "line gone: $work/bench was hung up; plug it in"
}

# Whoever takes the line hangs up at once: a server that has no place for one more.
case_hangs_up() {
    : >"$work/log"
    mkdir "$work/state"
    "$webmanagerd" --bus /dev/ptmx --state "$work/state" --modbus "$(at 4)" --snmp off \
        --set modbus.clients_max=1 2>"$work/log" &
    others="$others $!"
    until grep -q ' ready ' "$work/log"; do kill -0 $! || fail "nobody takes the line"; done
    echo "board \"b\" { line = \"$(at 4)\" }" >"$work/board.lua"
    "$bench" board "$work/board.lua" one_module >"$out" 2>&1 </dev/null &
    others="$others $!"
    until grep -q '^ready' "$out"; do kill -0 $! || fail "nobody has the place"; done
    line=$(at 4)
    board_make 'start = "true",'
    waits 25
    runs 1 "$work/wait.lua"
    says "line gone: $line is hung up each time it is opened; look after what is there"
}

# What is never measured is waited for no longer than a scenario may take.
case_settles() {
    board_make "$powered"
    sed -i 's/longest = 20/longest = 4/' "$work/board.lua"
    cat >"$work/settles.lua" <<'END'
scenario "settles" { needs = { "real_board" }, plant = "guide_dashboard", run = function(plant)
  plant.module[3]:mute()
  settle()
end }
END
    runs 1 "$work/settles.lua"
    says 'every configured value measured within 4 s'
}

# A story of the board alone takes no longer than it may; its settle() has its own time.
case_longest() {
    board_make "$powered"
    sed -i 's/longest = 20/longest = 4/' "$work/board.lua"
    waits 3 "settle()"
    runs 0 "$work/wait.lua"
    waits 30 "settle()"
    runs 1 --time-limit 20 "$work/wait.lua"
    says "$work/wait.lua:3: wait of 30 s: the scenario takes longer than 4 s; shorten it, or raise"
}

# A board that runs already, and that nobody can set up: its settings are typed at its console, and a
# plant that it is not made for is skipped, with what differs.
case_typed() {
    hub
    board_make ""
    sed -i '/set_up/d' "$work/board.lua"
    mkdir "$work/state"
    printf 'bank.strings = 2\nbank.modules = 18\nbank.current_sensors = 2\n' >"$work/conf"
    # The levels of before are all below those to be: none can be set before the high ones are.
    printf 'voltage.%s\n' 'low_alarm = 5' 'low_warn = 6' 'high_warn = 11.8' 'high_alarm = 11.9' \
        >>"$work/conf"
    sh "$work/board.sh" on
    cat >"$work/typed.lua" <<'END'
scenario "fits" { needs = { "real_board" }, plant = "guide_dashboard",
  settings = { ["voltage.high_alarm"] = 15.2, ["system.location"] = "Cellar 2" },
  run = function(plant)
    settle()
    expect.operator("show settings voltage.high_alarm"):shows "value=15.200"
    expect.snmp("sysLocation"):is "Cellar 2"
    expect(plant):is_quiet()
  end }
scenario "is another" { needs = { "real_board" }, plant = "one_module",
  run = function(plant) expect(plant):is_quiet() end }
END
    runs 0 "$work/typed.lua"
    says '1 passed, 0 failed, 1 skipped'
    says 'the plant has bank.strings = 1, the board value=2; give its file a set_up'
    # Its record has no power cut that never was, and is not played as if it had begun then.
    runs 0 --filter fits --record "$work/board" "$work/typed.lua"
    record=$work/board/$(basename "$work")/typed--fits.record
    grep -q '^0.000000 power running$' "$record" || fail "it should say so"
    test "$(grep -c ' power ' "$record")" -eq 1 || fail "its power was not cut"
    compared 2 replay "$work/board"
    says 'typed--fits.record: its board was running before, with what it had in its memory, and'
}

# Its console is a pty that the bench makes: it is there before the board, and outlives it.
case_console_pty() {
    console="--console $work/con"
    console_at=pty:$work/con
    board_make "$powered"
    sed -i "s|^set-up) |&test -e $work/con \|\| exit 3; |" "$work/board.sh"
    cat >"$work/pty.lua" <<'END'
scenario "pty" { needs = { "real_board" }, plant = "one_module", run = function(plant)
  settle()
  operator "set voltage.delay 3"
  plant.webmanager:restart()
  settle()
  expect.operator("show settings voltage.delay"):shows "value=3"
end }
END
    runs 0 "$work/pty.lua"
    says '1 passed'
    test ! -L "$work/con" || fail "the link to its console is still there"
    # One that nobody takes.
    console="--console off"
    board_make "$powered"
    sed -i 's/longest = 20/longest = 4/' "$work/board.lua"
    waits 1 "settle()"
    began=$(date +%s)
    runs 1 "$work/wait.lua"
    says "the console pty:$work/con says nothing; is the board on, is this its console?"
    test $(($(date +%s) - began)) -lt 15 || fail "it waited longer than that"
}

# Whoever listens there takes nobody: it is told, and holds nobody up.
case_shut() {
    mkfifo "$work/orders"
    "$line_hub" "shut:$work/shut" <"$work/orders" >"$work/done" &
    others="$others $!"
    exec 8>"$work/orders"
    until grep -qs '^ready' "$work/done"; do kill -0 $others || fail "no hub"; done
    : >"$work/log"
    echo "board \"b\" { line = \"$work/shut\" }" >"$work/board.lua"
    timeout 10 "$bench" board "$work/board.lua" one_module >"$out" 2>&1 </dev/null
    test $? -eq 2 || fail "it should end at once"
    says "$work/shut: does not accept; end who has its place, or start it anew"
    console_at=$work/shut
    board_make "$powered"
    sed -i 's/longest = 20/longest = 4/' "$work/board.lua"
    waits 1 "settle()"
    runs 1 "$work/wait.lua"
    says "the console $work/shut: does not accept; end who has its place, or start it anew"
    ! grep -q "event module_lost" "$work/log" || fail "the devices fell silent"
}

# Its console is slow, and then too slow: no answer is taken for another's, and no order is given
# twice.
case_console_late() {
    mkfifo "$work/late"
    "$line_hub" "$work/con" "$work/con_bench" <"$work/late" >"$work/hub" &
    others="$others $!"
    exec 7>"$work/late"
    until grep -qs '^ready' "$work/hub"; do kill -0 $others || fail "no hub"; done
    echo "late 1 1300" >&7
    console="--console $work/con"
    console_at=$work/con_bench
    board_make "$powered"
    cat >"$work/late.lua" <<'END'
scenario "late" { needs = { "real_board" }, plant = "one_module", run = function(plant)
  expect.operator("show settings voltage.delay"):shows "value=0"
  operator "set voltage.delay 7"
  expect.operator("show settings voltage.delay"):shows "value=7"
  expect.operator("show version"):shows "product=gbms"
end }
END
    runs 0 "$work/late.lua"
    echo "late 1 0" >&7
    waits 1 'operator "set voltage.delay 1" wait(seconds(5)) operator "clock 2030-01-01T00:00:00Z"'
    board_make "$powered"
    (until grep -q "Setting is now: voltage.delay 1" "$work/log"; do sleep 0.1; done
        sleep 1
        echo "late 1 5500" >&7
        sleep 5
        echo "late 1 0" >&7) &
    runs 1 "$work/wait.lua"
    says 'the console does not answer "clock 2030-01-01T00:00:00Z", and may have obeyed it'
    test "$(grep -c "event clock_set" "$work/log")" -eq 1 || fail "it was told twice"
}

# It falls over by itself in the middle of a story: the account of traps says so, and the report of
# whatever fails.
case_resets() {
    board_make "$powered"
    waits 6 "settle()"
    (until grep -q "Alarm went: initializing" "$work/log"; do sleep 0.1; done
        sleep 1
        sh "$work/board.sh" off
        sh "$work/board.sh" on) &
    runs 1 "$work/wait.lua"
    says 'coldStart at uptime 0: wanted once a start'
    says 'the board has restarted by itself, 1 time; look after its supply'
    # And one that was on when the bench came, before any trap: its coldStart is the first.
    board_make ""
    sed -i '/set_up/d' "$work/board.lua"
    waits 6 'operator "set voltage.delay 1"'
    (until grep -q "Setting is now: voltage.delay 1" "$work/log"; do sleep 0.1; done
        sleep 1
        sh "$work/board.sh" off
        sh "$work/board.sh" on) &
    runs 1 "$work/wait.lua"
    says 'coldStart at uptime 0: wanted none: nobody switched it on'
    says 'the board has restarted by itself, 1 time; look after its supply'
}

# What a board has for itself: a story that lays hands on it is an error, with its line.
case_out_of_reach() {
    board_make "$powered"
    for hand in 'webmanager.mute:press()' 'webmanager.slide_switch = "right"' \
        'webmanager.store:fail()' 'webmanager.log:mend()' 'webmanager:cut_power { nth_write = 1 }' \
        'webmanager.store:damage { record = "settings" }'; do
        echo "scenario '$hand' { needs = { 'real_board' }, plant = 'guide_dashboard',"
        echo "run = function(plant) plant.$hand expect(plant):is_quiet() end }"
    done >"$work/hands.lua"
    cat >"$work/com2.lua" <<'END'
plant "com2" { modules = 2,
  com2 = { use = "temperature_humidity", temperature = 21, humidity = 40 } }
END
    echo "scenario 'com2' { needs = { 'real_board' }, plant = 'com2.lua', run = print }" \
        >>"$work/hands.lua"
    runs 1 "$work/hands.lua"
    says '0 passed, 0 failed, 6 error, 1 skipped'
    says "hands.lua:2: press: a board's panel can't be touched from here; a story that does needs"
    says "hands.lua:4: slide_switch: a board's panel can't be touched"
    says "hands.lua:6: fail: a board's flash can't be touched"
    says "hands.lua:8: mend: a board's flash can't be touched"
    says "hands.lua:10: cut_power: a board's flash can't be touched"
    says "hands.lua:12: damage: a board's flash can't be touched"
    says '(the plant has something on COM2)'
    printf 'plant.%s\n' 'webmanager.mute:press()' 'com2.temperature = 30' 'com2:unplug()' \
        >"$work/typed"
    "$bench" board "$work/board.lua" "$work/com2.lua" --for 1 <"$work/typed" >"$out" 2>&1
    says "press: a board's panel can't be touched"
    says "temperature: what hangs on a board's COM2 can't be touched"
    says "unplug: what hangs on a board's COM2 can't be touched"
}

refused() {
    printf '%s\n' "$2" >"$work/board.lua"
    runs 2 scenarios/aux
    says "$1"
    test "$(wc -l <"$out")" -eq 1 || fail "it should say one line"
}

case_refuses() {
    : >"$work/log"
    refused 'it has: bench_address, console' 'board "b" { lime = "x" }'
    refused 'line is a line of text of 1 to 400 bytes' 'board "b" { }'
    refused 'modbus is HOST:PORT' 'board "b" { line = "x", modbus = "y" }'
    refused 'console is missing' 'board "b" { line = "x" }'
    refused 'modbus_rtu is the path of a tty' 'board "b" { line = "x", modbus_rtu = "COM2" }'
    refused 'modbus, or modbus_rtu, is missing' 'board "b" { line = "x", console = "y" }'
    refused 'belong together' 'board "b" { line = "x", power_off = "y" }'
    refused 'no setting' 'board "b" { line = "x", settings = { ["no.such"] = 1 } }'
    for address in "nonsense here" 192.168.1.300 board.local ::1 1.2.3 01.2.3.4; do
        refused 'bench_address is an IPv4 address' \
            "board \"b\" { line = \"x\", bench_address = \"$address\" }"
    done
    refused 'describes no board' 'local x = 1'
    refused 'goes round in circles' 'while true do end'
    refused 'from 1 to 512' 'board "b" { line = "x", real_modules = { 513 } }'
}

# The line alone, with a hand on the plant.
# A file where a pty's link should be is somebody's.
case_line_kept() {
    : >"$work/log"
    echo precious >"$work/bus"
    echo "board \"b\" { line = \"pty:$work/bus\" }" >"$work/board.lua"
    status=0
    "$bench" board "$work/board.lua" guide_dashboard --for 1 >"$out" 2>&1 || status=$?
    test "$status" -ne 0 || fail "it went on"
    says 'it is no link; name a path that nobody needs'
    grep -q precious "$work/bus" || fail "the file is gone"
}

# What a command says without end, or leaves behind, holds nobody up.
case_commands() {
    board_make "start = \"sleep 30 &\","
    runs 1 --filter "each input is read" scenarios/aux
    says 'start left something that keeps its output; end it with >FILE 2>&1 &'
    sed -i 's/start = .*/start = "yes | head -c 1000000; echo so far; exit 3",/' "$work/board.lua"
    runs 1 --filter "each input is read" scenarios/aux
    says 'start did not end well; it is: yes'
    says 'so far'
    # It ends the worker, whose file has passphrases and whose pty's number is another's soon.
    cat >"$work/kill.sh" <<END
echo \$SETTINGS >$work/settings; readlink $work/bus >$work/pty; kill -KILL \$1
END
    sed -i "s|set_up = .*|set_up = \"sh $work/kill.sh \$(cut -d' ' -f4 /proc/\$PPID/stat)\",|" \
        "$work/board.lua"
    runs 1 --filter "each input is read" scenarios/aux
    says 'the process was ended by signal 9'
    grep -q gbms-bench "$work/settings" || fail "no file of settings"
    grep -q /dev/pts "$work/pty" || fail "no pty"
    test ! -e "$(cat "$work/settings")" || fail "its file of settings is still there"
    test ! -L "$work/bus" || fail "the link to its pty is still there"
}

# What has its number in the file is there, and no zombie; and ends soon.
is_alive() { grep -qs '^State:[^Z]*$' "/proc/$(cat "$work/slow")/status"; }
ends() {
    for i in 1 2 3 4 5 6 7 8 9 10; do
        is_alive || return 0
        sleep 0.2
    done
    fail "what set_up had under way goes on"
}

# What a command has under way ends with it, too late or with the bench, however that ends; what it
# has started lives on.
case_commands_end() {
    board_make ""
    cat >"$work/slow.sh" <<END
sleep 300 &
rm "\$SETTINGS" # nobody does it for a bench that is killed
echo \$! >$work/slow
wait
END
    sed -i "s|set_up = .*|set_up = \"sh $work/slow.sh; true\",|" "$work/board.lua"
    waits 1
    runs 1 --time-limit 2 "$work/wait.lua"
    says 'set_up had not ended at the time limit of 2 s'
    for signal in TERM KILL; do
        ends
        rm "$work/slow"
        "$bench" run --board "$work/board.lua" "$work/wait.lua" >"$out" 2>&1 &
        until test -s "$work/slow"; do kill -0 $! || fail "it ended"; sleep 0.1; done
        kill -s "$signal" $!
        wait $!
    done
    ends
    sed -i "s|set_up = .*|set_up = \"sleep 300 >$out 2>\&1 \& echo \$! >$work/slow; false\",|" \
        "$work/board.lua"
    runs 1 "$work/wait.lua"
    is_alive || fail "what set_up has started is gone"
    kill "$(cat "$work/slow")"
}

# A terminal that is closed leaves nothing behind, no passphrases and no pty; nohup goes on.
case_hung_up() {
    board_make ""
    echo "echo \$SETTINGS >$work/settings; sleep 30" >"$work/slow.sh"
    sed -i "s|set_up = .*|set_up = \"sh $work/slow.sh\",|" "$work/board.lua"
    waits 1
    setsid env --default-signal=HUP "$bench" run --board "$work/board.lua" "$work/wait.lua" \
        >"$out" 2>&1 &
    until test -s "$work/settings"; do kill -0 $! || fail "it ended"; done
    test -L "$work/bus" || fail "no pty"
    kill -s HUP -- -$!
    wait $!
    test $? -eq 1 || fail "status $?"
    says 'waits (interrupted)'
    test ! -e "$(cat "$work/settings")" || fail "its file of settings is still there"
    test ! -L "$work/bus" || fail "the link to its pty is still there"
    for form in default ignore; do
        : >"$out"
        env "--$form-signal=HUP" "$bench" board "$work/board.lua" one_module --for 60 \
            >"$out" 2>&1 </dev/null &
        until grep -q '^ready' "$out"; do kill -0 $! || fail "it ended"; done
        began=$(date +%s)
        kill -s HUP $!
        if test "$form" = ignore; then
            sleep 1
            kill $! || fail "nohup is not heeded"
        fi
        wait $! || fail "status $?"
        test $(($(date +%s) - began)) -lt 30 || fail "it went on"
        test ! -L "$work/bus" || fail "the link to its pty is still there"
    done
}

case_line() {
    : >"$work/log"
    echo "board \"b\" { line = \"pty:$work/bus\" }" >"$work/board.lua"
    echo 'plant.module[3].voltage = 12.5' |
        "$bench" board "$work/board.lua" guide_dashboard --for 4 >"$out" 2>&1 &
    player=$!
    until grep -q '^ready' "$out"; do kill -0 "$player" || fail "it ended"; done
    mkdir "$work/state"
    grep ' = ' "$out" >"$work/conf"
    timeout 3 "$webmanagerd" --config "$work/conf" --bus "$work/bus" --state "$work/state" \
        --modbus off --snmp off 2>"$work/log"
    wait "$player" || fail "status $?"
    grep -q 'Alarm went: initializing' "$work/log" || fail "the daemon heard no devices"
    says ', 0 bytes that were no frame'
}

# A console that never stops is no console, and the limit holds.
case_console_babbles() {
    board_make ""
    cat >"$work/babble.sh" <<END
until test -e $work/con; do sleep 0.1; done
timeout 9 yes x >$work/con
END
    sed -i "s|console = [^,]*|console = \"pty:$work/con\"|
        s|set_up = .*|set_up = \"sh $work/babble.sh >/dev/null 2>\&1 \&\",|" "$work/board.lua"
    waits 1
    runs 1 --time-limit 3 "$work/wait.lua"
    says "the console pty:$work/con babbles; is the board on"
}

"case_$case_name"
