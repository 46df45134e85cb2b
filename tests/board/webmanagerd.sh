#!/bin/sh
# webmanagerd.sh WEBMANAGERD BENCH LINE_HUB CASE — one case of webmanagerd: what it says of a wrong
# configuration and of what it cannot have, and how it lives, on a line on whose other end the bench
# plays a plant in real time. Runs from the top of the tree.
#
# Nothing sleeps: what has to be waited for is looked for until it is there; ctest has the limit.
set -u

webmanagerd=$1
bench=$2
line_hub=$3
case_name=$4
work=$(mktemp -d) || exit 1
out=$work/out
log=$work/log
daemon=
players=
plant=scenarios/plants/two_strings_of_nine.lua
trap 'kill -KILL $daemon $players 2>/dev/null; rm -rf "$work"' EXIT
mkdir "$work/state"
: >"$log"

fail() {
    echo "FAILED: $*"
    echo "--- it printed:"
    cat "$out"
    echo "--- the daemon's log:"
    cat "$log"
    exit 1
}

says() { grep -qF -- "$1" "$out" || fail "it should say: $1"; }
says_lines() { test "$(wc -l <"$out")" -eq "$1" || fail "it should say $1 line(s)"; }

# until_true COMMAND...: until the command succeeds; the daemon has to live meanwhile.
until_true() {
    until "$@" >/dev/null 2>&1; do
        kill -0 "$daemon" 2>/dev/null || fail "webmanagerd ended before: $*"
    done
}

log_says() { grep -qF -- "$1" "$log"; }
logged() { until_true log_says "$1"; }

# Plays webmanagerd to its end; leaves what it printed.
ends() {
    wanted=$1
    shift
    status=0
    "$webmanagerd" --bus "$work/bus" --state "$work/state" --modbus off --snmp off "$@" \
        >"$out" 2>&1 </dev/null || status=$?
    test "$status" -eq "$wanted" || fail "status $status instead of $wanted of: $*"
}

# hub NAME: a line with the ends $work/NAME and $work/NAME.far.
hub() {
    mkfifo "$work/$1.orders"
    "$line_hub" "$work/$1" "$work/$1.far" <>"$work/$1.orders" >"$work/$1.done" &
    players="$players $!"
    until grep -qs '^ready' "$work/$1.done"; do
        kill -0 $players || fail "no line $1"
    done
}

# wire NAME: the same; what comes to its far end is in $work/NAME.heard.
wire() {
    hub "$1"
    cat "$work/$1.far" >"$work/$1.heard" &
    players="$players $!"
}

# line NAME: the same; at its far end the plant is played.
line() {
    hub "$1"
    echo "board \"line\" { line = \"$work/$1.far\" }" >"$work/$1.lua"
    mkfifo "$work/$1.in"
    "$bench" board "$work/$1.lua" "$plant" <>"$work/$1.in" >"$work/$1.out" 2>&1 &
    players="$players $!"
    until grep -qs '^ready' "$work/$1.out"; do
        kill -0 $players || fail "no plant on line $1"
    done
}

# done_of FILE TO LINE...: says the lines there, and waits for one more ok in the file.
done_of() {
    file=$1 before=$(grep -c '^ok' "$1") to=$2
    shift 2
    printf '%s\n' "$@" >"$to"
    until [ "$(grep -c '^ok' "$file")" -gt "$before" ]; do
        ! grep -q '^gbms-bench:' "$file" || fail "$(cat "$file")"
    done
}

plant_does() { done_of "$work/bus.out" "$work/bus.in" "$1" '"ok"'; }
# line_does NAME ORDER
line_does() { done_of "$work/$1.done" "$work/$1.orders" "$2"; }

# Starts it on the plant's line, with what the plant is; waits until it is ready.
start() {
    grep ' = ' "$work/bus.out" >"$work/conf"
    : >"$log"
    "$webmanagerd" --config "$work/conf" --bus "$work/bus" --state "$work/state" \
        --modbus 127.0.0.1:0 --snmp 127.0.0.1:0 "$@" 2>"$log" >"$out" </dev/null &
    daemon=$!
    logged ' ready '
    modbus=$(sed -n 's/.* modbus=\([0-9]*\).*/\1/p' "$log")
    snmp=$(sed -n 's/.* snmp=\([0-9]*\).*/\1/p' "$log")
}

# stop SIGNAL STATUS
stop() {
    kill "-$1" "$daemon"
    status=0
    wait "$daemon" 2>/dev/null || status=$?
    daemon=
    test "$status" -eq "$2" || fail "status $status instead of $2 after $1"
}

