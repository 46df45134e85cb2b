#!/bin/sh
# mib.sh CASE — the MIB file under tools that network managers have: smilint and snmptranslate.
#
# Runs from the top of the tree. The objects are those of the guide's own list; their names are
# typed a second time only where the guide's list has none or this project decided otherwise.
set -u

mib=firmware/service/snmp/GBMS-MIB.txt
base=tests/mibs
list=tests/vectors/spec/snmp_objects.csv
bacs=1.3.6.1.2.1.33.5

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
# What this machine or user has set up for these tools does not count.
export SMIPATH=$base SNMPCONFPATH=$work HOME=$work
unset MIBS MIBDIRS

fail() {
    echo "FAILED: $*"
    exit 1
}

needs() { command -v "$1" >/dev/null || fail "$1 is missing; run ci/setup"; }

# same WHAT: what the tool said is what was wanted.
same() {
    test -s "$work/wanted" || fail "$1: nothing is wanted"
    diff "$work/wanted" "$work/said" || fail "$1: < as wanted, > as it is"
}

lint() { smilint -l 6 -i index-element-accessible -i notification-not-reversible "$1" 2>&1; }

# The guide's node names, which its list of objects lacks.
nodes() {
    cat <<END
$bacs.1 bacsSettings
$bacs.2 bacsObjects
$bacs.2.5 bacsModuleTable
$bacs.2.5.1 bacsModuleEntry
$bacs.2.7 bacsStringTable
$bacs.2.7.1 bacsStringEntry
$bacs.3 bacsAlarms
$bacs.3.2 bacsAlarmTable
$bacs.3.2.1 bacsAlarmEntry
$bacs.3.3 bacsWellKnownAlarms
$bacs.4 bacstraps
$bacs.5 gxRAUX
END
}

# Every row of the list as OID, name, access, scale and unit, split by '|'. A column's instance is
# 1. Decision S12: the second bacsNumStrings has a name of its own.
rows() {
    awk -F, -v second="$bacs.2.6.0" '
        /^#/ || $1 == "oid" { next }
        {
            sub(/\.(N|ID)$/, ".1", $1)
            if ($1 == second) $2 = "bacsNumStringsInstalled"
            printf "%s|%s|%s|%s|%s\n", $1, $2, $3, $4, $5
        }' "$list" >"$work/rows"
    test "$(wc -l <"$work/rows")" -ge 120 || fail "$list: fewer objects than the guide has"
}

# OID and full name of all, instances included.
names() {
    rows
    {
        awk -F'|' '{
            instance = $1
            sub(/.*\./, ".", instance)
            print $1, $2 ($3 ~ /^r/ ? instance : "")
        }' "$work/rows"
        nodes
    } >"$work/names"
}

# translate OPTION... NAME...: one line of answer each.
translate() {
    snmptranslate -M "$base:$(dirname "$mib")" -m GBMS-MIB "$@" >"$work/raw" 2>&1 ||
        fail "snmptranslate: $(cat "$work/raw")"
}

case_smilint() {
    needs smilint
    test -s "$mib" || fail "$mib is not there"
    said=$(lint "$mib") || fail "smilint: status $?"
    test -z "$said" || fail "smilint says: $said"
    # That silence means something: an object in no group is told of.
    grep -v '^ *bacsNumStrings,$' "$mib" >"$work/GBMS-MIB"
    lint "$work/GBMS-MIB" | grep -q "bacsNumStrings" || fail "smilint says nothing of a bad module"
}

case_names_of_oids() {
    needs snmptranslate
    names
    translate $(cut -d ' ' -f 1 "$work/names")
    sed '/^$/d' "$work/raw" >"$work/said"
    sed 's/.* /GBMS-MIB::/' "$work/names" >"$work/wanted"
    same "names"
}

case_oids_of_names() {
    needs snmptranslate
    names
    translate -On $(sed 's/.* /GBMS-MIB::/' "$work/names")
    sed '/^$/d' "$work/raw" >"$work/said"
    sed 's/ .*//; s/^/./' "$work/names" >"$work/wanted"
    same "OIDs"
}