# What a register and an object show.
register() {
    mbpoll -m tcp -p "$modbus" -0 -r "$1" -c 1 -1 127.0.0.1 2>/dev/null |
        sed -n 's/^\[[0-9]*\]:[[:space:]]*\(-*[0-9]*\).*/\1/p'
}
object() { snmpget -v2c -c public -Oqv "127.0.0.1:$snmp" "1.3.6.1.2.1.33.5.$1" 2>/dev/null; }
register_is() { test "$(register "$1")" = "$2"; }
# Flags among others: 1 running, 64 float charging, 256 system failure.
register_has() { value=$(register "$1") && test -n "$value" && test $((value & $2)) -eq "$2"; }
register_lacks() { value=$(register "$1") && test -n "$value" && test $((value & $2)) -eq 0; }
object_begins() { case $(object "$1") in "$2"*) ;; *) false ;; esac; }
object_is() { test "$(object "$1")" = "$2"; }

# Sets by SNMP: $1 below bacs, $2 its number.
object_set() { snmpset -v2c -c secret "127.0.0.1:$snmp" "1.3.6.1.2.1.33.5.$1" i "$2" >"$out" 2>&1; }

# ---- configuration ------------------------------------------------------------------------------

# conf LINE...: a configuration of these lines is refused: $1 is what it says of it.
refused() {
    text=$1
    shift
    printf '%s\n' "$@" >"$work/conf"
    ends 2 --config "$work/conf"
    says "$work/conf:$text"
    says_lines 1
}

case_configuration() {
    refused "1: unknown key 'buss'; known: bus, bus_rs485, bus_echo" 'buss = /dev/ttyS1'
    refused "3: 'bus' is no KEY = VALUE; a line that begins with # is a comment" '# the line' '' 'bus'
}

# What is no text, and what gives bytes without end, or none for ever.
case_bad_file() {
    printf 'bank.modules = 36\000junk\n' >"$work/conf"
    ends 2 --config "$work/conf"
    says "$work/conf:1: a byte 0 in it; take it out"
    head -c 600 /dev/zero | tr '\000' x >"$work/conf"
    ends 2 --config "$work/conf"
    says "$work/conf:1: longer than 510 bytes; shorten it"
    truncate -s 2G "$work/conf"
    ends 2 --config "$work/conf"
    says "$work/conf: larger than 1048576 bytes; shorten it"
    mkfifo "$work/pipe"
    for file in /dev/zero "$work/pipe" "$work"; do
        ends 2 --config "$file" --check
        says "$file: no regular file; name one with --config"
    done
}

case_bad_values() {
    refused '1: bus_echo = loud: no such choice; it is one of: keep discard' 'bus_echo = loud'
    refused '1: bus = ttyS1: no path from /; name the whole path' 'bus = ttyS1'
    long=/$(printf 'x%.0s' $(seq 200))
    refused '1: state: a path of more than 200 bytes; shorten it' "state = $long"
    refused '1: modbus = 502: no HOST:PORT; write it as in 0.0.0.0:1502' 'modbus = 502'
    refused '1: modbus = a:66000: no HOST:PORT' 'modbus = a:66000'
    refused '1: console_baud = fast: no speed' 'console_baud = fast'
    refused '2: log is set on line 1 already; leave one of them out' 'log = stderr' 'log = syslog'
    refused "1: no setting 'bank.moduls'" 'bank.moduls = 3'
    refused '1: setting bank.modules = 600: ' 'bank.modules = 600'
    refused '2: bank.modules is set on line 1 already' 'bank.modules = 6' 'bank.modules = 7'
}

case_command_line() {
    "$webmanagerd" --version >"$out"
    says 'webmanagerd 0.'
    "$webmanagerd" --help >"$out"
    says 'usage: webmanagerd'
    "$webmanagerd" --example >"$work/conf"
    hub bus
    ends 0 --config "$work/conf" --check
    says 'it would start'
    says 'console_baud = 115200'
    says 'bank.modules = 1'
    ends 2 --buss /dev/ttyS1
    says "unknown key 'buss'"
    ends 2 --check now
    says 'now: no option with a value'
    ends 2 --config "$work/nothing"
    says "$work/nothing: No such file or directory; name the configuration with --config"
    ends 2 --set bank.modules
    says 'no NAME=VALUE'
    ends 2 --bus off
    says 'bus cannot be off; name one'
    ends 2 --console "$work/bus"
    says "console = $work/bus: bus has it; name another, or off"
    ends 2 --com2 /dev/ttyS8 --console /dev/ttyS8
    says 'console = /dev/ttyS8: com2 has it; name another, or off'
    ends 2 --set bank.strings=2 --set bank.modules=3
    says 'settings contradict one another'
    says_lines 1
    ends 2 --set com2.use=sensormanager
    says 'com2.use = sensormanager, and com2 is off; name its tty as com2'
    ends 2 --set com2.use=modbus_rtu --check
    says 'com2.use = modbus_rtu, and com2 is off; name its tty as com2'
    ends 2 --set com2.use=modbus_rtu
    says 'com2.use = modbus_rtu, and com2 is off; name its tty as com2'
    says_lines 1
}

# ---- what cannot be had -------------------------------------------------------------------------

case_missing_tty() {
    ends 1
    says "bus $work/bus: No such file or directory; plug it in, or name the one that is there"
    says_lines 1
    : >"$work/bus"
    ends 1
    says "bus $work/bus: Inappropriate ioctl for device; name a serial port"
    # --check says what a start says: what the battery is not watched by may come later.
    ends 1 --check --bus "$work/nothing"
    says "bus $work/nothing: No such file or directory; plug it in"
    ends 1 --check
    says "bus $work/bus: Inappropriate ioctl for device; name a serial port"
    ends 1 --check --bus "$work"
    says "bus $work: Is a directory; name a serial port"
    ends 1 --check --bus /dev/null
    says "bus /dev/null: Inappropriate ioctl for device; name a serial port"
    ends 0 --check --bus /dev/ptmx --com2 /dev/null
    says "com2 /dev/null: Inappropriate ioctl for device; name a serial port"
    ends 1 --check --bus /dev/ptmx --panel-mute "$work/nothing"
    says "panel $work/nothing: No such file or directory"
    ends 1 --check --bus /dev/ptmx --panel-red /dev/null
    says "panel /dev/null: No such device; name a file of sysfs"
    # Without sysfs only its opening would tell.
    [ ! -d /sys/dev/char ] || ends 1 --check --bus /dev/ptmx --watchdog /dev/null
    [ ! -d /sys/dev/char ] || says "watchdog /dev/null: no watchdog; name one, such as /dev/watchdog"
    ends 1 --check --bus /dev/ptmx --watchdog "$work/nothing"
    says "watchdog $work/nothing: No such file or directory; name another"
    ends 1 --check --bus /dev/ptmx --state "$work/bus"
    says "state $work/bus: Not a directory"
    ends 0 --check --bus /dev/ptmx --console "$work/nothing"
    says "console $work/nothing: No such file or directory; plug it in"
    says 'it would start'
    # As the journal reads it, with the level in front.
    JOURNAL_STREAM=8:1
    export JOURNAL_STREAM
    ends 1 --bus "$work/nothing"
    says "<3>bus $work/nothing: No such file or directory"
}

# --check looks at addresses, a user's folder and RS-485 as a start does.
case_check() {
    hub bus
    ends 1 --check --bus-rs485 rts_on_send
    says "bus $work/bus: its driver has no RS-485 direction"
    hub com2
    ends 0 --check --com2 "$work/com2" --com2-rs485 rts_on_send
    says "com2 $work/com2: its driver has no RS-485 direction"
    # No name server is asked for a label that is too long.
    label=$(printf 'x%.0s' $(seq 64))
    for key in modbus snmp console-tcp; do
        ends 1 --check "--$key" "$label:1"
        says "$label:1: no such host; write it as 127.0.0.1"
        ends 1 --check "--$key" "192.0.2.1:0" # RFC 5737: of no machine
        says "192.0.2.1:0: Cannot assign requested address; choose another with --$key"
    done
    ends 0 --check --modbus localhost:0 --snmp 127.0.0.1:0 --console-tcp localhost:0
    says 'it would start'
    ! grep -qs '^0\{31\}1 ' /proc/net/if_inet6 || ends 0 --check --snmp '[::1]:0'
    ends 2 --check --modbus 0.0.0.0:5099 --console-tcp 127.0.0.1:5099
    says 'console_tcp = 127.0.0.1:5099: modbus has the port; choose another'
    : >"$work/state/log"
    ends 0 --check
    says "state $work/state/log: Not a directory; nothing is kept there meanwhile"
    ln -s "$work/bus" "$work/same"
    ends 2 --check --console "$work/same"
    says "console = $work/same: bus has it; name another, or off"
}