# Kind, access, unit, display hint and type of each object (decision S6).
case_types() {
    needs snmptranslate
    rows
    translate -Td $(cut -d '|' -f 1 "$work/rows")
    awk '
        function type(syntax) { sub(/ *[({].*/, "", syntax); return syntax }
        $2 ~ /^(OBJECT-TYPE|OBJECT-IDENTITY|NOTIFICATION-TYPE)$/ {
            name = $1
            kind = $2
            access = units = hint = syntax = objects = ""
        }
        $1 == "MAX-ACCESS" { access = $2 }
        $1 == "UNITS" || $1 == "DISPLAY-HINT" || $1 == "SYNTAX" || $1 == "OBJECTS" {
            value = $0
            sub(/^ *[A-Z-]+[ \t]+/, "", value)
            gsub(/"/, "", value)
            if ($1 == "UNITS") units = value
            if ($1 == "DISPLAY-HINT") hint = value
            if ($1 == "SYNTAX") syntax = type(value) (value ~ /{/ ? " {}" : "")
            if ($1 == "OBJECTS") objects = value
        }
        /^::= / { print name "|" kind "|" access "|" units "|" hint "|" syntax objects }
    ' "$work/raw" >"$work/said"
    awk -F'|' '
        BEGIN {
            access["ro"] = "read-only"; access["rw"] = "read-write"
            hint["0.1"] = "d-1"; hint["0.01"] = "d-2"
            type["count"] = "Gauge32"; type["enum"] = type["state"] = "INTEGER {}"
            type["oid"] = "OBJECT IDENTIFIER"; type["TimeStamp"] = "TimeTicks"
            plain["flags"] = plain["index"] = plain["id"] = 1
        }
        $3 == "identity" { print $2 "|OBJECT-IDENTITY||||"; next }
        $3 == "notification" {
            print $2 "|NOTIFICATION-TYPE||||{ bacsAlarmId, bacsAlarmDescr }"
            next
        }
        {
            units = $5 in type || $5 in plain ? "" : $5
            print $2 "|OBJECT-TYPE|" access[$3] "|" units "|" hint[$4] "|" \
                ($5 in type ? type[$5] : "Integer32")
        }
    ' "$work/rows" >"$work/wanted"
    same "types"
}

# Ranges in the object's unit and labels, typed a second time: of a temperature in either unit (S6,
# B24), of an index with the number of the row as well as that less one (S3); S4, S11.
case_values() {
    needs snmptranslate
    cat >"$work/wanted" <<'END'
bacsModuleType {c20(0), c21(1), c23(2), c30(10), c40(20), c41(21)}
bacsImpcPollRate (1..43200)
bacsImpcLowAlarm (0..6000)
bacsTemperatureLowAlarm (-250..2120)
bacsTemperatureHighWarn (-250..2120)
bacsVoltageLowWarn (0..2100)
bacsVoltageHighAlarm (0..2100)
bacsTemperatureUnit {celsius(0), fahrenheit(1)}
bacsStringVoltageHighAlarm (0..1075200)
bacsStringCurrentDeviationChargeWarn (0..200000)
bacsStatus (0..65535)
bacsAvModuleVolt (0..2730)
bacsTotalVolt (0..1397760)
bacsModuleIndex (0..512)
bacsModuleVoltage (0..2730)
bacsModuleTemperature (-400..2570)
bacsModuleBypass (0..1000)
bacsModuleResistance (0..6000)
bacsModuleState (0..255)
bacsStringIndex (0..16)
bacsStringCurrent (-260000..260000)
bacsStringTotalVolt (0..1397760)
bacsStringCurrentAC (0..260000)
bacsStringAlarm2 (0..4351)
bacsAlarmId (1..2147483647)
gxRAUX1Input1 {alarm(0), normal(1)}
gxRAUX4Output4 {off(0), on(1)}
END
    translate -Td $(sed 's/ .*//; s/^/GBMS-MIB::/' "$work/wanted")
    awk '
        $2 == "OBJECT-TYPE" { name = $1 }
        $1 == "SYNTAX" {
            sub(/^[^({]*/, name " ")
            sub(/ *$/, "")
            print
        }
    ' "$work/raw" >"$work/said"
    same "ranges and labels"
}

command -v "case_$1" >/dev/null || fail "no case '$1'"
"case_$1"