# Another's folder, as its user sees it: the battery is watched without, until it can be written.
case_state_later() {
    user=
    line bus
    if [ "$(id -u)" -eq 0 ]; then
        user="--user nobody"
        chmod 755 "$work"
        chown nobody "$work/state"
    fi
    chmod 0 "$work/state"
    ends 1 --check $user
    says "state $work/state: Permission denied; give it to the user that the webmanager runs as"
    ends 1 $user
    says "state $work/state: Permission denied; give it to the user that the webmanager runs as"
    chmod 555 "$work/state"
    ends 0 --check $user
    says "state $work/state/store: Permission denied; nothing is kept there meanwhile"
    says "state $work/state/log: Permission denied; nothing is kept there meanwhile"
    start $user --set snmp.write_community=secret
    log_says "store $work/state/store: cannot be made: Permission denied; give the folder to the" ||
        fail "no word of the store"
    log_says "log $work/state/log: cannot be made: Permission denied; give the folder to the user" ||
        fail "no word of the log"
    until_true register_has 1000 321
    ! object_set 1.13.0 1510 || fail "a setting that is not kept was not refused"
    chmod 755 "$work/state"
    logged 'store: everything is kept again'
    logged 'log: written again'
    until_true object_set 1.13.0 1520
    until_true register_lacks 1000 256
    stop KILL 137
    start $user --set snmp.write_community=secret
    object_is 1.13.0 1520 || fail "what was set is forgotten"
    stop TERM 0
}

case_in_use() {
    line bus
    start
    ends 0 --check --modbus "127.0.0.1:$modbus" --snmp "127.0.0.1:$snmp"
    says 'it would start'
    ends 1
    says "bus $work/bus: in use; another program has it; end that one"
    says_lines 1
    line other
    ends 1 --bus "$work/other"
    says "state $work/state: another webmanagerd has it"
    mkdir "$work/state2"
    ends 1 --bus "$work/other" --state "$work/state2" --modbus "127.0.0.1:$modbus"
    grep -q "127.0.0.1:$modbus: .*ddress already in use" "$out" || fail "no word of the Modbus port"
    ends 1 --bus "$work/other" --state "$work/state2" --snmp "127.0.0.1:$snmp"
    grep -q "127.0.0.1:$snmp" "$out" || fail "no word of the SNMP port"
    ends 1 --bus "$work/other" --state "$work/state2" --console-tcp "127.0.0.1:$modbus"
    says "console 127.0.0.1:$modbus: Address already in use; choose another with --console-tcp"
}

case_state() {
    line bus
    ends 1 --state "$work/nothing"
    says "state $work/nothing: No such file or directory; make the folder, or name another"
    says_lines 1
    # A disk that takes no byte: the battery is watched all the same, and the loss is told.
    mkfifo "$work/pipe"
    cat "$work/pipe" >"$log" &
    (
        ulimit -f 0
        exec "$webmanagerd" --bus "$work/bus" --state "$work/state" --modbus off --snmp off
    ) 2>"$work/pipe" </dev/null &
    daemon=$!
    logged ' ready '
    logged "log $work/state/log: cannot be written: File too large"
    logged "store $work/state/store: a record cannot be written: File too large"
    stop TERM 0
}

# Whoever is root becomes another once everything is open, and what is written is that one's.
case_user() {
    line bus
    if [ "$(id -u)" -ne 0 ]; then
        ends 1 --user root
        says 'user root: only root can become another; start it as root'
        return
    fi
    ends 1 --user nobody-at-all
    says 'user nobody-at-all: there is none; add it'
    ends 1 --user nobody --watchdog "$work/no-watchdog"
    says "watchdog $work/no-watchdog: No such file or directory; name another, or watchdog = off"
    chmod 755 "$work"
    chown nobody "$work/state"
    start --user nobody --set snmp.write_community=secret
    grep -q "^Uid:[[:space:]]$(id -u nobody)[[:space:]]$(id -u nobody)[[:space:]]$(id -u nobody)" \
        "/proc/$daemon/status" || fail "it is still root"
    object_set 1.13.0 1520 || fail "cannot be set"
    stop TERM 0
    find "$work/state" ! -user nobody >"$out"
    says_lines 0
}

# Without the right to write: it says so, watches on with what was kept, and raises SystemError.
case_read_only() {
    line bus
    start --set snmp.write_community=secret
    object_set 1.13.0 1520 || fail "cannot be set"
    stop TERM 0
    # Folders of these names are in the way of every save, of root's too.
    mkdir "$work/state/store/trial.new" "$work/state/store/settings.new" \
        "$work/state/store/boots.new"
    start --set snmp.write_community=secret
    log_says "store $work/state/store: nothing can be kept there: " || fail "no word of the store"
    object_is 1.13.0 1520 || fail "what was kept is not in force"
    ! object_set 1.13.0 1510 || fail "a setting that is not kept was not refused"
    until_true register_has 1000 256
    stop TERM 0
}

# What gives no byte, in the place of a button, a lamp or a record, keeps nobody waiting.
case_pipes() {
    line bus
    mkfifo "$work/pipe"
    ends 1 --panel-red "$work/pipe"
    says "panel $work/pipe: No such device; name a file of sysfs"
    ends 1 --panel-mute "$work/pipe"
    says "panel $work/pipe: No such device; name a file of sysfs"
    mkdir "$work/state/store"
    mkfifo "$work/state/store/settings"
    start
    log_says "store $work/state/store: record settings cannot be read: no regular file" ||
        fail "no word of the pipe"
    until_true register_has 1000 65
    stop TERM 0
}

# A record that has another bit than was saved: told with its place and what to do, once.
case_damaged() {
    line bus
    start --set snmp.write_community=secret
    until_true register_has 1000 65
    object_set 1.13.0 1520 || fail "cannot be set"
    stop TERM 0
    printf 'x' >>"$work/state/store/settings"
    start --set snmp.write_community=secret
    log_says "store $work/state/store: damaged and not believed: settings; put a copy" ||
        fail "no word of the damage"
    logged 'event store_damaged'
    until_true register_has 1000 256
    stop TERM 0
    [ "$(grep -c damaged "$log")" -eq 2 ] || fail "it should be told once, and be an event"
    printf 'x' >>"$work/state/store/boots"
    start --set snmp.write_community=secret
    log_says "damaged and not believed: settings, boots; put" || fail "no word of the second one"
    stop TERM 0
    # What cannot be read at all hides no damage, and is not told as damage too.
    printf 'x' >>"$work/state/store/boots"
    rm "$work/state/store/settings"
    mkdir "$work/state/store/settings"
    start --set snmp.write_community=secret
    log_says "store $work/state/store: record settings cannot be read: no regular file" ||
        fail "no word of the folder"
    log_says "damaged and not believed: boots; put" || fail "no word of boots beside it"
    stop TERM 0
}

# A folder in the place of a log is called one.
case_log_folder() {
    line bus
    mkdir -p "$work/state/log/events.ring"
    start
    logged "log $work/state/log: cannot be made: Is a directory"
    stop TERM 0
}

# ---- life ---------------------------------------------------------------------------------------

case_live() {
    line bus
    start
    until_true register_has 1000 65
    register_is 1004 18 || fail "18 modules"
    volts=$(object 2.5.1.2.7)
    [ "$volts" -gt 1300 ] && [ "$volts" -lt 1400 ] || fail "module 7 floats: $volts"
    plant_does 'plant.string[1].module[7].temperature = 52'
    logged 'event alarm_added: Alarm came: temperature_high'
    stop TERM 0
    log_says ' stopped' || fail "no word of the end"
}

# Whoever said nohup meant it; and the terminal that it writes to stops nobody.
case_nohup() {
    line bus
    trap '' HUP
    start
    trap - HUP
    ignored=0x$(sed -n 's/^SigIgn:[[:space:]]*//p' "/proc/$daemon/status")
    [ $((ignored & 0x300000)) -eq $((0x300000)) ] || fail "SIGTTIN or SIGTTOU stops it: $ignored"
    kill -HUP "$daemon"
    until_true register_has 1000 65
    stop TERM 0
    start
    stop HUP 0
}

# Whoever reads what it tells has stopped to, and the pipe to him is full.
case_unread_log() {
    line bus
    wire console
    mkfifo "$work/pipe"
    exec 7<>"$work/pipe"
    "$webmanagerd" --bus "$work/bus" --state "$work/state" --modbus 127.0.0.1:0 --snmp off \
        --console "$work/console" 2>"$work/pipe" </dev/null >/dev/null &
    daemon=$!
    while read -r text; do
        case $text in *' ready '*) break ;; esac
    done <"$work/pipe"
    modbus=$(echo "$text" | sed 's/.* modbus=\([0-9]*\).*/\1/')
    # Each setting that changes is a line.
    dd if=/dev/zero of="$work/pipe" bs=4096 oflag=nonblock 2>/dev/null || :
    for volts in 1 2 3 4 5; do
        echo "set voltage.high_alarm 15.$volts" >"$work/console.far"
        until [ "$(grep -c '^ok' "$work/console.heard")" -eq $volts ]; do
            kill -0 "$daemon" || fail "it ended"
        done
    done
    register_is 1004 1 || fail "Modbus waits for whoever reads the log"
    stop TERM 0
}

case_kept() {
    line bus
    start --set snmp.write_community=secret
    object_set 1.13.0 1520 || fail "cannot be set"
    stop KILL 137
    start --set snmp.write_community=secret
    object_is 1.13.0 1520 || fail "a SIGKILL lost a setting"
    object_set 1.13.0 1510 || fail "cannot be set"
    stop INT 0
    start --set snmp.write_community=secret
    object_is 1.13.0 1510 || fail "a SIGINT lost a setting"
    stop TERM 0
}

case_pulled() {
    line bus
    start
    until_true register_has 1000 65
    line_does bus "pull 1"
    logged "bus $work/bus: gone ("
    logged 'event module_lost: Module gives no valid answer: module 18'
    line_does bus "plug 1"
    logged "bus $work/bus: back"
    logged 'event module_back: Module answers again: module 18'
    stop TERM 0
}

# A cable that comes off at each byte of an answer in turn: half a frame is no value, and no sign of
# life. The questions go on; what the plant says whole is taken.
case_parted() {
    line bus
    start
    until_true register_has 1000 65
    line_does bus "part 2 7"
    logged 'event module_lost: Module gives no valid answer: module 3'
    plant_does 'plant.module[3].voltage = 12.55'
    for bytes in 1 2 3 4 5 6 7 8 9 10 11 12 13 14; do
        line_does bus "part 2 $bytes"
        object_is 2.5.1.2.3 0 || fail "half a frame is a value"
    done
    ! log_says 'event module_back' || fail "half a frame is a sign of life"
    line_does bus "plug 2"
    logged 'event module_back: Module answers again: module 3'
    until_true object_begins 2.5.1.2.3 125
    stop TERM 0
}

case_console() {
    line bus
    wire console
    start --console "$work/console" --console-tcp 127.0.0.1:0
    echo 'show version' >"$work/console.far"
    until_true grep -q '^ok' "$work/console.heard"
    printf 'set voltage.high_alarm 15.2\r' >"$work/console.far"
    logged 'event setting_changed: Setting is now: voltage.high_alarm 15.200'
    echo 'log events 2' >"$work/console.far"
    until_true grep -q 'setting_changed' "$work/console.heard"
    stop TERM 0
}

file_is() { test "$(cat "$work/$1")" = "$2"; }

# Files as sysfs has them, for lamps and a button.
case_panel() {
    for file in red green buzzer relay; do : >"$work/$file"; done
    echo 0 >"$work/mute"
    line bus
    start --panel-red "$work/red" --panel-green "$work/green" --panel-buzzer "$work/buzzer" \
        --panel-relay "$work/relay" --panel-mute "$work/mute" --set panel.relay_delay=0
    until_true file_is green 1
    until_true file_is relay 1
    file_is red 0 || fail "red without an alarm"
    plant_does 'plant.string[1].module[7].temperature = 52'
    until_true file_is red 1
    until_true file_is buzzer 1
    until_true file_is relay 0
    until_true file_is green 0
    echo 1 >"$work/mute"
    until_true file_is buzzer 0
    logged 'event muted: Common alarm acknowledged'
    stop TERM 0
}

# Nobody watches the battery: the relay has dropped and the buzzer is silent, whatever it ended by.
case_panel_left() {
    line bus
    echo 1 >"$work/buzzer"
    echo 1 >"$work/relay"
    # One that is only looked at stays.
    ends 0 --check --panel-relay "$work/relay"
    file_is relay 1 || fail "--check wrote to the relay"
    start --panel-buzzer "$work/buzzer" --panel-relay "$work/relay" --set panel.relay_delay=0
    until_true file_is relay 1
    # A second one that is started by mistake has no hand on it.
    echo 7 >"$work/second"
    ends 1 --panel-relay "$work/second"
    file_is second 7 || fail "a second start wrote to the panel of the first"
    stop TERM 0
    file_is relay 0 || fail "the relay holds, and nobody watches"
    start --panel-buzzer "$work/buzzer" --panel-relay "$work/relay" --set panel.relay_delay=60
    plant_does 'plant.string[1].module[7].temperature = 52'
    until_true file_is buzzer 1
    stop TERM 0
    file_is buzzer 0 || fail "the buzzer sounds, and nobody can mute it"
    # One that was killed leaves them; the next one cannot start.
    for key in bus panel-red; do
        echo 1 >"$work/buzzer"
        echo 1 >"$work/relay"
        ends 1 --"$key" "$work/nothing" --panel-buzzer "$work/buzzer" --panel-relay "$work/relay"
        file_is relay 0 || fail "the relay holds without $key"
        file_is buzzer 0 || fail "the buzzer sounds without $key"
    done
}

# A relay that takes nothing (an address that no process has) is told of, once; the lamps without a file are in the log all the same.
case_panel_broken() {
    line bus
    start --panel-relay /proc/self/mem
    until_true register_has 1000 65
    logged 'panel /proc/self/mem: cannot be written: Input/output error; nothing is shown there'
    plant_does 'plant.string[1].module[7].temperature = 52'
    logged 'panel: alarm_led=red'
    stop TERM 0
    [ "$(grep -c 'panel /proc/self/mem' "$log")" -eq 1 ] || fail "it should be told once"
}

# One that is not there yet keeps nobody from the battery; a person sees what he types.
case_console_later() {
    line bus
    start --console "$work/console" --console-echo on
    log_says "console $work/console: No such file or directory; plug it in" ||
        fail "no word of the console"
    until_true register_has 1000 65
    wire console
    logged "console $work/console: back"
    # By Ctrl-D too, which ends nothing here.
    printf '\004\rshow version\r' >"$work/console.far"
    until_true grep -q '^ok' "$work/console.heard"
    grep -q 'show version' "$work/console.heard" || fail "no echo"
    ! log_says "console $work/console: gone" || fail "Ctrl-D pulled the console"
    stop TERM 0
}

# The log goes on where it was, over a SIGKILL too.
case_logs() {
    line bus
    wire console
    start --console "$work/console"
    logged 'event alarm_removed: Alarm went: initializing'
    stop KILL 137
    start --console "$work/console"
    echo 'log events' >"$work/console.far"
    until_true grep -q '^ok' "$work/console.heard"
    grep -c ',started,' "$work/console.heard" >"$out"
    says 2
    grep -q ',alarm_removed,initializing,' "$work/console.heard" || fail "a SIGKILL lost an event"
    stop TERM 0
}

# ---- Modbus RTU on COM2 -------------------------------------------------------------------------

# master UNIT REGISTER COUNT: what it reads, or why it does not; its speed is that of the setting.
master() {
    mbpoll -m rtu -b 19200 -P even -o 1 -a "$1" -0 -r "$2" -c "$3" -1 "$work/com2.far" 2>&1 |
        grep -E '^\[|failed'
}
# The same until it is answered: on a machine with more to do, a frame may fall apart.
master_asks() {
    until master "$@" >"$out" && grep -qE '^\[|Illegal' "$out"; do
        kill -0 "$daemon" || fail "webmanagerd ended"
    done
}
master_reads() { master "$1" 1004 1 | grep -q '18$'; }

case_rtu() {
    line bus
    hub com2
    start --com2 "$work/com2" --set com2.use=modbus_rtu
    log_says "com2 $work/com2: Modbus RTU at 19200 baud 8E1" || fail "no word of the form"
    log_says " rtu=$work/com2 bus=" || fail "no word of it in the ready line"
    until_true register_has 1000 65
    master_asks 1 1000 5
    says_lines 5
    mbpoll -m tcp -p "$modbus" -0 -r 1000 -c 5 -1 127.0.0.1 | grep '^\[' >"$work/tcp"
    cmp -s "$work/tcp" "$out" || fail "it is not what Modbus TCP shows"
    master 2 1000 5 >"$out"
    says 'Connection timed out'
    master_asks 1 999 1
    says 'Illegal data address'
    # All windows at once, and none waits for another.
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        register_is 1004 18 || fail "Modbus TCP was lost"
        until_true master_reads 1
        [ -n "$(object 2.5.1.2.7)" ] || fail "SNMP was lost"
    done
    stop TERM 0
}

# One that is not there yet keeps nobody from the battery; it is told of once, and when it is there.
case_rtu_later() {
    line bus
    start --com2 "$work/com2" --set com2.use=modbus_rtu
    log_says "com2 $work/com2: No such file or directory; plug it in, or name the one that is there" ||
        fail "no word of COM2"
    log_says 'it is tried again, and all else goes on' || fail "no word of what comes of it"
    until_true register_has 1000 65
    hub com2
    logged "com2 $work/com2: back"
    logged "com2 $work/com2: Modbus RTU at 19200 baud 8E1"
    until_true master_reads 1
    stop TERM 0
    [ "$(grep -c 'com2.*No such file' "$log")" -eq 1 ] || fail "it should be told once"
}

# Register 1004 of unit 1, and its answer from this plant.
question='\001\003\003\354\000\001\105\273'
answer=01030200123849

# What has come over COM2.
com2_heard() { od -An -v -tx1 "$work/com2.heard" | tr -d ' \n'; }
com2_has() { com2_heard | grep -q "$1"; }
com2_answers() { com2_heard | sed "s/$answer/A/g" | tr -cd A | wc -c; }

# Asks until there is one more answer: what came before without a silence spoils the first.
asked() {
    answers=$(com2_answers)
    until [ "$(com2_answers)" -gt "$answers" ]; do
        kill -0 "$daemon" || fail "webmanagerd ended"
        printf "$question" >"$work/com2.far"
        for _ in 1 2 3 4 5 6 7 8; do com2_has "$answer\$"; done
    done
}

# Nothing but whole answers to the question, however much else was said.
only_answers() {
    com2_heard | sed "s/$answer//g" >"$work/rest"
    [ ! -s "$work/rest" ] || fail "it answered what was not for it: $(cat "$work/rest")"
}

rtu_start() {
    line bus
    wire com2
    start --com2 "$work/com2" --set com2.use=modbus_rtu "$@"
    until_true register_is 1004 18
}

case_rtu_frames() {
    rtu_start
    asked
    # The last byte of the check sum: told of, and not answered.
    printf '\001\003\003\354\000\001\105\272' >"$work/com2.far"
    logged "com2 $work/com2: 1 Modbus frame(s) broken off or with a wrong check sum"
    asked
    # Another unit, and all of them.
    printf '\002\003\003\354\000\001\105\210' >"$work/com2.far"
    asked
    printf '\000\003\003\354\000\001\104\152' >"$work/com2.far"
    asked
    only_answers
    # An address that is none is refused; asked again as often as it is spoiled.
    until com2_has '018302c0f1'; do
        kill -0 "$daemon" || fail "webmanagerd ended"
        printf '\001\003\000\000\000\001\204\012' >"$work/com2.far"
        for _ in 1 2 3 4 5 6 7 8; do com2_has x; done
    done
    stop TERM 0
}

# Whoever talks all the time, fast or slowly, is not answered; all others are, and he is afterwards.
case_rtu_babble() {
    rtu_start
    asked
    head -c 300000 /dev/zero >"$work/com2.far" &
    flood=$!
    until_true register_is 1004 18
    wait "$flood"
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        printf '\001' >"$work/com2.far"
        com2_has x
    done
    asked
    only_answers
    [ "$(grep -c 'Modbus frame(s)' "$log")" -eq 1 ] || fail "it should be told once"
    stop TERM 0
}

case_rtu_cable() {
    line bus
    hub com2
    start --com2 "$work/com2" --set com2.use=modbus_rtu
    until_true master_reads 1
    line_does com2 "pull 1"
    logged "com2 $work/com2: gone ("
    register_is 1004 18 || fail "Modbus TCP went with the cable"
    line_does com2 "plug 1"
    logged "com2 $work/com2: back"
    until_true master_reads 1
    stop TERM 0
}

# From none to the master, to a sensor that isn't there, and back, at another speed.
case_rtu_switched() {
    line bus
    wire console
    wire com2
    start --com2 "$work/com2" --console "$work/console"
    until_true register_is 1004 18
    printf "$question" >"$work/com2.far"
    register_is 1004 18
    [ -z "$(com2_heard)" ] || fail "it answers though COM2 is for nothing"
    echo 'set com2.use modbus_rtu' >"$work/console.far"
    logged "com2 $work/com2: Modbus RTU at 19200 baud 8E1"
    asked
    only_answers
    echo 'set com2.use temperature_humidity' >"$work/console.far"
    logged 'event com2_lost'
    : >"$log"
    echo 'set com2.use modbus_rtu' >"$work/console.far"
    logged "com2 $work/com2: Modbus RTU at 19200 baud 8E1"
    echo 'set modbus.rtu_baud 115200' >"$work/console.far"
    logged "com2 $work/com2: Modbus RTU at 115200 baud 8E1"
    echo 'set modbus.rtu_parity none' >"$work/console.far"
    logged "com2 $work/com2: Modbus RTU at 115200 baud 8N2"
    echo 'set modbus.unit_id 7' >"$work/console.far"
    logged 'event setting_changed: Setting is now: modbus.unit_id 7'
    echo 'set modbus.unit_id 1' >"$work/console.far"
    logged 'event setting_changed: Setting is now: modbus.unit_id 1'
    asked
    # With the setting, a line that was chosen stays so.
    stop TERM 0
    start --com2 "$work/com2" --console "$work/console"
    log_says " rtu=$work/com2 bus=" || fail "what was set is forgotten"
    stop TERM 0
    # Without the line it is told, and nothing else is kept back.
    start --console "$work/console" --set snmp.write_community=secret
    log_says 'com2.use = modbus_rtu, and com2 is off; name its tty as com2, or set com2.use none' ||
        fail "no word of COM2"
    object_set 1.13.0 1520 || fail "another setting is kept back"
    stop TERM 0
}

case_rtu_nowhere() {
    line bus
    wire console
    start --console "$work/console"
    echo 'set com2.use modbus_rtu' >"$work/console.far"
    until_true grep -q 'this webmanager has no COM2 for Modbus RTU' "$work/console.heard"
    ! log_says 'setting_changed: Setting is now: com2.use' || fail "it was set all the same"
    stop TERM 0
}

"case_$case_name"
